//! The packed file of a printing, report by report, each on the rights of the moment in which it is read.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use chassis::access::unknown_or_denied;
use chassis::call::Call;
use chassis::database::Database;
use chassis::refusal::Failure;
use papers::bundle::Bundle;
use sheets::writing::{Format, Writer};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// `reporting.v1.PrintingState`.
const READY: i16 = 3;
/// Bytes of one piece.
pub const PIECE: usize = 256 * 1024;
/// How long one that is being printed is waited for, and how often one looks.
const WAIT_MAX: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(250);
/// What could not be printed, and why.
const LACKING: &str = "khong-in-duoc.csv";

/// A packed file that is fetched. No more of it is in memory than one report.
pub struct Fetching {
    database: Database,
    call: Call,
    printing_id: Uuid,
    printing_key: Uuid,
    next: i32,
    bundle: Option<Bundle<Packed>>,
    packed: Packed,
    lacking: Vec<[String; 2]>,
}

struct Found {
    printing_key: Uuid,
    state: i16,
    covered: bool,
}

struct File {
    name: String,
    content: Option<Vec<u8>>,
    vi: Option<String>,
}

impl Fetching {
    /// A printing of the caller's own, as soon as it is whole; that she fetches it is written down.
    pub async fn begin(
        database: &Database,
        call: &Call,
        printing_id: Uuid,
    ) -> Result<Self, Failure> {
        let began = Instant::now();
        // Whoever waits is told in time that it is not whole.
        let wait = call.remaining()?.map_or(WAIT_MAX, |left| WAIT_MAX.min(left / 2));
        let found = loop {
            let looked = {
                let mut reading = database.read(call).await?;
                allowed(&mut reading, call, printing_id).await
            };
            match looked {
                Err(Failure::Refused(refusal))
                    if refusal.reason() == "PRINTING_NOT_READY" && began.elapsed() < wait =>
                {
                    tokio::time::sleep(LOOK).await;
                }
                looked => break looked?,
            }
        };
        let printing_key = found.printing_key;
        sqlx::query!(
            "update report_printing set downloads = downloads + 1 where printing_key = $1",
            printing_key,
        )
        .execute(database.pool())
        .await?;
        let packed = Packed::default();
        Ok(Self {
            database: database.clone(),
            call: call.clone(),
            printing_id,
            printing_key,
            next: 0,
            bundle: Some(Bundle::begin(packed.clone())),
            packed,
            lacking: Vec::new(),
        })
    }

    /// The next piece; none behind the last.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        while self.packed.len() < PIECE && self.bundle.is_some() {
            match self.file().await? {
                Some(file) => self.add(file)?,
                None => self.finish()?,
            }
        }
        let piece = self.packed.take(PIECE);
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    fn add(&mut self, file: File) -> Result<(), Failure> {
        match (file.content, self.bundle.as_mut()) {
            (Some(content), Some(bundle)) => {
                bundle.file(&file.name, &content).map_err(anyhow::Error::new)?;
            }
            _ => self.lacking.push([file.name, file.vi.unwrap_or_default()]),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let Some(mut bundle) = self.bundle.take() else { return Ok(()) };
        if !self.lacking.is_empty() {
            let mut writer = Writer::begin(Vec::new(), Format::Csv, &["Tệp", "Lý do"])
                .map_err(anyhow::Error::new)?;
            for row in &self.lacking {
                writer.row(row).map_err(anyhow::Error::new)?;
            }
            let listed = writer.finish().map_err(anyhow::Error::new)?;
            bundle.file(LACKING, &listed).map_err(anyhow::Error::new)?;
        }
        bundle.finish().context("finish a packed file")?;
        Ok(())
    }

    async fn file(&mut self) -> Result<Option<File>, Failure> {
        let mut reading = self.database.read(&self.call).await?;
        let found = allowed(&mut reading, &self.call, self.printing_id).await?;
        let file = sqlx::query_as!(
            File,
            "select name, content, vi from report_printing_file
             where printing_key = $1 and number = $2",
            found.printing_key,
            self.next,
        )
        .fetch_optional(&mut *reading)
        .await?;
        debug_assert_eq!(found.printing_key, self.printing_key);
        self.next += 1;
        Ok(file)
    }
}

/// A printing of the caller's own that is whole, and on whose organisations she holds what it takes.
async fn allowed(db: &mut PgConnection, call: &Call, printing_id: Uuid) -> Result<Found, Failure> {
    let found = sqlx::query_as!(
        Found,
        r#"select printing_key, state,
                  not exists (select from unnest(organisation_ids) as one (organisation_id)
                              where not access.covers(one.organisation_id)) as "covered!"
           from report_printing where principal = $1 and printing_id = $2"#,
        call.caller.principal(),
        printing_id,
    )
    .fetch_optional(&mut *db)
    .await?;
    match found {
        Some(found) if !found.covered => {
            let unknown = Refused::PrintingUnknown { printing_id };
            Err(unknown_or_denied(db, unknown).await)
        }
        Some(found) if found.state == READY => Ok(found),
        Some(Found { state: 1 | 2, .. }) => Err(Refused::PrintingNotReady { printing_id }.into()),
        Some(_) => Err(Refused::PrintingGone { printing_id }.into()),
        None => Err(unknown_or_denied(db, Refused::PrintingUnknown { printing_id }).await),
    }
}

/// What was packed and not taken yet. Clones are the same.
#[derive(Clone, Default)]
struct Packed(Arc<Mutex<VecDeque<u8>>>);

impl Packed {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self, most: usize) -> Vec<u8> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let most = most.min(bytes.len());
        bytes.drain(..most).collect()
    }
}

impl Write for Packed {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
