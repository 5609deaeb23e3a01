//! That something was corrected or undone: when, by whom, why, and by which decision.

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

/// What a correction does; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Kind {
    /// A movement was never decided, for some people.
    MovementUndone = 1,
    /// Another movement is in its place, for some people.
    MovementCorrected = 2,
    /// A person is somebody else than was written down.
    PersonCorrected = 3,
    /// A standing never was, for some people.
    StandingUndone = 20,
    /// A standing should have been another, for some people.
    StandingCorrected = 21,
    /// A step of discipline was never taken, for some people.
    DisciplineUndone = 22,
    /// A document of a person should have been another.
    DocumentCorrected = 30,
    /// A document was never hers.
    DocumentUndone = 31,
    /// She was never called so.
    AliasUndone = 32,
    /// What holds of a person should have been said otherwise.
    AttributeCorrected = 33,
    /// It never held.
    AttributeUndone = 34,
}

/// What is to be remembered of a correction.
pub struct Correction<'a> {
    /// What it does.
    pub kind: Kind,
    /// The movement, the person, the standing, or the step.
    pub about_id: Uuid,
    /// The movement in its place, where one is.
    pub now_id: Option<Uuid>,
    /// For how many people.
    pub people: usize,
    /// Why.
    pub reason: &'a str,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

impl Correction<'_> {
    /// Remembers it with the act.
    pub async fn record(&self, acting: &mut Acting) -> Result<(), Failure> {
        let (act_id, acted_at, actor) = (acting.act_id, acting.acted_at, acting.caller.principal());
        sqlx::query!(
            "insert into correction (act_id, kind, about_id, now_id, people, reason, decision_id,
                                     actor, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            act_id,
            self.kind as i16,
            self.about_id,
            self.now_id,
            i32::try_from(self.people).unwrap_or(i32::MAX),
            self.reason,
            self.decision_id,
            actor,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
