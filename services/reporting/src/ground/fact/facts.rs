//! What facts are: things that are summed, and subjects that are counted once.

use std::collections::BTreeMap;

use feeds::membership::Line;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::code::Code;

/// An additive fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The unit that it is about.
    pub unit_id: Uuid,
    /// Its civil date.
    pub on_date: Date,
    /// What it is.
    pub code: Code,
    /// The reason, kind or grade; else empty.
    pub reason: String,
    /// ISO 5218; 0 where it does not apply.
    pub sex: i16,
    /// The other union of a transfer; else nil.
    pub counterpart_id: Uuid,
    /// Not 0.
    pub amount: i64,
}

/// A fact of a distinct source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubjectFact {
    /// The unit that it is about.
    pub unit_id: Uuid,
    /// Its civil date.
    pub on_date: Date,
    /// What it is.
    pub code: Code,
    /// The topic or the stage; else empty.
    pub reason: String,
    /// An id or a pseudonym.
    pub subject: String,
    /// 1, or -1 where a later change takes back an earlier one.
    pub amount: i16,
}

/// All that one change means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// To be summed.
    pub additive: Vec<Fact>,
    /// To be counted distinct.
    pub distinct: Vec<SubjectFact>,
}

impl Facts {
    /// Adds a fact about a number of things of one kind.
    pub fn add(&mut self, unit_id: Uuid, on_date: Date, code: Code, reason: &str, amount: i64) {
        if amount != 0 {
            self.additive.push(Fact {
                unit_id,
                on_date,
                code,
                reason: reason.to_string(),
                sex: 0,
                counterpart_id: Uuid::nil(),
                amount,
            });
        }
    }

    /// Adds facts about people, by sex.
    pub(super) fn people(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: Code,
        reason: &str,
        counterpart_id: Uuid,
        lines: &[Line],
    ) {
        let mut by_sex: BTreeMap<i16, i64> = BTreeMap::new();
        for line in lines {
            *by_sex.entry(line.sex).or_default() += 1;
        }
        self.additive.extend(by_sex.into_iter().map(|(sex, amount)| Fact {
            unit_id,
            on_date,
            code,
            reason: reason.to_string(),
            sex,
            counterpart_id,
            amount,
        }));
    }

    /// Adds a fact about a subject.
    pub fn subject(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: Code,
        reason: &str,
        subject: &str,
    ) {
        self.distinct.push(SubjectFact {
            unit_id,
            on_date,
            code,
            reason: reason.to_string(),
            subject: subject.to_string(),
            amount: 1,
        });
    }

    /// What is told never happened: the same, less.
    pub fn taken_back(mut self) -> Self {
        self.additive.iter_mut().for_each(|fact| fact.amount = -fact.amount);
        self.distinct.iter_mut().for_each(|fact| fact.amount = -fact.amount);
        self
    }
}
