//! What was verified once, and holds until a time that is known: who a token speaks for.
//!
//! Only identities are remembered, never what somebody may do: that is asked anew by every
//! statement.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// More than callers who come at one time; then all are verified once more.
const MOST: usize = 8_192;

/// Values by key, each until a second of the Unix epoch.
#[derive(Debug)]
pub struct Remembered<K, V>(Mutex<HashMap<K, (V, u64)>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// What is remembered under this key and holds at `now`.
    pub fn get(&self, key: &K, now: u64) -> Option<V> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
    }

    /// Remembers until then.
    pub fn keep(&self, key: K, value: V, now: u64, until: u64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.retain(|_, (_, until)| now < *until);
            if entries.len() >= MOST {
                entries.clear();
            }
        }
        entries.insert(key, (value, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_forgotten_in_time() {
        let remembered = Remembered::default();
        remembered.keep("an", 1, 100, 160);
        assert_eq!(remembered.get(&"an", 159), Some(1));
        assert_eq!(remembered.get(&"an", 160), None);
        assert_eq!(remembered.get(&"binh", 100), None);
    }

    #[test]
    fn however_many_come_not_all_are_remembered() {
        let remembered = Remembered::default();
        for n in 0..3 * MOST {
            remembered.keep(n, n, 100, 160);
            assert_eq!(remembered.get(&n, 100), Some(n));
        }
        assert!(remembered.0.lock().expect("whole").len() <= MOST);
    }
}
