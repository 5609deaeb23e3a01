//! Recommends officers to a Party committee. Not a referral to the Party, and published under
//! a pseudonym of its own.

use std::collections::HashSet;
use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Recommendation};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::cadre::CadrePurpose;
use crate::ground::day::not_too_far;
use crate::ground::keys::{Keys, Purpose};
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// Officers are recommended.
pub struct RecommendCadre {
    /// Makes pseudonyms.
    pub keys: Arc<Keys>,
    /// The organisation that recommends.
    pub organisation_id: Uuid,
    /// The day of the recommendation.
    pub recommended_on: Date,
    /// The Party committee, as its name is written.
    pub committee: Option<String>,
    /// Who, for what.
    pub lines: Vec<(Uuid, Vec<CadrePurpose>)>,
}

/// What was recorded, in the order of the request.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recommended {
    /// One per line.
    pub recommendation_ids: Vec<Uuid>,
}

impl Act for RecommendCadre {
    type Answer = Recommended;

    async fn perform(self, acting: &mut Acting) -> Result<Recommended, Failure> {
        let on = self.recommended_on;
        not_too_far("recommended_on", on, acting.today)?;
        self.well_written()?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let person_ids: Vec<Uuid> = self.lines.iter().map(|(person_id, _)| *person_id).collect();
        roll::all_surviving(acting, &person_ids, |line| format!("lines[{line}].person_id")).await?;

        let recommendation_ids: Vec<Uuid> = person_ids.iter().map(|_| Uuid::now_v7()).collect();
        let subjects: Vec<String> =
            person_ids.iter().map(|person| self.keys.pseudonym(Purpose::Cadre, *person)).collect();
        // A list of lists goes in as text, `{1,3}`: unnest would flatten it.
        let purposes: Vec<String> = self
            .lines
            .iter()
            .map(|(_, purposes)| {
                let codes: Vec<String> =
                    purposes.iter().map(|purpose| (*purpose as i16).to_string()).collect();
                format!("{{{}}}", codes.join(","))
            })
            .collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into cadre_recommendation (person_id, recommendation_id, organisation_id,
                                               subject, recommended_on, committee, purposes,
                                               act_id, recorded_at)
             select person_id, recommendation_id, $5, subject, $6, $7, purposes::smallint[], $8, $9
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
                  as line (person_id, recommendation_id, subject, purposes)",
            &person_ids,
            &recommendation_ids,
            &subjects,
            &purposes,
            self.organisation_id,
            on,
            self.committee,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;

        for (line, (_, purposes)) in self.lines.iter().enumerate() {
            let recommended = Happening::CadreRecommendation(Recommendation {
                recommendation_id: recommendation_ids[line],
                organisation_id: self.organisation_id,
                subject: subjects[line].clone(),
                purposes: purposes.iter().map(|purpose| purpose.code().to_string()).collect(),
            });
            acting.publish(Event::Happened(recommended).on(on));
        }
        Ok(Recommended { recommendation_ids })
    }
}

impl RecommendCadre {
    fn well_written(&self) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        let mut persons = HashSet::new();
        for (line, (person_id, purposes)) in self.lines.iter().enumerate() {
            if !persons.insert(person_id) {
                let field = format!("lines[{line}].person_id");
                bad.add(line, Refused::PersonRepeated { field });
            }
            let distinct: HashSet<&CadrePurpose> = purposes.iter().collect();
            if purposes.is_empty() || distinct.len() < purposes.len() {
                let field = format!("lines[{line}].purposes");
                bad.add(line, Refused::PurposeMissing { field });
            }
        }
        Ok(bad.refuse()?)
    }
}
