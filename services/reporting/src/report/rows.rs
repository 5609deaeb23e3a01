//! What a report lists: rows whose words stand in the sentences of lines with `each`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{Figure, heads};
use crate::ground::indicators::Indicators;
use crate::ground::period::Period;
use crate::ground::reports_due::{self, Assignments};
use crate::ground::target::cascade::{Cascade, Of, cascade};
use crate::ground::target::{Issuer, Target};
use crate::ground::vietnamese;
use crate::report::measured::{MeasuredInWords, ROWS_MAX, issuer_names, measured};
use crate::report::order::Order;
use crate::report::template::each::Each;

/// What stands in one sentence.
#[derive(Default)]
pub struct Row {
    /// By name.
    pub words: BTreeMap<&'static str, String>,
    /// Whose targets the line is held against.
    pub issuer: Option<Issuer>,
    /// What the words were computed from.
    pub figures: Vec<Figure>,
    /// What they name.
    pub references: Vec<(&'static str, Uuid)>,
    /// Which line of its figures it is of, where they are counted by the units directly below.
    pub child: Option<String>,
}

/// The rows of a list, as many as a report prints, and how many more there are.
#[derive(Default)]
pub struct Rows {
    /// In order.
    pub rows: Vec<Row>,
    /// Not printed.
    pub more: i64,
}

impl Rows {
    /// These, as far as they are printed.
    pub fn all(mut rows: Vec<Row>) -> Self {
        let more = rows.len().saturating_sub(ROWS_MAX);
        rows.truncate(ROWS_MAX);
        Self { rows, more: i64::try_from(more).unwrap_or(i64::MAX) }
    }
}

impl Row {
    /// What all rows of a table of children come to.
    pub fn whole() -> Self {
        Self { words: BTreeMap::from([("unit", "Tổng số".to_string())]), ..Self::default() }
    }

    /// What a figure comes to here, and of how many: its line's part, or the whole.
    pub fn of_figure(&self, figure: &Figure) -> (i64, i64) {
        let Some(line) = &self.child else {
            return (figure.value.total, figure.denominator_total());
        };
        let denominator = figure.denominator.as_ref().and_then(|count| count.lines.get(line));
        let value = figure.value.lines.get(line).copied().unwrap_or_default();
        (value, denominator.copied().unwrap_or_default())
    }

    fn of<const N: usize>(
        words: [(&'static str, String); N],
        references: Vec<(&'static str, Uuid)>,
    ) -> Self {
        Self { words: BTreeMap::from(words), references, ..Self::default() }
    }
}

/// Reads the rows of one kind of list.
pub async fn read(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    indicators: &Indicators,
    order: &Order,
    targets: &[Target],
    each: Each,
    decimals: u32,
) -> Result<Rows, Failure> {
    match each {
        // The printer knows which figures the line holds against targets, or counts by children.
        Each::Issuer | Each::Child => Ok(Rows::default()),
        Each::Target => {
            let (measured, more) =
                measured(connection, snapshot, indicators, order, targets, decimals).await?;
            Ok(Rows { rows: measured.into_iter().map(target_row).collect(), more })
        }
        Each::ShortenedCongress => shortened_congresses(connection, order).await,
        Each::Ceremony => ceremonies(connection, order).await,
        Each::TakenOver => taken_over(connection, order).await,
        Each::Employer => employers(connection, order).await,
        Each::Cascade => cascades(connection, indicators, order, targets).await,
        Each::CascadeChild => cascade_children(connection, indicators, order, targets).await,
        Each::Assignment => assignments(connection, order).await,
        Each::ReportDue => due(connection, order).await,
    }
}

fn target_row(of: MeasuredInWords) -> Row {
    let words = [
        ("indicator", of.indicator),
        ("scope", of.scope),
        ("result", of.result),
        ("issuer", of.issuer),
    ];
    let mut row = Row::of(words, vec![("target", of.measured.target.target_id)]);
    row.figures.push(of.measured.figure);
    row
}

async fn shortened_congresses(
    connection: &mut PgConnection,
    order: &Order,
) -> Result<Rows, Failure> {
    let rows = sqlx::query_file!(
        "src/report/shortened_congresses.sql",
        order.head,
        order.as_of,
        order.period.from,
        order.period.through,
    )
    .fetch_all(connection)
    .await?;
    Ok(Rows::all(
        rows.into_iter()
            .map(|row| {
                let words = [
                    ("organisation", row.organisation),
                    ("ordinal", vietnamese::roman(row.ordinal)),
                    ("term", format!("{}-{}", row.term_from_year, row.term_to_year)),
                    ("reason", row.term_reason),
                    ("date", vietnamese::date(row.held_on)),
                ];
                let references =
                    vec![("congress", row.congress_id), ("organisation", row.organisation_id)];
                Row::of(words, references)
            })
            .collect(),
    ))
}

async fn ceremonies(connection: &mut PgConnection, order: &Order) -> Result<Rows, Failure> {
    let least = order.parameters.count("min_decisions")?;
    let rows = sqlx::query_file!(
        "src/report/ceremonies.sql",
        order.head,
        order.as_of,
        order.period.from,
        order.period.through,
        least,
    )
    .fetch_all(connection)
    .await?;
    Ok(Rows::all(
        rows.into_iter()
            .map(|row| {
                let words = [
                    ("organisation", row.organisation),
                    ("date", vietnamese::date(row.held_on)),
                    ("count", vietnamese::number(row.decisions)),
                    ("names", row.names.join("; ")),
                ];
                let mut references = vec![("ceremony", row.ceremony_id)];
                references.extend(row.unions.into_iter().map(|union| ("organisation", union)));
                references
                    .extend(row.decision_ids.into_iter().map(|decision| ("decision", decision)));
                Row::of(words, references)
            })
            .collect(),
    ))
}

async fn taken_over(connection: &mut PgConnection, order: &Order) -> Result<Rows, Failure> {
    let rows = sqlx::query_file!(
        "src/report/taken_over.sql",
        order.head,
        order.as_of,
        order.period.from,
        order.period.until(),
    )
    .fetch_all(connection)
    .await?;
    Ok(Rows::all(
        rows.into_iter()
            .map(|row| {
                let words = [
                    ("date", vietnamese::date(row.on_date)),
                    ("former", row.former),
                    ("count", vietnamese::number(row.unions)),
                ];
                Row::of(words, vec![("organisation", row.former_id)])
            })
            .collect(),
    ))
}

const EMPLOYER_WORKFORCE_MIN: i32 = 20;

async fn employers(connection: &mut PgConnection, order: &Order) -> Result<Rows, Failure> {
    let rows = sqlx::query_file!(
        "src/report/employers.sql",
        order.head,
        order.as_of,
        order.period.through,
        EMPLOYER_WORKFORCE_MIN,
        i64::try_from(ROWS_MAX).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await?;
    let all = rows.first().map_or(0, |row| row.of);
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|row| {
            // What was told before names were says who knows it.
            let name = match row.name.as_str() {
                "" => format!("do {} khảo sát", row.surveyor),
                name => name.to_string(),
            };
            let words = [
                ("employer", name),
                ("workforce", vietnamese::number(i64::from(row.workforce))),
                ("surveyor", row.surveyor),
                ("stage", stage_name(&row.stage).to_string()),
            ];
            Row::of(words, vec![("employer", row.employer_id)])
        })
        .collect();
    let more = all - i64::try_from(rows.len()).unwrap_or(all);
    Ok(Rows { rows, more })
}

fn stage_name(stage: &str) -> &'static str {
    match stage {
        "ELIGIBLE" => "đủ điều kiện",
        "CANVASSED" => "đã tuyên truyền, vận động",
        "ORGANISING_COMMITTEE" => "có ban vận động",
        "FOUNDED" => "đã thành lập công đoàn",
        "BLOCKED" => "còn khó khăn",
        _ => "chưa vận động",
    }
}

/// The organisation's own targets that concern the period, each with what it handed down itself.
async fn own_cascades<'a>(
    connection: &mut PgConnection,
    order: &Order,
    targets: &'a [Target],
) -> Result<Vec<(&'a Target, Arc<Cascade>)>, Failure> {
    let mut own: Vec<&Target> = targets
        .iter()
        .filter(|target| {
            target.period.from <= order.period.through && order.period.from <= target.period.through
        })
        .collect();
    own.sort_by(|left, right| {
        (left.period, &left.indicator, &left.issuer).cmp(&(
            right.period,
            &right.indicator,
            &right.issuer,
        ))
    });
    // Asked by several issuers, it is looked up once.
    let mut known: BTreeMap<Of<'_>, Arc<Cascade>> = BTreeMap::new();
    let mut cascades = Vec::new();
    for target in own.into_iter().take(ROWS_MAX) {
        let of = Of {
            indicator: &target.indicator,
            period: target.period,
            grouping: &target.sector_grouping,
            group: &target.sector_group,
            by: target.period.through,
            known_at: None,
        };
        let cascade = match known.get(&of) {
            Some(cascade) => cascade.clone(),
            None => {
                let read = Arc::new(cascade(connection, order.head, of, 1).await?);
                known.insert(of, read.clone());
                read
            }
        };
        if cascade.handed_down > 0 {
            cascades.push((target, cascade));
        }
    }
    Ok(cascades)
}

async fn cascades(
    connection: &mut PgConnection,
    indicators: &Indicators,
    order: &Order,
    targets: &[Target],
) -> Result<Rows, Failure> {
    let mut rows = Vec::new();
    for (target, cascade) in own_cascades(connection, order, targets).await? {
        let issuers =
            issuer_names(connection, std::slice::from_ref(&target.issuer), target.period.through)
                .await?;
        let sum = cascade.children_sum;
        let words = [
            ("indicator", indicator_name(indicators, target)),
            ("from", vietnamese::date(target.period.from)),
            ("through", vietnamese::date(target.period.through)),
            ("issuer", issuers.into_iter().next().map(|(_, name)| name).unwrap_or_default()),
            ("value", vietnamese::number(target.value)),
            ("units", vietnamese::number(i64::try_from(cascade.handed_down).unwrap_or(0))),
            ("sum", vietnamese::number(sum)),
            ("difference", vietnamese::signed(sum - target.value)),
        ];
        rows.push(Row::of(words, vec![("target", target.target_id)]));
    }
    Ok(Rows::all(rows))
}

async fn cascade_children(
    connection: &mut PgConnection,
    indicators: &Indicators,
    order: &Order,
    targets: &[Target],
) -> Result<Rows, Failure> {
    let mut rows = Vec::new();
    let mut more = 0;
    let mut seen: BTreeSet<(String, Period)> = BTreeSet::new();
    for (target, cascade) in own_cascades(connection, order, targets).await? {
        // Asked by two issuers, it was handed down once.
        let key = (target.indicator.clone(), target.period);
        if !seen.insert(key) {
            continue;
        }
        let shown = ROWS_MAX.saturating_sub(rows.len()).min(cascade.children.len());
        more += cascade.handed_down - shown;
        let children = &cascade.children[..shown];
        let units: Vec<Uuid> = children.iter().map(|node| node.target.organisation_id).collect();
        let names = heads(connection, &units, target.period.through).await?;
        for node in children {
            let unit = node.target.organisation_id;
            let revision = match node.earlier.first() {
                Some(earlier) => format!(
                    ", điều chỉnh lần {} (trước đó {})",
                    node.target.revision - 1,
                    vietnamese::number(earlier.value)
                ),
                None => String::new(),
            };
            let words = [
                ("indicator", indicator_name(indicators, target)),
                ("from", vietnamese::date(target.period.from)),
                ("through", vietnamese::date(target.period.through)),
                ("unit", names.get(&unit).cloned().unwrap_or_default()),
                ("value", vietnamese::number(node.target.value)),
                ("share", vietnamese::basis_points(node.share_basis_points)),
                ("revision", revision),
            ];
            let references = vec![("target", node.target.target_id), ("organisation", unit)];
            rows.push(Row::of(words, references));
        }
    }
    Ok(Rows { rows, more: i64::try_from(more).unwrap_or(i64::MAX) })
}

fn indicator_name(indicators: &Indicators, target: &Target) -> String {
    let indicator = indicators.on(&target.indicator, target.period.through);
    indicator.map(|indicator| indicator.name_vi.clone()).unwrap_or_default()
}

async fn assignments(connection: &mut PgConnection, order: &Order) -> Result<Rows, Failure> {
    let Assignments { assignments, of } = first_assignments(connection, order).await?;
    let rows: Vec<Row> = assignments
        .into_iter()
        .map(|assignment| {
            let words = [
                ("position", position_name(&assignment.position).to_string()),
                ("unit", assignment.unit_name),
                ("from", vietnamese::date(assignment.from_on)),
            ];
            let references = vec![
                ("assignment", assignment.assignment_id),
                ("organisation", assignment.unit_id),
            ];
            Row::of(words, references)
        })
        .collect();
    let more = of - i64::try_from(rows.len()).unwrap_or(of);
    Ok(Rows { rows, more })
}

async fn due(connection: &mut PgConnection, order: &Order) -> Result<Rows, Failure> {
    let cadence = order.parameters.cadence()?;
    let Assignments { assignments, of } = first_assignments(connection, order).await?;
    let more = of - i64::try_from(assignments.len()).unwrap_or(of);
    let rows = assignments
        .into_iter()
        .filter_map(|assignment| {
            let last = assignment.reports_due(order.period, cadence).last()?;
            let count = assignment.reports_due(order.period, cadence).count();
            let words = [
                ("position", position_name(&assignment.position).to_string()),
                ("unit", assignment.unit_name),
                ("count", vietnamese::number(i64::try_from(count).unwrap_or(i64::MAX))),
                ("next", vietnamese::date(last.through)),
            ];
            Some(Row::of(words, vec![("assignment", assignment.assignment_id)]))
        })
        .collect();
    Ok(Rows { rows, more })
}

async fn first_assignments(
    connection: &mut PgConnection,
    order: &Order,
) -> Result<Assignments, Failure> {
    let limit = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
    reports_due::assignments(connection, order.head, order.period, None, limit).await
}

/// Seats of steering committees, in Vietnamese.
fn position_name(position: &str) -> &'static str {
    match position {
        "HEAD" => "Trưởng Ban Chỉ đạo",
        "STANDING_DEPUTY_HEAD" => "Phó Trưởng ban Thường trực",
        "DEPUTY_HEAD" => "Phó Trưởng ban",
        "CHAIR" => "Chủ tịch",
        "VICE_CHAIR" => "Phó Chủ tịch",
        _ => "Ủy viên Ban Chỉ đạo",
    }
}
