//! Party cases. Sensitive: their method has a permission of its own.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::organisation;

/// One case.
#[derive(Debug)]
pub struct PartyReferral {
    /// Its id.
    pub referral_id: Uuid,
    /// The union that referred.
    pub organisation_id: Uuid,
    /// Who was referred.
    pub person_id: Uuid,
    /// When.
    pub referred_on: Date,
    /// When she was admitted, if she was.
    pub admitted_on: Option<Date>,
}

/// The cases that one organisation opened.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<PartyReferral>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let rows = sqlx::query_as!(
        PartyReferral,
        "select referral_id, organisation_id, person_id, referred_on, admitted_on
         from party_referral
         where organisation_id = $1 and ($2::uuid is null or referral_id > $2)
         order by referral_id limit $3",
        organisation_id,
        asked.after::<Uuid>()?,
        asked.limit(),
    )
    .fetch_all(connection)
    .await?;
    asked.page(rows, |case| case.referral_id)
}
