//! The columns as one reading sees them, and what it counts of them.
//!
//! Whatever is counted runs through facts and units of the whole country, beside the threads that
//! others' calls are waiting for.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use anyhow::Context;
use chassis::refusal::Failure;
use time::{Date, OffsetDateTime};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::ground::columns::below::{self, Below};
use crate::ground::columns::cut::Cut;
use crate::ground::columns::cuts::Cuts;
use crate::ground::columns::cutting::{self, Asked};
use crate::ground::columns::day;
use crate::ground::columns::instant::{self, NOW};
use crate::ground::columns::names::Names;
use crate::ground::columns::state::State;
use crate::ground::columns::sums::{self, Days, ToSettle};
use crate::ground::fact::Code;
use crate::ground::figure::breakdown::By;
use crate::ground::figure::count::{Count, Counts};
use crate::ground::figure::scope::Scope;
use crate::ground::period::Period;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;

/// The columns as the snapshot of one reading has them.
#[derive(Clone)]
pub struct Snapshot {
    names: Arc<RwLock<Names>>,
    cuts: Cuts,
    state: Arc<State>,
    /// What it counts was known at this instant; at that of the reading where there is none.
    known_at: Option<OffsetDateTime>,
}

/// Units, and members with them, that came under the head and that left it.
#[derive(Default)]
pub struct Moved {
    /// Unions that came.
    pub unions_in: Counts,
    /// Unions that left.
    pub unions_out: Counts,
    /// Members who came with their units.
    pub members_in: Counts,
    /// Members who left with their units.
    pub members_out: Counts,
}

/// Units, and the days on which they count: `[from, until)`, none where it is open. What is one unit's may
/// be several.
#[derive(Default)]
pub struct Pieces {
    /// The units.
    pub units: Vec<Uuid>,
    /// The first days.
    pub from: Vec<Option<Date>>,
    /// The first days on which they no longer count.
    pub until: Vec<Option<Date>>,
}

/// Members of every unit before a day.
#[derive(Clone)]
pub struct Members(Arc<Vec<i64>>);

impl Members {
    /// By the number of the unit.
    pub(super) fn of_units(&self) -> &[i64] {
        &self.0
    }
}

impl Snapshot {
    pub(super) fn of(names: Arc<RwLock<Names>>, cuts: Cuts, state: Arc<State>) -> Self {
        Self { names, cuts, state, known_at: None }
    }

    /// The columns and the tree as they were known at an instant, where one is asked for.
    pub async fn known_at(self, known_at: Option<OffsetDateTime>) -> Result<Self, Failure> {
        let Some(at) = known_at else { return Ok(self) };
        let known = instant::number(at);
        let state = self.count(move |snapshot| Arc::new(snapshot.state.known_at(known))).await?;
        Ok(Self { state, known_at, ..self })
    }

    /// The instant at which what it counts was known, as columns keep instants; [`NOW`] where nobody
    /// asked for an earlier one.
    pub fn known(&self) -> i64 {
        self.known_at.map_or(NOW, instant::number)
    }

    /// The instant that was asked for.
    pub fn asked_at(&self) -> Option<OffsetDateTime> {
        self.known_at
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn names(&self) -> RwLockReadGuard<'_, Names> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of words; a word that nobody ever used has none.
    pub(super) fn words(&self, words: &[String]) -> Vec<u32> {
        let names = self.names();
        words.iter().filter_map(|word| names.words.of(word.as_str())).collect()
    }

    pub(super) async fn count<T: Send + 'static>(
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
        self.cut_of_heads(reference, &[scope.head], scope, By::Nothing).await
    }

    /// What counts under each of some heads, which may lie below each other, each in its lines, which
    /// may be crossed with others; on the tree and of the group of the scope.
    pub async fn cut_of_heads(
        &self,
        reference: &'static Reference,
        heads: &[Uuid],
        scope: &Scope,
        across: By,
    ) -> Result<Arc<Cut>, Failure> {
        let (heads, scope) = (heads.to_vec(), scope.clone());
        self.count(move |snapshot| {
            let tree = &snapshot.state.tree;
            snapshot.cuts.cut(tree, &heads, &scope, across, || {
                let asked = Asked { heads: &heads, scope: &scope, across };
                cutting::cut(tree, &snapshot.names(), reference, &asked)
            })
        })
        .await
    }

    /// Organisations below one, on the tree of a day, or, as then, on some day of the periods.
    pub async fn below(
        &self,
        asked: &Below,
        as_of: Option<Date>,
        periods: &[Period],
    ) -> Result<Vec<Uuid>, Failure> {
        let (asked, as_of) = (asked.clone(), as_of.map(day::number));
        let of = |period: &Period| (day::number(period.from), day::number(period.until()));
        let days: Vec<below::Days> = periods.iter().map(of).collect();
        self.count(move |snapshot| {
            let names = snapshot.names();
            let found = below::below(&snapshot.state.tree, &names, &asked, as_of, &days);
            found.into_iter().filter_map(|unit| names.units.name(unit).copied()).collect()
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
    ) -> Result<Counts, Failure> {
        let cut = cut.clone();
        let reasons = (!reasons.is_empty()).then(|| self.words(reasons));
        self.count(move |snapshot| {
            let reasons = reasons.as_deref();
            let sums = sums::flow(&snapshot.state.facts, &cut, code, days(period), reasons);
            Ok(counted(&cut, sums)?)
        })
        .await?
    }

    /// Transfers that stay under the head: by the lines that they leave, and by those that they
    /// enter.
    pub async fn transfers_inside(
        &self,
        cut: &Arc<Cut>,
        period: Period,
    ) -> Result<(Counts, Counts), Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let (left, entered) = sums::transfers_inside(&snapshot.state.facts, &cut, days(period));
            Ok((counted(&cut, left)?, counted(&cut, entered)?))
        })
        .await?
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
    ) -> Result<Counts, Failure> {
        let (cut, members) = (cut.clone(), members.clone());
        self.count(move |_| Ok(counted(&cut, sums::stock(&cut, day::number(on), &members.0))?))
            .await?
    }

    /// People who stand in one of these ways at the end of a day.
    pub async fn standing_at(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        kinds: &[String],
    ) -> Result<Counts, Failure> {
        let (cut, on, kinds) = (cut.clone(), day::number(on), self.words(kinds));
        self.count(move |snapshot| {
            let State { facts, tree, .. } = &*snapshot.state;
            let people = sums::standing(facts, tree.len(), on, &kinds);
            Ok(counted(&cut, sums::stock(&cut, on, &people))?)
        })
        .await?
    }

    /// Grassroots unions that exist at the end of a day.
    pub async fn unions_at(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        without_suspended: bool,
    ) -> Result<Counts, Failure> {
        let (cut, on) = (cut.clone(), day::number(on));
        self.count(move |snapshot| {
            let unions = sums::unions(&snapshot.state.tree, &cut, on, without_suspended);
            Ok(counted(&cut, unions)?)
        })
        .await?
    }

    /// What came under the head and left it without being founded or ended.
    pub async fn moves(&self, cut: &Arc<Cut>, period: Period) -> Result<Moved, Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let State { facts, tree, .. } = &*snapshot.state;
            let moves = sums::moves(facts, tree, &cut, days(period));
            Ok(Moved {
                unions_in: counted(&cut, moves.unions_in)?,
                unions_out: counted(&cut, moves.unions_out)?,
                members_in: counted(&cut, moves.members_in)?,
                members_out: counted(&cut, moves.members_out)?,
            })
        })
        .await?
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
            sums::to_settle(&snapshot.state.tree, &cut, day::number(on), &members.0)
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

    /// The days on which some units count, whatever the lines.
    pub fn pieces(&self, cut: &Cut, units: &[Uuid]) -> Pieces {
        let names = self.names();
        let mut pieces = Pieces::default();
        for unit in units {
            let number = names.units.of(unit);
            for piece in number.into_iter().flat_map(|number| cut.pieces(number)) {
                pieces.units.push(*unit);
                pieces.from.push(day::read(piece.from));
                pieces.until.push(day::read(piece.until));
            }
        }
        pieces
    }

    /// How many facts of some codes each of some units has before a day, in their order.
    pub async fn facts_by_unit(
        &self,
        units: &Arc<[Uuid]>,
        codes: Vec<Code>,
        before: Date,
    ) -> Result<Vec<u64>, Failure> {
        let (units, before) = (units.clone(), day::number(before));
        self.count(move |snapshot| {
            let State { facts, tree, .. } = &*snapshot.state;
            let counted = sums::facts_by_unit(facts, tree.len(), &codes, before);
            let names = snapshot.names();
            let of_unit = |unit: &Uuid| counted.get(names.units.of(unit)? as usize).copied();
            units.iter().map(|unit| of_unit(unit).unwrap_or_default()).collect()
        })
        .await
    }

    /// Whether a unit counts on a day.
    pub fn counts_on(&self, cut: &Cut, unit: Uuid, on: Date) -> bool {
        !self.heads_on(cut, unit, on).is_empty()
    }

    /// The numbers of the heads under which a unit counts on a day, each beside its own number.
    pub fn heads_on(&self, cut: &Cut, unit: Uuid, on: Date) -> Vec<(u32, u32)> {
        let number = self.names().units.of(&unit);
        let heads = number.into_iter().flat_map(|unit| {
            let heads = cut.heads_on(unit, day::number(on)).into_iter();
            heads.map(move |head| (head, unit))
        });
        heads.collect()
    }
}

pub(super) fn days(period: Period) -> Days {
    Days { from: day::number(period.from), until: day::number(period.until()) }
}

/// What each head has, by what its lines are called; none is 0.
pub(super) fn counted<N: Copy + Into<i128>>(cut: &Cut, lines: Vec<N>) -> Result<Counts, Refused> {
    let mut counts = vec![Count::default(); cut.heads()];
    for (line, amount) in cut.lines().iter().zip(lines) {
        let amount = i64::try_from(amount.into()).map_err(|_| Refused::FigureTooLarge)?;
        if amount != 0 {
            counts[line.head as usize].add(&line.name, amount)?;
        }
    }
    Ok(counts)
}
