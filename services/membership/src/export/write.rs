//! Writes a file: a batch of members after the other becomes lines, and lines become pieces, which
//! are sealed as they are written down. No more of it is in memory than a batch and a piece.

use std::sync::Arc;

use anyhow::Context;
use chassis::refusal::Failure;
use sheets::cell::date_in_words;
use sheets::column::Column;
use sheets::writing::{Format, Writer};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::export::roll::{Member, Roll};
use crate::ground::file::Written;
use crate::ground::keys::{self, Keys, Sealed};

/// The columns of a file, in the order of the template: those that the register knows something for.
const COLUMNS: [Column; 11] = [
    Column::Ordinal,
    Column::Name,
    Column::Birth,
    Column::Sex,
    Column::Identity,
    Column::Country,
    Column::Phone,
    Column::Workplace,
    Column::Occupation,
    Column::JoinedOn,
    Column::Union,
];

/// Whether a column is only for whoever may read identity numbers.
fn identifies(column: Column) -> bool {
    matches!(column, Column::Identity | Column::Country | Column::Phone)
}

/// An attempt at a file.
#[derive(Clone)]
pub struct Attempt {
    /// Which export.
    pub export_key: Uuid,
    /// The how-manieth: what an earlier one still writes is none of this.
    pub number: i32,
    /// What is written goes beside the snapshot that is read.
    pub pool: PgPool,
    /// Opens numbers, and seals pieces.
    pub keys: Arc<Keys>,
}

/// How an attempt ended.
#[derive(Debug)]
pub enum Ended {
    /// The file is whole.
    Whole {
        /// People in it.
        lines: i64,
    },
    /// It was cancelled, or another attempt has begun.
    Elsewhere,
}

/// A file that is being written.
struct Open {
    writer: Writer<Written>,
    written: Written,
    with_identity: bool,
    lines: i64,
    /// The number of the next piece.
    piece: i32,
}

/// A piece, sealed.
struct Piece {
    number: i32,
    bytes: usize,
    sealed: Sealed,
}

impl Attempt {
    /// Writes the members of a roll, as they are in the snapshot of this transaction.
    pub async fn write(
        &self,
        db: &mut PgConnection,
        mut roll: Roll,
        with_identity: bool,
        format: Format,
        kept_hours: i32,
    ) -> Result<Ended, Failure> {
        let (mut open, total) = (begin(format, with_identity)?, roll.lines());
        if !self.keep(&[], 0, Some(total)).await? {
            return Ok(Ended::Elsewhere);
        }
        loop {
            let members = roll.batch(db).await?;
            if members.is_empty() {
                break;
            }
            let attempt = self.clone();
            let (next, pieces) = blocking(move || attempt.lines(open, &members)).await?;
            open = next;
            if !self.keep(&pieces, open.lines, None).await? {
                return Ok(Ended::Elsewhere);
            }
        }
        let (attempt, lines) = (self.clone(), open.lines);
        let pieces = blocking(move || attempt.rest(open)).await?;
        let kept = self.keep(&pieces, lines, None).await? && self.is_whole(kept_hours).await?;
        Ok(if kept { Ended::Whole { lines } } else { Ended::Elsewhere })
    }

    /// Writes the lines of a batch, and seals the pieces that are full.
    fn lines(&self, mut open: Open, members: &[Member]) -> anyhow::Result<(Open, Vec<Piece>)> {
        let mut pieces = Vec::new();
        for member in members {
            open.lines += 1;
            let row = self.row(&open, member)?;
            open.writer.row(&row).context("write a line")?;
            while let Some(bytes) = open.written.take() {
                pieces.push(self.seal(&mut open.piece, &bytes)?);
            }
        }
        Ok((open, pieces))
    }

    /// What is left of the file.
    fn rest(&self, mut open: Open) -> anyhow::Result<Vec<Piece>> {
        let written = open.writer.finish().context("finish a file")?;
        let mut pieces = Vec::new();
        while let Some(bytes) = written.take() {
            pieces.push(self.seal(&mut open.piece, &bytes)?);
        }
        pieces.push(self.seal(&mut open.piece, &written.take_rest())?);
        Ok(pieces)
    }

    fn seal(&self, number: &mut i32, bytes: &[u8]) -> anyhow::Result<Piece> {
        let sealed = self.keys.seal_piece(self.export_key, *number, bytes)?;
        *number += 1;
        Ok(Piece { number: *number - 1, bytes: bytes.len(), sealed })
    }

    fn row(&self, open: &Open, member: &Member) -> anyhow::Result<Vec<String>> {
        let birth = match (member.birth_date, member.birth_year) {
            (Some(date), _) => date_in_words(date),
            (None, Some(year)) => year.to_string(),
            (None, None) => String::new(),
        };
        let sex = match member.sex {
            1 => "Nam",
            2 => "Nữ",
            _ => "",
        };
        let mut row = vec![open.lines.to_string(), member.name.clone(), birth, sex.to_string()];
        if open.with_identity {
            let opened = |column, version: Option<i32>, ciphertext: &Option<Vec<u8>>| {
                let Some((key_version, ciphertext)) = version.zip(ciphertext.clone()) else {
                    return Ok(String::new());
                };
                let sealed = Sealed { key_version, ciphertext };
                self.keys.open_sealed(column, member.person_id, &sealed)
            };
            let (version, number) = (member.identity_key_version, &member.identity_ciphertext);
            row.push(opened(keys::Column::IdentityNumber, version, number)?);
            row.push(member.identity_country.clone().unwrap_or_default());
            let (version, phone) = (member.phone_key_version, &member.phone_ciphertext);
            row.push(opened(keys::Column::Phone, version, phone)?);
        }
        row.push(member.workplace.clone().unwrap_or_default());
        row.push(member.occupation.clone().unwrap_or_default());
        row.push(date_in_words(member.from_on));
        row.push(member.organisation_id.to_string());
        Ok(row)
    }

    /// Writes down pieces, and how far the file is; false where it is not this attempt's any more.
    async fn keep(
        &self,
        pieces: &[Piece],
        lines_written: i64,
        lines: Option<i64>,
    ) -> Result<bool, Failure> {
        let bytes: usize = pieces.iter().map(|piece| piece.bytes).sum();
        let mut transaction = self.pool.begin().await?;
        let own = sqlx::query!(
            "update member_export
             set lines_written = $3, lines = coalesce($4, lines), pieces = pieces + $5,
                 bytes = bytes + $6
             where export_key = $1 and attempts = $2 and state = 2",
            self.export_key,
            self.number,
            lines_written,
            lines,
            i32::try_from(pieces.len()).unwrap_or(i32::MAX),
            i64::try_from(bytes).unwrap_or(i64::MAX),
        )
        .execute(&mut *transaction)
        .await?;
        if own.rows_affected() == 0 {
            return Ok(false);
        }
        for piece in pieces {
            sqlx::query!(
                "insert into member_export_piece (export_key, number, key_version, ciphertext)
                 values ($1, $2, $3, $4)",
                self.export_key,
                piece.number,
                piece.sealed.key_version,
                &piece.sealed.ciphertext,
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn is_whole(&self, kept_hours: i32) -> Result<bool, Failure> {
        let own = sqlx::query!(
            "update member_export
             set state = 3, finished_at = now(), kept_until = now() + make_interval(hours => $3)
             where export_key = $1 and attempts = $2 and state = 2",
            self.export_key,
            self.number,
            kept_hours,
        )
        .execute(&self.pool)
        .await?;
        Ok(own.rows_affected() > 0)
    }
}

fn begin(format: Format, with_identity: bool) -> Result<Open, Failure> {
    let shown = COLUMNS.iter().filter(|column| with_identity || !identifies(**column));
    let headings: Vec<&str> = shown.map(|column| column.heading()).collect();
    let written = Written::default();
    let writer = Writer::begin(written.clone(), format, &headings).map_err(anyhow::Error::new)?;
    Ok(Open { writer, written, with_identity, lines: 0, piece: 0 })
}

/// Does what takes the processor long where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::new)?;
    Ok(done?)
}
