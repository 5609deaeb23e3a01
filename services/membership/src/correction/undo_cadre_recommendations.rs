//! Undoes recommendations of officers. Sensitive: what is published carries a pseudonym.

use std::collections::HashSet;

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Recommendation};
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

impl Act for UndoCadreRecommendations {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        self.none_repeated()?;
        let organisations = self.organisations(acting).await?;
        let decisions = rest_each(acting, self.basis.as_ref(), &organisations).await?;
        let taken = self.take_back(acting, &organisations).await?;
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
        let undone = Cases {
            kind: Kind::CadreRecommendationUndone,
            about: taken.iter().map(|one| (one.recommendation_id, one.organisation_id)).collect(),
            reason: &self.reason,
            decisions,
        };
        undone.record(acting).await?;
        Ok(Undone { recommendations: i32::try_from(taken.len()).unwrap_or(i32::MAX) })
    }
}

impl UndoCadreRecommendations {
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

    async fn take_back(
        &self,
        acting: &mut Acting,
        organisations: &[Uuid],
    ) -> Result<Vec<Taken>, Failure> {
        // Two acts that share some queue for them in one order.
        sqlx::query!(
            "select from cadre_recommendation
             where recommendation_id = any ($1) and organisation_id = any ($2)
             order by person_id, recommendation_id for update",
            &self.recommendation_ids,
            organisations,
        )
        .execute(acting.db())
        .await?;
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
