//! ActivityService.

use chassis::call::Call;
use chassis::database::Reading;
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::reporting::v1::activity_service_server::ActivityService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use crate::activity::activities::{After, Asked, Whose, activities};
use crate::activity::correct_activity::CorrectActivity;
use crate::activity::record_activities::RecordActivities;
use crate::activity::undo_activity::UndoActivity;
use crate::activity::versions::known;
use crate::activity::{asked, wire};
use crate::ground::api::Api;
use crate::ground::figure::Scope;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::ground::{reading as reads, wire as ground};

const ACTIVITIES_MAX: usize = 1_000;
/// Kinds that are asked for in one call.
const KINDS_MAX: usize = 50;
/// Characters of a reason.
const REASON_MAX: usize = 1_000;
/// A scope of no more units than this tells the database which they are.
const FEW: usize = 1_000;

#[tonic::async_trait]
impl ActivityService for Api {
    async fn list_activity_kinds(
        &self,
        _: Request<ListActivityKindsRequest>,
    ) -> Result<Response<ListActivityKindsResponse>, Status> {
        let kinds = self.reference.activity_kinds().iter().map(wire::kind).collect();
        Ok(Response::new(ListActivityKindsResponse { kinds }))
    }

    async fn record_activities(
        &self,
        request: Request<RecordActivitiesRequest>,
    ) -> Result<Response<RecordActivitiesResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = activities_to_record(self.reference, &asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|recorded| RecordActivitiesResponse {
            activity_ids: recorded.activity_ids.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn get_activity(
        &self,
        request: Request<GetActivityRequest>,
    ) -> Result<Response<GetActivityResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let activity_id = parse::id("activity_id", &asked.activity_id)?;
        let known_at = ground::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        let (earlier, found) = known(&mut reading, activity_id, known_at).await?;
        Ok(reading.reply(wire::found(&earlier, &found)))
    }

    async fn list_activities(
        &self,
        request: Request<ListActivitiesRequest>,
    ) -> Result<Response<ListActivitiesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<After> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let period = ground::period(asked.period)?;
        let as_of = ground::tree(asked.tree)?;
        let kinds = kinds(self.reference, &asked.kind_codes)?;
        let known_at = ground::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let whose = match asked.subtree {
            true => self.under(&mut reading, Scope::of(organisation_id, as_of)).await?,
            false => Whose::Units(vec![organisation_id]),
        };
        let asked = Asked { whose, period, kinds, known_at };
        let (rows, next) = activities(&mut reading, &asked, after, page.size).await?;
        let next_page_token = page.token_after(next.as_ref())?;
        Ok(reading.reply(ListActivitiesResponse {
            activities: rows.iter().map(wire::recorded).collect(),
            next_page_token,
        }))
    }

    async fn correct_activity(
        &self,
        request: Request<CorrectActivityRequest>,
    ) -> Result<Response<CorrectActivityResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let now = asked.activity.as_ref().ok_or_else(|| parse::required("activity"))?;
        let act = CorrectActivity {
            activity_id: parse::id("activity_id", &asked.activity_id)?,
            now: asked::activity(self.reference, "activity.".to_string(), now)?,
            read: (asked.revision != 0).then_some(asked.revision),
            reason: parse::text("reason", &asked.reason, REASON_MAX)?,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|corrected| CorrectActivityResponse { revision: corrected.revision }))
    }

    async fn undo_activity(
        &self,
        request: Request<UndoActivityRequest>,
    ) -> Result<Response<UndoActivityResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = UndoActivity {
            activity_id: parse::id("activity_id", &asked.activity_id)?,
            read: (asked.revision != 0).then_some(asked.revision),
            reason: parse::text("reason", &asked.reason, REASON_MAX)?,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|()| UndoActivityResponse {}))
    }
}

impl Api {
    /// Whatever lies under an organisation, which few or many do.
    async fn under(&self, reading: &mut Reading, scope: Scope) -> Result<Whose, Failure> {
        let snapshot = self.columns.snapshot(reading).await?;
        let cut = snapshot.cut(self.reference, &scope).await?;
        Ok(match snapshot.few_units(&cut, FEW) {
            Some(units) => Whose::Few(units, snapshot, cut),
            None => Whose::Within(snapshot, cut),
        })
    }
}

fn activities_to_record(
    reference: &'static Reference,
    asked: &RecordActivitiesRequest,
) -> Result<RecordActivities, Status> {
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
        match asked::activity(reference, format!("activities[{line}]."), activity) {
            Ok(activity) => activities.push(activity),
            Err(refusal) => faults.push(refusal),
        }
    }
    match faults.into_iter().reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(RecordActivities { activities }),
    }
}

/// Kinds that there are.
fn kinds(reference: &Reference, codes: &[String]) -> Result<Vec<String>, Refusal> {
    if codes.len() > KINDS_MAX {
        let (entries, limit) = (codes.len(), KINDS_MAX);
        return Err(Refused::ListTooLong { field: "kind_codes", entries, limit }.into());
    }
    for (line, code) in codes.iter().enumerate() {
        if reference.activity_kind(code).is_none() {
            let field = format!("kind_codes[{line}]");
            return Err(Refused::ActivityKindUnknown { field, kind: code.clone() }.into());
        }
    }
    Ok(codes.to_vec())
}
