//! PrintReports: reports of many organisations are asked for. A worker prints them.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::refused::Refused;
use crate::report::paper::Said;

/// Printings of one subject that are under way or can be fetched, at most.
const MOST: i64 = 5;

/// What is to be printed.
pub struct PrintReports {
    /// The printing's own id.
    pub printing_id: Uuid,
    /// For whom, in order.
    pub organisation_ids: Vec<Uuid>,
    /// The template's code.
    pub template: String,
    /// Over which period.
    pub period: Period,
    /// As of a day, or as then.
    pub as_of: Option<Date>,
    /// What was chosen.
    pub parameters: Vec<(String, String)>,
    /// What the headings say.
    pub said: Said,
    /// `reporting.v1.ReportFormat`.
    pub format: i16,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The printing.
    pub printing_id: Uuid,
}

impl Act for PrintReports {
    type Answer = Asked;

    async fn perform(self, acting: &mut Acting) -> Result<Asked, Failure> {
        self.in_scope(acting).await?;
        let principal = acting.caller.principal();
        // Two that she asks for at once are counted one after the other.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 220))", principal)
            .execute(acting.db())
            .await?;
        let held = sqlx::query_scalar!(
            r#"select count(*) as "held!" from report_printing
               where principal = $1 and state in (1, 2, 3)"#,
            principal,
        )
        .fetch_one(acting.db())
        .await?;
        if held >= MOST {
            return Err(Refused::PrintingsTooMany { most: MOST }.into());
        }
        let (caller, acted_at) = (acting.caller.clone(), acting.acted_at);
        sqlx::query!(
            "insert into report_printing
                 (printing_key, principal, printing_id, issuer, subject, office, purpose,
                  organisation_ids, template, from_on, through_on, as_of, parameters, heading,
                  format, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            Uuid::now_v7(),
            principal,
            self.printing_id,
            caller.issuer,
            caller.subject,
            caller.office,
            caller.purpose,
            &self.organisation_ids,
            self.template,
            self.period.from,
            self.period.through,
            self.as_of,
            Json(&self.parameters) as Json<&Vec<(String, String)>>,
            Json(&self.said) as Json<&Said>,
            self.format,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(Asked { printing_id: self.printing_id })
    }
}

impl PrintReports {
    /// Refuses the first organisation that is unknown or out of scope.
    async fn in_scope(&self, acting: &mut Acting) -> Result<(), Failure> {
        let known = sqlx::query_scalar!(
            "select organisation_id from organisation
             where organisation_id = any($1) and access.covers(organisation_id)",
            &self.organisation_ids,
        )
        .fetch_all(acting.db())
        .await?;
        let missing = self.organisation_ids.iter().enumerate().find(|(_, id)| !known.contains(id));
        let Some((n, organisation_id)) = missing else { return Ok(()) };
        let unknown = Refused::OrganisationUnknown {
            field: format!("organisation_ids[{n}]"),
            organisation_id: *organisation_id,
        };
        Err(unknown_or_denied(acting.db(), unknown).await)
    }
}
