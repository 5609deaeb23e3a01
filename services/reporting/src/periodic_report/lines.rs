//! Who is to report, and how each report stands.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::periodic_report::state::State;

/// How a report stands to the day on which it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punctuality {
    /// Handed in by its day.
    InTime,
    /// Handed in after it.
    Late,
    /// Not handed in, and its day has not passed.
    Awaited,
    /// Not handed in, and its day has passed.
    Missing,
    /// Not asked any longer.
    Waived,
}

impl Punctuality {
    /// On a day.
    fn of(waived: bool, submitted_on: Option<Date>, due_on: Date, today: Date) -> Self {
        match submitted_on {
            _ if waived => Self::Waived,
            Some(on) if on <= due_on => Self::InTime,
            Some(_) => Self::Late,
            None if today <= due_on => Self::Awaited,
            None => Self::Missing,
        }
    }
}

/// One reporter, and how its report stands.
pub struct Line {
    /// Which report.
    pub report_id: Uuid,
    /// In which opening.
    pub opening_id: Uuid,
    /// The reporter.
    pub organisation_id: Uuid,
    /// What it was called on the cut-off day.
    pub organisation_name: String,
    /// To whom it reports.
    pub superior_id: Option<Uuid>,
    /// How it stands.
    pub state: State,
    /// 1, 2, …
    pub edition: i32,
    /// 1 more by each step.
    pub revision: i32,
    /// By when it is due.
    pub due_on: Date,
    /// When it was handed in.
    pub submitted_on: Option<Date>,
    /// How it stands to its day.
    pub punctuality: Punctuality,
    /// It has added up what is another edition now.
    pub stale: bool,
    /// The reporter has ended.
    pub ended: bool,
}

/// A row of the statements that list reports.
pub struct Row {
    report_id: Uuid,
    opening_id: Uuid,
    organisation_id: Uuid,
    organisation_name: String,
    superior_id: Option<Uuid>,
    state: String,
    edition: i32,
    revision: i32,
    due_on: Date,
    submitted_on: Option<Date>,
    stale: bool,
    ended: bool,
}

impl Row {
    /// As it stands on a day.
    pub fn on(self, today: Date) -> Result<Line, Failure> {
        let state = State::read(&self.state)?;
        let waived = state == State::Waived;
        Ok(Line {
            punctuality: Punctuality::of(waived, self.submitted_on, self.due_on, today),
            report_id: self.report_id,
            opening_id: self.opening_id,
            organisation_id: self.organisation_id,
            organisation_name: self.organisation_name,
            superior_id: self.superior_id,
            state,
            edition: self.edition,
            revision: self.revision,
            due_on: self.due_on,
            submitted_on: self.submitted_on,
            stale: self.stale,
            ended: self.ended,
        })
    }
}

/// Whose reports of an opening, and which of them.
pub struct Asked {
    /// The opening.
    pub opening_id: Uuid,
    /// The organisation and what lies below it; all where there is none.
    pub organisation_id: Option<Uuid>,
    /// Those that stand so; all where there is none.
    pub states: Vec<String>,
}

/// The reports of an opening that the caller may read, in the order of their ids: at most so many, after one.
pub async fn reports(
    connection: &mut PgConnection,
    asked: &Asked,
    after: Option<Uuid>,
    limit: i64,
    today: Date,
) -> Result<Vec<Line>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/periodic_report/reports.sql",
        asked.opening_id,
        asked.organisation_id,
        &asked.states,
        after.unwrap_or(Uuid::nil()),
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| row.on(today)).collect()
}

/// One of them.
pub async fn report(
    connection: &mut PgConnection,
    report_id: Uuid,
    today: Date,
) -> Result<Option<Line>, Failure> {
    let row = sqlx::query_file_as!(Row, "src/periodic_report/line.sql", report_id)
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.on(today)).transpose()
}

/// Where a page of reminders begins: the day of one, and its report.
pub type After = (Date, Uuid);

/// The reports of an organisation of the caller's scope and of those below it that are not handed in and
/// are due by a day, in the order of their days: at most so many, after one.
pub async fn reminders(
    connection: &mut PgConnection,
    (organisation_id, due_by): (Uuid, Date),
    after: Option<After>,
    limit: i64,
    today: Date,
) -> Result<Vec<Line>, Failure> {
    let (on, report_id) = after.unwrap_or((Date::MIN, Uuid::nil()));
    let rows = sqlx::query_file_as!(
        Row,
        "src/periodic_report/reminders.sql",
        organisation_id,
        due_by,
        // PostgreSQL's days do not go back as far as ours.
        after.map(|_| on),
        report_id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| row.on(today)).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn what_is_handed_in_on_its_day_is_in_time_and_nothing_is_missing_before_it() {
        let due = date!(2021 - 12 - 10);
        let of = |submitted, today| Punctuality::of(false, submitted, due, today);
        let after = date!(2021 - 12 - 11);
        assert_eq!(of(Some(due), after), Punctuality::InTime);
        assert_eq!(of(Some(after), after), Punctuality::Late);
        assert_eq!(of(None, due), Punctuality::Awaited);
        assert_eq!(of(None, after), Punctuality::Missing);
        assert_eq!(Punctuality::of(true, None, due, after), Punctuality::Waived);
    }
}
