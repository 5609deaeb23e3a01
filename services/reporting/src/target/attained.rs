//! What is reached of many targets of one indicator and period: of a whole cascade at once.

use std::collections::{BTreeMap, BTreeSet};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::Scope;
use crate::ground::figure::of_heads::{OfHead, OfHeads};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};
use crate::ground::target::pace::{Pace, pace};
use crate::ground::target::reached::Reached;
use crate::ground::target::{State, Target};

/// How far a target is reached on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attained {
    /// How it stands.
    pub state: State,
    /// None where nothing is measured.
    pub reached: Option<Reached>,
    /// If it is running.
    pub pace: Option<Pace>,
    /// Its unit is not the caller's to see.
    pub out_of_scope: bool,
}

impl Attained {
    /// Of what was reached through a day.
    pub fn of(target: &Target, reached: Reached, on: Date) -> Self {
        let state = target.state(on);
        let measured = matches!(state, State::Running | State::Ended);
        Self {
            state,
            reached: measured.then_some(reached),
            pace: pace(target, reached, on),
            out_of_scope: false,
        }
    }
}

/// What is measured of all of them, and how.
pub struct Measuring<'a> {
    /// The indicator of all of them.
    pub indicator: &'a Indicator,
    /// Their period.
    pub period: Period,
    /// Tree and group; its head is none of theirs.
    pub scope: Scope,
    /// Through which day.
    pub on: Date,
}

/// Measures targets of one indicator, period and group, by as many scans as the indicator has
/// sources, however many targets there are; answers them by their ids.
pub async fn attained(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    targets: &[&Target],
    of: Measuring<'_>,
) -> Result<BTreeMap<Uuid, Attained>, Failure> {
    let units: BTreeSet<Uuid> = targets.iter().map(|target| target.organisation_id).collect();
    let units = Vec::from_iter(units);
    let on = of.on;
    let mut counting = OfHeads::new(connection, snapshot, reference, &units, of.scope).await?;
    attained_by(&mut counting, targets, of.indicator, of.period, on).await
}

/// As [`attained`], by what counts for their units already, on its tree and of its group.
pub async fn attained_by(
    counting: &mut OfHeads<'_>,
    targets: &[&Target],
    indicator: &Indicator,
    period: Period,
    on: Date,
) -> Result<BTreeMap<Uuid, Attained>, Failure> {
    let period = Period { through: period.through.min(on), ..period };
    if period.through < period.from {
        let none =
            |target: &&Target| (target.target_id, Attained::of(target, Reached::default(), on));
        return Ok(targets.iter().map(none).collect());
    }
    let figures = counting.figures(indicator, period).await?;
    let days: BTreeSet<Date> = targets.iter().filter_map(|target| target.denominator_on).collect();
    let mut unions: BTreeMap<Date, BTreeMap<Uuid, i64>> = BTreeMap::new();
    for day in days {
        unions.insert(day, counting.unions_at(Period { from: day, through: day }).await?);
    }
    let measured = |target: &&Target| {
        let unit = target.organisation_id;
        let figure = figures.get(&unit);
        let OfHead { value, denominator } = figure.copied().unwrap_or_default();
        let mean_denominator = target
            .denominator_on
            .and_then(|day| unions.get(&day)?.get(&unit).copied())
            .unwrap_or_default();
        let attained = Attained::of(target, Reached { value, denominator, mean_denominator }, on);
        let attained = match figure {
            Some(_) => attained,
            None => Attained { reached: None, pace: None, out_of_scope: true, ..attained },
        };
        (target.target_id, attained)
    };
    Ok(targets.iter().map(measured).collect())
}
