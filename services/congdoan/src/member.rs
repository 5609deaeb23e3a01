//! `congdoan member`: a person of the register, and where she is or was a member.

use proto::membership::v1 as pb;
use proto::registry::v1::BatchGetOrganisationsRequest;
use std::collections::HashMap;
use system::Client;

use crate::cli::lookup::Member;
use crate::language::tell;
use crate::organisation::day;
use crate::output::{answer, table};
use crate::told::told;

/// Prints the person, and whom to ask for what is left out.
pub async fn run(member: Member) -> anyhow::Result<()> {
    let client = member.to.connect().await?;
    let request = pb::GetMemberRequest { person_id: member.person_id.to_string(), known_at: None };
    let found = client.memberships().get_member(request).await.map_err(told)?.into_inner();
    let names = names(&client, &found.memberships).await?;
    answer(&found, |found| words(found, &names))
}

/// What the unions of these memberships are called, as far as the caller may know them.
async fn names(
    client: &Client,
    memberships: &[pb::Membership],
) -> anyhow::Result<HashMap<String, String>> {
    let organisation_ids: Vec<String> =
        memberships.iter().map(|membership| membership.organisation_id.clone()).collect();
    let request = BatchGetOrganisationsRequest { organisation_ids, ..Default::default() };
    let found = client.organisations().batch_get_organisations(request).await.map_err(told)?;
    let found = found.into_inner().organisations.into_iter();
    Ok(found.map(|one| (one.organisation_id, format!("{} {}", one.code, one.name))).collect())
}

fn words(found: &pb::GetMemberResponse, names: &HashMap<String, String>) -> String {
    let person = found.person.clone().unwrap_or_default();
    let born = match person.birth_date.and_then(day) {
        Some(on) => on.to_string(),
        None if person.birth_year > 0 => person.birth_year.to_string(),
        None => String::new(),
    };
    let mut lines = vec![format!("{}  {born}", person.name).trim_end().to_owned()];
    if let Some(number) = &person.identity_number {
        lines.push(tell!("Số định danh: {number}", "Identity number: {number}"));
    }
    if let Some(phone) = &person.phone {
        lines.push(tell!("Điện thoại: {phone}", "Telephone: {phone}"));
    }
    let rows: Vec<Vec<String>> = found
        .memberships
        .iter()
        .map(|one| {
            let on = |on: Option<proto::google::r#type::Date>| {
                on.and_then(day).map(|on| on.to_string()).unwrap_or_default()
            };
            let union = names.get(&one.organisation_id).unwrap_or(&one.organisation_id);
            vec![on(one.from_on), on(one.until_on), union.clone()]
        })
        .collect();
    lines.push(table(
        &[tell!("từ", "from"), tell!("trước", "until"), tell!("công đoàn", "union")],
        &rows,
    ));
    if !found.identity_roles.is_empty() {
        let roles = found.identity_roles.join(", ");
        lines.push(tell!(
            "Số định danh và điện thoại chỉ hiện cho vai trò {roles}.",
            "The identity number and the telephone are shown to the role {roles} only."
        ));
    }
    lines.join("\n")
}
