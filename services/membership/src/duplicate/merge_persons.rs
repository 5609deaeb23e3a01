//! Says that somebody is another person.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Merge};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::duplicate::told_anew::ToldAnew;
use crate::ground::consequence::{Merging, Redecided};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::Refused;
use crate::ground::{merged, organisation, roll};

/// Somebody is merged into another.
pub struct MergePersons {
    /// Who is merged.
    pub person_id: Uuid,
    /// Who survives.
    pub survivor_id: Uuid,
    /// Why.
    pub reason: String,
    /// The document that shows it.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Merged {
    /// The merge.
    pub merge_id: Uuid,
}

const FIELDS: [&str; 2] = ["person_id", "survivor_id"];

impl Act for MergePersons {
    type Answer = Merged;

    async fn perform(self, acting: &mut Acting) -> Result<Merged, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let people = [self.person_id, self.survivor_id];
        let field = |line: usize| FIELDS[line].to_string();
        if self.person_id == self.survivor_id {
            return Err(Refused::PersonRepeated { field: field(1) }.into());
        }
        roll::all_in_scope(acting, &people, field).await?;
        let union = organisation::of_person(acting, self.survivor_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        Redecided::lock_unions(acting, &people, None).await?;
        lock_alone(acting, &people).await?;
        merged::refuse(acting.db(), &people, field).await?;
        self.nothing_hinders(acting).await?;
        let (Some(merged), Some(survivor)) = (
            Merging::settled(acting, self.person_id).await?,
            Merging::settled(acting, self.survivor_id).await?,
        ) else {
            return Err(hindered("CONSEQUENCE").into());
        };
        let merging = Merging::of_one(acting, survivor, merged).await?;
        merging.covered(acting).await?;
        let merge_id = Uuid::now_v7();
        self.link(acting, merge_id, decision_id).await?;
        let merge = Merge { merge_id, person_id: self.person_id, survivor_id: self.survivor_id };
        acting.publish(Event::PersonMerged(merge).resting_on(acting.today, decision_id));
        merging.write(acting, decision_id).await?;
        let told = ToldAnew {
            people: one_with(acting, self.person_id).await?,
            as_was: self.person_id,
            as_is: self.survivor_id,
            decision_id,
        };
        told.publish(acting).await?;
        let correction = Correction {
            kind: Kind::PersonMerged,
            about_id: self.person_id,
            now_id: Some(self.survivor_id),
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        correction.record(acting).await?;
        Ok(Merged { merge_id })
    }
}

pub(super) fn hindered(by: &'static str) -> Refused {
    Refused::MergeHindered { field: "person_id".to_string(), by }
}

/// Locks them, also against whoever is about to say something of one of them: it is said before, and
/// told anew, or it is refused.
async fn lock_alone(acting: &mut Acting, people: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("select from lock_people_alone($1)", people).execute(acting.db()).await?;
    Ok(())
}

/// Herself and whoever had been merged into her, at whatever remove.
pub(super) async fn one_with(acting: &mut Acting, person_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    Ok(sqlx::query_scalar!(
        r#"with recursive hers (person_id) as (
               select $1::uuid
               union
               select further.person_id
               from hers join person_merge further on further.survivor_id = hers.person_id
           )
           select person_id as "person_id!" from hers order by person_id"#,
        person_id,
    )
    .fetch_all(acting.db())
    .await?)
}

impl MergePersons {
    /// Nothing is open of whoever is merged that somebody would go on with, and no two citizen's
    /// numbers say that they are two.
    async fn nothing_hinders(&self, acting: &mut Acting) -> Result<(), Failure> {
        let today = acting.today;
        let open = sqlx::query!(
            r#"select exists (select from standing
                              where person_id = $1 and kind = 1 and ended_on is null
                                and transfer_id is null and left_on is null and due_on > $3)
                          as "offered!",
                      exists (select from application
                              where person_id = $1 and closed_on is null and lapses_on > $3)
                          as "applied!",
                      exists (select from person_identity one
                              join person_identity other on other.kind = one.kind
                              where one.kind = 1 and one.ended_at is null
                                and other.ended_at is null
                                and one.blind_index <> other.blind_index
                                and one.person_id = any (array(
                                        select $1
                                        union all
                                        select person_id from person_merge where root_id = $1))
                                and other.person_id = any (array(
                                        select $2
                                        union all
                                        select person_id from person_merge where root_id = $2)))
                          as "numbers_differ!""#,
            self.person_id,
            self.survivor_id,
            today,
        )
        .fetch_one(acting.db())
        .await?;
        if open.numbers_differ {
            return Err(Refused::IdentityNumbersDiffer { field: FIELDS[0].to_string() }.into());
        }
        if open.offered {
            return Err(hindered("OFFER").into());
        }
        if open.applied {
            return Err(hindered("APPLICATION").into());
        }
        Ok(())
    }

    /// The link; whoever had been merged into her is the survivor from now on.
    async fn link(
        &self,
        acting: &mut Acting,
        merge_id: Uuid,
        decision_id: Option<Uuid>,
    ) -> Result<(), Failure> {
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into person_merge (person_id, survivor_id, root_id, merge_id, decision_id,
                                       act_id, recorded_at)
             values ($1, $2, $2, $3, $4, $5, $6)",
            self.person_id,
            self.survivor_id,
            merge_id,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "update person_merge set root_id = $2 where root_id = $1",
            self.person_id,
            self.survivor_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
