//! What an act changes is taken in at once, and comes to what its changes come to one by one.

use chassis::parse::civil;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use proto::registry::v1::organisation_timeline::Ending;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{self as registry, OrganisationTimeline, TimelinesCorrected};
use sqlx::PgPool;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::timelines::{known, life};
use crate::world::{ORIGIN, World, state};

/// The day of the plan.
const ON: Date = date!(2020 - 07 - 01);
/// Unions that are there before.
const LOADED: usize = 6;
/// Unions that the plan founds.
const FOUNDED: usize = 3;
const PLANS: usize = 12;

/// A step of a plan, about units by their numbers: those that are there, then the founded.
#[derive(Clone, Debug)]
enum Step {
    Moves { units: Vec<usize>, superior: usize },
    Ends { units: Vec<usize>, heir: usize },
    Suspends(usize),
    Renames(usize),
}

/// What is known in the end of a unit that was there before; what was founded never was.
#[derive(Clone, Debug)]
struct Fate {
    unit: usize,
    superior: usize,
    days: i64,
    ended: bool,
    renamed: bool,
    suspended: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let units = |all: usize| btree_set(0..all, 1..5).prop_map(|units| units.into_iter().collect());
    prop_oneof![
        3 => (units(LOADED + FOUNDED), 0usize..3)
            .prop_map(|(units, superior)| Step::Moves { units, superior }),
        2 => (units(LOADED - 1), LOADED - 1..LOADED + FOUNDED)
            .prop_map(|(units, heir)| Step::Ends { units, heir }),
        1 => (0..LOADED).prop_map(Step::Suspends),
        1 => (0..LOADED).prop_map(Step::Renames),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    (0..LOADED, 0usize..3, 1i64..400, any::<[bool; 3]>()).prop_map(
        |(unit, superior, days, [ended, renamed, suspended])| Fate {
            unit,
            superior,
            days,
            ended,
            renamed,
            suspended,
        },
    )
}

/// The plan's changes, of these units.
fn plan(world: &World, units: &[Uuid], steps: &[Step]) -> Vec<RegistryWhat> {
    let superiors = [world.caugiay, world.education, units[LOADED]];
    let mut changes: Vec<RegistryWhat> = Vec::new();
    for unit in &units[LOADED..] {
        changes.push(RegistryWhat::OrganisationFounded(registry::OrganisationFounded {
            organisation: Some(state(*unit, Some(world.hanoi), "CDCS", "NNN_CP", "Mới", ON)),
            ..Default::default()
        }));
    }
    let mut suspended = Vec::new();
    for step in steps {
        changes.push(match step {
            Step::Moves { units: moved, superior } => {
                // The founded one under which others come stays where it is.
                let moved: Vec<_> = moved.iter().filter(|unit| **unit != LOADED).collect();
                if moved.is_empty() {
                    continue;
                }
                RegistryWhat::OrganisationsHandedOver(registry::OrganisationsHandedOver {
                    superior_id: superiors[*superior].to_string(),
                    units: moved
                        .into_iter()
                        .map(|unit| registry::organisations_handed_over::Unit {
                            organisation_id: units[*unit].to_string(),
                            from_superior_id: world.badinh.to_string(),
                        })
                        .collect(),
                })
            }
            Step::Ends { units: ended, heir } => {
                RegistryWhat::OrganisationsEnded(registry::OrganisationsEnded {
                    units: ended
                        .iter()
                        .map(|unit| registry::organisations_ended::Unit {
                            organisation_id: units[*unit].to_string(),
                            kind: registry::EndKind::Merged.into(),
                            principal_successor_id: units[*heir].to_string(),
                            last_superior_id: world.badinh.to_string(),
                            members_outcome: registry::MembersOutcome::MembershipEnds.into(),
                            ..Default::default()
                        })
                        .collect(),
                })
            }
            Step::Suspends(unit) if suspended.contains(unit) => continue,
            Step::Suspends(unit) => {
                suspended.push(*unit);
                let organisation_id = units[*unit].to_string();
                let suspended = registry::OrganisationSuspended { organisation_id };
                RegistryWhat::OrganisationSuspended(suspended)
            }
            Step::Renames(unit) => {
                RegistryWhat::OrganisationRenamed(registry::OrganisationRenamed {
                    organisation_id: units[*unit].to_string(),
                    name: "CĐCS đổi tên".to_string(),
                    ..Default::default()
                })
            }
        });
    }
    changes
}

/// The changes that take the plan back, and correct a little besides.
fn undoing(world: &World, units: &[Uuid], fates: &[Fate]) -> Vec<RegistryWhat> {
    let superiors = [world.badinh, world.caugiay, world.education].map(|id| id.to_string());
    let lives = fates.iter().map(|fate| {
        let mut life = life(units[fate.unit], world.badinh, ORIGIN);
        life.loaded = true;
        let day = ON + Duration::days(fate.days);
        let until = fate.ended.then_some(day);
        life.superiors = match fate.superior {
            0 => vec![known(ORIGIN, until, &superiors[0])],
            other => {
                vec![known(ORIGIN, Some(ON), &superiors[0]), known(ON, until, &superiors[other])]
            }
        };
        if fate.ended {
            life.ending = Some(Ending {
                ended_on: Some(civil(day)),
                kind: registry::EndKind::Dissolved.into(),
                last_superior_id: superiors[fate.superior].clone(),
                members_outcome: registry::MembersOutcome::MembershipEnds.into(),
                ..Ending::default()
            });
        }
        if fate.renamed {
            life.names[0].name = "CĐCS khác".to_string();
            life.sectors = vec![known(ORIGIN, None, "DN")];
        }
        if fate.suspended {
            life.statuses = vec![known(ORIGIN, Some(ON), "ACTIVE"), known(ON, until, "SUSPENDED")];
        }
        life
    });
    let never = units[LOADED..].iter().enumerate().map(|(n, unit)| OrganisationTimeline {
        organisation_id: unit.to_string(),
        // A registry of before does not say where.
        founded_under_id: if n == 0 { String::new() } else { world.hanoi.to_string() },
        ..Default::default()
    });
    // Two lives a change, and of one unit not twice in the same.
    let mut changes: Vec<TimelinesCorrected> = Vec::new();
    for life in lives.chain(never) {
        let full = |last: &TimelinesCorrected| {
            let other = |one: &OrganisationTimeline| one.organisation_id != life.organisation_id;
            last.timelines.len() == 2 || !last.timelines.iter().all(other)
        };
        if changes.last().is_none_or(full) {
            changes.push(TimelinesCorrected::default());
        }
        changes.last_mut().expect("one").timelines.push(life);
    }
    changes.into_iter().map(RegistryWhat::TimelinesCorrected).collect()
}

/// Everything that is kept of these units: each by its number, each change by its place.
async fn kept(pool: &PgPool, units: &[Uuid], changes: &[Uuid]) -> Vec<String> {
    let tables = [
        "organisation",
        "edge",
        "organisation_name",
        "organisation_industry",
        "organisation_sector",
        "organisation_type",
        "suspension",
        "access.superior",
        "access.ending",
    ];
    let mut kept = Vec::new();
    for table in tables {
        let statement = format!(
            "select '{table} ' || (to_jsonb(row) - 'recorded_at')::text from {table} row
             where organisation_id = any($1)"
        );
        kept.extend(read(pool, &statement, units).await);
    }
    for table in ["fact", "unit_month", "subject_fact"] {
        let statement = format!(
            "select '{table} ' || (to_jsonb(row) - 'recorded_at')::text from {table} row where unit_id = any($1)"
        );
        kept.extend(read(pool, &statement, units).await);
    }
    let seen = "select 'change_seen ' || change_id || kind || effective_on from change_seen
                where change_id = any($1)";
    kept.extend(read(pool, seen, changes).await);
    let loaded: Uuid = sqlx::query_scalar(
        "select founding_change_id from organisation where organisation_id = $1",
    )
    .bind(units[0])
    .fetch_one(pool)
    .await
    .expect("read");
    for line in &mut kept {
        *line = line.replace(&loaded.to_string(), "loaded");
        for (n, unit) in units.iter().enumerate() {
            *line = line.replace(&unit.to_string(), &format!("unit {n}"));
        }
        for (n, change) in changes.iter().enumerate() {
            *line = line.replace(&change.to_string(), &format!("change {n}"));
        }
    }
    kept.sort();
    kept
}

async fn read(pool: &PgPool, statement: &str, ids: &[Uuid]) -> Vec<String> {
    let statement = sqlx::AssertSqlSafe(statement.to_string());
    sqlx::query_scalar(statement).bind(ids).fetch_all(pool).await.expect("read")
}

/// Says the changes, all by one act or each by its own; answers their ids.
fn says(world: &World, changes: Vec<RegistryWhat>, at_once: bool) -> Vec<Uuid> {
    if at_once {
        return world.does(ON, None, changes).1;
    }
    changes.into_iter().map(|change| world.says(ON, change)).collect()
}

#[tokio::test]
async fn a_plan_and_its_undoing_are_taken_in_as_their_changes_are_one_by_one() {
    let world = World::start().await;
    let pool = world.look().await;
    let mut runner = TestRunner::deterministic();
    let plans = (vec(step(), 1..9), vec(fate(), 1..8));
    for _ in 0..PLANS {
        let (steps, fates) = plans.new_tree(&mut runner).expect("a plan").current();
        let mut found = Vec::new();
        for at_once in [true, false] {
            let mut units = world.loads_unions(world.badinh, "NNN_CP", LOADED);
            units.extend((0..FOUNDED).map(|_| Uuid::now_v7()));
            let mut changes = says(&world, plan(&world, &units, &steps), at_once);
            world.officer().value("ORG_STOCK", world.hanoi, (ON, ON), None).await;
            let planned = kept(&pool, &units, &changes).await;
            changes.extend(says(&world, undoing(&world, &units, &fates), at_once));
            // The server has applied all of it once it answers this.
            world.officer().value("ORG_STOCK", world.hanoi, (ON, ON), None).await;
            found.push((planned, kept(&pool, &units, &changes).await));
        }
        assert!(found[0].0.len() > LOADED);
        assert_eq!(found[0], found[1], "{steps:?}, then {fates:?}");
    }
    world.stop().await;
}
