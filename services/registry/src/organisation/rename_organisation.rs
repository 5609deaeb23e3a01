//! Giving an organisation another name, short name or code, until the next known change.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::tree::{self, Scope, later_than};

/// What is to be borne from a date on; none keeps what is.
#[derive(Debug)]
pub struct RenameOrganisation {
    /// Who is renamed.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: Option<String>,
    /// NFC.
    pub short_name: Option<String>,
    /// Unique among those alive at the same time.
    pub code: Option<String>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What a renaming answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Renamed {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for RenameOrganisation {
    type Answer = Renamed;

    async fn perform(self, acting: &mut Acting) -> Result<Renamed, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, self.basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);

        let known = sqlx::query!(
            r#"select name.name, name.short_name, code.code,
                      lower(name.valid) as "name_from!", lower(code.valid) as "code_from!"
               from organisation_name name
               join organisation_code code using (organisation_id)
               where name.organisation_id = $1 and access.covers($1)
                 and upper_inf(name.recorded) and name.valid @> $2::date
                 and upper_inf(code.recorded) and code.valid @> $2::date"#,
            organisation_id,
            on,
        )
        .fetch_one(acting.db())
        .await?;
        let changes_name = self.name.is_some() || self.short_name.is_some();
        let name = self.name.unwrap_or(known.name);
        let short_name = self.short_name.unwrap_or(known.short_name);
        if changes_name {
            later_than(organisation_id, known.name_from, on)
                .map_err(|refused| refused.at("effective_on"))?;
            sqlx::query_file!(
                "src/organisation/rename_organisation.sql",
                organisation_id,
                name,
                short_name,
                on,
                acted_at,
                act_id,
            )
            .execute(acting.db())
            .await?;
        }
        if let Some(code) = &self.code {
            later_than(organisation_id, known.code_from, on)
                .map_err(|refused| refused.at("effective_on"))?;
            let changed = sqlx::query_file!(
                "src/organisation/rename_organisation_code.sql",
                organisation_id,
                code,
                on,
                acted_at,
                act_id,
            )
            .execute(acting.db())
            .await;
            tree::code_taken(changed, "code", code)?;
        }
        let code = self.code.unwrap_or(known.code);
        let renamed = fact::Renamed { organisation_id, name, short_name, code };
        acting.publish_all(Event::Renamed(renamed).on(on, decision_id));
        Ok(Renamed { decision_id })
    }
}
