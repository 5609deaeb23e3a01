use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

pub fn employer(name: &str, workforce: i32) -> pb::SurveyedEmployer {
    pb::SurveyedEmployer {
        name: name.to_string(),
        sector: "NNN_TNHH".to_string(),
        workforce,
        workforce_female: workforce / 2,
        ..Default::default()
    }
}

pub fn survey(
    surveyor: Uuid,
    on: Date,
    employers: Vec<pb::SurveyedEmployer>,
) -> pb::SurveyEmployersRequest {
    pb::SurveyEmployersRequest {
        request_id: fresh(),
        organisation_id: surveyor.to_string(),
        surveyed_on: Some(civil(on)),
        employers,
        ..Default::default()
    }
}

async fn without_union(actor: &mut Actor, unit: Uuid, on: Date) -> Vec<(String, i32)> {
    let mut all = Vec::new();
    let mut request = pb::ListEmployersWithoutUnionRequest {
        organisation_id: unit.to_string(),
        min_workforce: 20,
        as_of: Some(civil(on)),
        page_size: 2,
        ..Default::default()
    };
    loop {
        let page = actor.employers.list_employers_without_union(request.clone()).await;
        let page = page.expect("listed").into_inner();
        all.extend(page.employers.into_iter().map(|one| (one.name, one.workforce)));
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn employers_of_twenty_and_more_without_a_union_are_listed_largest_first() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (district, on) = (world.unit("HN-BD"), date!(2018 - 03 - 01));
    let with_union = pb::SurveyedEmployer {
        union_ids: vec![world.unit("BD-1").to_string()],
        ..employer("Có công đoàn", 90)
    };
    let employers = vec![
        employer("Vừa đủ", 20),
        employer("Thiếu một", 19),
        employer("Lớn", 300),
        employer("Trung bình", 55),
        with_union,
    ];
    let found = officer.employers.survey_employers(survey(district, on, employers)).await;
    let ids = found.expect("surveyed").into_inner().employer_ids;
    let expected = [("Lớn", 300), ("Trung bình", 55), ("Vừa đủ", 20)];
    let expected = expected.map(|(name, workforce)| (name.to_string(), workforce));
    assert_eq!(without_union(&mut officer, district, on).await, expected);
    assert_eq!(without_union(&mut officer, district, date!(2018 - 02 - 28)).await, []);

    // A founding for its workers takes an employer off the list, from that date on.
    let founding = pb::FoundOrganisationRequest {
        employer_ids: vec![ids[2].clone()],
        ..founding(district, "BD-L", date!(2019 - 01 - 01))
    };
    officer.organisations.found_organisation(founding).await.expect("founded");
    assert_eq!(without_union(&mut officer, district, date!(2019 - 01 - 01)).await, expected[1..]);
    assert_eq!(without_union(&mut officer, district, date!(2018 - 12 - 31)).await, expected);
    let last = world.published().await.pop().expect("a change").2;
    let Change::EmployersRecorded(told) = last else { panic!("{last:?}") };
    assert_eq!((told.employers[0].workforce, told.employers[0].union_ids.len()), (300, 1));

    // A union that ends leaves its employer without one.
    officer.ends(vec![dissolved(world.unit("BD-1"))], date!(2020 - 01 - 01)).await.expect("ended");
    let names = without_union(&mut officer, district, date!(2020 - 01 - 01)).await;
    assert_eq!(names[0].0, "Có công đoàn");

    // Surveyed again, an employer is known by its id and counts as found last.
    let smaller =
        pb::SurveyedEmployer { employer_id: ids[3].clone(), ..employer("Trung bình", 12) };
    let again = survey(district, date!(2021 - 01 - 01), vec![smaller.clone()]);
    officer.employers.survey_employers(again).await.expect("surveyed");
    let names = without_union(&mut officer, district, date!(2021 - 01 - 01)).await;
    assert!(!names.iter().any(|(name, _)| name == "Trung bình"));
    let earlier = survey(district, date!(2020 - 06 - 01), vec![smaller]);
    let answer = officer.employers.survey_employers(earlier).await;
    assert_eq!(refused(answer), ("EMPLOYER_SURVEYED_LATER".into(), "employers[0]".into()));
}

#[tokio::test]
async fn every_rule_of_a_survey_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (district, on) = (world.unit("HN-BD"), date!(2018 - 03 - 01));
    let spoiled = |spoil: &dyn Fn(&mut pb::SurveyedEmployer)| {
        let mut one = employer("Một", 30);
        spoil(&mut one);
        survey(district, on, vec![one])
    };
    let taxed = pb::SurveyedEmployer { tax_code: "0999000111".into(), ..employer("Có mã", 30) };
    for (reason, request) in [
        ("EMPLOYERS_EMPTY", survey(district, on, vec![])),
        ("TOO_MANY_EMPLOYERS", survey(district, on, vec![employer("Một", 30); 1_001])),
        ("EMPLOYER_UNKNOWN", spoiled(&|one| one.employer_id = fresh())),
        ("WORKFORCE_INVALID", spoiled(&|one| one.workforce_female = 31)),
        ("WORKFORCE_INVALID", spoiled(&|one| one.workforce = -1)),
        ("SECTOR_UNKNOWN", spoiled(&|one| one.sector = "X".into())),
        ("ENTERPRISE_TYPE_UNKNOWN", spoiled(&|one| one.enterprise_type = "X".into())),
        ("TAX_CODE_INVALID", spoiled(&|one| one.tax_code = "0999".into())),
        ("TAX_CODE_INVALID", spoiled(&|one| one.tax_code = "0999000111-1".into())),
        ("ORGANISATION_UNKNOWN", spoiled(&|one| one.union_ids = vec![fresh()])),
        ("EMPLOYER_REPEATED", survey(district, on, vec![taxed.clone(), taxed.clone()])),
        (
            "DATE_IN_FUTURE",
            survey(district, today().next_day().expect("a day"), vec![taxed.clone()]),
        ),
        ("DATE_OUTSIDE_LIFE", survey(district, date!(2009 - 01 - 01), vec![taxed.clone()])),
        ("ORGANISATION_UNKNOWN", survey(world.unit("HN-CG"), on, vec![taxed])),
    ] {
        let answer = officer.employers.survey_employers(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}

#[tokio::test]
async fn a_campaign_goes_forward_and_its_funnel_counts_where_employers_stand() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (district, on) = (world.unit("HN-BD"), date!(2018 - 03 - 01));
    let employers = vec![employer("A", 30), employer("B", 40), employer("C", 50)];
    let found = officer.employers.survey_employers(survey(district, on, employers)).await;
    let ids = found.expect("surveyed").into_inner().employer_ids;
    let stage = |employer: &str, stage: &str, on| pb::ReachCampaignStageRequest {
        request_id: fresh(),
        organisation_id: district.to_string(),
        employer_id: employer.to_string(),
        stage: stage.to_string(),
        reached_on: Some(civil(on)),
        ..Default::default()
    };
    let founded = pb::ReachCampaignStageRequest {
        union_id: world.unit("BD-1").to_string(),
        ..stage(&ids[0], "FOUNDED", date!(2018 - 06 - 01))
    };
    let blocked = pb::ReachCampaignStageRequest {
        block_reason: "Chủ doanh nghiệp chưa đồng thuận".to_string(),
        ..stage(&ids[1], "BLOCKED", date!(2018 - 05 - 01))
    };
    for request in [
        stage(&ids[0], "ELIGIBLE", date!(2018 - 04 - 01)),
        stage(&ids[0], "CANVASSED", date!(2018 - 04 - 15)),
        founded.clone(),
        stage(&ids[1], "ELIGIBLE", date!(2018 - 04 - 01)),
        blocked,
        stage(&ids[1], "CANVASSED", date!(2018 - 06 - 01)),
        stage(&ids[2], "ELIGIBLE", date!(2018 - 04 - 01)),
    ] {
        officer.employers.reach_campaign_stage(request).await.expect("reached");
    }
    for (reason, request) in [
        ("STAGE_OUT_OF_ORDER", stage(&ids[1], "ELIGIBLE", date!(2018 - 07 - 01))),
        ("STAGE_OUT_OF_ORDER", stage(&ids[1], "CANVASSED", date!(2018 - 07 - 01))),
        ("LATER_ACT_KNOWN", stage(&ids[1], "ORGANISING_COMMITTEE", date!(2018 - 05 - 15))),
        ("STAGE_UNKNOWN", stage(&ids[1], "X", date!(2018 - 07 - 01))),
        ("UNION_REQUIRED", stage(&ids[1], "FOUNDED", date!(2018 - 07 - 01))),
        (
            "UNION_NOT_ALLOWED",
            pb::ReachCampaignStageRequest {
                request_id: fresh(),
                stage: "ELIGIBLE".into(),
                ..founded
            },
        ),
        ("BLOCK_REASON_REQUIRED", stage(&ids[1], "BLOCKED", date!(2018 - 07 - 01))),
        ("EMPLOYER_UNKNOWN", stage(&fresh(), "ELIGIBLE", date!(2018 - 07 - 01))),
    ] {
        let answer = officer.employers.reach_campaign_stage(request).await;
        assert_eq!(self::reason(answer), reason);
    }

    let funnel = pb::GetCampaignFunnelRequest {
        organisation_id: world.unit("HN").to_string(),
        min_workforce: 20,
        as_of: Some(civil(date!(2018 - 12 - 31))),
        ..Default::default()
    };
    let counted = world.actor("reader").employers.get_campaign_funnel(funnel).await;
    let counted: Vec<(String, i32, i32)> = counted
        .expect("counted")
        .into_inner()
        .stages
        .into_iter()
        .map(|stage| (stage.stage, stage.standing, stage.reached))
        .collect();
    let expected = [
        ("ELIGIBLE", 1, 3),
        ("CANVASSED", 1, 2),
        ("ORGANISING_COMMITTEE", 0, 0),
        ("FOUNDED", 1, 1),
        ("BLOCKED", 0, 1),
    ];
    assert_eq!(
        counted,
        expected.map(|(stage, standing, reached)| (stage.to_string(), standing, reached))
    );
}

#[tokio::test]
async fn an_employer_is_known_by_its_kind_tax_code_surveys_and_unions() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (district, first) = (world.unit("HN-BD"), date!(2018 - 03 - 01));
    let (one, two) = (world.unit("BD-1").to_string(), world.unit("BD-2").to_string());
    let branch = pb::SurveyedEmployer {
        tax_code: "0999000111001".to_string(),
        enterprise_type: "CTCP".to_string(),
        union_ids: vec![one.clone(), two.clone()],
        ..employer("Chi nhánh", 40)
    };
    let nursery = pb::SurveyedEmployer {
        enterprise_type: "NHOM_TRE".to_string(),
        union_ids: vec![one.clone()],
        ..employer("Nhóm trẻ", 12)
    };
    let found = officer.employers.survey_employers(survey(district, first, vec![branch, nursery]));
    let ids = found.await.expect("surveyed").into_inner().employer_ids;
    // Surveyed again by its tax code, in either form: grown, and with one union less.
    let again = pb::SurveyedEmployer {
        tax_code: "0999000111-001".to_string(),
        enterprise_type: "CTCP".to_string(),
        union_ids: vec![two.clone()],
        ..employer("Chi nhánh", 60)
    };
    let second = date!(2019 - 03 - 01);
    let found = officer.employers.survey_employers(survey(district, second, vec![again])).await;
    assert_eq!(found.expect("surveyed").into_inner().employer_ids, ids[..1]);

    let request = pb::GetEmployerRequest { employer_id: ids[0].clone() };
    let known = officer.employers.get_employer(request.clone()).await.expect("read").into_inner();
    assert_eq!(known.tax_code, "0999000111-001");
    let surveys: Vec<_> =
        known.surveys.iter().map(|one| (one.surveyed_on, one.workforce)).collect();
    assert_eq!(surveys, [(Some(civil(first)), 40), (Some(civil(second)), 60)]);
    let mut unions: Vec<_> =
        known.unions.into_iter().map(|one| (one.union_id, one.from_on, one.until_on)).collect();
    unions.sort_by(|a, b| a.0.cmp(&b.0));
    let mut expected = [
        (one.clone(), Some(civil(first)), Some(civil(second))),
        (two.clone(), Some(civil(first)), None),
    ];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(unions, expected);
    let answer = world.actor("nobody").employers.get_employer(request).await;
    assert_eq!(reason(answer), "PERMISSION_DENIED");
    let request = pb::GetEmployerRequest { employer_id: fresh() };
    assert_eq!(reason(officer.employers.get_employer(request).await), "EMPLOYER_UNKNOWN");

    let mut listed = async |min, max, kind: &str, on: Date| {
        let mut request = pb::ListEmployersRequest {
            organisation_id: district.to_string(),
            min_workforce: min,
            max_workforce: max,
            enterprise_type: kind.to_string(),
            as_of: Some(civil(on)),
            page_size: 1,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = officer.employers.list_employers(request.clone()).await.expect("listed");
            let page = page.into_inner();
            found.extend(
                page.employers
                    .into_iter()
                    .map(|one| (one.name, one.workforce, one.union_ids.len())),
            );
            if page.next_page_token.is_empty() {
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    let branch = |workforce, unions| ("Chi nhánh".to_string(), workforce, unions);
    let nursery = ("Nhóm trẻ".to_string(), 12, 1);
    assert_eq!(listed(0, 0, "", first).await, [branch(40, 2), nursery.clone()]);
    assert_eq!(listed(0, 0, "", second).await, [branch(60, 1), nursery.clone()]);
    assert_eq!(listed(10, 19, "", second).await, std::slice::from_ref(&nursery));
    assert_eq!(listed(0, 0, "NHOM_TRE", second).await, [nursery]);
    assert_eq!(listed(20, 0, "NHOM_TRE", second).await, []);
}

#[tokio::test]
async fn employers_outlast_the_district_that_surveyed_them_and_the_union_that_merged() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (district, on) = (world.unit("HN-BD"), date!(2018 - 03 - 01));
    let (kept, merged) = (world.unit("BD-1"), world.unit("BD-2"));
    let with_union = pb::SurveyedEmployer {
        union_ids: vec![merged.to_string()],
        ..employer("Có công đoàn", 90)
    };
    let employers = vec![employer("Chưa có", 30), with_union];
    officer.employers.survey_employers(survey(district, on, employers)).await.expect("surveyed");
    let end = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: kept.to_string(),
        ..dissolved(merged)
    };
    officer.ends(vec![end], date!(2019 - 01 - 01)).await.expect("ended");
    let expected = [("Chưa có".to_string(), 30)];
    assert_eq!(without_union(&mut officer, district, date!(2019 - 01 - 01)).await, expected);

    // The district ends; the city goes on with what it had surveyed.
    let city = world.unit("HN");
    officer.hands_over(&[kept], city, date!(2020 - 01 - 01)).await.expect("handed over");
    let end = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Terminated.into(),
        ..dissolved(district)
    };
    officer.ends(vec![end], date!(2020 - 01 - 01)).await.expect("ended");
    assert_eq!(without_union(&mut officer, city, date!(2020 - 01 - 01)).await, expected);
    assert_eq!(without_union(&mut officer, city, date!(2019 - 12 - 31)).await, expected);
    let other = world.unit("HN-CG");
    assert_eq!(without_union(&mut officer, other, date!(2020 - 01 - 01)).await, []);
    // Asked about by itself, what has ended has nothing that its heir has.
    assert_eq!(without_union(&mut officer, district, date!(2019 - 12 - 31)).await, expected);
    assert_eq!(without_union(&mut officer, district, date!(2020 - 01 - 01)).await, []);
}

#[tokio::test]
async fn a_funnel_is_counted_by_unit_and_by_what_was_reached_within_a_period() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (city, on) = (world.unit("HN"), date!(2018 - 03 - 01));
    let employers = vec![employer("A", 30), employer("B", 40)];
    let found = officer.employers.survey_employers(survey(city, on, employers)).await;
    let ids = found.expect("surveyed").into_inner().employer_ids;
    let stage = |unit: &str, employer: &str, stage: &str, on| pb::ReachCampaignStageRequest {
        request_id: fresh(),
        organisation_id: world.unit(unit).to_string(),
        employer_id: employer.to_string(),
        stage: stage.to_string(),
        reached_on: Some(civil(on)),
        ..Default::default()
    };
    let blocked = pb::ReachCampaignStageRequest {
        block_reason: "Chủ doanh nghiệp chưa đồng thuận".to_string(),
        ..stage("HN-CG", &ids[1], "BLOCKED", date!(2019 - 02 - 01))
    };
    for request in [
        stage("HN-BD", &ids[0], "ELIGIBLE", date!(2018 - 04 - 01)),
        stage("HN-BD", &ids[0], "CANVASSED", date!(2019 - 04 - 01)),
        stage("HN-CG", &ids[1], "ELIGIBLE", date!(2018 - 05 - 01)),
        blocked,
        // The city campaigns for one that a district campaigns for as well.
        stage("HN", &ids[0], "ELIGIBLE", date!(2018 - 06 - 01)),
    ] {
        officer.employers.reach_campaign_stage(request).await.expect("reached");
    }
    let request = pb::GetCampaignFunnelRequest {
        organisation_id: city.to_string(),
        as_of: Some(civil(date!(2019 - 12 - 31))),
        by_unit: true,
        ..Default::default()
    };
    type Stage = pb::get_campaign_funnel_response::Stage;
    let at = |stages: &[Stage], name: &str| {
        let one = stages.iter().find(|one| one.stage == name).expect("a stage");
        (one.standing, one.reached)
    };
    let ever = officer.employers.get_campaign_funnel(request.clone()).await.expect("counted");
    let ever = ever.into_inner();
    assert_eq!(at(&ever.stages, "ELIGIBLE"), (0, 2));
    assert_eq!(at(&ever.stages, "CANVASSED"), (1, 1));
    assert_eq!(at(&ever.stages, "BLOCKED"), (1, 1));
    let of = |funnel: &pb::GetCampaignFunnelResponse, unit: &str| {
        let unit_id = world.unit(unit).to_string();
        let found = funnel.units.iter().find(|one| one.organisation_id == unit_id);
        found.map(|one| one.stages.clone()).unwrap_or_default()
    };
    assert_eq!(ever.units.len(), 3);
    assert_eq!(at(&of(&ever, "HN-BD"), "ELIGIBLE"), (0, 1));
    assert_eq!(at(&of(&ever, "HN-BD"), "CANVASSED"), (1, 1));
    assert_eq!(at(&of(&ever, "HN-CG"), "BLOCKED"), (1, 1));
    assert_eq!(at(&of(&ever, "HN"), "ELIGIBLE"), (1, 1));
    let in_2019 =
        pb::GetCampaignFunnelRequest { from_on: Some(civil(date!(2019 - 01 - 01))), ..request };
    let in_2019 = officer.employers.get_campaign_funnel(in_2019).await.expect("counted");
    let in_2019 = in_2019.into_inner();
    assert_eq!(at(&in_2019.stages, "ELIGIBLE"), (0, 0));
    assert_eq!(at(&in_2019.stages, "CANVASSED"), (1, 1));

    // The campaigns themselves say where each stands, and why it does not go on.
    let mut listed = async |stage: &str, on: Date| {
        let mut request = pb::ListCampaignsRequest {
            organisation_id: city.to_string(),
            as_of: Some(civil(on)),
            stage: stage.to_string(),
            page_size: 1,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = officer.employers.list_campaigns(request.clone()).await.expect("listed");
            let page = page.into_inner();
            found.extend(page.campaigns);
            if page.next_page_token.is_empty() {
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    assert_eq!(listed("", date!(2018 - 05 - 31)).await.len(), 2);
    assert_eq!(listed("", date!(2019 - 12 - 31)).await.len(), 3);
    let blocked = listed("BLOCKED", date!(2019 - 12 - 31)).await;
    assert_eq!(blocked.len(), 1);
    assert_eq!(blocked[0].block_reason, "Chủ doanh nghiệp chưa đồng thuận");
    assert_eq!(blocked[0].opened_on, Some(civil(date!(2018 - 05 - 01))));
    assert_eq!(blocked[0].reached_on, Some(civil(date!(2019 - 02 - 01))));
}

fn with_unions(id: &str, unions: &[Uuid]) -> pb::SurveyedEmployer {
    pb::SurveyedEmployer {
        employer_id: id.to_string(),
        union_ids: unions.iter().map(Uuid::to_string).collect(),
        ..employer("Nhà máy", 60)
    }
}

/// The unions of an employer on a day, as registry lists them.
async fn unions_on(actor: &mut Actor, unit: Uuid, on: Date) -> Vec<String> {
    let request = pb::ListEmployersRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(on)),
        ..Default::default()
    };
    let listed = actor.employers.list_employers(request).await.expect("listed").into_inner();
    listed.employers.into_iter().flat_map(|employer| employer.union_ids).collect()
}

/// The unions that a follower knows of who keeps the last change of each day.
async fn followed_on(world: &World, employer: &str, on: Date) -> Vec<String> {
    let mut days = std::collections::BTreeMap::new();
    for (_, day, change) in world.published().await {
        let Change::EmployersRecorded(recorded) = change else { continue };
        for one in recorded.employers {
            if one.employer_id == employer {
                days.insert(day, one.union_ids);
            }
        }
    }
    days.range(..=on).next_back().map(|(_, unions)| unions.clone()).unwrap_or_default()
}

#[tokio::test]
async fn a_survey_says_what_was_so_on_its_day_and_takes_nothing_from_a_later_founding() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let district = world.unit("HN-BD");
    let first = survey(district, date!(2024 - 01 - 10), vec![employer("Nhà máy", 60)]);
    let found = officer.employers.survey_employers(first).await.expect("surveyed");
    let id = found.into_inner().employer_ids[0].clone();
    let founded = |code: &str, on| pb::FoundOrganisationRequest {
        employer_ids: vec![id.clone()],
        ..founding(district, code, on)
    };
    let (second_on, first_on) = (date!(2024 - 05 - 10), date!(2024 - 03 - 10));
    let answer = officer.organisations.found_organisation(founded("BD-8", second_on)).await;
    let second = answer.expect("founded").into_inner().organisation_id;
    let answer = officer.organisations.found_organisation(founded("BD-9", first_on)).await;
    let first = answer.expect("founded").into_inner().organisation_id;
    let later = survey(district, date!(2024 - 02 - 10), vec![with_unions(&id, &[])]);
    officer.employers.survey_employers(later).await.expect("surveyed");
    // Of the founding's own day, a survey leaves it out.
    let same = survey(district, first_on, vec![with_unions(&id, &[])]);
    officer.employers.survey_employers(same).await.expect("surveyed");

    let mut both = vec![first.clone(), second.clone()];
    both.sort_unstable();
    for (on, expected) in [
        (date!(2024 - 01 - 20), vec![]),
        (date!(2024 - 02 - 20), vec![]),
        (first_on, vec![first.clone()]),
        (date!(2024 - 04 - 01), vec![first.clone()]),
        (second_on, both.clone()),
        (date!(2025 - 01 - 01), both.clone()),
    ] {
        assert_eq!(unions_on(&mut officer, district, on).await, expected, "{on}");
        assert_eq!(followed_on(&world, &id, on).await, expected, "as told, {on}");
    }

    // A later survey says otherwise.
    let later = survey(
        district,
        date!(2025 - 02 - 01),
        vec![with_unions(&id, &[crate::world::id(&second)])],
    );
    officer.employers.survey_employers(later).await.expect("surveyed");
    for (on, expected) in
        [(date!(2025 - 01 - 31), both), (date!(2025 - 02 - 01), vec![second.clone()])]
    {
        assert_eq!(unions_on(&mut officer, district, on).await, expected, "{on}");
        assert_eq!(followed_on(&world, &id, on).await, expected, "as told, {on}");
    }
}

#[tokio::test]
async fn a_founding_that_is_taken_back_leaves_the_employer_as_it_was_whatever_was_surveyed_since() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let district = world.unit("HN-BD");
    let first = survey(district, date!(2024 - 01 - 10), vec![employer("Nhà máy", 60)]);
    let found = admin.employers.survey_employers(first).await.expect("surveyed");
    let id = found.into_inner().employer_ids[0].clone();
    let union = admin.founds(district, "BD-9", date!(2024 - 03 - 10)).await.expect("founded");
    let founding_act = world.published().await.last().expect("an act").0;
    let surveyed = survey(district, date!(2024 - 06 - 10), vec![with_unions(&id, &[union])]);
    admin.employers.survey_employers(surveyed).await.expect("surveyed");
    let on = date!(2024 - 07 - 01);
    assert_eq!(unions_on(&mut admin, district, on).await, [union.to_string()]);

    admin.undoes(founding_act).await.expect("a survey is no obstacle");
    assert_eq!(unions_on(&mut admin, district, on).await, [""; 0]);
    assert_eq!(followed_on(&world, &id, on).await, [""; 0]);
    let read = pb::GetEmployerRequest { employer_id: id };
    let read = admin.employers.get_employer(read).await.expect("read").into_inner();
    assert_eq!((read.surveys.len(), read.unions.len()), (2, 0));
}
