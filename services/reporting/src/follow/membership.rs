//! Membership's feed: every change is facts; movements also say who is a member where.

use anyhow::{Context, anyhow};
use chassis::feed::{Change, Follow, Following};
use chassis::parse;
use chassis::refusal::Failure;
use proto::membership::v1::membership_change::Change as What;
use proto::membership::v1::movement_taken_back::Movement;
use proto::membership::v1::{MemberLine, MembershipChange};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::{Because, remember, under_way};
use crate::{fact, ledger};

/// Follows membership, behind registry.
pub struct Membership;

impl Follow for Membership {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let mut read = Vec::with_capacity(act.len());
        for change in act {
            let body: MembershipChange = change.body.to_msg()?;
            let what = body
                .change
                .context("a change of membership's says nothing that this program knows")?;
            read.push((change, what));
        }
        for (change, what) in &read {
            let facts = fact::of_membership(what, change.effective_on)?;
            let because = because(what, &read)?;
            let origin = remember(following.db(), Self::SOURCE, change, &because).await?;
            ledger::write(following.db(), change.change_id, &facts).await?;
            copy(following.db(), change.effective_on, what).await?;
            if let Some(origin) = origin {
                under_way::moved(following.db(), origin, &facts).await?;
            }
            if let What::ConsequenceFinished(finished) = what {
                let (act_id, unit) =
                    (id(&finished.registry_act_id)?, id(&finished.organisation_id)?);
                under_way::finished(following.db(), act_id, unit).await?;
            }
        }
        if let Some(last) = act.last() {
            under_way::told(following.db(), last.registry_position).await?;
        }
        Ok(())
    }
}

/// What a change of an act leads to, given all changes of the act.
fn because(what: &What, act: &[(&Change, What)]) -> Result<Because, Failure> {
    let of = |act_id: &str, movement_id: &str| -> Result<Because, Failure> {
        Ok(Because {
            act_id: optional_id(act_id)?,
            movement_id: optional_id(movement_id)?,
            takes_back: false,
        })
    };
    match what {
        // Whoever is admitted with her union's founding: the word that this is done stands in
        // the same act.
        What::MembersAdmitted(admitted) => {
            let finished = act.iter().find_map(|(_, other)| match other {
                What::ConsequenceFinished(finished)
                    if finished.organisation_id == admitted.organisation_id =>
                {
                    Some(finished.registry_act_id.as_str())
                }
                What::ConsequenceFinished(_)
                | What::ConsequencesWaiting(_)
                | What::MembersAdmitted(_)
                | What::MembersTransferred(_)
                | What::MembersExited(_)
                | What::TrainingCourseHeld(_)
                | What::PartyReferred(_)
                | What::PartyAdmitted(_)
                | What::CadreRecommended(_)
                | What::DelegationSent(_)
                | What::MovementTakenBack(_) => None,
            });
            of(finished.unwrap_or_default(), &admitted.admission_id)
        }
        What::MembersTransferred(moved) => of(&moved.registry_act_id, &moved.transfer_id),
        What::MembersExited(exited) => of(&exited.registry_act_id, &exited.exit_id),
        What::ConsequenceFinished(finished) => of(&finished.registry_act_id, ""),
        What::ConsequencesWaiting(waiting) => of(&waiting.registry_act_id, ""),
        What::MovementTakenBack(taken) => {
            let movement_id = match &taken.movement {
                Some(Movement::MembersAdmitted(admitted)) => &admitted.admission_id,
                Some(Movement::MembersTransferred(moved)) => &moved.transfer_id,
                Some(Movement::MembersExited(exited)) => &exited.exit_id,
                None => "",
            };
            Ok(Because { takes_back: true, ..of(&taken.registry_act_id, movement_id)? })
        }
        What::TrainingCourseHeld(_)
        | What::PartyReferred(_)
        | What::PartyAdmitted(_)
        | What::CadreRecommended(_)
        | What::DelegationSent(_) => Ok(Because::default()),
    }
}

/// Keeps who is a member where.
async fn copy(connection: &mut PgConnection, on: Date, what: &What) -> Result<(), Failure> {
    match what {
        What::MembersAdmitted(admitted) => {
            begin(connection, on, &admitted.organisation_id, &admitted.lines).await
        }
        What::MembersTransferred(moved) => {
            leave(connection, on, &moved.from_organisation_id, &moved.lines).await?;
            begin(connection, on, &moved.to_organisation_id, &moved.lines).await
        }
        What::MembersExited(exited) => end(connection, on, &exited.lines).await,
        // For the people named it never happened.
        What::MovementTakenBack(taken) => match &taken.movement {
            Some(Movement::MembersAdmitted(admitted)) => {
                never_began(connection, &admitted.lines).await
            }
            Some(Movement::MembersTransferred(moved)) => {
                never_began(connection, &moved.lines).await?;
                never_left(connection, on, &moved.from_organisation_id, &moved.lines).await
            }
            Some(Movement::MembersExited(exited)) => {
                never_ended(connection, on, &exited.lines).await
            }
            None => Err(anyhow!("a movement taken back is none that this program knows").into()),
        },
        // Nothing that makes or unmakes a member.
        What::TrainingCourseHeld(_)
        | What::PartyReferred(_)
        | What::PartyAdmitted(_)
        | What::CadreRecommended(_)
        | What::DelegationSent(_)
        | What::ConsequenceFinished(_)
        | What::ConsequencesWaiting(_) => Ok(()),
    }
}

async fn begin(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: &str,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into membership (membership_id, person_id, organisation_id, valid, begun_on)
         select membership_id, person_id, $3, daterange($4, null), $4
         from unnest($1::uuid[], $2::uuid[]) as line (membership_id, person_id)",
        &memberships(lines)?,
        &people(lines)?,
        id(organisation_id)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A transfer names the memberships that it began: those that it ended are told by the people
/// and the union that they left.
async fn leave(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: &str,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, $3), left_on = $3,
             begun_on = coalesce(begun_on, lower(valid))
         where person_id = any($1::uuid[]) and organisation_id = $2 and upper_inf(valid)",
        &people(lines)?,
        id(organisation_id)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn end(connection: &mut PgConnection, on: Date, lines: &[MemberLine]) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = valid * daterange(null, $2), left_on = $2,
             begun_on = coalesce(begun_on, lower(valid))
         where membership_id = any($1::uuid[])",
        &memberships(lines)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn never_began(connection: &mut PgConnection, lines: &[MemberLine]) -> Result<(), Failure> {
    sqlx::query!(
        "delete from membership where membership_id = any($1::uuid[])",
        &memberships(lines)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The memberships that a transfer ended go on: of each person the one that she left that day.
async fn never_left(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: &str,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership held
         set valid = daterange(coalesce(held.begun_on, lower(held.valid), $3), null), left_on = null
         from (select distinct on (known.person_id) known.membership_id
               from membership known
               where known.person_id = any($1::uuid[]) and known.organisation_id = $2
                 and (coalesce(known.left_on, upper(known.valid)) = $3
                      -- Of before the days were kept: held on no day, nobody knows when.
                      or isempty(known.valid) and known.left_on is null)
               order by known.person_id, isempty(known.valid), known.begun_on desc) last
         where held.membership_id = last.membership_id",
        &people(lines)?,
        id(organisation_id)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn never_ended(
    connection: &mut PgConnection,
    on: Date,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    sqlx::query!(
        "update membership
         set valid = daterange(coalesce(begun_on, lower(valid), $2), null), left_on = null
         where membership_id = any($1::uuid[])",
        &memberships(lines)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn memberships(lines: &[MemberLine]) -> Result<Vec<Uuid>, Failure> {
    lines.iter().map(|line| id(&line.membership_id)).collect()
}

fn people(lines: &[MemberLine]) -> Result<Vec<Uuid>, Failure> {
    lines.iter().map(|line| id(&line.person_id)).collect()
}

/// Nobody asked for this: a change that cannot be read is no refusal but our own trouble.
fn id(text: &str) -> Result<Uuid, Failure> {
    parse::id("id", text).map_err(|refusal| {
        Failure::Failed(anyhow!("a change of membership's cannot be read: {refusal}"))
    })
}

fn optional_id(text: &str) -> Result<Option<Uuid>, Failure> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}
