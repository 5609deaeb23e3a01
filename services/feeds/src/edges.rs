//! The places of the units that one act is about: read once, changed here by one event after the
//! other, and written as what differs in the end.
//!
//! An act may place half a country, and its undoing puts it back. A copy that takes out and
//! writes back all edges of a unit for every step writes each of them many times, most of them
//! as they were.

use std::collections::BTreeSet;

use time::Date;
use uuid::Uuid;

use crate::registry::{Event, Organisation};
use crate::tree::{self, Held, Life, Superiors};

/// What becomes of the place of a unit that ends on the day on which it began to stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPlace {
    /// It stays, as the way to where the unit was to stand.
    Stays,
    /// It goes: the unit stood there on no day.
    Goes,
}

/// Where units stand, as a copy holds it and as it is to become.
#[derive(Debug)]
pub struct Edges<B = ()> {
    before: Superiors<B>,
    now: Superiors<B>,
}

/// Where one unit stands, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<B = ()> {
    /// The unit.
    pub unit: Uuid,
    /// Its superior, over its days.
    pub held: Held<Uuid, B>,
}

/// What a copy writes so that it holds what is known now.
#[derive(Debug)]
pub struct Difference<B = ()> {
    /// Edges that are no longer known.
    pub gone: Vec<Edge<B>>,
    /// Edges that begin as before and are otherwise for the rest, each with the day until
    /// which it was known to last.
    pub otherwise: Vec<(Edge<B>, Option<Date>)>,
    /// Edges that are new.
    pub come: Vec<Edge<B>>,
}

/// The columns of edges, one line for each.
#[derive(Debug)]
pub struct Columns<B = ()> {
    /// The units.
    pub units: Vec<Uuid>,
    /// Under whom.
    pub superiors: Vec<Uuid>,
    /// The first days.
    pub from: Vec<Option<Date>>,
    /// The first days on which it is no longer so.
    pub until: Vec<Option<Date>>,
    /// By what.
    pub by: Vec<B>,
}

impl<B: Clone> Columns<B> {
    /// Of these edges.
    pub fn of(edges: &[Edge<B>]) -> Self {
        Self {
            units: edges.iter().map(|edge| edge.unit).collect(),
            superiors: edges.iter().map(|edge| edge.held.value).collect(),
            from: edges.iter().map(|edge| edge.held.from).collect(),
            until: edges.iter().map(|edge| edge.held.until).collect(),
            by: edges.iter().map(|edge| edge.held.by.clone()).collect(),
        }
    }
}

/// The units whose places these events tell of, each once.
pub fn units<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<Uuid> {
    let mut units = BTreeSet::new();
    for event in events {
        match event {
            Event::Founded(founded) => {
                units.insert(founded.organisation.organisation_id);
            }
            Event::Loaded(loaded) => units.extend(loaded.iter().map(|unit| unit.organisation_id)),
            Event::HandedOver(handed) => {
                units.extend(handed.units.iter().map(|unit| unit.organisation_id));
            }
            Event::Ended(ended) => units.extend(ended.iter().map(|unit| unit.organisation_id)),
            Event::TimelinesCorrected(timelines) => {
                units.extend(timelines.iter().map(|timeline| timeline.organisation_id));
            }
            // Nothing that places a unit.
            Event::Renamed(_)
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::SectorChanged { .. }
            | Event::IndustryChanged { .. }
            | Event::TypeChanged(_)
            | Event::DecisionRecorded(_)
            | Event::Body(_)
            | Event::CeremonyHeld(_)
            | Event::EmployersRecorded(_)
            | Event::CampaignStageReached(_)
            | Event::ActsUndone(_)
            | Event::Noted(_)
            | Event::GrantMade(_)
            | Event::GrantEnded { .. } => {}
        }
    }
    units.into_iter().collect()
}

impl<B: Clone> Edges<B> {
    /// From the rows that a copy holds of the units that an act is about.
    pub fn held(rows: impl IntoIterator<Item = (Uuid, Held<Uuid, B>)>) -> Self {
        let before = tree::superiors(&[], rows);
        Self { now: before.clone(), before }
    }

    /// Takes in what registry tells from a day on; `by` is kept beside what it places.
    pub fn take(&mut self, on: Date, event: &Event, by: &B, last_place: LastPlace) {
        match event {
            Event::Founded(founded) => {
                self.found(std::slice::from_ref(&founded.organisation), by);
            }
            Event::Loaded(organisations) => self.found(organisations, by),
            // From the day on, until whatever was known to come next.
            Event::HandedOver(handed) => {
                for unit in &handed.units {
                    self.life(unit.organisation_id).splice(on, handed.superior_id, by.clone());
                }
            }
            Event::Ended(units) => {
                for unit in units {
                    let life = self.life(unit.organisation_id);
                    let before = life.clone();
                    life.end(on);
                    if life.is_empty() && last_place == LastPlace::Stays {
                        *life = before;
                    }
                }
            }
            Event::TimelinesCorrected(timelines) => {
                for timeline in timelines {
                    let known = timeline.superiors.iter().map(|period| Held {
                        from: Some(period.from_on),
                        until: period.until_on,
                        value: period.value,
                        by: by.clone(),
                    });
                    self.life(timeline.organisation_id).replace(known);
                }
            }
            // Nothing that places a unit.
            Event::Renamed(_)
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::SectorChanged { .. }
            | Event::IndustryChanged { .. }
            | Event::TypeChanged(_)
            | Event::DecisionRecorded(_)
            | Event::Body(_)
            | Event::CeremonyHeld(_)
            | Event::EmployersRecorded(_)
            | Event::CampaignStageReached(_)
            | Event::ActsUndone(_)
            | Event::Noted(_)
            | Event::GrantMade(_)
            | Event::GrantEnded { .. } => {}
        }
    }

    /// New organisations stand under their superiors from their founding on; the Confederation
    /// stands nowhere.
    fn found(&mut self, organisations: &[Organisation], by: &B) {
        for organisation in organisations {
            if let Some(value) = organisation.superior_id {
                let from = Some(organisation.founded_on);
                let placed = Held { from, until: None, value, by: by.clone() };
                self.life(organisation.organisation_id).add(placed);
            }
        }
    }

    fn life(&mut self, unit: Uuid) -> &mut Life<Uuid, B> {
        self.now.entry(unit).or_default()
    }
}

impl<B> Edges<B> {
    /// The superior under which a unit was first placed, as far as it is known.
    pub fn first(&self, unit: Uuid) -> Option<Uuid> {
        self.now.get(&unit)?.held().first().map(|held| held.value)
    }
}

impl<B: Clone + PartialEq> Edges<B> {
    /// What differs from what the copy holds.
    pub fn difference(&self) -> Difference<B> {
        let mut difference =
            Difference { gone: Vec::new(), otherwise: Vec::new(), come: Vec::new() };
        for (unit, life) in &self.now {
            let edge = |held: Held<Uuid, B>| Edge { unit: *unit, held };
            let mut gone: Vec<_> =
                self.before.get(unit).map(|before| before.held().to_vec()).unwrap_or_default();
            // Each row stands for one: whoever is founded twice is written twice, and refused.
            let mut come = Vec::new();
            for held in life.held() {
                match gone.iter().position(|before| before == held) {
                    Some(same) => drop(gone.remove(same)),
                    None => come.push(held.clone()),
                }
            }
            for held in come {
                match gone.iter().position(|before| before.from == held.from) {
                    Some(place) => {
                        let was_until = gone.remove(place).until;
                        difference.otherwise.push((edge(held), was_until));
                    }
                    None => difference.come.push(edge(held)),
                }
            }
            difference.gone.extend(gone.into_iter().map(edge));
        }
        difference
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    use super::*;
    use crate::registry::{
        EndKind, EndedUnit, Founded, HandedOver, HandedUnit, MembersOutcome, Period, Shares,
        Timeline,
    };

    const BEGINNING: Date = date!(2020 - 01 - 01);
    const UNITS: u128 = 5;

    fn day(n: i64) -> Date {
        BEGINNING + Duration::days(n)
    }

    /// The rows of a copy, as a database would keep them.
    type Rows = Vec<Edge<u8>>;

    fn held(rows: &Rows) -> Edges<u8> {
        Edges::held(rows.iter().map(|edge| (edge.unit, edge.held)))
    }

    /// Writes a difference as the statements of the copies do, each row by its unit and days.
    fn write(rows: &mut Rows, difference: Difference<u8>) {
        let mut take = |unit: Uuid, from: Option<Date>, until: Option<Date>| {
            let place = rows.iter().position(|row| {
                row.unit == unit && row.held.from == from && row.held.until == until
            });
            rows.remove(place.expect("what goes was there"))
        };
        for gone in difference.gone {
            take(gone.unit, gone.held.from, gone.held.until);
        }
        let mut changed = Vec::new();
        for (edge, was_until) in difference.otherwise {
            take(edge.unit, edge.held.from, was_until);
            changed.push(edge);
        }
        rows.extend(changed);
        rows.extend(difference.come);
        rows.sort_by_key(|edge| (edge.unit, edge.held.from));
    }

    fn ended(unit: u128) -> EndedUnit {
        EndedUnit {
            organisation_id: Uuid::from_u128(unit),
            kind: EndKind::Dissolved,
            principal_successor_id: None,
            last_superior_id: None,
            members_outcome: MembersOutcome::MembershipEnds,
            shares: Shares::default(),
        }
    }

    /// The events of an act, of a few units on a few days.
    fn acts() -> impl Strategy<Value = Vec<(Date, Event)>> {
        let one = (0u8..8, 1..=UNITS, 1..=UNITS, 0i64..20, 1i64..9, 0u128..4);
        prop::collection::vec(one, 0..40).prop_map(|drawn| {
            let mut founded = BTreeSet::new();
            let mut acts = Vec::new();
            for (kind, unit, other, on, length, superior) in drawn {
                let superior_id = Uuid::from_u128(100 + superior);
                let id = Uuid::from_u128(unit);
                let event = match kind {
                    0 | 1 if founded.insert(unit) => {
                        let organisation = Organisation {
                            organisation_id: id,
                            code: String::new(),
                            name: String::new(),
                            short_name: String::new(),
                            type_code: "CDCS".to_string(),
                            sector: None,
                            industry: None,
                            superior_id: Some(superior_id),
                            founded_on: day(on),
                        };
                        let applicant_ids = Vec::new();
                        Event::Founded(Founded { organisation, congress_on: None, applicant_ids })
                    }
                    2..=4 => {
                        let units = [unit, other].map(|unit| HandedUnit {
                            organisation_id: Uuid::from_u128(unit),
                            from_superior_id: Uuid::nil(),
                        });
                        Event::HandedOver(HandedOver { superior_id, units: units.to_vec() })
                    }
                    5 => Event::Ended(vec![ended(unit), ended(other)]),
                    6 => {
                        let period = |from: i64, until: Option<i64>, value| Period {
                            from_on: day(from),
                            until_on: until.map(day),
                            value,
                        };
                        let superiors = match superior {
                            0 => Vec::new(),
                            1 => vec![period(on, None, superior_id)],
                            _ => vec![
                                period(on, Some(on + length), superior_id),
                                period(on + length, None, Uuid::from_u128(100)),
                            ],
                        };
                        let organisation_id = id;
                        let timeline =
                            Timeline { organisation_id, superiors, ..Default::default() };
                        Event::TimelinesCorrected(vec![timeline])
                    }
                    _ => Event::Suspended { organisation_id: id },
                };
                acts.push((day(on), event));
            }
            acts
        })
    }

    proptest! {
        #[test]
        fn an_act_written_at_once_is_what_it_is_event_by_event(
            events in acts(), before in acts(), stays in any::<bool>(),
        ) {
            let last_place = if stays { LastPlace::Stays } else { LastPlace::Goes };
            // Nobody is founded of whom something was told before.
            let mut told = BTreeSet::new();
            let mut possible = |events: Vec<(Date, Event)>| -> Vec<(Date, Event)> {
                let first = |(_, event): &(Date, Event)| {
                    let of = units([event]);
                    let again = of.iter().any(|unit| told.contains(unit));
                    told.extend(of);
                    !(again && matches!(event, Event::Founded(_)))
                };
                events.into_iter().filter(first).collect()
            };
            let (before, events) = (possible(before), possible(events));

            let mut known = Rows::new();
            let mut begun = held(&known);
            for (on, event) in &before {
                begun.take(*on, event, &0, last_place);
            }
            write(&mut known, begun.difference());

            let mut stepwise = known.clone();
            let mut at_once = held(&known);
            for (by, (on, event)) in (1..).zip(&events) {
                let mut step = held(&stepwise);
                step.take(*on, event, &by, last_place);
                write(&mut stepwise, step.difference());
                at_once.take(*on, event, &by, last_place);
            }
            let concerned = units(events.iter().map(|(_, event)| event));
            let difference = at_once.difference();
            for edge in difference.gone.iter().chain(&difference.come)
                .chain(difference.otherwise.iter().map(|(edge, _)| edge))
            {
                prop_assert!(concerned.contains(&edge.unit));
            }
            let mut written = known.clone();
            write(&mut written, difference);
            prop_assert_eq!(written, stepwise);
        }
    }

    #[test]
    fn what_stays_as_it_was_is_not_written() {
        let unit = Uuid::from_u128(1);
        let edge = |from, until, superior, by| Edge {
            unit,
            held: Held {
                from: Some(day(from)),
                until: Some(day(until)),
                value: Uuid::from_u128(superior),
                by,
            },
        };
        let rows = vec![edge(0, 5, 101, 1), edge(5, 9, 102, 1)];
        let mut edges = held(&rows);
        let handed = |on, superior| {
            let units = vec![HandedUnit { organisation_id: unit, from_superior_id: Uuid::nil() }];
            let superior_id = Uuid::from_u128(superior);
            (day(on), Event::HandedOver(HandedOver { superior_id, units }))
        };
        let (on, event) = handed(7, 103);
        edges.take(on, &event, &2, LastPlace::Goes);
        let difference = edges.difference();
        assert_eq!(difference.gone, []);
        assert_eq!(difference.otherwise, [(edge(5, 7, 102, 1), Some(day(9)))]);
        assert_eq!(difference.come, [edge(7, 9, 103, 2)]);
    }
}
