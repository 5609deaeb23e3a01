//! Values that acts choose from and that the contract enumerates, with the codes by which
//! schemas keep them.

use proto::registry::v1 as pb;
use uuid::Uuid;

/// How a unit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndKind {
    /// giải thể
    Dissolved,
    /// sáp nhập
    Merged,
    /// hợp nhất
    Consolidated,
    /// chia
    Divided,
    /// chấm dứt hoạt động
    Terminated,
}

impl EndKind {
    /// As schemas write it, and as it is counted.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dissolved => "DISSOLVED",
            Self::Merged => "MERGED",
            Self::Consolidated => "CONSOLIDATED",
            Self::Divided => "DIVIDED",
            Self::Terminated => "TERMINATED",
        }
    }

    /// As a schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Dissolved, Self::Merged, Self::Consolidated, Self::Divided, Self::Terminated]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// What goes over into others names the one that inherits.
    pub fn needs_successor(self) -> bool {
        match self {
            Self::Merged | Self::Consolidated | Self::Divided => true,
            Self::Dissolved | Self::Terminated => false,
        }
    }
}

impl From<EndKind> for pb::EndKind {
    fn from(kind: EndKind) -> Self {
        match kind {
            EndKind::Dissolved => Self::Dissolved,
            EndKind::Merged => Self::Merged,
            EndKind::Consolidated => Self::Consolidated,
            EndKind::Divided => Self::Divided,
            EndKind::Terminated => Self::Terminated,
        }
    }
}

/// What becomes of the members that a unit still has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersOutcome {
    /// They continue in this union.
    Rehomed(Uuid),
    /// They continue directly under the superior.
    ToSuperior,
    /// Membership ends with the union.
    MembershipEnds,
}

impl MembersOutcome {
    /// As schemas write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rehomed(_) => "REHOMED",
            Self::ToSuperior => "TO_SUPERIOR",
            Self::MembershipEnds => "MEMBERSHIP_ENDS",
        }
    }

    /// As a schema wrote it.
    pub fn parse(code: &str, rehome_to_id: Option<Uuid>) -> Option<Self> {
        match (code, rehome_to_id) {
            ("REHOMED", Some(to)) => Some(Self::Rehomed(to)),
            ("TO_SUPERIOR", None) => Some(Self::ToSuperior),
            ("MEMBERSHIP_ENDS", None) => Some(Self::MembershipEnds),
            _ => None,
        }
    }

    /// The union in which they continue, where the outcome names one.
    pub fn rehome_to_id(self) -> Option<Uuid> {
        match self {
            Self::Rehomed(to) => Some(to),
            Self::ToSuperior | Self::MembershipEnds => None,
        }
    }

    /// Where they go on; none where membership ends.
    pub fn destination(self, last_superior_id: Option<Uuid>) -> Option<Uuid> {
        match self {
            Self::Rehomed(to) => Some(to),
            Self::ToSuperior => last_superior_id,
            Self::MembershipEnds => None,
        }
    }

    /// The number by which the contract, and membership's schema, know it.
    pub fn number(self) -> i16 {
        match self {
            Self::Rehomed(_) => pb::MembersOutcome::Rehomed as i16,
            Self::ToSuperior => pb::MembersOutcome::ToSuperior as i16,
            Self::MembershipEnds => pb::MembersOutcome::MembershipEnds as i16,
        }
    }
}

/// What a superior recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// The organisation, founded by its own congress.
    Organisation,
    /// Its executive committee, as elected.
    Executive,
}

impl Recognition {
    /// As schemas write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Organisation => "ORGANISATION",
            Self::Executive => "EXECUTIVE",
        }
    }
}

impl From<Recognition> for pb::RecognitionKind {
    fn from(recognition: Recognition) -> Self {
        match recognition {
            Recognition::Organisation => Self::Organisation,
            Recognition::Executive => Self::Executive,
        }
    }
}

/// Where an organisation's seal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// It has none of its own.
    None,
    /// With the organisation.
    InUse,
    /// Handed in, as on its end.
    HandedIn,
    /// Lost.
    Lost,
}

impl Seal {
    /// As schemas write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::InUse => "IN_USE",
            Self::HandedIn => "HANDED_IN",
            Self::Lost => "LOST",
        }
    }

    /// As a schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::None, Self::InUse, Self::HandedIn, Self::Lost]
            .into_iter()
            .find(|seal| seal.code() == code)
    }
}

impl From<Seal> for pb::SealStatus {
    fn from(seal: Seal) -> Self {
        match seal {
            Seal::None => Self::None,
            Seal::InUse => Self::InUse,
            Seal::HandedIn => Self::HandedIn,
            Seal::Lost => Self::Lost,
        }
    }
}

/// How an organisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is alive and directed.
    Active,
    /// Its direction is suspended.
    Suspended,
    /// It no longer exists.
    Ended,
}

impl Status {
    /// As schemas write it, and changes.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Ended => "ENDED",
        }
    }

    /// As a schema, or a change, wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Ended]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// What a successor takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The successor.
    pub organisation_id: Uuid,
    /// So many parts of the whole.
    pub share: i32,
}

/// Everything that successors take over of one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// What the parts are parts of.
    pub whole: i32,
    /// In the order in which they were named; none where nobody continues it.
    pub parts: Vec<Share>,
}

impl Shares {
    /// One successor takes over everything, or there is none.
    pub fn whole_to(successor_id: Option<Uuid>) -> Self {
        match successor_id {
            Some(organisation_id) => {
                Self { whole: 1, parts: vec![Share { organisation_id, share: 1 }] }
            }
            None => Self::default(),
        }
    }
}
