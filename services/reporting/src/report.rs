//! Prints reports: fills a template's sentences with figures.
//!
//! **Invariant:** no report is printed while stock(end) - stock(start) is not in - out; and
//! every number in a line comes with the figure that it was computed from.

pub mod rows;
pub mod template;

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::error::Refused;
use crate::figure::book::Books;
use crate::figure::{self, Counting, Figure, Period, Scope, heads};
use crate::reference::Reference;
use crate::target::{self, Asked, Issuer, Target, against};
use crate::vietnamese;
use rows::{Each, Row};
use template::{Chosen, Format, Line, Number, Part, Template};

/// What is to be printed.
pub struct Order {
    /// For whom.
    pub head: Uuid,
    /// Over which period.
    pub period: Period,
    /// As of a day, or as then.
    pub as_of: Option<Date>,
    /// What was chosen.
    pub parameters: Chosen,
}

/// A printed report.
pub struct Printed {
    /// Who, when, on which tree.
    pub title: String,
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
}

/// Prints a template, or refuses to.
pub async fn print(
    connection: &mut PgConnection,
    reference: &'static Reference,
    template: &'static Template,
    order: Order,
) -> Result<Printed, Failure> {
    Books::read(connection, reference, order.head, order.as_of, order.period).await?.balanced()?;
    let names = heads(connection, &[order.head], order.period.through).await?;
    let name = names.get(&order.head).cloned().unwrap_or_default();
    let tree = match order.as_of {
        None => "theo tổ chức tại thời điểm phát sinh".to_string(),
        Some(on) => format!("theo tổ chức ngày {}", vietnamese::date(on)),
    };
    let title = format!(
        "{name}: {}, từ {} đến {}, {tree}",
        template.title,
        vietnamese::date(order.period.from),
        vietnamese::date(order.period.through),
    );
    let targets = target::of_unit(connection, order.head).await?;
    let mut printer = Printer { connection, reference, order, targets, counted: Vec::new() };
    printer.count(template).await?;
    let mut lines = Vec::new();
    for line in &template.lines {
        lines.extend(printer.line(line).await?);
    }
    Ok(Printed { title, lines })
}

struct Printer<'a> {
    connection: &'a mut PgConnection,
    reference: &'static Reference,
    order: Order,
    targets: Vec<Target>,
    counted: Vec<Figure>,
}

impl Printer<'_> {
    /// Counts every figure of the template: one counting for each scope and period, so that
    /// no statement runs twice.
    async fn count(&mut self, template: &Template) -> Result<(), Failure> {
        let mut countings: Vec<(Scope, Period, Vec<&str>)> = Vec::new();
        for line in &template.lines {
            let period = self.period_of(line)?;
            for part in &line.parts {
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
            let mut counting = Counting::new(&mut *self.connection, self.reference, scope, period);
            let indicators: Vec<_> =
                indicators.into_iter().filter_map(|code| self.reference.indicator(code)).collect();
            counting.expect(indicators.iter().copied());
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
        let year = self.order.parameters.year(parameter)?;
        Ok(year.and_then(figure::year).unwrap_or(self.order.period))
    }

    async fn line(&mut self, line: &Line) -> Result<Vec<PrintedLine>, Failure> {
        let period = self.period_of(line)?;
        let rows = match line.each {
            None => vec![Row::default()],
            Some(Each::Issuer) => self.issuers(line, period).await?,
            Some(each) => {
                rows::read(self.connection, self.reference, &self.order, &self.targets, each)
                    .await?
            }
        };
        let mut printed = Vec::new();
        for row in rows {
            printed.extend(self.sentence(line, period, row)?);
        }
        Ok(printed)
    }

    fn sentence(
        &self,
        line: &Line,
        period: Period,
        row: Row,
    ) -> Result<Option<PrintedLine>, Failure> {
        let decimals = self.order.parameters.decimals()?;
        let mut text = String::new();
        let (mut figures, mut references) = (row.figures, row.references);
        let mut zero = line.unless_zero;
        for part in &line.parts {
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
                    let Some(figure) = figure else { continue };
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
                            against(value, asked.map(|asked| asked.value), noun, decimals)
                        }
                    });
                    figures.push(figure.clone());
                }
            }
        }
        Ok((!zero).then_some(PrintedLine { text, figures, references }))
    }

    fn asked(&self, number: &Number, period: Period, issuer: Option<&Issuer>) -> Option<Asked> {
        let (grouping, group) = number.group.clone().unwrap_or_default();
        let all = target::asked(&self.targets, &number.indicator, &grouping, &group, period);
        match issuer {
            Some(issuer) => all.into_iter().find(|asked| asked.issuer == *issuer),
            None => all.into_iter().next(),
        }
    }

    /// One row for each issuer that asks for what the line holds against its target, those
    /// chosen by the parameter `issuer` only; one without an issuer, if nobody asks.
    async fn issuers(&mut self, line: &Line, period: Period) -> Result<Vec<Row>, Failure> {
        let mut issuers: Vec<Issuer> = line
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Number(number) if matches!(number.format, Format::Against(_)) => Some(number),
                _ => None,
            })
            .flat_map(|number| {
                let (grouping, group) = number.group.clone().unwrap_or_default();
                target::asked(&self.targets, &number.indicator, &grouping, &group, period)
            })
            .map(|asked| asked.issuer)
            .collect();
        issuers.sort();
        issuers.dedup();
        let named = rows::issuer_names(self.connection, &issuers, period.through).await?;
        let wanted = self.order.parameters.text("issuer");
        let mut rows: Vec<Row> = named
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
        if rows.is_empty() {
            rows.push(Row {
                words: BTreeMap::from([("issuer", "chưa có nơi giao".to_string())]),
                ..Row::default()
            });
        }
        Ok(rows)
    }
}
