//! A membership service of its own for each test, with a small tree:
//!
//! ```text
//! confederation
//! ├── hanoi
//! │   ├── alpha   (grassroots unions)
//! │   └── beta
//! └── hue
//!     └── gamma
//! ```
//!
//! The officer of Hà Nội may do everything in Hà Nội; others are granted by their tests.

use std::sync::Arc;
use std::time::Instant;

use chassis::access::token::{GATEWAY, Signer, keys_in};
use chassis::call::{Caller, SEEN};
use chassis::cluster::testing::{TestDatabase, database};
use chassis::config;
use chassis::database::today;
use chassis::parse::civil;
use chassis::refusal::testing::Heard;
use chassis::seen::{Keys, Seen};
use chassis::serve::Running;
use prost::Message;
use prost_types::Any;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use sqlx::{Connection, PgConnection};
use time::Date;
use time::macros::date;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::registry::{Registry, state};

pub const ORIGIN: Date = date!(2010 - 01 - 01);

pub struct World {
    pub registry: Registry,
    pub database: TestDatabase,
    pub confederation: Uuid,
    pub hanoi: Uuid,
    pub alpha: Uuid,
    pub beta: Uuid,
    pub hue: Uuid,
    pub gamma: Uuid,
    channel: Channel,
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    running: Option<Running>,
    _folder: tempfile::TempDir,
}

/// Speaks as the gateway for one end user, who has seen all that registry said so far.
#[derive(Clone)]
pub struct Speak {
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    registry: Registry,
    caller: Caller,
    language: &'static str,
}

impl Interceptor for Speak {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self.gateway.for_user("membership", &self.caller).expect("signed");
        let metadata = request.metadata_mut();
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).expect("ascii");
        metadata.insert("authorization", bearer);
        metadata.insert("accept-language", MetadataValue::from_static(self.language));
        let seen = Seen::default()
            .with_position("registry", self.registry.epoch, self.registry.position())
            .encode(&self.seen_keys);
        metadata.insert(SEEN, MetadataValue::try_from(seen).expect("ascii"));
        Ok(request)
    }
}

pub type Spoken = InterceptedService<Heard<Channel>, Speak>;

/// One end user's clients.
#[derive(Clone)]
pub struct Actor {
    pub members: pb::membership_service_client::MembershipServiceClient<Spoken>,
    pub applications: pb::application_service_client::ApplicationServiceClient<Spoken>,
    pub training: pb::training_service_client::TrainingServiceClient<Spoken>,
    pub party: pb::party_service_client::PartyServiceClient<Spoken>,
    pub cadre: pb::cadre_service_client::CadreServiceClient<Spoken>,
    pub delegations: pb::delegation_service_client::DelegationServiceClient<Spoken>,
    pub consequences: pb::consequence_service_client::ConsequenceServiceClient<Spoken>,
}

impl World {
    pub async fn start() -> Self {
        let database = database("membership", &membership::SCHEMA).await;
        chassis::database::migrate(&database.owner_url, &membership::SCHEMA)
            .await
            .expect("migrated, with what each role may do");
        let registry = Registry::start().await;

        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys_in(folder.path()).expect("keys");
        membership::keys::Config::in_folder(folder.path()).create(today()).expect("keys");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let settings = format!(
            r#"
            seen_key = "{seen}"
            [serve]
            address = "127.0.0.1:0"
            key = "{key}"
            [serve.signers]
            gateway = "{gateway}"
            [database]
            url = "{url}"
            [feeds]
            registry = "http://{registry}"
            [keys]
            master = "{master}"
            data = "{data}"
            blind_index = "{blind}"
            pseudonym = "{pseudonym}"
            "#,
            seen = keys.seen().path().display(),
            key = keys.private("membership").path().display(),
            gateway = keys.public(GATEWAY).display(),
            url = database.url,
            registry = registry.address,
            master = at("master.key"),
            data = at("data-keys.toml"),
            blind = at("blind-index.key"),
            pseudonym = at("pseudonym.key"),
        );
        let config: membership::Config =
            config::with(membership::DEFAULTS, &settings).expect("understood");
        let running = membership::start(config).await.expect("started");
        let channel = Endpoint::from_shared(running.uri()).expect("a uri").connect_lazy();
        let gateway = Signer::from_pem_file(GATEWAY, &keys.private(GATEWAY)).expect("a key");
        let seen_keys = Keys::new(keys.seen().read().expect("read").as_bytes()).expect("a key");

        let [confederation, hanoi, alpha, beta, hue, gamma] =
            std::array::from_fn(|_| Uuid::now_v7());
        registry.loads(vec![
            state(confederation, None, "TLD", ORIGIN),
            state(hanoi, Some(confederation), "LDLD_TINH", ORIGIN),
            state(hue, Some(confederation), "LDLD_TINH", ORIGIN),
            state(alpha, Some(hanoi), "CDCS", ORIGIN),
            state(beta, Some(hanoi), "CDCS", ORIGIN),
            state(gamma, Some(hue), "CDCS", ORIGIN),
        ]);
        for role in ["OFFICER", "PARTY_OFFICER", "IDENTITY_OFFICER"] {
            registry.grants("officer", role, hanoi);
            registry.grants("national", role, confederation);
        }
        Self {
            registry,
            database,
            confederation,
            hanoi,
            alpha,
            beta,
            hue,
            gamma,
            channel,
            gateway: Arc::new(gateway),
            seen_keys: Arc::new(seen_keys),
            running: Some(running),
            _folder: folder,
        }
    }

    /// May do everything in Hà Nội.
    pub fn officer(&self) -> Actor {
        self.actor("officer", "vi")
    }

    /// May do everything everywhere.
    pub fn national(&self) -> Actor {
        self.actor("national", "vi")
    }

    pub fn actor(&self, subject: &str, language: &'static str) -> Actor {
        let speak = Speak {
            gateway: self.gateway.clone(),
            seen_keys: self.seen_keys.clone(),
            registry: self.registry.clone(),
            caller: Caller {
                issuer: "test".to_string(),
                subject: subject.to_string(),
                office: None,
                purpose: None,
            },
            language,
        };
        let spoken = || InterceptedService::new(Heard(self.channel.clone()), speak.clone());
        Actor {
            members: pb::membership_service_client::MembershipServiceClient::new(spoken()),
            applications: pb::application_service_client::ApplicationServiceClient::new(spoken()),
            training: pb::training_service_client::TrainingServiceClient::new(spoken()),
            party: pb::party_service_client::PartyServiceClient::new(spoken()),
            cadre: pb::cadre_service_client::CadreServiceClient::new(spoken()),
            delegations: pb::delegation_service_client::DelegationServiceClient::new(spoken()),
            consequences: pb::consequence_service_client::ConsequenceServiceClient::new(spoken()),
        }
    }

    /// The database, as its superuser sees it.
    pub async fn look(&self) -> PgConnection {
        PgConnection::connect(&self.database.superuser_url).await.expect("connected")
    }

    /// All that was published so far, in order: act, day, change, registry's position.
    pub async fn published(&self) -> Vec<(Uuid, Date, Published, i64)> {
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
            .map(|(act, on, body, position)| {
                let any = Any::decode(&*body).expect("an Any");
                let change: pb::MembershipChange = any.to_msg().expect("membership's");
                (act, on, change.change.expect("a change"), position)
            })
            .collect()
    }

    pub async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await.expect("stopped");
        }
    }
}

impl Actor {
    /// Admits people and answers their ids.
    pub async fn admits(
        &mut self,
        union: Uuid,
        on: Date,
        lines: Vec<pb::PersonLine>,
    ) -> Result<Vec<Uuid>, Status> {
        let request = admission(union, on, lines);
        let answer = self.members.admit_members(request).await?.into_inner();
        Ok(answer.members.iter().map(|member| id(&member.person_id)).collect())
    }

    pub async fn transfers(
        &mut self,
        from: Uuid,
        to: Uuid,
        on: Date,
        persons: &[Uuid],
    ) -> Result<i32, Status> {
        let request = pb::TransferMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            from_organisation_id: from.to_string(),
            to_organisation_id: to.to_string(),
            effective_on: Some(civil(on)),
            person_ids: texts(persons),
            ..Default::default()
        };
        Ok(self.members.transfer_members(request).await?.into_inner().members)
    }

    pub async fn exits(
        &mut self,
        union: Uuid,
        reason: pb::ExitReason,
        on: Date,
        persons: &[Uuid],
    ) -> Result<i32, Status> {
        let request = pb::ExitMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: union.to_string(),
            reason: reason.into(),
            effective_on: Some(civil(on)),
            person_ids: texts(persons),
            ..Default::default()
        };
        Ok(self.members.exit_members(request).await?.into_inner().members)
    }

    pub async fn applies(
        &mut self,
        under: Uuid,
        on: Date,
        applicants: Vec<pb::PersonLine>,
    ) -> Result<Vec<Uuid>, Status> {
        let request = pb::RecordApplicantsRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: under.to_string(),
            applied_on: Some(civil(on)),
            applicants,
            ..Default::default()
        };
        let answer = self.applications.record_applicants(request).await?.into_inner();
        Ok(answer.applicants.iter().map(|applicant| id(&applicant.person_id)).collect())
    }

    pub async fn counts(&mut self, union: Uuid, as_of: Date) -> i32 {
        let request = pb::CountMembersRequest {
            organisation_ids: vec![union.to_string()],
            as_of: Some(civil(as_of)),
        };
        let answer = self.members.count_members(request).await.expect("counted").into_inner();
        answer.counts[0].members
    }

    pub async fn sees(&mut self, person: Uuid) -> Result<pb::GetMemberResponse, Status> {
        let request = pb::GetMemberRequest { person_id: person.to_string() };
        Ok(self.members.get_member(request).await?.into_inner())
    }
}

pub fn admission(union: Uuid, on: Date, lines: Vec<pb::PersonLine>) -> pb::AdmitMembersRequest {
    pb::AdmitMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        kind: pb::AdmissionKind::Admitted.into(),
        effective_on: Some(civil(on)),
        lines,
        ..Default::default()
    }
}

/// A made-up person; `number` below a million makes the identity number.
pub fn person(number: u32) -> pb::PersonLine {
    let female = number % 2 == 1;
    pb::PersonLine {
        name: format!("Nguyễn Văn Số {number}"),
        sex: if female { pb::Sex::Female } else { pb::Sex::Male }.into(),
        birth_year: 1985,
        identity_number: format!("999{}85{number:06}", u8::from(female)),
        ..Default::default()
    }
}

/// As many made-up people, who have no number.
pub fn people(count: u32) -> Vec<pb::PersonLine> {
    (0..count)
        .map(|number| pb::PersonLine { identity_number: String::new(), ..person(number) })
        .collect()
}

pub fn known(person: Uuid) -> pb::PersonLine {
    pb::PersonLine { person_id: person.to_string(), ..Default::default() }
}

pub fn id(text: &str) -> Uuid {
    Uuid::parse_str(text).expect("a UUID")
}

pub fn texts(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}

/// The reason of a refusal, and the first field at fault.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (String, String) {
    let status = answer.expect_err("refused");
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_else(|| {
        panic!("a refusal without a reason: {status:?}");
    });
    let field = details
        .bad_request()
        .and_then(|bad| bad.field_violations.first())
        .map(|violation| violation.field.clone())
        .unwrap_or_default();
    (reason, field)
}

/// What a refusal should be.
pub fn because(reason: &str, field: &str) -> (String, String) {
    (reason.to_string(), field.to_string())
}

/// How long something took, in milliseconds.
pub async fn timed<T>(future: impl Future<Output = T>) -> (T, u128) {
    let started = Instant::now();
    (future.await, started.elapsed().as_millis())
}
