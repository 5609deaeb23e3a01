//! One document in every form: what it says stands in each, and nothing in it runs.

#![allow(missing_docs)]

mod reader;

use papers::chart::{Chart, Kind, Part};
use papers::document::{Block, Document, Form, Formal, Table};
use papers::html::html;
use papers::pdf::pdf;
use papers::svg::svg;
use papers::table::table;
use papers::text::text;
use sheets::writing::Format;

use crate::reader::Read;

const NAME: &str = "CĐCS Công ty TNHH Một thành viên Đường Ống Nước Sạch Thưởng Thức Quỹ";

fn chart(kind: Kind) -> Chart {
    let parts =
        [("Quận Ba Đình", 9_000, "9.000 (64,29%)"), ("Quận Cầu Giấy", 5_000, "5.000 (35,71%)")];
    let part = |(label, value, shown): (&str, i64, &str)| Part {
        label: label.to_string(),
        value,
        shown: shown.to_string(),
    };
    Chart { title: "Biểu đồ".to_string(), kind, parts: parts.into_iter().map(part).collect() }
}

fn formal() -> Formal {
    Formal {
        superior: "Tổng Liên đoàn Lao động Việt Nam".to_string(),
        issuer: "Liên đoàn Lao động thành phố Hà Nội".to_string(),
        number: "Số: 12/BC-LĐLĐ".to_string(),
        place_and_date: "Hà Nội, ngày 31 tháng 12 năm 2020".to_string(),
        kind: "BÁO CÁO".to_string(),
        recipients: vec!["Như trên;".to_string(), "Lưu: VT.".to_string()],
        signed_for: "TM. BAN THƯỜNG VỤ".to_string(),
        signer_title: "CHỦ TỊCH".to_string(),
        signer: String::new(),
    }
}

fn document() -> Document {
    let rows = (1..=90).map(|n| vec![format!("{NAME} {n}"), n.to_string(), "+1,5%".to_string()]);
    Document {
        formal: Some(formal()),
        title: "Kết quả hoạt động công đoàn, từ 01/01/2020 đến 31/12/2020".to_string(),
        blocks: vec![
            Block::Section("I. Tình hình".to_string()),
            Block::Sentence("thành lập mới 25/25 công đoàn cơ sở (đạt 100%)".to_string()),
            Block::Form(Form {
                caption: "Biến động".to_string(),
                fields: vec![("Đoàn viên tăng".to_string(), "+11".to_string())],
            }),
            Block::Table(Table {
                caption: "Đơn vị trực thuộc".to_string(),
                heads: ["Đơn vị", "Đoàn viên", "Tỷ lệ"].map(str::to_string).to_vec(),
                rows: rows.collect(),
            }),
            Block::Chart(chart(Kind::Shares)),
            Block::Chart(chart(Kind::TreeMap)),
            Block::Chart(chart(Kind::Trend)),
            Block::Chart(chart(Kind::Targets)),
        ],
        notes: vec!["In theo mẫu BA_DINH, phiên bản 1 (mẫu chung).".to_string()],
    }
}

/// With what somebody may have typed into a name.
fn hostile(name: &str) -> Document {
    let cell = || vec![name.to_string(), name.to_string()];
    Document {
        formal: Some(Formal { issuer: name.to_string(), ..formal() }),
        title: name.to_string(),
        blocks: vec![
            Block::Section(name.to_string()),
            Block::Sentence(name.to_string()),
            Block::Table(Table {
                caption: name.to_string(),
                heads: cell(),
                rows: vec![cell(), vec![name.to_string()]],
            }),
            Block::Chart(Chart {
                title: name.to_string(),
                kind: Kind::TreeMap,
                parts: vec![Part {
                    label: name.to_string(),
                    value: i64::MAX,
                    shown: name.to_string(),
                }],
            }),
        ],
        notes: vec![name.to_string()],
    }
}

#[test]
fn every_form_says_the_same() {
    let document = document();
    let page = html(&document);
    let csv = String::from_utf8(table(&document, Format::Csv).expect("written")).expect("UTF-8");
    let paper = Read::of(&pdf(&document).expect("written"));
    let paper_text = paper.text();
    for said in [
        "thành lập mới 25/25 công đoàn cơ sở (đạt 100%)",
        "Đoàn viên tăng",
        "Quận Cầu Giấy",
        "5.000 (35,71%)",
        "Số: 12/BC-LĐLĐ",
        "Hà Nội, ngày 31 tháng 12 năm 2020",
        "In theo mẫu BA_DINH, phiên bản 1 (mẫu chung).",
    ] {
        assert!(text(&document).contains(said), "{said} in the text");
        assert!(page.contains(said), "{said} in the page");
        assert!(csv.contains(said), "{said} in the table");
        assert!(paper_text.contains(said), "{said} on paper: {paper_text}");
    }
    for said in ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Nơi nhận:"]
    {
        assert!(page.contains(said) && paper_text.contains(said), "{said}");
    }
}

#[test]
fn a_table_goes_on_under_its_heads_from_page_to_page_and_pages_are_numbered() {
    let paper = Read::of(&pdf(&document()).expect("written"));
    assert!(paper.pages.len() >= 4, "{} pages", paper.pages.len());
    for (n, page) in paper.pages.iter().enumerate() {
        let numbered = page.starts_with(&format!("{} ", n + 1));
        assert_eq!(numbered, n > 0, "page {}: {page}", n + 1);
    }
    // Every row is there, on one page, and under the heads.
    for row in 1..=90 {
        let last = format!("Quỹ {row} {row} +1,5%");
        let page = paper.pages.iter().find(|page| page.contains(&last));
        let page = page.unwrap_or_else(|| panic!("no {last:?} in {:#?}", paper.pages));
        let heads = page.find("Đơn vị Đoàn viên Tỷ lệ").expect("the heads");
        assert!(heads < page.find(&last).expect("the row"));
    }
}

#[test]
fn a_paper_is_tagged_in_vietnamese_and_the_same_each_time() {
    let bytes = pdf(&document()).expect("written");
    assert!(bytes == pdf(&document()).expect("written"), "the same document, other bytes");
    let raw = Read::of(&bytes);
    for said in
        ["/Lang(vi-VN)", "/StructTreeRoot", "/Marked true", "/S/Table", "/S/TH", "/S/Figure"]
    {
        assert!(raw.structure.contains(said), "{said}");
    }
    for when in ["CreationDate", "ModDate"] {
        assert!(!raw.structure.contains(when), "{when}");
    }
    assert!(bytes.len() < 300_000, "{} bytes", bytes.len());
}

#[test]
fn a_chart_says_in_words_what_it_draws() {
    for kind in [Kind::Targets, Kind::Trend, Kind::Shares, Kind::TreeMap] {
        let picture = svg(&chart(kind), 1);
        for said in [
            "role=\"img\"",
            "<title id=\"t1\">Biểu đồ</title>",
            "<desc id=\"d1\">Quận Ba Đình: 9.000 (64,29%); Quận Cầu Giấy: 5.000 (35,71%)</desc>",
        ] {
            assert!(picture.contains(said), "{said} in {picture}");
        }
    }
    // Nothing to draw is said.
    let empty = Chart { parts: Vec::new(), ..chart(Kind::Trend) };
    assert!(svg(&empty, 1).contains("Không có số liệu"));
}

#[test]
fn a_stacked_bar_is_as_long_as_its_parts_are_large() {
    let drawn = papers::drawing::drawing(&chart(Kind::Shares));
    let widths: Vec<f32> = drawn
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            papers::drawing::Shape::Rectangle { width, height, .. } if *height > 30.0 => {
                Some(*width)
            }
            _ => None,
        })
        .collect();
    assert_eq!(widths.len(), 2);
    assert!((widths[0] / widths[1] - 1.8).abs() < 0.01, "{widths:?}");
    let areas: Vec<f32> = papers::drawing::drawing(&chart(Kind::TreeMap))
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            papers::drawing::Shape::Rectangle { width, height, .. } => {
                Some((width + 2.0) * (height + 2.0))
            }
            _ => None,
        })
        .collect();
    assert!((areas[0] / areas[1] - 1.8).abs() < 0.01, "{areas:?}");
}

#[test]
fn nothing_that_somebody_typed_into_a_name_runs_or_turns_anything() {
    for name in [
        "<script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "=cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "Công ty \u{202e}gnôc\u{2066}",
        "\u{0}\u{7}\u{1b}[31m",
        "漢字 עברית 🙂",
        "",
    ] {
        let document = hostile(name);
        let (page, picture) = (html(&document), svg(document.charts().next().expect("one"), 1));
        for out in [&page, &picture] {
            assert!(
                !out.contains("<script") && !out.contains("<img") && !out.contains("<svg onload")
            );
            assert!(!out.contains('\u{202e}') && !out.contains('\u{0}') && !out.contains('\u{1b}'));
        }
        assert!(
            !page.contains("http://")
                || page.matches("http://").count() == page.matches("xmlns=\"http://").count()
        );
        let csv =
            String::from_utf8(table(&document, Format::Csv).expect("written")).expect("UTF-8");
        for cell in csv.lines().flat_map(|line| line.split(',')) {
            assert!(!cell.starts_with(['=', '@', '+']), "{cell:?} of {name:?}");
        }
        table(&document, Format::Xlsx).expect("written");
        Read::of(&pdf(&document).unwrap_or_else(|error| panic!("{name:?}: {error}")));
    }
}

#[test]
fn what_is_very_long_is_wrapped_and_bounded() {
    let word = "Đ".repeat(2_000);
    let words = "Công đoàn cơ sở ".repeat(400);
    for name in [&word, &words] {
        let document = hostile(name);
        let paper = Read::of(&pdf(&document).expect("written"));
        assert!((3..60).contains(&paper.pages.len()), "{} pages", paper.pages.len());
        let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).count();
        // The whole of it, wherever it stands whole: the title, a section, a sentence, cells, notes.
        assert!(letters(&paper.text()) > 8 * letters(name));
        assert!(svg(document.charts().next().expect("one"), 1).len() < 40_000);
        table(&document, Format::Xlsx).expect("written");
    }
}

#[test]
fn many_documents_are_packed_into_one_file_that_others_open() {
    let mut bundle = papers::bundle::Bundle::begin(Vec::new());
    let name = format!("0001-{}.pdf", papers::bundle::file_name("LĐLĐ quận Ba Đình / ../x"));
    assert_eq!(name, "0001-LĐLĐ-quận-Ba-Đình-x.pdf");
    let paper = pdf(&document()).expect("written");
    bundle.file(&name, &paper).expect("added");
    bundle.file("khong-in-duoc.csv", "Tệp,Lý do\r\n".as_bytes()).expect("added");
    let packed = bundle.finish().expect("finished");
    assert!(packed.starts_with(b"PK") && packed.len() > paper.len());
    assert!(packed.windows(name.len()).any(|window| window == name.as_bytes()));
}
