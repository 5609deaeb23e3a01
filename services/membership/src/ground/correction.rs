//! That something was corrected or undone: when, by whom, why, and by which decision.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::decision::Basis;

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
    /// The end of a step of discipline should have been another, or never was.
    DisciplineEndCorrected = 23,
    /// Cards were never issued, to some people.
    CardIssueUndone = 100,
    /// Cards are of other days, of some people.
    CardIssueCorrected = 101,
    /// A card was never lost or revoked.
    CardEndUndone = 102,
    /// A course was never held, or some never attended it.
    TrainingCourseUndone = 40,
    /// A case never came to a milestone.
    PartyReferralUndone = 41,
    /// An officer was never recommended.
    CadreRecommendationUndone = 42,
    /// A delegation was never sent, or some never went with it.
    DelegationUndone = 43,
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
    /// A person is another.
    PersonMerged = 103,
    /// Two who were merged are two.
    PersonUnmerged = 104,
    /// People were never honoured so.
    HonourUndone = 44,
    /// They were honoured otherwise.
    HonourCorrected = 45,
    /// A movement was never launched, or some never took part in it.
    EmulationUndone = 46,
    /// People were never helped so.
    WelfareUndone = 47,
    /// A case never was, or goes on.
    DisputeCaseUndone = 48,
}

/// What is to be remembered of a correction.
pub struct Correction<'a> {
    /// What it does.
    pub kind: Kind,
    /// The movement, the person, the standing, or the step.
    pub about_id: Uuid,
    /// The movement in its place, or the person who survives, where there is one.
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

/// What is to be remembered of several cases that one act undoes, each about one person.
pub struct Cases<'a> {
    /// What it does.
    pub kind: Kind,
    /// Each case, and the organisation whose it is.
    pub about: Vec<(Uuid, Uuid)>,
    /// Why.
    pub reason: &'a str,
    /// By which decision, for each organisation.
    pub decisions: HashMap<Uuid, Uuid>,
}

/// The document that each of these organisations' cases is undone by, where there is one.
pub async fn rest_each(
    acting: &mut Acting,
    basis: Option<&Basis>,
    organisations: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>, Failure> {
    let Some(basis) = basis else { return Ok(HashMap::new()) };
    let rested = basis.rest_each(acting, organisations).await?;
    match rested.refused {
        Some(refused) => Err(refused),
        None => Ok(rested.decisions),
    }
}

impl Cases<'_> {
    /// Remembers them with the act.
    pub async fn record(&self, acting: &mut Acting) -> Result<(), Failure> {
        let (act_id, acted_at, actor) = (acting.act_id, acting.acted_at, acting.caller.principal());
        let about: Vec<Uuid> = self.about.iter().map(|(about_id, _)| *about_id).collect();
        let decisions: Vec<Option<Uuid>> =
            self.about.iter().map(|(_, whose)| self.decisions.get(whose).copied()).collect();
        sqlx::query!(
            "insert into correction (act_id, kind, about_id, people, reason, decision_id, actor,
                                     recorded_at)
             select $1, $2, about_id, 1, $3, decision_id, $4, $5
             from unnest($6::uuid[], $7::uuid[]) as line (about_id, decision_id)",
            act_id,
            self.kind as i16,
            self.reason,
            actor,
            acted_at,
            &about,
            &decisions as &[Option<Uuid>],
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
