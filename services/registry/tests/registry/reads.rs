use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn a_subtree_read_in_pages_is_whole_and_puts_superiors_first() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2020 - 01 - 01);
    let whole = admin.subtree(world.confederation, on, 500).await;
    assert_eq!(whole.len(), 11);
    for page_size in [1, 2, 3, 7] {
        assert_eq!(admin.subtree(world.confederation, on, page_size).await, whole);
    }
    let place = |code: &str| whole.iter().position(|one| one == code).expect("listed");
    for (superior, subordinate) in
        [("TLD", "HN"), ("HN", "HN-BD"), ("HN-BD", "BD-1"), ("HN-BD", "BD-2"), ("TN", "TN-1")]
    {
        assert!(place(superior) < place(subordinate), "{superior} before {subordinate}");
    }
    assert_eq!(admin.subtree(world.unit("BD-1"), on, 5).await, ["BD-1"]);
    // Before it was founded there was nothing.
    assert_eq!(admin.subtree(world.unit("HN"), date!(2009 - 12 - 31), 5).await, [""; 0]);
}

#[tokio::test]
async fn a_page_token_opens_for_its_own_query_only() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request = pb::ListChildrenRequest {
        organisation_id: world.unit("HN").to_string(),
        page_size: 1,
        ..Default::default()
    };
    let page = admin.organisations.list_children(request.clone()).await.expect("listed");
    let page_token = page.into_inner().next_page_token;
    let other = pb::ListChildrenRequest {
        organisation_id: world.unit("HN-BD").to_string(),
        page_token,
        ..request
    };
    let answer = admin.organisations.list_children(other).await;
    assert_eq!(refused(answer), ("PAGE_TOKEN_INVALID".into(), "page_token".into()));
}

#[tokio::test]
async fn a_batch_leaves_out_what_is_unknown_or_out_of_scope() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let request = pb::BatchGetOrganisationsRequest {
        organisation_ids: [world.unit("BD-1"), world.unit("CG-1"), Uuid::now_v7()]
            .map(|unit| unit.to_string())
            .to_vec(),
        codes: vec!["BD-2".to_string(), "TN-1".to_string(), "NOWHERE".to_string()],
        ..Default::default()
    };
    let found = officer.organisations.batch_get_organisations(request).await.expect("found");
    let mut found = codes(found.into_inner().organisations);
    found.sort();
    assert_eq!(found, ["BD-1", "BD-2"]);
}

#[tokio::test]
async fn another_days_tree_shows_only_what_lies_in_scope_today() {
    let world = World::start().await;
    let on = date!(2015 - 01 - 01);
    world
        .actor("hanoi")
        .hands_over(&[world.unit("BD-1")], world.unit("HN-CG"), date!(2020 - 01 - 01))
        .await
        .expect("handed over");
    // In 2015 it stood under Ba Đình, but it is no longer Ba Đình's to read.
    let mut officer = world.actor("badinh");
    assert_eq!(officer.children(world.unit("HN-BD"), on).await, ["BD-2"]);
    assert_eq!(officer.subtree(world.unit("HN-BD"), on, 5).await, ["HN-BD", "BD-2"]);
    let mut province = world.actor("hanoi");
    assert_eq!(province.children(world.unit("HN-BD"), on).await, ["BD-1", "BD-2"]);
}

#[tokio::test]
async fn what_was_not_yet_recorded_was_not_known() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = time::OffsetDateTime::now_utc();
    let founded = officer.founds(world.unit("HN-BD"), "BD-3", ORIGIN).await.expect("founded");
    let request = pb::GetOrganisationRequest {
        organisation_id: founded.to_string(),
        as_of: Some(civil(date!(2020 - 01 - 01))),
        known_at: Some(instant(before)),
    };
    let answer = officer.organisations.get_organisation(request).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
}
