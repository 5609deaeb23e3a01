//! A figure of members says that it is not complete as long as membership has not carried out
//! what registry decided, and a print says so where it stands.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{self as members, MovementTakenBack, movement_taken_back::Movement};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    self as registry, ActsUndone, MembersOutcome, OrganisationFounded, OrganisationTimeline,
    TimelinesCorrected,
};
use proto::reporting::v1 as pb;
use reporting::recount::Recount;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::because::{ending, exited, finished};
use crate::world::{World, lines, period, state};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
const ENDED: Date = date!(2020 - 09 - 01);

/// Covered, expected and under way, and what the print says of it.
async fn completeness(world: &World, head: Uuid) -> (i64, i64, i64) {
    let mut national = world.national();
    let figure = national.figure("MBR_STOCK", head, YEAR, None).await;
    let told = figure.completeness.expect("told");
    assert_eq!(told.complete, told.covered == told.expected);
    // What registry alone tells lacks nothing.
    let foundings = national.figure("ORG_ENDED", head, YEAR, None).await;
    assert!(foundings.completeness.expect("told").complete);
    // The print knows what the figure knows, on its line and on no other.
    let print = national.print("TONG_HOP", head, YEAR, &[]).await.expect("printed");
    for line in &print {
        let figures = line.figures.iter().filter_map(|figure| figure.completeness);
        let lacking = figures.filter(|of| !of.complete).max_by_key(|of| of.expected - of.covered);
        assert_eq!(line.incomplete, lacking, "{}", line.text);
        assert_eq!(line.text.contains("chưa đầy đủ"), lacking.is_some(), "{}", line.text);
    }
    let stock = print.iter().find(|line| line.text.contains("đoàn viên")).expect("a line");
    assert_eq!(stock.incomplete.is_none(), told.complete, "{}", stock.text);
    (told.covered, told.expected, told.under_way)
}

fn hears(world: &World) {
    // Membership tells something that has nothing to do with it: it has followed so far.
    world.admits(world.hue, date!(2012 - 01 - 01), 1);
}

#[tokio::test]
async fn members_of_an_ended_union_are_under_way_until_membership_has_told_of_them() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let elsewhere = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    for union in &unions[..2] {
        world.admits(*union, date!(2015 - 01 - 01), 5);
    }
    assert_eq!(completeness(&world, world.hanoi).await, (0, 0, 0));
    let mut acts = Vec::new();
    for (union, outcome, to) in [
        (unions[0], MembersOutcome::MembershipEnds, None),
        (unions[1], MembersOutcome::Rehomed, Some(elsewhere)),
        (unions[2], MembersOutcome::MembershipEnds, None),
    ] {
        acts.push(world.does(ENDED, None, vec![ending(union, world.badinh, outcome, to)]).0);
    }
    // One has no members: there is nothing to wait for.
    assert_eq!(completeness(&world, world.hanoi).await, (1, 3, 2));
    // Where they are to come lacks them too; where nothing happened nothing is lacking.
    assert_eq!(completeness(&world, world.hue).await, (0, 1, 1));
    assert_eq!(completeness(&world, world.caugiay).await, (0, 0, 0));
    // Before the day of the end everything is as it was.
    let before = (date!(2020 - 01 - 01), date!(2020 - 08 - 31));
    let figure = world.national().figure("MBR_STOCK", world.hanoi, before, None).await;
    assert!(figure.completeness.expect("told").complete);

    let exit = MembershipWhat::MembersExited(exited(acts[0], unions[0], 5));
    world.carries_out(ENDED, vec![exit, finished(acts[0], unions[0])]);
    let moved = members::MembersTransferred {
        transfer_id: Uuid::now_v7().to_string(),
        from_organisation_id: unions[1].to_string(),
        to_organisation_id: elsewhere.to_string(),
        lines: lines(4),
        registry_act_id: acts[1].to_string(),
    };
    world.carries_out(ENDED, vec![MembershipWhat::MembersTransferred(moved)]);
    // One was passed over: she does not come of herself.
    assert_eq!(completeness(&world, world.hanoi).await, (2, 3, 0));
    assert_eq!(completeness(&world, world.hue).await, (0, 1, 0));
    world.exits(unions[1], ENDED, members::ExitReason::Retired, 1);
    assert_eq!(completeness(&world, world.hanoi).await, (3, 3, 0));
    assert_eq!(completeness(&world, world.hue).await, (0, 0, 0));
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_somebody_is_not_under_way() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2015 - 01 - 01), 5);
    let outcome = MembersOutcome::MembershipEnds;
    let (act, _) = world.does(ENDED, None, vec![ending(union, world.badinh, outcome, None)]);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 1, 1));
    let waiting =
        members::ConsequencesWaiting { registry_act_id: act.to_string(), organisations: 1 };
    world.carries_out(ENDED, vec![MembershipWhat::ConsequencesWaiting(waiting)]);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 1, 0));
    world.stop().await;
}

#[tokio::test]
async fn what_membership_has_left_to_do_in_parts_is_under_way_until_nothing_is_left() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let elsewhere = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    for union in &unions {
        world.admits(*union, date!(2015 - 01 - 01), 5);
    }
    let outcome = MembersOutcome::Rehomed;
    let ends =
        unions.iter().map(|union| ending(*union, world.badinh, outcome, Some(elsewhere))).collect();
    let (act, _) = world.does(ENDED, None, ends);
    let moved = |from: Uuid| {
        MembershipWhat::MembersTransferred(members::MembersTransferred {
            transfer_id: Uuid::now_v7().to_string(),
            from_organisation_id: from.to_string(),
            to_organisation_id: elsewhere.to_string(),
            lines: lines(5),
            registry_act_id: act.to_string(),
        })
    };
    let part_id = Uuid::now_v7().to_string();
    let left = |from_position: i64| {
        let part_id = part_id.clone();
        MembershipWhat::ConsequencesLeft(members::ConsequencesLeft { part_id, from_position })
    };
    assert_eq!(completeness(&world, world.hanoi).await, (0, 2, 2));
    // It has heard of the act, and has moved some of the members.
    let position = world.registry.position();
    world.carries_out(ENDED, vec![moved(unions[0]), left(position)]);
    assert_eq!(completeness(&world, world.hanoi).await, (1, 2, 1));
    // What came before that is not under way because of it.
    world.carries_out(ENDED, vec![left(position + 1)]);
    assert_eq!(completeness(&world, world.hanoi).await, (1, 2, 0));
    world.carries_out(ENDED, vec![left(position)]);
    assert_eq!(completeness(&world, world.hanoi).await, (1, 2, 1));
    world.carries_out(ENDED, vec![moved(unions[1]), left(0)]);
    assert_eq!(completeness(&world, world.hanoi).await, (2, 2, 0));
    world.stop().await;
}

#[tokio::test]
async fn applicants_of_a_founding_are_under_way_until_they_are_admitted() {
    let world = World::start().await;
    let (union, on) = (Uuid::now_v7(), date!(2020 - 03 - 01));
    let founds = RegistryWhat::OrganisationFounded(OrganisationFounded {
        organisation: Some(state(union, Some(world.badinh), "CDCS", "NNN_CP", "CĐCS", on)),
        applicant_ids: vec![Uuid::now_v7().to_string()],
        ..Default::default()
    });
    let (act, _) = world.does(on, None, vec![founds]);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 1, 1));
    world.carries_out(on, vec![finished(act, union)]);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 0, 0));
    world.stop().await;
}

#[tokio::test]
async fn movements_of_an_undone_act_are_under_way_until_all_are_taken_back() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2015 - 01 - 01), 5);
    let outcome = MembersOutcome::MembershipEnds;
    let (act, _) = world.does(ENDED, None, vec![ending(union, world.badinh, outcome, None)]);
    let exit = exited(act, union, 5);
    world.carries_out(ENDED, vec![MembershipWhat::MembersExited(exit.clone())]);
    assert_eq!(completeness(&world, world.hanoi).await, (1, 1, 0));

    let lives = OrganisationTimeline {
        organisation_id: union.to_string(),
        exists: true,
        loaded: true,
        founded_on: Some(civil(crate::world::ORIGIN)),
        superiors: vec![registry::organisation_timeline::Period {
            from_on: Some(civil(crate::world::ORIGIN)),
            until_on: None,
            value: world.badinh.to_string(),
        }],
        types: vec![registry::organisation_timeline::Period {
            from_on: Some(civil(crate::world::ORIGIN)),
            until_on: None,
            value: "CDCS".to_string(),
        }],
        ..Default::default()
    };
    let (undoing, _) = world.does(
        ENDED,
        None,
        vec![
            RegistryWhat::TimelinesCorrected(TimelinesCorrected { timelines: vec![lives] }),
            RegistryWhat::ActsUndone(ActsUndone { act_ids: vec![act.to_string()] }),
        ],
    );
    // The union lives, and its members are gone: it reads like a figure, and is none yet.
    assert_eq!(completeness(&world, world.hanoi).await, (0, 1, 1));
    let taken = |from: usize, to: usize| {
        let mut movement = exit.clone();
        movement.lines = movement.lines[from..to].to_vec();
        MembershipWhat::MovementTakenBack(MovementTakenBack {
            registry_act_id: undoing.to_string(),
            movement: Some(Movement::MembersExited(movement)),
        })
    };
    world.carries_out(ENDED, vec![taken(0, 3)]);
    // Two joined elsewhere since: their exits stay, and the figure goes on saying so.
    assert_eq!(completeness(&world, world.hanoi).await, (0, 1, 0));
    world.carries_out(ENDED, vec![taken(3, 5)]);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 0, 0));
    assert_eq!(world.national().value("MBR_STOCK", world.hanoi, YEAR, None).await, 5);
    world.stop().await;
}

#[tokio::test]
async fn people_in_a_union_that_never_existed_count_once_under_who_founded_it() {
    let world = World::start().await;
    let mut national = world.national();
    let theirs = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    world.admits(theirs, date!(2015 - 01 - 01), 5);
    let on = date!(2020 - 01 - 10);
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS X", on);
    world.admits(union, date!(2020 - 02 - 01), 3);
    let moved = members::MembersTransferred {
        transfer_id: Uuid::now_v7().to_string(),
        from_organisation_id: theirs.to_string(),
        to_organisation_id: union.to_string(),
        lines: lines(2),
        registry_act_id: String::new(),
    };
    world.tells(date!(2020 - 02 - 01), MembershipWhat::MembersTransferred(moved.clone()));
    hears(&world);
    assert_eq!(completeness(&world, world.hanoi).await, (0, 0, 0));

    world.does(
        on,
        None,
        vec![RegistryWhat::TimelinesCorrected(TimelinesCorrected {
            timelines: vec![OrganisationTimeline {
                organisation_id: union.to_string(),
                exists: false,
                founded_under_id: world.badinh.to_string(),
                ..Default::default()
            }],
        })],
    );
    // Whatever membership has not put right yet is counted, once, and said to be unfinished.
    let day = |on: Date| (on, on);
    let trees = [None, Some(date!(2019 - 01 - 01)), Some(date!(2020 - 06 - 30)), Some(YEAR.1)];
    for as_of in trees {
        for (head, stock) in [
            (world.badinh, 3 + 2),
            (world.caugiay, 5 - 2),
            (world.hanoi, 8),
            (world.confederation, 9),
        ] {
            for on in [date!(2020 - 02 - 01), YEAR.1] {
                let counted = national.value("MBR_STOCK", head, day(on), as_of).await;
                assert_eq!(counted, stock, "{head} on {on} as of {as_of:?}");
                let unions = national.value("ORG_STOCK", head, day(on), as_of).await;
                assert_eq!(unions, i64::from(head != world.badinh), "{head} as of {as_of:?}");
            }
            balanced(&world, head, as_of).await;
            recounted(&world, head, as_of).await;
        }
    }
    assert_eq!(national.value("ORG_FOUNDED", world.hanoi, YEAR, None).await, 0);
    assert_eq!(completeness(&world, world.badinh).await, (0, 1, 0));

    // Those who came go back, and whoever was admitted there was not.
    let back = |movement| {
        MembershipWhat::MovementTakenBack(MovementTakenBack {
            registry_act_id: Uuid::now_v7().to_string(),
            movement: Some(movement),
        })
    };
    let admitted = members::MembersAdmitted {
        organisation_id: union.to_string(),
        kind: members::AdmissionKind::Admitted.into(),
        lines: lines(3),
        ..Default::default()
    };
    world.tells(date!(2020 - 02 - 01), back(Movement::MembersTransferred(moved)));
    world.tells(date!(2020 - 02 - 01), back(Movement::MembersAdmitted(admitted)));
    assert_eq!(completeness(&world, world.badinh).await, (0, 0, 0));
    assert_eq!(national.value("MBR_STOCK", world.hanoi, YEAR, None).await, 5);
    assert_eq!(national.value("MBR_STOCK", world.badinh, YEAR, None).await, 0);
    for head in [world.badinh, world.caugiay, world.confederation] {
        balanced(&world, head, None).await;
        recounted(&world, head, None).await;
    }
    world.stop().await;
}

async fn balanced(world: &World, head: Uuid, as_of: Option<Date>) {
    let asked = pb::GetBookRequest {
        organisation_id: head.to_string(),
        period: Some(period(YEAR)),
        tree: Some(pb::Tree { as_of: as_of.map(civil) }),
        known_at: None,
    };
    let book = world.national().figures.get_book(asked).await.expect("a book").into_inner();
    let (members, unions) = (book.members.expect("members"), book.unions.expect("unions"));
    assert!(members.balanced && unions.balanced, "{members:?} {unions:?} as of {as_of:?}");
}

/// Other code, from the raw facts, says the same of every line.
async fn recounted(world: &World, head: Uuid, as_of: Option<Date>) {
    let recount = Recount::read(&world.look().await).await.expect("read");
    let mut national = world.national();
    let stock = national.value("MBR_STOCK", head, YEAR, as_of).await;
    assert_eq!(recount.members_at(head, as_of, YEAR.1).values().sum::<i64>(), stock);
    let unions = national.value("ORG_STOCK", head, YEAR, as_of).await;
    assert_eq!(recount.unions_at(head, as_of, YEAR.1).values().sum::<i64>(), unions);
}
