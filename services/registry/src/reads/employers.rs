//! Employers without a union, and how far campaigns have got.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use super::{Asked, Page, in_scope};

/// An employer as its last survey by a date found it.
#[derive(Debug)]
pub struct Employer {
    /// UUIDv7.
    pub employer_id: Uuid,
    /// Where one is known.
    pub tax_code: Option<String>,
    /// NFC.
    pub name: String,
    /// For example `NNN_TNHH`.
    pub sector: Option<String>,
    /// Workers.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
    /// When.
    pub surveyed_on: Date,
    /// By whom.
    pub surveyor_id: Uuid,
    /// The stage of its campaign.
    pub stage: Option<String>,
}

/// Employers at one stage.
#[derive(Debug)]
pub struct FunnelStage {
    /// For example `CANVASSED`.
    pub stage: String,
    /// Whose campaign stood here.
    pub standing: i64,
    /// Whose campaign had been here.
    pub reached: i64,
}

/// A page of employers without a living union, largest first.
pub async fn without_union(
    reading: &mut Reading,
    (organisation_id, min_workforce, on): (Uuid, i32, Date),
    asked: &Asked<'_>,
) -> Result<Page<Employer>, Failure> {
    let after: Option<(i32, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_workforce, after_id) = after.unzip();
    let employers = sqlx::query_file_as!(
        Employer,
        "src/reads/employers_without_union.sql",
        organisation_id,
        min_workforce,
        on,
        after_workforce,
        after_id,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(employers, |employer| (employer.workforce, employer.employer_id))
}

/// How many employers stood where on a date, stages in their order.
pub async fn funnel(
    reading: &mut Reading,
    (organisation_id, min_workforce, on): (Uuid, i32, Date),
) -> Result<Vec<FunnelStage>, Failure> {
    in_scope(reading, "organisation_id", organisation_id).await?;
    let stages = sqlx::query_file_as!(
        FunnelStage,
        "src/reads/campaign_funnel.sql",
        organisation_id,
        min_workforce,
        on,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(stages)
}
