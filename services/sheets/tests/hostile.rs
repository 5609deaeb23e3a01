//! Files that were made to do harm cost a few megabytes, and are refused.
//!
//! One test in a program of its own: what a process holds at its most is told of all of it.

mod workbook;

use std::fs;
use std::io::{Cursor, Read, Seek, Write};
use std::time::{Duration, Instant};

use sheets::refused::TooMuch;
use sheets::{Limits, Refused, Table};
use workbook::{
    MAIN, Packed, SHEET, TEXTS, book, frame, parts, root, sheet, styles, texts, types, workbook,
};

/// So much more may be held than before, and so much in all beside the file.
const MOST: u64 = 16 << 20;
const MOST_IN_ALL: u64 = 48 << 20;
/// So long may it take, built without optimisation and beside others.
const LONGEST: Duration = Duration::from_secs(60);

/// The most that this process held since it was last asked to forget.
fn held() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the most held");
    let number = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    number.expect("a number of KiB") << 10
}

/// Reads a file to where it is refused, or to its end.
fn read(source: impl Read + Seek) -> Result<u32, Refused> {
    let mut rows = 0;
    for row in Table::open(source, Limits::default())? {
        row?;
        rows += 1;
    }
    Ok(rows)
}

/// What became of a file, which costs little.
fn cheaply(what: &str, file: Vec<u8>) -> Result<u32, Refused> {
    fs::write("/proc/self/clear_refs", "5").expect("Linux forgets");
    let (before, began) = (held(), Instant::now());
    let length = file.len() as u64;
    let read = read(Cursor::new(file));
    let (held, took) = (held(), began.elapsed());
    let (more, in_all) = (held.saturating_sub(before), held.saturating_sub(length));
    println!("{what}: {more} bytes, {in_all} in all, {took:?}, {read:?}");
    assert!(more < MOST && in_all < MOST_IN_ALL, "{what} took {more} bytes, {in_all} in all");
    assert!(took < LONGEST, "{what} took {took:?}");
    read
}

fn repeated(out: &mut dyn Write, piece: &str, times: usize) {
    let many = piece.repeat(1_000);
    for _ in 0..times / 1_000 {
        out.write_all(many.as_bytes()).expect("write");
    }
}

/// What a part has around something that is repeated.
fn around(begins: &str, piece: &str, times: usize, ends: &str) -> impl FnOnce(&mut dyn Write) {
    move |out| {
        out.write_all(begins.as_bytes()).expect("write");
        repeated(out, piece, times);
        out.write_all(ends.as_bytes()).expect("write");
    }
}

fn with_sheet(write: impl FnOnce(&mut dyn Write)) -> Vec<u8> {
    frame().large(SHEET, write).bytes()
}

#[test]
fn files_made_to_do_harm_are_refused_and_cost_little() {
    let data = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>"#);
    let over = "</sheetData></worksheet>";

    // 1.4 KB, of which a dense reader makes a table of seventeen billion cells.
    let corners = workbook(
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>"#,
        &[],
    );
    assert!(corners.len() < 4_000);
    assert_eq!(cheaply("two cells far apart", corners).expect("read"), 2);
    let wide = workbook(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#, &[]);
    let too_wide = cheaply("a cell far to the right", wide);
    assert!(matches!(too_wide, Err(Refused::TooMuch(TooMuch::Columns))), "{too_wide:?}");
    for place in ["A0", "A1048577", "XFE1", "ZZZZZZZZZZ1", "1", "A99999999999999999999"] {
        let (line, _) = place.split_at(place.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
        let line = place.trim_start_matches(line);
        let rows = format!(r#"<row r="{line}"><c r="{place}"><v>1</v></c></row>"#);
        let nowhere = cheaply("a cell that is nowhere", workbook(&rows, &[]));
        assert!(matches!(nowhere, Err(Refused::Damaged(_))), "{place}: {nowhere:?}");
    }
    let back = r#"<row r="5"><c><v>1</v></c></row><row r="5"><c><v>1</v></c></row>"#;
    assert!(matches!(cheaply("a row twice", workbook(back, &[])), Err(Refused::Damaged(_))));

    // Bombs: one that is packed too tightly, and rows without end.
    let bomb = with_sheet(around(&data, &" ".repeat(1_000), 200_000, over));
    assert!(bomb.len() < 400_000);
    let bomb = cheaply("200 MB between two tags, in a few KB", bomb);
    assert!(matches!(bomb, Err(Refused::TooMuch(_))), "{bomb:?}");
    let rows = with_sheet(around(&data, "<row/>", 1_200_000, over));
    let rows = cheaply("a million empty rows", rows);
    assert!(matches!(rows, Err(Refused::TooMuch(_))), "{rows:?}");
    let texts_bomb = frame()
        .large(
            TEXTS,
            around(&format!(r#"<sst xmlns="{MAIN}">"#), "<si><t>a</t></si>", 1_000_000, "</sst>"),
        )
        .part(SHEET, sheet(""))
        .bytes();
    let many = cheaply("a million texts", texts_bomb);
    assert!(matches!(many, Err(Refused::TooMuch(TooMuch::Texts | TooMuch::Packed))), "{many:?}");
    let long = format!(r#"<sst xmlns="{MAIN}"><si><t>"#);
    let long = frame().large(TEXTS, around(&long, "a", 10_000_000, "</t></si></sst>"));
    let long = cheaply("a text of ten million letters", long.part(SHEET, sheet("")).bytes());
    assert!(matches!(long, Err(Refused::TooMuch(_))), "{long:?}");
    let wide_tag = with_sheet(around(&format!("{data}<row "), "a='1' ", 3_000_000, "/>"));
    let wide_tag = cheaply("a tag of many attributes", wide_tag);
    assert!(matches!(wide_tag, Err(Refused::TooMuch(_))), "{wide_tag:?}");

    // XML that goes deep, and that names what is elsewhere.
    let deep = with_sheet(around(&data, "<a>", 1_000_000, ""));
    let deep = cheaply("a million elements within each other", deep);
    assert!(matches!(deep, Err(Refused::TooMuch(TooMuch::Structure))), "{deep:?}");
    let entity = |declared: &str, named: &str| {
        let shared = texts(&[named]);
        let shared = format!("<!DOCTYPE sst [{declared}]>{shared}");
        frame().part(TEXTS, shared).part(SHEET, sheet("")).bytes()
    };
    for (declared, named) in [
        (r#"<!ENTITY x SYSTEM "file:///etc/passwd">"#, "&x;"),
        (r#"<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">"#, "&b;"),
    ] {
        let refused = cheaply("an entity", entity(declared, named));
        assert!(matches!(refused, Err(Refused::Entity)), "{refused:?}");
    }
    let named = cheaply("an entity that nobody declares", workbook("", &["&x;"]));
    assert!(matches!(named, Err(Refused::Entity)), "{named:?}");

    // Packed files that are none, or lack something, or say something else.
    let whole = workbook(r#"<row><c><v>1</v></c></row>"#, &[]);
    assert_eq!(cheaply("a small one", whole.clone()).expect("read"), 1);
    for missing in [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        SHEET,
    ] {
        let mut packed = Packed::new();
        for (name, content) in [
            ("[Content_Types].xml", types()),
            ("_rels/.rels", root()),
            ("xl/workbook.xml", book("", r#"<sheet name="DS" sheetId="1" r:id="rId1"/>"#)),
            ("xl/_rels/workbook.xml.rels", parts()),
            ("xl/styles.xml", styles()),
            (SHEET, sheet("")),
        ] {
            if name != missing {
                packed = packed.part(name, content);
            }
        }
        let lacking = cheaply("a part is missing", packed.bytes());
        assert!(
            matches!(lacking, Err(Refused::Damaged(_) | Refused::Other(_))),
            "{missing}: {lacking:?}"
        );
    }
    let said = types().replace("spreadsheetml.worksheet+xml", "spreadsheetml.chartsheet+xml");
    let otherwise = Packed::new()
        .part("[Content_Types].xml", said)
        .part("_rels/.rels", root())
        .part("xl/workbook.xml", book("", r#"<sheet name="DS" sheetId="1" r:id="rId1"/>"#))
        .part("xl/_rels/workbook.xml.rels", parts())
        .part(SHEET, sheet(""))
        .bytes();
    let otherwise = cheaply("a part that says it is another", otherwise);
    assert!(matches!(otherwise, Err(Refused::Damaged(_))), "{otherwise:?}");
    let within =
        (0..5).fold(whole.clone(), |file, _| Packed::new().part("inner.xlsx", file).bytes());
    assert!(matches!(cheaply("files within files", within), Err(Refused::Other(_))));
    let crowd = (0..30_000).fold(Packed::new(), |packed, n| packed.part(&format!("{n}"), ""));
    let crowd = cheaply("many parts", crowd.bytes());
    assert!(matches!(crowd, Err(Refused::TooMuch(TooMuch::Parts))), "{crowd:?}");

    // A directory that says it has four thousand million entries, and parts of any size.
    let mut lying = whole.clone();
    let end = lying.len() - 22;
    lying[end + 8..end + 12].fill(0xFF);
    assert_eq!(cheaply("a directory that lies", lying).expect("its count is not believed"), 1);
    let mut far = whole.clone();
    far[end + 12..end + 20].fill(0xFE);
    assert!(cheaply("a directory that is nowhere", far).is_err());
    for cut in [10, 100, whole.len() / 2, whole.len() - 1] {
        assert!(cheaply("a file that is cut off", whole[..cut].to_vec()).is_err(), "{cut}");
    }

    // A text file of which a mark or a row has no end.
    let mut endless = vec![b'a'; 40 << 20];
    endless[0] = b'"';
    let endless = cheaply("a cell without an end", endless);
    assert!(matches!(endless, Err(Refused::TooMuch(TooMuch::Cell))), "{endless:?}");
    let separators = cheaply("a row of separators", vec![b','; 20 << 20]);
    assert!(matches!(separators, Err(Refused::TooMuch(TooMuch::Columns))), "{separators:?}");
    let columns = cheaply("a row without an end", b"a,".repeat(10 << 20));
    assert!(matches!(columns, Err(Refused::TooMuch(TooMuch::Columns))), "{columns:?}");
    let ends = cheaply("rows without an end", b"\n".repeat(3 << 20));
    assert!(matches!(ends, Err(Refused::TooMuch(TooMuch::Rows))), "{ends:?}");
}
