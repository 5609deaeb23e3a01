//! Employers, their unions, and how far campaigns have got.

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::codes::{Coded, refuse_unknown};
use crate::ground::reading::{Asked, Page, in_scope};
use crate::ground::refused::Refused;

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
    /// For example `CTCP`.
    pub enterprise_type: Option<String>,
    /// Workers.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
    /// When.
    pub surveyed_on: Date,
    /// By whom.
    pub surveyor_id: Uuid,
    /// Its living unions.
    pub union_ids: Vec<Uuid>,
    /// The stage of its campaign.
    pub stage: Option<String>,
}

/// Whose employers, which, as of when.
#[derive(Debug)]
pub struct EmployersAsked {
    /// Who surveyed them.
    pub organisation_id: Uuid,
    /// At least so many workers.
    pub min_workforce: Option<i32>,
    /// At most so many workers.
    pub max_workforce: Option<i32>,
    /// Only of this kind.
    pub enterprise_type: Option<String>,
    /// Only those without a living union.
    pub without_union: bool,
    /// The date.
    pub on: Date,
}

/// A page of employers, largest first.
pub async fn employers(
    reading: &mut Reading,
    of: &EmployersAsked,
    asked: &Asked<'_>,
) -> Result<Page<Employer>, Failure> {
    let after: Option<(i32, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    let kind = of.enterprise_type.as_deref().map(Coded::EnterpriseType);
    refuse_unknown(reading, "enterprise_type", kind).await?;
    let (after_workforce, after_id) = after.unzip();
    let employers = sqlx::query_file_as!(
        Employer,
        "src/employer/employers.sql",
        of.organisation_id,
        of.min_workforce,
        of.max_workforce,
        of.enterprise_type.as_deref(),
        of.on,
        of.without_union,
        after_workforce,
        after_id,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(employers, |employer| (employer.workforce, employer.employer_id))
}

/// What one survey found of an employer.
#[derive(Debug)]
pub struct Survey {
    /// When.
    pub surveyed_on: Date,
    /// By whom.
    pub surveyor_id: Uuid,
    /// NFC.
    pub name: String,
    /// For example `NNN_TNHH`.
    pub sector: Option<String>,
    /// For example `CTCP`.
    pub enterprise_type: Option<String>,
    /// Workers.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
}

/// A union of an employer.
#[derive(Debug)]
pub struct UnionOfEmployer {
    /// The union.
    pub union_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day without it.
    pub until_on: Option<Date>,
}

/// All that is known of an employer.
#[derive(Debug)]
pub struct EmployerHistory {
    /// UUIDv7.
    pub employer_id: Uuid,
    /// Where one is known.
    pub tax_code: Option<String>,
    /// In the order of their days.
    pub surveys: Vec<Survey>,
    /// In the order of their first days.
    pub unions: Vec<UnionOfEmployer>,
}

/// An employer by its surveys and unions, where its last surveyor is in scope.
pub async fn employer(
    reading: &mut Reading,
    employer_id: Uuid,
) -> Result<EmployerHistory, Failure> {
    let known = sqlx::query_scalar!(
        "select tax_code from employer
         where employer_id = $1
           and access.covers((select surveyor_id from employer_survey survey
                              where survey.employer_id = $1
                              order by surveyed_on desc limit 1))",
        employer_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    let Some(tax_code) = known else {
        let refusal = Refused::EmployerUnknown { employer_id }.at("employer_id");
        return Err(unknown_or_denied(reading, refusal).await);
    };
    let surveys = sqlx::query_as!(
        Survey,
        "select surveyed_on, surveyor_id, name, sector, enterprise_type, workforce,
                workforce_female
         from employer_survey
         where employer_id = $1
         order by surveyed_on",
        employer_id,
    )
    .fetch_all(&mut **reading)
    .await?;
    let unions = sqlx::query_as!(
        UnionOfEmployer,
        r#"select union_id, lower(valid) as "from_on!", upper(valid) as until_on
           from employer_union
           where employer_id = $1 and upper_inf(recorded)
           order by lower(valid), union_id"#,
        employer_id,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(EmployerHistory { employer_id, tax_code, surveys, unions })
}

/// A campaign and where it stood on a date.
#[derive(Debug)]
pub struct Campaign {
    /// UUIDv7.
    pub campaign_id: Uuid,
    /// Who campaigns.
    pub organisation_id: Uuid,
    /// For whose workers.
    pub employer_id: Uuid,
    /// When its first stage was reached.
    pub opened_on: Date,
    /// For example `BLOCKED`.
    pub stage: String,
    /// Since when it stood there.
    pub reached_on: Date,
    /// Why, at `BLOCKED`.
    pub block_reason: String,
    /// The union, at `FOUNDED`.
    pub union_id: Option<Uuid>,
}

/// A page of campaigns, in order of their ids.
pub async fn campaigns(
    reading: &mut Reading,
    (organisation_id, on, stage): (Uuid, Date, Option<String>),
    asked: &Asked<'_>,
) -> Result<Page<Campaign>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    refuse_unknown(reading, "stage", stage.as_deref().map(Coded::Stage)).await?;
    let campaigns = sqlx::query_file_as!(
        Campaign,
        "src/employer/campaigns.sql",
        organisation_id,
        on,
        stage,
        after,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(campaigns, |campaign| campaign.campaign_id)
}

/// Whose funnel, of how large employers, when.
#[derive(Debug)]
pub struct FunnelAsked {
    /// Who campaigns.
    pub organisation_id: Uuid,
    /// At least so many workers.
    pub min_workforce: i32,
    /// The date.
    pub on: Date,
    /// From which day on stages count as reached; none means ever.
    pub from_on: Option<Date>,
    /// Also for each organisation directly below.
    pub by_unit: bool,
}

/// Employers at one stage.
#[derive(Debug)]
pub struct FunnelStage {
    /// For which of the organisations; none for all of them.
    pub unit_id: Option<Uuid>,
    /// For example `CANVASSED`.
    pub stage: String,
    /// Whose campaign stood here.
    pub standing: i64,
    /// Whose campaign got here.
    pub reached: i64,
}

/// How many employers stood where on a date, stages in their order: of the whole first, then
/// unit by unit.
pub async fn funnel(reading: &mut Reading, of: &FunnelAsked) -> Result<Vec<FunnelStage>, Failure> {
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    let stages = sqlx::query_file_as!(
        FunnelStage,
        "src/employer/campaign_funnel.sql",
        of.organisation_id,
        of.min_workforce,
        of.on,
        of.from_on,
        of.by_unit,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(stages)
}
