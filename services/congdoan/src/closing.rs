//! `congdoan closing`: periods that are closed, exported, and verified without asking anybody.

use std::path::Path;

use anyhow::{Context, bail};
use chassis::parse::civil;
use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage};
use proto::reporting::v1::*;
use reporting::closing::wire::verify_export;
use system::Client;
use uuid::Uuid;

use crate::cli::closing::{Closing as Asked, ClosingCommand as Command};
use crate::language::tell;
use crate::organisation::{day, today};
use crate::output::{answer, is_json, json, line, print_json, table};
use crate::told::{in_words, read_file, told, write_file};

/// Cells and closings that are asked for at a time.
const PAGE: i32 = 500;

/// Does what the command says.
pub async fn run(closing: Asked) -> anyhow::Result<()> {
    match closing.command {
        Command::Close { organisation, from, through, to } => {
            let client = to.connect().await?;
            let request = ClosePeriodRequest {
                request_id: Uuid::new_v4().to_string(),
                organisation_id: today(&client, &organisation).await?.organisation_id,
                period: Some(Period {
                    from_on: Some(civil(from)),
                    through_on: Some(civil(through)),
                }),
                ..Default::default()
            };
            let closed = client.closings().close_period(request).await.map_err(told)?;
            answer(&closed.into_inner(), |closed| closed.closing_id.clone())
        }
        Command::Revise { closing_id, message, to } => {
            let client = to.connect().await?;
            let request = ReviseClosingRequest {
                request_id: Uuid::new_v4().to_string(),
                closing_id: closing_id.to_string(),
                reason: message,
                ..Default::default()
            };
            let revised = client.closings().revise_closing(request).await.map_err(told)?;
            answer(&revised.into_inner(), |revised| revised.closing_id.clone())
        }
        Command::List { organisation, to } => list(&to.connect().await?, &organisation).await,
        Command::Differences { closing_id, other, to } => {
            differences(&to.connect().await?, closing_id, other).await
        }
        Command::Export { closing_id, file, to } => {
            let export = export(&to.connect().await?, closing_id).await?;
            written(&file, &export)
        }
        Command::Keys { file, to } => {
            let client = to.connect().await?;
            let keys = client.closings().list_closing_keys(ListClosingKeysRequest {}).await;
            written(&file, &keys.map_err(told)?.into_inner())
        }
        Command::Verify { export, keys } => verify(&export, &keys),
    }
}

/// Writes a message to a file, as JSON.
fn written<M: Message + Name>(file: &Path, message: &M) -> anyhow::Result<()> {
    write_file(file, format!("{:#}\n", json(message)?))?;
    let name = file.display().to_string();
    if is_json() {
        print_json(&serde_json::json!({ "file": name }));
    } else {
        line(&tell!("Đã ghi {name}.", "{name} is written."));
    }
    Ok(())
}

async fn list(client: &Client, organisation: &str) -> anyhow::Result<()> {
    let mut request = ListClosingsRequest {
        organisation_id: today(client, organisation).await?.organisation_id,
        page_size: PAGE,
        ..Default::default()
    };
    let mut closings = Vec::new();
    loop {
        let page = client.closings().list_closings(request.clone()).await.map_err(told)?;
        let page = page.into_inner();
        closings.extend(page.closings);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    if is_json() {
        let closings: Vec<_> = closings.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "closings": closings }));
        return Ok(());
    }
    let heading = [
        tell!("lần chốt", "closing"),
        tell!("kỳ", "period"),
        tell!("bản", "revision"),
        tell!("số ô", "cells"),
        tell!("mã băm", "digest"),
    ];
    let row = |closing: &Closing| {
        let period = closing.period.unwrap_or_default();
        let on = |date: Option<_>| date.and_then(day).map(|on| on.to_string()).unwrap_or_default();
        vec![
            closing.closing_id.clone(),
            format!("{} – {}", on(period.from_on), on(period.through_on)),
            closing.revision.to_string(),
            closing.cells.to_string(),
            closing.digest.clone(),
        ]
    };
    line(&table(&heading, &closings.iter().map(row).collect::<Vec<_>>()));
    Ok(())
}

async fn differences(client: &Client, closing_id: Uuid, other: Option<Uuid>) -> anyhow::Result<()> {
    let mut request = ListClosingDifferencesRequest {
        closing_id: closing_id.to_string(),
        other_closing_id: other.map(|other| other.to_string()).unwrap_or_default(),
        page_size: PAGE,
        ..Default::default()
    };
    let mut whole = ListClosingDifferencesResponse::default();
    loop {
        let page = client.closings().list_closing_differences(request.clone()).await;
        let page = page.map_err(told)?.into_inner();
        whole.differences.extend(page.differences);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    answer(&whole, |whole| {
        if whole.differences.is_empty() {
            return tell!("Không có ô nào khác.", "No cell differs.");
        }
        let heading = [
            tell!("chỉ tiêu", "indicator"),
            tell!("dòng", "line"),
            tell!("đã chốt", "closed"),
            tell!("khác", "otherwise"),
        ];
        let number = |value: i64, denominator: i64| match denominator {
            0 => value.to_string(),
            denominator => format!("{value} / {denominator}"),
        };
        let row = |one: &list_closing_differences_response::Difference| {
            let line = if one.name.is_empty() { &one.line } else { &one.name };
            vec![
                one.indicator.clone(),
                line.clone(),
                number(one.closed_value, one.closed_denominator),
                number(one.value, one.denominator),
            ]
        };
        table(&heading, &whole.differences.iter().map(row).collect::<Vec<_>>())
    })
}

/// A closing and all its cells.
async fn export(client: &Client, closing_id: Uuid) -> anyhow::Result<ClosingExport> {
    let request = GetClosingRequest { closing_id: closing_id.to_string() };
    let closing = client.closings().get_closing(request).await.map_err(told)?.into_inner().closing;
    let mut request = ListClosingCellsRequest {
        closing_id: closing_id.to_string(),
        page_size: PAGE,
        ..Default::default()
    };
    let mut cells = Vec::new();
    loop {
        let page = client.closings().list_closing_cells(request.clone()).await.map_err(told)?;
        let page = page.into_inner();
        cells.extend(page.cells);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return Ok(ClosingExport { closing, cells });
        }
    }
}

/// Verifies what was exported with keys that came another way; asks nobody.
fn verify(export: &Path, keys: &Path) -> anyhow::Result<()> {
    let export: ClosingExport = read(export)?;
    let keys: ListClosingKeysResponse = read(keys)?;
    let verified = verify_export(&export, &keys.keys);
    let closing = export.closing.clone().unwrap_or_default();
    let found = VerifyClosingResponse {
        valid: verified.valid(),
        chain_holds: verified.chain_holds,
        signature_holds: verified.signature_holds,
        digest: verified.digest,
    };
    if !found.chain_holds {
        bail!(tell!(
            "Chuỗi băm không khớp: số liệu trong tệp không phải số liệu đã chốt.",
            "The chain does not hold: what is in the file is not what was closed."
        ));
    }
    if !found.signature_holds {
        bail!(tell!(
            "Chữ ký không khớp với khóa nào trong tệp khóa.",
            "The signature is of no key in the file of keys."
        ));
    }
    answer(&found, |found| {
        let (name, revision, digest) =
            (&closing.organisation_name, closing.revision, &found.digest);
        tell!(
            "Đúng số liệu đã chốt: {name}, bản {revision}, mã băm {digest}.",
            "As it was closed: {name}, revision {revision}, digest {digest}."
        )
    })
}

/// A message in a file, as JSON.
fn read<M: Message + Name + Default>(file: &Path) -> anyhow::Result<M> {
    let name = file.display().to_string();
    let wrong = || tell!("không đọc được {name}", "cannot read {name}");
    let text = read_file(file)?;
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).context("read the contracts")?;
    let descriptor = pool.get_message_by_name(&M::full_name()).context("a message of ours")?;
    let mut json = serde_json::Deserializer::from_slice(&text);
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let message = DynamicMessage::deserialize_with_options(descriptor, &mut json, &options)
        .map_err(|error| in_words(error.into(), wrong()))?;
    message.transcode_to().map_err(|error| in_words(error.into(), wrong()))
}
