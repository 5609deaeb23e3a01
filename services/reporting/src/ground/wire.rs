//! What requests and answers of several contracts hold: periods, trees, indicators, figures.

use std::collections::BTreeMap;

use chassis::parse;
use chassis::refusal::Refusal;
use prost_types::Timestamp;
use proto::reporting::v1 as pb;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::figure::{By, Completeness, Count, Figure, Scope};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Kind, Reference};
use crate::ground::refused::Refused;
use crate::ground::target::{Comparator, Issuer, ValueUnit};

// In: parsed once, at the door.

/// A required period that does not run backwards.
pub fn period(period: Option<pb::Period>) -> Result<Period, Refusal> {
    let period = period.ok_or_else(|| parse::required("period"))?;
    let from = parse::date("period.from_on", period.from_on)?;
    let through = parse::date("period.through_on", period.through_on)?;
    if through < from {
        return Err(Refused::PeriodReversed { from, through }.into());
    }
    Ok(Period { from, through })
}

/// As of a date, or as then.
pub fn tree(tree: Option<pb::Tree>) -> Result<Option<Date>, Refusal> {
    parse::optional_date("tree.as_of", tree.and_then(|tree| tree.as_of))
}

/// An indicator that exists.
pub fn indicator<'a>(
    reference: &'a Reference,
    field: &str,
    code: &str,
) -> Result<&'a Indicator, Refusal> {
    reference.indicator(code).ok_or_else(|| {
        Refused::IndicatorUnknown { field: field.to_string(), indicator: code.to_string() }.into()
    })
}

/// A grouping and a group that exist; both may be empty, and a group needs its grouping.
pub fn sector_group(reference: &Reference, grouping: &str, group: &str) -> Result<(), Refusal> {
    if grouping.is_empty() && group.is_empty() {
        return Ok(());
    }
    let known = reference.groupings().get(grouping);
    match known {
        _ if grouping.is_empty() => {
            Err(Refused::SectorGroupUnknown { grouping: String::new(), group: group.to_string() }
                .into())
        }
        None => Err(Refused::SectorGroupingUnknown { grouping: grouping.to_string() }.into()),
        Some(known) if !group.is_empty() && !known.has(group) => Err(Refused::SectorGroupUnknown {
            grouping: grouping.to_string(),
            group: group.to_string(),
        }
        .into()),
        Some(_) => Ok(()),
    }
}

/// What the lines are to be.
pub fn by(reference: &Reference, breakdown: pb::Breakdown, grouping: &str) -> Result<By, Refusal> {
    Ok(match breakdown {
        pb::Breakdown::Unspecified | pb::Breakdown::None => By::Nothing,
        pb::Breakdown::Child => By::Child,
        pb::Breakdown::Sector => By::Sector,
        pb::Breakdown::SectorGroup => {
            if !reference.groupings().contains_key(grouping) {
                return Err(
                    Refused::SectorGroupingUnknown { grouping: grouping.to_string() }.into()
                );
            }
            By::Group
        }
    })
}

/// An issuer: exactly one of the two.
pub fn issuer(issuer_id: &str, issuer_name: &str) -> Result<Issuer, Refusal> {
    let organisation = parse::optional_id("issuer_id", issuer_id)?;
    let name = parse::optional_text("issuer_name", issuer_name, 200)?;
    if name.as_ref().is_some_and(|name| Uuid::try_parse(name).is_ok()) {
        return Err(Refused::TargetIssuerAmbiguous { field: "issuer_name" }.into());
    }
    match (organisation, name) {
        (Some(organisation_id), None) => Ok(Issuer::Organisation(organisation_id)),
        (None, Some(name)) => Ok(Issuer::Named(name)),
        (Some(_), Some(_)) | (None, None) => {
            Err(Refused::TargetIssuerAmbiguous { field: "issuer_id" }.into())
        }
    }
}

/// A comparator; "at least" where none is named.
pub fn comparator(comparator: pb::Comparator) -> Comparator {
    match comparator {
        pb::Comparator::Unspecified | pb::Comparator::GreaterOrEqual => Comparator::GreaterOrEqual,
        pb::Comparator::Greater => Comparator::Greater,
        pb::Comparator::Equal => Comparator::Equal,
        pb::Comparator::MeanGreaterOrEqual => Comparator::MeanGreaterOrEqual,
    }
}

/// A unit of value; what fits the indicator where none is named.
pub fn value_unit(unit: pb::ValueUnit, indicator: &Indicator) -> ValueUnit {
    match unit {
        pb::ValueUnit::Count => ValueUnit::Count,
        pb::ValueUnit::BasisPoints => ValueUnit::BasisPoints,
        pb::ValueUnit::Unspecified if indicator.kind == Kind::Share => ValueUnit::BasisPoints,
        pb::ValueUnit::Unspecified => ValueUnit::Count,
    }
}

// Out.

pub(crate) fn timestamp(instant: OffsetDateTime) -> Timestamp {
    Timestamp {
        seconds: instant.unix_timestamp(),
        nanos: i32::try_from(instant.nanosecond()).unwrap_or(0),
    }
}

pub(crate) fn text(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// A period as the contracts carry it.
pub fn period_out(period: Period) -> pb::Period {
    pb::Period {
        from_on: Some(parse::civil(period.from)),
        through_on: Some(parse::civil(period.through)),
    }
}

/// An indicator.
pub fn indicator_out(indicator: &Indicator) -> pb::Indicator {
    pb::Indicator {
        code: indicator.code.clone(),
        name_vi: indicator.name_vi.clone(),
        name_en: indicator.name_en.clone(),
        kind: match indicator.kind {
            Kind::Additive => pb::IndicatorKind::Additive,
            Kind::Distinct => pb::IndicatorKind::Distinct,
            Kind::Share => pb::IndicatorKind::Share,
        }
        .into(),
        stock: indicator.is_stock(),
        unit_vi: indicator.unit_vi.clone(),
        formula: indicator.formula(),
    }
}

/// Figures whose lines, if they have any, are named by `names`.
pub fn figures(
    reference: &Reference,
    figures: &[Figure],
    names: &BTreeMap<Uuid, String>,
) -> Vec<pb::Figure> {
    figures.iter().map(|one| figure(reference, one, names)).collect()
}

/// A figure whose lines, if it has any, are named by `names`.
pub fn figure(
    reference: &Reference,
    figure: &Figure,
    names: &BTreeMap<Uuid, String>,
) -> pb::Figure {
    let scope = &figure.scope;
    let share = figure.denominator.is_some();
    pb::Figure {
        indicator: figure.indicator.clone(),
        organisation_id: scope.head.to_string(),
        period: Some(period_out(figure.period)),
        tree: Some(pb::Tree { as_of: scope.as_of.map(parse::civil) }),
        value: figure.value.total,
        numerator: figure.value.total,
        denominator: figure.denominator_total(),
        known_at: Some(timestamp(figure.known.at)),
        feed_positions: figure
            .known
            .positions
            .iter()
            .map(|(source, position)| pb::FeedPosition {
                source: source.clone(),
                position: *position,
            })
            .collect(),
        completeness: Some(completeness(figure.completeness)),
        formula: figure.formula.clone(),
        lines: lines(reference, scope, &figure.value, figure.denominator.as_ref(), share, names),
        without_suspended: scope.without_suspended,
        direct_only: scope.direct_only,
        sector_grouping: scope.grouping.clone(),
        sector_group: scope.group.clone(),
    }
}

pub(crate) fn completeness(completeness: Completeness) -> pb::Completeness {
    pb::Completeness {
        complete: completeness.complete(),
        covered: completeness.covered,
        expected: completeness.expected,
        under_way: completeness.under_way,
    }
}

pub(crate) fn lines(
    reference: &Reference,
    scope: &Scope,
    value: &Count,
    denominator: Option<&Count>,
    share: bool,
    names: &BTreeMap<Uuid, String>,
) -> Vec<pb::FigureLine> {
    let mut amounts: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    if matches!(scope.by, By::Nothing | By::Unit) {
        return Vec::new();
    }
    for (line, amount) in &value.lines {
        amounts.entry(line).or_default().0 = *amount;
    }
    for (line, amount) in denominator.into_iter().flat_map(|count| &count.lines) {
        amounts.entry(line).or_default().1 = *amount;
    }
    amounts
        .into_iter()
        .map(|(line, (value, denominator))| {
            let (kind, organisation_id, sector, head) = head(reference, scope, line, names);
            pb::FigureLine {
                kind: kind.into(),
                organisation_id,
                sector,
                head,
                value,
                numerator: if share { value } else { 0 },
                denominator,
            }
        })
        .collect()
}

pub(crate) fn head(
    reference: &Reference,
    scope: &Scope,
    line: &str,
    names: &BTreeMap<Uuid, String>,
) -> (pb::LineKind, String, String, String) {
    let plain = |kind, head: &str| (kind, String::new(), String::new(), head.to_string());
    match scope.by {
        By::Sector | By::Group => {
            let head = match reference.groupings().get(&scope.grouping) {
                _ if line.is_empty() => "không thuộc khối nào".to_string(),
                Some(grouping) if scope.by == By::Group => grouping.name_vi(line).to_string(),
                _ => line.to_string(),
            };
            (pb::LineKind::Sector, String::new(), line.to_string(), head)
        }
        By::Child | By::Unit | By::Nothing => match line {
            "ITSELF" => plain(pb::LineKind::Itself, "trực tiếp"),
            "ENDED" => plain(pb::LineKind::Ended, "đã kết thúc"),
            "NOT_YET_FOUNDED" => plain(pb::LineKind::NotYetFounded, "chưa thành lập"),
            child => {
                let name = Uuid::parse_str(child)
                    .ok()
                    .and_then(|id| names.get(&id))
                    .cloned()
                    .unwrap_or_default();
                (pb::LineKind::Child, child.to_string(), String::new(), name)
            }
        },
    }
}
