//! Whether membership has carried out what registry decided, of each of some heads.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::instant::NOW;
use crate::ground::columns::{Cut, Members, Snapshot, ToSettle};
use crate::ground::figure::completeness::{Completeness, Completing};

/// Scopes of no more units than this tell the database which they are.
const FEW: usize = 1_000;

/// Of the units whose members membership has to place by the end of a day, those where it has.
pub async fn settled(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    cut: &Arc<Cut>,
    on: Date,
    members: &Members,
) -> Result<Vec<Completeness>, Failure> {
    let to_settle = snapshot.to_settle(cut, on, members).await?;
    let with_members: BTreeSet<Uuid> =
        to_settle.with_members.iter().map(|(_, unit)| *unit).collect();
    let mut found = Found::of(cut.heads(), &to_settle);
    // What membership had yet to carry out at an instant is not kept beyond the members that units had.
    if snapshot.known() != NOW {
        return Ok(found.into_iter().map(Found::settled).collect());
    }
    let few = snapshot.few_units(cut, FEW);
    let rows = sqlx::query_file!(
        "src/ground/figure/settled.sql",
        &Vec::from_iter(with_members),
        on,
        few.as_deref(),
    )
    .fetch_all(connection)
    .await?;
    let mut heads_of: HashMap<Uuid, Vec<usize>> = HashMap::new();
    for (head, unit) in to_settle.with_members {
        heads_of.entry(unit).or_default().push(head);
    }
    for row in rows {
        let heads = match row.placed {
            true => heads_of.get(&row.unit_id).cloned().unwrap_or_default(),
            false => snapshot.heads_on(cut, row.unit_id, on),
        };
        for head in heads {
            found[head].unfinished.insert(row.unit_id);
            if row.under_way {
                found[head].under_way.insert(row.unit_id);
            }
        }
    }
    Ok(found.into_iter().map(Found::settled).collect())
}

/// Units of a head whose members have, or have not, found their place.
#[derive(Clone, Default)]
struct Found {
    every: BTreeSet<Uuid>,
    unfinished: BTreeSet<Uuid>,
    under_way: BTreeSet<Uuid>,
}

impl Found {
    /// As far as the columns tell, of each of so many heads.
    fn of(heads: usize, to_settle: &ToSettle) -> Vec<Self> {
        let mut found = vec![Self::default(); heads];
        for (head, unit) in &to_settle.ended {
            found[*head].every.insert(*unit);
        }
        for (head, unit) in &to_settle.with_members {
            found[*head].unfinished.insert(*unit);
        }
        found
    }

    fn settled(mut self) -> Completeness {
        self.every.extend(&self.unfinished);
        let number = |units: usize| i64::try_from(units).unwrap_or(i64::MAX);
        Completeness {
            of: Completing::Members,
            covered: number(self.every.len() - self.unfinished.len()),
            expected: number(self.every.len()),
            under_way: number(self.under_way.len()),
        }
    }
}
