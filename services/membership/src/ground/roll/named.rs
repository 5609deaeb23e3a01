//! People whom a request names by their ids: in the caller's scope, locked, and survivors.

use std::collections::{BTreeMap, HashMap, HashSet};

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};

/// Locks people in the order of their ids. Of those whom a caller names, [`hold`] asks first whether
/// she may.
pub async fn lock(acting: &mut Acting, person_ids: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("select from lock_people($1)", person_ids,).execute(acting.db()).await?;
    Ok(())
}

/// Locks those of an act's people whom a request names beside it: whoever is named and is none of
/// them is none of the caller's.
pub async fn lock_those_of(
    acting: &mut Acting,
    theirs: impl IntoIterator<Item = Uuid>,
    named: &[Uuid],
) -> Result<(), Failure> {
    let named: HashSet<&Uuid> = named.iter().collect();
    let those: Vec<Uuid> =
        theirs.into_iter().filter(|person_id| named.contains(person_id)).collect();
    lock(acting, &those).await
}

/// Locks the people of a request's `person_ids`, of whom it names none twice, and who must lie in
/// the caller's scope: nobody keeps people from writing of whom she may not even read. Refuses those
/// who were merged: what happens to them is said of the one who survives.
pub async fn hold(acting: &mut Acting, person_ids: &[Uuid]) -> Result<(), Failure> {
    let mut bad = BadLines::default();
    for (line, survivor_id) in hold_with_merged(acting, person_ids).await? {
        bad.add(line, Refused::PersonMerged { field: format!("person_ids[{line}]"), survivor_id });
    }
    Ok(bad.refuse()?)
}

/// As [`hold`], for what was said of people before they were merged, too: answers the lines of those
/// who were, each with the one who survives.
pub async fn hold_with_merged(
    acting: &mut Acting,
    person_ids: &[Uuid],
) -> Result<BTreeMap<usize, Uuid>, Failure> {
    none_repeated(person_ids)?;
    // Whoever was erased and counts still may leave, too.
    let hers: HashSet<Uuid> = sqlx::query_scalar!(
        r#"select person_id as "person_id!" from persons_in_scope($1) as scope (person_id)"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .collect();
    let mut bad = BadLines::default();
    for (line, person_id) in person_ids.iter().enumerate() {
        if !hers.contains(person_id) {
            bad.add(line, Refused::PersonUnknown { field: format!("person_ids[{line}]") });
        }
    }
    bad.refuse()?;
    let merged: HashMap<Uuid, Uuid> = sqlx::query!(
        r#"select person_id as "person_id!", survivor_id as "survivor_id!" from hold_people($1)"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| (row.person_id, row.survivor_id))
    .collect();
    let lines = person_ids.iter().enumerate();
    Ok(lines.filter_map(|(line, person_id)| Some((line, *merged.get(person_id)?))).collect())
}

/// Refuses a list that names one person twice.
pub fn none_repeated(person_ids: &[Uuid]) -> Result<(), Failure> {
    let mut bad = BadLines::default();
    let mut seen = HashSet::new();
    for (line, person_id) in person_ids.iter().enumerate() {
        if !seen.insert(person_id) {
            bad.add(line, Refused::PersonRepeated { field: format!("person_ids[{line}]") });
        }
    }
    Ok(bad.refuse()?)
}

/// As [`all_in_scope`], for people of whom something new is said: of whoever was merged it is said of
/// the one who survives, or a figure that counts people would count her twice. Nobody of them is merged
/// until the act is done.
pub async fn all_surviving(
    acting: &mut Acting,
    person_ids: &[Uuid],
    field: impl Fn(usize) -> String,
) -> Result<(), Failure> {
    let found: HashMap<Uuid, (bool, Option<Uuid>)> = sqlx::query!(
        r#"select person_id as "person_id!", erased as "erased!", survivor_id
           from said_of($1)"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| (row.person_id, (row.erased, row.survivor_id)))
    .collect();
    let (mut unknown, mut bad) = (BadLines::default(), BadLines::default());
    for (line, person_id) in person_ids.iter().enumerate() {
        match found.get(person_id) {
            None => unknown.add(line, Refused::PersonUnknown { field: field(line) }),
            Some((true, _)) => unknown.add(line, Refused::PersonErased { field: field(line) }),
            Some((false, Some(survivor_id))) => {
                let survivor_id = *survivor_id;
                bad.add(line, Refused::PersonMerged { field: field(line), survivor_id });
            }
            Some((false, None)) => {}
        }
    }
    unknown.refuse()?;
    Ok(bad.refuse()?)
}

/// Refuses ids of people who are unknown, do not lie in the caller's scope, or were erased; `field`
/// names the field of a line.
pub async fn all_in_scope(
    acting: &mut Acting,
    person_ids: &[Uuid],
    field: impl Fn(usize) -> String,
) -> Result<(), Failure> {
    let found: HashMap<Uuid, bool> = sqlx::query!(
        r#"select person_id, name_key = '' as "erased!"
           from person
           where person_id = any (array(select persons_in_scope($1)))"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| (row.person_id, row.erased))
    .collect();
    let mut bad = BadLines::default();
    for (line, person_id) in person_ids.iter().enumerate() {
        match found.get(person_id) {
            None => bad.add(line, Refused::PersonUnknown { field: field(line) }),
            Some(true) => bad.add(line, Refused::PersonErased { field: field(line) }),
            Some(false) => {}
        }
    }
    Ok(bad.refuse()?)
}
