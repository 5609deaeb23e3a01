//! Places cut into the lines of figures: what the function `piece` of the schema says, of the tree in
//! memory, of one head or of many, and in lines that are crossed.

use std::collections::HashMap;

use uuid::Uuid;

use crate::ground::columns::cut::{Cut, Line, Piece};
use crate::ground::columns::day;
use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::places::{Bond, Place, places, under_each};
use crate::ground::columns::tree::{Kind, Tree};
use crate::ground::figure::breakdown::{By, CROSSED};
use crate::ground::figure::scope::Scope;
use crate::ground::reference::{Grouped, OTHER_GROUP, Reference};

/// What is cut, for whom.
pub struct Asked<'a> {
    /// Whose lines; they may lie below each other.
    pub heads: &'a [Uuid],
    /// Tree, lines and group; its head is not looked at.
    pub scope: &'a Scope,
    /// What its lines are crossed with.
    pub across: By,
}

/// Cuts the tree.
pub fn cut(tree: &Tree, names: &Names, reference: &Reference, asked: &Asked<'_>) -> Cut {
    let Asked { heads, scope, across } = *asked;
    let as_of = scope.as_of.map(day::number);
    let numbers =
        (0..).zip(heads).filter_map(|(number, head)| Some((names.units.of(head)?, number)));
    let numbers: HashMap<u32, u32> = numbers.collect();
    let mut places = match (heads, numbers.keys().next()) {
        (_, None) => return Cut::nothing(heads.len()),
        ([_], Some(head)) => places(tree, *head, as_of),
        _ => under_each(tree, &numbers, as_of),
    };
    if scope.direct_only {
        places.retain(|place| place.depth <= 1);
    }
    let cutting =
        Cutting { tree, names, groups: Groups::of(reference, names, scope), by: scope.by, across };
    cutting.cut(&places, heads.len())
}

/// The groups of a scope's grouping.
struct Groups {
    /// The other group, that of what has nothing to be grouped by, and the grouping's own.
    codes: Vec<String>,
    /// By the number of the word of a sector, or of an industry.
    of_words: Vec<u32>,
    /// What is grouped.
    of: Grouped,
    /// Only this one.
    only: Option<u32>,
}

/// In the codes of groups: what no group of the grouping names.
const OTHER: u32 = 0;
/// What has no sector, or of which no industry is stated.
const NONE: u32 = 1;

impl Groups {
    fn of(reference: &Reference, names: &Names, scope: &Scope) -> Self {
        let mut codes = vec![OTHER_GROUP.to_string(), String::new()];
        let mut of_words = vec![OTHER; names.words.len()];
        let mut number = |group: &str| {
            let known = codes.iter().position(|code| code == group);
            let number = known.unwrap_or_else(|| {
                codes.push(group.to_string());
                codes.len() - 1
            });
            number as u32
        };
        let grouping = reference.groupings().get(&scope.grouping);
        for group in grouping.into_iter().flat_map(|grouping| &grouping.groups) {
            let known = number(&group.code);
            for member in &group.members {
                if let Some(word) = names.words.of(member.as_str()) {
                    of_words[word as usize] = known;
                }
            }
        }
        let only = (!scope.group.is_empty()).then(|| number(&scope.group));
        let of = grouping.map(|grouping| grouping.of).unwrap_or_default();
        Self { codes, of_words, of, only }
    }

    fn of_word(&self, word: u32) -> u32 {
        self.of_words.get(word as usize).copied().unwrap_or(OTHER)
    }

    fn counts(&self, group: u32) -> bool {
        self.only.is_none_or(|only| only == group)
    }
}

struct Cutting<'a> {
    tree: &'a Tree,
    names: &'a Names,
    groups: Groups,
    by: By,
    across: By,
}

/// What a unit is over some days: the keys of its lines, of each breakdown that is asked for.
#[derive(Clone, Copy)]
struct Held {
    from: i32,
    until: i32,
    group: u32,
    sector: u32,
    industry: u32,
    kind: u32,
}

/// Before anything of a unit is looked at.
const HELD: Held = Held { from: EVER, until: NEVER, group: NONE, sector: 0, industry: 0, kind: 0 };

/// What is inherited without a branch has the first numbers of lines; then come units, or words.
const NAMED: u32 = 3;

/// A word's key; 0 where there is none.
fn key_of(word: Option<u32>) -> u32 {
    word.map_or(0, |word| NAMED + word)
}

impl Cutting<'_> {
    fn cut(&self, places: &[Place], heads: usize) -> Cut {
        let mut lines =
            Lines { several: heads > 1 || self.across != By::Nothing, ..Lines::default() };
        let mut cut = Vec::with_capacity(places.len());
        let any = |of: By| [self.by, self.across].contains(&of);
        let (by_sector, by_industry, by_type) = (any(By::Sector), any(By::Industry), any(By::Type));
        let by_group = any(By::Group) || self.groups.only.is_some();
        // A sector without a name lies in the line of what has none.
        let nameless = self.names.words.of("");
        // What a unit is, told apart by one attribute after the other.
        let (mut held, mut told) = (Vec::new(), Vec::new());
        for place in places {
            held.clear();
            held.push(Held { from: place.from, until: place.until, ..HELD });
            if by_group {
                told.clear();
                self.spans(self.groups.of, place.unit, |from, until, word| {
                    let group = word.map_or(NONE, |word| self.groups.of_word(word));
                    // What has nothing to be grouped by is of no group that can be asked for.
                    if self.groups.counts(group) {
                        told.push(Held { from, until, group, ..HELD });
                    }
                });
                tell_apart(&mut held, &told);
            }
            if by_sector {
                told.clear();
                self.spans(Grouped::Sectors, place.unit, |from, until, word| {
                    let sector = key_of(word.filter(|word| nameless != Some(*word)));
                    told.push(Held { from, until, sector, ..HELD });
                });
                tell_apart(&mut held, &told);
            }
            if by_industry {
                told.clear();
                self.spans(Grouped::Industries, place.unit, |from, until, word| {
                    told.push(Held { from, until, industry: key_of(word), ..HELD });
                });
                tell_apart(&mut held, &told);
            }
            if by_type {
                told.clear();
                for kind in self.tree.types(place.unit) {
                    let number = Kind::read(kind.value).type_number();
                    let (from, until, kind) = (kind.from, kind.until, key_of(Some(number)));
                    told.push(Held { from, until, kind, ..HELD });
                }
                tell_apart(&mut held, &told);
            }
            for one in &held {
                let key = |by: By| key(by, place, one);
                let line = lines.number((place.head, key(self.by), key(self.across)));
                cut.push((place.unit, Piece { from: one.from, until: one.until, line }));
            }
        }
        let names = lines.keys.iter().map(|(head, by, across)| Line {
            head: *head,
            name: match self.across {
                By::Nothing => self.name(self.by, *by),
                other => {
                    format!("{}{CROSSED}{}", self.name(self.by, *by), self.name(other, *across))
                }
            },
        });
        Cut::put(self.tree.len(), &cut, names.collect(), heads)
    }

    /// The sectors of a unit, or its industries, and over which days it has none.
    fn spans(&self, of: Grouped, unit: u32, mut take: impl FnMut(i32, i32, Option<u32>)) {
        match of {
            Grouped::Sectors => {
                let spans = self.tree.sectors(unit);
                if spans.is_empty() {
                    take(EVER, NEVER, None);
                }
                for span in spans {
                    take(span.from, span.until, Some(span.value));
                }
            }
            Grouped::Industries => {
                let mut from = EVER;
                for span in self.tree.industries(unit) {
                    if from < span.from {
                        take(from, span.from, None);
                    }
                    take(span.from, span.until, Some(span.value));
                    from = span.until;
                }
                if from < NEVER {
                    take(from, NEVER, None);
                }
            }
        }
    }

    /// What a line is called.
    fn name(&self, by: By, key: u32) -> String {
        match by {
            By::Nothing | By::Reason | By::Sex => String::new(),
            By::Child | By::Unit => match key.checked_sub(NAMED) {
                Some(unit) => self.names.units.name(unit).map(Uuid::to_string).unwrap_or_default(),
                None => ["ITSELF", "ENDED", "NOT_YET_FOUNDED"][key as usize].to_string(),
            },
            By::Group => self.groups.codes.get(key as usize).cloned().unwrap_or_default(),
            By::Sector | By::Industry | By::Type => {
                let word = key.checked_sub(NAMED).and_then(|word| self.names.words.name(word));
                word.cloned().unwrap_or_default()
            }
        }
    }
}

impl Held {
    /// With what an attribute tells besides.
    fn and(&self, told: Held) -> Held {
        Held {
            group: if told.group == NONE { self.group } else { told.group },
            sector: self.sector.max(told.sector),
            industry: self.industry.max(told.industry),
            kind: self.kind.max(told.kind),
            ..*self
        }
    }
}

/// Tells what a unit is over some days apart by what another attribute tells of it.
fn tell_apart(held: &mut Vec<Held>, told: &[Held]) {
    // What most units are, they are on all days.
    if let ([one], [only]) = (held.as_mut_slice(), told)
        && only.from <= one.from
        && one.until <= only.until
    {
        *one = one.and(*only);
        return;
    }
    let before = std::mem::take(held);
    for one in &before {
        for other in told {
            let (from, until) = (one.from.max(other.from), one.until.min(other.until));
            if from < until {
                held.push(Held { from, until, ..one.and(*other) });
            }
        }
    }
}

/// The key of the line in which a unit lies, of one breakdown.
fn key(by: By, place: &Place, held: &Held) -> u32 {
    match by {
        By::Nothing | By::Reason | By::Sex => 0,
        By::Child if place.branch != NOBODY => NAMED + place.branch,
        By::Child => match place.bond {
            Bond::Itself | Bond::Below => 0,
            Bond::Ended => 1,
            Bond::NotYetFounded => 2,
        },
        By::Unit => NAMED + place.unit,
        By::Group => held.group,
        By::Sector => held.sector,
        By::Industry => held.industry,
        By::Type => held.kind,
    }
}

/// A line: of which head, and the keys of its two breakdowns.
type Key = (u32, u32, u32);

/// Lines as they come, by their keys.
#[derive(Default)]
struct Lines {
    /// Of several heads, or crossed: then a key is looked up whole.
    several: bool,
    numbers: Vec<u32>,
    known: HashMap<Key, u32>,
    keys: Vec<Key>,
}

/// Of a key that has no number yet.
const NEW: u32 = u32::MAX;

impl Lines {
    fn number(&mut self, key: Key) -> u32 {
        let next = self.keys.len() as u32;
        if self.several {
            return *self.known.entry(key).or_insert_with(|| {
                self.keys.push(key);
                next
            });
        }
        let at = key.1 as usize;
        if self.numbers.len() <= at {
            self.numbers.resize(at + 1, NEW);
        }
        if self.numbers[at] == NEW {
            self.numbers[at] = next;
            self.keys.push(key);
        }
        self.numbers[at]
    }
}
