//! Lists as offices make them, and what is said of them.

mod workbook;

use std::io::Cursor;

use sheets::column::Column;
use sheets::people::{Line, Person, Remarks};
use sheets::value::{Birth, IdentityKind, Sex, Wrong};
use sheets::{Language, Limits, People, Refused};
use time::macros::date;
use unicode_normalization::UnicodeNormalization;
use workbook::{SHEET, TEXTS, book, frame, parts, root, sheet, styles, texts, types, workbook};

fn people(file: impl Into<Vec<u8>>) -> Result<(Vec<Line>, Remarks), Refused> {
    let mut people = People::open(Cursor::new(file.into()), Limits::default())?;
    let lines = people.by_ref().collect::<Result<_, _>>()?;
    Ok((lines, people.remarks()))
}

fn persons(file: impl Into<Vec<u8>>) -> Vec<Person> {
    let (lines, _) = people(file).expect("a list");
    lines.into_iter().map(|line| *line.person.expect("nothing is wrong")).collect()
}

fn faults(line: &Line) -> Vec<(Option<Column>, &str, Wrong)> {
    let faults = line.person.as_ref().expect_err("something is wrong");
    faults.iter().map(|fault| (fault.column, &*fault.place, fault.wrong.clone())).collect()
}

const LIST: &str = "\
LIÊN ĐOÀN LAO ĐỘNG TỈNH THỬ;;;;
DANH SÁCH ĐOÀN VIÊN;;;;
;;;;
STT;Họ và tên;Ngày, tháng, năm sinh;Nam/Nữ;Số CCCD;Lương
1;Nguyễn Thị Một;31/5/1990;Nữ;999190000001;5
2;Trần Văn Hai;1985;Nam;;6
;Tổng cộng: 2 người;;;;
;Người lập danh sách;;;;
";

fn expected() -> Vec<Person> {
    let empty = String::new;
    let person = |name: &str, sex, birth, identity: Option<&str>| Person {
        name: name.to_owned(),
        sex: Some(sex),
        birth: Some(birth),
        identity: identity.map(|number| sheets::people::Identity {
            kind: IdentityKind::Citizen,
            number: number.to_owned(),
            country: empty(),
        }),
        phone: None,
        ethnicity: empty(),
        home_place: empty(),
        address: empty(),
        workplace: empty(),
        occupation: empty(),
        joined_on: None,
        union: empty(),
        is_another: false,
    };
    vec![
        person(
            "Nguyễn Thị Một",
            Sex::Female,
            Birth::Day(date!(1990 - 05 - 31)),
            Some("999190000001"),
        ),
        person("Trần Văn Hai", Sex::Male, Birth::Year(1985), None),
    ]
}

#[test]
fn a_list_is_read_whatever_program_wrote_it() {
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(LIST.encode_utf16()).flat_map(bytes).collect()
    };
    // As Excel writes CSV in Vietnam: base letters of Windows-1258, and tones behind them.
    let decomposed = decomposed(LIST);
    let (windows_1258, _, lossy) = encoding_rs::WINDOWS_1258.encode(&decomposed);
    assert!(!lossy);
    for (what, file) in [
        ("semicolons", LIST.as_bytes().to_vec()),
        (
            "commas",
            LIST.replace("Ngày, tháng, năm", "Ngày tháng năm").replace(';', ",").into_bytes(),
        ),
        ("tabs", LIST.replace(';', "\t").into_bytes()),
        ("a mark", format!("\u{FEFF}{LIST}").into_bytes()),
        ("a line for Excel", format!("sep=;\r\n{LIST}").into_bytes()),
        ("ends of Windows", LIST.replace('\n', "\r\n").into_bytes()),
        ("ends of old Macs", LIST.replace('\n', "\r").into_bytes()),
        ("UTF-16 LE", utf_16(u16::to_le_bytes)),
        ("UTF-16 BE", utf_16(u16::to_be_bytes)),
        ("Windows-1258", windows_1258.into_owned()),
    ] {
        let (lines, remarks) = people(file).expect(what);
        let at: Vec<u32> = lines.iter().map(|line| line.line).collect();
        assert_eq!(at, [5, 6], "{what}");
        let read: Vec<Person> =
            lines.into_iter().map(|line| *line.person.expect("nothing is wrong")).collect();
        assert_eq!(read, expected(), "{what}");
        assert_eq!(remarks.passed_over, [7, 8], "{what}");
    }
}

/// Tones apart from their letters, as Windows-1258 has them; circumflex, breve and horn stay.
fn decomposed(text: &str) -> String {
    let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let mut letters = String::new();
    for letter in text.chars() {
        let apart: Vec<char> = letter.nfd().collect();
        letters.extend(apart.iter().filter(|part| !tones.contains(part)).copied().nfc());
        letters.extend(apart.iter().filter(|part| tones.contains(part)));
    }
    letters
}

#[test]
fn form_5b_has_days_of_birth_by_sex_below_one_heading() {
    let list = "TT,Họ và tên,Ngày sinh,,Quê quán,Số CCCD,Ký tên\n,,Nam,Nữ,,,\n(1),(2),(3),(4),(5),(6),(7)\n\
                1,Lê Văn Ba,01/02/1980,,Hà Nội,,\n2,Lê Thị Tư,,1981,Huế,,\n3,Lê Thị Năm,,x,Huế,999190000002,\n\
                4,Lê Sáu,1980,1981,,,\n";
    let (lines, _) = people(list).expect("a list");
    let told: Vec<(Option<Sex>, Option<Birth>)> = lines[..3]
        .iter()
        .map(|line| line.person.as_ref().expect("well"))
        .map(|person| (person.sex, person.birth))
        .collect();
    assert_eq!(
        told,
        [
            (Some(Sex::Male), Some(Birth::Day(date!(1980 - 02 - 01)))),
            (Some(Sex::Female), Some(Birth::Year(1981))),
            (Some(Sex::Female), None),
        ]
    );
    assert_eq!(faults(&lines[3]), [(Some(Column::BirthFemale), "D", Wrong::SexTwice)]);
}

#[test]
fn cells_may_have_quotes_and_several_lines() {
    let list = "Họ và tên,Ngày sinh,Nơi làm việc\n\"Lê \"\"Tý\"\" Một\",1990,\"Công ty A,\nchi nhánh B\"\nLê Hai,1991,\n\
                \"Lê \"Ba\" Bốn\",1992,\nLê Năm,1993,\n";
    let (lines, _) = people(list).expect("a list");
    let person = lines[0].person.as_ref().expect("well");
    assert_eq!((&*person.name, &*person.workplace), ("Lê \"Tý\" Một", "Công ty A, chi nhánh B"));
    // As a spreadsheet numbers them: the first is one row.
    let at: Vec<u32> = lines.iter().map(|line| line.line).collect();
    assert_eq!(at, [2, 3, 4, 5]);
    let follows = Wrong::Misquoted(sheets::cell::Misquoted::Follows);
    assert_eq!(faults(&lines[2]), [(Some(Column::Name), "A", follows)]);
    assert!(lines[3].person.is_ok());
}

#[test]
fn a_mark_that_is_not_closed_costs_its_own_line_only() {
    let many: String = (0..20_000).map(|n| format!("Lê Thị {n}a,1990\n")).collect();
    let list = format!("Họ và tên,Ngày sinh\n\"Lê Một,1990\n{many}");
    let (lines, _) = people(list).expect("a list");
    assert_eq!(lines.len(), 20_001);
    assert_eq!(lines.iter().filter(|line| line.person.is_err()).count(), 1);
    assert_eq!(lines.last().map(|line| line.line), Some(20_002));
}

#[test]
fn every_fault_of_a_line_is_told_by_its_column_in_both_languages() {
    let list = "Họ và tên,Ngày sinh,Giới tính,Số CCCD,Điện thoại\n\
                Ph?m V?n A,5/31/1990,?,\"1,23457E+11\",912345678\n\
                Lê Hai,31/5/90,Nam,79090012345,0912345678\n\
                ,1990,,,\n\
                Lê Tư,1990,,B1234567,\n";
    let (lines, remarks) = people(list).expect("a list");
    assert_eq!(
        faults(&lines[0]),
        [
            (Some(Column::Name), "A", Wrong::LettersLost),
            (Some(Column::Sex), "C", Wrong::SexUnknown),
            (Some(Column::Birth), "B", Wrong::DayAmerican),
            (Some(Column::Phone), "E", Wrong::PhoneLostZero),
            (Some(Column::Identity), "D", Wrong::NumberScientific),
        ]
    );
    assert_eq!(
        faults(&lines[1]),
        [
            (Some(Column::Birth), "B", Wrong::YearShort),
            (Some(Column::Identity), "D", Wrong::NumberLostZero { digits: 11 }),
        ]
    );
    assert_eq!(faults(&lines[2]), [(Some(Column::Name), "A", Wrong::NameMissing)]);
    assert_eq!(faults(&lines[3]), [(Some(Column::Identity), "D", Wrong::CountryMissing)]);
    assert_eq!(remarks.american_dates, 1);
    assert!(remarks.told(Language::Vietnamese)[0].contains("05/06/1990"));
    for line in &lines {
        for fault in line.person.as_ref().expect_err("wrong") {
            let (vi, en) = (fault.told(Language::Vietnamese), fault.told(Language::English));
            assert!(vi.contains("(cột ") && en.contains("(column ") && vi != en, "{vi}, {en}");
            // What stands in a cell is somebody's.
            for held in ["79090012345", "912345678", "B1234567", "Lê", "Ph?m", "5/31"] {
                assert!(!vi.contains(held) && !en.contains(held), "{vi}, {en}");
            }
        }
    }
    let spoiled = Wrong::NumberScientific.told(Language::Vietnamese);
    assert!(spoiled.contains("1,23457E+11") && spoiled.contains("Excel"), "{spoiled}");
}

#[test]
fn a_heading_that_lacks_something_or_has_it_twice_is_refused() {
    let refused = |list: &str| people(list).expect_err("refused");
    let missing = refused("\nSTT,Họ và tên,Số CCCD\n1,A,\n");
    assert!(
        matches!(&missing, Refused::ColumnsMissing { line: 2, columns } if *columns == [Column::Birth]),
        "{missing:?}"
    );
    assert!(missing.told(Language::Vietnamese).contains("dòng 2") && missing.line() == Some(2));
    let twice = refused("Họ và tên,Ngày sinh,Năm sinh\nA,,\n");
    assert!(matches!(twice, Refused::ColumnTwice { line: 1, column: Column::Birth }), "{twice:?}");
    assert!(matches!(refused("a,b\n1,2\n"), Refused::HeadingMissing));
    assert!(matches!(refused(" \n\n"), Refused::Empty));
    assert!(matches!(refused("Họ và tên,Ngày sinh\n"), Refused::NobodyInIt));
    let letters =
        refused_of(&[&b"H\xE0 N\xF4i\n"[..], "Họ và tên,Ngày sinh\n".as_bytes()].concat());
    assert!(matches!(letters, Refused::Letters { line: 1 }), "{letters:?}");
}

fn refused_of(file: &[u8]) -> Refused {
    people(file).expect_err("refused")
}

#[test]
fn columns_that_nobody_understands_are_told() {
    let people = People::open(Cursor::new(LIST.as_bytes()), Limits::default()).expect("a list");
    let unknown: Vec<(usize, &str)> =
        people.unknown().iter().map(|unknown| (unknown.column, &*unknown.heading)).collect();
    assert_eq!(unknown, [(5, "Lương")]);
    assert_eq!(people.heading_line(), 4);
}

const ROWS: &str = r#"
<row r="1"><c r="B1" t="s"><v>0</v></c></row>
<row r="3"><c r="A3" t="inlineStr"><is><t>Họ và tên</t></is></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="s"><v>3</v></c></row>
<row r="4"><c t="s"><v>4</v></c><c s="2"><v>33024</v></c><c><v>999190000001</v></c><c t="s"><v>5</v></c></row>
<row r="6"><c r="A6" t="s"><v>6</v></c><c r="B6"><v>1985</v></c><c r="C6" s="1" t="str"><f>"x"&amp;1</f><v>012345678</v></c></row>
<row r="7"><c r="A7" t="s"><v>6</v></c><c r="B7" s="3"><v>1990</v></c><c r="C7"><v>79090012345</v></c></row>
<row r="8"><c r="A8" t="s"><v>6</v></c><c r="B8"><v>33024</v></c><c r="C8" t="e"><v>#N/A</v></c></row>
<row r="9"><c r="A9" s="1"/><c r="B9" s="1"/><c r="XFD9" s="1"/></row>"#;

const SHARED: [&str; 4] = ["DANH SÁCH", "Ngày sinh", "Số CCCD", "Điện thoại"];

#[test]
fn a_workbook_is_read_as_its_program_shows_it() {
    // A text of two looks, with its pronunciation.
    let rich = texts(&SHARED).replace("</sst>", "")
        + "<si><r><t>Nguyễn </t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">Thị Một</t></r><rPh><t>x</t></rPh></si>"
        + "<si><t>0912345678</t></si><si><t>Lê &amp; Hai_x0009_</t></si></sst>";
    let file = frame().part(TEXTS, rich).part(SHEET, sheet(ROWS)).bytes();
    let (lines, _) = people(file).expect("a list");
    let at: Vec<u32> = lines.iter().map(|line| line.line).collect();
    assert_eq!(at, [4, 6, 7, 8]);
    let first = lines[0].person.as_ref().expect("well");
    assert_eq!(first.name, "Nguyễn Thị Một");
    assert_eq!(first.birth, Some(Birth::Day(date!(1990 - 05 - 31))));
    assert_eq!(first.identity.as_ref().map(|one| &*one.number), Some("999190000001"));
    assert_eq!(first.phone.as_deref(), Some("0912345678"));
    let second = lines[1].person.as_ref().expect("well");
    assert_eq!((&*second.name, second.birth), ("Lê & Hai", Some(Birth::Year(1985))));
    let kind = second.identity.as_ref().map(|one| (one.kind, &*one.number));
    assert_eq!(kind, Some((IdentityKind::OldCard, "012345678")));
    // A year that was typed into a cell for days, and a number that lost its zero.
    assert_eq!(
        faults(&lines[2]),
        [(Some(Column::Identity), "C", Wrong::NumberLostZero { digits: 11 })]
    );
    assert_eq!(
        faults(&lines[3]),
        [
            (Some(Column::Birth), "B", Wrong::DaySerial),
            (Some(Column::Identity), "C", Wrong::FormulaFailed),
        ]
    );
}

#[test]
fn days_from_1904_on_hidden_sheets_and_further_ones_are_known() {
    let two = r#"<sheet name="Ẩn" sheetId="9" state="veryHidden" r:id="rId4"/><sheet name="Phòng Một" sheetId="1" r:id="rId1"/><sheet name="Phòng Hai" sheetId="2" r:id="rId4"/>"#;
    let rows = r#"<row><c t="inlineStr"><is><t>Họ tên</t></is></c><c t="inlineStr"><is><t>Năm sinh</t></is></c></row><row><c t="inlineStr"><is><t>Lê Một</t></is></c><c s="3"><v>31562</v></c></row>"#;
    let file = workbook::Packed::new()
        .part("[Content_Types].xml", types())
        .part("_rels/.rels", root())
        .part("xl/workbook.xml", book(r#"<workbookPr date1904="1"/>"#, two))
        .part("xl/_rels/workbook.xml.rels", parts())
        .part("xl/styles.xml", styles())
        .part(SHEET, sheet(rows))
        .bytes();
    let people = People::open(Cursor::new(&file), Limits::default()).expect("a list");
    let (name, others) = people.sheets();
    assert_eq!((name, others), (Some("Phòng Một"), &["Phòng Hai".to_owned()][..]));
    assert_eq!(persons(file)[0].birth, Some(Birth::Day(date!(1990 - 05 - 31))));
}

#[test]
fn excel_set_to_america_is_noticed() {
    let day = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    let mut rows = format!("<row>{}{}</row>", day("Họ tên"), day("Ngày sinh"));
    // 05/06/1990, 07/08/1991, 09/10/1992 as Excel kept them, and what it left as texts.
    for serial in [32_999, 33_427, 33_856] {
        rows += &format!("<row>{}<c s=\"2\"><v>{serial}</v></c></row>", day("Lê Một"));
    }
    rows += &format!("<row>{}{}</row>", day("Lê Hai"), day("31/5/1990"));
    let (_, remarks) = people(workbook(&rows, &[])).expect("a list");
    assert!(remarks.turned_dates);
    assert!(remarks.told(Language::English)[0].contains("American"));
}

#[test]
fn what_is_no_table_is_told_for_what_it_is() {
    use sheets::refused::Other;
    for (file, expected) in [
        (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1][..], Other::OldOrLocked),
        (b"%PDF-1.7 x", Other::Document),
        (b"<html><table><tr><td>x", Other::WebPage),
        (b"\xEF\xBB\xBF  <?xml version", Other::WebPage),
        (b"\x1F\x8B\x08 x", Other::Packed),
        (b"\x00\x01\x02\x03\x04", Other::NoText),
    ] {
        let refused = refused_of(file);
        assert!(matches!(refused, Refused::Other(other) if other == expected), "{refused:?}");
        assert_ne!(refused.told(Language::Vietnamese), refused.told(Language::English));
    }
    let document = workbook::Packed::new().part("word/document.xml", "<w/>").bytes();
    assert!(matches!(refused_of(&document), Refused::Other(Other::Document)));
    let packed = workbook::Packed::new().part("list.xlsx", workbook(ROWS, &SHARED)).bytes();
    assert!(matches!(refused_of(&packed), Refused::Other(Other::Packed)));
    assert!(matches!(refused_of(b""), Refused::Empty));
}
