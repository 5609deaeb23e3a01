//! Membership's feed: every change is facts; movements also say who is a member where.

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::membership::{self, Event, Finished, Line, Movement};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::follow::{Because, events, merged, remember, remember_all, under_way};
use crate::ground::fact::{self, Facts};
use crate::ground::ledger;

/// Follows membership, behind registry.
pub struct Membership;

impl Follow for Membership {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let events = act.iter().map(membership::read).collect::<Result<Vec<_>, _>>()?;
        let mut at = 0;
        while let (Some(change), Some(event)) = (act.get(at), events.get(at)) {
            // An import admits people to many unions by one act: all of them at once.
            let run = events[at..].iter().take_while(|event| matches!(event, Event::Admitted(_)));
            let run = at..at + run.count();
            if !run.is_empty() {
                at = run.end;
                admit(following.db(), &act[run.clone()], &events[run], &events).await?;
                continue;
            }
            // A plan ends half a country, and of each of its unions it is told when it is done.
            let run = finished_in_a_row(&act[at..], &events[at..]);
            if !run.is_empty() {
                at += run.len();
                finish(following.db(), &run).await?;
                continue;
            }
            at += 1;
            let facts = fact::of_membership(event, change.effective_on);
            let because = because(event, &events);
            let origin = remember(following.db(), Self::SOURCE, change, &because).await?;
            ledger::write(following.db(), change.change_id, &facts).await?;
            copy(following.db(), change.effective_on, event).await?;
            if let Some(origin) = origin {
                under_way::moved(following.db(), origin, &facts).await?;
            }
        }
        if let Some(last) = act.last() {
            under_way::told(following.db(), last.registry_position).await?;
        }
        Ok(())
    }
}

/// The words with which these changes begin that what acts of registry meant is done.
fn finished_in_a_row<'a>(
    changes: &'a [Change],
    events: &'a [Event],
) -> Vec<(&'a Change, &'a Finished)> {
    let finished = changes.iter().zip(events).map_while(|(change, event)| match event {
        Event::ConsequenceFinished(finished) => Some((change, finished)),
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

/// Admissions that follow one another in an act.
async fn admit(
    connection: &mut PgConnection,
    changes: &[Change],
    events: &[Event],
    act: &[Event],
) -> Result<(), Failure> {
    let admitted = || changes.iter().zip(events);
    let seen: Vec<(&Change, Because)> =
        admitted().map(|(change, event)| (change, because(event, act))).collect();
    remember_all(connection, Membership::SOURCE, &seen).await?;
    let facts: Vec<(Uuid, Facts)> = admitted()
        .map(|(change, event)| (change.change_id, fact::of_membership(event, change.effective_on)))
        .collect();
    let all: Vec<(Uuid, &Facts)> = facts.iter().map(|(id, facts)| (*id, facts)).collect();
    ledger::write_all(connection, &all).await?;
    begin_all(connection, admitted()).await?;
    for ((_, because), (_, facts)) in seen.iter().zip(&facts) {
        if let Some(origin) = because.act_id {
            under_way::moved(connection, origin, facts).await?;
        }
    }
    Ok(())
}

/// Those who are admitted are members.
async fn begin_all<'a>(
    connection: &mut PgConnection,
    admitted: impl Iterator<Item = (&'a Change, &'a Event)>,
) -> Result<(), Failure> {
    let (mut memberships, mut people) = (Vec::new(), Vec::new());
    let (mut unions, mut days) = (Vec::new(), Vec::new());
    for (change, event) in admitted {
        if let Event::Admitted(admission) = event {
            for line in &admission.lines {
                memberships.push(line.membership_id);
                people.push(line.person_id);
                unions.push(admission.organisation_id);
                days.push(change.effective_on);
            }
        }
    }
    sqlx::query!(
        "insert into membership (membership_id, person_id, organisation_id, valid, begun_on)
         select membership_id, person_id, organisation_id, daterange(begun_on, null), begun_on
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[])
              as line (membership_id, person_id, organisation_id, begun_on)",
        &memberships,
        &people,
        &unions,
        &days,
    )
    .execute(connection)
    .await?;
    Ok(())
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

/// Keeps who is a member where, and on what it rests.
async fn copy(connection: &mut PgConnection, on: Date, event: &Event) -> Result<(), Failure> {
    match event {
        Event::Admitted(admission) => {
            begin(connection, on, admission.organisation_id, &admission.lines).await
        }
        Event::Transferred(moved) => {
            leave(connection, on, moved.from_organisation_id, &moved.lines).await?;
            begin(connection, on, moved.to_organisation_id, &moved.lines).await
        }
        Event::Exited(exit) => end(connection, on, &exit.lines).await,
        // For the people named it never happened.
        Event::TakenBack(taken) => match &taken.movement {
            Movement::Admission(admission) => never_began(connection, &admission.lines).await,
            Movement::Transfer(moved) => {
                never_began(connection, &moved.lines).await?;
                never_left(connection, on, moved.from_organisation_id, &moved.lines).await
            }
            Movement::Exit(exit) => never_ended(connection, on, &exit.lines).await,
        },
        Event::DecisionWrittenDown(decision) => {
            events::write_down_decision(connection, decision).await
        }
        Event::ConsequencesLeft { from_position, .. } => {
            under_way::left(connection, *from_position).await
        }
        Event::PersonMerged(merge) => merged::one(connection, merge).await,
        Event::PersonUnmerged(merge) => merged::two(connection, merge).await,
        // Nothing that makes or unmakes a member.
        Event::Happened(_)
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

async fn begin(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: Uuid,
    lines: &[Line],
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into membership (membership_id, person_id, organisation_id, valid, begun_on)
         select membership_id, person_id, $3, daterange($4, null), $4
         from unnest($1::uuid[], $2::uuid[]) as line (membership_id, person_id)",
        &memberships(lines),
        &people(lines),
        organisation_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A transfer names the memberships that it began: those that it ended are told by the people
/// and the union that they left.
async fn leave(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: Uuid,
    lines: &[Line],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, $3), left_on = $3,
             begun_on = coalesce(begun_on, lower(valid))
         where person_id = any($1::uuid[]) and organisation_id = $2 and upper_inf(valid)",
        &people(lines),
        organisation_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn end(connection: &mut PgConnection, on: Date, lines: &[Line]) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, $2), left_on = $2,
             begun_on = coalesce(begun_on, lower(valid))
         where membership_id = any($1::uuid[])",
        &memberships(lines),
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn never_began(connection: &mut PgConnection, lines: &[Line]) -> Result<(), Failure> {
    sqlx::query!(
        "delete from membership where membership_id = any($1::uuid[])",
        &memberships(lines),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The memberships that a transfer ended go on: of each person the one that she left that day.
async fn never_left(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: Uuid,
    lines: &[Line],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership held
         set valid = daterange(coalesce(held.begun_on, lower(held.valid), $3), null), left_on = null
         from (select distinct on (known.person_id) known.membership_id
               from membership known
               where known.person_id = any($1::uuid[]) and known.organisation_id = $2
                 and (coalesce(known.left_on, upper(known.valid)) = $3
                      -- Of before the days were kept: held on no day, nobody knows when.
                      or isempty(known.valid) and known.left_on is null)
               order by known.person_id, isempty(known.valid), known.begun_on desc) last
         where held.membership_id = last.membership_id",
        &people(lines),
        organisation_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn never_ended(
    connection: &mut PgConnection,
    on: Date,
    lines: &[Line],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = daterange(coalesce(begun_on, lower(valid), $2), null), left_on = null
         where membership_id = any($1::uuid[])",
        &memberships(lines),
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn memberships(lines: &[Line]) -> Vec<Uuid> {
    lines.iter().map(|line| line.membership_id).collect()
}

fn people(lines: &[Line]) -> Vec<Uuid> {
    lines.iter().map(|line| line.person_id).collect()
}
