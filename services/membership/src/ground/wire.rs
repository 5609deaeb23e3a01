//! What requests and answers of several contracts hold: lines, people, dates, warnings.

use chassis::refusal::Refusal;
use chassis::{door, parse};
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::ground::decision::{Basis, DECISION, Issuer, WrittenDecision};
use crate::ground::movement::Dated;
use crate::ground::person::{Identity, IdentityKind, Line, NewPerson, Sex, is_phone};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{LINES_MAX, Roll, Warning};

pub(crate) mod kinds;

pub(crate) const NAME_MAX: usize = 200;

pub(crate) const TITLE_MAX: usize = 300;

pub(crate) const DECISION_NUMBER_MAX: usize = 100;

/// Ids in a list of at most 1,000, none of which is empty.
pub(crate) fn ids(list: &'static str, texts: &[String]) -> Result<Vec<Uuid>, Refusal> {
    not_empty(list, texts.len())?;
    let mut bad = BadLines::default();
    let ids = texts
        .iter()
        .enumerate()
        .filter_map(|(line, text)| bad.take(line, parse::id(&format!("{list}[{line}]"), text)))
        .collect();
    bad.refuse()?;
    Ok(ids)
}

/// Parses each line of a list; `field` makes the full name of a line's field.
pub(crate) fn each<L, T>(
    list: &'static str,
    lines: Vec<L>,
    parse: impl Fn(&dyn Fn(&str) -> String, L) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    not_empty(list, lines.len())?;
    let mut bad = BadLines::default();
    let parsed = lines
        .into_iter()
        .enumerate()
        .filter_map(|(line, content)| {
            let field = |field: &str| format!("{list}[{line}].{field}");
            bad.take(line, parse(&field, content))
        })
        .collect();
    bad.refuse()?;
    Ok(parsed)
}

pub(crate) fn not_empty(list: &'static str, lines: usize) -> Result<(), Refusal> {
    if lines == 0 {
        return Err(Refused::LinesEmpty { field: list }.into());
    }
    parse::at_most(list, lines, LINES_MAX)
}

pub(crate) fn dated(
    effective_on: Date,
    decision_number: &str,
    decision_issued_on: Option<WireDate>,
    basis: Option<pb::MovementBasis>,
) -> Result<Dated, Refusal> {
    let number = parse::optional_text("decision_number", decision_number, DECISION_NUMBER_MAX)?;
    let issued_on = parse::optional_date("decision_issued_on", decision_issued_on)?;
    let basis = match (self::basis("basis", basis)?, number) {
        (Some(_), Some(_)) => {
            return Err(Refused::DecisionAmbiguous { field: "basis".to_string() }.into());
        }
        (Some(_), None) if issued_on.is_some() => {
            return Err(Refused::DecisionAmbiguous { field: "basis".to_string() }.into());
        }
        (Some(basis), None) => Some(basis),
        (None, number) => number.map(|number| {
            Basis::New(WrittenDecision {
                issuer: Issuer::Itself,
                kind: DECISION.to_string(),
                number,
                issued_on,
                issued_on_field: "decision_issued_on",
            })
        }),
    };
    let decision_issued_on = issued_on.filter(|_| basis.is_none());
    Ok(Dated { effective_on, basis, decision_issued_on })
}

/// What an act rests on, if anything; `field` names it.
pub(crate) fn basis(
    field: &'static str,
    basis: Option<pb::MovementBasis>,
) -> Result<Option<Basis>, Refusal> {
    use pb::movement_basis::Basis as Wire;
    let Some(basis) = basis.and_then(|basis| basis.basis) else { return Ok(None) };
    Ok(Some(match basis {
        Wire::DecisionId(decision_id) => {
            let field = format!("{field}.decision_id");
            Basis::Known { decision_id: parse::id(&field, &decision_id)?, field }
        }
        Wire::WrittenDecision(decision) => Basis::New(written_decision(field, &decision)?),
    }))
}

fn written_decision(
    of: &'static str,
    decision: &pb::WrittenDecision,
) -> Result<WrittenDecision, Refusal> {
    let field = |field: &str| format!("{of}.written_decision.{field}");
    let named = parse::optional_text(&field("issuer_name"), &decision.issuer_name, TITLE_MAX)?;
    let issuer_id = parse::optional_id(&field("issuer_id"), &decision.issuer_id)?;
    let code = |kind: &str| {
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        kind.len() <= 40 && kind.bytes().all(capital)
    };
    if !code(&decision.kind) {
        return Err(Refused::DocumentKindMalformed { field: field("kind") }.into());
    }
    Ok(WrittenDecision {
        issuer: match (issuer_id, named) {
            (Some(_), Some(_)) => {
                return Err(Refused::DecisionAmbiguous { field: field("issuer_name") }.into());
            }
            (Some(organisation_id), None) => {
                Issuer::Organisation { field: field("issuer_id"), organisation_id }
            }
            (None, Some(name)) => Issuer::Named(name),
            (None, None) => Issuer::Itself,
        },
        kind: match decision.kind.as_str() {
            "" => DECISION.to_string(),
            kind => kind.to_string(),
        },
        number: parse::text(&field("number"), &decision.number, DECISION_NUMBER_MAX)?,
        issued_on: parse::optional_date(&field("issued_on"), decision.issued_on)?,
        issued_on_field: match of {
            "decision" => "decision.written_decision.issued_on",
            "consent" => "consent.written_decision.issued_on",
            _ => "basis.written_decision.issued_on",
        },
    })
}

pub(crate) fn roll(
    list: &'static str,
    lines: Vec<pb::PersonLine>,
    on: Date,
) -> Result<Roll, Refusal> {
    let lines = each(list, lines, |field, line| person_line(field, line, on))?;
    Ok(Roll { list, within: "", lines })
}

pub(crate) fn person_line(
    field: &dyn Fn(&str) -> String,
    mut line: pb::PersonLine,
    on: Date,
) -> Result<Line, Refusal> {
    door::line(field("").trim_end_matches('.'), &mut line)?;
    if !line.person_id.is_empty() {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let alone = pb::PersonLine { person_id: line.person_id.clone(), ..Default::default() };
        if line != alone {
            return Err(Refused::PersonFieldsMixed { field: field("person_id") }.into());
        }
        return Ok(Line::Known(person_id));
    }
    let (birth_date, birth_year) = birth(field, &line, on)?;
    let phone = match line.phone.as_str() {
        "" => None,
        phone if is_phone(phone) => Some(phone.to_string()),
        _ => return Err(Refused::PhoneMalformed { field: field("phone") }.into()),
    };
    Ok(Line::New(NewPerson {
        name: parse::text(&field("name"), &line.name, NAME_MAX)?,
        sex: sex(&field("sex"), line.sex)?,
        birth_date,
        birth_year,
        identity: identity(
            field,
            &line.identity_number,
            line.identity_kind,
            &line.identity_country,
        )?,
        phone,
        workplace: parse::optional_text(&field("workplace"), &line.workplace, TITLE_MAX)?,
        occupation: parse::optional_text(&field("occupation"), &line.occupation, NAME_MAX)?,
    }))
}

pub(crate) fn sex(field: &str, number: i32) -> Result<Sex, Refusal> {
    match pb::Sex::try_from(number) {
        Ok(pb::Sex::Unspecified) => Ok(Sex::NotKnown),
        Ok(pb::Sex::Male) => Ok(Sex::Male),
        Ok(pb::Sex::Female) => Ok(Sex::Female),
        Err(_) => Err(Refused::EnumValueUnknown { field: field.to_string() }.into()),
    }
}

pub(crate) fn birth(
    field: &dyn Fn(&str) -> String,
    line: &pb::PersonLine,
    on: Date,
) -> Result<(Option<Date>, Option<i16>), Refusal> {
    // A date of which only the year is known says so by a month and a day of zero.
    let (birth_date, birth_year) = match line.birth_date {
        Some(WireDate { year, month: 0, day: 0 }) if year != 0 && line.birth_year == 0 => {
            (None, year)
        }
        given => (given, line.birth_year),
    };
    let date = parse::optional_date(&field("birth_date"), birth_date)?;
    match (date, birth_year) {
        (None, 0) => Ok((None, None)),
        (Some(date), 0) if date <= on => Ok((Some(date), i16::try_from(date.year()).ok())),
        (None, year) if (1900..=on.year()).contains(&year) => Ok((None, i16::try_from(year).ok())),
        (Some(_), 0) => Err(Refused::BirthMalformed { field: field("birth_date") }.into()),
        (_, _) => Err(Refused::BirthMalformed { field: field("birth_year") }.into()),
    }
}

pub(crate) fn identity(
    field: impl Fn(&str) -> String,
    number: &str,
    kind: i32,
    country: &str,
) -> Result<Option<Identity>, Refusal> {
    let kind = match pb::IdentityKind::try_from(kind) {
        Ok(pb::IdentityKind::Unspecified | pb::IdentityKind::Citizen) => IdentityKind::Citizen,
        Ok(pb::IdentityKind::OldCard) => IdentityKind::OldCard,
        Ok(pb::IdentityKind::Passport) => IdentityKind::Passport,
        Err(_) => {
            return Err(Refused::EnumValueUnknown { field: field("identity_kind") }.into());
        }
    };
    if number.is_empty() {
        return match (kind, country) {
            (IdentityKind::Citizen, "") => Ok(None),
            _ => Err(parse::required(&field("identity_number"))),
        };
    }
    if !kind.has_form(number) {
        return Err(Refused::IdentityNumberMalformed {
            field: field("identity_number"),
            characters: number.chars().count(),
        }
        .into());
    }
    let well_written = match kind {
        IdentityKind::Citizen | IdentityKind::OldCard => country.is_empty(),
        IdentityKind::Passport => {
            country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
        }
    };
    if !well_written {
        return Err(Refused::IdentityCountryMalformed { field: field("identity_country") }.into());
    }
    Ok(Some(Identity { kind, country: country.to_string(), number: number.to_string() }))
}

pub(crate) fn warnings(warnings: Vec<Warning>) -> Vec<pb::LineWarning> {
    warnings
        .into_iter()
        .map(|warning| pb::LineWarning {
            field: warning.field,
            kind: warning.unlikely as i32,
            other: warning.other.unwrap_or_default(),
        })
        .collect()
}
