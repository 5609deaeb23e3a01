//! What a read costs behind the gateway, as a share of what the gateway itself costs: eight
//! clients who each ask as soon as they are answered, in turns within one run.
//!
//! The constant answer is that of a call which the gateway answers alone, without a service: its
//! caller is recognised by the access token like any other, and refused for a header that is too
//! long.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use proto::google::r#type::Date;
use proto::membership::v1::{
    AdmissionKind, AdmitMembersRequest, GetMemberRequest, IdentityKind, PersonLine, Sex,
};
use proto::registry::v1::GetOrganisationRequest;
use system::Client;
use tokio::task::JoinSet;
use tonic::{Code, Request};
use uuid::Uuid;

use crate::country::{ADMINISTRATOR, Country};
use crate::lines::{Bar, Lines};

const CLIENTS: usize = 8;
/// How often each kind of call has its turn, and for how long.
const TURNS: usize = 4;
const TURN: Duration = Duration::from_millis(1_500);
/// People who are asked for.
const MEMBERS: u32 = 200;
/// Organisations that are asked for.
const ORGANISATIONS: i64 = 2_000;
/// The share of the constant answer's rate that a read of one thing is to have: not reached yet.
const SHARE: f64 = 0.25;
/// Less than this is a step back, in any profile: it was 0.04 when the bar was set.
const NEVER_BELOW: f64 = 0.06;

pub async fn measure(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let organisations = organisations(country).await?;
    let members = admit(country).await?;
    let mut clients = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        let token = country.system.issuer().token(ADMINISTRATOR)?;
        clients.push(Client::connect(&country.system.gateway(), &token).await?);
    }
    let (mut constant, mut hop, mut organisation, mut member) = (0.0, 0.0, 0.0, 0.0);
    // The first turn warms up.
    for turn in 0..=TURNS {
        let rates = (
            rate(&clients, |client, _| refused(client)).await?,
            rate(&clients, |client, _| refused_behind(client)).await?,
            rate(&clients, |client, n| {
                let organisation_id = organisations[n % organisations.len()].clone();
                one_organisation(client, organisation_id)
            })
            .await?,
            rate(&clients, |client, n| one_member(client, members[n % members.len()].clone()))
                .await?,
        );
        if turn > 0 {
            constant += rates.0 / TURNS as f64;
            hop += rates.1 / TURNS as f64;
            organisation += rates.2 / TURNS as f64;
            member += rates.3 / TURNS as f64;
        }
    }
    let reference = Some((constant, "a call that the gateway answers alone"));
    let work = |method: &str| format!("{method} by {CLIENTS} clients through the gateway");
    let bar = || Bar::Owed { least: SHARE, never_below: NEVER_BELOW };
    let refusal = work("GetOrganisation of no id, refused by the service without a statement");
    lines.add("edge", refusal, (hop, "calls/s"), reference, Bar::None);
    lines.add("edge", work("GetOrganisation"), (organisation, "calls/s"), reference, bar());
    lines.add("edge", work("GetMember"), (member, "calls/s"), reference, bar());
    Ok(())
}

/// How many calls a second all clients together get answered.
async fn rate<F>(clients: &[Client], call: impl Fn(Client, usize) -> F) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let begun = Instant::now();
    let mut under_way = JoinSet::new();
    for (n, client) in clients.iter().enumerate() {
        let first = call(client.clone(), n);
        under_way.spawn(async move { (n, n, first.await) });
    }
    let mut answered = 0_u32;
    while let Some(done) = under_way.join_next().await {
        let (client, n, answer) = done.context("a call of the bench")?;
        answer?;
        answered += 1;
        if begun.elapsed() < TURN {
            // Another one than the others ask for.
            let n = n + CLIENTS;
            let next = call(clients[client].clone(), n);
            under_way.spawn(async move { (client, n, next.await) });
        }
    }
    Ok(f64::from(answered) / begun.elapsed().as_secs_f64())
}

async fn refused(client: Client) -> anyhow::Result<()> {
    let mut request = Request::new(GetOrganisationRequest::default());
    request.metadata_mut().insert("congdoan-purpose", "x".repeat(201).parse()?);
    match client.organisations().get_organisation(request).await {
        Err(status) if status.code() == Code::InvalidArgument => Ok(()),
        Err(status) => Err(status.into()),
        Ok(_) => bail!("the gateway did not answer by itself"),
    }
}

/// What the way to a service and back costs alone.
async fn refused_behind(client: Client) -> anyhow::Result<()> {
    let request = GetOrganisationRequest { organisation_id: "-".into(), ..Default::default() };
    match client.organisations().get_organisation(request).await {
        Err(status) if status.code() == Code::InvalidArgument => Ok(()),
        Err(status) => Err(status.into()),
        Ok(_) => bail!("an id that is none was found"),
    }
}

async fn one_organisation(client: Client, organisation_id: String) -> anyhow::Result<()> {
    let request = GetOrganisationRequest { organisation_id, ..GetOrganisationRequest::default() };
    client.organisations().get_organisation(request).await?;
    Ok(())
}

async fn one_member(client: Client, person_id: String) -> anyhow::Result<()> {
    client.memberships().get_member(GetMemberRequest { person_id, known_at: None }).await?;
    Ok(())
}

async fn organisations(country: &Country) -> anyhow::Result<Vec<String>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select organisation_id::text from organisation_founding where upper_inf(recorded)
         order by md5(organisation_id::text) limit $1",
    )
    .bind(ORGANISATIONS)
    .fetch_all(&country.registry)
    .await?;
    ensure!(!ids.is_empty(), "there is no organisation");
    Ok(ids)
}

/// People in a union that lives; answers their ids.
async fn admit(country: &Country) -> anyhow::Result<Vec<String>> {
    let union_id: String = sqlx::query_scalar(
        "select organisation_id::text
         from organisation_founding founding
         join organisation_type type using (organisation_id)
         where upper_inf(founding.recorded) and founding.founded_on < date '2020-01-01'
           and upper_inf(type.recorded) and upper_inf(type.valid) and type.type = 'CDCS'
           and lower(type.valid) < date '2020-01-01'
           and not exists (select from organisation_ending ending
                           where ending.organisation_id = founding.organisation_id)
           and not exists (select from organisation_status status
                           where status.organisation_id = founding.organisation_id
                             and status.status <> 'ACTIVE')
         order by organisation_id limit 1",
    )
    .fetch_one(&country.registry)
    .await
    .context("find a union that lives")?;
    let lines = (0..MEMBERS)
        .map(|n| PersonLine {
            name: format!("Nguyễn Thị Mẫu {n}"),
            sex: Sex::Female.into(),
            birth_year: 1985,
            // Of a century that nobody is born in: no member of the made-up country has it.
            identity_number: format!("999985{n:06}"),
            identity_kind: IdentityKind::Citizen.into(),
            phone: format!("0900{n:06}"),
            ..PersonLine::default()
        })
        .collect();
    let request = AdmitMembersRequest {
        request_id: Uuid::now_v7().to_string(),
        organisation_id: union_id,
        kind: AdmissionKind::Admitted.into(),
        effective_on: Some(Date { year: 2024, month: 1, day: 10 }),
        lines,
        ..AdmitMembersRequest::default()
    };
    let admitted = country.client.memberships().admit_members(request).await?;
    let members = admitted.into_inner().members;
    Ok(members.into_iter().map(|member| member.person_id).collect())
}
