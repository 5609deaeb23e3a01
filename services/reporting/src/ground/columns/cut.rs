//! The units of some heads, each in the lines of their figures.

use crate::ground::columns::day::{EVER, NEVER};

/// A unit in a line, over some days.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The first day.
    pub from: i32,
    /// The first day on which it no longer counts there.
    pub until: i32,
    /// The line.
    pub line: u32,
}

impl Piece {
    fn on(&self, day: i32) -> bool {
        self.from <= day && day < self.until
    }
}

/// Of a unit that counts in no line.
const NOWHERE: u32 = u32::MAX;
/// Of a unit that counts in several, or not on every day.
const DATED: u32 = u32::MAX - 1;

/// A line of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose figure, by its number among the heads.
    pub head: u32,
    /// What the line is called.
    pub name: String,
}

/// The units of some heads, each in its lines.
pub struct Cut {
    /// Where the pieces of each unit begin, and where the last end.
    first: Vec<u32>,
    pieces: Vec<Piece>,
    /// By unit: the line in which it counts on every day, where there is one.
    always: Vec<u32>,
    lines: Vec<Line>,
    heads: usize,
}

impl Cut {
    /// Of nothing, of so many heads: for whoever may not see them.
    pub fn nothing(heads: usize) -> Self {
        Self { first: Vec::new(), pieces: Vec::new(), always: Vec::new(), lines: Vec::new(), heads }
    }

    /// Puts pieces to their units.
    pub(super) fn put(units: usize, cut: &[(u32, Piece)], lines: Vec<Line>, heads: usize) -> Self {
        let mut first = vec![0; units + 1];
        for (unit, _) in cut {
            first[*unit as usize + 1] += 1;
        }
        for unit in 0..units {
            first[unit + 1] += first[unit];
        }
        let mut next = first.clone();
        let mut pieces = vec![Piece { from: 0, until: 0, line: 0 }; cut.len()];
        let mut always = vec![NOWHERE; units];
        for (unit, piece) in cut {
            let unit = *unit as usize;
            pieces[next[unit] as usize] = *piece;
            next[unit] += 1;
            let on_every_day = piece.from == EVER && piece.until == NEVER;
            let first_of_it = always[unit] == NOWHERE;
            always[unit] = if on_every_day && first_of_it { piece.line } else { DATED };
        }
        Self { first, pieces, always, lines, heads }
    }

    /// How many heads there are. Each is counted as if it were alone: what goes from one to another
    /// leaves the one and comes to the other.
    pub fn heads(&self) -> usize {
        self.heads
    }

    /// The lines, each by its number.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whose line it is.
    pub fn head_of(&self, line: usize) -> u32 {
        self.lines[line].head
    }

    /// The heads under which a unit counts on a day, each once.
    pub fn heads_on(&self, unit: u32, day: i32) -> Vec<u32> {
        let mut heads = Vec::new();
        self.lines_on(unit, day, |line| heads.push(self.head_of(line)));
        heads.sort_unstable();
        heads.dedup();
        heads
    }

    /// The pieces of a unit.
    pub fn pieces(&self, unit: u32) -> &[Piece] {
        let unit = unit as usize;
        match (self.first.get(unit), self.first.get(unit + 1)) {
            (Some(begin), Some(end)) => &self.pieces[*begin as usize..*end as usize],
            _ => &[],
        }
    }

    /// How many numbers of units it knows of.
    pub fn known_units(&self) -> usize {
        self.always.len()
    }

    /// The lines in which a unit counts on each of some days alike; none where it comes to one, or leaves
    /// one, within.
    pub fn steady(&self, unit: u32, from: i32, until: i32) -> Option<impl Iterator<Item = usize>> {
        let within = move |piece: &&Piece| piece.from < until && from < piece.until;
        let pieces = self.pieces(unit).iter().filter(within);
        let steady = pieces.clone().all(|piece| piece.from <= from && until <= piece.until);
        steady.then(|| pieces.map(|piece| piece.line as usize))
    }

    /// The units that count in some line on some day.
    pub fn units(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.always).filter(|(_, line)| **line != NOWHERE).map(|(unit, _)| unit)
    }

    /// Those of them that do not count in one line on every day.
    pub fn dated(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.always).filter(|(_, line)| **line == DATED).map(|(unit, _)| unit)
    }

    /// The lines in which a unit counts on a day.
    pub fn lines_on(&self, unit: u32, day: i32, mut take: impl FnMut(usize)) {
        match self.always.get(unit as usize) {
            None | Some(&NOWHERE) => {}
            Some(&DATED) => {
                for piece in self.pieces(unit).iter().filter(|piece| piece.on(day)) {
                    take(piece.line as usize);
                }
            }
            Some(line) => take(*line as usize),
        }
    }

    /// Goes through days from the first on.
    pub fn walk(&self) -> Walk<'_> {
        let mut turns = Vec::new();
        let mut now = self.always.clone();
        for unit in self.dated() {
            let mut pieces = self.pieces(unit).to_vec();
            pieces.sort_unstable_by_key(|piece| piece.from);
            if pieces.windows(2).any(|two| two[1].from < two[0].until) {
                // In two lines at once: it is looked up on each day.
                continue;
            }
            now[unit as usize] = NOWHERE;
            for (n, piece) in pieces.iter().enumerate() {
                turns.push((piece.from, unit, piece.line));
                if pieces.get(n + 1).is_none_or(|next| next.from != piece.until) {
                    turns.push((piece.until, unit, NOWHERE));
                }
            }
        }
        turns.sort_unstable_by_key(|(day, ..)| *day);
        Walk { cut: self, day: EVER, now, turns, turned: 0 }
    }
}

/// The lines in which units count, day after day: where most of them stay and some move, it is
/// quicker to follow those than to look all up for each fact.
pub struct Walk<'a> {
    cut: &'a Cut,
    day: i32,
    /// By unit, on that day.
    now: Vec<u32>,
    /// From which day on which unit counts where, by the day.
    turns: Vec<(i32, u32, u32)>,
    turned: usize,
}

impl Walk<'_> {
    /// The lines in which a unit counts on a day; of an earlier day than before, it is looked up.
    pub fn lines_on(&mut self, unit: u32, day: i32, mut take: impl FnMut(usize)) {
        if day != self.day {
            if day < self.day {
                return self.cut.lines_on(unit, day, take);
            }
            self.go_on(day);
        }
        match self.now.get(unit as usize) {
            None | Some(&NOWHERE) => {}
            Some(&DATED) => self.cut.lines_on(unit, day, take),
            Some(line) => take(*line as usize),
        }
    }

    fn go_on(&mut self, day: i32) {
        while let Some((_, unit, line)) =
            self.turns.get(self.turned).filter(|(turn, ..)| *turn <= day)
        {
            self.now[*unit as usize] = *line;
            self.turned += 1;
        }
        self.day = day;
    }
}
