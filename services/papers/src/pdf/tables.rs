//! Tables: cells are wrapped, rows that do not fit go on, and the heads stand again on each page.

use crate::document::Table;
use crate::html::is_number;
use crate::pdf::faces::Face;
use crate::pdf::flow::{Align, BLACK, Flow, Node, Op, Tag, Text, WIDTH};

const SIZE: f32 = 11.0;
const PADDING: f32 = 3.0;
/// No column is narrower.
const LEAST: f32 = 28.0;

/// Lays out a table.
pub fn table(flow: &mut Flow, table: &Table) {
    if table.heads.is_empty() {
        return;
    }
    let widths = widths(table);
    let heads: Vec<Text> = table
        .heads
        .iter()
        .map(|head| Text::new(head, Face::Bold, SIZE).align(Align::Middle))
        .collect();
    let mut nodes = Vec::new();
    flow.space(4.0);
    flow.keep(80.0);
    let caption = Text::new(&table.caption, Face::Bold, 12.0);
    let lines = caption.lines(WIDTH);
    if !lines.is_empty() {
        let leaf = flow.number();
        nodes.push(Node::Leaf(Tag::Caption, leaf));
        for line in lines {
            flow.keep(caption.leading());
            flow.line(Some(leaf), &caption, &line, flow.left(), WIDTH);
            flow.move_to(flow.y() + caption.leading());
        }
        flow.space(2.0);
    }
    let mut rows = Rows { flow, widths: &widths, heads: &heads };
    let leaves: Vec<usize> = heads.iter().map(|_| rows.flow.number()).collect();
    let cells = leaves.iter().map(|leaf| Node::Leaf(Tag::ColumnHead, *leaf));
    nodes.push(Node::Group(Tag::Row, cells.collect()));
    let named: Vec<Option<usize>> = leaves.into_iter().map(Some).collect();
    rows.row(&heads, &named, false);
    for row in &table.rows {
        let texts: Vec<Text> = row
            .iter()
            .map(|cell| {
                let align = if is_number(cell) { Align::End } else { Align::Start };
                Text::new(cell, Face::Regular, SIZE).align(align)
            })
            .collect();
        let leaves: Vec<usize> = texts.iter().map(|_| rows.flow.number()).collect();
        let tag = |n: usize| if n == 0 { Tag::RowHead } else { Tag::Cell };
        let cells = leaves.iter().enumerate().map(|(n, leaf)| Node::Leaf(tag(n), *leaf)).collect();
        nodes.push(Node::Group(Tag::Row, cells));
        let named: Vec<Option<usize>> = leaves.into_iter().map(Some).collect();
        rows.row(&texts, &named, true);
    }
    flow.nodes.push(Node::Group(Tag::Table, nodes));
    flow.space(8.0);
}

/// By what stands in the columns: none takes more than it needs where another lacks room.
fn widths(table: &Table) -> Vec<f32> {
    let wanted: Vec<f32> = table
        .heads
        .iter()
        .enumerate()
        .map(|(n, head)| {
            let cells = table.rows.iter().filter_map(|row| row.get(n)).take(500);
            let longest = cells
                .map(|cell| Text::new(cell, Face::Regular, SIZE))
                .map(|text| text.face.width(&text.text, text.size))
                .fold(0.0, f32::max);
            let head = Text::new(head, Face::Bold, SIZE);
            let word = head.text.split(' ').map(|word| head.face.width(word, SIZE));
            let word = word.fold(0.0, f32::max);
            (longest.max(word) + 2.0 * PADDING + 1.0).clamp(LEAST, WIDTH * 0.6)
        })
        .collect();
    let all: f32 = wanted.iter().sum();
    wanted.into_iter().map(|wide| wide * WIDTH / all).collect()
}

struct Rows<'a> {
    flow: &'a mut Flow,
    widths: &'a [f32],
    heads: &'a [Text],
}

impl Rows<'_> {
    /// Heads that fill a page themselves do not stand on each again.
    fn heads_fit(&self) -> bool {
        let heights = self.heads.iter().zip(self.widths).map(|(head, wide)| {
            head.lines(wide - 2.0 * PADDING).len() as f32 * head.leading() + 2.0 * PADDING
        });
        heights.fold(0.0, f32::max) <= self.flow.page_height() * 0.25
    }

    /// A row, in as many parts as it needs pages.
    fn row(&mut self, texts: &[Text], leaves: &[Option<usize>], with_heads: bool) {
        // One cell stands over all columns.
        let over_all = texts.len() == 1 && self.widths.len() > 1;
        let width = |n: usize| {
            if over_all { WIDTH } else { self.widths.get(n).copied().unwrap_or(LEAST) }
        };
        let cells: Vec<Vec<String>> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| text.lines(width(n) - 2.0 * PADDING))
            .collect();
        let widths: Vec<f32> = (0..texts.len()).map(width).collect();
        let leading = texts.first().map_or(SIZE, Text::leading);
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let height = |lines: usize| leading * lines as f32 + 2.0 * PADDING;
        let mut done = 0;
        while done < lines {
            let room = self.flow.bottom() - self.flow.y() - 2.0 * PADDING;
            let fits = (room / leading).max(0.0) as usize;
            let left = lines - done;
            // What fits on a page is not parted.
            let whole = height(left) <= self.flow.page_height() * 0.7;
            if fits < left && (whole || fits < 2) {
                self.flow.new_page();
                if with_heads && self.heads_fit() {
                    let nobody: Vec<Option<usize>> = self.heads.iter().map(|_| None).collect();
                    let heads = self.heads;
                    self.row(heads, &nobody, false);
                }
                continue;
            }
            let part = left.min(fits.max(1));
            let top = self.flow.y();
            let mut x = self.flow.left();
            for ((cell, text), (leaf, wide)) in
                cells.iter().zip(texts).zip(leaves.iter().zip(&widths))
            {
                self.flow.move_to(top + PADDING);
                for line in cell.iter().skip(done).take(part) {
                    self.flow.line(*leaf, text, line, x + PADDING, wide - 2.0 * PADDING);
                    self.flow.move_to(self.flow.y() + leading);
                }
                frame(self.flow, x, top, *wide, height(part));
                x += wide;
            }
            self.flow.move_to(top + height(part));
            done += part;
        }
    }
}

fn frame(flow: &mut Flow, x: f32, y: f32, width: f32, height: f32) {
    let points = vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)];
    flow.op(Op::Line { leaf: None, points, width: 0.5, colour: BLACK });
}
