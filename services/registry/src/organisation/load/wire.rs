//! Loads, between the contract and the act.

use chassis::refusal::{Failure, Refusal};
use chassis::{door, parse};
use prost::Message;
use proto::registry::v1 as pb;
use proto::registry::v1::load_organisations_request as given;

use crate::ground::refused::{REFUSALS_MAX, Refused, lines_refused};
use crate::ground::wire::organisation::end_kind;
use crate::ground::wire::{NAME_MAX, SHORT_NAME_MAX, code, count, reference_code};
use crate::organisation::load::Loaded;
use crate::organisation::load::line::{Change, Ending, Line, Status};
use crate::organisation::load::parts::{Kept, Progress};

/// Changes of one line, at most.
const CHANGES_MAX: usize = 200;

/// Lines in the order of the load, the first of them with the number `first`; every one that
/// cannot be read is named.
pub fn lines(first: usize, lines: Vec<given::Line>) -> Result<Vec<Line>, Failure> {
    let mut read = Vec::with_capacity(lines.len());
    let mut refused = 0;
    let mut refusals = Vec::new();
    for (n, given) in lines.into_iter().enumerate() {
        match line(&format!("lines[{}]", first + n), given) {
            Ok(line) => read.push(line),
            Err(refusal) => {
                refused += 1;
                if refusals.len() < REFUSALS_MAX {
                    refusals.push(refusal);
                }
            }
        }
    }
    lines_refused(refused, refusals)?;
    Ok(read)
}

/// Lines as they are kept and compared: each with its length before it, so that they mean
/// the same however messages divide them.
pub fn kept(lines: &[given::Line]) -> Vec<u8> {
    let mut content = Vec::new();
    for line in lines {
        content.extend(line.encode_length_delimited_to_vec());
    }
    content
}

/// The lines that were kept of one message.
pub fn lines_kept(kept: &Kept) -> Result<Vec<Line>, Failure> {
    let mut rest = &*kept.content;
    let mut given = Vec::new();
    while !rest.is_empty() {
        let line = given::Line::decode_length_delimited(&mut rest);
        given.push(line.map_err(anyhow::Error::new)?);
    }
    lines(kept.first_line, given)
}

fn line(field: &str, mut line: given::Line) -> Result<Line, Refusal> {
    door::line(field, &mut line)?;
    let part = |part: &str| format!("{field}.{part}");
    if line.superior_code.is_empty() {
        return Err(Refused::SuperiorRequired.refusal().field(part("superior_code")));
    }
    parse::at_most(&part("changes"), line.changes.len(), CHANGES_MAX)?;
    let changes = line.changes.into_iter().enumerate();
    Ok(Line {
        code: code(&part("code"), &line.code)?,
        name: parse::text(&part("name"), &line.name, NAME_MAX)?,
        short_name: parse::optional_text(&part("short_name"), &line.short_name, SHORT_NAME_MAX)?
            .unwrap_or_default(),
        type_code: reference_code(&part("type"), &line.r#type)?,
        sector: optional_reference_code(&part("sector"), &line.sector)?,
        industry: optional_reference_code(&part("industry"), &line.industry)?,
        superior_code: code(&part("superior_code"), &line.superior_code)?,
        founded_on: parse::date(&part("founded_on"), line.founded_on)?,
        changes: changes
            .map(|(n, given)| change_of(&part(&format!("changes[{n}]")), given))
            .collect::<Result<_, _>>()?,
        ending: line.ending.map(|given| ending(&part("ending"), &given)).transpose()?,
    })
}

fn change_of(field: &str, given: given::Change) -> Result<Change, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    let status = match given.status() {
        pb::OrganisationStatus::Unspecified => None,
        pb::OrganisationStatus::Active => Some(Status::Active),
        pb::OrganisationStatus::Suspended => Some(Status::Suspended),
        // Founding and end have fields of their own.
        pb::OrganisationStatus::NotYetFounded | pb::OrganisationStatus::Ended => {
            return Err(parse::required(&part("status")));
        }
    };
    Ok(Change {
        from_on: parse::date(&part("from_on"), given.from_on)?,
        code: optional_code(&part("code"), &given.code)?,
        name: parse::optional_text(&part("name"), &given.name, NAME_MAX)?,
        short_name: parse::optional_text(&part("short_name"), &given.short_name, SHORT_NAME_MAX)?,
        type_code: optional_reference_code(&part("type"), &given.r#type)?,
        sector: optional_reference_code(&part("sector"), &given.sector)?,
        industry: optional_reference_code(&part("industry"), &given.industry)?,
        superior_code: optional_code(&part("superior_code"), &given.superior_code)?,
        status,
    })
}

fn ending(field: &str, given: &given::Ending) -> Result<Ending, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    Ok(Ending {
        ended_on: parse::date(&part("ended_on"), given.ended_on)?,
        kind: end_kind(&part("kind"), given.kind())?,
        principal_successor_code: optional_code(
            &part("principal_successor_code"),
            &given.principal_successor_code,
        )?,
    })
}

fn optional_code(field: &str, given: &str) -> Result<Option<String>, Refusal> {
    if given.is_empty() { Ok(None) } else { code(field, given).map(Some) }
}

fn optional_reference_code(field: &str, given: &str) -> Result<Option<String>, Refusal> {
    if given.is_empty() { Ok(None) } else { reference_code(field, given).map(Some) }
}

/// The answer of a load.
pub fn loaded(loaded: Loaded) -> pb::LoadOrganisationsResponse {
    pb::LoadOrganisationsResponse { organisations: count(loaded.organisations) }
}

/// How far a load has come.
pub fn progress(progress: Progress) -> pb::GetLoadResponse {
    let number = |lines: i64| i32::try_from(lines).unwrap_or(i32::MAX);
    pb::GetLoadResponse {
        lines_kept: number(progress.lines_kept),
        loaded: progress.organisations.is_some(),
        organisations: number(progress.organisations.unwrap_or_default()),
    }
}
