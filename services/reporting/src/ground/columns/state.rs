//! What is known at a position.

use std::sync::Arc;

use crate::ground::columns::facts::{ByCode, Facts};
use crate::ground::columns::history::History;
use crate::ground::columns::listed::{Listed, Told};
use crate::ground::columns::position::Position;
use crate::ground::columns::tree::Tree;

/// The facts and the tree of a position, as far as they were known at an instant.
pub struct State {
    /// How far everything was known.
    pub position: Position,
    /// How often a rebuild had announced itself when its tables were read last from end to end.
    pub announced: i64,
    /// The additive facts.
    pub facts: Facts,
    /// What is told one by one: all that was ever told, each with the instant at which it was recorded.
    pub listed: Listed,
    /// The tree.
    pub tree: Arc<Tree>,
    /// All that was ever known of it.
    pub history: History,
}

impl State {
    /// This, and facts that have no position yet.
    pub fn with(&self, unnumbered: ByCode, told: Told) -> Self {
        Self {
            position: self.position,
            announced: self.announced,
            facts: self.facts.with(unnumbered),
            listed: self.listed.with(told),
            tree: self.tree.clone(),
            history: self.history.clone(),
        }
    }

    /// Of this, what was known at an instant.
    pub fn known_at(&self, known: i64) -> Self {
        let then = self.history.tree(self.tree.len(), known);
        Self {
            position: self.position,
            announced: self.announced,
            facts: self.facts.known_at(known),
            listed: self.listed.clone(),
            tree: then.unwrap_or_else(|| self.tree.clone()),
            history: self.history.clone(),
        }
    }
}
