//! Labour disputes and collective matters: opened, concluded, undone.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::world::{World, because, people, refused, texts};

const DAY: Date = date!(2021 - 02 - 01);
const LATER: Date = date!(2021 - 03 - 01);

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// How many cases are told of: opened and concluded, less what is taken back.
async fn told(world: &World) -> (i32, i32) {
    use pb::dispute_case_taken_back::What;
    let (mut opened, mut concluded) = (0, 0);
    for (_, on, change, _) in world.published().await {
        match change {
            Published::DisputeCaseOpened(it) => {
                assert_eq!((on, it.people_concerned), (DAY, 30));
                opened += 1;
            }
            Published::DisputeCaseConcluded(it) => {
                assert_eq!((on, it.outcome.as_str()), (LATER, "CONCILIATED"));
                concluded += 1;
            }
            Published::DisputeCaseTakenBack(taken) => match taken.what.expect("it") {
                What::Opened(_) => opened -= 1,
                What::Concluded(_) => concluded -= 1,
            },
            _ => {}
        }
    }
    (opened, concluded)
}

#[tokio::test]
async fn a_case_is_opened_concluded_and_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let open = |persons: &[Uuid], concerned: i32| pb::OpenDisputeCaseRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        kind: pb::DisputeKind::Collective.into(),
        topics: vec!["WAGES".to_string(), "MEALS".to_string()],
        opened_on: Some(civil(DAY)),
        people_concerned: concerned,
        person_ids: texts(persons),
        ..Default::default()
    };
    for (request, expected) in [
        (open(&persons, 1), because("PEOPLE_CONCERNED_TOO_FEW", "people_concerned")),
        (open(&[], 0), because("PEOPLE_CONCERNED_TOO_FEW", "people_concerned")),
        (
            pb::OpenDisputeCaseRequest { topics: vec!["CHESS".to_string()], ..open(&persons, 0) },
            because("TOPIC_UNKNOWN", "topics[0]"),
        ),
        (
            pb::OpenDisputeCaseRequest { topics: Vec::new(), ..open(&persons, 0) },
            because("LINES_EMPTY", "topics"),
        ),
        (open(&[Uuid::now_v7()], 0), because("PERSON_UNKNOWN", "person_ids[0]")),
    ] {
        assert_eq!(refused(officer.cases.open_dispute_case(request).await), expected);
    }
    let opened = officer.cases.open_dispute_case(open(&persons, 30)).await.expect("opened");
    let case_id = opened.into_inner().case_id;
    let get = |known_at: Option<OffsetDateTime>| pb::GetDisputeCaseRequest {
        case_id: case_id.clone(),
        known_at: known_at.map(instant),
    };
    world.registry.grants("elsewhere", "OFFICER", world.hue);
    let mut elsewhere = world.actor("elsewhere", "vi");
    let unseen = elsewhere.cases.get_dispute_case(get(None)).await;
    assert_eq!(refused(unseen), because("DISPUTE_CASE_UNKNOWN", "case_id"));

    let conclude = |on: Date| pb::ConcludeDisputeCaseRequest {
        request_id: request_id(),
        case_id: case_id.clone(),
        concluded_on: Some(civil(on)),
        outcome: pb::DisputeOutcome::Conciliated.into(),
        ..Default::default()
    };
    let early = officer.cases.conclude_dispute_case(conclude(date!(2021 - 01 - 31))).await;
    assert_eq!(refused(early), because("CONCLUSION_TOO_EARLY", "concluded_on"));
    let undo = |conclusion_only: bool| pb::UndoDisputeCaseRequest {
        request_id: request_id(),
        case_id: case_id.clone(),
        conclusion_only,
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    let nothing = officer.corrections.undo_dispute_case(undo(true)).await;
    assert_eq!(refused(nothing), because("CORRECTION_CHANGES_NOTHING", "case_id"));
    let before = OffsetDateTime::now_utc();
    officer.cases.conclude_dispute_case(conclude(LATER)).await.expect("concluded");
    let again = officer.cases.conclude_dispute_case(conclude(LATER)).await;
    assert_eq!(refused(again), because("DISPUTE_CASE_CONCLUDED", "case_id"));
    assert_eq!(told(&world).await, (1, 1));
    let now = officer.cases.get_dispute_case(get(None)).await.expect("read").into_inner();
    let case = now.case.expect("a case");
    assert_eq!((case.outcome(), case.people_concerned), (pb::DisputeOutcome::Conciliated, 30));
    assert_eq!((case.topics.len(), now.person_ids.len()), (2, 2));
    let then = officer.cases.get_dispute_case(get(Some(before))).await.expect("read").into_inner();
    assert_eq!(then.case.expect("a case").concluded_on, None);

    officer.corrections.undo_dispute_case(undo(true)).await.expect("undone");
    assert_eq!(told(&world).await, (1, 0));
    officer.cases.conclude_dispute_case(conclude(LATER)).await.expect("concluded");
    let concluded = OffsetDateTime::now_utc();
    officer.corrections.undo_dispute_case(undo(false)).await.expect("undone");
    assert_eq!(told(&world).await, (0, 0));
    let gone = officer.cases.get_dispute_case(get(None)).await;
    assert_eq!(refused(gone), because("DISPUTE_CASE_UNKNOWN", "case_id"));
    for (known_at, count) in [(None, 0), (Some(concluded), 1)] {
        let list = pb::ListDisputeCasesRequest {
            organisation_id: world.alpha.to_string(),
            known_at: known_at.map(instant),
            ..Default::default()
        };
        let listed = officer.cases.list_dispute_cases(list).await.expect("listed").into_inner();
        assert_eq!(listed.cases.len(), count);
    }
    let about = pb::ListCorrectionsRequest { about_id: case_id, ..Default::default() };
    let corrections = officer.corrections.list_corrections(about).await.expect("listed");
    assert_eq!(corrections.into_inner().corrections.len(), 2);
    world.stop().await;
}
