//! Figures as they were known at an instant: whatever is recorded, corrected, back-dated or undone
//! afterwards, they are what was counted then.

use std::collections::BTreeMap;

use chassis::parse::{civil, instant};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{CongressHeld, Office, OrganisationTimeline, TimelinesCorrected};
use proto::reporting::v1 as pb;
use reporting::ground::columns::{Columns, Snapshot};
use reporting::ground::reference::{self, Reference};
use sqlx::{PgConnection, PgPool};
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::columns::{
    Asked, BEGIN, Dice, History, Lines, UNIONS, by_columns, by_statements, national_reading,
    question,
};
use crate::world::{World, because, refused};

const SEEDS: [u64; 2] = [7, 8];
const STEPS: usize = 72;
/// After so many steps everything is quiet for a moment, and what is counted then is remembered.
const QUIET: usize = 12;
/// So many questions each time.
const QUESTIONS: usize = 24;
/// Instants at which the tables are put back to what they were.
const PUT_BACK: usize = 6;
const ALL_DAYS: (Date, Date) = (date!(2019 - 01 - 01), date!(2023 - 01 - 01));

/// What was counted at an instant.
struct Remembered {
    at: OffsetDateTime,
    counted: Vec<(Asked, BTreeMap<String, Lines>)>,
}

/// Whatever was recorded is followed: the answer waits for it.
async fn quiet(world: &World) -> OffsetDateTime {
    world.national().value("MBR_STOCK", world.confederation, ALL_DAYS, None).await;
    // The clock of acts counts microseconds: the next act is recorded in a later one.
    let at = OffsetDateTime::now_utc().truncate_to_microsecond();
    while OffsetDateTime::now_utc().truncate_to_microsecond() == at {
        std::hint::spin_loop();
    }
    at
}

async fn at_an_instant(
    reading: &mut PgConnection,
    columns: &Columns,
    at: OffsetDateTime,
) -> Snapshot {
    let snapshot = columns.snapshot(reading).await.expect("a snapshot");
    snapshot.known_at(Some(at)).await.expect("as it was known")
}

/// What is counted of a question as it was known at an instant is this; answers how many lines it has.
async fn assert_known(
    reading: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    (asked, counted): (&Asked, &BTreeMap<String, Lines>),
    said: &str,
) -> usize {
    let known = by_columns(reading, snapshot, reference, asked).await;
    let mut lines = 0;
    // What membership had yet to carry out is not kept.
    for (name, then) in counted.iter().filter(|(name, _)| *name != "settled") {
        assert_eq!(&known[name], then, "{name} of {:?} {:?}, {said}", asked.scope, asked.period);
        lines += then.len();
    }
    lines
}

#[tokio::test]
async fn figures_known_at_an_instant_are_what_statements_counted_then() {
    let reference = reference::load().expect("reference data");
    for seed in SEEDS {
        println!("seed {seed}");
        let world = World::start().await;
        let pool = world.look().await;
        let superiors = [world.badinh, world.caugiay, world.education, world.hue];
        let mut history = History { dice: Dice(seed), today: BEGIN, unions: Vec::new(), superiors };
        for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", ""]) {
            (0..UNIONS).for_each(|_| history.found(&world, superior, sector));
        }
        let columns = Columns::default();
        let mut heads = vec![world.confederation, world.hanoi, world.hue, world.badinh];
        let mut remembered: Vec<Remembered> = Vec::new();
        let mut lines = 0;
        for step in 0..STEPS {
            if step == STEPS / 2 {
                // Half a city goes to another province, with all below it.
                world.hands_over(&[world.badinh], world.hanoi, world.hue, history.today);
            }
            history.step(&world).await;
            if step % QUIET != QUIET - 1 {
                continue;
            }
            let at = quiet(&world).await;
            let mut reading = national_reading(&pool).await;
            for of in &remembered {
                let snapshot = at_an_instant(&mut reading, &columns, of.at).await;
                for (asked, counted) in &of.counted {
                    let said = format!("known at {} after step {step}, seed {seed}", of.at);
                    let of = (asked, counted);
                    lines += assert_known(&mut reading, &snapshot, reference, of, &said).await;
                }
            }
            let mut counted = Vec::with_capacity(QUESTIONS);
            for _ in 0..QUESTIONS {
                let asked = question(reference, &heads, &mut history.dice);
                let now = by_statements(&mut reading, &asked).await;
                counted.push((asked, now));
            }
            remembered.push(Remembered { at, counted });
            heads.extend(history.unions.iter().map(|union| union.id).take(2));
        }
        assert!(lines > 1_000, "only {lines} lines were compared");

        // A process that starts later knows as much of what was known before.
        quiet(&world).await;
        let anew = Columns::default();
        let mut reading = national_reading(&pool).await;
        for of in &remembered {
            let snapshot = at_an_instant(&mut reading, &anew, of.at).await;
            for (asked, counted) in &of.counted {
                let said = format!("known at {}, loaded anew, seed {seed}", of.at);
                assert_known(&mut reading, &snapshot, reference, (asked, counted), &said).await;
            }
        }
        drop(reading);

        // Each is walked down to the changes that made it, as they were known then.
        for (of, n) in remembered.iter().zip(0..) {
            for head in [world.hanoi, world.badinh, world.hue] {
                let as_of = [None, Some(history.dice.day())][n % 2];
                let (one, other) = (history.dice.day(), history.dice.day());
                explain(&world, of.at, (head, as_of), (one.min(other), one.max(other))).await;
            }
        }

        // At any instant at all: the tables are put back to what they were, and counted by statements.
        let instants = instants(&pool).await;
        for _ in 0..PUT_BACK {
            let known = history.dice.one(&instants);
            let late = i64::try_from(history.dice.below(2)).expect("few");
            let at = known - Duration::microseconds(late);
            put_back(&world, &pool, &columns, &heads, at, &mut history.dice, seed).await;
        }
        world.stop().await;
    }
}

/// Indicators of which each is made of another source.
const EXPLAINED: [&str; 9] = [
    "ORG_STOCK",
    "ORG_IN",
    "ORG_NET",
    "MBR_STOCK",
    "MBR_DORMANT",
    "MBR_TRANSFER_IN",
    "MBR_IN_WITH_UNIT",
    "MBR_NET",
    "MBR_ADMITTED",
];

/// Units sum to their figure, as it was known at an instant, and changes to their unit.
async fn explain(
    world: &World,
    at: OffsetDateTime,
    (head, as_of): (Uuid, Option<Date>),
    days: (Date, Date),
) {
    let known_at = Some(instant(at));
    let asked = pb::QueryFiguresRequest {
        indicators: EXPLAINED.map(str::to_string).to_vec(),
        known_at,
        ..crate::world::query("", head, days, as_of)
    };
    let answer = world.national().figures.query_figures(asked).await.expect("counted");
    for figure in answer.into_inner().figures {
        world.national().explained_then(&figure, true, 50, known_at).await;
    }
}

/// The instants at which something was recorded.
async fn instants(pool: &PgPool) -> Vec<OffsetDateTime> {
    sqlx::query_scalar(
        "select distinct recorded_at from fact where recorded_at is not null
         union select recorded_at from edge
         union select replaced_at from organisation_past
         order by 1",
    )
    .fetch_all(pool)
    .await
    .expect("instants")
}

/// Tables of the tree, with all that was known of them.
const TREE: [&str; 6] = [
    "suspension",
    "organisation_industry",
    "organisation_sector",
    "organisation_type",
    "edge",
    "organisation",
];

/// Puts the tables back to what they were at an instant, counts random questions from them by
/// statements, and gives up what was put back.
async fn put_back(
    world: &World,
    pool: &PgPool,
    columns: &Columns,
    heads: &[Uuid],
    at: OffsetDateTime,
    dice: &mut Dice,
    seed: u64,
) {
    let reference = reference::load().expect("reference data");
    let mut reading = national_reading(pool).await;
    let snapshot = at_an_instant(&mut reading, columns, at).await;
    let superuser = PgPool::connect(&world.superuser_url()).await.expect("the superuser");
    let mut then = superuser.begin().await.expect("a transaction");
    sqlx::query("set local session_replication_role = replica")
        .execute(&mut *then)
        .await
        .expect("said");
    for of_tree in TREE {
        for put in [
            format!("delete from {of_tree} where recorded_at > $1"),
            // The columns of the past but the first, which says until when.
            format!(
                "insert into {of_tree}
                 select (jsonb_populate_record(null::{of_tree}, to_jsonb(was))).*
                 from {of_tree}_past was
                 where coalesce(recorded_at, '-infinity') <= $1 and replaced_at > $1"
            ),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(put))
                .bind(at)
                .execute(&mut *then)
                .await
                .expect("put back");
        }
    }
    for put in [
        "delete from fact where recorded_at > $1",
        "delete from unit_month where $1::timestamptz is not null",
        "insert into unit_month (unit_id, code, month, reason, sex, counterpart_id, amount)
         select unit_id, code, date_trunc('month', on_date)::date, reason, sex, counterpart_id, sum(amount)
         from fact where $1::timestamptz is not null group by 1, 2, 3, 4, 5, 6",
    ] {
        sqlx::query(put).bind(at).execute(&mut *then).await.expect("put back");
    }
    sqlx::query(
        "select set_config('congdoan.issuer', 'test', true),
                set_config('congdoan.subject', 'national', true),
                set_config('congdoan.permission',
                           (select permission from access.role_permission
                            where role = 'OFFICER' and permission like 'reporting.figure%' limit 1), true)",
    )
    .execute(&mut *then)
    .await
    .expect("as the national officer");
    for _ in 0..QUESTIONS {
        let asked = question(reference, heads, dice);
        let counted = by_statements(&mut then, &asked).await;
        let said = format!("known at {at}, put back, seed {seed}");
        assert_known(&mut reading, &snapshot, reference, (&asked, &counted), &said).await;
    }
    then.rollback().await.expect("given up");
    superuser.close().await;
}

/// Founded, admitted to, moved, corrected and undone: a figure of each moment.
#[tokio::test]
async fn what_is_corrected_back_dated_or_undone_later_was_known_otherwise_before() {
    let world = World::start().await;
    let national = world.national();
    let year = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    let nothing = quiet(&world).await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS Một", date!(2020 - 02 - 01));
    world.admits(union, date!(2020 - 03 - 01), 5);
    let founded = quiet(&world).await;
    // Back-dated: recorded later, of an earlier day.
    world.admits(union, date!(2020 - 02 - 10), 3);
    let late = quiet(&world).await;
    world.hands_over(&[union], world.badinh, world.caugiay, date!(2020 - 06 - 01));
    let moved = quiet(&world).await;
    // It stood in Cầu Giấy ever since: the move, and where it stood before, were never so.
    let corrected = TimelinesCorrected {
        timelines: vec![crate::timelines::life(union, world.caugiay, date!(2020 - 02 - 01))],
    };
    world.says(date!(2020 - 07 - 01), RegistryWhat::TimelinesCorrected(corrected));
    let known_otherwise = quiet(&world).await;
    let never = OrganisationTimeline {
        organisation_id: union.to_string(),
        founded_under_id: world.caugiay.to_string(),
        ..Default::default()
    };
    let never = TimelinesCorrected { timelines: vec![never] };
    world.says(date!(2020 - 07 - 01), RegistryWhat::TimelinesCorrected(never));
    quiet(&world).await;

    let told = async |at: Option<OffsetDateTime>, code: &str, head: Uuid| {
        let asked = pb::QueryFiguresRequest {
            indicators: vec![code.to_string()],
            organisation_id: head.to_string(),
            period: Some(pb::Period {
                from_on: Some(civil(year.0)),
                through_on: Some(civil(year.1)),
            }),
            known_at: at.map(instant),
            ..Default::default()
        };
        let answer = world.national().figures.query_figures(asked).await.expect("counted");
        let figure = answer.into_inner().figures.remove(0);
        if let Some(at) = at {
            assert_eq!(figure.known_at, Some(instant(at)), "says at which instant it was known");
        }
        figure.value
    };
    for (at, founded_ever, stock, badinh, admitted) in [
        (Some(nothing), 0, 0, 0, 0),
        (Some(founded), 1, 5, 5, 5),
        (Some(late), 1, 8, 8, 8),
        (Some(moved), 1, 8, 0, 8),
        (Some(known_otherwise), 1, 8, 0, 0),
        (None, 0, 8, 0, 0),
    ] {
        assert_eq!(told(at, "ORG_FOUNDED", world.hanoi).await, founded_ever, "{at:?}");
        assert_eq!(told(at, "MBR_STOCK", world.hanoi).await, stock, "{at:?}");
        assert_eq!(told(at, "MBR_STOCK", world.badinh).await, badinh, "{at:?}");
        assert_eq!(told(at, "MBR_ADMITTED", world.badinh).await, admitted, "{at:?}");
    }

    // The books of every instant balance.
    for at in [nothing, founded, late, moved, known_otherwise] {
        for head in [world.hanoi, world.badinh, world.caugiay] {
            let asked = pb::GetBookRequest {
                organisation_id: head.to_string(),
                period: Some(pb::Period {
                    from_on: Some(civil(date!(2020 - 02 - 05))),
                    through_on: Some(civil(year.1)),
                }),
                tree: None,
                known_at: Some(instant(at)),
            };
            let books =
                world.national().figures.get_book(asked).await.expect("counted").into_inner();
            assert!(books.members.expect("a book").balanced, "{at}");
            assert!(books.unions.expect("a book").balanced, "{at}");
        }
    }
    drop(national);
    world.stop().await;
}

#[tokio::test]
async fn an_act_that_was_overtaken_is_known_with_the_one_that_overtook_it() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS Một", date!(2020 - 02 - 01));
    quiet(&world).await;
    let first = OffsetDateTime::now_utc().truncate_to_microsecond();
    // Stamped before the act that it waited for, and told after it.
    world.registry.is_at(Some(first + Duration::milliseconds(2)));
    world.hands_over(&[union], world.badinh, world.caugiay, date!(2020 - 03 - 01));
    world.registry.is_at(Some(first));
    world.hands_over(&[union], world.caugiay, world.hue, date!(2020 - 04 - 01));
    world.registry.is_at(None);
    quiet(&world).await;
    let pool = world.look().await;
    let columns = Columns::default();
    let reference = reference::load().expect("reference data");
    let mut reading = national_reading(&pool).await;
    let of = async |at: OffsetDateTime, reading: &mut PgConnection| {
        let snapshot = at_an_instant(reading, &columns, at).await;
        let mut stocks = Vec::new();
        for head in [world.badinh, world.caugiay, world.hue] {
            let scope = reporting::ground::figure::Scope::of(head, None);
            let day = date!(2020 - 12 - 31);
            let period = reporting::ground::period::Period { from: day, through: day };
            let mut counting = reporting::ground::figure::Counting::new(
                reading, &snapshot, reference, scope, period,
            );
            stocks.push(counting.unions_at(day).await.expect("counted").total);
        }
        stocks
    };
    assert_eq!(of(first - Duration::microseconds(1), &mut reading).await, [1, 0, 0]);
    // Without the act before it, it would have moved what was not there.
    assert_eq!(of(first, &mut reading).await, [1, 0, 0]);
    assert_eq!(of(first + Duration::milliseconds(2), &mut reading).await, [0, 0, 1]);
    drop(reading);
    world.stop().await;
}

/// What tables tell by themselves of seats is known from when the tree is, that seats stand in.
#[tokio::test]
async fn who_was_seated_by_an_act_that_was_overtaken_is_known_with_the_one_that_overtook_it() {
    let world = World::start().await;
    let union = world.founds(world.badinh, "NNN_CP", "CĐCS Một", date!(2020 - 02 - 01));
    quiet(&world).await;
    let first = OffsetDateTime::now_utc().truncate_to_microsecond();
    world.registry.is_at(Some(first + Duration::milliseconds(2)));
    world.hands_over(&[union], world.badinh, world.caugiay, date!(2020 - 03 - 01));
    world.registry.is_at(Some(first));
    let on = date!(2020 - 04 - 01);
    let office = Office {
        office_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        body: "EXECUTIVE".to_string(),
        person_id: Uuid::now_v7().to_string(),
        position: "CHAIR".to_string(),
        from_on: Some(civil(on)),
        ..Default::default()
    };
    let held = CongressHeld {
        congress_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        held_on: Some(civil(on)),
        offices: vec![office],
        ..Default::default()
    };
    world.says(on, RegistryWhat::CongressHeld(held));
    world.registry.is_at(None);
    quiet(&world).await;
    let seated = async |at: OffsetDateTime| {
        let asked = pb::QueryFiguresRequest {
            known_at: Some(instant(at)),
            ..crate::world::query("OFFICER_STOCK", world.hanoi, (on, on), None)
        };
        let answer = world.officer().figures.query_figures(asked).await.expect("counted");
        answer.into_inner().figures[0].value
    };
    assert_eq!(seated(first).await, 0);
    assert_eq!(seated(first + Duration::milliseconds(2)).await, 1);
    world.stop().await;
}

#[tokio::test]
async fn what_is_not_kept_and_what_has_not_come_is_refused() {
    let world = World::start().await;
    let ask = |code: &str, known_at: OffsetDateTime| pb::QueryFiguresRequest {
        indicators: vec![code.to_string()],
        organisation_id: world.hanoi.to_string(),
        period: Some(pb::Period {
            from_on: Some(civil(ALL_DAYS.0)),
            through_on: Some(civil(ALL_DAYS.1)),
        }),
        known_at: Some(instant(known_at)),
        ..Default::default()
    };
    let now = OffsetDateTime::now_utc();
    let answer =
        world.officer().figures.query_figures(ask("MBR_STOCK", now + Duration::days(2))).await;
    assert_eq!(refused(answer), because("KNOWN_AT_IN_FUTURE", "known_at"));
    // Who was in office is counted as it was known, and what seated them told as it is known.
    let asked = ask("OFFICER_STOCK", now);
    world.officer().figures.query_figures(asked.clone()).await.expect("counted");
    let explaining = pb::ExplainFigureRequest {
        indicator: "OFFICER_STOCK".to_string(),
        organisation_id: asked.organisation_id,
        period: asked.period,
        known_at: asked.known_at,
        ..Default::default()
    };
    let answer = world.officer().figures.explain_figure(explaining).await;
    assert_eq!(refused(answer), because("KNOWN_AT_NOT_KEPT", "known_at"));
    world.stop().await;
}
