//! What becomes of an organisation's seal and account.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::{Noted, Seal};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::Account;
use crate::ground::basis::{self, Basis};
use crate::ground::tree::{self, Scope, later_than};

/// Seal and account from a date on.
#[derive(Debug)]
pub struct RecordSealAndAccount {
    /// Whose.
    pub organisation_id: Uuid,
    /// Where the seal is.
    pub seal: Seal,
    /// The account.
    pub account: Account,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct SealAndAccountRecorded {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for RecordSealAndAccount {
    type Answer = SealAndAccountRecorded;

    async fn perform(self, acting: &mut Acting) -> Result<SealAndAccountRecorded, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        // The superior takes in the seal of a union that has ended; nobody uses it any more.
        let alive = match self.seal {
            Seal::InUse => unit.lives_on(on),
            Seal::None | Seal::HandedIn | Seal::Lost if unit.ended_on.is_some() => Ok(()),
            Seal::None | Seal::HandedIn | Seal::Lost => unit.lives_on(on),
        };
        alive.map_err(|refused| refused.at("effective_on"))?;
        let since = sqlx::query_scalar!(
            r#"select lower(valid) as "since!" from organisation_seal
               where organisation_id = $1 and upper_inf(recorded) and upper_inf(valid)"#,
            organisation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if let Some(since) = since {
            later_than(organisation_id, since, on).map_err(|refused| refused.at("effective_on"))?;
        }

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, self.basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/attribute/record_seal_and_account.sql",
            organisation_id,
            self.seal.code(),
            self.account.number,
            self.account.bank,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let recorded = Noted::SealAndAccountRecorded {
            organisation_id,
            seal: self.seal,
            has_account: !self.account.number.is_empty(),
        };
        acting.publish_all(recorded.on(on, decision_id));
        Ok(SealAndAccountRecorded { decision_id })
    }
}
