//! Acts of membership that arrive together are taken in together, and come to what they come to one
//! by one.

use chassis::parse::civil;
use prost_types::Any;
use proto::membership::v1::membership_change::Change as Told;
use proto::membership::v1::movement_taken_back::Movement as Taken;
use proto::membership::v1::*;
use sqlx::PgPool;
use stage::feed::kind;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{ORIGIN, World, state};

const START: Date = date!(2020 - 01 - 01);
const ACTS: i64 = 120;
const PEOPLE: u64 = 9;
const UNIONS: u64 = 3;

/// Numbers that are random enough and repeat for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % limit).expect("small")
    }
}

/// Somebody: where she is a member, and the movements that brought her there.
#[derive(Default)]
struct Somebody {
    stay: Option<(Uuid, Uuid)>,
    movements: Vec<(Date, Taken)>,
}

struct Act {
    on: Date,
    changes: Vec<Told>,
}

fn line(person: Uuid, membership: Uuid) -> Vec<MemberLine> {
    vec![MemberLine {
        sex: 2,
        birth_year: 1990,
        membership_id: membership.to_string(),
        person_id: person.to_string(),
    }]
}

/// What a few people do all the time: each act goes on from the one before, mostly of somebody else.
fn acts(dice: &mut Dice, unions: &[Uuid], people: &[Uuid]) -> Vec<Act> {
    let mut known: Vec<Somebody> = people.iter().map(|_| Somebody::default()).collect();
    let mut acts = Vec::new();
    for n in 0..ACTS {
        let on = START + Duration::days(n);
        let mut changes = Vec::new();
        if dice.below(4) == 0 {
            changes.push(Told::DecisionWrittenDown(DecisionWrittenDown {
                decision_id: Uuid::now_v7().to_string(),
                kind: "QUYET_DINH".to_string(),
                number: format!("{n}/QĐ"),
                issued_on: (n % 2 == 0).then(|| civil(on)),
                ..Default::default()
            }));
        }
        for _ in 0..=dice.below(3) {
            let who = dice.below(PEOPLE);
            changes.push(moves(dice, unions, people[who], &mut known[who], on));
        }
        acts.push(Act { on, changes });
    }
    acts
}

fn moves(dice: &mut Dice, unions: &[Uuid], person: Uuid, it: &mut Somebody, on: Date) -> Told {
    if dice.below(5) == 0
        && let Some((_, movement)) = it.movements.pop_if(|(of, _)| *of < on)
    {
        it.stay = match &movement {
            Taken::MembersAdmitted(_) => None,
            // She goes on where she was, under the name that the movement before gave her stay.
            Taken::MembersTransferred(_) | Taken::MembersExited(_) => before(it),
        };
        return Told::MovementTakenBack(MovementTakenBack {
            registry_act_id: String::new(),
            movement: Some(movement),
        });
    }
    let union = unions[dice.below(UNIONS)];
    let movement = match it.stay {
        None => {
            let membership = Uuid::now_v7();
            it.stay = Some((union, membership));
            Taken::MembersAdmitted(MembersAdmitted {
                admission_id: Uuid::now_v7().to_string(),
                organisation_id: union.to_string(),
                kind: AdmissionKind::Admitted.into(),
                lines: line(person, membership),
            })
        }
        Some((from, _)) if from != union => {
            let membership = Uuid::now_v7();
            it.stay = Some((union, membership));
            Taken::MembersTransferred(MembersTransferred {
                transfer_id: Uuid::now_v7().to_string(),
                from_organisation_id: from.to_string(),
                to_organisation_id: union.to_string(),
                lines: line(person, membership),
                registry_act_id: String::new(),
            })
        }
        Some((from, membership)) => {
            it.stay = None;
            Taken::MembersExited(MembersExited {
                exit_id: Uuid::now_v7().to_string(),
                organisation_id: from.to_string(),
                reason: ExitReason::Retired.into(),
                lines: line(person, membership),
                registry_act_id: String::new(),
            })
        }
    };
    it.movements.push((on, movement.clone()));
    match movement {
        Taken::MembersAdmitted(it) => Told::MembersAdmitted(it),
        Taken::MembersTransferred(it) => Told::MembersTransferred(it),
        Taken::MembersExited(it) => Told::MembersExited(it),
    }
}

/// The stay that the last movement that still counts began.
fn before(it: &Somebody) -> Option<(Uuid, Uuid)> {
    let id = |text: &str| Uuid::parse_str(text).expect("an id");
    match &it.movements.last()?.1 {
        Taken::MembersAdmitted(last) => {
            Some((id(&last.organisation_id), id(&last.lines[0].membership_id)))
        }
        Taken::MembersTransferred(last) => {
            Some((id(&last.to_organisation_id), id(&last.lines[0].membership_id)))
        }
        Taken::MembersExited(_) => None,
    }
}

/// Tells the acts, decided on a position of registry's feed; answers the ids of their changes.
fn tells(world: &World, act: &Act, behind: i64) -> Vec<Uuid> {
    let changes = act.changes.iter().map(|told| {
        let kind = kind("membership", told);
        let body = MembershipChange { change: Some(told.clone()) };
        (kind, Any::from_msg(&body).expect("encoded"))
    });
    world.membership.does(act.on, None, behind, changes.collect()).1
}

/// All that is kept of these changes, each by its place, and of these unions.
async fn kept(pool: &PgPool, changes: &[Uuid], unions: &[Uuid]) -> Vec<String> {
    let mut kept = Vec::new();
    // The worlds are told one after the other: each is recorded at its own instants.
    for table in ["membership", "fact", "unit_month", "subject_fact", "decision"] {
        let statement =
            format!("select '{table} ' || (to_jsonb(row) - 'recorded_at')::text from {table} row");
        let statement = sqlx::AssertSqlSafe(statement);
        let rows: Vec<String> = sqlx::query_scalar(statement).fetch_all(pool).await.expect("read");
        kept.extend(rows);
    }
    let seen: Vec<String> = sqlx::query_scalar(
        "select 'change_seen ' || concat_ws(' ', change_id, position, kind, effective_on, movement_id)
         from change_seen where source = 'membership'",
    )
    .fetch_all(pool)
    .await
    .expect("read");
    kept.extend(seen);
    for line in &mut kept {
        for (n, change) in changes.iter().enumerate() {
            *line = line.replace(&change.to_string(), &format!("change {n}"));
        }
    }
    // Of other organisations each world tells in its own words.
    kept.retain(|line| {
        let about_unions = || unions.iter().any(|union| line.contains(&union.to_string()));
        match line.split(' ').next() {
            Some("membership" | "decision") => true,
            Some("unit_month") => about_unions(),
            _ => line.contains("change "),
        }
    });
    kept.sort();
    kept
}

#[tokio::test]
async fn acts_that_arrive_together_come_to_what_they_come_to_one_by_one() {
    let seed = Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let (together, alone) = (World::start().await, World::start().await);
    let unions: Vec<Uuid> = (0..UNIONS).map(|_| Uuid::now_v7()).collect();
    for world in [&together, &alone] {
        let state = |unit: &Uuid| state(*unit, Some(world.hanoi), "CDCS", "NNN_CP", "CĐCS", ORIGIN);
        world.loads(unions.iter().map(state).collect());
    }
    let people: Vec<Uuid> = (0..PEOPLE).map(|_| Uuid::now_v7()).collect();
    let acts = acts(&mut dice, &unions, &people);

    // What is decided on something that registry has not said waits for it: all of it is there then.
    let behind = together.registry.position() + 1;
    let all: Vec<Uuid> = acts.iter().flat_map(|act| tells(&together, act, behind)).collect();
    together.loads_unions(together.hue, "NNN_CP", 1);
    let (day, last) = ((START, START + Duration::days(ACTS)), acts.len());
    let counted = together.officer().figure("MBR_STOCK", together.hanoi, day, None).await;
    let kept_together = kept(&together.look().await, &all, &unions).await;

    alone.loads_unions(alone.hue, "NNN_CP", 1);
    let behind = alone.registry.position();
    let mut each = Vec::new();
    for act in &acts {
        each.extend(tells(&alone, act, behind));
        alone.officer().value("MBR_STOCK", alone.hanoi, day, None).await;
    }
    let counted_alone = alone.officer().figure("MBR_STOCK", alone.hanoi, day, None).await;
    let kept_alone = kept(&alone.look().await, &each, &unions).await;

    let unlike = kept_together.iter().zip(&kept_alone).find(|(one, other)| one != other);
    assert_eq!(unlike, None, "seed {seed}");
    assert_eq!(kept_together.len(), kept_alone.len(), "seed {seed}");
    assert!(kept_alone.len() > last, "something was kept of each act");
    assert_eq!(counted.value, counted_alone.value, "seed {seed}");
    together.stop().await;
    alone.stop().await;
}
