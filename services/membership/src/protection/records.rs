//! All that is held on a person, as it was when it was to be told.

use anyhow::Context;
use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::merged;
use crate::ground::refused::Refused;
use crate::ground::scope;

/// One version of one row.
#[derive(Debug)]
pub struct Record {
    /// Its table.
    pub kind: String,
    /// Its columns, opened.
    pub content: Value,
    /// When it became known.
    pub recorded_at: Option<OffsetDateTime>,
    /// When something else did in its place.
    pub replaced_at: Option<OffsetDateTime>,
    /// Its place among those of its kind that became known at once.
    place: String,
}

/// Where a page ends: nothing of hers stands in it.
#[derive(Serialize, Deserialize)]
struct Cursor {
    kind: String,
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    recorded_at: Option<OffsetDateTime>,
    place: String,
}

/// A page of an export that this caller asked for.
pub async fn list(
    connection: &mut PgConnection,
    keys: &Keys,
    principal: &str,
    export_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<Record>, Failure> {
    let after = asked.after::<Cursor>()?;
    let export = sqlx::query!(
        "select person_id, recorded_at from person_export
         where export_id = $1 and actor = $2 and readable_until > now()",
        export_id,
        principal,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(export) = export else {
        let unknown = Refused::ExportUnknown { export_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    };
    scope::reading(connection, export.person_id, &[]).await?;
    let (kind, recorded_at, place) = match after {
        Some(after) => (Some(after.kind), after.recorded_at, Some(after.place)),
        None => (None, None, None),
    };
    let survivor = merged::survivor(connection, export.person_id, None).await?;
    let into = merged::into(connection, &[survivor]).await?;
    let all: Vec<Uuid> =
        std::iter::once(survivor).chain(into.into_iter().map(|(she, _)| she)).collect();
    // What was known then and is not any longer stands where it stood.
    let rows = sqlx::query!(
        r#"select relation as "kind!", content as "content!", recorded_at, max(replaced_at) as replaced_at,
                  md5(content::text) as "place!"
           from unnest($1::uuid[]) as she (person_id)
           cross join lateral held_on(she.person_id)
           where (recorded_at is null or recorded_at <= $2)
             and ($3::text is null
                  or (relation, coalesce(recorded_at, '-infinity'), md5(content::text))
                     > ($3, coalesce($4::timestamptz, '-infinity'), $5::text))
           group by relation, content, recorded_at
           order by relation, coalesce(recorded_at, '-infinity'), md5(content::text)
           limit $6"#,
        &all,
        export.recorded_at,
        kind,
        recorded_at,
        place,
        asked.limit(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let records = rows.into_iter().map(|row| {
        let content = opened(keys, &row.kind, row.content)
            .with_context(|| format!("open a record of {}", row.kind))?;
        let (recorded_at, replaced_at) = (row.recorded_at, row.replaced_at);
        Ok(Record { kind: row.kind, content, recorded_at, replaced_at, place: row.place })
    });
    let records = records.collect::<anyhow::Result<Vec<_>>>()?;
    asked.page(records, |record| Cursor {
        kind: record.kind.clone(),
        recorded_at: record.recorded_at,
        place: record.place.clone(),
    })
}

/// A row without what only we make of it, and with what is sealed in it opened.
fn opened(keys: &Keys, kind: &str, content: Value) -> anyhow::Result<Value> {
    let Value::Object(mut columns) = content else { return Ok(content) };
    let sealed = sealed(&mut columns)?;
    for ours in ["blind_index", "successor", "name_key"] {
        columns.remove(ours);
    }
    let Some(sealed) = sealed else { return Ok(Value::Object(columns)) };
    let person_id = columns.get("person_id").and_then(Value::as_str).map(Uuid::parse_str);
    let person_id = person_id.transpose()?.unwrap_or_default();
    let (name, text) = match kind {
        "person_identity" => {
            ("number", keys.open_sealed(Column::IdentityNumber, person_id, &sealed)?)
        }
        "person_contact" => ("phone", keys.open_sealed(Column::Phone, person_id, &sealed)?),
        "person_email" => ("email", keys.open_sealed(Column::Email, person_id, &sealed)?),
        "person_sensitive" => {
            let attribute =
                columns.get("attribute").and_then(Value::as_i64).context("no attribute")?;
            let from_on = columns.get("from_on").and_then(Value::as_str).context("no day")?;
            let format = time::macros::format_description!("[year]-[month]-[day]");
            let from_on = Date::parse(from_on, format).context("no day")?;
            let column = Column::Sensitive(i16::try_from(attribute)?, from_on);
            let value = keys.open_sealed(column, person_id, &sealed)?;
            ("value", value.trim_end().to_string())
        }
        "member_import_line" => {
            let key = columns.get("import_key").and_then(Value::as_str).context("no import")?;
            let line = columns.get("line").and_then(Value::as_i64).context("no line")?;
            let said = keys.open_line(Uuid::parse_str(key)?, line, &sealed)?;
            // What a line said is a message: its texts are what she gave.
            ("said", String::from_utf8_lossy(&said).chars().filter(|c| !c.is_control()).collect())
        }
        other => anyhow::bail!("something sealed in {other} that nobody opens"),
    };
    columns.insert(name.to_string(), Value::String(text));
    Ok(Value::Object(columns))
}

/// Takes what is sealed out of a row.
fn sealed(columns: &mut Map<String, Value>) -> anyhow::Result<Option<Sealed>> {
    let (version, ciphertext) = (columns.remove("key_version"), columns.remove("ciphertext"));
    let (Some(Value::Number(version)), Some(Value::String(ciphertext))) = (version, ciphertext)
    else {
        return Ok(None);
    };
    let version = version.as_i64().context("no version of a key")?;
    let digits = ciphertext.strip_prefix("\\x").context("no bytes")?;
    let bytes = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair)?;
        Ok(u8::from_str_radix(pair, 16)?)
    });
    let ciphertext = bytes.collect::<anyhow::Result<Vec<u8>>>()?;
    Ok(Some(Sealed { key_version: i32::try_from(version)?, ciphertext }))
}
