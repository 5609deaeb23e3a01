//! ActivityService.

use chassis::call::Call;
use chassis::refusal::Refusal;
use proto::reporting::v1::activity_service_server::ActivityService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use crate::activity::record_activities::RecordActivities;
use crate::ground::api::Api;
use crate::ground::refused::Refused;

const ACTIVITIES_MAX: usize = 1_000;

#[tonic::async_trait]
impl ActivityService for Api {
    async fn record_activities(
        &self,
        request: Request<RecordActivitiesRequest>,
    ) -> Result<Response<RecordActivitiesResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = activities_to_record(&asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|recorded| RecordActivitiesResponse {
            activity_ids: recorded.activity_ids.iter().map(ToString::to_string).collect(),
        }))
    }
}

fn activities_to_record(asked: &RecordActivitiesRequest) -> Result<RecordActivities, Status> {
    if asked.activities.is_empty() {
        return Err(Refused::ListEmpty { field: "activities" }.into());
    }
    if asked.activities.len() > ACTIVITIES_MAX {
        return Err(Refused::ListTooLong {
            field: "activities",
            entries: asked.activities.len(),
            limit: ACTIVITIES_MAX,
        }
        .into());
    }
    let (mut activities, mut faults) = (Vec::new(), Vec::new());
    for (line, activity) in asked.activities.iter().enumerate() {
        match crate::activity::wire::activity(line, activity) {
            Ok(activity) => activities.push(activity),
            Err(refusal) => faults.push(refusal),
        }
    }
    match faults.into_iter().reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(RecordActivities { activities }),
    }
}
