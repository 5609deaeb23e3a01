//! RecordActivities: what unions did, as counts.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::activity::reported::{Activity, Kind};
use crate::activity::wire::activities_recorded;
use crate::ground::acting::{decided_on_registry, named, refuse_all};
use crate::ground::fact::{Code, Facts};
use crate::ground::ledger;
use crate::ground::refused::Refused;

/// A list of activities.
pub struct RecordActivities {
    /// In the caller's order.
    pub activities: Vec<Activity>,
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
        let mut units: Vec<Uuid> =
            self.activities.iter().map(|activity| activity.organisation_id).collect();
        let known = named(acting, &units).await?;
        let mut faults = Vec::new();
        for (line, activity) in self.activities.iter().enumerate() {
            if !known.contains_key(&activity.organisation_id) {
                faults.push(Refused::OrganisationUnknown {
                    field: format!("activities[{line}].organisation_id"),
                    organisation_id: activity.organisation_id,
                });
            }
            if activity.held_on > acting.today {
                faults.push(Refused::ActivityInFuture {
                    field: format!("activities[{line}].held_on"),
                    held_on: activity.held_on,
                });
            }
        }
        refuse_all(faults)?;

        let act_id = acting.act_id;
        let activity_ids: Vec<Uuid> = self.activities.iter().map(|_| Uuid::now_v7()).collect();
        let kinds: Vec<&str> =
            self.activities.iter().map(|activity| activity.kind.code()).collect();
        let dates: Vec<Date> = self.activities.iter().map(|activity| activity.held_on).collect();
        let numbers = |of: fn(&Activity) -> i32| self.activities.iter().map(of).collect::<Vec<_>>();
        sqlx::query!(
            "insert into activity (activity_id, organisation_id, kind, held_on, members_reached,
                                   workers_reached, times, act_id)
             select *, $8 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::integer[],
                                      $6::integer[], $7::integer[])",
            &activity_ids,
            &units,
            &kinds as &[&str],
            &dates,
            &numbers(|activity| activity.members_reached),
            &numbers(|activity| activity.workers_reached),
            &numbers(|activity| activity.times),
            act_id,
        )
        .execute(acting.db())
        .await?;

        // Who was reached is not additive: figures read the activities themselves.
        let mut facts = Facts::default();
        for activity in &self.activities {
            let code = match activity.kind {
                Kind::Dissemination => continue,
                Kind::Inspection => Code::Inspection,
                Kind::Launch => Code::Launch,
            };
            let times = i64::from(activity.times);
            facts.add(activity.organisation_id, activity.held_on, code, "", times);
        }
        ledger::write(acting.db(), act_id, &facts).await?;

        units.sort_unstable();
        units.dedup();
        let recorded = activities_recorded(&self.activities, &activity_ids);
        let aggregate_id = units.first().copied().unwrap_or(act_id);
        let first_on = dates.iter().min().copied().unwrap_or(acting.today);
        acting.publish(feeds::reporting::change(recorded, aggregate_id, first_on, None));
        decided_on_registry(acting).await?;
        Ok(Recorded { activity_ids })
    }
}
