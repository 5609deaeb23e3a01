//! Who calls which method, and under what conditions.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use proto::refusal::v1::Reason;
use tonic::{Request, Status};
use uuid::Uuid;

use crate::parse;
use crate::refusal::Refusal;

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

impl Call {
    /// A call that changes nothing.
    pub fn read<M: prost::Message>(request: &Request<M>) -> Result<Self, Status> {
        Self::of(request, None, false)
    }

    /// A call that acts; `request_id` is required.
    pub fn write<M: prost::Message>(
        request: &Request<M>,
        request_id: &str,
        validate_only: bool,
    ) -> Result<Self, Status> {
        let request_id = parse::id("request_id", request_id)?;
        Self::of(request, Some(request_id), validate_only)
    }

    fn of<M: prost::Message>(
        request: &Request<M>,
        request_id: Option<Uuid>,
        validate_only: bool,
    ) -> Result<Self, Status> {
        let mut call = Self::of_stream(request, request_id, validate_only)?;
        if request_id.is_some() {
            call.digest_of(&request.get_ref().encode_to_vec());
        }
        Ok(call)
    }

    /// A call whose message is a stream, so that its content is not known yet: the caller
    /// adds it with [`Call::digest_of`].
    pub fn of_stream<M>(
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
        self.content_bytes = content.len();
        let mut all = self.rpc.as_bytes().to_vec();
        all.push(0);
        all.extend_from_slice(content);
        self.digest.copy_from_slice(digest(&SHA256, &all).as_ref());
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

/// The refusal of a call that no known signer vouches for; `cause` is one word.
pub fn unauthenticated(cause: &'static str) -> Refusal {
    Refusal::of(Reason::InternalTokenInvalid).with("cause", cause)
}
