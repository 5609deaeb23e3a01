use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use tonic::Code;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{World, admission, because, known, people, person, refused, timed};
use stage::registry::Members;

const DAY: Date = date!(2020 - 03 - 01);

#[tokio::test]
async fn a_thousand_people_are_admitted_by_one_call_and_published_as_one_change() {
    let world = World::start().await;
    let lines: Vec<_> = (0..1_000).map(person).collect();
    // A first call warms the connections up.
    world.officer().admits(world.beta, DAY, people(1)).await.expect("admitted");
    let (admitted, took) = timed(world.officer().admits(world.alpha, DAY, lines)).await;
    assert_eq!(admitted.expect("admitted").len(), 1_000);
    println!("1,000 admissions took {took} ms");
    assert_eq!(world.officer().counts(world.alpha, DAY).await, 1_000);
    assert_eq!(world.officer().counts(world.alpha, DAY - Duration::DAY).await, 0);

    let published = world.published().await;
    let (_, on, change, position) = published.last().expect("published");
    let Published::MembersAdmitted(change) = change else { panic!("{change:?}") };
    assert_eq!((change.lines.len(), *on), (1_000, DAY));
    assert_eq!((change.lines[1].sex, change.lines[1].birth_year), (2, 1985));
    assert_eq!(*position, world.registry.position(), "it says what it was decided on");
}

#[tokio::test]
async fn more_than_a_thousand_lines_are_refused_with_limit_and_size() {
    let world = World::start().await;
    let refusal = world.officer().admits(world.alpha, DAY, people(1_001)).await;
    let status = refusal.expect_err("refused");
    let info = status.get_error_details().error_info().cloned().expect("a reason");
    assert_eq!((status.code(), info.reason.as_str()), (Code::InvalidArgument, "TOO_MANY_LINES"));
    assert_eq!(
        (info.metadata["lines"].as_str(), info.metadata["limit"].as_str()),
        ("1001", "1000")
    );
    let empty = world.officer().admits(world.alpha, DAY, Vec::new()).await;
    assert_eq!(refused(empty), because("LINES_EMPTY", "lines"));
}

#[tokio::test]
async fn a_union_admits_only_while_it_lives_and_directs_its_work() {
    let world = World::start().await;
    let mut officer = world.officer();
    let (young, _) = world.registry.founds(world.hanoi, date!(2021 - 01 - 01), &[]);
    assert_eq!(refused(officer.admits(young, DAY, people(1)).await).0, "ORGANISATION_NOT_FOUNDED");
    assert!(officer.admits(young, date!(2021 - 01 - 01), people(1)).await.is_ok());

    world.registry.suspends(world.alpha, date!(2020 - 02 - 01));
    world.registry.resumes(world.alpha, date!(2020 - 06 - 01));
    assert_eq!(
        refused(officer.admits(world.alpha, DAY, people(1)).await).0,
        "ORGANISATION_SUSPENDED"
    );
    assert!(officer.admits(world.alpha, date!(2020 - 01 - 31), people(1)).await.is_ok());
    assert!(officer.admits(world.alpha, date!(2020 - 06 - 01), people(1)).await.is_ok());

    world.registry.ends(date!(2022 - 01 - 01), &[(world.beta, Members::Rehomed(world.alpha))]);
    let refusal = officer.admits(world.beta, date!(2022 - 01 - 01), people(1)).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_ENDED");
    officer.admits(world.beta, date!(2021 - 12 - 31), people(1)).await.expect("it lived then");
    let nowhere = officer.admits(Uuid::now_v7(), DAY, people(1)).await;
    assert_eq!(refused(nowhere).0, "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn a_person_is_a_member_once() {
    let world = World::start().await;
    let mut officer = world.officer();
    let admitted = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted");
    for day in [DAY, date!(2019 - 01 - 01), date!(2021 - 01 - 01)] {
        let again = officer.admits(world.beta, day, vec![known(admitted[0])]).await;
        assert_eq!(refused(again), because("MEMBERSHIP_ACTIVE", "lines[0].person_id"));
    }
    let twice = vec![known(admitted[0]), known(admitted[0])];
    let repeated = officer.admits(world.beta, DAY, twice).await;
    assert_eq!(refused(repeated), because("PERSON_REPEATED", "lines[1].person_id"));
}

#[tokio::test]
async fn an_identity_number_belongs_to_one_person_and_no_refusal_tells_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, vec![person(7)]).await.expect("admitted");

    let lines = vec![person(5), person(6), person(7)];
    let taken = officer.admits(world.beta, DAY, lines).await.expect_err("refused");
    assert_eq!(taken.code(), Code::AlreadyExists);
    let told = format!("{taken:?} {:?}", taken.get_error_details());
    assert!(!told.contains("999185000007") && !told.contains("Số 7"), "{told}");
    assert_eq!(
        refused::<()>(Err(taken)),
        because("IDENTITY_NUMBER_TAKEN", "lines[2].identity_number")
    );
    assert_eq!(officer.counts(world.beta, DAY).await, 0, "nothing is half-written");
    assert!(officer.admits(world.beta, DAY, vec![person(5), person(6)]).await.is_ok());

    let repeated = officer.admits(world.beta, DAY, vec![person(8), person(8)]).await;
    assert_eq!(refused(repeated), because("IDENTITY_NUMBER_REPEATED", "lines[1].identity_number"));
}

#[tokio::test]
async fn every_bad_line_is_named_in_one_refusal() {
    let world = World::start().await;
    let mut lines: Vec<_> = (0..20).map(person).collect();
    lines[3].identity_number = "9990850000031".to_string();
    lines[7].name = "Nguyễn\u{202e}".to_string();
    lines[9].phone = "không có".to_string();
    lines[11].birth_year = 2030;
    lines[13].sex = 9;
    lines[15].person_id = Uuid::now_v7().to_string();
    lines[17].name = String::new();
    lines[19].identity_kind = pb::IdentityKind::Passport.into();
    let status = world.officer().admits(world.alpha, DAY, lines).await.expect_err("refused");

    let details = status.get_error_details();
    let info = details.error_info().expect("a reason");
    assert_eq!(info.reason, "IDENTITY_NUMBER_MALFORMED");
    assert_eq!(info.domain, "membership.congdoan.vn");
    assert_eq!(info.metadata["bad_lines"], "3,7,9,11,13,15,17,19");
    let named: Vec<(&str, &str)> = details
        .bad_request()
        .expect("fields")
        .field_violations
        .iter()
        .map(|violation| (violation.field.as_str(), violation.reason.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("lines[3].identity_number", "IDENTITY_NUMBER_MALFORMED"),
            ("lines[7].name", "TEXT_MALFORMED"),
            ("lines[9].phone", "PHONE_MALFORMED"),
            ("lines[11].birth_year", "BIRTH_MALFORMED"),
            ("lines[13].sex", "ENUM_VALUE_UNKNOWN"),
            ("lines[15].person_id", "PERSON_FIELDS_MIXED"),
            ("lines[17].name", "FIELD_REQUIRED"),
            ("lines[19].identity_country", "IDENTITY_COUNTRY_MALFORMED"),
        ]
    );
}

#[tokio::test]
async fn what_a_person_works_as_may_be_left_out_and_is_not_too_long() {
    let world = World::start().await;
    let mut officer = world.officer();
    let works_as = |occupation: String| pb::PersonLine { occupation, ..person(1) };
    let long = officer.admits(world.alpha, DAY, vec![person(2), works_as("ă".repeat(201))]).await;
    assert_eq!(refused(long), because("TEXT_TOO_LONG", "lines[1].occupation"));
    let lines = vec![works_as(format!("  {} ", "ă".repeat(200))), person(2)];
    let admitted = officer.admits(world.alpha, DAY, lines).await.expect("admitted");
    for (person_id, expected) in admitted.into_iter().zip(["ă".repeat(200), String::new()]) {
        let seen = officer.sees(person_id).await.expect("seen").person.expect("a person");
        assert_eq!(seen.occupation, expected);
    }
}

#[tokio::test]
async fn a_refusal_speaks_the_callers_language() {
    let world = World::start().await;
    for (language, expected) in [("vi", "CCCD có 12 chữ số"), ("en", "12 digits")] {
        let mut line = person(1);
        line.identity_number = "9990850000011".to_string();
        let refusal = world.actor("officer", language).admits(world.alpha, DAY, vec![line]).await;
        let status = refusal.expect_err("refused");
        let message = status.get_error_details().localized_message().cloned().expect("a text");
        assert!(message.message.contains(expected), "{}", message.message);
    }
}

#[tokio::test]
async fn a_number_that_contradicts_sex_or_year_is_a_warning_and_no_refusal() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut line = person(2);
    line.sex = pb::Sex::Female.into();
    line.birth_year = 1990;
    let request = admission(world.alpha, DAY, vec![person(1), line.clone()]);
    let answer = officer.members.admit_members(request).await.expect("admitted").into_inner();
    let warned: Vec<_> =
        answer.warnings.iter().map(|warning| (warning.field.as_str(), warning.kind())).collect();
    use pb::line_warning::Kind;
    assert_eq!(
        warned,
        [
            ("lines[1].identity_number", Kind::IdentitySexDiffers),
            ("lines[1].identity_number", Kind::IdentityYearDiffers),
        ]
    );

    let namesake = pb::PersonLine {
        name: "NGUYỄN VĂN  số 2".replace("  ", " "),
        identity_number: String::new(),
        ..line
    };
    let request = admission(world.alpha, DAY, vec![namesake]);
    let answer = officer.members.admit_members(request).await.expect("admitted").into_inner();
    assert_eq!(answer.warnings[0].kind(), Kind::Namesake);
}

#[tokio::test]
async fn the_same_request_is_done_once_and_another_under_its_id_is_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let request = admission(world.alpha, DAY, vec![person(1)]);
    let once = officer.members.admit_members(request.clone()).await.expect("admitted");
    let twice = officer.members.admit_members(request.clone()).await.expect("repeated");
    assert_eq!(once.into_inner(), twice.into_inner());
    assert_eq!(officer.counts(world.alpha, DAY).await, 1);

    let other = pb::AdmitMembersRequest { lines: vec![person(2)], ..request };
    let refusal = officer.members.admit_members(other).await;
    assert_eq!(refused(refusal), because("REQUEST_ID_REUSED", "request_id"));
}

#[tokio::test]
async fn validating_decides_everything_and_writes_nothing() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut request = admission(world.alpha, DAY, vec![person(1)]);
    request.validate_only = true;
    officer.members.admit_members(request).await.expect("it would be admitted");
    assert_eq!(officer.counts(world.alpha, DAY).await, 0);
    assert!(world.published().await.is_empty());
    assert!(officer.admits(world.alpha, DAY, vec![person(1)]).await.is_ok());
}

#[tokio::test]
async fn dates_that_no_decision_has_are_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let today = chassis::database::today();
    let far = officer.admits(world.alpha, today + Duration::days(367), people(1)).await;
    assert_eq!(refused(far), because("EFFECTIVE_DATE_TOO_FAR", "effective_on"));
    assert!(officer.admits(world.alpha, today + Duration::days(366), people(1)).await.is_ok());

    let mut request = admission(world.alpha, DAY, people(1));
    request.decision_issued_on = Some(chassis::parse::civil(today + Duration::days(1)));
    let refusal = officer.members.admit_members(request).await;
    assert_eq!(refused(refusal), because("DECISION_IN_FUTURE", "decision_issued_on"));
    let mut request = admission(world.alpha, DAY, people(1));
    request.effective_on = None;
    let refusal = officer.members.admit_members(request).await;
    assert_eq!(refused(refusal), because("FIELD_REQUIRED", "effective_on"));
    let mut request = admission(world.alpha, DAY, people(1));
    request.kind = 0;
    let refusal = officer.members.admit_members(request).await;
    assert_eq!(refused(refusal), because("FIELD_REQUIRED", "kind"));
}

#[tokio::test]
async fn readmission_needs_a_former_membership_and_the_waiting_period() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut never = admission(world.alpha, DAY, vec![person(1)]);
    never.kind = pb::AdmissionKind::Readmitted.into();
    let refusal = officer.members.admit_members(never).await;
    assert_eq!(refused(refusal), because("FORMER_MEMBERSHIP_MISSING", "lines[0].person_id"));

    let persons = officer.admits(world.alpha, DAY, vec![person(1), person(2)]).await.expect("in");
    let left = date!(2020 - 05 - 31);
    officer.exits(world.alpha, pb::ExitReason::Resigned, left, &persons[..1]).await.expect("out");
    officer.exits(world.alpha, pb::ExitReason::Retired, left, &persons[1..]).await.expect("out");
    let readmit = |person: Uuid, day: Date| {
        let mut request = admission(world.beta, day, vec![known(person)]);
        request.kind = pb::AdmissionKind::Readmitted.into();
        let mut members = officer.members.clone();
        async move { members.admit_members(request).await }
    };
    let early = readmit(persons[0], date!(2020 - 08 - 30)).await;
    assert_eq!(refused(early), because("WAITING_PERIOD_RUNNING", "lines[0].person_id"));
    assert!(readmit(persons[0], date!(2020 - 08 - 31)).await.is_ok());
    assert!(readmit(persons[1], left).await.is_ok(), "who retired does not wait");
}

#[tokio::test]
async fn two_rolls_that_share_numbers_in_opposite_order_do_not_deadlock() {
    let world = World::start().await;
    let rolls = [(0..300).collect::<Vec<u32>>(), (0..300).rev().collect()];
    let [one, other] = rolls.map(|numbers| numbers.into_iter().map(person).collect::<Vec<_>>());
    let (mut first, mut second) = (world.officer(), world.officer());
    let (one, other) =
        tokio::join!(first.admits(world.alpha, DAY, one), second.admits(world.beta, DAY, other),);
    let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(won.expect("one of them is admitted").len(), 300);
    assert_eq!(refused(lost).0, "IDENTITY_NUMBER_TAKEN");
}
