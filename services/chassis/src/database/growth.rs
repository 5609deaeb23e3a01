//! When plans are of another database than the one that there is.
//!
//! A plan that a connection keeps was made for tables as large as they were then. PostgreSQL
//! makes it anew when a table is analysed, a minute or more after it has grown; a register into
//! which somebody has just loaded his country would be read for as long by plans for an empty
//! one. So connections are replaced that are from before the database has doubled.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a plan may be wrong by: less than this is little, however small the database is.
const LITTLE: u64 = 64 * 1024;

/// How much was written to a database by this process, and since when plans hold.
#[derive(Clone, Debug, Default)]
pub struct Growth(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    written: u64,
    /// What must have been written for plans to be outgrown again.
    doubled: u64,
    holding_since: Option<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self { written: 0, doubled: LITTLE, holding_since: None }
    }
}

impl Growth {
    /// So many bytes of messages were written down, and can be read.
    pub fn wrote(&self, bytes: usize) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.written = state.written.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if state.written >= state.doubled {
            state.doubled = state.written.saturating_mul(2);
            state.holding_since = Some(Instant::now());
        }
    }

    /// Whether the plans of a connection that is so old are outgrown.
    pub fn outgrew(&self, age: Duration) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.holding_since.is_some_and(|since| since.elapsed() < age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_outgrown_each_time_the_database_has_doubled() {
        let growth = Growth::default();
        let old = Duration::from_secs(1_000);
        growth.wrote(60_000);
        assert!(!growth.outgrew(old));
        growth.wrote(60_000);
        assert!(growth.outgrew(old));
        assert!(!growth.outgrew(Duration::ZERO), "a new connection has new plans");
        // Each time it takes as much again as there is.
        let mut times = 0;
        for _ in 0..1_000 {
            let before = growth.0.lock().expect("whole").doubled;
            growth.wrote(60_000);
            times += u32::from(growth.0.lock().expect("whole").doubled != before);
        }
        assert!((8..=10).contains(&times), "{times} times");
    }
}
