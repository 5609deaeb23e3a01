//! What happens to people besides their membership, as facts.

use time::Date;
use uuid::Uuid;

/// Something that happens to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A course is held.
    TrainingCourse(TrainingCourse),
    /// A union refers somebody to the Party.
    PartyReferral(Referral),
    /// Somebody whom a union had referred is admitted to the Party, as a candidate.
    PartyAdmission(Referral),
    /// She becomes a full member of it.
    PartyConfirmation(Referral),
    /// An officer is recommended to a Party committee.
    CadreRecommendation(Recommendation),
    /// She is planned for, trained or appointed.
    CadreOutcome(Outcome),
    /// A delegation is sent.
    Delegation(Delegation),
    /// People of one organisation are honoured.
    Honours(Honours),
    /// An emulation movement is launched.
    Emulation(Emulation),
    /// People of one organisation take part in it.
    EmulationJoining(Joining),
    /// People in need are helped.
    Welfare(Welfare),
    /// A labour dispute or a collective matter is taken up.
    DisputeOpening(Dispute),
    /// It ends.
    DisputeConclusion(Dispute),
}

/// A course, and who attended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingCourse {
    /// UUIDv7.
    pub course_id: Uuid,
    /// The organiser.
    pub organisation_id: Uuid,
    /// For example `UNION_WORK`.
    pub topics: Vec<String>,
    /// Each person on each day.
    pub attendances: Vec<Attendance>,
}

/// A person on one day of a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// The person.
    pub person_id: Uuid,
    /// For which organisation she attended.
    pub organisation_id: Uuid,
    /// The day.
    pub attended_on: Date,
}

/// Somebody whom a union referred to the Party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// UUIDv7.
    pub referral_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// The pseudonym for the purpose `party`.
    pub subject: String,
}

/// An officer who was recommended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// UUIDv7.
    pub recommendation_id: Uuid,
    /// By whom.
    pub organisation_id: Uuid,
    /// The pseudonym for the purpose `cadre`.
    pub subject: String,
    /// `PLANNING`, `TRAINING`, `APPOINTMENT`.
    pub purposes: Vec<String>,
}

/// People chosen to attend an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// UUIDv7.
    pub delegation_id: Uuid,
    /// The sender.
    pub organisation_id: Uuid,
    /// The host of the event.
    pub host_id: Uuid,
    /// For example `PARTY_MEMBER_OFFICERS_COMMENDATION`.
    pub event: String,
    /// They.
    pub delegates: Vec<Delegate>,
}

/// A delegate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delegate {
    /// The person.
    pub person_id: Uuid,
    /// For which organisation she goes.
    pub organisation_id: Uuid,
}

/// People of one organisation, and by what they are honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Honours {
    /// UUIDv7.
    pub honour_id: Uuid,
    /// Whose people they are.
    pub organisation_id: Uuid,
    /// For example `EXCELLENT_TEACHER`.
    pub kind: String,
    /// For example `PROVINCE`.
    pub level: String,
    /// They.
    pub people: Vec<Honoured>,
}

/// Somebody who is honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Honoured {
    /// The person.
    pub person_id: Uuid,
    /// Whether she works directly in production.
    pub direct_production: bool,
    /// Of an initiative, the same for each of its authors.
    pub initiative_id: Option<Uuid>,
}

/// An emulation movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emulation {
    /// UUIDv7.
    pub emulation_id: Uuid,
    /// Who launched it.
    pub organisation_id: Uuid,
    /// For example `GOOD_LABOUR`.
    pub theme: String,
}

/// People of one organisation who take part in an emulation movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// The movement.
    pub emulation_id: Uuid,
    /// For which they take part.
    pub organisation_id: Uuid,
    /// Of the movement.
    pub theme: String,
    /// They.
    pub person_ids: Vec<Uuid>,
}

/// People whom an organisation helped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welfare {
    /// UUIDv7.
    pub welfare_id: Uuid,
    /// Which helped them.
    pub organisation_id: Uuid,
    /// `VISIT`, `AID`, `LOAN`, `HEALTH_CARE`.
    pub kind: String,
    /// For example `SICKNESS`.
    pub occasion: String,
    /// For example `SOCIAL_FUND`.
    pub source: String,
    /// They.
    pub people: Vec<Helped>,
}

/// Somebody who was helped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helped {
    /// The pseudonym for the purpose `welfare`.
    pub subject: String,
    /// In đồng.
    pub amount_vnd: i64,
}

/// A labour dispute or a collective matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// UUIDv7.
    pub case_id: Uuid,
    /// The union that takes part in it.
    pub organisation_id: Uuid,
    /// `INDIVIDUAL`, `COLLECTIVE`, `STRIKE`, `COLLECTIVE_MATTER`.
    pub kind: String,
    /// How many people it concerns.
    pub people_concerned: i32,
    /// For example `NEGOTIATED`; none while it goes on.
    pub outcome: Option<String>,
}

/// What became of a recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The recommendation.
    pub recommendation_id: Uuid,
    /// By whom.
    pub organisation_id: Uuid,
    /// The pseudonym for the purpose `cadre`.
    pub subject: String,
    /// `PLANNING`, `TRAINING`, `APPOINTMENT`.
    pub outcome: String,
}
