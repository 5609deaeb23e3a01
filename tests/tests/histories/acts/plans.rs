//! Plans: tried, committed, undone.

use prost::{Message, Name};
use proto::google::longrunning::Operation;
use proto::google::longrunning::operation::Result as Outcome;
use proto::registry::v1::add_plan_steps_request::{Header, Part, Steps};
use proto::registry::v1::plan_step::Kind;
use proto::registry::v1::{
    AddPlanStepsRequest, CommitPlanRequest, CreatePlanRequest, DryRun, DryRunPlanRequest, EndKind,
    MembersOutcome, PlanCommitted, PlanStep, UndoPlanRequest, WaitOperationRequest,
};
use stage::made_up::{self, request_id};
use tests::world::Unit;
use tonic::{Code, Response, Status};

use crate::desk::{Desk, Planned, Tier};

/// How long one call waits for an operation, in milliseconds.
const WAIT_MS: i32 = 5_000;

impl Desk {
    /// Waits for an operation; answers its answer or its refusal.
    async fn waited<M: Message + Default + Name>(
        &self,
        begun: Result<Option<Operation>, Status>,
    ) -> Result<Response<M>, Status> {
        let name = begun?.ok_or_else(|| Status::internal("no operation"))?.name;
        loop {
            let request = WaitOperationRequest { name: name.clone(), timeout_ms: WAIT_MS };
            let waited = self.client.operations().wait_operation(request).await?.into_inner();
            match waited.operation.and_then(|operation| operation.result) {
                None => {}
                Some(Outcome::Response(answer)) => {
                    let answer =
                        answer.to_msg().map_err(|error| Status::internal(error.to_string()))?;
                    return Ok(Response::new(answer));
                }
                Some(Outcome::Error(refusal)) => {
                    let code = Code::from(refusal.code);
                    let message = refusal.message.clone();
                    let details = refusal.encode_to_vec().into();
                    return Err(Status::with_details(code, message, details));
                }
            }
        }
    }

    /// A step, and what units it is about; `founded` is a unit that an earlier step founds.
    fn step(&mut self, founded: Option<&str>) -> Option<(PlanStep, Vec<String>)> {
        let heir = |desk: &mut Self| match founded {
            Some(code) if desk.once_in(2) => Some(code.to_owned()),
            _ => Some(desk.any(Tier::Union)?.unit.code),
        };
        Some(match self.below(7) {
            0 => {
                let unit = self.any(Tier::Union)?.unit;
                let to = heir(self)?;
                let step = PlanStep {
                    kind: Kind::End.into(),
                    unit: unit.code,
                    end_kind: EndKind::Merged.into(),
                    successor: to.clone(),
                    members_outcome: MembersOutcome::Rehomed.into(),
                    rehome_to: to,
                    ..PlanStep::default()
                };
                (step, vec![unit.id])
            }
            1 => {
                let unit = self.any(Tier::Union)?.unit;
                let ends = self.once_in(2);
                let outcome =
                    if ends { MembersOutcome::MembershipEnds } else { MembersOutcome::ToSuperior };
                let step = PlanStep {
                    kind: Kind::End.into(),
                    unit: unit.code,
                    end_kind: EndKind::Dissolved.into(),
                    members_outcome: outcome.into(),
                    ..PlanStep::default()
                };
                (step, vec![unit.id])
            }
            2 => {
                let (unit, to) = (self.any(Tier::Above)?.unit, self.superior()?);
                let step = PlanStep {
                    kind: Kind::End.into(),
                    unit: unit.code,
                    end_kind: EndKind::Terminated.into(),
                    successor: to.code.clone(),
                    members_outcome: MembersOutcome::Rehomed.into(),
                    rehome_to: to.code.clone(),
                    subordinates_to: to.code,
                    ..PlanStep::default()
                };
                (step, vec![unit.id, to.id])
            }
            3 => {
                let unit = self.any(Tier::Union)?.unit;
                let name = self.code("Tên kế hoạch");
                let step = PlanStep {
                    kind: Kind::Rename.into(),
                    unit: unit.code,
                    name,
                    ..PlanStep::default()
                };
                (step, vec![unit.id])
            }
            4 => {
                let (unit, province) =
                    (self.any(Tier::Union)?.unit, self.any(Tier::Province)?.unit);
                let step = PlanStep {
                    kind: Kind::ChangeType.into(),
                    unit: unit.code,
                    r#type: "CD_TCT".to_owned(),
                    superior: province.code,
                    ..PlanStep::default()
                };
                (step, vec![unit.id, province.id])
            }
            _ => {
                let (unit, to) = (self.any(Tier::Union)?.unit, self.superior()?);
                let step = PlanStep {
                    kind: Kind::HandOver.into(),
                    unit: unit.code,
                    superior: to.code,
                    ..PlanStep::default()
                };
                (step, vec![unit.id, to.id])
            }
        })
    }

    fn founding_step(&mut self) -> Option<(PlanStep, Tier)> {
        let code = self.code("K");
        let (superior, type_code, tier) = if self.once_in(4) {
            (self.any(Tier::Province)?.unit, "CD_KCN", Tier::Above)
        } else {
            (self.superior()?, "CDCS", Tier::Union)
        };
        let step = PlanStep {
            kind: Kind::Found.into(),
            name: format!("Tổ chức {code}"),
            unit: code,
            sector: if tier == Tier::Union { self.sector() } else { String::new() },
            industry: self.some_industry(),
            r#type: type_code.to_owned(),
            superior: superior.code,
            ..PlanStep::default()
        };
        Some((step, tier))
    }

    pub async fn plan(&mut self, kind: &'static str) -> Option<()> {
        let on = self.tree_day();
        let (mut steps, mut about) = (Vec::new(), vec![]);
        let mut founded = Vec::new();
        if !self.once_in(3) {
            let (step, tier) = self.founding_step()?;
            founded.push((step.unit.clone(), tier));
            steps.push(step);
        }
        let union = founded.iter().find(|(_, tier)| *tier == Tier::Union);
        let union = union.map(|(code, _)| code.clone());
        for _ in 0..1 + self.below(3) {
            let (step, units) = self.step(union.as_deref())?;
            steps.push(step);
            about.extend(units);
        }
        for (line, step) in (1..).zip(&mut steps) {
            step.line = line;
        }
        let mut told = format!("a plan of {on}:");
        for step in &steps {
            told +=
                &format!(" {:?} {} {} {};", step.kind(), step.unit, step.superior, step.successor);
        }
        let create = CreatePlanRequest {
            request_id: request_id(),
            organisation_id: self.confederation.id.clone(),
            name: self.code("Kế hoạch"),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..CreatePlanRequest::default()
        };
        let created = self.client.plans().create_plan(create).await;
        let created = self.trace.note("create a plan", told.clone(), [], created)?;
        let plan_id = created.plan_id;
        let header = Part::Header(Header {
            request_id: request_id(),
            plan_id: plan_id.clone(),
            ..Header::default()
        });
        let parts = [header, Part::Steps(Steps { steps })];
        let parts = parts.map(|part| AddPlanStepsRequest { part: Some(part) });
        let added = self.client.plans().add_plan_steps(tokio_stream::iter(parts)).await;
        self.trace.note("add to a plan", told.clone(), [], added)?;
        let request = DryRunPlanRequest {
            request_id: request_id(),
            plan_id: plan_id.clone(),
            ..DryRunPlanRequest::default()
        };
        let begun = self.client.plans().dry_run_plan(request).await;
        let tried = self.waited::<DryRun>(begun.map(|answer| answer.into_inner().operation)).await;
        let found = self.trace.note("try a plan", told.clone(), [], tried)?;
        if found.conflicts > 0 && !self.once_in(6) {
            return None;
        }
        let request = CommitPlanRequest {
            request_id: request_id(),
            plan_id: plan_id.clone(),
            ..CommitPlanRequest::default()
        };
        let begun = self.client.plans().commit_plan(request).await;
        let done =
            self.waited::<PlanCommitted>(begun.map(|answer| answer.into_inner().operation)).await;
        let done = self.trace.note(kind, told.clone(), about.clone(), done)?;
        for (code, tier) in founded {
            let id = self.bearer_of(&code).await?;
            about.push(id.clone());
            self.learn(Unit { id, code }, tier);
        }
        self.look_at(&about).await;
        self.plans.push(Planned { plan_id, act_id: done.act_id, told, units: about });
        Some(())
    }

    pub async fn undo_plan(&mut self, kind: &'static str) -> Option<()> {
        let last = self.plans.len().min(6);
        if last == 0 {
            return None;
        }
        let n = self.plans.len() - 1 - self.below(last);
        let plan = self.plans.remove(n);
        let told = format!("undo {} ({})", plan.told, plan.act_id);
        let request = UndoPlanRequest {
            request_id: request_id(),
            plan_id: plan.plan_id,
            ..UndoPlanRequest::default()
        };
        let begun = self.client.plans().undo_plan(request).await;
        let undone = self
            .waited::<proto::registry::v1::PlanUndone>(
                begun.map(|answer| answer.into_inner().operation),
            )
            .await;
        self.trace.note(kind, told, plan.units.clone(), undone)?;
        self.look_at(&plan.units).await;
        Some(())
    }
}
