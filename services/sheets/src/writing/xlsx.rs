//! A table as a workbook of one sheet.
//!
//! Its rows go out as they come, packed; the small parts before them. Every cell is a text within the
//! row (`inlineStr`), in the format "@": what a spreadsheet shows is what stands there, and a formula
//! is none, also after somebody has edited the cell (`quotePrefix`).

use std::io::{self, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// No sheet has more rows, and no cell more letters (of UTF-16).
const ROWS: u32 = 1_048_576;
const LETTERS: usize = 32_767;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;

const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Danh sách" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Format 0 is that of every workbook; 1 is a text, 2 a heading.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Times New Roman"/></font><font><b/><sz val="11"/><name val="Times New Roman"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment wrapText="1" vertical="center"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

/// A workbook that is being written.
pub(super) struct Xlsx<W: Write> {
    out: ZipWriter<StreamWriter<W>>,
    line: u32,
    row: String,
}

impl<W: Write> Xlsx<W> {
    pub(super) fn begin(out: W, headings: &[&str]) -> io::Result<Self> {
        let mut out = ZipWriter::new_stream(out);
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, part) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", PARTS),
            ("xl/styles.xml", STYLES),
        ] {
            out.start_file(name, packed)?;
            out.write_all(part.as_bytes())?;
        }
        // A sheet of a million rows is larger than numbers of 32 bits say.
        out.start_file("xl/worksheets/sheet1.xml", packed.large_file(true))?;
        out.write_all(
            br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#,
        )?;
        // Cells that are filled in later are texts as well.
        for (n, heading) in headings.iter().enumerate() {
            let width = (heading.chars().count() + 4).max(14);
            let column = n + 1;
            write!(
                out,
                r#"<col min="{column}" max="{column}" width="{width}" style="1" customWidth="1"/>"#
            )?;
        }
        out.write_all(b"</cols><sheetData>")?;
        let mut xlsx = Self { out, line: 0, row: String::new() };
        xlsx.row_of(headings, 2)?;
        Ok(xlsx)
    }

    pub(super) fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        self.row_of(cells, 1)
    }

    fn row_of(&mut self, cells: &[impl AsRef<str>], format: u8) -> io::Result<()> {
        if self.line >= ROWS {
            return Err(too_much("a sheet has no more rows"));
        }
        self.line += 1;
        let line = self.line;
        self.row.clear();
        self.row.push_str(&format!(r#"<row r="{line}">"#));
        for (n, cell) in cells.iter().enumerate() {
            let (text, column) = (cell.as_ref(), crate::cell::column_name(n));
            if text.is_empty() {
                continue;
            }
            if text.encode_utf16().count() > LETTERS {
                return Err(too_much("a cell has no more letters"));
            }
            self.row.push_str(&format!(
                r#"<c r="{column}{line}" s="{format}" t="inlineStr"><is><t xml:space="preserve">"#
            ));
            escape(text, &mut self.row);
            self.row.push_str("</t></is></c>");
        }
        self.row.push_str("</row>");
        self.out.write_all(self.row.as_bytes())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"</sheetData></worksheet>")?;
        let mut out = self.out.finish()?.into_inner();
        out.flush()?;
        Ok(out)
    }
}

fn too_much(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

/// Writes a text as XML has it; letters that XML does not know, as Office does.
fn escape(text: &str, xml: &mut String) {
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '_' if text[at..].starts_with("_x") => xml.push_str("_x005F_"),
            '\t' | '\n' => xml.push(letter),
            '\0'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => {
                xml.push_str(&format!("_x{:04X}_", u32::from(letter)));
            }
            letter => xml.push(letter),
        }
    }
}
