//! `congdoan search`: organisations by name, code, or a commune of their territory.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use system::Client;

use crate::cli::lookup::{Search, Status};
use crate::fault::{COMMAND_LINE_INVALID, fault_of};
use crate::language::{counted, tell};
use crate::organisation::{self, day};
use crate::output::{is_json, json, line, print_json, table};
use crate::told::told_at;

/// Organisations that are asked for at a time.
const PAGE: i32 = 500;

/// So many are found by a text at most: the contract says it.
const FOUND_BY_TEXT: usize = 50;

/// What was found.
struct Found {
    organisations: Vec<pb::Organisation>,
    /// There are others that are not here, or may be: a text finds so many and no more.
    more: bool,
}

impl Found {
    /// The first of what was found; `more` where the service has others.
    fn first(mut organisations: Vec<pb::Organisation>, limit: usize, more: bool) -> Self {
        let more = more || organisations.len() > limit;
        organisations.truncate(limit);
        Self { organisations, more }
    }
}

/// Prints what is found: by the text, best first; without one, by code.
pub async fn run(search: Search) -> anyhow::Result<()> {
    let client = search.to.connect().await?;
    let Found { organisations: found, more } = match &search.text {
        Some(text) => by_text(&client, &search, text).await?,
        None => listed(&client, &search).await?,
    };
    if is_json() {
        let organisations: Vec<_> = found.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "organisations": organisations, "more": more }));
        return Ok(());
    }
    if found.is_empty() && !more {
        line(&tell!("Không tìm thấy tổ chức nào.", "Nothing was found."));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    let heading = [
        tell!("mã", "code"),
        tell!("loại", "type"),
        tell!("trạng thái", "state"),
        tell!("từ", "since"),
        tell!("tên", "name"),
    ];
    line(&table(&heading, &rows));
    line(&summed(found.len(), more, search.text.is_some()));
    Ok(())
}

/// How many are printed, and whether these are all.
fn summed(count: usize, more: bool, by_text: bool) -> String {
    let organisations =
        counted(i64::try_from(count).unwrap_or(i64::MAX), "organisation", "organisations");
    match (more, by_text) {
        (false, _) => tell!("{count} tổ chức.", "{organisations}."),
        (true, true) => tell!(
            "Chỉ in {count} tổ chức đầu; còn nữa, hoặc có thể còn: một từ cần tìm cho nhiều nhất \
             {FOUND_BY_TEXT}. Hãy ghi thêm từ, hoặc thêm tùy chọn.",
            "Only the first {organisations}; there are more, or may be: a text finds at most \
             {FOUND_BY_TEXT}. Say more of the name, or add options."
        ),
        (true, false) => tell!(
            "Chỉ in {count} tổ chức đầu; còn nữa: in nhiều hơn bằng --limit.",
            "Only the first {organisations}; there are more: --limit prints more."
        ),
    }
}

async fn by_text(client: &Client, search: &Search, text: &str) -> anyhow::Result<Found> {
    let within_id = match &search.within {
        Some(within) => below_whom(client, search, within).await?,
        None => String::new(),
    };
    let request = pb::SearchOrganisationsRequest {
        text: crate::sheet::composed(text),
        as_of: search.as_of.map(civil),
        within_id,
        r#type: search.kind.clone().unwrap_or_default(),
        sector: search.sector.clone().unwrap_or_default(),
        industry: search.industry.clone().unwrap_or_default(),
        status: status(search.status).into(),
        commune: commune(search),
        ..Default::default()
    };
    let found = client.organisations().search_organisations(request).await;
    let found = found.map_err(|status| told_at(status, option))?.into_inner().organisations;
    let full = found.len() >= FOUND_BY_TEXT;
    Ok(Found::first(found, search.limit, full))
}

async fn listed(client: &Client, search: &Search) -> anyhow::Result<Found> {
    let mut found = Vec::new();
    let mut request = pb::ListOrganisationsRequest {
        as_of: search.as_of.map(civil),
        r#type: search.kind.clone().unwrap_or_default(),
        sector: search.sector.clone().unwrap_or_default(),
        industry: search.industry.clone().unwrap_or_default(),
        status: status(search.status).into(),
        commune: commune(search),
        code_prefix: search.code_prefix.clone().unwrap_or_default(),
        page_size: PAGE,
        ..Default::default()
    };
    if let Some(within) = &search.within {
        if search.commune.is_some() {
            return Err(fault_of(
                COMMAND_LINE_INVALID,
                "TEXT",
                tell!(
                    "--commune cùng --within thì phải có từ cần tìm",
                    "--commune together with --within needs a TEXT to look for"
                ),
            ));
        }
        return below(client, search, within).await;
    }
    loop {
        let page = client.organisations().list_organisations(request.clone()).await;
        let page = page.map_err(|status| told_at(status, option))?.into_inner();
        found.extend(page.organisations);
        let more = !page.next_page_token.is_empty();
        if !more || found.len() >= search.limit {
            return Ok(Found::first(found, search.limit, more));
        }
        request.page_token = page.next_page_token;
    }
}

/// Everything below an organisation, in the order of the tree.
async fn below(client: &Client, search: &Search, within: &str) -> anyhow::Result<Found> {
    let mut found = Vec::new();
    let mut request = pb::ListSubtreeRequest {
        organisation_id: below_whom(client, search, within).await?,
        as_of: search.as_of.map(civil),
        r#type: search.kind.clone().unwrap_or_default(),
        sector: search.sector.clone().unwrap_or_default(),
        industry: search.industry.clone().unwrap_or_default(),
        status: status(search.status).into(),
        page_size: PAGE,
        ..Default::default()
    };
    loop {
        let page = client.organisations().list_subtree(request.clone()).await;
        let page = page.map_err(|status| told_at(status, option))?.into_inner();
        found.extend(page.organisations);
        let more = !page.next_page_token.is_empty();
        if !more || found.len() >= search.limit {
            return Ok(Found::first(found, search.limit, more));
        }
        request.page_token = page.next_page_token;
    }
}

/// The organisation that bore the code of --within on the day that is asked about.
async fn below_whom(client: &Client, search: &Search, within: &str) -> anyhow::Result<String> {
    let on = search.as_of.unwrap_or_else(chassis::database::today);
    Ok(organisation::on(client, within, on, "--within").await?.organisation_id)
}

fn commune(search: &Search) -> String {
    search.commune.as_deref().map(crate::sheet::composed).unwrap_or_default()
}

fn status(status: Option<Status>) -> pb::OrganisationStatus {
    match status {
        None => pb::OrganisationStatus::Unspecified,
        Some(Status::Active) => pb::OrganisationStatus::Active,
        Some(Status::Suspended) => pb::OrganisationStatus::Suspended,
        Some(Status::Ended) => pb::OrganisationStatus::Ended,
        Some(Status::NotYetFounded) => pb::OrganisationStatus::NotYetFounded,
    }
}

/// The option that a field of the request is.
fn option(field: &str) -> Option<String> {
    let option = match field {
        "text" => "TEXT",
        "as_of" => "--as-of",
        "type" => "--type",
        "sector" => "--sector",
        "industry" => "--industry",
        "commune" => "--commune",
        "code_prefix" => "--code-prefix",
        "within_id" | "organisation_id" => "--within",
        _ => return None,
    };
    Some(option.to_owned())
}

fn row(found: &pb::Organisation) -> Vec<String> {
    let since = found.status_from.or(found.founded_on).and_then(day);
    vec![
        found.code.clone(),
        found.r#type.clone(),
        state(found.status()),
        since.map(|since| since.to_string()).unwrap_or_default(),
        found.name.clone(),
    ]
}

/// Where an organisation is in its life, in words.
fn state(status: pb::OrganisationStatus) -> String {
    match status {
        pb::OrganisationStatus::Unspecified => String::new(),
        pb::OrganisationStatus::NotYetFounded => tell!("chưa thành lập", "not yet founded"),
        pb::OrganisationStatus::Active => tell!("hoạt động", "active"),
        pb::OrganisationStatus::Suspended => tell!("tạm dừng", "suspended"),
        pb::OrganisationStatus::Ended => tell!("đã kết thúc", "ended"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_off_is_told() {
        let some = |count| vec![pb::Organisation::default(); count];
        for (found, limit, more, printed, expected) in [
            (2, 2, false, 2, "2 organisations."),
            (3, 2, false, 2, "Only the first 2 organisations; there are more: --limit"),
            (2, 2, true, 2, "Only the first 2 organisations; there are more: --limit"),
            (1, 1, true, 1, "Only the first 1 organisation; there are more: --limit"),
        ] {
            let first = Found::first(some(found), limit, more);
            assert_eq!(first.organisations.len(), printed);
            let said = summed(first.organisations.len(), first.more, false);
            assert!(said.starts_with(expected), "{said}");
        }
        let said = summed(50, true, true);
        assert!(said.contains("a text finds at most 50"), "{said}");
    }
}
