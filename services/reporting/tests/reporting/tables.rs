//! Tables: of several organisations and periods at once, what each has by itself; series of calendars,
//! comparisons, ranks, crossed lines, and what lies below one.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use tonic::Status;
use uuid::Uuid;

use crate::columns::{Dice, History};
use crate::heads::told_otherwise;
use crate::world::{Actor, World, period, query};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

/// A table, read to its end.
#[derive(Debug)]
pub(crate) struct Table {
    head: pb::TableHead,
    pub(crate) rows: Vec<pb::FigureRow>,
}

impl Table {
    fn row(&self, indicator: &str, organisation: Uuid, from: Date) -> &pb::FigureRow {
        let organisation = organisation.to_string();
        let found = self.rows.iter().find(|row| {
            row.indicator == indicator
                && row.organisation_id == organisation
                && row.period.and_then(|period| period.from_on) == Some(civil(from))
        });
        found.expect("a row")
    }

    fn values(&self) -> Vec<i64> {
        self.rows.iter().map(|row| row.value).collect()
    }
}

impl Actor {
    pub(crate) async fn table(
        &mut self,
        asked: pb::TabulateFiguresRequest,
    ) -> Result<Table, Status> {
        use pb::tabulate_figures_response::Part;
        let mut parts = self.figures.tabulate_figures(asked).await?.into_inner();
        let Some(Part::Head(head)) = parts.message().await?.and_then(|first| first.part) else {
            panic!("a table begins with its head");
        };
        let mut rows = Vec::new();
        while let Some(part) = parts.message().await? {
            let Some(Part::Rows(more)) = part.part else { panic!("rows come after the head") };
            assert!((1..=500).contains(&more.rows.len()));
            rows.extend(more.rows);
        }
        assert_eq!(rows.len(), usize::try_from(head.rows).expect("some"));
        Ok(Table { head, rows })
    }
}

pub(crate) fn of(indicators: &[&str], organisations: &[Uuid]) -> pb::TabulateFiguresRequest {
    pb::TabulateFiguresRequest {
        indicators: indicators.iter().map(|code| (*code).to_string()).collect(),
        organisation_ids: organisations.iter().map(Uuid::to_string).collect(),
        periods: vec![period(YEAR)],
        ..Default::default()
    }
}

pub(crate) fn calendar(
    code: &str,
    year: i32,
    number: i32,
    count: i32,
) -> Option<pb::CalendarPeriods> {
    Some(pb::CalendarPeriods { calendar: code.to_string(), year, number, count })
}

/// A random history, with what is told one by one too.
async fn history(world: &World, seed: u64) -> History {
    let superiors = [world.badinh, world.caugiay, world.education, world.hue];
    let begin = date!(2020 - 01 - 01);
    let mut history = History { dice: Dice(seed), today: begin, unions: Vec::new(), superiors };
    for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", "LLVT"]) {
        (0..3).for_each(|_| history.found(world, superior, sector));
    }
    let units: Vec<Uuid> = history.unions.iter().map(|union| union.id).collect();
    told_otherwise(world, &units, begin).await;
    for step in 0..48 {
        if step == 24 {
            world.hands_over(&[world.badinh], world.hanoi, world.hue, history.today);
        }
        history.step(world).await;
    }
    // Once it answers this, all is applied.
    let all = (date!(2019 - 01 - 01), date!(2023 - 01 - 01));
    world.national().value("MBR_STOCK", world.confederation, all, None).await;
    history
}

#[tokio::test]
async fn a_table_says_of_each_what_is_said_of_it_alone_over_every_period_and_the_ones_before() {
    let world = World::start().await;
    let mut history = history(&world, 21).await;
    let mut national = world.national();
    let listed = national.figures.list_indicators(pb::ListIndicatorsRequest {}).await;
    let listed = listed.expect("listed").into_inner().indicators;
    let mut heads = vec![world.confederation, world.hanoi, world.hue, world.badinh];
    heads.extend(history.unions.iter().map(|union| union.id).take(2));
    let days = [
        (date!(2020 - 07 - 01), date!(2021 - 06 - 30)),
        (history.dice.day(), date!(2023 - 01 - 31)),
    ];
    let mut other_than_0 = 0;
    for (as_of, breakdown) in [
        (None, pb::Breakdown::Child),
        (Some(history.dice.day()), pb::Breakdown::Type),
        (Some(date!(2022 - 12 - 31)), pb::Breakdown::Sector),
        (None, pb::Breakdown::Industry),
    ] {
        for codes in listed.chunks(50) {
            let codes: Vec<&str> = codes.iter().map(|indicator| indicator.code.as_str()).collect();
            let asked = pb::TabulateFiguresRequest {
                periods: days.map(period).to_vec(),
                tree: Some(pb::Tree { as_of: as_of.map(civil) }),
                breakdowns: vec![breakdown.into()],
                comparisons: vec![pb::Comparison::YearEarlier.into()],
                ..of(&codes, &heads)
            };
            let table = national.table(asked).await.expect("counted");
            assert_eq!(table.rows.len(), codes.len() * heads.len() * days.len());
            for head in &heads {
                for days in days {
                    let alone =
                        alone(&mut national, &codes, *head, period(days), as_of, breakdown).await;
                    let year = table.row(codes[0], *head, days.0).compared[0].period;
                    let year = year.expect("a period");
                    let earlier =
                        self::alone(&mut national, &codes, *head, year, as_of, breakdown).await;
                    for (now, before) in alone.iter().zip(&earlier) {
                        let row = table.row(&now.indicator, *head, days.0);
                        assert_eq!(row.value, now.value, "{row:?}");
                        assert_eq!(row.denominator, now.denominator, "{row:?}");
                        assert_eq!(row.completeness, now.completeness, "{row:?}");
                        assert_eq!(row.lines, now.lines, "{} of {head}", row.indicator);
                        let compared = &row.compared[0];
                        assert_eq!(compared.value, before.value, "{row:?}");
                        assert_eq!(compared.denominator, before.denominator, "{row:?}");
                        assert_eq!(compared.completeness, before.completeness, "{row:?}");
                        if now.denominator == 0
                            && before.denominator == 0
                            && !row.text_vi.contains('—')
                        {
                            assert_eq!(compared.difference, Some(now.value - before.value));
                        }
                        other_than_0 += usize::from(row.value != 0 && compared.value != 0);
                    }
                    let known = (&table.head.feed_positions, table.head.tree);
                    assert_eq!(known, (&alone[0].feed_positions, alone[0].tree));
                }
            }
        }
    }
    assert!(other_than_0 > 100, "only {other_than_0} were something in both periods");
    world.stop().await;
}

async fn alone(
    actor: &mut Actor,
    codes: &[&str],
    head: Uuid,
    period: pb::Period,
    as_of: Option<Date>,
    breakdown: pb::Breakdown,
) -> Vec<pb::Figure> {
    let asked = pb::QueryFiguresRequest {
        indicators: codes.iter().map(|code| (*code).to_string()).collect(),
        period: Some(period),
        breakdown: breakdown.into(),
        ..query("MBR_STOCK", head, YEAR, as_of)
    };
    actor.figures.query_figures(asked).await.expect("counted").into_inner().figures
}

#[tokio::test]
async fn crossed_lines_sum_to_the_lines_of_either_breakdown_and_are_what_is_asked_of_one_group() {
    let world = World::start().await;
    let history = history(&world, 22).await;
    let mut national = world.national();
    let distinct = ["TRAIN_HEADCOUNT", "OFFICER_STOCK"];
    let mut codes = vec!["MBR_STOCK", "ORG_STOCK", "MBR_ADMITTED", "ORG_FOUNDED", "MBR_NET"];
    codes.extend(["INSPECTION_HELD", "RATING_RATED", "EMPLOYER_WITHOUT_UNION_20"]);
    codes.extend(distinct);
    let days = (date!(2019 - 01 - 01), date!(2023 - 01 - 31));
    let heads = [world.hanoi, world.hue];
    let (mut lines, mut once) = (0, 0);
    for as_of in [None, Some(history.today)] {
        for (breakdowns, first, second) in [
            (
                [pb::Breakdown::Child, pb::Breakdown::SectorGroup],
                pb::Breakdown::Child,
                pb::Breakdown::SectorGroup,
            ),
            (
                [pb::Breakdown::Sector, pb::Breakdown::Child],
                pb::Breakdown::Child,
                pb::Breakdown::Sector,
            ),
            (
                [pb::Breakdown::Type, pb::Breakdown::Sector],
                pb::Breakdown::Type,
                pb::Breakdown::Sector,
            ),
            (
                [pb::Breakdown::Sector, pb::Breakdown::Industry],
                pb::Breakdown::Sector,
                pb::Breakdown::Industry,
            ),
            (
                [pb::Breakdown::Industry, pb::Breakdown::Child],
                pb::Breakdown::Child,
                pb::Breakdown::Industry,
            ),
        ] {
            let asked = pb::TabulateFiguresRequest {
                periods: vec![period(days)],
                tree: Some(pb::Tree { as_of: as_of.map(civil) }),
                breakdowns: breakdowns.map(Into::into).to_vec(),
                sector_grouping: "BA_KHOI".to_string(),
                ..of(&codes, &heads)
            };
            let table = national.table(asked).await.expect("counted");
            for row in &table.rows {
                let head = Uuid::parse_str(&row.organisation_id).expect("an id");
                let sum: i64 = row.lines.iter().map(|line| line.value).sum();
                let counts_once = distinct.contains(&row.indicator.as_str());
                if counts_once {
                    // Whoever is in two lines is one.
                    let largest = row.lines.iter().map(|line| line.value).max();
                    assert!(largest.unwrap_or_default() <= row.value && row.value <= sum);
                    once += row.lines.len();
                } else {
                    assert_eq!(sum, row.value, "{} of {head}", row.indicator);
                }
                for breakdown in [first, second].into_iter().filter(|_| !counts_once) {
                    let asked = pb::QueryFiguresRequest {
                        period: Some(period(days)),
                        breakdown: breakdown.into(),
                        sector_grouping: "BA_KHOI".to_string(),
                        ..query(&row.indicator, head, YEAR, as_of)
                    };
                    let answer = national.figures.query_figures(asked).await.expect("counted");
                    let alone = &answer.into_inner().figures[0];
                    assert_eq!(
                        by(&row.lines, breakdown),
                        by(&alone.lines, breakdown),
                        "{} of {head} by {breakdown:?}",
                        row.indicator
                    );
                }
                lines += row.lines.len();
                // What goes from one child to another is nothing to the head, and something to each of them.
                let own_alone = as_of.is_some() && row.indicator != "MBR_NET";
                if !own_alone || second != pb::Breakdown::SectorGroup {
                    continue;
                }
                // On one tree, what a child has of a group is that child's own figure of the group.
                let own = row.lines.iter().filter(|line| !line.organisation_id.is_empty());
                for line in own.filter(|line| !line.sector.is_empty()) {
                    let child = Uuid::parse_str(&line.organisation_id).expect("an id");
                    let asked = pb::QueryFiguresRequest {
                        period: Some(period(days)),
                        sector_grouping: "BA_KHOI".to_string(),
                        sector_group: line.sector.clone(),
                        ..query(&row.indicator, child, YEAR, as_of)
                    };
                    let answer = national.figures.query_figures(asked).await.expect("counted");
                    assert_eq!(answer.into_inner().figures[0].value, line.value, "{line:?}");
                }
            }
        }
    }
    assert!(lines > 50 && once > 8, "only {lines} lines, {once} of people");
    world.stop().await;
}

/// Lines of one breakdown, of lines that may be crossed with another.
fn by(lines: &[pb::FigureLine], breakdown: pb::Breakdown) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for line in lines {
        let key = match breakdown {
            pb::Breakdown::Child => match line.kind() {
                pb::LineKind::Child => line.organisation_id.clone(),
                kind => format!("{kind:?}"),
            },
            pb::Breakdown::Type => line.r#type.clone(),
            pb::Breakdown::Industry => line.industry.clone(),
            _ => line.sector.clone(),
        };
        *sums.entry(key).or_insert(0) += line.value;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}

#[tokio::test]
async fn months_of_a_union_year_sum_to_it_and_each_is_held_against_the_one_before() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let begin = date!(2019 - 12 - 01);
    let mut admitted = BTreeMap::new();
    for month in 0..12_usize {
        let on = begin + Duration::days(30 * i64::try_from(month).expect("few") + 15);
        world.admits(union, on, month + 1);
        *admitted.entry((on.year(), u8::from(on.month()))).or_insert(0) += month as i64 + 1;
    }
    // The last day of the reporting year counts, and the day after it does not.
    world.admits(union, date!(2020 - 11 - 30), 40);
    world.admits(union, date!(2020 - 12 - 01), 500);
    *admitted.entry((2020, 11)).or_insert(0) += 40;
    let mut officer = world.officer();
    let codes = ["MBR_ADMITTED", "MBR_STOCK"];
    let year = pb::TabulateFiguresRequest {
        periods: Vec::new(),
        calendar: calendar("UNION_YEAR", 2020, 0, 1),
        ..of(&codes, &[world.hanoi])
    };
    let year = officer.table(year).await.expect("counted");
    let named = &year.head.periods[0];
    assert_eq!(named.name_vi, "Năm báo cáo 2020");
    assert_eq!(named.period, Some(period((begin, date!(2020 - 11 - 30)))));
    let sum: i64 = admitted.values().sum();
    assert_eq!(year.values(), [sum, sum]);

    let months = pb::TabulateFiguresRequest {
        periods: Vec::new(),
        calendar: calendar("CIVIL_MONTH", 2019, 12, 12),
        comparisons: vec![pb::Comparison::Previous.into()],
        ..of(&codes, &[world.hanoi])
    };
    let months = officer.table(months).await.expect("counted");
    assert_eq!(months.head.periods[0].name_vi, "Tháng 12/2019");
    assert_eq!(months.head.periods[11].name_vi, "Tháng 11/2020");
    let of_codes = months.rows.chunks(12).collect::<Vec<_>>();
    let flows: Vec<i64> = of_codes[0].iter().map(|row| row.value).collect();
    assert_eq!(flows.iter().sum::<i64>(), sum);
    assert_eq!(flows, admitted.values().copied().collect::<Vec<_>>());
    let mut stock = 0;
    for (flow, at) in flows.iter().zip(of_codes[1]) {
        stock += flow;
        assert_eq!(at.value, stock);
    }
    for two in of_codes[0].windows(2) {
        let compared = &two[1].compared[0];
        assert_eq!(compared.value, two[0].value);
        assert_eq!(compared.period, two[0].period);
        assert_eq!(compared.difference, Some(two[1].value - two[0].value));
        let ratio = (compared.ratio_numerator, compared.ratio_denominator);
        assert_eq!(ratio, (two[1].value - two[0].value, two[0].value));
    }
    assert_eq!(of_codes[0][0].compared[0].text_vi, "+1 (—)", "nothing came before");
    assert_eq!(of_codes[0][1].compared[0].text_vi, "+1 (+100%)");
    // A half ends on 31/5, whatever day of the month its end is.
    let half = pb::TabulateFiguresRequest {
        periods: Vec::new(),
        calendar: calendar("UNION_HALF", 2020, 2, 2),
        ..of(&["MBR_ADMITTED"], &[world.hanoi])
    };
    let half = officer.table(half).await.expect("counted");
    let days = |n: usize| half.head.periods[n].period;
    assert_eq!(days(0), Some(period((date!(2020 - 06 - 01), date!(2020 - 11 - 30)))));
    assert_eq!(days(1), Some(period((date!(2020 - 12 - 01), date!(2021 - 05 - 31)))));
    assert_eq!(half.rows[1].value, 500);
    world.stop().await;
}

#[tokio::test]
async fn siblings_are_ranked_and_those_who_have_the_same_share_a_rank() {
    let world = World::start().await;
    let on = date!(2020 - 03 - 01);
    let superiors = [world.badinh, world.caugiay, world.education];
    for (superior, people) in superiors.into_iter().zip([5, 9, 5]) {
        let union = world.loads_unions(superior, "NNN_CP", 1)[0];
        world.admits(union, on, people);
    }
    let mut officer = world.officer();
    let mut ranked = async |order: pb::RankOrder, codes: &[&str]| {
        let asked = pb::TabulateFiguresRequest {
            organisation_ids: Vec::new(),
            below: Some(pb::Below {
                organisation_id: world.hanoi.to_string(),
                levels: 1,
                ..Default::default()
            }),
            rank_order: order.into(),
            ..of(codes, &[])
        };
        officer.table(asked).await.expect("counted")
    };
    let table = ranked(pb::RankOrder::LargestFirst, &["MBR_ADMITTED", "DISS_PERSON"]).await;
    let names: Vec<&str> = table.head.organisations.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        ["Công đoàn ngành Giáo dục Hà Nội", "LĐLĐ quận Ba Đình", "LĐLĐ quận Cầu Giấy"]
    );
    let rank = |table: &Table, of: Uuid| table.row("MBR_ADMITTED", of, YEAR.0).rank;
    assert_eq!(superiors.map(|of| rank(&table, of)), [2, 1, 2]);
    assert!(table.rows[..3].iter().all(|row| row.ranked == 3));
    // Nobody was reached, of some who are there: a share of 0, which all have.
    assert!(table.rows[3..].iter().all(|row| row.rank == 1 && row.text_vi == "0%"));
    let table = ranked(pb::RankOrder::SmallestFirst, &["MBR_ADMITTED", "RATING_GOOD"]).await;
    assert_eq!(superiors.map(|of| rank(&table, of)), [1, 3, 1]);
    // Nobody is rated: a share of nothing has no rank, and is printed as a dash.
    assert!(table.rows[3..].iter().all(|row| (row.rank, row.ranked) == (0, 0)));
    assert!(table.rows[3..].iter().all(|row| row.text_vi == "—" && row.denominator == 0));
    let table = ranked(pb::RankOrder::Unspecified, &["MBR_ADMITTED"]).await;
    assert!(table.rows.iter().all(|row| (row.rank, row.ranked) == (0, 0)));
    world.stop().await;
}

#[tokio::test]
async fn what_lies_below_one_is_asked_by_type_and_level_on_the_tree_that_is_asked() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2020 - 03 - 01), 7);
    // From a day on the district lies in another province, and one ends.
    world.hands_over(&[world.badinh], world.hanoi, world.hue, date!(2021 - 01 - 01));
    world.ends(world.caugiay, world.hanoi, None, date!(2020 - 06 - 01));
    let mut national = world.national();
    let below = |types: &[&str], levels| pb::Below {
        organisation_id: world.hanoi.to_string(),
        types: types.iter().map(|code| (*code).to_string()).collect(),
        levels,
    };
    let asked = |below: pb::Below, as_of: Option<Date>, days| pb::TabulateFiguresRequest {
        organisation_ids: Vec::new(),
        below: Some(below),
        periods: vec![period(days)],
        tree: Some(pb::Tree { as_of: as_of.map(civil) }),
        ..of(&["MBR_ADMITTED"], &[])
    };
    let ids = |table: &Table| -> Vec<Uuid> {
        let ids = table.head.organisations.iter();
        ids.map(|one| Uuid::parse_str(&one.organisation_id).expect("an id")).collect()
    };
    let districts = below(&["LDLD_HUYEN"], 0);
    let table = national.table(asked(districts.clone(), None, YEAR)).await.expect("counted");
    assert_eq!(ids(&table), [world.badinh, world.caugiay]);
    assert_eq!(table.values(), [7, 0]);
    let later = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
    let table = national.table(asked(districts.clone(), None, later)).await.expect("counted");
    assert!(ids(&table).is_empty(), "neither lay there in 2021");
    let on = Some(date!(2020 - 07 - 01));
    let table = national.table(asked(districts.clone(), on, YEAR)).await.expect("counted");
    assert_eq!(ids(&table), [world.badinh], "one had ended");
    let table = national.table(asked(below(&[], 1), None, YEAR)).await.expect("counted");
    assert_eq!(ids(&table).len(), 3, "the sector union too");
    let table = national.table(asked(below(&["CDCS"], 0), None, YEAR)).await.expect("counted");
    assert_eq!((ids(&table), table.values()), (vec![union], vec![7]));
    let table = national.table(asked(below(&["CDCS"], 1), None, YEAR)).await.expect("counted");
    assert!(ids(&table).is_empty(), "it lies two levels below");
    // The province reads what its own figures sum up, and of a district that has left it no more.
    let mut officer = world.officer();
    let table = officer.table(asked(districts, None, YEAR)).await.expect("counted");
    assert_eq!(ids(&table), [world.caugiay]);
    assert_eq!(table.head.organisations_left_out, 1);
    world.stop().await;
}
