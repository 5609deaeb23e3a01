//! AppealRating: a union does not agree with how it was rated.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::refused::Refused;
use crate::rating::held::{one, say};
use crate::rating::step::{Kind, State, Step};
use crate::rating::telling;

/// An appeal.
pub struct AppealRating {
    /// In which round.
    pub round_id: Uuid,
    /// Which union.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: String,
}

impl Act for AppealRating {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        let (round, held) = one(acting, self.round_id, self.organisation_id).await?;
        let (State::Decided, Some(decided_on)) = (held.state, held.decided_on) else {
            return Err(Refused::RatingStateUnfit {
                field: "organisation_id".to_string(),
                state: held.state.code(),
                needed: State::Decided.code(),
            }
            .into());
        };
        let through = round.appeal_through(decided_on);
        if acting.today > through {
            return Err(Refused::RatingAppealLate { through }.into());
        }
        let step = Step {
            organisation_id: self.organisation_id,
            kind: Kind::Appealed,
            scores: Vec::new(),
            total_tenths: None,
            grade: None,
            reason: self.reason,
            decision_id: None,
        };
        say(acting, self.round_id, &[step]).await?;
        let (told, today) = (telling::appealed(self.round_id, self.organisation_id), acting.today);
        acting.publish(feeds::reporting::change(told, self.round_id, today, None));
        decided_on_registry(acting).await
    }
}
