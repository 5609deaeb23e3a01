//! Whether people may join: what their earlier memberships say.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::ExitReason;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::Obstacle;
use crate::ground::reference::waiting_periods;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{Enrolment, Roll};
use crate::ground::standing;

/// What earlier memberships say about joining on a day.
struct Past {
    person_id: Uuid,
    active: bool,
    former: bool,
    waits_until: Option<Date>,
    /// The last time that she left, she was expelled.
    expelled: bool,
}

/// How people are to join.
#[derive(Clone, Copy, Debug)]
pub struct Joining {
    /// The day.
    pub on: Date,
    /// Each was a member before.
    pub readmission: bool,
    /// A superior consents to those who had been expelled.
    pub consented: bool,
}

/// Refuses those of a roll who are members on that day or later, who must still wait after
/// their last exit, who had been expelled, and, at a readmission, who never were members.
pub async fn may_join(
    acting: &mut Acting,
    roll: &Roll,
    enrolment: &Enrolment,
    joining: Joining,
) -> Result<(), Failure> {
    let Joining { on, readmission, consented } = joining;
    let past = match enrolment.known_before.is_empty() {
        true => HashMap::new(),
        false => past(acting, &enrolment.known_before, on).await?,
    };

    let mut bad = BadLines::default();
    for (line, person) in enrolment.people.iter().enumerate() {
        let field = roll.field(line, "person_id");
        match past.get(&person.person_id) {
            Some(past) if past.active => bad.add(line, Refused::MembershipActive { field }),
            Some(Past { waits_until: Some(until_on), .. }) if *until_on > on => {
                let until_on = *until_on;
                bad.add(line, Refused::WaitingPeriodRunning { field, until_on });
            }
            Some(past) if past.expelled && !consented => {
                bad.add(line, Refused::ConsentMissing { field });
            }
            Some(past) if past.former => {}
            Some(_) | None if readmission => {
                bad.add(line, Refused::FormerMembershipMissing { field });
            }
            Some(_) | None => {}
        }
    }
    Ok(bad.refuse()?)
}

/// What earlier memberships say of these people.
async fn past(
    acting: &mut Acting,
    person_ids: &[Uuid],
    on: Date,
) -> Result<HashMap<Uuid, Past>, Failure> {
    let (reasons, months): (Vec<i16>, Vec<i32>) =
        waiting_periods(on).map(|wait| (wait.exit_reason, wait.months)).unzip();
    Ok(sqlx::query_as!(
        Past,
        r#"select person_id,
                  bool_or(until_on is null or until_on > $2) as "active!",
                  coalesce(bool_or(until_on <= $2), false) as "former!",
                  max((until_on + make_interval(months => wait.months))::date)
                      filter (where until_on <= $2) as waits_until,
                  coalesce((array_agg(exit_reason order by until_on desc, from_on desc)
                            filter (where until_on <= $2))[1] = $5, false) as "expelled!"
           from membership
           left join movement on movement_id = ended_by
           left join unnest($3::smallint[], $4::integer[]) as wait (exit_reason, months)
                using (exit_reason)
           where person_id = any ($1)
           group by person_id"#,
        person_ids,
        on,
        &reasons,
        &months,
        ExitReason::Expelled as i16,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|past| (past.person_id, past))
    .collect())
}

/// People who had been passed over, because a union had no place for them, are members now; who was
/// an honorary member is none any longer. Of who was known before alone there is anything to say.
pub async fn joined(acting: &mut Acting, known_before: &[Uuid]) -> Result<(), Failure> {
    if known_before.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update consequence_passed_over set mended_at = $2
         where person_id = any ($1) and mended_at is null and obstacle = any ($3)",
        known_before,
        acting.acted_at,
        &[Obstacle::NoPlace as i16, Obstacle::ApplicationNotOpen as i16],
    )
    .execute(acting.db())
    .await?;
    let changes = standing::settle(acting.db(), known_before).await?;
    acting.publish_all(changes);
    Ok(())
}
