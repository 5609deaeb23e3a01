//! What more is known of people, each from a day on: which attributes there are, what they take, and
//! where they lie. What is sensitive lies apart, sealed, and has permissions of its own.

use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::keys::{Column, Keys, Sealed};
use crate::ground::reference;

/// Of one attribute of a person there are no more days.
pub const DAYS_MAX: usize = 50;

/// So many bytes is sealed of each sensitive value, or a cipher's length would tell which it is.
const SEALED_BYTES: usize = 32;

/// An attribute; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum Attribute {
    /// The commune of her home.
    HomeCommune = 1,
    /// Who employs her, as registry knows him.
    Employer = 2,
    /// What she has learnt.
    Education = 3,
    /// She produces, or does not.
    DirectProduction = 4,
    /// Dân tộc.
    Ethnicity = 20,
    /// Tôn giáo.
    Religion = 21,
    /// How she stands to the Party.
    PartyMembership = 22,
}

/// All of them, in order.
pub const ALL: [Attribute; 7] = [
    Attribute::HomeCommune,
    Attribute::Employer,
    Attribute::Education,
    Attribute::DirectProduction,
    Attribute::Ethnicity,
    Attribute::Religion,
    Attribute::PartyMembership,
];

impl Attribute {
    /// The permission of reading it, where that is another than of reading people.
    pub fn sensitive(self) -> Option<&'static str> {
        match self {
            Self::HomeCommune | Self::Employer | Self::Education | Self::DirectProduction => None,
            Self::Ethnicity => Some("membership.ethnicity.read"),
            Self::Religion => Some("membership.religion.read"),
            Self::PartyMembership => Some("membership.party_membership.read"),
        }
    }

    /// Whether it takes a value. The empty one says that nothing is known.
    pub fn takes(self, value: &str) -> bool {
        value.is_empty()
            || match self {
                Self::Employer => Uuid::parse_str(value).is_ok_and(|id| id.to_string() == value),
                Self::DirectProduction => matches!(value, "YES" | "NO"),
                _ => self.name_vi(value).is_some(),
            }
    }

    /// What a code is called.
    pub fn name_vi(self, value: &str) -> Option<&'static str> {
        let list = match self {
            Self::HomeCommune => reference::communes(),
            Self::Education => reference::education_levels(),
            Self::Ethnicity => reference::ethnicities(),
            Self::Religion => reference::religions(),
            Self::PartyMembership => reference::party_standings(),
            Self::Employer | Self::DirectProduction => return None,
        };
        list.get(value).map(String::as_str)
    }
}

/// What was said of one attribute from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The first day.
    pub from_on: Date,
    /// Empty where nothing is known.
    pub value: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

struct SealedRow {
    from_on: Date,
    key_version: i32,
    ciphertext: Vec<u8>,
    decision_id: Option<Uuid>,
}

/// All that is said of one attribute of a person, or was said as was known then; the last day first.
pub async fn said(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    attribute: Attribute,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Said>, Failure> {
    if attribute.sensitive().is_some() {
        return sealed(connection, keys, person_id, attribute, known_at).await;
    }
    let number = attribute as i16;
    let most = i64::try_from(DAYS_MAX).unwrap_or(i64::MAX);
    let rows =
        match known_at {
            None => {
                sqlx::query_as!(
                    Said,
                    "select from_on, value, decision_id from person_attribute
                 where person_id = $1 and attribute = $2 order by from_on desc limit $3",
                    person_id,
                    number,
                    most,
                )
                .fetch_all(connection)
                .await?
            }
            Some(at) => sqlx::query_as!(
                Said,
                r#"select from_on as "from_on!", value as "value!", decision_id as "decision_id?"
                   from person_attribute_known
                   where person_id = $1 and attribute = $2 and recorded @> $4::timestamptz
                   order by from_on desc limit $3"#,
                person_id,
                number,
                most,
                at,
            )
            .fetch_all(connection)
            .await?,
        };
    Ok(rows)
}

async fn sealed(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    attribute: Attribute,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Said>, Failure> {
    let number = attribute as i16;
    let most = i64::try_from(DAYS_MAX).unwrap_or(i64::MAX);
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                SealedRow,
                "select from_on, key_version, ciphertext, decision_id from person_sensitive
                 where person_id = $1 and attribute = $2 order by from_on desc limit $3",
                person_id,
                number,
                most,
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                SealedRow,
                r#"select from_on as "from_on!", key_version as "key_version!",
                          ciphertext as "ciphertext!", decision_id as "decision_id?"
                   from person_sensitive_known
                   where person_id = $1 and attribute = $2 and recorded @> $4::timestamptz
                   order by from_on desc limit $3"#,
                person_id,
                number,
                most,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    let opened = rows.into_iter().map(|row| {
        let sealed = Sealed { key_version: row.key_version, ciphertext: row.ciphertext };
        let column = Column::Sensitive(number, row.from_on);
        let value = keys.open_sealed(column, person_id, &sealed)?;
        let value = value.trim_end().to_string();
        Ok(Said { from_on: row.from_on, value, decision_id: row.decision_id })
    });
    Ok(opened.collect::<anyhow::Result<Vec<_>>>()?)
}

/// Writes what holds of somebody who is locked from a day of which nothing is said.
pub async fn write(
    acting: &mut Acting,
    keys: &Keys,
    person_id: Uuid,
    attribute: Attribute,
    said: &Said,
) -> Result<(), Failure> {
    let (act_id, number) = (acting.act_id, attribute as i16);
    if attribute.sensitive().is_none() {
        sqlx::query!(
            "insert into person_attribute (person_id, attribute, from_on, value, decision_id, act_id)
             values ($1, $2, $3, $4, $5, $6)",
            person_id,
            number,
            said.from_on,
            said.value,
            said.decision_id,
            act_id,
        )
        .execute(acting.db())
        .await?;
        return Ok(());
    }
    let padded = format!("{:SEALED_BYTES$}", said.value);
    let sealed = keys.seal(Column::Sensitive(number, said.from_on), person_id, &padded)?;
    sqlx::query!(
        "insert into person_sensitive (person_id, attribute, from_on, key_version, ciphertext,
                                       decision_id, act_id)
         values ($1, $2, $3, $4, $5, $6, $7)",
        person_id,
        number,
        said.from_on,
        sealed.key_version,
        sealed.ciphertext,
        said.decision_id,
        act_id,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

/// What was said from a day was never so.
pub async fn take_back(
    acting: &mut Acting,
    person_id: Uuid,
    attribute: Attribute,
    from_on: Date,
) -> Result<(), Failure> {
    let number = attribute as i16;
    if attribute.sensitive().is_none() {
        sqlx::query!(
            "delete from person_attribute
             where person_id = $1 and attribute = $2 and from_on = $3",
            person_id,
            number,
            from_on,
        )
        .execute(acting.db())
        .await?;
    } else {
        sqlx::query!(
            "delete from person_sensitive
             where person_id = $1 and attribute = $2 and from_on = $3",
            person_id,
            number,
            from_on,
        )
        .execute(acting.db())
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_take_what_their_lists_have() {
        let takes = [
            (Attribute::HomeCommune, "00001"),
            (Attribute::Employer, "01900000-0000-7000-8000-000000000001"),
            (Attribute::Education, "BACHELOR"),
            (Attribute::DirectProduction, "NO"),
            (Attribute::Ethnicity, "02"),
            (Attribute::Religion, "NONE"),
            (Attribute::PartyMembership, "OFFICIAL"),
        ];
        for (attribute, value) in takes {
            assert!(attribute.takes(value) && attribute.takes(""), "{attribute:?}");
            assert!(!attribute.takes("XYZ") && !attribute.takes(" "), "{attribute:?}");
        }
        assert_eq!(Attribute::Ethnicity.name_vi("01"), Some("Kinh"));
        assert_eq!(reference::ethnicities().len(), 55);
    }

    #[test]
    fn every_sensitive_code_is_sealed_at_one_length() {
        let lists =
            [reference::ethnicities(), reference::religions(), reference::party_standings()];
        for code in lists.into_iter().flat_map(|list| list.keys()) {
            assert!(code.len() <= SEALED_BYTES, "{code}");
        }
    }
}
