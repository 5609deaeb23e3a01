//! Moves members from one union to another.

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::membership::{Event, Transfer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::leaving::{end, leaving};
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;

/// Members of one union continue in another.
pub struct TransferMembers {
    /// Whom they leave.
    pub from: Uuid,
    /// Where they go.
    pub to: Uuid,
    /// The first day in the new union, and the decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transferred {
    /// The movement.
    pub transfer_id: Uuid,
    /// How many people.
    pub members: i32,
}

impl Act for TransferMembers {
    type Answer = Transferred;

    async fn perform(self, acting: &mut Acting) -> Result<Transferred, Failure> {
        if self.from == self.to {
            return Err(Refused::TransferToSame.into());
        }
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        let both = [
            ("from_organisation_id", self.from, Asked::Leaves),
            ("to_organisation_id", self.to, Asked::Joins),
        ];
        organisation::all_stand(acting, &both, on).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.from).await?;
        let (number, issued_on) = self.dated.written();
        let ended = leaving(acting, self.from, &self.person_ids, on).await?;

        let transfer_id = Uuid::now_v7();
        let members = i32::try_from(ended.len()).unwrap_or(i32::MAX);
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement (movement_id, kind, from_organisation_id, to_organisation_id,
                                   effective_on, decision_number, decision_issued_on, members,
                                   act_id, recorded_at, decision_id)
             values ($1, 'transfer', $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            transfer_id,
            self.from,
            self.to,
            on,
            number,
            issued_on,
            members,
            act_id,
            acted_at,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        end(acting, &ended, on, transfer_id).await?;

        let begun: Vec<Moved> =
            ended.iter().map(|line| Moved { membership_id: Uuid::now_v7(), ..*line }).collect();
        let membership_ids: Vec<Uuid> = begun.iter().map(|line| line.membership_id).collect();
        sqlx::query!(
            "insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
             select person_id, membership_id, $3, $4, $5
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)",
            &self.person_ids,
            &membership_ids,
            self.to,
            on,
            transfer_id,
        )
        .execute(acting.db())
        .await
        .on_constraint("membership_one_at_a_time", || Refused::MovementLater {
            field: "person_ids".to_string(),
        })?;

        let transferred = Event::Transferred(Transfer {
            transfer_id: Some(transfer_id),
            from_organisation_id: self.from,
            to_organisation_id: self.to,
            lines: change::lines(&begun),
            registry_act_id: None,
        });
        acting.publish(transferred.resting_on(on, decision_id));
        consequence::go_on(acting, &[self.to], &self.person_ids).await?;
        Ok(Transferred { transfer_id, members })
    }
}
