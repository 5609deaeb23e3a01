//! What is wrong with the lines of a load, judged as a whole: each line in itself, and among
//! the lines and the organisations of the register that it names.

use std::collections::HashMap;

use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::tree::SUSPENDED;
use crate::organisation::load::bad_lines::BadLines;
use crate::organisation::load::history::{History, Period, out_of_order};
use crate::organisation::load::line::{Line, Status};

/// A line has no id as long as it is not loaded; the refusal names it by its number.
const NO_ID: Uuid = Uuid::nil();

/// A superior of a line: another line, or an organisation of the register.
#[derive(Clone, Copy, Debug)]
pub enum Superior {
    /// By its number.
    Line(usize),
    /// By its id.
    Registered(Uuid),
}

/// An organisation of the register that lines name: the superior of some, the heir of others.
#[derive(Debug)]
pub struct Registered {
    /// Its id.
    pub organisation_id: Uuid,
    /// As the schema writes it, on the day for which it was named.
    pub status: String,
    /// None where it lives on.
    pub ended_on: Option<Date>,
    /// Its types from that day on ...
    pub types: Vec<String>,
    /// ... and their first days.
    pub types_from: Vec<Date>,
}

impl Registered {
    /// Its types with their days, from the day on for which it was named.
    fn types(&self) -> Vec<Period<&str>> {
        let untils = self.types_from.iter().copied().skip(1).map(Some).chain([None]);
        self.types
            .iter()
            .zip(&self.types_from)
            .zip(untils)
            .map(|((value, from), until)| Period {
                from: *from,
                until,
                value: &**value,
                change: None,
            })
            .collect()
    }
}

/// A line as it was understood.
#[derive(Debug)]
pub struct Understood<'a> {
    /// Each attribute with its days.
    pub history: History<'a>,
    /// Under whom it stood, by day.
    pub superiors: Vec<Period<Superior>>,
    /// Who inherits, if it ended into another.
    pub successor: Option<Superior>,
    /// Other lines stood under it at some time.
    pub has_subordinates: bool,
}

/// Who bears a code from when on, by the lines of the load.
pub struct Bearers<'a>(HashMap<&'a str, Vec<Period<usize>>>);

impl<'a> Bearers<'a> {
    fn of(histories: &[History<'a>]) -> Self {
        let mut bearers: HashMap<&'a str, Vec<_>> = HashMap::with_capacity(histories.len());
        for (n, history) in histories.iter().enumerate() {
            for code in &history.codes {
                let Period { from, until, change, value } = *code;
                bearers.entry(value).or_default().push(Period { from, until, value: n, change });
            }
        }
        Self(bearers)
    }

    fn on(&self, code: &str, on: Date) -> Option<usize> {
        History::on(self.0.get(code)?, on)
    }

    /// A line that bears the code at some time, the first of them.
    fn ever(&self, code: &str) -> Option<usize> {
        self.0.get(code).and_then(|known| known.first()).map(|first| first.value)
    }
}

/// The lines with their histories, before the register is asked about whom they name.
pub struct Draft<'a> {
    lines: &'a [Line],
    histories: Vec<History<'a>>,
    bearers: Bearers<'a>,
}

impl<'a> Draft<'a> {
    /// Reads the lines; none where their days are out of order, which goes to `bad`.
    pub fn read(lines: &'a [Line], rules: &Rules, bad: &mut BadLines) -> Option<Self> {
        for (n, line) in lines.iter().enumerate() {
            if let Some((field, refused)) = out_of_order(line) {
                bad.refuse(n, field, refused);
            }
        }
        if !bad.is_empty() {
            return None;
        }
        let bears = |type_code: &str, on| rules.bears_sector(type_code, on);
        let histories: Vec<_> = lines.iter().map(|line| History::of(line, bears)).collect();
        let bearers = Bearers::of(&histories);
        Some(Self { lines, histories, bearers })
    }

    /// Codes, with their days, by which lines name organisations that are no lines.
    pub fn named(&self) -> Vec<(&'a str, Date)> {
        let mut named: Vec<(&str, Date)> = Vec::new();
        for (n, (line, history)) in self.lines.iter().zip(&self.histories).enumerate() {
            let superiors =
                history.superiors.iter().map(|superior| (superior.value, superior.from));
            named.extend(
                superiors.filter(|(code, on)| {
                    self.bearers.on(code, *on).is_none_or(|bearer| bearer >= n)
                }),
            );
            if let Some(ending) = &line.ending
                && let Some(code) = &ending.principal_successor_code
                && self.bearers.on(code, ending.ended_on).is_none()
            {
                named.push((code, ending.ended_on));
            }
        }
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Every code with its days and the line that says so.
    pub fn codes(&self) -> impl Iterator<Item = (usize, &Period<&'a str>)> {
        self.histories
            .iter()
            .enumerate()
            .flat_map(|(n, history)| history.codes.iter().map(move |code| (n, code)))
    }

    /// Judges every line; what is wrong goes to `bad`.
    pub fn check(
        self,
        today: Date,
        rules: &Rules,
        registered: &HashMap<(String, Date), Registered>,
        bad: &mut BadLines,
    ) -> Vec<Understood<'a>> {
        for n in 0..self.lines.len() {
            self.check_codes(n, bad);
            self.check_days(n, today, bad);
            self.check_types(n, rules, bad);
            self.check_industries(n, rules, bad);
        }
        let superiors: Vec<_> =
            (0..self.lines.len()).map(|n| self.superiors(n, rules, registered, bad)).collect();
        let successors: Vec<_> =
            (0..self.lines.len()).map(|n| self.successor(n, registered, bad)).collect();
        let mut has_subordinates = vec![false; self.lines.len()];
        for superior in superiors.iter().flatten() {
            if let Superior::Line(n) = superior.value {
                has_subordinates[n] = true;
            }
        }
        let parts = superiors.into_iter().zip(successors).zip(has_subordinates);
        self.histories
            .into_iter()
            .zip(parts)
            .map(|(history, ((superiors, successor), has_subordinates))| Understood {
                history,
                superiors,
                successor,
                has_subordinates,
            })
            .collect()
    }

    /// No earlier line bears one of its codes at the same time.
    fn check_codes(&self, n: usize, bad: &mut BadLines) {
        for code in &self.histories[n].codes {
            let Some(known) = self.bearers.0.get(code.value) else { continue };
            let twice = known.iter().any(|theirs| theirs.value < n && code.overlaps(theirs));
            if twice {
                let refused = Refused::LineRepeated { code: code.value.to_string() };
                bad.refuse(n, code.field("code"), refused);
            }
        }
    }

    /// Nothing of it lies in the future.
    fn check_days(&self, n: usize, today: Date, bad: &mut BadLines) {
        let line = &self.lines[n];
        let mut check = |on: Date, field: &dyn Fn() -> String| {
            if on > today {
                bad.refuse(n, field(), Refused::DateInFuture { on, today });
            }
        };
        check(line.founded_on, &|| "founded_on".to_string());
        for (place, change) in line.changes.iter().enumerate() {
            check(change.from_on, &|| format!("changes[{place}].from_on"));
        }
        if let Some(ending) = &line.ending {
            check(ending.ended_on, &|| "ending.ended_on".to_string());
        }
    }

    /// Its types were in force when they began, and had the sectors that it had.
    fn check_types(&self, n: usize, rules: &Rules, bad: &mut BadLines) {
        let history = &self.histories[n];
        let begins = history
            .types
            .iter()
            .map(|period| (period.from, period.change))
            .chain(history.sectors.iter().map(|period| (period.from, period.change)));
        let mut judged = None;
        for (on, change) in begins {
            if judged.replace(on) == Some(on) {
                continue;
            }
            let Some(type_code) = History::on(&history.types, on) else { continue };
            let sector = History::on(&history.sectors, on);
            let Err(refused) = rules.may_be_founded(type_code, sector, on) else { continue };
            let part = match refused {
                Refused::SectorUnknown { .. }
                | Refused::SectorRequired { .. }
                | Refused::SectorNotAllowed { .. } => "sector",
                _ => "type",
            };
            let place = Period { from: on, until: None, value: (), change };
            bad.refuse(n, place.field(part), refused);
        }
    }

    /// Its industries were in force when it came to be in them.
    fn check_industries(&self, n: usize, rules: &Rules, bad: &mut BadLines) {
        for period in &self.histories[n].industries {
            if let Err(refused) = rules.industry(period.value, period.from) {
                bad.refuse(n, period.field("industry"), refused);
            }
        }
    }

    /// Whom it stood under, and that each of them could be its superior on every day.
    fn superiors(
        &self,
        n: usize,
        rules: &Rules,
        registered: &HashMap<(String, Date), Registered>,
        bad: &mut BadLines,
    ) -> Vec<Period<Superior>> {
        let mut superiors = Vec::with_capacity(self.histories[n].superiors.len());
        for edge in &self.histories[n].superiors {
            let on = edge.from;
            let superior = match self.bearers.on(edge.value, on) {
                Some(line) if line < n => {
                    self.check_line_as_superior(n, edge, line, rules, bad);
                    Superior::Line(line)
                }
                _ => match registered.get(&(edge.value.to_string(), on)) {
                    Some(known) => {
                        self.check_registered_as_superior(n, edge, known, rules, bad);
                        Superior::Registered(known.organisation_id)
                    }
                    None => {
                        let (part, refused) = self.no_superior(n, edge);
                        bad.refuse(n, part, refused);
                        continue;
                    }
                },
            };
            superiors.push(Period {
                from: on,
                until: edge.until,
                value: superior,
                change: edge.change,
            });
        }
        superiors
    }

    /// Why a code names no superior.
    fn no_superior(&self, n: usize, edge: &Period<&str>) -> (String, Refused) {
        let code = edge.value.to_string();
        let part = edge.field("superior_code");
        if self.bearers.on(edge.value, edge.from).is_some() {
            return (part, Refused::SuperiorNotBefore { code });
        }
        match self.bearers.ever(edge.value) {
            Some(line) if line < n && edge.from < self.lines[line].founded_on => {
                let from = self.lines[line].founded_on;
                let day = if edge.change.is_some() { "from_on" } else { "founded_on" };
                (edge.field(day), Refused::DateOutsideLife { on: edge.from, from })
            }
            _ => (part, Refused::OrganisationCodeUnknown { code }),
        }
    }

    fn check_line_as_superior(
        &self,
        n: usize,
        edge: &Period<&str>,
        superior: usize,
        rules: &Rules,
        bad: &mut BadLines,
    ) {
        let theirs = &self.histories[superior];
        let part = || edge.field("superior_code");
        if let Some(ending) = &self.lines[superior].ending
            && edge.until.is_none_or(|until| ending.ended_on < until)
        {
            let ended_on = ending.ended_on;
            let organisation_id = NO_ID;
            bad.refuse(n, part(), Refused::SuperiorEnded { organisation_id, ended_on });
        }
        if History::on(&theirs.statuses, edge.from) == Some(Status::Suspended) {
            let organisation_id = NO_ID;
            bad.refuse(n, part(), Refused::SuperiorSuspended { organisation_id });
        }
        self.check_types_of_edge(n, edge, &theirs.types, rules, bad);
    }

    fn check_registered_as_superior(
        &self,
        n: usize,
        edge: &Period<&str>,
        superior: &Registered,
        rules: &Rules,
        bad: &mut BadLines,
    ) {
        let organisation_id = superior.organisation_id;
        if let Some(ended_on) = superior.ended_on
            && edge.until.is_none_or(|until| ended_on < until)
        {
            let refused = Refused::SuperiorEnded { organisation_id, ended_on };
            bad.refuse(n, edge.field("superior_code"), refused);
        } else if superior.status == SUSPENDED {
            let refused = Refused::SuperiorSuspended { organisation_id };
            bad.refuse(n, edge.field("superior_code"), refused);
        }
        let types = superior.types();
        self.check_types_of_edge(n, edge, &types, rules, bad);
    }

    /// Each pair of types that met on this edge could meet on the first day on which it did.
    fn check_types_of_edge(
        &self,
        n: usize,
        edge: &Period<&str>,
        superior_types: &[Period<&str>],
        rules: &Rules,
        bad: &mut BadLines,
    ) {
        let met = |kind: &&Period<&str>| edge.overlaps(kind);
        for mine in self.histories[n].types.iter().filter(met) {
            for theirs in superior_types.iter().filter(met).filter(|theirs| mine.overlaps(theirs)) {
                // A type that there is not has been refused where it was written.
                if !(rules.knows_type(mine.value) && rules.knows_type(theirs.value)) {
                    continue;
                }
                let on = edge.from.max(mine.from).max(theirs.from);
                if let Err(refused) = rules.may_stand_under(mine.value, theirs.value, on) {
                    bad.refuse(n, edge.field("superior_code"), refused);
                    return;
                }
            }
        }
    }

    /// Who inherits, if it ended into another.
    fn successor(
        &self,
        n: usize,
        registered: &HashMap<(String, Date), Registered>,
        bad: &mut BadLines,
    ) -> Option<Superior> {
        let ending = self.lines[n].ending.as_ref()?;
        let field = || "ending.principal_successor_code".to_string();
        let Some(code) = &ending.principal_successor_code else {
            if ending.kind.needs_successor() {
                let refused = Refused::SuccessorRequired { organisation_id: NO_ID };
                bad.refuse(n, field(), refused);
            }
            return None;
        };
        if let Some(line) = self.bearers.on(code, ending.ended_on) {
            return Some(Superior::Line(line));
        }
        let known = registered.get(&(code.clone(), ending.ended_on));
        if known.is_none() {
            let refused = Refused::OrganisationCodeUnknown { code: code.clone() };
            bad.refuse(n, field(), refused);
        }
        known.map(|known| Superior::Registered(known.organisation_id))
    }
}
