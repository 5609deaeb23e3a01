//! Titles, awards and initiatives, and emulation movements: recorded by roll, corrected, undone.

use std::collections::{BTreeMap, BTreeSet};

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, id, known, people, person, refused, texts};

const DAY: Date = date!(2021 - 05 - 01);
const REASON: &str = "ghi nhầm";

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn line(person: pb::PersonLine, direct: bool, title: &str) -> pb::record_honours_request::Line {
    pb::record_honours_request::Line {
        person: Some(person),
        direct_production: direct,
        title: title.to_string(),
    }
}

fn honours(
    union: Uuid,
    kind: &str,
    lines: Vec<pb::record_honours_request::Line>,
) -> pb::RecordHonoursRequest {
    pb::RecordHonoursRequest {
        request_id: request_id(),
        organisation_id: union.to_string(),
        kind: kind.to_string(),
        level: "PROVINCE".to_string(),
        honoured_on: Some(civil(DAY)),
        lines,
        ..Default::default()
    }
}

async fn listed(
    actor: &mut Actor,
    union: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<pb::Honour>, Status> {
    let request = pb::ListHonoursRequest {
        organisation_id: union.to_string(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    Ok(actor.honours.list_honours(request).await?.into_inner().honours)
}

/// How often who is told to have been honoured by what, where and when, less what is taken back.
async fn told(world: &World) -> BTreeMap<(Uuid, String, String, Date, bool), i32> {
    let mut told = BTreeMap::new();
    for (_, on, change, _) in world.published().await {
        let (honours, sign) = match change {
            Published::HonoursRecorded(honours) => (honours, 1),
            Published::HonoursTakenBack(taken) => (taken.honours.expect("what is taken back"), -1),
            _ => continue,
        };
        for one in honours.people {
            let (kind, level) = (honours.kind.clone(), honours.level.clone());
            let key = (id(&one.person_id), kind, level, on, one.direct_production);
            *told.entry(key).or_insert(0) += sign;
        }
    }
    told.retain(|_, times| *times != 0);
    told
}

#[tokio::test]
async fn a_roll_is_honoured_corrected_and_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    // A worker who is no member is honoured as members are, and written down by the act.
    let lines = vec![
        line(known(persons[0]), true, ""),
        line(known(persons[1]), false, ""),
        line(person(7), true, ""),
    ];
    let request = honours(world.alpha, "GOOD_WORKER", lines.clone());
    let tried = pb::RecordHonoursRequest { validate_only: true, ..request.clone() };
    officer.honours.record_honours(tried).await.expect("tried");
    assert_eq!(listed(&mut officer, world.alpha, None).await.expect("listed"), []);
    let request = pb::RecordHonoursRequest {
        request_id: request_id(),
        issuer_name: "Ủy ban nhân dân Thành phố".to_string(),
        ..request
    };
    let recorded = officer.honours.record_honours(request).await.expect("recorded").into_inner();
    let worker = id(&recorded.person_ids[2]);
    let now = listed(&mut officer, world.alpha, None).await.expect("listed");
    assert_eq!(now.len(), 3);
    assert!(now.iter().all(|one| {
        one.issuer_name == "Ủy ban nhân dân Thành phố"
            && one.issuer_id.is_empty()
            && one.level == "PROVINCE"
            && one.initiative_id.is_empty()
    }));
    let at = |person: Uuid, kind: &str, level: &str, on: Date, direct: bool| {
        ((person, kind.to_string(), level.to_string(), on, direct), 1)
    };
    let first = BTreeMap::from([
        at(persons[0], "GOOD_WORKER", "PROVINCE", DAY, true),
        at(persons[1], "GOOD_WORKER", "PROVINCE", DAY, false),
        at(worker, "GOOD_WORKER", "PROVINCE", DAY, true),
    ]);
    assert_eq!(told(&world).await, first);

    // The same roll again is noticed, line by line.
    let again = vec![line(known(persons[1]), false, ""), line(known(persons[2]), false, "")];
    let again = honours(world.alpha, "GOOD_WORKER", again);
    let again = officer.honours.record_honours(again).await;
    assert_eq!(refused(again), because("HONOUR_RECORDED", "lines[0].person"));

    // What does not fit.
    let known_line = || vec![line(known(persons[0]), false, "")];
    let ok = honours(world.alpha, "LETTER_OF_MERIT", known_line());
    for (request, expected) in [
        (
            pb::RecordHonoursRequest { kind: "CHESS".to_string(), ..ok.clone() },
            because("HONOUR_KIND_UNKNOWN", "kind"),
        ),
        (
            pb::RecordHonoursRequest { level: "WORLD".to_string(), ..ok.clone() },
            because("HONOUR_LEVEL_UNKNOWN", "level"),
        ),
        (
            pb::RecordHonoursRequest {
                issuer_id: world.hanoi.to_string(),
                issuer_name: "Sở".to_string(),
                ..ok.clone()
            },
            because("ISSUER_AMBIGUOUS", "issuer_name"),
        ),
        (
            pb::RecordHonoursRequest { issuer_id: Uuid::now_v7().to_string(), ..ok.clone() },
            because("ORGANISATION_UNKNOWN", "issuer_id"),
        ),
        (
            honours(world.alpha, "CAPITAL_INITIATIVE", known_line()),
            because("INITIATIVE_TITLE_MISFIT", "lines[0].title"),
        ),
        (
            honours(world.alpha, "LETTER_OF_MERIT", vec![line(known(Uuid::now_v7()), false, "")]),
            because("PERSON_UNKNOWN", "lines[0].person.person_id"),
        ),
        (
            honours(
                world.alpha,
                "LETTER_OF_MERIT",
                vec![line(known(persons[0]), false, ""), line(known(persons[0]), false, "")],
            ),
            because("PERSON_REPEATED", "lines[1].person.person_id"),
        ),
    ] {
        let request = pb::RecordHonoursRequest { request_id: request_id(), ..request };
        assert_eq!(refused(officer.honours.record_honours(request).await), expected);
    }

    // Corrected for one, undone for another: what was known before can still be read.
    let before = OffsetDateTime::now_utc();
    let correct = |persons: &[Uuid]| pb::CorrectHonoursRequest {
        request_id: request_id(),
        honour_id: recorded.honour_id.clone(),
        person_ids: texts(persons),
        reason: REASON.to_string(),
        ..Default::default()
    };
    let nothing = officer.corrections.correct_honours(correct(&persons[..1])).await;
    assert_eq!(refused(nothing), because("CORRECTION_CHANGES_NOTHING", "honour_id"));
    let otherwise = pb::CorrectHonoursRequest {
        kind: "CAPITAL_INITIATIVE".to_string(),
        ..correct(&persons[..1])
    };
    let otherwise = officer.corrections.correct_honours(otherwise).await;
    assert_eq!(refused(otherwise), because("INITIATIVE_TITLE_MISFIT", "kind"));
    let stranger = pb::CorrectHonoursRequest {
        level: "STATE".to_string(),
        ..correct(&[persons[0], Uuid::now_v7()])
    };
    let stranger = officer.corrections.correct_honours(stranger).await;
    assert_eq!(refused(stranger), because("HONOUR_UNKNOWN", "person_ids[1]"));
    let later = date!(2021 - 06 - 01);
    let corrected = pb::CorrectHonoursRequest {
        kind: "GOOD_LABOUR".to_string(),
        level: "GRASSROOTS".to_string(),
        honoured_on: Some(civil(later)),
        direct_production: Some(false),
        ..correct(&persons[..1])
    };
    let corrected = officer.corrections.correct_honours(corrected).await.expect("corrected");
    assert_eq!(corrected.into_inner().people, 1);
    let between = OffsetDateTime::now_utc();
    let undo = |persons: &[Uuid]| pb::UndoHonoursRequest {
        request_id: request_id(),
        honour_id: recorded.honour_id.clone(),
        person_ids: texts(persons),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_honours(undo(&persons[1..2])).await.expect("undone");
    let second = BTreeMap::from([
        at(persons[0], "GOOD_LABOUR", "GRASSROOTS", later, false),
        at(worker, "GOOD_WORKER", "PROVINCE", DAY, true),
    ]);
    assert_eq!(told(&world).await, second);
    officer.corrections.undo_honours(undo(&[])).await.expect("undone");
    assert_eq!(told(&world).await, BTreeMap::new());
    assert_eq!(listed(&mut officer, world.alpha, None).await.expect("listed"), []);
    let gone = officer.corrections.undo_honours(undo(&[])).await;
    assert_eq!(refused(gone), because("HONOUR_UNKNOWN", "honour_id"));
    for (known_at, kinds) in [
        (before, vec!["GOOD_WORKER"; 3]),
        (between, vec!["GOOD_LABOUR", "GOOD_WORKER", "GOOD_WORKER"]),
    ] {
        let then = listed(&mut officer, world.alpha, Some(known_at)).await.expect("listed");
        let mut then: Vec<&str> = then.iter().map(|one| one.kind.as_str()).collect();
        then.sort_unstable();
        assert_eq!(then, kinds);
    }
    let about = pb::ListCorrectionsRequest { about_id: recorded.honour_id, ..Default::default() };
    let corrections = officer.corrections.list_corrections(about).await.expect("listed");
    let kinds: Vec<_> =
        corrections.into_inner().corrections.iter().map(pb::Correction::kind).collect();
    use pb::CorrectionKind::{HonourCorrected, HonourUndone};
    assert_eq!(kinds, [HonourCorrected, HonourUndone, HonourUndone]);
    world.stop().await;
}

#[tokio::test]
async fn an_initiative_is_one_however_many_wrote_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let lines = vec![
        line(known(persons[0]), true, "Cải tiến dây chuyền"),
        line(known(persons[1]), true, "Cải tiến dây chuyền"),
        line(known(persons[2]), false, "Quản lý kho"),
    ];
    let request = honours(world.alpha, "CAPITAL_INITIATIVE", lines);
    let recorded = officer.honours.record_honours(request).await.expect("recorded").into_inner();
    let now = listed(&mut officer, world.alpha, None).await.expect("listed");
    let initiatives: BTreeSet<&str> = now.iter().map(|one| one.initiative_id.as_str()).collect();
    assert_eq!((now.len(), initiatives.len()), (3, 2));
    // Without an issuer it is the organisation itself.
    assert!(now.iter().all(|one| one.issuer_id == world.alpha.to_string()));

    // Of two initiatives a person may be the author on one day, of one only once.
    let second = vec![line(known(persons[2]), false, "Quản lý kho vật tư")];
    let second = honours(world.alpha, "CAPITAL_INITIATIVE", second);
    officer.honours.record_honours(second).await.expect("recorded");
    // A correction that makes two honours one and the same is refused.
    let other_level = pb::RecordHonoursRequest {
        level: "GRASSROOTS".to_string(),
        ..honours(
            world.alpha,
            "CAPITAL_INITIATIVE",
            vec![line(known(persons[0]), true, "Cải tiến dây chuyền")],
        )
    };
    let other = officer.honours.record_honours(other_level).await.expect("recorded").into_inner();
    let same = pb::CorrectHonoursRequest {
        request_id: request_id(),
        honour_id: other.honour_id,
        reason: REASON.to_string(),
        level: "PROVINCE".to_string(),
        ..Default::default()
    };
    let same = officer.corrections.correct_honours(same).await;
    assert_eq!(refused(same), because("HONOUR_RECORDED", "honour_id"));

    // Whoever holds nothing here sees and undoes nothing.
    world.registry.grants("elsewhere", "OFFICER", world.hue);
    let mut elsewhere = world.actor("elsewhere", "vi");
    let unseen = listed(&mut elsewhere, world.alpha, None).await;
    assert_eq!(refused(unseen).0, "ORGANISATION_UNKNOWN");
    let undo = pb::UndoHonoursRequest {
        request_id: request_id(),
        honour_id: recorded.honour_id,
        reason: REASON.to_string(),
        ..Default::default()
    };
    let undone = elsewhere.corrections.undo_honours(undo).await;
    assert_eq!(refused(undone), because("HONOUR_UNKNOWN", "honour_id"));
    world.stop().await;
}

#[tokio::test]
async fn a_movement_is_launched_joined_and_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let last = date!(2021 - 12 - 31);
    let launch =
        |organisation: Uuid, theme: &str, from: Date, through: Date| pb::LaunchEmulationRequest {
            request_id: request_id(),
            organisation_id: organisation.to_string(),
            theme: theme.to_string(),
            title: "Lao động giỏi năm 2021".to_string(),
            from_on: Some(civil(from)),
            through_on: Some(civil(through)),
            ..Default::default()
        };
    let unknown = launch(world.hanoi, "CHESS", DAY, last);
    let unknown = officer.emulations.launch_emulation(unknown).await;
    assert_eq!(refused(unknown), because("EMULATION_THEME_UNKNOWN", "theme"));
    let reversed = launch(world.hanoi, "GOOD_LABOUR", last, DAY);
    let reversed = officer.emulations.launch_emulation(reversed).await;
    assert_eq!(refused(reversed), because("EMULATION_DAYS_MALFORMED", "through_on"));
    let launched = launch(world.hanoi, "GOOD_LABOUR", DAY, last);
    let launched = officer.emulations.launch_emulation(launched).await.expect("launched");
    let emulation_id = launched.into_inner().emulation_id;

    // An officer of one union below joins what was launched above it, and nothing beside it.
    world.registry.grants("alpha", "OFFICER", world.alpha);
    let mut alpha = world.actor("alpha", "vi");
    let mut national = world.national();
    let beside = launch(world.hue, "GOOD_LABOUR", DAY, last);
    let beside = national.emulations.launch_emulation(beside).await.expect("launched");
    let join = |emulation_id: &str, on: Date, persons: &[Uuid]| pb::JoinEmulationRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        emulation_id: emulation_id.to_string(),
        joined_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    };
    let beside = join(&beside.into_inner().emulation_id, DAY, &persons);
    let beside = alpha.emulations.join_emulation(beside).await;
    assert_eq!(refused(beside), because("EMULATION_UNKNOWN", "emulation_id"));
    let early = join(&emulation_id, date!(2021 - 04 - 30), &persons);
    let early = alpha.emulations.join_emulation(early).await;
    assert_eq!(refused(early), because("EMULATION_NOT_RUNNING", "joined_on"));
    let joined = alpha.emulations.join_emulation(join(&emulation_id, DAY, &persons)).await;
    assert_eq!(joined.expect("joined").into_inner().people, 3);
    let again = alpha.emulations.join_emulation(join(&emulation_id, DAY, &persons[2..])).await;
    assert_eq!(refused(again), because("EMULATION_JOINED", "person_ids[0]"));

    let of = pb::ListEmulationsRequest {
        organisation_id: world.hanoi.to_string(),
        ..Default::default()
    };
    let launched = officer.emulations.list_emulations(of.clone()).await.expect("listed");
    assert_eq!(launched.into_inner().emulations[0].emulation_id, emulation_id);
    let who = |known_at: Option<OffsetDateTime>| pb::ListEmulationParticipantsRequest {
        emulation_id: emulation_id.clone(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    let unseen = alpha.emulations.list_emulation_participants(who(None)).await;
    assert_eq!(refused(unseen), because("EMULATION_UNKNOWN", "emulation_id"));

    let before = OffsetDateTime::now_utc();
    let undo = |persons: &[Uuid]| pb::UndoEmulationRequest {
        request_id: request_id(),
        emulation_id: emulation_id.clone(),
        person_ids: texts(persons),
        reason: REASON.to_string(),
        ..Default::default()
    };
    let stranger = officer.corrections.undo_emulation(undo(&[Uuid::now_v7()])).await;
    assert_eq!(refused(stranger), because("PARTICIPANT_UNKNOWN", "person_ids[0]"));
    let above = alpha.corrections.undo_emulation(undo(&persons[..1])).await;
    assert_eq!(refused(above), because("EMULATION_UNKNOWN", "emulation_id"));
    officer.corrections.undo_emulation(undo(&persons[..1])).await.expect("undone");
    let left = officer.emulations.list_emulation_participants(who(None)).await.expect("listed");
    assert_eq!(left.into_inner().participants.len(), 2);
    let undone = officer.corrections.undo_emulation(undo(&[])).await.expect("undone");
    assert_eq!(undone.into_inner().people, 2);
    let gone = officer.emulations.list_emulation_participants(who(None)).await;
    assert_eq!(refused(gone), because("EMULATION_UNKNOWN", "emulation_id"));
    let gone = officer.emulations.list_emulations(of).await.expect("listed").into_inner();
    assert_eq!(gone.emulations, []);
    let then = officer.emulations.list_emulation_participants(who(Some(before))).await;
    assert_eq!(then.expect("listed").into_inner().participants.len(), 3);

    let (mut launched, mut taking_part) = (0, BTreeMap::new());
    for (_, _, change, _) in world.published().await {
        let (joining, sign) = match change {
            Published::EmulationLaunched(it) if it.emulation_id == emulation_id => {
                launched += 1;
                continue;
            }
            Published::EmulationTakenBack(_) => {
                launched -= 1;
                continue;
            }
            Published::EmulationJoined(it) => (it, 1),
            Published::EmulationJoiningTakenBack(it) => (it.joining.expect("it"), -1),
            _ => continue,
        };
        assert_eq!(joining.theme, "GOOD_LABOUR");
        for person in joining.person_ids {
            *taking_part.entry(person).or_insert(0) += sign;
        }
    }
    assert_eq!((launched, taking_part.len()), (0, 3));
    assert!(taking_part.values().all(|times| *times == 0));
    world.stop().await;
}
