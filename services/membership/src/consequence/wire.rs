//! Requests of `ConsequenceService` parsed, and its answers written out.

use chassis::parse::{self, civil, id_or_empty, instant};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use uuid::Uuid;

use crate::consequence::consequences::Consequence;
use crate::consequence::later_movements::{About, LaterMovement};
use crate::consequence::mend_consequence::{MendConsequence, Mended};
use crate::consequence::passed_over::PassedOver;
use crate::ground::consequence::Obstacle;
use crate::ground::refused::Refused;
use crate::ground::wire::ids;

pub fn mend_consequence(request: pb::MendConsequenceRequest) -> Result<MendConsequence, Refusal> {
    Ok(MendConsequence {
        registry_act_id: parse::id("registry_act_id", &request.registry_act_id)?,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn list_later_movements(request: &pb::ListLaterMovementsRequest) -> Result<About, Refusal> {
    if !request.registry_act_ids.is_empty() {
        // One question or the other: what is said for both would be dropped for one.
        if !request.organisation_ids.is_empty() {
            return Err(Refused::QuestionAmbiguous { field: "registry_act_ids" }.into());
        }
        return Ok(About::Undoing(ids("registry_act_ids", &request.registry_act_ids)?));
    }
    Ok(About::Ends {
        organisation_ids: ids("organisation_ids", &request.organisation_ids)?,
        ended_on: parse::date("ended_on", request.ended_on)?,
    })
}

/// A consequence, with those of the people passed over who belong to it.
pub fn consequence(row: Consequence, passed_over: &[PassedOver]) -> pb::Consequence {
    let key = (row.registry_act_id, row.organisation_id, row.kind);
    let mine = passed_over
        .iter()
        .filter(|one| (one.registry_act_id, one.organisation_id, one.kind) == key);
    let people = mine.clone().next().map_or(0, |one| one.people);
    pb::Consequence {
        registry_act_id: row.registry_act_id.to_string(),
        organisation_id: row.organisation_id.to_string(),
        kind: i32::from(row.kind),
        effective_on: Some(civil(row.effective_on)),
        to_organisation_id: id_or_empty(row.to_organisation_id),
        members: row.members,
        passed_over: mine.map(self::passed_over).collect(),
        finished_at: row.finished_at.map(instant),
        obstacle: row.obstacle.map_or(0, i32::from),
        passed_over_count: i32::try_from(people).unwrap_or(i32::MAX),
    }
}

/// Somebody passed over, and who can do what about it.
pub fn passed_over(one: &PassedOver) -> pb::consequence::PassedOver {
    let obstacle = i32::from(one.obstacle);
    let remedy = match pb::Obstacle::try_from(obstacle) {
        _ if one.mended_at.is_some() => pb::Remedy::Unspecified,
        Ok(
            pb::Obstacle::PersonUnknown | pb::Obstacle::ApplicationNotOpen | pb::Obstacle::NoPlace,
        ) => pb::Remedy::AdmitMembers,
        Ok(pb::Obstacle::MembershipActive | pb::Obstacle::NotOnList) => pb::Remedy::TransferMembers,
        Ok(pb::Obstacle::LaterMovement) => pb::Remedy::MendConsequence,
        Ok(
            pb::Obstacle::Unspecified
            | pb::Obstacle::OrganisationUnknown
            | pb::Obstacle::OrganisationEnded
            | pb::Obstacle::OrganisationSuspended
            | pb::Obstacle::MovementRestated,
        )
        | Err(_) => pb::Remedy::Unspecified,
    };
    let (permission, organisation_ids) = match remedy {
        pb::Remedy::Unspecified => ("", Vec::new()),
        pb::Remedy::AdmitMembers => ("membership.member.admit", one.lies_under.clone()),
        // From the union that was divided, on the day of its end.
        pb::Remedy::TransferMembers if one.obstacle == Obstacle::NotOnList as i16 => {
            ("membership.member.transfer", vec![one.organisation_id])
        }
        pb::Remedy::TransferMembers => ("membership.member.transfer", one.lies_under.clone()),
        pb::Remedy::MendConsequence => {
            let mut all = one.unions.clone();
            if !all.contains(&one.organisation_id) {
                all.push(one.organisation_id);
            }
            ("membership.consequence.mend", all)
        }
    };
    pb::consequence::PassedOver {
        person_id: one.person_id.to_string(),
        obstacle,
        remedy: remedy.into(),
        permission: permission.to_string(),
        organisation_ids: organisation_ids.iter().map(Uuid::to_string).collect(),
        mended_at: one.mended_at.map(instant),
    }
}

pub fn mended(mended: Mended) -> pb::MendConsequenceResponse {
    pb::MendConsequenceResponse { members: mended.members, left: mended.left }
}

pub fn later_movement(movement: LaterMovement) -> pb::list_later_movements_response::LaterMovement {
    pb::list_later_movements_response::LaterMovement {
        organisation_id: movement.organisation_id.to_string(),
        person_id: movement.person_id.to_string(),
        joins_on: movement.joins_on.map(civil),
        leaves_on: movement.leaves_on.map(civil),
        to_organisation_id: id_or_empty(movement.to_organisation_id),
    }
}

pub fn later_movements(
    (organisation_id, people): (Uuid, i64),
) -> pb::list_later_movements_response::Count {
    pb::list_later_movements_response::Count {
        organisation_id: organisation_id.to_string(),
        people: i32::try_from(people).unwrap_or(i32::MAX),
    }
}
