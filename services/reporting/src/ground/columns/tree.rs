//! The tree in memory: what every unit was, when, and under whom.

use std::collections::BTreeMap;

use crate::ground::columns::day::{EVER, NEVER};

/// A type by its number, and whether what is of it is a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(u32);

impl Kind {
    /// Of a type.
    pub fn of(type_number: u32, grassroots: bool) -> Self {
        Self(type_number << 1 | u32::from(grassroots))
    }

    /// As a span kept it.
    pub fn read(value: u32) -> Self {
        Self(value)
    }

    /// As a span keeps it.
    pub fn value(self) -> u32 {
        self.0
    }

    /// The type's number.
    pub fn type_number(self) -> u32 {
        self.0 >> 1
    }

    /// Whether it is counted as a union.
    pub fn grassroots(self) -> bool {
        self.0 & 1 == 1
    }
}

/// What is known of an organisation besides its dated attributes.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Its first day.
    pub founded: i32,
    /// The first day on which it no longer exists.
    pub ended: i32,
    /// Its principal successor.
    pub heir: u32,
    /// Under whom it ended.
    pub last_superior: u32,
    /// Under whom one that never existed was to be founded.
    pub founded_under: u32,
    /// Where its members continue.
    pub members_to: u32,
    /// What it is, unless its dated types say otherwise.
    pub kind: Kind,
    /// It is known never to have existed.
    pub never: bool,
    /// It ended by a merger, a consolidation or a division.
    pub reorganised: bool,
    /// Where in registry's feed the change stands by which it ended; 0 where none does.
    pub end_position: i64,
}

impl Life {
    /// Whether it exists at the end of a day.
    pub fn on(&self, day: i32) -> bool {
        !self.never && self.founded <= day && day < self.ended
    }
}

/// Something that holds over some days: `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: i32,
    /// The first day on which it no longer holds.
    pub until: i32,
    /// What holds.
    pub value: u32,
}

impl Span {
    /// Whether it holds on a day.
    pub fn on(&self, day: i32) -> bool {
        self.from <= day && day < self.until
    }
}

/// Spans by unit, those of each by their first days.
#[derive(Clone, Default)]
pub struct Spans {
    /// Where those of each unit begin, and where the last end.
    first: Vec<u32>,
    spans: Vec<Span>,
}

impl Spans {
    /// Puts spans to their units, of which there are so many: each to its place, as there are many
    /// of them, and few of each unit to be sorted then.
    fn of(units: usize, spans: &[(u32, Span)]) -> Self {
        let mut put = Self::put(units, spans.iter().copied());
        for unit in 0..units {
            let of_unit = put.first[unit] as usize..put.first[unit + 1] as usize;
            if of_unit.len() > 1 {
                put.spans[of_unit].sort_unstable_by_key(|span| (span.from, span.value));
            }
        }
        put
    }

    /// Puts spans to their units, those of each in the order in which they come.
    fn put(units: usize, spans: impl Iterator<Item = (u32, Span)> + Clone) -> Self {
        let mut first = vec![0; units + 1];
        for (unit, _) in spans.clone() {
            first[unit as usize + 1] += 1;
        }
        for unit in 0..units {
            first[unit + 1] += first[unit];
        }
        let mut next = first.clone();
        let nothing = Span { from: 0, until: 0, value: 0 };
        let mut put = vec![nothing; first[units] as usize];
        for (unit, span) in spans {
            let next = &mut next[unit as usize];
            put[*next as usize] = span;
            *next += 1;
        }
        Self { first, spans: put }
    }

    /// Those of a unit.
    pub fn of_unit(&self, unit: u32) -> &[Span] {
        let unit = unit as usize;
        match (self.first.get(unit), self.first.get(unit + 1)) {
            (Some(begin), Some(end)) => &self.spans[*begin as usize..*end as usize],
            _ => &[],
        }
    }

    /// Those that hold on a day.
    pub fn on(&self, unit: u32, day: i32) -> Option<u32> {
        self.of_unit(unit).iter().find(|span| span.on(day)).map(|span| span.value)
    }

    /// The same, with others for some units.
    fn otherwise<'a>(
        &self,
        units: usize,
        told: &'a BTreeMap<u32, Unit>,
        of: impl Fn(&'a Unit) -> &'a Vec<Span>,
    ) -> Self {
        let mut first = Vec::with_capacity(units + 1);
        let mut spans = Vec::with_capacity(self.spans.len() + told.len());
        first.push(0);
        for unit in 0..units as u32 {
            match told.get(&unit) {
                Some(anew) => spans.extend_from_slice(of(anew)),
                None => spans.extend_from_slice(self.of_unit(unit)),
            }
            first.push(spans.len() as u32);
        }
        Self { first, spans }
    }

    /// The other way round: by what is held, who holds it.
    fn turned(&self, units: usize) -> Self {
        let holders = 0..self.first.len().saturating_sub(1) as u32;
        let turned = holders.flat_map(|unit| {
            let of_unit = self.of_unit(unit).iter();
            of_unit.map(move |span| (span.value, Span { value: unit, ..*span }))
        });
        Self::put(units, turned)
    }
}

/// All that is known of one unit.
#[derive(Default)]
pub struct Unit {
    /// None of one that is unknown.
    pub life: Option<Life>,
    /// Under whom.
    pub superiors: Vec<Span>,
    /// Of which type.
    pub types: Vec<Span>,
    /// Of which sector.
    pub sectors: Vec<Span>,
    /// In which industry, where that is stated.
    pub industries: Vec<Span>,
    /// Its direction suspended.
    pub suspensions: Vec<Span>,
}

impl Unit {
    fn sort(&mut self) {
        for spans in [
            &mut self.superiors,
            &mut self.types,
            &mut self.sectors,
            &mut self.industries,
            &mut self.suspensions,
        ] {
            spans.sort_unstable_by_key(|span| (span.from, span.value));
        }
    }
}

/// What a tree is made of, unit by unit in whatever order.
#[derive(Default)]
pub struct Told {
    /// Lives by unit.
    pub lives: Vec<(u32, Life)>,
    /// Superiors by unit.
    pub superiors: Vec<(u32, Span)>,
    /// Types by unit.
    pub types: Vec<(u32, Span)>,
    /// Sectors by unit.
    pub sectors: Vec<(u32, Span)>,
    /// Industries by unit.
    pub industries: Vec<(u32, Span)>,
    /// Suspensions by unit.
    pub suspensions: Vec<(u32, Span)>,
}

/// The tree as it is known at a position of registry's feed.
#[derive(Default)]
pub struct Tree {
    lives: Vec<Option<Life>>,
    superiors: Spans,
    inferiors: Spans,
    types: Spans,
    sectors: Spans,
    industries: Spans,
    suspensions: Spans,
}

impl Tree {
    /// Of so many units.
    pub fn of(units: usize, told: Told) -> Self {
        let mut lives = vec![None; units];
        for (unit, life) in told.lives {
            lives[unit as usize] = Some(life);
        }
        let superiors = Spans::of(units, &told.superiors);
        Self {
            lives,
            inferiors: superiors.turned(units),
            superiors,
            types: Spans::of(units, &told.types),
            sectors: Spans::of(units, &told.sectors),
            industries: Spans::of(units, &told.industries),
            suspensions: Spans::of(units, &told.suspensions),
        }
    }

    /// The same, with some units told anew, of so many that there are now.
    pub fn otherwise(&self, units: usize, told: Told, anew: &[u32]) -> Self {
        let mut by_unit: BTreeMap<u32, Unit> =
            anew.iter().map(|unit| (*unit, Unit::default())).collect();
        for (unit, life) in told.lives {
            by_unit.entry(unit).or_default().life = Some(life);
        }
        for (unit, span) in told.superiors {
            by_unit.entry(unit).or_default().superiors.push(span);
        }
        for (unit, span) in told.types {
            by_unit.entry(unit).or_default().types.push(span);
        }
        for (unit, span) in told.sectors {
            by_unit.entry(unit).or_default().sectors.push(span);
        }
        for (unit, span) in told.industries {
            by_unit.entry(unit).or_default().industries.push(span);
        }
        for (unit, span) in told.suspensions {
            by_unit.entry(unit).or_default().suspensions.push(span);
        }
        by_unit.values_mut().for_each(Unit::sort);
        let mut lives = self.lives.clone();
        lives.resize(units, None);
        for (unit, anew) in &by_unit {
            lives[*unit as usize] = anew.life;
        }
        let superiors = self.superiors.otherwise(units, &by_unit, |unit| &unit.superiors);
        Self {
            lives,
            inferiors: superiors.turned(units),
            superiors,
            types: self.types.otherwise(units, &by_unit, |unit| &unit.types),
            sectors: self.sectors.otherwise(units, &by_unit, |unit| &unit.sectors),
            industries: self.industries.otherwise(units, &by_unit, |unit| &unit.industries),
            suspensions: self.suspensions.otherwise(units, &by_unit, |unit| &unit.suspensions),
        }
    }

    /// How many numbers of units it knows of.
    pub fn len(&self) -> usize {
        self.lives.len()
    }

    /// What is known of a unit.
    pub fn life(&self, unit: u32) -> Option<&Life> {
        self.lives.get(unit as usize)?.as_ref()
    }

    /// All units that are known.
    pub fn lives(&self) -> impl Iterator<Item = (u32, &Life)> {
        (0..).zip(&self.lives).filter_map(|(unit, life)| Some((unit, life.as_ref()?)))
    }

    /// Under whom a unit was.
    pub fn superiors(&self, unit: u32) -> &[Span] {
        self.superiors.of_unit(unit)
    }

    /// Who was under a unit.
    pub fn inferiors(&self, unit: u32) -> &[Span] {
        self.inferiors.of_unit(unit)
    }

    /// Its sectors.
    pub fn sectors(&self, unit: u32) -> &[Span] {
        self.sectors.of_unit(unit)
    }

    /// Its industries; on the other days it is not stated.
    pub fn industries(&self, unit: u32) -> &[Span] {
        self.industries.of_unit(unit)
    }

    /// Its types; that of its whole life where none is dated.
    pub fn types(&self, unit: u32) -> Vec<Span> {
        match (self.types.of_unit(unit), self.life(unit)) {
            ([], Some(life)) => vec![Span { from: EVER, until: NEVER, value: life.kind.value() }],
            (types, _) => types.to_vec(),
        }
    }

    /// What it was on a day.
    pub fn kind_on(&self, unit: u32, day: i32) -> Option<Kind> {
        match self.types.on(unit, day) {
            Some(value) => Some(Kind(value)),
            None => self.life(unit).map(|life| life.kind),
        }
    }

    /// Whether a union exists at the end of a day; not a suspended one, if these are left out.
    pub fn is_union_on(&self, unit: u32, day: i32, without_suspended: bool) -> bool {
        self.life(unit).is_some_and(|life| life.on(day))
            && self.kind_on(unit, day).is_some_and(Kind::grassroots)
            && !(without_suspended && self.suspended(unit, day))
    }

    /// Whether its direction was suspended on a day.
    pub fn suspended(&self, unit: u32, day: i32) -> bool {
        self.suspensions.on(unit, day).is_some()
    }
}
