//! How far everything was known in a snapshot.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

/// Where the feeds stood: this service's own, and those that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Of this service's feed: another one once the database was restored.
    pub epoch: Uuid,
    /// How often what is derived was put in the place of what was ([`crate::rebuild`]) ...
    pub generation: i64,
    /// ... and what is known of earlier generations than this is of no use.
    pub since: i64,
    /// In this service's own feed.
    pub own: i64,
    /// In registry's.
    pub registry: i64,
    /// In membership's.
    pub membership: i64,
}

impl Position {
    /// Of the transaction's own snapshot.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, Failure> {
        Ok(sqlx::query_as!(
            Self,
            r#"select h.epoch,
                      rebuilt.generation,
                      rebuilt.since,
                      h.position as own,
                      coalesce((select f.position from feed.follower f where f.source = 'registry'), 0)
                          as "registry!",
                      coalesce((select f.position from feed.follower f where f.source = 'membership'), 0)
                          as "membership!"
               from feed.head h
               cross join rebuild_generation rebuilt"#
        )
        .fetch_one(connection)
        .await?)
    }

    /// Whether all that was known there is known here, or is known here to be otherwise.
    pub fn reaches(&self, earlier: &Self) -> bool {
        self.epoch == earlier.epoch
            && (self.since..=self.generation).contains(&earlier.generation)
            && self.own >= earlier.own
            && self.registry >= earlier.registry
            && self.membership >= earlier.membership
    }

    /// Whether units may be placed otherwise than there.
    pub fn places_otherwise_than(&self, earlier: &Self) -> bool {
        self.registry > earlier.registry || self.generation > earlier.generation
    }
}
