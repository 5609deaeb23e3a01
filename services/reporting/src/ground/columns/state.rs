//! What is known at a position.

use std::sync::Arc;

use crate::ground::columns::facts::{ByCode, Facts};
use crate::ground::columns::listed::{Listed, Told};
use crate::ground::columns::position::Position;
use crate::ground::columns::tree::Tree;

/// The facts and the tree of a position.
pub struct State {
    /// How far everything was known.
    pub position: Position,
    /// The additive facts.
    pub facts: Facts,
    /// What is told one by one.
    pub listed: Listed,
    /// The tree.
    pub tree: Arc<Tree>,
}

impl State {
    /// This, and facts that have no position yet.
    pub fn with(&self, unnumbered: ByCode, told: Told) -> Self {
        Self {
            position: self.position,
            facts: self.facts.with(unnumbered),
            listed: self.listed.with(told),
            tree: self.tree.clone(),
        }
    }
}
