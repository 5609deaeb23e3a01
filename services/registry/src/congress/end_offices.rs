//! Offices end: their holders resigned, left or were relieved.

use std::collections::HashMap;

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::EndedSeat;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::{seats, tree};

/// Which offices end, and when.
#[derive(Debug)]
pub struct EndOffices {
    /// At least one.
    pub office_ids: Vec<Uuid>,
    /// The first day out of office; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfficesEnded {
    /// How many offices ended.
    pub offices: usize,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for EndOffices {
    type Answer = OfficesEnded;

    async fn perform(self, acting: &mut Acting) -> Result<OfficesEnded, Failure> {
        let mut organisation_ids = sqlx::query_scalar!(
            "select distinct organisation_id from office
             where office_id = any($1::uuid[]) and access.covers(organisation_id)",
            &self.office_ids,
        )
        .fetch_all(acting.db())
        .await?;
        organisation_ids.sort_unstable();
        let Some(organisation_id) = organisation_ids.first().copied() else {
            return Err(self.refuse_unknown(acting).await);
        };
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        // Two acts that end the same office queue here.
        tree::take(acting, &organisation_ids).await?;
        let known: HashMap<Uuid, _> = sqlx::query!(
            r#"select office_id, organisation_id, person_id, lower(valid) as "from_on!",
                      upper(valid) as "until_on?"
               from office
               where office_id = any($1::uuid[]) and upper_inf(recorded)
                 and access.covers(organisation_id)"#,
            &self.office_ids,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .map(|office| (office.office_id, office))
        .collect();

        let mut seats: Vec<EndedSeat> = Vec::with_capacity(self.office_ids.len());
        for (n, office_id) in self.office_ids.iter().copied().enumerate() {
            let at = format!("office_ids[{n}]");
            let Some(office) = known.get(&office_id) else {
                let refusal = Refused::OfficeUnknown { office_id }.at(at);
                return Err(unknown_or_denied(acting.db(), refusal).await);
            };
            let repeated = seats.iter().any(|seat| seat.office_id == office_id);
            if office.until_on.is_some_and(|until| until <= on) || repeated {
                return Err(Refused::OfficeEnded { office_id }.at(at));
            }
            if on <= office.from_on {
                let from = office.from_on;
                return Err(Refused::DateOutsideLife { on, from }.at(at));
            }
            seats.push(EndedSeat {
                office_id,
                organisation_id: office.organisation_id,
                person_id: office.person_id,
            });
        }
        let decision_id =
            basis::record(acting, self.basis, organisation_id, organisation_id).await?;
        seats::end(acting, "effective_on", &seats, on, decision_id).await?;
        Ok(OfficesEnded { offices: seats.len(), decision_id })
    }
}

impl EndOffices {
    /// The refusal of offices of which none is known and in scope.
    async fn refuse_unknown(&self, acting: &mut Acting) -> Failure {
        let Some(office_id) = self.office_ids.first().copied() else {
            return Refused::OfficesEmpty.at("office_ids");
        };
        let refusal = Refused::OfficeUnknown { office_id }.at("office_ids[0]");
        unknown_or_denied(acting.db(), refusal).await
    }
}
