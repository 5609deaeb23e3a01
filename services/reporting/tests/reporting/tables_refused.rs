//! Tables that cannot be, and such as are too large.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::tables::{calendar, of};
use crate::world::{World, because, period, refused};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

#[tokio::test]
async fn a_table_that_cannot_be_is_refused_with_what_is_wrong() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unknown = Uuid::now_v7();
    let good = || of(&["MBR_STOCK"], &[world.hanoi]);
    let reversed = pb::Period { from_on: Some(civil(YEAR.1)), through_on: Some(civil(YEAR.0)) };
    let below = |levels, types: Vec<String>| {
        Some(pb::Below { organisation_id: world.hanoi.to_string(), types, levels })
    };
    let cases: Vec<(pb::TabulateFiguresRequest, &str, &str)> = vec![
        (of(&[], &[world.hanoi]), "LIST_EMPTY", "indicators"),
        (of(&["MBR_STOCK"; 51], &[world.hanoi]), "LIST_TOO_LONG", "indicators"),
        (of(&["MBR_STOCK", "MBR_STOCK"], &[world.hanoi]), "LINE_REPEATED", "indicators[1]"),
        (of(&["ORG_STOCK", "X"], &[world.hanoi]), "INDICATOR_UNKNOWN", "indicators[1]"),
        (of(&["MBR_STOCK"], &[]), "ORGANISATIONS_AMBIGUOUS", "organisation_ids"),
        (
            pb::TabulateFiguresRequest { below: below(0, Vec::new()), ..good() },
            "ORGANISATIONS_AMBIGUOUS",
            "organisation_ids",
        ),
        (
            pb::TabulateFiguresRequest {
                organisation_ids: Vec::new(),
                below: below(-1, Vec::new()),
                ..good()
            },
            "NUMBER_NEGATIVE",
            "below.levels",
        ),
        (
            pb::TabulateFiguresRequest {
                organisation_ids: Vec::new(),
                below: below(0, vec!["CDCS".to_string(); 51]),
                ..good()
            },
            "LIST_TOO_LONG",
            "below.types",
        ),
        (
            of(&["MBR_STOCK"], &[world.hanoi, unknown]),
            "ORGANISATION_UNKNOWN",
            "organisation_ids[1]",
        ),
        (
            of(&["MBR_STOCK"], &[world.hanoi, world.hue]),
            "ORGANISATION_UNKNOWN",
            "organisation_ids[1]",
        ),
        (of(&["MBR_STOCK"], &[world.hanoi, world.hanoi]), "LINE_REPEATED", "organisation_ids[1]"),
        (of(&["MBR_STOCK"], &vec![unknown; 1_001]), "LIST_TOO_LONG", "organisation_ids"),
        (
            pb::TabulateFiguresRequest { periods: vec![period(YEAR), reversed], ..good() },
            "PERIOD_REVERSED",
            "periods[1]",
        ),
        (
            pb::TabulateFiguresRequest { periods: vec![period(YEAR); 2], ..good() },
            "LINE_REPEATED",
            "periods[1]",
        ),
        (
            pb::TabulateFiguresRequest { periods: vec![period(YEAR); 121], ..good() },
            "LIST_TOO_LONG",
            "periods",
        ),
        (
            pb::TabulateFiguresRequest { periods: Vec::new(), ..good() },
            "PERIODS_AMBIGUOUS",
            "periods",
        ),
        (
            pb::TabulateFiguresRequest { calendar: calendar("CIVIL_YEAR", 2020, 1, 1), ..good() },
            "PERIODS_AMBIGUOUS",
            "periods",
        ),
        (of_calendar(good(), ("LUNAR", 2020, 1, 1)), "CALENDAR_UNKNOWN", "calendar.calendar"),
        (of_calendar(good(), ("CIVIL_QUARTER", 2020, 5, 1)), "CALENDAR_PERIOD_UNKNOWN", "calendar"),
        (
            of_calendar(good(), ("CIVIL_QUARTER", 2020, -1, 1)),
            "CALENDAR_PERIOD_UNKNOWN",
            "calendar",
        ),
        (
            of_calendar(good(), ("CIVIL_YEAR", i32::MAX, 1, 1)),
            "CALENDAR_PERIOD_UNKNOWN",
            "calendar",
        ),
        (of_calendar(good(), ("CIVIL_YEAR", 0, 1, 1)), "CALENDAR_PERIOD_UNKNOWN", "calendar"),
        (of_calendar(good(), ("CIVIL_YEAR", 2020, 1, i32::MAX)), "LIST_TOO_LONG", "calendar.count"),
        (of_calendar(good(), ("CIVIL_YEAR", 2020, 1, -1)), "NUMBER_NEGATIVE", "calendar.count"),
        (broken(good(), &[pb::Breakdown::Sector; 2]), "BREAKDOWNS_UNFIT", "breakdowns"),
        (
            broken(good(), &[pb::Breakdown::SectorGroup, pb::Breakdown::Sector]),
            "BREAKDOWNS_UNFIT",
            "breakdowns",
        ),
        (
            broken(good(), &[pb::Breakdown::None, pb::Breakdown::Sector]),
            "BREAKDOWNS_UNFIT",
            "breakdowns",
        ),
        (
            broken(good(), &[pb::Breakdown::Child, pb::Breakdown::Sector, pb::Breakdown::Type]),
            "BREAKDOWNS_UNFIT",
            "breakdowns",
        ),
        (
            pb::TabulateFiguresRequest {
                breakdowns: vec![pb::Breakdown::SectorGroup.into()],
                ..good()
            },
            "SECTOR_GROUPING_UNKNOWN",
            "sector_grouping",
        ),
        (
            pb::TabulateFiguresRequest {
                sector_grouping: "BA_KHOI".to_string(),
                sector_group: "X".to_string(),
                ..good()
            },
            "SECTOR_GROUP_UNKNOWN",
            "sector_group",
        ),
        (
            pb::TabulateFiguresRequest {
                comparisons: vec![pb::Comparison::Previous.into(); 2],
                ..good()
            },
            "LINE_REPEATED",
            "comparisons[1]",
        ),
        (
            pb::TabulateFiguresRequest { comparisons: vec![0], ..good() },
            "FIELD_REQUIRED",
            "comparisons[0]",
        ),
        (of_calendar(good(), ("CIVIL_YEAR", 2200, 1, 2)), "CALENDAR_PERIOD_UNKNOWN", "calendar"),
        (
            pb::TabulateFiguresRequest { decimals: Some(5), ..good() },
            "DECIMALS_OUT_OF_RANGE",
            "decimals",
        ),
        (
            pb::TabulateFiguresRequest { decimals: Some(-1), ..good() },
            "DECIMALS_OUT_OF_RANGE",
            "decimals",
        ),
    ];
    for (asked, reason, field) in cases {
        let told = format!("{asked:?}");
        assert_eq!(refused(officer.table(asked).await), because(reason, field), "{told}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_table_of_more_rows_than_are_kept_is_refused_and_one_of_as_many_is_read_in_parts() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 450);
    for union in &unions {
        world.admits(*union, date!(2020 - 03 - 01), 1);
    }
    let mut officer = world.officer();
    let codes = ["MBR_STOCK", "MBR_ADMITTED"];
    let asked = |count| of_calendar(of(&codes, &unions), ("CIVIL_MONTH", 2020, 1, count));
    let refusal = refused(officer.table(asked(56)).await);
    assert_eq!(refusal, because("FIGURES_TOO_MANY", ""));
    let table = officer.table(asked(5)).await.expect("counted");
    assert_eq!(table.rows.len(), 2 * 450 * 5);
    // One scan sees all: everybody has one from the month of March on.
    let sums = table.rows.chunks(450 * 5).map(|rows| rows.iter().map(|row| row.value).sum::<i64>());
    assert_eq!(sums.collect::<Vec<_>>(), [450 * 3, 450]);
    world.stop().await;
}

fn broken(
    asked: pb::TabulateFiguresRequest,
    breakdowns: &[pb::Breakdown],
) -> pb::TabulateFiguresRequest {
    let breakdowns = breakdowns.iter().map(|one| (*one).into()).collect();
    pb::TabulateFiguresRequest { breakdowns, sector_grouping: "BA_KHOI".to_string(), ..asked }
}

fn of_calendar(
    asked: pb::TabulateFiguresRequest,
    (code, year, number, count): (&str, i32, i32, i32),
) -> pb::TabulateFiguresRequest {
    let calendar = calendar(code, year, number, count);
    pb::TabulateFiguresRequest { periods: Vec::new(), calendar, ..asked }
}
