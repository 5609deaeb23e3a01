//! A draft is mended, and a plan is made again.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Duration;
use time::macros::date;
use tonic::Status;
use tonic_types::StatusExt;

use crate::plans::*;
use crate::world::*;

impl Actor {
    async fn removes(
        &mut self,
        plan_id: &str,
        lines: &[i32],
    ) -> Result<pb::RemovePlanStepsResponse, Status> {
        let request = pb::RemovePlanStepsRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            lines: lines.to_vec(),
            ..Default::default()
        };
        Ok(self.plans.remove_plan_steps(request).await?.into_inner())
    }

    async fn replaces(&mut self, plan_id: &str, step: pb::PlanStep) -> Result<bool, Status> {
        let request = pb::ReplacePlanStepRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            step: Some(step),
            ..Default::default()
        };
        Ok(self.plans.replace_plan_step(request).await?.into_inner().replaced)
    }

    async fn copies(
        &mut self,
        plan_id: &str,
        basis: Option<pb::Basis>,
    ) -> Result<pb::CopyPlanResponse, Status> {
        let request = pb::CopyPlanRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            basis,
            ..Default::default()
        };
        Ok(self.plans.copy_plan(request).await?.into_inner())
    }

    async fn steps(&mut self, plan_id: &str) -> Vec<pb::list_plan_steps_response::Step> {
        let request =
            pb::ListPlanStepsRequest { plan_id: plan_id.to_string(), ..Default::default() };
        self.plans.list_plan_steps(request).await.expect("listed").into_inner().steps
    }

    async fn steps_read(&mut self, plan_id: &str) -> pb::ListPlanStepsResponse {
        let request =
            pb::ListPlanStepsRequest { plan_id: plan_id.to_string(), ..Default::default() };
        self.plans.list_plan_steps(request).await.expect("listed").into_inner()
    }

    async fn conflicts_read(&mut self, plan_id: &str) -> pb::ListPlanConflictsResponse {
        let request =
            pb::ListPlanConflictsRequest { plan_id: plan_id.to_string(), ..Default::default() };
        self.plans.list_plan_conflicts(request).await.expect("listed").into_inner()
    }

    async fn plan(&mut self, plan_id: &str) -> pb::GetPlanResponse {
        let request = pb::GetPlanRequest { plan_id: plan_id.to_string() };
        self.plans.get_plan(request).await.expect("read").into_inner()
    }
}

/// A number or a code beside the reason of a refusal.
fn beside(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    details.error_info().and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}

/// The fields of a refusal, with what is said of each.
fn descriptions(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone());
    let violations = violations.unwrap_or_default().into_iter();
    violations.map(|one| (one.field, one.description)).collect()
}

#[tokio::test]
async fn nothing_is_said_of_steps_that_no_dry_run_has_tried() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, vec![hand_over(2, "BD-1", "HN")]).await;
    let listed = admin.steps_read(&plan_id).await;
    assert_eq!((listed.dry_run.as_str(), listed.mended_since), ("", false));
    let against = admin.conflicts_read(&plan_id).await;
    assert_eq!((against.dry_run.as_str(), against.mended_since), ("", false));

    let tried = admin.tries(&plan_id).await.expect("tried");
    let listed = admin.steps_read(&plan_id).await;
    assert_eq!((listed.dry_run, listed.mended_since), (tried.operation.clone(), false));

    // A step that comes afterwards was not tried either.
    admin.adds(&plan_id, vec![hand_over(3, "BD-2", "HN")]).await.expect("added");
    let listed = admin.steps_read(&plan_id).await;
    assert_eq!((&listed.dry_run, listed.mended_since), (&tried.operation, true));
    assert!(listed.steps[0].outcome.is_some() && listed.steps[1].outcome.is_none());
    let read = admin.plan(&plan_id).await;
    assert!(read.mended_since);
    assert_eq!((read.plan.expect("one").steps, read.dry_run.expect("one").steps), (2, 1));
    let all = pb::ListPlansRequest {
        organisation_id: world.confederation.to_string(),
        ..Default::default()
    };
    let all = admin.plans.list_plans(all).await.expect("listed").into_inner();
    assert_eq!(all.plans.len(), 1);

    // Nor was a copy, whatever its model went through.
    let copied = admin.copies(&plan_id, None).await.expect("copied");
    assert_eq!(admin.steps_read(&copied.plan_id).await.dry_run, "");
    admin.tries(&plan_id).await.expect("tried");
    assert!(!admin.steps_read(&plan_id).await.mended_since);
}

#[tokio::test]
async fn units_before_and_after_agree_with_what_is_founded_and_ends_also_under_conflicts() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    for steps in [
        wards(),
        vec![found(2, "HN-P1", "NOWHERE"), end(3, "HN-BD", "HN-CG")],
        // A whole district goes nowhere.
        vec![hand_over(2, "HN-BD", "NOWHERE")],
        // Given to two superiors.
        vec![hand_over(2, "BD-1", "HN"), hand_over(3, "BD-1", "TN")],
        // Ends, and leaves whom nobody takes.
        vec![pb::PlanStep { subordinates_to: String::new(), ..end(2, "HN-BD", "HN-CG") }],
        // Handed over, and ended.
        vec![hand_over(2, "BD-1", "HN"), end(3, "BD-1", "BD-2")],
        // Below itself.
        vec![found(2, "HN-P1", "HN-P1")],
        vec![hand_over(2, "HN", "HN-BD")],
    ] {
        let plan_id = admin.planned(world.confederation, steps.clone()).await;
        let found = admin.tries(&plan_id).await.expect("tried");
        let sum = |of: fn(&pb::PlanCount) -> i32| found.counts.iter().map(of).sum::<i32>();
        let (before, after) = (sum(|one| one.before), sum(|one| one.after));
        let expected = before + found.units_founded - found.units_ended;
        assert_eq!(after, expected, "{before} before, {found:?} of {steps:?}");
    }
}

#[tokio::test]
async fn a_commit_says_in_words_what_stands_against_it_and_about_whom() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let steps = vec![hand_over(2, "HN-BD", "HN"), hand_over(3, "BD-1", "NOWHERE")];
    let plan_id = admin.planned(world.confederation, steps).await;
    admin.tries(&plan_id).await.expect("tried");
    let status = admin.commits(&plan_id).await.expect_err("refused");
    let said = descriptions(&status);
    assert_eq!(reason::<()>(Err(status)), "PLAN_HAS_CONFLICTS");
    let said: Vec<(&str, &str)> = said.iter().map(|(of, what)| (&**of, &**what)).collect();
    assert_eq!(
        said,
        [
            ("steps[2].superior", "this type may not stand under that superior (HN)"),
            ("steps[2].unit", "it stands under this superior already (HN-BD)"),
            (
                "steps[3].superior",
                "there is no such organisation, or it lies outside your scope (NOWHERE)"
            ),
        ]
    );
}

#[tokio::test]
async fn a_step_is_taken_out_or_replaced_and_the_plan_is_done_as_mended() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let steps = vec![
        hand_over(2, "BD-1", "NOWHERE"),
        hand_over(3, "BD-2", "TN"),
        found(4, "HN-P1", "NOWHERE"),
    ];
    let plan_id = admin.planned(world.confederation, steps).await;
    assert_eq!(admin.tries(&plan_id).await.expect("tried").conflicts, 2);

    assert!(admin.replaces(&plan_id, hand_over(2, "BD-1", "HN")).await.expect("replaced"));
    assert!(!admin.replaces(&plan_id, hand_over(2, "BD-1", "HN")).await.expect("the same"));
    assert!(admin.replaces(&plan_id, found(4, "HN-P1", "HN")).await.expect("replaced"));
    let left = admin.removes(&plan_id, &[3]).await.expect("removed");
    assert_eq!((left.removed, left.steps, left.last_line), (1, 2, 4));

    // What the last dry run found of them holds no more, and is not done.
    let read = admin.plan(&plan_id).await;
    assert!(read.mended_since);
    let before = read.dry_run.expect("found");
    assert_eq!((before.conflicts, before.steps), (2, 3), "the steps that it tried");
    let listed = admin.conflicts_read(&plan_id).await;
    assert_eq!((listed.conflicts.len(), listed.mended_since), (2, true));
    assert_eq!(listed.dry_run, before.operation);
    assert!(admin.steps(&plan_id).await.iter().all(|step| step.outcome.is_none()));
    let status = admin.commits(&plan_id).await.expect_err("refused");
    assert_eq!(beside(&status, "lines"), "2,3,4");
    let said = descriptions(&status);
    for (field, expected) in
        [("steps[2]", "was replaced"), ("steps[3]", "was taken out"), ("steps[4]", "was replaced")]
    {
        let told = said.iter().find(|(of, _)| of == field).expect("named");
        assert!(told.1.contains(expected), "{told:?}");
    }
    assert_eq!(reason::<()>(Err(status)), "PLAN_OUTDATED");

    let found = admin.tries(&plan_id).await.expect("tried");
    assert_eq!(
        (found.conflicts, found.steps, found.units_moved, found.units_founded),
        (0, 2, 1, 1)
    );
    assert!(!admin.plan(&plan_id).await.mended_since);
    let done = admin.commits(&plan_id).await.expect("committed");
    assert_eq!((done.units_moved, done.units_founded), (1, 1));
    let moved = admin.reads(world.unit("BD-1"), Some(ON)).await.expect("read");
    assert_eq!(moved.superior_id, world.unit("HN").to_string());
    let stayed = admin.reads(world.unit("BD-2"), Some(ON)).await.expect("read");
    assert_eq!(stayed.superior_id, world.unit("HN-BD").to_string());

    // What was taken out is known for ever.
    let mut look = world.look().await;
    let former: Vec<(i32, String)> =
        sqlx::query_as("select line, superior from plan_step_former order by line")
            .fetch_all(&mut look)
            .await
            .expect("kept");
    let former: Vec<(i32, &str)> = former.iter().map(|(line, of)| (*line, &**of)).collect();
    assert_eq!(former, [(2, "NOWHERE"), (3, "TN"), (4, "NOWHERE")]);
    assert_eq!(reason(admin.removes(&plan_id, &[2]).await), "PLAN_CLOSED");
    assert_eq!(reason(admin.replaces(&plan_id, hand_over(2, "BD-1", "TN")).await), "PLAN_CLOSED");
}

#[tokio::test]
async fn a_name_that_was_mended_is_not_done_under_the_old_dry_run() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let named = |name: &str| pb::PlanStep { name: name.to_string(), ..step(2, Kind::Rename, "HN") };
    let plan_id = admin.planned(world.confederation, vec![named("Một")]).await;
    admin.tries(&plan_id).await.expect("tried");
    assert!(admin.replaces(&plan_id, named("Hai")).await.expect("replaced"));
    assert_eq!(refused(admin.commits(&plan_id).await), ("PLAN_OUTDATED".into(), "steps[2]".into()));
    admin.tries(&plan_id).await.expect("tried");
    admin.commits(&plan_id).await.expect("committed");
    let renamed = admin.reads(world.unit("HN"), Some(ON)).await.expect("read");
    assert_eq!(renamed.name, "Hai");
}

#[tokio::test]
async fn whoever_mends_says_what_is_there() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, vec![hand_over(2, "BD-1", "HN")]).await;
    let status = admin.removes(&plan_id, &[2, 7, 9]).await.expect_err("refused");
    let expected = [("lines[1]", "STEP_UNKNOWN"), ("lines[2]", "STEP_UNKNOWN")];
    assert_eq!(violations(&status), expected.map(|(a, b)| (a.to_string(), b.to_string())));
    assert_eq!((beside(&status, "line"), beside(&status, "lines")), ("7".into(), "7,9".into()));
    assert_eq!(admin.steps(&plan_id).await.len(), 1, "nothing was removed");
    assert_eq!(refused(admin.removes(&plan_id, &[]).await).0, "FIELD_REQUIRED");
    assert_eq!(
        refused(admin.replaces(&plan_id, hand_over(3, "BD-2", "HN")).await),
        ("STEP_UNKNOWN".into(), "step.line".into())
    );
    assert_eq!(
        refused(admin.replaces(&plan_id, step(2, Kind::HandOver, "BD-1")).await),
        ("SUPERIOR_REQUIRED".into(), "step.superior".into())
    );
    let checked = pb::RemovePlanStepsRequest {
        request_id: fresh(),
        validate_only: true,
        plan_id: plan_id.clone(),
        lines: vec![2],
    };
    admin.plans.remove_plan_steps(checked).await.expect("it would be");
    assert_eq!(admin.steps(&plan_id).await.len(), 1);
    // Whoever sees the plan of another province sees none.
    let mut hanoi = world.actor("hanoi");
    assert_eq!(reason(hanoi.removes(&plan_id, &[2]).await), "PLAN_UNKNOWN");
    assert_eq!(reason(hanoi.copies(&plan_id, None).await), "PLAN_UNKNOWN");
    let mut reader = world.actor("reader");
    assert_eq!(reason(reader.removes(&plan_id, &[2]).await), "PERMISSION_DENIED");
}

#[tokio::test]
async fn an_undone_plan_is_made_again_under_its_real_decision() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    let before = known(&world).await;
    admin.tries(&plan_id).await.expect("tried");
    admin.commits(&plan_id).await.expect("committed");
    admin.takes_back(&plan_id).await.expect("taken back");
    assert_eq!(known(&world).await, before);

    let real = admin.decisions.record_decision(pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: decided(date!(2025 - 08 - 01)).basis.map(|basis| match basis {
            pb::basis::Basis::NewDecision(decision) => {
                pb::NewDecision { issuer_id: world.confederation.to_string(), ..decision }
            }
            pb::basis::Basis::DecisionId(_) => pb::NewDecision::default(),
        }),
        ..Default::default()
    });
    let decision_id = real.await.expect("recorded").into_inner().decision_id;
    let known_decision = pb::basis::Basis::DecisionId(decision_id.clone());
    let basis = Some(pb::Basis { basis: Some(known_decision) });
    let copied = admin.copies(&plan_id, basis).await.expect("copied");
    assert_eq!(copied.steps, 7);
    let read = admin.plan(&copied.plan_id).await.plan.expect("a plan");
    assert_eq!((read.state(), read.decision_id), (pb::PlanState::Draft, decision_id));
    assert_eq!(read.effective_on, Some(civil(date!(2025 - 08 - 01))));
    let given = |steps: Vec<pb::list_plan_steps_response::Step>| -> Vec<pb::PlanStep> {
        steps.into_iter().filter_map(|step| step.step).collect()
    };
    assert_eq!(given(admin.steps(&copied.plan_id).await), given(admin.steps(&plan_id).await));
    admin.tries(&copied.plan_id).await.expect("tried");
    let done = admin.commits(&copied.plan_id).await.expect("committed");
    assert_eq!((done.units_founded, done.units_ended, done.units_moved), (2, 3, 3));

    // Under its own decision, on its own day, where nothing else is said.
    let again = admin.copies(&plan_id, None).await.expect("copied");
    let (old, new) = (admin.plan(&plan_id).await.plan, admin.plan(&again.plan_id).await.plan);
    let (old, new) = (old.expect("a plan"), new.expect("a plan"));
    assert_eq!((new.effective_on, &new.decision_id), (old.effective_on, &old.decision_id));
    assert_eq!(old.state(), pb::PlanState::Undone);
}

#[tokio::test]
async fn a_conflict_is_told_by_the_code_that_the_file_has() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let steps = vec![
        hand_over(2, "HN-BD", "HN"),
        hand_over(3, "BD-1", "NOWHERE"),
        found(4, "HN-P1", "HN-P1"),
    ];
    let plan_id = admin.planned(world.confederation, steps).await;
    admin.tries(&plan_id).await.expect("tried");
    let request = pb::ListPlanConflictsRequest { plan_id, ..Default::default() };
    let listed = admin.plans.list_plan_conflicts(request).await.expect("listed").into_inner();
    let told: Vec<(i32, &str, &str)> = listed
        .conflicts
        .iter()
        .map(|one| (one.line, one.reason.as_str(), one.subject_code.as_str()))
        .collect();
    assert!(told.contains(&(2, "ALREADY_SUBORDINATE", "HN-BD")), "{told:?}");
    assert!(told.contains(&(3, "ORGANISATION_UNKNOWN", "NOWHERE")), "{told:?}");
    assert!(told.contains(&(4, "WOULD_FORM_CYCLE", "HN-P1")), "{told:?}");
}

#[tokio::test]
async fn refusals_of_steps_say_the_lines_of_their_caller() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.plans_for(world.confederation, ON).await.expect("created");
    let steps = vec![
        hand_over(17, "BD-1", "HN"),
        step(18, Kind::HandOver, "BD-2"),
        step(31, Kind::End, "BD-2"),
    ];
    let status = admin.adds(&plan_id, steps).await.expect_err("refused");
    assert_eq!(beside(&status, "lines"), "18,31");
    let status = admin.adds(&plan_id, vec![step(18, Kind::HandOver, "BD-2")]).await;
    let text = status.expect_err("refused");
    assert_eq!(text.message(), "1 line is refused; nothing was written");

    admin.adds(&plan_id, vec![hand_over(17, "BD-1", "HN")]).await.expect("added");
    let status =
        admin.adds(&plan_id, vec![hand_over(17, "BD-1", "TN")]).await.expect_err("refused");
    assert_eq!((beside(&status, "lines"), status.message()), ("17".into(), text.message()));
    admin.tries(&plan_id).await.expect("tried");
    admin.founds(world.unit("BD-1"), "BD-1-TD", ON - Duration::days(3)).await.ok();
    admin
        .hands_over(&[world.unit("BD-1")], world.unit("HN"), ON - Duration::days(3))
        .await
        .expect("moved");
    let status = admin.commits(&plan_id).await.expect_err("refused");
    assert_eq!(beside(&status, "lines"), "17");
}
