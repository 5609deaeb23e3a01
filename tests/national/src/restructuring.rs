//! The restructuring of 1 July 2025 as a plan: 63 provinces become 34, what stood between
//! them and the unions ends, commune unions are founded, and every union that is left comes
//! under one of them.

use std::collections::BTreeMap;

use proto::registry::v1::plan_step::Kind as Step;
use proto::registry::v1::{EndKind, MembersOutcome, PlanStep};

use crate::chance::Chance;
use crate::shape::Fate;
use crate::{CONFEDERATION, National, Unit};

/// Commune unions of each province of 2025.
pub const COMMUNE_UNIONS: usize = 40;

impl National {
    /// Every step, its line counted from 1.
    pub fn restructuring(&self) -> impl Iterator<Item = PlanStep> {
        let provinces: BTreeMap<&str, &str> = self
            .places()
            .provinces
            .iter()
            .map(|province| (province.code.as_str(), province.new_code.as_str()))
            .collect();
        let province_of: BTreeMap<&str, &str> = self
            .shape()
            .superiors
            .iter()
            .filter_map(|superior| {
                let new_code = provinces.get(superior.province_code.as_str())?;
                Some((superior.code.as_str(), *new_code))
            })
            .collect();
        let seed = self.seed;
        let changed = self.units().filter_map(move |unit| {
            let new_code = province_of
                .get(unit.code())
                .or_else(|| province_of.get(unit.superior_code()))
                .copied()
                .unwrap_or_default();
            step(seed, &unit, new_code)
        });
        self.founded().chain(changed).zip(1..).map(|(step, line)| PlanStep { line, ..step })
    }

    /// The provinces that several became, and the commune unions of all.
    fn founded(&self) -> impl Iterator<Item = PlanStep> {
        let mut steps = Vec::new();
        let mut names: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
        for province in &self.places().provinces {
            names.insert(&province.new_code, (&province.new_name, province.merged));
        }
        for (code, (name, merged)) in &names {
            if *merged {
                steps.push(PlanStep {
                    kind: Step::Found.into(),
                    unit: federation(code),
                    name: format!("Liên đoàn Lao động {name}"),
                    short_name: format!("LĐLĐ {name}"),
                    r#type: "LDLD_TINH".to_owned(),
                    superior: CONFEDERATION.to_owned(),
                    ..PlanStep::default()
                });
            }
        }
        for (code, (name, _)) in &names {
            let communes = self.places().communes_2025(code);
            for n in 0..COMMUNE_UNIONS {
                let of = communes.get(n).cloned().unwrap_or_else(|| format!("khu vực {n} {name}"));
                steps.push(PlanStep {
                    kind: Step::Found.into(),
                    unit: commune_union(code, n),
                    name: format!("Công đoàn {of}"),
                    r#type: "CD_XA".to_owned(),
                    superior: federation(code),
                    ..PlanStep::default()
                });
            }
        }
        steps.into_iter()
    }
}

/// What becomes of a unit; nothing, if it ended before or stays where it is.
fn step(seed: u64, unit: &Unit, new_code: &str) -> Option<PlanStep> {
    let ends = |kind: EndKind| PlanStep {
        kind: Step::End.into(),
        unit: unit.code().to_owned(),
        end_kind: kind.into(),
        members_outcome: MembersOutcome::MembershipEnds.into(),
        ..PlanStep::default()
    };
    let moves = |superior: String| PlanStep {
        kind: Step::HandOver.into(),
        unit: unit.code().to_owned(),
        superior,
        ..PlanStep::default()
    };
    match unit.fate {
        Fate::Ended | Fate::Stays => None,
        Fate::Merges => {
            Some(PlanStep { successor: federation(new_code), ..ends(EndKind::Consolidated) })
        }
        // A superior has an heir, a union of the State's has none.
        Fate::Ends if unit.line.sector.is_empty() => {
            Some(PlanStep { successor: federation(new_code), ..ends(EndKind::Terminated) })
        }
        Fate::Ends => Some(ends(EndKind::Dissolved)),
        Fate::Moves if unit.line.sector.is_empty() => Some(moves(federation(new_code))),
        Fate::Moves => {
            let mut chance = Chance::of(seed, &format!("commune of {}", unit.line.code));
            let n = chance.below(COMMUNE_UNIONS as u64);
            Some(moves(commune_union(new_code, usize::try_from(n).unwrap_or_default())))
        }
    }
}

fn federation(code: &str) -> String {
    format!("LDLD-{code}")
}

fn commune_union(code: &str, n: usize) -> String {
    format!("CDX-{code}-{:02}", n + 1)
}
