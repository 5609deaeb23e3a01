//! A change, before and after it has a position; and how the wire carries it.

use prost::Message;
use prost_types::Any;
use proto::feed::v1 as wire;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::parse;
use crate::refusal::Refusal;

/// What an act did to one aggregate, as it publishes it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewChange {
    /// The oneof field of the body that is set, after the service's name, for example
    /// `registry.organisation_founded`.
    pub kind: &'static str,
    /// The aggregate that the act has locked.
    pub aggregate_id: Uuid,
    /// From which civil date the change holds.
    pub effective_on: Date,
    /// The decision that the act rests on, if it needs one.
    pub decision_id: Option<Uuid>,
    /// The change itself, without personal data.
    pub body: Any,
}

/// What all changes of one act have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActStamp {
    /// UUIDv7.
    pub act_id: Uuid,
    /// When the act is recorded.
    pub acted_at: OffsetDateTime,
    /// `<issuer>#<subject>` of the end user, or the name of a part of the system.
    pub actor: String,
    /// W3C trace context of the act; empty when it is not traced.
    pub traceparent: String,
    /// The position of registry's feed on which the act was decided, or 0.
    pub registry_position: i64,
}

/// A change that another service published, as a follower reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// UUIDv7.
    pub change_id: Uuid,
    /// Its place in the owner's feed.
    pub position: i64,
    /// The act that it is part of.
    pub act_id: Uuid,
    /// What was done, for example `registry.organisation_founded`.
    pub kind: String,
    /// The aggregate that the act had locked.
    pub aggregate_id: Uuid,
    /// When the act was recorded.
    pub acted_at: OffsetDateTime,
    /// From which civil date the change holds.
    pub effective_on: Date,
    /// Who acted.
    pub actor: String,
    /// The decision that the act rests on.
    pub decision_id: Option<Uuid>,
    /// W3C trace context of the act, to link to.
    pub traceparent: String,
    /// The position of registry's feed on which the act was decided, or 0.
    pub registry_position: i64,
    /// The change itself: `change.body.to_msg::<RegistryChange>()`.
    pub body: Any,
}

impl Change {
    /// Reads a change off the wire, and whether it is the last of its act.
    pub(super) fn parse(change: wire::Change) -> Result<(Self, bool), Refusal> {
        let acted_at = change
            .acted_at
            .and_then(|at| {
                let nanoseconds = i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos);
                OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
            })
            .ok_or_else(|| parse::required("acted_at"))?;
        let read = Self {
            change_id: parse::id("change_id", &change.change_id)?,
            position: change.position,
            act_id: parse::id("act_id", &change.act_id)?,
            kind: change.kind,
            aggregate_id: parse::id("aggregate_id", &change.aggregate_id)?,
            acted_at,
            effective_on: parse::date("effective_on", change.effective_on)?,
            actor: change.actor,
            decision_id: parse::optional_id("decision_id", &change.decision_id)?,
            traceparent: change.traceparent,
            registry_position: change.registry_position,
            body: change.body.ok_or_else(|| parse::required("body"))?,
        };
        Ok((read, change.act_complete))
    }

    /// Roughly how much memory it holds.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + self.kind.len() + self.actor.len() + self.body.encoded_len()
    }
}
