//! Exports, as far as they are.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::export::export_members::unknown;

/// An export of somebody's own.
#[derive(Debug)]
pub struct Export {
    /// The id that she chose.
    pub export_id: Uuid,
    /// Of which organisation.
    pub organisation_id: Uuid,
    /// And of those under it.
    pub with_subtree: bool,
    /// On which day.
    pub as_of: Date,
    /// `membership.v1.FileFormat`.
    pub format: i16,
    /// With identity numbers and phones.
    pub with_identity: bool,
    /// `membership.v1.ExportState`.
    pub state: i16,
    /// People in the file.
    pub lines_written: i64,
    /// Of so many.
    pub lines: Option<i64>,
    /// Of the file.
    pub bytes: i64,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// Until when it can be fetched.
    pub kept_until: Option<OffsetDateTime>,
    /// Why it failed.
    pub reason: Option<String>,
    /// In Vietnamese.
    pub vi: Option<String>,
    /// In English.
    pub en: Option<String>,
}

/// An export that this caller asked for.
pub async fn get(
    connection: &mut PgConnection,
    principal: &str,
    export_id: Uuid,
) -> Result<Export, Failure> {
    let found = sqlx::query_as!(
        Export,
        "select export_id, organisation_id, with_subtree, as_of, format, with_identity, state,
                lines_written, lines, bytes, asked_at, kept_until, reason, vi, en
         from member_export where principal = $1 and export_id = $2 and access.holds()",
        principal,
        export_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    match found {
        Some(found) => Ok(found),
        None => Err(unknown(connection, export_id).await),
    }
}
