//! Additive facts in columns, by code and day.
//!
//! What there was when the process began lies sorted. What came later lies beside it in the order in which
//! it came, until there is enough of it to be sorted by itself; and by itself, until there is enough of it
//! to be sorted in. Nothing is changed in place: whoever has begun to count goes on with what there was.
//!
//! Each fact carries the instant of the change that tells of it: what was known at an instant is what
//! was recorded until then. That is read only where somebody asks for an instant before the newest.

use std::ops::Range;
use std::sync::Arc;

use crate::ground::columns::instant::NOW;
use crate::ground::columns::label::Label;
use crate::ground::columns::recorded::Recorded;
use crate::ground::fact::Code;

/// Late facts lie in so many heaps at most before they are put together.
const HEAPS_MAX: usize = 32;
/// So many of a code are sorted.
const LATE_MIN: usize = 20_000;
/// Late facts of a code that are more than one in so many are sorted in with those of before.
const LATE_PART: usize = 8;

/// An additive fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Below 0 where something is taken back.
    pub amount: i64,
    /// The unit that it is about.
    pub unit: u32,
    /// The other union of a transfer.
    pub counterpart: u32,
    /// Its day.
    pub day: i32,
    /// Its reason, and the sex of whom it is about.
    pub label: Label,
    /// When it was recorded.
    pub recorded: i64,
}

/// A column in which most often all is the same, or one of a few.
enum Column {
    Same(u32),
    /// The values, and the place among them of each.
    Few(Vec<u32>, Vec<u8>),
    Each(Vec<u32>),
}

/// As many values are a few.
const FEW: usize = 32;

impl Column {
    fn of(rows: &[Row], value: impl Fn(&Row) -> u32) -> Self {
        let mut values: Vec<u32> = Vec::new();
        for row in rows {
            let of_row = value(row);
            if !values.contains(&of_row) {
                if values.len() == FEW {
                    return Self::Each(rows.iter().map(value).collect());
                }
                values.push(of_row);
            }
        }
        if let [] | [_] = values[..] {
            return Self::Same(values.first().copied().unwrap_or_default());
        }
        let place = |row: &Row| values.iter().position(|known| *known == value(row));
        let each = rows.iter().map(|row| place(row).unwrap_or_default() as u8).collect();
        Self::Few(values, each)
    }

    fn at(&self, at: usize) -> u32 {
        match self {
            Self::Same(value) => *value,
            Self::Few(values, each) => values[usize::from(each[at])],
            Self::Each(values) => values[at],
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Few(values, each) => values.capacity() * size_of::<u32>() + each.capacity(),
            Self::Each(values) => values.capacity() * size_of::<u32>(),
        }
    }
}

/// The facts of one code, sorted by day and unit.
struct Sorted {
    /// Each day, and where its facts begin.
    days: Vec<(i32, u32)>,
    units: Vec<u32>,
    amounts: Vec<i64>,
    labels: Column,
    counterparts: Column,
    recorded: Recorded,
    /// Days, and for each what all before it comes to, by unit: of codes that stocks are made of.
    stocks: Vec<(i32, Vec<i64>)>,
}

/// So many facts are let go of at once.
const LET_GO: usize = 500_000;
/// Between two stocks that are kept lie more facts than so many for each unit.
const APART: usize = 4;

impl Sorted {
    fn of(code: Code, mut rows: Vec<Row>) -> Self {
        rows.sort_unstable_by_key(|row| (row.day, row.unit));
        let stocks =
            if Code::MEMBER_MOVEMENTS.contains(&code) { stocks(&rows) } else { Vec::new() };
        let mut days: Vec<(i32, u32)> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if days.last().is_none_or(|(day, _)| *day != row.day) {
                days.push((row.day, at as u32));
            }
        }
        let labels = Column::of(&rows, |row| row.label.number());
        let counterparts = Column::of(&rows, |row| row.counterpart);
        let recorded = Recorded::of(rows.iter().map(|row| row.recorded));
        // Of half a country's facts both would be much at once: what is written down is let go of.
        let (mut units, mut amounts) = (vec![0; rows.len()], vec![0; rows.len()]);
        while let Some(first) = rows.len().checked_sub(1).map(|last| last / LET_GO * LET_GO) {
            for (at, row) in (first..).zip(&rows[first..]) {
                (units[at], amounts[at]) = (row.unit, row.amount);
            }
            rows.truncate(first);
            rows.shrink_to_fit();
        }
        Self { days, units, amounts, labels, counterparts, recorded, stocks }
    }

    /// Adds what all facts before a day come to, by unit, as far as they were known at an instant.
    fn add_before(&self, day: i32, known: i64, sums: &mut [i64]) {
        let through = self.stocks.partition_point(|(first, _)| *first <= day);
        let kept = &self.stocks[..through];
        let until = self.begins(day);
        // From which of the stocks there is least to go through: all before it that was recorded later
        // is to be taken away again, and all after it that was recorded until then comes to it.
        let cost = |stock: Option<&(i32, Vec<i64>)>| {
            let at = stock.map_or(0, |(first, _)| self.begins(*first));
            self.recorded.later(0..at, known) + self.recorded.earlier(at..until, known)
        };
        // Where all was known, the last one.
        let best =
            kept.iter().rev().map(Some).chain([None]).min_by_key(|stock| cost(*stock)).flatten();
        let mut at = 0;
        if let Some((first, stock)) = best {
            at = self.begins(*first);
            sums.iter_mut().zip(stock).for_each(|(sum, stock)| *sum += stock);
            self.recorded.each_later(0..at, known, |row| {
                self.add(row, -1, sums);
            });
        }
        self.recorded.each_earlier(at..until, known, |row| self.add(row, 1, sums));
    }

    fn add(&self, row: usize, sign: i64, sums: &mut [i64]) {
        if let Some(sum) = sums.get_mut(self.units[row] as usize) {
            *sum += sign * self.amounts[row];
        }
    }

    /// Where the facts of a day begin, and those of all days after it.
    fn begins(&self, day: i32) -> usize {
        let at = self.days.partition_point(|(known, _)| *known < day);
        self.days.get(at).map_or(self.units.len(), |(_, begins)| *begins as usize)
    }

    /// Each fact of some days that was known at an instant.
    fn each(&self, from: i32, until: i32, known: i64, mut take: impl FnMut(Row)) {
        self.each_day(from, until, |day, rows| {
            self.recorded.each_earlier(rows, known, |at| take(self.row(at, day)));
        });
    }

    /// Each of some days that has facts, and where they lie.
    fn each_day(&self, from: i32, until: i32, mut take: impl FnMut(i32, Range<usize>)) {
        let first = self.days.partition_point(|(day, _)| *day < from);
        for (n, (day, begins)) in self.days.iter().enumerate().skip(first) {
            if *day >= until {
                break;
            }
            let ends = self.days.get(n + 1).map_or(self.units.len(), |(_, next)| *next as usize);
            take(*day, *begins as usize..ends);
        }
    }

    /// As [`Self::each`], of some units only: for those, most others are passed over quickly.
    fn each_of(&self, from: i32, until: i32, known: i64, of: &[bool], mut take: impl FnMut(Row)) {
        self.each_day(from, until, |day, rows| {
            self.recorded.each_earlier(rows, known, |at| {
                if of.get(self.units[at] as usize).copied().unwrap_or_default() {
                    take(self.row(at, day));
                }
            });
        });
    }

    fn row(&self, at: usize, day: i32) -> Row {
        Row {
            amount: self.amounts[at],
            unit: self.units[at],
            counterpart: self.counterparts.at(at),
            day,
            label: Label::read(self.labels.at(at)),
            recorded: self.recorded.at(at),
        }
    }

    fn bytes(&self) -> usize {
        self.days.capacity() * size_of::<(i32, u32)>()
            + self.units.capacity() * size_of::<u32>()
            + self.amounts.capacity() * size_of::<i64>()
            + self.labels.bytes()
            + self.counterparts.bytes()
            + self.recorded.bytes()
            + self.stocks.iter().map(|(_, sums)| sums.capacity() * size_of::<i64>()).sum::<usize>()
    }
}

fn add(sums: &mut [i64], row: Row) {
    if let Some(sum) = sums.get_mut(row.unit as usize) {
        *sum += row.amount;
    }
}

/// What facts come to before some of their days, by unit.
fn stocks(rows: &[Row]) -> Vec<(i32, Vec<i64>)> {
    let units = rows.iter().map(|row| row.unit as usize + 1).max().unwrap_or_default();
    let mut sums = vec![0; units];
    let mut stocks = Vec::new();
    let mut since = 0;
    for (at, row) in rows.iter().enumerate() {
        if since > APART * units && rows[at - 1].day != row.day {
            stocks.push((row.day, sums.clone()));
            since = 0;
        }
        add(&mut sums, *row);
        since += 1;
    }
    stocks
}

/// Facts by the number of their code.
pub type ByCode = Vec<Vec<Row>>;

/// No facts of any code.
pub fn none() -> ByCode {
    (0..Code::ALL.len()).map(|_| Vec::new()).collect()
}

/// All facts of a position, as far as they were known at an instant.
#[derive(Clone)]
pub struct Facts {
    sorted: Vec<Arc<Sorted>>,
    /// What came later and is sorted by itself.
    newer: Vec<Arc<Sorted>>,
    late: Vec<Arc<ByCode>>,
    known: i64,
}

impl Facts {
    /// Sorts what there is, one code after the other, and lets go of what was given.
    pub fn of(rows: ByCode) -> Self {
        let sorted = Code::ALL.into_iter().zip(rows);
        let sorted = sorted.map(|(code, rows)| Arc::new(Sorted::of(code, rows))).collect();
        let nothing = |code| Arc::new(Sorted::of(code, Vec::new()));
        let newer = Code::ALL.into_iter().map(nothing).collect();
        Self { sorted, newer, late: Vec::new(), known: NOW }
    }

    /// What is sorted of a code.
    fn runs(&self, code: Code) -> [&Sorted; 2] {
        let code = code.number();
        [&self.sorted[code], &self.newer[code]]
    }

    /// Of these, what was known at an instant.
    pub fn known_at(&self, known: i64) -> Self {
        Self { known: self.known.min(known), ..self.clone() }
    }

    /// These, and what came later.
    pub fn with(&self, rows: ByCode) -> Self {
        let mut facts = self.clone();
        if rows.iter().any(|of_code| !of_code.is_empty()) {
            facts.late.push(Arc::new(rows));
        }
        if facts.late.len() > HEAPS_MAX || facts.is_much_late() {
            facts.sort_in();
        }
        facts
    }

    /// Whether enough of some code came late for it to be sorted.
    fn is_much_late(&self) -> bool {
        let late = |code: usize| self.late.iter().map(|heap| heap[code].len()).sum::<usize>();
        (0..Code::ALL.len()).any(|code| late(code) > LATE_MIN)
    }

    /// Puts the heaps together, and sorts what has become much.
    fn sort_in(&mut self) {
        let mut late = none();
        for heap in std::mem::take(&mut self.late) {
            for (all, rows) in late.iter_mut().zip(heap.iter()) {
                all.extend_from_slice(rows);
            }
        }
        let of_codes = Code::ALL.into_iter().zip(&mut self.sorted).zip(&mut self.newer);
        for (((code, sorted), newer), rows) in of_codes.zip(&mut late) {
            if rows.len() <= LATE_MIN {
                continue;
            }
            let mut rows = std::mem::take(rows);
            rows.reserve_exact(newer.units.len());
            newer.each(i32::MIN, i32::MAX, NOW, |row| rows.push(row));
            if rows.len() <= sorted.units.len() / LATE_PART {
                *newer = Arc::new(Sorted::of(code, rows));
                continue;
            }
            *newer = Arc::new(Sorted::of(code, Vec::new()));
            rows.reserve_exact(sorted.units.len());
            sorted.each(i32::MIN, i32::MAX, NOW, |row| rows.push(row));
            *sorted = Arc::new(Sorted::of(code, rows));
        }
        if late.iter().any(|of_code| !of_code.is_empty()) {
            self.late.push(Arc::new(late));
        }
    }

    /// Each fact of a code whose day lies in `[from, until)`.
    pub fn each(&self, code: Code, from: i32, until: i32, mut take: impl FnMut(Row)) {
        for run in self.runs(code) {
            run.each(from, until, self.known, &mut take);
        }
        for heap in &self.late {
            for row in &heap[code.number()] {
                if (from..until).contains(&row.day) && row.recorded <= self.known {
                    take(*row);
                }
            }
        }
    }

    /// Each fact of a code whose day lies in `[from, until)`, of those units that are marked.
    pub fn each_of(
        &self,
        code: Code,
        from: i32,
        until: i32,
        of: &[bool],
        mut take: impl FnMut(Row),
    ) {
        for run in self.runs(code) {
            run.each_of(from, until, self.known, of, &mut take);
        }
        let late = self.late.iter().flat_map(|heap| &heap[code.number()]);
        for row in late.filter(|row| (from..until).contains(&row.day)) {
            let is_of = of.get(row.unit as usize).copied().unwrap_or_default();
            if is_of && row.recorded <= self.known {
                take(*row);
            }
        }
    }

    /// About how many facts of a code lie in `[from, until)`: of those that are sorted.
    pub fn between(&self, code: Code, from: i32, until: i32) -> usize {
        let between = |run: &Sorted| run.begins(until).saturating_sub(run.begins(from));
        self.runs(code).into_iter().map(between).sum()
    }

    /// A day before which lie about as many facts of a code as after it, of those of some days.
    pub fn middle(&self, code: Code, from: i32, until: i32) -> i32 {
        let sorted = &self.sorted[code.number()];
        let half = usize::midpoint(sorted.begins(from), sorted.begins(until));
        let at = sorted.days.partition_point(|(_, begins)| (*begins as usize) < half);
        sorted.days.get(at).map_or(from, |(day, _)| *day).clamp(from, until)
    }

    /// Adds what all facts of a code before a day come to, by unit.
    pub fn add_before(&self, code: Code, day: i32, sums: &mut [i64]) {
        for run in self.runs(code) {
            run.add_before(day, self.known, sums);
        }
        for row in self.late.iter().flat_map(|heap| &heap[code.number()]) {
            if row.day < day && row.recorded <= self.known {
                add(sums, *row);
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let sorted: usize =
            self.sorted.iter().chain(&self.newer).map(|sorted| sorted.units.len()).sum();
        let late = self.late.iter().flat_map(|heap| heap.iter());
        sorted + late.map(Vec::len).sum::<usize>()
    }

    /// How much memory they take.
    pub fn bytes(&self) -> usize {
        let sorted: usize =
            self.sorted.iter().chain(&self.newer).map(|sorted| sorted.bytes()).sum();
        let late = self.late.iter().flat_map(|heap| heap.iter());
        sorted + late.map(|rows| rows.capacity() * size_of::<Row>()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i32, unit: u32, amount: i64) -> Row {
        let label = Label::of(unit % 3, (unit % 2) as i16);
        Row { amount, unit, counterpart: 0, day, label, recorded: recorded(day, unit) }
    }

    /// Most are recorded soon after their day, and some long after it.
    fn recorded(day: i32, unit: u32) -> i64 {
        i64::from(day) + if unit == 3 { 30 } else { i64::from(unit % 2) }
    }

    fn of(rows: impl IntoIterator<Item = Row>) -> ByCode {
        let mut by_code = none();
        by_code[Code::MembersExited.number()].extend(rows);
        by_code
    }

    fn told(facts: &Facts, from: i32, until: i32) -> Vec<(i32, u32, i64, Label)> {
        let mut rows = Vec::new();
        facts.each(Code::MembersExited, from, until, |row| {
            rows.push((row.day, row.unit, row.amount, row.label));
        });
        rows.sort_unstable();
        rows
    }

    #[test]
    fn facts_are_the_same_wherever_they_lie() {
        let mut all = Vec::new();
        let mut facts = Facts::of(of((0..500).map(|n| row(n % 40, n as u32 % 7, 1))));
        all.extend((0..500).map(|n| row(n % 40, n as u32 % 7, 1)));
        for heap in 0..3 * HEAPS_MAX as i32 {
            let rows: Vec<Row> =
                (0..900).map(|n| row((n * 31 + heap) % 50, n as u32 % 11, -1)).collect();
            all.extend_from_slice(&rows);
            facts = facts.with(of(rows));
        }
        assert_eq!(facts.len(), all.len());
        assert!(facts.late.len() <= HEAPS_MAX + 1);
        let sorted = &facts.sorted[Code::MembersExited.number()];
        assert!(sorted.units.len() > LATE_MIN && sorted.stocks.len() > 2);
        let asked = [(i32::MIN, i32::MAX), (0, 1), (13, 27), (49, 50), (50, 90)];
        let instants = [NOW, 81, 50, 33, 14, 1, -1];
        for ((from, until), known) in asked.iter().flat_map(|days| instants.map(|at| (*days, at))) {
            let facts = facts.known_at(known);
            let mut counted: Vec<_> = all
                .iter()
                .filter(|row| (from..until).contains(&row.day) && row.recorded <= known)
                .map(|row| (row.day, row.unit, row.amount, row.label))
                .collect();
            counted.sort_unstable();
            assert_eq!(
                told(&facts, from, until),
                counted,
                "{from} until {until}, known at {known}"
            );
            let mut sums = vec![0; 11];
            facts.add_before(Code::MembersExited, until, &mut sums);
            let mut added = vec![0; 11];
            let before = all.iter().filter(|row| row.day < until && row.recorded <= known);
            before.for_each(|row| added[row.unit as usize] += row.amount);
            assert_eq!(sums, added, "before {until}, known at {known}");
        }
    }
}
