//! What stands against a plan, in words.

use proto::reason::Reason as _;
use proto::registry::v1::{
    ListPlanConflictsRequest, ListPlanConflictsResponse, PlanConflict, Reason,
};
use serde_json::json;
use system::Client;
use uuid::Uuid;

use super::steps::at;
use crate::language::{Language, counted, current, tell};
use crate::output::{is_json, json as json_of, line as print_line, print_json};
use crate::told::told;

/// Conflicts that are asked for at a time.
const PAGE: i32 = 500;

/// A page of what the last dry run found against a plan.
pub async fn page(
    client: &Client,
    plan_id: Uuid,
    page_size: i32,
    page_token: String,
) -> anyhow::Result<ListPlanConflictsResponse> {
    let request = ListPlanConflictsRequest { plan_id: plan_id.to_string(), page_size, page_token };
    Ok(client.plans().list_plan_conflicts(request).await.map_err(told)?.into_inner())
}

/// Lists all that the last dry run found against a plan, in order of the lines.
pub async fn list(client: &Client, plan_id: Uuid) -> anyhow::Result<()> {
    let mut all = ListPlanConflictsResponse::default();
    let mut page_token = String::new();
    loop {
        let next = page(client, plan_id, PAGE, page_token).await?;
        all.conflicts.extend(next.conflicts);
        (all.dry_run, all.mended_since) = (next.dry_run, next.mended_since);
        page_token = next.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if is_json() {
        let conflicts: Vec<_> = all.conflicts.iter().map(json_of).collect::<Result<_, _>>()?;
        print_json(&json!({
            "conflicts": conflicts,
            "dryRun": all.dry_run,
            "mendedSince": all.mended_since,
        }));
        return Ok(());
    }
    all.conflicts.iter().for_each(|conflict| print_line(&line(conflict)));
    print_line(&summed(plan_id, &all));
    Ok(())
}

/// How many there are, and whether that is all that is known.
fn summed(plan_id: Uuid, all: &ListPlanConflictsResponse) -> String {
    if all.dry_run.is_empty() {
        return tell!(
            "Phương án chưa được chạy thử: chưa biết có gì vướng mắc. Hãy chạy thử trước: \
             `congdoan plan dry-run {plan_id}`",
            "The plan was not run dry: what stands against it is not known. Run it dry first: \
             `congdoan plan dry-run {plan_id}`"
        );
    }
    let blocking = all.conflicts.iter().filter(|conflict| conflict.blocks).count();
    let notices = all.conflicts.len() - blocking;
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let conflicts = counted(count(blocking), "conflict", "conflicts");
    let notes = counted(count(notices), "notice", "notices");
    let mut told = tell!("{blocking} vướng mắc, {notices} lưu ý.", "{conflicts}, {notes}.");
    if all.mended_since {
        told.push_str(&tell!(
            "\nPhương án đã được sửa từ lần chạy thử đó: hãy chạy thử lại.",
            "\nThe plan was mended since that dry run: run it dry again."
        ));
    }
    told
}

/// `line 12, superior: the superior has ended (HN-BD) [SUPERIOR_ENDED]`.
pub fn line(conflict: &PlanConflict) -> String {
    let sort = if conflict.blocks {
        tell!("vướng mắc", "conflict")
    } else {
        tell!("lưu ý", "notice")
    };
    let place = at(conflict.line, &conflict.field);
    let words = words(&conflict.reason);
    // A service of an older version knows no codes.
    let known =
        if conflict.subject_code.is_empty() { &conflict.subject } else { &conflict.subject_code };
    let about = if known.is_empty() { String::new() } else { format!(" ({known})") };
    format!("{place}: {sort}: {words}{about} [{}]", conflict.reason)
}

/// What a reason means of a step; one that is not known here, of a newer service, by its name.
pub fn words(reason: &str) -> &str {
    let told = proto::reason::find(Reason::DOMAIN, reason);
    match (told.and_then(|told| told.brief), current()) {
        (Some(brief), Language::Vietnamese) => brief.vi,
        (Some(brief), Language::English) => brief.en,
        (None, _) => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_told_by_line_and_code() {
        let conflict = PlanConflict {
            line: 12,
            field: "superior".to_owned(),
            reason: "SUPERIOR_ENDED".to_owned(),
            blocks: true,
            subject: "0190".to_owned(),
            subject_code: "HN-BD".to_owned(),
        };
        assert_eq!(
            line(&conflict),
            "line 12, superior: conflict: the superior has ended (HN-BD) [SUPERIOR_ENDED]"
        );
    }
}
