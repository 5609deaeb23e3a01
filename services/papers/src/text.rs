//! A document as text.

use crate::document::{Block, Document, Table};
use crate::plain::plain;

/// A document as text, line by line.
pub fn text(document: &Document) -> String {
    let mut lines = Vec::new();
    if let Some(formal) = &document.formal {
        lines.extend([formal.superior.as_str(), &formal.issuer, &formal.number]);
        lines.extend([crate::document::NATION, crate::document::MOTTO]);
        lines.extend([formal.place_and_date.as_str(), "", &formal.kind]);
    }
    let mut lines: Vec<String> = lines.into_iter().map(plain).collect();
    lines.push(plain(&document.title));
    lines.push(String::new());
    for block in &document.blocks {
        match block {
            Block::Section(text) | Block::Sentence(text) => lines.push(plain(text)),
            Block::Table(table) => rows(table, &mut lines),
            Block::Form(form) => {
                lines.push(plain(&form.caption));
                let fields = form.fields.iter();
                lines.extend(fields.map(|(label, value)| plain(&format!("{label}: {value}"))));
            }
            Block::Chart(chart) => {
                lines.push(plain(&chart.title));
                let parts = chart.parts.iter();
                lines.extend(parts.map(|part| plain(&format!("{}: {}", part.label, part.shown))));
            }
        }
    }
    lines.extend(document.notes.iter().map(|note| plain(note)));
    lines.join("\n") + "\n"
}

fn rows(table: &Table, lines: &mut Vec<String>) {
    lines.push(plain(&table.caption));
    lines.push(plain(&table.heads.join(" | ")));
    lines.extend(table.rows.iter().map(|row| plain(&row.join(" | "))));
}
