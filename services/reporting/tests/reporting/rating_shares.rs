//! Who counts in shares of ratings and who does not, counted in two ways.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::registry::v1 as registry;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::rating_rounds::{DAYS, GOOD, RATED, appraised, decides, deciding, opens, suspends};
use crate::world::{Actor, World, because, refused};

async fn records(actor: &mut Actor, lines: &[(Uuid, &str)]) -> Vec<i32> {
    let request = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: RATED,
        lines: lines
            .iter()
            .map(|(union, grade)| pb::record_ratings_request::Line {
                organisation_id: union.to_string(),
                grade: (*grade).to_string(),
            })
            .collect(),
        ..Default::default()
    };
    actor.ratings.record_ratings(request).await.expect("rated").into_inner().not_counted
}

fn ends(world: &World, unit: Uuid, kind: registry::EndKind, heir: Option<Uuid>, on: Date) {
    let ended = registry::OrganisationsEnded {
        units: vec![registry::organisations_ended::Unit {
            organisation_id: unit.to_string(),
            kind: kind.into(),
            principal_successor_id: heir.map(|heir| heir.to_string()).unwrap_or_default(),
            last_superior_id: world.badinh.to_string(),
            members_outcome: registry::MembersOutcome::MembershipEnds.into(),
            ..Default::default()
        }],
    };
    world.says(on, RegistryWhat::OrganisationsEnded(ended));
}

fn distribution(head: Uuid) -> pb::GetDistributionRequest {
    pb::GetDistributionRequest {
        organisation_id: head.to_string(),
        year: RATED,
        attained_grades: ["HOAN_THANH_XUAT_SAC", GOOD].map(|it| format!("BON_MUC.{it}")).to_vec(),
        ..Default::default()
    }
}

async fn total(actor: &mut Actor, asked: pb::GetDistributionRequest) -> pb::RatingDistribution {
    let answer = actor.ratings.get_distribution(asked).await.expect("counted");
    answer.into_inner().total.expect("a total")
}

#[tokio::test]
async fn unions_that_are_not_eligible_count_in_no_numerator_and_no_denominator() {
    let world = World::start().await;
    let founded = |on| world.founds(world.badinh, "NNN_CP", "CĐCS", on);
    let old = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    // Twelve months to the day, and a day less.
    let (just, not_quite) = (founded(date!(2025 - 01 - 01)), founded(date!(2025 - 01 - 02)));
    let suspended = founded(date!(2020 - 01 - 01));
    suspends(&world, suspended, date!(2025 - 12 - 31));
    let resumed = founded(date!(2020 - 01 - 01));
    suspends(&world, resumed, date!(2025 - 03 - 01));
    let back = registry::OrganisationResumed { organisation_id: resumed.to_string() };
    world.says(date!(2025 - 12 - 31), RegistryWhat::OrganisationResumed(back));
    let dissolved = founded(date!(2020 - 01 - 01));
    ends(&world, dissolved, registry::EndKind::Dissolved, None, date!(2025 - 12 - 31));
    // Who came of others needs six months only, whatever it is that they came of.
    let (half, less) = (date!(2025 - 07 - 01), date!(2025 - 07 - 02));
    let (merged, too_late, divided) = (founded(half), founded(less), founded(half));
    let (former, other, third) = (
        founded(date!(2010 - 05 - 05)),
        founded(date!(2010 - 05 - 05)),
        founded(date!(2010 - 05 - 05)),
    );
    ends(&world, former, registry::EndKind::Consolidated, Some(merged), half);
    ends(&world, other, registry::EndKind::Consolidated, Some(too_late), less);
    ends(&world, third, registry::EndKind::Divided, Some(divided), half);
    // A new one is none of those, even if somebody was taken over by it later.
    let (young, taken) = (founded(date!(2025 - 05 - 01)), founded(date!(2010 - 05 - 05)));
    ends(&world, taken, registry::EndKind::Merged, Some(young), half);

    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, DAYS, None).await;
    let eligible = [old, just, resumed, merged, divided];
    let ineligible = [not_quite, suspended, dissolved, too_late, young];
    let lines: Vec<(Uuid, &str)> =
        eligible.iter().chain(&ineligible).map(|union| (*union, GOOD)).collect();
    assert_eq!(records(&mut officer, &lines).await, [5, 6, 7, 8, 9]);
    for (indicator, denominator) in [("RATING_GOOD", 5), ("RATING_RATED", 0)] {
        let figure = officer.figure(indicator, world.badinh, DAYS, None).await;
        assert_eq!((figure.value, figure.denominator), (5, denominator), "{indicator}");
        let told = figure.completeness.expect("told");
        assert_eq!((told.covered, told.expected), (5, 5), "{indicator}");
        let units = officer.explained(&figure, true, 20).await;
        let mut counted: Vec<_> = units.iter().map(|unit| unit.organisation_id.clone()).collect();
        let mut expected = eligible.map(|union| union.to_string());
        counted.sort();
        expected.sort();
        assert_eq!(counted, expected, "{indicator}");
    }
    let told = total(&mut officer, distribution(world.badinh)).await;
    assert_eq!((told.numerator, told.denominator), (5, 5));
    assert_eq!((told.rated, told.eligible, told.not_yet), (5, 5, 0));
    // The one that was dissolved is not there any more.
    let why: Vec<_> = told.ineligible.iter().map(|it| (it.ineligibility(), it.unions)).collect();
    use pb::RatingIneligibility::{Suspended, TooYoung};
    assert_eq!(why, [(Suspended, 1), (TooYoung, 3)]);
    assert_eq!(told.not_eligible, 4);
    let asked = pb::GetRatingRequest {
        organisation_id: not_quite.to_string(),
        year: RATED,
        ..Default::default()
    };
    let told = officer.ratings.get_rating(asked).await.expect("told").into_inner();
    let counting = told.counting.expect("recorded");
    assert!(!counting.counted && told.round.is_none() && counting.round_id.is_empty());

    // As it becomes known that the youngest is older, it counts.
    world.says(
        date!(2024 - 01 - 01),
        RegistryWhat::TimelinesCorrected(registry::TimelinesCorrected {
            timelines: vec![corrected(not_quite, &world, date!(2024 - 01 - 01))],
        }),
    );
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (6, 6));
    world.stop().await;
}

/// A union that was founded on another day, as is known now.
fn corrected(union: Uuid, world: &World, on: Date) -> registry::OrganisationTimeline {
    let period = |value: &str| registry::organisation_timeline::Period {
        from_on: Some(civil(on)),
        until_on: None,
        value: value.to_string(),
    };
    registry::OrganisationTimeline {
        organisation_id: union.to_string(),
        exists: true,
        founded_on: Some(civil(on)),
        superiors: vec![period(&world.badinh.to_string())],
        types: vec![period("CDCS")],
        sectors: vec![period("NNN_CP")],
        ..Default::default()
    }
}

#[tokio::test]
async fn a_distribution_is_what_its_list_and_the_figures_say_on_either_tree() {
    let world = World::start().await;
    let mut unions = Vec::new();
    for (district, sector, count) in [
        (world.badinh, "HC", 3),
        (world.badinh, "NNN_CP", 5),
        (world.caugiay, "NNN_CP", 4),
        (world.education, "SNCL_100", 3),
    ] {
        let loaded = world.loads_unions(district, sector, count);
        unions.extend(loaded.into_iter().map(|union| (union, district, sector)));
    }
    for (n, district) in [world.badinh, world.caugiay].into_iter().enumerate() {
        let name = format!("CĐCS trẻ {n}");
        let young = world.founds(district, "NNN_CP", &name, date!(2025 - 10 - 01));
        unions.push((young, district, "NNN_CP"));
    }
    suspends(&world, unions[8].0, date!(2025 - 11 - 11));
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let opened = opens(&mut officer, world.hanoi).await;
    assert_eq!((opened.listed, opened.eligible), (17, 14));
    let round = opened.round_id.as_str();
    // Two in three are rated, in all four grades.
    let marks = [[400, 400, 150, 50], [300, 300, 100, 0], [300, 200, 0, 0], [100, 0, 0, 0]];
    let mut decided = Vec::new();
    for (n, (union, _, _)) in unions.iter().enumerate() {
        if n % 3 != 2 && n < 15 && n != 8 {
            appraised(&mut officer, round, *union, marks[n % 4]).await;
            decided.push(*union);
        }
    }
    officer.ratings.decide_ratings(deciding(round, &decision, &decided)).await.expect("decided");

    // The list, in pages of five, and once more of one state.
    let mut listed: Vec<pb::UnionRating> = Vec::new();
    let mut page_token = String::new();
    loop {
        let asked = pb::ListRatingsRequest {
            round_id: round.to_string(),
            organisation_id: world.hanoi.to_string(),
            page_size: 5,
            page_token,
            ..Default::default()
        };
        let page = officer.ratings.list_ratings(asked).await.expect("listed").into_inner();
        assert!(page.ratings.len() <= 5);
        listed.extend(page.ratings);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed.len(), unions.len());
    let asked = pb::ListRatingsRequest {
        round_id: round.to_string(),
        organisation_id: world.badinh.to_string(),
        states: vec![pb::RatingState::NotRated.into(), pb::RatingState::Decided.into()],
        ..Default::default()
    };
    let of_badinh = officer.ratings.list_ratings(asked).await.expect("listed").into_inner();
    let expected = listed.iter().filter(|one| {
        let there = unions.iter().any(|(union, district, _)| {
            union.to_string() == one.organisation_id && *district == world.badinh
        });
        there && matches!(one.state(), pb::RatingState::NotRated | pb::RatingState::Decided)
    });
    let ids = |ratings: Vec<&pb::UnionRating>| -> Vec<String> {
        ratings.iter().map(|one| one.organisation_id.clone()).collect()
    };
    assert_eq!(ids(of_badinh.ratings.iter().collect()), ids(expected.collect()));

    // By district, as then; a round and a year say the same.
    let by_round = pb::GetDistributionRequest {
        round_id: round.to_string(),
        breakdown: pb::Breakdown::Child.into(),
        ..distribution(world.hanoi)
    };
    let by_year = pb::GetDistributionRequest { round_id: String::new(), ..by_round.clone() };
    for asked in [by_round.clone(), by_year.clone()] {
        let answer = officer.ratings.get_distribution(asked).await.expect("counted").into_inner();
        for line in &answer.lines {
            let of = |one: &&pb::UnionRating| {
                unions.iter().any(|(union, district, _)| {
                    union.to_string() == one.organisation_id
                        && district.to_string() == line.organisation_id
                })
            };
            check(line, &listed.iter().filter(of).collect::<Vec<_>>());
            assert!(!line.head.is_empty());
        }
        assert_eq!(answer.lines.len(), 3);
        check(answer.total.as_ref().expect("a total"), &listed.iter().collect::<Vec<_>>());
    }
    // By group of sectors, and as figures count the same.
    let by_group = pb::GetDistributionRequest {
        breakdown: pb::Breakdown::SectorGroup.into(),
        sector_grouping: "HAI_KHU_VUC".to_string(),
        ..by_year.clone()
    };
    let answer = officer.ratings.get_distribution(by_group).await.expect("counted").into_inner();
    for (line, sectors) in answer.lines.iter().zip([["NNN_CP", ""], ["HC", "SNCL_100"]]) {
        let of = |one: &&pb::UnionRating| sectors.contains(&one.sector.as_str());
        check(line, &listed.iter().filter(of).collect::<Vec<_>>());
    }
    assert_eq!(answer.lines.len(), 2);
    let told = answer.total.expect("a total");
    let figure = officer.figure("RATING_GOOD", world.hanoi, DAYS, None).await;
    assert_eq!((told.numerator, told.denominator), (figure.value, figure.denominator));
    let told_of = figure.completeness.expect("told");
    assert_eq!((told.rated, told.eligible), (told_of.covered, told_of.expected));

    // After the district's hand-over, on the tree of today its unions count elsewhere; as then they do not.
    let moved: Vec<Uuid> = unions[..8].iter().map(|(union, _, _)| *union).collect();
    world.hands_over(&moved, world.badinh, world.caugiay, date!(2026 - 03 - 01));
    let today = chassis::database::today();
    for asked in [by_round, by_year] {
        let then = pb::GetDistributionRequest {
            organisation_id: world.badinh.to_string(),
            breakdown: 0,
            ..asked.clone()
        };
        let now = pb::GetDistributionRequest {
            tree: Some(pb::Tree { as_of: Some(civil(today)) }),
            ..then.clone()
        };
        let before = total(&mut officer, then).await;
        assert_eq!(before.rated + before.not_yet + before.not_eligible, 9);
        let after = total(&mut officer, now).await;
        assert_eq!((after.rated, after.not_yet, after.not_eligible), (0, 0, 1));
    }
    for (attained, reason, field) in [
        ("SAU_MUC.TOT", "RATING_SCHEME_UNKNOWN", "scheme"),
        ("BON_MUC.TOT", "RATING_GRADE_UNKNOWN", "attained_grades[0]"),
    ] {
        let asked = pb::GetDistributionRequest {
            attained_grades: vec![attained.to_string()],
            ..distribution(world.hanoi)
        };
        let answer = officer.ratings.get_distribution(asked).await;
        assert_eq!(refused(answer), because(reason, field));
    }
    world.stop().await;
}

/// A line against the unions that are in it, one by one.
fn check(line: &pb::RatingDistribution, unions: &[&pb::UnionRating]) {
    let mut grades: BTreeMap<String, i64> = BTreeMap::new();
    let (mut not_yet, mut not_eligible) = (0, 0);
    for union in unions {
        match union.state() {
            pb::RatingState::NotRated => not_eligible += 1,
            pb::RatingState::Decided => {
                *grades.entry(format!("BON_MUC.{}", union.grade)).or_default() += 1;
            }
            _ => not_yet += 1,
        }
    }
    let rated: i64 = grades.values().sum();
    let attained = |grade: &str| grades.get(grade).copied().unwrap_or_default();
    let numerator = attained("BON_MUC.HOAN_THANH_XUAT_SAC") + attained("BON_MUC.HOAN_THANH_TOT");
    assert_eq!((line.numerator, line.denominator), (numerator, rated));
    assert_eq!((line.rated, line.not_yet, line.eligible), (rated, not_yet, rated + not_yet));
    assert_eq!(line.not_eligible, not_eligible);
    let told: BTreeMap<String, i64> =
        line.grades.iter().map(|grade| (grade.grade.clone(), grade.unions)).collect();
    assert_eq!(told, grades);
    assert!(line.grades.iter().all(|grade| !grade.name_vi.is_empty()));
}

#[tokio::test]
async fn a_round_replaces_what_was_recorded_elsewhere_and_counts_on_its_own_last_day() {
    let world = World::start().await;
    let schools = world.loads_unions(world.badinh, "SNCL_100", 2);
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, DAYS, None).await;
    let none: [i32; 0] = [];
    let lines = [(schools[0], "KHONG_HOAN_THANH"), (schools[1], GOOD)];
    assert_eq!(records(&mut officer, &lines).await, none);
    let asked = pb::OpenRoundRequest {
        kind: pb::RatingRoundKind::SchoolYear.into(),
        ..crate::rating_rounds::opening(world.badinh)
    };
    let round = officer.ratings.open_round(asked).await.expect("opened").into_inner().round_id;
    appraised(&mut officer, &round, schools[0], [300, 300, 100, 0]).await;
    let asked = deciding(&round, &decision, &schools[..1]);
    officer.ratings.decide_ratings(asked).await.expect("decided");

    // Once in the year, in May; and by the end of May nobody else.
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (2, 2));
    let told = figure.completeness.expect("told");
    assert_eq!((told.covered, told.expected), (2, 2));
    officer.explained(&figure, true, 10).await;
    let by_may = (DAYS.0, date!(2025 - 05 - 31));
    assert_eq!(officer.value("RATING_RATED", world.badinh, by_may, None).await, 1);
    let by_april = (DAYS.0, date!(2025 - 05 - 30));
    assert_eq!(officer.value("RATING_RATED", world.badinh, by_april, None).await, 0);
    let told = total(&mut officer, distribution(world.badinh)).await;
    assert_eq!((told.numerator, told.denominator, told.not_yet), (2, 2, 0));

    // And whoever is told otherwise afterwards takes the place of the round.
    assert_eq!(records(&mut officer, &[(schools[0], "HOAN_THANH")]).await, none);
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 2));
    assert_eq!(officer.value("RATING_RATED", world.badinh, by_may, None).await, 0);
    world.stop().await;
}
