//! Whoever changes a past changes it for those under whom it lay then: the rights must reach them.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::correct_organisation_request::Attribute;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::plans::{Kind, step};
use crate::world::*;

const MOVED: Date = date!(2024 - 06 - 01);
const BEFORE: Date = date!(2024 - 03 - 01);
const SINCE: Date = date!(2024 - 09 - 01);

async fn last_act(world: &World) -> Uuid {
    world.published().await.last().expect("an act").0
}

fn correcting(
    unit: Uuid,
    from: Date,
    until: Option<Date>,
    to: Attribute,
) -> pb::CorrectOrganisationRequest {
    pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        from_on: Some(civil(from)),
        until_on: until.map(civil),
        attribute: Some(to),
        reason: "Ghi nhầm".to_string(),
        ..Default::default()
    }
}

/// A union that stood under Thái Nguyên until it came to Hà Nội.
async fn moved(world: &World) -> Uuid {
    let unit = world.unit("TN-1");
    world.actor("admin").hands_over(&[unit], world.unit("HN-CG"), MOVED).await.expect("moved");
    unit
}

#[tokio::test]
async fn the_past_of_another_province_is_not_changed_by_rights_on_the_present() {
    let world = World::start().await;
    let unit = moved(&world).await;
    let mut officer = world.actor("hanoi");
    let (district, other) = (world.unit("HN-BD"), world.unit("HN-CG"));
    let published = world.changes().await;
    assert_eq!(reason(officer.hands_over(&[unit], district, BEFORE).await), "ORGANISATION_UNKNOWN");
    assert_eq!(reason(officer.suspends(unit, BEFORE).await), "ORGANISATION_UNKNOWN");
    assert_eq!(reason(officer.ends(vec![dissolved(unit)], BEFORE).await), "ORGANISATION_UNKNOWN");
    let renaming = |on: Date| pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: "Tên khác".to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let answer = officer.organisations.rename_organisation(renaming(BEFORE)).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
    for (from, until, to) in [
        (BEFORE, Some(MOVED), Attribute::SuperiorId(other.to_string())),
        (BEFORE, None, Attribute::SuperiorId(district.to_string())),
        (BEFORE, Some(MOVED), Attribute::Sector("HC".to_string())),
        (BEFORE, Some(MOVED), Attribute::Status("SUSPENDED".to_string())),
    ] {
        let request = correcting(unit, from, until, to.clone());
        let answer = officer.corrections.correct_organisation(request).await;
        assert_eq!(reason(answer), "ORGANISATION_UNKNOWN", "{to:?}");
    }
    let founded = pb::CorrectOrganisationRequest {
        attribute: Some(Attribute::FoundedOn(civil(date!(2011 - 01 - 01)))),
        from_on: None,
        ..correcting(unit, ORIGIN, None, Attribute::Sector(String::new()))
    };
    let answer = officer.corrections.correct_organisation(founded).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
    assert_eq!(world.changes().await, published);

    // What lies in his own province he changes; and a right on both, everything.
    officer.organisations.rename_organisation(renaming(SINCE)).await.expect("renamed");
    officer.hands_over(&[unit], district, SINCE).await.expect("handed over");
    let request = correcting(unit, MOVED, Some(SINCE), Attribute::SuperiorId(district.to_string()));
    officer.corrections.correct_organisation(request).await.expect("corrected");
    world.actor("admin").grants_role("hanoi", "OFFICER", world.unit("TN")).await.expect("granted");
    let request = correcting(unit, BEFORE, Some(MOVED), Attribute::SuperiorId(other.to_string()));
    officer.corrections.correct_organisation(request).await.expect("corrected");
}

#[tokio::test]
async fn the_past_of_a_district_that_came_from_another_province_is_that_province_s() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    // The union stays in its district, which goes from one province to the other.
    let (district, unit) = (world.unit("HN-CG"), world.unit("CG-1"));
    admin.grants_role("thainguyen", "OFFICER", world.unit("TN")).await.expect("granted");
    admin.hands_over(&[district], world.unit("TN"), MOVED).await.expect("moved");
    let mut officer = world.actor("thainguyen");
    assert_eq!(reason(officer.suspends(unit, BEFORE).await), "ORGANISATION_UNKNOWN");
    officer.suspends(unit, SINCE).await.expect("suspended");
}

#[tokio::test]
async fn an_undoing_takes_the_rights_that_its_act_would_take() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("TN-1");
    admin.suspends(unit, BEFORE).await.expect("suspended");
    let suspending = last_act(&world).await;
    admin.hands_over(&[unit], world.unit("HN-CG"), MOVED).await.expect("moved");
    let moving = last_act(&world).await;
    let mut officer = world.actor("hanoi");
    for act in [suspending, moving] {
        assert_eq!(reason(officer.undoes(act).await), "ACT_UNKNOWN");
    }
    admin.undoes(moving).await.expect("undone");
    // An act that was undone is not told from one that never was.
    assert_eq!(reason(officer.undoes(moving).await), "ACT_UNKNOWN");
    let founded = admin.founds(world.unit("TN"), "TN-9", MOVED).await.expect("founded");
    let founding = last_act(&world).await;
    admin.undoes(founding).await.expect("undone");
    assert_eq!(reason(officer.reads(founded, None).await), "ORGANISATION_UNKNOWN");
    assert_eq!(reason(officer.undoes(founding).await), "ACT_UNKNOWN");
    assert_eq!(reason(admin.undoes(founding).await), "ACT_UNDONE");
}

#[tokio::test]
async fn a_plan_that_is_dated_back_takes_the_rights_over_its_days() {
    let world = World::start().await;
    moved(&world).await;
    let mut officer = world.actor("hanoi");
    let plan = officer.plans_for(world.unit("HN"), BEFORE).await.expect("created");
    let steps = vec![pb::PlanStep {
        superior: "HN-BD".to_string(),
        ..step(1, Kind::HandOver, &world.unit("TN-1").to_string())
    }];
    officer.adds(&plan, steps).await.expect("added");
    officer.tries(&plan).await.expect("tried");
    let against = officer.conflicts(&plan).await;
    assert!(against.iter().any(|(.., reason, _)| reason == "ORGANISATION_UNKNOWN"), "{against:?}");
}

#[tokio::test]
async fn a_dry_run_counts_what_its_plan_does_within_the_rights_of_whoever_makes_it() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2025 - 07 - 01);
    // Another act of the same day, in the same province.
    admin.founds(world.unit("HN"), "HN-9", on).await.expect("founded");
    let steps = || {
        vec![pb::PlanStep {
            name: "Công đoàn cơ sở".to_string(),
            r#type: "CDCS".to_string(),
            sector: "HC".to_string(),
            superior: "HN".to_string(),
            ..step(1, Kind::Found, "HN-10")
        }]
    };
    let mut officer = world.actor("hanoi");
    let plan = officer.planned(world.unit("HN"), steps()).await;
    let told = officer.tries(&plan).await.expect("tried");
    let provinces: Vec<&str> = told.counts.iter().map(|count| count.province_id.as_str()).collect();
    let hanoi = world.unit("HN").to_string();
    assert!(provinces.iter().all(|province| *province == hanoi), "{provinces:?}");
    let changed: Vec<_> = told
        .counts
        .iter()
        .filter(|count| count.before != count.after)
        .map(|count| (count.sector.as_str(), count.after - count.before))
        .collect();
    assert_eq!(changed, [("HC", 1)]);

    // Of a district's officer, what lies in the district.
    let mut district = world.actor("badinh");
    let steps =
        vec![pb::PlanStep { name: "Tên khác".to_string(), ..step(1, Kind::Rename, "BD-1") }];
    let plan = district.planned(world.unit("HN-BD"), steps).await;
    let told = district.tries(&plan).await.expect("tried");
    let counted: i32 = told.counts.iter().map(|count| count.before).sum();
    assert_eq!(counted, 3, "the district and its two unions: {:?}", told.counts);
}
