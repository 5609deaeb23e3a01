//! Undoes a document of a person: it never was hers.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::document;
use crate::ground::keys::Keys;
use crate::ground::roll;
use crate::ground::scope;

/// A document is nobody's.
pub struct UndoDocument {
    /// Names documents.
    pub keys: Arc<Keys>,
    /// Whose it was.
    pub person_id: Uuid,
    /// Which.
    pub document_id: Uuid,
    /// Why.
    pub reason: String,
    /// The decision to undo it.
    pub basis: Option<Basis>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {}

impl Act for UndoDocument {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let union = scope::of(acting, self.person_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let documents = document::of(acting, self.person_id).await?;
        let undone = document::named(
            documents,
            &self.keys,
            self.person_id,
            self.document_id,
            "document_id",
        )?;
        document::take_back(acting, self.person_id, &undone.blind_index).await?;
        // What it was in the place of has nothing in its place; what was known of its days before is
        // known again.
        sqlx::query!(
            "update person_identity held
             set successor = null, ended_as = null,
                 until_on = (select was.until_on from person_identity_past was
                             where was.person_id = $1 and was.blind_index = held.blind_index
                               and was.successor is null
                             order by was.replaced_at desc limit 1)
             where held.person_id = $1 and held.successor = $2 and held.ended_at is null",
            self.person_id,
            undone.blind_index,
        )
        .execute(acting.db())
        .await?;
        let correction = Correction {
            kind: Kind::DocumentUndone,
            about_id: self.person_id,
            now_id: None,
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        correction.record(acting).await?;
        Ok(Undone {})
    }
}
