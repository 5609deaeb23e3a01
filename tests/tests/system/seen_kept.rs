//! A command knows what the commands before it have seen, and prints no figure as if it were
//! complete that is not.

use std::path::Path;

use clap::Parser;
use congdoan::cli::{Cli, Command};
use congdoan::report::Printed;
use congdoan::{kept::Kept, plan, report};
use proto::registry::v1::plan_step::Kind;
use proto::registry::v1::{CreatePlanRequest, EndKind, MembersOutcome, PlanStep};
use proto::reporting::v1::{Completeness, QueryFiguresRequest};
use stage::made_up::{basis, people, period, request_id};
use tests::world::{OPENED_ON, World, admission};
use time::Date;
use time::macros::date;
use uuid::Uuid;

const ENDED: Date = date!(2025 - 07 - 01);

/// What is typed, to a gateway, with a data directory.
fn typed(world: &World, data: &Path, words: &[&str]) -> Command {
    let (gateway, token) = (world.system.gateway(), world.token(tests::world::ADMINISTRATOR));
    let to = ["--gateway", &gateway, "--token", &token, "--data", data.to_str().expect("UTF-8")];
    let words = ["congdoan"].into_iter().chain(words.iter().copied()).chain(to);
    Cli::try_parse_from(words).expect("understood").command
}

async fn reported(command: Command) -> Printed {
    let Command::Report(asked) = command else { panic!("no report") };
    report::run(asked).await.expect("printed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_waits_for_what_was_seen_and_says_what_is_not_complete() {
    let world = World::start().await;
    let district = world.district("KEPT").await;
    let unions = world.unions(&district, 3).await;
    for union in &unions {
        world.admit(union, date!(2019 - 01 - 01), people(4)).await;
    }
    world.settled().await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");

    let client = world.administrator();
    let create = CreatePlanRequest {
        request_id: request_id(),
        organisation_id: world.confederation.id.clone(),
        name: "Sắp xếp".to_owned(),
        basis: basis(ENDED),
        ..CreatePlanRequest::default()
    };
    let created = client.plans().create_plan(create).await.expect("created").into_inner();
    let plan_id = Uuid::parse_str(&created.plan_id).expect("an id");
    let steps = unions[..2].iter().zip(1..).map(|(union, line)| PlanStep {
        line,
        kind: Kind::End.into(),
        unit: union.code.clone(),
        end_kind: EndKind::Dissolved.into(),
        members_outcome: MembersOutcome::MembershipEnds.into(),
        ..PlanStep::default()
    });
    plan::send(&client, plan_id, steps.collect()).await.expect("added");
    plan::dry_run(&client, plan_id).await.expect("tried");

    let question = [
        "report",
        "TONG_HOP",
        "--organisation",
        "KEPT",
        "--from",
        "2025-01-01",
        "--to",
        "2025-12-31",
    ];
    let hasty: Vec<&str> = question.into_iter().chain(["--no-wait"]).collect();
    let kept = Kept::of(&data, &world.system.gateway());
    assert_eq!(kept.read(), None);

    // What a command before it has seen of membership, reporting does not know yet.
    let mut behind = world.pool("reporting").begin().await.expect("begun");
    sqlx::query("select from feed.follower where source = 'membership' for update")
        .execute(&mut *behind)
        .await
        .expect("held");
    let admits = world.administrator();
    let admitted = admission(&unions[2], date!(2025 - 02 - 01), people(1));
    admits.memberships().admit_members(admitted).await.expect("admitted");
    kept.keep(&admits.seen().expect("something was seen"));
    assert_eq!(reported(typed(&world, &data, &hasty)).await, Printed::Whole, "what there is");
    let waiting = tokio::spawn(reported(typed(&world, &data, &question)));
    for _ in 0..3 {
        assert_eq!(reported(typed(&world, &data, &hasty)).await, Printed::Whole);
    }
    assert!(!waiting.is_finished(), "it waits for what was seen");
    behind.rollback().await.expect("let go");
    assert_eq!(waiting.await.expect("printed"), Printed::Whole);

    // Membership does not get on, as if it had much to do.
    let mut held = world.pool("membership").begin().await.expect("begun");
    sqlx::query("select from feed.follower for update").execute(&mut *held).await.expect("held");
    let before = kept.read();
    let Command::Plan(commit) = typed(&world, &data, &["plan", "commit", &plan_id.to_string()])
    else {
        panic!("no plan")
    };
    plan::run(commit).await.expect("committed");
    assert_ne!(kept.read(), before, "the next command knows");
    let waiting = tokio::spawn(reported(typed(&world, &data, &question)));

    // Reporting follows: the ends are known, and what they mean for members is not.
    let told = async || -> Completeness {
        let asked = QueryFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            organisation_id: district.id.clone(),
            period: period(OPENED_ON, date!(2025 - 12 - 31)),
            ..QueryFiguresRequest::default()
        };
        let figures = client.figures().query_figures(asked).await.expect("counted").into_inner();
        figures.figures[0].completeness.expect("told")
    };
    while told().await.under_way < 2 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "it waits for what is under way");
    assert_eq!(reported(typed(&world, &data, &hasty)).await, Printed::Incomplete);
    held.rollback().await.expect("let go");
    assert_eq!(waiting.await.expect("printed"), Printed::Whole);
    let whole = told().await;
    assert_eq!((whole.complete, whole.covered, whole.expected), (true, 2, 2));

    // A token that another system gave is forgotten, and nothing is refused because of it.
    kept.keep("c29tZWJvZHkgZWxzZSdz");
    assert_eq!(reported(typed(&world, &data, &question)).await, Printed::Whole);
}
