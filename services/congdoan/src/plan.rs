//! `congdoan plan`: restructuring plans, from a file of steps to their undo.

mod generate;
mod steps;

use std::fs;
use std::time::Duration;

use anyhow::{Context, bail};
use chassis::parse::civil;
use indicatif::{ProgressBar, ProgressStyle};
use prost::{Message, Name};
use proto::google::longrunning::Operation;
use proto::google::longrunning::operation::Result as Outcome;
use proto::registry::v1 as pb;
use proto::registry::v1::basis::Basis;
use tonic::Status;
use uuid::Uuid;

use crate::cli::{CreatePlan, Plan, PlanCommand};
use crate::client::{Client, told};

pub use generate::plan_of_2025;
pub use steps::{read, send, write};

/// How long one call waits for an operation before the bar is drawn anew, in milliseconds.
const LOOK_MS: i32 = 250;
/// Conflicts that are printed.
const CONFLICTS_PRINTED: i32 = 100;

/// Does what the command line asks for.
pub async fn run(plan: Plan) -> anyhow::Result<()> {
    match plan.command {
        PlanCommand::Create(create) => self::create(create).await,
        PlanCommand::Add { plan_id, file, to } => {
            let content = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
            let steps = read(&content).with_context(|| format!("understand {}", file.display()))?;
            let added = send(&to.connect().await?, plan_id, steps)
                .await
                .with_context(|| format!("{} was not added", file.display()))?;
            println!("{} steps were added, up to line {}.", added.added, added.last_line);
            Ok(())
        }
        PlanCommand::DryRun { plan_id, to } => {
            let client = to.connect().await?;
            let found = dry_run(&client, plan_id).await?;
            print_dry_run(&found);
            print_conflicts(&client, plan_id, &found).await
        }
        PlanCommand::Commit { plan_id, to } => {
            let done = commit(&to.connect().await?, plan_id).await?;
            println!(
                "{} units were founded, {} ended, {} moved, {} renamed, {} changed type, by the act {}.",
                done.units_founded,
                done.units_ended,
                done.units_moved,
                done.units_renamed,
                done.units_type_changed,
                done.act_id
            );
            Ok(())
        }
        PlanCommand::Undo { plan_id, to } => {
            let undone = undo(&to.connect().await?, plan_id).await?;
            println!("Taken back: {} organisations are as before.", undone.organisations);
            Ok(())
        }
        PlanCommand::Show { plan_id, to } => show(&to.connect().await?, plan_id).await,
        PlanCommand::Generate2025 { file } => {
            let content = write(&plan_of_2025()?)?;
            match file {
                Some(file) => {
                    fs::write(&file, content).with_context(|| format!("write {}", file.display()))
                }
                None => {
                    print!("{content}");
                    Ok(())
                }
            }
        }
    }
}

async fn create(create: CreatePlan) -> anyhow::Result<()> {
    let client = create.to.connect().await?;
    let request = pb::BatchGetOrganisationsRequest {
        codes: vec![create.organisation.clone()],
        ..Default::default()
    };
    let found = client.organisations().batch_get_organisations(request).await.map_err(told)?;
    let organisation = found
        .into_inner()
        .organisations
        .into_iter()
        .next()
        .with_context(|| format!("there is no organisation {}", create.organisation))?;
    let decision = pb::NewDecision {
        issuer_id: organisation.organisation_id.clone(),
        number: create.decision,
        issued_on: Some(civil(create.issued_on)),
        effective_on: Some(civil(create.effective_on)),
        title: create.name.clone(),
        ..pb::NewDecision::default()
    };
    let request = pb::CreatePlanRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: organisation.organisation_id,
        name: create.name,
        basis: Some(pb::Basis { basis: Some(Basis::NewDecision(decision)) }),
        ..pb::CreatePlanRequest::default()
    };
    let created = client.plans().create_plan(request).await.map_err(told)?.into_inner();
    println!("{}", created.plan_id);
    Ok(())
}

/// Tries a plan.
pub async fn dry_run(client: &Client, plan_id: Uuid) -> anyhow::Result<pb::DryRun> {
    let request = pb::DryRunPlanRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        plan_id: plan_id.to_string(),
    };
    let begun = client.plans().dry_run_plan(request).await.map_err(told)?.into_inner();
    watch(client, begun.operation).await
}

/// Does a plan.
pub async fn commit(client: &Client, plan_id: Uuid) -> anyhow::Result<pb::PlanCommitted> {
    let request = pb::CommitPlanRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        plan_id: plan_id.to_string(),
    };
    let begun = client.plans().commit_plan(request).await.map_err(told)?.into_inner();
    watch(client, begun.operation).await
}

/// Takes a plan back.
pub async fn undo(client: &Client, plan_id: Uuid) -> anyhow::Result<pb::PlanUndone> {
    let request = pb::UndoPlanRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        plan_id: plan_id.to_string(),
    };
    let begun = client.plans().undo_plan(request).await.map_err(told)?.into_inner();
    watch(client, begun.operation).await
}

/// Waits for an operation, drawing how far it is, and answers how it came out.
async fn watch<M: Message + Default + Name>(
    client: &Client,
    operation: Option<Operation>,
) -> anyhow::Result<M> {
    let name = operation.context("an operation was promised")?.name;
    let progress = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}")
            .context("draw a progress bar")?,
    );
    progress.enable_steady_tick(Duration::from_millis(100));
    let outcome = loop {
        let request = pb::WaitOperationRequest { name: name.clone(), timeout_ms: LOOK_MS };
        let waited = client.operations().wait_operation(request).await.map_err(told)?;
        let operation = waited.into_inner().operation.context("an operation was promised")?;
        if let Some(metadata) = &operation.metadata {
            let metadata: pb::PlanOperation = metadata.to_msg().context("read its progress")?;
            progress.set_length(u64::try_from(metadata.total).unwrap_or_default());
            progress.set_position(u64::try_from(metadata.done).unwrap_or_default());
            progress.set_message(metadata.stage);
        }
        if let Some(outcome) = operation.result {
            break outcome;
        }
    };
    progress.finish_and_clear();
    match outcome {
        Outcome::Response(answer) => answer.to_msg().context("read the answer"),
        Outcome::Error(refusal) => {
            let code = tonic::Code::from(refusal.code);
            let message = refusal.message.clone();
            Err(told(Status::with_details(code, message, refusal.encode_to_vec().into())))
        }
    }
}

fn print_dry_run(found: &pb::DryRun) {
    println!("steps               {:>9}", found.steps);
    println!("units founded       {:>9}", found.units_founded);
    println!("units ended         {:>9}", found.units_ended);
    println!("units moved         {:>9}", found.units_moved);
    println!("units renamed       {:>9}", found.units_renamed);
    println!("units changing type {:>9}", found.units_type_changed);
    println!("offices that end    {:>9}", found.offices_ended);
    println!("assignments that end{:>9}", found.assignments_ended);
    println!("grants on ended     {:>9}", found.grants_ended);
    println!("grants that move    {:>9}", found.grants_moved);
    let (mut before, mut after) = (0, 0);
    for count in &found.counts {
        before += count.before;
        after += count.after;
    }
    println!("units before        {before:>9}");
    println!("units after         {after:>9}");
    println!("conflicts           {:>9}", found.conflicts);
    println!("notices             {:>9}", found.notices);
}

async fn print_conflicts(client: &Client, plan_id: Uuid, found: &pb::DryRun) -> anyhow::Result<()> {
    let request = pb::ListPlanConflictsRequest {
        plan_id: plan_id.to_string(),
        page_size: CONFLICTS_PRINTED,
        ..pb::ListPlanConflictsRequest::default()
    };
    let listed = client.plans().list_plan_conflicts(request).await.map_err(told)?.into_inner();
    for conflict in listed.conflicts {
        let sort = if conflict.blocks { "conflict" } else { "notice" };
        println!(
            "line {} {}: {} {} ({})",
            conflict.line, conflict.field, sort, conflict.reason, conflict.subject
        );
    }
    if found.conflicts > 0 {
        bail!("{} conflicts stand against the plan", found.conflicts);
    }
    Ok(())
}

async fn show(client: &Client, plan_id: Uuid) -> anyhow::Result<()> {
    let request = pb::GetPlanRequest { plan_id: plan_id.to_string() };
    let answer = client.plans().get_plan(request).await.map_err(told)?.into_inner();
    let plan = answer.plan.context("a plan was promised")?;
    println!("{}", plan.name);
    println!("state               {}", plan.state().as_str_name().replace("PLAN_STATE_", ""));
    println!("steps               {:>9}", plan.steps);
    println!("last line           {:>9}", plan.last_line);
    if let Some(found) = answer.dry_run {
        println!("The last dry run, {}:", found.operation);
        print_dry_run(&found);
    }
    Ok(())
}
