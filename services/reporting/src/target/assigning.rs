//! What assigning comes to, of one target or of a thousand: whoever may not, and whatever cannot be,
//! is named line by line; then all of them are written, each as a target or as a further revision.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chassis::database::Acting;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::target::Target;
use crate::target::assignable;
use crate::target::assignment::{Assignment, Lines, issuer_of, refuse};

/// Which target it became.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Assigned {
    /// New, or that of the revisions before.
    pub target_id: Uuid,
    /// 1, 2, …
    pub revision: i32,
}

/// Targets of one unit and indicator, at most: every month of three decades, from two issuers.
const TARGETS_MAX: i64 = 1_000;

/// Assigns them, all or none, and none of them twice; answers them in their order, as they are now.
pub async fn assign(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<Vec<Target>, Failure> {
    assignable::refuse_others(acting, assignments, lines).await?;
    // Two revisions of one target queue here, on the unit, in one order; a unit has few targets.
    let units: Vec<Uuid> = assignments.iter().map(|one| one.organisation_id).collect();
    sqlx::query!(
        "select organisation_id from organisation where organisation_id = any ($1)
         order by organisation_id for no key update",
        &units,
    )
    .fetch_all(acting.db())
    .await?;
    let earlier = earlier(acting, assignments).await?;
    refuse_too_many(acting, assignments, &earlier, lines).await?;
    let targets: Vec<Target> = assignments
        .iter()
        .enumerate()
        .map(|(line, one)| {
            let (target_id, revision) = match earlier.get(&line) {
                Some((target_id, revision)) => (*target_id, revision + 1),
                None => (Uuid::now_v7(), 1),
            };
            Target {
                target_id,
                revision,
                indicator: one.indicator.clone(),
                organisation_id: one.organisation_id,
                period: one.period,
                issuer: one.issuer.clone(),
                value: one.value,
                value_unit: one.value_unit,
                comparator: one.comparator,
                denominator_on: one.denominator_on,
                sector_grouping: one.sector_grouping.clone(),
                sector_group: one.sector_group.clone(),
                assigned_on: one.assigned_on,
                decision_id: one.decision_id,
                recorded_at: acting.acted_at,
                withdrawal: None,
            }
        })
        .collect();
    write(acting, &targets).await?;
    Ok(targets)
}

/// Refuses a target that stands twice in the list.
pub fn refuse_repeated(assignments: &[Assignment], lines: Lines) -> Result<(), Failure> {
    let mut first_lines = HashMap::new();
    let mut repeated = Vec::new();
    for (line, one) in assignments.iter().enumerate() {
        let group = (&one.sector_grouping, &one.sector_group);
        let key = (one.organisation_id, &one.indicator, one.period, issuer_of(&one.issuer), group);
        match first_lines.get(&key) {
            Some(first) => {
                let field = "organisation_id".to_string();
                repeated.push(lines.name(line, Refused::TargetRepeated { field, first: *first }));
            }
            None => {
                first_lines.insert(key, line);
            }
        }
    }
    refuse(repeated)
}

/// By line: the target that is revised, and its last revision.
async fn earlier(
    acting: &mut Acting,
    assignments: &[Assignment],
) -> Result<HashMap<usize, (Uuid, i32)>, Failure> {
    let Keys { units, indicators, from, until, issuers, issuer_names, groupings, groups } =
        Keys::of(assignments);
    let rows = sqlx::query!(
        r#"select asked.line as "line!", held.target_id, held.revision
           from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::uuid[], $6::text[],
                       $7::text[], $8::text[])
                with ordinality as asked (unit_id, indicator, from_on, until_on, issuer_id,
                                          issuer_name, sector_grouping, sector_group, line)
           cross join lateral (
               select t.target_id, t.revision
               from target t
               where t.organisation_id = asked.unit_id and t.indicator = asked.indicator
                 and t.period = daterange(asked.from_on, asked.until_on)
                 and t.issuer_id is not distinct from asked.issuer_id
                 and t.issuer_name is not distinct from asked.issuer_name
                 and t.sector_grouping = asked.sector_grouping
                 and t.sector_group = asked.sector_group
               order by t.revision desc
               limit 1
           ) held"#,
        &units,
        &indicators as &[&str],
        &from,
        &until,
        &issuers as &[Option<Uuid>],
        &issuer_names as &[Option<&str>],
        &groupings as &[&str],
        &groups as &[&str],
    )
    .fetch_all(acting.db())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let line = usize::try_from(row.line - 1).unwrap_or_default();
            (line, (row.target_id, row.revision))
        })
        .collect())
}

/// What targets are known by, column by column.
struct Keys<'a> {
    units: Vec<Uuid>,
    indicators: Vec<&'a str>,
    from: Vec<Date>,
    until: Vec<Date>,
    issuers: Vec<Option<Uuid>>,
    issuer_names: Vec<Option<&'a str>>,
    groupings: Vec<&'a str>,
    groups: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(assignments: &'a [Assignment]) -> Self {
        let all = || assignments.iter();
        Self {
            units: all().map(|one| one.organisation_id).collect(),
            indicators: all().map(|one| one.indicator.as_str()).collect(),
            from: all().map(|one| one.period.from).collect(),
            until: all().map(|one| one.period.until()).collect(),
            issuers: all().map(|one| issuer_of(&one.issuer).0).collect(),
            issuer_names: all().map(|one| issuer_of(&one.issuer).1).collect(),
            groupings: all().map(|one| one.sector_grouping.as_str()).collect(),
            groups: all().map(|one| one.sector_group.as_str()).collect(),
        }
    }
}

/// Whatever is held against a unit's targets looks at each of them.
async fn refuse_too_many(
    acting: &mut Acting,
    assignments: &[Assignment],
    earlier: &HashMap<usize, (Uuid, i32)>,
    lines: Lines,
) -> Result<(), Failure> {
    let new = || assignments.iter().enumerate().filter(|(line, _)| !earlier.contains_key(line));
    let units: BTreeSet<Uuid> = new().map(|(_, one)| one.organisation_id).collect();
    let mut held: BTreeMap<(Uuid, String), i64> = sqlx::query!(
        r#"select organisation_id, indicator, count(*) as "targets!" from target
           where organisation_id = any ($1) and revision = 1
           group by organisation_id, indicator"#,
        &Vec::from_iter(units),
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| ((row.organisation_id, row.indicator), row.targets))
    .collect();
    let mut too_many = Vec::new();
    for (line, one) in new() {
        let targets = held.entry((one.organisation_id, one.indicator.clone())).or_default();
        *targets += 1;
        if *targets > TARGETS_MAX {
            too_many.push(lines.name(line, Refused::TargetsTooMany { limit: TARGETS_MAX }));
        }
    }
    refuse(too_many)
}

async fn write(acting: &mut Acting, targets: &[Target]) -> Result<(), Failure> {
    let all = || targets.iter();
    let ids: Vec<Uuid> = all().map(|target| target.target_id).collect();
    let revisions: Vec<i32> = all().map(|target| target.revision).collect();
    let indicators: Vec<&str> = all().map(|target| target.indicator.as_str()).collect();
    let units: Vec<Uuid> = all().map(|target| target.organisation_id).collect();
    let from: Vec<Date> = all().map(|target| target.period.from).collect();
    let until: Vec<Date> = all().map(|target| target.period.until()).collect();
    let issuers: Vec<Option<Uuid>> = all().map(|target| issuer_of(&target.issuer).0).collect();
    let issuer_names: Vec<Option<&str>> = all().map(|target| issuer_of(&target.issuer).1).collect();
    let values: Vec<i64> = all().map(|target| target.value).collect();
    let value_units: Vec<&str> = all().map(|target| target.value_unit.code()).collect();
    let comparators: Vec<&str> = all().map(|target| target.comparator.code()).collect();
    let denominators_on: Vec<Option<Date>> = all().map(|target| target.denominator_on).collect();
    let groupings: Vec<&str> = all().map(|target| target.sector_grouping.as_str()).collect();
    let groups: Vec<&str> = all().map(|target| target.sector_group.as_str()).collect();
    let assigned_on: Vec<Date> = all().map(|target| target.assigned_on).collect();
    let decisions: Vec<Option<Uuid>> = all().map(|target| target.decision_id).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into target (target_id, revision, indicator, organisation_id, period, issuer_id,
                             issuer_name, value, value_unit, comparator, denominator_on,
                             sector_grouping, sector_group, assigned_on, decision_id,
                             recorded_at, act_id)
         select target_id, revision, indicator, unit_id, daterange(from_on, until_on), issuer_id,
                issuer_name, value, value_unit, comparator, denominator_on, sector_grouping,
                sector_group, assigned_on, decision_id, $17, $18
         from unnest($1::uuid[], $2::integer[], $3::text[], $4::uuid[], $5::date[], $6::date[],
                     $7::uuid[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::date[],
                     $13::text[], $14::text[], $15::date[], $16::uuid[])
              as line (target_id, revision, indicator, unit_id, from_on, until_on, issuer_id,
                       issuer_name, value, value_unit, comparator, denominator_on,
                       sector_grouping, sector_group, assigned_on, decision_id)",
        &ids,
        &revisions,
        &indicators as &[&str],
        &units,
        &from,
        &until,
        &issuers as &[Option<Uuid>],
        &issuer_names as &[Option<&str>],
        &values,
        &value_units as &[&str],
        &comparators as &[&str],
        &denominators_on as &[Option<Date>],
        &groupings as &[&str],
        &groups as &[&str],
        &assigned_on,
        &decisions as &[Option<Uuid>],
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
