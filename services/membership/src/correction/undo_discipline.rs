//! Undoes a step of discipline, for all of its people or for some.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::none_repeated;
use crate::ground::{discipline, roll};

/// A step of discipline was never taken.
pub struct UndoDiscipline {
    /// The step.
    pub discipline_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// For how many people.
    pub people: i32,
}

/// The step of one person.
struct Line {
    person_id: Uuid,
    organisation_id: Uuid,
    expelled: bool,
}

impl Act for UndoDiscipline {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let lines = self.lines(acting).await?;
        let Some(first) = lines.first() else {
            let unknown = Refused::DisciplineUnknown { field: "discipline_id".to_string() };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        if first.expelled {
            let field = "discipline_id".to_string();
            return Err(Refused::MovementRestedOn { field }.into());
        }
        let decision_id = rests_on(acting, self.basis.as_ref(), first.organisation_id).await?;
        let people: Vec<Uuid> = match &self.person_ids[..] {
            [] => lines.iter().map(|line| line.person_id).collect(),
            asked => asked.to_vec(),
        };
        roll::lock_those_of(acting, lines.iter().map(|line| line.person_id), &people).await?;
        let lines = self.lines(acting).await?;
        let mut bad = BadLines::default();
        for (line, person_id) in people.iter().enumerate() {
            if !lines.iter().any(|step| step.person_id == *person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::DisciplineUnknown { field });
            }
        }
        bad.refuse()?;
        discipline::take_back(acting, self.discipline_id, &people).await?;
        let undone = Correction {
            kind: Kind::DisciplineUndone,
            about_id: self.discipline_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { people: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}

impl UndoDiscipline {
    async fn lines(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        Ok(sqlx::query_as!(
            Line,
            r#"select person_id, organisation_id, exit_id is not null as "expelled!"
               from discipline
               where discipline_id = $1 and access.covers(organisation_id)
               order by person_id"#,
            self.discipline_id,
        )
        .fetch_all(acting.db())
        .await?)
    }
}
