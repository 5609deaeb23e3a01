//! The texts that the cells of a workbook share, held in one piece.

use std::io::Read;

use super::xml::{Node, Xml, unescaped};
use crate::limits::Limits;
use crate::refused::{Refused, TooMuch};

/// Texts by their numbers.
#[derive(Default)]
pub(super) struct Texts {
    letters: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = usize::try_from(*self.ends.get(number)?).ok()?;
        let begin = match number.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()?,
            None => 0,
        };
        self.letters.get(begin..end)
    }

    pub(super) fn read(part: impl Read, limits: &Limits) -> Result<Self, Refused> {
        let mut texts = Self::default();
        let mut text = Text::default();
        let mut xml = Xml::new(part, limits);
        loop {
            let depth = xml.depth();
            match xml.next()? {
                Node::Over => return Ok(texts),
                Node::Remark => {}
                Node::Begins(element) => text.begins(element.name(), depth),
                Node::Text(piece) => text.goes_on(&piece, limits)?,
                Node::Ends => {
                    text.ends(depth);
                    // Within the list of all.
                    if depth == 2 {
                        texts.push(&text.taken(), limits)?;
                    }
                }
            }
        }
    }

    fn push(&mut self, text: &str, limits: &Limits) -> Result<(), Refused> {
        if self.ends.len() >= limits.texts || self.letters.len() + text.len() > limits.texts_bytes {
            return Err(Refused::TooMuch(TooMuch::Texts));
        }
        self.letters.push_str(text);
        let end = u32::try_from(self.letters.len());
        self.ends.push(end.map_err(|_| Refused::TooMuch(TooMuch::Texts))?);
        Ok(())
    }
}

/// A text of which pieces stand in elements `t`, each with a look of its own; how a word is
/// pronounced (`rPh`) is not part of it.
#[derive(Default)]
pub(super) struct Text {
    letters: String,
    /// At which depth a piece is open, or something that is passed over.
    piece: Option<usize>,
    passed_over: Option<usize>,
}

impl Text {
    /// An element begins within so many others.
    pub(super) fn begins(&mut self, name: &str, depth: usize) {
        match name {
            "rPh" if self.passed_over.is_none() => self.passed_over = Some(depth),
            "t" if self.piece.is_none() => self.piece = Some(depth),
            _ => {}
        }
    }

    /// A piece of a text, or white space between elements.
    pub(super) fn goes_on(&mut self, piece: &str, limits: &Limits) -> Result<(), Refused> {
        if self.piece.is_none() || self.passed_over.is_some() {
            return Ok(());
        }
        if self.letters.len() + piece.len() > limits.cell_bytes {
            return Err(Refused::TooMuch(TooMuch::Cell));
        }
        self.letters.push_str(piece);
        Ok(())
    }

    /// An element ends that was open with so many others, itself included.
    pub(super) fn ends(&mut self, depth: usize) {
        self.piece = self.piece.filter(|at| at + 1 != depth);
        self.passed_over = self.passed_over.filter(|at| at + 1 != depth);
    }

    /// The whole of it; the next one begins.
    pub(super) fn taken(&mut self) -> String {
        let text = unescaped(&self.letters).into_owned();
        self.letters.clear();
        self.piece = None;
        self.passed_over = None;
        text
    }
}
