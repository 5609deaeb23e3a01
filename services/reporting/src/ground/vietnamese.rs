//! Numbers as Vietnamese reports print them.
//!
//! Thousands take a dot, decimals a comma, `%` no space. Percentages are computed in
//! integers and rounded half up, once, from numerator and denominator; decimals that are
//! not there are not printed (`100%`, not `100,00%`).

use std::cmp::Ordering;

use time::Date;
use unicode_normalization::UnicodeNormalization;

/// What stands for a number that there is not.
pub const NONE: &str = "—";

/// `21574` as `21.574`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// As [`number`], with zeros in front up to `width` digits: `3` as `03`.
pub fn padded(value: i64, width: usize) -> String {
    let digits = value.unsigned_abs().to_string().len();
    if digits >= width {
        return number(value);
    }
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", value.unsigned_abs())
}

/// As [`number`], with the sign also where it is positive: `+11`.
pub fn signed(value: i64) -> String {
    if value > 0 { format!("+{}", number(value)) } else { number(value) }
}

/// `numerator / denominator` rounded half up (away from zero) at `decimals` places, without
/// zeros at the end: 4504 of 3800 at 2 places is `1,19`. [`NONE`] where nothing divides.
pub fn quotient(numerator: i64, denominator: i64, decimals: u32) -> String {
    ratio(i128::from(numerator), i128::from(denominator), decimals)
}

/// The percentage that `numerator` is of `denominator`: 4504 of 3800 at 2 places is
/// `118,53%`. [`NONE`] where nothing divides.
pub fn percent(numerator: i64, denominator: i64, decimals: u32) -> String {
    match ratio(i128::from(numerator) * 100, i128::from(denominator), decimals) {
        none if none == NONE => none,
        text => text + "%",
    }
}

/// As [`quotient`], with as many more decimals as it takes until what is printed lies to what was
/// asked as `agrees` wants it.
pub fn quotient_against(
    numerator: i64,
    denominator: i64,
    decimals: u32,
    asked: Hundredths,
    agrees: impl Fn(Ordering) -> bool,
) -> String {
    let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
    against(numerator, denominator, decimals, asked, agrees)
}

/// As [`percent`], with as many more decimals as it takes until what is printed lies to what was
/// asked as `agrees` wants it: 94.996 of 100.000 against 95 % is `94,996%`.
pub fn percent_against(
    numerator: i64,
    denominator: i64,
    decimals: u32,
    asked: Hundredths,
    agrees: impl Fn(Ordering) -> bool,
) -> String {
    let (numerator, denominator) = (i128::from(numerator) * 100, i128::from(denominator));
    match against(numerator, denominator, decimals, asked, agrees) {
        none if none == NONE => none,
        text => text + "%",
    }
}

/// Basis points as a percentage: 9500 is `95%`.
pub fn basis_points(value: i64) -> String {
    percent(value, 10_000, 2)
}

/// What was asked, not below 0, in hundredths: 95 % is 9500 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hundredths(pub i64);

/// Two quotients of whole numbers that fit here and differ do so before this place.
const DECIMALS_MAX: u32 = 48;

fn against(
    numerator: i128,
    denominator: i128,
    decimals: u32,
    asked: Hundredths,
    agrees: impl Fn(Ordering) -> bool,
) -> String {
    if denominator == 0 {
        return NONE.to_string();
    }
    (decimals..=DECIMALS_MAX.max(decimals))
        .map(|decimals| Rounded::of(numerator, denominator, decimals))
        .find(|rounded| agrees(rounded.cmp_to(asked)))
        .unwrap_or_else(|| Rounded::of(numerator, denominator, DECIMALS_MAX))
        .print()
}

fn ratio(numerator: i128, denominator: i128, decimals: u32) -> String {
    if denominator == 0 {
        return NONE.to_string();
    }
    Rounded::of(numerator, denominator, decimals).print()
}

/// A quotient rounded half up (away from zero), digit by digit: however many places are asked
/// for, no number grows too large.
struct Rounded {
    negative: bool,
    whole: u128,
    /// As many digits as there are decimals.
    fraction: Vec<u8>,
}

impl Rounded {
    /// Of a denominator that is not 0.
    fn of(numerator: i128, denominator: i128, decimals: u32) -> Self {
        let negative = (numerator < 0) != (denominator < 0);
        let (numerator, denominator) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        let mut whole = numerator / denominator;
        let mut rest = numerator % denominator;
        let mut fraction = Vec::with_capacity(decimals as usize);
        for _ in 0..decimals {
            rest *= 10;
            fraction.push((rest / denominator) as u8);
            rest %= denominator;
        }
        if rest * 2 >= denominator {
            // One more in the last place, carried as far as there are nines.
            let place = fraction.iter().rposition(|digit| *digit < 9);
            let zeros = place.map_or(0, |place| place + 1);
            match place {
                Some(place) => fraction[place] += 1,
                None => whole += 1,
            }
            fraction[zeros..].fill(0);
        }
        let zero = whole == 0 && fraction.iter().all(|digit| *digit == 0);
        Self { negative: negative && !zero, whole, fraction }
    }

    fn cmp_to(&self, asked: Hundredths) -> Ordering {
        if self.negative {
            return Ordering::Less;
        }
        let asked = u128::from(asked.0.unsigned_abs());
        let places = [(asked / 10 % 10) as u8, (asked % 10) as u8];
        let digit = |place: usize, digits: &[u8]| digits.get(place).copied().unwrap_or(0);
        let mut fractions = (0..self.fraction.len().max(places.len()))
            .map(|place| digit(place, &self.fraction).cmp(&digit(place, &places)));
        self.whole
            .cmp(&(asked / 100))
            .then_with(|| fractions.find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
    }

    fn print(&self) -> String {
        let mut text = number(i64::try_from(self.whole).unwrap_or(i64::MAX));
        let last = self.fraction.iter().rposition(|digit| *digit != 0);
        if let Some(last) = last {
            text.push(',');
            text.extend(self.fraction[..=last].iter().map(|digit| char::from(b'0' + digit)));
        }
        if self.negative {
            text.insert(0, '-');
        }
        text
    }
}

/// By what names stand in the order of the Vietnamese alphabet: a ă â b c d đ e ê …, then by tone.
pub fn in_order(name: &str) -> String {
    let (mut letters, mut tones) = (String::new(), String::new());
    for letter in name.to_lowercase().nfd() {
        match letter {
            'đ' => letters.push_str("d{"),
            '\u{306}' => letters.push('{'),
            '\u{302}' => letters.push('|'),
            '\u{31b}' => letters.push('}'),
            '\u{300}' | '\u{309}' | '\u{303}' | '\u{301}' | '\u{323}' => tones.push(letter),
            letter => {
                letters.push(letter);
                tones.push(' ');
            }
        }
    }
    letters.push('\0');
    letters.push_str(&tones);
    letters
}

/// `31/12/2020`.
pub fn date(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), u8::from(date.month()), date.year())
}

/// `IX`, as congresses are counted; numbers beyond what numerals are made for stay Arabic.
pub fn roman(ordinal: i32) -> String {
    if !(1..4000).contains(&ordinal) {
        return ordinal.to_string();
    }
    const NUMERALS: [(i32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut left = ordinal;
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while left >= value {
            text.push_str(numeral);
            left -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// DOMAIN: the golden vectors of the five founding reports and of the press.
    #[test]
    fn percentages_print_as_the_reports_printed_them() {
        for (numerator, denominator, decimals, printed) in [
            (101, 88, 2, "114,77%"),
            (4504, 3800, 2, "118,53%"),
            (25, 25, 2, "100%"),
            (1857, 1400, 1, "132,6%"),
            (1857, 1400, 2, "132,64%"),
            (855, 492, 1, "173,8%"),
            (31, 20, 0, "155%"),
            (6257, 6000, 0, "104%"),
            (3355, 4124, 1, "81,4%"),
            (50, 77, 2, "64,94%"),
            (76_268, 200_445, 2, "38,05%"),
            (0, 88, 2, "0%"),
            (5, 0, 2, "—"),
        ] {
            assert_eq!(percent(numerator, denominator, decimals), printed);
        }
    }

    #[test]
    fn counts_print_with_dots_signs_and_zeros_in_front() {
        assert_eq!(number(100 + 65 + 322), "487");
        assert_eq!(number(21_574), "21.574");
        assert_eq!(number(30_018 - 10_979), "19.039");
        assert_eq!(number(-1_234_567), "-1.234.567");
        assert_eq!(padded(67 - 64, 2), "03");
        assert_eq!(padded(-3, 2), "-03");
        assert_eq!(padded(1_234, 2), "1.234");
        assert_eq!(signed(11), "+11");
        assert_eq!(signed(0), "0");
        assert_eq!(basis_points(9_500), "95%");
    }

    #[test]
    fn names_stand_in_the_order_of_the_alphabet() {
        let mut names = ["Đà Nẵng", "Êđê", "Hà Nội", "Điện Biên", "Ăn", "An", "Dĩ An", "Ân", "Hà"];
        names.sort_by_cached_key(|name| in_order(name));
        assert_eq!(
            names,
            ["An", "Ăn", "Ân", "Dĩ An", "Đà Nẵng", "Điện Biên", "Êđê", "Hà", "Hà Nội"]
        );
    }

    #[test]
    fn congresses_count_in_roman_numerals() {
        let numerals: Vec<String> = [1, 4, 9, 12, 16, 40].into_iter().map(roman).collect();
        assert_eq!(numerals, ["I", "IV", "IX", "XII", "XVI", "XL"]);
        assert_eq!(roman(0), "0");
    }

    proptest! {
        #[test]
        fn a_printed_number_reads_back(value in any::<i64>()) {
            let digits = number(value).replace('.', "");
            prop_assert_eq!(digits.parse::<i64>().ok(), Some(value));
        }

        #[test]
        fn thousands_stand_in_groups_of_three(value in 0_i64..i64::MAX) {
            let printed = number(value);
            let mut groups = printed.split('.');
            let first = groups.next().unwrap_or_default();
            prop_assert!((1..=3).contains(&first.len()));
            prop_assert!(groups.all(|group| group.len() == 3));
        }

        /// Half up: the printed value is off by at most half of its last place, and a value
        /// that lies exactly between two is rounded to the higher.
        #[test]
        fn a_percentage_is_rounded_half_up(
            numerator in 0_i64..10_000_000,
            denominator in 1_i64..10_000_000,
            decimals in 0_u32..4,
        ) {
            let printed = percent(numerator, denominator, decimals);
            let plain = printed.trim_end_matches('%').replace('.', "");
            let (whole, fraction) = plain.split_once(',').unwrap_or((&plain, ""));
            prop_assert!(fraction.len() <= decimals as usize);
            prop_assert!(!fraction.ends_with('0'));
            let scale = 10_i128.pow(decimals);
            let fraction = format!("{fraction:0<places$}", places = decimals as usize);
            let read = whole.parse::<i128>().unwrap_or(-1) * scale + fraction.parse::<i128>().unwrap_or(0);
            // printed - exact, times 2 × denominator: within (-denominator, denominator].
            let twice_off = 2 * (read * i128::from(denominator) - i128::from(numerator) * 100 * scale);
            prop_assert!(twice_off > -i128::from(denominator) && twice_off <= i128::from(denominator));
        }
    }
}
