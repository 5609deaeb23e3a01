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
