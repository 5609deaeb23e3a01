//! When facts were recorded: a column that is looked at only by whoever asks what was known before.
//!
//! Facts lie by their days, and most are recorded soon after them: beside the column stands, for each
//! few hundred facts, when the first of them was recorded and when the last. Whole parts are known or
//! not known at an instant without looking at any fact of them.

use std::ops::Range;

use crate::ground::columns::instant::ALWAYS;

/// So many facts make a part.
const PART: usize = 256;

/// The instants of facts, in the order of the facts.
pub enum Recorded {
    /// All of them at once.
    Same(i64),
    /// Each by itself.
    Each {
        /// Of each.
        instants: Vec<i64>,
        /// Of each part the first and the last.
        parts: Vec<(i64, i64)>,
        /// The last of all.
        newest: i64,
    },
}

impl Recorded {
    /// Of these.
    pub fn of(instants: impl Iterator<Item = i64> + Clone) -> Self {
        let first = instants.clone().next().unwrap_or(ALWAYS);
        if instants.clone().all(|instant| instant == first) {
            return Self::Same(first);
        }
        let instants: Vec<i64> = instants.collect();
        let ends = |part: &[i64]| {
            part.iter().fold((i64::MAX, i64::MIN), |(first, last), instant| {
                (first.min(*instant), last.max(*instant))
            })
        };
        let parts: Vec<(i64, i64)> = instants.chunks(PART).map(ends).collect();
        let newest = parts.iter().map(|(_, last)| *last).max().unwrap_or(ALWAYS);
        Self::Each { instants, parts, newest }
    }

    /// When the last of all was recorded.
    pub fn newest(&self) -> i64 {
        match self {
            Self::Same(instant) => *instant,
            Self::Each { newest, .. } => *newest,
        }
    }

    /// When one was.
    pub fn at(&self, row: usize) -> i64 {
        match self {
            Self::Same(instant) => *instant,
            Self::Each { instants, .. } => instants[row],
        }
    }

    /// Among how many of some facts those are to be looked for that were recorded after an instant.
    pub fn later(&self, rows: Range<usize>, known: i64) -> usize {
        self.cost(rows, known, |(_, last)| last > known)
    }

    /// Among how many of some facts those are to be looked for that were recorded until an instant.
    pub fn earlier(&self, rows: Range<usize>, known: i64) -> usize {
        self.cost(rows, known, |(first, _)| first <= known)
    }

    fn cost(&self, rows: Range<usize>, known: i64, some: impl Fn((i64, i64)) -> bool) -> usize {
        match self {
            Self::Each { parts, newest, .. } if known < *newest => {
                let parts =
                    &parts[rows.start / PART..rows.end.div_ceil(PART).max(rows.start / PART)];
                parts.iter().filter(|part| some(**part)).count() * PART
            }
            _ if some((self.newest(), self.newest())) => rows.len(),
            _ => 0,
        }
    }

    /// Those of some facts that were recorded after an instant.
    pub fn each_later(&self, rows: Range<usize>, known: i64, take: impl FnMut(usize)) {
        self.each(rows, known, |instant| instant > known, take);
    }

    /// Those of some facts that were recorded until an instant.
    pub fn each_earlier(&self, rows: Range<usize>, known: i64, take: impl FnMut(usize)) {
        self.each(rows, known, |instant| instant <= known, take);
    }

    fn each(
        &self,
        rows: Range<usize>,
        known: i64,
        some: impl Fn(i64) -> bool,
        mut take: impl FnMut(usize),
    ) {
        let Self::Each { instants, parts, newest } = self else {
            if some(self.newest()) {
                rows.for_each(take);
            }
            return;
        };
        if *newest <= known {
            if some(*newest) {
                rows.for_each(take);
            }
            return;
        }
        let mut begin = rows.start;
        while begin < rows.end {
            let end = rows.end.min((begin / PART + 1) * PART);
            let (first, last) = parts[begin / PART];
            match (some(first), some(last)) {
                (true, true) => (begin..end).for_each(&mut take),
                (false, false) => {}
                _ => {
                    for (row, instant) in (begin..end).zip(&instants[begin..end]) {
                        if some(*instant) {
                            take(row);
                        }
                    }
                }
            }
            begin = end;
        }
    }

    /// How much memory they take.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Same(..) => 0,
            Self::Each { instants, parts, .. } => {
                instants.capacity() * size_of::<i64>() + parts.capacity() * size_of::<(i64, i64)>()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_parts_tell_what_each_fact_tells() {
        let instants: Vec<i64> =
            (0..2_000).map(|n: i64| n / 3 + if n < 200 && n % 97 == 0 { 500 } else { 0 }).collect();
        let recorded = Recorded::of(instants.iter().copied());
        for known in [-1, 0, 100, 333, 600, 1_100, 5_000] {
            for rows in [0..2_000, 0..0, 5..6, 250..1_300, 256..512, 1_999..2_000, 2_000..2_000] {
                let (mut later, mut earlier) = (Vec::new(), Vec::new());
                recorded.each_later(rows.clone(), known, |row| later.push(row));
                recorded.each_earlier(rows.clone(), known, |row| earlier.push(row));
                let of = |some: &dyn Fn(i64) -> bool| -> Vec<usize> {
                    rows.clone().filter(|row| some(instants[*row])).collect()
                };
                assert_eq!(later, of(&|instant| instant > known), "{rows:?} after {known}");
                assert_eq!(earlier, of(&|instant| instant <= known), "{rows:?} until {known}");
                assert!(recorded.later(rows.clone(), known) >= later.len());
                assert!(recorded.earlier(rows.clone(), known) >= earlier.len());
            }
        }
        assert!(recorded.later(0..2_000, 600) < 600, "most of them were known long before");
    }

    #[test]
    fn facts_that_were_recorded_at_once_take_no_memory() {
        let recorded = Recorded::of([7; 1_000].into_iter());
        assert_eq!((recorded.bytes(), recorded.newest(), recorded.at(999)), (0, 7, 7));
        let mut rows = 0;
        recorded.each_earlier(0..10, 6, |_| rows += 1);
        recorded.each_later(0..10, 7, |_| rows += 1);
        assert_eq!((rows, recorded.earlier(0..10, 6), recorded.later(0..10, 7)), (0, 0, 0));
        recorded.each_earlier(0..10, 7, |_| rows += 1);
        assert_eq!(rows, 10);
    }
}
