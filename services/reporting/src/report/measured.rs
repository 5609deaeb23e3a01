//! Targets that end within a period, measured, in words; and who asked for them.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::heads;
use crate::ground::indicators::Indicators;
use crate::ground::target::measured::{Measured, measure};
use crate::ground::target::{Issuer, Target};
use crate::report::order::Order;

/// What a report lists at most of one kind: whoever wants all asks whose it is.
pub const ROWS_MAX: usize = 200;

/// A target that ends within the period, measured, in words.
pub struct MeasuredInWords {
    /// What was asked, and what became of it.
    pub measured: Measured,
    /// What is counted.
    pub indicator: String,
    /// Of which sectors, in brackets; empty for all.
    pub scope: String,
    /// `101/88 CĐCS (đạt 114,77%)`
    pub result: String,
    /// Who asked.
    pub issuer: String,
}

/// The targets of the organisation that end within the period, measured; and how many more there are.
pub async fn measured(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    indicators: &Indicators,
    order: &Order,
    targets: &[Target],
    decimals: u32,
) -> Result<(Vec<MeasuredInWords>, i64), Failure> {
    let ending: Vec<&Target> = targets
        .iter()
        .filter(|target| {
            (order.period.from..=order.period.through).contains(&target.period.through)
                && indicators.on(&target.indicator, target.period.through).is_some()
        })
        .collect();
    let more = ending.len().saturating_sub(ROWS_MAX);
    let issuers: Vec<Issuer> =
        ending.iter().take(ROWS_MAX).map(|target| target.issuer.clone()).collect();
    let names: BTreeMap<Issuer, String> =
        issuer_names(connection, &issuers, order.period.through).await?.into_iter().collect();
    let mut found = Vec::new();
    for target in ending.into_iter().take(ROWS_MAX) {
        let through = target.period.through;
        let Some(indicator) = indicators.on(&target.indicator, through) else { continue };
        let (asked, on) = (target.clone(), target.period.through);
        let measured = measure(connection, snapshot, indicators, asked, order.as_of, on).await?;
        let Some(measured) = measured else { continue };
        let scope = match indicators.reference().groupings().get(&target.sector_grouping) {
            Some(grouping) if !target.sector_group.is_empty() => {
                format!(" ({})", grouping.name_vi(&target.sector_group))
            }
            _ => String::new(),
        };
        found.push(MeasuredInWords {
            indicator: indicator.name_vi.clone(),
            scope,
            result: measured.text(indicator, decimals),
            issuer: names.get(&target.issuer).cloned().unwrap_or_default(),
            measured,
        });
    }
    Ok((found, i64::try_from(more).unwrap_or(i64::MAX)))
}

/// Issuers with their names of a day, organisations first.
pub async fn issuer_names(
    connection: &mut PgConnection,
    issuers: &[Issuer],
    on: Date,
) -> Result<Vec<(Issuer, String)>, Failure> {
    let organisations: Vec<Uuid> = issuers
        .iter()
        .filter_map(|issuer| match issuer {
            Issuer::Organisation(id) => Some(*id),
            Issuer::Named(_) => None,
        })
        .collect();
    let names = heads(connection, &organisations, on).await?;
    Ok(issuers
        .iter()
        .map(|issuer| {
            let name = match issuer {
                Issuer::Organisation(id) => names.get(id).cloned().unwrap_or_default(),
                Issuer::Named(name) => name.clone(),
            };
            (issuer.clone(), name)
        })
        .collect())
}
