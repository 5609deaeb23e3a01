//! Founding an organisation: with its decision, its first committee, its applicants and its
//! employers, in one transaction.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::attributes::FoundingRoute;
use crate::ground::basis::{self, Basis};
use crate::ground::employers;
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::seats::{self, Days, NewOffice};
use crate::ground::tree::{self, NewOrganisation, Origin, Record, Scope};

/// An organisation to be founded.
#[derive(Debug)]
pub struct FoundOrganisation {
    /// Unique among those alive at the same time.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `CDCS`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// None where it is not stated.
    pub industry: Option<String>,
    /// Who founds it.
    pub superior_id: Uuid,
    /// Its first day; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The founding congress.
    pub congress_on: Option<Date>,
    /// The founding decision.
    pub basis: Basis,
    /// People with an open application in membership.
    pub applicant_ids: Vec<Uuid>,
    /// How many founded it, where they are not named.
    pub founders: Option<i32>,
    /// The first committee.
    pub offices: Vec<NewOffice>,
    /// Employers whose workers it gathers.
    pub employer_ids: Vec<Uuid>,
    /// How it came to be founded, where that is known.
    pub route: Option<FoundingRoute>,
}

/// What a founding answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Founded {
    /// The new organisation.
    pub organisation_id: Uuid,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
    /// The offices, as they were named.
    pub office_ids: Vec<Uuid>,
}

impl Act for FoundOrganisation {
    type Answer = Founded;

    async fn perform(self, acting: &mut Acting) -> Result<Founded, Failure> {
        let on =
            basis::effective_on(acting, self.superior_id, Some(&self.basis), self.effective_on)
                .await?;
        self.refuse_congress_of_another(acting, on)?;
        tree::lean_on(acting, &[self.superior_id]).await?;
        let superior =
            tree::standing(acting, "superior_id", self.superior_id, on, Scope::Itself).await?;
        superior.may_take_subordinates(on).map_err(|refused| refused.at("superior_id"))?;

        let rules = Rules::read(acting.db()).await?;
        rules.may_be_founded(&self.type_code, self.sector.as_deref(), on).map_err(|refused| {
            match refused {
                refused @ (Refused::SectorUnknown { .. }
                | Refused::SectorRequired { .. }
                | Refused::SectorNotAllowed { .. }) => refused.at("sector"),
                refused => refused.at("type"),
            }
        })?;
        if let Some(industry) = &self.industry {
            rules.industry(industry, on).map_err(|refused| refused.at("industry"))?;
        }
        rules
            .may_stand_under(&self.type_code, &superior.type_code, on)
            .map_err(|refused| refused.at("superior_id"))?;
        self.refuse_too_few_founders(&rules, on)?;

        let decision_id =
            basis::record(acting, Some(self.basis), self.superior_id, self.superior_id).await?;
        let organisation = NewOrganisation {
            organisation_id: Uuid::now_v7(),
            code: self.code,
            name: self.name,
            short_name: self.short_name,
            type_code: self.type_code,
            sector: self.sector,
            industry: self.industry,
            superior_id: Some(self.superior_id),
            founded_on: on,
            congress_on: self.congress_on,
            has_subordinates: false,
        };
        let organisation_id = organisation.organisation_id;
        let record = Record::of(acting, decision_id);
        let founded = [organisation];
        let inserted = tree::insert(acting.db(), &founded, Origin::Founded, record).await;
        tree::code_taken(inserted, "code", &founded[0].code)?;
        // Under a superior that is known to become one of another type.
        if superior.type_until.is_some() {
            let (field, changed) = ("superior_id", Changed::OtherThings);
            life::refuse_contradictions(acting, field, &[organisation_id], changed).await?;
        }
        if let Some(route) = self.route {
            sqlx::query!(
                "insert into founding_route (organisation_id, route, recorded, act_id)
                 values ($1, $2, tstzrange($3, null), $4)",
                organisation_id,
                route.code(),
                record.at,
                record.act_id,
            )
            .execute(acting.db())
            .await?;
        }
        acting.publish_all(founded[0].founding(self.applicant_ids, decision_id));

        // Those whom no founding congress elected are appointed.
        if founded[0].congress_on.is_none() {
            let bodies: Vec<&str> =
                self.offices.iter().map(|office| office.body.as_str()).collect();
            seats::record_appointment(acting, organisation_id, &bodies, on, decision_id).await?;
        }
        let days = Days { from_on: on, until_on: None };
        let offices = seats::take(acting, "offices", organisation_id, self.offices, days).await?;
        seats::publish_appointed(acting, organisation_id, &offices, on, decision_id);
        employers::gather_workers(acting, organisation_id, &self.employer_ids, on).await?;

        Ok(Founded {
            organisation_id,
            decision_id,
            office_ids: offices.iter().map(|office| office.office_id).collect(),
        })
    }
}

/// How long before a union's first day its founding congress was held, at most.
const CONGRESS_DAYS_BEFORE: i64 = 366;

impl FoundOrganisation {
    /// A founding congress has been held, and this union came of it: not later than its first
    /// day, and not long before.
    fn refuse_congress_of_another(&self, acting: &Acting, on: Date) -> Result<(), Failure> {
        let Some(congress_on) = self.congress_on else { return Ok(()) };
        basis::has_happened(acting, "congress_on", congress_on)?;
        let from = on.saturating_sub(Duration::days(CONGRESS_DAYS_BEFORE));
        if (from..=on).contains(&congress_on) {
            return Ok(());
        }
        Err(Refused::DateOutsideLife { on: congress_on, from }.at("congress_on"))
    }

    fn refuse_too_few_founders(&self, rules: &Rules, on: Date) -> Result<(), Failure> {
        let mut named = HashSet::new();
        for (n, applicant_id) in self.applicant_ids.iter().enumerate() {
            if !named.insert(applicant_id) {
                let refused = Refused::ApplicantRepeated { applicant_id: *applicant_id };
                return Err(refused.at(format!("applicant_ids[{n}]")));
            }
        }
        let (founders, field) = match (self.applicant_ids.len(), self.founders) {
            (0, None) => return Ok(()),
            (0, Some(founders)) => (founders, "founders"),
            (applicants, _) => (i32::try_from(applicants).unwrap_or(i32::MAX), "applicant_ids"),
        };
        rules.enough_founders(&self.type_code, founders, on).map_err(|refused| refused.at(field))
    }
}
