//! A person of a list, as the contract writes her; and what its fields are called in a list.

use chassis::parse::civil;
use proto::google::r#type::Date as CivilDate;
use proto::membership::v1 as pb;
use sheets::column::Column;
use sheets::people::{Identity, Person};
use sheets::value::{Birth, IdentityKind, Sex};

/// What a list may say and the register does not take from it.
pub(super) const NOT_TAKEN: [Column; 3] = [Column::Ethnicity, Column::HomePlace, Column::Address];

/// A line of an import; `union_id` where the list says the union.
pub(super) fn of(person: Person, union_id: Option<String>) -> pb::ImportLine {
    let Identity { kind, number, country } = person.identity.unwrap_or(Identity {
        kind: IdentityKind::Citizen,
        number: String::new(),
        country: String::new(),
    });
    let identity_kind = match kind {
        _ if number.is_empty() => pb::IdentityKind::Unspecified,
        IdentityKind::Citizen => pb::IdentityKind::Citizen,
        IdentityKind::OldCard => pb::IdentityKind::OldCard,
        IdentityKind::Passport => pb::IdentityKind::Passport,
    };
    let (birth_date, birth_year) = match person.birth {
        Some(Birth::Day(date)) => (Some(civil(date)), 0),
        Some(Birth::Year(year)) => (None, year),
        None => (None::<CivilDate>, 0),
    };
    let written = pb::PersonLine {
        name: person.name,
        sex: match person.sex {
            Some(Sex::Male) => pb::Sex::Male.into(),
            Some(Sex::Female) => pb::Sex::Female.into(),
            None => pb::Sex::Unspecified.into(),
        },
        birth_date,
        birth_year,
        identity_number: number,
        identity_kind: identity_kind.into(),
        identity_country: country,
        phone: person.phone.unwrap_or_default(),
        workplace: person.workplace,
        occupation: person.occupation,
        ..pb::PersonLine::default()
    };
    pb::ImportLine {
        person: Some(written),
        organisation_id: union_id.unwrap_or_default(),
        joined_on: person.joined_on.map(civil),
        is_another: person.is_another,
        ..pb::ImportLine::default()
    }
}

/// The column of a list that a field of a line is.
pub(super) fn column_of(field: &str) -> Option<Column> {
    Some(match field.trim_start_matches("person.") {
        "name" => Column::Name,
        "sex" => Column::Sex,
        "birth_date" | "birth_year" => Column::Birth,
        "identity_number" | "identity_kind" => Column::Identity,
        "identity_country" => Column::Country,
        "phone" => Column::Phone,
        "workplace" => Column::Workplace,
        "occupation" => Column::Occupation,
        "organisation_id" => Column::Union,
        "joined_on" | "effective_on" => Column::JoinedOn,
        _ => return None,
    })
}
