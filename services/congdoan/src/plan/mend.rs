//! `congdoan plan mend`, `remove` and `replace`: a draft becomes what its file says.

use std::collections::{BTreeMap, BTreeSet};

use proto::registry::v1 as pb;
use system::Client;
use uuid::Uuid;

use super::steps::{at, check, send};
use crate::cli::plan::Lines;
use crate::language::tell;
use crate::told::{told, told_at};

/// Steps that are read at a time.
const PAGE: i32 = 500;
/// Steps that are removed at a time.
const REMOVED: usize = 1_000;

/// What was mended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Lines that the plan had and the file has not.
    pub removed: usize,
    /// Lines of which they said different things.
    pub replaced: usize,
    /// Lines that the plan did not have.
    pub added: usize,
}

/// Makes a draft what the file says. It is not one act, and needs not be: a draft does nothing.
pub async fn mend(
    client: &Client,
    plan_id: Uuid,
    wanted: Vec<pb::PlanStep>,
) -> anyhow::Result<Mended> {
    let known = steps(client, plan_id).await?;
    let (differing, new) = compared(&known, wanted);
    let removed = differing.iter().filter(|line| !new.contains_key(line)).count();
    let mended = Mended {
        removed,
        replaced: differing.len() - removed,
        added: new.len() - (differing.len() - removed),
    };
    let lines: Vec<i32> = differing.into_iter().collect();
    // What cannot be added is refused while everything is still there.
    let last_line = known.last().map_or(0, |step| step.line);
    check(client, plan_id, last_line, new.values().cloned().collect()).await?;
    // Nor is a plan mended that is done, though nothing were to change: what it has already is passed
    // over in a draft, and refused where nothing can come any more.
    if let Some(first) = known.first().filter(|_| new.is_empty() && lines.is_empty()) {
        check(client, plan_id, first.line - 1, vec![first.clone()]).await?;
    }
    for lines in lines.chunks(REMOVED) {
        remove_lines(client, plan_id, lines.to_vec()).await?;
    }
    if !new.is_empty() {
        send(client, plan_id, new.into_values().collect()).await?;
    }
    Ok(mended)
}

/// The lines of a plan that are to go, and the steps that come.
fn compared(
    known: &[pb::PlanStep],
    wanted: Vec<pb::PlanStep>,
) -> (BTreeSet<i32>, BTreeMap<i32, pb::PlanStep>) {
    let mut new: BTreeMap<i32, pb::PlanStep> =
        wanted.into_iter().map(|step| (step.line, step)).collect();
    let mut differing = BTreeSet::new();
    for step in known {
        if new.get(&step.line) == Some(step) {
            new.remove(&step.line);
        } else {
            differing.insert(step.line);
        }
    }
    (differing, new)
}

/// Removes the steps of these lines.
pub async fn remove(
    client: &Client,
    plan_id: Uuid,
    lines: &[Lines],
) -> anyhow::Result<pb::RemovePlanStepsResponse> {
    let lines: BTreeSet<i32> = lines.iter().flat_map(|lines| lines.first..=lines.last).collect();
    let lines: Vec<i32> = lines.into_iter().collect();
    let mut all = pb::RemovePlanStepsResponse::default();
    for lines in lines.chunks(REMOVED) {
        let removed = remove_lines(client, plan_id, lines.to_vec()).await?;
        all = pb::RemovePlanStepsResponse { removed: all.removed + removed.removed, ..removed };
    }
    Ok(all)
}

async fn remove_lines(
    client: &Client,
    plan_id: Uuid,
    lines: Vec<i32>,
) -> anyhow::Result<pb::RemovePlanStepsResponse> {
    let request = pb::RemovePlanStepsRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        plan_id: plan_id.to_string(),
        lines: lines.clone(),
    };
    let removed = client.plans().remove_plan_steps(request).await;
    let place = |field: &str| {
        let n = field.strip_prefix("lines[")?.strip_suffix(']')?;
        lines.get(n.parse::<usize>().ok()?).map(|line| at(*line, ""))
    };
    Ok(removed.map_err(|status| told_at(status, place))?.into_inner())
}

/// Replaces the steps of these lines by those of a file; answers how many differed.
pub async fn replace(
    client: &Client,
    plan_id: Uuid,
    lines: &[Lines],
    steps: Vec<pb::PlanStep>,
) -> anyhow::Result<usize> {
    let mut steps: BTreeMap<i32, pb::PlanStep> =
        steps.into_iter().map(|step| (step.line, step)).collect();
    let mut replacing = Vec::new();
    for line in lines.iter().flat_map(|lines| lines.first..=lines.last) {
        let step = steps.remove(&line).ok_or_else(|| {
            anyhow::Error::msg(tell!(
                "tệp không có bước nào ở dòng {line}",
                "the file has no step in line {line}"
            ))
        })?;
        replacing.push(step);
    }
    let mut replaced = 0;
    for step in replacing {
        if replace_step(client, plan_id, step).await? {
            replaced += 1;
        }
    }
    Ok(replaced)
}

async fn replace_step(client: &Client, plan_id: Uuid, step: pb::PlanStep) -> anyhow::Result<bool> {
    let line = step.line;
    let request = pb::ReplacePlanStepRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        plan_id: plan_id.to_string(),
        step: Some(step),
    };
    let place = |field: &str| {
        let part = field.strip_prefix("step.")?;
        Some(at(line, if part == "line" { "" } else { part }))
    };
    let replaced = client.plans().replace_plan_step(request).await;
    Ok(replaced.map_err(|status| told_at(status, place))?.into_inner().replaced)
}

/// All steps of a plan, in the order of their lines.
pub async fn steps(client: &Client, plan_id: Uuid) -> anyhow::Result<Vec<pb::PlanStep>> {
    let mut steps = Vec::new();
    let mut page_token = String::new();
    loop {
        let request =
            pb::ListPlanStepsRequest { plan_id: plan_id.to_string(), page_size: PAGE, page_token };
        let page = client.plans().list_plan_steps(request).await.map_err(told)?.into_inner();
        steps.extend(page.steps.into_iter().filter_map(|step| step.step));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_goes_and_what_is_missing_comes() {
        let step = |line: i32, unit: &str| pb::PlanStep {
            line,
            unit: unit.to_owned(),
            ..pb::PlanStep::default()
        };
        let known = [step(2, "A"), step(3, "B"), step(4, "C")];
        let (gone, new) = compared(&known, vec![step(2, "A"), step(3, "X"), step(5, "D")]);
        assert_eq!(gone.into_iter().collect::<Vec<_>>(), [3, 4]);
        assert_eq!(new.keys().copied().collect::<Vec<_>>(), [3, 5]);
    }
}
