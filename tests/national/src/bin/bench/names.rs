//! Members by name, as somebody types it who writes no accents: inside a province, and in the
//! country.

use anyhow::ensure;
use proto::membership::v1::SearchMembersRequest;
use sqlx::PgPool;

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::timetable;

const CALLS: usize = 600;
const PER_SECOND: u32 = 20;

pub async fn measure(
    country: &Country,
    membership: &PgPool,
    people: u64,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    // As autovacuum would leave them after an import.
    sqlx::raw_sql("vacuum (analyze) person_sought").execute(membership).await?;
    let calls = if lines.is_national() { CALLS } else { CALLS / 10 };
    let named = named(membership, people, calls).await?;
    ensure!(!named.is_empty(), "there is no member");
    let province = latencies(country, calls, &named, true).await?;
    let country = latencies(country, calls, &named, false).await?;
    for (p95, bar, place) in [(province, 50.0, "a province"), (country, 150.0, "the country")] {
        let work = format!("{calls} names of members, no accents, inside {place}, p95");
        lines.add("membership", work, (p95, "ms"), None, Bar::Under(bar));
    }
    Ok(())
}

/// Names of members without diacritics, each with the province where one of that name is: common
/// ones as often as they are borne.
async fn named(
    membership: &PgPool,
    people: u64,
    calls: usize,
) -> anyhow::Result<Vec<(String, String)>> {
    let percent = (calls as f64 * 300.0 / people as f64).min(100.0);
    let named = sqlx::query_as(
        "select btrim(reverse(name_backwards(name_key))), province.organisation_id::text
         from (select * from person tablesample bernoulli ($1) repeatable (7)
               order by md5(person_id::text) limit $2) person
         cross join lateral (
             with recursive line (organisation_id, depth) as (
                 select organisation_id, 0 from membership
                 where membership.person_id = person.person_id and until_on is null
                 union all
                 select superior_id, depth + 1
                 from line
                 join access.superior edge on edge.organisation_id = line.organisation_id
                 where edge.valid @> access.today()
             )
             -- The last of the line is the Confederation.
             select organisation_id from line order by depth desc offset 1 limit 1
         ) province",
    )
    .bind(percent)
    .bind(i64::try_from(calls)?)
    .fetch_all(membership)
    .await?;
    Ok(named)
}

async fn latencies(
    country: &Country,
    calls: usize,
    named: &[(String, String)],
    in_province: bool,
) -> anyhow::Result<f64> {
    let latencies = timetable::run(calls, PER_SECOND, |n| {
        let (text, province) = named[n % named.len()].clone();
        let within_id = if in_province { province } else { String::new() };
        let memberships = country.client.fork().memberships();
        async move {
            let mut memberships = memberships;
            let request =
                SearchMembersRequest { text, within_id, ..SearchMembersRequest::default() };
            let found = memberships.search_members(request).await?.into_inner().found;
            ensure!(!found.is_empty(), "a member is not found by her name");
            Ok(())
        }
    });
    Ok(latencies.await?.at(0.95))
}
