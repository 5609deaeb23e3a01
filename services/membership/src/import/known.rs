//! What the register knows that the lines of a batch are judged by: their unions, whom their
//! numbers belong to, and who has their names.

use std::collections::{HashMap, HashSet};

use chassis::database::Acting;
use chassis::refusal::{Failure, Refusal};
use feeds::membership::ExitReason;
use time::Date;
use tonic::Code;
use uuid::Uuid;

use crate::ground::decision::Basis;
use crate::ground::reference::waiting_periods;
use crate::ground::roll;
use crate::import::line::{Batch, Newcomer, Who};
use crate::import::terms::Terms;

/// A union in the caller's scope, that is known to exist.
#[derive(Debug)]
pub struct Union {
    /// Its first day.
    pub founded_on: Date,
    /// The first day on which it no longer exists.
    pub ended_on: Option<Date>,
    /// From when until when its direction was suspended.
    pub suspensions: Vec<(Date, Option<Date>)>,
}

/// One membership of somebody.
#[derive(Debug)]
pub struct Stay {
    /// The union.
    pub organisation_id: Uuid,
    /// The first day on which it no longer held.
    pub until_on: Option<Date>,
    /// It ended because she was expelled.
    pub expelled: bool,
    /// For so long whoever left waits.
    pub waits_until: Option<Date>,
    /// It was begun by this very import.
    pub by_this_import: bool,
}

/// Somebody whom a line names, or whose number it has.
#[derive(Debug)]
pub struct Person {
    /// As names are compared.
    pub name_key: String,
    /// ISO 5218.
    pub sex: i16,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// 0 where it is not known.
    pub birth_year: i16,
    /// Of which kinds the register has numbers of hers.
    pub number_kinds: Vec<i16>,
    /// She lies in the caller's scope.
    pub in_scope: bool,
    /// Her memberships.
    pub stays: Vec<Stay>,
}

impl Person {
    /// A stay that lasts on that day, or later.
    pub fn lasting(&self, on: Date) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.until_on.is_none_or(|until_on| until_on > on))
    }
}

/// A lasting member of a union who has a name that lines have.
#[derive(Debug)]
pub struct Namesake {
    /// Who.
    pub person_id: Uuid,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// Of which kinds the register has numbers of hers.
    pub number_kinds: Vec<i16>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Known {
    /// Those in the caller's scope.
    pub unions: HashMap<Uuid, Union>,
    /// The document that the admissions of a union rest on, where they rest on one ...
    pub decisions: HashMap<Uuid, Uuid>,
    /// ... or why they may not.
    pub undecided: HashMap<Uuid, Refusal>,
    /// By blind index: who has the number.
    pub holders: HashMap<Vec<u8>, Uuid>,
    /// By their ids.
    pub persons: HashMap<Uuid, Person>,
    /// By union and match key.
    pub namesakes: HashMap<(Uuid, String), Vec<Namesake>>,
}

impl Known {
    /// Reads it, and locks the unions and then whoever may join them, each in the order of their
    /// ids.
    pub async fn of(
        acting: &mut Acting,
        import: Uuid,
        terms: &Terms,
        batch: &Batch,
    ) -> Result<Self, Failure> {
        let unions = unions(acting, batch).await?;
        let mut known = Self { unions, ..Self::default() };
        // Before people are locked. Where nobody is taken in, no document is written down.
        if !terms.validate_only
            && let Some(basis) = &terms.dated.basis
        {
            known.rest(acting, basis).await?;
        }
        // Nothing is looked up for lines whose union is not the caller's.
        let newcomers: Vec<(Uuid, &Newcomer)> = batch
            .lines
            .iter()
            .filter_map(|line| line.read.as_ref().ok())
            .filter(|joining| known.unions.contains_key(&joining.organisation_id))
            .filter_map(|joining| match &joining.who {
                Who::New(newcomer) => Some((joining.organisation_id, &**newcomer)),
                Who::Known(_) => None,
            })
            .collect();
        known.holders = holders(acting, &newcomers).await?;
        let named = batch.lines.iter().filter_map(|line| match &line.read {
            Ok(joining) if known.unions.contains_key(&joining.organisation_id) => {
                match joining.who {
                    Who::Known(person_id) => Some(person_id),
                    Who::New(_) => None,
                }
            }
            _ => None,
        });
        let asked: HashSet<Uuid> = named.chain(known.holders.values().copied()).collect();
        if !asked.is_empty() {
            known.persons =
                persons(acting, import, asked, &known.unions, terms.dated.effective_on).await?;
        }
        known.namesakes = namesakes(acting, &newcomers).await?;
        Ok(known)
    }
}

impl Known {
    /// Finds or writes down the documents that the unions' admissions rest on.
    async fn rest(&mut self, acting: &mut Acting, basis: &Basis) -> Result<(), Failure> {
        let unions: Vec<Uuid> = self.unions.keys().copied().collect();
        let (decisions, refused) = match basis.rest_each(acting, &unions).await {
            Ok(rested) => (rested.decisions, rested.refused),
            // Nobody may: the issuer is unknown.
            Err(failure) => (HashMap::new(), Some(failure)),
        };
        match refused {
            None => {}
            Some(Failure::Refused(refusal)) if refusal.code() == Code::NotFound => {
                let without = unions.iter().filter(|union| !decisions.contains_key(*union));
                self.undecided.extend(without.map(|union| (*union, refusal.clone())));
            }
            Some(failure) => return Err(failure),
        }
        self.decisions = decisions;
        Ok(())
    }
}

/// The unions of the lines that lie in the caller's scope: her permission on each is decided
/// first, and once. They are locked against an end, a suspension, and each other's imports, which
/// could write down the same people without a number.
async fn unions(acting: &mut Acting, batch: &Batch) -> Result<HashMap<Uuid, Union>, Failure> {
    let asked: HashSet<Uuid> = batch
        .lines
        .iter()
        .filter_map(|line| line.read.as_ref().ok().map(|joining| joining.organisation_id))
        .collect();
    let asked: Vec<Uuid> = asked.into_iter().collect();
    let locked = sqlx::query_scalar!(
        "select organisation_id from organisation
         where organisation_id = any ($1) and access.covers(organisation_id)
         order by organisation_id for no key update",
        &asked,
    )
    .fetch_all(acting.db())
    .await?;
    // In a statement of its own: it sees what somebody who held the rows has left.
    let rows = sqlx::query!(
        "select organisation_id, founded_on, ended_on from organisation
         where organisation_id = any ($1) and not never_existed",
        &locked,
    )
    .fetch_all(acting.db())
    .await?;
    let mut unions: HashMap<Uuid, Union> = rows
        .into_iter()
        .map(|row| {
            let (founded_on, ended_on) = (row.founded_on, row.ended_on);
            (row.organisation_id, Union { founded_on, ended_on, suspensions: Vec::new() })
        })
        .collect();
    let suspensions = sqlx::query!(
        "select organisation_id, suspended_on, resumed_on from organisation_suspension
         where organisation_id = any ($1)",
        &locked,
    )
    .fetch_all(acting.db())
    .await?;
    for row in suspensions {
        if let Some(union) = unions.get_mut(&row.organisation_id) {
            union.suspensions.push((row.suspended_on, row.resumed_on));
        }
    }
    Ok(unions)
}

/// Who has the numbers of these lines.
async fn holders(
    acting: &mut Acting,
    newcomers: &[(Uuid, &Newcomer)],
) -> Result<HashMap<Vec<u8>, Uuid>, Failure> {
    let blind_indexes: Vec<&[u8]> = newcomers
        .iter()
        .filter_map(|(_, newcomer)| newcomer.number.as_ref())
        .map(|number| number.blind_index.as_slice())
        .collect();
    if blind_indexes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"select held.blind_index as "blind_index!",
                  coalesce((select root_id from person_merge
                            where person_merge.person_id = held.person_id),
                           held.person_id) as "person_id!"
           from unnest($1::bytea[]) as asked (blind_index)
           cross join lateral (
               select blind_index, person_id from person_identity
               where person_identity.blind_index = asked.blind_index and ended_at is null
               offset 0
           ) held"#,
        &blind_indexes as &[&[u8]],
    )
    .fetch_all(acting.db())
    .await?;
    Ok(rows.into_iter().map(|row| (row.blind_index, row.person_id)).collect())
}

/// What is known of these people. Whoever is a member of one of the unions lies in the caller's
/// scope; of the others it is asked. Those who are members nowhere are locked, and read again:
/// what somebody else has just written of them is seen.
async fn persons(
    acting: &mut Acting,
    import: Uuid,
    asked: HashSet<Uuid>,
    unions: &HashMap<Uuid, Union>,
    on: Date,
) -> Result<HashMap<Uuid, Person>, Failure> {
    let asked: Vec<Uuid> = asked.into_iter().collect();
    let mut persons = read(acting, import, &asked, on).await?;
    let free: Vec<Uuid> = persons
        .iter()
        .filter(|(_, person)| person.stays.iter().all(|stay| stay.until_on.is_some()))
        .map(|(person_id, _)| *person_id)
        .collect();
    if !free.is_empty() {
        roll::lock(acting, &free).await?;
        persons.extend(read(acting, import, &free, on).await?);
    }
    let mut elsewhere = Vec::new();
    for (person_id, person) in &mut persons {
        let counts_here =
            |stay: &Stay| stay.until_on.is_none() && unions.contains_key(&stay.organisation_id);
        person.in_scope = person.stays.iter().any(counts_here);
        if !person.in_scope {
            elsewhere.push(*person_id);
        }
    }
    if !elsewhere.is_empty() {
        let in_scope =
            sqlx::query_scalar!(r#"select persons_in_scope($1) as "person_id!""#, &elsewhere)
                .fetch_all(acting.db())
                .await?;
        for person_id in in_scope {
            if let Some(person) = persons.get_mut(&person_id) {
                person.in_scope = true;
            }
        }
    }
    Ok(persons)
}

async fn read(
    acting: &mut Acting,
    import: Uuid,
    person_ids: &[Uuid],
    on: Date,
) -> Result<HashMap<Uuid, Person>, Failure> {
    let rows = sqlx::query!(
        r#"select person_id, name_key, sex, birth_date,
                  coalesce(birth_year, 0::smallint) as "birth_year!",
                  array(select identity.kind from person_identity identity
                        where identity.person_id = person.person_id and ended_at is null)
                      as "number_kinds!"
           from person where person_id = any ($1)"#,
        person_ids,
    )
    .fetch_all(acting.db())
    .await?;
    let mut persons: HashMap<Uuid, Person> = rows
        .into_iter()
        .map(|row| {
            let person = Person {
                name_key: row.name_key,
                sex: row.sex,
                birth_date: row.birth_date,
                birth_year: row.birth_year,
                number_kinds: row.number_kinds,
                in_scope: false,
                stays: Vec::new(),
            };
            (row.person_id, person)
        })
        .collect();
    let (reasons, months): (Vec<i16>, Vec<i32>) =
        waiting_periods(on).map(|wait| (wait.exit_reason, wait.months)).unzip();
    let stays = sqlx::query!(
        r#"select membership.person_id, organisation_id, until_on,
                  coalesce(ended.exit_reason = $5, false) as "expelled!",
                  (until_on + make_interval(months => wait.months))::date as waits_until,
                  exists (select from member_import_batch batch
                          where batch.import_key = $2 and batch.act_id = begun.act_id)
                      as "by_this_import!"
           from membership
           join movement begun on begun.movement_id = begun_by
           left join movement ended on ended.movement_id = ended_by
           left join unnest($3::smallint[], $4::integer[]) as wait (exit_reason, months)
                on wait.exit_reason = ended.exit_reason
           where membership.person_id = any ($1)"#,
        person_ids,
        import,
        &reasons,
        &months,
        ExitReason::Expelled as i16,
    )
    .fetch_all(acting.db())
    .await?;
    for row in stays {
        if let Some(person) = persons.get_mut(&row.person_id) {
            person.stays.push(Stay {
                organisation_id: row.organisation_id,
                until_on: row.until_on,
                expelled: row.expelled,
                waits_until: row.waits_until,
                by_this_import: row.by_this_import,
            });
        }
    }
    Ok(persons)
}

/// Lasting members of the lines' unions who have a name of the lines.
async fn namesakes(
    acting: &mut Acting,
    newcomers: &[(Uuid, &Newcomer)],
) -> Result<HashMap<(Uuid, String), Vec<Namesake>>, Failure> {
    let unions: HashSet<Uuid> = newcomers.iter().map(|(union, _)| *union).collect();
    let unions: Vec<Uuid> = unions.into_iter().collect();
    let names: HashSet<&str> =
        newcomers.iter().map(|(_, newcomer)| newcomer.name_key.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let rows = sqlx::query!(
        r#"select organisation_id as "organisation_id!", person_id as "person_id!",
                  name_key as "name_key!", birth_date, birth_year, has_number as "has_number!"
           from members_named($1, $2)"#,
        &unions,
        &names as &[&str],
    )
    .fetch_all(acting.db())
    .await?;
    let numbered: Vec<Uuid> =
        rows.iter().filter(|row| row.has_number).map(|row| row.person_id).collect();
    let mut kinds: HashMap<Uuid, Vec<i16>> = HashMap::new();
    if !numbered.is_empty() {
        let of_them = sqlx::query!(
            r#"select identity.person_id as "person_id!", identity.kind as "kind!"
               from unnest($1::uuid[]) as asked (person_id)
               cross join lateral (
                   select person_id, kind from person_identity
                   where person_identity.person_id = asked.person_id and ended_at is null
                   offset 0
               ) identity"#,
            &numbered,
        )
        .fetch_all(acting.db())
        .await?;
        for row in of_them {
            kinds.entry(row.person_id).or_default().push(row.kind);
        }
    }
    let mut namesakes: HashMap<(Uuid, String), Vec<Namesake>> = HashMap::new();
    for row in rows {
        namesakes.entry((row.organisation_id, row.name_key)).or_default().push(Namesake {
            person_id: row.person_id,
            birth_date: row.birth_date,
            birth_year: row.birth_year,
            number_kinds: kinds.get(&row.person_id).cloned().unwrap_or_default(),
        });
    }
    Ok(namesakes)
}
