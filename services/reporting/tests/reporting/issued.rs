//! What an organisation set for others, all of it measured at once.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, World, because, period, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
const NEXT: (Date, Date) = (date!(2022 - 01 - 01), date!(2022 - 12 - 31));

fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

fn asked(issuer: Uuid) -> pb::MeasureIssuedTargetsRequest {
    pb::MeasureIssuedTargetsRequest {
        organisation_id: issuer.to_string(),
        period: Some(period((YEAR.0, NEXT.1))),
        as_of: Some(civil(date!(2022 - 06 - 30))),
        ..Default::default()
    }
}

/// Page after page.
async fn issued(
    actor: &mut Actor,
    mut asked: pb::MeasureIssuedTargetsRequest,
) -> Vec<pb::IssuedTarget> {
    let mut targets = Vec::new();
    loop {
        let page = actor.targets.measure_issued_targets(asked.clone()).await.expect("measured");
        let page = page.into_inner();
        assert!(page.targets.is_empty() || page.known_at.is_some());
        targets.extend(page.targets);
        if page.next_page_token.is_empty() {
            return targets;
        }
        asked.page_token = page.next_page_token;
    }
}

/// Hà Nội asks three of its units for unions and for members, in two years.
async fn world_with_targets() -> World {
    let world = World::start().await;
    let mut officer = world.officer();
    let units = [(world.badinh, 4), (world.caugiay, 7), (world.education, 2)];
    for (days, more) in [(YEAR, 0), (NEXT, 1)] {
        for (unit, value) in units {
            for indicator in ["ORG_FOUNDED", "MBR_ADMITTED", "ORG_STOCK"] {
                let asked = target(indicator, unit, days, value + more);
                assign(&mut officer, by(world.hanoi, asked)).await;
            }
        }
    }
    for (unit, unions) in [(world.badinh, 5_i64), (world.caugiay, 3), (world.education, 2)] {
        for n in 0..unions {
            let on = YEAR.0 + time::Duration::days(n * 40);
            let union = world.founds(unit, "NNN_CP", "CĐCS", on);
            world.admits(union, on + time::Duration::days(100), 1);
        }
    }
    world
}

#[tokio::test]
async fn what_was_set_for_others_is_measured_at_once_as_it_is_unit_by_unit() {
    let world = world_with_targets().await;
    let mut officer = world.officer();
    // One of the city's own, set by the nation, is none that the city set; nor is what a district set.
    let mut national = world.national();
    assign(&mut national, by(world.confederation, target("ORG_FOUNDED", world.hanoi, YEAR, 9)))
        .await;
    for tree in [None, Some(pb::Tree { as_of: Some(civil(date!(2021 - 03 - 01))) })] {
        let at_once =
            issued(&mut officer, pb::MeasureIssuedTargetsRequest { tree, ..asked(world.hanoi) })
                .await;
        assert_eq!(at_once.len(), 18);
        let mut one_by_one = BTreeMap::new();
        for unit in [world.badinh, world.caugiay, world.education] {
            let request = pb::MeasureTargetsRequest {
                organisation_id: unit.to_string(),
                period: Some(period((YEAR.0, NEXT.1))),
                tree,
                as_of: Some(civil(date!(2022 - 06 - 30))),
                ..Default::default()
            };
            let measured = officer.targets.measure_targets(request).await.expect("measured");
            for one in measured.into_inner().targets {
                let target_id = one.target.as_ref().expect("a target").target_id.clone();
                one_by_one.insert(target_id, (one.text, one.met));
            }
        }
        for one in &at_once {
            let target = one.target.as_ref().expect("a target");
            let attainment = one.attainment.as_ref().expect("measured");
            let (text, met) = &one_by_one[&target.target_id];
            assert_eq!((&attainment.text, attainment.met), (text, *met), "{target:?}");
        }
    }
    // Every flow again, by a statement.
    let recounted: Vec<(String, Uuid, Date, i64)> = sqlx::query_as(
        "select t.indicator, t.organisation_id, lower(t.period),
                (select coalesce(sum(f.amount), 0)::bigint from fact f
                 join edge e on e.organisation_id = f.unit_id and e.superior_id = t.organisation_id
                            and e.valid @> f.on_date
                 where f.code = t.indicator and t.period @> f.on_date and f.on_date <= date '2022-06-30')
         from target t
         where t.issuer_id = $1 and t.indicator in ('ORG_FOUNDED', 'MBR_ADMITTED')
         order by 1, 3, t.target_id",
    )
    .bind(world.hanoi)
    .fetch_all(&world.look().await)
    .await
    .expect("recounted");
    let flows = issued(
        &mut officer,
        pb::MeasureIssuedTargetsRequest {
            indicators: vec!["ORG_FOUNDED".to_string(), "MBR_ADMITTED".to_string()],
            ..asked(world.hanoi)
        },
    )
    .await;
    let told: Vec<(String, Uuid, Date, i64)> = flows
        .iter()
        .map(|one| {
            let target = one.target.as_ref().expect("a target");
            let from = target.period.as_ref().and_then(|period| period.from_on).expect("a day");
            (
                target.indicator.clone(),
                target.organisation_id.parse().expect("an id"),
                chassis::parse::date("from_on", Some(from)).expect("a day"),
                one.attainment.as_ref().expect("measured").value,
            )
        })
        .collect();
    assert_eq!(told, recounted);
    assert!(told.iter().any(|(_, _, _, value)| *value == 5));
    world.stop().await;
}

#[tokio::test]
async fn pages_of_what_was_set_say_each_target_once_and_in_order() {
    let world = world_with_targets().await;
    let mut officer = world.officer();
    let whole = issued(&mut officer, asked(world.hanoi)).await;
    for page_size in [1, 5, 18] {
        let paged = pb::MeasureIssuedTargetsRequest { page_size, ..asked(world.hanoi) };
        assert_eq!(issued(&mut officer, paged).await, whole);
    }
    let order: Vec<_> = whole
        .iter()
        .map(|one| {
            let target = one.target.as_ref().expect("a target");
            let from = target.period.as_ref().and_then(|period| period.from_on).expect("a day");
            (target.indicator.clone(), from.year, target.target_id.clone())
        })
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    assert!(whole.iter().any(|one| one.name == "LĐLĐ quận Ba Đình"));
    world.stop().await;
}

#[tokio::test]
async fn what_is_withdrawn_not_begun_or_another_s_to_see_is_shown_without_a_figure() {
    let world = world_with_targets().await;
    let mut officer = world.officer();
    let mut national = world.national();
    let whole = issued(&mut officer, asked(world.hanoi)).await;
    let first = whole[0].target.clone().expect("a target");
    let withdraw = pb::WithdrawTargetRequest {
        request_id: Uuid::new_v4().to_string(),
        target_id: first.target_id.clone(),
        withdrawn_on: Some(civil(date!(2021 - 05 - 01))),
        reason: "giao nhầm".to_string(),
        ..Default::default()
    };
    officer.targets.withdraw_target(withdraw).await.expect("withdrawn");
    let early = pb::MeasureIssuedTargetsRequest {
        as_of: Some(civil(date!(2021 - 06 - 30))),
        ..asked(world.hanoi)
    };
    let told = issued(&mut officer, early).await;
    let states = |state: pb::TargetState| -> Vec<&pb::Attainment> {
        told.iter()
            .filter_map(|one| one.attainment.as_ref())
            .filter(|attainment| attainment.state() == state)
            .collect()
    };
    let withdrawn = states(pb::TargetState::Withdrawn);
    assert_eq!(withdrawn.len(), 1);
    assert_eq!((withdrawn[0].value, withdrawn[0].text.as_str()), (0, "đã rút từ ngày 01/05/2021"));
    assert_eq!(states(pb::TargetState::NotBegun).len(), 9);
    assert!(states(pb::TargetState::NotBegun).iter().all(|one| one.value == 0 && !one.met));

    // Cầu Giấy goes to Huế: what Hà Nội set for it stays Hà Nội's to see, and not how far it is.
    let from = world.hanoi;
    world.hands_over(&[world.caugiay], from, world.hue, date!(2022 - 03 - 01));
    let told = issued(&mut officer, asked(world.hanoi)).await;
    let unit = world.caugiay.to_string();
    let theirs: Vec<_> = told
        .iter()
        .filter(|one| one.target.as_ref().is_some_and(|target| target.organisation_id == unit))
        .collect();
    assert_eq!(theirs.len(), 6);
    for one in theirs {
        let attainment = one.attainment.as_ref().expect("said");
        assert!(attainment.out_of_scope && attainment.value == 0 && one.name.is_empty(), "{one:?}");
    }
    // Whoever sees both sees it.
    let told = issued(&mut national, asked(world.hanoi)).await;
    let all = told.iter().filter_map(|one| one.attainment.as_ref());
    assert!(all.clone().count() == 18 && all.clone().all(|one| !one.out_of_scope));
    world.stop().await;
}

#[tokio::test]
async fn a_question_for_what_was_set_that_makes_no_sense_is_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let good = || asked(world.hanoi);
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_string()).collect();
    for (asked, expected) in [
        (
            pb::MeasureIssuedTargetsRequest { indicators: codes(&["X"]), ..good() },
            because("INDICATOR_UNKNOWN", "indicators[0]"),
        ),
        (
            pb::MeasureIssuedTargetsRequest {
                indicators: codes(&["ORG_FOUNDED", "ORG_FOUNDED"]),
                ..good()
            },
            because("LINE_REPEATED", "indicators[1]"),
        ),
        (
            pb::MeasureIssuedTargetsRequest { indicators: codes(&["ORG_FOUNDED"; 51]), ..good() },
            because("LIST_TOO_LONG", "indicators"),
        ),
        (
            pb::MeasureIssuedTargetsRequest { period: Some(period((YEAR.1, YEAR.0))), ..good() },
            because("PERIOD_REVERSED", "period"),
        ),
        (
            pb::MeasureIssuedTargetsRequest { organisation_id: world.hue.to_string(), ..good() },
            because("ORGANISATION_UNKNOWN", "organisation_id"),
        ),
        (
            pb::MeasureIssuedTargetsRequest { page_token: "x".to_string(), ..good() },
            because("PAGE_TOKEN_INVALID", "page_token"),
        ),
    ] {
        assert_eq!(refused(officer.targets.measure_issued_targets(asked).await), expected);
    }
    world.stop().await;
}
