//! Records people who ask to join, so that a union can admit them or be founded by them.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use super::joining::may_join;
use super::not_too_far;
use crate::keys::Keys;
use crate::organisation::{self, Asked};
use crate::roll::{Roll, Warning};

/// An application counts on its day and the 29 days after it.
const LAPSES_AFTER: Duration = Duration::days(30);

/// People apply under an organisation.
pub struct RecordApplicants {
    /// Seals and finds identity numbers.
    pub keys: Arc<Keys>,
    /// The union, or the future superior of one not yet founded.
    pub organisation_id: Uuid,
    /// The day of the applications.
    pub applied_on: Date,
    /// Who applies.
    pub applicants: Roll,
}

/// Who applied, in the order of the roll.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// Person and application.
    pub applicants: Vec<(Uuid, Uuid)>,
    /// What is unlikely about some lines.
    pub warnings: Vec<Warning>,
}

impl Act for RecordApplicants {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        not_too_far("applied_on", self.applied_on, acting.today)?;
        organisation::stands(acting, self.organisation_id, self.applied_on, Asked::Joins).await?;
        let enrolled = self.applicants.enrol(acting, &self.keys, self.organisation_id).await?;
        let person_ids: Vec<Uuid> = enrolled.iter().map(|person| person.person_id).collect();

        may_join(acting, &self.applicants, &person_ids, self.applied_on, false).await?;

        // A newer application replaces what is still open.
        sqlx::query!(
            "update application set closed_on = greatest(applied_on, $2), closed_as = 3
             where person_id = any ($1) and closed_on is null and lapses_on > $2",
            &person_ids,
            self.applied_on,
        )
        .execute(acting.db())
        .await?;
        let application_ids: Vec<Uuid> = person_ids.iter().map(|_| Uuid::now_v7()).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into application (person_id, application_id, organisation_id, applied_on,
                                      lapses_on, act_id, recorded_at)
             select person_id, application_id, $3, $4, $5, $6, $7
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, application_id)",
            &person_ids,
            &application_ids,
            self.organisation_id,
            self.applied_on,
            self.applied_on.saturating_add(LAPSES_AFTER),
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;

        Ok(Recorded {
            applicants: person_ids.into_iter().zip(application_ids).collect(),
            warnings: self.applicants.warnings(),
        })
    }
}
