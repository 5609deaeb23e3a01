//! `congdoan explain`: walks a figure down to what made it.

use std::fmt::Write;
use std::time::{Duration, Instant};

use anyhow::Context;
use chassis::parse::{civil, instant};
use proto::google::r#type::Date;
use proto::registry::v1::Organisation;
use proto::reporting::v1::{
    Completeness, ExplainFigureRequest, ExplainedChange, ExplainedUnit, Figure, Period, Tree,
};
use system::Client;

use crate::cli::{Explain, Question};
use crate::language::{counted, tell};
use crate::output::{is_json, json, line, print_json};
use crate::told::told;

/// Units asked for at once.
const PAGE: i32 = 500;

/// Prints the figure, its units, their changes, decisions and traces, and whether it all
/// adds up.
pub async fn run(explain: Explain) -> anyhow::Result<()> {
    let client = if explain.no_wait {
        explain.to.connect_without_waiting().await?
    } else {
        explain.to.connect().await?
    };
    let organisation = organisation(&client, &explain.question).await?;
    let mut request = ExplainFigureRequest {
        indicator: explain.indicator,
        organisation_id: organisation.organisation_id.clone(),
        period: Some(period(&explain.question)),
        tree: Some(tree(&explain.question)),
        sector_grouping: explain.sector_grouping.unwrap_or_default(),
        sector_group: explain.sector_group.unwrap_or_default(),
        without_suspended: explain.without_suspended,
        direct_only: explain.direct_only,
        page_size: PAGE,
        page_token: String::new(),
        known_at: explain.known_at.map(instant),
    };

    // Every page is read, also where few units are printed: the sum is over all of them.
    let mut figure: Option<Figure> = None;
    let mut units: Vec<ExplainedUnit> = Vec::new();
    let mut patience = Patience::new(explain.no_wait);
    loop {
        let page =
            client.figures().explain_figure(request.clone()).await.map_err(told)?.into_inner();
        // Before the first page is kept, nothing that comes of itself is lacking in it.
        let lacking = page.figure.iter().filter_map(|figure| figure.completeness.as_ref());
        if figure.is_none() && patience.waits_for(lacking).await {
            continue;
        }
        figure = figure.or(page.figure);
        units.extend(page.units);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let figure = figure.context("the answer holds no figure")?;

    if is_json() {
        let units: Vec<_> = units.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({
            "organisation": json(&organisation)?,
            "figure": json(&figure)?,
            "units": units,
        }));
        return Ok(());
    }
    line(&organisation.name);
    line(&figure_line(&figure));
    if !figure.formula.is_empty() {
        line(&format!("  = {}", figure.formula));
    }
    let shown = if explain.units == 0 { units.len() } else { explain.units.min(units.len()) };
    for (index, unit) in units.iter().take(shown).enumerate() {
        let last = index + 1 == shown && shown == units.len();
        print_unit(unit, explain.changes, last);
    }
    if shown < units.len() {
        let rest: i64 = units[shown..].iter().map(|unit| unit.amount).sum();
        let more = units.len() - shown;
        line(&tell!(
            "└─ … và {more} đơn vị nữa, cộng {rest} (--units 0 in tất cả)",
            "└─ … and {more} more units, {rest} together (--units 0 prints all)"
        ));
    }
    let sum: i64 = units.iter().map(|unit| unit.amount).sum();
    let count = units.len();
    let all = counted(i64::try_from(count)?, "unit", "units");
    line(&tell!("{count} đơn vị, cộng {sum}", "{all}, {sum} together"));
    Ok(())
}

fn print_unit(unit: &ExplainedUnit, changes: usize, last: bool) {
    let (branch, stem) = if last { ("└─", "  ") } else { ("├─", "│ ") };
    let amount = match unit.denominator {
        0 => unit.amount.to_string(),
        denominator => format!("{}/{denominator}", unit.amount),
    };
    line(&format!("{branch} {:>8}  {}", amount, unit.name));
    let left_off = unit.changes.len().saturating_sub(changes) as i64 + unit.changes_left_off;
    let shown = unit.changes.iter().take(changes);
    for (index, change) in shown.enumerate() {
        let end = left_off == 0 && index + 1 == unit.changes.len().min(changes);
        line(&format!("{stem} {} {}", if end { "└─" } else { "├─" }, change_line(change)));
    }
    if left_off > 0 {
        let more = counted(left_off, "more change", "more changes");
        line(&tell!("{stem} └─ … và {left_off} biến động nữa", "{stem} └─ … and {more}"));
    }
}

/// `+ 12 on 2020-03-01, membership.members_admitted, 12/QĐ-LĐLĐ (membership 4711, trace 4bf9…)`
fn change_line(change: &ExplainedChange) -> String {
    let sign = if change.amount < 0 { '-' } else { '+' };
    let mut line =
        format!("{sign}{:>6}  {}  {}", change.amount.abs(), day(change.effective_on), change.kind);
    if !change.decision_number.is_empty() {
        let _ = write!(line, "  {}", change.decision_number);
    } else if !change.decision_id.is_empty() {
        let decision = &change.decision_id;
        line.push_str(&tell!("  quyết định {decision}", "  decision {decision}"));
    }
    let _ = write!(line, "  ({} {}", change.source, change.position);
    if let Some(trace) = change.traceparent.split('-').nth(1) {
        line.push_str(&tell!(", dấu vết {trace}", ", trace {trace}"));
    }
    if let Some(because) = &change.because {
        let (kind, position) = (&because.kind, because.position);
        line.push_str(&tell!(
            ", do {kind} ở registry {position}",
            ", because of {kind} at registry {position}"
        ));
        if let Some(trace) = because.traceparent.split('-').nth(1) {
            line.push_str(&tell!(", dấu vết {trace}", ", trace {trace}"));
        }
    }
    line.push(')');
    line
}

/// How long a command waits for what membership has yet to carry out.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long until it looks again.
const LOOK: Duration = Duration::from_millis(250);

/// Waits for what is under way, for a while: a figure that is asked for in the same breath as
/// the act that changes it is worth a moment.
pub(crate) struct Patience {
    until: Option<Instant>,
}

impl Patience {
    /// That of a command; none of one that does not wait.
    pub(crate) fn new(no_wait: bool) -> Self {
        Self { until: (!no_wait).then(|| Instant::now() + PATIENCE) }
    }

    /// Waits a little if something is under way, and there is patience left; says whether it has.
    pub(crate) async fn waits_for<'a>(
        &mut self,
        lacking: impl IntoIterator<Item = &'a Completeness>,
    ) -> bool {
        let under_way = lacking.into_iter().any(|completeness| completeness.under_way > 0);
        let waits = under_way && self.until.is_some_and(|until| Instant::now() < until);
        if waits {
            tokio::time::sleep(LOOK).await;
        }
        waits
    }
}

/// `MBR_ADMITTED 2020-01-01 – 2020-12-31, as then: 1857`, with what it is known by.
pub(crate) fn figure_line(figure: &Figure) -> String {
    let mut line = figure.indicator.clone();
    if let Some(period) = &figure.period {
        let _ = write!(line, " {} – {}", day(period.from_on), day(period.through_on));
    }
    match figure.tree.and_then(|tree| tree.as_of) {
        Some(as_of) => {
            let as_of = day(Some(as_of));
            line.push_str(&tell!(", theo cây ngày {as_of}", ", as of {as_of}"));
        }
        None => line.push_str(&tell!(", theo cây tại thời điểm", ", as then")),
    }
    if !figure.sector_group.is_empty() {
        let _ = write!(line, ", {}", figure.sector_group);
    }
    if figure.denominator == 0 {
        let _ = write!(line, ": {}", figure.value);
    } else {
        let _ = write!(line, ": {}/{}", figure.numerator, figure.denominator);
    }
    let positions: Vec<String> = figure
        .feed_positions
        .iter()
        .map(|feed| format!("{} {}", feed.source, feed.position))
        .collect();
    if !positions.is_empty() {
        let positions = positions.join(", ");
        line.push_str(&tell!(" (biết đến {positions})", " (known to {positions})"));
    }
    if let Some(completeness) = figure.completeness.filter(|completeness| !completeness.complete) {
        let (covered, expected) = (completeness.covered, completeness.expected);
        line.push_str(&tell!(
            " CHƯA ĐẦY ĐỦ: {covered} trên {expected}",
            " INCOMPLETE: {covered} of {expected}"
        ));
    }
    line
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| {
        format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
    })
}

/// The organisation that is asked about.
pub(crate) async fn organisation(
    client: &Client,
    question: &Question,
) -> anyhow::Result<Organisation> {
    let Question { organisation, from, to, as_of } = question;
    crate::organisation::borne(client, organisation, *from, *to, *as_of).await
}

pub(crate) fn period(question: &Question) -> Period {
    Period { from_on: Some(civil(question.from)), through_on: Some(civil(question.to)) }
}

pub(crate) fn tree(question: &Question) -> Tree {
    Tree { as_of: question.as_of.map(civil) }
}
