//! What is counted of a period, to be frozen: every indicator by child, in one reading.

use std::collections::BTreeSet;

use chassis::access::unknown_or_denied;
use chassis::refusal::{Failure, Refusal};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::closing::chain::Cell;
use crate::ground::columns::Snapshot;
use crate::ground::figure::book::Books;
use crate::ground::figure::{By, Completeness, Counting, Figure, Known, Scope, heads_of};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};
use crate::ground::refused::Refused;

/// Indicators of one closing, at most.
const INDICATORS_MAX: usize = 200;
/// Cells of one closing, at most.
const CELLS_MAX: usize = 50_000;
/// Whose completeness is that of the members.
const MEMBERS: &str = "MBR_STOCK";

/// What was counted, on the tree as of the last day.
pub struct Frozen {
    /// What the organisation is called then.
    pub organisation_name: String,
    /// When, and how far the feeds had been applied.
    pub known: Known,
    /// Which indicators, in the order of their codes.
    pub indicators: Vec<String>,
    /// In the order of indicators; of each the total, then its lines in the order of their codes.
    pub cells: Vec<Cell>,
}

/// The indicators that are asked for, each once; all, where none is.
pub fn indicators(
    reference: &'static Reference,
    codes: &[String],
) -> Result<Vec<&'static Indicator>, Refusal> {
    if codes.len() > INDICATORS_MAX {
        let (entries, limit) = (codes.len(), INDICATORS_MAX);
        return Err(Refused::ListTooLong { field: "indicators", entries, limit }.into());
    }
    let mut known = BTreeSet::new();
    for (n, code) in codes.iter().enumerate() {
        let field = format!("indicators[{n}]");
        crate::ground::wire::indicator(reference, &field, code)?;
        if !known.insert(code) {
            let first = codes.iter().position(|other| other == code).unwrap_or_default();
            return Err(Refused::LineRepeated { field, first }.into());
        }
    }
    Ok(of_codes(reference, codes))
}

/// Those of some codes that are still counted; all, where there is no code.
pub fn of_codes(reference: &'static Reference, codes: &[String]) -> Vec<&'static Indicator> {
    let all = reference.indicators().iter();
    let mut indicators: Vec<&Indicator> =
        all.filter(|indicator| codes.is_empty() || codes.contains(&indicator.code)).collect();
    indicators.sort_by(|one, other| one.code.cmp(&other.code));
    indicators
}

/// Counts a period of an organisation of the caller's scope.
pub async fn frozen(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    (organisation_id, period): (Uuid, Period),
    indicators: &[&'static Indicator],
) -> Result<Frozen, Failure> {
    let name = sqlx::query_scalar!(
        r#"select coalesce(name_on(organisation_id, $2), '') as "name!" from organisation
           where organisation_id = $1 and access.covers(organisation_id)"#,
        organisation_id,
        period.through,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(organisation_name) = name else {
        let field = "organisation_id".to_string();
        let unknown = Refused::OrganisationUnknown { field, organisation_id };
        return Err(unknown_or_denied(connection, unknown).await);
    };
    let known = Known::read(&mut *connection).await?;
    let scope = Scope { by: By::Child, ..Scope::of(organisation_id, Some(period.through)) };
    let mut counting = Counting::new(&mut *connection, snapshot, reference, scope, period);
    let mut figures = Vec::with_capacity(indicators.len());
    let mut entries = 0;
    for indicator in indicators {
        let figure = counting.figure(indicator).await?;
        entries += 1 + lines(&figure).len();
        if entries > CELLS_MAX {
            let limit = CELLS_MAX;
            return Err(Refused::ListTooLong { field: "indicators", entries, limit }.into());
        }
        figures.push(figure);
    }
    let names = heads_of(&mut *connection, &figures).await?;
    let mut cells = Vec::with_capacity(entries);
    for figure in &figures {
        let cell = |line: &str, name: String, value: i64, denominator: i64| Cell {
            indicator: figure.indicator.clone(),
            line: line.to_string(),
            name,
            value,
            denominator,
        };
        let (total, whole) = (figure.value.total, figure.denominator_total());
        cells.push(cell("TOTAL", String::new(), total, whole));
        for line in lines(figure) {
            let denominator = figure.denominator.as_ref().and_then(|count| count.lines.get(line));
            let name = match line.as_str() {
                "ITSELF" => "trực tiếp".to_string(),
                "ENDED" => "đã kết thúc".to_string(),
                "NOT_YET_FOUNDED" => "chưa thành lập".to_string(),
                child => Uuid::parse_str(child)
                    .ok()
                    .and_then(|child| names.get(&child).cloned())
                    .unwrap_or_default(),
            };
            let value = figure.value.lines.get(line).copied().unwrap_or_default();
            cells.push(cell(line, name, value, denominator.copied().unwrap_or_default()));
        }
    }
    let indicators = indicators.iter().map(|indicator| indicator.code.clone()).collect();
    Ok(Frozen { organisation_name, known, indicators, cells })
}

/// The lines of a figure in which there is something, in their order.
fn lines(figure: &Figure) -> BTreeSet<&String> {
    let of_value = figure.value.lines.keys();
    of_value.chain(figure.denominator.iter().flat_map(|count| count.lines.keys())).collect()
}

/// Refuses what cannot be closed: a book that does not balance, and members who are yet to be settled.
pub async fn refuse_unsettled(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    (organisation_id, period): (Uuid, Period),
) -> Result<(), Failure> {
    let (head, as_of) = (organisation_id, Some(period.through));
    let books = Books::read(&mut *connection, snapshot, reference, head, as_of, period).await?;
    books.balanced()?;
    let Some(members) = reference.indicator(MEMBERS) else { return Ok(()) };
    let scope = Scope::of(head, as_of);
    let mut counting = Counting::new(connection, snapshot, reference, scope, period);
    let completeness: Completeness = counting.figure(members).await?.completeness;
    if !completeness.complete() {
        let unsettled = completeness.expected - completeness.covered;
        return Err(Refused::ClosingUnsettled { through: period.through, unsettled }.into());
    }
    Ok(())
}
