//! A survey of employers: who employs how many, and which unions they have.

use std::collections::{HashMap, HashSet};

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::basis;
use crate::employers;
use crate::error::Refused;
use crate::rules::Rules;
use crate::tree::{self, Scope, later_than};
use crate::wire::change;

/// One employer as the survey found it.
#[derive(Clone, Debug)]
pub struct SurveyedEmployer {
    /// None for one that is not known yet.
    pub employer_id: Option<Uuid>,
    /// Unique among employers.
    pub tax_code: Option<String>,
    /// NFC.
    pub name: String,
    /// For example `NNN_TNHH`.
    pub sector: Option<String>,
    /// For example `CTCP`.
    pub enterprise_type: Option<String>,
    /// Workers, members or not.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
    /// All its unions of that date.
    pub union_ids: Vec<Uuid>,
}

/// A survey by one organisation on one day.
#[derive(Debug)]
pub struct SurveyEmployers {
    /// The surveyor.
    pub organisation_id: Uuid,
    /// When.
    pub surveyed_on: Date,
    /// At least one.
    pub employers: Vec<SurveyedEmployer>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Surveyed {
    /// The employers, as they were named.
    pub employer_ids: Vec<Uuid>,
}

/// What is published of an employer.
#[derive(Clone, Debug)]
pub struct EmployerFound {
    /// UUIDv7.
    pub employer_id: Uuid,
    /// Who surveyed it.
    pub surveyor_id: Uuid,
    /// Workers.
    pub workforce: i32,
    /// Of these, women.
    pub workforce_female: i32,
    /// Its unions from that date on.
    pub union_ids: Vec<Uuid>,
}

impl Act for SurveyEmployers {
    type Answer = Surveyed;

    async fn perform(self, acting: &mut Acting) -> Result<Surveyed, Failure> {
        let (surveyor_id, on) = (self.organisation_id, self.surveyed_on);
        basis::has_happened(acting, "surveyed_on", on)?;
        tree::lean_on(acting, &[surveyor_id]).await?;
        tree::standing(acting, "organisation_id", surveyor_id, on, Scope::Itself)
            .await?
            .lives_on(on)
            .map_err(|refused| refused.at("organisation_id"))?;
        let rules = Rules::read(acting.db()).await?;
        for (n, employer) in self.employers.iter().enumerate() {
            if let Some(sector) = &employer.sector {
                rules
                    .sector(sector)
                    .map_err(|refused| refused.at(format!("employers[{n}].sector")))?;
            }
        }
        self.refuse_unknown_kinds(acting).await?;
        self.refuse_unknown_unions(acting).await?;

        let employer_ids = self.identify(acting).await?;
        self.write(acting, &employer_ids).await?;
        let mut found: Vec<EmployerFound> = employer_ids
            .iter()
            .zip(&self.employers)
            .map(|(employer_id, employer)| EmployerFound {
                employer_id: *employer_id,
                surveyor_id,
                workforce: employer.workforce,
                workforce_female: employer.workforce_female,
                union_ids: employer.union_ids.clone(),
            })
            .collect();
        write_unions(acting, &found, on).await?;
        with_unions_of(acting, &mut found, on).await?;
        acting.publish(change::employers_recorded(surveyor_id, on, &found));
        let later: Vec<Date> = employer_ids.iter().map(|_| on.next_day().unwrap_or(on)).collect();
        employers::tell(acting, &employer_ids, &later).await?;
        Ok(Surveyed { employer_ids })
    }
}

impl SurveyEmployers {
    async fn refuse_unknown_kinds(&self, acting: &mut Acting) -> Result<(), Failure> {
        let known = sqlx::query_scalar!("select enterprise_type from enterprise_type_rule")
            .fetch_all(acting.db())
            .await?;
        for (n, employer) in self.employers.iter().enumerate() {
            if let Some(given) = &employer.enterprise_type
                && !known.contains(given)
            {
                let refused = Refused::EnterpriseTypeUnknown { enterprise_type: given.clone() };
                return Err(refused.at(format!("employers[{n}].enterprise_type")));
            }
        }
        Ok(())
    }

    async fn refuse_unknown_unions(&self, acting: &mut Acting) -> Result<(), Failure> {
        let union_ids: Vec<Uuid> =
            self.employers.iter().flat_map(|employer| employer.union_ids.clone()).collect();
        let on = self.surveyed_on;
        let unions = tree::standings(acting, &union_ids, on, Scope::Itself).await?;
        for (n, employer) in self.employers.iter().enumerate() {
            for (m, union_id) in employer.union_ids.iter().enumerate() {
                let at = format!("employers[{n}].union_ids[{m}]");
                let Some(union) = unions.get(union_id) else {
                    return Err(tree::unknown(acting, &at, *union_id).await);
                };
                union.lives_on(on).map_err(|refused| refused.at(at))?;
            }
        }
        Ok(())
    }

    /// The employers' ids: given, found by tax code, or new. An employer is in scope if its
    /// last surveyor is; a known one is surveyed in the order of dates.
    async fn identify(&self, acting: &mut Acting) -> Result<Vec<Uuid>, Failure> {
        let given: Vec<Uuid> =
            self.employers.iter().filter_map(|employer| employer.employer_id).collect();
        let tax_codes: Vec<&str> =
            self.employers.iter().filter_map(|employer| employer.tax_code.as_deref()).collect();
        // Locked in the order of ids, so that two surveys of the same employers queue.
        let rows = sqlx::query!(
            "select employer_id, tax_code from employer
             where employer_id = any($1::uuid[]) or tax_code = any($2::text[])
             order by employer_id
             for update",
            &given,
            &tax_codes as &[&str],
        )
        .fetch_all(acting.db())
        .await?;
        let known: Vec<Uuid> = rows.iter().map(|row| row.employer_id).collect();
        let by_tax_code: HashMap<&str, Uuid> = rows
            .iter()
            .filter_map(|row| Some((row.tax_code.as_deref()?, row.employer_id)))
            .collect();
        let last: HashMap<Uuid, Date> = last_surveys(acting, &known)
            .await?
            .into_iter()
            .map(|survey| (survey.employer_id, survey.surveyed_on))
            .collect();

        let mut named = HashSet::new();
        let mut employer_ids = Vec::with_capacity(self.employers.len());
        for (n, employer) in self.employers.iter().enumerate() {
            let at = format!("employers[{n}]");
            let by_code =
                employer.tax_code.as_deref().and_then(|code| by_tax_code.get(code).copied());
            let employer_id = match (employer.employer_id, by_code) {
                (Some(given), Some(found)) if given != found => {
                    return Err(Refused::EmployerRepeated { employer_id: Some(found) }.at(at));
                }
                (given, found) => given.or(found),
            };
            if let Some(employer_id) = employer_id {
                let Some(surveyed_on) = last.get(&employer_id) else {
                    let refusal = Refused::EmployerUnknown { employer_id }.at(at);
                    return Err(unknown_or_denied(acting.db(), refusal).await);
                };
                if self.surveyed_on <= *surveyed_on {
                    let later_on = *surveyed_on;
                    return Err(Refused::EmployerSurveyedLater { employer_id, later_on }.at(at));
                }
                if !named.insert(employer_id) {
                    return Err(Refused::EmployerRepeated { employer_id: Some(employer_id) }.at(at));
                }
            }
            employer_ids.push(employer_id.unwrap_or_else(Uuid::now_v7));
        }
        Ok(employer_ids)
    }

    async fn write(&self, acting: &mut Acting, employer_ids: &[Uuid]) -> Result<(), Failure> {
        let tax_codes: Vec<Option<&str>> =
            self.employers.iter().map(|employer| employer.tax_code.as_deref()).collect();
        let names: Vec<&str> =
            self.employers.iter().map(|employer| employer.name.as_str()).collect();
        let sectors: Vec<Option<&str>> =
            self.employers.iter().map(|employer| employer.sector.as_deref()).collect();
        let kinds: Vec<Option<&str>> =
            self.employers.iter().map(|employer| employer.enterprise_type.as_deref()).collect();
        let workforces: Vec<i32> =
            self.employers.iter().map(|employer| employer.workforce).collect();
        let women: Vec<i32> =
            self.employers.iter().map(|employer| employer.workforce_female).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let repeated = || Refused::EmployerRepeated { employer_id: None }.at("employers");
        sqlx::query_file!(
            "src/acts/survey_employers.sql",
            employer_ids,
            &tax_codes as &[Option<&str>],
            &names as &[&str],
            &sectors as &[Option<&str>],
            &workforces,
            &women,
            self.surveyed_on,
            self.organisation_id,
            acted_at,
            act_id,
            &kinds as &[Option<&str>],
        )
        .execute(acting.db())
        .await
        .on_constraint("employer_tax_code", repeated)
        .on_constraint("employer_survey_key", repeated)?;
        Ok(())
    }
}

struct LastSurvey {
    employer_id: Uuid,
    surveyor_id: Uuid,
    surveyed_on: Date,
    workforce: i32,
    workforce_female: i32,
}

/// The last surveys of employers, where the surveyor is in scope.
async fn last_surveys(
    acting: &mut Acting,
    employer_ids: &[Uuid],
) -> Result<Vec<LastSurvey>, Failure> {
    let surveys = sqlx::query_as!(
        LastSurvey,
        "select employer_id, surveyor_id, surveyed_on, workforce, workforce_female
         from (select distinct on (employer_id)
                      employer_id, surveyor_id, surveyed_on, workforce, workforce_female
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
async fn with_unions_of(
    acting: &mut Acting,
    found: &mut [EmployerFound],
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

/// From a date on, each employer has the unions that were found, and those that begin later.
async fn write_unions(
    acting: &mut Acting,
    found: &[EmployerFound],
    on: Date,
) -> Result<(), Failure> {
    let employer_ids: Vec<Uuid> = found.iter().map(|one| one.employer_id).collect();
    let (of_ids, union_ids): (Vec<Uuid>, Vec<Uuid>) = found
        .iter()
        .flat_map(|one| {
            let distinct: HashSet<Uuid> = one.union_ids.iter().copied().collect();
            distinct.into_iter().map(|union_id| (one.employer_id, union_id))
        })
        .unzip();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!(
        "src/acts/survey_employers_left.sql",
        &employer_ids,
        &of_ids,
        &union_ids,
        on,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    sqlx::query!(
        "insert into employer_union (employer_id, union_id, valid, recorded, act_id)
         select named.employer_id, named.union_id,
                daterange($3, (select min(lower(later.valid)) from employer_union later
                               where later.employer_id = named.employer_id
                                 and later.union_id = named.union_id
                                 and upper_inf(later.recorded) and lower(later.valid) > $3)),
                tstzrange($4, null), $5
         from unnest($1::uuid[], $2::uuid[]) as named (employer_id, union_id)
         where not exists (select from employer_union known
                           where known.employer_id = named.employer_id
                             and known.union_id = named.union_id
                             and upper_inf(known.recorded) and known.valid @> $3::date)",
        &of_ids,
        &union_ids,
        on,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
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
    let mut found: Vec<EmployerFound> = surveys
        .into_iter()
        .map(|survey| EmployerFound {
            employer_id: survey.employer_id,
            surveyor_id: survey.surveyor_id,
            workforce: survey.workforce,
            workforce_female: survey.workforce_female,
            union_ids: Vec::new(),
        })
        .collect();
    with_unions_of(acting, &mut found, on).await?;
    acting.publish(change::employers_recorded(union_id, on, &found));
    let later: Vec<Date> = employer_ids.iter().map(|_| on.next_day().unwrap_or(on)).collect();
    employers::tell(acting, employer_ids, &later).await
}
