//! Puts movements in the place of others: what people's books said is taken back, last
//! movement first, what they are to say is recorded, and both are published.

use std::collections::BTreeMap;

use anyhow::anyhow;
use chassis::database::Acting;
use chassis::feed::NewChange;
use chassis::refusal::Failure;
use feeds::membership::{Admission, AdmissionKind, Event, Exit, ExitReason, Transfer};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence::course::{Move, Step};
use crate::ground::consequence::history::{History, Recorded, Stay};
use crate::ground::consequence::movement::{Movement, reopen_applications};
use crate::ground::consequence::rest;
use crate::ground::consequence::told::{
    admission_kind, decisions, exit_reason, kind, movement, taken_back_line,
};
use crate::ground::roll::LINES_MAX;
use crate::ground::standing;

/// Because of what, and as part of which act, movements are put in the place of others.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// The act of registry that occasions it; none where an act of this service does.
    pub registry_act_id: Option<Uuid>,
    /// The act of this service.
    pub act_id: Uuid,
    /// Its instant.
    pub acted_at: OffsetDateTime,
    /// The movement that was never decided, as is known by this act: alone it does not stand.
    pub undone: Option<Uuid>,
    /// The decision of the act to take back what it takes back.
    pub decision_id: Option<Uuid>,
    /// It is known otherwise who somebody is: whoever was admitted was, and is no applicant again.
    pub merges: bool,
}

impl Occasion {
    /// An act of this service, which decides nothing of what was decided before.
    pub fn of(acting: &Acting) -> Self {
        Self {
            registry_act_id: None,
            act_id: acting.act_id,
            acted_at: acting.acted_at,
            undone: None,
            decision_id: None,
            merges: false,
        }
    }
}

/// One person's movements as they are to count.
#[derive(Debug)]
pub struct Revision<'a> {
    history: &'a History,
    /// The movements that count, in order: those that stay, and those that are recorded now.
    counts: Vec<Counts>,
    /// In their order: the movements that no longer count.
    taken_back: Vec<Recorded>,
}

#[derive(Clone, Copy, Debug)]
enum Counts {
    Still(Recorded),
    Now { movement_id: Uuid, step: Step },
}

impl<'a> Revision<'a> {
    /// What differs between the course that memberships are to take and the movements that
    /// count; none where nothing does. Movements alike are given one id by `movement_id`.
    pub fn of(
        history: &'a History,
        steps: &[Step],
        movement_id: impl FnMut(&Step) -> Uuid,
    ) -> Option<Self> {
        Self::without(history, steps, None, movement_id)
    }

    /// The same, where a movement was never decided: what carries it out does not stay, also where
    /// another that is alike is in its place.
    pub fn without(
        history: &'a History,
        steps: &[Step],
        undone: Option<Uuid>,
        mut movement_id: impl FnMut(&Step) -> Uuid,
    ) -> Option<Self> {
        let stays = |one: &Recorded| undone.is_none() || one.carries_out() != undone;
        let mut left: Vec<Recorded> = history.counts.clone();
        let mut counts = Vec::with_capacity(steps.len());
        for step in steps {
            let alike = |one: &Recorded| one.on == step.on && one.what == step.what && stays(one);
            let kept = left.iter().position(alike);
            counts.push(match kept {
                Some(place) => Counts::Still(left.remove(place)),
                None => Counts::Now { movement_id: movement_id(step), step: *step },
            });
        }
        let unchanged =
            left.is_empty() && counts.iter().all(|counts| matches!(counts, Counts::Still(_)));
        (!unchanged).then_some(Self { history, counts, taken_back: left })
    }

    /// The unions whose books it changes.
    pub fn unions(&self) -> impl Iterator<Item = Uuid> {
        self.concerned().map(|(union, _)| union)
    }

    /// The unions whose books it changes, with the days of the movements.
    pub fn concerned(&self) -> impl Iterator<Item = (Uuid, Date)> {
        let now = self.counts.iter().filter_map(|counts| match counts {
            Counts::Still(_) => None,
            Counts::Now { step, .. } => Some((step.what, step.on)),
        });
        let then = self.taken_back.iter().map(|recorded| (recorded.what, recorded.on));
        now.chain(then).flat_map(|(what, on)| {
            [what.from(), what.to()].into_iter().flatten().map(move |union| (union, on))
        })
    }

    /// The stays as they are to be.
    fn stays(&self) -> anyhow::Result<Vec<Stay>> {
        let mut stays: Vec<Stay> = Vec::with_capacity(self.history.stays.len() + 1);
        for counts in &self.counts {
            let (movement_id, on, what) = match counts {
                Counts::Still(recorded) => (recorded.movement_id, recorded.on, recorded.what),
                Counts::Now { movement_id, step } => (*movement_id, step.on, step.what),
            };
            if let Some(from) = what.from() {
                let left = stays
                    .last_mut()
                    .filter(|stay| stay.organisation_id == from && stay.until_on.is_none())
                    .ok_or_else(|| anyhow!("a movement leaves a union that nobody was in"))?;
                (left.until_on, left.ended_by) = (Some(on), Some(movement_id));
            }
            if let Some(organisation_id) = what.to() {
                let kept = self.history.stays.iter().find(|stay| stay.begun_by == movement_id);
                stays.push(Stay {
                    membership_id: kept.map_or_else(Uuid::now_v7, |stay| stay.membership_id),
                    organisation_id,
                    from_on: on,
                    until_on: None,
                    begun_by: movement_id,
                    ended_by: None,
                });
            }
        }
        Ok(stays)
    }
}

/// What makes two movements alike: their day, what they do, what decided them, and the act.
type Likeness = (Date, Move, Option<Uuid>, Option<Uuid>);

/// Movements that are recorded alike for several people.
#[derive(Debug, Default)]
pub struct Alike {
    ids: BTreeMap<Likeness, (Uuid, usize)>,
}

impl Alike {
    /// The movement that this step is for one more person; a thousand people at most have one.
    pub fn movement_id(&mut self, step: &Step) -> Uuid {
        let key = (step.on, step.what, step.decided_by, step.because);
        let (id, people) = self.ids.entry(key).or_insert_with(|| (Uuid::now_v7(), 0));
        if *people == LINES_MAX {
            (*id, *people) = (Uuid::now_v7(), 0);
        }
        *people += 1;
        *id
    }
}

/// Writes the revisions, and answers what is to be published.
pub async fn revise(
    connection: &mut PgConnection,
    occasion: &Occasion,
    revisions: &[Revision<'_>],
) -> Result<Vec<NewChange>, Failure> {
    let stays: Vec<Vec<Stay>> =
        revisions.iter().map(Revision::stays).collect::<anyhow::Result<_>>()?;
    take_back(connection, occasion, revisions).await?;
    let recorded = record(connection, occasion, revisions, &stays).await?;
    write_stays(connection, revisions, &stays).await?;
    if !occasion.merges {
        applications(connection, revisions).await?;
    }

    let ids: Vec<Uuid> = recorded.keys().map(|(_, _, id)| *id).collect();
    let decisions = decisions(connection, &ids).await?;
    let mut changes = Vec::new();
    publish_taken_back(occasion, revisions, &mut changes)?;
    for ((on, _, movement_id), movement) in recorded {
        let (registry_act_id, lines) = (movement.because, change::lines(&movement.lines));
        let moved = match movement.what {
            Move::Admission { to, kind } => Event::Admitted(Admission {
                admission_id: Some(movement_id),
                organisation_id: to,
                kind: AdmissionKind::numbered(kind)?,
                lines,
            }),
            Move::Transfer { from, to } => Event::Transferred(Transfer {
                transfer_id: Some(movement_id),
                from_organisation_id: from,
                to_organisation_id: to,
                lines,
                registry_act_id,
            }),
            Move::Exit { from, reason } => Event::Exited(Exit {
                exit_id: Some(movement_id),
                organisation_id: from,
                reason: ExitReason::numbered(reason)?,
                lines,
                registry_act_id,
            }),
        };
        changes.push(moved.resting_on(on, decisions.get(&movement_id).copied()));
    }
    count(connection, revisions).await?;
    let people: Vec<Uuid> =
        revisions.iter().map(|revision| revision.history.person.person_id).collect();
    rest::look_again(connection, &people).await?;
    changes.extend(standing::settle(connection, &people).await?);
    Ok(changes)
}

/// The movements that no longer count are taken back; what was decided stands.
async fn take_back(
    connection: &mut PgConnection,
    occasion: &Occasion,
    revisions: &[Revision<'_>],
) -> Result<(), Failure> {
    let (mut person_ids, mut movement_ids) = (Vec::new(), Vec::new());
    let mut begun_ids: Vec<Option<Uuid>> = Vec::new();
    let (mut acts, mut stands) = (Vec::<Option<Uuid>>::new(), Vec::new());
    for revision in revisions {
        for recorded in &revision.taken_back {
            person_ids.push(revision.history.person.person_id);
            movement_ids.push(recorded.movement_id);
            let begun = |stay: &&Stay| stay.begun_by == recorded.movement_id;
            begun_ids.push(revision.history.stays.iter().find(begun).map(|s| s.membership_id));
            acts.push(occasion.registry_act_id.or(recorded.registry_act_id));
            let undone = occasion.undone == Some(recorded.movement_id);
            stands.push(recorded.is_decided() && !undone);
        }
    }
    sqlx::query!(
        "insert into movement_taken_back
             (person_id, movement_id, membership_id, registry_act_id, act_id, recorded_at, stands)
         select person_id, movement_id, membership_id, registry_act_id, $6, $7, stands
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::boolean[])
              as line (person_id, movement_id, membership_id, registry_act_id, stands)",
        &person_ids,
        &movement_ids,
        &begun_ids as &[Option<Uuid>],
        &acts as &[Option<Uuid>],
        &stands,
        occasion.act_id,
        occasion.acted_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A movement that is recorded now, and the people.
#[derive(Debug)]
struct New {
    what: Move,
    decided_by: Option<Uuid>,
    because: Option<Uuid>,
    lines: Vec<Moved>,
}

/// By day, by its place in the courses, by id: the order in which they can be read.
type InOrder = BTreeMap<(Date, usize, Uuid), New>;

async fn record(
    connection: &mut PgConnection,
    occasion: &Occasion,
    revisions: &[Revision<'_>],
    stays: &[Vec<Stay>],
) -> Result<InOrder, Failure> {
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    for revision in revisions {
        for (place, counts) in revision.counts.iter().enumerate() {
            if let Counts::Now { movement_id, .. } = counts {
                let known = places.entry(*movement_id).or_default();
                *known = place.max(*known);
            }
        }
    }
    let mut recorded = InOrder::new();
    for (revision, stays) in revisions.iter().zip(stays) {
        for counts in &revision.counts {
            let Counts::Now { movement_id, step } = counts else { continue };
            let concerned = stays.iter().find(|stay| match step.what {
                Move::Admission { .. } | Move::Transfer { .. } => stay.begun_by == *movement_id,
                Move::Exit { .. } => stay.ended_by == Some(*movement_id),
            });
            let membership_id = concerned.map(|stay| stay.membership_id).unwrap_or_default();
            let line = Moved { membership_id, person: revision.history.person };
            let place = places.get(movement_id).copied().unwrap_or_default();
            recorded
                .entry((step.on, place, *movement_id))
                .or_insert_with(|| New {
                    what: step.what,
                    decided_by: step.decided_by,
                    because: step.because.or(occasion.registry_act_id),
                    lines: Vec::new(),
                })
                .lines
                .push(line);
        }
    }

    // What is carried out as it was decided was written down when it was decided.
    let unwritten =
        || recorded.iter().filter(|((_, _, id), new): &(&_, &New)| new.decided_by != Some(*id));
    let ids: Vec<Uuid> = unwritten().map(|((_, _, id), _)| *id).collect();
    let days: Vec<Date> = unwritten().map(|((on, _, _), _)| *on).collect();
    let new = || unwritten().map(|(_, new)| new);
    let kinds: Vec<&str> = new().map(|new| kind(new.what)).collect();
    let from: Vec<Option<Uuid>> = new().map(|new| new.what.from()).collect();
    let to: Vec<Option<Uuid>> = new().map(|new| new.what.to()).collect();
    let admission_kinds: Vec<Option<i16>> = new().map(|new| admission_kind(new.what)).collect();
    let reasons: Vec<Option<i16>> = new().map(|new| exit_reason(new.what)).collect();
    let acts: Vec<Option<Uuid>> = new().map(|new| new.because).collect();
    let restates: Vec<Option<Uuid>> = new().map(|new| new.decided_by).collect();
    let people: Vec<i32> =
        new().map(|new| i32::try_from(new.lines.len()).unwrap_or(i32::MAX)).collect();
    // The decision is that of the movement that is restated.
    sqlx::query!(
        "insert into movement (movement_id, kind, from_organisation_id, to_organisation_id,
                               admission_kind, exit_reason, effective_on, decision_number,
                               decision_issued_on, registry_act_id, members, restates, act_id,
                               recorded_at, decision_id, source_organisation)
         select line.movement_id, line.kind, line.from_id, line.to_id, line.admission_kind,
                line.exit_reason, line.effective_on, decided.decision_number,
                decided.decision_issued_on, line.registry_act_id, line.members, line.restates,
                coalesce(line.registry_act_id, $11), $12, decided.decision_id,
                case when line.admission_kind = 2 then decided.source_organisation end
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::smallint[],
                     $6::smallint[], $7::date[], $8::uuid[], $9::integer[], $10::uuid[])
              as line (movement_id, kind, from_id, to_id, admission_kind, exit_reason,
                       effective_on, registry_act_id, members, restates)
         left join movement decided on decided.movement_id = line.restates",
        &ids,
        &kinds as &[&str],
        &from as &[Option<Uuid>],
        &to as &[Option<Uuid>],
        &admission_kinds as &[Option<i16>],
        &reasons as &[Option<i16>],
        &days,
        &acts as &[Option<Uuid>],
        &people,
        &restates as &[Option<Uuid>],
        occasion.act_id,
        occasion.acted_at,
    )
    .execute(connection)
    .await?;
    Ok(recorded)
}

/// Stays that are no longer leave the books, others end on another day, and new ones come: in
/// this order, so that nobody is in two unions on one day in between.
async fn write_stays(
    connection: &mut PgConnection,
    revisions: &[Revision<'_>],
    stays: &[Vec<Stay>],
) -> Result<(), Failure> {
    let (mut gone_of, mut gone) = (Vec::new(), Vec::new());
    let mut kept = StayRows::default();
    let mut new = StayRows::default();
    for (revision, stays) in revisions.iter().zip(stays) {
        let person_id = revision.history.person.person_id;
        for before in &revision.history.stays {
            match stays.iter().find(|stay| stay.membership_id == before.membership_id) {
                None => {
                    gone_of.push(person_id);
                    gone.push(before.membership_id);
                }
                Some(stay) if stay != before => kept.push(person_id, stay),
                Some(_) => {}
            }
        }
        for stay in stays {
            let known = |before: &Stay| before.membership_id == stay.membership_id;
            if !revision.history.stays.iter().any(known) {
                new.push(person_id, stay);
            }
        }
    }
    sqlx::query!(
        "delete from membership
         using unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)
         where membership.person_id = line.person_id
           and membership.membership_id = line.membership_id",
        &gone_of,
        &gone,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update membership set until_on = line.until_on, ended_by = line.ended_by
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[])
              as line (person_id, membership_id, until_on, ended_by)
         where membership.person_id = line.person_id
           and membership.membership_id = line.membership_id",
        &kept.person_ids,
        &kept.membership_ids,
        &kept.until as &[Option<Date>],
        &kept.ended_by as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into membership (person_id, membership_id, organisation_id, from_on, until_on,
                                 begun_by, ended_by)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[],
                              $6::uuid[], $7::uuid[])",
        &new.person_ids,
        &new.membership_ids,
        &new.organisation_ids,
        &new.from,
        &new.until as &[Option<Date>],
        &new.begun_by,
        &new.ended_by as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(Default)]
struct StayRows {
    person_ids: Vec<Uuid>,
    membership_ids: Vec<Uuid>,
    organisation_ids: Vec<Uuid>,
    from: Vec<Date>,
    until: Vec<Option<Date>>,
    begun_by: Vec<Uuid>,
    ended_by: Vec<Option<Uuid>>,
}

impl StayRows {
    fn push(&mut self, person_id: Uuid, stay: &Stay) {
        self.person_ids.push(person_id);
        self.membership_ids.push(stay.membership_id);
        self.organisation_ids.push(stay.organisation_id);
        self.from.push(stay.from_on);
        self.until.push(stay.until_on);
        self.begun_by.push(stay.begun_by);
        self.ended_by.push(stay.ended_by);
    }
}

/// An application that led to an admission which no longer counts is open again, unless
/// another admission is recorded in its place.
async fn applications(
    connection: &mut PgConnection,
    revisions: &[Revision<'_>],
) -> Result<(), Failure> {
    let (mut person_ids, mut movement_ids) = (Vec::new(), Vec::new());
    for revision in revisions {
        let joins = |counts: &Counts| match counts {
            Counts::Now { step, .. } => matches!(step.what, Move::Admission { .. }),
            Counts::Still(_) => false,
        };
        if revision.counts.iter().any(joins) {
            continue;
        }
        for recorded in &revision.taken_back {
            person_ids.push(revision.history.person.person_id);
            // An application remembers the day of the admission that was decided.
            movement_ids.push(recorded.movement_id);
        }
    }
    reopen_applications(connection, &person_ids, &movement_ids).await
}

/// Consequences say how many people they have moved.
async fn count(connection: &mut PgConnection, revisions: &[Revision<'_>]) -> Result<(), Failure> {
    let mut counted: BTreeMap<(Uuid, Uuid), i32> = BTreeMap::new();
    for revision in revisions {
        for recorded in revision.taken_back.iter().filter(|recorded| recorded.restates.is_none()) {
            if let (Some(act), Some(from)) = (recorded.registry_act_id, recorded.what.from()) {
                *counted.entry((act, from)).or_default() -= 1;
            }
        }
        for counts in &revision.counts {
            let Counts::Now { step, .. } = counts else { continue };
            if let (Some(act), Some(from), None) = (step.because, step.what.from(), step.decided_by)
            {
                *counted.entry((act, from)).or_default() += 1;
            }
        }
    }
    let (acts, units): (Vec<Uuid>, Vec<Uuid>) = counted.keys().copied().unzip();
    let people: Vec<i32> = counted.values().copied().collect();
    sqlx::query!(
        "update consequence set members = greatest(0, consequence.members + line.people)
         from unnest($1::uuid[], $2::uuid[], $3::integer[])
              as line (registry_act_id, organisation_id, people)
         where consequence.registry_act_id = line.registry_act_id
           and consequence.organisation_id = line.organisation_id
           and consequence.kind between 2 and 4",
        &acts,
        &units,
        &people,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What is taken back is told in rounds: the last movement of each person, then the last but
/// one, as if nothing had rested on it.
fn publish_taken_back(
    occasion: &Occasion,
    revisions: &[Revision<'_>],
    changes: &mut Vec<NewChange>,
) -> anyhow::Result<()> {
    let rounds = revisions.iter().map(|revision| revision.taken_back.len()).max().unwrap_or(0);
    for round in 0..rounds {
        let mut movements: BTreeMap<(Uuid, Option<Uuid>), Movement> = BTreeMap::new();
        for revision in revisions {
            let Some(recorded) = revision.taken_back.iter().rev().nth(round) else { continue };
            let act = occasion.registry_act_id.or(recorded.registry_act_id);
            movements
                .entry((recorded.movement_id, act))
                .or_insert_with(|| movement(recorded))
                .lines
                .push(taken_back_line(revision.history, recorded));
        }
        for ((_, act), movement) in &movements {
            changes.push(movement.taken_back(*act, occasion.decision_id)?);
        }
    }
    Ok(())
}
