//! How what happens to people is read. What is taken back is read as what was told.

use proto::membership::v1 as pb;
use time::Date;

use super::facts::{
    Attendance, Delegate, Delegation, Dispute, Emulation, Helped, Honoured, Honours, Joining,
    Outcome, Recommendation, Referral, TrainingCourse, Welfare,
};
use crate::reading::{each, id, ids, optional, optional_date, optional_id};

pub fn training_course(it: pb::TrainingCourseHeld, on: Date) -> anyhow::Result<TrainingCourse> {
    let organiser = id("organisation_id", &it.organisation_id)?;
    Ok(TrainingCourse {
        course_id: id("course_id", &it.course_id)?,
        organisation_id: organiser,
        topics: it.topics,
        attendances: each(it.attendances, |one| {
            let unit = optional_id("organisation_id", &one.organisation_id)?;
            Ok(Attendance {
                person_id: id("person_id", &one.person_id)?,
                organisation_id: unit.unwrap_or(organiser),
                attended_on: optional_date("attended_on", one.attended_on)?.unwrap_or(on),
            })
        })?,
    })
}

pub fn referral(
    referral_id: &str,
    organisation_id: &str,
    subject: String,
) -> anyhow::Result<Referral> {
    Ok(Referral {
        referral_id: id("referral_id", referral_id)?,
        organisation_id: id("organisation_id", organisation_id)?,
        subject,
    })
}

pub fn recommendation(it: pb::CadreRecommended) -> anyhow::Result<Recommendation> {
    Ok(Recommendation {
        recommendation_id: id("recommendation_id", &it.recommendation_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        subject: it.subject,
        purposes: it.purposes,
    })
}

pub fn delegation(it: pb::DelegationSent) -> anyhow::Result<Delegation> {
    let sender = id("organisation_id", &it.organisation_id)?;
    Ok(Delegation {
        delegation_id: id("delegation_id", &it.delegation_id)?,
        organisation_id: sender,
        host_id: id("host_id", &it.host_id)?,
        event: it.event,
        delegates: each(it.delegates, |one| {
            let unit = optional_id("organisation_id", &one.organisation_id)?;
            Ok(Delegate {
                person_id: id("person_id", &one.person_id)?,
                organisation_id: unit.unwrap_or(sender),
            })
        })?,
    })
}

pub fn honours(it: pb::HonoursRecorded) -> anyhow::Result<Honours> {
    Ok(Honours {
        honour_id: id("honour_id", &it.honour_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        kind: it.kind,
        level: it.level,
        people: each(it.people, |one| {
            Ok(Honoured {
                person_id: id("person_id", &one.person_id)?,
                direct_production: one.direct_production,
                initiative_id: optional_id("initiative_id", &one.initiative_id)?,
            })
        })?,
    })
}

pub fn emulation(it: pb::EmulationLaunched) -> anyhow::Result<Emulation> {
    Ok(Emulation {
        emulation_id: id("emulation_id", &it.emulation_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        theme: it.theme,
    })
}

pub fn joining(it: pb::EmulationJoined) -> anyhow::Result<Joining> {
    Ok(Joining {
        emulation_id: id("emulation_id", &it.emulation_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        theme: it.theme,
        person_ids: ids("person_ids", &it.person_ids)?,
    })
}

pub fn welfare(it: pb::WelfareGiven) -> anyhow::Result<Welfare> {
    Ok(Welfare {
        welfare_id: id("welfare_id", &it.welfare_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        kind: it.kind,
        occasion: it.occasion,
        source: it.source,
        people: each(it.people, |one| {
            Ok(Helped { subject: one.subject, amount_vnd: one.amount_vnd })
        })?,
    })
}

pub fn dispute_opened(it: pb::DisputeCaseOpened) -> anyhow::Result<Dispute> {
    Ok(Dispute {
        case_id: id("case_id", &it.case_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        kind: it.kind,
        people_concerned: it.people_concerned,
        outcome: None,
    })
}

pub fn dispute_concluded(it: pb::DisputeCaseConcluded) -> anyhow::Result<Dispute> {
    Ok(Dispute {
        case_id: id("case_id", &it.case_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        kind: it.kind,
        people_concerned: it.people_concerned,
        outcome: optional(it.outcome),
    })
}

pub fn outcome(it: pb::CadreOutcomeReached) -> anyhow::Result<Outcome> {
    Ok(Outcome {
        recommendation_id: id("recommendation_id", &it.recommendation_id)?,
        organisation_id: id("organisation_id", &it.organisation_id)?,
        subject: it.subject,
        outcome: it.outcome,
    })
}
