//! Records that people who had been admitted to the Party became full members of it.

use std::collections::{HashMap, HashSet};

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Referral};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::reference::limit;
use crate::ground::refused::{BadLines, Refused};

/// The third milestone of cases that had come to the second.
pub struct ConfirmInParty {
    /// The day of it.
    pub confirmed_on: Date,
    /// Which cases.
    pub referral_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Confirmed {
    /// How many people.
    pub confirmed: i32,
}

struct Case {
    referral_id: Uuid,
    person_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    admitted_on: Option<Date>,
    confirmed_on: Option<Date>,
}

/// The first day on which a candidate of a day can be a full member, by the rule of that day.
fn earliest(admitted_on: Date) -> Date {
    let next = admitted_on.next_day().unwrap_or(admitted_on);
    limit("PARTY_CANDIDATE", admitted_on).map_or(next, |rule| rule.after(admitted_on))
}

impl Act for ConfirmInParty {
    type Answer = Confirmed;

    async fn perform(self, acting: &mut Acting) -> Result<Confirmed, Failure> {
        let on = self.confirmed_on;
        not_too_far("confirmed_on", on, acting.today)?;
        let mut bad = BadLines::default();
        let mut seen = HashSet::new();
        for (line, referral_id) in self.referral_ids.iter().enumerate() {
            if !seen.insert(referral_id) {
                let field = format!("referral_ids[{line}]");
                bad.add(line, Refused::PartyReferralRepeated { field });
            }
        }
        bad.refuse()?;
        let cases = self.cases(acting).await?;

        let mut bad = BadLines::default();
        let mut confirmed = Vec::with_capacity(self.referral_ids.len());
        for (line, referral_id) in self.referral_ids.iter().enumerate() {
            let field = format!("referral_ids[{line}]");
            let Some(case) = cases.get(referral_id) else {
                bad.add(line, Refused::PartyReferralUnknown { field });
                continue;
            };
            match (case.admitted_on, case.confirmed_on) {
                (None, _) => bad.add(line, Refused::PartyMilestoneMissing { field }),
                (Some(_), Some(_)) => bad.add(line, Refused::PartyAlreadyConfirmed { field }),
                (Some(admitted_on), None) if on < earliest(admitted_on) => {
                    let earliest = earliest(admitted_on);
                    bad.add(line, Refused::PartyConfirmationTooEarly { field, earliest });
                }
                (Some(_), None) => confirmed.push(case),
            }
        }
        bad.refuse()?;

        let (person_ids, referral_ids): (Vec<Uuid>, Vec<Uuid>) =
            confirmed.iter().map(|case| (case.person_id, case.referral_id)).unzip();
        sqlx::query!(
            "update party_referral set confirmed_on = $3
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, referral_id)
             where party_referral.person_id = line.person_id
               and party_referral.referral_id = line.referral_id",
            &person_ids,
            &referral_ids,
            on,
        )
        .execute(acting.db())
        .await?;
        for case in &confirmed {
            let confirmed = Happening::PartyConfirmation(Referral {
                referral_id: case.referral_id,
                organisation_id: case.organisation_id,
                subject: case.subject.clone(),
            });
            acting.publish(Event::Happened(confirmed).on(on));
        }
        Ok(Confirmed { confirmed: i32::try_from(confirmed.len()).unwrap_or(i32::MAX) })
    }
}

impl ConfirmInParty {
    /// The cases that lie in the caller's scope, locked.
    async fn cases(&self, acting: &mut Acting) -> Result<HashMap<Uuid, Case>, Failure> {
        let cases = sqlx::query_as!(
            Case,
            "with covered as materialized (
                 select organisation_id
                 from (select distinct organisation_id from party_referral
                       where referral_id = any ($1)) as each
                 where access.covers(organisation_id)
             )
             select referral_id, person_id, organisation_id, subject, admitted_on, confirmed_on
             from party_referral
             join covered using (organisation_id)
             where referral_id = any ($1)
             order by person_id, referral_id for no key update of party_referral",
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
