//! Steps of discipline: recorded, and taken back. Sensitive: what is published carries a pseudonym.

use std::collections::BTreeMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Discipline, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::keys::{Keys, Purpose};
use crate::ground::reference::limit;

/// How somebody is disciplined; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Measure {
    /// Khiển trách.
    Reprimand = 1,
    /// Cảnh cáo.
    Warning = 2,
    /// Khai trừ.
    Expulsion = 3,
}

impl Measure {
    /// As it is published, and as rules name the time after which it can be lifted.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reprimand => "REPRIMAND",
            Self::Warning => "WARNING",
            Self::Expulsion => "EXPULSION",
        }
    }

    /// As it is published, by its number.
    pub fn code_of(number: i16) -> &'static str {
        match number {
            1 => Self::Reprimand.code(),
            2 => Self::Warning.code(),
            _ => Self::Expulsion.code(),
        }
    }
}

/// How a step ends; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Outcome {
    /// After the time that the rule says.
    Lifted = 1,
    /// On appeal.
    Overturned = 2,
}

/// A step, about some people.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The step.
    pub discipline_id: Uuid,
    /// The union that takes it.
    pub organisation_id: Uuid,
    /// How.
    pub measure: Measure,
    /// From when on it holds.
    pub on: Date,
    /// The decision.
    pub decision_id: Option<Uuid>,
    /// Of an expulsion: the exit, as it was first decided.
    pub exit_id: Option<Uuid>,
}

impl Step {
    /// From when on it can be lifted, by the rule of its day.
    pub fn lifts_on(&self) -> Option<Date> {
        let rule = limit(&format!("DISCIPLINE_{}", self.measure.code()), self.on)?;
        Some(rule.after(self.on))
    }

    /// Records it, and publishes it person by person.
    pub async fn record(
        &self,
        acting: &mut Acting,
        keys: &Keys,
        person_ids: &[Uuid],
    ) -> Result<(), Failure> {
        let subjects: Vec<String> = person_ids
            .iter()
            .map(|person_id| keys.pseudonym(Purpose::Discipline, *person_id))
            .collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into discipline (person_id, discipline_id, organisation_id, subject, measure,
                                     effective_on, lifts_on, decision_id, exit_id, act_id,
                                     recorded_at)
             select person_id, $3, $4, subject, $5, $6, $7, $8, $9, $10, $11
             from unnest($1::uuid[], $2::text[]) as line (person_id, subject)",
            person_ids,
            &subjects,
            self.discipline_id,
            self.organisation_id,
            self.measure as i16,
            self.on,
            self.lifts_on(),
            self.decision_id,
            self.exit_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        for subject in subjects {
            let recorded = Event::DisciplineRecorded(Discipline {
                discipline_id: self.discipline_id,
                organisation_id: self.organisation_id,
                subject,
                measure: self.measure.code().to_string(),
            });
            acting.publish(recorded.resting_on(self.on, self.decision_id));
        }
        Ok(())
    }
}

/// A step that was taken back.
struct Taken {
    discipline_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    measure: i16,
    effective_on: Date,
    decision_id: Option<Uuid>,
}

/// The step was never taken, for these people.
pub async fn take_back(
    acting: &mut Acting,
    discipline_id: Uuid,
    person_ids: &[Uuid],
) -> Result<(), Failure> {
    let taken = sqlx::query_as!(
        Taken,
        "delete from discipline where discipline_id = $1 and person_id = any ($2)
         returning discipline_id, organisation_id, subject, measure, effective_on, decision_id",
        discipline_id,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?;
    publish(acting, &taken);
    Ok(())
}

/// An exit was never decided, for these people, or is known otherwise: so it is with the step by
/// which they were expelled, if they were. Answers the ids of those steps.
pub async fn take_back_with_exit(
    acting: &mut Acting,
    exit_id: Uuid,
    person_ids: &[Uuid],
) -> Result<Option<Uuid>, Failure> {
    let taken = sqlx::query_as!(
        Taken,
        "delete from discipline where exit_id = $1 and person_id = any ($2)
         returning discipline_id, organisation_id, subject, measure, effective_on, decision_id",
        exit_id,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?;
    publish(acting, &taken);
    Ok(taken.first().map(|step| step.discipline_id))
}

fn publish(acting: &mut Acting, taken: &[Taken]) {
    let in_order: BTreeMap<&str, &Taken> =
        taken.iter().map(|step| (step.subject.as_str(), step)).collect();
    for step in in_order.into_values() {
        let event = Event::DisciplineTakenBack(Discipline {
            discipline_id: step.discipline_id,
            organisation_id: step.organisation_id,
            subject: step.subject.clone(),
            measure: Measure::code_of(step.measure).to_string(),
        });
        acting.publish(event.resting_on(step.effective_on, step.decision_id));
    }
}
