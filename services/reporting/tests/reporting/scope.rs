//! Nobody reads or writes outside their own subtree, by any method; every write says why it
//! refuses.

use proto::registry::v1::DecisionRecorded;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use time::macros::date;
use uuid::Uuid;

use crate::targets::target;
use crate::world::{Actor, World, because, period, query, refused};
use chassis::parse::civil;

const YEAR: (time::Date, time::Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

/// Calls every method that touches an organisation, on `unit`, and answers the reasons.
async fn every_method(actor: &mut Actor, unit: Uuid, union: Uuid) -> Vec<String> {
    let organisation_id = unit.to_string();
    let asked = Some(period(YEAR));
    let mut reasons = vec![
        refused(actor.figures.query_figures(query("MBR_STOCK", unit, YEAR, None)).await).0,
        refused(
            actor
                .figures
                .explain_figure(pb::ExplainFigureRequest {
                    indicator: "MBR_STOCK".into(),
                    organisation_id: organisation_id.clone(),
                    period: asked,
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(
            actor
                .figures
                .tabulate_figures(pb::TabulateFiguresRequest {
                    indicators: vec!["MBR_STOCK".into()],
                    organisation_ids: vec![organisation_id.clone()],
                    periods: asked.into_iter().collect(),
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(
            actor
                .figures
                .get_book(pb::GetBookRequest {
                    organisation_id: organisation_id.clone(),
                    period: asked,
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(
            actor
                .targets
                .list_targets(pb::ListTargetsRequest {
                    organisation_id: organisation_id.clone(),
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(
            actor
                .targets
                .get_target_cascade(pb::GetTargetCascadeRequest {
                    organisation_id: organisation_id.clone(),
                    indicator: "MBR_STOCK".into(),
                    period: asked,
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(
            actor
                .targets
                .measure_targets(pb::MeasureTargetsRequest {
                    organisation_id: organisation_id.clone(),
                    period: asked,
                    ..Default::default()
                })
                .await,
        )
        .0,
        refused(actor.print("MY_DUC", unit, YEAR, &[]).await).0,
        refused(
            actor
                .periodic_reports
                .list_reports_due(pb::ListReportsDueRequest {
                    organisation_id: organisation_id.clone(),
                    period: asked,
                    ..Default::default()
                })
                .await,
        )
        .0,
    ];
    let mut assigned = target("MBR_ADMITTED", unit, YEAR, 1);
    assigned.issuer_name = "Thành ủy".into();
    reasons.push(refused(actor.targets.assign_target(assigned).await).0);
    let rated = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2020,
        lines: vec![pb::record_ratings_request::Line {
            organisation_id: union.to_string(),
            grade: "HOAN_THANH".into(),
        }],
        ..Default::default()
    };
    reasons.push(refused(actor.ratings.record_ratings(rated).await).0);
    let activity = pb::Activity {
        organisation_id: union.to_string(),
        kind: pb::ActivityKind::Inspection.into(),
        held_on: Some(civil(date!(2020 - 02 - 02))),
        ..Default::default()
    };
    let recorded = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities: vec![activity],
    };
    reasons.push(refused(actor.activities.record_activities(recorded).await).0);
    reasons
}

#[tokio::test]
async fn an_officer_reaches_no_other_subtree_and_a_stranger_none() {
    let world = World::start().await;
    let foreign = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    let reasons = every_method(&mut world.officer(), world.hue, foreign).await;
    assert_eq!(reasons, ["ORGANISATION_UNKNOWN"; 12]);
    let reasons = every_method(&mut world.actor("stranger"), world.hanoi, foreign).await;
    assert_eq!(reasons, ["PERMISSION_DENIED"; 12]);
    // A reader reads, and changes nothing.
    world.grants("reader", "READER", world.hanoi);
    let mut reader = world.actor("reader");
    assert_eq!(reader.value("ORG_STOCK", world.hanoi, YEAR, None).await, 0);
    let mut assigned = target("MBR_ADMITTED", world.badinh, YEAR, 1);
    assigned.issuer_id = world.hanoi.to_string();
    assert_eq!(refused(reader.targets.assign_target(assigned).await).0, "PERMISSION_DENIED");
    // Of a figure above one's own scope nothing is told, and of an ended unit its heir's
    // officer is told all.
    assert_eq!(
        refused(
            world
                .officer()
                .figures
                .query_figures(query("MBR_STOCK", world.confederation, YEAR, None))
                .await
        ),
        because("ORGANISATION_UNKNOWN", "organisation_id")
    );
    world.ends(world.badinh, world.hanoi, None, date!(2025 - 07 - 01));
    assert_eq!(world.officer().value("MBR_STOCK", world.badinh, YEAR, None).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn bad_lines_are_all_named_and_nothing_is_half_written() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let line = |unit: Uuid, grade: &str| pb::record_ratings_request::Line {
        organisation_id: unit.to_string(),
        grade: grade.to_string(),
    };
    let request = |scheme: &str, year: i32, lines: Vec<_>| pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year,
        scheme: scheme.to_string(),
        lines,
        ..Default::default()
    };
    let good = || line(union, "HOAN_THANH");
    for (asked, expected) in [
        (request("", 2020, vec![]), because("LIST_EMPTY", "lines")),
        (request("", 2020, vec![good(); 1_001]), because("LIST_TOO_LONG", "lines")),
        (request("", 1980, vec![good()]), because("RATING_YEAR_OUT_OF_RANGE", "year")),
        (request("NAM_MUC", 2020, vec![good()]), because("RATING_SCHEME_NOT_OF_YEAR", "scheme")),
        (request("X", 2020, vec![good()]), because("RATING_SCHEME_UNKNOWN", "scheme")),
        (
            request("", 2020, vec![good(), good()]),
            because("LINE_REPEATED", "lines[1].organisation_id"),
        ),
        (
            request("", 2020, vec![good(), line(world.badinh, "HOAN_THANH")]),
            because("ORGANISATION_NOT_GRASSROOTS", "lines[1].organisation_id"),
        ),
        (
            request("", 2020, vec![line(union, "VUNG_MANH")]),
            because("RATING_GRADE_UNKNOWN", "lines[0].grade"),
        ),
    ] {
        assert_eq!(refused(officer.ratings.record_ratings(asked).await), expected);
    }
    let activity = |kind: pb::ActivityKind, on, members_reached| pb::Activity {
        organisation_id: union.to_string(),
        kind: kind.into(),
        held_on: Some(civil(on)),
        members_reached: Some(members_reached),
        workers_reached: Some(0),
        ..Default::default()
    };
    let request = |activities| pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities,
    };
    let today = chassis::database::today();
    for (activities, expected) in [
        (vec![], because("LIST_EMPTY", "activities")),
        (
            vec![activity(pb::ActivityKind::Unspecified, today, 1)],
            because("ACTIVITY_KIND_UNKNOWN", "activities[0].kind"),
        ),
        (
            vec![activity(pb::ActivityKind::Launch, today, -1)],
            because("ACTIVITY_COUNT_OUT_OF_RANGE", "activities[0].members_reached"),
        ),
        (
            vec![activity(pb::ActivityKind::Launch, today + time::Duration::days(2), 1)],
            because("ACTIVITY_IN_FUTURE", "activities[0].held_on"),
        ),
    ] {
        assert_eq!(
            refused(officer.activities.record_activities(request(activities)).await),
            expected
        );
    }
    assert_eq!(officer.value("RATING_RATED", world.badinh, YEAR, None).await, 0);
    assert_eq!(officer.value("MOVEMENT_LAUNCHED", world.badinh, (YEAR.0, today), None).await, 0);
    // And with what is asked for wrongly.
    let mut asked = query("MBR_STOCK", world.hanoi, YEAR, None);
    asked.breakdown = pb::Breakdown::SectorGroup.into();
    assert_eq!(
        refused(officer.figures.query_figures(asked).await),
        because("SECTOR_GROUPING_UNKNOWN", "sector_grouping")
    );
    world.stop().await;
}

#[tokio::test]
async fn what_is_written_rests_on_decisions_that_registry_has_recorded_in_scope_or_above() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let decides = |issuer: Uuid| {
        let decision_id = Uuid::now_v7();
        let recorded = DecisionRecorded {
            decision_id: decision_id.to_string(),
            issuer_id: issuer.to_string(),
            number: "1".to_string(),
            kind: "QUYET_DINH".to_string(),
            ..Default::default()
        };
        world.says(date!(2020 - 01 - 01), RegistryWhat::DecisionRecorded(recorded));
        decision_id
    };
    let (own, superiors, foreign) =
        (decides(world.badinh), decides(world.confederation), decides(world.hue));
    let mut officer = world.officer();
    let assigning = |decision_id: Uuid| pb::AssignTargetRequest {
        issuer_id: world.hanoi.to_string(),
        decision_id: decision_id.to_string(),
        ..target("MBR_ADMITTED", world.badinh, YEAR, 1)
    };
    let rating = |decision_id: Uuid| pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2020,
        lines: vec![pb::record_ratings_request::Line {
            organisation_id: union.to_string(),
            grade: "HOAN_THANH".into(),
        }],
        decision_id: decision_id.to_string(),
        ..Default::default()
    };
    for decision_id in [foreign, Uuid::now_v7()] {
        let expected = because("DECISION_UNKNOWN", "decision_id");
        let answer = officer.targets.assign_target(assigning(decision_id)).await;
        assert_eq!(refused(answer), expected);
        let answer = officer.ratings.record_ratings(rating(decision_id)).await;
        assert_eq!(refused(answer), expected);
    }
    for decision_id in [own, superiors] {
        officer.targets.assign_target(assigning(decision_id)).await.expect("assigned");
        officer.ratings.record_ratings(rating(decision_id)).await.expect("rated");
    }
}
