//! Facts about subjects: people, employers, unions, and whatever is counted once however often it is
//! told of.

use crate::ground::columns::cut::Cut;
use crate::ground::columns::instant::NOW;
use crate::ground::columns::names::NOBODY;
use crate::ground::columns::rows::{Row, Rows};
use crate::ground::columns::sums::{Days, Lines};
use crate::ground::fact::Code;

/// A fact about a subject. By subject first: what is told of one lies together, and is counted once
/// without anybody remembering who was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Whom or what it is about.
    pub subject: u32,
    /// The unit in which it counts.
    pub unit: u32,
    /// Its day.
    pub day: i32,
    /// The topic or the stage.
    pub reason: u32,
}

/// Facts about subjects by the number of their code.
pub type ByCode = Vec<Vec<Row<Subject>>>;

/// No facts of any code.
pub fn none() -> ByCode {
    (0..Code::ALL.len()).map(|_| Vec::new()).collect()
}

/// All facts about subjects of a position.
#[derive(Clone)]
pub struct Subjects(Vec<Rows<Subject>>);

impl Subjects {
    /// Sorts what there is.
    pub fn of(rows: ByCode) -> Self {
        Self(rows.into_iter().map(Rows::of).collect())
    }

    /// These, and what came later.
    pub fn with(&self, rows: ByCode) -> Self {
        Self(self.0.iter().zip(rows).map(|(of_code, rows)| of_code.with(rows)).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(Rows::len).sum()
    }

    /// How much memory they take.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(Rows::bytes).sum()
    }

    /// The words that they were ever told under.
    pub fn reasons(&self, code: Code) -> Vec<u32> {
        let mut reasons = Vec::new();
        self.0[code.number()].each(
            NOW,
            |_| true,
            |key, _| {
                if !reasons.contains(&key.reason) {
                    reasons.push(key.reason);
                }
            },
        );
        reasons
    }

    fn each(
        &self,
        code: Code,
        days: Days,
        reasons: Option<&[u32]>,
        known: i64,
        take: impl FnMut(Subject, i64),
    ) {
        let wanted = |key: &Subject| {
            (days.from..days.until).contains(&key.day)
                && reasons.is_none_or(|reasons| reasons.contains(&key.reason))
        };
        self.0[code.number()].each(known, wanted, take);
    }
}

/// What is counted once: in each line, and in all lines of each head.
pub struct Once {
    /// By the number of the line.
    pub lines: Lines,
    /// By the number of the head: whoever is in two lines is one.
    pub totals: Vec<i64>,
}

/// In which lines one counts who is told of in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In each: lines may sum to more than the total.
    Everywhere,
    /// In that which told of her first, so that lines sum to the total; of several of a day, in the one
    /// whose name comes first.
    First,
}

/// Counts one after the other once.
pub struct Counter<'a> {
    cut: &'a Cut,
    counts: Where,
    once: Once,
    /// What is told of the one that is being counted: in which line, how often and when.
    told: Vec<(u32, i64, i32)>,
    /// The lines in which she counts, each with its head and since when.
    found: Vec<(u32, i32, u32)>,
    /// By head, the last who was counted under it.
    last: Vec<u64>,
    counted: u64,
}

impl<'a> Counter<'a> {
    /// In the lines of a cut.
    pub fn of(cut: &'a Cut, counts: Where) -> Self {
        let once = Once { lines: vec![0; cut.lines().len()], totals: vec![0; cut.heads()] };
        let last = vec![0; cut.heads()];
        Self { cut, counts, once, told: Vec::new(), found: Vec::new(), last, counted: 0 }
    }

    /// The one that is being counted is told of in a line, on a day.
    pub fn tell(&mut self, line: usize, amount: i64, day: i32) {
        self.told.push((line as u32, amount, day));
    }

    /// All that is told of the one has been: it counts in each line in which more tells of it than
    /// takes it back.
    pub fn next(&mut self) {
        match self.told[..] {
            [] => return,
            // Most are told of once.
            [(line, amount, _)] => {
                self.told.clear();
                if amount > 0 {
                    self.once.totals[self.cut.head_of(line as usize) as usize] += 1;
                    self.once.lines[line as usize] += 1;
                }
                return;
            }
            _ => self.told.sort_unstable(),
        }
        self.counted += 1;
        for of_line in self.told.chunk_by(|one, other| one.0 == other.0) {
            if of_line.iter().map(|(_, amount, _)| amount).sum::<i64>() > 0 {
                let line = of_line[0].0;
                let told = of_line.iter().filter(|(_, amount, _)| *amount > 0);
                let since = told.map(|(.., day)| *day).min().unwrap_or_default();
                self.found.push((self.cut.head_of(line as usize), since, line));
            }
        }
        self.told.clear();
        if self.counts == Where::First && self.found.len() > 1 {
            let name = |line: u32| &self.cut.lines()[line as usize].name;
            self.found.sort_by(|(head, since, line), (other, later, next)| {
                (head, since, name(*line)).cmp(&(other, later, name(*next)))
            });
        }
        for (head, _, line) in self.found.drain(..) {
            let is_first = self.last[head as usize] != self.counted;
            if is_first {
                self.last[head as usize] = self.counted;
                self.once.totals[head as usize] += 1;
            }
            if is_first || self.counts == Where::Everywhere {
                self.once.lines[line as usize] += 1;
            }
        }
    }

    /// What was counted.
    pub fn counted(mut self) -> Once {
        self.next();
        self.once
    }
}

/// Distinct subjects of a code, with one of these reasons; any, if there is no list of them.
pub fn count(
    subjects: &Subjects,
    (cut, counts): (&Cut, Where),
    code: Code,
    days: Days,
    reasons: Option<&[u32]>,
    known: i64,
) -> Once {
    let mut counter = Counter::of(cut, counts);
    let mut subject = NOBODY;
    subjects.each(code, days, reasons, known, |key, amount| {
        if key.subject != subject {
            counter.next();
            subject = key.subject;
        }
        cut.lines_on(key.unit, key.day, |line| counter.tell(line, amount, key.day));
    });
    counter.counted()
}

/// By the number of a person, whether she was trained, wherever.
pub fn trained(subjects: &Subjects, people: usize, days: Days, known: i64) -> Vec<bool> {
    let mut times = vec![0_i64; people];
    subjects.each(Code::Trained, days, None, known, |key, amount| {
        if let Some(of_person) = times.get_mut(key.subject as usize) {
            *of_person += amount;
        }
    });
    times.into_iter().map(|times| times > 0).collect()
}
