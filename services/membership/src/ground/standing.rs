//! How people stand beside their memberships: what was decided of it is one thing, on which days it
//! holds in which union follows from that and from their memberships. It is made anew whenever
//! either is known otherwise, and what differs is published.

use std::collections::BTreeMap;

use chassis::feed::NewChange;
use chassis::refusal::Failure;
use feeds::membership::{Counted, Event, Standing as Told, StandingKind};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::merged;
use crate::ground::roll::LINES_MAX;

/// What was decided of somebody's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// How she stands.
    pub kind: StandingKind,
    /// Whose member she was when it began, or who named her.
    pub organisation_id: Uuid,
    /// Where she is to go, or takes part.
    pub other_organisation_id: Option<Uuid>,
    /// The first day.
    pub from_on: Date,
    /// The first day after it, where somebody decided so, or an offer lapses.
    pub until_on: Option<Date>,
}

/// A stay in a union, as far as a standing rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day after it.
    pub until_on: Option<Date>,
}

/// The days of a standing in one union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spell {
    /// The union that counts her, or that named her.
    pub organisation_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day after it.
    pub until_on: Option<Date>,
}

/// What becomes of a standing by somebody's stays, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Its days, in order.
    pub spells: Vec<Spell>,
    /// The day on which her memberships ended it, before what was decided did.
    pub left_on: Option<Date>,
}

/// On which days a standing holds in which union.
///
/// An offer holds while she stays in the union that has made it. Whoever is dormant or parked goes
/// with her membership from union to union, until it ends; at home where she had been parked, she
/// is parked no longer. An honorary member is one until she is a member again.
pub fn holds(decided: &Decided, stays: &[Stay]) -> Holds {
    let mut stays: Vec<Stay> =
        stays.iter().copied().filter(|stay| stay.until_on != Some(stay.from_on)).collect();
    stays.sort_unstable_by_key(|stay| stay.from_on);
    let ends = |until_on: Option<Date>| earlier(until_on, decided.until_on);
    let begins_in = |stay: &&Stay| {
        stay.from_on <= decided.from_on && stay.until_on.is_none_or(|until| until > decided.from_on)
    };
    let mut holds = Holds::default();
    match decided.kind {
        StandingKind::Honorary => {
            let joins = stays
                .iter()
                .filter(|stay| stay.until_on.is_none_or(|until| until > decided.from_on))
                .map(|stay| stay.from_on.max(decided.from_on))
                .min();
            holds.add(decided.organisation_id, decided.from_on, ends(joins));
            holds.left_on = joins.filter(|on| before(*on, decided.until_on));
        }
        StandingKind::InTransfer => {
            let own = |stay: &&Stay| stay.organisation_id == decided.organisation_id;
            match stays.iter().filter(own).find(begins_in) {
                Some(stay) => {
                    holds.add(decided.organisation_id, decided.from_on, ends(stay.until_on));
                    holds.left_on = stay.until_on.filter(|on| before(*on, decided.until_on));
                }
                None => holds.left_on = Some(decided.from_on),
            }
        }
        StandingKind::Dormant | StandingKind::Parked => {
            let mut from_on = decided.from_on;
            let Some(first) = stays.iter().position(|stay| begins_in(&stay)) else {
                holds.left_on = Some(from_on);
                return holds;
            };
            for stay in &stays[first..] {
                let home = Some(stay.organisation_id) == decided.other_organisation_id;
                if home || stay.from_on > from_on {
                    break;
                }
                holds.add(stay.organisation_id, from_on, ends(stay.until_on));
                let Some(until_on) = stay.until_on else { return holds };
                from_on = until_on;
            }
            holds.left_on = Some(from_on).filter(|on| before(*on, decided.until_on));
        }
    }
    holds
}

impl Holds {
    fn add(&mut self, organisation_id: Uuid, from_on: Date, until_on: Option<Date>) {
        if until_on.is_none_or(|until_on| until_on > from_on) {
            self.spells.push(Spell { organisation_id, from_on, until_on });
        }
    }
}

fn earlier(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn before(on: Date, end: Option<Date>) -> bool {
    end.is_none_or(|end| on < end)
}

/// These days without those of others, in order.
fn without(spells: &[Spell], taken: &[Spell]) -> Vec<Spell> {
    let mut left = spells.to_vec();
    for other in taken {
        let (from_on, until_on) = (other.from_on, other.until_on);
        let cut = left.into_iter().flat_map(|spell| {
            let before = Spell { until_on: earlier(spell.until_on, Some(from_on)), ..spell };
            let after =
                until_on.map(|until_on| Spell { from_on: spell.from_on.max(until_on), ..spell });
            [Some(before), after]
        });
        let holds = |one: &Spell| one.until_on.is_none_or(|until_on| until_on > one.from_on);
        left = cut.flatten().filter(holds).collect();
    }
    left
}

/// A standing, and what is recorded of its days.
struct Known {
    person_id: Uuid,
    /// Who survives her; herself where she was not merged.
    survivor_id: Uuid,
    standing_id: Uuid,
    sex: i16,
    decided: Decided,
    decision_id: Option<Uuid>,
    left_on: Option<Date>,
    spells: Vec<Spell>,
}

/// Makes anew what follows for the standings of these people, after their memberships or their
/// standings are known otherwise; they should be locked. Whoever was merged into somebody stands with
/// that one's memberships, and on no day on which that one stands so. Answers what is to be published.
pub async fn settle(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<Vec<NewChange>, Failure> {
    let mut known = known(connection, person_ids).await?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let mut stays: BTreeMap<Uuid, Vec<Stay>> = BTreeMap::new();
    for row in sqlx::query!(
        "select person_id, organisation_id, from_on, until_on from membership
         where person_id = any ($1)",
        &known.iter().map(|one| one.survivor_id).collect::<Vec<_>>(),
    )
    .fetch_all(&mut *connection)
    .await?
    {
        stays.entry(row.person_id).or_default().push(Stay {
            organisation_id: row.organisation_id,
            from_on: row.from_on,
            until_on: row.until_on,
        });
    }
    accepted_no_longer(connection, person_ids).await?;

    let mut settled = Settled::default();
    let mut taken: BTreeMap<(Uuid, StandingKind), Vec<Spell>> = BTreeMap::new();
    for one in &mut known {
        let of_her = stays.get(&one.survivor_id).map_or(&[][..], Vec::as_slice);
        let mut now = holds(&one.decided, of_her);
        let taken = taken.entry((one.survivor_id, one.decided.kind)).or_default();
        now.spells = without(&now.spells, taken);
        taken.extend(&now.spells);
        one.spells.sort_unstable_by_key(|spell| spell.from_on);
        if one.left_on != now.left_on {
            settled.left.push((one.person_id, one.standing_id, now.left_on));
        }
        let gone: Vec<Spell> =
            one.spells.iter().copied().filter(|spell| !now.spells.contains(spell)).collect();
        for spell in gone {
            settled.gone(one, spell);
        }
        for spell in &now.spells {
            if !one.spells.contains(spell) {
                settled.came(one, *spell);
            }
        }
    }
    settled.write(connection).await
}

/// These people's standings never were: their days leave the books. Answers what is to be
/// published; the rows of what was decided are the caller's.
pub async fn forget(
    connection: &mut PgConnection,
    standing_id: Uuid,
    person_ids: &[Uuid],
) -> Result<Vec<NewChange>, Failure> {
    let mut settled = Settled::default();
    for one in known(connection, person_ids).await? {
        if one.standing_id == standing_id {
            for spell in one.spells.clone() {
                settled.gone(&one, spell);
            }
        }
    }
    settled.write(connection).await
}

/// Somebody's sex is known otherwise: what was told of her standings is taken back and told anew.
pub async fn tell_again(
    connection: &mut PgConnection,
    person_id: Uuid,
    was: i16,
) -> Result<Vec<NewChange>, Failure> {
    let mut changes = Vec::new();
    let known = known(connection, &[person_id]).await?;
    for one in known.into_iter().filter(|one| one.person_id == person_id) {
        for spell in &one.spells {
            let told = |sex| Told {
                standing_id: one.standing_id,
                kind: one.decided.kind,
                organisation_id: spell.organisation_id,
                other_organisation_id: one.decided.other_organisation_id,
                from_on: spell.from_on,
                until_on: spell.until_on,
                people: vec![Counted { person_id, sex }],
            };
            let taken = Event::StandingTakenBack(told(was));
            let again = Event::StandingRecorded(told(one.sex));
            changes.push(taken.resting_on(spell.from_on, one.decision_id));
            changes.push(again.resting_on(spell.from_on, one.decision_id));
        }
    }
    Ok(changes)
}

async fn known(connection: &mut PgConnection, person_ids: &[Uuid]) -> Result<Vec<Known>, Failure> {
    let mut survivors: BTreeMap<Uuid, Uuid> =
        merged::of(connection, person_ids).await?.into_iter().collect();
    let mut asked = person_ids.to_vec();
    asked.extend(survivors.values());
    let others = merged::into(connection, &asked).await?;
    asked.extend(others.iter().map(|(other, _)| *other));
    survivors.extend(others);
    let person_ids = &asked;
    let rows = sqlx::query!(
        "select person_id, standing_id, sex, kind, organisation_id, other_organisation_id, from_on,
                due_on, ended_on, decision_id, left_on
         from standing join person using (person_id)
         where person_id = any ($1)
         order by standing_id, person_id",
        person_ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut spells: BTreeMap<(Uuid, Uuid), Vec<Spell>> = BTreeMap::new();
    for row in sqlx::query!(
        "select person_id, standing_id, organisation_id, from_on, until_on
         from standing_spell where person_id = any ($1)",
        person_ids,
    )
    .fetch_all(connection)
    .await?
    {
        spells.entry((row.person_id, row.standing_id)).or_default().push(Spell {
            organisation_id: row.organisation_id,
            from_on: row.from_on,
            until_on: row.until_on,
        });
    }
    let known = rows.into_iter().map(|row| {
        let kind = StandingKind::numbered(row.kind)?;
        let lapses_on = row.due_on.filter(|_| kind == StandingKind::InTransfer);
        Ok(Known {
            person_id: row.person_id,
            survivor_id: survivors.get(&row.person_id).copied().unwrap_or(row.person_id),
            standing_id: row.standing_id,
            sex: row.sex,
            decided: Decided {
                kind,
                organisation_id: row.organisation_id,
                other_organisation_id: row.other_organisation_id,
                from_on: row.from_on,
                until_on: earlier(row.ended_on, lapses_on),
            },
            decision_id: row.decision_id,
            left_on: row.left_on,
            spells: spells.remove(&(row.person_id, row.standing_id)).unwrap_or_default(),
        })
    });
    let mut known: Vec<Known> = known.collect::<anyhow::Result<_>>()?;
    // The one who survives comes before those who were merged into her.
    known.sort_by_key(|one| (one.person_id != one.survivor_id, one.standing_id, one.person_id));
    Ok(known)
}

/// An offer was not accepted where the transfer that accepted it no longer ends her stay: as it was
/// decided, corrected, or carried out otherwise.
async fn accepted_no_longer(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "update standing set transfer_id = null
         where person_id = any ($1) and transfer_id is not null
           -- What was decided of one of two who are one may be carried out for nobody.
           and not exists (select from person_merge
                           where standing.person_id in (person_merge.person_id, root_id))
           and not exists (
               select from membership stay
               join movement on movement_id = stay.ended_by
               left join movement decided on decided.movement_id = movement.restates
               where stay.person_id = standing.person_id
                 and standing.transfer_id in (movement.movement_id, movement.corrects,
                                              decided.movement_id, decided.corrects))",
        person_ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What makes standings alike: they are told of together.
type Likeness = (bool, Uuid, StandingKind, Spell, Option<Uuid>, Option<Uuid>);

#[derive(Default)]
struct Settled {
    /// By whether they hold now.
    alike: BTreeMap<Likeness, Vec<Counted>>,
    gone_of: Vec<Uuid>,
    gone_id: Vec<Uuid>,
    gone_from: Vec<Date>,
    new: NewRows,
    left: Vec<(Uuid, Uuid, Option<Date>)>,
}

#[derive(Default)]
struct NewRows {
    people: Vec<Uuid>,
    ids: Vec<Uuid>,
    kinds: Vec<i16>,
    unions: Vec<Uuid>,
    others: Vec<Option<Uuid>>,
    from: Vec<Date>,
    until: Vec<Option<Date>>,
}

impl Settled {
    fn gone(&mut self, known: &Known, spell: Spell) {
        self.gone_of.push(known.person_id);
        self.gone_id.push(known.standing_id);
        self.gone_from.push(spell.from_on);
        self.tell(false, known, spell);
    }

    fn came(&mut self, known: &Known, spell: Spell) {
        self.new.people.push(known.person_id);
        self.new.ids.push(known.standing_id);
        self.new.kinds.push(known.decided.kind as i16);
        self.new.unions.push(spell.organisation_id);
        self.new.others.push(known.decided.other_organisation_id);
        self.new.from.push(spell.from_on);
        self.new.until.push(spell.until_on);
        self.tell(true, known, spell);
    }

    fn tell(&mut self, holds: bool, known: &Known, spell: Spell) {
        let (kind, other) = (known.decided.kind, known.decided.other_organisation_id);
        let likeness = (holds, known.standing_id, kind, spell, other, known.decision_id);
        let counted = Counted { person_id: known.person_id, sex: known.sex };
        self.alike.entry(likeness).or_default().push(counted);
    }

    /// What is gone before what is new: so it can be written, and so it is told.
    async fn write(self, connection: &mut PgConnection) -> Result<Vec<NewChange>, Failure> {
        sqlx::query!(
            "delete from standing_spell
             using unnest($1::uuid[], $2::uuid[], $3::date[])
                   as line (person_id, standing_id, from_on)
             where standing_spell.person_id = line.person_id
               and standing_spell.standing_id = line.standing_id
               and standing_spell.from_on = line.from_on",
            &self.gone_of,
            &self.gone_id,
            &self.gone_from,
        )
        .execute(&mut *connection)
        .await?;
        let new = &self.new;
        sqlx::query!(
            "insert into standing_spell (person_id, standing_id, kind, organisation_id,
                                         other_organisation_id, from_on, until_on)
             select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::uuid[], $5::uuid[],
                                  $6::date[], $7::date[])",
            &new.people,
            &new.ids,
            &new.kinds,
            &new.unions,
            &new.others as &[Option<Uuid>],
            &new.from,
            &new.until as &[Option<Date>],
        )
        .execute(&mut *connection)
        .await?;
        let of: Vec<Uuid> = self.left.iter().map(|left| left.0).collect();
        let ids: Vec<Uuid> = self.left.iter().map(|left| left.1).collect();
        let on: Vec<Option<Date>> = self.left.iter().map(|left| left.2).collect();
        sqlx::query!(
            "update standing set left_on = line.left_on
             from unnest($1::uuid[], $2::uuid[], $3::date[])
                  as line (person_id, standing_id, left_on)
             where standing.person_id = line.person_id
               and standing.standing_id = line.standing_id",
            &of,
            &ids,
            &on as &[Option<Date>],
        )
        .execute(connection)
        .await?;
        let mut changes = Vec::new();
        for ((holds, standing_id, kind, spell, other, decision_id), people) in self.alike {
            for people in people.chunks(LINES_MAX) {
                let told = Told {
                    standing_id,
                    kind,
                    organisation_id: spell.organisation_id,
                    other_organisation_id: other,
                    from_on: spell.from_on,
                    until_on: spell.until_on,
                    people: people.to_vec(),
                };
                let event = match holds {
                    true => Event::StandingRecorded(told),
                    false => Event::StandingTakenBack(told),
                };
                changes.push(event.resting_on(spell.from_on, decision_id));
            }
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::date;

    use super::*;

    const U: Uuid = Uuid::from_u128(1);
    const V: Uuid = Uuid::from_u128(2);
    const W: Uuid = Uuid::from_u128(3);
    const JOINED: Date = date!(2024 - 01 - 01);
    const BEGUN: Date = date!(2024 - 03 - 01);
    const MOVED: Date = date!(2024 - 06 - 01);
    const LATER: Date = date!(2024 - 09 - 01);

    fn decided(kind: StandingKind, other: Option<Uuid>, until_on: Option<Date>) -> Decided {
        Decided { kind, organisation_id: U, other_organisation_id: other, from_on: BEGUN, until_on }
    }

    fn stay(organisation_id: Uuid, from_on: Date, until_on: Option<Date>) -> Stay {
        Stay { organisation_id, from_on, until_on }
    }

    fn spell(organisation_id: Uuid, from_on: Date, until_on: Option<Date>) -> Spell {
        Spell { organisation_id, from_on, until_on }
    }

    #[test]
    fn who_is_dormant_goes_with_her_union_and_no_longer_than_her_membership() {
        let dormant = decided(StandingKind::Dormant, None, None);
        let moves = [stay(U, JOINED, Some(MOVED)), stay(V, MOVED, None)];
        let now = holds(&dormant, &moves);
        assert_eq!(now.spells, [spell(U, BEGUN, Some(MOVED)), spell(V, MOVED, None)]);
        assert_eq!(now.left_on, None);
        let leaves = [stay(U, JOINED, Some(MOVED)), stay(V, LATER, None)];
        let now = holds(&dormant, &leaves);
        assert_eq!(now.spells, [spell(U, BEGUN, Some(MOVED))]);
        assert_eq!(now.left_on, Some(MOVED));
        let back = Decided { until_on: Some(date!(2024 - 04 - 01)), ..dormant };
        assert_eq!(holds(&back, &moves).spells, [spell(U, BEGUN, back.until_on)]);
        assert_eq!(holds(&back, &moves).left_on, None);
    }

    #[test]
    fn who_is_at_home_where_she_was_parked_is_parked_no_longer() {
        let parked = decided(StandingKind::Parked, Some(V), None);
        let moves = [stay(U, JOINED, Some(MOVED)), stay(V, MOVED, None)];
        assert_eq!(holds(&parked, &moves).spells, [spell(U, BEGUN, Some(MOVED))]);
        let elsewhere = [stay(U, JOINED, Some(MOVED)), stay(W, MOVED, None)];
        assert_eq!(holds(&parked, &elsewhere).spells.len(), 2);
    }

    #[test]
    fn an_offer_holds_until_it_lapses_or_she_has_left() {
        let offered = decided(StandingKind::InTransfer, Some(V), Some(MOVED));
        let stays = [stay(U, JOINED, None)];
        assert_eq!(holds(&offered, &stays).spells, [spell(U, BEGUN, Some(MOVED))]);
        let left = [stay(U, JOINED, Some(date!(2024 - 04 - 01)))];
        let now = holds(&offered, &left);
        assert_eq!(now.spells, [spell(U, BEGUN, Some(date!(2024 - 04 - 01)))]);
        assert_eq!(now.left_on, Some(date!(2024 - 04 - 01)));
        assert_eq!(holds(&offered, &[]).left_on, Some(BEGUN));
    }

    #[test]
    fn an_honorary_member_is_one_until_she_is_a_member() {
        let honorary = decided(StandingKind::Honorary, None, None);
        let before = [stay(U, JOINED, Some(BEGUN))];
        assert_eq!(holds(&honorary, &before).spells, [spell(U, BEGUN, None)]);
        let joins = [before[0], stay(V, LATER, None)];
        assert_eq!(holds(&honorary, &joins).spells, [spell(U, BEGUN, Some(LATER))]);
        assert_eq!(holds(&honorary, &joins).left_on, Some(LATER));
    }

    proptest::proptest! {
        /// Whatever her stays are: nobody stands so in two unions on one day, outside the days that
        /// were decided, or, but for the honorary, in a union whose member she is not.
        #[test]
        fn it_holds_where_she_is_and_as_long_as_was_decided(
            kind in 1_i16..5,
            lengths in proptest::collection::vec((0_u16..30, 1_u16..90, 1_u128..4), 0..6),
            begun in 0_u16..120,
            lasts in proptest::option::of(1_u16..200),
        ) {
            let day = |n: u16| JOINED + Duration::days(n.into());
            let mut at = 0;
            let mut stays = Vec::new();
            for (gap, days, union) in &lengths {
                at += gap;
                stays.push(stay(Uuid::from_u128(*union), day(at), Some(day(at + days))));
                at += days;
            }
            let kind = StandingKind::numbered(kind).expect("a kind");
            let decided = Decided {
                kind,
                organisation_id: U,
                other_organisation_id: Some(V),
                from_on: day(begun),
                until_on: lasts.map(|lasts| day(begun + lasts)),
            };
            let now = holds(&decided, &stays);
            let mut last = decided.from_on;
            for one in &now.spells {
                proptest::prop_assert!(one.from_on >= last);
                last = one.until_on.unwrap_or(Date::MAX);
                proptest::prop_assert!(last > one.from_on);
                proptest::prop_assert!(decided.until_on.is_none_or(|until| last <= until));
                let member = stays.iter().any(|stay| {
                    stay.organisation_id == one.organisation_id
                        && stay.from_on <= one.from_on
                        && stay.until_on >= one.until_on
                });
                proptest::prop_assert!(member || kind == StandingKind::Honorary);
            }
        }
    }
}
