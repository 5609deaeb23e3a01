//! Party cases. Sensitive: their method has a permission of its own.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
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
    /// When she became a full member, if she did.
    pub confirmed_on: Option<Date>,
}

/// The cases that one organisation opened.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<PartyReferral>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                PartyReferral,
                "select referral_id, organisation_id, person_id, referred_on, admitted_on,
                        confirmed_on
                 from party_referral
                 where organisation_id = $1 and ($2::uuid is null or referral_id > $2)
                 order by referral_id limit $3",
                organisation_id,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                PartyReferral,
                r#"select referral_id as "referral_id!", organisation_id as "organisation_id!",
                          person_id as "person_id!", referred_on as "referred_on!",
                          admitted_on as "admitted_on?", confirmed_on as "confirmed_on?"
                   from party_referral_known
                   where organisation_id = $1 and ($2::uuid is null or referral_id > $2)
                     and recorded @> $4::timestamptz
                   order by referral_id limit $3"#,
                organisation_id,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |case| case.referral_id)
}
