//! What is known at a position.

use std::sync::Arc;

use crate::ground::columns::facts::{ByCode, Facts};
use crate::ground::columns::position::Position;
use crate::ground::columns::tree::Tree;

/// The facts and the tree of a position.
pub struct State {
    /// How far everything was known.
    pub position: Position,
    /// How often a rebuild had announced itself when its tables were read last from end to end.
    pub announced: i64,
    /// The additive facts.
    pub facts: Facts,
    /// The tree.
    pub tree: Arc<Tree>,
}

impl State {
    /// This, and facts that have no position yet.
    pub fn with(&self, unnumbered: ByCode) -> Self {
        Self {
            position: self.position,
            announced: self.announced,
            facts: self.facts.with(unnumbered),
            tree: self.tree.clone(),
        }
    }
}
