//! `congdoan plan review`: the steps of a plan, with what they mean for members and quotas.

use std::collections::BTreeMap;

use proto::gateway::v1::ReviewPlanRequest;
use proto::gateway::v1::review_plan_response::Step;
use proto::registry::v1::MembersOutcome;
use proto::registry::v1::plan_step::Kind;
use serde_json::{Value as Json, json};
use system::Client;
use uuid::Uuid;

use crate::language::{counted, tell};
use crate::output::{is_json, json as json_of, line as print_line, print_json};
use crate::told::told;

/// Steps that are asked for at a time.
const PAGE: i32 = 500;

/// What the ends of a plan mean in sum.
#[derive(Default)]
struct Sums {
    /// The dry run that found it; empty where there is none, and nothing is known.
    dry_run: String,
    /// Steps came, went or were replaced since.
    mended_since: bool,
    /// Units that end, of which the dry run could not tell who they are.
    unknown: i64,
    continue_elsewhere: i64,
    memberships_end: i64,
    open: i64,
    handed_down: i64,
}

/// Prints every step; then the sums over the units that end, and which service is missing.
pub async fn review(client: &Client, plan_id: Uuid) -> anyhow::Result<()> {
    let mut sums = Sums::default();
    let mut absent = BTreeMap::new();
    let mut steps = Vec::new();
    let mut page_token = String::new();
    loop {
        let request =
            ReviewPlanRequest { plan_id: plan_id.to_string(), page_size: PAGE, page_token };
        let page = client.gateway().review_plan(request).await.map_err(told)?.into_inner();
        for step in &page.steps {
            if is_json() {
                steps.push(json_of(step)?);
            } else {
                print_line(&line(step));
            }
            sums.add(step);
        }
        sums.mended_since |= page.mended_since;
        sums.dry_run = page.dry_run;
        absent.extend(page.absent_parts.into_iter().map(|part| (part.service, part.reason)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if is_json() {
        print_json(&sums.json(steps, &absent));
    } else {
        print_line(&sums.words(plan_id, &absent));
    }
    Ok(())
}

/// `line 12 END LDLD-01-001: 3 members to LDLD-01, 2 quotas open, 1 handed down, 1 follows it`.
fn line(reviewed: &Step) -> String {
    let Some(step) = &reviewed.step else { return String::new() };
    let kind = step.kind().as_str_name().replace("KIND_", "");
    let mut known = Vec::new();
    if let Some(members) = &reviewed.members {
        let (members, to) = (members.members, &step.rehome_to);
        let who = counted(members, "member", "members");
        known.push(match step.members_outcome() {
            MembersOutcome::Rehomed => tell!("{members} đoàn viên về {to}", "{who} to {to}"),
            MembersOutcome::ToSuperior => {
                tell!("{members} đoàn viên về cấp trên", "{who} to its superior")
            }
            MembersOutcome::MembershipEnds => {
                let ends = counted(members, "membership ends", "memberships end");
                tell!("{members} đoàn viên thôi tư cách", "{ends}")
            }
            MembersOutcome::Unspecified => tell!("{members} đoàn viên", "{who}"),
        });
    }
    if let Some(quotas) = &reviewed.quotas {
        let (open, down, followers) = (quotas.open, quotas.handed_down, quotas.followers);
        let quotas = counted(open, "quota open", "quotas open");
        known.push(tell!("{open} chỉ tiêu còn mở", "{quotas}"));
        known.push(tell!("{down} đã giao xuống", "{down} handed down"));
        known.push(tell!("{followers} người theo dõi", "followed by {followers}"));
    }
    let known = if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) };
    let (number, unit) = (step.line, &step.unit);
    tell!("dòng {number} {kind} {unit}{known}", "line {number} {kind} {unit}{known}")
}

impl Sums {
    /// The sums are those of the plan: it was run dry as it is.
    fn known(&self) -> bool {
        !self.dry_run.is_empty() && !self.mended_since
    }

    fn json(&self, steps: Vec<Json>, absent: &BTreeMap<String, String>) -> Json {
        let has = |service: &str| absent.contains_key(service);
        let absent: Vec<Json> = absent
            .iter()
            .map(|(service, reason)| json!({ "service": service, "reason": reason }))
            .collect();
        let mut document = json!({
            "steps": steps,
            "dryRun": self.dry_run,
            "mendedSince": self.mended_since,
            "absentParts": absent,
        });
        if self.known() {
            document["unitsUnknown"] = self.unknown.into();
            if !has("membership") {
                document["membersWhoContinue"] = self.continue_elsewhere.into();
                document["membershipsThatEnd"] = self.memberships_end.into();
            }
            if !has("reporting") {
                document["quotasOpen"] = self.open.into();
                document["quotasHandedDown"] = self.handed_down.into();
            }
        }
        document
    }

    fn words(&self, plan_id: Uuid, absent: &BTreeMap<String, String>) -> String {
        if self.dry_run.is_empty() {
            return tell!(
                "Phương án chưa được chạy thử: chưa biết gì về đoàn viên và chỉ tiêu. Hãy chạy thử \
                 trước: `congdoan plan dry-run {plan_id}`",
                "The plan was not run dry: nothing is known of members and quotas. Run it dry first: \
                 `congdoan plan dry-run {plan_id}`"
            );
        }
        if self.mended_since {
            return tell!(
                "Phương án đã được sửa từ lần chạy thử cuối: chưa biết tổng số đoàn viên và chỉ \
                 tiêu. Hãy chạy thử lại: `congdoan plan dry-run {plan_id}`",
                "The plan was mended since its last dry run: the sums of members and quotas are not \
                 known. Run it dry again: `congdoan plan dry-run {plan_id}`"
            );
        }
        let mut lines = vec![tell!("Trong các đơn vị kết thúc:", "Of the units that end:")];
        if !absent.contains_key("membership") {
            let (on, end) = (self.continue_elsewhere, self.memberships_end);
            lines.push(tell!("đoàn viên tiếp tục    {on:>9}", "members who continue{on:>9}"));
            lines.push(tell!("đoàn viên thôi tư cách{end:>9}", "memberships that end{end:>9}"));
        }
        if !absent.contains_key("reporting") {
            let (open, down) = (self.open, self.handed_down);
            lines.push(tell!("chỉ tiêu còn mở       {open:>9}", "quotas still open   {open:>9}"));
            lines.push(tell!("chỉ tiêu đã giao xuống{down:>9}", "quotas handed down  {down:>9}"));
        }
        if self.unknown > 0 {
            let unknown = self.unknown;
            let ends = counted(unknown, "step that ends a unit is", "steps that end units are");
            lines.push(tell!(
                "{unknown} bước kết thúc không có trong các số này: lần chạy thử không biết đơn vị \
                 nào; xem `congdoan plan conflicts {plan_id}`",
                "{ends} not in these sums: the dry run does not know whom they mean; see \
                 `congdoan plan conflicts {plan_id}`"
            ));
        }
        for (service, reason) in absent {
            lines.push(tell!(
                "Thiếu phần của {service}: {reason}",
                "What {service} knows is missing: {reason}"
            ));
        }
        lines.join("\n")
    }

    fn add(&mut self, reviewed: &Step) {
        let Some(step) = reviewed.step.as_ref().filter(|step| step.kind() == Kind::End) else {
            return;
        };
        self.unknown += i64::from(reviewed.outcome.is_none());
        let members = reviewed.members.as_ref().map_or(0, |members| i64::from(members.members));
        if step.members_outcome() == MembersOutcome::MembershipEnds {
            self.memberships_end += members;
        } else {
            self.continue_elsewhere += members;
        }
        if let Some(quotas) = &reviewed.quotas {
            self.open += i64::from(quotas.open);
            self.handed_down += i64::from(quotas.handed_down);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(dry_run: &str, mended_since: bool) -> Sums {
        Sums { dry_run: dry_run.to_owned(), mended_since, ..Sums::default() }
    }

    #[test]
    fn no_zero_stands_for_what_nobody_knows() {
        let absent = BTreeMap::new();
        for (unknown, expected) in
            [(sums("", false), "Run it dry first"), (sums("x", true), "Run it dry again")]
        {
            let said = unknown.words(Uuid::nil(), &absent);
            assert!(said.contains(expected) && !said.contains("who continue"), "{said}");
            let document = unknown.json(Vec::new(), &absent);
            for sum in ["membersWhoContinue", "membershipsThatEnd", "quotasOpen"] {
                assert_eq!(document.get(sum), None);
            }
            assert_eq!(document["mendedSince"], unknown.mended_since);
        }
        let known = sums("x", false);
        assert!(known.words(Uuid::nil(), &absent).contains("members who continue        0"));
        assert_eq!(known.json(Vec::new(), &absent)["membersWhoContinue"], 0);
        // Of a service that did not answer there is no zero either.
        let absent = BTreeMap::from([("membership".to_owned(), "SERVICE_AWAY".to_owned())]);
        let document = known.json(Vec::new(), &absent);
        assert_eq!(
            (document.get("membersWhoContinue"), &document["quotasOpen"]),
            (None, &0.into())
        );
    }

    #[test]
    fn an_end_of_somebody_unknown_is_not_summed_in_silence() {
        let step = proto::registry::v1::PlanStep { kind: Kind::End.into(), ..Default::default() };
        let mut sums = sums("x", false);
        sums.add(&Step { step: Some(step), ..Step::default() });
        let said = sums.words(Uuid::nil(), &BTreeMap::new());
        assert!(said.contains("1 step that ends a unit is not in these sums"), "{said}");
    }
}
