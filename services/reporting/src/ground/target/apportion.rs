//! A whole divided by weights, by largest remainder: the parts sum to it, always.

/// What one has of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// So much.
    pub value: i64,
    /// What division left over, in parts of the sum of the weights.
    pub remainder: i64,
    /// It got one more for that.
    pub rounded_up: bool,
}

/// Divides a whole, which is not negative, by weights, which are not negative either: each gets its
/// part without what division leaves over, and what is left goes, one each, to those of whom most
/// was left over; of two alike, to the first. Nobody gets anything where all weights are 0.
pub fn apportion(whole: i64, weights: &[i64]) -> Vec<Part> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return vec![Part::default(); weights.len()];
    }
    let exact = |weight: &i64| i128::from(whole) * i128::from(*weight);
    // A part is no more than the whole, and what is left over of one less than the sum.
    let number = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
    let mut parts: Vec<Part> = weights
        .iter()
        .map(|weight| Part {
            value: number(exact(weight) / sum),
            remainder: number(exact(weight) % sum),
            rounded_up: false,
        })
        .collect();
    let given: i128 = parts.iter().map(|part| i128::from(part.value)).sum();
    let left = usize::try_from(i128::from(whole) - given).unwrap_or(0);
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|at| (std::cmp::Reverse(parts[*at].remainder), *at));
    for at in by_remainder.into_iter().take(left) {
        parts[at].value += 1;
        parts[at].rounded_up = true;
    }
    parts
}

/// The parts of 10,000 that values have of their sum.
pub fn basis_points(values: &[i64]) -> Vec<i64> {
    apportion(10_000, values).into_iter().map(|part| part.value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(whole: i64, weights: &[i64]) -> Vec<i64> {
        apportion(whole, weights).into_iter().map(|part| part.value).collect()
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainders_and_of_two_alike_to_the_first() {
        assert_eq!(values(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(values(10, &[15, 524, 7_883]), [0, 1, 9]);
        assert_eq!(values(88, &[50, 30, 20]), [44, 26, 18]);
        assert_eq!(values(7, &[0, 0]), [0, 0]);
        let third = apportion(88, &[50, 30, 20])[2];
        assert_eq!((third.remainder, third.rounded_up), (60, true));
        assert_eq!(basis_points(&[40, 60, 20]), [3_333, 5_000, 1_667]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_are_less_than_one_away_from_exact(
            whole in prop_oneof![0_i64..100, 0_i64..=i64::from(i32::MAX)],
            weights in proptest::collection::vec(
                prop_oneof![Just(0_i64), 0_i64..20, 0_i64..=1_000_000_000], 1..40),
        ) {
            let parts = apportion(whole, &weights);
            let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            let given: i64 = parts.iter().map(|part| part.value).sum();
            prop_assert_eq!(given, if sum == 0 { 0 } else { whole });
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(whole) * i128::from(*weight);
                let away = (i128::from(part.value) * sum - exact).abs();
                prop_assert!(sum == 0 || away < sum, "{:?} of {}", part, weight);
                let less_one = i128::from(part.value - i64::from(part.rounded_up));
                prop_assert_eq!(less_one * sum + i128::from(part.remainder), if sum == 0 { 0 } else { exact });
                prop_assert!(*weight > 0 || part.value == 0);
            }
            // Nobody who got nothing more had more left over than one who did.
            let least = parts.iter().filter(|part| part.rounded_up).map(|part| part.remainder).min();
            let most = parts.iter().filter(|part| !part.rounded_up).map(|part| part.remainder).max();
            prop_assert!(least.zip(most).is_none_or(|(least, most)| least >= most));
        }
    }
}
