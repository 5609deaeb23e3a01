//! A target that an act is about: its revision that holds at the end of its period, with its unit
//! locked, so that nobody revises or withdraws it meanwhile.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::target::{Row, Target, read_rows};

/// On whom the caller needs the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Whoever set it; for an issuer outside the trade union, its unit.
    Issuer,
    /// Its unit.
    Unit,
}

/// The target, and its newest revision, which may come too late to hold.
pub async fn take(acting: &mut Acting, target_id: Uuid, on: On) -> Result<(Target, i32), Failure> {
    let locked = sqlx::query_scalar!(
        r#"select o.organisation_id
           from target t
           join organisation o on o.organisation_id = t.organisation_id
           where t.target_id = $1 and t.revision = 1
             and access.covers(case when $2 then t.organisation_id
                                    else coalesce(t.issuer_id, t.organisation_id) end)
           for no key update of o"#,
        target_id,
        on == On::Unit,
    )
    .fetch_optional(acting.db())
    .await?;
    if locked.is_none() {
        return Err(unknown_or_denied(acting.db(), Refused::TargetUnknown { target_id }).await);
    }
    let rows = sqlx::query_file_as!(Row, "src/target/holding.sql", target_id)
        .fetch_all(acting.db())
        .await?;
    let revisions = read_rows(rows)?;
    let newest = revisions.first().map_or(0, |newest| newest.revision);
    let held = revisions.iter().find(|target| target.assigned_on <= target.period.through);
    match (held, revisions.first()) {
        (Some(held), _) => Ok((held.clone(), newest)),
        // Assigned after its period, it holds on no day of it.
        (None, Some(late)) => {
            let (from, through) = (late.assigned_on, late.period.through);
            Err(Refused::TargetNotHeld { field: "target_id", from, through }.into())
        }
        (None, None) => Err(Refused::TargetUnknown { target_id }.into()),
    }
}
