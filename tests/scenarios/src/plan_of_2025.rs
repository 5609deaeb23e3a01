//! The plan of 2025-07-01, from the lists of provinces, districts and communes: 63 provinces
//! become 34, and the districts end.
//!
//! A commune that goes on under a district's name covers the middle of what was the district:
//! a union is founded for it and takes the district's unions over. Where none does, they go
//! straight under the province. Which communes really got a union depended on their members;
//! a plan for real use is this one, edited.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use proto::registry::v1 as pb;
use proto::registry::v1::plan_step::Kind;
use serde::Deserialize;

use crate::country::{Reference, district_federation, lower_first, province_federation};

/// The code of the Confederation.
const CONFEDERATION: &str = "TLD";

/// A commune since 2025-07-01.
#[derive(Deserialize)]
struct Ward {
    code: String,
    name_vi: String,
    full_name_vi: String,
    province_code: String,
}

/// The steps, always the same.
pub fn steps() -> anyhow::Result<Vec<pb::PlanStep>> {
    let reference = Reference::read()?;
    let wards: Vec<Ward> =
        csv::Reader::from_reader(include_str!("../reference/wards_2025.csv").as_bytes())
            .into_deserialize()
            .collect::<Result<_, _>>()
            .context("read the communes")?;
    let mut steps = Vec::new();

    // A federation goes on where its province keeps its name and its code; otherwise one is
    // founded, whose code says of which list the province's code is.
    let mut federations: BTreeMap<&str, String> = BTreeMap::new();
    for province in &reference.new_provinces {
        let goes_on = reference.succession.iter().any(|old| {
            old.new_code == province.code
                && old.successor_keeps_name == 1
                && old.successor_keeps_code == 1
        });
        let code = if goes_on {
            province_federation(&province.code)
        } else {
            let code = format!("LDLD34-{}", province.code);
            steps.push(pb::PlanStep {
                kind: Kind::Found.into(),
                unit: code.clone(),
                name: format!("Liên đoàn Lao động {}", lower_first(&province.full_name_vi)),
                short_name: format!("LĐLĐ {}", province.name_vi),
                r#type: "LDLD_TINH".into(),
                superior: CONFEDERATION.into(),
                ..pb::PlanStep::default()
            });
            code
        };
        federations.insert(&province.code, code);
    }
    let successor: BTreeMap<&str, &str> = reference
        .succession
        .iter()
        .map(|old| (old.old_code.as_str(), old.new_code.as_str()))
        .collect();
    let new_code = |old_code: &str| {
        successor
            .get(old_code)
            .copied()
            .with_context(|| format!("find the successor of province {old_code}"))
    };

    let by_name: BTreeMap<(&str, &str), &Ward> = wards
        .iter()
        .map(|ward| ((ward.province_code.as_str(), ward.name_vi.as_str()), ward))
        .collect();
    let mut founded = BTreeSet::new();
    let mut ends = Vec::new();
    for district in &reference.districts {
        let province_code = new_code(&district.province_code)?;
        let federation = &federations[province_code];
        let heir = match by_name.get(&(province_code, district.name_vi.as_str())) {
            None => federation.clone(),
            Some(ward) => {
                let code = format!("CDX-{}", ward.code);
                // Two districts of one name may have gone into one province.
                if founded.insert(code.clone()) {
                    steps.push(pb::PlanStep {
                        kind: Kind::Found.into(),
                        unit: code.clone(),
                        name: format!("Công đoàn {}", lower_first(&ward.full_name_vi)),
                        short_name: format!("CĐ {}", ward.name_vi),
                        r#type: "CD_XA".into(),
                        superior: federation.clone(),
                        ..pb::PlanStep::default()
                    });
                }
                code
            }
        };
        let unit = district_federation(&district.province_code, &district.code);
        ends.push(end(unit, pb::EndKind::Terminated, heir));
    }
    for province in &reference.provinces {
        let code = new_code(&province.code)?;
        let (unit, heir) = (province_federation(&province.code), federations[code].clone());
        if unit != heir {
            let goes_on = heir == province_federation(code);
            let kind = if goes_on { pb::EndKind::Merged } else { pb::EndKind::Consolidated };
            ends.push(end(unit, kind, heir));
        }
    }
    steps.extend(ends);
    // As the file that they are written to counts them: its heading is line 1.
    for (line, step) in (2..).zip(&mut steps) {
        step.line = line;
    }
    Ok(steps)
}

/// A superior organisation ends; whoever inherits takes its subordinates.
fn end(unit: String, kind: pb::EndKind, heir: String) -> pb::PlanStep {
    pb::PlanStep {
        kind: Kind::End.into(),
        unit,
        end_kind: kind.into(),
        successor: heir.clone(),
        members_outcome: pb::MembersOutcome::Rehomed.into(),
        rehome_to: heir.clone(),
        subordinates_to: heir,
        ..pb::PlanStep::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_district_and_every_merged_province_ends_once() {
        let steps = steps().expect("generated");
        let ends: Vec<&str> = steps
            .iter()
            .filter(|step| step.kind() == Kind::End)
            .map(|step| step.unit.as_str())
            .collect();
        let distinct: BTreeSet<&str> = ends.iter().copied().collect();
        assert_eq!(distinct.len(), ends.len());
        let districts = ends.iter().filter(|unit| unit.matches('-').count() == 2).count();
        assert_eq!(districts, 696);
    }
}
