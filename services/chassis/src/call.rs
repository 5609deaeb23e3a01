//! Who calls which method, and under what conditions.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{Context, SHA256};
use proto::door::question::{List, Read, Write};
use proto::refusal::v1::Reason;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use crate::page::Asked;
use crate::parse;
use crate::refusal::Refusal;
use crate::seen::Keys;

/// Metadata key of the consistency token, in requests and in answers.
pub const SEEN: &str = "congdoan-seen";

/// The method being called and the permission that its contract declares; put into the
/// request by [`crate::access`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// `/congdoan.registry.v1.OrganisationService/FoundOrganisation`.
    pub rpc: Arc<str>,
    /// `registry.organisation.found`.
    pub permission: Arc<str>,
}

/// When the call's time is over; put into the request by [`crate::serve`].
#[derive(Clone, Copy, Debug)]
pub struct Deadline(pub Instant);

/// The end user on whose rights everything is decided.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Who vouches for the subject: an OIDC issuer, or `system`.
    pub issuer: String,
    /// The subject, unique for the issuer.
    pub subject: String,
    /// The office that the caller acts for, where one was named.
    pub office: Option<String>,
    /// Why personal data is read, where it was said.
    pub purpose: Option<String>,
}

impl Caller {
    /// A part of the system that acts of itself, for example `membership.follower`.
    pub fn system(name: &str) -> Self {
        Self {
            issuer: "system".to_string(),
            subject: name.to_string(),
            office: None,
            purpose: None,
        }
    }

    /// How acts and changes name their actor: `<issuer>#<subject>`, or a system's name.
    pub fn principal(&self) -> String {
        if self.issuer == "system" {
            self.subject.clone()
        } else {
            format!("{}#{}", self.issuer, self.subject)
        }
    }
}

impl fmt::Debug for Caller {
    /// A subject may be a person's account: it is not printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// One call, as its act or read needs to know it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The end user.
    pub caller: Caller,
    /// The permission that the method needs.
    pub permission: Arc<str>,
    /// The full name of the method.
    pub rpc: Arc<str>,
    /// Names a write, so that repeating it is harmless; `None` for reads.
    pub request_id: Option<Uuid>,
    /// Run everything but the commit.
    pub validate_only: bool,
    /// When the answer is no longer of use.
    pub deadline: Option<Instant>,
    /// What the caller has seen, sealed.
    pub seen: Option<String>,
    /// SHA-256 of method and message.
    pub(crate) digest: [u8; 32],
    /// How long the message of a write is.
    pub(crate) content_bytes: usize,
}

/// What a write says, as far as it has come.
#[derive(Clone)]
pub struct Content {
    digest: Context,
    bytes: usize,
}

impl Content {
    /// More of it.
    pub fn add(&mut self, more: &[u8]) {
        self.digest.update(more);
        self.bytes += more.len();
    }
}

impl Call {
    /// A call that changes nothing, and what it asks.
    pub fn read<M: Read>(request: Request<M>) -> Result<(Self, M), Status> {
        let call = Self::of(&request, None, false)?;
        Ok((call, request.into_inner()))
    }

    /// A call that asks for a page of a list: what it asks, and which page.
    pub fn list<M: List>(request: Request<M>, keys: &Keys) -> Result<(Self, M, Asked<'_>), Status> {
        let call = Self::of(&request, None, false)?;
        let mut message = request.into_inner();
        let asked = Asked::taken(keys, &call.rpc, &mut message);
        Ok((call, message, asked))
    }

    /// A call that acts, and what it asks; its request id is required.
    pub fn write<M: Write>(request: Request<M>) -> Result<(Self, M), Status> {
        let message = request.get_ref();
        let request_id = parse::id("request_id", message.request_id())?;
        let mut call = Self::of(&request, Some(request_id), message.validate_only())?;
        call.digest_of(&message.encode_to_vec());
        Ok((call, request.into_inner()))
    }

    /// A call whose message is a stream: what is known of it before its header has come.
    pub fn stream<M>(request: Request<Streaming<M>>) -> (Opening, Streaming<M>) {
        let (metadata, extensions, parts) = request.into_parts();
        (Opening(Request::from_parts(metadata, extensions, ())), parts)
    }

    /// A call whose content is not known yet, or does not matter: of a write the caller adds it
    /// with [`Call::digest_of`].
    pub fn of<M>(
        request: &Request<M>,
        request_id: Option<Uuid>,
        validate_only: bool,
    ) -> Result<Self, Status> {
        let extensions = request.extensions();
        let (Some(caller), Some(method)) = (extensions.get::<Caller>(), extensions.get::<Method>())
        else {
            return Err(unauthenticated("absent").status());
        };
        Ok(Self {
            caller: caller.clone(),
            permission: method.permission.clone(),
            rpc: method.rpc.clone(),
            request_id,
            validate_only,
            deadline: extensions.get::<Deadline>().map(|deadline| deadline.0),
            seen: request
                .metadata()
                .get(SEEN)
                .and_then(|value| value.to_str().ok())
                .map(str::to_string),
            digest: [0; 32],
            content_bytes: 0,
        })
    }

    /// Work that an earlier call asked for: on its caller's rights, without its deadline.
    pub(crate) fn of_work(caller: Caller, permission: &str) -> Self {
        Self {
            caller,
            permission: permission.into(),
            rpc: "".into(),
            request_id: None,
            validate_only: false,
            deadline: None,
            seen: None,
            digest: [0; 32],
            content_bytes: 0,
        }
    }

    /// Takes the content of a write into account: the same request id with another content
    /// is refused.
    pub fn digest_of(&mut self, content: &[u8]) {
        let mut all = self.content();
        all.add(content);
        self.content_is(all);
    }

    /// The content of a write that comes piece by piece: none yet.
    pub fn content(&self) -> Content {
        let mut digest = Context::new(&SHA256);
        digest.update(self.rpc.as_bytes());
        digest.update(&[0]);
        Content { digest, bytes: 0 }
    }

    /// Names all content of a write, as [`Call::digest_of`] does.
    pub fn content_is(&mut self, Content { digest, bytes }: Content) {
        self.content_bytes = bytes;
        self.digest.copy_from_slice(digest.finish().as_ref());
    }

    /// How much time is left, if there is a deadline; none left is refused.
    pub fn remaining(&self) -> Result<Option<Duration>, Refusal> {
        match self.deadline {
            None => Ok(None),
            Some(deadline) => deadline
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero())
                .map(Some)
                .ok_or_else(crate::refusal::deadline_exceeded),
        }
    }
}

/// A response with a consistency token, where there is one.
pub(crate) fn respond<R>(message: R, seen: Option<String>) -> Response<R> {
    let mut response = Response::new(message);
    if let Some(value) = seen.and_then(|token| token.parse().ok()) {
        response.metadata_mut().insert(SEEN, value);
    }
    response
}

/// A call whose message is a stream, before its header has come.
#[derive(Debug)]
pub struct Opening(Request<()>);

impl Opening {
    /// The call that its header makes of it. What the stream carries, the caller adds with
    /// [`Call::digest_of`].
    pub fn write(&self, header: &impl Write) -> Result<Call, Status> {
        let request_id = parse::id("header.request_id", header.request_id())?;
        Call::of(&self.0, Some(request_id), header.validate_only())
    }
}

/// The refusal of a call that no known signer vouches for; `cause` is one word.
pub fn unauthenticated(cause: &'static str) -> Refusal {
    Refusal::of(Reason::InternalTokenInvalid).with("cause", cause)
}
