//! Says that two who were merged are two.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Merge};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::duplicate::merge_persons::{hindered, one_with};
use crate::duplicate::told_anew::ToldAnew;
use crate::ground::consequence::{Merging, Redecided};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::Refused;
use crate::ground::{organisation, roll};

/// Somebody is nobody else.
pub struct UnmergePersons {
    /// Who had been merged.
    pub person_id: Uuid,
    /// Why.
    pub reason: String,
    /// The document that shows it.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unmerged {
    /// Who had survived her.
    pub survivor_id: Uuid,
}

/// The link, as it is known.
struct Link {
    survivor_id: Uuid,
    root_id: Uuid,
    merge_id: Uuid,
    decision_id: Option<Uuid>,
}

impl Act for UnmergePersons {
    type Answer = Unmerged;

    async fn perform(self, acting: &mut Acting) -> Result<Unmerged, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let not_merged = || Refused::PersonNotMerged { field: "person_id".to_string() };
        let Some(link) = self.link(acting).await? else {
            return Err(match self.in_scope(acting, self.person_id).await? {
                true => not_merged().into(),
                false => unknown(acting).await,
            });
        };
        if !self.in_scope(acting, link.root_id).await? {
            return Err(unknown(acting).await);
        }
        let people = [self.person_id, link.root_id];
        let union = organisation::of_person(acting, link.root_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        Redecided::lock_unions(acting, &people, None).await?;
        roll::lock(acting, &people).await?;
        // Read again: whoever held them may have told them apart, or merged the survivor.
        match self.link(acting).await? {
            Some(now) if now.root_id == link.root_id && now.merge_id == link.merge_id => {}
            _ => return Err(not_merged().into()),
        }
        self.unlink(acting).await?;
        let Some(merging) = Merging::of_two(acting, people, link.merge_id).await? else {
            return Err(hindered("DECISION").into());
        };
        merging.covered(acting).await?;
        let merge = Merge {
            merge_id: link.merge_id,
            person_id: self.person_id,
            survivor_id: link.survivor_id,
        };
        acting.publish(Event::PersonUnmerged(merge).resting_on(acting.today, link.decision_id));
        merging.write(acting, decision_id).await?;
        let told = ToldAnew {
            people: one_with(acting, self.person_id).await?,
            as_was: link.root_id,
            as_is: self.person_id,
            decision_id,
        };
        told.publish(acting).await?;
        let correction = Correction {
            kind: Kind::PersonUnmerged,
            about_id: self.person_id,
            now_id: Some(link.survivor_id),
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        correction.record(acting).await?;
        Ok(Unmerged { survivor_id: link.survivor_id })
    }
}

async fn unknown(acting: &mut Acting) -> Failure {
    let unknown = Refused::PersonUnknown { field: "person_id".to_string() };
    access::unknown_or_denied(acting.db(), unknown).await
}

impl UnmergePersons {
    async fn link(&self, acting: &mut Acting) -> Result<Option<Link>, Failure> {
        Ok(sqlx::query_as!(
            Link,
            "select survivor_id, root_id, merge_id, decision_id from person_merge
             where person_id = $1",
            self.person_id,
        )
        .fetch_optional(acting.db())
        .await?)
    }

    async fn in_scope(&self, acting: &mut Acting, person_id: Uuid) -> Result<bool, Failure> {
        Ok(sqlx::query_scalar!(
            r#"select exists (select persons_in_scope(array[$1::uuid])) as "in_scope!""#,
            person_id,
        )
        .fetch_one(acting.db())
        .await?)
    }

    /// The link is gone; whoever had been merged into her stays so, and is she again.
    async fn unlink(&self, acting: &mut Acting) -> Result<(), Failure> {
        sqlx::query!("delete from person_merge where person_id = $1", self.person_id)
            .execute(acting.db())
            .await?;
        sqlx::query!(
            "with recursive hers (person_id) as (
                 select person_id from person_merge where survivor_id = $1
                 union
                 select further.person_id
                 from hers join person_merge further on further.survivor_id = hers.person_id
             )
             update person_merge set root_id = $1
             where person_id = any (array(select person_id from hers))",
            self.person_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
