use std::collections::BTreeMap;

use chassis::database::today;
use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use proto::membership::v1::movement_taken_back::Movement;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::cards::issuing;
use crate::world::{Actor, World, admission, because, id, known, people, person, refused, texts};
use stage::registry::Members;

pub const JOINED: Date = date!(2020 - 03 - 01);
const AGAIN: Date = date!(2021 - 03 - 01);
const LATER: Date = date!(2022 - 03 - 01);
const LAST: Date = date!(2023 - 03 - 01);

pub fn merging(merged: Uuid, survivor: Uuid) -> pb::MergePersonsRequest {
    pb::MergePersonsRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: merged.to_string(),
        survivor_id: survivor.to_string(),
        reason: "cùng một người".to_string(),
        ..Default::default()
    }
}

fn telling_apart(merged: Uuid) -> pb::UnmergePersonsRequest {
    pb::UnmergePersonsRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: merged.to_string(),
        reason: "hai người khác nhau".to_string(),
        ..Default::default()
    }
}

pub async fn merges(actor: &mut Actor, merged: Uuid, survivor: Uuid) -> Result<(), Status> {
    actor.duplicates.merge_persons(merging(merged, survivor)).await.map(|_| ())
}

pub async fn unmerges(actor: &mut Actor, merged: Uuid) -> Result<(), Status> {
    actor.duplicates.unmerge_persons(telling_apart(merged)).await.map(|_| ())
}

/// Of what the stays of somebody consist.
pub type Stay = (Uuid, Uuid, Date, Option<Date>, Uuid, Option<Uuid>);

/// The stays of everybody, the movements that began and ended them, how they stand and what is open.
pub async fn books(world: &World) -> (Vec<Stay>, Vec<String>) {
    let mut look = world.look().await;
    let stays = sqlx::query_as(
        "select person_id, organisation_id, from_on, until_on, begun_by, ended_by
         from membership order by person_id, from_on, until_on nulls last, organisation_id",
    )
    .fetch_all(&mut look)
    .await
    .expect("stays");
    let rest = sqlx::query_scalar(
        "select row::text from (select person_id, standing_id, organisation_id, from_on, until_on
                                from standing_spell) as row
         union all select row::text from (select person_id, standing_id, left_on, ended_on,
                                                 transfer_id from standing) as row
         union all select row::text from (select person_id, application_id, closed_on
                                          from application) as row
         union all select row::text from (select person_id, movement_id from movement_taken_back
                                          where stands) as row
         order by 1",
    )
    .fetch_all(&mut look)
    .await
    .expect("the rest");
    (stays, rest)
}

/// Who was where from when to when, whatever the movements.
pub fn spans(stays: &[Stay]) -> Vec<(Uuid, Uuid, Date, Option<Date>)> {
    stays.iter().map(|stay| (stay.0, stay.1, stay.2, stay.3)).collect()
}

/// The members of each union on a day, by all that was published: as figures are made of it.
async fn told(world: &World, on: Date) -> BTreeMap<Uuid, i64> {
    fn one(stock: &mut BTreeMap<Uuid, i64>, union: &str, lines: usize, sign: i64) {
        *stock.entry(id(union)).or_default() += sign * i64::try_from(lines).expect("small");
    }
    let mut stock = BTreeMap::new();
    for (_, effective_on, change, _) in world.published().await {
        if effective_on > on {
            continue;
        }
        let (movement, sign) = match change {
            Published::MembersAdmitted(it) => (Movement::MembersAdmitted(it), 1),
            Published::MembersTransferred(it) => (Movement::MembersTransferred(it), 1),
            Published::MembersExited(it) => (Movement::MembersExited(it), 1),
            Published::MovementTakenBack(it) => (it.movement.expect("a movement"), -1),
            _ => continue,
        };
        match movement {
            Movement::MembersAdmitted(it) => {
                one(&mut stock, &it.organisation_id, it.lines.len(), sign);
            }
            Movement::MembersTransferred(it) => {
                one(&mut stock, &it.from_organisation_id, it.lines.len(), -sign);
                one(&mut stock, &it.to_organisation_id, it.lines.len(), sign);
            }
            Movement::MembersExited(it) => {
                one(&mut stock, &it.organisation_id, it.lines.len(), -sign);
            }
        }
    }
    stock.retain(|_, members| *members != 0);
    stock
}

/// What is counted is what was told, on every day that is asked about.
pub async fn tells_what_it_counts(
    world: &World,
    actor: &mut Actor,
    unions: &[Uuid],
    days: &[Date],
) {
    for day in days {
        let counted = actor.counts_of(unions, *day).await;
        let told = told(world, *day).await;
        for (union, members) in unions.iter().zip(counted) {
            let told = told.get(union).copied().unwrap_or_default();
            assert_eq!(i64::from(members), told, "{union} on {day}");
        }
    }
}

#[tokio::test]
async fn two_who_are_one_are_counted_once_and_are_two_again_as_they_were() {
    let world = World::start().await;
    let mut officer = world.officer();
    let a = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted")[0];
    let b = officer.admits(world.beta, AGAIN, people(1)).await.expect("admitted")[0];
    let days = [JOINED, AGAIN, LATER, LAST, today()];
    let unions = [world.alpha, world.beta];
    let before = books(&world).await;
    let instant_before = OffsetDateTime::now_utc();

    // Who was admitted again while she was a member went from the one union to the other.
    merges(&mut officer, b, a).await.expect("merged");
    let merged_at = OffsetDateTime::now_utc();
    let course = vec![(world.alpha, JOINED, Some(AGAIN)), (world.beta, AGAIN, None)];
    assert_eq!(officer.stays(a).await, course);
    assert_eq!(officer.counts_of(&unions, AGAIN).await, [0, 1]);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    // Her id leads to the survivor, and says so; as was known before, she was herself.
    let seen = officer.sees(b).await.expect("seen");
    assert_eq!(id(&seen.person.as_ref().expect("a person").person_id), a);
    assert_eq!(id(&seen.merged_person_id), b);
    assert!(officer.sees(a).await.expect("seen").merged_person_id.is_empty());
    let then =
        pb::GetMemberRequest { person_id: b.to_string(), known_at: Some(instant(instant_before)) };
    let then = officer.members.get_member(then).await.expect("seen").into_inner();
    assert_eq!(id(&then.person.expect("a person").person_id), b);
    assert_eq!(then.memberships.len(), 1);
    assert_eq!(officer.counted(world.alpha, AGAIN, instant_before).await.0, 1);

    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(books(&world).await, before);
    assert_eq!(officer.counts_of(&unions, AGAIN).await, [1, 1]);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    assert!(officer.sees(b).await.expect("seen").merged_person_id.is_empty());
    // As was known in between, they are one.
    let then =
        pb::GetMemberRequest { person_id: b.to_string(), known_at: Some(instant(merged_at)) };
    let then = officer.members.get_member(then).await.expect("seen").into_inner();
    assert_eq!((id(&then.merged_person_id), then.memberships.len()), (b, 2));
    assert_eq!(officer.counted(world.alpha, AGAIN, merged_at).await.0, 0);

    // The other way round it comes to the same figures, and to the same when it is taken back.
    merges(&mut officer, a, b).await.expect("merged");
    assert_eq!(officer.stays(b).await, course);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    unmerges(&mut officer, a).await.expect("told apart");
    assert_eq!(books(&world).await, before);
    let request = pb::ListCorrectionsRequest { about_id: b.to_string(), ..Default::default() };
    let listed = officer.corrections.list_corrections(request).await.expect("listed");
    let kinds: Vec<i32> = listed.get_ref().corrections.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [103, 104]);
    world.stop().await;
}

#[tokio::test]
async fn what_was_decided_of_both_is_the_course_of_one() {
    let world = World::start().await;
    let mut officer = world.national();
    let retired = pb::ExitReason::Retired;
    let mut both = Vec::new();
    for _ in 0..4 {
        let a = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted")[0];
        let b = officer.admits(world.gamma, AGAIN, people(1)).await.expect("admitted")[0];
        both.push((a, b));
    }
    // Left twice.
    let (a, b) = both[0];
    officer.exits(world.alpha, retired, LATER, &[a]).await.expect("left");
    officer.exits(world.gamma, retired, LAST, &[b]).await.expect("left");
    merges(&mut officer, b, a).await.expect("merged");
    let left = vec![(world.alpha, JOINED, Some(AGAIN)), (world.gamma, AGAIN, Some(LATER))];
    assert_eq!(officer.stays(a).await, left);
    // Left there, and transferred here.
    let (a, b) = both[1];
    officer.exits(world.gamma, retired, LATER, &[b]).await.expect("left");
    officer.transfers(world.alpha, world.beta, LAST, &[a]).await.expect("moved");
    merges(&mut officer, a, b).await.expect("merged");
    let back = vec![
        (world.alpha, JOINED, Some(AGAIN)),
        (world.gamma, AGAIN, Some(LATER)),
        (world.beta, LAST, None),
    ];
    assert_eq!(officer.stays(b).await, back);
    // Admitted twice in one union: once.
    let twin = officer.admits(world.alpha, LATER, people(1)).await.expect("admitted")[0];
    let (a, _) = both[2];
    merges(&mut officer, twin, a).await.expect("merged");
    assert_eq!(officer.stays(a).await, [(world.alpha, JOINED, None)]);
    let unions = [world.alpha, world.beta, world.gamma];
    let days = [JOINED, AGAIN, LATER, LAST, today()];
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;

    // What happens to the survivor afterwards happens to the one whom both are, and her union's end
    // finds her where she is.
    world.registry.ends(LAST, &[(world.gamma, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.gamma, LAST).await, 0);
    let (a, b) = both[3];
    merges(&mut officer, b, a).await.expect("merged");
    let on = vec![
        (world.alpha, JOINED, Some(AGAIN)),
        (world.gamma, AGAIN, Some(LAST)),
        (world.beta, LAST, None),
    ];
    assert_eq!(officer.stays(a).await, on);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(officer.stays(a).await, [(world.alpha, JOINED, None)]);
    assert_eq!(
        officer.stays(b).await,
        [(world.gamma, AGAIN, Some(LAST)), (world.beta, LAST, None)]
    );
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    world.stop().await;
}

#[tokio::test]
async fn three_are_one_in_any_order_and_there_are_no_circles() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut three = Vec::new();
    for (union, on) in [(world.alpha, JOINED), (world.beta, AGAIN), (world.alpha, LATER)] {
        three.push(officer.admits(union, on, people(1)).await.expect("admitted")[0]);
    }
    let [a, b, c] = three[..] else { panic!("three") };
    let before = books(&world).await;
    let whole = [
        (world.alpha, JOINED, Some(AGAIN)),
        (world.beta, AGAIN, Some(LATER)),
        (world.alpha, LATER, None),
    ];
    let unions = [world.alpha, world.beta];
    let days = [JOINED, AGAIN, LATER, today()];

    // A chain: b is a, and a is c.
    merges(&mut officer, b, a).await.expect("merged");
    let one = books(&world).await;
    merges(&mut officer, a, c).await.expect("merged");
    assert_eq!(officer.stays(c).await, whole);
    for person in [a, b] {
        let seen = officer.sees(person).await.expect("seen");
        assert_eq!(id(&seen.person.expect("a person").person_id), c);
    }
    for (merged, survivor, field) in
        [(c, a, "survivor_id"), (c, b, "survivor_id"), (a, c, "person_id"), (b, c, "person_id")]
    {
        let circle = merges(&mut officer, merged, survivor).await;
        assert_eq!(refused(circle), because("PERSON_MERGED", field));
    }
    let self_made = merges(&mut officer, c, c).await;
    assert_eq!(refused(self_made), because("PERSON_REPEATED", "survivor_id"));
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    unmerges(&mut officer, a).await.expect("told apart");
    let (stays, _) = books(&world).await;
    assert_eq!(spans(&stays), spans(&one.0));
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(books(&world).await, before);

    // The first link is taken away first.
    merges(&mut officer, b, a).await.expect("merged");
    merges(&mut officer, a, c).await.expect("merged");
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(officer.stays(b).await, [(world.beta, AGAIN, None)]);
    assert_eq!(officer.stays(c).await, [(world.alpha, JOINED, None)]);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    unmerges(&mut officer, a).await.expect("told apart");
    assert_eq!(books(&world).await, before);

    // Both into one.
    merges(&mut officer, a, b).await.expect("merged");
    merges(&mut officer, c, b).await.expect("merged");
    assert_eq!(officer.stays(b).await, whole);
    tells_what_it_counts(&world, &mut officer, &unions, &days).await;
    for merged in [a, c] {
        unmerges(&mut officer, merged).await.expect("told apart");
    }
    assert_eq!(books(&world).await, before);
    let nobody = unmerges(&mut officer, a).await;
    assert_eq!(refused(nobody), because("PERSON_NOT_MERGED", "person_id"));
    world.stop().await;
}

#[tokio::test]
async fn what_is_open_is_closed_first_and_two_numbers_are_two() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(6)).await.expect("admitted");
    let offer = pb::OfferTransferRequest {
        request_id: Uuid::new_v4().to_string(),
        from_organisation_id: world.alpha.to_string(),
        to_organisation_id: world.beta.to_string(),
        person_ids: texts(&persons[..1]),
        ..Default::default()
    };
    let offer = officer.offers.offer_transfer(offer).await.expect("offered").into_inner();
    let hindered = merges(&mut officer, persons[0], persons[1]).await.expect_err("hindered");
    assert!(format!("{hindered:?}").contains("OFFER"));
    assert_eq!(refused(Err::<(), _>(hindered)), because("MERGE_HINDERED", "person_id"));
    // The one who survives stays offered.
    merges(&mut officer, persons[1], persons[0]).await.expect("merged");
    let accept = pb::AcceptTransferRequest {
        request_id: Uuid::new_v4().to_string(),
        offer_id: offer.offer_id,
        effective_on: Some(civil(today())),
        ..Default::default()
    };
    officer.offers.accept_transfer(accept).await.expect("accepted");
    assert_eq!(officer.counts_of(&[world.alpha, world.beta], today()).await, [4, 1]);

    let applied = officer.applies(world.alpha, today(), people(1)).await.expect("applied")[0];
    let hindered = merges(&mut officer, applied, persons[2]).await;
    assert_eq!(refused(hindered), because("MERGE_HINDERED", "person_id"));
    let numbered: Vec<pb::PersonLine> = vec![person(20), person(22)];
    let numbered = officer.admits(world.beta, JOINED, numbered).await.expect("admitted");
    let two = merges(&mut officer, numbered[0], numbered[1]).await;
    assert_eq!(refused(two), because("IDENTITY_NUMBERS_DIFFER", "person_id"));
    merges(&mut officer, numbered[0], persons[2]).await.expect("merged");
    // Also where the number is that of somebody who was merged into one of them.
    let two = merges(&mut officer, persons[2], numbered[1]).await;
    assert_eq!(refused(two), because("IDENTITY_NUMBERS_DIFFER", "person_id"));
    let find =
        pb::FindPersonRequest { identity_number: person(20).identity_number, ..Default::default() };
    let found = officer.members.find_person(find).await.expect("found").into_inner();
    assert_eq!((id(&found.person_id), id(&found.merged_person_id)), (persons[2], numbered[0]));

    // Nothing more is said of whoever was merged, and her number is the survivor's.
    let of_her = vec![known(numbered[0])];
    let admitted = officer.members.admit_members(admission(world.beta, LAST, of_her)).await;
    assert_eq!(refused(admitted), because("PERSON_MERGED", "lines[0].person_id"));
    let named = pb::CorrectPersonRequest { name: "Trần Khác".to_string(), ..Default::default() };
    let named = officer.corrects_person(numbered[0], named).await;
    assert_eq!(refused(named), because("PERSON_MERGED", "person_id"));
    let exit = officer.exits(world.beta, pb::ExitReason::Died, LAST, &numbered[..1]).await;
    assert_eq!(refused(exit), because("PERSON_MERGED", "person_ids[0]"));
    let transfer = officer.transfers(world.beta, world.alpha, LAST, &numbered[..1]).await;
    assert_eq!(refused(transfer), because("PERSON_MERGED", "person_ids[0]"));
    let dormant = pb::MakeDormantRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.beta.to_string(),
        reason: pb::DormancyReason::JobLost.into(),
        effective_on: Some(civil(LAST)),
        person_ids: texts(&numbered[..1]),
        ..Default::default()
    };
    let dormant = officer.standings.make_dormant(dormant).await;
    assert_eq!(refused(dormant), because("PERSON_MERGED", "person_ids[0]"));
    let back = pb::EndDormancyRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.beta.to_string(),
        effective_on: Some(civil(LAST)),
        person_ids: texts(&numbered[..1]),
        ..Default::default()
    };
    let back = officer.standings.end_dormancy(back).await;
    assert_eq!(refused(back), because("PERSON_MERGED", "person_ids[0]"));
    let issued = officer.cards.issue_cards(issuing(world.beta, LAST, &numbered[..1])).await;
    assert_eq!(refused(issued), because("PERSON_MERGED", "person_ids[0]"));

    // A step of discipline hinders nobody, and stays with whom it was taken against.
    let step = pb::DisciplineMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.alpha.to_string(),
        measure: pb::DisciplineMeasure::Reprimand.into(),
        effective_on: Some(civil(LAST)),
        person_ids: texts(&persons[3..4]),
        ..Default::default()
    };
    officer.discipline.discipline_members(step).await.expect("disciplined");
    let before = books(&world).await;
    merges(&mut officer, persons[3], persons[4]).await.expect("merged");
    unmerges(&mut officer, persons[3]).await.expect("told apart");
    assert_eq!(books(&world).await, before);
    world.stop().await;
}

#[tokio::test]
async fn who_may_merge_and_tell_apart() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    world.registry.grants("reader", "READER", world.hanoi);
    let mut reader = world.actor("reader", "vi");
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let far = national.admits(world.gamma, AGAIN, people(1)).await.expect("admitted")[0];
    for (merged, survivor, field) in [
        (far, persons[0], "person_id"),
        (persons[0], far, "survivor_id"),
        (Uuid::now_v7(), persons[0], "person_id"),
    ] {
        let foreign = merges(&mut officer, merged, survivor).await;
        assert_eq!(refused(foreign), because("PERSON_UNKNOWN", field));
    }
    let denied = merges(&mut reader, persons[1], persons[0]).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    merges(&mut national, far, persons[0]).await.expect("merged");
    // She lies in Huế now, where she is counted: the officer of Hà Nội has not both.
    let foreign = unmerges(&mut officer, far).await;
    assert_eq!(refused(foreign), because("PERSON_UNKNOWN", "person_id"));
    let nobody = unmerges(&mut officer, Uuid::now_v7()).await;
    assert_eq!(refused(nobody), because("PERSON_UNKNOWN", "person_id"));
    // Back in Hà Nội her past in Huế is still that of Huế.
    national.transfers(world.gamma, world.beta, LATER, &persons[..1]).await.expect("moved");
    let past = unmerges(&mut officer, far).await;
    assert_eq!(refused(past).0, "MERGE_HINDERED");
    world.stop().await;
}

#[tokio::test]
async fn what_was_decided_since_stands_or_they_stay_one() {
    let world = World::start().await;
    let mut officer = world.officer();
    let a = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted")[0];
    let b = officer.admits(world.beta, AGAIN, people(1)).await.expect("admitted")[0];
    merges(&mut officer, b, a).await.expect("merged");
    let retired = pb::ExitReason::Retired;
    officer.exits(world.beta, retired, LATER, &[a]).await.expect("left");
    let hindered = unmerges(&mut officer, b).await.expect_err("hindered");
    assert!(format!("{hindered:?}").contains("DECISION"));
    assert_eq!(refused(Err::<(), _>(hindered)), because("MERGE_HINDERED", "person_id"));
    let exit = officer.movements(a).await.pop().expect("an exit");
    officer.undoes(&exit, &[]).await.expect("undone");
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(officer.stays(a).await, [(world.alpha, JOINED, None)]);
    assert_eq!(officer.stays(b).await, [(world.beta, AGAIN, None)]);

    // What was decided of the merged one before is undone and corrected through the survivor.
    merges(&mut officer, b, a).await.expect("merged");
    let movement = officer.movements(a).await.pop().expect("a transfer");
    officer.undoes(&movement, &[]).await.expect("undone");
    assert_eq!(officer.stays(a).await, [(world.alpha, JOINED, None)]);
    unmerges(&mut officer, b).await.expect("told apart");
    assert!(officer.stays(b).await.is_empty());
    let days = [JOINED, AGAIN, LATER, today()];
    tells_what_it_counts(&world, &mut officer, &[world.alpha, world.beta], &days).await;
    world.stop().await;
}

#[tokio::test]
async fn of_two_who_merge_two_at_once_in_both_directions_one_does() {
    let world = World::start().await;
    let mut officer = world.officer();
    for _ in 0..3 {
        let a = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted")[0];
        let b = officer.admits(world.beta, AGAIN, people(1)).await.expect("admitted")[0];
        let tries = [(a, b), (b, a), (a, b), (b, a)].map(|(merged, survivor)| {
            let mut actor = world.officer();
            tokio::spawn(async move { merges(&mut actor, merged, survivor).await })
        });
        let mut done = 0;
        for one in tries {
            match one.await.expect("no panic") {
                Ok(()) => done += 1,
                Err(status) => assert_eq!(refused(Err::<(), _>(status)).0, "PERSON_MERGED"),
            }
        }
        assert_eq!(done, 1);
        assert_eq!(officer.counts(world.beta, LAST).await, 1);
        let merged =
            if officer.sees(a).await.expect("seen").merged_person_id.is_empty() { b } else { a };
        unmerges(&mut officer, merged).await.expect("told apart");
        officer.exits(world.beta, pb::ExitReason::Died, AGAIN, &[b]).await.expect("left");
    }
    // A repeated request merges once.
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let request = merging(persons[1], persons[0]);
    let dry = pb::MergePersonsRequest { validate_only: true, ..merging(persons[1], persons[0]) };
    officer.duplicates.merge_persons(dry).await.expect("tried");
    let one = officer.duplicates.merge_persons(request.clone()).await.expect("merged");
    let same = officer.duplicates.merge_persons(request).await.expect("merged");
    assert_eq!(one.into_inner(), same.into_inner());
    world.stop().await;
}

#[tokio::test]
async fn how_somebody_stood_and_her_cards_are_the_survivors() {
    let world = World::start().await;
    let mut officer = world.officer();
    let a = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted")[0];
    let b = officer.admits(world.beta, AGAIN, people(1)).await.expect("admitted")[0];
    for (union, person, on) in [(world.alpha, a, JOINED), (world.beta, b, LATER)] {
        let request = pb::MakeDormantRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: union.to_string(),
            reason: pb::DormancyReason::JobLost.into(),
            effective_on: Some(civil(on)),
            person_ids: texts(&[person]),
            ..Default::default()
        };
        officer.standings.make_dormant(request).await.expect("dormant");
        officer.cards.issue_cards(issuing(union, on, &[person])).await.expect("issued");
    }
    let before = books(&world).await;
    let dormant = async |officer: &mut Actor, on: Date| {
        let request = pb::CountMembersRequest {
            organisation_ids: texts(&[world.alpha, world.beta]),
            as_of: Some(civil(on)),
            known_at: None,
        };
        let counts = officer.members.count_members(request).await.expect("counted").into_inner();
        counts.counts.iter().map(|count| (count.members, count.dormant)).collect::<Vec<_>>()
    };
    assert_eq!(dormant(&mut officer, LATER).await, [(1, 1), (1, 1)]);
    merges(&mut officer, b, a).await.expect("merged");
    assert_eq!(dormant(&mut officer, LATER).await, [(0, 0), (1, 1)]);
    assert_eq!(dormant(&mut officer, JOINED).await, [(1, 1), (0, 0)]);
    let list =
        |person: Uuid| pb::ListCardsRequest { person_id: person.to_string(), ..Default::default() };
    let hers = officer.cards.list_cards(list(a)).await.expect("listed").into_inner().cards;
    let states: Vec<pb::CardState> = hers.iter().map(pb::Card::state).collect();
    assert_eq!(states, [pb::CardState::Replaced, pb::CardState::Valid]);
    unmerges(&mut officer, b).await.expect("told apart");
    assert_eq!(books(&world).await, before);
    assert_eq!(dormant(&mut officer, LATER).await, [(1, 1), (1, 1)]);
    let hers = officer.cards.list_cards(list(b)).await.expect("listed").into_inner().cards;
    assert_eq!(hers.iter().map(pb::Card::state).collect::<Vec<_>>(), [pb::CardState::Valid]);
    world.stop().await;
}

fn born(name: &str, birth: Option<Date>, number: u32) -> pb::PersonLine {
    pb::PersonLine {
        name: name.to_string(),
        birth_date: birth.map(civil),
        birth_year: if birth.is_some() { 0 } else { 1985 },
        identity_number: if number == 0 { String::new() } else { person(number).identity_number },
        ..Default::default()
    }
}

#[tokio::test]
async fn who_is_likely_to_be_one_is_kept_as_people_become_known() {
    let world = World::start().await;
    let mut officer = world.officer();
    const BORN: Date = date!(1985 - 05 - 31);
    let candidates = async |officer: &mut Actor, at: Uuid| {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = pb::ListDuplicateCandidatesRequest {
                organisation_id: at.to_string(),
                page_size: 1,
                page_token,
            };
            let page = officer.duplicates.list_duplicate_candidates(request).await;
            let page = page.expect("listed").into_inner();
            all.extend(page.candidates.iter().map(|one| {
                let of = |person: &Option<pb::list_duplicate_candidates_response::Person>| {
                    id(&person.as_ref().expect("a person").person_id)
                };
                ((of(&one.person), of(&one.other)), one.reason)
            }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    };
    let pair = |one: Uuid, other: Uuid| (one.min(other), one.max(other));
    let lines = vec![
        born("Nguyễn Văn Hòa", Some(BORN), 0),
        // Written otherwise, and the same name; the day is not known.
        born("NGUYỄN VĂN HOÀ", None, 40),
        // Another name, another year, another day.
        born("Nguyễn Văn Hoa", Some(BORN), 0),
        born("Nguyễn Văn Hòa", Some(date!(1986 - 05 - 31)), 0),
    ];
    let persons = officer.admits(world.alpha, JOINED, lines).await.expect("admitted");
    // In another union, and another with a number of his own.
    let elsewhere = vec![born("Nguyễn Văn Hòa", Some(BORN), 0)];
    officer.admits(world.beta, JOINED, elsewhere).await.expect("admitted");
    assert!(candidates(&mut officer, world.beta).await.is_empty());
    assert_eq!(candidates(&mut officer, world.alpha).await, [(pair(persons[0], persons[1]), 2)]);
    let again = vec![born("Nguyễn Văn Hòa", Some(BORN), 42)];
    let third = officer.admits(world.alpha, AGAIN, again).await.expect("admitted")[0];
    // With the first, by the day; not with the second: two numbers are two.
    let mut expected = vec![(pair(persons[0], persons[1]), 2), (pair(persons[0], third), 1)];
    expected.sort_unstable();
    assert_eq!(candidates(&mut officer, world.hanoi).await, expected);

    let dismissing = |one: Uuid, other: Uuid| pb::DismissDuplicateRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: one.to_string(),
        other_id: other.to_string(),
        reason: "hai anh em họ".to_string(),
        ..Default::default()
    };
    let dismiss = dismissing(third, persons[0]);
    officer.duplicates.dismiss_duplicate(dismiss).await.expect("dismissed");
    assert_eq!(candidates(&mut officer, world.alpha).await, [(pair(persons[0], persons[1]), 2)]);
    for unlikely in [dismissing(third, persons[0]), dismissing(persons[2], persons[3])] {
        let unlikely = officer.duplicates.dismiss_duplicate(unlikely).await;
        assert_eq!(refused(unlikely), because("DUPLICATE_UNKNOWN", "other_id"));
    }
    let himself = officer.duplicates.dismiss_duplicate(dismissing(third, third)).await;
    assert_eq!(refused(himself), because("PERSON_REPEATED", "other_id"));

    // A correction makes them unlikely, and likely; what was dismissed stays so.
    let named =
        |name: &str| pb::CorrectPersonRequest { name: name.to_string(), ..Default::default() };
    officer.corrects_person(persons[0], named("Trần Văn Hòa")).await.expect("corrected");
    assert!(candidates(&mut officer, world.alpha).await.is_empty());
    officer.corrects_person(persons[0], named("Nguyễn Văn Hòa")).await.expect("corrected");
    assert_eq!(candidates(&mut officer, world.alpha).await, [(pair(persons[0], persons[1]), 2)]);
    // Who was merged is likely no longer, and is again when they are two.
    merges(&mut officer, persons[1], persons[0]).await.expect("merged");
    assert!(candidates(&mut officer, world.alpha).await.is_empty());
    unmerges(&mut officer, persons[1]).await.expect("told apart");
    assert_eq!(candidates(&mut officer, world.alpha).await.len(), 1);

    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    let request = pb::ListDuplicateCandidatesRequest {
        organisation_id: world.alpha.to_string(),
        ..Default::default()
    };
    let foreign = hue.duplicates.list_duplicate_candidates(request).await;
    assert_eq!(refused(foreign).0, "ORGANISATION_UNKNOWN");
    let foreign = hue.duplicates.dismiss_duplicate(dismissing(persons[1], persons[0])).await;
    assert_eq!(refused(foreign), because("PERSON_UNKNOWN", "person_id"));
    world.stop().await;
}

#[tokio::test]
async fn nothing_new_is_said_of_whoever_was_merged() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let (hers, survivor) = (persons[0], persons[1]);
    merges(&mut officer, hers, survivor).await.expect("merged");
    let (union, merged) = (world.alpha.to_string(), vec![hers.to_string()]);
    let (on, request_id) = (Some(civil(LATER)), || Uuid::new_v4().to_string());

    macro_rules! merged {
        ($($client:ident . $method:ident ( $field:literal, $request:expr );)*) => {$(
            let answer = officer.$client.$method($request).await;
            let reason = because("PERSON_MERGED", $field);
            assert_eq!(refused(answer), reason, stringify!($method));
        )*};
    }
    merged! {
        training.hold_training_course("attendances[0].person_id", pb::HoldTrainingCourseRequest {
            request_id: request_id(),
            organisation_id: union.clone(),
            title: "Lớp".to_string(),
            topics: vec!["CHARTER".to_string()],
            starts_on: on,
            attendances: vec![pb::Attendance {
                person_id: hers.to_string(),
                organisation_id: union.clone(),
                attended_on: None,
            }],
            ..Default::default()
        });
        cadre.recommend_cadre("lines[0].person_id", pb::RecommendCadreRequest {
            request_id: request_id(),
            organisation_id: union.clone(),
            recommended_on: on,
            lines: vec![pb::recommend_cadre_request::Line {
                person_id: hers.to_string(),
                purposes: vec![1],
            }],
            ..Default::default()
        });
        cases.open_dispute_case("person_ids[0]", pb::OpenDisputeCaseRequest {
            request_id: request_id(),
            organisation_id: union.clone(),
            kind: pb::DisputeKind::Collective.into(),
            topics: vec!["WAGES".to_string()],
            opened_on: on,
            people_concerned: 1,
            person_ids: merged.clone(),
            ..Default::default()
        });
        standings.name_honorary_members("person_ids[0]", pb::NameHonoraryMembersRequest {
            request_id: request_id(),
            organisation_id: union.clone(),
            effective_on: on,
            person_ids: merged.clone(),
            ..Default::default()
        });
        profiles.set_contact("person_id", pb::SetContactRequest {
            request_id: request_id(),
            person_id: hers.to_string(),
            phone: Some("0999000111".to_string()),
            ..Default::default()
        });
        identities.add_alias("person_id", pb::AddAliasRequest {
            request_id: request_id(),
            person_id: hers.to_string(),
            name: "Bí danh".to_string(),
            from_on: on,
            ..Default::default()
        });
    }
    let launch = pb::LaunchEmulationRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        theme: "GOOD_LABOUR".to_string(),
        title: "Lao động giỏi".to_string(),
        from_on: on,
        through_on: Some(civil(LAST)),
        ..Default::default()
    };
    let launched = officer.emulations.launch_emulation(launch).await.expect("launched");
    merged! {
        emulations.join_emulation("person_ids[0]", pb::JoinEmulationRequest {
            request_id: request_id(),
            organisation_id: union.clone(),
            emulation_id: launched.into_inner().emulation_id,
            joined_on: on,
            person_ids: merged.clone(),
            ..Default::default()
        });
    }
}
