//! Why a follower does not read on: it stops, its owner is away, or it halts loudly.

use proto::reason::Reason as _;
use proto::refusal::v1::Reason;
use tonic::Status;
use tonic_types::StatusExt;

use crate::refusal::{Failure, is_lost, of_database};

/// Why a follower does not read on just now.
pub(super) enum Interruption {
    /// The service stops.
    Stopping,
    /// The owner or our own database is away, or two transactions crossed: try again.
    Away(String),
    /// Reading on would build on what did not happen, or leave out what did.
    Halted(Halt),
}

/// What an operator has to know.
pub(super) struct Halt {
    /// One word: FEED_DIVERGED, FEED_GAP, CHANGE_UNREADABLE, ACT_NOT_APPLIED or REST_NOT_DONE.
    pub(super) reason: &'static str,
    pub(super) position: i64,
    /// Without personal data.
    pub(super) cause: String,
}

impl From<Failure> for Interruption {
    fn from(failure: Failure) -> Self {
        Interruption::Away(failure.to_string())
    }
}

impl From<sqlx::Error> for Interruption {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

/// What a refusal of the owner means: its past is another one, or it is away.
pub(super) fn interruption(status: &Status, position: i64) -> Interruption {
    let diverged = Reason::FeedDiverged.told().reason;
    if status.get_details_error_info().is_some_and(|info| info.reason == diverged) {
        return Interruption::Halted(Halt {
            reason: diverged,
            position,
            cause: "the owner's feed is not the one that was read".to_string(),
        });
    }
    Interruption::Away(format!("the owner answers {}: {}", status.code(), status.message()))
}

/// True for what goes away by itself: the same act may be applied a moment later.
pub(super) fn passing(failure: &Failure) -> bool {
    let cause = match failure {
        Failure::Refused(refusal) => return refusal.passes(),
        Failure::Failed(cause) => cause,
    };
    match of_database(cause) {
        // A statement that was ended before its time, too.
        Some(sqlx::Error::Database(error)) if error.code().as_deref() == Some("57014") => true,
        Some(error) => is_lost(error),
        None => false,
    }
}
