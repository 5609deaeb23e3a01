//! WithdrawRound: a round should not have been opened.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting, civil_date};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::refused::Refused;
use crate::rating::telling;

/// Which round, and why.
pub struct WithdrawRound {
    /// The round.
    pub round_id: Uuid,
    /// Why.
    pub reason: String,
}

impl Act for WithdrawRound {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        let round_id = self.round_id;
        let row = sqlx::query!(
            "select organisation_id, ended_at from rating_round
             where round_id = $1 and access.covers(organisation_id)
             for update",
            round_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(row) = row else {
            let unknown = Refused::RatingRoundUnknown { round_id };
            return Err(unknown_or_denied(acting.db(), unknown).await);
        };
        if let Some(ended_at) = row.ended_at {
            return Err(Refused::RatingRoundEnded { ended_on: civil_date(ended_at) }.into());
        }
        let decided = sqlx::query_scalar!(
            r#"select count(*) as "decided!" from rating_of_round
               where round_id = $1 and grade is not null"#,
            round_id,
        )
        .fetch_one(acting.db())
        .await?;
        if decided > 0 {
            return Err(Refused::RatingRoundNotFinished { unions: decided }.into());
        }
        let (acted_at, act_id) = (acting.acted_at, acting.act_id);
        sqlx::query!(
            "update rating_round
             set ended_at = $2, ended_by = $3, end_reason = $4, withdrawn = true
             where round_id = $1",
            round_id,
            acted_at,
            act_id,
            self.reason,
        )
        .execute(acting.db())
        .await?;
        // Another round of the year may rate them.
        sqlx::query!(
            "update rating_of_round set takes_part = false where round_id = $1 and takes_part",
            round_id,
        )
        .execute(acting.db())
        .await?;
        let told = telling::round_ended(round_id, row.organisation_id, true);
        let today = acting.today;
        acting.publish(feeds::reporting::change(told, round_id, today, None));
        decided_on_registry(acting).await
    }
}
