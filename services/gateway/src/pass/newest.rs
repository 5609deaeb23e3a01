//! The newest change of rights or tree that this gateway knows of.
//!
//! Whoever ends a grant through this gateway must not be outrun by the next call through
//! it: what was acknowledged here is put into the consistency token of every call that is
//! forwarded, and a service that has not got so far waits, or says so. A replica learns of
//! it from registry's feed. Only in memory: after a restart the feed's head says it all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chassis::access::token::Signer;
use chassis::call::SEEN;
use chassis::refusal::Refusal;
use chassis::seen::{Keys, Seen};
use chassis::serve::SpeakForItself;
use http::{HeaderMap, HeaderValue};
use proto::feed::v1::feed_service_client::FeedServiceClient;
use proto::feed::v1::{WatchRequest, WatchResponse};
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Response, Status};
use uuid::Uuid;

/// The service whose changes are meant.
const REGISTRY: &str = "registry";
/// A write that its feed has not shown after so long was numbered before we began to watch.
const FRESH_FOR: Duration = Duration::from_secs(60);
/// How many fresh writes are remembered; the oldest are the likeliest to be numbered.
const FRESH_MAX: usize = 64;
/// A feed tells its head every two seconds; one that is silent for longer is dead.
const SILENCE_MAX: Duration = Duration::from_secs(10);
const WATCH_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// What this gateway has seen of registry's changes of rights and tree.
pub struct Newest {
    keys: Arc<Keys>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Epoch and position of the newest such change that the feed has shown.
    numbered: Option<(Uuid, i64)>,
    /// Writes that were acknowledged through this gateway and are not in the feed yet.
    fresh: VecDeque<(Instant, Seen)>,
}

impl Newest {
    /// Knows nothing yet.
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys, known: Mutex::default() }
    }

    /// The token to forward: what the caller has seen, and what rules it.
    pub fn join(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
        let mut seen = self.read(headers)?;
        {
            let known = self.known();
            if let Some((epoch, position)) = known.numbered {
                seen = seen.with_position(REGISTRY, epoch, position);
            }
            for (_, fresh) in &known.fresh {
                seen = seen.merge(fresh.clone());
            }
        }
        Ok((!seen.is_empty()).then(|| seal(&seen, &self.keys)).flatten())
    }

    /// The answer made of several, with what they together have seen.
    pub fn reply<'a, T>(
        &self,
        message: T,
        answers: impl IntoIterator<Item = &'a HeaderMap>,
    ) -> Response<T> {
        let seen = answers
            .into_iter()
            .filter_map(|headers| self.read(headers).ok())
            .fold(Seen::default(), Seen::merge);
        let mut response = Response::new(message);
        if !seen.is_empty()
            && let Some(seen) = seal(&seen, &self.keys)
            && let Ok(seen) = MetadataValue::try_from(seen.as_bytes())
        {
            response.metadata_mut().insert(SEEN, seen);
        }
        response
    }

    /// Takes note of an acknowledged write of registry that changed rights or tree.
    pub fn note(&self, answer: &HeaderMap) {
        let Ok(seen) = self.read(answer) else { return };
        let seen = seen.of(REGISTRY);
        if seen.is_empty() {
            return;
        }
        let mut known = self.known();
        known.fresh.push_back((Instant::now(), seen));
        while known.fresh.len() > FRESH_MAX {
            known.fresh.pop_front();
        }
    }

    /// Watches registry's feed from its head on, until `stopping`.
    pub async fn watch(&self, registry: Channel, signer: Arc<Signer>, stopping: CancellationToken) {
        let token = SpeakForItself::new(signer, REGISTRY);
        let watching = async {
            loop {
                if let Err(status) = self.watch_once(registry.clone(), token.clone()).await {
                    tracing::debug!(code = ?status.code(), "registry's feed cannot be watched");
                }
                tokio::time::sleep(WATCH_AGAIN_AFTER).await;
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = watching => {}
        }
    }

    async fn watch_once(&self, registry: Channel, token: SpeakForItself) -> Result<(), Status> {
        let request =
            WatchRequest { headers_only: true, from_head: true, ..WatchRequest::default() };
        let mut feed =
            FeedServiceClient::with_interceptor(registry, token).watch(request).await?.into_inner();
        let mut began = false;
        loop {
            let page = tokio::time::timeout(SILENCE_MAX, feed.message())
                .await
                .map_err(|_| Status::deadline_exceeded("the feed is silent"))??;
            let Some(page) = page else { return Ok(()) };
            self.learn(&page, !began);
            began = true;
        }
    }

    /// Takes note of what the feed shows. Of what happened before the watch began nothing
    /// is known: then its head stands for the newest change.
    fn learn(&self, page: &WatchResponse, first: bool) {
        let Ok(epoch) = Uuid::parse_str(&page.epoch) else { return };
        let newest = page
            .changes
            .iter()
            .filter(|change| changes_rights_or_tree(&change.kind))
            .map(|change| change.position)
            .chain(first.then_some(page.head_position))
            .max();
        let mut known = self.known();
        if let Some(position) = newest {
            known.numbered = match known.numbered {
                Some((same, before)) if same == epoch => Some((epoch, before.max(position))),
                // Restored from a backup: positions of the other epoch mean nothing.
                _ => Some((epoch, position)),
            };
        }
        let shown: Vec<Uuid> = page
            .changes
            .iter()
            .filter(|change| change.act_complete)
            .filter_map(|change| Uuid::parse_str(&change.change_id).ok())
            .collect();
        known.fresh.retain(|(noted_at, seen)| {
            noted_at.elapsed() < FRESH_FOR
                && !shown.iter().any(|id| seen.has_change(REGISTRY, epoch, *id))
        });
    }

    fn read(&self, headers: &HeaderMap) -> Result<Seen, Refusal> {
        match headers.get(SEEN) {
            None => Ok(Seen::default()),
            Some(value) => Seen::decode(&self.keys, value.to_str().unwrap_or_default()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seal(seen: &Seen, keys: &Keys) -> Option<HeaderValue> {
    HeaderValue::from_str(&seen.encode(keys)).ok()
}

/// Registry's kinds about organisations and grants; terms, ceremonies and surveys move
/// nobody and allow nothing.
fn changes_rights_or_tree(kind: &str) -> bool {
    kind.starts_with("registry.organisation")
        || kind.starts_with("registry.timelines")
        || kind.starts_with("registry.grant")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::feed::v1::Change;

    fn newest() -> Newest {
        Newest::new(Arc::new(Keys::new(&[7; 32]).expect("a key")))
    }

    fn page(epoch: Uuid, head_position: i64, changes: Vec<Change>) -> WatchResponse {
        WatchResponse { epoch: epoch.to_string(), changes, head_position }
    }

    fn change(kind: &str, position: i64, change_id: Uuid) -> Change {
        Change {
            kind: kind.to_string(),
            position,
            change_id: change_id.to_string(),
            act_complete: true,
            ..Change::default()
        }
    }

    /// What a call without a token of its own is forwarded with.
    fn forwarded(newest: &Newest) -> Seen {
        let joined = newest.join(&HeaderMap::new()).expect("joined");
        joined.map_or_else(Seen::default, |value| {
            Seen::decode(&newest.keys, value.to_str().expect("ascii")).expect("sealed by us")
        })
    }

    #[test]
    fn only_changes_of_rights_and_tree_move_it() {
        let (newest, epoch) = (newest(), Uuid::now_v7());
        newest.learn(&page(epoch, 5, vec![]), true);
        assert_eq!(forwarded(&newest), Seen::default().with_position(REGISTRY, epoch, 5));
        let held = vec![change("registry.congress_held", 6, Uuid::now_v7())];
        newest.learn(&page(epoch, 6, held), false);
        assert_eq!(forwarded(&newest), Seen::default().with_position(REGISTRY, epoch, 5));
        let ended = vec![change("registry.grant_ended", 7, Uuid::now_v7())];
        newest.learn(&page(epoch, 7, ended), false);
        assert_eq!(forwarded(&newest), Seen::default().with_position(REGISTRY, epoch, 7));
    }

    #[test]
    fn an_acknowledged_write_rules_the_next_call_until_the_feed_shows_it() {
        let (newest, epoch, id) = (newest(), Uuid::now_v7(), Uuid::now_v7());
        let write = Seen::default().with_change(REGISTRY, epoch, id).with_position(
            "membership",
            Uuid::now_v7(),
            9,
        );
        let mut answer = HeaderMap::new();
        answer.insert(SEEN, seal(&write, &newest.keys).expect("sealed"));
        newest.note(&answer);
        // Of another caller's other services nothing is remembered.
        assert_eq!(forwarded(&newest), Seen::default().with_change(REGISTRY, epoch, id));
        newest.learn(&page(epoch, 8, vec![change("registry.grant_ended", 8, id)]), false);
        assert_eq!(forwarded(&newest), Seen::default().with_position(REGISTRY, epoch, 8));
    }

    #[test]
    fn a_restored_registry_begins_anew() {
        let (newest, before, after) = (newest(), Uuid::now_v7(), Uuid::now_v7());
        newest.learn(&page(before, 90, vec![]), true);
        newest.learn(&page(after, 70, vec![]), true);
        assert_eq!(forwarded(&newest), Seen::default().with_position(REGISTRY, after, 70));
    }
}
