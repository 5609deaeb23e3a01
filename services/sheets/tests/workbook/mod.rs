//! Workbooks as others write them, well or to do harm.

#![allow(dead_code, reason = "each test uses some of it")]

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub const SHEET: &str = "xl/worksheets/sheet1.xml";
pub const TEXTS: &str = "xl/sharedStrings.xml";

/// A packed file, part by part.
pub struct Packed(ZipWriter<Cursor<Vec<u8>>>);

impl Packed {
    pub fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    pub fn part(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.large(name, |out| out.write_all(content.as_ref()).expect("write"))
    }

    /// A part that is too large to be held.
    pub fn large(mut self, name: &str, write: impl FnOnce(&mut dyn Write)) -> Self {
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, packed).expect("a part");
        write(&mut self.0);
        self
    }

    pub fn bytes(self) -> Vec<u8> {
        self.0.finish().expect("finish").into_inner()
    }
}

pub fn types() -> String {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    format!(
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>
<Override PartName="/{SHEET}" ContentType="{kind}.worksheet+xml"/>
<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{kind}.worksheet+xml"/>
<Override PartName="/{TEXTS}" ContentType="{kind}.sharedStrings+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>"#
    )
}

fn relations(of: &[(&str, &str, &str)]) -> String {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let each = of.iter().map(|(id, name, target)| {
        format!(r#"<Relationship Id="{id}" Type="{kind}/{name}" Target="{target}"/>"#)
    });
    let each: String = each.collect();
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>"#
    )
}

pub fn root() -> String {
    relations(&[("rId1", "officeDocument", "xl/workbook.xml")])
}

pub fn parts() -> String {
    relations(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "sharedStrings.xml"),
        ("rId3", "styles", "/xl/styles.xml"),
        ("rId4", "worksheet", "worksheets/sheet2.xml"),
    ])
}

pub fn book(properties: &str, sheets: &str) -> String {
    format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{properties}<sheets>{sheets}</sheets></workbook>"#
    )
}

/// Formats as Excel numbers them: 0 is General, 1 a text, 2 a day, 3 a day of a format of its own.
pub fn styles() -> String {
    format!(
        r#"<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/></numFmts>
<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="49"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"#
    )
}

/// A workbook but for its sheet and its texts.
pub fn frame() -> Packed {
    Packed::new()
        .part("[Content_Types].xml", types())
        .part("_rels/.rels", root())
        .part("xl/workbook.xml", book("", r#"<sheet name="DS" sheetId="1" r:id="rId1"/>"#))
        .part("xl/_rels/workbook.xml.rels", parts())
        .part("xl/styles.xml", styles())
}

pub fn sheet(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>"#
    )
}

pub fn texts(texts: &[&str]) -> String {
    let each: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    format!(r#"<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000">{each}</sst>"#)
}

/// A workbook with these rows, and the texts that they share.
pub fn workbook(rows: &str, shared: &[&str]) -> Vec<u8> {
    frame().part(TEXTS, texts(shared)).part(SHEET, sheet(rows)).bytes()
}
