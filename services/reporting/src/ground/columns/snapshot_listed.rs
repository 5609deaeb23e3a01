//! What a reading counts of what is told one by one.

use std::sync::Arc;

use chassis::refusal::Failure;
use time::Date;

use crate::ground::columns::cut::Cut;
use crate::ground::columns::day;
use crate::ground::columns::employers;
use crate::ground::columns::officers;
use crate::ground::columns::ratings::{self, Eligibility, Rated};
use crate::ground::columns::reach;
use crate::ground::columns::snapshot::{Members, Snapshot, counted, days};
use crate::ground::columns::state::State;
use crate::ground::columns::subjects::{self, Once, Where};
use crate::ground::fact::Code;
use crate::ground::figure::count::{Count, Counts};
use crate::ground::period::Period;

/// Unions that were reached, people in them who were, and people in unions, reached or not.
pub struct Reach {
    /// Unions.
    pub unions: Counts,
    /// People who were reached.
    pub people: Counts,
    /// People who could have been.
    pub at_work: Counts,
}

impl Snapshot {
    /// Distinct subjects of a code, with one of these reasons; with any, if there are none.
    pub async fn subjects(
        &self,
        (cut, counts): (&Arc<Cut>, Where),
        code: Code,
        period: Period,
        reasons: &[String],
    ) -> Result<Counts, Failure> {
        let cut = cut.clone();
        let reasons = (!reasons.is_empty()).then(|| self.words(reasons));
        self.count(move |snapshot| {
            let subjects = &snapshot.state().listed.subjects;
            let reasons = reasons.as_deref();
            let asked = (&*cut, counts);
            once(
                &cut,
                &subjects::count(subjects, asked, code, days(period), reasons, snapshot.known()),
            )
        })
        .await
    }

    /// Distinct people in office at any time of a period; of them, if it is asked, those who were
    /// trained within it.
    pub async fn officers(
        &self,
        (cut, counts): (&Arc<Cut>, Where),
        period: Period,
        trained: bool,
    ) -> Result<Counts, Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let listed = &snapshot.state().listed;
            let people = snapshot.names().subjects.len();
            let days = days(period);
            let only = trained
                .then(|| subjects::trained(&listed.subjects, people, days, snapshot.known()));
            let (offices, merges, asked) = (&listed.offices, &listed.merges, (&*cut, counts));
            once(
                &cut,
                &officers::count(offices, merges, asked, days, only.as_deref(), snapshot.known()),
            )
        })
        .await
    }

    /// Employers of at least so many workers without a living union at the end of a day.
    pub async fn employers_without_union(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        workforce: i32,
    ) -> Result<Counts, Failure> {
        let (cut, on) = (cut.clone(), day::number(on));
        self.count(move |snapshot| {
            let State { listed, tree, .. } = snapshot.state();
            let names = snapshot.names();
            let (surveys, lists) = (&listed.surveys, &names.lists);
            let asked = (on, workforce);
            let found =
                employers::without_union(surveys, lists, tree, &cut, asked, snapshot.known());
            Ok(counted(&cut, found)?)
        })
        .await?
    }

    /// Dissemination within a period, over the unions that exist at its end, given the members of every
    /// unit then.
    pub async fn reach(
        &self,
        cut: &Arc<Cut>,
        period: Period,
        without_suspended: bool,
        members: &Members,
    ) -> Result<Reach, Failure> {
        let (cut, on, members) = (cut.clone(), day::number(period.through), members.clone());
        self.count(move |snapshot| {
            let State { listed, tree, .. } = snapshot.state();
            let largest =
                reach::largest(&listed.reached, tree.len(), days(period), snapshot.known());
            let names = snapshot.names();
            let (surveys, lists) = (&listed.surveys, &names.lists);
            let workforce = employers::at_work(surveys, lists, tree.len(), on, snapshot.known());
            let asked = (on, without_suspended);
            let found = reach::count(tree, &cut, asked, &largest, members.of_units(), &workforce);
            Ok(Reach {
                unions: counted(&cut, found.unions)?,
                people: counted(&cut, found.people)?,
                at_work: counted(&cut, found.at_work)?,
            })
        })
        .await?
    }

    /// Ratings with one of these grades, any if there are none, of unions that were eligible on the day
    /// on which they count.
    pub async fn ratings(
        &self,
        cut: &Arc<Cut>,
        period: Period,
        grades: &[String],
    ) -> Result<Counts, Failure> {
        let cut = cut.clone();
        let grades = (!grades.is_empty()).then(|| self.words(grades));
        self.count(move |snapshot| {
            let (facts, mut eligibility) = (&snapshot.state().facts, snapshot.eligibility());
            let grades = grades.as_deref();
            let sums = ratings::ratings(facts, &cut, &mut eligibility, days(period), grades);
            Ok(counted(&cut, sums)?)
        })
        .await?
    }

    /// Of the unions of each head that are to be rated for the years that end on some days, those that
    /// were, with one of these grades; with any, if there are none.
    pub async fn rated(
        &self,
        cut: &Arc<Cut>,
        year_ends: &[Date],
        grades: &[String],
    ) -> Result<Vec<Rated>, Failure> {
        let cut = cut.clone();
        let year_ends: Vec<i32> = year_ends.iter().copied().map(day::number).collect();
        let grades = (!grades.is_empty()).then(|| self.words(grades));
        self.count(move |snapshot| {
            let State { facts, tree, .. } = snapshot.state();
            let (mut eligibility, grades) = (snapshot.eligibility(), grades.as_deref());
            ratings::rated(facts, tree, &cut, &mut eligibility, &year_ends, grades)
        })
        .await
    }

    fn eligibility(&self) -> Eligibility<'_> {
        let State { listed, tree, .. } = self.state();
        Eligibility::of(tree, &listed.rules, &listed.shares, &listed.undone, self.known())
    }
}

/// What each head has, and in which lines; no line is 0.
fn once(cut: &Cut, once: &Once) -> Counts {
    let of_head = |total: &i64| Count { total: *total, ..Count::default() };
    let mut counts: Counts = once.totals.iter().map(of_head).collect();
    for (line, amount) in cut.lines().iter().zip(&once.lines) {
        if *amount != 0 {
            counts[line.head as usize].lines.insert(line.name.clone(), *amount);
        }
    }
    counts
}
