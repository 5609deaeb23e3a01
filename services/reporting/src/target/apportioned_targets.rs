//! Targets of units that others continue, as they came to these.

use std::collections::BTreeSet;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::target::{Row, Target, read_rows};
use crate::target::succession::{Event, Events};

/// Whose targets may have come to an organisation by a day, and what happened to all of them.
pub struct Lineage {
    /// The organisation, and all whom it continues, as far as others continue them.
    pub origins: Vec<Uuid>,
    /// What happened to these, and to whoever continues them.
    pub events: Events,
}

/// Reads who continued whom.
pub async fn lineage(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
) -> Result<Lineage, Failure> {
    let rows = sqlx::query_file!("src/target/lineage.sql", organisation_id, on)
        .fetch_all(connection)
        .await?;
    let mut events = Events::new();
    let mut origins = BTreeSet::new();
    for row in rows {
        if row.before {
            origins.insert(row.unit_id);
        }
        let of_unit = events.entry(row.unit_id).or_default();
        let heir = row.successor_id.map(|successor_id| (successor_id, row.share));
        match of_unit.last_mut() {
            Some(event) if event.change_id == row.change_id => event.heirs.extend(heir),
            _ => of_unit.push(Event {
                change_id: row.change_id,
                act_id: row.act_id,
                decision_id: row.decision_id,
                kind: row.kind,
                on: row.on_date,
                heirs: heir.into_iter().collect(),
                whole: row.whole,
            }),
        }
    }
    Ok(Lineage { origins: origins.into_iter().collect(), events })
}

/// Their targets that were open when others came to continue them: of an indicator (of all, if it is
/// empty), at most so many, after one.
pub async fn continued(
    connection: &mut PgConnection,
    origins: &[Uuid],
    (indicator, on): (&str, Date),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Target>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/target/continued.sql",
        origins,
        on,
        indicator,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    read_rows(rows)
}
