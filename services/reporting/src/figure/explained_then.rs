//! The changes behind a figure as it was known at an instant: the units count on the days that the
//! columns tell of the tree of then, and of changes those count that were recorded by then.

use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::columns::{Cut, Snapshot, Stay};
use crate::ground::fact::Code;
use crate::ground::figure::Source;
use crate::ground::period::Period;

/// A unit, a change, from when what the change says of the unit holds, and what that adds.
pub type Behind = (Uuid, Uuid, Date, i64);

/// Of which figure, as it was known when.
pub struct Then<'a> {
    /// As it was known.
    pub snapshot: &'a Snapshot,
    /// At this instant.
    pub known_at: OffsetDateTime,
    /// Each unit in its own line.
    pub cut: Arc<Cut>,
    /// Whose figure.
    pub head: Uuid,
    /// Over which days.
    pub period: Period,
    /// Those that are explained.
    pub units: &'a [Uuid],
}

/// Days by unit, as statements take them.
struct Stays {
    units: Vec<Uuid>,
    from: Vec<Option<Date>>,
    until: Vec<Option<Date>>,
}

impl Stays {
    fn of(stays: &[Stay]) -> Self {
        Self {
            units: stays.iter().map(|stay| stay.unit_id).collect(),
            from: stays.iter().map(|stay| stay.from).collect(),
            until: stays.iter().map(|stay| stay.until).collect(),
        }
    }
}

impl Then<'_> {
    /// The changes behind a source whose days depend on where its units stood; none of any other.
    pub async fn of(
        &self,
        connection: &mut PgConnection,
        source: &Source,
    ) -> Result<Option<Vec<Behind>>, Failure> {
        let stays = Stays::of(&self.snapshot.stays(&self.cut, self.units));
        let (from, until) = (self.period.from, self.period.until());
        Ok(Some(match source {
            Source::Flow(code, reasons) => sqlx::query_file!(
                "src/figure/changes_flow_then.sql",
                &stays.units,
                &stays.from as &[Option<Date>],
                &stays.until as &[Option<Date>],
                from,
                until,
                code.as_str(),
                reasons,
                self.known_at,
                self.head,
            )
            .fetch_all(connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::TransferredIn | Source::TransferredOut => {
                let code = match source {
                    Source::TransferredIn => Code::TransferIn,
                    _ => Code::TransferOut,
                };
                sqlx::query_file!(
                    "src/figure/changes_transfers_then.sql",
                    &stays.units,
                    &stays.from as &[Option<Date>],
                    &stays.until as &[Option<Date>],
                    from,
                    until,
                    code.as_str(),
                    self.known_at,
                    self.head,
                )
                .fetch_all(connection)
                .await?
                .into_iter()
                .filter(|row| !self.snapshot.counts_on(&self.cut, row.counterpart_id, row.on_date))
                .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                .collect()
            }
            Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit => {
                let comes = matches!(source, Source::UnionsIn | Source::MembersInWithUnit);
                let unions = matches!(source, Source::UnionsIn | Source::UnionsOut);
                sqlx::query_file!(
                    "src/figure/changes_moves_then.sql",
                    &stays.units,
                    &stays.from as &[Option<Date>],
                    &stays.until as &[Option<Date>],
                    from,
                    until,
                    comes,
                    self.known_at,
                    self.head,
                    &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                )
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(|row| {
                    let amount = if unions { row.unions } else { row.members };
                    (row.unit_id, row.change_id, row.on_date, amount)
                })
                .collect()
            }
            _ => return Ok(None),
        }))
    }
}
