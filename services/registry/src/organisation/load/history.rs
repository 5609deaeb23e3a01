//! What a line says of an organisation, as periods: each attribute with its days.

use time::Date;

use crate::ground::refused::Refused;
use crate::organisation::load::line::{Line, Status};

/// A value, the days for which it held, and the change of the line by which it began; none
/// where it held from the first day on.
#[derive(Clone, Debug)]
pub struct Period<T> {
    /// The first day.
    pub from: Date,
    /// The first day on which it no longer held.
    pub until: Option<Date>,
    /// What held.
    pub value: T,
    /// The place of the change in the line.
    pub change: Option<usize>,
}

impl<T> Period<T> {
    /// It held on this day.
    pub fn contains(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }

    /// Some day belongs to both.
    pub fn overlaps<U>(&self, other: &Period<U>) -> bool {
        self.until.is_none_or(|until| other.from < until)
            && other.until.is_none_or(|until| self.from < until)
    }

    /// Where the line says it.
    pub fn field(&self, part: &str) -> String {
        match self.change {
            None => part.to_string(),
            Some(change) => format!("changes[{change}].{part}"),
        }
    }
}

/// The history of one organisation, attribute by attribute, in the order of the days.
#[derive(Debug, Default)]
pub struct History<'a> {
    pub codes: Vec<Period<&'a str>>,
    /// Names with their short names.
    pub names: Vec<Period<(&'a str, &'a str)>>,
    pub types: Vec<Period<&'a str>>,
    pub sectors: Vec<Period<&'a str>>,
    pub industries: Vec<Period<&'a str>>,
    pub statuses: Vec<Period<Status>>,
    /// Codes of the superiors.
    pub superiors: Vec<Period<&'a str>>,
}

/// What holds from a day on, unless it held already.
fn begins<T: PartialEq>(periods: &mut Vec<Period<T>>, from: Date, value: T, change: Option<usize>) {
    if periods.last().is_some_and(|last| last.until.is_none() && last.value == value) {
        return;
    }
    ends(periods, from);
    periods.push(Period { from, until: None, value, change });
}

fn ends<T>(periods: &mut [Period<T>], on: Date) {
    if let Some(last) = periods.last_mut()
        && last.until.is_none()
    {
        last.until = Some(on);
    }
}

impl<'a> History<'a> {
    /// The periods of a line whose days are in order; `bears_sector` knows which types do.
    pub fn of(line: &'a Line, bears_sector: impl Fn(&str, Date) -> bool) -> Self {
        let mut history = Self::default();
        let on = line.founded_on;
        begins(&mut history.codes, on, &*line.code, None);
        begins(&mut history.names, on, (&*line.name, &*line.short_name), None);
        begins(&mut history.types, on, &*line.type_code, None);
        if let Some(sector) = &line.sector {
            begins(&mut history.sectors, on, &**sector, None);
        }
        if let Some(industry) = &line.industry {
            begins(&mut history.industries, on, &**industry, None);
        }
        begins(&mut history.statuses, on, Status::Active, None);
        begins(&mut history.superiors, on, &*line.superior_code, None);
        let (mut name, mut short_name) = (&*line.name, &*line.short_name);
        for (n, change) in line.changes.iter().enumerate() {
            let (on, place) = (change.from_on, Some(n));
            if let Some(code) = &change.code {
                begins(&mut history.codes, on, &**code, place);
            }
            if change.name.is_some() || change.short_name.is_some() {
                name = change.name.as_deref().unwrap_or(name);
                short_name = change.short_name.as_deref().unwrap_or(short_name);
                begins(&mut history.names, on, (name, short_name), place);
            }
            if let Some(type_code) = &change.type_code {
                begins(&mut history.types, on, &**type_code, place);
                if change.sector.is_none() && !bears_sector(type_code, on) {
                    ends(&mut history.sectors, on);
                }
            }
            if let Some(sector) = &change.sector {
                begins(&mut history.sectors, on, &**sector, place);
            }
            if let Some(industry) = &change.industry {
                begins(&mut history.industries, on, &**industry, place);
            }
            if let Some(status) = change.status {
                begins(&mut history.statuses, on, status, place);
            }
            if let Some(superior_code) = &change.superior_code {
                begins(&mut history.superiors, on, &**superior_code, place);
            }
        }
        // Its place in the tree and its code are free from its end on; who it was stays. That it
        // has ended is its status from then on, which is written with the ending.
        if let Some(ending) = &line.ending {
            ends(&mut history.statuses, ending.ended_on);
            ends(&mut history.codes, ending.ended_on);
            ends(&mut history.superiors, ending.ended_on);
        }
        history
    }

    /// What holds of an attribute on a day.
    pub fn on<T: Copy>(periods: &[Period<T>], on: Date) -> Option<T> {
        periods.iter().find(|period| period.contains(on)).map(|period| period.value)
    }
}

/// The first day of a line that is out of order, and where it is said.
pub fn out_of_order(line: &Line) -> Option<(String, Refused)> {
    let mut after = line.founded_on;
    for (n, change) in line.changes.iter().enumerate() {
        let on = change.from_on;
        if on <= after {
            let field = format!("changes[{n}].from_on");
            return Some((field, Refused::ChangesOutOfOrder { on, after }));
        }
        after = on;
    }
    let on = line.ending.as_ref()?.ended_on;
    (on <= after).then(|| ("ending.ended_on".to_string(), Refused::ChangesOutOfOrder { on, after }))
}
