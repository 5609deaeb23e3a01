//! What a table is asked for, parsed.

use std::collections::HashMap;

use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::reporting::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::figure::compared::Comparison;
use crate::figure::table::{Asked, ORGANISATIONS_MAX, Order, Whose};
use crate::ground::columns::Below;
use crate::ground::figure::{By, Scope};
use crate::ground::period::Period;
use crate::ground::reference::{Calendar, Grouped, Reference};
use crate::ground::refused::Refused;
use crate::ground::{vietnamese, wire};

/// Indicators of one call.
pub const INDICATORS_MAX: usize = 50;
const PERIODS_MAX: usize = 120;
const TYPES_MAX: usize = 50;
const BREAKDOWNS_MAX: usize = 2;
const DECIMALS_MAX: i32 = 4;
/// Of days that can be asked for.
const YEARS: (i32, i32) = (1_900, 2_200);
/// Decimals of what is printed, where nobody says.
const DECIMALS: u32 = 2;

/// A period and what it is called in Vietnamese.
pub type Named = (Period, String);

/// A table, as it is asked for.
pub struct Tabulation {
    /// What is counted.
    pub asked: Asked,
    /// What its periods are called, in their order.
    pub periods: Vec<Named>,
    /// Their calendar; empty where they were given by their days.
    pub calendar: String,
    /// The breakdowns, as asked.
    pub breakdowns: Vec<pb::Breakdown>,
    /// Of what is printed.
    pub decimals: u32,
}

impl Tabulation {
    /// The last day of all periods: indicators count as they do for a period that ends then.
    pub fn last_day(&self) -> Date {
        self.asked.periods.iter().map(|period| period.through).max().unwrap_or(Date::MIN)
    }
}

/// Parses a request, but for its indicators: what was loaded is known to the database.
pub fn tabulation(
    reference: &'static Reference,
    request: &pb::TabulateFiguresRequest,
) -> Result<Tabulation, Failure> {
    wire::sector_group(reference, &request.sector_grouping, &request.sector_group)?;
    let breakdowns: Vec<pb::Breakdown> = request.breakdowns().collect();
    let (by, across) = breakdown(reference, &breakdowns, &request.sector_grouping)?;
    let periods = periods(reference, request)?;
    let comparisons = comparisons(request)?;
    let asked = Asked {
        indicators: Vec::new(),
        whose: whose(request)?,
        periods: periods.iter().map(|(period, _)| *period).collect(),
        scope: Scope {
            by,
            grouping: request.sector_grouping.clone(),
            group: request.sector_group.clone(),
            direct_only: request.direct_only,
            without_suspended: request.without_suspended,
            ..Scope::of(Uuid::nil(), wire::tree(request.tree)?)
        },
        across,
        comparisons,
        order: match request.rank_order() {
            pb::RankOrder::Unspecified => None,
            pb::RankOrder::LargestFirst => Some(Order::LargestFirst),
            pb::RankOrder::SmallestFirst => Some(Order::SmallestFirst),
        },
    };
    let decimals = decimals(request.decimals)?;
    let calendar =
        request.calendar.as_ref().map(|asked| asked.calendar.clone()).unwrap_or_default();
    Ok(Tabulation { asked, periods, calendar, breakdowns, decimals })
}

/// The codes of indicators: some, not too many, each once.
pub fn codes(codes: &[String]) -> Result<(), Refused> {
    let (field, limit) = ("indicators", INDICATORS_MAX);
    if codes.is_empty() {
        return Err(Refused::ListEmpty { field });
    }
    if codes.len() > limit {
        return Err(Refused::ListTooLong { field, entries: codes.len(), limit });
    }
    once(codes, field)
}

/// Refuses a line that stands in the list before.
fn once<T: Eq + std::hash::Hash>(list: &[T], field: &str) -> Result<(), Refused> {
    let mut met: HashMap<&T, usize> = HashMap::new();
    for (line, one) in list.iter().enumerate() {
        if let Some(first) = met.insert(one, line) {
            return Err(Refused::LineRepeated { field: format!("{field}[{line}]"), first });
        }
    }
    Ok(())
}

fn whose(request: &pb::TabulateFiguresRequest) -> Result<Whose, Failure> {
    let ids = &request.organisation_ids;
    match (&request.below, ids.is_empty()) {
        (Some(below), true) => {
            let (entries, limit) = (below.types.len(), TYPES_MAX);
            if entries > limit {
                return Err(Refused::ListTooLong { field: "below.types", entries, limit }.into());
            }
            let levels = u32::try_from(below.levels)
                .map_err(|_| parse::negative("below.levels", below.levels))?;
            Ok(Whose::Below(Below {
                head: parse::id("below.organisation_id", &below.organisation_id)?,
                types: below.types.clone(),
                levels,
            }))
        }
        (None, false) => {
            let (field, limit) = ("organisation_ids", ORGANISATIONS_MAX);
            if ids.len() > limit {
                return Err(Refused::ListTooLong { field, entries: ids.len(), limit }.into());
            }
            let parsed = ids.iter().enumerate();
            let parsed = parsed.map(|(line, id)| parse::id(&format!("{field}[{line}]"), id));
            let ids = parsed.collect::<Result<Vec<_>, Refusal>>()?;
            once(&ids, field)?;
            Ok(Whose::Named(ids))
        }
        _ => Err(Refused::OrganisationsAmbiguous.into()),
    }
}

fn periods(
    reference: &Reference,
    request: &pb::TabulateFiguresRequest,
) -> Result<Vec<Named>, Failure> {
    let (field, limit) = ("periods", PERIODS_MAX);
    match (&request.calendar, request.periods.is_empty()) {
        (None, false) => {
            let entries = request.periods.len();
            if entries > limit {
                return Err(Refused::ListTooLong { field, entries, limit }.into());
            }
            let parsed = request.periods.iter().enumerate();
            let parsed = parsed
                .map(|(line, period)| wire::period_of(&format!("{field}[{line}]"), Some(*period)));
            let periods = parsed.collect::<Result<Vec<Period>, Refusal>>()?;
            once(&periods, field)?;
            Ok(periods.into_iter().map(|period| (period, spelt(period))).collect())
        }
        (Some(asked), true) => {
            let known = reference.calendar(&asked.calendar);
            let calendar = known
                .ok_or_else(|| Refused::CalendarUnknown { calendar: asked.calendar.clone() })?;
            of_calendar(calendar, asked)
        }
        _ => Err(Refused::PeriodsAmbiguous.into()),
    }
}

fn of_calendar(calendar: &Calendar, asked: &pb::CalendarPeriods) -> Result<Vec<Named>, Failure> {
    let (year, number) = (asked.year, if asked.number == 0 { 1 } else { asked.number });
    let count = if asked.count == 0 { 1 } else { asked.count };
    let count = usize::try_from(count).map_err(|_| parse::negative("calendar.count", count))?;
    if count > PERIODS_MAX {
        let field = "calendar.count";
        return Err(Refused::ListTooLong { field, entries: count, limit: PERIODS_MAX }.into());
    }
    let unknown = || Refused::CalendarPeriodUnknown {
        calendar: calendar.code.clone(),
        year,
        number,
        periods: calendar.periods(),
    };
    if !(YEARS.0..=YEARS.1).contains(&year) || !(1..=calendar.periods()).contains(&number) {
        return Err(unknown().into());
    }
    let following = (number..).take(count);
    let named = following.map(|number| {
        let period = calendar.period(year, number);
        let period =
            period.filter(|period| period.through.year() <= YEARS.1).ok_or_else(unknown)?;
        Ok((period, calendar.name_of(year, number)))
    });
    Ok(named.collect::<Result<_, Refused>>()?)
}

/// A period by its days.
fn spelt(period: Period) -> String {
    let (from, through) = (vietnamese::date(period.from), vietnamese::date(period.through));
    format!("từ {from} đến {through}")
}

/// One breakdown, or two that are crossed.
fn breakdown(
    reference: &Reference,
    asked: &[pb::Breakdown],
    grouping: &str,
) -> Result<(By, By), Failure> {
    let of = |breakdown| wire::by(reference, breakdown, grouping);
    let told_apart_by = |by: By| match by {
        By::Sector => Some(Grouped::Sectors),
        By::Industry => Some(Grouped::Industries),
        By::Group => reference.groupings().get(grouping).map(|grouping| grouping.of),
        By::Nothing | By::Child | By::Unit | By::Type | By::Reason | By::Sex => None,
    };
    match *asked {
        [] => Ok((By::Nothing, By::Nothing)),
        [one] => Ok((of(one)?, By::Nothing)),
        [one, other] => match (of(one)?, of(other)?) {
            (by, across)
                if by == across
                    || by == By::Nothing
                    || across == By::Nothing
                    || told_apart_by(by).is_some_and(|of| told_apart_by(across) == Some(of)) =>
            {
                Err(Refused::BreakdownsUnfit { limit: BREAKDOWNS_MAX }.into())
            }
            // Whose a line is comes first, in whatever order it was asked.
            (by, By::Child) => Ok((By::Child, by)),
            (By::Sex, By::Reason) => Ok((By::Reason, By::Sex)),
            crossed => Ok(crossed),
        },
        _ => Err(Refused::BreakdownsUnfit { limit: BREAKDOWNS_MAX }.into()),
    }
}

fn comparisons(request: &pb::TabulateFiguresRequest) -> Result<Vec<Comparison>, Failure> {
    let mut comparisons: Vec<Comparison> = Vec::new();
    for (line, asked) in request.comparisons().enumerate() {
        let comparison = match asked {
            pb::Comparison::Previous => Comparison::Previous,
            pb::Comparison::YearEarlier => Comparison::YearEarlier,
            pb::Comparison::Unspecified => {
                return Err(parse::required(&format!("comparisons[{line}]")).into());
            }
        };
        if let Some(first) = comparisons.iter().position(|known| *known == comparison) {
            let field = format!("comparisons[{line}]");
            return Err(Refused::LineRepeated { field, first }.into());
        }
        comparisons.push(comparison);
    }
    Ok(comparisons)
}

fn decimals(asked: Option<i32>) -> Result<u32, Refused> {
    let Some(asked) = asked else { return Ok(DECIMALS) };
    let fits = u32::try_from(asked).ok().filter(|_| asked <= DECIMALS_MAX);
    fits.ok_or(Refused::DecimalsOutOfRange { limit: DECIMALS_MAX })
}
