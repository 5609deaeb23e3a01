//! One service on the stage, and whoever speaks to it.

use std::path::Path;
use std::sync::Arc;

use chassis::access::token::{self, GATEWAY, Signer, keys_in};
use chassis::call::{Caller, SEEN};
use chassis::cluster::testing::TestDatabase;
use chassis::config;
use chassis::refusal::testing::Heard;
use chassis::seen::{Keys, Seen};
use chassis::serve::Running;
use prost::{Message, Name};
use prost_types::Any;
use serde::de::DeserializeOwned;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use time::Date;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use uuid::Uuid;

use crate::ISSUER;
use crate::feed::Owner;

/// What is there before a service starts.
pub struct Setting {
    service: &'static str,
    database: TestDatabase,
    keys: token::Keys,
    followed: Vec<(&'static str, Owner)>,
    folder: TempDir,
}

impl Setting {
    /// A database of the service, keys, and the feeds of those whom it follows.
    ///
    /// # Panics
    /// When no key can be made, as all of this does when a test has nothing to stand on.
    pub fn of(
        service: &'static str,
        database: TestDatabase,
        followed: &[(&'static str, &Owner)],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys_in(folder.path()).expect("keys");
        let followed = followed.iter().map(|(name, owner)| (*name, (*owner).clone())).collect();
        Self { service, database, keys, followed, folder }
    }

    /// Where its keys are, and where it may have more.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The service's settings over its defaults.
    fn settings(&self, further: &str) -> String {
        let feeds: String = self
            .followed
            .iter()
            .map(|(name, owner)| format!("feeds.{name} = 'http://{}'\n", owner.address))
            .collect();
        let key = match self.followed.is_empty() {
            true => String::new(),
            false => format!("serve.key = '{}'", self.keys.private(self.service).path().display()),
        };
        format!(
            "seen_key = '{seen}'
             serve.address = '127.0.0.1:0'
             serve.signers.gateway = '{gateway}'
             {key}
             database.url = '{url}'
             {feeds}
             {further}
            ",
            seen = self.keys.seen().path().display(),
            gateway = self.keys.public(GATEWAY).display(),
            url = self.database.url,
        )
    }

    /// Starts the service, with further settings as TOML.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start<C: DeserializeOwned>(
        self,
        defaults: &str,
        further: &str,
        start: impl AsyncFnOnce(C) -> anyhow::Result<Running>,
    ) -> Stage {
        let config = config::with(defaults, &self.settings(further)).expect("understood");
        let running = start(config).await.expect("started");
        let gateway = Signer::from_pem_file(GATEWAY, &self.keys.private(GATEWAY)).expect("a key");
        let seen_keys = Keys::new(self.keys.seen().read().expect("read").as_bytes());
        Stage {
            channel: channel(&running),
            running,
            gateway: Arc::new(gateway),
            seen_keys: Arc::new(seen_keys.expect("a key")),
            setting: self,
        }
    }
}

/// A service that runs for one test.
pub struct Stage {
    channel: Channel,
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    // Dropped before the folder with its keys.
    running: Running,
    setting: Setting,
}

/// A change that the service published.
#[derive(Clone, Debug)]
pub struct Published<M> {
    /// The act.
    pub act_id: Uuid,
    /// From when it holds.
    pub effective_on: Date,
    /// What the change is.
    pub change: M,
    /// What the service knew of registry's feed.
    pub registry_position: i64,
}

impl Stage {
    /// The service's database.
    pub fn database(&self) -> &TestDatabase {
        &self.setting.database
    }

    /// A line to the service in the name of an end user.
    pub fn line(&self, subject: &str, language: &'static str) -> Spoken {
        InterceptedService::new(Heard(self.channel.clone()), self.speak(subject, language))
    }

    /// Another process of the service on the same database, and a line to it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn replica<C: DeserializeOwned>(
        &self,
        defaults: &str,
        start: impl AsyncFnOnce(C) -> anyhow::Result<Running>,
        subject: &str,
    ) -> (Running, Spoken) {
        let config = config::with(defaults, &self.setting.settings("")).expect("understood");
        let running = start(config).await.expect("started");
        let spoken = InterceptedService::new(Heard(channel(&running)), self.speak(subject, "en"));
        (running, spoken)
    }

    fn speak(&self, subject: &str, language: &'static str) -> Speak {
        Speak {
            service: self.setting.service,
            gateway: self.gateway.clone(),
            seen_keys: self.seen_keys.clone(),
            followed: self.setting.followed.clone(),
            caller: as_user(subject),
            language,
        }
    }

    /// The settings of another process of the service on the same database.
    ///
    /// # Panics
    /// When they are not understood.
    pub fn config<C: DeserializeOwned>(&self, defaults: &str) -> C {
        config::with(defaults, &self.setting.settings("")).expect("understood")
    }

    /// The database, as its superuser sees it.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn look(&self) -> PgConnection {
        PgConnection::connect(&self.database().superuser_url).await.expect("connected")
    }

    /// All that was published so far, in order.
    ///
    /// # Panics
    /// When it is not what the contract says that the service publishes.
    pub async fn published<M: Name + Default>(&self) -> Vec<Published<M>> {
        let rows: Vec<(Uuid, Date, Vec<u8>, i64)> = sqlx::query_as(
            "select act_id, effective_on, body, registry_position
             from (select 0 as part, position as place, act_id, effective_on, body,
                          registry_position from feed.stream
                   union all
                   select 1, pending_id, act_id, effective_on, body, registry_position
                   from feed.pending) as each
             order by part, place",
        )
        .fetch_all(&mut self.look().await)
        .await
        .expect("read");
        rows.into_iter()
            .map(|(act_id, effective_on, body, registry_position)| {
                let any = Any::decode(&*body).expect("an Any");
                let change = any.to_msg().expect("a change of the service's");
                Published { act_id, effective_on, change, registry_position }
            })
            .collect()
    }

    /// Stops the service, letting its calls finish.
    ///
    /// # Panics
    /// When it does not stop well.
    pub async fn stop(self) {
        self.running.stop().await.expect("stopped");
    }
}

fn channel(running: &Running) -> Channel {
    Endpoint::from_shared(running.uri()).expect("a uri").connect_lazy()
}

/// An end user, as the gateway tells the service of her.
pub fn as_user(subject: &str) -> Caller {
    Caller { issuer: ISSUER.to_owned(), subject: subject.to_owned(), office: None, purpose: None }
}

/// A line on which an end user speaks through the gateway; the test fails where a refusal is
/// heard on it of which the contract of the method does not say that it may come.
pub type Spoken = InterceptedService<Heard<Channel>, Speak>;

/// Speaks as the gateway for one end user, who has seen all that the feeds said so far.
#[derive(Clone)]
pub struct Speak {
    service: &'static str,
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    followed: Vec<(&'static str, Owner)>,
    caller: Caller,
    language: &'static str,
}

impl Interceptor for Speak {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let ascii = |text: String| MetadataValue::try_from(text).expect("ascii");
        let token = self.gateway.for_user(self.service, &self.caller).expect("signed");
        let metadata = request.metadata_mut();
        metadata.insert("authorization", ascii(format!("Bearer {token}")));
        metadata.insert("accept-language", MetadataValue::from_static(self.language));
        let seen = self
            .followed
            .iter()
            .filter(|(_, owner)| owner.position() > 0)
            .fold(Seen::default(), |seen, (name, owner)| {
                seen.with_position(name, owner.epoch, owner.position())
            });
        if !seen.is_empty() {
            metadata.insert(SEEN, ascii(seen.encode(&self.seen_keys)));
        }
        Ok(request)
    }
}
