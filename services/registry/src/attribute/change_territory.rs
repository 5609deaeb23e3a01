//! Adding communes to a union's territory, and taking them out of it.

use std::collections::{BTreeSet, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry as fact;
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope, Standing};

/// Which communes come and leave, from when.
#[derive(Debug)]
pub struct ChangeTerritory {
    /// Whose territory.
    pub organisation_id: Uuid,
    /// Codes of communes; none twice, none that leaves too.
    pub added: Vec<String>,
    /// Codes of provinces, all of whose communes come.
    pub provinces: Vec<String>,
    /// Codes of districts, all of whose communes come.
    pub districts: Vec<String>,
    /// Codes of communes.
    pub left: Vec<String>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct TerritoryChanged {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
    /// How many communes came.
    pub added: usize,
    /// How many left.
    pub left: usize,
}

impl Act for ChangeTerritory {
    type Answer = TerritoryChanged;

    async fn perform(self, acting: &mut Acting) -> Result<TerritoryChanged, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        let exclusive = is_exclusive(acting, &unit.type_code, on).await?;
        let exclusive_type = exclusive.then_some(unit.type_code.as_str());

        let added = self.communes_added(acting, on).await?;
        self.refuse_held(acting, &unit, &added, exclusive_type, on).await?;
        self.refuse_not_held(acting, on).await?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, self.basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        if !self.left.is_empty() {
            sqlx::query_file!(
                "src/attribute/change_territory_left.sql",
                organisation_id,
                &self.left,
                on,
                acted_at,
                act_id,
            )
            .execute(acting.db())
            .await?;
        }
        if !added.is_empty() {
            sqlx::query_file!(
                "src/attribute/change_territory_added.sql",
                organisation_id,
                &added,
                on,
                exclusive_type,
                acted_at,
                act_id,
                unit.ended_on,
            )
            .execute(acting.db())
            .await
            // Somebody took one of them since we looked.
            .on_constraint("organisation_territory_taken", || {
                Refused::CommuneTaken { commune: String::new() }.at("communes_added")
            })?;
        }
        // A territory that another type, known to come, could not have.
        if unit.type_until.is_some() && !added.is_empty() {
            let (field, changed) = ("organisation_id", Changed::LifeOrType);
            life::refuse_contradictions(acting, field, &[organisation_id], changed).await?;
        }
        let answer = TerritoryChanged { decision_id, added: added.len(), left: self.left.len() };
        let changed = fact::TerritoryChanged { organisation_id, added, left: self.left };
        acting.publish_all(Noted::TerritoryChanged(changed).on(on, decision_id));
        Ok(answer)
    }
}

/// Whether two organisations of this type may not share a commune.
async fn is_exclusive(acting: &mut Acting, type_code: &str, on: Date) -> Result<bool, Failure> {
    sqlx::query_scalar!(
        "select exclusive from territory_rule where type = $1 and valid @> $2::date",
        type_code,
        on,
    )
    .fetch_optional(acting.db())
    .await?
    .ok_or_else(|| {
        Refused::TerritoryNotAllowed { type_code: type_code.to_string() }.at("organisation_id")
    })
}

impl ChangeTerritory {
    /// The communes that come, each of which is in force on that date; in order.
    async fn communes_added(&self, acting: &mut Acting, on: Date) -> Result<Vec<String>, Failure> {
        let known = sqlx::query!(
            "select commune, province_code, district_code from commune_rule
             where valid @> $4::date
               and (commune = any($1::text[]) or province_code = any($2::text[])
                    or district_code = any($3::text[]))",
            &self.added,
            &self.provinces,
            &self.districts,
            on,
        )
        .fetch_all(acting.db())
        .await?;
        let mut communes = BTreeSet::new();
        let mut named = HashSet::new();
        for row in known {
            named.insert(("provinces_added", row.province_code));
            named.insert(("districts_added", row.district_code));
            named.insert(("communes_added", row.commune.clone()));
            communes.insert(row.commune);
        }
        for (field, codes) in [
            ("communes_added", &self.added),
            ("provinces_added", &self.provinces),
            ("districts_added", &self.districts),
        ] {
            for (n, code) in codes.iter().enumerate() {
                if !named.contains(&(field, code.clone())) {
                    let refused = Refused::CommuneUnknown { commune: code.clone(), on };
                    return Err(refused.at(format!("{field}[{n}]")));
                }
            }
        }
        Ok(communes.into_iter().collect())
    }

    /// Nobody has these communes who may not share them; the caller learns which, not who.
    async fn refuse_held(
        &self,
        acting: &mut Acting,
        unit: &Standing,
        added: &[String],
        exclusive_type: Option<&str>,
        on: Date,
    ) -> Result<(), Failure> {
        let held = sqlx::query!(
            r#"select held.commune, held.organisation_id = $1 as "own!"
               from organisation_territory held
               where held.commune = any($2::text[]) and upper_inf(held.recorded)
                 and (held.organisation_id = $1 or held.exclusive_type = $3)
                 and held.valid && daterange($4, least($5, (select abolished_on from commune_rule
                                                            where commune = held.commune
                                                              and valid @> $4::date)))
               order by held.commune
               limit 1"#,
            self.organisation_id,
            added,
            exclusive_type,
            on,
            unit.ended_on,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(held) = held else { return Ok(()) };
        let field = match self.added.iter().position(|commune| *commune == held.commune) {
            Some(n) => format!("communes_added[{n}]"),
            None if self.districts.is_empty() => "provinces_added".to_string(),
            None => "districts_added".to_string(),
        };
        let commune = held.commune;
        let refused = if held.own {
            Refused::CommuneHeld { commune }
        } else {
            Refused::CommuneTaken { commune }
        };
        Err(refused.at(field))
    }

    async fn refuse_not_held(&self, acting: &mut Acting, on: Date) -> Result<(), Failure> {
        if self.left.is_empty() {
            return Ok(());
        }
        let held: HashSet<String> = sqlx::query_scalar!(
            "select commune from organisation_territory
             where organisation_id = $1 and commune = any($2::text[])
               and upper_inf(recorded) and valid @> $3::date",
            self.organisation_id,
            &self.left,
            on,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        for (n, commune) in self.left.iter().enumerate() {
            if !held.contains(commune) {
                let refused = Refused::CommuneNotHeld { commune: commune.clone() };
                return Err(refused.at(format!("communes_left[{n}]")));
            }
        }
        Ok(())
    }
}
