//! A template as somebody writes it, in a file or in a call; it names whatever it names.

use serde::{Deserialize, Serialize};

/// What a template is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What it is called.
    pub title: String,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// How the document begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Heading>,
    /// In the order of print.
    pub lines: Vec<Line>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// For example `decimals`.
    pub name: String,
    /// What holds if nothing is chosen.
    #[serde(default)]
    pub default: String,
    /// What it does, in Vietnamese.
    #[serde(default)]
    pub meaning: String,
}

/// The heading and the foot of an administrative document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Heading {
    /// What stands behind the number: `BC-LĐLĐ`.
    pub symbol: String,
    /// What kind of document it is: `BÁO CÁO`.
    pub kind: String,
    /// Who gets it.
    pub recipients: Vec<String>,
    /// In which capacity it is signed: `TM. BAN THƯỜNG VỤ`.
    pub signed_for: String,
    /// Whose signature: `CHỦ TỊCH`.
    pub signer_title: String,
}

/// A part of a report: one of the first five, and what goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// A sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The heading of what follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// A table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// A form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// A chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// Printed once for each of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// Printed instead where there is no issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<String>,
    /// Counted over the year that this parameter names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_of: Option<String>,
    /// Not printed while every figure in it is 0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unless_zero: bool,
    /// Of its percentages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<i32>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    /// What it is called.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Rows as they are written, cell by cell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Vec<String>>,
    /// A last row with what all come to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub total: bool,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// What stands in each row.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Fields with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// What it is called.
    pub caption: String,
    /// Label and value.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Field {
    /// What it is.
    pub label: String,
    /// What stands there.
    pub text: String,
}

/// A picture of figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chart {
    /// What it is called.
    pub title: String,
    /// `targets`, `trend`, `shares` or `tree_map`.
    pub kind: String,
    /// What is drawn.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub indicator: String,
    /// Of shares: the grouping of sectors.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub grouping: String,
}
