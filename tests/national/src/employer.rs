//! Employers of unions: a stream of its own, for services that survey them.

use crate::Unit;
use crate::chance::Chance;

/// Where the members of a union work.
#[derive(Clone, Debug, PartialEq)]
pub struct Employer {
    /// Made up: ten digits that begin with 99, which no tax office gives.
    pub tax_code: String,
    /// The union's, without what makes it a union's.
    pub name: String,
    /// Sector code.
    pub sector: String,
    /// Women among them are `female`.
    pub workforce: u32,
    /// At most the workforce.
    pub female: u32,
    /// The code that its union bears in the end.
    pub union_code: String,
    /// Who surveys it: the union's superior.
    pub surveyor_code: String,
}

pub(crate) fn employer(seed: u64, unit: &Unit) -> Employer {
    let mut chance = Chance::of(seed, &format!("employer of {}", unit.line.code));
    let workforce =
        unit.members + unit.members * u32::try_from(chance.below(30)).unwrap_or(0) / 100;
    let name = unit.line.changes.iter().rev().map(|change| change.name.as_str());
    let name = name.chain([unit.line.name.as_str()]).find(|name| !name.is_empty());
    let sector = unit.line.changes.iter().rev().map(|change| change.sector.as_str());
    let sector = sector.chain([unit.line.sector.as_str()]).find(|sector| !sector.is_empty());
    Employer {
        tax_code: format!("99{:08}", chance.below(100_000_000)),
        name: name.unwrap_or_default().trim_start_matches("Công đoàn cơ sở ").to_owned(),
        sector: sector.unwrap_or_default().to_owned(),
        workforce,
        female: u32::try_from(chance.below(u64::from(workforce) + 1)).unwrap_or(0),
        union_code: unit.code().to_owned(),
        surveyor_code: unit.superior_code().to_owned(),
    }
}
