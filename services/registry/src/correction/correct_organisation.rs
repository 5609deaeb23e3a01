//! Correcting what was recorded wrongly of an organisation: one attribute, of some days.

mod attribute;
mod further;
mod life_days;

use std::ops::Bound;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::postgres::types::PgRange;
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::timeline;
use crate::ground::tree::{self, ACTIVE, SUSPENDED, Scope, Standing};

pub use attribute::Attribute;

/// What is to be known of an organisation instead of what is.
#[derive(Debug)]
pub struct CorrectOrganisation {
    /// The organisation.
    pub organisation_id: Uuid,
    /// What is known otherwise.
    pub attribute: Attribute,
    /// From when; none means from its first day. Of a first or a last day it says nothing.
    pub from_on: Option<Date>,
    /// Until the day before; none means as long as it lived or lives.
    pub until_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
    /// Why, where there is none.
    pub reason: String,
}

/// What a correction answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for CorrectOrganisation {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        let organisation_id = self.organisation_id;
        if self.basis.is_none() && self.reason.is_empty() {
            return Err(Refused::CorrectionReasonRequired.at("reason"));
        }
        tree::lock_moves(acting, &[("organisation_id".to_string(), organisation_id)]).await?;
        tree::take(acting, &[organisation_id]).await?;
        let today = acting.today;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, today, Scope::BySuperior)
                .await?;
        // What acts may not say of days to come, a correction may not say either.
        for (field, day) in [("from_on", self.from_on), ("until_on", self.until_on)] {
            if let Some(on) = day {
                basis::not_too_far(acting, field, on)?;
            }
        }
        self.refuse_unfit(acting, &unit).await?;
        let days = self.days(&unit)?;
        refuse_past_of_others(acting, organisation_id, &days).await?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id =
            basis::record(acting, self.basis.clone(), issuer_id, organisation_id).await?;
        if self.write(acting, &unit, &days, decision_id).await? == 0 {
            let refused = Refused::CorrectionChangesNothing { organisation_id };
            return Err(refused.at(self.attribute.field()));
        }
        let (field, changed) = (self.attribute.field(), self.attribute.changes());
        life::refuse_contradictions(acting, field, &[organisation_id], changed).await?;
        // Under whom it is known to have stood now: another's past changes as well.
        refuse_past_of_others(acting, organisation_id, &days).await?;

        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into organisation_correction
                 (act_id, organisation_id, attribute, valid, decision_id, reason, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            act_id,
            organisation_id,
            self.attribute.code(),
            days,
            decision_id,
            self.reason,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let first = match days.start {
            Bound::Included(first) => first,
            Bound::Excluded(_) | Bound::Unbounded => unit.founded_on,
        };
        timeline::publish(acting, &[organisation_id], first, decision_id).await?;
        Ok(Corrected { decision_id })
    }
}

impl CorrectOrganisation {
    /// Values that no organisation has, whatever the days.
    async fn refuse_unfit(&self, acting: &mut Acting, unit: &Standing) -> Result<(), Failure> {
        let refused = match &self.attribute {
            Attribute::Superior(_) if unit.superior_id.is_none() => {
                Err(Refused::ConfederationFixed)
            }
            Attribute::Superior(superior_id) if *superior_id == self.organisation_id => {
                Err(Refused::WouldFormCycle { organisation_id: *superior_id })
            }
            Attribute::Superior(superior_id) => {
                tree::lean_on(acting, &[*superior_id]).await?;
                let today = acting.today;
                tree::standing(acting, "superior_id", *superior_id, today, Scope::Itself).await?;
                Ok(())
            }
            Attribute::Status(_) if unit.superior_id.is_none() => Err(Refused::ConfederationFixed),
            Attribute::Status(status) if status != ACTIVE && status != SUSPENDED => {
                Err(Refused::StatusNotCorrectable { status: status.clone() })
            }
            Attribute::Type(type_code) => {
                let from = self.from_on.unwrap_or(unit.founded_on);
                let sector = sqlx::query_scalar!(
                    "select sector from organisation_sector
                     where organisation_id = $1 and upper_inf(recorded) and valid @> $2::date",
                    self.organisation_id,
                    from,
                )
                .fetch_optional(acting.db())
                .await?;
                let rules = Rules::read(acting.db()).await?;
                rules.may_be_founded(type_code, sector.as_deref(), from)
            }
            Attribute::Sector(sector) => Rules::read(acting.db()).await?.sector(sector),
            Attribute::Industry(industry) => {
                let from = self.from_on.unwrap_or(unit.founded_on);
                Rules::read(acting.db()).await?.industry(industry, from)
            }
            Attribute::FoundedOn(on) => {
                basis::not_too_far(acting, "founded_on", *on)?;
                Ok(())
            }
            Attribute::EndedOn(on) => {
                basis::not_too_far(acting, "ended_on", *on)?;
                match unit.ended_on {
                    Some(_) => Ok(()),
                    None => Err(Refused::DateOutsideLife { on: *on, from: unit.founded_on }),
                }
            }
            Attribute::Name(..)
            | Attribute::Code(_)
            | Attribute::Status(_)
            | Attribute::Territory { .. }
            | Attribute::Seal(..)
            | Attribute::Alias { .. }
            | Attribute::Director { .. } => Ok(()),
        };
        refused.map_err(|refused| refused.at(self.attribute.field()))
    }

    /// The days that are corrected: within the life of the organisation.
    fn days(&self, unit: &Standing) -> Result<PgRange<Date>, Failure> {
        let (from, until) = match self.attribute {
            Attribute::FoundedOn(on) => {
                let (first, last) = (on.min(unit.founded_on), on.max(unit.founded_on));
                (first, if first == last { last.next_day() } else { Some(last) })
            }
            Attribute::EndedOn(on) => {
                let ended_on = unit.ended_on.unwrap_or(on);
                let (first, last) = (on.min(ended_on), on.max(ended_on));
                (first, if first == last { last.next_day() } else { Some(last) })
            }
            _ => {
                let from = self.from_on.unwrap_or(unit.founded_on);
                let lasts = match (self.until_on, unit.ended_on) {
                    (Some(until), Some(ended_on)) => until <= ended_on,
                    _ => true,
                };
                let until = self.until_on.or(unit.ended_on);
                if from < unit.founded_on || !lasts || until.is_some_and(|until| until <= from) {
                    return Err(Refused::PeriodInvalid { from, until }.at("from_on"));
                }
                (from, until)
            }
        };
        let end = until.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(PgRange { start: Bound::Included(from), end })
    }

    /// Writes it; answers how many rows of what was known it replaced.
    async fn write(
        &self,
        acting: &mut Acting,
        unit: &Standing,
        days: &PgRange<Date>,
        decision_id: Option<Uuid>,
    ) -> Result<i64, Failure> {
        let id = self.organisation_id;
        let (act_id, at) = (acting.act_id, acting.acted_at);
        let lasting = self.lasting(acting, unit, days).await?;
        match &self.attribute {
            Attribute::Superior(superior_id) => {
                let replaced = sqlx::query_file_scalar!(
                    "src/correction/correct_organisation/superior.sql",
                    id,
                    days,
                    superior_id,
                    at,
                    act_id,
                )
                .fetch_one(acting.db())
                .await?;
                tree::mark_superiors(acting.db(), &[*superior_id]).await?;
                // Whoever was its last superior is named by its end.
                if let (Some(ended_on), Bound::Excluded(until)) = (unit.ended_on, days.end)
                    && replaced > 0
                    && until == ended_on
                {
                    sqlx::query_file_scalar!(
                        "src/correction/correct_organisation/ending.sql",
                        id,
                        ended_on,
                        ended_on,
                        at,
                        act_id,
                        superior_id,
                    )
                    .fetch_one(acting.db())
                    .await?;
                }
                Ok(replaced)
            }
            Attribute::Name(name, short_name) => Ok(sqlx::query_file_scalar!(
                "src/correction/correct_organisation/name.sql",
                id,
                lasting,
                name,
                short_name,
                at,
                act_id,
            )
            .fetch_one(acting.db())
            .await?),
            Attribute::Type(type_code) => Ok(sqlx::query_file_scalar!(
                "src/correction/correct_organisation/type.sql",
                id,
                lasting,
                type_code,
                at,
                act_id,
            )
            .fetch_one(acting.db())
            .await?),
            Attribute::Sector(sector) => Ok(sqlx::query_file_scalar!(
                "src/correction/correct_organisation/sector.sql",
                id,
                lasting,
                sector,
                at,
                act_id,
            )
            .fetch_one(acting.db())
            .await?),
            Attribute::Industry(industry) => Ok(sqlx::query_file_scalar!(
                "src/correction/correct_organisation/industry.sql",
                id,
                lasting,
                industry,
                at,
                act_id,
            )
            .fetch_one(acting.db())
            .await?),
            Attribute::Code(code) => {
                let replaced = sqlx::query_file_scalar!(
                    "src/correction/correct_organisation/code.sql",
                    id,
                    days,
                    code,
                    at,
                    act_id,
                )
                .fetch_one(acting.db())
                .await;
                tree::code_taken(replaced, "code", code)
            }
            Attribute::Status(status) => Ok(sqlx::query_file_scalar!(
                "src/correction/correct_organisation/status.sql",
                id,
                days,
                status,
                at,
                act_id,
            )
            .fetch_one(acting.db())
            .await?),
            Attribute::Territory { commune, held } => {
                further::territory(acting, unit, days, commune, *held).await
            }
            Attribute::Seal(seal, account) => {
                further::seal(acting, unit, &lasting, *seal, account).await
            }
            Attribute::Alias { alias, known } => {
                further::alias(acting, unit, &lasting, alias, *known).await
            }
            Attribute::Director { director_id, directs } => {
                further::director(acting, unit, days, *director_id, *directs).await
            }
            Attribute::FoundedOn(on) if *on == unit.founded_on => Ok(0),
            Attribute::FoundedOn(on) => {
                life_days::founded(acting, id, unit.founded_on, *on, decision_id).await?;
                Ok(1)
            }
            Attribute::EndedOn(on) => {
                let Some(ended_on) = unit.ended_on.filter(|ended_on| ended_on != on) else {
                    return Ok(0);
                };
                life_days::ended(acting, id, ended_on, *on).await
            }
        }
    }

    /// The days as far as what is corrected lasts: what an organisation was called and was on its
    /// last day it goes on having been, and its seal stays where it was until it is known elsewhere.
    async fn lasting(
        &self,
        acting: &mut Acting,
        unit: &Standing,
        days: &PgRange<Date>,
    ) -> Result<PgRange<Date>, Failure> {
        let (start, end) = (days.start, days.end);
        if unit.ended_on.is_none_or(|ended_on| end != Bound::Excluded(ended_on)) {
            return Ok(PgRange { start, end });
        }
        let next = match &self.attribute {
            Attribute::Seal(..) => {
                sqlx::query_scalar!(
                    "select min(lower(valid)) from organisation_seal
                     where organisation_id = $1 and upper_inf(recorded) and lower(valid) >= $2::date",
                    self.organisation_id,
                    unit.ended_on,
                )
                .fetch_one(acting.db())
                .await?
            }
            _ => None,
        };
        Ok(PgRange { start, end: next.map_or(Bound::Unbounded, Bound::Excluded) })
    }
}

/// The rights reach the organisation under all superiors that it had on the days corrected.
async fn refuse_past_of_others(
    acting: &mut Acting,
    organisation_id: Uuid,
    days: &PgRange<Date>,
) -> Result<(), Failure> {
    let reached = sqlx::query_scalar!(
        r#"select scope_is_whole() or covered_during($1, $2, false) as "reached!""#,
        organisation_id,
        days,
    )
    .fetch_one(acting.db())
    .await?;
    if reached {
        return Ok(());
    }
    Err(tree::unknown(acting, "organisation_id", organisation_id).await)
}
