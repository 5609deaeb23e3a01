//! Programmes of years, the pace of what is running, and cascades that are measured.

use std::collections::BTreeMap;

use chassis::parse::{self, civil};
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, World, because, period, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
const FIVE_YEARS: (Date, Date) = (date!(2016 - 01 - 01), date!(2020 - 12 - 31));

fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

fn named(issuer: &str, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_name: issuer.to_string(), ..target }
}

fn year(number: i32) -> (Date, Date) {
    let first = Date::from_calendar_date(number, time::Month::January, 1).expect("a day");
    (first, Date::from_calendar_date(number, time::Month::December, 31).expect("a day"))
}

async fn programme(
    actor: &mut Actor,
    indicator: &str,
    unit: Uuid,
    as_of: Date,
) -> pb::MeasureProgrammeResponse {
    let asked = pb::MeasureProgrammeRequest {
        organisation_id: unit.to_string(),
        indicator: indicator.to_string(),
        period: Some(period(FIVE_YEARS)),
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    actor.targets.measure_programme(asked).await.expect("measured").into_inner()
}

/// Thanh Trì: 101 unions founded in five years against five yearly quotas of 88, and 4,504 members
/// against 3,800, asked by the city and by the district's Party committee.
#[tokio::test]
async fn five_yearly_quotas_of_two_issuers_stand_side_by_side_and_are_measured_together() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unit = world.badinh;
    for (number, unions, members) in
        [(2016, 20, 700), (2017, 18, 700), (2018, 15, 800), (2019, 17, 800), (2020, 18, 800)]
    {
        for (indicator, value) in [("ORG_FOUNDED", unions), ("MBR_ADMITTED", members)] {
            let asked = target(indicator, unit, year(number), value);
            assign(&mut officer, by(world.hanoi, asked)).await;
        }
        let asked = target("ORG_FOUNDED", unit, year(number), unions - 3);
        assign(&mut officer, named("Huyện ủy Thanh Trì", asked)).await;
    }
    assign(&mut officer, by(world.hanoi, target("ORG_FOUNDED", unit, FIVE_YEARS, 90))).await;
    // Founded 25, 21, 20, 18 and 17 a year; the first has all of the members.
    let mut first = None;
    for (number, founded) in [(2016, 25), (2017, 21), (2018, 20), (2019, 18), (2020, 17)] {
        for day in 0..founded {
            let on = year(number).0 + Duration::days(day);
            let union = world.founds(unit, "NNN_CP", "CĐCS", on);
            first.get_or_insert(union);
        }
    }
    world.admits(first.expect("a union"), date!(2018 - 06 - 01), 4_504);

    let told = programme(&mut officer, "ORG_FOUNDED", unit, date!(2021 - 06 - 01)).await;
    assert_eq!(told.figure.as_ref().map(|figure| figure.value), Some(101));
    let [city, party] = &told.programmes[..] else { panic!("two issuers: {told:?}") };
    assert_eq!(city.issuer_name, "LĐLĐ thành phố Hà Nội");
    assert_eq!(party.issuer_name, "Huyện ủy Thanh Trì");
    assert_eq!(city.accumulated_text, "101/88 CĐCS (đạt 114,77%)");
    assert_eq!((city.parts_sum, city.difference, city.asked_to_date), (88, -2, 88));
    let whole = city.attainment.as_ref().expect("measured");
    assert_eq!((whole.text.as_str(), whole.met), ("101/90 CĐCS (đạt 112,22%)", true));
    assert_eq!((party.target.clone(), party.parts_sum, party.difference), (None, 73, 0));
    assert_eq!(party.accumulated_text, "101/73 CĐCS (đạt 138,36%)");
    let years = |of: &pb::Programme| -> Vec<(i64, i64, bool)> {
        of.parts
            .iter()
            .map(|part| {
                let reached = part.attainment.as_ref().expect("measured");
                let asked = part.target.as_ref().expect("a target").value;
                (reached.value, asked, reached.met)
            })
            .collect()
    };
    assert_eq!(
        years(city),
        [(25, 20, true), (21, 18, true), (20, 15, true), (18, 17, true), (17, 18, false)]
    );
    assert!(city.parts.iter().all(|part| part.counted));
    // Every number again, by a statement.
    let recounted: Vec<(i32, i64, i64)> = sqlx::query_as(
        "select extract(year from lower(t.period))::integer,
                (select coalesce(sum(f.amount), 0)::bigint from fact f
                 join edge e on e.organisation_id = f.unit_id and e.superior_id = $1
                            and e.valid @> f.on_date
                 where f.code = 'ORG_FOUNDED' and t.period @> f.on_date),
                t.value
         from target t
         where t.organisation_id = $1 and t.issuer_id = $2 and t.indicator = 'ORG_FOUNDED'
           and upper(t.period) - lower(t.period) < 400
         order by 1",
    )
    .bind(unit)
    .bind(world.hanoi)
    .fetch_all(&world.look().await)
    .await
    .expect("recounted");
    let told: Vec<(i64, i64)> =
        years(city).into_iter().map(|(reached, asked, _)| (reached, asked)).collect();
    assert_eq!(
        recounted.into_iter().map(|(_, reached, asked)| (reached, asked)).collect::<Vec<_>>(),
        told
    );

    let members = programme(&mut officer, "MBR_ADMITTED", unit, FIVE_YEARS.1).await;
    assert_eq!(members.programmes[0].accumulated_text, "4.504/3.800 đoàn viên (đạt 118,53%)");

    // To date: three years have begun, of the third half is gone.
    let told = programme(&mut officer, "ORG_FOUNDED", unit, date!(2018 - 06 - 30)).await;
    let city = &told.programmes[0];
    assert_eq!(told.figure.as_ref().map(|figure| figure.value), Some(66));
    assert_eq!((city.asked_to_date, city.parts_sum), (53, 88));
    assert_eq!(city.accumulated_text, "66/53 CĐCS (đạt 124,53%)");
    let states: Vec<pb::TargetState> =
        city.parts.iter().map(|part| part.attainment.as_ref().expect("there").state()).collect();
    use pb::TargetState::{Ended, NotBegun, Running};
    assert_eq!(states, [Ended, Ended, Running, NotBegun, NotBegun]);
    let running = city.parts[2].attainment.as_ref().expect("measured");
    assert_eq!(running.pace.as_ref().map(|pace| (pace.days_gone, pace.days)), Some((181, 365)));
    let before = programme(&mut officer, "ORG_FOUNDED", unit, date!(2015 - 06 - 30)).await;
    assert_eq!(before.figure, None);
    assert_eq!(before.programmes[0].asked_to_date, 0);
    assert_eq!(before.programmes[0].accumulated_text, "");
    world.stop().await;
}

#[tokio::test]
async fn a_programme_that_makes_no_sense_is_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let good = || pb::MeasureProgrammeRequest {
        organisation_id: world.badinh.to_string(),
        indicator: "ORG_FOUNDED".to_string(),
        period: Some(period(FIVE_YEARS)),
        ..Default::default()
    };
    for (asked, expected) in [
        (
            pb::MeasureProgrammeRequest { indicator: "X".to_string(), ..good() },
            because("INDICATOR_UNKNOWN", "indicator"),
        ),
        (
            pb::MeasureProgrammeRequest {
                period: Some(period((FIVE_YEARS.1, FIVE_YEARS.0))),
                ..good()
            },
            because("PERIOD_REVERSED", "period"),
        ),
        (
            pb::MeasureProgrammeRequest { organisation_id: world.hue.to_string(), ..good() },
            because("ORGANISATION_UNKNOWN", "organisation_id"),
        ),
        (
            pb::MeasureProgrammeRequest { sector_grouping: "X".to_string(), ..good() },
            because("SECTOR_GROUPING_UNKNOWN", "sector_grouping"),
        ),
    ] {
        assert_eq!(refused(officer.targets.measure_programme(asked).await), expected);
    }
    world.stop().await;
}

/// What a pace says, computed by the database: days gone and in all, both shares in hundredths of a
/// percent, weeks left, missing and missing a week, and whether it is reached as fast as time goes.
type Told = (i64, i64, i64, i64, i64, i64, i64, bool);

#[tokio::test]
async fn the_pace_of_a_running_target_is_what_a_calendar_says() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2021 - 02 - 02), 30);
    world.admits(union, date!(2021 - 07 - 01), 10);
    world.admits(union, date!(2021 - 11 - 11), 70);
    assign(&mut officer, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 100))).await;
    let pool = world.look().await;
    for day in [
        date!(2021 - 01 - 01),
        date!(2021 - 02 - 02),
        date!(2021 - 07 - 01),
        date!(2021 - 11 - 10),
        date!(2021 - 11 - 11),
        date!(2021 - 12 - 30),
    ] {
        let asked = pb::MeasureTargetsRequest {
            organisation_id: world.badinh.to_string(),
            period: Some(period(YEAR)),
            as_of: Some(civil(day)),
            ..Default::default()
        };
        let answer = officer.targets.measure_targets(asked).await.expect("measured").into_inner();
        let measured = &answer.targets[0];
        assert_eq!(measured.state(), pb::TargetState::Running, "{day}");
        let pace = measured.pace.as_ref().expect("a pace");
        let figure = measured.figure.as_ref().expect("a figure");
        assert_eq!(figure.period, Some(period((YEAR.0, day))), "counted through the day");
        let recounted: Told = sqlx::query_as(
            "with reached as (
                 select coalesce(sum(amount), 0)::numeric as value from fact
                 where unit_id = $2 and code = 'MBR_ADMITTED' and on_date between '2021-01-01' and $1
             ),
             days as (
                 select ($1::date - '2021-01-01'::date + 1)::numeric as gone, 365::numeric as all_days
             )
             select gone::bigint, all_days::bigint, round(gone * 10000 / all_days)::bigint,
                    round(value * 10000 / 100)::bigint, ceil((all_days - gone) / 7)::bigint,
                    greatest(100 - value, 0)::bigint,
                    ceil(greatest(100 - value, 0) / ceil((all_days - gone) / 7))::bigint,
                    value / 100 >= gone / all_days
             from reached cross join days",
        )
        .bind(day)
        .bind(union)
        .fetch_one(&pool)
        .await
        .expect("recounted");
        let told = (
            i64::from(pace.days_gone),
            i64::from(pace.days),
            i64::from(pace.gone_basis_points),
            pace.reached_basis_points,
            i64::from(pace.weeks_left),
            pace.missing,
            pace.missing_per_week,
            pace.on_pace,
        );
        assert_eq!(told, recounted, "{day}");
    }
    // On its last day it is over; absent, the day is today.
    for as_of in [Some(civil(YEAR.1)), None] {
        let asked = pb::MeasureTargetsRequest {
            organisation_id: world.badinh.to_string(),
            period: Some(period(YEAR)),
            as_of,
            ..Default::default()
        };
        let answer = officer.targets.measure_targets(asked).await.expect("measured").into_inner();
        let measured = &answer.targets[0];
        assert_eq!((measured.state(), &measured.pace), (pb::TargetState::Ended, &None));
        assert_eq!(measured.text, "110/100 đoàn viên (đạt 110%)");
    }
    world.stop().await;
}

fn nodes(of: &[pb::CascadeNode]) -> Vec<&pb::CascadeNode> {
    of.iter().flat_map(|node| std::iter::once(node).chain(nodes(&node.children))).collect()
}

/// Every node of a cascade has what a figure of its unit says, which is counted by itself.
#[tokio::test]
async fn a_cascade_is_measured_as_each_of_its_units_is() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    let firms = world.loads_unions(world.badinh, "NNN_CP", 2);
    let others = world.loads_unions(world.caugiay, "HC", 2);
    let school = world.loads_unions(world.education, "SNCL_100", 1)[0];
    for (n, union) in (1..).zip(firms.iter().chain(&others).chain([&school])) {
        world.admits(*union, date!(2020 - 05 - 05), 10 * n);
        world.admits(*union, date!(2021 - 05 - 05), n);
    }
    world.transfers(firms[0], others[0], date!(2021 - 06 - 06), 4);
    world.transfers(firms[0], firms[1], date!(2021 - 06 - 07), 2);
    // One moves to another district in the middle of the year, a school to a district.
    world.hands_over(&[others[1]], world.caugiay, world.badinh, date!(2021 - 08 - 01));
    world.hands_over(&[school], world.education, world.badinh, date!(2021 - 09 - 01));
    world.admits(school, date!(2021 - 10 - 10), 3);
    let units = [
        (world.confederation, world.hanoi),
        (world.hanoi, world.badinh),
        (world.hanoi, world.caugiay),
        (world.hanoi, world.education),
        (world.badinh, firms[0]),
        (world.badinh, firms[1]),
        (world.badinh, others[1]),
        (world.caugiay, others[0]),
        (world.education, school),
    ];
    let indicators = [
        "MBR_ADMITTED",
        "MBR_STOCK",
        "MBR_TRANSFER_OUT",
        "MBR_IN_WITH_UNIT",
        "ORG_STOCK",
        "ORG_IN",
    ];
    for indicator in indicators {
        for (issuer, unit) in units {
            assign(&mut national, by(issuer, target(indicator, unit, YEAR, 10))).await;
        }
    }
    let mut mean = by(world.hanoi, target("PARTY_REFERRED", world.badinh, YEAR, 1));
    mean.comparator = pb::Comparator::MeanGreaterOrEqual.into();
    mean.denominator_on = Some(civil(date!(2021 - 08 - 15)));
    assign(&mut national, mean).await;

    let asked = |indicator: &str, head: Uuid, tree, as_of| pb::GetTargetCascadeRequest {
        organisation_id: head.to_string(),
        indicator: indicator.to_string(),
        period: Some(period(YEAR)),
        measure: true,
        tree,
        as_of,
        ..Default::default()
    };
    for indicator in indicators {
        for on in [date!(2021 - 07 - 31), YEAR.1] {
            for tree in [None, Some(date!(2021 - 12 - 31))] {
                let tree_asked = tree.map(|day| pb::Tree { as_of: Some(civil(day)) });
                let request = asked(indicator, world.hanoi, tree_asked, Some(civil(on)));
                let answer = national.targets.get_target_cascade(request).await.expect("told");
                let answer = answer.into_inner();
                let head = national.value(indicator, world.hanoi, (YEAR.0, on), tree).await;
                assert_eq!(answer.figure.as_ref().map(|figure| figure.value), Some(head));
                assert_eq!(answer.assigned_attainment[0].value, head, "{indicator} {on}");
                let shown = nodes(&answer.children);
                assert_eq!(shown.len(), units.len() - 1);
                let mut reached = BTreeMap::new();
                for node in shown {
                    let target = node.target.as_ref().expect("a target");
                    let unit = parse::id("organisation_id", &target.organisation_id).expect("one");
                    let figure = national.value(indicator, unit, (YEAR.0, on), tree).await;
                    let attained = node.attainment.as_ref().expect("measured");
                    assert_eq!(attained.value, figure, "{indicator} of {} on {on}", node.name);
                    assert_eq!(attained.met, figure >= 10);
                    assert_eq!(attained.pace.is_some(), on < YEAR.1);
                    reached.insert(unit, figure);
                }
                if indicator == "MBR_ADMITTED" && on == YEAR.1 && tree.is_none() {
                    // 1 + 2 of its own; what came later brought nothing admitted but by the school.
                    assert_eq!(reached[&world.badinh], 1 + 2 + 3);
                }
            }
        }
    }
    // A mean is taken over the unions of the day: two, and the one that came; the school is later.
    let request = asked("PARTY_REFERRED", world.hanoi, None, Some(civil(YEAR.1)));
    let answer = national.targets.get_target_cascade(request).await.expect("told").into_inner();
    let attained = answer.children[0].attainment.as_ref().expect("measured");
    assert_eq!((attained.value, attained.mean_denominator, attained.met), (0, 3, false));
    // Not asked to, nothing is measured; not begun, nothing is.
    let request = pb::GetTargetCascadeRequest {
        measure: false,
        ..asked("MBR_STOCK", world.hanoi, None, None)
    };
    let answer = national.targets.get_target_cascade(request).await.expect("told").into_inner();
    assert!(answer.figure.is_none() && answer.assigned_attainment.is_empty());
    assert!(nodes(&answer.children).iter().all(|node| node.attainment.is_none()));
    let early = asked("MBR_STOCK", world.hanoi, None, Some(civil(date!(2020 - 12 - 31))));
    let answer = national.targets.get_target_cascade(early).await.expect("told").into_inner();
    assert_eq!(answer.figure, None);
    let node = answer.children[0].attainment.clone().expect("told");
    assert_eq!((node.state(), node.value), (pb::TargetState::NotBegun, 0));
    assert_eq!(node.text, "bắt đầu từ ngày 01/01/2021");

    // What was handed to somebody elsewhere is shown to whoever sees the issuer, and not measured.
    assign(&mut national, by(world.hanoi, target("MBR_STOCK", world.hue, YEAR, 10))).await;
    let request = asked("MBR_STOCK", world.hanoi, None, Some(civil(YEAR.1)));
    let answer = officer.targets.get_target_cascade(request).await.expect("told").into_inner();
    let theirs = nodes(&answer.children)
        .into_iter()
        .find(|node| node.name == "LĐLĐ thành phố Huế")
        .and_then(|node| node.attainment.clone())
        .expect("told");
    assert!(theirs.out_of_scope);
    assert_eq!((theirs.value, theirs.met, theirs.text.as_str()), (0, false, ""));
    world.stop().await;
}
