//! A report as a file: in the form that is asked for, or that its name ends in.

use std::path::Path;

use chassis::parse::civil;
use clap::ValueEnum;
use proto::reporting::v1::{
    DocumentHeading, PrintReportRequest, RenderReportRequest, ReportFormat,
};
use serde_json::json;
use system::Client;

use crate::cli::{Paper, PaperForm};
use crate::fault::{FILE_INVALID, fault};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::told::{told, write_file};

/// What is asked of the file.
pub fn asked(
    report: PrintReportRequest,
    paper: &Paper,
    out: &Path,
) -> anyhow::Result<RenderReportRequest> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().into_owned());
    let of_name = ending.and_then(|ending| PaperForm::from_str(&ending, true).ok());
    let Some(form) = paper.paper_format.or(of_name) else {
        return Err(fault(
            FILE_INVALID,
            tell!(
                "không rõ dạng tệp; hãy ghi --format, hoặc tên tệp kết thúc bằng txt, csv, xlsx, html, pdf hoặc svg",
                "in which form is not clear; say --format, or end the file's name in txt, csv, xlsx, html, pdf or svg"
            ),
        ));
    };
    let format = match form {
        PaperForm::Txt => ReportFormat::Text,
        PaperForm::Csv => ReportFormat::Csv,
        PaperForm::Xlsx => ReportFormat::Xlsx,
        PaperForm::Html => ReportFormat::Html,
        PaperForm::Pdf => ReportFormat::Pdf,
        PaperForm::Svg => ReportFormat::Svg,
    };
    Ok(RenderReportRequest {
        report: Some(report),
        format: format.into(),
        chart: paper.chart,
        heading: Some(DocumentHeading {
            number: paper.number.clone().unwrap_or_default(),
            place: paper.place.clone().unwrap_or_default(),
            issued_on: paper.issued_on.map(civil),
            signer: paper.signer.clone().unwrap_or_default(),
        }),
    })
}

/// Fetches the file, and writes it when all of it is here. One that is there already stays.
pub async fn write(client: &Client, asked: RenderReportRequest, out: &Path) -> anyhow::Result<()> {
    let mut pieces = client.reports().render_report(asked).await.map_err(told)?.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.map_err(told)? {
        bytes.extend_from_slice(&piece.data);
    }
    write_file(out, &bytes)?;
    let shown = out.display();
    if is_json() {
        print_json(&json!({ "file": shown.to_string(), "bytes": bytes.len() }));
    } else {
        line(&tell!("đã ghi {shown}", "{shown} is written"));
    }
    Ok(())
}
