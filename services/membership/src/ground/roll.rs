//! A roll: the people of one act, each known already or written down by it.

mod by_number;
mod named;
mod twins;

use std::collections::{HashMap, HashSet};

use chassis::database::Acting;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::keys::{Column, Keys};
use crate::ground::merged;
use crate::ground::person::{Line, NewPerson, Sex, name_key};
use crate::ground::refused::{BadLines, Refused};

pub use named::{
    all_in_scope, all_surviving, hold, hold_with_merged, lock, lock_those_of, none_repeated,
};

/// At most this many lines in one act.
pub const LINES_MAX: usize = 1_000;

/// A list of people, parsed.
#[derive(Debug)]
pub struct Roll {
    /// The field's name in the request, for example `applicants`.
    pub list: &'static str,
    /// What stands between a line and its person's fields, for example `person.`; mostly nothing.
    pub within: &'static str,
    /// In the order of the request.
    pub lines: Vec<Line>,
}

/// A person of a roll, as the act goes on with her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Who.
    pub person_id: Uuid,
    /// ISO 5218.
    pub sex: i16,
    /// 0 when it is not known.
    pub birth_year: i16,
}

/// Something unlikely that a line says; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(i32)]
pub enum Unlikely {
    /// The number says another sex.
    IdentitySexDiffers = 1,
    /// The number says another year of birth.
    IdentityYearDiffers = 2,
    /// The organisation has a member of the same name and birth.
    Namesake = 3,
    /// Another line of the list has the same name and birth.
    Twin = 4,
}

/// A warning about one field of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// For example `lines[12].identity_number`.
    pub field: String,
    /// What is unlikely about it.
    pub unlikely: Unlikely,
    /// The other line, where it is about two: for example `lines[14]`.
    #[serde(default)]
    pub other: Option<String>,
}

/// The people of a roll, written down.
#[derive(Debug)]
pub struct Enrolment {
    /// Everyone, in the order of the roll.
    pub people: Vec<Enrolled>,
    /// Whom the register knew before. Of the others it knows nothing but what the roll says.
    pub known_before: Vec<Uuid>,
}

impl Roll {
    /// The name of a field of one line.
    pub fn field(&self, line: usize, field: &str) -> String {
        format!("{}[{line}].{}{field}", self.list, self.within)
    }

    /// What the numbers say against the rest of their lines, and lines that are alike.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for (line, person) in self.new_persons() {
            let Some(told) = person.identity.as_ref().and_then(|identity| identity.told()) else {
                continue;
            };
            let mut warn = |unlikely| {
                let field = self.field(line, "identity_number");
                warnings.push(Warning { field, unlikely, other: None });
            };
            if person.sex != Sex::NotKnown && person.sex != told.sex {
                warn(Unlikely::IdentitySexDiffers);
            }
            if person.birth_year.is_some_and(|year| year != told.birth_year) {
                warn(Unlikely::IdentityYearDiffers);
            }
        }
        warnings.extend(self.twins());
        warnings
    }

    /// How many identity numbers the roll asks about.
    pub fn numbers(&self) -> usize {
        self.numbered_persons().count()
    }

    fn numbered_persons(&self) -> impl Iterator<Item = (usize, &NewPerson)> {
        self.new_persons().filter(|(_, person)| person.identity.is_some())
    }

    fn new_persons(&self) -> impl Iterator<Item = (usize, &NewPerson)> {
        self.lines.iter().enumerate().filter_map(|(line, person)| match person {
            Line::New(person) => Some((line, person)),
            Line::Known(_) => None,
        })
    }

    fn known_persons(&self) -> impl Iterator<Item = (usize, Uuid)> {
        self.lines.iter().enumerate().filter_map(|(line, person)| match person {
            Line::Known(person_id) => Some((line, *person_id)),
            Line::New(_) => None,
        })
    }

    /// Finds the known people, who must lie in the caller's scope, and locks them in the
    /// order of their ids; writes the new ones down under an organisation, but for those who
    /// are known by their number.
    pub async fn enrol(
        &self,
        acting: &mut Acting,
        keys: &Keys,
        recorded_under: Uuid,
    ) -> Result<Enrolment, Failure> {
        self.no_number_repeated(keys)?;
        let mut enrolled: Vec<Option<Enrolled>> = vec![None; self.lines.len()];
        let mut known_before = Vec::new();

        let known: Vec<(usize, Uuid)> = self.known_persons().collect();
        if !known.is_empty() {
            let ids: Vec<Uuid> = known.iter().map(|(_, person_id)| *person_id).collect();
            let found = in_scope(acting, &ids).await?;
            let mut bad = BadLines::default();
            for (line, person_id) in known {
                match found.get(&person_id) {
                    Some((_, true)) => {
                        let field = self.field(line, "person_id");
                        bad.add(line, Refused::PersonErased { field });
                    }
                    Some((person, false)) => {
                        known_before.push(person.person_id);
                        enrolled[line] = Some(*person);
                    }
                    None => {
                        let field = self.field(line, "person_id");
                        bad.add(line, Refused::PersonUnknown { field });
                    }
                }
            }
            bad.refuse()?;
            let lines: Vec<usize> = self.known_persons().map(|(line, _)| line).collect();
            let field = |known: usize| self.field(lines[known], "person_id");
            merged::refuse(acting.db(), &ids, field).await?;
        }
        let again = self.known_by_number(acting, keys).await?;
        for (line, person) in self.write_down(acting, keys, recorded_under, &again).await? {
            enrolled[line] = Some(person);
        }
        let mut bad = BadLines::default();
        for (line, person) in again {
            let named = |one: &Option<Enrolled>| {
                one.as_ref().is_some_and(|one| one.person_id == person.person_id)
            };
            if enrolled.iter().any(named) {
                let field = self.field(line, "identity_number");
                bad.add(line, Refused::PersonRepeated { field });
            }
            known_before.push(person.person_id);
            enrolled[line] = Some(person);
        }
        bad.refuse()?;
        Ok(Enrolment { people: enrolled.into_iter().flatten().collect(), known_before })
    }

    /// Refuses a list that names one person, or one number, twice.
    fn no_number_repeated(&self, keys: &Keys) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        let mut persons = HashSet::new();
        for (line, person_id) in self.known_persons() {
            if !persons.insert(person_id) {
                bad.add(line, Refused::PersonRepeated { field: self.field(line, "person_id") });
            }
        }
        let mut numbers = HashSet::new();
        for (line, person) in self.new_persons() {
            if let Some(identity) = &person.identity
                && !numbers.insert(blind_index(keys, identity))
            {
                let field = self.field(line, "identity_number");
                bad.add(line, Refused::IdentityNumberRepeated { field });
            }
        }
        Ok(bad.refuse()?)
    }

    async fn write_down(
        &self,
        acting: &mut Acting,
        keys: &Keys,
        recorded_under: Uuid,
        again: &HashMap<usize, Enrolled>,
    ) -> Result<Vec<(usize, Enrolled)>, Failure> {
        let mut written = Vec::new();
        let mut rows = PersonRows::default();
        let mut identities = Vec::new();
        let mut phones = PhoneRows::default();
        let new = self.new_persons().filter(|(line, _)| !again.contains_key(line));
        for (line, person) in new {
            let person_id = Uuid::now_v7();
            written.push((
                line,
                Enrolled {
                    person_id,
                    sex: person.sex as i16,
                    birth_year: person.birth_year.unwrap_or_default(),
                },
            ));
            rows.push(person_id, person);
            if let Some(identity) = &person.identity {
                let sealed = keys.seal(Column::IdentityNumber, person_id, &identity.number)?;
                identities.push((blind_index(keys, identity), line, person_id, identity, sealed));
            }
            if let Some(phone) = &person.phone {
                let sealed = keys.seal(Column::Phone, person_id, phone)?;
                phones.person_ids.push(person_id);
                phones.key_versions.push(sealed.key_version);
                phones.ciphertexts.push(sealed.ciphertext);
            }
        }
        if written.is_empty() {
            return Ok(written);
        }

        // Two rolls that share numbers queue for them in one order.
        identities.sort_by(|one, other| one.0.cmp(&other.0));
        let blind_indexes: Vec<Vec<u8>> = identities.iter().map(|row| row.0.clone()).collect();
        let person_ids: Vec<Uuid> = identities.iter().map(|row| row.2).collect();
        let kinds: Vec<i16> = identities.iter().map(|row| row.3.kind as i16).collect();
        let countries: Vec<Option<&str>> = identities
            .iter()
            .map(|row| Some(row.3.country.as_str()).filter(|country| !country.is_empty()))
            .collect();
        let key_versions: Vec<i32> = identities.iter().map(|row| row.4.key_version).collect();
        let ciphertexts: Vec<Vec<u8>> =
            identities.iter().map(|row| row.4.ciphertext.clone()).collect();
        let inserted: HashSet<Uuid> = sqlx::query_file_scalar!(
            "src/ground/roll/write_down.sql",
            &rows.person_ids,
            &rows.names as &[&str],
            &rows.name_keys,
            &rows.sexes,
            &rows.birth_dates as &[Option<Date>],
            &rows.birth_years as &[Option<i16>],
            &rows.workplaces as &[Option<&str>],
            &rows.occupations as &[Option<&str>],
            recorded_under,
            acting.act_id,
            acting.acted_at,
            &blind_indexes,
            &person_ids,
            &kinds,
            &countries as &[Option<&str>],
            &key_versions,
            &ciphertexts,
            &phones.person_ids,
            &phones.key_versions,
            &phones.ciphertexts,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        let mut bad = BadLines::default();
        for (_, line, person_id, _, _) in &identities {
            if !inserted.contains(person_id) {
                let field = self.field(*line, "identity_number");
                bad.add(*line, Refused::IdentityNumberTaken { field });
            }
        }
        bad.refuse()?;
        Ok(written)
    }

    /// Warns of new people who have the name and birth of a member of the organisation. To
    /// be asked before the new ones are members themselves.
    pub async fn namesakes(
        &self,
        acting: &mut Acting,
        organisation_id: Uuid,
    ) -> Result<Vec<Warning>, Failure> {
        let (lines, (name_keys, birth_years)): (Vec<i64>, (Vec<String>, Vec<i16>)) = self
            .new_persons()
            .filter_map(|(line, person)| {
                let line = i64::try_from(line).ok()?;
                Some((line, (name_key(&person.name), person.birth_year?)))
            })
            .unzip();
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let found = sqlx::query_scalar!(
            r#"select line as "line!"
               from unnest($1::bigint[], $2::text[], $3::smallint[])
                    as asked (line, name_key, birth_year)
               where exists (select from person
                             join membership using (person_id)
                             where person.name_key = asked.name_key
                               and person.birth_year = asked.birth_year
                               and membership.organisation_id = $4
                               and membership.until_on is null)
               order by line"#,
            &lines,
            &name_keys,
            &birth_years,
            organisation_id,
        )
        .fetch_all(acting.db())
        .await?;
        Ok(found
            .into_iter()
            .filter_map(|line| usize::try_from(line).ok())
            .map(|line| Warning {
                field: self.field(line, "name"),
                unlikely: Unlikely::Namesake,
                other: None,
            })
            .collect())
    }
}

/// The people with these ids who lie in the caller's scope, and whether they were erased, locked in
/// the order of their ids: movements of one person follow one another.
async fn in_scope(
    acting: &mut Acting,
    person_ids: &[Uuid],
) -> Result<HashMap<Uuid, (Enrolled, bool)>, Failure> {
    lock(acting, person_ids).await?;
    let found = sqlx::query!(
        r#"select person_id, sex, coalesce(birth_year, 0::smallint) as "birth_year!",
                  name_key = '' as "erased!"
           from person
           where person_id = any (array(select persons_in_scope($1)))"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?;
    let found = found.into_iter().map(|row| {
        let person =
            Enrolled { person_id: row.person_id, sex: row.sex, birth_year: row.birth_year };
        (row.person_id, (person, row.erased))
    });
    Ok(found.collect())
}

/// The blind index of a number.
pub fn blind_index(keys: &Keys, identity: &crate::ground::person::Identity) -> Vec<u8> {
    keys.blind_index(identity.kind as i16, &identity.country, &identity.number)
}

#[derive(Default)]
struct PersonRows<'a> {
    person_ids: Vec<Uuid>,
    names: Vec<&'a str>,
    name_keys: Vec<String>,
    sexes: Vec<i16>,
    birth_dates: Vec<Option<Date>>,
    birth_years: Vec<Option<i16>>,
    workplaces: Vec<Option<&'a str>>,
    occupations: Vec<Option<&'a str>>,
}

impl<'a> PersonRows<'a> {
    fn push(&mut self, person_id: Uuid, person: &'a NewPerson) {
        self.person_ids.push(person_id);
        self.names.push(&person.name);
        self.name_keys.push(name_key(&person.name));
        self.sexes.push(person.sex as i16);
        self.birth_dates.push(person.birth_date);
        self.birth_years.push(person.birth_year);
        self.workplaces.push(person.workplace.as_deref());
        self.occupations.push(person.occupation.as_deref());
    }
}

#[derive(Default)]
struct PhoneRows {
    person_ids: Vec<Uuid>,
    key_versions: Vec<i32>,
    ciphertexts: Vec<Vec<u8>>,
}
