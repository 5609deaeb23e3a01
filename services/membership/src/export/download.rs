//! The file of an export, piece by piece, each on the rights of the moment in which it is read.

use std::time::{Duration, Instant};

use chassis::access::{self, permission_denied};
use chassis::call::Call;
use chassis::database::Database;
use chassis::refusal::Failure;
use sheets::writing::Format;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::export::export_members::{IDENTITY_READ, unknown};
use crate::ground::exporting::Exporting;
use crate::ground::file;
use crate::ground::keys::{Keys, Sealed};
use crate::ground::refused::Refused;

/// How long one that is being written is waited for.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// How often one looks who waits for what another process writes.
const LOOK: Duration = Duration::from_millis(250);

/// `membership.v1.ExportState`.
const READY: i16 = 3;

/// A file that is fetched.
#[derive(Clone, Copy, Debug)]
pub struct File {
    export_id: Uuid,
    export_key: Uuid,
    /// In what form it is.
    pub format: Format,
    /// The day of its roll.
    pub as_of: Date,
    pieces: i32,
}

/// The rights of a caller on one of her exports, and how far it is.
struct Asked {
    export_key: Uuid,
    state: i16,
    format: i16,
    as_of: Date,
    pieces: i32,
    covered: bool,
    identified: bool,
}

/// A file of the caller's own, as soon as it is whole; that she fetches it is written down.
pub async fn file(
    database: &Database,
    exporting: &Exporting,
    call: &Call,
    export_id: Uuid,
) -> Result<File, Failure> {
    let began = Instant::now();
    // Whoever waits is told in time that it is not whole.
    let wait = call.remaining()?.map_or(WAIT_MAX, |left| WAIT_MAX.min(left / 2));
    loop {
        // Not to be missed between the look and the wait.
        let done = exporting.done.notified();
        let asked = {
            let mut reading = database.read(call).await?;
            allowed(&mut reading, call, export_id).await?
        };
        match asked.state {
            READY => return fetched(database, export_id, &asked).await,
            1 | 2 if began.elapsed() < wait => {
                let _ = tokio::time::timeout(LOOK, done).await;
            }
            1 | 2 => return Err(Refused::ExportNotReady { export_id }.into()),
            _ => return Err(Refused::ExportGone { export_id }.into()),
        }
    }
}

async fn fetched(database: &Database, export_id: Uuid, asked: &Asked) -> Result<File, Failure> {
    sqlx::query!(
        "update member_export set downloads = downloads + 1, downloaded_at = now()
         where export_key = $1",
        asked.export_key,
    )
    .execute(database.pool())
    .await?;
    Ok(File {
        export_id,
        export_key: asked.export_key,
        format: file::numbered(asked.format)?,
        as_of: asked.as_of,
        pieces: asked.pieces,
    })
}

/// An export of the caller's own, on whose organisation she holds what it takes.
async fn allowed(db: &mut PgConnection, call: &Call, export_id: Uuid) -> Result<Asked, Failure> {
    let found = sqlx::query_as!(
        Asked,
        r#"select export_key, state, format, as_of, pieces,
                  access.covers(organisation_id) as "covered!",
                  (not with_identity or access.covers_with(organisation_id, $3)) as "identified!"
           from member_export where principal = $1 and export_id = $2"#,
        call.caller.principal(),
        export_id,
        IDENTITY_READ,
    )
    .fetch_optional(&mut *db)
    .await?;
    match found {
        Some(found) if found.covered && found.identified => Ok(found),
        Some(found) if found.covered => {
            access::refuse_unless_held(db).await?;
            Err(permission_denied(IDENTITY_READ).into())
        }
        _ => Err(unknown(db, export_id).await),
    }
}

impl File {
    /// The piece of a number; none behind the last.
    pub async fn piece(
        &self,
        database: &Database,
        keys: &Keys,
        call: &Call,
        number: i32,
    ) -> Result<Option<Vec<u8>>, Failure> {
        if number >= self.pieces {
            return Ok(None);
        }
        let mut reading = database.read(call).await?;
        let piece = sqlx::query!(
            "select key_version, ciphertext
             from member_export export
             join member_export_piece piece using (export_key)
             where export.export_key = $1 and piece.number = $2 and state = 3
               and access.covers(organisation_id)
               and (not with_identity or access.covers_with(organisation_id, $3))",
            self.export_key,
            number,
            IDENTITY_READ,
        )
        .fetch_optional(&mut *reading)
        .await?;
        let Some(piece) = piece else {
            allowed(&mut reading, call, self.export_id).await?;
            return Err(Refused::ExportGone { export_id: self.export_id }.into());
        };
        let sealed = Sealed { key_version: piece.key_version, ciphertext: piece.ciphertext };
        Ok(Some(keys.open_piece(self.export_key, number, &sealed)?))
    }
}
