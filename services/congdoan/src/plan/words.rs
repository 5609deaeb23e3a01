//! What is said of plans.

use proto::registry::v1 as pb;

use super::mend::Mended;
use crate::language::{counted, tell};
use crate::organisation::day;

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `3 steps were added; the last line is 12.`
pub fn added(added: &pb::AddPlanStepsResponse) -> String {
    let (steps, last) = (added.added, added.last_line);
    let were = counted(steps, "step was", "steps were");
    tell!(
        "Đã thêm {steps} bước; dòng cuối cùng là {last}.",
        "{were} added; the last line is {last}."
    )
}

/// `1 step was removed, 2 replaced, 3 added.`
pub fn mended(mended: &Mended) -> String {
    let Mended { removed, replaced, added } = mended;
    let were = counted(count(*removed), "step was", "steps were");
    tell!(
        "Đã bỏ {removed} bước, thay {replaced}, thêm {added}.",
        "{were} removed, {replaced} replaced, {added} added."
    )
}

/// `1 step was removed; 6 are left.`
pub fn removed(removed: &pb::RemovePlanStepsResponse) -> String {
    let (steps, left) = (removed.removed, removed.steps);
    let were = counted(steps, "step was", "steps were");
    let are = counted(left, "is", "are");
    tell!("Đã bỏ {steps} bước; còn {left} bước.", "{were} removed; {are} left.")
}

/// `2 steps were replaced.`
pub fn replaced(replaced: usize) -> String {
    let were = counted(count(replaced), "step was", "steps were");
    tell!("Đã thay {replaced} bước.", "{were} replaced.")
}

/// What a commit did.
pub fn committed(done: &pb::PlanCommitted) -> String {
    let pb::PlanCommitted {
        units_founded: founded,
        units_ended: ended,
        units_moved: moved,
        units_renamed: renamed,
        units_type_changed: retyped,
        act_id,
        ..
    } = done;
    let were = counted(*founded, "unit was", "units were");
    tell!(
        "Đã thành lập {founded} đơn vị, kết thúc {ended}, chuyển giao {moved}, đổi tên {renamed}, \
         đổi loại hình {retyped}; nghiệp vụ {act_id}.",
        "{were} founded, {ended} ended, {moved} moved, {renamed} renamed, {retyped} changed type, \
         by the act {act_id}."
    )
}

/// What an undo did.
pub fn undone(undone: &pb::PlanUndone) -> String {
    let (organisations, are) = (
        undone.organisations,
        counted(undone.organisations, "organisation is", "organisations are"),
    );
    tell!("Đã thu hồi: {organisations} tổ chức trở lại như trước.", "Taken back: {are} as before.")
}

/// A plan in a list.
pub fn row(plan: &pb::Plan) -> Vec<String> {
    vec![
        plan.plan_id.clone(),
        state(plan.state()),
        plan.effective_on.and_then(day).map(|on| on.to_string()).unwrap_or_default(),
        plan.steps.to_string(),
        plan.name.clone(),
    ]
}

fn state(state: pb::PlanState) -> String {
    match state {
        pb::PlanState::Unspecified => String::new(),
        pb::PlanState::Draft => tell!("bản nháp", "draft"),
        pb::PlanState::Committed => tell!("đã thực hiện", "committed"),
        pb::PlanState::Undone => tell!("đã thu hồi", "undone"),
    }
}

/// The stages of an operation.
pub fn stage(stage: &str) -> String {
    match stage {
        "LOCK" => tell!("khóa các đơn vị", "locking the units"),
        "RESOLVE" => tell!("tìm các đơn vị", "looking up the units"),
        "EFFECTS" => tell!("tính tác động", "finding the effects"),
        "TREE" => tell!("dựng cây mới", "building the new tree"),
        "CHECK" => tell!("kiểm tra", "checking"),
        "COUNT" => tell!("đếm", "counting"),
        "KEEP" => tell!("lưu kết quả", "keeping what was found"),
        "WRITE" => tell!("ghi", "writing"),
        "PUBLISH" => tell!("công bố", "publishing"),
        other => other.to_owned(),
    }
}

/// Lines of words and numbers, the numbers under each other.
fn aligned(lines: &[(String, i32)]) -> String {
    let width = lines.iter().map(|(words, _)| words.chars().count()).max().unwrap_or(0);
    let drawn: Vec<String> = lines
        .iter()
        .map(|(words, number)| {
            let blank = " ".repeat(width - words.chars().count());
            format!("{words}{blank} {number:>9}")
        })
        .collect();
    drawn.join("\n")
}

/// What a dry run found, in sum.
pub fn found(found: &pb::DryRun) -> String {
    let (mut before, mut after) = (0, 0);
    for count in &found.counts {
        before += count.before;
        after += count.after;
    }
    aligned(&[
        (tell!("số bước", "steps"), found.steps),
        (tell!("đơn vị thành lập", "units founded"), found.units_founded),
        (tell!("đơn vị kết thúc", "units ended"), found.units_ended),
        (tell!("đơn vị chuyển giao", "units moved"), found.units_moved),
        (tell!("đơn vị đổi tên", "units renamed"), found.units_renamed),
        (tell!("đơn vị đổi loại hình", "units changing type"), found.units_type_changed),
        (tell!("chức danh kết thúc", "offices that end"), found.offices_ended),
        (tell!("phân công kết thúc", "assignments that end"), found.assignments_ended),
        (tell!("phân quyền mất theo đơn vị", "grants on ended units"), found.grants_ended),
        (tell!("phân quyền đi theo đơn vị", "grants that move"), found.grants_moved),
        (tell!("đơn vị trước đó", "units before"), before),
        (tell!("đơn vị sau đó", "units after"), after),
        (tell!("vướng mắc", "conflicts"), found.conflicts),
        (tell!("lưu ý", "notices"), found.notices),
    ])
}

/// Where a plan is, and what its last dry run found.
pub fn shown(read: &pb::GetPlanResponse) -> String {
    let Some(plan) = &read.plan else { return String::new() };
    let (state, on) = (state(plan.state()), plan.effective_on.and_then(day));
    let on = on.map(|on| on.to_string()).unwrap_or_default();
    let mut told = plan.name.clone();
    told.push_str(&tell!(
        "\nTrạng thái: {state}; hiệu lực từ {on}\n",
        "\nState: {state}; effective on {on}\n"
    ));
    told.push_str(&aligned(&[
        (tell!("số bước", "steps"), plan.steps),
        (tell!("dòng cuối cùng", "last line"), plan.last_line),
    ]));
    if let Some(dry_run) = &read.dry_run {
        let operation = &dry_run.operation;
        told.push_str(&tell!(
            "\nLần chạy thử cuối, {operation}:\n",
            "\nThe last dry run, {operation}:\n"
        ));
        told.push_str(&found(dry_run));
        if dry_run.conflicts + dry_run.notices > 0 {
            let plan_id = &plan.plan_id;
            told.push_str(&tell!(
                "\nXem từng vướng mắc: `congdoan plan conflicts {plan_id}`",
                "\nWhat they are: `congdoan plan conflicts {plan_id}`"
            ));
        }
    }
    if read.mended_since {
        told.push_str(&tell!(
            "\nPhương án đã được sửa từ lần chạy thử đó: hãy chạy thử lại.",
            "\nThe plan was mended since that dry run: run it dry again."
        ));
    }
    told
}
