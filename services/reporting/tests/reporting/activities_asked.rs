//! Activities that are not what their kind asks for, lists of them, and who may read them.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::activities::{
    YEAR, activity, codes, get, number, on, record, text, try_correct, try_record, undoing, unions,
    with,
};
use crate::world::{Actor, World, because, period, refused};

const DAY: Date = date!(2021 - 03 - 04);

#[tokio::test]
async fn what_is_not_as_its_kind_asks_is_refused_by_name_and_changes_nothing() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let foreign = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let post = activity("POST", union, DAY);
    let inspection = activity("INSPECTION", union, DAY);
    let work = with(&activity("WORK", union, DAY), text("title", "Cầu"));
    let guidance = activity("CONGRESS_GUIDANCE", world.badinh, DAY);
    let employer = |employer: pb::ActivityEmployer| pb::ActivityField {
        name: "employer".to_string(),
        employer: Some(employer),
        ..Default::default()
    };
    let document = |document: pb::ActivityDocument| {
        let reached =
            pb::Activity { members_reached: Some(1), ..activity("DISSEMINATION", union, DAY) };
        let field = pb::ActivityField {
            name: "document".to_string(),
            document: Some(document),
            ..Default::default()
        };
        with(&pb::Activity { workers_reached: Some(1), ..reached }, field)
    };
    let someone = Uuid::now_v7().to_string();
    let tomorrow = chassis::database::today() + time::Duration::days(1);
    let field = "activities[0].fields[0]";
    let twice: Vec<Uuid> = vec![union, union];
    let many: Vec<Uuid> = (0..101).map(|_| Uuid::now_v7()).collect();
    let crowd = |name: &str| pb::Activity {
        fields: (0..51).map(|_| text(name, "x")).collect(),
        ..inspection.clone()
    };
    for (asked, reason, at) in [
        (activity("PARTY", union, DAY), "ACTIVITY_KIND_UNKNOWN", "activities[0].kind_code".into()),
        (activity("", union, DAY), "ACTIVITY_KIND_UNKNOWN", "activities[0].kind".into()),
        (
            pb::Activity { kind: pb::ActivityKind::Launch.into(), ..inspection.clone() },
            "ACTIVITY_KIND_DIFFERS",
            "activities[0].kind_code".into(),
        ),
        (post.clone(), "FIELD_REQUIRED", "activities[0].fields[channel]".into()),
        (with(&post, codes("channel", &["RADIO"])), "ACTIVITY_FIELD_MISFIT", field.into()),
        (with(&post, codes("channel", &["ZALO", "PRESS"])), "ACTIVITY_FIELD_MISFIT", field.into()),
        (with(&post, text("channel", "ZALO")), "ACTIVITY_FIELD_MISFIT", field.into()),
        (with(&post, codes("channel", &[])), "FIELD_REQUIRED", format!("{field}.codes")),
        (with(&post, text("title", "x")), "ACTIVITY_FIELD_UNKNOWN", format!("{field}.name")),
        (
            with(&with(&inspection, text("findings", "x")), text("findings", "y")),
            "ACTIVITY_FIELD_REPEATED",
            "activities[0].fields[1].name".into(),
        ),
        (
            with(&inspection, codes("topics", &["SAFETY", "SAFETY"])),
            "ACTIVITY_FIELD_REPEATED",
            format!("{field}.codes[1]"),
        ),
        (with(&inspection, number("recommendations", -1)), "ACTIVITY_FIELD_MISFIT", field.into()),
        (
            with(&inspection, number("recommendations", 10_001)),
            "ACTIVITY_FIELD_MISFIT",
            field.into(),
        ),
        (crowd("findings"), "LIST_TOO_LONG", "activities[0].fields".into()),
        (
            pb::Activity { times: 2, ..with(&inspection, text("findings", "x")) },
            "ACTIVITY_COUNT_OUT_OF_RANGE",
            "activities[0].times".into(),
        ),
        (
            activity("MOVEMENT", union, DAY),
            "FIELD_REQUIRED",
            "activities[0].members_reached".into(),
        ),
        (
            with(&inspection, employer(pb::ActivityEmployer::default())),
            "FIELD_REQUIRED",
            format!("{field}.employer.name"),
        ),
        (
            with(
                &inspection,
                employer(pb::ActivityEmployer {
                    employer_id: someone.clone(),
                    ..Default::default()
                }),
            ),
            "EMPLOYER_UNKNOWN",
            format!("{field}.employer.employer_id"),
        ),
        (
            document(pb::ActivityDocument { number: "1".into(), ..Default::default() }),
            "FIELD_REQUIRED",
            format!("{field}.document.issuer"),
        ),
        (
            document(pb::ActivityDocument {
                decision_id: someone.clone(),
                number: "1".into(),
                ..Default::default()
            }),
            "ACTIVITY_FIELD_MISFIT",
            field.into(),
        ),
        (
            document(pb::ActivityDocument { decision_id: someone, ..Default::default() }),
            "DECISION_UNKNOWN",
            format!("{field}.document.decision_id"),
        ),
        (
            document(pb::ActivityDocument {
                issuer: "Thành ủy".into(),
                kind: "Nghị quyết".into(),
                number: "1".into(),
                issued_on: Some(civil(tomorrow)),
                ..Default::default()
            }),
            "ACTIVITY_IN_FUTURE",
            format!("{field}.document.issued_on"),
        ),
        (
            with(&work, on("completed_on", date!(2021 - 03 - 03))),
            "ACTIVITY_DATES_DISORDERED",
            "activities[0].fields[1].date".into(),
        ),
        (
            with(&work, on("completed_on", tomorrow)),
            "ACTIVITY_IN_FUTURE",
            "activities[0].fields[1].date".into(),
        ),
        (
            with(&guidance, unions("unions", &twice)),
            "ACTIVITY_FIELD_REPEATED",
            format!("{field}.organisation_ids[1]"),
        ),
        (with(&guidance, unions("unions", &many)), "ACTIVITY_FIELD_MISFIT", field.into()),
        (
            with(&guidance, unions("unions", &[union, world.caugiay])),
            "ACTIVITY_ORGANISATION_UNFIT",
            format!("{field}.organisation_ids[1]"),
        ),
        (
            with(&guidance, unions("unions", &[foreign])),
            "ORGANISATION_UNKNOWN",
            format!("{field}.organisation_ids[0]"),
        ),
    ] {
        let answer = try_record(&mut officer, vec![asked.clone()]).await;
        assert_eq!(refused(answer), because(reason, &at), "{asked:?}");
        // The same of a correction, where the line is the only one.
        if asked.kind_code == "WORK" {
            let id = record(&mut officer, work.clone()).await;
            let answer = try_correct(&mut officer, &id, asked, 0).await;
            let at = at.replacen("activities[0]", "activity", 1);
            assert_eq!(refused(answer), because(reason, &at));
            officer.activities.undo_activity(undoing(&id)).await.expect("undone");
        }
    }
    // All lines at fault are named at once, and of a list with one of them nothing is recorded.
    let good = with(&post, codes("channel", &["ZALO"]));
    let answer = try_record(&mut officer, vec![good, post.clone(), post]).await;
    let violations = stage::refused::violations(&answer.expect_err("refused"));
    let fields: Vec<&str> = violations.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["activities[1].fields[channel]", "activities[2].fields[channel]"]);
    for indicator in ["POSTS", "INSPECTION_HELD", "WORKS_REGISTERED", "CONGRESS_GUIDED"] {
        assert_eq!(officer.value(indicator, world.hanoi, YEAR, None).await, 0, "{indicator}");
    }
    let listed = list(&mut officer, asked(world.hanoi), 50).await;
    assert!(listed.is_empty(), "{listed:?}");
    world.stop().await;
}

fn asked(head: Uuid) -> pb::ListActivitiesRequest {
    pb::ListActivitiesRequest {
        organisation_id: head.to_string(),
        subtree: true,
        period: Some(period(YEAR)),
        ..Default::default()
    }
}

/// All of a list, page by page: the ids.
async fn list(
    actor: &mut Actor,
    mut asked: pb::ListActivitiesRequest,
    page_size: i32,
) -> Vec<String> {
    let mut ids = Vec::new();
    asked.page_size = page_size;
    loop {
        let answer = actor.activities.list_activities(asked.clone()).await.expect("listed");
        let page = answer.into_inner();
        assert!(page.activities.len() <= usize::try_from(page_size).expect("a size"));
        ids.extend(page.activities.into_iter().map(|one| one.activity_id));
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            return ids;
        }
    }
}

#[tokio::test]
async fn a_list_has_each_activity_of_its_scope_once_whatever_the_page() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [union, moved] = world.loads_unions(world.badinh, "NNN_CP", 2)[..] else { panic!("two") };
    let elsewhere = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    let leaves_on = date!(2021 - 06 - 01);
    world.hands_over(&[moved], world.badinh, world.caugiay, leaves_on);
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let post = |unit, on| with(&activity("POST", unit, on), codes("channel", &["ZALO"]));
    let sport = |unit, on| activity("SPORT_EVENT", unit, on);
    let asked_for = vec![
        post(union, date!(2021 - 02 - 01)),
        post(moved, date!(2021 - 05 - 31)),
        sport(moved, leaves_on),
        post(elsewhere, date!(2021 - 03 - 01)),
        sport(world.badinh, date!(2021 - 12 - 31)),
        post(union, date!(2022 - 01 - 01)),
        post(union, date!(2021 - 02 - 01)),
    ];
    let ids = try_record(&mut officer, asked_for).await.expect("recorded");
    let of = |places: &[usize]| -> Vec<String> {
        places.iter().map(|place| ids[*place].clone()).collect()
    };
    for size in [1, 2, 50] {
        // As then: what moved counts where it was on the day.
        let listed = list(&mut officer, asked(world.badinh), size).await;
        assert_eq!(listed, of(&[0, 6, 1, 4]), "{size}");
        let all = list(&mut officer, asked(world.hanoi), size).await;
        assert_eq!(all, of(&[0, 6, 3, 1, 2, 4]), "{size}");
        // As of a later day, all of it is elsewhere.
        let as_of = Some(pb::Tree { as_of: Some(civil(date!(2021 - 12 - 01))) });
        let asked_later = pb::ListActivitiesRequest { tree: as_of, ..asked(world.badinh) };
        assert_eq!(list(&mut officer, asked_later, size).await, of(&[0, 6, 4]), "{size}");
        let sports = pb::ListActivitiesRequest {
            kind_codes: vec!["SPORT_EVENT".to_string(), "MODEL".to_string()],
            ..asked(world.hanoi)
        };
        assert_eq!(list(&mut officer, sports, size).await, of(&[2, 4]), "{size}");
        let itself = pb::ListActivitiesRequest { subtree: false, ..asked(world.badinh) };
        assert_eq!(list(&mut officer, itself, size).await, of(&[4]), "{size}");
    }

    // What was known before somebody took one back and another was found to be of another day.
    let before = get(&mut officer, &ids[4], None).await.expect("read").activity.expect("told");
    officer.activities.undo_activity(undoing(&ids[0])).await.expect("undone");
    let later = post(union, date!(2021 - 08 - 08));
    try_correct(&mut officer, &ids[6], later, 0).await.expect("corrected");
    assert_eq!(list(&mut officer, asked(world.badinh), 2).await, of(&[1, 6, 4]));
    let then = pb::ListActivitiesRequest { known_at: before.recorded_at, ..asked(world.badinh) };
    assert_eq!(list(&mut officer, then, 2).await, of(&[0, 6, 1, 4]));
    let unknown_yet =
        before.recorded_at.map(|at| prost_types::Timestamp { seconds: at.seconds - 60, ..at });
    let then = pb::ListActivitiesRequest { known_at: unknown_yet, ..asked(world.badinh) };
    assert!(list(&mut officer, then, 2).await.is_empty());

    let tomorrow = before
        .recorded_at
        .map(|at| prost_types::Timestamp { seconds: at.seconds + 3 * 86_400, ..at });
    for (wrong, expected) in [
        (
            pb::ListActivitiesRequest {
                kind_codes: vec!["POST".into(), "PARTY".into()],
                ..asked(world.badinh)
            },
            because("ACTIVITY_KIND_UNKNOWN", "kind_codes[1]"),
        ),
        (
            pb::ListActivitiesRequest {
                kind_codes: vec!["POST".into(); 51],
                ..asked(world.badinh)
            },
            because("LIST_TOO_LONG", "kind_codes"),
        ),
        (
            pb::ListActivitiesRequest {
                period: Some(period((YEAR.1, YEAR.0))),
                ..asked(world.badinh)
            },
            because("PERIOD_REVERSED", "period"),
        ),
        (
            pb::ListActivitiesRequest { known_at: tomorrow, ..asked(world.badinh) },
            because("KNOWN_AT_IN_FUTURE", "known_at"),
        ),
    ] {
        assert_eq!(refused(officer.activities.list_activities(wrong).await), expected);
    }
    let answer = get(&mut officer, &ids[4], tomorrow).await;
    assert_eq!(refused(answer), because("KNOWN_AT_IN_FUTURE", "known_at"));
    world.stop().await;
}

#[tokio::test]
async fn an_activity_of_another_subtree_is_unknown_and_a_reader_only_reads() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [union, moved] = world.loads_unions(world.badinh, "NNN_CP", 2)[..] else { panic!("two") };
    let foreign = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let of_hue = record(&mut world.national(), activity("SPORT_EVENT", foreign, DAY)).await;
    let own = record(&mut officer, activity("SPORT_EVENT", union, DAY)).await;
    let left = record(&mut officer, activity("SPORT_EVENT", moved, DAY)).await;

    let answer = get(&mut officer, &of_hue, None).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));
    let asked_of_hue = asked(world.hue);
    let answer = officer.activities.list_activities(asked_of_hue).await;
    assert_eq!(refused(answer), because("ORGANISATION_UNKNOWN", "organisation_id"));
    let now = activity("SPORT_EVENT", union, date!(2021 - 07 - 07));
    let answer = try_correct(&mut officer, &of_hue, now, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));
    let answer = officer.activities.undo_activity(undoing(&of_hue)).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));
    // Nor does one of one's own become one of somebody else's.
    let away = activity("SPORT_EVENT", foreign, DAY);
    let answer = try_correct(&mut officer, &own, away, 0).await;
    assert_eq!(refused(answer), because("ORGANISATION_UNKNOWN", "activity.organisation_id"));

    // Scope is that of today: what left the subtree since is read by others.
    world.hands_over(&[moved], world.badinh, world.hue, date!(2022 - 01 - 01));
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    assert_eq!(list(&mut officer, asked(world.badinh), 50).await, vec![own.clone()]);
    let answer = get(&mut officer, &left, None).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));

    world.grants("reader", "READER", world.hanoi);
    let mut reader = world.actor("reader");
    assert_eq!(reader.value("SPORT_EVENTS", world.hanoi, YEAR, None).await, 2);
    get(&mut reader, &own, None).await.expect("read");
    assert_eq!(list(&mut reader, asked(world.hanoi), 50).await, vec![own.clone()]);
    let now = activity("SPORT_EVENT", union, date!(2021 - 07 - 07));
    let answer = try_correct(&mut reader, &own, now, 0).await;
    assert_eq!(refused(answer).0, "PERMISSION_DENIED");
    let answer = reader.activities.undo_activity(undoing(&own)).await;
    assert_eq!(refused(answer).0, "PERMISSION_DENIED");
    let mut stranger = world.actor("stranger");
    assert_eq!(refused(get(&mut stranger, &own, None).await).0, "PERMISSION_DENIED");
    let answer = stranger.activities.list_activities(asked(world.hanoi)).await;
    assert_eq!(refused(answer).0, "PERMISSION_DENIED");
    assert_eq!(officer.value("SPORT_EVENTS", world.hanoi, YEAR, None).await, 2);
    world.stop().await;
}
