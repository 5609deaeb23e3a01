//! Counts of one organisation: what a figure is computed of, each once for all that need it.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

use crate::ground::columns::Snapshot;
use crate::ground::fact::Code;
use crate::ground::figure::completeness::Completeness;
use crate::ground::figure::count::{Count, Counts};
use crate::ground::figure::counted::Figure;
use crate::ground::figure::of_heads::OfHeads;
use crate::ground::figure::scope::Scope;
use crate::ground::figure::source::{Formula, Source};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// Counts the sources of one scope and period, each once: those of many organisations, of which there
/// is one.
pub struct Counting<'a> {
    heads: OfHeads<'a>,
    scope: Scope,
    period: Period,
}

impl<'a> Counting<'a> {
    /// Begins; nothing is asked yet.
    pub fn new(
        connection: &'a mut PgConnection,
        snapshot: &'a Snapshot,
        reference: &'static Reference,
        scope: Scope,
        period: Period,
    ) -> Self {
        let heads = OfHeads::alone(connection, snapshot, reference, scope.clone());
        Self { heads, scope, period }
    }

    /// As [`OfHeads::in_first_lines`].
    pub fn in_first_lines(self) -> Self {
        Self { heads: self.heads.in_first_lines(), ..self }
    }

    /// Counts an indicator.
    pub async fn figure(&mut self, indicator: &Indicator) -> Result<Figure, Failure> {
        let counted = self.heads.counted(indicator, self.period).await?;
        Ok(Figure {
            indicator: indicator.code.clone(),
            told_of: indicator.told_of().cloned(),
            formula: indicator.formula(),
            version: indicator.version.map_or(0, |version| version.number),
            scope: Scope {
                without_suspended: self.scope.without_suspended || indicator.without_suspended,
                ..self.scope.clone()
            },
            period: self.period,
            value: only(counted.values),
            denominator: counted.denominators.map(only),
            completeness: counted.completeness.first().copied().unwrap_or(Completeness::WHOLE),
            known: self.heads.known().await?,
        })
    }

    /// Counts a formula.
    pub async fn formula(&mut self, formula: &Formula) -> Result<Count, Failure> {
        Ok(only(self.heads.formula(formula, self.period).await?))
    }

    /// Counts a source.
    pub async fn source(&mut self, source: &Source) -> Result<Count, Failure> {
        Ok(only(self.heads.source(source, self.period).await?))
    }

    /// A code's amounts by reason.
    pub async fn by_reason(&mut self, code: Code) -> Result<BTreeMap<String, i64>, Failure> {
        self.heads.by_reason(code, self.period).await
    }

    /// Unions at the end of a day.
    pub async fn unions_at(&mut self, on: Date) -> Result<Count, Failure> {
        Ok(only(self.heads.unions_on(on).await?))
    }

    /// Members at the end of a day.
    pub async fn members_at(&mut self, on: Date) -> Result<Count, Failure> {
        Ok(only(self.heads.members_on(on).await?))
    }
}

/// That of the one head.
fn only(counts: Counts) -> Count {
    counts.into_iter().next().unwrap_or_default()
}
