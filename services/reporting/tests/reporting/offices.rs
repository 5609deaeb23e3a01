//! Offices that go on although their holders have left: what only both feeds tell.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{
    ExitReason, MemberLine, MembersAdmitted, MembersExited, MembersTransferred, MovementTakenBack,
    PersonMerged, PersonUnmerged, TrainingCourseHeld, TrainingCourseTakenBack,
    movement_taken_back::Movement, training_course_held::Attendance,
};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{CommitteeAppointed, Office, OfficesEnded, offices_ended};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

/// A person and the membership of the moment.
struct Person {
    id: Uuid,
    membership: Uuid,
}

impl Person {
    fn line(&self) -> MemberLine {
        MemberLine {
            membership_id: self.membership.to_string(),
            person_id: self.id.to_string(),
            ..MemberLine::default()
        }
    }
}

impl World {
    fn joins(&self, unit: Uuid, on: Date) -> Person {
        let person = Person { id: Uuid::now_v7(), membership: Uuid::now_v7() };
        let admitted = MembersAdmitted {
            organisation_id: unit.to_string(),
            lines: vec![person.line()],
            ..MembersAdmitted::default()
        };
        self.tells(on, MembershipWhat::MembersAdmitted(admitted));
        person
    }

    fn moves(&self, person: &mut Person, from: Uuid, to: Uuid, on: Date) {
        person.membership = Uuid::now_v7();
        let transferred = MembersTransferred {
            from_organisation_id: from.to_string(),
            to_organisation_id: to.to_string(),
            lines: vec![person.line()],
            ..MembersTransferred::default()
        };
        self.tells(on, MembershipWhat::MembersTransferred(transferred));
    }

    fn leaves(&self, person: &Person, unit: Uuid, on: Date) {
        let exited = MembersExited {
            organisation_id: unit.to_string(),
            reason: ExitReason::LeftEmployment.into(),
            lines: vec![person.line()],
            ..MembersExited::default()
        };
        self.tells(on, MembershipWhat::MembersExited(exited));
    }

    fn takes_office(&self, unit: Uuid, person: Uuid, on: Date) -> Uuid {
        let office_id = Uuid::now_v7();
        let appointed = CommitteeAppointed {
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".to_string(),
            offices: vec![Office {
                office_id: office_id.to_string(),
                organisation_id: unit.to_string(),
                body: "EXECUTIVE".to_string(),
                position: "MEMBER".to_string(),
                person_id: person.to_string(),
                from_on: Some(civil(on)),
                term_until: None,
            }],
        };
        self.says(on, RegistryWhat::CommitteeAppointed(appointed));
        office_id
    }

    fn gives_up(&self, office: Uuid, unit: Uuid, person: Uuid, on: Date) {
        let ended = OfficesEnded {
            seats: vec![offices_ended::Seat {
                office_id: office.to_string(),
                organisation_id: unit.to_string(),
                person_id: person.to_string(),
            }],
        };
        self.says(on, RegistryWhat::OfficesEnded(ended));
    }
}

/// The offices listed, in pages of one: office, how the holder left, when, where to.
async fn listed(
    actor: &mut Actor,
    unit: Uuid,
    as_of: Date,
) -> Vec<(Uuid, pb::Departure, Option<Date>, String)> {
    let mut asked = pb::ListOfficesOfPeopleWhoLeftRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(as_of)),
        page_size: 1,
        ..Default::default()
    };
    let mut all = Vec::new();
    loop {
        let page = actor.offices.list_offices_of_people_who_left(asked.clone()).await;
        let page = page.expect("listed").into_inner();
        assert!(page.offices.len() <= 1);
        all.extend(page.offices.into_iter().map(|one| {
            let left_on = chassis::parse::optional_date("left_on", one.left_on).expect("a date");
            let office = Uuid::parse_str(&one.office_id).expect("an id");
            (office, one.departure(), left_on, one.member_of_id)
        }));
        if page.next_page_token.is_empty() {
            return all;
        }
        asked.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn an_office_of_one_who_left_is_listed_until_an_act_ends_it() {
    use pb::Departure::{MemberElsewhere, MembershipEnded};
    let world = World::start().await;
    let mut officer = world.officer();
    let [ours, theirs] =
        [world.badinh, world.caugiay].map(|district| world.loads_unions(district, "NNN_CP", 1)[0]);
    let joined = date!(2015 - 01 - 01);
    let [gone, mut moved, stays] = [(); 3].map(|()| world.joins(ours, joined));
    let on = date!(2018 - 05 - 01);
    let of_gone = world.takes_office(ours, gone.id, on);
    // She sits in her union and in the district above it.
    let in_union = world.takes_office(ours, moved.id, on);
    let in_district = world.takes_office(world.badinh, moved.id, on);
    let in_city = world.takes_office(world.hanoi, moved.id, on);
    world.takes_office(ours, stays.id, on);
    // Nothing is known of the membership of this one: there is nothing that she has left.
    world.takes_office(world.badinh, Uuid::now_v7(), on);
    assert_eq!(listed(&mut officer, world.hanoi, date!(2019 - 12 - 31)).await, []);

    world.leaves(&gone, ours, date!(2020 - 01 - 01));
    world.moves(&mut moved, ours, theirs, date!(2020 - 02 - 01));
    let first = (of_gone, MembershipEnded, Some(date!(2020 - 01 - 01)), String::new());
    let elsewhere =
        |office| (office, MemberElsewhere, Some(date!(2020 - 02 - 01)), theirs.to_string());
    let of = |unit: Uuid, as_of: Date| {
        let mut officer = world.officer();
        async move { listed(&mut officer, unit, as_of).await }
    };
    assert_eq!(of(world.hanoi, date!(2019 - 12 - 31)).await, []);
    assert_eq!(of(world.hanoi, date!(2020 - 01 - 31)).await, std::slice::from_ref(&first));
    // Her seat in the city's executive goes on rightly: her new union lies below the city too.
    let expected = [first.clone(), elsewhere(in_union), elsewhere(in_district)];
    assert_eq!(of(world.hanoi, date!(2020 - 02 - 01)).await, expected);
    assert_eq!(of(ours, date!(2020 - 02 - 01)).await, expected[..2]);
    assert_eq!(of(world.caugiay, date!(2020 - 02 - 01)).await, []);

    world.gives_up(of_gone, ours, gone.id, date!(2020 - 03 - 01));
    assert_eq!(of(world.hanoi, date!(2020 - 02 - 29)).await, expected);
    assert_eq!(of(world.hanoi, date!(2020 - 03 - 01)).await, expected[1..]);

    // Her union leaves the city, and she with it: now that seat is listed as well.
    world.hands_over(&[theirs], world.caugiay, world.hue, date!(2021 - 01 - 01));
    let expected = [elsewhere(in_union), elsewhere(in_district), elsewhere(in_city)];
    assert_eq!(of(world.hanoi, date!(2021 - 01 - 01)).await, expected);
    // She comes back.
    world.moves(&mut moved, theirs, ours, date!(2022 - 01 - 01));
    assert_eq!(of(world.hanoi, date!(2022 - 01 - 01)).await, []);
    assert_eq!(of(world.hanoi, date!(2021 - 12 - 31)).await, expected);
}

#[tokio::test]
async fn a_member_of_a_union_that_merged_stands_where_its_heir_does() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let person = world.joins(unions[0], date!(2015 - 01 - 01));
    world.takes_office(world.badinh, person.id, date!(2018 - 05 - 01));
    // The union ends into another of the district; its members are yet to be re-homed.
    world.ends(unions[0], world.badinh, Some(unions[1]), date!(2020 - 01 - 01));
    assert_eq!(listed(&mut officer, world.badinh, date!(2020 - 01 - 01)).await, []);
}

#[tokio::test]
async fn offices_of_others_are_not_listed() {
    let world = World::start().await;
    world.grants("badinh", "OFFICER", world.badinh);
    let asked = pb::ListOfficesOfPeopleWhoLeftRequest {
        organisation_id: world.caugiay.to_string(),
        ..Default::default()
    };
    let mut officer = world.actor("badinh");
    let answer = officer.offices.list_offices_of_people_who_left(asked.clone()).await;
    assert_eq!(refused(answer), because("ORGANISATION_UNKNOWN", "organisation_id"));
    let mut nobody = world.actor("nobody");
    let answer = nobody.offices.list_offices_of_people_who_left(asked).await;
    assert_eq!(refused(answer).0, "PERMISSION_DENIED");
}

/// What is said to have been taken back.
fn takes_back(world: &World, on: Date, movement: Movement) {
    let taken =
        MovementTakenBack { registry_act_id: Uuid::now_v7().to_string(), movement: Some(movement) };
    world.tells(on, MembershipWhat::MovementTakenBack(taken));
}

#[tokio::test]
async fn whose_movement_is_taken_back_has_not_left() {
    let world = World::start().await;
    let [ours, theirs] =
        [world.badinh, world.caugiay].map(|district| world.loads_unions(district, "NNN_CP", 1)[0]);
    let joined = date!(2015 - 01 - 01);
    let people = [(); 5].map(|()| world.joins(ours, joined));
    let on = date!(2018 - 05 - 01);
    for person in &people {
        world.takes_office(ours, person.id, on);
    }
    let [exits, mut moves, same_day, mut again, admitted] = people;
    let left = date!(2020 - 03 - 01);
    let of = |as_of: Date| {
        let mut officer = world.officer();
        async move { listed(&mut officer, world.hanoi, as_of).await.len() }
    };
    let exited = |person: &Person| MembersExited {
        organisation_id: ours.to_string(),
        reason: ExitReason::UnionEnded.into(),
        lines: vec![person.line()],
        ..MembersExited::default()
    };
    let transferred = |person: &Person, from: Uuid, to: Uuid| MembersTransferred {
        from_organisation_id: from.to_string(),
        to_organisation_id: to.to_string(),
        lines: vec![person.line()],
        ..MembersTransferred::default()
    };

    world.leaves(&exits, ours, left);
    world.moves(&mut moves, ours, theirs, left);
    assert_eq!(of(left).await, 2);
    takes_back(&world, left, Movement::MembersExited(exited(&exits)));
    assert_eq!(of(left).await, 1);
    takes_back(&world, left, Movement::MembersTransferred(transferred(&moves, ours, theirs)));
    assert_eq!(of(left).await, 0);
    assert_eq!(of(date!(2022 - 01 - 01)).await, 0, "they are members to this day");

    // Back from elsewhere and out on the same day: a membership of no days is one again.
    let back = date!(2020 - 05 - 01);
    let mut same_day = same_day;
    world.moves(&mut same_day, ours, theirs, left);
    world.moves(&mut same_day, theirs, ours, back);
    world.leaves(&same_day, ours, back);
    assert_eq!(of(back).await, 1);
    takes_back(&world, back, Movement::MembersExited(exited(&same_day)));
    assert_eq!(of(back).await, 0);

    // Out, and in again elsewhere: of two stays in one union the right one goes on.
    world.moves(&mut again, ours, theirs, left);
    world.moves(&mut again, theirs, ours, back);
    let again_out = date!(2020 - 06 - 01);
    world.moves(&mut again, ours, theirs, again_out);
    assert_eq!(of(again_out).await, 1);
    takes_back(&world, again_out, Movement::MembersTransferred(transferred(&again, ours, theirs)));
    assert_eq!(of(again_out).await, 0);
    assert_eq!(of(date!(2020 - 04 - 01)).await, 2, "in between two were elsewhere, and were");

    // An admission that is taken back: nothing is known of her, and she has left nothing.
    world.leaves(&admitted, ours, left);
    assert_eq!(of(again_out).await, 1);
    takes_back(&world, left, Movement::MembersExited(exited(&admitted)));
    let admission = MembersAdmitted {
        organisation_id: ours.to_string(),
        lines: vec![admitted.line()],
        ..MembersAdmitted::default()
    };
    takes_back(&world, joined, Movement::MembersAdmitted(admission));
    assert_eq!(of(again_out).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn an_office_given_to_somebody_of_another_province_tells_nothing_of_her() {
    let world = World::start().await;
    let theirs = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    let ours = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let on = date!(2020 - 03 - 01);
    // Whoever knows an id can write it into an office.
    let stranger = world.joins(theirs, date!(2020 - 01 - 01));
    let gone = world.joins(theirs, date!(2020 - 01 - 01));
    world.leaves(&gone, theirs, date!(2020 - 02 - 01));
    world.takes_office(world.badinh, stranger.id, on);
    world.takes_office(world.badinh, gone.id, on);
    // Who belonged there has left to somewhere.
    let mut colleague = world.joins(ours, date!(2020 - 01 - 01));
    let office = world.takes_office(world.badinh, colleague.id, on);
    world.moves(&mut colleague, ours, theirs, date!(2020 - 04 - 01));

    let as_of = date!(2020 - 06 - 01);
    let told = listed(&mut world.officer(), world.hanoi, as_of).await;
    let left_on = Some(date!(2020 - 04 - 01));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0, told[0].1), (office, pb::Departure::MemberElsewhere));
    assert_eq!((told[0].2, &told[0].3), (left_on, &theirs.to_string()));
    let told = listed(&mut world.national(), world.hanoi, as_of).await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().any(|one| one.0 == office && one.3 == theirs.to_string()));
}

#[tokio::test]
async fn an_officer_who_was_seated_as_two_is_one_until_she_is_two() {
    let world = World::start().await;
    let mut officer = world.officer();
    let ours = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let (joined, on) = (date!(2015 - 01 - 01), date!(2020 - 03 - 01));
    let [one, other] = [(); 2].map(|()| world.joins(ours, joined));
    world.takes_office(ours, one.id, on);
    world.takes_office(ours, other.id, on);
    let year = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    let course_id = Uuid::now_v7();
    let course = |person: &Person| TrainingCourseHeld {
        course_id: course_id.to_string(),
        organisation_id: ours.to_string(),
        topics: vec!["UNION_WORK".into()],
        attendances: vec![Attendance {
            person_id: person.id.to_string(),
            organisation_id: ours.to_string(),
            attended_on: Some(civil(on)),
        }],
    };
    world.tells(on, MembershipWhat::TrainingCourseHeld(course(&other)));
    let figures = async |officer: &mut Actor| {
        let mut values = Vec::new();
        for indicator in ["OFFICER_STOCK", "OFFICER_IN_POST", "OFFICER_TRAINED_HEADCOUNT"] {
            values.push(officer.value(indicator, world.hanoi, year, None).await);
        }
        values
    };
    assert_eq!(figures(&mut officer).await, [2, 2, 1]);

    // As membership tells it: whose the membership is, who is who, and who was trained.
    let merged = PersonMerged {
        merge_id: Uuid::now_v7().to_string(),
        person_id: other.id.to_string(),
        survivor_id: one.id.to_string(),
    };
    let admission = || {
        Movement::MembersAdmitted(MembersAdmitted {
            organisation_id: ours.to_string(),
            lines: vec![other.line()],
            ..MembersAdmitted::default()
        })
    };
    let never = |movement: Movement| {
        MembershipWhat::MovementTakenBack(MovementTakenBack {
            registry_act_id: String::new(),
            movement: Some(movement),
        })
    };
    let taken = TrainingCourseTakenBack { course: Some(course(&other)) };
    world.carries_out(
        on,
        vec![
            MembershipWhat::PersonMerged(merged.clone()),
            MembershipWhat::TrainingCourseTakenBack(taken),
            MembershipWhat::TrainingCourseHeld(course(&one)),
        ],
    );
    world.tells(joined, never(admission()));
    assert_eq!(figures(&mut officer).await, [1, 1, 1]);
    assert_eq!(listed(&mut officer, world.hanoi, on).await, [], "she is a member");
    world.leaves(&one, ours, date!(2020 - 06 - 01));
    assert_eq!(listed(&mut officer, world.hanoi, date!(2020 - 06 - 01)).await.len(), 2);

    let taken = TrainingCourseTakenBack { course: Some(course(&one)) };
    world.carries_out(
        on,
        vec![
            MembershipWhat::PersonUnmerged(PersonUnmerged { merged: Some(merged) }),
            MembershipWhat::TrainingCourseTakenBack(taken),
            MembershipWhat::TrainingCourseHeld(course(&other)),
        ],
    );
    let Movement::MembersAdmitted(admitted) = admission() else { panic!("an admission") };
    world.tells(joined, MembershipWhat::MembersAdmitted(admitted));
    assert_eq!(figures(&mut officer).await, [2, 2, 1]);
    assert_eq!(listed(&mut officer, world.hanoi, date!(2020 - 06 - 01)).await.len(), 1);
    world.stop().await;
}
