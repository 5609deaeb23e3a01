//! Membership's feed: every change is facts; movements also say who is a member where.
//!
//! Thousands admit, transfer and leave at the same time, each by an act of its own, and a feed that is
//! read from its beginning brings years of it at once: what has arrived is written by a few statements.
//! What changes only add, they add all together. What they change they change in turns: a turn has
//! of everybody, and of every union of which something is under way, one change at most.

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::membership::{self, Event, Finished};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::follow::seen::{Because, remember, told_at};
use crate::follow::told::{Told, finished, told};
use crate::follow::turns::{Key, turns};
use crate::follow::{merged, movements, under_way};
use crate::ground::fact::Facts;
use crate::ground::ledger::{self, Months, Teller};

/// Follows membership, behind registry.
pub struct Membership {
    months: Months,
}

impl Membership {
    /// With what becomes of the roll-up by month.
    pub fn new(months: Months) -> Self {
        Self { months }
    }
}

impl Follow for Membership {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");
    const TOGETHER: bool = true;

    async fn apply(&self, following: &mut Following, changes: &[Change]) -> Result<(), Failure> {
        let events = changes.iter().map(membership::read).collect::<Result<Vec<_>, _>>()?;
        let mut told = told(changes, &events);
        remember_all(following.db(), &mut told).await?;
        let facts: Vec<(Teller, &Facts)> =
            told.iter().map(|told| (teller(told.change), &told.facts)).collect();
        ledger::write_all(following.db(), &facts, self.months).await?;
        movements::write_down(following.db(), &events).await?;
        for turn in turns(&told, keys) {
            take(following.db(), &turn).await?;
        }
        // Acts come in the order of what they were decided on but for such as two replicas do.
        if let Some(position) = changes.iter().map(|change| change.registry_position).max() {
            under_way::told(following.db(), position).await?;
        }
        Ok(())
    }
}

/// What membership tells is known since its act was recorded.
fn teller(change: &Change) -> Teller {
    Teller { change_id: change.change_id, recorded_at: change.acted_at }
}

/// Remembers what a figure may later have to point at, and learns which act of registry each followed
/// from: of what takes a movement back, when all movements are remembered.
async fn remember_all(connection: &mut PgConnection, told: &mut [Told<'_>]) -> Result<(), Failure> {
    for takes_back in [false, true] {
        let such = told.iter().filter(|told| told.because.takes_back == takes_back);
        let seen: Vec<(&Change, Because)> = such.map(|told| (told.change, told.because)).collect();
        let origins = remember(&mut *connection, Membership::SOURCE, &seen).await?;
        for told in told.iter_mut() {
            if let Some(origin) = origins.get(&told.change.change_id) {
                told.origin = *origin;
            }
        }
    }
    Ok(())
}

/// Whom and what a change is about, of what is changed rather than added.
fn keys(told: &Told<'_>) -> Vec<Key> {
    let mut keys = match told.event {
        Event::Admitted(it) => movements::keys(&it.lines),
        Event::Transferred(it) => movements::keys(&it.lines),
        Event::Exited(it) => movements::keys(&it.lines),
        Event::TakenBack(taken) => movements::keys(movements::lines(&taken.movement)),
        Event::ConsequenceFinished(finished) => vec![Key::Unit(finished.organisation_id)],
        Event::ConsequencesLeft { .. } => vec![Key::Left],
        // Whoever had been merged into her goes along.
        Event::PersonMerged(_) | Event::PersonUnmerged(_) => vec![Key::Merges],
        Event::DecisionWrittenDown(_)
        | Event::Happened(_)
        | Event::HappeningTakenBack(_)
        | Event::StandingRecorded(_)
        | Event::StandingTakenBack(_)
        | Event::DisciplineRecorded(_)
        | Event::DisciplineTakenBack(_)
        | Event::CardsIssued(_)
        | Event::CardEnded(_)
        | Event::CardTakenBack(_)
        | Event::ConsequencesWaiting { .. } => Vec::new(),
    };
    if told.origin.is_some() {
        keys.extend(told.facts.additive.iter().map(|fact| Key::Unit(fact.unit_id)));
    }
    keys
}

/// What the changes of a turn change, of different people and unions.
async fn take(connection: &mut PgConnection, turn: &[&Told<'_>]) -> Result<(), Failure> {
    movements::copy(&mut *connection, turn).await?;
    let moved: Vec<(Uuid, &Facts)> =
        turn.iter().filter_map(|told| Some((told.origin?, &told.facts))).collect();
    under_way::moved(&mut *connection, &moved).await?;
    let finished: Vec<&Finished> = turn.iter().filter_map(|told| finished(told.event)).collect();
    under_way::finished(&mut *connection, &finished).await?;
    for told in turn {
        match told.event {
            Event::ConsequencesLeft { from_position, .. } => {
                under_way::left(&mut *connection, *from_position).await?;
            }
            Event::PersonMerged(merge) => {
                told_at(&mut *connection, Some(told.change.acted_at)).await?;
                merged::one(&mut *connection, merge).await?;
            }
            Event::PersonUnmerged(merge) => {
                told_at(&mut *connection, Some(told.change.acted_at)).await?;
                merged::two(&mut *connection, merge).await?;
            }
            // Nothing but facts; or movements, and what is finished, which is written for all.
            Event::Admitted(_)
            | Event::Transferred(_)
            | Event::Exited(_)
            | Event::TakenBack(_)
            | Event::DecisionWrittenDown(_)
            | Event::Happened(_)
            | Event::HappeningTakenBack(_)
            | Event::StandingRecorded(_)
            | Event::StandingTakenBack(_)
            | Event::DisciplineRecorded(_)
            | Event::DisciplineTakenBack(_)
            | Event::CardsIssued(_)
            | Event::CardEnded(_)
            | Event::CardTakenBack(_)
            | Event::ConsequenceFinished(_)
            | Event::ConsequencesWaiting { .. } => {}
        }
    }
    Ok(())
}
