//! What was known of consequences at an instant stays known.

use chassis::parse::instant;
use proto::membership::v1 as pb;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::world::{Actor, ORIGIN, World, people, refused};
use stage::registry::{Members, founded, state};

const DAY: Date = date!(2020 - 03 - 01);
const END: Date = date!(2021 - 07 - 01);

async fn listed(actor: &mut Actor, known_at: Option<OffsetDateTime>) -> Vec<pb::Consequence> {
    let request = pb::ListConsequencesRequest {
        include_finished: true,
        known_at: known_at.map(instant),
        ..Default::default()
    };
    actor.consequences.list_consequences(request).await.expect("listed").into_inner().consequences
}

/// An instant between what was done and what is done next.
async fn now() -> OffsetDateTime {
    let pause = std::time::Duration::from_millis(20);
    tokio::time::sleep(pause).await;
    let now = OffsetDateTime::now_utc();
    tokio::time::sleep(pause).await;
    now
}

#[tokio::test]
async fn how_far_a_consequence_had_come_is_told_as_it_was_known() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, people(4)).await.expect("admitted");
    let before = now().await;
    // Its members go to a union of which nobody here has heard.
    let heir = Uuid::now_v7();
    world.registry.ends(END, &[(world.alpha, Members::Entrusted(heir))]);
    let (mut waiting, began) = (Vec::new(), std::time::Instant::now());
    while waiting.is_empty() {
        assert!(began.elapsed().as_secs() < 20, "the end is not followed");
        waiting = listed(&mut officer, None).await;
    }
    let while_it_waits = now().await;
    world.registry.loads(vec![state(heir, Some(world.hanoi), "CDCS", ORIGIN)]);
    assert_eq!(officer.counts(heir, END).await, 4);
    let done = listed(&mut officer, None).await;

    assert_eq!((waiting.len(), done.len()), (1, 1));
    assert_eq!(waiting[0].obstacle(), pb::Obstacle::OrganisationUnknown);
    assert_eq!((done[0].members, done[0].obstacle()), (4, pb::Obstacle::Unspecified));
    assert!(waiting[0].finished_at.is_none() && done[0].finished_at.is_some());

    assert_eq!(listed(&mut officer, Some(before)).await, []);
    assert_eq!(listed(&mut officer, Some(while_it_waits)).await, waiting);
    assert_eq!(listed(&mut officer, Some(now().await)).await, done);
    // By organisation and by act it is the same; elsewhere nothing is told.
    let of = |organisation: Uuid| pb::ListConsequencesRequest {
        organisation_ids: vec![organisation.to_string()],
        known_at: Some(instant(while_it_waits)),
        ..Default::default()
    };
    let told = officer.consequences.list_consequences(of(world.alpha)).await.expect("listed");
    assert_eq!(told.into_inner().consequences, waiting);
    let told = officer.consequences.list_consequences(of(world.beta)).await.expect("listed");
    assert_eq!(told.into_inner().consequences, []);
    let mut hue = world.actor("hue", "vi");
    world.registry.grants("hue", "OFFICER", world.hue);
    assert_eq!(listed(&mut hue, Some(while_it_waits)).await, []);
    let tomorrow = OffsetDateTime::now_utc() + Duration::days(2);
    let request =
        pb::ListConsequencesRequest { known_at: Some(instant(tomorrow)), ..Default::default() };
    let refusal = officer.consequences.list_consequences(request).await;
    assert_eq!(refused(refusal).0, "DATE_IN_FUTURE");
    world.stop().await;
}

#[tokio::test]
async fn whom_it_had_passed_over_is_told_as_it_was_known() {
    let world = World::start().await;
    let mut officer = world.officer();
    let applicant = officer.applies(world.hanoi, DAY, people(1)).await.expect("applied")[0];
    // She is a member elsewhere on that day: she is not admitted.
    officer.admits(world.beta, DAY, vec![crate::world::known(applicant)]).await.expect("admitted");
    let union = Uuid::now_v7();
    world.registry.acts(END, vec![founded(union, world.hanoi, END, &[applicant])]);
    let then = listed(&mut officer, None).await;
    assert_eq!((then.len(), then[0].passed_over_count), (1, 1));
    assert_eq!(then[0].passed_over[0].obstacle(), pb::Obstacle::MembershipActive);
    let at = now().await;
    assert_eq!(listed(&mut officer, Some(at)).await, then);
    let mut look = world.look().await;
    // What is written anew has another version; what was told stays.
    sqlx::query("update consequence_passed_over set mended_at = now()")
        .execute(&mut look)
        .await
        .expect("mended");
    let mended = listed(&mut officer, None).await;
    assert!(mended[0].passed_over[0].mended_at.is_some());
    assert!(listed(&mut officer, Some(at)).await[0].passed_over[0].mended_at.is_none());
    // Nobody takes anything from the past.
    let taken = sqlx::query("delete from consequence_past").execute(&mut look).await;
    assert!(taken.expect_err("refused").to_string().contains("only added to"));
    world.stop().await;
}

#[tokio::test]
async fn who_is_absent_and_who_lies_out_of_scope_have_one_answer() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    let far = national.admits(world.gamma, DAY, vec![crate::world::person(1)]).await;
    let far = far.expect("admitted")[0];
    let find = |number: u32| pb::FindPersonRequest {
        identity_number: crate::world::person(number).identity_number,
        ..Default::default()
    };
    let elsewhere = hanoi.members.find_person(find(1)).await.expect_err("refused");
    let nowhere = hanoi.members.find_person(find(2)).await.expect_err("refused");
    let whole = |status: &tonic::Status| {
        (status.code(), status.message().to_owned(), status.details().to_vec())
    };
    assert_eq!(whole(&elsewhere), whole(&nowhere));
    let elsewhere = hanoi.sees(far).await.expect_err("refused");
    let nowhere = hanoi.sees(Uuid::now_v7()).await.expect_err("refused");
    assert_eq!(whole(&elsewhere), whole(&nowhere));
    world.stop().await;
}
