//! Delegations and their delegates.

use chassis::access;
use chassis::refusal::Failure;
use feeds::membership::Delegate;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
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
    /// By what they were chosen.
    pub criteria: Option<String>,
    /// The occasion of the event.
    pub occasion: Option<String>,
}

/// One delegation of a sender in the caller's scope, with person and organisation of each
/// delegate.
pub async fn get(
    connection: &mut PgConnection,
    delegation_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<(Delegation, Vec<Delegate>), Failure> {
    let delegation =
        match known_at {
            None => {
                sqlx::query_as!(
                Delegation,
                "select delegation_id, organisation_id, host_id, event, held_on, criteria, occasion
                     from delegation
                 where delegation_id = $1 and access.covers(organisation_id)",
                delegation_id,
            )
                .fetch_optional(&mut *connection)
                .await?
            }
            Some(at) => sqlx::query_as!(
                Delegation,
                r#"select delegation_id as "delegation_id!", organisation_id as "organisation_id!",
                          host_id as "host_id!", event as "event!", held_on as "held_on!",
                          criteria as "criteria?", occasion as "occasion?"
                   from delegation_known
                   where delegation_id = $1 and recorded @> $2::timestamptz
                     and access.covers(organisation_id)"#,
                delegation_id,
                at,
            )
            .fetch_optional(&mut *connection)
            .await?,
        };
    let Some(delegation) = delegation else {
        let unknown = Refused::DelegationUnknown { delegation_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    };
    let delegates = match known_at {
        None => {
            sqlx::query_as!(
                Delegate,
                "select person_id, organisation_id from delegate where delegation_id = $1
                 order by person_id",
                delegation_id,
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Delegate,
                r#"select person_id as "person_id!", organisation_id as "organisation_id!"
                   from delegate_known
                   where delegation_id = $1 and recorded @> $2::timestamptz
                   order by person_id"#,
                delegation_id,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok((delegation, delegates))
}
