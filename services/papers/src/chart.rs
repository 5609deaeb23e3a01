//! Figures to be drawn, and shown in a table where there are no pictures.

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What it is called.
    pub title: String,
    /// How it is drawn.
    pub kind: Kind,
    /// What is drawn, in order.
    pub parts: Vec<Part>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bar for each part, whose value is how much of what was asked is reached, in ten thousandths.
    Targets,
    /// A line through the parts.
    Trend,
    /// One bar, divided into its parts.
    Shares,
    /// An area, divided into its parts.
    TreeMap,
}

/// A part of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub label: String,
    /// How much, for whoever draws it.
    pub value: i64,
    /// How much, for whoever reads it.
    pub shown: String,
}
