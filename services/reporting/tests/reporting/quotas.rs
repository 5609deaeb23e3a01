//! Quotas withdrawn, assigned by the thousand, and handed down.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::assign_targets_request::Line;
use proto::reporting::v1::distribute_target_request::Child;
use stage::refused::Refused;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, World, because, period, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

fn withdrawal(target_id: &str, on: Date) -> pb::WithdrawTargetRequest {
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

async fn cascade(actor: &mut Actor, head: Uuid, as_of: Date) -> pb::GetTargetCascadeResponse {
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
    let mut late = by(world.hanoi, target("MBR_ADMITTED", world.caugiay, YEAR, 9));
    late.assigned_on = Some(civil(date!(2022 - 02 - 01)));
    let late = assign(&mut national, late).await;
    let good = || withdrawal(&own.target_id, date!(2021 - 07 - 01));
    let on = |day| pb::WithdrawTargetRequest { withdrawn_on: Some(civil(day)), ..good() };
    let of = |id: String| pb::WithdrawTargetRequest { target_id: id, ..good() };
    for (asked, expected) in [
        (of(Uuid::now_v7().to_string()), because("TARGET_UNKNOWN", "target_id")),
        // It is the Confederation's to withdraw.
        (of(theirs.target_id), because("TARGET_UNKNOWN", "target_id")),
        (of("x".to_string()), because("ID_MALFORMED", "target_id")),
        (of(late.target_id), because("TARGET_NOT_HELD", "target_id")),
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

fn handed(target_id: &str, distribution: pb::Distribution) -> pb::DistributeTargetRequest {
    pb::DistributeTargetRequest {
        request_id: Uuid::new_v4().to_string(),
        target_id: target_id.to_string(),
        distribution: distribution.into(),
        ..Default::default()
    }
}

fn child(unit: Uuid, value: Option<i64>, weight: i64) -> Child {
    Child { organisation_id: unit.to_string(), value, weight }
}

async fn distribute(
    actor: &mut Actor,
    asked: pb::DistributeTargetRequest,
) -> pb::DistributeTargetResponse {
    let answer = actor.targets.distribute_target(asked).await.expect("handed down").into_inner();
    let parts = || answer.children.iter();
    assert_eq!(parts().map(|child| child.value).sum::<i64>(), answer.children_sum);
    assert_eq!(parts().map(|child| child.share_basis_points).sum::<i32>(), 10_000);
    assert_eq!(parts().map(|child| child.weight).sum::<i64>(), answer.weight_sum);
    answer
}

fn values(answer: &pb::DistributeTargetResponse) -> Vec<i64> {
    answer.children.iter().map(|child| child.value).collect()
}

#[tokio::test]
async fn a_target_is_handed_down_by_values_weights_equally_and_by_what_is_counted() {
    let world = World::start().await;
    let mut national = world.national();
    let own = by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100));
    let own = assign(&mut national, own).await.target_id;
    let units = [world.badinh, world.caugiay, world.education];

    let mut asked = handed(&own, pb::Distribution::Values);
    asked.children =
        units.iter().zip([30, 60, 20]).map(|(unit, value)| child(*unit, Some(value), 0)).collect();
    let answer = distribute(&mut national, asked).await;
    assert_eq!((answer.children_sum, answer.difference), (110, 10));
    assert!(answer.children.iter().all(|child| child.revision == 1));

    // By weights: 100 by 7, 7 and 4 of 18 are 38.88…, 38.88… and 22.22…
    let mut asked = handed(&own, pb::Distribution::Weights);
    asked.children =
        units.iter().zip([7, 7, 4]).map(|(unit, weight)| child(*unit, None, weight)).collect();
    let answer = distribute(&mut national, asked.clone()).await;
    assert_eq!(values(&answer), [39, 39, 22]);
    assert_eq!((answer.children_sum, answer.difference, answer.weight_sum), (100, 0, 18));
    let left: Vec<(i64, bool)> =
        answer.children.iter().map(|child| (child.remainder, child.rounded_up)).collect();
    assert_eq!(left, [(16, true), (16, true), (4, false)]);
    assert!(answer.children.iter().all(|child| child.revision == 2), "handed down anew");
    // Repeated, it answers the same.
    let again = national.targets.distribute_target(asked).await.expect("the same").into_inner();
    assert_eq!(again, answer);

    // Equally among all, in the order of their ids: one of 101 is left for each of the first two.
    let asked =
        pb::DistributeTargetRequest { total: Some(101), ..handed(&own, pb::Distribution::Equal) };
    let answer = distribute(&mut national, asked).await;
    let mut sorted = units.map(|unit| unit.to_string());
    sorted.sort_unstable();
    let order: Vec<&String> = answer.children.iter().map(|child| &child.organisation_id).collect();
    assert_eq!(order, sorted.iter().collect::<Vec<_>>());
    assert_eq!((values(&answer), answer.difference), (vec![34, 34, 33], 1));

    // By members at the end of the year before: 5, 12 and none.
    let firms = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let others = world.loads_unions(world.caugiay, "HC", 1)[0];
    world.admits(firms, date!(2019 - 05 - 05), 5);
    world.admits(others, date!(2020 - 12 - 31), 12);
    world.admits(others, date!(2021 - 01 - 01), 50);
    let eve = (date!(2020 - 12 - 31), date!(2020 - 12 - 31));
    let mut asked = handed(&own, pb::Distribution::Indicator);
    asked.indicator = "MBR_STOCK".to_string();
    asked.indicator_period = Some(period(eve));
    let answer = distribute(&mut national, asked.clone()).await;
    let of = |unit: Uuid| {
        let found = answer.children.iter().find(|child| child.organisation_id == unit.to_string());
        found.map(|child| (child.weight, child.value, child.rounded_up)).expect("a child")
    };
    // 100 by 5 and 12 of 17 are 29.41… and 70.58…
    assert_eq!(of(world.badinh), (5, 29, false));
    assert_eq!(of(world.caugiay), (12, 71, true));
    assert_eq!(of(world.education), (0, 0, false));
    for unit in units {
        let counted = national.value("MBR_STOCK", unit, eve, None).await;
        assert_eq!(of(unit).0, counted, "as a figure counts it");
    }
    // As the table has it, by a statement that divides by itself.
    let differ: i64 = sqlx::query_scalar(
        "with part (unit_id, exact) as (
             values ($1::uuid, 100 * 5 / 17.0), ($2, 100 * 12 / 17.0), ($3, 0.0)
         ),
         floored as (select unit_id, floor(exact) as part, exact - floor(exact) as rest from part),
         divided as (
             select unit_id,
                    part + case when row_number() over (order by rest desc)
                                     <= 100 - (select sum(part) from floored) then 1 else 0 end as value
             from floored
         )
         select count(*) from divided
         join lateral (select value from target t
                       where t.organisation_id = divided.unit_id and t.issuer_id = $4
                       order by revision desc limit 1) held on true
         where held.value <> divided.value",
    )
    .bind(world.badinh)
    .bind(world.caugiay)
    .bind(world.education)
    .bind(world.hanoi)
    .fetch_one(&world.look().await)
    .await
    .expect("read");
    assert_eq!(differ, 0);
    // And the cascade shows it.
    let cascade = cascade(&mut national, world.hanoi, YEAR.1).await;
    assert_eq!((cascade.children_sum, cascade.difference), (100, 0));
    world.stop().await;
}

#[tokio::test]
async fn a_distribution_that_makes_no_sense_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    let own = by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100));
    let own = assign(&mut national, own).await.target_id;
    let mut percent = by(world.hanoi, target("DISS_ORG", world.badinh, YEAR, 9_500));
    percent.value_unit = pb::ValueUnit::BasisPoints.into();
    let percent = assign(&mut national, percent).await.target_id;
    let alone = by(world.hanoi, target("MBR_ADMITTED", world.education, YEAR, 10));
    let alone = assign(&mut national, alone).await.target_id;
    let elsewhere = by(world.confederation, target("MBR_ADMITTED", world.hue, YEAR, 10));
    let elsewhere = assign(&mut national, elsewhere).await.target_id;
    let gone = by(world.hanoi, target("MBR_ADMITTED", world.caugiay, YEAR, 10));
    let gone = assign(&mut national, gone).await.target_id;
    national.targets.withdraw_target(withdrawal(&gone, YEAR.0)).await.expect("withdrawn");
    let pool = world.look().await;
    let held = async || -> i64 {
        sqlx::query_scalar("select count(*) from target").fetch_one(&pool).await.expect("read")
    };
    let before = held().await;

    use pb::Distribution::{Equal, Indicator, Unspecified, Values, Weights};
    let of = |distribution, children: Vec<Child>| pb::DistributeTargetRequest {
        children,
        ..handed(&own, distribution)
    };
    let two = |value| vec![child(world.badinh, value, 1), child(world.caugiay, value, 1)];
    let counted = |indicator: &str, days| pb::DistributeTargetRequest {
        indicator: indicator.to_string(),
        indicator_period: Some(period(days)),
        ..handed(&own, Indicator)
    };
    let cases = [
        (handed(&own, Unspecified), because("FIELD_REQUIRED", "distribution")),
        (handed(&Uuid::now_v7().to_string(), Equal), because("TARGET_UNKNOWN", "target_id")),
        (handed(&elsewhere, Equal), because("TARGET_UNKNOWN", "target_id")),
        (handed(&percent, Equal), because("TARGET_NOT_DIVISIBLE", "target_id")),
        (handed(&gone, Equal), because("TARGET_WITHDRAWN", "target_id")),
        (handed(&alone, Equal), because("LIST_EMPTY", "children")),
        (handed(&own, Values), because("LIST_EMPTY", "children")),
        (
            of(Weights, vec![child(world.badinh, None, 1); 1_001]),
            because("LIST_TOO_LONG", "children"),
        ),
        (of(Values, two(None)), because("FIELD_REQUIRED", "children[0].value")),
        (of(Values, two(Some(-1))), because("TARGET_VALUE_OUT_OF_RANGE", "children[0].value")),
        (
            pb::DistributeTargetRequest { total: Some(99), ..of(Values, two(Some(50))) },
            because("TARGET_SUM_UNEQUAL", "total"),
        ),
        (
            pb::DistributeTargetRequest { total: Some(-1), ..of(Weights, two(None)) },
            because("TARGET_VALUE_OUT_OF_RANGE", "total"),
        ),
        (
            of(Weights, vec![child(world.badinh, None, 1), child(world.badinh, None, 1)]),
            because("TARGET_REPEATED", "children[1].organisation_id"),
        ),
        (
            of(Weights, vec![child(world.badinh, None, 1), child(world.caugiay, None, -1)]),
            because("TARGET_WEIGHTS_UNFIT", "children[1].weight"),
        ),
        (
            of(Weights, vec![child(world.badinh, None, 0), child(world.caugiay, None, 0)]),
            because("TARGET_WEIGHTS_UNFIT", "children"),
        ),
        (
            of(Equal, vec![child(world.badinh, None, 0), child(world.hue, None, 0)]),
            because("NOT_SUBORDINATE", "children[1].organisation_id"),
        ),
        (
            pb::DistributeTargetRequest {
                assigned_on: Some(civil(date!(2022 - 01 - 01))),
                ..handed(&own, Equal)
            },
            because("TARGET_NOT_HELD", "assigned_on"),
        ),
        (counted("X", YEAR), because("INDICATOR_UNKNOWN", "indicator")),
        (counted("DISS_ORG", YEAR), because("INDICATOR_UNKNOWN", "indicator")),
        (counted("MBR_STOCK", (YEAR.1, YEAR.0)), because("PERIOD_REVERSED", "indicator_period")),
        // Nobody has a member.
        (counted("MBR_STOCK", YEAR), because("TARGET_WEIGHTS_UNFIT", "children")),
        (
            pb::DistributeTargetRequest {
                decision_id: Uuid::now_v7().to_string(),
                ..handed(&own, Equal)
            },
            because("DECISION_UNKNOWN", "children[0].decision_id"),
        ),
    ];
    for (asked, expected) in cases {
        let answer = officer.targets.distribute_target(asked.clone()).await;
        assert_eq!(refused(answer), expected, "{asked:?}");
    }
    assert_eq!(held().await, before, "whatever was refused changed nothing");
    world.stop().await;
}
