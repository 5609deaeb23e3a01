//! Says what a movement should have been, for all of its people or for some: another is in its
//! place.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{AdmissionKind, ExitReason};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::correction::movement::Decision;
use crate::ground::consequence::{self, Decided, Instead, Move, Redecided};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, consent, rests_on};
use crate::ground::discipline::{self, Measure, Step};
use crate::ground::keys::Keys;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;

/// A movement is known otherwise.
pub struct CorrectMovement {
    /// Makes pseudonyms: who is expelled has a step of discipline.
    pub keys: Arc<Keys>,
    /// The movement.
    pub movement_id: Uuid,
    /// For whom; all of its people where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision it is corrected.
    pub basis: Option<Basis>,
    /// The day that it should have had.
    pub on: Option<Date>,
    /// How they were admitted.
    pub admission_kind: Option<AdmissionKind>,
    /// Why they left.
    pub exit_reason: Option<ExitReason>,
    /// The union that they joined.
    pub to: Option<Uuid>,
    /// The decision that it rests on itself.
    pub decision: Option<Basis>,
    /// The consent of a superior to those who had been expelled, of an admission.
    pub consent: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The movement in its place.
    pub movement_id: Uuid,
    /// For how many people.
    pub members: i32,
}

impl Act for CorrectMovement {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        signed(self.decision.as_ref(), acting.today)?;
        signed(self.consent.as_ref(), acting.today)?;
        let movement = Decision::of(acting, self.movement_id).await?;
        let what = self.what(movement.what)?;
        let on = self.on.unwrap_or(movement.on);
        not_too_far("effective_on", on, acting.today)?;
        let moves = (on, what) != (movement.on, movement.what);
        if !moves && self.decision.is_none() && self.consent.is_none() {
            return Err(Refused::CorrectionChangesNothing { field: "movement_id" }.into());
        }
        let people = movement.people(acting, &self.person_ids).await?;
        Redecided::lock_unions(acting, &people, Some(what)).await?;
        if let Some(to) = what.to() {
            let joins = [("to_organisation_id", to, Asked::Joins)];
            organisation::all_stand(acting, &joins, on).await?;
        }
        let decision_id = rests_on(acting, self.basis.as_ref(), movement.union()).await?;
        let own = rests_on(acting, self.decision.as_ref(), movement.union()).await?;
        let consent_id = match what.to() {
            Some(to) => consent(acting, self.consent.as_ref(), to).await?,
            None => None,
        };
        let decides = self.decision.is_some() && own != movement.decision_id;
        let consents = self.consent.is_some() && consent_id != movement.consent_id;
        if !moves && !decides && !consents {
            let field = if self.decision.is_some() { "decision" } else { "consent" };
            return Err(Refused::CorrectionChangesNothing { field }.into());
        }
        let consent_id = consent_id.or(movement.consent_id);
        let instead = Decided { movement_id: Uuid::now_v7(), first: movement.first, on, what };
        let undone = movement.movement_id;
        let instead_of_it = Instead { decided: instead, consented: consent_id.is_some() };
        let redecided = Redecided::of(acting, undone, Some(instead_of_it), &people).await?;
        redecided.covered(acting, "movement_id").await?;
        let rests_on = (own.or(movement.decision_id), consent_id);
        self.write_down(acting, &movement, &instead, rests_on, people.len()).await?;
        redecided.write(acting, decision_id).await?;
        self.discipline(acting, &instead, rests_on.0, &people).await?;
        if let Move::Admission { .. } = what {
            consequence::move_applications(acting.db(), &people, movement.on, on).await?;
        }
        let corrected = Correction {
            kind: Kind::MovementCorrected,
            about_id: movement.movement_id,
            now_id: Some(instead.movement_id),
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected {
            movement_id: instead.movement_id,
            members: i32::try_from(people.len()).unwrap_or(i32::MAX),
        })
    }
}

impl CorrectMovement {
    /// What it should have been.
    fn what(&self, was: Move) -> Result<Move, Refused> {
        let differs = |field| Err(Refused::MovementKindDiffers { field });
        match was {
            Move::Transfer { .. } | Move::Exit { .. } if self.consent.is_some() => {
                differs("consent")
            }
            Move::Admission { .. } if self.exit_reason.is_some() => differs("exit_reason"),
            Move::Admission { to, kind } => Ok(Move::Admission {
                to: self.to.unwrap_or(to),
                kind: self.admission_kind.map_or(kind, |kind| kind as i16),
            }),
            Move::Transfer { .. } if self.exit_reason.is_some() => differs("exit_reason"),
            Move::Transfer { .. } | Move::Exit { .. } if self.admission_kind.is_some() => {
                differs("admission_kind")
            }
            Move::Transfer { from, .. } if self.to == Some(from) => Err(Refused::TransferToSame),
            Move::Transfer { from, to } => Ok(Move::Transfer { from, to: self.to.unwrap_or(to) }),
            Move::Exit { .. } if self.to.is_some() => differs("to_organisation_id"),
            Move::Exit { .. } if self.exit_reason == Some(ExitReason::UnionEnded) => {
                Err(Refused::ExitReasonReserved)
            }
            Move::Exit { from, reason } => Ok(Move::Exit {
                from,
                reason: self.exit_reason.map_or(reason, |reason| reason as i16),
            }),
        }
    }

    /// The step by which they were expelled is that of the exit in its place, if they are expelled
    /// by that; otherwise it was never taken.
    async fn discipline(
        &self,
        acting: &mut Acting,
        now: &Decided,
        decision_id: Option<Uuid>,
        people: &[Uuid],
    ) -> Result<(), Failure> {
        let was = discipline::take_back_with_exit(acting, now.first, people).await?;
        if let Move::Exit { from, reason } = now.what
            && reason == ExitReason::Expelled as i16
        {
            let step = Step {
                discipline_id: was.unwrap_or_else(Uuid::now_v7),
                organisation_id: from,
                measure: Measure::Expulsion,
                on: now.on,
                decision_id,
                exit_id: Some(now.first),
            };
            step.record(acting, &self.keys, people).await?;
        }
        Ok(())
    }

    /// The movement in its place, as it is decided. Its own decision is that of the other, unless
    /// another is said; so is the consent.
    async fn write_down(
        &self,
        acting: &mut Acting,
        was: &Decision,
        now: &Decided,
        (decision_id, consent_id): (Option<Uuid>, Option<Uuid>),
        people: usize,
    ) -> Result<(), Failure> {
        let (kind, admission_kind, exit_reason) = match now.what {
            Move::Admission { kind, .. } => ("admission", Some(kind), None),
            Move::Transfer { .. } => ("transfer", None, None),
            Move::Exit { reason, .. } => ("exit", None, Some(reason)),
        };
        let (number, issued_on) = match &self.decision {
            Some(basis) => basis.written(),
            None => (was.number.as_deref(), was.issued_on),
        };
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement (movement_id, kind, from_organisation_id, to_organisation_id,
                                   admission_kind, exit_reason, effective_on, decision_number,
                                   decision_issued_on, members, act_id, recorded_at, decision_id,
                                   corrects, consent_id, source_organisation)
             select $1, $2, $3, $4, $5::smallint, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                    $15, case when $5 = 2 then was.source_organisation end
             from movement was where was.movement_id = $16",
            now.movement_id,
            kind,
            now.what.from(),
            now.what.to(),
            admission_kind,
            exit_reason,
            now.on,
            number,
            issued_on,
            i32::try_from(people).unwrap_or(i32::MAX),
            act_id,
            acted_at,
            decision_id,
            was.first,
            consent_id,
            was.movement_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
