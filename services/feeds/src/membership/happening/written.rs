//! How what happens to people is written: as the contract carries it, or as what is taken back.

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change;
use uuid::Uuid;

use super::facts::{Delegation, Happening, Recommendation, Referral, TrainingCourse};

impl Happening {
    /// The aggregate that the act has locked.
    pub(in crate::membership) fn aggregate_id(&self) -> Uuid {
        match self {
            Self::TrainingCourse(course) => course.course_id,
            Self::PartyReferral(referral)
            | Self::PartyAdmission(referral)
            | Self::PartyConfirmation(referral) => referral.referral_id,
            Self::CadreRecommendation(recommendation) => recommendation.recommendation_id,
            Self::Delegation(delegation) => delegation.delegation_id,
        }
    }

    /// That it happened.
    pub(in crate::membership) fn written(self) -> Change {
        match self {
            Self::TrainingCourse(it) => Change::TrainingCourseHeld(it.into()),
            Self::PartyReferral(it) => Change::PartyReferred(it.into()),
            Self::PartyAdmission(it) => Change::PartyAdmitted(it.into()),
            Self::PartyConfirmation(it) => Change::PartyConfirmed(it.into()),
            Self::CadreRecommendation(it) => Change::CadreRecommended(it.into()),
            Self::Delegation(it) => Change::DelegationSent(it.into()),
        }
    }

    /// That it never did.
    pub(in crate::membership) fn taken_back(self) -> Change {
        match self {
            Self::TrainingCourse(it) => {
                let course = Some(it.into());
                Change::TrainingCourseTakenBack(pb::TrainingCourseTakenBack { course })
            }
            Self::PartyReferral(it) => {
                let referral = Some(it.into());
                Change::PartyReferralTakenBack(pb::PartyReferralTakenBack { referral })
            }
            Self::PartyAdmission(it) => {
                let admission = Some(it.into());
                Change::PartyAdmissionTakenBack(pb::PartyAdmissionTakenBack { admission })
            }
            Self::PartyConfirmation(it) => {
                let confirmation = Some(it.into());
                Change::PartyConfirmationTakenBack(pb::PartyConfirmationTakenBack { confirmation })
            }
            Self::CadreRecommendation(it) => {
                let recommendation = Some(it.into());
                Change::CadreRecommendationTakenBack(pb::CadreRecommendationTakenBack {
                    recommendation,
                })
            }
            Self::Delegation(it) => {
                let delegation = Some(it.into());
                Change::DelegationTakenBack(pb::DelegationTakenBack { delegation })
            }
        }
    }
}

impl From<TrainingCourse> for pb::TrainingCourseHeld {
    fn from(course: TrainingCourse) -> Self {
        let attendances = course.attendances.iter();
        Self {
            course_id: course.course_id.to_string(),
            organisation_id: course.organisation_id.to_string(),
            topics: course.topics,
            attendances: attendances
                .map(|attendance| pb::training_course_held::Attendance {
                    person_id: attendance.person_id.to_string(),
                    organisation_id: attendance.organisation_id.to_string(),
                    attended_on: Some(civil(attendance.attended_on)),
                })
                .collect(),
        }
    }
}

impl From<Referral> for pb::PartyReferred {
    fn from(Referral { referral_id, organisation_id, subject }: Referral) -> Self {
        Self {
            referral_id: referral_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject,
        }
    }
}

impl From<Referral> for pb::PartyAdmitted {
    fn from(Referral { referral_id, organisation_id, subject }: Referral) -> Self {
        Self {
            referral_id: referral_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject,
        }
    }
}

impl From<Referral> for pb::PartyConfirmed {
    fn from(Referral { referral_id, organisation_id, subject }: Referral) -> Self {
        Self {
            referral_id: referral_id.to_string(),
            organisation_id: organisation_id.to_string(),
            subject,
        }
    }
}

impl From<Recommendation> for pb::CadreRecommended {
    fn from(it: Recommendation) -> Self {
        Self {
            recommendation_id: it.recommendation_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            subject: it.subject,
            purposes: it.purposes,
        }
    }
}

impl From<Delegation> for pb::DelegationSent {
    fn from(it: Delegation) -> Self {
        let delegates = it.delegates.iter();
        Self {
            delegation_id: it.delegation_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            host_id: it.host_id.to_string(),
            event: it.event,
            delegates: delegates
                .map(|delegate| pb::delegation_sent::Delegate {
                    person_id: delegate.person_id.to_string(),
                    organisation_id: delegate.organisation_id.to_string(),
                })
                .collect(),
        }
    }
}
