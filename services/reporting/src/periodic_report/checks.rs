//! What a form asks of a report, and whether the report is so.

use chassis::refusal::{Failure, Refusal};

use crate::ground::reference::Form;
use crate::ground::reference::periodic_report_form::{Check, terms};
use crate::ground::refused::Refused;
use crate::periodic_report::content::Content;

/// A check that does not hold.
pub struct Finding<'a> {
    /// Which.
    pub check: &'a Check,
    /// What stands on its left.
    pub left: i64,
    /// What stands on its right.
    pub right: i64,
    /// The rows of the report that it is about, each once.
    pub rows: Vec<&'a str>,
}

/// The checks that do not hold, in the order of the form; those that name what has no value are not
/// looked at. `previous` is what the period before was reported with.
pub fn findings<'a>(
    form: &'a Form,
    content: &Content,
    previous: Option<&Content>,
) -> Vec<Finding<'a>> {
    let side = |text: &str| {
        let mut sum: i128 = 0;
        for term in terms(text)? {
            let of = if term.previous { previous? } else { content };
            sum += term.sign * i128::from(of.value(term.row)?);
        }
        Some(sum)
    };
    let mut findings = Vec::new();
    for check in &form.checks {
        let (Some(left), Some(right)) = (side(&check.left), side(&check.right)) else { continue };
        if check.comparator.holds(left, right) {
            continue;
        }
        let mut rows: Vec<&str> = Vec::new();
        for term in [&check.left, &check.right].into_iter().filter_map(|side| terms(side)).flatten()
        {
            if !term.previous && !rows.contains(&term.row) {
                rows.push(term.row);
            }
        }
        findings.push(Finding { check, left: told(left), right: told(right), rows });
    }
    findings
}

/// As a number that can be told: cells are far smaller.
fn told(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// Refuses what is not whole, or against a check that blocks, with all of it at once; answers what
/// only warns.
pub fn refuse_unfit<'a>(
    form: &'a Form,
    content: &Content,
    previous: Option<&Content>,
) -> Result<Vec<Finding<'a>>, Failure> {
    let mut faults: Vec<Refused> = Vec::new();
    for row in form.rows.iter().filter(|row| row.required && content.value(&row.code).is_none()) {
        let field = format!("cells.{}", row.code);
        faults.push(Refused::PeriodicReportIncomplete { field, row: row.code.clone() });
    }
    for section in form.sections.iter().filter(|section| section.required) {
        if content.texts.get(&section.code).is_none_or(Vec::is_empty) {
            let field = format!("texts.{}", section.code);
            faults.push(Refused::PeriodicReportIncomplete { field, row: section.code.clone() });
        }
    }
    let (blocking, warning): (Vec<_>, Vec<_>) =
        findings(form, content, previous).into_iter().partition(|finding| finding.check.blocking);
    faults.extend(blocking.into_iter().map(|finding| Refused::PeriodicReportCheckFailed {
        field: format!("cells.{}", finding.rows.first().copied().unwrap_or_default()),
        check: finding.check.code.clone(),
        rows: finding.rows.join(", "),
        left: finding.left,
        comparator: finding.check.comparator.sign(),
        right: finding.right,
    }));
    match faults.into_iter().map(Refusal::from).reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(warning),
    }
}
