//! A line of an import as it is prepared: parsed, with what will be written of it made already.
//! It is work for the processor alone, and is done off the async workers.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use chassis::refusal::Refusal;
use time::Date;
use uuid::Uuid;

use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::person::{Identity, Line as Person, NewPerson, Sex, name_key};
use crate::ground::reference::number_is_of_province;
use crate::ground::refused::Refused;
use crate::ground::roll::blind_index;
use crate::import::came::{Came, Unread};
use crate::import::terms::Terms;
use crate::import::wire;

/// A line of a file is no longer than this, encoded; nor is what is kept of it.
pub const LINE_BYTES_MAX: usize = 4 * 1024;

/// What is unlikely about a line; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Warning {
    /// The number says another sex.
    IdentitySexDiffers = 1,
    /// The number says another year of birth.
    IdentityYearDiffers = 2,
    /// The number says another province of birth.
    IdentityProvinceDiffers = 3,
}

/// A number as it will be written.
#[derive(Debug)]
pub struct Number {
    /// What finds it.
    pub blind_index: Vec<u8>,
    /// What kind of number.
    pub kind: i16,
    /// Of a passport.
    pub country: Option<String>,
    /// Sealed for the person of the line.
    pub sealed: Sealed,
}

/// Somebody who may be written down.
#[derive(Debug)]
pub struct Newcomer {
    /// Her id, if she is.
    pub person_id: Uuid,
    /// In NFC, as given.
    pub name: String,
    /// By which names are compared.
    pub name_key: String,
    /// ISO 5218.
    pub sex: i16,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// Where she works.
    pub workplace: Option<String>,
    /// What she works as.
    pub occupation: Option<String>,
    /// Her number, if she has one.
    pub number: Option<Number>,
    /// Her phone, sealed.
    pub phone: Option<Sealed>,
    /// She is another than those who have her name and birth.
    pub is_another: bool,
}

/// Who a line is about.
#[derive(Debug)]
pub enum Who {
    /// A person whom the register knows.
    Known(Uuid),
    /// Somebody written down by the line.
    New(Box<Newcomer>),
}

/// Where and from when on.
#[derive(Debug)]
pub struct Joining {
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub on: Date,
    /// Who.
    pub who: Who,
}

/// A line, prepared.
#[derive(Debug)]
pub struct Line {
    /// What it asks for, or why it cannot be read.
    pub read: Result<Joining, Refusal>,
    /// Why it cannot be read, in sentences, where there are better ones than those of the reason.
    pub sentences: Option<[String; 2]>,
    /// What is unlikely about it.
    pub warnings: Vec<Warning>,
    /// What it said, encoded; nothing of a line that is too long.
    pub said: Vec<u8>,
    /// Where it stands in its file, if it is of one.
    pub file_line: Option<i32>,
}

/// Lines in their order, to be judged and applied at once.
#[derive(Debug)]
pub struct Batch {
    /// The number of the first.
    pub first_line: i64,
    /// At least one.
    pub lines: Vec<Line>,
    /// SHA-256 of what they said.
    pub digest: Vec<u8>,
}

/// Lines as they came in, encoded: what a batch is known by.
pub fn digest(lines: &[Came]) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    for line in lines {
        take_note(&mut context, &line.said());
    }
    context.finish().as_ref().to_vec()
}

/// What lines say stands behind its length, so that no two lists of lines are alike.
fn take_note(context: &mut Context, said: &[u8]) {
    let mut length = Vec::with_capacity(prost::length_delimiter_len(said.len()));
    // A vector has room for it.
    let _ = prost::encode_length_delimiter(said.len(), &mut length);
    context.update(&length);
    context.update(said);
}

/// Prepares lines; a failure is that of our keys.
pub fn prepare(
    first_line: i64,
    lines: Vec<Came>,
    terms: &Terms,
    keys: &Arc<Keys>,
    today: Date,
) -> anyhow::Result<Batch> {
    let mut context = Context::new(&SHA256);
    let mut prepared = Vec::with_capacity(lines.len());
    for line in lines {
        let said = line.said();
        take_note(&mut context, &said);
        prepared.push(prepare_one(line, said, terms, keys, today)?);
    }
    let digest = context.finish().as_ref().to_vec();
    Ok(Batch { first_line, lines: prepared, digest })
}

fn prepare_one(
    came: Came,
    said: Vec<u8>,
    terms: &Terms,
    keys: &Arc<Keys>,
    today: Date,
) -> anyhow::Result<Line> {
    let (file_line, line) = match came {
        Came::Line(line) => (None, Ok(*line)),
        Came::Row(row) => (Some(row.file_line), row.read),
    };
    let unread = |refusal, sentences, said| Line {
        read: Err(refusal),
        sentences,
        warnings: Vec::new(),
        said,
        file_line,
    };
    if said.len() > LINE_BYTES_MAX {
        let refused = Refused::ImportLineTooLong { limit: LINE_BYTES_MAX };
        return Ok(unread(refused.refusal().field("line"), None, Vec::new()));
    }
    let line = match line {
        Ok(line) => line,
        Err(Unread { refusal, vi, en }) => return Ok(unread(refusal, Some([vi, en]), said)),
    };
    let given = match wire::line(line, terms, today) {
        Ok(given) => given,
        Err(refusal) => return Ok(unread(refusal, None, said)),
    };
    let (who, warnings) = match given.person {
        Person::Known(person_id) => (Who::Known(person_id), Vec::new()),
        Person::New(person) => {
            let warnings = unlikely(&person, &given.birth_province);
            (Who::New(Box::new(newcomer(person, given.is_another, keys)?)), warnings)
        }
    };
    let read = Ok(Joining { organisation_id: given.organisation_id, on: given.on, who });
    Ok(Line { read, sentences: None, warnings, said, file_line })
}

fn newcomer(person: NewPerson, is_another: bool, keys: &Keys) -> anyhow::Result<Newcomer> {
    let person_id = Uuid::now_v7();
    let number = person.identity.map(|identity| number(identity, person_id, keys)).transpose()?;
    let phone =
        person.phone.map(|phone| keys.seal(Column::Phone, person_id, &phone)).transpose()?;
    Ok(Newcomer {
        person_id,
        name_key: name_key(&person.name),
        name: person.name,
        sex: person.sex as i16,
        birth_date: person.birth_date,
        birth_year: person.birth_year,
        workplace: person.workplace,
        occupation: person.occupation,
        number,
        phone,
        is_another,
    })
}

fn number(identity: Identity, person_id: Uuid, keys: &Keys) -> anyhow::Result<Number> {
    Ok(Number {
        blind_index: blind_index(keys, &identity),
        kind: identity.kind as i16,
        sealed: keys.seal(Column::IdentityNumber, person_id, &identity.number)?,
        country: Some(identity.country).filter(|country| !country.is_empty()),
    })
}

fn unlikely(person: &NewPerson, birth_province: &str) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let Some(identity) = &person.identity else { return warnings };
    let Some(told) = identity.told() else { return warnings };
    if person.sex != Sex::NotKnown && person.sex != told.sex {
        warnings.push(Warning::IdentitySexDiffers);
    }
    if person.birth_year.is_some_and(|year| year != told.birth_year) {
        warnings.push(Warning::IdentityYearDiffers);
    }
    if !birth_province.is_empty()
        && number_is_of_province(&identity.number, birth_province) == Some(false)
    {
        warnings.push(Warning::IdentityProvinceDiffers);
    }
    warnings
}
