//! Undoes the issuing of cards, for all of its people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{CardTakenBack, Event};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::correction::card_issue::Recorded;
use crate::ground::card::endings;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::{BadLines, Refused};

/// Cards were never issued.
pub struct UndoCardIssue {
    /// The act of issuing.
    pub issue_id: Uuid,
    /// To whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// How many cards.
    pub cards: i32,
}

impl Act for UndoCardIssue {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let recorded = Recorded::of(acting, self.issue_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), recorded.organisation_id).await?;
        let lines = recorded.lines(acting, &self.person_ids).await?;
        let people: Vec<Uuid> = lines.iter().map(|line| line.person_id).collect();
        let cards: Vec<Uuid> = lines.iter().map(|line| line.card_id).collect();
        let replaced = sqlx::query_scalar!(
            r#"select replaces_id as "replaces_id!" from card
               where person_id = any ($1) and replaces_id = any ($2)"#,
            &people,
            &cards,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for (line, card_id) in cards.iter().enumerate() {
            if replaced.contains(card_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::CardRestedOn { field });
            }
        }
        bad.refuse()?;
        for (ending, on, decision_id) in endings(acting, &people, &cards).await? {
            let taken = Event::CardTakenBack(CardTakenBack::Ended(ending));
            acting.publish(taken.resting_on(on, decision_id));
        }
        recorded.publish(acting, &lines, false);
        sqlx::query!(
            "delete from card where person_id = any ($1) and card_id = any ($2)",
            &people,
            &cards,
        )
        .execute(acting.db())
        .await?;
        let undone = Correction {
            kind: Kind::CardIssueUndone,
            about_id: self.issue_id,
            now_id: None,
            people: lines.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { cards: i32::try_from(lines.len()).unwrap_or(i32::MAX) })
    }
}
