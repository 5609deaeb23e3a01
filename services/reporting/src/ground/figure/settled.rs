//! Whether membership has carried out what registry decided, of each of some heads.

use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

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
    let ToSettle { ended, with_members } = snapshot.to_settle(cut, on, members).await?;
    let left = with_members.iter().map(|(head, unit, _)| (*head, *unit));
    let (mut unfinished, mut under_way) = (Pairs(left.collect()), Pairs::default());
    // What membership had yet to carry out at an instant is not kept beyond the members that units had.
    if snapshot.known() == NOW {
        let few = snapshot.few_units(cut, FEW);
        let rows = sqlx::query_file!("src/ground/figure/settled.sql", on, few.as_deref())
            .fetch_all(connection)
            .await?;
        if let Some(told) = rows.first() {
            let told = Told { registry: told.registry_position, left_from: told.left_from };
            let going = with_members.iter().filter(|(.., position)| told.is_under_way(*position));
            under_way.0.extend(going.map(|(head, unit, _)| (*head, *unit)));
        }
        for row in rows {
            let (Some(unit), Some(position)) = (row.unit_id, row.position) else { continue };
            let told = Told { registry: row.registry_position, left_from: row.left_from };
            let here = snapshot.heads_on(cut, unit, on);
            if told.is_under_way(position) {
                under_way.0.extend(&here);
            }
            unfinished.0.extend(here);
        }
    }
    let mut every = Pairs(ended);
    every.0.extend(&unfinished.0);
    let heads = cut.heads();
    let counted = every.by_head(heads).into_iter().zip(unfinished.by_head(heads));
    let counted = counted.zip(under_way.by_head(heads));
    Ok(counted
        .map(|((expected, unfinished), under_way)| Completeness {
            of: Completing::Members,
            covered: expected - unfinished,
            expected,
            under_way,
        })
        .collect())
}

/// How far membership had heard of registry when it last told anything.
struct Told {
    registry: i64,
    /// From where on it carries out in parts.
    left_from: Option<i64>,
}

impl Told {
    /// Whether what follows from a change of registry's comes of itself.
    fn is_under_way(&self, position: i64) -> bool {
        position > self.registry || self.left_from.is_some_and(|from| position >= from)
    }
}

/// Heads, and units that count under them; some may be told twice.
#[derive(Default)]
struct Pairs(Vec<(u32, u32)>);

impl Pairs {
    /// How many units each of so many heads has.
    fn by_head(mut self, heads: usize) -> Vec<i64> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut counted = vec![0; heads];
        for (head, _) in self.0 {
            counted[head as usize] += 1;
        }
        counted
    }
}
