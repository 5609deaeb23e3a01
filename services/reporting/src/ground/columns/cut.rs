//! Places cut into the lines of a figure: what the function `piece` of the schema says, of the tree
//! in memory.

use std::collections::HashMap;

use uuid::Uuid;

use crate::ground::columns::day;
use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::places::{Bond, Place, places, under_each};
use crate::ground::columns::tree::{Kind, Tree};
use crate::ground::figure::scope::{By, Scope};
use crate::ground::reference::Reference;
use crate::ground::reference::grouping::OTHER_GROUP;

/// A unit in a line, over some days.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The first day.
    pub from: i32,
    /// The first day on which it no longer counts there.
    pub until: i32,
    /// The line.
    pub line: u32,
}

impl Piece {
    fn on(&self, day: i32) -> bool {
        self.from <= day && day < self.until
    }
}

/// Of a unit that counts in no line.
const NOWHERE: u32 = u32::MAX;
/// Of a unit that counts in several, or not on every day.
const DATED: u32 = u32::MAX - 1;

/// The units of a scope, each in its lines.
pub struct Cut {
    /// Where the pieces of each unit begin, and where the last end.
    first: Vec<u32>,
    pieces: Vec<Piece>,
    /// By unit: the line in which it counts on every day, where there is one.
    always: Vec<u32>,
    lines: Vec<String>,
    apart: bool,
}

impl Cut {
    /// Of nothing: for whoever may not see it.
    pub fn nothing() -> Self {
        Self {
            first: Vec::new(),
            pieces: Vec::new(),
            always: Vec::new(),
            lines: Vec::new(),
            apart: false,
        }
    }

    /// Cuts the tree for many heads at once: a line for each, with all that counts under it, of the
    /// scope's group and on the scope's tree. Heads may lie below each other.
    pub fn of_heads(
        tree: &Tree,
        names: &Names,
        reference: &Reference,
        heads: &[Uuid],
        scope: &Scope,
    ) -> Self {
        let cutting = Cutting { tree, names, groups: Groups::of(reference, names, scope) };
        let numbers =
            (0..).zip(heads).filter_map(|(line, head)| Some((names.units.of(head)?, line)));
        let numbers: HashMap<u32, u32> = numbers.collect();
        let mut cut = Vec::new();
        for under in under_each(tree, &numbers, scope.as_of.map(day::number)) {
            let mut put = |from: i32, until: i32| {
                let (from, until) = (from.max(under.from), until.min(under.until));
                if from < until {
                    cut.push((under.unit, Piece { from, until, line: under.head }));
                }
            };
            if cutting.groups.only.is_none() {
                put(EVER, NEVER);
                continue;
            }
            for sector in cutting.sectors(under.unit) {
                if cutting.groups.counts(sector.group) {
                    put(sector.from, sector.until);
                }
            }
        }
        let lines = heads.iter().map(Uuid::to_string).collect();
        Self { apart: true, ..Cut::put(tree.len(), &cut, lines) }
    }

    /// Cuts the tree.
    pub fn of(tree: &Tree, names: &Names, reference: &Reference, scope: &Scope) -> Self {
        let Some(head) = names.units.of(&scope.head) else { return Self::nothing() };
        let mut places = places(tree, head, scope.as_of.map(day::number));
        if scope.direct_only {
            places.retain(|place| place.depth <= 1);
        }
        let cutting = Cutting { tree, names, groups: Groups::of(reference, names, scope) };
        cutting.cut(&places, scope)
    }

    /// Puts pieces to their units.
    fn put(units: usize, cut: &[(u32, Piece)], lines: Vec<String>) -> Self {
        let mut first = vec![0; units + 1];
        for (unit, _) in cut {
            first[*unit as usize + 1] += 1;
        }
        for unit in 0..units {
            first[unit + 1] += first[unit];
        }
        let mut next = first.clone();
        let mut pieces = vec![Piece { from: 0, until: 0, line: 0 }; cut.len()];
        let mut always = vec![NOWHERE; units];
        for (unit, piece) in cut {
            let unit = *unit as usize;
            pieces[next[unit] as usize] = *piece;
            next[unit] += 1;
            let on_every_day = piece.from == EVER && piece.until == NEVER;
            let first_of_it = always[unit] == NOWHERE;
            always[unit] = if on_every_day && first_of_it { piece.line } else { DATED };
        }
        Self { first, pieces, always, lines, apart: false }
    }

    /// Whether each line is counted for itself, as if it were alone: what goes from one to another
    /// leaves the one and comes to the other.
    pub fn apart(&self) -> bool {
        self.apart
    }

    /// What the lines are called, each by its number.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The pieces of a unit.
    pub fn pieces(&self, unit: u32) -> &[Piece] {
        let unit = unit as usize;
        match (self.first.get(unit), self.first.get(unit + 1)) {
            (Some(begin), Some(end)) => &self.pieces[*begin as usize..*end as usize],
            _ => &[],
        }
    }

    /// The units that count in some line on some day.
    pub fn units(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.always).filter(|(_, line)| **line != NOWHERE).map(|(unit, _)| unit)
    }

    /// Those of them that do not count in one line on every day.
    pub fn dated(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.always).filter(|(_, line)| **line == DATED).map(|(unit, _)| unit)
    }

    /// The lines in which a unit counts on a day.
    pub fn lines_on(&self, unit: u32, day: i32, mut take: impl FnMut(usize)) {
        match self.always.get(unit as usize) {
            None | Some(&NOWHERE) => {}
            Some(&DATED) => {
                for piece in self.pieces(unit).iter().filter(|piece| piece.on(day)) {
                    take(piece.line as usize);
                }
            }
            Some(line) => take(*line as usize),
        }
    }

    /// Goes through days from the first on.
    pub fn walk(&self) -> Walk<'_> {
        let mut turns = Vec::new();
        let mut now = self.always.clone();
        for unit in self.dated() {
            let mut pieces = self.pieces(unit).to_vec();
            pieces.sort_unstable_by_key(|piece| piece.from);
            if pieces.windows(2).any(|two| two[1].from < two[0].until) {
                // In two lines at once: it is looked up on each day.
                continue;
            }
            now[unit as usize] = NOWHERE;
            for (n, piece) in pieces.iter().enumerate() {
                turns.push((piece.from, unit, piece.line));
                if pieces.get(n + 1).is_none_or(|next| next.from != piece.until) {
                    turns.push((piece.until, unit, NOWHERE));
                }
            }
        }
        turns.sort_unstable_by_key(|(day, ..)| *day);
        Walk { cut: self, day: EVER, now, turns, turned: 0 }
    }

    /// Whether a unit counts on a day.
    pub fn counts_on(&self, unit: u32, day: i32) -> bool {
        let mut counts = false;
        self.lines_on(unit, day, |_| counts = true);
        counts
    }
}

/// The lines in which units count, day after day: where most of them stay and some move, it is
/// quicker to follow those than to look all up for each fact.
pub struct Walk<'a> {
    cut: &'a Cut,
    day: i32,
    /// By unit, on that day.
    now: Vec<u32>,
    /// From which day on which unit counts where, by the day.
    turns: Vec<(i32, u32, u32)>,
    turned: usize,
}

impl Walk<'_> {
    /// The lines in which a unit counts on a day; of an earlier day than before, it is looked up.
    pub fn lines_on(&mut self, unit: u32, day: i32, mut take: impl FnMut(usize)) {
        if day != self.day {
            if day < self.day {
                return self.cut.lines_on(unit, day, take);
            }
            self.go_on(day);
        }
        match self.now.get(unit as usize) {
            None | Some(&NOWHERE) => {}
            Some(&DATED) => self.cut.lines_on(unit, day, take),
            Some(line) => take(*line as usize),
        }
    }

    fn go_on(&mut self, day: i32) {
        while let Some((_, unit, line)) =
            self.turns.get(self.turned).filter(|(turn, ..)| *turn <= day)
        {
            self.now[*unit as usize] = *line;
            self.turned += 1;
        }
        self.day = day;
    }
}

/// The groups of a scope's grouping.
struct Groups {
    /// The other group, that of what has no sector, and the grouping's own.
    codes: Vec<String>,
    /// By the number of a sector's word.
    of_sectors: Vec<u32>,
    /// Only this one.
    only: Option<u32>,
}

/// In the codes of groups: what no group of the grouping names.
const OTHER: u32 = 0;
/// What has no sector.
const NONE: u32 = 1;

impl Groups {
    fn of(reference: &Reference, names: &Names, scope: &Scope) -> Self {
        let mut codes = vec![OTHER_GROUP.to_string(), String::new()];
        let mut of_sectors = vec![OTHER; names.words.len()];
        let mut number = |group: &str| {
            let known = codes.iter().position(|code| code == group);
            let number = known.unwrap_or_else(|| {
                codes.push(group.to_string());
                codes.len() - 1
            });
            number as u32
        };
        let (sectors, groups) = reference.sector_groups(&scope.grouping);
        for (sector, group) in sectors.iter().zip(&groups) {
            let group = number(group);
            if let Some(word) = names.words.of(sector.as_str()) {
                of_sectors[word as usize] = group;
            }
        }
        let only = (!scope.group.is_empty()).then(|| number(&scope.group));
        Self { codes, of_sectors, only }
    }

    fn of_sector(&self, sector: u32) -> u32 {
        self.of_sectors.get(sector as usize).copied().unwrap_or(OTHER)
    }

    fn counts(&self, group: u32) -> bool {
        self.only.is_none_or(|only| only == group)
    }
}

struct Cutting<'a> {
    tree: &'a Tree,
    names: &'a Names,
    groups: Groups,
}

/// What a unit is over some days: the word of its sector, where it has one, and its group.
struct Sector {
    from: i32,
    until: i32,
    word: Option<u32>,
    group: u32,
}

/// What is inherited without a branch has the first numbers of lines; then come units, or words.
const NAMED: u32 = 3;

impl Cutting<'_> {
    fn cut(&self, places: &[Place], scope: &Scope) -> Cut {
        let mut lines = Lines::default();
        let mut cut = Vec::with_capacity(places.len());
        let by_sector = matches!(scope.by, By::Sector | By::Group) || self.groups.only.is_some();
        for place in places {
            let mut put = |key: u32, from: i32, until: i32| {
                let (from, until) = (from.max(place.from), until.min(place.until));
                if from < until {
                    cut.push((place.unit, Piece { from, until, line: lines.number(key) }));
                }
            };
            if scope.by == By::Type {
                for kind in self.tree.types(place.unit) {
                    let key = NAMED + Kind::read(kind.value).type_number();
                    if self.groups.only.is_none() {
                        put(key, kind.from, kind.until);
                        continue;
                    }
                    // What has no sector is of no group that can be asked for.
                    for sector in self.sectors(place.unit) {
                        if sector.word.is_some() && self.groups.counts(sector.group) {
                            put(key, kind.from.max(sector.from), kind.until.min(sector.until));
                        }
                    }
                }
            } else if by_sector {
                for sector in self.sectors(place.unit) {
                    if self.groups.counts(sector.group) {
                        let key = match scope.by {
                            By::Sector => sector.word.map_or(0, |word| NAMED + word),
                            By::Group => sector.group,
                            By::Nothing | By::Child | By::Unit | By::Type => key(scope.by, place),
                        };
                        put(key, sector.from, sector.until);
                    }
                }
            } else {
                put(key(scope.by, place), EVER, NEVER);
            }
        }
        let names = lines.keys.iter().map(|key| self.name(scope.by, *key)).collect();
        Cut::put(self.tree.len(), &cut, names)
    }

    fn sectors(&self, unit: u32) -> Vec<Sector> {
        let spans = self.tree.sectors(unit);
        if spans.is_empty() {
            return vec![Sector { from: EVER, until: NEVER, word: None, group: NONE }];
        }
        let of = |span: &crate::ground::columns::tree::Span| Sector {
            from: span.from,
            until: span.until,
            word: Some(span.value),
            group: self.groups.of_sector(span.value),
        };
        spans.iter().map(of).collect()
    }

    /// What a line is called.
    fn name(&self, by: By, key: u32) -> String {
        let word = |key: u32| {
            let word = key.checked_sub(NAMED).and_then(|word| self.names.words.name(word));
            word.cloned().unwrap_or_default()
        };
        match by {
            By::Nothing => String::new(),
            By::Child | By::Unit => match key.checked_sub(NAMED) {
                Some(unit) => self.names.units.name(unit).map(Uuid::to_string).unwrap_or_default(),
                None => ["ITSELF", "ENDED", "NOT_YET_FOUNDED"][key as usize].to_string(),
            },
            By::Group => self.groups.codes.get(key as usize).cloned().unwrap_or_default(),
            By::Sector | By::Type => word(key),
        }
    }
}

/// The key of the line in which a place lies by itself.
fn key(by: By, place: &Place) -> u32 {
    match by {
        By::Child if place.branch != NOBODY => NAMED + place.branch,
        By::Child => match place.bond {
            Bond::Itself | Bond::Below => 0,
            Bond::Ended => 1,
            Bond::NotYetFounded => 2,
        },
        By::Unit => NAMED + place.unit,
        By::Nothing | By::Sector | By::Group | By::Type => 0,
    }
}

/// Lines as they come, by their keys.
#[derive(Default)]
struct Lines {
    numbers: Vec<u32>,
    keys: Vec<u32>,
}

impl Lines {
    fn number(&mut self, key: u32) -> u32 {
        let at = key as usize;
        if self.numbers.len() <= at {
            self.numbers.resize(at + 1, NOWHERE);
        }
        if self.numbers[at] == NOWHERE {
            self.numbers[at] = self.keys.len() as u32;
            self.keys.push(key);
        }
        self.numbers[at]
    }
}
