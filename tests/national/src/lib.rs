//! The national tree of unions, made up: as large and as skewed as the real one on
//! 30 June 2025, with ten years of history behind it, and no real union in it.
//!
//! Places are real, numbers are published where numbers were published, everything else
//! follows from the seed: the same seed and size give the same tree for ever. Nothing is held
//! in memory but how many unions stand where: units, officers and employers are streams.

mod chance;
mod employer;
mod member;
mod officer;
mod place;
mod restructuring;
mod shape;
mod superior;
mod union;

use aws_lc_rs::digest::{Context, SHA256};
use prost::Message;
use proto::google::r#type::Date as CivilDate;
use proto::registry::v1::load_organisations_request::Line;
use time::Date;
use time::macros::date;

pub use chance::Chance;
pub use employer::Employer;
pub use member::Member;
pub use officer::{Congress, Officer};
pub use place::Places;
pub use restructuring::COMMUNE_UNIONS;
pub use shape::{Fate, Group, Kind, Shape, Superior};

/// The code of the Confederation, which every register has from its first day on.
pub const CONFEDERATION: &str = "TLD";
/// From here on changes are known.
pub const HISTORY_FROM: Date = date!(2015 - 07 - 01);
/// The day of the restructuring; the tree is loaded as it was known the day before.
pub const RESTRUCTURED_ON: Date = date!(2025 - 07 - 01);

/// How much of the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Two provinces that become one, and a few unions in each: for a test.
    Tiny,
    /// Two provinces that become one, whole.
    Province,
    /// All of it.
    National,
}

impl Size {
    /// The provinces of 2024 that belong to it, by code; none stands for all.
    fn provinces(self) -> Option<&'static [&'static str]> {
        match self {
            // Bắc Kạn and Thái Nguyên.
            Self::Tiny => Some(&["06", "19"]),
            // An Giang and Kiên Giang, of which it was published how many unions ended.
            Self::Province => Some(&["89", "91"]),
            Self::National => None,
        }
    }

    /// One union in so many is there.
    fn one_in(self) -> u64 {
        match self {
            Self::Tiny => 20,
            Self::Province | Self::National => 1,
        }
    }
}

/// The tree of one size and seed.
pub struct National {
    seed: u64,
    places: Places,
    shape: Shape,
}

/// A unit of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// As it is loaded: its first day, its history, its end.
    pub line: Line,
    /// What the restructuring makes of it.
    pub fate: Fate,
    /// Members on the eve of the restructuring; none in superior organisations.
    pub members: u32,
}

impl Unit {
    /// The code that it bears in the end.
    pub fn code(&self) -> &str {
        let changed = self.line.changes.iter().rev().map(|change| change.code.as_str());
        changed.chain([self.line.code.as_str()]).find(|code| !code.is_empty()).unwrap_or_default()
    }

    /// The superior that it has in the end.
    pub fn superior_code(&self) -> &str {
        let changed = self.line.changes.iter().rev().map(|change| change.superior_code.as_str());
        changed
            .chain([self.line.superior_code.as_str()])
            .find(|code| !code.is_empty())
            .unwrap_or_default()
    }

    /// It existed on the eve of the restructuring.
    pub fn lives(&self) -> bool {
        self.line.ending.is_none()
    }
}

impl National {
    /// The tree of this size and seed.
    ///
    /// # Errors
    /// When the data compiled in cannot be read, which a test would have told.
    pub fn new(size: Size, seed: u64) -> anyhow::Result<Self> {
        let places = Places::read(size.provinces())?;
        let shape = Shape::of(&places, size.one_in());
        Ok(Self { seed, places, shape })
    }

    /// Where everything lies.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// How many unions stand where.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Superior organisations, superiors first.
    pub fn superiors(&self) -> impl Iterator<Item = Unit> {
        self.shape.superiors.iter().map(|superior| superior::unit(self.seed, superior))
    }

    /// Grassroots unions, those that ended before among them.
    pub fn unions(&self) -> impl Iterator<Item = Unit> {
        self.shape.groups.iter().flat_map(move |group| {
            (0..group.unions)
                .map(move |n| union::unit(self.seed, &self.places, &self.shape, group, n))
        })
    }

    /// Everything that is loaded, superiors before their subordinates.
    pub fn units(&self) -> impl Iterator<Item = Unit> {
        self.superiors().chain(self.unions())
    }

    /// The last congress of every living union, with the officers whom it elected.
    pub fn congresses(&self) -> impl Iterator<Item = Congress> {
        let living = self.unions().filter(Unit::lives);
        living.map(move |unit| officer::congress(self.seed, &self.places, &unit))
    }

    /// The members of a union, where there are so many in the unions before it.
    pub fn members(&self, unit: &Unit, first: u64) -> impl Iterator<Item = Member> {
        member::members(self.seed, &self.places, unit, first)
    }

    /// The employers of living unions.
    pub fn employers(&self) -> impl Iterator<Item = Employer> {
        let living = self.unions().filter(Unit::lives);
        living.map(move |unit| employer::employer(self.seed, &unit))
    }

    /// SHA-256 of all units in their order, in hexadecimal: what the seed and the size give.
    pub fn digest(&self) -> String {
        let mut context = Context::new(&SHA256);
        for unit in self.units() {
            context.update(&unit.line.encode_length_delimited_to_vec());
        }
        context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn civil(date: Date) -> CivilDate {
    CivilDate {
        year: date.year(),
        month: i32::from(u8::from(date.month())),
        day: i32::from(date.day()),
    }
}
