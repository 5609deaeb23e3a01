//! Movements and people are known otherwise: undone, corrected, for all or for some, before and
//! after what registry's acts do to the same people, and refused where something rests on them.

use std::collections::BTreeSet;

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use proto::membership::v1::movement_taken_back::Movement;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::world::{ORIGIN, World, because, known, people, person, refused};
use stage::registry::Members;

const JOINED: Date = date!(2024 - 02 - 01);
const MOVED: Date = date!(2024 - 06 - 01);
const LEFT: Date = date!(2024 - 09 - 01);

fn on(day: Date) -> pb::CorrectMovementRequest {
    pb::CorrectMovementRequest { effective_on: Some(civil(day)), ..Default::default() }
}

fn to(union: Uuid) -> pb::CorrectMovementRequest {
    pb::CorrectMovementRequest { to_organisation_id: union.to_string(), ..Default::default() }
}

#[tokio::test]
async fn an_admission_that_was_never_decided_leaves_an_applicant() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.applies(world.alpha, JOINED, people(3)).await.expect("applied");
    let lines = persons.iter().map(|person| known(*person)).collect();
    officer.admits(world.alpha, JOINED, lines).await.expect("admitted");
    let movement = officer.movements(persons[0]).await.remove(0);
    let believed = OffsetDateTime::now_utc();

    assert_eq!(officer.undoes(&movement, &persons[..1]).await.expect("undone"), 1);
    assert_eq!(officer.counts(world.alpha, LEFT).await, 2);
    assert_eq!(officer.counted(world.alpha, LEFT, believed).await.0, 3);
    // Twice is once; and the rest of the roll is undone without her.
    let again = officer.undoes(&movement, &persons[..1]).await;
    assert_eq!(refused(again), because("MOVEMENT_UNDONE", "person_ids[0]"));
    assert_eq!(officer.undoes(&movement, &[]).await.expect("undone"), 2);
    let again = officer.undoes(&movement, &[]).await;
    assert_eq!(refused(again), because("MOVEMENT_UNDONE", "movement_id"));
    assert_eq!(officer.counts(world.alpha, LEFT).await, 0);

    let list = pb::ListApplicationsRequest {
        organisation_id: world.alpha.to_string(),
        as_of: Some(civil(JOINED)),
        open_only: true,
        ..Default::default()
    };
    let open = officer.applications.list_applications(list).await.expect("listed").into_inner();
    assert_eq!(open.applications.len(), 3);
    let about = pb::ListCorrectionsRequest { about_id: movement, ..Default::default() };
    let listed = officer.corrections.list_corrections(about).await.expect("listed").into_inner();
    let listed: Vec<_> =
        listed.corrections.iter().map(|one| (one.kind(), one.people, &*one.reason)).collect();
    let undone = pb::CorrectionKind::MovementUndone;
    assert_eq!(listed, [(undone, 1, "ghi nhầm"), (undone, 2, "ghi nhầm")]);
    world.stop().await;
}

#[tokio::test]
async fn what_something_later_rests_on_is_undone_after_it_only() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    officer.transfers(world.alpha, world.beta, MOVED, &persons[..1]).await.expect("moved");
    let exit = pb::ExitReason::Retired;
    officer.exits(world.beta, exit, LEFT, &persons[..1]).await.expect("left");
    let [admission, transfer, exit] =
        <[String; 3]>::try_from(officer.movements(persons[0]).await).expect("three");

    for (movement, field) in [(&admission, "person_ids[0]"), (&transfer, "person_ids[0]")] {
        let refusal = officer.undoes(movement, &persons[..1]).await;
        assert_eq!(refused(refusal), because("MOVEMENT_RESTED_ON", field));
    }
    // All or nothing: the other one of the roll stays, too.
    let refusal = officer.undoes(&admission, &[]).await;
    assert_eq!(refused(refusal).0, "MOVEMENT_RESTED_ON");
    assert_eq!(officer.counts(world.alpha, LEFT).await, 1);
    for movement in [&exit, &transfer, &admission] {
        officer.undoes(movement, &persons[..1]).await.expect("undone");
    }
    assert_eq!(officer.stays(persons[0]).await, []);
    assert_eq!(officer.stays(persons[1]).await, [(world.alpha, JOINED, None)]);
    world.stop().await;
}

#[tokio::test]
async fn a_transfer_is_corrected_in_its_day_and_its_union() {
    let world = World::start().await;
    let mut national = world.national();
    let persons = national.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    national.transfers(world.alpha, world.beta, MOVED, &persons).await.expect("moved");
    let transfer = national.movements(persons[0]).await.remove(1);
    let believed = OffsetDateTime::now_utc();
    let corrected = national.corrects(&transfer, to(world.gamma)).await.expect("corrected");
    let earlier = MOVED - Duration::days(20);
    let corrected = national.corrects(&corrected, on(earlier)).await.expect("corrected");
    for person in &persons {
        let stays = [(world.alpha, JOINED, Some(earlier)), (world.gamma, earlier, None)];
        assert_eq!(national.stays(*person).await, stays);
    }
    assert_eq!(national.counted(world.beta, LEFT, believed).await.0, 2);
    assert_eq!(national.counted(world.gamma, LEFT, believed).await.0, 0);
    // What is in its place is what is corrected from then on; what it replaced is no more.
    assert_eq!(national.movements(persons[1]).await[1], corrected);
    let again = national.corrects(&transfer, on(LEFT)).await;
    assert_eq!(refused(again), because("MOVEMENT_UNDONE", "movement_id"));
    let nothing = national.corrects(&corrected, on(earlier)).await;
    assert_eq!(refused(nothing), because("CORRECTION_CHANGES_NOTHING", "movement_id"));
    let nowhere = national.corrects(&corrected, to(world.alpha)).await;
    assert_eq!(refused(nowhere), because("TRANSFER_TO_SAME", "to_organisation_id"));
    let reason = pb::CorrectMovementRequest {
        exit_reason: pb::ExitReason::Died.into(),
        ..Default::default()
    };
    let refusal = national.corrects(&corrected, reason).await;
    assert_eq!(refused(refusal), because("MOVEMENT_KIND_DIFFERS", "exit_reason"));
    world.stop().await;
}

#[tokio::test]
async fn a_correction_keeps_to_the_lives_of_unions_and_to_the_persons_other_stays() {
    let world = World::start().await;
    let mut officer = world.officer();
    let founded = date!(2024 - 01 - 01);
    let (union, _) = world.registry.founds(world.hanoi, founded, &[]);
    world.registry.ends(date!(2025 - 01 - 01), &[(world.beta, Members::Ended)]);
    let persons = officer.admits(union, JOINED, people(1)).await.expect("admitted");
    let exit = pb::ExitReason::Retired;
    officer.exits(union, exit, MOVED, &persons).await.expect("left");
    let lines = vec![known(persons[0])];
    officer.admits(world.alpha, LEFT, lines).await.expect("admitted");
    let [first, left, second] =
        <[String; 3]>::try_from(officer.movements(persons[0]).await).expect("three");

    let early = officer.corrects(&first, on(founded - Duration::DAY)).await;
    assert_eq!(refused(early), because("ORGANISATION_NOT_FOUNDED", "to_organisation_id"));
    let ended = pb::CorrectMovementRequest { ..to(world.beta) };
    let late = pb::CorrectMovementRequest { ..on(date!(2025 - 02 - 01)) };
    let late = pb::CorrectMovementRequest { effective_on: late.effective_on, ..ended };
    let refusal = officer.corrects(&second, late).await;
    assert_eq!(refused(refusal), because("ORGANISATION_ENDED", "to_organisation_id"));
    // Into a stay of hers, from either side; and out of the order in which it was decided.
    let overlap = officer.corrects(&second, on(MOVED - Duration::DAY)).await;
    assert_eq!(refused(overlap), because("MEMBERSHIP_ACTIVE", "person_ids[0]"));
    let overlap = officer.corrects(&left, on(LEFT + Duration::DAY)).await;
    assert_eq!(refused(overlap), because("MOVEMENT_LATER", "person_ids[0]"));
    let early = officer.corrects(&left, on(JOINED - Duration::DAY)).await;
    assert_eq!(refused(early), because("EFFECTIVE_BEFORE_MEMBERSHIP", "person_ids[0]"));
    // Expelled, she had to wait.
    let expelled = pb::CorrectMovementRequest {
        exit_reason: pb::ExitReason::Expelled.into(),
        ..on(MOVED + Duration::DAY)
    };
    let waits = officer.corrects(&left, expelled).await;
    assert_eq!(refused(waits), because("WAITING_PERIOD_RUNNING", "person_ids[0]"));
    let readmitted = pb::CorrectMovementRequest {
        admission_kind: pb::AdmissionKind::Readmitted.into(),
        ..Default::default()
    };
    let never = officer.corrects(&first, readmitted.clone()).await;
    assert_eq!(refused(never), because("FORMER_MEMBERSHIP_MISSING", "person_ids[0]"));
    officer.corrects(&second, readmitted).await.expect("she was a member before");
    officer.corrects(&left, on(LEFT)).await.expect("on the very day on which she joins again");
    let stays = [(union, JOINED, Some(LEFT)), (world.alpha, LEFT, None)];
    assert_eq!(officer.stays(persons[0]).await, stays);
    world.stop().await;
}

#[tokio::test]
async fn what_an_end_did_is_made_anew_whichever_became_known_first() {
    for corrected_first in [true, false] {
        let world = World::start().await;
        let mut officer = world.officer();
        let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
        officer.transfers(world.alpha, world.beta, MOVED, &persons).await.expect("moved");
        let transfer = officer.movements(persons[0]).await.remove(1);
        let (other, _) = world.registry.founds(world.hanoi, ORIGIN, &[]);
        let ends = |world: &World| {
            world.registry.ends(LEFT, &[(world.beta, Members::Rehomed(other))]);
            world.registry.ends(LEFT, &[(world.alpha, Members::Ended)]);
        };
        if !corrected_first {
            ends(&world);
            assert_eq!(officer.counts(other, LEFT).await, 3);
        }
        officer.undoes(&transfer, &persons[..1]).await.expect("undone");
        let after = LEFT + Duration::days(10);
        if corrected_first {
            ends(&world);
        } else {
            // Beta is there no more on that day: she was to go where its members had gone.
            let refusal = officer.corrects(&transfer, on(after)).await;
            assert_eq!(refused(refusal), because("ORGANISATION_ENDED", "to_organisation_id"));
        }
        assert_eq!(officer.counts(other, LEFT).await, 2);
        let stays = [(world.alpha, JOINED, Some(LEFT))];
        assert_eq!(officer.stays(persons[0]).await, stays, "{corrected_first}");
        let stays = [
            (world.alpha, JOINED, Some(MOVED)),
            (world.beta, MOVED, Some(LEFT)),
            (other, LEFT, None),
        ];
        assert_eq!(officer.stays(persons[1]).await, stays, "{corrected_first}");
        // What followed from registry's act is undone there.
        let followed = officer.movements(persons[1]).await.remove(2);
        let refusal = officer.undoes(&followed, &[]).await;
        assert_eq!(refused(refusal).0, "MOVEMENT_FOLLOWS");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_was_decided_and_is_carried_out_otherwise_is_undone_by_either_name() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let exit = pb::ExitReason::Retired;
    officer.exits(world.alpha, exit, LEFT, &persons).await.expect("left");
    let decided = officer.movements(persons[0]).await.remove(1);
    // Alpha was merged before they left: they left beta.
    world.registry.ends(MOVED, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, MOVED).await, 2);
    let carried_out = officer.movements(persons[0]).await.remove(2);
    assert_ne!(carried_out, decided);

    officer.undoes(&carried_out, &persons[..1]).await.expect("undone");
    assert_eq!(officer.counts(world.beta, LEFT).await, 1);
    let later = LEFT + Duration::days(3);
    officer.corrects(&decided, on(later)).await.expect("corrected");
    assert_eq!(officer.counts(world.beta, LEFT).await, 2);
    assert_eq!(officer.counts(world.beta, later).await, 1);
    let stays = officer.stays(persons[1]).await;
    assert_eq!(stays[1], (world.beta, MOVED, Some(later)));
    world.stop().await;
}

#[tokio::test]
async fn whoever_corrects_has_the_rights_on_all_unions_of_the_days_concerned() {
    let world = World::start().await;
    let mut national = world.national();
    let persons = national.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    national.transfers(world.alpha, world.gamma, MOVED, &persons).await.expect("moved");
    let [admission, transfer] =
        <[String; 2]>::try_from(national.movements(persons[0]).await).expect("two");
    world.registry.grants("hue", "OFFICER", world.hue);
    for subject in ["hue", "officer"] {
        let mut one_sided = world.actor(subject, "vi");
        let refusal = one_sided.undoes(&transfer, &[]).await;
        assert_eq!(refused(refusal), because("ORGANISATION_UNKNOWN", "movement_id"), "{subject}");
    }
    let mut hue = world.actor("hue", "vi");
    let refusal = hue.undoes(&admission, &[]).await;
    assert_eq!(refused(refusal).0, "MOVEMENT_UNKNOWN");
    world.registry.grants("reader", "READER", world.confederation);
    let denied = world.actor("reader", "vi").undoes(&transfer, &[]).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    national.undoes(&transfer, &[]).await.expect("undone");
    // Into another's union no correction leads.
    let refusal = world.officer().corrects(&admission, to(world.gamma)).await;
    assert_eq!(refused(refusal), because("ORGANISATION_UNKNOWN", "to_organisation_id"));
    world.stop().await;
}

#[tokio::test]
async fn corrections_of_one_person_at_one_time_follow_one_another() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(12)).await.expect("admitted");
    officer.transfers(world.alpha, world.beta, MOVED, &persons).await.expect("moved");
    let transfer = officer.movements(persons[0]).await.remove(1);
    let backwards: Vec<Uuid> = persons.iter().rev().copied().collect();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8_i64 {
        let mut actor = world.officer();
        let (transfer, people) =
            (transfer.clone(), if n % 2 == 0 { persons.clone() } else { backwards.clone() });
        tasks.spawn(async move {
            if n < 4 {
                actor.undoes(&transfer, &people).await.map(|_| ())
            } else {
                let person_ids = people.iter().map(Uuid::to_string).collect();
                let correction =
                    pb::CorrectMovementRequest { person_ids, ..on(MOVED + Duration::days(n)) };
                actor.corrects(&transfer, correction).await.map(|_| ())
            }
        });
    }
    let outcomes = tasks.join_all().await;
    // One of them found it as it was; the others, that it is no longer.
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let reasons: BTreeSet<String> =
        outcomes.into_iter().filter(Result::is_err).map(|outcome| refused(outcome).0).collect();
    assert_eq!(reasons, BTreeSet::from(["MOVEMENT_UNDONE".to_string()]));
    world.stop().await;
}

#[tokio::test]
async fn a_person_is_corrected_and_figures_by_sex_follow_of_every_day() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, vec![person(2)]).await.expect("admitted");
    officer.transfers(world.alpha, world.beta, MOVED, &persons).await.expect("moved");
    let published = world.published().await.len();
    let believed = OffsetDateTime::now_utc();
    let correction = pb::CorrectPersonRequest {
        name: "Trần Thị Hai".to_string(),
        sex: Some(pb::Sex::Female.into()),
        birth_date: Some(civil(date!(1986 - 05 - 04))),
        workplace: Some("Trường Tiểu học Ba Đình".to_string()),
        occupation: Some("Giáo viên".to_string()),
        phone: Some("0999004711".to_string()),
        ..Default::default()
    };
    officer.corrects_person(persons[0], correction.clone()).await.expect("corrected");
    let seen = officer.sees(persons[0]).await.expect("seen").person.expect("a person");
    assert_eq!(seen.name, "Trần Thị Hai");
    assert_eq!((seen.sex(), seen.birth_year), (pb::Sex::Female, 1986));
    assert_eq!(seen.phone.as_deref(), Some("0999004711"));
    assert_eq!((&*seen.occupation, &*seen.workplace), ("Giáo viên", "Trường Tiểu học Ba Đình"));
    assert_eq!(officer.counted(world.alpha, JOINED, believed).await, (1, 0));
    let now = OffsetDateTime::now_utc();
    assert_eq!(officer.counted(world.alpha, JOINED, now).await, (1, 1));

    // Taken back last movement first, and told again in their order.
    let told: Vec<(i32, i32, bool)> = world
        .published()
        .await
        .split_off(published)
        .into_iter()
        .map(|(_, _, change, _)| match change {
            Published::MembersAdmitted(it) => (it.lines[0].sex, it.lines[0].birth_year, true),
            Published::MembersTransferred(it) => (it.lines[0].sex, it.lines[0].birth_year, true),
            Published::MovementTakenBack(it) => match it.movement.expect("a movement") {
                Movement::MembersAdmitted(it) => (it.lines[0].sex, it.lines[0].birth_year, false),
                Movement::MembersTransferred(it) => {
                    (it.lines[0].sex, it.lines[0].birth_year, false)
                }
                Movement::MembersExited(_) => panic!("nobody left"),
            },
            other => panic!("nobody did this: {other:?}"),
        })
        .collect();
    assert_eq!(told, [(1, 1985, false), (1, 1985, false), (2, 1986, true), (2, 1986, true)]);
    let again =
        officer.corrects_person(persons[0], pb::CorrectPersonRequest { phone: None, ..correction });
    assert_eq!(refused(again.await), because("CORRECTION_CHANGES_NOTHING", "person_id"));
    let stranger = officer.corrects_person(Uuid::now_v7(), Default::default()).await;
    assert_eq!(refused(stranger), because("PERSON_UNKNOWN", "person_id"));
    world.stop().await;
}

#[tokio::test]
async fn a_wrong_number_is_free_and_the_right_one_is_hers_alone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons =
        officer.admits(world.alpha, JOINED, vec![person(2), person(4)]).await.expect("admitted");
    let number = |n: u32| person(n).identity_number;
    let says = |number: String| pb::CorrectPersonRequest {
        identity_number: Some(number),
        ..Default::default()
    };
    let taken = officer.corrects_person(persons[0], says(number(4))).await;
    assert_eq!(refused(taken), because("IDENTITY_NUMBER_TAKEN", "identity_number"));
    let malformed = officer.corrects_person(persons[0], says("12".to_string())).await;
    assert_eq!(refused(malformed), because("IDENTITY_NUMBER_MALFORMED", "identity_number"));
    officer.corrects_person(persons[1], says(number(6))).await.expect("corrected");
    officer.corrects_person(persons[0], says(number(4))).await.expect("the number is free");
    // And back: what was hers once may be hers again.
    officer.corrects_person(persons[0], says(number(2))).await.expect("corrected");
    officer.corrects_person(persons[1], says(String::new())).await.expect("she has none");
    let seen = async |person: Uuid| {
        let seen = world.officer().sees(person).await.expect("seen").person.expect("a person");
        seen.identity_number
    };
    assert_eq!(seen(persons[0]).await, Some(number(2)));
    assert_eq!(seen(persons[1]).await, None);
    world.stop().await;
}

#[tokio::test]
async fn a_movement_rests_on_a_decision_and_says_so_in_the_feed() {
    let world = World::start().await;
    let mut officer = world.officer();
    let written = |number: &str, issuer: &Uuid| pb::MovementBasis {
        basis: Some(pb::movement_basis::Basis::WrittenDecision(pb::WrittenDecision {
            issuer_id: issuer.to_string(),
            number: number.to_string(),
            issued_on: Some(civil(JOINED)),
            ..Default::default()
        })),
    };
    let admission = |basis: Option<pb::MovementBasis>, number: &str| pb::AdmitMembersRequest {
        basis,
        decision_number: number.to_string(),
        ..crate::world::admission(world.alpha, JOINED, people(1))
    };
    let decisions = async || -> Vec<(Uuid, String, Option<Uuid>)> {
        // Numbered already or still to be: an act is in one of the two from its commit on.
        sqlx::query_as(
            "select change_id, kind, decision_id
             from (select 0 as part, position as place, change_id, kind, decision_id
                   from feed.stream
                   union all
                   select 1, pending_id, change_id, kind, decision_id from feed.pending) as each
             order by part, place",
        )
        .fetch_all(&mut world.look().await)
        .await
        .expect("read")
    };
    // Written down once, whichever act names it.
    for _ in 0..2 {
        let request = admission(Some(written("12/QĐ-LĐLĐ", &world.hanoi)), "");
        officer.members.admit_members(request).await.expect("admitted");
    }
    let first = decisions().await;
    let kinds: Vec<&str> = first.iter().map(|one| &*one.1).collect();
    assert_eq!(
        kinds,
        [
            "membership.decision_written_down",
            "membership.members_admitted",
            "membership.members_admitted"
        ]
    );
    assert!(first[0].2.is_some() && first.iter().all(|one| one.2 == first[0].2));
    // A number alone is a decision of the union's own.
    officer.members.admit_members(admission(None, "3/QĐ-CĐCS")).await.expect("admitted");
    let own = decisions().await.split_off(3);
    assert_eq!(own.len(), 2);
    assert!(own[0].2.is_some() && own[0].2 == own[1].2 && own[0].2 != first[0].2);

    let twice = admission(Some(written("12/QĐ-LĐLĐ", &world.hanoi)), "12");
    let refusal = officer.members.admit_members(twice).await;
    assert_eq!(refused(refusal), because("DECISION_AMBIGUOUS", "basis"));
    let strange = admission(Some(written("9", &world.hue)), "");
    let refusal = officer.members.admit_members(strange).await;
    let field = "basis.written_decision.issuer_id";
    assert_eq!(refused(refusal), because("ORGANISATION_UNKNOWN", field));
    let unknown = pb::MovementBasis {
        basis: Some(pb::movement_basis::Basis::DecisionId(Uuid::now_v7().to_string())),
    };
    let refusal = officer.members.admit_members(admission(Some(unknown), "")).await;
    assert_eq!(refused(refusal), because("DECISION_UNKNOWN", "basis.decision_id"));
    let small = pb::MovementBasis {
        basis: Some(pb::movement_basis::Basis::WrittenDecision(pb::WrittenDecision {
            kind: "nghị quyết".to_string(),
            number: "1".to_string(),
            ..Default::default()
        })),
    };
    let refusal = officer.members.admit_members(admission(Some(small), "")).await;
    let field = "basis.written_decision.kind";
    assert_eq!(refused(refusal), because("DOCUMENT_KIND_MALFORMED", field));

    // One of registry's, by its id; and the correction of a movement's decision alone.
    let decision = Uuid::now_v7();
    world.registry.acts(
        JOINED,
        vec![proto::registry::v1::registry_change::Change::DecisionRecorded(
            proto::registry::v1::DecisionRecorded {
                decision_id: decision.to_string(),
                issuer_id: world.hanoi.to_string(),
                kind: "QUYET_DINH".to_string(),
                number: "77/QĐ-LĐLĐ".to_string(),
                ..Default::default()
            },
        )],
    );
    let registry = pb::MovementBasis {
        basis: Some(pb::movement_basis::Basis::DecisionId(decision.to_string())),
    };
    let request = admission(Some(registry.clone()), "");
    let admitted = officer.members.admit_members(request).await.expect("admitted").into_inner();
    let correction = pb::CorrectMovementRequest {
        decision: Some(written("13/QĐ-LĐLĐ", &world.hanoi)),
        basis: Some(registry),
        ..Default::default()
    };
    officer.corrects(&admitted.admission_id, correction).await.expect("corrected");
    let told = decisions().await.split_off(5);
    let told: Vec<(&str, Option<Uuid>)> = told.iter().map(|one| (&*one.1, one.2)).collect();
    let [admitted, written, taken_back, again] = told[..] else { panic!("{told:?}") };
    assert_eq!(admitted, ("membership.members_admitted", Some(decision)));
    assert_eq!(taken_back, ("membership.movement_taken_back", Some(decision)));
    assert_eq!(again, ("membership.members_admitted", written.1));
    assert_eq!(officer.counts(world.alpha, JOINED).await, 4);
    world.stop().await;
}
