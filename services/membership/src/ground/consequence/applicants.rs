//! A union was founded with applicants: they are its first members.

use chassis::feed::Following;
use chassis::refusal::Failure;
use feeds::membership::{Admission, AdmissionKind, Event, Finished};
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence::{Kind, Obstacle};
use crate::ground::roll::{Enrolled, LINES_MAX};
use crate::ground::standing;

/// A founding, with the people who applied for it.
#[derive(Debug)]
pub struct Founding {
    /// Registry's act.
    pub registry_act_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// Its first day.
    pub founded_on: Date,
    /// Persons with an open application.
    pub applicant_ids: Vec<Uuid>,
}

/// Admits the applicants from the founding's day on. Who cannot be admitted is passed over
/// and listed with the reason: the founding is decided, and one person does not undo it.
/// The same founding read twice admits nobody twice.
pub async fn admit_applicants(
    following: &mut Following,
    mut founding: Founding,
) -> Result<(), Failure> {
    founding.applicant_ids.sort_unstable();
    founding.applicant_ids.dedup();
    if founding.applicant_ids.is_empty() {
        return Ok(());
    }
    let new = sqlx::query!(
        "insert into consequence (registry_act_id, organisation_id, kind, effective_on)
         values ($1, $2, $3, $4)
         on conflict on constraint consequence_key do nothing",
        founding.registry_act_id,
        founding.organisation_id,
        Kind::ApplicantsAdmitted as i16,
        founding.founded_on,
    )
    .execute(following.db())
    .await?
    .rows_affected();
    if new == 0 {
        return Ok(());
    }

    sqlx::query!("select from lock_people($1)", &founding.applicant_ids,)
        .execute(following.db())
        .await?;
    let applicants = sqlx::query_file!(
        "src/ground/consequence/eligible.sql",
        &founding.applicant_ids,
        founding.organisation_id,
        founding.founded_on,
    )
    .fetch_all(following.db())
    .await?;
    let mut admitted = Vec::with_capacity(applicants.len());
    let (mut passed_over, mut obstacles) = (Vec::new(), Vec::new());
    for applicant in applicants {
        let obstacle = match (applicant.known, applicant.member, applicant.applied) {
            (false, _, _) => Obstacle::PersonUnknown,
            (true, true, _) => Obstacle::MembershipActive,
            (true, false, false) => Obstacle::ApplicationNotOpen,
            (true, false, true) => {
                admitted.push(Moved {
                    membership_id: Uuid::now_v7(),
                    person: Enrolled {
                        person_id: applicant.person_id,
                        sex: applicant.sex,
                        birth_year: applicant.birth_year,
                    },
                });
                continue;
            }
        };
        passed_over.push(applicant.person_id);
        obstacles.push(obstacle as i16);
    }

    for lines in admitted.chunks(LINES_MAX) {
        admit(following, &founding, lines).await?;
    }
    sqlx::query!(
        "insert into consequence_passed_over
             (person_id, registry_act_id, organisation_id, obstacle, kind)
         select person_id, $3, $4, obstacle, $5
         from unnest($1::uuid[], $2::smallint[]) as line (person_id, obstacle)",
        &passed_over,
        &obstacles,
        founding.registry_act_id,
        founding.organisation_id,
        Kind::ApplicantsAdmitted as i16,
    )
    .execute(following.db())
    .await?;
    sqlx::query!(
        "update consequence set members = $4, finished_at = now()
         where registry_act_id = $1 and organisation_id = $2 and kind = $3",
        founding.registry_act_id,
        founding.organisation_id,
        Kind::ApplicantsAdmitted as i16,
        i32::try_from(admitted.len()).unwrap_or(i32::MAX),
    )
    .execute(following.db())
    .await?;
    let finished = Event::ConsequenceFinished(Finished {
        registry_act_id: founding.registry_act_id,
        organisation_id: founding.organisation_id,
        members: i32::try_from(admitted.len()).unwrap_or(i32::MAX),
    });
    following.publish(finished.on(founding.founded_on));
    Ok(())
}

async fn admit(
    following: &mut Following,
    founding: &Founding,
    lines: &[Moved],
) -> Result<(), Failure> {
    let admission_id = Uuid::now_v7();
    sqlx::query!(
        "insert into movement (movement_id, kind, to_organisation_id, admission_kind, effective_on,
                               registry_act_id, members, act_id, recorded_at)
         values ($1, 'admission', $2, $3, $4, $5, $6, $5, act_recorded_at())",
        admission_id,
        founding.organisation_id,
        AdmissionKind::Admitted as i16,
        founding.founded_on,
        founding.registry_act_id,
        i32::try_from(lines.len()).unwrap_or(i32::MAX),
    )
    .execute(following.db())
    .await?;
    let (person_ids, membership_ids): (Vec<Uuid>, Vec<Uuid>) =
        lines.iter().map(|line| (line.person.person_id, line.membership_id)).unzip();
    sqlx::query!(
        "insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
         select person_id, membership_id, $3, $4, $5
         from unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)",
        &person_ids,
        &membership_ids,
        founding.organisation_id,
        founding.founded_on,
        admission_id,
    )
    .execute(following.db())
    .await?;
    sqlx::query!(
        "update application set closed_on = greatest(applied_on, $2), closed_as = 2
         where person_id = any ($1) and closed_on is null and lapses_on > $2",
        &person_ids,
        founding.founded_on,
    )
    .execute(following.db())
    .await?;
    let admitted = Event::Admitted(Admission {
        admission_id: Some(admission_id),
        organisation_id: founding.organisation_id,
        kind: AdmissionKind::Admitted,
        lines: change::lines(lines),
    });
    following.publish(admitted.on(founding.founded_on));
    for change in standing::settle(following.db(), &person_ids).await? {
        following.publish(change);
    }
    Ok(())
}
