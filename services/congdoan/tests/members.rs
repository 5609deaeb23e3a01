//! Members in files, as an office meets them on the command line; nothing is sent.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_congdoan"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .expect("the program starts")
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

const LIST: &str = "\
STT;Họ và tên;Ngày sinh;Số CCCD;Lương
1;Lê Thị Một;31/5/1990;999190000001;5
2;Lê Hai;5/31/1990;79090000002;6
3;Lê Ba;1985;999190000001;7
;Cộng: 3 người;;;
";

#[test]
fn a_template_is_written_once_and_nobody_is_in_it() {
    let desk = Desk::new();
    for (arguments, file, begins) in [
        (&["members", "template", "a.csv"][..], "a.csv", &[0xEF, 0xBB, 0xBF][..]),
        (&["members", "template", "b.xlsx", "--form", "5b"], "b.xlsx", b"PK"),
        (&["members", "template", "--xlsx", "c"], "c", b"PK"),
    ] {
        let output = desk.run(arguments);
        assert!(output.status.success(), "{}", text(output.stderr));
        assert!(fs::read(desk.file(file)).expect("the file").starts_with(begins), "{file}");
        // Somebody may have filled it in.
        assert!(!desk.run(arguments).status.success());
        let checked = desk.run(&["--lang", "en", "members", "check", file]);
        assert!(text(checked.stderr).contains("no line below the heading"));
    }
}

#[test]
fn every_fault_of_a_file_is_told_by_line_and_column_in_both_languages() {
    let desk = Desk::new();
    fs::write(desk.file("list.csv"), LIST).expect("write");
    let output = desk.run(&["--lang", "vi", "members", "check", "list.csv"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(output.stdout);
    for expected in [
        "dòng 3: Ngày sinh (cột C): ngày viết kiểu Mỹ",
        "dòng 3: Số CCCD (cột D): chỉ còn 11 chữ số",
        "dòng 4: cùng số định danh với dòng 2",
        "Không đọc các cột: Lương.",
        "bỏ qua: dòng 5",
        "1 người đọc được; 2 dòng có lỗi. Chưa gửi gì.",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    for held in ["79090000002", "999190000001", "Lê", "5/31"] {
        assert!(!said.contains(held), "{said}");
    }
    let said = text(desk.run(&["--lang", "en", "members", "check", "list.csv"]).stdout);
    assert!(said.contains("line 3: Ngày sinh (column C): the date is American"), "{said}");
    assert!(said.contains("1 person can be read; 2 lines cannot."), "{said}");
}

#[test]
fn a_program_is_told_the_same() {
    let desk = Desk::new();
    fs::write(desk.file("list.csv"), LIST).expect("write");
    let output = desk.run(&["--json", "members", "check", "list.csv"]);
    let said: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&said["people"], &said["linesRefused"]), (&1.into(), &2.into()));
    let fields: Vec<(u64, &str, &str)> = said["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|field| {
            let text = |name: &str| field[name].as_str().expect("text");
            (field["line"].as_u64().expect("a line"), text("column"), text("reason"))
        })
        .collect();
    assert_eq!(
        fields,
        [(3, "C", "DATE_AMERICAN"), (3, "D", "NUMBER_LOST_ZERO"), (4, "", "NUMBER_REPEATED")]
    );
    let error: Json = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(error["error"]["reason"], "FILE_INVALID");
}

#[test]
fn a_list_without_faults_is_well_and_what_is_none_is_told() {
    let desk = Desk::new();
    fs::write(desk.file("list.csv"), "Họ tên,Năm sinh\nLê Một,1990\n").expect("write");
    let output = desk.run(&["--lang", "en", "members", "check", "list.csv"]);
    assert!(output.status.success());
    assert_eq!(text(output.stdout), "1 person can be read; 0 lines cannot. Nothing was sent.\n");
    fs::write(desk.file("old.xls"), [0xD0, 0xCF, 0x11, 0xE0]).expect("write");
    for (file, expected) in
        [("old.xls", "workbook of the old kind (.xls)"), ("none.csv", "there is no such file")]
    {
        let output = desk.run(&["--lang", "en", "members", "check", file]);
        assert_eq!(output.status.code(), Some(1));
        let said = text(output.stderr);
        assert!(said.contains(expected) && said.contains(file), "{said}");
    }
}
