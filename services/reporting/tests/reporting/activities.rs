//! Activities: recorded as their kinds ask, read back, corrected, taken back, and counted.

use chassis::parse::civil;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{DecisionRecorded, EmployersRecorded, employers_recorded};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, refused};

pub const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

/// An activity of a kind, without fields.
pub fn activity(kind: &str, unit: Uuid, on: Date) -> pb::Activity {
    pb::Activity {
        organisation_id: unit.to_string(),
        kind_code: kind.to_string(),
        held_on: Some(civil(on)),
        ..Default::default()
    }
}

pub fn with(activity: &pb::Activity, field: pb::ActivityField) -> pb::Activity {
    let mut activity = activity.clone();
    activity.fields.push(field);
    activity
}

fn field(name: &str) -> pb::ActivityField {
    pb::ActivityField { name: name.to_string(), ..Default::default() }
}

pub fn number(name: &str, number: i64) -> pb::ActivityField {
    pb::ActivityField { number: Some(number), ..field(name) }
}

pub fn text(name: &str, text: &str) -> pb::ActivityField {
    pb::ActivityField { text: text.to_string(), ..field(name) }
}

pub fn on(name: &str, on: Date) -> pb::ActivityField {
    pb::ActivityField { date: Some(civil(on)), ..field(name) }
}

pub fn codes(name: &str, codes: &[&str]) -> pb::ActivityField {
    let codes = codes.iter().map(|code| (*code).to_string()).collect();
    pb::ActivityField { codes, ..field(name) }
}

pub fn unions(name: &str, unions: &[Uuid]) -> pb::ActivityField {
    let organisation_ids = unions.iter().map(ToString::to_string).collect();
    pb::ActivityField { organisation_ids, ..field(name) }
}

fn employer(name: &str, employer: pb::ActivityEmployer) -> pb::ActivityField {
    pb::ActivityField { employer: Some(employer), ..field(name) }
}

fn document(name: &str, document: pb::ActivityDocument) -> pb::ActivityField {
    pb::ActivityField { document: Some(document), ..field(name) }
}

pub async fn try_record(
    actor: &mut Actor,
    activities: Vec<pb::Activity>,
) -> Result<Vec<String>, Status> {
    let request = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        activities,
        ..Default::default()
    };
    Ok(actor.activities.record_activities(request).await?.into_inner().activity_ids)
}

pub async fn record(actor: &mut Actor, activity: pb::Activity) -> String {
    try_record(actor, vec![activity]).await.expect("recorded").remove(0)
}

pub async fn try_correct(
    actor: &mut Actor,
    id: &str,
    now: pb::Activity,
    revision: i32,
) -> Result<i32, Status> {
    let request = pb::CorrectActivityRequest {
        request_id: Uuid::new_v4().to_string(),
        activity_id: id.to_string(),
        activity: Some(now),
        revision,
        reason: "Ghi nhầm".to_string(),
        ..Default::default()
    };
    Ok(actor.activities.correct_activity(request).await?.into_inner().revision)
}

pub fn undoing(id: &str) -> pb::UndoActivityRequest {
    pb::UndoActivityRequest {
        request_id: Uuid::new_v4().to_string(),
        activity_id: id.to_string(),
        reason: "Không diễn ra".to_string(),
        ..Default::default()
    }
}

pub async fn get(
    actor: &mut Actor,
    id: &str,
    known_at: Option<prost_types::Timestamp>,
) -> Result<pb::GetActivityResponse, Status> {
    let request = pb::GetActivityRequest { activity_id: id.to_string(), known_at };
    Ok(actor.activities.get_activity(request).await?.into_inner())
}

fn surveys(world: &World, union: Uuid, workforce: i32) -> Uuid {
    let employer_id = Uuid::now_v7();
    let recorded = EmployersRecorded {
        employers: vec![employers_recorded::Employer {
            employer_id: employer_id.to_string(),
            surveyor_id: world.badinh.to_string(),
            workforce,
            union_ids: vec![union.to_string()],
            ..Default::default()
        }],
    };
    world.says(date!(2020 - 01 - 05), RegistryWhat::EmployersRecorded(recorded));
    employer_id
}

fn decides(world: &World, issuer: Uuid) -> Uuid {
    let decision_id = Uuid::now_v7();
    let recorded = DecisionRecorded {
        decision_id: decision_id.to_string(),
        issuer_id: issuer.to_string(),
        number: "05/CT".to_string(),
        kind: "CHI_THI".to_string(),
        ..Default::default()
    };
    world.says(date!(2020 - 01 - 05), RegistryWhat::DecisionRecorded(recorded));
    decision_id
}

#[tokio::test]
async fn an_activity_is_read_back_as_it_was_recorded_field_by_field() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let (known, decision) = (surveys(&world, union, 60), decides(&world, world.confederation));
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let day = date!(2021 - 03 - 04);
    let inspection = activity("INSPECTION", world.badinh, day);
    let by_id = pb::ActivityEmployer { employer_id: known.to_string(), ..Default::default() };
    let by_name = pb::ActivityEmployer { name: "Công ty Thử".into(), ..Default::default() };
    let recorded = pb::ActivityDocument { decision_id: decision.to_string(), ..Default::default() };
    let written = pb::ActivityDocument {
        issuer: "Thành ủy".into(),
        kind: "Nghị quyết".into(),
        number: "09-NQ/TU".into(),
        issued_on: Some(civil(date!(2012 - 02 - 27))),
        ..Default::default()
    };
    let dissemination = pb::Activity {
        members_reached: Some(40),
        workers_reached: Some(0),
        ..activity("DISSEMINATION", union, day)
    };
    let mut inspected = inspection.clone();
    for field in [
        employer("employer", by_id),
        codes("topics", &["LABOUR_LAW", "SOCIAL_INSURANCE"]),
        codes("partners", &["TAX_OFFICE"]),
        text("findings", "Chậm đóng bảo hiểm xã hội"),
        number("recommendations", 3),
        codes("follow_up", &["DONE"]),
        on("follow_up_on", date!(2021 - 04 - 01)),
    ] {
        inspected = with(&inspected, field);
    }
    for asked in [
        inspected,
        with(&inspection, employer("employer", by_name)),
        with(&dissemination, document("document", recorded)),
        with(&dissemination, document("document", written)),
        with(&activity("MODEL", union, day), text("title", "Bữa cơm công đoàn")),
        pb::Activity {
            times: 12,
            ..with(&activity("POST", union, day), codes("channel", &["ZALO"]))
        },
        with(
            &with(&activity("MEETING", world.badinh, day), codes("form", &["BRIEFING"])),
            text("conclusions", "Mỗi đơn vị báo cáo trước ngày 20"),
        ),
    ] {
        let id = record(&mut officer, asked.clone()).await;
        let read = get(&mut officer, &id, None).await.expect("read");
        let told = read.activity.expect("told");
        let mut activity = told.activity.expect("an activity");
        assert_eq!((told.activity_id, told.revision), (id, 1));
        assert!(read.replacement.is_none() && read.earlier.is_empty());
        assert!(!told.organisation_name.is_empty());
        let by_name =
            |one: &pb::ActivityField, other: &pb::ActivityField| one.name.cmp(&other.name);
        let mut expected = pb::Activity {
            kind: activity.kind,
            times: asked.times.max(1),
            members_reached: Some(asked.members_reached.unwrap_or(0)),
            workers_reached: Some(0),
            ..asked
        };
        expected.fields.sort_by(by_name);
        activity.fields.sort_by(by_name);
        assert_eq!(activity, expected);
    }
    let kinds = officer.activities.list_activity_kinds(pb::ListActivityKindsRequest {}).await;
    let kinds = kinds.expect("listed").into_inner().kinds;
    let work = kinds.iter().find(|kind| kind.code == "WORK").expect("a kind");
    let fields: Vec<(&str, bool)> =
        work.fields.iter().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(
        fields,
        [("title", true), ("value", false), ("completed_on", false), ("plaque_on", false)]
    );
    world.stop().await;
}

#[tokio::test]
async fn a_correction_moves_figures_by_the_difference_and_what_was_known_can_still_be_read() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [union, other] = world.loads_unions(world.badinh, "NNN_CP", 2)[..] else { panic!("two") };
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let pending = with(
        &activity("INSPECTION", union, date!(2021 - 02 - 03)),
        codes("follow_up", &["PENDING"]),
    );
    let id = record(&mut officer, pending.clone()).await;
    let first = get(&mut officer, &id, None).await.expect("read").activity.expect("told");

    let mut done = activity("INSPECTION", other, date!(2021 - 05 - 06));
    done = with(&done, codes("follow_up", &["DONE"]));
    done = with(&done, codes("topics", &["LABOUR_LAW"]));
    assert_eq!(try_correct(&mut officer, &id, done.clone(), 1).await.expect("corrected"), 2);
    for (indicator, unit, days, value) in [
        ("INSPECTION_HELD", world.badinh, YEAR, 1),
        ("INSPECTION_HELD", union, YEAR, 0),
        ("INSPECTION_HELD", other, YEAR, 1),
        ("INSPECTION_HELD", world.badinh, (YEAR.0, date!(2021 - 04 - 30)), 0),
        ("INSPECTION_FOLLOWED_UP", world.badinh, YEAR, 1),
        ("INSPECTION_LABOUR_LAW", world.badinh, YEAR, 1),
    ] {
        let figure = officer.figure(indicator, unit, days, None).await;
        assert_eq!(figure.value, value, "{indicator}");
        officer.explained(&figure, true, 10).await;
    }
    let read = get(&mut officer, &id, None).await.expect("read");
    assert_eq!(read.activity.as_ref().expect("told").revision, 2);
    let [earlier] = &read.earlier[..] else { panic!("one before it") };
    assert_eq!(earlier.activity.as_ref().expect("told"), &first);
    let why = earlier.replacement.as_ref().expect("replaced");
    assert_eq!((why.reason.as_str(), why.undone), ("Ghi nhầm", false));
    assert!(why.actor.ends_with("#officer"), "{}", why.actor);
    // As it was known then, it is what was said first, and known no longer.
    let then = get(&mut officer, &id, first.recorded_at).await.expect("read");
    assert_eq!(then.activity.expect("told"), first);
    assert_eq!(then.replacement.as_ref(), Some(why));
    let before =
        first.recorded_at.map(|at| prost_types::Timestamp { seconds: at.seconds - 1, ..at });
    let answer = get(&mut officer, &id, before).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));

    // Who has read what is known no longer, says nothing new, or means another kind.
    let answer = try_correct(&mut officer, &id, pending.clone(), 1).await;
    assert_eq!(refused(answer), because("ACTIVITY_CHANGED", "revision"));
    let answer = try_correct(&mut officer, &id, done, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_CHANGES_NOTHING", "activity"));
    let launch = activity("LAUNCH", union, date!(2021 - 02 - 03));
    let answer = try_correct(&mut officer, &id, launch, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_KIND_DIFFERS", "activity.kind_code"));
    let nothing = Uuid::now_v7().to_string();
    let answer = try_correct(&mut officer, &nothing, pending, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));
    assert_eq!(officer.value("INSPECTION_HELD", world.badinh, YEAR, None).await, 1);
    world.stop().await;
}

#[tokio::test]
async fn what_is_taken_back_counts_nowhere_and_stays_readable_with_the_reason() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let decision = decides(&world, world.hanoi);
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let posts = pb::Activity {
        times: 7,
        ..with(&activity("POST", union, date!(2021 - 02 - 03)), codes("channel", &["FACEBOOK"]))
    };
    let id = record(&mut officer, posts).await;
    let reached = pb::Activity {
        members_reached: Some(9),
        workers_reached: Some(1),
        ..activity("DISSEMINATION", union, date!(2021 - 02 - 03))
    };
    let dissemination = record(&mut officer, reached).await;
    for (indicator, value) in [("POSTS", 7), ("POSTS_SOCIAL", 7), ("DISS_ORG", 1)] {
        assert_eq!(officer.value(indicator, world.badinh, YEAR, None).await, value, "{indicator}");
    }

    let dry = pb::UndoActivityRequest { validate_only: true, ..undoing(&id) };
    officer.activities.undo_activity(dry).await.expect("it may be");
    assert_eq!(officer.value("POSTS", world.badinh, YEAR, None).await, 7);
    let nameless = pb::UndoActivityRequest { reason: String::new(), ..undoing(&id) };
    let answer = officer.activities.undo_activity(nameless).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "reason"));
    let unknown = Uuid::now_v7().to_string();
    let baseless = pb::UndoActivityRequest { decision_id: unknown.clone(), ..undoing(&id) };
    let answer = officer.activities.undo_activity(baseless).await;
    assert_eq!(refused(answer), because("DECISION_UNKNOWN", "decision_id"));
    let answer = officer.activities.undo_activity(undoing(&unknown)).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNKNOWN", "activity_id"));
    let outdated = pb::UndoActivityRequest { revision: 2, ..undoing(&id) };
    let answer = officer.activities.undo_activity(outdated).await;
    assert_eq!(refused(answer), because("ACTIVITY_CHANGED", "revision"));

    let asked = pb::UndoActivityRequest { decision_id: decision.to_string(), ..undoing(&id) };
    officer.activities.undo_activity(asked.clone()).await.expect("undone");
    // The same request answers the same; another finds it taken back.
    officer.activities.undo_activity(asked).await.expect("undone");
    let answer = officer.activities.undo_activity(undoing(&id)).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNDONE", "activity_id"));
    officer.activities.undo_activity(undoing(&dissemination)).await.expect("undone");
    for indicator in ["POSTS", "POSTS_SOCIAL", "DISS_ORG"] {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        assert_eq!(figure.value, 0, "{indicator}");
    }
    let read = get(&mut officer, &id, None).await.expect("read");
    assert_eq!(read.activity.expect("told").activity.expect("an activity").times, 7);
    let why = read.replacement.expect("replaced");
    assert_eq!((why.reason.as_str(), why.undone), ("Không diễn ra", true));
    assert_eq!(why.decision_id, decision.to_string());
    let again = activity("POST", union, date!(2021 - 02 - 03));
    let again = with(&again, codes("channel", &["PRESS"]));
    let answer = try_correct(&mut officer, &id, again, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_UNDONE", "activity_id"));
    world.stop().await;
}

#[tokio::test]
async fn a_work_is_registered_completed_and_given_its_plaque_each_on_its_day() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let registered =
        with(&activity("WORK", union, date!(2020 - 11 - 02)), text("title", "Cầu vượt"));
    let registered = with(&registered, number("value", 9_000_000_000));
    let id = record(&mut officer, registered.clone()).await;
    let completed = with(&registered, on("completed_on", date!(2021 - 04 - 30)));
    try_correct(&mut officer, &id, completed.clone(), 0).await.expect("completed");
    let fixed = with(&completed, on("plaque_on", date!(2021 - 05 - 19)));
    try_correct(&mut officer, &id, fixed, 0).await.expect("fixed");

    let before = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    let spring = (YEAR.0, date!(2021 - 05 - 18));
    for (indicator, days, value) in [
        ("WORKS_REGISTERED", before, 1),
        ("WORKS_VND", before, 9_000_000_000),
        ("WORKS_REGISTERED", YEAR, 0),
        ("WORKS_COMPLETED", before, 0),
        ("WORKS_COMPLETED", spring, 1),
        ("WORKS_PLAQUES", spring, 0),
        ("WORKS_PLAQUES", YEAR, 1),
    ] {
        let figure = officer.figure(indicator, world.badinh, days, None).await;
        assert_eq!(figure.value, value, "{indicator} {days:?}");
        officer.explained(&figure, true, 10).await;
    }
    let hasty = with(&registered, on("plaque_on", date!(2020 - 10 - 30)));
    let answer = try_correct(&mut officer, &id, hasty, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_DATES_DISORDERED", "activity.fields[2].date"));
    world.stop().await;
}

#[tokio::test]
async fn all_that_was_known_of_an_activity_is_answered_at_once_and_has_an_end() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let post = with(&activity("POST", union, date!(2021 - 02 - 03)), codes("channel", &["ZALO"]));
    let id = record(&mut officer, pb::Activity { times: 1, ..post.clone() }).await;
    for times in 2..=101 {
        let now = pb::Activity { times, ..post.clone() };
        assert_eq!(try_correct(&mut officer, &id, now, times - 1).await.expect("corrected"), times);
    }
    let now = pb::Activity { times: 200, ..post };
    let answer = try_correct(&mut officer, &id, now, 0).await;
    assert_eq!(refused(answer), because("ACTIVITY_CORRECTED_TOO_OFTEN", "activity_id"));
    let read = get(&mut officer, &id, None).await.expect("read");
    let told = read.earlier.iter().filter_map(|one| one.activity.as_ref()?.activity.as_ref());
    assert_eq!(told.map(|one| one.times).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    let figure = officer.figure("POSTS", world.badinh, YEAR, None).await;
    assert_eq!(figure.value, 101);
    officer.explained(&figure, true, 10).await;
    officer.activities.undo_activity(undoing(&id)).await.expect("undone");
    assert_eq!(officer.value("POSTS", world.badinh, YEAR, None).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn of_two_who_correct_what_both_have_read_one_is_told_to_read_again() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let posts =
        with(&activity("POST", union, date!(2021 - 02 - 03)), codes("channel", &["FACEBOOK"]));
    let id = record(&mut officer, posts.clone()).await;
    let answers = futures_util::future::join_all((2..6).map(|times| {
        let (mut actor, id) = (world.officer(), id.clone());
        let now = pb::Activity { times, ..posts.clone() };
        async move { (times, try_correct(&mut actor, &id, now, 1).await) }
    }))
    .await;
    let mut corrected = Vec::new();
    for (times, answer) in answers {
        match answer {
            Ok(revision) => corrected.push((times, revision)),
            Err(status) => {
                assert_eq!(refused::<()>(Err(status)), because("ACTIVITY_CHANGED", "revision"));
            }
        }
    }
    let [(times, 2)] = corrected[..] else { panic!("{corrected:?}") };
    assert_eq!(officer.value("POSTS", world.badinh, YEAR, None).await, i64::from(times));
    world.stop().await;
}

/// As programs of before recorded it, which kept neither fields nor what was counted.
#[tokio::test]
async fn what_was_recorded_before_kinds_were_data_is_corrected_and_taken_back_too() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let inspected = |times| pb::Activity {
        kind: pb::ActivityKind::Inspection.into(),
        kind_code: String::new(),
        times,
        ..activity("", union, date!(2021 - 02 - 03))
    };
    let ids = try_record(&mut officer, vec![inspected(3), inspected(2)]).await.expect("recorded");
    let look = world.look().await;
    sqlx::query("update activity set counted = null").execute(&look).await.expect("forgotten");
    assert_eq!(officer.value("INSPECTION_HELD", world.badinh, YEAR, None).await, 5);
    let now = with(&inspected(1), codes("follow_up", &["DONE"]));
    try_correct(&mut officer, &ids[0], now, 0).await.expect("corrected");
    assert_eq!(officer.value("INSPECTION_HELD", world.badinh, YEAR, None).await, 3);
    assert_eq!(officer.value("INSPECTION_FOLLOWED_UP", world.badinh, YEAR, None).await, 1);
    for id in &ids {
        officer.activities.undo_activity(undoing(id)).await.expect("undone");
    }
    assert_eq!(officer.value("INSPECTION_HELD", world.badinh, YEAR, None).await, 0);
    assert_eq!(officer.value("INSPECTION_FOLLOWED_UP", world.badinh, YEAR, None).await, 0);
    world.stop().await;
}
