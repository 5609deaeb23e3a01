//! `congdoan audit figures`: what is answered, held against what is counted again.
//!
//! The audit is done by the register, beside the call that asks for it: it is asked how far it is until
//! it has come to its end.

use std::time::Duration;

use anyhow::{Context, anyhow};
use chassis::parse::civil;
use indicatif::{ProgressBar, ProgressStyle};
use proto::reporting::v1 as pb;
use system::Client;
use uuid::Uuid;

use crate::cli::{Audit, AuditCommand, AuditFigures};
use crate::explain::{organisation, period};
use crate::fault::{FAILED, FIGURES_DIFFER, fault};
use crate::language::{Language, counted, current, tell};
use crate::organisation::day;
use crate::output::{is_json, json, line, print_json, table};
use crate::told::told;

/// How often it is asked how far the audit is.
const LOOK: Duration = Duration::from_millis(300);

/// Audits, and says what differs.
pub async fn run(audit: Audit) -> anyhow::Result<()> {
    match audit.command {
        AuditCommand::Figures(figures) => audit_figures(figures).await,
    }
}

async fn audit_figures(asked: AuditFigures) -> anyhow::Result<()> {
    let client = asked.to.connect().await?;
    let organisation = organisation(&client, &asked.question).await?;
    let request = pb::BeginAuditRequest {
        request_id: Uuid::now_v7().to_string(),
        organisation_id: organisation.organisation_id.clone(),
        levels: i32::from(asked.levels),
        period: Some(period(&asked.question)),
        as_of: asked.question.as_of.map(civil),
        ..Default::default()
    };
    let begun = client.audits().begin_audit(request).await.map_err(told)?.into_inner();
    let found = wait(&client, &begun.audit_id).await?;
    let audit = found.audit.clone().unwrap_or_default();
    if is_json() {
        print_json(&json(&found)?);
    } else {
        line(&organisation.name);
        if !found.differences.is_empty() {
            print(&found.differences);
        }
    }
    let (cells, differing) = (audit.cells, audit.differing);
    if differing > 0 {
        return Err(fault(
            FIGURES_DIFFER,
            tell!(
                "{differing} trong {cells} số liệu khác với số đếm lại",
                "{differing} of {cells} numbers are not what is counted again"
            ),
        ));
    }
    if !is_json() {
        let all = counted(cells, "number is", "numbers are");
        line(&tell!("{cells} số liệu khớp với số đếm lại.", "{all} what is counted again."));
    }
    Ok(())
}

fn print(differences: &[pb::AuditDifference]) {
    let heading = [
        tell!("đối soát", "check"),
        tell!("số liệu", "figure"),
        tell!("tổ chức", "organisation"),
        tell!("tháng", "month"),
        tell!("cây", "tree"),
        tell!("trả lời", "answered"),
        tell!("đếm lại", "counted"),
    ];
    let rows: Vec<Vec<String>> = differences
        .iter()
        .map(|one| {
            let check = one.check().as_str_name().trim_start_matches("AUDIT_CHECK_").to_owned();
            let denominator = if one.denominator { " /" } else { "" };
            let date = |on| day(on).map(|on| on.to_string()).unwrap_or_default();
            vec![
                check,
                format!("{}{denominator}", one.code),
                one.organisation_id.clone(),
                one.month.map(date).unwrap_or_default(),
                one.as_of.map_or_else(|| tell!("như khi đó", "as then"), date),
                one.answered.to_string(),
                one.counted.to_string(),
            ]
        })
        .collect();
    line(&table(&heading, &rows));
}

/// Waits until the audit is done, with a progress bar where there is a terminal.
async fn wait(client: &Client, audit_id: &str) -> anyhow::Result<pb::GetAuditResponse> {
    let drawn = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
            .context("draw a progress bar")?,
    );
    drawn.set_message(tell!("đơn vị x tháng", "organisations x months"));
    loop {
        let request = pb::GetAuditRequest { audit_id: audit_id.to_owned() };
        let now = client.audits().get_audit(request).await.map_err(told)?.into_inner();
        let audit = now.audit.as_ref().ok_or_else(|| anyhow!("no audit was answered"))?;
        drawn.set_length(u64::try_from(audit.steps).unwrap_or_default());
        drawn.set_position(u64::try_from(audit.steps_done).unwrap_or_default());
        match audit.state() {
            pb::AuditState::Waiting | pb::AuditState::Counting => {}
            pb::AuditState::Done => {
                drawn.finish_and_clear();
                return Ok(now);
            }
            pb::AuditState::Cancelled => {
                return Err(fault(
                    FAILED,
                    tell!("lần đối soát đã bị hủy", "the audit was cancelled"),
                ));
            }
            _ => {
                let refusal = audit.refusal.clone().unwrap_or_default();
                let why = match current() {
                    Language::Vietnamese => refusal.vi,
                    Language::English => refusal.en,
                };
                return Err(fault(
                    FAILED,
                    tell!("không đối soát được: {why}", "the audit was not done: {why}"),
                ));
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
