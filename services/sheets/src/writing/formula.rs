//! Texts that a spreadsheet would take for formulas.

use std::borrow::Cow;

/// The mark by which every spreadsheet is told that a text follows.
const MARK: char = '\'';

/// Whether a spreadsheet computes a text that begins so. The wide forms are what Japanese and
/// Chinese keyboards type, and are formulas as well.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as one that no spreadsheet computes.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    // Where it begins with the mark already, another one says that the first is a letter of it.
    if begins_formula(text) || text.starts_with(MARK) {
        return Cow::Owned(format!("{MARK}{text}"));
    }
    Cow::Borrowed(text)
}

/// What was made neutral, as it was; and what somebody typed behind the mark, so that it be a text.
pub(crate) fn original(text: String) -> String {
    match text.strip_prefix(MARK) {
        Some(rest)
            if begins_formula(rest)
                || rest.starts_with(MARK)
                || rest.starts_with(|letter: char| letter.is_ascii_digit()) =>
        {
            rest.to_owned()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_a_text_and_is_read_as_it_was() {
        for text in [
            "=1+1",
            "+84912345678",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "'",
            "''",
            "'=1",
            "'5",
            "'a",
            "a=1",
            "999",
            "",
        ] {
            let written = neutral(text).into_owned();
            assert!(!begins_formula(&written), "{text:?}");
            assert_eq!(original(written), text, "{text:?}");
        }
        // As a person types it.
        assert_eq!(original("'012345678".to_owned()), "012345678");
        assert_eq!(original("'Abd".to_owned()), "'Abd");
    }
}
