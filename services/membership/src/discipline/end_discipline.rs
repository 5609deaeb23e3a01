//! Ends steps of discipline: lifted in time, or overturned on appeal.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::discipline::Outcome;
use crate::ground::movement::Dated;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// A step holds no longer.
pub struct EndDiscipline {
    /// The step.
    pub discipline_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// How.
    pub outcome: Outcome,
    /// The first day after it, and the decision.
    pub dated: Dated,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
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
}

impl Act for EndDiscipline {
    type Answer = Ended;

    async fn perform(self, acting: &mut Acting) -> Result<Ended, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        none_repeated(&self.person_ids)?;
        let lines = self.lines(acting).await?;
        let field = || "discipline_id".to_string();
        let Some(union) = lines.first().map(|line| line.organisation_id) else {
            let unknown = Refused::DisciplineUnknown { field: field() };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        let decision_id = rests_on(acting, self.dated.basis.as_ref(), union).await?;
        let people: Vec<Uuid> = match &self.person_ids[..] {
            [] => {
                lines.iter().filter(|line| line.ended_on.is_none()).map(|l| l.person_id).collect()
            }
            asked => asked.to_vec(),
        };
        if people.is_empty() {
            let ended_on = lines.iter().filter_map(|line| line.ended_on).max().unwrap_or(on);
            return Err(Refused::DisciplineEnded { field: field(), ended_on }.into());
        }
        roll::lock_those_of(acting, lines.iter().map(|line| line.person_id), &people).await?;
        let lines = self.lines(acting).await?;
        let mut bad = BadLines::default();
        for (line, person_id) in people.iter().enumerate() {
            let field = format!("person_ids[{line}]");
            let step = lines.iter().find(|step| step.person_id == *person_id);
            match (step, self.outcome) {
                (None, _) => bad.add(line, Refused::DisciplineUnknown { field }),
                (Some(Line { ended_on: Some(ended_on), .. }), _) => {
                    bad.add(line, Refused::DisciplineEnded { field, ended_on: *ended_on });
                }
                (Some(step), _) if on < step.effective_on => {
                    bad.add(line, Refused::ExpectedEndTooEarly { field: "effective_on" });
                }
                (Some(Line { lifts_on: Some(lifts_on), .. }), Outcome::Lifted)
                    if on < *lifts_on =>
                {
                    bad.add(line, Refused::DisciplineNotDue { field, lifts_on: *lifts_on });
                }
                (Some(_), Outcome::Lifted | Outcome::Overturned) => {}
            }
        }
        bad.refuse()?;
        sqlx::query!(
            "update discipline set ended_on = $3, ended_as = $4, ended_decision_id = $5
             where discipline_id = $1 and person_id = any ($2)",
            self.discipline_id,
            &people,
            on,
            self.outcome as i16,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        Ok(Ended { people: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}

impl EndDiscipline {
    async fn lines(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        Ok(sqlx::query_as!(
            Line,
            "select person_id, organisation_id, effective_on, lifts_on, ended_on
             from discipline
             where discipline_id = $1 and access.covers(organisation_id)
             order by person_id",
            self.discipline_id,
        )
        .fetch_all(acting.db())
        .await?)
    }
}
