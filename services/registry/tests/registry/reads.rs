use chassis::parse::civil;
use proto::registry::v1 as pb;
use sqlx::Connection;
use time::Date;
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

/// Codes of the organisations that a list answers, read in pages of two.
async fn listed(actor: &mut Actor, request: pb::ListOrganisationsRequest) -> Vec<String> {
    let mut request = pb::ListOrganisationsRequest { page_size: 2, ..request };
    let mut all = Vec::new();
    loop {
        let page = actor.organisations.list_organisations(request.clone()).await.expect("listed");
        let page = page.into_inner();
        all.extend(codes(page.organisations));
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_list_answers_the_callers_organisations_in_order_of_code() {
    let world = World::start().await;
    let mut province = world.actor("hanoi");
    let all = pb::ListOrganisationsRequest::default;
    let hanoi = ["BD-1", "BD-2", "CG-1", "GD-1", "HN", "HN-BD", "HN-CG", "HN-GD"];
    assert_eq!(listed(&mut province, all()).await, hanoi);
    let mut district = world.actor("badinh");
    assert_eq!(listed(&mut district, all()).await, ["BD-1", "BD-2", "HN-BD"]);
    assert_eq!(listed(&mut world.actor("admin"), all()).await.len(), 11);

    for (expected, request) in [
        (
            vec!["HN", "HN-BD", "HN-CG", "HN-GD"],
            pb::ListOrganisationsRequest { code_prefix: "HN".into(), ..all() },
        ),
        (
            vec!["HN-BD", "HN-CG"],
            pb::ListOrganisationsRequest { r#type: "LDLD_HUYEN".into(), ..all() },
        ),
        (vec!["BD-1"], pb::ListOrganisationsRequest { sector: "NNN_CP".into(), ..all() }),
        (vec!["BD-1", "CG-1"], pb::ListOrganisationsRequest { sector: "NNN".into(), ..all() }),
        (vec![], pb::ListOrganisationsRequest { code_prefix: "TN".into(), ..all() }),
        (
            vec![],
            pb::ListOrganisationsRequest {
                founded_from: Some(civil(date!(2010 - 01 - 02))),
                ..all()
            },
        ),
        (
            vec![],
            pb::ListOrganisationsRequest { as_of: Some(civil(date!(2009 - 12 - 31))), ..all() },
        ),
    ] {
        assert_eq!(listed(&mut province, request.clone()).await, expected, "{request:?}");
    }
    let bad = pb::ListOrganisationsRequest { code_prefix: "đ".into(), ..all() };
    let answer = province.organisations.list_organisations(bad).await;
    assert_eq!(refused(answer), ("CODE_INVALID".into(), "code_prefix".into()));
}

#[tokio::test]
async fn a_list_tells_who_lived_had_ended_or_was_not_yet_founded() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = time::OffsetDateTime::now_utc();
    officer.ends(vec![dissolved(world.unit("BD-1"))], date!(2021 - 01 - 01)).await.expect("ended");
    officer.suspends(world.unit("BD-2"), date!(2022 - 01 - 01)).await.expect("suspended");
    officer.founds(world.unit("HN-BD"), "BD-3", date!(2023 - 01 - 01)).await.expect("founded");
    let of = |status: pb::OrganisationStatus, on| pb::ListOrganisationsRequest {
        status: status.into(),
        as_of: Some(civil(on)),
        ..Default::default()
    };
    use pb::OrganisationStatus::{Active, Ended, NotYetFounded, Suspended, Unspecified};
    let (early, late) = (date!(2020 - 06 - 01), date!(2024 - 01 - 01));
    for (expected, request) in [
        (vec!["BD-1", "BD-2", "HN-BD"], of(Unspecified, early)),
        (vec!["BD-3"], of(NotYetFounded, early)),
        (vec!["BD-2", "BD-3", "HN-BD"], of(Unspecified, late)),
        (vec!["BD-3", "HN-BD"], of(Active, late)),
        (vec!["BD-2"], of(Suspended, late)),
        (vec!["BD-1"], of(Ended, late)),
        (
            vec![],
            pb::ListOrganisationsRequest { known_at: Some(instant(before)), ..of(Ended, late) },
        ),
        (
            vec!["BD-1"],
            pb::ListOrganisationsRequest {
                ended_from: Some(civil(date!(2021 - 01 - 01))),
                ended_until: Some(civil(date!(2021 - 01 - 02))),
                ..of(Unspecified, early)
            },
        ),
        (
            vec![],
            pb::ListOrganisationsRequest {
                ended_until: Some(civil(date!(2021 - 01 - 01))),
                ..of(Unspecified, early)
            },
        ),
    ] {
        assert_eq!(listed(&mut officer, request.clone()).await, expected, "{request:?}");
    }
}

#[tokio::test]
async fn a_subtree_is_filtered_without_losing_its_order() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let whole = admin.subtree(world.unit("HN"), date!(2020 - 01 - 01), 500).await;
    let all = || pb::ListSubtreeRequest {
        organisation_id: world.unit("HN").to_string(),
        as_of: Some(civil(date!(2020 - 01 - 01))),
        page_size: 1,
        ..Default::default()
    };
    for (expected, request) in [
        (
            vec!["BD-1", "BD-2", "CG-1", "GD-1"],
            pb::ListSubtreeRequest { r#type: "CDCS".into(), ..all() },
        ),
        (vec!["BD-2", "GD-1"], pb::ListSubtreeRequest { sector: "HCSN".into(), ..all() }),
        (vec!["CG-1"], pb::ListSubtreeRequest { sector: "NNN_TNHH".into(), ..all() }),
        (
            vec![],
            pb::ListSubtreeRequest { status: pb::OrganisationStatus::Suspended.into(), ..all() },
        ),
        (vec![], pb::ListSubtreeRequest { founded_until: Some(civil(ORIGIN)), ..all() }),
    ] {
        let mut found = Vec::new();
        let mut next = request.clone();
        loop {
            let page =
                admin.organisations.list_subtree(next.clone()).await.expect("listed").into_inner();
            found.extend(codes(page.organisations));
            if page.next_page_token.is_empty() {
                break;
            }
            next.page_token = page.next_page_token;
        }
        let mut in_order = expected;
        in_order.sort_by_key(|code| whole.iter().position(|one| one == code));
        assert_eq!(found, in_order, "{request:?}");
    }
}

#[tokio::test]
async fn the_scope_found_from_above_is_the_scope_asked_from_below() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let ends = |unit: &str, heir: Option<&str>| pb::end_organisations_request::Unit {
        kind: heir.map_or(pb::EndKind::Dissolved, |_| pb::EndKind::Merged).into(),
        principal_successor_id: heir.map(|heir| world.unit(heir).to_string()).unwrap_or_default(),
        ..dissolved(world.unit(unit))
    };
    let acts = [("BD-1", Some("CG-1")), ("CG-1", Some("TN-1")), ("BD-2", None), ("HN-BD", None)]
        .map(|(unit, heir)| ends(unit, heir));
    for (n, act) in acts.into_iter().enumerate() {
        let on = date!(2021 - 01 - 01)
            .replace_year(2021 + i32::try_from(n).expect("few"))
            .expect("a day");
        admin.ends(vec![act], on).await.expect("ended");
    }
    admin
        .hands_over(&[world.unit("GD-1")], world.unit("HN-CG"), date!(2020 - 01 - 01))
        .await
        .expect("moved");
    let tomorrow = today().next_day().expect("a day");
    admin.founds(world.unit("TN"), "TN-2", tomorrow).await.expect("founded");
    admin.grants_role("both", "READER", world.unit("TN")).await.expect("granted");
    admin.grants_role("both", "READER", world.unit("HN-CG")).await.expect("granted");

    let mut connection = world.look().await;
    for subject in ["admin", "hanoi", "badinh", "both", "reader", "nobody"] {
        sqlx::query(
            "select set_config('congdoan.issuer', $1, false), set_config('congdoan.subject', $2, false),
                    set_config('congdoan.permission', 'registry.organisation.read', false)",
        )
        .bind(ISSUER)
        .bind(subject)
        .execute(&mut connection)
        .await
        .expect("set");
        let (below, above, whole): (Vec<Uuid>, Vec<Uuid>, bool) = sqlx::query_as(
            "select array(select organisation_id from organisation
                          where access.covers(organisation_id) order by 1),
                    array(select organisation_id from scope() as mine (organisation_id) order by 1),
                    scope_is_whole()",
        )
        .fetch_one(&mut connection)
        .await
        .expect("read");
        assert_eq!(above, below, "{subject}");
        assert_eq!(whole, subject == "admin");
        assert_eq!(below.is_empty(), matches!(subject, "nobody" | "badinh"), "{subject}");
    }
}

#[tokio::test]
async fn every_read_answers_what_was_known_at_an_instant() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (district, moved) = (world.unit("HN-BD"), world.unit("BD-1"));
    let before = time::OffsetDateTime::now_utc();
    let on = date!(2020 - 01 - 01);
    officer.hands_over(&[moved], world.unit("HN-CG"), on).await.expect("handed over");
    officer.founds(district, "BD-3", on).await.expect("founded");
    let as_of = Some(civil(date!(2021 - 01 - 01)));
    for (known_at, expected, superior) in [
        (Some(instant(before)), ["BD-1", "BD-2"], district),
        (None, ["BD-2", "BD-3"], world.unit("HN-CG")),
    ] {
        let get =
            pb::GetOrganisationRequest { organisation_id: moved.to_string(), as_of, known_at };
        let read = officer.organisations.get_organisation(get).await.expect("read").into_inner();
        assert_eq!(read.organisation.expect("set").superior_id, superior.to_string());

        let organisation_id = district.to_string();
        let children = pb::ListChildrenRequest {
            organisation_id: organisation_id.clone(),
            as_of,
            known_at,
            ..Default::default()
        };
        let listed = officer.organisations.list_children(children).await.expect("listed");
        assert_eq!(codes(listed.into_inner().organisations), expected);

        let subtree =
            pb::ListSubtreeRequest { organisation_id, as_of, known_at, ..Default::default() };
        let listed = officer.organisations.list_subtree(subtree).await.expect("listed");
        assert_eq!(codes(listed.into_inner().organisations)[1..], expected);

        let batch = pb::BatchGetOrganisationsRequest {
            codes: vec!["BD-3".to_string()],
            as_of,
            known_at,
            ..Default::default()
        };
        let found = officer.organisations.batch_get_organisations(batch).await.expect("found");
        assert_eq!(found.into_inner().organisations.len(), usize::from(known_at.is_none()));

        let list = pb::ListOrganisationsRequest {
            code_prefix: "BD-".to_string(),
            as_of,
            known_at,
            ..Default::default()
        };
        let listed = officer.organisations.list_organisations(list).await.expect("listed");
        let known_at_all = if known_at.is_some() { 2 } else { 3 };
        assert_eq!(listed.into_inner().organisations.len(), known_at_all);
    }
}

#[tokio::test]
async fn a_read_shows_one_state_however_many_statements_it_takes() {
    let world = World::start().await;
    let (unit, act) = (world.unit("BD-1"), Uuid::now_v7());
    // An act gives the unit a commune and another name. The read has asked for communes, and
    // is about to ask for seals and names, when it commits.
    let mut recorder = world.look().await;
    let mut recording = recorder.begin().await.expect("begun");
    sqlx::query("lock table organisation_seal in access exclusive mode")
        .execute(&mut *recording)
        .await
        .expect("locked");
    sqlx::query(
        "insert into organisation_territory (organisation_id, commune, valid, recorded, act_id)
         select $1, min(commune), daterange('2010-01-01', null), tstzrange(now(), null), $2
         from commune_rule where valid @> current_date",
    )
    .bind(unit)
    .bind(act)
    .execute(&mut *recording)
    .await
    .expect("written");
    sqlx::query(
        "insert into organisation_alias (organisation_id, alias, valid, recorded, act_id)
         values ($1, 'Tên khác', daterange('2010-01-01', null), tstzrange(now(), null), $2)",
    )
    .bind(unit)
    .bind(act)
    .execute(&mut *recording)
    .await
    .expect("written");
    let request = || pb::GetOrganisationDetailsRequest {
        organisation_id: unit.to_string(),
        ..Default::default()
    };
    let mut reader = world.actor("reader");
    let asked = request();
    let reading =
        tokio::spawn(async move { reader.attributes.get_organisation_details(asked).await });
    let mut look = world.look().await;
    loop {
        let waits: bool = sqlx::query_scalar(
            "select exists (select from pg_locks
                            where relation = 'organisation_seal'::regclass and not granted
                              and database = (select oid from pg_database
                                              where datname = current_database()))",
        )
        .fetch_one(&mut look)
        .await
        .expect("looked");
        if waits {
            break;
        }
        tokio::task::yield_now().await;
    }
    recording.commit().await.expect("committed");

    let shown = |answer: pb::GetOrganisationDetailsResponse| {
        let details = answer.details.expect("details");
        (details.territory.len(), details.aliases.len())
    };
    let before = reading.await.expect("ended").expect("read").into_inner();
    assert_eq!(shown(before), (0, 0), "all that it shows is from before the act");
    let mut reader = world.actor("reader");
    let after = reader.attributes.get_organisation_details(request()).await.expect("read");
    assert_eq!(shown(after.into_inner()), (1, 1));
}

#[tokio::test]
async fn what_is_asked_by_a_code_that_nobody_knows_is_refused_as_acts_refuse_it() {
    let world = World::start().await;
    let mut reader = world.actor("hanoi");
    let unit = || world.unit("HN").to_string();
    let expect = |reason: &str, field: &str| (reason.to_string(), field.to_string());
    for (filter, expected) in [
        (("CDCSS", ""), expect("ORGANISATION_TYPE_UNKNOWN", "type")),
        (("", "NNN_TNHHH"), expect("SECTOR_UNKNOWN", "sector")),
    ] {
        let (type_code, sector) = (filter.0.to_string(), filter.1.to_string());
        let request = pb::ListOrganisationsRequest {
            r#type: type_code.clone(),
            sector: sector.clone(),
            ..Default::default()
        };
        assert_eq!(refused(reader.organisations.list_organisations(request).await), expected);
        for status in [pb::OrganisationStatus::Unspecified, pb::OrganisationStatus::Ended] {
            let request = pb::ListSubtreeRequest {
                organisation_id: unit(),
                r#type: type_code.clone(),
                sector: sector.clone(),
                status: status.into(),
                ..Default::default()
            };
            assert_eq!(refused(reader.organisations.list_subtree(request).await), expected);
        }
        let request = pb::SearchOrganisationsRequest {
            text: "Công đoàn".to_string(),
            r#type: type_code,
            sector,
            ..Default::default()
        };
        assert_eq!(refused(reader.organisations.search_organisations(request).await), expected);
    }
    let request = pb::ListEmployersRequest {
        organisation_id: unit(),
        enterprise_type: "X".to_string(),
        ..Default::default()
    };
    let expected = expect("ENTERPRISE_TYPE_UNKNOWN", "enterprise_type");
    assert_eq!(refused(reader.employers.list_employers(request).await), expected);
    let request = pb::ListEmployersWithoutUnionRequest {
        organisation_id: unit(),
        enterprise_type: "X".to_string(),
        ..Default::default()
    };
    assert_eq!(refused(reader.employers.list_employers_without_union(request).await), expected);
    let request = pb::ListCampaignsRequest {
        organisation_id: unit(),
        stage: "X".to_string(),
        ..Default::default()
    };
    let expected = expect("STAGE_UNKNOWN", "stage");
    assert_eq!(refused(reader.employers.list_campaigns(request).await), expected);
    let request = pb::ListOfficesRequest {
        organisation_id: unit(),
        body: "X".to_string(),
        ..Default::default()
    };
    let expected = expect("BODY_UNKNOWN", "body");
    assert_eq!(refused(reader.congresses.list_offices(request).await), expected);
    let request =
        pb::ListDecisionsRequest { issuer_id: unit(), kind: "X".to_string(), ..Default::default() };
    let expected = expect("DOCUMENT_KIND_UNKNOWN", "kind");
    assert_eq!(refused(reader.decisions.list_decisions(request).await), expected);
    let request = pb::ListRolesRequest { permission: "registry.organisation.reed".to_string() };
    let expected = expect("PERMISSION_UNKNOWN", "permission");
    assert_eq!(refused(world.actor("hanoi").references.list_roles(request).await), expected);
    // A group of sectors is asked by as well, and what is known is answered, also with nothing.
    let request = pb::ListOrganisationsRequest {
        r#type: "ND_CS".to_string(),
        sector: "HC".to_string(),
        ..Default::default()
    };
    let listed = reader.organisations.list_organisations(request).await.expect("listed");
    assert!(listed.into_inner().organisations.is_empty());
}

#[tokio::test]
async fn bounds_that_hold_nothing_and_counts_below_nothing_are_refused() {
    let world = World::start().await;
    let mut reader = world.actor("hanoi");
    let unit = || world.unit("HN").to_string();
    let expect = |reason: &str, field: &str| (reason.to_string(), field.to_string());
    for ((min_workforce, max_workforce), field) in
        [((50, 20), "max_workforce"), ((-1, 0), "min_workforce"), ((0, -5), "max_workforce")]
    {
        let request = pb::ListEmployersRequest {
            organisation_id: unit(),
            min_workforce,
            max_workforce,
            ..Default::default()
        };
        let answer = reader.employers.list_employers(request).await;
        assert_eq!(refused(answer), expect("WORKFORCE_INVALID", field));
        let request = pb::ListEmployersWithoutUnionRequest {
            organisation_id: unit(),
            min_workforce,
            max_workforce,
            ..Default::default()
        };
        let answer = reader.employers.list_employers_without_union(request).await;
        assert_eq!(refused(answer), expect("WORKFORCE_INVALID", field));
    }
    let funnel = |min_workforce, from_on: Option<Date>| pb::GetCampaignFunnelRequest {
        organisation_id: unit(),
        min_workforce,
        from_on: from_on.map(civil),
        as_of: Some(civil(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    let answer = reader.employers.get_campaign_funnel(funnel(-1, None)).await;
    assert_eq!(refused(answer), expect("WORKFORCE_INVALID", "min_workforce"));
    let answer = reader.employers.get_campaign_funnel(funnel(0, Some(date!(2021 - 01 - 01)))).await;
    assert_eq!(refused(answer), expect("PERIOD_INVALID", "from_on"));

    let (early, late) = (Some(civil(date!(2019 - 01 - 01))), Some(civil(date!(2020 - 01 - 01))));
    for (request, field) in [
        (
            pb::ListOrganisationsRequest {
                founded_from: late,
                founded_until: early,
                ..Default::default()
            },
            "founded_from",
        ),
        (
            pb::ListOrganisationsRequest {
                ended_from: late,
                ended_until: early,
                ..Default::default()
            },
            "ended_from",
        ),
    ] {
        let answer = reader.organisations.list_organisations(request).await;
        assert_eq!(refused(answer), expect("PERIOD_INVALID", field));
    }
    let request = pb::ListOrganisationsRequest { page_size: -1, ..Default::default() };
    let answer = reader.organisations.list_organisations(request).await;
    assert_eq!(refused(answer), expect("NUMBER_NEGATIVE", "page_size"));
    let request = pb::ListSuccessionPlansRequest {
        organisation_id: unit(),
        term_from_year: -3,
        ..Default::default()
    };
    let answer = reader.succession.list_succession_plans(request).await;
    assert_eq!(refused(answer), expect("TERM_INVALID", "term_from_year"));
    // What will be known later nobody knows.
    let request = pb::GetOrganisationRequest {
        organisation_id: unit(),
        known_at: Some(instant(date!(2200 - 01 - 01).midnight().assume_utc())),
        ..Default::default()
    };
    let answer = reader.organisations.get_organisation(request).await;
    assert_eq!(refused(answer), expect("DATE_IN_FUTURE", "known_at"));
}
