//! The units directly below an organisation, as rows of a table.

use std::collections::{BTreeMap, BTreeSet};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::figure::{Figure, heads};
use crate::ground::vietnamese::in_order;
use crate::report::order::Order;
use crate::report::rows::{Row, Rows};

/// Keys of lines that are no unit's, in the order in which they are printed, behind the units.
const OTHERS: [(&str, &str); 3] =
    [("ITSELF", "trực tiếp"), ("ENDED", "đã kết thúc"), ("NOT_YET_FOUNDED", "chưa thành lập")];

/// Every unit that stands directly below on the tree that is asked, and whatever else has a part in
/// these figures, which are counted by child.
pub async fn children(
    connection: &mut PgConnection,
    order: &Order,
    figures: &[Figure],
) -> Result<Rows, Failure> {
    let on = order.as_of.unwrap_or(order.period.through);
    let below = sqlx::query_file_scalar!("src/report/children.sql", order.head, on)
        .fetch_all(&mut *connection)
        .await?;
    let counts =
        figures.iter().flat_map(|figure| std::iter::once(&figure.value).chain(&figure.denominator));
    let keys: BTreeSet<&str> =
        counts.flat_map(|count| count.lines.keys()).map(String::as_str).collect();
    let mut units: BTreeSet<Uuid> = below.into_iter().collect();
    units.extend(keys.iter().filter_map(|key| Uuid::parse_str(key).ok()));
    let all: Vec<Uuid> = units.into_iter().collect();
    let names = heads(connection, &all, on).await?;
    let mut named: Vec<(Uuid, String)> =
        all.into_iter().map(|unit| (unit, names.get(&unit).cloned().unwrap_or_default())).collect();
    named.sort_by_cached_key(|(unit, name)| (in_order(name), *unit));
    let units = named.into_iter().map(|(unit, name)| {
        let references = vec![("organisation", unit)];
        row(unit.to_string(), name, references)
    });
    let others = OTHERS
        .iter()
        .filter(|(key, _)| keys.contains(key))
        .map(|(key, name)| row((*key).to_string(), (*name).to_string(), Vec::new()));
    // What nobody sees is kept last: units beyond those that are printed are among those not shown.
    Ok(Rows::all(units.chain(others).collect()))
}

fn row(key: String, unit: String, references: Vec<(&'static str, Uuid)>) -> Row {
    Row { words: BTreeMap::from([("unit", unit)]), references, child: Some(key), ..Row::default() }
}
