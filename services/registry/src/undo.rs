//! Undoing an act: what it made known is known no longer, what it replaced is known again,
//! and followers are told the whole of both.
//!
//! **Invariant:** after it the tree that is known equals the one that was known before the
//! act, at every date; `known_at` in between still shows the act. Whatever a later act built
//! on it is found first, and refuses it.

use std::collections::BTreeSet;

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::acts::survey_employers::EmployerFound;
use crate::error::Refused;
use crate::timeline;
use crate::tree::{self, Changed};
use crate::wire::change;

/// So many acts and units a refusal names.
const NAMED_MAX: usize = 20;

/// The organisations that an act concerned.
async fn concerned_by(acting: &mut Acting, act_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let concerned =
        sqlx::query_scalar!(r#"select distinct organisations_of_act($1) as "id!""#, act_id)
            .fetch_all(acting.db())
            .await?;
    Ok(concerned)
}

/// Refuses an act that is undone, that is of a kind that is not undone, or that concerned
/// anybody out of scope.
async fn refuse_beforehand(
    acting: &mut Acting,
    field: &str,
    act_id: Uuid,
    organisation_ids: &[Uuid],
) -> Result<(), Failure> {
    let state = sqlx::query_file!("src/undo/state.sql", act_id, organisation_ids)
        .fetch_one(acting.db())
        .await?;
    if state.undone {
        return Err(Refused::ActUndone { act_id }.at(field));
    }
    if organisation_ids.is_empty() {
        let undated =
            sqlx::query_file_scalar!("src/undo/undated.sql", act_id).fetch_one(acting.db()).await?;
        if undated {
            return Err(Refused::ActNotUndoable { act_id }.at(field));
        }
    }
    if organisation_ids.is_empty() || state.out_of_scope {
        return Err(tree::unknown_act(acting, field, act_id).await);
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

    let resting = sqlx::query_file!("src/undo/resting.sql", act_id).fetch_all(acting.db()).await?;
    refuse_resting(
        field,
        act_id,
        resting.iter().map(|row| (Some(row.act_id), row.organisation_id)),
    )?;

    let employers = sqlx::query!(
        r#"select distinct employer_id, lower(valid) as "on!"
           from employer_union where act_id = $1 and replaced_by is null"#,
        act_id,
    )
    .fetch_all(acting.db())
    .await?;
    let employers: Vec<(Uuid, Date)> =
        employers.into_iter().map(|row| (row.employer_id, row.on)).collect();
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

    let looked_at = to_look_at(acting, act_id, &organisation_ids).await?;
    let contradictions =
        tree::contradictions(acting, &looked_at, None, Changed::LifeOrType).await?;
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

    let today = acting.today;
    timeline::publish(acting, &organisation_ids, today, None).await?;
    tell_of_employers(acting, &employers).await?;
    acting.publish(change::acts_undone(&[act_id], organisation_ids[0], today));
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
    let since = sqlx::query_file_scalar!("src/undo/acts_since.sql", act_id, undo_id, most)
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

/// Which unions employers had from a day on is told again, as it is known now.
async fn tell_of_employers(acting: &mut Acting, employers: &[(Uuid, Date)]) -> Result<(), Failure> {
    let (employer_ids, days): (Vec<Uuid>, Vec<Date>) = employers.iter().copied().unzip();
    let rows = sqlx::query_file!("src/undo/employers.sql", &employer_ids, &days)
        .fetch_all(acting.db())
        .await?;
    for row in rows {
        let found = EmployerFound {
            employer_id: row.employer_id,
            surveyor_id: row.surveyor_id,
            workforce: row.workforce,
            workforce_female: row.workforce_female,
            union_ids: row.union_ids,
        };
        acting.publish(change::employers_recorded(row.surveyor_id, row.on_date, &[found]));
    }
    Ok(())
}
