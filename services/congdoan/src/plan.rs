//! `congdoan plan`: restructuring plans, from a file of steps to their undo.

mod conflict;
mod mend;
mod review;
mod steps;
mod words;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chassis::parse::civil;
use indicatif::{ProgressBar, ProgressStyle};
use prost::{Message, Name};
use proto::google::longrunning::Operation;
use proto::google::longrunning::operation::Result as Outcome;
use proto::registry::v1 as pb;
use scenarios::plan_of_2025;
use serde_json::json;
use system::Client;
use tonic::Status;
use uuid::Uuid;

use crate::cli::plan::{CopyPlan, CreatePlan, Plan, PlanCommand};
use crate::decided;
use crate::fault::{CONFLICTS_FOUND, fault};
use crate::language::{counted, tell};
use crate::organisation;
use crate::output::{answer, is_json, line, print_json, table};
use crate::sheet::in_file;
use crate::told::{read_file, told, told_at, write_file};

pub use steps::{read, send, write};

/// How long one call waits for an operation before the bar is drawn anew, in milliseconds.
const LOOK_MS: i32 = 250;
/// Conflicts that are printed.
const CONFLICTS_PRINTED: i32 = 100;
/// Plans that are read at a time.
const PAGE: i32 = 500;

/// Does what the command line asks for.
pub async fn run(plan: Plan) -> anyhow::Result<()> {
    match plan.command {
        PlanCommand::Create(create) => self::create(create).await,
        PlanCommand::List { organisation, to } => list(&to.connect().await?, &organisation).await,
        PlanCommand::Add { plan_id, file, to } => {
            let steps = steps_of(&file)?;
            let added = send(&to.connect().await?, plan_id, steps).await;
            let added = added.with_context(|| not_added(&file))?;
            answer(&added, words::added)
        }
        PlanCommand::Mend { plan_id, file, to } => {
            let steps = steps_of(&file)?;
            let mended = mend::mend(&to.connect().await?, plan_id, steps).await;
            let mended = mended.with_context(|| not_mended(&file))?;
            if is_json() {
                print_json(&json!({
                    "removed": mended.removed,
                    "replaced": mended.replaced,
                    "added": mended.added,
                }));
                return Ok(());
            }
            line(&words::mended(&mended));
            Ok(())
        }
        PlanCommand::Remove { plan_id, lines, to } => {
            let removed = mend::remove(&to.connect().await?, plan_id, &lines).await?;
            answer(&removed, words::removed)
        }
        PlanCommand::Replace { plan_id, lines, file, to } => {
            let steps = steps_of(&file)?;
            let replaced = mend::replace(&to.connect().await?, plan_id, &lines, steps).await?;
            if is_json() {
                print_json(&json!({ "replaced": replaced }));
                return Ok(());
            }
            line(&words::replaced(replaced));
            Ok(())
        }
        PlanCommand::Copy(copy) => self::copy(copy).await,
        PlanCommand::Steps { plan_id, file, to } => {
            print_steps(&to.connect().await?, plan_id, file.as_deref()).await
        }
        PlanCommand::DryRun { plan_id, to } => {
            let client = to.connect().await?;
            let found = dry_run(&client, plan_id).await?;
            print_found(&client, plan_id, &found).await
        }
        PlanCommand::Conflicts { plan_id, to } => {
            conflict::list(&to.connect().await?, plan_id).await
        }
        PlanCommand::Review { plan_id, to } => review::review(&to.connect().await?, plan_id).await,
        PlanCommand::Commit { plan_id, to } => {
            let done = commit(&to.connect().await?, plan_id).await?;
            answer(&done, words::committed)
        }
        PlanCommand::Undo { plan_id, to } => {
            let undone = undo(&to.connect().await?, plan_id).await?;
            answer(&undone, words::undone)
        }
        PlanCommand::Show { plan_id, to } => show(&to.connect().await?, plan_id).await,
        PlanCommand::Generate2025 { file } => {
            print_or_write(&plan_of_2025::steps()?, file.as_deref())
        }
    }
}

fn steps_of(file: &Path) -> anyhow::Result<Vec<pb::PlanStep>> {
    read(&read_file(file)?)
        .map_err(|error| in_file(error, &file.to_string_lossy()))
        .with_context(|| not_added(file))
}

fn not_added(file: &Path) -> String {
    let file = file.display();
    tell!("{file} chưa được đưa vào phương án", "{file} was not added")
}

fn not_mended(file: &Path) -> String {
    let file = file.display();
    tell!("phương án chưa được sửa theo {file}", "the plan was not mended after {file}")
}

/// The option that a field of the request is.
fn option(field: &str) -> Option<String> {
    match field {
        "name" | "basis.new_decision.title" => Some("NAME".to_owned()),
        "organisation_id" | "basis.new_decision.issuer_id" => Some("--organisation".to_owned()),
        _ => decided::option(field),
    }
}

async fn create(create: CreatePlan) -> anyhow::Result<()> {
    let client = create.to.connect().await?;
    let organisation = organisation::today(&client, &create.organisation).await?;
    let request = pb::CreatePlanRequest {
        request_id: Uuid::new_v4().to_string(),
        basis: create.decided.basis(Some(&organisation.organisation_id), &create.name),
        organisation_id: organisation.organisation_id,
        name: create.name,
        effective_on: create.decided.effective_on.map(civil),
        ..pb::CreatePlanRequest::default()
    };
    let created = client.plans().create_plan(request).await;
    let created = created.map_err(|status| told_at(status, option))?.into_inner();
    answer(&created, |created| created.plan_id.clone())
}

async fn copy(copy: CopyPlan) -> anyhow::Result<()> {
    let client = copy.to.connect().await?;
    let known = plan(&client, copy.plan_id).await?;
    let title = copy.name.as_deref().unwrap_or(&known.name);
    let request = pb::CopyPlanRequest {
        request_id: Uuid::new_v4().to_string(),
        plan_id: copy.plan_id.to_string(),
        basis: copy.decided.basis(Some(&known.organisation_id), title),
        name: copy.name.unwrap_or_default(),
        effective_on: copy.decided.effective_on.map(civil),
        ..pb::CopyPlanRequest::default()
    };
    let copied = client.plans().copy_plan(request).await;
    let copied = copied.map_err(|status| told_at(status, option))?.into_inner();
    answer(&copied, |copied| copied.plan_id.clone())
}

async fn plan(client: &Client, plan_id: Uuid) -> anyhow::Result<pb::Plan> {
    let request = pb::GetPlanRequest { plan_id: plan_id.to_string() };
    let read = client.plans().get_plan(request).await.map_err(told)?.into_inner();
    read.plan.context("a plan was promised")
}

async fn list(client: &Client, organisation: &str) -> anyhow::Result<()> {
    let organisation_id = organisation::today(client, organisation).await?.organisation_id;
    let mut all = pb::ListPlansResponse::default();
    let mut page_token = String::new();
    loop {
        let organisation_id = organisation_id.clone();
        let request = pb::ListPlansRequest { organisation_id, page_size: PAGE, page_token };
        let page = client.plans().list_plans(request).await.map_err(told)?.into_inner();
        all.plans.extend(page.plans);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    answer(&all, |all| {
        let rows: Vec<Vec<String>> = all.plans.iter().map(words::row).collect();
        let heading = [
            tell!("mã phương án", "plan"),
            tell!("trạng thái", "state"),
            tell!("hiệu lực", "effective"),
            tell!("bước", "steps"),
            tell!("tên", "name"),
        ];
        table(&heading, &rows)
    })
}

async fn print_steps(client: &Client, plan_id: Uuid, file: Option<&Path>) -> anyhow::Result<()> {
    print_or_write(&mend::steps(client, plan_id).await?, file)
}

/// Steps, printed; or written into a file, and how many.
fn print_or_write(steps: &[pb::PlanStep], file: Option<&Path>) -> anyhow::Result<()> {
    let Some(file) = file else {
        if is_json() {
            let steps: Vec<_> = steps.iter().map(crate::output::json).collect::<Result<_, _>>()?;
            print_json(&json!({ "steps": steps }));
        } else {
            line(write(steps)?.trim_end());
        }
        return Ok(());
    };
    write_file(file, &write(steps)?)?;
    let (count, shown) = (steps.len(), file.display());
    if is_json() {
        print_json(&json!({ "file": shown.to_string(), "steps": count }));
        return Ok(());
    }
    let were = counted(i64::try_from(count)?, "step was", "steps were");
    line(&tell!("Đã ghi {count} bước vào {shown}.", "{were} written to {shown}."));
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

/// The line that an operation names as `steps[12].unit`: the plan's own, which a file has.
fn line_of(field: &str) -> Option<String> {
    let (line, part) = field.strip_prefix("steps[")?.split_once(']')?;
    Some(steps::at(line.parse().ok()?, part.trim_start_matches('.')))
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
            progress.set_message(words::stage(&metadata.stage));
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
            let status = Status::with_details(code, message, refusal.encode_to_vec().into());
            Err(told_at(status, line_of))
        }
    }
}

/// Prints what a dry run found; fails where something stands against the plan.
async fn print_found(client: &Client, plan_id: Uuid, found: &pb::DryRun) -> anyhow::Result<()> {
    let listed = conflict::page(client, plan_id, CONFLICTS_PRINTED, String::new()).await?;
    if is_json() {
        let conflicts: Vec<_> =
            listed.conflicts.iter().map(crate::output::json).collect::<Result<_, _>>()?;
        print_json(&json!({
            "dryRun": crate::output::json(found)?,
            "conflicts": conflicts,
            "more": !listed.next_page_token.is_empty(),
        }));
    } else {
        line(&words::found(found));
        for conflict in &listed.conflicts {
            line(&conflict::line(conflict));
        }
        if !listed.next_page_token.is_empty() {
            let all = found.conflicts + found.notices;
            line(&tell!(
                "… chỉ in {CONFLICTS_PRINTED} trong số {all}; liệt kê tất cả bằng `congdoan plan \
                 conflicts {plan_id}`",
                "… only {CONFLICTS_PRINTED} of {all} are printed; `congdoan plan conflicts {plan_id}` \
                 lists all"
            ));
        }
    }
    if found.conflicts > 0 {
        let (count, conflicts) =
            (found.conflicts, counted(found.conflicts, "conflict stands", "conflicts stand"));
        return Err(fault(
            CONFLICTS_FOUND,
            tell!(
                "phương án còn {count} vướng mắc; sửa tệp rồi dùng `congdoan plan mend`",
                "{conflicts} against the plan; mend the file, then use `congdoan plan mend`"
            ),
        ));
    }
    Ok(())
}

async fn show(client: &Client, plan_id: Uuid) -> anyhow::Result<()> {
    let request = pb::GetPlanRequest { plan_id: plan_id.to_string() };
    let read = client.plans().get_plan(request).await.map_err(told)?.into_inner();
    answer(&read, words::shown)
}
