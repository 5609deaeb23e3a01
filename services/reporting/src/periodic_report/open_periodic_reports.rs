//! OpenPeriodicReports: an organisation, and all that lay below it on the cut-off day, are to report.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::period::Period;
use crate::ground::reference::periodic_report_form::Reporters;
use crate::ground::reference::{Form, Reference};
use crate::ground::refused::Refused;
use crate::periodic_report::forms;
use crate::periodic_report::telling::{Opened as Told, reports_opened};

/// Reporters of one opening, at most: the country's unions and their superiors.
const REPORTERS_MAX: usize = 150_000;

/// A form that is meant: whose, which, and in which version.
pub type Meant = (Option<Uuid>, String, i32);

/// What is asked, of whom, and by when.
pub struct OpenPeriodicReports {
    /// The program's forms.
    pub reference: &'static Reference,
    /// Who opens it.
    pub organisation_id: Uuid,
    /// One, or one for each level.
    pub forms: Vec<Meant>,
    /// About which days.
    pub period: Period,
    /// Who lay there on this day.
    pub cutoff_on: Date,
    /// By when.
    pub due_on: Date,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

/// What was opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    /// Which.
    pub opening_id: Uuid,
    /// How many are to report.
    pub reporters: i32,
}

struct Reporter {
    organisation_id: Uuid,
    superior_id: Option<Uuid>,
    above: Vec<Uuid>,
    grassroots: bool,
}

/// What each level fills.
struct Levels {
    grassroots: Option<Form>,
    superiors: Option<Form>,
}

impl Act for OpenPeriodicReports {
    type Answer = Opened;

    async fn perform(self, acting: &mut Acting) -> Result<Opened, Failure> {
        let organisation_id = self.organisation_id;
        // Two openings of the same forms and days queue here, on the organisation.
        if named(acting, &[organisation_id]).await?.is_empty() {
            let field = "organisation_id".to_string();
            return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
        }
        if self.cutoff_on > acting.today {
            let (field, on, other) = ("cutoff_on".to_string(), self.cutoff_on, acting.today);
            return Err(Refused::PeriodicReportDatesUnfit { field, on, other }.into());
        }
        refuse_unknown_decision(acting, self.decision_id, &[organisation_id]).await?;
        let levels = self.levels(acting).await?;
        self.refuse_opened(acting).await?;

        let reporters = self.reporters(acting, &levels).await?;
        let entries = reporters.len();
        if entries == 0 {
            return Err(Refused::PeriodicReportersNone { on: self.cutoff_on }.into());
        }
        if entries > REPORTERS_MAX {
            let limit = REPORTERS_MAX;
            return Err(Refused::ListTooLong { field: "organisation_id", entries, limit }.into());
        }
        let opening_id = Uuid::now_v7();
        let number = i32::try_from(entries).unwrap_or(i32::MAX);
        self.insert(acting, opening_id, &levels, number).await?;
        self.ask(acting, opening_id, &reporters).await?;

        let opened = reports_opened(&Told {
            opening_id,
            organisation_id,
            period: self.period,
            cutoff_on: self.cutoff_on,
            due_on: self.due_on,
            reporters: number,
        });
        let on = self.period.from;
        acting.publish(feeds::reporting::change(opened, organisation_id, on, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(Opened { opening_id, reporters: number })
    }
}

impl OpenPeriodicReports {
    /// The form of each level; refuses what is unknown, and two for the same level.
    async fn levels(&self, acting: &mut Acting) -> Result<Levels, Failure> {
        let mut levels = Levels { grassroots: None, superiors: None };
        for (n, (issuer_id, code, version)) in self.forms.iter().enumerate() {
            let meant = (*issuer_id, code.as_str(), *version);
            let found =
                forms::form(acting.db(), self.reference, self.organisation_id, meant).await?;
            let Some(form) = found else {
                let field = format!("forms[{n}].code");
                return Err(Refused::PeriodicReportFormUnknown { field, form: code.clone() }.into());
            };
            let of_level = |level: &mut Option<Form>, grassroots: bool| {
                !form.reporters.are(grassroots) || level.replace(form.clone()).is_none()
            };
            let fits =
                of_level(&mut levels.grassroots, true) & of_level(&mut levels.superiors, false);
            if !fits {
                let field = format!("forms[{n}]");
                return Err(Refused::PeriodicReportFormsUnfit { field, form: code.clone() }.into());
            }
            if form.reporters == Reporters::All {
                // One copy of it does for both.
                levels.superiors = None;
            }
        }
        Ok(levels)
    }

    /// Whose forms these are, and which, in one order.
    fn key(&self) -> String {
        let mut keys: Vec<String> = self
            .forms
            .iter()
            .map(|(issuer, code, _)| format!("{}/{code}", issuer.unwrap_or_default()))
            .collect();
        keys.sort();
        keys.join(" ")
    }

    async fn refuse_opened(&self, acting: &mut Acting) -> Result<(), Failure> {
        let known = sqlx::query_scalar!(
            r#"select opening_id as "opening_id!" from periodic_report_opening
               where organisation_id = $1 and period = daterange($2, $3) and forms = $4
                 and withdrawn_at is null and access.covers(organisation_id)"#,
            self.organisation_id,
            self.period.from,
            self.period.until(),
            self.key(),
        )
        .fetch_optional(acting.db())
        .await?;
        match known {
            Some(opening_id) => Err(Refused::PeriodicReportOpened { opening_id }.into()),
            None => Ok(()),
        }
    }

    /// Who lay below the organisation on the cut-off day, and fills one of the forms.
    async fn reporters(
        &self,
        acting: &mut Acting,
        levels: &Levels,
    ) -> Result<Vec<Reporter>, Failure> {
        let all = levels.grassroots.as_ref().is_some_and(|form| form.reporters == Reporters::All);
        let rows = sqlx::query_file_as!(
            Reporter,
            "src/periodic_report/reporters.sql",
            self.organisation_id,
            self.cutoff_on,
            levels.grassroots.is_some(),
            all || levels.superiors.is_some(),
        )
        .fetch_all(acting.db())
        .await?;
        Ok(rows)
    }

    async fn insert(
        &self,
        acting: &mut Acting,
        opening_id: Uuid,
        levels: &Levels,
        reporters: i32,
    ) -> Result<(), Failure> {
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into periodic_report_opening
                 (opening_id, organisation_id, period, cutoff_on, due_on, grassroots_form, superior_form, forms,
                  reporters, decision_id, opened_at, act_id)
             values ($1, $2, daterange($3, $4), $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            opening_id,
            self.organisation_id,
            self.period.from,
            self.period.until(),
            self.cutoff_on,
            self.due_on,
            levels.grassroots.as_ref().map(Json) as _,
            levels.superiors.as_ref().map(Json) as _,
            self.key(),
            reporters,
            self.decision_id,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    async fn ask(
        &self,
        acting: &mut Acting,
        opening_id: Uuid,
        reporters: &[Reporter],
    ) -> Result<(), Failure> {
        let ids: Vec<Uuid> = reporters.iter().map(|_| Uuid::now_v7()).collect();
        let units: Vec<Uuid> = reporters.iter().map(|one| one.organisation_id).collect();
        let superiors: Vec<Option<Uuid>> = reporters.iter().map(|one| one.superior_id).collect();
        // Lists of several lengths are no array of PostgreSQL's.
        let above: Vec<Json<&[Uuid]>> = reporters.iter().map(|one| Json(&one.above[..])).collect();
        let grassroots: Vec<bool> = reporters.iter().map(|one| one.grassroots).collect();
        let act_id = acting.act_id;
        sqlx::query!(
            "insert into periodic_report
                 (report_id, opening_id, organisation_id, superior_id, above, grassroots, state, due_on, act_id)
             select line.report_id, $1, line.unit_id, line.superior_id,
                    array(select jsonb_array_elements_text(line.above)::uuid), line.grassroots, 'DUE', $7, $8
             from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::jsonb[], $6::boolean[])
                  as line (report_id, unit_id, superior_id, above, grassroots)",
            opening_id,
            &ids,
            &units,
            &superiors as &[Option<Uuid>],
            &above as &[Json<&[Uuid]>],
            &grassroots,
            self.due_on,
            act_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
