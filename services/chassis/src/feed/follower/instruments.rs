//! What operators see of a follower: how much it applied, how far behind it is, whether it
//! has halted.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge};

use crate::feed::part::meter;

pub(super) struct Instruments {
    attributes: [KeyValue; 2],
    changes: Counter<u64>,
    lag: Gauge<i64>,
    halted: Gauge<u64>,
}

impl Instruments {
    pub(super) fn of(service: &'static str, source: &'static str) -> Self {
        Self {
            attributes: [KeyValue::new("service", service), KeyValue::new("source", source)],
            changes: meter()
                .u64_counter("congdoan.feed.applied")
                .with_description("Changes of another service's feed that were applied.")
                .with_unit("{change}")
                .build(),
            lag: meter()
                .i64_gauge("congdoan.feed.lag")
                .with_description("Changes between the owner's head and what was applied.")
                .with_unit("{change}")
                .build(),
            halted: meter()
                .u64_gauge("congdoan.feed.halted")
                .with_description("1 while the follower has stopped and waits for an operator.")
                .build(),
        }
    }

    pub(super) fn lag(&self, changes: i64) {
        self.lag.record(changes, &self.attributes);
    }

    pub(super) fn applied(&self, changes: usize, lag: i64) {
        self.changes.add(changes as u64, &self.attributes);
        self.lag(lag);
    }

    pub(super) fn halted(&self, halted: bool) {
        self.halted.record(u64::from(halted), &self.attributes);
    }
}
