//! What a caller has seen, so that a later read, in any service, sees it too.
//!
//! The token (metadata `congdoan-seen`) says, per service, up to which position of its feed
//! the caller has seen, or, fresh from a write that nobody has numbered yet, which change.
//! It is sealed: a caller hands it on, and cannot make one that would have a service wait
//! for what never comes.

mod keys;
mod progress;

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use proto::refusal::v1::Reason;
use uuid::Uuid;

use crate::refusal::Refusal;

pub use keys::Keys;
pub use progress::{Applied, Progress};

const PURPOSE: &str = "congdoan-seen";

/// What a token carries at most, so that it fits into a header.
const CHANGE_IDS_MAX: usize = 32;
const FEEDS_MAX: usize = 16;

/// What a caller has seen of each service's feed. Merging is idempotent, commutative and
/// associative: tokens may be joined in any order, as often as one likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// By service and epoch: a position means something in its own epoch only.
    feeds: BTreeMap<(String, Uuid), Point>,
}

/// How far a caller has seen one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    position: i64,
    /// Changes whose positions were not known yet.
    change_ids: BTreeSet<Uuid>,
}

impl Seen {
    /// True when the caller has seen nothing that a service would have to wait for.
    pub fn is_empty(&self) -> bool {
        self.feeds.is_empty()
    }

    /// The same, after a write of `service` that published `change_id` last.
    pub fn with_change(mut self, service: &str, epoch: Uuid, change_id: Uuid) -> Self {
        let point = self.feeds.entry((service.to_string(), epoch)).or_default();
        point.change_ids.insert(change_id);
        self
    }

    /// The same, after seeing `service` up to `position`.
    pub fn with_position(mut self, service: &str, epoch: Uuid, position: i64) -> Self {
        let point = self.feeds.entry((service.to_string(), epoch)).or_default();
        point.position = point.position.max(position);
        self
    }

    /// All that either has seen.
    pub fn merge(mut self, other: Seen) -> Self {
        for (feed, seen) in other.feeds {
            let point = self.feeds.entry(feed).or_default();
            point.position = point.position.max(seen.position);
            point.change_ids.extend(seen.change_ids);
        }
        self
    }

    /// What was seen of one service only.
    pub fn of(mut self, service: &str) -> Self {
        self.feeds.retain(|(name, _), _| name == service);
        self
    }

    /// True when this change is among those whose positions were not known yet.
    pub fn has_change(&self, service: &str, epoch: Uuid, change_id: Uuid) -> bool {
        self.feeds
            .get(&(service.to_string(), epoch))
            .is_some_and(|point| point.change_ids.contains(&change_id))
    }

    /// The token. It names the newest changes, as many as a header can well carry. Of writes
    /// made one after the other, each carrying the token of the one before, the last alone
    /// would do: what was committed before an act began is numbered before it.
    pub fn encode(&self, keys: &Keys) -> String {
        let feeds = self
            .feeds
            .iter()
            .take(FEEDS_MAX)
            .map(|((service, epoch), point)| wire::Feed {
                service: service.clone(),
                epoch: epoch.as_bytes().to_vec(),
                position: point.position,
                change_ids: point
                    .change_ids
                    .iter()
                    .rev()
                    .take(CHANGE_IDS_MAX)
                    .flat_map(|id| id.into_bytes())
                    .collect(),
            })
            .collect();
        keys.seal(PURPOSE, &[], &wire::Seen { feeds }.encode_to_vec())
    }

    /// Reads a token that [`Seen::encode`] made, here or in another service.
    pub fn decode(keys: &Keys, token: &str) -> Result<Self, Refusal> {
        keys.open(PURPOSE, &[], token)
            .and_then(|content| wire::Seen::decode(&*content).ok())
            .and_then(|seen| seen.feeds.into_iter().map(wire::Feed::parse).collect())
            .map(|feeds| Seen { feeds })
            .ok_or_else(|| Refusal::of(Reason::SeenTokenInvalid))
    }
}

/// What is sealed. Not in the contracts: nobody outside may read it.
mod wire {
    use super::{Point, Uuid};

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Seen {
        #[prost(message, repeated, tag = "1")]
        pub feeds: Vec<Feed>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Feed {
        #[prost(string, tag = "1")]
        pub service: String,
        #[prost(bytes = "vec", tag = "2")]
        pub epoch: Vec<u8>,
        #[prost(int64, tag = "3")]
        pub position: i64,
        /// Sixteen bytes each.
        #[prost(bytes = "vec", tag = "4")]
        pub change_ids: Vec<u8>,
    }

    impl Feed {
        pub fn parse(self) -> Option<((String, Uuid), Point)> {
            let epoch = Uuid::from_slice(&self.epoch).ok()?;
            let change_ids = self.change_ids.chunks(16).map(Uuid::from_slice);
            let point = Point {
                position: self.position,
                change_ids: change_ids.collect::<Result<_, _>>().ok()?,
            };
            Some(((self.service, epoch), point))
        }
    }
}
