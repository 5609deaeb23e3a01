//! One trace covers a client, the gateway, a service and its statements; and what follows from
//! it elsewhere is linked to it.

use std::collections::BTreeMap;

use chassis::refusal::testing::hear;
use fake_opentelemetry_collector::ExportedSpan;
use opentelemetry::trace::{
    Span as _, SpanKind, TraceContextExt, Tracer as _, TracerProvider as _,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::trace::SdkTracerProvider;
use proto::membership::v1::AdmitMembersResponse;
use proto::reporting::v1::{ExplainFigureRequest, ExplainFigureResponse};
use stage::line::Line;
use stage::made_up::{people, period};
use system::Client;
use tests::child::{Collector, System};
use tests::world::{ADMINISTRATOR, OPENED_ON, Unit, admission, line, load_messages};
use time::macros::date;

const ADMIT: &str = "congdoan.membership.v1.MembershipService/AdmitMembers";
const EXPLAIN: &str = "congdoan.reporting.v1.FigureService/ExplainFigure";

/// A client that traces its own calls, as anybody's would.
struct Traced {
    provider: SdkTracerProvider,
}

impl Traced {
    fn telling(collector: &str) -> Self {
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(collector).build();
        let exporter = exporter.expect("an exporter");
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
        Self { provider }
    }

    /// Begins a span; answers it with its W3C context.
    fn begin(&self, name: &'static str) -> (opentelemetry::Context, String, String) {
        let tracer = self.provider.tracer("client");
        let span = tracer.span_builder(name).with_kind(SpanKind::Client).start(&tracer);
        let context = span.span_context().clone();
        let (trace, id) = (context.trace_id().to_string(), context.span_id().to_string());
        let traceparent = format!("00-{trace}-{id}-01");
        (opentelemetry::Context::new().with_span(span), trace, traceparent)
    }
}

/// From a span to the one that began it all.
fn up_from<'a>(
    span: &'a ExportedSpan,
    by_id: &BTreeMap<&str, &'a ExportedSpan>,
) -> Vec<&'a ExportedSpan> {
    std::iter::successors(Some(span), |span| by_id.get(span.parent_span_id.as_str()).copied())
        .collect()
}

fn says(span: &ExportedSpan, key: &str, value: &str) -> bool {
    span.attributes.get(key).is_some_and(|told| told.contains(&format!("\"{value}\"")))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_covers_client_gateway_service_and_statement_and_the_follower_links_to_it() {
    let collector = Collector::start().await;
    let system = System::start(env!("CARGO_BIN_EXE_congdoan-up"), &collector.endpoint).await;
    let running = &system.running;
    registry::bootstrap(&running.registry_owner_url, &running.issuer, ADMINISTRATOR)
        .await
        .expect("bootstrapped");
    let token = system::token::ask(&running.issuer, ADMINISTRATOR).await.expect("a token");
    let client = Client::connect(&running.gateway, &token).await.expect("connected").heard_by(hear);
    let lines = [line("T-01", "LDLD_TINH", "TLD"), line("CS-1", "CDCS", "T-01")];
    let messages = load_messages(stage::made_up::request_id(), &lines);
    let load = tokio_stream::iter(messages);
    client.organisations().load_organisations(load).await.expect("loaded");
    let find = proto::registry::v1::BatchGetOrganisationsRequest {
        codes: vec!["CS-1".to_owned()],
        ..Default::default()
    };
    let found = client.organisations().batch_get_organisations(find).await.expect("found");
    let found = found.into_inner().organisations.remove(0);
    let union = Unit { id: found.organisation_id, code: found.code };

    // One call, traced by its client.
    let traced = Traced::telling(&collector.endpoint);
    let (context, trace, traceparent) = traced.begin("a client admits");
    let line = Line::to(&running.gateway).await.bearing(&token);
    let line = line.with("congdoan-seen", client.seen().expect("something was seen"));
    let admit = admission(&union, date!(2020 - 05 - 01), people(2));
    let admitted = line.with("traceparent", &traceparent).send(ADMIT, &admit).await;
    let admitted = admitted.expect("admitted");
    context.span().end();
    assert_eq!(admitted.message::<AdmitMembersResponse>().members.len(), 2);

    // Whoever has seen it finds the trace behind the figure.
    let seen = admitted.metadata.get("congdoan-seen").expect("a token").to_str().expect("ASCII");
    let explain = ExplainFigureRequest {
        indicator: "MBR_ADMITTED".to_owned(),
        organisation_id: union.id.clone(),
        period: period(OPENED_ON, date!(2020 - 12 - 31)),
        ..ExplainFigureRequest::default()
    };
    let explained = line.with("congdoan-seen", seen).send(EXPLAIN, &explain).await;
    let explained: ExplainFigureResponse = explained.expect("explained").message();
    let change = &explained.units[0].changes[0];
    assert!(change.traceparent.contains(&trace), "{} in {change:?}", trace);

    tokio::task::spawn_blocking(move || traced.provider.shutdown())
        .await
        .expect("told")
        .expect("told");
    system.stop().await;
    let heard = collector.heard().await;

    let of_trace: Vec<&ExportedSpan> =
        heard.spans.iter().filter(|span| span.trace_id == trace).collect();
    let by_id: BTreeMap<&str, &ExportedSpan> =
        of_trace.iter().map(|span| (span.span_id.as_str(), *span)).collect();
    let statements: Vec<_> =
        of_trace.iter().filter(|span| says(span, "db.system.name", "postgresql")).collect();
    assert!(!statements.is_empty(), "no statement in {of_trace:#?}");
    let shape = |span: &ExportedSpan| {
        let mut service = ["gateway", "membership"].into_iter();
        let service = service.find(|service| says(span, "service", service));
        (span.kind.trim_start_matches("SPAN_KIND_").to_owned(), service)
    };
    for statement in statements {
        let way: Vec<_> = up_from(statement, &by_id).into_iter().map(shape).collect();
        let way: Vec<_> = way.iter().map(|(kind, service)| (kind.as_str(), *service)).collect();
        assert_eq!(
            way,
            [
                // The statement, in membership's call, called by the gateway, called by us.
                ("CLIENT", None),
                ("SERVER", Some("membership")),
                ("CLIENT", None),
                ("SERVER", Some("gateway")),
                ("CLIENT", None),
            ],
            "{statement:#?}"
        );
    }
    let client = of_trace.iter().find(|span| span.name == "a client admits").expect("ours");
    assert_eq!(client.parent_span_id, "");

    // Reporting's follower works in a trace of its own, which links to ours.
    let follows: Vec<&ExportedSpan> = heard
        .spans
        .iter()
        .filter(|span| span.links.iter().any(|link| link.trace_id == trace))
        .collect();
    let reporting = follows.iter().find(|span| says(span, "service", "reporting"));
    let reporting = reporting.unwrap_or_else(|| panic!("nothing links to it: {follows:#?}"));
    assert_ne!(reporting.trace_id, trace, "a link, never a continuation");
    let linked = &reporting.links[0].span_id;
    let origin = by_id.get(linked.as_str()).expect("it links to a span of the call");
    assert!(says(origin, "service", "membership"), "{origin:#?}");
    println!(
        "one trace of {} spans; reporting's span \"{}\" links to \"{}\"",
        of_trace.len(),
        reporting.name,
        origin.name
    );
}

const COMMIT: &str = "congdoan.registry.v1.PlanService/CommitPlan";

#[tokio::test(flavor = "multi_thread")]
async fn each_plan_is_done_in_a_trace_of_its_own_that_links_to_the_call_that_asked_for_it() {
    let collector = Collector::start().await;
    let system = System::start(env!("CARGO_BIN_EXE_congdoan-up"), &collector.endpoint).await;
    let running = &system.running;
    let top = registry::bootstrap(&running.registry_owner_url, &running.issuer, ADMINISTRATOR)
        .await
        .expect("bootstrapped");
    let token = system::token::ask(&running.issuer, ADMINISTRATOR).await.expect("a token");
    let client = Client::connect(&running.gateway, &token).await.expect("connected").heard_by(hear);
    let lines = [
        line("T-01", "LDLD_TINH", "TLD"),
        line("CS-1", "CDCS", "T-01"),
        line("CS-2", "CDCS", "T-01"),
    ];
    let messages = load_messages(stage::made_up::request_id(), &lines);
    client.organisations().load_organisations(tokio_stream::iter(messages)).await.expect("loaded");
    let find = proto::registry::v1::BatchGetOrganisationsRequest {
        codes: vec!["CS-1".to_owned(), "CS-2".to_owned()],
        ..Default::default()
    };
    let found = client.organisations().batch_get_organisations(find).await.expect("found");
    let unions = found.into_inner().organisations;

    let traced = Traced::telling(&collector.endpoint);
    let (mut asked, mut done) = (Vec::new(), Vec::new());
    for (union, number) in unions.iter().zip(["1/QĐ-TLĐ", "2/QĐ-TLĐ"]) {
        let unit = Unit { id: union.organisation_id.clone(), code: union.code.clone() };
        let admit = admission(&unit, date!(2020 - 05 - 01), people(2));
        client.memberships().admit_members(admit).await.expect("admitted");
        let on = date!(2024 - 07 - 01);
        let create = proto::registry::v1::CreatePlanRequest {
            request_id: stage::made_up::request_id(),
            organisation_id: top.to_string(),
            name: "Sắp xếp".to_owned(),
            basis: Some(proto::registry::v1::Basis {
                basis: Some(proto::registry::v1::basis::Basis::NewDecision(
                    proto::registry::v1::NewDecision {
                        issuer_id: top.to_string(),
                        number: number.to_owned(),
                        issued_on: stage::made_up::on(on),
                        effective_on: stage::made_up::on(on),
                        ..Default::default()
                    },
                )),
            }),
            ..Default::default()
        };
        let created = client.plans().create_plan(create).await.expect("created").into_inner();
        let plan_id = created.plan_id.parse().expect("an id");
        let step = proto::registry::v1::PlanStep {
            line: 1,
            kind: proto::registry::v1::plan_step::Kind::End.into(),
            unit: union.code.clone(),
            end_kind: proto::registry::v1::EndKind::Dissolved.into(),
            members_outcome: proto::registry::v1::MembersOutcome::MembershipEnds.into(),
            ..Default::default()
        };
        congdoan::plan::send(&client, plan_id, vec![step]).await.expect("added");
        congdoan::plan::dry_run(&client, plan_id).await.expect("tried");

        let (context, trace, traceparent) = traced.begin("a client commits");
        let commit = proto::registry::v1::CommitPlanRequest {
            request_id: stage::made_up::request_id(),
            validate_only: false,
            plan_id: plan_id.to_string(),
        };
        let line = Line::to(&running.gateway).await.bearing(&token);
        let line = line.with("congdoan-seen", client.seen().expect("something was seen"));
        let begun = line.with("traceparent", &traceparent).send(COMMIT, &commit).await;
        let begun: proto::registry::v1::CommitPlanResponse = begun.expect("begun").message();
        context.span().end();
        asked.push(trace);
        let name = begun.operation.expect("an operation").name;
        loop {
            let wait =
                proto::registry::v1::WaitOperationRequest { name: name.clone(), timeout_ms: 1_000 };
            let waited = client.operations().wait_operation(wait).await.expect("waited");
            if waited.into_inner().operation.is_some_and(|operation| operation.done) {
                break;
            }
        }
        // Every member's exit leads to the act, its decision and its trace.
        let behind = loop {
            let explain = ExplainFigureRequest {
                indicator: "MBR_EXITED".to_owned(),
                organisation_id: union.organisation_id.clone(),
                period: period(OPENED_ON, date!(2024 - 12 - 31)),
                ..ExplainFigureRequest::default()
            };
            let explained = client.figures().explain_figure(explain).await.expect("explained");
            let explained = explained.into_inner();
            let told = explained.figure.and_then(|figure| figure.completeness).expect("told");
            if told.complete {
                break explained.units[0].changes[0].clone();
            }
        };
        assert_eq!(behind.decision_number, number);
        let because = behind.because.expect("an act of registry");
        assert_eq!(because.kind, "registry.organisations_ended");
        done.push(because.traceparent);
    }
    assert_ne!(done[0], done[1], "each plan in a trace of its own");

    tokio::task::spawn_blocking(move || traced.provider.shutdown())
        .await
        .expect("told")
        .expect("told");
    system.stop().await;
    let heard = collector.heard().await;
    for (asked, done) in asked.iter().zip(&done) {
        let trace = done.split('-').nth(1).expect("a trace");
        assert_ne!(asked, trace, "a link, never a continuation");
        let attempt = heard
            .spans
            .iter()
            .find(|span| span.trace_id == trace && span.name == "attempt operation");
        let attempt = attempt.unwrap_or_else(|| panic!("no attempt in {trace}"));
        assert!(attempt.links.iter().any(|link| link.trace_id == *asked), "{attempt:#?}");
    }
}
