//! DeclarePeriodicReport: what a report says.

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};

use crate::ground::refused::Refused;
use crate::periodic_report::content::{Attachment, Conclusion};
use crate::periodic_report::held::{Held, Of, On, hold_report};
use crate::periodic_report::state::{State, Step};
use crate::periodic_report::stepped::Stepped;

/// A cell to be declared.
pub struct Declared {
    /// Which.
    pub row: String,
    /// Nothing any longer where there is none.
    pub value: Option<i64>,
    /// Why.
    pub reason: String,
}

/// What is said; the rest stays as it is.
pub struct DeclarePeriodicReport {
    /// The report.
    pub of: Of,
    /// Each row once.
    pub cells: Vec<Declared>,
    /// Sections and their paragraphs, each once.
    pub texts: Vec<(String, Vec<String>)>,
    /// All of them, where there is one.
    pub conclusions: Vec<Conclusion>,
    /// All of them, where there is one.
    pub attachments: Vec<Attachment>,
}

impl Act for DeclarePeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Reporter).await?;
        held.step(Step::Declared)?;
        self.refuse_unfit(&held, acting)?;
        for cell in self.cells {
            let of_row = held.content.cells.entry(cell.row).or_default();
            of_row.declared = cell.value;
            of_row.reason = cell.reason;
        }
        for (section, paragraphs) in self.texts {
            match paragraphs.is_empty() {
                true => held.content.texts.remove(&section),
                false => held.content.texts.insert(section, paragraphs),
            };
        }
        if !self.conclusions.is_empty() {
            held.content.conclusions = self.conclusions;
        }
        if !self.attachments.is_empty() {
            held.content.attachments = self.attachments;
        }
        let revision = held.write(acting, Step::Declared, "").await?;
        Ok(Stepped { revision })
    }
}

impl DeclarePeriodicReport {
    /// Refuses, with all that is at fault, what the form does not ask for, what is not open, and what says
    /// something else than was counted without saying why.
    fn refuse_unfit(&self, held: &Held, acting: &Acting) -> Result<(), Failure> {
        let mut faults = Vec::new();
        for (n, cell) in self.cells.iter().enumerate() {
            let (field, row) = (format!("cells[{n}].row"), cell.row.clone());
            if held.form.row(&row).is_none_or(|known| known.is_ratio()) {
                faults.push(Refused::PeriodicReportRowUnknown { field, row });
            } else if held.state == State::Reopened && !held.reopened.contains(&row) {
                faults.push(Refused::PeriodicReportCellClosed { field, row });
            } else {
                faults.extend(without_reason(held, n, cell));
            }
        }
        for (n, (section, _)) in self.texts.iter().enumerate() {
            if held.form.sections.iter().all(|known| known.code != *section) {
                let (field, row) = (format!("texts[{n}].section"), section.clone());
                faults.push(Refused::PeriodicReportRowUnknown { field, row });
            }
        }
        for (n, conclusion) in self.conclusions.iter().enumerate() {
            let (on, other) = (conclusion.held_on, acting.today);
            if on > other {
                let field = format!("conclusions[{n}].held_on");
                faults.push(Refused::PeriodicReportDatesUnfit { field, on, other });
            }
        }
        let others = [
            ("texts", !self.texts.is_empty()),
            ("conclusions", !self.conclusions.is_empty()),
            ("attachments", !self.attachments.is_empty()),
        ];
        for (field, said) in others {
            if held.state == State::Reopened && said {
                let (field, row) = (field.to_string(), field.to_string());
                faults.push(Refused::PeriodicReportCellClosed { field, row });
            }
        }
        match faults.into_iter().map(Refusal::from).reduce(Refusal::and) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }
}

/// A cell that says something else than it was filled with, and not why.
fn without_reason(held: &Held, n: usize, cell: &Declared) -> Option<Refused> {
    let computed = held.content.cells.get(&cell.row)?.filled()?;
    let other = cell.value.is_some_and(|value| value != computed);
    (other && cell.reason.is_empty()).then(|| Refused::PeriodicReportReasonMissing {
        field: format!("cells[{n}].reason"),
        row: cell.row.clone(),
        computed,
    })
}
