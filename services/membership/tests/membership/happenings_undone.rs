//! Courses, referrals, recommendations and delegations that never were: undone for some or for all,
//! told of, and still readable as they were known.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::world::{Actor, World, because, id, known, people, refused, texts};

const DAY: Date = date!(2020 - 03 - 01);
const REASON: &str = "ghi nhầm";

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn written() -> Option<pb::MovementBasis> {
    let decision =
        pb::WrittenDecision { number: "07/QĐ-LĐLĐ".to_string(), ..Default::default() };
    Some(pb::MovementBasis { basis: Some(pb::movement_basis::Basis::WrittenDecision(decision)) })
}

async fn course(
    actor: &mut Actor,
    course_id: &str,
    known_at: Option<OffsetDateTime>,
) -> Result<pb::GetTrainingCourseResponse, tonic::Status> {
    let request = pb::GetTrainingCourseRequest {
        course_id: course_id.to_string(),
        known_at: known_at.map(instant),
    };
    Ok(actor.training.get_training_course(request).await?.into_inner())
}

async fn holds(actor: &mut Actor, world: &World, persons: &[Uuid]) -> String {
    let attended = |person: &Uuid, on: Date| pb::Attendance {
        person_id: person.to_string(),
        organisation_id: world.alpha.to_string(),
        attended_on: Some(civil(on)),
    };
    let first = persons.iter().map(|person| attended(person, DAY));
    let second = persons.iter().map(|person| attended(person, DAY + Duration::DAY));
    let request = pb::HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        title: "Tập huấn Điều lệ".to_string(),
        topics: vec!["CHARTER".to_string()],
        starts_on: Some(civil(DAY)),
        ends_on: Some(civil(DAY + Duration::DAY)),
        attendances: first.chain(second).collect(),
        ..Default::default()
    };
    actor.training.hold_training_course(request).await.expect("held").into_inner().course_id
}

#[tokio::test]
async fn a_course_is_undone_for_a_day_for_some_and_for_all() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let course_id = holds(&mut officer, &world, &persons).await;
    let undo = |persons: &[Uuid], on: Option<Date>| pb::UndoTrainingCourseRequest {
        request_id: request_id(),
        course_id: course_id.clone(),
        person_ids: texts(persons),
        attended_on: on.map(civil),
        reason: REASON.to_string(),
        ..Default::default()
    };
    // Who holds nothing here learns nothing, and an officer who may not undo undoes nothing.
    world.registry.grants("elsewhere", "OFFICER", world.hue);
    let mut elsewhere = world.actor("elsewhere", "vi");
    let denied = elsewhere.corrections.undo_training_course(undo(&[], None)).await;
    assert_eq!(refused(denied).0, "COURSE_UNKNOWN");
    world.registry.grants("reader", "READER", world.hanoi);
    let mut reader = world.actor("reader", "vi");
    let denied = reader.corrections.undo_training_course(undo(&[], None)).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");

    let stranger = [persons[0], Uuid::now_v7()];
    let unknown = officer.corrections.undo_training_course(undo(&stranger, None)).await;
    assert_eq!(refused(unknown), because("ATTENDANCE_UNKNOWN", "person_ids[1]"));
    let no_day = undo(&[], Some(DAY + Duration::days(5)));
    let no_day = officer.corrections.undo_training_course(no_day).await;
    assert_eq!(refused(no_day), because("ATTENDANCE_UNKNOWN", "attended_on"));

    let before = OffsetDateTime::now_utc();
    let one_day = undo(&persons[..1], Some(DAY));
    let undone = officer.corrections.undo_training_course(one_day).await.expect("undone");
    let undone = undone.into_inner();
    assert_eq!((undone.people, undone.attendances), (1, 1));
    let some = undo(&persons[1..2], None);
    let some = pb::UndoTrainingCourseRequest { basis: written(), ..some };
    let undone = officer.corrections.undo_training_course(some).await.expect("undone").into_inner();
    assert_eq!((undone.people, undone.attendances), (1, 2));
    let now = course(&mut officer, &course_id, None).await.expect("read");
    let left = now.course.expect("a course");
    assert_eq!((left.people, left.attendances, now.attendances.len()), (2, 3, 3));
    let between = OffsetDateTime::now_utc();

    let all = officer.corrections.undo_training_course(undo(&[], None)).await.expect("undone");
    assert_eq!(all.into_inner().attendances, 3);
    assert_eq!(refused(course(&mut officer, &course_id, None).await).0, "COURSE_UNKNOWN");
    let again = officer.corrections.undo_training_course(undo(&[], None)).await;
    assert_eq!(refused(again).0, "COURSE_UNKNOWN");

    // What was known then can be read.
    let then = course(&mut officer, &course_id, Some(before)).await.expect("read");
    let counted = then.course.expect("a course");
    assert_eq!((counted.people, counted.attendances, then.attendances.len()), (3, 6, 6));
    let then = course(&mut officer, &course_id, Some(between)).await.expect("read");
    assert_eq!(then.attendances.len(), 3);

    // As many attendances are taken back as were told of, and each correction is known.
    let (mut told, mut taken) = (Vec::new(), Vec::new());
    for (_, _, change, _) in world.published().await {
        match change {
            Published::TrainingCourseHeld(it) => told.extend(it.attendances),
            Published::TrainingCourseTakenBack(it) => {
                let course = it.course.expect("what is taken back");
                assert_eq!((id(&course.course_id), course.topics.len()), (id(&course_id), 1));
                taken.extend(course.attendances);
            }
            _ => {}
        }
    }
    let key = |one: &pb::training_course_held::Attendance| {
        (one.person_id.clone(), one.attended_on.map(|on| on.day))
    };
    told.sort_by_key(key);
    taken.sort_by_key(key);
    assert_eq!(told, taken);
    let about = pb::ListCorrectionsRequest { about_id: course_id, ..Default::default() };
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(listed.corrections.len(), 3);
    assert!(listed.corrections.iter().all(|one| {
        one.kind() == pb::CorrectionKind::TrainingCourseUndone && one.reason == REASON
    }));
    assert_eq!(listed.corrections.iter().filter(|one| !one.decision_id.is_empty()).count(), 1);
    world.stop().await;
}

async fn refers(actor: &mut Actor, union: Uuid, persons: &[Uuid]) -> Vec<String> {
    let request = pb::ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: union.to_string(),
        referred_on: Some(civil(DAY)),
        lines: persons.iter().map(|person| known(*person)).collect(),
        ..Default::default()
    };
    let referred = actor.party.refer_to_party(request).await.expect("referred").into_inner();
    referred.referrals.into_iter().map(|referral| referral.referral_id).collect()
}

/// What a union's cases have come to, as was known then.
async fn cases(
    actor: &mut Actor,
    union: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Vec<(bool, bool)> {
    let request = pb::ListPartyReferralsRequest {
        organisation_id: union.to_string(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    let listed = actor.party.list_party_referrals(request).await.expect("listed").into_inner();
    let case = |case: &pb::PartyReferral| (case.admitted_on.is_some(), case.confirmed_on.is_some());
    listed.referrals.iter().map(case).collect()
}

#[tokio::test]
async fn a_way_into_the_party_has_three_milestones_and_each_can_be_taken_back() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let referrals = refers(&mut officer, world.alpha, &persons).await;
    let admitted_on = date!(2021 - 02 - 03);
    let admit = |referral_ids: &[String], on: Date| pb::AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: Some(civil(on)),
        referral_ids: referral_ids.to_vec(),
        ..Default::default()
    };
    let confirm = |referral_ids: &[String], on: Date| pb::ConfirmInPartyRequest {
        request_id: request_id(),
        confirmed_on: Some(civil(on)),
        referral_ids: referral_ids.to_vec(),
        ..Default::default()
    };
    officer.party.admit_to_party(admit(&referrals[..2], admitted_on)).await.expect("admitted");
    let year = date!(2022 - 02 - 03);
    for (ids, on, expected) in [
        (&referrals[..1], date!(2022 - 02 - 02), "PARTY_CONFIRMATION_TOO_EARLY"),
        (&referrals[2..], year, "PARTY_MILESTONE_MISSING"),
    ] {
        let early = officer.party.confirm_in_party(confirm(ids, on)).await;
        assert_eq!(refused(early), because(expected, "referral_ids[0]"));
    }
    let twice = [referrals[0].clone(), referrals[0].clone()];
    let twice = officer.party.confirm_in_party(confirm(&twice, year)).await;
    assert_eq!(refused(twice), because("PARTY_REFERRAL_REPEATED", "referral_ids[1]"));
    let confirmed = officer.party.confirm_in_party(confirm(&referrals[..1], year)).await;
    assert_eq!(confirmed.expect("confirmed").into_inner().confirmed, 1);
    let again = officer.party.confirm_in_party(confirm(&referrals[..1], year)).await;
    assert_eq!(refused(again), because("PARTY_ALREADY_CONFIRMED", "referral_ids[0]"));
    assert_eq!(
        cases(&mut officer, world.alpha, None).await,
        [(true, true), (true, false), (false, false)]
    );
    let before = OffsetDateTime::now_utc();

    use pb::PartyMilestone::{Admitted, Confirmed, Referred};
    let undo =
        |referral_ids: &[String], milestone: pb::PartyMilestone| pb::UndoPartyReferralsRequest {
            request_id: request_id(),
            referral_ids: referral_ids.to_vec(),
            milestone: milestone.into(),
            reason: REASON.to_string(),
            basis: written(),
            ..Default::default()
        };
    // It takes the Party's permission, whoever else may correct.
    world.registry.grants("plain", "OFFICER", world.hanoi);
    let mut plain = world.actor("plain", "vi");
    let denied = plain.corrections.undo_party_referrals(undo(&referrals, Referred)).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    let missing = officer.corrections.undo_party_referrals(undo(&referrals, Confirmed)).await;
    assert_eq!(refused(missing), because("PARTY_MILESTONE_MISSING", "referral_ids[1]"));
    officer
        .corrections
        .undo_party_referrals(undo(&referrals[..1], Confirmed))
        .await
        .expect("undone");
    assert_eq!(cases(&mut officer, world.alpha, None).await[0], (true, false));
    officer
        .corrections
        .undo_party_referrals(undo(&referrals[1..2], Admitted))
        .await
        .expect("undone");
    assert_eq!(cases(&mut officer, world.alpha, None).await[1], (false, false));
    // Who was not admitted after all can be, and on another day.
    let later = admit(&referrals[1..2], date!(2021 - 05 - 19));
    officer.party.admit_to_party(later).await.expect("admitted");
    let all = officer.corrections.undo_party_referrals(undo(&referrals, Referred)).await;
    assert_eq!(all.expect("undone").into_inner().cases, 3);
    assert_eq!(cases(&mut officer, world.alpha, None).await, []);
    let again = officer.corrections.undo_party_referrals(undo(&referrals, Referred)).await;
    assert_eq!(refused(again), because("PARTY_REFERRAL_UNKNOWN", "referral_ids[0]"));
    assert_eq!(
        cases(&mut officer, world.alpha, Some(before)).await,
        [(true, true), (true, false), (false, false)]
    );

    // Whatever was told is taken back, of the same subject, on the same day, by a decision.
    let mut sums = std::collections::BTreeMap::new();
    for (_, on, change, _) in world.published().await {
        let (what, subject, sign) = match change {
            Published::PartyReferred(it) => ("referred", it.subject, 1),
            Published::PartyAdmitted(it) => ("admitted", it.subject, 1),
            Published::PartyConfirmed(it) => ("confirmed", it.subject, 1),
            Published::PartyReferralTakenBack(it) => {
                ("referred", it.referral.expect("it").subject, -1)
            }
            Published::PartyAdmissionTakenBack(it) => {
                ("admitted", it.admission.expect("it").subject, -1)
            }
            Published::PartyConfirmationTakenBack(it) => {
                ("confirmed", it.confirmation.expect("it").subject, -1)
            }
            _ => continue,
        };
        assert!(persons.iter().all(|person| !subject.contains(&person.to_string())));
        *sums.entry((what, subject, on)).or_insert(0) += sign;
    }
    assert_eq!(sums.len(), 7);
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    let about = pb::ListCorrectionsRequest { about_id: referrals[0].clone(), ..Default::default() };
    let hidden = plain.corrections.list_corrections(about.clone()).await;
    assert_eq!(refused(hidden).0, "MOVEMENT_UNKNOWN");
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(listed.corrections.len(), 2);
    assert!(listed.corrections.iter().all(|one| !one.decision_id.is_empty() && one.people == 1));
    world.stop().await;
}

#[tokio::test]
async fn officers_were_never_recommended() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let request = pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(civil(DAY)),
        lines: persons
            .iter()
            .map(|person| pb::recommend_cadre_request::Line {
                person_id: person.to_string(),
                purposes: vec![
                    pb::CadrePurpose::Planning.into(),
                    pb::CadrePurpose::Appointment.into(),
                ],
            })
            .collect(),
        ..Default::default()
    };
    let recommended = officer.cadre.recommend_cadre(request).await.expect("recommended");
    let ids = recommended.into_inner().recommendation_ids;
    let undo = |ids: &[String]| pb::UndoCadreRecommendationsRequest {
        request_id: request_id(),
        recommendation_ids: ids.to_vec(),
        reason: REASON.to_string(),
        ..Default::default()
    };
    let twice = [ids[0].clone(), ids[0].clone()];
    let twice = officer.corrections.undo_cadre_recommendations(undo(&twice)).await;
    assert_eq!(refused(twice), because("RECOMMENDATION_REPEATED", "recommendation_ids[1]"));
    let mixed = [ids[0].clone(), Uuid::now_v7().to_string()];
    let mixed = officer.corrections.undo_cadre_recommendations(undo(&mixed)).await;
    assert_eq!(refused(mixed), because("RECOMMENDATION_UNKNOWN", "recommendation_ids[1]"));
    let before = OffsetDateTime::now_utc();
    let undone = officer.corrections.undo_cadre_recommendations(undo(&ids[..1])).await;
    assert_eq!(undone.expect("undone").into_inner().recommendations, 1);
    let again = officer.corrections.undo_cadre_recommendations(undo(&ids[..1])).await;
    assert_eq!(refused(again), because("RECOMMENDATION_UNKNOWN", "recommendation_ids[0]"));
    for (known_at, expected) in [(None, 1), (Some(before), 2)] {
        let list = pb::ListCadreRecommendationsRequest {
            organisation_id: world.alpha.to_string(),
            known_at: known_at.map(instant),
            ..Default::default()
        };
        let listed = officer.cadre.list_cadre_recommendations(list).await.expect("listed");
        assert_eq!(listed.into_inner().recommendations.len(), expected);
    }
    let published = world.published().await;
    let told = published.iter().find_map(|(_, _, change, _)| match change {
        Published::CadreRecommended(it) if it.recommendation_id == ids[0] => Some(it),
        _ => None,
    });
    let Some((_, on, Published::CadreRecommendationTakenBack(taken), _)) = published.last() else {
        panic!("{published:?}")
    };
    assert_eq!((*on, taken.recommendation.as_ref()), (DAY, told));
    let about = pb::ListCorrectionsRequest { about_id: ids[0].clone(), ..Default::default() };
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(listed.corrections[0].kind(), pb::CorrectionKind::CadreRecommendationUndone);
    world.stop().await;
}

#[tokio::test]
async fn a_delegation_is_undone_for_some_and_for_all() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let request = pb::SendDelegationRequest {
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
    let sent = officer.delegations.send_delegation(request).await.expect("sent");
    let delegation_id = sent.into_inner().delegation_id;
    let undo = |persons: &[Uuid]| pb::UndoDelegationRequest {
        request_id: request_id(),
        delegation_id: delegation_id.clone(),
        person_ids: texts(persons),
        reason: REASON.to_string(),
        ..Default::default()
    };
    let stranger = officer.corrections.undo_delegation(undo(&[Uuid::now_v7()])).await;
    assert_eq!(refused(stranger), because("DELEGATE_UNKNOWN", "person_ids[0]"));
    let before = OffsetDateTime::now_utc();
    let one = officer.corrections.undo_delegation(undo(&persons[..1])).await.expect("undone");
    assert_eq!(one.into_inner().people, 1);
    let get = |known_at: Option<OffsetDateTime>| pb::GetDelegationRequest {
        delegation_id: delegation_id.clone(),
        known_at: known_at.map(instant),
    };
    let left = officer.delegations.get_delegation(get(None)).await.expect("read").into_inner();
    assert_eq!(left.delegates.len(), 2);
    officer.corrections.undo_delegation(undo(&[])).await.expect("undone");
    let gone = officer.delegations.get_delegation(get(None)).await;
    assert_eq!(refused(gone).0, "DELEGATION_UNKNOWN");
    let again = officer.corrections.undo_delegation(undo(&[])).await;
    assert_eq!(refused(again).0, "DELEGATION_UNKNOWN");
    let then = officer.delegations.get_delegation(get(Some(before))).await.expect("read");
    assert_eq!(then.into_inner().delegates.len(), 3);
    let taken: usize = world
        .published()
        .await
        .into_iter()
        .filter_map(|(_, _, change, _)| match change {
            Published::DelegationTakenBack(it) => Some(it.delegation.expect("it").delegates.len()),
            _ => None,
        })
        .sum();
    assert_eq!(taken, 3);
    world.stop().await;
}

#[tokio::test]
async fn what_became_of_a_recommendation_is_recorded_and_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    use pb::CadrePurpose::{Appointment, Planning, Training, Unspecified};
    let request = pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(civil(DAY)),
        lines: persons
            .iter()
            .map(|person| pb::recommend_cadre_request::Line {
                person_id: person.to_string(),
                purposes: vec![Planning.into()],
            })
            .collect(),
        ..Default::default()
    };
    let recommended = officer.cadre.recommend_cadre(request).await.expect("recommended");
    let ids = recommended.into_inner().recommendation_ids;
    let record =
        |ids: &[String], outcome: pb::CadrePurpose, on: Date| pb::RecordCadreOutcomesRequest {
            request_id: request_id(),
            recommendation_ids: ids.to_vec(),
            outcome: outcome.into(),
            reached_on: Some(civil(on)),
            ..Default::default()
        };
    let later = date!(2021 - 01 - 01);
    let eve = DAY - Duration::DAY;
    let early = officer.cadre.record_cadre_outcomes(record(&ids, Planning, eve)).await;
    assert_eq!(refused(early), because("CADRE_OUTCOME_TOO_EARLY", "recommendation_ids[0]"));
    officer.cadre.record_cadre_outcomes(record(&ids, Planning, DAY)).await.expect("planned for");
    let again = officer.cadre.record_cadre_outcomes(record(&ids[1..], Planning, later)).await;
    assert_eq!(refused(again), because("CADRE_OUTCOME_REACHED", "recommendation_ids[0]"));
    let appointed = officer.cadre.record_cadre_outcomes(record(&ids[..1], Appointment, later));
    assert_eq!(appointed.await.expect("appointed").into_inner().recommendations, 1);
    let stranger = [Uuid::now_v7().to_string()];
    let stranger = officer.cadre.record_cadre_outcomes(record(&stranger, Training, later)).await;
    assert_eq!(refused(stranger), because("RECOMMENDATION_UNKNOWN", "recommendation_ids[0]"));

    let outcomes = async |actor: &mut Actor, known_at: Option<OffsetDateTime>| {
        let list = pb::ListCadreRecommendationsRequest {
            organisation_id: world.alpha.to_string(),
            known_at: known_at.map(instant),
            ..Default::default()
        };
        let listed = actor.cadre.list_cadre_recommendations(list).await.expect("listed");
        let listed = listed.into_inner().recommendations.into_iter();
        listed
            .map(|one| one.outcomes.iter().map(|it| it.outcome()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let all = vec![vec![Planning, Appointment], vec![Planning]];
    assert_eq!(outcomes(&mut officer, None).await, all);
    let before = OffsetDateTime::now_utc();
    let undo = |ids: &[String], outcome: pb::CadrePurpose| pb::UndoCadreRecommendationsRequest {
        request_id: request_id(),
        recommendation_ids: ids.to_vec(),
        outcome: outcome.into(),
        reason: REASON.to_string(),
        ..Default::default()
    };
    let missing = officer.corrections.undo_cadre_recommendations(undo(&ids, Appointment)).await;
    assert_eq!(refused(missing), because("RECOMMENDATION_UNKNOWN", "recommendation_ids[1]"));
    let one = officer.corrections.undo_cadre_recommendations(undo(&ids[..1], Appointment)).await;
    one.expect("undone");
    assert_eq!(outcomes(&mut officer, None).await, [vec![Planning], vec![Planning]]);
    // Who was never recommended was planned for because of nothing.
    let all_of_it = officer.corrections.undo_cadre_recommendations(undo(&ids, Unspecified)).await;
    assert_eq!(all_of_it.expect("undone").into_inner().recommendations, 2);
    assert_eq!(outcomes(&mut officer, None).await, Vec::<Vec<pb::CadrePurpose>>::new());
    assert_eq!(outcomes(&mut officer, Some(before)).await, all);
    let (mut reached, mut back) = (Vec::new(), Vec::new());
    for (_, on, change, _) in world.published().await {
        match change {
            Published::CadreOutcomeReached(it) => reached.push((it.subject, it.outcome, on)),
            Published::CadreOutcomeTakenBack(it) => {
                let it = it.outcome.expect("it");
                back.push((it.subject, it.outcome, on));
            }
            _ => {}
        }
    }
    reached.sort_unstable();
    back.sort_unstable();
    assert_eq!((reached.len(), &back), (3, &reached));
    world.stop().await;
}
