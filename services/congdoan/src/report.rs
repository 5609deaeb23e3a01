//! `congdoan report`: prints a report.

use anyhow::Context;
use proto::reporting::v1::print_report_request::Parameter;
use proto::reporting::v1::{ListTemplatesRequest, PrintReportRequest};

use crate::cli::Report;
use crate::client::{Client, told};
use crate::explain::{Patience, figure_line, organisation, period, tree};

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
    let template = report.template.context("name a template")?;
    let question = report.question.context("say --organisation, --from and --to")?;
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

    println!("{}\n", answer.title);
    let lines = answer.lines;
    for line in &lines {
        println!("{}", line.text);
        if report.figures {
            for figure in &line.figures {
                println!("    {}", figure_line(figure));
            }
        }
    }
    let incomplete = lines.iter().filter(|line| line.incomplete.is_some()).count();
    if incomplete > 0 {
        eprintln!("congdoan: {incomplete} of the lines hold figures that are not complete yet");
        return Ok(Printed::Incomplete);
    }
    Ok(Printed::Whole)
}

async fn list(client: &Client) -> anyhow::Result<()> {
    let answer = client.reports().list_templates(ListTemplatesRequest {}).await.map_err(told)?;
    for template in answer.into_inner().templates {
        println!("{:<16} {}", template.code, template.title_vi);
        for parameter in template.parameters {
            let default = match parameter.default_value.as_str() {
                "" => String::new(),
                value => format!(" ({value})"),
            };
            println!("    {}{default}: {}", parameter.name, parameter.meaning_vi);
        }
    }
    Ok(())
}
