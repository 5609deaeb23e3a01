//! What membership publishes: ids, sex and year of birth; for Party and cadre matters a
//! pseudonym in the person's place.

use chassis::feed::NewChange;
use chassis::parse::civil;
use prost_types::Any;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change;
use time::Date;
use uuid::Uuid;

use crate::consequence::Movement;
use crate::movement::{AdmissionKind, ExitReason};
use crate::roll::Enrolled;

/// One person of a movement, and the membership that it began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The membership.
    pub membership_id: Uuid,
    /// The member.
    pub person: Enrolled,
}

impl From<&Moved> for pb::MemberLine {
    fn from(moved: &Moved) -> Self {
        Self {
            membership_id: moved.membership_id.to_string(),
            person_id: moved.person.person_id.to_string(),
            sex: i32::from(moved.person.sex),
            birth_year: i32::from(moved.person.birth_year),
        }
    }
}

fn change(kind: &'static str, aggregate_id: Uuid, effective_on: Date, change: Change) -> NewChange {
    let body = pb::MembershipChange { change: Some(change) };
    NewChange {
        kind,
        aggregate_id,
        effective_on,
        decision_id: None,
        // Encoding into memory cannot fail: the buffer grows as it is needed.
        body: Any::from_msg(&body).unwrap_or_default(),
    }
}

/// People were admitted to a union.
pub fn members_admitted(
    admission_id: Uuid,
    organisation_id: Uuid,
    kind: AdmissionKind,
    effective_on: Date,
    lines: &[Moved],
) -> NewChange {
    change(
        "membership.members_admitted",
        organisation_id,
        effective_on,
        Change::MembersAdmitted(pb::MembersAdmitted {
            admission_id: admission_id.to_string(),
            organisation_id: organisation_id.to_string(),
            kind: kind as i32,
            lines: lines.iter().map(Into::into).collect(),
        }),
    )
}

/// Members went from one union to another; because of an act of registry, if one is named.
pub fn members_transferred(
    transfer_id: Uuid,
    from: Uuid,
    to: Uuid,
    effective_on: Date,
    lines: &[Moved],
    registry_act_id: Option<Uuid>,
) -> NewChange {
    change(
        "membership.members_transferred",
        from,
        effective_on,
        Change::MembersTransferred(pb::MembersTransferred {
            transfer_id: transfer_id.to_string(),
            from_organisation_id: from.to_string(),
            to_organisation_id: to.to_string(),
            lines: lines.iter().map(Into::into).collect(),
            registry_act_id: text(registry_act_id),
        }),
    )
}

/// Memberships ended; because of an act of registry, if one is named.
pub fn members_exited(
    exit_id: Uuid,
    organisation_id: Uuid,
    reason: ExitReason,
    effective_on: Date,
    lines: &[Moved],
    registry_act_id: Option<Uuid>,
) -> NewChange {
    change(
        "membership.members_exited",
        organisation_id,
        effective_on,
        Change::MembersExited(pb::MembersExited {
            exit_id: exit_id.to_string(),
            organisation_id: organisation_id.to_string(),
            reason: reason as i32,
            lines: lines.iter().map(Into::into).collect(),
            registry_act_id: text(registry_act_id),
        }),
    )
}

/// A person on one day of a course: person, organisation, day.
pub type Attended = (Uuid, Uuid, Date);

/// A course was held; the change takes effect on its first day.
pub fn training_course_held(
    course_id: Uuid,
    organisation_id: Uuid,
    topics: &[String],
    starts_on: Date,
    attendances: &[Attended],
) -> NewChange {
    change(
        "membership.training_course_held",
        course_id,
        starts_on,
        Change::TrainingCourseHeld(pb::TrainingCourseHeld {
            course_id: course_id.to_string(),
            organisation_id: organisation_id.to_string(),
            topics: topics.to_vec(),
            attendances: attendances
                .iter()
                .map(|(person_id, organisation_id, attended_on)| {
                    pb::training_course_held::Attendance {
                        person_id: person_id.to_string(),
                        organisation_id: organisation_id.to_string(),
                        attended_on: Some(civil(*attended_on)),
                    }
                })
                .collect(),
        }),
    )
}

/// A union referred somebody to the Party.
pub fn party_referred(
    referral_id: Uuid,
    organisation_id: Uuid,
    subject: &str,
    referred_on: Date,
) -> NewChange {
    change(
        "membership.party_referred",
        referral_id,
        referred_on,
        Change::PartyReferred(pb::PartyReferred {
            referral_id: referral_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject: subject.to_string(),
        }),
    )
}

/// Somebody whom a union had referred was admitted to the Party.
pub fn party_admitted(
    referral_id: Uuid,
    organisation_id: Uuid,
    subject: &str,
    admitted_on: Date,
) -> NewChange {
    change(
        "membership.party_admitted",
        referral_id,
        admitted_on,
        Change::PartyAdmitted(pb::PartyAdmitted {
            referral_id: referral_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject: subject.to_string(),
        }),
    )
}

/// An officer was recommended to a Party committee.
pub fn cadre_recommended(
    recommendation_id: Uuid,
    organisation_id: Uuid,
    subject: &str,
    purposes: &[&'static str],
    recommended_on: Date,
) -> NewChange {
    change(
        "membership.cadre_recommended",
        recommendation_id,
        recommended_on,
        Change::CadreRecommended(pb::CadreRecommended {
            recommendation_id: recommendation_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject: subject.to_string(),
            purposes: purposes.iter().map(ToString::to_string).collect(),
        }),
    )
}

/// A delegation was sent: each delegate with the organisation for which she goes.
pub fn delegation_sent(
    delegation_id: Uuid,
    organisation_id: Uuid,
    host_id: Uuid,
    event: &str,
    held_on: Date,
    delegates: &[(Uuid, Uuid)],
) -> NewChange {
    change(
        "membership.delegation_sent",
        delegation_id,
        held_on,
        Change::DelegationSent(pb::DelegationSent {
            delegation_id: delegation_id.to_string(),
            organisation_id: organisation_id.to_string(),
            host_id: host_id.to_string(),
            event: event.to_string(),
            delegates: delegates
                .iter()
                .map(|(person_id, organisation_id)| pb::delegation_sent::Delegate {
                    person_id: person_id.to_string(),
                    organisation_id: organisation_id.to_string(),
                })
                .collect(),
        }),
    )
}

/// What an act of registry meant for the members of one organisation is done.
pub fn consequence_finished(
    registry_act_id: Uuid,
    organisation_id: Uuid,
    effective_on: Date,
    members: usize,
) -> NewChange {
    change(
        "membership.consequence_finished",
        organisation_id,
        effective_on,
        Change::ConsequenceFinished(pb::ConsequenceFinished {
            registry_act_id: registry_act_id.to_string(),
            organisation_id: organisation_id.to_string(),
            members: i32::try_from(members).unwrap_or(i32::MAX),
        }),
    )
}

/// What an act of registry means for the members of so many organisations waits for somebody.
pub fn consequences_waiting(
    registry_act_id: Uuid,
    effective_on: Date,
    organisations: usize,
) -> NewChange {
    change(
        "membership.consequences_waiting",
        registry_act_id,
        effective_on,
        Change::ConsequencesWaiting(pb::ConsequencesWaiting {
            registry_act_id: registry_act_id.to_string(),
            organisations: i32::try_from(organisations).unwrap_or(i32::MAX),
        }),
    )
}

/// A movement was taken back for these people, because of an act of registry.
pub fn movement_taken_back(movement: &Movement, registry_act_id: Uuid) -> NewChange {
    use pb::movement_taken_back::Movement as Taken;
    let id = movement.movement_id.to_string();
    let lines = movement.lines.iter().map(Into::into).collect();
    let because = text(movement.registry_act_id);
    let taken = match movement.kind.as_str() {
        "admission" => Taken::MembersAdmitted(pb::MembersAdmitted {
            admission_id: id,
            organisation_id: text(movement.to_organisation_id),
            kind: movement.admission_kind.unwrap_or_default().into(),
            lines,
        }),
        "transfer" => Taken::MembersTransferred(pb::MembersTransferred {
            transfer_id: id,
            from_organisation_id: text(movement.from_organisation_id),
            to_organisation_id: text(movement.to_organisation_id),
            lines,
            registry_act_id: because,
        }),
        _ => Taken::MembersExited(pb::MembersExited {
            exit_id: id,
            organisation_id: text(movement.from_organisation_id),
            reason: movement.exit_reason.unwrap_or_default().into(),
            lines,
            registry_act_id: because,
        }),
    };
    change(
        "membership.movement_taken_back",
        movement.from_organisation_id.or(movement.to_organisation_id).unwrap_or_default(),
        movement.effective_on,
        Change::MovementTakenBack(pb::MovementTakenBack {
            registry_act_id: registry_act_id.to_string(),
            movement: Some(taken),
        }),
    )
}

fn text(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
