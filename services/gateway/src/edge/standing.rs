//! Where each caller stands: how many of its calls are here, and how much of them is in memory.
//!
//! A call stands here from when its caller is known until the last byte of its answer is taken:
//! also while it waits for its body or for its reader. It takes none but its caller's places
//! then. The places for work, here and in front of each service, are for calls that are being
//! answered, and are taken only when the whole question is there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use chassis::refusal::Refusal;
use chassis::serve::body_too_slow;
use chassis::serve::room::{Place, Room};
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use serde::Deserialize;
use tokio::time::timeout_at;
use tonic::Status;

use crate::error::Refused;
use crate::stream::Deadline;

/// All callers who have calls here.
pub struct Standings {
    calls: Arc<Room<Arc<str>>>,
    streams: Arc<Room<Arc<str>>>,
    bytes: Arc<Room<Arc<str>>>,
    body_max: Duration,
    body_idle: Duration,
}

/// One call of a caller.
pub struct Standing {
    _place: Place<Arc<str>>,
    bytes: Mutex<Place<Arc<str>>>,
}

impl Standings {
    /// Nobody stands here yet.
    pub fn new(limits: &Limits, body_idle: Duration) -> Self {
        Self {
            calls: Room::new(usize::MAX, limits.caller_calls_max),
            streams: Room::new(usize::MAX, limits.caller_streams_max),
            bytes: Room::new(limits.bytes_max, limits.caller_bytes_max),
            body_max: Duration::from_millis(limits.body_ms_max),
            body_idle,
        }
    }

    /// One more call of this caller.
    pub fn enter(&self, principal: String, streams: bool) -> Result<Arc<Standing>, Refused> {
        let principal: Arc<str> = principal.into();
        let room = if streams { &self.streams } else { &self.calls };
        let place = room.enter(principal.clone()).ok_or(Refused::TooManyOfCaller)?;
        let bytes = self.bytes.weighing(principal, 0).ok_or(Refused::TooManyOfCaller)?;
        Ok(Arc::new(Standing { _place: place, bytes: Mutex::new(bytes) }))
    }

    /// Takes a whole body in, if it comes in time and there is room for it.
    pub async fn take_in<B>(
        &self,
        standing: &Standing,
        body: B,
        limit: usize,
        deadline: Deadline,
    ) -> Result<Bytes, Status>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut body = std::pin::pin!(body);
        let over = Instant::now() + self.body_max;
        let mut content = Bytes::new();
        let mut more: Option<BytesMut> = None;
        loop {
            let idle = Instant::now() + self.body_idle;
            let until = deadline.at.min(over).min(idle);
            let frame = timeout_at(until.into(), body.frame()).await.map_err(|_| {
                if until == deadline.at {
                    return Refusal::from(deadline.refused()).status();
                }
                let limit = if until == over { self.body_max } else { self.body_idle };
                body_too_slow(limit).status()
            })?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|error| Status::from_error(error.into()))?;
            let Ok(bytes) = frame.into_data() else { continue };
            let size = more.as_ref().map_or(content.len(), BytesMut::len) + bytes.len();
            if size > limit {
                // All that is known is that there is more than the limit.
                let (size, limit) = (size as u64, limit as u64);
                return Err(Refused::MessageTooLarge { size, limit }.into());
            }
            standing.hold(bytes.len())?;
            match &mut more {
                Some(more) => more.extend_from_slice(&bytes),
                None if content.is_empty() => content = bytes,
                None => {
                    let mut both = BytesMut::with_capacity(size);
                    both.extend_from_slice(&content);
                    both.extend_from_slice(&bytes);
                    content = Bytes::new();
                    more = Some(both);
                }
            }
        }
        Ok(more.map_or(content, BytesMut::freeze))
    }
}

impl Standing {
    /// So many bytes more of this call are in memory, until it is through.
    pub fn hold(&self, bytes: usize) -> Result<(), Refused> {
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        if held.grow(bytes) { Ok(()) } else { Err(Refused::TooManyOfCaller) }
    }
}

/// How much may be in progress at once. Streams have a limit of their own: a hundred that stay
/// open take nothing from those who ask and go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls that are being answered once.
    pub calls_max: usize,
    /// Calls that stream, in either direction.
    pub streams_max: usize,
    /// Calls of one caller, also those that wait for their body or for their reader.
    pub caller_calls_max: usize,
    /// Streams of one caller.
    pub caller_streams_max: usize,
    /// Bytes of questions and answers in memory.
    pub bytes_max: usize,
    /// Those of one caller.
    pub caller_bytes_max: usize,
    /// Documents on their way, such as `/openapi.json`.
    pub documents_max: usize,
    /// Those to one address.
    pub documents_per_address_max: usize,
    /// How long the whole body of a call that is answered once may take.
    pub body_ms_max: u64,
    /// Values in one JSON body.
    pub json_values_max: usize,
}
