//! Employers without a union: counted as registry tells of them, on every date.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    EmployersRecorded, OrganisationTimeline, TimelinesCorrected, employers_recorded,
};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::World;

const START: Date = date!(2020 - 01 - 01);

impl World {
    /// What is known of an employer of 30 workers from a day on.
    fn tells_of(&self, employer: Uuid, on: Date, unions: &[Uuid]) {
        let recorded = EmployersRecorded {
            employers: vec![employers_recorded::Employer {
                name: "Công ty May 19".to_string(),
                employer_id: employer.to_string(),
                surveyor_id: self.badinh.to_string(),
                workforce: 30,
                workforce_female: 10,
                union_ids: unions.iter().map(Uuid::to_string).collect(),
            }],
        };
        self.says(on, RegistryWhat::EmployersRecorded(recorded));
    }

    async fn without_union(&self, on: Date) -> i64 {
        self.officer().value("EMPLOYER_WITHOUT_UNION_20", self.badinh, (on, on), None).await
    }
}

#[tokio::test]
async fn an_employer_is_without_a_union_from_the_day_on_which_its_union_ended() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let [dissolved, merged, never] = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    world.tells_of(dissolved, START, &unions[..1]);
    world.tells_of(merged, START, &unions[1..2]);
    let founded_on = date!(2020 - 03 - 10);
    let founded = world.founds(world.badinh, "NNN_CP", "CĐCS", founded_on);
    world.tells_of(never, date!(2020 - 02 - 01), &[]);
    world.tells_of(never, founded_on, &[founded]);
    assert_eq!(world.without_union(date!(2020 - 03 - 09)).await, 1);
    assert_eq!(world.without_union(founded_on).await, 0);
    // A survey of an earlier day, known later, tells of its day and of no other.
    world.tells_of(never, date!(2020 - 02 - 10), &[]);
    assert_eq!(world.without_union(founded_on).await, 0);

    let ended = date!(2020 - 06 - 01);
    world.ends(unions[0], world.badinh, None, ended);
    world.ends(unions[1], world.badinh, Some(unions[2]), ended);
    assert_eq!(world.without_union(date!(2020 - 05 - 31)).await, 0);
    // The union that merged goes on in its successor, as long as that lives.
    assert_eq!(world.without_union(ended).await, 1);
    world.ends(unions[2], world.badinh, None, date!(2020 - 07 - 01));
    assert_eq!(world.without_union(date!(2020 - 07 - 01)).await, 2);
    let units = {
        let mut officer = world.officer();
        let day = (date!(2020 - 07 - 01), date!(2020 - 07 - 01));
        let figure = officer.figure("EMPLOYER_WITHOUT_UNION", world.badinh, day, None).await;
        officer.explained(&figure, true, 10).await
    };
    assert_eq!(units.len(), 1, "both were surveyed by the district");

    // A union that is known never to have existed is nobody's.
    world.says(
        founded_on,
        RegistryWhat::TimelinesCorrected(TimelinesCorrected {
            timelines: vec![OrganisationTimeline {
                organisation_id: founded.to_string(),
                exists: false,
                founded_under_id: world.badinh.to_string(),
                ..Default::default()
            }],
        }),
    );
    assert_eq!(world.without_union(founded_on).await, 1);
    world.stop().await;
}

/// Changes of random employers, in any order of their days, counted on every day by other code.
#[tokio::test]
async fn random_employers_are_counted_as_the_changes_tell_on_every_day() {
    const DAYS: i64 = 60;
    const UNIONS: usize = 8;
    let seed = [7; 32];
    println!("seed {seed:?}");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let days = || 0..DAYS;
    let history = (
        proptest::collection::vec(
            proptest::option::of((days(), proptest::option::of(0..UNIONS))),
            UNIONS,
        ),
        proptest::collection::vec(
            (0..6_usize, days(), proptest::collection::vec(0..UNIONS, 0..3)),
            40,
        ),
    );
    let (ends, changes) = history.new_tree(&mut runner).expect("a history").current();

    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", UNIONS);
    let day = |n: i64| START + Duration::days(n);
    let mut lives: Vec<(Option<i64>, Option<usize>)> = vec![(None, None); UNIONS];
    for (number, end) in ends.iter().enumerate() {
        // The first stays, and nobody is his own heir, or that of one who inherits from him.
        let Some((on, heir)) = end else { continue };
        let heir = heir.filter(|heir| *heir < number);
        lives[number] = (Some(*on), heir);
        world.ends(unions[number], world.badinh, heir.map(|heir| unions[heir]), day(*on));
    }
    let employers: Vec<Uuid> = (0..6).map(|_| Uuid::now_v7()).collect();
    for (employer, on, named) in &changes {
        let named: Vec<Uuid> = named.iter().map(|union| unions[*union]).collect();
        world.tells_of(employers[*employer], day(*on), &named);
    }
    let has_union = |named: &[usize], on: i64| {
        named.iter().any(|union| {
            let mut at = Some(*union);
            while let Some(union) = at {
                match lives[union] {
                    (Some(ended), heir) if ended <= on => at = heir,
                    _ => return true,
                }
            }
            false
        })
    };
    for on in 0..DAYS {
        let without = (0..employers.len()).filter(|employer| {
            // Of several of one day, the last that was told.
            let last = changes
                .iter()
                .filter(|(of, day, _)| of == employer && *day <= on)
                .max_by_key(|(_, day, _)| *day);
            last.is_some_and(|(_, _, named)| !has_union(named, on))
        });
        let expected = i64::try_from(without.count()).expect("few");
        assert_eq!(world.without_union(day(on)).await, expected, "on {}", day(on));
    }
    world.stop().await;
}
