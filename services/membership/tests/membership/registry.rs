//! A registry that has no database: it serves the feed that the test writes.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use chassis::parse::civil;
use futures_util::{Stream, stream};
use prost_types::{Any, Timestamp};
use proto::feed::v1::feed_service_server::{FeedService, FeedServiceServer};
use proto::feed::v1::{Change, WatchRequest, WatchResponse};
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    EndKind, GrantMade, MembersOutcome, OrganisationFounded, OrganisationResumed,
    OrganisationState, OrganisationSuspended, OrganisationsEnded, OrganisationsLoaded,
    RegistryChange, organisations_ended,
};
use time::Date;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// How many changes every message repeats.
const REPEATED: usize = 3;

/// What becomes of the members of a union that ends.
#[derive(Clone, Copy, Debug)]
pub enum Members {
    Rehomed(Uuid),
    /// Members go on in another union, which is not the heir.
    Entrusted(Uuid),
    ToSuperior(Uuid),
    Ended,
}

#[derive(Clone)]
pub struct Registry {
    pub epoch: Uuid,
    pub address: SocketAddr,
    changes: Arc<Mutex<Vec<Change>>>,
    head: Arc<watch::Sender<usize>>,
}

impl Registry {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let registry = Self {
            epoch: Uuid::new_v4(),
            address: listener.local_addr().expect("an address"),
            changes: Arc::default(),
            head: Arc::new(watch::Sender::new(0)),
        };
        let server = FeedServiceServer::new(registry.clone());
        tokio::spawn(
            Server::builder()
                .add_service(server)
                .serve_with_incoming(TcpListenerStream::new(listener)),
        );
        registry
    }

    pub fn position(&self) -> i64 {
        i64::try_from(*self.head.borrow()).expect("small")
    }

    /// One act: all that it changed, from one day on.
    pub fn acts(&self, on: Date, whats: Vec<What>) -> Uuid {
        let act_id = Uuid::now_v7();
        let mut changes = self.changes.lock().expect("not poisoned");
        let last = whats.len() - 1;
        for (line, what) in whats.into_iter().enumerate() {
            let position = i64::try_from(changes.len() + 1).expect("small");
            let body = RegistryChange { change: Some(what) };
            changes.push(Change {
                change_id: Uuid::now_v7().to_string(),
                position,
                act_id: act_id.to_string(),
                act_complete: line == last,
                kind: "registry.test".to_string(),
                aggregate_id: Uuid::nil().to_string(),
                acted_at: Some(Timestamp { seconds: 1_600_000_000, nanos: 0 }),
                effective_on: Some(civil(on)),
                actor: "test".to_string(),
                decision_id: String::new(),
                traceparent: String::new(),
                registry_position: 0,
                body: Some(Any::from_msg(&body).expect("encoded")),
            });
        }
        self.head.send_replace(changes.len());
        act_id
    }

    pub fn loads(&self, organisations: Vec<OrganisationState>) {
        let on = time::macros::date!(2000 - 01 - 01);
        self.acts(on, vec![What::OrganisationsLoaded(OrganisationsLoaded { organisations })]);
    }

    pub fn founds(&self, superior: Uuid, on: Date, applicants: &[Uuid]) -> (Uuid, Uuid) {
        let union = Uuid::now_v7();
        let act = self.acts(on, vec![founded(union, superior, on, applicants)]);
        (union, act)
    }

    pub fn suspends(&self, union: Uuid, on: Date) -> Uuid {
        let organisation_id = union.to_string();
        self.acts(on, vec![What::OrganisationSuspended(OrganisationSuspended { organisation_id })])
    }

    pub fn resumes(&self, union: Uuid, on: Date) {
        let organisation_id = union.to_string();
        self.acts(on, vec![What::OrganisationResumed(OrganisationResumed { organisation_id })]);
    }

    pub fn ends(&self, on: Date, units: &[(Uuid, Members)]) -> Uuid {
        self.acts(on, vec![ended(units)])
    }

    pub fn grants(&self, subject: &str, role: &str, organisation: Uuid) {
        self.acts(
            time::macros::date!(2000 - 01 - 01),
            vec![What::GrantMade(GrantMade {
                grant_id: Uuid::now_v7().to_string(),
                issuer: "test".to_string(),
                subject: subject.to_string(),
                role: role.to_string(),
                organisation_id: organisation.to_string(),
                until_on: None,
            })],
        );
    }
}

pub fn state(union: Uuid, superior: Option<Uuid>, kind: &str, on: Date) -> OrganisationState {
    OrganisationState {
        organisation_id: union.to_string(),
        code: union.to_string(),
        name: "Công đoàn thử".to_string(),
        short_name: String::new(),
        r#type: kind.to_string(),
        sector: String::new(),
        superior_id: superior.map(|id| id.to_string()).unwrap_or_default(),
        founded_on: Some(civil(on)),
    }
}

pub fn founded(union: Uuid, superior: Uuid, on: Date, applicants: &[Uuid]) -> What {
    What::OrganisationFounded(OrganisationFounded {
        organisation: Some(state(union, Some(superior), "CDCS", on)),
        congress_on: None,
        applicant_ids: applicants.iter().map(Uuid::to_string).collect(),
    })
}

pub fn ended(units: &[(Uuid, Members)]) -> What {
    let units = units
        .iter()
        .map(|(union, members)| {
            let (outcome, rehome_to, superior) = match members {
                Members::Rehomed(to) => (MembersOutcome::Rehomed, Some(*to), None),
                Members::Entrusted(to) => (MembersOutcome::Rehomed, Some(*to), None),
                Members::ToSuperior(to) => (MembersOutcome::ToSuperior, None, Some(*to)),
                Members::Ended => (MembersOutcome::MembershipEnds, None, None),
            };
            let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
            organisations_ended::Unit {
                organisation_id: union.to_string(),
                kind: EndKind::Dissolved.into(),
                principal_successor_id: match members {
                    Members::Rehomed(heir) => heir.to_string(),
                    Members::Entrusted(_) | Members::ToSuperior(_) | Members::Ended => {
                        String::new()
                    }
                },
                last_superior_id: text(superior),
                members_outcome: outcome.into(),
                rehome_to_id: text(rehome_to),
                ..organisations_ended::Unit::default()
            }
        })
        .collect();
    What::OrganisationsEnded(OrganisationsEnded { units })
}

#[tonic::async_trait]
impl FeedService for Registry {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<WatchResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let asked = request.into_inner();
        let position = usize::try_from(asked.position).expect("not negative");
        let start = (self.clone(), self.head.subscribe(), position, true);
        let messages = stream::unfold(start, |(registry, mut head, position, first)| async move {
            if !first {
                head.wait_for(|head| *head > position).await.ok()?;
            }
            let (changes, newest) = {
                let all = registry.changes.lock().expect("not poisoned");
                // The very first message tells the head and nothing else. The others begin
                // with what was sent before: a follower applies nothing twice.
                let repeated = position.saturating_sub(REPEATED);
                let changes = if first { Vec::new() } else { all[repeated..].to_vec() };
                (changes, all.len())
            };
            let position = if first { position } else { newest };
            let message = WatchResponse {
                epoch: registry.epoch.to_string(),
                changes,
                head_position: i64::try_from(newest).expect("small"),
            };
            Some((Ok(message), (registry, head, position, false)))
        });
        Ok(Response::new(Box::pin(messages)))
    }
}
