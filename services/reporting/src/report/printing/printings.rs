//! How far printings are.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// A printing.
pub struct Printing {
    /// The id that whoever asked for it chose.
    pub printing_id: Uuid,
    /// `reporting.v1.PrintingState`.
    pub state: i16,
    /// Reports that are done.
    pub printed: i32,
    /// Of so many.
    pub reports: i32,
    /// Of those that are done, those that could not be printed.
    pub not_printed: i32,
    /// Of the files.
    pub bytes: i64,
    /// When.
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

/// A printing that this caller asked for.
pub async fn get(
    connection: &mut PgConnection,
    principal: &str,
    printing_id: Uuid,
) -> Result<Printing, Failure> {
    let found = sqlx::query_as!(
        Printing,
        r#"select printing_id, state, printed, cardinality(organisation_ids) as "reports!", not_printed,
                  bytes, asked_at, kept_until, reason, vi, en
           from report_printing where principal = $1 and printing_id = $2 and access.holds()"#,
        principal,
        printing_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    match found {
        Some(found) => Ok(found),
        None => Err(unknown_or_denied(connection, Refused::PrintingUnknown { printing_id }).await),
    }
}
