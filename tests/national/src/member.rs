//! The members of a union: made up, each with a number that no authority gives out.

use time::{Date, Duration};

use crate::Unit;
use crate::chance::Chance;
use crate::place::Places;

/// Members were born in so many years, from this one on.
const BORN_FROM: i32 = 1960;
const YEARS: u64 = 46;

/// A member on the eve of the restructuring.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Made up.
    pub name: String,
    /// A woman.
    pub female: bool,
    /// Her day of birth.
    pub born_on: Date,
    /// Twelve digits of the unassigned province 999; nobody else's.
    pub number: String,
    /// Ten digits.
    pub phone: String,
}

/// The members of a union; `first` is how many there are in the unions before it.
pub(crate) fn members(
    seed: u64,
    places: &Places,
    unit: &Unit,
    first: u64,
) -> impl Iterator<Item = Member> {
    let mut chance = Chance::of(seed, &format!("members of {}", unit.line.code));
    (first..first + u64::from(unit.members)).map(move |n| member(&mut chance, places, n))
}

fn member(chance: &mut Chance, places: &Places, n: u64) -> Member {
    let female = chance.in_thousand(480);
    let surname = chance.weighted(places.surnames());
    let middle = chance.weighted(places.middles(female));
    let given = chance.weighted(places.givens(female));
    // Years go round, so that those of one year are few enough for their six digits.
    let year = BORN_FROM + i32::try_from(n % YEARS).unwrap_or_default();
    let first = Date::from_ordinal_date(year, 1).unwrap_or(Date::MIN);
    let born_on = chance.day(first, first + Duration::days(365));
    let century = (year / 100 - 19) * 2 + i32::from(female);
    Member {
        name: format!("{surname} {middle} {given}"),
        female,
        born_on,
        number: format!("999{century}{:02}{:06}", year % 100, n / YEARS),
        phone: format!("09{:08}", chance.below(100_000_000)),
    }
}
