//! What is sealed is sealed anew with the newest data key, while calls are answered: each value is opened
//! with the key that sealed it, before and after. When a whole pass has found nothing, no value of a
//! person needs an older key; what lines of files said is forgotten after 30 days.

use std::sync::Arc;
use std::time::Duration;

use chassis::database::today;
use sqlx::PgPool;
use time::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ground::keys::{Column, Keys, Sealed};
use crate::protection::walk;

/// How long it is from one look at the file of keys to the next.
const LOOK: Duration = Duration::from_secs(60);

/// How long it is from one step to the next: calls come first.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks for new keys each minute, and seals with the newest, until `stopping`.
pub async fn run(pool: PgPool, keys: Arc<Keys>, stopping: CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
        if let Err(error) = keys.reopen(today()) {
            tracing::warn!(error = format!("{error:#}"), "the data keys cannot be read");
            continue;
        }
        while keys.several() {
            let step = tokio::select! {
                step = step(&pool, &keys) => step,
                () = stopping.cancelled() => return Ok(()),
            };
            match step {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::warn!(error, "sealing with another key failed");
                    break;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stopping.cancelled() => return Ok(()),
            }
        }
    }
}

/// A value that is sealed with an older key.
struct Old {
    relation: String,
    person_id: Uuid,
    attribute: Option<i16>,
    from_on: Option<Date>,
    key_version: i32,
    ciphertext: Vec<u8>,
}

impl Old {
    fn column(&self) -> anyhow::Result<Column> {
        Ok(match (self.relation.trim_end_matches("_past"), self.attribute, self.from_on) {
            ("person_identity", None, None) => Column::IdentityNumber,
            ("person_contact", None, None) => Column::Phone,
            ("person_email", None, None) => Column::Email,
            ("person_sensitive", Some(attribute), Some(from_on)) => {
                Column::Sensitive(attribute, from_on)
            }
            (other, ..) => anyhow::bail!("nobody knows how {other} is sealed"),
        })
    }
}

/// Seals anew what is sealed with an older key of some hundreds of people; answers how many values, or
/// none where everybody has been looked at.
pub async fn step(pool: &PgPool, keys: &Keys) -> anyhow::Result<Option<u64>> {
    let newest = keys.newest();
    let task = format!("data key {newest}");
    let Some(mut step) = walk::begin(pool, &task).await? else { return Ok(None) };
    // Whoever writes what is sealed has locked the person.
    sqlx::query!("select from lock_people($1)", &step.person_ids)
        .execute(&mut *step.transaction)
        .await?;
    let old = sqlx::query_file_as!(Old, "src/protection/old.sql", &step.person_ids, newest)
        .fetch_all(&mut *step.transaction)
        .await?;
    let mut resealed = 0;
    for of_one in old.chunk_by(|one, other| one.relation == other.relation) {
        let Some(relation) = of_one.first().map(|old| old.relation.as_str()) else { continue };
        let (mut person_ids, mut was, mut now) = (Vec::new(), Vec::new(), Vec::new());
        for old in of_one {
            let (key_version, ciphertext) = (old.key_version, old.ciphertext.clone());
            let column = old.column()?;
            let sealed = Sealed { key_version, ciphertext };
            let text = keys.open_sealed(column, old.person_id, &sealed)?;
            let anew = keys.seal(column, old.person_id, &text)?;
            anyhow::ensure!(anew.key_version == newest, "a newer data key has come meanwhile");
            person_ids.push(old.person_id);
            was.push(sealed.ciphertext);
            now.push(anew.ciphertext);
        }
        let changed = sqlx::query_scalar!(
            r#"select reseal($1, $2, $3, $4, $5) as "changed!""#,
            relation,
            &person_ids,
            &was,
            newest,
            &now,
        )
        .fetch_one(&mut *step.transaction)
        .await?;
        resealed += changed;
    }
    let before = step.done;
    let goes_on = step.end(resealed).await?;
    if !goes_on && before == 0 {
        tracing::info!(version = newest, "everything of people is sealed with this data key");
    }
    Ok(goes_on.then_some(u64::try_from(resealed).unwrap_or_default()))
}
