//! The comparison of histories finds what is counted wrongly: another reporting follows the same feeds,
//! of which one says something wrongly, and is held against the recount as the real one is. What is told
//! wrongly is wrong on the way to it and nowhere else: no program has a fault in it.

use std::collections::BTreeSet;

use chassis::cluster::testing::database;
use chassis::parse;
use prost::Message;
use prost_reflect::prost_types::{Any, Timestamp};
use proto::feed::v1::Change;
use proto::membership::v1::MembershipChange;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::registry::v1::RegistryChange;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1::figure_service_client::FigureServiceClient;
use proto::reporting::v1::{QueryFiguresRequest, Tree};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use stage::feed::Owner;
use stage::made_up::{on, period};
use stage::registry::Registry;
use stage::{Setting, Spoken, Stage};
use tests::world::{OPENED_ON, World};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::desk::Desk;
use crate::ledger::{Ledger, Question};

/// What is tried, and how often it has to have been done before anything is compared.
const ACTS: [(&str, usize); 9] = [
    ("found", 4),
    ("admit", 12),
    ("exit", 4),
    ("transfer", 4),
    ("hand over", 4),
    ("end a superior", 2),
    ("merge a union", 2),
    ("course", 2),
    ("survey", 4),
];
/// Tries of one thing, of which some are refused.
const TRIES: usize = 200;
const SEED: u64 = 10;

/// Indicators of what registry and membership tell: a reporting that follows them, and is told nothing
/// itself, knows all of these.
const CODES: [&str; 17] = [
    "ORG_STOCK",
    "ORG_FOUNDED",
    "ORG_IN",
    "ORG_OUT",
    "ORG_NET",
    "MBR_STOCK",
    "MBR_ADMITTED",
    "MBR_EXITED",
    "MBR_TRANSFER_IN",
    "MBR_TRANSFER_OUT",
    "MBR_IN_WITH_UNIT",
    "MBR_OUT_WITH_UNIT",
    "MBR_NET",
    "TRAIN_ATTENDANCES",
    "TRAIN_HEADCOUNT",
    "EMPLOYER_WITHOUT_UNION",
    "OFFICER_STOCK",
];

/// Says something wrongly; answers how many changes it has touched.
type Mutant = fn(&mut Feeds) -> usize;

/// Both feeds, as they are told.
#[derive(Clone)]
struct Feeds {
    registry: Vec<Change>,
    membership: Vec<Change>,
}

impl Feeds {
    async fn read(world: &World) -> Self {
        Self {
            registry: said(world.pool("registry")).await,
            membership: said(world.pool("membership")).await,
        }
    }
}

/// All that a service has said.
async fn said(pool: &PgPool) -> Vec<Change> {
    let rows = sqlx::query(
        "select change_id, position, act_id, act_complete, kind, aggregate_id, acted_at, effective_on,
                actor, decision_id, traceparent, registry_position, body
         from feed.stream order by position",
    )
    .fetch_all(pool)
    .await
    .expect("read the feed");
    rows.iter().map(change).collect()
}

fn change(row: &PgRow) -> Change {
    let id = |column: &str| row.get::<Uuid, _>(column).to_string();
    let acted_at: OffsetDateTime = row.get("acted_at");
    let decision: Option<Uuid> = row.get("decision_id");
    let body: Vec<u8> = row.get("body");
    Change {
        change_id: id("change_id"),
        position: row.get("position"),
        act_id: id("act_id"),
        act_complete: row.get("act_complete"),
        kind: row.get("kind"),
        aggregate_id: id("aggregate_id"),
        acted_at: Some(Timestamp {
            seconds: acted_at.unix_timestamp(),
            nanos: i32::try_from(acted_at.nanosecond()).expect("less than a second"),
        }),
        effective_on: Some(parse::civil(row.get("effective_on"))),
        actor: row.get("actor"),
        decision_id: decision.map(|id| id.to_string()).unwrap_or_default(),
        traceparent: row.get("traceparent"),
        registry_position: row.get("registry_position"),
        body: Some(Any::decode(&*body).expect("an Any")),
    }
}

fn registry_said(change: &Change) -> RegistryWhat {
    let body = change.body.as_ref().expect("a body");
    let change: RegistryChange = body.to_msg().expect("a change of registry's");
    change.change.expect("something")
}

fn membership_said(change: &Change) -> MembershipWhat {
    let body = change.body.as_ref().expect("a body");
    let change: MembershipChange = body.to_msg().expect("a change of membership's");
    change.change.expect("something")
}

/// Whoever leaves is not told of: a kind of change that nobody reads.
fn ignores_a_kind(feeds: &mut Feeds) -> usize {
    let before = feeds.membership.len();
    let complete: BTreeSet<String> =
        feeds.membership.iter().map(|change| change.act_id.clone()).collect();
    feeds
        .membership
        .retain(|change| !matches!(membership_said(change), MembershipWhat::MembersExited(_)));
    // The last of what is left of an act completes it.
    for act in complete {
        if let Some(last) = feeds.membership.iter_mut().rev().find(|change| change.act_id == act) {
            last.act_complete = true;
        }
    }
    before - feeds.membership.len()
}

/// Whoever leaves in an act of its own is told of once more, by another act.
fn applies_one_twice(feeds: &mut Feeds) -> usize {
    let alone = |at: &usize| {
        let change = &feeds.membership[*at];
        let first = *at == 0 || feeds.membership[at - 1].act_complete;
        first
            && change.act_complete
            && matches!(membership_said(change), MembershipWhat::MembersExited(_))
    };
    let Some(at) = (0..feeds.membership.len()).find(alone) else { return 0 };
    let again = Change {
        change_id: Uuid::now_v7().to_string(),
        act_id: Uuid::now_v7().to_string(),
        ..feeds.membership[at].clone()
    };
    feeds.membership.insert(at + 1, again);
    1
}

/// What stood under a superior that ended is not told to go on under another.
fn forgets_grandchildren(feeds: &mut Feeds) -> usize {
    let mut forgotten = 0;
    let ended: BTreeSet<(String, String)> = feeds
        .registry
        .iter()
        .filter_map(|change| match registry_said(change) {
            RegistryWhat::OrganisationsEnded(ended) => Some((change.act_id.clone(), ended)),
            _ => None,
        })
        .flat_map(|(act, ended)| {
            ended.units.into_iter().map(move |unit| (act.clone(), unit.organisation_id))
        })
        .collect();
    for change in &mut feeds.registry {
        let RegistryWhat::OrganisationsHandedOver(mut handed) = registry_said(change) else {
            continue;
        };
        let before = handed.units.len();
        let act = change.act_id.clone();
        handed.units.retain(|unit| !ended.contains(&(act.clone(), unit.from_superior_id.clone())));
        forgotten += before - handed.units.len();
        let body = RegistryChange { change: Some(RegistryWhat::OrganisationsHandedOver(handed)) };
        change.body = Some(Any::from_msg(&body).expect("encoded"));
    }
    forgotten
}

/// Units come under another superior a day after they did.
fn reads_an_edge_a_day_late(feeds: &mut Feeds) -> usize {
    let mut late = 0;
    for change in &mut feeds.registry {
        if matches!(registry_said(change), RegistryWhat::OrganisationsHandedOver(_)) {
            let day = parse::date("effective_on", change.effective_on).expect("a day");
            change.effective_on = Some(parse::civil(day + Duration::DAY));
            late += 1;
        }
    }
    late
}

/// Another reporting, which follows these feeds from their beginning.
async fn reporting(world: &World, feeds: Feeds) -> Stage {
    let (registry, membership) = (Registry::start().await, Owner::start().await);
    registry.repeats(feeds.registry);
    membership.repeats(feeds.membership);
    let confederation = world.confederation.id.parse().expect("an id");
    registry.grants("national", "OFFICER", confederation);
    let followed = [("registry", &*registry), ("membership", &membership)];
    let database = database("reporting", &reporting::SCHEMA).await;
    let setting = Setting::of("reporting", database, &followed);
    let closings = reporting::Closings::in_folder(setting.folder());
    closings.create(OffsetDateTime::now_utc().date()).expect("closing keys");
    let further = format!("closings.keys = '{}'", closings.keys.path().display());
    setting.start(reporting::DEFAULTS, &further, reporting::start).await
}

/// How many of the figures that are asked for are not what the recount says.
async fn differing(stage: &Stage, ledger: &Ledger, heads: &[usize], days: (Date, Date)) -> usize {
    let mut line = FigureServiceClient::new(stage.line("national", "en"));
    let middle = days.0 + (days.1 - days.0) / 2;
    let mut differing = 0;
    for as_of in [None, Some(days.1)] {
        let view = ledger.view(as_of);
        for head in heads {
            for (from, through) in [days, (days.0, middle), (middle, days.1)] {
                let told = figures(&mut line, ledger.id(*head), (from, through), as_of).await;
                let question = Question { head: *head, from, through };
                for (code, value) in CODES.iter().zip(told) {
                    differing += usize::from(view.figure(code, question) != Some(value));
                }
            }
        }
    }
    differing
}

async fn figures(
    line: &mut FigureServiceClient<Spoken>,
    head: Uuid,
    (from, through): (Date, Date),
    as_of: Option<Date>,
) -> Vec<i64> {
    let request = QueryFiguresRequest {
        indicators: CODES.map(str::to_owned).to_vec(),
        organisation_id: head.to_string(),
        period: period(from, through),
        tree: Some(Tree { as_of: as_of.and_then(on) }),
        ..QueryFiguresRequest::default()
    };
    let answer = line.query_figures(request).await.expect("counted").into_inner();
    answer.figures.iter().map(|figure| figure.value).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_says_something_wrongly_turns_the_comparison_red() {
    let world = World::start().await;
    let mut desk = Desk::begin(&world, SEED, 2).await;
    let begins = desk.begins();
    let span = (desk.today - begins).whole_days();
    for round in 1..=TRIES as i64 {
        desk.now = begins + Duration::days(span * round / TRIES as i64);
        for (kind, times) in ACTS {
            if desk.trace.done(kind) < times {
                desk.try_one(kind).await;
            }
        }
    }
    let missing: Vec<&str> = ACTS
        .into_iter()
        .filter(|(kind, times)| desk.trace.done(kind) < *times)
        .map(|(kind, _)| kind)
        .collect();
    assert!(missing.is_empty(), "these did not happen: {missing:?}\n{}", desk.trace.outcomes());
    world.settled().await;
    let ledger = Ledger::read(&world).await;
    let told = Feeds::read(&world).await;
    let heads = ledger.heads();
    let days = (OPENED_ON, desk.today + Duration::days(400));

    let right = reporting(&world, told.clone()).await;
    assert_eq!(differing(&right, &ledger, &heads, days).await, 0, "told as it was");
    right.stop().await;

    let mutants: [(&str, Mutant); 4] = [
        ("ignores a kind", ignores_a_kind),
        ("applies one twice", applies_one_twice),
        ("forgets grandchildren on a merge", forgets_grandchildren),
        ("reads an edge a day late", reads_an_edge_a_day_late),
    ];
    for (name, mutant) in mutants {
        let mut wrongly = told.clone();
        let changed = mutant(&mut wrongly);
        assert!(changed > 0, "there is nothing that {name} could change");
        let stage = reporting(&world, wrongly).await;
        let found = differing(&stage, &ledger, &heads, days).await;
        println!("{name}: {changed} changes, {found} figures differ");
        assert!(found > 0, "{name}, and nobody sees it");
        stage.stop().await;
    }
}
