//! What is asked for in requests, parsed: targets to assign, and how one is handed down.

use std::collections::BTreeSet;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use proto::reporting::v1::assign_targets_request::Line;
use time::Date;
use uuid::Uuid;

use crate::ground::indicators::Indicators;
use crate::ground::refused::Refused;
use crate::ground::target::{ValueUnit, fits};
use crate::ground::wire;
use crate::target::assignment::Assignment;
use crate::target::distribute_target::{By, CHILDREN_MAX};

/// Targets that are assigned in one call, at most.
const LINES_MAX: usize = 1_000;
/// Indicators of one call, at most.
const INDICATORS_MAX: usize = 50;
/// 100 %.
const BASIS_POINTS_MAX: i64 = 10_000;

/// Refuses a list of indicators that is too long, or says one twice.
pub fn once(codes: &[String]) -> Result<(), Refusal> {
    if codes.len() > INDICATORS_MAX {
        let (entries, limit) = (codes.len(), INDICATORS_MAX);
        return Err(Refused::ListTooLong { field: "indicators", entries, limit }.into());
    }
    for (line, code) in codes.iter().enumerate() {
        if let Some(first) = codes[..line].iter().position(|earlier| earlier == code) {
            return Err(
                Refused::LineRepeated { field: format!("indicators[{line}]"), first }.into()
            );
        }
    }
    Ok(())
}

/// Refuses an indicator of a list that nobody knows.
pub fn indicators(known: &Indicators, codes: &[String], through: Date) -> Result<(), Refused> {
    for (line, code) in codes.iter().enumerate() {
        known.known(&format!("indicators[{line}]"), code, through)?;
    }
    Ok(())
}

/// A target to assign, as one line of a list has it.
pub fn line(asked: &pb::AssignTargetRequest) -> Line {
    Line {
        indicator: asked.indicator.clone(),
        organisation_id: asked.organisation_id.clone(),
        period: asked.period,
        issuer_id: asked.issuer_id.clone(),
        issuer_name: asked.issuer_name.clone(),
        value: asked.value,
        value_unit: asked.value_unit,
        comparator: asked.comparator,
        denominator_on: asked.denominator_on,
        sector_grouping: asked.sector_grouping.clone(),
        sector_group: asked.sector_group.clone(),
        assigned_on: asked.assigned_on,
        decision_id: asked.decision_id.clone(),
    }
}

/// A target to assign.
pub fn assignment(indicators: &Indicators, asked: &Line) -> Result<Assignment, Refusal> {
    let period = wire::period(asked.period)?;
    let indicator = indicators.known("indicator", &asked.indicator, period.through)?;
    let comparator = wire::comparator(asked.comparator());
    let value_unit = wire::value_unit(asked.value_unit(), indicator);
    let denominator_on = parse::optional_date("denominator_on", asked.denominator_on)?;
    if !fits(indicator, value_unit, comparator, denominator_on.is_some()) {
        let (field, indicator) = ("comparator", indicator.code.clone());
        return Err(Refused::TargetComparatorUnfit { field, indicator }.into());
    }
    let limit = match value_unit {
        ValueUnit::Count => i64::from(i32::MAX),
        ValueUnit::BasisPoints => BASIS_POINTS_MAX,
    };
    let value = asked.value.ok_or_else(|| parse::required("value"))?;
    if !(0..=limit).contains(&value) {
        return Err(Refused::TargetValueOutOfRange { field: "value".to_string(), limit }.into());
    }
    let reference = indicators.reference();
    wire::sector_group(reference, &asked.sector_grouping, &asked.sector_group)?;
    let assigned_on =
        parse::optional_date("assigned_on", asked.assigned_on)?.unwrap_or(period.from);
    if assigned_on > period.through {
        return Err(Refused::TargetAssignedLate { through: period.through }.into());
    }
    Ok(Assignment {
        indicator: indicator.code.clone(),
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        period,
        issuer: wire::issuer(&asked.issuer_id, &asked.issuer_name)?,
        value,
        value_unit,
        comparator,
        denominator_on,
        sector_grouping: asked.sector_grouping.clone(),
        sector_group: asked.sector_group.clone(),
        assigned_on,
        decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
    })
}

/// Targets to assign; refuses with every line that cannot be read.
pub fn assignments(indicators: &Indicators, lines: &[Line]) -> Result<Vec<Assignment>, Refusal> {
    bounded("lines", lines.len(), LINES_MAX)?;
    let read = lines.iter().enumerate().map(|(number, asked)| {
        assignment(indicators, asked).map_err(|refusal| refusal.within(&format!("lines[{number}]")))
    });
    all(read)
}

/// To whom a target is handed down; all, if nobody is listed.
pub fn children(asked: &pb::DistributeTargetRequest) -> Result<Option<Vec<Uuid>>, Refusal> {
    let all_of_them =
        matches!(asked.distribution(), pb::Distribution::Equal | pb::Distribution::Indicator);
    if asked.children.is_empty() && all_of_them {
        return Ok(None);
    }
    bounded("children", asked.children.len(), CHILDREN_MAX)?;
    let mut named = BTreeSet::new();
    let read = asked.children.iter().enumerate().map(|(number, child)| {
        let field = format!("children[{number}].organisation_id");
        let child = parse::id(&field, &child.organisation_id)?;
        if !named.insert(child) {
            let first = asked.children.iter().position(|other| {
                parse::optional_id(&field, &other.organisation_id) == Ok(Some(child))
            });
            return Err(Refused::TargetRepeated { field, first: first.unwrap_or(0) }.into());
        }
        Ok(child)
    });
    all(read).map(Some)
}

/// By what it is divided, but for what is counted.
pub fn by(asked: &pb::DistributeTargetRequest) -> Result<Option<By>, Refusal> {
    let by = match asked.distribution() {
        pb::Distribution::Unspecified => return Err(parse::required("distribution")),
        pb::Distribution::Values => {
            let limit = i64::from(i32::MAX);
            let read = asked.children.iter().enumerate().map(|(number, child)| {
                let field = format!("children[{number}].value");
                let value = child.value.ok_or_else(|| parse::required(&field))?;
                if !(0..=limit).contains(&value) {
                    return Err(Refused::TargetValueOutOfRange { field, limit }.into());
                }
                Ok(value)
            });
            By::Values(all(read)?)
        }
        pb::Distribution::Weights => {
            By::Weights(asked.children.iter().map(|child| child.weight).collect())
        }
        pb::Distribution::Equal => By::Equal,
        pb::Distribution::Indicator => return Ok(None),
    };
    Ok(Some(by))
}

/// How much is handed down in all, if that is stated.
pub fn total(asked: &pb::DistributeTargetRequest) -> Result<Option<i64>, Refusal> {
    let limit = i64::from(i32::MAX);
    match asked.total {
        Some(total) if !(0..=limit).contains(&total) => {
            Err(Refused::TargetValueOutOfRange { field: "total".to_string(), limit }.into())
        }
        total => Ok(total),
    }
}

fn bounded(field: &'static str, entries: usize, limit: usize) -> Result<(), Refusal> {
    match entries {
        0 => Err(Refused::ListEmpty { field }.into()),
        _ if entries > limit => Err(Refused::ListTooLong { field, entries, limit }.into()),
        _ => Ok(()),
    }
}

/// All that was read, or a refusal of all that could not be.
fn all<T>(read: impl Iterator<Item = Result<T, Refusal>>) -> Result<Vec<T>, Refusal> {
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok(value) => values.push(value),
            Err(fault) => faults.push(fault),
        }
    }
    match faults.into_iter().reduce(Refusal::and) {
        Some(refusal) => Err(refusal),
        None => Ok(values),
    }
}
