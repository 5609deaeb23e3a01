//! A part of a workbook as events, none of them larger than a limit.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::limits::Limits;
use crate::refused::{Refused, Stopped, TooMuch};

/// What comes next in a part.
pub(super) enum Node<'a> {
    /// An element begins.
    Begins(Element<'a>),
    /// It ends.
    Ends,
    /// A text, or a piece of one.
    Text(Cow<'a, str>),
    /// Something that says nothing of the sheet.
    Remark,
    /// The part is over.
    Over,
}

/// The beginning of an element.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Its name without the prefix of its namespace.
    pub(super) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        name.rsplit(':').next().unwrap_or(name)
    }

    /// What an attribute says, whatever the prefix of its namespace.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, Refused> {
        // Whether an attribute is there twice takes time to know, and does not matter here.
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Refused::Damaged("an attribute"))?;
            if attribute.key.local_name().as_ref() == name {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return value.map(Some).map_err(|_| Refused::Entity);
            }
        }
        Ok(None)
    }
}

/// A part, an event at a time.
pub(super) struct Xml<S> {
    reader: quick_xml::Reader<Metered<BufReader<S>>>,
    event: Vec<u8>,
    event_bytes: usize,
    depth_limit: usize,
    depth: usize,
}

impl<S: Read> Xml<S> {
    pub(super) fn new(part: S, limits: &Limits) -> Self {
        let source = Metered { source: BufReader::new(part), left: limits.event_bytes };
        let mut reader = quick_xml::Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            event: Vec::new(),
            event_bytes: limits.event_bytes,
            depth_limit: limits.depth,
            depth: 0,
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// What comes next. What no program that writes sheets would write is refused.
    pub(super) fn next(&mut self) -> Result<Node<'_>, Refused> {
        self.event.clear();
        self.reader.get_mut().left = self.event_bytes;
        let node = match self.reader.read_event_into(&mut self.event).map_err(damaged)? {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth > self.depth_limit {
                    return Err(Refused::TooMuch(TooMuch::Structure));
                }
                Node::Begins(Element(start))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Ends
            }
            Event::Text(text) => Node::Text(text.xml10_content()),
            Event::CData(text) => Node::Text(text.xml10_content()),
            Event::GeneralRef(named) => Node::Text(letter(&named)?),
            // Whoever declares what entities are, has them.
            Event::DocType(_) => return Err(Refused::Entity),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Node::Remark,
            Event::Eof => Node::Over,
        };
        Ok(node)
    }
}

/// The letter that a reference stands for: by its number, or one of the five that XML knows.
fn letter(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, Refused> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|_| Refused::Damaged("a letter"))? {
        return Ok(Cow::Owned(letter.to_string()));
    }
    quick_xml::escape::resolve_predefined_entity(reference)
        .map(Cow::Borrowed)
        .ok_or(Refused::Entity)
}

/// What the reader says, less what stands in the file.
fn damaged(error: quick_xml::Error) -> Refused {
    match error {
        quick_xml::Error::Io(error) => match error.get_ref().and_then(|of| of.downcast_ref()) {
            Some(Stopped(what)) => Refused::TooMuch(*what),
            None => io::Error::from(error.kind()).into(),
        },
        _ => Refused::Damaged("XML"),
    }
}

/// A source that gives at most so many bytes until it is allowed more.
struct Metered<S> {
    source: S,
    left: usize,
}

impl<S: BufRead> Read for Metered<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let read = available.len().min(into.len());
        into[..read].copy_from_slice(&available[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl<S: BufRead> BufRead for Metered<S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(Stopped::at(TooMuch::Structure));
        }
        let available = self.source.fill_buf()?;
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.source.consume(bytes);
    }
}

/// What Office writes of letters that XML does not know: `_x000D_` is one.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut letters = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        letters.push_str(&rest[..at]);
        let escaped = rest.as_bytes().get(at..at + 7);
        let escaped = escaped.filter(|escaped| escaped[6] == b'_');
        let digits = escaped.and_then(|escaped| std::str::from_utf8(&escaped[2..6]).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let letter = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match letter.and_then(char::from_u32) {
            Some(letter) => {
                letters.push(letter);
                rest = &rest[at + 7..];
            }
            None => {
                letters.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    letters.push_str(rest);
    Cow::Owned(letters)
}
