//! What is told of things one by one, and taken back: rows that are only ever added, in the order of
//! what they are about.
//!
//! What there was when the process began lies sorted; what came later lies beside it until there is
//! enough of it to be sorted in. Nothing is changed in place: what was told and is known otherwise is
//! told once more, with an amount below 0, so that what is known now, or was known at an instant, is
//! what is told more often than it is taken back.

use std::sync::Arc;

/// Late rows lie in so many heaps at most before they are put together.
const HEAPS_MAX: usize = 32;
/// So many are sorted in, if they are more than one in [`LATE_PART`]: whoever counts puts them in order
/// first, each time.
const LATE_MIN: usize = 20_000;
const LATE_PART: usize = 64;

/// Something that is told, or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row<K> {
    /// What is told.
    pub key: K,
    /// When that was recorded.
    pub recorded: i64,
    /// How often; below 0 where it is taken back.
    pub amount: i32,
}

/// All rows of a position.
#[derive(Clone)]
pub struct Rows<K> {
    sorted: Arc<Vec<Row<K>>>,
    late: Vec<Arc<Vec<Row<K>>>>,
}

impl<K: Copy + Ord> Rows<K> {
    /// Sorts what there is, in its place.
    pub fn of(mut rows: Vec<Row<K>>) -> Self {
        rows.sort_unstable();
        Self { sorted: Arc::new(sorted(rows)), late: Vec::new() }
    }

    /// These, and what came later.
    pub fn with(&self, rows: Vec<Row<K>>) -> Self {
        let mut all = self.clone();
        if !rows.is_empty() {
            all.late.push(Arc::new(sorted(rows)));
        }
        if all.late.len() > HEAPS_MAX {
            all.sort_in();
        }
        all
    }

    fn sort_in(&mut self) {
        let late = std::mem::take(&mut self.late);
        let mut rows: Vec<Row<K>> = late.iter().flat_map(|heap| heap.iter().copied()).collect();
        if rows.len() > LATE_MIN.max(self.sorted.len() / LATE_PART) {
            let mut all = Vec::with_capacity(self.sorted.len() + rows.len());
            all.extend_from_slice(&self.sorted);
            all.append(&mut rows);
            self.sorted = Arc::new(sorted(all));
        } else {
            self.late.push(Arc::new(sorted(rows)));
        }
    }

    /// What is told of those that are wanted as far as it was known at an instant, each once and in
    /// order, with how often: never 0, and below 0 where more is taken back than was told.
    pub fn each(&self, known: i64, wanted: impl Fn(&K) -> bool, mut take: impl FnMut(K, i64)) {
        let counts = |row: &&Row<K>| row.recorded <= known && wanted(&row.key);
        let mut late: Vec<Row<K>> =
            self.late.iter().flat_map(|heap| heap.iter().filter(counts).copied()).collect();
        late.sort();
        let mut late = late.into_iter().peekable();
        let mut last: Option<(K, i64)> = None;
        let mut put = |row: Row<K>| match &mut last {
            Some((key, amount)) if *key == row.key => *amount += i64::from(row.amount),
            _ => {
                let told = last.replace((row.key, i64::from(row.amount)));
                if let Some((key, amount)) = told.filter(|(_, amount)| *amount != 0) {
                    take(key, amount);
                }
            }
        };
        for row in self.sorted.iter().filter(counts) {
            while let Some(earlier) = late.next_if(|late| late.key < row.key) {
                put(earlier);
            }
            put(*row);
        }
        late.for_each(&mut put);
        if let Some((key, amount)) = last.filter(|(_, amount)| *amount != 0) {
            take(key, amount);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len() + self.late.iter().map(|heap| heap.len()).sum::<usize>()
    }

    /// How much memory they take.
    pub fn bytes(&self) -> usize {
        let late: usize = self.late.iter().map(|heap| heap.capacity()).sum();
        (self.sorted.capacity() + late) * size_of::<Row<K>>()
    }
}

impl<K: Copy + Ord> Default for Rows<K> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

/// In order; what was told and taken back at the same instant is nothing. Most of it lies in order
/// already, which a stable sort makes use of.
fn sorted<K: Copy + Ord>(mut rows: Vec<Row<K>>) -> Vec<Row<K>> {
    rows.sort();
    rows.dedup_by(|row, kept| {
        let same = row.key == kept.key && row.recorded == kept.recorded;
        if same {
            kept.amount += row.amount;
        }
        same
    });
    rows.retain(|row| row.amount != 0);
    rows.shrink_to_fit();
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn told(rows: &Rows<u32>, known: i64) -> Vec<(u32, i64)> {
        let mut told = Vec::new();
        rows.each(known, |key| key % 7 != 0, |key, amount| told.push((key, amount)));
        told
    }

    #[test]
    fn what_is_told_is_the_same_wherever_it_lies_and_is_known_from_when_it_was_told() {
        let row = |n: u32| Row {
            key: n * 31 % 97,
            recorded: i64::from(n % 50),
            amount: if n.is_multiple_of(3) { -1 } else { 1 },
        };
        let mut all: Vec<Row<u32>> = (0..500).map(row).collect();
        let mut rows = Rows::of(all.clone());
        for heap in 0..3 * HEAPS_MAX as u32 {
            let more: Vec<Row<u32>> = (0..900).map(|n| row(n * 13 + heap)).collect();
            all.extend_from_slice(&more);
            rows = rows.with(more);
        }
        assert!(rows.late.len() <= HEAPS_MAX + 1 && rows.sorted.len() > 1_000);
        for known in [-1, 0, 13, 49, i64::MAX] {
            let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
            for row in all.iter().filter(|row| row.recorded <= known && row.key % 7 != 0) {
                *sums.entry(row.key).or_default() += i64::from(row.amount);
            }
            sums.retain(|_, amount| *amount != 0);
            assert_eq!(told(&rows, known), sums.into_iter().collect::<Vec<_>>(), "{known}");
        }
    }

    #[test]
    fn what_was_told_and_taken_back_at_once_takes_no_room() {
        let row = |amount| Row { key: 1, recorded: 5, amount };
        let rows = Rows::of(vec![row(1), row(-1), row(1), row(-1)]);
        assert_eq!((rows.len(), rows.bytes()), (0, 0));
    }
}
