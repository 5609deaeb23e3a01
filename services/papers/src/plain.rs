//! Texts as they may be printed.

/// A text without what nobody sees and what does something: control characters, and what turns the
/// direction of the text beside it, so that a name reads nothing that stands elsewhere.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|letter| match letter {
            '\t' | '\n' | '\r' | '\u{a0}' | '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{61c}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{ad}' => None,
            letter if letter.is_control() => None,
            letter => Some(letter),
        })
        .collect()
}

/// A text as XML and HTML have it, in an element and in an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// So many letters of a text; where there are more, the last is an ellipsis.
pub fn shortened(text: &str, letters: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= letters {
        return text;
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_turns_or_runs() {
        assert_eq!(plain("Công\u{202e}ty\u{200b} A\u{7}\nB"), "Côngty A B");
        assert_eq!(escaped("<script>\"'&"), "&lt;script&gt;&quot;&#39;&amp;");
        assert_eq!(shortened("Đoàn viên", 5), "Đoàn…");
    }
}
