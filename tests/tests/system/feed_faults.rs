//! Services that die again and again while others write: every committed change is followed
//! once and in order, and figures come out right. A database that was put back is noticed.
//!
//! The feed by itself is held to the same in services/chassis/tests/feed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proto::registry::v1::*;
use proto::reporting::v1::{QueryFiguresRequest, QueryFiguresResponse};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use stage::made_up::{self, on, people, period, request_id};
use stage::refused::Refused;
use system::Client;
use tests::feeds;
use tests::world::{ADMINISTRATOR, OPENED_ON, Unit, World, admission};
use time::macros::date;
use tokio::task::JoinSet;
use tonic::{Code, Response, Status};
use uuid::Uuid;

const WRITERS: u64 = 6;
/// Each writer writes at least so often, and goes on until services have died often enough:
/// however fast acts and services are, they meet.
const ADMISSIONS: u64 = 80;
const RENAMES: u64 = 40;
const DEATHS: u64 = 12;

/// Repeats a call, under its name, until a service is there to answer it.
async fn until_answered<A, F>(mut send: impl FnMut() -> F) -> A
where
    F: Future<Output = Result<Response<A>, Status>>,
{
    loop {
        match send().await {
            Ok(response) => return response.into_inner(),
            Err(status) => {
                let away = [Code::Unavailable, Code::DeadlineExceeded, Code::Aborted];
                assert!(away.contains(&status.code()), "{status:?}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Admits one to three people at a time; answers how many.
async fn admits(client: Client, union: Unit, deaths: Arc<AtomicU64>, mut rng: StdRng) -> u64 {
    let mut admitted = 0;
    for number in 1.. {
        if number > ADMISSIONS && deaths.load(Ordering::Relaxed) >= DEATHS {
            break;
        }
        let count = rng.random_range(1..=3);
        let request = admission(&union, date!(2020 - 05 - 01), people(count));
        until_answered(|| {
            let (client, request) = (client.clone(), request.clone());
            async move { client.memberships().admit_members(request).await }
        })
        .await;
        admitted += count as u64;
    }
    admitted
}

/// Renames a union, day by day.
async fn renames(client: Client, union: Unit) -> String {
    let mut name = String::new();
    for number in 1..=RENAMES {
        name = format!("CĐCS Công ty số {number}");
        let day = date!(2020 - 01 - 01) + time::Duration::days(number.cast_signed());
        let request = RenameOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            name: name.clone(),
            effective_on: on(day),
            ..RenameOrganisationRequest::default()
        };
        until_answered(|| {
            let (client, request) = (client.clone(), request.clone());
            async move { client.organisations().rename_organisation(request).await }
        })
        .await;
    }
    name
}

/// Starts a service again; its port may be a moment in coming free.
async fn start(world: &mut World, service: &'static str) {
    for attempt in 0.. {
        match world.system.start_service(service).await {
            Ok(()) => return,
            Err(error) if attempt < 200 => {
                let taken = format!("{error:#}").contains("in use");
                assert!(taken, "{service} does not start: {error:#}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => panic!("{service} does not start: {error:#}"),
        }
    }
}

/// Every follower has applied every change of its source, once, each at its own position.
async fn followed_once_and_in_order(world: &World) {
    for (service, source) in feeds::followed_by() {
        let stream: Vec<(i64, Uuid, Uuid, bool)> = sqlx::query_as(
            "select position, change_id, act_id, act_complete from feed.stream order by position",
        )
        .fetch_all(world.pool(source))
        .await
        .expect("read");
        let positions: Vec<i64> = stream.iter().map(|(position, ..)| *position).collect();
        let dense: Vec<i64> = (1..).take(stream.len()).collect();
        assert_eq!(positions, dense, "{source}'s positions are 1, 2, 3, …");
        for pair in stream.windows(2) {
            let ((_, _, act, complete), (_, _, next, _)) = (pair[0], pair[1]);
            assert_eq!(complete, act != next, "the changes of an act stand together");
        }
        let applied: Vec<(i64, Uuid)> = sqlx::query_as(
            "select position, change_id from feed.applied where source = $1 order by position",
        )
        .bind(source)
        .fetch_all(world.pool(service))
        .await
        .expect("read");
        let stream: Vec<(i64, Uuid)> =
            stream.into_iter().map(|(position, id, ..)| (position, id)).collect();
        assert_eq!(applied, stream, "{service} applied what {source} published");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_die_again_and_again_follow_every_change_once_and_figures_come_out_right() {
    let seed = super::seed();
    let mut world = World::start().await;
    let district = world.district("Q-A").await;
    let unions = world.unions(&district, WRITERS as usize).await;
    world.settled().await;

    let writing = Arc::new(AtomicU64::new(WRITERS + 1));
    let deaths = Arc::new(AtomicU64::new(0));
    let mut writers = JoinSet::new();
    for (number, union) in (0..).zip(unions.clone()) {
        let (client, writing, deaths) = (world.administrator(), writing.clone(), deaths.clone());
        let rng = StdRng::seed_from_u64(seed ^ number);
        writers.spawn(async move {
            let admitted = admits(client, union.clone(), deaths, rng).await;
            writing.fetch_sub(1, Ordering::Relaxed);
            (union, admitted)
        });
    }
    let renamed = tokio::spawn({
        let (client, union, writing) = (world.administrator(), unions[0].clone(), writing.clone());
        async move {
            let name = renames(client, union).await;
            writing.fetch_sub(1, Ordering::Relaxed);
            name
        }
    });

    // Meanwhile one service after the other dies, or is stopped well, and comes back.
    let mut rng = StdRng::seed_from_u64(seed ^ 0xfeed);
    while writing.load(Ordering::Relaxed) > 0 {
        let service = ["membership", "reporting", "registry"][rng.random_range(0..3)];
        if rng.random_bool(0.7) {
            world.system.kill_service(service);
        } else {
            world.system.stop_service(service).await.expect("stopped");
        }
        start(&mut world, service).await;
        deaths.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..250))).await;
    }
    println!("services died or were stopped {} times", deaths.load(Ordering::Relaxed));

    let admitted: Vec<(Unit, u64)> = writers.join_all().await;
    let name = renamed.await.expect("renamed");
    world.settled().await;
    followed_once_and_in_order(&world).await;
    let reader = world.administrator();
    for (union, members) in admitted {
        let ask = QueryFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned(), "MBR_ADMITTED".to_owned()],
            organisation_id: union.id.clone(),
            period: period(OPENED_ON, date!(2020 - 12 - 31)),
            ..QueryFiguresRequest::default()
        };
        let answer: QueryFiguresResponse = until_answered(|| {
            let (reader, ask) = (reader.clone(), ask.clone());
            async move { reader.figures().query_figures(ask).await }
        })
        .await;
        let values: Vec<i64> = answer.figures.iter().map(|figure| figure.value).collect();
        assert_eq!(values, [members.cast_signed(); 2], "{}", union.code);
    }
    let told: String = sqlx::query_scalar(
        "select name from organisation_name where organisation_id = $1::uuid
                            order by valid desc limit 1",
    )
    .bind(&unions[0].id)
    .fetch_one(world.pool("reporting"))
    .await
    .expect("read");
    assert_eq!(told, name, "the last name is the last");
    for service in proto::services::OWNERS {
        let open: i64 = sqlx::query_scalar("select count(*) from act.request where answer is null")
            .fetch_one(world.pool(service))
            .await
            .expect("counted");
        assert_eq!(open, 0, "{service} has no act without an answer");
    }
}

/// A decision of the province, as an act that can be taken out of a database again.
async fn decides(client: &Client, world: &World) -> String {
    let request = RecordDecisionRequest {
        request_id: request_id(),
        decision: Some(NewDecision {
            issuer_id: world.province.id.clone(),
            ..made_up::decision(date!(2020 - 05 - 01))
        }),
        ..RecordDecisionRequest::default()
    };
    let recorded = until_answered(|| {
        let (client, request) = (client.clone(), request.clone());
        async move { client.decisions().record_decision(request).await }
    })
    .await;
    recorded.decision_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_put_back_is_noticed_by_all_who_follow_it_and_not_read_on() {
    let mut world = World::start().await;
    let client = world.administrator();
    for _ in 0..5 {
        decides(&client, &world).await;
    }
    world.settled().await;

    // As from a backup: the last two acts never happened, as far as the database knows.
    world.system.stop_service("registry").await.expect("stopped");
    let registry = world.pool("registry");
    for statement in [
        "delete from decision where act_id in
             (select act_id from feed.stream order by position desc limit 2)",
        "delete from act.request where act_id in
             (select act_id from feed.stream order by position desc limit 2)",
        "delete from feed.stream where position > (select position - 2 from feed.head)",
        "update feed.head set position = position - 2",
    ] {
        sqlx::query(statement).execute(registry).await.expect("put back");
    }
    chassis::feed::restored(registry).await.expect("a new epoch");
    let before = [
        feeds::position(world.pool("membership"), "registry").await,
        feeds::position(world.pool("reporting"), "registry").await,
    ];
    start(&mut world, "registry").await;

    // It goes on, and soon has positions again that its followers know under other ids.
    for _ in 0..4 {
        decides(&client, &world).await;
    }
    for follower in ["membership", "reporting"] {
        let pool = world.pool(follower).clone();
        feeds::until("the follower halts", async || {
            feeds::halted(&pool, "registry").await.is_some()
        })
        .await;
        let cause = feeds::halted(&pool, "registry").await.unwrap_or_default();
        assert!(cause.starts_with("FEED_DIVERGED"), "{follower}: {cause}");
    }
    let after = [
        feeds::position(world.pool("membership"), "registry").await,
        feeds::position(world.pool("reporting"), "registry").await,
    ];
    assert_eq!(after, before, "nothing of the other past was read");

    // Whoever has seen what happened since is not shown the past that did not happen.
    let line = world.line(ADMINISTRATOR).await.with("grpc-timeout", "1S");
    let line = line.with("congdoan-seen", client.seen().expect("a token"));
    let ask = QueryFiguresRequest {
        indicators: vec!["ORG_STOCK".to_owned()],
        organisation_id: world.province.id.clone(),
        period: period(OPENED_ON, OPENED_ON),
        ..QueryFiguresRequest::default()
    };
    let refused = line.send("congdoan.reporting.v1.FigureService/QueryFigures", &ask).await;
    let refused = Refused::of(&refused.expect_err("not yet seen"));
    assert_eq!((refused.code, refused.reason.as_str()), (Code::Unavailable, "NOT_YET_SEEN"));
}
