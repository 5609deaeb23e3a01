//! Quotas withdrawn, and assigned by the thousand.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::assign_targets_request::Line;
use stage::refused::Refused;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, World, because, period, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

pub fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

pub fn withdrawal(target_id: &str, on: Date) -> pb::WithdrawTargetRequest {
    pb::WithdrawTargetRequest {
        request_id: Uuid::new_v4().to_string(),
        target_id: target_id.to_string(),
        reason: "Giao nhầm đơn vị".to_string(),
        withdrawn_on: Some(civil(on)),
        ..Default::default()
    }
}

async fn measured(actor: &mut Actor, unit: Uuid, as_of: Date) -> Vec<pb::MeasuredTarget> {
    let asked = pb::MeasureTargetsRequest {
        organisation_id: unit.to_string(),
        period: Some(period(YEAR)),
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    actor.targets.measure_targets(asked).await.expect("measured").into_inner().targets
}

pub async fn cascade(actor: &mut Actor, head: Uuid, as_of: Date) -> pb::GetTargetCascadeResponse {
    let asked = pb::GetTargetCascadeRequest {
        organisation_id: head.to_string(),
        indicator: "MBR_ADMITTED".to_string(),
        period: Some(period(YEAR)),
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    actor.targets.get_target_cascade(asked).await.expect("told").into_inner()
}

#[tokio::test]
async fn a_withdrawn_target_is_asked_of_nobody_says_so_and_stays_readable() {
    let world = World::start().await;
    let mut national = world.national();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2021 - 03 - 03), 12);
    assign(&mut national, by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100)))
        .await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 30))).await;
    let mut again = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 40));
    again.assigned_on = Some(civil(date!(2021 - 02 - 01)));
    let revised = assign(&mut national, again).await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.caugiay, YEAR, 60))).await;
    let before = cascade(&mut national, world.hanoi, YEAR.1).await;
    assert_eq!((before.children_sum, before.difference), (100, 0));
    let known_before = time::OffsetDateTime::now_utc();

    let on = date!(2021 - 07 - 01);
    let asked = withdrawal(&revised.target_id, on);
    let dry = pb::WithdrawTargetRequest { validate_only: true, ..asked.clone() };
    national.targets.withdraw_target(dry).await.expect("would be");
    let answer = national.targets.withdraw_target(asked.clone()).await.expect("withdrawn");
    assert_eq!(answer.into_inner().revision, 2);
    // Repeated, it answers the same; asked anew, it is withdrawn already.
    national.targets.withdraw_target(asked).await.expect("the same");
    let twice = national.targets.withdraw_target(withdrawal(&revised.target_id, on)).await;
    assert_eq!(refused(twice), because("TARGET_WITHDRAWN", "target_id"));

    // Until the day it is measured; from then on it is not, and says so.
    let [running] = &measured(&mut national, world.badinh, date!(2021 - 06 - 30)).await[..] else {
        panic!("one target")
    };
    assert_eq!(running.state(), pb::TargetState::Running);
    assert_eq!(running.figure.as_ref().map(|figure| figure.value), Some(12));
    for day in [on, YEAR.1, date!(2024 - 05 - 05)] {
        let [taken] = &measured(&mut national, world.badinh, day).await[..] else {
            panic!("one target")
        };
        assert_eq!(taken.state(), pb::TargetState::Withdrawn);
        assert_eq!((&taken.figure, taken.met, &taken.pace), (&None, false, &None));
        assert_eq!(taken.text, "đã rút từ ngày 01/07/2021");
    }
    // In no sum and no share, and shown.
    let after = cascade(&mut national, world.hanoi, YEAR.1).await;
    assert_eq!((after.children_sum, after.difference), (60, -40));
    let shares: Vec<(String, i32, bool)> = after
        .children
        .iter()
        .map(|child| {
            let target = child.target.clone().expect("a target");
            (child.name.clone(), child.share_basis_points, target.withdrawal.is_some())
        })
        .collect();
    assert!(shares.contains(&("LĐLĐ quận Ba Đình".to_string(), 0, true)), "{shares:?}");
    assert!(shares.contains(&("LĐLĐ quận Cầu Giấy".to_string(), 10_000, false)), "{shares:?}");
    let until = cascade(&mut national, world.hanoi, date!(2021 - 06 - 30)).await;
    assert_eq!(until.children_sum, 100, "until the day it was asked");
    // Open until the day.
    for (day, open) in [(date!(2021 - 06 - 30), (1, 2)), (on, (0, 1))] {
        let asked = pb::ListOpenTargetsRequest {
            organisation_ids: vec![world.badinh.to_string(), world.hanoi.to_string()],
            as_of: Some(civil(day)),
        };
        let units = national.targets.list_open_targets(asked).await.expect("listed").into_inner();
        let [badinh, hanoi] = &units.units[..] else { panic!("two units") };
        assert_eq!((badinh.open, hanoi.handed_down), open, "{day}");
        assert_eq!(badinh.targets.len(), usize::try_from(open.0).expect("few"));
    }
    // A report holds nothing against it.
    let lines = national.print("TONG_HOP", world.badinh, YEAR, &[]).await.expect("printed");
    let admitted = lines.iter().find(|line| line.text.starts_with("Kết nạp mới 12"));
    let admitted = admitted.expect("a line of admissions");
    assert_eq!(admitted.text, "Kết nạp mới 12 đoàn viên (chưa có chỉ tiêu được giao)");

    // What was believed before is believed of before; and the reason can be read.
    let list = |known_at: Option<time::OffsetDateTime>| pb::ListTargetsRequest {
        organisation_id: world.badinh.to_string(),
        known_at: known_at.map(chassis::parse::instant),
        ..Default::default()
    };
    let mut listed = async |known_at| {
        let answer = national.targets.list_targets(list(known_at)).await.expect("listed");
        answer.into_inner().targets
    };
    let now = listed(None).await;
    let told = now[0].withdrawal.as_ref().expect("withdrawn");
    assert_eq!((told.reason.as_str(), told.withdrawn_on), ("Giao nhầm đơn vị", Some(civil(on))));
    assert_eq!((now[0].value, now[0].revision), (40, 2));
    let then = listed(Some(known_before)).await;
    assert_eq!((then[0].withdrawal.clone(), then[0].value), (None, 40));
    let long_before = listed(Some(known_before - time::Duration::days(1))).await;
    assert!(long_before.is_empty(), "nothing was known");

    // Assigned again, it is asked again; all that was is still there.
    let mut anew = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 25));
    anew.assigned_on = Some(civil(date!(2021 - 09 - 01)));
    let anew = assign(&mut national, anew).await;
    assert_eq!((anew.target_id, anew.revision), (revised.target_id, 3));
    let [asked] = &measured(&mut national, world.badinh, YEAR.1).await[..] else {
        panic!("one target")
    };
    assert_eq!((asked.state(), asked.met), (pb::TargetState::Ended, false));
    assert_eq!(asked.text, "12/25 đoàn viên (đạt 48%)");
    let kept: Vec<(i32, i64, bool)> = sqlx::query_as(
        "select t.revision, t.value, w.reason is not null
         from target t left join target_withdrawal w using (target_id, revision)
         where t.organisation_id = $1 order by t.revision",
    )
    .bind(world.badinh)
    .fetch_all(&world.look().await)
    .await
    .expect("read");
    assert_eq!(kept, [(1, 30, false), (2, 40, true), (3, 25, false)]);
    world.stop().await;
}

#[tokio::test]
async fn a_withdrawal_that_makes_no_sense_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    let mut own = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 30));
    own.assigned_on = Some(civil(date!(2021 - 02 - 01)));
    let own = assign(&mut national, own).await;
    let theirs = by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100));
    let theirs = assign(&mut national, theirs).await;
    let good = || withdrawal(&own.target_id, date!(2021 - 07 - 01));
    let on = |day| pb::WithdrawTargetRequest { withdrawn_on: Some(civil(day)), ..good() };
    let of = |id: String| pb::WithdrawTargetRequest { target_id: id, ..good() };
    for (asked, expected) in [
        (of(Uuid::now_v7().to_string()), because("TARGET_UNKNOWN", "target_id")),
        // It is the Confederation's to withdraw.
        (of(theirs.target_id), because("TARGET_UNKNOWN", "target_id")),
        (of("x".to_string()), because("ID_MALFORMED", "target_id")),
        (
            pb::WithdrawTargetRequest { reason: " ".to_string(), ..good() },
            because("FIELD_REQUIRED", "reason"),
        ),
        (
            pb::WithdrawTargetRequest { withdrawn_on: None, ..good() },
            because("FIELD_REQUIRED", "withdrawn_on"),
        ),
        (on(date!(2021 - 01 - 31)), because("TARGET_NOT_HELD", "withdrawn_on")),
        (on(date!(2022 - 01 - 01)), because("TARGET_NOT_HELD", "withdrawn_on")),
        (
            pb::WithdrawTargetRequest { decision_id: Uuid::now_v7().to_string(), ..good() },
            because("DECISION_UNKNOWN", "decision_id"),
        ),
    ] {
        assert_eq!(refused(officer.targets.withdraw_target(asked).await), expected);
    }
    let known: i64 = sqlx::query_scalar("select count(*) from target_withdrawal")
        .fetch_one(&world.look().await)
        .await
        .expect("read");
    assert_eq!(known, 0);
    world.stop().await;
}

fn line(asked: &pb::AssignTargetRequest) -> Line {
    Line {
        indicator: asked.indicator.clone(),
        organisation_id: asked.organisation_id.clone(),
        period: asked.period,
        issuer_id: asked.issuer_id.clone(),
        issuer_name: asked.issuer_name.clone(),
        value: asked.value,
        ..Line::default()
    }
}

async fn assign_all(
    actor: &mut Actor,
    lines: Vec<Line>,
) -> Result<pb::AssignTargetsResponse, Status> {
    let request_id = Uuid::new_v4().to_string();
    let asked = pb::AssignTargetsRequest { request_id, validate_only: false, lines };
    Ok(actor.targets.assign_targets(asked).await?.into_inner())
}

#[tokio::test]
async fn many_targets_are_assigned_whole_or_not_at_all_and_every_fault_has_its_line() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 1_000);
    let good =
        |union: &Uuid, value| line(&by(world.badinh, target("MBR_ADMITTED", *union, YEAR, value)));
    let held = async || -> i64 {
        let pool = world.look().await;
        sqlx::query_scalar("select count(*) from target").fetch_one(&pool).await.expect("read")
    };
    let faults = |answer: Result<pb::AssignTargetsResponse, Status>| {
        Refused::of(&answer.expect_err("refused")).violations
    };
    let of = |line: usize, field: &str, reason: &str| {
        (format!("lines[{line}].{field}"), reason.to_string())
    };

    // What cannot be read is named line by line, and so is what cannot be.
    let mut lines: Vec<Line> = unions[..6].iter().map(|union| good(union, 5)).collect();
    lines[1].indicator = "X".to_string();
    lines[2].value = None;
    lines[4].period = Some(period((YEAR.1, YEAR.0)));
    lines[5].issuer_name = "Quận ủy".to_string();
    assert_eq!(
        faults(assign_all(&mut officer, lines).await),
        [
            of(1, "indicator", "INDICATOR_UNKNOWN"),
            of(2, "value", "FIELD_REQUIRED"),
            of(4, "period", "PERIOD_REVERSED"),
            of(5, "issuer_id", "TARGET_ISSUER_AMBIGUOUS"),
        ]
    );
    let mut lines: Vec<Line> = unions[..4].iter().map(|union| good(union, 5)).collect();
    lines[1].organisation_id = world.hue.to_string();
    lines[3].issuer_id = world.confederation.to_string();
    assert_eq!(
        faults(assign_all(&mut officer, lines).await),
        [
            of(1, "organisation_id", "ORGANISATION_UNKNOWN"),
            of(3, "issuer_id", "ORGANISATION_UNKNOWN"),
        ]
    );
    let mut lines: Vec<Line> = unions[..4].iter().map(|union| good(union, 5)).collect();
    lines[2] = good(&unions[0], 6);
    lines[3].decision_id = Uuid::now_v7().to_string();
    assert_eq!(
        faults(assign_all(&mut officer, lines.clone()).await),
        [of(2, "organisation_id", "TARGET_REPEATED")]
    );
    lines.remove(2);
    assert_eq!(
        faults(assign_all(&mut officer, lines).await),
        [of(2, "decision_id", "DECISION_UNKNOWN")]
    );
    assert_eq!(refused(assign_all(&mut officer, vec![]).await), because("LIST_EMPTY", "lines"));
    let many = (0..1_001).map(|n| good(&unions[n % 1_000], 5)).collect();
    assert_eq!(refused(assign_all(&mut officer, many).await), because("LIST_TOO_LONG", "lines"));
    assert_eq!(held().await, 0, "whatever was refused changed nothing");

    // A thousand at once; again, they are revised, and two of them are new.
    let all: Vec<Line> = unions.iter().map(|union| good(union, 5)).collect();
    let first = assign_all(&mut officer, all.clone()).await.expect("assigned").lines;
    assert_eq!((first.len(), held().await), (1_000, 1_000));
    assert!(first.iter().all(|line| line.revision == 1));
    let mut some = all[..3].to_vec();
    some[1].indicator = "ORG_FOUNDED".to_string();
    some[2].value = Some(8);
    let second = assign_all(&mut officer, some).await.expect("assigned").lines;
    let revisions: Vec<i32> = second.iter().map(|line| line.revision).collect();
    assert_eq!(revisions, [2, 1, 2]);
    assert_eq!(second[2].target_id, first[2].target_id);
    // As the table has them: each unit its own, in its own values.
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "select distinct on (organisation_id) organisation_id, value from target
         where indicator = 'MBR_ADMITTED' order by organisation_id, revision desc",
    )
    .fetch_all(&world.look().await)
    .await
    .expect("read");
    let (eight, five): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, value)| *value == 8);
    assert_eq!((eight, five.len()), (vec![(unions[2], 8)], 999));
    world.stop().await;
}
