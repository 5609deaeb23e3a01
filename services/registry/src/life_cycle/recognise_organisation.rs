//! A superior recognises an organisation that was founded, or the committee that it elected.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::{Noted, Recognition};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// What is to be recognised, and from when.
#[derive(Debug)]
pub struct RecogniseOrganisation {
    /// The organisation.
    pub organisation_id: Uuid,
    /// It, or its committee.
    pub recognition: Recognition,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The superior's decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recognised {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for RecogniseOrganisation {
    type Answer = Recognised;

    async fn perform(self, acting: &mut Acting) -> Result<Recognised, Failure> {
        let organisation_id = self.organisation_id;
        let on = basis::effective_on(acting, organisation_id, Some(&self.basis), self.effective_on)
            .await?;
        // One recognition after the other.
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        // Nobody stands above the Confederation to recognise it.
        let superior_id =
            unit.superior_id.ok_or_else(|| Refused::ConfederationFixed.at("organisation_id"))?;

        let known_on = sqlx::query_scalar!(
            "select recognised_on from recognition
             where organisation_id = $1 and kind = $2 and upper_inf(recorded)
               and (kind = 'ORGANISATION' or recognised_on = $3)",
            organisation_id,
            self.recognition.code(),
            on,
        )
        .fetch_optional(acting.db())
        .await?;
        if let Some(recognised_on) = known_on {
            return Err(Refused::RecognitionExists { recognised_on }.at("kind"));
        }
        let decision_id =
            basis::record(acting, Some(self.basis), superior_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into recognition
                 (organisation_id, kind, recognised_on, decision_id, recorded, act_id)
             values ($1, $2, $3, $4, tstzrange($5, null), $6)",
            organisation_id,
            self.recognition.code(),
            on,
            decision_id,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let recognised = Noted::Recognised { organisation_id, recognition: self.recognition };
        acting.publish_all(recognised.on(on, decision_id));
        Ok(Recognised { decision_id })
    }
}
