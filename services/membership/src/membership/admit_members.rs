//! Admits people to a union, whole or not at all.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::membership::{Admission, AdmissionKind, Event};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence;
use crate::ground::day::plausible;
use crate::ground::decision::{Basis, consent, rests_on};
use crate::ground::duplicates;
use crate::ground::joining::{Joining, joined, may_join};
use crate::ground::keys::Keys;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;
use crate::ground::roll::{Enrolment, Roll, Warning};

/// People become members of a union.
pub struct AdmitMembers {
    /// Seals and finds identity numbers.
    pub keys: Arc<Keys>,
    /// The union.
    pub organisation_id: Uuid,
    /// One kind for the whole roll.
    pub kind: AdmissionKind,
    /// From when on, by which decision.
    pub dated: Dated,
    /// The consent of a superior to those who had been expelled.
    pub consent: Option<Basis>,
    /// The workers' organisation whose members are recognised, by its name.
    pub source_organisation: Option<String>,
    /// Who.
    pub roll: Roll,
}

/// Who was admitted, in the order of the roll.
#[derive(Debug, Serialize, Deserialize)]
pub struct Admitted {
    /// The movement.
    pub admission_id: Uuid,
    /// Person and membership.
    pub members: Vec<(Uuid, Uuid)>,
    /// What is unlikely about some lines.
    pub warnings: Vec<Warning>,
}

impl Act for AdmitMembers {
    type Answer = Admitted;

    async fn perform(self, acting: &mut Acting) -> Result<Admitted, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        let ends = organisation::stands(acting, self.organisation_id, on, Asked::Joins).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        let consent_id = consent(acting, self.consent.as_ref(), self.organisation_id).await?;
        let (number, issued_on) = self.dated.written();
        let mut warnings = self.roll.warnings();
        warnings.extend(self.roll.namesakes(acting, self.organisation_id).await?);
        let enrolment = self.roll.enrol(acting, &self.keys, self.organisation_id).await?;
        let readmission = self.kind == AdmissionKind::Readmitted;
        let joining = Joining { on, readmission, consented: consent_id.is_some() };
        may_join(acting, &self.roll, &enrolment, joining).await?;
        let Enrolment { people, known_before } = enrolment;

        let admission_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let members = i32::try_from(people.len()).unwrap_or(i32::MAX);
        let person_ids: Vec<Uuid> = people.iter().map(|person| person.person_id).collect();
        let lines: Vec<Moved> = people
            .into_iter()
            .map(|person| Moved { membership_id: Uuid::now_v7(), person })
            .collect();
        let membership_ids: Vec<Uuid> = lines.iter().map(|line| line.membership_id).collect();
        let list = self.roll.list;
        sqlx::query!(
            "with admission as (
                 insert into movement (movement_id, kind, to_organisation_id, admission_kind,
                                       effective_on, decision_number, decision_issued_on, members,
                                       act_id, recorded_at, decision_id, consent_id,
                                       source_organisation)
                 values ($1, 'admission', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             )
             insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
             select person_id, membership_id, $2, $4, $1
             from unnest($13::uuid[], $14::uuid[]) as line (person_id, membership_id)",
            admission_id,
            self.organisation_id,
            self.kind as i16,
            on,
            number,
            issued_on,
            members,
            act_id,
            acted_at,
            decision_id,
            consent_id,
            self.source_organisation,
            &person_ids,
            &membership_ids,
        )
        .execute(acting.db())
        .await
        .on_constraint("membership_one_at_a_time", || Refused::MembershipActive {
            field: list.to_string(),
        })?;
        close_applications(acting, &known_before, on).await?;

        let union = self.organisation_id;
        let admitted = Event::Admitted(Admission {
            admission_id: Some(admission_id),
            organisation_id: union,
            kind: self.kind,
            lines: change::lines(&lines),
        });
        acting.publish(admitted.resting_on(on, decision_id));
        // Late paper: the union may have ended since, or end on a day that is still to come.
        if ends {
            consequence::go_on(acting, &[union], &person_ids).await?;
        }
        joined(acting, &known_before).await?;
        duplicates::look(acting, &person_ids).await?;
        Ok(Admitted {
            admission_id,
            members: person_ids.into_iter().zip(membership_ids).collect(),
            warnings,
        })
    }
}

/// Ends the open applications of people who became members.
async fn close_applications(
    acting: &mut Acting,
    person_ids: &[Uuid],
    on: Date,
) -> Result<(), Failure> {
    if person_ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update application set closed_on = greatest(applied_on, $2), closed_as = 2
         where person_id = any ($1) and closed_on is null and lapses_on > $2",
        person_ids,
        on,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
