//! A report, as it is read.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::reference::Form;
use crate::ground::refused::Refused;
use crate::periodic_report::content::Content;
use crate::periodic_report::lines::{Line, report};
use crate::periodic_report::previous::previous;

/// Steps that are told of a report, at most.
const STEPS_MAX: i64 = 100;

/// A report, whole.
pub struct Told {
    /// Who reports, and how it stands.
    pub line: Line,
    /// What it fills.
    pub form: Form,
    /// Whose form that is.
    pub period: Period,
    /// What it says.
    pub content: Content,
    /// Rows that are open again.
    pub reopened: Vec<String>,
    /// What it said of the period before.
    pub previous: Option<Content>,
    /// Of those who report to it.
    pub below: i32,
    /// How many of them it has added up.
    pub consolidated: i32,
    /// How many of these are another edition now.
    pub stale: i32,
    /// The newest first.
    pub steps: Vec<Step>,
}

/// What was done to it.
pub struct Step {
    /// What it came to.
    pub revision: i32,
    /// Of which edition.
    pub edition: i32,
    /// What.
    pub step: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: OffsetDateTime,
    /// What was said with it.
    pub message: String,
}

struct Row {
    from_on: Date,
    through_on: Date,
    content: Json<Content>,
    approved: Option<Json<Content>>,
    reopened: Vec<String>,
    form: Json<Form>,
    below: i32,
    consolidated: i32,
    stale: i32,
}

/// A report that the caller may read, as it is now, or as it was approved last.
pub async fn told_report(
    connection: &mut PgConnection,
    report_id: Uuid,
    approved: bool,
    today: Date,
) -> Result<Told, Failure> {
    let Some(line) = report(&mut *connection, report_id, today).await? else {
        let unknown = Refused::PeriodicReportUnknown { report_id };
        return Err(unknown_or_denied(connection, unknown).await);
    };
    let row = sqlx::query_file_as!(Row, "src/periodic_report/told_report.sql", report_id)
        .fetch_one(&mut *connection)
        .await?;
    let steps = sqlx::query_as!(
        Step,
        r#"select revision as "revision!", edition as "edition!", step as "step!", actor as "actor!",
                  at as "at!", message as "message!"
           from periodic_report_step
           where report_id = $1
           order by revision desc
           limit $2"#,
        report_id,
        STEPS_MAX,
    )
    .fetch_all(&mut *connection)
    .await?;
    let period = Period { from: row.from_on, through: row.through_on };
    let form = row.form.0;
    let of = (line.organisation_id, form.code.as_str(), period);
    let previous = previous(connection, report_id, of).await?;
    let content = match approved {
        true => row.approved.map(|Json(content)| content).unwrap_or_default(),
        false => row.content.0,
    };
    Ok(Told {
        line,
        form,
        period,
        content,
        reopened: row.reopened,
        previous,
        below: row.below,
        consolidated: row.consolidated,
        stale: row.stale,
        steps,
    })
}
