//! A union refers members or workers to the Party. Sensitive: what is published carries a
//! pseudonym.

use std::collections::HashSet;
use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Referral};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::keys::{Keys, Purpose};
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{Roll, Warning};

/// People are referred to the Party, one case each.
pub struct ReferToParty {
    /// Seals numbers, and makes pseudonyms.
    pub keys: Arc<Keys>,
    /// The union that refers.
    pub organisation_id: Uuid,
    /// The day of the referral.
    pub referred_on: Date,
    /// Who.
    pub roll: Roll,
}

/// The cases, in the order of the roll.
#[derive(Debug, Serialize, Deserialize)]
pub struct Referred {
    /// Referral and person.
    pub referrals: Vec<(Uuid, Uuid)>,
    /// What is unlikely about some lines.
    pub warnings: Vec<Warning>,
}

impl Act for ReferToParty {
    type Answer = Referred;

    async fn perform(self, acting: &mut Acting) -> Result<Referred, Failure> {
        let on = self.referred_on;
        not_too_far("referred_on", on, acting.today)?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let enrolled = self.roll.enrol(acting, &self.keys, self.organisation_id).await?.people;
        let person_ids: Vec<Uuid> = enrolled.iter().map(|person| person.person_id).collect();

        let admitted: HashSet<Uuid> = sqlx::query_scalar!(
            "select person_id from party_referral
             where person_id = any ($1) and admitted_on is not null",
            &person_ids,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        let mut bad = BadLines::default();
        for (line, person_id) in person_ids.iter().enumerate() {
            if admitted.contains(person_id) {
                let field = self.roll.field(line, "person_id");
                bad.add(line, Refused::PartyAlreadyAdmitted { field });
            }
        }
        bad.refuse()?;

        let referral_ids: Vec<Uuid> = person_ids.iter().map(|_| Uuid::now_v7()).collect();
        let subjects: Vec<String> =
            person_ids.iter().map(|person| self.keys.pseudonym(Purpose::Party, *person)).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into party_referral (person_id, referral_id, organisation_id, subject,
                                         referred_on, act_id, recorded_at)
             select person_id, referral_id, $4, subject, $5, $6, $7
             from unnest($1::uuid[], $2::uuid[], $3::text[])
                  as line (person_id, referral_id, subject)",
            &person_ids,
            &referral_ids,
            &subjects,
            self.organisation_id,
            on,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;

        for (referral_id, subject) in referral_ids.iter().zip(&subjects) {
            let referred = Happening::PartyReferral(Referral {
                referral_id: *referral_id,
                organisation_id: self.organisation_id,
                subject: subject.clone(),
            });
            acting.publish(Event::Happened(referred).on(on));
        }
        Ok(Referred {
            referrals: referral_ids.into_iter().zip(person_ids).collect(),
            warnings: self.roll.warnings(),
        })
    }
}
