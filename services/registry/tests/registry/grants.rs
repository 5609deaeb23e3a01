use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Duration;
use time::macros::date;

use crate::world::*;

#[tokio::test]
async fn a_grant_rules_from_the_next_call_on_until_it_ends() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let mut newcomer = world.actor("newcomer");
    let unit = world.unit("CG-1");
    assert_eq!(reason(newcomer.reads(unit, None).await), "PERMISSION_DENIED");
    let grant =
        admin.grants_role("newcomer", "READER", world.unit("HN-CG")).await.expect("granted");
    newcomer.reads(unit, None).await.expect("read");
    assert_eq!(reason(newcomer.reads(world.unit("BD-1"), None).await), "ORGANISATION_UNKNOWN");
    assert_eq!(
        reason(newcomer.founds(world.unit("HN-CG"), "CG-2", date!(2020 - 01 - 01)).await),
        "PERMISSION_DENIED"
    );

    let end = pb::EndGrantRequest {
        request_id: fresh(),
        grant_id: grant.to_string(),
        ..Default::default()
    };
    admin.grants.end_grant(end.clone()).await.expect("ended");
    assert_eq!(reason(newcomer.reads(unit, None).await), "PERMISSION_DENIED");
    let again = pb::EndGrantRequest { request_id: fresh(), ..end };
    assert_eq!(reason(admin.grants.end_grant(again).await), "GRANT_ENDED");
}

#[tokio::test]
async fn every_rule_of_a_grant_refuses_with_its_reason() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let good = || pb::MakeGrantRequest {
        request_id: fresh(),
        issuer: ISSUER.to_string(),
        subject: "someone".to_string(),
        role: "READER".to_string(),
        organisation_id: world.unit("HN").to_string(),
        ..Default::default()
    };
    let yesterday = civil(today() - Duration::days(1));
    admin.grants.make_grant(good()).await.expect("granted");
    for (reason, request) in [
        ("GRANT_EXISTS", good()),
        ("ROLE_UNKNOWN", pb::MakeGrantRequest { role: "KING".into(), ..good() }),
        ("GRANT_DATES_INVALID", pb::MakeGrantRequest { from_on: Some(yesterday), ..good() }),
        ("GRANT_DATES_INVALID", pb::MakeGrantRequest { until_on: Some(civil(today())), ..good() }),
        ("ORGANISATION_UNKNOWN", pb::MakeGrantRequest { organisation_id: fresh(), ..good() }),
        (
            "EFFECTIVE_DATE_TOO_FAR",
            pb::MakeGrantRequest { from_on: Some(civil(today() + Duration::days(400))), ..good() },
        ),
    ] {
        assert_eq!(self::reason(admin.grants.make_grant(request).await), reason);
    }
    let unknown =
        pb::EndGrantRequest { request_id: fresh(), grant_id: fresh(), ..Default::default() };
    assert_eq!(reason(admin.grants.end_grant(unknown).await), "GRANT_UNKNOWN");
    // An officer makes no grants, and a grantor none outside its own organisation.
    assert_eq!(reason(world.actor("hanoi").grants.make_grant(good()).await), "PERMISSION_DENIED");
    admin.grants_role("grantor", "GRANTOR", world.unit("TN")).await.expect("granted");
    let mut grantor = world.actor("grantor");
    assert_eq!(reason(grantor.grants.make_grant(good()).await), "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn grants_of_a_subtree_are_listed_in_pages() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let list = |own_only, page_token| pb::ListGrantsRequest {
        organisation_id: world.unit("HN").to_string(),
        own_only,
        page_size: 2,
        page_token,
        ..Default::default()
    };
    let page = admin.grants.list_grants(list(false, String::new())).await.expect("listed");
    let page = page.into_inner();
    let next = admin.grants.list_grants(list(false, page.next_page_token)).await.expect("listed");
    let subjects: Vec<String> = page
        .grants
        .into_iter()
        .chain(next.into_inner().grants)
        .map(|grant| grant.subject)
        .collect();
    assert_eq!(subjects, ["hanoi", "badinh", "reader"]);
    let own = admin.grants.list_grants(list(true, String::new())).await.expect("listed");
    assert_eq!(own.into_inner().grants.len(), 2);
}
