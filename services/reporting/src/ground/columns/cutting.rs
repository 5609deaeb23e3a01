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
use crate::ground::figure::scope::{By, CROSSED, Scope};
use crate::ground::reference::Reference;
use crate::ground::reference::grouping::OTHER_GROUP;

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
    by: By,
    across: By,
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
    fn cut(&self, places: &[Place], heads: usize) -> Cut {
        let mut lines =
            Lines { several: heads > 1 || self.across != By::Nothing, ..Lines::default() };
        let mut cut = Vec::with_capacity(places.len());
        let any = |of: &[By]| of.contains(&self.by) || of.contains(&self.across);
        let by_sector = any(&[By::Sector, By::Group]) || self.groups.only.is_some();
        let by_type = any(&[By::Type]);
        let always = [Sector { from: EVER, until: NEVER, word: None, group: NONE }];
        for place in places {
            let mut put = |sector: &Sector, kind: Option<(i32, i32, u32)>| {
                let (from, until) = (place.from.max(sector.from), place.until.min(sector.until));
                let (from, until, kind) = match kind {
                    Some((begins, ends, kind)) => (from.max(begins), until.min(ends), kind),
                    None => (from, until, 0),
                };
                if from < until {
                    let key = |by: By| key(by, place, sector, kind);
                    let line = lines.number((place.head, key(self.by), key(self.across)));
                    cut.push((place.unit, Piece { from, until, line }));
                }
            };
            let sectors = by_sector.then(|| self.sectors(place.unit));
            let sectors = sectors.as_deref().unwrap_or(&always);
            // What has no sector is of no group that can be asked for.
            for sector in sectors.iter().filter(|sector| self.groups.counts(sector.group)) {
                if by_type {
                    for kind in self.tree.types(place.unit) {
                        let number = Kind::read(kind.value).type_number();
                        put(sector, Some((kind.from, kind.until, number)));
                    }
                } else {
                    put(sector, None);
                }
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

    fn sectors(&self, unit: u32) -> Vec<Sector> {
        let spans = self.tree.sectors(unit);
        if spans.is_empty() {
            return vec![Sector { from: EVER, until: NEVER, word: None, group: NONE }];
        }
        // A sector without a name lies in the line of what has none.
        let nameless = self.names.words.of("");
        let of = |span: &crate::ground::columns::tree::Span| Sector {
            from: span.from,
            until: span.until,
            word: Some(span.value).filter(|word| nameless != Some(*word)),
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

/// The key of the line in which a unit lies, of one breakdown.
fn key(by: By, place: &Place, sector: &Sector, kind: u32) -> u32 {
    match by {
        By::Nothing => 0,
        By::Child if place.branch != NOBODY => NAMED + place.branch,
        By::Child => match place.bond {
            Bond::Itself | Bond::Below => 0,
            Bond::Ended => 1,
            Bond::NotYetFounded => 2,
        },
        By::Unit => NAMED + place.unit,
        By::Sector => sector.word.map_or(0, |word| NAMED + word),
        By::Group => sector.group,
        By::Type => NAMED + kind,
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
