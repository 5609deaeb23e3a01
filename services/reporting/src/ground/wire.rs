//! What requests and answers of several contracts hold: periods, trees, indicators, figures.

use std::collections::BTreeMap;

use chassis::database::{civil_date, today};
use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::figure::{By, CROSSED, Completeness, Count, Figure, Known, Scope, Source};
use crate::ground::period::Period;
use crate::ground::reference::{Grouped, Indicator, Kind, Reference};
use crate::ground::refused::Refused;
use crate::ground::target::{Comparator, Issuer, ValueUnit};

// In: parsed once, at the door.

/// A required period that does not run backwards.
pub fn period(period: Option<pb::Period>) -> Result<Period, Refusal> {
    period_of("period", period)
}

/// As [`period()`], of a field that is called otherwise.
pub fn period_of(field: &str, period: Option<pb::Period>) -> Result<Period, Refusal> {
    let period = period.ok_or_else(|| parse::required(field))?;
    let from = parse::date(&format!("{field}.from_on"), period.from_on)?;
    let through = parse::date(&format!("{field}.through_on"), period.through_on)?;
    if through < from {
        return Err(Refused::PeriodReversed { field: field.to_string(), from, through }.into());
    }
    Ok(Period { from, through })
}

/// As of a date, or as then.
pub fn tree(tree: Option<pb::Tree>) -> Result<Option<Date>, Refusal> {
    parse::optional_date("tree.as_of", tree.and_then(|tree| tree.as_of))
}

/// The instant whose knowledge is asked for; none means now. What will be known tomorrow, nobody knows;
/// clocks that differ by seconds do.
pub fn known_at(instant: Option<parse::Timestamp>) -> Result<Option<OffsetDateTime>, Refusal> {
    let known_at = parse::optional_instant("known_at", instant)?;
    if known_at.is_some_and(|at| civil_date(at) > today()) {
        return Err(Refused::KnownAtInFuture.into());
    }
    Ok(known_at)
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
        pb::Breakdown::Type => By::Type,
        pb::Breakdown::Industry => By::Industry,
        pb::Breakdown::Reason => By::Reason,
        pb::Breakdown::Sex => By::Sex,
    })
}

/// Refuses a breakdown that one of the indicators has not; `field` says where it stands.
pub fn breakdowns_of(
    indicators: &[Indicator],
    breakdowns: [By; 2],
    field: impl Fn(usize) -> String,
) -> Result<(), Refused> {
    for (line, indicator) in indicators.iter().enumerate() {
        for by in breakdowns {
            if !indicator.has(by) {
                return Err(Refused::BreakdownNotOfIndicator {
                    field: field(line),
                    indicator: indicator.code.clone(),
                    breakdown: by.code(),
                });
            }
        }
    }
    Ok(())
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

/// A period as the contracts carry it.
pub fn period_out(period: Period) -> pb::Period {
    pb::Period {
        from_on: Some(parse::civil(period.from)),
        through_on: Some(parse::civil(period.through)),
    }
}

/// What lines can be, in the order of the contract.
const BREAKDOWNS: [(pb::Breakdown, By); 7] = [
    (pb::Breakdown::Child, By::Child),
    (pb::Breakdown::Sector, By::Sector),
    (pb::Breakdown::SectorGroup, By::Group),
    (pb::Breakdown::Type, By::Type),
    (pb::Breakdown::Industry, By::Industry),
    (pb::Breakdown::Reason, By::Reason),
    (pb::Breakdown::Sex, By::Sex),
];

/// An indicator.
pub fn indicator_out(reference: &Reference, indicator: &Indicator) -> pb::Indicator {
    let counts = reference.spell(indicator);
    let version = indicator.version;
    pb::Indicator {
        version: version.map_or(0, |version| version.number),
        in_force_from: version.map(|version| parse::civil(version.in_force_from)),
        decision_id: version.map(|version| version.decision_id.to_string()).unwrap_or_default(),
        counts_vi: counts.vi,
        counts_en: counts.en,
        without_suspended: indicator.without_suspended,
        crossed: true,
        breakdowns: BREAKDOWNS
            .into_iter()
            .filter(|(_, by)| indicator.has(*by))
            .map(|(breakdown, _)| breakdown.into())
            .collect(),
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

/// How far each feed had been applied.
pub fn feed_positions(known: &Known) -> Vec<pb::FeedPosition> {
    let positions = known.positions.iter();
    positions
        .map(|(source, position)| pb::FeedPosition { source: source.clone(), position: *position })
        .collect()
}

/// A figure whose lines, if it has any, are named by `names`.
pub fn figure(
    reference: &Reference,
    figure: &Figure,
    names: &BTreeMap<Uuid, String>,
) -> pb::Figure {
    let scope = &figure.scope;
    pb::Figure {
        indicator: figure.indicator.clone(),
        indicator_version: figure.version,
        organisation_id: scope.head.to_string(),
        period: Some(period_out(figure.period)),
        tree: Some(pb::Tree { as_of: scope.as_of.map(parse::civil) }),
        value: figure.value.total,
        numerator: figure.value.total,
        denominator: figure.denominator_total(),
        known_at: Some(parse::instant(figure.known.at)),
        feed_positions: feed_positions(&figure.known),
        completeness: Some(completeness(figure.completeness)),
        formula: figure.formula.clone(),
        lines: lines(
            &Heading { reference, scope, told_of: figure.told_of.as_ref(), names },
            [scope.by, By::Nothing],
            &figure.value,
            figure.denominator.as_ref(),
        ),
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

/// What lines are called by.
pub(crate) struct Heading<'a> {
    /// Where groupings, industries and words are.
    pub reference: &'a Reference,
    /// What the lines are.
    pub scope: &'a Scope,
    /// Under whose words what is counted is told, where lines are of these.
    pub told_of: Option<&'a Source>,
    /// The names of children.
    pub names: &'a BTreeMap<Uuid, String>,
}

/// The lines of a figure, headed, of a breakdown and perhaps of another that it is crossed with; none
/// where its lines are not asked for, or are those of an explanation.
pub(crate) fn lines(
    heading: &Heading<'_>,
    [by, across]: [By; 2],
    value: &Count,
    denominator: Option<&Count>,
) -> Vec<pb::FigureLine> {
    let mut amounts: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    if matches!(by, By::Nothing | By::Unit) {
        return Vec::new();
    }
    for (line, amount) in &value.lines {
        amounts.entry(line).or_default().0 = *amount;
    }
    for (line, amount) in denominator.into_iter().flat_map(|count| &count.lines) {
        amounts.entry(line).or_default().1 = *amount;
    }
    let headed = |line: &str| match line.split_once(CROSSED) {
        Some((line, other)) if across != By::Nothing => {
            let (first, second) = (heading.line(by, line), heading.line(across, other));
            pb::FigureLine {
                organisation_id: first.organisation_id + &second.organisation_id,
                sector: first.sector + &second.sector,
                r#type: first.r#type + &second.r#type,
                industry: first.industry + &second.industry,
                reason: first.reason + &second.reason,
                sex: first.sex.max(second.sex),
                head: format!("{} · {}", first.head, second.head),
                kind: first.kind,
                ..pb::FigureLine::default()
            }
        }
        _ => heading.line(by, line),
    };
    amounts
        .into_iter()
        .map(|(line, (value, part))| pb::FigureLine {
            value,
            numerator: if denominator.is_some() { value } else { 0 },
            denominator: part,
            ..headed(line)
        })
        .collect()
}

impl Heading<'_> {
    /// A line that has its head, and no numbers yet.
    pub(crate) fn line(&self, by: By, line: &str) -> pb::FigureLine {
        let Self { reference, scope, told_of, names } = *self;
        let of = |kind: pb::LineKind, head: &str| pb::FigureLine {
            kind: kind.into(),
            head: head.to_string(),
            ..pb::FigureLine::default()
        };
        match by {
            By::Sector | By::Group => {
                let grouping =
                    reference.groupings().get(&scope.grouping).filter(|_| by == By::Group);
                let head = match grouping {
                    Some(grouping) if line.is_empty() => grouping.of.none_vi(),
                    None if line.is_empty() => Grouped::Sectors.none_vi(),
                    Some(grouping) => grouping.name_vi(line),
                    None => line,
                };
                pb::FigureLine { sector: line.to_string(), ..of(pb::LineKind::Sector, head) }
            }
            By::Industry => {
                let head = match line {
                    "" => Grouped::Industries.none_vi(),
                    code => reference.industry_vi(code),
                };
                pb::FigureLine { industry: line.to_string(), ..of(pb::LineKind::Industry, head) }
            }
            By::Reason => {
                let word = told_of.and_then(|source| reference.word_vi(source, line));
                let head = if line.is_empty() { "không nêu" } else { word.unwrap_or(line) };
                pb::FigureLine { reason: line.to_string(), ..of(pb::LineKind::Reason, head) }
            }
            By::Sex => {
                let (sex, head) = match line {
                    "1" => (pb::LineSex::Male, "nam"),
                    "2" => (pb::LineSex::Female, "nữ"),
                    _ => (pb::LineSex::Unspecified, "chưa rõ giới tính"),
                };
                pb::FigureLine { sex: sex.into(), ..of(pb::LineKind::Sex, head) }
            }
            By::Type => pb::FigureLine { r#type: line.to_string(), ..of(pb::LineKind::Type, line) },
            By::Child | By::Unit | By::Nothing => match line {
                "ITSELF" => of(pb::LineKind::Itself, "trực tiếp"),
                "ENDED" => of(pb::LineKind::Ended, "đã kết thúc"),
                "NOT_YET_FOUNDED" => of(pb::LineKind::NotYetFounded, "chưa thành lập"),
                child => {
                    let name = Uuid::parse_str(child).ok().and_then(|id| names.get(&id));
                    let head = name.map(String::as_str).unwrap_or_default();
                    pb::FigureLine {
                        organisation_id: child.to_string(),
                        ..of(pb::LineKind::Child, head)
                    }
                }
            },
        }
    }
}
