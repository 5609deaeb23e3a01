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
    /// A delegation is sent.
    Delegation(Delegation),
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
