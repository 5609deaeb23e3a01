//! What has come of loads that are under way: each message of lines is kept as it comes in,
//! so that a stream that broke off is taken up from there. Kept lines are not what the
//! register knows; they go when the load is answered.
//!
//! Each function is one statement that commits by itself: what was kept stays kept whatever
//! becomes of the call.

use chassis::refusal::Failure;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// A load of somebody's own.
#[derive(Clone, Debug)]
pub struct Load {
    /// `<issuer>#<subject>` of whoever loads.
    pub principal: String,
    /// The request id of the load.
    pub load_id: Uuid,
}

/// How far a load has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Lines that are kept.
    pub lines_kept: i64,
    /// Organisations that were loaded, when it was done.
    pub organisations: Option<i64>,
}

/// The lines of one message.
#[derive(Debug)]
pub struct Kept {
    /// The number of the first of them.
    pub first_line: usize,
    /// As they came.
    pub content: Vec<u8>,
}

/// Drops what nobody has come back to.
pub async fn drop_forgotten(pool: &PgPool) -> Result<(), Failure> {
    sqlx::query!("delete from load_part where kept_at < now() - interval '30 days'")
        .execute(pool)
        .await?;
    Ok(())
}

impl Load {
    /// Keeps lines, the first of them with the number `first_line`, in the place of those
    /// kept from there on. Refuses lines that do not follow what is kept.
    pub async fn keep(
        &self,
        pool: &PgPool,
        first_line: usize,
        lines: usize,
        content: &[u8],
    ) -> Result<(), Failure> {
        let kept = sqlx::query!(
            "with replaced as (
                 delete from load_part
                 where principal = $1 and load_id = $2 and first_line > $3
             )
             insert into load_part (principal, load_id, first_line, lines, content)
             select $1, $2, $3, $4, $5
             where $3 = 0 or exists (select from load_part before
                                     where before.principal = $1 and before.load_id = $2
                                       and before.first_line + before.lines = $3)
             on conflict on constraint load_part_key
                 do update set lines = excluded.lines, content = excluded.content, kept_at = now()",
            self.principal,
            self.load_id,
            i32::try_from(first_line).unwrap_or(i32::MAX),
            i32::try_from(lines).unwrap_or(i32::MAX),
            content,
        )
        .execute(pool)
        .await?
        .rows_affected();
        if kept == 0 {
            return Err(Refused::LoadLinesMissing { first_line }.at("header.first_line"));
        }
        Ok(())
    }

    /// All lines that are kept before `until`, message by message in their order, or a refusal
    /// where some are missing.
    pub async fn kept(&self, pool: &PgPool, until: usize) -> Result<Vec<Kept>, Failure> {
        let parts = sqlx::query!(
            "select first_line, lines, content from load_part
             where principal = $1 and load_id = $2 and first_line < $3
             order by first_line",
            self.principal,
            self.load_id,
            i32::try_from(until).unwrap_or(i32::MAX),
        )
        .fetch_all(pool)
        .await?;
        let mut kept = Vec::with_capacity(parts.len());
        let mut next = 0;
        for part in parts {
            if part.first_line != next {
                break;
            }
            next += part.lines;
            kept.push(Kept {
                first_line: usize::try_from(part.first_line).unwrap_or_default(),
                content: part.content,
            });
        }
        if usize::try_from(next) != Ok(until) {
            let first_line = until;
            return Err(Refused::LoadLinesMissing { first_line }.at("header.first_line"));
        }
        Ok(kept)
    }

    /// Drops what is kept of it.
    pub async fn drop_kept(&self, pool: &PgPool) -> Result<(), Failure> {
        sqlx::query!(
            "delete from load_part where principal = $1 and load_id = $2",
            self.principal,
            self.load_id,
        )
        .execute(pool)
        .await?;
        Ok(())
    }

    /// How far it has come; `rpc` is the method by whose answer it is known to be done.
    pub async fn progress(&self, db: &mut PgConnection, rpc: &str) -> Result<Progress, Failure> {
        let row = sqlx::query!(
            r#"select (select coalesce(max(first_line + lines), 0) from load_part
                       where principal = $1 and load_id = $2)::bigint as "lines_kept!",
                      (select (answer ->> 'organisations')::bigint from act.request
                       where principal = $1 and request_id = $2 and rpc = $3) as "organisations?""#,
            self.principal,
            self.load_id,
            rpc,
        )
        .fetch_one(db)
        .await?;
        Ok(Progress { lines_kept: row.lines_kept, organisations: row.organisations })
    }
}
