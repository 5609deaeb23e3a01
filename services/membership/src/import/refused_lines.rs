//! The lines of an import that were not taken, as a file to be corrected: a page of them after the
//! other becomes rows, and rows become pieces.

use std::sync::Arc;

use bytes::Bytes;
use chassis::call::Call;
use chassis::database::Database;
use chassis::refusal::{Failure, LANGUAGE};
use prost::Message;
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use sheets::cell::{Cell, date_in_words};
use sheets::column::{ALL, Column};
use sheets::writing::{Corrected, Format};
use uuid::Uuid;

use crate::ground::file::Written;
use crate::ground::keys::Keys;
use crate::import::came::Cells;
use crate::import::lines::{self, Listed};

/// Lines that are read at once.
const PAGE: i64 = 500;

/// The columns of the template that a line of a stream has something for.
const OF_STREAMS: [Column; 11] = [
    Column::Name,
    Column::Birth,
    Column::Sex,
    Column::Identity,
    Column::Country,
    Column::Phone,
    Column::Workplace,
    Column::Occupation,
    Column::JoinedOn,
    Column::Union,
    Column::Another,
];

/// The language of this call, as files have it.
pub fn language() -> sheets::Language {
    match LANGUAGE.try_with(|language| *language).unwrap_or_default() {
        chassis::refusal::Language::Vietnamese => sheets::Language::Vietnamese,
        chassis::refusal::Language::English => sheets::Language::English,
    }
}

/// A file that is being written.
pub struct RefusedLines {
    database: Database,
    keys: Arc<Keys>,
    call: Call,
    import: Uuid,
    language: sheets::Language,
    columns: &'static [Column],
    written: Written,
    /// None when all is written.
    writer: Option<Corrected<Written>>,
    /// The last line that is in it.
    after: i64,
    /// Lines that were read and are not in it.
    page: Vec<Listed>,
}

impl RefusedLines {
    /// Begins a file. Its columns are those of the lines that it begins with: all of an import
    /// come in one way.
    pub async fn begin(
        database: Database,
        keys: Arc<Keys>,
        call: Call,
        import: Uuid,
        format: Format,
    ) -> Result<Self, Failure> {
        let page = page(&database, &keys, &call, import, -1).await?;
        let of_file = page.first().is_none_or(|line| line.file_line.is_some());
        let columns: &[Column] = if of_file { &ALL[1..] } else { &OF_STREAMS };
        let language = language();
        let written = Written::default();
        let known: Vec<Option<Column>> = columns.iter().copied().map(Some).collect();
        let writer = Corrected::begin(written.clone(), format, &known, &[], language);
        let writer = Some(writer.map_err(anyhow::Error::new)?);
        Ok(Self {
            database,
            keys,
            call,
            import,
            language,
            columns,
            written,
            writer,
            after: -1,
            page,
        })
    }

    /// The next piece; none behind the last.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(piece) = self.written.take() {
                return Ok(Some(piece.into()));
            }
            if self.writer.is_none() {
                let rest = self.written.take_rest();
                return Ok((!rest.is_empty()).then(|| rest.into()));
            }
            if self.page.is_empty() {
                self.finish()?;
                continue;
            }
            for line in std::mem::take(&mut self.page) {
                self.after = line.line;
                self.row(line)?;
            }
            let (database, keys, call) = (&self.database, &self.keys, &self.call);
            self.page = page(database, keys, call, self.import, self.after).await?;
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        if let Some(writer) = self.writer.take() {
            writer.finish().map_err(anyhow::Error::new)?;
        }
        Ok(())
    }

    fn row(&mut self, line: Listed) -> Result<(), Failure> {
        let number = match line.file_line {
            Some(file_line) => u32::try_from(file_line).unwrap_or_default(),
            // As lines of a list are counted.
            None => u32::try_from(line.line + 1).unwrap_or(u32::MAX),
        };
        let reason = self.reason(&line);
        let cells = cells(&line, self.columns)?;
        if let Some(writer) = &mut self.writer {
            writer.line(number, &cells, &[reason]).map_err(anyhow::Error::new)?;
        }
        Ok(())
    }

    fn reason(&self, line: &Listed) -> String {
        match (&line.refusal, self.language) {
            (Some(refusal), sheets::Language::Vietnamese) => refusal.vi.clone(),
            (Some(refusal), sheets::Language::English) => refusal.en.clone(),
            (None, sheets::Language::Vietnamese) => format!(
                "Có thể là một đoàn viên đã có của công đoàn này, trùng họ tên và ngày sinh; nếu là \
                 người khác, hãy ghi x vào cột {}.",
                Column::Another.heading(),
            ),
            (None, sheets::Language::English) => format!(
                "she may be a member of the union already, of the same name and birth; if she is \
                 another, put an x into the column {}",
                Column::Another.heading(),
            ),
        }
    }
}

async fn page(
    database: &Database,
    keys: &Keys,
    call: &Call,
    import: Uuid,
    after: i64,
) -> Result<Vec<Listed>, Failure> {
    let mut reading = database.read(call).await?;
    lines::not_taken(&mut reading, keys, import, after, PAGE).await
}

/// What a line said, in these columns.
fn cells(line: &Listed, columns: &[Column]) -> Result<Vec<Cell>, Failure> {
    let Some(said) = &line.said else { return Ok(Vec::new()) };
    let text_of: Box<dyn Fn(Column) -> String> = match line.file_line {
        Some(_) => {
            let cells = Cells::decode(&**said)?.cells;
            Box::new(move |column| {
                let of = cells.iter().find(|cell| cell.column == column.heading());
                of.map(|cell| cell.text.clone()).unwrap_or_default()
            })
        }
        None => {
            let line = pb::ImportLine::decode(&**said)?;
            Box::new(move |column| text(&line, column))
        }
    };
    Ok(columns.iter().map(|column| Cell::Text(text_of(*column))).collect())
}

/// What a line of a stream says of a column.
fn text(line: &pb::ImportLine, column: Column) -> String {
    let nobody = pb::PersonLine::default();
    let person = line.person.as_ref().unwrap_or(&nobody);
    match column {
        Column::Name => person.name.clone(),
        Column::Birth => match (person.birth_date, person.birth_year) {
            (Some(date), _) => day(date),
            (None, 0) => String::new(),
            (None, year) => year.to_string(),
        },
        Column::Sex => match person.sex {
            1 => "Nam".to_string(),
            2 => "Nữ".to_string(),
            _ => String::new(),
        },
        Column::Identity => person.identity_number.clone(),
        Column::Country => person.identity_country.clone(),
        Column::Phone => person.phone.clone(),
        Column::Workplace => person.workplace.clone(),
        Column::Occupation => person.occupation.clone(),
        Column::JoinedOn => line.joined_on.map(day).unwrap_or_default(),
        Column::Union => line.organisation_id.clone(),
        Column::Another => if line.is_another { "x" } else { "" }.to_string(),
        _ => String::new(),
    }
}

/// A day as people write it; one that is none, and a year alone, as it was sent.
fn day(date: WireDate) -> String {
    match chassis::parse::date("", Some(date)) {
        Ok(date) => date_in_words(date),
        Err(_) if date.month == 0 && date.day == 0 => date.year.to_string(),
        Err(_) => format!("{}/{}/{}", date.day, date.month, date.year),
    }
}
