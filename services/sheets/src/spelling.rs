//! Words without regard to how they are typed.

use unicode_normalization::UnicodeNormalization;

/// What is left of a heading when case, tones, blanks and punctuation are: `Họ và  Tên:` is `hovaten`.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for letter in text.nfd().flat_map(char::to_lowercase) {
        match letter {
            // Letters that look like đ and are typed instead of it.
            'đ' | '\u{F0}' | '\u{256}' => key.push('d'),
            letter if letter.is_ascii_alphanumeric() => key.push(letter),
            _ => {}
        }
    }
    key
}

/// The same, less what stands in parentheses: `Ngày sinh (ngày/tháng/năm)` is `ngaysinh`.
pub(crate) fn key_without_remarks(text: &str) -> String {
    let mut depth = 0_usize;
    let outside = text.chars().filter(|letter| match letter {
        '(' | '[' => {
            depth += 1;
            false
        }
        ')' | ']' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    key(&outside.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_tones_blanks_and_punctuation_do_not_matter() {
        for text in ["Họ và tên", "HỌ VÀ TÊN:", "ho va ten", "Ho\u{323} va\u{300}\n te\u{302}n"]
        {
            assert_eq!(key(text), "hovaten", "{text}");
        }
        assert_eq!(key("Địa chỉ"), "diachi");
        assert_eq!(key_without_remarks("Ngày sinh (dd/mm/yyyy)"), "ngaysinh");
    }
}
