//! What was counted at a quiet point is remembered with its instant: whatever is recorded, corrected,
//! back-dated, restructured or undone afterwards, figures as they were known at that instant are the
//! same, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use chassis::parse::instant;
use proto::reporting::v1::tabulate_figures_response::Part;
use proto::reporting::v1::{
    Breakdown, FigureRow, IndicatorKind, ListIndicatorsRequest, QueryFiguresRequest,
    TabulateFiguresRequest, Tree,
};
use rand::RngExt;
use rand::rngs::StdRng;
use stage::made_up::{on, period};
use system::Client;
use time::OffsetDateTime;

use crate::figures::{Ask, Wrong};
use crate::ledger::{ADDITIVE, Ledger};

/// Indicators of one call.
const AT_A_TIME: usize = 50;
/// Questions that are remembered of a quiet point, and of these, such as are asked in a table too.
const REMEMBERED: usize = 6;
const TABLES: usize = 2;
/// Quiet points that are asked about each time.
const PROBES: usize = 3;

/// What was counted at an instant.
pub struct Remembered {
    at: OffsetDateTime,
    /// Of which organisation, on which question: by indicator, as it was recounted then.
    figures: Vec<(String, Ask, BTreeMap<String, i64>)>,
    /// By child and sector, as it was told then, when its sums were the recount's.
    tables: Vec<(TabulateFiguresRequest, Cells)>,
}

/// By indicator, child and sector.
type Cells = BTreeMap<(String, String, String), i64>;

/// The indicators that are known as they were at any instant.
async fn kept(client: &Client) -> Vec<String> {
    let listed = client.figures().list_indicators(ListIndicatorsRequest {}).await.expect("listed");
    let listed = listed.into_inner().indicators.into_iter();
    let kept = listed.filter(|one| one.kind() == IndicatorKind::Additive && one.crossed);
    kept.map(|one| one.code).filter(|code| ADDITIVE.contains(&code.as_str())).collect()
}

/// Remembers what some of these questions are answered by, as it is recounted now.
pub async fn remember(client: &Client, ledger: &Ledger, asks: &[Ask]) -> Remembered {
    let at = OffsetDateTime::now_utc();
    let codes = kept(client).await;
    assert!(codes.len() > 20, "only {codes:?} are kept");
    let asks = asks.iter().filter(|ask| !ask.without_suspended);
    let asks: Vec<Ask> = asks.copied().step_by(3).take(REMEMBERED).collect();
    let mut figures = Vec::new();
    for ask in &asks {
        let view = ledger.view(ask.as_of);
        let counted =
            codes.iter().filter_map(|code| Some((code.clone(), view.figure(code, ask.question)?)));
        figures.push((ledger.id(ask.question.head).to_string(), *ask, counted.collect()));
    }
    let mut tables = Vec::new();
    for (head, ask, _) in figures.iter().take(TABLES) {
        for codes in codes.chunks(AT_A_TIME) {
            let request = TabulateFiguresRequest {
                indicators: codes.to_vec(),
                organisation_ids: vec![head.clone()],
                periods: period(ask.question.from, ask.question.through).into_iter().collect(),
                tree: Some(Tree { as_of: ask.as_of.and_then(on) }),
                breakdowns: vec![Breakdown::Child.into(), Breakdown::Sector.into()],
                ..TabulateFiguresRequest::default()
            };
            let told = cells(client, &request).await;
            tables.push((request, told));
        }
    }
    Remembered { at, figures, tables }
}

async fn cells(client: &Client, request: &TabulateFiguresRequest) -> Cells {
    let answer = client.figures().tabulate_figures(request.clone()).await;
    let mut parts = answer.unwrap_or_else(|status| panic!("{request:?}: {status:?}")).into_inner();
    let mut cells = Cells::new();
    while let Some(part) = parts.message().await.expect("a part") {
        let Some(Part::Rows(rows)) = part.part else { continue };
        for FigureRow { indicator, lines, .. } in rows.rows {
            for line in lines {
                let child = match line.organisation_id.as_str() {
                    "" => line.kind().as_str_name().to_owned(),
                    child => child.to_owned(),
                };
                *cells.entry((indicator.clone(), child, line.sector)).or_default() += line.value;
            }
        }
    }
    cells.retain(|_, amount| *amount != 0);
    cells
}

/// What differs from what was remembered, of random quiet points, or of all of them; and how many
/// cells were compared.
pub async fn probe(
    client: &Client,
    rng: &mut StdRng,
    remembered: &[Remembered],
    all: bool,
) -> (Vec<Wrong>, usize) {
    let mut chosen: BTreeSet<usize> = (0..remembered.len()).collect();
    while !all && chosen.len() > PROBES {
        chosen.remove(&rng.random_range(0..remembered.len()));
    }
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for of in chosen.into_iter().map(|number| &remembered[number]) {
        let known_at = Some(instant(of.at));
        for (head, ask, counted) in &of.figures {
            let codes: Vec<String> = counted.keys().cloned().collect();
            for codes in codes.chunks(AT_A_TIME) {
                let request = QueryFiguresRequest {
                    indicators: codes.to_vec(),
                    organisation_id: head.clone(),
                    period: period(ask.question.from, ask.question.through),
                    tree: Some(Tree { as_of: ask.as_of.and_then(on) }),
                    breakdown: ask.breakdown.into(),
                    known_at,
                    ..QueryFiguresRequest::default()
                };
                let answer = client.figures().query_figures(request).await;
                let answer = answer.unwrap_or_else(|status| panic!("{ask:?}: {status:?}"));
                for figure in answer.into_inner().figures {
                    compared += 1;
                    let (now, then) = (figure.value, counted[&figure.indicator]);
                    let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
                    if (now, sum) != (then, then) {
                        let text = format!(
                            "{} of {head}, {ask:?}, known at {}: {now}, in lines {sum}; it was {then}",
                            figure.indicator, of.at
                        );
                        wrong.push(Wrong { text, suspects: [head.clone()].into() });
                    }
                }
            }
        }
        for (request, then) in &of.tables {
            let asked = TabulateFiguresRequest { known_at, ..request.clone() };
            let now = cells(client, &asked).await;
            compared += then.len();
            for key in now.keys().chain(then.keys()).collect::<BTreeSet<_>>() {
                let (now, then) = (now.get(key), then.get(key));
                if now != then {
                    let text = format!(
                        "{key:?} of {request:?}, known at {}: {now:?}, it was {then:?}",
                        of.at
                    );
                    wrong.push(Wrong { text, suspects: BTreeSet::new() });
                }
            }
        }
    }
    (wrong, compared)
}
