//! What is shared is a part of what it is a share of: for every share that is counted, whoever asks,
//! however; what is reported may be more, and says so.

use std::collections::{BTreeMap, BTreeSet};

use chassis::parse::civil;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{
    HonoursRecorded, TrainingCourseHeld, honours_recorded, training_course_held,
};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    CongressHeld, EmployersRecorded, Office, OrganisationResumed, OrganisationSuspended,
    OrganisationTimeline, TimelinesCorrected, employers_recorded,
};
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, because, period, refused};

async fn rates(actor: &mut Actor, year: i32, lines: &[(Uuid, &str)]) -> pb::RecordRatingsResponse {
    let request = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year,
        lines: lines
            .iter()
            .map(|(union, grade)| pb::record_ratings_request::Line {
                organisation_id: union.to_string(),
                grade: (*grade).to_string(),
            })
            .collect(),
        ..Default::default()
    };
    actor.ratings.record_ratings(request).await.expect("rated").into_inner()
}

fn suspends(world: &World, union: Uuid, on: Date) {
    let suspended = OrganisationSuspended { organisation_id: union.to_string() };
    world.says(on, RegistryWhat::OrganisationSuspended(suspended));
}

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

#[tokio::test]
async fn a_rating_of_a_union_that_is_not_eligible_counts_nowhere() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let young = world.founds(world.badinh, "NNN_CP", "CĐCS", date!(2020 - 06 - 01));
    let later = world.founds(world.badinh, "NNN_CP", "CĐCS", date!(2021 - 02 - 01));
    let never = world.founds(world.badinh, "NNN_CP", "CĐCS", date!(2018 - 02 - 01));
    world.ends(unions[2], world.badinh, None, date!(2019 - 12 - 31));
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let good = "HOAN_THANH_TOT";
    let lines = [unions[0], young, later, never, unions[2]].map(|union| (union, good));
    let answer = rates(&mut officer, 2020, &lines).await;
    assert_eq!((answer.rated, answer.not_counted), (5, vec![1, 2, 4]));
    world.says(
        date!(2018 - 02 - 01),
        RegistryWhat::TimelinesCorrected(TimelinesCorrected {
            timelines: vec![OrganisationTimeline {
                organisation_id: never.to_string(),
                exists: false,
                founded_under_id: world.badinh.to_string(),
                ..Default::default()
            }],
        }),
    );
    for (indicator, value, denominator) in [("RATING_GOOD", 1, 1), ("RATING_RATED", 1, 0)] {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        assert_eq!((figure.value, figure.denominator), (value, denominator), "{indicator}");
        // Of two eligible unions one is rated; the young one, which is rated, is none of them.
        let told = figure.completeness.expect("told");
        assert_eq!((told.complete, told.covered, told.expected), (false, 1, 2), "{indicator}");
        officer.explained(&figure, true, 10).await;
    }
    // Of ratings by another scheme nothing is expected in that year, and nothing is lacking.
    let figure = officer.figure("RATING_STRONG", world.badinh, YEAR, None).await;
    assert!(figure.completeness.expect("told").complete);
    // Over three years each is expected once a year.
    let years = (date!(2019 - 01 - 01), date!(2021 - 12 - 31));
    let figure = officer.figure("RATING_GOOD", world.badinh, years, None).await;
    let told = figure.completeness.expect("told");
    // 2019: two; 2020: two; 2021: three, and the one founded that year is too young.
    assert_eq!((told.covered, told.expected), (1, 2 + 2 + 3));
    rates(&mut officer, 2020, &[(unions[1], "HOAN_THANH")]).await;
    let figure = officer.figure("RATING_GOOD", world.badinh, YEAR, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 2));
    assert!(figure.completeness.expect("told").complete);
    world.stop().await;
}

#[tokio::test]
async fn a_union_of_that_year_is_rated_for_it_whatever_it_is_today() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.changes_type(union, ("CDCS", "TO_CD"), date!(2021 - 05 - 01));
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    rates(&mut officer, 2020, &[(union, "HOAN_THANH_TOT")]).await;
    let figure = officer.figure("RATING_GOOD", world.badinh, YEAR, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 1));
    world.stop().await;
}

#[tokio::test]
async fn without_suspended_unions_neither_part_counts_them() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    for union in &unions[1..] {
        suspends(&world, *union, date!(2020 - 10 - 01));
    }
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let activities = unions
        .iter()
        .map(|union| pb::Activity {
            organisation_id: union.to_string(),
            kind: pb::ActivityKind::Dissemination.into(),
            held_on: Some(civil(date!(2020 - 05 - 05))),
            members_reached: Some(20),
            workers_reached: Some(0),
            ..Default::default()
        })
        .collect();
    let recorded = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities,
    };
    officer.activities.record_activities(recorded).await.expect("recorded");
    for (without_suspended, expected) in [(false, (3, 3)), (true, (1, 1))] {
        let mut asked = crate::world::query("DISS_ORG", world.badinh, YEAR, None);
        asked.without_suspended = without_suspended;
        let figures = officer.figures.query_figures(asked).await.expect("counted").into_inner();
        let figure = &figures.figures[0];
        assert_eq!((figure.numerator, figure.denominator), expected);
    }
    world.stop().await;
}

/// Something happens to one of some unions, on one of some days.
#[derive(Clone, Debug)]
enum Event {
    Found,
    Suspend(usize),
    Resume(usize),
    End(usize, Option<usize>),
    HandOver(usize),
    ChangeType(usize),
    Rate(usize, i32, usize),
    Reach(usize, i32, i32),
    Elect(usize),
    Train(usize),
    Admit(usize, usize),
    Survey(usize, i32),
}

fn event() -> impl Strategy<Value = Event> {
    let unit = || 0..1_000_usize;
    prop_oneof![
        4 => Just(Event::Found),
        3 => unit().prop_map(Event::Suspend),
        1 => unit().prop_map(Event::Resume),
        3 => (unit(), proptest::option::of(unit())).prop_map(|(unit, heir)| Event::End(unit, heir)),
        2 => unit().prop_map(Event::HandOver),
        2 => unit().prop_map(Event::ChangeType),
        9 => (unit(), 2016..2022_i32, 0..4_usize).prop_map(|(unit, year, grade)| Event::Rate(unit, year, grade)),
        6 => (unit(), 0..60_i32, 0..60_i32).prop_map(|(unit, members, workers)| Event::Reach(unit, members, workers)),
        4 => unit().prop_map(Event::Elect),
        4 => unit().prop_map(Event::Train),
        3 => (unit(), 1..30_usize).prop_map(|(unit, people)| Event::Admit(unit, people)),
        2 => (unit(), 0..80_i32).prop_map(|(unit, workforce)| Event::Survey(unit, workforce)),
    ]
}

/// What lives, as far as is needed to let only happen what registry allows.
#[derive(Default)]
struct Living {
    unions: Vec<(Uuid, Uuid)>,
    ever: Vec<Uuid>,
    suspended: BTreeSet<Uuid>,
    sections: BTreeSet<Uuid>,
    officers: Vec<Uuid>,
}

async fn happens(world: &World, officer: &mut Actor, living: &mut Living, on: Date, event: Event) {
    let of = |unit: usize, living: &Living| living.unions[unit % living.unions.len()];
    let districts = [world.badinh, world.caugiay];
    match event {
        Event::Found => {
            let superior = districts[living.ever.len() % 2];
            let sector = ["HC", "FDI_LD", "NNN_CP"][living.ever.len() % 3];
            let union = world.founds(superior, sector, "CĐCS", on);
            living.unions.push((union, superior));
            living.ever.push(union);
        }
        _ if living.unions.len() < 3 => {}
        Event::Suspend(unit) => {
            let (union, _) = of(unit, living);
            if living.suspended.insert(union) {
                suspends(world, union, on);
            }
        }
        Event::Resume(unit) => {
            let (union, _) = of(unit, living);
            if living.suspended.remove(&union) {
                let resumed = OrganisationResumed { organisation_id: union.to_string() };
                world.says(on, RegistryWhat::OrganisationResumed(resumed));
            }
        }
        Event::End(unit, heir) => {
            let place = unit % living.unions.len();
            let (union, last) = living.unions.remove(place);
            let heir = heir.map(|heir| of(heir, living).0);
            world.ends(union, last, heir, on);
        }
        Event::HandOver(unit) => {
            let place = unit % living.unions.len();
            let (union, from) = living.unions[place];
            let to = if from == districts[0] { districts[1] } else { districts[0] };
            world.hands_over(&[union], from, to, on);
            living.unions[place].1 = to;
        }
        Event::ChangeType(unit) => {
            let (union, _) = of(unit, living);
            let types = if living.sections.remove(&union) {
                ("TO_CD", "CDCS")
            } else {
                living.sections.insert(union);
                ("CDCS", "TO_CD")
            };
            world.changes_type(union, types, on);
        }
        Event::Rate(unit, year, grade) => {
            // Any that ever was, also long after its end, also for years before its founding.
            let union = living.ever[unit % living.ever.len()];
            let five = ["VUNG_MANH_XUAT_SAC", "VUNG_MANH", "KHA", "YEU"];
            let four = ["HOAN_THANH_XUAT_SAC", "HOAN_THANH_TOT", "HOAN_THANH", "KHONG_HOAN_THANH"];
            let grade = if year < 2019 { five[grade] } else { four[grade] };
            let request = pb::RecordRatingsRequest {
                request_id: Uuid::new_v4().to_string(),
                year,
                lines: vec![pb::record_ratings_request::Line {
                    organisation_id: union.to_string(),
                    grade: grade.to_string(),
                }],
                ..Default::default()
            };
            // Refused of one that is none today and was none then.
            if let Err(status) = officer.ratings.record_ratings(request).await {
                let refused = refused::<()>(Err(status));
                assert_eq!(
                    refused,
                    because("ORGANISATION_NOT_GRASSROOTS", "lines[0].organisation_id")
                );
            }
        }
        Event::Reach(unit, members, workers) => {
            let union = living.ever[unit % living.ever.len()];
            let recorded = pb::RecordActivitiesRequest {
                request_id: Uuid::new_v4().to_string(),
                validate_only: false,
                activities: vec![pb::Activity {
                    organisation_id: union.to_string(),
                    kind: pb::ActivityKind::Dissemination.into(),
                    held_on: Some(civil(on)),
                    members_reached: Some(members),
                    workers_reached: Some(workers),
                    ..Default::default()
                }],
            };
            officer.activities.record_activities(recorded).await.expect("recorded");
        }
        Event::Elect(unit) => {
            let (union, _) = of(unit, living);
            let offices = (0..3).map(|_| {
                let person = Uuid::now_v7();
                living.officers.push(person);
                Office {
                    office_id: Uuid::now_v7().to_string(),
                    organisation_id: union.to_string(),
                    body: "EXECUTIVE".to_string(),
                    position: "MEMBER".to_string(),
                    person_id: person.to_string(),
                    from_on: Some(civil(on)),
                    term_until: None,
                }
            });
            let held = CongressHeld {
                congress_id: Uuid::now_v7().to_string(),
                organisation_id: union.to_string(),
                ordinal: 1,
                held_on: Some(civil(on)),
                form: "PLENARY".to_string(),
                offices: offices.collect(),
                ..Default::default()
            };
            world.says(on, RegistryWhat::CongressHeld(held));
        }
        Event::Train(unit) => {
            let (union, _) = of(unit, living);
            let people = living.officers.iter().skip(unit % 5).step_by(2).take(4).copied();
            // Officers, and one who is none.
            let course = TrainingCourseHeld {
                course_id: Uuid::now_v7().to_string(),
                organisation_id: union.to_string(),
                topics: vec!["UNION_WORK".into()],
                attendances: people
                    .chain([Uuid::now_v7()])
                    .map(|person| training_course_held::Attendance {
                        person_id: person.to_string(),
                        organisation_id: union.to_string(),
                        attended_on: Some(civil(on)),
                    })
                    .collect(),
            };
            world.tells(on, MembershipWhat::TrainingCourseHeld(course));
            // They are honoured for it; one in three works directly in production.
            let people = living.officers.iter().skip(unit % 5).take(3).enumerate();
            let honours = HonoursRecorded {
                honour_id: Uuid::now_v7().to_string(),
                organisation_id: union.to_string(),
                kind: "GOOD_LABOUR".into(),
                level: "GRASSROOTS".into(),
                people: people
                    .map(|(n, person)| honours_recorded::Person {
                        person_id: person.to_string(),
                        direct_production: n == 0,
                        initiative_id: String::new(),
                    })
                    .collect(),
            };
            world.tells(on, MembershipWhat::HonoursRecorded(honours));
        }
        Event::Admit(unit, people) => {
            let (union, _) = of(unit, living);
            world.admits(union, on, people);
        }
        Event::Survey(unit, workforce) => {
            let (union, superior) = of(unit, living);
            let recorded = EmployersRecorded {
                employers: vec![employers_recorded::Employer {
                    name: "Công ty May 19".to_string(),
                    employer_id: Uuid::now_v7().to_string(),
                    surveyor_id: superior.to_string(),
                    workforce,
                    workforce_female: 0,
                    union_ids: vec![union.to_string()],
                }],
            };
            world.says(on, RegistryWhat::EmployersRecorded(recorded));
        }
    }
}

/// Whether a share may be so: a part of its whole, but for the people who were reported as reached,
/// which may be more than are known to be at work.
fn may_be(code: &str, part: i64, whole: i64) -> bool {
    (0..=whole).contains(&part) || code == "DISS_PERSON" && part > whole && whole >= 0
}

#[tokio::test]
async fn every_share_of_a_random_world_is_a_part_of_its_whole() {
    const EVENTS: usize = 260;
    let seed = [11; 32];
    println!("seed {seed:?}");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let events = proptest::collection::vec((0..13_i64, event()), EVENTS);
    let events = events.new_tree(&mut runner).expect("a history").current();

    let world = World::start().await;
    let (mut officer, mut living) = (world.officer(), Living::default());
    let mut on = date!(2016 - 01 - 01);
    for (later, event) in events {
        on += Duration::days(later);
        happens(&world, &mut officer, &mut living, on, event).await;
    }
    let shares: Vec<String> = {
        let listed = officer.figures.list_indicators(pb::ListIndicatorsRequest {}).await;
        let indicators = listed.expect("listed").into_inner().indicators.into_iter();
        indicators
            .filter(|indicator| indicator.kind() == pb::IndicatorKind::Share)
            .map(|indicator| indicator.code)
            .collect()
    };
    assert!(shares.len() >= 5, "{shares:?}");
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    let years = (2016..=2021).map(|year| {
        let year = reporting::ground::period::year(year).expect("a year");
        (year.from, year.through)
    });
    let periods = years.chain([
        (date!(2016 - 01 - 01), date!(2021 - 12 - 31)),
        (date!(2017 - 03 - 15), date!(2019 - 02 - 20)),
    ]);
    for days in periods {
        for (head, direct_only) in
            [(world.hanoi, false), (world.badinh, true), (world.caugiay, false)]
        {
            for as_of in [None, Some(date!(2018 - 06 - 30)), Some(date!(2023 - 01 - 01))] {
                for (breakdown, without_suspended) in [
                    (pb::Breakdown::Child, false),
                    (pb::Breakdown::Child, true),
                    (pb::Breakdown::Sector, true),
                ] {
                    let asked = pb::QueryFiguresRequest {
                        indicators: shares.clone(),
                        organisation_id: head.to_string(),
                        period: Some(period(days)),
                        tree: Some(pb::Tree { as_of: as_of.map(civil) }),
                        breakdown: breakdown.into(),
                        without_suspended,
                        direct_only,
                        ..Default::default()
                    };
                    let context = format!("{asked:?}");
                    let answer = officer.figures.query_figures(asked).await.expect("counted");
                    for figure in answer.into_inner().figures {
                        let code = &figure.indicator;
                        *counted.entry(code.clone()).or_default() += figure.numerator;
                        let parts = figure
                            .lines
                            .iter()
                            .map(|line| (line.numerator, line.denominator))
                            .chain([(figure.numerator, figure.denominator)]);
                        for (part, whole) in parts {
                            assert!(may_be(code, part, whole), "{code}: {part}/{whole}, {context}");
                        }
                        let told = figure.completeness.expect("told");
                        assert!((0..=told.expected).contains(&told.covered), "{code}, {context}");
                        if breakdown == pb::Breakdown::Child && !without_suspended {
                            for unit in officer.explained(&figure, false, 200).await {
                                let (part, whole) = (unit.amount, unit.denominator);
                                assert!(may_be(code, part, whole), "{code}: {unit:?}, {context}");
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(counted.values().all(|counted| *counted > 0), "each was tried: {counted:?}");
    world.stop().await;
}
