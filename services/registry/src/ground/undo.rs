//! Undoing an act: what it made known is known no longer, what it replaced is known again,
//! and followers are told the whole of both.
//!
//! **Invariant:** after it the tree that is known equals the one that was known before the
//! act, at every date; `known_at` in between still shows the act. Whatever a later act built
//! on it is found first, and refuses it.

use std::collections::BTreeSet;

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Event;
use uuid::Uuid;

use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::{employers, timeline, tree};

/// So many acts and units a refusal names.
const NAMED_MAX: usize = 20;

/// Refuses an act that is undone, that is of a kind that is not undone, or that concerned
/// anybody out of scope. Whoever does not reach it learns nothing of it, nor that it was undone.
async fn refuse_beforehand(
    acting: &mut Acting,
    field: &str,
    act_id: Uuid,
    organisation_ids: &[Uuid],
) -> Result<(), Failure> {
    let state = sqlx::query_file!("src/ground/undo/state.sql", act_id, organisation_ids)
        .fetch_one(acting.db())
        .await?;
    if organisation_ids.is_empty() {
        let undated = sqlx::query_file_scalar!("src/ground/undo/undated.sql", act_id)
            .fetch_one(acting.db())
            .await?;
        if undated {
            return Err(Refused::ActNotUndoable { act_id }.at(field));
        }
    }
    // Whoever does not reach it learns nothing of it, nor that it was undone.
    if organisation_ids.is_empty() || state.out_of_scope {
        return Err(tree::unknown_act(acting, field, act_id).await);
    }
    if state.undone {
        return Err(Refused::ActUndone { act_id }.at(field));
    }
    if state.recorded_besides {
        return Err(Refused::ActNotUndoable { act_id }.at(field));
    }
    Ok(())
}

/// Undoes an act on the tree, as the act in progress. Whoever calls holds no lock yet; the
/// right must reach every organisation that the act concerned. Answers how many there are.
pub async fn undo(acting: &mut Acting, field: &str, act_id: Uuid) -> Result<usize, Failure> {
    let concerned = concerned_by(acting, act_id).await?;
    if tree::are_few(concerned.len()) {
        // Whoever may not undo it holds up nobody; behind the lock it is looked at again.
        refuse_beforehand(acting, field, act_id, &concerned).await?;
    }
    tree::lock_tree(acting).await?;
    let organisation_ids = concerned_by(acting, act_id).await?;
    tree::plan_for(acting, organisation_ids.len()).await?;
    tree::take(acting, &organisation_ids).await?;
    refuse_beforehand(acting, field, act_id, &organisation_ids).await?;

    let resting =
        sqlx::query_file!("src/ground/undo/resting.sql", act_id).fetch_all(acting.db()).await?;
    refuse_resting(
        field,
        act_id,
        resting.iter().map(|row| (Some(row.act_id), row.organisation_id)),
    )?;

    let never = sqlx::query_scalar!(
        "select organisation_id from organisation_founding
         where act_id = $1 and replaced_by is null
         order by organisation_id",
        act_id,
    )
    .fetch_all(acting.db())
    .await?;
    let (undo_id, acted_at) = (acting.act_id, acting.acted_at);
    let undone = sqlx::query!("select undo_act($1, $2, $3)", act_id, undo_id, acted_at)
        .execute(acting.db())
        .await;
    match undone {
        // Whatever else was freed, and what was undone before and known again: which act took
        // it is not asked of every table.
        Err(error) if stands_already(&error) => {
            let organisation_ids = organisation_ids.iter().copied().take(NAMED_MAX).collect();
            let refused = Refused::LaterActsRest { act_id, act_ids: Vec::new(), organisation_ids };
            return Err(refused.at(field));
        }
        undone => undone?,
    };
    let followed = give_up(acting, &never).await?;

    let looked_at = to_look_at(acting, act_id, &organisation_ids).await?;
    let contradictions =
        life::contradictions(acting, &looked_at, None, Changed::LifeOrType).await?;
    refuse_resting(
        field,
        act_id,
        contradictions.iter().map(|found| (found.act_id, Some(found.organisation_id))),
    )?;
    if !looked_at.is_empty()
        && let Some(organisation_id) = tree::stands_below_itself(acting, &organisation_ids).await?
    {
        refuse_resting(field, act_id, [(None, Some(organisation_id))].into_iter())?;
    }

    // What is known again is the past of those under whom it lies again.
    let state = sqlx::query_file!("src/ground/undo/state.sql", act_id, &organisation_ids)
        .fetch_one(acting.db())
        .await?;
    if state.out_of_scope {
        return Err(tree::unknown_act(acting, field, act_id).await);
    }

    let today = acting.today;
    let mut told = organisation_ids.clone();
    told.extend(followed);
    told.sort_unstable();
    told.dedup();
    timeline::publish(acting, &told, today, None).await?;
    employers::tell_changed(acting).await?;
    tell_of_grants(acting).await?;
    let undone = fact::ActsUndone { organisation_id: organisation_ids[0], act_ids: vec![act_id] };
    acting.publish_all(Event::ActsUndone(undone).on(today, None));
    Ok(organisation_ids.len())
}

/// The organisations among which a contradiction would show. What was known before the act did
/// not contradict itself: it takes something that is known again, and something that was
/// recorded since by another act. The fewer of both are looked at.
async fn to_look_at(
    acting: &mut Acting,
    act_id: Uuid,
    concerned: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    if tree::are_few(concerned.len()) {
        return Ok(concerned.to_vec());
    }
    let undo_id = acting.act_id;
    let most = i64::try_from(concerned.len()).unwrap_or(i64::MAX);
    let since = sqlx::query_file_scalar!("src/ground/undo/acts_since.sql", act_id, undo_id, most)
        .fetch_all(acting.db())
        .await?;
    if since.len() == concerned.len() {
        return Ok(concerned.to_vec());
    }
    let recorded_since =
        sqlx::query_scalar!(r#"select distinct organisations_of_acts($1) as "id!""#, &since)
            .fetch_all(acting.db())
            .await?;
    Ok(if recorded_since.len() < concerned.len() { recorded_since } else { concerned.to_vec() })
}

/// What would be known again cannot be, beside what is known: a unique or an exclusion
/// constraint says so.
fn stands_already(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|cause| cause.code());
    matches!(code.as_deref(), Some("23505" | "23P01"))
}

/// Refuses an undoing on which later acts rest, and names them.
fn refuse_resting(
    field: &str,
    act_id: Uuid,
    resting: impl Iterator<Item = (Option<Uuid>, Option<Uuid>)>,
) -> Result<(), Failure> {
    let (mut act_ids, mut organisation_ids) = (BTreeSet::new(), BTreeSet::new());
    for (later_id, organisation_id) in resting {
        act_ids.extend(later_id);
        organisation_ids.extend(organisation_id);
    }
    if act_ids.is_empty() && organisation_ids.is_empty() {
        return Ok(());
    }
    let named = |ids: BTreeSet<Uuid>| ids.into_iter().take(NAMED_MAX).collect();
    Err(Refused::LaterActsRest {
        act_id,
        act_ids: named(act_ids),
        organisation_ids: named(organisation_ids),
    }
    .at(field))
}

/// The organisations of which an act made something known, or replaced it. Of one that was undone,
/// those of which it ever did.
async fn concerned_by(acting: &mut Acting, act_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let organisation_ids = sqlx::query_scalar!(
        r#"select distinct id as "id!"
           from (select organisations_of_act($1) as id
                 union
                 select organisations_of_acts(array[$1::uuid])
                 where exists (select from act_undone where act_id = $1)) each
           order by 1"#,
        act_id,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(organisation_ids)
}

/// What organisations held that are known never to have existed is known no longer. Answers other
/// units whom members of their committees followed.
async fn give_up(acting: &mut Acting, never: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
    if never.is_empty() {
        return Ok(Vec::new());
    }
    let (undo_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!("select give_up_what_it_held($1, $2, $3)", never, undo_id, acted_at)
        .execute(acting.db())
        .await?;
    let followed = sqlx::query_scalar!(
        "select distinct unit_id from unit_assignment where replaced_by = $1",
        undo_id,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(followed)
}

/// Grants that are known no longer by the act in progress, or again: followers hear of both.
async fn tell_of_grants(acting: &mut Acting) -> Result<(), Failure> {
    let (undo_id, acted_at) = (acting.act_id, acting.acted_at);
    let ended = sqlx::query!(
        r#"select grant_id, lower(valid) as "from_on!" from role_grant
           where replaced_by = $1 order by grant_id, lower(valid)"#,
        undo_id,
    )
    .fetch_all(acting.db())
    .await?;
    for grant in ended {
        let ended = Event::GrantEnded { grant_id: grant.grant_id };
        acting.publish_all(ended.on(grant.from_on, None));
    }
    let made = sqlx::query!(
        r#"select held.grant_id, held.issuer, held.subject, held.role, held.organisation_id,
                  lower(held.valid) as "from_on!", upper(held.valid) as until_on
           from role_grant held
           where upper_inf(held.recorded) and lower(held.recorded) = $1
             and exists (select from role_grant before
                         where before.grant_id = held.grant_id and before.replaced_by is not null)
           order by held.grant_id"#,
        acted_at,
    )
    .fetch_all(acting.db())
    .await?;
    for grant in made {
        let made = Event::GrantMade(fact::Grant {
            grant_id: grant.grant_id,
            issuer: grant.issuer,
            subject: grant.subject,
            role: grant.role,
            organisation_id: grant.organisation_id,
            until_on: grant.until_on,
        });
        acting.publish_all(made.on(grant.from_on, None));
    }
    Ok(())
}
