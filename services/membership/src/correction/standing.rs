//! The standing that is undone or corrected, and its people.

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// A standing, as it was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// Its id.
    pub standing_id: Uuid,
    /// The union in which it was recorded.
    pub organisation_id: Uuid,
    /// `membership.v1.StandingKind`.
    pub kind: i16,
}

impl Recorded {
    /// The standing with this id, in the caller's scope.
    pub async fn of(acting: &mut Acting, standing_id: Uuid) -> Result<Self, Failure> {
        let recorded = sqlx::query_as!(
            Self,
            "select standing_id, organisation_id, kind from standing
             where standing_id = $1 and access.covers(organisation_id) limit 1",
            standing_id,
        )
        .fetch_optional(acting.db())
        .await?;
        match recorded {
            Some(recorded) => Ok(recorded),
            None => {
                let unknown = Refused::StandingUnknown { standing_id };
                Err(access::unknown_or_denied(acting.db(), unknown).await)
            }
        }
    }

    /// The people asked for, or all of it; locked in the order of their ids.
    pub async fn people(&self, acting: &mut Acting, asked: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
        none_repeated(asked)?;
        let of_it = async |acting: &mut Acting| {
            sqlx::query_scalar!(
                "select person_id from standing where standing_id = $1 order by person_id",
                self.standing_id,
            )
            .fetch_all(acting.db())
            .await
        };
        let all = of_it(acting).await?;
        let people = if asked.is_empty() { all.clone() } else { asked.to_vec() };
        roll::lock_those_of(acting, all, &people).await?;
        // Read again: whoever held them may have undone it.
        let known = of_it(acting).await?;
        let mut bad = BadLines::default();
        for (line, person_id) in people.iter().enumerate() {
            if !known.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::StandingNotActive { field });
            }
        }
        bad.refuse()?;
        Ok(people)
    }
}
