use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use sqlx::Connection;
use time::OffsetDateTime;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn a_unit_handed_over_stands_under_each_superior_on_its_days() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (sector, district) = (world.unit("HN-GD"), world.unit("HN-CG"));
    let school = world.unit("GD-1");
    let before_recorded = OffsetDateTime::now_utc();
    let on = date!(2019 - 09 - 01);
    officer.hands_over(&[school], district, on).await.expect("handed over");

    assert_eq!(officer.children(sector, date!(2019 - 08 - 31)).await, ["GD-1"]);
    assert_eq!(officer.children(district, date!(2019 - 08 - 31)).await, ["CG-1"]);
    assert_eq!(officer.children(sector, on).await, [""; 0]);
    assert_eq!(officer.children(district, on).await, ["CG-1", "GD-1"]);

    // What was believed before the act was recorded can still be asked.
    let request = pb::GetOrganisationRequest {
        organisation_id: school.to_string(),
        as_of: Some(civil(on)),
        known_at: Some(instant(before_recorded)),
    };
    let believed = officer.organisations.get_organisation(request).await.expect("read");
    let believed = believed.into_inner().organisation.expect("an organisation");
    assert_eq!(believed.superior_id, sector.to_string());
    let known = officer.reads(school, Some(on)).await.expect("read");
    assert_eq!(known.superior_id, district.to_string());

    let (_, effective_on, last) = world.published().await.pop().expect("a change");
    let Change::OrganisationsHandedOver(change) = last else { panic!("{last:?}") };
    assert_eq!(effective_on, on);
    assert_eq!(change.units[0].from_superior_id, sector.to_string());
}

#[tokio::test]
async fn every_rule_of_a_handing_over_refuses_and_moves_nothing() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2020 - 01 - 01);
    let (badinh, caugiay, hanoi) = (world.unit("HN-BD"), world.unit("HN-CG"), world.unit("HN"));
    let first = world.unit("BD-1");
    admin.suspends(world.unit("HN-GD"), date!(2015 - 01 - 01)).await.expect("suspended");
    let moved = world.unit("CG-1");
    admin.hands_over(&[moved], hanoi, on).await.expect("handed over");
    let before = world.changes().await;
    let cases = [
        ("UNITS_EMPTY", "unit_ids", vec![], caugiay),
        ("UNIT_REPEATED", "unit_ids[1]", vec![first, first], caugiay),
        ("ORGANISATION_UNKNOWN", "unit_ids[0]", vec![Uuid::now_v7()], caugiay),
        ("ORGANISATION_UNKNOWN", "superior_id", vec![first], Uuid::now_v7()),
        ("ALREADY_SUBORDINATE", "unit_ids[0]", vec![first], badinh),
        ("SUPERIOR_TYPE_NOT_ALLOWED", "unit_ids[0]", vec![badinh], caugiay),
        ("SUPERIOR_SUSPENDED", "superior_id", vec![first], world.unit("HN-GD")),
        ("CONFEDERATION_FIXED", "unit_ids[0]", vec![world.confederation], hanoi),
        // The good unit does not move either.
        ("LATER_ACT_KNOWN", "unit_ids[1]", vec![first, moved], caugiay),
        ("WOULD_FORM_CYCLE", "unit_ids[0]", vec![badinh], badinh),
    ];
    for (reason, field, units, superior) in cases {
        let answer = admin.hands_over(&units, superior, on).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    let answer = admin.hands_over(&[first], caugiay, date!(2009 - 01 - 01)).await;
    assert_eq!(reason(answer), "DATE_OUTSIDE_LIFE");
    assert_eq!(world.changes().await, before);
}

/// No type of the reference data may stand under its own kind, so the rules alone forbid a
/// cycle; here they are widened, as a later Charter might.
pub async fn let_districts_stand_under_districts(world: &World) {
    sqlx::query(
        "insert into superior_type_rule (type, superior_type, valid)
         values ('LDLD_HUYEN', 'LDLD_HUYEN', daterange(null, null))",
    )
    .execute(&mut world.look().await)
    .await
    .expect("widened");
}

#[tokio::test]
async fn two_crossing_moves_cannot_make_a_cycle() {
    let world = World::start().await;
    let_districts_stand_under_districts(&world).await;
    let (badinh, caugiay) = (world.unit("HN-BD"), world.unit("HN-CG"));
    let on = date!(2020 - 01 - 01);
    let (mut one, mut other) = (world.actor("hanoi"), world.actor("admin"));
    let (there, back) = ([badinh], [caugiay]);
    let answers =
        tokio::join!(one.hands_over(&there, caugiay, on), other.hands_over(&back, badinh, on),);
    let refusal = match answers {
        (Ok(()), refusal @ Err(_)) | (refusal @ Err(_), Ok(())) => refusal,
        both => panic!("one of the two moves wins: {both:?}"),
    };
    assert_eq!(refused(refusal), ("WOULD_FORM_CYCLE".into(), "unit_ids[0]".into()));
    let all = one.subtree(world.unit("HN"), on, 500).await;
    assert_eq!(all.len(), 8, "all of Hà Nội still hangs together: {all:?}");
}

#[tokio::test]
async fn a_cycle_that_would_only_close_later_is_refused() {
    let world = World::start().await;
    let_districts_stand_under_districts(&world).await;
    let mut officer = world.actor("hanoi");
    let (badinh, caugiay) = (world.unit("HN-BD"), world.unit("HN-CG"));
    officer.hands_over(&[badinh], caugiay, date!(2022 - 01 - 01)).await.expect("handed over");
    let answer = officer.hands_over(&[caugiay], badinh, date!(2021 - 01 - 01)).await;
    assert_eq!(reason(answer), "WOULD_FORM_CYCLE");
}

#[tokio::test]
async fn thousands_of_units_move_and_end_in_one_act() {
    let world = World::start().await;
    let mut officer = world.actor("admin");
    let lines: Vec<_> =
        (0..5_000).map(|n| line(&format!("BD-{n:05}"), "CDCS", "NNN_CP", "HN-BD")).collect();
    officer.loads(lines).await.expect("loaded");
    let found = officer.subtree_ids(world.unit("HN-BD"), date!(2020 - 01 - 01)).await;
    assert_eq!(found.len(), 5_002);

    officer.hands_over(&found, world.unit("HN"), date!(2025 - 07 - 01)).await.expect("moved");
    let left = officer.subtree_ids(world.unit("HN-BD"), date!(2025 - 07 - 01)).await;
    assert!(left.is_empty(), "all of them left the district: {left:?}");
    let units = found.iter().copied().map(dissolved).collect();
    officer.ends(units, date!(2026 - 01 - 01)).await.expect("ended");
    let living = officer.subtree_ids(world.unit("HN"), date!(2026 - 01 - 01)).await;
    assert!(found.iter().all(|ended| !living.contains(ended)), "none of them lives on");
}

impl Actor {
    /// The ids of the grassroots unions of a subtree.
    pub async fn subtree_ids(&mut self, root: Uuid, as_of: time::Date) -> Vec<Uuid> {
        let mut all = Vec::new();
        let mut request = pb::ListSubtreeRequest {
            organisation_id: root.to_string(),
            as_of: Some(civil(as_of)),
            r#type: "CDCS".to_string(),
            page_size: 500,
            ..Default::default()
        };
        loop {
            let page = self.organisations.list_subtree(request.clone()).await.expect("listed");
            let page = page.into_inner();
            all.extend(page.organisations.iter().map(|unit| id(&unit.organisation_id)));
            if page.next_page_token.is_empty() {
                return all;
            }
            request.page_token = page.next_page_token;
        }
    }
}

#[tokio::test]
async fn an_act_that_cannot_have_its_rows_in_time_is_told_to_repeat() {
    let world = World::start().await;
    let mut holding = world.look().await;
    sqlx::query(
        "do $$ begin
             execute format('alter database %I set lock_timeout = ''100ms''', current_database());
         end $$",
    )
    .execute(&mut holding)
    .await
    .expect("set");
    let (_running, mut officer) = world.replica("badinh").await;
    let mut held = holding.begin().await.expect("begun");
    sqlx::query("select from organisation where organisation_id = $1 for update")
        .bind(world.unit("BD-1"))
        .execute(&mut *held)
        .await
        .expect("held");
    let on = date!(2020 - 01 - 01);
    let answer = officer.suspends(world.unit("BD-1"), on).await;
    assert_eq!(reason(answer), "CONFLICTING_ACT");
    held.rollback().await.expect("given up");
    officer.suspends(world.unit("BD-1"), on).await.expect("suspended");
}
