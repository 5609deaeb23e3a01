//! Lists of bodies that need something done, and succession plans.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::world::*;

fn seat(body: &str, position: &str) -> pb::NewOffice {
    pb::NewOffice { body: body.to_string(), ..office(position, Uuid::now_v7()) }
}

/// So many seats of an executive: a chair and members.
fn executive(count: usize) -> Vec<pb::NewOffice> {
    let positions = std::iter::once("CHAIR").chain(std::iter::repeat("MEMBER"));
    positions.take(count).map(|position| seat("EXECUTIVE", position)).collect()
}

fn congress(
    unit: Uuid,
    ordinal: i32,
    held_on: Date,
    years: i32,
    offices: Vec<pb::NewOffice>,
) -> pb::HoldCongressRequest {
    pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal,
        held_on: Some(civil(held_on)),
        term_from_year: held_on.year(),
        term_to_year: held_on.year() + years,
        term_reason: if years == 5 { String::new() } else { "Theo cấp trên".to_string() },
        form: "PLENARY".to_string(),
        offices,
        ..Default::default()
    }
}

fn appointing(
    unit: Uuid,
    body: &str,
    on: Date,
    offices: Vec<pb::NewOffice>,
) -> pb::AppointCommitteeRequest {
    pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        body: body.to_string(),
        offices,
        basis: Some(decided(on)),
        ..Default::default()
    }
}

/// All vacancies of a subtree, read in pages of two: unit, body, position, held, seats.
async fn vacancies(
    actor: &mut Actor,
    root: Uuid,
    as_of: Date,
) -> Vec<(Uuid, String, String, i32, i32, bool)> {
    let mut request = pb::ListVacanciesRequest {
        organisation_id: root.to_string(),
        as_of: Some(civil(as_of)),
        page_size: 2,
        ..Default::default()
    };
    let mut all = Vec::new();
    loop {
        let page = actor.bodies.list_vacancies(request.clone()).await.expect("listed").into_inner();
        assert!(page.vacancies.len() <= 2);
        all.extend(page.vacancies.into_iter().map(|one| {
            (id(&one.organisation_id), one.body, one.position, one.held, one.seats, one.below_half)
        }));
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn terms_that_end_by_a_date_are_listed_first_ending_first() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    for (code, held_on, years) in [
        ("BD-1", date!(2018 - 05 - 01), 5),
        ("BD-2", date!(2019 - 05 - 01), 3),
        ("CG-1", date!(2019 - 06 - 01), 5),
        ("HN", date!(2018 - 04 - 01), 5),
    ] {
        let held = congress(world.unit(code), 1, held_on, years, vec![]);
        officer.congresses.hold_congress(held).await.expect("held");
    }
    // Its last congress by then is what counts.
    let later = congress(world.unit("BD-1"), 2, date!(2021 - 05 - 01), 5, vec![]);
    officer.congresses.hold_congress(later).await.expect("held");

    let asked = |as_of, until_on| pb::ListTermsEndingRequest {
        organisation_id: world.unit("HN").to_string(),
        as_of: Some(civil(as_of)),
        until_on: Some(civil(until_on)),
        page_size: 1,
        ..Default::default()
    };
    for (as_of, until_on, expected) in [
        (date!(2020 - 01 - 01), date!(2022 - 12 - 30), vec![]),
        (date!(2020 - 01 - 01), date!(2022 - 12 - 31), vec!["BD-2"]),
        (date!(2020 - 01 - 01), date!(2023 - 12 - 31), vec!["BD-2", "HN", "BD-1"]),
        (date!(2022 - 01 - 01), date!(2024 - 12 - 31), vec!["BD-2", "HN", "CG-1"]),
    ] {
        let mut found = Vec::new();
        let mut request = asked(as_of, until_on);
        loop {
            let page = officer.bodies.list_terms_ending(request.clone()).await.expect("listed");
            let page = page.into_inner();
            for one in page.terms {
                let term = one.term.expect("a term");
                assert_eq!(one.ends_on.expect("a day").year, term.to_year);
                found.push((term.to_year, id(&one.organisation_id)));
            }
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(found, sorted, "those that end first come first");
        let mut units: Vec<Uuid> = found.into_iter().map(|(_, unit)| unit).collect();
        let mut expected: Vec<Uuid> = expected.into_iter().map(|code| world.unit(code)).collect();
        units.sort();
        expected.sort();
        assert_eq!(units, expected, "as of {as_of}, by {until_on}");
    }
}

#[tokio::test]
async fn a_vacancy_is_a_position_that_nobody_holds_or_a_seat_that_nobody_fills() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (district, unit, other) = (world.unit("HN-BD"), world.unit("BD-1"), world.unit("BD-2"));
    let held_on = date!(2025 - 10 - 01);
    let held = pb::HoldCongressRequest {
        member_count: 90,
        sizes: vec![
            pb::BodySize { body: "EXECUTIVE".to_string(), seats: 5 },
            pb::BodySize { body: "INSPECTION".to_string(), seats: 3 },
        ],
        ..congress(unit, 1, held_on, 5, [executive(3), vec![seat("INSPECTION", "MEMBER")]].concat())
    };
    let held = officer.congresses.hold_congress(held).await.expect("held").into_inner();
    let filled = |body: &str, position: &str, held, seats, below_half| {
        (unit, body.to_string(), position.to_string(), held, seats, below_half)
    };
    let chairless = |unit: Uuid| (unit, "EXECUTIVE".to_string(), "CHAIR".to_string(), 0, 1, false);
    let mut expected = vec![
        // Every organisation has an executive, with a chair.
        chairless(district),
        chairless(other),
        filled("EXECUTIVE", "", 3, 5, false),
        filled("INSPECTION", "", 1, 3, true),
        filled("INSPECTION", "CHAIR", 0, 1, false),
    ];
    expected.sort();
    assert_eq!(vacancies(&mut officer, district, held_on).await, expected);

    // The chair leaves, and the seat with her; the day before, nothing is known of it.
    let end = pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: vec![held.office_ids[0].clone()],
        effective_on: Some(civil(date!(2025 - 11 - 01))),
        ..Default::default()
    };
    officer.congresses.end_offices(end).await.expect("ended");
    let found = vacancies(&mut officer, unit, date!(2025 - 11 - 01)).await;
    assert!(found.contains(&chairless(unit)), "{found:?}");
    assert!(found.contains(&filled("EXECUTIVE", "", 2, 5, true)), "{found:?}");
    let found = vacancies(&mut officer, unit, date!(2025 - 10 - 31)).await;
    assert!(!found.contains(&chairless(unit)), "{found:?}");

    // A body that once was and is empty now has its vacancy; one that ended has none.
    let appoint =
        appointing(other, "WOMEN", date!(2025 - 09 - 01), vec![office("HEAD", Uuid::now_v7())]);
    let appointed = officer.congresses.appoint_committee(appoint).await.expect("appointed");
    let end = pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: appointed.into_inner().office_ids,
        effective_on: Some(civil(date!(2025 - 10 - 15))),
        ..Default::default()
    };
    officer.congresses.end_offices(end).await.expect("ended");
    let women = |found: Vec<(Uuid, String, String, i32, i32, bool)>| {
        found.into_iter().any(|one| one.0 == other && one.1 == "WOMEN")
    };
    assert!(!women(vacancies(&mut officer, district, date!(2025 - 10 - 14)).await));
    assert!(women(vacancies(&mut officer, district, date!(2025 - 10 - 15)).await));
    officer.ends(vec![dissolved(other)], date!(2025 - 12 - 01)).await.expect("ended");
    let found = vacancies(&mut officer, district, date!(2025 - 12 - 01)).await;
    assert!(!found.iter().any(|one| one.0 == other), "{found:?}");
}

#[tokio::test]
async fn bodies_are_over_or_under_size_by_the_congress_that_elected_them() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (over, under, right) = (world.unit("BD-1"), world.unit("BD-2"), world.unit("CG-1"));
    for (unit, seats) in [(over, 5), (under, 2), (right, 4)] {
        // 90 members: three seats at least, five at most.
        let held = pb::HoldCongressRequest {
            member_count: 90,
            ..congress(unit, 1, date!(2025 - 10 - 01), 5, executive(seats))
        };
        officer.congresses.hold_congress(held).await.expect("held");
    }
    // The superior adds one member to each.
    for unit in [over, right] {
        let offices = vec![office("MEMBER", Uuid::now_v7())];
        let appoint = appointing(unit, "EXECUTIVE", date!(2025 - 11 - 01), offices);
        officer.congresses.appoint_committee(appoint).await.expect("appointed");
    }
    let mut listed = async |as_of: Date| {
        let request = pb::ListBodiesOffSizeRequest {
            organisation_id: world.unit("HN").to_string(),
            as_of: Some(civil(as_of)),
            page_size: 1,
            ..Default::default()
        };
        let mut request = request;
        let mut found = Vec::new();
        loop {
            let page = officer.bodies.list_bodies_off_size(request.clone()).await.expect("listed");
            let page = page.into_inner();
            found.extend(page.bodies.into_iter().map(|one| {
                assert_eq!((one.most, one.allowed, one.member_count), (5, 5, 90));
                (id(&one.organisation_id), one.verdict(), one.held)
            }));
            if page.next_page_token.is_empty() {
                found.sort();
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    let too_few = (under, pb::SizeVerdict::Under, 2);
    assert_eq!(listed(date!(2025 - 09 - 30)).await, []);
    assert_eq!(listed(date!(2025 - 10 - 01)).await, [too_few]);
    let mut expected = [too_few, (over, pb::SizeVerdict::Over, 6)];
    expected.sort();
    assert_eq!(listed(date!(2025 - 11 - 01)).await, expected);
}

#[tokio::test]
async fn an_appointed_executive_holds_its_congress_within_twelve_months() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (appointed, elected) = (world.unit("BD-1"), world.unit("BD-2"));
    let held = congress(elected, 1, date!(2018 - 03 - 01), 5, executive(3));
    officer.congresses.hold_congress(held).await.expect("held");
    for unit in [appointed, elected] {
        // Where somebody sits already, those who are appointed only join an elected body.
        let offices = vec![office("MEMBER", Uuid::now_v7())];
        let appoint = appointing(unit, "EXECUTIVE", date!(2019 - 03 - 01), offices);
        officer.congresses.appoint_committee(appoint).await.expect("appointed");
    }
    // Founded by a superior, without a congress: its first executive is appointed.
    let founding = pb::FoundOrganisationRequest {
        offices: vec![seat("EXECUTIVE", "CHAIR")],
        ..founding(world.unit("HN-BD"), "BD-9", date!(2019 - 06 - 15))
    };
    let by_congress = pb::FoundOrganisationRequest {
        request_id: fresh(),
        code: "BD-10".to_string(),
        congress_on: Some(civil(date!(2019 - 06 - 01))),
        offices: vec![seat("EXECUTIVE", "CHAIR")],
        basis: Some(decided(date!(2019 - 06 - 15))),
        ..founding.clone()
    };
    let founded = officer.organisations.found_organisation(founding).await.expect("founded");
    let founded = id(&founded.into_inner().organisation_id);
    officer.organisations.found_organisation(by_congress).await.expect("founded");

    let mut late = async |as_of: Date| {
        let mut request = pb::ListLateCongressesRequest {
            organisation_id: world.unit("HN").to_string(),
            as_of: Some(civil(as_of)),
            page_size: 1,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = officer.bodies.list_late_congresses(request.clone()).await.expect("listed");
            let page = page.into_inner();
            found.extend(
                page.congresses
                    .into_iter()
                    .map(|one| (id(&one.organisation_id), one.appointed_on, one.due_on)),
            );
            if page.next_page_token.is_empty() {
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    let first = (appointed, Some(civil(date!(2019 - 03 - 01))), Some(civil(date!(2020 - 03 - 01))));
    let second = (founded, Some(civil(date!(2019 - 06 - 15))), Some(civil(date!(2020 - 06 - 15))));
    assert_eq!(late(date!(2020 - 03 - 01)).await, []);
    assert_eq!(late(date!(2020 - 03 - 02)).await, [first]);
    assert_eq!(late(date!(2020 - 07 - 01)).await, [first, second]);
    let held = congress(appointed, 1, date!(2020 - 07 - 10), 5, executive(3));
    world.actor("hanoi").congresses.hold_congress(held).await.expect("held");
    assert_eq!(late(date!(2020 - 07 - 10)).await, [second]);
    assert_eq!(late(date!(2020 - 07 - 09)).await, [first, second]);
}

fn plan(unit: Uuid, on: Date, candidates: &[Uuid]) -> pb::PlanSuccessionRequest {
    pb::PlanSuccessionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        position: "CHAIR".to_string(),
        term_from_year: 2023,
        term_to_year: 2028,
        planned_on: Some(civil(on)),
        candidate_ids: candidates.iter().map(Uuid::to_string).collect(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_succession_plan_is_in_force_until_the_next_for_the_same_post_and_term() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (unit, other) = (world.unit("BD-1"), world.unit("BD-2"));
    let people: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let first = plan(unit, date!(2021 - 03 - 01), &people[..2]);
    let first = officer.succession.plan_succession(first).await.expect("planned").into_inner();
    let reviewed = plan(unit, date!(2022 - 03 - 01), &[people[2], people[0]]);
    let reviewed =
        officer.succession.plan_succession(reviewed).await.expect("planned").into_inner();
    let next_term = pb::PlanSuccessionRequest {
        term_from_year: 2028,
        term_to_year: 2033,
        ..plan(other, date!(2021 - 06 - 01), &people)
    };
    let next_term = officer.succession.plan_succession(next_term).await.expect("planned");
    let next_term = next_term.into_inner();

    let mut listed = async |as_of: Date, term_from_year: i32| {
        let mut request = pb::ListSuccessionPlansRequest {
            organisation_id: world.unit("HN-BD").to_string(),
            as_of: Some(civil(as_of)),
            term_from_year,
            page_size: 1,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = officer.succession.list_succession_plans(request.clone()).await;
            let page = page.expect("listed").into_inner();
            found.extend(page.plans);
            if page.next_page_token.is_empty() {
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    let ids = |plans: &[pb::SuccessionPlan]| -> Vec<String> {
        plans.iter().map(|plan| plan.succession_plan_id.clone()).collect()
    };
    assert_eq!(ids(&listed(date!(2021 - 02 - 28), 0).await), Vec::<String>::new());
    let known = listed(date!(2022 - 02 - 28), 0).await;
    assert_eq!(ids(&known), [first.succession_plan_id, next_term.succession_plan_id.clone()]);
    let known = listed(date!(2022 - 03 - 01), 2023).await;
    assert_eq!(ids(&known), [reviewed.succession_plan_id]);
    assert_eq!(known[0].candidate_ids, [people[2].to_string(), people[0].to_string()]);
    assert_eq!(known[0].body, "EXECUTIVE");
    assert_eq!(ids(&listed(date!(2022 - 03 - 01), 2028).await), [next_term.succession_plan_id]);

    // Who may come next is nothing for those who only read.
    let request =
        pb::ListSuccessionPlansRequest { organisation_id: unit.to_string(), ..Default::default() };
    let answer = world.actor("reader").succession.list_succession_plans(request).await;
    assert_eq!(reason(answer), "PERMISSION_DENIED");
}

#[tokio::test]
async fn every_rule_of_a_succession_plan_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (unit, on) = (world.unit("BD-1"), date!(2021 - 03 - 01));
    let person = Uuid::now_v7();
    let good = || plan(unit, on, &[person]);
    officer.succession.plan_succession(good()).await.expect("planned");
    let tomorrow = today().next_day().expect("a day");
    for (reason, field, request) in [
        ("CANDIDATES_EMPTY", "candidate_ids", plan(unit, on, &[])),
        ("CANDIDATE_REPEATED", "candidate_ids[1]", plan(unit, on, &[person, person])),
        ("TOO_MANY_LINES", "candidate_ids", plan(unit, on, &[person; 51])),
        ("BODY_UNKNOWN", "body", pb::PlanSuccessionRequest { body: "X".into(), ..good() }),
        (
            "POSITION_UNKNOWN",
            "position",
            pb::PlanSuccessionRequest { position: "HEAD".into(), ..good() },
        ),
        (
            "TERM_INVALID",
            "term_from_year",
            pb::PlanSuccessionRequest { term_to_year: 2023, ..good() },
        ),
        ("LATER_ACT_KNOWN", "planned_on", good()),
        ("DATE_IN_FUTURE", "planned_on", plan(unit, tomorrow, &[person])),
        ("DATE_OUTSIDE_LIFE", "planned_on", plan(unit, date!(2009 - 01 - 01), &[person])),
        ("ORGANISATION_UNKNOWN", "organisation_id", plan(world.unit("CG-1"), on, &[person])),
    ] {
        let answer = officer.succession.plan_succession(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    officer.ends(vec![dissolved(unit)], date!(2022 - 01 - 01)).await.expect("ended");
    let answer = officer.succession.plan_succession(plan(unit, date!(2022 - 01 - 01), &[person]));
    assert_eq!(reason(answer.await), "ORGANISATION_ENDED");
}

#[tokio::test]
async fn every_list_of_bodies_answers_what_was_known_at_an_instant() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let as_of = Some(civil(date!(2025 - 12 - 01)));
    let before = OffsetDateTime::now_utc();
    let held = pb::HoldCongressRequest {
        member_count: 90,
        sizes: vec![pb::BodySize { body: "EXECUTIVE".to_string(), seats: 5 }],
        ..congress(unit, 1, date!(2025 - 10 - 01), 1, executive(3))
    };
    admin.congresses.hold_congress(held).await.expect("held");
    let appointed =
        appointing(world.unit("BD-2"), "EXECUTIVE", date!(2024 - 01 - 01), executive(1));
    admin.congresses.appoint_committee(appointed).await.expect("appointed");
    let act = world.published().await.last().expect("an act").0;
    let person = Uuid::now_v7();
    let sent = pb::BeginSecondmentRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        host_id: world.unit("HN-BD").to_string(),
        person_id: person.to_string(),
        effective_on: Some(civil(date!(2025 - 10 - 01))),
        ..Default::default()
    };
    admin.secondments.begin_secondment(sent).await.expect("begun");
    let committee = pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN").to_string(),
        name: "Ban Chỉ đạo".to_string(),
        members: vec![office("STANDING_DEPUTY_HEAD", person)],
        effective_on: Some(civil(date!(2025 - 10 - 01))),
        ..Default::default()
    };
    let committee = admin.steering.establish_steering_committee(committee).await;
    let committee = committee.expect("established").into_inner();
    let follow = pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: committee.steering_committee_id.clone(),
        office_id: committee.office_ids[0].clone(),
        unit_id: unit.to_string(),
        effective_on: Some(civil(date!(2025 - 10 - 01))),
        ..Default::default()
    };
    admin.steering.assign_unit(follow).await.expect("assigned");
    let planned = pb::PlanSuccessionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        position: "CHAIR".to_string(),
        term_from_year: 2025,
        term_to_year: 2030,
        planned_on: Some(civil(date!(2025 - 10 - 01))),
        candidate_ids: vec![person.to_string()],
        ..Default::default()
    };
    admin.succession.plan_succession(planned).await.expect("planned");

    // How long each list is: terms ending, vacancies of the executive's seats, late congresses,
    // secondments, committees, assignments, followers, offices, succession plans.
    let lengths = async |admin: &mut Actor, known: Option<OffsetDateTime>| -> [usize; 9] {
        let known_at = known.map(instant);
        let organisation_id = world.unit("HN").to_string();
        let request = pb::ListTermsEndingRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            until_on: Some(civil(date!(2026 - 12 - 31))),
            known_at,
            ..Default::default()
        };
        let terms = admin.bodies.list_terms_ending(request).await.expect("listed").into_inner();
        let request = pb::ListVacanciesRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let vacancies = admin.bodies.list_vacancies(request).await.expect("listed").into_inner();
        let request = pb::ListLateCongressesRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let late = admin.bodies.list_late_congresses(request).await.expect("listed").into_inner();
        let request = pb::ListSecondmentsRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let sent = admin.secondments.list_secondments(request).await.expect("listed").into_inner();
        let request = pb::ListSteeringCommitteesRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let committees = admin.steering.list_steering_committees(request).await.expect("listed");
        let request = pb::ListUnitAssignmentsRequest {
            steering_committee_id: committee.steering_committee_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let assigned = admin.steering.list_unit_assignments(request).await.expect("listed");
        let request = pb::ListUnitFollowersRequest {
            organisation_id: unit.to_string(),
            as_of,
            known_at,
            ..Default::default()
        };
        let followers = admin.steering.list_unit_followers(request).await.expect("listed");
        let request = pb::ListOfficesRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let offices = admin.congresses.list_offices(request).await.expect("listed").into_inner();
        let request = pb::ListSuccessionPlansRequest {
            organisation_id,
            as_of,
            known_at,
            ..Default::default()
        };
        let plans = admin.succession.list_succession_plans(request).await.expect("listed");
        [
            terms.terms.len(),
            vacancies.vacancies.iter().filter(|one| one.position.is_empty()).count(),
            late.congresses.len(),
            sent.secondments.len(),
            committees.into_inner().committees.len(),
            assigned.into_inner().assignments.len(),
            followers.into_inner().assignments.len(),
            offices.offices.len(),
            plans.into_inner().plans.len(),
        ]
    };
    assert_eq!(lengths(&mut admin, None).await, [1, 1, 1, 1, 1, 1, 1, 5, 1]);
    assert_eq!(lengths(&mut admin, Some(before)).await, [0; 9]);

    // An appointment that was undone lets no congress be late; it was late meanwhile.
    let known = OffsetDateTime::now_utc();
    admin.undoes(act).await.expect("undone");
    assert_eq!(lengths(&mut admin, None).await, [1, 1, 0, 1, 1, 1, 1, 4, 1]);
    assert_eq!(lengths(&mut admin, Some(known)).await, [1, 1, 1, 1, 1, 1, 1, 5, 1]);
}

#[tokio::test]
async fn a_body_over_size_is_told_as_it_was_known() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let held = pb::HoldCongressRequest {
        member_count: 90,
        ..congress(unit, 1, date!(2025 - 10 - 01), 5, executive(5))
    };
    let held = admin.congresses.hold_congress(held).await.expect("held").into_inner();
    let before = OffsetDateTime::now_utc();
    let end = pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: held.office_ids[1..].to_vec(),
        effective_on: Some(civil(date!(2025 - 11 - 01))),
        ..Default::default()
    };
    admin.congresses.end_offices(end).await.expect("ended");
    let off = async |admin: &mut Actor, known: Option<OffsetDateTime>| {
        let request = pb::ListBodiesOffSizeRequest {
            organisation_id: unit.to_string(),
            as_of: Some(civil(date!(2025 - 12 - 01))),
            known_at: known.map(instant),
            ..Default::default()
        };
        let listed = admin.bodies.list_bodies_off_size(request).await.expect("listed");
        listed.into_inner().bodies.iter().map(pb::BodyOffSize::verdict).collect::<Vec<_>>()
    };
    assert_eq!(off(&mut admin, None).await, [pb::SizeVerdict::Under]);
    assert_eq!(off(&mut admin, Some(before)).await, []);
}

#[tokio::test]
async fn what_has_ended_owes_no_congress_and_lacks_nobody() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("BD-1");
    let offices = vec![office("MEMBER", Uuid::now_v7())];
    let appoint = appointing(unit, "EXECUTIVE", date!(2019 - 03 - 01), offices);
    officer.congresses.appoint_committee(appoint).await.expect("appointed");
    officer.ends(vec![dissolved(unit)], date!(2021 - 01 - 01)).await.expect("ended");
    for (as_of, owes) in [(date!(2020 - 12 - 31), true), (date!(2021 - 01 - 01), false)] {
        let (organisation_id, as_of) = (unit.to_string(), Some(civil(as_of)));
        let late = pb::ListLateCongressesRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            ..Default::default()
        };
        let late = officer.bodies.list_late_congresses(late).await.expect("listed").into_inner();
        assert_eq!(late.congresses.is_empty(), !owes);
        let vacant = pb::ListVacanciesRequest { organisation_id, as_of, ..Default::default() };
        let vacant = officer.bodies.list_vacancies(vacant).await.expect("listed").into_inner();
        assert_eq!(vacant.vacancies.is_empty(), !owes);
    }
}
