//! Whose figures are counted together, and what is counted put to whom it is of.

use std::collections::HashMap;

use uuid::Uuid;

use crate::ground::figure::count::{Count, Counts};
use crate::ground::refused::Refused;

/// Organisations, in the order of their counts.
pub struct Heads {
    ids: Vec<Uuid>,
    numbers: HashMap<Uuid, usize>,
}

impl Heads {
    /// In this order; each once.
    pub fn of(ids: Vec<Uuid>) -> Self {
        Self { numbers: ids.iter().copied().zip(0..).collect(), ids }
    }

    /// All of them.
    pub fn ids(&self) -> &[Uuid] {
        &self.ids
    }

    /// Which of them it is.
    pub fn number(&self, id: Uuid) -> Option<usize> {
        self.numbers.get(&id).copied()
    }

    /// Nothing of anybody.
    pub fn none(&self) -> Counts {
        vec![Count::default(); self.ids.len()]
    }

    /// What rows of lines sum to.
    pub fn sums(
        &self,
        rows: impl IntoIterator<Item = (Uuid, String, i64)>,
    ) -> Result<Counts, Refused> {
        let mut counts = self.none();
        for (head, line, amount) in rows {
            if let Some(head) = self.number(head) {
                counts[head].add(&line, amount)?;
            }
        }
        Ok(counts)
    }

    /// The row without a line is the total; it counts whom lines count twice once.
    pub fn distinct(&self, rows: impl IntoIterator<Item = (Uuid, Option<String>, i64)>) -> Counts {
        let mut counts = self.none();
        for (head, line, amount) in rows {
            let Some(head) = self.number(head) else { continue };
            match line {
                Some(line) if amount != 0 => {
                    counts[head].lines.insert(line, amount);
                }
                Some(_) => {}
                None => counts[head].total = amount,
            }
        }
        counts
    }
}
