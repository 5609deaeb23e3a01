//! What membership publishes, as facts.

use anyhow::bail;
use time::Date;
use uuid::Uuid;

use super::happening::Happening;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// People were admitted to a union.
    Admitted(Admission),
    /// Members went from one union to another.
    Transferred(Transfer),
    /// Memberships ended.
    Exited(Exit),
    /// A movement never happened, for the people named.
    TakenBack(TakenBack),
    /// Something happened to people, besides their membership.
    Happened(Happening),
    /// It never did, as is known since.
    HappeningTakenBack(Happening),
    /// What an act of registry meant for the members of one organisation is done.
    ConsequenceFinished(Finished),
    /// What an act of registry means for members waits for somebody.
    ConsequencesWaiting {
        /// The act.
        registry_act_id: Uuid,
        /// For the members of how many organisations.
        organisations: i32,
    },
    /// What acts of registry mean for members is carried out in parts, and some are left; or all
    /// are done.
    ConsequencesLeft {
        /// The act that carried out the first part.
        part_id: Uuid,
        /// From which position of registry's feed on; none where nothing is left.
        from_position: Option<i64>,
    },
    /// A document that movements rest on was written down.
    DecisionWrittenDown(Decision),
    /// People stand so in one union, beside their memberships, for a time.
    StandingRecorded(Standing),
    /// That is known otherwise of the people named.
    StandingTakenBack(Standing),
    /// A step of discipline was taken.
    DisciplineRecorded(Discipline),
    /// A step of discipline was never taken.
    DisciplineTakenBack(Discipline),
    /// Cards were issued to members.
    CardsIssued(CardIssue),
    /// A card was lost or revoked.
    CardEnded(CardEnding),
    /// Cards were never issued so, or a card never ended so.
    CardTakenBack(CardTakenBack),
    /// Somebody is another person.
    PersonMerged(Merge),
    /// Two who were merged are two.
    PersonUnmerged(Merge),
}

/// One person of a movement, and the membership that it began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The membership.
    pub membership_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// ISO 5218.
    pub sex: i16,
    /// 0 when it is not known.
    pub birth_year: i16,
}

/// People join a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The movement.
    pub admission_id: Option<Uuid>,
    /// The union.
    pub organisation_id: Uuid,
    /// How.
    pub kind: AdmissionKind,
    /// Who.
    pub lines: Vec<Line>,
}

/// Members go from one union to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The movement.
    pub transfer_id: Option<Uuid>,
    /// Which they leave.
    pub from_organisation_id: Uuid,
    /// Which they join.
    pub to_organisation_id: Uuid,
    /// Who.
    pub lines: Vec<Line>,
    /// The act of registry that they go because of, if one is.
    pub registry_act_id: Option<Uuid>,
}

/// Members leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The movement.
    pub exit_id: Option<Uuid>,
    /// The union.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: ExitReason,
    /// Who.
    pub lines: Vec<Line>,
    /// The act of registry that they leave because of, if one is.
    pub registry_act_id: Option<Uuid>,
}

/// A movement, with those of its people for whom it is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The act of registry because of which; none where it is an act of membership alone.
    pub registry_act_id: Option<Uuid>,
    /// The movement.
    pub movement: Movement,
}

/// How people join, move and leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// They join.
    Admission(Admission),
    /// They move.
    Transfer(Transfer),
    /// They leave.
    Exit(Exit),
}

/// What an act of registry meant for the members of one organisation is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The act.
    pub registry_act_id: Uuid,
    /// The organisation.
    pub organisation_id: Uuid,
    /// For how many of them.
    pub members: i32,
}

/// A document, as it was written down with a movement.
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
}

/// How people stand in one union, beside their memberships, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// UUIDv7.
    pub standing_id: Uuid,
    /// How.
    pub kind: StandingKind,
    /// The union that counts them, or that named them.
    pub organisation_id: Uuid,
    /// Where they are to go, or take part.
    pub other_organisation_id: Option<Uuid>,
    /// The first day.
    pub from_on: Date,
    /// The first day after it, where one is known.
    pub until_on: Option<Date>,
    /// Who.
    pub people: Vec<Counted>,
}

/// Somebody who is counted, and is neither moved nor makes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The person.
    pub person_id: Uuid,
    /// ISO 5218.
    pub sex: i16,
}

/// A step of discipline, about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discipline {
    /// UUIDv7.
    pub discipline_id: Uuid,
    /// The union that took it.
    pub organisation_id: Uuid,
    /// The pseudonym for the purpose `discipline`.
    pub subject: String,
    /// `REPRIMAND`, `WARNING`, `EXPULSION`.
    pub measure: String,
}

/// Somebody, and the person who she is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// UUIDv7.
    pub merge_id: Uuid,
    /// Who is merged.
    pub person_id: Uuid,
    /// Who survives.
    pub survivor_id: Uuid,
}

/// Cards that a union issued by one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardIssue {
    /// UUIDv7.
    pub issue_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// The first day on which they are no longer valid.
    pub until_on: Option<Date>,
    /// They.
    pub cards: Vec<Card>,
}

/// A card, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// UUIDv7.
    pub card_id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// The card in whose place it is.
    pub replaces_id: Option<Uuid>,
}

/// A card ended by what somebody said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardEnding {
    /// The card.
    pub card_id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// How.
    pub end: CardEnd,
}

/// How a card ends by what somebody says of it. The numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum CardEnd {
    /// Mất.
    Lost = 1,
    /// Thu hồi.
    Revoked = 2,
}

impl CardEnd {
    /// By its number.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::Lost,
            2 => Self::Revoked,
            other => bail!("no card ends so: {other}"),
        })
    }
}

/// What is known otherwise of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardTakenBack {
    /// They were not issued so.
    Issued(CardIssue),
    /// It did not end so.
    Ended(CardEnding),
}

/// How somebody stands beside her membership. The numbers are those of the contract, and what the
/// database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum StandingKind {
    /// Đang chuyển: offered to another union.
    InTransfer = 1,
    /// Tạm dừng sinh hoạt.
    Dormant = 2,
    /// Gửi sinh hoạt.
    Parked = 3,
    /// Đoàn viên danh dự.
    Honorary = 4,
}

impl StandingKind {
    /// By its number.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::InTransfer,
            2 => Self::Dormant,
            3 => Self::Parked,
            4 => Self::Honorary,
            other => bail!("nobody stands so: {other}"),
        })
    }

    /// As people are counted by it.
    pub fn code(self) -> &'static str {
        match self {
            Self::InTransfer => "IN_TRANSFER",
            Self::Dormant => "DORMANT",
            Self::Parked => "PARKED",
            Self::Honorary => "HONORARY",
        }
    }
}

/// How a membership begins by an admission. The numbers are those of the contract, and what
/// the database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum AdmissionKind {
    /// Kết nạp.
    Admitted = 1,
    /// Công nhận.
    Recognised = 2,
    /// Kết nạp lại.
    Readmitted = 3,
}

impl AdmissionKind {
    /// By its number.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::Admitted,
            2 => Self::Recognised,
            3 => Self::Readmitted,
            other => bail!("no admission is of kind {other}"),
        })
    }
}

/// Why a membership ends by an exit. The numbers are those of the contract, and what the
/// database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum ExitReason {
    /// Xin ra khỏi công đoàn.
    Resigned = 1,
    /// Khai trừ.
    Expelled = 2,
    /// Từ trần.
    Died = 3,
    /// Nghỉ hưu.
    Retired = 4,
    /// Thôi việc.
    LeftEmployment = 5,
    /// Became a manager of a non-state employer.
    BecameManager = 6,
    /// The union ended, and membership with it: follows from registry's act alone.
    UnionEnded = 7,
    /// Went to an organisation outside the trade union.
    LeftScope = 8,
    /// Left the country.
    Emigrated = 9,
}

impl ExitReason {
    /// By its number.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::Resigned,
            2 => Self::Expelled,
            3 => Self::Died,
            4 => Self::Retired,
            5 => Self::LeftEmployment,
            6 => Self::BecameManager,
            7 => Self::UnionEnded,
            8 => Self::LeftScope,
            9 => Self::Emigrated,
            other => bail!("no exit has reason {other}"),
        })
    }

    /// As exits are counted by it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Resigned => "RESIGNED",
            Self::Expelled => "EXPELLED",
            Self::Died => "DIED",
            Self::Retired => "RETIRED",
            Self::LeftEmployment => "LEFT_EMPLOYMENT",
            Self::BecameManager => "BECAME_MANAGER",
            Self::UnionEnded => "UNION_ENDED",
            Self::LeftScope => "LEFT_SCOPE",
            Self::Emigrated => "EMIGRATED",
        }
    }
}

impl From<Movement> for Event {
    fn from(movement: Movement) -> Self {
        match movement {
            Movement::Admission(admission) => Self::Admitted(admission),
            Movement::Transfer(transfer) => Self::Transferred(transfer),
            Movement::Exit(exit) => Self::Exited(exit),
        }
    }
}

impl Movement {
    /// Who joins, moves or leaves.
    pub fn lines(&self) -> &[Line] {
        match self {
            Self::Admission(admission) => &admission.lines,
            Self::Transfer(transfer) => &transfer.lines,
            Self::Exit(exit) => &exit.lines,
        }
    }

    /// Which movement it is.
    pub fn movement_id(&self) -> Option<Uuid> {
        match self {
            Self::Admission(admission) => admission.admission_id,
            Self::Transfer(transfer) => transfer.transfer_id,
            Self::Exit(exit) => exit.exit_id,
        }
    }
}
