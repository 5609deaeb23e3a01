//! Places: so many for all, and so many of them for each who asks.
//!
//! Whoever is counted by name or by address takes no place of another's: that is what a limit
//! for all alone does not say. A place may weigh more than one, for what is counted in bytes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places for all, of which each may have some.
pub struct Room<K> {
    all: usize,
    each: usize,
    taken: Mutex<Taken<K>>,
}

struct Taken<K> {
    all: usize,
    by: HashMap<K, usize>,
}

/// A place in a [`Room`], until it is dropped.
pub struct Place<K: Eq + Hash> {
    room: Arc<Room<K>>,
    key: K,
    weight: usize,
}

impl<K: Eq + Hash + Clone> Room<K> {
    /// Room for so many, of whom one and the same may be so many.
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::new(Taken { all: 0, by: HashMap::new() }) })
    }

    /// A place, if there is one.
    pub fn enter(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        self.weighing(key, 1)
    }

    /// A place of this weight, if there is room for it.
    pub fn weighing(self: &Arc<Self>, key: K, weight: usize) -> Option<Place<K>> {
        let mut place = Place { room: self.clone(), key, weight: 0 };
        place.grow(weight).then_some(place)
    }

    /// True when nobody at all would find a place.
    pub fn is_full(&self) -> bool {
        self.taken().all >= self.all
    }

    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone> Place<K> {
    /// Weighs so much more from now on, if there is room for it. What is alone in its room, or
    /// alone there of its name, may be larger than what one may have: it would never fit.
    pub fn grow(&mut self, more: usize) -> bool {
        let mut taken = self.room.taken();
        let own = taken.by.get(&self.key).copied().unwrap_or_default();
        let fits = |has: usize, most: usize| {
            has.saturating_add(more) <= most || (self.weight > 0 && has == self.weight)
        };
        if !fits(own, self.room.each) || !fits(taken.all, self.room.all) {
            return false;
        }
        taken.all += more;
        *taken.by.entry(self.key.clone()).or_default() += more;
        self.weight += more;
        true
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= self.weight;
        if let Some(own) = taken.by.get_mut(&self.key) {
            *own -= self.weight;
            if *own == 0 {
                taken.by.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_place_of_another() {
        let room = Room::new(3, 2);
        let mine: Vec<_> = (0..5).filter_map(|_| room.enter("an")).collect();
        assert_eq!(mine.len(), 2);
        let another = room.enter("binh").expect("there is a place left for her");
        assert!(room.enter("chi").is_none() && room.is_full());
        drop(mine);
        assert!(room.enter("chi").is_some());
        drop(another);
        assert!(room.taken().by.is_empty(), "whoever has left is forgotten");
    }

    #[test]
    fn what_is_weighed_may_grow_as_far_as_there_is_room() {
        let room = Room::new(100, 10);
        let mut one = room.weighing("an", 6).expect("room");
        let two = room.weighing("an", 4).expect("room");
        assert!(!one.grow(1) && room.weighing("an", 1).is_none());
        drop(two);
        assert!(one.grow(4));
        assert!(one.grow(50), "what is alone of its name may be larger");
        assert!(room.weighing("an", 1).is_none() && room.weighing("binh", 10).is_some());
        drop(one);
        assert_eq!(room.taken().all, 0);
    }
}
