//! Says who a person is, where she was written down as somebody else.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::{histories, tell_again};
use crate::ground::contact;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::document::{self, Valid};
use crate::ground::duplicates;
use crate::ground::keys::Keys;
use crate::ground::merged;
use crate::ground::organisation;
use crate::ground::person::{Identity, Sex, name_key};
use crate::ground::refused::Refused;
use crate::ground::roll::{self, Enrolled, blind_index};
use crate::ground::scope;
use crate::ground::standing;

/// A person is somebody else than was written down; what is not said stays as it is.
pub struct CorrectPerson {
    /// Seals and finds identity numbers.
    pub keys: Arc<Keys>,
    /// Who.
    pub person_id: Uuid,
    /// Why.
    pub reason: String,
    /// The document that shows it.
    pub basis: Option<Basis>,
    /// In NFC, as she writes it.
    pub name: Option<String>,
    /// Sex, or that it is not known.
    pub sex: Option<Sex>,
    /// When she was born.
    pub birth: Option<Birth>,
    /// Where she works, or that it is not known.
    pub workplace: Option<Option<String>>,
    /// What she works as, or that it is not known.
    pub occupation: Option<Option<String>>,
    /// Her phone, or that none is known.
    pub phone: Option<Option<String>>,
    /// The number that identifies her, or that she has none.
    pub identity: Option<Option<Identity>>,
}

/// When somebody was born.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    /// The day, where it is known.
    pub date: Option<Date>,
    /// The year; that of the day, where that is known.
    pub year: i16,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {}

/// A person, as she is written down.
#[derive(PartialEq, Eq)]
struct Written {
    name: String,
    sex: i16,
    birth_date: Option<Date>,
    birth_year: Option<i16>,
    workplace: Option<String>,
    occupation: Option<String>,
}

impl Act for CorrectPerson {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let person_id = self.person_id;
        let union = scope::of(acting, person_id).await?;
        let field = |_| "person_id".to_string();
        let decision_id = rests_on(acting, self.basis.as_ref(), union).await?;
        organisation::decided_on(acting).await?;
        roll::lock(acting, &[person_id]).await?;
        merged::refuse(acting.db(), &[person_id], field).await?;
        let counted = histories(acting.db(), &[person_id]).await?;
        let was = self.written(acting).await?;
        let now = self.corrected(&was);
        let mut changed = was != now;
        if changed {
            self.write(acting, &now).await?;
        }
        if let Some(phone) = &self.phone {
            let phone = phone.as_deref();
            changed |= contact::write_phone(acting, &self.keys, person_id, phone).await?;
        }
        changed |= self.write_identity(acting).await?;
        if !changed {
            return Err(Refused::CorrectionChangesNothing { field: "person_id" }.into());
        }
        // Figures know her by sex and year of birth, and by nothing else.
        if (was.sex, was.birth_year) != (now.sex, now.birth_year) {
            let birth_year = now.birth_year.unwrap_or_default();
            let known = Enrolled { person_id, sex: now.sex, birth_year };
            for history in &counted {
                let changes = tell_again(acting.db(), history, known, decision_id).await?;
                acting.publish_all(changes);
            }
        }
        if was.sex != now.sex {
            let changes = standing::tell_again(acting.db(), person_id, was.sex).await?;
            acting.publish_all(changes);
        }
        duplicates::look_again(acting, person_id).await?;
        let corrected = Correction {
            kind: Kind::PersonCorrected,
            about_id: person_id,
            now_id: None,
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected {})
    }
}

impl CorrectPerson {
    /// How many identity numbers it asks about.
    pub fn numbers(&self) -> usize {
        usize::from(self.identity.as_ref().is_some_and(Option::is_some))
    }

    async fn written(&self, acting: &mut Acting) -> Result<Written, Failure> {
        let written = sqlx::query_as!(
            Written,
            "select name, sex, birth_date, birth_year, workplace, occupation
             from person where person_id = $1",
            self.person_id,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(written)
    }

    fn corrected(&self, was: &Written) -> Written {
        let (birth_date, birth_year) = match self.birth {
            Some(birth) => (birth.date, Some(birth.year)),
            None => (was.birth_date, was.birth_year),
        };
        Written {
            name: self.name.clone().unwrap_or_else(|| was.name.clone()),
            sex: self.sex.map_or(was.sex, |sex| sex as i16),
            birth_date,
            birth_year,
            workplace: self.workplace.clone().unwrap_or_else(|| was.workplace.clone()),
            occupation: self.occupation.clone().unwrap_or_else(|| was.occupation.clone()),
        }
    }

    async fn write(&self, acting: &mut Acting, now: &Written) -> Result<(), Failure> {
        sqlx::query!(
            "update person
             set name = $2, name_key = $3, sex = $4, birth_date = $5, birth_year = $6,
                 workplace = $7, occupation = $8
             where person_id = $1",
            self.person_id,
            now.name,
            name_key(&now.name),
            now.sex,
            now.birth_date,
            now.birth_year,
            now.workplace,
            now.occupation,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    /// The number that she is shown with is another, or she has none at all; answers whether anything
    /// changed. What she has besides stays.
    async fn write_identity(&self, acting: &mut Acting) -> Result<bool, Failure> {
        let Some(identity) = &self.identity else { return Ok(false) };
        let index = identity.as_ref().map(|identity| blind_index(&self.keys, identity));
        let acted_at = acting.acted_at;
        let ended = sqlx::query!(
            "update person_identity set ended_at = $3
             where person_id = $1 and ended_at is null and blind_index is distinct from $2
               and ($2::bytea is null or blind_index = (
                   select shown.blind_index from person_identity shown
                   where shown.person_id = $1 and shown.ended_at is null
                   order by (shown.until_on is null or shown.until_on > access.today()) desc,
                            shown.kind, shown.recorded_at desc
                   limit 1))",
            self.person_id,
            index,
            acted_at,
        )
        .execute(acting.db())
        .await?
        .rows_affected();
        let (Some(identity), Some(index)) = (identity, index) else { return Ok(ended > 0) };
        let held = document::of(acting, self.person_id).await?;
        if held.iter().any(|held| held.blind_index == index) {
            return Ok(ended > 0);
        }
        document::write_down(acting, &self.keys, self.person_id, identity, Valid::default())
            .await?;
        Ok(true)
    }
}
