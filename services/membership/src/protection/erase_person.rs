//! Erases all that says who a person is.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::merged;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// `membership.v1.ErasureCause`.
const REQUESTED: i16 = 1;

/// `membership.v1.StandingKind`, of honorary members.
const HONORARY: i16 = 4;

/// A person is erased.
pub struct ErasePerson {
    /// Who.
    pub person_id: Uuid,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
    /// The decision says so although she counts.
    pub while_counted: bool,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Erased {}

impl Act for ErasePerson {
    type Answer = Erased;

    async fn perform(self, acting: &mut Acting) -> Result<Erased, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let union = scope::of(acting, self.person_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        // Whoever is she: what was merged is hers.
        let survivor = merged::survivor(acting.db(), self.person_id, None).await?;
        let into = merged::into(acting.db(), &[survivor]).await?;
        let all: Vec<Uuid> =
            std::iter::once(survivor).chain(into.into_iter().map(|(she, _)| she)).collect();
        roll::lock(acting, &all).await?;
        let today = acting.today;
        let counted = sqlx::query_scalar!(
            r#"select exists (select from membership
                              where person_id = any ($1) and (until_on is null or until_on > $2))
                   or exists (select from application
                              where person_id = any ($1) and coalesce(closed_on, lapses_on) > $2)
                   or exists (select from standing
                              where person_id = any ($1) and kind = $3
                                and coalesce(ended_on, left_on, 'infinity') > $2) as "counted!""#,
            &all,
            today,
            HONORARY,
        )
        .fetch_one(acting.db())
        .await?;
        if counted && !self.while_counted {
            return Err(Refused::PersonCounted.into());
        }
        let (act_id, actor) = (acting.act_id, acting.caller.principal());
        sqlx::query!(
            "insert into person_erasure (person_id, cause, reason, decision_id, actor, act_id)
             select person_id, $2, $3, $4, $5, $6 from unnest($1::uuid[]) as she (person_id)
             on conflict on constraint person_erasure_key do nothing",
            &all,
            REQUESTED,
            self.reason,
            decision_id,
            actor,
            act_id,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!("select from erase_persons($1)", &all).execute(acting.db()).await?;
        Ok(Erased {})
    }
}
