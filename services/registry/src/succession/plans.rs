//! Succession plans in force on a date.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, Asked, Page, in_scope};

/// Who is prepared for a post, for a term.
#[derive(Debug)]
pub struct SuccessionPlan {
    /// UUIDv7.
    pub succession_plan_id: Uuid,
    /// Whose post it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// For example `CHAIR`.
    pub position: String,
    /// The term's first year.
    pub term_from_year: i32,
    /// The term's last year.
    pub term_to_year: i32,
    /// When it was planned.
    pub planned_on: Date,
    /// The first in line first.
    pub candidate_ids: Vec<Uuid>,
    /// The decision that approved it.
    pub decision_id: Option<Uuid>,
}

/// Whose plans, as of when.
#[derive(Debug)]
pub struct PlansAsked {
    /// The organisation.
    pub organisation_id: Uuid,
    /// On which date, known when.
    pub as_of: AsOf,
    /// Only for the term that begins in this year.
    pub term_from_year: Option<i32>,
    /// Only the organisation's own.
    pub own_only: bool,
}

/// A page of plans, in order of their ids.
pub async fn succession_plans(
    reading: &mut Reading,
    of: &PlansAsked,
    asked: &Asked<'_>,
) -> Result<Page<SuccessionPlan>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    let plans = sqlx::query_file_as!(
        SuccessionPlan,
        "src/succession/succession_plans.sql",
        of.organisation_id,
        of.own_only,
        of.as_of.on,
        of.term_from_year,
        after,
        asked.limit(),
        of.as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(plans, |plan| plan.succession_plan_id)
}
