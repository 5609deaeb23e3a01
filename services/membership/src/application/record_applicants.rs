//! Records people who ask to join, so that a union can admit them or be founded by them.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::duplicates;
use crate::ground::joining::{Joining, may_join};
use crate::ground::keys::Keys;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;
use crate::ground::roll::{Roll, Warning};

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
        let enrolment = self.applicants.enrol(acting, &self.keys, self.organisation_id).await?;
        let person_ids: Vec<Uuid> = enrolment.people.iter().map(|one| one.person_id).collect();

        let joining = Joining { on: self.applied_on, readmission: false, consented: false };
        may_join(acting, &self.applicants, &enrolment, joining).await?;

        // A newer application replaces an older one from its day on, whichever of the two is
        // recorded first.
        sqlx::query!(
            "update application set closed_on = $2, closed_as = 3
             where person_id = any ($1) and applied_on <= $2
               and coalesce(closed_on, lapses_on) > $2",
            &person_ids,
            self.applied_on,
        )
        .execute(acting.db())
        .await?;
        let application_ids: Vec<Uuid> = person_ids.iter().map(|_| Uuid::now_v7()).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into application (person_id, application_id, organisation_id, applied_on,
                                      lapses_on, closed_on, closed_as, act_id, recorded_at)
             select person_id, application_id, $3, $4, $5, newer.applied_on,
                    case when newer.applied_on is not null then 3 end, $6, $7
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, application_id)
             left join lateral (
                 select min(later.applied_on) as applied_on
                 from application later
                 where later.person_id = line.person_id and later.applied_on > $4
                   and later.applied_on < $5
                   and coalesce(later.closed_on, later.lapses_on) > later.applied_on
             ) newer on true",
            &person_ids,
            &application_ids,
            self.organisation_id,
            self.applied_on,
            self.applied_on.saturating_add(LAPSES_AFTER),
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await
        .on_constraint("application_one_at_a_time", || Refused::ApplicationOverlaps)?;

        duplicates::look(acting, &person_ids).await?;
        Ok(Recorded {
            applicants: person_ids.into_iter().zip(application_ids).collect(),
            warnings: self.applicants.warnings(),
        })
    }
}
