//! What became of the lines of an import, in their order.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::keys::{Keys, Sealed};

/// Which lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcomes {
    /// That want a look: refused, candidates, warned.
    OfInterest,
    /// With this outcome, of which most lines say nothing more.
    Quiet(i16),
    /// With this outcome, of which each line is told.
    Told(i16),
}

/// Why a line was refused.
#[derive(Debug)]
pub struct Refusal {
    /// The reason.
    pub reason: String,
    /// The field at fault.
    pub field: String,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// A line.
#[derive(Debug)]
pub struct Listed {
    /// Its number.
    pub line: i64,
    /// `membership.v1.ImportOutcome`.
    pub outcome: i16,
    /// Its person.
    pub person_id: Option<Uuid>,
    /// The member whom a candidate may be.
    pub candidate_for: Option<Uuid>,
    /// Of refused lines.
    pub refusal: Option<Refusal>,
    /// `membership.v1.ListImportLinesResponse.Warning`.
    pub warnings: Vec<i16>,
    /// What it said, where that is kept.
    pub said: Option<Vec<u8>>,
    /// Where it stands in its file, if it is of one: what it said are cells then.
    pub file_line: Option<i32>,
}

/// A page of the lines of an import.
pub async fn list(
    connection: &mut PgConnection,
    keys: &Keys,
    import: Uuid,
    outcomes: Outcomes,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    let after = asked.after::<i64>()?.unwrap_or(-1);
    let rows = match outcomes {
        Outcomes::OfInterest => told(connection, keys, import, &ALL, after, asked.limit()).await?,
        Outcomes::Told(outcome) => {
            told(connection, keys, import, &[outcome], after, asked.limit()).await?
        }
        Outcomes::Quiet(outcome) => {
            quiet(connection, import, outcome, after, asked.limit()).await?
        }
    };
    asked.page(rows, |line| line.line)
}

/// `membership.v1.ImportOutcome`.
const ALL: [i16; 4] = [1, 2, 3, 4];
const NOT_TAKEN: [i16; 2] = [3, 4];

/// The first lines after one that were not taken: candidates, and the refused.
pub async fn not_taken(
    connection: &mut PgConnection,
    keys: &Keys,
    import: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Listed>, Failure> {
    told(connection, keys, import, &NOT_TAKEN, after, limit).await
}

async fn told(
    connection: &mut PgConnection,
    keys: &Keys,
    import: Uuid,
    outcomes: &[i16],
    after: i64,
    limit: i64,
) -> Result<Vec<Listed>, Failure> {
    let rows = sqlx::query!(
        "select line, outcome, person_id, candidate_for, reason, field, vi, en, warnings,
                key_version, ciphertext, file_line
         from member_import_line
         where import_key = $1 and outcome = any ($2) and line > $3
         order by line limit $4",
        import,
        outcomes,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let said = match (row.key_version, row.ciphertext) {
                (Some(key_version), Some(ciphertext)) => {
                    let sealed = Sealed { key_version, ciphertext };
                    Some(keys.open_line(import, row.line, &sealed)?)
                }
                _ => None,
            };
            Ok(Listed {
                line: row.line,
                outcome: row.outcome,
                person_id: row.person_id,
                candidate_for: row.candidate_for,
                refusal: row.reason.map(|reason| Refusal {
                    reason,
                    field: row.field.unwrap_or_default(),
                    vi: row.vi.unwrap_or_default(),
                    en: row.en.unwrap_or_default(),
                }),
                warnings: row.warnings,
                said,
                file_line: row.file_line,
            })
        })
        .collect()
}

/// Lines are looked for batch by batch, as many as it takes.
async fn quiet(
    connection: &mut PgConnection,
    import: Uuid,
    outcome: i16,
    after: i64,
    limit: i64,
) -> Result<Vec<Listed>, Failure> {
    let rows = sqlx::query!(
        r#"select batch.first_line + place - 1 as "line!", person_id, warnings as "warnings?",
                  file_line as "file_line?"
           from member_import_batch batch
           cross join lateral unnest(batch.person_ids) with ordinality as person (person_id, place)
           left join lateral (
               select told.warnings, told.file_line from member_import_line told
               where told.import_key = batch.import_key and told.line = batch.first_line + place - 1
               offset 0
           ) warned on true
           where batch.import_key = $1 and batch.first_line + batch.lines - 1 > $2::bigint
             and batch.first_line + place - 1 > $2::bigint
             and get_byte(batch.outcomes, (place - 1)::integer) = $3::smallint::integer
           order by batch.first_line, place limit $4"#,
        import,
        after,
        outcome,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            line: row.line,
            outcome,
            person_id: row.person_id,
            candidate_for: None,
            refusal: None,
            warnings: row.warnings.unwrap_or_default(),
            said: None,
            file_line: row.file_line,
        })
        .collect())
}
