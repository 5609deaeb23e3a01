//! `operation.proto`: what is done with a plan beside the calls, and what comes of it.

use chassis::refusal::{Failure, Refusal};
use prost::{Message, Name};
use prost_types::Any;
use proto::google::longrunning as lro;
use proto::google::rpc::Status;
use proto::registry::v1 as pb;
use uuid::Uuid;

use crate::ground::reading::Page;
use crate::ground::refused::Refused;
use crate::ground::wire::count;
use crate::plan::operation::{Committed, Kind, NAMES, name};
use crate::plan::operations::Operation;
use crate::plan::plans::DryRun;
use crate::plan::wire::dry_run;

/// The id in an operation's name.
pub fn operation_id(named: &str) -> Result<Uuid, Refusal> {
    named.strip_prefix(NAMES).and_then(|id| Uuid::try_parse(id).ok()).ok_or_else(|| {
        Refused::OperationUnknown { name: named.to_string() }.refusal().field("name")
    })
}

/// An operation that was just asked for.
pub fn begun(
    operation_id: Uuid,
    plan_id: Uuid,
    kind: Kind,
) -> Result<Option<lro::Operation>, Failure> {
    operation(Operation {
        operation_id,
        kind,
        plan_id,
        stage: String::new(),
        done: 0,
        total: 0,
        attempts: 0,
        act_id: None,
        outcome: None,
    })
    .map(Some)
}

/// An operation that was read.
pub fn operation(operation: Operation) -> Result<lro::Operation, Failure> {
    use lro::operation::Result::{Error, Response};
    use pb::plan_operation::Kind as Wire;
    let kind = match operation.kind {
        Kind::DryRun => Wire::DryRun,
        Kind::Commit => Wire::Commit,
        Kind::Undo => Wire::Undo,
    };
    let metadata = pb::PlanOperation {
        plan_id: operation.plan_id.to_string(),
        kind: kind.into(),
        stage: operation.stage,
        done: operation.done,
        total: operation.total,
        attempts: operation.attempts,
    };
    Ok(lro::Operation {
        name: name(operation.operation_id),
        metadata: Some(Any::from_msg(&metadata).map_err(anyhow::Error::new)?),
        done: operation.outcome.is_some(),
        result: operation
            .outcome
            .map(|outcome| {
                Ok::<_, Failure>(match outcome {
                    Ok(answer) => Response(Any::decode(&*answer)?),
                    Err(refusal) => Error(Status::decode(&*refusal)?),
                })
            })
            .transpose()?,
    })
}

/// What an operation answers, as it is kept until somebody asks.
fn kept(answer: &impl Name) -> Result<Vec<u8>, Failure> {
    Ok(Any::from_msg(answer).map_err(anyhow::Error::new)?.encode_to_vec())
}

/// A plan that was tried.
pub fn tried(found: DryRun) -> Result<Vec<u8>, Failure> {
    kept(&dry_run(found))
}

/// A plan that was committed.
pub fn committed(committed: Committed) -> Result<Vec<u8>, Failure> {
    kept(&pb::PlanCommitted {
        plan_id: committed.plan_id.to_string(),
        act_id: committed.act_id.to_string(),
        units_founded: count(committed.units_founded),
        units_ended: count(committed.units_ended),
        units_moved: count(committed.units_moved),
        units_renamed: count(committed.units_renamed),
        units_type_changed: count(committed.units_type_changed),
    })
}

/// A plan that was undone, and of how many organisations something else is known again.
pub fn undone(plan_id: Uuid, act_id: Uuid, organisations: usize) -> Result<Vec<u8>, Failure> {
    kept(&pb::PlanUndone {
        plan_id: plan_id.to_string(),
        act_id: act_id.to_string(),
        organisations: count(organisations),
    })
}

/// A page of operations.
pub fn operations_page(page: Page<Operation>) -> Result<pb::ListOperationsResponse, Failure> {
    Ok(pb::ListOperationsResponse {
        operations: page.rows.into_iter().map(operation).collect::<Result<_, _>>()?,
        next_page_token: page.next_page_token,
    })
}
