//! What is asked of ratings, parsed: once, at the door.

use chassis::database::today;
use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1::{self as pb, *};
use time::{Date, Month};
use uuid::Uuid;

use crate::ground::period::{self, Period};
use crate::ground::reference::{Criterion, CriterionKind, Grade, Reference};
use crate::ground::refused::Refused;
use crate::ground::wire;
use crate::rating::decide_ratings::{DecideRatings, Line};
use crate::rating::define_scheme::DefineScheme;
use crate::rating::open_round::{Kind, OpenRound};
use crate::rating::record_ratings::RecordRatings;
use crate::rating::terms::{Score, Terms, is_code};

/// Lines of a list, at most.
const LINES_MAX: usize = 1_000;
/// The first rating year.
const FIRST_YEAR: i32 = 1990;
/// How far ahead a scheme may be defined, in years.
const YEARS_AHEAD: i32 = 10;
/// Grades of a scheme.
const GRADES_MAX: usize = 10;
/// Criteria of a scheme.
const CRITERIA_MAX: usize = 50;
/// Characters of a name, a note or a reason.
const TEXT_MAX: usize = 500;
/// Days in which a union may appeal, at most, and where nothing is said.
const APPEAL_DAYS_MAX: i32 = 90;
const APPEAL_DAYS: i32 = 15;
/// Months of what is rated, at most.
const MONTHS_MAX: i32 = 24;

/// A list that is neither empty nor too long.
fn list(field: &'static str, entries: usize, limit: usize) -> Result<(), Refusal> {
    match entries {
        0 => Err(Refused::ListEmpty { field }.into()),
        entries if entries > limit => Err(Refused::ListTooLong { field, entries, limit }.into()),
        _ => Ok(()),
    }
}

/// A rating year that has begun, and its days.
pub fn year(year: i32) -> Result<Period, Refusal> {
    period::year(year)
        .filter(|_| (FIRST_YEAR..=today().year()).contains(&year))
        .ok_or_else(|| Refused::RatingYearOutOfRange { year }.into())
}

/// Ratings that were decided elsewhere.
pub fn record(
    reference: &'static Reference,
    asked: &RecordRatingsRequest,
) -> Result<RecordRatings, Refusal> {
    list("lines", asked.lines.len(), LINES_MAX)?;
    let counts_on = year(asked.year)?.through;
    let year = asked.year;
    let schemes = reference.schemes();
    let in_force = schemes
        .iter()
        .find(|scheme| scheme.in_force(year))
        .ok_or(Refused::RatingYearOutOfRange { year })?;
    if !asked.scheme.is_empty() && asked.scheme != in_force.code {
        return Err(if schemes.iter().any(|known| known.code == asked.scheme) {
            Refused::RatingSchemeNotOfYear {
                scheme: asked.scheme.clone(),
                year,
                in_force: in_force.code.clone(),
            }
        } else {
            Refused::RatingSchemeUnknown { scheme: asked.scheme.clone() }
        }
        .into());
    }
    let lines = asked
        .lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let field = format!("lines[{number}].organisation_id");
            Ok((parse::id(&field, &line.organisation_id)?, line.grade.clone()))
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(RecordRatings {
        scheme: in_force,
        year,
        counts_on,
        lines,
        decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
    })
}

/// A scheme that holds together.
pub fn define(
    reference: &'static Reference,
    asked: &DefineSchemeRequest,
) -> Result<DefineScheme, Refusal> {
    if !is_code(&asked.code) {
        return Err(Refused::RatingSchemeUnfit { field: "code".to_string() }.into());
    }
    list("grades", asked.grades.len(), GRADES_MAX)?;
    list("criteria", asked.criteria.len(), CRITERIA_MAX)?;
    let years = FIRST_YEAR..=today().year() + YEARS_AHEAD;
    let through = asked.through_year;
    if !years.contains(&asked.from_year) {
        return Err(Refused::RatingYearOutOfRange { year: asked.from_year }.into());
    }
    if through != 0 && !(asked.from_year..=*years.end()).contains(&through) {
        return Err(Refused::RatingSchemeUnfit { field: "through_year".to_string() }.into());
    }
    let or = |months: i32, usual: i32| if months == 0 { usual } else { months };
    let terms = Terms {
        name_vi: parse::text("name_vi", &asked.name_vi, TEXT_MAX)?,
        grades: grades(&asked.grades)?,
        criteria: criteria(&asked.criteria)?,
        eligible_after_months: or(asked.eligible_after_months, 12),
        eligible_after_succession_months: or(asked.eligible_after_succession_months, 6),
    };
    if let Some(field) = terms.unfit() {
        return Err(Refused::RatingSchemeUnfit { field }.into());
    }
    Ok(DefineScheme {
        reference,
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        scheme: asked.code.clone(),
        from_year: asked.from_year,
        through_year: through,
        terms,
        decision_id: parse::id("decision_id", &asked.decision_id)?,
    })
}

fn grades(asked: &[scheme::Grade]) -> Result<Vec<Grade>, Refusal> {
    (1..)
        .zip(asked)
        .enumerate()
        .map(|(line, (rank, grade))| {
            Ok(Grade {
                code: grade.code.clone(),
                rank,
                name_vi: parse::text(&format!("grades[{line}].name_vi"), &grade.name_vi, TEXT_MAX)?,
                score_from: grade.score_from,
            })
        })
        .collect()
}

fn criteria(asked: &[RatingCriterion]) -> Result<Vec<Criterion>, Refusal> {
    asked
        .iter()
        .enumerate()
        .map(|(line, criterion)| {
            let at = |name: &str| format!("criteria[{line}].{name}");
            Ok(Criterion {
                code: criterion.code.clone(),
                name_vi: parse::text(&at("name_vi"), &criterion.name_vi, TEXT_MAX)?,
                kind: match criterion.kind() {
                    RatingCriterionKind::Unspecified => return Err(parse::required(&at("kind"))),
                    RatingCriterionKind::Base => CriterionKind::Base,
                    RatingCriterionKind::Bonus => CriterionKind::Bonus,
                    RatingCriterionKind::Penalty => CriterionKind::Penalty,
                },
                max_points: criterion.max_points,
            })
        })
        .collect()
}

/// A round.
pub fn open(reference: &'static Reference, asked: &OpenRoundRequest) -> Result<OpenRound, Refusal> {
    let year_days = year(asked.year)?;
    let (kind, period) = rated(asked, year_days)?;
    wire::sector_group(reference, &asked.sector_grouping, &asked.sector_group)?;
    let organisation_ids = &asked.organisation_ids;
    if organisation_ids.len() > LINES_MAX {
        let (entries, limit) = (organisation_ids.len(), LINES_MAX);
        return Err(Refused::ListTooLong { field: "organisation_ids", entries, limit }.into());
    }
    let organisation_ids: Result<Vec<Uuid>, Refusal> = organisation_ids
        .iter()
        .enumerate()
        .map(|(line, id)| parse::id(&format!("organisation_ids[{line}]"), id))
        .collect();
    let appeal_days = match asked.appeal_days {
        0 => APPEAL_DAYS,
        days if (1..=APPEAL_DAYS_MAX).contains(&days) => days,
        _ => {
            let field = "appeal_days";
            return Err(Refused::RatingPeriodUnfit { field, year: asked.year }.into());
        }
    };
    Ok(OpenRound {
        reference,
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        kind,
        year: asked.year,
        period,
        scheme: asked.scheme.clone(),
        version: asked.version,
        sector_grouping: asked.sector_grouping.clone(),
        sector_group: asked.sector_group.clone(),
        organisation_ids: organisation_ids?,
        due: due(asked)?,
        appeal_days,
        decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
    })
}

/// What a round rates: a period that ends in its year.
fn rated(asked: &OpenRoundRequest, year_days: Period) -> Result<(Kind, Period), Refusal> {
    let given = match asked.period {
        None => None,
        given @ Some(_) => Some(wire::period(given)?),
    };
    let (kind, usual) = match asked.kind() {
        RatingRoundKind::Unspecified => return Err(parse::required("kind")),
        RatingRoundKind::CalendarYear => (Kind::CalendarYear, Some(year_days)),
        RatingRoundKind::SchoolYear => (Kind::SchoolYear, school_year(asked.year)),
        RatingRoundKind::Custom => (Kind::Custom, None),
    };
    let period = given.or(usual).ok_or_else(|| parse::required("period"))?;
    let ends_in_year = (year_days.from..=year_days.through).contains(&period.through);
    let whole = kind != Kind::CalendarYear || period == year_days;
    if !ends_in_year || !whole || months(period) > MONTHS_MAX {
        return Err(Refused::RatingPeriodUnfit { field: "period", year: asked.year }.into());
    }
    Ok((kind, period))
}

/// The months that a period touches, its first one whole.
fn months(period: Period) -> i32 {
    let month = |day: Date| day.year() * 12 + i32::from(u8::from(day.month()));
    let begun = i32::from(period.through.day() >= period.from.day());
    month(period.through) - month(period.from) + begun
}

/// The school year that ends in a year: from June through May.
fn school_year(year: i32) -> Option<Period> {
    Some(Period {
        from: Date::from_calendar_date(year - 1, Month::June, 1).ok()?,
        through: Date::from_calendar_date(year, Month::May, 31).ok()?,
    })
}

/// When a self-score, an appraisal and a decision are due: in that order.
fn due(asked: &OpenRoundRequest) -> Result<[Date; 3], Refusal> {
    let fields = ["self_score_due_on", "appraisal_due_on", "decision_due_on"];
    let due = [
        parse::date(fields[0], asked.self_score_due_on)?,
        parse::date(fields[1], asked.appraisal_due_on)?,
        parse::date(fields[2], asked.decision_due_on)?,
    ];
    for later in 1..due.len() {
        let (field, on, earlier) = (fields[later], due[later], due[later - 1]);
        if on < earlier {
            return Err(Refused::RatingDueDisordered { field, on, earlier }.into());
        }
    }
    Ok(due)
}

/// Points by criteria; an empty list is one that names no criterion.
pub fn scores(asked: &[RatingScore]) -> Result<Vec<Score>, Refusal> {
    if asked.len() > CRITERIA_MAX {
        let (entries, limit) = (asked.len(), CRITERIA_MAX);
        return Err(Refused::ListTooLong { field: "scores", entries, limit }.into());
    }
    asked
        .iter()
        .enumerate()
        .map(|(line, score)| {
            let note =
                parse::optional_text(&format!("scores[{line}].note"), &score.note, TEXT_MAX)?;
            Ok(Score {
                criterion: score.criterion.clone(),
                tenths: score.tenths,
                note: note.unwrap_or_default(),
            })
        })
        .collect()
}

/// Decisions on unions.
pub fn decide(asked: &DecideRatingsRequest) -> Result<DecideRatings, Refusal> {
    list("lines", asked.lines.len(), LINES_MAX)?;
    let lines = asked
        .lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let at = |name: &str| format!("lines[{number}].{name}");
            Ok(Line {
                organisation_id: parse::id(&at("organisation_id"), &line.organisation_id)?,
                grade: Some(line.grade.clone()).filter(|grade| !grade.is_empty()),
                reason: parse::optional_text(&at("reason"), &line.reason, TEXT_MAX)?
                    .unwrap_or_default(),
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(DecideRatings {
        round_id: parse::id("round_id", &asked.round_id)?,
        lines,
        decision_id: parse::id("decision_id", &asked.decision_id)?,
        correct: asked.correct,
    })
}

/// A required reason.
pub fn reason(text: &str) -> Result<String, Refusal> {
    parse::text("reason", text, TEXT_MAX)
}

/// A reason that may be empty.
pub fn optional_reason(text: &str) -> Result<String, Refusal> {
    Ok(parse::optional_text("reason", text, TEXT_MAX)?.unwrap_or_default())
}

/// States, by their codes.
pub fn states(asked: &[i32]) -> Result<Vec<String>, Refusal> {
    if asked.len() > GRADES_MAX {
        let (entries, limit) = (asked.len(), GRADES_MAX);
        return Err(Refused::ListTooLong { field: "states", entries, limit }.into());
    }
    let state = |value: &i32| pb::RatingState::try_from(*value).ok();
    let known = asked.iter().filter_map(state).filter_map(crate::rating::wire::state);
    Ok(known.map(|state| state.code().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_are_counted_to_the_day() {
        let of = |from, through| months(Period { from, through });
        assert_eq!(of(date!(2021 - 06 - 01), date!(2022 - 05 - 31)), 12);
        assert_eq!(of(date!(2021 - 01 - 01), date!(2022 - 12 - 31)), 24);
        assert_eq!(of(date!(2021 - 01 - 01), date!(2023 - 01 - 01)), 25);
        assert_eq!(of(date!(2021 - 01 - 15), date!(2021 - 02 - 14)), 1);
    }
}
