//! An organisation helps people: visits, aid, loans, health care. Sensitive: what is published
//! carries a pseudonym.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::keys::{Keys, Purpose};
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::{welfare_occasions, welfare_sources};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{Roll, Warning};
use crate::ground::welfare::{self, Kind, Line};

/// The most that one person is given at once: ten thousand million đồng.
const AMOUNT_MAX: i64 = 10_000_000_000;

/// People are helped.
pub struct GiveWelfare {
    /// Seals numbers, and makes pseudonyms.
    pub keys: Arc<Keys>,
    /// Which helps them.
    pub organisation_id: Uuid,
    /// How.
    pub kind: Kind,
    /// A code of the list of occasions.
    pub occasion: String,
    /// A code of the list of sources.
    pub source: String,
    /// The day.
    pub given_on: Date,
    /// Of a loan: by when it is to be paid back.
    pub due_on: Option<Date>,
    /// By which decision.
    pub basis: Option<Basis>,
    /// Who.
    pub roll: Roll,
    /// In đồng, in the order of the roll.
    pub amounts: Vec<i64>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Gave {
    /// The act for these people.
    pub welfare_id: Uuid,
    /// In the order of the roll.
    pub person_ids: Vec<Uuid>,
    /// In all.
    pub amount_vnd: i64,
    /// What is unlikely about some lines.
    pub warnings: Vec<Warning>,
}

impl Act for GiveWelfare {
    type Answer = Gave;

    async fn perform(self, acting: &mut Acting) -> Result<Gave, Failure> {
        let on = self.given_on;
        not_too_far("given_on", on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        self.well_written()?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), self.organisation_id).await?;
        let enrolled = self.roll.enrol(acting, &self.keys, self.organisation_id).await?.people;
        let welfare_id = Uuid::now_v7();
        let lines: Vec<Line> = enrolled
            .iter()
            .zip(&self.amounts)
            .map(|(person, amount_vnd)| Line {
                welfare_id,
                person_id: person.person_id,
                organisation_id: self.organisation_id,
                subject: self.keys.pseudonym(Purpose::Welfare, person.person_id),
                kind: self.kind as i16,
                occasion: self.occasion.clone(),
                source: self.source.clone(),
                given_on: on,
                amount_vnd: *amount_vnd,
                decision_id,
            })
            .collect();
        self.write(acting, &lines, decision_id).await?;
        for (on, decision_id, told) in welfare::told(&lines) {
            acting.publish(Event::Happened(told).resting_on(on, decision_id));
        }
        Ok(Gave {
            welfare_id,
            person_ids: lines.iter().map(|line| line.person_id).collect(),
            amount_vnd: self.amounts.iter().sum(),
            warnings: self.roll.warnings(),
        })
    }
}

impl GiveWelfare {
    fn well_written(&self) -> Result<(), Failure> {
        if !welfare_occasions().contains_key(&self.occasion) {
            return Err(Refused::WelfareOccasionUnknown.into());
        }
        if !welfare_sources().contains_key(&self.source) {
            return Err(Refused::WelfareSourceUnknown.into());
        }
        let fits = match (self.kind, self.due_on) {
            (Kind::Loan, Some(due_on)) => due_on > self.given_on,
            (Kind::Loan, None) => false,
            (_, due_on) => due_on.is_none(),
        };
        if !fits {
            return Err(Refused::LoanDueMisfit.into());
        }
        let least = if matches!(self.kind, Kind::Aid | Kind::Loan) { 1 } else { 0 };
        let mut bad = BadLines::default();
        for (line, amount) in self.amounts.iter().enumerate() {
            if !(least..=AMOUNT_MAX).contains(amount) {
                let field = format!("lines[{line}].amount_vnd");
                bad.add(line, Refused::WelfareAmountOutOfRange { field, most: AMOUNT_MAX });
            }
        }
        Ok(bad.refuse()?)
    }

    async fn write(
        &self,
        acting: &mut Acting,
        lines: &[Line],
        decision_id: Option<Uuid>,
    ) -> Result<(), Failure> {
        let Some(first) = lines.first() else { return Ok(()) };
        let person_ids: Vec<Uuid> = lines.iter().map(|line| line.person_id).collect();
        let subjects: Vec<&str> = lines.iter().map(|line| line.subject.as_str()).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into welfare (person_id, welfare_id, organisation_id, subject, kind, occasion,
                                  source, given_on, due_on, amount_vnd, decision_id, act_id,
                                  recorded_at)
             select person_id, $4, $5, subject, $6, $7, $8, $9, $10, amount_vnd, $11, $12, $13
             from unnest($1::uuid[], $2::text[], $3::bigint[])
                  as line (person_id, subject, amount_vnd)",
            &person_ids,
            &subjects as &[&str],
            &self.amounts,
            first.welfare_id,
            self.organisation_id,
            self.kind as i16,
            self.occasion,
            self.source,
            self.given_on,
            self.due_on,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
