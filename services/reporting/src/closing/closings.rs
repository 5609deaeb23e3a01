//! Closings as they are kept, and how one is written.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::closing::chain::{Cell, Header, Signed};
use crate::ground::period::Period;
use crate::ground::refused::Refused;

/// A closing.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Which.
    pub closing_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// What that was called.
    pub organisation_name: String,
    /// Of which days.
    pub period: Period,
    /// 1, 2, …
    pub revision: i32,
    /// The one before.
    pub earlier_id: Option<Uuid>,
    /// The day of the tree.
    pub tree_on: Date,
    /// When it was counted.
    pub known_at: OffsetDateTime,
    /// How far each feed had been applied.
    pub positions: Vec<(String, i64)>,
    /// What was counted.
    pub indicators: Vec<String>,
    /// How many cells it has.
    pub cells: i32,
    /// Of the one before.
    pub earlier_digest: String,
    /// The last link of its chain.
    pub digest: String,
    /// Who vouches for it.
    pub signed: Signed,
    /// Who closed it.
    pub actor: String,
    /// Why, of a revision.
    pub reason: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// Reports of the period.
    pub reports: Reports,
}

/// How many reports of a period had been approved, and how many waived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// Approved.
    pub approved: i32,
    /// Waived, by name and with a reason.
    pub waived: i32,
}

impl Closing {
    /// What its chain begins with.
    pub fn header(&self) -> Header {
        Header {
            closing_id: self.closing_id.to_string(),
            organisation_id: self.organisation_id.to_string(),
            organisation_name: self.organisation_name.clone(),
            from_on: self.period.from.to_string(),
            through_on: self.period.through.to_string(),
            revision: self.revision,
            earlier_closing_id: self.earlier_id.map(|id| id.to_string()).unwrap_or_default(),
            earlier_digest: self.earlier_digest.clone(),
            tree_on: self.tree_on.to_string(),
            known_at: self.known_at.unix_timestamp_nanos() / 1_000,
            positions: self.positions.clone(),
            cells: usize::try_from(self.cells).unwrap_or_default(),
            actor: self.actor.clone(),
            reason: self.reason.clone(),
            decision_id: self.decision_id.map(|id| id.to_string()).unwrap_or_default(),
            approved_reports: self.reports.approved,
            waived_reports: self.reports.waived,
        }
    }
}

struct Row {
    closing_id: Uuid,
    organisation_id: Uuid,
    organisation_name: String,
    from_on: Date,
    through_on: Date,
    revision: i32,
    earlier_id: Option<Uuid>,
    tree_on: Date,
    known_at: OffsetDateTime,
    positions: Json<Vec<(String, i64)>>,
    indicators: Vec<String>,
    cells: i32,
    earlier_digest: String,
    digest: String,
    key_id: String,
    signature: String,
    actor: String,
    reason: String,
    decision_id: Option<Uuid>,
    approved_reports: i32,
    waived_reports: i32,
}

impl Row {
    fn closing(self) -> Closing {
        Closing {
            closing_id: self.closing_id,
            organisation_id: self.organisation_id,
            organisation_name: self.organisation_name,
            period: Period { from: self.from_on, through: self.through_on },
            revision: self.revision,
            earlier_id: self.earlier_id,
            tree_on: self.tree_on,
            known_at: self.known_at,
            positions: self.positions.0,
            indicators: self.indicators,
            cells: self.cells,
            earlier_digest: self.earlier_digest,
            digest: self.digest,
            signed: Signed { key_id: self.key_id, signature: self.signature },
            actor: self.actor,
            reason: self.reason,
            decision_id: self.decision_id,
            reports: Reports { approved: self.approved_reports, waived: self.waived_reports },
        }
    }
}

/// The closings of an organisation of the caller's scope, in the order in which they were made: at most so
/// many, after one.
pub async fn closings(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Closing>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/closing/closings.sql",
        organisation_id,
        after.unwrap_or(Uuid::nil()),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::closing).collect())
}

/// A closing of an organisation of the caller's scope.
pub async fn closing(connection: &mut PgConnection, closing_id: Uuid) -> Result<Closing, Failure> {
    let row = sqlx::query_file_as!(Row, "src/closing/closing.sql", closing_id)
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(row.closing()),
        None => {
            let unknown = Refused::ClosingUnknown { closing_id };
            Err(unknown_or_denied(connection, unknown).await)
        }
    }
}

/// Some cells of a closing of the caller's scope, after a place in its chain.
pub async fn cells(
    connection: &mut PgConnection,
    closing_id: Uuid,
    after: i32,
    limit: i64,
) -> Result<Vec<(i32, Cell)>, Failure> {
    let rows = sqlx::query!(
        r#"select cell.place as "place!", cell.indicator as "indicator!", cell.line as "line!",
                  cell.name as "name!", cell.value as "value!", cell.denominator as "denominator!"
           from closing c
           join closing_cell cell using (closing_id)
           where c.closing_id = $1 and access.covers(c.organisation_id) and cell.place > $2
           order by cell.place
           limit $3"#,
        closing_id,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let cell = |row: i32, cell: Cell| (row, cell);
    Ok(rows
        .into_iter()
        .map(|row| {
            let of = Cell {
                indicator: row.indicator,
                line: row.line,
                name: row.name,
                value: row.value,
                denominator: row.denominator,
            };
            cell(row.place, of)
        })
        .collect())
}

/// All of them, in the order of the chain.
pub async fn all_cells(
    connection: &mut PgConnection,
    closing_id: Uuid,
) -> Result<Vec<Cell>, Failure> {
    let cells = cells(connection, closing_id, 0, i64::from(i32::MAX)).await?;
    Ok(cells.into_iter().map(|(_, cell)| cell).collect())
}

/// The newest closing of a period, with the organisation locked.
pub async fn newest(
    acting: &mut Acting,
    organisation_id: Uuid,
    period: Period,
) -> Result<Option<(Uuid, i32)>, Failure> {
    let newest = sqlx::query!(
        r#"select closing_id as "closing_id!", revision as "revision!" from closing
           where organisation_id = $1 and period = daterange($2, $3)
             and access.covers(organisation_id)
           order by revision desc
           limit 1"#,
        organisation_id,
        period.from,
        period.until(),
    )
    .fetch_optional(acting.db())
    .await?;
    Ok(newest.map(|row| (row.closing_id, row.revision)))
}

/// How many reports of a period are in, of an organisation and all below it; refuses where one is neither in
/// nor waived.
pub async fn refuse_outstanding(
    acting: &mut Acting,
    organisation_id: Uuid,
    period: Period,
) -> Result<Reports, Failure> {
    let row =
        sqlx::query_file!("src/closing/reports.sql", organisation_id, period.from, period.until(),)
            .fetch_one(acting.db())
            .await?;
    match (row.first_id, row.first_name) {
        (Some(report_id), name) => Err(Refused::ClosingReportsOutstanding {
            outstanding: row.outstanding,
            report_id,
            name: name.unwrap_or_default(),
        }
        .into()),
        (None, _) => Ok(Reports { approved: row.approved, waived: row.waived }),
    }
}

/// Writes a closing and its cells.
pub async fn write(acting: &mut Acting, closing: &Closing, cells: &[Cell]) -> Result<(), Failure> {
    let act_id = acting.act_id;
    sqlx::query!(
        "insert into closing
             (closing_id, organisation_id, organisation_name, period, revision, earlier_id, tree_on, known_at,
              positions, indicators, cells, earlier_digest, digest, key_id, signature, actor, reason, decision_id,
              approved_reports, waived_reports, act_id)
         values ($1, $2, $3, daterange($4, $5), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                 $20, $21, $22)",
        closing.closing_id,
        closing.organisation_id,
        closing.organisation_name,
        closing.period.from,
        closing.period.until(),
        closing.revision,
        closing.earlier_id,
        closing.tree_on,
        closing.known_at,
        Json(&closing.positions) as _,
        &closing.indicators,
        closing.cells,
        closing.earlier_digest,
        closing.digest,
        closing.signed.key_id,
        closing.signed.signature,
        closing.actor,
        closing.reason,
        closing.decision_id,
        closing.reports.approved,
        closing.reports.waived,
        act_id,
    )
    .execute(acting.db())
    .await?;
    let places: Vec<i32> = (1..=closing.cells).collect();
    let of = |text: fn(&Cell) -> &str| cells.iter().map(text).collect::<Vec<&str>>();
    let numbers = |number: fn(&Cell) -> i64| cells.iter().map(number).collect::<Vec<i64>>();
    sqlx::query!(
        "insert into closing_cell (closing_id, place, indicator, line, name, value, denominator)
         select $1, cell.* from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                                       $7::bigint[]) as cell",
        closing.closing_id,
        &places,
        &of(|cell| &cell.indicator) as &[&str],
        &of(|cell| &cell.line) as &[&str],
        &of(|cell| &cell.name) as &[&str],
        &numbers(|cell| cell.value),
        &numbers(|cell| cell.denominator),
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
