//! Instants as columns keep them: numbers, with one before all and one after all.

use time::OffsetDateTime;
use time::macros::datetime;

/// Before every instant: since when what nobody says otherwise of is known.
pub const ALWAYS: i64 = i64::MIN;
/// After every instant: until when what is known now is known, and what is asked for where nobody asks
/// for an earlier one.
pub const NOW: i64 = i64::MAX;

/// The first of PostgreSQL's count.
const FIRST: OffsetDateTime = datetime!(2000-01-01 00:00 UTC);

/// The number of an instant, in whole microseconds, counted as PostgreSQL does.
pub fn number(instant: OffsetDateTime) -> i64 {
    let since = (instant - FIRST).whole_nanoseconds().div_euclid(1_000);
    // Years that can be said are far within it.
    i64::try_from(since).unwrap_or(NOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_counted_as_postgresql_counts_them() {
        assert_eq!(number(datetime!(2000-01-01 00:00 UTC)), 0);
        assert_eq!(number(datetime!(2000-01-01 07:00:00.000_001_999 +7)), 1);
        assert_eq!(number(datetime!(1999-12-31 23:59:59.999_999_5 UTC)), -1);
    }
}
