//! Undoes another name of a person: she was never called so.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// A name is not hers.
pub struct UndoAlias {
    /// Whose it was.
    pub person_id: Uuid,
    /// Which.
    pub alias_id: Uuid,
    /// Why.
    pub reason: String,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {}

impl Act for UndoAlias {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        scope::of(acting, self.person_id).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let gone = sqlx::query!(
            "delete from person_alias where person_id = $1 and alias_id = $2",
            self.person_id,
            self.alias_id,
        )
        .execute(acting.db())
        .await?;
        if gone.rows_affected() == 0 {
            return Err(Refused::AliasUnknown { field: "alias_id".to_string() }.into());
        }
        let correction = Correction {
            kind: Kind::AliasUndone,
            about_id: self.person_id,
            now_id: None,
            people: 1,
            reason: &self.reason,
            decision_id: None,
        };
        correction.record(acting).await?;
        Ok(Undone {})
    }
}
