//! The members who are exported: of which unions, and batch by batch, all of one snapshot.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::export::export_members::IDENTITY_READ;

/// Members of one batch, about.
const BATCH: i64 = 2_000;
/// Unions of one batch, at most.
const UNIONS: usize = 1_024;

/// Which roll.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Of which organisation.
    pub organisation_id: Uuid,
    /// And of those under it.
    pub with_subtree: bool,
    /// On which day.
    pub as_of: Date,
    /// As was known then.
    pub known_at: Option<OffsetDateTime>,
    /// With identity numbers and phones.
    pub with_identity: bool,
}

/// A union in the caller's scope, and how many members it has.
#[derive(Debug)]
struct Union {
    organisation_id: Uuid,
    members: i64,
}

/// A member.
#[derive(Debug)]
pub struct Member {
    /// Who.
    pub person_id: Uuid,
    /// Of which union.
    pub organisation_id: Uuid,
    /// As given.
    pub name: String,
    /// ISO 5218.
    pub sex: i16,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// Where she works.
    pub workplace: Option<String>,
    /// What she works as.
    pub occupation: Option<String>,
    /// The first day of her stay.
    pub from_on: Date,
    /// Of a passport.
    pub identity_country: Option<String>,
    /// What opens her number.
    pub identity_key_version: Option<i32>,
    /// Her number, sealed.
    pub identity_ciphertext: Option<Vec<u8>>,
    /// What opens her phone.
    pub phone_key_version: Option<i32>,
    /// Her phone, sealed.
    pub phone_ciphertext: Option<Vec<u8>>,
}

/// A roll that is being read.
pub struct Roll {
    asked: Asked,
    unions: Vec<Union>,
    /// The first union that is not read to its end.
    next: usize,
    /// The last of its members who was read.
    after: Uuid,
    /// So many of them.
    read: i64,
}

impl Roll {
    /// The unions of a roll, as far as they lie in the caller's scope, in the order of their ids.
    pub async fn begin(db: &mut PgConnection, asked: Asked) -> Result<Self, Failure> {
        let (of, as_of) = (asked.organisation_id, asked.as_of);
        let unions = match asked.known_at {
            None => {
                sqlx::query_file_as!(Union, "src/export/unions.sql", of, as_of, asked.with_subtree,)
                    .fetch_all(db)
                    .await?
            }
            Some(at) => {
                sqlx::query_file_as!(
                    Union,
                    "src/export/unions_known.sql",
                    of,
                    as_of,
                    asked.with_subtree,
                    at,
                )
                .fetch_all(db)
                .await?
            }
        };
        Ok(Self { asked, unions, next: 0, after: Uuid::nil(), read: 0 })
    }

    /// How many members it has.
    pub fn lines(&self) -> i64 {
        self.unions.iter().map(|union| union.members).sum()
    }

    /// The next members; none at the end.
    pub async fn batch(&mut self, db: &mut PgConnection) -> Result<Vec<Member>, Failure> {
        let Some(first) = self.unions.get(self.next) else { return Ok(Vec::new()) };
        // A large union by itself, a part of it at a time; small ones together.
        if first.members > BATCH {
            let (union, left) = (first.organisation_id, first.members - self.read);
            let members = self.members(db, &[union], BATCH.min(left)).await?;
            self.read += i64::try_from(members.len()).unwrap_or(i64::MAX);
            match members.last() {
                Some(last) if left > BATCH => self.after = last.person_id,
                _ => (self.next, self.after, self.read) = (self.next + 1, Uuid::nil(), 0),
            }
            return Ok(members);
        }
        let mut members = 0;
        let some: Vec<Uuid> = self.unions[self.next..]
            .iter()
            .take(UNIONS)
            .take_while(|union| {
                members += union.members;
                members <= BATCH
            })
            .map(|union| union.organisation_id)
            .collect();
        self.next += some.len();
        self.members(db, &some, BATCH).await
    }

    async fn members(
        &self,
        db: &mut PgConnection,
        unions: &[Uuid],
        limit: i64,
    ) -> Result<Vec<Member>, Failure> {
        let Asked { as_of, with_identity, .. } = self.asked;
        let members = match self.asked.known_at {
            None => {
                sqlx::query_file_as!(
                    Member,
                    "src/export/members.sql",
                    unions,
                    as_of,
                    self.after,
                    limit,
                    with_identity,
                    IDENTITY_READ,
                )
                .fetch_all(db)
                .await?
            }
            Some(at) => {
                sqlx::query_file_as!(
                    Member,
                    "src/export/members_known.sql",
                    unions,
                    as_of,
                    self.after,
                    limit,
                    with_identity,
                    IDENTITY_READ,
                    at,
                )
                .fetch_all(db)
                .await?
            }
        };
        Ok(members)
    }
}
