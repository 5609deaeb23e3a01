//! OpenRound: who is to be rated, by which scheme, until when.

use std::ops::Bound;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use serde::{Deserialize, Serialize};
use sqlx::postgres::types::PgRange;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::period::Period;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::rating::held::refuse;
use crate::rating::schemes::{self, in_force};
use crate::rating::terms::Version;

/// Unions of a round, at most.
const UNIONS_MAX: i64 = 50_000;

/// What a round rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The calendar year.
    CalendarYear,
    /// The school year.
    SchoolYear,
    /// Something else.
    Custom,
}

impl Kind {
    /// As tables have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::CalendarYear => "CALENDAR_YEAR",
            Self::SchoolYear => "SCHOOL_YEAR",
            Self::Custom => "CUSTOM",
        }
    }

    /// That of this code.
    pub fn parse(code: &str) -> Self {
        let known = [Self::CalendarYear, Self::SchoolYear];
        known.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::Custom)
    }
}

/// A round that is to be opened.
pub struct OpenRound {
    /// Where the schemes of the whole country, and sectors, are.
    pub reference: &'static Reference,
    /// Whose unions are rated.
    pub organisation_id: Uuid,
    /// What it rates.
    pub kind: Kind,
    /// The rating year.
    pub year: i32,
    /// What is rated; it ends in the year.
    pub period: Period,
    /// A scheme's code; empty for the one in force.
    pub scheme: String,
    /// Its version; 0 for the one in force.
    pub version: i32,
    /// Only unions of a group of this grouping; both may be empty.
    pub sector_grouping: String,
    /// The group.
    pub sector_group: String,
    /// Only these, and what lies under these; all, if there are none.
    pub organisation_ids: Vec<Uuid>,
    /// Until when unions score themselves, are appraised and decided on: in that order.
    pub due: [Date; 3],
    /// How many days after a decision a union may appeal.
    pub appeal_days: i32,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// What was opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    /// What it is called from now on.
    pub round_id: Uuid,
    /// How many are listed.
    pub listed: i64,
    /// How many of them are eligible.
    pub eligible: i64,
}

impl Act for OpenRound {
    type Answer = Opened;

    async fn perform(self, acting: &mut Acting) -> Result<Opened, Failure> {
        self.refuse_unknown_organisations(acting).await?;
        refuse_unknown_decision(acting, self.decision_id, &[self.organisation_id]).await?;
        let today = acting.today;
        if self.due[0] < today {
            let (field, on, earlier) = ("self_score_due_on", self.due[0], today);
            return Err(Refused::RatingDueDisordered { field, on, earlier }.into());
        }
        let near = schemes::versions(acting.db(), self.reference, self.organisation_id).await?;
        let version = in_force(&near, self.year, &self.scheme, self.version)?;
        if !version.terms.scores() {
            return Err(Refused::RatingSchemeUnfit { field: "scheme".to_string() }.into());
        }
        // Whoever opens another round of the year waits here, and sees whom this one lists.
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended('rating_round', $1::bigint))",
            i64::from(self.year),
        )
        .execute(acting.db())
        .await?;
        let round_id = Uuid::now_v7();
        let listed_on = today.min(self.period.through);
        self.insert(acting, round_id, version, listed_on).await?;
        let opened = self.list(acting, round_id, version, listed_on).await?;

        let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let told = What::RatingRoundOpened(pb::RatingRoundOpened {
            round_id: round_id.to_string(),
            organisation_id: self.organisation_id.to_string(),
            year: self.year,
            scheme: version.scheme.clone(),
            version: version.version,
            listed: count(opened.listed),
            eligible: count(opened.eligible),
        });
        acting.publish(feeds::reporting::change(told, round_id, today, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(opened)
    }
}

impl OpenRound {
    async fn refuse_unknown_organisations(&self, acting: &mut Acting) -> Result<(), Failure> {
        let mut units = vec![self.organisation_id];
        units.extend(&self.organisation_ids);
        let known = named(acting, &units).await?;
        let unknown = |field: String, organisation_id: Uuid| -> Refusal {
            Refused::OrganisationUnknown { field, organisation_id }.into()
        };
        let mut faults = Vec::new();
        if !known.contains_key(&self.organisation_id) {
            faults.push(unknown("organisation_id".to_string(), self.organisation_id));
        }
        for (line, unit) in self.organisation_ids.iter().enumerate() {
            if !known.contains_key(unit) {
                faults.push(unknown(format!("organisation_ids[{line}]"), *unit));
            }
        }
        refuse(faults)
    }

    async fn insert(
        &self,
        acting: &mut Acting,
        round_id: Uuid,
        version: &Version,
        listed_on: Date,
    ) -> Result<(), Failure> {
        let (acted_at, act_id) = (acting.acted_at, acting.act_id);
        let [self_score_due_on, appraisal_due_on, decision_due_on] = self.due;
        let period = PgRange {
            start: Bound::Included(self.period.from),
            end: Bound::Excluded(self.period.until()),
        };
        sqlx::query!(
            "insert into rating_round
                 (round_id, organisation_id, kind, year, period, scheme, version, terms, sector_grouping,
                  sector_group, self_score_due_on, appraisal_due_on, decision_due_on, appeal_days,
                  decision_id, listed_on, opened_at, act_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            round_id,
            self.organisation_id,
            self.kind.code(),
            self.year,
            period,
            version.scheme,
            version.version,
            Json(&version.terms) as _,
            self.sector_grouping,
            self.sector_group,
            self_score_due_on,
            appraisal_due_on,
            decision_due_on,
            self.appeal_days,
            self.decision_id,
            listed_on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    async fn list(
        &self,
        acting: &mut Acting,
        round_id: Uuid,
        version: &Version,
        listed_on: Date,
    ) -> Result<Opened, Failure> {
        let (sectors, groups) = self.reference.spelt_groups(&self.sector_grouping);
        sqlx::query_file!(
            "src/rating/open_round.sql",
            self.organisation_id,
            &sectors,
            &groups,
            self.sector_group,
            listed_on,
            self.period.through,
            version.terms.eligible_after_months,
            version.terms.eligible_after_succession_months,
            round_id,
            self.year,
            &self.organisation_ids,
        )
        .execute(acting.db())
        .await?;
        let row = sqlx::query!(
            r#"select count(*) as "listed!", count(*) filter (where takes_part) as "eligible!"
               from rating_of_round where round_id = $1"#,
            round_id,
        )
        .fetch_one(acting.db())
        .await?;
        if row.listed > UNIONS_MAX {
            let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
            let (entries, limit) = (count(row.listed), count(UNIONS_MAX));
            return Err(Refused::ListTooLong { field: "organisation_id", entries, limit }.into());
        }
        if row.eligible == 0 {
            return Err(Refused::RatingRoundEmpty { listed: row.listed }.into());
        }
        Ok(Opened { round_id, listed: row.listed, eligible: row.eligible })
    }
}
