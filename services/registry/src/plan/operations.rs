//! Operations, as far as they are.

use anyhow::Context;
use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::{Failure, LANGUAGE, Language};
use uuid::Uuid;

use crate::ground::reading::{Asked, Page};
use crate::ground::refused::Refused;
use crate::plan::operation::Kind;
use crate::plan::plans;

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// UUIDv7.
    pub operation_id: Uuid,
    /// What it does.
    pub kind: Kind,
    /// To which plan.
    pub plan_id: Uuid,
    /// What is being done.
    pub stage: String,
    /// Stages done.
    pub done: i32,
    /// Of how many.
    pub total: i32,
    /// How often it was begun.
    pub attempts: i32,
    /// The act that it was.
    pub act_id: Option<Uuid>,
    /// How it came out, the answer or the refusal as it is told; none as long as it is under way.
    pub outcome: Option<Result<Vec<u8>, Vec<u8>>>,
}

/// An operation as it is stored.
struct Row {
    operation_id: Uuid,
    kind: String,
    plan_id: Uuid,
    stage: Option<String>,
    done: Option<i32>,
    total: Option<i32>,
    attempts: i32,
    act_id: Option<Uuid>,
    answer: Option<Vec<u8>>,
    refusal_vi: Option<Vec<u8>>,
    refusal_en: Option<Vec<u8>>,
}

impl Row {
    fn read(self) -> Result<Operation, Failure> {
        let language = LANGUAGE.try_with(|language| *language).unwrap_or_default();
        let refusal = match language {
            Language::Vietnamese => self.refusal_vi,
            Language::English => self.refusal_en,
        };
        let outcome = match (self.answer, refusal) {
            (Some(answer), _) => Some(Ok(answer)),
            (None, Some(refusal)) => Some(Err(refusal)),
            (None, None) => None,
        };
        Ok(Operation {
            operation_id: self.operation_id,
            kind: Kind::parse(&self.kind).context("read an operation's kind")?,
            plan_id: self.plan_id,
            stage: self.stage.unwrap_or_default(),
            // What is done has done all of its stages, whatever was shown last.
            done: match &outcome {
                Some(Ok(_)) => self.total.unwrap_or(0),
                _ => self.done.unwrap_or(0),
            },
            total: self.total.unwrap_or(0),
            attempts: self.attempts,
            act_id: self.act_id,
            outcome,
        })
    }
}

/// An operation in the caller's scope; `name` named it. Whoever reads that it is done has
/// seen what it did.
pub async fn operation(
    reading: &mut Reading,
    name: &str,
    operation_id: Uuid,
) -> Result<Operation, Failure> {
    let row = sqlx::query_as!(
        Row,
        r#"select operation.operation_id, operation.kind, operation.plan_id,
                  progress.stage as "stage?", progress.done as "done?", progress.total as "total?",
                  operation.attempts, operation.act_id, operation.answer, operation.refusal_vi,
                  operation.refusal_en
           from operation
           join plan using (plan_id)
           left join operation_progress progress using (operation_id)
           where operation_id = $1 and access.covers(plan.organisation_id)"#,
        operation_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    let Some(row) = row else {
        let refusal = Refused::OperationUnknown { name: name.to_string() }.at("name");
        return Err(unknown_or_denied(reading, refusal).await);
    };
    let operation = row.read()?;
    if let Some(act_id) = operation.act_id {
        reading.has_seen_act(act_id).await?;
    }
    Ok(operation)
}

/// The operations of a plan, newest first.
pub async fn operations(
    reading: &mut Reading,
    plan_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<Operation>, Failure> {
    let before: Option<Uuid> = asked.after()?;
    plans::plan(reading, plan_id).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"select operation.operation_id, operation.kind, operation.plan_id,
                  progress.stage as "stage?", progress.done as "done?", progress.total as "total?",
                  operation.attempts, operation.act_id, operation.answer, operation.refusal_vi,
                  operation.refusal_en
           from operation
           left join operation_progress progress using (operation_id)
           where plan_id = $1 and ($2::uuid is null or operation_id < $2)
           order by operation_id desc
           limit $3"#,
        plan_id,
        before,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let operations = rows.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;
    asked.page(operations, |operation| operation.operation_id)
}
