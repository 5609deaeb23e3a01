//! How far a union is in a round, and what was said of it on the way.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::rating::terms::Score;

/// How far a union is in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing is said yet.
    AwaitingSelfScore,
    /// It has scored itself.
    SelfScored,
    /// It is appraised.
    Appraised,
    /// It is decided on.
    Decided,
    /// It appeals.
    Appealed,
    /// Its appeal is answered.
    Answered,
    /// It is not eligible.
    NotRated,
}

impl State {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::AwaitingSelfScore,
        Self::SelfScored,
        Self::Appraised,
        Self::Decided,
        Self::Appealed,
        Self::Answered,
        Self::NotRated,
    ];

    /// As tables and refusals have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::AwaitingSelfScore => "AWAITING_SELF_SCORE",
            Self::SelfScored => "SELF_SCORED",
            Self::Appraised => "APPRAISED",
            Self::Decided => "DECIDED",
            Self::Appealed => "APPEALED",
            Self::Answered => "ANSWERED",
            Self::NotRated => "NOT_RATED",
        }
    }

    /// That of this code.
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.code() == code).unwrap_or(Self::NotRated)
    }
}

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By the union, of itself.
    SelfScored,
    /// By its superior.
    Appraised,
    /// How it is rated.
    Decided,
    /// That the union does not agree.
    Appealed,
    /// What became of that.
    Answered,
}

impl Kind {
    /// As tables have it.
    pub fn code(self) -> &'static str {
        self.leads_to().code()
    }

    /// Where a union is after it.
    pub fn leads_to(self) -> State {
        match self {
            Self::SelfScored => State::SelfScored,
            Self::Appraised => State::Appraised,
            Self::Decided => State::Decided,
            Self::Appealed => State::Appealed,
            Self::Answered => State::Answered,
        }
    }

    /// That of this code.
    pub fn parse(code: &str) -> Self {
        let all = [Self::SelfScored, Self::Appraised, Self::Decided, Self::Appealed];
        all.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::Answered)
    }
}

/// What is said of a union.
#[derive(Clone, Debug)]
pub struct Step {
    /// The union.
    pub organisation_id: Uuid,
    /// What.
    pub kind: Kind,
    /// Of a self-score and an appraisal.
    pub scores: Vec<Score>,
    /// Their sum, in tenths.
    pub total_tenths: Option<i32>,
    /// That of their band; of a decision and an answer what is decided, none where the rating stands.
    pub grade: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// What was said of a union, and when by whom.
#[derive(Clone, Debug)]
pub struct Said {
    /// What.
    pub step: Step,
    /// Who.
    pub actor: String,
    /// When.
    pub recorded_at: OffsetDateTime,
}
