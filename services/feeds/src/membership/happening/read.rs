//! How what happens to people is read. What is taken back is read as what was told.

use proto::membership::v1 as pb;
use time::Date;

use super::facts::{Attendance, Delegate, Delegation, Recommendation, Referral, TrainingCourse};
use crate::reading::{each, id, optional_date, optional_id};

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
