//! Membership's feed: every change is facts; movements also say who is a member where.

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::membership::{self, Event, Finished};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::follow::movements::Told;
use crate::follow::{Because, merged, movements, remember, remember_all, told_at, under_way};
use crate::ground::fact::{self, Facts};
use crate::ground::ledger::{self, Teller};

/// Follows membership, behind registry.
pub struct Membership;

impl Follow for Membership {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");
    const TOGETHER: bool = true;

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        self.apply_together(following, &[act]).await
    }

    /// Thousands admit, transfer and leave at the same time, each by an act of its own: what follows
    /// one another in the feed is written by a few statements, as far as it is about different people.
    async fn apply_together(
        &self,
        following: &mut Following,
        acts: &[&[Change]],
    ) -> Result<(), Failure> {
        let mut read = Vec::with_capacity(acts.len());
        for act in acts {
            read.push(act.iter().map(membership::read).collect::<Result<Vec<_>, _>>()?);
        }
        let told: Vec<Told<'_>> = acts
            .iter()
            .zip(&read)
            .flat_map(|(act, events)| {
                act.iter().zip(events).map(|(change, event)| Told { change, event, act: events })
            })
            .collect();
        let mut rest = &told[..];
        while let Some(first) = rest.first() {
            let run = movements::in_a_row(rest);
            if run > 0 {
                move_all(following.db(), &rest[..run]).await?;
                rest = &rest[run..];
                continue;
            }
            // A plan ends half a country, and of each of its unions it is told when it is done.
            let run = finished_in_a_row(rest);
            if !run.is_empty() {
                finish(following.db(), &run).await?;
                rest = &rest[run.len()..];
                continue;
            }
            take_in(following.db(), first).await?;
            rest = &rest[1..];
        }
        let decided_on =
            acts.iter().filter_map(|act| act.last()).map(|last| last.registry_position);
        if let Some(position) = decided_on.max() {
            under_way::told(following.db(), position).await?;
        }
        Ok(())
    }
}

/// What membership tells is known since its act was recorded.
fn teller(change: &Change) -> Teller {
    Teller { change_id: change.change_id, recorded_at: change.acted_at }
}

/// A change by itself.
async fn take_in(connection: &mut PgConnection, told: &Told<'_>) -> Result<(), Failure> {
    let Told { change, event, act } = told;
    let facts = fact::of_membership(event, change.effective_on);
    let because = because(event, act);
    let origin = remember(connection, Membership::SOURCE, change, &because).await?;
    ledger::write(connection, teller(change), &facts).await?;
    copy(connection, change, event).await?;
    if let Some(origin) = origin {
        under_way::moved(connection, origin, &facts).await?;
    }
    Ok(())
}

/// Changes that take nothing back, about different people: all of them at once.
async fn move_all(connection: &mut PgConnection, run: &[Told<'_>]) -> Result<(), Failure> {
    let seen: Vec<(&Change, Because)> =
        run.iter().map(|told| (told.change, because(told.event, told.act))).collect();
    remember_all(connection, Membership::SOURCE, &seen).await?;
    let facts: Vec<(Teller, Facts)> = run
        .iter()
        .map(|Told { change, event, .. }| {
            (teller(change), fact::of_membership(event, change.effective_on))
        })
        .collect();
    let all: Vec<(Teller, &Facts)> = facts.iter().map(|(by, facts)| (*by, facts)).collect();
    ledger::write_all(connection, &all).await?;
    movements::copy(connection, run).await?;
    for ((_, because), (_, facts)) in seen.iter().zip(&facts) {
        if let Some(origin) = because.act_id {
            under_way::moved(connection, origin, facts).await?;
        }
    }
    Ok(())
}

/// The words with which these changes begin that what acts of registry meant is done.
fn finished_in_a_row<'a>(told: &[Told<'a>]) -> Vec<(&'a Change, &'a Finished)> {
    let finished = told.iter().map_while(|told| match told.event {
        Event::ConsequenceFinished(finished) => Some((told.change, finished)),
        Event::ConsequencesWaiting { .. }
        | Event::ConsequencesLeft { .. }
        | Event::Admitted(_)
        | Event::Transferred(_)
        | Event::Exited(_)
        | Event::Happened(_)
        | Event::HappeningTakenBack(_)
        | Event::DecisionWrittenDown(_)
        | Event::StandingRecorded(_)
        | Event::StandingTakenBack(_)
        | Event::DisciplineRecorded(_)
        | Event::DisciplineTakenBack(_)
        | Event::CardsIssued(_)
        | Event::CardEnded(_)
        | Event::CardTakenBack(_)
        | Event::PersonMerged(_)
        | Event::PersonUnmerged(_)
        | Event::TakenBack(_) => None,
    });
    finished.collect()
}

/// What acts of registry meant for the members of these unions is done: nothing more comes of it.
async fn finish(
    connection: &mut PgConnection,
    finished: &[(&Change, &Finished)],
) -> Result<(), Failure> {
    let seen: Vec<(&Change, Because)> = finished
        .iter()
        .map(|(change, finished)| {
            let act_id = Some(finished.registry_act_id);
            (*change, Because { act_id, ..Because::default() })
        })
        .collect();
    remember_all(connection, Membership::SOURCE, &seen).await?;
    let (acts, units): (Vec<Uuid>, Vec<Uuid>) = finished
        .iter()
        .map(|(_, finished)| (finished.registry_act_id, finished.organisation_id))
        .unzip();
    under_way::finished(connection, &acts, &units).await
}

/// What a change of an act leads to, given all changes of the act.
fn because(event: &Event, act: &[Event]) -> Because {
    let of = |act_id, movement_id| Because { act_id, movement_id, takes_back: false };
    match event {
        // Whoever is admitted with her union's founding: the word that this is done stands in
        // the same act.
        Event::Admitted(admission) => {
            let finished = act.iter().find_map(|other| match other {
                Event::ConsequenceFinished(finished)
                    if finished.organisation_id == admission.organisation_id =>
                {
                    Some(finished.registry_act_id)
                }
                Event::ConsequenceFinished(_)
                | Event::ConsequencesWaiting { .. }
                | Event::ConsequencesLeft { .. }
                | Event::Admitted(_)
                | Event::Transferred(_)
                | Event::Exited(_)
                | Event::Happened(_)
                | Event::HappeningTakenBack(_)
                | Event::DecisionWrittenDown(_)
                | Event::StandingRecorded(_)
                | Event::StandingTakenBack(_)
                | Event::DisciplineRecorded(_)
                | Event::DisciplineTakenBack(_)
                | Event::CardsIssued(_)
                | Event::CardEnded(_)
                | Event::CardTakenBack(_)
                | Event::PersonMerged(_)
                | Event::PersonUnmerged(_)
                | Event::TakenBack(_) => None,
            });
            of(finished, admission.admission_id)
        }
        Event::Transferred(transfer) => of(transfer.registry_act_id, transfer.transfer_id),
        Event::Exited(exit) => of(exit.registry_act_id, exit.exit_id),
        Event::ConsequenceFinished(finished) => of(Some(finished.registry_act_id), None),
        Event::ConsequencesWaiting { registry_act_id, .. } => of(Some(*registry_act_id), None),
        Event::TakenBack(taken) => {
            Because { takes_back: true, ..of(taken.registry_act_id, taken.movement.movement_id()) }
        }
        Event::Happened(_)
        | Event::HappeningTakenBack(_)
        | Event::StandingRecorded(_)
        | Event::StandingTakenBack(_)
        | Event::DisciplineRecorded(_)
        | Event::DisciplineTakenBack(_)
        | Event::ConsequencesLeft { .. }
        | Event::CardsIssued(_)
        | Event::CardEnded(_)
        | Event::CardTakenBack(_)
        | Event::PersonMerged(_)
        | Event::PersonUnmerged(_)
        | Event::DecisionWrittenDown(_) => Because::default(),
    }
}

/// Keeps who is a member where, and on what it rests, of a change that stands alone.
async fn copy(
    connection: &mut PgConnection,
    change: &Change,
    event: &Event,
) -> Result<(), Failure> {
    match event {
        // For the people named it never happened.
        Event::TakenBack(taken) => {
            movements::take_back(connection, change.effective_on, &taken.movement).await
        }
        Event::ConsequencesLeft { from_position, .. } => {
            under_way::left(connection, *from_position).await
        }
        Event::PersonMerged(merge) => {
            told_at(connection, change).await?;
            merged::one(connection, merge).await
        }
        Event::PersonUnmerged(merge) => {
            told_at(connection, change).await?;
            merged::two(connection, merge).await
        }
        // Nothing that makes or unmakes a member, or movements, which never come here.
        Event::Admitted(_)
        | Event::Transferred(_)
        | Event::Exited(_)
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
        | Event::ConsequencesWaiting { .. } => Ok(()),
    }
}
