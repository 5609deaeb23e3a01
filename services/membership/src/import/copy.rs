//! Rows as `COPY … (format binary)` takes them: a table's rows go in at once, without a plan and
//! without a list of parameters.

use anyhow::anyhow;
use sqlx::PgConnection;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What begins a file: a signature, flags, and the length of nothing.
const BEGINS: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In place of a row's number of columns: there are no more rows.
const ENDS: i16 = -1;
/// In place of a length: there is no value.
const NULL: i32 = -1;
/// PostgreSQL counts days and microseconds from here on.
const EPOCH: Date = date!(2000 - 01 - 01);
const EPOCH_AT: OffsetDateTime = datetime!(2000-01-01 00:00 UTC);

/// The rows of one table.
pub struct Rows {
    into: &'static str,
    columns: i16,
    rows: usize,
    bytes: Vec<u8>,
}

impl Rows {
    /// None yet; `into` is the table with its columns, of which there are so many.
    pub fn new(into: &'static str, columns: i16, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(BEGINS);
        Self { into, columns, rows: 0, bytes }
    }

    /// Begins a row: its columns follow, in their order.
    pub fn row(&mut self) -> &mut Self {
        self.rows += 1;
        self.bytes.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    fn value(&mut self, value: &[u8]) -> &mut Self {
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value);
        self
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.bytes.extend_from_slice(&NULL.to_be_bytes()),
        }
        self
    }

    pub fn uuid(&mut self, value: Uuid) -> &mut Self {
        self.value(value.as_bytes())
    }

    pub fn text(&mut self, value: &str) -> &mut Self {
        self.value(value.as_bytes())
    }

    pub fn optional_text(&mut self, value: Option<&str>) -> &mut Self {
        self.optional(value, |rows, value| {
            rows.text(value);
        })
    }

    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.value(value)
    }

    pub fn smallint(&mut self, value: i16) -> &mut Self {
        self.value(&value.to_be_bytes())
    }

    pub fn optional_smallint(&mut self, value: Option<i16>) -> &mut Self {
        self.optional(value, |rows, value| {
            rows.smallint(value);
        })
    }

    pub fn integer(&mut self, value: i32) -> &mut Self {
        self.value(&value.to_be_bytes())
    }

    pub fn date(&mut self, value: Date) -> &mut Self {
        let days = value.to_julian_day() - EPOCH.to_julian_day();
        self.value(&days.to_be_bytes())
    }

    pub fn optional_date(&mut self, value: Option<Date>) -> &mut Self {
        self.optional(value, |rows, value| {
            rows.date(value);
        })
    }

    pub fn instant(&mut self, value: OffsetDateTime) -> &mut Self {
        let microseconds = (value - EPOCH_AT).whole_microseconds();
        self.value(&i64::try_from(microseconds).unwrap_or(i64::MAX).to_be_bytes())
    }

    /// Writes them all.
    pub async fn copy(mut self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows == 0 {
            return Ok(());
        }
        self.bytes.extend_from_slice(&ENDS.to_be_bytes());
        let statement = format!("copy {} from stdin (format binary)", self.into);
        let mut copying = connection.copy_in_raw(&statement).await?;
        copying.send(self.bytes).await?;
        let written = copying.finish().await?;
        if usize::try_from(written) != Ok(self.rows) {
            return Err(sqlx::Error::Encode(anyhow!("rows were lost on their way").into()));
        }
        Ok(())
    }
}
