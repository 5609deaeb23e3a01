//! Other names under which an organisation is known.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// Which names are added and dropped, from when.
#[derive(Debug)]
pub struct ChangeAliases {
    /// Whose.
    pub organisation_id: Uuid,
    /// NFC.
    pub added: Vec<String>,
    /// As they were added.
    pub dropped: Vec<String>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct AliasesChanged {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for ChangeAliases {
    type Answer = AliasesChanged;

    async fn perform(self, acting: &mut Acting) -> Result<AliasesChanged, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        let known: HashSet<String> = sqlx::query_scalar!(
            "select alias from organisation_alias
             where organisation_id = $1 and upper_inf(recorded) and valid @> $2::date",
            organisation_id,
            on,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        if let Some(n) = self.dropped.iter().position(|alias| !known.contains(alias)) {
            return Err(Refused::AliasUnknown.at(format!("dropped[{n}]")));
        }

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, self.basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/attribute/change_aliases_dropped.sql",
            organisation_id,
            &self.dropped,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "insert into organisation_alias (organisation_id, alias, valid, recorded, act_id)
             select $1, alias, daterange($3, null), tstzrange($4, null), $5
             from unnest($2::text[]) as added (alias)",
            organisation_id,
            &self.added,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await
        .on_constraint("organisation_alias_known", || Refused::AliasExists.at("added"))?;
        let (added, dropped) = (self.added, self.dropped);
        let changed = Noted::AliasesChanged { organisation_id, added, dropped };
        acting.publish_all(changed.on(on, decision_id));
        Ok(AliasesChanged { decision_id })
    }
}
