//! The whole system in one process: a PostgreSQL, the four services, and an issuer.
//!
//! Each service is configured, migrated and started exactly as it is alone; they reach each
//! other over the network, with the same tokens. Only what a deployment decides is decided
//! here: where data and keys are, and which port is whose.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chassis::access::token::{Keys, SIGNERS};
use chassis::cluster::{Cluster, Place, ServiceDatabase, testing};
use chassis::config::with;
use chassis::database::{self, Schema};
use chassis::serve::Running;
use chassis::telemetry;
use gateway::edge::development_issuer::DevelopmentIssuer;
use proto::services::{NAMES, SERVICES};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::client::Client;
use crate::keys;

pub use proto::services::OWNERS;

/// Where the system keeps its data.
#[derive(Clone, Debug)]
pub enum Data {
    /// In this directory, over a private PostgreSQL.
    Kept(PathBuf),
    /// Nowhere for long: a private PostgreSQL and a directory that go when the system goes.
    Ephemeral,
    /// In fresh databases of the PostgreSQL that tests use; see [`testing`].
    Test,
    /// In databases that are there already, by the services that own them.
    Given(BTreeMap<&'static str, ServiceDatabase>),
}

/// How to run the system.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where data is kept.
    pub data: Data,
    /// Where the gateway listens; on loopback, since it believes the development issuer.
    pub listen: SocketAddr,
    /// The OTLP collector, if any.
    pub telemetry: Option<String>,
    /// What is logged, to standard error: a level, or `info,membership=debug`.
    pub log: String,
}

impl Options {
    /// Fresh databases, a free port and quiet logs: for a test.
    pub fn test() -> Self {
        Self { data: Data::Test, ..Self::ephemeral() }
    }

    /// A private PostgreSQL that keeps nothing, a free port and quiet logs.
    pub fn ephemeral() -> Self {
        Self {
            data: Data::Ephemeral,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            telemetry: None,
            log: "warn".to_owned(),
        }
    }
}

/// A running system. Stop it with [`System::stop`]; dropping it cuts the calls under way.
pub struct System {
    options: Options,
    keys: Keys,
    databases: BTreeMap<&'static str, ServiceDatabase>,
    /// Where each service listens, from its first start on: a restart takes the same port.
    addresses: BTreeMap<&'static str, SocketAddr>,
    // Fields are dropped in this order: services, issuer, PostgreSQL, files.
    running: BTreeMap<&'static str, Running>,
    issuer: DevelopmentIssuer,
    cluster: Option<Cluster>,
    directory: PathBuf,
    _temporary: Option<TempDir>,
    _telemetry: telemetry::Guard,
}

impl System {
    /// Starts everything, making what is missing: cluster, databases, roles, keys; applies
    /// the migrations.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let (directory, temporary) = match &options.data {
            Data::Kept(directory) => (directory.clone(), None),
            Data::Ephemeral | Data::Test | Data::Given(_) => {
                let temporary = tempfile::Builder::new().prefix("congdoan-").tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        std::fs::create_dir_all(&directory)
            .with_context(|| format!("make the directory {}", directory.display()))?;
        let directory = directory.canonicalize()?;

        let (cluster, databases) = databases(&options.data, &directory).await?;
        let keys = keys::make(&directory.join("keys"))?;
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let issuer = DevelopmentIssuer::start(&directory.join("issuer"), anywhere).await?;

        let telemetry = telemetry(&options)?;

        let mut system = Self {
            _telemetry: telemetry,
            addresses: BTreeMap::from([("gateway", options.listen)]),
            options,
            keys,
            databases,
            running: BTreeMap::new(),
            issuer,
            cluster,
            directory,
            _temporary: temporary,
        };
        for service in NAMES {
            system.start_service(service).await?;
        }
        Ok(system)
    }

    /// Starts one service that does not run.
    pub async fn start_service(&mut self, service: &'static str) -> anyhow::Result<()> {
        if self.running.contains_key(service) {
            bail!("{service} runs already");
        }
        let settings = self.settings(service)?;
        let running = match service {
            "registry" => registry::start(with(registry::DEFAULTS, &settings)?).await,
            "membership" => membership::start(with(membership::DEFAULTS, &settings)?).await,
            "reporting" => reporting::start(with(reporting::DEFAULTS, &settings)?).await,
            "gateway" => gateway::start(with(gateway::DEFAULTS, &settings)?).await,
            other => bail!("there is no service {other}"),
        }
        .with_context(|| format!("start {service}"))?;
        self.addresses.insert(service, running.address);
        self.running.insert(service, running);
        Ok(())
    }

    /// What a deployment decides for a service, over its defaults.
    pub fn settings(&self, service: &str) -> anyhow::Result<String> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let address = self.addresses.get(service).copied().unwrap_or(anywhere);
        let signers: BTreeMap<_, _> =
            SIGNERS.iter().map(|signer| (*signer, self.keys.public(signer))).collect();

        let mut telemetry = json!({ "filter": self.options.log });
        if let Some(endpoint) = &self.options.telemetry {
            telemetry["endpoint"] = json!(endpoint);
        }
        let mut settings = json!({
            "seen_key": self.keys.seen().path(),
            "serve": { "address": address, "signers": signers },
            "telemetry": telemetry,
        });
        if let Some(database) = self.databases.get(service) {
            settings["database"] = json!({ "url": database.url });
        }
        if SIGNERS.contains(&service) {
            settings["serve"]["key"] = json!(self.keys.private(service).path());
        }
        let followed = SERVICES.iter().find(|known| known.name == service);
        if let Some(followed) = followed.filter(|known| !known.follows.is_empty()) {
            settings["feeds"] = self.addresses_of(followed.follows);
        }
        match service {
            "membership" => {
                let folder = self.directory.join("keys");
                let personal = membership::ground::keys::Config::in_folder(&folder);
                let cards = membership::ground::card_keys::Config::in_folder(&folder);
                settings["keys"] = json!({
                    "master": personal.master.path(),
                    "data": personal.data,
                    "blind_index": personal.blind_index.path(),
                    "pseudonym": personal.pseudonym.path(),
                });
                settings["cards"] = json!({ "keys": cards.keys.path() });
            }
            "reporting" => {
                let closings = reporting::Closings::in_folder(&self.directory.join("keys"));
                settings["closings"] = json!({ "keys": closings.keys.path() });
            }
            "gateway" => {
                let issuer = self.issuer.configuration();
                settings["backends"] = self.addresses_of(&OWNERS);
                settings["issuers"] = json!([{
                    "issuer": issuer.issuer,
                    "audience": issuer.audience,
                    "algorithm": issuer.algorithm,
                    "keys": issuer.keys,
                    "development": issuer.development,
                }]);
            }
            _ => {}
        }
        toml::to_string(&settings).context("write the settings")
    }

    /// Where these listen, by their names.
    fn addresses_of(&self, services: &[&str]) -> serde_json::Value {
        services.iter().map(|service| ((*service).to_owned(), self.uri(service))).collect()
    }

    /// Stops one service, letting its calls finish; the others go on without it.
    pub async fn stop_service(&mut self, service: &str) -> anyhow::Result<()> {
        let running = self.running.remove(service);
        running.with_context(|| format!("{service} does not run"))?.stop().await
    }

    /// Ends one service at once, as a crash would.
    pub fn kill_service(&mut self, service: &str) {
        self.running.remove(service);
    }

    /// Stops everything: the gateway first, then the services, then PostgreSQL.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        for service in NAMES.iter().rev() {
            if self.running.contains_key(service) {
                self.stop_service(service).await?;
            }
        }
        self.issuer.stop().await;
        // It waits for PostgreSQL's checkpoint.
        tokio::task::spawn_blocking(move || drop(self.cluster)).await.context("stop PostgreSQL")
    }

    /// Where clients call: `http://127.0.0.1:8080`.
    pub fn gateway(&self) -> String {
        self.uri("gateway")
    }

    /// Where a service listens, whether it runs at the moment or not.
    pub fn uri(&self, service: &str) -> String {
        self.addresses.get(service).map_or_else(String::new, |address| format!("http://{address}"))
    }

    /// Who gives access tokens to whoever asks.
    pub fn issuer(&self) -> &DevelopmentIssuer {
        &self.issuer
    }

    /// Founds the Confederation and makes a subject its administrator; answers the
    /// Confederation's id, and the administrator's line of calls.
    pub async fn bootstrap(&self, subject: &str) -> anyhow::Result<(Uuid, Client)> {
        let owner_url = &self.database("registry").context("registry has a database")?.owner_url;
        let founded = registry::bootstrap(owner_url, self.issuer.issuer(), subject).await?;
        Ok((founded, self.client(subject).await?))
    }

    /// A line of calls in the name of a subject, whom the issuer vouches for. On that of a test
    /// nobody is refused for what the contract of the method does not say.
    pub async fn client(&self, subject: &str) -> anyhow::Result<Client> {
        let client = Client::connect(&self.gateway(), &self.issuer.token(subject)?).await?;
        Ok(match self.options.data {
            Data::Test => client.heard_by(chassis::refusal::testing::hear),
            Data::Kept(_) | Data::Ephemeral | Data::Given(_) => client,
        })
    }

    /// The database of a service.
    pub fn database(&self, service: &str) -> Option<&ServiceDatabase> {
        self.databases.get(service)
    }

    /// The keys by which the services believe each other.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The private PostgreSQL; none where tests use another.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Where keys and data are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

/// Telemetry of the whole process: each span says which service it belongs to.
fn telemetry(options: &Options) -> anyhow::Result<telemetry::Guard> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Section {
        telemetry: telemetry::Config,
    }
    let mut settings = json!({ "telemetry": { "filter": options.log } });
    if let Some(endpoint) = &options.telemetry {
        settings["telemetry"]["endpoint"] = json!(endpoint);
    }
    let section: Section = with("[telemetry]", &toml::to_string(&settings)?)?;
    telemetry::start(&section.telemetry, "congdoan")
}

/// The databases, made and migrated.
async fn databases(
    data: &Data,
    directory: &Path,
) -> anyhow::Result<(Option<Cluster>, BTreeMap<&'static str, ServiceDatabase>)> {
    let place = match data {
        Data::Kept(_) => Place::Kept(directory.join("postgresql")),
        Data::Ephemeral => Place::Ephemeral,
        Data::Test => {
            let mut databases = BTreeMap::new();
            for service in OWNERS {
                let schema = schema(service)?;
                let made = match service {
                    "registry" => testing::filled(service, schema, registry::fill).await,
                    _ => testing::database(service, schema).await,
                };
                let database = ServiceDatabase { owner_url: made.owner_url, url: made.url };
                databases.insert(service, database);
            }
            return Ok((None, databases));
        }
        Data::Given(given) => {
            for (service, database) in given {
                migrated(service, database).await?;
            }
            return Ok((None, given.clone()));
        }
    };
    let cluster = Cluster::start(place).await?;
    let mut databases = BTreeMap::new();
    for service in OWNERS {
        let database = cluster.provision(service).await?;
        migrated(service, &database).await?;
        databases.insert(service, database);
    }
    Ok((Some(cluster), databases))
}

async fn migrated(service: &str, database: &ServiceDatabase) -> anyhow::Result<()> {
    database::migrate(&database.owner_url, schema(service)?)
        .await
        .with_context(|| format!("migrate {service}"))
}

/// The schema of a service.
pub fn schema(service: &str) -> anyhow::Result<&'static Schema> {
    Ok(match service {
        "registry" => &registry::SCHEMA,
        "membership" => &membership::SCHEMA,
        "reporting" => &reporting::SCHEMA,
        other => bail!("{other} owns no database"),
    })
}
