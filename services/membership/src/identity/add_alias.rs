//! Writes down another name of a person.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::document::Valid;
use crate::ground::person::name_key;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// Of one person there are no more.
pub const ALIASES_MAX: i64 = 20;

/// She is called otherwise, too.
pub struct AddAlias {
    /// Who.
    pub person_id: Uuid,
    /// In NFC, as it is written.
    pub name: String,
    /// On which days, as far as that is known.
    pub valid: Valid,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Added {
    /// The name.
    pub alias_id: Uuid,
}

impl Act for AddAlias {
    type Answer = Added;

    async fn perform(self, acting: &mut Acting) -> Result<Added, Failure> {
        scope::of_survivor(acting, self.person_id).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let key = name_key(&self.name);
        let held = sqlx::query!(
            r#"select count(alias.alias_id) as "aliases!",
                      coalesce(bool_or(alias.name_key = $2), false)
                      or (select name_key = $2 from person where person_id = $1) as "so_already!"
               from person_alias alias where alias.person_id = $1"#,
            self.person_id,
            key,
        )
        .fetch_one(acting.db())
        .await?;
        if held.so_already {
            return Err(Refused::HeldAlready { field: "name".to_string() }.into());
        }
        if held.aliases >= ALIASES_MAX {
            let field = "person_id".to_string();
            return Err(Refused::TooManyHeld { field, limit: ALIASES_MAX }.into());
        }
        let alias_id = Uuid::now_v7();
        let act_id = acting.act_id;
        sqlx::query!(
            "insert into person_alias (person_id, alias_id, name, name_key, from_on, until_on, act_id)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.person_id,
            alias_id,
            self.name,
            key,
            self.valid.from_on,
            self.valid.until_on,
            act_id,
        )
        .execute(acting.db())
        .await?;
        Ok(Added { alias_id })
    }
}
