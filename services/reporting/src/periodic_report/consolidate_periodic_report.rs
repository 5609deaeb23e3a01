//! ConsolidatePeriodicReport: a superior's report is filled with what those below it have reported.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::periodic_report::computed::Computed;
use crate::periodic_report::content::{Below, Content, consolidate};
use crate::periodic_report::held::{Held, Of, On, hold_report};
use crate::periodic_report::state::Step;

/// Which report, and what was counted for it.
pub struct ConsolidatePeriodicReport {
    /// The report.
    pub of: Of,
    /// What the caller's reading counted, just before.
    pub computed: Computed,
}

/// What was added up.
#[derive(Debug, Serialize, Deserialize)]
pub struct Consolidated {
    /// From now on.
    pub revision: i32,
    /// How many reports.
    pub consolidated: i32,
    /// How many were not there; those that were waived are not missed.
    pub missing: i32,
}

impl Act for ConsolidatePeriodicReport {
    type Answer = Consolidated;

    async fn perform(self, acting: &mut Acting) -> Result<Consolidated, Failure> {
        let mut held = hold_report(acting, self.of, On::Reporter).await?;
        held.step(Step::Consolidated)?;
        let (below, missing) = below(acting, &held).await?;
        if below.is_empty() && missing == 0 {
            return Err(Refused::PeriodicReportNothingBelow { report_id: held.report_id }.into());
        }
        let distinct = self.computed.fill(&mut held.content);
        consolidate(&held.form, &mut held.content, &below, &distinct).map_err(|_| {
            let field = "report_id".to_string();
            Refused::PeriodicReportValueOutOfRange { field, limit: i64::MAX }
        })?;
        consumed(acting, held.report_id, &below).await?;
        let consolidated = i32::try_from(below.len()).unwrap_or(i32::MAX);
        let revision = held.write(acting, Step::Consolidated, "").await?;
        Ok(Consolidated { revision, consolidated, missing })
    }
}

/// What those who report to it have had approved, and how many have not; one whose next edition has
/// begun still counts as it was approved.
async fn below(acting: &mut Acting, held: &Held) -> Result<(Vec<Below>, i32), Failure> {
    let rows = sqlx::query!(
        r#"select report_id as "report_id!", state = 'WAIVED' as "waived!",
                  approved as "approved?: Json<Content>", approved_edition as "approved_edition?"
           from periodic_report
           where opening_id = $1 and superior_id = $2 and access.covers(superior_id)
           order by report_id"#,
        held.opening_id,
        held.organisation_id,
    )
    .fetch_all(acting.db())
    .await?;
    let mut below = Vec::new();
    let mut missing = 0;
    for row in rows {
        match (row.approved, row.approved_edition) {
            (Some(Json(content)), Some(edition)) => {
                below.push(Below { report_id: row.report_id, edition, content });
            }
            _ if row.waived => {}
            _ => missing += 1,
        }
    }
    Ok((below, missing))
}

async fn consumed(acting: &mut Acting, report_id: Uuid, below: &[Below]) -> Result<(), Failure> {
    sqlx::query!("delete from periodic_report_consumed where report_id = $1", report_id)
        .execute(acting.db())
        .await?;
    let ids: Vec<Uuid> = below.iter().map(|one| one.report_id).collect();
    let editions: Vec<i32> = below.iter().map(|one| one.edition).collect();
    sqlx::query!(
        "insert into periodic_report_consumed (report_id, below_id, edition)
         select $1, line.below_id, line.edition
         from unnest($2::uuid[], $3::integer[]) as line (below_id, edition)",
        report_id,
        &ids,
        &editions,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
