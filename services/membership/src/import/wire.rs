//! Imports, between the contract and the act.

use chassis::door;
use chassis::parse::{self, id_or_empty};
use chassis::refusal::{Failure, Refusal};
use feeds::membership::AdmissionKind;
use prost::Message;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::Header;
use proto::membership::v1::list_import_lines_response as listed;
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, plausible};
use crate::ground::person::Line as Person;
use crate::ground::refused::Refused;
use crate::ground::wire::{dated, person_line};
use crate::import::came::Cells;
use crate::import::lines::{Listed, Outcomes};
use crate::import::progress::Progress;
use crate::import::terms::Terms;

/// A line as it was read.
pub struct Given {
    /// Who.
    pub person: Person,
    /// The union.
    pub organisation_id: Uuid,
    /// From when on.
    pub on: Date,
    /// She is another than those who have her name and birth.
    pub is_another: bool,
    /// Where she was born; may be empty.
    pub birth_province: String,
}

/// What the header says of all lines.
pub fn terms(header: &Header, today: Date) -> Result<Terms, Refusal> {
    let kind = match pb::AdmissionKind::try_from(header.kind) {
        Ok(pb::AdmissionKind::Unspecified) => return Err(parse::required("header.kind")),
        Ok(pb::AdmissionKind::Admitted) => AdmissionKind::Admitted,
        Ok(pb::AdmissionKind::Recognised) => AdmissionKind::Recognised,
        Ok(pb::AdmissionKind::Readmitted) => AdmissionKind::Readmitted,
        Err(_) => {
            return Err(Refused::EnumValueUnknown { field: "header.kind".to_string() }.into());
        }
    };
    let effective_on = parse::date("header.effective_on", header.effective_on)?;
    let dated = dated(
        effective_on,
        &header.decision_number,
        header.decision_issued_on,
        header.basis.clone(),
    )?;
    plausible(&dated, today)?;
    Ok(Terms {
        organisation_id: parse::optional_id("header.organisation_id", &header.organisation_id)?,
        kind,
        dated,
        validate_only: header.validate_only,
    })
}

/// The header of a file, as that of its lines.
pub fn header_of_file(header: pb::import_file_request::Header) -> Header {
    Header {
        request_id: header.request_id,
        validate_only: header.validate_only,
        organisation_id: header.organisation_id,
        kind: header.kind,
        effective_on: header.effective_on,
        decision_number: header.decision_number,
        decision_issued_on: header.decision_issued_on,
        basis: header.basis,
        first_line: 0,
        continues: false,
    }
}

/// What of the header is the same in every stream of an import.
pub fn lasting(header: &Header) -> Vec<u8> {
    let mut lasting = header.clone();
    lasting.first_line = 0;
    lasting.continues = false;
    lasting.validate_only = false;
    lasting.encode_to_vec()
}

/// A line, in its own values.
pub fn line(mut line: pb::ImportLine, terms: &Terms, today: Date) -> Result<Given, Refusal> {
    door::line("line", &mut line)?;
    let organisation_id = match parse::optional_id("organisation_id", &line.organisation_id)? {
        Some(organisation_id) => organisation_id,
        None => terms.organisation_id.ok_or_else(|| parse::required("organisation_id"))?,
    };
    let on = parse::optional_date("joined_on", line.joined_on)?.unwrap_or(terms.dated.effective_on);
    not_too_far("joined_on", on, today)?;
    let person =
        person_line(&|field| format!("person.{field}"), line.person.unwrap_or_default(), on)?;
    Ok(Given {
        person,
        organisation_id,
        on,
        is_another: line.is_another,
        birth_province: line.birth_province,
    })
}

/// How far an import has come.
pub fn import(progress: Progress) -> pb::Import {
    pb::Import {
        import_id: progress.import_id.to_string(),
        validate_only: progress.validate_only,
        lines_done: progress.lines_done,
        finished: progress.finished,
        admitted: progress.admitted,
        already_members: progress.already_members,
        candidates: progress.candidates,
        refused: progress.refused,
        warned: progress.warned,
    }
}

/// Which lines are asked for.
pub fn outcomes(asked: i32) -> Result<Outcomes, Refusal> {
    use pb::ImportOutcome as Wire;
    Ok(match Wire::try_from(asked) {
        Ok(Wire::Unspecified) => Outcomes::OfInterest,
        Ok(outcome @ (Wire::Admitted | Wire::AlreadyMember)) => Outcomes::Quiet(outcome as i16),
        Ok(outcome @ (Wire::Candidate | Wire::Refused)) => Outcomes::Told(outcome as i16),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "outcome".to_string() }.into()),
    })
}

/// A line and what became of it.
pub fn listed(line: Listed) -> Result<listed::Line, Failure> {
    let decoded = anyhow::Error::new;
    let (said, cells) = match (line.said, line.file_line) {
        (None, _) => (None, Vec::new()),
        (Some(said), None) => (Some(pb::ImportLine::decode(&*said).map_err(decoded)?), Vec::new()),
        (Some(said), Some(_)) => (None, Cells::decode(&*said).map_err(decoded)?.cells),
    };
    Ok(listed::Line {
        number: line.line,
        outcome: i32::from(line.outcome),
        person_id: id_or_empty(line.person_id),
        candidate_for: id_or_empty(line.candidate_for),
        refusal: line.refusal.map(|refusal| listed::Refusal {
            reason: refusal.reason,
            field: refusal.field,
            vi: refusal.vi,
            en: refusal.en,
        }),
        warnings: line.warnings.into_iter().map(i32::from).collect(),
        said,
        file_line: line.file_line.unwrap_or_default(),
        cells,
    })
}
