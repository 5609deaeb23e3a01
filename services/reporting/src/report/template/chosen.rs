//! What can be chosen when a report is printed, and what was.

use std::collections::BTreeSet;

use crate::ground::refused::Refused;
use crate::ground::reports_due::Cadence;

/// Something that can be chosen when a report is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// For example `decimals`.
    pub name: String,
    /// What holds if nothing is chosen.
    pub default: String,
    /// What it does, in Vietnamese.
    pub meaning: String,
}

/// Parameters and their values.
#[derive(Clone, Debug)]
pub struct Chosen(Vec<(String, String)>);

/// More are not read off a report by anybody.
pub const DECIMALS_MAX: u32 = 4;

impl Chosen {
    /// The parameters of one print: those chosen, and the defaults of the others.
    pub fn of(
        parameters: &[Parameter],
        chosen: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Refused> {
        let mut values: Vec<(String, String)> = parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.default.clone()))
            .collect();
        let mut named = BTreeSet::new();
        for (place, (name, value)) in chosen.into_iter().enumerate() {
            if !named.insert(name.clone()) {
                let field = format!("parameters[{place}].name");
                return Err(Refused::ParameterRepeated { field, parameter: name });
            }
            match values.iter_mut().find(|(known, _)| *known == name) {
                Some((_, held)) => *held = value,
                None => {
                    return Err(Refused::ParameterUnknown {
                        field: format!("parameters[{place}].name"),
                        parameter: name,
                    });
                }
            }
        }
        let chosen = Self(values);
        // Read every one now: a report is refused at the door, not in its last line.
        chosen.decimals()?;
        chosen.year("rating_year")?;
        chosen.count("min_decisions")?;
        chosen.cadence()?;
        Ok(chosen)
    }

    /// The value as text; empty if the template has no such parameter.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// `decimals`: of percentages.
    pub fn decimals(&self) -> Result<u32, Refused> {
        Ok(self.number("decimals", 0..=i64::from(DECIMALS_MAX))?.unwrap_or(2).unsigned_abs() as u32)
    }

    /// A calendar year.
    pub fn year(&self, name: &str) -> Result<Option<i32>, Refused> {
        let year = self.number(name, 1990..=2200)?;
        Ok(year.and_then(|year| i32::try_from(year).ok()))
    }

    /// A small count.
    pub fn count(&self, name: &str) -> Result<i64, Refused> {
        Ok(self.number(name, 0..=1_000_000)?.unwrap_or(0))
    }

    /// `cadence`: how often reports are due.
    pub fn cadence(&self) -> Result<Cadence, Refused> {
        match self.text("cadence") {
            "" => Ok(Cadence::QUARTER),
            text => Cadence::read(text).ok_or_else(|| malformed("cadence")),
        }
    }

    fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Refused> {
        match self.text(name) {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|number| range.contains(number))
                .map(Some)
                .ok_or_else(|| malformed(name)),
        }
    }
}

fn malformed(name: &str) -> Refused {
    Refused::ParameterMalformed { field: "parameters".to_string(), parameter: name.to_string() }
}
