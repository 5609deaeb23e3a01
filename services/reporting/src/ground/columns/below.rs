//! Which organisations of some types lie below one.

use uuid::Uuid;

use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::names::Names;
use crate::ground::columns::places::{Bond, Place, places};
use crate::ground::columns::tree::{Kind, Tree};

/// Organisations below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Below {
    /// Below whom.
    pub head: Uuid,
    /// Of these types; of any, if there are none.
    pub types: Vec<String>,
    /// No more levels below than this; any, if it is 0.
    pub levels: u32,
}

/// Days: `[from, until)`.
pub type Days = (i32, i32);

/// Those that lie there on the tree's day, or, as then, on some of the days.
pub fn below(
    tree: &Tree,
    names: &Names,
    asked: &Below,
    as_of: Option<i32>,
    days: &[Days],
) -> Vec<u32> {
    let Some(head) = names.units.of(&asked.head) else { return Vec::new() };
    // A type that nobody ever had has no number, and nobody is of it.
    let types: Vec<u32> =
        asked.types.iter().filter_map(|code| names.words.of(code.as_str())).collect();
    if types.len() < asked.types.len() && types.is_empty() {
        return Vec::new();
    }
    let on_day = as_of.map(|day| vec![(day, day.saturating_add(1))]);
    let days = on_day.as_deref().unwrap_or(days);
    let levels = if asked.levels == 0 { u32::MAX } else { asked.levels };
    let mut found: Vec<u32> = places(tree, head, as_of)
        .iter()
        .filter(|place| place.bond == Bond::Below && place.depth <= levels)
        .filter(|place| days.iter().any(|days| lies(tree, place, *days, &types)))
        .map(|place| place.unit)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a unit lives there, and is of one of the types, on some of the days.
fn lies(tree: &Tree, place: &Place, (from, until): Days, types: &[u32]) -> bool {
    let Some(life) = tree.life(place.unit).filter(|life| !life.never) else { return false };
    let from = from.max(place.from).max(life.founded);
    let until = until.min(place.until).min(life.ended);
    let of_type = |(begins, ends): Days| from.max(begins) < until.min(ends);
    match types {
        [] => of_type((EVER, NEVER)),
        _ => tree.types(place.unit).iter().any(|kind| {
            types.contains(&Kind::read(kind.value).type_number())
                && of_type((kind.from, kind.until))
        }),
    }
}
