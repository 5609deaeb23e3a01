use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, admission, because, id, known, people, refused, texts};

const JOINED: Date = date!(2020 - 03 - 01);
const DAY: Date = date!(2021 - 03 - 01);
const LATER: Date = date!(2021 - 09 - 01);

async fn disciplines(
    actor: &mut Actor,
    union: Uuid,
    measure: pb::DisciplineMeasure,
    persons: &[Uuid],
) -> Result<pb::DisciplineMembersResponse, Status> {
    let request = pb::DisciplineMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        measure: measure.into(),
        effective_on: Some(civil(DAY)),
        person_ids: texts(persons),
        ..Default::default()
    };
    Ok(actor.discipline.discipline_members(request).await?.into_inner())
}

async fn steps(
    actor: &mut Actor,
    union: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<pb::list_discipline_response::Step>, Status> {
    let request = pb::ListDisciplineRequest {
        organisation_id: union.to_string(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    Ok(actor.discipline.list_discipline(request).await?.into_inner().steps)
}

fn end(step: &str, outcome: pb::DisciplineEnd, on: Date) -> pb::EndDisciplineRequest {
    pb::EndDisciplineRequest {
        request_id: Uuid::new_v4().to_string(),
        discipline_id: step.to_string(),
        outcome: outcome.into(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

/// The measures that were told of, less those that were taken back.
async fn told(world: &World) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for (_, _, change, _) in world.published().await {
        match change {
            Published::DisciplineRecorded(step) => told.push((step.subject, step.measure)),
            Published::DisciplineTakenBack(taken) => {
                let step = taken.discipline.expect("what is taken back");
                let place = told
                    .iter()
                    .position(|one| *one == (step.subject.clone(), step.measure.clone()));
                told.remove(place.expect("it was told"));
            }
            _ => {}
        }
    }
    told
}

#[tokio::test]
async fn a_step_is_taken_lifted_in_time_or_overturned_and_read_by_few() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.grants("plain", "OFFICER", world.hanoi);
    let mut plain = world.actor("plain", "vi");
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let reprimand = pb::DisciplineMeasure::Reprimand;
    let taken = disciplines(&mut officer, world.alpha, reprimand, &persons[..2]).await;
    let taken = taken.expect("disciplined");
    assert_eq!(taken.lifts_on, Some(civil(date!(2022 - 03 - 01))));
    let elsewhere = disciplines(&mut officer, world.beta, reprimand, &persons[..1]).await;
    assert_eq!(refused(elsewhere), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));

    // An officer as others are reads nothing of it, and takes no step.
    assert_eq!(refused(steps(&mut plain, world.alpha, None).await).0, "PERMISSION_DENIED");
    let denied = disciplines(&mut plain, world.alpha, reprimand, &persons[2..]).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    assert_eq!(steps(&mut officer, world.alpha, None).await.expect("read").len(), 2);

    // No feed says who: a pseudonym does, and the same for the same person.
    let told = told(&world).await;
    assert_eq!(told.len(), 2);
    for person in &persons {
        assert!(told.iter().all(|(subject, _)| !subject.contains(&person.to_string())));
    }

    use pb::DisciplineEnd::{Lifted, Overturned};
    let early = officer.discipline.end_discipline(end(&taken.discipline_id, Lifted, LATER)).await;
    assert_eq!(refused(early), because("DISCIPLINE_NOT_DUE", "person_ids[0]"));
    let overturned = pb::EndDisciplineRequest {
        person_ids: texts(&persons[..1]),
        ..end(&taken.discipline_id, Overturned, LATER)
    };
    officer.discipline.end_discipline(overturned.clone()).await.expect("overturned");
    let again = pb::EndDisciplineRequest { request_id: Uuid::new_v4().to_string(), ..overturned };
    let again = officer.discipline.end_discipline(again).await;
    assert_eq!(refused(again), because("DISCIPLINE_ENDED", "person_ids[0]"));
    let before = OffsetDateTime::now_utc();
    let in_time = end(&taken.discipline_id, Lifted, date!(2022 - 03 - 01));
    officer.discipline.end_discipline(in_time).await.expect("lifted");
    let now = steps(&mut officer, world.alpha, None).await.expect("read");
    assert!(now.iter().all(|step| step.ended_on.is_some()));
    let then = steps(&mut officer, world.alpha, Some(before)).await.expect("read");
    assert_eq!(then.iter().filter(|step| step.ended_on.is_some()).count(), 1);
    let nothing = officer.discipline.end_discipline(end(&taken.discipline_id, Lifted, LATER)).await;
    assert_eq!(refused(nothing), because("DISCIPLINE_ENDED", "discipline_id"));
    let unknown = Uuid::now_v7().to_string();
    let unknown = officer.discipline.end_discipline(end(&unknown, Lifted, LATER)).await;
    assert_eq!(refused(unknown), because("DISCIPLINE_UNKNOWN", "discipline_id"));
    world.stop().await;
}

#[tokio::test]
async fn an_expulsion_is_a_step_and_an_exit_whichever_is_recorded() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let expulsion = pb::DisciplineMeasure::Expulsion;
    let taken = disciplines(&mut officer, world.alpha, expulsion, &persons[..1]).await;
    let taken = taken.expect("expelled");
    let seen = officer.sees(persons[0]).await.expect("seen");
    assert_eq!(seen.memberships[0].exit_reason(), pb::ExitReason::Expelled);
    assert_eq!(seen.memberships[0].ended_by, taken.exit_id);
    officer.exits(world.alpha, pb::ExitReason::Expelled, DAY, &persons[1..2]).await.expect("left");
    let of = |steps: Vec<pb::list_discipline_response::Step>| -> Vec<Uuid> {
        let mut people: Vec<Uuid> = steps.iter().map(|step| id(&step.person_id)).collect();
        people.sort_unstable();
        people
    };
    let mut expelled = persons[..2].to_vec();
    expelled.sort_unstable();
    assert_eq!(of(steps(&mut officer, world.alpha, None).await.expect("read")), expelled);

    let undo = pb::UndoDisciplineRequest {
        request_id: Uuid::new_v4().to_string(),
        discipline_id: taken.discipline_id.clone(),
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    let rested = officer.corrections.undo_discipline(undo).await;
    assert_eq!(refused(rested), because("MOVEMENT_RESTED_ON", "discipline_id"));
    // Her exit undone, she was never expelled; corrected, the step is what the exit is.
    officer.undoes(&taken.exit_id, &[]).await.expect("undone");
    assert_eq!(of(steps(&mut officer, world.alpha, None).await.expect("read")), &persons[1..2]);
    let exit = officer.movements(persons[1]).await.remove(1);
    let retired = pb::CorrectMovementRequest {
        exit_reason: pb::ExitReason::Retired.into(),
        ..Default::default()
    };
    let retired = officer.corrects(&exit, retired).await.expect("corrected");
    assert_eq!(steps(&mut officer, world.alpha, None).await.expect("read"), []);
    let expelled = pb::CorrectMovementRequest {
        exit_reason: pb::ExitReason::Expelled.into(),
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    officer.corrects(&retired, expelled).await.expect("corrected");
    let now = steps(&mut officer, world.alpha, None).await.expect("read");
    assert_eq!(now[0].effective_on, Some(civil(LATER)));
    assert_eq!(told(&world).await.len(), 1);

    let warned =
        disciplines(&mut officer, world.alpha, pb::DisciplineMeasure::Warning, &persons[2..]);
    let warned = warned.await.expect("warned");
    let undo = pb::UndoDisciplineRequest {
        request_id: Uuid::new_v4().to_string(),
        discipline_id: warned.discipline_id.clone(),
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    officer.corrections.undo_discipline(undo.clone()).await.expect("undone");
    assert_eq!(told(&world).await.len(), 1);
    let again = pb::UndoDisciplineRequest { request_id: Uuid::new_v4().to_string(), ..undo };
    let again = officer.corrections.undo_discipline(again).await;
    assert_eq!(refused(again), because("DISCIPLINE_UNKNOWN", "discipline_id"));
    let about = pb::ListCorrectionsRequest { about_id: warned.discipline_id, ..Default::default() };
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(listed.corrections[0].kind(), pb::CorrectionKind::DisciplineUndone);
    world.stop().await;
}

#[tokio::test]
async fn who_was_expelled_is_admitted_again_with_the_consent_of_a_superior() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    officer.exits(world.alpha, pb::ExitReason::Expelled, DAY, &persons).await.expect("left");
    let written = |issuer: Option<Uuid>| pb::MovementBasis {
        basis: Some(pb::movement_basis::Basis::WrittenDecision(pb::WrittenDecision {
            issuer_id: issuer.map(|issuer| issuer.to_string()).unwrap_or_default(),
            number: "15/CV-LĐLĐ".to_string(),
            ..Default::default()
        })),
    };
    let request = |kind: pb::AdmissionKind, on: Date, consent: Option<pb::MovementBasis>| {
        pb::AdmitMembersRequest {
            kind: kind.into(),
            consent,
            ..admission(world.alpha, on, vec![known(persons[0])])
        }
    };
    use pb::AdmissionKind::{Admitted, Readmitted};
    let consented = || Some(written(Some(world.hanoi)));
    let early =
        officer.members.admit_members(request(Readmitted, date!(2021 - 05 - 31), consented()));
    assert_eq!(refused(early.await), because("WAITING_PERIOD_RUNNING", "lines[0].person_id"));
    for kind in [Admitted, Readmitted] {
        let without = officer.members.admit_members(request(kind, LATER, None)).await;
        assert_eq!(refused(without), because("CONSENT_MISSING", "lines[0].person_id"));
    }
    let by_herself = officer.members.admit_members(request(Readmitted, LATER, Some(written(None))));
    assert_eq!(refused(by_herself.await), because("CONSENT_MISSING", "consent"));
    let applies = officer.applies(world.alpha, LATER, vec![known(persons[0])]).await;
    assert_eq!(refused(applies), because("CONSENT_MISSING", "applicants[0].person_id"));
    officer.members.admit_members(request(Readmitted, LATER, consented())).await.expect("admitted");
    assert_eq!(officer.counts(world.alpha, LATER).await, 1);
    // Who left for another reason since needs no consent.
    let resigned = pb::ExitReason::Resigned;
    officer.exits(world.alpha, resigned, date!(2022 - 01 - 01), &persons).await.expect("left");
    let again = request(Readmitted, date!(2022 - 06 - 01), None);
    officer.members.admit_members(again).await.expect("admitted");
    world.stop().await;
}

#[tokio::test]
async fn who_was_expelled_as_is_known_since_has_joined_again_with_the_consent_of_a_superior() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let retired = pb::ExitReason::Retired;
    officer.exits(world.alpha, retired, DAY, &persons).await.expect("left");
    let exit = officer.movements(persons[0]).await.remove(1);
    let consent = |issuer: Uuid| {
        let decision = pb::WrittenDecision {
            issuer_id: issuer.to_string(),
            number: "15/CV-LĐLĐ".to_string(),
            ..Default::default()
        };
        Some(pb::MovementBasis {
            basis: Some(pb::movement_basis::Basis::WrittenDecision(decision)),
        })
    };
    let expelled = |persons: &[Uuid]| pb::CorrectMovementRequest {
        person_ids: texts(persons),
        exit_reason: pb::ExitReason::Expelled.into(),
        ..Default::default()
    };
    let readmission = |person: Uuid, consent: Option<pb::MovementBasis>| pb::AdmitMembersRequest {
        kind: pb::AdmissionKind::Readmitted.into(),
        consent,
        ..admission(world.beta, LATER, vec![known(person)])
    };

    // The expulsion first.
    officer.corrects(&exit, expelled(&persons[..1])).await.expect("corrected");
    let without = officer.members.admit_members(readmission(persons[0], None)).await;
    assert_eq!(refused(without), because("CONSENT_MISSING", "lines[0].person_id"));
    let with = readmission(persons[0], consent(world.hanoi));
    officer.members.admit_members(with).await.expect("admitted");
    // What she joined by keeps the consent, corrected to another day.
    let joined = officer.movements(persons[0]).await.remove(2);
    let day = date!(2021 - 10 - 01);
    let later = pb::CorrectMovementRequest { effective_on: Some(civil(day)), ..Default::default() };
    officer.corrects(&joined, later).await.expect("corrected");

    // The readmission first: the consent to it is given before she was expelled.
    officer.members.admit_members(readmission(persons[1], None)).await.expect("admitted");
    let unasked = officer.corrects(&exit, expelled(&persons[1..])).await;
    assert_eq!(refused(unasked), because("CONSENT_MISSING", "person_ids[0]"));
    let joined = officer.movements(persons[1]).await.remove(2);
    let consenting = |issuer: Uuid| pb::CorrectMovementRequest {
        consent: consent(issuer),
        ..Default::default()
    };
    let own = officer.corrects(&joined, consenting(world.beta)).await;
    assert_eq!(refused(own), because("CONSENT_MISSING", "consent"));
    let of_an_exit = officer.corrects(&exit, consenting(world.hanoi)).await;
    assert_eq!(refused(of_an_exit), because("MOVEMENT_KIND_DIFFERS", "consent"));
    let joined = officer.corrects(&joined, consenting(world.hanoi)).await.expect("corrected");
    officer.corrects(&exit, expelled(&persons[1..])).await.expect("corrected");
    assert_eq!(officer.counts(world.beta, LATER).await, 1);
    assert_eq!(officer.counts(world.beta, day).await, 2);
    // It is asked of nobody who was not expelled.
    let exit = officer.movements(persons[1]).await.remove(1);
    let retired = pb::CorrectMovementRequest { exit_reason: retired.into(), ..Default::default() };
    officer.corrects(&exit, retired).await.expect("corrected");
    let earlier = date!(2021 - 08 - 01);
    let on =
        pb::CorrectMovementRequest { effective_on: Some(civil(earlier)), ..Default::default() };
    officer.corrects(&joined, on).await.expect("corrected");
    world.stop().await;
}

#[tokio::test]
async fn the_end_of_a_step_was_another_or_never_was() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.grants("plain", "OFFICER", world.hanoi);
    let mut plain = world.actor("plain", "vi");
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let reprimand = pb::DisciplineMeasure::Reprimand;
    let taken = disciplines(&mut officer, world.alpha, reprimand, &persons).await.expect("taken");
    let step = taken.discipline_id;
    let correct = |persons: &[Uuid], on: Option<Date>, outcome: pb::DisciplineEnd| {
        pb::CorrectDisciplineEndRequest {
            request_id: Uuid::new_v4().to_string(),
            discipline_id: step.clone(),
            person_ids: texts(persons),
            reason: "ghi nhầm".to_string(),
            effective_on: on.map(civil),
            outcome: outcome.into(),
            ..Default::default()
        }
    };
    use pb::DisciplineEnd::{Lifted, Overturned, Unspecified};
    let early = officer.corrections.correct_discipline_end(correct(&[], Some(LATER), Unspecified));
    assert_eq!(refused(early.await), because("DISCIPLINE_NOT_ENDED", "discipline_id"));
    let overturned = pb::EndDisciplineRequest {
        person_ids: texts(&persons[..2]),
        ..end(&step, Overturned, LATER)
    };
    officer.discipline.end_discipline(overturned).await.expect("overturned");

    let denied = plain.corrections.correct_discipline_end(correct(&[], None, Lifted)).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    let still = correct(&persons[2..], Some(DAY), Unspecified);
    let still = officer.corrections.correct_discipline_end(still).await;
    assert_eq!(refused(still), because("DISCIPLINE_NOT_ENDED", "person_ids[0]"));
    let before = correct(&[], Some(date!(2021 - 02 - 28)), Unspecified);
    let before = officer.corrections.correct_discipline_end(before).await;
    assert_eq!(refused(before), because("EXPECTED_END_TOO_EARLY", "effective_on"));
    let early = officer.corrections.correct_discipline_end(correct(&[], None, Lifted)).await;
    assert_eq!(refused(early).0, "DISCIPLINE_NOT_DUE");
    let same = officer.corrections.correct_discipline_end(correct(&[], Some(LATER), Overturned));
    assert_eq!(refused(same.await), because("CORRECTION_CHANGES_NOTHING", "discipline_id"));
    let both = pb::CorrectDisciplineEndRequest {
        holds_still: true,
        ..correct(&[], Some(LATER), Unspecified)
    };
    let both = officer.corrections.correct_discipline_end(both).await;
    assert_eq!(refused(both), because("QUESTION_AMBIGUOUS", "holds_still"));
    let nobody = pb::CorrectDisciplineEndRequest {
        discipline_id: Uuid::now_v7().to_string(),
        ..correct(&[], Some(LATER), Unspecified)
    };
    let nobody = officer.corrections.correct_discipline_end(nobody).await;
    assert_eq!(refused(nobody), because("DISCIPLINE_UNKNOWN", "discipline_id"));

    // One was lifted, later; the other's holds still, and ends another time.
    let known = OffsetDateTime::now_utc();
    let in_time = date!(2022 - 03 - 01);
    let lifted = correct(&persons[..1], Some(in_time), Lifted);
    officer.corrections.correct_discipline_end(lifted).await.expect("corrected");
    let holds = pb::CorrectDisciplineEndRequest {
        holds_still: true,
        ..correct(&persons[1..2], None, Unspecified)
    };
    officer.corrections.correct_discipline_end(holds).await.expect("corrected");
    let ends = async |officer: &mut Actor, known_at: Option<OffsetDateTime>| {
        let steps = steps(officer, world.alpha, known_at).await.expect("read");
        let of = |person: &Uuid| {
            let step = steps.iter().find(|step| id(&step.person_id) == *person).expect("hers");
            (step.ended_on, step.ended_as())
        };
        persons.iter().map(of).collect::<Vec<_>>()
    };
    let none = (None, Unspecified);
    assert_eq!(ends(&mut officer, None).await, [(Some(civil(in_time)), Lifted), none, none]);
    let then = (Some(civil(LATER)), Overturned);
    assert_eq!(ends(&mut officer, Some(known)).await, [then, then, none]);
    let again = pb::EndDisciplineRequest {
        person_ids: texts(&persons[1..2]),
        ..end(&step, Overturned, LATER)
    };
    officer.discipline.end_discipline(again).await.expect("overturned");
    assert_eq!(told(&world).await.len(), 3, "that it ended is no figure");
    let about = pb::ListCorrectionsRequest { about_id: step.clone(), ..Default::default() };
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    assert_eq!(listed.corrections.len(), 2);
    let corrected = pb::CorrectionKind::DisciplineEndCorrected;
    assert!(listed.corrections.iter().all(|one| one.kind() == corrected));
    world.stop().await;
}

#[tokio::test]
async fn who_is_recognised_comes_from_an_organisation_with_a_name() {
    let world = World::start().await;
    let mut officer = world.officer();
    let source = "Tổ chức của người lao động Công ty Thử";
    let request = |kind: pb::AdmissionKind| pb::AdmitMembersRequest {
        kind: kind.into(),
        source_organisation: source.to_string(),
        ..admission(world.alpha, JOINED, people(1))
    };
    let wrong = officer.members.admit_members(request(pb::AdmissionKind::Admitted)).await;
    assert_eq!(refused(wrong), because("SOURCE_ONLY_OF_RECOGNITION", "source_organisation"));
    let answer = officer.members.admit_members(request(pb::AdmissionKind::Recognised)).await;
    let person = id(&answer.expect("recognised").into_inner().members[0].person_id);
    let seen = officer.sees(person).await.expect("seen");
    assert_eq!(seen.memberships[0].source_organisation, source);
    // It stays with a recognition that is corrected to another day, and leaves with the kind.
    let movement = seen.memberships[0].begun_by.clone();
    let day = pb::CorrectMovementRequest { effective_on: Some(civil(DAY)), ..Default::default() };
    let movement = officer.corrects(&movement, day).await.expect("corrected");
    let seen = officer.sees(person).await.expect("seen");
    assert_eq!(seen.memberships[0].source_organisation, source);
    let kind = pb::CorrectMovementRequest {
        admission_kind: pb::AdmissionKind::Admitted.into(),
        ..Default::default()
    };
    officer.corrects(&movement, kind).await.expect("corrected");
    let seen = officer.sees(person).await.expect("seen");
    assert_eq!(seen.memberships[0].source_organisation, "");
    world.stop().await;
}
