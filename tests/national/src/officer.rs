//! The last congress of a union and whom it elected: a stream of its own, for services that
//! know of terms. Persons are ids, as they are everywhere outside membership.

use time::{Date, Duration};
use uuid::{Builder, Uuid};

use crate::chance::Chance;
use crate::place::Places;
use crate::{RESTRUCTURED_ON, Unit};

/// Terms last so many years.
const TERM_YEARS: i32 = 5;

/// A congress that elected the officers who are in office.
#[derive(Clone, Debug, PartialEq)]
pub struct Congress {
    /// The union, by the code that it bears in the end.
    pub code: String,
    /// lần thứ …
    pub ordinal: i32,
    /// Within five years before the restructuring.
    pub held_on: Date,
    /// The years of the term.
    pub term: (i32, i32),
    /// The members for whom it was held.
    pub members: u32,
    /// The executive committee, the chair first.
    pub officers: Vec<Officer>,
}

/// A seat and who took it.
#[derive(Clone, Debug, PartialEq)]
pub struct Officer {
    /// Nobody else's.
    pub person_id: Uuid,
    /// Made up.
    pub name: String,
    /// A woman.
    pub female: bool,
    /// `CHAIR`, `VICE_CHAIR` or `MEMBER`.
    pub position: &'static str,
}

pub(crate) fn congress(seed: u64, places: &Places, unit: &Unit) -> Congress {
    let mut chance = Chance::of(seed, &format!("congress of {}", unit.line.code));
    let founded = unit.line.founded_on.as_ref().map_or(0, |on| on.year);
    let held_on = chance.day(RESTRUCTURED_ON - Duration::days(5 * 365), RESTRUCTURED_ON);
    let seats = match unit.members {
        ..30 => 3,
        30..150 => 5,
        150..1_000 => 9,
        _ => 15,
    };
    let officers = (0..seats).map(|seat| officer(&mut chance, places, seat)).collect();
    Congress {
        code: unit.code().to_owned(),
        ordinal: 1 + (held_on.year() - founded).max(0) / TERM_YEARS,
        held_on,
        term: (held_on.year(), held_on.year() + TERM_YEARS),
        members: unit.members,
        officers,
    }
}

fn officer(chance: &mut Chance, places: &Places, seat: u32) -> Officer {
    let female = chance.in_thousand(480);
    let surname = chance.weighted(places.surnames());
    let middle = chance.weighted(places.middles(female));
    let given = chance.weighted(places.givens(female));
    let bytes = [chance.draw().to_be_bytes(), chance.draw().to_be_bytes()].concat();
    let mut random = [0; 16];
    random.copy_from_slice(&bytes);
    Officer {
        person_id: Builder::from_custom_bytes(random).into_uuid(),
        name: format!("{surname} {middle} {given}"),
        female,
        position: match seat {
            0 => "CHAIR",
            1 => "VICE_CHAIR",
            _ => "MEMBER",
        },
    }
}
