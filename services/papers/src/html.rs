//! A document as a page of its own that can be printed: it fetches nothing and runs nothing.

use std::fmt::Write;

use crate::document::{Block, Document, Formal, MOTTO, NATION, Table};
use crate::plain::escaped;
use crate::svg::svg;

/// A4 with the margins of Nghị định 30/2020/NĐ-CP, the number above from the second page on; heads of
/// tables stand again on each page.
const STYLE: &str = "
@page { size: A4; margin: 20mm 20mm 20mm 30mm; @top-center { content: counter(page); } }
@page :first { @top-center { content: none; } }
body { font: 13pt/1.35 'Times New Roman','Liberation Serif',serif; margin: 0 auto; max-width: 160mm; color: #000; }
header, footer { display: flex; justify-content: space-between; gap: 6mm; text-align: center; }
header > div:first-child { width: 42%; } header > div:last-child { width: 58%; }
footer { margin-top: 10mm; break-inside: avoid; } footer > div { width: 48%; } .to { text-align: left; font-size: 11pt; }
.rule { display: inline-block; border-top: 1px solid; width: 40%; height: 0; }
h1 { font-size: 14pt; text-align: center; } h2 { font-size: 13pt; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: 3mm 0; font-size: 12pt; }
caption { font-weight: bold; text-align: left; padding: 1mm 0; }
th, td { border: 1px solid #000; padding: 1mm 2mm; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr { break-inside: avoid; }
td.n { text-align: right; white-space: nowrap; }
figure { margin: 3mm 0; break-inside: avoid; } svg { max-width: 100%; height: auto; }
small { display: block; font-style: italic; margin-top: 4mm; }
";

/// A document as HTML.
pub fn html(document: &Document) -> String {
    let mut out = String::new();
    let title = escaped(&document.title);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    );
    if let Some(formal) = &document.formal {
        heading(formal, &mut out);
    }
    let _ = writeln!(out, "<main>\n<h1>{title}</h1>");
    let mut charts = 0;
    for block in &document.blocks {
        match block {
            Block::Section(text) => {
                let _ = writeln!(out, "<h2>{}</h2>", escaped(text));
            }
            Block::Sentence(text) => {
                let _ = writeln!(out, "<p>{}</p>", escaped(text));
            }
            Block::Table(of) => table(of, &mut out),
            Block::Form(form) => table(&form.table(), &mut out),
            Block::Chart(chart) => {
                charts += 1;
                let (picture, caption) = (svg(chart, charts), escaped(&chart.title));
                let _ =
                    writeln!(out, "<figure>{picture}<figcaption>{caption}</figcaption></figure>");
                table(&chart.table(), &mut out);
            }
        }
    }
    out.push_str("</main>\n");
    if let Some(formal) = &document.formal {
        foot(formal, &mut out);
    }
    for note in &document.notes {
        let _ = writeln!(out, "<small>{}</small>", escaped(note));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn heading(formal: &Formal, out: &mut String) {
    let _ = writeln!(
        out,
        "<header>\n<div>{}<br><b>{}</b><br><span class=\"rule\"></span><br>{}</div>\n\
         <div><b>{NATION}</b><br><b>{MOTTO}</b><br><span class=\"rule\"></span><br><i>{}</i></div>\n</header>\n\
         <p style=\"text-align:center\"><b>{}</b></p>",
        escaped(&formal.superior.to_uppercase()),
        escaped(&formal.issuer.to_uppercase()),
        escaped(&formal.number),
        escaped(&formal.place_and_date),
        escaped(&formal.kind),
    );
}

fn foot(formal: &Formal, out: &mut String) {
    let recipients: Vec<String> =
        formal.recipients.iter().map(|one| format!("- {}", escaped(one))).collect();
    let _ = writeln!(
        out,
        "<footer>\n<div class=\"to\"><b><i>Nơi nhận:</i></b><br>{}</div>\n\
         <div><b>{}<br>{}</b><br><br><br><br><b>{}</b></div>\n</footer>",
        recipients.join("<br>"),
        escaped(&formal.signed_for),
        escaped(&formal.signer_title),
        escaped(&formal.signer),
    );
}

/// Whether a cell holds a number and nothing else.
pub(crate) fn is_number(cell: &str) -> bool {
    !cell.is_empty()
        && cell.chars().all(|letter| letter.is_ascii_digit() || "+-.,%—".contains(letter))
}

fn table(table: &Table, out: &mut String) {
    let _ = write!(out, "<table>\n<caption>{}</caption>\n<thead><tr>", escaped(&table.caption));
    for head in &table.heads {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        let whole = row.len() == 1 && table.heads.len() > 1;
        for (n, cell) in row.iter().enumerate() {
            let cell_text = escaped(cell);
            let _ = if whole {
                write!(out, "<td colspan=\"{}\">{cell_text}</td>", table.heads.len())
            } else if n == 0 {
                write!(
                    out,
                    "<th scope=\"row\" style=\"font-weight:normal;text-align:left\">{cell_text}</th>"
                )
            } else if is_number(cell) {
                write!(out, "<td class=\"n\">{cell_text}</td>")
            } else {
                write!(out, "<td>{cell_text}</td>")
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}
