//! Chance that is the same for ever: no published generator promises to give the same
//! numbers in its next version, and the digest of a tree must outlive them.

use time::{Date, Duration};

/// SplitMix64 (Steele, Lea and Flood, 2014), begun anew for each unit, so that a unit is the
/// same whether those before it were made or not.
pub struct Chance(u64);

impl Chance {
    /// For one thing of one unit.
    pub fn of(seed: u64, name: &str) -> Self {
        // FNV-1a over the name.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash)
    }

    /// Any number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.draw()) * u128::from(bound.max(1))) >> 64) as u64
    }

    /// True so many times in a thousand.
    pub fn in_thousand(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = self.below(of.len() as u64);
        &of[usize::try_from(place).unwrap_or_default()]
    }

    /// One of these, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, of: &'a [(T, u64)]) -> &'a T {
        let mut rest = self.below(of.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in of {
            if rest < *weight {
                return one;
            }
            rest -= weight;
        }
        &of[0].0
    }

    /// A day, from the first to the day before the last.
    pub fn day(&mut self, from: Date, until: Date) -> Date {
        let days = u64::try_from((until - from).whole_days()).unwrap_or_default();
        from + Duration::days(i64::try_from(self.below(days)).unwrap_or_default())
    }
}
