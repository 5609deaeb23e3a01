//! A person is sent by an organisation to another for a time (tăng cường cán bộ).

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::{Noted, Secondment};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// Who is sent where, from when to when.
#[derive(Debug)]
pub struct BeginSecondment {
    /// Who sends.
    pub organisation_id: Uuid,
    /// Who receives.
    pub host_id: Uuid,
    /// An id of membership.
    pub person_id: Uuid,
    /// What for; may be empty.
    pub task: String,
    /// The first day; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The first day without it, if it is known.
    pub until_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct SecondmentBegun {
    /// The secondment.
    pub secondment_id: Uuid,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for BeginSecondment {
    type Answer = SecondmentBegun;

    async fn perform(self, acting: &mut Acting) -> Result<SecondmentBegun, Failure> {
        let (organisation_id, host_id) = (self.organisation_id, self.host_id);
        if organisation_id == host_id {
            return Err(Refused::SecondmentToItself { organisation_id }.at("host_id"));
        }
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        if let Some(until) = self.until_on.filter(|until| *until <= on) {
            let refused = Refused::SecondmentDatesInvalid { from: on, until };
            return Err(refused.at("until_on"));
        }
        let mut both = [organisation_id, host_id];
        both.sort_unstable();
        tree::lean_on(acting, &both).await?;
        for (field, unit) in [("organisation_id", organisation_id), ("host_id", host_id)] {
            tree::standing(acting, field, unit, on, Scope::Itself)
                .await?
                .lives_on(on)
                .map_err(|refused| refused.at(field))?;
        }

        self.refuse_second(acting, on).await?;
        let decision_id =
            basis::record(acting, self.basis, organisation_id, organisation_id).await?;
        let secondment_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let person_id = self.person_id;
        sqlx::query!(
            "insert into secondment (secondment_id, organisation_id, host_id, person_id, task,
                                     decision_id, valid, recorded, act_id)
             values ($1, $2, $3, $4, $5, $6, daterange($7, $8), tstzrange($9, null), $10)",
            secondment_id,
            organisation_id,
            host_id,
            person_id,
            self.task,
            decision_id,
            on,
            self.until_on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await
        .on_constraint("secondment_once", || {
            Refused::SecondmentExists { person_id }.at("person_id")
        })?;
        let sent = Secondment {
            secondment_id,
            organisation_id,
            host_id,
            person_id,
            until_on: self.until_on,
        };
        acting.publish_all(Noted::SecondmentBegun(sent).on(on, decision_id));
        Ok(SecondmentBegun { secondment_id, decision_id })
    }
}

impl BeginSecondment {
    /// Refuses a person who is sent to somebody at that time, as far as the caller may read it.
    /// Whose member she is, and so in whose scope, only membership knows. To refuse for a
    /// secondment of another province would tell whoever has her id that she is there, and by
    /// dates from when to when; so that one and this one both stand, and whoever may read both
    /// sees both.
    async fn refuse_second(&self, acting: &mut Acting, on: Date) -> Result<(), Failure> {
        let person_id = self.person_id;
        // Two acts that send the same person queue here: each sees what the other wrote.
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended(format('secondment %s', $1::uuid), 0))",
            person_id,
        )
        .execute(acting.db())
        .await?;
        let sent = sqlx::query_scalar!(
            r#"select exists (
                   select from secondment
                   where person_id = $1 and upper_inf(recorded) and valid && daterange($2, $3)
                     and (access.covers(organisation_id) or access.covers(host_id))
               ) as "sent!""#,
            person_id,
            on,
            self.until_on,
        )
        .fetch_one(acting.db())
        .await?;
        if sent {
            return Err(Refused::SecondmentExists { person_id }.at("person_id"));
        }
        Ok(())
    }
}
