//! Visits, aid, loans and health care: given by roll, read by few, undone.

use std::collections::BTreeMap;

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, id, known, people, person, refused, texts};

const DAY: Date = date!(2021 - 02 - 01);

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn line(person: pb::PersonLine, amount_vnd: i64) -> pb::give_welfare_request::Line {
    pb::give_welfare_request::Line { person: Some(person), amount_vnd }
}

fn giving(
    union: Uuid,
    kind: pb::WelfareKind,
    lines: Vec<pb::give_welfare_request::Line>,
) -> pb::GiveWelfareRequest {
    pb::GiveWelfareRequest {
        request_id: request_id(),
        organisation_id: union.to_string(),
        kind: kind.into(),
        occasion: "TET".to_string(),
        source: "UNION_FUND".to_string(),
        given_on: Some(civil(DAY)),
        lines,
        ..Default::default()
    }
}

async fn listed(
    actor: &mut Actor,
    union: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<pb::list_welfare_response::Given>, Status> {
    let request = pb::ListWelfareRequest {
        organisation_id: union.to_string(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    Ok(actor.welfare.list_welfare(request).await?.into_inner().given)
}

/// What is told of each subject, less what is taken back.
async fn told(world: &World) -> BTreeMap<(String, String), i64> {
    let mut told = BTreeMap::new();
    for (_, on, change, _) in world.published().await {
        let (welfare, sign) = match change {
            Published::WelfareGiven(welfare) => (welfare, 1),
            Published::WelfareTakenBack(taken) => (taken.welfare.expect("what is taken back"), -1),
            _ => continue,
        };
        assert_eq!(on, DAY);
        assert!(welfare.people.is_sorted_by(|one, other| one.subject <= other.subject));
        for one in welfare.people {
            *told.entry((one.subject, welfare.kind.clone())).or_insert(0) += sign * one.amount_vnd;
        }
    }
    told.retain(|_, amount| *amount != 0);
    told
}

#[tokio::test]
async fn what_is_given_is_told_under_a_pseudonym_read_by_few_and_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.grants("plain", "OFFICER", world.hanoi);
    world.registry.grants("plain", "ADMINISTRATOR", world.hanoi);
    let mut plain = world.actor("plain", "vi");
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    use pb::WelfareKind::{Aid, HealthCare, Loan, Visit};

    // A worker who is no member is helped as members are.
    let lines = vec![
        line(known(persons[0]), 1_000_000),
        line(known(persons[1]), 500_000),
        line(person(7), 700_000),
    ];
    let gave = officer.welfare.give_welfare(giving(world.alpha, Aid, lines)).await;
    let gave = gave.expect("given").into_inner();
    assert_eq!((gave.amount_vnd, gave.person_ids.len()), (2_200_000, 3));
    let visited = giving(world.alpha, Visit, vec![line(known(persons[0]), 0)]);
    officer.welfare.give_welfare(visited).await.expect("visited");
    let cared = giving(world.alpha, HealthCare, vec![line(known(persons[0]), 300_000)]);
    officer.welfare.give_welfare(cared).await.expect("cared for");
    let loan = |due_on: Option<Date>, amount: i64| pb::GiveWelfareRequest {
        due_on: due_on.map(civil),
        occasion: "LIVELIHOOD".to_string(),
        source: "CREDIT_FUND".to_string(),
        ..giving(world.alpha, Loan, vec![line(known(persons[1]), amount)])
    };
    let lent = officer.welfare.give_welfare(loan(Some(date!(2022 - 02 - 01)), 30_000_000)).await;
    lent.expect("lent");

    // Nobody reads or writes it by the broad roles.
    assert_eq!(refused(listed(&mut plain, world.alpha, None).await).0, "PERMISSION_DENIED");
    let denied = giving(world.alpha, Aid, vec![line(known(persons[0]), 1)]);
    assert_eq!(refused(plain.welfare.give_welfare(denied).await).0, "PERMISSION_DENIED");

    for (request, expected) in [
        (loan(None, 1_000), because("LOAN_DUE_MISFIT", "due_on")),
        (loan(Some(DAY), 1_000), because("LOAN_DUE_MISFIT", "due_on")),
        (
            loan(Some(date!(2022 - 02 - 01)), 0),
            because("WELFARE_AMOUNT_OUT_OF_RANGE", "lines[0].amount_vnd"),
        ),
        (
            pb::GiveWelfareRequest {
                due_on: Some(civil(date!(2022 - 02 - 01))),
                ..giving(world.alpha, Aid, vec![line(known(persons[0]), 1)])
            },
            because("LOAN_DUE_MISFIT", "due_on"),
        ),
        (
            giving(world.alpha, Aid, vec![line(known(persons[0]), 10_000_000_001)]),
            because("WELFARE_AMOUNT_OUT_OF_RANGE", "lines[0].amount_vnd"),
        ),
        (
            pb::GiveWelfareRequest {
                occasion: "PARTY".to_string(),
                ..giving(world.alpha, Aid, vec![line(known(persons[0]), 1)])
            },
            because("WELFARE_OCCASION_UNKNOWN", "occasion"),
        ),
        (
            pb::GiveWelfareRequest {
                source: "LOTTERY".to_string(),
                ..giving(world.alpha, Aid, vec![line(known(persons[0]), 1)])
            },
            because("WELFARE_SOURCE_UNKNOWN", "source"),
        ),
        (
            giving(world.alpha, Aid, vec![line(known(Uuid::now_v7()), 1)]),
            because("PERSON_UNKNOWN", "lines[0].person.person_id"),
        ),
    ] {
        assert_eq!(refused(officer.welfare.give_welfare(request).await), expected);
    }

    let now = listed(&mut officer, world.alpha, None).await.expect("listed");
    assert_eq!(now.len(), 6);
    let all = told(&world).await;
    assert_eq!(all.values().sum::<i64>(), 2_200_000 + 300_000 + 30_000_000);
    for person in &persons {
        assert!(all.keys().all(|(subject, _)| !subject.contains(&person.to_string())));
    }
    // The same person is the same subject, whatever she is given.
    let subjects: std::collections::BTreeSet<&str> =
        all.keys().map(|(subject, _)| subject.as_str()).collect();
    assert_eq!((all.len(), subjects.len()), (5, 3));

    let before = OffsetDateTime::now_utc();
    let undo = |persons: &[Uuid]| pb::UndoWelfareRequest {
        request_id: request_id(),
        welfare_id: gave.welfare_id.clone(),
        person_ids: texts(persons),
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    let denied = plain.corrections.undo_welfare(undo(&[])).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    let stranger = officer.corrections.undo_welfare(undo(&[persons[0], Uuid::now_v7()])).await;
    assert_eq!(refused(stranger), because("WELFARE_UNKNOWN", "person_ids[1]"));
    let one = officer.corrections.undo_welfare(undo(&persons[..1])).await.expect("undone");
    let one = one.into_inner();
    assert_eq!((one.people, one.amount_vnd), (1, 1_000_000));
    let worker = id(&gave.person_ids[2]);
    officer.corrections.undo_welfare(undo(&[worker, persons[1]])).await.expect("undone");
    let again = officer.corrections.undo_welfare(undo(&[])).await;
    assert_eq!(refused(again), because("WELFARE_UNKNOWN", "welfare_id"));
    assert_eq!(told(&world).await.values().sum::<i64>(), 300_000 + 30_000_000);
    assert_eq!(listed(&mut officer, world.alpha, None).await.expect("listed").len(), 3);
    let then = listed(&mut officer, world.alpha, Some(before)).await.expect("listed");
    assert_eq!(then, now);

    let about = pb::ListCorrectionsRequest { about_id: gave.welfare_id, ..Default::default() };
    let hidden = plain.corrections.list_corrections(about.clone()).await;
    assert_eq!(refused(hidden).0, "MOVEMENT_UNKNOWN");
    let seen = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(seen.corrections.len(), 2);
    assert_eq!(seen.corrections[0].kind(), pb::CorrectionKind::WelfareUndone);
    world.stop().await;
}
