//! Whatever happens, books balance, parts sum to the whole, explanations sum to the figure,
//! and a recount of the raw facts by other code says the same.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proto::membership::v1::ExitReason;
use proto::reporting::v1 as pb;
use reporting::ground::period::Period;
use reporting::recount::{Line, Recount};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, state};

const START: Date = date!(2020 - 01 - 01);
const HISTORIES: u8 = 4;
const EVENTS: usize = 90;

/// Something happens some days after what happened before. Units are numbers that are taken
/// modulo how many there are to choose from.
#[derive(Clone, Debug)]
enum Event {
    FoundUnion { under: usize },
    FoundSuperior { under: usize },
    HandOver { unit: usize, to: usize },
    HandOverSuperior { unit: usize, to: usize },
    End { unit: usize, heir: Option<usize>, to: usize },
    EndSuperior { unit: usize, heir: Option<usize> },
    Admit { unit: usize, people: usize },
    Transfer { from: usize, to: usize, people: usize },
    Exit { unit: usize, people: usize },
    ChangeType { unit: usize },
}

fn event() -> impl Strategy<Value = (i64, Event)> {
    let unit = || 0..1_000_usize;
    let heir = || proptest::option::of(0..1_000_usize);
    let event = prop_oneof![
        5 => unit().prop_map(|under| Event::FoundUnion { under }),
        2 => unit().prop_map(|under| Event::FoundSuperior { under }),
        4 => (unit(), unit()).prop_map(|(unit, to)| Event::HandOver { unit, to }),
        2 => (unit(), unit()).prop_map(|(unit, to)| Event::HandOverSuperior { unit, to }),
        3 => (unit(), heir(), unit()).prop_map(|(unit, heir, to)| Event::End { unit, heir, to }),
        1 => (unit(), heir()).prop_map(|(unit, heir)| Event::EndSuperior { unit, heir }),
        9 => (unit(), 1..9_usize).prop_map(|(unit, people)| Event::Admit { unit, people }),
        6 => (unit(), unit(), 1..5_usize).prop_map(|(from, to, people)| Event::Transfer { from, to, people }),
        4 => (unit(), 1..4_usize).prop_map(|(unit, people)| Event::Exit { unit, people }),
        3 => unit().prop_map(|unit| Event::ChangeType { unit }),
    ];
    (0..25_i64, event)
}

/// What lives, as far as is needed to let only happen what registry and membership allow.
struct Living {
    /// Superiors and where they hang; the root of the history first.
    superiors: Vec<(Uuid, Uuid)>,
    unions: Vec<(Uuid, Uuid)>,
    /// Those of the unions that are sections now.
    sections: BTreeSet<Uuid>,
    members: BTreeMap<Uuid, usize>,
    every_superior: Vec<Uuid>,
}

impl Living {
    fn superior_of(&self, unit: Uuid) -> Option<Uuid> {
        let all = self.superiors.iter().chain(&self.unions);
        all.copied().find(|(known, _)| *known == unit).map(|(_, superior)| superior)
    }

    /// Whether `unit` lies below `above`, or is it.
    fn is_below(&self, unit: Uuid, above: Uuid) -> bool {
        let mut at = Some(unit);
        while let Some(unit) = at {
            if unit == above {
                return true;
            }
            at = self.superior_of(unit);
        }
        false
    }

    fn has_children(&self, unit: Uuid) -> bool {
        self.superiors.iter().chain(&self.unions).any(|(_, superior)| *superior == unit)
    }
}

fn happens(world: &World, living: &mut Living, on: Date, event: Event) {
    match event {
        Event::FoundUnion { under } => {
            let (superior, _) = living.superiors[under % living.superiors.len()];
            let sector = ["HC", "FDI_LD", "NNN_CP"][under % 3];
            let union = world.founds(superior, sector, "CĐCS", on);
            living.unions.push((union, superior));
        }
        Event::FoundSuperior { under } => {
            let (superior, _) = living.superiors[under % living.superiors.len()];
            let unit = Uuid::now_v7();
            world.says(
                on,
                proto::registry::v1::registry_change::Change::OrganisationFounded(
                    proto::registry::v1::OrganisationFounded {
                        organisation: Some(state(
                            unit,
                            Some(superior),
                            "LDLD_HUYEN",
                            "",
                            "LĐLĐ",
                            on,
                        )),
                        ..Default::default()
                    },
                ),
            );
            living.superiors.push((unit, superior));
            living.every_superior.push(unit);
        }
        Event::HandOver { unit, to } => {
            let (to, _) = living.superiors[to % living.superiors.len()];
            let count = living.unions.len();
            if count == 0 {
                return;
            }
            let (union, from) = living.unions[unit % count];
            if from != to {
                world.hands_over(&[union], from, to, on);
                living.unions[unit % count].1 = to;
            }
        }
        Event::HandOverSuperior { unit, to } => {
            let (to, _) = living.superiors[to % living.superiors.len()];
            let place = unit % living.superiors.len();
            let (unit, from) = living.superiors[place];
            if place > 0 && from != to && !living.is_below(to, unit) {
                world.hands_over(&[unit], from, to, on);
                living.superiors[place].1 = to;
            }
        }
        Event::End { unit, heir, to } => {
            if living.unions.len() < 2 {
                return;
            }
            let (union, last) = living.unions.remove(unit % living.unions.len());
            let heir = heir.map(|heir| living.unions[heir % living.unions.len()].0);
            world.ends(union, last, heir, on);
            // Membership carries out, on the same day, what it meant for the members.
            let people = living.members.remove(&union).unwrap_or(0);
            if people > 0 {
                match heir.or((to % 3 == 0).then_some(last)) {
                    Some(home) => {
                        world.transfers(union, home, on, people);
                        *living.members.entry(home).or_default() += people;
                    }
                    None => {
                        world.exits(union, on, ExitReason::UnionEnded, people);
                    }
                }
            }
        }
        Event::EndSuperior { unit, heir } => {
            let place = unit % living.superiors.len();
            let (unit, last) = living.superiors[place];
            if place == 0 || living.has_children(unit) {
                return;
            }
            living.superiors.remove(place);
            let heir = heir.map(|heir| living.superiors[heir % living.superiors.len()].0);
            world.ends(unit, last, heir, on);
            let people = living.members.remove(&unit).unwrap_or(0);
            if people > 0 {
                world.transfers(unit, last, on, people);
                *living.members.entry(last).or_default() += people;
            }
        }
        Event::Admit { unit, people } => {
            if !living.unions.is_empty() {
                let (union, _) = living.unions[unit % living.unions.len()];
                world.admits(union, on, people);
                *living.members.entry(union).or_default() += people;
            }
        }
        Event::Transfer { from, to, people } => {
            if living.unions.len() < 2 {
                return;
            }
            let (from, _) = living.unions[from % living.unions.len()];
            let (to, _) = living.unions[to % living.unions.len()];
            let there = living.members.get(&from).copied().unwrap_or(0);
            let people = people.min(there);
            if from != to && people > 0 {
                world.transfers(from, to, on, people);
                living.members.insert(from, there - people);
                *living.members.entry(to).or_default() += people;
            }
        }
        Event::ChangeType { unit } => {
            if living.unions.is_empty() {
                return;
            }
            let (union, _) = living.unions[unit % living.unions.len()];
            if living.sections.remove(&union) {
                world.changes_type(union, ("CD_BP", "CDCS"), on);
            } else {
                living.sections.insert(union);
                world.changes_type(union, ("CDCS", "CD_BP"), on);
            }
        }
        Event::Exit { unit, people } => {
            if living.unions.is_empty() {
                return;
            }
            let (union, _) = living.unions[unit % living.unions.len()];
            let there = living.members.get(&union).copied().unwrap_or(0);
            let people = people.min(there);
            if people > 0 {
                world.exits(union, on, ExitReason::Retired, people);
                living.members.insert(union, there - people);
            }
        }
    }
}

#[tokio::test]
async fn a_union_that_becomes_a_group_leaves_the_stock_by_a_line_of_its_own_and_keeps_its_members()
{
    let world = World::start().await;
    let mut national = world.national();
    let root = Uuid::now_v7();
    let on = date!(2015 - 01 - 01);
    world.loads(vec![state(root, Some(world.confederation), "LDLD_TINH", "", "LĐLĐ", on)]);
    let unions = world.loads_unions(root, "NNN_CP", 3);
    world.admits(unions[0], date!(2020 - 02 - 01), 7);
    let changed_on = date!(2021 - 03 - 01);
    world.changes_type(unions[0], ("CDCS", "TO_CD"), changed_on);
    let year = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
    for as_of in [None, Some(date!(2022 - 01 - 01))] {
        for (indicator, value) in [
            ("ORG_STOCK", 2),
            ("ORG_CEASED", 1),
            ("ORG_BECAME", 0),
            ("ORG_ENDED", 0),
            ("ORG_NET", -1),
            ("MBR_STOCK", 7),
        ] {
            let counted = national.value(indicator, root, year, as_of).await;
            assert_eq!(counted, value, "{indicator} as of {as_of:?}");
        }
        let before = (date!(2021 - 01 - 01), date!(2021 - 02 - 28));
        assert_eq!(national.value("ORG_STOCK", root, before, as_of).await, 3);
    }
    // Upgraded again, on the day on which it moves elsewhere: that day it comes as what it was.
    let other = Uuid::now_v7();
    world.loads(vec![state(other, Some(world.confederation), "LDLD_TINH", "", "LĐLĐ 2", on)]);
    let back_on = date!(2022 - 05 - 01);
    world.hands_over(&[unions[0]], root, other, back_on);
    world.changes_type(unions[0], ("TO_CD", "CDCS"), back_on);
    let year = (date!(2022 - 01 - 01), date!(2022 - 12 - 31));
    for (head, indicator, value) in [
        (root, "ORG_OUT", 0),
        (root, "ORG_STOCK", 2),
        (other, "ORG_IN", 0),
        (other, "ORG_BECAME", 1),
        (other, "ORG_STOCK", 1),
        (other, "ORG_NET", 1),
        (other, "MBR_STOCK", 7),
    ] {
        assert_eq!(national.value(indicator, head, year, None).await, value, "{indicator}");
    }
    world.stop().await;
}

#[tokio::test]
async fn books_balance_and_a_recount_agrees_whatever_happens() {
    let world = World::start().await;
    let mut national = world.national();
    // A few histories that are always the same, and one that never was before.
    let fresh = u8::try_from(Uuid::new_v4().as_u128() & 0x7f).unwrap_or(0) + 100;
    for seed in (0..HISTORIES).chain([fresh]) {
        println!("history of seed {seed}");
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let events = proptest::collection::vec(event(), EVENTS)
            .new_tree(&mut runner)
            .expect("a history")
            .current();
        let root = Uuid::now_v7();
        world.loads(vec![state(
            root,
            Some(world.confederation),
            "LDLD_TINH",
            "",
            "LĐLĐ",
            date!(2015 - 01 - 01),
        )]);
        let mut living = Living {
            superiors: vec![(root, world.confederation)],
            unions: Vec::new(),
            sections: BTreeSet::new(),
            members: BTreeMap::new(),
            every_superior: vec![root],
        };
        let mut on = START;
        for (later, event) in events {
            on += Duration::days(later);
            happens(&world, &mut living, on, event);
        }
        check(&world, &mut national, &living, on, seed).await;
    }
    world.stop().await;
}

async fn check(world: &World, national: &mut Actor, living: &Living, last: Date, seed: u8) {
    // The server has applied both feeds once it answers this.
    national.value("ORG_STOCK", living.every_superior[0], (START, last), None).await;
    let pool = world.look().await;
    let recount = Recount::read(&pool).await.expect("read");
    let days = (last - START).whole_days();
    let day = |part: i64| START + Duration::days(days * part / 10);
    let periods = [
        (START, last),
        (day(2), day(3)),
        (day(3), day(9)),
        (day(5), day(5)),
        (date!(2019 - 01 - 01), day(6)),
    ];
    let trees = [None, Some(day(0)), Some(day(4)), Some(day(8)), Some(last + Duration::days(30))];
    for head in &living.every_superior {
        for (number, period) in periods.into_iter().enumerate() {
            let as_of = trees[number];
            for as_of in [None, as_of] {
                compare(national, &recount, *head, period, as_of, seed, number == 2).await;
            }
        }
    }
}

const ADDITIVE: [&str; 10] = [
    "MBR_STOCK",
    "ORG_STOCK",
    "MBR_ADMITTED",
    "MBR_EXITED",
    "MBR_TRANSFER_IN",
    "MBR_TRANSFER_OUT",
    "ORG_FOUNDED",
    "ORG_ENDED",
    "ORG_BECAME",
    "ORG_CEASED",
];
const MOVES: [&str; 6] =
    ["ORG_IN", "ORG_OUT", "MBR_IN_WITH_UNIT", "MBR_OUT_WITH_UNIT", "MBR_NET", "ORG_NET"];

async fn compare(
    national: &mut Actor,
    recount: &Recount,
    head: Uuid,
    days: (Date, Date),
    as_of: Option<Date>,
    seed: u8,
    explain: bool,
) {
    let context = format!("seed {seed}, head {head}, {days:?}, as of {as_of:?}");
    let period = Period { from: days.0, through: days.1 };
    let mut asked = crate::world::query("", head, days, as_of);
    asked.indicators = ADDITIVE.iter().chain(&MOVES).map(|code| (*code).to_string()).collect();
    let figures =
        national.figures.query_figures(asked).await.expect("counted").into_inner().figures;
    let figure = |code: &str| figures.iter().find(|figure| figure.indicator == code).expect(code);

    for figure in &figures {
        let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
        assert_eq!(sum, figure.value, "{} by lines, {context}", figure.indicator);
        assert!(figure.completeness.expect("told").complete, "{context}");
    }
    for code in ADDITIVE {
        let counted: BTreeMap<Line, i64> = figure(code)
            .lines
            .iter()
            .map(|line| {
                let at = match line.kind() {
                    pb::LineKind::Child => {
                        Line::Child(line.organisation_id.parse().expect("an id"))
                    }
                    pb::LineKind::Ended => Line::Ended,
                    pb::LineKind::NotYetFounded => Line::NotYetFounded,
                    _ => Line::Itself,
                };
                (at, line.value)
            })
            .collect();
        let again = match code {
            "MBR_STOCK" => recount.members_at(head, as_of, days.1),
            "ORG_STOCK" => recount.unions_at(head, as_of, days.1),
            flow => recount.flow(head, as_of, period, flow, &[]),
        };
        assert_eq!(counted, again, "{code}, {context}");
    }
    let (came, went) = recount.moves(head, as_of, period);
    let moved = |code: &str| figure(code).value;
    assert_eq!((moved("ORG_IN"), moved("MBR_IN_WITH_UNIT")), came, "{context}");
    assert_eq!((moved("ORG_OUT"), moved("MBR_OUT_WITH_UNIT")), went, "{context}");

    let asked = pb::GetBookRequest {
        organisation_id: head.to_string(),
        period: Some(crate::world::period(days)),
        tree: Some(pb::Tree { as_of: as_of.map(chassis::parse::civil) }),
        known_at: None,
    };
    let books = national.figures.get_book(asked).await.expect("books").into_inner();
    for (book, net) in [(books.members, "MBR_NET"), (books.unions, "ORG_NET")] {
        let book = book.expect("a book");
        assert!(book.balanced, "{net}: {book:?}, {context}");
        assert_eq!(book.closing - book.opening, moved(net), "{net}, {context}");
    }
    if explain {
        compare_types(national, recount, head, days, as_of, &context).await;
        for code in ["MBR_NET", "MBR_STOCK", "ORG_NET"] {
            national.explained(figure(code), true, 200).await;
        }
    }
}

/// The same figures by the types of units, each of the day on which it happened.
async fn compare_types(
    national: &mut Actor,
    recount: &Recount,
    head: Uuid,
    days: (Date, Date),
    as_of: Option<Date>,
    context: &str,
) {
    let period = Period { from: days.0, through: days.1 };
    let mut asked = crate::world::query("", head, days, as_of);
    asked.indicators = ADDITIVE.iter().chain(&MOVES).map(|code| (*code).to_string()).collect();
    asked.breakdown = pb::Breakdown::Type.into();
    let answer = national.figures.query_figures(asked).await.expect("counted").into_inner();
    for figure in &answer.figures {
        let code = figure.indicator.as_str();
        let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
        assert_eq!(sum, figure.value, "{code} by types, {context}");
        if MOVES.contains(&code) {
            continue;
        }
        let counted: BTreeMap<String, i64> =
            figure.lines.iter().map(|line| (line.r#type.clone(), line.value)).collect();
        let again = match code {
            "MBR_STOCK" => recount.members_at_by_type(head, as_of, days.1),
            "ORG_STOCK" => recount.unions_at_by_type(head, as_of, days.1),
            flow => recount.flow_by_type(head, as_of, period, flow),
        };
        assert_eq!(counted, again, "{code} by types, {context}");
    }
}
