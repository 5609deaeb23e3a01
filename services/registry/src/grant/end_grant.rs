//! A grant ends: today, or on a later day.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::{basis, tree};

/// Which grant ends, and when.
#[derive(Debug)]
pub struct EndGrant {
    /// The grant.
    pub grant_id: Uuid,
    /// The first day without it; none means today.
    pub effective_on: Option<Date>,
}

/// What the act answers: nothing more than that it was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct GrantEnded;

impl Act for EndGrant {
    type Answer = GrantEnded;

    async fn perform(self, acting: &mut Acting) -> Result<GrantEnded, Failure> {
        let grant_id = self.grant_id;
        let today = acting.today;
        let on = self.effective_on.unwrap_or(today);
        if on < today {
            return Err(Refused::GrantDatesInvalid { today }.at("effective_on"));
        }
        basis::not_too_far(acting, "effective_on", on)?;
        let organisation_id = sqlx::query_scalar!(
            "select distinct organisation_id from role_grant
             where grant_id = $1 and access.covers(organisation_id)",
            grant_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = organisation_id else {
            let refusal = Refused::GrantUnknown { grant_id }.at("grant_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        // Two acts that end the same grant queue here.
        tree::take(acting, &[organisation_id]).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let ended =
            sqlx::query_file_scalar!("src/grant/end_grant.sql", grant_id, on, acted_at, act_id,)
                .fetch_one(acting.db())
                .await?;
        if ended == 0 {
            return Err(Refused::GrantEnded { grant_id }.at("grant_id"));
        }
        acting.publish_all(Event::GrantEnded { grant_id }.on(on, None));
        Ok(GrantEnded)
    }
}
