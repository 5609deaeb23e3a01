//! Plans are collected, tried, done as one act, and taken back as one.

use std::collections::HashMap;

use prost::Message;
use proto::google::longrunning::Operation;
use proto::google::longrunning::operation::Result as Outcome;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use sqlx::Connection;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::*;

/// From when the plans of these tests hold: districts are no type of organisation any more.
pub const ON: Date = date!(2025 - 07 - 01);

pub use pb::plan_step::Kind;

pub fn step(line: i32, kind: Kind, unit: &str) -> pb::PlanStep {
    pb::PlanStep { line, kind: kind.into(), unit: unit.to_string(), ..Default::default() }
}

pub fn found(line: i32, code: &str, superior: &str) -> pb::PlanStep {
    pb::PlanStep {
        name: format!("Công đoàn phường {code}"),
        r#type: "CD_XA".to_string(),
        superior: superior.to_string(),
        ..step(line, Kind::Found, code)
    }
}

/// A district ends, an heir takes its subordinates.
pub fn end(line: i32, unit: &str, heir: &str) -> pb::PlanStep {
    pb::PlanStep {
        end_kind: pb::EndKind::Terminated.into(),
        successor: heir.to_string(),
        members_outcome: pb::MembersOutcome::ToSuperior.into(),
        subordinates_to: heir.to_string(),
        ..step(line, Kind::End, unit)
    }
}

pub fn hand_over(line: i32, unit: &str, superior: &str) -> pb::PlanStep {
    pb::PlanStep { superior: superior.to_string(), ..step(line, Kind::HandOver, unit) }
}

/// Two districts become wards, one of them under the code that it had; a union merges into
/// another, and one goes straight under the province.
pub fn wards() -> Vec<pb::PlanStep> {
    vec![
        found(1, "HN-P1", "HN"),
        // Ended under a code that another bears from the same day on.
        found(2, "HN-CG", "HN"),
        end(3, "HN-BD", "HN-P1"),
        end(4, "HN-CG", "HN-CG"),
        pb::PlanStep {
            end_kind: pb::EndKind::Merged.into(),
            successor: "BD-2".to_string(),
            members_outcome: pb::MembersOutcome::Rehomed.into(),
            rehome_to: "BD-2".to_string(),
            ..step(5, Kind::End, "BD-1")
        },
        hand_over(6, "GD-1", "HN"),
        pb::PlanStep {
            name: "Liên đoàn Lao động Thủ đô".to_string(),
            code: "TD".to_string(),
            ..step(7, Kind::Rename, "HN")
        },
    ]
}

impl Actor {
    pub async fn plans_for(&mut self, organisation: Uuid, on: Date) -> Result<String, Status> {
        let request = pb::CreatePlanRequest {
            request_id: fresh(),
            organisation_id: organisation.to_string(),
            name: "Sắp xếp tổ chức công đoàn".to_string(),
            basis: Some(decided(on)),
            ..Default::default()
        };
        Ok(self.plans.create_plan(request).await?.into_inner().plan_id)
    }

    pub async fn adds(
        &mut self,
        plan_id: &str,
        steps: Vec<pb::PlanStep>,
    ) -> Result<pb::AddPlanStepsResponse, Status> {
        use pb::add_plan_steps_request::{Header, Part, Steps};
        let header =
            Header { request_id: fresh(), plan_id: plan_id.to_string(), ..Default::default() };
        let mut parts = vec![pb::AddPlanStepsRequest { part: Some(Part::Header(header)) }];
        for steps in steps.chunks(1_000) {
            let steps = Steps { steps: steps.to_vec() };
            parts.push(pb::AddPlanStepsRequest { part: Some(Part::Steps(steps)) });
        }
        Ok(self.plans.add_plan_steps(tokio_stream::iter(parts)).await?.into_inner())
    }

    /// A plan of these steps.
    pub async fn planned(&mut self, organisation: Uuid, steps: Vec<pb::PlanStep>) -> String {
        let plan_id = self.plans_for(organisation, ON).await.expect("created");
        self.adds(&plan_id, steps).await.expect("added");
        plan_id
    }

    pub async fn asks_dry_run(&mut self, plan_id: &str) -> Result<Operation, Status> {
        let request = pb::DryRunPlanRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            ..Default::default()
        };
        let answer = self.plans.dry_run_plan(request).await?.into_inner();
        Ok(answer.operation.expect("an operation"))
    }

    pub async fn asks_commit(&mut self, plan_id: &str) -> Result<Operation, Status> {
        let request = pb::CommitPlanRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            ..Default::default()
        };
        let answer = self.plans.commit_plan(request).await?.into_inner();
        Ok(answer.operation.expect("an operation"))
    }

    pub async fn asks_undo(&mut self, plan_id: &str) -> Result<Operation, Status> {
        let request = pb::UndoPlanRequest {
            request_id: fresh(),
            plan_id: plan_id.to_string(),
            ..Default::default()
        };
        let answer = self.plans.undo_plan(request).await?.into_inner();
        Ok(answer.operation.expect("an operation"))
    }

    /// How an operation came out.
    pub async fn waits<M: Message + Default + prost::Name>(
        &mut self,
        operation: Operation,
    ) -> Result<M, Status> {
        let request = pb::WaitOperationRequest { name: operation.name, timeout_ms: 0 };
        let answer = self.operations.wait_operation(request).await?.into_inner();
        let operation = answer.operation.expect("an operation");
        assert!(operation.done, "{operation:?}");
        match operation.result.expect("a result") {
            Outcome::Response(any) => Ok(any.to_msg().expect("what was promised")),
            Outcome::Error(refusal) => {
                let code = tonic::Code::from(refusal.code);
                let details = refusal.encode_to_vec().into();
                Err(Status::with_details(code, refusal.message, details))
            }
        }
    }

    /// How far an operation is, and how often it was begun.
    pub async fn progress_of(&mut self, operation: Operation) -> pb::PlanOperation {
        let request = pb::GetOperationRequest { name: operation.name };
        let answer = self.operations.get_operation(request).await.expect("read").into_inner();
        let metadata = answer.operation.expect("one").metadata.expect("some");
        metadata.to_msg().expect("a plan's")
    }

    pub async fn tries(&mut self, plan_id: &str) -> Result<pb::DryRun, Status> {
        let operation = self.asks_dry_run(plan_id).await?;
        self.waits(operation).await
    }

    pub async fn commits(&mut self, plan_id: &str) -> Result<pb::PlanCommitted, Status> {
        let operation = self.asks_commit(plan_id).await?;
        self.waits(operation).await
    }

    pub async fn takes_back(&mut self, plan_id: &str) -> Result<pb::PlanUndone, Status> {
        let operation = self.asks_undo(plan_id).await?;
        self.waits(operation).await
    }

    /// The conflicts of the last dry run: line, field, reason, and whether it blocks.
    pub async fn conflicts(&mut self, plan_id: &str) -> Vec<(i32, String, String, bool)> {
        let request = pb::ListPlanConflictsRequest {
            plan_id: plan_id.to_string(),
            page_size: 500,
            ..Default::default()
        };
        let answer = self.plans.list_plan_conflicts(request).await.expect("listed").into_inner();
        answer
            .conflicts
            .into_iter()
            .map(|one| (one.line, one.field, one.reason, one.blocks))
            .collect()
    }
}

/// Everything that is known now, at every date: one digest for each table.
pub async fn known(world: &World) -> Vec<(String, String)> {
    const TABLES: [(&str, &str); 12] = [
        ("organisation_founding", "organisation_id, founded_on, origin"),
        ("organisation_parent", "organisation_id, valid, superior_id"),
        ("organisation_name", "organisation_id, valid, name, short_name"),
        ("organisation_code", "organisation_id, valid, code"),
        ("organisation_type", "organisation_id, valid, type"),
        ("organisation_sector", "organisation_id, valid, sector"),
        ("organisation_industry", "organisation_id, valid, industry"),
        ("organisation_status", "organisation_id, valid, status"),
        ("organisation_ending", "organisation_id, ended_on, kind"),
        ("office", "office_id, valid, organisation_id, body, position, person_id"),
        ("unit_assignment", "assignment_id, valid, office_id, unit_id"),
        ("role_grant", "grant_id, valid, subject, role, organisation_id"),
    ];
    let mut look = world.look().await;
    let mut digests = Vec::new();
    for (table, columns) in TABLES {
        let digest: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select coalesce(md5(string_agg(({columns})::text, '' order by {columns})), '')
             from {table} where upper_inf(recorded)"
        )))
        .fetch_one(&mut look)
        .await
        .expect("digested");
        digests.push((table.to_string(), digest));
    }
    digests
}

#[tokio::test]
async fn a_dry_run_says_what_each_step_would_do_and_changes_nothing() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let person = Uuid::now_v7();
    appoint(&mut admin, world.unit("BD-1"), person).await;
    let plan_id = admin.planned(world.confederation, wards()).await;
    let (before, changes) = (known(&world).await, world.changes().await);

    let found = admin.tries(&plan_id).await.expect("tried");
    assert_eq!(
        (found.steps, found.units_founded, found.units_ended, found.units_moved),
        (7, 2, 3, 3)
    );
    assert_eq!((found.units_renamed, found.offices_ended, found.grants_ended), (1, 1, 1));
    assert_eq!((found.conflicts, found.notices), (0, 0), "{:?}", admin.conflicts(&plan_id).await);
    let hanoi = world.unit("HN").to_string();
    let counts: HashMap<(&str, &str), (i32, i32)> = found
        .counts
        .iter()
        .filter(|count| count.province_id == hanoi)
        .map(|count| ((count.r#type.as_str(), count.sector.as_str()), (count.before, count.after)))
        .collect();
    assert_eq!(counts[&("LDLD_HUYEN", "")], (2, 0));
    assert_eq!(counts[&("CD_XA", "")], (0, 2));
    assert_eq!(counts[&("CDCS", "NNN_CP")], (1, 0));
    assert_eq!(counts[&("CDCS", "HC")], (1, 1));

    let request = pb::ListPlanStepsRequest { plan_id: plan_id.clone(), ..Default::default() };
    let steps = admin.plans.list_plan_steps(request).await.expect("listed").into_inner().steps;
    let outcome = |n: usize| steps[n].outcome.clone().expect("an outcome");
    assert_eq!(steps.len(), 7);
    assert_eq!(outcome(2).organisation_id, world.unit("HN-BD").to_string());
    assert_eq!((outcome(2).subordinates_moved, outcome(2).grants_ended), (1, 1));
    assert_eq!(outcome(4).offices_ended, 1);
    assert_eq!(outcome(5).from_superior_id, world.unit("HN-GD").to_string());

    assert_eq!(known(&world).await, before);
    assert_eq!(world.changes().await, changes);
}

async fn appoint(admin: &mut Actor, union: Uuid, person: Uuid) {
    let request = pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        body: "EXECUTIVE".to_string(),
        offices: vec![office("CHAIR", person)],
        basis: Some(decided(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    admin.congresses.appoint_committee(request).await.expect("appointed");
}

#[tokio::test]
async fn a_commit_does_what_the_dry_run_found_as_one_act() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    appoint(&mut admin, world.unit("BD-1"), Uuid::now_v7()).await;
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    let before = world.changes().await;
    let committed = admin.commits(&plan_id).await.expect("committed");
    assert_eq!((committed.units_founded, committed.units_ended, committed.units_moved), (2, 3, 3));

    let hanoi = world.unit("HN");
    let eve = ON - Duration::days(1);
    assert_eq!(admin.children(hanoi, eve).await, ["HN-BD", "HN-CG", "HN-GD"]);
    assert_eq!(admin.children(hanoi, ON).await, ["GD-1", "HN-CG", "HN-GD", "HN-P1"]);
    let all = admin.subtree(hanoi, ON, 500).await;
    assert_eq!(all.len(), 7, "{all:?}");
    let old = admin.reads(world.unit("HN-CG"), Some(ON)).await.expect("read");
    assert_eq!(old.status(), pb::OrganisationStatus::Ended);
    let renamed = admin.reads(hanoi, Some(ON)).await.expect("read");
    assert_eq!((renamed.code.as_str(), renamed.name.as_str()), ("TD", "Liên đoàn Lao động Thủ đô"));

    let published: Vec<(Uuid, Date, Change)> =
        world.published().await.into_iter().skip(before).collect();
    assert!(published.iter().all(|(act, on, _)| act.to_string() == committed.act_id && *on == ON));
    let kinds: Vec<&str> = published
        .iter()
        .map(|(_, _, change)| match change {
            Change::OrganisationFounded(_) => "founded",
            Change::OrganisationRenamed(_) => "renamed",
            Change::OrganisationsHandedOver(_) => "handed over",
            Change::OrganisationsEnded(ended) => {
                assert_eq!(ended.units.len(), 3);
                "ended"
            }
            Change::OfficesEnded(_) => "offices",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "founded",
            "founded",
            "renamed",
            "handed over",
            "handed over",
            "handed over",
            "ended",
            "offices"
        ]
    );

    let request = pb::GetPlanRequest { plan_id: plan_id.clone() };
    let plan = admin.plans.get_plan(request).await.expect("read").into_inner().plan.expect("one");
    assert_eq!((plan.state(), plan.act_id), (pb::PlanState::Committed, committed.act_id));
}

#[tokio::test]
async fn an_undo_knows_again_what_was_known_before_at_every_date() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    appoint(&mut admin, world.unit("BD-1"), Uuid::now_v7()).await;
    let plan_id = admin.planned(world.confederation, wards()).await;
    let before = known(&world).await;
    admin.tries(&plan_id).await.expect("tried");
    let committed = admin.commits(&plan_id).await.expect("committed");
    assert_ne!(known(&world).await, before);
    let between = OffsetDateTime::now_utc();

    let changes = world.changes().await;
    let undone = admin.takes_back(&plan_id).await.expect("undone");
    assert_eq!(known(&world).await, before);
    let hanoi = world.unit("HN");
    assert_eq!(admin.children(hanoi, ON).await, ["HN-BD", "HN-CG", "HN-GD"]);
    let request = pb::GetOrganisationRequest {
        organisation_id: hanoi.to_string(),
        known_at: Some(instant(between)),
        ..Default::default()
    };
    let then = admin.organisations.get_organisation(request).await.expect("read").into_inner();
    assert_eq!(then.organisation.expect("one").code, "TD");

    let published = world.published_since(changes).await;
    let timelines: usize = published
        .iter()
        .map(|change| match change {
            Change::TimelinesCorrected(corrected) => corrected.timelines.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(timelines, usize::try_from(undone.organisations).expect("a count"));
    let acts = published.iter().find_map(|change| match change {
        Change::ActsUndone(undone) => Some(undone.act_ids.clone()),
        _ => None,
    });
    assert_eq!(acts, Some(vec![committed.act_id]));
    assert_eq!(reason(admin.takes_back(&plan_id).await), "PLAN_CLOSED");
}

#[tokio::test]
async fn a_plan_whose_act_was_undone_by_itself_is_closed() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = known(&world).await;
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    let committed = admin.commits(&plan_id).await.expect("committed");
    admin.undoes(id(&committed.act_id)).await.expect("undone");
    assert_eq!(known(&world).await, before);
    assert_eq!(reason(admin.takes_back(&plan_id).await), "PLAN_CLOSED");
    assert_eq!(reason(admin.commits(&plan_id).await), "PLAN_CLOSED");
}

#[tokio::test]
async fn acts_on_units_that_a_plan_does_not_name_do_not_outdate_it() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    admin.founds(world.unit("TN"), "TN-NEW", today()).await.expect("founded");
    admin.suspends(world.unit("TN-1"), today()).await.expect("suspended");
    admin.commits(&plan_id).await.expect("committed");
}

/// Twelve unions of Thái Nguyên go to Hà Nội: more than a few.
async fn twelve_unions_handed_over(world: &World, admin: &mut Actor) -> String {
    let unions: Vec<String> = (1..=12).map(|n| format!("TN-M{n}")).collect();
    let lines = unions.iter().map(|code| line(code, "CDCS", "NNN_CP", "TN")).collect();
    admin.loads(lines).await.expect("loaded");
    let steps = (1..).zip(&unions).map(|(n, code)| hand_over(n, code, "HN")).collect();
    let plan_id = admin.planned(world.confederation, steps).await;
    admin.tries(&plan_id).await.expect("tried");
    admin.commits(&plan_id).await.expect("committed");
    plan_id
}

#[tokio::test]
async fn a_plan_is_not_undone_whose_units_would_stand_under_one_that_ended_since() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = twelve_unions_handed_over(&world, &mut admin).await;
    admin.hands_over(&[world.unit("TN-1")], world.unit("HN"), ON).await.expect("handed over");
    let later = ON + Duration::days(10);
    admin.ends(vec![dissolved(world.unit("TN"))], later).await.expect("ended");
    let known_before = known(&world).await;
    assert_eq!(reason(admin.takes_back(&plan_id).await), "LATER_ACTS_REST");
    assert_eq!(known(&world).await, known_before);
}

#[tokio::test]
async fn acts_on_others_since_a_plan_do_not_keep_it_from_being_undone() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = twelve_unions_handed_over(&world, &mut admin).await;
    let founded = admin.founds(world.unit("TN"), "TN-NEW", ON).await.expect("founded");
    admin.ends(vec![dissolved(world.unit("BD-1"))], ON).await.expect("ended");
    admin.takes_back(&plan_id).await.expect("undone");
    let below = admin.children(world.unit("TN"), ON).await;
    let back = below.iter().filter(|code| code.starts_with("TN-M")).count();
    assert_eq!((back, below.contains(&"TN-NEW".to_string())), (12, true), "{founded} too");
}

#[tokio::test]
async fn a_plan_on_which_later_acts_rest_is_not_undone() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    admin.commits(&plan_id).await.expect("committed");
    let request =
        pb::BatchGetOrganisationsRequest { codes: vec!["HN-P1".to_string()], ..Default::default() };
    let found = admin.organisations.batch_get_organisations(request).await.expect("found");
    let ward = id(&found.into_inner().organisations[0].organisation_id);
    admin.founds(ward, "P1-NEW", today()).await.expect("founded");
    let known_before = known(&world).await;
    assert_eq!(reason(admin.takes_back(&plan_id).await), "LATER_ACTS_REST");
    assert_eq!(known(&world).await, known_before);
}

#[tokio::test]
async fn steps_are_sent_again_or_taken_up_where_they_broke() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.plans_for(world.confederation, ON).await.expect("created");
    let steps = |lines: std::ops::RangeInclusive<i32>| -> Vec<_> {
        lines.map(|line| found(line, &format!("P-{line}"), "HN")).collect()
    };
    let added = admin.adds(&plan_id, steps(1..=1_500)).await.expect("added");
    assert_eq!((added.added, added.last_line), (1_500, 1_500));
    let added = admin.adds(&plan_id, steps(1..=1_600)).await.expect("added");
    assert_eq!((added.added, added.last_line), (100, 1_600));
    let other = vec![found(7, "OTHER", "HN"), found(1_601, "P-1601", "HN")];
    let status = admin.adds(&plan_id, other).await.expect_err("refused");
    assert_eq!(violations(&status), [("steps[0].line".to_string(), "STEP_EXISTS".to_string())]);
    let request = pb::GetPlanRequest { plan_id };
    let plan = admin.plans.get_plan(request).await.expect("read").into_inner().plan.expect("one");
    assert_eq!((plan.steps, plan.last_line), (1_600, 1_600));
}

#[tokio::test]
async fn an_operation_whose_worker_died_is_done_by_the_next() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    admin.tries(&plan_id).await.expect("tried");
    // Somebody moves units, and does not finish: the worker waits in the middle of its act.
    let mut mover = world.look().await;
    let mut moving = mover.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock(7165066922515456366)")
        .execute(&mut *moving)
        .await
        .expect("locked");
    let operation = admin.asks_commit(&plan_id).await.expect("begun");
    let mut look = world.look().await;
    let killed = loop {
        let killed: Option<bool> = sqlx::query_scalar(
            "select pg_terminate_backend(pid, 10000) from pg_locks
             where locktype = 'advisory' and not granted
               and database = (select oid from pg_database where datname = current_database())",
        )
        .fetch_optional(&mut look)
        .await
        .expect("looked");
        match killed {
            Some(killed) => break killed,
            None => tokio::task::yield_now().await,
        }
    };
    assert!(killed);
    moving.rollback().await.expect("given up");
    let committed: pb::PlanCommitted = admin.waits(operation.clone()).await.expect("committed");
    assert_eq!(committed.units_ended, 3);

    let operation = admin.progress_of(operation).await;
    assert_eq!((operation.attempts, operation.done == operation.total), (2, true));
}

#[tokio::test]
async fn an_operation_that_always_fails_is_given_up() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, wards()).await;
    let operation_id = Uuid::now_v7();
    // As five workers leave it that died in it.
    sqlx::query(
        "insert into operation (operation_id, kind, plan_id, issuer, subject, permission,
                                created_at, state, attempts)
         values ($1, 'DRY_RUN', $2, $3, 'admin', 'registry.plan.dry_run', now(), 'WAITING', 5)",
    )
    .bind(operation_id)
    .bind(id(&plan_id))
    .bind(ISSUER)
    .execute(&mut world.look().await)
    .await
    .expect("left");
    let operation =
        Operation { name: format!("registry/operations/{operation_id}"), ..Default::default() };
    let answer: Result<pb::DryRun, Status> = admin.waits(operation).await;
    assert_eq!(reason(answer), "OPERATION_ABANDONED");
    admin.tries(&plan_id).await.expect("another is begun");
}

/// A unit becomes one of another type.
pub fn change_type(line: i32, unit: &str, type_code: &str) -> pb::PlanStep {
    pb::PlanStep { r#type: type_code.to_string(), ..step(line, Kind::ChangeType, unit) }
}

#[tokio::test]
async fn units_are_upgraded_and_downgraded_within_a_plan_and_the_undo_takes_it_back() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = known(&world).await;
    let day_before = ON.previous_day().expect("a day");
    let steps = vec![
        hand_over(1, "BD-1", "CG-1"),
        change_type(2, "BD-1", "TO_CD"),
        // A union without a sector, under which another may stand from then on.
        change_type(3, "TN-1", "CD_TCT"),
        hand_over(4, "BD-2", "TN-1"),
        pb::PlanStep {
            name: "Công đoàn Tổng công ty".to_string(),
            ..step(5, Kind::Rename, "TN-1")
        },
    ];
    let plan_id = admin.planned(world.confederation, steps).await;
    let found = admin.tries(&plan_id).await.expect("tried");
    assert_eq!((found.units_type_changed, found.units_moved, found.conflicts), (2, 2, 0));
    let count = |type_code: &str| -> (i32, i32) {
        let of_type = found.counts.iter().filter(|count| count.r#type == type_code);
        of_type.fold((0, 0), |sum, count| (sum.0 + count.before, sum.1 + count.after))
    };
    assert_eq!([count("CDCS"), count("TO_CD"), count("CD_TCT")], [(5, 3), (0, 1), (0, 1)]);
    assert_eq!(known(&world).await, before, "a dry run changes nothing");

    let published = world.changes().await;
    let committed = admin.commits(&plan_id).await.expect("committed");
    assert_eq!(committed.units_type_changed, 2);
    let told: Vec<(String, String)> = world
        .published_since(published)
        .await
        .into_iter()
        .filter_map(|change| match change {
            Change::OrganisationTypeChanged(told) => Some((told.from_type, told.r#type)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [("CDCS".into(), "TO_CD".into()), ("CDCS".into(), "CD_TCT".into())]);
    let stands = async |admin: &mut Actor, code: &str, on| {
        let read = admin.reads(world.unit(code), Some(on)).await.expect("read");
        (read.r#type, read.sector)
    };
    assert_eq!(stands(&mut admin, "BD-1", day_before).await, ("CDCS".into(), "NNN_CP".into()));
    assert_eq!(stands(&mut admin, "BD-1", ON).await, ("TO_CD".into(), "NNN_CP".into()));
    assert_eq!(stands(&mut admin, "TN-1", day_before).await, ("CDCS".into(), "FDI_LD".into()));
    assert_eq!(stands(&mut admin, "TN-1", ON).await, ("CD_TCT".into(), String::new()));

    admin.takes_back(&plan_id).await.expect("taken back");
    assert_eq!(known(&world).await, before);
}
