//! Requests of `TargetService` parsed, and its answers written out.

use std::collections::BTreeMap;

use chassis::parse::{self, id_or_empty, instant};
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

use crate::ground::reference::{Indicator, Reference};
use crate::ground::target::cascade::{Cascade, Node, sum};
use crate::ground::target::measured::Measured;
use crate::ground::target::{Comparator, Issuer, Target, ValueUnit};
use crate::ground::wire::{figure, period_out};
use crate::target::open_targets::OpenTargets;

/// What is asked of a unit on a day.
pub fn open_targets(unit: &OpenTargets) -> pb::OpenTargets {
    let count = |count| i32::try_from(count).unwrap_or(i32::MAX);
    pb::OpenTargets {
        organisation_id: unit.organisation_id.to_string(),
        targets: unit.targets.iter().map(target).collect(),
        open: count(unit.open),
        handed_down: count(unit.handed_down),
        followers: count(unit.followers),
    }
}

/// A cascade, its units named.
pub fn cascade(cascade: &Cascade, names: &BTreeMap<Uuid, String>) -> pb::GetTargetCascadeResponse {
    pb::GetTargetCascadeResponse {
        assigned: cascade.assigned.iter().map(target).collect(),
        children: cascade.children.iter().map(|child| node(child, names)).collect(),
        children_sum: sum(&cascade.children),
        difference: cascade.difference(),
        left_off: i32::try_from(cascade.left_off).unwrap_or(i32::MAX),
    }
}

fn node(of: &Node, names: &BTreeMap<Uuid, String>) -> pb::CascadeNode {
    pb::CascadeNode {
        target: Some(target(&of.target)),
        name: names.get(&of.target.organisation_id).cloned().unwrap_or_default(),
        share_basis_points: i32::try_from(of.share_basis_points).unwrap_or(i32::MAX),
        earlier_revisions: of.earlier.iter().map(target).collect(),
        children: of.children.iter().map(|child| node(child, names)).collect(),
        children_sum: of.children_sum,
        difference: of.difference(),
        shown_elsewhere: of.shown_elsewhere,
    }
}

/// A measured target.
pub fn measured(
    reference: &Reference,
    measured: &Measured,
    indicator: &Indicator,
) -> pb::MeasuredTarget {
    pb::MeasuredTarget {
        target: Some(target(&measured.target)),
        figure: Some(figure(reference, &measured.figure, &BTreeMap::new())),
        mean_denominator: measured.mean_denominator,
        met: measured.met,
        text: measured.text(indicator, 2),
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
        comparator: match target.comparator {
            Comparator::GreaterOrEqual => pb::Comparator::GreaterOrEqual,
            Comparator::Greater => pb::Comparator::Greater,
            Comparator::Equal => pb::Comparator::Equal,
            Comparator::MeanGreaterOrEqual => pb::Comparator::MeanGreaterOrEqual,
        }
        .into(),
        denominator_on: target.denominator_on.map(parse::civil),
        sector_grouping: target.sector_grouping.clone(),
        sector_group: target.sector_group.clone(),
        revision: target.revision,
        assigned_on: Some(parse::civil(target.assigned_on)),
        decision_id: id_or_empty(target.decision_id),
        recorded_at: Some(instant(target.recorded_at)),
    }
}

// Changes of our own feed.

/// A target was assigned or revised.
pub fn target_assigned(assigned: &Target) -> What {
    What::TargetAssigned(pb::TargetAssigned { target: Some(target(assigned)) })
}
