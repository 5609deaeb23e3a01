//! What figures are broken down by.

/// What the lines of a figure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// No lines.
    Nothing,
    /// Direct children.
    Child,
    /// Single units, to explain a figure.
    Unit,
    /// Sectors.
    Sector,
    /// Industries.
    Industry,
    /// Groups of the scope's grouping.
    Group,
    /// Types of organisations.
    Type,
    /// What is said of what is counted: reasons, kinds, topics, events, grades.
    Reason,
    /// The sex of whom is counted.
    Sex,
}

/// What tells facts apart, and not the units that they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Their words.
    Reason,
    /// The sex of whom they are about.
    Sex,
    /// Their words, and under each the sex.
    Both,
}

impl By {
    /// One word for it.
    pub fn code(self) -> &'static str {
        match self {
            By::Nothing => "NONE",
            By::Child => "CHILD",
            By::Unit => "UNIT",
            By::Sector => "SECTOR",
            By::Industry => "INDUSTRY",
            By::Group => "GROUP",
            By::Type => "TYPE",
            By::Reason => "REASON",
            By::Sex => "SEX",
        }
    }

    /// What it tells facts apart by, if it does.
    pub fn apart(self) -> Option<Apart> {
        match self {
            By::Reason => Some(Apart::Reason),
            By::Sex => Some(Apart::Sex),
            By::Nothing
            | By::Child
            | By::Unit
            | By::Sector
            | By::Industry
            | By::Group
            | By::Type => None,
        }
    }
}

/// Between the two parts of the key of a line that is crossed; no code and no id has it.
pub const CROSSED: char = '|';
