//! What is added up of columns, line by line of a cut.

use std::collections::{BTreeMap, HashMap};

use crate::ground::columns::cut::{Cut, Piece};
use crate::ground::columns::day::EVER;
use crate::ground::columns::facts::Facts;
use crate::ground::columns::tree::Tree;
use crate::ground::fact::Code;

/// Amounts by the number of the line.
pub type Lines = Vec<i64>;

/// Amounts by the number of the line, before it is known that they are no more than a figure holds.
pub type Wide = Vec<i128>;

/// Days: `[from, until)`.
#[derive(Clone, Copy)]
pub struct Days {
    /// The first.
    pub from: i32,
    /// The one after the last.
    pub until: i32,
}

fn lines(cut: &Cut) -> Lines {
    vec![0; cut.lines().len()]
}

/// Of a code of which it is known what all facts before a day come to, the facts of more days than come
/// to so many for each unit are what lies between two stocks.
const MANY_FOR_EACH: usize = 2;

/// Facts of a code by line, with one of these reasons; any, if there is no list of them.
pub fn flow(facts: &Facts, cut: &Cut, code: Code, days: Days, reasons: Option<&[u32]>) -> Wide {
    let many = MANY_FOR_EACH * cut.known_units();
    if reasons.is_none()
        && Code::MEMBER_MOVEMENTS.contains(&code)
        && facts.between(code, days.from, days.until) > many
    {
        return between_stocks(facts, cut, code, days);
    }
    fact_by_fact(facts, cut, code, days, reasons)
}

/// What comes to each unit between two days, put into the line in which it is on all of them; only those
/// that go from one line to another within are gone through fact by fact.
fn between_stocks(facts: &Facts, cut: &Cut, code: Code, days: Days) -> Wide {
    let mut sums: Wide = vec![0; cut.lines().len()];
    let (mut before, mut until) = (vec![0; cut.known_units()], vec![0; cut.known_units()]);
    facts.add_before(code, days.from, &mut before);
    facts.add_before(code, days.until, &mut until);
    let mut turning = vec![false; cut.known_units()];
    let mut turn = false;
    for unit in cut.units() {
        let at = unit as usize;
        match cut.steady(unit, days.from, days.until) {
            Some(lines) => {
                let amount = i128::from(until[at]) - i128::from(before[at]);
                lines.for_each(|line| sums[line] += amount);
            }
            None => (turning[at], turn) = (true, true),
        }
    }
    if turn {
        let of_days = |from: i32, until: i32| {
            let mut sums: Wide = vec![0; cut.lines().len()];
            facts.each_of(code, from, until, &turning, |row| {
                let amount = i128::from(row.amount);
                cut.lines_on(row.unit, row.day, |line| sums[line] += amount);
            });
            sums
        };
        // It is most of what there is to do, and is done by two at once.
        let middle = facts.middle(code, days.from, days.until);
        let halves = std::thread::scope(|scope| {
            let later = scope.spawn(|| of_days(middle, days.until));
            let earlier = of_days(days.from, middle);
            // What panics there panics here.
            [earlier, later.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
        });
        for half in halves {
            sums.iter_mut().zip(half).for_each(|(sum, amount)| *sum += amount);
        }
    }
    sums
}

fn fact_by_fact(facts: &Facts, cut: &Cut, code: Code, days: Days, reasons: Option<&[u32]>) -> Wide {
    let mut sums: Wide = vec![0; cut.lines().len()];
    facts.each(code, days.from, days.until, |row| {
        if reasons.is_none_or(|reasons| reasons.contains(&row.label.reason())) {
            let amount = i128::from(row.amount);
            cut.lines_on(row.unit, row.day, |line| sums[line] += amount);
        }
    });
    sums
}

/// Transfers between two units that both count under one head on the day of the transfer: by the
/// line that they leave, and by the line that they enter. They are neither in nor out for the head.
pub fn transfers_inside(facts: &Facts, cut: &Cut, days: Days) -> (Lines, Lines) {
    let (mut left, mut entered) = (lines(cut), lines(cut));
    facts.each(Code::TransferOut, days.from, days.until, |row| {
        cut.lines_on(row.unit, row.day, |out_line| {
            cut.lines_on(row.counterpart, row.day, |in_line| {
                if cut.head_of(out_line) == cut.head_of(in_line) {
                    left[out_line] += row.amount;
                    entered[in_line] += row.amount;
                }
            });
        });
    });
    (left, entered)
}

/// Whether a movement takes members away.
pub fn takes_away(code: Code) -> bool {
    matches!(code, Code::MembersExited | Code::TransferOut)
}

/// The members of each of so many units before a day: what came less what went.
pub fn members(facts: &Facts, units: usize, before: i32) -> Vec<i64> {
    let (mut came, mut went) = (vec![0; units], vec![0; units]);
    for code in Code::MEMBER_MOVEMENTS {
        facts.add_before(code, before, if takes_away(code) { &mut went } else { &mut came });
    }
    came.iter_mut().zip(went).for_each(|(came, went)| *came -= went);
    came
}

/// How many facts of some codes each of so many units has before a day.
pub fn facts_by_unit(facts: &Facts, units: usize, codes: &[Code], before: i32) -> Vec<u64> {
    let mut counted = vec![0; units];
    for code in codes {
        facts.each(*code, EVER, before, |row| {
            if let Some(of_unit) = counted.get_mut(row.unit as usize) {
                *of_unit += 1;
            }
        });
    }
    counted
}

/// People who stand in one of these ways at the end of a day, by unit.
pub fn standing(facts: &Facts, units: usize, on: i32, kinds: &[u32]) -> Vec<i64> {
    let mut people = vec![0; units];
    facts.each(Code::Standing, EVER, on.saturating_add(1), |row| {
        if kinds.contains(&row.label.reason())
            && let Some(of_unit) = people.get_mut(row.unit as usize)
        {
            *of_unit += row.amount;
        }
    });
    people
}

/// What units have at the end of a day, by line.
pub fn stock(cut: &Cut, on: i32, of_units: &[i64]) -> Lines {
    let mut sums = lines(cut);
    for unit in cut.units() {
        if let Some(amount) = of_units.get(unit as usize)
            && *amount != 0
        {
            cut.lines_on(unit, on, |line| sums[line] += amount);
        }
    }
    sums
}

/// Grassroots unions that exist at the end of a day, by line.
pub fn unions(tree: &Tree, cut: &Cut, on: i32, without_suspended: bool) -> Lines {
    let mut sums = lines(cut);
    for unit in cut.units().filter(|unit| tree.is_union_on(*unit, on, without_suspended)) {
        cut.lines_on(unit, on, |line| sums[line] += 1);
    }
    sums
}

/// Unions, and members with their units, that came under the head and that left it.
#[derive(Default)]
pub struct Moves {
    /// Unions that came.
    pub unions_in: Lines,
    /// Unions that left.
    pub unions_out: Lines,
    /// Members who came with their units.
    pub members_in: Lines,
    /// Members who left with their units.
    pub members_out: Lines,
}

/// A unit that comes under a head on a day, or leaves it.
struct Crossing {
    unit: u32,
    on: i32,
    comes: bool,
    head: u32,
}

/// Units that came under a head or left it without being founded or ended, and the members whom
/// they brought or took: those of the evening before.
pub fn moves(facts: &Facts, tree: &Tree, cut: &Cut, days: Days) -> Moves {
    let within = |day: i32| days.from <= day && day < days.until;
    let mut crossings = Vec::new();
    let turns = |piece: &Piece| within(piece.from) || within(piece.until);
    // Most stay where they are.
    for unit in cut.dated().filter(|unit| cut.pieces(*unit).iter().any(turns)) {
        // A unit that moves from one line of a head to another neither comes nor leaves.
        let stays = cut.pieces(unit).iter();
        let mut stays: Vec<(u32, i32, i32)> = stays
            .map(|piece| (cut.head_of(piece.line as usize), piece.from, piece.until))
            .collect();
        stays.sort_unstable();
        let mut whole: Vec<(u32, i32, i32)> = Vec::new();
        for (head, from, until) in stays {
            match whole.last_mut() {
                Some((of, _, last)) if *of == head && from <= *last => *last = until.max(*last),
                _ => whole.push((head, from, until)),
            }
        }
        for (head, from, until) in whole {
            let ways = [(from, true), (until, false)];
            for (on, comes) in ways.into_iter().filter(|(on, _)| within(*on)) {
                crossings.push(Crossing { unit, on, comes, head });
            }
        }
    }
    let members = members_at_crossings(facts, cut.known_units(), &crossings);
    let mut moves = Moves {
        unions_in: lines(cut),
        unions_out: lines(cut),
        members_in: lines(cut),
        members_out: lines(cut),
    };
    for (crossing, members) in crossings.iter().zip(members) {
        let Some(life) = tree.life(crossing.unit) else { continue };
        // What it was the evening before: a change of type on the day is a movement of its own.
        let kind = tree.kind_on(crossing.unit, crossing.on - 1);
        let unions = i64::from(!life.never && kind.is_some_and(|kind| kind.grassroots()));
        let (to_unions, to_members) = match crossing.comes {
            true => (&mut moves.unions_in, &mut moves.members_in),
            false => (&mut moves.unions_out, &mut moves.members_out),
        };
        for piece in cut.pieces(crossing.unit) {
            let on = if crossing.comes { piece.from } else { piece.until };
            if on == crossing.on && cut.head_of(piece.line as usize) == crossing.head {
                to_unions[piece.line as usize] += unions;
                to_members[piece.line as usize] += members;
            }
        }
    }
    moves
}

/// The members of every unit are added up for so many days at most.
const EVENINGS_MAX: usize = 6;

/// The members of each unit on the evening before it came or left.
fn members_at_crossings(facts: &Facts, units: usize, crossings: &[Crossing]) -> Vec<i64> {
    let mut at_crossings = vec![0; crossings.len()];
    let mut of_days: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (at, crossing) in crossings.iter().enumerate() {
        of_days.entry(crossing.on).or_default().push(at);
    }
    if of_days.len() <= EVENINGS_MAX {
        for (on, of_day) in of_days {
            let members = members(facts, units, on);
            for at in of_day {
                let unit = crossings[at].unit as usize;
                at_crossings[at] = members.get(unit).copied().unwrap_or_default();
            }
        }
        return at_crossings;
    }
    let Some((last, _)) = of_days.last_key_value() else { return at_crossings };
    let (mut crosses, mut of_units) = (vec![false; units], HashMap::<u32, Vec<usize>>::new());
    for (at, crossing) in crossings.iter().enumerate() {
        of_units.entry(crossing.unit).or_default().push(at);
        if let Some(crosses) = crosses.get_mut(crossing.unit as usize) {
            *crosses = true;
        }
    }
    for code in Code::MEMBER_MOVEMENTS {
        let sign = if takes_away(code) { -1 } else { 1 };
        facts.each_of(code, EVER, *last, &crosses, |row| {
            for at in of_units.get(&row.unit).into_iter().flatten() {
                if row.day < crossings[*at].on {
                    at_crossings[*at] += sign * row.amount;
                }
            }
        });
    }
    at_crossings
}

/// Units whose members membership has to place, each beside the number of the head under which they
/// count.
#[derive(Default)]
pub struct ToSettle {
    /// Those that have ended and count under the head.
    pub ended: Vec<(u32, u32)>,
    /// Those in which members are left: that ended here, or elsewhere to continue here, or that never
    /// existed. With where in registry's feed it was told that they ended.
    pub with_members: Vec<(u32, u32, i64)>,
}

/// How the members of what has ended by a day stand, as far as it counts under the heads.
pub fn to_settle(tree: &Tree, cut: &Cut, on: i32, members: &[i64]) -> ToSettle {
    let mut found = ToSettle::default();
    for (unit, life) in tree.lives() {
        let ended = life.ended <= on;
        if !ended && !life.never {
            continue;
        }
        let has_members = members.get(unit as usize).is_some_and(|members| *members != 0);
        let here = cut.heads_on(unit, on);
        for head in &here {
            if ended {
                found.ended.push((*head, unit));
            }
            if has_members {
                found.with_members.push((*head, unit, life.end_position));
            }
        }
        if ended && has_members {
            let to = cut.heads_on(life.members_to, on);
            let elsewhere = to.into_iter().filter(|head| !here.contains(head));
            found.with_members.extend(elsewhere.map(|head| (head, unit, life.end_position)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::columns::cut::Line;
    use crate::ground::columns::day::NEVER;
    use crate::ground::columns::facts::{Row, none};
    use crate::ground::columns::label::Label;

    const UNITS: u32 = 40;
    const DAYS: i32 = 200;
    const LINES: u32 = 5;

    /// Numbers that come in the same order for the same seed.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u32::try_from(self.0 >> 33).expect("31 bits") % end
        }

        fn day(&mut self) -> i32 {
            self.below(DAYS as u32) as i32
        }
    }

    /// Units that stay in a line, that go from one to another, that count in two, and in none.
    fn cut(dice: &mut Dice) -> Cut {
        let mut pieces = Vec::new();
        for unit in 0..UNITS {
            let piece = |from, until, line| (unit, Piece { from, until, line });
            let (one, other, turn) = (dice.below(LINES), dice.below(LINES), dice.day());
            match dice.below(5) {
                0 | 1 => pieces.push(piece(EVER, NEVER, one)),
                2 => {
                    pieces.push(piece(EVER, turn, one));
                    pieces.push(piece(turn, NEVER, other));
                }
                3 => {
                    pieces.push(piece(EVER, NEVER, one));
                    pieces.push(piece(turn, NEVER, other));
                }
                _ => {}
            }
        }
        let line = |line: u32| Line { head: 0, name: line.to_string() };
        Cut::put(UNITS as usize, &pieces, (0..LINES).map(line).collect(), 1)
    }

    fn row(dice: &mut Dice) -> Row {
        let day = dice.day();
        Row {
            amount: i64::from(dice.below(9)) - 2,
            // Some of a unit that the tree does not know.
            unit: dice.below(UNITS + 1),
            counterpart: 0,
            day,
            label: Label::of(dice.below(2), 0),
            recorded: i64::from(day) + i64::from(dice.below(30)),
        }
    }

    #[test]
    fn members_of_an_evening_are_the_same_however_many_evenings_are_asked() {
        let mut dice = Dice(7);
        let mut rows = none();
        for code in Code::MEMBER_MOVEMENTS {
            rows[code.number()].extend((0..800).map(|_| row(&mut dice)));
        }
        let facts = Facts::of(rows);
        let crossing = |dice: &mut Dice, days: &[i32]| Crossing {
            unit: dice.below(UNITS),
            on: days[dice.below(days.len() as u32) as usize],
            comes: true,
            head: 0,
        };
        let all: Vec<i32> = (0..DAYS).collect();
        for days in [&all[..], &[10, 20, 150]] {
            let crossings: Vec<Crossing> = (0..90).map(|_| crossing(&mut dice, days)).collect();
            let expected: Vec<i64> = crossings
                .iter()
                .map(|of| members(&facts, UNITS as usize, of.on)[of.unit as usize])
                .collect();
            assert_eq!(members_at_crossings(&facts, UNITS as usize, &crossings), expected);
        }
    }

    #[test]
    fn what_lies_between_two_stocks_is_what_is_added_fact_by_fact() {
        let code = Code::MembersAdmitted;
        for seed in 1..30 {
            let mut dice = Dice(seed);
            let mut rows = none();
            rows[code.number()].extend((0..3_000).map(|_| row(&mut dice)));
            let mut late = none();
            late[code.number()].extend((0..200).map(|_| row(&mut dice)));
            let facts = Facts::of(rows).with(late);
            let cut = cut(&mut dice);
            for known in [i64::MAX, i64::from(dice.day())] {
                let facts = facts.known_at(known);
                for _ in 0..20 {
                    let (one, other) = (dice.day(), dice.day());
                    let days = Days { from: one.min(other), until: one.max(other) };
                    let by_facts = fact_by_fact(&facts, &cut, code, days, None);
                    assert_eq!(between_stocks(&facts, &cut, code, days), by_facts, "seed {seed}");
                    assert_eq!(flow(&facts, &cut, code, days, None), by_facts, "seed {seed}");
                }
            }
        }
    }
}
