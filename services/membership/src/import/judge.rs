//! What becomes of each line: a pure function of the line, of what the register knows, and of the
//! lines before it that were admitted. It comes to the same wherever batches end: what a line of
//! this batch has done to a later one is what the register would say of it in the next.

use std::collections::{HashMap, HashSet};

use chassis::refusal::Refusal;
use feeds::membership::AdmissionKind;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::import::known::{Known, Namesake, Person, Stay, Union};
use crate::import::line::{Batch, Joining, Newcomer, Who};
use crate::import::terms::Terms;

/// What becomes of a line.
#[derive(Debug)]
pub enum Outcome {
    /// She becomes a member.
    Admitted(Admitted),
    /// She is one already.
    AlreadyMember(Uuid),
    /// She may be this member of the union.
    Candidate(Uuid),
    /// It cannot be taken.
    Refused(Refusal),
}

impl Outcome {
    /// `membership.v1.ImportOutcome`.
    pub fn number(&self) -> u8 {
        match self {
            Self::Admitted(_) => 1,
            Self::AlreadyMember(_) => 2,
            Self::Candidate(_) => 3,
            Self::Refused(_) => 4,
        }
    }

    /// The person of the line, where it has one.
    pub fn person_id(&self) -> Option<Uuid> {
        match self {
            Self::Admitted(admitted) => Some(admitted.person_id),
            Self::AlreadyMember(person_id) => Some(*person_id),
            Self::Candidate(_) | Self::Refused(_) => None,
        }
    }
}

/// Somebody who becomes a member.
#[derive(Clone, Copy, Debug)]
pub struct Admitted {
    /// Who.
    pub person_id: Uuid,
    /// Of which union.
    pub organisation_id: Uuid,
    /// From when on.
    pub on: Date,
    /// ISO 5218.
    pub sex: i16,
    /// 0 where it is not known.
    pub birth_year: i16,
    /// The line writes her down.
    pub is_new: bool,
}

/// The lines of an import that were admitted, as far as later ones must know of them: those of
/// the batch that is judged and, where nothing is written, of all before it.
#[derive(Debug, Default)]
pub struct Earlier {
    /// By blind index.
    numbers: HashSet<Vec<u8>>,
    /// Who joined which union.
    joined: HashMap<Uuid, Uuid>,
    /// By union and match key.
    names: HashMap<(Uuid, String), Vec<Namesake>>,
}

/// All outcomes of a batch, in the order of its lines.
#[derive(Debug)]
pub struct Judged {
    /// One for each line.
    pub outcomes: Vec<Outcome>,
    /// So many numbers belong to people outside of the caller's scope, which she is told.
    pub numbers_told: usize,
}

/// Judges the lines of a batch in their order.
pub fn judge(batch: &Batch, terms: &Terms, known: &Known, earlier: &mut Earlier) -> Judged {
    let mut judging = Judging { terms, known, earlier, numbers_told: 0 };
    let outcomes = batch
        .lines
        .iter()
        .map(|line| match &line.read {
            Ok(joining) => judging.line(joining).unwrap_or_else(Outcome::Refused),
            Err(refusal) => Outcome::Refused(refusal.clone()),
        })
        .collect();
    Judged { outcomes, numbers_told: judging.numbers_told }
}

struct Judging<'a> {
    terms: &'a Terms,
    known: &'a Known,
    earlier: &'a mut Earlier,
    numbers_told: usize,
}

impl<'a> Judging<'a> {
    fn line(&mut self, joining: &Joining) -> Result<Outcome, Refusal> {
        let (union, on) = (joining.organisation_id, joining.on);
        self.admits(union, on)?;
        match &joining.who {
            Who::Known(person_id) => self.somebody_known(*person_id, union, on),
            Who::New(newcomer) => self.somebody_new(newcomer, union, on),
        }
    }

    /// Refuses a union that is unknown, or takes nobody in on that day.
    fn admits(&self, organisation_id: Uuid, on: Date) -> Result<(), Refusal> {
        let field = "organisation_id".to_string();
        let Some(union) = self.known.unions.get(&organisation_id) else {
            return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
        };
        if let Some(refusal) = self.known.undecided.get(&organisation_id) {
            return Err(refusal.clone());
        }
        let Union { founded_on, ended_on, suspensions } = union;
        if on < *founded_on {
            let founded_on = *founded_on;
            return Err(
                Refused::OrganisationNotFounded { field, organisation_id, founded_on }.into()
            );
        }
        if let Some(ended_on) = ended_on.filter(|ended_on| *ended_on <= on) {
            return Err(Refused::OrganisationEnded { field, organisation_id, ended_on }.into());
        }
        let suspended = suspensions.iter().find(|(suspended_on, resumed_on)| {
            *suspended_on <= on && resumed_on.is_none_or(|resumed_on| resumed_on > on)
        });
        if let Some((suspended_on, _)) = suspended {
            let suspended_on = *suspended_on;
            return Err(
                Refused::OrganisationSuspended { field, organisation_id, suspended_on }.into()
            );
        }
        Ok(())
    }

    fn somebody_known(
        &mut self,
        person_id: Uuid,
        union: Uuid,
        on: Date,
    ) -> Result<Outcome, Refusal> {
        let field = || "person.person_id".to_string();
        let person = self.known.persons.get(&person_id).filter(|person| person.in_scope);
        let Some(person) = person else {
            return Err(Refused::PersonUnknown { field: field() }.into());
        };
        if person.name_key.is_empty() {
            return Err(Refused::PersonErased { field: field() }.into());
        }
        let joined = self.earlier.joined.get(&person_id);
        match joined.or(person.lasting(on).map(|stay| &stay.organisation_id)) {
            Some(counts) if *counts == union => return Ok(Outcome::AlreadyMember(person_id)),
            Some(_) => return Err(Refused::MembershipActive { field: field() }.into()),
            None => {}
        }
        self.may_join(person, on, field())?;
        Ok(self.joins(person_id, person, union, on))
    }

    fn somebody_new(
        &mut self,
        newcomer: &Newcomer,
        union: Uuid,
        on: Date,
    ) -> Result<Outcome, Refusal> {
        let field = || "person.identity_number".to_string();
        if let Some(number) = &newcomer.number {
            if self.earlier.numbers.contains(&number.blind_index) {
                return Err(Refused::IdentityNumberRepeated { field: field() }.into());
            }
            if let Some((person_id, person)) = self.holder(&number.blind_index) {
                return self.somebody_met(newcomer, (person_id, person), union, on);
            }
        }
        if let Some(member) = self.alike(newcomer, union) {
            return Ok(Outcome::Candidate(member));
        }
        if self.terms.kind == AdmissionKind::Readmitted {
            let field = "person.name".to_string();
            return Err(Refused::FormerMembershipMissing { field }.into());
        }
        if let Some(number) = &newcomer.number {
            self.earlier.numbers.insert(number.blind_index.clone());
        }
        self.bears(
            union,
            &newcomer.name_key,
            Namesake {
                person_id: newcomer.person_id,
                birth_date: newcomer.birth_date,
                birth_year: newcomer.birth_year,
                number_kinds: newcomer.number.iter().map(|number| number.kind).collect(),
            },
        );
        Ok(Outcome::Admitted(Admitted {
            person_id: newcomer.person_id,
            organisation_id: union,
            on,
            sex: newcomer.sex,
            birth_year: newcomer.birth_year.unwrap_or_default(),
            is_new: true,
        }))
    }

    /// Whoever has the number. Where nothing is written, those outside of the caller's scope are
    /// as if they were not: that a number is known is not told for nothing.
    fn holder(&self, blind_index: &[u8]) -> Option<(Uuid, &'a Person)> {
        let person_id = self.known.holders.get(blind_index)?;
        let person = self.known.persons.get(person_id)?;
        (person.in_scope || !self.terms.validate_only).then_some((*person_id, person))
    }

    /// A line meets somebody by her number.
    fn somebody_met(
        &mut self,
        newcomer: &Newcomer,
        (person_id, person): (Uuid, &Person),
        union: Uuid,
        on: Date,
    ) -> Result<Outcome, Refusal> {
        let field = || "person.identity_number".to_string();
        let taken = Refused::IdentityNumberTaken { field: field() };
        if !person.in_scope {
            self.numbers_told += 1;
            return Err(taken.into());
        }
        // She may have joined by a line that named her by her id.
        if self.earlier.joined.contains_key(&person_id) {
            return Err(Refused::IdentityNumberRepeated { field: field() }.into());
        }
        let stay =
            person.lasting(on).map(|stay: &Stay| (stay.organisation_id, stay.by_this_import));
        match stay {
            Some((_, true)) => {
                return Err(Refused::IdentityNumberRepeated { field: field() }.into());
            }
            Some((counts, _)) if counts == union => return Ok(Outcome::AlreadyMember(person_id)),
            Some(_) => return Err(Refused::MembershipActive { field: field() }.into()),
            None => {}
        }
        let birth_year = newcomer.birth_year.unwrap_or_default();
        if person.name_key != newcomer.name_key || person.birth_year != birth_year {
            return Err(taken.into());
        }
        self.may_join(person, on, field())?;
        Ok(self.joins(person_id, person, union, on))
    }

    /// Refuses who must wait after her last exit, who was expelled, and, at a readmission, who never
    /// was a member.
    fn may_join(&self, person: &Person, on: Date, field: String) -> Result<(), Refusal> {
        let left =
            person.stays.iter().filter(|stay| stay.until_on.is_some_and(|until| until <= on));
        let waits_until = left.clone().filter_map(|stay| stay.waits_until).max();
        if let Some(until_on) = waits_until.filter(|until_on| *until_on > on) {
            return Err(Refused::WaitingPeriodRunning { field, until_on }.into());
        }
        // A file has no consent of a superior.
        if left.clone().max_by_key(|stay| stay.until_on).is_some_and(|stay| stay.expelled) {
            return Err(Refused::ConsentMissing { field }.into());
        }
        if self.terms.kind == AdmissionKind::Readmitted && left.count() == 0 {
            return Err(Refused::FormerMembershipMissing { field }.into());
        }
        Ok(())
    }

    fn joins(&mut self, person_id: Uuid, person: &Person, union: Uuid, on: Date) -> Outcome {
        self.earlier.joined.insert(person_id, union);
        self.bears(
            union,
            &person.name_key,
            Namesake {
                person_id,
                birth_date: person.birth_date,
                birth_year: Some(person.birth_year).filter(|year| *year != 0),
                number_kinds: person.number_kinds.clone(),
            },
        );
        Outcome::Admitted(Admitted {
            person_id,
            organisation_id: union,
            on,
            sex: person.sex,
            birth_year: person.birth_year,
            is_new: false,
        })
    }

    /// A member of the union who may be she: of her name and birth, where not both have a number of one
    /// kind. She who has a CMND there has a CCCD here.
    fn alike(&self, newcomer: &Newcomer, union: Uuid) -> Option<Uuid> {
        if newcomer.is_another {
            return None;
        }
        let key = (union, newcomer.name_key.clone());
        let members = self.known.namesakes.get(&key).into_iter().flatten();
        let earlier = self.earlier.names.get(&key).into_iter().flatten();
        members
            .chain(earlier)
            .find(|other| {
                let same_birth = match (newcomer.birth_date, other.birth_date) {
                    (Some(hers), Some(theirs)) => hers == theirs,
                    _ => newcomer.birth_year == other.birth_year,
                };
                let kind = newcomer.number.as_ref().map(|number| number.kind);
                same_birth && !kind.is_some_and(|kind| other.number_kinds.contains(&kind))
            })
            .map(|other| other.person_id)
    }

    /// Somebody of this name joins the union, as lines after this one will see.
    fn bears(&mut self, union: Uuid, name_key: &str, namesake: Namesake) {
        self.earlier.names.entry((union, name_key.to_string())).or_default().push(namesake);
    }
}
