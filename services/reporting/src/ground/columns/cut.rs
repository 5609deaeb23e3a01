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

/// So many lines one after the other lie in one place.
const COURSE: usize = 4;

/// In which lines a unit counts one after the other, all in one place: who asks of one unit after
/// another, in no order, waits for memory once for each.
#[derive(Clone, Copy)]
struct Course {
    /// The days on which it comes into the next line.
    turns: [i32; COURSE - 1],
    lines: [u32; COURSE],
}

impl Course {
    /// Of a unit of which its pieces have to be asked.
    const PIECES: Self = Self { turns: [NEVER; COURSE - 1], lines: [DATED; COURSE] };

    /// Of a unit in these lines; of one that is in two at once, or in many one after the other, its pieces
    /// have to be asked.
    fn of(pieces: &mut [Piece]) -> Self {
        pieces.sort_unstable_by_key(|piece| piece.from);
        let mut course: Vec<(i32, u32)> = vec![(EVER, NOWHERE)];
        let mut turn = |on: i32, line: u32| match course.last_mut() {
            Some((last, of)) if *last == on => *of = line,
            _ => course.push((on, line)),
        };
        let mut until = EVER;
        for piece in pieces.iter().filter(|piece| piece.from < piece.until) {
            if piece.from < until {
                return Self::PIECES;
            }
            turn(piece.from, piece.line);
            turn(piece.until, NOWHERE);
            until = piece.until;
        }
        course.retain(|(on, _)| *on < NEVER);
        if course.len() > COURSE {
            return Self::PIECES;
        }
        let line = |at: usize| course.get(at).map_or(NOWHERE, |(_, line)| *line);
        let turn = |at: usize| course.get(at + 1).map_or(NEVER, |(on, _)| *on);
        Self { turns: std::array::from_fn(turn), lines: std::array::from_fn(line) }
    }

    fn line_on(&self, day: i32) -> u32 {
        let turned = self.turns.iter().map(|turn| usize::from(*turn <= day)).sum::<usize>();
        self.lines[turned]
    }
}

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
    /// By unit, where some count in several lines, or not on every day.
    courses: Vec<Course>,
    lines: Vec<Line>,
    heads: usize,
}

impl Cut {
    /// Of nothing, of so many heads: for whoever may not see them.
    pub fn nothing(heads: usize) -> Self {
        let (first, pieces, always) = (Vec::new(), Vec::new(), Vec::new());
        Self { first, pieces, always, courses: Vec::new(), lines: Vec::new(), heads }
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
        let mut courses = Vec::new();
        if always.contains(&DATED) {
            let of_unit = |unit: usize| (first[unit] as usize, first[unit + 1] as usize);
            courses.extend((0..units).map(|unit| {
                let (begin, end) = of_unit(unit);
                Course::of(&mut pieces[begin..end])
            }));
        }
        Self { first, pieces, always, courses, lines, heads }
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
                let line = self.courses[unit as usize].line_on(day);
                if line == NOWHERE {
                    return;
                }
                if line != DATED {
                    return take(line as usize);
                }
                for piece in self.pieces(unit).iter().filter(|piece| piece.on(day)) {
                    take(piece.line as usize);
                }
            }
            Some(line) => take(*line as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a unit on each of some days: as they are told, and by its pieces.
    fn told(pieces: &[Piece]) -> [Vec<Vec<usize>>; 2] {
        let of_unit: Vec<(u32, Piece)> = pieces.iter().map(|piece| (0, *piece)).collect();
        let line = |line: u32| Line { head: 0, name: line.to_string() };
        let cut = Cut::put(1, &of_unit, (0..9).map(line).collect(), 1);
        let days = (-1..60).chain([EVER + 1, NEVER - 1]);
        let by = |lines: &dyn Fn(i32) -> Vec<usize>| -> Vec<Vec<usize>> {
            days.clone()
                .map(|day| {
                    let mut lines = lines(day);
                    lines.sort_unstable();
                    lines
                })
                .collect()
        };
        let by_pieces = |day: i32| -> Vec<usize> {
            let on = pieces.iter().filter(|piece| piece.on(day));
            on.map(|piece| piece.line as usize).collect()
        };
        let as_told = |day: i32| {
            let mut lines = Vec::new();
            cut.lines_on(0, day, |line| lines.push(line));
            lines
        };
        [by(&as_told), by(&by_pieces)]
    }

    #[test]
    fn a_unit_is_in_the_lines_of_its_pieces_however_many_they_are() {
        let piece = |from, until, line| Piece { from, until, line };
        for pieces in [
            vec![],
            vec![piece(EVER, NEVER, 3)],
            vec![piece(5, NEVER, 3)],
            vec![piece(EVER, 5, 3), piece(5, NEVER, 4)],
            // In no order, with a gap, and ended.
            vec![piece(20, 30, 4), piece(3, 9, 2)],
            vec![piece(EVER, 9, 2), piece(12, 30, 4)],
            // Of no days.
            vec![piece(9, 9, 2), piece(0, 50, 1)],
            // In two lines at once.
            vec![piece(EVER, NEVER, 3), piece(10, 20, 4)],
            // One line after the other.
            (0..8).map(|n| piece(n * 5, n * 5 + 5, n as u32)).collect(),
        ] {
            let [told, by_pieces] = told(&pieces);
            assert_eq!(told, by_pieces, "{pieces:?}");
        }
    }
}
