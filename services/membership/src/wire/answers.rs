//! Answers, written out. Each function is named after what it writes.

use chassis::parse::civil;
use feeds::membership::Attendance;
use prost_types::Timestamp;
use proto::membership::v1 as pb;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::acts::admit_members::Admitted;
use crate::acts::admit_to_party::AdmittedToParty;
use crate::acts::exit_members::Exited;
use crate::acts::hold_training_course::Held;
use crate::acts::mend_consequence::Mended;
use crate::acts::recommend_cadre::Recommended;
use crate::acts::record_applicants::Recorded;
use crate::acts::refer_to_party::Referred;
use crate::acts::send_delegation::Sent;
use crate::acts::transfer_members::Transferred;
use crate::reads::applications::Application;
use crate::reads::consequences::Consequence;
use crate::reads::courses::Course;
use crate::reads::delegations::Delegation;
use crate::reads::later_movements::LaterMovement;
use crate::reads::members::{Count, Found, Identifying, Listed, Membership, Person};
use crate::reads::party_referrals::PartyReferral;
use crate::reads::passed_over::PassedOver;
use crate::reads::recommendations::Recommendation;
use crate::roll::Warning;

pub fn recorded(recorded: Recorded) -> pb::RecordApplicantsResponse {
    pb::RecordApplicantsResponse {
        applicants: recorded
            .applicants
            .into_iter()
            .map(|(person_id, application_id)| pb::record_applicants_response::Applicant {
                person_id: person_id.to_string(),
                application_id: application_id.to_string(),
            })
            .collect(),
        warnings: warnings(recorded.warnings),
    }
}

pub fn admitted(admitted: Admitted) -> pb::AdmitMembersResponse {
    pb::AdmitMembersResponse {
        admission_id: admitted.admission_id.to_string(),
        members: admitted
            .members
            .into_iter()
            .map(|(person_id, membership_id)| pb::admit_members_response::Member {
                person_id: person_id.to_string(),
                membership_id: membership_id.to_string(),
            })
            .collect(),
        warnings: warnings(admitted.warnings),
    }
}

pub fn transferred(transferred: Transferred) -> pb::TransferMembersResponse {
    pb::TransferMembersResponse {
        transfer_id: transferred.transfer_id.to_string(),
        members: transferred.members,
    }
}

pub fn exited(exited: Exited) -> pb::ExitMembersResponse {
    pb::ExitMembersResponse { exit_id: exited.exit_id.to_string(), members: exited.members }
}

pub fn held(held: Held) -> pb::HoldTrainingCourseResponse {
    pb::HoldTrainingCourseResponse {
        course_id: held.course_id.to_string(),
        people: held.people,
        attendances: held.attendances,
    }
}

pub fn referred(referred: Referred) -> pb::ReferToPartyResponse {
    pb::ReferToPartyResponse {
        referrals: referred
            .referrals
            .into_iter()
            .map(|(referral_id, person_id)| pb::refer_to_party_response::Referral {
                referral_id: referral_id.to_string(),
                person_id: person_id.to_string(),
            })
            .collect(),
        warnings: warnings(referred.warnings),
    }
}

pub fn admitted_to_party(admitted: AdmittedToParty) -> pb::AdmitToPartyResponse {
    pb::AdmitToPartyResponse { admitted: admitted.admitted }
}

pub fn recommended(recommended: Recommended) -> pb::RecommendCadreResponse {
    pb::RecommendCadreResponse {
        recommendation_ids: recommended.recommendation_ids.iter().map(Uuid::to_string).collect(),
    }
}

pub fn sent(sent: Sent) -> pb::SendDelegationResponse {
    pb::SendDelegationResponse { delegation_id: sent.delegation_id.to_string() }
}

fn warnings(warnings: Vec<Warning>) -> Vec<pb::LineWarning> {
    warnings
        .into_iter()
        .map(|warning| pb::LineWarning {
            field: warning.field,
            kind: warning.unlikely as i32,
            other: warning.other.unwrap_or_default(),
        })
        .collect()
}

pub fn application(application: Application) -> pb::Application {
    pb::Application {
        application_id: application.application_id.to_string(),
        person_id: application.person_id.to_string(),
        name: application.name,
        organisation_id: application.organisation_id.to_string(),
        applied_on: Some(civil(application.applied_on)),
        lapses_on: Some(civil(application.lapses_on)),
        state: application.state,
    }
}

pub fn person(person: Person, identifying: Identifying) -> pb::Person {
    let (kind, country, number) = match identifying.identity {
        Some((kind, country, number)) => (kind, country.unwrap_or_default(), Some(number)),
        None => (0, String::new(), None),
    };
    pb::Person {
        person_id: person.person_id.to_string(),
        name: person.name,
        sex: i32::from(person.sex),
        birth_date: person.birth_date.map(civil),
        birth_year: person.birth_year.map_or(0, i32::from),
        workplace: person.workplace.unwrap_or_default(),
        identity_number: number,
        identity_kind: i32::from(kind),
        identity_country: country,
        phone: identifying.phone,
    }
}

pub fn membership(membership: Membership) -> pb::Membership {
    pb::Membership {
        membership_id: membership.membership_id.to_string(),
        organisation_id: membership.organisation_id.to_string(),
        from_on: Some(civil(membership.from_on)),
        until_on: membership.until_on.map(civil),
        admission_kind: membership.admission_kind.map_or(0, i32::from),
        exit_reason: membership.exit_reason.map_or(0, i32::from),
    }
}

pub fn listed(member: Listed) -> pb::list_members_response::Member {
    pb::list_members_response::Member {
        person_id: member.person_id.to_string(),
        membership_id: member.membership_id.to_string(),
        name: member.name,
        sex: i32::from(member.sex),
        birth_year: member.birth_year.map_or(0, i32::from),
        from_on: Some(civil(member.from_on)),
    }
}

pub fn found(found: Found) -> pb::FindPersonResponse {
    pb::FindPersonResponse {
        person_id: found.person_id.to_string(),
        name: found.name,
        organisation_id: text(found.organisation_id),
    }
}

pub fn count(count: Count) -> pb::count_members_response::Count {
    pb::count_members_response::Count {
        organisation_id: count.organisation_id.to_string(),
        members: i32::try_from(count.members).unwrap_or(i32::MAX),
        female: i32::try_from(count.female).unwrap_or(i32::MAX),
    }
}

pub fn course(course: Course) -> pb::TrainingCourse {
    pb::TrainingCourse {
        course_id: course.course_id.to_string(),
        organisation_id: course.organisation_id.to_string(),
        title: course.title,
        topics: course.topics,
        starts_on: Some(civil(course.starts_on)),
        ends_on: Some(civil(course.ends_on)),
        people: course.people,
        attendances: course.attendances,
    }
}

pub fn attendance(attendance: Attendance) -> pb::Attendance {
    pb::Attendance {
        person_id: attendance.person_id.to_string(),
        organisation_id: attendance.organisation_id.to_string(),
        attended_on: Some(civil(attendance.attended_on)),
    }
}

pub fn party_referral(case: PartyReferral) -> pb::PartyReferral {
    pb::PartyReferral {
        referral_id: case.referral_id.to_string(),
        organisation_id: case.organisation_id.to_string(),
        person_id: case.person_id.to_string(),
        referred_on: Some(civil(case.referred_on)),
        admitted_on: case.admitted_on.map(civil),
    }
}

pub fn recommendation(recommendation: Recommendation) -> pb::CadreRecommendation {
    pb::CadreRecommendation {
        recommendation_id: recommendation.recommendation_id.to_string(),
        organisation_id: recommendation.organisation_id.to_string(),
        person_id: recommendation.person_id.to_string(),
        recommended_on: Some(civil(recommendation.recommended_on)),
        committee: recommendation.committee.unwrap_or_default(),
        purposes: recommendation.purposes.into_iter().map(i32::from).collect(),
    }
}

pub fn delegation(
    (delegation, delegates): (Delegation, Vec<(Uuid, Uuid)>),
) -> pb::GetDelegationResponse {
    pb::GetDelegationResponse {
        delegation_id: delegation.delegation_id.to_string(),
        organisation_id: delegation.organisation_id.to_string(),
        host_id: delegation.host_id.to_string(),
        event: delegation.event,
        held_on: Some(civil(delegation.held_on)),
        delegates: delegates
            .into_iter()
            .map(|(person_id, organisation_id)| pb::Delegate {
                person_id: person_id.to_string(),
                organisation_id: organisation_id.to_string(),
            })
            .collect(),
    }
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
        to_organisation_id: text(row.to_organisation_id),
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
        Ok(pb::Obstacle::MembershipActive) => pb::Remedy::TransferMembers,
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
        to_organisation_id: text(movement.to_organisation_id),
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

fn instant(at: OffsetDateTime) -> Timestamp {
    Timestamp {
        seconds: at.unix_timestamp(),
        // Below 1,000,000,000: fits.
        nanos: i32::try_from(at.nanosecond()).unwrap_or_default(),
    }
}

fn text(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
