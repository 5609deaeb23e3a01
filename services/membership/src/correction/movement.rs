//! The movement that is undone or corrected, and its people.

use std::collections::{BTreeSet, HashMap};

use anyhow::anyhow;
use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::Move;
use crate::ground::merged;
use crate::ground::organisation;
use crate::ground::refused::Refused;
use crate::ground::roll::none_repeated;

/// A movement that somebody decided here, as it was recorded.
#[derive(Debug)]
pub struct Decision {
    /// Its id.
    pub movement_id: Uuid,
    /// The first movement that it is in the place of, by corrections, or itself.
    pub first: Uuid,
    /// Its day.
    pub on: Date,
    /// What it does.
    pub what: Move,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
    /// The consent of a superior, of an admission of people who had been expelled.
    pub consent_id: Option<Uuid>,
    /// The decision's number, where it was written down with it.
    pub number: Option<String>,
    /// When that was signed.
    pub issued_on: Option<Date>,
}

struct Row {
    movement_id: Uuid,
    from_organisation_id: Option<Uuid>,
    to_organisation_id: Option<Uuid>,
    admission_kind: Option<i16>,
    exit_reason: Option<i16>,
    effective_on: Date,
    registry_act_id: Option<Uuid>,
    corrects: Option<Uuid>,
    decision_id: Option<Uuid>,
    consent_id: Option<Uuid>,
    decision_number: Option<String>,
    decision_issued_on: Option<Date>,
}

impl Decision {
    /// The movement with this id, or the one that it carries out otherwise than was decided; in
    /// the caller's scope, with all of its unions.
    pub async fn of(acting: &mut Acting, movement_id: Uuid) -> Result<Self, Failure> {
        let row = sqlx::query_as!(
            Row,
            "select decided.movement_id, decided.from_organisation_id,
                    decided.to_organisation_id, decided.admission_kind, decided.exit_reason,
                    decided.effective_on, decided.registry_act_id, decided.corrects,
                    decided.decision_id, decided.consent_id, decided.decision_number,
                    decided.decision_issued_on
             from movement named
             join movement decided
               on decided.movement_id = coalesce(named.restates, named.movement_id)
             where named.movement_id = $1
               and (access.covers(named.from_organisation_id)
                    or access.covers(named.to_organisation_id))",
            movement_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(row) = row else {
            let unknown = Refused::MovementUnknown { movement_id };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        let unions: Vec<Uuid> =
            [row.from_organisation_id, row.to_organisation_id].into_iter().flatten().collect();
        organisation::all_in_scope(acting.db(), &unions, |_| "movement_id".to_string()).await?;
        if let Some(registry_act_id) = row.registry_act_id {
            return Err(Refused::MovementFollows { registry_act_id }.into());
        }
        let what = match (row.from_organisation_id, row.to_organisation_id) {
            (None, Some(to)) => {
                Move::Admission { to, kind: row.admission_kind.unwrap_or_default() }
            }
            (Some(from), Some(to)) => Move::Transfer { from, to },
            (Some(from), None) => Move::Exit { from, reason: row.exit_reason.unwrap_or_default() },
            (None, None) => return Err(anyhow!("a movement neither comes nor goes").into()),
        };
        Ok(Self {
            movement_id: row.movement_id,
            first: row.corrects.unwrap_or(row.movement_id),
            on: row.effective_on,
            what,
            decision_id: row.decision_id,
            consent_id: row.consent_id,
            number: row.decision_number,
            issued_on: row.decision_issued_on,
        })
    }

    /// The union that a decision about it is about: that which is left, or joined.
    pub fn union(&self) -> Uuid {
        self.what.from().or(self.what.to()).unwrap_or_default()
    }

    /// The people asked for, or all for whom it holds: as it was decided or otherwise.
    pub async fn people(&self, acting: &mut Acting, asked: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
        if !asked.is_empty() {
            none_repeated(asked)?;
            return Ok(asked.to_vec());
        }
        let people = sqlx::query_scalar!(
            r#"with carries_out as materialized (
                   select $1::uuid as movement_id
                   union all
                   select movement_id from movement where restates = $1
               )
               select person_id as "person_id!"
               from membership join carries_out on begun_by = movement_id
               union
               select person_id from membership join carries_out on ended_by = movement_id
               union
               select person_id from movement_taken_back where movement_id = $1 and stands
               order by 1"#,
            self.movement_id,
        )
        .fetch_all(acting.db())
        .await?;
        if people.is_empty() {
            return Err(Refused::MovementUndone { field: "movement_id".to_string() }.into());
        }
        // What was decided of whoever was merged is carried out for the one who survives.
        let merged: HashMap<Uuid, Uuid> =
            merged::of(acting.db(), &people).await?.into_iter().collect();
        let survivor = |person_id: Uuid| merged.get(&person_id).copied().unwrap_or(person_id);
        let people: BTreeSet<Uuid> = people.into_iter().map(survivor).collect();
        Ok(people.into_iter().collect())
    }
}
