//! What became of recommendations of officers. Sensitive: what is published carries a pseudonym.

use std::collections::{HashMap, HashSet};

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Outcome};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::cadre::CadrePurpose;
use crate::ground::day::not_too_far;
use crate::ground::refused::{BadLines, Refused};

/// Officers are planned for, trained or appointed.
pub struct RecordCadreOutcomes {
    /// Which recommendations led to it.
    pub recommendation_ids: Vec<Uuid>,
    /// What became of them.
    pub outcome: CadrePurpose,
    /// The day.
    pub reached_on: Date,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// How many.
    pub recommendations: i32,
}

struct Recommended {
    recommendation_id: Uuid,
    person_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    recommended_on: Date,
    reached: bool,
}

impl Act for RecordCadreOutcomes {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        let on = self.reached_on;
        not_too_far("reached_on", on, acting.today)?;
        let mut bad = BadLines::default();
        let mut seen = HashSet::new();
        for (line, recommendation_id) in self.recommendation_ids.iter().enumerate() {
            if !seen.insert(recommendation_id) {
                let field = format!("recommendation_ids[{line}]");
                bad.add(line, Refused::RecommendationRepeated { field });
            }
        }
        bad.refuse()?;
        let recommended = self.recommended(acting).await?;
        let mut bad = BadLines::default();
        let mut reached = Vec::with_capacity(self.recommendation_ids.len());
        for (line, recommendation_id) in self.recommendation_ids.iter().enumerate() {
            let field = format!("recommendation_ids[{line}]");
            match recommended.get(recommendation_id) {
                None => bad.add(line, Refused::RecommendationUnknown { field }),
                Some(one) if one.reached => bad.add(line, Refused::CadreOutcomeReached { field }),
                Some(one) if on < one.recommended_on => {
                    let recommended_on = one.recommended_on;
                    bad.add(line, Refused::CadreOutcomeTooEarly { field, recommended_on });
                }
                Some(one) => reached.push(one),
            }
        }
        bad.refuse()?;
        self.write(acting, &reached).await?;
        for one in &reached {
            let outcome = Happening::CadreOutcome(Outcome {
                recommendation_id: one.recommendation_id,
                organisation_id: one.organisation_id,
                subject: one.subject.clone(),
                outcome: self.outcome.code().to_string(),
            });
            acting.publish(Event::Happened(outcome).on(on));
        }
        Ok(Recorded { recommendations: i32::try_from(reached.len()).unwrap_or(i32::MAX) })
    }
}

impl RecordCadreOutcomes {
    /// The recommendations that lie in the caller's scope, locked.
    async fn recommended(
        &self,
        acting: &mut Acting,
    ) -> Result<HashMap<Uuid, Recommended>, Failure> {
        sqlx::query!(
            "select from cadre_recommendation
             where recommendation_id = any ($1)
               and organisation_id = any (array(
                       select organisation_id
                       from (select distinct organisation_id from cadre_recommendation
                             where recommendation_id = any ($1) offset 0) as each
                       where access.covers(organisation_id)))
             order by person_id, recommendation_id for no key update",
            &self.recommendation_ids,
        )
        .execute(acting.db())
        .await?;
        let recommended = sqlx::query_as!(
            Recommended,
            r#"with covered as materialized (
                   select organisation_id
                   from (select distinct organisation_id from cadre_recommendation
                         where recommendation_id = any ($1)) as each
                   where access.covers(organisation_id)
               )
               select recommendation_id, person_id, organisation_id, subject, recommended_on,
                      exists (select from cadre_outcome known
                              where known.person_id = cadre_recommendation.person_id
                                and known.recommendation_id = cadre_recommendation.recommendation_id
                                and known.outcome = $2) as "reached!"
               from cadre_recommendation
               join covered using (organisation_id)
               where recommendation_id = any ($1)"#,
            &self.recommendation_ids,
            self.outcome as i16,
        )
        .fetch_all(acting.db())
        .await?;
        if recommended.is_empty() {
            let field = "recommendation_ids[0]".to_string();
            let unknown = Refused::RecommendationUnknown { field };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        }
        Ok(recommended.into_iter().map(|one| (one.recommendation_id, one)).collect())
    }

    async fn write(&self, acting: &mut Acting, reached: &[&Recommended]) -> Result<(), Failure> {
        let people: Vec<Uuid> = reached.iter().map(|one| one.person_id).collect();
        let ids: Vec<Uuid> = reached.iter().map(|one| one.recommendation_id).collect();
        let organisations: Vec<Uuid> = reached.iter().map(|one| one.organisation_id).collect();
        let subjects: Vec<&str> = reached.iter().map(|one| one.subject.as_str()).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into cadre_outcome (person_id, recommendation_id, outcome, reached_on,
                                        organisation_id, subject, act_id, recorded_at)
             select person_id, recommendation_id, $5, $6, organisation_id, subject, $7, $8
             from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
                  as line (person_id, recommendation_id, organisation_id, subject)",
            &people,
            &ids,
            &organisations,
            &subjects as &[&str],
            self.outcome as i16,
            self.reached_on,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
