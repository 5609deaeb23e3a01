//! Requests of `TargetService` parsed, and its answers written out.

use std::collections::BTreeMap;

use chassis::parse::{self, id_or_empty};
use proto::reporting::v1 as pb;
use uuid::Uuid;

use crate::ground::indicators::Indicators;
use crate::ground::reference::{Indicator, Reference};
use crate::ground::target::cascade::{Cascade, Node};
use crate::ground::target::measured::{self, Measured, against};
use crate::ground::target::pace::Pace;
use crate::ground::target::{Issuer, State, Target};
use crate::ground::vietnamese;
use crate::ground::wire::figure;
use crate::target::attained::Attained;
use crate::target::distribute_target::{Distributed, HandedDown};
use crate::target::issued_targets::Reached;
use crate::target::measure_programme::{self, MeasuredProgrammes};
use crate::target::open_targets::OpenTargets;
use crate::target::succession::{Held, Stays, Step};
use crate::target::telling::{comparator_out, target};

/// Decimals of percentages in texts.
const DECIMALS: u32 = 2;

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

/// A target was handed down.
pub fn distributed(of: &Distributed) -> pb::DistributeTargetResponse {
    let children_sum: i64 = of.children.iter().map(|child| child.value).sum();
    let child = |child: &HandedDown| pb::distribute_target_response::Child {
        organisation_id: child.organisation_id.to_string(),
        target_id: child.target_id.to_string(),
        revision: child.revision,
        value: child.value,
        weight: child.weight,
        share_basis_points: i32::try_from(child.share_basis_points).unwrap_or(i32::MAX),
        remainder: child.remainder,
        rounded_up: child.rounded_up,
    };
    pb::DistributeTargetResponse {
        children: of.children.iter().map(child).collect(),
        children_sum,
        difference: children_sum + of.others_sum - of.asked,
        others_sum: of.others_sum,
        weight_sum: of.children.iter().map(|child| child.weight).sum(),
    }
}

/// What is told of the targets of a cascade: how their units are called, and how far they are reached,
/// where that was asked.
pub struct Told<'a> {
    /// Units by their ids.
    pub names: &'a BTreeMap<Uuid, String>,
    /// The indicator of all of them.
    pub indicator: &'a Indicator,
    /// Targets by their ids.
    pub attained: Option<&'a BTreeMap<Uuid, Attained>>,
}

impl Told<'_> {
    fn attainment(&self, of: &Target) -> Option<pb::Attainment> {
        let attained = self.attained?.get(&of.target_id)?;
        Some(attainment(of, attained, self.indicator))
    }
}

/// A cascade, its units named.
pub fn cascade(cascade: &Cascade, told: &Told<'_>) -> pb::GetTargetCascadeResponse {
    pb::GetTargetCascadeResponse {
        assigned: cascade.assigned.iter().map(target).collect(),
        children: cascade.children.iter().map(|child| node(child, told)).collect(),
        children_sum: cascade.children_sum,
        difference: cascade.difference(),
        left_off: i32::try_from(cascade.left_off).unwrap_or(i32::MAX),
        assigned_attainment: cascade
            .assigned
            .iter()
            .filter_map(|assigned| told.attainment(assigned))
            .collect(),
        figure: None,
    }
}

fn node(of: &Node, told: &Told<'_>) -> pb::CascadeNode {
    pb::CascadeNode {
        target: Some(target(&of.target)),
        name: told.names.get(&of.target.organisation_id).cloned().unwrap_or_default(),
        share_basis_points: i32::try_from(of.share_basis_points).unwrap_or(i32::MAX),
        earlier_revisions: of.earlier.iter().map(target).collect(),
        children: of.children.iter().map(|child| node(child, told)).collect(),
        children_sum: of.children_sum,
        difference: of.difference(),
        shown_elsewhere: of.shown_elsewhere,
        attainment: told.attainment(&of.target),
    }
}

/// What an organisation set for others, measured.
pub fn issued(
    indicators: &Indicators,
    targets: &[Target],
    reached: &Reached,
) -> Vec<pb::IssuedTarget> {
    let issued = |of: &Target| pb::IssuedTarget {
        target: Some(target(of)),
        name: reached
            .names
            .get(&(of.organisation_id, of.period.through))
            .cloned()
            .unwrap_or_default(),
        attainment: reached
            .attained
            .get(&of.target_id)
            .zip(indicators.on(&of.indicator, of.period.through))
            .map(|(attained, indicator)| attainment(of, attained, indicator)),
    };
    targets.iter().map(issued).collect()
}

/// A measured target.
pub fn measured(
    reference: &Reference,
    measured: &Measured,
    indicator: &Indicator,
    state: State,
) -> pb::MeasuredTarget {
    pb::MeasuredTarget {
        target: Some(target(&measured.target)),
        figure: Some(figure(reference, &measured.figure, &BTreeMap::new())),
        mean_denominator: measured.mean_denominator,
        met: measured.met,
        text: measured.text(indicator, DECIMALS),
        state: state_out(state).into(),
        pace: measured.pace.as_ref().map(pace),
    }
}

/// A target that is not measured, and says why.
pub fn unmeasured(of: &Target, state: State) -> pb::MeasuredTarget {
    pb::MeasuredTarget {
        target: Some(target(of)),
        text: why_unmeasured(of, state),
        state: state_out(state).into(),
        ..pb::MeasuredTarget::default()
    }
}

/// How far a target is reached.
pub fn attainment(of: &Target, attained: &Attained, indicator: &Indicator) -> pb::Attainment {
    let Attained { state, reached, out_of_scope, .. } = *attained;
    let text = match reached {
        Some(reached) => measured::text(of, reached, indicator, DECIMALS),
        None if out_of_scope => String::new(),
        None => why_unmeasured(of, state),
    };
    let met = reached.is_some_and(|reached| reached.meets(of));
    let reached = reached.unwrap_or_default();
    pb::Attainment {
        state: state_out(state).into(),
        value: reached.value,
        denominator: reached.denominator,
        mean_denominator: reached.mean_denominator,
        met,
        text,
        pace: attained.pace.as_ref().map(pace),
        out_of_scope,
    }
}

fn why_unmeasured(of: &Target, state: State) -> String {
    match (state, &of.withdrawal) {
        (State::Withdrawn, Some(withdrawal)) => {
            format!("đã rút từ ngày {}", vietnamese::date(withdrawal.withdrawn_on))
        }
        (State::NotBegun, _) => {
            format!("bắt đầu từ ngày {}", vietnamese::date(of.period.from))
        }
        _ => String::new(),
    }
}

fn state_out(state: State) -> pb::TargetState {
    match state {
        State::NotBegun => pb::TargetState::NotBegun,
        State::Running => pb::TargetState::Running,
        State::Ended => pb::TargetState::Ended,
        State::Withdrawn => pb::TargetState::Withdrawn,
    }
}

fn pace(pace: &Pace) -> pb::Pace {
    let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
    pb::Pace {
        as_of: Some(parse::civil(pace.as_of)),
        days_gone: small(pace.days_gone),
        days: small(pace.days),
        gone_basis_points: small(pace.gone_basis_points),
        reached_basis_points: pace.reached_basis_points,
        on_pace: pace.on_pace,
        missing: pace.missing,
        weeks_left: small(pace.weeks_left),
        missing_per_week: pace.missing_per_week,
        text: pace.text(),
    }
}

/// What is asked for a period and in parts of it, issuers named.
pub fn programmes(
    reference: &Reference,
    indicator: &Indicator,
    measured: &MeasuredProgrammes,
    names: &BTreeMap<Uuid, String>,
    on: time::Date,
) -> pb::MeasureProgrammeResponse {
    let figure = measured.figure.as_ref();
    let reached = figure.map(|figure| figure.value.total);
    let of = |one: &measure_programme::Measured| programme(one, indicator, names, on, reached);
    pb::MeasureProgrammeResponse {
        figure: figure.map(|known| self::figure(reference, known, &BTreeMap::new())),
        programmes: measured.programmes.iter().map(of).collect(),
        left_off: i32::try_from(measured.left_off).unwrap_or(i32::MAX),
    }
}

fn programme(
    of: &measure_programme::Measured,
    indicator: &Indicator,
    names: &BTreeMap<Uuid, String>,
    on: time::Date,
    reached: Option<i64>,
) -> pb::Programme {
    let programme = &of.programme;
    let (issuer_id, issuer_name) = match &programme.issuer {
        Issuer::Organisation(id) => (id.to_string(), names.get(id).cloned().unwrap_or_default()),
        Issuer::Named(name) => (String::new(), name.clone()),
    };
    let asked_to_date = programme.asked_to_date(on);
    let accumulated = reached.filter(|_| programme.has_parts()).map(|reached| {
        let asked = Some((asked_to_date, programme.comparator));
        against(reached, asked, &indicator.unit_vi, DECIMALS)
    });
    let attained = |target: &Target, attained: &Attained| attainment(target, attained, indicator);
    let whole = programme.whole.as_ref();
    pb::Programme {
        issuer_id,
        issuer_name,
        comparator: comparator_out(programme.comparator).into(),
        target: whole.map(target),
        attainment: whole.zip(of.whole.as_ref()).map(|(whole, reached)| attained(whole, reached)),
        parts: programme
            .parts
            .iter()
            .zip(&of.parts)
            .map(|(part, reached)| pb::ProgrammePart {
                target: Some(target(&part.target)),
                counted: part.counted,
                attainment: Some(attained(&part.target, reached)),
            })
            .collect(),
        parts_sum: programme.parts_sum(),
        difference: programme.difference(on),
        asked_to_date,
        accumulated_text: accumulated.unwrap_or_default(),
    }
}

/// A target that others have, or have parts of, as it concerns an organisation.
pub fn apportioned(
    of: &Target,
    (parts, left_off): (&[Held], usize),
    concerning: Uuid,
    names: &BTreeMap<Uuid, String>,
) -> pb::ApportionedTarget {
    let name = |unit: &Uuid| names.get(unit).cloned().unwrap_or_default();
    let own = parts.iter().filter(|part| part.organisation_id == concerning);
    pb::ApportionedTarget {
        target: Some(target(of)),
        name: name(&of.organisation_id),
        parts: parts
            .iter()
            .map(|part| pb::ApportionedPart {
                organisation_id: part.organisation_id.to_string(),
                name: name(&part.organisation_id),
                value: part.value,
                steps: part.steps.iter().map(step).collect(),
                unapportioned: match part.stays {
                    None => pb::Unapportioned::Unspecified,
                    Some(Stays::SharesNotStated) => pb::Unapportioned::SharesNotStated,
                    Some(Stays::NoSuccessor) => pb::Unapportioned::NoSuccessor,
                    Some(Stays::NotDivisible) => pb::Unapportioned::NotDivisible,
                }
                .into(),
            })
            .collect(),
        value: own.map(|part| part.value).sum(),
        left_off: i32::try_from(left_off).unwrap_or(i32::MAX),
    }
}

fn step(step: &Step) -> pb::ApportionmentStep {
    let event = &step.event;
    let kind = match event.kind.as_str() {
        "DISSOLVED" => pb::SuccessionKind::Dissolved,
        "MERGED" => pb::SuccessionKind::Merged,
        "CONSOLIDATED" => pb::SuccessionKind::Consolidated,
        "DIVIDED" => pb::SuccessionKind::Divided,
        "TERMINATED" => pb::SuccessionKind::Terminated,
        "SPLIT_OFF" => pb::SuccessionKind::SplitOff,
        _ => pb::SuccessionKind::Unspecified,
    };
    pb::ApportionmentStep {
        predecessor_id: step.predecessor_id.to_string(),
        kind: kind.into(),
        effective_on: Some(parse::civil(event.on)),
        act_id: event.act_id.to_string(),
        change_id: event.change_id.to_string(),
        decision_id: id_or_empty(event.decision_id),
        share: step.share,
        share_whole: event.whole,
        value: step.value,
        remainder: step.remainder,
        rounded_up: step.rounded_up,
    }
}
