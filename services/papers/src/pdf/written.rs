//! What was laid out, written as PDF.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as Written, SpanTag, TableHeaderScope,
    Tag as As, TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};

use crate::drawing::Colour;
use crate::pdf::faces::Face;
use crate::pdf::flow::{BLACK, Flow, Node, Op, PAGE, Tag};

const LANGUAGE: &str = "vi-VN";
/// The number of a page stands in the middle of the margin above, from the second page on.
const NUMBER_AT: f32 = 36.0;

/// Writes it; nothing in it says when.
pub fn written(flow: Flow, title: &str) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| format!("{error:?}"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut leaves: Vec<Vec<Identifier>> = vec![Vec::new(); flow.leaves];
    for (n, page) in flow.pages.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or("no page is so large")?;
        let mut written = document.start_page_with(size);
        let mut surface = written.surface();
        if n > 0 {
            let number = (n + 1).to_string();
            let wide = Face::Regular.width(&number, 13.0);
            surface
                .start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
            draw_text(
                &mut surface,
                (PAGE.0 - wide) / 2.0,
                NUMBER_AT,
                Face::Regular,
                13.0,
                BLACK,
                &number,
            );
            surface.end_tagged();
        }
        for op in page {
            let leaf = one(&mut surface, op);
            if let Some((leaf, identifier)) = leaf
                && let Some(of) = leaves.get_mut(leaf)
            {
                of.push(identifier);
            }
        }
        surface.finish();
        written.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_string()));
    for node in &flow.nodes {
        if let Some(group) = group(node, &mut leaves, title) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    let at = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(title.to_string(), at));
    document.set_outline(outline);
    document.set_metadata(
        Metadata::new()
            .title(title.to_string())
            .language(LANGUAGE.to_string())
            .producer("Công Đoàn".to_string()),
    );
    document.finish().map_err(|error| format!("{error:?}"))
}

fn group(node: &Node, leaves: &mut [Vec<Identifier>], title: &str) -> Option<TagGroup> {
    let (tag, children) = match node {
        Node::Leaf(tag, leaf) => {
            let identifiers = leaves.get_mut(*leaf).map(std::mem::take).unwrap_or_default();
            (tag, identifiers.into_iter().map(Written::from).collect::<Vec<_>>())
        }
        Node::Group(tag, nodes) => {
            let groups = nodes.iter().filter_map(|node| group(node, leaves, title));
            (tag, groups.map(Written::from).collect())
        }
    };
    let cell = matches!(tag, Tag::Cell | Tag::RowHead | Tag::ColumnHead);
    if children.is_empty() && !cell {
        return None;
    }
    let mut group = match tag {
        Tag::Title => TagGroup::new(As::Hn(NonZeroU16::MIN, Some(title.to_string()))),
        Tag::Heading(said) => {
            TagGroup::new(As::Hn(NonZeroU16::MIN.saturating_add(1), Some(said.clone())))
        }
        Tag::Paragraph => TagGroup::new(As::P),
        Tag::Table => TagGroup::new(As::Table),
        Tag::Caption => TagGroup::new(As::Caption),
        Tag::Row => TagGroup::new(As::TR),
        Tag::ColumnHead => TagGroup::new(As::TH(TableHeaderScope::Column)),
        Tag::RowHead => TagGroup::new(As::TH(TableHeaderScope::Row)),
        Tag::Cell => TagGroup::new(As::TD),
        Tag::Figure(said) => TagGroup::new(As::Figure(Some(said.clone()))),
    };
    for child in children {
        group.push(child);
    }
    Some(group)
}

/// Writes one; the part that it belongs to, and by what that finds it.
fn one(surface: &mut Surface<'_>, op: &Op) -> Option<(usize, Identifier)> {
    let leaf = match op {
        Op::Text { leaf, .. } | Op::Line { leaf, .. } | Op::Rectangle { leaf, .. } => *leaf,
    };
    let tag = match (leaf, op) {
        (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        (Some(_), Op::Text { .. }) => ContentTag::Span(SpanTag::empty()),
        (Some(_), _) => ContentTag::Other,
    };
    let identifier = surface.start_tagged(tag);
    match op {
        Op::Text { x, y, face, size, colour, text, .. } => {
            draw_text(surface, *x, *y, *face, *size, *colour, text);
        }
        Op::Line { points, width, colour, .. } => {
            let mut path = PathBuilder::new();
            for (n, (x, y)) in points.iter().enumerate() {
                if n == 0 {
                    path.move_to(*x, *y);
                } else {
                    path.line_to(*x, *y);
                }
            }
            surface.set_fill(None);
            let paint = paint(*colour).into();
            surface.set_stroke(Some(Stroke { paint, width: *width, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Op::Rectangle { x, y, width, height, colour, .. } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint: paint(*colour).into(), ..Fill::default() }));
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(area);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
    surface.end_tagged();
    leaf.map(|leaf| (leaf, identifier))
}

fn paint(Colour(red, green, blue): Colour) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn draw_text(
    surface: &mut Surface<'_>,
    x: f32,
    y: f32,
    face: Face,
    size: f32,
    colour: Colour,
    text: &str,
) {
    let Some(font) = face.font() else { return };
    let glyphs: Vec<KrillaGlyph> = text
        .char_indices()
        .filter_map(|(at, letter)| {
            let (glyph, wide) = face.letter(letter)?;
            let within = at..at + letter.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(glyph), wide, 0.0, 0.0, 0.0, within, None))
        })
        .collect();
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: paint(colour).into(), ..Fill::default() }));
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font.clone(), text, size, false);
}
