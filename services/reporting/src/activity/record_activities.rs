//! RecordActivities: what unions did.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::activity::counted::{Counted, difference};
use crate::activity::known;
use crate::activity::reported::{Activity, Fields, Reported};
use crate::activity::told::activities_recorded;
use crate::ground::acting::decided_on_registry;
use crate::ground::fact::Facts;
use crate::ground::ledger::{self, Teller};

/// A list of activities.
pub struct RecordActivities {
    /// In the caller's order.
    pub activities: Vec<Reported>,
}

/// What they are called from now on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// In the caller's order.
    pub activity_ids: Vec<Uuid>,
}

impl Act for RecordActivities {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        known::check(acting, &self.activities, &[]).await?;

        let counted: Vec<Counted> =
            self.activities.iter().map(|one| Counted::of(one.kind, &one.activity)).collect();
        let activities: Vec<Activity> =
            self.activities.into_iter().map(|one| one.activity).collect();
        let activity_ids = insert(acting, &activities, &counted).await?;

        let mut facts = Facts::default();
        for (activity, counted) in activities.iter().zip(&counted) {
            let more = difference(None, Some((activity.organisation_id, counted)));
            facts.additive.extend(more.additive);
            facts.distinct.extend(more.distinct);
        }
        let act_id = acting.act_id;
        let teller = Teller::of(acting);
        ledger::write(acting.db(), teller, &facts).await?;

        let recorded = activities_recorded(&activities, &activity_ids);
        let units = activities.iter().map(|activity| activity.organisation_id);
        let aggregate_id = units.min().unwrap_or(act_id);
        let days = activities.iter().map(|activity| activity.held_on);
        let first_on = days.min().unwrap_or(acting.today);
        acting.publish(feeds::reporting::change(recorded, aggregate_id, first_on, None));
        decided_on_registry(acting).await?;
        Ok(Recorded { activity_ids })
    }
}

async fn insert(
    acting: &mut Acting,
    activities: &[Activity],
    counted: &[Counted],
) -> Result<Vec<Uuid>, Failure> {
    let activity_ids: Vec<Uuid> = activities.iter().map(|_| Uuid::now_v7()).collect();
    let units: Vec<Uuid> = activities.iter().map(|activity| activity.organisation_id).collect();
    let kinds: Vec<&str> = activities.iter().map(|activity| activity.kind.as_str()).collect();
    let dates: Vec<Date> = activities.iter().map(|activity| activity.held_on).collect();
    let numbers = |of: fn(&Activity) -> i32| activities.iter().map(of).collect::<Vec<_>>();
    let fields: Vec<Json<&Fields>> =
        activities.iter().map(|activity| Json(&activity.fields)).collect();
    let counted: Vec<Json<&Counted>> = counted.iter().map(Json).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into activity (activity_id, organisation_id, kind, held_on, members_reached,
                               workers_reached, times, fields, counted, act_id, recorded_at)
         select *, $10, $11 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::integer[],
                                        $6::integer[], $7::integer[], $8::jsonb[], $9::jsonb[])",
        &activity_ids,
        &units,
        &kinds as &[&str],
        &dates,
        &numbers(|activity| activity.members_reached),
        &numbers(|activity| activity.workers_reached),
        &numbers(|activity| activity.times),
        &fields as &[Json<&Fields>],
        &counted as &[Json<&Counted>],
        act_id,
        acted_at,
    )
    .execute(acting.db())
    .await?;
    Ok(activity_ids)
}
