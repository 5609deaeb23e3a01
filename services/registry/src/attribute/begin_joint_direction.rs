//! A second organisation directs a unit beside its superior (phối hợp chỉ đạo).

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::tree::{self, Scope, earlier};

/// Who directs whom, from when.
#[derive(Debug)]
pub struct BeginJointDirection {
    /// The unit.
    pub organisation_id: Uuid,
    /// Who directs it beside its superior.
    pub director_id: Uuid,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct JointDirectionBegun {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for BeginJointDirection {
    type Answer = JointDirectionBegun;

    async fn perform(self, acting: &mut Acting) -> Result<JointDirectionBegun, Failure> {
        let Self { organisation_id, director_id, effective_on, basis } = self;
        let on = basis::effective_on(acting, organisation_id, basis.as_ref(), effective_on).await?;
        tree::lean_on(acting, &[organisation_id, director_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        let director =
            tree::standing(acting, "director_id", director_id, on, Scope::Itself).await?;
        // No longer than both of them live.
        let until = earlier(unit.ended_on, director.ended_on);
        director.may_have_subordinates(on, until).map_err(|refused| refused.at("director_id"))?;
        if director_id == organisation_id || unit.place_id == Some(director_id) {
            return Err(Refused::DirectorIsSuperior { director_id }.at("director_id"));
        }
        Rules::read(acting.db())
            .await?
            .may_stand_under(&unit.type_code, &director.type_code, on)
            .map_err(|refused| refused.at("director_id"))?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into organisation_director
                 (organisation_id, director_id, valid, recorded, act_id)
             values ($1, $2, daterange($3, $6), tstzrange($4, null), $5)",
            organisation_id,
            director_id,
            on,
            acted_at,
            act_id,
            until,
        )
        .execute(acting.db())
        .await
        .on_constraint("organisation_director_known", || {
            Refused::JointDirectionExists { director_id }.at("director_id")
        })?;
        let (field, changed) = ("director_id", Changed::OtherThings);
        life::refuse_contradictions(acting, field, &[organisation_id], changed).await?;
        let begun = Noted::JointDirectionBegun { organisation_id, director_id };
        acting.publish_all(begun.on(on, decision_id));
        Ok(JointDirectionBegun { decision_id })
    }
}
