//! What happened to one person, by day.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::merged;
use crate::ground::refused::Refused;

/// What takes a permission of its own, by `membership.v1.TimelineKind`.
const PERMISSIONS: [(i16, &str); 10] = [
    (3, "membership.standing.read"),
    (4, "membership.discipline.read"),
    (5, "membership.training.read"),
    (6, "membership.party.read"),
    (7, "membership.cadre.read"),
    (8, "membership.delegation.read"),
    (9, "membership.honour.read"),
    (10, "membership.emulation.read"),
    (11, "membership.welfare.read"),
    (12, "membership.dispute_case.read"),
];

/// Something that happened to her.
#[derive(Debug)]
pub struct Entry {
    /// `membership.v1.TimelineKind`.
    pub kind: i16,
    /// The day, or the first.
    pub on_date: Date,
    /// The first day after it, of what lasts.
    pub until_on: Option<Date>,
    /// Which it is.
    pub about_id: Uuid,
    /// Whose it is.
    pub organisation_id: Uuid,
    /// What it is.
    pub code: String,
    /// More of it.
    pub detail: String,
    /// In đồng.
    pub amount_vnd: i64,
}

/// A page of a person of the caller's scope.
pub async fn of(
    connection: &mut PgConnection,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Entry>, Failure> {
    let person_id = merged::survivor(connection, person_id, known_at).await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select persons_in_scope(array[$1]::uuid[])) as "known!""#,
        person_id,
    )
    .fetch_one(&mut *connection)
    .await?;
    if !known {
        let unknown = Refused::PersonUnknown { field: "person_id".to_string() };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    let kinds = readable(connection, person_id).await?;
    let person_ids = all_of(connection, person_id, known_at).await?;
    let after = asked.after::<(Date, i16, Uuid, String)>()?;
    let (on, kind, about, code) = match after {
        Some((on, kind, about, code)) => (Some(on), Some(kind), Some(about), Some(code)),
        None => (None, None, None, None),
    };
    let rows = match known_at {
        None => {
            sqlx::query_file_as!(
                Entry,
                "src/timeline/entries.sql",
                &person_ids,
                &kinds,
                on,
                kind,
                about,
                code,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_file_as!(
                Entry,
                "src/timeline/entries_known.sql",
                &person_ids,
                &kinds,
                on,
                kind,
                about,
                code,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |entry| (entry.on_date, entry.kind, entry.about_id, entry.code.clone()))
}

/// Herself, and all who were found to be her, as is known, or was known then.
async fn all_of(
    connection: &mut PgConnection,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Uuid>, Failure> {
    let mut all = match known_at {
        None => {
            let merged = merged::into(connection, &[person_id]).await?;
            merged.into_iter().map(|(other, _)| other).collect()
        }
        Some(at) => {
            sqlx::query_scalar!(
                r#"select person_id as "person_id!" from person_merge_known
                   where root_id = $1 and recorded @> $2::timestamptz"#,
                person_id,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    all.push(person_id);
    Ok(all)
}

/// The kinds that the caller may read of the person, by what she may read where the person lies.
async fn readable(connection: &mut PgConnection, person_id: Uuid) -> Result<Vec<i16>, Failure> {
    let (kinds, permissions): (Vec<i16>, Vec<&str>) = PERMISSIONS.into_iter().unzip();
    let mut readable = sqlx::query_scalar!(
        r#"select kind as "kind!"
           from unnest($2::smallint[], $3::text[]) as asked (kind, permission)
           where exists (select from person_scope($1) as scope (organisation_id)
                         where access.covers_with(scope.organisation_id, asked.permission))"#,
        person_id,
        &kinds,
        &permissions as &[&str],
    )
    .fetch_all(connection)
    .await?;
    // Where she is a member, whoever may read the person may know.
    readable.extend([1, 2]);
    Ok(readable)
}
