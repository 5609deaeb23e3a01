//! Made-up people, decisions and days. No real person ever stands in a test.

use std::sync::atomic::{AtomicU64, Ordering};

use proto::google::r#type::Date as CivilDate;
use proto::membership::v1::{PersonLine, Sex};
use proto::registry::v1::{Basis, NewDecision, basis};
use proto::reporting::v1::Period;
use time::Date;
use uuid::Uuid;

static PEOPLE: AtomicU64 = AtomicU64::new(1);
static DECISIONS: AtomicU64 = AtomicU64::new(1);
static PASSPORTS: AtomicU64 = AtomicU64::new(1);

/// The name of a write.
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// An id of an answer.
///
/// # Panics
/// When it is none.
pub fn id(text: &str) -> Uuid {
    Uuid::parse_str(text).expect("a UUID")
}

/// Ids as requests carry them.
pub fn texts(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}

/// A civil day as the contracts carry it.
pub fn on(date: Date) -> Option<CivilDate> {
    Some(chassis::parse::civil(date))
}

/// Days, both included.
pub fn period(from: Date, through: Date) -> Option<Period> {
    Some(Period { from_on: on(from), through_on: on(through) })
}

/// A person whom nobody knows, with a number that no authority gives out.
pub fn person() -> PersonLine {
    let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
    let female = number.is_multiple_of(2);
    PersonLine {
        name: format!("Nguyễn Thị Thử {number}"),
        sex: if female { Sex::Female } else { Sex::Male }.into(),
        birth_year: 1990,
        // The unassigned province 999, the century and sex of the year, the year, a number.
        identity_number: format!("999{}90{number:06}", u8::from(female)),
        ..PersonLine::default()
    }
}

/// So many people.
pub fn people(count: usize) -> Vec<PersonLine> {
    (0..count).map(|_| person()).collect()
}

/// The number of a passport that nobody else has in this run: counted, because what is cut out of
/// an id that carries the time comes twice.
pub fn passport_number() -> String {
    format!("T{:012}", PASSPORTS.fetch_add(1, Ordering::Relaxed))
}

/// A person known already.
pub fn known(person_id: &str) -> PersonLine {
    PersonLine { person_id: person_id.to_owned(), ..PersonLine::default() }
}

/// A decision of the usual issuer, signed on the day from which it holds.
pub fn decision(issued_on: Date) -> NewDecision {
    let number = DECISIONS.fetch_add(1, Ordering::Relaxed);
    NewDecision {
        number: format!("{number}/QĐ-LĐLĐ"),
        issued_on: on(issued_on),
        ..NewDecision::default()
    }
}

/// What an act rests on: a decision that is recorded with it.
pub fn basis(issued_on: Date) -> Option<Basis> {
    Some(Basis { basis: Some(basis::Basis::NewDecision(decision(issued_on))) })
}
