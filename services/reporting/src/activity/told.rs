//! What reporting's feed tells of activities: counts, days, codes and ids, and no texts, which
//! might name somebody.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

use crate::activity::reported::{Activity, Document, Employer, Value};
use crate::activity::wire;

/// Activities took place.
pub fn activities_recorded(activities: &[Activity], ids: &[Uuid]) -> What {
    What::ActivitiesRecorded(pb::ActivitiesRecorded {
        lines: activities
            .iter()
            .zip(ids)
            .map(|(activity, activity_id)| pb::activities_recorded::Line {
                activity_id: activity_id.to_string(),
                activity: Some(told(activity)),
            })
            .collect(),
    })
}

/// An activity is known otherwise.
pub fn activity_corrected(
    activity_id: Uuid,
    revision: i32,
    before: &Activity,
    now: &Activity,
) -> What {
    What::ActivityCorrected(pb::ActivityCorrected {
        activity_id: activity_id.to_string(),
        revision,
        before: Some(told(before)),
        now: Some(told(now)),
    })
}

/// An activity never took place.
pub fn activity_undone(activity_id: Uuid, before: &Activity) -> What {
    What::ActivityUndone(pb::ActivityUndone {
        activity_id: activity_id.to_string(),
        before: Some(told(before)),
    })
}

fn told(activity: &Activity) -> pb::Activity {
    let fields = activity.fields.0.iter().filter_map(|(name, value)| {
        let tells = match value {
            Value::Number(_) | Value::Date(_) | Value::Codes(_) | Value::Organisations(_) => true,
            Value::Employer(employer) => matches!(employer, Employer::Known(_)),
            Value::Document(document) => matches!(document, Document::Known(_)),
            Value::Text(_) => false,
        };
        tells.then(|| wire::field(name, value))
    });
    pb::Activity {
        fields: fields.collect(),
        held_on: Some(civil(activity.held_on)),
        ..wire::counts(activity)
    }
}
