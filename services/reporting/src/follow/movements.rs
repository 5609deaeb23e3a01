//! Who is a member where: admissions, transfers and exits, as many at once as are about different
//! people, and what they rest on.

use std::collections::HashSet;

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::membership::{Decision, Event, Line, Movement};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// A change, and the act that it is a part of.
pub(super) struct Told<'a> {
    /// As it came.
    pub change: &'a Change,
    /// What it says.
    pub event: &'a Event,
    /// All that the act says.
    pub act: &'a [Event],
}

/// How many of these changes can be written at once: movements of different people, and the
/// documents that they rest on. Two movements of one person are written one after the other.
pub(super) fn in_a_row(told: &[Told<'_>]) -> usize {
    let mut moved = HashSet::new();
    told.iter()
        .take_while(|told| {
            let lines = match told.event {
                Event::Admitted(admission) => &admission.lines[..],
                Event::Transferred(transfer) => &transfer.lines[..],
                Event::Exited(exit) => &exit.lines[..],
                Event::DecisionWrittenDown(_) => &[],
                Event::TakenBack(_)
                | Event::ConsequenceFinished(_)
                | Event::ConsequencesWaiting { .. }
                | Event::ConsequencesLeft { .. }
                | Event::Happened(_)
                | Event::HappeningTakenBack(_)
                | Event::StandingRecorded(_)
                | Event::StandingTakenBack(_)
                | Event::DisciplineRecorded(_)
                | Event::DisciplineTakenBack(_)
                | Event::CardsIssued(_)
                | Event::CardEnded(_)
                | Event::CardTakenBack(_)
                | Event::PersonMerged(_)
                | Event::PersonUnmerged(_) => return false,
            };
            let apart = lines.iter().all(|line| !moved.contains(&line.person_id));
            moved.extend(lines.iter().map(|line| line.person_id));
            apart
        })
        .count()
}

/// Writes what such changes say of who is a member where.
pub(super) async fn copy(connection: &mut PgConnection, run: &[Told<'_>]) -> Result<(), Failure> {
    let (mut begun, mut left, mut ended) = (Stays::default(), Stays::default(), Stays::default());
    let mut decisions = Vec::new();
    for Told { change, event, .. } in run {
        let on = change.effective_on;
        match event {
            Event::Admitted(it) => begun.push(it.organisation_id, on, &it.lines),
            Event::Transferred(it) => {
                left.push(it.from_organisation_id, on, &it.lines);
                begun.push(it.to_organisation_id, on, &it.lines);
            }
            Event::Exited(it) => ended.push(it.organisation_id, on, &it.lines),
            Event::DecisionWrittenDown(decision) => decisions.push(decision),
            Event::TakenBack(_)
            | Event::ConsequenceFinished(_)
            | Event::ConsequencesWaiting { .. }
            | Event::ConsequencesLeft { .. }
            | Event::Happened(_)
            | Event::HappeningTakenBack(_)
            | Event::StandingRecorded(_)
            | Event::StandingTakenBack(_)
            | Event::DisciplineRecorded(_)
            | Event::DisciplineTakenBack(_)
            | Event::CardsIssued(_)
            | Event::CardEnded(_)
            | Event::CardTakenBack(_)
            | Event::PersonMerged(_)
            | Event::PersonUnmerged(_) => {}
        }
    }
    leave(connection, &left).await?;
    end(connection, &ended).await?;
    begin(connection, &begun).await?;
    write_down(connection, &decisions).await
}

/// A movement never happened for the people that it names.
pub(super) async fn take_back(
    connection: &mut PgConnection,
    on: Date,
    movement: &Movement,
) -> Result<(), Failure> {
    match movement {
        Movement::Admission(admission) => never_began(connection, &admission.lines).await,
        Movement::Transfer(moved) => {
            never_began(connection, &moved.lines).await?;
            never_left(connection, on, moved.from_organisation_id, &moved.lines).await
        }
        Movement::Exit(exit) => never_ended(connection, on, &exit.lines).await,
    }
}

/// Stays in unions, column by column.
#[derive(Default)]
struct Stays {
    memberships: Vec<Uuid>,
    people: Vec<Uuid>,
    unions: Vec<Uuid>,
    days: Vec<Date>,
}

impl Stays {
    fn push(&mut self, union: Uuid, on: Date, lines: &[Line]) {
        for line in lines {
            self.memberships.push(line.membership_id);
            self.people.push(line.person_id);
            self.unions.push(union);
            self.days.push(on);
        }
    }
}

async fn begin(connection: &mut PgConnection, begun: &Stays) -> Result<(), Failure> {
    if begun.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into membership (membership_id, person_id, organisation_id, valid, begun_on)
         select membership_id, person_id, organisation_id, daterange(begun_on, null), begun_on
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[])
              as line (membership_id, person_id, organisation_id, begun_on)",
        &begun.memberships,
        &begun.people,
        &begun.unions,
        &begun.days,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A transfer names the memberships that it began: those that it ended are told by the people
/// and the union that they left.
async fn leave(connection: &mut PgConnection, left: &Stays) -> Result<(), Failure> {
    if left.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, left_on_day), left_on = left_on_day,
             begun_on = coalesce(begun_on, lower(valid))
         from unnest($1::uuid[], $2::uuid[], $3::date[])
              as line (person_id, organisation_id, left_on_day)
         where membership.person_id = line.person_id
           and membership.organisation_id = line.organisation_id and upper_inf(valid)",
        &left.people,
        &left.unions,
        &left.days,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn end(connection: &mut PgConnection, ended: &Stays) -> Result<(), Failure> {
    if ended.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, left_on_day), left_on = left_on_day,
             begun_on = coalesce(begun_on, lower(valid))
         from unnest($1::uuid[], $2::date[]) as line (membership_id, left_on_day)
         where membership.membership_id = line.membership_id",
        &ended.memberships,
        &ended.days,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Documents that movements of members rest on.
async fn write_down(connection: &mut PgConnection, written: &[&Decision]) -> Result<(), Failure> {
    if written.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = written.iter().map(|it| it.decision_id).collect();
    let issuers: Vec<Option<Uuid>> = written.iter().map(|it| it.issuer_id).collect();
    let kinds: Vec<&str> = written.iter().map(|it| it.kind.as_str()).collect();
    let numbers: Vec<&str> = written.iter().map(|it| it.number.as_str()).collect();
    let days: Vec<Option<Date>> = written.iter().map(|it| it.issued_on).collect();
    sqlx::query!(
        "insert into decision (decision_id, issuer_id, kind, number, issued_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[])
         on conflict (decision_id) do nothing",
        &ids,
        &issuers as &[Option<Uuid>],
        &kinds as &[&str],
        &numbers as &[&str],
        &days as &[Option<Date>],
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
