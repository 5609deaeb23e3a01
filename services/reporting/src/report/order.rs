//! What is asked of a print.

use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::report::template::chosen::Chosen;

/// What is to be printed.
pub struct Order {
    /// For whom.
    pub head: Uuid,
    /// Over which period.
    pub period: Period,
    /// As of a day, or as then.
    pub as_of: Option<Date>,
    /// What was chosen.
    pub parameters: Chosen,
}
