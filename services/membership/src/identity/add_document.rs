//! Writes down a further document of a person.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::document::{self, DOCUMENTS_MAX, Document, Ended, Valid};
use crate::ground::keys::Keys;
use crate::ground::person::{Identity, Sex};
use crate::ground::refused::Refused;
use crate::ground::roll::{self, Unlikely, Warning};
use crate::ground::scope;

/// A document is hers.
pub struct AddDocument {
    /// Seals and finds identity numbers.
    pub keys: Arc<Keys>,
    /// Whose.
    pub person_id: Uuid,
    /// Its number.
    pub identity: Identity,
    /// When it is valid.
    pub valid: Valid,
    /// The document that it is in the place of.
    pub replaces_id: Option<Uuid>,
    /// The document that shows it.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Added {
    /// The document.
    pub document_id: Uuid,
    /// What its number says against what is known of her.
    pub warnings: Vec<Warning>,
}

impl Act for AddDocument {
    type Answer = Added;

    async fn perform(self, acting: &mut Acting) -> Result<Added, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let union = scope::of_survivor(acting, self.person_id).await?;
        rests_on(acting, self.basis.as_ref(), union).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let documents = document::of(acting, self.person_id).await?;
        if documents.len() >= DOCUMENTS_MAX {
            let limit = i64::try_from(DOCUMENTS_MAX).unwrap_or(i64::MAX);
            return Err(Refused::TooManyHeld { field: "person_id".to_string(), limit }.into());
        }
        let replaced = self.replaced(acting, documents)?;
        let (keys, person_id) = (&self.keys, self.person_id);
        let index =
            document::write_down(acting, keys, person_id, &self.identity, self.valid).await?;
        if let Some(replaced) = replaced {
            let on = self.valid.from_on.unwrap_or(acting.today);
            // What had run out by then has run out.
            sqlx::query!(
                "update person_identity
                 set until_on = least(until_on, $3), ended_as = $4, successor = $5
                 where person_id = $1 and blind_index = $2",
                self.person_id,
                replaced.blind_index,
                on,
                Ended::Replaced as i16,
                index,
            )
            .execute(acting.db())
            .await?;
        }
        let warnings = self.warnings(acting).await?;
        Ok(Added { document_id: keys.document_id(person_id, &index), warnings })
    }
}

impl AddDocument {
    /// The document in whose place it is, which must not have been ended otherwise.
    fn replaced(
        &self,
        acting: &Acting,
        documents: Vec<Document>,
    ) -> Result<Option<Document>, Failure> {
        let Some(replaces_id) = self.replaces_id else { return Ok(None) };
        let field = "replaces_id";
        let replaced = document::named(documents, &self.keys, self.person_id, replaces_id, field)?;
        if let (Some(_), Some(until_on)) = (replaced.ended_as, replaced.until_on) {
            return Err(Refused::HeldNoLonger { field: field.to_string(), until_on }.into());
        }
        let on = self.valid.from_on.unwrap_or(acting.today);
        Valid { from_on: replaced.from_on, until_on: Some(on) }.check("from_on")?;
        Ok(Some(replaced))
    }

    async fn warnings(&self, acting: &mut Acting) -> Result<Vec<Warning>, Failure> {
        let Some(told) = self.identity.told() else { return Ok(Vec::new()) };
        let known =
            sqlx::query!("select sex, birth_year from person where person_id = $1", self.person_id)
                .fetch_one(acting.db())
                .await?;
        let sex = known.sex != Sex::NotKnown as i16 && known.sex != told.sex as i16;
        let year = known.birth_year.is_some_and(|year| year != told.birth_year);
        let warnings = [(sex, Unlikely::IdentitySexDiffers), (year, Unlikely::IdentityYearDiffers)];
        let said = warnings.into_iter().filter(|(differs, _)| *differs);
        let field = || "identity_number".to_string();
        Ok(said.map(|(_, unlikely)| Warning { field: field(), unlikely, other: None }).collect())
    }
}
