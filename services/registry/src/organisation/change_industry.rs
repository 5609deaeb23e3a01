//! Putting an organisation into another industry, or into its first, until the next known change.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::rules::Rules;
use crate::ground::tree::{self, Scope, later_than};

/// Whose industry changes, to which, from when.
#[derive(Debug)]
pub struct ChangeIndustry {
    /// The organisation.
    pub organisation_id: Uuid,
    /// For example `GIAO_DUC`.
    pub industry: String,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndustryChanged {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for ChangeIndustry {
    type Answer = IndustryChanged;

    async fn perform(self, acting: &mut Acting) -> Result<IndustryChanged, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        Rules::read(acting.db())
            .await?
            .industry(&self.industry, on)
            .map_err(|refused| refused.at("industry"))?;

        // Until now its industry may not have been stated.
        let known_from = sqlx::query_scalar!(
            r#"select lower(valid) as "from!" from organisation_industry
               where organisation_id = $1 and access.covers($1)
                 and upper_inf(recorded) and valid @> $2::date"#,
            organisation_id,
            on,
        )
        .fetch_optional(acting.db())
        .await?;
        if let Some(known_from) = known_from {
            later_than(organisation_id, known_from, on)
                .map_err(|refused| refused.at("effective_on"))?;
        }

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, self.basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/organisation/change_industry.sql",
            organisation_id,
            self.industry,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let changed = Event::IndustryChanged { organisation_id, industry: self.industry };
        acting.publish_all(changed.on(on, decision_id));
        Ok(IndustryChanged { decision_id })
    }
}
