//! How heavy a JSON text is before anybody reads it: a text of four mebibytes may be one value
//! or two million, which take a hundred times as much when they are read.

/// How many values there are in a JSON text, at most: members, elements, and what holds them.
pub fn values(text: &[u8]) -> usize {
    let mut values = 1;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b',' | b'[' | b'{' => values += 1,
            b'"' => {
                while let Some(inside) = bytes.next() {
                    match inside {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_texts_are_one() {
        for (text, least) in [
            ("", 1),
            ("{}", 2),
            (r#"["", "", ""]"#, 4),
            (r#"{"a": [1, {"b": "x,y[{\",,"}], "c": null}"#, 6),
            (r#""open,,,"#, 1),
        ] {
            assert_eq!(values(text.as_bytes()), least, "{text}");
        }
    }
}
