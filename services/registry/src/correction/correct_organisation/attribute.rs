//! What may be known otherwise of an organisation.

use feeds::registry::Seal;
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::Account;
use crate::ground::life::Changed;

/// What is known otherwise.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// Under whom it stood.
    Superior(Uuid),
    /// The name that it bore, and the short name.
    Name(String, String),
    /// For example `CDCS`.
    Type(String),
    /// For example `NNN_CP`.
    Sector(String),
    /// For example `GIAO_DUC`.
    Industry(String),
    /// Unique among those alive at the same time.
    Code(String),
    /// `ACTIVE` or `SUSPENDED`.
    Status(String),
    /// Its first day.
    FoundedOn(Date),
    /// The first day on which it no longer existed.
    EndedOn(Date),
    /// Whether a commune belonged to its territory.
    Territory {
        /// For example `00004`.
        commune: String,
        /// It did.
        held: bool,
    },
    /// Its seal and its account.
    Seal(Seal, Account),
    /// Whether it was known under another name.
    Alias {
        /// NFC.
        alias: String,
        /// It was.
        known: bool,
    },
    /// Whether an organisation directed it beside its superior.
    Director {
        /// The organisation.
        director_id: Uuid,
        /// It did.
        directs: bool,
    },
}

impl Attribute {
    /// As the schema writes it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Superior(_) => "SUPERIOR",
            Self::Name(..) => "NAME",
            Self::Type(_) => "TYPE",
            Self::Sector(_) => "SECTOR",
            Self::Industry(_) => "INDUSTRY",
            Self::Code(_) => "CODE",
            Self::Status(_) => "STATUS",
            Self::FoundedOn(_) => "FOUNDING",
            Self::EndedOn(_) => "ENDING",
            Self::Territory { .. } => "TERRITORY",
            Self::Seal(..) => "SEAL",
            Self::Alias { .. } => "ALIAS",
            Self::Director { .. } => "DIRECTOR",
        }
    }

    /// What the organisation's superiors, subordinates and heirs have to agree with.
    pub fn changes(&self) -> Changed {
        match self {
            Self::Type(_)
            | Self::Status(_)
            | Self::FoundedOn(_)
            | Self::EndedOn(_)
            | Self::Territory { .. } => Changed::LifeOrType,
            Self::Superior(_)
            | Self::Name(..)
            | Self::Sector(_)
            | Self::Industry(_)
            | Self::Code(_)
            | Self::Seal(..)
            | Self::Alias { .. }
            | Self::Director { .. } => Changed::OtherThings,
        }
    }

    /// The field that names it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Superior(_) => "superior_id",
            Self::Name(..) => "name",
            Self::Type(_) => "type",
            Self::Sector(_) => "sector",
            Self::Industry(_) => "industry",
            Self::Code(_) => "code",
            Self::Status(_) => "status",
            Self::FoundedOn(_) => "founded_on",
            Self::EndedOn(_) => "ended_on",
            Self::Territory { .. } => "territory",
            Self::Seal(..) => "seal_and_account",
            Self::Alias { .. } => "alias",
            Self::Director { .. } => "joint_direction",
        }
    }
}
