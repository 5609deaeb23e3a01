//! Handing units over to another superior: one, or tens of thousands, in one transaction.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::{Refused, refuse_repeated};
use crate::ground::rules::Rules;
use crate::ground::tree::{self, Move, Scope};

/// Units to be handed over; their subordinates come along.
#[derive(Debug)]
pub struct HandOverOrganisations {
    /// At least one, none twice.
    pub unit_ids: Vec<Uuid>,
    /// Who takes them over.
    pub superior_id: Uuid,
    /// The first day under the new superior; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What a handing over answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandedOver {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
    /// How many units moved.
    pub units: usize,
}

impl Act for HandOverOrganisations {
    type Answer = HandedOver;

    async fn perform(self, acting: &mut Acting) -> Result<HandedOver, Failure> {
        let field = |n: usize| format!("unit_ids[{n}]");
        refuse_repeated(self.unit_ids.iter().copied(), field)?;
        let on =
            basis::effective_on(acting, self.superior_id, Some(&self.basis), self.effective_on)
                .await?;
        let mut named = vec![("superior_id".to_string(), self.superior_id)];
        named.extend(self.unit_ids.iter().enumerate().map(|(n, unit_id)| (field(n), *unit_id)));
        tree::lock_moves(acting, &named).await?;
        tree::plan_for(acting, self.unit_ids.len()).await?;
        tree::take(acting, &self.unit_ids).await?;
        tree::lean_on(acting, &[self.superior_id]).await?;

        let superior =
            tree::standing(acting, "superior_id", self.superior_id, on, Scope::Itself).await?;
        let rules = Rules::read(acting.db()).await?;
        let units = tree::standings(acting, &self.unit_ids, on, Scope::BySuperior).await?;
        // An act of the past holds until the next known change of each unit's place.
        let until = if units.values().any(|unit| unit.place_until.is_none()) {
            None
        } else {
            units.values().filter_map(|unit| unit.place_until).max()
        };
        superior.may_have_subordinates(on, until).map_err(|refused| refused.at("superior_id"))?;
        let mut moves = Vec::with_capacity(self.unit_ids.len());
        for (n, unit_id) in self.unit_ids.iter().enumerate() {
            let Some(unit) = units.get(unit_id) else {
                return Err(tree::unknown(acting, &field(n), *unit_id).await);
            };
            let checked = unit.lives_on(on).and_then(|()| unit.may_change_place(on)).and_then(
                |from_superior_id| {
                    if from_superior_id == self.superior_id {
                        return Err(Refused::AlreadySubordinate { organisation_id: *unit_id });
                    }
                    if *unit_id == self.superior_id {
                        return Err(Refused::WouldFormCycle { organisation_id: *unit_id });
                    }
                    rules.may_stand_under(&unit.type_code, &superior.type_code, on)?;
                    Ok(from_superior_id)
                },
            );
            moves.push(Move {
                organisation_id: *unit_id,
                from_superior_id: checked.map_err(|refused| refused.at(field(n)))?,
                superior_id: self.superior_id,
            });
        }

        let decision_id =
            basis::record(acting, Some(self.basis), self.superior_id, self.superior_id).await?;
        if let Some(organisation_id) = tree::move_units(acting, &moves, on).await? {
            let n = self.unit_ids.iter().position(|unit_id| *unit_id == organisation_id);
            let field = n.map_or_else(|| "superior_id".to_string(), field);
            return Err(Refused::WouldFormCycle { organisation_id }.at(field));
        }
        // Those of which something is known to come, and those that the new superior directs.
        let director_id = self.superior_id;
        let directed = directed_beside(acting, &self.unit_ids, director_id, on).await?;
        let met: Vec<Uuid> = units
            .values()
            .filter(|unit| {
                unit.place_until.is_some()
                    || unit.has_later_life()
                    || superior.has_later_life()
                    || directed.contains(&unit.organisation_id)
            })
            .map(|unit| unit.organisation_id)
            .collect();
        if !met.is_empty() {
            let changed = Changed::OtherThings;
            life::refuse_contradictions(acting, "unit_ids", &met, changed).await?;
        }
        acting.publish_all(tree::handed_over(self.superior_id, &moves).on(on, decision_id));
        let ending: Vec<Uuid> = units
            .values()
            .filter(|unit| unit.ended_on.is_some())
            .map(|unit| unit.organisation_id)
            .collect();
        life::tell_lives(acting, &ending, on, decision_id).await?;
        Ok(HandedOver { decision_id, units: moves.len() })
    }
}

/// Those of the units that an organisation directs beside their superiors, on a day or later.
pub async fn directed_beside(
    acting: &mut Acting,
    unit_ids: &[Uuid],
    director_id: Uuid,
    on: Date,
) -> Result<HashSet<Uuid>, Failure> {
    let directed = sqlx::query_scalar!(
        "select organisation_id from organisation_director
         where director_id = $1 and organisation_id = any($2::uuid[])
           and upper_inf(recorded) and valid && daterange($3, null)",
        director_id,
        unit_ids,
        on,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(directed.into_iter().collect())
}
