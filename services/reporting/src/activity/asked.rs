//! An activity of a request, parsed: whether it is what its kind asks for.

use std::collections::BTreeMap;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use time::Date;

use crate::activity::reported::{Activity, Document, Employer, Fields, Reported, Value};
use crate::ground::reference::activity_kind::{Field, Type};
use crate::ground::reference::{ActivityKind, Reference};
use crate::ground::refused::Refused;

/// The largest count of an activity.
const ACTIVITY_COUNT_MAX: i32 = 1_000_000;
/// Fields that are looked at: more than any kind has.
const FIELDS_MAX: usize = 50;
/// Characters of a name that is written out.
const NAME_MAX: usize = 300;
/// Characters of a document's kind, and of its number.
const NUMBER_MAX: usize = 100;

/// An activity whose fields in the request begin with `line`.
pub fn activity(
    reference: &'static Reference,
    line: String,
    asked: &pb::Activity,
) -> Result<Reported, Refusal> {
    let field = |name: &str| format!("{line}{name}");
    let kind = kind(reference, &line, asked)?;
    // Nobody of a kind is a count, too: who reports a dissemination says so.
    let reached = |name: &str, count: Option<i32>| match count {
        None if kind.people_required => Err(parse::required(&field(name))),
        count => Ok(count.unwrap_or(0)),
    };
    let members_reached = reached("members_reached", asked.members_reached)?;
    let workers_reached = reached("workers_reached", asked.workers_reached)?;
    for (name, count) in [
        ("members_reached", members_reached),
        ("workers_reached", workers_reached),
        ("times", asked.times),
    ] {
        if !(0..=ACTIVITY_COUNT_MAX).contains(&count) {
            let limit = ACTIVITY_COUNT_MAX;
            return Err(Refused::ActivityCountOutOfRange { field: field(name), limit }.into());
        }
    }
    let mut reported = Reported {
        kind,
        activity: Activity {
            organisation_id: parse::id(&field("organisation_id"), &asked.organisation_id)?,
            kind: kind.code.clone(),
            held_on: parse::date(&field("held_on"), asked.held_on)?,
            members_reached,
            workers_reached,
            times: asked.times.max(1),
            fields: Fields::default(),
        },
        places: BTreeMap::new(),
        line,
    };
    fields(&mut reported, &asked.fields)?;
    Ok(reported)
}

/// The kind, by its code or by its number of before.
fn kind(
    reference: &'static Reference,
    line: &str,
    asked: &pb::Activity,
) -> Result<&'static ActivityKind, Refusal> {
    let unknown = |name: &str, kind: String| -> Refusal {
        Refused::ActivityKindUnknown { field: format!("{line}{name}"), kind }.into()
    };
    let of_before = match asked.kind() {
        pb::ActivityKind::Dissemination => Some("DISSEMINATION"),
        pb::ActivityKind::Inspection => Some("INSPECTION"),
        pb::ActivityKind::Launch => Some("LAUNCH"),
        pb::ActivityKind::Unspecified if asked.kind == 0 => None,
        pb::ActivityKind::Unspecified => return Err(unknown("kind", asked.kind.to_string())),
    };
    let code = match of_before {
        None if asked.kind_code.is_empty() => {
            return Err(unknown("kind", asked.kind.to_string()));
        }
        Some(of_before) if asked.kind_code.is_empty() => of_before,
        Some(of_before) if of_before != asked.kind_code => {
            return Err(Refused::ActivityKindDiffers {
                field: format!("{line}kind_code"),
                kind: of_before.to_string(),
                other: asked.kind_code.clone(),
            }
            .into());
        }
        _ => &asked.kind_code,
    };
    reference.activity_kind(code).ok_or_else(|| unknown("kind_code", code.to_string()))
}

fn fields(reported: &mut Reported, asked: &[pb::ActivityField]) -> Result<(), Refusal> {
    let kind = reported.kind;
    if asked.len() > FIELDS_MAX {
        let (field, entries) = (format!("{}fields", reported.line), asked.len());
        return Err(Refused::FieldTooLong { field, entries, limit: FIELDS_MAX }.into());
    }
    for (place, given) in asked.iter().enumerate() {
        let at = format!("{}fields[{place}]", reported.line);
        let name = given.name.as_str();
        let Some(field) = kind.field(name) else {
            return Err(Refused::ActivityFieldUnknown {
                field: format!("{at}.name"),
                kind: kind.code.clone(),
                name: name.to_string(),
            }
            .into());
        };
        if reported.places.insert(name.to_string(), place).is_some() {
            let field = format!("{at}.name");
            return Err(Refused::ActivityFieldRepeated { field, name: name.to_string() }.into());
        }
        let value = value(field, &at, given)?;
        reported.activity.fields.0.insert(name.to_string(), value);
        if field.of_one && reported.activity.times > 1 {
            let field = format!("{}times", reported.line);
            return Err(Refused::ActivityCountOutOfRange { field, limit: 1 }.into());
        }
    }
    for field in kind.fields.iter().filter(|field| field.required) {
        if !reported.places.contains_key(&field.name) {
            return Err(parse::required(&format!("{}fields[{}]", reported.line, field.name)));
        }
    }
    in_order(reported)
}

/// Each day comes no earlier than the one before it, and none before the activity.
fn in_order(reported: &Reported) -> Result<(), Refusal> {
    let mut earlier = reported.activity.held_on;
    for field in &reported.kind.fields {
        let Some(Value::Date(on)) = reported.activity.fields.0.get(&field.name) else { continue };
        if *on < earlier {
            return Err(Refused::ActivityDatesDisordered {
                field: format!("{}.date", reported.place(&field.name)),
                name: field.name.clone(),
                on: *on,
                earlier,
            }
            .into());
        }
        earlier = *on;
    }
    Ok(())
}

/// What a field is given: that which its type names, and nothing else.
fn value(field: &Field, at: &str, given: &pb::ActivityField) -> Result<Value, Refusal> {
    let misfit = || -> Refusal {
        Refused::ActivityFieldMisfit {
            field: at.to_string(),
            name: field.name.clone(),
            value: field.value.code(),
            limit: field.limit,
        }
        .into()
    };
    let missing = |part: &str| parse::required(&format!("{at}.{part}"));
    let fits = match field.value {
        Type::Number | Type::AmountVnd => Given::NUMBER,
        Type::Text => Given::TEXT,
        Type::Date => Given::DATE,
        Type::Choice | Type::Choices => Given::CODES,
        Type::Organisations => Given::ORGANISATIONS,
        Type::Employer => Given::EMPLOYER,
        Type::Document => Given::DOCUMENT,
    };
    match Given::of(given) {
        Some(one) if one == fits => {}
        None => return Err(missing(fits)),
        Some(_) => return Err(misfit()),
    }
    let within =
        |entries: usize| i64::try_from(entries).is_ok_and(|entries| entries <= field.limit);
    Ok(match field.value {
        Type::Number | Type::AmountVnd => {
            let number = given.number.ok_or_else(misfit)?;
            if !(0..=field.limit).contains(&number) {
                return Err(misfit());
            }
            Value::Number(number)
        }
        Type::Text => {
            let limit = usize::try_from(field.limit).unwrap_or(usize::MAX);
            Value::Text(parse::text(&format!("{at}.text"), &given.text, limit)?)
        }
        Type::Date => Value::Date(parse::date(&format!("{at}.date"), given.date)?),
        Type::Choice | Type::Choices => {
            let known = |code: &String| field.choices.iter().any(|choice| choice.code == *code);
            if !within(given.codes.len()) || !given.codes.iter().all(known) {
                return Err(misfit());
            }
            Value::Codes(each_once(field, at, "codes", given.codes.clone())?)
        }
        Type::Organisations => {
            if !within(given.organisation_ids.len()) {
                return Err(misfit());
            }
            let id = |(line, id): (usize, &String)| {
                parse::id(&format!("{at}.organisation_ids[{line}]"), id)
            };
            let ids =
                given.organisation_ids.iter().enumerate().map(id).collect::<Result<_, _>>()?;
            Value::Organisations(each_once(field, at, "organisation_ids", ids)?)
        }
        Type::Employer => Value::Employer(employer(at, given.employer.as_ref(), misfit)?),
        Type::Document => Value::Document(document(at, given.document.as_ref(), misfit)?),
    })
}

/// Which value a field of a request has.
struct Given;

impl Given {
    const NUMBER: &'static str = "number";
    const TEXT: &'static str = "text";
    const DATE: &'static str = "date";
    const CODES: &'static str = "codes";
    const ORGANISATIONS: &'static str = "organisation_ids";
    const EMPLOYER: &'static str = "employer";
    const DOCUMENT: &'static str = "document";

    /// The only one; none where there is none, and no value's name where there are several.
    fn of(given: &pb::ActivityField) -> Option<&'static str> {
        let has = [
            (given.number.is_some(), Self::NUMBER),
            (!given.text.is_empty(), Self::TEXT),
            (given.date.is_some(), Self::DATE),
            (!given.codes.is_empty(), Self::CODES),
            (!given.organisation_ids.is_empty(), Self::ORGANISATIONS),
            (given.employer.is_some(), Self::EMPLOYER),
            (given.document.is_some(), Self::DOCUMENT),
        ];
        let mut has = has.into_iter().filter(|(has, _)| *has).map(|(_, name)| name);
        let first = has.next();
        if has.next().is_some() { Some("") } else { first }
    }
}

fn each_once<T: PartialEq>(
    field: &Field,
    at: &str,
    part: &str,
    entries: Vec<T>,
) -> Result<Vec<T>, Refusal> {
    for (line, entry) in entries.iter().enumerate() {
        if entries[..line].contains(entry) {
            let name = field.name.clone();
            let field = format!("{at}.{part}[{line}]");
            return Err(Refused::ActivityFieldRepeated { field, name }.into());
        }
    }
    Ok(entries)
}

fn employer(
    at: &str,
    given: Option<&pb::ActivityEmployer>,
    misfit: impl Fn() -> Refusal,
) -> Result<Employer, Refusal> {
    let given = given.ok_or_else(&misfit)?;
    let id = parse::optional_id(&format!("{at}.employer.employer_id"), &given.employer_id)?;
    let name = parse::optional_text(&format!("{at}.employer.name"), &given.name, NAME_MAX)?;
    match (id, name) {
        (Some(id), None) => Ok(Employer::Known(id)),
        (None, Some(name)) => Ok(Employer::Named(name)),
        (None, None) => Err(parse::required(&format!("{at}.employer.name"))),
        (Some(_), Some(_)) => Err(misfit()),
    }
}

fn document(
    at: &str,
    given: Option<&pb::ActivityDocument>,
    misfit: impl Fn() -> Refusal,
) -> Result<Document, Refusal> {
    let given = given.ok_or_else(&misfit)?;
    let part = |name: &str| format!("{at}.document.{name}");
    let text = |name: &str, text: &str, limit| parse::optional_text(&part(name), text, limit);
    let issuer = text("issuer", &given.issuer, NAME_MAX)?;
    let kind = text("kind", &given.kind, NUMBER_MAX)?;
    let number = text("number", &given.number, NUMBER_MAX)?;
    let issued_on: Option<Date> = parse::optional_date(&part("issued_on"), given.issued_on)?;
    if let Some(id) = parse::optional_id(&part("decision_id"), &given.decision_id)? {
        let written = issuer.is_some() || kind.is_some() || number.is_some() || issued_on.is_some();
        return if written { Err(misfit()) } else { Ok(Document::Known(id)) };
    }
    let required = |name: &str| parse::required(&part(name));
    Ok(Document::Written {
        issuer: issuer.ok_or_else(|| required("issuer"))?,
        kind: kind.ok_or_else(|| required("kind"))?,
        number: number.ok_or_else(|| required("number"))?,
        issued_on: issued_on.ok_or_else(|| required("issued_on"))?,
    })
}
