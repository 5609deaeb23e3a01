//! What is kept twice: roll-ups beside facts, and facts beside what is recorded here.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::audit::cell::{Cell, Check, Found};

/// Rows of one statement: how many cells, how many of them differ, and the first of these.
macro_rules! hold {
    ($rows:expr, $check:expr, $found:expr) => {{
        let rows = $rows;
        if let Some(row) = rows.first() {
            $found.cells += row.cells;
            $found.differing += row.differing;
        }
        for row in rows {
            let (Some(unit_id), Some(code), Some(month)) = (row.unit_id, row.code, row.month)
            else {
                continue;
            };
            $found.differs(Cell {
                check: $check,
                code,
                denominator: false,
                organisation_id: unit_id,
                month,
                as_of: None,
                answered: row.answered.unwrap_or_default(),
                counted: row.counted.unwrap_or_default(),
            });
        }
    }};
}

/// Holds what is kept of the units under an organisation against what it was made of.
pub async fn hold(
    db: &mut PgConnection,
    organisation_id: Uuid,
    (from_on, until_on): (Date, Date),
    found: &mut Found,
) -> Result<(), Failure> {
    let head = [organisation_id];
    let rows = sqlx::query_file!("src/audit/by_sql/roll_up.sql", &head, from_on, until_on)
        .fetch_all(&mut *db)
        .await?;
    hold!(rows, Check::RollUp, found);
    let rows = sqlx::query_file!("src/audit/by_sql/recorded.sql", &head, from_on, until_on)
        .fetch_all(db)
        .await?;
    hold!(rows, Check::Recorded, found);
    Ok(())
}
