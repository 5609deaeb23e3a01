//! Names as somebody types them who writes no accents and makes two mistakes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::registry::v1::SearchOrganisationsRequest;

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::timetable;

const CALLS: usize = 600;
const PER_SECOND: u32 = 20;

pub async fn measure(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let calls = if lines.is_national() { CALLS } else { CALLS / 10 };
    // Names that are nobody else's: what is typed means one unit.
    let named: Vec<(String, String)> = sqlx::query_as(
        "select min(organisation_id::text), min(fold(name)) from organisation_name
         where upper_inf(recorded) and upper_inf(valid)
         group by name having count(*) = 1
         order by md5(name) limit $1",
    )
    .bind(i64::try_from(calls)?)
    .fetch_all(&country.registry)
    .await?;
    let asked: Vec<(String, String)> = named
        .into_iter()
        .enumerate()
        .map(|(n, (organisation_id, name))| (organisation_id, mistyped(&name, n)))
        .collect();
    let found = Arc::new(AtomicUsize::new(0));
    let latencies = timetable::run(calls, PER_SECOND, |n| {
        let (organisation_id, text) = asked[n % asked.len()].clone();
        let organisations = country.client.fork().organisations();
        let found = found.clone();
        async move {
            let mut organisations = organisations;
            let request =
                SearchOrganisationsRequest { text, ..SearchOrganisationsRequest::default() };
            let answer = organisations.search_organisations(request).await?;
            let best = answer.into_inner().organisations.into_iter().take(10);
            if best.into_iter().any(|one| one.organisation_id == organisation_id) {
                found.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }
    });
    let latencies = latencies.await?;
    let work = format!("{calls} names, no accents, two typing errors, p95");
    lines.add(
        "search",
        work,
        (latencies.at(0.95), "ms"),
        Some((exact(country, calls).await?, "exact words, p95")),
        Bar::Under(30.0),
    );
    let share = found.load(Ordering::Relaxed) as f64 / calls as f64;
    lines.add(
        "search",
        "the one meant is among the first ten",
        (share * 100.0, "%"),
        None,
        Bar::None,
    );
    Ok(())
}

/// The same names as they are written.
async fn exact(country: &Country, calls: usize) -> anyhow::Result<f64> {
    let names: Vec<String> = sqlx::query_scalar(
        "select name from organisation_name where upper_inf(recorded) and upper_inf(valid)
         order by md5(name) limit 100",
    )
    .fetch_all(&country.registry)
    .await?;
    let latencies = timetable::run(calls, PER_SECOND, |n| {
        let text = names[n % names.len()].clone();
        let organisations = country.client.fork().organisations();
        async move {
            let mut organisations = organisations;
            let request =
                SearchOrganisationsRequest { text, ..SearchOrganisationsRequest::default() };
            organisations.search_organisations(request).await?;
            Ok(())
        }
    });
    Ok(latencies.await?.at(0.95))
}

/// A letter is missing and another one is wrong, somewhere in the last words.
fn mistyped(name: &str, n: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let from = letters.len() / 2;
    let place = |step: usize| from + (n * 7 + step) % (letters.len() - from).max(1);
    let (missing, wrong) = (place(1), place(5));
    if letters[wrong].is_alphabetic() {
        letters[wrong] = if letters[wrong] == 'x' { 'z' } else { 'x' };
    }
    letters.remove(missing);
    letters.into_iter().collect::<String>().trim().to_owned()
}
