//! AnswerAppeal: the rating stands, or the union is rated otherwise.

use chassis::database::{Act, Acting};
use chassis::parse;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, refuse_unknown_decision};
use crate::ground::refused::Refused;
use crate::rating::counting::{self, Counting};
use crate::rating::held::{one, say};
use crate::rating::step::{Kind, State, Step};
use crate::rating::superior::own_unions;
use crate::rating::telling;

/// An answer to an appeal.
pub struct AnswerAppeal {
    /// In which round.
    pub round_id: Uuid,
    /// Which union.
    pub organisation_id: Uuid,
    /// How it is rated from now on; none where the rating stands.
    pub grade: Option<String>,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// What counts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The grade.
    pub grade: String,
}

impl Act for AnswerAppeal {
    type Answer = Answered;

    async fn perform(self, acting: &mut Acting) -> Result<Answered, Failure> {
        let unit = self.organisation_id;
        let field = "organisation_id".to_string();
        let (round, held) = one(acting, self.round_id, unit).await?;
        if !own_unions(acting, &[unit]).await?.is_empty() {
            return Err(Refused::RatingOfOwnUnion { field }.into());
        }
        let (State::Appealed, Some(stands)) = (held.state, held.grade) else {
            let (state, needed) = (held.state.code(), State::Appealed.code());
            return Err(Refused::RatingStateUnfit { field, state, needed }.into());
        };
        let otherwise = self.grade.filter(|grade| *grade != stands);
        if let Some(grade) = &otherwise {
            if round.terms.grade(grade).is_none() {
                return Err(Refused::RatingGradeUnknown {
                    field: "grade".to_string(),
                    scheme: round.scheme.clone(),
                    grade: grade.clone(),
                }
                .into());
            }
            if self.decision_id.is_none() {
                return Err(parse::required("decision_id").into());
            }
        }
        refuse_unknown_decision(acting, self.decision_id, &[unit]).await?;
        let step = Step {
            organisation_id: unit,
            kind: Kind::Answered,
            scores: Vec::new(),
            total_tenths: None,
            grade: otherwise.clone(),
            reason: self.reason,
            decision_id: self.decision_id,
        };
        say(acting, self.round_id, &[step]).await?;
        let Some(grade) = otherwise else {
            let (told, today) = (telling::appeal_answered(self.round_id, unit), acting.today);
            let change = feeds::reporting::change(told, self.round_id, today, self.decision_id);
            acting.publish(change);
            decided_on_registry(acting).await?;
            return Ok(Answered { grade: stands });
        };
        let counting = Counting {
            year: round.year,
            counts_on: round.through,
            scheme: &round.scheme,
            months: (
                round.terms.eligible_after_months,
                round.terms.eligible_after_succession_months,
            ),
            round_id: Some(self.round_id),
            answers_appeal: true,
            decision_id: self.decision_id,
            lines: &[(unit, grade.clone())],
        };
        counting::write(acting, counting).await?;
        Ok(Answered { grade })
    }
}
