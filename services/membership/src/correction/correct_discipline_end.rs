//! Says what the end of a step of discipline should have been, for all of its people or for some: its
//! day, how it ended, or that the step holds still. No figure counts ends, and nothing is told of them.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::discipline::Outcome;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// The end of a step is known otherwise.
pub struct CorrectDisciplineEnd {
    /// The step.
    pub discipline_id: Uuid,
    /// For whom; everybody for whom it ended where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
    /// The first day on which it no longer holds.
    pub on: Option<Date>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// It never ended.
    pub holds_still: bool,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// For how many people.
    pub people: i32,
}

/// The step of one person.
struct Line {
    person_id: Uuid,
    organisation_id: Uuid,
    effective_on: Date,
    lifts_on: Option<Date>,
    ended_on: Option<Date>,
    ended_as: Option<i16>,
}

impl Act for CorrectDisciplineEnd {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        if let Some(on) = self.on {
            not_too_far("effective_on", on, acting.today)?;
        }
        none_repeated(&self.person_ids)?;
        let field = || "discipline_id".to_string();
        let lines = self.lines(acting).await?;
        let Some(union) = lines.first().map(|line| line.organisation_id) else {
            let unknown = Refused::DisciplineUnknown { field: field() };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        let people: Vec<Uuid> = match &self.person_ids[..] {
            [] => {
                lines.iter().filter(|line| line.ended_on.is_some()).map(|l| l.person_id).collect()
            }
            asked => asked.to_vec(),
        };
        if people.is_empty() {
            return Err(Refused::DisciplineNotEnded { field: field() }.into());
        }
        roll::lock_those_of(acting, lines.iter().map(|line| line.person_id), &people).await?;
        // Read again: whoever held them may have corrected it.
        let lines = self.lines(acting).await?;
        let (mut days, mut outcomes) = (Vec::new(), Vec::new());
        let (mut bad, mut changed) = (BadLines::default(), false);
        for (line, person_id) in people.iter().enumerate() {
            let field = format!("person_ids[{line}]");
            let step = lines.iter().find(|step| step.person_id == *person_id);
            match step.map(|step| self.ended(step, field.clone())) {
                None => bad.add(line, Refused::DisciplineUnknown { field }),
                Some(Err(refused)) => bad.add(line, refused),
                Some(Ok(now)) => {
                    changed |= step.is_some_and(|step| (step.ended_on, step.ended_as) != now);
                    days.push(now.0);
                    outcomes.push(now.1);
                }
            }
        }
        bad.refuse()?;
        if !changed {
            return Err(Refused::CorrectionChangesNothing { field: "discipline_id" }.into());
        }
        self.write(acting, &people, &days, &outcomes).await?;
        let corrected = Correction {
            kind: Kind::DisciplineEndCorrected,
            about_id: self.discipline_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected { people: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}

impl CorrectDisciplineEnd {
    async fn lines(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        Ok(sqlx::query_as!(
            Line,
            "select person_id, organisation_id, effective_on, lifts_on, ended_on, ended_as
             from discipline
             where discipline_id = $1 and access.covers(organisation_id)
             order by person_id",
            self.discipline_id,
        )
        .fetch_all(acting.db())
        .await?)
    }

    /// The day and the outcome that the end of one person's step should have had; none of a step
    /// that holds still.
    fn ended(&self, step: &Line, field: String) -> Result<(Option<Date>, Option<i16>), Refused> {
        let (Some(ended_on), Some(ended_as)) = (step.ended_on, step.ended_as) else {
            return Err(Refused::DisciplineNotEnded { field });
        };
        if self.holds_still {
            return Ok((None, None));
        }
        let on = self.on.unwrap_or(ended_on);
        let outcome = self.outcome.map_or(ended_as, |outcome| outcome as i16);
        if on < step.effective_on {
            return Err(Refused::ExpectedEndTooEarly { field: "effective_on" });
        }
        match step.lifts_on {
            Some(lifts_on) if outcome == Outcome::Lifted as i16 && on < lifts_on => {
                Err(Refused::DisciplineNotDue { field, lifts_on })
            }
            _ => Ok((Some(on), Some(outcome))),
        }
    }

    /// What is known of a decision stays with an end, and goes with one that never was.
    async fn write(
        &self,
        acting: &mut Acting,
        people: &[Uuid],
        days: &[Option<Date>],
        outcomes: &[Option<i16>],
    ) -> Result<(), Failure> {
        sqlx::query!(
            "update discipline
             set ended_on = line.ended_on, ended_as = line.ended_as,
                 ended_decision_id = case when line.ended_on is not null
                                          then discipline.ended_decision_id end
             from unnest($2::uuid[], $3::date[], $4::smallint[])
                  as line (person_id, ended_on, ended_as)
             where discipline.discipline_id = $1 and discipline.person_id = line.person_id",
            self.discipline_id,
            people,
            days as &[Option<Date>],
            outcomes as &[Option<i16>],
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
