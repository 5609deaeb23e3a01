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

/// The edges of one organisation, each with its share and whether it is the principal's.
async fn edges(
    actor: &mut Actor,
    unit: Uuid,
    direction: pb::SuccessionDirection,
    known_at: Option<OffsetDateTime>,
) -> Vec<pb::Succession> {
    let request = pb::ListSuccessionsRequest {
        organisation_id: unit.to_string(),
        direction: direction.into(),
        known_at: known_at.map(instant),
        ..Default::default()
    };
    let listed = actor.histories.list_successions(request).await.expect("listed");
    listed.into_inner().successions
}

#[tokio::test]
async fn a_chain_tells_the_shares_of_all_who_took_over_and_the_one_principal() {
    use pb::SuccessionDirection::{Predecessors, Successors};
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (unit, heir, other) = (world.unit("BD-1"), world.unit("BD-2"), world.unit("CG-1"));
    let on = date!(2021 - 01 - 01);
    let share = |organisation: Uuid, share| pb::Successor {
        organisation_id: organisation.to_string(),
        share,
    };
    let before = OffsetDateTime::now_utc();
    let divided = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Divided.into(),
        principal_successor_id: heir.to_string(),
        successors: vec![share(heir, 2), share(other, 1)],
        share_whole: 3,
        ..dissolved(unit)
    };
    let ended = officer.ends(vec![divided], on).await.expect("divided");

    let mut told = edges(&mut officer, unit, Successors, None).await;
    told.sort_by_key(|edge| !edge.principal);
    let expected = |successor: Uuid, share, principal| pb::Succession {
        predecessor_id: unit.to_string(),
        successor_id: successor.to_string(),
        end_kind: pb::EndKind::Divided.into(),
        effective_on: Some(civil(on)),
        principal,
        distance: 0,
        decision_id: ended.decision_id.clone(),
        share,
        share_whole: 3,
        split_off: false,
    };
    assert_eq!(told, [expected(heir, 2, true), expected(other, 1, false)]);
    assert_eq!(edges(&mut officer, other, Predecessors, None).await, [expected(other, 1, false)]);
    assert_eq!(edges(&mut officer, unit, Successors, Some(before)).await, []);

    // Of an end that is corrected, the succession begins when the end does.
    let later = date!(2021 - 07 - 01);
    let request = pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        reason: "Ghi nhầm".to_string(),
        attribute: Some(pb::correct_organisation_request::Attribute::EndedOn(civil(later))),
        ..Default::default()
    };
    world.actor("admin").corrections.correct_organisation(request).await.expect("corrected");
    let told = edges(&mut officer, unit, Successors, None).await;
    assert!(told.iter().all(|edge| edge.effective_on == Some(civil(later))), "{told:?}");
    assert_eq!((told.len(), told.iter().map(|edge| edge.share).sum::<i32>()), (2, 3));
}

#[tokio::test]
async fn what_was_split_off_is_a_successor_and_may_merge_back() {
    use pb::SuccessionDirection::{Predecessors, Successors};
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let request = pb::SplitOffRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        parts: vec![pb::split_off_request::Part {
            code: "BD-1A".to_string(),
            name: "Công đoàn BD-1A".to_string(),
            share: 40,
            ..Default::default()
        }],
        basis: Some(decided(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    let split = officer.life_cycle.split_off(request).await.expect("split").into_inner();
    let part = id(&split.organisation_ids[0]);
    let told = edges(&mut officer, part, Predecessors, None).await;
    let [edge] = &told[..] else { panic!("one edge, not {told:?}") };
    assert!(edge.split_off && !edge.principal);
    assert_eq!(edge.end_kind(), pb::EndKind::Unspecified);
    assert_eq!((edge.share, edge.share_whole), (40, 100));
    assert_eq!(edge.decision_id, split.decision_id);

    // The whole merges into its part, the part into a third: no step is told twice.
    officer.ends(vec![merged(unit, part)], date!(2021 - 01 - 01)).await.expect("merged");
    let third = world.unit("BD-2");
    officer.ends(vec![merged(part, third)], date!(2022 - 01 - 01)).await.expect("merged");
    let told: Vec<(Uuid, Uuid, bool, i32)> = edges(&mut officer, unit, Successors, None)
        .await
        .iter()
        .map(|edge| {
            let (from, to) = (id(&edge.predecessor_id), id(&edge.successor_id));
            (from, to, edge.split_off, edge.distance)
        })
        .collect();
    assert_eq!(told, [(unit, part, true, 0), (unit, part, false, 0), (part, third, false, 1)]);
    assert_eq!(edges(&mut officer, third, Predecessors, None).await.len(), 3);
}

#[tokio::test]
async fn a_timeline_tells_territory_seal_other_names_and_joint_direction_as_known_at_an_instant() {
    use pb::OrganisationAttribute::{
        Alias, FoundingRoute, JointDirection, Recognition, SealAndAccount, Territory,
    };
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (founded_on, on) = (date!(2025 - 07 - 01), date!(2025 - 09 - 01));
    let request = pb::FoundOrganisationRequest {
        r#type: "CD_XA".to_string(),
        sector: String::new(),
        founding_route: pb::FoundingRoute::Appointment.into(),
        ..founding(world.unit("HN"), "HN-X1", founded_on)
    };
    let founded = officer.organisations.found_organisation(request).await.expect("founded");
    let founded = founded.into_inner();
    let unit = id(&founded.organisation_id);
    let before = OffsetDateTime::now_utc();
    let territory = |added: &[&str], left: &[&str], on| pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        communes_added: added.iter().map(ToString::to_string).collect(),
        communes_left: left.iter().map(ToString::to_string).collect(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let attributes = &mut officer.attributes;
    let came = territory(&["00004", "00008"], &[], founded_on);
    attributes.change_territory(came).await.expect("came");
    attributes.change_territory(territory(&[], &["00008"], on)).await.expect("left");
    let request = pb::RecordSealAndAccountRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        seal: pb::SealStatus::InUse.into(),
        account_number: "999000111".to_string(),
        account_bank: "Ngân hàng".to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    attributes.record_seal_and_account(request).await.expect("recorded");
    let request = pb::ChangeAliasesRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        added: vec!["Công đoàn Ngọc Hà".to_string()],
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    attributes.change_aliases(request).await.expect("named");
    let recognised = pb::RecogniseOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        kind: pb::RecognitionKind::Organisation.into(),
        basis: Some(decided(on)),
        ..Default::default()
    };
    officer.life_cycle.recognise_organisation(recognised).await.expect("recognised");
    let union = world.unit("GD-1");
    let directed = pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        director_id: unit.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    officer.attributes.begin_joint_direction(directed).await.expect("directed");

    let facts = timeline(&mut officer, unit, None, false).await;
    assert_eq!(
        about(&facts, Territory),
        [("00004".into(), founded_on, None), ("00008".into(), founded_on, Some(on))]
    );
    let commune = facts.iter().find(|fact| fact.attribute() == Territory).expect("told");
    assert_eq!(commune.commune.as_ref().expect("a commune").name, "Phường Ba Đình");
    assert_eq!(about(&facts, SealAndAccount), [("IN_USE".into(), on, None)]);
    let seal = facts.iter().find(|fact| fact.attribute() == SealAndAccount).expect("told");
    assert_eq!((&*seal.account_number, &*seal.account_bank), ("999000111", "Ngân hàng"));
    assert_eq!(about(&facts, Alias), [("Công đoàn Ngọc Hà".into(), on, None)]);
    assert_eq!(about(&facts, FoundingRoute), [("APPOINTMENT".into(), founded_on, None)]);
    assert_eq!(about(&facts, Recognition), [(String::new(), on, None)]);
    let of_union = timeline(&mut officer, union, None, false).await;
    assert_eq!(about(&of_union, JointDirection), [(unit.to_string(), on, None)]);

    let believed = timeline(&mut officer, unit, Some(before), true).await;
    for attribute in [Territory, SealAndAccount, Alias, Recognition] {
        assert_eq!(about(&believed, attribute), [], "nobody knew that then");
    }
    let all = timeline(&mut officer, unit, None, true).await;
    assert_eq!(
        about(&all, Territory),
        [
            ("00004".into(), founded_on, None),
            ("00008".into(), founded_on, None),
            ("00008".into(), founded_on, Some(on)),
        ]
    );
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
