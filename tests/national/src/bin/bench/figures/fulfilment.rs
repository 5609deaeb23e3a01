//! The fulfilment of what the country asks of its provinces: every province and indicator in one question,
//! on two trees.

use std::collections::BTreeSet;

use anyhow::ensure;
use chassis::parse::civil;
use proto::reporting::v1::{
    AssignTargetsRequest, MeasureIssuedTargetsRequest, Period, Tree, assign_targets_request,
};
use time::macros::date;
use tokio::time::Instant;
use uuid::Uuid;

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::timetable::Latencies;

const INDICATORS: [&str; 12] = [
    "ORG_STOCK",
    "ORG_FOUNDED",
    "ORG_DECREASED",
    "ORG_NET",
    "MBR_STOCK",
    "MBR_ADMITTED",
    "MBR_EXITED",
    "MBR_INCREASED",
    "MBR_DECREASED",
    "MBR_NET",
    "HONOURED",
    "WELFARE_N",
];
/// So often both trees are asked.
const ASKED: usize = 60;
/// Lines of one call.
const LINES_MAX: usize = 1_000;

pub async fn measure(
    country: &Country,
    provinces: &[Uuid],
    lines: &mut Lines,
) -> anyhow::Result<()> {
    let period = Period {
        from_on: Some(civil(date!(2024 - 01 - 01))),
        through_on: Some(civil(date!(2024 - 12 - 31))),
    };
    let mut targets = Vec::new();
    for province in provinces {
        for (n, indicator) in INDICATORS.iter().enumerate() {
            targets.push(assign_targets_request::Line {
                indicator: (*indicator).to_owned(),
                organisation_id: province.to_string(),
                period: Some(period),
                issuer_id: country.confederation.clone(),
                value: Some(100 + n as i64),
                ..Default::default()
            });
        }
    }
    for lines in targets.chunks(LINES_MAX) {
        let asked = AssignTargetsRequest {
            request_id: Uuid::new_v4().to_string(),
            lines: lines.to_vec(),
            ..Default::default()
        };
        country.client.targets().assign_targets(asked).await?;
    }
    let mut latencies = Latencies::new()?;
    for _ in 0..ASKED {
        let begun = Instant::now();
        for as_of in [None, Some(civil(date!(2025 - 07 - 01)))] {
            let asked = MeasureIssuedTargetsRequest {
                organisation_id: country.confederation.clone(),
                period: Some(period),
                tree: Some(Tree { as_of }),
                ..Default::default()
            };
            let answer = country.client.targets().measure_issued_targets(asked).await?.into_inner();
            let whole = provinces.len() * INDICATORS.len();
            ensure!(answer.targets.len() == whole.min(LINES_MAX), "every target is told");
            let measured = answer.targets.iter().filter_map(|target| target.attainment.as_ref());
            let units: BTreeSet<&str> = answer
                .targets
                .iter()
                .filter_map(|one| one.target.as_ref())
                .map(|target| target.organisation_id.as_str())
                .collect();
            ensure!(units.len() == provinces.len(), "of every province");
            ensure!(measured.filter(|one| !one.text.is_empty()).count() == whole, "and measured");
        }
        latencies.record(begun.elapsed());
    }
    let work = format!(
        "fulfilment of {} provinces x {} indicators x 2 trees, p99 of {ASKED}",
        provinces.len(),
        INDICATORS.len()
    );
    lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(100.0));
    Ok(())
}
