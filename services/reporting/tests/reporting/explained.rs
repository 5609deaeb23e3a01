//! A figure that is explained whole, however much stands behind it.

use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use tonic::Code;

use crate::world::{World, because, period, refused};
use stage::refused::reason;

const YEARS: (Date, Date) = (date!(2016 - 01 - 01), date!(2021 - 12 - 31));

fn whole(world: &World, indicator: &str) -> pb::ExplainWholeFigureRequest {
    pb::ExplainWholeFigureRequest {
        indicator: indicator.to_string(),
        organisation_id: world.hanoi.to_string(),
        period: Some(period(YEARS)),
        ..Default::default()
    }
}

/// More changes of one union than one message carries, or a page shows of a unit.
#[tokio::test]
async fn all_changes_of_a_unit_are_told_however_many_they_are() {
    let world = World::start().await;
    let mut officer = world.officer();
    let units = world.loads_unions(world.badinh, "HC", 3);
    for n in 0..1_300 {
        world.admits(units[usize::from(n % 100 == 0)], YEARS.0 + Duration::days(n), 2);
    }
    let figure = officer.figure("MBR_ADMITTED", world.hanoi, YEARS, None).await;
    assert_eq!(figure.value, 2_600);
    let answer = officer.figures.explain_whole_figure(whole(&world, "MBR_ADMITTED")).await;
    let mut messages = answer.expect("explained").into_inner();
    let (mut changes, mut sum, mut told) = (0, 0, Vec::new());
    while let Some(message) = messages.message().await.expect("told") {
        let of_message: usize = message.units.iter().map(|unit| unit.changes.len()).sum();
        assert!(of_message <= 1_000, "{of_message}");
        for unit in message.units {
            assert!(unit.changes.is_sorted_by_key(|change| {
                let on = change.effective_on.expect("a day");
                (on.year, on.month, on.day)
            }));
            changes += unit.changes.len();
            sum += unit.changes.iter().map(|change| change.amount).sum::<i64>();
            told.push((unit.organisation_id, unit.amount, unit.changes_left_off));
        }
    }
    assert_eq!((changes, sum), (1_300, 2_600));
    // The one of very many is told twice, and says the same of itself.
    told.dedup();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|(.., left_off)| *left_off == 0));
    // A page shows the first of them, and says how many it leaves off.
    let paged = officer.explained(&figure, false, 10).await;
    let left_off: i64 = paged.iter().map(|unit| unit.changes_left_off).sum();
    assert_eq!(left_off, 1_300 - 13 - 200);
    world.stop().await;
}

#[tokio::test]
async fn no_more_figures_are_told_whole_at_once_than_there_are_connections_for() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "HC", 1)[0];
    world.admits(union, YEARS.0, 1);
    officer.value("MBR_ADMITTED", world.hanoi, YEARS, None).await;
    // More than a connection takes on before somebody reads: some megabytes.
    sqlx::query(
        "with change as materialized (
             insert into change_seen (change_id, source, position, act_id, kind, effective_on, traceparent)
             select gen_random_uuid(), 'membership', 1000000 + n, gen_random_uuid(),
                    'membership.members_admitted', $2, repeat('0', 55)
             from generate_series(1, 12000) n
             returning change_id
         )
         insert into fact (unit_id, on_date, code, reason, sex, counterpart_id, amount, change_id)
         select $1, $2, 'MBR_ADMITTED', '', 1, '00000000-0000-0000-0000-000000000000', 1, change_id
         from change",
    )
    .bind(union)
    .bind(YEARS.0)
    .execute(&world.look().await)
    .await
    .expect("made up");
    let mut held = Vec::new();
    for _ in 0..4 {
        let answer = officer.figures.explain_whole_figure(whole(&world, "MBR_ADMITTED")).await;
        held.push(answer.expect("explained").into_inner());
    }
    // Nobody has read to the end.
    let answer = officer.figures.explain_whole_figure(whole(&world, "MBR_ADMITTED")).await;
    assert_eq!(answer.as_ref().map_err(|status| status.code()).err(), Some(Code::Unavailable));
    assert_eq!(reason(answer), "OVERLOADED");
    // Whoever goes away gives her place back, once the service has heard of it.
    drop(held);
    while let Err(refused) =
        officer.figures.explain_whole_figure(whole(&world, "MBR_ADMITTED")).await
    {
        assert_eq!(reason::<()>(Err(refused)), "OVERLOADED");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_explained_is_refused_before_anything_is_told() {
    let world = World::start().await;
    let mut officer = world.officer();
    for (asked, expected) in [
        (whole(&world, "X"), because("INDICATOR_UNKNOWN", "indicator")),
        (
            pb::ExplainWholeFigureRequest {
                organisation_id: world.hue.to_string(),
                ..whole(&world, "ORG_STOCK")
            },
            because("ORGANISATION_UNKNOWN", "organisation_id"),
        ),
        (
            pb::ExplainWholeFigureRequest {
                period: Some(period((YEARS.1, YEARS.0))),
                ..whole(&world, "ORG_STOCK")
            },
            because("PERIOD_REVERSED", "period"),
        ),
    ] {
        assert_eq!(refused(officer.figures.explain_whole_figure(asked).await), expected);
    }
    world.stop().await;
}
