//! `congdoan figures`: indicators of several organisations over several periods, in a table.

use std::collections::BTreeMap;

use anyhow::Context;
use chassis::parse::{civil, instant};
use proto::reporting::v1 as pb;
use proto::reporting::v1::tabulate_figures_response::Part;
use system::Client;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month};

use crate::cli::figures::{Earlier, Figures, Lines};
use crate::explain::Patience;
use crate::language::tell;
use crate::organisation::{borne, day};
use crate::output::{is_json, json, line, print_json, table};
use crate::told::told;

/// Prints the table, by indicator; under each figure its lines.
pub async fn run(figures: Figures) -> anyhow::Result<()> {
    let client = if figures.no_wait {
        figures.to.connect_without_waiting().await?
    } else {
        figures.to.connect().await?
    };
    let request = request(&client, &figures).await?;
    let mut patience = Patience::new(figures.no_wait);
    let (head, rows) = loop {
        let (head, rows) = read(&client, request.clone()).await?;
        let lacking = rows.iter().filter_map(|row| row.completeness.as_ref());
        if !patience.waits_for(lacking).await {
            break (head, rows);
        }
    };
    if is_json() {
        let rows: Vec<_> = rows.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "head": json(&head)?, "rows": rows }));
        return Ok(());
    }
    print(&head, &rows, &figures);
    Ok(())
}

async fn request(client: &Client, figures: &Figures) -> anyhow::Result<pb::TabulateFiguresRequest> {
    let (from, through) = days(figures)?;
    let id = async |code: &str| -> anyhow::Result<String> {
        Ok(borne(client, code, from, through, figures.as_of).await?.organisation_id)
    };
    let mut organisation_ids = Vec::with_capacity(figures.organisations.len());
    for code in &figures.organisations {
        organisation_ids.push(id(code).await?);
    }
    let below = match &figures.below {
        Some(code) => Some(pb::Below {
            organisation_id: id(code).await?,
            types: figures.types.clone(),
            levels: figures.levels.unwrap_or_default(),
        }),
        None => None,
    };
    let explicit = pb::Period { from_on: Some(civil(from)), through_on: Some(civil(through)) };
    let breakdown = |lines: &Lines| match lines {
        Lines::Child => pb::Breakdown::Child.into(),
        Lines::Sector => pb::Breakdown::Sector.into(),
        Lines::Industry => pb::Breakdown::Industry.into(),
        Lines::Group => pb::Breakdown::SectorGroup.into(),
        Lines::Type => pb::Breakdown::Type.into(),
        Lines::Reason => pb::Breakdown::Reason.into(),
        Lines::Sex => pb::Breakdown::Sex.into(),
    };
    let comparison = |earlier: &Earlier| match earlier {
        Earlier::Previous => pb::Comparison::Previous.into(),
        Earlier::Year => pb::Comparison::YearEarlier.into(),
    };
    let order = match figures.rank {
        true => pb::RankOrder::LargestFirst,
        false => pb::RankOrder::Unspecified,
    };
    Ok(pb::TabulateFiguresRequest {
        indicators: figures.indicators.clone(),
        organisation_ids,
        below,
        periods: if figures.calendar.is_none() { vec![explicit] } else { Vec::new() },
        calendar: figures.calendar.as_ref().map(|calendar| pb::CalendarPeriods {
            calendar: calendar.clone(),
            year: figures.year.unwrap_or_default(),
            number: figures.number.unwrap_or_default(),
            count: figures.count.unwrap_or_default(),
        }),
        tree: Some(pb::Tree { as_of: figures.as_of.map(civil) }),
        breakdowns: figures.lines_of.iter().map(breakdown).collect(),
        sector_grouping: figures.sector_grouping.clone().unwrap_or_default(),
        sector_group: figures.sector_group.clone().unwrap_or_default(),
        without_suspended: figures.without_suspended,
        direct_only: figures.direct_only,
        comparisons: figures.compare.iter().map(comparison).collect(),
        rank_order: order.into(),
        decimals: figures.decimals,
        known_at: figures.known_at.map(instant),
    })
}

/// In which days an organisation bore its code: those of the period, or the years of the calendar's
/// first period, which the service knows by its days.
fn days(figures: &Figures) -> anyhow::Result<(Date, Date)> {
    if let (Some(from), Some(through)) = (figures.from, figures.through) {
        return Ok((from, through));
    }
    let year = figures.year.unwrap_or_default();
    let of = |month, day| Date::from_calendar_date(year, month, day);
    let days = of(Month::January, 1).ok().zip(of(Month::December, 31).ok());
    days.with_context(|| {
        tell!("{year} không phải là năm trong lịch", "{year} is no year of the calendar")
    })
}

async fn read(
    client: &Client,
    request: pb::TabulateFiguresRequest,
) -> anyhow::Result<(pb::TableHead, Vec<pb::FigureRow>)> {
    let mut parts = client.figures().tabulate_figures(request).await.map_err(told)?.into_inner();
    let (mut head, mut rows) = (None, Vec::new());
    while let Some(part) = parts.message().await.map_err(told)? {
        match part.part {
            Some(Part::Head(first)) => head = Some(first),
            Some(Part::Rows(more)) => rows.extend(more.rows),
            None => {}
        }
    }
    Ok((head.context("the answer holds no table")?, rows))
}

fn print(head: &pb::TableHead, rows: &[pb::FigureRow], figures: &Figures) {
    let names: BTreeMap<&str, &str> = head
        .organisations
        .iter()
        .map(|one| (one.organisation_id.as_str(), one.name.as_str()))
        .collect();
    let mut heading =
        vec![tell!("đơn vị", "organisation"), tell!("kỳ", "period"), tell!("số liệu", "figure")];
    heading.extend(figures.compare.iter().map(|earlier| match earlier {
        Earlier::Previous => tell!("so kỳ trước", "against the period before"),
        Earlier::Year => tell!("so cùng kỳ", "against the year before"),
    }));
    if figures.rank {
        heading.push(tell!("hạng", "rank"));
    }
    for indicator in &head.indicators {
        line(&format!("{}  {} ({})", indicator.code, indicator.name_vi, indicator.unit_vi));
        let mut cells = Vec::new();
        for row in rows.iter().filter(|row| row.indicator == indicator.code) {
            let period = head.periods.iter().find(|named| named.period == row.period);
            let organisation = names.get(row.organisation_id.as_str()).copied().unwrap_or_default();
            let mut one = vec![
                organisation.to_owned(),
                period.map(|named| named.name_vi.clone()).unwrap_or_default(),
                figure(row),
            ];
            one.extend(row.compared.iter().map(|compared| compared.text_vi.clone()));
            if figures.rank {
                let rank = match row.rank {
                    0 => "—".to_owned(),
                    rank => format!("{rank}/{}", row.ranked),
                };
                one.push(rank);
            }
            cells.push(one);
            let lines = row.lines.iter();
            cells
                .extend(lines.map(|of| vec![format!("  {}", of.head), String::new(), line_of(of)]));
        }
        line(&table(&heading, &cells));
    }
    let positions: Vec<String> = head
        .feed_positions
        .iter()
        .map(|feed| format!("{} {}", feed.source, feed.position))
        .collect();
    let positions = positions.join(", ");
    match head.tree.and_then(|tree| tree.as_of).and_then(day) {
        Some(on) => line(&tell!(
            "Theo cây ngày {on}; biết đến {positions}",
            "As of {on}; known to {positions}"
        )),
        None => line(&tell!(
            "Theo cây tại thời điểm; biết đến {positions}",
            "As then; known to {positions}"
        )),
    }
    if let Some(known_at) = figures.known_at {
        let known_at = known_at.format(&Rfc3339).unwrap_or_default();
        line(&tell!("Như đã biết vào {known_at}", "As it was known at {known_at}"));
    }
    let left_out = head.organisations_left_out;
    if left_out > 0 {
        line(&tell!(
            "{left_out} đơn vị khác nay nằm ngoài phạm vi của bạn",
            "{left_out} more lie outside your scope today"
        ));
    }
}

/// `1.857`, or `95/100 (95%)`, and whether something is lacking.
fn figure(row: &pb::FigureRow) -> String {
    let mut text = match row.denominator {
        0 => row.text_vi.clone(),
        denominator => format!("{}/{denominator} ({})", row.numerator, row.text_vi),
    };
    if let Some(lacking) = row.completeness.filter(|completeness| !completeness.complete) {
        let (covered, expected) = (lacking.covered, lacking.expected);
        text.push_str(&tell!(
            " CHƯA ĐẦY ĐỦ: {covered} trên {expected}",
            " INCOMPLETE: {covered} of {expected}"
        ));
    }
    text
}

fn line_of(of: &pb::FigureLine) -> String {
    match of.denominator {
        0 => of.value.to_string(),
        denominator => format!("{}/{denominator}", of.value),
    }
}
