//! Charts as shapes: drawn once, for SVG and for PDF.

use crate::chart::{Chart, Kind, Part};
use crate::plain::shortened;

/// How wide every drawing is.
pub const WIDTH: f32 = 640.0;
/// Parts that are drawn, at most; all of them stand in the table.
const PARTS_MAX: usize = 60;
/// About how wide a letter is, by its size.
const LETTER: f32 = 0.5;

const INK: Colour = Colour(33, 37, 41);
const GREY: Colour = Colour(222, 226, 230);
const BAR: Colour = Colour(31, 97, 141);
const SHORT: Colour = Colour(176, 58, 46);
/// Beside each other they can be told apart, also in grey.
const PALETTE: [Colour; 8] = [
    Colour(31, 97, 141),
    Colour(202, 111, 30),
    Colour(25, 111, 61),
    Colour(125, 60, 152),
    Colour(148, 49, 38),
    Colour(17, 122, 101),
    Colour(110, 44, 0),
    Colour(66, 73, 73),
];

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Where a text stands to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Filled.
    Rectangle {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// How wide.
        width: f32,
        /// How high.
        height: f32,
        /// Its colour.
        fill: Colour,
    },
    /// A line through points.
    Line {
        /// In order.
        points: Vec<(f32, f32)>,
        /// How thick.
        width: f32,
        /// Its colour.
        colour: Colour,
    },
    /// A text on its base line.
    Text {
        /// Where.
        x: f32,
        /// Its base line.
        y: f32,
        /// Letters' size.
        size: f32,
        /// Where it stands to that.
        anchor: Anchor,
        /// Its colour.
        colour: Colour,
        /// What it says.
        text: String,
    },
}

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// How high.
    pub height: f32,
    /// In order.
    pub shapes: Vec<Shape>,
}

fn text(x: f32, y: f32, anchor: Anchor, text: impl Into<String>) -> Shape {
    Shape::Text { x, y, size: 12.0, anchor, colour: INK, text: text.into() }
}

fn fits(width: f32) -> usize {
    (width / (12.0 * LETTER)) as usize
}

/// A number as a length on paper; no picture is drawn more exactly.
fn length(value: i64) -> f32 {
    value as f32
}

/// Draws a chart.
pub fn drawing(chart: &Chart) -> Drawing {
    let parts = &chart.parts[..chart.parts.len().min(PARTS_MAX)];
    if parts.is_empty() {
        let shapes = vec![text(WIDTH / 2.0, 24.0, Anchor::Middle, "Không có số liệu")];
        return Drawing { height: 40.0, shapes };
    }
    match chart.kind {
        Kind::Targets => targets(parts),
        Kind::Trend => trend(parts),
        Kind::Shares => shares(parts),
        Kind::TreeMap => tree_map(parts),
    }
}

/// 100 %, in ten thousandths.
const WHOLE: f32 = 10_000.0;

fn targets(parts: &[Part]) -> Drawing {
    let longest = parts.iter().map(|part| length(part.value)).fold(WHOLE, f32::max);
    // A bar that goes far beyond what was asked does not make all others small.
    let longest = longest.min(2.0 * WHOLE);
    let scale = (WIDTH - 20.0) / longest;
    let mut shapes = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        let y = 8.0 + 52.0 * n as f32;
        let reached = length(part.value).clamp(0.0, longest) * scale;
        let fill = if length(part.value) >= WHOLE { BAR } else { SHORT };
        shapes.push(text(
            10.0,
            y + 12.0,
            Anchor::Start,
            shortened(&part.label, fits(WIDTH - 20.0)),
        ));
        let (x, top) = (10.0, y + 18.0);
        shapes.push(Shape::Rectangle { x, y: top, width: WHOLE * scale, height: 12.0, fill: GREY });
        shapes.push(Shape::Rectangle { x, y: top, width: reached, height: 12.0, fill });
        let points = vec![(x + WHOLE * scale, top - 2.0), (x + WHOLE * scale, top + 14.0)];
        shapes.push(Shape::Line { points, width: 1.5, colour: INK });
        shapes.push(text(
            10.0,
            y + 44.0,
            Anchor::Start,
            shortened(&part.shown, fits(WIDTH - 20.0)),
        ));
    }
    Drawing { height: 12.0 + 52.0 * parts.len() as f32, shapes }
}

fn trend(parts: &[Part]) -> Drawing {
    let (left, right, top, bottom) = (70.0, WIDTH - 20.0, 20.0, 220.0);
    let most = parts.iter().map(|part| part.value).max().unwrap_or(0).max(0);
    let least = parts.iter().map(|part| part.value).min().unwrap_or(0).min(0);
    let span = length(most.saturating_sub(least).max(1));
    let y_of = |value: i64| bottom - (bottom - top) * length(value.saturating_sub(least)) / span;
    let step = (right - left) / (parts.len().saturating_sub(1).max(1)) as f32;
    let x_of = |n: usize| left + step * n as f32;
    let mut shapes = Vec::new();
    let of = |wanted: i64| parts.iter().find(|part| part.value == wanted);
    for value in [least, most] {
        let y = y_of(value);
        shapes.push(Shape::Line { points: vec![(left, y), (right, y)], width: 0.7, colour: GREY });
        let shown = of(value).map_or_else(|| value.to_string(), |part| part.shown.clone());
        shapes.push(text(left - 6.0, y + 4.0, Anchor::End, shortened(&shown, 10)));
    }
    let points: Vec<(f32, f32)> =
        parts.iter().enumerate().map(|(n, part)| (x_of(n), y_of(part.value))).collect();
    let dots = points.iter().map(|(x, y)| Shape::Rectangle {
        x: x - 2.5,
        y: y - 2.5,
        width: 5.0,
        height: 5.0,
        fill: BAR,
    });
    shapes.extend(dots);
    shapes.push(Shape::Line { points, width: 2.0, colour: BAR });
    let every = parts.len().div_ceil(8);
    for (n, part) in parts.iter().enumerate().filter(|(n, _)| n % every == 0) {
        shapes.push(text(x_of(n), bottom + 18.0, Anchor::Middle, shortened(&part.label, 14)));
    }
    Drawing { height: 250.0, shapes }
}

fn whole(parts: &[Part]) -> f32 {
    parts.iter().map(|part| length(part.value.max(0))).sum::<f32>().max(1.0)
}

fn shares(parts: &[Part]) -> Drawing {
    let mut shapes = Vec::new();
    let (mut x, scale) = (10.0, (WIDTH - 20.0) / whole(parts));
    for (n, part) in parts.iter().enumerate() {
        let fill = PALETTE[n % PALETTE.len()];
        let width = length(part.value.max(0)) * scale;
        shapes.push(Shape::Rectangle { x, y: 10.0, width, height: 36.0, fill });
        // A white line between two, which are told apart by it too.
        let points = vec![(x, 10.0), (x, 46.0)];
        shapes.push(Shape::Line { points, width: 1.0, colour: Colour(255, 255, 255) });
        if width > 22.0 {
            shapes.push(Shape::Text {
                x: x + width / 2.0,
                y: 32.0,
                size: 12.0,
                anchor: Anchor::Middle,
                colour: Colour(255, 255, 255),
                text: (n + 1).to_string(),
            });
        }
        x += width;
        let y = 66.0 + 18.0 * n as f32;
        shapes.push(Shape::Rectangle { x: 10.0, y: y - 9.0, width: 10.0, height: 10.0, fill });
        let legend = format!("{}. {}: {}", n + 1, part.label, part.shown);
        shapes.push(text(26.0, y, Anchor::Start, shortened(&legend, fits(WIDTH - 40.0))));
    }
    Drawing { height: 64.0 + 18.0 * parts.len() as f32, shapes }
}

/// An area.
#[derive(Clone, Copy)]
struct Area {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

fn tree_map(parts: &[Part]) -> Drawing {
    let mut shapes = Vec::new();
    let area = Area { x: 10.0, y: 10.0, width: WIDTH - 20.0, height: 320.0 };
    let mut numbered: Vec<(usize, &Part)> =
        parts.iter().enumerate().filter(|(_, part)| part.value > 0).collect();
    numbered.sort_by_key(|(n, part)| (std::cmp::Reverse(part.value), *n));
    divide(&numbered, area, &mut shapes);
    Drawing { height: 340.0, shapes }
}

/// Divides an area in two halves of about the same weight, along its longer side, until each part has
/// its own.
fn divide(parts: &[(usize, &Part)], area: Area, shapes: &mut Vec<Shape>) {
    let [(n, part)] = parts else {
        if parts.is_empty() {
            return;
        }
        let weight =
            |some: &[(usize, &Part)]| some.iter().map(|(_, part)| length(part.value)).sum::<f32>();
        let all = weight(parts);
        let middle = (1..parts.len())
            .min_by(|left, right| {
                let off = |at: usize| (weight(&parts[..at]) - all / 2.0).abs();
                off(*left).total_cmp(&off(*right))
            })
            .unwrap_or(1);
        let part = weight(&parts[..middle]) / all;
        let (first, second) = if area.width >= area.height {
            let width = area.width * part;
            (Area { width, ..area }, Area { x: area.x + width, width: area.width - width, ..area })
        } else {
            let height = area.height * part;
            (
                Area { height, ..area },
                Area { y: area.y + height, height: area.height - height, ..area },
            )
        };
        divide(&parts[..middle], first, shapes);
        divide(&parts[middle..], second, shapes);
        return;
    };
    let Area { x, y, width, height } = area;
    let (inner_width, inner_height) = ((width - 2.0).max(0.0), (height - 2.0).max(0.0));
    let fill = PALETTE[n % PALETTE.len()];
    shapes.push(Shape::Rectangle { x, y, width: inner_width, height: inner_height, fill });
    let white = |y: f32, text: String| Shape::Text {
        x: x + 4.0,
        y,
        size: 11.0,
        anchor: Anchor::Start,
        colour: Colour(255, 255, 255),
        text,
    };
    let letters = fits(width - 8.0);
    if letters >= 4 && height >= 18.0 {
        shapes.push(white(y + 14.0, shortened(&part.label, letters)));
        if height >= 34.0 {
            shapes.push(white(y + 28.0, shortened(&part.shown, letters)));
        }
    }
}
