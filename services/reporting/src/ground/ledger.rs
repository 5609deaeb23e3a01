//! Writes facts, and keeps their roll-up by month in the same transaction.

use std::collections::BTreeMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::fact::{Code, Fact, Facts, SubjectFact};

/// What tells of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Teller {
    /// The change, or, for reporting's own acts, the act.
    pub change_id: Uuid,
    /// From when on what it tells is known.
    pub recorded_at: OffsetDateTime,
}

impl Teller {
    /// One of reporting's own acts.
    pub fn of(acting: &Acting) -> Self {
        Self { change_id: acting.act_id, recorded_at: acting.acted_at }
    }
}

/// Writes what a change means.
pub async fn write(
    connection: &mut PgConnection,
    teller: Teller,
    facts: &Facts,
) -> Result<(), Failure> {
    write_all(connection, &[(teller, facts)]).await
}

/// As [`write()`], for many changes at once.
pub async fn write_all(
    connection: &mut PgConnection,
    changes: &[(Teller, &Facts)],
) -> Result<(), Failure> {
    let additive: Vec<(Teller, &Fact)> = changes
        .iter()
        .flat_map(|(teller, facts)| facts.additive.iter().map(|fact| (*teller, fact)))
        .collect();
    if !additive.is_empty() {
        write_additive(connection, &additive).await?;
        roll_up(connection, additive.iter().map(|(_, fact)| *fact)).await?;
    }
    let distinct: Vec<(Teller, &SubjectFact)> = changes
        .iter()
        .flat_map(|(teller, facts)| facts.distinct.iter().map(|fact| (*teller, fact)))
        .collect();
    if !distinct.is_empty() {
        write_distinct(connection, &distinct).await?;
    }
    Ok(())
}

async fn write_additive(
    connection: &mut PgConnection,
    facts: &[(Teller, &Fact)],
) -> Result<(), Failure> {
    let units: Vec<Uuid> = facts.iter().map(|(_, fact)| fact.unit_id).collect();
    let dates: Vec<Date> = facts.iter().map(|(_, fact)| fact.on_date).collect();
    let codes: Vec<&str> = facts.iter().map(|(_, fact)| fact.code.as_str()).collect();
    let reasons: Vec<&str> = facts.iter().map(|(_, fact)| fact.reason.as_str()).collect();
    let sexes: Vec<i16> = facts.iter().map(|(_, fact)| fact.sex).collect();
    let counterparts: Vec<Uuid> = facts.iter().map(|(_, fact)| fact.counterpart_id).collect();
    let amounts: Vec<i64> = facts.iter().map(|(_, fact)| fact.amount).collect();
    let change_ids: Vec<Uuid> = facts.iter().map(|(teller, _)| teller.change_id).collect();
    let recorded: Vec<OffsetDateTime> =
        facts.iter().map(|(teller, _)| teller.recorded_at).collect();
    sqlx::query!(
        "insert into fact (unit_id, on_date, code, reason, sex, counterpart_id, amount, change_id,
                           recorded_at)
         select * from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::smallint[],
                              $6::uuid[], $7::bigint[], $8::uuid[], $9::timestamptz[])",
        &units,
        &dates,
        &codes as &[&str],
        &reasons as &[&str],
        &sexes,
        &counterparts,
        &amounts,
        &change_ids,
        &recorded,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The key of a row of the roll-up, in the order of its primary key.
type Month<'a> = (Uuid, Code, Date, &'a str, i16, Uuid);

async fn roll_up<'a>(
    connection: &mut PgConnection,
    facts: impl Iterator<Item = &'a Fact>,
) -> Result<(), Failure> {
    // Summed first, so that no row is touched twice, and in the order of the key, so that
    // two followers and an act that touch the same rows queue instead of deadlocking.
    let mut months: BTreeMap<Month<'_>, i64> = BTreeMap::new();
    for fact in facts {
        let month = fact.on_date.replace_day(1).unwrap_or(fact.on_date);
        let key =
            (fact.unit_id, fact.code, month, fact.reason.as_str(), fact.sex, fact.counterpart_id);
        *months.entry(key).or_default() += fact.amount;
    }
    let units: Vec<Uuid> = months.keys().map(|key| key.0).collect();
    let codes: Vec<&str> = months.keys().map(|key| key.1.as_str()).collect();
    let dates: Vec<Date> = months.keys().map(|key| key.2).collect();
    let reasons: Vec<&str> = months.keys().map(|key| key.3).collect();
    let sexes: Vec<i16> = months.keys().map(|key| key.4).collect();
    let counterparts: Vec<Uuid> = months.keys().map(|key| key.5).collect();
    let amounts: Vec<i64> = months.values().copied().collect();
    sqlx::query!(
        "insert into unit_month as held (unit_id, code, month, reason, sex, counterpart_id, amount)
         select unit_id, code, month, reason, sex, counterpart_id, amount
         from unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::smallint[], $6::uuid[],
                     $7::bigint[])
              with ordinality as line (unit_id, code, month, reason, sex, counterpart_id, amount, line)
         order by line
         on conflict (unit_id, code, month, reason, sex, counterpart_id)
         do update set amount = held.amount + excluded.amount",
        &units,
        &codes as &[&str],
        &dates,
        &reasons as &[&str],
        &sexes,
        &counterparts,
        &amounts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_distinct(
    connection: &mut PgConnection,
    facts: &[(Teller, &SubjectFact)],
) -> Result<(), Failure> {
    let units: Vec<Uuid> = facts.iter().map(|(_, fact)| fact.unit_id).collect();
    let dates: Vec<Date> = facts.iter().map(|(_, fact)| fact.on_date).collect();
    let codes: Vec<&str> = facts.iter().map(|(_, fact)| fact.code.as_str()).collect();
    let reasons: Vec<&str> = facts.iter().map(|(_, fact)| fact.reason.as_str()).collect();
    let subjects: Vec<&str> = facts.iter().map(|(_, fact)| fact.subject.as_str()).collect();
    let amounts: Vec<i16> = facts.iter().map(|(_, fact)| fact.amount).collect();
    let change_ids: Vec<Uuid> = facts.iter().map(|(teller, _)| teller.change_id).collect();
    let recorded: Vec<OffsetDateTime> =
        facts.iter().map(|(teller, _)| teller.recorded_at).collect();
    sqlx::query!(
        "insert into subject_fact (unit_id, on_date, code, reason, subject, amount, change_id,
                                   recorded_at)
         select * from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[],
                              $6::smallint[], $7::uuid[], $8::timestamptz[])",
        &units,
        &dates,
        &codes as &[&str],
        &reasons as &[&str],
        &subjects as &[&str],
        &amounts,
        &change_ids,
        &recorded,
    )
    .execute(connection)
    .await?;
    Ok(())
}
