//! Members are asked for in a file. A worker writes it.

use chassis::access::{self, permission_denied};
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sheets::writing::Format;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::file;
use crate::ground::organisation;
use crate::ground::refused::Refused;

/// The permission of reading identity numbers and phones.
pub const IDENTITY_READ: &str = "membership.identity.read";

/// Which members, and how.
#[derive(Debug)]
pub struct ExportMembers {
    /// The export's own id.
    pub export_id: Uuid,
    /// Of which organisation.
    pub organisation_id: Uuid,
    /// And of those under it.
    pub with_subtree: bool,
    /// On which day.
    pub as_of: Date,
    /// As was known then.
    pub known_at: Option<OffsetDateTime>,
    /// In what form.
    pub format: Format,
    /// With identity numbers and phones.
    pub with_identity: bool,
    /// Files of one subject, at most.
    pub most: u32,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The export.
    pub export_id: Uuid,
}

impl Act for ExportMembers {
    type Answer = Asked;

    async fn perform(self, acting: &mut Acting) -> Result<Asked, Failure> {
        organisation::in_scope(acting.db(), self.organisation_id).await?;
        if self.with_identity && !identified(acting, self.organisation_id).await? {
            return Err(permission_denied(IDENTITY_READ).into());
        }
        self.has_room(acting).await?;
        let caller = acting.caller.clone();
        let acted_at = acting.acted_at;
        sqlx::query!(
            "insert into member_export
                 (export_key, principal, export_id, issuer, subject, office, purpose,
                  organisation_id, with_subtree, as_of, known_at, format, with_identity, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            Uuid::now_v7(),
            caller.principal(),
            self.export_id,
            caller.issuer,
            caller.subject,
            caller.office,
            caller.purpose,
            self.organisation_id,
            self.with_subtree,
            self.as_of,
            self.known_at,
            file::number(self.format),
            self.with_identity,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(Asked { export_id: self.export_id })
    }
}

impl ExportMembers {
    /// Refuses where she has as many files as one may have; two that she asks for at once are
    /// counted one after the other.
    async fn has_room(&self, acting: &mut Acting) -> Result<(), Failure> {
        let principal = acting.caller.principal();
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 291))", principal)
            .execute(acting.db())
            .await?;
        let files = sqlx::query_scalar!(
            r#"select count(*) as "files!" from member_export
               where principal = $1 and state in (1, 2, 3)"#,
            principal,
        )
        .fetch_one(acting.db())
        .await?;
        if files >= i64::from(self.most) {
            return Err(Refused::ExportsTooMany { most: i64::from(self.most) }.into());
        }
        Ok(())
    }
}

async fn identified(acting: &mut Acting, organisation_id: Uuid) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select access.covers_with($1, $2) as "held!""#,
        organisation_id,
        IDENTITY_READ,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(held)
}

/// Refuses an export that nobody asked for, or somebody else did.
pub async fn unknown(connection: &mut sqlx::PgConnection, export_id: Uuid) -> Failure {
    access::unknown_or_denied(connection, Refused::ExportUnknown { export_id }).await
}
