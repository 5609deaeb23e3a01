//! Who came before an organisation, and who after it.

use anyhow::anyhow;
use chassis::database::Reading;
use chassis::refusal::Failure;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{Asked, Page, in_scope};
use crate::acts::end_organisations::EndKind;

/// Which way successions are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Back, to those that went on in the organisation.
    Predecessors,
    /// On, to those in which it went on.
    Successors,
}

/// An organisation that ended went on in another.
#[derive(Debug)]
pub struct Succession {
    /// Who ended.
    pub predecessor_id: Uuid,
    /// In whom it went on.
    pub successor_id: Uuid,
    /// How it ended.
    pub end_kind: EndKind,
    /// The first day on which it no longer existed.
    pub ended_on: Date,
    /// The decision of the ending.
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
    let after: Option<(i32, Uuid)> = asked.after()?;
    let (after_distance, after_id) = after.unzip();
    in_scope(reading, "organisation_id", organisation_id).await?;
    let rows = match direction {
        Direction::Predecessors => {
            sqlx::query_file_as!(
                Row,
                "src/reads/predecessors.sql",
                organisation_id,
                known_at,
                after_distance,
                after_id,
                asked.limit(),
            )
            .fetch_all(&mut **reading)
            .await?
        }
        Direction::Successors => {
            sqlx::query_file_as!(
                Row,
                "src/reads/successors.sql",
                organisation_id,
                known_at,
                after_distance,
                after_id,
                asked.limit(),
            )
            .fetch_all(&mut **reading)
            .await?
        }
    };
    let successions = rows.into_iter().map(Succession::try_from).collect::<Result<_, _>>()?;
    asked.page(successions, |last| (last.distance, last.predecessor_id))
}

struct Row {
    predecessor_id: Uuid,
    successor_id: Uuid,
    end_kind: String,
    ended_on: Date,
    decision_id: Option<Uuid>,
    distance: i32,
}

impl TryFrom<Row> for Succession {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> Result<Self, anyhow::Error> {
        Ok(Self {
            predecessor_id: row.predecessor_id,
            successor_id: row.successor_id,
            end_kind: EndKind::parse(&row.end_kind)
                .ok_or_else(|| anyhow!("no end kind {}", row.end_kind))?,
            ended_on: row.ended_on,
            decision_id: row.decision_id,
            distance: row.distance,
        })
    }
}
