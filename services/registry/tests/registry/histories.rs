//! Random histories against a model: whatever is recorded, of whatever day, corrected or
//! undone, the tree is the model's at every date, as known at every instant; and of two acts
//! that conflict, one wins and one is refused.
//!
//! `cargo test` runs a short history and a few pairs. The full ones, 200,000 acts and 10,000
//! pairs, run with `CONGDOAN_HISTORIES=full`, or a history of so many acts with their number;
//! `CONGDOAN_SEED` repeats a history, whose seed is printed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;
use std::time::Instant;

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::correct_organisation_request::Attribute;
use sqlx::PgConnection;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::*;

const FIRST: Date = date!(2011 - 01 - 01);
const DAYS: u64 = 4_000;
const PROVINCES: usize = 5;
const DISTRICTS: usize = 45;
const UNITS_MAX: usize = 500;

fn full() -> bool {
    std::env::var("CONGDOAN_HISTORIES").is_ok_and(|size| size == "full")
}

/// How long a history is.
fn acts() -> usize {
    let stated = std::env::var("CONGDOAN_HISTORIES").ok().and_then(|acts| acts.parse().ok());
    stated.unwrap_or(if full() { 200_000 } else { 600 })
}

/// A small generator of numbers that are random enough and repeat for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }

    fn unit(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).expect("small")
    }

    fn day(&mut self) -> Date {
        FIRST + Duration::days(i64::try_from(self.below(DAYS)).expect("small"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Confederation,
    Province,
    District,
    Union,
}

impl Kind {
    fn founding_type(self) -> &'static str {
        match self {
            Kind::Confederation => "TLD",
            Kind::Province => "LDLD_TINH",
            Kind::District => "LDLD_HUYEN",
            Kind::Union => "CDCS",
        }
    }
}

/// What holds from each day on, until the next.
type Dated<T> = BTreeMap<Date, T>;

fn at<T>(dated: &Dated<T>, on: Date) -> Option<(Date, &T)> {
    dated.range(..=on).next_back().map(|(from, value)| (*from, value))
}

fn next<T>(dated: &Dated<T>, on: Date) -> Option<Date> {
    dated.range((Excluded(on), Unbounded)).next().map(|(from, _)| *from)
}

fn last<T>(dated: &Dated<T>) -> Date {
    *dated.keys().next_back().expect("never empty")
}

/// What is known otherwise of some days: whatever differs there is replaced.
fn overwrite<T: Clone + PartialEq>(
    dated: &mut Dated<T>,
    over: Option<Date>,
    (from, until): (Date, Option<Date>),
    value: T,
) -> bool {
    let rows: Vec<(Date, Option<Date>, T)> = dated
        .iter()
        .map(|(start, held)| (*start, next(dated, *start).or(over), held.clone()))
        .filter(|(start, end, held)| {
            *held != value
                && until.is_none_or(|until| *start < until)
                && end.is_none_or(|end| from < end)
        })
        .collect();
    for (start, end, held) in &rows {
        dated.insert((*start).max(from), value.clone());
        if let Some(until) = until
            && end.is_none_or(|end| until < end)
        {
            dated.insert(until, held.clone());
        }
    }
    !rows.is_empty()
}

/// What began on `old` or before `new` begins on `new`.
fn begin<T: Clone>(dated: &mut Dated<T>, old: Date, new: Date) {
    let held = at(dated, new.max(old)).expect("alive").1.clone();
    dated.retain(|from, _| *from >= new && *from != old);
    dated.entry(new).or_insert(held);
}

#[derive(Clone)]
struct Unit {
    id: Uuid,
    kind: Kind,
    founded: Date,
    ended: Option<Date>,
    places: Dated<usize>,
    names: Dated<String>,
    sectors: Dated<&'static str>,
    types: Dated<&'static str>,
    directed: Dated<bool>,
}

impl Unit {
    fn lives(&self, on: Date) -> bool {
        self.founded <= on && self.ended.is_none_or(|ended| on < ended)
    }

    /// Lives from a day on, until another.
    fn lasts(&self, from: Date, until: Option<Date>) -> bool {
        self.founded <= from
            && self.ended.is_none_or(|ended| until.is_some_and(|until| until <= ended))
    }

    fn is_directed(&self, on: Date) -> bool {
        at(&self.directed, on).is_some_and(|(_, directed)| *directed)
    }

    fn edges(&self) -> impl Iterator<Item = (Date, Option<Date>, usize)> + '_ {
        self.edges_from(self.founded)
    }

    /// Its places on a day and on those after it.
    fn edges_from(&self, on: Date) -> impl Iterator<Item = (Date, Option<Date>, usize)> + '_ {
        let first = at(&self.places, on).map_or(on, |(from, _)| from);
        let some = self.places.range(first..);
        some.map(|(from, to)| (*from, next(&self.places, *from).or(self.ended), *to))
    }

    /// The last day on which something known of it begins.
    fn last_begun(&self) -> Date {
        let begun = [
            self.places.keys().next_back(),
            self.names.keys().next_back(),
            self.sectors.keys().next_back(),
            self.types.keys().next_back(),
            self.directed.keys().next_back(),
        ];
        *begun.into_iter().flatten().max().expect("founded")
    }

    /// The days on which it came to stand under somebody else than before.
    fn arrivals(&self) -> impl Iterator<Item = (Date, usize)> + '_ {
        let before = std::iter::once(None).chain(self.places.values().map(Some));
        let days = self.places.iter().zip(before);
        days.filter(|((_, to), from)| *from != Some(*to)).map(|((on, to), _)| (*on, *to))
    }

    /// When it stood under another.
    fn stood_under(&self, superior: usize) -> impl Iterator<Item = (Date, Option<Date>)> + '_ {
        let under = self.places.iter().filter(move |(_, to)| **to == superior);
        under.map(|(from, _)| (*from, next(&self.places, *from).or(self.ended)))
    }
}

#[derive(Clone)]
struct Model(Vec<Arc<Unit>>);

impl Model {
    fn may_stand(&self, unit: usize, superior: usize) -> bool {
        use Kind::{Confederation, District, Province, Union};
        matches!(
            (self.0[unit].kind, self.0[superior].kind),
            (Province, Confederation) | (District | Union, Province | District)
        )
    }

    /// Its superiors live and may have it, on all its days, and it never stands below itself.
    fn stands(&self, unit: usize) -> bool {
        let sound = self.0[unit].edges().all(|(from, until, superior)| {
            self.0[superior].lasts(from, until) && self.may_stand(unit, superior)
        });
        let one = &self.0[unit];
        sound
            && one.arrivals().all(|(on, superior)| self.0[superior].is_directed(on))
            && (one.kind != Kind::District
                || !one.edges().any(|(from, until, to)| self.leads(to, unit, (from, until), 0)))
    }

    /// On some of these days the way up from one unit comes to another, or to no end.
    fn leads(
        &self,
        from_unit: usize,
        to_unit: usize,
        (from, until): (Date, Option<Date>),
        steps: usize,
    ) -> bool {
        let earlier = |one: Option<Date>, other: Option<Date>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        from_unit == to_unit
            || steps > DISTRICTS
            || self.0[from_unit]
                .edges_from(from)
                .take_while(|(since, ..)| until.is_none_or(|until| *since < until))
                .filter(|(_, to, _)| to.is_none_or(|to| from < to))
                .any(|(since, to, superior)| {
                    let days = (from.max(since), earlier(until, to));
                    self.leads(superior, to_unit, days, steps + 1)
                })
    }

    /// Everything that stood under it stood there while it lived.
    fn holds_its_own(&self, unit: usize) -> bool {
        self.0
            .iter()
            .all(|one| one.stood_under(unit).all(|(from, until)| self.0[unit].lasts(from, until)))
    }

    /// What an act makes of it; none where it is refused.
    fn after(&self, act: &Deed, id: Uuid) -> Option<Self> {
        let mut next_model = self.clone();
        let units = &mut next_model.0;
        match *act {
            Deed::Found { under, on } => {
                let above = &self.0[under];
                if !above.lasts(on, None) || !above.is_directed(on) {
                    return None;
                }
                units.push(Arc::new(Unit {
                    id,
                    kind: Kind::Union,
                    founded: on,
                    ended: None,
                    places: Dated::from([(on, under)]),
                    names: Dated::from([(on, format!("Công đoàn cơ sở H{}", self.0.len()))]),
                    sectors: Dated::from([(on, "NNN_CP")]),
                    types: Dated::from([(on, "CDCS")]),
                    directed: Dated::from([(on, true)]),
                }));
            }
            Deed::Move { unit, to, on } => {
                let one = &self.0[unit];
                let (since, held) = at(&one.places, on)?;
                let until = next(&one.places, on).or(one.ended);
                let above = &self.0[to];
                let may = one.lives(on)
                    && since < on
                    && *held != to
                    && above.lasts(on, until)
                    && above.is_directed(on);
                Arc::make_mut(&mut units[unit]).places.insert(on, to);
                if !may || !next_model.stands(unit) {
                    return None;
                }
            }
            Deed::Rename { unit, on, ref name } => {
                let (since, _) = at(&self.0[unit].names, on)?;
                if !self.0[unit].lives(on) || since == on {
                    return None;
                }
                Arc::make_mut(&mut units[unit]).names.insert(on, name.clone());
            }
            Deed::Sector { unit, on, sector } => {
                let (since, _) = at(&self.0[unit].sectors, on)?;
                if !self.0[unit].lives(on) || since == on {
                    return None;
                }
                Arc::make_mut(&mut units[unit]).sectors.insert(on, sector);
            }
            Deed::Type { unit, on, to } => {
                let one = &self.0[unit];
                let (_, held) = at(&one.types, on)?;
                if one.kind != Kind::Union
                    || !one.lives(on)
                    || *held == to
                    || on <= last(&one.types)
                {
                    return None;
                }
                Arc::make_mut(&mut units[unit]).types.insert(on, to);
            }
            Deed::Direct { unit, on, directed } => {
                let one = &self.0[unit];
                let (since, _) = at(&one.directed, on)?;
                // Nobody comes to stand under it while it is suspended.
                let awaited = !directed
                    && self.0.iter().any(|other| {
                        other.arrivals().any(|(day, superior)| superior == unit && day >= on)
                    });
                let fits = one.lives(on)
                    && since < on
                    && next(&one.directed, on).is_none()
                    && one.is_directed(on) != directed
                    && !awaited;
                Arc::make_mut(&mut units[unit]).directed.insert(on, directed);
                if !fits {
                    return None;
                }
            }
            Deed::End { unit, heir, on } => {
                let one = &self.0[unit];
                if one.ended.is_some() || on <= one.last_begun() {
                    return None;
                }
                let children: Vec<usize> = (0..self.0.len())
                    .filter(|child| {
                        let mut under = self.0[*child].stood_under(unit);
                        under.any(|(_, until)| until.is_none_or(|until| on < until))
                    })
                    .collect();
                if let Some(heir) = heir {
                    let fits = heir != unit && self.0[heir].lives(on);
                    if !fits || (!children.is_empty() && !self.0[heir].is_directed(on)) {
                        return None;
                    }
                } else if !children.is_empty() {
                    return None;
                }
                Arc::make_mut(&mut units[unit]).ended = Some(on);
                for child in &children {
                    let child_unit = &self.0[*child];
                    let (since, _) = at(&child_unit.places, on)?;
                    let later = child_unit
                        .places
                        .iter()
                        .any(|(from, superior)| *superior == unit && *from >= on);
                    let until = next(&child_unit.places, on).or(child_unit.ended);
                    if !child_unit.lives(on)
                        || since >= on
                        || later
                        || Some(*child) == heir
                        || !self.0[heir?].lasts(on, until)
                    {
                        return None;
                    }
                    Arc::make_mut(&mut next_model.0[*child]).places.insert(on, heir?);
                }
                if children.iter().any(|child| !next_model.stands(*child)) {
                    return None;
                }
            }
            Deed::CorrectPlace { unit, to, from, until } => {
                let ended = self.0[unit].ended;
                let days = self.days(unit, from, until)?;
                if unit == to
                    || !overwrite(&mut Arc::make_mut(&mut units[unit]).places, ended, days, to)
                {
                    return None;
                }
                if !next_model.stands(unit) {
                    return None;
                }
            }
            Deed::CorrectName { unit, from, until, ref name } => {
                let (from, until) = self.days(unit, from, until)?;
                // What it was called on its last day it goes on having been called.
                let days = (from, until.filter(|until| self.0[unit].ended != Some(*until)));
                if !overwrite(&mut Arc::make_mut(&mut units[unit]).names, None, days, name.clone())
                {
                    return None;
                }
            }
            Deed::CorrectFounding { unit, on } => {
                let (one, old) = (&self.0[unit], self.0[unit].founded);
                let between = |day: &Date| old < *day && *day <= on;
                let changed = one.places.keys().any(between)
                    || one.names.keys().any(between)
                    || one.sectors.keys().any(between)
                    || one.types.keys().any(between)
                    || one.directed.keys().any(between);
                if on == old || changed || one.ended.is_some_and(|ended| ended <= on) {
                    return None;
                }
                let changed = Arc::make_mut(&mut units[unit]);
                changed.founded = on;
                begin(&mut changed.places, old, on);
                begin(&mut changed.names, old, on);
                begin(&mut changed.directed, old, on);
                begin(&mut changed.types, old, on);
                if !changed.sectors.is_empty() {
                    begin(&mut changed.sectors, old, on);
                }
                if !next_model.stands(unit) || !next_model.holds_its_own(unit) {
                    return None;
                }
            }
            Deed::CorrectEnding { unit, on } => {
                let one = &self.0[unit];
                let old = one.ended?;
                if on == old || on <= one.last_begun() {
                    return None;
                }
                Arc::make_mut(&mut units[unit]).ended = Some(on);
                if !next_model.stands(unit) || !next_model.holds_its_own(unit) {
                    return None;
                }
            }
        }
        Some(next_model)
    }

    /// The days that a correction is about, if they lie within the life of the unit.
    fn days(&self, unit: usize, from: Date, until: Option<Date>) -> Option<(Date, Option<Date>)> {
        let one = &self.0[unit];
        let over = one.ended.zip(until).is_some_and(|(ended, until)| ended < until);
        let until = until.or(one.ended);
        (from >= one.founded && !over && until.is_none_or(|until| from < until))
            .then_some((from, until))
    }
}

/// What happens, or is known.
#[derive(Clone, Debug)]
enum Deed {
    Found { under: usize, on: Date },
    Move { unit: usize, to: usize, on: Date },
    Rename { unit: usize, on: Date, name: String },
    Sector { unit: usize, on: Date, sector: &'static str },
    Type { unit: usize, on: Date, to: &'static str },
    Direct { unit: usize, on: Date, directed: bool },
    End { unit: usize, heir: Option<usize>, on: Date },
    CorrectPlace { unit: usize, to: usize, from: Date, until: Option<Date> },
    CorrectName { unit: usize, from: Date, until: Option<Date>, name: String },
    CorrectFounding { unit: usize, on: Date },
    CorrectEnding { unit: usize, on: Date },
}

fn thrown(dice: &mut Dice, model: &Model, n: usize) -> Deed {
    let count = model.0.len();
    // Never the Confederation or a province: they are the frame.
    let unit = 1 + PROVINCES + dice.unit(count - 1 - PROVINCES);
    let superior = 1 + dice.unit(PROVINCES + DISTRICTS);
    let on = dice.day();
    let until = (dice.below(3) > 0)
        .then(|| on + Duration::days(i64::try_from(dice.below(900)).expect("small") + 1));
    match dice.below(100) {
        0..8 if count < UNITS_MAX => Deed::Found { under: superior, on },
        0..34 => Deed::Move { unit, to: superior, on },
        34..48 => Deed::Rename { unit, on, name: format!("Tên {n}") },
        48..52 => {
            let to = ["CDCS", "ND_CS"][dice.unit(2)];
            Deed::Type { unit, on, to }
        }
        52..56 => {
            let sector = ["HC", "FDI_LD", "NNN_TNHH"][dice.unit(3)];
            Deed::Sector { unit, on, sector }
        }
        56..68 => {
            let on = last(&model.0[unit].directed) + Duration::days(1 + on.ordinal() as i64 / 30);
            let directed = !model.0[unit].directed[&last(&model.0[unit].directed)];
            Deed::Direct { unit, on, directed: directed || dice.below(4) > 0 }
        }
        68..70 => {
            let on = model.0[unit].last_begun() + Duration::days(1 + i64::from(on.ordinal()) / 5);
            Deed::End { unit, heir: (dice.below(3) > 0).then_some(superior), on }
        }
        70..86 => Deed::CorrectPlace { unit, to: superior, from: on, until },
        86..92 => Deed::CorrectName { unit, from: on, until, name: format!("Tên đúng {n}") },
        92..97 => {
            let days = i64::try_from(dice.below(60)).expect("small") - 30;
            Deed::CorrectFounding { unit, on: model.0[unit].founded + Duration::days(days) }
        }
        _ => {
            let days = i64::try_from(dice.below(60)).expect("small") - 30;
            let on = model.0[unit].ended.unwrap_or(on) + Duration::days(days);
            Deed::CorrectEnding { unit, on }
        }
    }
}

/// Lets registry do it; answers the id of a founded unit, else nil.
async fn done(
    actor: &mut Actor,
    model: &Model,
    deed: &Deed,
    request_id: Uuid,
) -> Result<Uuid, Status> {
    let request_id = request_id.to_string();
    let id_of = |unit: usize| model.0[unit].id;
    let correct = |unit: usize, from: Option<Date>, until: Option<Date>, attribute| {
        pb::CorrectOrganisationRequest {
            request_id: request_id.clone(),
            organisation_id: id_of(unit).to_string(),
            from_on: from.map(civil),
            until_on: until.map(civil),
            attribute: Some(attribute),
            reason: "Ghi nhầm".to_string(),
            ..Default::default()
        }
    };
    let correction = match deed {
        Deed::Found { under, on } => {
            let code = format!("H{}", Uuid::new_v4().simple());
            let name = format!("Công đoàn cơ sở H{}", model.0.len());
            let request = pb::FoundOrganisationRequest {
                request_id,
                name,
                ..founding(id_of(*under), &code, *on)
            };
            let answer = actor.organisations.found_organisation(request).await?.into_inner();
            return Ok(id(&answer.organisation_id));
        }
        Deed::Move { unit, to, on } => {
            let request = pb::HandOverOrganisationsRequest {
                request_id,
                ..handing_over(&[id_of(*unit)], id_of(*to), *on)
            };
            actor.organisations.hand_over_organisations(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::Rename { unit, on, name } => {
            let request = pb::RenameOrganisationRequest {
                request_id,
                organisation_id: id_of(*unit).to_string(),
                name: name.clone(),
                effective_on: Some(civil(*on)),
                ..Default::default()
            };
            actor.organisations.rename_organisation(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::Sector { unit, on, sector } => {
            let request = pb::ChangeSectorRequest {
                request_id,
                organisation_id: id_of(*unit).to_string(),
                sector: (*sector).to_string(),
                effective_on: Some(civil(*on)),
                ..Default::default()
            };
            actor.organisations.change_sector(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::Type { unit, on, to } => {
            let request = pb::ChangeTypeRequest {
                request_id,
                organisation_id: id_of(*unit).to_string(),
                r#type: (*to).to_string(),
                basis: Some(decided(*on)),
                ..Default::default()
            };
            actor.life_cycle.change_type(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::Direct { unit, on, directed: false } => {
            let request = pb::SuspendOrganisationRequest {
                request_id,
                organisation_id: id_of(*unit).to_string(),
                basis: Some(decided(*on)),
                ..Default::default()
            };
            actor.organisations.suspend_organisation(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::Direct { unit, on, directed: true } => {
            let request = pb::ResumeOrganisationRequest {
                request_id,
                organisation_id: id_of(*unit).to_string(),
                basis: Some(decided(*on)),
                ..Default::default()
            };
            actor.organisations.resume_organisation(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::End { unit, heir, on } => {
            let subordinates_to_id = heir.map(|heir| id_of(heir).to_string()).unwrap_or_default();
            let request = pb::EndOrganisationsRequest {
                request_id,
                units: vec![pb::end_organisations_request::Unit {
                    subordinates_to_id,
                    ..dissolved(id_of(*unit))
                }],
                basis: Some(decided(*on)),
                ..Default::default()
            };
            actor.organisations.end_organisations(request).await?;
            return Ok(Uuid::nil());
        }
        Deed::CorrectPlace { unit, to, from, until } => {
            correct(*unit, Some(*from), *until, Attribute::SuperiorId(id_of(*to).to_string()))
        }
        Deed::CorrectName { unit, from, until, name } => {
            let name = pb::correct_organisation_request::Name {
                name: name.clone(),
                short_name: String::new(),
            };
            correct(*unit, Some(*from), *until, Attribute::Name(name))
        }
        Deed::CorrectFounding { unit, on } => {
            correct(*unit, None, None, Attribute::FoundedOn(civil(*on)))
        }
        Deed::CorrectEnding { unit, on } => {
            correct(*unit, None, None, Attribute::EndedOn(civil(*on)))
        }
    };
    actor.corrections.correct_organisation(correction).await?;
    Ok(Uuid::nil())
}

/// The tree at one date, as known at one instant: superior, name, sector and type, directed.
type Tree = BTreeMap<Uuid, (Uuid, String, String, bool)>;

fn modelled(model: &Model, on: Date) -> Tree {
    let living = model.0.iter().skip(1).filter(|unit| unit.lives(on));
    living
        .map(|unit| {
            let superior = model.0[*at(&unit.places, on).expect("a place").1].id;
            let name = at(&unit.names, on).expect("a name").1.clone();
            let sector = at(&unit.sectors, on).map(|(_, sector)| *sector).unwrap_or_default();
            let kind = at(&unit.types, on).expect("a type").1;
            (unit.id, (superior, name, format!("{sector}{kind}"), unit.is_directed(on)))
        })
        .collect()
}

/// The tree at each of some dates, as known at an instant.
async fn probed(
    connection: &mut PgConnection,
    dates: &[Date],
    known: OffsetDateTime,
) -> BTreeMap<Date, Tree> {
    // One pass over each attribute, however long its history; what belongs together is put
    // together here.
    let rows: Vec<(Date, Uuid, String, String)> = sqlx::query_as(
        "with probe as (select on_date from unnest($1::date[]) as each (on_date))
         select on_date, organisation_id, '' as attribute, superior_id::text as value
         from organisation_parent join probe on valid @> on_date where recorded @> $2
         union all
         select on_date, organisation_id, 'NAME', name
         from organisation_name join probe on valid @> on_date where recorded @> $2
         union all
         select on_date, organisation_id, 'SECTOR', sector
         from organisation_sector join probe on valid @> on_date where recorded @> $2
         union all
         select on_date, organisation_id, 'TYPE', type
         from organisation_type join probe on valid @> on_date where recorded @> $2
         union all
         select on_date, organisation_id, 'STATUS', status
         from organisation_status join probe on valid @> on_date where recorded @> $2
         order by attribute",
    )
    .bind(dates)
    .bind(known)
    .fetch_all(&mut *connection)
    .await
    .expect("read");
    let mut trees: BTreeMap<Date, Tree> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (on, unit, attribute, value) in rows {
        assert!(seen.insert((on, unit, attribute.clone())), "{unit} has one {attribute} on {on}");
        let tree = trees.entry(on).or_default();
        // Places come first: of those that have none the names and sectors are known, too.
        match (&*attribute, tree.get_mut(&unit)) {
            ("", None) => {
                tree.insert(unit, (id(&value), String::new(), String::new(), false));
            }
            ("NAME", Some((_, name, ..))) => *name = value,
            ("SECTOR", Some((_, _, sector, _))) => *sector = value,
            ("TYPE", Some((_, _, sector, _))) => sector.push_str(&value),
            ("STATUS", Some((.., directed))) => *directed = value == "ACTIVE",
            _ => {}
        }
    }
    trees
}

/// Everybody stands, step by step, below the Confederation: nobody below himself, nobody
/// under a unit that does not live.
fn all_stand_below(confederation: Uuid, tree: &Tree) -> bool {
    tree.keys().all(|unit| {
        let mut above = tree.get(unit);
        for _ in 0..=tree.len() {
            match above {
                Some((superior, ..)) if *superior == confederation => return true,
                Some((superior, ..)) => above = tree.get(superior),
                None => return false,
            }
        }
        false
    })
}

/// One history of acts, corrections and undoings, whatever their days, of up to 500 units.
/// What is probed: after each hundredth part of it (full) the instant is kept, with the model
/// as it is then. At the end, with all of the history recorded, the tree as known at each of
/// those instants is compared with the model of that instant at random dates, whole: every
/// unit with its superior, name, sector and status. At one date of each the subtrees are counted.
#[tokio::test]
async fn random_histories_leave_the_tree_that_a_model_has() {
    let seed = std::env::var("CONGDOAN_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(20_251_122_u64);
    let (instants, dates) = if acts() > 10_000 { (100, 20) } else { (20, 6) };
    let acts = acts();
    println!("seed {seed}, {acts} acts");
    let mut dice = Dice(seed);
    let world = World::start().await;
    crate::moves::let_districts_stand_under_districts(&world).await;
    let mut admin = world.actor("admin");
    let mut model = planted(&world, &mut admin, &mut dice).await;
    let mut connection = world.look().await;

    let begun = Instant::now();
    let mut before: VecDeque<(Uuid, Model)> = VecDeque::new();
    let mut snapshots = vec![(OffsetDateTime::now_utc(), model.clone())];
    let (mut allowed, mut refusals, mut undone) = (0, 0, 0);
    for n in 1..=acts {
        if dice.below(20) == 0
            && let Some((act, earlier)) = before.pop_back()
        {
            admin.undoes(act).await.expect("the last act is undone");
            model = earlier;
            undone += 1;
        } else {
            let deed = thrown(&mut dice, &model, n);
            let request_id = Uuid::new_v4();
            let answer = done(&mut admin, &model, &deed, request_id).await;
            let new_id = answer.as_ref().copied().unwrap_or_default();
            match (&answer, model.after(&deed, new_id)) {
                (Ok(_), Some(after)) => {
                    let act: Uuid = sqlx::query_scalar(
                        "select act_id from act.request where principal = $1 and request_id = $2",
                    )
                    .bind(format!("{ISSUER}#admin"))
                    .bind(request_id)
                    .fetch_one(&mut connection)
                    .await
                    .expect("an act");
                    before.push_back((act, std::mem::replace(&mut model, after)));
                    if before.len() > 8 {
                        before.pop_front();
                    }
                    allowed += 1;
                }
                (Err(status), None) => {
                    assert_ne!(status.code(), tonic::Code::Internal, "{deed:?}: {status:?}");
                    refusals += 1;
                }
                (answer, after) => panic!(
                    "seed {seed}, act {n}, {deed:?}: registry says {:?}, the model {}",
                    answer.as_ref().map_err(|status| status.message()),
                    if after.is_some() { "lets it be" } else { "refuses" },
                ),
            }
        }
        if n % (acts / instants).max(1) == 0 {
            // At one date it is compared at once, so that what goes wrong is found near its act.
            let (known, on) = (OffsetDateTime::now_utc(), dice.day());
            let tree = probed(&mut connection, &[on], known).await.remove(&on).unwrap_or_default();
            let expected = modelled(&model, on);
            let differences = differences(&tree, &expected);
            assert!(tree == expected, "seed {seed}, act {n}, as of {on}: {differences:?}");
            snapshots.push((known, model.clone()));
            if acts > 10_000 {
                println!("{n} acts after {} s", begun.elapsed().as_secs());
            }
        }
    }

    let mut probes = 0;
    for (known, model) in &snapshots {
        let days: BTreeSet<Date> = (0..dates).map(|_| dice.day()).collect();
        let days: Vec<Date> = days.into_iter().collect();
        let trees = probed(&mut connection, &days, *known).await;
        for (on, tree) in &trees {
            let expected = modelled(model, *on);
            assert!(
                *tree == expected,
                "seed {seed}, as of {on}, known at {known}: {:?}",
                differences(tree, &expected)
            );
            assert!(all_stand_below(world.confederation, tree), "as of {on}, known at {known}");
            probes += 1;
        }
        // The parts sum to the whole, as the subtrees are read.
        if let Some(on) = days.first() {
            let (whole, parts): (i64, i64) = sqlx::query_as(
                "select (select count(*) from subtree($1, $2, $3)),
                        (select coalesce(sum(part.units), 0)::bigint
                         from organisation_parent edge
                         cross join lateral (select count(*) as units
                                             from subtree(edge.organisation_id, $2, $3)) part
                         where edge.superior_id = $1 and edge.has_subordinates
                           and edge.valid @> $2 and edge.recorded @> $3)",
            )
            .bind(world.confederation)
            .bind(on)
            .bind(known)
            .fetch_one(&mut connection)
            .await
            .expect("counted");
            let living = i64::try_from(trees[on].len()).expect("small");
            assert_eq!((whole, parts), (living + 1, living), "as of {on}, known at {known}");
        }
    }
    println!(
        "seed {seed}: {allowed} acts allowed, {refusals} refused by both, {undone} undone in {} s; \
         {} units; {probes} trees equal, known at {} instants",
        begun.elapsed().as_secs(),
        snapshots[snapshots.len() - 1].1.0.len(),
        snapshots.len(),
    );
}

fn differences(tree: &Tree, expected: &Tree) -> Vec<String> {
    let units: BTreeSet<&Uuid> = tree.keys().chain(expected.keys()).collect();
    let differ = units.into_iter().filter(|unit| tree.get(unit) != expected.get(unit));
    differ
        .take(3)
        .map(|unit| format!("{unit}: {:?}, not {:?}", tree.get(unit), expected.get(unit)))
        .collect()
}

/// The frame and its first unions, in registry and in the model.
async fn planted(world: &World, admin: &mut Actor, dice: &mut Dice) -> Model {
    let mut lines = Vec::new();
    let mut units: Vec<(String, Kind, usize)> = Vec::new();
    for n in 0..PROVINCES {
        lines.push(line(&format!("P{n}"), "LDLD_TINH", "", "TLD"));
        units.push((format!("P{n}"), Kind::Province, 0));
    }
    for n in 0..DISTRICTS {
        let under = dice.unit(PROVINCES);
        lines.push(line(&format!("D{n}"), "LDLD_HUYEN", "", &format!("P{under}")));
        units.push((format!("D{n}"), Kind::District, 1 + under));
    }
    for n in 0..UNITS_MAX / 2 {
        let under = dice.unit(DISTRICTS);
        lines.push(line(&format!("U{n}"), "CDCS", "NNN_CP", &format!("D{under}")));
        units.push((format!("U{n}"), Kind::Union, 1 + PROVINCES + under));
    }
    admin.loads(lines).await.expect("loaded");
    let bearers: BTreeMap<String, Uuid> = sqlx::query_as::<_, (String, Uuid)>(
        "select code, organisation_id from organisation_code where upper_inf(recorded)",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read")
    .into_iter()
    .collect();
    let mut model = Model(Vec::new());
    let founded = ORIGIN;
    let unit = |id, kind, name: String, under: Option<usize>| Unit {
        id,
        kind,
        founded,
        ended: None,
        places: under.map(|under| (founded, under)).into_iter().collect(),
        names: Dated::from([(founded, name)]),
        sectors: (kind == Kind::Union).then_some((founded, "NNN_CP")).into_iter().collect(),
        types: Dated::from([(founded, kind.founding_type())]),
        directed: Dated::from([(founded, true)]),
    };
    model.0.push(Arc::new(unit(world.confederation, Kind::Confederation, String::new(), None)));
    for (code, kind, under) in units {
        let name = format!("Công đoàn {code}");
        model.0.push(Arc::new(unit(bearers[&code], kind, name, Some(under))));
    }
    // What the test's world planted besides is out of the way.
    let planted = ["BD-1", "BD-2", "CG-1", "GD-1", "TN-1"].map(|code| world.unit(code));
    let above = ["HN-BD", "HN-CG", "HN-GD"].map(|code| world.unit(code));
    for some in [planted.to_vec(), above.to_vec(), vec![world.unit("HN"), world.unit("TN")]] {
        let units = some.into_iter().map(dissolved).collect();
        admin.ends(units, FIRST - Duration::DAY).await.expect("ended");
    }
    model
}

#[tokio::test]
async fn of_two_acts_that_conflict_one_wins_and_one_is_refused_clearly() {
    let pairs = if full() { 10_000 } else { 150 };
    let world = World::start().await;
    crate::moves::let_districts_stand_under_districts(&world).await;
    let mut admin = world.actor("admin");
    let mut lines = Vec::new();
    for n in 0..pairs {
        lines.push(line(&format!("A{n}"), "LDLD_HUYEN", "", "HN"));
        lines.push(line(&format!("B{n}"), "LDLD_HUYEN", "", "TN"));
        lines.push(line(&format!("C{n}"), "CDCS", "NNN_CP", "HN-BD"));
    }
    for some in lines.chunks(1_500) {
        admin.loads(some.to_vec()).await.expect("loaded");
    }
    let bearers: BTreeMap<String, Uuid> = sqlx::query_as::<_, (String, Uuid)>(
        "select code, organisation_id from organisation_code where upper_inf(recorded)",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read")
    .into_iter()
    .collect();
    let on = date!(2024 - 01 - 01);
    let mut outcomes: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for n in 0..pairs {
        let [a, b, c] = ["A", "B", "C"].map(|code| bearers[&format!("{code}{n}")]);
        let (mut one, mut other) = (admin.clone(), admin.clone());
        let (moved, only_a, only_b) = ([c], [a], [b]);
        let (first, second) = match n % 3 {
            // Both dissolve the same union.
            0 => {
                let (first, second) = tokio::join!(
                    one.ends(vec![dissolved(c)], on),
                    other.ends(vec![dissolved(c)], on)
                );
                (first.map(|_| ()), second.map(|_| ()))
            }
            // One moves a union under a district that the other dissolves.
            1 => {
                let (first, second) =
                    tokio::join!(one.hands_over(&moved, a, on), other.ends(vec![dissolved(a)], on));
                (first, second.map(|_| ()))
            }
            // Each moves its district under the other's.
            _ => tokio::join!(one.hands_over(&only_a, b, on), other.hands_over(&only_b, a, on)),
        };
        let refusal = match (first, second) {
            (Ok(()), refusal @ Err(_)) | (refusal @ Err(_), Ok(())) => reason(refusal),
            both => panic!("pair {n}: one wins and one is refused, not {both:?}"),
        };
        let clear: &[&str] = match n % 3 {
            0 => &["ORGANISATION_ENDED"],
            1 => &["SUPERIOR_ENDED", "SUBORDINATES_LIVING"],
            _ => &["WOULD_FORM_CYCLE"],
        };
        assert!(clear.contains(&refusal.as_str()), "pair {n}: {refusal}");
        *outcomes.entry((n % 3, refusal)).or_default() += 1;
    }
    println!("{pairs} pairs, one winner and one refusal each: {outcomes:?}");
}
