//! A target as the contract has it, and what reporting's feed tells of targets.

use chassis::database::Acting;
use chassis::parse::{self, id_or_empty, instant};
use chassis::refusal::Failure;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;

use crate::ground::acting::decided_on_registry;
use crate::ground::target::{Comparator, Issuer, Target, ValueUnit};
use crate::ground::wire::period_out;

/// A comparator.
pub fn comparator_out(comparator: Comparator) -> pb::Comparator {
    match comparator {
        Comparator::GreaterOrEqual => pb::Comparator::GreaterOrEqual,
        Comparator::Greater => pb::Comparator::Greater,
        Comparator::Equal => pb::Comparator::Equal,
        Comparator::MeanGreaterOrEqual => pb::Comparator::MeanGreaterOrEqual,
    }
}

/// A target.
pub fn target(target: &Target) -> pb::Target {
    let (issuer_id, issuer_name) = match &target.issuer {
        Issuer::Organisation(organisation_id) => (organisation_id.to_string(), String::new()),
        Issuer::Named(name) => (String::new(), name.clone()),
    };
    pb::Target {
        target_id: target.target_id.to_string(),
        indicator: target.indicator.clone(),
        organisation_id: target.organisation_id.to_string(),
        period: Some(period_out(target.period)),
        issuer_id,
        issuer_name,
        value: target.value,
        value_unit: match target.value_unit {
            ValueUnit::Count => pb::ValueUnit::Count,
            ValueUnit::BasisPoints => pb::ValueUnit::BasisPoints,
        }
        .into(),
        comparator: comparator_out(target.comparator).into(),
        denominator_on: target.denominator_on.map(parse::civil),
        sector_grouping: target.sector_grouping.clone(),
        sector_group: target.sector_group.clone(),
        revision: target.revision,
        assigned_on: Some(parse::civil(target.assigned_on)),
        decision_id: id_or_empty(target.decision_id),
        recorded_at: Some(instant(target.recorded_at)),
        withdrawal: target.withdrawal.as_ref().map(|withdrawal| pb::Withdrawal {
            withdrawn_on: Some(parse::civil(withdrawal.withdrawn_on)),
            reason: withdrawal.reason.clone(),
            decision_id: id_or_empty(withdrawal.decision_id),
            recorded_at: Some(instant(withdrawal.recorded_at)),
        }),
    }
}

// Changes of our own feed.

/// A target was assigned or revised.
pub fn target_assigned(assigned: &Target) -> What {
    What::TargetAssigned(pb::TargetAssigned { target: Some(target(assigned)) })
}

/// Many were, at once.
pub fn targets_assigned(assigned: &[Target]) -> What {
    What::TargetsAssigned(pb::TargetsAssigned { targets: assigned.iter().map(target).collect() })
}

/// A target was withdrawn.
pub fn target_withdrawn(withdrawn: &Target) -> What {
    What::TargetWithdrawn(pb::TargetWithdrawn { target: Some(target(withdrawn)) })
}

/// Tells of targets that were assigned by one act, from the first day on which one of them holds;
/// by the decision that all of them rest on, if it is one.
pub async fn publish(acting: &mut Acting, targets: &[Target]) -> Result<(), Failure> {
    let Some(on) = targets.iter().map(|target| target.assigned_on).min() else { return Ok(()) };
    let decision_id = targets[0].decision_id;
    let common = targets.iter().all(|target| target.decision_id == decision_id);
    let (act_id, decision_id) = (acting.act_id, decision_id.filter(|_| common));
    let change = targets_assigned(targets);
    acting.publish(feeds::reporting::change(change, act_id, on, decision_id));
    decided_on_registry(acting).await
}
