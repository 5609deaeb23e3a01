//! Figures are held against what is counted again: of histories in which nobody had a hand, no cell
//! differs; what somebody changed by hand is found, and named.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chassis::parse::civil;
use proto::registry::v1::GrantMade;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1::{self as pb, AuditCheck as Check, AuditState as State};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::columns::{Dice, History};
use crate::heads::told_otherwise;
use crate::world::{Actor, World, period, refused};

const SEEDS: [u64; 2] = [21, 22];
const STEPS: usize = 60;
const BEGIN: Date = date!(2020 - 01 - 01);
const QUARTER: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 03 - 31));
/// An audit of a small world ends before.
const SOON: Duration = Duration::from_secs(120);

fn asked(head: Uuid, levels: i32, days: (Date, Date), as_of: Date) -> pb::BeginAuditRequest {
    pb::BeginAuditRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        organisation_id: head.to_string(),
        levels,
        period: Some(period(days)),
        as_of: Some(civil(as_of)),
    }
}

impl Actor {
    async fn begins(&mut self, request: pb::BeginAuditRequest) -> Result<String, Status> {
        Ok(self.audits.begin_audit(request).await?.into_inner().audit_id)
    }

    async fn audit(&mut self, audit_id: &str) -> Result<pb::GetAuditResponse, Status> {
        let request = pb::GetAuditRequest { audit_id: audit_id.to_string() };
        Ok(self.audits.get_audit(request).await?.into_inner())
    }

    async fn ended(&mut self, audit_id: &str) -> (pb::Audit, Vec<pb::AuditDifference>) {
        let began = Instant::now();
        loop {
            let answer = self.audit(audit_id).await.expect("told");
            let audit = answer.audit.expect("an audit");
            if !matches!(audit.state(), State::Waiting | State::Counting) {
                return (audit, answer.differences);
            }
            assert!(began.elapsed() < SOON, "it does not end: {audit:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn finds(
        &mut self,
        request: pb::BeginAuditRequest,
    ) -> (pb::Audit, Vec<pb::AuditDifference>) {
        let audit_id = self.begins(request).await.expect("begun");
        let (audit, differences) = self.ended(&audit_id).await;
        assert_eq!(audit.state(), State::Done, "{audit:?}");
        assert_eq!(audit.steps_done, audit.steps);
        (audit, differences)
    }

    async fn audits_of(&mut self, head: Uuid) -> Vec<pb::Audit> {
        let request =
            pb::ListAuditsRequest { organisation_id: head.to_string(), ..Default::default() };
        self.audits.list_audits(request).await.expect("listed").into_inner().audits
    }
}

/// Changes something behind the service's back.
async fn by_hand(world: &World, statement: String) -> u64 {
    let done = sqlx::query(AssertSqlSafe(statement)).execute(&world.look().await).await;
    done.expect("changed by hand").rows_affected()
}

/// An audit of this officer's that another process holds, and the connection that holds it.
async fn held_elsewhere(world: &World, attempts: i32) -> (Uuid, PgConnection) {
    let audit_id = Uuid::now_v7();
    let mut other = PgConnection::connect(&world.superuser_url()).await.expect("connected");
    sqlx::query("select pg_advisory_lock(hashtextextended($1, 230))")
        .bind(audit_id.to_string())
        .execute(&mut other)
        .await
        .expect("held");
    sqlx::query(
        "insert into figure_audit (audit_id, principal, issuer, subject, permission,
                                   organisation_id, levels, from_on, until_on, as_of, periodic,
                                   state, asked_at, attempts)
         values ($1, $2 || '#officer', $2, 'officer', 'reporting.audit.begin', $3, 0, '2020-01-01',
                 '2020-02-01', '2020-02-01', false, 2, now(), $4)",
    )
    .bind(audit_id)
    .bind(stage::ISSUER)
    .bind(world.hanoi)
    .bind(attempts)
    .execute(&mut other)
    .await
    .expect("asked");
    (audit_id, other)
}

#[tokio::test]
async fn of_random_histories_no_cell_differs() {
    for seed in SEEDS {
        println!("seed {seed}");
        let world = World::start().await;
        let superiors = [world.badinh, world.caugiay, world.education, world.hue];
        let mut history = History { dice: Dice(seed), today: BEGIN, unions: Vec::new(), superiors };
        for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", "LLVT"]) {
            (0..3).for_each(|_| history.found(&world, superior, sector));
        }
        let units: Vec<Uuid> = history.unions.iter().map(|union| union.id).collect();
        told_otherwise(&world, &units, BEGIN).await;
        for step in 0..STEPS {
            if step == STEPS / 2 {
                world.hands_over(&[world.badinh], world.hanoi, world.hue, history.today);
            }
            history.step(&world).await;
        }
        let through = history.today;
        // Half of them; the months in which most happened, and those in which ratings are.
        let days = (date!(2020 - 06 - 01), date!(2021 - 01 - 31));
        let as_of = history.dice.day().min(through);
        let (audit, differences) =
            world.national().finds(asked(world.confederation, 3, days, as_of)).await;
        assert_eq!((audit.differing, differences), (0, Vec::new()), "seed {seed}, as of {as_of}");
        // Every indicator, twice, of more than twenty organisations, on two trees.
        assert!(audit.cells > 2 * 100 * 20 * 7 * 2, "only {} cells", audit.cells);
        let sources: BTreeSet<&str> =
            audit.feed_positions.iter().map(|at| at.source.as_str()).collect();
        assert_eq!(sources, BTreeSet::from(["membership", "registry", "reporting"]));
        assert!(audit.feed_positions.iter().all(|at| at.position > 0));
        world.stop().await;
    }
}

#[tokio::test]
async fn what_was_changed_by_hand_is_found_and_named() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2020 - 02 - 10), 3);
    assert_eq!(officer.value("MBR_ADMITTED", world.hanoi, QUARTER, None).await, 3);
    let request = || asked(world.hanoi, 1, QUARTER, date!(2020 - 06 - 01));
    let (clean, _) = officer.finds(request()).await;
    assert_eq!(clean.differing, 0);

    // Five more were never admitted: the columns do not know of them.
    let of_union = format!("where unit_id = '{union}' and code = 'MBR_ADMITTED' and sex = 1");
    assert_eq!(by_hand(&world, format!("update fact set amount = 6 {of_union}")).await, 1);
    let (audit, differences) = officer.finds(request()).await;
    assert_eq!(audit.cells, clean.cells);
    let named = |check: Check, code: &str, head: Uuid, as_of: Option<Date>| {
        differences.iter().any(|one| {
            let told = (one.check(), one.code.as_str(), one.organisation_id.clone());
            told == (check, code, head.to_string())
                && one.as_of == as_of.map(civil)
                && one.month == Some(civil(date!(2020 - 02 - 01)))
                && (one.answered, one.counted) == (3, 8)
        })
    };
    for head in [world.hanoi, world.badinh] {
        for as_of in [None, Some(date!(2020 - 06 - 01))] {
            assert!(named(Check::Figure, "MBR_ADMITTED", head, as_of), "{differences:?}");
            assert!(named(Check::Parts, "MBR_STOCK", head, as_of), "{differences:?}");
            assert!(named(Check::Book, "MEMBERS", head, as_of), "{differences:?}");
        }
    }
    let rolled_up: Vec<_> = differences.iter().filter(|one| one.check() == Check::RollUp).collect();
    let [one] = &rolled_up[..] else { panic!("{rolled_up:?}") };
    assert_eq!((one.code.as_str(), one.answered, one.counted), ("MBR_ADMITTED", 1, 6));
    assert_eq!(one.organisation_id, union.to_string());
    assert!(differences.iter().all(|one| one.organisation_id != world.caugiay.to_string()));
    assert_eq!(audit.differing, i64::try_from(differences.len()).expect("few"), "all are named");
    assert_eq!(by_hand(&world, format!("update fact set amount = 1 {of_union}")).await, 1);

    // The roll-up alone.
    let of_month = of_union.replace("where", "where month = '2020-02-01' and");
    assert_eq!(by_hand(&world, format!("update unit_month set amount = 4 {of_month}")).await, 1);
    let (_, differences) = officer.finds(request()).await;
    let checks: BTreeSet<(i32, &str)> =
        differences.iter().map(|one| (one.check, one.code.as_str())).collect();
    assert!(checks.contains(&(Check::RollUp.into(), "MBR_ADMITTED")), "{checks:?}");
    assert!(!checks.contains(&(Check::Figure.into(), "MBR_ADMITTED")), "{checks:?}");
    assert_eq!(by_hand(&world, format!("update unit_month set amount = 1 {of_month}")).await, 1);

    // The tree: it stands under another than the columns have heard.
    let moved = format!(
        "update edge set superior_id = '{}' where organisation_id = '{union}'",
        world.caugiay
    );
    assert_eq!(by_hand(&world, moved).await, 1);
    let (_, differences) = officer.finds(request()).await;
    let found = |head: Uuid, answered: i64, counted: i64| {
        differences.iter().any(|one| {
            one.check() == Check::Figure
                && one.code == "ORG_STOCK"
                && one.organisation_id == head.to_string()
                && (one.answered, one.counted) == (answered, counted)
        })
    };
    assert!(found(world.badinh, 1, 0) && found(world.caugiay, 0, 1), "{differences:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_activity_that_counts_as_something_else_than_it_was_recorded_as_is_found() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let activity = pb::Activity {
        organisation_id: union.to_string(),
        kind: pb::ActivityKind::Inspection.into(),
        held_on: Some(civil(date!(2020 - 03 - 03))),
        members_reached: Some(0),
        workers_reached: Some(0),
        times: 2,
        ..pb::Activity::default()
    };
    let recorded = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities: vec![activity],
    };
    let mut officer = world.officer();
    officer.activities.record_activities(recorded).await.expect("recorded");
    let request = || asked(world.hanoi, 0, QUARTER, date!(2020 - 06 - 01));
    assert_eq!(officer.finds(request()).await.0.differing, 0);
    let counted = r#"update activity set counted = replace(counted::text, '"amount": 2', '"amount": 3')::jsonb"#;
    assert_eq!(by_hand(&world, counted.to_string()).await, 1);
    let (_, differences) = officer.finds(request()).await;
    let [one] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!((one.check(), one.code.as_str()), (Check::Recorded, "INSPECTION"));
    assert_eq!((one.answered, one.counted), (2, 3));
    assert_eq!(one.organisation_id, union.to_string());
    world.stop().await;
}

#[tokio::test]
async fn what_an_audit_found_is_never_touched_again() {
    let world = World::start().await;
    let mut officer = world.officer();
    let (audit, _) = officer.finds(asked(world.hanoi, 0, QUARTER, BEGIN)).await;
    // The running service's own role, as its tables know it.
    let mut look = PgConnection::connect(&world.superuser_url()).await.expect("connected");
    for statement in
        ["update figure_audit_result set differing = 0", "delete from figure_audit_difference"]
    {
        let mut transaction = look.begin().await.expect("begun");
        sqlx::query("set local role reporting").execute(&mut *transaction).await.expect("set");
        let refused = sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await;
        let error = refused.expect_err("it may not").to_string();
        assert!(error.contains("permission denied"), "{error}");
    }
    let again = officer.audit(&audit.audit_id).await.expect("told").audit;
    assert_eq!(again, Some(audit));
    world.stop().await;
}

#[tokio::test]
async fn whoever_may_not_see_an_organisation_neither_audits_it_nor_reads_what_was_found() {
    let world = World::start().await;
    world.grants("neighbour", "OFFICER", world.hue);
    world.grants("reader", "READER", world.hanoi);
    let (audit, _) = world.officer().finds(asked(world.hanoi, 0, QUARTER, BEGIN)).await;
    let id = audit.audit_id.as_str();
    let mut neighbour = world.actor("neighbour");
    let refusal = refused(neighbour.begins(asked(world.hanoi, 0, QUARTER, BEGIN)).await);
    assert_eq!(refusal.0, "ORGANISATION_UNKNOWN");
    assert_eq!(refused(neighbour.audit(id).await).0, "AUDIT_UNKNOWN");
    let cancel = || pb::CancelAuditRequest {
        request_id: Uuid::new_v4().to_string(),
        audit_id: id.to_string(),
        ..Default::default()
    };
    assert_eq!(refused(neighbour.audits.cancel_audit(cancel()).await).0, "AUDIT_UNKNOWN");
    let list =
        || pb::ListAuditsRequest { organisation_id: world.hanoi.to_string(), ..Default::default() };
    assert_eq!(refused(neighbour.audits.list_audits(list()).await).0, "ORGANISATION_UNKNOWN");

    let mut reader = world.actor("reader");
    assert_eq!(reader.audit(id).await.expect("read").audit.as_ref(), Some(&audit));
    assert_eq!(reader.audits_of(world.hanoi).await, std::slice::from_ref(&audit));
    let refusal = refused(reader.begins(asked(world.hanoi, 0, QUARTER, BEGIN)).await);
    assert_eq!(refusal.0, "PERMISSION_DENIED");
    assert_eq!(refused(reader.audits.cancel_audit(cancel()).await).0, "PERMISSION_DENIED");
    world.stop().await;
}

#[tokio::test]
async fn an_audit_of_too_much_or_of_nonsense_is_refused_and_none_begins() {
    let world = World::start().await;
    let mut officer = world.officer();
    let begins = async |request| refused(world.officer().begins(request).await);
    for levels in [-1, 5, i32::MAX] {
        let refusal = begins(asked(world.hanoi, levels, QUARTER, BEGIN)).await;
        assert_eq!(refusal, ("AUDIT_TOO_DEEP".to_string(), "levels".to_string()));
    }
    let reversed = asked(world.hanoi, 0, (QUARTER.1, QUARTER.0), BEGIN);
    assert_eq!(begins(reversed).await.0, "PERIOD_REVERSED");
    world.loads_unions(world.badinh, "NNN_CP", 12);
    let ages = (date!(1900 - 01 - 01), date!(2199 - 12 - 31));
    assert_eq!(begins(asked(world.hanoi, 2, ages, BEGIN)).await.0, "AUDIT_TOO_LARGE");
    let nowhere = asked(Uuid::now_v7(), 0, QUARTER, BEGIN);
    assert_eq!(begins(nowhere).await.0, "ORGANISATION_UNKNOWN");
    let unsaid = pb::BeginAuditRequest { period: None, ..asked(world.hanoi, 0, QUARTER, BEGIN) };
    assert_eq!(begins(unsaid).await.0, "FIELD_REQUIRED");
    assert_eq!(refused(officer.audit(&Uuid::now_v7().to_string()).await).0, "AUDIT_UNKNOWN");
    let tried =
        pb::BeginAuditRequest { validate_only: true, ..asked(world.hanoi, 0, QUARTER, BEGIN) };
    officer.begins(tried).await.expect("it would begin");
    assert_eq!(officer.audits_of(world.hanoi).await, []);

    // Four are going on elsewhere.
    let mut elsewhere = Vec::new();
    for _ in 0..4 {
        elsewhere.push(held_elsewhere(&world, 1).await);
    }
    assert_eq!(begins(asked(world.hanoi, 0, QUARTER, BEGIN)).await.0, "AUDITS_TOO_MANY");
    // The same request begins one audit.
    drop(elsewhere);
    for audit in officer.audits_of(world.hanoi).await {
        officer.ended(&audit.audit_id).await;
    }
    let request = asked(world.hanoi, 0, QUARTER, BEGIN);
    let once = officer.begins(request.clone()).await.expect("begun");
    assert_eq!(officer.begins(request).await.expect("begun already"), once);
    assert_eq!(officer.audits_of(world.hanoi).await.len(), 5);
    world.stop().await;
}

#[tokio::test]
async fn nobody_goes_on_with_an_audit_that_was_cancelled() {
    let world = World::start().await;
    let mut officer = world.officer();
    let (audit_id, other) = held_elsewhere(&world, 1).await;
    let id = audit_id.to_string();
    let now = officer.audit(&id).await.expect("told").audit.expect("an audit");
    assert_eq!(now.state(), State::Counting);
    let cancel = |audit_id: &str| pb::CancelAuditRequest {
        request_id: Uuid::new_v4().to_string(),
        audit_id: audit_id.to_string(),
        ..Default::default()
    };
    let cancelled = officer.audits.cancel_audit(cancel(&id)).await.expect("cancelled");
    assert_eq!(cancelled.into_inner().state(), State::Cancelled);
    drop(other);
    // One that comes after it is done, and it is not.
    let (after, _) = officer.finds(asked(world.hanoi, 0, QUARTER, BEGIN)).await;
    let (audit, _) = officer.ended(&id).await;
    assert_eq!((audit.state(), audit.cells), (State::Cancelled, 0));
    // What came to its end stays as it is.
    let late = officer.audits.cancel_audit(cancel(&after.audit_id)).await.expect("answered");
    assert_eq!(late.into_inner().state(), State::Done);
    let listed = officer.audits_of(world.hanoi).await;
    assert_eq!(
        listed.iter().map(|one| one.state()).collect::<Vec<_>>(),
        [State::Done, State::Cancelled]
    );
    world.stop().await;
}

#[tokio::test]
async fn an_audit_whose_process_died_is_begun_anew_and_given_up_after_five_times() {
    let world = World::start().await;
    let mut officer = world.officer();
    // Once it answers this, the organisation is known.
    officer.value("ORG_STOCK", world.hanoi, QUARTER, None).await;
    for (attempts, expected) in [(1, State::Done), (5, State::Failed)] {
        let (audit_id, other) = held_elsewhere(&world, attempts).await;
        // As whoever dies lets go of it.
        drop(other);
        let (audit, _) = officer.ended(&audit_id.to_string()).await;
        assert_eq!(audit.state(), expected);
        match expected {
            State::Done => assert!(audit.cells > 100 && audit.differing == 0, "{audit:?}"),
            _ => {
                let refusal = audit.refusal.expect("why");
                assert_eq!(refusal.reason, "AUDIT_ABANDONED");
                assert!(refusal.vi.contains('5') && refusal.en.contains('5'), "{refusal:?}");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn of_itself_the_service_audits_once_among_its_processes_and_only_what_it_was_granted() {
    let world = World::start().await;
    let granted = GrantMade {
        grant_id: Uuid::now_v7().to_string(),
        issuer: "system".to_string(),
        subject: "reporting.audit".to_string(),
        role: "READER".to_string(),
        organisation_id: world.hanoi.to_string(),
        until_on: None,
    };
    world.says(BEGIN, RegistryWhat::GrantMade(granted));
    let mut national = world.national();
    // Once it answers this, the grant is known.
    national.value("ORG_STOCK", world.confederation, QUARTER, None).await;
    let often = reporting::DEFAULTS
        .replace("every_seconds = 86_400", "every_seconds = 3_600")
        .replace("months = 13", "months = 2");
    let (one, other) = tokio::join!(world.replica(&often), world.replica(&often));
    let began = Instant::now();
    let audit = loop {
        if let [audit] = &national.audits_of(world.hanoi).await[..] {
            break audit.clone();
        }
        assert!(began.elapsed() < SOON, "none begins");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let (audit, _) = national.ended(&audit.audit_id).await;
    assert_eq!((audit.state(), audit.differing, audit.periodic), (State::Done, 0, true));
    assert!(audit.cells > 1_000, "{audit:?}");
    // Another, that comes later, finds that it was done.
    let third = world.replica(&often).await;
    for process in [one, other, third] {
        process.stop().await.expect("stopped");
    }
    assert_eq!(national.audits_of(world.hanoi).await.len(), 1);
    assert_eq!(national.audits_of(world.hue).await, []);
    assert_eq!(national.audits_of(world.confederation).await, []);
    world.stop().await;
}
