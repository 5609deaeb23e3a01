//! Says what a document of a person should have been.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::document::{self, Valid};
use crate::ground::keys::Keys;
use crate::ground::person::Identity;
use crate::ground::refused::Refused;
use crate::ground::roll::{self, blind_index};
use crate::ground::scope;

/// A document is another than was written down; what is not said stays as it is.
pub struct CorrectDocument {
    /// Seals, finds and names documents.
    pub keys: Arc<Keys>,
    /// Whose.
    pub person_id: Uuid,
    /// Which.
    pub document_id: Uuid,
    /// Why.
    pub reason: String,
    /// The document that shows it.
    pub basis: Option<Basis>,
    /// Its number.
    pub identity: Option<Identity>,
    /// The first day on which it is valid.
    pub from_on: Option<Date>,
    /// The first on which it is not any longer.
    pub until_on: Option<Date>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The document, by its right number.
    pub document_id: Uuid,
}

impl Act for CorrectDocument {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let union = scope::of(acting, self.person_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let documents = document::of(acting, self.person_id).await?;
        let was = document::named(
            documents,
            &self.keys,
            self.person_id,
            self.document_id,
            "document_id",
        )?;
        let valid = Valid {
            from_on: self.from_on.or(was.from_on),
            until_on: self.until_on.or(was.until_on),
        };
        valid.check("until_on")?;
        let index = self.identity.as_ref().map(|identity| blind_index(&self.keys, identity));
        let index = index.filter(|index| *index != was.blind_index);
        if index.is_none() && (valid.from_on, valid.until_on) == (was.from_on, was.until_on) {
            return Err(Refused::CorrectionChangesNothing { field: "document_id" }.into());
        }
        let index = match (&self.identity, index) {
            (Some(identity), Some(_)) => {
                document::take_back(acting, self.person_id, &was.blind_index).await?;
                document::write_down(acting, &self.keys, self.person_id, identity, valid).await?
            }
            _ => was.blind_index.clone(),
        };
        // It ended as it did, and what it was in the place of knows it by its right number.
        sqlx::query!(
            "update person_identity
             set from_on = case when blind_index = $3 then $4 else from_on end,
                 until_on = case when blind_index = $3 then $5 else until_on end,
                 ended_as = case when blind_index = $3 then $6 else ended_as end,
                 successor = case when blind_index = $3 then $7 else $3 end
             where person_id = $1 and ended_at is null
               and (blind_index = $3 or successor = $2)",
            self.person_id,
            was.blind_index,
            index,
            valid.from_on,
            valid.until_on,
            was.ended_as,
            was.successor,
        )
        .execute(acting.db())
        .await?;
        let corrected = Correction {
            kind: Kind::DocumentCorrected,
            about_id: self.person_id,
            now_id: None,
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected { document_id: self.keys.document_id(self.person_id, &index) })
    }
}
