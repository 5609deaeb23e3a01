//! A union disciplines members: who is expelled leaves.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::ExitReason;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::discipline::{Measure, Step};
use crate::ground::exit::Exiting;
use crate::ground::keys::Keys;
use crate::ground::leaving::leaving;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// A step is taken.
pub struct DisciplineMembers {
    /// Makes pseudonyms.
    pub keys: Arc<Keys>,
    /// The union.
    pub organisation_id: Uuid,
    /// How.
    pub measure: Measure,
    /// From when on, by which decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Disciplined {
    /// The step.
    pub discipline_id: Uuid,
    /// About how many people.
    pub people: i32,
    /// From when on it can be lifted.
    pub lifts_on: Option<Date>,
    /// Of an expulsion: the exit.
    pub exit_id: Option<Uuid>,
}

impl Act for DisciplineMembers {
    type Answer = Disciplined;

    async fn perform(self, acting: &mut Acting) -> Result<Disciplined, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        organisation::stands(acting, self.organisation_id, on, Asked::Leaves).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        match self.measure {
            Measure::Expulsion => self.expel(acting, decision_id).await,
            Measure::Reprimand | Measure::Warning => self.reprove(acting, decision_id).await,
        }
    }
}

impl DisciplineMembers {
    async fn expel(
        &self,
        acting: &mut Acting,
        decision_id: Option<Uuid>,
    ) -> Result<Disciplined, Failure> {
        let on = self.dated.effective_on;
        roll::hold(acting, &self.person_ids).await?;
        let ended = leaving(acting, self.organisation_id, &self.person_ids, on).await?;
        let exit_id = Uuid::now_v7();
        let exiting = Exiting {
            exit_id,
            organisation_id: self.organisation_id,
            reason: ExitReason::Expelled,
            on,
            decision_id,
            written: self.dated.written(),
            ended: &ended,
        };
        let left = exiting.record(acting, &self.keys).await?;
        Ok(Disciplined {
            discipline_id: left.discipline_id.unwrap_or_default(),
            people: left.members,
            lifts_on: None,
            exit_id: Some(exit_id),
        })
    }

    async fn reprove(
        &self,
        acting: &mut Acting,
        decision_id: Option<Uuid>,
    ) -> Result<Disciplined, Failure> {
        let on = self.dated.effective_on;
        roll::hold(acting, &self.person_ids).await?;
        let members = sqlx::query_scalar!(
            "select person_id from membership
             where person_id = any ($1) and organisation_id = $2 and from_on <= $3
               and (until_on is null or until_on > $3)",
            &self.person_ids,
            self.organisation_id,
            on,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !members.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::MembershipNotActive { field });
            }
        }
        bad.refuse()?;
        let step = Step {
            discipline_id: Uuid::now_v7(),
            organisation_id: self.organisation_id,
            measure: self.measure,
            on,
            decision_id,
            exit_id: None,
        };
        step.record(acting, &self.keys, &self.person_ids).await?;
        Ok(Disciplined {
            discipline_id: step.discipline_id,
            people: i32::try_from(self.person_ids.len()).unwrap_or(i32::MAX),
            lifts_on: step.lifts_on(),
            exit_id: None,
        })
    }
}
