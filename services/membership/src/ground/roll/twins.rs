//! Lines of one roll that may be one person, written twice.

use std::collections::HashMap;

use crate::ground::person::{NewPerson, name_key};
use crate::ground::roll::{Roll, Unlikely, Warning};

impl Roll {
    /// Warns of new people who have one name and one year of birth, unless each has a number of
    /// her own, all of one kind: one person has a CMND and a CCCD. Each line names the next that is
    /// like it, and the last of them the first.
    pub(super) fn twins(&self) -> Vec<Warning> {
        let mut alike: HashMap<(String, i16), Vec<(usize, &NewPerson)>> = HashMap::new();
        for (line, person) in self.new_persons() {
            if let Some(birth_year) = person.birth_year {
                alike.entry((name_key(&person.name), birth_year)).or_default().push((line, person));
            }
        }
        let mut warnings = Vec::new();
        for lines in alike.into_values() {
            let kind = |person: &NewPerson| person.identity.as_ref().map(|identity| identity.kind);
            let first = lines.first().and_then(|(_, person)| kind(person));
            let told_apart =
                first.is_some() && lines.iter().all(|(_, person)| kind(person) == first);
            if lines.len() < 2 || told_apart {
                continue;
            }
            for (n, (line, _)) in lines.iter().enumerate() {
                let (other, _) = lines[(n + 1) % lines.len()];
                warnings.push((
                    *line,
                    Warning {
                        field: self.field(*line, "name"),
                        unlikely: Unlikely::Twin,
                        other: Some(format!("{}[{other}]", self.list)),
                    },
                ));
            }
        }
        warnings.sort_unstable_by_key(|(line, _)| *line);
        warnings.into_iter().map(|(_, warning)| warning).collect()
    }
}
