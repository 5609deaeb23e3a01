//! How what happens to people is written: as the contract carries it, or as what is taken back.

use chassis::parse::{civil, id_or_empty};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change;
use uuid::Uuid;

use super::facts::{
    Delegation, Dispute, Emulation, Happening, Honours, Joining, Outcome, Recommendation, Referral,
    TrainingCourse, Welfare,
};

impl Happening {
    /// The aggregate that the act has locked.
    pub(in crate::membership) fn aggregate_id(&self) -> Uuid {
        match self {
            Self::TrainingCourse(course) => course.course_id,
            Self::PartyReferral(referral)
            | Self::PartyAdmission(referral)
            | Self::PartyConfirmation(referral) => referral.referral_id,
            Self::CadreRecommendation(recommendation) => recommendation.recommendation_id,
            Self::CadreOutcome(outcome) => outcome.recommendation_id,
            Self::Delegation(delegation) => delegation.delegation_id,
            Self::Honours(honours) => honours.honour_id,
            Self::Emulation(emulation) => emulation.emulation_id,
            Self::EmulationJoining(joining) => joining.emulation_id,
            Self::Welfare(welfare) => welfare.welfare_id,
            Self::DisputeOpening(dispute) | Self::DisputeConclusion(dispute) => dispute.case_id,
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
            Self::CadreOutcome(it) => Change::CadreOutcomeReached(it.into()),
            Self::Delegation(it) => Change::DelegationSent(it.into()),
            Self::Honours(it) => Change::HonoursRecorded(it.into()),
            Self::Emulation(it) => Change::EmulationLaunched(it.into()),
            Self::EmulationJoining(it) => Change::EmulationJoined(it.into()),
            Self::Welfare(it) => Change::WelfareGiven(it.into()),
            Self::DisputeOpening(it) => Change::DisputeCaseOpened(it.into()),
            Self::DisputeConclusion(it) => Change::DisputeCaseConcluded(it.into()),
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
            Self::CadreOutcome(it) => {
                let outcome = Some(it.into());
                Change::CadreOutcomeTakenBack(pb::CadreOutcomeTakenBack { outcome })
            }
            Self::Delegation(it) => {
                let delegation = Some(it.into());
                Change::DelegationTakenBack(pb::DelegationTakenBack { delegation })
            }
            Self::Honours(it) => {
                let honours = Some(it.into());
                Change::HonoursTakenBack(pb::HonoursTakenBack { honours })
            }
            Self::Emulation(it) => {
                let emulation = Some(it.into());
                Change::EmulationTakenBack(pb::EmulationTakenBack { emulation })
            }
            Self::EmulationJoining(it) => {
                let joining = Some(it.into());
                Change::EmulationJoiningTakenBack(pb::EmulationJoiningTakenBack { joining })
            }
            Self::Welfare(it) => {
                let welfare = Some(it.into());
                Change::WelfareTakenBack(pb::WelfareTakenBack { welfare })
            }
            Self::DisputeOpening(it) => {
                let what = Some(pb::dispute_case_taken_back::What::Opened(it.into()));
                Change::DisputeCaseTakenBack(pb::DisputeCaseTakenBack { what })
            }
            Self::DisputeConclusion(it) => {
                let what = Some(pb::dispute_case_taken_back::What::Concluded(it.into()));
                Change::DisputeCaseTakenBack(pb::DisputeCaseTakenBack { what })
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

impl From<Honours> for pb::HonoursRecorded {
    fn from(it: Honours) -> Self {
        let people = it.people.iter();
        Self {
            honour_id: it.honour_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            kind: it.kind,
            level: it.level,
            people: people
                .map(|one| pb::honours_recorded::Person {
                    person_id: one.person_id.to_string(),
                    direct_production: one.direct_production,
                    initiative_id: id_or_empty(one.initiative_id),
                })
                .collect(),
        }
    }
}

impl From<Emulation> for pb::EmulationLaunched {
    fn from(it: Emulation) -> Self {
        Self {
            emulation_id: it.emulation_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            theme: it.theme,
        }
    }
}

impl From<Joining> for pb::EmulationJoined {
    fn from(it: Joining) -> Self {
        Self {
            emulation_id: it.emulation_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            theme: it.theme,
            person_ids: it.person_ids.iter().map(Uuid::to_string).collect(),
        }
    }
}

impl From<Welfare> for pb::WelfareGiven {
    fn from(it: Welfare) -> Self {
        let people = it.people.into_iter();
        Self {
            welfare_id: it.welfare_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            kind: it.kind,
            occasion: it.occasion,
            source: it.source,
            people: people
                .map(|one| pb::welfare_given::Person {
                    subject: one.subject,
                    amount_vnd: one.amount_vnd,
                })
                .collect(),
        }
    }
}

impl From<Dispute> for pb::DisputeCaseOpened {
    fn from(it: Dispute) -> Self {
        Self {
            case_id: it.case_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            kind: it.kind,
            people_concerned: it.people_concerned,
        }
    }
}

impl From<Dispute> for pb::DisputeCaseConcluded {
    fn from(it: Dispute) -> Self {
        Self {
            case_id: it.case_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            kind: it.kind,
            people_concerned: it.people_concerned,
            outcome: it.outcome.unwrap_or_default(),
        }
    }
}

impl From<Outcome> for pb::CadreOutcomeReached {
    fn from(it: Outcome) -> Self {
        Self {
            recommendation_id: it.recommendation_id.to_string(),
            organisation_id: it.organisation_id.to_string(),
            subject: it.subject,
            outcome: it.outcome,
        }
    }
}
