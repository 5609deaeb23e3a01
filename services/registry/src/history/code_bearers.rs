//! Who bears or bore a code.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An organisation that bore a code.
#[derive(Debug)]
pub struct CodeBearer {
    /// Who.
    pub organisation_id: Uuid,
    /// From this day on.
    pub from_on: Date,
    /// Until the day before; none while no such day is known.
    pub until_on: Option<Date>,
}

/// Every bearer in the caller's scope, in the order of the days.
pub async fn code_bearers(
    reading: &mut Reading,
    code: &str,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<CodeBearer>, Failure> {
    let bearers = sqlx::query_as!(
        CodeBearer,
        r#"select organisation_id, lower(valid) as "from_on!", upper(valid) as until_on
           from organisation_code
           where code = $1 and recorded @> coalesce($2::timestamptz, 'infinity')
             and access.covers(organisation_id)
           order by lower(valid), organisation_id"#,
        code,
        known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(bearers)
}
