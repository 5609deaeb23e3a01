//! What is wrong with the lines of a load, gathered and refused at once.

use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;

use crate::ground::refused::{REFUSALS_MAX, Refused, lines_refused};

/// What is wrong with the lines of a load.
#[derive(Default)]
pub struct BadLines(Vec<(usize, String, Refused)>);

impl BadLines {
    /// One more fault: of a line, in a part of it.
    pub fn refuse(&mut self, n: usize, part: impl Into<String>, refused: Refused) {
        self.0.push((n, part.into(), refused));
    }

    /// There is none so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses the load if there are any. Whoever may load nowhere learns no more than that.
    pub async fn none(mut self, acting: &mut Acting) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        refuse_the_unauthorised(acting.db()).await?;
        self.0.sort_by_key(|(n, ..)| *n);
        // Lines, not faults: one line may have several.
        let refused = self.0.chunk_by(|(a, ..), (b, ..)| a == b).count();
        let first = self.0.into_iter().take(REFUSALS_MAX);
        let named = first
            .map(|(n, part, refused)| refused.refusal().field(format!("lines[{n}].{part}")))
            .collect();
        lines_refused(refused, named)
    }
}

/// Whoever may load nowhere learns that, and nothing about the lines.
pub async fn refuse_the_unauthorised(db: &mut PgConnection) -> Result<(), Failure> {
    let held =
        sqlx::query_scalar!(r#"select access.holds() as "holds!""#).fetch_one(&mut *db).await?;
    if held {
        return Ok(());
    }
    let refused = Refused::LinesRefused { refused: 0 };
    Err(chassis::access::unknown_or_denied(db, refused).await)
}
