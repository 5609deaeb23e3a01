//! `congdoan activities`: what units did, as they reported it.

use std::collections::BTreeMap;

use proto::registry::v1::Organisation;
use proto::reporting::v1::{
    Activity, ActivityField, ActivityKindDetail, ListActivitiesRequest, ListActivityKindsRequest,
    RecordedActivity,
};
use system::Client;

use crate::cli::Activities;
use crate::explain::{organisation, period, tree};
use crate::language::{Language, current, tell};
use crate::organisation::day;
use crate::output::{is_json, json, line, print_json, table};
use crate::told::told;

/// Activities that are asked for at a time.
const PAGE: i32 = 500;

/// Prints the activities of an organisation and of all that lies under it, the oldest first.
pub async fn run(activities: Activities) -> anyhow::Result<()> {
    let client = activities.to.connect().await?;
    let organisation = organisation(&client, &activities.question).await?;
    let (found, more) = listed(&client, &activities, &organisation).await?;
    if is_json() {
        let found: Vec<_> = found.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({
            "organisation": json(&organisation)?,
            "activities": found,
            "more": more,
        }));
        return Ok(());
    }
    let kinds = client.activities().list_activity_kinds(ListActivityKindsRequest {}).await;
    let kinds: BTreeMap<String, ActivityKindDetail> = kinds
        .map_err(told)?
        .into_inner()
        .kinds
        .into_iter()
        .map(|kind| (kind.code.clone(), kind))
        .collect();
    line(&organisation.name);
    if found.is_empty() && !more {
        line(&tell!("Không có hoạt động nào.", "There is no activity."));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found.iter().map(|one| row(one, &kinds)).collect();
    let heading = [
        tell!("ngày", "day"),
        tell!("đơn vị", "unit"),
        tell!("hoạt động", "activity"),
        tell!("số lượng", "times"),
        tell!("số người", "people"),
        tell!("nội dung", "what"),
    ];
    line(&table(&heading, &rows));
    if more {
        let shown = found.len();
        line(&tell!("… và còn nữa sau {shown} dòng này", "… and more, after these {shown}"));
    }
    Ok(())
}

/// As many as were asked for, and whether there are more.
async fn listed(
    client: &Client,
    activities: &Activities,
    organisation: &Organisation,
) -> anyhow::Result<(Vec<RecordedActivity>, bool)> {
    let mut request = ListActivitiesRequest {
        organisation_id: organisation.organisation_id.clone(),
        subtree: !activities.itself,
        kind_codes: activities.kinds.clone(),
        period: Some(period(&activities.question)),
        tree: Some(tree(&activities.question)),
        page_size: PAGE,
        ..ListActivitiesRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let answer = client.activities().list_activities(request.clone()).await;
        let page = answer.map_err(told)?.into_inner();
        found.extend(page.activities);
        request.page_token = page.next_page_token;
        let enough = found.len() > activities.limit;
        if enough || request.page_token.is_empty() {
            let more = enough || !request.page_token.is_empty();
            found.truncate(activities.limit);
            return Ok((found, more));
        }
    }
}

fn row(one: &RecordedActivity, kinds: &BTreeMap<String, ActivityKindDetail>) -> Vec<String> {
    let activity = one.activity.clone().unwrap_or_default();
    let kind = kinds.get(&activity.kind_code);
    let people = activity.members_reached() + activity.workers_reached();
    vec![
        activity.held_on.and_then(day).map(|on| on.to_string()).unwrap_or_default(),
        one.organisation_name.clone(),
        kind.map_or_else(|| activity.kind_code.clone(), |kind| named(&kind.name_vi, &kind.name_en)),
        activity.times.to_string(),
        if people == 0 { String::new() } else { people.to_string() },
        kind.map(|kind| content(kind, &activity)).unwrap_or_default(),
    ]
}

/// What is said of it, in the order of its kind; organisations are counted.
fn content(kind: &ActivityKindDetail, activity: &Activity) -> String {
    let said = kind.fields.iter().filter_map(|of_kind| {
        let field = activity.fields.iter().find(|field| field.name == of_kind.name)?;
        let chosen = of_kind.choices.iter().filter(|choice| field.codes.contains(&choice.code));
        let chosen: Vec<String> =
            chosen.map(|choice| named(&choice.name_vi, &choice.name_en)).collect();
        let said = if chosen.is_empty() { value(field)? } else { chosen.join(", ") };
        let name = named(&of_kind.name_vi, &of_kind.name_en);
        Some(if field.name == "title" { said } else { format!("{name}: {said}") })
    });
    said.collect::<Vec<_>>().join("; ")
}

fn value(field: &ActivityField) -> Option<String> {
    if let Some(number) = field.number {
        return Some(number.to_string());
    }
    if let Some(on) = field.date.and_then(day) {
        return Some(on.to_string());
    }
    if let Some(document) = &field.document {
        return Some(format!("{} {}", document.kind, document.number).trim().to_owned())
            .filter(|said| !said.is_empty());
    }
    if let Some(employer) = &field.employer {
        return Some(employer.name.clone()).filter(|name| !name.is_empty());
    }
    if !field.organisation_ids.is_empty() {
        let count = field.organisation_ids.len();
        return Some(tell!("{count} đơn vị", "{count} organisations"));
    }
    Some(field.text.clone()).filter(|text| !text.is_empty())
}

fn named(vietnamese: &str, english: &str) -> String {
    match current() {
        Language::Vietnamese => vietnamese.to_owned(),
        Language::English => english.to_owned(),
    }
}
