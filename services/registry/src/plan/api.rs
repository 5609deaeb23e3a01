//! `PlanService` and `OperationService`, answered.

use std::time::{Duration, Instant};

use chassis::call::Call;
use chassis::parse;
use prost::Message;
use proto::google::longrunning as lro;
use proto::registry::v1 as pb;
use proto::registry::v1::operation_service_server::OperationService;
use proto::registry::v1::plan_service_server::PlanService;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::plan::begin_operation::BeginOperation;
use crate::plan::operation::Kind;
use crate::plan::{operations, plans, wire};

/// Steps of one stream, at most.
const STEPS_MAX: usize = 200_000;
/// Steps of one message, at most.
const MESSAGE_STEPS_MAX: usize = 1_000;
/// How long an operation is waited for, at most.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// So much of the deadline is kept for the answer.
const ANSWER_TIME: Duration = Duration::from_millis(250);
/// How often one looks who waits for what another process does.
const LOOK: Duration = Duration::from_millis(50);

#[tonic::async_trait]
impl PlanService for Api {
    async fn create_plan(
        &self,
        request: Request<pb::CreatePlanRequest>,
    ) -> Result<Response<pb::CreatePlanResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::create(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::created))
    }

    async fn add_plan_steps(
        &self,
        request: Request<Streaming<pb::AddPlanStepsRequest>>,
    ) -> Result<Response<pb::AddPlanStepsResponse>, Status> {
        let (opening, parts) = Call::stream(request);
        let (header, steps, content) = read_steps(parts).await?;
        let mut call = opening.write(&header)?;
        let plan_id = parse::id("header.plan_id", &header.plan_id)?;
        call.digest_of(&content);
        let act = wire::add(plan_id, steps)?;
        Ok(self.database.act(call, act).await?.reply(wire::added))
    }

    async fn remove_plan_steps(
        &self,
        request: Request<pb::RemovePlanStepsRequest>,
    ) -> Result<Response<pb::RemovePlanStepsResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::remove(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::removed))
    }

    async fn replace_plan_step(
        &self,
        request: Request<pb::ReplacePlanStepRequest>,
    ) -> Result<Response<pb::ReplacePlanStepResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::replace(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::replaced))
    }

    async fn copy_plan(
        &self,
        request: Request<pb::CopyPlanRequest>,
    ) -> Result<Response<pb::CopyPlanResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::copy(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::copied))
    }

    async fn get_plan(
        &self,
        request: Request<pb::GetPlanRequest>,
    ) -> Result<Response<pb::GetPlanResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let plan_id = parse::id("plan_id", &request.plan_id)?;
        let mut reading = self.database.read(&call).await?;
        let plan = plans::plan(&mut reading, plan_id).await?;
        let dry_run = match plan.dry_run_id {
            Some(dry_run_id) => Some(plans::dry_run(&mut reading, dry_run_id).await?),
            None => None,
        };
        Ok(reading.reply(pb::GetPlanResponse {
            mended_since: plan.mended_since,
            plan: Some(wire::plan(plan)),
            dry_run: dry_run.map(wire::dry_run),
        }))
    }

    async fn list_plans(
        &self,
        request: Request<pb::ListPlansRequest>,
    ) -> Result<Response<pb::ListPlansResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        let page = plans::plans(&mut reading, organisation_id, &asked).await?;
        Ok(reading.reply(wire::plans_page(page)))
    }

    async fn list_plan_steps(
        &self,
        request: Request<pb::ListPlanStepsRequest>,
    ) -> Result<Response<pb::ListPlanStepsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let plan_id = parse::id("plan_id", &request.plan_id)?;
        let mut reading = self.database.read(&call).await?;
        let (page, plan) = plans::steps(&mut reading, plan_id, &asked).await?;
        Ok(reading.reply(wire::steps_page(page, &plan)?))
    }

    async fn list_plan_conflicts(
        &self,
        request: Request<pb::ListPlanConflictsRequest>,
    ) -> Result<Response<pb::ListPlanConflictsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let plan_id = parse::id("plan_id", &request.plan_id)?;
        let mut reading = self.database.read(&call).await?;
        let (page, plan) = plans::conflicts(&mut reading, plan_id, &asked).await?;
        Ok(reading.reply(wire::conflicts_page(page, &plan)))
    }

    async fn list_ending_units(
        &self,
        request: Request<pb::ListEndingUnitsRequest>,
    ) -> Result<Response<pb::ListEndingUnitsResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let plan_id = parse::id("plan_id", &request.plan_id)?;
        let mut reading = self.database.read(&call).await?;
        let units = plans::ending_units(&mut reading, plan_id).await?;
        Ok(reading.reply(wire::ending_units(units)))
    }

    async fn dry_run_plan(
        &self,
        request: Request<pb::DryRunPlanRequest>,
    ) -> Result<Response<pb::DryRunPlanResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let plan_id = parse::id("plan_id", &asked.plan_id)?;
        let begun = self.begin(call, plan_id, Kind::DryRun).await?;
        Ok(begun.map(|operation| pb::DryRunPlanResponse { operation }))
    }

    async fn commit_plan(
        &self,
        request: Request<pb::CommitPlanRequest>,
    ) -> Result<Response<pb::CommitPlanResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let plan_id = parse::id("plan_id", &asked.plan_id)?;
        let begun = self.begin(call, plan_id, Kind::Commit).await?;
        Ok(begun.map(|operation| pb::CommitPlanResponse { operation }))
    }

    async fn undo_plan(
        &self,
        request: Request<pb::UndoPlanRequest>,
    ) -> Result<Response<pb::UndoPlanResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let plan_id = parse::id("plan_id", &asked.plan_id)?;
        let begun = self.begin(call, plan_id, Kind::Undo).await?;
        Ok(begun.map(|operation| pb::UndoPlanResponse { operation }))
    }
}

impl Api {
    /// Asks for an operation, and wakes who does it.
    async fn begin(
        &self,
        call: Call,
        plan_id: Uuid,
        kind: Kind,
    ) -> Result<Response<Option<lro::Operation>>, Status> {
        let permission = call.permission.to_string();
        let act = BeginOperation { plan_id, kind, permission };
        let acted = self.database.act(call, act).await?;
        let begun = wire::operations::begun(acted.answer.operation_id, acted.answer.plan_id, kind)?;
        self.bell.ring();
        Ok(acted.reply(|_| begun))
    }

    async fn read_operation(
        &self,
        call: &Call,
        name: &str,
    ) -> Result<Response<lro::Operation>, Status> {
        let operation_id = wire::operations::operation_id(name)?;
        let mut reading = self.database.read(call).await?;
        let operation = operations::operation(&mut reading, name, operation_id).await?;
        Ok(reading.reply(wire::operations::operation(operation)?))
    }
}

#[tonic::async_trait]
impl OperationService for Api {
    async fn get_operation(
        &self,
        request: Request<pb::GetOperationRequest>,
    ) -> Result<Response<pb::GetOperationResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let operation = self.read_operation(&call, &request.name).await?;
        Ok(operation.map(|operation| pb::GetOperationResponse { operation: Some(operation) }))
    }

    async fn wait_operation(
        &self,
        request: Request<pb::WaitOperationRequest>,
    ) -> Result<Response<pb::WaitOperationResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let patience = match u64::try_from(asked.timeout_ms) {
            Ok(0) | Err(_) => WAIT_MAX,
            Ok(milliseconds) => Duration::from_millis(milliseconds).min(WAIT_MAX),
        };
        let left = call.remaining()?.map(|left| left.saturating_sub(ANSWER_TIME));
        let until = Instant::now() + left.map_or(patience, |left| left.min(patience));
        loop {
            let operation = self.read_operation(&call, &asked.name).await?;
            if operation.get_ref().done || Instant::now() >= until {
                return Ok(operation
                    .map(|operation| pb::WaitOperationResponse { operation: Some(operation) }));
            }
            self.bell.done_or(LOOK.min(until.saturating_duration_since(Instant::now()))).await;
        }
    }

    async fn list_operations(
        &self,
        request: Request<pb::ListOperationsRequest>,
    ) -> Result<Response<pb::ListOperationsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let plan_id = parse::id("plan_id", &request.plan_id)?;
        let mut reading = self.database.read(&call).await?;
        let page = operations::operations(&mut reading, plan_id, &asked).await?;
        Ok(reading.reply(wire::operations::operations_page(page)?))
    }
}

/// What a stream of steps carries: its header, its steps, and all of it as bytes, by which a
/// repeated stream is recognised.
type Stream = (pb::add_plan_steps_request::Header, Vec<pb::PlanStep>, Vec<u8>);

async fn read_steps(mut parts: Streaming<pb::AddPlanStepsRequest>) -> Result<Stream, Status> {
    use pb::add_plan_steps_request::Part;
    let mut header = None;
    let mut steps = Vec::new();
    let mut content = Vec::new();
    let misplaced = || Refused::StepsHeaderMissing.refusal().field("header");
    while let Some(message) = parts.message().await? {
        match (message.part, &header) {
            (Some(Part::Header(first)), None) => {
                content.extend(first.plan_id.as_bytes());
                header = Some(first);
            }
            (Some(Part::Steps(more)), Some(_)) => {
                parse::at_most("steps", more.steps.len(), MESSAGE_STEPS_MAX)?;
                if steps.len() + more.steps.len() > STEPS_MAX {
                    let refused = Refused::TooManyLines { limit: STEPS_MAX };
                    return Err(refused.refusal().field("steps").into());
                }
                // Delimited, so that steps mean the same however messages divide them.
                for step in &more.steps {
                    content.extend(step.encode_length_delimited_to_vec());
                }
                steps.extend(more.steps);
            }
            _ => return Err(misplaced().into()),
        }
    }
    if steps.is_empty() && header.is_some() {
        return Err(Refused::StepsEmpty.refusal().field("steps").into());
    }
    Ok((header.ok_or_else(misplaced)?, steps, content))
}
