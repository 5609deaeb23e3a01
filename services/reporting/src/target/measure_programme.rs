//! What each issuer asks of a unit for a period and in parts of it, measured.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{Counting, Figure, Scope, Source};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};
use crate::ground::target::programme::{Of, Programme, programmes};
use crate::ground::target::reached::Reached;
use crate::ground::target::{self, Target};
use crate::target::attained::Attained;

/// Parts of programmes that are shown, at most.
const PARTS_MAX: usize = 200;

/// Everything that is asked, and how far it is reached.
pub struct MeasuredProgrammes {
    /// From the first day of the period; none before it.
    pub figure: Option<Figure>,
    /// Issuer by issuer; of parts, those that are shown.
    pub programmes: Vec<Measured>,
    /// Parts that are not.
    pub left_off: usize,
}

/// What one issuer asks.
pub struct Measured {
    /// It, with all of its parts.
    pub programme: Programme,
    /// Of the whole, where that is asked for.
    pub whole: Option<Attained>,
    /// Of the first parts, in their order.
    pub parts: Vec<Attained>,
}

/// Measures everything that is asked of a unit, through a day; each period is counted once.
pub async fn measure_programmes(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    head: Uuid,
    indicator: &Indicator,
    of: Of<'_>,
    (as_of, on): (Option<Date>, Date),
) -> Result<MeasuredProgrammes, Failure> {
    let targets = target::of_unit(&mut *connection, head, snapshot.asked_at()).await?;
    let asked = programmes(targets, of, on);
    let scope = Scope {
        grouping: of.grouping.to_string(),
        group: of.group.to_string(),
        ..Scope::of(head, as_of)
    };
    let mut measuring = Measuring {
        connection,
        snapshot,
        reference,
        indicator,
        scope,
        on,
        figures: BTreeMap::new(),
        unions: BTreeMap::new(),
    };
    let mut measured = Vec::new();
    let (mut left, mut left_off) = (PARTS_MAX, 0);
    for programme in asked {
        let whole = match &programme.whole {
            Some(whole) => Some(measuring.attained(whole).await?),
            None => None,
        };
        let shown = programme.parts.len().min(left);
        let mut parts = Vec::with_capacity(shown);
        for part in &programme.parts[..shown] {
            parts.push(measuring.attained(&part.target).await?);
        }
        left -= shown;
        left_off += programme.parts.len() - shown;
        measured.push(Measured { programme, whole, parts });
    }
    let figure = measuring.figure(of.period).await?;
    Ok(MeasuredProgrammes { figure, programmes: measured, left_off })
}

struct Measuring<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
    reference: &'static Reference,
    indicator: &'a Indicator,
    scope: Scope,
    on: Date,
    figures: BTreeMap<Period, Figure>,
    unions: BTreeMap<Date, i64>,
}

impl Measuring<'_> {
    /// The indicator over a period, through the day; none where that is before it.
    async fn figure(&mut self, period: Period) -> Result<Option<Figure>, Failure> {
        let period = Period { through: period.through.min(self.on), ..period };
        if period.through < period.from {
            return Ok(None);
        }
        if let Some(figure) = self.figures.get(&period) {
            return Ok(Some(figure.clone()));
        }
        let indicator = self.indicator;
        let figure = self.counting(period).figure(indicator).await?;
        self.figures.insert(period, figure.clone());
        Ok(Some(figure))
    }

    fn counting(&mut self, period: Period) -> Counting<'_> {
        let scope = self.scope.clone();
        Counting::new(&mut *self.connection, self.snapshot, self.reference, scope, period)
    }

    async fn attained(&mut self, target: &Target) -> Result<Attained, Failure> {
        let figure = self.figure(target.period).await?;
        let mean_denominator = match target.denominator_on {
            Some(day) => self.unions_at(day).await?,
            None => 0,
        };
        let reached = figure.map_or_else(Reached::default, |figure| Reached {
            value: figure.value.total,
            denominator: figure.denominator_total(),
            mean_denominator,
        });
        Ok(Attained::of(target, reached, self.on))
    }

    async fn unions_at(&mut self, day: Date) -> Result<i64, Failure> {
        if let Some(unions) = self.unions.get(&day) {
            return Ok(*unions);
        }
        let period = Period { from: day, through: day };
        let unions = self.counting(period).source(&Source::UnionsAt).await?.total;
        self.unions.insert(day, unions);
        Ok(unions)
    }
}
