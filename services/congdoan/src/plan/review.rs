//! `congdoan plan review`: the steps of a plan, with what they mean for members and quotas.

use std::collections::BTreeMap;

use proto::gateway::v1::ReviewPlanRequest;
use proto::gateway::v1::review_plan_response::Step;
use proto::registry::v1::MembersOutcome;
use proto::registry::v1::plan_step::Kind;
use uuid::Uuid;

use crate::client::{Client, told};

/// Steps that are asked for at a time.
const PAGE: i32 = 500;

/// What the ends of a plan mean in sum.
#[derive(Default)]
struct Sums {
    continue_elsewhere: i64,
    memberships_end: i64,
    open: i64,
    handed_down: i64,
}

/// Prints every step; then the sums over the units that end, and which service is missing.
pub async fn review(client: &Client, plan_id: Uuid) -> anyhow::Result<()> {
    let mut sums = Sums::default();
    let mut absent = BTreeMap::new();
    let mut page_token = String::new();
    loop {
        let request =
            ReviewPlanRequest { plan_id: plan_id.to_string(), page_size: PAGE, page_token };
        let page = client.gateway().review_plan(request).await.map_err(told)?.into_inner();
        for step in &page.steps {
            println!("{}", line(step));
            sums.add(step);
        }
        absent.extend(page.absent_parts.into_iter().map(|part| (part.service, part.reason)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    println!("Of the units that end:");
    if !absent.contains_key("membership") {
        println!("members who continue{:>9}", sums.continue_elsewhere);
        println!("memberships that end{:>9}", sums.memberships_end);
    }
    if !absent.contains_key("reporting") {
        println!("quotas still open   {:>9}", sums.open);
        println!("quotas handed down  {:>9}", sums.handed_down);
    }
    for (service, reason) in absent {
        println!("What {service} knows is missing: {reason}");
    }
    Ok(())
}

/// `line 12 END LDLD-01-001: 3 members to LDLD-01, 2 quotas open, 1 handed down, 1 follows it`.
fn line(reviewed: &Step) -> String {
    let Some(step) = &reviewed.step else { return String::new() };
    let kind = step.kind().as_str_name().replace("KIND_", "");
    let mut known = Vec::new();
    if let Some(members) = &reviewed.members {
        known.push(match step.members_outcome() {
            MembersOutcome::Rehomed => format!("{} members to {}", members.members, step.rehome_to),
            MembersOutcome::ToSuperior => format!("{} members to its superior", members.members),
            MembersOutcome::MembershipEnds => format!("{} memberships end", members.members),
            MembersOutcome::Unspecified => format!("{} members", members.members),
        });
    }
    if let Some(quotas) = &reviewed.quotas {
        known.push(format!("{} quotas open", quotas.open));
        known.push(format!("{} handed down", quotas.handed_down));
        known.push(format!("followed by {}", quotas.followers));
    }
    let known = if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) };
    format!("line {} {kind} {}{known}", step.line, step.unit)
}

impl Sums {
    fn add(&mut self, reviewed: &Step) {
        let Some(step) = reviewed.step.as_ref().filter(|step| step.kind() == Kind::End) else {
            return;
        };
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
