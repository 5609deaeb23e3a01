//! Membership's feed: every change is facts; movements also say who is a member where.

use anyhow::{Context, anyhow};
use chassis::feed::{Change, Follow, Following};
use chassis::parse;
use chassis::refusal::Failure;
use proto::membership::v1::membership_change::Change as What;
use proto::membership::v1::{MemberLine, MembershipChange};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::remember;
use crate::{fact, ledger};

/// Follows membership, behind registry.
pub struct Membership;

impl Follow for Membership {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        for change in act {
            let body: MembershipChange = change.body.to_msg()?;
            let what = body
                .change
                .context("a change of membership's says nothing that this program knows")?;
            let facts = fact::of_membership(&what, change.effective_on)?;
            remember(following.db(), Self::SOURCE, change).await?;
            ledger::write(following.db(), change.change_id, &facts).await?;
            copy(following.db(), change.effective_on, &what).await?;
        }
        Ok(())
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
        _ => Ok(()),
    }
}

async fn begin(
    connection: &mut PgConnection,
    on: Date,
    organisation_id: &str,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into membership (membership_id, person_id, organisation_id, valid)
         select membership_id, person_id, $3, daterange($4, null)
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
        "update membership set valid = valid * daterange(null, $3)
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
        "update membership set valid = valid * daterange(null, $2)
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
