//! Names, sexes, countries and other texts.

use super::{Sex, Wrong};
use crate::cell::Cell;
use crate::spelling::key;

/// Characters of a name that are taken; of another text.
const NAME_MOST: usize = 200;
const TEXT_MOST: usize = 300;

/// Somebody's name.
pub(crate) fn name(cell: &Cell) -> Result<String, Wrong> {
    let name = text(cell, NAME_MOST)?;
    if name.chars().any(char::is_alphabetic) { Ok(name) } else { Err(Wrong::NameMissing) }
}

/// A text; empty where nothing stands there.
pub(crate) fn plain(cell: &Cell) -> Result<String, Wrong> {
    text(cell, TEXT_MOST)
}

fn text(cell: &Cell, most: usize) -> Result<String, Wrong> {
    if let Cell::Error(_) = cell {
        return Err(Wrong::FormulaFailed);
    }
    let text = cell.shown().into_owned();
    if text.chars().count() > most {
        return Err(Wrong::TooLong { most });
    }
    if of_old_font(&text) {
        return Err(Wrong::OldFont);
    }
    if lost(&text) {
        return Err(Wrong::LettersLost);
    }
    Ok(text)
}

/// Whether letters became question marks: one stands within a word, or what cannot be shown does.
fn lost(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let within = letters.windows(3).any(|three| {
        three[0].is_alphabetic() && three[1] == '?' && (three[2].is_alphabetic() || three[2] == '?')
    });
    within || text.contains('\u{FFFD}')
}

/// Whether letters are those of TCVN3 read as if they were of the West: signs that stand in no word
/// stand in words.
fn of_old_font(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(2).any(|two| {
        let sign = |letter: char| {
            matches!(letter, '\u{A1}'..='\u{BF}')
                && !matches!(letter, '«' | '»' | 'ª' | 'º' | '·' | '°' | '²' | '³')
        };
        (two[0].is_ascii_alphabetic() && sign(two[1]))
            || (sign(two[0]) && two[1].is_ascii_alphabetic())
    })
}

/// A sex; nothing where nothing stands there.
pub(crate) fn sex(cell: &Cell) -> Result<Option<Sex>, Wrong> {
    match key(&cell.shown()).as_str() {
        "" if cell.is_empty() => Ok(None),
        "nam" | "male" | "m" | "trai" | "namgioi" | "ong" => Ok(Some(Sex::Male)),
        "nu" | "female" | "f" | "gai" | "nugioi" | "ba" => Ok(Some(Sex::Female)),
        _ => Err(Wrong::SexUnknown),
    }
}

/// Whether a mark stands in a cell.
pub(crate) fn mark(cell: &Cell) -> Result<bool, Wrong> {
    match key(&cell.shown()).as_str() {
        "" if cell.is_empty() => Ok(false),
        "x" | "1" | "co" | "dung" | "yes" | "true" => Ok(true),
        "0" | "khong" | "no" | "false" => Ok(false),
        _ => Err(Wrong::MarkUnknown),
    }
}

/// The code of a country; nothing where nothing stands there.
pub(crate) fn country(cell: &Cell) -> Result<Option<String>, Wrong> {
    let shown = cell.shown();
    match key(&shown).as_str() {
        "" if cell.is_empty() => Ok(None),
        "vn" | "vietnam" | "vnm" => Ok(Some("VN".to_owned())),
        code if code.len() == 2 && shown.len() == 2 => Ok(Some(code.to_uppercase())),
        _ => Err(Wrong::CountryUnknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn names_are_composed_and_what_was_lost_is_told() {
        assert_eq!(name(&cell(" Nguye\u{302}\u{303}n  Văn\nAn ")), Ok("Nguyễn Văn An".to_owned()));
        for (text, expected) in [
            ("Nguy?n Th? B", Wrong::LettersLost),
            ("Nguy??n", Wrong::LettersLost),
            ("Nguy\u{FFFD}n", Wrong::LettersLost),
            ("NguyÔn V¨n B¸ch", Wrong::OldFont),
            ("   ", Wrong::NameMissing),
            ("12", Wrong::NameMissing),
        ] {
            assert_eq!(name(&cell(text)), Err(expected), "{text}");
        }
        assert_eq!(name(&cell(&"a".repeat(201))), Err(Wrong::TooLong { most: 200 }));
        // Foreigners' names stay as they are.
        for foreign in ["Müller José Núñez", "Zoë d'Arc", "N'Guyên (Bé?)"] {
            assert_eq!(name(&cell(foreign)), Ok(foreign.to_owned()));
        }
    }

    #[test]
    fn sexes_are_read_however_they_are_typed() {
        for (text, expected) in
            [("NAM", Sex::Male), ("Nữ", Sex::Female), ("nu", Sex::Female), ("F", Sex::Female)]
        {
            assert_eq!(sex(&cell(text)), Ok(Some(expected)), "{text}");
        }
        assert_eq!(sex(&Cell::Empty), Ok(None));
        assert_eq!(sex(&cell("x")), Err(Wrong::SexUnknown));
        assert_eq!(sex(&cell("?")), Err(Wrong::SexUnknown));
    }
}
