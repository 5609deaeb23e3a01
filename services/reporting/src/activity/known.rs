//! What activities name of the registers: units, employers and documents, and whether their days
//! have come.

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::activity::reported::{Document, Employer, Reported, Value};
use crate::ground::acting::{named, refuse_all};
use crate::ground::refused::Refused;

/// Refuses, with all of its lines that are at fault, a list that names what is not known, or not
/// within the caller's scope, or of days that have not come. Locks the units where the activities
/// took place, and `others`.
pub async fn check(
    acting: &mut Acting,
    lines: &[Reported],
    others: &[Uuid],
) -> Result<(), Failure> {
    let units: Vec<Uuid> = lines.iter().map(|one| one.activity.organisation_id).collect();
    let known = named(acting, &[&units, others].concat()).await?;
    let mut faults = Vec::new();
    for one in lines {
        let activity = &one.activity;
        if !known.contains_key(&activity.organisation_id) {
            faults.push(Refused::OrganisationUnknown {
                field: format!("{}organisation_id", one.line),
                organisation_id: activity.organisation_id,
            });
        }
        faults.extend(in_future(one, acting.today));
    }
    faults.extend(organisations(acting, lines).await?);
    faults.extend(employers(acting, lines).await?);
    faults.extend(documents(acting, lines).await?);
    refuse_all(faults)
}

/// The days that have not come.
fn in_future(one: &Reported, today: Date) -> Vec<Refused> {
    let held_on = (format!("{}held_on", one.line), one.activity.held_on);
    let days = one.activity.fields.0.iter().filter_map(|(name, value)| match value {
        Value::Date(on) => Some((format!("{}.date", one.place(name)), *on)),
        Value::Document(Document::Written { issued_on, .. }) => {
            Some((format!("{}.document.issued_on", one.place(name)), *issued_on))
        }
        _ => None,
    });
    std::iter::once(held_on)
        .chain(days)
        .filter(|(_, on)| *on > today)
        .map(|(field, held_on)| Refused::ActivityInFuture { field, held_on })
        .collect()
}

/// The organisations that fields name: unknown, out of scope, or none of those that are meant, on
/// the day of the activity.
async fn organisations(acting: &mut Acting, lines: &[Reported]) -> Result<Vec<Refused>, Failure> {
    let (mut ids, mut days, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for one in lines {
        for (name, value) in &one.activity.fields.0 {
            let Value::Organisations(organisations) = value else { continue };
            let grassroots = one.kind.field(name).is_some_and(|field| field.grassroots_only);
            for (n, organisation_id) in organisations.iter().enumerate() {
                ids.push(*organisation_id);
                days.push(one.activity.held_on);
                places.push((format!("{}.organisation_ids[{n}]", one.place(name)), grassroots));
            }
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"with covered as materialized (
               -- Each is looked up once, however often it is named.
               select organisation_id, type, grassroots from organisation
               where organisation_id = any ($1) and access.covers(organisation_id)
           )
           select asked.organisation_id as "organisation_id!",
                  o.organisation_id is not null as "known!",
                  coalesce(t.type, o.type, '') as "organisation_type!",
                  coalesce(t.grassroots, o.grassroots, false) as "grassroots!"
           from unnest($1::uuid[], $2::date[]) with ordinality as asked (organisation_id, on_day, line)
           left join covered o on o.organisation_id = asked.organisation_id
           left join organisation_type t
             on t.organisation_id = o.organisation_id and t.valid @> asked.on_day
           order by asked.line"#,
        &ids,
        &days,
    )
    .fetch_all(acting.db())
    .await?;
    let faults = rows.into_iter().zip(places).filter_map(|(row, (field, grassroots))| {
        let (organisation_id, organisation_type) = (row.organisation_id, row.organisation_type);
        if !row.known {
            Some(Refused::OrganisationUnknown { field, organisation_id })
        } else if grassroots && !row.grassroots {
            Some(Refused::ActivityOrganisationUnfit { field, organisation_type })
        } else {
            None
        }
    });
    Ok(faults.collect())
}

/// The employers that nobody in the caller's scope has surveyed: of others it is not told that
/// there are any.
async fn employers(acting: &mut Acting, lines: &[Reported]) -> Result<Vec<Refused>, Failure> {
    let mut asked = Vec::new();
    for one in lines {
        for (name, value) in &one.activity.fields.0 {
            if let Value::Employer(Employer::Known(employer_id)) = value {
                asked.push((format!("{}.employer.employer_id", one.place(name)), *employer_id));
            }
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = asked.iter().map(|(_, employer_id)| *employer_id).collect();
    let known = sqlx::query_scalar!(
        r#"select exists (select from employer_survey e
                          where e.employer_id = asked.employer_id
                            and access.covers(e.surveyor_id)) as "known!"
           from unnest($1::uuid[]) with ordinality as asked (employer_id, line)
           order by asked.line"#,
        &ids,
    )
    .fetch_all(acting.db())
    .await?;
    let unknown = asked.into_iter().zip(known).filter(|(_, known)| !known);
    let refused = |((field, employer_id), _)| Refused::EmployerUnknown { field, employer_id };
    Ok(unknown.map(refused).collect())
}

/// The documents that registry has not recorded, or that a unit has nothing to do with.
async fn documents(acting: &mut Acting, lines: &[Reported]) -> Result<Vec<Refused>, Failure> {
    let (mut asked, mut units) = (Vec::new(), Vec::new());
    for one in lines {
        for (name, value) in &one.activity.fields.0 {
            if let Value::Document(Document::Known(decision_id)) = value {
                asked.push((format!("{}.document.decision_id", one.place(name)), *decision_id));
                units.push(one.activity.organisation_id);
            }
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = asked.iter().map(|(_, decision_id)| *decision_id).collect();
    let known = sqlx::query_scalar!(
        r#"select coalesce(decides_about(d.issuer_id, asked.organisation_id), false) as "known!"
           from unnest($1::uuid[], $2::uuid[]) with ordinality
                as asked (decision_id, organisation_id, line)
           left join decision d on d.decision_id = asked.decision_id
           order by asked.line"#,
        &ids,
        &units,
    )
    .fetch_all(acting.db())
    .await?;
    let unknown = asked.into_iter().zip(known).filter(|(_, known)| !known);
    let refused = |((field, decision_id), _)| Refused::DocumentUnknown { field, decision_id };
    Ok(unknown.map(refused).collect())
}
