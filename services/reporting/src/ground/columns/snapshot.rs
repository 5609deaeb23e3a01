//! The columns as one reading sees them, and what it counts of them.
//!
//! Whatever is counted runs through facts and units of the whole country, beside the threads that
//! others' calls are waiting for.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use anyhow::Context;
use chassis::refusal::Failure;
use time::Date;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::ground::columns::cut::Cut;
use crate::ground::columns::day;
use crate::ground::columns::names::Names;
use crate::ground::columns::state::State;
use crate::ground::columns::sums::{self, Days, Lines};
use crate::ground::fact::Code;
use crate::ground::figure::count::Count;
use crate::ground::figure::scope::Scope;
use crate::ground::period::Period;
use crate::ground::reference::Reference;

/// The columns as the snapshot of one reading has them.
#[derive(Clone)]
pub struct Snapshot {
    names: Arc<RwLock<Names>>,
    state: Arc<State>,
}

/// Units, and members with them, that came under the head and that left it.
#[derive(Default)]
pub struct Moved {
    /// Unions that came.
    pub unions_in: Count,
    /// Unions that left.
    pub unions_out: Count,
    /// Members who came with their units.
    pub members_in: Count,
    /// Members who left with their units.
    pub members_out: Count,
}

/// Members of every unit before a day.
#[derive(Clone)]
pub struct Members(Arc<Vec<i64>>);

/// Units whose members membership has to place.
pub struct ToSettle {
    /// Those that have ended and count under the head.
    pub ended: Vec<Uuid>,
    /// Those in which members are left.
    pub with_members: Vec<Uuid>,
}

impl Snapshot {
    pub(super) fn of(names: Arc<RwLock<Names>>, state: Arc<State>) -> Self {
        Self { names, state }
    }

    fn names(&self) -> RwLockReadGuard<'_, Names> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of words; a word that nobody ever used has none.
    fn words(&self, words: &[String]) -> Vec<u32> {
        let names = self.names();
        words.iter().filter_map(|word| names.words.of(word.as_str())).collect()
    }

    async fn count<T: Send + 'static>(
        &self,
        count: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let snapshot = self.clone();
        Ok(spawn_blocking(move || count(&snapshot)).await.context("count")?)
    }

    /// The units of a scope, each in its lines.
    pub async fn cut(
        &self,
        reference: &'static Reference,
        scope: &Scope,
    ) -> Result<Arc<Cut>, Failure> {
        let scope = scope.clone();
        self.count(move |snapshot| {
            Arc::new(Cut::of(&snapshot.state.tree, &snapshot.names(), reference, &scope))
        })
        .await
    }

    /// What counts under each of many heads, which may lie below each other: a line for each, on
    /// the tree and of the group of the scope.
    pub async fn cut_of_heads(
        &self,
        reference: &'static Reference,
        heads: &[Uuid],
        scope: &Scope,
    ) -> Result<Arc<Cut>, Failure> {
        let (heads, scope) = (heads.to_vec(), scope.clone());
        self.count(move |snapshot| {
            let (tree, names) = (&snapshot.state.tree, snapshot.names());
            Arc::new(Cut::of_heads(tree, &names, reference, &heads, &scope))
        })
        .await
    }

    /// Facts of a code, with one of these reasons; with any, if there are none.
    pub async fn flow(
        &self,
        cut: &Arc<Cut>,
        code: Code,
        period: Period,
        reasons: &[String],
    ) -> Result<Count, Failure> {
        let cut = cut.clone();
        let reasons = (!reasons.is_empty()).then(|| self.words(reasons));
        self.count(move |snapshot| {
            let reasons = reasons.as_deref();
            counted(&cut, sums::flow(&snapshot.state.facts, &cut, code, days(period), reasons))
        })
        .await
    }

    /// Facts of a code by reason.
    pub async fn by_reason(
        &self,
        cut: &Arc<Cut>,
        code: Code,
        period: Period,
    ) -> Result<BTreeMap<String, i64>, Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let sums = sums::by_reason(&snapshot.state.facts, &cut, code, days(period));
            let names = snapshot.names();
            let name = |word: u32| names.words.name(word).cloned().unwrap_or_default();
            let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
            sums.map(|(word, amount)| (name(word), amount)).collect()
        })
        .await
    }

    /// Transfers that stay under the head: by the lines that they leave, and by those that they
    /// enter.
    pub async fn transfers_inside(
        &self,
        cut: &Arc<Cut>,
        period: Period,
    ) -> Result<(Count, Count), Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let (left, entered) = sums::transfers_inside(&snapshot.state.facts, &cut, days(period));
            (counted(&cut, left), counted(&cut, entered))
        })
        .await
    }

    /// The members of every unit at the end of a day.
    pub async fn members(&self, on: Date) -> Result<Members, Failure> {
        let before = day::number(on) + 1;
        self.count(move |snapshot| {
            let units = snapshot.state.tree.len();
            Members(Arc::new(sums::members(&snapshot.state.facts, units, before)))
        })
        .await
    }

    /// The members of a scope at the end of a day, of those of every unit.
    pub async fn members_at(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        members: &Members,
    ) -> Result<Count, Failure> {
        let (cut, members) = (cut.clone(), members.clone());
        self.count(move |_| counted(&cut, sums::stock(&cut, day::number(on), &members.0))).await
    }

    /// People who stand in one of these ways at the end of a day.
    pub async fn standing_at(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        kinds: &[String],
    ) -> Result<Count, Failure> {
        let (cut, on, kinds) = (cut.clone(), day::number(on), self.words(kinds));
        self.count(move |snapshot| {
            let State { facts, tree, .. } = &*snapshot.state;
            let people = sums::standing(facts, tree.len(), on, &kinds);
            counted(&cut, sums::stock(&cut, on, &people))
        })
        .await
    }

    /// Grassroots unions that exist at the end of a day.
    pub async fn unions_at(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        without_suspended: bool,
    ) -> Result<Count, Failure> {
        let (cut, on) = (cut.clone(), day::number(on));
        self.count(move |snapshot| {
            counted(&cut, sums::unions(&snapshot.state.tree, &cut, on, without_suspended))
        })
        .await
    }

    /// What came under the head and left it without being founded or ended.
    pub async fn moves(&self, cut: &Arc<Cut>, period: Period) -> Result<Moved, Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let State { facts, tree, .. } = &*snapshot.state;
            let moves = sums::moves(facts, tree, &cut, days(period));
            Moved {
                unions_in: counted(&cut, moves.unions_in),
                unions_out: counted(&cut, moves.unions_out),
                members_in: counted(&cut, moves.members_in),
                members_out: counted(&cut, moves.members_out),
            }
        })
        .await
    }

    /// How the members of what has ended by a day stand, given those of every unit.
    pub async fn to_settle(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        members: &Members,
    ) -> Result<ToSettle, Failure> {
        let (cut, members) = (cut.clone(), members.clone());
        self.count(move |snapshot| {
            let found = sums::to_settle(&snapshot.state.tree, &cut, day::number(on), &members.0);
            let names = snapshot.names();
            let name = |unit: u32| names.units.name(unit).copied().unwrap_or_default();
            ToSettle {
                ended: found.ended.into_iter().map(name).collect(),
                with_members: found.with_members.into_iter().map(name).collect(),
            }
        })
        .await
    }

    /// Which units count in some line on some day, if they are no more than so many.
    pub fn few_units(&self, cut: &Cut, most: usize) -> Option<Vec<Uuid>> {
        let few: Vec<u32> = cut.units().take(most + 1).collect();
        let names = self.names();
        let name = |unit: &u32| names.units.name(*unit).copied();
        (few.len() <= most).then(|| few.iter().filter_map(name).collect())
    }

    /// Whether a unit counts on a day.
    pub fn counts_on(&self, cut: &Cut, unit: Uuid, on: Date) -> bool {
        let number = self.names().units.of(&unit);
        number.is_some_and(|unit| cut.counts_on(unit, day::number(on)))
    }
}

fn days(period: Period) -> Days {
    Days { from: day::number(period.from), until: day::number(period.until()) }
}

/// Lines by what they are called; none is 0.
fn counted(cut: &Cut, lines: Lines) -> Count {
    let lines = cut.lines().iter().zip(lines).filter(|(_, amount)| *amount != 0);
    Count::sum(lines.map(|(line, amount)| (line.clone(), amount)))
}
