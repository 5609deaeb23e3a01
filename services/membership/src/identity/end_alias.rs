//! Says that a person is not called so any longer.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::document::Valid;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// Another name has an end.
pub struct EndAlias {
    /// Whose.
    pub person_id: Uuid,
    /// Which.
    pub alias_id: Uuid,
    /// The first day on which she is not called so any longer.
    pub on: Date,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {}

impl Act for EndAlias {
    type Answer = Done;

    async fn perform(self, acting: &mut Acting) -> Result<Done, Failure> {
        not_too_far("effective_on", self.on, acting.today)?;
        scope::of(acting, self.person_id).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let field = || "alias_id".to_string();
        let alias = sqlx::query!(
            "select from_on, until_on from person_alias where person_id = $1 and alias_id = $2",
            self.person_id,
            self.alias_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(alias) = alias else {
            return Err(Refused::AliasUnknown { field: field() }.into());
        };
        if let Some(until_on) = alias.until_on {
            return Err(Refused::HeldNoLonger { field: field(), until_on }.into());
        }
        Valid { from_on: alias.from_on, until_on: Some(self.on) }.check("effective_on")?;
        sqlx::query!(
            "update person_alias set until_on = $3 where person_id = $1 and alias_id = $2",
            self.person_id,
            self.alias_id,
            self.on,
        )
        .execute(acting.db())
        .await?;
        Ok(Done {})
    }
}
