//! What changes of registry's mean: what happens to organisations, and in them.

use feeds::registry;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::code::Code;
use crate::ground::fact::facts::Facts;

/// What a change of registry's means. `is_grassroots` and `is_grassroots_type` tell unions, and
/// their types, from the others.
pub fn of_registry(
    event: &registry::Event,
    effective_on: Date,
    is_grassroots: impl Fn(Uuid) -> bool,
    is_grassroots_type: impl Fn(&str) -> bool,
) -> Facts {
    use registry::{Body, Event};
    let mut facts = Facts::default();
    // What happens to a union is counted; what happens to its superiors is not.
    let union = |facts: &mut Facts, unit: Uuid, on: Date, code: Code, reason: &str| {
        if is_grassroots(unit) {
            facts.add(unit, on, code, reason, 1);
        }
    };
    match event {
        Event::Founded(founded) => {
            let state = &founded.organisation;
            union(&mut facts, state.organisation_id, state.founded_on, Code::UnionFounded, "");
        }
        Event::Loaded(organisations) => {
            for state in organisations {
                union(&mut facts, state.organisation_id, state.founded_on, Code::UnionLoaded, "");
            }
        }
        Event::Ended(units) => {
            for unit in units {
                let reason = unit.kind.code();
                union(&mut facts, unit.organisation_id, effective_on, Code::UnionEnded, reason);
            }
        }
        Event::TypeChanged(changed) => {
            let is = (is_grassroots_type(&changed.from_type), is_grassroots_type(&changed.type_code));
            let code = match is {
                (false, true) => Code::UnionBecame,
                (true, false) => Code::UnionCeased,
                (true, true) | (false, false) => return facts,
            };
            facts.add(changed.organisation_id, effective_on, code, "", 1);
        }
        Event::Suspended { organisation_id } => {
            union(&mut facts, *organisation_id, effective_on, Code::UnionSuspended, "");
        }
        Event::Resumed { organisation_id } => {
            union(&mut facts, *organisation_id, effective_on, Code::UnionResumed, "");
        }
        Event::Body(Body::CongressHeld(congress)) => {
            let unit = congress.organisation_id;
            let level = level(is_grassroots(unit));
            facts.add(unit, congress.held_on, Code::Congress, level, 1);
        }
        Event::Body(Body::ByElectionHeld(election)) => {
            let unit = election.organisation_id;
            let (level, subject) = (level(is_grassroots(unit)), unit.to_string());
            facts.subject(unit, election.held_on, Code::ByElected, level, &subject);
        }
        Event::CeremonyHeld(ceremony) => {
            // One for each union launched, counted where that union counts.
            for launched in &ceremony.launched {
                let (unit, on) = (launched.organisation_id, ceremony.held_on);
                facts.add(unit, on, Code::Ceremony, &ceremony.kind, 1);
                if launched.decision_id.is_some() {
                    facts.add(unit, on, Code::HandedOver, "", 1);
                }
            }
        }
        Event::DecisionRecorded(decision) => {
            // A feed of before does not always tell who issued it, and when.
            if let (Some(issuer), Some(on)) = (decision.issuer_id, decision.issued_on) {
                facts.add(issuer, on, Code::DecisionIssued, &decision.kind, 1);
            }
        }
        Event::CampaignStageReached(reached) => {
            let (unit, employer) = (reached.organisation_id, reached.employer_id.to_string());
            facts.subject(unit, effective_on, Code::Campaign, &reached.stage, &employer);
        }
        Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::Body(
            Body::CommitteeAppointed(_)
            | Body::OfficesEnded(_)
            | Body::SteeringCommitteeEstablished(_)
            | Body::UnitAssigned(_)
            | Body::UnitAssignmentEnded { .. },
        )
        | Event::EmployersRecorded(_)
        | Event::Noted(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        // What is counted of a life as it is known now, its timeline says (follow/timelines).
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_) => {}
    }
    facts
}

/// By what held them, congresses and elections are counted apart.
pub fn level(is_grassroots: bool) -> &'static str {
    if is_grassroots { "GRASSROOTS" } else { "SUPERIOR" }
}
