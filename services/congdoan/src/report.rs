//! `congdoan report`: prints a report.

mod english;
mod file;

use anyhow::Context;
use proto::reporting::v1::print_report_request::Parameter;
use proto::reporting::v1::{ListTemplatesRequest, PrintReportRequest, template};
use system::Client;
use tonic::{Response, Status};
use tonic_types::StatusExt;

use crate::cli::Report;
use crate::explain::{Patience, figure_line, organisation, period, tree};
use crate::fault::{FIGURES_INCOMPLETE, fault};
use crate::language::{Language, counted, current, tell};
use crate::output::{answer as answer_with, is_json, json, line, print_json};
use crate::told::{besides, failure_json, told, told_at};

/// How a report came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// Every figure in it is complete.
    Whole,
    /// One at least is not: its line says so.
    Incomplete,
}

/// Prints the report, or lists what reports there are.
pub async fn run(report: Report) -> anyhow::Result<Printed> {
    let client = if report.no_wait {
        report.to.connect_without_waiting().await?
    } else {
        report.to.connect().await?
    };
    if report.list {
        list(&client).await?;
        return Ok(Printed::Whole);
    }
    let template =
        report.template.with_context(|| tell!("còn thiếu mẫu báo cáo", "name a template"))?;
    let question = report.question.with_context(|| {
        tell!("còn thiếu --organisation, --from và --to", "say --organisation, --from and --to")
    })?;
    let from = question.from;
    let request = PrintReportRequest {
        template,
        organisation_id: organisation(&client, &question).await?.organisation_id,
        period: Some(period(&question)),
        tree: Some(tree(&question)),
        parameters: report
            .parameters
            .into_iter()
            .map(|(name, value)| Parameter { name, value })
            .collect(),
        template_version_id: report.template_version.map(|id| id.to_string()).unwrap_or_default(),
    };
    let mut patience = Patience::new(report.no_wait);
    let answer = loop {
        let answer = match client.reports().print_report(request.clone()).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return Err(refused(&client, &request, status).await),
        };
        let lacking = answer.lines.iter().filter_map(|line| line.incomplete.as_ref());
        if !patience.waits_for(lacking).await {
            break answer;
        }
    };

    let lines = &answer.lines;
    if let Some(out) = &report.paper.out {
        let asked = file::asked(request, &report.paper, out)?;
        file::write(&client, asked, out).await?;
    } else if is_json() {
        print_json(&json(&answer)?);
    } else {
        line(&format!("{}\n", answer.title));
        for printed in lines {
            line(&printed.text);
            let figures = printed.figures.iter().filter(|_| report.figures);
            figures.for_each(|figure| line(&format!("    {}", figure_line(figure))));
        }
    }
    if from > chassis::database::today() {
        let said = tell!(
            "kỳ báo cáo chưa bắt đầu: các số liệu chưa đầy đủ",
            "the period has not begun: its figures are not complete"
        );
        warn(said);
        return Ok(Printed::Incomplete);
    }
    let incomplete = lines.iter().filter(|line| line.incomplete.is_some()).count();
    if incomplete > 0 {
        let hold = counted(i64::try_from(incomplete)?, "line holds", "lines hold");
        let said = tell!(
            "{incomplete} dòng có số liệu chưa đầy đủ",
            "{hold} figures that are not complete yet"
        );
        warn(said);
        return Ok(Printed::Incomplete);
    }
    Ok(Printed::Whole)
}

/// Says on standard error that the report is printed and not complete.
fn warn(said: String) {
    if is_json() {
        eprintln!("{}", failure_json(&fault(FIGURES_INCOMPLETE, said)));
    } else {
        eprintln!("congdoan: {said}");
    }
}

/// A refusal, with parameters named as the command line has them, and what may be written there.
async fn refused(client: &Client, request: &PrintReportRequest, status: Status) -> anyhow::Error {
    let details = status.get_error_details();
    let named = details.error_info().and_then(|info| info.metadata.get("parameter").cloned());
    let about_parameter = named.is_some();
    let error = told_at(status, |field| {
        let rest = field.strip_prefix("parameters")?;
        let n = rest.strip_prefix('[').and_then(|rest| rest.split(']').next()?.parse().ok());
        let given = n.and_then(|n: usize| request.parameters.get(n)).map(|one| one.name.clone());
        Some(format!("--parameter {}", given.or_else(|| named.clone())?))
    });
    if !about_parameter {
        return error;
    }
    let listed = client.reports().list_templates(ListTemplatesRequest {}).await;
    let Ok(listed) = listed.map(Response::into_inner) else { return error };
    let template = listed.templates.into_iter().find(|one| one.code == request.template);
    let parameters = template.map(|template| template.parameters).unwrap_or_default();
    besides(error, parameters.iter().map(parameter_line).collect())
}

/// `decimals (2): How many decimals a percentage has, from 0 to 4`.
fn parameter_line(parameter: &template::Parameter) -> String {
    let default = match parameter.default_value.as_str() {
        "" => String::new(),
        value => format!(" ({value})"),
    };
    let meaning = match current() {
        Language::English => english::meaning(&parameter.name),
        Language::Vietnamese => None,
    };
    let meaning = meaning.unwrap_or(&parameter.meaning_vi);
    format!("{}{default}: {meaning}", parameter.name)
}

async fn list(client: &Client) -> anyhow::Result<()> {
    let answer = client.reports().list_templates(ListTemplatesRequest {}).await.map_err(told)?;
    answer_with(&answer.into_inner(), |answer| {
        let mut lines = Vec::new();
        for template in &answer.templates {
            let title = match current() {
                Language::English => english::title(&template.code),
                Language::Vietnamese => None,
            };
            let title = title.unwrap_or(&template.title_vi);
            lines.push(format!("{:<16} {title}", template.code));
            let parameters = template.parameters.iter().map(parameter_line);
            lines.extend(parameters.map(|parameter| format!("    {parameter}")));
        }
        lines.join("\n")
    })
}
