//! What is reported of a unit: what it did, as counts.

use time::Date;
use uuid::Uuid;

/// What kind of activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// phổ biến, quán triệt
    Dissemination,
    /// kiểm tra, giám sát
    Inspection,
    /// phát động
    Launch,
}

impl Kind {
    /// As the table `activity` has it.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Dissemination => "DISSEMINATION",
            Kind::Inspection => "INSPECTION",
            Kind::Launch => "LAUNCH",
        }
    }
}

/// One activity of one unit.
pub struct Activity {
    /// The unit.
    pub organisation_id: Uuid,
    /// What it was.
    pub kind: Kind,
    /// When it was.
    pub held_on: Date,
    /// How many different members were reached.
    pub members_reached: i32,
    /// How many different workers who are not members were reached.
    pub workers_reached: i32,
    /// How many times.
    pub times: i32,
}
