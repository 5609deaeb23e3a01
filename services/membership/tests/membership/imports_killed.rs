//! An import that is killed anywhere, and gone on with, comes to the same as one that is not.
//!
//! A kill takes away what a process has: its calls end in the middle, and its connections to the
//! database. `cargo test` kills 20 times; 500 times with `CONGDOAN_HISTORIES=full`.
//! `CONGDOAN_SEED` repeats a run, whose seed is printed.

use proto::membership::v1 as pb;
use proto::membership::v1::ImportOutcome as Outcome;
use proto::membership::v1::import_members_request::Header;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::imports::{header, in_union, line, nobody_knows};
use crate::world::{Actor, World, person};

/// Lines of one file: 25 batches.
const LINES: u32 = 1_000;

fn kills_wanted() -> usize {
    let full = std::env::var("CONGDOAN_HISTORIES").is_ok_and(|size| size == "full");
    if full { 500 } else { 20 }
}

/// Numbers that are random enough and repeat for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// A file with all that can become of a line, its people numbered from here on.
fn file(world: &World, first: u32) -> Vec<pb::ImportLine> {
    (0..LINES)
        .map(|n| {
            let whole = line(person(first + n));
            match n % 10 {
                // One number twice, a long way apart; and one person without a number twice.
                3 => line(person(first + n % 400)),
                4 => nobody_knows(first + n % 300),
                5 => in_union(world.beta, whole),
                6 => in_union(world.gamma, whole),
                7 => {
                    let mut broken = person(first + n);
                    broken.phone = "12".to_string();
                    line(broken)
                }
                _ => whole,
            }
        })
        .collect()
}

/// What an import came to: of each line its outcome and why, and who is where.
async fn came_to(world: &World, officer: &mut Actor, import: Uuid, first: u32) -> Vec<String> {
    let mut lines = Vec::new();
    for outcome in [Outcome::Admitted, Outcome::AlreadyMember, Outcome::Candidate, Outcome::Refused]
    {
        for told in officer.lines_of(import, outcome).await {
            let why = told.refusal.map(|refusal| (refusal.reason, refusal.field));
            let number = told.number;
            lines.push((number, format!("{number} {outcome:?} {why:?} {:?}", told.said)));
        }
    }
    lines.sort();
    assert_eq!(lines.len(), usize::try_from(LINES).expect("few"));
    let rows: Vec<String> = sqlx::query_scalar(
        "select format('%s %s %s %s %s %s', name, sex, birth_year,
                       case organisation_id when $1 then 'alpha' when $2 then 'beta' end, from_on,
                       (select count(*) from person_identity identity
                        where identity.person_id = person.person_id))
         from person left join membership using (person_id)
         where substring(name from '[0-9]+$')::integer between $3 and $4
         order by 1",
    )
    .bind(world.alpha)
    .bind(world.beta)
    .bind(i32::try_from(first).expect("few"))
    .bind(i32::try_from(first + LINES).expect("few"))
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    lines.into_iter().map(|(_, line)| line).chain(rows).collect()
}

/// How many people the feed has told of.
async fn published(world: &World) -> usize {
    let told = world.published().await.into_iter();
    told.map(|(_, _, change, _)| match change {
        pb::membership_change::Change::MembersAdmitted(admitted) => admitted.lines.len(),
        pb::membership_change::Change::DecisionWrittenDown(_) => 0,
        other => panic!("{other:?}"),
    })
    .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_anywhere_and_gone_on_with_equals_one_clean_run() {
    let given = std::env::var("CONGDOAN_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    println!("CONGDOAN_SEED={seed}");
    let mut dice = Dice(seed);
    let killed = World::start().await;
    let clean = World::start().await;
    let mut first = 0;
    let mut kills = 0;
    while kills < kills_wanted() {
        let import = Uuid::now_v7();
        let lines = file(&killed, first);
        let mut officer = killed.officer();
        let mut done = 0;
        loop {
            let from = usize::try_from(done).expect("few");
            let header = Header { first_line: done, ..header(import, killed.alpha) };
            let (mut importer, rest) = (killed.officer(), lines[from..].to_vec());
            let call = tokio::spawn(async move { importer.imports(header, rest).await });
            if kills < kills_wanted() {
                kill(&killed, call, dice.below(400)).await;
                kills += 1;
            } else {
                call.await.expect("ran").expect("imported");
            }
            let told = officer.import_of(import).await.expect("told");
            done = told.lines_done;
            if told.finished {
                break;
            }
        }
        let same = Uuid::now_v7();
        let mut other = clean.officer();
        let whole = other.imports(header(same, clean.alpha), file(&clean, first)).await;
        let whole = whole.expect("imported");
        let told = officer.import_of(import).await.expect("told");
        assert_eq!(
            pb::Import { import_id: String::new(), ..told },
            pb::Import { import_id: String::new(), ..whole },
            "CONGDOAN_SEED={seed}"
        );
        let one = came_to(&killed, &mut officer, import, first).await;
        let other = came_to(&clean, &mut other, same, first).await;
        let unlike =
            one.iter().zip(&other).find(|(one, other)| without_ids(one) != without_ids(other));
        assert_eq!((unlike, one.len()), (None, other.len()), "CONGDOAN_SEED={seed}");
        first += LINES;
    }
    assert_eq!(published(&killed).await, published(&clean).await, "CONGDOAN_SEED={seed}");
    killed.stop().await;
    clean.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_a_broken_off_call_leaves_behind_is_met_by_whoever_goes_on() {
    let world = World::start().await;
    let mut officer = world.officer();
    let import = Uuid::now_v7();
    let begun = Header { continues: true, ..header(import, world.alpha) };
    officer.imports(begun, Vec::new()).await.expect("begun");
    let (mut holder, mut look) = (world.look().await, world.look().await);
    let mut held = holder.begin().await.expect("begun");
    sqlx::query("select from member_import for update").execute(&mut *held).await.expect("held");

    let lines = || (0..3).map(|n| line(person(n))).collect();
    let mut importer = world.officer();
    let left = tokio::spawn({
        let lines = lines();
        async move { importer.imports(header(import, world.alpha), lines).await }
    });
    waiting(&mut look, 1).await;
    left.abort();
    let _ = left.await;
    let goes_on =
        tokio::spawn(async move { officer.imports(header(import, world.alpha), lines()).await });
    waiting(&mut look, 2).await;
    held.rollback().await.expect("let go");

    let whole = goes_on.await.expect("ran").expect("gone on with");
    assert_eq!((whole.lines_done, whole.admitted, whole.finished), (3, 3, true));
    assert_eq!(published(&world).await, 3);
    world.stop().await;
}

/// Returns when so many sessions wait for a lock.
async fn waiting(look: &mut PgConnection, sessions: i64) {
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'",
        )
        .fetch_one(&mut *look)
        .await
        .expect("read");
        if waiting >= sessions {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Two worlds have other ids of their unions.
fn without_ids(text: &str) -> String {
    text.split('"').filter(|part| Uuid::parse_str(part).is_err()).collect()
}

/// After so many questions to the database have been answered, which is a random point of the
/// import, takes the call away and all connections that the service has.
async fn kill<T>(world: &World, call: tokio::task::JoinHandle<T>, questions: u64) {
    let mut look = world.look().await;
    for _ in 0..questions {
        sqlx::query("select").execute(&mut look).await.expect("answered");
    }
    // Each is gone before the next question is asked: one that is yet to go takes with it whatever
    // is asked on it meanwhile.
    sqlx::query(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity
         where datname = current_database() and usename = 'membership'",
    )
    .execute(&mut look)
    .await
    .expect("killed");
    call.abort();
    let _ = call.await;
}
