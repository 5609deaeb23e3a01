//! An employer gets to a stage on its way to a union.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// The stage at which a campaign ends: the union is there.
const FOUNDED: &str = "FOUNDED";
/// The stage that may be left again for any other.
const BLOCKED: &str = "BLOCKED";

/// Who got to which stage, and when.
#[derive(Debug)]
pub struct ReachCampaignStage {
    /// The organisation that campaigns.
    pub organisation_id: Uuid,
    /// The employer.
    pub employer_id: Uuid,
    /// For example `CANVASSED`.
    pub stage: String,
    /// When.
    pub reached_on: Date,
    /// The union, at `FOUNDED`.
    pub union_id: Option<Uuid>,
    /// Why, at `BLOCKED`.
    pub block_reason: Option<String>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct StageReached {
    /// The campaign.
    pub campaign_id: Uuid,
}

impl Act for ReachCampaignStage {
    type Answer = StageReached;

    async fn perform(self, acting: &mut Acting) -> Result<StageReached, Failure> {
        let (organisation_id, employer_id) = (self.organisation_id, self.employer_id);
        let on = self.reached_on;
        basis::has_happened(acting, "reached_on", on)?;
        self.refuse_contradiction()?;
        let stage_order = sqlx::query_scalar!(
            "select stage_order from campaign_stage_rule where stage = $1",
            self.stage,
        )
        .fetch_optional(acting.db())
        .await?
        .ok_or_else(|| Refused::StageUnknown { stage: self.stage.clone() }.at("stage"))?;

        tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself)
            .await?
            .lives_on(on)
            .map_err(|refused| refused.at("reached_on"))?;
        if let Some(union_id) = self.union_id {
            tree::standing(acting, "union_id", union_id, on, Scope::Itself)
                .await?
                .lives_on(on)
                .map_err(|refused| refused.at("union_id"))?;
        }
        // Two acts on the campaigns of one employer queue here.
        let employer = sqlx::query!(
            "select employer_id from employer
             where employer_id = $1
               and access.covers((select surveyor_id from employer_survey survey
                                  where survey.employer_id = $1
                                  order by surveyed_on desc limit 1))
             for update",
            employer_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if employer.is_none() {
            let refusal = Refused::EmployerUnknown { employer_id }.at("employer_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        }

        let (campaign_id, step) = self.next_step(acting, stage_order).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into campaign_stage (campaign_id, step, stage, reached_on, union_id,
                                         block_reason, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            campaign_id,
            step,
            self.stage,
            on,
            self.union_id,
            self.block_reason.as_deref().unwrap_or_default(),
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let reached = Event::CampaignStageReached(fact::CampaignStage {
            campaign_id,
            employer_id,
            organisation_id,
            stage: self.stage,
            union_id: self.union_id,
        });
        acting.publish_all(reached.on(on, None));
        Ok(StageReached { campaign_id })
    }
}

impl ReachCampaignStage {
    fn refuse_contradiction(&self) -> Result<(), Failure> {
        let stage = || self.stage.clone();
        match (self.stage == FOUNDED, self.union_id) {
            (true, None) => return Err(Refused::UnionRequired.at("union_id")),
            (false, Some(_)) => {
                return Err(Refused::UnionNotAllowed { stage: stage() }.at("union_id"));
            }
            _ => {}
        }
        if (self.stage == BLOCKED) != self.block_reason.is_some() {
            return Err(Refused::BlockReasonRequired { stage: stage() }.at("block_reason"));
        }
        Ok(())
    }

    /// The campaign under way and its next step, or a new campaign and its first.
    async fn next_step(
        &self,
        acting: &mut Acting,
        stage_order: i32,
    ) -> Result<(Uuid, i32), Failure> {
        let last = sqlx::query!(
            r#"select campaign.campaign_id, step.stage as "stage!",
                      step.reached_on as "reached_on!",
                      -- Where a blocked campaign stood before counts as where it stands.
                      (select max(rule.stage_order) from campaign_stage_known earlier
                       join campaign_stage_rule rule using (stage)
                       where earlier.campaign_id = campaign.campaign_id
                         and earlier.stage <> 'BLOCKED') as highest,
                      -- Steps to a union that never existed keep their numbers.
                      (select max(taken.step) from campaign_stage taken
                       where taken.campaign_id = campaign.campaign_id) as "last_step!"
               from campaign
               join lateral (select * from campaign_stage_known
                             where campaign_id = campaign.campaign_id
                             order by step desc limit 1) step on true
               where campaign.employer_id = $1 and campaign.organisation_id = $2
                 and access.covers($2)
               order by campaign.campaign_id desc
               limit 1"#,
            self.employer_id,
            self.organisation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if let Some(last) = last
            && last.stage != FOUNDED
        {
            if self.reached_on < last.reached_on {
                let refused = Refused::LaterActKnown {
                    subject_id: self.organisation_id,
                    later_on: last.reached_on,
                };
                return Err(refused.at("reached_on"));
            }
            let backward =
                last.stage != BLOCKED && last.highest.is_some_and(|highest| stage_order <= highest);
            let again = last.stage == self.stage;
            if backward || again {
                let (stage, standing) = (self.stage.clone(), last.stage);
                return Err(Refused::StageOutOfOrder { stage, standing }.at("stage"));
            }
            return Ok((last.campaign_id, last.last_step + 1));
        }
        let campaign_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into campaign (campaign_id, employer_id, organisation_id, act_id, recorded_at)
             values ($1, $2, $3, $4, $5)",
            campaign_id,
            self.employer_id,
            self.organisation_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok((campaign_id, 1))
    }
}
