//! Members who do not exist: made up from shares of names, the same in every replay.
//!
//! A person is a pure function of a serial number. Each federation of the demo has serials
//! of its own, so that the federations can be replayed side by side and a replay repeated
//! sends the same bytes under the same request id.

use anyhow::Context;
use proto::google::r#type::Date;
use proto::membership::v1::{PersonLine, Sex};
use serde::Deserialize;

const NAMES: &str = include_str!("../reference/vi_names.csv");

/// How many people one federation may make up: the serial takes six digits of the number.
/// One who went beyond would bear a number of the next federation's, and be refused.
pub const SERIALS_PER_FEDERATION: u32 = 150_000;

/// One row of vi_names.csv.
#[derive(Deserialize)]
struct NameRow {
    component: String,
    value: String,
    gender: String,
    share_pct: f64,
}

/// Words with their cumulative shares.
#[derive(Clone, Default)]
struct Words(Vec<(f64, String)>);

impl Words {
    fn add(&mut self, word: String, share: f64) {
        let before = self.0.last().map_or(0.0, |(sum, _)| *sum);
        self.0.push((before + share, word));
    }

    /// The word that a number of [0, 1) falls on.
    fn pick(&self, at: f64) -> &str {
        let sum = self.0.last().map_or(0.0, |(sum, _)| *sum);
        let index = self.0.partition_point(|(upto, _)| *upto <= at * sum);
        self.0.get(index).map_or("", |(_, word)| word)
    }
}

/// Names as often as they occur.
#[derive(Clone, Default)]
pub struct Names {
    surnames: Words,
    middle: [Words; 2],
    given: [Words; 2],
}

impl Names {
    /// Reads the shares that are compiled in.
    pub fn read() -> anyhow::Result<Self> {
        let mut names = Self::default();
        for row in csv::Reader::from_reader(NAMES.as_bytes()).deserialize() {
            let row: NameRow = row.context("read vi_names.csv")?;
            let woman = usize::from(row.gender == "F");
            let words = match row.component.as_str() {
                "surname" => &mut names.surnames,
                "middle" => &mut names.middle[woman],
                _ => &mut names.given[woman],
            };
            words.add(row.value, row.share_pct);
        }
        Ok(names)
    }

    /// The person of a serial number below 1,000,000. The identity number bears the prefix
    /// 999, which no province has, and agrees with sex and year of birth.
    fn person(&self, serial: u32) -> PersonLine {
        let mut dice = Dice(u64::from(serial));
        let woman = dice.roll() < 0.52;
        let sex = usize::from(woman);
        let words = [
            self.surnames.pick(dice.roll()),
            self.middle[sex].pick(dice.roll()),
            self.given[sex].pick(dice.roll()),
        ];
        let year = 1962 + dice.below(38);
        let birth_date = Date { year, month: 1 + dice.below(12), day: 1 + dice.below(28) };
        let century_and_sex = if woman { 1 } else { 0 };
        PersonLine {
            name: words
                .map(str::trim)
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            sex: if woman { Sex::Female } else { Sex::Male }.into(),
            birth_date: Some(birth_date),
            identity_number: format!("999{century_and_sex}{:02}{serial:06}", year % 100),
            ..PersonLine::default()
        }
    }
}

/// The people of one federation, made up one after the other.
pub struct People {
    names: Names,
    next: u32,
}

impl People {
    /// The people of the n-th federation, counted from 0.
    pub fn of_federation(names: &Names, federation: u32) -> Self {
        Self { names: names.clone(), next: federation * SERIALS_PER_FEDERATION }
    }

    /// The next so many people.
    pub fn take(&mut self, count: u32) -> Vec<PersonLine> {
        let from = self.next;
        self.next = from + count;
        (from..self.next).map(|serial| self.names.person(serial)).collect()
    }
}

/// The line of somebody whom the register knows.
pub fn known(person_id: &str) -> PersonLine {
    PersonLine { person_id: person_id.into(), ..PersonLine::default() }
}

/// SplitMix64: the same numbers on every machine and in every version.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number of [0, 1).
    pub fn roll(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number of [0, below).
    pub fn below(&mut self, below: i32) -> i32 {
        (self.roll() * f64::from(below)) as i32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn people_are_the_same_in_every_replay_and_nobody_twice() {
        let names = Names::read().expect("the names are compiled in");
        let once = People::of_federation(&names, 2).take(2_000);
        let again = People::of_federation(&names, 2).take(2_000);
        assert_eq!(once, again);

        let numbers: HashSet<_> = once.iter().map(|person| &person.identity_number).collect();
        assert_eq!(numbers.len(), once.len());
        assert!(numbers.iter().all(|number| number.len() == 12 && number.starts_with("999")));
    }

    #[test]
    fn names_are_nfc_without_stray_spaces() {
        use unicode_normalization::is_nfc;
        let names = Names::read().expect("the names are compiled in");
        for person in People::of_federation(&names, 0).take(5_000) {
            assert!(is_nfc(&person.name) && person.name.trim() == person.name, "{}", person.name);
            assert!(!person.name.contains("  ") && !person.name.is_empty());
        }
    }
}
