//! An organisation plans who may come next in a post, for a term (quy hoạch chức danh).

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope, later_than};

/// Who is prepared for which post.
#[derive(Debug)]
pub struct PlanSuccession {
    /// Whose post it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// For example `CHAIR`.
    pub position: String,
    /// The term's first year.
    pub term_from_year: i32,
    /// The term's last year.
    pub term_to_year: i32,
    /// When it was planned.
    pub planned_on: Date,
    /// The first in line first; at least one.
    pub candidate_ids: Vec<Uuid>,
    /// The decision that approves it, if it is known.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct SuccessionPlanned {
    /// The plan.
    pub succession_plan_id: Uuid,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for PlanSuccession {
    type Answer = SuccessionPlanned;

    async fn perform(self, acting: &mut Acting) -> Result<SuccessionPlanned, Failure> {
        let (organisation_id, on) = (self.organisation_id, self.planned_on);
        basis::has_happened(acting, "planned_on", on)?;
        // Plans for one post are made in the order of their dates.
        tree::take(acting, &[organisation_id]).await?;
        tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself)
            .await?
            .lives_on(on)
            .map_err(|refused| refused.at("planned_on"))?;
        self.refuse_unknown_post(acting).await?;
        self.refuse_repeated()?;
        self.refuse_earlier(acting).await?;

        basis::effective_on(acting, organisation_id, self.basis.as_ref(), Some(on)).await?;
        let decision_id =
            basis::record(acting, self.basis, organisation_id, organisation_id).await?;
        let succession_plan_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let repeated = || Refused::LaterActKnown { subject_id: organisation_id, later_on: on };
        sqlx::query!(
            "with planned as (
                 insert into succession_plan
                     (succession_plan_id, organisation_id, body, position, term_from_year,
                      term_to_year, planned_on, decision_id, act_id, recorded_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 returning succession_plan_id
             )
             insert into succession_candidate (succession_plan_id, place, person_id)
             select succession_plan_id, place, person_id
             from planned
             cross join unnest($11::uuid[]) with ordinality as candidate (person_id, place)",
            succession_plan_id,
            organisation_id,
            self.body,
            self.position,
            self.term_from_year,
            self.term_to_year,
            on,
            decision_id,
            act_id,
            acted_at,
            &self.candidate_ids,
        )
        .execute(acting.db())
        .await
        .on_constraint("succession_plan_once", || repeated().at("planned_on"))?;
        Ok(SuccessionPlanned { succession_plan_id, decision_id })
    }
}

impl PlanSuccession {
    async fn refuse_unknown_post(&self, acting: &mut Acting) -> Result<(), Failure> {
        let positions =
            sqlx::query_scalar!("select position from position_rule where body = $1", self.body,)
                .fetch_all(acting.db())
                .await?;
        if positions.is_empty() {
            return Err(Refused::BodyUnknown { body: self.body.clone() }.at("body"));
        }
        if !positions.contains(&self.position) {
            let (body, position) = (self.body.clone(), self.position.clone());
            return Err(Refused::PositionUnknown { body, position }.at("position"));
        }
        Ok(())
    }

    fn refuse_repeated(&self) -> Result<(), Failure> {
        let mut named = HashSet::new();
        for (n, person_id) in self.candidate_ids.iter().copied().enumerate() {
            if !named.insert(person_id) {
                let refused = Refused::CandidateRepeated { person_id };
                return Err(refused.at(format!("candidate_ids[{n}]")));
            }
        }
        Ok(())
    }

    async fn refuse_earlier(&self, acting: &mut Acting) -> Result<(), Failure> {
        let last = sqlx::query_scalar!(
            "select max(planned_on) from succession_plan
             where organisation_id = $1 and body = $2 and position = $3 and term_from_year = $4
               and access.covers($1)",
            self.organisation_id,
            self.body,
            self.position,
            self.term_from_year,
        )
        .fetch_one(acting.db())
        .await?;
        match last {
            None => Ok(()),
            Some(last) => later_than(self.organisation_id, last, self.planned_on)
                .map_err(|refused| refused.at("planned_on")),
        }
    }
}
