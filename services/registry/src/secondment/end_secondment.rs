//! A person who was sent to another organisation returns.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::{basis, tree};

/// Which secondment ends, and when.
#[derive(Debug)]
pub struct EndSecondment {
    /// The secondment.
    pub secondment_id: Uuid,
    /// The first day without it.
    pub effective_on: Date,
}

/// What the act answers: nothing more than that it was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct SecondmentEnded;

impl Act for EndSecondment {
    type Answer = SecondmentEnded;

    async fn perform(self, acting: &mut Acting) -> Result<SecondmentEnded, Failure> {
        let Self { secondment_id, effective_on: on } = self;
        basis::not_too_far(acting, "effective_on", on)?;
        let organisation_id = sqlx::query_scalar!(
            "select distinct organisation_id from secondment
             where secondment_id = $1 and access.covers(organisation_id)",
            secondment_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = organisation_id else {
            let refusal = Refused::SecondmentUnknown { secondment_id }.at("secondment_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        // Two acts that end the same secondment queue here.
        tree::take(acting, &[organisation_id]).await?;
        let known = sqlx::query!(
            r#"select lower(valid) as "from_on!", upper(valid) as "until_on?"
               from secondment
               where secondment_id = $1 and upper_inf(recorded)"#,
            secondment_id,
        )
        .fetch_optional(acting.db())
        .await?
        .filter(|known| known.until_on.is_none_or(|until| on < until))
        .ok_or_else(|| Refused::SecondmentEnded { secondment_id }.at("secondment_id"))?;
        if on <= known.from_on {
            let from = known.from_on;
            return Err(Refused::DateOutsideLife { on, from }.at("effective_on"));
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!("src/secondment/end_secondment.sql", secondment_id, on, acted_at, act_id)
            .execute(acting.db())
            .await?;
        let ended = Noted::SecondmentEnded { secondment_id, organisation_id };
        acting.publish_all(ended.on(on, None));
        Ok(SecondmentEnded)
    }
}
