//! Undoes what was recorded of people's way into the Party: whole cases, or from a milestone on.
//! Sensitive: what is published carries a pseudonym.

use std::collections::HashSet;

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Referral};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Cases, Kind, rest_each};
use crate::ground::day::signed;
use crate::ground::decision::Basis;
use crate::ground::refused::{BadLines, Refused};

/// How far a case has come; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// Giới thiệu.
    Referred = 1,
    /// Kết nạp.
    Admitted = 2,
    /// Chuyển chính thức.
    Confirmed = 3,
}

/// Cases never came to a milestone.
pub struct UndoPartyReferrals {
    /// Which cases.
    pub referral_ids: Vec<Uuid>,
    /// Which milestone, and those after it.
    pub milestone: Milestone,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// How many cases.
    pub cases: i32,
}

struct Case {
    referral_id: Uuid,
    person_id: Uuid,
    organisation_id: Uuid,
    subject: String,
    referred_on: Date,
    admitted_on: Option<Date>,
    confirmed_on: Option<Date>,
}

impl Case {
    /// The day on which it came to a milestone, if it has.
    fn came_to(&self, milestone: Milestone) -> Option<Date> {
        match milestone {
            Milestone::Referred => Some(self.referred_on),
            Milestone::Admitted => self.admitted_on,
            Milestone::Confirmed => self.confirmed_on,
        }
    }

    fn never_came_to(&self, milestone: Milestone) -> Event {
        let referral = Referral {
            referral_id: self.referral_id,
            organisation_id: self.organisation_id,
            subject: self.subject.clone(),
        };
        Event::HappeningTakenBack(match milestone {
            Milestone::Referred => Happening::PartyReferral(referral),
            Milestone::Admitted => Happening::PartyAdmission(referral),
            Milestone::Confirmed => Happening::PartyConfirmation(referral),
        })
    }
}

impl Act for UndoPartyReferrals {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        self.none_repeated()?;
        let organisations = self.organisations(acting).await?;
        let decisions = rest_each(acting, self.basis.as_ref(), &organisations).await?;
        let cases = self.cases(acting, &organisations).await?;
        self.all_came(&cases)?;
        self.take_back(acting, &cases).await?;

        // The last milestone first: what rests on another is taken back before it.
        for milestone in [Milestone::Confirmed, Milestone::Admitted, Milestone::Referred] {
            if (milestone as i16) < self.milestone as i16 {
                continue;
            }
            for case in &cases {
                if let Some(on) = case.came_to(milestone) {
                    let decision_id = decisions.get(&case.organisation_id).copied();
                    acting.publish(case.never_came_to(milestone).resting_on(on, decision_id));
                }
            }
        }
        let undone = Cases {
            kind: Kind::PartyReferralUndone,
            about: cases.iter().map(|case| (case.referral_id, case.organisation_id)).collect(),
            reason: &self.reason,
            decisions,
        };
        undone.record(acting).await?;
        Ok(Undone { cases: i32::try_from(cases.len()).unwrap_or(i32::MAX) })
    }
}

impl UndoPartyReferrals {
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

    /// Whose cases they are, of those in the caller's scope.
    async fn organisations(&self, acting: &mut Acting) -> Result<Vec<Uuid>, Failure> {
        let organisations = sqlx::query_scalar!(
            "select organisation_id
             from (select distinct organisation_id from party_referral
                   where referral_id = any ($1) offset 0) as each
             where access.covers(organisation_id)",
            &self.referral_ids,
        )
        .fetch_all(acting.db())
        .await?;
        if organisations.is_empty() {
            let field = "referral_ids[0]".to_string();
            let unknown = Refused::PartyReferralUnknown { field };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        }
        Ok(organisations)
    }

    async fn cases(
        &self,
        acting: &mut Acting,
        organisations: &[Uuid],
    ) -> Result<Vec<Case>, Failure> {
        Ok(sqlx::query_as!(
            Case,
            "select referral_id, person_id, organisation_id, subject, referred_on, admitted_on,
                    confirmed_on
             from party_referral
             where referral_id = any ($1) and organisation_id = any ($2)
             order by person_id, referral_id for update",
            &self.referral_ids,
            organisations,
        )
        .fetch_all(acting.db())
        .await?)
    }

    fn all_came(&self, cases: &[Case]) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        for (line, referral_id) in self.referral_ids.iter().enumerate() {
            let field = format!("referral_ids[{line}]");
            match cases.iter().find(|case| case.referral_id == *referral_id) {
                None => bad.add(line, Refused::PartyReferralUnknown { field }),
                Some(case) if case.came_to(self.milestone).is_none() => {
                    bad.add(line, Refused::PartyMilestoneMissing { field });
                }
                Some(_) => {}
            }
        }
        Ok(bad.refuse()?)
    }

    async fn take_back(&self, acting: &mut Acting, cases: &[Case]) -> Result<(), Failure> {
        let (people, referrals): (Vec<Uuid>, Vec<Uuid>) =
            cases.iter().map(|case| (case.person_id, case.referral_id)).unzip();
        if self.milestone == Milestone::Referred {
            sqlx::query!(
                "delete from party_referral
                 using unnest($1::uuid[], $2::uuid[]) as line (person_id, referral_id)
                 where party_referral.person_id = line.person_id
                   and party_referral.referral_id = line.referral_id",
                &people,
                &referrals,
            )
            .execute(acting.db())
            .await?;
            return Ok(());
        }
        sqlx::query!(
            "update party_referral
             set confirmed_on = null, admitted_on = case when not $3 then admitted_on end
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, referral_id)
             where party_referral.person_id = line.person_id
               and party_referral.referral_id = line.referral_id",
            &people,
            &referrals,
            self.milestone == Milestone::Admitted,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
