//! A document as PDF: A4, tagged, in Vietnamese, the same bytes for the same document.
//!
//! It is laid out first, page by page ([flow]), and then written ([written]). The library is krilla, the
//! back end of typst: alive, tagged, and with its own checks of PDF/UA-1. All of typst would be about 430
//! crates. Of krilla the tree gains 19; it and all that it stands on (50 crates, built alone by one job) took
//! 60 s unoptimised, as the profile of the workspace has those that are its own, and 214 s of processor
//! optimised as everything else. Its text is set letter by letter: Vietnamese in normal form C needs no shaping, and what does is not in the faces.

mod faces;
mod flow;
mod heading;
mod tables;
mod written;

use crate::document::{Block, Document};
use crate::drawing::{Anchor, Shape, WIDTH, drawing};
use crate::pdf::faces::Face;
use crate::pdf::flow::{Align, Flow, Op, Tag, Text, WIDTH as LINE};
use crate::plain::{plain, shortened};

/// The size of letters of a document's text.
const SIZE: f32 = 13.0;

/// A document as PDF.
pub fn pdf(document: &Document) -> Result<Vec<u8>, String> {
    let mut flow = Flow::default();
    if let Some(formal) = &document.formal {
        heading::top(&mut flow, formal);
    }
    flow.paragraph(Tag::Title, &Text::new(&document.title, Face::Bold, 14.0).align(Align::Middle));
    flow.space(6.0);
    for block in &document.blocks {
        match block {
            Block::Section(text) => {
                flow.space(6.0);
                flow.keep(60.0);
                flow.paragraph(Tag::Heading(plain(text)), &Text::new(text, Face::Bold, SIZE));
            }
            Block::Sentence(text) => {
                flow.paragraph(Tag::Paragraph, &Text::new(text, Face::Regular, SIZE));
                flow.space(4.0);
            }
            Block::Table(table) => tables::table(&mut flow, table),
            Block::Form(form) => tables::table(&mut flow, &form.table()),
            Block::Chart(chart) => {
                let drawn = drawing(chart);
                let scale = LINE / WIDTH;
                let said: Vec<String> = chart
                    .parts
                    .iter()
                    .map(|part| format!("{}: {}", plain(&part.label), plain(&part.shown)))
                    .collect();
                // No text of a PDF is longer than 32,767 bytes.
                let said = format!("{}. {}", plain(&chart.title), said.join("; "));
                let said = shortened(&said, 8_000);
                picture(&mut flow, &drawn.shapes, drawn.height, scale, said);
                tables::table(&mut flow, &chart.table());
            }
        }
    }
    if let Some(formal) = &document.formal {
        heading::foot(&mut flow, formal);
    }
    flow.space(8.0);
    for note in &document.notes {
        flow.paragraph(Tag::Paragraph, &Text::new(note, Face::Italic, 10.0));
    }
    let title = shortened(&document.title, 2_000);
    let title = if title.trim().is_empty() { "Báo cáo" } else { &title };
    written::written(flow, title)
}

/// A picture, in parts where it is higher than a page: its shapes stand in order from top to bottom.
fn picture(flow: &mut Flow, shapes: &[Shape], height: f32, scale: f32, said: String) {
    let most = flow.page_height();
    let height = height * scale;
    let leaf = flow.leaf(Tag::Figure(said));
    flow.keep(height.min(most));
    let (mut origin, mut top) = (flow.y(), 0.0_f32);
    for shape in shapes {
        let (first, last) = extent(shape);
        if origin + last * scale - top > flow.bottom() {
            flow.new_page();
            (origin, top) = (flow.y(), first * scale);
        }
        let shift = origin - top;
        flow.op(match shape {
            Shape::Rectangle { x, y, width, height, fill } => Op::Rectangle {
                leaf: Some(leaf),
                x: flow.left() + x * scale,
                y: y * scale + shift,
                width: width * scale,
                height: height * scale,
                colour: *fill,
            },
            Shape::Line { points, width, colour } => Op::Line {
                leaf: Some(leaf),
                points: points
                    .iter()
                    .map(|(x, y)| (flow.left() + x * scale, y * scale + shift))
                    .collect(),
                width: *width * scale,
                colour: *colour,
            },
            Shape::Text { x, y, size, anchor, colour, text } => {
                let (size, text) = (size * scale, faces::printable(text));
                let wide = Face::Regular.width(&text, size);
                let x = flow.left() + x * scale
                    - match anchor {
                        Anchor::Start => 0.0,
                        Anchor::Middle => wide / 2.0,
                        Anchor::End => wide,
                    };
                let y = y * scale + shift;
                let face = Face::Regular;
                Op::Text { leaf: Some(leaf), x, y, face, size, colour: *colour, text }
            }
        });
    }
    let end = shapes.iter().map(|shape| extent(shape).1).fold(0.0, f32::max);
    flow.move_to(origin + end * scale - top + 6.0);
}

/// From where to where a shape reaches.
fn extent(shape: &Shape) -> (f32, f32) {
    match shape {
        Shape::Rectangle { y, height, .. } => (*y, y + height),
        Shape::Line { points, .. } => points
            .iter()
            .fold((f32::MAX, 0.0), |(low, high), (_, y)| (low.min(*y), f32::max(high, *y))),
        Shape::Text { y, size, .. } => (y - size, y + size * 0.3),
    }
}
