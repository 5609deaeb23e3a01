//! Membership: who belongs to which union from when to when, and what happens to people.
//!
//! Each contract has a room of its name: its `api` takes a call, parses it by its `wire` and
//! performs an act or a read, which has a file of its own. What several rooms stand on is the
//! [`ground`]: people are written down by the [roll](ground::roll), their numbers sealed and
//! found by the [keys](ground::keys). [`follow`] keeps this service's own copy of registry's
//! organisations, on which [organisation](ground::organisation) decides, and carries out the
//! [consequences](ground::consequence) of registry's acts.
//!
//! **Invariant:** a person has at most one membership on any day; every membership begins
//! and ends by a movement, and every movement is published in the transaction that makes it.

pub mod application;
pub mod cadre;
pub mod card;
pub mod consequence;
pub mod correction;
pub mod delegation;
pub mod discipline;
pub mod dispute_case;
pub mod duplicate;
pub mod emulation;
pub mod export;
pub mod follow;
pub mod ground;
pub mod honour;
pub mod identity;
pub mod import;
pub mod membership;
pub mod party;
pub mod profile;
pub mod protection;
pub mod standing;
pub mod timeline;
pub mod training;
pub mod transfer_offer;
pub mod welfare;

use std::sync::Arc;

use anyhow::Context;
use chassis::config::SecretFile;
use chassis::database::{self, today};
use chassis::seen;
use chassis::serve::{Running, Service};
use proto::membership::v1 as pb;
use serde::Deserialize;
use tonic::service::Routes;

use crate::export::worker::Worker;
use crate::follow::RegistryFollower;
use crate::ground::api::Api;
use crate::ground::card_keys::CardKeys;
use crate::ground::exporting::Exporting;
use crate::ground::keys::Keys;
use crate::ground::quota::Quota;

/// The documented defaults, compiled in.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The schema, as the owner of the database applies it.
pub static SCHEMA: database::Schema = database::Schema {
    migrations: &MIGRATIONS,
    functions: chassis::functions![
        "act_recorded_at",
        "card_life",
        "card_life_known",
        "covered_on",
        "erase_contact",
        "erase_persons",
        "held_on",
        "hold_people",
        "keep_id",
        "keep_past",
        "lay_under",
        "lock_people",
        "lock_people_alone",
        "lying_under",
        "members_named",
        "members_survive",
        "membership_apart",
        "organisations_held",
        "past_stays",
        "person_scope",
        "persons_in_scope",
        "recorded_anew",
        "reseal",
        "said_of",
        "sought_by_alias",
        "sought_by_all_names",
        "sought_by_new_name",
        "sought_where_lying",
        "sought_where_written",
        "taken_back_movement",
    ],
};

/// All that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file with the secret that seals tokens.
    pub seen_key: SecretFile,
    /// Where and within which limits it serves.
    pub serve: chassis::serve::Config,
    /// Traces, metrics and logs.
    pub telemetry: chassis::telemetry::Config,
    /// Its database.
    pub database: database::Config,
    /// Whose feeds it follows.
    pub feeds: Feeds,
    /// The keys of personal data.
    pub keys: crate::ground::keys::Config,
    /// The keys that sign member cards.
    pub cards: crate::ground::card_keys::Config,
    /// How many identity numbers somebody may ask about.
    pub identity: crate::ground::quota::Config,
    /// How files of members are taken in.
    pub imports: Imports,
    /// How members are written to files.
    pub exports: crate::ground::exporting::Config,
    /// How what registry's acts mean for members is carried out.
    pub consequences: Consequences,
}

/// How what registry's acts mean for members is carried out.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consequences {
    /// Members whom one transaction moves, at most; a larger union apart.
    pub members_at_a_time: u32,
}

/// How files of members are taken in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imports {
    /// Lines of one batch, at most: what is applied at once, whole or not at all.
    pub batch_lines: usize,
    /// Bytes of a file, at most.
    pub file_bytes: u64,
}

/// Where the services are whose feeds are followed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feeds {
    /// Registry: organisations and rights.
    pub registry: String,
}

/// Opens keys and database, and serves.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let keys = Arc::new(Keys::open(&config.keys, today()).context("open the keys")?);
    let card_keys = Arc::new(CardKeys::open(&config.cards, today()).context("open the card keys")?);
    let seal =
        Arc::new(seen::Keys::new(config.seen_key.read()?.as_bytes()).context("use seen_key")?);
    let database = database::open(&config.database, "membership", &["registry"], seal).await?;
    let quota = Quota::new(database.clone(), config.identity);
    let batch_lines = config.imports.batch_lines.max(1);
    let file_bytes = config.imports.file_bytes;
    let exporting = Exporting::within(config.exports);
    let worker =
        Worker { database: database.clone(), keys: keys.clone(), exporting: exporting.clone() };
    let api = Api {
        database: database.clone(),
        keys: keys.clone(),
        card_keys,
        quota,
        batch_lines,
        file_bytes,
        exporting,
    };
    let members_at_a_time = i64::from(config.consequences.members_at_a_time.max(1));
    let (retold, pseudonyms) = (database.clone(), keys.clone());
    let pool = || database.pool().clone();
    let (offers, exported, aged, sealed) = (pool(), pool(), pool(), pool());
    Service::new("membership", &config.serve)
        .routes(routes(api))
        .background("exports", move |stopping| worker.run(stopping))
        .background("exported", move |stopping| export::forget::run(exported, stopping))
        .background("offers", move |stopping| transfer_offer::lapse::run(offers, stopping))
        .background("pseudonyms", move |stopping| {
            duplicate::pseudonyms::run(retold, pseudonyms, stopping)
        })
        .background("retention", move |stopping| protection::retention::run(aged, stopping))
        .background("data keys", move |stopping| protection::rotation::run(sealed, keys, stopping))
        .database(database)
        .follow(&config.feeds.registry, RegistryFollower { members_at_a_time })
        .start()
        .await
}

fn routes(api: Api) -> Routes {
    Routes::new(pb::application_service_server::ApplicationServiceServer::new(api.clone()))
        .add_service(pb::membership_service_server::MembershipServiceServer::new(api.clone()))
        .add_service(pb::card_service_server::CardServiceServer::new(api.clone()))
        .add_service(pb::import_service_server::ImportServiceServer::new(api.clone()))
        .add_service(pb::export_service_server::ExportServiceServer::new(api.clone()))
        .add_service(pb::training_service_server::TrainingServiceServer::new(api.clone()))
        .add_service(pb::party_service_server::PartyServiceServer::new(api.clone()))
        .add_service(pb::cadre_service_server::CadreServiceServer::new(api.clone()))
        .add_service(pb::delegation_service_server::DelegationServiceServer::new(api.clone()))
        .add_service(pb::discipline_service_server::DisciplineServiceServer::new(api.clone()))
        .add_service(pb::duplicate_service_server::DuplicateServiceServer::new(api.clone()))
        .add_service(pb::honour_service_server::HonourServiceServer::new(api.clone()))
        .add_service(pb::emulation_service_server::EmulationServiceServer::new(api.clone()))
        .add_service(pb::welfare_service_server::WelfareServiceServer::new(api.clone()))
        .add_service(pb::dispute_case_service_server::DisputeCaseServiceServer::new(api.clone()))
        .add_service(pb::timeline_service_server::TimelineServiceServer::new(api.clone()))
        .add_service(pb::standing_service_server::StandingServiceServer::new(api.clone()))
        .add_service(pb::transfer_offer_service_server::TransferOfferServiceServer::new(
            api.clone(),
        ))
        .add_service(pb::identity_service_server::IdentityServiceServer::new(api.clone()))
        .add_service(pb::profile_service_server::ProfileServiceServer::new(api.clone()))
        .add_service(pb::protection_service_server::ProtectionServiceServer::new(api.clone()))
        .add_service(pb::correction_service_server::CorrectionServiceServer::new(api.clone()))
        .add_service(pb::consequence_service_server::ConsequenceServiceServer::new(api))
}
