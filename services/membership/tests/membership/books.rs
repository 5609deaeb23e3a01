//! Books balance: whatever happens, opening + in - out = closing, for every union and every
//! period, and what is published tells the same story as what is counted.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use proto::membership::v1::movement_taken_back::Movement;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, id, people};
use stage::registry::Members;

const START: Date = date!(2020 - 01 - 01);

/// Something happens some days after what happened before. Unions and people are numbers
/// that are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Event {
    Admit { union: usize, people: u32 },
    Transfer { from: usize, to: usize, people: usize },
    Exit { union: usize, people: usize, died: bool },
    Suspend { union: usize },
    Resume { union: usize },
    Found { applicants: u32 },
    End { union: usize, outcome: usize, to: usize },
}

fn event() -> impl Strategy<Value = (i64, Event)> {
    let union = 0..100_usize;
    let event = prop_oneof![
        6 => (union.clone(), 1..9_u32).prop_map(|(union, people)| Event::Admit { union, people }),
        4 => (union.clone(), union.clone(), 1..6_usize)
            .prop_map(|(from, to, people)| Event::Transfer { from, to, people }),
        3 => (union.clone(), 1..5_usize, any::<bool>())
            .prop_map(|(union, people, died)| Event::Exit { union, people, died }),
        1 => union.clone().prop_map(|union| Event::Suspend { union }),
        1 => union.clone().prop_map(|union| Event::Resume { union }),
        2 => (0..7_u32).prop_map(|applicants| Event::Found { applicants }),
        2 => (union.clone(), 0..3_usize, union)
            .prop_map(|(union, outcome, to)| Event::End { union, outcome, to }),
    ];
    (0..20_i64, event)
}

/// What the books should say: a list of who is where, kept by other means.
#[derive(Default)]
struct Model {
    unions: Vec<Union>,
    /// Day by day: stock of each union at the end of that day.
    stocks: BTreeMap<Date, BTreeMap<Uuid, usize>>,
}

struct Union {
    union: Uuid,
    members: Vec<Uuid>,
    suspended: bool,
    ended: bool,
}

impl Model {
    fn note(&mut self, on: Date) {
        let stock = self.unions.iter().map(|union| (union.union, union.members.len())).collect();
        self.stocks.insert(on, stock);
    }

    fn add(&mut self, union: Uuid, members: Vec<Uuid>) {
        self.unions.push(Union { union, members, suspended: false, ended: false });
    }
}

async fn happens(world: &World, actor: &mut Actor, model: &mut Model, on: Date, event: Event) {
    let count = model.unions.len();
    match event {
        Event::Admit { union, people: count_of } => {
            let union = &mut model.unions[union % count];
            let answer = actor.admits(union.union, on, people(count_of)).await;
            assert_eq!(answer.is_ok(), !union.suspended && !union.ended, "{answer:?}");
            union.members.extend(answer.unwrap_or_default());
        }
        Event::Transfer { from, to, people } => {
            let (from, to) = (from % count, to % count);
            let moved: Vec<Uuid> =
                model.unions[from].members.iter().take(people).copied().collect();
            if moved.is_empty() || from == to {
                return;
            }
            let answer =
                actor.transfers(model.unions[from].union, model.unions[to].union, on, &moved).await;
            let open = !model.unions[to].suspended && !model.unions[to].ended;
            assert_eq!(answer.is_ok(), open, "{answer:?}");
            if open {
                model.unions[from].members.retain(|person| !moved.contains(person));
                model.unions[to].members.extend(moved);
            }
        }
        Event::Exit { union, people, died } => {
            let union = &mut model.unions[union % count];
            let left: Vec<Uuid> = union.members.iter().take(people).copied().collect();
            if left.is_empty() {
                return;
            }
            let reason = if died { pb::ExitReason::Died } else { pb::ExitReason::Resigned };
            actor.exits(union.union, reason, on, &left).await.expect("left");
            union.members.retain(|person| !left.contains(person));
        }
        Event::Suspend { union } => {
            let union = &mut model.unions[union % count];
            // People go on applying under the superior.
            if !union.suspended && !union.ended && union.union != world.hanoi {
                world.registry.suspends(union.union, on);
                union.suspended = true;
            }
        }
        Event::Resume { union } => {
            let union = &mut model.unions[union % count];
            if union.suspended && !union.ended {
                world.registry.resumes(union.union, on);
                union.suspended = false;
            }
        }
        Event::Found { applicants } => {
            let applicants = match applicants {
                0 => Vec::new(),
                count => actor.applies(world.hanoi, on, people(count)).await.expect("applied"),
            };
            let (union, _) = world.registry.founds(world.hanoi, on, &applicants);
            model.add(union, applicants);
        }
        Event::End { union, outcome, to } => {
            let (union, to) = (union % count, to % count);
            let ends = &model.unions[union];
            // The first is the superior: it lives on, so that somebody inherits.
            if union == 0 || union == to || ends.ended || model.unions[to].ended {
                return;
            }
            let heir = model.unions[to].union;
            let (members, goes_to) = match outcome {
                0 => (Members::Rehomed(heir), Some(to)),
                1 => (Members::ToSuperior(world.hanoi), Some(0)),
                _ => (Members::Ended, None),
            };
            world.registry.ends(on, &[(ends.union, members)]);
            model.unions[union].ended = true;
            let moved = std::mem::take(&mut model.unions[union].members);
            if let Some(to) = goes_to {
                model.unions[to].members.extend(moved);
            }
        }
    }
}

/// Who came and who went, by union and day, as it was published.
pub type Flows = BTreeMap<(Uuid, Date), (i64, i64)>;

async fn flows(world: &World) -> Flows {
    flows_of(world.published().await.into_iter().map(|(_, on, change, _)| (on, change)))
}

/// What came and went by these changes.
pub fn flows_of(changes: impl IntoIterator<Item = (Date, Published)>) -> Flows {
    let mut flows = Flows::new();
    for (on, change) in changes {
        match change {
            Published::MembersAdmitted(change) => admitted(&mut flows, on, &change, 1),
            Published::MembersTransferred(change) => transferred(&mut flows, on, &change, 1),
            Published::MembersExited(change) => exited(&mut flows, on, &change, 1),
            // It never happened; what is in its place is told besides.
            Published::MovementTakenBack(change) => match change.movement.expect("a movement") {
                Movement::MembersAdmitted(change) => admitted(&mut flows, on, &change, -1),
                Movement::MembersTransferred(change) => transferred(&mut flows, on, &change, -1),
                Movement::MembersExited(change) => exited(&mut flows, on, &change, -1),
            },
            Published::ConsequenceFinished(_) | Published::ConsequencesWaiting(_) => {}
            other => panic!("nobody did this: {other:?}"),
        }
    }
    flows
}

fn count(lines: &[pb::MemberLine]) -> i64 {
    i64::try_from(lines.len()).expect("small")
}

fn admitted(flows: &mut Flows, on: Date, change: &pb::MembersAdmitted, sign: i64) {
    flows.entry((id(&change.organisation_id), on)).or_default().0 += sign * count(&change.lines);
}

fn transferred(flows: &mut Flows, on: Date, change: &pb::MembersTransferred, sign: i64) {
    let moved = sign * count(&change.lines);
    flows.entry((id(&change.from_organisation_id), on)).or_default().1 += moved;
    flows.entry((id(&change.to_organisation_id), on)).or_default().0 += moved;
}

fn exited(flows: &mut Flows, on: Date, change: &pb::MembersExited, sign: i64) {
    flows.entry((id(&change.organisation_id), on)).or_default().1 += sign * count(&change.lines);
}

async fn balances(events: Vec<(i64, Event)>) {
    let world = World::start().await;
    let mut actor = world.officer();
    let mut model = Model::default();
    model.add(world.hanoi, Vec::new());
    model.add(world.alpha, Vec::new());
    model.add(world.beta, Vec::new());
    let mut on = START;
    model.note(on - Duration::DAY);
    for (days, event) in events {
        on += Duration::days(days);
        happens(&world, &mut actor, &mut model, on, event).await;
        model.note(on);
    }

    let days: Vec<Date> = model.stocks.keys().copied().collect();
    let mut counted: BTreeMap<(Uuid, Date), i64> = BTreeMap::new();
    for day in &days {
        let organisation_ids = model.unions.iter().map(|union| union.union.to_string()).collect();
        let as_of = Some(chassis::parse::civil(*day));
        let request = pb::CountMembersRequest { organisation_ids, as_of, known_at: None };
        let answer = actor.members.count_members(request).await.expect("counted").into_inner();
        for count in answer.counts {
            let union = id(&count.organisation_id);
            let stock = model.stocks[day].get(&union).copied().unwrap_or_default();
            assert_eq!(usize::try_from(count.members), Ok(stock), "stock at the end of {day}");
            counted.insert((union, *day), i64::from(count.members));
        }
    }
    let flows = flows(&world).await;
    for union in model.unions.iter().map(|union| union.union) {
        for (nth, opens) in days.iter().enumerate() {
            for closes in &days[nth..] {
                let (joined, left) = flows
                    .range((union, *opens)..=(union, *closes))
                    .filter(|((_, day), _)| day > opens)
                    .fold((0, 0), |sum, (_, flow)| (sum.0 + flow.0, sum.1 + flow.1));
                let (opening, closing) = (counted[&(union, *opens)], counted[&(union, *closes)]);
                assert_eq!(opening + joined - left, closing, "{opens} to {closes}");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn books_balance_of_a_union_that_ends_on_the_day_on_which_its_members_came() {
    let admit = Event::Admit { union: 2, people: 4 };
    balances(vec![(9, admit), (0, Event::End { union: 2, outcome: 1, to: 0 })]).await;
}

#[test]
fn opening_plus_in_minus_out_is_closing_for_every_union_and_period() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = Config { cases: 8, max_shrink_iters: 30, ..Config::default() };
    let events = prop::collection::vec(event(), 1..40);
    TestRunner::new(config)
        .run(&events, |events| {
            runtime.block_on(balances(events));
            Ok(())
        })
        .expect("the books balance");
}
