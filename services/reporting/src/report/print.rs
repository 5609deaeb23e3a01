//! Prints reports: fills a template's sentences with figures.
//!
//! **Invariant:** no report is printed while stock(end) - stock(start) is not in - out; and
//! every number in a line comes with the figure that it was computed from.

use std::collections::BTreeMap;

use chassis::database::today;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::book::Books;
use crate::ground::figure::{Completeness, Completing, Counting, Figure, Scope, heads};
use crate::ground::period::{Period, year};
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::ground::target::asked::{Asked, asked};
use crate::ground::target::measured::against;
use crate::ground::target::{self, Issuer, Target};
use crate::ground::template::{Each, Format, Line, Number, Part, Template};
use crate::ground::vietnamese;
use crate::report::order::Order;
use crate::report::rows::{Row, Rows};

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
    fn of(period: Period, today: Date) -> Self {
        if period.through < today {
            When::Over
        } else if period.from <= today {
            When::Running
        } else {
            When::ToCome
        }
    }

    /// What the title says of it: nothing of a period that is over.
    fn spoken(self, today: Date) -> String {
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
    /// Where its period lies today.
    pub when: When,
    /// In order.
    pub lines: Vec<PrintedLine>,
}

/// A printed sentence.
pub struct PrintedLine {
    /// The sentence.
    pub text: String,
    /// What its numbers were computed from.
    pub figures: Vec<Figure>,
    /// What it names: (kind, id).
    pub references: Vec<(&'static str, Uuid)>,
    /// The completeness of the least complete figure, where one is not complete.
    pub incomplete: Option<Completeness>,
}

/// Prints a template, or refuses to.
pub async fn print(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    template: &'static Template,
    order: Order,
) -> Result<Printed, Failure> {
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
    let mut targets = target::of_unit(connection, order.head).await?;
    targets.retain(|target| target.withdrawal.is_none());
    let mut printer = Printer {
        connection,
        snapshot,
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
    Ok(Printed { title, when, lines })
}

struct Printer<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
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
            for part in line.parts.iter().chain(line.unassigned.iter().flatten()) {
                let Part::Number(number) = part else { continue };
                let scope = self.scope(number);
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
            let indicators: Vec<_> =
                indicators.into_iter().filter_map(|code| self.reference.indicator(code)).collect();
            for indicator in indicators {
                self.counted.push(counting.figure(indicator).await?);
            }
        }
        Ok(())
    }

    fn scope(&self, number: &Number) -> Scope {
        let (grouping, group) = number.group.clone().unwrap_or_default();
        Scope {
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

    async fn line(&mut self, line: &Line) -> Result<Vec<PrintedLine>, Failure> {
        let period = self.period_of(line)?;
        let Rows { rows, more } = match line.each {
            None => Rows::all(vec![Row::default()]),
            Some(Each::Issuer) => self.issuers(line, period).await?,
            Some(each) => {
                crate::report::rows::read(
                    self.connection,
                    self.snapshot,
                    self.reference,
                    &self.order,
                    &self.targets,
                    each,
                )
                .await?
            }
        };
        let mut printed = Vec::new();
        if rows.is_empty()
            && let Some(parts) = &line.unassigned
        {
            printed.extend(self.sentence(line, parts, period, Row::default())?);
        }
        for row in rows {
            printed.extend(self.sentence(line, &line.parts, period, row)?);
        }
        if more > 0 {
            printed.push(PrintedLine {
                text: format!("… và {} mục khác", vietnamese::number(more)),
                figures: Vec::new(),
                references: Vec::new(),
                incomplete: None,
            });
        }
        Ok(printed)
    }

    fn sentence(
        &mut self,
        line: &Line,
        parts: &[Part],
        period: Period,
        row: Row,
    ) -> Result<Option<PrintedLine>, Failure> {
        let decimals = self.order.parameters.decimals()?;
        let mut text = String::new();
        let (mut figures, mut references) = (row.figures, row.references);
        let mut zero = line.unless_zero;
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Word(word) => match row.words.get(word.as_str()) {
                    Some(value) => text.push_str(value),
                    None => text.push_str(self.order.parameters.text(word)),
                },
                Part::Number(number) => {
                    let scope = self.scope(number);
                    let figure = self.counted.iter().find(|figure| {
                        figure.indicator == number.indicator
                            && figure.scope == scope
                            && figure.period == period
                    });
                    let Some(figure) = figure.cloned() else { continue };
                    zero &= figure.value.total == 0;
                    let value = figure.value.total;
                    text.push_str(&match &number.format {
                        Format::Plain => vietnamese::number(value),
                        Format::Padded(width) => vietnamese::padded(value, *width),
                        Format::Signed => vietnamese::signed(value),
                        Format::Percent => {
                            vietnamese::percent(value, figure.denominator_total(), decimals)
                        }
                        Format::Against(noun) => {
                            let asked = self.asked(number, period, row.issuer.as_ref());
                            references.extend(
                                asked
                                    .iter()
                                    .flat_map(|asked| &asked.target_ids)
                                    .map(|id| ("target", *id)),
                            );
                            let asked = asked.map(|asked| (asked.value, asked.comparator));
                            against(value, asked, noun, decimals)
                        }
                    });
                    figures.push(figure);
                }
            }
        }
        let incomplete = figures
            .iter()
            .map(|figure| figure.completeness)
            .filter(|completeness| !completeness.complete())
            .max_by_key(|completeness| completeness.expected - completeness.covered);
        if let Some(incomplete) = incomplete {
            text.push_str(&incompleteness(incomplete));
        }
        Ok((!zero).then_some(PrintedLine { text, figures, references, incomplete }))
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
        for part in &line.parts {
            if let Part::Number(number) = part
                && matches!(number.format, Format::Against(_))
            {
                let all = self.all_asked(number, period);
                issuers.extend(all.iter().map(|asked| asked.issuer.clone()));
            }
        }
        issuers.sort();
        issuers.dedup();
        let named =
            crate::report::rows::issuer_names(self.connection, &issuers, period.through).await?;
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

/// What a sentence says of the least complete of its figures.
fn incompleteness(of: Completeness) -> String {
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
