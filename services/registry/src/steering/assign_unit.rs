//! A member of a steering committee is put in charge of a unit (phân công phụ trách).

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry as fact;
use feeds::registry::Body;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope, earlier};

/// Who follows which unit, from when.
#[derive(Debug)]
pub struct AssignUnit {
    /// The committee.
    pub steering_committee_id: Uuid,
    /// The member's seat in it.
    pub office_id: Uuid,
    /// The unit followed.
    pub unit_id: Uuid,
    /// The first day.
    pub effective_on: Date,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Assigned {
    /// The assignment.
    pub assignment_id: Uuid,
}

impl Act for AssignUnit {
    type Answer = Assigned;

    async fn perform(self, acting: &mut Acting) -> Result<Assigned, Failure> {
        let Self { steering_committee_id, office_id, unit_id, effective_on: on } = self;
        basis::not_too_far(acting, "effective_on", on)?;
        let organisation_id = sqlx::query_scalar!(
            "select organisation_id from body
             where body_id = $1 and body = 'STEERING' and access.covers(organisation_id)",
            steering_committee_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = organisation_id else {
            let refused = Refused::SteeringCommitteeUnknown { steering_committee_id };
            let refusal = refused.at("steering_committee_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        // The seat does not end and the unit does not end while this is decided.
        let mut both = [organisation_id, unit_id];
        both.sort_unstable();
        tree::lean_on(acting, &both).await?;
        let unit = tree::standing(acting, "unit_id", unit_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("unit_id"))?;
        let seat = sqlx::query!(
            r#"select person_id, lower(valid) as "from_on!", upper(valid) as "until_on?"
               from office
               where office_id = $1 and body_id = $2 and upper_inf(recorded)
                 and access.covers(organisation_id)"#,
            office_id,
            steering_committee_id,
        )
        .fetch_optional(acting.db())
        .await?
        .ok_or_else(|| Refused::OfficeUnknown { office_id }.at("office_id"))?;
        if seat.until_on.is_some_and(|until| until <= on) {
            return Err(Refused::OfficeEnded { office_id }.at("office_id"));
        }
        if on < seat.from_on {
            let from = seat.from_on;
            return Err(Refused::DateOutsideLife { on, from }.at("effective_on"));
        }

        let until = earlier(unit.ended_on, seat.until_on);
        let assignment_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into unit_assignment (assignment_id, body_id, office_id, person_id, unit_id,
                                          valid, recorded, act_id)
             values ($1, $2, $3, $4, $5, daterange($6, $9), tstzrange($7, null), $8)",
            assignment_id,
            steering_committee_id,
            office_id,
            seat.person_id,
            unit_id,
            on,
            acted_at,
            act_id,
            until,
        )
        .execute(acting.db())
        .await
        .on_constraint("unit_assignment_once", || {
            Refused::AssignmentExists { office_id, organisation_id: unit_id }.at("unit_id")
        })?;
        let assigned = Body::UnitAssigned(fact::Assignment {
            assignment_id,
            steering_committee_id,
            office_id,
            person_id: seat.person_id,
            unit_id,
        });
        acting.publish_all(assigned.on(on, None));
        if let Some(until) = until {
            // With the seat, or with the unit, whichever ends first.
            acting.publish_all(Body::UnitAssignmentEnded { assignment_id }.on(until, None));
        }
        Ok(Assigned { assignment_id })
    }
}
