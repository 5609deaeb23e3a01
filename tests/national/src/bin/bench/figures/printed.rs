//! The reports of all provinces as PDF: asked for at once, followed as they are done, and fetched.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chassis::parse::civil;
use proto::reporting::v1::{
    DownloadPrintingRequest, GetPrintingRequest, Period, PrintReportsRequest, PrintingState,
    ReportFormat,
};
use time::macros::date;
use tokio::time::sleep;
use uuid::Uuid;

use crate::country::Country;
use crate::lines::{Bar, Lines};

pub async fn measure(
    country: &Country,
    provinces: &[Uuid],
    lines: &mut Lines,
) -> anyhow::Result<()> {
    let asked = PrintReportsRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_ids: provinces.iter().map(Uuid::to_string).collect(),
        template: "TONG_QUAN".to_owned(),
        period: Some(Period {
            from_on: Some(civil(date!(2024 - 01 - 01))),
            through_on: Some(civil(date!(2024 - 12 - 31))),
        }),
        format: ReportFormat::Pdf.into(),
        ..Default::default()
    };
    let begun = Instant::now();
    let printing_id = country.client.reports().print_reports(asked).await?.into_inner().printing_id;
    let mut seen = Vec::new();
    let printing = loop {
        let asked = GetPrintingRequest { printing_id: printing_id.clone() };
        let printing = country.client.reports().get_printing(asked).await?.into_inner().printing;
        let printing = printing.context("a printing")?;
        if seen.last() != Some(&printing.printed) {
            seen.push(printing.printed);
        }
        match printing.state() {
            PrintingState::Waiting | PrintingState::Printing => {
                sleep(Duration::from_millis(50)).await;
            }
            PrintingState::Ready => break printing,
            other => bail!("the printing is {other:?}"),
        }
    };
    let took = begun.elapsed().as_secs_f64();
    ensure!(printing.not_printed == 0, "{} were not printed", printing.not_printed);
    ensure!(printing.printed as usize == provinces.len(), "all are printed");
    let mut packed = 0;
    let asked = DownloadPrintingRequest { printing_id };
    let mut parts = country.client.reports().download_printing(asked).await?.into_inner();
    while let Some(part) = parts.message().await? {
        packed += part.data.len();
    }
    ensure!(packed as i64 >= printing.bytes, "all of it is fetched");
    let work = format!(
        "{} provinces' reports as PDF, {} KiB; progress was seen {} times",
        provinces.len(),
        packed / 1024,
        seen.len()
    );
    lines.add("reporting", work, (took, "s"), None, Bar::Under(60.0));
    Ok(())
}
