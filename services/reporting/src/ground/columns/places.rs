//! Where everything lies under a head, as then or as of a day: what the functions `place_as_then`
//! and `place_as_of` of the schema say, of the tree in memory.

use std::collections::{BTreeMap, HashMap};

use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::names::NOBODY;
use crate::ground::columns::tree::{Life, Tree};

/// Deeper than any tree is, as the schema's functions count.
const DEPTH_MAX: u32 = 32;
/// Longer than any succession is.
const STEPS_MAX: u32 = 64;

/// How a unit counts with its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It is the head, or the head inherited it.
    Itself,
    /// It lies below the head.
    Below,
    /// It ended without an heir.
    Ended,
    /// It was founded after the tree's day.
    NotYetFounded,
}

/// Where a unit counts, and over which days.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Under which of the heads that are asked for, by its number.
    pub head: u32,
    /// The unit.
    pub unit: u32,
    /// The head's child above it, or itself.
    pub branch: u32,
    /// How it counts.
    pub bond: Bond,
    /// How far below the head.
    pub depth: u32,
    /// The first day.
    pub from: i32,
    /// The first day on which it no longer counts there.
    pub until: i32,
}

/// Everything under a head, as then or as of a day. It goes down from the head, which is quick where
/// the head is small.
pub fn places(tree: &Tree, head: u32, as_of: Option<i32>) -> Vec<Place> {
    match as_of {
        None => as_then(tree, head),
        Some(day) => as_of_day(tree, head, day),
    }
}

/// Everything under each of many heads, which may lie below each other: what [`places`] says of each
/// of them. It goes up from every unit once, so that it costs no more for a thousand heads than for
/// one.
pub fn under_each(tree: &Tree, heads: &HashMap<u32, u32>, as_of: Option<i32>) -> Vec<Place> {
    let mut found = Vec::new();
    for (unit, life) in tree.lives() {
        match as_of {
            None => up_as_then(tree, unit, life, heads, &mut found),
            Some(day) => up_as_of(tree, unit, life, day, heads, &mut found),
        }
    }
    found
}

/// As then, from a unit up to every head that was above it, and over which days.
fn up_as_then(
    tree: &Tree,
    unit: u32,
    life: &Life,
    heads: &HashMap<u32, u32>,
    found: &mut Vec<Place>,
) {
    let mut put = |of: u32, life: &Life, bond: Bond| {
        let mut next = vec![(of, NOBODY, EVER, NEVER, 0)];
        while let Some((at, below, from, until, depth)) = next.pop() {
            if let Some(head) = heads.get(&at) {
                found.push(Place {
                    head: *head,
                    unit,
                    branch: below,
                    bond: if depth == 0 { bond } else { Bond::Below },
                    depth: depth + u32::from(bond != Bond::Itself),
                    from: if from == life.founded { EVER } else { from },
                    until: if until == life.ended { NEVER } else { until },
                });
            }
            if depth == DEPTH_MAX {
                continue;
            }
            for edge in tree.superiors(at) {
                let (from, until) = (from.max(edge.from), until.min(edge.until));
                if from < until {
                    next.push((edge.value, at, from, until, depth + 1));
                }
            }
        }
    };
    put(unit, life, Bond::Itself);
    // What never existed lies where the one lies under which it was to be founded.
    let (mut never, mut above) = (life.never, life.founded_under);
    for _ in 0..=DEPTH_MAX {
        let Some(known) = tree.life(above).filter(|_| never) else { break };
        put(above, known, Bond::Ended);
        (never, above) = (known.never, known.founded_under);
    }
}

/// As of a day, from the one that inherits from a unit up to every head above that.
fn up_as_of(
    tree: &Tree,
    unit: u32,
    life: &Life,
    day: i32,
    heads: &HashMap<u32, u32>,
    found: &mut Vec<Place>,
) {
    let (mut at, mut bond) = (unit, Bond::Itself);
    if !life.on(day) {
        inherit(tree, day, unit, life, |heir, by| (at, bond) = (heir, by));
    }
    let mut below = NOBODY;
    for depth in 0..=DEPTH_MAX {
        if !tree.life(at).is_some_and(|life| life.on(day)) {
            return;
        }
        if let Some(head) = heads.get(&at) {
            found.push(Place {
                head: *head,
                unit,
                branch: below,
                bond: if depth == 0 { bond } else { Bond::Below },
                depth: depth + u32::from(bond != Bond::Itself),
                from: EVER,
                until: NEVER,
            });
        }
        match tree.superiors(at).iter().find(|edge| edge.on(day)) {
            Some(edge) => (below, at) = (at, edge.value),
            None => return,
        }
    }
}

/// As then: a unit counts under the head on the days on which the head was among its superiors. A
/// unit that has ended keeps its last place, and one that is yet to be founded its first.
fn as_then(tree: &Tree, head: u32) -> Vec<Place> {
    let itself = Place {
        head: 0,
        unit: head,
        branch: NOBODY,
        bond: Bond::Itself,
        depth: 0,
        from: EVER,
        until: NEVER,
    };
    let mut under = vec![itself];
    let mut at = 0;
    while let Some(above) = under.get(at).copied() {
        at += 1;
        if above.depth == DEPTH_MAX {
            continue;
        }
        for edge in tree.inferiors(above.unit) {
            let (from, until) = (above.from.max(edge.from), above.until.min(edge.until));
            if from < until {
                under.push(Place {
                    head: 0,
                    unit: edge.value,
                    branch: if above.depth == 0 { edge.value } else { above.branch },
                    bond: Bond::Below,
                    depth: above.depth + 1,
                    from,
                    until,
                });
            }
        }
    }
    let never = never_existed(tree, &under);
    let mut places: Vec<Place> = under
        .into_iter()
        .filter_map(|place| Some(for_good(place, tree.life(place.unit)?)))
        .collect();
    places.extend(never);
    places
}

/// Before it was founded it counts where it began, and after its end where it was last.
fn for_good(place: Place, life: &Life) -> Place {
    Place {
        from: if place.from == life.founded { EVER } else { place.from },
        until: if place.until == life.ended { NEVER } else { place.until },
        ..place
    }
}

/// What is known never to have existed lies where the one lies under which it was to be founded;
/// and where that never existed either, where that one does.
fn never_existed(tree: &Tree, under: &[Place]) -> Vec<Place> {
    let never = || tree.lives().filter(|(_, life)| life.never);
    let mut above_them: BTreeMap<u32, Vec<Place>> =
        never().map(|(_, life)| (life.founded_under, Vec::new())).collect();
    if above_them.is_empty() {
        return Vec::new();
    }
    for place in under {
        if let Some(places) = above_them.get_mut(&place.unit) {
            places.push(*place);
        }
    }
    let mut places = Vec::new();
    for (unit, life) in never() {
        let mut above = life.founded_under;
        for _ in 0..=DEPTH_MAX {
            let Some(known) = tree.life(above) else { break };
            for place in above_them.get(&above).into_iter().flatten() {
                places.push(for_good(inherited(place, unit, Bond::Ended), known));
            }
            if !known.never {
                break;
            }
            above = known.founded_under;
        }
    }
    places
}

/// What lies where another does.
fn inherited(place: &Place, unit: u32, bond: Bond) -> Place {
    Place {
        unit,
        bond: if place.depth == 0 { bond } else { Bond::Below },
        depth: place.depth + u32::from(bond != Bond::Itself),
        ..*place
    }
}

/// As of a day: whatever its date, a fact counts where its unit's heir is on that day.
fn as_of_day(tree: &Tree, head: u32, day: i32) -> Vec<Place> {
    if !tree.life(head).is_some_and(|life| life.on(day)) {
        return Vec::new();
    }
    let mut places = vec![Place {
        head: 0,
        unit: head,
        branch: NOBODY,
        bond: Bond::Itself,
        depth: 0,
        from: EVER,
        until: NEVER,
    }];
    let mut at = 0;
    while let Some(above) = places.get(at).copied() {
        at += 1;
        if above.depth == DEPTH_MAX {
            continue;
        }
        for edge in tree.inferiors(above.unit).iter().filter(|edge| edge.on(day)) {
            places.push(Place {
                unit: edge.value,
                branch: if above.depth == 0 { edge.value } else { above.branch },
                bond: Bond::Below,
                depth: above.depth + 1,
                ..above
            });
        }
    }
    let mut placed = vec![NOBODY; tree.len()];
    for (at, place) in (0..).zip(&places) {
        placed[place.unit as usize] = at;
    }
    let mut inheriting = Vec::new();
    for (unit, life) in tree.lives().filter(|(_, life)| !life.on(day)) {
        inherit(tree, day, unit, life, |heir, bond| {
            if let Some(place) = placed.get(heir as usize).and_then(|at| places.get(*at as usize)) {
                inheriting.push(inherited(place, unit, bond));
            }
        });
    }
    places.extend(inheriting);
    places
}

/// What does not live on a day, on its way to the one that inherits from it: by principal successor;
/// what ended without one, by its last superior; what is not yet founded, by its first; what never
/// existed, by the one it was to be founded under. The first step by a superior names the bond.
fn inherit(tree: &Tree, day: i32, unit: u32, life: &Life, mut at: impl FnMut(u32, Bond)) {
    let mut bond = Bond::Itself;
    let mut one = (unit, *life);
    for _ in 0..STEPS_MAX {
        let (number, life) = one;
        let (next, by) = if life.never {
            (life.founded_under, Bond::Ended)
        } else if life.founded > day {
            (tree.superiors(number).first().map_or(NOBODY, |edge| edge.value), Bond::NotYetFounded)
        } else if life.heir != NOBODY {
            (life.heir, Bond::Itself)
        } else {
            (life.last_superior, Bond::Ended)
        };
        if next == NOBODY {
            return;
        }
        if bond == Bond::Itself {
            bond = by;
        }
        at(next, bond);
        match tree.life(next) {
            Some(life) if !life.on(day) => one = (next, *life),
            _ => return,
        }
    }
}
