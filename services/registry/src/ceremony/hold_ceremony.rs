//! A ceremony: unions are launched, decisions are handed over.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::{Event, Launched};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::{Refused, refuse_repeated};
use crate::ground::tree::{self, Scope};

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// lễ ra mắt
    Launch,
    /// trao quyết định
    HandingOver,
}

impl CeremonyKind {
    /// As the contract and the schema write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Launch => "LAUNCH",
            Self::HandingOver => "HANDING_OVER",
        }
    }

    /// As the contract writes it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Launch, Self::HandingOver].into_iter().find(|kind| kind.code() == code)
    }
}

/// A ceremony that was held.
#[derive(Debug)]
pub struct HoldCeremony {
    /// The organiser.
    pub organisation_id: Uuid,
    /// What it was for.
    pub kind: CeremonyKind,
    /// When.
    pub held_on: Date,
    /// At least one, none twice.
    pub launched: Vec<Launched>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct CeremonyHeld {
    /// The ceremony.
    pub ceremony_id: Uuid,
}

impl Act for HoldCeremony {
    type Answer = CeremonyHeld;

    async fn perform(self, acting: &mut Acting) -> Result<CeremonyHeld, Failure> {
        let Self { organisation_id, kind, held_on, launched } = self;
        let field = |n: usize| format!("launched[{n}].organisation_id");
        basis::has_happened(acting, "held_on", held_on)?;
        let unit_ids: Vec<Uuid> = launched.iter().map(|one| one.organisation_id).collect();
        refuse_repeated(unit_ids.iter().copied(), field)?;
        tree::standing(acting, "organisation_id", organisation_id, held_on, Scope::Itself)
            .await?
            .lives_on(held_on)
            .map_err(|refused| refused.at("organisation_id"))?;
        let units = tree::standings(acting, &unit_ids, held_on, Scope::Itself).await?;
        for (n, unit_id) in unit_ids.iter().enumerate() {
            let Some(unit) = units.get(unit_id) else {
                return Err(tree::unknown(acting, &field(n), *unit_id).await);
            };
            unit.lives_on(held_on).map_err(|refused| refused.at(field(n)))?;
        }
        refuse_unknown_decisions(acting, &launched).await?;

        let ceremony_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let decision_ids: Vec<Option<Uuid>> = launched.iter().map(|one| one.decision_id).collect();
        sqlx::query!(
            "insert into ceremony (ceremony_id, organisation_id, kind, held_on, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6)",
            ceremony_id,
            organisation_id,
            kind.code(),
            held_on,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "insert into ceremony_launched (ceremony_id, organisation_id, decision_id)
             select $1, organisation_id, decision_id
             from unnest($2::uuid[], $3::uuid[]) as launched (organisation_id, decision_id)",
            ceremony_id,
            &unit_ids,
            &decision_ids as &[Option<Uuid>],
        )
        .execute(acting.db())
        .await?;
        let held = Event::CeremonyHeld(fact::Ceremony {
            ceremony_id,
            organisation_id,
            kind: kind.code().to_string(),
            held_on,
            launched,
        });
        acting.publish_all(held.on(held_on, None));
        Ok(CeremonyHeld { ceremony_id })
    }
}

async fn refuse_unknown_decisions(
    acting: &mut Acting,
    launched: &[Launched],
) -> Result<(), Failure> {
    let (unit_ids, named): (Vec<Uuid>, Vec<Uuid>) =
        launched.iter().filter_map(|one| Some((one.organisation_id, one.decision_id?))).unzip();
    // A decision handed over may be a superior's: naming it reads nothing of it.
    let known: HashSet<(Uuid, Uuid)> = sqlx::query!(
        r#"select handed.organisation_id as "organisation_id!", handed.decision_id as "decision_id!"
           from unnest($1::uuid[], $2::uuid[]) as handed (organisation_id, decision_id)
           join decision on decision.decision_id = handed.decision_id
           where decides_about(decision.issuer_id, handed.organisation_id)"#,
        &unit_ids,
        &named,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| (row.organisation_id, row.decision_id))
    .collect();
    for (n, one) in launched.iter().enumerate() {
        if let Some(decision_id) = one.decision_id
            && !known.contains(&(one.organisation_id, decision_id))
        {
            let refused = Refused::DecisionUnknown { decision_id };
            return Err(refused.at(format!("launched[{n}].decision_id")));
        }
    }
    Ok(())
}
