//! A chart as SVG, with what it shows in words.

use std::fmt::Write;

use crate::chart::Chart;
use crate::drawing::{Anchor, Colour, Shape, WIDTH, drawing};
use crate::plain::escaped;

/// A chart as a picture of its own, or within a page; `nth` tells those of one page apart.
pub fn svg(chart: &Chart, nth: usize) -> String {
    let drawing = drawing(chart);
    let mut out = String::new();
    let (title, height) = (escaped(&chart.title), drawing.height);
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" lang="vi" aria-labelledby="t{nth} d{nth}" font-family="'Times New Roman','Liberation Serif',serif">"#
    );
    let _ = write!(out, r#"<title id="t{nth}">{title}</title><desc id="d{nth}">"#);
    for (n, part) in chart.parts.iter().enumerate() {
        let between = if n > 0 { "; " } else { "" };
        let _ = write!(out, "{between}{}: {}", escaped(&part.label), escaped(&part.shown));
    }
    out.push_str("</desc>");
    for shape in &drawing.shapes {
        one(shape, &mut out);
    }
    out.push_str("</svg>");
    out
}

fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn one(shape: &Shape, out: &mut String) {
    let _ = match shape {
        Shape::Rectangle { x, y, width, height, fill } => write!(
            out,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{}"/>"#,
            hex(*fill)
        ),
        Shape::Line { points, width, colour } => {
            let points: Vec<String> =
                points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            write!(
                out,
                r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="{width}"/>"#,
                points.join(" "),
                hex(*colour)
            )
        }
        Shape::Text { x, y, size, anchor, colour, text } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            write!(
                out,
                r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" text-anchor="{anchor}" fill="{}">{}</text>"#,
                hex(*colour),
                escaped(text)
            )
        }
    };
}
