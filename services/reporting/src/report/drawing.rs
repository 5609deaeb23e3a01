//! Charts: figures counted to be drawn.

use chassis::refusal::Failure;
use papers::chart::{Chart, Kind, Part};
use sqlx::PgConnection;
use time::{Date, Month};
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{By, Counting, Figure, Scope, heads};
use crate::ground::indicators::Indicators;
use crate::ground::period::Period;
use crate::ground::reference::Reference;
use crate::ground::target::{Comparator, Target, ValueUnit};
use crate::ground::vietnamese;
use crate::report::measured::{MeasuredInWords, measured};
use crate::report::order::Order;
use crate::report::template::Drawn;

/// Points of a line, at most.
const POINTS_MAX: i32 = 24;
/// Months between two points: as few as make no more of them than that.
const STEPS: [i32; 6] = [1, 3, 12, 60, 120, 1_200];
/// What a chart of parts draws by name; the rest together.
const PARTS_MAX: usize = 40;

/// What a chart is drawn from.
pub struct Drawing<'a> {
    /// Reads.
    pub connection: &'a mut PgConnection,
    /// Counts.
    pub snapshot: &'a Snapshot,
    /// What it may be drawn of.
    pub indicators: &'a Indicators,
    /// Names.
    pub reference: &'static Reference,
    /// Whose, when, on which tree.
    pub order: &'a Order,
    /// What the organisation was asked for.
    pub targets: &'a [Target],
    /// Of percentages.
    pub decimals: u32,
}

impl Drawing<'_> {
    /// A chart, and what it was computed from.
    pub async fn draw(self, title: &str, drawn: &Drawn) -> Result<(Chart, Vec<Figure>), Failure> {
        let (kind, (parts, figures)) = match drawn {
            Drawn::Targets => (Kind::Targets, self.of_targets().await?),
            Drawn::Trend(indicator) => (Kind::Trend, self.trend(indicator).await?),
            Drawn::Shares(indicator, grouping) => {
                (Kind::Shares, self.parts(indicator, By::Group, grouping).await?)
            }
            Drawn::TreeMap(indicator) => {
                (Kind::TreeMap, self.parts(indicator, By::Child, "").await?)
            }
        };
        Ok((Chart { title: title.to_string(), kind, parts }, figures))
    }

    async fn of_targets(self) -> Result<(Vec<Part>, Vec<Figure>), Failure> {
        let (found, _) = measured(
            self.connection,
            self.snapshot,
            self.indicators,
            self.order,
            self.targets,
            self.decimals,
        )
        .await?;
        let mut figures = Vec::new();
        let mut parts = Vec::new();
        for of in found.into_iter().take(PARTS_MAX) {
            let mut label = format!("{}{}", of.indicator, of.scope);
            if !of.issuer.is_empty() {
                label.push_str(&format!(" ({})", of.issuer));
            }
            let (value, shown) = (ten_thousandths(&of), of.result);
            parts.push(Part { label, value, shown });
            figures.push(of.measured.figure);
        }
        Ok((parts, figures))
    }

    async fn trend(self, indicator: &str) -> Result<(Vec<Part>, Vec<Figure>), Failure> {
        let Some(indicator) = self.indicators.on(indicator, self.order.period.through) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let scope = Scope::of(self.order.head, self.order.as_of);
        let mut figures = Vec::new();
        let mut parts = Vec::new();
        for (label, period) in points(self.order.period) {
            let counting = Counting::new(
                &mut *self.connection,
                self.snapshot,
                self.reference,
                scope.clone(),
                period,
            )
            .figure(indicator)
            .await?;
            let (value, denominator) = (counting.value.total, counting.denominator.as_ref());
            let part = match denominator {
                None => Part { label, value, shown: vietnamese::number(value) },
                Some(whole) => Part {
                    label,
                    value: share(value, whole.total),
                    shown: vietnamese::percent(value, whole.total, self.decimals),
                },
            };
            parts.push(part);
            figures.push(counting);
        }
        Ok((parts, figures))
    }

    async fn parts(
        self,
        indicator: &str,
        by: By,
        grouping: &str,
    ) -> Result<(Vec<Part>, Vec<Figure>), Failure> {
        let Some(indicator) = self.indicators.on(indicator, self.order.period.through) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let scope = Scope {
            by,
            grouping: grouping.to_string(),
            ..Scope::of(self.order.head, self.order.as_of)
        };
        let period = self.order.period;
        let figure =
            Counting::new(&mut *self.connection, self.snapshot, self.reference, scope, period)
                .figure(indicator)
                .await?;
        let units: Vec<Uuid> =
            figure.value.lines.keys().filter_map(|key| Uuid::parse_str(key).ok()).collect();
        let on = self.order.as_of.unwrap_or(period.through);
        let names = heads(self.connection, &units, on).await?;
        let whole: i64 = figure.value.lines.values().filter(|value| **value > 0).sum();
        let mut of_lines: Vec<(String, i64)> = figure
            .value
            .lines
            .iter()
            .filter(|(_, value)| **value > 0)
            .map(|(key, value)| (self.head_of(by, grouping, key, &names), *value))
            .collect();
        of_lines.sort_by(|left, right| (right.1, &left.0).cmp(&(left.1, &right.0)));
        if of_lines.len() > PARTS_MAX {
            let rest = of_lines.split_off(PARTS_MAX - 1);
            let (count, sum) = (rest.len(), rest.iter().map(|(_, value)| value).sum());
            of_lines.push((format!("{count} đơn vị khác"), sum));
        }
        let shown = |value| {
            let percent = vietnamese::percent(value, whole, self.decimals);
            format!("{} ({percent})", vietnamese::number(value))
        };
        let parts = of_lines
            .into_iter()
            .map(|(label, value)| Part { label, value, shown: shown(value) })
            .collect();
        Ok((parts, vec![figure]))
    }

    fn head_of(
        &self,
        by: By,
        grouping: &str,
        key: &str,
        names: &std::collections::BTreeMap<Uuid, String>,
    ) -> String {
        match (by, key) {
            (By::Group, "") => {
                let grouping = self.reference.groupings().get(grouping);
                grouping.map(|grouping| grouping.of).unwrap_or_default().none_vi().to_string()
            }
            (By::Group, key) => match self.reference.groupings().get(grouping) {
                Some(grouping) => grouping.name_vi(key).to_string(),
                None => key.to_string(),
            },
            (_, "ITSELF") => "trực tiếp".to_string(),
            (_, "ENDED") => "đã kết thúc".to_string(),
            (_, "NOT_YET_FOUNDED") => "chưa thành lập".to_string(),
            (_, key) => {
                let name = Uuid::parse_str(key).ok().and_then(|unit| names.get(&unit));
                name.cloned().unwrap_or_default()
            }
        }
    }
}

/// How far a target is reached: all of it is 10,000.
fn ten_thousandths(of: &MeasuredInWords) -> i64 {
    let (target, reached) = (&of.measured.target, of.measured.reached());
    match (target.value_unit, target.comparator) {
        (ValueUnit::BasisPoints, _) => {
            share(share(reached.value, reached.denominator), target.value)
        }
        (ValueUnit::Count, Comparator::MeanGreaterOrEqual) => {
            share(reached.value, reached.mean_denominator.saturating_mul(target.value))
        }
        (ValueUnit::Count, _) => share(reached.value, target.value),
    }
}

/// Of a whole, in ten thousandths; 0 where there is no whole.
fn share(part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    i64::try_from(i128::from(part) * 10_000 / i128::from(whole)).unwrap_or(i64::MAX)
}

/// The parts of a period that a line is drawn over, each with what it is called.
fn points(period: Period) -> Vec<(String, Period)> {
    let months = |day: Date| day.year() * 12 + i32::from(u8::from(day.month())) - 1;
    let (first, last) = (months(period.from), months(period.through));
    let fits = |step: &i32| last / step - first / step < POINTS_MAX;
    let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
    (first / step..=last / step)
        .filter_map(|nth| {
            let (from, until) = (first_of(nth * step)?, first_of((nth + 1) * step)?);
            let part = Period {
                from: from.max(period.from),
                through: until.previous_day()?.min(period.through),
            };
            Some((called(from, step), part))
        })
        .collect()
}

/// The first day of a month that is counted from the first of our era.
fn first_of(month: i32) -> Option<Date> {
    let number = u8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::from_calendar_date(month.div_euclid(12), Month::try_from(number).ok()?, 1).ok()
}

fn called(from: Date, step: i32) -> String {
    let (month, year) = (u8::from(from.month()), from.year());
    match step {
        1 => format!("{month:02}/{year}"),
        3 => format!("quý {}/{year}", vietnamese::roman(i32::from(month / 3) + 1)),
        12 => year.to_string(),
        step => format!("{year}-{}", year + step / 12 - 1),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_line_has_no_more_points_than_can_be_told_apart_and_they_make_up_the_period() {
        for (from, through, count, first) in [
            (date!(2020 - 01 - 01), date!(2020 - 12 - 31), 12, "01/2020"),
            (date!(2019 - 02 - 10), date!(2021 - 01 - 09), 24, "02/2019"),
            (date!(2016 - 01 - 01), date!(2020 - 12 - 31), 20, "quý I/2016"),
            (date!(2018 - 01 - 01), date!(2030 - 04 - 07), 13, "2018"),
            (date!(1950 - 01 - 01), date!(2020 - 12 - 31), 15, "1950-1954"),
            (date!(2020 - 02 - 29), date!(2020 - 02 - 29), 1, "02/2020"),
        ] {
            let points = points(Period { from, through });
            assert_eq!((points.len(), points[0].0.as_str()), (count, first));
            assert_eq!((points[0].1.from, points[count - 1].1.through), (from, through));
            for pair in points.windows(2) {
                assert_eq!(pair[0].1.until(), pair[1].1.from);
            }
        }
    }
}
