//! The restructuring of 2025 as one plan: tried, done, and taken back; and the tree, at
//! several dates, before it, with it and after it.

use std::time::Instant;

use anyhow::{Context, bail, ensure};
use futures_util::{StreamExt, stream};
use national::RESTRUCTURED_ON;
use proto::google::longrunning::{Operation, operation};
use proto::registry::v1::add_plan_steps_request::{Header, Part, Steps};
use proto::registry::v1::{
    AddPlanStepsRequest, Basis, CommitPlanRequest, CreatePlanRequest, DryRun, DryRunPlanRequest,
    ListPlanConflictsRequest, NewDecision, PlanStep, UndoPlanRequest, WaitOperationRequest, basis,
};
use sqlx::{Connection, PgConnection};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::country::Country;
use crate::following::Following;
use crate::lines::{Bar, Lines};

/// Steps in one message.
const MESSAGE: usize = 1_000;
/// Dates at which the trees are compared.
const DATES: [Date; 5] = [
    date!(2016 - 01 - 01),
    date!(2020 - 06 - 15),
    date!(2025 - 06 - 30),
    date!(2025 - 07 - 01),
    date!(2026 - 01 - 01),
];

/// Measures it; answers who follows it, under way.
pub async fn measure(
    country: &Country,
    lines: &mut Lines,
    following: &mut Vec<Following>,
) -> anyhow::Result<()> {
    let reference = rewrite_every_edge(country).await?;
    let reference = Some((reference, "one statement closes and writes anew every edge"));
    let steps: Vec<PlanStep> = country.tree.restructuring().collect();
    let count = steps.len();
    let name = "Sắp xếp tổ chức công đoàn 2025";
    let plan_id = create(country, name, "2025/NQ-TLĐ", RESTRUCTURED_ON).await?;
    let begun = Instant::now();
    add(country, &plan_id, steps).await?;
    let took = begun.elapsed().as_secs_f64();
    lines.add("plan", format!("add {count} steps by stream"), (took, "s"), None, Bar::None);
    country.analyze().await?;

    let before = checksums(country).await?;
    let begun = Instant::now();
    let found = try_out(country, &plan_id).await?;
    let took = begun.elapsed().as_secs_f64();
    let work = format!(
        "dry run: {} units end, {} move, {} are founded",
        found.units_ended, found.units_moved, found.units_founded
    );
    lines.add("plan", work, (took, "s"), reference, Bar::Under(10.0));

    let begun = Instant::now();
    commit(country, &plan_id).await?;
    lines.add("plan", "commit", (begun.elapsed().as_secs_f64(), "s"), reference, Bar::Under(30.0));
    following.push(Following::begin(country, "commit").await?);
    let with = checksums(country).await?;
    let changed: Vec<bool> =
        before.iter().zip(&with).map(|(before, with)| before != with).collect();
    ensure!(
        changed == [false, false, false, true, true],
        "the plan changed the tree at {changed:?}"
    );

    let begun = Instant::now();
    let request = UndoPlanRequest { request_id: request_id(), plan_id, ..Default::default() };
    let started = country.client.plans().undo_plan(request).await?;
    wait(country, started.into_inner().operation).await?;
    lines.add("plan", "undo", (begun.elapsed().as_secs_f64(), "s"), reference, Bar::Under(30.0));
    following.push(Following::begin(country, "undo").await?);
    let after = checksums(country).await?;
    let differ = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    let work = format!("dates of {} at which the tree differs after it", DATES.len());
    lines.add("plan", work, (differ as f64, "dates"), None, Bar::Exactly(0.0));
    Ok(())
}

/// A plan without steps, for this day.
pub async fn create(
    country: &Country,
    name: &str,
    number: &str,
    effective_on: Date,
) -> anyhow::Result<String> {
    let on = chassis::parse::civil(effective_on);
    let issued_on = effective_on - Duration::days(19);
    let decision = NewDecision {
        number: number.to_owned(),
        issued_on: Some(chassis::parse::civil(issued_on)),
        effective_on: Some(on),
        ..NewDecision::default()
    };
    let request = CreatePlanRequest {
        request_id: request_id(),
        organisation_id: country.confederation.clone(),
        name: name.to_owned(),
        effective_on: Some(on),
        basis: Some(Basis { basis: Some(basis::Basis::NewDecision(decision)) }),
        ..CreatePlanRequest::default()
    };
    let created = country.client.plans().create_plan(request).await?;
    Ok(created.into_inner().plan_id)
}

/// Runs it without doing it; answers what was found, among which nothing may stand against it.
pub async fn try_out(country: &Country, plan_id: &str) -> anyhow::Result<DryRun> {
    let request = DryRunPlanRequest {
        request_id: request_id(),
        plan_id: plan_id.to_owned(),
        ..Default::default()
    };
    let started = country.client.plans().dry_run_plan(request).await?;
    let found: DryRun = wait(country, started.into_inner().operation).await?.to_msg()?;
    if found.conflicts > 0 {
        let request =
            ListPlanConflictsRequest { plan_id: plan_id.to_owned(), ..Default::default() };
        let listed = country.client.plans().list_plan_conflicts(request).await?;
        let first: Vec<_> = listed.into_inner().conflicts.into_iter().take(5).collect();
        bail!("{} conflicts, such as {first:?}", found.conflicts);
    }
    Ok(found)
}

/// Carries it out.
pub async fn commit(country: &Country, plan_id: &str) -> anyhow::Result<()> {
    let request = CommitPlanRequest {
        request_id: request_id(),
        plan_id: plan_id.to_owned(),
        ..Default::default()
    };
    let started = country.client.plans().commit_plan(request).await?;
    wait(country, started.into_inner().operation).await?;
    Ok(())
}

/// Adds its steps, by stream.
pub async fn add(country: &Country, plan_id: &str, steps: Vec<PlanStep>) -> anyhow::Result<()> {
    let header =
        Header { request_id: request_id(), plan_id: plan_id.to_owned(), ..Header::default() };
    let messages: Vec<Part> =
        steps.chunks(MESSAGE).map(|steps| Part::Steps(Steps { steps: steps.to_vec() })).collect();
    let parts = std::iter::once(Part::Header(header)).chain(messages);
    let messages = stream::iter(parts).map(|part| AddPlanStepsRequest { part: Some(part) });
    let mut request = tonic::Request::new(messages);
    request.set_timeout(std::time::Duration::from_secs(600));
    country.client.plans().add_plan_steps(request).await?;
    Ok(())
}

/// Waits until it is done; answers what it found.
async fn wait(country: &Country, started: Option<Operation>) -> anyhow::Result<prost_types::Any> {
    let mut under_way = started.context("an operation")?;
    loop {
        match under_way.result {
            Some(operation::Result::Response(response)) => return Ok(response),
            Some(operation::Result::Error(error)) => bail!("it failed: {}", error.message),
            None => {}
        }
        let request = WaitOperationRequest { name: under_way.name, timeout_ms: 20_000 };
        let waited = country.client.operations().wait_operation(request).await?;
        under_way = waited.into_inner().operation.context("an operation")?;
    }
}

/// Everything that is known of the tree at each of the dates, in short.
async fn checksums(country: &Country) -> anyhow::Result<Vec<String>> {
    let mut sums = Vec::new();
    for on in DATES {
        let sum: String = sqlx::query_scalar(include_str!("checksum.sql"))
            .bind(on)
            .fetch_one(&country.registry)
            .await?;
        sums.push(sum);
    }
    Ok(sums)
}

/// What the same amount of writing costs the tables by itself, in seconds.
async fn rewrite_every_edge(country: &Country) -> anyhow::Result<f64> {
    let cluster = country.system.cluster().context("the bench has its own PostgreSQL")?;
    let url = cluster.url("registry_owner", crate::load::COPIED);
    let mut copied = PgConnection::connect(&url).await?;
    let begun = Instant::now();
    sqlx::query(include_str!("rewrite.sql")).execute(&mut copied).await?;
    let took = begun.elapsed().as_secs_f64();
    copied.close().await?;
    Ok(took)
}

fn request_id() -> String {
    Uuid::now_v7().to_string()
}
