//! What was known of the tree, and when: every version of what every unit was, with the instants from
//! which and until which it was known.
//!
//! What there was when the process began lies in one heap that is never changed, and units of which
//! something is known otherwise since lie beside it, until there are so many of them that all is put
//! together anew. The tree as it was known at an instant is put together from all of it when it is asked
//! for, in some milliseconds, and kept for whoever asks for it again: between two changes of the tree it
//! is the same at every instant.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ground::columns::instant::{ALWAYS, NOW};
use crate::ground::columns::tree::{Life, Span, Told, Tree};

/// Trees of earlier instants that are kept: each is some megabytes.
const TREES_MAX: usize = 4;
/// Units told anew lie beside the others until there are so many.
const SINCE_MAX: usize = 8_192;

/// Something that was known of a unit over some instants: `[known_from, known_until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<T> {
    /// Of which unit.
    pub unit: u32,
    /// Since when.
    pub known_from: i64,
    /// From when on it was known no longer; what is known now has no such instant.
    pub known_until: i64,
    /// What.
    pub what: T,
}

impl<T: Copy> Version<T> {
    fn known_at(&self, known: i64) -> bool {
        self.known_from <= known && (known < self.known_until || self.known_until == NOW)
    }

    fn told(&self) -> (u32, T) {
        (self.unit, self.what)
    }
}

/// Versions of what units were, in whatever order.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Lives.
    pub lives: Vec<Version<Life>>,
    /// Under whom.
    pub superiors: Vec<Version<Span>>,
    /// Of which type.
    pub types: Vec<Version<Span>>,
    /// Of which sector.
    pub sectors: Vec<Version<Span>>,
    /// In which industry.
    pub industries: Vec<Version<Span>>,
    /// Direction suspended.
    pub suspensions: Vec<Version<Span>>,
}

impl Versions {
    /// What is known now.
    pub fn told(&self) -> Told {
        let mut told = Told::default();
        self.tell(NOW, |_| true, &mut told);
        told
    }

    /// Adds what was known at an instant of some of the units.
    fn tell(&self, known: i64, of: impl Fn(u32) -> bool, told: &mut Told) {
        fn some<T: Copy>(
            versions: &[Version<T>],
            known: i64,
            of: impl Fn(u32) -> bool,
        ) -> impl Iterator<Item = (u32, T)> {
            let known = versions.iter().filter(move |version| version.known_at(known));
            known.filter(move |version| of(version.unit)).map(Version::told)
        }
        told.lives.extend(some(&self.lives, known, &of));
        told.superiors.extend(some(&self.superiors, known, &of));
        told.types.extend(some(&self.types, known, &of));
        told.sectors.extend(some(&self.sectors, known, &of));
        told.industries.extend(some(&self.industries, known, &of));
        told.suspensions.extend(some(&self.suspensions, known, &of));
    }

    /// Adds others, of some of the units.
    fn add(&mut self, others: &Self, of: impl Fn(u32) -> bool) {
        fn some<T: Copy>(
            versions: &[Version<T>],
            of: impl Fn(u32) -> bool,
        ) -> impl Iterator<Item = Version<T>> {
            versions.iter().filter(move |version| of(version.unit)).copied()
        }
        self.lives.extend(some(&others.lives, &of));
        self.superiors.extend(some(&others.superiors, &of));
        self.types.extend(some(&others.types, &of));
        self.sectors.extend(some(&others.sectors, &of));
        self.industries.extend(some(&others.industries, &of));
        self.suspensions.extend(some(&others.suspensions, &of));
    }

    /// Each to its unit.
    fn by_unit(self, units: &[u32]) -> BTreeMap<u32, Self> {
        let mut by_unit: BTreeMap<u32, Self> =
            units.iter().map(|unit| (*unit, Self::default())).collect();
        for version in self.lives {
            by_unit.entry(version.unit).or_default().lives.push(version);
        }
        for version in self.superiors {
            by_unit.entry(version.unit).or_default().superiors.push(version);
        }
        for version in self.types {
            by_unit.entry(version.unit).or_default().types.push(version);
        }
        for version in self.sectors {
            by_unit.entry(version.unit).or_default().sectors.push(version);
        }
        for version in self.industries {
            by_unit.entry(version.unit).or_default().industries.push(version);
        }
        for version in self.suspensions {
            by_unit.entry(version.unit).or_default().suspensions.push(version);
        }
        by_unit
    }

    /// Every instant at which something became known, or known no longer.
    fn each_instant(&self, mut take: impl FnMut(i64)) {
        fn each<T>(versions: &[Version<T>], take: &mut impl FnMut(i64)) {
            for version in versions {
                take(version.known_from);
                if version.known_until != NOW {
                    take(version.known_until);
                }
            }
        }
        each(&self.lives, &mut take);
        each(&self.superiors, &mut take);
        each(&self.types, &mut take);
        each(&self.sectors, &mut take);
        each(&self.industries, &mut take);
        each(&self.suspensions, &mut take);
    }

    fn newest(&self) -> i64 {
        let mut newest = ALWAYS;
        self.each_instant(|instant| newest = newest.max(instant));
        newest
    }
}

/// A tree, and over which instants it was known: `[from, until)`.
struct Known {
    from: i64,
    until: i64,
    tree: Arc<Tree>,
}

/// All that was ever known of the tree. Clones share it.
#[derive(Clone)]
pub struct History {
    began: Arc<Versions>,
    since: Arc<BTreeMap<u32, Arc<Versions>>>,
    newest: i64,
    /// The latest that were asked for, of all positions: what was known at an instant stays known.
    trees: Arc<Mutex<Vec<Known>>>,
}

impl History {
    /// Of all versions.
    pub fn of(versions: Versions) -> Self {
        Self {
            newest: versions.newest(),
            began: Arc::new(versions),
            since: Arc::default(),
            trees: Arc::default(),
        }
    }

    /// The same, with all that was ever known of some units told anew.
    pub fn otherwise(&self, units: &[u32], told: Versions) -> Self {
        let newest = self.newest.max(told.newest());
        let mut since = BTreeMap::clone(&self.since);
        let told = told.by_unit(units).into_iter();
        since.extend(told.map(|(unit, versions)| (unit, Arc::new(versions))));
        let (began, since) = match since.len() > SINCE_MAX {
            true => {
                let mut all = Versions::default();
                all.add(&self.began, |unit| !since.contains_key(&unit));
                since.values().for_each(|versions| all.add(versions, |_| true));
                (Arc::new(all), BTreeMap::new())
            }
            false => (self.began.clone(), since),
        };
        Self { began, since: Arc::new(since), newest, trees: self.trees.clone() }
    }

    /// The same, without the trees that were asked for: something is told otherwise of earlier instants.
    pub fn forgetting_trees(&self) -> Self {
        Self { trees: Arc::default(), ..self.clone() }
    }

    /// The tree of so many units as it was known at an instant; none where nothing has become known
    /// after it, and the tree is that of now.
    pub fn tree(&self, units: usize, known: i64) -> Option<Arc<Tree>> {
        // Whatever comes later is recorded at the newest instant or after it: what was known before is
        // the same for ever.
        if known >= self.newest {
            return None;
        }
        if let Some(kept) = self.kept(known) {
            return Some(kept);
        }
        let (mut from, mut until) = (ALWAYS, NOW);
        let mut told = Told::default();
        let mut take = |versions: &Versions, of: &dyn Fn(u32) -> bool| {
            versions.each_instant(|instant| match instant <= known {
                true => from = from.max(instant),
                false => until = until.min(instant),
            });
            versions.tell(known, of, &mut told);
        };
        take(&self.began, &|unit| !self.since.contains_key(&unit));
        self.since.values().for_each(|versions| take(versions, &|_| true));
        let tree = Arc::new(Tree::of(units, told));
        let mut trees = self.trees();
        if trees.len() >= TREES_MAX {
            trees.remove(0);
        }
        trees.push(Known { from, until, tree: tree.clone() });
        Some(tree)
    }

    /// A tree that was asked for before; it stays the longest then.
    fn kept(&self, known: i64) -> Option<Arc<Tree>> {
        let mut trees = self.trees();
        let at = trees.iter().position(|kept| kept.from <= known && known < kept.until)?;
        let kept = trees.remove(at);
        let tree = kept.tree.clone();
        trees.push(kept);
        Some(tree)
    }

    fn trees(&self) -> MutexGuard<'_, Vec<Known>> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::columns::day::{EVER, NEVER};
    use crate::ground::columns::names::NOBODY;
    use crate::ground::columns::tree::Kind;

    const UNITS: u32 = 12;

    fn life(founded: i32, ended: i32) -> Life {
        let kind = Kind::of(0, true);
        Life {
            founded,
            ended,
            heir: NOBODY,
            last_superior: NOBODY,
            founded_under: NOBODY,
            members_to: NOBODY,
            kind,
            reorganised: false,
            end_position: 0,
            never: false,
        }
    }

    /// What is said of a unit at an instant: it stands under another from some day on.
    fn said(unit: u32, at: i64) -> (Life, Vec<Span>) {
        let (day, superior) = (at as i32 % 7, (unit + at as u32) % UNITS);
        let before = Span { from: EVER, until: day, value: 0 };
        let after = Span { from: day, until: NEVER, value: superior };
        (life(day, if at % 3 == 0 { day + 9 } else { NEVER }), vec![before, after])
    }

    /// A unit is told of at these instants, each in the place of the one before.
    fn versions(unit: u32, instants: &[i64]) -> Versions {
        let mut versions = Versions::default();
        for (n, known_from) in instants.iter().enumerate() {
            let known_until = instants.get(n + 1).copied().unwrap_or(NOW);
            let (life, superiors) = said(unit, *known_from);
            versions.lives.push(Version { unit, known_from: *known_from, known_until, what: life });
            versions.superiors.extend(superiors.into_iter().map(|what| Version {
                unit,
                known_from: *known_from,
                known_until,
                what,
            }));
        }
        versions
    }

    /// When each unit was told of, up to an instant.
    fn told_of(unit: u32, until: i64) -> Vec<i64> {
        (1..=until).filter(|at| at % i64::from(UNITS + 3) % 5 == i64::from(unit % 5)).collect()
    }

    fn shown(tree: &Tree) -> Vec<(Option<i32>, Vec<Span>, usize)> {
        let of = |unit| {
            let life = tree.life(unit).map(|life| life.founded);
            (life, tree.superiors(unit).to_vec(), tree.inferiors(unit).len())
        };
        (0..UNITS).map(of).collect()
    }

    fn tree(of: impl Iterator<Item = (u32, i64)>) -> Tree {
        let mut told = Told::default();
        for (unit, at) in of {
            let (life, superiors) = said(unit, at);
            told.lives.push((unit, life));
            told.superiors.extend(superiors.into_iter().map(|span| (unit, span)));
        }
        Tree::of(UNITS as usize, told)
    }

    /// What was said last of each unit by an instant.
    fn by_hand(known: i64) -> Tree {
        tree((0..UNITS).filter_map(|unit| Some((unit, *told_of(unit, known).last()?))))
    }

    #[test]
    fn the_tree_of_an_instant_is_what_was_said_last_by_then() {
        let mut all = Versions::default();
        for unit in 0..UNITS {
            all.add(&versions(unit, &told_of(unit, 40)), |_| true);
        }
        let began = History::of(all);
        // Kept current act by act, it is what it is when it is read anew.
        let mut kept = began.clone();
        for at in 41..=80 {
            let units: Vec<u32> =
                (0..UNITS).filter(|unit| told_of(*unit, at).last() == Some(&at)).collect();
            let mut told = Versions::default();
            for unit in &units {
                told.add(&versions(*unit, &told_of(*unit, at)), |_| true);
            }
            kept = kept.otherwise(&units, told);
            for known in [-3, 0, 1, 17, 40, at - 7, at - 1] {
                let then = kept.tree(UNITS as usize, known).expect("more is known since");
                assert_eq!(shown(&then), shown(&by_hand(known)), "at {known} of {at}");
            }
            assert!(kept.trees().len() <= TREES_MAX);
        }
        assert!(kept.tree(UNITS as usize, 80).is_none(), "the last of all is the tree of now");
        assert!(kept.tree(UNITS as usize, NOW).is_none());
    }

    #[test]
    fn a_tree_is_put_together_once_for_all_instants_between_two_changes() {
        let mut all = versions(1, &[10, 20, 30]);
        all.add(&versions(2, &[20]), |_| true);
        let history = History::of(all);
        let tree = |known| history.tree(UNITS as usize, known).expect("an earlier one");
        assert!(Arc::ptr_eq(&tree(20), &tree(29)));
        assert!(!Arc::ptr_eq(&tree(20), &tree(19)));
        assert!(Arc::ptr_eq(&tree(10), &tree(19)));
    }

    #[test]
    fn what_lies_beside_is_put_together_without_anything_getting_lost() {
        let units = SINCE_MAX as u32 + 1;
        let mut history = History::of(versions(0, &[1, 3]));
        for unit in 1..=units {
            history = history.otherwise(&[unit], versions(unit, &[2, i64::from(unit) + 4]));
        }
        assert!(history.since.len() < 2, "{} lie beside", history.since.len());
        let then = history.tree(units as usize + 1, 2).expect("an earlier one");
        assert_eq!(then.lives().count(), units as usize + 1);
        let after = history.tree(units as usize + 1, 6).expect("an earlier one");
        assert_eq!(after.superiors(2), said(2, 6).1);
        assert_eq!(after.superiors(3), said(3, 2).1);
    }
}
