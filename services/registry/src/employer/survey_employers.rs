//! A survey of employers: who employs how many, and which unions they have.

use std::collections::{HashMap, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint, Refusal};
use feeds::registry::Employer;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::employers::{self, last_surveys, with_unions_of};
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::tree::{self, Scope};

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
        let mut bad = BadEmployers::default();
        self.find_unknown_codes(acting, &mut bad).await?;
        self.find_unknown_unions(acting, &mut bad).await?;
        let employer_ids = self.identify(acting, &mut bad).await?;
        bad.none()?;

        self.write(acting, &employer_ids).await?;
        let mut found: Vec<Employer> = employer_ids
            .iter()
            .zip(&self.employers)
            .map(|(employer_id, employer)| Employer {
                employer_id: *employer_id,
                name: employer.name.clone(),
                surveyor_id,
                workforce: employer.workforce,
                workforce_female: employer.workforce_female,
                union_ids: employer.union_ids.clone(),
            })
            .collect();
        write_unions(acting, &found, on).await?;
        with_unions_of(acting, &mut found, on).await?;
        employers::publish(acting, surveyor_id, on, found);
        let later: Vec<Date> = employer_ids.iter().map(|_| on.next_day().unwrap_or(on)).collect();
        employers::tell(acting, &employer_ids, &later).await?;
        Ok(Surveyed { employer_ids })
    }
}

/// Employers of a survey that cannot be taken: all of them are named at once.
#[derive(Default)]
pub struct BadEmployers(Vec<(usize, Refusal)>);

/// How many of them a refusal explains: a status travels in the headers of an answer.
const EXPLAINED_MAX: usize = 16;

impl BadEmployers {
    /// Takes note of what is wrong with one employer.
    pub fn add(&mut self, n: usize, refusal: Refusal) {
        self.0.push((n, refusal));
    }

    fn at(&mut self, n: usize, part: &str, refused: Refused) {
        self.add(n, refused.refusal().field(format!("employers[{n}]{part}")));
    }

    /// Refuses if there is any; the first gives the reason.
    pub fn none(mut self) -> Result<(), Refusal> {
        self.0.sort_by_key(|(n, _)| *n);
        let more = self.0.len().saturating_sub(EXPLAINED_MAX);
        let named = self.0.into_iter().take(EXPLAINED_MAX).map(|(_, refusal)| refusal);
        named.reduce(Refusal::and).map_or(Ok(()), |refusal| Err(refusal.and_more(more)))
    }
}

impl SurveyEmployers {
    /// How many tax codes it names.
    pub fn tax_codes(&self) -> usize {
        self.employers.iter().filter(|employer| employer.tax_code.is_some()).count()
    }

    async fn find_unknown_codes(
        &self,
        acting: &mut Acting,
        bad: &mut BadEmployers,
    ) -> Result<(), Failure> {
        let rules = Rules::read(acting.db()).await?;
        let known = sqlx::query_scalar!("select enterprise_type from enterprise_type_rule")
            .fetch_all(acting.db())
            .await?;
        for (n, employer) in self.employers.iter().enumerate() {
            if let Some(sector) = &employer.sector
                && let Err(refused) = rules.sector(sector)
            {
                bad.at(n, ".sector", refused);
            }
            if let Some(given) = &employer.enterprise_type
                && !known.contains(given)
            {
                let refused = Refused::EnterpriseTypeUnknown { enterprise_type: given.clone() };
                bad.at(n, ".enterprise_type", refused);
            }
        }
        Ok(())
    }

    async fn find_unknown_unions(
        &self,
        acting: &mut Acting,
        bad: &mut BadEmployers,
    ) -> Result<(), Failure> {
        let union_ids: Vec<Uuid> =
            self.employers.iter().flat_map(|employer| employer.union_ids.clone()).collect();
        let on = self.surveyed_on;
        let unions = tree::standings(acting, &union_ids, on, Scope::Itself).await?;
        for (n, employer) in self.employers.iter().enumerate() {
            for (m, union_id) in employer.union_ids.iter().copied().enumerate() {
                let part = format!(".union_ids[{m}]");
                match unions.get(&union_id) {
                    None => {
                        let organisation_id = union_id;
                        bad.at(n, &part, Refused::OrganisationUnknown { organisation_id });
                    }
                    Some(union) => {
                        if let Err(refused) = union.lives_on(on) {
                            bad.at(n, &part, refused);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The employers' ids: given, found by tax code, or new. An employer is in scope if its
    /// last surveyor is; a known one is surveyed in the order of dates. An employer is one person
    /// of law, whoever surveys it: of a tax code that others' surveys have, it is told that it is
    /// taken, since it cannot be written down a second time, and nothing else.
    async fn identify(
        &self,
        acting: &mut Acting,
        bad: &mut BadEmployers,
    ) -> Result<Vec<Uuid>, Failure> {
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
        let mut coded = HashSet::new();
        let mut employer_ids = Vec::with_capacity(self.employers.len());
        for (n, employer) in self.employers.iter().enumerate() {
            let code = employer.tax_code.as_deref();
            let by_code = code.and_then(|code| by_tax_code.get(code).copied());
            let employer_id = employer.employer_id.or(by_code);
            employer_ids.push(employer_id.unwrap_or_else(Uuid::now_v7));
            // Which employer a tax code found is told to whoever may read that employer.
            if by_code.is_some_and(|found| !last.contains_key(&found)) {
                bad.at(n, ".tax_code", Refused::TaxCodeTaken);
                continue;
            }
            // Two of one survey that are new: they are told apart by nothing else.
            if employer_id.is_none() && code.is_some_and(|code| !coded.insert(code)) {
                bad.at(n, "", Refused::EmployerRepeated { employer_id: None });
                continue;
            }
            let Some(employer_id) = employer_id else { continue };
            let refused = match last.get(&employer_id) {
                None => Refused::EmployerUnknown { employer_id },
                _ if by_code.is_some_and(|found| found != employer_id) => {
                    Refused::EmployerRepeated { employer_id: by_code }
                }
                Some(surveyed_on) if self.surveyed_on <= *surveyed_on => {
                    Refused::EmployerSurveyedLater { employer_id, later_on: *surveyed_on }
                }
                Some(_) if !named.insert(employer_id) => {
                    Refused::EmployerRepeated { employer_id: Some(employer_id) }
                }
                Some(_) => continue,
            };
            bad.at(n, "", refused);
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
        // Somebody surveyed it since we looked.
        let taken = || Refused::TaxCodeTaken.at("employers");
        sqlx::query_file!(
            "src/employer/survey_employers.sql",
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
        .on_constraint("employer_tax_code", taken)
        .on_constraint("employer_survey_key", repeated)?;
        Ok(())
    }
}

/// From a date on, each employer has the unions that were found, and those that begin later.
async fn write_unions(acting: &mut Acting, found: &[Employer], on: Date) -> Result<(), Failure> {
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
        "src/employer/survey_employers_left.sql",
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
