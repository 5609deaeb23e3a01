//! What happened in this service, in one order that everybody sees; and what happened in
//! others, followed.
//!
//! An act [`append`]s its changes to `feed.pending` in its own transaction. The sequencer of
//! any replica moves what was committed to `feed.stream`, with dense positions, many acts a
//! round. `FeedService.Watch` serves the stream; a follower in another service
//! [applies](Follow) whole acts, together with its position, in one transaction.
//!
//! **Invariant:** nobody sends a `NOTIFY` inside a transaction that writes: it would hold a
//! lock of the whole cluster while the commit is flushed. Everything here is woken in its
//! own process, is told by a `NOTIFY` of its own transaction, and polls as a backstop.

mod change;
mod follower;
mod head;
mod learner;
mod part;
mod pending;
mod sequencer;
mod skip;
mod waker;
mod watch;

use proto::feed::v1::feed_service_server::FeedServiceServer;
use tokio_util::sync::CancellationToken;
use tonic::service::Interceptor;
use tonic::transport::Endpoint;

pub use change::{ActStamp, Change, NewChange};
pub use follower::{Ahead, Follow, Following, Reins};
pub use head::{Head, announce_pending, epoch, restored};
pub use part::Feed;
pub use pending::append;
pub use skip::skip;
pub use waker::Waker;
pub use watch::Watch;

impl Feed {
    /// Numbers what acts have committed, and learns what other processes do, until
    /// `stopping`. Any number of replicas may do this at once.
    pub async fn run(&self, stopping: CancellationToken) {
        tokio::join!(
            sequencer::run(self, &stopping),
            learner::poll(self, &stopping),
            learner::listen(self, &stopping),
            learner::announce(self, &stopping),
        );
    }

    /// Follows another service's feed until `stopping`. `interceptor` adds this service's
    /// internal token to each call. Any number of replicas may do this at once.
    pub async fn follow<F, I>(
        &self,
        owner: Endpoint,
        interceptor: I,
        follower: F,
        stopping: CancellationToken,
    ) where
        F: Follow,
        I: Interceptor + Clone + Send + Sync + 'static,
    {
        follower::run(self, owner, interceptor, &follower, None, &stopping).await;
    }

    /// As [`Feed::follow`], as far as `reins` let it go.
    pub async fn follow_in_reins<F, I>(
        &self,
        owner: Endpoint,
        interceptor: I,
        follower: F,
        reins: &Reins,
        stopping: CancellationToken,
    ) where
        F: Follow,
        I: Interceptor + Clone + Send + Sync + 'static,
    {
        follower::run(self, owner, interceptor, &follower, Some(reins), &stopping).await;
    }

    /// Serves this feed; open streams end when `stopping`.
    pub fn server(&self, stopping: CancellationToken) -> FeedServiceServer<Watch> {
        FeedServiceServer::new(Watch::new(self.clone(), stopping))
    }
}
