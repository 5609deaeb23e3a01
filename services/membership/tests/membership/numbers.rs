//! What a list of people tells about whom the register knows, and about itself.

use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use proto::membership::v1::line_warning::Kind;
use time::Date;
use time::macros::date;

use crate::world::{World, admission, because, id, person, refused};

const DAY: Date = date!(2024 - 02 - 01);

#[tokio::test]
async fn how_many_numbers_are_asked_about_by_calls_that_write_nothing_is_limited() {
    let world = World::start().await;
    let ask = async |subject: &str, from: u32, dry: bool| {
        let mut request = admission(world.alpha, DAY, (from..from + 1_000).map(person).collect());
        request.validate_only = dry;
        world.actor(subject, "vi").members.admit_members(request).await
    };
    for block in 0..3 {
        ask("officer", block * 1_000, true).await.expect("within the quota");
    }
    assert_eq!(refused(ask("officer", 9_000, true).await).0, "IDENTITY_QUOTA_EXHAUSTED");
    // Another way of asking is a way of asking.
    let mut applicants = pb::RecordApplicantsRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        validate_only: true,
        organisation_id: world.alpha.to_string(),
        applied_on: Some(chassis::parse::civil(DAY)),
        applicants: vec![person(1)],
    };
    let asked = world.officer().applications.record_applicants(applicants.clone()).await;
    assert_eq!(refused(asked).0, "IDENTITY_QUOTA_EXHAUSTED");
    // What is written counts nothing, and others have their own.
    ask("officer", 0, false).await.expect("written");
    applicants.validate_only = false;
    let refusal = world.national().applications.record_applicants(applicants.clone()).await;
    assert_eq!(refused(refusal), because("IDENTITY_NUMBER_TAKEN", "applicants[0].identity_number"));
    // Being refused tells too: now it is the quota that refuses.
    let refusal = world.officer().applications.record_applicants(applicants).await;
    assert_eq!(refused(refusal).0, "IDENTITY_QUOTA_EXHAUSTED");
}

#[tokio::test]
async fn an_applicant_whose_dossier_is_sent_again_is_not_written_down_twice() {
    let world = World::start().await;
    let mut officer = world.officer();
    let lines = || (1..4).map(person).collect::<Vec<_>>();
    let first = officer.applies(world.hanoi, DAY, lines()).await.expect("recorded");
    let again = officer.applies(world.hanoi, DAY, lines()).await.expect("recorded again");
    assert_eq!(first, again);
    // Another name is another person, who cannot have the number.
    let mut other = person(1);
    other.name = "Trần Thị Khác".to_string();
    let refusal = officer.applies(world.hanoi, DAY, vec![other]).await;
    assert_eq!(refused(refusal).0, "IDENTITY_NUMBER_TAKEN");
    // Nor does anybody learn of people outside her scope by writing them down again.
    world.registry.grants("hue", "OFFICER", world.hue);
    let refusal = world.actor("hue", "vi").applies(world.gamma, DAY, lines()).await;
    assert_eq!(refused(refusal).0, "IDENTITY_NUMBER_TAKEN");
}

#[tokio::test]
async fn an_older_application_recorded_later_lasts_until_the_newer_one() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.applies(world.hanoi, DAY, vec![person(1)]).await.expect("recorded");
    let line = || vec![crate::world::known(persons[0])];
    let days = [date!(2024 - 02 - 20), date!(2024 - 01 - 15), date!(2024 - 02 - 10), DAY];
    for day in days {
        officer.applies(world.hanoi, day, line()).await.expect("recorded");
    }
    let open = async |on: Date| {
        let request = pb::ListApplicationsRequest {
            organisation_id: world.hanoi.to_string(),
            as_of: Some(chassis::parse::civil(on)),
            open_only: true,
            ..Default::default()
        };
        let answer = world.officer().applications.list_applications(request).await;
        let open = answer.expect("listed").into_inner().applications;
        open.iter().map(|one| one.applied_on.expect("a day").day).collect::<Vec<_>>()
    };
    assert_eq!(open(date!(2024 - 01 - 20)).await, [15]);
    assert_eq!(open(date!(2024 - 02 - 05)).await, [1]);
    assert_eq!(open(date!(2024 - 02 - 15)).await, [10]);
    assert_eq!(open(date!(2024 - 03 - 01)).await, [20]);
    assert_eq!(open(date!(2024 - 04 - 01)).await, [0; 0]);
}

#[tokio::test]
async fn lines_that_may_be_one_person_written_twice_name_each_other() {
    let world = World::start().await;
    let plain = |name: &str, birth_year: i32, number: Option<u32>| pb::PersonLine {
        name: name.to_string(),
        birth_year,
        identity_number: number.map(|n| person(n).identity_number).unwrap_or_default(),
        ..Default::default()
    };
    let lines = vec![
        plain("Nguyễn Văn Hòa", 1985, None),
        plain("Trần Thị Bình", 1985, None),
        plain("Nguyễn Văn Hoà", 1985, None),
        plain("Nguyễn Văn Hòa", 1986, None),
        plain("Lê Văn An", 1985, Some(2)),
        plain("Lê Văn An", 1985, Some(4)),
        plain("Phạm Văn Tư", 1985, Some(6)),
        plain("Phạm Văn Tư", 1985, None),
    ];
    let request = admission(world.alpha, DAY, lines);
    let answer = world.officer().members.admit_members(request).await.expect("admitted");
    let warned: Vec<(String, Kind, String)> = answer
        .into_inner()
        .warnings
        .into_iter()
        .map(|warning| (warning.field.clone(), warning.kind(), warning.other))
        .collect();
    let twin = |line: u32, other: u32| {
        (format!("lines[{line}].name"), Kind::Twin, format!("lines[{other}]"))
    };
    assert_eq!(warned, [twin(0, 2), twin(2, 0), twin(6, 7), twin(7, 6)]);
}

#[tokio::test]
async fn a_birth_date_of_which_only_the_year_is_known_is_a_year() {
    let world = World::start().await;
    let mut officer = world.officer();
    let born = |year, month, day| pb::PersonLine {
        name: "Nguyễn Văn Hòa".to_string(),
        birth_date: Some(WireDate { year, month, day }),
        ..Default::default()
    };
    let admitted = officer.admits(world.alpha, DAY, vec![born(1985, 0, 0)]).await.expect("ok");
    let person = officer.sees(admitted[0]).await.expect("seen").person.expect("a person");
    assert_eq!((person.birth_year, person.birth_date), (1985, None));
    assert_eq!(id(&person.person_id), admitted[0]);
    for bad in [born(1985, 5, 0), born(0, 0, 0), born(2031, 0, 0), born(1899, 0, 0)] {
        let refusal = officer.admits(world.alpha, DAY, vec![bad]).await;
        let (reason, field) = refused(refusal);
        assert!(["BIRTH_MALFORMED", "DATE_MALFORMED"].contains(&reason.as_str()), "{reason}");
        assert!(field.starts_with("lines[0].birth_"), "{field}");
    }
}
