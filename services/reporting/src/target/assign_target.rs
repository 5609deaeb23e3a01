//! AssignTarget: a unit is told what to reach, or is told anew.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::refused::Refused;
use crate::ground::target::{Comparator, Issuer, Target, ValueUnit};
use crate::target::wire::target_assigned;

/// What the unit is to reach.
pub struct AssignTarget {
    /// What is to be reached.
    pub indicator: String,
    /// By whom.
    pub organisation_id: Uuid,
    /// When.
    pub period: Period,
    /// Who says so.
    pub issuer: Issuer,
    /// How much.
    pub value: i64,
    /// Of what.
    pub value_unit: ValueUnit,
    /// How it is compared.
    pub comparator: Comparator,
    /// The date of the stock that a mean is taken over.
    pub denominator_on: Option<Date>,
    /// Unions of a group only; both empty for all.
    pub sector_grouping: String,
    /// See there.
    pub sector_group: String,
    /// From when it holds.
    pub assigned_on: Date,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// Which target it became.
#[derive(Debug, Serialize, Deserialize)]
pub struct Assigned {
    /// New, or that of the revisions before.
    pub target_id: Uuid,
    /// 1, 2, …
    pub revision: i32,
}

impl Act for AssignTarget {
    type Answer = Assigned;

    async fn perform(self, acting: &mut Acting) -> Result<Assigned, Failure> {
        self.in_scope(acting).await?;
        crate::ground::acting::refuse_unknown_decision(
            acting,
            self.decision_id,
            &[self.organisation_id],
        )
        .await?;
        let (issuer_id, issuer_name) = match &self.issuer {
            Issuer::Organisation(organisation_id) => (Some(*organisation_id), None),
            Issuer::Named(name) => (None, Some(name.as_str())),
        };
        // Two revisions of one target queue here, on the unit; a unit has few targets.
        sqlx::query!(
            "select organisation_id from organisation where organisation_id = $1 for no key update",
            self.organisation_id,
        )
        .fetch_one(acting.db())
        .await?;
        let earlier = sqlx::query!(
            r#"select target_id, revision from target
               where organisation_id = $1 and indicator = $2 and period = daterange($3, $4)
                 and issuer_id is not distinct from $5 and issuer_name is not distinct from $6
                 and sector_grouping = $7 and sector_group = $8
               order by revision desc limit 1"#,
            self.organisation_id,
            self.indicator,
            self.period.from,
            self.period.until(),
            issuer_id,
            issuer_name,
            self.sector_grouping,
            self.sector_group,
        )
        .fetch_optional(acting.db())
        .await?;
        let (target_id, revision) = match earlier {
            Some(earlier) => (earlier.target_id, earlier.revision + 1),
            None => {
                self.refuse_too_many(acting).await?;
                (Uuid::now_v7(), 1)
            }
        };
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into target (target_id, revision, indicator, organisation_id, period, issuer_id,
                                 issuer_name, value, value_unit, comparator, denominator_on,
                                 sector_grouping, sector_group, assigned_on, decision_id,
                                 recorded_at, act_id)
             values ($1, $2, $3, $4, daterange($5, $6), $7, $8, $9, $10, $11, $12, $13, $14, $15,
                     $16, $17, $18)",
            target_id,
            revision,
            self.indicator,
            self.organisation_id,
            self.period.from,
            self.period.until(),
            issuer_id,
            issuer_name,
            self.value,
            self.value_unit.code(),
            self.comparator.code(),
            self.denominator_on,
            self.sector_grouping,
            self.sector_group,
            self.assigned_on,
            self.decision_id,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;

        let target = Target {
            target_id,
            revision,
            indicator: self.indicator,
            organisation_id: self.organisation_id,
            period: self.period,
            issuer: self.issuer,
            value: self.value,
            value_unit: self.value_unit,
            comparator: self.comparator,
            denominator_on: self.denominator_on,
            sector_grouping: self.sector_grouping,
            sector_group: self.sector_group,
            assigned_on: self.assigned_on,
            decision_id: self.decision_id,
            recorded_at: acted_at,
        };
        let (on, decision_id) = (target.assigned_on, target.decision_id);
        let assigned = target_assigned(&target);
        acting.publish(feeds::reporting::change(assigned, target_id, on, decision_id));
        crate::ground::acting::decided_on_registry(acting).await?;
        Ok(Assigned { target_id, revision })
    }
}

/// Targets of one unit and indicator, at most: every month of three decades, from two issuers.
const TARGETS_MAX: i64 = 1_000;

impl AssignTarget {
    /// Whatever is held against a unit's targets looks at each of them.
    async fn refuse_too_many(&self, acting: &mut Acting) -> Result<(), Failure> {
        let targets = sqlx::query_scalar!(
            r#"select count(*) as "targets!" from target
               where organisation_id = $1 and indicator = $2 and revision = 1"#,
            self.organisation_id,
            self.indicator,
        )
        .fetch_one(acting.db())
        .await?;
        if targets >= TARGETS_MAX {
            return Err(Refused::TargetsTooMany { limit: TARGETS_MAX }.into());
        }
        Ok(())
    }

    /// The caller must cover the unit, and the issuer where that is an organisation.
    async fn in_scope(&self, acting: &mut Acting) -> Result<(), Failure> {
        let mut needed = vec![("organisation_id", self.organisation_id)];
        if let Issuer::Organisation(issuer_id) = self.issuer {
            needed.push(("issuer_id", issuer_id));
        }
        for (field, organisation_id) in needed {
            let covered = sqlx::query_scalar!(
                "select organisation_id from organisation
                 where organisation_id = $1 and access.covers(organisation_id)",
                organisation_id,
            )
            .fetch_optional(acting.db())
            .await?;
            if covered.is_none() {
                let unknown =
                    Refused::OrganisationUnknown { field: field.to_string(), organisation_id };
                return Err(unknown_or_denied(acting.db(), unknown).await);
            }
        }
        Ok(())
    }
}
