//! Says that a document is valid no longer.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::document::{self, Ended, Valid};
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// A document has an end.
pub struct EndDocument {
    /// Names documents.
    pub keys: Arc<Keys>,
    /// Whose.
    pub person_id: Uuid,
    /// Which.
    pub document_id: Uuid,
    /// Why.
    pub ended_as: Ended,
    /// The first day on which it is valid no longer.
    pub on: Date,
    /// The document that shows it.
    pub basis: Option<Basis>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {}

impl Act for EndDocument {
    type Answer = Done;

    async fn perform(self, acting: &mut Acting) -> Result<Done, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        not_too_far("effective_on", self.on, acting.today)?;
        let union = scope::of(acting, self.person_id).await?;
        rests_on(acting, self.basis.as_ref(), union).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let documents = document::of(acting, self.person_id).await?;
        let field = "document_id";
        let document =
            document::named(documents, &self.keys, self.person_id, self.document_id, field)?;
        if let Some(until_on) = document.until_on
            && (document.ended_as.is_some() || until_on <= self.on)
        {
            return Err(Refused::HeldNoLonger { field: field.to_string(), until_on }.into());
        }
        Valid { from_on: document.from_on, until_on: Some(self.on) }.check("effective_on")?;
        sqlx::query!(
            "update person_identity set until_on = $3, ended_as = $4
             where person_id = $1 and blind_index = $2",
            self.person_id,
            document.blind_index,
            self.on,
            self.ended_as as i16,
        )
        .execute(acting.db())
        .await?;
        Ok(Done {})
    }
}
