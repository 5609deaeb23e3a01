//! Acts and reads: transactions that know the end user.
//!
//! A service has one [`Database`]. A read-only call opens a [`Reading`]; a call that changes
//! something performs an [`Act`]. Both carry the end user and the method's permission into
//! the transaction, where `access.covers(organisation_id)` decides, in every statement.
//!
//! **Invariant:** an act's rows, its changes in `feed.pending` and its answer in
//! `act.request` are written by one transaction, in a task of its own: a cancelled call, a
//! repeated call and a killed process all leave either the whole act or nothing.

mod config;
mod connections;
mod day;
mod functions;
mod growth;
pub(crate) mod housekeeping;
mod looking;
mod opening;
mod reading;

use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context;
use proto::refusal::v1::Reason;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Transaction};
use time::{Date, OffsetDateTime};
use tonic::{Response, Status};
use tracing::Instrument;
use uuid::Uuid;

use crate::access::{PUBLIC, permission_denied};
use crate::call::{Call, Caller, respond};
use crate::feed::{ActStamp, NewChange, Waker, append};
use crate::refusal::{Failure, Refusal};
use crate::seen::{Keys, Progress, Seen};

use connections::Connections;

pub use config::Config;
pub use connections::pool;
pub use day::{civil_date, today};
pub use functions::{EVERYWHERE, Function, count_anew};
pub use growth::Growth;
pub use housekeeping::forget_requests;
pub use looking::{Look, Looked};
pub(crate) use opening::{LARGE_BYTES, Stamp};
pub use reading::{Reading, Replying};

/// What an act may write that is not told by the length of its message.
const WORK_BYTES: usize = 1024 * 1024;

/// The database of one service, and what its acts need besides it.
#[derive(Clone)]
pub struct Database {
    connections: Connections,
    service: &'static str,
    waker: Waker,
    progress: Progress,
    keys: Arc<Keys>,
}

/// Opens the connections of a service; `followed` names the services whose feeds it follows.
pub async fn open(
    config: &Config,
    service: &'static str,
    followed: &'static [&'static str],
    keys: Arc<Keys>,
) -> anyhow::Result<Database> {
    let connections = Connections::open(config, service).await?;
    Ok(Database {
        waker: Waker::new(),
        progress: Progress::new(connections.beside().clone(), followed)
            .telling(connections.growth().clone()),
        connections,
        service,
        keys,
    })
}

/// The schema of a service, as the owner of its database applies it.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// What was decided once, in its order; frozen.
    pub migrations: &'static sqlx::migrate::Migrator,
    /// The service's own functions, as they are today.
    pub functions: &'static [Function],
}

impl Schema {
    /// Its own functions, and those that every service has.
    pub fn all_functions(&self) -> Vec<Function> {
        [EVERYWHERE, self.functions].concat()
    }
}

/// Applies a service's migrations as the owner of its schema, then its functions and the roles'
/// permissions.
pub async fn migrate(owner_url: &str, schema: &Schema) -> anyhow::Result<()> {
    let mut connection = PgConnectOptions::from_str(owner_url)
        .context("read the owner's url")?
        .application_name("migrate")
        .options([("lock_timeout", "10000")])
        .connect()
        .await
        .context("connect as the schema's owner")?;
    schema
        .migrations
        .run_direct(None, &mut connection, false)
        .await
        .context("apply the migrations")?;
    functions::apply(&mut connection, &schema.all_functions())
        .await
        .context("apply the functions")?;
    crate::access::roles::load(&mut connection).await.context("load the roles' permissions")
}

/// Something that a service does: one file, one transaction.
pub trait Act: Send + 'static {
    /// What is answered and kept for 30 days: ids and counts, never personal data.
    type Answer: Serialize + DeserializeOwned + Send + 'static;

    /// Decides and writes. Whatever it publishes is written with it.
    fn perform(
        self,
        acting: &mut Acting,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// An act in progress: its transaction, its actor, and the changes to publish.
pub struct Acting {
    transaction: Transaction<'static, Postgres>,
    changes: Vec<NewChange>,
    registry_position: i64,
    /// The end user.
    pub caller: Caller,
    /// Names the act in its changes; UUIDv7.
    pub act_id: Uuid,
    /// When the act is recorded: one instant for all its rows.
    pub acted_at: OffsetDateTime,
    /// The civil date of `acted_at`.
    pub today: Date,
}

impl Acting {
    /// The transaction's connection. Every statement says `where access.covers(…)`.
    pub fn db(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Publishes a change when the act commits, after those published before.
    pub fn publish(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    /// Publishes changes in their order, as [`Self::publish`] does one.
    pub fn publish_all(&mut self, changes: impl IntoIterator<Item = NewChange>) {
        self.changes.extend(changes);
    }

    /// Says on which position of registry's feed this act was decided.
    pub fn set_registry_position(&mut self, position: i64) {
        self.registry_position = position;
    }
}

/// An act that was done, now or by an earlier call with the same request id.
#[derive(Debug)]
pub struct Acted<T> {
    /// What the act answered.
    pub answer: T,
    seen: Option<String>,
}

impl<T> Acted<T> {
    /// The response, with the consistency token that lets later reads wait for this act.
    pub fn reply<R>(self, make: impl FnOnce(T) -> R) -> Response<R> {
        respond(make(self.answer), self.seen)
    }
}

/// The newest change of an act, in the epoch in which it was published.
struct Change {
    epoch: Uuid,
    change_id: Uuid,
}

/// How an act ended inside its transaction.
enum Outcome<T> {
    Done { answer: T, change: Option<Change> },
    Repeated { answer: T, change: Option<Change> },
    Validated { answer: T },
}

impl Database {
    /// Connections for followers and for what runs outside a call.
    pub fn pool(&self) -> &PgPool {
        self.connections.beside()
    }

    /// The name of the service.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Wakes the sequencer after a commit.
    pub fn waker(&self) -> &Waker {
        &self.waker
    }

    /// How far this service has followed others.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The keys that seal consistency and page tokens.
    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Performs an act in a transaction and a task of its own, and answers when it is
    /// committed. The same request id answers the same, without acting again.
    pub async fn act<A: Act>(&self, call: Call, act: A) -> Result<Acted<A::Answer>, Status> {
        let seen = self.wait_for_seen(&call).await?;
        let content_bytes = call.content_bytes;
        let database = self.clone();
        // A dropped call cancels its future; a spawned task goes on to commit or to fail.
        let outcome =
            tokio::spawn(async move { database.transact(&call, act).await }.in_current_span())
                .await
                .map_err(|error| {
                    Failure::Failed(anyhow::Error::new(error).context("perform the act"))
                })??;
        let (answer, change) = match outcome {
            Outcome::Done { answer, change } => {
                self.waker.wake();
                self.connections.growth().wrote(content_bytes);
                (answer, change)
            }
            Outcome::Repeated { answer, change } => (answer, change),
            Outcome::Validated { answer } => (answer, None),
        };
        let seen = match change {
            Some(Change { epoch, change_id }) => {
                Some(seen.with_change(self.service, epoch, change_id))
            }
            None => (!seen.is_empty()).then_some(seen),
        };
        Ok(Acted { answer, seen: seen.map(|seen| seen.encode(&self.keys)) })
    }

    async fn transact<A: Act>(&self, call: &Call, act: A) -> Result<Outcome<A::Answer>, Failure> {
        let stamp = Stamp::now();
        let mut transaction = self.connections.act(call, stamp).await?;
        let request_id = call.request_id.ok_or_else(|| crate::parse::required("request_id"))?;
        let principal = call.caller.principal();
        let act_id = stamp.act_id;

        // Rights come before everything that may wait: whoever may do this nowhere holds up
        // nobody. Two calls with one request id queue here, on the primary key.
        let begun = sqlx::query!(
            r#"with right_held as materialized (select $6 or access.holds() as held),
                    begun as (
                        insert into act.request (principal, request_id, rpc, body_digest, act_id,
                                                 office, purpose)
                        select $1, $2, $3, $4, $5,
                               nullif(current_setting('congdoan.office', true), ''),
                               nullif(current_setting('congdoan.purpose', true), '')
                        from right_held where held
                        on conflict on constraint request_key do nothing
                        returning request_id)
               select held as "held!", exists (select from begun) as "new!" from right_held"#,
            principal,
            request_id,
            &*call.rpc,
            &call.digest[..],
            act_id,
            &*call.permission == PUBLIC,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if !begun.new {
            let earlier = sqlx::query!(
                r#"select body_digest, answer, change_id, (select epoch from feed.head) as "epoch!"
                   from act.request
                   where principal = $1 and request_id = $2"#,
                principal,
                request_id,
            )
            .fetch_optional(&mut *transaction)
            .await?;
            // What was answered stays answered, also to whoever has lost the right since.
            let earlier = earlier.ok_or_else(|| permission_denied(&call.permission))?;
            if earlier.body_digest != call.digest {
                return Err(request_id_reused(request_id).into());
            }
            let answer = earlier.answer.context("an answered request has no answer")?;
            return Ok(Outcome::Repeated {
                answer: serde_json::from_value(answer).context("read the stored answer")?,
                change: earlier
                    .change_id
                    .map(|change_id| Change { epoch: earlier.epoch, change_id }),
            });
        }

        let (answer, mut transaction, change_id) =
            perform(transaction, &call.caller, stamp, act).await?;
        let epoch = sqlx::query_scalar!(
            r#"update act.request set answer = $3, change_id = $4
               where principal = $1 and request_id = $2
               returning (select epoch from feed.head) as "epoch!""#,
            principal,
            request_id,
            serde_json::to_value(&answer).context("write the answer")?,
            change_id,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if call.validate_only {
            transaction.rollback().await?;
            return Ok(Outcome::Validated { answer });
        }
        transaction.commit().await?;
        Ok(Outcome::Done { answer, change: change_id.map(|change_id| Change { epoch, change_id }) })
    }

    /// Performs an act that a call asked for and that nobody waits for, on the rights of
    /// whoever asked, with the permission of the method that was called. Nothing remembers its
    /// answer but what the act itself writes; its statements may take their time.
    pub async fn work<A: Act>(
        &self,
        caller: Caller,
        permission: &str,
        act: A,
    ) -> Result<A::Answer, Failure> {
        self.work_as(Call::of_work(caller, permission), true, act).await
    }

    /// Performs an act of a part of this service, for example `membership.pseudonyms`: nobody asked
    /// for it, and it decides on nobody's rights.
    pub async fn work_of_itself<A: Act>(&self, part: &str, act: A) -> Result<A::Answer, Failure> {
        self.work_as(Call::of_work(Caller::system(part), ""), false, act).await
    }

    async fn work_as<A: Act>(
        &self,
        call: Call,
        by_right: bool,
        act: A,
    ) -> Result<A::Answer, Failure> {
        let database = self.clone();
        let work = async move {
            let stamp = Stamp::now();
            let mut transaction = database.connections.work(&call, stamp).await?;
            if by_right {
                let held = sqlx::query_scalar!(r#"select access.holds() as "held!""#)
                    .fetch_one(&mut *transaction)
                    .await?;
                if !held {
                    return Err(permission_denied(&call.permission).into());
                }
            }
            let (answer, transaction, _) = perform(transaction, &call.caller, stamp, act).await?;
            transaction.commit().await?;
            Ok::<_, Failure>(answer)
        };
        let answer = tokio::spawn(work.in_current_span()).await.map_err(|error| {
            Failure::Failed(anyhow::Error::new(error).context("perform the act"))
        })??;
        self.waker.wake();
        self.connections.growth().wrote(WORK_BYTES);
        Ok(answer)
    }

    /// Opens a read-only snapshot, after waiting for what the caller has seen.
    pub async fn read(&self, call: &Call) -> Result<Reading, Failure> {
        let seen = self.wait_for_seen(call).await?;
        let transaction = self.connections.read(call).await?;
        Ok(Reading { transaction, seen, service: self.service, keys: self.keys.clone() })
    }

    /// Opens a read-only snapshot for work that a call asked for and that nobody waits for, on the
    /// rights of whoever asked, with the permission of the method that was called. Its statements
    /// may take their time.
    pub async fn read_for_work(
        &self,
        caller: Caller,
        permission: &str,
    ) -> Result<Reading, Failure> {
        let transaction = self.connections.read(&Call::of_work(caller, permission)).await?;
        let keys = self.keys.clone();
        Ok(Reading { transaction, seen: Seen::default(), service: self.service, keys })
    }

    /// What a look finds, after waiting for what the caller has seen; nothing where a read is to
    /// say why.
    pub async fn look<L: Look>(
        &self,
        call: &Call,
        look: &L,
    ) -> Result<Option<Looked<L::Found>>, Failure> {
        let seen = self.wait_for_seen(call).await?;
        let found = self.connections.look(call, look).await?;
        Ok(found.map(|found| Looked::new(found, seen, self.keys.clone())))
    }

    async fn wait_for_seen(&self, call: &Call) -> Result<Seen, Failure> {
        let Some(token) = &call.seen else {
            return Ok(Seen::default());
        };
        let seen = Seen::decode(&self.keys, token)?;
        self.progress.wait(seen, call.deadline).await
    }
}

/// Performs an act in a transaction that was begun for it, and leaves its changes there;
/// answers the newest of them too.
async fn perform<A: Act>(
    transaction: Transaction<'static, Postgres>,
    caller: &Caller,
    Stamp { act_id, acted_at }: Stamp,
    act: A,
) -> Result<(A::Answer, Transaction<'static, Postgres>, Option<Uuid>), Failure> {
    let mut acting = Acting {
        transaction,
        changes: Vec::new(),
        registry_position: 0,
        caller: caller.clone(),
        act_id,
        acted_at,
        today: civil_date(acted_at),
    };
    let answer = act.perform(&mut acting).await?;

    let Acting { mut transaction, changes, registry_position, .. } = acting;
    let stamp = ActStamp {
        act_id,
        acted_at,
        actor: caller.principal(),
        traceparent: crate::telemetry::traceparent(),
        registry_position,
    };
    let change_id = append(&mut transaction, &stamp, changes).await?;
    Ok((answer, transaction, change_id))
}

fn request_id_reused(request_id: Uuid) -> Refusal {
    Refusal::of(Reason::RequestIdReused)
        .field("request_id")
        .with("request_id", request_id.to_string())
}
