//! Many organisations counted at once, some below others, have each what it has when it is asked
//! alone: for every indicator there is, of random histories, on any tree.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{TrainingCourseHeld, training_course_held};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{CongressHeld, EmployersRecorded, Office, employers_recorded};
use proto::reporting::v1 as pb;
use reporting::ground::columns::Columns;
use reporting::ground::figure::of_heads::{OfHead, OfHeads};
use reporting::ground::figure::{Counting, Scope};
use reporting::ground::period::Period;
use reporting::ground::reference;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::columns::{Dice, History, national_reading};
use crate::world::World;

const SEEDS: [u64; 2] = [7, 8];
const STEPS: usize = 60;
const QUESTIONS: usize = 3;

/// What is told one by one: people in office and trained, ratings, employers without a union.
pub(crate) async fn told_otherwise(world: &World, units: &[Uuid], on: Date) {
    let people: Vec<Uuid> = units.iter().map(|_| Uuid::now_v7()).collect();
    for (unit, person) in units.iter().zip(&people) {
        let office = Office {
            office_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".into(),
            position: "MEMBER".into(),
            person_id: person.to_string(),
            from_on: Some(civil(on)),
            term_until: None,
        };
        let held = CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            offices: vec![office],
            ..Default::default()
        };
        world.says(on, RegistryWhat::CongressHeld(held));
    }
    let attendances = units.iter().zip(&people).step_by(2).map(|(unit, person)| {
        training_course_held::Attendance {
            person_id: person.to_string(),
            organisation_id: unit.to_string(),
            attended_on: Some(civil(on)),
        }
    });
    let course = TrainingCourseHeld {
        course_id: Uuid::now_v7().to_string(),
        organisation_id: world.hanoi.to_string(),
        topics: vec!["CHARTER".into()],
        attendances: attendances.collect(),
    };
    world.tells(on, MembershipWhat::TrainingCourseHeld(course));
    let employers =
        [world.badinh, world.caugiay, world.hue].map(|surveyor| employers_recorded::Employer {
            employer_id: Uuid::now_v7().to_string(),
            surveyor_id: surveyor.to_string(),
            workforce: 25,
            ..Default::default()
        });
    let recorded = EmployersRecorded { employers: employers.to_vec() };
    world.says(on, RegistryWhat::EmployersRecorded(recorded));
    let days = [date!(2020 - 07 - 01), date!(2021 - 07 - 01), date!(2022 - 07 - 01)];
    let told = |(unit, day): (&Uuid, Date)| pb::Activity {
        organisation_id: unit.to_string(),
        kind: pb::ActivityKind::Dissemination.into(),
        held_on: Some(civil(day)),
        members_reached: Some(2),
        workers_reached: Some(1),
        times: 1,
        ..pb::Activity::default()
    };
    let some = units.iter().step_by(3);
    let request = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities: some.flat_map(|unit| days.map(|day| told((unit, day)))).collect(),
    };
    world.national().activities.record_activities(request).await.expect("recorded");
    let request = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2020,
        lines: units
            .iter()
            .map(|unit| pb::record_ratings_request::Line {
                organisation_id: unit.to_string(),
                grade: "HOAN_THANH_TOT".to_string(),
            })
            .collect(),
        ..Default::default()
    };
    world.national().ratings.record_ratings(request).await.expect("rated");
}

#[tokio::test]
async fn many_heads_counted_at_once_have_what_each_has_alone() {
    let mut other_than_0: BTreeMap<String, usize> = BTreeMap::new();
    for seed in SEEDS {
        println!("seed {seed}");
        let world = World::start().await;
        let superiors = [world.badinh, world.caugiay, world.education, world.hue];
        let begin = date!(2020 - 01 - 01);
        let mut history = History { dice: Dice(seed), today: begin, unions: Vec::new(), superiors };
        for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", "LLVT"]) {
            (0..3).for_each(|_| history.found(&world, superior, sector));
        }
        let units: Vec<Uuid> = history.unions.iter().map(|union| union.id).collect();
        told_otherwise(&world, &units, begin).await;
        for step in 0..STEPS {
            if step == STEPS / 2 {
                world.hands_over(&[world.badinh], world.hanoi, world.hue, history.today);
            }
            history.step(&world).await;
        }
        let mut heads = vec![world.confederation, world.hanoi, Uuid::now_v7()];
        heads.extend(superiors);
        heads.extend(history.unions.iter().map(|union| union.id).take(7));

        // Once it answers this, all is applied.
        let period = (date!(2019 - 01 - 01), date!(2023 - 01 - 01));
        world.national().value("MBR_STOCK", world.confederation, period, None).await;
        let pool = world.look().await;
        let mut reading = national_reading(&pool).await;
        let reference = reference::load().expect("reference data");
        let snapshot = Columns::default().snapshot(&mut reading).await.expect("a snapshot");
        for question in 0..QUESTIONS {
            let (one, other) = (history.dice.day(), history.dice.day());
            let period =
                Period { from: one.min(other), through: one.max(other).max(date!(2020 - 12 - 31)) };
            let grouped = question % 3 == 2;
            let scope = Scope {
                grouping: if grouped { "BA_KHOI" } else { "" }.to_string(),
                group: if grouped { "NGOAI_NHA_NUOC" } else { "" }.to_string(),
                ..Scope::of(Uuid::nil(), [None, Some(history.dice.day())][question % 2])
            };
            for indicator in reference.indicators() {
                let mut many =
                    OfHeads::new(&mut reading, &snapshot, reference, &heads, scope.clone())
                        .await
                        .expect("begun");
                let together = many.figures(indicator, period).await.expect("counted");
                assert_eq!(together.len(), heads.len() - 1, "nobody is left out but who is nobody");
                for (head, of) in together {
                    let scope = Scope { head, ..scope.clone() };
                    let mut counting =
                        Counting::new(&mut reading, &snapshot, reference, scope, period);
                    let alone = counting.figure(indicator).await.expect("counted");
                    let (value, denominator) = (alone.value.total, alone.denominator_total());
                    assert_eq!(
                        of,
                        OfHead { value, denominator },
                        "{} of {head}, {:?}, seed {seed}",
                        indicator.code,
                        alone.scope
                    );
                    *other_than_0.entry(indicator.code.clone()).or_default() +=
                        usize::from(value != 0);
                }
            }
        }
        drop(reading);
        world.stop().await;
    }
    // Of every way to count there was something to count.
    for code in [
        "MBR_ADMITTED",
        "MBR_STOCK",
        "MBR_TRANSFER_OUT",
        "MBR_OUT_WITH_UNIT",
        "MBR_IN_TRANSFER",
        "ORG_STOCK",
        "ORG_IN",
        "OFFICER_STOCK",
        "OFFICER_TRAINED",
        "TRAIN_HEADCOUNT",
        "RATING_GOOD",
        "EMPLOYER_WITHOUT_UNION_20",
        "DISS_ORG",
        "DISS_PERSON",
    ] {
        assert!(other_than_0[code] > 0, "{code} is 0 of everybody: {other_than_0:?}");
    }
}
