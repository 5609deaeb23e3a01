//! What a collector hears of one call: its spans, its measures, its log lines, and no value.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::routing::post_service;
use chassis::access::token::{GATEWAY, Signer};
use chassis::access::{self, FEED_WATCH, PUBLIC};
use chassis::call::Caller;
use chassis::cluster::testing::VARIABLE;
use chassis::serve::{Service, channel};
use fake_opentelemetry_collector::FakeCollectorServer;
use http::uri::PathAndQuery;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

/// What a statement is run with, and what must not be told to anybody.
const SECRET: &str = "999000000001";

#[derive(serde::Deserialize)]
struct Config {
    serve: chassis::serve::Config,
    telemetry: chassis::telemetry::Config,
    database: chassis::database::Config,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_of_a_call_and_of_its_statements_but_of_no_value() {
    let mut collector = FakeCollectorServer::start().await.expect("a collector");
    let keys = tempfile::tempdir().expect("a folder");
    let gateway = Signer::generate(GATEWAY).expect("a key");
    std::fs::write(keys.path().join("gateway"), gateway.public_pem()).expect("written");
    let toml = format!(
        "[serve.signers]\ngateway = {:?}\n[telemetry]\nfilter = 'trace'\nendpoint = {:?}\n\
         [database]\nurl = {:?}",
        keys.path().join("gateway"),
        collector.endpoint(),
        // Nothing is written: any database will do.
        std::env::var(VARIABLE).expect("a cluster: see chassis::cluster::testing"),
    );
    let config: Config =
        chassis::config::with("[serve]\n[telemetry]\n[database]", &toml).expect("understood");
    let telemetry = chassis::telemetry::start(&config.telemetry, "registry").expect("started");
    let again = chassis::telemetry::start(&config.telemetry, "membership").expect("started again");

    let pool = chassis::database::pool(&config.database, "registry").await.expect("connected");
    let read = service_fn(move |request: Request<String>| {
        let pool = pool.clone();
        async move {
            let read: String = sqlx::query_scalar("select upper($1::text) as name")
                .bind(request.get_ref())
                .fetch_one(&pool)
                .await
                .map_err(|_| Status::internal("internal error"))?;
            // A refusal of PostgreSQL's, which quotes the value.
            let refused = sqlx::query("select $1::text::date").bind(&read).execute(&pool).await;
            tracing::info!(refused = refused.is_err(), "the handler has read");
            Ok::<_, Status>(Response::new(read))
        }
    });
    let handler = service_fn(move |request: http::Request<axum::body::Body>| {
        let read = read.clone();
        async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, String>::default());
            Ok::<_, Infallible>(grpc.unary(read, request).await)
        }
    });
    let declared = access::declared()
        .values()
        .filter(|declared| ![PUBLIC, FEED_WATCH].contains(&&*declared.method.permission))
        .min_by_key(|declared| declared.method.rpc.clone())
        .expect("a method");
    let path: &'static str = &declared.method.rpc;
    let running = Service::new("registry", &config.serve)
        .http(Router::new().route(path, post_service(handler)))
        .start()
        .await
        .expect("started");

    let an = Caller { issuer: "https://issuer.example".to_string(), ..Caller::system("an") };
    let mut request = Request::new(SECRET.to_string());
    let token = gateway.for_user("registry", &an).expect("signed");
    let bearer = format!("Bearer {token}").parse().expect("ascii");
    request.metadata_mut().insert("authorization", bearer);
    let mut client = tonic::client::Grpc::new(channel(&running.uri()).expect("an address"));
    client.ready().await.expect("ready");
    let codec = ProstCodec::<String, String>::default();
    let answer = client.unary(request, PathAndQuery::from_static(path), codec).await;
    assert_eq!(answer.expect("answered").into_inner(), SECRET);
    running.stop().await.expect("stopped");
    drop(again);
    tokio::task::spawn_blocking(move || drop(telemetry)).await.expect("flushed");

    let spans = collector.exported_spans(4, Duration::from_secs(10)).await;
    let name = path.trim_start_matches('/');
    let of_kind = |kind: &str| {
        spans
            .iter()
            .find(|span| span.name == name && span.kind == kind)
            .unwrap_or_else(|| panic!("no span {name} of {kind} in {spans:#?}"))
    };
    let (client, server) = (of_kind("SPAN_KIND_CLIENT"), of_kind("SPAN_KIND_SERVER"));
    assert_eq!(server.trace_id, client.trace_id);
    assert_eq!(server.parent_span_id, client.span_id);
    let statement = spans.iter().find(|span| span.name == "select upper").expect("a statement");
    assert_eq!(statement.parent_span_id, server.span_id);
    assert_eq!(
        server.attributes.get("rpc.response.status_code").map(String::as_str),
        Some("Some(AnyValue { value: Some(StringValue(\"OK\")) })"),
    );

    let logs = collector.exported_logs(1, Duration::from_secs(10)).await;
    // Every library's lines are exported too (one says `framed_read`): only this line is ours.
    let line = "the handler has read";
    let read = logs.iter().find(|log| log.body.as_deref().is_some_and(|body| body.contains(line)));
    assert_eq!(read.expect("the handler's line").trace_id, server.trace_id);

    let metrics = collector.exported_metrics(1, Duration::from_secs(10)).await;
    let measured = format!("{metrics:?}");
    for instrument in ["rpc.server.requests", "rpc.server.call.duration", "rpc.server.active"] {
        assert!(measured.contains(instrument), "{instrument} is not in {measured}");
    }

    for told in [format!("{spans:?}"), format!("{logs:?}"), measured] {
        assert!(!told.contains(SECRET), "a value is told: {told}");
        assert!(!told.contains("issuer.example"), "who calls is told: {told}");
    }
}
