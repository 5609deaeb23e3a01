//! `congdoan report`: prints a report.

use anyhow::Context;
use proto::reporting::v1::print_report_request::Parameter;
use proto::reporting::v1::{ListTemplatesRequest, PrintReportRequest};

use crate::cli::Report;
use crate::client::{Client, told};
use crate::explain::{figure_line, organisation, period, tree};

/// Prints the report, or lists what reports there are.
pub async fn run(report: Report) -> anyhow::Result<()> {
    let client = report.to.connect().await?;
    if report.list {
        return list(&client).await;
    }
    let template = report.template.context("name a template")?;
    let question = report.question.context("say --organisation, --from and --to")?;
    let answer = client
        .reports()
        .print_report(PrintReportRequest {
            template,
            organisation_id: organisation(&client, &question).await?.organisation_id,
            period: Some(period(&question)),
            tree: Some(tree(&question)),
            parameters: report
                .parameters
                .into_iter()
                .map(|(name, value)| Parameter { name, value })
                .collect(),
        })
        .await
        .map_err(told)?
        .into_inner();

    println!("{}\n", answer.title);
    for line in answer.lines {
        println!("{}", line.text);
        if report.figures {
            for figure in &line.figures {
                println!("    {}", figure_line(figure));
            }
        }
    }
    Ok(())
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
