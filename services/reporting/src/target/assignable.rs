//! Whom targets cannot be assigned to, by whom, and on what they cannot rest: said line by line, before
//! anything is locked.

use std::collections::BTreeSet;

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::{Failure, Refusal};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::target::assignment::{Assignment, Lines, issuer_of, refuse};

/// Refuses whatever of them cannot be assigned by the caller, or at all.
pub async fn refuse_others(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<(), Failure> {
    refuse_out_of_scope(acting, assignments, lines).await?;
    refuse_unknown_decisions(acting, assignments, lines).await?;
    refuse_absent_units(acting, assignments, lines).await?;
    refuse_names_of_superiors(acting, assignments, lines).await
}

/// The caller must cover each unit, and each issuer that is an organisation.
async fn refuse_out_of_scope(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<(), Failure> {
    let needed = || {
        assignments.iter().enumerate().flat_map(|(line, one)| {
            let issuer = issuer_of(&one.issuer).0.map(|issuer| (line, "issuer_id", issuer));
            std::iter::once((line, "organisation_id", one.organisation_id)).chain(issuer)
        })
    };
    let organisations: BTreeSet<Uuid> = needed().map(|(.., organisation)| organisation).collect();
    let covered: BTreeSet<Uuid> = sqlx::query_scalar!(
        "select organisation_id from organisation
         where organisation_id = any ($1) and access.covers(organisation_id)",
        &Vec::from_iter(organisations),
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .collect();
    let unknown = needed()
        .filter(|(.., organisation_id)| !covered.contains(organisation_id))
        .map(|(line, field, organisation_id)| {
            let field = field.to_string();
            lines.name(line, Refused::OrganisationUnknown { field, organisation_id })
        })
        .reduce(Refusal::and);
    match unknown {
        Some(unknown) => Err(unknown_or_denied(acting.db(), unknown).await),
        None => Ok(()),
    }
}

/// Refuses decisions that registry has not recorded, or that the unit may not rest on.
async fn refuse_unknown_decisions(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<(), Failure> {
    let resting: Vec<(usize, Uuid, Uuid)> = assignments
        .iter()
        .enumerate()
        .filter_map(|(line, one)| Some((line, one.decision_id?, one.organisation_id)))
        .collect();
    if resting.is_empty() {
        return Ok(());
    }
    let decisions: Vec<Uuid> = resting.iter().map(|(_, decision_id, _)| *decision_id).collect();
    let units: Vec<Uuid> = resting.iter().map(|(.., unit)| *unit).collect();
    let known: BTreeSet<(Uuid, Uuid)> = sqlx::query!(
        r#"select asked.decision_id as "decision_id!", asked.unit_id as "unit_id!"
           from (select distinct decision_id, unit_id
                 from unnest($1::uuid[], $2::uuid[]) as line (decision_id, unit_id)) asked
           join decision known on known.decision_id = asked.decision_id
           where decides_about(known.issuer_id, asked.unit_id)"#,
        &decisions,
        &units,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| (row.decision_id, row.unit_id))
    .collect();
    let unknown = resting
        .into_iter()
        .filter(|(_, decision_id, unit)| !known.contains(&(*decision_id, *unit)))
        .map(|(line, decision_id, _)| {
            lines.decision(line, Refused::DecisionUnknown { decision_id })
        })
        .reduce(Refusal::and);
    match unknown {
        Some(unknown) => Err(unknown_or_denied(acting.db(), unknown).await),
        None => Ok(()),
    }
}

/// Refuses a unit that exists on no day of the period: it could never reach anything.
async fn refuse_absent_units(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<(), Failure> {
    let units: Vec<Uuid> = assignments.iter().map(|one| one.organisation_id).collect();
    let from: Vec<Date> = assignments.iter().map(|one| one.period.from).collect();
    let through: Vec<Date> = assignments.iter().map(|one| one.period.through).collect();
    let absent = sqlx::query_scalar!(
        r#"select asked.line as "line!"
           from unnest($1::uuid[], $2::date[], $3::date[])
                with ordinality as asked (unit_id, from_on, through_on, line)
           join organisation o on o.organisation_id = asked.unit_id
           where o.never_existed or o.founded_on > asked.through_on or o.ended_on <= asked.from_on
           order by asked.line"#,
        &units,
        &from,
        &through,
    )
    .fetch_all(acting.db())
    .await?;
    let absent = absent.into_iter().filter_map(|line| {
        let line = usize::try_from(line - 1).ok()?;
        let organisation_id = assignments.get(line)?.organisation_id;
        let field = "organisation_id".to_string();
        Some(lines.name(line, Refused::TargetUnitAbsent { field, organisation_id }))
    });
    refuse(absent.collect())
}

/// Refuses a name of somebody outside that is the name of one who stands, or stood, above the unit: what
/// is said in the name of an organisation needs rights on it, and names it by its id.
async fn refuse_names_of_superiors(
    acting: &mut Acting,
    assignments: &[Assignment],
    lines: Lines,
) -> Result<(), Failure> {
    let named: Vec<(usize, Uuid, &str)> = assignments
        .iter()
        .enumerate()
        .filter_map(|(line, one)| Some((line, one.organisation_id, issuer_of(&one.issuer).1?)))
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    let units: Vec<Uuid> = named.iter().map(|(_, unit, _)| *unit).collect();
    let names: Vec<&str> = named.iter().map(|(.., name)| *name).collect();
    let found = sqlx::query!(
        r#"with recursive above as (
               select unit_id, unit_id as organisation_id
               from (select distinct unit_id from unnest($1::uuid[]) as unit (unit_id)) asked
               union
               select above.unit_id, e.superior_id
               from above
               -- By its key for each, also while there are few: a plan is kept.
               cross join lateral (
                   select edge.superior_id from edge
                   where edge.organisation_id = above.organisation_id
                   offset 0
               ) e
           )
           select asked.line as "line!", min(n.organisation_id::text)::uuid as "organisation_id!"
           from unnest($1::uuid[], $2::text[]) with ordinality as asked (unit_id, name, line)
           join above on above.unit_id = asked.unit_id
           cross join lateral (
               select name.organisation_id from organisation_name name
               where name.organisation_id = above.organisation_id
                 and lower(name.name) = lower(asked.name)
               offset 0
           ) n
           group by asked.line
           order by asked.line"#,
        &units,
        &names as &[&str],
    )
    .fetch_all(acting.db())
    .await?;
    let faults = found.into_iter().filter_map(|row| {
        let (line, ..) = named.get(usize::try_from(row.line - 1).ok()?)?;
        let (field, organisation_id) = ("issuer_name".to_string(), row.organisation_id);
        Some(lines.name(*line, Refused::TargetIssuerIsOrganisation { field, organisation_id }))
    });
    refuse(faults.collect())
}
