//! What registry's acts publish, as facts. Types, sectors, industries, roles, bodies, kinds of documents
//! and stages are codes of the reference data: values, never identifiers.

use time::Date;
use uuid::Uuid;

use super::bodies::{Assignment, Body, Seat, Secondment};
use super::values::{EndKind, MembersOutcome, Recognition, Seal, Shares, Status};

/// One thing that happened, or that is known now. What concerns bodies, and what nobody counts,
/// is told together: who follows neither says so once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An organisation was founded.
    Founded(Founded),
    /// Organisations that existed before the register did: no foundings.
    Loaded(Vec<Organisation>),
    /// An organisation bears another name, short name or code.
    Renamed(Renamed),
    /// Units stand under another superior.
    HandedOver(HandedOver),
    /// The direction of an organisation is suspended.
    Suspended {
        /// Whose.
        organisation_id: Uuid,
    },
    /// It is resumed.
    Resumed {
        /// Whose.
        organisation_id: Uuid,
    },
    /// Units exist until the day before.
    Ended(Vec<EndedUnit>),
    /// An organisation stands in another sector.
    SectorChanged {
        /// Which.
        organisation_id: Uuid,
        /// The sector.
        sector: String,
    },
    /// An organisation works in another industry.
    IndustryChanged {
        /// Which.
        organisation_id: Uuid,
        /// The industry.
        industry: String,
    },
    /// An organisation is of another type.
    TypeChanged(TypeChanged),
    /// Whole lives, in the place of all that was known of the same organisations.
    TimelinesCorrected(Vec<Timeline>),
    /// Acts were undone; their timelines are told before, by the same act.
    ActsUndone(ActsUndone),
    /// Something happened in the bodies of an organisation.
    Body(Body),
    /// A document was recorded.
    DecisionRecorded(Decision),
    /// A ceremony was held.
    CeremonyHeld(Ceremony),
    /// What is known of employers from a day on.
    EmployersRecorded(EmployersRecorded),
    /// An employer has got to a stage of a campaign.
    CampaignStageReached(CampaignStage),
    /// A subject may act.
    GrantMade(Grant),
    /// A grant ended.
    GrantEnded {
        /// The grant.
        grant_id: Uuid,
    },
    /// Something that is noted, and counted by nobody.
    Noted(Noted),
}

/// What is noted of organisations and documents: no figure and no right depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// An organisation or its committee was recognised.
    Recognised {
        /// Which.
        organisation_id: Uuid,
        /// It, or its committee.
        recognition: Recognition,
    },
    /// Organisations stand beside the one that they were part of.
    SplitOff {
        /// Which lives on.
        predecessor_id: Uuid,
        /// Who takes over which part of it.
        shares: Shares,
    },
    /// Communes came to a territory, or left it.
    TerritoryChanged(TerritoryChanged),
    /// Seal and account are known.
    SealAndAccountRecorded {
        /// Whose.
        organisation_id: Uuid,
        /// Where the seal is.
        seal: Seal,
        /// It has an account of its own.
        has_account: bool,
    },
    /// Other names were added and dropped.
    AliasesChanged {
        /// Whose.
        organisation_id: Uuid,
        /// From now on.
        added: Vec<String>,
        /// No longer.
        dropped: Vec<String>,
    },
    /// A second organisation directs this one beside its superior.
    JointDirectionBegun {
        /// Which.
        organisation_id: Uuid,
        /// The second.
        director_id: Uuid,
    },
    /// It does so no longer.
    JointDirectionEnded {
        /// Which.
        organisation_id: Uuid,
        /// The second.
        director_id: Uuid,
    },
    /// A document is known by another number, too.
    DecisionAliasAdded {
        /// The document.
        decision_id: Uuid,
        /// For example `QUYET_DINH`.
        kind: String,
        /// As printed.
        number: String,
    },
    /// An organisation sends a person to another.
    SecondmentBegun(Secondment),
    /// She returns.
    SecondmentEnded {
        /// The secondment.
        secondment_id: Uuid,
        /// Who had sent her.
        organisation_id: Uuid,
    },
}

/// An organisation as it stands from its first day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// UUIDv7.
    pub organisation_id: Uuid,
    /// Unique among those alive at the same time.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `CDCS`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// None where it is not stated.
    pub industry: Option<String>,
    /// None for the Confederation.
    pub superior_id: Option<Uuid>,
    /// The first day.
    pub founded_on: Date,
}

/// A founding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founded {
    /// Who.
    pub organisation: Organisation,
    /// The founding congress, where there was one.
    pub congress_on: Option<Date>,
    /// Whom membership admits with it.
    pub applicant_ids: Vec<Uuid>,
}

/// The names from a day on, also those that stay as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// Whose.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// Unique among those alive at the same time.
    pub code: String,
}

/// Units that go over to one superior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// Who takes them over.
    pub superior_id: Uuid,
    /// They.
    pub units: Vec<HandedUnit>,
}

/// A unit, and whom it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedUnit {
    /// The unit.
    pub organisation_id: Uuid,
    /// The superior that it leaves.
    pub from_superior_id: Uuid,
}

/// A unit that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedUnit {
    /// The unit.
    pub organisation_id: Uuid,
    /// How.
    pub kind: EndKind,
    /// The one heir for figures; none where it ended without one.
    pub principal_successor_id: Option<Uuid>,
    /// The superior that it had last.
    pub last_superior_id: Option<Uuid>,
    /// What becomes of its members.
    pub members_outcome: MembersOutcome,
    /// Who inherits which share of its quotas.
    pub shares: Shares,
}

/// A document, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// UUIDv7.
    pub decision_id: Uuid,
    /// The organisation that issued it.
    pub issuer_id: Option<Uuid>,
    /// For example `QUYET_DINH`.
    pub kind: String,
    /// As printed.
    pub number: String,
    /// When it was signed.
    pub issued_on: Option<Date>,
    /// From when it holds.
    pub effective_on: Option<Date>,
}

/// A ceremony: no founding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    /// UUIDv7.
    pub ceremony_id: Uuid,
    /// Who held it.
    pub organisation_id: Uuid,
    /// `LAUNCH` or `HANDING_OVER`.
    pub kind: String,
    /// When.
    pub held_on: Date,
    /// Whom it launched.
    pub launched: Vec<Launched>,
}

/// An organisation launched at a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launched {
    /// The organisation.
    pub organisation_id: Uuid,
    /// The decision, if one was handed over.
    pub decision_id: Option<Uuid>,
}

/// What is known of employers from a day on, until the day of the next that names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployersRecorded {
    /// Whose act it is: who surveyed, or the union that was founded for one.
    pub organisation_id: Uuid,
    /// They.
    pub employers: Vec<Employer>,
}

/// What is known of one employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employer {
    /// UUIDv7.
    pub employer_id: Uuid,
    /// As it is registered; empty where it was told before names were.
    pub name: String,
    /// Who surveyed it.
    pub surveyor_id: Uuid,
    /// Workers.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
    /// Its unions from that day on.
    pub union_ids: Vec<Uuid>,
}

/// An employer on its way to a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignStage {
    /// UUIDv7.
    pub campaign_id: Uuid,
    /// The employer.
    pub employer_id: Uuid,
    /// Who campaigns.
    pub organisation_id: Uuid,
    /// For example `CANVASSED`.
    pub stage: String,
    /// The union, at `FOUNDED`.
    pub union_id: Option<Uuid>,
}

/// A subject may act in a role on an organisation and all that lies in its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// UUIDv7.
    pub grant_id: Uuid,
    /// Who vouches for the subject.
    pub issuer: String,
    /// As the issuer names it.
    pub subject: String,
    /// For example `OFFICER`.
    pub role: String,
    /// Where.
    pub organisation_id: Uuid,
    /// The first day on which it no longer holds, if one is set.
    pub until_on: Option<Date>,
}

/// Acts whose consequences elsewhere are taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActsUndone {
    /// An organisation that the acts were about.
    pub organisation_id: Uuid,
    /// The acts.
    pub act_ids: Vec<Uuid>,
}

/// An organisation is of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeChanged {
    /// Which.
    pub organisation_id: Uuid,
    /// What it was.
    pub from_type: String,
    /// What it is.
    pub type_code: String,
    /// Its sector from then on, where it has one.
    pub sector: Option<String>,
}

/// Communes that come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerritoryChanged {
    /// Whose territory.
    pub organisation_id: Uuid,
    /// Codes of communes.
    pub added: Vec<String>,
    /// Codes of communes.
    pub left: Vec<String>,
}

/// From a day on, until the day before another; for ever where that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period<T> {
    /// The first day.
    pub from_on: Date,
    /// The first day on which it no longer holds.
    pub until_on: Option<Date>,
    /// What holds.
    pub value: T,
}

/// How an organisation is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
}

/// How an organisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The first day on which it no longer exists.
    pub ended_on: Date,
    /// How.
    pub kind: EndKind,
    /// The one heir.
    pub principal_successor_id: Option<Uuid>,
    /// The superior that it had last.
    pub last_superior_id: Option<Uuid>,
    /// What becomes of its members.
    pub members_outcome: MembersOutcome,
}

/// Everything that is known now of one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Whom this is about.
    pub organisation_id: Uuid,
    /// Its first day; none where it is known never to have existed.
    pub founded_on: Option<Date>,
    /// Where it is known never to have existed: the superior under which its founding had
    /// placed it.
    pub founded_under_id: Option<Uuid>,
    /// It existed before the register did.
    pub loaded: bool,
    /// Its superiors.
    pub superiors: Vec<Period<Uuid>>,
    /// Its names.
    pub names: Vec<Period<Name>>,
    /// Its codes.
    pub codes: Vec<Period<String>>,
    /// Its types.
    pub types: Vec<Period<String>>,
    /// Its sectors.
    pub sectors: Vec<Period<String>>,
    /// Its industries; on days that lie in none, none is known.
    pub industries: Vec<Period<String>>,
    /// Its statuses.
    pub statuses: Vec<Period<Status>>,
    /// Its end, as soon as it is known.
    pub ending: Option<Ending>,
    /// Every seat in its bodies.
    pub seats: Vec<Seat>,
    /// Who followed it.
    pub assignments: Vec<Period<Assignment>>,
}

impl EndedUnit {
    /// Where its members go on; none where membership ends with it.
    pub fn members_to(&self) -> Option<Uuid> {
        self.members_outcome.destination(self.last_superior_id)
    }
}

impl Ending {
    /// Where the members go on; none where membership ends with it.
    pub fn members_to(&self) -> Option<Uuid> {
        self.members_outcome.destination(self.last_superior_id)
    }
}

impl Timeline {
    /// It lives on some day; else its founding itself was taken back.
    pub fn exists(&self) -> bool {
        self.founded_on.is_some()
    }
}
