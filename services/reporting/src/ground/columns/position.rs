//! How far everything was known in a snapshot.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

/// Where the feeds stood: this service's own, and those that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Of this service's feed: another one once the database was restored.
    pub epoch: Uuid,
    /// How often what is derived was put in the place of what was ([`crate::rebuild`]).
    pub generation: i64,
    /// In this service's own feed.
    pub own: i64,
    /// In registry's.
    pub registry: i64,
    /// In membership's.
    pub membership: i64,
}

/// What is to be reached by a reading.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// Of its snapshot.
    pub position: Position,
    /// How often a rebuild had announced that what is derived will be put in the place of what is: what is
    /// read from now on is read after that many.
    pub announced: i64,
    /// Memory of the generation before goes on if it was read after so many; none does, if none.
    pub goes_on: Option<i64>,
}

impl Aim {
    /// Of the transaction's own snapshot.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, Failure> {
        let read = sqlx::query!(
            r#"select h.epoch,
                      rebuilt.generation,
                      rebuilt.announced,
                      rebuilt.goes_on,
                      h.position as own,
                      coalesce((select f.position from feed.follower f where f.source = 'registry'), 0)
                          as "registry!",
                      coalesce((select f.position from feed.follower f where f.source = 'membership'), 0)
                          as "membership!"
               from feed.head h
               cross join rebuild_generation rebuilt"#
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            position: Position {
                epoch: read.epoch,
                generation: read.generation,
                own: read.own,
                registry: read.registry,
                membership: read.membership,
            },
            announced: read.announced,
            goes_on: read.goes_on,
        })
    }

    /// Whether what was known at an earlier position, and was read after so many announcements, leads
    /// here by what came since.
    pub fn comes_from(&self, earlier: &Position, announced: i64) -> bool {
        let position = &self.position;
        let goes_on = || self.goes_on.is_some_and(|goes_on| announced >= goes_on);
        position.epoch == earlier.epoch
            && (position.generation == earlier.generation
                || position.generation == earlier.generation + 1 && goes_on())
            && position.own >= earlier.own
            && position.registry >= earlier.registry
            && position.membership >= earlier.membership
    }
}

impl Position {
    /// Whether units may be placed otherwise than at an earlier one.
    pub fn places_otherwise_than(&self, earlier: &Self) -> bool {
        self.registry > earlier.registry || self.generation > earlier.generation
    }
}
