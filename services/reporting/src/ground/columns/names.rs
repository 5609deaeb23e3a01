//! Small numbers for ids and codes: columns keep these, and names are for those who ask.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use uuid::Uuid;

/// The number of no unit.
pub const NOBODY: u32 = u32::MAX;

/// Numbers of things that are never forgotten: one that was given holds for as long as the
/// process runs.
pub struct Numbers<T> {
    numbers: HashMap<T, u32>,
    names: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), names: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    /// The number of a thing, given to it now if it has none.
    pub fn give<Q>(&mut self, name: &Q) -> u32
    where
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
        T: Borrow<Q>,
    {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        // There are not so many.
        let number = u32::try_from(self.names.len()).unwrap_or(NOBODY);
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    /// The number that a thing has, if it has one.
    pub fn of<Q>(&self, name: &Q) -> Option<u32>
    where
        Q: Eq + Hash + ?Sized,
        T: Borrow<Q>,
    {
        self.numbers.get(name).copied()
    }

    /// What has a number.
    pub fn name(&self, number: u32) -> Option<&T> {
        self.names.get(number as usize)
    }

    /// How many numbers were given.
    pub fn len(&self) -> usize {
        self.names.len()
    }
}

/// Lists of units by their numbers: of the unions of employers, most of which have none, or one.
pub type Lists = Numbers<Vec<u32>>;

/// Numbers of subjects, most of which are ids. What has a number is not looked up by it.
#[derive(Default)]
pub struct SubjectNumbers {
    ids: HashMap<Uuid, u32>,
    others: HashMap<String, u32>,
}

impl SubjectNumbers {
    /// The number of an id, given to it now if it has none.
    pub fn give(&mut self, id: Uuid) -> u32 {
        let next = self.len() as u32;
        *self.ids.entry(id).or_insert(next)
    }

    /// The number of a subject as facts name it: an id, or something else.
    pub fn give_named(&mut self, name: &str) -> u32 {
        // An id is written in one way only; whatever is written otherwise is another subject.
        let id = Uuid::try_parse(name).ok();
        if let Some(id) = id.filter(|id| id.hyphenated().to_string() == name) {
            return self.give(id);
        }
        if let Some(number) = self.others.get(name) {
            return *number;
        }
        let next = self.len() as u32;
        self.others.insert(name.to_string(), next);
        next
    }

    /// How many numbers were given.
    pub fn len(&self) -> usize {
        self.ids.len() + self.others.len()
    }
}

/// Units, the words of facts and of the tree (reasons, sectors, types), and whatever is counted once.
#[derive(Default)]
pub struct Names {
    /// Organisations.
    pub units: Numbers<Uuid>,
    /// Codes.
    pub words: Numbers<String>,
    /// People, employers and other subjects, and acts.
    pub subjects: SubjectNumbers,
    /// Lists of units: each in order, and each once.
    pub lists: Lists,
}

impl Names {
    /// The number of a unit that may be none.
    pub fn unit(&mut self, unit: Option<Uuid>) -> u32 {
        unit.map_or(NOBODY, |unit| self.units.give(&unit))
    }

    /// The number of a list of units.
    pub fn list(&mut self, units: Vec<Uuid>) -> u32 {
        let mut list: Vec<u32> = units.iter().map(|unit| self.units.give(unit)).collect();
        list.sort_unstable();
        list.dedup();
        self.lists.give(&list[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_number_however_it_is_named_and_a_pseudonym_another() {
        let mut numbers = SubjectNumbers::default();
        let id = Uuid::from_u128(0xabc);
        let number = numbers.give(id);
        assert_eq!(numbers.give_named(&id.to_string()), number);
        let others = ["P-1", &id.to_string().to_uppercase(), &id.simple().to_string()];
        let others = others.map(|name| numbers.give_named(name));
        assert_eq!(others, [1, 2, 3]);
        assert_eq!((numbers.give_named("P-1"), numbers.len()), (1, 4));
    }
}
