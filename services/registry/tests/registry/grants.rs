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

#[tokio::test]
async fn nobody_gives_to_himself_nor_what_he_does_not_hold() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.grants_role("grantor", "GRANTOR", world.unit("HN")).await.expect("granted");
    admin.grants_role("local", "ADMINISTRATOR", world.unit("HN")).await.expect("granted");
    let before = world.changes().await;
    let mut grantor = world.actor("grantor");
    let mut local = world.actor("local");
    for (answer, reason, field) in [
        (
            grantor.grants_role("grantor", "OFFICER", world.unit("HN")).await,
            "GRANT_TO_ONESELF",
            "subject",
        ),
        (
            grantor.grants_role("grantor", "GRANTOR", world.unit("HN-BD")).await,
            "GRANT_TO_ONESELF",
            "subject",
        ),
        (
            local.grants_role("local", "READER", world.unit("HN")).await,
            "GRANT_TO_ONESELF",
            "subject",
        ),
        (
            grantor.grants_role("other", "OFFICER", world.unit("HN")).await,
            "GRANT_EXCEEDS_OWN",
            "role",
        ),
        (
            grantor.grants_role("other", "READER", world.unit("HN-BD")).await,
            "GRANT_EXCEEDS_OWN",
            "role",
        ),
        (
            local.grants_role("other", "PARTY_OFFICER", world.unit("HN")).await,
            "GRANT_EXCEEDS_OWN",
            "role",
        ),
        (
            local.grants_role("other", "IDENTITY_OFFICER", world.unit("HN")).await,
            "GRANT_EXCEEDS_OWN",
            "role",
        ),
    ] {
        assert_eq!(answer.as_ref().expect_err("refused").code(), tonic::Code::PermissionDenied);
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    assert_eq!(world.changes().await, before);
    // What he holds himself he gives to others, within his scope; and the Confederation's
    // administrator gives everything, to himself as well.
    grantor.grants_role("other", "GRANTOR", world.unit("HN-BD")).await.expect("granted");
    local.grants_role("other", "OFFICER", world.unit("HN-BD")).await.expect("granted");
    local.grants_role("other", "READER", world.unit("HN")).await.expect("granted");
    admin.grants_role("admin", "PARTY_OFFICER", world.unit("HN")).await.expect("granted");

    // A permission held in one place is not given in another: an officer of the district who may
    // say who reads there, and grants in the whole province.
    admin.grants_role("mixed", "GRANTOR", world.unit("HN")).await.expect("granted");
    admin.grants_role("mixed", "OFFICER", world.unit("HN-BD")).await.expect("granted");
    let mut mixed = world.actor("mixed");
    mixed.grants_role("third", "OFFICER", world.unit("BD-1")).await.expect("granted");
    let answer = mixed.grants_role("third", "OFFICER", world.unit("HN-CG")).await;
    assert_eq!(reason(answer), "GRANT_EXCEEDS_OWN");
}
