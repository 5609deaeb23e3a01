//! Who came before an organisation, and who after it.

use anyhow::anyhow;
use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::EndKind;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::reading::{Asked, Page, in_scope};
use crate::ground::succession::SPLIT_OFF;

/// Which way successions are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Back, to those that went on in the organisation.
    Predecessors,
    /// On, to those in which it went on.
    Successors,
}

/// An organisation that ended went on in another, or another was split off it.
#[derive(Debug)]
pub struct Succession {
    /// Who ended, or was split.
    pub predecessor_id: Uuid,
    /// In whom it went on.
    pub successor_id: Uuid,
    /// How it ended; none where the successor was split off.
    pub end_kind: Option<EndKind>,
    /// The first day after.
    pub succeeded_on: Date,
    /// The successor is the one heir.
    pub principal: bool,
    /// So many parts of the whole.
    pub share: i32,
    /// What they are parts of.
    pub share_whole: i32,
    /// The decision of the ending or the splitting off.
    pub decision_id: Option<Uuid>,
    /// Steps between the organisation asked about and the nearer end.
    pub distance: i32,
}

/// A page of the successions, the nearest first.
pub async fn successions(
    reading: &mut Reading,
    organisation_id: Uuid,
    direction: Direction,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Succession>, Failure> {
    let after: Option<(i32, Uuid, Uuid, Date)> = asked.after()?;
    let after_distance = after.map(|last| last.0);
    let (after_predecessor, after_successor) = after.map(|last| (last.1, last.2)).unzip();
    let after_day = after.map(|last| last.3);
    in_scope(reading, "organisation_id", organisation_id).await?;
    let rows = match direction {
        Direction::Predecessors => {
            sqlx::query_file_as!(
                Row,
                "src/history/predecessors.sql",
                organisation_id,
                known_at,
                after_distance,
                after_predecessor,
                after_successor,
                asked.limit(),
                after_day,
            )
            .fetch_all(&mut **reading)
            .await?
        }
        Direction::Successors => {
            sqlx::query_file_as!(
                Row,
                "src/history/successors.sql",
                organisation_id,
                known_at,
                after_distance,
                after_predecessor,
                after_successor,
                asked.limit(),
                after_day,
            )
            .fetch_all(&mut **reading)
            .await?
        }
    };
    let successions = rows.into_iter().map(Succession::try_from).collect::<Result<_, _>>()?;
    asked.page(successions, |last| {
        (last.distance, last.predecessor_id, last.successor_id, last.succeeded_on)
    })
}

struct Row {
    predecessor_id: Uuid,
    successor_id: Uuid,
    kind: String,
    succeeded_on: Date,
    principal: bool,
    share: i32,
    share_whole: i32,
    decision_id: Option<Uuid>,
    distance: i32,
}

impl TryFrom<Row> for Succession {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> Result<Self, anyhow::Error> {
        Ok(Self {
            predecessor_id: row.predecessor_id,
            successor_id: row.successor_id,
            end_kind: match row.kind.as_str() {
                SPLIT_OFF => None,
                kind => Some(EndKind::parse(kind).ok_or_else(|| anyhow!("no end kind {kind}"))?),
            },
            succeeded_on: row.succeeded_on,
            principal: row.principal,
            share: row.share,
            share_whole: row.share_whole,
            decision_id: row.decision_id,
            distance: row.distance,
        })
    }
}
