//! What reporting says of random organisations, periods and trees, beside the recount.

use std::collections::{BTreeMap, BTreeSet};

use chassis::parse;
use futures_util::StreamExt;
use proto::google::r#type::Date as CivilDate;
use proto::reporting::v1::{
    Book, Breakdown, ExplainFigureRequest, Figure, GetBookRequest, IndicatorKind,
    ListIndicatorsRequest, MeasureTargetsRequest, QueryFiguresRequest, Tree,
};
use rand::RngExt;
use rand::rngs::StdRng;
use stage::made_up::{on, period};
use system::Client;
use time::{Date, Duration};

use crate::ledger::{ADDITIVE, Amounts, Ledger, Question, View};

/// Calls at once.
const AT_ONCE: usize = 4;
/// Indicators of one call.
const AT_A_TIME: usize = 50;
/// Figures that are walked down to their units when they are wrong.
const EXPLAINED: usize = 4;

/// Something that is not as it should be.
pub struct Wrong {
    pub text: String,
    /// Ids of the organisations and people concerned, as far as they are known.
    pub suspects: BTreeSet<String>,
}

/// What is asked of reporting, and how.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub question: Question,
    pub as_of: Option<Date>,
    pub breakdown: Breakdown,
    pub without_suspended: bool,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    pub figures: usize,
    pub not_zero: usize,
    pub books: usize,
    /// Cells as they were known at earlier quiet points.
    pub known_before: usize,
}

/// The indicators, by kind.
pub async fn indicators(client: &Client) -> BTreeMap<String, IndicatorKind> {
    let listed = client.figures().list_indicators(ListIndicatorsRequest {}).await.expect("listed");
    let listed = listed.into_inner().indicators.into_iter();
    let kinds: BTreeMap<String, IndicatorKind> =
        listed.map(|indicator| (indicator.code.clone(), indicator.kind())).collect();
    let new: Vec<&String> = kinds
        .iter()
        .filter(|(code, kind)| {
            **kind == IndicatorKind::Additive && !ADDITIVE.contains(&code.as_str())
        })
        .map(|(code, _)| code)
        .collect();
    assert!(new.is_empty(), "nobody recounts {new:?}");
    kinds
}

/// Random questions about these heads: of all days, and of some.
pub fn asks(rng: &mut StdRng, heads: &[usize], (first, last): (Date, Date)) -> Vec<Ask> {
    let mut asks = Vec::new();
    let span = (last - first).whole_days();
    let day = |rng: &mut StdRng| first + Duration::days(rng.random_range(0..=span));
    let trees = [None, Some(day(rng)), Some(day(rng))];
    let mut periods = vec![(first, last)];
    for length in [30, 400] {
        let from = day(rng);
        periods.push((from, from + Duration::days(rng.random_range(0..length))));
    }
    for head in heads {
        for (from, through) in &periods {
            for as_of in trees {
                let question = Question { head: *head, from: *from, through: *through };
                let breakdown = match rng.random_range(0..10) {
                    0..6 => Breakdown::Child,
                    6..8 => Breakdown::Sector,
                    _ => Breakdown::Industry,
                };
                let without_suspended = rng.random_bool(0.2);
                asks.push(Ask { question, as_of, breakdown, without_suspended });
            }
        }
    }
    asks
}

async fn told(client: Client, ask: Ask, head: String, codes: Vec<String>) -> (Ask, Vec<Figure>) {
    let Question { from, through, .. } = ask.question;
    let mut figures = Vec::new();
    for codes in codes.chunks(AT_A_TIME) {
        let request = QueryFiguresRequest {
            indicators: codes.to_vec(),
            organisation_id: head.clone(),
            period: period(from, through),
            tree: Some(Tree { as_of: ask.as_of.and_then(on) }),
            breakdown: ask.breakdown.into(),
            without_suspended: ask.without_suspended,
            ..QueryFiguresRequest::default()
        };
        let answer = client.figures().query_figures(request).await;
        figures.extend(
            answer.unwrap_or_else(|status| panic!("{ask:?}: {status:?}")).into_inner().figures,
        );
    }
    (ask, figures)
}

/// Asks all of it, and compares.
pub async fn compare(
    client: &Client,
    ledger: &Ledger,
    kinds: &BTreeMap<String, IndicatorKind>,
    asks: &[Ask],
    looked: &mut Looked,
) -> Vec<Wrong> {
    let codes: Vec<String> = kinds.keys().cloned().collect();
    let calls = asks.iter().map(|ask| {
        told(client.fork(), *ask, ledger.id(ask.question.head).to_string(), codes.clone())
    });
    let answers: Vec<(Ask, Vec<Figure>)> =
        futures_util::stream::iter(calls).buffered(AT_ONCE).collect().await;
    let mut wrong = Vec::new();
    let mut explained = 0;
    let mut views: BTreeMap<Option<Date>, View<'_>> = BTreeMap::new();
    for (ask, figures) in answers {
        let view = views.entry(ask.as_of).or_insert_with(|| ledger.view(ask.as_of));
        for figure in figures {
            let code = figure.indicator.as_str();
            looked.figures += 1;
            looked.not_zero += usize::from(figure.value != 0);
            let recounted = match (code, ask.without_suspended) {
                ("ORG_STOCK", true) => Some(view.unions(ask.question, true).values().sum()),
                ("WORKER_STOCK", true) => {
                    Some(view.people_at_work(ask.question, true).values().sum())
                }
                _ => view.figure(code, ask.question),
            };
            if let Some(recounted) = recounted
                && recounted != figure.value
            {
                let mut suspects = BTreeSet::new();
                if explained < EXPLAINED && ADDITIVE.contains(&code) {
                    explained += 1;
                    let amounts = view.amounts(code, ask.question);
                    suspects = walked(client, ledger, code, &ask, &amounts).await;
                }
                if code.starts_with("EMPLOYER") {
                    let employers = suspects.iter().flat_map(|unit| {
                        let unit = ledger.tree.unit(unit.parse().expect("an id"));
                        ledger.employers.surveyed_by(unit, ask.question.through)
                    });
                    suspects = employers.map(|employer| employer.to_string()).collect();
                }
                let text = format!(
                    "{code} of {}: reported {}, recounted {recounted}",
                    asked(ledger, &ask),
                    figure.value
                );
                wrong.push(Wrong { text, suspects });
            }
            if let Some((part, whole)) = view.share(code, ask.question, ask.without_suspended)
                && (part, whole) != (figure.numerator, figure.denominator)
            {
                let text = format!(
                    "{code} of {}: reported {} of {}, recounted {part} of {whole}",
                    asked(ledger, &ask),
                    figure.numerator,
                    figure.denominator
                );
                wrong.push(Wrong { text, suspects: BTreeSet::new() });
            }
            if ask.breakdown == Breakdown::Industry && code == "ORG_STOCK" {
                let unions = view.unions(ask.question, ask.without_suspended);
                let recounted = by_industry(ledger, &unions, ask.question.through);
                let reported: BTreeMap<&str, i64> =
                    figure.lines.iter().map(|line| (line.industry.as_str(), line.value)).collect();
                if reported != recounted {
                    let asked = asked(ledger, &ask);
                    let text = format!(
                        "{code} of {asked}: reported {reported:?}, recounted {recounted:?}"
                    );
                    wrong.push(Wrong { text, suspects: BTreeSet::new() });
                }
            }
            for contradiction in contradictions(&figure, kinds[code]) {
                let text = format!("{code} of {}: {contradiction}", asked(ledger, &ask));
                wrong.push(Wrong { text, suspects: BTreeSet::new() });
            }
        }
    }
    wrong
}

/// Unions by the industry in which each is on a day, as registry's rows have it.
fn by_industry<'a>(ledger: &'a Ledger, unions: &Amounts, on: Date) -> BTreeMap<&'a str, i64> {
    let mut counted = BTreeMap::new();
    for (unit, amount) in unions.iter().filter(|(_, amount)| **amount != 0) {
        *counted.entry(ledger.tree.get(*unit).industry(on)).or_insert(0) += amount;
    }
    counted
}

fn asked(ledger: &Ledger, ask: &Ask) -> String {
    let Question { head, from, through } = ask.question;
    let tree = ask.as_of.map_or("as then".to_owned(), |on| format!("as of {on}"));
    let suspended = if ask.without_suspended { ", without suspended" } else { "" };
    let by = ask.breakdown;
    format!("{} from {from} through {through} {tree}{suspended}, by {by:?}", ledger.id(head))
}

/// What a figure contradicts in itself.
fn contradictions(figure: &Figure, kind: IndicatorKind) -> Vec<String> {
    let mut found = Vec::new();
    let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
    match kind {
        IndicatorKind::Additive if sum != figure.value => {
            found.push(format!("the lines sum to {sum}, not to {}", figure.value));
        }
        IndicatorKind::Distinct => {
            let largest = figure.lines.iter().map(|line| line.value).max().unwrap_or_default();
            if largest > figure.value || sum < figure.value {
                found.push(format!("lines up to {largest} make {}", figure.value));
            }
        }
        IndicatorKind::Share => {
            let whole = std::iter::once((figure.numerator, figure.denominator));
            let lines = figure.lines.iter().map(|line| (line.numerator, line.denominator));
            for (part, whole) in whole.chain(lines) {
                // Of people, more may be reported as reached than are known to be at work.
                let reported = figure.indicator == "DISS_PERSON";
                if part < 0 || part > whole && !reported {
                    found.push(format!("{part} of {whole}"));
                }
            }
        }
        _ => {}
    }
    found
}

/// A random figure, walked down to its units: each adds what the recount says.
pub async fn explained(
    client: &Client,
    ledger: &Ledger,
    rng: &mut StdRng,
    asks: &[Ask],
) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for _ in 0..EXPLAINED {
        let ask = asks[rng.random_range(0..asks.len())];
        let code = ADDITIVE[rng.random_range(0..ADDITIVE.len())];
        if ask.without_suspended {
            continue;
        }
        let amounts = ledger.view(ask.as_of).amounts(code, ask.question);
        let suspects = walked(client, ledger, code, &ask, &amounts).await;
        if !suspects.is_empty() {
            let text = format!("{code} of {}, explained, differs", asked(ledger, &ask));
            wrong.push(Wrong { text, suspects });
        }
    }
    wrong
}

/// Targets of these heads are measured as the recount measures them.
pub async fn measured(
    client: &Client,
    ledger: &Ledger,
    heads: &[usize],
    days: (Date, Date),
) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let view = ledger.view(None);
    for head in heads {
        let request = MeasureTargetsRequest {
            organisation_id: ledger.id(*head).to_string(),
            period: period(days.0, days.1),
            page_size: 100,
            ..MeasureTargetsRequest::default()
        };
        let answer = client.targets().measure_targets(request).await;
        for target in answer.expect("measured").into_inner().targets {
            let asked = target.target.unwrap_or_default();
            // One that has not begun has none, and one that runs is counted through today.
            let Some(figure) = target.figure else { continue };
            let Some(period) = figure.period else { continue };
            let day = |on: Option<CivilDate>| parse::date("period", on).expect("a day");
            let question = Question {
                head: *head,
                from: day(period.from_on),
                through: day(period.through_on),
            };
            let recounted = view.figure(&asked.indicator, question);
            let met = recounted.map(|recounted| recounted >= asked.value);
            if recounted != Some(figure.value) || met != Some(target.met) {
                let text = format!(
                    "the target {} of {} for {question:?}: {}, met: {}; recounted {recounted:?}",
                    asked.target_id, asked.indicator, target.text, target.met
                );
                wrong.push(Wrong { text, suspects: [ledger.id(*head).to_string()].into() });
            }
        }
    }
    wrong
}

/// The units of which reporting says something else than the recount.
async fn walked(
    client: &Client,
    ledger: &Ledger,
    indicator: &str,
    ask: &Ask,
    amounts: &Amounts,
) -> BTreeSet<String> {
    let Question { head, from, through } = ask.question;
    let mut request = ExplainFigureRequest {
        indicator: indicator.to_owned(),
        organisation_id: ledger.id(head).to_string(),
        period: period(from, through),
        tree: Some(Tree { as_of: ask.as_of.and_then(on) }),
        without_suspended: ask.without_suspended,
        page_size: 500,
        ..ExplainFigureRequest::default()
    };
    let mut differ: BTreeMap<String, i64> =
        amounts.iter().map(|(unit, amount)| (ledger.id(*unit).to_string(), *amount)).collect();
    loop {
        let Ok(page) = client.figures().explain_figure(request.clone()).await else { break };
        let page = page.into_inner();
        for unit in page.units {
            *differ.entry(unit.organisation_id).or_default() -= unit.amount;
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    differ.into_iter().filter(|(_, amount)| *amount != 0).map(|(unit, _)| unit).collect()
}

/// Books of random organisations: they balance, and open and close with the recount's stocks.
pub async fn books(
    client: &Client,
    ledger: &Ledger,
    asks: &[Ask],
    looked: &mut Looked,
) -> Vec<Wrong> {
    let calls = asks.iter().map(|ask| {
        let (client, ask) = (client.fork(), *ask);
        let organisation_id = ledger.id(ask.question.head).to_string();
        async move {
            let request = GetBookRequest {
                organisation_id,
                period: period(ask.question.from, ask.question.through),
                tree: Some(Tree { as_of: ask.as_of.and_then(on) }),
                known_at: None,
            };
            let answer = client.figures().get_book(request).await;
            (ask, answer.unwrap_or_else(|status| panic!("{ask:?}: {status:?}")).into_inner())
        }
    });
    let answers: Vec<_> = futures_util::stream::iter(calls).buffered(AT_ONCE).collect().await;
    let mut wrong = Vec::new();
    for (ask, books) in answers {
        looked.books += 2;
        let view = ledger.view(ask.as_of);
        let eve = ask.question.from - Duration::DAY;
        let before = Question { through: eve, ..ask.question };
        for (what, stock, book) in
            [("members", "MBR_STOCK", books.members), ("unions", "ORG_STOCK", books.unions)]
        {
            let book = book.unwrap_or_default();
            let opening = view.figure(stock, before).unwrap_or_default();
            let closing = view.figure(stock, ask.question).unwrap_or_default();
            let whole = book.opening + book.total_in - book.total_out;
            if !book.balanced || whole != book.closing || book.difference != 0 {
                let suspects = unbalanced(&view, ask.question, before, what);
                let text =
                    format!("the book of {what} of {}: {}", asked(ledger, &ask), lines(&book));
                wrong.push(Wrong { text, suspects });
            }
            if (book.opening, book.closing) != (opening, closing) {
                let text = format!(
                    "the book of {what} of {}: recounted {opening} to {closing}: {}",
                    asked(ledger, &ask),
                    lines(&book)
                );
                wrong.push(Wrong { text, suspects: BTreeSet::new() });
            }
        }
    }
    wrong
}

fn lines(book: &Book) -> String {
    let lines = book.lines.iter().map(|line| {
        let sign = if line.is_in { '+' } else { '-' };
        format!("{sign}{} {} {}", line.amount, line.movement, line.reason)
    });
    let lines: Vec<String> = lines.collect();
    format!(
        "{} [{}] = {}, off by {}",
        book.opening,
        lines.join(", "),
        book.closing,
        book.difference
    )
}

/// The units whose own book does not balance, as it is recounted.
fn unbalanced(view: &View<'_>, asked: Question, before: Question, what: &str) -> BTreeSet<String> {
    let (stock, net) =
        if what == "members" { ("MBR_STOCK", "MBR_NET") } else { ("ORG_STOCK", "ORG_NET") };
    let mut differ = view.amounts(stock, asked);
    for (amounts, sign) in [(view.amounts(stock, before), -1), (view.amounts(net, asked), -1)] {
        for (unit, amount) in amounts {
            *differ.entry(unit).or_default() += sign * amount;
        }
    }
    let off = differ.into_iter().filter(|(_, amount)| *amount != 0);
    off.map(|(unit, _)| view.ledger.id(unit).to_string()).collect()
}
