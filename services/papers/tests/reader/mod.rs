//! Reads a PDF as far as our own go: its objects, what stands on its pages, and in which letters.

use std::collections::BTreeMap;
use std::io::Read as _;

/// What was read of a PDF.
pub struct Read {
    /// What stands on each page, text after text, between blanks.
    pub pages: Vec<String>,
    /// All objects but the streams, without white space.
    pub structure: String,
}

struct Object {
    text: String,
    stream: Vec<u8>,
}

impl Read {
    /// Reads a whole PDF.
    ///
    /// # Panics
    /// When it is not one that we write.
    pub fn of(bytes: &[u8]) -> Self {
        assert!(bytes.starts_with(b"%PDF-1."), "no PDF");
        assert!(bytes.trim_ascii_end().ends_with(b"%%EOF"), "it breaks off");
        let objects = objects(bytes);
        let structure: String = objects.values().map(|object| object.text.clone()).collect();
        let root = objects.values().find(|object| object.text.contains("/Type/Pages"));
        let root = root.expect("a tree of pages");
        let kids = between(&root.text, "/Kids[", "]");
        let pages = references(kids).map(|page| text_of(&objects, page)).collect();
        Self { pages, structure }
    }

    /// All of it, without what breaks lines.
    pub fn text(&self) -> String {
        self.pages.join(" ")
    }
}

/// By number.
fn objects(bytes: &[u8]) -> BTreeMap<u32, Object> {
    let mut objects = BTreeMap::new();
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], b" 0 obj") {
        let begin = at + found;
        let digits = bytes[..begin].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let number = String::from_utf8_lossy(&bytes[begin - digits..begin]).parse();
        let body = begin + b" 0 obj".len();
        let end = body + find(&bytes[body..], b"endobj").expect("an end");
        let (text, stream, next) = match find(&bytes[body..end], b"stream\n") {
            Some(stream) => {
                let text = squeezed(&bytes[body..body + stream]);
                let length: usize = number_after(&text, "/Length");
                let from = body + stream + b"stream\n".len();
                let raw = &bytes[from..from + length];
                let stream = match text.contains("/FlateDecode") {
                    true => inflated(raw),
                    false => raw.to_vec(),
                };
                (text, stream, from + length)
            }
            None => (squeezed(&bytes[body..end]), Vec::new(), end),
        };
        if let Ok(number) = number {
            objects.insert(number, Object { text, stream });
        }
        at = next;
    }
    objects
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

fn squeezed(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    for word in text.split_whitespace() {
        let last = out.chars().last().unwrap_or(' ');
        let first = word.chars().next().unwrap_or(' ');
        if last.is_alphanumeric() && first.is_alphanumeric() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn inflated(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(raw).read_to_end(&mut out).expect("packed");
    out
}

fn number_after(text: &str, key: &str) -> usize {
    let rest = text.split(key).nth(1).unwrap_or_default().trim_start();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no {key} in {text}"))
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let rest = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}")).1;
    rest.split_once(end).expect("an end").0
}

/// The numbers of `5 0 R6 0 R`.
fn references(text: &str) -> impl Iterator<Item = u32> {
    text.split('R').filter_map(|one| one.trim().split(' ').next()?.parse().ok())
}

fn text_of(objects: &BTreeMap<u32, Object>, page: u32) -> String {
    let page = &objects[&page];
    let resources = match page.text.split_once("/Resources") {
        Some((_, rest)) if rest.starts_with("<<") => rest.to_string(),
        Some((_, rest)) => objects[&references(rest).next().expect("resources")].text.clone(),
        None => String::new(),
    };
    let mut fonts = BTreeMap::new();
    if resources.contains("/Font<<") {
        for one in between(&resources, "/Font<<", ">>").split('/').filter(|one| !one.is_empty()) {
            let digits = one.trim_end_matches('R').trim_end_matches(" 0 ").trim_end_matches(" 0");
            // `f0 12`: a name and the number of an object.
            let (name, number) = digits.split_once(' ').unwrap_or((digits, "0"));
            let font = &objects[&number.trim().parse::<u32>().expect("a font")];
            let map = references(font.text.split("/ToUnicode").nth(1).unwrap_or_default());
            let map = map.take(1).next().expect("its letters");
            fonts.insert(name.to_string(), letters(&objects[&map].stream));
        }
    }
    let contents = page.text.split_once("/Contents").expect("contents").1;
    let contents = references(contents.trim_start_matches('[')).next().expect("contents");
    shown(&objects[&contents].stream, &fonts)
}

/// Which letters the codes of a font stand for.
fn letters(map: &[u8]) -> BTreeMap<u16, String> {
    let map = String::from_utf8_lossy(map);
    let mut letters = BTreeMap::new();
    for section in map.split("beginbfchar").skip(1) {
        let section = section.split("endbfchar").next().unwrap_or_default();
        for line in section.lines() {
            let mut words = line.split(['<', '>']).filter(|word| !word.trim().is_empty());
            let (Some(code), Some(text)) = (words.next(), words.next()) else { continue };
            let units: Vec<u16> =
                hex(text).chunks(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            let code = hex(code);
            letters
                .insert(u16::from_be_bytes([code[0], code[1]]), String::from_utf16_lossy(&units));
        }
    }
    assert!(!map.contains("beginbfrange"), "ranges are not written");
    letters
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|two| (two[0] * 16 + two.get(1).copied().unwrap_or(0)) as u8).collect()
}

/// What is shown, text after text.
fn shown(content: &[u8], fonts: &BTreeMap<String, BTreeMap<u16, String>>) -> String {
    let mut out = String::new();
    let mut font: Option<&BTreeMap<u16, String>> = None;
    let (mut at, mut codes, mut word, mut name) = (0, Vec::new(), String::new(), String::new());
    while at < content.len() {
        let byte = content[at];
        at += 1;
        match byte {
            b'<' if content.get(at) != Some(&b'<') => {
                let end = at + find(&content[at..], b">").expect("an end");
                codes.extend(hex(&String::from_utf8_lossy(&content[at..end])));
                at = end + 1;
            }
            b'(' => at = literal(content, at, &mut codes),
            b'/' => {
                let end = content[at..].iter().position(|byte| !byte.is_ascii_alphanumeric());
                let end = at + end.unwrap_or(content.len() - at);
                name = String::from_utf8_lossy(&content[at..end]).into_owned();
                at = end;
            }
            byte if byte.is_ascii_alphabetic() => {
                word.push(char::from(byte));
                continue;
            }
            _ => {}
        }
        match word.as_str() {
            "Tf" => font = fonts.get(&name),
            "Tj" | "TJ" => {
                let font = font.expect("a font");
                for two in codes.chunks_exact(2) {
                    let code = u16::from_be_bytes([two[0], two[1]]);
                    out.push_str(font.get(&code).map(String::as_str).unwrap_or("?"));
                }
                out.push(' ');
                codes.clear();
            }
            "BDC" | "BMC" => codes.clear(),
            _ => {}
        }
        word.clear();
    }
    out.trim_end().to_string()
}

/// A text in round brackets; where it ends.
fn literal(content: &[u8], mut at: usize, codes: &mut Vec<u8>) -> usize {
    let mut depth = 1;
    while depth > 0 {
        let byte = content[at];
        at += 1;
        match byte {
            b'\\' => {
                let escaped = content[at];
                at += 1;
                match escaped {
                    b'n' => codes.push(b'\n'),
                    b'r' => codes.push(b'\r'),
                    b't' => codes.push(b'\t'),
                    b'b' => codes.push(8),
                    b'f' => codes.push(12),
                    b'0'..=b'7' => {
                        let octal = String::from_utf8_lossy(&content[at - 1..at + 2]).into_owned();
                        codes.push(u8::from_str_radix(&octal, 8).expect("octal"));
                        at += 2;
                    }
                    other => codes.push(other),
                }
            }
            b'(' => {
                depth += 1;
                codes.push(byte);
            }
            b')' => {
                depth -= 1;
                if depth > 0 {
                    codes.push(byte);
                }
            }
            _ => codes.push(byte),
        }
    }
    at
}
