//! A print as a document, and as a file in the form that is asked for.

use anyhow::anyhow;
use chassis::refusal::Failure;
use papers::Document;
use papers::document::{Block, Form, Formal, Table};
use serde::{Deserialize, Serialize};
use sheets::writing::Format;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::report::printed::{Kind, Printed};
use crate::report::template::Template;
use crate::report::template::versions::{EVERYBODY, Version};

/// In what form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Line by line.
    Text,
    /// A table, as text.
    Csv,
    /// A workbook.
    Xlsx,
    /// A page.
    Html,
    /// Paper.
    Pdf,
    /// One chart, from 1 on; the first where it is 0.
    Svg(i32),
}

/// What the heading says that no figure does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Before the template's symbol.
    pub number: String,
    /// Where it is issued.
    pub place: String,
    /// When.
    pub issued_on: Option<Date>,
    /// Who signs.
    pub signer: String,
}

/// What is left open, to be filled in by hand.
const OPEN: &str = "……";

impl Said {
    /// `Hà Nội, ngày 05 tháng 02 năm 2021`: days below ten and the first two months have a zero in front.
    fn place_and_date(&self) -> String {
        let place = if self.place.is_empty() { OPEN } else { &self.place };
        let Some(on) = self.issued_on else {
            return format!("{place}, ngày {OPEN} tháng {OPEN} năm {OPEN}");
        };
        let month = match u8::from(on.month()) {
            few @ 1..=2 => format!("0{few}"),
            month => month.to_string(),
        };
        format!("{place}, ngày {:02} tháng {month} năm {}", on.day(), on.year())
    }
}

/// What an organisation's superior was called on a day; empty where it had none.
pub async fn superior(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
) -> Result<String, Failure> {
    let name = sqlx::query_scalar!(
        "select name_on(superior_id, $2) from edge where organisation_id = $1 and valid @> $2::date",
        organisation_id,
        on,
    )
    .fetch_optional(connection)
    .await?;
    Ok(name.flatten().unwrap_or_default())
}

/// A print as a document.
pub fn document(
    printed: &Printed,
    by: &Version,
    template: &Template,
    said: &Said,
    superior: String,
) -> Document {
    let formal = template.heading.as_ref().map(|heading| {
        let number = if said.number.is_empty() { OPEN } else { &said.number };
        Formal {
            superior,
            issuer: printed.organisation.clone(),
            number: format!("Số: {number}/{}", heading.symbol),
            place_and_date: said.place_and_date(),
            kind: heading.kind.clone(),
            recipients: heading.recipients.clone(),
            signed_for: heading.signed_for.clone(),
            signer_title: heading.signer_title.clone(),
            signer: said.signer.clone(),
        }
    });
    let owner = match (by.owner_id, by.owner_name.as_str()) {
        (EVERYBODY, _) => "mẫu chung".to_string(),
        (_, name) => format!("mẫu của {name}"),
    };
    let notes = vec![format!("In theo mẫu {}, phiên bản {} ({owner}).", by.code, by.version)];
    Document { formal, title: printed.title.clone(), blocks: blocks(printed), notes }
}

fn blocks(printed: &Printed) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in &printed.lines {
        let caption = line.text.clone();
        match &line.kind {
            Kind::Sentence => blocks.push(Block::Sentence(caption)),
            Kind::Section => blocks.push(Block::Section(caption)),
            Kind::Table => blocks.push(Block::Table(Table { caption, ..Table::default() })),
            Kind::Form => blocks.push(Block::Form(Form { caption, ..Form::default() })),
            Kind::Chart(chart) => {
                let mut chart = chart.clone();
                chart.title = caption;
                blocks.push(Block::Chart(chart));
            }
            Kind::Head => {
                if let Some(Block::Table(table)) = blocks.last_mut() {
                    table.heads.clone_from(&line.cells);
                }
            }
            Kind::Row => match blocks.last_mut() {
                Some(Block::Table(table)) => table.rows.push(match line.cells.is_empty() {
                    true => vec![caption],
                    false => line.cells.clone(),
                }),
                Some(Block::Form(form)) => {
                    let mut cells = line.cells.iter().cloned();
                    let label = cells.next().unwrap_or_default();
                    form.fields.push((label, cells.next().unwrap_or_default()));
                }
                // A chart has its parts already.
                _ => {}
            },
        }
    }
    blocks
}

impl Written {
    /// A document in this form.
    pub fn of(self, document: &Document) -> Result<Vec<u8>, Failure> {
        Ok(match self {
            Written::Text => papers::text::text(document).into_bytes(),
            Written::Csv => {
                papers::table::table(document, Format::Csv).map_err(anyhow::Error::new)?
            }
            Written::Xlsx => {
                papers::table::table(document, Format::Xlsx).map_err(anyhow::Error::new)?
            }
            Written::Html => papers::html::html(document).into_bytes(),
            Written::Pdf => papers::pdf::pdf(document)
                .map_err(|error| anyhow!("a document was not written: {error}"))?,
            Written::Svg(chart) => {
                let charts = document.charts().count();
                let nth = usize::try_from(chart.max(1)).unwrap_or(usize::MAX);
                let found = document.charts().nth(nth - 1);
                let found = found.ok_or(Refused::ChartUnknown { chart, charts })?;
                papers::svg::svg(found, 1).into_bytes()
            }
        })
    }

    /// What it is, as HTTP names it.
    pub fn content_type(self) -> &'static str {
        match self {
            Written::Text => "text/plain; charset=utf-8",
            Written::Csv => "text/csv; charset=utf-8",
            Written::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Written::Html => "text/html; charset=utf-8",
            Written::Pdf => "application/pdf",
            Written::Svg(_) => "image/svg+xml",
        }
    }

    /// How the name of its file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Written::Text => "txt",
            Written::Csv => "csv",
            Written::Xlsx => "xlsx",
            Written::Html => "html",
            Written::Pdf => "pdf",
            Written::Svg(_) => "svg",
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn place_and_date_are_written_as_the_decree_has_them() {
        let said = |place: &str, issued_on| Said {
            place: place.to_string(),
            issued_on,
            ..Said::default()
        };
        for (place, on, written) in [
            ("Hà Nội", Some(date!(2021 - 02 - 05)), "Hà Nội, ngày 05 tháng 02 năm 2021"),
            ("Huế", Some(date!(2020 - 12 - 31)), "Huế, ngày 31 tháng 12 năm 2020"),
            ("Huế", Some(date!(2020 - 03 - 09)), "Huế, ngày 09 tháng 3 năm 2020"),
            ("", None, "……, ngày …… tháng …… năm ……"),
        ] {
            assert_eq!(said(place, on).place_and_date(), written);
        }
    }
}
