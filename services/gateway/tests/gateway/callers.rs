//! Who is let in.

use std::time::{SystemTime, UNIX_EPOCH};

use gateway::edge::development_issuer::DevelopmentIssuer;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use serde_json::{Value as Json, json};
use tonic::Code;
use tonic::service::interceptor::InterceptedService;
use tonic_types::StatusExt;

use super::passed_through::{GET, asking, knows_organisations};
use super::world::{Bearer, World, settings};

/// How the gateway answers this token: nothing, or code and cause.
async fn refused(world: &World, token: &str) -> Option<(Code, String)> {
    let channel = InterceptedService::new(world.channel().await, Bearer(token.to_string()));
    let mut client = OrganisationServiceClient::new(channel);
    let status = client.get_organisation(asking("7")).await.err()?;
    let info = status.get_details_error_info().expect("a reason");
    assert_eq!(info.reason, "ACCESS_TOKEN_INVALID");
    assert!(status.get_details_localized_message().is_some());
    Some((status.code(), info.metadata["cause"].clone()))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A token that the issuer's key signs, with claims of our own.
fn forged(folder: &std::path::Path, kid: &str, claims: &Json) -> String {
    let key = EncodingKey::from_ec_der(&std::fs::read(folder.join("key.pk8")).expect("read"));
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid.to_string());
    jsonwebtoken::encode(&header, claims, &key).expect("signed")
}

#[tokio::test]
async fn only_a_whole_and_timely_token_of_a_known_issuer_lets_in() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let jwks = world.issuer.configuration().keys;
    let folder = jwks.parent().expect("a folder");
    let set: Json = serde_json::from_slice(&std::fs::read(&jwks).unwrap()).unwrap();
    let kid = set["keys"][0]["kid"].as_str().expect("named");
    let good = json!({
        "iss": world.issuer.issuer(), "sub": "an", "aud": "congdoan",
        "nbf": now(), "exp": now() + 60,
    });
    assert_eq!(refused(&world, &forged(folder, kid, &good)).await, None);

    for (claim, value, cause) in [
        ("iss", json!("https://elsewhere.example"), "issuer"),
        ("aud", json!("another"), "audience"),
        ("exp", json!(now() - 60), "expired"),
        ("nbf", json!(now() + 600), "not_yet_valid"),
        ("sub", Json::Null, "malformed"),
        ("sub", json!(""), "subject"),
        ("nbf", Json::Null, "claim_missing"),
        ("exp", Json::Null, "claim_missing"),
        ("aud", Json::Null, "claim_missing"),
    ] {
        let mut claims = good.clone();
        match value {
            Json::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
            value => claims[claim] = value,
        }
        let answer = refused(&world, &forged(folder, kid, &claims)).await;
        let expected = (Code::Unauthenticated, cause.to_string());
        assert_eq!(answer, Some(expected), "{claim} {}", claims[claim]);
    }
    assert!(world.registry.calls(GET).len() == 1, "a refused call was forwarded");
}

#[tokio::test]
async fn a_token_does_not_choose_by_what_it_is_verified() {
    let world = World::start().await;
    let claims = json!({
        "iss": world.issuer.issuer(), "sub": "an", "aud": "congdoan",
        "nbf": now(), "exp": now() + 60,
    });
    let unsigned = {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let part = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
        format!("{}.{}.", part(json!({"alg": "none", "typ": "JWT"})), part(claims.clone()))
    };
    let secret = EncodingKey::from_secret(world.issuer.issuer().as_bytes());
    let shared = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap();
    let cause = |answer: Option<(Code, String)>| answer.expect("refused").1;
    assert_eq!(cause(refused(&world, &unsigned).await), "malformed");
    assert_eq!(cause(refused(&world, &shared).await), "algorithm");
    assert_eq!(cause(refused(&world, "no token").await), "malformed");

    let another_folder = tempfile::tempdir().unwrap();
    let another = DevelopmentIssuer::start(another_folder.path(), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let impostor = forged(another_folder.path(), "development-another", &claims);
    assert_eq!(cause(refused(&world, &impostor).await), "key");
    another.stop().await;
}

#[tokio::test]
async fn a_purpose_that_is_no_short_text_is_refused() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let mut client = OrganisationServiceClient::new(world.an().await);
    for (length, passes) in [(200, true), (201, false)] {
        let mut request = tonic::Request::new(asking("7"));
        request.metadata_mut().insert("congdoan-purpose", "x".repeat(length).parse().unwrap());
        let answer = client.get_organisation(request).await;
        assert_eq!(answer.is_ok(), passes, "{length}");
        if let Err(status) = answer {
            let info = status.get_details_error_info().expect("a reason");
            assert_eq!(info.reason, "HEADER_MALFORMED");
            assert_eq!(info.metadata["header"], "congdoan-purpose");
        }
    }
}

#[tokio::test]
async fn a_call_without_a_token_is_refused_in_the_callers_language() {
    let world = World::start().await;
    let mut client = OrganisationServiceClient::new(world.channel().await);
    for (language, word) in [("vi", "Yêu cầu"), ("en-US,en;q=0.9", "the call")] {
        let mut request = tonic::Request::new(asking("7"));
        request.metadata_mut().insert("accept-language", language.parse().unwrap());
        let status = client.get_organisation(request).await.expect_err("refused");
        assert_eq!(status.code(), Code::Unauthenticated);
        let text = status.get_details_localized_message().expect("a text").message;
        assert!(text.starts_with(word), "{text}");
    }
}

#[tokio::test]
async fn the_development_issuer_gives_tokens_over_http_and_keeps_its_key_and_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let first = DevelopmentIssuer::start(folder.path(), anywhere).await.unwrap();
    let (name, keys) = (first.issuer().to_string(), first.configuration().keys);
    let published = std::fs::read_to_string(&keys).unwrap();
    first.stop().await;
    let second = DevelopmentIssuer::start(folder.path(), anywhere).await.unwrap();
    assert_eq!(second.issuer(), name);
    assert_eq!(std::fs::read_to_string(&keys).unwrap(), published);
    assert!(DevelopmentIssuer::start(folder.path(), "0.0.0.0:0".parse().unwrap()).await.is_err());
}

#[tokio::test]
async fn with_the_development_issuer_the_gateway_listens_on_loopback_only() {
    let world = World::start().await;
    let behind = [&world.registry, &world.membership, &world.reporting];
    let settings = settings(&world.keys, &world.issuer, behind, "")
        .replace("serve.address = '127.0.0.1:0'", "serve.address = '0.0.0.0:0'");
    // Also when the configuration keeps silent about what kind of issuer it is.
    for settings in [settings.clone(), settings.replace("development = true", "")] {
        let config = chassis::config::with(gateway::DEFAULTS, &settings).expect("understood");
        let error = gateway::start(config).await.expect_err("refused");
        assert!(error.to_string().contains("loopback"), "{error:#}");
    }
}

#[tokio::test]
async fn a_key_that_was_taken_out_is_refused_soon_after_and_a_new_one_is_believed() {
    let world = World::start_with("issuer_keys_ms = 20").await;
    knows_organisations(&world.registry);
    let keys = world.issuer.configuration().keys;
    let published = std::fs::read_to_string(&keys).unwrap();
    let token = world.token();
    assert_eq!(refused(&world, &token).await, None);
    let another_folder = tempfile::tempdir().unwrap();
    let another = DevelopmentIssuer::start(another_folder.path(), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let others = std::fs::read_to_string(another.configuration().keys).unwrap();
    another.stop().await;
    // Neither another key nor none at all is a reason to believe the old one on.
    for now in [others.as_str(), r#"{"keys": []}"#] {
        std::fs::write(&keys, now).unwrap();
        let began = std::time::Instant::now();
        let answer = loop {
            let answer = refused(&world, &token).await;
            if answer.is_some() || began.elapsed() > std::time::Duration::from_secs(10) {
                break answer;
            }
        };
        assert_eq!(answer, Some((Code::Unauthenticated, "key".to_string())), "{now}");
        std::fs::write(&keys, &published).unwrap();
        let began = std::time::Instant::now();
        while refused(&world, &token).await.is_some() {
            assert!(began.elapsed() < std::time::Duration::from_secs(10), "never believed again");
        }
    }
}
