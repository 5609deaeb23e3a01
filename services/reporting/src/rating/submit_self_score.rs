//! SubmitSelfScore: what a union says of itself.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::rating::held;
use crate::rating::scored::{Scored, score};
use crate::rating::step::{Kind, State};
use crate::rating::terms::Score;

/// A union's points.
pub struct SubmitSelfScore {
    /// In which round.
    pub round_id: Uuid,
    /// Which union.
    pub organisation_id: Uuid,
    /// By criteria; not yet known to be the scheme's.
    pub scores: Vec<Score>,
}

impl Act for SubmitSelfScore {
    type Answer = Scored;

    async fn perform(self, acting: &mut Acting) -> Result<Scored, Failure> {
        let (round, held) = held::one(acting, self.round_id, self.organisation_id).await?;
        if !matches!(held.state, State::AwaitingSelfScore | State::SelfScored) {
            return Err(Refused::RatingStateUnfit {
                field: "organisation_id".to_string(),
                state: held.state.code(),
                needed: State::AwaitingSelfScore.code(),
            }
            .into());
        }
        score(acting, &round, self.organisation_id, Kind::SelfScored, self.scores).await
    }
}
