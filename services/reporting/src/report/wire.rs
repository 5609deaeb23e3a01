//! Requests of `ReportService` parsed, and its answers written out.

use std::collections::BTreeMap;

use proto::reporting::v1 as pb;

use crate::ground::reference::Reference;
use crate::ground::template::Template;
use crate::ground::wire::{completeness, figure};
use crate::report::print::{Printed, When};

/// What can be printed, and what can be chosen.
pub fn template(template: &Template) -> pb::Template {
    pb::Template {
        code: template.code.clone(),
        title_vi: template.title.clone(),
        parameters: template
            .parameters
            .iter()
            .map(|parameter| pb::template::Parameter {
                name: parameter.name.clone(),
                default_value: parameter.default.clone(),
                meaning_vi: parameter.meaning.clone(),
            })
            .collect(),
    }
}

/// A printed report.
pub fn printed(reference: &Reference, printed: Printed) -> pb::PrintReportResponse {
    pb::PrintReportResponse {
        title: printed.title,
        period_state: match printed.when {
            When::Over => pb::PeriodState::Over,
            When::Running => pb::PeriodState::Running,
            When::ToCome => pb::PeriodState::ToCome,
        }
        .into(),
        lines: printed
            .lines
            .into_iter()
            .map(|line| pb::ReportLine {
                text: line.text,
                incomplete: line.incomplete.map(completeness),
                figures: line
                    .figures
                    .iter()
                    .map(|one| figure(reference, one, &BTreeMap::new()))
                    .collect(),
                references: line
                    .references
                    .into_iter()
                    .map(|(kind, id)| pb::Reference { kind: kind.to_string(), id: id.to_string() })
                    .collect(),
            })
            .collect(),
    }
}
