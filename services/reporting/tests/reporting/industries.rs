//! What unions work in: their figures by industry, of the day on which something happened. Where it is
//! not stated, that is a line of its own, and the lines are all there is.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{OrganisationIndustryChanged, TimelinesCorrected};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::timelines::{known, life};
use crate::world::{Actor, World, because, period, query, refused, state};

const YEAR: (Date, Date) = (date!(2025 - 01 - 01), date!(2025 - 12 - 31));
const SINCE: Date = date!(2015 - 01 - 01);

/// Unions that exist since long ago, in this industry, or in none that is stated.
fn loads(world: &World, superior: Uuid, industry: &str, count: usize) -> Vec<Uuid> {
    let units: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
    let states = units.iter().map(|unit| proto::registry::v1::OrganisationState {
        industry: industry.to_string(),
        ..state(*unit, Some(superior), "CDCS", "SNCL_TC", "CĐCS", SINCE)
    });
    world.loads(states.collect());
    units
}

fn changes(world: &World, unit: Uuid, industry: &str, on: Date) {
    let (organisation_id, industry) = (unit.to_string(), industry.to_string());
    let changed = OrganisationIndustryChanged { organisation_id, industry };
    world.says(on, RegistryWhat::OrganisationIndustryChanged(changed));
}

async fn figure(actor: &mut Actor, asked: pb::QueryFiguresRequest) -> pb::Figure {
    let answer = actor.figures.query_figures(asked).await.expect("counted").into_inner();
    answer.figures.into_iter().next().expect("a figure")
}

/// By industry, and that the lines are the whole.
async fn by_industry(
    actor: &mut Actor,
    indicator: &str,
    head: Uuid,
    days: (Date, Date),
    as_of: Option<Date>,
) -> BTreeMap<String, i64> {
    let asked = pb::QueryFiguresRequest {
        breakdown: pb::Breakdown::Industry.into(),
        ..query(indicator, head, days, as_of)
    };
    let figure = figure(actor, asked).await;
    let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
    assert_eq!(sum, figure.value, "{indicator}: {:?}", figure.lines);
    assert!(figure.lines.iter().all(|line| line.kind() == pb::LineKind::Industry));
    figure.lines.into_iter().map(|line| (line.industry, line.value)).collect()
}

#[tokio::test]
async fn of_163_unions_in_education_107_are_rated_good() {
    let world = World::start().await;
    let education = loads(&world, world.badinh, "GIAO_DUC", 163);
    let health = loads(&world, world.badinh, "Y_TE", 20);
    let unstated = loads(&world, world.badinh, "", 11);
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let rated = |(n, union): (usize, &Uuid), good: usize| pb::record_ratings_request::Line {
        organisation_id: union.to_string(),
        grade: if n < good { "HOAN_THANH_TOT" } else { "HOAN_THANH" }.to_string(),
    };
    let lines = education.iter().enumerate().map(|one| rated(one, 107));
    let lines = lines.chain(health.iter().enumerate().map(|one| rated(one, 20)));
    let lines = lines.chain(unstated.iter().enumerate().map(|one| rated(one, 3)));
    let request = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2025,
        lines: lines.collect(),
        ..Default::default()
    };
    officer.ratings.record_ratings(request).await.expect("rated");

    let asked = pb::QueryFiguresRequest {
        breakdown: pb::Breakdown::Industry.into(),
        ..query("RATING_GOOD", world.badinh, YEAR, None)
    };
    let good = figure(&mut officer, asked).await;
    let lines: Vec<(&str, &str, i64, i64)> = good
        .lines
        .iter()
        .map(|line| (&*line.industry, &*line.head, line.numerator, line.denominator))
        .collect();
    assert_eq!(
        lines,
        [
            ("", "chưa ghi ngành", 3, 11),
            ("GIAO_DUC", "giáo dục và đào tạo", 107, 163),
            ("Y_TE", "y tế", 20, 20),
        ]
    );
    assert_eq!((good.numerator, good.denominator), (130, 194));

    // The same alone, as a group of the grouping of industries; and its units explain it.
    let alone = pb::QueryFiguresRequest {
        sector_grouping: "NGANH".to_string(),
        sector_group: "GIAO_DUC".to_string(),
        ..query("RATING_GOOD", world.hanoi, YEAR, None)
    };
    let alone = figure(&mut officer_of_all(&world), alone).await;
    assert_eq!((alone.numerator, alone.denominator), (107, 163));
    let units = officer_of_all(&world).explained(&alone, true, 500).await;
    assert_eq!(units.iter().map(|unit| unit.amount).sum::<i64>(), 107);
    assert_eq!(units.iter().map(|unit| unit.denominator).sum::<i64>(), 163);

    // A group with nobody in it is 0, and one that there is not is refused.
    let nobody = pb::QueryFiguresRequest {
        sector_grouping: "NGANH".to_string(),
        sector_group: "TOA_AN".to_string(),
        ..query("ORG_STOCK", world.badinh, YEAR, None)
    };
    assert_eq!(figure(&mut officer, nobody.clone()).await.value, 0);
    let unknown = pb::QueryFiguresRequest { sector_group: "VU_TRU".to_string(), ..nobody };
    let unknown = refused(officer.figures.query_figures(unknown).await);
    assert_eq!(unknown, because("SECTOR_GROUP_UNKNOWN", "sector_group"));
    world.stop().await;
}

fn officer_of_all(world: &World) -> Actor {
    world.national()
}

#[tokio::test]
async fn an_industry_holds_of_its_own_days_and_where_it_is_not_stated_nothing_is_dropped() {
    let world = World::start().await;
    let unit = loads(&world, world.badinh, "", 1)[0];
    let other = loads(&world, world.badinh, "Y_TE", 1)[0];
    for (unit, on, people) in [
        (unit, date!(2025 - 01 - 10), 1),
        (unit, date!(2025 - 03 - 01), 10),
        (unit, date!(2025 - 06 - 01), 100),
        (other, date!(2025 - 06 - 01), 1_000),
    ] {
        world.admits(unit, on, people);
    }
    let mut officer = world.officer();
    let badinh = world.badinh;
    let of = |lines: &[(&str, i64)]| -> BTreeMap<String, i64> {
        lines.iter().map(|(line, amount)| ((*line).to_string(), *amount)).collect()
    };
    for as_of in [None, Some(YEAR.1)] {
        let lines = by_industry(&mut officer, "MBR_ADMITTED", badinh, YEAR, as_of).await;
        assert_eq!(lines, of(&[("", 111), ("Y_TE", 1_000)]));
    }

    // From March on it is in education, which becomes known first, and in February in health.
    changes(&world, unit, "GIAO_DUC", date!(2025 - 03 - 01));
    changes(&world, unit, "Y_TE", date!(2025 - 02 - 01));
    let expected = of(&[("", 1), ("GIAO_DUC", 110), ("Y_TE", 1_000)]);
    for as_of in [None, Some(YEAR.1)] {
        let lines = by_industry(&mut officer, "MBR_ADMITTED", badinh, YEAR, as_of).await;
        assert_eq!(lines, expected);
    }
    let february = (YEAR.0, date!(2025 - 02 - 15));
    let stock = by_industry(&mut officer, "ORG_STOCK", badinh, february, None).await;
    assert_eq!(stock, of(&[("Y_TE", 2)]));

    // Its whole life told anew: in May nothing is stated again.
    let corrected = TimelinesCorrected {
        timelines: vec![proto::registry::v1::OrganisationTimeline {
            loaded: true,
            industries: vec![
                known(date!(2025 - 02 - 01), Some(date!(2025 - 05 - 01)), "GIAO_DUC"),
                known(date!(2025 - 06 - 15), None, "TOA_AN"),
            ],
            ..life(unit, badinh, SINCE)
        }],
    };
    world.says(SINCE, RegistryWhat::TimelinesCorrected(corrected));
    let lines = by_industry(&mut officer, "MBR_ADMITTED", badinh, YEAR, None).await;
    assert_eq!(lines, of(&[("", 101), ("GIAO_DUC", 10), ("Y_TE", 1_000)]));
    let stock = by_industry(&mut officer, "MBR_STOCK", badinh, YEAR, None).await;
    assert_eq!(stock, of(&[("TOA_AN", 111), ("Y_TE", 1_000)]));

    // Two breakdowns of what is told apart by the same thing are refused.
    let twice = pb::TabulateFiguresRequest {
        indicators: vec!["MBR_STOCK".to_string()],
        organisation_ids: vec![badinh.to_string()],
        periods: vec![period(YEAR)],
        tree: Some(pb::Tree { as_of: Some(civil(YEAR.1)) }),
        breakdowns: vec![pb::Breakdown::Industry.into(), pb::Breakdown::SectorGroup.into()],
        sector_grouping: "NGANH".to_string(),
        ..Default::default()
    };
    let by_sectors =
        pb::TabulateFiguresRequest { sector_grouping: "BA_KHOI".to_string(), ..twice.clone() };
    assert_eq!(refused(officer.table(twice).await), because("BREAKDOWNS_UNFIT", "breakdowns"));
    let crossed = officer.table(by_sectors).await.expect("crossed");
    let lines: BTreeMap<(String, String), i64> = crossed.rows[0]
        .lines
        .iter()
        .map(|line| ((line.industry.clone(), line.sector.clone()), line.value))
        .collect();
    let pair = |industry: &str, group: &str| (industry.to_string(), group.to_string());
    assert_eq!(
        lines,
        BTreeMap::from([(pair("TOA_AN", "NGOAI_NHA_NUOC"), 111), (pair("Y_TE", "HCSN"), 1_000),])
    );
    world.stop().await;
}
