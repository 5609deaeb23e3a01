//! A database of the last release becomes one of today, and everything goes on.

use std::collections::{BTreeMap, BTreeSet};

use chassis::access::token::{GATEWAY, Signer};
use chassis::call::Caller;
use chassis::cluster::testing;
use chassis::refusal::testing::hear;
use prost::Message;
use proto::registry::v1::{LoadOrganisationsRequest, MakeGrantRequest, MakeGrantResponse};
use serde_json::{Value as Json, json};
use sqlx::PgPool;
use stage::line::Line;
use stage::made_up::{people, request_id};
use system::Client;
use system::{Data, OWNERS, Options, System, schema};
use tests::feeds;
use tests::release::{self, Notes};
use tests::world::{Unit, admission, line, load_messages};
use time::macros::date;

use crate::stored::{catalogue, restored};

const WHO: &str = "whoever upgrades";

/// What is counted otherwise since: the indicator, what of it, and why.
const COUNTED_OTHERWISE: [(&str, &[&str], &str); 4] = [
    (
        "DISS_PERSON",
        &["denominator"],
        "it was raised to what had been reported, so that 100 % was never passed",
    ),
    ("RATING_RATED", COUNTS, NOT_ELIGIBLE),
    ("RATING_GOOD", COUNTS, NOT_ELIGIBLE),
    ("RATING_STRONG", COUNTS, NOT_ELIGIBLE),
];
const COUNTS: &[&str] = &["value", "numerator", "denominator", "lines"];
const NOT_ELIGIBLE: &str = "ratings of unions that were not eligible were counted";

/// What was answered then, but for what is counted otherwise.
fn still_so(answer: &Json) -> Json {
    let mut then = answer.clone();
    let figures = then.get_mut("figures").and_then(Json::as_array_mut);
    for figure in figures.into_iter().flatten() {
        for (indicator, fields, _) in &COUNTED_OTHERWISE {
            if figure["indicator"] == *indicator {
                release::leave_out(figure, fields);
            }
        }
    }
    then
}

fn notes() -> Notes {
    serde_json::from_slice(&release::read("notes.json.gz")).expect("notes")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_last_release_left_answers_the_same_and_goes_on() {
    let notes = notes();
    assert!(notes.notes.len() > 30, "{} answers were noted", notes.notes.len());
    let options = Options { data: Data::Given(restored().await), ..Options::ephemeral() };
    let system = System::start(options).await.expect("today's system starts on it");
    let mut pools = BTreeMap::new();
    for service in OWNERS {
        let url = &system.database(service).expect("a database").owner_url;
        pools.insert(service, PgPool::connect(url).await.expect("connected"));
    }
    granted(&system, &notes).await;
    // The gateway did not pass the grants on, and waits for nobody to know them.
    feeds::followed(&pools).await;

    let token = system.issuer().token(WHO).expect("signed");
    let mut found = Vec::new();
    for note in &notes.notes {
        let answer = release::ask(&system.gateway(), &token, &note.path, &note.body).await;
        let differ = release::differences(&still_so(&note.answer), &answer, "answer");
        if !differ.is_empty() {
            found.push(format!("{} {}: {}", note.path, note.body, differ.join("; ")));
        }
    }
    assert!(found.is_empty(), "answered otherwise than then:\n{}", found.join("\n"));

    // What happens today reaches everybody.
    let members = || async {
        let body = json!({
            "indicators": ["MBR_STOCK"], "organisationId": &notes.confederation,
            "period": { "fromOn": { "year": 2024, "month": 1, "day": 1 },
                        "throughOn": { "year": 2024, "month": 6, "day": 30 } },
        });
        let answer = release::ask(&system.gateway(), &token, "/v1/figures:query", &body).await;
        let value = answer["figures"][0]["value"].as_str().expect("a value").to_owned();
        value.parse::<i64>().expect("a number")
    };
    let before = members().await;
    let client =
        Client::connect(&system.gateway(), &token).await.expect("connected").heard_by(hear);
    let mut union = line("AFTER-THE-RELEASE", "CDCS", &notes.province_code);
    union.founded_on = stage::made_up::on(date!(2024 - 02 - 01));
    let messages: Vec<LoadOrganisationsRequest> = load_messages(request_id(), &[union]);
    let mut organisations = client.organisations();
    organisations.load_organisations(tokio_stream::iter(messages)).await.expect("loaded");
    let request = proto::registry::v1::BatchGetOrganisationsRequest {
        codes: vec!["AFTER-THE-RELEASE".to_owned()],
        ..Default::default()
    };
    let loaded = organisations.batch_get_organisations(request).await.expect("found");
    let loaded = loaded.into_inner().organisations.remove(0);
    let union = Unit { id: loaded.organisation_id, code: loaded.code };
    let admitted = admission(&union, date!(2024 - 03 - 01), people(3));
    client.memberships().admit_members(admitted).await.expect("admitted");
    feeds::followed(&pools).await;
    assert_eq!(members().await, before + 3);
    system.stop().await.expect("stopped");
}

/// The issuer of then is gone: in the name of whoever administered then, somebody of today is
/// granted the same.
async fn granted(system: &System, notes: &Notes) {
    let signer = Signer::from_pem_file(GATEWAY, &system.keys().private(GATEWAY)).expect("a key");
    let caller = Caller {
        issuer: notes.issuer.clone(),
        subject: notes.subject.clone(),
        ..Caller::system("then")
    };
    let token = signer.for_user("registry", &caller).expect("signed");
    let registry = Line::to(&system.uri("registry")).await.bearing(&token);
    // Registry knows nobody's method but by what it is told to check.
    for role in ["ADMINISTRATOR", "PARTY_OFFICER"] {
        let grant = MakeGrantRequest {
            request_id: request_id(),
            issuer: system.issuer().issuer().to_owned(),
            subject: WHO.to_owned(),
            role: role.to_owned(),
            organisation_id: notes.confederation.clone(),
            ..MakeGrantRequest::default()
        };
        let made = registry.send("congdoan.registry.v1.GrantService/MakeGrant", &grant).await;
        let made: MakeGrantResponse = made.expect("granted").message();
        assert!(!made.encode_to_vec().is_empty());
    }
}

#[tokio::test]
async fn an_upgraded_database_is_what_a_fresh_one_is() {
    let databases = restored().await;
    for (service, database) in &databases {
        let schema = schema(service).expect("a schema");
        let before = catalogue(&database.owner_url).await;
        chassis::database::migrate(&database.owner_url, schema).await.expect("migrated");
        let upgraded = catalogue(&database.owner_url).await;
        let fresh = testing::database(service, schema).await;
        let fresh = catalogue(&fresh.owner_url).await;
        assert!(upgraded.len() > 100, "{service} has {} parts", upgraded.len());
        let names: BTreeSet<&String> = upgraded.keys().chain(fresh.keys()).collect();
        let differ: Vec<String> = names
            .into_iter()
            .filter(|name| upgraded.get(*name) != fresh.get(*name))
            .map(|name| format!("{name}: {:?} and {:?}", upgraded.get(name), fresh.get(name)))
            .collect();
        assert!(differ.is_empty(), "{service}, upgraded and fresh:\n{}", differ.join("\n"));

        // Whoever of the last release still runs writes no column that it does not know.
        let tables: BTreeSet<&str> = before.keys().filter_map(|name| table_of(name)).collect();
        let demanded: Vec<&String> = upgraded
            .iter()
            .filter(|(name, _)| !before.contains_key(*name))
            .filter(|(name, _)| table_of(name).is_some_and(|table| tables.contains(table)))
            .filter(|(_, definition)| {
                definition.contains(" not null") && !definition.contains(" default ")
            })
            .map(|(name, _)| name)
            .collect();
        assert!(demanded.is_empty(), "{service}: the last release does not write {demanded:?}");
    }
}

/// `public.organisation` of `column public.organisation.organisation_id`.
fn table_of(name: &str) -> Option<&str> {
    name.strip_prefix("column ")?.rsplit_once('.').map(|(table, _)| table)
}

#[test]
fn what_was_noted_is_worth_comparing() {
    let counted: i64 = notes()
        .notes
        .iter()
        .filter(|note| note.path == "/v1/figures:query")
        .flat_map(|note| note.answer["figures"].as_array().cloned().unwrap_or_default())
        .filter(|figure| figure["value"].as_str().is_some_and(|value| value != "0"))
        .count()
        .try_into()
        .expect("few");
    assert!(counted > 100, "only {counted} figures are not 0");
}
