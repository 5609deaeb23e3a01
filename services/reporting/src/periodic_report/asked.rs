//! Requests of `PeriodicReportService`, parsed.

use std::collections::BTreeSet;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use uuid::Uuid;

use crate::ground::reference::periodic_report_form::{
    Check, Comparator, Reporters, Row, Section, fills,
};
use crate::ground::reference::{Form, Reference};
use crate::ground::refused::Refused;
use crate::ground::wire;
use crate::periodic_report::content::{Attachment, Conclusion};
use crate::periodic_report::declare_periodic_report::{DeclarePeriodicReport, Declared};
use crate::periodic_report::held::Of;
use crate::periodic_report::open_periodic_reports::Meant;

const ROWS_MAX: usize = 300;
const SECTIONS_MAX: usize = 50;
const CHECKS_MAX: usize = 200;
const CELLS_MAX: usize = 300;
const PARAGRAPHS_MAX: usize = 50;
const CONCLUSIONS_MAX: usize = 50;
const ATTACHMENTS_MAX: usize = 50;
const STATES_MAX: usize = 10;
/// The largest number of a cell: a quadrillion.
const VALUE_MAX: i64 = 1_000_000_000_000_000;
/// Characters of a reason.
const REASON_MAX: usize = 500;
/// Characters of a paragraph, and of a conclusion.
const PARAGRAPH_MAX: usize = 2_000;
/// Characters of a name.
const NAME_MAX: usize = 300;
/// Characters of a code.
const CODE_MAX: usize = 40;
/// Characters of one side of a check.
const SIDE_MAX: usize = 400;
/// Characters of where an attachment is kept.
const PLACE_MAX: usize = 500;

/// Which report, on which revision of it.
pub fn of(report_id: &str, revision: i32) -> Result<Of, Refusal> {
    if revision < 0 {
        return Err(parse::negative("revision", revision));
    }
    let report_id = parse::id("report_id", report_id)?;
    Ok(Of { report_id, read: (revision != 0).then_some(revision) })
}

fn at_most(field: &'static str, entries: usize, limit: usize) -> Result<(), Refusal> {
    if entries > limit {
        return Err(Refused::ListTooLong { field, entries, limit }.into());
    }
    Ok(())
}

/// The forms that are meant.
pub fn meant(forms: &[pb::PeriodicReportFormRef]) -> Result<Vec<Meant>, Refusal> {
    if forms.is_empty() {
        return Err(Refused::ListEmpty { field: "forms" }.into());
    }
    at_most("forms", forms.len(), 2)?;
    let meant = |(n, form): (usize, &pb::PeriodicReportFormRef)| {
        if form.version < 0 {
            return Err(parse::negative(&format!("forms[{n}].version"), form.version));
        }
        let issuer_id = parse::optional_id(&format!("forms[{n}].issuer_id"), &form.issuer_id)?;
        let code = parse::text(&format!("forms[{n}].code"), &form.code, CODE_MAX)?;
        Ok((issuer_id, code, form.version))
    };
    forms.iter().enumerate().map(meant).collect()
}

/// The states that are asked for, as the schema has them.
pub fn states(asked: &[i32]) -> Result<Vec<String>, Refusal> {
    at_most("states", asked.len(), STATES_MAX)?;
    let state = |(n, state): (usize, &i32)| {
        let field = format!("states[{n}]");
        let known = pb::PeriodicReportState::try_from(*state)
            .map_err(|_| parse::value_unknown(&field, *state))?;
        let code = known.as_str_name().trim_start_matches("PERIODIC_REPORT_STATE_");
        match known {
            pb::PeriodicReportState::Unspecified => Err(parse::required(&field)),
            _ => Ok(code.to_string()),
        }
    };
    asked.iter().enumerate().map(state).collect()
}

/// A form, whole, and whose it is.
pub fn form(
    reference: &Reference,
    asked: Option<&pb::PeriodicReportForm>,
) -> Result<(Uuid, Form), Refusal> {
    let asked = asked.ok_or_else(|| parse::required("form"))?;
    let issuer_id = parse::id("form.issuer_id", &asked.issuer_id)?;
    if asked.rows.is_empty() {
        return Err(Refused::ListEmpty { field: "form.rows" }.into());
    }
    at_most("form.rows", asked.rows.len(), ROWS_MAX)?;
    at_most("form.sections", asked.sections.len(), SECTIONS_MAX)?;
    at_most("form.checks", asked.checks.len(), CHECKS_MAX)?;
    let form = Form {
        code: parse::text("form.code", &asked.code, CODE_MAX)?,
        version: 1,
        name_vi: parse::text("form.name_vi", &asked.name_vi, NAME_MAX)?,
        name_en: parse::text("form.name_en", &asked.name_en, NAME_MAX)?,
        reporters: match asked.reporters() {
            pb::PeriodicReporters::Unspecified => return Err(parse::required("form.reporters")),
            pb::PeriodicReporters::Grassroots => Reporters::Grassroots,
            pb::PeriodicReporters::Superiors => Reporters::Superiors,
            pb::PeriodicReporters::All => Reporters::All,
        },
        rows: asked.rows.iter().enumerate().map(|(n, of)| row(n, of)).collect::<Result<_, _>>()?,
        sections: asked
            .sections
            .iter()
            .enumerate()
            .map(|(n, of)| section(n, of))
            .collect::<Result<_, _>>()?,
        checks: asked
            .checks
            .iter()
            .enumerate()
            .map(|(n, of)| check(n, of))
            .collect::<Result<_, _>>()?,
    };
    form.whole().map_err(|wrong| Refused::PeriodicReportFormMalformed {
        field: format!("form.{}", wrong.field),
        code: wrong.code,
    })?;
    for (n, row) in form.rows.iter().enumerate().filter(|(_, row)| !row.indicator.is_empty()) {
        let field = format!("form.rows[{n}].indicator");
        let indicator = wire::indicator(reference, &field, &row.indicator)?;
        if !fills(indicator, row.at_start) {
            let code = row.indicator.clone();
            return Err(Refused::PeriodicReportFormMalformed { field, code }.into());
        }
        wire::sector_group(reference, &row.sector_grouping, &row.sector_group)?;
    }
    Ok((issuer_id, form))
}

fn row(n: usize, asked: &pb::periodic_report_form::Row) -> Result<Row, Refusal> {
    let field = |name: &str| format!("form.rows[{n}].{name}");
    let code = |name: &str, text: &str| {
        Ok::<_, Refusal>(parse::optional_text(&field(name), text, CODE_MAX)?.unwrap_or_default())
    };
    Ok(Row {
        code: parse::text(&field("code"), &asked.code, CODE_MAX)?,
        name_vi: parse::text(&field("name_vi"), &asked.name_vi, NAME_MAX)?,
        name_en: parse::text(&field("name_en"), &asked.name_en, NAME_MAX)?,
        unit_vi: parse::text(&field("unit_vi"), &asked.unit_vi, CODE_MAX)?,
        indicator: code("indicator", &asked.indicator)?,
        at_start: asked.at_start,
        sector_grouping: code("sector_grouping", &asked.sector_grouping)?,
        sector_group: code("sector_group", &asked.sector_group)?,
        required: asked.required,
        mean_of: code("mean_of", &asked.mean_of)?,
        numerator: code("numerator", &asked.numerator)?,
        denominator: code("denominator", &asked.denominator)?,
    })
}

fn section(n: usize, asked: &pb::periodic_report_form::Section) -> Result<Section, Refusal> {
    let field = |name: &str| format!("form.sections[{n}].{name}");
    Ok(Section {
        code: parse::text(&field("code"), &asked.code, CODE_MAX)?,
        name_vi: parse::text(&field("name_vi"), &asked.name_vi, NAME_MAX)?,
        name_en: parse::text(&field("name_en"), &asked.name_en, NAME_MAX)?,
        required: asked.required,
    })
}

fn check(n: usize, asked: &pb::periodic_report_form::Check) -> Result<Check, Refusal> {
    let field = |name: &str| format!("form.checks[{n}].{name}");
    let comparator = Comparator::read(&asked.comparator).ok_or_else(|| {
        let (field, code) = (field("comparator"), asked.comparator.clone());
        Refused::PeriodicReportFormMalformed { field, code }
    })?;
    Ok(Check {
        code: parse::text(&field("code"), &asked.code, CODE_MAX)?,
        left: parse::text(&field("left"), &asked.left, SIDE_MAX)?,
        comparator,
        right: parse::text(&field("right"), &asked.right, SIDE_MAX)?,
        blocking: asked.blocking,
        message_vi: parse::text(&field("message_vi"), &asked.message_vi, NAME_MAX)?,
        message_en: parse::text(&field("message_en"), &asked.message_en, NAME_MAX)?,
    })
}

/// What is to be said in a report.
pub fn declaration(
    asked: &pb::DeclarePeriodicReportRequest,
) -> Result<DeclarePeriodicReport, Refusal> {
    let said =
        [asked.cells.len(), asked.texts.len(), asked.conclusions.len(), asked.attachments.len()];
    if said == [0; 4] {
        return Err(Refused::ListEmpty { field: "cells" }.into());
    }
    at_most("cells", asked.cells.len(), CELLS_MAX)?;
    at_most("texts", asked.texts.len(), SECTIONS_MAX)?;
    at_most("conclusions", asked.conclusions.len(), CONCLUSIONS_MAX)?;
    at_most("attachments", asked.attachments.len(), ATTACHMENTS_MAX)?;
    once("cells", "row", asked.cells.iter().map(|cell| cell.row.as_str()))?;
    once("texts", "section", asked.texts.iter().map(|text| text.section.as_str()))?;
    Ok(DeclarePeriodicReport {
        of: of(&asked.report_id, asked.revision)?,
        cells: each(&asked.cells, cell)?,
        texts: each(&asked.texts, text)?,
        conclusions: each(&asked.conclusions, conclusion)?,
        attachments: each(&asked.attachments, attachment)?,
    })
}

fn each<T, R>(
    asked: &[T],
    parse: impl Fn(usize, &T) -> Result<R, Refusal>,
) -> Result<Vec<R>, Refusal> {
    asked.iter().enumerate().map(|(n, one)| parse(n, one)).collect()
}

fn once<'a>(
    list: &str,
    name: &str,
    keys: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Refusal> {
    let mut known = BTreeSet::new();
    for (n, key) in keys.clone().enumerate() {
        if !known.insert(key) {
            let first = keys.clone().position(|other| other == key).unwrap_or_default();
            return Err(
                Refused::LineRepeated { field: format!("{list}[{n}].{name}"), first }.into()
            );
        }
    }
    Ok(())
}

fn cell(n: usize, asked: &pb::declare_periodic_report_request::Cell) -> Result<Declared, Refusal> {
    let field = |name: &str| format!("cells[{n}].{name}");
    if asked.value.is_some_and(|value| !(-VALUE_MAX..=VALUE_MAX).contains(&value)) {
        let (field, limit) = (field("value"), VALUE_MAX);
        return Err(Refused::PeriodicReportValueOutOfRange { field, limit }.into());
    }
    let reason = parse::optional_text(&field("reason"), &asked.reason, REASON_MAX)?;
    Ok(Declared {
        row: parse::text(&field("row"), &asked.row, CODE_MAX)?,
        value: asked.value,
        reason: reason.unwrap_or_default(),
    })
}

fn text(n: usize, asked: &pb::PeriodicReportText) -> Result<(String, Vec<String>), Refusal> {
    let section = parse::text(&format!("texts[{n}].section"), &asked.section, CODE_MAX)?;
    at_most("texts.paragraphs", asked.paragraphs.len(), PARAGRAPHS_MAX)?;
    let paragraphs = each(&asked.paragraphs, |p, text| {
        parse::text(&format!("texts[{n}].paragraphs[{p}]"), text, PARAGRAPH_MAX)
    })?;
    Ok((section, paragraphs))
}

fn conclusion(n: usize, asked: &pb::PeriodicReportConclusion) -> Result<Conclusion, Refusal> {
    let field = |name: &str| format!("conclusions[{n}].{name}");
    Ok(Conclusion {
        meeting: parse::text(&field("meeting"), &asked.meeting, NAME_MAX)?,
        held_on: parse::date(&field("held_on"), asked.held_on)?,
        conclusion: parse::text(&field("conclusion"), &asked.conclusion, PARAGRAPH_MAX)?,
    })
}

fn attachment(n: usize, asked: &pb::PeriodicReportAttachment) -> Result<Attachment, Refusal> {
    let field = |name: &str| format!("attachments[{n}].{name}");
    let sha256 = asked.sha256.to_ascii_lowercase();
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refused::PeriodicReportDigestMalformed { field: field("sha256") }.into());
    }
    Ok(Attachment {
        name: parse::text(&field("name"), &asked.name, NAME_MAX)?,
        sha256,
        place: parse::text(&field("place"), &asked.place, PLACE_MAX)?,
    })
}
