//! What is known never to have happened counts no longer, and its explanation says why.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::*;
use time::macros::date;
use uuid::Uuid;

use crate::world::World;

const YEAR: (time::Date, time::Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

#[tokio::test]
async fn people_count_once_until_the_last_that_shows_them_is_taken_back() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let on = date!(2020 - 04 - 01);
    let people: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let course = |people: &[Uuid]| TrainingCourseHeld {
        course_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        topics: vec!["CHARTER".into(), "UNION_WORK".into()],
        attendances: people
            .iter()
            .map(|person| training_course_held::Attendance {
                person_id: person.to_string(),
                organisation_id: union.to_string(),
                attended_on: Some(civil(on)),
            })
            .collect(),
    };
    let (first, second) = (course(&people), course(&people[..1]));
    world.tells(on, MembershipWhat::TrainingCourseHeld(first.clone()));
    world.tells(on, MembershipWhat::TrainingCourseHeld(second.clone()));
    let referred = |n: u32| PartyReferred {
        referral_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        subject: format!("pseudonym-{n}"),
    };
    let cases = [referred(1), referred(1), referred(2)];
    for case in &cases {
        world.tells(on, MembershipWhat::PartyReferred(case.clone()));
    }
    let delegation = DelegationSent {
        delegation_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        host_id: world.badinh.to_string(),
        event: "CONFERENCE".into(),
        delegates: people
            .iter()
            .map(|person| delegation_sent::Delegate {
                person_id: person.to_string(),
                organisation_id: union.to_string(),
            })
            .collect(),
    };
    world.tells(on, MembershipWhat::DelegationSent(delegation.clone()));
    for (indicator, value) in [
        ("TRAIN_HEADCOUNT", 3),
        ("TRAIN_CHARTER_HEADCOUNT", 3),
        ("TRAIN_ATTENDANCES", 4),
        ("PARTY_REFERRED", 2),
        ("DELEGATE_SENT", 3),
    ] {
        assert_eq!(officer.value(indicator, world.badinh, YEAR, None).await, value, "{indicator}");
    }

    // The first course never was: whoever attended the second as well is trained all the same.
    let taken = TrainingCourseTakenBack { course: Some(first) };
    world.tells(on, MembershipWhat::TrainingCourseTakenBack(taken));
    let taken = PartyReferralTakenBack { referral: Some(cases[0].clone()) };
    world.tells(on, MembershipWhat::PartyReferralTakenBack(taken));
    let one = DelegationSent { delegates: delegation.delegates[..1].to_vec(), ..delegation };
    let taken = DelegationTakenBack { delegation: Some(one) };
    world.tells(on, MembershipWhat::DelegationTakenBack(taken));
    for (indicator, additive, value, changes) in [
        ("TRAIN_HEADCOUNT", false, 1, 3),
        ("TRAIN_CHARTER_HEADCOUNT", false, 1, 3),
        ("TRAIN_ATTENDANCES", true, 1, 3),
        ("PARTY_REFERRED", false, 2, 4),
        ("DELEGATE_SENT", true, 2, 2),
    ] {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        assert_eq!(figure.value, value, "{indicator}");
        let units = officer.explained(&figure, additive, 10).await;
        let behind = &units[0].changes;
        assert_eq!(behind.len(), changes, "{indicator}: {behind:?}");
        let back: Vec<i64> =
            behind.iter().map(|change| change.amount).filter(|amount| *amount < 0).collect();
        assert_eq!(back.len(), 1, "{indicator}: {behind:?}");
    }
    let taken = PartyReferralTakenBack { referral: Some(cases[1].clone()) };
    world.tells(on, MembershipWhat::PartyReferralTakenBack(taken));
    assert_eq!(officer.value("PARTY_REFERRED", world.badinh, YEAR, None).await, 1);
    let taken = TrainingCourseTakenBack { course: Some(second) };
    world.tells(on, MembershipWhat::TrainingCourseTakenBack(taken));
    assert_eq!(officer.value("TRAIN_HEADCOUNT", world.badinh, YEAR, None).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn honours_and_help_are_counted_and_taken_back() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let on = date!(2020 - 04 - 01);
    let people: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let initiative = Uuid::now_v7();
    let honours = |kind: &str, level: &str, initiative: Option<Uuid>| HonoursRecorded {
        honour_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        kind: kind.into(),
        level: level.into(),
        people: people
            .iter()
            .enumerate()
            .map(|(n, person)| honours_recorded::Person {
                person_id: person.to_string(),
                direct_production: n == 0,
                initiative_id: initiative.map(|id| id.to_string()).unwrap_or_default(),
            })
            .collect(),
    };
    let teachers = honours("EXCELLENT_TEACHER", "GRASSROOTS", None);
    let authors = honours("CAPITAL_INITIATIVE", "PROVINCE", Some(initiative));
    world.tells(on, MembershipWhat::HonoursRecorded(teachers.clone()));
    world.tells(on, MembershipWhat::HonoursRecorded(authors.clone()));
    let emulation = EmulationLaunched {
        emulation_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        theme: "GOOD_LABOUR".into(),
    };
    world.tells(on, MembershipWhat::EmulationLaunched(emulation.clone()));
    let joined = EmulationJoined {
        emulation_id: emulation.emulation_id.clone(),
        organisation_id: union.to_string(),
        theme: "GOOD_LABOUR".into(),
        person_ids: people.iter().map(Uuid::to_string).collect(),
    };
    world.tells(on, MembershipWhat::EmulationJoined(joined.clone()));
    let welfare = |kind: &str, amounts: &[i64]| WelfareGiven {
        welfare_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        kind: kind.into(),
        occasion: "HARDSHIP".into(),
        source: "UNION_FUND".into(),
        people: amounts
            .iter()
            .enumerate()
            .map(|(n, amount_vnd)| welfare_given::Person {
                subject: format!("pseudonym-{n}"),
                amount_vnd: *amount_vnd,
            })
            .collect(),
    };
    let (visits, loans) = (welfare("VISIT", &[0, 500_000]), welfare("LOAN", &[20_000_000]));
    world.tells(on, MembershipWhat::WelfareGiven(visits.clone()));
    world.tells(on, MembershipWhat::WelfareGiven(loans.clone()));
    for (indicator, additive, value) in [
        ("HONOURED", true, 6),
        ("HONOURED_PROVINCE_UP", true, 3),
        ("HONOURED_PEOPLE", false, 3),
        ("HONOURED_TEACHERS", false, 3),
        ("INITIATIVES_CAPITAL", false, 1),
        ("EMULATION_LAUNCHED", true, 1),
        ("EMULATION_PEOPLE", false, 3),
        ("WELFARE_N", true, 3),
        ("WELFARE_VISITS", true, 2),
        ("WELFARE_HARDSHIP", true, 3),
        ("WELFARE_PEOPLE", false, 2),
        ("WELFARE_VND", true, 500_000),
        ("WELFARE_LOANS_VND", true, 20_000_000),
        ("WELFARE_UNION_VND", true, 20_500_000),
    ] {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        assert_eq!(figure.value, value, "{indicator}");
        officer.explained(&figure, additive, 10).await;
    }
    let direct = officer.figure("HONOURED_DIRECT", world.badinh, YEAR, None).await;
    assert_eq!((direct.numerator, direct.denominator), (2, 6));

    // One author never was: the initiative stays that of the others, and goes with the last.
    let (one, others) = authors.people.split_at(1);
    for (some, initiatives) in [(one, 1), (others, 0)] {
        let some = HonoursRecorded { people: some.to_vec(), ..authors.clone() };
        let taken = HonoursTakenBack { honours: Some(some) };
        world.tells(on, MembershipWhat::HonoursTakenBack(taken));
        let counted = officer.value("INITIATIVES", world.badinh, YEAR, None).await;
        assert_eq!(counted, initiatives);
    }
    let direct = officer.figure("HONOURED_DIRECT", world.badinh, YEAR, None).await;
    assert_eq!((direct.numerator, direct.denominator), (1, 3));
    let taken = EmulationJoiningTakenBack { joining: Some(joined) };
    world.tells(on, MembershipWhat::EmulationJoiningTakenBack(taken));
    let taken = EmulationTakenBack { emulation: Some(emulation) };
    world.tells(on, MembershipWhat::EmulationTakenBack(taken));
    for given in [visits, loans] {
        let taken = WelfareTakenBack { welfare: Some(given) };
        world.tells(on, MembershipWhat::WelfareTakenBack(taken));
    }
    let taken = HonoursTakenBack { honours: Some(teachers) };
    world.tells(on, MembershipWhat::HonoursTakenBack(taken));
    for indicator in [
        "HONOURED",
        "HONOURED_PEOPLE",
        "EMULATION_LAUNCHED",
        "EMULATION_PEOPLE",
        "WELFARE_N",
        "WELFARE_PEOPLE",
        "WELFARE_VND",
        "WELFARE_LOANS_VND",
        "WELFARE_UNION_VND",
    ] {
        assert_eq!(officer.value(indicator, world.badinh, YEAR, None).await, 0, "{indicator}");
    }
    world.stop().await;
}
