//! Random events through the public API; then every figure of every additive indicator equals
//! a recount from the raw rows of the services that own them.
//!
//! [`events`] makes the events happen; [`ledger`] reads the owners' rows (registry's and
//! membership's, never reporting's copies) and counts by asking of each event, on its own day,
//! where its unit was. It shares nothing with reporting.

mod events;
mod ledger;

use std::collections::BTreeSet;

use proto::reporting::v1::{
    Breakdown, IndicatorKind, ListIndicatorsRequest, QueryFiguresRequest, Tree,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use stage::made_up::{on, period};
use tests::world::{OPENED_ON, World};
use time::Date;
use time::macros::date;

use events::Events;
use ledger::{Ledger, Question};

const EVENTS: usize = 450;

const PERIODS: [(Date, Date); 4] = [
    (OPENED_ON, date!(2023 - 12 - 31)),
    (date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
    (date!(2020 - 03 - 17), date!(2021 - 02 - 03)),
    (date!(2021 - 06 - 01), date!(2021 - 06 - 30)),
];
const TREES: [Option<Date>; 3] = [None, Some(date!(2020 - 07 - 01)), Some(date!(2024 - 01 - 01))];

#[tokio::test(flavor = "multi_thread")]
async fn every_additive_figure_equals_a_recount_from_the_owners_rows() {
    let seed = super::seed();
    let world = World::start().await;
    let mut events = Events::begin(&world, StdRng::seed_from_u64(seed)).await;
    events.happen(EVENTS).await;
    let happened = events.happened();
    println!("{happened:?}");
    let never: Vec<_> = happened.iter().filter(|(_, done)| **done == 0).collect();
    assert!(never.is_empty(), "not everything happened: {never:?}");
    world.settled().await;
    let ledger = Ledger::read(&world).await;

    let client = world.administrator();
    let listed = client.figures().list_indicators(ListIndicatorsRequest {}).await.expect("listed");
    let indicators: Vec<String> = listed
        .into_inner()
        .indicators
        .into_iter()
        .filter(|indicator| indicator.kind() == IndicatorKind::Additive)
        .map(|indicator| indicator.code)
        .collect();
    let known: BTreeSet<&str> = ledger::INDICATORS.into_iter().collect();
    let new: Vec<_> = indicators.iter().filter(|code| !known.contains(code.as_str())).collect();
    assert!(new.is_empty(), "nobody recounts {new:?}");
    assert_eq!(indicators.len(), known.len(), "all of them are listed");

    let (mut compared, mut not_zero, mut wrong) = (0, 0, Vec::new());
    for head in ledger.heads() {
        for (from, through) in PERIODS {
            for as_of in TREES {
                let mut figures = Vec::new();
                // A question names at most fifty.
                for some in indicators.chunks(50) {
                    let ask = QueryFiguresRequest {
                        indicators: some.to_vec(),
                        organisation_id: head.to_string(),
                        period: period(from, through),
                        tree: Some(Tree { as_of: as_of.and_then(on) }),
                        breakdown: Breakdown::Child.into(),
                        ..QueryFiguresRequest::default()
                    };
                    let answer = client.figures().query_figures(ask).await.expect("answered");
                    figures.extend(answer.into_inner().figures);
                }
                let question = Question { head, from, through, as_of };
                for figure in figures {
                    let recounted = ledger.count(&figure.indicator, question);
                    compared += 1;
                    not_zero += usize::from(recounted != 0);
                    if figure.value != recounted {
                        wrong.push(format!(
                            "{} of {question:?}: {} reported, {recounted} recounted",
                            figure.indicator, figure.value
                        ));
                    }
                    let lines: i64 = figure.lines.iter().map(|line| line.value).sum();
                    if lines != figure.value {
                        let code = &figure.indicator;
                        wrong.push(format!("{code} of {question:?}: lines sum to {lines}"));
                    }
                }
            }
        }
    }
    println!("{compared} figures compared, {not_zero} of them not zero");
    assert!(not_zero > 500, "too little happened: {not_zero} figures");
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
