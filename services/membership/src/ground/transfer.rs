//! Members go from one union to another: by one decision, or because one union accepted whom the
//! other had offered.

use chassis::database::Acting;
use chassis::refusal::{Failure, OnConstraint};
use feeds::membership::{Event, Transfer};
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence;
use crate::ground::leaving::end;
use crate::ground::refused::Refused;
use crate::ground::standing;

/// A transfer, decided.
pub struct Transferring<'a> {
    /// The movement.
    pub transfer_id: Uuid,
    /// Whom they leave.
    pub from: Uuid,
    /// Where they go.
    pub to: Uuid,
    /// The first day in the new union.
    pub on: Date,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
    /// Number and day of a decision that is written down with it.
    pub written: (Option<&'a str>, Option<Date>),
    /// The memberships that it ends.
    pub ended: &'a [Moved],
}

impl Transferring<'_> {
    /// Records it, publishes it, and carries out what follows from it.
    pub async fn record(&self, acting: &mut Acting) -> Result<i32, Failure> {
        let members = i32::try_from(self.ended.len()).unwrap_or(i32::MAX);
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement (movement_id, kind, from_organisation_id, to_organisation_id,
                                   effective_on, decision_number, decision_issued_on, members,
                                   act_id, recorded_at, decision_id)
             values ($1, 'transfer', $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.transfer_id,
            self.from,
            self.to,
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
        end(acting, self.ended, self.on, self.transfer_id).await?;

        let begun: Vec<Moved> = self
            .ended
            .iter()
            .map(|line| Moved { membership_id: Uuid::now_v7(), ..*line })
            .collect();
        let (person_ids, membership_ids): (Vec<Uuid>, Vec<Uuid>) =
            begun.iter().map(|line| (line.person.person_id, line.membership_id)).unzip();
        sqlx::query!(
            "insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
             select person_id, membership_id, $3, $4, $5
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)",
            &person_ids,
            &membership_ids,
            self.to,
            self.on,
            self.transfer_id,
        )
        .execute(acting.db())
        .await
        .on_constraint("membership_one_at_a_time", || Refused::MovementLater {
            field: "person_ids".to_string(),
        })?;

        let transferred = Event::Transferred(Transfer {
            transfer_id: Some(self.transfer_id),
            from_organisation_id: self.from,
            to_organisation_id: self.to,
            lines: change::lines(&begun),
            registry_act_id: None,
        });
        acting.publish(transferred.resting_on(self.on, self.decision_id));
        consequence::go_on(acting, &[self.to], &person_ids).await?;
        consequence::look_again_for_rest(acting.db(), &person_ids).await?;
        let changes = standing::settle(acting.db(), &person_ids).await?;
        acting.publish_all(changes);
        Ok(members)
    }
}
