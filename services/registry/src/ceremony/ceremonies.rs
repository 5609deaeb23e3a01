//! One ceremony.

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::Launched;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// A ceremony that was held.
#[derive(Debug)]
pub struct Ceremony {
    /// UUIDv7.
    pub ceremony_id: Uuid,
    /// The organiser.
    pub organisation_id: Uuid,
    /// LAUNCH or HANDING_OVER.
    pub kind: String,
    /// When.
    pub held_on: Date,
    /// Who was launched.
    pub launched: Vec<Launched>,
}

/// The ceremony of this id, where its organiser is in scope.
pub async fn ceremony(reading: &mut Reading, ceremony_id: Uuid) -> Result<Ceremony, Failure> {
    let held = sqlx::query!(
        "select organisation_id, kind, held_on from ceremony
         where ceremony_id = $1 and access.covers(organisation_id)",
        ceremony_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    let Some(held) = held else {
        let refusal = Refused::CeremonyUnknown { ceremony_id }.at("ceremony_id");
        return Err(unknown_or_denied(reading, refusal).await);
    };
    let launched = sqlx::query_as!(
        Launched,
        "select organisation_id, decision_id from ceremony_launched
         where ceremony_id = $1
         order by organisation_id",
        ceremony_id,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(Ceremony {
        ceremony_id,
        organisation_id: held.organisation_id,
        kind: held.kind,
        held_on: held.held_on,
        launched,
    })
}
