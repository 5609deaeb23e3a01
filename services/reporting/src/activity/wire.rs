//! Requests of `ActivityService` parsed, and its answers written out.

use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

use crate::activity::reported::{Activity, Kind as ActivityKind};
use crate::ground::refused::Refused;

/// The largest count of an activity.
const ACTIVITY_COUNT_MAX: i32 = 1_000_000;

/// An activity of a list.
pub fn activity(line: usize, activity: &pb::Activity) -> Result<Activity, Refusal> {
    let field = |name: &str| format!("activities[{line}].{name}");
    let kind = match activity.kind() {
        pb::ActivityKind::Dissemination => ActivityKind::Dissemination,
        pb::ActivityKind::Inspection => ActivityKind::Inspection,
        pb::ActivityKind::Launch => ActivityKind::Launch,
        pb::ActivityKind::Unspecified => {
            return Err(
                Refused::ActivityKindUnknown { field: field("kind"), kind: activity.kind }.into()
            );
        }
    };
    // Nobody of a kind is a count, too: who reports a dissemination says so.
    let reached = |name: &str, count: Option<i32>| match count {
        None if kind == ActivityKind::Dissemination => Err(parse::required(&field(name))),
        count => Ok(count.unwrap_or(0)),
    };
    let members_reached = reached("members_reached", activity.members_reached)?;
    let workers_reached = reached("workers_reached", activity.workers_reached)?;
    for (name, count) in [
        ("members_reached", members_reached),
        ("workers_reached", workers_reached),
        ("times", activity.times),
    ] {
        if !(0..=ACTIVITY_COUNT_MAX).contains(&count) {
            return Err(Refused::ActivityCountOutOfRange {
                field: field(name),
                limit: ACTIVITY_COUNT_MAX,
            }
            .into());
        }
    }
    Ok(Activity {
        organisation_id: parse::id(&field("organisation_id"), &activity.organisation_id)?,
        kind,
        held_on: parse::date(&field("held_on"), activity.held_on)?,
        members_reached,
        workers_reached,
        times: activity.times.max(1),
    })
}

/// Activities took place.
pub fn activities_recorded(activities: &[Activity], ids: &[Uuid]) -> What {
    What::ActivitiesRecorded(pb::ActivitiesRecorded {
        lines: activities
            .iter()
            .zip(ids)
            .map(|(activity, activity_id)| pb::activities_recorded::Line {
                activity_id: activity_id.to_string(),
                activity: Some(pb::Activity {
                    organisation_id: activity.organisation_id.to_string(),
                    kind: match activity.kind {
                        ActivityKind::Dissemination => pb::ActivityKind::Dissemination,
                        ActivityKind::Inspection => pb::ActivityKind::Inspection,
                        ActivityKind::Launch => pb::ActivityKind::Launch,
                    }
                    .into(),
                    held_on: Some(parse::civil(activity.held_on)),
                    members_reached: Some(activity.members_reached),
                    workers_reached: Some(activity.workers_reached),
                    times: activity.times,
                }),
            })
            .collect(),
    })
}
