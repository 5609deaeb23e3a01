//! DistributeTarget: what is asked of a unit is handed down to those directly below it.

use std::collections::{BTreeMap, BTreeSet};

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::target::apportion::{Part, apportion, basis_points};
use crate::ground::target::{Issuer, Target, ValueUnit};
use crate::target::assigning;
use crate::target::assignment::{Assignment, Lines};
use crate::target::holding::{self, On};
use crate::target::telling;

/// Subordinates that a target is handed down to, at most.
pub const CHILDREN_MAX: usize = 1_000;
/// The largest weight: what an indicator counts of one unit is never more.
pub const WEIGHT_MAX: i64 = 1_000_000_000;

/// By what it is divided.
#[derive(Clone, Debug)]
pub enum By {
    /// Stated values, one for each of the children.
    Values(Vec<i64>),
    /// Stated weights, one for each of the children.
    Weights(Vec<i64>),
    /// To each alike.
    Equal,
    /// What was counted of each; of whom nothing was, 0.
    Counted(BTreeMap<Uuid, i64>),
}

/// Which target is handed down, to whom, and how.
pub struct DistributeTarget {
    /// The target.
    pub target_id: Uuid,
    /// To whom; all where there is no list.
    pub children: Option<Vec<Uuid>>,
    /// By what.
    pub by: By,
    /// How much in all; what the target asks where nothing is stated.
    pub total: Option<i64>,
    /// From when the targets hold; from the first day of the period where nothing is stated.
    pub assigned_on: Option<Date>,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// What was handed down.
#[derive(Debug, Serialize, Deserialize)]
pub struct Distributed {
    /// What the target asks.
    pub asked: i64,
    /// To whom.
    pub children: Vec<HandedDown>,
    /// What others below were handed down of it before, and still have.
    #[serde(default)]
    pub others_sum: i64,
}

/// What one has of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandedDown {
    /// Who.
    pub organisation_id: Uuid,
    /// The target that it became.
    pub target_id: Uuid,
    /// In which revision.
    pub revision: i32,
    /// How much.
    pub value: i64,
    /// By which it was divided.
    pub weight: i64,
    /// Its part of the sum.
    pub share_basis_points: i64,
    /// What division left over of it.
    pub remainder: i64,
    /// It got one more for that.
    pub rounded_up: bool,
}

impl Act for DistributeTarget {
    type Answer = Distributed;

    async fn perform(self, acting: &mut Acting) -> Result<Distributed, Failure> {
        let (target, _) = holding::take(acting, self.target_id, On::Unit).await?;
        if let Some(known) = &target.withdrawal {
            return Err(Refused::TargetWithdrawn { withdrawn_on: known.withdrawn_on }.into());
        }
        if !target.is_count() {
            return Err(Refused::TargetNotDivisible { indicator: target.indicator }.into());
        }
        let assigned_on = self.assigned_on.unwrap_or(target.period.from);
        let (from, through) = (target.assigned_on.min(target.period.from), target.period.through);
        if !(from..=through).contains(&assigned_on) {
            return Err(Refused::TargetNotHeld { field: "assigned_on", from, through }.into());
        }
        let lines = match &self.children {
            Some(_) => Lines::Listed("children"),
            None => Lines::All("children"),
        };
        let children = children(acting, &target, self.children, assigned_on).await?;
        let weights = weights(self.by, &children)?;
        let parts = parts(&weights, self.total, target.value)?;
        let values: Vec<i64> = parts.iter().map(|part| part.value).collect();
        let assignments: Vec<Assignment> = children
            .iter()
            .zip(&values)
            .map(|(child, value)| Assignment {
                indicator: target.indicator.clone(),
                organisation_id: *child,
                period: target.period,
                issuer: Issuer::Organisation(target.organisation_id),
                value: *value,
                value_unit: ValueUnit::Count,
                comparator: target.comparator,
                denominator_on: None,
                sector_grouping: target.sector_grouping.clone(),
                sector_group: target.sector_group.clone(),
                assigned_on,
                decision_id: self.decision_id,
            })
            .collect();
        let handed = assigning::assign(acting, &assignments, lines).await?;
        telling::publish(acting, &handed).await?;
        let others_sum = others_sum(acting, &target, &children).await?;
        let weights = match weights {
            Weights::Values(values) | Weights::By(values) => values,
        };
        let children = handed.iter().zip(parts).zip(weights).zip(basis_points(&values)).map(
            |(((handed, part), weight), share_basis_points)| HandedDown {
                organisation_id: handed.organisation_id,
                target_id: handed.target_id,
                revision: handed.revision,
                value: part.value,
                weight,
                share_basis_points,
                remainder: part.remainder,
                rounded_up: part.rounded_up,
            },
        );
        Ok(Distributed { asked: target.value, children: children.collect(), others_sum })
    }
}

/// Those who stand directly below the target's unit on a day: those listed, or all of them.
async fn children(
    acting: &mut Acting,
    target: &Target,
    listed: Option<Vec<Uuid>>,
    on: Date,
) -> Result<Vec<Uuid>, Failure> {
    let unit = target.organisation_id;
    // One more than may be, and of a list all that are in it.
    let limit = i64::try_from(CHILDREN_MAX).unwrap_or(i64::MAX) + 1;
    let below = sqlx::query_scalar!(
        "select e.organisation_id
         from edge e
         join organisation child on child.organisation_id = e.organisation_id
         where e.superior_id = $1 and e.valid @> $2::date and not child.never_existed
           and child.founded_on <= $2 and (child.ended_on is null or child.ended_on > $2)
           and ($3::uuid[] is null or e.organisation_id = any ($3))
         order by e.organisation_id
         limit $4",
        unit,
        on,
        listed.as_deref(),
        limit,
    )
    .fetch_all(acting.db())
    .await?;
    let Some(listed) = listed else {
        if below.is_empty() {
            return Err(Refused::ListEmpty { field: "children" }.into());
        }
        if below.len() > CHILDREN_MAX {
            let (entries, limit) = (below.len(), CHILDREN_MAX);
            return Err(Refused::ListTooLong { field: "children", entries, limit }.into());
        }
        return Ok(below);
    };
    let below: BTreeSet<Uuid> = below.into_iter().collect();
    let others = listed.iter().enumerate().filter(|(_, child)| !below.contains(child));
    let others = others.map(|(line, organisation_id)| {
        let field = format!("children[{line}].organisation_id");
        Refused::NotSubordinate { field, organisation_id: *organisation_id, on }
    });
    match others.map(Refusal::from).reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(listed),
    }
}

/// What the target's unit asks of others for the same: what was handed down before to whom this act
/// hands down nothing, and is not withdrawn.
async fn others_sum(
    acting: &mut Acting,
    target: &Target,
    children: &[Uuid],
) -> Result<i64, Failure> {
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(newest.value), 0)::bigint as "sum!"
           from (
               select distinct on (t.target_id) t.target_id, t.revision, t.value
               from target t
               where t.issuer_id = $1 and t.indicator = $2 and t.period = daterange($3, $4)
                 and t.sector_grouping = $5 and t.sector_group = $6
                 and t.assigned_on < $4 and t.organisation_id <> all ($7)
               order by t.target_id, t.revision desc
           ) newest
           left join lateral withdrawal_of(newest.target_id, newest.revision, null) withdrawn on true
           where withdrawn.withdrawn_on is null"#,
        target.organisation_id,
        target.indicator,
        target.period.from,
        target.period.until(),
        target.sector_grouping,
        target.sector_group,
        children,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(sum)
}

/// Values as they are, or weights to divide by: one for each of the children.
enum Weights {
    Values(Vec<i64>),
    By(Vec<i64>),
}

fn weights(by: By, children: &[Uuid]) -> Result<Weights, Failure> {
    let weights = match by {
        By::Values(values) => return Ok(Weights::Values(values)),
        By::Weights(weights) => weights,
        By::Equal => vec![1; children.len()],
        By::Counted(counted) => {
            let of = |child| counted.get(child).copied().unwrap_or_default();
            children.iter().map(of).collect()
        }
    };
    let faults =
        weights.iter().enumerate().filter(|(_, weight)| !(0..=WEIGHT_MAX).contains(*weight)).map(
            |(line, _)| Refused::TargetWeightsUnfit {
                field: format!("children[{line}].weight"),
                limit: WEIGHT_MAX,
            },
        );
    if let Some(refusal) = faults.map(Refusal::from).reduce(Refusal::and) {
        return Err(refusal.into());
    }
    if weights.iter().all(|weight| *weight == 0) {
        let field = "children".to_string();
        return Err(Refused::TargetWeightsUnfit { field, limit: WEIGHT_MAX }.into());
    }
    Ok(Weights::By(weights))
}

/// What each has, in the order of the weights.
fn parts(weights: &Weights, total: Option<i64>, asked: i64) -> Result<Vec<Part>, Failure> {
    let values = match weights {
        Weights::By(weights) => return Ok(apportion(total.unwrap_or(asked), weights)),
        Weights::Values(values) => values,
    };
    let sum = values.iter().sum();
    if let Some(total) = total.filter(|total| *total != sum) {
        return Err(Refused::TargetSumUnequal { sum, total }.into());
    }
    let part = |value: &i64| Part { value: *value, remainder: 0, rounded_up: false };
    Ok(values.iter().map(part).collect())
}
