//! A document laid out: what stands where on which page, and what it is.

use crate::drawing::Colour;
use crate::pdf::faces::{Face, printable};

/// A4, in points, and the margins of Nghị định 30/2020/NĐ-CP: 20 mm above, below and to the right, 30
/// to the left.
pub const PAGE: (f32, f32) = (595.28, 841.89);
const MILLIMETRE: f32 = 72.0 / 25.4;
const LEFT: f32 = 30.0 * MILLIMETRE;
const RIGHT: f32 = 20.0 * MILLIMETRE;
const TOP: f32 = 20.0 * MILLIMETRE;
const BOTTOM: f32 = 20.0 * MILLIMETRE;
/// How wide a line is.
pub const WIDTH: f32 = PAGE.0 - LEFT - RIGHT;
/// From line to line, by the size of its letters.
pub const LEADING: f32 = 1.25;
/// What is written.
pub const BLACK: Colour = Colour(0, 0, 0);

/// What a part of a document is, for whoever does not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The document's title.
    Title,
    /// The heading of what follows.
    Heading(String),
    /// Text.
    Paragraph,
    /// A table.
    Table,
    /// What a table is called.
    Caption,
    /// A row.
    Row,
    /// The head of a column.
    ColumnHead,
    /// The head of a row.
    RowHead,
    /// A cell.
    Cell,
    /// A picture, with what it shows.
    Figure(String),
}

/// A part, and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Of other parts.
    Group(Tag, Vec<Node>),
    /// Of what is written under its number.
    Leaf(Tag, usize),
}

/// Something on a page. What belongs to no part is there for the eye only.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A text on its base line.
    Text {
        /// The part.
        leaf: Option<usize>,
        /// Where.
        x: f32,
        /// Its base line.
        y: f32,
        /// How.
        face: Face,
        /// How large.
        size: f32,
        /// In what colour.
        colour: Colour,
        /// What.
        text: String,
    },
    /// A line.
    Line {
        /// The part.
        leaf: Option<usize>,
        /// Through these.
        points: Vec<(f32, f32)>,
        /// How thick.
        width: f32,
        /// In what colour.
        colour: Colour,
    },
    /// An area.
    Rectangle {
        /// The part.
        leaf: Option<usize>,
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// How wide.
        width: f32,
        /// How high.
        height: f32,
        /// In what colour.
        colour: Colour,
    },
}

/// Where a text stands in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// To the left.
    Start,
    /// In the middle.
    Middle,
    /// To the right.
    End,
}

/// A text to be set.
pub struct Text {
    /// What.
    pub text: String,
    /// In which face.
    pub face: Face,
    /// How large.
    pub size: f32,
    /// Where in its width.
    pub align: Align,
}

impl Text {
    /// To the left.
    pub fn new(text: &str, face: Face, size: f32) -> Self {
        Self { text: printable(text), face, size, align: Align::Start }
    }

    /// Elsewhere.
    pub fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    /// Its lines in a width.
    pub fn lines(&self, width: f32) -> Vec<String> {
        self.face.lines(&self.text, self.size, width)
    }

    /// From line to line.
    pub fn leading(&self) -> f32 {
        self.size * LEADING
    }
}

/// A document that is being laid out.
pub struct Flow {
    /// What stands on each page.
    pub pages: Vec<Vec<Op>>,
    /// What there is, in the order of reading.
    pub nodes: Vec<Node>,
    /// Parts so far.
    pub leaves: usize,
    y: f32,
}

impl Default for Flow {
    fn default() -> Self {
        Self { pages: vec![Vec::new()], nodes: Vec::new(), leaves: 0, y: TOP }
    }
}

impl Flow {
    /// The left edge of lines.
    pub fn left(&self) -> f32 {
        LEFT
    }

    /// The lowest point of what is written.
    pub fn bottom(&self) -> f32 {
        PAGE.1 - BOTTOM
    }

    /// What fits on an empty page.
    pub fn page_height(&self) -> f32 {
        self.bottom() - TOP
    }

    /// Where the next line begins.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Goes on from here.
    pub fn move_to(&mut self, y: f32) {
        self.y = y;
    }

    /// Leaves some room; none at the top of a page.
    pub fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Begins a page where so much does not fit on this one.
    pub fn keep(&mut self, height: f32) {
        if self.y + height > self.bottom() && self.y > TOP {
            self.new_page();
        }
    }

    /// Begins a page.
    pub fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Writes something on this page.
    pub fn op(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }

    /// The number of a further part.
    pub fn number(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    /// A further part of the document.
    pub fn leaf(&mut self, tag: Tag) -> usize {
        let leaf = self.number();
        self.nodes.push(Node::Leaf(tag, leaf));
        leaf
    }

    /// A text of its own, over the whole width, from page to page.
    pub fn paragraph(&mut self, tag: Tag, text: &Text) {
        let lines = text.lines(WIDTH);
        if lines.is_empty() {
            return;
        }
        let leaf = self.leaf(tag);
        for line in lines {
            self.keep(text.leading());
            self.line(Some(leaf), text, &line, LEFT, WIDTH);
            self.y += text.leading();
        }
    }

    /// A line of a text, at the height that was reached.
    pub fn line(&mut self, leaf: Option<usize>, text: &Text, line: &str, x: f32, width: f32) {
        let wide = text.face.width(line, text.size);
        let x = match text.align {
            Align::Start => x,
            Align::Middle => x + (width - wide) / 2.0,
            Align::End => x + width - wide,
        };
        let y = self.y + text.size;
        let (face, size, text) = (text.face, text.size, line.to_string());
        self.op(Op::Text { leaf, x, y, face, size, colour: BLACK, text });
    }

    /// Texts under each other in a column of the page, beginning at the height that was reached; where
    /// they end.
    pub fn column(&mut self, texts: &[Text], x: f32, width: f32) -> f32 {
        let top = self.y;
        for text in texts {
            let lines = text.lines(width);
            if lines.is_empty() {
                continue;
            }
            let leaf = self.leaf(Tag::Paragraph);
            for line in lines {
                self.line(Some(leaf), text, &line, x, width);
                self.y += text.leading();
            }
        }
        std::mem::replace(&mut self.y, top)
    }

    /// A rule below what was written.
    pub fn rule(&mut self, x: f32, y: f32, width: f32) {
        let points = vec![(x, y), (x + width, y)];
        self.op(Op::Line { leaf: None, points, width: 0.7, colour: BLACK });
    }
}
