//! Numbers that identify people, and those by which they are called: texts of digits, of which
//! spreadsheets make numbers.

use super::{IdentityKind, Wrong};
use crate::cell::{Cell, whole};

/// The number that identifies somebody; nothing where nothing stands there.
pub(crate) fn identity(cell: &Cell) -> Result<Option<(IdentityKind, String)>, Wrong> {
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Number(number) => match whole(number) {
            Some(whole) => whole.to_string(),
            None if number.contains(['e', 'E']) => return Err(Wrong::NumberScientific),
            None => return Err(Wrong::NumberDecimal),
        },
        Cell::Error(_) => return Err(Wrong::FormulaFailed),
        Cell::Day(_) | Cell::YearAsDay(_) | Cell::Truth(_) => return Err(Wrong::NumberMalformed),
        Cell::Text(_) => cell.shown().into_owned(),
    };
    let text = typed(&text);
    if text.is_empty() {
        return Ok(None);
    }
    spoiled(&text)?;
    let number: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '.' | '-'))
        .collect::<String>()
        .to_uppercase();
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        12 if digits => Ok(Some((IdentityKind::Citizen, number))),
        9 if digits => Ok(Some((IdentityKind::OldCard, number))),
        // The code of a province has up to two zeros in front, an old card's one.
        length @ (10 | 11 | 8) if digits => Err(Wrong::NumberLostZero { digits: length }),
        _ if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Err(Wrong::NumberMalformed)
        }
        5..=20 if !digits => Ok(Some((IdentityKind::Passport, number))),
        characters => Err(Wrong::NumberLength { characters }),
    }
}

/// A telephone number; nothing where nothing stands there. Of several the first.
pub(crate) fn phone(cell: &Cell) -> Result<Option<String>, Wrong> {
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Number(number) => match whole(number) {
            Some(whole) => whole.to_string(),
            None => return Err(Wrong::PhoneMalformed),
        },
        Cell::Error(_) => return Err(Wrong::FormulaFailed),
        Cell::Day(_) | Cell::YearAsDay(_) | Cell::Truth(_) => return Err(Wrong::PhoneMalformed),
        Cell::Text(_) => cell.shown().into_owned(),
    };
    let text = typed(&text);
    if text.is_empty() {
        return Ok(None);
    }
    spoiled(&text)?;
    let first = text.split(['/', ';', ',']).next().unwrap_or_default();
    let written = |letter: &char| !matches!(letter, ' ' | '.' | '-' | '(' | ')');
    let number: String = first.chars().filter(written).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::PhoneMalformed);
    }
    // Numbers of mobiles have ten digits with the zero, and none of them has a second one.
    if digits.len() == number.len() && digits.len() == 9 && !digits.starts_with(['0', '1']) {
        return Err(Wrong::PhoneLostZero);
    }
    if !(8..=15).contains(&digits.len()) {
        return Err(Wrong::PhoneMalformed);
    }
    Ok(Some(number))
}

/// What was typed, without the mark by which a spreadsheet is told that it is a text.
fn typed(text: &str) -> String {
    text.strip_prefix('\'').unwrap_or(text).trim().to_owned()
}

/// Refuses what a spreadsheet made of a number.
fn spoiled(text: &str) -> Result<(), Wrong> {
    let digit = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((mantissa, power)) = text.split_once(['E', 'e']) {
        let mantissa = mantissa.replacen([',', '.'], "", 1);
        let power = power.strip_prefix('+').unwrap_or(power);
        // A passport may have an E among its digits, and no mark before it.
        let marked = text.contains(['+', ',', '.']);
        if digit(&mantissa) && digit(power) && marked {
            return Err(Wrong::NumberScientific);
        }
    }
    if let Some((whole, decimals)) = text.rsplit_once(['.', ',']) {
        let nothing = matches!(decimals, "0" | "00" | "");
        if digit(whole) && whole.len() > 7 && nothing {
            return Err(Wrong::NumberDecimal);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn number(number: &str) -> Cell {
        Cell::Number(number.to_owned())
    }

    #[test]
    fn numbers_are_read_as_they_are_typed() {
        let citizen = Ok(Some((IdentityKind::Citizen, "999090012345".to_owned())));
        for cell in [
            text("999090012345"),
            text("'999090012345"),
            text("999 090 012 345"),
            text("999.090.012.345"),
            text("\u{A0}999090012345\u{200B}"),
            number("999090012345"),
            number("9.99090012345E11"),
            number("999090012345.0"),
        ] {
            assert_eq!(identity(&cell), citizen, "{cell:?}");
        }
        let zeros = Ok(Some((IdentityKind::OldCard, "012345678".to_owned())));
        assert_eq!(identity(&text("012345678")), zeros);
        let passport = Ok(Some((IdentityKind::Passport, "B1234567".to_owned())));
        assert_eq!(identity(&text("b1234567")), passport);
        let with_an_e = Ok(Some((IdentityKind::Passport, "1E1234567".to_owned())));
        assert_eq!(identity(&text("1E1234567")), with_an_e);
        assert_eq!(identity(&text(" ")), Ok(None));
    }

    #[test]
    fn what_a_spreadsheet_spoiled_is_told_for_what_it_is() {
        for (cell, expected) in [
            (text("1,23457E+11"), Wrong::NumberScientific),
            (text("1.23457E+11"), Wrong::NumberScientific),
            (text("1.2e11"), Wrong::NumberScientific),
            (text("7,9E+10"), Wrong::NumberScientific),
            (text("79090012345"), Wrong::NumberLostZero { digits: 11 }),
            (number("79090012345"), Wrong::NumberLostZero { digits: 11 }),
            (number("1090012345"), Wrong::NumberLostZero { digits: 10 }),
            (text("12345678"), Wrong::NumberLostZero { digits: 8 }),
            (text("999090012345.0"), Wrong::NumberDecimal),
            (text("999090012345,00"), Wrong::NumberDecimal),
            (number("999090012345.5"), Wrong::NumberDecimal),
            (number("1.5E+20"), Wrong::NumberScientific),
            (text("9990900123456"), Wrong::NumberLength { characters: 13 }),
            (text("1234"), Wrong::NumberLength { characters: 4 }),
            (text("chưa có"), Wrong::NumberMalformed),
            (Cell::Error("#REF!".to_owned()), Wrong::FormulaFailed),
        ] {
            assert_eq!(identity(&cell), Err(expected), "{cell:?}");
        }
    }

    #[test]
    fn telephone_numbers_are_read_and_their_lost_zero_is_told() {
        let read = |cell: &Cell| phone(cell);
        for written in ["0912345678", "0912.345.678", "0912 345 678 / 0987654321", "'0912345678"] {
            assert_eq!(read(&text(written)), Ok(Some("0912345678".to_owned())), "{written}");
        }
        assert_eq!(read(&text("+84 912 345 678")), Ok(Some("+84912345678".to_owned())));
        assert_eq!(read(&number("912345678")), Err(Wrong::PhoneLostZero));
        assert_eq!(read(&text("912345678")), Err(Wrong::PhoneLostZero));
        assert_eq!(read(&text("9,12E+08")), Err(Wrong::NumberScientific));
        assert_eq!(read(&text("113")), Err(Wrong::PhoneMalformed));
        assert_eq!(read(&text("không")), Err(Wrong::PhoneMalformed));
    }
}
