//! Mistakes that are told without a system: of files, of arguments, of addresses.

use std::fs;

use serde_json::Value as Json;

use super::{alone, assert_plain};

#[test]
fn a_mark_that_is_not_where_one_may_be_is_refused_by_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let heading = "code,name,type,sector,superior_code,founded_on\n";
    let first = "A,Một,CDCS,HC,P,2015-01-01\n";
    for (rows, en, vi) in [
        (
            "QQ,\"Quote \"giữa\",LDLD_TINH,,TLD,2015-01-01\n",
            "line 3: in the cell name something follows",
            "dòng 3: trong ô name còn chữ sau",
        ),
        (
            "QQ,Hai,LDLD_TINH,,\"TL\"D,2015-01-01\n",
            "line 3: in the cell superior_code something",
            "dòng 3: trong ô superior_code còn chữ",
        ),
        (
            "QQ,\"Hai,LDLD_TINH,,TLD,2015-01-01\nB,Ba,CDCS,HC,P,2015-01-01\n",
            "line 3: the quotation mark \" that begins the cell name is not closed",
            "dòng 3: dấu ngoặc kép \" mở đầu ô name chưa được đóng",
        ),
        (
            "QQ,\"Hai,LDLD_TINH,,TLD,2015-01-01\nB,\"Ba\",CDCS,HC,P,2015-01-01\n",
            "line 3: the cell name goes on in the next line",
            "dòng 3: ô name kéo dài sang dòng sau",
        ),
        (
            "QQ, \"Hai\",LDLD_TINH,,TLD,2015-01-01\n",
            "line 3: the cell name has blanks before",
            "dòng 3: ô name có khoảng trắng trước",
        ),
    ] {
        let file = folder.path().join("tree.csv");
        fs::write(&file, format!("{heading}{first}{rows}")).expect("written");
        let file = file.to_string_lossy();
        for (language, expected) in [("en", en), ("vi", vi)] {
            let said = alone(language, &["load", &file]).ill();
            assert!(said.contains(expected), "{said}");
            assert!(!said.contains("columns") && !said.contains("tiêu đề có"), "{said}");
        }
        // Nor does it enter a plan.
        let steps = folder.path().join("steps.csv");
        fs::write(&steps, "kind,unit,name\nFOUND,A,\"Một \"hai\"\n").expect("written");
        let add = ["plan", "add", "01a222a1-c793-7048-b24e-bc3615c3c00c", "--file"];
        let said = alone("en", &[&add[..], &[&*steps.to_string_lossy()]].concat()).ill();
        assert!(said.contains("line 2: in the cell name"), "{said}");
    }
}

/// What a command complains of, as one document.
fn document(arguments: &[&str]) -> (Json, Option<i32>) {
    let said = alone("en", &[&["--json"], arguments].concat());
    let code = said.code;
    assert_eq!(said.out, "");
    let document: Json = serde_json::from_str(&said.ill()).expect("one JSON document");
    (document["error"].clone(), code)
}

#[test]
fn every_mistake_is_one_document_where_one_is_asked_for() {
    for arguments in [
        &["plan", "show", "nope"][..],
        &["search", "--limit", "x"],
        &["report", "BA_DINH"],
        &["token"],
        &["zzz"],
        &[],
        &["plan"],
        &["load"],
        &["up", "--listen", "zzz"],
        &["explain", "X", "--organisation", "A", "--from", "1/1/2020", "--to", "2020-12-31"],
    ] {
        let (error, code) = document(arguments);
        assert_eq!((&error["reason"], code), (&"COMMAND_LINE_INVALID".into(), Some(2)), "{error}");
        assert!(error["fields"].is_array() && error["message"].is_string(), "{error}");
    }
    assert_eq!(document(&["plan"]).0["message"], "a command is missing");
    let (error, _) = document(&["search", "--limit", "x"]);
    assert_eq!(error["fields"][0]["field"], "--limit");

    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let tree = at("tree.csv");
    let content =
        "code,name,type,superior_code,founded_on\nA,Một,CDCS,P,2015-02-30\nB,Hai,CDCS,P,\n";
    fs::write(&tree, content).expect("written");
    let (error, code) = document(&["load", &tree]);
    assert_eq!((&error["reason"], code), (&"FILE_INVALID".into(), Some(1)));
    for (n, line) in [(0, 2), (1, 3)] {
        let field = &error["fields"][n];
        assert_eq!((&field["line"], &field["column"]), (&line.into(), &"founded_on".into()));
        assert_eq!(field["place"], format!("tree.csv line {line}, founded_on"));
    }
    let steps = at("steps.csv");
    fs::write(&steps, "kind,unit\nMOVE,A\n").expect("written");
    let plan = "01a222a1-c793-7048-b24e-bc3615c3c00c";
    let (error, _) = document(&["plan", "add", plan, "--file", &steps]);
    let field = &error["fields"][0];
    assert_eq!((&field["line"], &field["column"]), (&2.into(), &"kind".into()), "{error}");

    let nowhere = at("nowhere");
    for (arguments, reason) in [
        (&["load", &nowhere][..], "FILE_UNREADABLE"),
        (&["search", "x", "--data", &nowhere], "SYSTEM_NOT_RUNNING"),
        (&["search", "x", "--gateway", "http://127.0.0.1:1", "--token", "x"], "GATEWAY_AWAY"),
        (&["token", "--subject", "x", "--issuer", "http://127.0.0.1:1"], "ISSUER_AWAY"),
        (&["keys", &tree], "FILE_UNWRITABLE"),
        (
            &["migrate", "registry", "--database", "postgres://nobody@127.0.0.1:1/x"],
            "DATABASE_AWAY",
        ),
    ] {
        let (error, code) = document(arguments);
        assert_eq!((&error["reason"], code), (&reason.into(), Some(1)), "{error}");
        assert!(error["fields"].is_array(), "{error}");
        let known = congdoan::fault::REASONS.iter().any(|(known, _)| *known == reason);
        assert!(known, "{reason} is documented");
    }
}

#[test]
fn what_is_no_answer_of_a_service_is_told_in_one_language_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = folder.path().join("tree.csv");
    fs::write(&tree, "code\n").expect("written");
    let tree = tree.to_string_lossy();
    let away = "postgres://nobody@127.0.0.1:1/x";
    let bootstrap = ["bootstrap", "--subject", "x", "--issuer", "i", "--database", away];
    for (arguments, en, vi) in [
        (&["keys", &*tree][..], "is there already", "đã có tệp hay thư mục tên này"),
        (
            &["migrate", "registry", "--database", away],
            "the database cannot be used: nobody answers",
            "không dùng được cơ sở dữ liệu: không có ai trả lời",
        ),
        // It does not ask again and again.
        (
            &bootstrap,
            "the database cannot be used: nobody answers",
            "không dùng được cơ sở dữ liệu: không có ai trả lời",
        ),
        (
            &["migrate", "registry", "--database", "x"],
            "the address of the database cannot be read",
            "địa chỉ cơ sở dữ liệu không đúng",
        ),
        (
            &["bootstrap", "--subject", "", "--issuer", "i", "--database", away],
            "--subject is empty",
            "--subject còn trống",
        ),
        (&["search", "--limit", "x"], "it is no number", "đây không phải là số"),
        (&["up", "--listen", "zzz"], "it is no address", "đây không phải là địa chỉ"),
        (
            &[
                "explain",
                "X",
                "--organisation",
                "A",
                "--from",
                "2020-01-01",
                "--to",
                "2020-12-31",
                "--units",
                "x",
            ][..],
            "it is no number",
            "đây không phải là số",
        ),
    ] {
        let (english, ours) = (alone("en", arguments).ill(), alone("vi", arguments).ill());
        assert!(english.contains(en), "{english}");
        assert!(ours.contains(vi), "{ours}");
        for said in [&english, &ours] {
            assert_plain(said);
        }
        for word in ["cannot", "invalid", "refused", "Usage", "OPTIONS", "folder", "connect"] {
            assert!(!ours.contains(word), "{word} in: {ours}");
        }
    }
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("steps.csv");
    let name = file.to_string_lossy();
    let generate = ["plan", "generate-2025", "--file", &name];
    let said = alone("en", &generate).well();
    assert!(said.ends_with(&format!("steps were written to {name}.")), "{said}");
    fs::write(&file, "mine").expect("written");
    for (language, expected) in [("en", "is not overwritten"), ("vi", "không bị ghi đè")] {
        let said = alone(language, &generate).ill();
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).expect("read"), "mine");
    let (error, _) = document(&generate);
    assert_eq!(error["reason"], "FILE_EXISTS");

    let other = folder.path().join("other.csv");
    let other = other.to_string_lossy();
    let written = alone("en", &["--json", "plan", "generate-2025", "--file", &other]).json();
    assert_eq!(written["file"], &*other);
    let printed = alone("en", &["--json", "plan", "generate-2025"]).json();
    let steps = printed["steps"].as_array().map(Vec::len);
    assert_eq!(written["steps"].as_u64(), steps.map(|steps| steps as u64));
    let script = alone("en", &["--json", "completion", "bash"]).json();
    assert!(script["script"].as_str().is_some_and(|script| script.contains("congdoan")));
}

#[test]
fn the_help_in_vietnamese_has_nothing_that_is_not() {
    for arguments in [
        &["help"][..],
        &["help", "search"],
        &["search", "--help"],
        &["search", "-h"],
        &["plan", "--help"],
        &["migrate", "--help"],
        &["up", "--help"],
    ] {
        let help = alone("vi", arguments).well();
        for word in ["ossible values", "OPTIONS", "COMMAND]", "It lives", "[default", "[env"] {
            assert!(!help.contains(word), "{word} in: {help}");
        }
        assert!(help.contains("Cách dùng:"), "{help}");
    }
}
