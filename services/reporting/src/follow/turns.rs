//! Changes that arrive together, in turns: what is about the same is changed by one after the other, and
//! what is about different things at once.

use std::collections::HashMap;

use uuid::Uuid;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Somebody.
    Person(Uuid),
    /// A stay of somebody's in a union.
    Membership(Uuid),
    /// What is under way of a union's members.
    Unit(Uuid),
    /// Who is another.
    Merges,
    /// What is left of acts that are carried out in parts.
    Left,
}

/// The changes by turns, in their order: each as early as those before it allow that share a key with
/// it. What has no key has no turn.
pub(super) fn turns<T>(told: &[T], keys: impl Fn(&T) -> Vec<Key>) -> Vec<Vec<&T>> {
    let mut turns: Vec<Vec<&T>> = Vec::new();
    // Of each key, the first turn that is free of it.
    let mut free: HashMap<Key, usize> = HashMap::new();
    for told in told {
        let keys = keys(told);
        let Some(turn) = keys.iter().map(|key| free.get(key).copied().unwrap_or_default()).max()
        else {
            continue;
        };
        free.extend(keys.into_iter().map(|key| (key, turn + 1)));
        match turns.get_mut(turn) {
            Some(turn) => turn.push(told),
            None => turns.push(vec![told]),
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_key_keeps_its_order_and_nothing_waits_for_what_it_does_not_share() {
        let key = |n: u128| Key::Person(Uuid::from_u128(n));
        let told: Vec<(usize, Vec<Key>)> = [
            vec![key(1)],
            vec![key(2)],
            vec![key(1), key(3)],
            vec![],
            vec![key(4)],
            vec![key(3)],
            vec![key(2), Key::Left],
            vec![Key::Left],
        ]
        .into_iter()
        .enumerate()
        .collect();
        let turns = turns(&told, |(_, keys)| keys.clone());
        let turns: Vec<Vec<usize>> =
            turns.iter().map(|turn| turn.iter().map(|(n, _)| *n).collect()).collect();
        assert_eq!(turns, [vec![0, 1, 4], vec![2, 6], vec![5, 7]]);
    }
}
