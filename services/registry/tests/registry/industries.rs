//! What organisations work in: stated or not, on each day for itself.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::correct_organisation_request::Attribute;
use proto::registry::v1::load_organisations_request::{Change as LoadedChange, Line};
use proto::registry::v1::registry_change::Change;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::plans::found;
use crate::world::*;

const INDUSTRIES: &str = include_str!("../../reference/industries.csv");

fn changing(unit: Uuid, industry: &str, on: Date) -> pb::ChangeIndustryRequest {
    pb::ChangeIndustryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        industry: industry.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

fn correcting(
    unit: Uuid,
    industry: &str,
    (from, until): (Date, Option<Date>),
) -> pb::CorrectOrganisationRequest {
    pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        from_on: Some(civil(from)),
        until_on: until.map(civil),
        attribute: Some(Attribute::Industry(industry.to_string())),
        reason: "Ghi nhầm".to_string(),
        ..Default::default()
    }
}

impl Actor {
    async fn industry(&mut self, unit: Uuid, on: Date) -> String {
        self.reads(unit, Some(on)).await.expect("read").industry
    }

    async fn moves_into(&mut self, unit: Uuid, industry: &str, on: Date) -> Result<(), Status> {
        let request = changing(unit, industry, on);
        self.organisations.change_industry(request).await.map(|_| ())
    }

    async fn corrects_industry(
        &mut self,
        unit: Uuid,
        industry: &str,
        days: (Date, Option<Date>),
    ) -> Result<(), Status> {
        let request = correcting(unit, industry, days);
        self.corrections.correct_organisation(request).await.map(|_| ())
    }
}

#[tokio::test]
async fn an_industry_holds_from_the_day_on_which_it_is_stated_until_the_next() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let (spring, summer) = (date!(2019 - 03 - 01), date!(2019 - 07 - 01));
    let before = OffsetDateTime::now_utc();
    // The later one becomes known first.
    officer.moves_into(unit, "Y_TE", summer).await.expect("changed");
    officer.moves_into(unit, "GIAO_DUC", spring).await.expect("changed");
    for (on, industry) in [
        (date!(2019 - 02 - 28), ""),
        (spring, "GIAO_DUC"),
        (date!(2019 - 06 - 30), "GIAO_DUC"),
        (summer, "Y_TE"),
        (date!(2025 - 01 - 01), "Y_TE"),
    ] {
        assert_eq!(officer.industry(unit, on).await, industry, "{on}");
    }
    let asked = pb::GetOrganisationRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(summer)),
        known_at: Some(chassis::parse::instant(before)),
    };
    let believed = officer.organisations.get_organisation(asked).await.expect("read").into_inner();
    assert_eq!(believed.organisation.expect("an organisation").industry, "");
    // A superior organisation works in something, too, and keeps having no sector.
    let district = world.unit("HN-BD");
    officer.moves_into(district, "HANH_CHINH", summer).await.expect("changed");
    assert_eq!(officer.industry(district, summer).await, "HANH_CHINH");
    for (expected, request) in [
        (("INDUSTRY_UNKNOWN", "industry"), changing(unit, "VU_TRU", date!(2020 - 01 - 01))),
        (("LATER_ACT_KNOWN", "effective_on"), changing(unit, "TOA_AN", summer)),
        (("DATE_OUTSIDE_LIFE", "effective_on"), changing(unit, "TOA_AN", date!(1990 - 01 - 01))),
        (("FIELD_REQUIRED", "industry"), changing(unit, "", date!(2020 - 01 - 01))),
    ] {
        let (reason, field) = refused(officer.organisations.change_industry(request).await);
        assert_eq!((reason.as_str(), field.as_str()), expected);
    }
    let (_, on, told) = world.published().await.pop().expect("told");
    let Change::OrganisationIndustryChanged(told) = told else { panic!("{told:?}") };
    assert_eq!((told.industry.as_str(), on), ("HANH_CHINH", summer));
}

#[tokio::test]
async fn a_correction_says_it_also_of_days_of_which_nothing_was_known_and_is_undone() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let days = (date!(2015 - 01 - 01), Some(date!(2016 - 01 - 01)));
    admin.corrects_industry(unit, "GIAO_DUC", days).await.expect("corrected");
    let within = date!(2015 - 06 - 01);
    assert_eq!(admin.industry(unit, within).await, "GIAO_DUC");
    assert_eq!(admin.industry(unit, date!(2016 - 01 - 01)).await, "");
    assert_eq!(admin.industry(unit, date!(2014 - 12 - 31)).await, "");
    let again = admin.corrects_industry(unit, "GIAO_DUC", days).await;
    assert_eq!(reason(again), "CORRECTION_CHANGES_NOTHING");
    // Over a gap, and over what was known: all of it is the same.
    let over = (date!(2015 - 09 - 01), Some(date!(2018 - 01 - 01)));
    admin.moves_into(unit, "Y_TE", date!(2017 - 01 - 01)).await.expect("changed");
    admin.corrects_industry(unit, "TOA_AN", over).await.expect("corrected");
    for (on, industry) in [
        (date!(2015 - 08 - 31), "GIAO_DUC"),
        (date!(2015 - 09 - 01), "TOA_AN"),
        (date!(2016 - 06 - 01), "TOA_AN"),
        (date!(2017 - 12 - 31), "TOA_AN"),
        (date!(2018 - 01 - 01), "Y_TE"),
    ] {
        assert_eq!(admin.industry(unit, on).await, industry, "{on}");
    }
    let (act, _, told) = world.published().await.pop().expect("told");
    let Change::TimelinesCorrected(told) = told else { panic!("{told:?}") };
    let values: Vec<&str> =
        told.timelines[0].industries.iter().map(|period| period.value.as_str()).collect();
    assert_eq!(values, ["GIAO_DUC", "TOA_AN", "Y_TE"]);
    assert_eq!(admin.undoes(act).await.expect("undone"), 1);
    assert_eq!(admin.industry(unit, date!(2016 - 06 - 01)).await, "");
    assert_eq!(admin.industry(unit, date!(2017 - 06 - 01)).await, "Y_TE");
    // A first industry is taken back as well, and there is none again.
    let other = world.unit("CG-1");
    admin.moves_into(other, "Y_TE", within).await.expect("changed");
    let (act, ..) = world.published().await.pop().expect("told");
    admin.undoes(act).await.expect("undone");
    assert_eq!(admin.industry(other, within).await, "");
    let unknown = admin.corrects_industry(unit, "VU_TRU", days).await;
    assert_eq!(refused(unknown), ("INDUSTRY_UNKNOWN".to_string(), "industry".to_string()));
}

#[tokio::test]
async fn whoever_is_founded_split_off_planned_or_loaded_may_come_with_an_industry() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2021 - 05 - 01);
    let founding = pb::FoundOrganisationRequest {
        industry: "GIAO_DUC".to_string(),
        ..founding(world.unit("HN-BD"), "BD-9", on)
    };
    let wrong = pb::FoundOrganisationRequest {
        request_id: fresh(),
        industry: "VU_TRU".to_string(),
        ..founding.clone()
    };
    let wrong = refused(admin.organisations.found_organisation(wrong).await);
    assert_eq!(wrong, ("INDUSTRY_UNKNOWN".to_string(), "industry".to_string()));
    let founded = admin.organisations.found_organisation(founding).await.expect("founded");
    let founded: Uuid = founded.into_inner().organisation_id.parse().expect("an id");
    assert_eq!(admin.industry(founded, on).await, "GIAO_DUC");

    // What is split off works in what it came of, unless something else is said.
    let later = date!(2022 - 01 - 01);
    let part = |code: &str, industry: &str| pb::split_off_request::Part {
        code: code.to_string(),
        name: format!("Công đoàn {code}"),
        industry: industry.to_string(),
        share: 10,
        ..Default::default()
    };
    let splitting = pb::SplitOffRequest {
        request_id: fresh(),
        organisation_id: founded.to_string(),
        parts: vec![part("BD-91", ""), part("BD-92", "Y_TE")],
        effective_on: Some(civil(later)),
        basis: Some(decided(later)),
        ..Default::default()
    };
    let split = admin.life_cycle.split_off(splitting).await.expect("split").into_inner();
    let parts: Vec<Uuid> =
        split.organisation_ids.iter().map(|id| id.parse().expect("an id")).collect();
    assert_eq!(admin.industry(parts[0], later).await, "GIAO_DUC");
    assert_eq!(admin.industry(parts[1], later).await, "Y_TE");

    // A plan: what is wrong with it, its dry run tells.
    let step = |line, code: &str, industry: &str| pb::PlanStep {
        industry: industry.to_string(),
        ..found(line, code, "HN")
    };
    let steps = vec![step(1, "HN-P1", "HANH_CHINH"), step(2, "HN-P2", "VU_TRU")];
    let plan = admin.planned(world.unit("HN"), steps).await;
    admin.tries(&plan).await.expect("tried");
    let conflicts = admin.conflicts(&plan).await;
    let (n, field, reason, blocks) = &conflicts[0];
    assert_eq!((*n, field.as_str(), reason.as_str()), (2, "industry", "INDUSTRY_UNKNOWN"));
    assert!(*blocks && conflicts.len() == 1, "{conflicts:?}");
    let plan = admin.planned(world.unit("HN"), vec![step(1, "HN-P3", "HANH_CHINH")]).await;
    admin.tries(&plan).await.expect("tried");
    let asked = pb::ListPlanStepsRequest { plan_id: plan.clone(), ..Default::default() };
    let listed = admin.plans.list_plan_steps(asked).await.expect("listed").into_inner();
    assert_eq!(listed.steps[0].step.as_ref().expect("a step").industry, "HANH_CHINH");
    admin.commits(&plan).await.expect("committed");
    let asked = pb::BatchGetOrganisationsRequest {
        codes: vec!["HN-P3".to_string()],
        as_of: listed.effective_on,
        ..Default::default()
    };
    let read = admin.organisations.batch_get_organisations(asked).await.expect("read");
    assert_eq!(read.into_inner().organisations[0].industry, "HANH_CHINH");

    // Loaded, with what became of it; a line at fault is named.
    let lines = vec![Line {
        industry: "Y_TE".to_string(),
        changes: vec![LoadedChange {
            from_on: Some(civil(date!(2016 - 01 - 01))),
            industry: "GIAO_DUC".to_string(),
            ..Default::default()
        }],
        ..line("L-1", "CDCS", "SNCL_TC", "HN-BD")
    }];
    admin.loads(lines).await.expect("loaded");
    let asked = pb::BatchGetOrganisationsRequest {
        codes: vec!["L-1".to_string()],
        as_of: Some(civil(date!(2015 - 12 - 31))),
        ..Default::default()
    };
    let read = admin.organisations.batch_get_organisations(asked).await.expect("read");
    let loaded = read.into_inner().organisations.remove(0);
    assert_eq!(loaded.industry, "Y_TE");
    let loaded: Uuid = loaded.organisation_id.parse().expect("an id");
    assert_eq!(admin.industry(loaded, date!(2016 - 01 - 01)).await, "GIAO_DUC");
    // It goes on as it came into the register.
    admin.moves_into(loaded, "TOA_AN", date!(2017 - 01 - 01)).await.expect("changed");
    assert_eq!(admin.industry(loaded, date!(2016 - 12 - 31)).await, "GIAO_DUC");
}

#[tokio::test]
async fn whoever_looks_for_an_industry_finds_those_that_are_in_it_on_that_day() {
    let world = World::start().await;
    let mut reader = world.actor("hanoi");
    let (bd, cg) = (world.unit("BD-1"), world.unit("CG-1"));
    let on = date!(2019 - 07 - 01);
    reader.moves_into(bd, "GIAO_DUC", on).await.expect("changed");
    reader.moves_into(cg, "GIAO_DUC", date!(2021 - 01 - 01)).await.expect("changed");
    let text = || "GIAO_DUC".to_string();
    for (as_of, expected) in [
        (date!(2019 - 06 - 30), vec![]),
        (on, vec!["BD-1"]),
        (date!(2022 - 01 - 01), vec!["BD-1", "CG-1"]),
    ] {
        let as_of = Some(civil(as_of));
        let asked = pb::ListOrganisationsRequest { industry: text(), as_of, ..Default::default() };
        let listed = reader.organisations.list_organisations(asked).await.expect("listed");
        assert_eq!(codes(listed.into_inner().organisations), expected);
        let asked = pb::ListSubtreeRequest {
            organisation_id: world.unit("HN").to_string(),
            industry: text(),
            as_of,
            ..Default::default()
        };
        let listed = reader.organisations.list_subtree(asked).await.expect("listed");
        let mut found = codes(listed.into_inner().organisations);
        found.sort();
        assert_eq!(found, expected);
        let asked = pb::SearchOrganisationsRequest {
            text: "Công đoàn".to_string(),
            industry: text(),
            as_of,
            ..Default::default()
        };
        let found = reader.organisations.search_organisations(asked).await.expect("found");
        let mut found = codes(found.into_inner().organisations);
        found.sort();
        assert_eq!(found, expected);
    }
    let end = date!(2023 - 01 - 01);
    reader.ends(vec![dissolved(bd)], end).await.expect("ended");
    let asked = pb::ListSubtreeRequest {
        organisation_id: world.unit("HN").to_string(),
        industry: text(),
        status: pb::OrganisationStatus::Ended.into(),
        ..Default::default()
    };
    let listed = reader.organisations.list_subtree(asked).await.expect("listed");
    assert_eq!(codes(listed.into_inner().organisations), ["BD-1"]);
    let unknown =
        pb::ListOrganisationsRequest { industry: "VU_TRU".to_string(), ..Default::default() };
    let unknown = refused(reader.organisations.list_organisations(unknown).await);
    assert_eq!(unknown, ("INDUSTRY_UNKNOWN".to_string(), "industry".to_string()));

    // What lies between two days, and everything that is known of one.
    let asked = pb::CompareTreesRequest {
        organisation_id: world.unit("HN").to_string(),
        from_as_of: Some(civil(date!(2019 - 06 - 30))),
        to_as_of: Some(civil(on)),
        kind: pb::TreeDifferenceKind::IndustryChanged.into(),
        ..Default::default()
    };
    let compared = reader.histories.compare_trees(asked).await.expect("compared").into_inner();
    assert_eq!(compared.differences.len(), 1);
    assert_eq!(compared.differences[0].organisation_id, bd.to_string());
    let asked = pb::GetOrganisationTimelineRequest {
        organisation_id: bd.to_string(),
        ..Default::default()
    };
    let told = reader.histories.get_organisation_timeline(asked).await.expect("told").into_inner();
    let facts: Vec<&str> = told
        .facts
        .iter()
        .filter(|fact| fact.attribute() == pb::OrganisationAttribute::Industry)
        .map(|fact| fact.value.as_str())
        .collect();
    assert_eq!(facts, ["GIAO_DUC"]);
}

#[tokio::test]
async fn the_list_of_industries_is_loaded_anew_and_holds_on_the_days_of_its_lines() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let asked = pb::ListIndustriesRequest::default();
    let listed = admin.references.list_industries(asked).await.expect("listed").into_inner();
    let education = listed.industries.iter().find(|one| one.code == "GIAO_DUC").expect("known");
    assert_eq!(education.name, "Giáo dục và đào tạo");
    assert_eq!(education.name_en, "Education and training");
    assert_eq!(listed.industries.len(), INDUSTRIES.lines().count() - 1);

    // Space from 2024 on; rubber until then.
    let file = INDUSTRIES.replace("CAO_SU,Cao su,Rubber,,,", "CAO_SU,Cao su,Rubber,,2023-12-31,");
    let file = format!("{file}VU_TRU,Vũ trụ,Space,2024-01-01,,\n");
    let load = pb::LoadReferenceRequest {
        request_id: fresh(),
        list: pb::ReferenceList::Industries.into(),
        csv: file.into_bytes(),
        basis: Some(decided(date!(2023 - 06 - 01))),
        ..Default::default()
    };
    admin.references.load_reference(load).await.expect("loaded");
    let unit = world.unit("BD-1");
    for (industry, on, expected) in [
        ("VU_TRU", date!(2023 - 12 - 31), Some("INDUSTRY_NOT_IN_FORCE")),
        ("CAO_SU", date!(2024 - 01 - 01), Some("INDUSTRY_NOT_IN_FORCE")),
        ("CAO_SU", date!(2023 - 12 - 31), None),
        ("VU_TRU", date!(2024 - 01 - 01), None),
    ] {
        let moved = admin.moves_into(unit, industry, on).await;
        match expected {
            Some(expected) => assert_eq!(reason(moved), expected, "{industry} on {on}"),
            None => moved.expect("changed"),
        }
    }
    // What is in rubber stays so after it, until it is said otherwise.
    assert_eq!(admin.industry(unit, date!(2023 - 12 - 31)).await, "CAO_SU");
    let asked = pb::ListIndustriesRequest { in_force_on: Some(civil(date!(2025 - 01 - 01))) };
    let listed = admin.references.list_industries(asked).await.expect("listed").into_inner();
    let known = |code: &str| listed.industries.iter().any(|one| one.code == code);
    assert!(known("VU_TRU") && !known("CAO_SU"));
}
