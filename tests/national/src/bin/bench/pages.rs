//! Pages of a subtree in tree order: the first, and the one a thousand pages further.

use anyhow::{Context, ensure};
use proto::google::r#type::Date;
use proto::registry::v1::{GetOrganisationRequest, ListSubtreeRequest};

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::timetable;

/// Organisations on a page.
const PAGE: i32 = 50;
/// How far the far page is.
const FAR: usize = 1_000;
/// Calls of each line, and how many a second.
const CALLS: usize = 1_000;
const PER_SECOND: u32 = 40;

pub async fn measure(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let calls = if lines.is_national() { CALLS } else { CALLS / 10 };
    let reference = one_organisation(country, calls).await?;
    let dates = [date(2016, 1, 1), date(2025, 6, 30), date(2026, 1, 1)];
    let roots = roots(country).await?;

    let first: Vec<ListSubtreeRequest> =
        roots.iter().flat_map(|root| dates.map(|on| request(root, on, String::new()))).collect();
    let p99 = p99(country, calls, &first).await?;
    let work = format!("first page of {} subtrees at {} dates, p99", roots.len(), dates.len());
    let same_calls = Some((reference, "GetOrganisation, p99"));
    lines.add("tree", work, (p99, "ms"), same_calls, Bar::Under(20.0));

    let mut far = Vec::new();
    let mut pages = FAR;
    for on in dates {
        let (token, page) = walk(country, on).await?;
        pages = pages.min(page);
        far.push(request(&country.confederation, on, token));
    }
    let p99 = self::p99(country, calls, &far).await?;
    let work = format!("page {pages} of the whole tree at {} dates, p99", dates.len());
    lines.add("tree", work, (p99, "ms"), same_calls, Bar::Under(20.0));
    Ok(())
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

fn request(root: &str, as_of: Option<Date>, page_token: String) -> ListSubtreeRequest {
    ListSubtreeRequest {
        organisation_id: root.to_owned(),
        as_of,
        page_size: PAGE,
        page_token,
        ..ListSubtreeRequest::default()
    }
}

/// The Confederation, and the superiors with most units below them of each kind.
async fn roots(country: &Country) -> anyhow::Result<Vec<String>> {
    let mut roots: Vec<String> = sqlx::query_scalar(
        "select superior_id::text from organisation_parent where upper_inf(recorded)
         group by superior_id order by count(*) desc, superior_id limit 20",
    )
    .fetch_all(&country.registry)
    .await?;
    roots.push(country.confederation.clone());
    Ok(roots)
}

/// What a call costs that reads one organisation: in milliseconds, at the 99th percentile.
async fn one_organisation(country: &Country, calls: usize) -> anyhow::Result<f64> {
    let latencies = timetable::run(calls, PER_SECOND, |_| {
        let organisations = country.client.fork().organisations();
        let request = GetOrganisationRequest {
            organisation_id: country.confederation.clone(),
            ..GetOrganisationRequest::default()
        };
        async move {
            let mut organisations = organisations;
            organisations.get_organisation(request).await?;
            Ok(())
        }
    });
    Ok(latencies.await?.at(0.99))
}

async fn p99(
    country: &Country,
    calls: usize,
    requests: &[ListSubtreeRequest],
) -> anyhow::Result<f64> {
    let latencies = timetable::run(calls, PER_SECOND, |n| {
        let organisations = country.client.fork().organisations();
        let request = requests[n % requests.len()].clone();
        async move {
            let mut organisations = organisations;
            let page = organisations.list_subtree(request).await?.into_inner();
            ensure!(!page.organisations.is_empty(), "a page is empty");
            Ok(())
        }
    });
    Ok(latencies.await?.at(0.99))
}

/// Turns pages up to the far one, or to the last; answers the token that leads there.
async fn walk(country: &Country, on: Option<Date>) -> anyhow::Result<(String, usize)> {
    let mut organisations = country.client.organisations();
    let mut token = String::new();
    for page in 1..FAR {
        let asked = request(&country.confederation, on, token.clone());
        let answer = organisations.list_subtree(asked).await;
        let next = answer.with_context(|| format!("page {page}"))?.into_inner().next_page_token;
        if next.is_empty() {
            return Ok((token, page));
        }
        token = next;
    }
    Ok((token, FAR))
}
