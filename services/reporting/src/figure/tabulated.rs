//! A table, written out: its head, and then its rows, some hundreds in a message.

use chassis::parse;
use proto::reporting::v1 as pb;

use crate::figure::asking::Tabulation;
use crate::figure::compared::{Compared, Comparison};
use crate::figure::table::{Order, Row, Table};
use crate::ground::reference::{Kind, Reference};
use crate::ground::{vietnamese, wire};

/// Rows of a message, and lines after which it ends: a message is some hundred kilobytes.
const ROWS_MAX: usize = 500;
const LINES_MAX: usize = 4_000;

/// The messages of a table, one after the other as they are taken.
pub fn messages(
    reference: &'static Reference,
    tabulation: Tabulation,
    table: Table,
) -> impl Iterator<Item = pb::TabulateFiguresResponse> + Send {
    let part = |part| pb::TabulateFiguresResponse { part: Some(part) };
    let first = head(reference, &tabulation, &table);
    let mut at = 0;
    let rows = std::iter::from_fn(move || {
        let (mut rows, mut lines) = (Vec::new(), 0);
        while rows.len() < ROWS_MAX && lines < LINES_MAX {
            let Some(row) = table.rows.get(at) else { break };
            let row = row_out(reference, &tabulation, &table, row);
            lines += row.lines.len();
            rows.push(row);
            at += 1;
        }
        (!rows.is_empty()).then_some(pb::TableRows { rows })
    });
    std::iter::once(part(pb::tabulate_figures_response::Part::Head(first)))
        .chain(rows.map(move |rows| part(pb::tabulate_figures_response::Part::Rows(rows))))
}

fn head(reference: &Reference, tabulation: &Tabulation, table: &Table) -> pb::TableHead {
    let Tabulation { asked, periods, breakdowns, .. } = tabulation;
    pb::TableHead {
        indicators: asked
            .indicators
            .iter()
            .map(|indicator| wire::indicator_out(reference, indicator))
            .collect(),
        organisations: table
            .organisations
            .iter()
            .map(|(id, name)| pb::table_head::Organisation {
                organisation_id: id.to_string(),
                name: name.clone(),
            })
            .collect(),
        periods: periods
            .iter()
            .map(|(period, name_vi)| pb::table_head::NamedPeriod {
                period: Some(wire::period_out(*period)),
                name_vi: name_vi.clone(),
            })
            .collect(),
        tree: Some(pb::Tree { as_of: asked.scope.as_of.map(parse::civil) }),
        known_at: Some(parse::instant(table.known.at)),
        feed_positions: wire::feed_positions(&table.known),
        calendar: tabulation.calendar.clone(),
        breakdowns: breakdowns.iter().copied().map(i32::from).collect(),
        sector_grouping: asked.scope.grouping.clone(),
        sector_group: asked.scope.group.clone(),
        without_suspended: asked.scope.without_suspended,
        direct_only: asked.scope.direct_only,
        rank_order: match asked.order {
            None => pb::RankOrder::Unspecified,
            Some(Order::LargestFirst) => pb::RankOrder::LargestFirst,
            Some(Order::SmallestFirst) => pb::RankOrder::SmallestFirst,
        }
        .into(),
        organisations_left_out: number(table.left_out),
        rows: number(table.rows.len()),
    }
}

/// There are no more than some ten thousand of anything.
fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn row_out(
    reference: &Reference,
    tabulation: &Tabulation,
    table: &Table,
    row: &Row,
) -> pb::FigureRow {
    let asked = &tabulation.asked;
    let indicator = &asked.indicators[row.indicator];
    let (value, whole) = (row.value.total, row.denominator.as_ref());
    let denominator = whole.map_or(0, |count| count.total);
    let decimals = tabulation.decimals;
    let crossed = [asked.scope.by, asked.across];
    let (scope, told_of, names) = (&asked.scope, indicator.told_of(), &table.names);
    let heading = wire::Heading { reference, scope, told_of, names };
    pb::FigureRow {
        indicator: indicator.code.clone(),
        organisation_id: table.organisations[row.organisation].0.to_string(),
        period: Some(wire::period_out(asked.periods[row.period])),
        value,
        numerator: value,
        denominator,
        text_vi: match indicator.kind {
            Kind::Share => vietnamese::percent(value, denominator, decimals),
            Kind::Additive | Kind::Distinct => vietnamese::number(value),
        },
        completeness: Some(wire::completeness(row.completeness)),
        lines: wire::lines(&heading, crossed, &row.value, whole),
        compared: row.compared.iter().map(|compared| compared_out(compared, decimals)).collect(),
        rank: number(row.rank),
        ranked: number(row.ranked),
    }
}

fn compared_out(compared: &Compared, decimals: u32) -> pb::ComparedFigure {
    let (ratio_numerator, ratio_denominator) = compared.ratio();
    pb::ComparedFigure {
        comparison: match compared.comparison {
            Comparison::Previous => pb::Comparison::Previous,
            Comparison::YearEarlier => pb::Comparison::YearEarlier,
        }
        .into(),
        period: Some(wire::period_out(compared.period)),
        value: compared.value,
        denominator: compared.denominator,
        completeness: Some(wire::completeness(compared.completeness)),
        difference: compared.difference,
        ratio_numerator,
        ratio_denominator,
        text_vi: compared.text(decimals),
    }
}
