//! What is known of a person on a day, as far as the caller may read it.

use chassis::access::roles;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::attribute::{self, ALL, Attribute, Said};
use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::scope;

/// The permission of reading identity numbers, phones and e-mail addresses.
const IDENTITY_READ: &str = "membership.identity.read";

/// A person's profile.
#[derive(Debug, Default)]
pub struct Profile {
    /// Her phone.
    pub phone: Option<String>,
    /// Her e-mail address.
    pub email: Option<String>,
    /// What holds on the day, in order of the attributes.
    pub attributes: Vec<(Attribute, Said)>,
    /// What is left out, none of phone and e-mail, and who may read it.
    pub left_out: Vec<(Option<Attribute>, Vec<&'static str>)>,
}

struct Contact {
    phone_key_version: Option<i32>,
    phone: Option<Vec<u8>>,
    email_key_version: Option<i32>,
    email: Option<Vec<u8>>,
}

/// Reads it. Nothing is read of what the caller may not read.
pub async fn get(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Profile, Failure> {
    let sensitive = ALL.into_iter().filter_map(Attribute::sensitive);
    let permissions: Vec<&str> = std::iter::once(IDENTITY_READ).chain(sensitive).collect();
    let held = scope::reading(connection, person_id, &permissions).await?;
    let holds = |permission: &str| {
        let mut asked = permissions.iter().zip(&held);
        asked.any(|(asked, held)| *asked == permission && *held)
    };
    let mut profile = Profile::default();
    if holds(IDENTITY_READ) {
        let contact = contact(connection, person_id, known_at).await?;
        let opened = |column, version: Option<i32>, sealed: Option<Vec<u8>>| {
            version
                .zip(sealed)
                .map(|(key_version, ciphertext)| {
                    keys.open_sealed(column, person_id, &Sealed { key_version, ciphertext })
                })
                .transpose()
        };
        profile.phone = opened(Column::Phone, contact.phone_key_version, contact.phone)?;
        profile.email = opened(Column::Email, contact.email_key_version, contact.email)?;
    } else {
        profile.left_out.push((None, roles::holding(IDENTITY_READ).collect()));
    }
    for attribute in ALL {
        if let Some(permission) = attribute.sensitive()
            && !holds(permission)
        {
            profile.left_out.push((Some(attribute), roles::holding(permission).collect()));
            continue;
        }
        let said = attribute::said(connection, keys, person_id, attribute, known_at).await?;
        let holding = said.into_iter().find(|said| said.from_on <= as_of);
        let holding = holding.filter(|said| !said.value.is_empty());
        profile.attributes.extend(holding.map(|said| (attribute, said)));
    }
    Ok(profile)
}

async fn contact(
    connection: &mut PgConnection,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Contact, Failure> {
    let contact =
        match known_at {
            None => sqlx::query_as!(
                Contact,
                r#"select phone.key_version as "phone_key_version?", phone.ciphertext as "phone?",
                          email.key_version as "email_key_version?", email.ciphertext as "email?"
                   from (select $1::uuid as person_id) asked
                   left join person_contact phone on phone.person_id = asked.person_id
                   left join person_email email on email.person_id = asked.person_id"#,
                person_id,
            )
            .fetch_one(connection)
            .await?,
            Some(at) => sqlx::query_as!(
                Contact,
                r#"select phone.key_version as "phone_key_version?", phone.ciphertext as "phone?",
                          email.key_version as "email_key_version?", email.ciphertext as "email?"
                   from (select $1::uuid as person_id) asked
                   left join person_contact_known phone
                       on phone.person_id = asked.person_id
                      and phone.recorded @> $2::timestamptz
                   left join person_email_known email
                       on email.person_id = asked.person_id
                      and email.recorded @> $2::timestamptz
                   limit 1"#,
                person_id,
                at,
            )
            .fetch_one(connection)
            .await?,
        };
    Ok(contact)
}
