//! What is recorded of people: their stays, the movements that count, and those that stand as
//! what was decided.

use std::collections::{BTreeMap, HashMap};

use anyhow::anyhow;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::course::{Decided, Life, Lives, Move, Step};
use crate::ground::merged;
use crate::ground::roll::Enrolled;

/// One stay in one union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Its id.
    pub membership_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day after it.
    pub until_on: Option<Date>,
    /// The movement that began it.
    pub begun_by: Uuid,
    /// The movement that ended it.
    pub ended_by: Option<Uuid>,
}

/// A movement, as it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The movement.
    pub movement_id: Uuid,
    /// Its day.
    pub on: Date,
    /// What it does.
    pub what: Move,
    /// The act of registry that it follows from.
    pub registry_act_id: Option<Uuid>,
    /// The movement that was decided, where this one stands in its place.
    pub restates: Option<Uuid>,
    /// The first movement that it is in the place of, by corrections, or itself.
    pub first: Uuid,
}

impl Recorded {
    /// Whether somebody decided it, or a founding that named its people: not what follows from
    /// an end, nor what is recorded in the place of another.
    pub fn is_decided(&self) -> bool {
        self.restates.is_none()
            && (self.registry_act_id.is_none() || matches!(self.what, Move::Admission { .. }))
    }

    /// The movement that was decided and that it carries out, as decided or otherwise.
    pub fn carries_out(&self) -> Option<Uuid> {
        self.restates.or_else(|| self.is_decided().then_some(self.movement_id))
    }
}

/// What is recorded of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Who.
    pub person: Enrolled,
    /// In order.
    pub stays: Vec<Stay>,
    /// The movements that count, in order.
    pub counts: Vec<Recorded>,
    /// What was decided, in order: what counts as it was decided, and what stands. With what was
    /// decided of those who were merged into her.
    pub decided: Vec<Decided>,
    /// The movements among these that were decided of those.
    pub of_others: Vec<Uuid>,
}

impl History {
    /// As it will be when another person is merged into her.
    pub fn with(mut self, merged: &Self) -> Self {
        self.of_others.extend(merged.decided.iter().map(|decided| decided.movement_id));
        self.decided.extend(&merged.decided);
        in_order(&mut self.decided);
        self
    }

    /// Whether all that happened after a day follows from ends alone.
    pub fn follows_only_after(&self, on: Date) -> bool {
        self.counts
            .iter()
            .filter(|recorded| recorded.on > on)
            .all(|recorded| !recorded.is_decided() && recorded.restates.is_none())
    }

    /// The movements that count, as the steps of a course, but for the one by which she left a union
    /// on a day or later because it had ended, and all that followed from that; none where she did
    /// not, or somebody has decided something since.
    pub fn without_end_of(&self, union: Uuid, on: Date) -> Option<Vec<Step>> {
        let follows = |recorded: &Recorded| !recorded.is_decided() && recorded.restates.is_none();
        let end = self.counts.iter().position(|recorded| {
            recorded.on >= on && recorded.what.from() == Some(union) && follows(recorded)
        })?;
        let (until, since) = self.counts.split_at(end);
        since.iter().all(follows).then(|| {
            let step = |recorded: &Recorded| Step {
                on: recorded.on,
                what: recorded.what,
                decided_by: None,
                because: recorded.registry_act_id,
            };
            until.iter().map(step).collect()
        })
    }
}

/// The histories of these people, in the order of their ids. They should be locked.
pub async fn of(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<Vec<History>, Failure> {
    let people = sqlx::query_as!(
        Enrolled,
        r#"select person_id, sex, coalesce(birth_year, 0::smallint) as "birth_year!"
           from person where person_id = any ($1)"#,
        person_ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut stays: BTreeMap<Uuid, Vec<Stay>> = BTreeMap::new();
    for row in sqlx::query!(
        "select person_id, membership_id, organisation_id, from_on, until_on, begun_by, ended_by
         from membership where person_id = any ($1)
         order by person_id, from_on, until_on nulls last, membership_id",
        person_ids,
    )
    .fetch_all(&mut *connection)
    .await?
    {
        stays.entry(row.person_id).or_default().push(Stay {
            membership_id: row.membership_id,
            organisation_id: row.organisation_id,
            from_on: row.from_on,
            until_on: row.until_on,
            begun_by: row.begun_by,
            ended_by: row.ended_by,
        });
    }
    // What was decided of whoever was merged is carried out for the one who survives.
    let others = merged::into(connection, person_ids).await?;
    let merged: HashMap<Uuid, Uuid> =
        merged::of(connection, person_ids).await?.into_iter().collect();
    let all: Vec<Uuid> = others.iter().map(|(other, _)| other).chain(person_ids).copied().collect();
    let survivors: HashMap<Uuid, Uuid> = others.into_iter().collect();
    let mut standing: BTreeMap<Uuid, Standing> = BTreeMap::new();
    for row in sqlx::query!(
        "select person_id, movement_id from movement_taken_back
         where person_id = any ($1) and stands
         order by person_id, movement_id",
        &all,
    )
    .fetch_all(&mut *connection)
    .await?
    {
        if let Some(survivor) = survivors.get(&row.person_id) {
            let of_hers = standing.entry(*survivor).or_default();
            of_hers.of_others.push(row.movement_id);
        }
        if !merged.contains_key(&row.person_id) {
            let own = standing.entry(row.person_id).or_default();
            own.movements.push(row.movement_id);
        }
    }
    let movements = movements(connection, &all).await?;

    let mut histories: Vec<History> = people
        .into_iter()
        .map(|person| {
            let stays = stays.remove(&person.person_id).unwrap_or_default();
            let standing = standing.remove(&person.person_id).unwrap_or_default();
            history(person, stays, standing, &movements)
        })
        .collect::<anyhow::Result<_>>()?;
    histories.sort_unstable_by_key(|history| history.person.person_id);
    Ok(histories)
}

/// Movements that were taken back and stand as what was decided.
#[derive(Default)]
struct Standing {
    movements: Vec<Uuid>,
    of_others: Vec<Uuid>,
}

fn history(
    person: Enrolled,
    stays: Vec<Stay>,
    standing: Standing,
    movements: &HashMap<Uuid, Recorded>,
) -> anyhow::Result<History> {
    let mut ids: Vec<Uuid> = Vec::with_capacity(stays.len() + 1);
    for stay in &stays {
        for id in [Some(stay.begun_by), stay.ended_by].into_iter().flatten() {
            // A transfer ends one stay and begins the next.
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
    }
    let known = |id: &Uuid| {
        movements.get(id).copied().ok_or_else(|| anyhow!("a stay names a movement that is not"))
    };
    let counts: Vec<Recorded> = ids.iter().map(known).collect::<anyhow::Result<_>>()?;
    let mut decided: Vec<Decided> = Vec::with_capacity(counts.len() + standing.movements.len());
    for recorded in counts.iter().filter(|recorded| recorded.is_decided()) {
        decided.push(Decided {
            movement_id: recorded.movement_id,
            first: recorded.first,
            on: recorded.on,
            what: recorded.what,
        });
    }
    for id in standing.movements.iter().chain(&standing.of_others) {
        let Recorded { movement_id, first, on, what, .. } = known(id)?;
        decided.push(Decided { movement_id, first, on, what });
    }
    in_order(&mut decided);
    Ok(History { person, stays, counts, decided, of_others: standing.of_others })
}

/// Ids tell the order of what was decided of one day.
fn in_order(decided: &mut [Decided]) {
    decided.sort_unstable_by_key(|decided| (decided.on, decided.first));
}

/// The movements of these people, taken back or not.
async fn movements(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<HashMap<Uuid, Recorded>, Failure> {
    let rows = sqlx::query!(
        r#"select movement_id, kind, from_organisation_id, to_organisation_id, admission_kind,
                exit_reason, effective_on, registry_act_id, restates,
                coalesce(corrects, movement_id) as "first!"
         from movement
         where movement_id in (
             select begun_by from membership where person_id = any ($1)
             union select ended_by from membership
                   where person_id = any ($1) and ended_by is not null
             union select movement_id from movement_taken_back
                   where person_id = any ($1) and stands)"#,
        person_ids,
    )
    .fetch_all(connection)
    .await?;
    let mut movements = HashMap::with_capacity(rows.len());
    for row in rows {
        let what = match (row.from_organisation_id, row.to_organisation_id) {
            (None, Some(to)) => {
                Move::Admission { to, kind: row.admission_kind.unwrap_or_default() }
            }
            (Some(from), Some(to)) => Move::Transfer { from, to },
            (Some(from), None) => Move::Exit { from, reason: row.exit_reason.unwrap_or_default() },
            (None, None) => return Err(anyhow!("a movement neither comes nor goes").into()),
        };
        movements.insert(
            row.movement_id,
            Recorded {
                movement_id: row.movement_id,
                on: row.effective_on,
                what,
                registry_act_id: row.registry_act_id,
                restates: row.restates,
                first: row.first,
            },
        );
    }
    Ok(movements)
}

/// What is known of the unions of these histories, and of all in which they go on.
pub async fn lives(connection: &mut PgConnection, histories: &[History]) -> Result<Lives, Failure> {
    let decided = histories.iter().flat_map(|history| &history.decided);
    lives_of(connection, unions(decided.map(|decided| decided.what))).await
}

/// The unions that these movements leave and join.
pub fn unions(moves: impl Iterator<Item = Move>) -> Vec<Uuid> {
    moves.flat_map(|what| [what.from(), what.to()]).flatten().collect()
}

/// The unions of all movements of these people. For who has not locked them yet: they may be moved
/// meanwhile.
pub async fn unions_of(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    let merged = merged::into(connection, person_ids).await?;
    let all: Vec<Uuid> = merged.iter().map(|(other, _)| other).chain(person_ids).copied().collect();
    Ok(sqlx::query_scalar!(
        r#"with named as materialized (
               select begun_by as movement_id from membership where person_id = any ($1)
               union select ended_by from membership
                     where person_id = any ($1) and ended_by is not null
               union select movement_id from movement_taken_back
                     where person_id = any ($1) and stands
           )
           select from_organisation_id as "organisation_id!"
           from named join movement using (movement_id) where from_organisation_id is not null
           union
           select to_organisation_id
           from named join movement using (movement_id) where to_organisation_id is not null"#,
        &all,
    )
    .fetch_all(connection)
    .await?)
}

/// What is known of these unions, and of all in which they go on.
pub async fn lives_of(
    connection: &mut PgConnection,
    mut named: Vec<Uuid>,
) -> Result<Lives, Failure> {
    named.sort_unstable();
    named.dedup();
    let rows = sqlx::query!(
        r#"with recursive goes_on (organisation_id) as (
               select unnest($1::uuid[])
               union
               select next.members_to_id
               from goes_on
               cross join lateral (select members_to_id from organisation
                                   where organisation_id = goes_on.organisation_id limit 1) next
               where next.members_to_id is not null
           )
           select known.organisation_id as "organisation_id!",
                  known.never_existed as "never_existed!", known.founded_on as "founded_on!",
                  known.ended_on, known.members_to_id,
                  (select registry_act_id from consequence
                   where consequence.organisation_id = known.organisation_id
                     and consequence.undone_by is null
                     and (consequence.kind = 6 and known.never_existed
                          or consequence.kind in (2, 3, 4, 7) and not known.never_existed)
                   -- That of its end, if it has one, before that of its founding.
                   order by consequence.kind = 7, consequence.effective_on desc,
                            consequence.registry_act_id desc
                   limit 1) as registry_act_id
           from goes_on
           cross join lateral (select * from organisation
                               where organisation_id = goes_on.organisation_id limit 1) known"#,
        &named,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let life = Life {
                never_existed: row.never_existed,
                founded_on: Some(row.founded_on),
                ended_on: row.ended_on,
                to: row.members_to_id,
                because: row.registry_act_id,
            };
            (row.organisation_id, life)
        })
        .collect())
}
