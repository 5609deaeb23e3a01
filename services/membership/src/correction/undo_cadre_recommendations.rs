//! Undoes recommendations of officers. Sensitive: what is published carries a pseudonym.

use std::collections::{HashMap, HashSet};

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Outcome, Recommendation};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::cadre::CadrePurpose;
use crate::ground::correction::{Cases, Kind, rest_each};
use crate::ground::day::signed;
use crate::ground::decision::Basis;
use crate::ground::refused::{BadLines, Refused};

/// Officers were never recommended.
pub struct UndoCadreRecommendations {
    /// Which recommendations.
    pub recommendation_ids: Vec<Uuid>,
    /// Only what became of them in this way; where there is none, they were never made.
    pub outcome: Option<CadrePurpose>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// How many.
    pub recommendations: i32,
}

struct Taken {
    recommendation_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    recommended_on: Date,
    purposes: Vec<i16>,
}

struct Reached {
    recommendation_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    outcome: i16,
    reached_on: Date,
}

impl Act for UndoCadreRecommendations {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        self.none_repeated()?;
        let organisations = self.organisations(acting).await?;
        let decisions = rest_each(acting, self.basis.as_ref(), &organisations).await?;
        self.lock(acting, &organisations).await?;
        // What became of them first: it rests on them.
        let outcomes = self.take_back_outcomes(acting, &organisations).await?;
        for one in &outcomes {
            let never = Happening::CadreOutcome(Outcome {
                recommendation_id: one.recommendation_id,
                organisation_id: one.organisation_id,
                subject: one.subject.clone(),
                outcome: CadrePurpose::numbered(one.outcome)
                    .map(|outcome| outcome.code().to_string())
                    .unwrap_or_default(),
            });
            let decision_id = decisions.get(&one.organisation_id).copied();
            acting
                .publish(Event::HappeningTakenBack(never).resting_on(one.reached_on, decision_id));
        }
        let about = match self.outcome {
            Some(_) => {
                self.all_reached(&outcomes)?;
                outcomes.iter().map(|one| (one.recommendation_id, one.organisation_id)).collect()
            }
            None => self.never_made(acting, &organisations, &decisions).await?,
        };
        let recommendations = i32::try_from(about.len()).unwrap_or(i32::MAX);
        let undone =
            Cases { kind: Kind::CadreRecommendationUndone, about, reason: &self.reason, decisions };
        undone.record(acting).await?;
        Ok(Undone { recommendations })
    }
}

impl UndoCadreRecommendations {
    /// Takes back the recommendations themselves, and answers which.
    async fn never_made(
        &self,
        acting: &mut Acting,
        organisations: &[Uuid],
        decisions: &HashMap<Uuid, Uuid>,
    ) -> Result<Vec<(Uuid, Uuid)>, Failure> {
        let taken = self.take_back(acting, organisations).await?;
        for one in &taken {
            let never = Happening::CadreRecommendation(Recommendation {
                recommendation_id: one.recommendation_id,
                organisation_id: one.organisation_id,
                subject: one.subject.clone(),
                purposes: one
                    .purposes
                    .iter()
                    .filter_map(|number| CadrePurpose::numbered(*number))
                    .map(|purpose| purpose.code().to_string())
                    .collect(),
            });
            let decision_id = decisions.get(&one.organisation_id).copied();
            let never = Event::HappeningTakenBack(never);
            acting.publish(never.resting_on(one.recommended_on, decision_id));
        }
        Ok(taken.iter().map(|one| (one.recommendation_id, one.organisation_id)).collect())
    }

    async fn take_back_outcomes(
        &self,
        acting: &mut Acting,
        organisations: &[Uuid],
    ) -> Result<Vec<Reached>, Failure> {
        let mut taken = sqlx::query_as!(
            Reached,
            "delete from cadre_outcome
             where recommendation_id = any ($1) and organisation_id = any ($2)
               and ($3::smallint is null or outcome = $3)
             returning recommendation_id, organisation_id, subject, outcome, reached_on",
            &self.recommendation_ids,
            organisations,
            self.outcome.map(|outcome| outcome as i16),
        )
        .fetch_all(acting.db())
        .await?;
        taken.sort_by_key(|one| (one.recommendation_id, one.outcome));
        Ok(taken)
    }

    fn all_reached(&self, reached: &[Reached]) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        for (line, recommendation_id) in self.recommendation_ids.iter().enumerate() {
            if !reached.iter().any(|one| one.recommendation_id == *recommendation_id) {
                let field = format!("recommendation_ids[{line}]");
                bad.add(line, Refused::RecommendationUnknown { field });
            }
        }
        Ok(bad.refuse()?)
    }

    fn none_repeated(&self) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        let mut seen = HashSet::new();
        for (line, recommendation_id) in self.recommendation_ids.iter().enumerate() {
            if !seen.insert(recommendation_id) {
                let field = format!("recommendation_ids[{line}]");
                bad.add(line, Refused::RecommendationRepeated { field });
            }
        }
        Ok(bad.refuse()?)
    }

    /// Whose recommendations they are, of those in the caller's scope.
    async fn organisations(&self, acting: &mut Acting) -> Result<Vec<Uuid>, Failure> {
        let organisations = sqlx::query_scalar!(
            "select organisation_id
             from (select distinct organisation_id from cadre_recommendation
                   where recommendation_id = any ($1) offset 0) as each
             where access.covers(organisation_id)",
            &self.recommendation_ids,
        )
        .fetch_all(acting.db())
        .await?;
        if organisations.is_empty() {
            let field = "recommendation_ids[0]".to_string();
            let unknown = Refused::RecommendationUnknown { field };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        }
        Ok(organisations)
    }

    /// Two acts that share some queue for them in one order.
    async fn lock(&self, acting: &mut Acting, organisations: &[Uuid]) -> Result<(), Failure> {
        sqlx::query!(
            "select from cadre_recommendation
             where recommendation_id = any ($1) and organisation_id = any ($2)
             order by person_id, recommendation_id for update",
            &self.recommendation_ids,
            organisations,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    async fn take_back(
        &self,
        acting: &mut Acting,
        organisations: &[Uuid],
    ) -> Result<Vec<Taken>, Failure> {
        let mut taken = sqlx::query_as!(
            Taken,
            "delete from cadre_recommendation
             where recommendation_id = any ($1) and organisation_id = any ($2)
             returning recommendation_id, organisation_id, subject, recommended_on, purposes",
            &self.recommendation_ids,
            organisations,
        )
        .fetch_all(acting.db())
        .await?;
        taken.sort_by_key(|one| one.recommendation_id);
        let mut bad = BadLines::default();
        for (line, recommendation_id) in self.recommendation_ids.iter().enumerate() {
            if !taken.iter().any(|one| one.recommendation_id == *recommendation_id) {
                let field = format!("recommendation_ids[{line}]");
                bad.add(line, Refused::RecommendationUnknown { field });
            }
        }
        bad.refuse()?;
        Ok(taken)
    }
}
