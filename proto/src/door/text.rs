//! Brings a text into order, or finds that it cannot be.

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::rule::{Kind, Rule};

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is longer than its field takes.
    TooLong {
        /// So long.
        characters: usize,
        /// As long as it may be.
        limit: usize,
    },
    /// It holds what is no part of a text.
    Malformed,
}

/// What becomes of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    /// A space, of whatever width.
    Space,
    /// A tab, or the end of a line.
    Break,
    /// Without width and without ink.
    Nothing,
    /// Turns the direction of the text beside it.
    Turns,
    /// No part of any text.
    Foreign,
}

/// So many bytes may stand for one character of a text that can be brought into order.
const BYTES_PER_CHARACTER: usize = 12;

/// The text in order; none where it was already.
pub fn ordered(text: &str, rule: Rule) -> Result<Option<String>, Wrong> {
    let limit = rule.characters_max;
    // Whoever sends so much more than fits does not get it normalised first.
    if text.len() > limit.saturating_mul(BYTES_PER_CHARACTER) {
        return Err(Wrong::TooLong { characters: text.chars().count(), limit });
    }
    let ordered = match rule.kind {
        Kind::Sealed if text.chars().any(char::is_control) => return Err(Wrong::Malformed),
        Kind::Sealed => None,
        Kind::Name | Kind::Typed | Kind::Id if is_plain(text) => None,
        Kind::Name | Kind::Typed | Kind::Id => reordered(text, rule.kind)?,
    };
    let ordered = match rule.kind {
        Kind::Id => canonical(ordered.as_deref().unwrap_or(text)).or(ordered),
        Kind::Name | Kind::Typed | Kind::Sealed => ordered,
    };
    let characters = ordered.as_deref().unwrap_or(text).chars().count();
    if characters > limit {
        return Err(Wrong::TooLong { characters, limit });
    }
    Ok(ordered)
}

/// A UUID as everybody here writes it, where it is written in another way: in capitals, in
/// braces, without hyphens, as a URN. Whoever repeats a request repeats it in whichever of them.
fn canonical(text: &str) -> Option<String> {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let urn = text.get(..9).filter(|head| head.eq_ignore_ascii_case("urn:uuid:"));
    let bare = match (urn, text.strip_prefix('{')) {
        (Some(_), _) => &text[9..],
        (None, Some(within)) => within.strip_suffix('}')?,
        (None, None) => text,
    };
    let digits = match bare.len() {
        32 => bare.to_ascii_lowercase(),
        36 if HYPHENS.iter().all(|place| bare.as_bytes()[*place] == b'-') => {
            bare.replace('-', "").to_ascii_lowercase()
        }
        _ => return None,
    };
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut written = digits;
    for place in HYPHENS {
        written.insert(place, '-');
    }
    (written != text).then_some(written)
}

/// Printable ASCII without space at its ends: most codes, ids and numbers.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

fn reordered(text: &str, kind: Kind) -> Result<Option<String>, Wrong> {
    let mut made = String::with_capacity(text.len());
    for character in text.chars() {
        match (fate(character), kind) {
            (Fate::Stays, _) => made.push(character),
            (Fate::Space, _) | (Fate::Break, Kind::Typed | Kind::Id) => made.push(' '),
            // At an end it is trimmed.
            (Fate::Break, _) => made.push('\n'),
            (Fate::Nothing, _) | (Fate::Turns, Kind::Typed | Kind::Id) => {}
            (Fate::Turns, _) | (Fate::Foreign, _) => return Err(Wrong::Malformed),
        }
    }
    let trimmed = made.trim();
    let made = if is_nfc(trimmed) { trimmed.to_string() } else { trimmed.nfc().collect() };
    let hangs = |first: char| {
        use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
        let category = first.general_category();
        matches!(category, NonspacingMark | SpacingMark | EnclosingMark)
    };
    // What begins with a mark would change the last letter of what is printed before it.
    if made.contains('\n') || (kind == Kind::Name && made.chars().next().is_some_and(hangs)) {
        return Err(Wrong::Malformed);
    }
    Ok((made != text).then_some(made))
}

fn fate(character: char) -> Fate {
    match character {
        // What Vietnamese is written with.
        '!'..='~' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Fate::Stays,
        ' ' => Fate::Space,
        '\t'..='\r' | '\u{85}' => Fate::Break,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Turns,
        // Fillers, variation selectors and joiners: letters and marks by their category, and
        // nothing to see.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0100}'..='\u{e01ef}' => Fate::Nothing,
        // Signs that stand before Arabic and Syriac numbers have ink.
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' => {
            Fate::Stays
        }
        // Between the lines of an annotation: no text of one line.
        '\u{fff9}'..='\u{fffb}' => Fate::Foreign,
        other => match other.general_category() {
            GeneralCategory::Control
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned => Fate::Foreign,
            GeneralCategory::SpaceSeparator => Fate::Space,
            GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => Fate::Break,
            GeneralCategory::Format => Fate::Nothing,
            _ => Fate::Stays,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, Wrong> {
        let rule = Rule { kind: Kind::Name, characters_max: 20 };
        ordered(text, rule).map(|made| made.unwrap_or_else(|| text.to_string()))
    }

    fn typed(text: &str) -> Result<String, Wrong> {
        let rule = Rule { kind: Kind::Typed, characters_max: 20 };
        ordered(text, rule).map(|made| made.unwrap_or_else(|| text.to_string()))
    }

    #[test]
    fn what_has_no_ink_is_no_name() {
        for invisible in [
            "\u{200b}",
            "\u{feff}\u{2060}",
            "\u{a0}",
            " \u{3000}\t",
            "\u{ad}",
            "\u{3164}",
            "\u{2800}",
            "\u{200e}\u{200f}",
            "\u{e0020}",
            "\n",
        ] {
            assert_eq!(name(invisible).as_deref(), Ok(""), "{invisible:?}");
            assert_eq!(typed(invisible).as_deref(), Ok(""), "{invisible:?}");
        }
    }

    #[test]
    fn what_can_be_brought_into_order_is() {
        for (given, made) in [
            ("Co\u{302}ng \u{110}oa\u{300}n", "Công Đoàn"),
            ("Công\u{a0}đoàn", "Công đoàn"),
            ("Công\u{200b} đo\u{ad}àn\u{feff}", "Công đoàn"),
            (" Công đoàn\n", "Công đoàn"),
            // An accent that a joiner kept from its letter.
            ("Co\u{200d}\u{302}ng", "Công"),
            ("125/QĐ\u{200b}", "125/QĐ"),
        ] {
            assert_eq!(name(given).as_deref(), Ok(made), "{given:?}");
            assert_eq!(typed(given).as_deref(), Ok(made), "{given:?}");
        }
        assert_eq!(typed("\u{202a}125/QĐ\u{202c}").as_deref(), Ok("125/QĐ"));
        assert_eq!(typed("công\tđoàn").as_deref(), Ok("công đoàn"));
    }

    #[test]
    fn what_cannot_be_brought_into_order_is_refused() {
        for bad in ["a\u{202e}b", "\u{2066}a", "a\nb", "a\tb", "a\u{2028}b", "\u{300}a"] {
            assert_eq!(name(bad), Err(Wrong::Malformed), "{bad:?}");
        }
        for bad in ["a\0b", "\u{7}", "\u{e000}", "a\u{fffe}", "\u{378}", "\u{fff9}a"] {
            assert_eq!(name(bad), Err(Wrong::Malformed), "{bad:?}");
            assert_eq!(typed(bad), Err(Wrong::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn a_text_is_measured_in_characters_when_it_is_in_order() {
        assert!(name(&"đ".repeat(20)).is_ok());
        assert!(name(&"e\u{302}\u{303}".repeat(20)).is_ok());
        let too_long = Wrong::TooLong { characters: 21, limit: 20 };
        assert_eq!(name(&"đ".repeat(21)), Err(too_long));
        let too_long = Wrong::TooLong { characters: 60_000, limit: 20 };
        assert_eq!(typed(&"A".repeat(60_000)), Err(too_long));
        let sealed = Rule { kind: Kind::Sealed, characters_max: 20 };
        assert_eq!(
            ordered(&"A".repeat(21), sealed),
            Err(Wrong::TooLong { characters: 21, limit: 20 })
        );
        assert_eq!(ordered("a\0", sealed), Err(Wrong::Malformed));
        assert_eq!(ordered(" a ", sealed), Ok(None));
    }

    #[test]
    fn an_id_is_written_in_one_way() {
        let rule = Rule { kind: Kind::Id, characters_max: 100 };
        let id = "0190aa00-1111-7222-8333-44445555abcd";
        assert_eq!(ordered(id, rule), Ok(None));
        for given in [
            "0190AA00-1111-7222-8333-44445555ABCD",
            "{0190aa00-1111-7222-8333-44445555abcd}",
            "0190aa001111722283334444 5555abcd".replace(' ', "").as_str(),
            "urn:uuid:0190aa00-1111-7222-8333-44445555abcd",
            " 0190AA00-1111-7222-8333-44445555abcd\u{200b}",
        ] {
            assert_eq!(ordered(given, rule), Ok(Some(id.to_string())), "{given}");
        }
        for given in [
            "7",
            "ế",
            "0190AA00-1111-7222-8333-44445555ABC",
            "0190aa00-1111-7222-8333_44445555abcd",
        ] {
            assert_eq!(ordered(given, rule), Ok(None), "{given}");
        }
    }
}
