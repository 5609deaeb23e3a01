//! Delegations and their delegates.

use chassis::access;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// A delegation, as it was sent.
#[derive(Debug)]
pub struct Delegation {
    /// Its id.
    pub delegation_id: Uuid,
    /// The sender.
    pub organisation_id: Uuid,
    /// Whose event it was.
    pub host_id: Uuid,
    /// Code of the event.
    pub event: String,
    /// The day of the event.
    pub held_on: Date,
}

/// One delegation of a sender in the caller's scope, with person and organisation of each
/// delegate.
pub async fn get(
    connection: &mut PgConnection,
    delegation_id: Uuid,
) -> Result<(Delegation, Vec<(Uuid, Uuid)>), Failure> {
    let delegation = sqlx::query_as!(
        Delegation,
        "select delegation_id, organisation_id, host_id, event, held_on from delegation
         where delegation_id = $1 and access.covers(organisation_id)",
        delegation_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(delegation) = delegation else {
        let unknown = Refused::DelegationUnknown { delegation_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    };
    let delegates = sqlx::query!(
        "select person_id, organisation_id from delegate where delegation_id = $1
         order by person_id",
        delegation_id,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| (row.person_id, row.organisation_id))
    .collect();
    Ok((delegation, delegates))
}
