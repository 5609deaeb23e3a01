//! Records that people whom unions had referred were admitted to the Party.

use std::collections::{HashMap, HashSet};

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::membership::{Event, Happening, Referral};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::refused::{BadLines, Refused};

/// The second milestone of cases opened before.
pub struct AdmitToParty {
    /// The day of the admission.
    pub admitted_on: Date,
    /// Which cases.
    pub referral_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct AdmittedToParty {
    /// How many people.
    pub admitted: i32,
}

struct Case {
    referral_id: Uuid,
    person_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    referred_on: Date,
    admitted: bool,
}

impl Act for AdmitToParty {
    type Answer = AdmittedToParty;

    async fn perform(self, acting: &mut Acting) -> Result<AdmittedToParty, Failure> {
        let on = self.admitted_on;
        not_too_far("admitted_on", on, acting.today)?;
        self.none_repeated()?;
        let cases = self.cases(acting).await?;

        let mut bad = BadLines::default();
        let mut persons = HashSet::new();
        let mut admitted = Vec::with_capacity(self.referral_ids.len());
        for (line, referral_id) in self.referral_ids.iter().enumerate() {
            let field = format!("referral_ids[{line}]");
            match cases.get(referral_id) {
                None => bad.add(line, Refused::PartyReferralUnknown { field }),
                Some(case) if case.admitted || !persons.insert(case.person_id) => {
                    bad.add(line, Refused::PartyAlreadyAdmitted { field });
                }
                Some(Case { referred_on, .. }) if on < *referred_on => {
                    let referred_on = *referred_on;
                    bad.add(line, Refused::PartyAdmissionTooEarly { field, referred_on });
                }
                Some(case) => admitted.push(case),
            }
        }
        bad.refuse()?;

        let (person_ids, referral_ids): (Vec<Uuid>, Vec<Uuid>) =
            admitted.iter().map(|case| (case.person_id, case.referral_id)).unzip();
        sqlx::query!(
            "update party_referral set admitted_on = $3
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, referral_id)
             where party_referral.person_id = line.person_id
               and party_referral.referral_id = line.referral_id",
            &person_ids,
            &referral_ids,
            on,
        )
        .execute(acting.db())
        .await
        .on_constraint("party_admitted_once", || Refused::PartyAlreadyAdmitted {
            field: "referral_ids".to_string(),
        })?;

        for case in &admitted {
            let admitted = Happening::PartyAdmission(Referral {
                referral_id: case.referral_id,
                organisation_id: case.organisation_id,
                subject: case.subject.clone(),
            });
            acting.publish(Event::Happened(admitted).on(on));
        }
        Ok(AdmittedToParty { admitted: i32::try_from(admitted.len()).unwrap_or(i32::MAX) })
    }
}

impl AdmitToParty {
    fn none_repeated(&self) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        let mut seen = HashSet::new();
        for (line, referral_id) in self.referral_ids.iter().enumerate() {
            if !seen.insert(referral_id) {
                let field = format!("referral_ids[{line}]");
                bad.add(line, Refused::PartyReferralRepeated { field });
            }
        }
        Ok(bad.refuse()?)
    }

    /// The cases that lie in the caller's scope, with their people locked. A person is admitted
    /// once, whichever of her referrals led to it.
    async fn cases(&self, acting: &mut Acting) -> Result<HashMap<Uuid, Case>, Failure> {
        sqlx::query!(
            "select from lock_people(array(
                 select person_id from party_referral
                 where referral_id = any ($1) and access.covers(organisation_id)))",
            &self.referral_ids,
        )
        .execute(acting.db())
        .await?;
        let cases = sqlx::query_as!(
            Case,
            r#"with covered as materialized (
                   select organisation_id
                   from (select distinct organisation_id from party_referral
                         where referral_id = any ($1)) as each
                   where access.covers(organisation_id)
               )
               select referral_id, person_id, organisation_id, subject, referred_on,
                      exists (select from party_referral earlier
                              where earlier.person_id = party_referral.person_id
                                and earlier.admitted_on is not null) as "admitted!"
               from party_referral
               join covered using (organisation_id)
               where referral_id = any ($1)"#,
            &self.referral_ids,
        )
        .fetch_all(acting.db())
        .await?;
        if cases.is_empty() {
            let field = "referral_ids[0]".to_string();
            let unknown = Refused::PartyReferralUnknown { field };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        }
        Ok(cases.into_iter().map(|case| (case.referral_id, case)).collect())
    }
}
