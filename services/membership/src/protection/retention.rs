//! What has been kept of people for as long as the rules say is erased.

use std::time::Duration;

use chassis::database::today;
use sqlx::PgPool;
use time::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ground::reference::retention;
use crate::protection::walk;

/// How long it is from one look to the next.
const LOOK: Duration = Duration::from_secs(3_600);

/// How long it is from one step to the next: calls come first.
const PAUSE: Duration = Duration::from_millis(20);

/// `membership.v1.ErasureCause`.
const RETENTION: i16 = 2;

/// What a step has erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// People, with all that says who they are.
    pub people: u64,
    /// How people are reached.
    pub contacts: u64,
}

/// Goes through everybody once a day, until `stopping`.
pub async fn run(pool: PgPool, stopping: CancellationToken) -> anyhow::Result<()> {
    loop {
        let mut all = Erased::default();
        loop {
            let step = tokio::select! {
                step = step(&pool, today()) => step,
                () = stopping.cancelled() => return Ok(()),
            };
            match step {
                Ok(Some(erased)) => {
                    all.people += erased.people;
                    all.contacts += erased.contacts;
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "erasing what was kept for long enough failed");
                    break;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stopping.cancelled() => return Ok(()),
            }
        }
        if all != Erased::default() {
            let Erased { people, contacts } = all;
            tracing::info!(people, contacts, "what was kept for long enough is erased");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

/// Looks at some hundreds of people, by the rules of a day; none where everybody has been looked at.
pub async fn step(pool: &PgPool, on: Date) -> Result<Option<Erased>, sqlx::Error> {
    let Some(mut step) = walk::begin(pool, "retention").await? else { return Ok(None) };
    // Nobody joins, or is written of, while it is looked whether she is to go.
    sqlx::query!("select from lock_people($1)", &step.person_ids)
        .execute(&mut *step.transaction)
        .await?;
    let mut erased = Erased::default();
    if let Some(rule) = retention("APPLICANT", on) {
        let (months, days) = rule.lasts();
        let due = sqlx::query_scalar!(
            r#"select person.person_id as "person_id!"
               from person
               where person_id = any ($1) and name_key <> ''
                 and not exists (select from membership
                                 where membership.person_id = person.person_id)
                 -- Who was merged is kept as long as the one who survives.
                 and not exists (select from person_merge
                                 where person_merge.person_id = person.person_id
                                    or person_merge.root_id = person.person_id)
                 and (greatest((person.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date,
                               (select max(coalesce(closed_on, lapses_on)) from application
                                where application.person_id = person.person_id))
                      + make_interval(months => $2, days => $3))::date <= $4
               order by person_id"#,
            &step.person_ids,
            months,
            days,
            on,
        )
        .fetch_all(&mut *step.transaction)
        .await?;
        erased.people += erase(&mut step, &due, &rule.rule).await?;
    }
    if let Some(rule) = retention("FORMER_MEMBER", on) {
        let (months, days) = rule.lasts();
        let due = former(&mut step, months, days, on).await?;
        erased.people += erase(&mut step, &due, &rule.rule).await?;
    }
    if let Some(rule) = retention("FORMER_CONTACT", on) {
        let (months, days) = rule.lasts();
        let due = former(&mut step, months, days, on).await?;
        let due = with_merged(&mut step, &due).await?;
        let reached = sqlx::query_scalar!(
            r#"select person_id as "person_id!" from person_contact where person_id = any ($1)
               union select person_id from person_email where person_id = any ($1)
               union select person_id from person_contact_past where person_id = any ($1)
               union select person_id from person_email_past where person_id = any ($1)"#,
            &due,
        )
        .fetch_all(&mut *step.transaction)
        .await?;
        if !reached.is_empty() {
            sqlx::query!("select from erase_contact($1)", &reached)
                .execute(&mut *step.transaction)
                .await?;
            erased.contacts += u64::try_from(reached.len()).unwrap_or_default();
        }
    }
    let done = erased.people + erased.contacts;
    let goes_on = step.end(i64::try_from(done).unwrap_or(i64::MAX)).await?;
    Ok(goes_on.then_some(erased))
}

/// Of these people those who have been members, are none and no honorary ones, and have not been for so
/// long.
async fn former(
    step: &mut walk::Step,
    months: i32,
    days: i32,
    on: Date,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select person.person_id as "person_id!"
           from person
           where person_id = any ($1) and name_key <> ''
             and ((select max(coalesce(until_on, 'infinity')) from membership
                   where membership.person_id = person.person_id)
                  + make_interval(months => $2, days => $3))::date <= $4
             and not exists (select from standing
                             where standing.person_id = person.person_id and kind = 4
                               and coalesce(ended_on, left_on, 'infinity') > $4)
           order by person_id"#,
        &step.person_ids,
        months,
        days,
        on,
    )
    .fetch_all(&mut *step.transaction)
    .await
}

async fn erase(step: &mut walk::Step, due: &[Uuid], rule: &str) -> Result<u64, sqlx::Error> {
    if due.is_empty() {
        return Ok(0);
    }
    let all = with_merged(step, due).await?;
    sqlx::query!(
        "insert into person_erasure (person_id, cause, reason)
         select person_id, $2, $3 from unnest($1::uuid[]) as due (person_id)
         on conflict on constraint person_erasure_key do nothing",
        &all,
        RETENTION,
        rule,
    )
    .execute(&mut *step.transaction)
    .await?;
    sqlx::query!("select from erase_persons($1)", &all).execute(&mut *step.transaction).await?;
    Ok(u64::try_from(due.len()).unwrap_or_default())
}

/// These people with those who were merged into them, who are locked, too.
async fn with_merged(step: &mut walk::Step, due: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    let mut all = due.to_vec();
    let merged =
        sqlx::query_scalar!("select person_id from person_merge where root_id = any ($1)", due)
            .fetch_all(&mut *step.transaction)
            .await?;
    if !merged.is_empty() {
        sqlx::query!("select from lock_people($1)", &merged)
            .execute(&mut *step.transaction)
            .await?;
        all.extend(merged);
    }
    Ok(all)
}
