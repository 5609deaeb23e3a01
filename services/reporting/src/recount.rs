//! Counts again, from the raw facts and the dated edges, in memory and one fact at a time.
//!
//! It shares nothing with the statements that figures are counted by: no roll-up, no ranges,
//! no `place`. It asks of each fact, on its own day, where its unit was, and adds it up. It
//! is slow, and is there so that whoever doubts a figure, first of all a test, can compare.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgPool;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::Code;
use crate::ground::period::Period;

struct Organisation {
    /// As what it was known first, and where its type changed, from when as what.
    kind: Kind,
    kinds: Vec<(Option<Date>, Kind)>,
    founded_on: Date,
    ended_on: Option<Date>,
    heir_id: Option<Uuid>,
    last_superior_id: Option<Uuid>,
    never_existed: bool,
    /// Where what never existed lies.
    founded_under_id: Option<Uuid>,
    /// (from, until, superior), oldest first.
    superiors: Vec<(Date, Option<Date>, Uuid)>,
}

/// A type, and whether what is of it is a union.
struct Kind {
    type_code: String,
    grassroots: bool,
}

impl Organisation {
    fn kind_on(&self, day: Date) -> &Kind {
        let begun = self.kinds.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= day));
        begun.map_or(&self.kind, |(_, kind)| kind)
    }

    fn is_union_on(&self, day: Date) -> bool {
        self.kind_on(day).grassroots
    }
}

struct RawFact {
    unit_id: Uuid,
    on_date: Date,
    code: String,
    reason: String,
    counterpart_id: Uuid,
    amount: i64,
}

/// All raw rows, in memory.
pub struct Recount {
    organisations: BTreeMap<Uuid, Organisation>,
    facts: Vec<RawFact>,
    subjects: Vec<(Uuid, Date, String, String, String, i16)>,
}

/// In which line of a head something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// The head itself, and what it inherited as principal successor.
    Itself,
    /// A direct child.
    Child(Uuid),
    /// Ended without an heir.
    Ended,
    /// Founded after the tree's date.
    NotYetFounded,
}

impl Recount {
    /// Reads everything.
    pub async fn read(pool: &PgPool) -> Result<Self, Failure> {
        let mut organisations: BTreeMap<Uuid, Organisation> = sqlx::query!(
            "select organisation_id, type, grassroots, founded_on, ended_on, heir_id, last_superior_id,
                    never_existed, founded_under_id
             from organisation"
        )
        .fetch_all(pool)
        .await?
        .into_iter()
        .map(|row| {
            let organisation = Organisation {
                kind: Kind { type_code: row.r#type, grassroots: row.grassroots },
                kinds: Vec::new(),
                founded_on: row.founded_on,
                ended_on: row.ended_on,
                heir_id: row.heir_id,
                last_superior_id: row.last_superior_id,
                never_existed: row.never_existed,
                founded_under_id: row.founded_under_id,
                superiors: Vec::new(),
            };
            (row.organisation_id, organisation)
        })
        .collect();
        let edges = sqlx::query!(
            r#"select organisation_id, superior_id, lower(valid) as "from_on!", upper(valid) as until_on
               from edge order by lower(valid)"#
        )
        .fetch_all(pool)
        .await?;
        for edge in edges {
            if let Some(organisation) = organisations.get_mut(&edge.organisation_id) {
                organisation.superiors.push((edge.from_on, edge.until_on, edge.superior_id));
            }
        }
        let types = sqlx::query!(
            r#"select organisation_id, lower(valid) as from_on, type, grassroots
               from organisation_type order by lower(valid) nulls first"#
        )
        .fetch_all(pool)
        .await?;
        for row in types {
            if let Some(organisation) = organisations.get_mut(&row.organisation_id) {
                let kind = Kind { type_code: row.r#type, grassroots: row.grassroots };
                organisation.kinds.push((row.from_on, kind));
            }
        }
        let facts = sqlx::query_as!(
            RawFact,
            "select unit_id, on_date, code, reason, counterpart_id, amount from fact"
        )
        .fetch_all(pool)
        .await?;
        let subjects = sqlx::query!(
            "select unit_id, on_date, code, reason, subject, amount from subject_fact"
        )
        .fetch_all(pool)
        .await?
        .into_iter()
        .map(|row| (row.unit_id, row.on_date, row.code, row.reason, row.subject, row.amount))
        .collect();
        Ok(Self { organisations, facts, subjects })
    }

    /// The line of the head in which something of a unit counts that is dated on a day; none
    /// if it does not count under the head.
    pub fn line(&self, head: Uuid, as_of: Option<Date>, unit: Uuid, on: Date) -> Option<Line> {
        match as_of {
            None => self.line_then(head, unit, on),
            Some(day) => self.line_as_of(head, unit, day),
        }
    }

    fn line_then(&self, head: Uuid, unit: Uuid, on: Date) -> Option<Line> {
        if unit == head {
            return Some(Line::Itself);
        }
        let organisation = self.organisations.get(&unit)?;
        if organisation.never_existed {
            let under = self.line_then(head, organisation.founded_under_id?, on)?;
            return Some(if under == Line::Itself { Line::Ended } else { under });
        }
        // Dated before it was founded or after it had ended, it counts where the unit began
        // or was last.
        let mut day = on.max(organisation.founded_on);
        if let Some(ended_on) = organisation.ended_on {
            day = day.min(ended_on.previous_day()?);
        }
        self.climb(head, unit, day)
    }

    /// Up the superiors of one day.
    fn climb(&self, head: Uuid, unit: Uuid, day: Date) -> Option<Line> {
        let mut child = unit;
        loop {
            let superior = self.superior(child, day)?;
            if superior == head {
                return Some(Line::Child(child));
            }
            child = superior;
        }
    }

    fn superior(&self, unit: Uuid, day: Date) -> Option<Uuid> {
        self.organisations.get(&unit)?.superiors.iter().find_map(|(from, until, superior)| {
            (*from <= day && until.is_none_or(|until| day < until)).then_some(*superior)
        })
    }

    fn lives(&self, unit: Uuid, day: Date) -> bool {
        self.organisations.get(&unit).is_some_and(|organisation| {
            !organisation.never_existed
                && organisation.founded_on <= day
                && organisation.ended_on.is_none_or(|ended| day < ended)
        })
    }

    fn line_as_of(&self, head: Uuid, unit: Uuid, day: Date) -> Option<Line> {
        if !self.lives(head, day) {
            return None;
        }
        let (mut at, mut line) = (unit, Line::Itself);
        while !self.lives(at, day) {
            let organisation = self.organisations.get(&at)?;
            let by_superior = if organisation.never_existed {
                Some((organisation.founded_under_id?, Line::Ended))
            } else if organisation.founded_on > day {
                Some((organisation.superiors.first()?.2, Line::NotYetFounded))
            } else if let Some(heir) = organisation.heir_id {
                at = heir;
                None
            } else {
                Some((organisation.last_superior_id?, Line::Ended))
            };
            if let Some((superior, name)) = by_superior {
                at = superior;
                if line == Line::Itself {
                    line = name;
                }
            }
        }
        if at == head { Some(line) } else { self.climb(head, at, day) }
    }

    /// The type that a unit was of on a day.
    fn type_on(&self, unit: Uuid, day: Date) -> String {
        let known = self.organisations.get(&unit);
        known.map_or(String::new(), |organisation| organisation.kind_on(day).type_code.clone())
    }

    /// The sum of a code's facts in a period, by line.
    pub fn flow(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
        code: &str,
        reasons: &[&str],
    ) -> BTreeMap<Line, i64> {
        self.flow_by(head, as_of, period, (code, reasons), |line, _, _| line)
    }

    /// The same, by the type of the unit on the day of the fact.
    pub fn flow_by_type(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
        code: &str,
    ) -> BTreeMap<String, i64> {
        self.flow_by(head, as_of, period, (code, &[]), |_, unit, on| self.type_on(unit, on))
    }

    fn flow_by<K: Ord>(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
        (code, reasons): (&str, &[&str]),
        key: impl Fn(Line, Uuid, Date) -> K,
    ) -> BTreeMap<K, i64> {
        let mut lines = BTreeMap::new();
        for fact in &self.facts {
            let wanted = fact.code == code
                && (reasons.is_empty() || reasons.contains(&fact.reason.as_str()))
                && (period.from..=period.through).contains(&fact.on_date);
            if !wanted {
                continue;
            }
            let Some(line) = self.line(head, as_of, fact.unit_id, fact.on_date) else { continue };
            // A transfer counts for the head only if the other union is elsewhere.
            let transfer = matches!(Code::parse(code), Some(Code::TransferIn | Code::TransferOut));
            if transfer && self.line(head, as_of, fact.counterpart_id, fact.on_date).is_some() {
                continue;
            }
            *lines.entry(key(line, fact.unit_id, fact.on_date)).or_default() += fact.amount;
        }
        lines.retain(|_, amount| *amount != 0);
        lines
    }

    /// Members at the end of a day, by line.
    pub fn members_at(&self, head: Uuid, as_of: Option<Date>, on: Date) -> BTreeMap<Line, i64> {
        self.members_by(head, as_of, on, |line, _| line)
    }

    /// The same, by the types of that day.
    pub fn members_at_by_type(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        on: Date,
    ) -> BTreeMap<String, i64> {
        self.members_by(head, as_of, on, |_, unit| self.type_on(unit, on))
    }

    fn members_by<K: Ord>(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        on: Date,
        key: impl Fn(Line, Uuid) -> K,
    ) -> BTreeMap<K, i64> {
        let mut lines = BTreeMap::new();
        for unit in self.organisations.keys() {
            if let Some(line) = self.line(head, as_of, *unit, on) {
                *lines.entry(key(line, *unit)).or_default() += self.members_of(*unit, on);
            }
        }
        lines.retain(|_, amount| *amount != 0);
        lines
    }

    fn members_of(&self, unit: Uuid, on: Date) -> i64 {
        self.facts
            .iter()
            .filter(|fact| fact.unit_id == unit && fact.on_date <= on)
            .map(|fact| match Code::parse(&fact.code) {
                Some(
                    Code::MembersAdmitted
                    | Code::MembersRecognised
                    | Code::MembersReadmitted
                    | Code::TransferIn,
                ) => fact.amount,
                Some(Code::MembersExited | Code::TransferOut) => -fact.amount,
                _ => 0,
            })
            .sum()
    }

    /// Unions at the end of a day, by line.
    pub fn unions_at(&self, head: Uuid, as_of: Option<Date>, on: Date) -> BTreeMap<Line, i64> {
        self.unions_by(head, as_of, on, |line, _| line)
    }

    /// The same, by the types of that day.
    pub fn unions_at_by_type(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        on: Date,
    ) -> BTreeMap<String, i64> {
        self.unions_by(head, as_of, on, |_, unit| self.type_on(unit, on))
    }

    fn unions_by<K: Ord>(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        on: Date,
        key: impl Fn(Line, Uuid) -> K,
    ) -> BTreeMap<K, i64> {
        let mut lines = BTreeMap::new();
        for (unit, organisation) in &self.organisations {
            if organisation.is_union_on(on)
                && self.lives(*unit, on)
                && let Some(line) = self.line(head, as_of, *unit, on)
            {
                *lines.entry(key(line, *unit)).or_default() += 1;
            }
        }
        lines
    }

    /// Unions, and members with their units, that came and that went without being founded
    /// or ended: ((unions, members) in, (unions, members) out).
    pub fn moves(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
    ) -> ((i64, i64), (i64, i64)) {
        let (mut came, mut went) = ((0, 0), (0, 0));
        if as_of.is_some() {
            return (came, went);
        }
        for (unit, organisation) in &self.organisations {
            let mut day = period.from;
            while day <= period.through {
                // On the day of its founding a unit comes from nowhere, and after its end it
                // stays where it was.
                let moves = organisation.never_existed
                    || organisation.founded_on < day && self.lives(*unit, day);
                let (Some(eve), true) = (day.previous_day(), moves) else {
                    match day.next_day() {
                        Some(next) => day = next,
                        None => break,
                    }
                    continue;
                };
                let before = self.line(head, None, *unit, eve).is_some();
                let after = self.line(head, None, *unit, day).is_some();
                if before != after {
                    let moved = if after { &mut came } else { &mut went };
                    moved.0 +=
                        i64::from(!organisation.never_existed && organisation.is_union_on(eve));
                    moved.1 += self.members_of(*unit, eve);
                }
                match day.next_day() {
                    Some(next) => day = next,
                    None => break,
                }
            }
        }
        (came, went)
    }

    /// Distinct subjects of a code in a period.
    pub fn subjects(
        &self,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
        code: &str,
        reasons: &[&str],
    ) -> usize {
        let mut told: BTreeMap<&str, i16> = BTreeMap::new();
        for (unit, on, of, reason, subject, amount) in &self.subjects {
            let asked = of == code
                && (reasons.is_empty() || reasons.contains(&reason.as_str()))
                && (period.from..=period.through).contains(on);
            if asked && self.line(head, as_of, *unit, *on).is_some() {
                *told.entry(subject).or_default() += amount;
            }
        }
        told.values().filter(|times| **times > 0).count()
    }
}
