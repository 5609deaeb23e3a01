//! What is answered of a step that says no more.

use serde::{Deserialize, Serialize};

/// A report was changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stepped {
    /// From now on.
    pub revision: i32,
}
