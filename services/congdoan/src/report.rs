//! `congdoan report`: prints a report.

use anyhow::Context;
use proto::reporting::v1::print_report_request::Parameter;
use proto::reporting::v1::{ListTemplatesRequest, PrintReportRequest};

use crate::cli::Report;
use crate::client::{Client, told};
use crate::explain::{Patience, figure_line, organisation, period, tree};
use crate::language::{counted, tell};
use crate::output::{answer as answer_with, is_json, json, line, print_json};

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
    };
    let mut patience = Patience::new(report.no_wait);
    let answer = loop {
        let answer = client.reports().print_report(request.clone()).await.map_err(told)?;
        let answer = answer.into_inner();
        let lacking = answer.lines.iter().filter_map(|line| line.incomplete.as_ref());
        if !patience.waits_for(lacking).await {
            break answer;
        }
    };

    let lines = &answer.lines;
    if is_json() {
        print_json(&json(&answer)?);
    } else {
        line(&format!("{}\n", answer.title));
        for printed in lines {
            line(&printed.text);
            let figures = printed.figures.iter().filter(|_| report.figures);
            figures.for_each(|figure| line(&format!("    {}", figure_line(figure))));
        }
    }
    let incomplete = lines.iter().filter(|line| line.incomplete.is_some()).count();
    if incomplete > 0 {
        let hold = counted(i64::try_from(incomplete)?, "line holds", "lines hold");
        let said = tell!(
            "{incomplete} dòng có số liệu chưa đầy đủ",
            "{hold} figures that are not complete yet"
        );
        eprintln!("congdoan: {said}");
        return Ok(Printed::Incomplete);
    }
    Ok(Printed::Whole)
}

async fn list(client: &Client) -> anyhow::Result<()> {
    let answer = client.reports().list_templates(ListTemplatesRequest {}).await.map_err(told)?;
    answer_with(&answer.into_inner(), |answer| {
        let mut lines = Vec::new();
        for template in &answer.templates {
            lines.push(format!("{:<16} {}", template.code, template.title_vi));
            for parameter in &template.parameters {
                let default = match parameter.default_value.as_str() {
                    "" => String::new(),
                    value => format!(" ({value})"),
                };
                lines.push(format!("    {}{default}: {}", parameter.name, parameter.meaning_vi));
            }
        }
        lines.join("\n")
    })
}
