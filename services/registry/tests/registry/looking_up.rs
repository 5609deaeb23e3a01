//! What an officer looks for: unions of a commune, those that have ended, the lists of codes.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

const ON: Date = date!(2025 - 07 - 01);

/// A union of communes under Hà Nội.
async fn commune_union(officer: &mut Actor, world: &World, code: &str, communes: &[&str]) -> Uuid {
    let founding = pb::FoundOrganisationRequest {
        r#type: "CD_XA".to_string(),
        sector: String::new(),
        ..founding(world.unit("HN"), code, ON)
    };
    let founded = officer.organisations.found_organisation(founding).await.expect("founded");
    let organisation_id = founded.into_inner().organisation_id;
    let request = pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: organisation_id.clone(),
        communes_added: communes.iter().map(|code| (*code).to_string()).collect(),
        effective_on: Some(civil(ON)),
        ..Default::default()
    };
    officer.attributes.change_territory(request).await.expect("changed");
    id(&organisation_id)
}

async fn of_commune(actor: &mut Actor, commune: &str, as_of: Date) -> Vec<String> {
    let request = pb::ListOrganisationsRequest {
        commune: commune.to_string(),
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    codes(
        actor
            .organisations
            .list_organisations(request)
            .await
            .expect("listed")
            .into_inner()
            .organisations,
    )
}

#[tokio::test]
async fn a_union_is_found_by_a_commune_of_its_territory() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    commune_union(&mut officer, &world, "HN-X1", &["00004", "00008"]).await;
    commune_union(&mut officer, &world, "HN-X2", &["00025"]).await;
    for commune in ["00004", "Phường Ba Đình", "phuong ba dinh", "Ba Đình", "BA DINH"] {
        assert_eq!(of_commune(&mut officer, commune, ON).await, ["HN-X1"], "{commune}");
    }
    assert_eq!(of_commune(&mut officer, "00025", ON).await, ["HN-X2"]);
    // Before it had it, and where another looks.
    let before = date!(2025 - 06 - 30);
    assert_eq!(of_commune(&mut officer, "00004", before).await, [""; 0]);
    assert_eq!(of_commune(&mut world.actor("badinh"), "00004", ON).await, [""; 0]);

    let sought = |text: &str, commune: &str| pb::SearchOrganisationsRequest {
        text: text.to_string(),
        commune: commune.to_string(),
        as_of: Some(civil(ON)),
        ..Default::default()
    };
    let request = sought("công đoàn cơ sở", "Ba Đình");
    let found = officer.organisations.search_organisations(request).await.expect("searched");
    assert_eq!(codes(found.into_inner().organisations), ["HN-X1"]);

    // On the day before, no commune had that name; the code was another's.
    let listed = |commune: &str, on: Date| pb::ListOrganisationsRequest {
        commune: commune.to_string(),
        as_of: Some(civil(on)),
        ..Default::default()
    };
    for (commune, on) in [("Ba Đình mới", ON), ("99999", ON)] {
        let answer = officer.organisations.list_organisations(listed(commune, on)).await;
        assert_eq!(refused(answer), ("COMMUNE_UNKNOWN".into(), "commune".into()));
    }
    let answer = officer.organisations.search_organisations(sought("hà nội", "nowhere")).await;
    assert_eq!(refused(answer), ("COMMUNE_UNKNOWN".into(), "commune".into()));
}

#[tokio::test]
async fn communes_are_listed_in_pages() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    commune_union(&mut officer, &world, "HN-X1", &["00004"]).await;
    let mut admin = world.actor("admin");
    // A federation may look after what a commune union of its own has as well.
    let request = pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN").to_string(),
        communes_added: vec!["00004".to_string()],
        effective_on: Some(civil(ON)),
        ..Default::default()
    };
    admin.attributes.change_territory(request).await.expect("changed");
    let mut request = pb::ListOrganisationsRequest {
        commune: "00004".to_string(),
        as_of: Some(civil(ON)),
        page_size: 1,
        ..Default::default()
    };
    let mut all = Vec::new();
    loop {
        let page = admin.organisations.list_organisations(request.clone()).await.expect("listed");
        let page = page.into_inner();
        all.extend(codes(page.organisations));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(all, ["HN", "HN-X1"]);
}

async fn ended_below(actor: &mut Actor, root: Uuid, as_of: Date, page_size: i32) -> Vec<String> {
    let mut all = Vec::new();
    let mut request = pb::ListSubtreeRequest {
        organisation_id: root.to_string(),
        as_of: Some(civil(as_of)),
        status: pb::OrganisationStatus::Ended.into(),
        page_size,
        ..Default::default()
    };
    loop {
        let page = actor.organisations.list_subtree(request.clone()).await.expect("listed");
        let page = page.into_inner();
        let ended = |one: &pb::Organisation| one.status() == pb::OrganisationStatus::Ended;
        assert!(page.organisations.iter().all(ended));
        all.extend(codes(page.organisations));
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn what_has_ended_is_listed_below_where_it_stood_and_below_whoever_continues_that() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2020 - 03 - 01);
    admin.ends(vec![dissolved(world.unit("BD-1"))], on).await.expect("ended");
    for (as_of, expected) in
        [(date!(2020 - 02 - 29), &[][..]), (on, &["BD-1"]), (today(), &["BD-1"])]
    {
        for root in ["HN-BD", "HN", "TLD"] {
            let found = ended_below(&mut admin, world.unit(root), as_of, 50).await;
            assert_eq!(found, expected, "{root} on {as_of}");
        }
        assert_eq!(ended_below(&mut admin, world.unit("HN-CG"), as_of, 50).await, [""; 0]);
        assert_eq!(ended_below(&mut admin, world.unit("TN"), as_of, 50).await, [""; 0]);
    }

    // Its superior ends, and is continued by one elsewhere.
    let later = date!(2021 - 03 - 01);
    let district = pb::end_organisations_request::Unit {
        organisation_id: world.unit("HN-BD").to_string(),
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: world.unit("HN-CG").to_string(),
        subordinates_to_id: world.unit("HN-CG").to_string(),
        members_outcome: pb::MembersOutcome::ToSuperior.into(),
        ..Default::default()
    };
    admin.ends(vec![district], later).await.expect("ended");
    // And a union merges into one of another province.
    let union = pb::end_organisations_request::Unit {
        organisation_id: world.unit("GD-1").to_string(),
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: world.unit("TN-1").to_string(),
        members_outcome: pb::MembersOutcome::MembershipEnds.into(),
        ..Default::default()
    };
    admin.ends(vec![union], later).await.expect("ended");
    for (root, expected) in [
        ("HN-CG", &["BD-1", "HN-BD"][..]),
        ("HN", &["BD-1", "GD-1", "HN-BD"]),
        ("HN-GD", &["GD-1"]),
        ("TN", &["GD-1"]),
        ("TN-1", &["GD-1"]),
        ("HN-BD", &["BD-1", "HN-BD"]),
        ("BD-1", &["BD-1"]),
        ("TLD", &["BD-1", "GD-1", "HN-BD"]),
        ("BD-2", &[]),
    ] {
        for page_size in [1, 2, 50] {
            let found = ended_below(&mut admin, world.unit(root), today(), page_size).await;
            assert_eq!(found, expected, "{root} by {page_size}");
        }
    }
    assert_eq!(ended_below(&mut admin, world.unit("HN-CG"), on, 50).await, [""; 0]);
    // Hà Nội sees what lies in its scope today: the union that went to Thái Nguyên does not.
    let mut hanoi = world.actor("hanoi");
    assert_eq!(ended_below(&mut hanoi, world.unit("HN"), today(), 50).await, ["BD-1", "HN-BD"]);

    let by_type = pb::ListSubtreeRequest {
        organisation_id: world.unit("HN").to_string(),
        status: pb::OrganisationStatus::Ended.into(),
        r#type: "LDLD_HUYEN".to_string(),
        ..Default::default()
    };
    let found = admin.organisations.list_subtree(by_type).await.expect("listed").into_inner();
    assert_eq!(codes(found.organisations), ["HN-BD"]);
    let by_day = pb::ListSubtreeRequest {
        organisation_id: world.unit("HN").to_string(),
        status: pb::OrganisationStatus::Ended.into(),
        ended_until: Some(civil(later)),
        ..Default::default()
    };
    let found = admin.organisations.list_subtree(by_day).await.expect("listed").into_inner();
    assert_eq!(codes(found.organisations), ["BD-1"]);
}

#[tokio::test]
async fn whoever_writes_a_code_can_look_it_up() {
    let world = World::start().await;
    // Whoever holds nothing as well: these are nobody's secrets.
    let mut nobody = world.actor("nobody").references;
    let request = pb::ListOrganisationTypesRequest::default();
    let types = nobody.list_organisation_types(request).await.expect("listed").into_inner().types;
    assert_eq!(types.first().map(|first| (&*first.code, first.tier)), Some(("TLD", 1)));
    let union = types.iter().find(|kind| kind.code == "CDCS").expect("the grassroots");
    assert_eq!(union.sector_need(), pb::organisation_type::SectorNeed::Required);
    assert!(union.superior_types.contains(&"CD_XA".to_string()));
    let on = |on: Date| pb::ListOrganisationTypesRequest { in_force_on: Some(civil(on)) };
    for (day, in_force) in [(date!(2025 - 06 - 30), true), (ON, false)] {
        let types = nobody.list_organisation_types(on(day)).await.expect("listed").into_inner();
        assert_eq!(types.types.iter().any(|kind| kind.code == "LDLD_HUYEN"), in_force, "{day}");
    }

    let sectors = nobody.list_sectors(pb::ListSectorsRequest::default()).await.expect("listed");
    let sectors = sectors.into_inner().sectors;
    let sector = sectors.iter().find(|sector| sector.code == "NNN_CP").expect("a sector");
    let group = sectors.iter().find(|group| group.code == sector.group_of).expect("its group");
    assert!(group.is_group && !sector.is_group);

    let roles = |permission: &str| pb::ListRolesRequest { permission: permission.to_string() };
    let who = nobody.list_roles(roles("membership.identity.read")).await.expect("listed");
    let who: Vec<String> = who.into_inner().roles.into_iter().map(|role| role.code).collect();
    assert_eq!(who, ["IDENTITY_OFFICER"]);
    let all = nobody.list_roles(roles("")).await.expect("listed").into_inner().roles;
    assert!(all.iter().all(|role| !role.meaning.is_empty() && !role.meaning_vi.is_empty()));
}
