//! Who may do what, where: tried on every method that the contracts have.
//!
//! [`desk`] builds two districts with the same things in them; [`trials`] says, for every
//! method, how an officer of a district uses it on these things. Each trial is made three
//! times: on the officer's own district, on the neighbour's, and, where a call names several
//! things, on a mixture.

mod desk;
mod happened;
mod in_motion;
mod papers;
mod quotas;
mod returns;
mod rounds;
mod trials;

use std::collections::BTreeSet;

use stage::line::Line;
use stage::refused::Refused;
use tests::posted::contracts;
use tests::rows::differences;
use tests::world::World;
use tonic::Code;

use desk::{Desk, ROLES, desk};
use trials::{Kind, Trial, trials};

const PERMISSION: &str = "congdoan.access.v1.permission";

/// Every method of our contracts, with the permission that it declares.
fn methods() -> Vec<(String, Option<String>)> {
    let pool = contracts();
    let permission = pool.get_extension_by_name(PERMISSION).expect("the option");
    let ours = |name: &str| name.starts_with("congdoan.");
    let services = pool.services().filter(|service| ours(service.full_name()));
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|method| {
            let name = format!("{}/{}", method.parent_service().full_name(), method.name());
            let options = method.options();
            let declared = options.has_extension(&permission).then(|| {
                options.get_extension(&permission).as_str().unwrap_or_default().to_owned()
            });
            (name, declared)
        })
        .collect()
}

#[test]
fn every_method_declares_its_permission_and_is_tried_here() {
    let methods = methods();
    assert!(methods.len() > 50, "only {} methods were found", methods.len());
    for (name, permission) in &methods {
        let permission = permission.as_deref().unwrap_or_default();
        let parts = permission.split('.').collect::<Vec<_>>();
        let well_formed = match parts.as_slice() {
            ["public"] => true,
            ["feed", "watch"] => name.ends_with("/Watch"),
            [service, noun, verb] => {
                proto::services::OWNERS.contains(service) && !noun.is_empty() && !verb.is_empty()
            }
            _ => false,
        };
        assert!(well_formed, "{name} declares {permission:?}");
    }
    let declared: BTreeSet<&str> = methods.iter().map(|(name, _)| name.as_str()).collect();
    let tried: BTreeSet<&str> = trials().iter().map(|trial| trial.method).collect();
    let missing: Vec<_> = declared.difference(&tried).collect();
    assert!(missing.is_empty(), "no officer has tried {missing:?}");
    let unknown: Vec<_> = tried.difference(&declared).collect();
    assert!(unknown.is_empty(), "no contract has {unknown:?}");
}

/// Two districts, and on the first an officer who may do there whatever a role allows.
async fn two_districts(world: &World) -> (Desk, Desk, Line) {
    let (mut mine, theirs) = (desk(world, "Q-A").await, desk(world, "Q-B").await);
    for role in ROLES {
        world.grant("officer", role, &mine.district).await;
    }
    world.settled().await;
    // What is held on somebody is told to whoever asked.
    let told = papers::export(&mine.papers.person);
    let told = world.client("officer").protection().export_person(told).await.expect("told");
    mine.papers.export = told.into_inner().export_id;
    let line = world.line("officer").await;
    (mine, theirs, line)
}

async fn send(line: &Line, trial: &Trial, mine: &Desk, theirs: &Desk) -> Result<Vec<u8>, Refused> {
    let answer = line.call(trial.method, (trial.ask)(mine, theirs)).await;
    answer.map(|answer| answer.bytes.to_vec()).map_err(|status| Refused::of(&status))
}

/// What a refusal may say of something outside the caller's scope: that it is unknown.
fn is_out_of_scope(refused: &Refused) -> bool {
    let bad_lines = |refused: &Refused| {
        !refused.violations.is_empty()
            && refused.violations.iter().all(|(_, reason)| reason == "ORGANISATION_UNKNOWN")
    };
    match refused.code {
        Code::NotFound => refused.reason.ends_with("_UNKNOWN"),
        Code::PermissionDenied => refused.reason == "PERMISSION_DENIED",
        // A load names every superior that it may not load under, line by line.
        Code::InvalidArgument => refused.reason == "LINES_REFUSED" && bad_lines(refused),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_officer_reads_and_changes_her_own_subtree_and_nothing_else() {
    let world = World::start().await;
    let (mine, theirs, officer) = two_districts(&world).await;
    let before = world.rows().await;
    let mut wrong = Vec::new();

    // The neighbour's first: as long as nothing was allowed, nothing may have changed.
    for trial in trials().iter().filter(|trial| !matches!(trial.kind, Kind::Public)) {
        let answer = match trial.mixed {
            true => send(&officer, trial, &mine, &theirs).await,
            false => send(&officer, trial, &theirs, &mine).await,
        };
        match (answer, &trial.kind) {
            (Err(refused), Kind::ForServices) if refused.reason == "METHOD_UNKNOWN" => {}
            (Err(refused), Kind::Scoped | Kind::National) if is_out_of_scope(&refused) => {}
            (Ok(bytes), Kind::Filtered) => {
                let text = String::from_utf8_lossy(&bytes);
                if let Some(known) = theirs.ids().into_iter().find(|id| text.contains(*id)) {
                    wrong.push(format!("{} tells the officer of {known}", trial.method));
                }
            }
            (answer, _) => wrong.push(format!(
                "{}{} on another district: {answer:?}",
                trial.method,
                if trial.mixed { " (mixed)" } else { "" }
            )),
        }
    }
    let changed = differences(&before, &world.rows().await);
    assert!(changed.is_empty(), "a refused call changed {changed:?}; {wrong:#?}");

    // Then her own, where everything that was just refused is allowed.
    for trial in trials().iter().filter(|trial| !trial.mixed) {
        match (send(&officer, trial, &mine, &theirs).await, &trial.kind) {
            (Err(refused), Kind::ForServices) if refused.reason == "METHOD_UNKNOWN" => {}
            (Ok(_), Kind::Scoped | Kind::Filtered | Kind::Public) => {}
            (Err(refused), Kind::National) if is_out_of_scope(&refused) => {}
            (answer, _) => wrong.push(format!("{} on her own: {answer:?}", trial.method)),
        }
    }
    assert!(wrong.is_empty(), "{} of the trials went wrong: {wrong:#?}", wrong.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permissions_of_one_grant_never_apply_to_the_organisation_of_another() {
    let world = World::start().await;
    let (mine, theirs, officer) = two_districts(&world).await;
    // She administers one district and reads the other: that makes no administrator of it.
    world.grant("officer", "READER", &theirs.district).await;
    let before = world.rows().await;
    let mut wrong = Vec::new();
    for trial in trials().iter().filter(|trial| trial.writes) {
        let answer = match trial.mixed {
            true => send(&officer, trial, &mine, &theirs).await,
            false => send(&officer, trial, &theirs, &mine).await,
        };
        match answer {
            Err(refused) if is_out_of_scope(&refused) => {}
            answer => wrong.push(format!("{}: {answer:?}", trial.method)),
        }
    }
    let changed = differences(&before, &world.rows().await);
    assert!(changed.is_empty(), "a refused call changed {changed:?}; {wrong:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_valid_token_no_method_answers_and_nothing_changes() {
    let world = World::start().await;
    let (mine, theirs, _) = two_districts(&world).await;
    let before = world.rows().await;
    let bare = Line::to(&world.system.gateway()).await;
    let stranger = World::start().await;
    let callers = [
        ("absent", bare.clone()),
        ("expired", bare.bearing(&world.forged("officer", "congdoan", -7_200, -3_600))),
        ("not_yet_valid", bare.bearing(&world.forged("officer", "congdoan", 3_600, 7_200))),
        ("audience", bare.bearing(&world.forged("officer", "another", -60, 3_600))),
        ("issuer", bare.bearing(&stranger.token("officer"))),
        ("malformed", bare.bearing("not a token")),
    ];
    for trial in trials().iter().filter(|trial| !trial.mixed) {
        for (cause, line) in &callers {
            let refused = send(line, trial, &mine, &theirs).await.expect_err(trial.method);
            if matches!(trial.kind, Kind::ForServices) {
                assert_eq!(refused.reason, "METHOD_UNKNOWN", "{}", trial.method);
                continue;
            }
            assert_eq!(refused.code, Code::Unauthenticated, "{}: {refused:?}", trial.method);
            assert_eq!(refused.reason, "ACCESS_TOKEN_INVALID", "{}", trial.method);
            assert_eq!(refused.metadata["cause"], *cause, "{}", trial.method);
        }
    }
    // Nor does a service believe anybody but the gateway, also with a good access token.
    for trial in trials().iter().filter(|trial| !trial.mixed) {
        let owner = trial.method.split('.').nth(1).expect("a package");
        let owner = if owner == "feed" { "registry" } else { owner };
        if owner == "gateway" {
            continue;
        }
        let bare = Line::to(&world.system.uri(owner)).await;
        for line in [bare.clone(), bare.bearing(&world.token("officer"))] {
            let refused = send(&line, trial, &mine, &theirs).await.expect_err(trial.method);
            assert_eq!(refused.code, Code::Unauthenticated, "{}: {refused:?}", trial.method);
            assert_eq!(refused.reason, "INTERNAL_TOKEN_INVALID", "{}", trial.method);
        }
    }
    let changed = differences(&before, &world.rows().await);
    assert!(changed.is_empty(), "a refused call changed {changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_rules_the_next_call_and_its_end_the_one_after() {
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let newcomer = world.line("newcomer").await;
    let ask = proto::reporting::v1::GetBookRequest {
        organisation_id: district.id.clone(),
        period: stage::made_up::period(tests::world::OPENED_ON, tests::world::OPENED_ON),
        tree: None,
        known_at: None,
    };
    const METHOD: &str = "congdoan.reporting.v1.FigureService/GetBook";
    for _ in 0..20 {
        let refused = newcomer.send(METHOD, &ask).await.expect_err("no grant yet");
        assert_eq!(Refused::of(&refused).reason, "PERMISSION_DENIED");
        let grant_id = world.grant("newcomer", "READER", &district).await;
        // She carries no consistency token: the gateway knows what was acknowledged to others.
        newcomer.send(METHOD, &ask).await.expect("granted a moment ago");
        let end = proto::registry::v1::EndGrantRequest {
            request_id: stage::made_up::request_id(),
            grant_id,
            ..proto::registry::v1::EndGrantRequest::default()
        };
        world.administrator().grants().end_grant(end).await.expect("ended");
    }
}
