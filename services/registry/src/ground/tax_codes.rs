//! How many tax codes somebody may ask about.
//!
//! That somebody in the country has surveyed an employer is told to whoever would write the same
//! tax code down a second time, though never by whom, nor where. So it is told, and counted: a
//! survey that writes nothing counts each tax code that it names. What is written in the end counts
//! nothing: it is there for others to see.

use chassis::call::Call;
use chassis::database::{Database, today};
use chassis::refusal::Failure;
use serde::Deserialize;
use time::Duration;
use tonic::{Code, Status};

use crate::ground::refused::Refused;

/// What can be configured.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How many tax codes a subject may ask about in a day by calls that write nothing.
    pub tax_codes_a_day: i32,
}

/// For how many days the counts are kept.
const KEPT: Duration = Duration::days(31);

/// Counts so many tax codes as asked about by this caller today, or refuses where they would be
/// more than she may ask about.
pub async fn count(
    database: &Database,
    config: Config,
    call: &Call,
    tax_codes: usize,
) -> Result<(), Failure> {
    let tax_codes = i32::try_from(tax_codes).unwrap_or(i32::MAX);
    if tax_codes == 0 {
        return Ok(());
    }
    let (principal, on, most) = (call.caller.principal(), today(), config.tax_codes_a_day);
    // In a transaction of its own: a refused act takes its own along, and is counted still.
    let counted = sqlx::query!(
        "insert into tax_code_asked as known (principal, asked_on, tax_codes)
         select $1, $2, $3::integer where $3 <= $4::integer
         on conflict on constraint tax_code_asked_key do update
         set tax_codes = known.tax_codes + excluded.tax_codes
         where known.tax_codes <= $4 - excluded.tax_codes",
        principal,
        on,
        tax_codes,
        most,
    )
    .execute(database.pool())
    .await?
    .rows_affected();
    sqlx::query!(
        "delete from tax_code_asked where principal = $1 and asked_on < $2",
        principal,
        on - KEPT,
    )
    .execute(database.pool())
    .await?;
    if counted == 0 {
        return Err(Refused::TaxCodeQuotaExhausted { most }.into());
    }
    Ok(())
}

/// Whether this refusal may tell that a tax code is known, or is not: one that an act gives after
/// it has looked.
pub fn tells(refusal: &Status) -> bool {
    matches!(
        refusal.code(),
        Code::AlreadyExists | Code::FailedPrecondition | Code::NotFound | Code::Internal
    )
}
