//! What becomes of the targets of units that others continue: apportioned by the shares that the act
//! stated, for as long as the act is known, and never guessed.

use chassis::parse::civil;
use proto::registry::v1 as registry;
use proto::registry::v1::organisations_ended::Unit;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, ORIGIN, World, because, refused};

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
const ON: Date = date!(2021 - 07 - 01);

fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

fn successors(shares: &[(Uuid, i32)]) -> Vec<registry::Successor> {
    let of = |(unit, share): &(Uuid, i32)| registry::Successor {
        organisation_id: unit.to_string(),
        share: *share,
    };
    shares.iter().map(of).collect()
}

/// A unit ends; the first of its successors is the principal one.
fn ended(
    unit: Uuid,
    kind: registry::EndKind,
    last: Uuid,
    shares: &[(Uuid, i32)],
    share_whole: i32,
) -> RegistryWhat {
    let unit = Unit {
        organisation_id: unit.to_string(),
        kind: kind.into(),
        principal_successor_id: shares
            .first()
            .map(|(unit, _)| unit.to_string())
            .unwrap_or_default(),
        last_superior_id: last.to_string(),
        members_outcome: registry::MembersOutcome::MembershipEnds.into(),
        successors: successors(shares),
        share_whole,
        ..Default::default()
    };
    RegistryWhat::OrganisationsEnded(registry::OrganisationsEnded { units: vec![unit] })
}

async fn listed(actor: &mut Actor, unit: Uuid, as_of: Date) -> Vec<pb::ApportionedTarget> {
    let mut asked = pb::ListApportionedTargetsRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(as_of)),
        page_size: 2,
        ..Default::default()
    };
    let mut targets = Vec::new();
    loop {
        let page = actor.targets.list_apportioned_targets(asked.clone()).await.expect("listed");
        let page = page.into_inner();
        for target in &page.targets {
            let whole = target.target.as_ref().expect("a target").value;
            let parts: i64 = target.parts.iter().map(|part| part.value).sum();
            assert_eq!(parts, whole, "parts sum to the whole");
        }
        targets.extend(page.targets);
        if page.next_page_token.is_empty() {
            return targets;
        }
        asked.page_token = page.next_page_token;
    }
}

/// What each has of the only target that concerns a unit.
async fn parts(actor: &mut Actor, unit: Uuid, as_of: Date) -> Vec<(Uuid, i64)> {
    let targets = listed(actor, unit, as_of).await;
    let [target] = &targets[..] else { panic!("one target: {targets:?}") };
    let part = |part: &pb::ApportionedPart| {
        (Uuid::parse_str(&part.organisation_id).expect("an id"), part.value)
    };
    target.parts.iter().map(part).collect()
}

/// What each has of a unit's target, divided by a statement of its own from what registry told.
async fn divided(world: &World, predecessor: Uuid, value: i64) -> Vec<(Uuid, i64)> {
    sqlx::query_as(
        "with exact as (
             select line, successor_id, $2::numeric * share / whole as part,
                    row_number() over (order by ($2::numeric * share) % whole desc, line) as place
             from succession_share where predecessor_id = $1
         )
         select successor_id,
                (floor(part) + case when place <= $2 - (select sum(floor(part)) from exact)
                                    then 1 else 0 end)::bigint
         from exact order by line",
    )
    .bind(predecessor)
    .bind(value)
    .fetch_all(&world.look().await)
    .await
    .expect("divided")
}

#[tokio::test]
async fn targets_of_a_unit_that_is_divided_go_to_its_heirs_by_the_stated_shares() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 5);
    let [whole, a, b, c, other] = unions[..] else { panic!("five unions") };
    let assigned =
        assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", whole, YEAR, 88))).await;
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", other, YEAR, 5))).await;
    let past = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", whole, past, 40))).await;
    assert!(listed(&mut officer, whole, YEAR.1).await.is_empty(), "nobody continues it");

    let decision = Uuid::now_v7();
    let shares = [(a, 50), (b, 30), (c, 20)];
    let what = ended(whole, registry::EndKind::Divided, world.badinh, &shares, 100);
    let (act, changes) = world.does(ON, Some(decision), vec![what]);
    let expected = [(a, 44), (b, 26), (c, 18)];
    for unit in [whole, a, b, c] {
        assert_eq!(parts(&mut officer, unit, ON).await, expected, "as {unit} sees it");
    }
    assert_eq!(divided(&world, whole, 88).await, expected);
    // What was closed before is nobody's, and neither is another's.
    assert!(listed(&mut officer, other, YEAR.1).await.is_empty());
    // Each part says whence it came.
    let of_c = listed(&mut officer, c, YEAR.1).await;
    assert_eq!(of_c[0].value, 18);
    assert_eq!(of_c[0].target.as_ref().map(|target| &target.target_id), Some(&assigned.target_id));
    let step = &of_c[0].parts[2].steps[0];
    assert_eq!(
        (step.kind(), step.effective_on, step.share, step.share_whole),
        (pb::SuccessionKind::Divided, Some(civil(ON)), 20, 100)
    );
    assert_eq!((step.value, step.remainder, step.rounded_up), (18, 60, true));
    assert_eq!(step.act_id, act.to_string());
    assert_eq!(step.change_id, changes[0].to_string());
    assert_eq!(
        (step.decision_id.clone(), step.predecessor_id.clone()),
        (decision.to_string(), whole.to_string())
    );
    // The day before, it is as it was; and the target itself is as it was assigned.
    assert!(listed(&mut officer, a, date!(2021 - 06 - 30)).await.is_empty());
    let asked = pb::ListTargetsRequest { organisation_id: whole.to_string(), ..Default::default() };
    let own = officer.targets.list_targets(asked).await.expect("listed").into_inner().targets;
    assert_eq!(own.iter().map(|target| target.value).collect::<Vec<_>>(), [40, 88]);

    // One of the heirs goes over into another: its part goes along, step by step.
    let merged = ended(c, registry::EndKind::Merged, world.badinh, &[(b, 1)], 1);
    let (merging, _) = world.does(date!(2021 - 10 - 01), None, vec![merged]);
    let expected = [(a, 44), (b, 26), (b, 18)];
    assert_eq!(parts(&mut officer, b, YEAR.1).await, expected);
    let of_b = listed(&mut officer, b, YEAR.1).await;
    assert_eq!(of_b[0].value, 44);
    let acts: Vec<&String> = of_b[0].parts[2].steps.iter().map(|step| &step.act_id).collect();
    assert_eq!(acts, [&act.to_string(), &merging.to_string()]);
    assert_eq!(parts(&mut officer, a, ON).await, [(a, 44), (b, 26), (c, 18)], "until then");

    // Revised on the unit that has ended, it is apportioned as revised; withdrawn, not at all.
    let mut revised = by(world.badinh, target("MBR_ADMITTED", whole, YEAR, 10));
    revised.assigned_on = Some(civil(date!(2021 - 11 - 01)));
    assign(&mut officer, revised).await;
    assert_eq!(parts(&mut officer, a, YEAR.1).await, [(a, 5), (b, 3), (b, 2)]);
    let withdrawal = pb::WithdrawTargetRequest {
        request_id: Uuid::new_v4().to_string(),
        target_id: assigned.target_id,
        reason: "Giao lại cho đơn vị mới".to_string(),
        withdrawn_on: Some(civil(date!(2021 - 12 - 01))),
        ..Default::default()
    };
    officer.targets.withdraw_target(withdrawal).await.expect("withdrawn");
    assert!(listed(&mut officer, a, date!(2021 - 12 - 01)).await.is_empty());
    assert_eq!(parts(&mut officer, a, date!(2021 - 11 - 30)).await.len(), 3);
    world.stop().await;
}

#[tokio::test]
async fn undoing_the_act_takes_what_was_apportioned_back() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let [whole, a, b] = unions[..] else { panic!("three unions") };
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", whole, YEAR, 7))).await;
    let divided = ended(whole, registry::EndKind::Divided, world.badinh, &[(a, 1), (b, 1)], 2);
    let (act, _) = world.does(ON, None, vec![divided]);
    assert_eq!(parts(&mut officer, b, YEAR.1).await, [(a, 4), (b, 3)]);

    let period = |value: &str| registry::organisation_timeline::Period {
        from_on: Some(civil(ORIGIN)),
        until_on: None,
        value: value.to_string(),
    };
    let lives = registry::OrganisationTimeline {
        organisation_id: whole.to_string(),
        founded_on: Some(civil(ORIGIN)),
        loaded: true,
        superiors: vec![period(&world.badinh.to_string())],
        types: vec![period("CDCS")],
        ..Default::default()
    };
    let undone = registry::ActsUndone { act_ids: vec![act.to_string()] };
    world.does(
        ON,
        None,
        vec![
            RegistryWhat::TimelinesCorrected(registry::TimelinesCorrected {
                timelines: vec![lives],
            }),
            RegistryWhat::ActsUndone(undone),
        ],
    );
    for unit in [whole, a, b] {
        assert!(listed(&mut officer, unit, YEAR.1).await.is_empty());
    }
    // Done again by other shares, it is apportioned by those.
    let again = ended(whole, registry::EndKind::Divided, world.badinh, &[(a, 1), (b, 2)], 3);
    world.does(date!(2021 - 08 - 01), None, vec![again]);
    assert_eq!(parts(&mut officer, a, YEAR.1).await, [(a, 2), (b, 5)]);
    world.stop().await;
}

#[tokio::test]
async fn whoever_takes_over_alone_has_the_whole_and_a_division_without_shares_is_not_guessed() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 6);
    let [merged, heir, divided, dissolved, terminated, percent] = unions[..] else {
        panic!("six unions")
    };
    for unit in [merged, divided, dissolved, terminated] {
        assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", unit, YEAR, 9))).await;
    }
    let mut share = by(world.badinh, target("DISS_PERSON", percent, YEAR, 9_500));
    share.value_unit = pb::ValueUnit::BasisPoints.into();
    assign(&mut officer, share).await;
    use registry::EndKind::{Dissolved, Divided, Terminated};
    // As registry writes them where nobody stated any shares; the first as older programs did.
    world.ends(merged, world.badinh, Some(heir), ON);
    world.does(ON, None, vec![ended(divided, Divided, world.badinh, &[(heir, 1)], 1)]);
    world.does(ON, None, vec![ended(dissolved, Dissolved, world.badinh, &[], 0)]);
    world.does(ON, None, vec![ended(terminated, Terminated, world.badinh, &[(heir, 1)], 1)]);
    let halves = [(heir, 50), (merged, 50)];
    world.does(ON, None, vec![ended(percent, Divided, world.badinh, &halves, 100)]);

    assert_eq!(parts(&mut officer, merged, YEAR.1).await, [(heir, 9)]);
    assert_eq!(parts(&mut officer, terminated, YEAR.1).await, [(heir, 9)]);
    use pb::Unapportioned::{NoSuccessor, NotDivisible, SharesNotStated};
    for (unit, value, why) in
        [(divided, 9, SharesNotStated), (dissolved, 9, NoSuccessor), (percent, 9_500, NotDivisible)]
    {
        let told = listed(&mut officer, unit, YEAR.1).await;
        let [part] = &told[0].parts[..] else { panic!("one part") };
        assert_eq!((part.organisation_id.clone(), part.value), (unit.to_string(), value));
        assert_eq!((part.unapportioned(), part.steps.len()), (why, 0));
    }
    // The heir has what came to it, and nothing that nobody said.
    let of_heir = listed(&mut officer, heir, YEAR.1).await;
    let mut from: Vec<String> = of_heir
        .iter()
        .map(|target| target.target.as_ref().expect("a target").organisation_id.clone())
        .collect();
    from.sort_unstable();
    let mut expected = [merged, terminated].map(|unit| unit.to_string());
    expected.sort_unstable();
    assert_eq!(from, expected);
    assert!(of_heir.iter().all(|target| target.value == 9));
    world.stop().await;
}

#[tokio::test]
async fn whoever_others_are_split_off_from_keeps_what_the_shares_leave() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", union, YEAR, 10))).await;
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    let founded = |unit: Uuid| {
        RegistryWhat::OrganisationFounded(registry::OrganisationFounded {
            organisation: Some(crate::world::state(
                unit,
                Some(world.badinh),
                "CDCS",
                "NNN_CP",
                "CĐCS mới",
                ON,
            )),
            ..Default::default()
        })
    };
    let split = RegistryWhat::OrganisationSplitOff(registry::OrganisationSplitOff {
        predecessor_id: union.to_string(),
        successors: successors(&[(a, 33), (b, 33)]),
        share_whole: 100,
    });
    let (act, _) = world.does(ON, None, vec![founded(a), founded(b), split]);
    // 3.3, 3.3 and 3.4 of 10: the one that is left goes where most was left over.
    assert_eq!(parts(&mut officer, union, YEAR.1).await, [(a, 3), (b, 3), (union, 4)]);
    let kept = &listed(&mut officer, union, YEAR.1).await[0];
    assert_eq!(kept.value, 4);
    let step = &kept.parts[2].steps[0];
    assert_eq!(
        (step.kind(), step.share, step.share_whole),
        (pb::SuccessionKind::SplitOff, 34, 100)
    );
    // Assigned after it, a target is its own.
    let mut later = by(world.badinh, target("ORG_FOUNDED", union, YEAR, 4));
    later.assigned_on = Some(civil(ON));
    assign(&mut officer, later).await;
    assert_eq!(listed(&mut officer, union, YEAR.1).await.len(), 1);

    // Undone, its parts never were.
    let never = |unit: Uuid| registry::OrganisationTimeline {
        organisation_id: unit.to_string(),
        founded_under_id: world.badinh.to_string(),
        ..Default::default()
    };
    let undone = registry::ActsUndone { act_ids: vec![act.to_string()] };
    world.does(
        ON,
        None,
        vec![
            RegistryWhat::TimelinesCorrected(registry::TimelinesCorrected {
                timelines: vec![never(a), never(b)],
            }),
            RegistryWhat::ActsUndone(undone),
        ],
    );
    assert!(listed(&mut officer, union, YEAR.1).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_list_of_apportioned_targets_that_makes_no_sense_is_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let good = || pb::ListApportionedTargetsRequest {
        organisation_id: world.badinh.to_string(),
        ..Default::default()
    };
    for (asked, expected) in [
        (
            pb::ListApportionedTargetsRequest { indicator: "X".to_string(), ..good() },
            because("INDICATOR_UNKNOWN", "indicator"),
        ),
        (
            pb::ListApportionedTargetsRequest { organisation_id: world.hue.to_string(), ..good() },
            because("ORGANISATION_UNKNOWN", "organisation_id"),
        ),
        (
            pb::ListApportionedTargetsRequest { page_token: "x".to_string(), ..good() },
            because("PAGE_TOKEN_INVALID", "page_token"),
        ),
    ] {
        assert_eq!(refused(officer.targets.list_apportioned_targets(asked).await), expected);
    }
    world.stop().await;
}
