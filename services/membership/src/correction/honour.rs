//! The honours that are undone or corrected, and their people.

use std::collections::HashSet;

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::honour::Line;
use crate::ground::refused::{BadLines, Refused};

/// Whose honour it is, of those in the caller's scope.
pub async fn whose(acting: &mut Acting, honour_id: Uuid) -> Result<Uuid, Failure> {
    let whose = sqlx::query_scalar!(
        "select organisation_id from honour
         where honour_id = $1 and access.covers(organisation_id) limit 1",
        honour_id,
    )
    .fetch_optional(acting.db())
    .await?;
    match whose {
        Some(whose) => Ok(whose),
        None => {
            let unknown = Refused::HonourUnknown { field: "honour_id".to_string() };
            Err(access::unknown_or_denied(acting.db(), unknown).await)
        }
    }
}

/// The people asked for, or all of it; locked in the order of their ids.
pub async fn lines(
    acting: &mut Acting,
    honour_id: Uuid,
    person_ids: &[Uuid],
) -> Result<Vec<Line>, Failure> {
    let lines = sqlx::query_as!(
        Line,
        "select honour_id, person_id, organisation_id, kind, level, honoured_on,
                direct_production, initiative_id, decision_id
         from honour
         where honour_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
         order by person_id for update",
        honour_id,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?;
    if lines.is_empty() && person_ids.is_empty() {
        return Err(Refused::HonourUnknown { field: "honour_id".to_string() }.into());
    }
    let honoured: HashSet<Uuid> = lines.iter().map(|line| line.person_id).collect();
    let mut bad = BadLines::default();
    for (line, person_id) in person_ids.iter().enumerate() {
        if !honoured.contains(person_id) {
            let field = format!("person_ids[{line}]");
            bad.add(line, Refused::HonourUnknown { field });
        }
    }
    bad.refuse()?;
    Ok(lines)
}
