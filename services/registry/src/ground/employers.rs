//! Which unions employers have on a day, as followers are told.
//!
//! **Invariant:** a change tells of its own day; an act that changes what is known of later days
//! tells each of them anew, so that whoever keeps the last change of each day knows what registry
//! knows of every day.

use std::collections::HashMap;

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry::{Employer, EmployersRecorded, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::tree::later_than;

/// Tells what is known now of employers, on every day from one on on which it changes: of each
/// employer from the day at the same place.
pub async fn tell(
    acting: &mut Acting,
    employer_ids: &[Uuid],
    froms: &[Date],
) -> Result<(), Failure> {
    let rows = sqlx::query_file!("src/ground/employers/known.sql", employer_ids, froms)
        .fetch_all(acting.db())
        .await?;
    for row in rows {
        let found = Employer {
            employer_id: row.employer_id,
            name: row.name,
            surveyor_id: row.surveyor_id,
            workforce: row.workforce,
            workforce_female: row.workforce_female,
            union_ids: row.union_ids,
        };
        publish(acting, row.surveyor_id, row.on_date, vec![found]);
    }
    Ok(())
}

/// Publishes what is known of employers from a day on, as an act of the organisation's.
pub fn publish(acting: &mut Acting, organisation_id: Uuid, on: Date, employers: Vec<Employer>) {
    let recorded = Event::EmployersRecorded(EmployersRecorded { organisation_id, employers });
    acting.publish_all(recorded.on(on, None));
}

/// Tells of the employers of whose unions the act in progress has made something known, or
/// something no longer known.
pub async fn tell_changed(acting: &mut Acting) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let changed = sqlx::query!(
        r#"select employer_id as "employer_id!", min(lower(valid)) as "from_on!"
           from (select employer_id, valid from employer_union where replaced_by = $1
                 union all
                 select employer_id, valid from employer_union
                 where upper_inf(recorded) and lower(recorded) = $2) changed
           group by employer_id
           order by employer_id"#,
        act_id,
        acted_at,
    )
    .fetch_all(acting.db())
    .await?;
    let (employer_ids, froms): (Vec<Uuid>, Vec<Date>) =
        changed.into_iter().map(|row| (row.employer_id, row.from_on)).unzip();
    tell(acting, &employer_ids, &froms).await
}

pub(crate) struct LastSurvey {
    pub(crate) employer_id: Uuid,
    pub(crate) name: String,
    pub(crate) surveyor_id: Uuid,
    pub(crate) surveyed_on: Date,
    pub(crate) workforce: i32,
    pub(crate) workforce_female: i32,
}

/// The last surveys of employers, where the surveyor is in scope.
pub(crate) async fn last_surveys(
    acting: &mut Acting,
    employer_ids: &[Uuid],
) -> Result<Vec<LastSurvey>, Failure> {
    let surveys = sqlx::query_as!(
        LastSurvey,
        "select employer_id, name, surveyor_id, surveyed_on, workforce, workforce_female
         from (select distinct on (employer_id)
                      employer_id, name, surveyor_id, surveyed_on, workforce, workforce_female
               from employer_survey
               where employer_id = any($1::uuid[])
               order by employer_id, surveyed_on desc) last
         where access.covers(surveyor_id)",
        employer_ids,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(surveys)
}

/// The unions that employers have on a day, as is known now: those of a survey, and those founded
/// that day.
pub(crate) async fn with_unions_of(
    acting: &mut Acting,
    found: &mut [Employer],
    on: Date,
) -> Result<(), Failure> {
    let employer_ids: Vec<Uuid> = found.iter().map(|one| one.employer_id).collect();
    let unions = sqlx::query!(
        "select employer_id, union_id from employer_union
         where employer_id = any($1::uuid[]) and upper_inf(recorded) and valid @> $2::date
         order by employer_id, union_id",
        &employer_ids,
        on,
    )
    .fetch_all(acting.db())
    .await?;
    let mut by_employer: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in unions {
        by_employer.entry(row.employer_id).or_default().push(row.union_id);
    }
    for one in found {
        one.union_ids = by_employer.remove(&one.employer_id).unwrap_or_default();
    }
    Ok(())
}

/// A union was founded for the workers of employers that were surveyed before.
pub async fn gather_workers(
    acting: &mut Acting,
    union_id: Uuid,
    employer_ids: &[Uuid],
    on: Date,
) -> Result<(), Failure> {
    if employer_ids.is_empty() {
        return Ok(());
    }
    let surveys = last_surveys(acting, employer_ids).await?;
    for (n, employer_id) in employer_ids.iter().copied().enumerate() {
        let at = format!("employer_ids[{n}]");
        let survey = surveys.iter().find(|survey| survey.employer_id == employer_id);
        let Some(survey) = survey else {
            let refusal = Refused::EmployerUnknown { employer_id }.at(at);
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        if employer_ids[..n].contains(&employer_id) {
            return Err(Refused::EmployerRepeated { employer_id: Some(employer_id) }.at(at));
        }
        // The change published below tells what the last survey told: never of a time before.
        if on < survey.surveyed_on {
            later_than(employer_id, survey.surveyed_on, on).map_err(|refused| refused.at(at))?;
        }
    }
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into employer_union (employer_id, union_id, valid, recorded, act_id)
         select employer_id, $2, daterange($3, null), tstzrange($4, null), $5
         from unnest($1::uuid[]) as named (employer_id)",
        employer_ids,
        union_id,
        on,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    let mut found: Vec<Employer> = surveys
        .into_iter()
        .map(|survey| Employer {
            employer_id: survey.employer_id,
            name: survey.name,
            surveyor_id: survey.surveyor_id,
            workforce: survey.workforce,
            workforce_female: survey.workforce_female,
            union_ids: Vec::new(),
        })
        .collect();
    with_unions_of(acting, &mut found, on).await?;
    publish(acting, union_id, on, found);
    let later: Vec<Date> = employer_ids.iter().map(|_| on.next_day().unwrap_or(on)).collect();
    tell(acting, employer_ids, &later).await
}
