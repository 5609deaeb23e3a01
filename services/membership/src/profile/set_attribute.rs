//! Says what holds of a person from a day on, corrects what was said, or undoes it.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::attribute::{self, Attribute, DAYS_MAX, Said};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// What becomes of an attribute.
#[derive(Debug)]
pub enum Saying {
    /// From a day on it is so.
    From(Date, String),
    /// What was said from the first day should have been said from the second.
    Instead(Date, String, Date, String),
    /// What was said from a day was never so.
    Never(Date, String),
}

/// Something is known of somebody.
pub struct SetAttribute {
    /// Seals what is sensitive.
    pub keys: Arc<Keys>,
    /// Who.
    pub person_id: Uuid,
    /// What.
    pub attribute: Attribute,
    /// How.
    pub saying: Saying,
    /// The document that shows it.
    pub basis: Option<Basis>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {}

impl Act for SetAttribute {
    type Answer = Done;

    async fn perform(self, acting: &mut Acting) -> Result<Done, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        if let Saying::From(on, _) | Saying::Instead(_, _, on, _) = &self.saying {
            not_too_far("said.effective_on", *on, acting.today)?;
        }
        let union = scope::of_survivor(acting, self.person_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let (keys, person_id, attribute) = (&self.keys, self.person_id, self.attribute);
        let known = attribute::said(acting.db(), keys, person_id, attribute, None).await?;
        let of = |day: Date| known.iter().find(|said| said.from_on == day);
        let wrong = match &self.saying {
            Saying::From(..) => None,
            Saying::Instead(wrong, ..) | Saying::Never(wrong, _) => {
                let field = "said.corrects_on".to_string();
                Some(of(*wrong).ok_or(Refused::AttributeUnknown { field })?)
            }
        };
        let right = match &self.saying {
            Saying::Never(..) => None,
            Saying::From(on, value) | Saying::Instead(_, _, on, value) => {
                if of(*on).is_some_and(|said| wrong.is_none_or(|wrong| wrong != said)) {
                    let field = "said.effective_on".to_string();
                    return Err(Refused::HeldAlready { field }.into());
                }
                Some(Said { from_on: *on, value: value.clone(), decision_id })
            }
        };
        if let (Some(wrong), Some(right)) = (wrong, &right)
            && (wrong.from_on, &wrong.value) == (right.from_on, &right.value)
        {
            return Err(Refused::CorrectionChangesNothing { field: "said.value" }.into());
        }
        if wrong.is_none() && known.len() >= DAYS_MAX {
            let limit = i64::try_from(DAYS_MAX).unwrap_or(i64::MAX);
            return Err(Refused::TooManyHeld { field: "person_id".to_string(), limit }.into());
        }
        if let Some(wrong) = wrong {
            attribute::take_back(acting, person_id, attribute, wrong.from_on).await?;
        }
        if let Some(right) = &right {
            attribute::write(acting, keys, person_id, attribute, right).await?;
        }
        let corrected = match &self.saying {
            Saying::From(..) => None,
            Saying::Instead(_, reason, ..) => Some((Kind::AttributeCorrected, reason)),
            Saying::Never(_, reason) => Some((Kind::AttributeUndone, reason)),
        };
        if let Some((kind, reason)) = corrected {
            let (about_id, now_id, people) = (person_id, None, 1);
            let corrected = Correction { kind, about_id, now_id, people, reason, decision_id };
            corrected.record(acting).await?;
        }
        Ok(Done {})
    }
}
