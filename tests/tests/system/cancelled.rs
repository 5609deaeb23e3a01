//! Calls that are dropped at any moment lose nothing that was acknowledged, and leave nothing
//! half-done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proto::membership::v1::AdmitMembersRequest;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use stage::made_up::people;
use system::Client;
use tests::world::{Unit, World, admission};
use time::macros::date;
use tokio::task::JoinSet;

const CLIENTS: u64 = 8;
const CALLS: usize = 60;
const PEOPLE: usize = 3;

/// A request, and the admission that was acknowledged, if one was.
type Made = (AdmitMembersRequest, Option<String>);

/// Admits again and again, and loses patience at random moments, about as often before the
/// answer as after it, however fast this machine is.
async fn impatient(client: Client, union: Unit, mut rng: StdRng) -> Vec<Made> {
    let mut made = Vec::new();
    let mut usual = Duration::from_millis(20);
    for _ in 0..CALLS {
        let request = admission(&union, date!(2020 - 05 - 01), people(PEOPLE));
        let patience = usual.mul_f64(rng.random_range(0.0..2.0));
        let mut memberships = client.memberships();
        let call = memberships.admit_members(request.clone());
        // Dropping the call resets its stream; the gateway drops its own call in turn.
        let acknowledged = match tokio::time::timeout(patience, call).await {
            Ok(answer) => {
                usual = usual.mul_f64(0.9);
                Some(answer.expect("admitted").into_inner().admission_id)
            }
            Err(_) => {
                usual = usual.mul_f64(1.1);
                None
            }
        };
        made.push((request, acknowledged));
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_calls_lose_no_acknowledged_write_and_leave_nothing_half_done() {
    let seed = super::seed();
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let unions = world.unions(&district, CLIENTS as usize).await;
    world.settled().await;
    let mut clients = JoinSet::new();
    for (number, union) in (0..).zip(unions.clone()) {
        let rng = StdRng::seed_from_u64(seed ^ number);
        clients.spawn(impatient(world.administrator(), union, rng));
    }
    let made: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
    let dropped = made.iter().filter(|(_, acknowledged)| acknowledged.is_none()).count();
    println!("{dropped} of {} calls were dropped", made.len());
    assert!(dropped > 20 && dropped < made.len() - 20, "both happen");

    // Repeating every call under its name finds what was acknowledged, and finishes the rest.
    let client = world.administrator();
    let mut admissions = BTreeMap::new();
    for (request, acknowledged) in made {
        let union = request.organisation_id.clone();
        let answer = client.memberships().admit_members(request).await.expect("admitted");
        let answer = answer.into_inner();
        if let Some(acknowledged) = acknowledged {
            assert_eq!(answer.admission_id, acknowledged, "an acknowledged write was lost");
        }
        assert_eq!(answer.members.len(), PEOPLE);
        admissions.entry(union).or_insert_with(BTreeSet::new).insert(answer.admission_id);
    }
    assert!(admissions.values().all(|admissions| admissions.len() == CALLS), "each once");

    // Whole acts only: movement, memberships, people, change and answer stand or fall together.
    world.settled().await;
    let counts: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from movement),
                (select sum(members)::bigint from movement),
                (select count(*) from membership),
                (select count(*) from person),
                (select count(*) from feed.stream where kind = 'membership.members_admitted'),
                (select count(*) from act.request where answer is null)",
    )
    .fetch_one(world.pool("membership"))
    .await
    .expect("counted");
    let acts = i64::try_from(CLIENTS as usize * CALLS).expect("few");
    let persons = acts * PEOPLE as i64;
    assert_eq!(counts, (acts, persons, persons, persons, acts, 0));
    let figures: i64 =
        sqlx::query_scalar("select sum(amount)::bigint from fact where code = 'MBR_ADMITTED'")
            .fetch_one(world.pool("reporting"))
            .await
            .expect("counted");
    assert_eq!(figures, persons, "and reporting was told of each once");
}
