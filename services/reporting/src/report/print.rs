//! Prints reports: fills a template's sentences with figures.
//!
//! **Invariant:** no report is printed while stock(end) - stock(start) is not in - out; and
//! every number in a line comes with the figure that it was computed from.

use std::collections::BTreeMap;

use chassis::database::today;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::book::Books;
use crate::ground::figure::{By, Counting, Figure, Scope, heads};
use crate::ground::indicators::Indicators;
use crate::ground::period::{Period, year};
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::ground::target::asked::{Asked, asked};
use crate::ground::target::measured::against;
use crate::ground::target::{self, Issuer, Target};
use crate::ground::vietnamese;
use crate::report::children::children;
use crate::report::drawing::Drawing;
use crate::report::measured::issuer_names;
use crate::report::order::Order;
use crate::report::printed::{
    Kind, Printed, PrintedLine, When, captioned, computed_from, incomplete_of, incompleteness,
    not_printed,
};
use crate::report::rows::{Row, Rows};
use crate::report::template::each::Each;
use crate::report::template::places::{Format, Number, Part};
use crate::report::template::{Content, Line, Template};

/// A text that was filled in.
#[derive(Default)]
struct Filled {
    text: String,
    figures: Vec<Figure>,
    references: Vec<(&'static str, Uuid)>,
    /// None of its figures is more or less than 0; also where it has none.
    zero: bool,
}

/// Prints a template, or refuses to.
pub async fn print(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    indicators: &Indicators,
    template: &Template,
    order: Order,
) -> Result<Printed, Failure> {
    let reference = indicators.reference();
    let books =
        Books::read(connection, snapshot, reference, order.head, order.as_of, order.period).await?;
    books.balanced()?;
    let names = heads(connection, &[order.head], order.period.through).await?;
    let name = names.get(&order.head).cloned().unwrap_or_default();
    let tree = match order.as_of {
        None => "theo tổ chức tại thời điểm phát sinh".to_string(),
        Some(on) => format!("theo tổ chức ngày {}", vietnamese::date(on)),
    };
    let today = today();
    let when = When::of(order.period, today);
    let title = format!(
        "{name}: {}, từ {} đến {}{}, {tree}",
        template.title,
        vietnamese::date(order.period.from),
        vietnamese::date(order.period.through),
        when.spoken(today),
    );
    // What was withdrawn is asked of nobody.
    let mut targets = target::of_unit(connection, order.head, None).await?;
    targets.retain(|target| target.withdrawal.is_none());
    let period = order.period;
    let mut printer = Printer {
        connection,
        snapshot,
        indicators,
        reference,
        order,
        targets,
        counted: Vec::new(),
        asked: BTreeMap::new(),
    };
    printer.count(template).await?;
    let mut lines = Vec::new();
    for line in &template.lines {
        lines.extend(printer.line(line).await?);
    }
    Ok(Printed { title, organisation: name, period, when, lines })
}

struct Printer<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
    indicators: &'a Indicators,
    reference: &'static Reference,
    order: Order,
    targets: Vec<Target>,
    counted: Vec<Figure>,
    /// What figures are held against, found once for each.
    asked: BTreeMap<(String, (String, String), Period), Vec<Asked>>,
}

impl Printer<'_> {
    /// Counts every figure of the template: one counting for each scope and period, so that
    /// no statement runs twice.
    async fn count(&mut self, template: &Template) -> Result<(), Failure> {
        let mut countings: Vec<(Scope, Period, Vec<&str>)> = Vec::new();
        for line in &template.lines {
            let period = self.period_of(line)?;
            for number in line.numbers() {
                let scope = self.scope(line, number);
                match countings.iter_mut().find(|(of, over, _)| *of == scope && *over == period) {
                    Some((_, _, indicators)) => indicators.push(&number.indicator),
                    None => countings.push((scope, period, vec![&number.indicator])),
                }
            }
        }
        for (scope, period, mut indicators) in countings {
            indicators.sort_unstable();
            indicators.dedup();
            let connection = &mut *self.connection;
            let mut counting =
                Counting::new(connection, self.snapshot, self.reference, scope, period);
            let on = |code| self.indicators.on(code, period.through);
            let indicators: Vec<_> = indicators.into_iter().filter_map(on).collect();
            for indicator in indicators {
                self.counted.push(counting.figure(indicator).await?);
            }
        }
        Ok(())
    }

    fn scope(&self, line: &Line, number: &Number) -> Scope {
        let (grouping, group) = number.group.clone().unwrap_or_default();
        let by = if line.each == Some(Each::Child) { By::Child } else { By::Nothing };
        Scope {
            by,
            grouping,
            group,
            direct_only: number.direct_only,
            ..Scope::of(self.order.head, self.order.as_of)
        }
    }

    fn period_of(&self, line: &Line) -> Result<Period, Refused> {
        let Some(parameter) = &line.year_of else { return Ok(self.order.period) };
        let number = self.order.parameters.year(parameter)?;
        Ok(number.and_then(year).unwrap_or(self.order.period))
    }

    fn decimals_of(&self, line: &Line) -> Result<u32, Refused> {
        line.decimals.map_or_else(|| self.order.parameters.decimals(), Ok)
    }

    async fn line(&mut self, line: &Line) -> Result<Vec<PrintedLine>, Failure> {
        let period = self.period_of(line)?;
        match &line.content {
            Content::Sentence(parts) => self.sentences(line, parts, period).await,
            Content::Section(text) => Ok(vec![PrintedLine::plain(Kind::Section, text.clone())]),
            Content::List { caption, columns, total } => {
                let heads = columns.iter().map(|(head, _)| head.clone()).collect();
                let Rows { rows, more } = self.rows(line, period).await?;
                let texts = || columns.iter().map(|(_, parts)| parts);
                let mut printed = Vec::new();
                for row in rows {
                    printed.extend(self.row(line, texts(), period, &row)?);
                }
                printed.extend(not_printed(more, Kind::Row));
                if *total {
                    printed.extend(self.row(line, texts(), period, &Row::whole())?);
                }
                let mut printed = captioned(Kind::Table, caption, Some(heads), printed);
                if line.each == Some(Each::Child) {
                    computed_from(&mut printed, self.counted_of(line, period));
                }
                Ok(printed)
            }
            Content::Table { caption, heads, rows } => {
                let mut printed = Vec::new();
                for cells in rows {
                    printed.extend(self.row(line, cells, period, &Row::default())?);
                }
                Ok(captioned(Kind::Table, caption, Some(heads.clone()), printed))
            }
            Content::Form { caption, fields } => {
                let mut printed = Vec::new();
                for (label, parts) in fields {
                    let row = self.row(line, [parts], period, &Row::default())?;
                    printed.extend(row.map(|mut field| {
                        field.text = format!("{label}: {}", field.text);
                        field.cells.insert(0, label.clone());
                        field
                    }));
                }
                Ok(captioned(Kind::Form, caption, None, printed))
            }
            Content::Chart { title, drawn } => {
                let decimals = self.decimals_of(line)?;
                let drawing = Drawing {
                    connection: &mut *self.connection,
                    snapshot: self.snapshot,
                    indicators: self.indicators,
                    reference: self.reference,
                    order: &self.order,
                    targets: &self.targets,
                    decimals,
                };
                let (chart, figures) = drawing.draw(title, drawn).await?;
                let parts: Vec<PrintedLine> = chart
                    .parts
                    .iter()
                    .map(|part| {
                        let cells = vec![part.label.clone(), part.shown.clone()];
                        let text = format!("{}: {}", part.label, part.shown);
                        PrintedLine { text, ..PrintedLine::cells(Kind::Row, cells) }
                    })
                    .collect();
                let mut printed = captioned(Kind::Chart(chart), title, None, parts);
                computed_from(&mut printed, figures);
                Ok(printed)
            }
        }
    }

    /// The figures of a line.
    fn counted_of(&self, line: &Line, period: Period) -> Vec<Figure> {
        let wanted: Vec<(&str, Scope)> = line
            .numbers()
            .map(|number| (number.indicator.as_str(), self.scope(line, number)))
            .collect();
        let of = |figure: &&Figure| {
            let key = (figure.indicator.as_str(), figure.scope.clone());
            figure.period == period && wanted.contains(&key)
        };
        self.counted.iter().filter(of).cloned().collect()
    }

    /// What a line lists.
    async fn rows(&mut self, line: &Line, period: Period) -> Result<Rows, Failure> {
        let decimals = self.decimals_of(line)?;
        match line.each {
            None => Ok(Rows::all(vec![Row::default()])),
            Some(Each::Issuer) => self.issuers(line, period).await,
            Some(Each::Child) => {
                let figures = self.counted_of(line, period);
                children(self.connection, &self.order, &figures).await
            }
            Some(each) => {
                crate::report::rows::read(
                    self.connection,
                    self.snapshot,
                    self.indicators,
                    &self.order,
                    &self.targets,
                    each,
                    decimals,
                )
                .await
            }
        }
    }

    async fn sentences(
        &mut self,
        line: &Line,
        parts: &[Part],
        period: Period,
    ) -> Result<Vec<PrintedLine>, Failure> {
        let Rows { rows, more } = self.rows(line, period).await?;
        let mut printed = Vec::new();
        if rows.is_empty()
            && let Some(parts) = &line.unassigned
        {
            printed.extend(self.sentence(line, parts, period, &Row::default())?);
        }
        for row in rows {
            printed.extend(self.sentence(line, parts, period, &row)?);
        }
        printed.extend(not_printed(more, Kind::Sentence));
        Ok(printed)
    }

    fn sentence(
        &mut self,
        line: &Line,
        parts: &[Part],
        period: Period,
        row: &Row,
    ) -> Result<Option<PrintedLine>, Failure> {
        let mut filled = self.fill(line, parts, period, row)?;
        if line.unless_zero && filled.zero {
            return Ok(None);
        }
        filled.figures.splice(0..0, row.figures.iter().cloned());
        filled.references.splice(0..0, row.references.iter().copied());
        let incomplete = incomplete_of(&filled.figures);
        if let Some(incomplete) = incomplete {
            filled.text.push_str(&incompleteness(incomplete));
        }
        Ok(Some(PrintedLine {
            kind: Kind::Sentence,
            text: filled.text,
            cells: Vec::new(),
            figures: filled.figures,
            references: filled.references,
            incomplete,
        }))
    }

    /// A row of a table, cell by cell; what is not complete is said behind the last.
    fn row<'p>(
        &mut self,
        line: &Line,
        cells: impl IntoIterator<Item = &'p Vec<Part>>,
        period: Period,
        row: &Row,
    ) -> Result<Option<PrintedLine>, Failure> {
        let (mut texts, mut zero) = (Vec::new(), true);
        let (mut figures, mut references) = (row.figures.clone(), row.references.clone());
        for parts in cells {
            let filled = self.fill(line, parts, period, row)?;
            zero &= filled.zero;
            texts.push(filled.text);
            figures.extend(filled.figures);
            references.extend(filled.references);
        }
        if line.unless_zero && zero {
            return Ok(None);
        }
        // What is counted by child is one figure for all rows: it stands with the caption, and is as
        // complete for one as for another.
        if line.each == Some(Each::Child) {
            figures.clear();
        }
        let incomplete = incomplete_of(&figures);
        if let (Some(incomplete), Some(last)) = (incomplete, texts.last_mut()) {
            last.push_str(&incompleteness(incomplete));
        }
        let printed = PrintedLine::cells(Kind::Row, texts);
        Ok(Some(PrintedLine { figures, references, incomplete, ..printed }))
    }

    fn fill(
        &mut self,
        line: &Line,
        parts: &[Part],
        period: Period,
        row: &Row,
    ) -> Result<Filled, Failure> {
        let decimals = self.decimals_of(line)?;
        let mut filled = Filled { zero: true, ..Filled::default() };
        for part in parts {
            match part {
                Part::Text(part) => filled.text.push_str(part),
                Part::Word(word) => match row.words.get(word.as_str()) {
                    Some(value) => filled.text.push_str(value),
                    None => filled.text.push_str(self.order.parameters.text(word)),
                },
                Part::Number(number) => {
                    let scope = self.scope(line, number);
                    let figure = self.counted.iter().find(|figure| {
                        figure.indicator == number.indicator
                            && figure.scope == scope
                            && figure.period == period
                    });
                    let Some(figure) = figure.cloned() else { continue };
                    let (value, denominator) = row.of_figure(&figure);
                    filled.zero &= value == 0;
                    filled.text.push_str(&match &number.format {
                        Format::Plain => vietnamese::number(value),
                        Format::Padded(width) => vietnamese::padded(value, *width),
                        Format::Signed => vietnamese::signed(value),
                        Format::Percent => vietnamese::percent(value, denominator, decimals),
                        Format::Against(noun) => {
                            let asked = self.asked(number, period, row.issuer.as_ref());
                            filled.references.extend(
                                asked
                                    .iter()
                                    .flat_map(|asked| &asked.target_ids)
                                    .map(|id| ("target", *id)),
                            );
                            let asked = asked.map(|asked| (asked.value, asked.comparator));
                            against(value, asked, noun, decimals)
                        }
                    });
                    filled.figures.push(figure);
                }
            }
        }
        Ok(filled)
    }

    /// What each issuer asks of a number.
    fn all_asked(&mut self, number: &Number, period: Period) -> &[Asked] {
        let group = number.group.clone().unwrap_or_default();
        let key = (number.indicator.clone(), group, period);
        self.asked.entry(key).or_insert_with_key(|(indicator, (grouping, group), period)| {
            asked(&self.targets, indicator, grouping, group, *period)
        })
    }

    /// What is asked by one issuer, or, where the line has none, by the first.
    fn asked(&mut self, number: &Number, period: Period, issuer: Option<&Issuer>) -> Option<Asked> {
        let all = self.all_asked(number, period);
        let of = all.iter().find(|asked| issuer.is_none_or(|issuer| asked.issuer == *issuer));
        of.cloned()
    }

    /// One row for each issuer that asks for what the line holds against its target, those
    /// chosen by the parameter `issuer` only.
    async fn issuers(&mut self, line: &Line, period: Period) -> Result<Rows, Failure> {
        let mut issuers: Vec<Issuer> = Vec::new();
        let Content::Sentence(parts) = &line.content else { return Ok(Rows::default()) };
        for part in parts {
            if let Part::Number(number) = part
                && matches!(number.format, Format::Against(_))
            {
                let all = self.all_asked(number, period);
                issuers.extend(all.iter().map(|asked| asked.issuer.clone()));
            }
        }
        issuers.sort();
        issuers.dedup();
        let named = issuer_names(self.connection, &issuers, period.through).await?;
        let wanted = self.order.parameters.text("issuer");
        let rows: Vec<Row> = named
            .into_iter()
            .filter(|(issuer, name)| {
                let id = match issuer {
                    Issuer::Organisation(id) => id.to_string(),
                    Issuer::Named(_) => String::new(),
                };
                wanted.is_empty() || wanted == name || wanted == id
            })
            .map(|(issuer, name)| Row {
                words: BTreeMap::from([("issuer", name)]),
                issuer: Some(issuer),
                ..Row::default()
            })
            .collect();
        Ok(Rows::all(rows))
    }
}
