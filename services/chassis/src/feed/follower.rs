//! Follows another service's feed: reads whole acts, applies them in order, and remembers
//! how far in the same transaction.

mod applying;
mod following;
mod instruments;
mod interruption;
mod reading;
mod reins;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use futures_util::{FutureExt, StreamExt};
use proto::feed::v1::feed_service_client::FeedServiceClient;
use proto::feed::v1::{WatchRequest, WatchResponse};
use tokio::sync::watch as latest;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::service::Interceptor;
use tonic::transport::Endpoint;
use tonic::{Status, Streaming};
use tracing::{Instrument, info_span};
use uuid::Uuid;

pub use self::following::{Follow, Following};
use self::instruments::Instruments;
use self::interruption::{Halt, Interruption, interruption, passing};
use self::reading::Reading;
pub use self::reins::{Ahead, Reins};
use super::part::Feed;
use crate::parse::id_or_empty;
use crate::refusal::Failure;

/// The service on whose positions others decide.
const REGISTRY: &str = "registry";

/// One act of bulk changes may be larger than what tonic reads by default.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// How a transaction begins that applies what is about many: see [`crate::database`].
const BEGIN_LARGE: &str = "begin; discard plans";

/// A living owner says something every two seconds.
const SILENCE_MAX: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// How often a halted follower looks whether an operator has let it go on.
const HALTED_POLL: Duration = Duration::from_millis(250);

pub(super) async fn run<F, I>(
    feed: &Feed,
    owner: Endpoint,
    interceptor: I,
    follower: &F,
    reins: Option<&Reins>,
    stopping: &CancellationToken,
) where
    F: Follow,
    I: Interceptor + Clone + Send + Sync + 'static,
{
    let instruments = Instruments::of(feed.service, F::SOURCE);
    let session = Session { feed, follower, instruments, reins, stopping };
    let owner = owner.connect_timeout(CONNECT_TIMEOUT);
    let mut backoff = BACKOFF_MIN;
    loop {
        let started = Instant::now();
        let Err(interruption) = session.follow(&owner, interceptor.clone()).await;
        let pause = match interruption {
            Interruption::Stopping => return,
            Interruption::Away(cause) => {
                if started.elapsed() > BACKOFF_MAX {
                    backoff = BACKOFF_MIN;
                }
                tracing::info!(
                    service = feed.service,
                    source = F::SOURCE,
                    cause,
                    "the follower will try again"
                );
                let pause = backoff.mul_f64(rand::random_range(0.5..1.0));
                backoff = (backoff * 2).min(BACKOFF_MAX);
                pause
            }
            Interruption::Halted(halt) => {
                session.halt(&halt).await;
                HALTED_POLL
            }
        };
        if session.pause(pause).await.is_err() {
            return;
        }
    }
}

/// Where this service has got to, as its database says.
struct Stored {
    epoch: Option<Uuid>,
    position: i64,
    change_id: Option<Uuid>,
}

struct Session<'a, F> {
    feed: &'a Feed,
    follower: &'a F,
    instruments: Instruments,
    /// Of one that follows beside another.
    reins: Option<&'a Reins>,
    stopping: &'a CancellationToken,
}

impl<F: Follow> Session<'_, F> {
    /// Reads and applies until something is in the way.
    async fn follow<I>(&self, owner: &Endpoint, interceptor: I) -> Result<Infallible, Interruption>
    where
        I: Interceptor + Send + Sync + 'static,
    {
        let stored = self.stored().await?;
        let mut stream = self.unless_stopping(watch(owner, interceptor, &stored)).await??;
        let mut reading = Reading::after(stored.position);
        // The first message tells where the owner is; that it comes at all says that the
        // owner's past is ours.
        reading.take(self.next(&mut stream, &reading).await?)?;
        self.note_epoch(&stored, &reading).await?;
        let mut left = true;
        loop {
            if let Some(reins) = self.reins {
                reins.sees(&reading);
            }
            self.read(&mut reading, &mut stream, left).await?;
            if let Some(reins) = self.reins {
                reins.sees(&reading);
            }
            if reading.acts.is_empty() {
                left = match self.go_on().await {
                    Ok(left) => left,
                    Err(failure) if passing(&failure) => return Err(failure.into()),
                    Err(failure) => {
                        return Err(Interruption::Halted(reading.not_gone_on(&failure)));
                    }
                };
                continue;
            }
            let ready = self.ready(&reading).await?;
            let changes = reading.give(ready);
            let applying = self.apply_all(&changes, reading.head());
            let (applied, read) = reading_on(applying, &mut reading, &mut stream).await;
            left |= applied?;
            read?;
        }
    }

    /// Goes on with what is left to do; answers whether there is more.
    async fn go_on(&self) -> Result<bool, Failure> {
        let mut transaction = self.feed.pool.begin_with(BEGIN_LARGE).await?;
        let position = sqlx::query_scalar!(
            "select position from feed.follower where source = $1 for update",
            F::SOURCE,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let mut following = Following::new(transaction);
        following.begin(position);
        let span = info_span!(
            parent: None,
            "go on",
            otel.kind = "internal",
            service = self.feed.service,
            source = F::SOURCE,
            position,
        );
        let published = async {
            if F::KEEPS_PAST {
                following.stamp().await?;
            }
            AssertUnwindSafe(self.follower.go_on(&mut following))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(anyhow!("going on panicked").into()))?;
            self.append(&mut following, position).await
        }
        .instrument(span)
        .await?;
        let left = following.leaves_the_rest;
        following.transaction.commit().await?;
        if published {
            self.feed.waker.wake();
        }
        Ok(left)
    }

    async fn stored(&self) -> Result<Stored, sqlx::Error> {
        sqlx::query!(
            "insert into feed.follower (source) values ($1) on conflict (source) do nothing",
            F::SOURCE,
        )
        .execute(&self.feed.pool)
        .await?;
        sqlx::query_as!(
            Stored,
            "select epoch, position, change_id from feed.follower where source = $1",
            F::SOURCE,
        )
        .fetch_one(&self.feed.pool)
        .await
    }

    /// Remembers the owner's epoch once the owner has accepted what we have read: a reader
    /// may wait for a position in it before the next change comes.
    async fn note_epoch(&self, stored: &Stored, reading: &Reading) -> Result<(), sqlx::Error> {
        if stored.epoch == reading.epoch {
            return Ok(());
        }
        sqlx::query!(
            "update feed.follower set epoch = $2 where source = $1 and position = $3",
            F::SOURCE,
            reading.epoch,
            stored.position,
        )
        .execute(&self.feed.pool)
        .await?;
        self.feed.announcements.applied.notify_one();
        self.feed.progress.learn().await
    }

    async fn next(
        &self,
        stream: &mut Streaming<WatchResponse>,
        reading: &Reading,
    ) -> Result<WatchResponse, Interruption> {
        let arrived = self.unless_stopping(timeout(SILENCE_MAX, stream.next())).await?;
        let message = arrived.map_err(|_| Interruption::Away("the owner is silent".into()))?;
        received(message, reading)
    }

    /// Waits for a whole act, unless there is something else to do, then takes in what else has
    /// already arrived.
    async fn read(
        &self,
        reading: &mut Reading,
        stream: &mut Streaming<WatchResponse>,
        is_busy: bool,
    ) -> Result<(), Interruption> {
        if self.stopping.is_cancelled() {
            return Err(Interruption::Stopping);
        }
        while !reading.full() {
            let message = if reading.acts.is_empty() && !is_busy {
                self.next(stream, reading).await?
            } else {
                match stream.next().now_or_never() {
                    Some(message) => received(message, reading)?,
                    None => break,
                }
            };
            reading.take(message)?;
            self.instruments.lag(reading.head_position - reading.given);
        }
        Ok(())
    }

    /// How many of the acts read may be applied now: all before the first one that was
    /// decided on a position of `AFTER` to which this service has not got, and before the first one
    /// that lies further than its reins let it go. Waits for one.
    async fn ready(&self, reading: &Reading) -> Result<usize, Interruption> {
        let mut applied = match F::AFTER {
            Some(after) => Some(self.feed.progress.of(after).ok_or_else(|| {
                Interruption::Away(format!("{} does not follow {after}", self.feed.service))
            })?),
            None => None,
        };
        let mut until = self.reins.map(Reins::until);
        loop {
            let position =
                applied.as_mut().map_or(i64::MAX, |applied| applied.borrow_and_update().position);
            let until_position =
                until.as_mut().map_or(i64::MAX, |until| *until.borrow_and_update());
            let ready = reading.acts.iter().take_while(|act| {
                act.registry_position <= position && act.last_position <= until_position
            });
            let ready = ready.count();
            if ready > 0 || reading.acts.is_empty() {
                return Ok(ready);
            }
            let news = async {
                tokio::select! {
                    news = changed(&mut applied) => news,
                    news = changed(&mut until) => news,
                }
            };
            if !self.unless_stopping(news).await? {
                return Err(Interruption::Away("nobody tells of progress any more".to_string()));
            }
        }
    }

    /// Says loudly why this follower stops, and waits until an operator lets it go on.
    async fn halt(&self, halt: &Halt) {
        tracing::error!(
            service = self.feed.service,
            source = F::SOURCE,
            reason = halt.reason,
            position = halt.position,
            cause = halt.cause,
            "the follower has halted"
        );
        self.instruments.halted(true);
        let written = sqlx::query!(
            "update feed.follower set halted = $2, halted_at = now() where source = $1",
            F::SOURCE,
            format!("{} at position {}: {}", halt.reason, halt.position, halt.cause),
        )
        .execute(&self.feed.pool)
        .await;
        if let Err(error) = written {
            // It will be tried again, and halt again.
            tracing::warn!(cause = %Failure::from(error), "the halt could not be recorded");
            return;
        }
        self.feed.announcements.applied.notify_one();
        loop {
            let halted = sqlx::query_scalar!(
                r#"select halted is not null as "halted!" from feed.follower where source = $1"#,
                F::SOURCE,
            )
            .fetch_one(&self.feed.pool)
            .await;
            // A database that is away lets nobody go on.
            if let Ok(false) = halted {
                break;
            }
            if self.pause(HALTED_POLL).await.is_err() {
                return;
            }
        }
        self.instruments.halted(false);
        tracing::warn!(service = self.feed.service, source = F::SOURCE, "the follower goes on");
    }

    async fn pause(&self, pause: Duration) -> Result<(), Interruption> {
        self.unless_stopping(sleep(pause)).await
    }

    async fn unless_stopping<T>(&self, future: impl Future<Output = T>) -> Result<T, Interruption> {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => Err(Interruption::Stopping),
            done = future => Ok(done),
        }
    }
}

/// Waits for news of something that is told, for ever if it is not; answers false if it is told no
/// more.
async fn changed<T>(told: &mut Option<latest::Receiver<T>>) -> bool {
    match told {
        Some(told) => told.changed().await.is_ok(),
        None => std::future::pending().await,
    }
}

/// Asks the owner for what comes after what we have stored.
async fn watch<I>(
    owner: &Endpoint,
    interceptor: I,
    stored: &Stored,
) -> Result<Streaming<WatchResponse>, Interruption>
where
    I: Interceptor,
{
    let channel = owner
        .connect()
        .await
        .map_err(|error| Interruption::Away(format!("{:#}", anyhow::Error::new(error))))?;
    let request = WatchRequest {
        epoch: id_or_empty(stored.epoch),
        position: stored.position,
        change_id: id_or_empty(stored.change_id),
        headers_only: false,
        from_head: false,
    };
    FeedServiceClient::with_interceptor(channel, interceptor)
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .watch(request)
        .await
        .map(tonic::Response::into_inner)
        .map_err(|status| interruption(&status, stored.position))
}

/// Takes in what arrives while something else is done, as much as one batch may hold: whoever applies waits
/// for its database, and finds the next acts parsed. What is wrong with the stream is said afterwards.
async fn reading_on<T>(
    doing: impl Future<Output = T>,
    reading: &mut Reading,
    stream: &mut Streaming<WatchResponse>,
) -> (T, Result<(), Interruption>) {
    let mut doing = pin!(doing);
    let mut read = Ok(());
    loop {
        tokio::select! {
            biased;
            done = &mut doing => return (done, read),
            message = stream.next(), if read.is_ok() && !reading.full() => {
                read = received(message, reading).and_then(|message| reading.take(message));
            }
        }
    }
}

fn received(
    message: Option<Result<WatchResponse, Status>>,
    reading: &Reading,
) -> Result<WatchResponse, Interruption> {
    match message {
        None => Err(Interruption::Away("the owner ended the stream".to_string())),
        Some(Err(status)) => Err(interruption(&status, reading.last)),
        Some(Ok(message)) => Ok(message),
    }
}
