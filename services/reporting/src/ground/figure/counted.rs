//! A figure: what was counted, of what, and how far everything was known.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::ground::figure::completeness::Completeness;
use crate::ground::figure::count::Count;
use crate::ground::figure::scope::Scope;
use crate::ground::figure::source::Source;
use crate::ground::period::Period;

/// A counted indicator.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its code.
    pub indicator: String,
    /// Which version of it, where it was loaded; else 0.
    pub version: i32,
    /// Under whose words what it counts is told, where it is of one such source.
    pub told_of: Option<Source>,
    /// How it is computed.
    pub formula: String,
    /// Its scope.
    pub scope: Scope,
    /// Its period.
    pub period: Period,
    /// The value, or the numerator.
    pub value: Count,
    /// Shares only.
    pub denominator: Option<Count>,
    /// What is known to be missing.
    pub completeness: Completeness,
    /// What was believed when.
    pub known: Known,
}

impl Figure {
    /// The denominator, 0 where there is none.
    pub fn denominator_total(&self) -> i64 {
        self.denominator.as_ref().map_or(0, |count| count.total)
    }
}

/// At which instant what was counted was known, and how far each feed had been applied in it.
#[derive(Clone, Debug)]
pub struct Known {
    /// The one that was asked for, or when the snapshot was taken.
    pub at: OffsetDateTime,
    /// By source.
    pub positions: Vec<(String, i64)>,
}

impl Known {
    /// Of the transaction's own snapshot.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, Failure> {
        let rows = sqlx::query!(
            r#"select now() as "at!", 'reporting' as "source!", h.position as "position!" from feed.head h
               union all
               select now(), f.source, f.position from feed.follower f
               order by 2"#
        )
        .fetch_all(connection)
        .await?;
        Ok(Self {
            at: rows.first().map_or_else(OffsetDateTime::now_utc, |row| row.at),
            positions: rows.into_iter().map(|row| (row.source, row.position)).collect(),
        })
    }

    /// As it was known at the instant that was asked for, if one was.
    pub fn as_asked(self, asked_at: Option<OffsetDateTime>) -> Self {
        Self { at: asked_at.map_or(self.at, |asked| asked.min(self.at)), ..self }
    }
}
