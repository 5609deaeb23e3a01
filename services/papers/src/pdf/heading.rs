//! The heading and the foot of an administrative document.

use crate::document::{Formal, MOTTO, NATION};
use crate::pdf::faces::Face;
use crate::pdf::flow::{Align, Flow, Tag, Text, WIDTH};

fn middle(text: &str, face: Face, size: f32) -> Text {
    Text::new(text, face, size).align(Align::Middle)
}

/// Who issues it to the left; quốc hiệu, tiêu ngữ, place and date to the right.
pub fn top(flow: &mut Flow, formal: &Formal) {
    let (left, right) = (WIDTH * 0.4, WIDTH * 0.6);
    let top = flow.y();
    let above = [
        middle(&formal.superior.to_uppercase(), Face::Regular, 12.0),
        middle(&formal.issuer.to_uppercase(), Face::Bold, 12.0),
    ];
    let issuer = flow.column(&above, flow.left(), left);
    let nation = [middle(NATION, Face::Bold, 12.0), middle(MOTTO, Face::Bold, 13.0)];
    let x = flow.left() + left;
    let motto = flow.column(&nation, x, right);
    flow.rule(flow.left() + left * 0.3, issuer + 2.0, left * 0.4);
    flow.rule(x + right * 0.2, motto + 2.0, right * 0.6);
    flow.move_to(issuer + 6.0);
    let number = flow.column(&[middle(&formal.number, Face::Regular, 13.0)], flow.left(), left);
    flow.move_to(motto + 6.0);
    let date = [middle(&formal.place_and_date, Face::Italic, 13.0)];
    let date = flow.column(&date, x, right);
    flow.move_to(number.max(date).max(top) + 10.0);
    flow.paragraph(Tag::Paragraph, &middle(&formal.kind, Face::Bold, 14.0));
}

/// Who gets it to the left, who signs it to the right.
pub fn foot(flow: &mut Flow, formal: &Formal) {
    flow.space(14.0);
    flow.keep(130.0);
    let half = WIDTH / 2.0;
    let mut to = vec![Text::new("Nơi nhận:", Face::Italic, 12.0)];
    to.extend(
        formal.recipients.iter().map(|one| Text::new(&format!("- {one}"), Face::Regular, 11.0)),
    );
    if formal.recipients.is_empty() {
        to.clear();
    }
    let to = flow.column(&to, flow.left(), half);
    let top = flow.y();
    let signs = [
        middle(&formal.signed_for, Face::Bold, 13.0),
        middle(&formal.signer_title, Face::Bold, 13.0),
    ];
    let x = flow.left() + half;
    let title = flow.column(&signs, x, half);
    flow.move_to(title + 60.0);
    let signer = flow.column(&[middle(&formal.signer, Face::Bold, 13.0)], x, half);
    flow.move_to(to.max(signer).max(top));
}
