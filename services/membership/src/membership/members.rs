//! Persons and their memberships.

use anyhow::Context;
use chassis::access::{self, roles};
use chassis::call::Call;
use chassis::database::Look;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::organisation;
use crate::ground::refused::Refused;

/// The permission of reading identity numbers and phones.
const IDENTITY_READ: &str = "membership.identity.read";

/// A person, as the register knows her.
#[derive(Debug)]
pub struct Person {
    /// Her id.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
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
}

/// What only those read who hold the permission for it.
#[derive(Debug, Default)]
pub struct Identifying {
    /// Kind, country and number.
    pub identity: Option<(i16, Option<String>, String)>,
    /// The phone.
    pub phone: Option<String>,
    /// Who holds the permission, by role, where the caller does not.
    pub held_by: Vec<&'static str>,
}

/// One stay in one union.
#[derive(Debug)]
pub struct Membership {
    /// Its id.
    pub membership_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day on which it no longer held.
    pub until_on: Option<Date>,
    /// `membership.v1.AdmissionKind`, where it began by an admission.
    pub admission_kind: Option<i16>,
    /// `membership.v1.ExitReason`, where it ended by an exit.
    pub exit_reason: Option<i16>,
    /// The workers' organisation that she came from, where she was recognised.
    pub source_organisation: Option<String>,
    /// The movement that began it.
    pub begun_by: Uuid,
    /// The movement that ended it.
    pub ended_by: Option<Uuid>,
}

/// A person, her stays, and what identifies her.
pub type Member = (Person, Vec<Membership>, Identifying);

/// A person whom a union counts today.
pub struct Counted {
    /// Who.
    pub person_id: Uuid,
}

impl Look for Counted {
    type Found = Vec<Row>;

    async fn look(
        &self,
        connection: &mut PgConnection,
        call: &Call,
    ) -> sqlx::Result<Option<Vec<Row>>> {
        let mut rows = sqlx::query_file_as!(
            Row,
            "src/membership/member_look.sql",
            self.person_id,
            IDENTITY_READ,
            call.caller.issuer,
            call.caller.subject,
            &*call.permission,
        )
        .fetch_all(connection)
        .await?;
        // Each stay once; with it the newest number.
        rows.dedup_by_key(|row| row.membership_id);
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }
}

/// A person with one of her stays, or none.
pub struct Row {
    name: String,
    sex: i16,
    birth_date: Option<Date>,
    birth_year: Option<i16>,
    workplace: Option<String>,
    occupation: Option<String>,
    membership_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    from_on: Option<Date>,
    until_on: Option<Date>,
    admission_kind: Option<i16>,
    exit_reason: Option<i16>,
    source_organisation: Option<String>,
    begun_by: Option<Uuid>,
    ended_by: Option<Uuid>,
    identity_kind: Option<i16>,
    identity_country: Option<String>,
    identity_key_version: Option<i32>,
    identity_ciphertext: Option<Vec<u8>>,
    phone_key_version: Option<i32>,
    phone_ciphertext: Option<Vec<u8>>,
    identified: bool,
}

/// A person in the caller's scope, her memberships, and, with the permission for it, what
/// identifies her: all in one statement, on both permissions. As it is known, or was known then.
pub async fn get(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Member, Failure> {
    let rows = match known_at {
        None => {
            sqlx::query_file_as!(Row, "src/membership/member.sql", person_id, IDENTITY_READ)
                .fetch_all(&mut *connection)
                .await?
        }
        Some(at) => {
            let file = sqlx::query_file_as!(
                Row,
                "src/membership/member_known.sql",
                person_id,
                IDENTITY_READ,
                at,
            );
            file.fetch_all(&mut *connection).await?
        }
    };
    if rows.is_empty() {
        let unknown = Refused::PersonUnknown { field: "person_id".to_string() };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    told(rows, keys, person_id)
}

/// What a person's rows say.
pub fn told(rows: Vec<Row>, keys: &Keys, person_id: Uuid) -> Result<Member, Failure> {
    let first = rows.first().context("a person has a row")?;
    // Of whom everything was erased has no name.
    if first.name.is_empty() {
        return Err(Refused::PersonErased { field: "person_id".to_string() }.into());
    }
    let person = Person {
        person_id,
        name: first.name.clone(),
        sex: first.sex,
        birth_date: first.birth_date,
        birth_year: first.birth_year,
        workplace: first.workplace.clone(),
        occupation: first.occupation.clone(),
    };
    let opened = |column, key_version: Option<i32>, ciphertext: &Option<Vec<u8>>| {
        key_version
            .zip(ciphertext.clone())
            .map(|(key_version, ciphertext)| {
                keys.open_sealed(column, person_id, &Sealed { key_version, ciphertext })
            })
            .transpose()
    };
    let number =
        opened(Column::IdentityNumber, first.identity_key_version, &first.identity_ciphertext)?;
    let identity = first
        .identity_kind
        .zip(number)
        .map(|(kind, number)| (kind, first.identity_country.clone(), number));
    let phone = opened(Column::Phone, first.phone_key_version, &first.phone_ciphertext)?;
    let held_by =
        if first.identified { Vec::new() } else { roles::holding(IDENTITY_READ).collect() };
    let memberships = rows
        .into_iter()
        .filter_map(|row| {
            Some(Membership {
                membership_id: row.membership_id?,
                organisation_id: row.organisation_id?,
                from_on: row.from_on?,
                until_on: row.until_on,
                admission_kind: row.admission_kind,
                exit_reason: row.exit_reason,
                source_organisation: row.source_organisation,
                begun_by: row.begun_by?,
                ended_by: row.ended_by,
            })
        })
        .collect();
    Ok((person, memberships, Identifying { identity, phone, held_by }))
}

/// A member in a list.
#[derive(Debug)]
pub struct Listed {
    /// Who.
    pub person_id: Uuid,
    /// The stay that counts.
    pub membership_id: Uuid,
    /// As given.
    pub name: String,
    /// ISO 5218.
    pub sex: i16,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// The first day of the stay.
    pub from_on: Date,
    /// The union.
    pub organisation_id: Uuid,
}

/// The members of one union on a day: the union's own record, also of those who left later.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Listed,
                "select person_id, membership_id, name, sex, birth_year, from_on, organisation_id
                 from membership join person using (person_id)
                 where organisation_id = $1 and from_on <= $2
                   and (until_on is null or until_on > $2)
                   and ($3::uuid is null or person_id > $3)
                 order by person_id limit $4",
                organisation_id,
                as_of,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Listed,
                r#"select stay.person_id as "person_id!", membership_id as "membership_id!",
                          name as "name!", sex as "sex!", birth_year as "birth_year?",
                          from_on as "from_on!", organisation_id as "organisation_id!"
                   from membership_known stay
                   join person_known person
                     on person.person_id = stay.person_id and person.recorded @> $5::timestamptz
                   where organisation_id = $1 and from_on <= $2
                     and (until_on is null or until_on > $2)
                     and ($3::uuid is null or stay.person_id > $3)
                     and stay.recorded @> $5::timestamptz
                   order by stay.person_id limit $4"#,
                organisation_id,
                as_of,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |member| member.person_id)
}
