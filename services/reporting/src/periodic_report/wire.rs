//! The answers of `PeriodicReportService`, written out.

use chassis::parse::{self, civil, id_or_empty, instant};
use proto::reporting::v1 as pb;

use crate::ground::period::Period;
use crate::ground::reference::Form;
use crate::ground::reference::periodic_report_form::{Reporters, Row};
use crate::ground::reports_due::{Assignment, Cadence};
use crate::ground::wire::period_out;
use crate::periodic_report::checks::{Finding, findings};
use crate::periodic_report::content::Content;
use crate::periodic_report::forms::Listed;
use crate::periodic_report::lines::{Line, Punctuality};
use crate::periodic_report::openings::{Completeness, Opening};
use crate::periodic_report::submit_periodic_report::{Submitted, Warning};
use crate::periodic_report::telling::state;
use crate::periodic_report::told_report::{Step, Told};

/// How often a report is due; every quarter where it is not said.
pub fn cadence(cadence: pb::Cadence) -> Cadence {
    match cadence {
        pb::Cadence::Month => Cadence::MONTH,
        pb::Cadence::Unspecified | pb::Cadence::Quarter => Cadence::QUARTER,
        pb::Cadence::HalfYear => Cadence::HALF_YEAR,
        pb::Cadence::Year => Cadence::YEAR,
    }
}

/// An assignment, and what the reports are about that are due from it.
pub fn answered(assignment: Assignment, due: Vec<Period>) -> pb::Assignment {
    pb::Assignment {
        assignment_id: assignment.assignment_id.to_string(),
        steering_committee_id: assignment.steering_committee_id.to_string(),
        office_id: assignment.office_id.to_string(),
        person_id: assignment.person_id.to_string(),
        position: assignment.position,
        unit_id: assignment.unit_id.to_string(),
        unit_name: assignment.unit_name,
        from_on: Some(parse::civil(assignment.from_on)),
        until_on: assignment.until_on.map(parse::civil),
        reports_due: due
            .into_iter()
            .map(|span| pb::ReportDue {
                due_on: Some(parse::civil(span.until())),
                period: Some(period_out(span)),
            })
            .collect(),
    }
}

/// A form, whole.
pub fn form(form: &Form) -> pb::PeriodicReportForm {
    pb::PeriodicReportForm {
        code: form.code.clone(),
        version: form.version,
        name_vi: form.name_vi.clone(),
        name_en: form.name_en.clone(),
        reporters: match form.reporters {
            Reporters::Grassroots => pb::PeriodicReporters::Grassroots,
            Reporters::Superiors => pb::PeriodicReporters::Superiors,
            Reporters::All => pb::PeriodicReporters::All,
        }
        .into(),
        rows: form
            .rows
            .iter()
            .map(|row| pb::periodic_report_form::Row {
                code: row.code.clone(),
                name_vi: row.name_vi.clone(),
                name_en: row.name_en.clone(),
                unit_vi: row.unit_vi.clone(),
                indicator: row.indicator.clone(),
                at_start: row.at_start,
                sector_grouping: row.sector_grouping.clone(),
                sector_group: row.sector_group.clone(),
                required: row.required,
                mean_of: row.mean_of.clone(),
                numerator: row.numerator.clone(),
                denominator: row.denominator.clone(),
            })
            .collect(),
        sections: form
            .sections
            .iter()
            .map(|section| pb::periodic_report_form::Section {
                code: section.code.clone(),
                name_vi: section.name_vi.clone(),
                name_en: section.name_en.clone(),
                required: section.required,
            })
            .collect(),
        checks: form
            .checks
            .iter()
            .map(|check| pb::periodic_report_form::Check {
                code: check.code.clone(),
                left: check.left.clone(),
                comparator: check.comparator.sign().to_string(),
                right: check.right.clone(),
                blocking: check.blocking,
                message_vi: check.message_vi.clone(),
                message_en: check.message_en.clone(),
            })
            .collect(),
        ..pb::PeriodicReportForm::default()
    }
}

/// A form that is listed.
pub fn listed(listed: &Listed) -> pb::PeriodicReportForm {
    let whole = form(&listed.form);
    match &listed.defined {
        None => whole,
        Some(defined) => pb::PeriodicReportForm {
            issuer_id: defined.issuer_id.to_string(),
            decision_id: id_or_empty(defined.decision_id),
            recorded_at: Some(instant(defined.recorded_at)),
            ..whole
        },
    }
}

/// An opening; of its forms what they are called.
pub fn opening(opening: &Opening) -> pb::PeriodicReportOpening {
    let named = |of: &Form| pb::PeriodicReportForm {
        rows: Vec::new(),
        sections: Vec::new(),
        checks: Vec::new(),
        ..form(of)
    };
    let withdrawal = opening.withdrawal.as_ref();
    pb::PeriodicReportOpening {
        opening_id: opening.opening_id.to_string(),
        organisation_id: opening.organisation_id.to_string(),
        organisation_name: opening.organisation_name.clone(),
        period: Some(period_out(opening.period)),
        cutoff_on: Some(civil(opening.cutoff_on)),
        due_on: Some(civil(opening.due_on)),
        forms: opening.forms.iter().map(named).collect(),
        decision_id: id_or_empty(opening.decision_id),
        opened_at: Some(instant(opening.opened_at)),
        reporters: opening.reporters,
        withdrawn_at: withdrawal.map(|(at, _)| instant(*at)),
        withdrawal_reason: withdrawal.map(|(_, reason)| reason.clone()).unwrap_or_default(),
    }
}

/// An opening, with how complete it is.
pub fn completeness(
    of: &Opening,
    completeness: Completeness,
) -> pb::GetPeriodicReportOpeningResponse {
    pb::GetPeriodicReportOpeningResponse {
        opening: Some(opening(of)),
        in_time: completeness.in_time,
        late: completeness.late,
        awaited: completeness.awaited,
        missing: completeness.missing,
        waived: completeness.waived,
        approved: completeness.approved,
        forms: of.forms.iter().map(form).collect(),
    }
}

/// A reporter, and how its report stands.
pub fn line(line: &Line) -> pb::PeriodicReportLine {
    pb::PeriodicReportLine {
        report_id: line.report_id.to_string(),
        opening_id: line.opening_id.to_string(),
        organisation_id: line.organisation_id.to_string(),
        organisation_name: line.organisation_name.clone(),
        superior_id: id_or_empty(line.superior_id),
        state: state(line.state).into(),
        edition: line.edition,
        revision: line.revision,
        due_on: Some(civil(line.due_on)),
        submitted_on: line.submitted_on.map(civil),
        punctuality: match line.punctuality {
            Punctuality::InTime => pb::Punctuality::InTime,
            Punctuality::Late => pb::Punctuality::Late,
            Punctuality::Awaited => pb::Punctuality::Awaited,
            Punctuality::Missing => pb::Punctuality::Missing,
            Punctuality::Waived => pb::Punctuality::Waived,
        }
        .into(),
        stale: line.stale,
        ended: line.ended,
    }
}

/// A report, whole.
pub fn report(told: &Told) -> pb::GetPeriodicReportResponse {
    let content = &told.content;
    let found = findings(&told.form, content, told.previous.as_ref());
    let computed_at = content.computed_at.as_ref();
    pb::GetPeriodicReportResponse {
        report: Some(line(&told.line)),
        form: Some(form(&told.form)),
        period: Some(period_out(told.period)),
        cells: cells(&told.form, content, &told.reopened),
        findings: found.iter().map(finding).collect(),
        // In the order of the form.
        texts: told
            .form
            .sections
            .iter()
            .filter_map(|section| {
                let paragraphs = content.texts.get(&section.code)?.clone();
                Some(pb::PeriodicReportText { section: section.code.clone(), paragraphs })
            })
            .collect(),
        conclusions: content
            .conclusions
            .iter()
            .map(|one| pb::PeriodicReportConclusion {
                meeting: one.meeting.clone(),
                held_on: Some(civil(one.held_on)),
                conclusion: one.conclusion.clone(),
            })
            .collect(),
        attachments: content
            .attachments
            .iter()
            .map(|one| pb::PeriodicReportAttachment {
                name: one.name.clone(),
                sha256: one.sha256.clone(),
                place: one.place.clone(),
            })
            .collect(),
        computed_at: computed_at.and_then(|at| at.at()).map(instant),
        computed_positions: computed_at
            .into_iter()
            .flat_map(|at| &at.positions)
            .map(|(source, position)| pb::FeedPosition {
                source: source.clone(),
                position: *position,
            })
            .collect(),
        below: told.below,
        consolidated: told.consolidated,
        stale: told.stale,
        steps: told.steps.iter().map(step).collect(),
    }
}

fn cells(form: &Form, content: &Content, reopened: &[String]) -> Vec<pb::PeriodicReportCell> {
    let cell = |row: &Row| {
        if row.is_ratio() {
            return pb::PeriodicReportCell {
                row: row.code.clone(),
                numerator: content.value(&row.numerator),
                denominator: content.value(&row.denominator),
                ..pb::PeriodicReportCell::default()
            };
        }
        let cell = content.cells.get(&row.code).cloned().unwrap_or_default();
        pb::PeriodicReportCell {
            row: row.code.clone(),
            value: cell.value(),
            computed: cell.computed,
            consolidated: cell.consolidated,
            declared: cell.declared,
            reason: cell.reason,
            computed_below: cell.computed_below,
            overridden_below: cell.overridden_below,
            reopened: reopened.contains(&row.code),
            ..pb::PeriodicReportCell::default()
        }
    };
    form.rows.iter().map(cell).collect()
}

fn finding(finding: &Finding<'_>) -> pb::PeriodicReportFinding {
    pb::PeriodicReportFinding {
        check: finding.check.code.clone(),
        blocking: finding.check.blocking,
        message_vi: finding.check.message_vi.clone(),
        message_en: finding.check.message_en.clone(),
        left: finding.left,
        comparator: finding.check.comparator.sign().to_string(),
        right: finding.right,
        rows: finding.rows.iter().map(ToString::to_string).collect(),
    }
}

fn step(step: &Step) -> pb::PeriodicReportStep {
    pb::PeriodicReportStep {
        revision: step.revision,
        edition: step.edition,
        step: step.step.clone(),
        actor: step.actor.clone(),
        at: Some(instant(step.at)),
        message: step.message.clone(),
    }
}

/// A report was handed in, with what only warns.
pub fn submitted(submitted: Submitted) -> pb::SubmitPeriodicReportResponse {
    let finding = |warning: Warning| pb::PeriodicReportFinding {
        check: warning.check,
        blocking: false,
        message_vi: warning.message_vi,
        message_en: warning.message_en,
        left: warning.left,
        comparator: warning.comparator,
        right: warning.right,
        rows: warning.rows,
    };
    pb::SubmitPeriodicReportResponse {
        revision: submitted.revision,
        findings: submitted.warnings.into_iter().map(finding).collect(),
    }
}
