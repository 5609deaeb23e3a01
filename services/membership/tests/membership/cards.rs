use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::database::today;
use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, admission, because, id, known, people, refused, texts, timed};
use stage::registry::Members;

const JOINED: Date = date!(2020 - 03 - 01);
const ISSUED: Date = date!(2021 - 03 - 01);
const LATER: Date = date!(2022 - 03 - 01);
const LAST: Date = date!(2023 - 03 - 01);

pub fn issuing(union: Uuid, on: Date, persons: &[Uuid]) -> pb::IssueCardsRequest {
    pb::IssueCardsRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        issued_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    }
}

async fn issues(
    actor: &mut Actor,
    union: Uuid,
    on: Date,
    persons: &[Uuid],
) -> Result<pb::IssueCardsResponse, Status> {
    Ok(actor.cards.issue_cards(issuing(union, on, persons)).await?.into_inner())
}

async fn loses(actor: &mut Actor, card: &str, on: Date) -> Result<(), Status> {
    let request = pb::ReportCardLostRequest {
        request_id: Uuid::new_v4().to_string(),
        card_id: card.to_string(),
        lost_on: Some(civil(on)),
        ..Default::default()
    };
    actor.cards.report_card_lost(request).await.map(|_| ())
}

async fn revokes(actor: &mut Actor, card: &str, on: Date) -> Result<(), Status> {
    let request = pb::RevokeCardRequest {
        request_id: Uuid::new_v4().to_string(),
        card_id: card.to_string(),
        revoked_on: Some(civil(on)),
        reason: "cấp nhầm người".to_string(),
        ..Default::default()
    };
    actor.cards.revoke_card(request).await.map(|_| ())
}

async fn replaces(
    actor: &mut Actor,
    card: &str,
    on: Date,
) -> Result<pb::ReplaceCardResponse, Status> {
    let request = pb::ReplaceCardRequest {
        request_id: Uuid::new_v4().to_string(),
        card_id: card.to_string(),
        issued_on: Some(civil(on)),
        ..Default::default()
    };
    Ok(actor.cards.replace_card(request).await?.into_inner())
}

async fn cards(
    actor: &mut Actor,
    person: Uuid,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Vec<pb::Card> {
    let request = pb::ListCardsRequest {
        person_id: person.to_string(),
        as_of: Some(civil(as_of)),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    actor.cards.list_cards(request).await.expect("listed").into_inner().cards
}

/// How the cards of somebody stand, in the order in which they were issued.
async fn states(actor: &mut Actor, person: Uuid, as_of: Date) -> Vec<pb::CardState> {
    cards(actor, person, as_of, None).await.iter().map(pb::Card::state).collect()
}

fn finding(number: &str) -> pb::FindCardRequest {
    pb::FindCardRequest { number: number.to_string(), ..Default::default() }
}

use pb::CardState as Is;

#[tokio::test]
async fn a_card_is_issued_lost_replaced_and_revoked_and_what_was_known_stays_known() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let person = persons[0];
    let before = OffsetDateTime::now_utc();
    let issued = issues(&mut officer, world.alpha, ISSUED, &persons).await.expect("issued");
    let card = &issued.cards[0].card_id;
    assert_eq!(issued.cards[0].person_id, person.to_string());
    let valid = OffsetDateTime::now_utc();
    let shown = cards(&mut officer, person, ISSUED, None).await.remove(0);
    assert_eq!((shown.state(), shown.ended_on), (Is::Valid, None));
    assert_eq!(shown.organisation_id, world.alpha.to_string());
    assert!(shown.signed_text.contains(&shown.number.replace('-', "")));
    assert!(cards(&mut officer, person, ISSUED - Duration::DAY, None).await.is_empty());

    let early = loses(&mut officer, card, ISSUED - Duration::DAY).await;
    assert_eq!(refused(early), because("CARD_NOT_VALID", "card_id"));
    let tomorrow = loses(&mut officer, card, today() + Duration::DAY).await;
    assert_eq!(refused(tomorrow), because("DATE_IN_FUTURE", "lost_on"));
    loses(&mut officer, card, LATER).await.expect("lost");
    assert_eq!(states(&mut officer, person, LATER).await, [Is::Lost]);
    assert_eq!(states(&mut officer, person, LATER - Duration::DAY).await, [Is::Valid]);
    for again in [loses(&mut officer, card, LAST).await, revokes(&mut officer, card, LAST).await] {
        assert_eq!(refused(again), because("CARD_NOT_VALID", "card_id"));
    }
    // What is said of an earlier day does not overwrite it either: the loss is undone first.
    let earlier = revokes(&mut officer, card, ISSUED).await;
    assert_eq!(refused(earlier), because("CARD_NOT_VALID", "card_id"));

    let replaced = replaces(&mut officer, card, LAST).await.expect("replaced");
    assert_eq!(states(&mut officer, person, LAST).await, [Is::Lost, Is::Valid]);
    let now = cards(&mut officer, person, LAST, None).await;
    assert_eq!((&now[1].card_id, &now[1].replaces_id), (&replaced.card_id, card));
    assert_ne!(now[0].number, now[1].number);
    assert!(now[0].signed_text.is_empty());
    // One that is valid is replaced as well, and of a replaced one nothing more is said.
    let third = replaces(&mut officer, &replaced.card_id, today()).await.expect("replaced");
    assert_eq!(states(&mut officer, person, today()).await, [Is::Lost, Is::Replaced, Is::Valid]);
    let stale = replaces(&mut officer, &replaced.card_id, today()).await;
    assert_eq!(refused(stale), because("CARD_NOT_VALID", "card_id"));
    revokes(&mut officer, &third.card_id, today()).await.expect("revoked");
    let now = cards(&mut officer, person, today(), None).await.remove(2);
    assert_eq!((now.state(), now.ended_on), (Is::Revoked, Some(civil(today()))));
    assert_eq!(now.revocation_reason, "cấp nhầm người");
    let gone = replaces(&mut officer, &third.card_id, today()).await;
    assert_eq!(refused(gone), because("CARD_NOT_VALID", "card_id"));
    // Whoever's card was revoked can be issued another.
    issues(&mut officer, world.alpha, today(), &[person]).await.expect("issued");

    assert!(cards(&mut officer, person, today(), Some(before)).await.is_empty());
    let then = cards(&mut officer, person, today(), Some(valid)).await;
    assert_eq!(then.iter().map(pb::Card::state).collect::<Vec<_>>(), [Is::Valid]);
    assert_eq!(then[0].number, shown.number);
    // The other person is not touched by any of it.
    assert_eq!(states(&mut officer, persons[1], today()).await, [Is::Valid]);
    world.stop().await;
}

#[tokio::test]
async fn a_card_goes_with_its_holder_and_ends_with_her_membership() {
    let world = World::start().await;
    let mut officer = world.national();
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    issues(&mut officer, world.alpha, ISSUED, &persons).await.expect("issued");
    officer.transfers(world.alpha, world.gamma, LATER, &persons[..2]).await.expect("moved");
    assert_eq!(states(&mut officer, persons[0], LATER).await, [Is::Valid]);
    let retired = pb::ExitReason::Retired;
    officer.exits(world.gamma, retired, LAST, &persons[..1]).await.expect("left");
    let ended = cards(&mut officer, persons[0], LAST, None).await.remove(0);
    assert_eq!((ended.state(), ended.ended_on), (Is::Ended, Some(civil(LAST))));
    assert_eq!(states(&mut officer, persons[0], LAST - Duration::DAY).await, [Is::Valid]);
    let lost = loses(&mut officer, &ended.card_id, today()).await;
    assert_eq!(refused(lost), because("CARD_NOT_VALID", "card_id"));

    // Whoever is a member again has the old card no longer, and is issued a new one.
    let request = pb::AdmitMembersRequest {
        kind: pb::AdmissionKind::Readmitted.into(),
        ..admission(world.beta, date!(2024 - 06 - 01), vec![known(persons[0])])
    };
    let again = officer.members.admit_members(request).await.expect("readmitted").into_inner();
    assert_eq!(states(&mut officer, persons[0], today()).await, [Is::Ended]);
    issues(&mut officer, world.beta, today(), &persons[..1]).await.expect("issued");
    assert_eq!(states(&mut officer, persons[0], today()).await, [Is::Ended, Is::Valid]);
    // Her exit was a mistake, as was her admission: the first card is hers on, until the second.
    officer.undoes(&again.admission_id, &[]).await.expect("undone");
    assert_eq!(states(&mut officer, persons[0], today()).await, [Is::Ended, Is::Ended]);
    let exit = officer.movements(persons[0]).await.pop().expect("an exit");
    officer.undoes(&exit, &[]).await.expect("undone");
    let yesterday = today() - Duration::DAY;
    assert_eq!(states(&mut officer, persons[0], yesterday).await, [Is::Valid]);
    assert_eq!(states(&mut officer, persons[0], today()).await, [Is::Replaced, Is::Valid]);

    // Where her union goes on in another, her card goes with her; where it ends, it ends.
    world.registry.ends(LAST, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, LAST).await, 1);
    assert_eq!(states(&mut officer, persons[2], LAST).await, [Is::Valid]);
    world.registry.ends(date!(2024 - 01 - 01), &[(world.gamma, Members::Ended)]);
    assert_eq!(officer.counts(world.gamma, date!(2024 - 01 - 01)).await, 0);
    assert_eq!(states(&mut officer, persons[1], date!(2024 - 01 - 01)).await, [Is::Ended]);
    world.stop().await;
}

#[tokio::test]
async fn who_may_be_issued_a_card() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let other = officer.admits(world.beta, JOINED, people(1)).await.expect("admitted")[0];
    let mut try_to = async |request: pb::IssueCardsRequest| {
        let request = pb::IssueCardsRequest { request_id: Uuid::new_v4().to_string(), ..request };
        refused(officer.cards.issue_cards(request).await)
    };
    let all = issuing(world.alpha, ISSUED, &persons);
    let stranger = issuing(world.alpha, ISSUED, &[persons[0], other]);
    assert_eq!(try_to(stranger).await, because("MEMBERSHIP_NOT_ACTIVE", "person_ids[1]"));
    let early = issuing(world.alpha, JOINED - Duration::DAY, &persons);
    assert_eq!(try_to(early).await, because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let twice = issuing(world.alpha, ISSUED, &[persons[0], persons[0]]);
    assert_eq!(try_to(twice).await, because("PERSON_REPEATED", "person_ids[1]"));
    let none = issuing(world.alpha, ISSUED, &[]);
    assert_eq!(try_to(none).await, because("LINES_EMPTY", "person_ids"));
    let many: Vec<Uuid> = (0..1_001).map(|_| Uuid::now_v7()).collect();
    let many = issuing(world.alpha, ISSUED, &many);
    assert_eq!(try_to(many).await, because("TOO_MANY_LINES", "person_ids"));
    let future = issuing(world.alpha, today() + Duration::DAY, &persons);
    assert_eq!(try_to(future).await, because("DATE_IN_FUTURE", "issued_on"));
    let short = pb::IssueCardsRequest { until_on: Some(civil(ISSUED)), ..all.clone() };
    assert_eq!(try_to(short).await, because("EXPECTED_END_TOO_EARLY", "until_on"));
    let elsewhere = issuing(world.gamma, ISSUED, &persons);
    assert_eq!(try_to(elsewhere).await, because("ORGANISATION_UNKNOWN", "organisation_id"));
    let unborn = issuing(world.alpha, date!(2009 - 01 - 01), &persons);
    assert_eq!(try_to(unborn).await, because("ORGANISATION_NOT_FOUNDED", "organisation_id"));

    // A dry run writes nothing, and a repeated request issues nothing twice.
    let mut officer = world.officer();
    let dry = pb::IssueCardsRequest { validate_only: true, ..all.clone() };
    officer.cards.issue_cards(dry).await.expect("tried");
    assert!(cards(&mut officer, persons[0], today(), None).await.is_empty());
    let timed_out = pb::IssueCardsRequest {
        until_on: Some(civil(LATER)),
        person_ids: texts(&persons[..1]),
        request_id: Uuid::new_v4().to_string(),
        ..all.clone()
    };
    let one = officer.cards.issue_cards(timed_out.clone()).await.expect("issued").into_inner();
    let same = officer.cards.issue_cards(timed_out.clone()).await.expect("issued").into_inner();
    assert_eq!(one, same);
    let reused = pb::IssueCardsRequest { person_ids: texts(&persons), ..timed_out };
    assert_eq!(refused(officer.cards.issue_cards(reused).await).0, "REQUEST_ID_REUSED");
    let whole = issues(&mut officer, world.alpha, LATER - Duration::DAY, &persons).await;
    assert_eq!(refused(whole), because("CARD_ACTIVE", "person_ids[0]"));
    // Before the card that she has later: she would have two.
    let before = issues(&mut officer, world.alpha, JOINED, &persons[..1]).await;
    assert_eq!(refused(before), because("CARD_ACTIVE", "person_ids[0]"));
    assert_eq!(states(&mut officer, persons[0], LATER).await, [Is::Expired]);
    issues(&mut officer, world.alpha, LATER, &persons).await.expect("issued");
    assert_eq!(states(&mut officer, persons[0], LATER).await, [Is::Expired, Is::Valid]);
    world.stop().await;
}

#[tokio::test]
async fn of_many_who_issue_a_card_to_one_person_one_does() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let mut reversed = persons.clone();
    reversed.reverse();
    let tries = (0..8).map(|attempt| {
        let mut actor = world.officer();
        let (union, forth, back) = (world.alpha, persons.clone(), reversed.clone());
        tokio::spawn(async move {
            let persons = if attempt % 2 == 0 { forth } else { back };
            issues(&mut actor, union, ISSUED, &persons).await
        })
    });
    let mut done = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.expect("no panic") {
            Ok(_) => done += 1,
            Err(status) => assert_eq!(refused(Err::<(), _>(status)).0, "CARD_ACTIVE"),
        }
    }
    assert_eq!(done, 1);
    let first = cards(&mut officer, persons[0], ISSUED, None).await.remove(0).card_id;
    let replacing = (0..6).map(|_| {
        let (mut actor, card) = (world.officer(), first.clone());
        tokio::spawn(async move { replaces(&mut actor, &card, LATER).await })
    });
    let mut done = 0;
    for one in replacing.collect::<Vec<_>>() {
        done += usize::from(one.await.expect("no panic").is_ok());
    }
    assert_eq!(done, 1);
    assert_eq!(states(&mut officer, persons[0], LATER).await, [Is::Replaced, Is::Valid]);
    world.stop().await;
}

#[tokio::test]
async fn a_whole_roll_is_issued_cards_by_repeating() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut persons = officer.admits(world.alpha, JOINED, people(1_000)).await.expect("admitted");
    persons.extend(officer.admits(world.alpha, JOINED, people(4)).await.expect("admitted"));
    issues(&mut officer, world.alpha, ISSUED, &persons[..2]).await.expect("issued");
    let roll = |on: Date| pb::IssueCardsToRollRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.alpha.to_string(),
        issued_on: Some(civil(on)),
        ..Default::default()
    };
    let mut issued = HashSet::new();
    for (cards, more) in [(1_000, true), (2, false), (0, false)] {
        let answer = officer.cards.issue_cards_to_roll(roll(LATER)).await.expect("issued");
        let answer = answer.into_inner();
        assert_eq!((answer.cards.len(), answer.more), (cards, more));
        assert_eq!(answer.issue_id.is_empty(), cards == 0);
        issued.extend(answer.cards.into_iter().map(|card| card.person_id));
    }
    let expected: HashSet<String> = persons[2..].iter().map(Uuid::to_string).collect();
    assert_eq!(issued, expected);

    // The union's cards, page by page, each once; and only those that stand so.
    let card = cards(&mut officer, persons[0], LATER, None).await.remove(0).card_id;
    loses(&mut officer, &card, LATER).await.expect("lost");
    let list = |state: Is, page_token: String| pb::ListCardsRequest {
        organisation_id: world.alpha.to_string(),
        as_of: Some(civil(LATER)),
        state: state.into(),
        page_size: 300,
        page_token,
        ..Default::default()
    };
    for (state, expected) in [(Is::Unspecified, 1_004), (Is::Valid, 1_003), (Is::Lost, 1)] {
        let mut seen = HashSet::new();
        let mut token = String::new();
        loop {
            let page = officer.cards.list_cards(list(state, token)).await.expect("listed");
            let page = page.into_inner();
            assert!(page.cards.iter().all(|card| seen.insert(card.number.clone())));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen.len(), expected, "{state:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_number_leads_to_its_card_inside_the_scope_and_says_nothing_outside() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.grants("hue", "OFFICER", world.hue);
    world.registry.grants("reader", "READER", world.hanoi);
    let (mut hue, mut reader) = (world.actor("hue", "vi"), world.actor("reader", "vi"));
    let persons = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    let before = OffsetDateTime::now_utc();
    issues(&mut officer, world.alpha, ISSUED, &persons).await.expect("issued");
    let number = cards(&mut officer, persons[0], today(), None).await.remove(0).number;
    let typed = number.to_lowercase().replace('-', " ");
    let found = officer.cards.find_card(finding(&typed)).await.expect("found").into_inner();
    let found = found.card.expect("a card");
    assert_eq!(id(&found.person_id), persons[0]);
    assert_eq!((found.state(), found.number), (Is::Valid, number.clone()));

    // Of somebody elsewhere, and of nobody: the same words.
    let of_nobody = "0000-0000-0000-0000";
    let elsewhere = hue.cards.find_card(finding(&number)).await.expect_err("unknown");
    let nobody = hue.cards.find_card(finding(of_nobody)).await.expect_err("unknown");
    assert_eq!((elsewhere.code(), elsewhere.message()), (nobody.code(), nobody.message()));
    assert_eq!(elsewhere.details(), nobody.details());
    assert_eq!(refused(Err::<(), _>(elsewhere)), because("CARD_UNKNOWN", "number"));
    assert_eq!(refused(reader.cards.find_card(finding(&number)).await).0, "PERMISSION_DENIED");
    let as_known = pb::FindCardRequest { known_at: Some(instant(before)), ..finding(&number) };
    assert_eq!(refused(officer.cards.find_card(as_known).await).0, "CARD_UNKNOWN");
    let mut slip = number.clone();
    slip.pop();
    slip.push(if number.ends_with('7') { '8' } else { '7' });
    for bad in [slip.as_str(), "1234", &number[1..]] {
        let bad = officer.cards.find_card(finding(bad)).await.expect_err("no number");
        assert!(!format!("{bad:?}").contains(&number[..9]), "it says the number");
        assert_eq!(refused(Err::<(), _>(bad)), because("CARD_NUMBER_MALFORMED", "number"));
    }
    let empty = officer.cards.find_card(finding("")).await;
    assert_eq!(refused(empty), because("FIELD_REQUIRED", "number"));

    // One timing, as far as a test can tell it.
    let (mut of_her, mut of_none) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        of_her.push(timed(hue.cards.find_card(finding(&number))).await.1);
        of_none.push(timed(hue.cards.find_card(finding(of_nobody))).await.1);
    }
    of_her.sort_unstable();
    of_none.sort_unstable();
    assert!(of_her[20].abs_diff(of_none[20]) <= 5, "{} and {} ms", of_her[20], of_none[20]);

    // What somebody writes of a card elsewhere opens nothing either.
    let card = found.card_id;
    for tried in [
        loses(&mut hue, &card, LATER).await,
        revokes(&mut hue, &card, LATER).await,
        replaces(&mut hue, &card, LATER).await.map(|_| ()),
        loses(&mut hue, &Uuid::now_v7().to_string(), LATER).await,
    ] {
        assert_eq!(refused(tried), because("CARD_UNKNOWN", "card_id"));
    }
    let list = pb::ListCardsRequest { person_id: persons[0].to_string(), ..Default::default() };
    assert_eq!(refused(hue.cards.list_cards(list.clone()).await).0, "PERSON_UNKNOWN");
    let union = pb::ListCardsRequest { organisation_id: world.alpha.to_string(), ..list.clone() };
    let both = officer.cards.list_cards(union.clone()).await;
    assert_eq!(refused(both), because("QUESTION_AMBIGUOUS", "person_id"));
    let union = pb::ListCardsRequest { person_id: String::new(), ..union };
    assert_eq!(refused(hue.cards.list_cards(union).await).0, "ORGANISATION_UNKNOWN");
    let wrong = officer.cards.list_cards(pb::ListCardsRequest { state: 99, ..list }).await;
    assert_eq!(refused(wrong), because("ENUM_VALUE_UNKNOWN", "state"));
    // Whoever has her now reads and ends her card.
    let mut national = world.national();
    national.transfers(world.alpha, world.gamma, LATER, &persons).await.expect("moved");
    loses(&mut hue, &card, LAST).await.expect("lost");
    assert_eq!(refused(officer.cards.find_card(finding(&number)).await).0, "CARD_UNKNOWN");
    world.stop().await;
}

#[tokio::test]
async fn what_was_recorded_wrongly_of_cards_is_undone_and_corrected() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let (her, him) = (persons[0], persons[1]);
    let issue = issues(&mut officer, world.alpha, LATER, &persons).await.expect("issued");
    let card = issue.cards[0].card_id.clone();
    let issued = OffsetDateTime::now_utc();
    let undo = |persons: &[Uuid]| pb::UndoCardIssueRequest {
        request_id: Uuid::new_v4().to_string(),
        issue_id: issue.issue_id.clone(),
        person_ids: texts(persons),
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    let correct = |issued_on: Date, persons: &[Uuid]| pb::CorrectCardIssueRequest {
        request_id: Uuid::new_v4().to_string(),
        issue_id: issue.issue_id.clone(),
        person_ids: texts(persons),
        reason: "ghi nhầm".to_string(),
        issued_on: Some(civil(issued_on)),
        ..Default::default()
    };
    let undo_end = |card: &str| pb::UndoCardEndRequest {
        request_id: Uuid::new_v4().to_string(),
        card_id: card.to_string(),
        reason: "đã tìm thấy".to_string(),
        ..Default::default()
    };
    let never = officer.corrections.undo_card_end(undo_end(&card)).await;
    assert_eq!(refused(never), because("CARD_NOT_ENDED", "card_id"));
    loses(&mut officer, &card, LAST).await.expect("lost");
    officer.corrections.undo_card_end(undo_end(&card)).await.expect("found");
    assert_eq!(states(&mut officer, her, today()).await, [Is::Valid]);

    let same = officer.corrections.correct_card_issue(correct(LATER, &[])).await;
    assert_eq!(refused(same), because("CORRECTION_CHANGES_NOTHING", "issue_id"));
    let early = officer.corrections.correct_card_issue(correct(date!(2019 - 01 - 01), &[]));
    assert_eq!(refused(early.await), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let done = officer.corrections.correct_card_issue(correct(ISSUED, &[her])).await;
    assert_eq!(done.expect("corrected").into_inner().cards, 1);
    let now = cards(&mut officer, her, today(), None).await.remove(0);
    assert_eq!(now.issued_on, Some(civil(ISSUED)));
    let then = cards(&mut officer, her, today(), Some(issued)).await.remove(0);
    assert_eq!((then.issued_on, then.number), (Some(civil(LATER)), now.number.clone()));
    let short =
        pb::CorrectCardIssueRequest { until_on: Some(civil(ISSUED)), ..correct(ISSUED, &[her]) };
    let short = officer.corrections.correct_card_issue(short).await;
    assert_eq!(refused(short), because("EXPECTED_END_TOO_EARLY", "until_on"));

    // One in whose place another was issued stands as long as that one does, and before it.
    let other = replaces(&mut officer, &card, LATER).await.expect("replaced");
    let rested = officer.corrections.undo_card_issue(undo(&[her])).await;
    assert_eq!(refused(rested), because("CARD_RESTED_ON", "person_ids[0]"));
    let rested = officer.corrections.correct_card_issue(correct(LAST, &[her])).await;
    assert_eq!(refused(rested), because("CARD_RESTED_ON", "person_ids[0]"));
    let undo_other = pb::UndoCardIssueRequest { issue_id: other.issue_id.clone(), ..undo(&[]) };
    let earlier = pb::CorrectCardIssueRequest {
        issue_id: other.issue_id,
        ..correct(ISSUED - Duration::DAY, &[])
    };
    let earlier = officer.corrections.correct_card_issue(earlier).await;
    assert_eq!(refused(earlier), because("CARD_NOT_VALID", "person_ids[0]"));
    officer.corrections.undo_card_issue(undo_other).await.expect("undone");
    assert_eq!(states(&mut officer, her, today()).await, [Is::Valid]);
    let third = officer.corrections.undo_card_issue(undo(&[Uuid::now_v7()])).await;
    assert_eq!(refused(third), because("CARD_UNKNOWN", "person_ids[0]"));
    loses(&mut officer, &issue.cards[1].card_id, LAST).await.expect("lost");
    officer.corrections.undo_card_issue(undo(&[])).await.expect("undone");
    for person in [her, him] {
        assert!(cards(&mut officer, person, today(), None).await.is_empty());
        assert_eq!(cards(&mut officer, person, today(), Some(issued)).await.len(), 1);
    }
    let again = officer.corrections.undo_card_issue(undo(&[])).await;
    assert_eq!(refused(again), because("CARD_UNKNOWN", "issue_id"));
    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    let foreign = hue.corrections.undo_card_issue(undo(&[])).await;
    assert_eq!(refused(foreign), because("CARD_UNKNOWN", "issue_id"));

    // Each with its reason and its actor, and each told, to and fro.
    for (about, kinds) in [(&issue.issue_id, vec![101, 100]), (&card, vec![102])] {
        let request = pb::ListCorrectionsRequest { about_id: about.clone(), ..Default::default() };
        let listed = officer.corrections.list_corrections(request).await.expect("listed");
        let listed = listed.into_inner().corrections;
        assert_eq!(listed.iter().map(|one| one.kind).collect::<Vec<_>>(), kinds);
        assert!(listed.iter().all(|one| one.actor.ends_with("#officer")));
    }
    let (mut known, mut ended) = (HashSet::new(), HashSet::new());
    for (_, _, change, _) in world.published().await {
        match change {
            Published::CardsIssued(it) => {
                assert!(it.cards.into_iter().all(|card| known.insert(card.card_id)));
            }
            Published::CardEnded(it) => assert!(ended.insert(it.card_id)),
            Published::CardTakenBack(it) => match it.taken.expect("something") {
                pb::card_taken_back::Taken::CardsIssued(it) => {
                    assert!(it.cards.iter().all(|card| known.remove(&card.card_id)));
                }
                pb::card_taken_back::Taken::CardEnded(it) => assert!(ended.remove(&it.card_id)),
            },
            _ => {}
        }
    }
    assert!(known.is_empty() && ended.is_empty(), "{known:?} {ended:?}");
    world.stop().await;
}

#[tokio::test]
async fn whoever_has_the_published_keys_verifies_a_card_and_nothing_else_is_told() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    let request = pb::IssueCardsRequest {
        until_on: Some(civil(date!(2090 - 01 - 01))),
        ..issuing(world.alpha, ISSUED, &persons)
    };
    officer.cards.issue_cards(request).await.expect("issued");
    let card = cards(&mut officer, persons[0], today(), None).await.remove(0);

    // Whoever is known to the gateway gets the keys, without any grant.
    let mut anybody = world.actor("anybody", "en");
    let keys = anybody.cards.list_card_keys(pb::ListCardKeysRequest {}).await.expect("keys");
    let keys = keys.into_inner().keys;
    let (signed, signature) = card.signed_text.rsplit_once('.').expect("a signature");
    let parts: Vec<&str> = signed.split('.').collect();
    let plain = card.number.replace('-', "");
    assert_eq!(parts, ["CD1", keys[0].key_id.as_str(), &plain, "20210301", "20900101"]);
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let key = aws_lc_rs::signature::UnparsedPublicKey::new(
        &aws_lc_rs::signature::ED25519,
        decoded(&keys[0].public_key),
    );
    key.verify(signed.as_bytes(), &decoded(signature)).expect("verified");
    let forged = signed.replace("20900101", "20910101");
    key.verify(forged.as_bytes(), &decoded(signature)).expect_err("another day");
    world.stop().await;
}

#[tokio::test]
async fn no_feed_and_no_answer_that_is_kept_has_the_number_of_a_card() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    let issue = issues(&mut officer, world.alpha, ISSUED, &persons).await.expect("issued");
    let card = cards(&mut officer, persons[0], today(), None).await.remove(0);
    replaces(&mut officer, &issue.cards[0].card_id, LATER).await.expect("replaced");
    let mut look = world.look().await;
    let kept: Vec<String> = sqlx::query_scalar(
        "select row::text from act.request row
         union all select encode(body, 'escape') from feed.stream
         union all select encode(body, 'escape') from feed.pending",
    )
    .fetch_all(&mut look)
    .await
    .expect("read");
    assert!(kept.len() > 4);
    let plain = card.number.replace('-', "");
    assert!(kept.iter().all(|row| !row.contains(&plain) && !row.contains(&card.number)));
    world.stop().await;
}
