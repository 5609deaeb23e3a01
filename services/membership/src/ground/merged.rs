//! People who were found to be one: who survives, and whom she stands for.

use std::collections::HashMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};

/// Of these people those who were merged, each with the one who survives.
pub async fn of(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, Failure> {
    let rows = sqlx::query!(
        "select person_id, root_id from person_merge where person_id = any ($1)",
        person_ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.root_id)).collect())
}

/// All who were merged into these people, at whatever remove, each with the one who survives.
pub async fn into(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, Failure> {
    let rows = sqlx::query!(
        "select person_id, root_id from person_merge where root_id = any ($1)
         order by root_id, person_id",
        person_ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.root_id)).collect())
}

/// Who somebody is: the one who survives her, or herself; as is known, or was known then.
pub async fn survivor(
    connection: &mut PgConnection,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Uuid, Failure> {
    let survivor = match known_at {
        None => {
            sqlx::query_scalar!("select root_id from person_merge where person_id = $1", person_id)
                .fetch_optional(connection)
                .await?
        }
        Some(at) => {
            sqlx::query_scalar!(
                r#"select root_id as "root_id!" from person_merge_known
                   where person_id = $1 and recorded @> $2::timestamptz"#,
                person_id,
                at,
            )
            .fetch_optional(connection)
            .await?
        }
    };
    Ok(survivor.unwrap_or(person_id))
}

/// Makes of these people those as whom they are told of: the one who survives, where somebody was
/// merged. What is told should be locked: a merge tells anew what happened, and waits for whoever is
/// about to say that it never did, or is waited for.
pub async fn told_as<'a>(
    connection: &mut PgConnection,
    people: impl IntoIterator<Item = &'a mut Uuid>,
) -> Result<(), Failure> {
    let people: Vec<&mut Uuid> = people.into_iter().collect();
    let ids: Vec<Uuid> = people.iter().map(|person_id| **person_id).collect();
    let survivors: HashMap<Uuid, Uuid> = of(connection, &ids).await?.into_iter().collect();
    for person_id in people {
        *person_id = survivors.get(person_id).copied().unwrap_or(*person_id);
    }
    Ok(())
}

/// Refuses the lines that name somebody who was merged: what happens to her is said of the one who
/// survives. They should be locked.
pub async fn refuse(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
    field: impl Fn(usize) -> String,
) -> Result<(), Failure> {
    let merged = of(connection, person_ids).await?;
    let mut bad = BadLines::default();
    for (line, person_id) in person_ids.iter().enumerate() {
        if let Some((_, survivor_id)) = merged.iter().find(|(merged, _)| merged == person_id) {
            let survivor_id = *survivor_id;
            bad.add(line, Refused::PersonMerged { field: field(line), survivor_id });
        }
    }
    Ok(bad.refuse()?)
}
