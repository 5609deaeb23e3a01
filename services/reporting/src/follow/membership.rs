//! Membership's feed: every change is facts, and nothing else.

use anyhow::Context;
use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use proto::membership::v1::MembershipChange;

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
        }
        Ok(())
    }
}
