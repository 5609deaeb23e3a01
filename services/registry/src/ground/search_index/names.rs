//! Names by their words and by their trigrams: which of them are like a text.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::ground::search_index::likeness::Pattern;

/// One typing error is forgiven for so many letters and digits.
const LETTERS_PER_ERROR: usize = 4;
/// No more errors than these are forgiven.
const ERRORS_MAX: usize = 3;
/// So many trigrams of a text one error can spoil.
const TRIGRAMS_PER_ERROR: usize = 4;
/// The most promising names, by their trigrams, that are compared letter by letter.
const COMPARED_MAX: usize = 500;
/// So many entries of common trigrams are looked at beyond those that cannot be left out.
const COMMON_MAX: usize = 200_000;

/// Names and codes, and in which of them each word and each trigram occurs. What is added
/// stays, at its place.
#[derive(Default)]
pub(super) struct Names {
    entries: Vec<Entry>,
    seen: HashSet<(Uuid, Arc<str>)>,
    by_word: HashMap<Box<str>, Vec<u32>>,
    by_trigram: HashMap<u64, Vec<u32>>,
}

struct Entry {
    organisation_id: Uuid,
    key: Arc<str>,
    is_code: bool,
}

impl Names {
    /// How many names and codes there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whose name stands at a place, and the name.
    pub(super) fn at(&self, place: u32) -> (Uuid, &str) {
        let entry = &self.entries[place as usize];
        (entry.organisation_id, &entry.key)
    }

    /// Adds a folded name or code; one that is there already changes nothing.
    pub(super) fn add(&mut self, organisation_id: Uuid, key: &str, is_code: bool) {
        let key: Arc<str> = key.into();
        let Ok(place) = u32::try_from(self.entries.len()) else { return };
        if !self.seen.insert((organisation_id, key.clone())) {
            return;
        }
        for word in distinct(words(&key)) {
            match self.by_word.get_mut(word) {
                Some(places) => places.push(place),
                None => {
                    self.by_word.insert(word.into(), vec![place]);
                }
            }
        }
        for trigram in trigrams(&key) {
            self.by_trigram.entry(trigram).or_default().push(place);
        }
        self.entries.push(Entry { organisation_id, key, is_code });
    }

    /// The places of names like a folded text, best first: a code that is the text; names that
    /// are it; names with all its words, the shortest first; names with the fewest errors.
    pub(super) fn find(&self, folded: &str) -> Vec<u32> {
        let asked: Vec<&str> = words(folded).collect();
        let mut found = self.with_all_words(&asked);
        let exact: HashSet<u32> = found.iter().copied().collect();
        found.sort_by_cached_key(|place| {
            let entry = &self.entries[*place as usize];
            let is_whole = words(&entry.key).eq(asked.iter().copied());
            let order = match (is_whole, entry.is_code) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            };
            (order, entry.key.len(), entry.organisation_id)
        });
        found.extend(self.with_errors(folded, &asked, &exact));
        found
    }

    /// Names that have all the words, wherever they stand.
    fn with_all_words(&self, asked: &[&str]) -> Vec<u32> {
        let mut lists = Vec::with_capacity(asked.len());
        for word in distinct(asked.iter().copied()) {
            match self.by_word.get(word) {
                Some(places) => lists.push(places),
                None => return Vec::new(),
            }
        }
        // The rarest word leads; places are in order in each list.
        lists.sort_by_key(|places| places.len());
        let Some((rarest, others)) = lists.split_first() else { return Vec::new() };
        rarest
            .iter()
            .copied()
            .filter(|place| others.iter().all(|places| places.binary_search(place).is_ok()))
            .collect()
    }

    /// Names that differ from the text by typing errors, beside those already found.
    fn with_errors(&self, folded: &str, asked: &[&str], exact: &HashSet<u32>) -> Vec<u32> {
        let letters: usize = asked.iter().map(|word| word.chars().count()).sum();
        let errors_max = (letters / LETTERS_PER_ERROR).min(ERRORS_MAX);
        if errors_max == 0 {
            return Vec::new();
        }
        let text = Pattern::new(&asked.join(" "));
        let words_asked: Vec<Pattern> = asked.iter().map(|word| Pattern::new(word)).collect();
        let mut found = Vec::new();
        for (place, weight) in self.promising(folded, errors_max) {
            if exact.contains(&place) {
                continue;
            }
            let entry = &self.entries[place as usize];
            let spoken = words(&entry.key).collect::<Vec<_>>();
            let errors = text.errors_within(&spoken.join(" ")).min(by_words(&words_asked, &spoken));
            if errors <= errors_max {
                found.push((errors, weight, entry, place));
            }
        }
        found.sort_by(|(errors, weight, entry, _), (errors2, weight2, entry2, _)| {
            errors
                .cmp(errors2)
                .then(weight2.total_cmp(weight))
                .then(entry.key.len().cmp(&entry2.key.len()))
                .then(entry.organisation_id.cmp(&entry2.organisation_id))
        });
        found.into_iter().map(|(_, _, _, place)| place).collect()
    }

    /// The names that share most with the text, rare trigrams weighing more than common ones.
    fn promising(&self, folded: &str, errors_max: usize) -> Vec<(u32, f32)> {
        const NONE: &[u32] = &[];
        let mut lists: Vec<&[u32]> = trigrams(folded)
            .into_iter()
            .map(|trigram| self.by_trigram.get(&trigram).map_or(NONE, Vec::as_slice))
            .collect();
        lists.sort_by_key(|places| places.len());
        // So many errors cannot spoil more trigrams than these: one of the rarest that
        // remain is in every name that is like the text. The common ones only add weight.
        let needed = errors_max * TRIGRAMS_PER_ERROR + 1;
        let mut weights = vec![0_f32; self.entries.len()];
        let mut looked_at = 0;
        for (n, places) in lists.into_iter().enumerate() {
            looked_at += places.len();
            if n >= needed && looked_at > COMMON_MAX {
                break;
            }
            let weight = rarity(places.len(), self.entries.len());
            for place in places {
                weights[*place as usize] += weight;
            }
        }
        let mut promising: Vec<(u32, f32)> =
            (0u32..).zip(weights).filter(|(_, weight)| *weight > 0.0).collect();
        if promising.len() > COMPARED_MAX {
            promising.select_nth_unstable_by(COMPARED_MAX, |(place, weight), (place2, weight2)| {
                weight2.total_cmp(weight).then(place.cmp(place2))
            });
            promising.truncate(COMPARED_MAX);
        }
        promising
    }
}

/// Errors between the words asked for and, for each, the word most like it, in any order.
fn by_words(asked: &[Pattern], spoken: &[&str]) -> usize {
    asked
        .iter()
        .map(|word| {
            spoken.iter().map(|other| word.errors_to(other)).min().unwrap_or(usize::MAX / 256)
        })
        .sum()
}

/// What sharing a trigram says that so many of all names have.
#[allow(clippy::cast_precision_loss)] // counts of names are small
fn rarity(places: usize, entries: usize) -> f32 {
    (1.0 + entries as f32 / (1.0 + places as f32)).ln()
}

/// The words of a folded text: letters and digits; all else parts them.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The trigrams of a folded text, as PostgreSQL's pg_trgm takes them: of each word, with two
/// blanks before and one after it. Each once.
fn trigrams(folded: &str) -> Vec<u64> {
    let mut trigrams = Vec::new();
    for word in words(folded) {
        let (mut first, mut second) = (' ', ' ');
        for third in word.chars().chain([' ']) {
            trigrams.push(packed(first, second, third));
            (first, second) = (second, third);
        }
    }
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams
}

/// A character has 21 bits.
fn packed(first: char, second: char, third: char) -> u64 {
    (u64::from(u32::from(first)) << 42)
        | (u64::from(u32::from(second)) << 21)
        | u64::from(u32::from(third))
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    const SYLLABLES: &str = "an anh binh bao bach cuong chau chi cong dung duong dat duc dong \
        giang gia ha hai hanh hieu hoa hoang hung huy huong khanh khang khoa kien kim lam lan \
        lap lien linh long loc mai minh my nam nga ngan ngoc nguyen nhat nhung phat phong phu \
        phuc phuoc phuong quang quan quoc quy son tam tan tai thai thanh thao thang thien thinh \
        thu thuan thuy tien toan trang tri trung truong tu tuan tung tuong uyen van viet vinh vu \
        xuan yen khai dang dinh bich cam dieu hien hong khue loan luong nghia nhan sao";
    const KINDS: [&str; 12] = [
        "cong ty tnhh",
        "cong ty co phan",
        "truong mam non",
        "truong tieu hoc",
        "truong trung hoc co so",
        "benh vien da khoa",
        "cong ty tnhh mot thanh vien",
        "uy ban nhan dan xa",
        "hop tac xa",
        "doanh nghiep tu nhan",
        "trung tam y te",
        "cong ty co phan may",
    ];

    /// As many different names as there are, skewed as real ones: few kinds, few syllables.
    fn name(n: usize) -> String {
        let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
        let syllable = |n: usize| syllables[n % syllables.len()];
        let rest = n / KINDS.len();
        format!(
            "cong doan co so {} {} {} {}",
            KINDS[n % KINDS.len()],
            syllable(rest),
            syllable(rest / syllables.len() + 3 * rest),
            syllable(rest / syllables.len() / syllables.len() + 7 * rest),
        )
    }

    /// A letter left out, put in, mistaken, or two that changed places.
    fn mistyped(name: &str, random: &mut StdRng) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let place = random.random_range(0..letters.len() - 1);
        let other = char::from(random.random_range(b'a'..=b'z'));
        match random.random_range(0..4) {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, other),
            2 => letters[place] = other,
            _ => letters.swap(place, place + 1),
        }
        letters.into_iter().collect()
    }

    #[test]
    fn two_typing_errors_in_a_full_name_leave_it_among_the_first_ten() {
        let seed = 20_250_701;
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut names = Names::default();
        let size = 20_000;
        for n in 0..size {
            names.add(Uuid::from_u128(n as u128), &name(n), false);
        }
        let asked = 200;
        let found = (0..asked)
            .filter(|_| {
                let sought = random.random_range(0..size);
                let typed = mistyped(&name(sought), &mut random);
                let typed = mistyped(&typed, &mut random);
                let first = names.find(&typed);
                first.iter().take(10).any(|place| names.at(*place).1 == name(sought))
            })
            .count();
        assert!(found * 100 >= asked * 97, "{found} of {asked}");
    }

    #[test]
    fn a_code_comes_before_the_name_and_the_words_before_their_likes() {
        let mut names = Names::default();
        let keys = [
            ("hoa sem", false),
            ("truong hoa sen", false),
            ("hoa sen", false),
            ("hoa sen", true),
            ("hoa mai", false),
        ];
        for (n, (key, is_code)) in (0_u128..).zip(keys) {
            names.add(Uuid::from_u128(n), key, is_code);
        }
        let found = names.find("hoa sen");
        assert_eq!(found, [3, 2, 1, 0]);
    }

    #[test]
    fn a_name_is_there_once_however_often_it_is_added() {
        let mut names = Names::default();
        for _ in 0..3 {
            names.add(Uuid::nil(), "hoa sen", false);
        }
        assert_eq!(names.len(), 1);
        assert_eq!(names.find("hoa sen"), [0]);
    }

    #[test]
    fn a_short_text_is_found_as_it_is_or_not_at_all() {
        let mut names = Names::default();
        names.add(Uuid::nil(), "bd 1", false);
        assert_eq!(names.find("cg 1"), [0; 0]);
        assert_eq!(names.find("1 bd"), [0]);
        assert_eq!(names.find(""), [0; 0]);
    }
}
