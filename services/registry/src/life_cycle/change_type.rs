//! Making an organisation one of another type (nâng cấp, hạ cấp): it keeps its identity.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::rules::{Rules, SectorNeed};
use crate::ground::tree::{self, Move, Scope, Standing, later_than};

/// Whose type changes, to which, from when.
#[derive(Debug)]
pub struct ChangeType {
    /// The organisation.
    pub organisation_id: Uuid,
    /// For example `TO_CD`.
    pub type_code: String,
    /// None keeps the sector that it has, as far as the new type may have one.
    pub sector: Option<String>,
    /// Under whom it stands from then on; none means where it stands.
    pub superior_id: Option<Uuid>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The superior's decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct TypeChanged {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

/// An organisation's sector as known, and since when.
struct KnownSector {
    sector: String,
    from_on: Date,
}

impl Act for ChangeType {
    type Answer = TypeChanged;

    async fn perform(self, acting: &mut Acting) -> Result<TypeChanged, Failure> {
        let organisation_id = self.organisation_id;
        let on = basis::effective_on(acting, organisation_id, Some(&self.basis), self.effective_on)
            .await?;
        tree::lock_moves(acting, &[("organisation_id".to_string(), organisation_id)]).await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        let (superior, moved) = self.superior(acting, &unit, on).await?;
        refuse_type_known(acting, &unit, &self.type_code, on).await?;

        let rules = Rules::read(acting.db()).await?;
        let known = known_sector(acting, organisation_id).await?;
        let sector_need =
            rules.sector_need(&self.type_code, on).map_err(|refused| refused.at("type"))?;
        let sector = match (&self.sector, sector_need) {
            (Some(given), _) => Some(given.clone()),
            (None, SectorNeed::None) => None,
            (None, _) => known.as_ref().map(|known| known.sector.clone()),
        };
        rules
            .may_be_founded(&self.type_code, sector.as_deref(), on)
            .map_err(|refused| refused.at("sector"))?;
        rules
            .may_stand_under(&self.type_code, &superior.type_code, on)
            .map_err(|refused| refused.at(if moved.is_some() { "superior_id" } else { "type" }))?;
        self.refuse_unfit_subordinates(acting, &rules, on).await?;
        refuse_territory(acting, organisation_id, on).await?;
        let sector_changes = sector.as_deref() != known.as_ref().map(|known| known.sector.as_str());
        if let (true, Some(known)) = (sector_changes, &known) {
            later_than(organisation_id, known.from_on, on)
                .map_err(|refused| refused.at("effective_on"))?;
        }

        let moves = moved.is_some();
        let decision_id =
            basis::record(acting, Some(self.basis), superior.organisation_id, organisation_id)
                .await?;
        if let Some(moved) = moved {
            let moves = [moved];
            if tree::move_units(acting, &moves, on).await?.is_some() {
                return Err(Refused::WouldFormCycle { organisation_id }.at("superior_id"));
            }
            let superior_id = superior.organisation_id;
            acting.publish_all(tree::handed_over(superior_id, &moves).on(on, decision_id));
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/life_cycle/change_type.sql",
            organisation_id,
            self.type_code,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        if sector_changes {
            sqlx::query_file!(
                "src/life_cycle/change_type_sector.sql",
                organisation_id,
                sector,
                on,
                acted_at,
                act_id,
            )
            .execute(acting.db())
            .await?;
        }
        let field = if moves { "superior_id" } else { "type" };
        life::refuse_contradictions(acting, field, &[organisation_id], Changed::LifeOrType).await?;
        let changed = Event::TypeChanged(fact::TypeChanged {
            organisation_id,
            from_type: unit.type_code,
            type_code: self.type_code,
            sector,
        });
        acting.publish_all(changed.on(on, decision_id));
        life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        Ok(TypeChanged { decision_id })
    }
}

impl ChangeType {
    /// Under whom it stands from that date on, and its move there, if it moves.
    async fn superior(
        &self,
        acting: &mut Acting,
        unit: &Standing,
        on: Date,
    ) -> Result<(Standing, Option<Move>), Failure> {
        let organisation_id = self.organisation_id;
        // That of the day: it may be known to move.
        let standing_under =
            unit.place_id.ok_or_else(|| Refused::ConfederationFixed.at("organisation_id"))?;
        let Some(superior_id) = self.superior_id else {
            tree::lean_on(acting, &[standing_under]).await?;
            let superior =
                tree::standing(acting, "organisation_id", standing_under, on, Scope::Itself)
                    .await?;
            return Ok((superior, None));
        };
        unit.may_change_place(on).map_err(|refused| refused.at("effective_on"))?;
        tree::lean_on(acting, &[superior_id]).await?;
        let superior =
            tree::standing(acting, "superior_id", superior_id, on, Scope::Itself).await?;
        let refused = if superior_id == standing_under {
            Some(Refused::AlreadySubordinate { organisation_id })
        } else if superior_id == organisation_id {
            Some(Refused::WouldFormCycle { organisation_id })
        } else {
            superior.may_have_subordinates(on, unit.place_until).err()
        };
        if let Some(refused) = refused {
            return Err(refused.at("superior_id"));
        }
        let moved = Move { organisation_id, from_superior_id: standing_under, superior_id };
        Ok((superior, Some(moved)))
    }

    /// Every subordinate that it has then or later may stand under the new type.
    async fn refuse_unfit_subordinates(
        &self,
        acting: &mut Acting,
        rules: &Rules,
        on: Date,
    ) -> Result<(), Failure> {
        // Whoever decides about the organisation sees what stands below it.
        let types = sqlx::query!(
            r#"select distinct type.type as "type!", greatest(lower(edge.valid), $2) as "on_date!"
               from organisation_parent edge
               join organisation_type type
                 on type.organisation_id = edge.organisation_id and upper_inf(type.recorded)
                and type.valid && (edge.valid * daterange($2, null))
               where edge.superior_id = $1 and upper_inf(edge.recorded)
                 and edge.valid && daterange($2, null)
               order by 1, 2"#,
            self.organisation_id,
            on,
        )
        .fetch_all(acting.db())
        .await?;
        for subordinate in types {
            if rules
                .may_stand_under(&subordinate.r#type, &self.type_code, subordinate.on_date)
                .is_err()
            {
                let refused = Refused::SubordinateTypeNotAllowed {
                    type_code: subordinate.r#type,
                    superior_type: self.type_code.clone(),
                    on: subordinate.on_date,
                };
                return Err(refused.at("type"));
            }
        }
        Ok(())
    }
}

/// It is of another type, and no later act on its type is known.
async fn refuse_type_known(
    acting: &mut Acting,
    unit: &Standing,
    type_code: &str,
    on: Date,
) -> Result<(), Failure> {
    if unit.type_code == type_code {
        return Err(Refused::AlreadyOfType { type_code: type_code.to_string() }.at("type"));
    }
    let since = sqlx::query_scalar!(
        r#"select lower(valid) as "since!" from organisation_type
           where organisation_id = $1 and upper_inf(recorded) and upper_inf(valid)"#,
        unit.organisation_id,
    )
    .fetch_one(acting.db())
    .await?;
    later_than(unit.organisation_id, since, on).map_err(|refused| refused.at("effective_on"))
}

async fn known_sector(
    acting: &mut Acting,
    organisation_id: Uuid,
) -> Result<Option<KnownSector>, Failure> {
    let known = sqlx::query_as!(
        KnownSector,
        r#"select sector, lower(valid) as "from_on!" from organisation_sector
           where organisation_id = $1 and upper_inf(recorded) and upper_inf(valid)"#,
        organisation_id,
    )
    .fetch_optional(acting.db())
    .await?;
    Ok(known)
}

/// Which territory it may have depends on its type.
async fn refuse_territory(
    acting: &mut Acting,
    organisation_id: Uuid,
    on: Date,
) -> Result<(), Failure> {
    let held = sqlx::query_scalar!(
        r#"select exists (select from organisation_territory
                          where organisation_id = $1 and upper_inf(recorded)
                            and valid && daterange($2, null)) as "held!""#,
        organisation_id,
        on,
    )
    .fetch_one(acting.db())
    .await?;
    if held {
        return Err(Refused::TerritoryHeld { organisation_id }.at("organisation_id"));
    }
    Ok(())
}
