//! Templates: Vietnamese sentences, tables, forms and charts with places for figures.
//!
//! What a federation sets is a [draft]; [checked] it is a template, and kept as a version
//! ([versions]). Those that everybody has come as files with the program ([everybodys]).

pub mod checked;
pub mod chosen;
pub mod draft;
pub mod each;
pub mod everybodys;
pub mod places;
pub mod versions;

use crate::report::template::chosen::Parameter;
use crate::report::template::draft::Heading;
use crate::report::template::each::Each;
use crate::report::template::places::{Number, Part};

/// One kind of report.
#[derive(Clone, Debug)]
pub struct Template {
    /// What it is called.
    pub title: String,
    /// What can be chosen.
    pub parameters: Vec<Parameter>,
    /// How the document begins.
    pub heading: Option<Heading>,
    /// In the order of print.
    pub lines: Vec<Line>,
}

/// A part of a report.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub content: Content,
    /// Printed once for each of these; of a table, a row for each.
    pub each: Option<Each>,
    /// Printed instead where nobody asks for what the line holds against its target: `each` is
    /// the issuer then, and these parts do not name one.
    pub unassigned: Option<Vec<Part>>,
    /// Counted over the calendar year that this parameter names, not over the report's period.
    pub year_of: Option<String>,
    /// Not printed while every figure in it is 0.
    pub unless_zero: bool,
    /// Of its percentages; those of the report where it has none of its own.
    pub decimals: Option<u32>,
}

/// What a line is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A sentence.
    Sentence(Vec<Part>),
    /// The heading of what follows.
    Section(String),
    /// A table with a row for each of something.
    List {
        /// What it is called.
        caption: String,
        /// The head of each column, and what stands in each row.
        columns: Vec<(String, Vec<Part>)>,
        /// A last row with what all come to.
        total: bool,
    },
    /// A table whose rows are written.
    Table {
        /// What it is called.
        caption: String,
        /// The heads of the columns.
        heads: Vec<String>,
        /// Row by row, cell by cell.
        rows: Vec<Vec<Vec<Part>>>,
    },
    /// Fields with their values.
    Form {
        /// What it is called.
        caption: String,
        /// Label and value.
        fields: Vec<(String, Vec<Part>)>,
    },
    /// A picture of figures.
    Chart {
        /// What it is called.
        title: String,
        /// What is drawn.
        drawn: Drawn,
    },
}

/// What a chart draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// How far targets are met.
    Targets,
    /// An indicator over the months, quarters or years of the period.
    Trend(String),
    /// An indicator by the groups of a grouping of sectors.
    Shares(String, String),
    /// An indicator by the units directly below.
    TreeMap(String),
}

impl Line {
    /// All that is to be filled in, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let parts: Vec<&Vec<Part>> = match &self.content {
            Content::Sentence(parts) => vec![parts],
            Content::Section(_) | Content::Chart { .. } => Vec::new(),
            Content::List { columns, .. } => columns.iter().map(|(_, parts)| parts).collect(),
            Content::Table { rows, .. } => rows.iter().flatten().collect(),
            Content::Form { fields, .. } => fields.iter().map(|(_, parts)| parts).collect(),
        };
        parts.into_iter().chain(&self.unassigned).flatten()
    }

    /// Its figures.
    pub fn numbers(&self) -> impl Iterator<Item = &Number> {
        self.parts().filter_map(|part| match part {
            Part::Number(number) => Some(number),
            Part::Text(_) | Part::Word(_) => None,
        })
    }
}
