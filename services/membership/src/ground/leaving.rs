//! The memberships that an exit or a transfer ends: found, locked, and checked line by line.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::change::Moved;
use crate::ground::consequence::{self, History, Occasion, Revision, Step};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::Enrolled;

struct Stay {
    person_id: Uuid,
    membership_id: Uuid,
    from_on: Date,
    until_on: Option<Date>,
    sex: i16,
    birth_year: i16,
}

/// The lasting memberships of these people, who are locked, in one union, in the order of the
/// request. A
/// membership that begins later, that has ended, or whose end was decided is refused with its
/// line; one that ends later with its union only, lasts.
pub async fn leaving(
    acting: &mut Acting,
    organisation_id: Uuid,
    person_ids: &[Uuid],
    on: Date,
) -> Result<Vec<Moved>, Failure> {
    leaving_to(acting, organisation_id, person_ids, on, false).await
}

/// As [`leaving`], for who goes on in another union: on the very day on which her own ends, too. So
/// the members of a union that is divided go where a list says, and the others where its end says.
pub async fn going_on(
    acting: &mut Acting,
    organisation_id: Uuid,
    person_ids: &[Uuid],
    on: Date,
) -> Result<Vec<Moved>, Failure> {
    leaving_to(acting, organisation_id, person_ids, on, true).await
}

async fn leaving_to(
    acting: &mut Acting,
    organisation_id: Uuid,
    person_ids: &[Uuid],
    on: Date,
    another: bool,
) -> Result<Vec<Moved>, Failure> {
    still_there(acting, organisation_id, person_ids, on, another).await?;
    // The last stay of each in this union decides.
    let stays: HashMap<Uuid, Stay> = sqlx::query_as!(
        Stay,
        r#"select distinct on (person_id) person_id, membership_id, from_on, until_on, sex,
                  coalesce(birth_year, 0::smallint) as "birth_year!"
           from membership
           join person using (person_id)
           where person_id = any ($1) and organisation_id = $2
           order by person_id, from_on desc, until_on desc nulls first, membership_id desc"#,
        person_ids,
        organisation_id,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|stay| (stay.person_id, stay))
    .collect();

    let mut bad = BadLines::default();
    let mut leaving = Vec::with_capacity(person_ids.len());
    for (line, person_id) in person_ids.iter().enumerate() {
        let field = format!("person_ids[{line}]");
        let Some(stay) = stays.get(person_id) else {
            bad.add(line, Refused::MembershipNotActive { field });
            continue;
        };
        if on < stay.from_on {
            let member_from = stay.from_on;
            bad.add(line, Refused::EffectiveBeforeMembership { field, member_from });
        } else if stay.until_on.is_some_and(|until_on| on < until_on) {
            bad.add(line, Refused::MovementLater { field });
        } else if stay.until_on.is_some() {
            bad.add(line, Refused::MembershipNotActive { field });
        } else {
            leaving.push(Moved {
                membership_id: stay.membership_id,
                person: Enrolled {
                    person_id: *person_id,
                    sex: stay.sex,
                    birth_year: stay.birth_year,
                },
            });
        }
    }
    bad.refuse()?;
    Ok(leaving)
}

/// Whoever left the union later than on that day (or on it, where she goes on in another), and only
/// because it ended, is still there: what followed from the end is taken back for her. What follows
/// from it now, the act says when it is done.
async fn still_there(
    acting: &mut Acting,
    organisation_id: Uuid,
    person_ids: &[Uuid],
    on: Date,
    another: bool,
) -> Result<(), Failure> {
    let left_later = sqlx::query_scalar!(
        "select distinct person_id
         from membership join movement on movement_id = ended_by
         where person_id = any ($1) and organisation_id = $2
           and from_on <= $3 and (until_on > $3 or $4 and until_on = $3)
           and registry_act_id is not null",
        person_ids,
        organisation_id,
        on,
        another,
    )
    .fetch_all(acting.db())
    .await?;
    if left_later.is_empty() {
        return Ok(());
    }
    let histories = consequence::histories(acting.db(), &left_later).await?;
    let until_then: Vec<(&History, Vec<Step>)> = histories
        .iter()
        .filter_map(|history| Some((history, history.without_end_of(organisation_id, on)?)))
        .collect();
    let revisions: Vec<Revision<'_>> = until_then
        .iter()
        .filter_map(|(history, steps)| Revision::of(history, steps, |_| Uuid::now_v7()))
        .collect();
    if revisions.is_empty() {
        return Ok(());
    }
    let occasion = Occasion::of(acting);
    let changes = consequence::revise(acting.db(), &occasion, &revisions).await?;
    acting.publish_all(changes);
    Ok(())
}

/// Ends these memberships by a movement.
pub async fn end(
    acting: &mut Acting,
    leaving: &[Moved],
    on: Date,
    movement_id: Uuid,
) -> Result<(), Failure> {
    let (person_ids, membership_ids): (Vec<Uuid>, Vec<Uuid>) =
        leaving.iter().map(|line| (line.person.person_id, line.membership_id)).unzip();
    sqlx::query!(
        "update membership set until_on = $3, ended_by = $4
         from unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)
         where membership.person_id = line.person_id
           and membership.membership_id = line.membership_id",
        &person_ids,
        &membership_ids,
        on,
        movement_id,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
