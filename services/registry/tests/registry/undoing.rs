//! Acts that are undone: the tree that is known equals the one before, at every date.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::world::*;

const BEFORE: Date = date!(2023 - 01 - 01);
const ON: Date = date!(2024 - 03 - 01);
const LATER: Date = date!(2025 - 03 - 01);

/// Everything known now about organisations, over all dates.
async fn known(world: &World) -> Vec<String> {
    let mut rows = Vec::new();
    let mut connection = world.look().await;
    for (table, what) in [
        ("founding", "(founded_on, congress_on, origin, decision_id)"),
        ("parent", "(valid, superior_id)"),
        ("name", "(valid, name, short_name)"),
        ("code", "(valid, code)"),
        ("type", "(valid, type)"),
        ("sector", "(valid, sector)"),
        ("industry", "(valid, industry)"),
        ("status", "(valid, status)"),
        ("ending", "(ended_on, kind, principal_successor_id, members_outcome)"),
    ] {
        let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select concat('{table}', ' ', organisation_id, ' ', {what})
             from organisation_{table} where upper_inf(recorded) order by 1"
        )))
        .fetch_all(&mut connection)
        .await
        .expect("read");
        rows.extend(found);
    }
    rows
}

async fn last_act(world: &World) -> Uuid {
    world.published().await.last().expect("an act").0
}

#[tokio::test]
async fn an_undone_handing_over_leaves_the_tree_as_it_was_and_shows_it_in_between() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = known(&world).await;
    admin.hands_over(&[world.unit("BD-1")], world.unit("HN-CG"), ON).await.expect("handed over");
    let between = OffsetDateTime::now_utc();
    let act = last_act(&world).await;
    let published = world.changes().await;

    assert_eq!(admin.undoes(act).await.expect("undone"), 1);
    assert_eq!(known(&world).await, before);
    assert_eq!(admin.children(world.unit("HN-BD"), LATER).await, ["BD-1", "BD-2"]);
    let request = pb::GetOrganisationRequest {
        organisation_id: world.unit("BD-1").to_string(),
        as_of: Some(civil(LATER)),
        known_at: Some(instant(between)),
    };
    let read = admin.organisations.get_organisation(request).await.expect("read").into_inner();
    assert_eq!(
        read.organisation.expect("an organisation").superior_id,
        world.unit("HN-CG").to_string()
    );

    let changes = world.published_since(published).await;
    let [Change::TimelinesCorrected(corrected), Change::ActsUndone(undone)] = &changes[..] else {
        panic!("a timeline and an undoing, not {changes:?}");
    };
    assert_eq!(undone.act_ids, [act.to_string()]);
    let [timeline] = &corrected.timelines[..] else { panic!("one timeline") };
    assert!(timeline.exists && timeline.loaded);
    let superiors: Vec<&str> =
        timeline.superiors.iter().map(|period| period.value.as_str()).collect();
    assert_eq!(superiors, [world.unit("HN-BD").to_string()]);
}

#[tokio::test]
async fn an_undone_end_gives_back_seats_codes_and_subordinates() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let person = Uuid::now_v7();
    let request = pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN-BD").to_string(),
        body: "EXECUTIVE".to_string(),
        offices: vec![office("CHAIR", person)],
        basis: Some(decided(BEFORE)),
        ..Default::default()
    };
    admin.congresses.appoint_committee(request).await.expect("appointed");
    let before = known(&world).await;
    let unit = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: world.unit("HN-CG").to_string(),
        subordinates_to_id: world.unit("HN-CG").to_string(),
        ..dissolved(world.unit("HN-BD"))
    };
    admin.ends(vec![unit], ON).await.expect("ended");
    let act = last_act(&world).await;
    let published = world.changes().await;

    assert_eq!(admin.undoes(act).await.expect("undone"), 3);
    assert_eq!(known(&world).await, before);
    let changes = world.published_since(published).await;
    let Some(Change::TimelinesCorrected(corrected)) = changes.first() else { panic!("timelines") };
    let district = corrected
        .timelines
        .iter()
        .find(|one| one.organisation_id == world.unit("HN-BD").to_string())
        .expect("the district's");
    assert!(district.ending.is_none());
    let [seat] = &district.seats[..] else { panic!("one seat") };
    assert_eq!(seat.until_on, None);
    assert_eq!(seat.office.as_ref().expect("an office").person_id, person.to_string());
}

#[tokio::test]
async fn an_undone_founding_never_was_and_its_code_is_free() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = known(&world).await;
    let founded = admin.founds(world.unit("HN-BD"), "BD-9", ON).await.expect("founded");
    let between = OffsetDateTime::now_utc();
    let act = last_act(&world).await;

    admin.undoes(act).await.expect("undone");
    assert_eq!(known(&world).await, before);
    assert_eq!(reason(admin.reads(founded, None).await), "ORGANISATION_UNKNOWN");
    assert_eq!(admin.children(world.unit("HN-BD"), LATER).await, ["BD-1", "BD-2"]);
    let request = pb::ListChildrenRequest {
        organisation_id: world.unit("HN-BD").to_string(),
        as_of: Some(civil(LATER)),
        known_at: Some(instant(between)),
        ..Default::default()
    };
    let then = admin.organisations.list_children(request).await.expect("listed").into_inner();
    // What was never known to exist for the caller's scope of today is not shown either.
    assert!(codes(then.organisations).starts_with(&["BD-1".to_string(), "BD-2".to_string()]));
    admin.founds(world.unit("HN-CG"), "BD-9", ON).await.expect("the code is free");
}

#[tokio::test]
async fn acts_on_which_later_ones_rest_are_undone_last_in_first_out() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = known(&world).await;
    let founded = admin.founds(world.unit("HN-BD"), "BD-9", BEFORE).await.expect("founded");
    let founding = last_act(&world).await;
    admin.hands_over(&[founded], world.unit("HN-CG"), ON).await.expect("handed over");
    let handing_over = last_act(&world).await;

    let refused = admin.undoes(founding).await;
    let status = refused.as_ref().expect_err("refused");
    let details = tonic_types::StatusExt::get_error_details(status);
    let metadata = &details.error_info().expect("details").metadata;
    assert_eq!(metadata["act_ids"], handing_over.to_string());
    assert_eq!(metadata["organisation_ids"], founded.to_string());
    assert_eq!(reason(refused), "LATER_ACTS_REST");

    admin.undoes(handing_over).await.expect("undone");
    admin.undoes(founding).await.expect("undone");
    assert_eq!(known(&world).await, before);
}

#[tokio::test]
async fn an_act_is_not_undone_while_somebody_stands_on_it_or_has_taken_its_place() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request = pb::FoundOrganisationRequest {
        r#type: "LDLD_HUYEN".to_string(),
        sector: String::new(),
        ..founding(world.unit("HN"), "HN-X", BEFORE)
    };
    let district = admin.organisations.found_organisation(request).await.expect("founded");
    let district = id(&district.into_inner().organisation_id);
    let district_act = last_act(&world).await;
    let stands = admin.founds(district, "X-1", ON).await.expect("founded");
    let status = admin.undoes(district_act).await.expect_err("refused");
    let details = tonic_types::StatusExt::get_error_details(&status);
    let metadata = &details.error_info().expect("details").metadata;
    assert!(metadata["act_ids"].contains(&last_act(&world).await.to_string()));
    assert!(metadata["organisation_ids"].contains(&stands.to_string()));

    admin.ends(vec![dissolved(world.unit("CG-1"))], ON).await.expect("ended");
    let end = last_act(&world).await;
    admin.founds(world.unit("HN-BD"), "CG-1", LATER).await.expect("took the code");
    assert_eq!(refused(admin.undoes(end).await), ("LATER_ACTS_REST".into(), "act_id".into()));
}

#[tokio::test]
async fn undoing_refuses_what_is_unknown_undone_out_of_reach_or_not_of_the_tree() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    assert_eq!(reason(admin.undoes(Uuid::now_v7()).await), "ACT_UNKNOWN");
    admin.suspends(world.unit("CG-1"), ON).await.expect("suspended");
    let act = last_act(&world).await;
    let published = world.changes().await;
    assert_eq!(reason(world.actor("badinh").undoes(act).await), "ACT_UNKNOWN");
    assert_eq!(reason(world.actor("nobody").undoes(act).await), "PERMISSION_DENIED");
    assert_eq!(world.changes().await, published);
    admin.undoes(act).await.expect("undone");
    assert_eq!(reason(admin.undoes(act).await), "ACT_UNDONE");

    admin.grants_role("somebody", "READER", world.unit("HN")).await.expect("granted");
    assert_eq!(reason(admin.undoes(last_act(&world).await).await), "ACT_NOT_UNDOABLE");
}

#[tokio::test]
async fn what_an_act_freed_and_another_took_again_is_not_known_twice() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("HN");
    let naming = |added: &[&str], dropped: &[&str], on| pb::ChangeAliasesRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        added: added.iter().map(ToString::to_string).collect(),
        dropped: dropped.iter().map(ToString::to_string).collect(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let mut acts = Vec::new();
    admin.attributes.change_aliases(naming(&["Hà thành"], &[], BEFORE)).await.expect("named");
    admin.attributes.change_aliases(naming(&[], &["Hà thành"], ON)).await.expect("dropped");
    let dropping = last_act(&world).await;
    admin.attributes.change_aliases(naming(&["HÀ THÀNH"], &[], LATER)).await.expect("named again");
    acts.push((dropping, last_act(&world).await));

    let territory = |added: &[&str], left: &[&str], on| pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        communes_added: added.iter().map(ToString::to_string).collect(),
        communes_left: left.iter().map(ToString::to_string).collect(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    admin.attributes.change_territory(territory(&["00004"], &[], BEFORE)).await.expect("came");
    admin.attributes.change_territory(territory(&[], &["00004"], ON)).await.expect("left");
    let leaving = last_act(&world).await;
    admin.attributes.change_territory(territory(&["00004"], &[], LATER)).await.expect("came again");
    acts.push((leaving, last_act(&world).await));

    let begin = |on| pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: world.unit("GD-1").to_string(),
        director_id: world.unit("HN-BD").to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    admin.attributes.begin_joint_direction(begin(BEFORE)).await.expect("begun");
    let end = pb::EndJointDirectionRequest {
        request_id: fresh(),
        organisation_id: world.unit("GD-1").to_string(),
        director_id: world.unit("HN-BD").to_string(),
        effective_on: Some(civil(ON)),
        ..Default::default()
    };
    admin.attributes.end_joint_direction(end).await.expect("ended");
    let ending = last_act(&world).await;
    admin.attributes.begin_joint_direction(begin(LATER)).await.expect("begun again");
    acts.push((ending, last_act(&world).await));

    let seat = |person, on| pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        body: "EXECUTIVE".to_string(),
        offices: vec![office("CHAIR", person)],
        basis: Some(decided(on)),
        ..Default::default()
    };
    let appointed = admin.congresses.appoint_committee(seat(Uuid::now_v7(), BEFORE)).await;
    let end = pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: appointed.expect("appointed").into_inner().office_ids,
        effective_on: Some(civil(ON)),
        ..Default::default()
    };
    admin.congresses.end_offices(end).await.expect("ended");
    let ending = last_act(&world).await;
    admin.congresses.appoint_committee(seat(Uuid::now_v7(), LATER)).await.expect("appointed");
    acts.push((ending, last_act(&world).await));

    for (first, later) in acts {
        let answer = admin.undoes(first).await;
        let status = answer.as_ref().expect_err("refused");
        let details = tonic_types::StatusExt::get_error_details(status);
        let metadata = &details.error_info().expect("details").metadata;
        assert_eq!(metadata["act_ids"], later.to_string());
        assert_eq!(refused(answer), ("LATER_ACTS_REST".into(), "act_id".into()));
        admin.undoes(later).await.expect("undone");
        admin.undoes(first).await.expect("undone");
    }
}

#[tokio::test]
async fn what_was_undone_is_not_known_again_beside_what_took_its_place() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let recognising = |on| pb::RecogniseOrganisationRequest {
        request_id: fresh(),
        organisation_id: world.unit("BD-1").to_string(),
        kind: pb::RecognitionKind::Organisation.into(),
        basis: Some(decided(on)),
        ..Default::default()
    };
    admin.life_cycle.recognise_organisation(recognising(BEFORE)).await.expect("recognised");
    admin.undoes(last_act(&world).await).await.expect("undone");
    let undoing = last_act(&world).await;
    admin.life_cycle.recognise_organisation(recognising(ON)).await.expect("recognised anew");
    let before = world.changes().await;
    assert_eq!(refused(admin.undoes(undoing).await), ("LATER_ACTS_REST".into(), "act_id".into()));
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn what_has_no_dated_facts_is_not_undone() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, on) = (world.unit("HN"), date!(2020 - 01 - 01));
    let planned = pb::PlanSuccessionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        position: "CHAIR".to_string(),
        term_from_year: 2020,
        term_to_year: 2025,
        planned_on: Some(civil(on)),
        candidate_ids: vec![fresh()],
        ..Default::default()
    };
    admin.succession.plan_succession(planned).await.expect("planned");
    // No change tells of it.
    let planning: Uuid = sqlx::query_scalar("select act_id from succession_plan")
        .fetch_one(&mut world.look().await)
        .await
        .expect("read");
    let held = pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal: 1,
        held_on: Some(civil(on)),
        term_from_year: 2020,
        term_to_year: 2025,
        form: "PLENARY".to_string(),
        ..Default::default()
    };
    admin.congresses.hold_congress(held).await.expect("held");
    for act in [planning, last_act(&world).await] {
        assert_eq!(refused(admin.undoes(act).await), ("ACT_NOT_UNDOABLE".into(), "act_id".into()));
        // Whoever does not reach the organisation learns of no act.
        assert_eq!(reason(world.actor("badinh").undoes(act).await), "ACT_UNKNOWN");
    }
}

#[tokio::test]
async fn every_table_of_beliefs_says_what_replaced_them() {
    let world = World::start().await;
    let forgotten: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'recorded'
           and to_regclass(table_name) not in (select relation from dated_relations())",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    assert_eq!(forgotten, [""; 0]);
}
