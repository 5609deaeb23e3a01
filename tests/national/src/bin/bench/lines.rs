//! What was measured, as a table and as JSON.

use std::fs;
use std::path::Path;

use anyhow::Context;
use national::Size;
use serde::Serialize;

/// What a value must be to pass.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// Below this.
    Under(f64),
    /// No less than this.
    AtLeast(f64),
    /// The ratio to the reference is at least this.
    Ratio(f64),
    /// The ratio to the reference is at least `least`, at every size: which is owed as long as
    /// it is not reached. Less than `never_below` is a step back, and fails.
    Owed { least: f64, never_below: f64 },
    /// The ratio to the reference is at most this, at every size.
    AtMostTimes(f64),
    /// Exactly this, at every size.
    Exactly(f64),
    /// It is told, not judged.
    None,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Line {
    /// `load`, `tree`, …
    pub area: &'static str,
    /// What was done.
    pub work: String,
    /// How long, or how much.
    pub value: f64,
    /// Of the value and of the reference.
    pub unit: &'static str,
    /// What else was measured in the same run, and its value.
    pub reference: Option<f64>,
    /// What the reference is.
    pub reference_work: &'static str,
    /// The value over the reference.
    pub ratio: Option<f64>,
    /// As it is read: `< 20`.
    pub bar: String,
    /// None where the bar says nothing, or nothing at this size.
    pub pass: Option<bool>,
    /// A bar that is not passed is known not to be reached yet.
    pub owed: bool,
}

/// All lines of one run.
#[derive(Debug, Serialize)]
pub struct Lines {
    #[serde(skip)]
    size: Size,
    lines: Vec<Line>,
}

impl Lines {
    pub fn new(size: Size) -> Self {
        Self { size, lines: Vec::new() }
    }

    /// The whole country is there: bars hold.
    pub fn is_national(&self) -> bool {
        self.size == Size::National
    }

    /// Adds a line; `reference` is what it is compared with.
    pub fn add(
        &mut self,
        area: &'static str,
        work: impl Into<String>,
        (value, unit): (f64, &'static str),
        reference: Option<(f64, &'static str)>,
        bar: Bar,
    ) {
        let ratio = reference.map(|(reference, _)| value / reference);
        let (text, pass) = match bar {
            Bar::Under(limit) => (format!("< {limit}"), Some(value < limit)),
            Bar::AtLeast(least) => (format!(">= {least}"), Some(value >= least)),
            Bar::Ratio(least) => {
                (format!("ratio >= {least}"), Some(ratio.is_some_and(|ratio| ratio >= least)))
            }
            Bar::Owed { least, .. } => {
                (format!("ratio >= {least}"), Some(ratio.is_some_and(|ratio| ratio >= least)))
            }
            Bar::AtMostTimes(most) => {
                (format!("ratio <= {most}"), Some(ratio.is_some_and(|ratio| ratio <= most)))
            }
            Bar::Exactly(only) => (format!("= {only}"), Some((value - only).abs() < f64::EPSILON)),
            Bar::None => (String::new(), None),
        };
        // What a small tree takes says nothing of the country; what must be right must be so
        // at every size, and what is measured by the same run as its reference.
        let judged = self.is_national()
            || matches!(bar, Bar::Exactly(_) | Bar::Owed { .. } | Bar::AtMostTimes(_));
        let owed = match bar {
            Bar::Owed { never_below, .. } => ratio.is_some_and(|ratio| ratio >= never_below),
            _ => false,
        };
        let line = Line {
            area,
            work: work.into(),
            value,
            unit,
            reference: reference.map(|(value, _)| value),
            reference_work: reference.map_or("", |(_, work)| work),
            ratio,
            bar: if judged || text.is_empty() { text } else { format!("{text} (national)") },
            pass: pass.filter(|_| judged),
            owed,
        };
        println!("{}", line.text());
        self.lines.push(line);
    }

    /// Adds a line that fails, if there was an error.
    pub fn failed(&mut self, area: &'static str, measured: anyhow::Result<()>) {
        if let Err(error) = measured {
            let work = format!("could not be measured: {error:#}");
            self.add(area, work, (1.0, "error"), None, Bar::Exactly(0.0));
        }
    }

    /// Every bar that was judged was passed, or is known to be owed.
    pub fn passed(&self) -> bool {
        self.lines.iter().all(|line| line.pass != Some(false) || line.owed)
    }

    /// Prints the table.
    pub fn print(&self) {
        println!();
        for line in &self.lines {
            println!("{}", line.text());
        }
    }

    /// Writes `<name>.json`.
    pub fn write(&self, folder: &Path, name: &str) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        let file = folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        println!("\n{}", file.display());
        Ok(())
    }
}

impl Line {
    fn text(&self) -> String {
        let reference = match (self.reference, self.ratio) {
            (Some(reference), Some(ratio)) => {
                format!(
                    "{reference:>12.2} {} ({}), ratio {ratio:.2}",
                    self.unit, self.reference_work
                )
            }
            _ => String::new(),
        };
        let pass = match self.pass {
            Some(true) => "pass",
            // Not reached yet, and no step back.
            Some(false) if self.owed => "OWED",
            Some(false) => "FAIL",
            None => "",
        };
        format!(
            "{:<8} {:<62} {:>12.2} {:<7} {:<24} {pass:<5} {reference}",
            self.area, self.work, self.value, self.unit, self.bar
        )
    }
}
