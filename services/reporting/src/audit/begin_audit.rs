//! An audit is asked for. A worker does it.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::audit::heads::{LEVELS_MAX, heads};
use crate::ground::reading;
use crate::ground::refused::Refused;

/// The permission of whoever asks.
pub const PERMISSION: &str = "reporting.audit.begin";
/// Audits of one subject that are not done yet, at most.
const OPEN_MAX: i64 = 4;

/// Of what.
#[derive(Debug)]
pub struct BeginAudit {
    /// The organisation.
    pub organisation_id: Uuid,
    /// How many levels below it.
    pub levels: i32,
    /// From the first day of a month.
    pub from_on: Date,
    /// To the first day of a later one.
    pub until_on: Date,
    /// Beside as then.
    pub as_of: Date,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begun {
    /// The audit.
    pub audit_id: Uuid,
}

impl Act for BeginAudit {
    type Answer = Begun;

    async fn perform(self, acting: &mut Acting) -> Result<Begun, Failure> {
        reading::organisation(acting.db(), self.organisation_id).await?;
        if !(0..=LEVELS_MAX).contains(&self.levels) {
            return Err(Refused::AuditTooDeep { limit: LEVELS_MAX }.into());
        }
        let months = (self.from_on, self.until_on);
        heads(acting.db(), self.organisation_id, self.levels, months).await?;
        has_room(acting).await?;
        let audit_id = Uuid::now_v7();
        let (caller, asked_at) = (acting.caller.clone(), acting.acted_at);
        sqlx::query!(
            "insert into figure_audit
                 (audit_id, principal, issuer, subject, office, permission, organisation_id, levels,
                  from_on, until_on, as_of, periodic, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false, $12)",
            audit_id,
            caller.principal(),
            caller.issuer,
            caller.subject,
            caller.office,
            PERMISSION,
            self.organisation_id,
            self.levels,
            self.from_on,
            self.until_on,
            self.as_of,
            asked_at,
        )
        .execute(acting.db())
        .await?;
        Ok(Begun { audit_id })
    }
}

/// Refuses where she has as many audits going on as one may have; two that she asks for at once are
/// counted one after the other.
async fn has_room(acting: &mut Acting) -> Result<(), Failure> {
    let principal = acting.caller.principal();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 231))", principal)
        .execute(acting.db())
        .await?;
    let open = sqlx::query_scalar!(
        r#"select count(*) as "open!" from figure_audit where principal = $1 and state in (1, 2)"#,
        principal,
    )
    .fetch_one(acting.db())
    .await?;
    if open >= OPEN_MAX {
        return Err(Refused::AuditsTooMany { limit: OPEN_MAX }.into());
    }
    Ok(())
}
