//! Requests of `ReportService` parsed, and its answers written out.

use std::collections::BTreeMap;

use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::reporting::v1 as pb;
use time::Date;

use crate::ground::acting::refuse_all;
use crate::ground::indicators::Indicators;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::ground::wire::{self, completeness, figure};
use crate::report::order::Order;
use crate::report::paper::{Said, Written};
use crate::report::printed::{Kind, Printed, PrintedLine, When};
use crate::report::printing::print_reports::PrintReports;
use crate::report::printing::printings::Printing;
use crate::report::set_template::{Set, SetTemplate};
use crate::report::template::Template;
use crate::report::template::checked::checked;
use crate::report::template::chosen::Chosen;
use crate::report::template::draft::{self, Draft};
use crate::report::template::versions::{EVERYBODY, Version};
use crate::report::withdraw_template::WithdrawTemplate;

/// Characters of a reason.
const REASON_MAX: usize = 1_000;

// In: parsed once, at the door.

/// What is asked of a print, before its template is known.
pub struct Asked {
    /// For whom, when and on which tree.
    pub organisation_id: uuid::Uuid,
    /// The period.
    pub period: crate::ground::period::Period,
    /// As of a day, or as then.
    pub as_of: Option<Date>,
    /// The template's code.
    pub template: String,
    /// A certain version of it.
    pub template_version_id: Option<uuid::Uuid>,
    /// What was chosen.
    pub parameters: Vec<(String, String)>,
}

/// What is asked of a print.
pub fn asked(asked: pb::PrintReportRequest) -> Result<Asked, Refusal> {
    Ok(Asked {
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        period: wire::period(asked.period)?,
        as_of: wire::tree(asked.tree)?,
        template: asked.template,
        template_version_id: parse::optional_id("template_version_id", &asked.template_version_id)?,
        parameters: asked
            .parameters
            .into_iter()
            .map(|parameter| (parameter.name, parameter.value))
            .collect(),
    })
}

impl Asked {
    /// On which day's line the nearest superior stands.
    pub fn on(&self) -> Date {
        self.as_of.unwrap_or(self.period.through)
    }

    /// What is to be printed by this template.
    pub fn order(self, template: &Template) -> Result<Order, Refused> {
        let parameters = Chosen::of(&template.parameters, self.parameters)?;
        Ok(Order { head: self.organisation_id, period: self.period, as_of: self.as_of, parameters })
    }
}

/// The template that a version says, as far as the register still knows all that it names.
pub fn template_of(indicators: &Indicators, version: &Version) -> Result<Template, Failure> {
    let outdated = || Refused::TemplateOutdated { version: version.version };
    let draft = version
        .draft
        .as_ref()
        .ok_or_else(|| Refused::TemplateUnknown { template: version.code.clone() })?;
    checked(draft, indicators).map_err(|_| outdated().into())
}

/// In what form.
pub fn written(format: i32, chart: i32) -> Result<Written, Refusal> {
    match pb::ReportFormat::try_from(format) {
        Ok(pb::ReportFormat::Text) => Ok(Written::Text),
        Ok(pb::ReportFormat::Csv) => Ok(Written::Csv),
        Ok(pb::ReportFormat::Xlsx) => Ok(Written::Xlsx),
        Ok(pb::ReportFormat::Html) => Ok(Written::Html),
        Ok(pb::ReportFormat::Pdf) => Ok(Written::Pdf),
        Ok(pb::ReportFormat::Svg) => Ok(Written::Svg(chart)),
        Ok(pb::ReportFormat::Unspecified) => Err(parse::required("format")),
        Err(_) => Err(parse::value_unknown("format", format)),
    }
}

/// What a heading says.
pub fn said(heading: Option<pb::DocumentHeading>) -> Result<Said, Refusal> {
    let heading = heading.unwrap_or_default();
    Ok(Said {
        number: heading.number,
        place: heading.place,
        issued_on: parse::optional_date("heading.issued_on", heading.issued_on)?,
        signer: heading.signer,
    })
}

/// Organisations of one printing, at most.
const ORGANISATIONS_MAX: usize = 1_000;

/// Reports of many organisations.
pub fn print_reports(asked: pb::PrintReportsRequest) -> Result<PrintReports, Refusal> {
    let entries = asked.organisation_ids.len();
    if entries == 0 {
        return Err(Refused::ListEmpty { field: "organisation_ids" }.into());
    }
    if entries > ORGANISATIONS_MAX {
        let field = "organisation_ids";
        return Err(Refused::ListTooLong { field, entries, limit: ORGANISATIONS_MAX }.into());
    }
    let mut organisation_ids: Vec<uuid::Uuid> = Vec::new();
    let mut places: BTreeMap<uuid::Uuid, usize> = BTreeMap::new();
    for (n, id) in asked.organisation_ids.iter().enumerate() {
        let field = format!("organisation_ids[{n}]");
        let id = parse::id(&field, id)?;
        if let Some(first) = places.insert(id, n) {
            return Err(Refused::LineRepeated { field, first }.into());
        }
        organisation_ids.push(id);
    }
    let form = written(asked.format, 0)?;
    if matches!(form, Written::Svg(_)) {
        return Err(Refused::PrintingFormatUnfit { format: "SVG" }.into());
    }
    Ok(PrintReports {
        printing_id: parse::id("request_id", &asked.request_id)?,
        organisation_ids,
        template: asked.template,
        period: wire::period(asked.period)?,
        as_of: wire::tree(asked.tree)?,
        parameters: asked.parameters.into_iter().map(|one| (one.name, one.value)).collect(),
        said: said(asked.heading)?,
        format: i16::try_from(asked.format).unwrap_or_default(),
    })
}

/// How far a printing is.
pub fn printing(printing: Printing) -> pb::Printing {
    pb::Printing {
        printing_id: printing.printing_id.to_string(),
        state: i32::from(printing.state),
        printed: printing.printed,
        reports: printing.reports,
        not_printed: printing.not_printed,
        bytes: printing.bytes,
        asked_at: Some(parse::instant(printing.asked_at)),
        kept_until: printing.kept_until.map(parse::instant),
        refusal: printing.reason.map(|reason| pb::printing::Refusal {
            reason,
            vi: printing.vi.unwrap_or_default(),
            en: printing.en.unwrap_or_default(),
        }),
    }
}

/// A template to set: every fault of it is told.
pub fn set_template(
    indicators: &Indicators,
    asked: pb::SetTemplateRequest,
) -> Result<SetTemplate, Failure> {
    let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
    let body = asked.body.ok_or_else(|| parse::required("body"))?;
    if body.title_vi.is_empty() {
        return Err(parse::required("body.title_vi").into());
    }
    let draft = draft(body);
    if let Err(faults) = checked(&draft, indicators) {
        refuse_all(faults)?;
    }
    Ok(SetTemplate {
        organisation_id,
        code: code(asked.template)?,
        draft,
        read: (asked.version != 0).then_some(asked.version),
        decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        reason: asked.reason,
    })
}

/// A template to withdraw.
pub fn withdraw_template(asked: pb::WithdrawTemplateRequest) -> Result<WithdrawTemplate, Refusal> {
    Ok(WithdrawTemplate {
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        code: asked.template,
        read: (asked.version != 0).then_some(asked.version),
        decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        reason: parse::text("reason", &asked.reason, REASON_MAX)?,
    })
}

fn code(template: String) -> Result<String, Refused> {
    let begins = template.starts_with(|letter: char| letter.is_ascii_uppercase());
    let whole = template
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    if begins && whole && (2..=40).contains(&template.len()) {
        return Ok(template);
    }
    Err(Refused::TemplateCodeMalformed { template })
}

fn draft(body: pb::TemplateBody) -> Draft {
    Draft {
        title: body.title_vi,
        parameters: body
            .parameters
            .into_iter()
            .map(|parameter| draft::Parameter {
                name: parameter.name,
                default: parameter.default_value,
                meaning: parameter.meaning_vi,
            })
            .collect(),
        heading: body.heading.map(|heading| draft::Heading {
            symbol: heading.symbol,
            kind: heading.kind_vi,
            recipients: heading.recipients,
            signed_for: heading.signed_for,
            signer_title: heading.signer_title,
        }),
        lines: body.lines.into_iter().map(line).collect(),
    }
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn line(line: pb::TemplateLine) -> draft::Line {
    use pb::template_line::Content;
    let mut row = draft::Line {
        each: given(line.each),
        unassigned: given(line.unassigned),
        year_of: given(line.year_of),
        unless_zero: line.unless_zero,
        decimals: line.decimals,
        ..draft::Line::default()
    };
    match line.content {
        None => {}
        Some(Content::Text(text)) => row.text = Some(text),
        Some(Content::Section(section)) => row.section = Some(section),
        Some(Content::Table(table)) => {
            row.table = Some(draft::Table {
                caption: table.caption_vi,
                columns: table
                    .columns
                    .into_iter()
                    .map(|column| draft::Column { title: column.title_vi, text: column.text })
                    .collect(),
                rows: table.rows.into_iter().map(|row| row.cells).collect(),
                total: table.total,
            });
        }
        Some(Content::Form(form)) => {
            row.form = Some(draft::Form {
                caption: form.caption_vi,
                fields: form
                    .fields
                    .into_iter()
                    .map(|field| draft::Field { label: field.label_vi, text: field.text })
                    .collect(),
            });
        }
        Some(Content::Chart(chart)) => {
            let kind = match chart.kind() {
                pb::TemplateChartKind::Unspecified => "",
                pb::TemplateChartKind::Targets => "targets",
                pb::TemplateChartKind::Trend => "trend",
                pb::TemplateChartKind::Shares => "shares",
                pb::TemplateChartKind::TreeMap => "tree_map",
            };
            row.chart = Some(draft::Chart {
                title: chart.title_vi,
                kind: kind.to_string(),
                indicator: chart.indicator,
                grouping: chart.sector_grouping,
            });
        }
    }
    row
}

// Out.

/// What can be printed, and what can be chosen.
pub fn template(version: &Version) -> pb::Template {
    let parameters = version.draft.iter().flat_map(|draft| &draft.parameters);
    pb::Template {
        code: version.code.clone(),
        title_vi: version.title.clone(),
        parameters: parameters.map(parameter).collect(),
        version: Some(self::version(version)),
    }
}

fn parameter(parameter: &draft::Parameter) -> pb::template::Parameter {
    pb::template::Parameter {
        name: parameter.name.clone(),
        default_value: parameter.default.clone(),
        meaning_vi: parameter.meaning.clone(),
    }
}

/// A version of a template, without what it says.
pub fn version(version: &Version) -> pb::TemplateVersion {
    let owned = version.owner_id != EVERYBODY;
    pb::TemplateVersion {
        template_version_id: version.template_version_id.to_string(),
        template: version.code.clone(),
        version: version.version,
        organisation_id: if owned { version.owner_id.to_string() } else { String::new() },
        organisation_name: version.owner_name.clone(),
        title_vi: version.title.clone(),
        withdrawn: version.draft.is_none(),
        decision_id: parse::id_or_empty(version.decision_id),
        reason: version.reason.clone(),
        set_at: Some(parse::instant(version.set_at)),
    }
}

/// What an act has made of a template.
pub struct Made {
    /// Whose.
    pub organisation_id: uuid::Uuid,
    /// Its code.
    pub code: String,
    /// What it rests on.
    pub decision_id: Option<uuid::Uuid>,
    /// Why.
    pub reason: String,
}

impl Made {
    /// The version that the act has added.
    pub fn version(self, set: &Set, title: String, withdrawn: bool) -> pb::TemplateVersion {
        pb::TemplateVersion {
            template_version_id: set.template_version_id.to_string(),
            template: self.code,
            version: set.version,
            organisation_id: self.organisation_id.to_string(),
            organisation_name: set.owner_name.clone(),
            title_vi: title,
            withdrawn,
            decision_id: parse::id_or_empty(self.decision_id),
            reason: self.reason,
            set_at: Some(parse::instant(set.set_at)),
        }
    }
}

/// What a template says.
pub fn body(draft: &Draft) -> pb::TemplateBody {
    pb::TemplateBody {
        title_vi: draft.title.clone(),
        parameters: draft.parameters.iter().map(parameter).collect(),
        heading: draft.heading.as_ref().map(|heading| pb::TemplateHeading {
            symbol: heading.symbol.clone(),
            kind_vi: heading.kind.clone(),
            recipients: heading.recipients.clone(),
            signed_for: heading.signed_for.clone(),
            signer_title: heading.signer_title.clone(),
        }),
        lines: draft.lines.iter().map(line_out).collect(),
    }
}

fn line_out(line: &draft::Line) -> pb::TemplateLine {
    pb::TemplateLine {
        content: content_out(line),
        each: line.each.clone().unwrap_or_default(),
        unassigned: line.unassigned.clone().unwrap_or_default(),
        year_of: line.year_of.clone().unwrap_or_default(),
        unless_zero: line.unless_zero,
        decimals: line.decimals,
    }
}

fn content_out(line: &draft::Line) -> Option<pb::template_line::Content> {
    use pb::template_line::Content;
    if let Some(text) = &line.text {
        return Some(Content::Text(text.clone()));
    }
    if let Some(section) = &line.section {
        return Some(Content::Section(section.clone()));
    }
    if let Some(table) = &line.table {
        let columns = table.columns.iter().map(|column| pb::template_table::Column {
            title_vi: column.title.clone(),
            text: column.text.clone(),
        });
        let rows = table.rows.iter().map(|cells| pb::template_table::Row { cells: cells.clone() });
        return Some(Content::Table(pb::TemplateTable {
            caption_vi: table.caption.clone(),
            columns: columns.collect(),
            rows: rows.collect(),
            total: table.total,
        }));
    }
    if let Some(form) = &line.form {
        let fields = form.fields.iter().map(|field| pb::template_form::Field {
            label_vi: field.label.clone(),
            text: field.text.clone(),
        });
        let caption_vi = form.caption.clone();
        return Some(Content::Form(pb::TemplateForm { caption_vi, fields: fields.collect() }));
    }
    line.chart.as_ref().map(|chart| {
        let kind = match chart.kind.as_str() {
            "targets" => pb::TemplateChartKind::Targets,
            "trend" => pb::TemplateChartKind::Trend,
            "shares" => pb::TemplateChartKind::Shares,
            "tree_map" => pb::TemplateChartKind::TreeMap,
            _ => pb::TemplateChartKind::Unspecified,
        };
        Content::Chart(pb::TemplateChart {
            title_vi: chart.title.clone(),
            kind: kind.into(),
            indicator: chart.indicator.clone(),
            sector_grouping: chart.grouping.clone(),
        })
    })
}

/// A printed report.
pub fn printed(reference: &Reference, by: &Version, printed: Printed) -> pb::PrintReportResponse {
    pb::PrintReportResponse {
        title: printed.title,
        period_state: match printed.when {
            When::Over => pb::PeriodState::Over,
            When::Running => pb::PeriodState::Running,
            When::ToCome => pb::PeriodState::ToCome,
        }
        .into(),
        lines: printed.lines.into_iter().map(|line| printed_line(reference, line)).collect(),
        template: Some(version(by)),
    }
}

fn printed_line(reference: &Reference, line: PrintedLine) -> pb::ReportLine {
    let kind = match line.kind {
        Kind::Sentence => pb::ReportLineKind::Sentence,
        Kind::Section => pb::ReportLineKind::Section,
        Kind::Table | Kind::Form | Kind::Chart(_) => pb::ReportLineKind::Caption,
        Kind::Head => pb::ReportLineKind::Head,
        Kind::Row => pb::ReportLineKind::Row,
    };
    pb::ReportLine {
        text: line.text,
        incomplete: line.incomplete.map(completeness),
        figures: line.figures.iter().map(|one| figure(reference, one, &BTreeMap::new())).collect(),
        references: line
            .references
            .into_iter()
            .map(|(kind, id)| pb::Reference { kind: kind.to_string(), id: id.to_string() })
            .collect(),
        kind: kind.into(),
        cells: line.cells,
    }
}
