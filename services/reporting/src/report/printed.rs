//! A printed report, line by line.

use time::Date;
use uuid::Uuid;

use crate::ground::figure::{By, Completeness, Completing, Figure};
use crate::ground::period::Period;
use crate::ground::vietnamese;

/// Where a period lies on the day of the print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Its last day is over.
    Over,
    /// It has begun and is not over.
    Running,
    /// It has not begun.
    ToCome,
}

impl When {
    /// Of a period, on this day.
    pub fn of(period: Period, today: Date) -> Self {
        if period.through < today {
            When::Over
        } else if period.from <= today {
            When::Running
        } else {
            When::ToCome
        }
    }

    /// What the title says of it: nothing of a period that is over.
    pub fn spoken(self, today: Date) -> String {
        let today = vietnamese::date(today);
        match self {
            When::Over => String::new(),
            When::Running => format!(" (kỳ chưa kết thúc: số liệu đã ghi nhận đến ngày {today})"),
            When::ToCome => {
                format!(" (kỳ chưa bắt đầu: chỉ gồm những gì đã ghi nhận trước, đến ngày {today})")
            }
        }
    }
}

/// A printed report.
pub struct Printed {
    /// Who, when, on which tree.
    pub title: String,
    /// What its organisation was called at the end of the period.
    pub organisation: String,
    /// Over which period.
    pub period: Period,
    /// Where its period lies today.
    pub when: When,
    /// In order.
    pub lines: Vec<PrintedLine>,
}

/// What a printed line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A sentence.
    Sentence,
    /// The heading of what follows.
    Section,
    /// What a table is called; its head and its rows follow.
    Table,
    /// What a form is called; its fields follow.
    Form,
    /// What a chart is called; its parts follow.
    Chart(papers::chart::Chart),
    /// The heads of a table's columns.
    Head,
    /// A row, a field, or a part.
    Row,
}

/// A printed line.
pub struct PrintedLine {
    /// What it is.
    pub kind: Kind,
    /// The sentence; of what has cells, all of them.
    pub text: String,
    /// Of what stands in a table, cell by cell.
    pub cells: Vec<String>,
    /// What its numbers were computed from.
    pub figures: Vec<Figure>,
    /// What it names: (kind, id).
    pub references: Vec<(&'static str, Uuid)>,
    /// The completeness of the least complete figure, where one is not complete.
    pub incomplete: Option<Completeness>,
}

/// What stands between the cells of a row where it is one text.
const BETWEEN: &str = " | ";

impl PrintedLine {
    /// A line without figures.
    pub fn plain(kind: Kind, text: String) -> Self {
        Self {
            kind,
            text,
            cells: Vec::new(),
            figures: Vec::new(),
            references: Vec::new(),
            incomplete: None,
        }
    }

    /// A row without figures.
    pub fn cells(kind: Kind, cells: Vec<String>) -> Self {
        Self { text: cells.join(BETWEEN), cells, ..Self::plain(kind, String::new()) }
    }
}

/// Says with a caption what all below it was computed from: each the figure of the whole, without
/// its parts.
pub fn computed_from(printed: &mut [PrintedLine], figures: Vec<Figure>) {
    let Some(caption) = printed.first_mut() else { return };
    caption.incomplete = incomplete_of(&figures);
    if let Some(incomplete) = caption.incomplete {
        caption.text.push_str(&incompleteness(incomplete));
    }
    caption.figures = figures
        .into_iter()
        .map(|mut figure| {
            figure.scope.by = By::Nothing;
            if figure.scope.group.is_empty() {
                figure.scope.grouping.clear();
            }
            figure.value.lines.clear();
            if let Some(denominator) = &mut figure.denominator {
                denominator.lines.clear();
            }
            figure
        })
        .collect();
}

/// What belongs to one caption; nothing where nothing is left of it.
pub fn captioned(
    kind: Kind,
    caption: &str,
    heads: Option<Vec<String>>,
    rows: Vec<PrintedLine>,
) -> Vec<PrintedLine> {
    if rows.is_empty() && !matches!(kind, Kind::Chart(_)) {
        return Vec::new();
    }
    let mut printed = vec![PrintedLine::plain(kind, caption.to_string())];
    printed.extend(heads.map(|heads| PrintedLine::cells(Kind::Head, heads)));
    printed.extend(rows);
    printed
}

/// How many of a list are not printed, where there are such.
pub fn not_printed(more: i64, kind: Kind) -> Option<PrintedLine> {
    (more > 0)
        .then(|| PrintedLine::plain(kind, format!("… và {} mục khác", vietnamese::number(more))))
}

/// The completeness of the least complete of these figures, where one is not complete.
pub fn incomplete_of(figures: &[Figure]) -> Option<Completeness> {
    figures
        .iter()
        .map(|figure| figure.completeness)
        .filter(|completeness| !completeness.complete())
        .max_by_key(|completeness| completeness.expected - completeness.covered)
}

/// What a sentence says of the least complete of its figures.
pub fn incompleteness(of: Completeness) -> String {
    let (covered, expected) = (vietnamese::number(of.covered), vietnamese::number(of.expected));
    match of.of {
        Completing::Nothing => String::new(),
        Completing::Members => format!(
            " [chưa đầy đủ: mới chuyển xong đoàn viên của {covered}/{expected} đơn vị có biến động]"
        ),
        Completing::Ratings => {
            format!(" [chưa đầy đủ: mới xếp loại {covered}/{expected} CĐCS đủ điều kiện]")
        }
    }
}
