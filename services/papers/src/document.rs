//! A printed document, before anybody knows in what form it is written.

use crate::chart::Chart;

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The heading and the foot of an administrative document.
    pub formal: Option<Formal>,
    /// What it is about.
    pub title: String,
    /// In the order of print.
    pub blocks: Vec<Block>,
    /// What stands below everything, in small letters: by what it was printed.
    pub notes: Vec<String>,
}

/// What makes a document an administrative one: Nghị định 30/2020/NĐ-CP, phụ lục I. Quốc hiệu and
/// tiêu ngữ are the same everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formal {
    /// Who stands above whoever issues it; empty where nobody does.
    pub superior: String,
    /// Who issues it.
    pub issuer: String,
    /// `Số: 12/BC-LĐLĐ`
    pub number: String,
    /// `Hà Nội, ngày 31 tháng 12 năm 2020`
    pub place_and_date: String,
    /// `BÁO CÁO`
    pub kind: String,
    /// Who gets it.
    pub recipients: Vec<String>,
    /// `TM. BAN THƯỜNG VỤ`
    pub signed_for: String,
    /// `CHỦ TỊCH`
    pub signer_title: String,
    /// Who signs; empty where nobody is named.
    pub signer: String,
}

/// Quốc hiệu.
pub const NATION: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
/// Tiêu ngữ.
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The heading of what follows.
    Section(String),
    /// A sentence.
    Sentence(String),
    /// A table.
    Table(Table),
    /// Fields with their values.
    Form(Form),
    /// A picture of figures.
    Chart(Chart),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it is called; may be empty.
    pub caption: String,
    /// The heads of its columns.
    pub heads: Vec<String>,
    /// Row by row, cell by cell: as many as there are columns, or one for all of them.
    pub rows: Vec<Vec<String>>,
}

/// Fields with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// What it is called; may be empty.
    pub caption: String,
    /// Label and value.
    pub fields: Vec<(String, String)>,
}

impl Chart {
    /// What is drawn, as a table beside it.
    pub fn table(&self) -> Table {
        Table {
            caption: self.title.clone(),
            heads: vec!["Mục".to_string(), "Số liệu".to_string()],
            rows: self
                .parts
                .iter()
                .map(|part| vec![part.label.clone(), part.shown.clone()])
                .collect(),
        }
    }
}

impl Form {
    /// The fields, as a table.
    pub fn table(&self) -> Table {
        Table {
            caption: self.caption.clone(),
            heads: vec!["Nội dung".to_string(), "Số liệu".to_string()],
            rows: self
                .fields
                .iter()
                .map(|(label, value)| vec![label.clone(), value.clone()])
                .collect(),
        }
    }
}

impl Document {
    /// The charts, in order.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            _ => None,
        })
    }
}
