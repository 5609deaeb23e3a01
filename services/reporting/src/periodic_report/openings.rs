//! What was opened, and how complete it is.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::reference::Form;
use crate::ground::refused::Refused;

/// A form, opened for a period.
pub struct Opening {
    /// Which.
    pub opening_id: Uuid,
    /// Who opened it.
    pub organisation_id: Uuid,
    /// What that was called on the cut-off day.
    pub organisation_name: String,
    /// About which days.
    pub period: Period,
    /// Who lay there on this day.
    pub cutoff_on: Date,
    /// By when.
    pub due_on: Date,
    /// One, or one for each level.
    pub forms: Vec<Form>,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// When.
    pub opened_at: OffsetDateTime,
    /// How many are to report.
    pub reporters: i32,
    /// When it was taken back, and why.
    pub withdrawal: Option<(OffsetDateTime, String)>,
}

struct Row {
    opening_id: Uuid,
    organisation_id: Uuid,
    organisation_name: String,
    from_on: Date,
    through_on: Date,
    cutoff_on: Date,
    due_on: Date,
    grassroots_form: Option<Json<Form>>,
    superior_form: Option<Json<Form>>,
    decision_id: Option<Uuid>,
    opened_at: OffsetDateTime,
    reporters: i32,
    withdrawn_at: Option<OffsetDateTime>,
    withdrawal_reason: Option<String>,
}

impl Row {
    fn opening(self) -> Opening {
        Opening {
            opening_id: self.opening_id,
            organisation_id: self.organisation_id,
            organisation_name: self.organisation_name,
            period: Period { from: self.from_on, through: self.through_on },
            cutoff_on: self.cutoff_on,
            due_on: self.due_on,
            forms: [self.grassroots_form, self.superior_form]
                .into_iter()
                .flatten()
                .map(|Json(form)| form)
                .collect(),
            decision_id: self.decision_id,
            opened_at: self.opened_at,
            reporters: self.reporters,
            withdrawal: self.withdrawn_at.zip(self.withdrawal_reason),
        }
    }
}

/// What an organisation of the caller's scope opened, and in which it is to report, in the order in which they
/// were opened: at most so many, after one.
pub async fn openings(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Opening>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/periodic_report/openings.sql",
        organisation_id,
        after.unwrap_or(Uuid::nil()),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::opening).collect())
}

/// One opening, of the caller's scope or asked about for an organisation that is, and takes part in it.
pub async fn opening(
    connection: &mut PgConnection,
    opening_id: Uuid,
    organisation_id: Option<Uuid>,
) -> Result<Opening, Failure> {
    let row =
        sqlx::query_file_as!(Row, "src/periodic_report/opening.sql", opening_id, organisation_id,)
            .fetch_optional(&mut *connection)
            .await?;
    match row {
        Some(row) => Ok(row.opening()),
        None => {
            let unknown = Refused::PeriodicReportOpeningUnknown { opening_id };
            Err(unknown_or_denied(connection, unknown).await)
        }
    }
}

/// How complete an opening is, and how punctual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Handed in by the day.
    pub in_time: i32,
    /// Handed in after it.
    pub late: i32,
    /// Not handed in, and the day has not passed.
    pub awaited: i32,
    /// Not handed in, and the day has passed.
    pub missing: i32,
    /// Not asked any longer.
    pub waived: i32,
    /// Of those that are handed in: approved, with nothing open since.
    pub approved: i32,
}

/// Of all who are to report, or of an organisation and those below it, as things stand on a day.
pub async fn completeness(
    connection: &mut PgConnection,
    opening_id: Uuid,
    organisation_id: Option<Uuid>,
    on: Date,
) -> Result<Completeness, Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where not waived and submitted_on <= due_on)::integer as "in_time!",
                  count(*) filter (where not waived and submitted_on > due_on)::integer as "late!",
                  count(*) filter (where not waived and submitted_on is null and $3 <= due_on)::integer as "awaited!",
                  count(*) filter (where not waived and submitted_on is null and $3 > due_on)::integer as "missing!",
                  count(*) filter (where waived)::integer as "waived!",
                  count(*) filter (where state = 'APPROVED')::integer as "approved!"
           from (
               select r.state, r.state = 'WAIVED' as waived, o.due_on,
                      case when r.submitted_on <= $3 then r.submitted_on end as submitted_on
               from periodic_report r
               join periodic_report_opening o using (opening_id)
               where r.opening_id = $1
                 and ($2::uuid is null or r.organisation_id = $2 or $2 = any (r.above))
           ) report"#,
        opening_id,
        organisation_id,
        on,
    )
    .fetch_one(connection)
    .await?;
    Ok(Completeness {
        in_time: row.in_time,
        late: row.late,
        awaited: row.awaited,
        missing: row.missing,
        waived: row.waived,
        approved: row.approved,
    })
}
