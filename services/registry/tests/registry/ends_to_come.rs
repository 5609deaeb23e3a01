//! An end, a suspension or a move that is known to come: what is dated before it is allowed, and
//! lasts until then.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::*;

fn to_come() -> Date {
    today() + Duration::days(200)
}

#[tokio::test]
async fn what_is_dated_before_an_end_to_come_is_allowed_and_lasts_until_it() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (union, other) = (world.unit("TN-1"), world.unit("HN"));
    let (end, now) = (to_come(), today());
    admin.ends(vec![dissolved(union)], end).await.expect("ended");
    let ending = world.published().await.last().expect("an act").0;

    let appointing = pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        body: "EXECUTIVE".to_string(),
        offices: vec![office("CHAIR", Uuid::now_v7())],
        basis: Some(decided(now)),
        ..Default::default()
    };
    let published = world.changes().await;
    let appointed = admin.congresses.appoint_committee(appointing).await.expect("appointed");
    let told = world.published_since(published).await;
    let until = told.iter().find_map(|change| match change {
        Change::TimelinesCorrected(corrected) => corrected.timelines[0].seats[0].until_on,
        _ => None,
    });
    assert_eq!(until, Some(civil(end)), "followers learn until when: {told:?}");
    let changing = pb::ChangeTypeRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        r#type: "ND_CS".to_string(),
        basis: Some(decided(now)),
        ..Default::default()
    };
    admin.life_cycle.change_type(changing).await.expect("changed");
    admin.hands_over(&[union], other, now).await.expect("handed over");
    let suspended = now + Duration::days(10);
    admin.suspends(union, suspended).await.expect("suspended");
    admin.resumes(union, now + Duration::days(20)).await.expect("resumed");
    let directing = pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        director_id: world.unit("TN").to_string(),
        effective_on: Some(civil(now + Duration::days(1))),
        ..Default::default()
    };
    admin.attributes.begin_joint_direction(directing).await.expect("directed");

    // Who resigns before the end does.
    let resigned = now + Duration::days(30);
    let ending_office = pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: appointed.into_inner().office_ids,
        effective_on: Some(civil(resigned)),
        ..Default::default()
    };
    admin.congresses.end_offices(ending_office).await.expect("resigned");
    // Its end names the superior that it has by then, and nothing lasts beyond.
    let (last_superior, beyond): (Uuid, i64) = sqlx::query_as(
        "select last_superior_id,
                (select count(*) from organisation_fact fact
                 where fact.organisation_id = ending.organisation_id and binds = 'THROUGHOUT'
                   and coalesce(upper(valid), 'infinity') > ending.ended_on)
         from organisation_ending ending
         where organisation_id = $1 and upper_inf(recorded)",
    )
    .bind(union)
    .fetch_one(&mut world.look().await)
    .await
    .expect("read");
    assert_eq!((last_superior, beyond), (other, 0));
    // What lasts until the end rests on it.
    assert_eq!(reason(admin.undoes(ending).await), "LATER_ACTS_REST");
    // On the day of the end, and after it, there is no union.
    assert_eq!(
        reason(admin.hands_over(&[union], world.unit("TN"), end).await),
        "ORGANISATION_ENDED"
    );
}

#[tokio::test]
async fn a_union_merges_into_one_that_is_known_to_end_later_and_not_after_that_end() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (union, heir) = (world.unit("BD-1"), world.unit("BD-2"));
    let end = to_come();
    admin.ends(vec![dissolved(heir)], end).await.expect("ended");
    let merging = |on| {
        let unit = pb::end_organisations_request::Unit {
            kind: pb::EndKind::Merged.into(),
            principal_successor_id: heir.to_string(),
            members_outcome: pb::MembersOutcome::Rehomed.into(),
            rehome_to_id: heir.to_string(),
            ..dissolved(union)
        };
        (vec![unit], on)
    };
    let (units, on) = merging(end);
    assert_eq!(reason(admin.ends(units, on).await), "SUCCESSOR_NOT_LIVING");
    let (units, on) = merging(end - Duration::DAY);
    admin.ends(units, on).await.expect("merged");
}

#[tokio::test]
async fn an_end_before_a_change_of_type_and_a_merger_is_refused() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (union, heir) = (world.unit("BD-1"), world.unit("BD-2"));
    let (early, late) = (time::macros::date!(2024 - 06 - 01), time::macros::date!(2024 - 07 - 01));
    let unit = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: heir.to_string(),
        members_outcome: pb::MembersOutcome::Rehomed.into(),
        rehome_to_id: heir.to_string(),
        ..dissolved(union)
    };
    admin.ends(vec![unit], late).await.expect("merged");
    let answer = admin.ends(vec![dissolved(heir)], early).await;
    assert_eq!(refused(answer), ("LATER_ACT_KNOWN".into(), "units[0]".into()));
    let answer = admin.suspends(heir, early).await;
    assert_eq!(refused(answer), ("LATER_ACT_KNOWN".into(), "effective_on".into()));

    let upgraded = world.unit("TN-1");
    let changing = pb::ChangeTypeRequest {
        request_id: fresh(),
        organisation_id: upgraded.to_string(),
        r#type: "CD_TCT".to_string(),
        basis: Some(decided(late)),
        ..Default::default()
    };
    admin.life_cycle.change_type(changing).await.expect("upgraded");
    let answer = admin.ends(vec![dissolved(upgraded)], early).await;
    assert_eq!(refused(answer), ("LATER_ACT_KNOWN".into(), "units[0]".into()));
    // Corrections too.
    admin
        .ends(vec![dissolved(upgraded)], time::macros::date!(2024 - 09 - 01))
        .await
        .expect("ended");
    let correcting = pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: upgraded.to_string(),
        attribute: Some(pb::correct_organisation_request::Attribute::EndedOn(civil(early))),
        reason: "Ghi nhầm".to_string(),
        ..Default::default()
    };
    let answer = admin.corrections.correct_organisation(correcting).await;
    assert_eq!(refused(answer), ("LIFE_CONTRADICTED".into(), "ended_on".into()));
}
