//! CloseRound: a round is finished.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting, civil_date};
use chassis::parse;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::refused::Refused;
use crate::rating::telling;

/// Which round, and why some are not decided on.
pub struct CloseRound {
    /// The round.
    pub round_id: Uuid,
    /// Why; may be empty where all are.
    pub reason: String,
}

/// What it leaves.
#[derive(Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Eligible unions that are not decided on.
    pub undecided: i32,
}

impl Act for CloseRound {
    type Answer = Closed;

    async fn perform(self, acting: &mut Acting) -> Result<Closed, Failure> {
        let round_id = self.round_id;
        let row = sqlx::query!(
            "select organisation_id, appeal_days, ended_at from rating_round
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
        let today = acting.today;
        let left = sqlx::query!(
            r#"select count(*) filter (where state = 'APPEALED'
                                          or state = 'DECIDED' and decided_on + $3::integer >= $2::date)
                          as "appealing!",
                      count(*) filter (where takes_part and grade is null)::integer as "undecided!"
               from rating_of_round
               where round_id = $1"#,
            round_id,
            today,
            row.appeal_days,
        )
        .fetch_one(acting.db())
        .await?;
        if left.appealing > 0 {
            return Err(Refused::RatingRoundNotFinished { unions: left.appealing }.into());
        }
        if left.undecided > 0 && self.reason.is_empty() {
            return Err(parse::required("reason").into());
        }
        let (acted_at, act_id) = (acting.acted_at, acting.act_id);
        sqlx::query!(
            "update rating_round set ended_at = $2, ended_by = $3, end_reason = $4 where round_id = $1",
            round_id,
            acted_at,
            act_id,
            self.reason,
        )
        .execute(acting.db())
        .await?;
        let told = telling::round_ended(round_id, row.organisation_id, false);
        acting.publish(feeds::reporting::change(told, round_id, today, None));
        decided_on_registry(acting).await?;
        Ok(Closed { undecided: left.undecided })
    }
}
