//! As then and as of: where what happened is counted.

use chassis::parse::civil;
use proto::membership::v1::ExitReason;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{DecisionRecorded, OrganisationRenamed, OrganisationSuspended};
use proto::reporting::v1::{self as pb, LineKind};
use reporting::ground::period::Period;
use reporting::recount::Recount;
use time::macros::date;
use uuid::Uuid;

use crate::world::{ORIGIN, World, query, state};
use stage::feed::traceparent;

const YEAR_2020: (time::Date, time::Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

#[tokio::test]
async fn a_union_that_is_handed_over_counts_under_each_superior_on_its_own_days() {
    let world = World::start().await;
    let school = world.loads_unions(world.education, "SNCL_100", 1)[0];
    world.admits(school, date!(2020 - 03 - 10), 7);
    world.hands_over(&[school], world.education, world.badinh, date!(2020 - 03 - 20));
    world.admits(school, date!(2020 - 03 - 25), 4);
    world.admits(school, date!(2020 - 07 - 01), 2);
    let mut officer = world.officer();

    for (head, admitted, unions_in, stock) in
        [(world.education, 7, 0, 0), (world.badinh, 6, 1, 13), (world.hanoi, 13, 0, 13)]
    {
        assert_eq!(officer.value("MBR_ADMITTED", head, YEAR_2020, None).await, admitted);
        assert_eq!(officer.value("ORG_IN", head, YEAR_2020, None).await, unions_in);
        assert_eq!(officer.value("MBR_STOCK", head, YEAR_2020, None).await, stock);
        let asked = pb::GetBookRequest {
            organisation_id: head.to_string(),
            period: Some(crate::world::period(YEAR_2020)),
            tree: None,
            known_at: None,
        };
        let book = officer.figures.get_book(asked).await.expect("a book").into_inner();
        assert!(book.members.expect("members").balanced && book.unions.expect("unions").balanced);
    }
    // It took its seven members along.
    assert_eq!(officer.value("MBR_OUT_WITH_UNIT", world.education, YEAR_2020, None).await, 7);
    assert_eq!(officer.value("MBR_IN_WITH_UNIT", world.badinh, YEAR_2020, None).await, 7);
    assert_eq!(officer.value("MBR_IN_WITH_UNIT", world.hanoi, YEAR_2020, None).await, 0);
    // Restated on the tree of the day after, all of it is the district's, and nothing moved.
    let after = Some(date!(2020 - 04 - 01));
    assert_eq!(officer.value("MBR_ADMITTED", world.badinh, YEAR_2020, after).await, 13);
    assert_eq!(officer.value("MBR_IN_WITH_UNIT", world.badinh, YEAR_2020, after).await, 0);
    assert_eq!(officer.value("MBR_ADMITTED", world.education, YEAR_2020, after).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn after_the_districts_ended_the_same_facts_roll_up_under_the_city() {
    let world = World::start().await;
    let kept = world.loads_unions(world.badinh, "NNN_CP", 2);
    let founded = world.founds(world.badinh, "NNN_CP", "CĐCS mới", date!(2020 - 05 - 05));
    world.admits(kept[0], date!(2020 - 02 - 29), 20);
    world.admits(founded, date!(2020 - 05 - 05), 5);
    let dissolved = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(dissolved, date!(2020 - 01 - 15), 3);
    world.exits(dissolved, date!(2020 - 09 - 01), ExitReason::UnionEnded, 3);
    world.ends(dissolved, world.badinh, None, date!(2020 - 09 - 01));
    // Merged into a union of another district: its heir.
    let merged = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let heir = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    world.admits(merged, date!(2020 - 04 - 01), 6);
    world.transfers(merged, heir, date!(2021 - 01 - 01), 6);
    world.ends(merged, world.badinh, Some(heir), date!(2021 - 01 - 01));
    // 2025: the unions go to the city, and the district ends.
    let law = date!(2025 - 07 - 01);
    world.hands_over(&[kept[0], kept[1], founded], world.badinh, world.hanoi, law);
    world.ends(world.badinh, world.hanoi, None, law);
    let mut officer = world.officer();

    // As then, under the old name.
    assert_eq!(officer.value("MBR_ADMITTED", world.badinh, YEAR_2020, None).await, 34);
    assert_eq!(officer.value("ORG_FOUNDED", world.badinh, YEAR_2020, None).await, 1);
    assert_eq!(officer.value("ORG_ENDED", world.badinh, YEAR_2020, None).await, 1);
    assert_eq!(officer.value("ORG_STOCK", world.badinh, YEAR_2020, None).await, 4);

    // As of 2026: the city has it all, the parts sum to the whole.
    let now = Some(date!(2026 - 01 - 01));
    let figure = officer.figure("MBR_ADMITTED", world.hanoi, YEAR_2020, now).await;
    assert_eq!(figure.value, 34);
    assert_eq!(figure.lines.iter().map(|line| line.value).sum::<i64>(), 34);
    let ended: i64 = figure
        .lines
        .iter()
        .filter(|line| line.kind() == LineKind::Ended)
        .map(|line| line.value)
        .sum();
    // The dissolved union ended under a district that ended under the city.
    assert_eq!(ended, 3);
    let districts: Vec<_> = figure
        .lines
        .iter()
        .filter(|line| line.organisation_id == world.caugiay.to_string())
        .map(|line| (line.head.as_str(), line.value))
        .collect();
    assert_eq!(districts, [("LĐLĐ quận Cầu Giấy", 6)]);
    // As of the end of 2020 the heir had not taken over.
    let then = Some(date!(2020 - 12 - 31));
    assert_eq!(officer.value("MBR_ADMITTED", world.caugiay, YEAR_2020, then).await, 0);
    // Stocks of 2020, restated.
    assert_eq!(officer.value("ORG_STOCK", world.hanoi, YEAR_2020, now).await, 5);
    assert_eq!(officer.value("ORG_STOCK", world.hanoi, YEAR_2020, None).await, 5);
    world.stop().await;
}

#[tokio::test]
async fn what_was_not_yet_founded_counts_with_the_first_of_its_superiors_that_lived() {
    let world = World::start().await;
    let late = Uuid::now_v7();
    let district =
        state(late, Some(world.hanoi), "LDLD_HUYEN", "", "LĐLĐ quận mới", date!(2020 - 03 - 01));
    world.says(
        date!(2020 - 03 - 01),
        RegistryWhat::OrganisationFounded(proto::registry::v1::OrganisationFounded {
            organisation: Some(district),
            ..Default::default()
        }),
    );
    let union = world.founds(late, "NNN_CP", "CĐCS", date!(2020 - 06 - 01));
    world.admits(union, date!(2020 - 06 - 02), 8);
    let mut officer = world.officer();

    let before = Some(date!(2019 - 12 - 31));
    let figure = officer.figure("MBR_ADMITTED", world.hanoi, YEAR_2020, before).await;
    let lines: Vec<_> = figure.lines.iter().map(|line| (line.kind(), line.value)).collect();
    assert_eq!(lines, [(LineKind::NotYetFounded, 8)]);
    assert_eq!(figure.lines[0].head, "chưa thành lập");
    // Under the Confederation it is the city's.
    let figure =
        world.national().figure("MBR_ADMITTED", world.confederation, YEAR_2020, before).await;
    let lines: Vec<_> = figure.lines.iter().map(|line| (line.head.as_str(), line.value)).collect();
    assert_eq!(lines, [("LĐLĐ thành phố Hà Nội", 8)]);
    world.stop().await;
}

#[tokio::test]
async fn a_figure_explains_itself_down_to_decisions_and_traces() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 5);
    for (n, union) in unions.iter().enumerate() {
        world.admits(*union, date!(2020 - 01 - 31), n + 1);
        world.admits(*union, date!(2020 - 02 - 01), 1);
    }
    world.transfers(unions[0], unions[1], date!(2020 - 04 - 01), 1);
    let elsewhere = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    world.transfers(unions[4], elsewhere, date!(2020 - 04 - 02), 2);
    let decision = Uuid::now_v7();
    world.says(
        date!(2020 - 08 - 01),
        RegistryWhat::DecisionRecorded(DecisionRecorded {
            decision_id: decision.to_string(),
            number: "12/QĐ-LĐLĐ".to_string(),
            kind: "QĐ".to_string(),
            ..Default::default()
        }),
    );
    let suspended = RegistryWhat::OrganisationSuspended(OrganisationSuspended {
        organisation_id: unions[2].to_string(),
    });
    let change = world.says_by(date!(2020 - 08 - 01), Some(decision), suspended);
    world.hands_over(&[unions[3]], world.badinh, world.caugiay, date!(2020 - 10 - 10));
    let mut officer = world.officer();

    for indicator in [
        "MBR_ADMITTED",
        "MBR_NET",
        "MBR_DECREASED",
        "MBR_STOCK",
        "MBR_TRANSFER_OUT",
        "MBR_OUT_WITH_UNIT",
        "ORG_STOCK",
        "ORG_OUT",
        "ORG_SUSPENDED",
        "ORG_NET",
    ] {
        for head in [world.badinh, world.caugiay, world.hanoi] {
            for as_of in [None, Some(date!(2021 - 01 - 01))] {
                let figure = officer.figure(indicator, head, YEAR_2020, as_of).await;
                officer.explained(&figure, true, 3).await;
            }
        }
    }
    let figure = officer.figure("ORG_SUSPENDED", world.badinh, YEAR_2020, None).await;
    let units = officer.explained(&figure, true, 3).await;
    let behind = &units[0].changes[0];
    assert_eq!(behind.change_id, change.to_string());
    assert_eq!(
        (behind.decision_number.as_str(), behind.traceparent.as_str()),
        ("12/QĐ-LĐLĐ", &*traceparent(behind.act_id.parse().expect("an id")))
    );
    assert_eq!(
        (behind.source.as_str(), behind.position),
        ("registry", world.registry.position() - 1)
    );
    // Only the two who went to Huế left; one went next door.
    assert_eq!(officer.value("MBR_TRANSFER_OUT", world.badinh, YEAR_2020, None).await, 2);
    world.stop().await;
}

#[tokio::test]
async fn old_figures_keep_the_old_names_and_suspended_unions_stay_in_stock_unless_left_out() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    world.says(
        date!(2020 - 02 - 01),
        RegistryWhat::OrganisationSuspended(OrganisationSuspended {
            organisation_id: unions[0].to_string(),
        }),
    );
    world.says(
        date!(2021 - 01 - 01),
        RegistryWhat::OrganisationRenamed(OrganisationRenamed {
            organisation_id: world.badinh.to_string(),
            name: "LĐLĐ quận Ba Đình (mới)".to_string(),
            ..Default::default()
        }),
    );
    let mut officer = world.officer();
    let figure = officer.figure("ORG_STOCK", world.hanoi, YEAR_2020, None).await;
    assert_eq!((figure.value, figure.lines[0].head.as_str()), (3, "LĐLĐ quận Ba Đình"));
    let year_2021 = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
    let figure = officer.figure("ORG_STOCK", world.hanoi, year_2021, None).await;
    assert_eq!(figure.lines[0].head, "LĐLĐ quận Ba Đình (mới)");
    let mut asked = query("ORG_STOCK", world.hanoi, YEAR_2020, None);
    asked.without_suspended = true;
    let figures = officer.figures.query_figures(asked).await.expect("counted").into_inner().figures;
    assert_eq!((figures[0].value, figures[0].without_suspended), (2, true));
    world.stop().await;
}

#[tokio::test]
async fn by_type_a_unit_counts_as_what_it_was_on_the_day() {
    let world = World::start().await;
    let workplaces = world.loads_unions(world.badinh, "NNN_CP", 3);
    let other_sector = world.loads_unions(world.badinh, "HC", 1)[0];
    let drivers = Uuid::now_v7();
    let guild = |name: &str| state(drivers, Some(world.badinh), "ND_CS", "NNN_CP", name, ORIGIN);
    world.loads(vec![guild("Nghiệp đoàn xích lô")]);
    world.admits(drivers, date!(2020 - 02 - 01), 40);
    world.admits(other_sector, date!(2020 - 02 - 01), 11);
    world.admits(workplaces[0], date!(2020 - 03 - 01), 5);
    // From the middle of the year on it is a guild, too.
    world.changes_type(workplaces[0], ("CDCS", "ND_CS"), date!(2020 - 07 - 01));
    world.admits(workplaces[0], date!(2020 - 08 - 01), 7);
    let mut officer = world.officer();

    let mut lines = async |indicator: &str, through: time::Date, group: &str, as_of| {
        let mut asked = query(indicator, world.badinh, (YEAR_2020.0, through), as_of);
        asked.breakdown = pb::Breakdown::Type.into();
        asked.without_suspended = true;
        if !group.is_empty() {
            asked.sector_grouping = "BA_KHOI".into();
            asked.sector_group = group.into();
        }
        let answer = officer.figures.query_figures(asked).await.expect("counted").into_inner();
        let lines = answer.figures.into_iter().flat_map(|figure| figure.lines);
        lines
            .map(|line| {
                assert_eq!((line.kind(), &line.head), (LineKind::Type, &line.r#type));
                (line.r#type, line.value)
            })
            .collect::<Vec<_>>()
    };
    let of = |unions: i64, guilds: i64| {
        vec![("CDCS".to_string(), unions), ("ND_CS".to_string(), guilds)]
    };
    let (june, december) = (date!(2020 - 06 - 30), YEAR_2020.1);
    for as_of in [None, Some(date!(2021 - 01 - 01))] {
        assert_eq!(lines("ORG_STOCK", june, "", as_of).await, of(4, 1));
        assert_eq!(lines("ORG_STOCK", december, "", as_of).await, of(3, 2));
        assert_eq!(lines("MBR_STOCK", june, "", as_of).await, of(16, 40));
        assert_eq!(lines("MBR_STOCK", december, "", as_of).await, of(11, 52));
        assert_eq!(lines("MBR_ADMITTED", december, "", as_of).await, of(16, 47));
        // Of one group of sectors.
        assert_eq!(lines("ORG_STOCK", june, "NGOAI_NHA_NUOC", as_of).await, of(3, 1));
        assert_eq!(lines("MBR_ADMITTED", december, "NGOAI_NHA_NUOC", as_of).await, of(5, 47));
    }
    world.stop().await;
}

#[tokio::test]
async fn documents_count_with_their_issuer_where_it_stood_and_where_its_heir_stands() {
    let world = World::start().await;
    let issued = |issuer: Uuid, number: u8, on: time::Date| {
        let decision = DecisionRecorded {
            decision_id: Uuid::now_v7().to_string(),
            issuer_id: issuer.to_string(),
            number: format!("{number}/QĐ-LĐLĐ"),
            kind: "QUYET_DINH".to_string(),
            issued_on: Some(civil(on)),
            effective_on: Some(civil(on)),
        };
        world.says(on, RegistryWhat::DecisionRecorded(decision))
    };
    let first = issued(world.badinh, 1, date!(2020 - 02 - 01));
    issued(world.badinh, 2, date!(2020 - 11 - 30));
    issued(world.caugiay, 1, date!(2020 - 03 - 01));
    issued(world.hanoi, 1, date!(2019 - 12 - 31));
    // The district ends, and another goes on with what it did.
    world.ends(world.badinh, world.hanoi, Some(world.caugiay), date!(2021 - 01 - 01));
    let mut officer = world.officer();

    let (then, now) = (None, Some(date!(2021 - 06 - 01)));
    for (head, as_of, value) in [
        (world.badinh, then, 2),
        (world.caugiay, then, 1),
        (world.caugiay, now, 3),
        (world.hanoi, then, 3),
        (world.hanoi, now, 3),
    ] {
        let figure = officer.figure("DECISION_ISSUED", head, YEAR_2020, as_of).await;
        assert_eq!(figure.value, value, "{head} as of {as_of:?}");
        officer.explained(&figure, true, 10).await;
        let recount = Recount::read(&world.look().await).await.expect("read");
        let period = Period { from: YEAR_2020.0, through: YEAR_2020.1 };
        let again = recount.flow(head, as_of, period, "DECISION_ISSUED", &["QUYET_DINH"]);
        assert_eq!(again.values().sum::<i64>(), value, "{head} as of {as_of:?}");
    }
    let figure = officer.figure("DECISION_ISSUED", world.badinh, YEAR_2020, then).await;
    let units = officer.explained(&figure, true, 10).await;
    let change = units[0].changes.first().expect("a change");
    assert_eq!((change.change_id.as_str(), change.amount), (first.to_string().as_str(), 1));
    assert_eq!(change.kind, "registry.decision_recorded");
    world.stop().await;
}
