//! How far imports have come.

use chassis::access;
use chassis::refusal::Failure;
use proto::refusal::v1::Reason;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::import::terms::Terms;

/// What of an import is kept by its id only is dropped after so long.
const KEPT: &str = "30 days";

/// An import of somebody's own.
#[derive(Clone, Debug)]
pub struct Import {
    /// `<issuer>#<subject>` of whoever imports.
    pub principal: String,
    /// The id that she chose.
    pub import_id: Uuid,
}

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// By which its rows are known.
    pub import_key: Uuid,
    /// The id that whoever imports chose.
    pub import_id: Uuid,
    /// Nobody was taken in.
    pub validate_only: bool,
    /// Lines that have their outcome.
    pub lines_done: i64,
    /// All of it is done.
    pub finished: bool,
    /// Lines by their outcome.
    pub admitted: i64,
    /// Who was a member before.
    pub already_members: i64,
    /// Who may be somebody else.
    pub candidates: i64,
    /// Lines that could not be taken.
    pub refused: i64,
    /// Lines with a warning.
    pub warned: i64,
}

/// A batch that is done.
#[derive(Debug)]
pub struct Done {
    /// The number of its first line.
    pub first_line: i64,
    /// How many lines it has.
    pub lines: i32,
    /// SHA-256 of what they said.
    pub digest: Vec<u8>,
}

impl Import {
    /// Begins it, or goes on with it where it was begun with the same header. An import in which
    /// nobody was taken in begins anew.
    pub async fn begin(
        &self,
        pool: &PgPool,
        terms: &Terms,
        header_digest: &[u8],
    ) -> Result<Progress, Failure> {
        sqlx::query!(
            "delete from member_import where principal = $1 and import_id = $2 and validate_only",
            self.principal,
            self.import_id,
        )
        .execute(pool)
        .await?;
        sqlx::query!(
            "insert into member_import
                 (import_key, principal, import_id, header_digest, validate_only)
             values ($1, $2, $3, $4, $5)
             on conflict on constraint member_import_once do nothing",
            Uuid::now_v7(),
            self.principal,
            self.import_id,
            header_digest,
            terms.validate_only,
        )
        .execute(pool)
        .await?;
        let begun = sqlx::query_scalar!(
            r#"select header_digest = $3 and validate_only = $4 as "same!"
               from member_import where principal = $1 and import_id = $2"#,
            self.principal,
            self.import_id,
            header_digest,
            terms.validate_only,
        )
        .fetch_one(pool)
        .await?;
        if !begun {
            return Err(self.another().into());
        }
        self.progress(&mut *pool.acquire().await?).await
    }

    /// The refusal of other lines, or another header, under the id of an import.
    pub fn another(&self) -> chassis::refusal::Refusal {
        chassis::refusal::Refusal::of(Reason::RequestIdReused)
            .field("header.request_id")
            .with("request_id", self.import_id.to_string())
    }

    fn not_begun(&self) -> Progress {
        Progress {
            import_key: Uuid::nil(),
            import_id: self.import_id,
            validate_only: false,
            lines_done: 0,
            finished: false,
            admitted: 0,
            already_members: 0,
            candidates: 0,
            refused: 0,
            warned: 0,
        }
    }

    /// How far it has come.
    pub async fn progress(&self, db: &mut PgConnection) -> Result<Progress, Failure> {
        let found = sqlx::query_as!(
            Progress,
            r#"select import_key, import_id, validate_only, lines_done,
                      finished_at is not null as "finished!", admitted, already_members,
                      candidates, refused, warned
               from member_import where principal = $1 and import_id = $2"#,
            self.principal,
            self.import_id,
        )
        .fetch_optional(&mut *db)
        .await?;
        if found.is_none() {
            access::refuse_unless_held(db).await?;
        }
        Ok(found.unwrap_or_else(|| self.not_begun()))
    }
}

/// The batches of an import that end after a line, in their order.
pub async fn done(pool: &PgPool, import: Uuid, after: i64) -> Result<Vec<Done>, Failure> {
    let done = sqlx::query_as!(
        Done,
        "select first_line, lines, digest from member_import_batch
         where import_key = $1 and first_line + lines > $2
         order by first_line",
        import,
        after,
    )
    .fetch_all(pool)
    .await?;
    Ok(done)
}

/// All lines of it were sent, and have their outcomes.
pub async fn finish(pool: &PgPool, import: Uuid, lines: i64) -> Result<(), Failure> {
    sqlx::query!(
        "update member_import set finished_at = coalesce(finished_at, now())
         where import_key = $1 and lines_done = $2",
        import,
        lines,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Drops what lines said of imports that nobody has gone on with for long. That lines were
/// refused, and why, stays known.
pub async fn drop_forgotten(pool: &PgPool) -> Result<(), Failure> {
    sqlx::query!(
        "update member_import_line set key_version = null, ciphertext = null
         where ciphertext is not null
           and import_key = any (array(select import.import_key from member_import import
                                       where import.last_at < now() - $1::text::interval))",
        KEPT,
    )
    .execute(pool)
    .await?;
    Ok(())
}
