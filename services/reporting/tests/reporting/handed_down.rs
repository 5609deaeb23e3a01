//! Quotas handed down to those directly below: by values, weights, equally, and by what is counted.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::distribute_target_request::Child;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::quotas::{by, cascade, withdrawal};
use crate::targets::{assign, target};
use crate::world::{Actor, World, because, period, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

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
            because("DECISION_UNKNOWN", "decision_id"),
        ),
    ];
    for (asked, expected) in cases {
        let answer = officer.targets.distribute_target(asked.clone()).await;
        assert_eq!(refused(answer), expected, "{asked:?}");
    }
    assert_eq!(held().await, before, "whatever was refused changed nothing");
    world.stop().await;
}

#[tokio::test]
async fn what_others_were_handed_down_before_is_said_with_what_is_handed_down() {
    let world = World::start().await;
    let mut national = world.national();
    let own = by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 60));
    let own = assign(&mut national, own).await.target_id;
    let to = |units: &[Uuid]| {
        let mut asked = handed(&own, pb::Distribution::Equal);
        asked.children = units.iter().map(|unit| child(*unit, None, 0)).collect();
        asked
    };
    let answer = distribute(&mut national, to(&[world.badinh, world.caugiay])).await;
    assert_eq!((answer.children_sum, answer.others_sum, answer.difference), (60, 0, 0));
    let left = answer.children[1].target_id.clone();

    // All of it to one: the other still has its half, as the cascade says.
    let answer = distribute(&mut national, to(&[world.badinh])).await;
    assert_eq!((answer.children_sum, answer.others_sum, answer.difference), (60, 30, 30));
    let shown = cascade(&mut national, world.hanoi, YEAR.1).await;
    assert_eq!((shown.children_sum, shown.difference), (90, 30));

    // Until it is withdrawn from there.
    national.targets.withdraw_target(withdrawal(&left, YEAR.0)).await.expect("withdrawn");
    let answer = distribute(&mut national, to(&[world.badinh])).await;
    assert_eq!((answer.children_sum, answer.others_sum, answer.difference), (60, 0, 0));
    world.stop().await;
}
