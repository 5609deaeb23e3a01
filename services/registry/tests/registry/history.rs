use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::world::*;

fn renaming(unit: Uuid, name: &str, code: &str, on: Date) -> pb::RenameOrganisationRequest {
    pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: name.to_string(),
        code: code.to_string(),
        basis: Some(decided(on)),
        ..Default::default()
    }
}

fn merged(unit: Uuid, heir: Uuid) -> pb::end_organisations_request::Unit {
    pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: heir.to_string(),
        ..dissolved(unit)
    }
}

async fn timeline(
    actor: &mut Actor,
    unit: Uuid,
    known_at: Option<OffsetDateTime>,
    with_replaced: bool,
) -> Vec<pb::OrganisationFact> {
    let request = pb::GetOrganisationTimelineRequest {
        organisation_id: unit.to_string(),
        known_at: known_at.map(instant),
        with_replaced,
    };
    let answer = actor.histories.get_organisation_timeline(request).await.expect("read");
    answer.into_inner().facts
}

/// The facts about one attribute: what, from when, until when.
fn about(
    facts: &[pb::OrganisationFact],
    attribute: pb::OrganisationAttribute,
) -> Vec<(String, Date, Option<Date>)> {
    let day = |field, date| chassis::parse::optional_date(field, date).expect("a date");
    facts
        .iter()
        .filter(|fact| fact.attribute() == attribute)
        .map(|fact| {
            let from_on = day("from_on", fact.from_on).expect("set");
            (fact.value.clone(), from_on, day("until_on", fact.until_on))
        })
        .collect()
}

#[tokio::test]
async fn a_timeline_tells_every_dated_fact_with_its_act_and_decision() {
    use pb::OrganisationAttribute::{Code, Ending, Founding, Name, Sector, Status, Superior, Type};
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("BD-1");
    let (renamed_on, moved_on, ended_on) =
        (date!(2015 - 03 - 01), date!(2016 - 07 - 01), date!(2020 - 02 - 01));
    let before = OffsetDateTime::now_utc();
    let request = renaming(unit, "Công đoàn Mới", "BD-1M", renamed_on);
    let renamed = officer.organisations.rename_organisation(request).await.expect("renamed");
    officer.hands_over(&[unit], world.unit("HN-CG"), moved_on).await.expect("handed over");
    officer.ends(vec![merged(unit, world.unit("CG-1"))], ended_on).await.expect("ended");

    let facts = timeline(&mut officer, unit, None, false).await;
    assert_eq!(about(&facts, Founding), [("LOADED".into(), ORIGIN, None)]);
    assert_eq!(
        about(&facts, Name),
        [
            ("Công đoàn BD-1".into(), ORIGIN, Some(renamed_on)),
            ("Công đoàn Mới".into(), renamed_on, None)
        ]
    );
    assert_eq!(
        about(&facts, Code),
        [("BD-1".into(), ORIGIN, Some(renamed_on)), ("BD-1M".into(), renamed_on, Some(ended_on))]
    );
    assert_eq!(
        about(&facts, Superior),
        [
            (world.unit("HN-BD").to_string(), ORIGIN, Some(moved_on)),
            (world.unit("HN-CG").to_string(), moved_on, Some(ended_on))
        ]
    );
    assert_eq!(about(&facts, Type), [("CDCS".into(), ORIGIN, None)]);
    assert_eq!(about(&facts, Sector), [("NNN_CP".into(), ORIGIN, None)]);
    assert_eq!(
        about(&facts, Status),
        [("ACTIVE".into(), ORIGIN, Some(ended_on)), ("ENDED".into(), ended_on, None)]
    );
    assert_eq!(about(&facts, Ending), [(world.unit("CG-1").to_string(), ended_on, None)]);
    let days: Vec<_> =
        facts.iter().map(|fact| fact.from_on.map(|on| (on.year, on.month, on.day))).collect();
    assert!(days.is_sorted(), "in the order of the days: {days:?}");
    let new_name = facts.iter().find(|fact| fact.value == "Công đoàn Mới").expect("told");
    assert_eq!(new_name.decision_id, renamed.into_inner().decision_id);
    assert!(facts.iter().all(|fact| fact.replaced_at.is_none()));

    let believed = timeline(&mut officer, unit, Some(before), false).await;
    assert_eq!(about(&believed, Name), [("Công đoàn BD-1".into(), ORIGIN, None)]);
    assert_eq!(about(&believed, Ending), []);
    assert!(believed.iter().all(|fact| fact.replaced_at.is_none()), "nobody knew that then");

    let all = timeline(&mut officer, unit, None, true).await;
    let replaced: Vec<_> = all.iter().filter(|fact| fact.replaced_at.is_some()).collect();
    assert_eq!(all.len(), facts.len() + replaced.len());
    let once = replaced.iter().find(|fact| fact.attribute() == Name).expect("told");
    assert_eq!((once.value.as_str(), once.until_on), ("Công đoàn BD-1", None));
    assert_eq!(once.replaced_by_act_id, new_name.act_id);

    let hidden = pb::GetOrganisationTimelineRequest {
        organisation_id: world.unit("TN-1").to_string(),
        ..Default::default()
    };
    let answer = officer.histories.get_organisation_timeline(hidden).await;
    assert_eq!(refused(answer), ("ORGANISATION_UNKNOWN".into(), "organisation_id".into()));
}

#[tokio::test]
async fn every_bearer_of_a_code_is_told_with_its_days() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (one, other) = (world.unit("BD-1"), world.unit("BD-2"));
    let before = OffsetDateTime::now_utc();
    let (freed_on, taken_on) = (date!(2021 - 01 - 01), date!(2022 - 01 - 01));
    for request in [renaming(other, "", "BD-2B", freed_on), renaming(one, "", "BD-2", taken_on)] {
        officer.organisations.rename_organisation(request).await.expect("recoded");
    }
    let request = pb::ListCodeBearersRequest { code: "BD-2".into(), known_at: None };
    let bearer = |unit: Uuid, from: Date, until: Option<Date>| pb::CodeBearer {
        organisation_id: unit.to_string(),
        from_on: Some(civil(from)),
        until_on: until.map(civil),
    };
    let told = officer.histories.list_code_bearers(request.clone()).await.expect("told");
    assert_eq!(
        told.into_inner().bearers,
        [bearer(other, ORIGIN, Some(freed_on)), bearer(one, taken_on, None)]
    );
    let then = pb::ListCodeBearersRequest { known_at: Some(instant(before)), ..request.clone() };
    let told = officer.histories.list_code_bearers(then).await.expect("told");
    assert_eq!(told.into_inner().bearers, [bearer(other, ORIGIN, None)]);
    let told = world.actor("nobody").histories.list_code_bearers(request).await.expect("told");
    assert_eq!(told.into_inner().bearers, [], "out of scope");
    let bad = pb::ListCodeBearersRequest { code: "mã".into(), known_at: None };
    let answer = officer.histories.list_code_bearers(bad).await;
    assert_eq!(refused(answer), ("CODE_INVALID".into(), "code".into()));
}

/// Steps of a chain: who, into whom, how far away; in pages of one.
async fn chain(
    actor: &mut Actor,
    unit: Uuid,
    direction: pb::SuccessionDirection,
) -> Vec<(Uuid, Uuid, i32)> {
    let mut request = pb::ListSuccessionsRequest {
        organisation_id: unit.to_string(),
        direction: direction.into(),
        page_size: 1,
        ..Default::default()
    };
    let mut steps = Vec::new();
    loop {
        let page = actor.histories.list_successions(request.clone()).await.expect("listed");
        let page = page.into_inner();
        steps.extend(page.successions.iter().map(|step| {
            assert!(step.principal);
            assert_eq!(step.end_kind(), pb::EndKind::Merged);
            (id(&step.predecessor_id), id(&step.successor_id), step.distance)
        }));
        if page.next_page_token.is_empty() {
            return steps;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_chain_of_successions_is_followed_both_ways() {
    use pb::SuccessionDirection::{Predecessors, Successors};
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let [first, second, third, last] =
        ["BD-1", "BD-2", "CG-1", "TN-1"].map(|code| world.unit(code));
    for (n, (unit, heir)) in
        [(first, second), (second, third), (third, last)].into_iter().enumerate()
    {
        let on = Date::from_ordinal_date(2020 + i32::try_from(n).expect("few"), 1).expect("a day");
        admin.ends(vec![merged(unit, heir)], on).await.expect("merged");
    }
    assert_eq!(
        chain(&mut admin, first, Successors).await,
        [(first, second, 0), (second, third, 1), (third, last, 2)]
    );
    assert_eq!(
        chain(&mut admin, last, Predecessors).await,
        [(third, last, 0), (second, third, 1), (first, second, 2)]
    );
    assert_eq!(chain(&mut admin, second, Predecessors).await, [(first, second, 0)]);
    assert_eq!(chain(&mut admin, last, Successors).await, []);
    // All of them went on in Thái Nguyên, and lie in its scope now.
    let of = |unit: Uuid, direction: pb::SuccessionDirection| pb::ListSuccessionsRequest {
        organisation_id: unit.to_string(),
        direction: direction.into(),
        ..Default::default()
    };
    let answer = world.actor("hanoi").histories.list_successions(of(first, Successors)).await;
    assert_eq!(refused(answer), ("ORGANISATION_UNKNOWN".into(), "organisation_id".into()));
    let undirected = of(first, pb::SuccessionDirection::Unspecified);
    let answer = admin.histories.list_successions(undirected).await;
    assert_eq!(refused(answer), ("FIELD_REQUIRED".into(), "direction".into()));
}

/// What differs: each code with its kinds; all pages of two.
async fn differences(
    actor: &mut Actor,
    request: pb::CompareTreesRequest,
) -> (Vec<(String, Vec<pb::TreeDifferenceKind>)>, pb::CompareTreesResponse) {
    let mut request = pb::CompareTreesRequest { page_size: 2, ..request };
    let mut all = Vec::new();
    let mut first = None;
    loop {
        let page = actor.histories.compare_trees(request.clone()).await.expect("compared");
        let page = page.into_inner();
        for one in &page.differences {
            let stands = one.after.as_ref().or(one.before.as_ref()).expect("one of both");
            all.push((stands.code.clone(), one.kinds().collect()));
        }
        request.page_token = page.next_page_token.clone();
        if first.is_some() {
            assert!(page.counts.is_empty(), "the first page counts");
        }
        let is_last = page.next_page_token.is_empty();
        first.get_or_insert(page);
        if is_last {
            all.sort();
            return (all, first.expect("a page"));
        }
    }
}

#[tokio::test]
async fn two_dates_are_compared() {
    use pb::TreeDifferenceKind::{
        CodeChanged, Ended, Founded, Moved, MovedIn, MovedOut, Renamed, SectorChanged,
        StatusChanged,
    };
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2021 - 05 - 01);
    let request = renaming(world.unit("HN-BD"), "Quận Ba Đình", "HN-BDX", on);
    admin.organisations.rename_organisation(request).await.expect("renamed");
    admin.hands_over(&[world.unit("BD-2")], world.unit("HN-CG"), on).await.expect("moved");
    admin.hands_over(&[world.unit("CG-1")], world.unit("TN"), on).await.expect("moved out");
    admin.hands_over(&[world.unit("TN-1")], world.unit("HN-GD"), on).await.expect("moved in");
    admin.ends(vec![dissolved(world.unit("BD-1"))], on).await.expect("ended");
    admin.suspends(world.unit("GD-1"), on).await.expect("suspended");
    admin.founds(world.unit("HN-BD"), "BD-9", on).await.expect("founded");
    let sector = pb::ChangeSectorRequest {
        request_id: fresh(),
        organisation_id: world.unit("BD-2").to_string(),
        sector: "HTX".to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    admin.organisations.change_sector(sector).await.expect("changed");

    let whole = || pb::CompareTreesRequest {
        organisation_id: world.unit("HN").to_string(),
        from_as_of: Some(civil(date!(2021 - 04 - 30))),
        to_as_of: Some(civil(on)),
        ..Default::default()
    };
    let (differ, first) = differences(&mut admin, whole()).await;
    let expected = [
        ("BD-1", vec![Ended]),
        ("BD-2", vec![Moved, SectorChanged]),
        ("BD-9", vec![Founded]),
        ("CG-1", vec![MovedOut]),
        ("GD-1", vec![StatusChanged]),
        ("HN-BDX", vec![Renamed, CodeChanged]),
        ("TN-1", vec![MovedIn]),
    ]
    .map(|(code, kinds)| (code.to_string(), kinds));
    assert_eq!(differ, expected);
    assert_eq!((first.organisations_before, first.organisations_after), (8, 8));
    let counted: Vec<_> =
        first.counts.iter().map(|count| (count.kind(), count.organisations)).collect();
    assert_eq!(
        counted,
        [
            (Founded, 1),
            (Ended, 1),
            (MovedIn, 1),
            (MovedOut, 1),
            (Moved, 1),
            (Renamed, 1),
            (CodeChanged, 1),
            (SectorChanged, 1),
            (StatusChanged, 1)
        ]
    );
    let only = pb::CompareTreesRequest { kind: Moved.into(), ..whole() };
    assert_eq!(differences(&mut admin, only).await.0, expected[1..2]);
    let same = pb::CompareTreesRequest { from_as_of: Some(civil(on)), ..whole() };
    assert_eq!(differences(&mut admin, same).await.0, []);
    // Ba Đình's officer sees of Ba Đình what is still Ba Đình's.
    let district =
        pb::CompareTreesRequest { organisation_id: world.unit("HN-BD").to_string(), ..whole() };
    let (differ, first) = differences(&mut world.actor("badinh"), district).await;
    let codes: Vec<_> = differ.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["BD-1", "BD-9", "HN-BDX"]);
    assert_eq!((first.organisations_before, first.organisations_after), (2, 2));

    let reversed = pb::CompareTreesRequest {
        from_as_of: Some(civil(on)),
        to_as_of: Some(civil(ORIGIN)),
        ..whole()
    };
    let answer = admin.histories.compare_trees(reversed).await;
    assert_eq!(refused(answer), ("COMPARISON_REVERSED".into(), "to_as_of".into()));
}

#[tokio::test]
async fn two_instants_of_knowledge_are_compared() {
    use pb::TreeDifferenceKind::{Ended, Founded};
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = OffsetDateTime::now_utc();
    let on = date!(2019 - 01 - 01);
    officer.founds(world.unit("HN-BD"), "BD-9", on).await.expect("founded");
    officer.ends(vec![dissolved(world.unit("BD-1"))], on).await.expect("ended");
    let request = pb::CompareTreesRequest {
        organisation_id: world.unit("HN-BD").to_string(),
        from_as_of: Some(civil(date!(2020 - 01 - 01))),
        from_known_at: Some(instant(before)),
        to_as_of: Some(civil(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    let (differ, _) = differences(&mut officer, request.clone()).await;
    assert_eq!(differ, [("BD-1".to_string(), vec![Ended]), ("BD-9".to_string(), vec![Founded])]);
    let reversed = pb::CompareTreesRequest {
        from_known_at: None,
        to_known_at: Some(instant(before)),
        ..request
    };
    let answer = officer.histories.compare_trees(reversed).await;
    assert_eq!(refused(answer), ("COMPARISON_REVERSED".into(), "to_known_at".into()));
}
