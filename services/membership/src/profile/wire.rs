//! Requests of `ProfileService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::ground::attribute::{Attribute, Said};
use crate::ground::keys::Keys;
use crate::ground::person::is_phone;
use crate::ground::refused::Refused;
use crate::ground::wire::basis;
use crate::profile::get_profile::Profile;
use crate::profile::set_attribute::{Saying, SetAttribute};
use crate::profile::set_contact::SetContact;

const VALUE_MAX: usize = 100;
const EMAIL_MAX: usize = 200;
const REASON_MAX: usize = 1_000;

/// An attribute whose methods are those of all that are not sensitive.
pub fn attribute(number: i32) -> Result<Attribute, Refusal> {
    match pb::PersonAttribute::try_from(number) {
        Ok(pb::PersonAttribute::HomeCommune) => Ok(Attribute::HomeCommune),
        Ok(pb::PersonAttribute::Employer) => Ok(Attribute::Employer),
        Ok(pb::PersonAttribute::Education) => Ok(Attribute::Education),
        Ok(pb::PersonAttribute::DirectProduction) => Ok(Attribute::DirectProduction),
        Ok(pb::PersonAttribute::Unspecified) => Err(parse::required("attribute")),
        Ok(
            pb::PersonAttribute::Ethnicity
            | pb::PersonAttribute::Religion
            | pb::PersonAttribute::PartyMembership,
        )
        | Err(_) => Err(Refused::EnumValueUnknown { field: "attribute".to_string() }.into()),
    }
}

pub fn set(
    person_id: &str,
    attribute: Attribute,
    said: Option<pb::AttributeSaid>,
    keys: &Arc<Keys>,
) -> Result<SetAttribute, Refusal> {
    let said = said.ok_or_else(|| parse::required("said"))?;
    let value = parse::optional_text("said.value", &said.value, VALUE_MAX)?.unwrap_or_default();
    if !attribute.takes(&value) {
        return Err(Refused::AttributeValueUnknown { field: "said.value".to_string() }.into());
    }
    let corrects_on = parse::optional_date("said.corrects_on", said.corrects_on)?;
    let effective_on = parse::optional_date("said.effective_on", said.effective_on)?;
    let reason = || parse::text("said.reason", &said.reason, REASON_MAX);
    let saying = match (corrects_on, effective_on) {
        (None, None) => return Err(parse::required("said.effective_on")),
        (None, Some(on)) => Saying::From(on, value),
        (Some(wrong), Some(on)) => Saying::Instead(wrong, reason()?, on, value),
        (Some(wrong), None) if value.is_empty() => Saying::Never(wrong, reason()?),
        (Some(wrong), None) => Saying::Instead(wrong, reason()?, wrong, value),
    };
    Ok(SetAttribute {
        keys: keys.clone(),
        person_id: parse::id("person_id", person_id)?,
        attribute,
        saying,
        basis: basis("said.basis", said.basis)?,
    })
}

pub fn set_contact(
    request: pb::SetContactRequest,
    keys: &Arc<Keys>,
) -> Result<SetContact, Refusal> {
    let said = |text: Option<String>| text.map(|text| Some(text).filter(|text| !text.is_empty()));
    let (phone, email) = (said(request.phone), said(request.email));
    if let Some(Some(phone)) = &phone
        && !is_phone(phone)
    {
        return Err(Refused::PhoneMalformed { field: "phone".to_string() }.into());
    }
    if let Some(Some(email)) = &email
        && !is_email(email)
    {
        return Err(Refused::EmailMalformed { field: "email".to_string() }.into());
    }
    Ok(SetContact {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        phone,
        email,
    })
}

/// Whether a text may be an e-mail address: whoever writes to it finds out whether it is one.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let labels = || domain.split('.');
    text.chars().count() <= EMAIL_MAX
        && !name.is_empty()
        && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && !domain.contains('@')
        && labels().count() > 1
        && labels().all(|label| !label.is_empty())
}

pub fn value((attribute, said): (Attribute, Said)) -> pb::AttributeValue {
    pb::AttributeValue {
        attribute: attribute as i32,
        name_vi: attribute.name_vi(&said.value).unwrap_or_default().to_string(),
        value: said.value,
        from_on: Some(civil(said.from_on)),
        decision_id: id_or_empty(said.decision_id),
    }
}

pub fn profile(profile: Profile) -> pb::GetProfileResponse {
    use pb::get_profile_response::LeftOut;
    let left_out = profile.left_out.into_iter().map(|(attribute, roles)| LeftOut {
        attribute: attribute.map_or(0, |attribute| attribute as i32),
        roles: roles.into_iter().map(ToString::to_string).collect(),
    });
    pb::GetProfileResponse {
        phone: profile.phone,
        email: profile.email,
        attributes: profile.attributes.into_iter().map(value).collect(),
        left_out: left_out.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_sign_and_a_domain() {
        assert!(is_email("mai.nguyen@congdoan.example") && is_email("thư@ví.dụ"));
        for bad in ["mai", "@a.vn", "mai@vn", "a@b@c.vn", "mai @a.vn", "mai@a..vn", "mai@"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
