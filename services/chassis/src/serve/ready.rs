//! Readiness, as `grpc.health.v1` tells it: the database answers, nothing that should run has
//! ended, and no follower has stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::server::{HealthReporter, health_reporter};

use crate::access::declared;
use crate::database::Database;

const EVERY: Duration = Duration::from_secs(1);
/// A database that does not answer in this time does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// The health service, and what decides its answers.
pub(super) fn service(name: &str) -> (HealthServer<impl Health>, Readiness) {
    let (reporter, server) = health_reporter();
    let package = format!("congdoan.{name}.");
    let mut services: Vec<String> = declared()
        .values()
        .filter(|declared| declared.service.starts_with(&package))
        .map(|declared| declared.service.to_string())
        .collect();
    services.sort();
    services.dedup();
    // The empty name stands for the service as a whole.
    services.push(String::new());
    let readiness = Readiness {
        reporter,
        services: services.into(),
        ended: Arc::default(),
        last: Arc::default(),
    };
    (server, readiness)
}

/// Decides whether the service is ready.
#[derive(Clone)]
pub(super) struct Readiness {
    reporter: HealthReporter,
    services: Arc<[String]>,
    ended: Arc<Mutex<Vec<&'static str>>>,
    /// What was found last: only what changes is logged.
    last: Arc<Mutex<Option<Result<(), String>>>>,
}

/// Dropped when a background task ends.
pub(super) struct Ended {
    name: &'static str,
    ended: Arc<Mutex<Vec<&'static str>>>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(self.name);
    }
}

impl Readiness {
    /// For those who tell of something else than this service.
    pub(super) fn reporter(&self) -> HealthReporter {
        self.reporter.clone()
    }

    /// Says that a background task belongs to a service that is ready.
    pub(super) fn task(&self, name: &'static str) -> Ended {
        Ended { name, ended: self.ended.clone() }
    }

    /// Looks once, and tells.
    pub(super) async fn check(&self, database: Option<&Database>) {
        let found = self.find(database).await;
        let status = match &found {
            Ok(()) => ServingStatus::Serving,
            Err(_) => ServingStatus::NotServing,
        };
        let changed = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let changed = last.as_ref() != Some(&found);
            *last = Some(found.clone());
            changed
        };
        if !changed {
            return;
        }
        match found {
            Ok(()) => tracing::info!("ready"),
            Err(cause) => tracing::warn!(cause, "not ready"),
        }
        self.tell(status).await;
    }

    async fn find(&self, database: Option<&Database>) -> Result<(), String> {
        if let Some(name) = self.ended.lock().unwrap_or_else(PoisonError::into_inner).first() {
            return Err(format!("the background task {name} has ended"));
        }
        let Some(database) = database else {
            return Ok(());
        };
        let halted =
            sqlx::query_scalar!("select source from feed.follower where halted is not null")
                .fetch_optional(database.pool());
        match tokio::time::timeout(ANSWERS_WITHIN, halted).await {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(source))) => Err(format!("the follower of {source} has stopped")),
            Ok(Err(_)) => Err("the database refuses".to_string()),
            Err(_) => Err("the database does not answer".to_string()),
        }
    }

    /// Looks again and again, until the service stops; then it is not ready for good.
    pub(super) async fn watch(self, database: Option<Database>, draining: CancellationToken) {
        loop {
            tokio::select! {
                () = draining.cancelled() => break,
                () = tokio::time::sleep(EVERY) => {}
            }
            self.check(database.as_ref()).await;
        }
        self.tell(ServingStatus::NotServing).await;
    }

    async fn tell(&self, status: ServingStatus) {
        for service in self.services.iter() {
            self.reporter.set_service_status(service, status).await;
        }
    }
}
