use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

fn employer(name: &str, workforce: i32) -> pb::SurveyedEmployer {
    pb::SurveyedEmployer {
        name: name.to_string(),
        sector: "NNN_TNHH".to_string(),
        workforce,
        workforce_female: workforce / 2,
        ..Default::default()
    }
}

fn survey(
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
    let taxed = pb::SurveyedEmployer { tax_code: "0100".into(), ..employer("Có mã", 30) };
    for (reason, request) in [
        ("EMPLOYERS_EMPTY", survey(district, on, vec![])),
        ("EMPLOYER_UNKNOWN", spoiled(&|one| one.employer_id = fresh())),
        ("WORKFORCE_INVALID", spoiled(&|one| one.workforce_female = 31)),
        ("WORKFORCE_INVALID", spoiled(&|one| one.workforce = -1)),
        ("SECTOR_UNKNOWN", spoiled(&|one| one.sector = "X".into())),
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
