//! What a sentence claims is what it counts: of each that was mended, who is not counted.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{DelegationSent, WelfareGiven, delegation_sent, welfare_given};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{CongressHeld, EmployersRecorded, employers_recorded};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::activities::{YEAR, activity, record, try_correct, unions, with};
use crate::world::{Actor, World};

async fn says(actor: &mut Actor, head: Uuid, sentence: &str) {
    prints(actor, "BA_DINH", head, sentence).await;
}

async fn prints(actor: &mut Actor, template: &str, head: Uuid, sentence: &str) {
    let lines = actor.print(template, head, YEAR, &[]).await.expect("printed");
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert!(texts.contains(&sentence), "{sentence}: {texts:?}");
}

#[tokio::test]
async fn guided_are_the_unions_that_somebody_guided_each_once_and_not_all_that_held_a_congress() {
    let world = World::start().await;
    let mut officer = world.officer();
    let all = world.loads_unions(world.badinh, "NNN_CP", 5);
    for union in &all[..4] {
        let held_on = date!(2021 - 06 - 01);
        let congress = CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: union.to_string(),
            ordinal: 2,
            held_on: Some(civil(held_on)),
            term_from_year: 2021,
            term_to_year: 2026,
            ..Default::default()
        };
        world.says(held_on, RegistryWhat::CongressHeld(congress));
    }
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let guide = |by, on: Date, guided: &[Uuid]| {
        with(&activity("CONGRESS_GUIDANCE", by, on), unions("unions", guided))
    };
    let day = date!(2021 - 05 - 04);
    let id = record(&mut officer, guide(world.badinh, day, &[all[0], all[1]])).await;
    // Guided twice, still one; and one whose congress is yet to come.
    record(&mut officer, guide(world.badinh, date!(2021 - 05 - 25), &[all[0], all[4]])).await;
    // Guided by the province, and in another year: none of the district's of this one.
    record(&mut officer, guide(world.hanoi, day, &[all[2]])).await;
    record(&mut officer, guide(world.badinh, date!(2020 - 05 - 04), &[all[3]])).await;
    says(&mut officer, world.badinh, "hướng dẫn 3 CĐCS tiến hành Đại hội nhiệm kỳ").await;
    assert_eq!(officer.value("CONG_HELD", world.badinh, YEAR, None).await, 4);
    assert_eq!(officer.value("CONGRESS_GUIDED", world.hanoi, YEAR, None).await, 4);
    let figure = officer.figure("CONGRESS_GUIDED", world.badinh, YEAR, None).await;
    assert_eq!(officer.explained(&figure, false, 10).await[0].changes.len(), 2);

    // The second was not guided, but the third: one change that shows one and takes back another.
    let now = guide(world.badinh, day, &[all[0], all[2]]);
    try_correct(&mut officer, &id, now, 0).await.expect("corrected");
    says(&mut officer, world.badinh, "hướng dẫn 3 CĐCS tiến hành Đại hội nhiệm kỳ").await;
    let now = guide(world.badinh, day, &[all[0]]);
    try_correct(&mut officer, &id, now, 0).await.expect("corrected");
    says(&mut officer, world.badinh, "hướng dẫn 2 CĐCS tiến hành Đại hội nhiệm kỳ").await;
    let figure = officer.figure("CONGRESS_GUIDED", world.badinh, YEAR, None).await;
    let units = officer.explained(&figure, false, 10).await;
    let amounts: Vec<i64> = units[0].changes.iter().map(|change| change.amount).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 3, "two guided, one of them twice: {amounts:?}");
    world.stop().await;
}

#[tokio::test]
async fn commended_are_delegates_of_non_state_unions_to_that_commendation_and_no_others() {
    let world = World::start().await;
    let mut officer = world.officer();
    let firms = world.loads_unions(world.badinh, "NNN_CP", 2);
    let agency = world.loads_unions(world.badinh, "HC", 1)[0];
    let venture = world.loads_unions(world.badinh, "FDI_LD", 1)[0];
    let on = date!(2021 - 10 - 08);
    let sent = |event: &str, unit: Uuid, people: usize| DelegationSent {
        delegation_id: Uuid::now_v7().to_string(),
        organisation_id: world.badinh.to_string(),
        host_id: world.hanoi.to_string(),
        event: event.to_string(),
        delegates: (0..people)
            .map(|_| delegation_sent::Delegate {
                person_id: Uuid::now_v7().to_string(),
                organisation_id: unit.to_string(),
            })
            .collect(),
    };
    let commendation = "PARTY_MEMBER_OFFICERS_COMMENDATION";
    for delegation in [
        sent(commendation, firms[0], 3),
        sent(commendation, firms[1], 1),
        // Of a state agency, and of a joint venture; to a conference, and to another commendation.
        sent(commendation, agency, 2),
        sent(commendation, venture, 5),
        sent("CONFERENCE", firms[0], 7),
        sent("COMMENDATION", firms[1], 9),
    ] {
        world.tells(on, MembershipWhat::DelegationSent(delegation));
    }
    assert_eq!(officer.value("DELEGATE_SENT", world.badinh, YEAR, None).await, 27);
    assert_eq!(officer.value("DELEGATE_COMMENDED", world.badinh, YEAR, None).await, 11);
    let sentence = "chọn cử 4 đồng chí dự biểu dương cán bộ công đoàn là đảng viên tiêu biểu khối \
                    ngoài nhà nước";
    says(&mut officer, world.badinh, sentence).await;
    world.stop().await;
}

#[tokio::test]
async fn in_hardship_are_those_who_were_helped_for_it_and_a_loan_is_no_gift() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    let given = |kind: &str, occasion: &str, people: std::ops::Range<usize>| WelfareGiven {
        welfare_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        kind: kind.to_string(),
        occasion: occasion.to_string(),
        source: "UNION_FUND".to_string(),
        people: people
            .map(|n| welfare_given::Person {
                subject: format!("pseudonym-{n:02}"),
                amount_vnd: 1_000_000,
            })
            .collect(),
    };
    for welfare in [
        given("AID", "HARDSHIP", 0..4),
        given("LOAN", "HARDSHIP", 0..2),
        // The same people when they are ill, and others for the new year.
        given("VISIT", "SICKNESS", 2..5),
        given("VISIT", "TET", 5..8),
    ] {
        world.tells(date!(2021 - 02 - 01), MembershipWhat::WelfareGiven(welfare));
    }
    officer.value("ORG_STOCK", world.caugiay, YEAR, None).await;
    let sentence = "thăm hỏi, trợ giúp 8 đoàn viên, người lao động, trong đó 6 lượt vì hoàn cảnh khó \
                    khăn; số tiền không kể cho vay 10.000.000 đồng";
    prints(&mut officer, "CAU_GIAY", world.caugiay, sentence).await;
    prints(&mut officer, "CAU_GIAY", world.caugiay, "cho vay 2.000.000 đồng").await;
    world.stop().await;
}

#[tokio::test]
async fn more_people_reached_than_are_at_work_is_more_than_all_and_nobody_reached_is_no_union() {
    let world = World::start().await;
    let mut officer = world.officer();
    let all = world.loads_unions(world.badinh, "NNN_CP", 3);
    world.admits(all[0], date!(2020 - 02 - 02), 10);
    world.admits(all[1], date!(2020 - 02 - 02), 30);
    let surveyed = EmployersRecorded {
        employers: vec![employers_recorded::Employer {
            employer_id: Uuid::now_v7().to_string(),
            surveyor_id: world.badinh.to_string(),
            workforce: 20,
            union_ids: vec![all[0].to_string()],
            ..Default::default()
        }],
    };
    world.says(date!(2020 - 01 - 05), RegistryWhat::EmployersRecorded(surveyed));
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let reaches = |unit, members, workers| pb::Activity {
        members_reached: Some(members),
        workers_reached: Some(workers),
        ..activity("DISSEMINATION", unit, date!(2021 - 05 - 05))
    };
    record(&mut officer, reaches(all[0], 10, 5)).await;
    let id = record(&mut officer, reaches(all[1], 30, 0)).await;
    // It was held, and nobody came.
    record(&mut officer, reaches(all[2], 0, 0)).await;
    let share = async |officer: &mut Actor, indicator: &str| {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        let units = officer.explained(&figure, true, 10).await;
        let whole: i64 = units.iter().map(|unit| unit.denominator).sum();
        assert_eq!(whole, figure.denominator, "{indicator} by units");
        (figure.numerator, figure.denominator)
    };
    assert_eq!(share(&mut officer, "DISS_ORG").await, (2, 3));
    assert_eq!(share(&mut officer, "DISS_PERSON").await, (45, 50));
    // Forty were reached where twenty work: either is wrong, and the figure hides neither.
    record(&mut officer, reaches(all[0], 10, 30)).await;
    assert_eq!(share(&mut officer, "DISS_PERSON").await, (70, 50));
    // It was not forty and thirty, but nobody: the largest that is known counts.
    try_correct(&mut officer, &id, reaches(all[1], 0, 0), 0).await.expect("corrected");
    assert_eq!(share(&mut officer, "DISS_ORG").await, (1, 3));
    assert_eq!(share(&mut officer, "DISS_PERSON").await, (40, 50));
    world.stop().await;
}
