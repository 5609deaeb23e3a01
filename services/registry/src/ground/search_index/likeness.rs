//! How many typing errors lie between two texts: letters left out, put in, mistaken for
//! another, or two that changed places.

use std::collections::HashMap;

/// Longest text compared; what comes after is not looked at.
const LENGTH_MAX: usize = u128::BITS as usize;

/// A text to be compared with many: each of its letters is one bit, so that a letter of the
/// other text costs a few instructions whatever the length (Hyyrö's bit-parallel form of the
/// distance of Damerau and Levenshtein).
pub(super) struct Pattern {
    ascii: [u128; 128],
    others: HashMap<char, u128>,
    length: usize,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut pattern = Self { ascii: [0; 128], others: HashMap::new(), length: 0 };
        for (place, letter) in text.chars().take(LENGTH_MAX).enumerate() {
            *pattern.places_mut(letter) |= 1 << place;
            pattern.length = place + 1;
        }
        pattern
    }

    fn places_mut(&mut self, letter: char) -> &mut u128 {
        match self.ascii.get_mut(letter as usize) {
            Some(places) => places,
            None => self.others.entry(letter).or_default(),
        }
    }

    fn places(&self, letter: char) -> u128 {
        match self.ascii.get(letter as usize) {
            Some(places) => *places,
            None => self.others.get(&letter).copied().unwrap_or_default(),
        }
    }

    /// Errors between this text and the whole of another.
    pub(super) fn errors_to(&self, text: &str) -> usize {
        let mut distance = self.length;
        self.walk(text, 1, |now| distance = now);
        distance
    }

    /// Errors between this text and the part of another that is most like it.
    pub(super) fn errors_within(&self, text: &str) -> usize {
        let mut least = self.length;
        self.walk(text, 0, |now| least = least.min(now));
        least
    }

    /// Tells the distance to what was read of the other text, letter by letter; `margin` is 1
    /// where the other text's letters count from its beginning on.
    fn walk(&self, text: &str, margin: u128, mut tell: impl FnMut(usize)) {
        if self.length == 0 {
            return;
        }
        let last = 1u128 << (self.length - 1);
        let (mut more, mut less) = (u128::MAX, 0u128);
        let (mut diagonal, mut before) = (0u128, 0u128);
        let mut distance = self.length;
        for letter in text.chars() {
            let here = self.places(letter);
            let changed_places = ((!diagonal & here) << 1) & before;
            diagonal = ((here & more).wrapping_add(more) ^ more) | here | less | changed_places;
            let rising = less | !(diagonal | more);
            let falling = diagonal & more;
            distance += usize::from(rising & last != 0);
            distance -= usize::from(falling & last != 0);
            let rising = (rising << 1) | margin;
            more = (falling << 1) | !(diagonal | rising);
            less = rising & diagonal;
            before = here;
            tell(distance);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The distance as it is defined, by a table. `free` lets the other text begin anywhere.
    fn by_table(pattern: &[char], text: &[char], free: bool) -> Vec<usize> {
        let mut table = vec![vec![0; text.len() + 1]; pattern.len() + 1];
        for (i, row) in table.iter_mut().enumerate() {
            row[0] = i;
        }
        for (j, cell) in table[0].iter_mut().enumerate() {
            *cell = if free { 0 } else { j };
        }
        for i in 1..=pattern.len() {
            for j in 1..=text.len() {
                let differ = usize::from(pattern[i - 1] != text[j - 1]);
                let mut least = (table[i - 1][j - 1] + differ)
                    .min(table[i - 1][j] + 1)
                    .min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && pattern[i - 1] == text[j - 2] && pattern[i - 2] == text[j - 1]
                {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                table[i][j] = least;
            }
        }
        table[pattern.len()].clone()
    }

    proptest! {
        #[test]
        fn errors_are_those_of_the_definition(
            pattern in "[abc đ]{1,140}",
            text in "[abc đ]{0,40}",
        ) {
            let compared: Vec<char> = pattern.chars().take(LENGTH_MAX).collect();
            let letters: Vec<char> = text.chars().collect();
            let whole = by_table(&compared, &letters, false);
            let within = by_table(&compared, &letters, true);
            let pattern = Pattern::new(&pattern);
            prop_assert_eq!(Some(&pattern.errors_to(&text)), whole.last());
            prop_assert_eq!(Some(&pattern.errors_within(&text)), within.iter().min());
        }
    }

    #[test]
    fn letters_that_changed_places_are_one_error() {
        assert_eq!(Pattern::new("hoang").errors_to("haong"), 1);
        assert_eq!(Pattern::new("hoa sen").errors_within("truong mam non hao sen"), 1);
    }
}
