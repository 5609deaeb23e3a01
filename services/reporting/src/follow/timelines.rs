//! Whole lives of organisations, in the place of all that was derived from earlier changes
//! of the same attributes: a correction, a back-dated act or an undoing.
//!
//! Rows that stay as they were keep the change that made them, and facts that stay are not
//! written again: only the difference is, so that roll-ups and explanations stay true.

mod attributes;
mod bodies;
mod counted;
mod lives;

use std::collections::BTreeMap;

use anyhow::Context;
use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::edges::Edges;
use feeds::registry::Timeline;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use self::counted::{Counted, Kind};
use crate::follow::under_way;
use crate::ground::fact::{self, Code, Facts};
use crate::ground::ledger::Teller;
use crate::ground::reference::Reference;

/// Replaces what is known of these organisations, and answers the facts that come or, below
/// 0, go with it. Where the units stand, as it was known before, is `edges`.
pub async fn replace(
    connection: &mut PgConnection,
    change: &Change,
    recorded_at: OffsetDateTime,
    timelines: &[Timeline],
    edges: &Edges<Uuid>,
    reference: &Reference,
) -> Result<Facts, Failure> {
    let act = (change.act_id, change.position);
    let otherwise = ended_otherwise(connection, timelines).await?;
    under_way::ended_otherwise(connection, act, &otherwise).await?;
    lives::replace(connection, change, timelines, edges, reference).await?;
    attributes::replace_types(connection, change, timelines, reference).await?;
    attributes::replace_names(connection, timelines).await?;
    attributes::replace_sectors(connection, change, timelines).await?;
    attributes::replace_industries(connection, change, timelines).await?;
    attributes::replace_suspensions(connection, change, timelines).await?;
    bodies::replace(connection, change, timelines).await?;

    let mut kinds = BTreeMap::new();
    let mut counted = Counted::default();
    for timeline in timelines {
        let kind = Kind::of(timeline, reference);
        counted.add_life(timeline, &kind);
        kinds.insert(timeline.organisation_id, (kind, timeline.exists()));
    }
    let units: Vec<Uuid> = kinds.keys().copied().collect();
    let depends: Vec<&str> =
        Code::LIFE.into_iter().chain([Code::Congress]).map(Code::as_str).collect();
    let earlier = sqlx::query!(
        r#"select unit_id, on_date, code, reason, sum(amount)::bigint as "amount!"
           from fact
           where unit_id = any ($1) and code = any ($2)
           group by unit_id, on_date, code, reason"#,
        &units,
        &depends as &[&str],
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in earlier {
        let code = Code::parse(&row.code).context("no such code")?;
        let (unit, on) = (row.unit_id, row.on_date);
        let (kind, exists) = &kinds[&unit];
        if code == Code::Congress && *exists {
            // Held on the same day as before, by what the unit is known to have been then.
            let level = fact::level(kind.is_union_on(on));
            counted.add(unit, on, code, level, row.amount);
        }
        counted.add(unit, on, code, &row.reason, -row.amount);
    }
    let teller = Teller { change_id: change.change_id, recorded_at };
    reassign_elections(connection, teller, &units).await?;
    Ok(counted.facts())
}

/// Elections between congresses are counted by what held them, as congresses are; by nothing
/// where that never existed. What is counted otherwise is taken back and told anew.
async fn reassign_elections(
    connection: &mut PgConnection,
    teller: Teller,
    units: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "with election as (
             select f.unit_id, f.on_date, f.reason, f.subject, sum(f.amount) as times,
                    case when o.never_existed then ''
                         when coalesce(t.grassroots, o.grassroots) then 'GRASSROOTS'
                         else 'SUPERIOR' end as level
             from subject_fact f
             join organisation o on o.organisation_id = f.unit_id
             left join organisation_type t
                    on t.organisation_id = f.unit_id and t.valid @> f.on_date
             where f.unit_id = any ($1) and f.code = $2
             group by f.unit_id, f.on_date, f.reason, f.subject, level
             having sum(f.amount) > 0
         )
         insert into subject_fact (unit_id, on_date, code, reason, subject, amount, change_id, recorded_at)
         select election.unit_id, election.on_date, $2, told.reason, election.subject, told.amount, $3, $4
         from election
         cross join lateral generate_series(1, election.times)
         cross join lateral (values (election.reason, -1), (election.level, 1)) as told (reason, amount)
         where election.reason <> election.level",
        units,
        Code::ByElected.as_str(),
        teller.change_id,
        teller.recorded_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those whose end, as it was known, is known otherwise: membership takes back what it moved
/// because of it.
async fn ended_otherwise(
    connection: &mut PgConnection,
    timelines: &[Timeline],
) -> Result<Vec<Uuid>, Failure> {
    let units: Vec<Uuid> = timelines.iter().map(|timeline| timeline.organisation_id).collect();
    let endings = || timelines.iter().map(|timeline| timeline.ending.as_ref());
    let ended: Vec<Option<Date>> =
        endings().map(|ending| ending.map(|ending| ending.ended_on)).collect();
    let members_to: Vec<Option<Uuid>> =
        endings().map(|ending| ending.and_then(|ending| ending.members_to())).collect();
    let otherwise = sqlx::query_scalar!(
        r#"select known.organisation_id as "organisation_id!"
           from unnest($1::uuid[], $2::date[], $3::uuid[])
                as now (organisation_id, ended_on, members_to_id)
           join organisation known on known.organisation_id = now.organisation_id
           where known.ended_on is not null
             and (now.ended_on is distinct from known.ended_on
                  or known.members_to_id is not null
                     and now.members_to_id is distinct from known.members_to_id)"#,
        &units,
        &ended as &[Option<Date>],
        &members_to as &[Option<Uuid>],
    )
    .fetch_all(connection)
    .await?;
    Ok(otherwise)
}
