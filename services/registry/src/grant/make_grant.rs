//! A subject gets a role on an organisation.

use chassis::access::roles;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry as fact;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// Who gets which role, where, from when to when.
#[derive(Debug)]
pub struct MakeGrant {
    /// The identity provider.
    pub issuer: String,
    /// Its subject.
    pub subject: String,
    /// A name in roles.toml.
    pub role: String,
    /// Where.
    pub organisation_id: Uuid,
    /// None means today.
    pub from_on: Option<Date>,
    /// The first day without it.
    pub until_on: Option<Date>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct GrantMade {
    /// The grant.
    pub grant_id: Uuid,
}

impl Act for MakeGrant {
    type Answer = GrantMade;

    async fn perform(self, acting: &mut Acting) -> Result<GrantMade, Failure> {
        let today = acting.today;
        let from_on = self.from_on.unwrap_or(today);
        if from_on < today || self.until_on.is_some_and(|until_on| until_on <= from_on) {
            return Err(Refused::GrantDatesInvalid { today }.at("from_on"));
        }
        basis::not_too_far(acting, "from_on", from_on)?;
        if !roles::exists(&self.role) {
            return Err(Refused::RoleUnknown { role: self.role }.at("role"));
        }
        tree::lean_on(acting, &[self.organisation_id]).await?;
        tree::standing(acting, "organisation_id", self.organisation_id, from_on, Scope::Itself)
            .await?
            .lives_on(from_on)
            .map_err(|refused| refused.at("organisation_id"))?;

        self.refuse_unheld(acting).await?;

        let grant_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into role_grant (grant_id, issuer, subject, role, organisation_id, valid,
                                     recorded, act_id)
             values ($1, $2, $3, $4, $5, daterange($6, $7), tstzrange($8, null), $9)",
            grant_id,
            self.issuer,
            self.subject,
            self.role,
            self.organisation_id,
            from_on,
            self.until_on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await
        .on_constraint("role_grant_once", || Refused::GrantExists)?;
        let made = Event::GrantMade(fact::Grant {
            grant_id,
            issuer: self.issuer,
            subject: self.subject,
            role: self.role,
            organisation_id: self.organisation_id,
            until_on: self.until_on,
        });
        acting.publish_all(made.on(from_on, None));
        Ok(GrantMade { grant_id })
    }
}

impl MakeGrant {
    /// Nobody gives himself a role, nor anybody what he does not hold himself on that organisation;
    /// but the Confederation's administrator, who holds what nobody above could give.
    async fn refuse_unheld(&self, acting: &mut Acting) -> Result<(), Failure> {
        let role = || self.role.clone();
        let own = sqlx::query_file!("src/grant/make_grant.sql", self.role, self.organisation_id)
            .fetch_one(acting.db())
            .await?;
        if own.administers_all {
            return Ok(());
        }
        if acting.caller.issuer == self.issuer && acting.caller.subject == self.subject {
            return Err(Refused::GrantToOneself { role: role() }.at("subject"));
        }
        if own.exceeds {
            let organisation_id = self.organisation_id;
            return Err(Refused::GrantExceedsOwn { role: role(), organisation_id }.at("role"));
        }
        Ok(())
    }
}
