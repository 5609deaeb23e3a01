//! Every rule that refuses a step, a plan or an operation, by its name.

use proto::registry::v1 as pb;
use sqlx::Connection;
use time::Duration;
use uuid::Uuid;

use crate::plans::*;
use crate::world::*;

/// What a dry run of these steps finds, as line, field and reason.
async fn found_against(
    world: &World,
    steps: Vec<pb::PlanStep>,
) -> Vec<(i32, String, String, bool)> {
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, steps).await;
    let found = admin.tries(&plan_id).await.expect("tried");
    let conflicts = admin.conflicts(&plan_id).await;
    let blocking = conflicts.iter().filter(|(.., blocks)| *blocks).count();
    assert_eq!(usize::try_from(found.conflicts).expect("a count"), blocking);
    if blocking > 0 {
        let before = known(world).await;
        assert_eq!(reason(admin.commits(&plan_id).await), "PLAN_HAS_CONFLICTS");
        assert_eq!(known(world).await, before);
    }
    conflicts
}

async fn assert_against(world: &World, steps: Vec<pb::PlanStep>, expected: &[(i32, &str, &str)]) {
    let found = found_against(world, steps).await;
    let found: Vec<(i32, &str, &str)> =
        found.iter().map(|(line, field, reason, _)| (*line, &**field, &**reason)).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_unit_that_nobody_knows_is_named() {
    let world = World::start().await;
    let stranger = Uuid::now_v7().to_string();
    let steps = vec![
        hand_over(1, "NOWHERE", "HN"),
        hand_over(2, "BD-1", &stranger),
        pb::PlanStep { subordinates_to: String::new(), ..end(3, "TN-1", "NOWHERE") },
    ];
    assert_against(
        &world,
        steps,
        &[
            (1, "unit", "ORGANISATION_UNKNOWN"),
            (2, "superior", "ORGANISATION_UNKNOWN"),
            (3, "successor", "ORGANISATION_UNKNOWN"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_out_of_reach_is_as_unknown() {
    let world = World::start().await;
    let mut hanoi = world.actor("hanoi");
    let plan_id = hanoi
        .planned(world.unit("HN"), vec![hand_over(1, "TN-1", "HN"), hand_over(2, "GD-1", "TN")])
        .await;
    hanoi.tries(&plan_id).await.expect("tried");
    let found: Vec<(i32, String)> = hanoi
        .conflicts(&plan_id)
        .await
        .into_iter()
        .map(|(line, field, reason, _)| {
            assert_eq!(reason, "ORGANISATION_UNKNOWN");
            (line, field)
        })
        .collect();
    assert_eq!(found, [(1, "unit".to_string()), (2, "superior".to_string())]);
}

#[tokio::test]
async fn nobody_gets_two_superiors_and_nobody_is_named_twice() {
    let world = World::start().await;
    let steps = vec![
        hand_over(1, "BD-1", "HN"),
        hand_over(2, "BD-1", "TN"),
        end(3, "TN-1", ""),
        hand_over(4, "TN-1", "HN"),
        pb::PlanStep { name: "A".to_string(), ..step(5, Kind::Rename, "BD-2") },
        pb::PlanStep { name: "B".to_string(), ..step(6, Kind::Rename, "BD-2") },
        pb::PlanStep { name: "C".to_string(), ..step(7, Kind::Rename, "TN-1") },
    ];
    assert_against(
        &world,
        steps,
        &[
            (2, "unit", "TWO_SUPERIORS"),
            (4, "unit", "UNIT_REPEATED"),
            (6, "unit", "UNIT_REPEATED"),
            (7, "unit", "UNIT_REPEATED"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_refused_operation_was_begun_once() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, vec![hand_over(1, "BD-1", "NOWHERE")]).await;
    admin.tries(&plan_id).await.expect("tried");
    // Often: the attempt that is refused rolls back in its own time.
    for _ in 0..40 {
        let operation = admin.asks_commit(&plan_id).await.expect("begun");
        let answer: Result<pb::PlanCommitted, _> = admin.waits(operation.clone()).await;
        assert_eq!(reason(answer), "PLAN_HAS_CONFLICTS");
        assert_eq!(admin.progress_of(operation).await.attempts, 1);
    }
}

#[tokio::test]
async fn nobody_comes_to_stand_below_himself() {
    let world = World::start().await;
    // Two superiors that would each stand below the other.
    let steps =
        vec![pb::PlanStep { superior: "B".to_string(), ..found(1, "A", "B") }, found(2, "B", "A")];
    let found = found_against(&world, steps).await;
    assert!(found.iter().any(|(_, field, reason, blocks)| {
        field == "superior" && reason == "WOULD_FORM_CYCLE" && *blocks
    }));
    assert_eq!(
        found.iter().filter(|(_, _, reason, _)| reason == "WOULD_FORM_CYCLE").count(),
        2,
        "{found:?}"
    );
}

#[tokio::test]
async fn the_confederation_and_the_ended_stay_where_they_are() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.ends(vec![dissolved(world.unit("BD-1"))], ON - Duration::days(9)).await.expect("ended");
    let gone = world.unit("BD-1").to_string();
    let code = {
        let root = admin.reads(world.confederation, None).await.expect("read");
        root.code
    };
    let steps = vec![hand_over(1, &gone, "HN"), hand_over(2, &code, "HN")];
    let found = found_against(&world, steps).await;
    let of_units: Vec<(i32, &str)> = found
        .iter()
        .filter(|(_, field, ..)| field == "unit")
        .map(|(line, _, reason, _)| (*line, &**reason))
        .collect();
    assert_eq!(of_units, [(1, "ORGANISATION_ENDED"), (2, "CONFEDERATION_FIXED")]);
}

#[tokio::test]
async fn dates_outside_a_life_and_later_acts_are_found() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let young =
        admin.founds(world.unit("HN"), "YOUNG", ON + Duration::days(30)).await.expect("founded");
    admin
        .hands_over(&[world.unit("BD-1")], world.unit("HN"), ON + Duration::days(5))
        .await
        .expect("moved");
    assert_against(
        &world,
        vec![
            hand_over(1, &young.to_string(), "TN"),
            hand_over(2, "BD-1", "TN"),
            hand_over(3, "BD-2", "HN-BD"),
            // Its subordinate is known to leave later.
            end(4, "HN-BD", "HN"),
        ],
        &[
            (1, "unit", "DATE_OUTSIDE_LIFE"),
            (2, "unit", "LATER_ACT_KNOWN"),
            (3, "superior", "SUPERIOR_ENDED"),
            (3, "unit", "ALREADY_SUBORDINATE"),
        ],
    )
    .await;
    assert_against(
        &world,
        vec![end(1, "HN-BD", "HN")],
        &[(1, "subordinates_to", "LATER_ACT_KNOWN")],
    )
    .await;
}

#[tokio::test]
async fn whoever_takes_over_lives_directs_and_is_of_a_type_that_may() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.suspends(world.unit("BD-2"), ON - Duration::days(9)).await.expect("suspended");
    admin.suspends(world.unit("TN"), ON - Duration::days(9)).await.expect("suspended");
    assert_against(
        &world,
        vec![
            hand_over(1, "BD-1", "TN"),
            hand_over(2, "GD-1", "HN-CG"),
            end(3, "HN-CG", "HN"),
            hand_over(4, "HN-GD", "HN-BD"),
            pb::PlanStep {
                members_outcome: pb::MembersOutcome::Rehomed.into(),
                rehome_to: "BD-2".to_string(),
                subordinates_to: String::new(),
                successor: String::new(),
                ..end(5, "TN-1", "BD-2")
            },
        ],
        &[
            (1, "superior", "SUPERIOR_SUSPENDED"),
            (2, "superior", "SUPERIOR_ENDED"),
            (4, "superior", "SUPERIOR_TYPE_NOT_ALLOWED"),
            (5, "rehome_to", "ORGANISATION_SUSPENDED"),
        ],
    )
    .await;
}

#[tokio::test]
async fn whoever_inherits_lives_and_no_subordinate_is_left_behind() {
    let world = World::start().await;
    assert_against(
        &world,
        vec![
            pb::PlanStep { subordinates_to: String::new(), ..end(1, "HN-BD", "HN") },
            pb::PlanStep { successor: "HN-BD".to_string(), ..end(2, "HN-CG", "HN") },
        ],
        &[(1, "subordinates_to", "SUBORDINATES_LIVING"), (2, "successor", "SUCCESSOR_NOT_LIVING")],
    )
    .await;
}

#[tokio::test]
async fn types_sectors_and_codes_of_those_founded_are_checked() {
    let world = World::start().await;
    let of_type = |line, type_code: &str, sector: &str| pb::PlanStep {
        r#type: type_code.to_string(),
        sector: sector.to_string(),
        ..found(line, &format!("NEW-{line}"), "HN")
    };
    let steps = vec![
        of_type(1, "NONE", ""),
        of_type(2, "LDLD_HUYEN", ""),
        of_type(3, "CDCS", ""),
        of_type(4, "CD_XA", "HC"),
        of_type(5, "CDCS", "HCSN"),
        found(6, "TN-1", "HN"),
        found(7, "NEW-8", "HN"),
        found(8, "NEW-8", "TN"),
    ];
    let found: Vec<(i32, String, String)> = found_against(&world, steps)
        .await
        .into_iter()
        .filter(|(_, field, ..)| field != "superior")
        .map(|(line, field, reason, _)| (line, field, reason))
        .collect();
    assert_eq!(
        found,
        [
            (1, "type", "ORGANISATION_TYPE_UNKNOWN"),
            (2, "type", "ORGANISATION_TYPE_NOT_IN_FORCE"),
            (3, "sector", "SECTOR_REQUIRED"),
            (4, "sector", "SECTOR_NOT_ALLOWED"),
            (5, "sector", "SECTOR_UNKNOWN"),
            (6, "unit", "CODE_TAKEN"),
            (8, "unit", "CODE_TAKEN"),
        ]
        .map(|(line, field, reason)| (line, field.to_string(), reason.to_string()))
    );
}

#[tokio::test]
async fn a_name_borne_twice_under_one_superior_is_a_notice() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let twin = |line, code: &str| pb::PlanStep {
        name: "Công đoàn phường Một".to_string(),
        ..found(line, code, "HN")
    };
    let plan_id = admin.planned(world.confederation, vec![twin(1, "P1"), twin(2, "P2")]).await;
    let found = admin.tries(&plan_id).await.expect("tried");
    assert_eq!((found.conflicts, found.notices), (0, 2));
    assert_eq!(admin.conflicts(&plan_id).await[0].2, "NAME_COLLIDES");
    admin.commits(&plan_id).await.expect("committed all the same");
}

#[tokio::test]
async fn a_campaign_is_not_left_open() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request = pb::SurveyEmployersRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN-BD").to_string(),
        surveyed_on: Some(chassis::parse::civil(ORIGIN)),
        employers: vec![pb::SurveyedEmployer {
            name: "Công ty Thử".to_string(),
            workforce: 30,
            ..Default::default()
        }],
        ..Default::default()
    };
    let surveyed = admin.employers.survey_employers(request).await.expect("surveyed").into_inner();
    let reaches = |stage: &str, block_reason: &str| pb::ReachCampaignStageRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN-BD").to_string(),
        employer_id: surveyed.employer_ids[0].clone(),
        stage: stage.to_string(),
        block_reason: block_reason.to_string(),
        reached_on: Some(chassis::parse::civil(ORIGIN)),
        ..Default::default()
    };
    admin.employers.reach_campaign_stage(reaches("ELIGIBLE", "")).await.expect("reached");
    assert_against(&world, vec![end(1, "HN-BD", "HN")], &[(1, "unit", "CAMPAIGNS_OPEN")]).await;
    let blocked = reaches("BLOCKED", "Doanh nghiệp ngừng hoạt động");
    admin.employers.reach_campaign_stage(blocked).await.expect("blocked");
    assert_against(&world, vec![end(1, "HN-BD", "HN")], &[]).await;
}

#[tokio::test]
async fn steps_that_cannot_be_read_are_each_named() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.plans_for(world.confederation, ON).await.expect("created");
    let steps = vec![
        step(1, Kind::Unspecified, "A"),
        step(0, Kind::HandOver, "A"),
        step(3, Kind::HandOver, "A"),
        pb::PlanStep { name: "N".to_string(), ..hand_over(4, "A", "B") },
        pb::PlanStep { end_kind: 0, ..end(5, "A", "B") },
        pb::PlanStep { members_outcome: 0, ..end(6, "A", "B") },
        pb::PlanStep { end_kind: pb::EndKind::Merged.into(), ..end(7, "A", "") },
        pb::PlanStep { members_outcome: pb::MembersOutcome::Rehomed.into(), ..end(8, "A", "B") },
        pb::PlanStep { rehome_to: "C".to_string(), ..end(9, "A", "B") },
        step(10, Kind::Rename, "A"),
        pb::PlanStep { unit: "không".to_string(), ..found(11, "A", "B") },
        found(12, "A", "B"),
        found(12, "C", "B"),
    ];
    let status = admin.adds(&plan_id, steps).await.expect_err("refused");
    assert_eq!(
        violations(&status),
        [
            ("steps[0].kind", "STEP_KIND_REQUIRED"),
            ("steps[1].line", "STEP_LINE_INVALID"),
            ("steps[2].superior", "SUPERIOR_REQUIRED"),
            ("steps[3].name", "STEP_FIELD_NOT_ALLOWED"),
            ("steps[4].end_kind", "END_KIND_REQUIRED"),
            ("steps[5].members_outcome", "MEMBERS_OUTCOME_REQUIRED"),
            ("steps[6].successor", "FIELD_REQUIRED"),
            ("steps[7].rehome_to", "FIELD_REQUIRED"),
            ("steps[8].rehome_to", "STEP_FIELD_NOT_ALLOWED"),
            ("steps[9].name", "NAME_REQUIRED"),
            ("steps[10].unit", "CODE_INVALID"),
            ("steps[12].line", "STEP_EXISTS"),
        ]
        .map(|(field, reason)| (field.to_string(), reason.to_string()))
    );
    assert_eq!(reason::<()>(Err(status)), "LINES_REFUSED");
    assert_eq!(reason(admin.adds(&plan_id, Vec::new()).await), "STEPS_EMPTY");
    let headless = pb::AddPlanStepsRequest { part: None };
    let answer = admin.plans.add_plan_steps(tokio_stream::iter([headless])).await;
    assert_eq!(reason(answer), "STEPS_HEADER_MISSING");
}

#[tokio::test]
async fn a_plan_goes_from_draft_to_dry_run_to_commit_to_undo() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.plans_for(world.confederation, ON).await.expect("created");
    assert_eq!(reason(admin.tries(&plan_id).await), "PLAN_EMPTY");
    let request = pb::ListEndingUnitsRequest { plan_id: plan_id.clone() };
    assert_eq!(reason(admin.plans.list_ending_units(request.clone()).await), "DRY_RUN_REQUIRED");
    admin.adds(&plan_id, wards()).await.expect("added");
    assert_eq!(reason(admin.commits(&plan_id).await), "DRY_RUN_REQUIRED");
    assert_eq!(reason(admin.takes_back(&plan_id).await), "PLAN_NOT_COMMITTED");
    admin.tries(&plan_id).await.expect("tried");
    let ending = admin.plans.list_ending_units(request).await.expect("listed").into_inner();
    assert_eq!(ending.organisation_ids.len(), 3);
    admin.commits(&plan_id).await.expect("committed");
    assert_eq!(reason(admin.commits(&plan_id).await), "PLAN_CLOSED");
    assert_eq!(reason(admin.tries(&plan_id).await), "PLAN_CLOSED");
    assert_eq!(reason(admin.adds(&plan_id, vec![found(9, "X", "HN")]).await), "PLAN_CLOSED");
}

#[tokio::test]
async fn a_plan_is_not_committed_on_another_tree_than_it_was_tried_on() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    let outdated = |answer: Result<pb::PlanCommitted, tonic::Status>| refused(answer);
    admin.tries(&plan_id).await.expect("tried");

    // A unit that moves was renamed.
    let request = pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: world.unit("GD-1").to_string(),
        name: "Công đoàn khác".to_string(),
        basis: Some(decided(ON - Duration::days(3))),
        ..Default::default()
    };
    admin.organisations.rename_organisation(request).await.expect("renamed");
    assert_eq!(
        outdated(admin.commits(&plan_id).await),
        ("PLAN_OUTDATED".into(), "steps[6]".into())
    );
    admin.tries(&plan_id).await.expect("tried");

    // A unit that ends has got a subordinate.
    admin.founds(world.unit("HN-BD"), "BD-3", ON - Duration::days(3)).await.expect("founded");
    assert_eq!(
        outdated(admin.commits(&plan_id).await),
        ("PLAN_OUTDATED".into(), "steps[3]".into())
    );
    admin.tries(&plan_id).await.expect("tried");

    // The plan has got a step.
    admin.adds(&plan_id, vec![hand_over(8, "TN-1", "HN")]).await.expect("added");
    assert_eq!(
        outdated(admin.commits(&plan_id).await),
        ("PLAN_OUTDATED".into(), "steps[8]".into())
    );
    admin.tries(&plan_id).await.expect("tried");
    assert_eq!(admin.commits(&plan_id).await.expect("committed").units_moved, 5);
}

#[tokio::test]
async fn one_operation_of_a_plan_at_a_time() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    // Somebody moves units meanwhile.
    let mut mover = world.look().await;
    let mut moving = mover.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock(7165066922515456366)")
        .execute(&mut *moving)
        .await
        .expect("locked");
    let operation = admin.asks_commit(&plan_id).await.expect("begun");
    let request = pb::WaitOperationRequest { name: operation.name.clone(), timeout_ms: 1 };
    let waited = admin.operations.wait_operation(request).await.expect("read").into_inner();
    assert!(!waited.operation.expect("one").done);
    // The commit holds the plan until it is done: what else is asked of it is refused at once.
    assert_eq!(reason(admin.asks_commit(&plan_id).await), "OPERATION_UNDER_WAY");
    assert_eq!(reason(admin.asks_dry_run(&plan_id).await), "OPERATION_UNDER_WAY");
    assert_eq!(reason(admin.asks_undo(&plan_id).await), "OPERATION_UNDER_WAY");
    assert_eq!(reason(admin.adds(&plan_id, wards()).await), "OPERATION_UNDER_WAY");
    moving.rollback().await.expect("given up");
    let _: pb::PlanCommitted = admin.waits(operation).await.expect("committed");

    let request = pb::ListOperationsRequest { plan_id, ..Default::default() };
    let listed = admin.operations.list_operations(request).await.expect("listed").into_inner();
    assert_eq!(listed.operations.len(), 2);
    assert!(listed.operations.iter().all(|operation| operation.done));
}

#[tokio::test]
async fn of_two_who_begin_at_once_one_is_told_that_an_operation_is_under_way() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    let mut other = admin.clone();
    // The second waits for the first, and mostly finds its operation before a worker has done
    // it.
    for _ in 0..100 {
        let begun = tokio::join!(admin.asks_dry_run(&plan_id), other.asks_dry_run(&plan_id));
        let (first, second) = match begun {
            (Ok(one), refusal @ Err(_)) | (refusal @ Err(_), Ok(one)) => (one, refusal),
            (first, second) => {
                for operation in [first, second] {
                    let _: pb::DryRun =
                        admin.waits(operation.expect("begun")).await.expect("tried");
                }
                continue;
            }
        };
        assert_eq!(refused(second), ("OPERATION_UNDER_WAY".into(), "plan_id".into()));
        let _: pb::DryRun = admin.waits(first).await.expect("tried");
        return;
    }
    panic!("nobody was ever told");
}

#[tokio::test]
async fn plans_and_operations_out_of_scope_are_unknown() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    let operation = admin.asks_dry_run(&plan_id).await.expect("begun");
    let mut hanoi = world.actor("hanoi");
    let request = pb::GetPlanRequest { plan_id: plan_id.clone() };
    assert_eq!(reason(hanoi.plans.get_plan(request).await), "PLAN_UNKNOWN");
    assert_eq!(reason(hanoi.tries(&plan_id).await), "PLAN_UNKNOWN");
    let request = pb::GetOperationRequest { name: operation.name.clone() };
    assert_eq!(reason(hanoi.operations.get_operation(request).await), "OPERATION_UNKNOWN");
    let request = pb::GetOperationRequest { name: "registry/operations/1".to_string() };
    assert_eq!(reason(hanoi.operations.get_operation(request).await), "OPERATION_UNKNOWN");
    assert_eq!(reason(hanoi.plans_for(world.confederation, ON).await), "ORGANISATION_UNKNOWN");
    let _: pb::DryRun = admin.waits(operation).await.expect("tried");
    let answer = world.actor("reader").plans_for(world.unit("HN"), ON).await;
    assert_eq!(reason(answer), "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_step_to_another_type_is_held_to_the_rules_of_the_single_act() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request = pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN").to_string(),
        communes_added: vec!["00004".to_string()],
        effective_on: Some(chassis::parse::civil(ON)),
        ..Default::default()
    };
    admin.attributes.change_territory(request).await.expect("came");
    let refuses = [
        (change_type(1, "BD-1", "CDCS"), "type", "ALREADY_OF_TYPE"),
        (change_type(1, "BD-1", "CDXX"), "type", "ORGANISATION_TYPE_UNKNOWN"),
        (change_type(1, "BD-1", "TO_CD"), "type", "SUPERIOR_TYPE_NOT_ALLOWED"),
        (change_type(1, "HN-GD", "CDCS"), "sector", "SECTOR_REQUIRED"),
        (change_type(1, "TLD", "CDCS"), "unit", "CONFEDERATION_FIXED"),
        (change_type(1, "X-1", "TO_CD"), "unit", "ORGANISATION_UNKNOWN"),
    ];
    for (step, field, reason) in refuses {
        let found = found_against(&world, vec![step.clone()]).await;
        let told = |one: &(i32, String, String, bool)| (one.1 == field, one.2 == reason);
        assert!(found.iter().any(|one| told(one) == (true, true)), "{step:?}: {found:?}");
    }
    let found = found_against(&world, vec![change_type(1, "HN-CG", "CDCS")]).await;
    let reasons: Vec<&str> = found.iter().map(|one| &*one.2).collect();
    assert!(reasons.contains(&"SUBORDINATE_TYPE_NOT_ALLOWED"), "{reasons:?}");
    let found = found_against(&world, vec![change_type(1, "HN", "CDN_TW")]).await;
    let reasons: Vec<&str> = found.iter().map(|one| &*one.2).collect();
    assert!(reasons.contains(&"TERRITORY_HELD"), "{reasons:?}");
    assert_against(
        &world,
        vec![
            hand_over(1, "BD-1", "CG-1"),
            change_type(2, "BD-1", "TO_CD"),
            change_type(3, "BD-1", "TO_CD"),
        ],
        &[(3, "unit", "UNIT_REPEATED")],
    )
    .await;
    let later = world.unit("BD-2");
    let on = ON;
    admin.hands_over(&[later], world.unit("HN"), on + Duration::days(1)).await.expect("moved");
    assert_against(
        &world,
        vec![change_type(1, "BD-2", "ND_CS")],
        &[(1, "unit", "LATER_ACT_KNOWN")],
    )
    .await;

    // A field that the kind has no use for, and one that it needs.
    let mut actor = world.actor("admin");
    let plan_id = actor.plans_for(world.confederation, on).await.expect("a plan");
    for (step, reason) in [
        (
            pb::PlanStep { superior: "HN".to_string(), ..change_type(1, "BD-1", "TO_CD") },
            "STEP_FIELD_NOT_ALLOWED",
        ),
        (change_type(1, "BD-1", ""), "FIELD_REQUIRED"),
    ] {
        let status = actor.adds(&plan_id, vec![step]).await.expect_err("refused");
        assert!(violations(&status).iter().any(|one| one.1 == reason), "{status:?}");
    }
}
