//! What is written is read as it was; and what nobody wrote does no harm.

mod workbook;

use std::io::Cursor;

use proptest::prelude::*;
use sheets::cell::Cell;
use sheets::column::Column;
use sheets::people::Line;
use sheets::writing::{Corrected, Form, Format, Writer, template};
use sheets::{Language, Limits, People, Table};

fn rows(file: Vec<u8>) -> Vec<Vec<String>> {
    let table = Table::open(Cursor::new(file), Limits::default()).expect("a table");
    let cell = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    };
    let row = |row: Result<sheets::cell::Row, _>| {
        let row = row.expect("a row");
        assert_eq!(row.misquoted, None);
        row.cells.iter().map(cell).collect()
    };
    table.map(row).collect()
}

fn written(format: Format, rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), format, &["A", "B"]).expect("begin");
    for row in rows {
        writer.row(row).expect("write");
    }
    writer.finish().expect("finish")
}

/// Texts that somebody may have typed, among them all that a spreadsheet or a file could take for
/// something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ -~]{0,12}",
        3 => "\\PC{0,8}",
        2 => "[=+@'\"\t\r\n,;<>&_x0-9-]{0,8}",
        1 => Just("_x000D_".to_owned()),
        1 => Just("_x005F_x0009_\u{1}\u{B}".to_owned()),
        1 => Just("=HYPERLINK(\"http://x\",\"y\")".to_owned()),
        1 => "[\u{1}-\u{1F}a]{0,4}",
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    // The last cell shows that the row is there, and how long it is.
    let row = prop::collection::vec(text(), 1..5).prop_map(|mut row| {
        row.push("x".to_owned());
        row
    });
    prop::collection::vec(row, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_written_is_read_as_it_was(table in table()) {
        for format in [Format::Csv, Format::Xlsx] {
            let read = rows(written(format, &table));
            prop_assert_eq!(&read[0], &["A", "B"]);
            prop_assert_eq!(&read[1..], &table[..], "{:?}", format);
        }
    }

    #[test]
    fn no_cell_of_a_text_file_is_a_formula(table in table()) {
        let file = written(Format::Csv, &table);
        prop_assert!(file.starts_with(&[0xEF, 0xBB, 0xBF]));
        // As a program of somebody else's reads it.
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&file[3..]);
        for record in reader.records() {
            for cell in &record.expect("a record") {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", cell);
            }
        }
    }

    #[test]
    fn what_another_program_writes_is_read_as_it_was(table in table()) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(["A,1", "B,2", "C,3", "D,4", "E,5", "F,6", "G,7"]).expect("write");
        // What begins with blanks and a mark, or with the mark of a text, is another matter.
        let plain = |text: &String| {
            let text = text.replace(['\'', '\u{0}'], "").replace([';', '\t', ','], " ");
            text.trim().trim_start_matches('"').trim().to_owned()
        };
        let table: Vec<Vec<String>> =
            table.iter().map(|row| row.iter().map(plain).collect()).collect();
        for row in &table {
            writer.write_record(row).expect("write");
        }
        let read = rows(writer.into_inner().expect("a file"));
        prop_assert_eq!(&read[1..], &table[..]);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..4_000), kind in 0..4) {
        let mut file = match kind {
            0 => b"PK\x03\x04".to_vec(),
            1 => vec![0xFF, 0xFE],
            2 => "Họ và tên,Ngày sinh\n".as_bytes().to_vec(),
            _ => Vec::new(),
        };
        file.extend(bytes);
        if let Ok(people) = People::open(Cursor::new(file), Limits::default()) {
            people.for_each(drop);
        }
    }

    #[test]
    fn a_workbook_with_any_bytes_changed_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut file = template(Vec::new(), Format::Xlsx, Form::Individual).expect("write");
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(people) = People::open(Cursor::new(file), Limits::default()) {
            people.for_each(drop);
        }
    }

    #[test]
    fn a_sheet_with_any_words_changed_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[<>/&;=\" a-z0-9]{0,6}"), 1..6),
    ) {
        let mut sheet = workbook::sheet(
            r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Ho ten</t></is></c><c r="B1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="2"><v>33024</v></c></row>"#,
        );
        for (at, words) in changes {
            let at = at.index(sheet.len());
            sheet.replace_range(at..at + 1, &words);
        }
        let file = workbook::frame()
            .part(workbook::TEXTS, workbook::texts(&["Nam sinh"]))
            .part(workbook::SHEET, sheet)
            .bytes();
        if let Ok(table) = Table::open(Cursor::new(file), Limits::default()) {
            table.for_each(drop);
        }
    }
}

#[test]
fn a_template_is_a_list_with_nobody_in_it() {
    for format in [Format::Csv, Format::Xlsx] {
        for form in [Form::Individual, Form::Collective] {
            let file = template(Vec::new(), format, form).expect("write");
            let mut people = People::open(Cursor::new(file), Limits::default()).expect("a list");
            assert!(people.unknown().is_empty());
            assert!(people.columns().iter().all(Option::is_some));
            // The example is passed over.
            let nobody = people.next().expect("an answer").expect_err("nobody is in it");
            assert_eq!(nobody.reason(), "NOBODY_IN_IT");
            assert_eq!(people.remarks().passed_over, [2]);
        }
    }
}

#[test]
fn zeros_in_front_stay_in_a_template_and_its_cells_are_texts() {
    let file = template(Vec::new(), Format::Xlsx, Form::Individual).expect("write");
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("another reads it");
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut part = archive.by_name(name).expect("a part");
        std::io::Read::read_to_string(&mut part, &mut text).expect("text");
        text
    };
    assert!(part("xl/styles.xml").contains(r#"<xf numFmtId="49""#));
    let sheet = part("xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("<col ").count(), sheet.matches(r#" style="1" customWidth"#).count());
    assert!(sheet.contains("0900000000") && !sheet.contains("<v>"));
}

#[test]
fn refused_lines_come_back_as_they_were_with_the_reason_beside_them() {
    let list = "STT,Mã NV,Họ và tên,Ngày sinh,Số CCCD,Ghi chú\n1,NV1,Lê Một,31/5/1990,999190000001,\n\
                2,NV2,=Lê Hai,5/31/1990,79090012345,cũ\n";
    for format in [Format::Csv, Format::Xlsx] {
        for (language, reason) in
            [(Language::Vietnamese, "Lý do chưa nhận"), (Language::English, "Reason")]
        {
            let mut people = People::open(Cursor::new(list), Limits::default()).expect("a list");
            let (columns, unknown) = (people.columns().to_vec(), people.unknown().to_vec());
            let mut corrected =
                Corrected::begin(Vec::new(), format, &columns, &unknown, language).expect("begin");
            for line in people.by_ref() {
                let Line { line, cells, person } = line.expect("a line");
                if let Err(faults) = person {
                    let reasons: Vec<String> =
                        faults.iter().map(|fault| fault.told(language)).collect();
                    corrected.line(line, &cells, &reasons).expect("write");
                }
            }
            let file = corrected.finish().expect("finish");
            let read = rows(file.clone());
            let headings = ["STT", "Mã NV", "Họ và tên", "Ngày sinh", "Số CCCD"];
            assert_eq!(read[0][..5], headings);
            assert_eq!(read[0][6], reason);
            assert_eq!(read[1][..6], ["2", "NV2", "=Lê Hai", "5/31/1990", "79090012345", "3"]);
            assert!(read[1][6].contains("Excel") && read.len() == 2, "{read:?}");
            // It is sent as it is: what the register wrote is no column of the list.
            let people = People::open(Cursor::new(file), Limits::default()).expect("a list");
            assert_eq!(people.columns()[5..7], [Some(Column::ForReaders); 2]);
            assert_eq!(people.columns()[7..], [Some(Column::Another)]);
        }
    }
}

#[test]
fn a_workbook_of_many_rows_is_read_to_its_end() {
    let row = |n: usize| vec![format!("Nguyễn Thị {n}"), "x".to_owned()];
    let table: Vec<Vec<String>> = (0..30_000).map(row).collect();
    let read = rows(written(Format::Xlsx, &table));
    assert_eq!(read.len(), 30_001);
    assert_eq!(read[1..], table[..]);
}
