//! What commands print: words for a person, or, with `--json`, one JSON document for a program.
//!
//! The JSON of an answer is that of the contracts, as the gateway gives it over HTTP: fields in
//! `lowerCamelCase`, those of their default value as well. Fields are added to it and never
//! change their meaning. What no one call answers is put together of such answers:
//!
//! | command | document |
//! |---|---|
//! | `search` | `organisations`: of Organisation; `more`: whether there are others, or may be |
//! | `list types`, `sectors`, `industries`, `roles`, `indicators`, `activity-kinds` | ListOrganisationTypesResponse, and so on |
//! | `member` | GetMemberResponse |
//! | `members template` | `file` |
//! | `members check` | `file`, `people`, `linesRefused`, `fields`: each like those of what went wrong, `remarks` |
//! | `members import` | `importId`, `validateOnly`, `admitted`, `alreadyMembers`, `candidates`, `refused`, `warned`, `corrected`: the file with who was not taken, if anybody, `remarks` |
//! | `members export` | `file`, `exportId`, `people`, `withIdentity` |
//! | `reference load` | LoadReferenceResponse: with `--dry-run`, what would be |
//! | `indicators load`, `list` | LoadIndicatorsResponse: with `--dry-run`, what would be; ListIndicatorsResponse |
//! | `load` | `loadId`, `validateOnly`, `organisations`, `linesKept`, `loadedBefore` |
//! | `plan create`, `copy`, `list`, `add`, `remove`, `commit`, `undo`, `show` | CreatePlanResponse, CopyPlanResponse, ListPlansResponse, AddPlanStepsResponse, RemovePlanStepsResponse, PlanCommitted, PlanUndone, GetPlanResponse |
//! | `plan mend`, `replace` | `removed`, `replaced`, `added`; `replaced` |
//! | `plan steps`, `plan generate-2025` | `steps`: of PlanStep; with `--file`, `file` and `steps`: how many |
//! | `plan dry-run` | `dryRun`: DryRun; `conflicts`: the first 100, of PlanConflict; `more`: whether there are others, which `plan conflicts` lists |
//! | `plan conflicts` | `conflicts`: of PlanConflict; `dryRun`, `mendedSince` |
//! | `plan review` | `steps`: of ReviewPlanResponse's; `dryRun`, `mendedSince`, `absentParts`; of a plan that was run dry as it is, `unitsUnknown`, `membersWhoContinue`, `membershipsThatEnd`, `quotasOpen`, `quotasHandedDown`, less what an absent part would tell |
//! | `report`, `report --list` | PrintReportResponse, ListTemplatesResponse |
//! | `explain` | `organisation`: Organisation; `figure`: Figure; `units`: of ExplainedUnit |
//! | `activities` | `organisation`: Organisation; `activities`: of RecordedActivity; `more`: whether there are others |
//! | `periodic-reports forms`, `open`, `show` | ListPeriodicReportFormsResponse, OpenPeriodicReportsResponse, GetPeriodicReportResponse |
//! | `periodic-reports draft`, `declare`, `consolidate`, `submit`, `return`, `reopen`, `approve`, `revise`, `waive` | DraftPeriodicReportResponse, and so on |
//! | `periodic-reports openings`; `list`, `reminders` | `openings`: of GetPeriodicReportOpeningResponse; `reports`: of PeriodicReportLine, `more`: whether there are others |
//! | `closing close`, `revise`, `verify` | ClosePeriodResponse, ReviseClosingResponse, VerifyClosingResponse |
//! | `closing list`; `differences` | `closings`: of Closing; ListClosingDifferencesResponse, with all of them |
//! | `closing export`, `keys` | `file`: with a ClosingExport, a ListClosingKeysResponse |
//! | `targets`, `targets --cascade` | `organisation`: Organisation; `targets`: of MeasuredTarget; `apportioned`: of ApportionedTarget; GetTargetCascadeResponse |
//! | `token` | `accessToken`, `issuer`, `subject` |
//! | `bootstrap` | `confederationId`, `issuer`, `administrator` |
//! | `up` | `gateway`, `issuer`, `services`, `data`, `administrator` |
//! | `keys`, `migrate` | `directory`; `service` |
//! | `feed show`, `skip`, `restored` | `service`, and `followers`, each with `source`, `position` and `halted`; `source` and `change`; `epoch` |
//! | `completion` | `shell`, `script` |
//!
//! What went wrong is a document on standard error: `error`, with `message`, `text`, `reason`,
//! `domain`, `metadata` and `fields`, each with `field`, `place`, `reason` and `message`. Of a
//! refusal the reason is one of the contracts; of what is wrong on this side of the line it is one
//! of [`crate::fault::REASONS`], and the fields of a file have `file`, `line` and `column` besides.

use std::io::{self, Write};
use std::sync::OnceLock;

use anyhow::Context;
use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value as Json;

static AS_JSON: OnceLock<bool> = OnceLock::new();

/// Decides whether this process prints JSON; whoever decides first, decides.
pub fn choose(as_json: bool) {
    AS_JSON.get_or_init(|| as_json);
}

/// Whether this process prints JSON.
pub fn is_json() -> bool {
    *AS_JSON.get_or_init(|| false)
}

/// A message of the contracts as they describe it.
fn described<M: Name>() -> anyhow::Result<MessageDescriptor> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| DescriptorPool::decode(proto::DESCRIPTORS).ok());
    let descriptor = pool.as_ref().and_then(|pool| pool.get_message_by_name(&M::full_name()));
    descriptor.with_context(|| format!("find {} in the contracts", M::full_name()))
}

/// A message of the contracts as TOML, its fields as the contracts name them, such as a person can change.
pub fn to_toml<M: Message + Name>(message: &M) -> anyhow::Result<String> {
    let dynamic = DynamicMessage::decode(described::<M>()?, &*message.encode_to_vec())?;
    let as_named = SerializeOptions::new().use_proto_field_name(true);
    let value = dynamic.serialize_with_options(serde_json::value::Serializer, &as_named)?;
    toml::to_string_pretty(&value).context("write a file")
}

/// The message that a file of TOML says.
pub fn of_toml<M: Message + Name + Default>(text: &str) -> anyhow::Result<M> {
    let read = toml::de::Deserializer::parse(text)?;
    let dynamic = DynamicMessage::deserialize(described::<M>()?, read)?;
    dynamic.transcode_to().context("read a file")
}

/// A message of the contracts as JSON.
pub fn json<M: Message + Name>(message: &M) -> anyhow::Result<Json> {
    let dynamic = DynamicMessage::decode(described::<M>()?, &*message.encode_to_vec())?;
    let every_field = SerializeOptions::new().skip_default_fields(false);
    dynamic
        .serialize_with_options(serde_json::value::Serializer, &every_field)
        .context("write an answer as JSON")
}

/// Prints a JSON document.
pub fn print_json(document: &Json) {
    line(&format!("{document:#}"));
}

/// Prints an answer: as JSON, or as the words that are made of it.
pub fn answer<M: Message + Name>(
    message: &M,
    words: impl FnOnce(&M) -> String,
) -> anyhow::Result<()> {
    if is_json() {
        print_json(&json(message)?);
    } else {
        line(&words(message));
    }
    Ok(())
}

/// Prints a line, or several. Whoever reads no further, as `head` does, ends us: nothing is wrong
/// then, and there is nobody to tell it to.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A table in columns that are as wide as what stands in them; the last one is not filled up.
pub fn table(heading: &[String], rows: &[Vec<String>]) -> String {
    let width = |n: usize| {
        let column = rows.iter().filter_map(|row| row.get(n)).chain(heading.get(n));
        column.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let shown = |row: &[String]| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                let blank = " ".repeat(width.saturating_sub(cell.chars().count()));
                format!("{cell}{blank}")
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let lines: Vec<String> =
        std::iter::once(shown(heading)).chain(rows.iter().map(|row| shown(row))).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proto::registry::v1::{CreatePlanResponse, PlanCommitted};

    use super::*;

    #[test]
    fn an_answer_is_the_json_of_the_contracts() {
        let created = CreatePlanResponse { plan_id: "p".to_owned() };
        assert_eq!(json(&created).expect("json"), serde_json::json!({ "planId": "p" }));
        let done = json(&PlanCommitted { units_ended: 2, ..Default::default() }).expect("json");
        assert_eq!((&done["unitsEnded"], &done["unitsFounded"]), (&2.into(), &0.into()));
    }

    #[test]
    fn a_table_counts_letters_and_not_bytes() {
        let cell = |text: &str| text.to_owned();
        let drawn = table(
            &[cell("mã"), cell("tên")],
            &[vec![cell("HN"), cell("Hà Nội")], vec![cell("ĐỒNG-1"), cell("Một")]],
        );
        assert_eq!(drawn, "mã      tên\nHN      Hà Nội\nĐỒNG-1  Một");
    }
}
