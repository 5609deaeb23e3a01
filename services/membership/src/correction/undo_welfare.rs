//! Undoes what was given to people in need, for all of them or for some. Sensitive: what is published
//! carries a pseudonym.

use std::collections::HashSet;

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::none_repeated;
use crate::ground::welfare::{self, Line};

/// People were never helped so.
pub struct UndoWelfare {
    /// The act for them.
    pub welfare_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// For how many people.
    pub people: i32,
    /// In đồng.
    pub amount_vnd: i64,
}

impl Act for UndoWelfare {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let unknown = || Refused::WelfareUnknown { field: "welfare_id".to_string() };
        let whose = sqlx::query_scalar!(
            "select organisation_id from welfare
             where welfare_id = $1 and access.covers(organisation_id) limit 1",
            self.welfare_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(whose) = whose else {
            return Err(access::unknown_or_denied(acting.db(), unknown()).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), whose).await?;
        let taken = self.take_back(acting).await?;
        if taken.is_empty() {
            return Err(unknown().into());
        }
        for (on, _, told) in welfare::told(&taken) {
            acting.publish(Event::HappeningTakenBack(told).resting_on(on, decision_id));
        }
        let undone = Correction {
            kind: Kind::WelfareUndone,
            about_id: self.welfare_id,
            now_id: None,
            people: taken.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone {
            people: i32::try_from(taken.len()).unwrap_or(i32::MAX),
            amount_vnd: taken.iter().map(|line| line.amount_vnd).sum(),
        })
    }
}

impl UndoWelfare {
    async fn take_back(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        // Two acts that share some queue for them in one order.
        sqlx::query!(
            "select from welfare
             where welfare_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
             order by person_id for update",
            self.welfare_id,
            &self.person_ids,
        )
        .execute(acting.db())
        .await?;
        let taken = sqlx::query_as!(
            Line,
            "delete from welfare
             where welfare_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
             returning welfare_id, person_id, organisation_id, subject, kind, occasion, source,
                       given_on, amount_vnd, decision_id",
            self.welfare_id,
            &self.person_ids,
        )
        .fetch_all(acting.db())
        .await?;
        let helped: HashSet<Uuid> = taken.iter().map(|line| line.person_id).collect();
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !helped.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::WelfareUnknown { field });
            }
        }
        bad.refuse()?;
        Ok(taken)
    }
}
