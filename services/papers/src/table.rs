//! A document as a table that a spreadsheet opens, CSV or XLSX: no cell of it is a formula.

use std::io;

use sheets::writing::{Format, Writer};

use crate::document::{Block, Document, Table};
use crate::plain::plain;

/// Letters of one cell, at most: no workbook has more.
const LETTERS_MAX: usize = 32_000;

/// A document as a table: what each row is, its text or its first cell, and the cells of tables.
pub fn table(document: &Document, format: Format) -> io::Result<Vec<u8>> {
    let width = document.blocks.iter().map(columns).max().unwrap_or(1).max(1);
    let mut heads = vec!["Loại".to_string(), "Nội dung".to_string()];
    heads.extend((2..=width).map(|n| format!("Cột {n}")));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut writer = Writer::begin(Vec::new(), format, &heads)?;
    let mut row = |kind: &str, cells: &[&str]| {
        let cells = std::iter::once(kind).chain(cells.iter().copied());
        let cells: Vec<String> =
            cells.map(|cell| plain(cell).chars().take(LETTERS_MAX).collect()).collect();
        writer.row(&cells)
    };
    row("Tiêu đề", &[&document.title])?;
    if let Some(formal) = &document.formal {
        for said in [&formal.superior, &formal.issuer, &formal.number, &formal.place_and_date] {
            row("Văn bản", &[said])?;
        }
    }
    for block in &document.blocks {
        let table = match block {
            Block::Section(text) => {
                row("Mục", &[text])?;
                continue;
            }
            Block::Sentence(text) => {
                row("Câu", &[text])?;
                continue;
            }
            Block::Table(table) => table.clone(),
            Block::Form(form) => form.table(),
            Block::Chart(chart) => chart.table(),
        };
        row("Bảng", &[&table.caption])?;

        row("Cột", &table.heads.iter().map(String::as_str).collect::<Vec<_>>())?;
        for cells in &table.rows {
            row("Dòng", &cells.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
    }
    for note in &document.notes {
        row("Ghi chú", &[note])?;
    }
    writer.finish()
}

fn columns(block: &Block) -> usize {
    let of =
        |table: &Table| table.rows.iter().map(Vec::len).max().unwrap_or(0).max(table.heads.len());
    match block {
        Block::Section(_) | Block::Sentence(_) => 1,
        Block::Table(table) => of(table),
        Block::Form(_) | Block::Chart(_) => 2,
    }
}
