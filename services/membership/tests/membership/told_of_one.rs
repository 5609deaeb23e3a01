//! What happened to two who are found to be one is told of one: whoever counts people by what was
//! published counts her once, whoever counts attendances counts as many as before; and when they are
//! told apart, all is told as it was.

use std::collections::{BTreeMap, BTreeSet};

use chassis::database::today;
use chassis::parse::civil;
use membership::duplicate::pseudonyms;
use membership::ground::keys::{Config, Keys};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::duplicates::{merges, unmerges};
use crate::world::{Actor, World, because, id, known, people, refused, texts};

const DAY: Date = date!(2021 - 03 - 01);
const NEXT: Date = date!(2021 - 03 - 02);
const REASON: &str = "ghi nhầm";

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// What, in which unit, on which day, of whom: how often it was told, less how often it was taken back.
type Told = BTreeMap<(String, String, Date, String), i32>;

async fn told(world: &World) -> Told {
    let mut told = Told::new();
    for (_, on, change, _) in world.published().await {
        let mut add = |what: &str, unit: &str, on: Date, subject: &str, sign: i32| {
            let key = (what.to_string(), unit.to_string(), on, subject.to_string());
            *told.entry(key).or_default() += sign;
        };
        let (change, sign) = happened(change);
        match change {
            Published::TrainingCourseHeld(it) => {
                for one in &it.attendances {
                    let on = one.attended_on.expect("a day");
                    let month = u8::try_from(on.month).expect("small").try_into().expect("one");
                    let day = u8::try_from(on.day).expect("small");
                    let on = Date::from_calendar_date(on.year, month, day).expect("a day");
                    add("attended", &one.organisation_id, on, &one.person_id, sign);
                }
            }
            Published::DelegationSent(it) => {
                for one in &it.delegates {
                    add("sent", &one.organisation_id, on, &one.person_id, sign);
                }
            }
            Published::HonoursRecorded(it) => {
                for one in &it.people {
                    let what = format!("honoured {} {}", it.kind, it.level);
                    add(&what, &it.organisation_id, on, &one.person_id, sign);
                }
            }
            Published::EmulationJoined(it) => {
                for person_id in &it.person_ids {
                    add("took part", &it.organisation_id, on, person_id, sign);
                }
            }
            Published::PartyReferred(it) => {
                add("referred", &it.organisation_id, on, &it.subject, sign);
            }
            Published::PartyAdmitted(it) => {
                add("admitted", &it.organisation_id, on, &it.subject, sign);
            }
            Published::CadreRecommended(it) => {
                add("recommended", &it.organisation_id, on, &it.subject, sign);
            }
            Published::CadreOutcomeReached(it) => {
                add("reached", &it.organisation_id, on, &it.subject, sign);
            }
            Published::WelfareGiven(it) => {
                for one in &it.people {
                    let what = format!("helped {}", one.amount_vnd);
                    add(&what, &it.organisation_id, on, &one.subject, sign);
                }
            }
            Published::DisciplineRecorded(it) => {
                add("disciplined", &it.organisation_id, on, &it.subject, sign);
            }
            _ => {}
        }
    }
    told.retain(|_, times| *times != 0);
    told
}

/// What was told, or is taken back.
fn happened(change: Published) -> (Published, i32) {
    let never = match change {
        Published::TrainingCourseTakenBack(it) => it.course.map(Published::TrainingCourseHeld),
        Published::DelegationTakenBack(it) => it.delegation.map(Published::DelegationSent),
        Published::HonoursTakenBack(it) => it.honours.map(Published::HonoursRecorded),
        Published::EmulationJoiningTakenBack(it) => it.joining.map(Published::EmulationJoined),
        Published::PartyReferralTakenBack(it) => it.referral.map(Published::PartyReferred),
        Published::PartyAdmissionTakenBack(it) => it.admission.map(Published::PartyAdmitted),
        Published::CadreRecommendationTakenBack(it) => {
            it.recommendation.map(Published::CadreRecommended)
        }
        Published::CadreOutcomeTakenBack(it) => it.outcome.map(Published::CadreOutcomeReached),
        Published::WelfareTakenBack(it) => it.welfare.map(Published::WelfareGiven),
        Published::DisciplineTakenBack(it) => it.discipline.map(Published::DisciplineRecorded),
        told => return (told, 1),
    };
    (never.expect("what is taken back"), -1)
}

/// How often each thing was told, whoever it happened to.
fn times(told: &Told) -> BTreeMap<(String, String, Date), i32> {
    let mut times = BTreeMap::new();
    for ((what, unit, on, _), often) in told {
        *times.entry((what.clone(), unit.clone(), *on)).or_default() += often;
    }
    times
}

/// Everybody of whom something was told.
fn of_whom(told: &Told, what: &str) -> BTreeSet<String> {
    assert!(told.values().all(|often| *often > 0), "{told:?}");
    told.keys().filter(|key| key.0.starts_with(what)).map(|key| key.3.clone()).collect()
}

struct Happened {
    course_id: String,
    honour_id: String,
    emulation_id: String,
    delegation_id: String,
}

/// A course of two days that all attend on the first and the second of them on the second, too; and
/// all are honoured, take part and are sent.
async fn happens(world: &World, officer: &mut Actor, persons: &[Uuid]) -> Happened {
    let attended = |person: &Uuid, on: Date| pb::Attendance {
        person_id: person.to_string(),
        organisation_id: world.alpha.to_string(),
        attended_on: Some(civil(on)),
    };
    let first = persons.iter().map(|person| attended(person, DAY));
    let course = pb::HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        title: "Tập huấn Điều lệ".to_string(),
        topics: vec!["CHARTER".to_string()],
        starts_on: Some(civil(DAY)),
        ends_on: Some(civil(NEXT)),
        attendances: first.chain([attended(&persons[1], NEXT)]).collect(),
        ..Default::default()
    };
    let course = officer.training.hold_training_course(course).await.expect("held");
    let honours = pb::RecordHonoursRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        kind: "EXCELLENT_TEACHER".to_string(),
        level: "PROVINCE".to_string(),
        honoured_on: Some(civil(DAY)),
        lines: persons
            .iter()
            .map(|person| pb::record_honours_request::Line {
                person: Some(known(*person)),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    let honours = officer.honours.record_honours(honours).await.expect("honoured");
    let launch = pb::LaunchEmulationRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        theme: "GOOD_LABOUR".to_string(),
        title: "Lao động giỏi".to_string(),
        from_on: Some(civil(DAY)),
        through_on: Some(civil(NEXT)),
        ..Default::default()
    };
    let launched = officer.emulations.launch_emulation(launch).await.expect("launched");
    let emulation_id = launched.into_inner().emulation_id;
    let join = pb::JoinEmulationRequest {
        request_id: request_id(),
        emulation_id: emulation_id.clone(),
        organisation_id: world.alpha.to_string(),
        joined_on: Some(civil(DAY)),
        person_ids: texts(persons),
        ..Default::default()
    };
    officer.emulations.join_emulation(join).await.expect("joined");
    let send = pb::SendDelegationRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        host_id: world.confederation.to_string(),
        event: "CONFERENCE".to_string(),
        held_on: Some(civil(DAY)),
        delegates: persons
            .iter()
            .map(|person| pb::Delegate {
                person_id: person.to_string(),
                organisation_id: world.alpha.to_string(),
            })
            .collect(),
        ..Default::default()
    };
    let sent = officer.delegations.send_delegation(send).await.expect("sent");
    Happened {
        course_id: course.into_inner().course_id,
        honour_id: honours.into_inner().honour_id,
        emulation_id,
        delegation_id: sent.into_inner().delegation_id,
    }
}

#[tokio::test]
async fn two_who_are_one_are_told_of_once_and_are_told_of_as_before_when_they_are_two() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let [a, b, c] = persons[..] else { panic!("three") };
    happens(&world, &mut officer, &persons).await;
    let before = told(&world).await;
    let all = ["attended", "honoured", "took part", "sent"];
    for what in all {
        assert_eq!(of_whom(&before, what).len(), 3, "{what}");
    }

    merges(&mut officer, b, a).await.expect("merged");
    let merged = told(&world).await;
    // As often as before, and of whoever survives: who attended the same day twice did so twice.
    assert_eq!(times(&merged), times(&before));
    let ids = |persons: &[Uuid]| texts(persons).into_iter().collect::<BTreeSet<_>>();
    for what in all {
        assert_eq!(of_whom(&merged, what), ids(&[a, c]), "{what}");
    }
    // A chain, told apart from its beginning: each link takes back what it told.
    merges(&mut officer, a, c).await.expect("merged");
    let one = told(&world).await;
    for what in all {
        assert_eq!(of_whom(&one, what), ids(&[c]), "{what}");
    }
    unmerges(&mut officer, b).await.expect("told apart");
    for what in all {
        assert_eq!(of_whom(&told(&world).await, what), ids(&[b, c]), "{what}");
    }
    merges(&mut officer, b, c).await.expect("merged");
    assert_eq!(told(&world).await, one);
    unmerges(&mut officer, a).await.expect("told apart");
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(told(&world).await, before);
    world.stop().await;
}

#[tokio::test]
async fn what_never_happened_to_somebody_who_was_merged_is_taken_back_of_the_survivor() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let [a, b] = persons[..] else { panic!("two") };
    let happened = happens(&world, &mut officer, &persons).await;
    merges(&mut officer, b, a).await.expect("merged");
    // It is undone of whom it was recorded, and the survivor's own stays.
    let correct = pb::CorrectHonoursRequest {
        request_id: request_id(),
        honour_id: happened.honour_id.clone(),
        person_ids: texts(&[b]),
        reason: REASON.to_string(),
        level: "STATE".to_string(),
        ..Default::default()
    };
    officer.corrections.correct_honours(correct).await.expect("corrected");
    let now = told(&world).await;
    assert_eq!(of_whom(&now, "honoured").len(), 1);
    assert_eq!(now.keys().filter(|key| key.0.starts_with("honoured")).count(), 2);
    let undo = pb::UndoHonoursRequest {
        request_id: request_id(),
        honour_id: happened.honour_id,
        person_ids: texts(&[b]),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_honours(undo).await.expect("undone");
    let undo = pb::UndoTrainingCourseRequest {
        request_id: request_id(),
        course_id: happened.course_id.clone(),
        person_ids: texts(&[b]),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_training_course(undo).await.expect("undone");
    let undo = pb::UndoDelegationRequest {
        request_id: request_id(),
        delegation_id: happened.delegation_id,
        person_ids: texts(&[b]),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_delegation(undo).await.expect("undone");
    let now = told(&world).await;
    let alone = BTreeSet::from([a.to_string()]);
    for what in ["attended", "honoured", "sent"] {
        assert_eq!(of_whom(&now, what), alone, "{what}");
    }
    assert_eq!(now.values().sum::<i32>(), 5, "two take part still: {now:?}");
    let undo = pb::UndoEmulationRequest {
        request_id: request_id(),
        emulation_id: happened.emulation_id,
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_emulation(undo).await.expect("undone");
    // Nothing is left of whoever was merged: told apart, nothing is told of her.
    unmerges(&mut officer, b).await.expect("told apart");
    let now = told(&world).await;
    assert!(of_whom(&now, "took part").is_empty());
    assert!(now.keys().all(|key| key.3 == a.to_string()), "{now:?}");
    assert_eq!(now.values().sum::<i32>(), 3);
    world.stop().await;
}

#[tokio::test]
async fn what_is_said_of_somebody_while_she_is_merged_is_told_of_the_survivor_or_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    for _ in 0..6 {
        let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
        let [a, b] = persons[..] else { panic!("two") };
        let mut other = world.officer();
        let merging = tokio::spawn(async move { merges(&mut other, b, a).await });
        let mut courses = Vec::new();
        for _ in 0..4 {
            let mut other = world.officer();
            let course = pb::HoldTrainingCourseRequest {
                request_id: request_id(),
                organisation_id: world.hanoi.to_string(),
                title: "Tập huấn Điều lệ".to_string(),
                topics: vec!["CHARTER".to_string()],
                starts_on: Some(civil(DAY)),
                attendances: vec![pb::Attendance {
                    person_id: b.to_string(),
                    organisation_id: world.alpha.to_string(),
                    attended_on: None,
                }],
                ..Default::default()
            };
            courses.push(tokio::spawn(async move {
                other.training.hold_training_course(course).await.map(|_| ())
            }));
        }
        for course in courses {
            if let Err(status) = course.await.expect("no panic") {
                let why = refused(Err::<(), _>(status));
                assert_eq!(why, because("PERSON_MERGED", "attendances[0].person_id"));
            }
        }
        merging.await.expect("no panic").expect("merged");
        let now = told(&world).await;
        assert!(!of_whom(&now, "attended").contains(&b.to_string()), "{now:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn pseudonyms_become_one_on_a_later_day_and_in_another_act_than_people() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let [a, b, _] = persons[..] else { panic!("three") };
    let refer = pb::ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        referred_on: Some(civil(DAY)),
        lines: persons.iter().map(|person| known(*person)).collect(),
        ..Default::default()
    };
    let referred = officer.party.refer_to_party(refer).await.expect("referred").into_inner();
    let referral = |person: Uuid| {
        let of = |one: &&pb::refer_to_party_response::Referral| id(&one.person_id) == person;
        referred.referrals.iter().find(of).expect("a case").referral_id.clone()
    };
    let recommend = pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(civil(DAY)),
        lines: persons
            .iter()
            .map(|person| pb::recommend_cadre_request::Line {
                person_id: person.to_string(),
                purposes: vec![pb::CadrePurpose::Planning.into()],
            })
            .collect(),
        ..Default::default()
    };
    let recommended = officer.cadre.recommend_cadre(recommend).await.expect("recommended");
    let outcomes = pb::RecordCadreOutcomesRequest {
        request_id: request_id(),
        recommendation_ids: recommended.into_inner().recommendation_ids,
        outcome: pb::CadrePurpose::Planning.into(),
        reached_on: Some(civil(NEXT)),
        ..Default::default()
    };
    officer.cadre.record_cadre_outcomes(outcomes).await.expect("recorded");
    let help = pb::GiveWelfareRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        kind: pb::WelfareKind::Aid.into(),
        occasion: "HARDSHIP".to_string(),
        source: "UNION_FUND".to_string(),
        given_on: Some(civil(DAY)),
        lines: persons
            .iter()
            .map(|person| pb::give_welfare_request::Line {
                person: Some(known(*person)),
                amount_vnd: 500_000,
            })
            .collect(),
        ..Default::default()
    };
    let helped = officer.welfare.give_welfare(help).await.expect("helped").into_inner();
    let reprimand = pb::DisciplineMembersRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        measure: pb::DisciplineMeasure::Reprimand.into(),
        effective_on: Some(civil(DAY)),
        person_ids: texts(&persons),
        ..Default::default()
    };
    officer.discipline.discipline_members(reprimand).await.expect("disciplined");
    let before = told(&world).await;
    let all = ["referred", "recommended", "reached", "helped", "disciplined"];
    let database = world.database().await;
    let keys = std::sync::Arc::new(
        Keys::open(&Config::in_folder(world.keys_folder()), today()).expect("opened"),
    );
    let tomorrow = today() + Duration::DAY;

    merges(&mut officer, b, a).await.expect("merged");
    assert_eq!(told(&world).await, before, "the act that says who is who tells nothing of them");
    assert_eq!(pseudonyms::tell(&database, &keys, today()).await.expect("told"), 0);
    assert_eq!(told(&world).await, before, "nor does its day");
    // What goes on, or never was, goes on under the pseudonym that it was told under.
    let admit = pb::AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: Some(civil(NEXT)),
        referral_ids: vec![referral(b)],
        ..Default::default()
    };
    officer.party.admit_to_party(admit).await.expect("admitted");
    assert_eq!(pseudonyms::tell(&database, &keys, tomorrow).await.expect("told"), 6);
    assert_eq!(pseudonyms::tell(&database, &keys, tomorrow).await.expect("told"), 0);
    let merged = told(&world).await;
    for what in all {
        assert_eq!(of_whom(&merged, what).len(), 2, "{what}");
        assert!(of_whom(&merged, what).is_subset(&of_whom(&before, what)), "{what}");
    }
    let acts: BTreeSet<Uuid> = world
        .published()
        .await
        .into_iter()
        .filter(|(_, _, change, _)| matches!(change, Published::PersonMerged(_)))
        .map(|(act_id, ..)| act_id)
        .collect();
    let under = world.published().await.into_iter().filter(|(_, _, change, _)| {
        matches!(change, Published::WelfareTakenBack(_) | Published::PartyReferralTakenBack(_))
    });
    for (act_id, ..) in under {
        assert!(!acts.contains(&act_id));
    }
    let undo = pb::UndoWelfareRequest {
        request_id: request_id(),
        welfare_id: helped.welfare_id,
        person_ids: texts(&[b]),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_welfare(undo).await.expect("undone");
    assert_eq!(of_whom(&told(&world).await, "helped"), of_whom(&merged, "helped"));
    let undo = pb::UndoPartyReferralsRequest {
        request_id: request_id(),
        referral_ids: vec![referral(b)],
        milestone: pb::PartyMilestone::Admitted.into(),
        reason: REASON.to_string(),
        ..Default::default()
    };
    officer.corrections.undo_party_referrals(undo).await.expect("undone");

    // Two again, and merged again before anybody told of it: nothing is to be told.
    unmerges(&mut officer, b).await.expect("told apart");
    merges(&mut officer, b, a).await.expect("merged");
    assert_eq!(pseudonyms::tell(&database, &keys, tomorrow).await.expect("told"), 0);
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(pseudonyms::tell(&database, &keys, tomorrow).await.expect("told"), 4);
    let after = told(&world).await;
    let without_help = |told: &Told| {
        told.iter()
            .filter(|(key, _)| !key.0.starts_with("helped"))
            .map(|(key, often)| (key.clone(), *often))
            .collect::<Told>()
    };
    assert_eq!(without_help(&after), without_help(&before));
    assert_eq!(of_whom(&after, "helped").len(), 2);
    world.stop().await;
}

#[tokio::test]
async fn every_table_with_a_pseudonym_is_told_under_the_survivors() {
    let world = World::start().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select owner.relname::text
         from pg_class owner
         where owner.relkind = 'r' and owner.relnamespace = 'public'::regnamespace
           and owner.relname !~ '_past$'
           and 2 = (select count(*) from pg_attribute
                    where attrelid = owner.oid and attname in ('person_id', 'subject')
                      and not attisdropped)
         order by 1",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    assert!(tables.len() >= 5, "{tables:?}");
    let told = include_str!("../../src/duplicate/pseudonyms.rs");
    for table in tables {
        assert!(told.contains(&format!("update {table} set subject")), "{table}");
    }
    world.stop().await;
}
