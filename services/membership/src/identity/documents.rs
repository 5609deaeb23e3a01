//! The documents of a person, with their numbers for those who may read them.

use chassis::access::roles;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::document::DOCUMENTS_MAX;
use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::scope;

/// The permission of reading identity numbers and phones.
const IDENTITY_READ: &str = "membership.identity.read";

/// A document, as the caller may read it.
#[derive(Debug)]
pub struct Listed {
    /// Its name among those of the person.
    pub document_id: Uuid,
    /// `membership.v1.IdentityKind`.
    pub kind: i16,
    /// Of a passport.
    pub country: Option<String>,
    /// The number, for those who may read it.
    pub number: Option<String>,
    /// The first day on which it is valid.
    pub from_on: Option<Date>,
    /// The first on which it is not any longer.
    pub until_on: Option<Date>,
    /// `membership.v1.DocumentEnd`, where it was ended.
    pub ended_as: Option<i16>,
    /// The document in its place.
    pub replaced_by_id: Option<Uuid>,
}

struct Row {
    blind_index: Vec<u8>,
    kind: i16,
    country: Option<String>,
    key_version: i32,
    ciphertext: Vec<u8>,
    from_on: Option<Date>,
    until_on: Option<Date>,
    ended_as: Option<i16>,
    successor: Option<Vec<u8>>,
}

/// All of them, those that are valid today first; and who may read their numbers, where the caller
/// may not.
pub async fn list(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<(Vec<Listed>, Vec<&'static str>), Failure> {
    let held = scope::reading(connection, person_id, &[IDENTITY_READ]).await?;
    let identified = held.first().copied().unwrap_or_default();
    let most = i64::try_from(DOCUMENTS_MAX).unwrap_or(i64::MAX);
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Row,
                "select blind_index, kind, country, key_version, ciphertext, from_on, until_on,
                        ended_as, successor
                 from person_identity
                 where person_id = $1 and ended_at is null
                 order by (until_on is null or until_on > access.today()) desc, kind,
                          recorded_at desc, blind_index
                 limit $2",
                person_id,
                most,
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Row,
                r#"select blind_index as "blind_index!", kind as "kind!", country as "country?",
                          key_version as "key_version!", ciphertext as "ciphertext!",
                          from_on as "from_on?", until_on as "until_on?",
                          ended_as as "ended_as?", successor as "successor?"
                   from person_identity_known
                   where person_id = $1 and ended_at is null and recorded @> $3::timestamptz
                   order by (until_on is null or until_on > access.today()) desc, kind,
                            lower(recorded) desc, blind_index
                   limit $2"#,
                person_id,
                most,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    let listed = rows.into_iter().map(|row| {
        let sealed = Sealed { key_version: row.key_version, ciphertext: row.ciphertext };
        let number = identified
            .then(|| keys.open_sealed(Column::IdentityNumber, person_id, &sealed))
            .transpose()?;
        Ok(Listed {
            document_id: keys.document_id(person_id, &row.blind_index),
            kind: row.kind,
            country: row.country,
            number,
            from_on: row.from_on,
            until_on: row.until_on,
            ended_as: row.ended_as,
            replaced_by_id: row.successor.map(|index| keys.document_id(person_id, &index)),
        })
    });
    let listed = listed.collect::<anyhow::Result<Vec<_>>>()?;
    let held_by = if identified { Vec::new() } else { roles::holding(IDENTITY_READ).collect() };
    Ok((listed, held_by))
}
