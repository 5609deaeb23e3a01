//! The dated tree: what holds of a unit from a day on, until the day before another.
//!
//! Whoever keeps a copy of the tree reads what it holds of the units that a change is about,
//! has it changed here, and writes it back: how a place is spliced into a life, how a life
//! ends, and how what is known anew takes the place of what was, is written down once.

use std::collections::BTreeMap;

use time::Date;
use uuid::Uuid;

/// What holds from a day on. `B` is what the copy keeps beside it, such as the change that
/// made it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held<V, B = ()> {
    /// The first day; none where it has been so since ever.
    pub from: Option<Date>,
    /// The first day on which it no longer holds; none where it holds for ever.
    pub until: Option<Date>,
    /// What holds.
    pub value: V,
    /// What it holds by.
    pub by: B,
}

impl<V, B> Held<V, B> {
    fn on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    fn begins_before(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from < day)
    }
}

/// All that holds of one unit, in the order of its days; nothing overlaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life<V, B = ()>(Vec<Held<V, B>>);

impl<V, B> Default for Life<V, B> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V, B> Life<V, B> {
    /// What holds, in the order of its days.
    pub fn held(&self) -> &[Held<V, B>] {
        &self.0
    }

    /// Nothing holds on any day.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Holds besides, on days on which nothing does.
    pub fn add(&mut self, held: Held<V, B>) {
        let place = self.0.partition_point(|earlier| earlier.from < held.from);
        self.0.insert(place, held);
    }
}

impl<V, B> FromIterator<Held<V, B>> for Life<V, B> {
    fn from_iter<I: IntoIterator<Item = Held<V, B>>>(held: I) -> Self {
        let mut held: Vec<_> = held.into_iter().collect();
        held.sort_by_key(|one| one.from);
        Self(held)
    }
}

impl<V: Clone, B: Clone> Life<V, B> {
    /// From a day on, until whatever was known to come next: what held on that day holds until
    /// then, and not at all where it began on it.
    pub fn splice(&mut self, on: Date, value: V, by: B) {
        let until = match self.0.iter().find(|held| held.on(on)) {
            Some(held) => held.until,
            None => self.0.iter().filter_map(|held| held.from).find(|from| *from > on),
        };
        self.0.retain(|held| held.from != Some(on));
        for held in self.0.iter_mut().filter(|held| held.on(on)) {
            held.until = Some(on);
        }
        self.add(Held { from: Some(on), until, value, by });
    }

    /// Nothing holds from a day on: what was to come after it does not come.
    pub fn end(&mut self, on: Date) {
        self.0.retain(|held| held.begins_before(on));
        for held in self.0.iter_mut().filter(|held| held.on(on)) {
            held.until = Some(on);
        }
    }
}

impl<V: PartialEq, B: Clone> Life<V, B> {
    /// What is known now, in the place of all that was. What begins on the same day with the
    /// same value as before holds by the same as before.
    pub fn replace(&mut self, known: impl IntoIterator<Item = Held<V, B>>) {
        let before = std::mem::take(&mut self.0);
        *self = known
            .into_iter()
            .map(|mut held| {
                let same = |one: &&Held<V, B>| one.from == held.from && one.value == held.value;
                if let Some(earlier) = before.iter().find(same) {
                    held.by = earlier.by.clone();
                }
                held
            })
            .collect();
    }
}

/// The superiors of units, each over its whole life.
pub type Superiors<B = ()> = BTreeMap<Uuid, Life<Uuid, B>>;

/// The superiors of these units, of which some have none, from the rows of a copy.
pub fn superiors<B>(
    units: &[Uuid],
    rows: impl IntoIterator<Item = (Uuid, Held<Uuid, B>)>,
) -> Superiors<B> {
    let mut held: BTreeMap<Uuid, Vec<Held<Uuid, B>>> =
        units.iter().map(|unit| (*unit, Vec::new())).collect();
    for (unit, row) in rows {
        held.entry(unit).or_default().push(row);
    }
    held.into_iter().map(|(unit, rows)| (unit, rows.into_iter().collect())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    use super::*;

    const BEGINNING: Date = date!(2020 - 01 - 01);

    fn day(n: i64) -> Date {
        BEGINNING + Duration::days(n)
    }

    /// What holds on each of so many days, day by day: an algorithm that cannot be wrong.
    fn days(life: &Life<u8>) -> Vec<Option<u8>> {
        (0..30)
            .map(|n| {
                let mut on = life.held().iter().filter(|held| held.on(day(n)));
                let value = on.next().map(|held| held.value);
                assert!(on.next().is_none(), "two hold on one day: {life:?}");
                value
            })
            .collect()
    }

    /// Where, on a list of days, another than the day's own begins after a day.
    fn next_begin(life: &Life<u8>, on: i64) -> i64 {
        let held = life.held().iter().find(|held| held.on(day(on)));
        let next = match held {
            Some(held) => held.until,
            None => life.held().iter().filter_map(|held| held.from).find(|from| *from > day(on)),
        };
        next.map_or(30, |next| (next - BEGINNING).whole_days())
    }

    fn lives() -> impl Strategy<Value = Life<u8>> {
        prop::collection::vec((0i64..28, 1i64..9, 0u8..4), 0..6).prop_map(|drawn| {
            let mut life: Vec<Held<u8>> = Vec::new();
            let mut free = 0;
            for (gap, length, value) in drawn {
                let from = free + gap % 4;
                free = from + length;
                let until = (value != 3).then(|| day(free));
                life.push(Held { from: Some(day(from)), until, value, by: () });
                if until.is_none() {
                    break;
                }
            }
            life.into_iter().collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_spliced_in_holds_until_what_was_known_to_come_next(
            mut life in lives(), on in 0i64..28,
        ) {
            let mut expected = days(&life);
            let next = next_begin(&life, on);
            for n in on..next.min(30) {
                expected[usize::try_from(n).expect("small")] = Some(9);
            }
            life.splice(day(on), 9, ());
            prop_assert_eq!(days(&life), expected);
        }

        #[test]
        fn what_has_ended_holds_on_no_later_day(mut life in lives(), on in 0i64..28) {
            let mut expected = days(&life);
            expected[usize::try_from(on).expect("small")..].fill(None);
            life.end(day(on));
            prop_assert_eq!(days(&life), expected);
            prop_assert!(life.held().iter().all(|held| held.until.is_some_and(|u| u <= day(on))));
        }
    }

    #[test]
    fn what_is_known_as_before_holds_by_the_same() {
        let held = |from, value, by| Held { from: Some(day(from)), until: None, value, by };
        let mut life: Life<u8, &str> =
            [held(1, 1, "first"), held(5, 2, "second")].into_iter().collect();
        life.replace([held(1, 1, "now"), held(5, 3, "now"), held(9, 2, "now")]);
        let by: Vec<_> = life.held().iter().map(|held| held.by).collect();
        assert_eq!(by, ["first", "now", "now"]);
    }

    #[test]
    fn what_begins_on_the_day_itself_never_held() {
        let mut life = Life::default();
        life.splice(day(0), 1, ());
        life.splice(day(0), 2, ());
        assert_eq!(life.held(), [Held { from: Some(day(0)), until: None, value: 2, by: () }]);
        life.end(day(0));
        assert!(life.is_empty());
    }
}
