//! Members leave the trade union: by an exit, or by a step of discipline that expels them.

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Event, Exit, ExitReason};
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence;
use crate::ground::discipline::{Measure, Step};
use crate::ground::keys::Keys;
use crate::ground::leaving::end;
use crate::ground::standing;

/// An exit, decided.
pub struct Exiting<'a> {
    /// The movement.
    pub exit_id: Uuid,
    /// The union that they leave.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: ExitReason,
    /// The first day after the membership.
    pub on: Date,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
    /// Number and day of a decision that is written down with it.
    pub written: (Option<&'a str>, Option<Date>),
    /// The memberships that it ends.
    pub ended: &'a [Moved],
}

/// What was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    /// How many people.
    pub members: i32,
    /// The step of discipline, where they were expelled.
    pub discipline_id: Option<Uuid>,
}

impl Exiting<'_> {
    /// Records it, publishes it, and carries out what follows from it: who is expelled has a step
    /// of discipline.
    pub async fn record(&self, acting: &mut Acting, keys: &Keys) -> Result<Left, Failure> {
        let members = i32::try_from(self.ended.len()).unwrap_or(i32::MAX);
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement (movement_id, kind, from_organisation_id, exit_reason,
                                   effective_on, decision_number, decision_issued_on, members,
                                   act_id, recorded_at, decision_id)
             values ($1, 'exit', $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.exit_id,
            self.organisation_id,
            self.reason as i16,
            self.on,
            self.written.0,
            self.written.1,
            members,
            act_id,
            acted_at,
            self.decision_id,
        )
        .execute(acting.db())
        .await?;
        end(acting, self.ended, self.on, self.exit_id).await?;

        let exited = Event::Exited(Exit {
            exit_id: Some(self.exit_id),
            organisation_id: self.organisation_id,
            reason: self.reason,
            lines: change::lines(self.ended),
            registry_act_id: None,
        });
        acting.publish(exited.resting_on(self.on, self.decision_id));
        let person_ids: Vec<Uuid> = self.ended.iter().map(|line| line.person.person_id).collect();
        consequence::look_again_for_rest(acting.db(), &person_ids).await?;
        let changes = standing::settle(acting.db(), &person_ids).await?;
        acting.publish_all(changes);
        let discipline_id = match self.reason {
            ExitReason::Expelled => {
                let step = Step {
                    discipline_id: Uuid::now_v7(),
                    organisation_id: self.organisation_id,
                    measure: Measure::Expulsion,
                    on: self.on,
                    decision_id: self.decision_id,
                    exit_id: Some(self.exit_id),
                };
                step.record(acting, keys, &person_ids).await?;
                Some(step.discipline_id)
            }
            _ => None,
        };
        Ok(Left { members, discipline_id })
    }
}
