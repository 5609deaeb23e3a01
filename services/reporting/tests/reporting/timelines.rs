//! Whole lives that are known otherwise: figures, books and the recount follow.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{self as members, movement_taken_back};
use proto::registry::v1::organisation_timeline::{Ending, NamePeriod, Period as Known};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{self as registry, OrganisationTimeline, TimelinesCorrected};
use proto::reporting::v1 as pb;
use reporting::ground::period::Period;
use reporting::recount::Recount;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::{World, lines, period};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
const FOUNDED: Date = date!(2020 - 02 - 01);

pub fn known(from: Date, until: Option<Date>, value: &str) -> Known {
    Known { from_on: Some(civil(from)), until_on: until.map(civil), value: value.to_string() }
}

/// A union that stands under one superior from its founding on.
pub fn life(unit: Uuid, superior: Uuid, founded: Date) -> OrganisationTimeline {
    OrganisationTimeline {
        organisation_id: unit.to_string(),
        exists: true,
        founded_on: Some(civil(founded)),
        superiors: vec![known(founded, None, &superior.to_string())],
        names: vec![NamePeriod {
            from_on: Some(civil(founded)),
            until_on: None,
            name: "CĐCS".to_string(),
            short_name: String::new(),
        }],
        types: vec![known(founded, None, "CDCS")],
        sectors: vec![known(founded, None, "NNN_CP")],
        statuses: vec![known(founded, None, "ACTIVE")],
        ..OrganisationTimeline::default()
    }
}

fn corrects(world: &World, timeline: OrganisationTimeline) {
    let corrected = TimelinesCorrected { timelines: vec![timeline] };
    world.says(FOUNDED, RegistryWhat::TimelinesCorrected(corrected));
}

/// Asks for a figure and compares it with a recount.
async fn counted(world: &World, indicator: &str, code: &str, head: Uuid) -> i64 {
    let value = world.officer().value(indicator, head, YEAR, None).await;
    let recount = Recount::read(&world.look().await).await.expect("read");
    let flow = recount.flow(head, None, Period { from: YEAR.0, through: YEAR.1 }, code, &[]);
    assert_eq!(flow.values().sum::<i64>(), value, "{indicator}");
    value
}

async fn balanced(world: &World, head: Uuid) {
    let asked = pb::GetBookRequest {
        organisation_id: head.to_string(),
        period: Some(period(YEAR)),
        tree: None,
        known_at: None,
    };
    let book = world.officer().figures.get_book(asked).await.expect("a book").into_inner();
    assert!(book.members.expect("members").balanced && book.unions.expect("unions").balanced);
}

#[tokio::test]
async fn an_undone_end_and_its_exits_count_no_more() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS", FOUNDED);
    world.admits(union, FOUNDED, 9);
    let ended = date!(2020 - 09 - 01);
    world.ends(union, world.badinh, None, ended);
    world.exits(union, ended, members::ExitReason::UnionEnded, 9);
    assert_eq!(counted(&world, "ORG_ENDED", "ORG_ENDED", world.badinh).await, 1);

    corrects(&world, life(union, world.badinh, FOUNDED));
    let exited = members::MembersExited {
        organisation_id: union.to_string(),
        reason: members::ExitReason::UnionEnded.into(),
        lines: lines(9),
        ..members::MembersExited::default()
    };
    world.tells(
        ended,
        MembershipWhat::MovementTakenBack(members::MovementTakenBack {
            registry_act_id: Uuid::now_v7().to_string(),
            movement: Some(movement_taken_back::Movement::MembersExited(exited)),
        }),
    );
    assert_eq!(counted(&world, "ORG_ENDED", "ORG_ENDED", world.badinh).await, 0);
    assert_eq!(counted(&world, "ORG_FOUNDED", "ORG_FOUNDED", world.badinh).await, 1);
    assert_eq!(counted(&world, "MBR_EXITED", "MBR_EXITED", world.hanoi).await, 0);
    let mut officer = world.officer();
    assert_eq!(officer.value("MBR_STOCK", world.badinh, YEAR, None).await, 9);
    assert_eq!(officer.value("ORG_STOCK", world.badinh, YEAR, None).await, 1);
    balanced(&world, world.badinh).await;
    balanced(&world, world.hanoi).await;
    world.stop().await;
}

#[tokio::test]
async fn a_place_and_a_founding_known_otherwise_count_where_and_when_they_are_known() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS", FOUNDED);
    world.admits(union, date!(2020 - 05 - 01), 4);
    let moved = date!(2020 - 04 - 01);
    let earlier = date!(2019 - 12 - 01);
    let timeline = OrganisationTimeline {
        superiors: vec![
            known(earlier, Some(moved), &world.badinh.to_string()),
            known(moved, None, &world.caugiay.to_string()),
        ],
        statuses: vec![
            known(earlier, Some(date!(2020 - 06 - 01)), "ACTIVE"),
            known(date!(2020 - 06 - 01), Some(date!(2020 - 08 - 01)), "SUSPENDED"),
            known(date!(2020 - 08 - 01), None, "ACTIVE"),
        ],
        ..life(union, world.badinh, earlier)
    };
    corrects(&world, timeline);
    assert_eq!(counted(&world, "ORG_FOUNDED", "ORG_FOUNDED", world.hanoi).await, 0);
    assert_eq!(counted(&world, "MBR_ADMITTED", "MBR_ADMITTED", world.badinh).await, 0);
    assert_eq!(counted(&world, "MBR_ADMITTED", "MBR_ADMITTED", world.caugiay).await, 4);
    let suspended: i64 = sqlx::query_scalar(
        "select sum(amount)::bigint from unit_month
         where unit_id = $1 and code in ('ORG_SUSPENDED', 'ORG_RESUMED')",
    )
    .bind(union)
    .fetch_one(&world.look().await)
    .await
    .expect("summed");
    assert_eq!(suspended, 2);
    for head in [world.badinh, world.caugiay, world.hanoi] {
        balanced(&world, head).await;
    }

    // Then it ends, and its end is taken back with its founding: it never was.
    let ending = Ending {
        ended_on: Some(civil(date!(2020 - 11 - 01))),
        kind: registry::EndKind::Dissolved.into(),
        last_superior_id: world.caugiay.to_string(),
        members_outcome: registry::MembersOutcome::MembershipEnds.into(),
        ..Ending::default()
    };
    let end = Some(date!(2020 - 11 - 01));
    corrects(
        &world,
        OrganisationTimeline {
            superiors: vec![known(FOUNDED, end, &world.caugiay.to_string())],
            statuses: vec![
                known(FOUNDED, end, "ACTIVE"),
                known(date!(2020 - 11 - 01), None, "ENDED"),
            ],
            ending: Some(ending),
            ..life(union, world.caugiay, FOUNDED)
        },
    );
    assert_eq!(counted(&world, "ORG_ENDED", "ORG_ENDED", world.caugiay).await, 1);
    assert_eq!(counted(&world, "ORG_FOUNDED", "ORG_FOUNDED", world.caugiay).await, 1);
    corrects(
        &world,
        OrganisationTimeline {
            organisation_id: union.to_string(),
            ..OrganisationTimeline::default()
        },
    );
    for (indicator, code) in [("ORG_ENDED", "ORG_ENDED"), ("ORG_FOUNDED", "ORG_FOUNDED")] {
        assert_eq!(counted(&world, indicator, code, world.hanoi).await, 0);
    }
    assert_eq!(world.officer().value("ORG_STOCK", world.hanoi, YEAR, None).await, 0);
    world.stop().await;
}

/// A union until `changed`, and a group of a union from then on.
fn becomes_a_group(unit: Uuid, superior: Uuid, changed: Date) -> OrganisationTimeline {
    OrganisationTimeline {
        types: vec![known(FOUNDED, Some(changed), "CDCS"), known(changed, None, "TO_CD")],
        ..life(unit, superior, FOUNDED)
    }
}

fn holds_congress(world: &World, unit: Uuid, on: Date) {
    world.says(
        on,
        RegistryWhat::CongressHeld(registry::CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            ordinal: 1,
            held_on: Some(civil(on)),
            ..registry::CongressHeld::default()
        }),
    );
    world.says(
        on,
        RegistryWhat::ByElectionHeld(registry::ByElectionHeld {
            by_election_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            held_on: Some(civil(on)),
            ..registry::ByElectionHeld::default()
        }),
    );
}

/// Whatever is counted by the type of a unit, at these dates and in these trees: figure by
/// figure as recounted, with lines that sum, explained to the last change, in balance.
async fn type_counts_as_recounted(world: &World, head: Uuid, expected: [i64; 6]) {
    let mut officer = world.officer();
    let codes = ["ORG_FOUNDED", "ORG_BECAME", "ORG_CEASED", "ORG_ENDED", "CONG_HELD"];
    let mut counted = Vec::new();
    for as_of in [None, Some(date!(2020 - 12 - 31))] {
        counted.clear();
        for code in codes {
            let figure = officer.figure(code, head, YEAR, as_of).await;
            let recount = Recount::read(&world.look().await).await.expect("read");
            let whole = Period { from: YEAR.0, through: YEAR.1 };
            let (source, reasons): (_, &[&str]) = match code {
                "CONG_HELD" => ("CONGRESS", &["GRASSROOTS"]),
                code => (code, &[]),
            };
            let again = recount.flow(head, as_of, whole, source, reasons);
            assert_eq!(again.values().sum::<i64>(), figure.value, "{code} as of {as_of:?}");
            officer.explained(&figure, true, 10).await;
            counted.push(figure.value);
        }
        for month in 1..=12 {
            let through =
                Date::from_calendar_date(2020, time::Month::try_from(month).expect("a month"), 15)
                    .expect("a day");
            let figure = officer.figure("ORG_STOCK", head, (YEAR.0, through), as_of).await;
            let recount = Recount::read(&world.look().await).await.expect("read");
            let again = recount.unions_at(head, as_of, through);
            assert_eq!(again.values().sum::<i64>(), figure.value, "in stock on {through}");
            officer.explained(&figure, true, 10).await;
        }
        let elected = officer.value("BYELECT_ORG", head, YEAR, as_of).await;
        let recount = Recount::read(&world.look().await).await.expect("read");
        let whole = Period { from: YEAR.0, through: YEAR.1 };
        let again = recount.subjects(head, as_of, whole, "BY_ELECTED", &["GRASSROOTS"]);
        assert_eq!(i64::try_from(again).expect("few"), elected, "elected");
        counted.push(elected);
        assert_eq!(counted, expected, "as of {as_of:?}");
    }
    balanced(world, head).await;
}

#[tokio::test]
async fn an_undone_change_of_type_never_was() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS", FOUNDED);
    world.changes_type(union, ("CDCS", "TO_CD"), date!(2020 - 04 - 01));
    holds_congress(&world, union, date!(2020 - 06 - 01));
    for head in [world.badinh, world.hanoi] {
        type_counts_as_recounted(&world, head, [1, 0, 1, 0, 0, 0]).await;
    }

    // What it did since, it did as the union that it is now known to have been.
    corrects(&world, life(union, world.badinh, FOUNDED));
    for head in [world.badinh, world.hanoi] {
        type_counts_as_recounted(&world, head, [1, 0, 0, 0, 1, 1]).await;
    }
    // And may change once more, from what it was founded as.
    world.changes_type(union, ("CDCS", "TO_CD"), date!(2020 - 09 - 01));
    type_counts_as_recounted(&world, world.badinh, [1, 0, 1, 0, 1, 1]).await;
    world.stop().await;
}

#[tokio::test]
async fn a_change_of_type_known_of_another_day_counts_on_that_day() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS", FOUNDED);
    let changed = world.changes_type(union, ("CDCS", "TO_CD"), date!(2020 - 04 - 01));
    let back = world.changes_type(union, ("TO_CD", "CDCS"), date!(2020 - 10 - 01));
    holds_congress(&world, union, date!(2020 - 06 - 01));
    type_counts_as_recounted(&world, world.badinh, [1, 1, 1, 0, 0, 0]).await;
    let mut officer = world.officer();
    let stock = officer.figure("ORG_STOCK", world.badinh, YEAR, None).await;
    let explained = officer.explained(&stock, true, 10).await;
    assert_eq!(
        explained[0].changes[0].change_id,
        back.to_string(),
        "a union since it is one again"
    );
    assert_ne!(changed, back);

    let until = Some(date!(2020 - 10 - 01));
    let later = date!(2020 - 08 - 01);
    let timeline = OrganisationTimeline {
        types: vec![
            known(FOUNDED, Some(later), "CDCS"),
            known(later, until, "TO_CD"),
            known(date!(2020 - 10 - 01), None, "CDCS"),
        ],
        ..life(union, world.badinh, FOUNDED)
    };
    corrects(&world, timeline);
    type_counts_as_recounted(&world, world.badinh, [1, 1, 1, 0, 1, 1]).await;
    let stock = officer.figure("ORG_STOCK", world.badinh, YEAR, None).await;
    let explained = officer.explained(&stock, true, 10).await;
    assert_eq!(explained[0].changes[0].change_id, back.to_string(), "what stays keeps its change");
    let summer = (YEAR.0, date!(2020 - 07 - 15));
    let stock = officer.figure("ORG_STOCK", world.badinh, summer, None).await;
    let explained = officer.explained(&stock, true, 10).await;
    assert_eq!(explained[0].changes[0].kind, "registry.organisation_founded");
    assert_eq!(explained[0].changes[0].effective_on, Some(civil(FOUNDED)), "by its founding");

    // It ends while it is a group: no union ends.
    let ended = date!(2020 - 11 - 01);
    corrects(
        &world,
        OrganisationTimeline {
            superiors: vec![known(FOUNDED, Some(ended), &world.badinh.to_string())],
            statuses: vec![known(FOUNDED, Some(ended), "ACTIVE"), known(ended, None, "ENDED")],
            ending: Some(Ending {
                ended_on: Some(civil(ended)),
                kind: registry::EndKind::Dissolved.into(),
                last_superior_id: world.badinh.to_string(),
                members_outcome: registry::MembersOutcome::MembershipEnds.into(),
                ..Ending::default()
            }),
            ..becomes_a_group(union, world.badinh, later)
        },
    );
    type_counts_as_recounted(&world, world.badinh, [1, 0, 1, 0, 1, 1]).await;
    world.stop().await;
}

/// The value of an indicator, asked by sector: the lines are all of it.
async fn by_sector(world: &World, indicator: &str) -> i64 {
    let asked = pb::QueryFiguresRequest {
        indicators: vec![indicator.to_string()],
        organisation_id: world.badinh.to_string(),
        period: Some(period(YEAR)),
        breakdown: pb::Breakdown::Sector.into(),
        ..pb::QueryFiguresRequest::default()
    };
    let answer = world.officer().figures.query_figures(asked).await.expect("counted").into_inner();
    let figure = answer.figures.into_iter().next().expect("one figure");
    assert_eq!(figure.lines.iter().map(|line| line.value).sum::<i64>(), figure.value);
    figure.value
}

#[tokio::test]
async fn whatever_is_dated_after_the_last_sector_of_a_life_is_shown_in_it() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS", FOUNDED);
    world.admits(union, FOUNDED, 9);
    let (typed, ended) = (date!(2020 - 06 - 01), date!(2020 - 09 - 01));
    world.exits(union, date!(2020 - 07 - 01), members::ExitReason::Retired, 2);
    world.exits(union, ended, members::ExitReason::UnionEnded, 7);

    // It loses its sector with its type, and ends: all of it comes at once.
    corrects(
        &world,
        OrganisationTimeline {
            superiors: vec![known(FOUNDED, Some(ended), &world.badinh.to_string())],
            types: vec![known(FOUNDED, Some(typed), "CDCS"), known(typed, Some(ended), "CD_TCT")],
            sectors: vec![known(FOUNDED, Some(typed), "NNN_CP")],
            statuses: vec![known(FOUNDED, Some(ended), "ACTIVE")],
            ending: Some(Ending {
                ended_on: Some(civil(ended)),
                kind: registry::EndKind::Terminated.into(),
                last_superior_id: world.badinh.to_string(),
                members_outcome: registry::MembersOutcome::MembershipEnds.into(),
                ..Ending::default()
            }),
            ..life(union, world.badinh, FOUNDED)
        },
    );
    for (indicator, value) in [
        ("MBR_ADMITTED", 9),
        ("MBR_EXITED", 9),
        ("MBR_STOCK", 0),
        ("MBR_OUT_WITH_UNIT", 0),
        ("ORG_CEASED", 1),
        ("ORG_OUT", 0),
    ] {
        let whole = world.officer().value(indicator, world.badinh, YEAR, None).await;
        assert_eq!((whole, by_sector(&world, indicator).await), (value, value), "{indicator}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_a_life_told_at_once_adds_is_explained_by_the_days_on_which_it_happened() {
    let world = World::start().await;
    let (union, ended) = (Uuid::now_v7(), date!(2020 - 09 - 01));
    let mut lived = life(union, world.badinh, FOUNDED);
    lived.statuses = vec![known(FOUNDED, Some(ended), "ACTIVE"), known(ended, None, "ENDED")];
    lived.superiors = vec![known(FOUNDED, Some(ended), &world.badinh.to_string())];
    lived.ending = Some(Ending {
        ended_on: Some(civil(ended)),
        kind: registry::EndKind::Dissolved.into(),
        last_superior_id: world.badinh.to_string(),
        members_outcome: registry::MembersOutcome::MembershipEnds.into(),
        ..Ending::default()
    });
    corrects(&world, lived);
    let mut officer = world.officer();
    for (indicator, happened) in [("ORG_FOUNDED", FOUNDED), ("ORG_ENDED", ended)] {
        let figure = officer.figure(indicator, world.badinh, YEAR, None).await;
        let units = officer.explained(&figure, true, 10).await;
        let days: Vec<_> = units[0].changes.iter().map(|change| change.effective_on).collect();
        assert_eq!(days, [Some(civil(happened))], "{indicator}");
    }
    world.stop().await;
}
