use chassis::database::today;
use chassis::parse::civil;
use membership::transfer_offer::lapse;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use sqlx::AssertSqlSafe;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::standings_at_random::told_on;
use crate::world::{Actor, World, because, id, people, refused, texts};
use stage::registry::Members;

const JOINED: Date = date!(2020 - 03 - 01);

/// An officer of Huế, who holds the receiving union and nothing else.
fn hue(world: &World) -> Actor {
    world.registry.grants("hue", "OFFICER", world.hue);
    world.actor("hue", "vi")
}

async fn offers(
    actor: &mut Actor,
    from: Uuid,
    to: Uuid,
    on: Date,
    persons: &[Uuid],
) -> Result<pb::OfferTransferResponse, Status> {
    let request = pb::OfferTransferRequest {
        request_id: Uuid::new_v4().to_string(),
        from_organisation_id: from.to_string(),
        to_organisation_id: to.to_string(),
        offered_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    };
    Ok(actor.offers.offer_transfer(request).await?.into_inner())
}

async fn accepts(
    actor: &mut Actor,
    offer: &str,
    on: Date,
    persons: &[Uuid],
) -> Result<pb::AcceptTransferResponse, Status> {
    let request = pb::AcceptTransferRequest {
        request_id: Uuid::new_v4().to_string(),
        offer_id: offer.to_string(),
        person_ids: texts(persons),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    Ok(actor.offers.accept_transfer(request).await?.into_inner())
}

async fn listed(
    actor: &mut Actor,
    organisation: Uuid,
    incoming: bool,
    closed_too: bool,
) -> Vec<pb::list_transfer_offers_response::Offer> {
    let direction = match incoming {
        true => pb::OfferDirection::Incoming,
        false => pb::OfferDirection::Outgoing,
    };
    let request = pb::ListTransferOffersRequest {
        organisation_id: organisation.to_string(),
        direction: direction.into(),
        closed_too,
        ..Default::default()
    };
    actor.offers.list_transfer_offers(request).await.expect("listed").into_inner().offers
}

async fn count(actor: &mut Actor, union: Uuid, on: Date) -> (i32, i32) {
    let request = pb::CountMembersRequest {
        organisation_ids: vec![union.to_string()],
        as_of: Some(civil(on)),
        known_at: None,
    };
    let answer = actor.members.count_members(request).await.expect("counted").into_inner();
    (answer.counts[0].members, answer.counts[0].in_transfer)
}

#[tokio::test]
async fn who_is_offered_stays_where_she_is_until_the_other_province_accepts_her() {
    let world = World::start().await;
    let (mut officer, mut hue) = (world.officer(), hue(&world));
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let on = today();
    // Nobody here holds both unions.
    let alone = officer.transfers(world.alpha, world.gamma, on, &persons).await;
    assert_eq!(refused(alone), because("ORGANISATION_UNKNOWN", "to_organisation_id"));
    let offer = offers(&mut officer, world.alpha, world.gamma, on, &persons).await;
    let offer = offer.expect("offered");
    assert_eq!(offer.lapses_on, Some(civil(on + Duration::days(30))));
    assert_eq!(count(&mut officer, world.alpha, on).await, (3, 3));
    assert_eq!(count(&mut hue, world.gamma, on).await, (0, 0));

    // Incoming for the one, outgoing for the other; the name and the offer, nothing else.
    let incoming = listed(&mut hue, world.gamma, true, false).await;
    assert_eq!(incoming.len(), 3);
    assert_eq!(incoming[0].name, "Nguyễn Văn Số 0");
    assert_eq!(incoming[0].state(), pb::OfferState::Open);
    assert_eq!(listed(&mut officer, world.alpha, false, false).await, incoming);
    assert!(listed(&mut hue, world.gamma, false, false).await.is_empty());
    let unseen = hue.sees(persons[0]).await;
    assert_eq!(refused(unseen).0, "PERSON_UNKNOWN");
    // Who offers does not accept.
    let not_hers = accepts(&mut officer, &offer.offer_id, on, &[]).await;
    assert_eq!(refused(not_hers).0, "TRANSFER_OFFER_UNKNOWN");

    let before = OffsetDateTime::now_utc();
    let taken = accepts(&mut hue, &offer.offer_id, on, &persons[..2]).await.expect("accepted");
    assert_eq!(taken.members, 2);
    assert_eq!(count(&mut officer, world.alpha, on).await, (1, 1));
    assert_eq!(count(&mut hue, world.gamma, on).await, (2, 0));
    assert!(hue.sees(persons[0]).await.is_ok());
    assert_eq!(officer.counted(world.alpha, on, before).await.0, 3);
    let all = listed(&mut officer, world.alpha, false, true).await;
    let accepted: Vec<_> =
        all.iter().filter(|one| one.state() == pb::OfferState::Accepted).collect();
    assert_eq!(accepted.len(), 2);
    assert!(accepted.iter().all(|one| one.transfer_id == taken.transfer_id));
    assert_eq!(accepted[0].closed_on, Some(civil(on)));
    // What is published of the movement is what any transfer is.
    let published = world.published().await;
    let moved = published.iter().find_map(|(_, _, change, _)| match change {
        Published::MembersTransferred(change) => Some(change),
        _ => None,
    });
    assert_eq!(moved.expect("published").transfer_id, taken.transfer_id);

    // Twice is once too often.
    let again = accepts(&mut hue, &offer.offer_id, on, &persons[..1]).await;
    assert_eq!(refused(again), because("TRANSFER_OFFER_CLOSED", "person_ids[0]"));
    let rest = accepts(&mut hue, &offer.offer_id, on, &[]).await.expect("accepted");
    assert_eq!(rest.members, 1);
    let nobody = accepts(&mut hue, &offer.offer_id, on, &[]).await;
    assert_eq!(refused(nobody), because("TRANSFER_OFFER_CLOSED", "offer_id"));
    world.stop().await;
}

#[tokio::test]
async fn an_offer_is_declined_or_withdrawn_by_those_whose_it_is() {
    let world = World::start().await;
    let (mut officer, mut hue) = (world.officer(), hue(&world));
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let on = today() - Duration::DAY;
    let offer =
        offers(&mut officer, world.alpha, world.gamma, on, &persons).await.expect("offered");
    let twice = offers(&mut officer, world.alpha, world.beta, on, &persons[..1]).await;
    assert_eq!(refused(twice), because("TRANSFER_OFFER_OPEN", "person_ids[0]"));
    let decline = |persons: &[Uuid]| pb::DeclineTransferRequest {
        request_id: Uuid::new_v4().to_string(),
        offer_id: offer.offer_id.clone(),
        person_ids: texts(persons),
        reason: "chưa đủ hồ sơ".to_string(),
        ..Default::default()
    };
    let withdraw = |persons: &[Uuid]| pb::WithdrawOfferRequest {
        request_id: Uuid::new_v4().to_string(),
        offer_id: offer.offer_id.clone(),
        person_ids: texts(persons),
        ..Default::default()
    };
    let not_hers = officer.offers.decline_transfer(decline(&[])).await;
    assert_eq!(refused(not_hers).0, "TRANSFER_OFFER_UNKNOWN");
    let not_theirs = hue.offers.withdraw_offer(withdraw(&[])).await;
    assert_eq!(refused(not_theirs).0, "TRANSFER_OFFER_UNKNOWN");
    hue.offers.decline_transfer(decline(&persons[..1])).await.expect("declined");
    officer.offers.withdraw_offer(withdraw(&persons[1..2])).await.expect("withdrawn");
    assert_eq!(count(&mut officer, world.alpha, today()).await, (3, 1));
    // They were in flight until then.
    assert_eq!(count(&mut officer, world.alpha, on).await, (3, 3));
    let all = listed(&mut hue, world.gamma, true, true).await;
    let states: Vec<pb::OfferState> = persons
        .iter()
        .map(|person| all.iter().find(|one| id(&one.person_id) == *person).expect("listed").state())
        .collect();
    let expected = [pb::OfferState::Declined, pb::OfferState::Withdrawn, pb::OfferState::Open];
    assert_eq!(states, expected);
    let of_first = all.iter().find(|one| id(&one.person_id) == persons[0]).expect("listed");
    assert_eq!(of_first.reason, "chưa đủ hồ sơ");
    // Who was declined can be offered again, from the day on which nothing is in flight.
    let again = offers(&mut officer, world.alpha, world.beta, today(), &persons[..1]).await;
    again.expect("offered");
    world.stop().await;
}

#[tokio::test]
async fn an_offer_lapses_by_itself_and_is_closed_by_whoever_looks() {
    let world = World::start().await;
    let (mut officer, mut hue) = (world.officer(), hue(&world));
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let on = today() - Duration::days(20);
    let offer =
        offers(&mut officer, world.alpha, world.gamma, on, &persons).await.expect("offered");
    let long_ago =
        offers(&mut officer, world.alpha, world.gamma, on - Duration::days(11), &persons);
    assert_eq!(refused(long_ago.await), because("TRANSFER_OFFER_LAPSED", "offered_on"));
    let tomorrow =
        offers(&mut officer, world.alpha, world.gamma, today() + Duration::DAY, &persons);
    assert_eq!(refused(tomorrow.await), because("DATE_IN_FUTURE", "offered_on"));
    let too_early = accepts(&mut hue, &offer.offer_id, on - Duration::DAY, &[]).await;
    assert_eq!(refused(too_early), because("EFFECTIVE_BEFORE_OFFER", "effective_on"));
    let too_late = accepts(&mut hue, &offer.offer_id, on + Duration::days(30), &[]).await;
    assert_eq!(refused(too_late), because("TRANSFER_OFFER_LAPSED", "effective_on"));

    // As if the offer had been made eleven days earlier: nobody has looked since.
    let mut look = world.look().await;
    for statement in [
        "update standing set from_on = from_on - 11, due_on = due_on - 11",
        "update standing_spell set from_on = from_on - 11, until_on = until_on - 11",
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut look).await.expect("made older");
    }
    assert_eq!(count(&mut officer, world.alpha, today()).await, (2, 0));
    assert_eq!(count(&mut officer, world.alpha, today() - Duration::days(2)).await, (2, 2));
    let lapsed = accepts(&mut hue, &offer.offer_id, today() - Duration::days(3), &[]).await;
    assert_eq!(refused(lapsed), because("TRANSFER_OFFER_LAPSED", "offer_id"));
    let named =
        accepts(&mut hue, &offer.offer_id, today() - Duration::days(3), &persons[1..]).await;
    assert_eq!(refused(named), because("TRANSFER_OFFER_LAPSED", "person_ids[0]"));
    assert!(listed(&mut hue, world.gamma, true, false).await.is_empty());
    let before = listed(&mut hue, world.gamma, true, true).await;
    assert!(before.iter().all(|one| one.state() == pb::OfferState::Lapsed));

    let pool = world.pool().await;
    assert_eq!(lapse::close(&pool, today()).await.expect("closed"), 2);
    assert_eq!(lapse::close(&pool, today()).await.expect("closed"), 0);
    pool.close().await;
    // The task says what everybody knew.
    assert_eq!(listed(&mut hue, world.gamma, true, true).await, before);
    let anew = offers(&mut officer, world.alpha, world.gamma, today(), &persons).await;
    anew.expect("offered anew");
    world.stop().await;
}

#[tokio::test]
async fn an_offer_falls_away_when_she_leaves_otherwise_and_stands_again_when_that_is_undone() {
    let world = World::start().await;
    let mut officer = world.national();
    let persons = officer.admits(world.alpha, JOINED, people(4)).await.expect("admitted");
    let on = today() - Duration::days(5);
    let offer =
        offers(&mut officer, world.alpha, world.gamma, on, &persons).await.expect("offered");
    officer.exits(world.alpha, pb::ExitReason::Died, on, &persons[..1]).await.expect("left");
    let left_on = on + Duration::days(2);
    officer.transfers(world.alpha, world.beta, left_on, &persons[1..2]).await.expect("moved");
    assert_eq!(count(&mut officer, world.alpha, today()).await, (2, 2));
    assert_eq!(count(&mut officer, world.alpha, on).await, (3, 3));
    let all = listed(&mut officer, world.gamma, true, true).await;
    let gone = all.iter().filter(|one| one.state() == pb::OfferState::FallenAway).count();
    assert_eq!(gone, 2);
    let closed = accepts(&mut officer, &offer.offer_id, today(), &persons[..1]).await;
    assert_eq!(refused(closed), because("TRANSFER_OFFER_CLOSED", "person_ids[0]"));

    let moved = officer.movements(persons[1]).await.remove(1);
    officer.undoes(&moved, &[]).await.expect("undone");
    assert_eq!(count(&mut officer, world.alpha, today()).await, (3, 3));

    // Accepted, and that undone: the offer is as it was, and so are the figures.
    let taken =
        accepts(&mut officer, &offer.offer_id, today(), &persons[2..]).await.expect("taken");
    assert_eq!(count(&mut officer, world.alpha, today()).await, (1, 1));
    let undo = |persons: &[Uuid]| pb::UndoStandingRequest {
        request_id: Uuid::new_v4().to_string(),
        standing_id: offer.offer_id.clone(),
        person_ids: texts(persons),
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    let rested = officer.corrections.undo_standing(undo(&persons[2..])).await;
    assert_eq!(refused(rested), because("MOVEMENT_RESTED_ON", "person_ids[0]"));
    // Corrected to another day, she was in flight until then, and it stays accepted.
    let correction =
        pb::CorrectMovementRequest { effective_on: Some(civil(on)), ..Default::default() };
    let corrected = officer.corrects(&taken.transfer_id, correction).await.expect("corrected");
    assert_eq!(count(&mut officer, world.alpha, on).await, (1, 1));
    let all = listed(&mut officer, world.gamma, true, true).await;
    assert_eq!(all.iter().filter(|one| one.state() == pb::OfferState::Accepted).count(), 2);
    officer.undoes(&corrected, &[]).await.expect("undone");
    assert_eq!(count(&mut officer, world.alpha, today()).await, (3, 3));
    assert_eq!(listed(&mut officer, world.gamma, true, false).await.len(), 3);

    // The offer itself was a mistake: nobody was ever in flight.
    officer.corrections.undo_standing(undo(&[])).await.expect("undone");
    assert_eq!(count(&mut officer, world.alpha, on + Duration::DAY).await, (3, 0));
    let gone = officer.corrections.undo_standing(undo(&[])).await;
    assert_eq!(refused(gone).0, "STANDING_UNKNOWN");
    let list =
        pb::ListCorrectionsRequest { about_id: offer.offer_id.clone(), ..Default::default() };
    let listed = officer.corrections.list_corrections(list).await.expect("listed").into_inner();
    assert_eq!(listed.corrections[0].kind(), pb::CorrectionKind::StandingUndone);
    // And so it was told.
    let told = world.published().await;
    for day in 0..40 {
        let day = on + Duration::days(day);
        assert_eq!(told_on(&told, pb::StandingKind::InTransfer, world.alpha, day), 0);
    }
    world.stop().await;
}

#[tokio::test]
async fn an_offer_names_a_member_and_a_union_that_takes_members_in() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    let on = today();
    let same = offers(&mut officer, world.alpha, world.alpha, on, &persons).await;
    assert_eq!(refused(same), because("TRANSFER_TO_SAME", "to_organisation_id"));
    let elsewhere = offers(&mut officer, world.beta, world.gamma, on, &persons).await;
    assert_eq!(refused(elsewhere), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let unknown = offers(&mut officer, world.alpha, Uuid::now_v7(), on, &persons).await;
    assert_eq!(refused(unknown), because("ORGANISATION_UNKNOWN", "to_organisation_id"));
    let foreign = offers(&mut officer, world.gamma, world.alpha, on, &persons).await;
    assert_eq!(refused(foreign), because("ORGANISATION_UNKNOWN", "from_organisation_id"));
    world.registry.suspends(world.gamma, date!(2021 - 01 - 01));
    let suspended = offers(&mut officer, world.alpha, world.gamma, on, &persons).await;
    assert_eq!(refused(suspended).0, "ORGANISATION_SUSPENDED");
    let list = pb::ListTransferOffersRequest {
        organisation_id: world.alpha.to_string(),
        direction: 9,
        ..Default::default()
    };
    let wrong = officer.offers.list_transfer_offers(list).await;
    assert_eq!(refused(wrong), because("ENUM_VALUE_UNKNOWN", "direction"));
    world.stop().await;
}

#[tokio::test]
async fn an_offer_falls_away_when_its_union_ends_and_its_members_go_on() {
    let world = World::start().await;
    let mut officer = world.national();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let on = today() - Duration::days(9);
    offers(&mut officer, world.alpha, world.gamma, on, &persons).await.expect("offered");
    let ended_on = on + Duration::days(4);
    world.registry.ends(ended_on, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, today()).await, 2);
    assert_eq!(count(&mut officer, world.alpha, ended_on - Duration::DAY).await, (2, 2));
    assert_eq!(count(&mut officer, world.alpha, ended_on).await, (0, 0));
    assert_eq!(count(&mut officer, world.beta, today()).await, (2, 0));
    world.stop().await;
}
