//! How many values a message has, counted on what came, before it is decoded.
//!
//! Two bytes are enough for an empty message within a message, and it takes some hundred once it is
//! decoded: four megabytes of them are a gigabyte, and seconds in which nobody else is served.

use std::fmt;

/// A message has at most so many values, all messages within it together: the longest list that a
/// contract takes, a thousand activities of a hundred organisations, has three quarters of them.
pub const VALUES_MAX: usize = 200_000;

/// The messages that a message may hold, by the numbers of their fields.
#[derive(Debug)]
pub struct Holds(pub &'static [(u32, &'static Holds)]);

/// A message has more values than are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyValues;

impl fmt::Display for TooManyValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {VALUES_MAX} values in a message")
    }
}

impl std::error::Error for TooManyValues {}

/// Whether a message has more values than are read. What is no message is for the decoder to say.
pub(super) fn are_too_many(message: &[u8], holds: &Holds) -> bool {
    let mut left = VALUES_MAX;
    // What is to be gone through, with what it may hold; contracts hold messages a few levels deep.
    let mut within = vec![(message, holds)];
    while let Some((mut bytes, holds)) = within.pop() {
        while let Some((field, value)) = next(&mut bytes) {
            if left == 0 {
                return true;
            }
            left -= 1;
            let held = holds.0.iter().find(|(number, _)| u64::from(*number) == field);
            if let (Some((_, held)), Some(value)) = (held, value) {
                within.push((value, held));
            }
        }
    }
    false
}

/// The next field of a message, and what it holds if that has a length; none at its end, or where
/// it is cut short.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Option<&'a [u8]>)> {
    let tag = varint(bytes)?;
    let value = match tag & 7 {
        0 => {
            varint(bytes)?;
            None
        }
        1 => {
            bytes.split_off(..8)?;
            None
        }
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            Some(bytes.split_off(..length)?)
        }
        5 => {
            bytes.split_off(..4)?;
            None
        }
        // A group, which no contract has: what is in it counts as what is around it.
        3 | 4 => None,
        _ => return None,
    };
    Some((tag >> 3, value))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes.split_off_first()?;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    static LINE: Holds = Holds(&[]);
    static LIST: Holds = Holds(&[(3, &LINE)]);
    static OUTER: Holds = Holds(&[(1, &LIST)]);

    fn of_length(field: u8, value: &[u8]) -> Vec<u8> {
        let mut bytes = vec![field << 3 | 2];
        let mut length = value.len();
        while length >= 0x80 {
            bytes.push(u8::try_from(length & 0x7F).expect("seven bits") | 0x80);
            length >>= 7;
        }
        bytes.push(u8::try_from(length).expect("seven bits"));
        bytes.extend(value);
        bytes
    }

    #[test]
    fn empty_messages_within_messages_are_counted_on_every_level() {
        let most = [0x1A, 0].repeat(VALUES_MAX);
        assert!(!are_too_many(&most, &LIST));
        assert!(are_too_many(&[0x1A, 0].repeat(VALUES_MAX + 1), &LIST));
        // One more is the message that holds them.
        assert!(are_too_many(&of_length(1, &most), &OUTER));
        assert!(!are_too_many(&of_length(1, &most[2..]), &OUTER));
        // A text of the same bytes is one value.
        assert!(!are_too_many(&of_length(2, &most), &OUTER));
    }

    #[test]
    fn numbers_are_counted_and_a_group_hides_nothing() {
        for value in [&[0x08, 1][..], &[0x09, 0, 0, 0, 0, 0, 0, 0, 0], &[0x0D, 0, 0, 0, 0]] {
            assert!(are_too_many(&value.repeat(VALUES_MAX + 1), &LIST));
            assert!(!are_too_many(&value.repeat(VALUES_MAX), &LIST));
        }
        let behind = [&[0x0B, 0x0C][..], &[0x1A, 0].repeat(VALUES_MAX)].concat();
        assert!(are_too_many(&behind, &LIST));
    }

    #[test]
    fn what_is_no_message_is_left_to_the_decoder() {
        for bytes in [&[0x1A, 9][..], &[0xFF; 11], &[0x0F], &[0x09, 1]] {
            assert!(!are_too_many(bytes, &LIST));
        }
    }
}
