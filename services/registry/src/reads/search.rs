//! Finding organisations by name or code.

use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use super::organisation::{Organisation, Scoped, organisations};
use super::{AsOf, in_scope};

/// So many are answered.
const FOUND_MAX: i64 = 50;

/// The organisations whose names have all the words, best first.
pub async fn search(
    reading: &mut Reading,
    text: &str,
    as_of: AsOf,
    within_id: Option<Uuid>,
) -> Result<Vec<Organisation>, Failure> {
    if let Some(within_id) = within_id {
        in_scope(reading, "within_id", within_id).await?;
    }
    let folded = sqlx::query_scalar!(r#"select fold($1) as "folded!""#, text)
        .fetch_one(&mut **reading)
        .await?;
    let patterns: Vec<String> = folded.split_whitespace().map(contains).collect();
    let longest = patterns.iter().max_by_key(|pattern| pattern.len()).cloned();
    let found = sqlx::query_file_scalar!(
        "src/reads/search.sql",
        &patterns,
        longest.unwrap_or_default(),
        text,
        folded,
        within_id,
        as_of.on,
        FOUND_MAX,
    )
    .fetch_all(&mut **reading)
    .await?;
    organisations(reading, &found, as_of, Scoped::Already).await
}

/// The LIKE pattern of texts that contain a word.
fn contains(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
