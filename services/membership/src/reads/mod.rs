//! What membership answers without changing anything. Each read says its scope itself.

pub mod applications;
pub mod consequences;
pub mod courses;
pub mod delegations;
pub mod later_movements;
pub mod members;
pub mod party_referrals;
pub mod passed_over;
pub mod recommendations;

/// Where a page starts, and how many rows it holds.
#[derive(Clone, Copy, Debug)]
pub struct Page<C> {
    /// The key of the last row of the page before.
    pub after: Option<C>,
    /// How many rows.
    pub size: i64,
}

/// The rows of a page, and the key after which the next one starts, if there is a next one.
#[derive(Debug)]
pub struct Rows<T, C> {
    /// In order of the key.
    pub rows: Vec<T>,
    /// The key of the last row, if more follow.
    pub next: Option<C>,
}

impl<C> Page<C> {
    /// One row more than the page holds tells whether another page follows.
    fn limit(&self) -> i64 {
        self.size + 1
    }

    fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> C) -> Rows<T, C> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if rows.len() <= size {
            return Rows { rows, next: None };
        }
        rows.truncate(size);
        let next = rows.last().map(key);
        Rows { rows, next }
    }
}
