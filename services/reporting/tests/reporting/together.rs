//! Acts of membership that arrive together are taken in together, and come to what they come to one
//! by one.

use chassis::parse::civil;
use prost_types::Any;
use proto::membership::v1::membership_change::Change as Told;
use proto::membership::v1::movement_taken_back::Movement as Taken;
use proto::membership::v1::*;
use proto::registry::v1::ActsUndone;
use proto::registry::v1::registry_change::Change as Decided;
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

/// What a few people do all the time: each act goes on from the one before, mostly of somebody else,
/// and half of it because of acts of registry, of which some were undone.
fn acts(dice: &mut Dice, unions: &[Uuid], people: &[Uuid], because: &[Uuid]) -> Vec<Act> {
    let mut known: Vec<Somebody> = people.iter().map(|_| Somebody::default()).collect();
    let mut merged: Vec<PersonMerged> = Vec::new();
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
            let because = match dice.below(2) {
                0 => because[dice.below(because.len() as u64)].to_string(),
                _ => String::new(),
            };
            changes.push(moves(dice, unions, people[who], &mut known[who], (on, &because)));
            // The word that it is done stands beside an admission.
            if let Some(Told::MembersAdmitted(admitted)) = changes.last()
                && !because.is_empty()
            {
                let organisation_id = admitted.organisation_id.clone();
                changes.push(Told::ConsequenceFinished(ConsequenceFinished {
                    registry_act_id: because,
                    organisation_id,
                    members: 1,
                }));
            }
        }
        match dice.below(8) {
            0 => changes.extend(merges(dice, people, &mut merged)),
            1 if !merged.is_empty() => {
                let merged = Some(merged.remove(dice.below(merged.len() as u64)));
                changes.push(Told::PersonUnmerged(PersonUnmerged { merged }));
            }
            2 => changes.push(Told::ConsequencesLeft(ConsequencesLeft {
                part_id: Uuid::now_v7().to_string(),
                from_position: i64::try_from(dice.below(3)).expect("small"),
            })),
            _ => {}
        }
        acts.push(Act { on, changes });
    }
    acts
}

/// Two of those who are not another are one.
fn merges(dice: &mut Dice, people: &[Uuid], merged: &mut Vec<PersonMerged>) -> Option<Told> {
    let is_another = |person: &&Uuid| merged.iter().any(|it| it.person_id == person.to_string());
    let free: Vec<&Uuid> = people.iter().filter(|person| !is_another(person)).collect();
    let (one, other) = (free[dice.below(free.len() as u64)], free[dice.below(free.len() as u64)]);
    if one == other {
        return None;
    }
    let now = PersonMerged {
        merge_id: Uuid::now_v7().to_string(),
        person_id: one.to_string(),
        survivor_id: other.to_string(),
    };
    merged.push(now.clone());
    Some(Told::PersonMerged(now))
}

fn moves(
    dice: &mut Dice,
    unions: &[Uuid],
    person: Uuid,
    it: &mut Somebody,
    (on, because): (Date, &str),
) -> Told {
    if dice.below(5) == 0
        && let Some((_, movement)) = it.movements.pop_if(|(of, _)| *of < on)
    {
        it.stay = match &movement {
            Taken::MembersAdmitted(_) => None,
            // She goes on where she was, under the name that the movement before gave her stay.
            Taken::MembersTransferred(_) | Taken::MembersExited(_) => before(it),
        };
        return Told::MovementTakenBack(MovementTakenBack {
            registry_act_id: because.to_string(),
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
                registry_act_id: because.to_string(),
            })
        }
        Some((from, membership)) => {
            it.stay = None;
            Taken::MembersExited(MembersExited {
                exit_id: Uuid::now_v7().to_string(),
                organisation_id: from.to_string(),
                reason: ExitReason::Retired.into(),
                lines: line(person, membership),
                registry_act_id: because.to_string(),
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
    // In both worlds each act is recorded at the same instant, apart from those of the others.
    world.membership.is_at(Some(act.on.midnight().assume_utc()));
    world.membership.does(act.on, None, behind, changes.collect()).1
}

/// All that is kept of these changes, each by its place, and of these unions.
async fn kept(pool: &PgPool, changes: &[Uuid], unions: &[Uuid]) -> Vec<String> {
    let mut kept = Vec::new();
    let tables = [
        "membership",
        "fact",
        "unit_month",
        "subject_fact",
        "decision",
        "person_merge",
        "person_merge_told",
    ];
    for table in tables {
        // How far the feed was followed when it was told again is each world's own.
        let statement =
            format!("select '{table} ' || (to_jsonb(row) - 'position')::text from {table} row");
        let statement = sqlx::AssertSqlSafe(statement);
        let rows: Vec<String> = sqlx::query_scalar(statement).fetch_all(pool).await.expect("read");
        kept.extend(rows);
    }
    let seen: Vec<String> = sqlx::query_scalar(
        "select 'change_seen ' || concat_ws(' ', change_id, position, kind, effective_on, movement_id,
                                            because_act_id, origin_act_id, acted_at)
         from change_seen where source = 'membership'
         union all
         -- Who undid it, and where, each world says in its own words.
         select 'movement_left ' || concat_ws(' ', registry_act_id, unit_id, code, amount, from_on)
         from movement_left
         union all
         select 'membership_told ' || coalesce(left_from::text, '') from membership_told",
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
            Some(
                "membership" | "decision" | "person_merge" | "person_merge_told" | "movement_left"
                | "membership_told",
            ) => true,
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
    let because: Vec<Uuid> = (0..4).map(|_| Uuid::now_v7()).collect();
    for world in [&together, &alone] {
        let act_ids = because[..2].iter().map(Uuid::to_string).collect();
        world.says(START, Decided::ActsUndone(ActsUndone { act_ids }));
    }
    let acts = acts(&mut dice, &unions, &people, &because);

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
    // Whoever was another is perhaps two again in the end.
    for kept in ["person_merge_told ", "movement_left "] {
        assert!(kept_alone.iter().any(|line| line.starts_with(kept)), "no {kept}, seed {seed}");
    }
    assert_eq!(counted.value, counted_alone.value, "seed {seed}");
    together.stop().await;
    alone.stop().await;
}
