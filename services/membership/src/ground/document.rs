//! The documents that identify a person.

use chassis::database::Acting;
use chassis::refusal::{Failure, OnConstraint};
use time::Date;
use uuid::Uuid;

use crate::ground::keys::{Column, Keys};
use crate::ground::person::Identity;
use crate::ground::refused::Refused;
use crate::ground::roll::blind_index;

/// Of one person there are no more.
pub const DOCUMENTS_MAX: usize = 20;

/// Why a document is valid no longer; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Ended {
    /// Another is in its place.
    Replaced = 1,
    /// By whoever issued it.
    Cancelled = 2,
    /// Nobody has it.
    Lost = 3,
}

/// On which days a document is valid, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Valid {
    /// The first.
    pub from_on: Option<Date>,
    /// The first on which it is not any longer.
    pub until_on: Option<Date>,
}

impl Valid {
    /// Refuses an end that is not after the beginning.
    pub fn check(self, field: &'static str) -> Result<(), Refused> {
        match (self.from_on, self.until_on) {
            (Some(from), Some(until)) if until <= from => {
                Err(Refused::ExpectedEndTooEarly { field })
            }
            _ => Ok(()),
        }
    }
}

/// A document of a person, without its number.
#[derive(Debug)]
pub struct Document {
    /// What finds it; never told.
    pub blind_index: Vec<u8>,
    /// What kind of number.
    pub kind: i16,
    /// Of a passport.
    pub country: Option<String>,
    /// The first day on which it is valid.
    pub from_on: Option<Date>,
    /// The first on which it is not any longer.
    pub until_on: Option<Date>,
    /// An [`Ended`], where it was ended.
    pub ended_as: Option<i16>,
    /// The document in its place.
    pub successor: Option<Vec<u8>>,
}

/// All documents of a person, who is locked.
pub async fn of(acting: &mut Acting, person_id: Uuid) -> Result<Vec<Document>, Failure> {
    let found = sqlx::query_as!(
        Document,
        "select blind_index, kind, country, from_on, until_on, ended_as, successor
         from person_identity where person_id = $1 and ended_at is null
         order by recorded_at, blind_index",
        person_id,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(found)
}

/// The one that has this id among the documents of a person.
pub fn named(
    documents: Vec<Document>,
    keys: &Keys,
    person_id: Uuid,
    document_id: Uuid,
    field: &str,
) -> Result<Document, Refused> {
    documents
        .into_iter()
        .find(|document| keys.document_id(person_id, &document.blind_index) == document_id)
        .ok_or_else(|| Refused::DocumentUnknown { field: field.to_string() })
}

/// A number becomes somebody's, who is locked, or becomes hers again; refused where it is hers or
/// somebody else's. Answers what finds it.
pub async fn write_down(
    acting: &mut Acting,
    keys: &Keys,
    person_id: Uuid,
    identity: &Identity,
    valid: Valid,
) -> Result<Vec<u8>, Failure> {
    let index = blind_index(keys, identity);
    let sealed = keys.seal(Column::IdentityNumber, person_id, &identity.number)?;
    let country = Some(identity.country.as_str()).filter(|country| !country.is_empty());
    let acted_at = acting.acted_at;
    let field = || "identity_number".to_string();
    let written = sqlx::query!(
        "insert into person_identity (blind_index, person_id, kind, country, key_version,
                                      ciphertext, recorded_at, from_on, until_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict on constraint person_identity_key do update
         set key_version = excluded.key_version, ciphertext = excluded.ciphertext,
             ended_at = null, from_on = excluded.from_on, until_on = excluded.until_on,
             ended_as = null, successor = null
         where person_identity.ended_at is not null",
        index,
        person_id,
        identity.kind as i16,
        country,
        sealed.key_version,
        sealed.ciphertext,
        acted_at,
        valid.from_on,
        valid.until_on,
    )
    .execute(acting.db())
    .await
    .on_constraint("identity_number_taken", || Refused::IdentityNumberTaken { field: field() })?
    .rows_affected();
    if written == 0 {
        return Err(Refused::HeldAlready { field: field() }.into());
    }
    Ok(index)
}

/// A number was never somebody's, who is locked: it is free. A document that it is written to be in the
/// place of has none.
pub async fn take_back(acting: &mut Acting, person_id: Uuid, index: &[u8]) -> Result<(), Failure> {
    let acted_at = acting.acted_at;
    sqlx::query!(
        "update person_identity set ended_at = $3 where person_id = $1 and blind_index = $2",
        person_id,
        index,
        acted_at,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
