//! Who is a member where: admissions, transfers and exits, and such as are taken back, as many at once as
//! are about different people.

use chassis::refusal::Failure;
use feeds::membership::{Decision, Event, Line, Movement};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::follow::told::Told;
use crate::follow::turns::Key;

/// Whom lines are about. A stay is told under the name that somebody has then, who may be another
/// since it began.
pub(super) fn keys(lines: &[Line]) -> Vec<Key> {
    let of = |line: &Line| [Key::Person(line.person_id), Key::Membership(line.membership_id)];
    lines.iter().flat_map(of).collect()
}

/// Of whom a movement tells.
pub(super) fn lines(movement: &Movement) -> &[Line] {
    match movement {
        Movement::Admission(it) => &it.lines,
        Movement::Transfer(it) => &it.lines,
        Movement::Exit(it) => &it.lines,
    }
}

/// Writes what changes about different people say of who is a member where.
pub(super) async fn copy(connection: &mut PgConnection, turn: &[&Told<'_>]) -> Result<(), Failure> {
    let (mut begun, mut left, mut ended) = (Stays::default(), Stays::default(), Stays::default());
    let (mut never_began, mut never_left, mut never_ended) =
        (Stays::default(), Stays::default(), Stays::default());
    for told in turn {
        let on = told.change.effective_on;
        match told.event {
            Event::Admitted(it) => begun.push(it.organisation_id, on, &it.lines),
            Event::Transferred(it) => {
                left.push(it.from_organisation_id, on, &it.lines);
                begun.push(it.to_organisation_id, on, &it.lines);
            }
            Event::Exited(it) => ended.push(it.organisation_id, on, &it.lines),
            // For the people named it never happened.
            Event::TakenBack(taken) => match &taken.movement {
                Movement::Admission(it) => never_began.push(it.organisation_id, on, &it.lines),
                Movement::Transfer(it) => {
                    never_began.push(it.to_organisation_id, on, &it.lines);
                    never_left.push(it.from_organisation_id, on, &it.lines);
                }
                Movement::Exit(it) => never_ended.push(it.organisation_id, on, &it.lines),
            },
            Event::DecisionWrittenDown(_)
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
    forget(connection, &never_began).await?;
    stay(connection, &never_left).await?;
    go_on(connection, &never_ended).await?;
    leave(connection, &left).await?;
    end(connection, &ended).await?;
    begin(connection, &begun).await
}

/// The document that a change writes down, if it does.
fn written_down(event: &Event) -> Option<&Decision> {
    match event {
        Event::DecisionWrittenDown(decision) => Some(decision),
        Event::Admitted(_)
        | Event::Transferred(_)
        | Event::Exited(_)
        | Event::TakenBack(_)
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
        | Event::PersonUnmerged(_) => None,
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
pub(super) async fn write_down(
    connection: &mut PgConnection,
    events: &[Event],
) -> Result<(), Failure> {
    let written: Vec<&Decision> = events.iter().filter_map(written_down).collect();
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

/// Stays that never began.
async fn forget(connection: &mut PgConnection, never_began: &Stays) -> Result<(), Failure> {
    if never_began.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "delete from membership where membership_id = any($1::uuid[])",
        &never_began.memberships,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The memberships that transfers ended go on: of each person the one that she left that day.
async fn stay(connection: &mut PgConnection, never_left: &Stays) -> Result<(), Failure> {
    if never_left.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update membership held
         set valid = daterange(coalesce(held.begun_on, lower(held.valid), last.left_on_day), null),
             left_on = null
         from (select distinct on (line.person_id) known.membership_id, line.left_on_day
               from unnest($1::uuid[], $2::uuid[], $3::date[])
                    as line (person_id, organisation_id, left_on_day)
               join membership known on known.person_id = line.person_id
                                    and known.organisation_id = line.organisation_id
               where (coalesce(known.left_on, upper(known.valid)) = line.left_on_day
                      -- Of before the days were kept: held on no day, nobody knows when.
                      or isempty(known.valid) and known.left_on is null)
               order by line.person_id, isempty(known.valid), known.begun_on desc) last
         where held.membership_id = last.membership_id",
        &never_left.people,
        &never_left.unions,
        &never_left.days,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Memberships that never ended.
async fn go_on(connection: &mut PgConnection, never_ended: &Stays) -> Result<(), Failure> {
    if never_ended.people.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update membership
         set valid = daterange(coalesce(begun_on, lower(valid), left_on_day), null), left_on = null
         from unnest($1::uuid[], $2::date[]) as line (membership_id, left_on_day)
         where membership.membership_id = line.membership_id",
        &never_ended.memberships,
        &never_ended.days,
    )
    .execute(connection)
    .await?;
    Ok(())
}
