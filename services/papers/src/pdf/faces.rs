//! The faces that documents are set in: Liberation Serif, which has the measures of Times New Roman,
//! and is under the SIL Open Font License 1.1 (fonts/LICENSE). The files are those of Debian's
//! fonts-liberation2; that of fonts-liberation is under the GPL.

use std::sync::LazyLock;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::plain::plain;

/// A face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
}

static FILES: [&[u8]; 3] = [
    include_bytes!("../../fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../../fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../../fonts/LiberationSerif-Italic.ttf"),
];

/// What is known of a face.
struct Known {
    font: Option<Font>,
    /// Of the letters of Vietnamese: what draws each, and how wide it is, of its size. Letters of other
    /// scripts are looked up.
    letters: Vec<Option<(u32, f32)>>,
    file: &'static [u8],
}

/// Letters that are looked up once.
const LETTERS: u32 = 0x2200;

static KNOWN: LazyLock<[Known; 3]> = LazyLock::new(|| {
    FILES.map(|file| Known {
        font: Font::new(file.into(), 0),
        letters: (0..LETTERS).map(|code| found(file, char::from_u32(code)?)).collect(),
        file,
    })
});

fn found(file: &'static [u8], letter: char) -> Option<(u32, f32)> {
    let font = FontRef::new(file).ok()?;
    let glyph = font.charmap().map(letter)?;
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    Some((glyph.to_u32(), metrics.advance_width(glyph)?))
}

impl Face {
    fn known(self) -> &'static Known {
        &KNOWN[match self {
            Face::Regular => 0,
            Face::Bold => 1,
            Face::Italic => 2,
        }]
    }

    /// For whoever writes.
    pub fn font(self) -> Option<&'static Font> {
        self.known().font.as_ref()
    }

    /// What draws a letter, and how wide it is, of its size.
    pub fn letter(self, letter: char) -> Option<(u32, f32)> {
        let known = self.known();
        match known.letters.get(u32::from(letter) as usize) {
            Some(found) => *found,
            None => found(known.file, letter),
        }
    }

    /// How wide a text is.
    pub fn width(self, text: &str, size: f32) -> f32 {
        text.chars().filter_map(|letter| self.letter(letter)).map(|(_, wide)| wide * size).sum()
    }

    /// A text in lines no wider than this, each with what stands in it.
    pub fn lines(self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut filled) = (String::new(), 0.0);
        let blank = self.width(" ", size);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let wide = self.width(word, size);
            if !line.is_empty() && filled + blank + wide > width {
                lines.push(std::mem::take(&mut line));
                filled = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                filled += blank;
            }
            // A word that is wider than the line is broken where it has to be.
            for letter in word.chars() {
                let wide = self.letter(letter).map_or(0.0, |(_, wide)| wide * size);
                if filled + wide > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    filled = 0.0;
                }
                line.push(letter);
                filled += wide;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// A text of which the faces have every letter; a box stands for what they have not.
pub fn printable(text: &str) -> String {
    let has = |letter: char| {
        [Face::Regular, Face::Bold, Face::Italic].iter().all(|face| face.letter(letter).is_some())
    };
    plain(text).chars().map(|letter| if has(letter) { letter } else { '□' }).collect()
}
