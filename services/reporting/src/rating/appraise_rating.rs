//! AppraiseRating: what the superior says of a union.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::rating::held;
use crate::rating::scored::{Scored, score};
use crate::rating::step::{Kind, State};
use crate::rating::superior::own_unions;
use crate::rating::terms::Score;

/// The superior's points, beside the union's own.
pub struct AppraiseRating {
    /// In which round.
    pub round_id: Uuid,
    /// Which union.
    pub organisation_id: Uuid,
    /// By criteria; not yet known to be the scheme's.
    pub scores: Vec<Score>,
}

impl Act for AppraiseRating {
    type Answer = Scored;

    async fn perform(self, acting: &mut Acting) -> Result<Scored, Failure> {
        let field = "organisation_id".to_string();
        let (round, held) = held::one(acting, self.round_id, self.organisation_id).await?;
        if !own_unions(acting, &[self.organisation_id]).await?.is_empty() {
            return Err(Refused::RatingOfOwnUnion { field }.into());
        }
        let due = match held.state {
            State::SelfScored | State::Appraised => true,
            // Nobody waits for ever for what a union says of itself.
            State::AwaitingSelfScore => acting.today > round.self_score_due_on,
            State::Decided | State::Appealed | State::Answered | State::NotRated => false,
        };
        if !due {
            let (state, needed) = (held.state.code(), State::SelfScored.code());
            return Err(Refused::RatingStateUnfit { field, state, needed }.into());
        }
        score(acting, &round, self.organisation_id, Kind::Appraised, self.scores).await
    }
}
