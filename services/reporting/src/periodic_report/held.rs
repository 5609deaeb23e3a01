//! A report about to be changed: read, locked, and written with the step that changes it.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::period::Period;
use crate::ground::reference::Form;
use crate::ground::refused::Refused;
use crate::periodic_report::content::Content;
use crate::periodic_report::state::{State, Step};
use crate::periodic_report::telling::{Moved, report_moved};

/// Whose right it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The reporter's.
    Reporter,
    /// That of the superior to whom it reports; of the organisation that opened it, its own.
    Superior,
}

/// What a call says of a report: which, and on which revision of it.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    /// Which.
    pub report_id: Uuid,
    /// The revision that the caller has read.
    pub read: Option<i32>,
}

/// A report, locked.
pub struct Held {
    /// Which.
    pub report_id: Uuid,
    /// Of which opening.
    pub opening_id: Uuid,
    /// The reporter.
    pub organisation_id: Uuid,
    /// About which days.
    pub period: Period,
    /// How it stands.
    pub state: State,
    /// 1, 2, …
    pub edition: i32,
    /// 1 more by each step.
    pub revision: i32,
    /// What it says.
    pub content: Content,
    /// Rows that are open again.
    pub reopened: Vec<String>,
    /// When it was handed in.
    pub submitted_on: Option<Date>,
    /// What was approved last, and as which edition.
    pub approved: Option<(Content, i32)>,
    /// What it fills.
    pub form: Form,
}

struct Row {
    opening_id: Uuid,
    organisation_id: Uuid,
    from_on: Date,
    through_on: Date,
    state: String,
    edition: i32,
    revision: i32,
    content: Json<Content>,
    reopened: Vec<String>,
    submitted_on: Option<Date>,
    approved: Option<Json<Content>>,
    approved_edition: Option<i32>,
    form: Json<Form>,
    withdrawn: bool,
}

/// Locks a report of the caller's scope, and reads it. Refused are another revision than the one that the
/// caller has read, and an opening that was withdrawn.
pub async fn hold_report(acting: &mut Acting, of: Of, on: On) -> Result<Held, Failure> {
    let row = sqlx::query_file_as!(
        Row,
        "src/periodic_report/held.sql",
        of.report_id,
        on == On::Superior,
    )
    .fetch_optional(acting.db())
    .await?;
    let report_id = of.report_id;
    let Some(row) = row else {
        return Err(
            unknown_or_denied(acting.db(), Refused::PeriodicReportUnknown { report_id }).await
        );
    };
    if row.withdrawn {
        return Err(Refused::PeriodicReportOpeningWithdrawn { opening_id: row.opening_id }.into());
    }
    if of.read.is_some_and(|read| read != row.revision) {
        return Err(Refused::PeriodicReportChanged { revision: row.revision }.into());
    }
    Ok(Held {
        report_id,
        opening_id: row.opening_id,
        organisation_id: row.organisation_id,
        period: Period { from: row.from_on, through: row.through_on },
        state: State::read(&row.state)?,
        edition: row.edition,
        revision: row.revision,
        content: row.content.0,
        reopened: row.reopened,
        submitted_on: row.submitted_on,
        approved: row.approved.map(|Json(content)| content).zip(row.approved_edition),
        form: row.form.0,
    })
}

impl Held {
    /// The report stands as a step leaves it; refused where the step is not done to one that stands so.
    pub fn step(&mut self, step: Step) -> Result<(), Refused> {
        let after = step.of(self.state)?;
        if step.begins_edition(self.state) {
            self.edition += 1;
        }
        self.state = after;
        self.revision += 1;
        Ok(())
    }

    /// Writes it as it is now, with what was done and why, and tells of what others wait for.
    pub async fn write(
        self,
        acting: &mut Acting,
        step: Step,
        message: &str,
    ) -> Result<i32, Failure> {
        let (approved, approved_edition) =
            self.approved.as_ref().map_or((None, None), |of| (Some(Json(&of.0)), Some(of.1)));
        let act_id = acting.act_id;
        sqlx::query!(
            "update periodic_report
             set state = $2, edition = $3, revision = $4, content = $5, reopened = $6, submitted_on = $7,
                 approved = $8, approved_edition = $9, act_id = $10
             where report_id = $1",
            self.report_id,
            self.state.code(),
            self.edition,
            self.revision,
            Json(&self.content) as _,
            &self.reopened,
            self.submitted_on,
            approved as _,
            approved_edition,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let kept = matches!(step, Step::Submitted | Step::Approved).then_some(Json(&self.content));
        let (acted_at, actor) = (acting.acted_at, acting.caller.principal());
        sqlx::query!(
            "insert into periodic_report_step
                 (report_id, revision, edition, step, actor, at, message, content, act_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.report_id,
            self.revision,
            self.edition,
            step.code(),
            actor,
            acted_at,
            message,
            kept as _,
            act_id,
        )
        .execute(acting.db())
        .await?;
        if step.is_told() {
            let today = acting.today;
            let moved = report_moved(&Moved {
                report_id: self.report_id,
                opening_id: self.opening_id,
                organisation_id: self.organisation_id,
                state: self.state,
                edition: self.edition,
                revision: self.revision,
            });
            acting.publish(feeds::reporting::change(moved, self.organisation_id, today, None));
            decided_on_registry(acting).await?;
        }
        Ok(self.revision)
    }
}
