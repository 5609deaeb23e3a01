//! A unit moves, and a tenth of the country below it comes along.

use std::ops::Range;
use std::time::Instant;

use anyhow::{Context, ensure};
use national::Kind;
use proto::google::r#type::Date as CivilDate;
use proto::registry::v1::load_organisations_request::{Header, Line, Lines as LoadLines, Part};
use proto::registry::v1::{
    Basis, HandOverOrganisationsRequest, LoadOrganisationsRequest, NewDecision,
    RenameOrganisationRequest, basis,
};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::country::Country;
use crate::following::Following;
use crate::lines::{Bar, Lines};
use crate::timetable::Latencies;

/// From when on everything here happens: after the day of the restructuring.
const FROM: Date = date!(2025 - 08 - 01);
/// So many moves, there and back: of fewer than a hundred, the 99th percentile is the slowest.
const MOVES: u32 = 300;
/// So many while others follow what was done before. All together take fewer days than have gone by:
/// a decision is not signed later than today.
const BESIDE: u32 = 150;
/// The corporation that moves.
const MOVING: &str = "CDTCT-BENCH";

/// Measures it while others follow what was done before; and again when nobody has anything
/// left to follow but the moves themselves.
pub async fn measure(
    country: &Country,
    lines: &mut Lines,
    following: Vec<Following>,
) -> anyhow::Result<()> {
    let (from, to) = superiors(country).await?;
    let moving = found(country, &from).await?;
    let unions = gather(country, &moving, lines).await?;
    let after_plan = !following.is_empty();

    let first = if after_plan { 1..1 + BESIDE } else { 1..1 + MOVES };
    let count = first.len();
    let (moves, renames) =
        there_and_back(country, &moving, [&to, &from], &unions[0], first).await?;
    let work = format!("move a unit with {} unions below it, p99 of {count}", unions.len());
    let reference = Some((renames.at(0.99), "rename one union, p99"));
    lines.add("tree", work, (moves.at(0.99), "ms"), reference, Bar::Under(100.0));
    for following in following {
        following.tell(lines).await?;
    }
    if after_plan {
        let then = 1 + BESIDE..1 + BESIDE + MOVES;
        let (moves, renames) =
            there_and_back(country, &moving, [&to, &from], &unions[0], then).await?;
        let work = format!("the same when everybody has followed, p99 of {MOVES}");
        let reference = Some((renames.at(0.99), "rename one union, p99"));
        lines.add("tree", work, (moves.at(0.99), "ms"), reference, Bar::Under(75.0));
    }
    Ok(())
}

/// Moves it there and back, a move a day from a day on, and renames a union after each.
async fn there_and_back(
    country: &Country,
    moving: &str,
    superiors: [&str; 2],
    renamed: &str,
    days: Range<u32>,
) -> anyhow::Result<(Latencies, Latencies)> {
    let mut moves = Latencies::new()?;
    let mut renames = Latencies::new()?;
    for (n, superior) in days.zip(superiors.into_iter().cycle()) {
        let on = FROM + Duration::days(i64::from(n));
        let request = hand_over(vec![moving.to_owned()], superior, on);
        let begun = Instant::now();
        country.client.organisations().hand_over_organisations(request).await?;
        moves.record(begun.elapsed());

        let request = RenameOrganisationRequest {
            request_id: Uuid::now_v7().to_string(),
            organisation_id: renamed.to_owned(),
            short_name: format!("CĐCS {n}"),
            effective_on: Some(civil(on)),
            ..RenameOrganisationRequest::default()
        };
        let begun = Instant::now();
        country.client.organisations().rename_organisation(request).await?;
        renames.record(begun.elapsed());
    }
    Ok((moves, renames))
}

/// Two superiors between which a corporation can move.
async fn superiors(country: &Country) -> anyhow::Result<(String, String)> {
    let kind = if country.tree.places().is_whole() { Kind::CentralSector } else { Kind::Province };
    let all = country.tree.shape().superiors.iter();
    let mut codes = all.filter(|one| one.kind == kind).map(|one| one.code.clone());
    let (from, to) = (codes.next().context("one")?, codes.next().context("another")?);
    Ok((id(country, &from).await?, id(country, &to).await?))
}

async fn id(country: &Country, code: &str) -> anyhow::Result<String> {
    let id: Uuid = sqlx::query_scalar(
        "select organisation_id from organisation_code where code = $1 and upper_inf(recorded)",
    )
    .bind(code)
    .fetch_one(&country.registry)
    .await
    .with_context(|| format!("find {code}"))?;
    Ok(id.to_string())
}

async fn found(country: &Country, superior_id: &str) -> anyhow::Result<String> {
    let superior_code: String = sqlx::query_scalar(
        "select code from organisation_code where organisation_id = $1::uuid and upper_inf(recorded)",
    )
    .bind(superior_id)
    .fetch_one(&country.registry)
    .await?;
    let line = Line {
        code: MOVING.to_owned(),
        name: "Công đoàn Tổng công ty Một phần mười".to_owned(),
        r#type: "CD_TCT".to_owned(),
        superior_code,
        founded_on: Some(civil(date!(2000 - 01 - 01))),
        ..Line::default()
    };
    let header = Header { request_id: Uuid::now_v7().to_string(), ..Header::default() };
    let parts = [Part::Header(header), Part::Lines(LoadLines { lines: vec![line] })];
    let messages = parts.map(|part| LoadOrganisationsRequest { part: Some(part) });
    let mut organisations = country.client.organisations();
    organisations.load_organisations(tokio_stream::iter(messages)).await?;
    id(country, MOVING).await
}

/// Puts a tenth of all unions under it; one act.
async fn gather(country: &Country, moving: &str, lines: &mut Lines) -> anyhow::Result<Vec<String>> {
    let unions: Vec<String> = sqlx::query_scalar(
        "select edge.organisation_id::text
         from organisation_parent edge
         join organisation_type kind using (organisation_id)
         where upper_inf(edge.recorded) and upper_inf(edge.valid) and not edge.has_subordinates
           and upper_inf(kind.recorded) and upper_inf(kind.valid) and kind.type = 'CDCS'
         order by edge.organisation_id
         limit (select count(*) / 10 from organisation)",
    )
    .fetch_all(&country.registry)
    .await?;
    ensure!(!unions.is_empty(), "there are unions");
    let request = hand_over(unions.clone(), moving, FROM);
    let begun = Instant::now();
    country.client.organisations().hand_over_organisations(request).await?;
    let took = begun.elapsed().as_secs_f64();
    let work = format!("hand {} unions over at once", unions.len());
    lines.add("tree", work, (took, "s"), None, Bar::None);
    Ok(unions)
}

fn hand_over(unit_ids: Vec<String>, superior_id: &str, on: Date) -> HandOverOrganisationsRequest {
    let decision = NewDecision {
        number: format!("{}/QĐ-TLĐ", Uuid::now_v7().simple()),
        issued_on: Some(civil(on)),
        effective_on: Some(civil(on)),
        ..NewDecision::default()
    };
    HandOverOrganisationsRequest {
        request_id: Uuid::now_v7().to_string(),
        unit_ids,
        superior_id: superior_id.to_owned(),
        basis: Some(Basis { basis: Some(basis::Basis::NewDecision(decision)) }),
        ..HandOverOrganisationsRequest::default()
    }
}

fn civil(date: Date) -> CivilDate {
    chassis::parse::civil(date)
}
