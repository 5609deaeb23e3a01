//! A later version of a list is loaded with its decision, as a clerk does it.

use serde_json::Value as Json;

use super::{Office, alone, assert_plain};

const FOUNDERS: &str = include_str!("../../../registry/reference/minimum_founders.csv");
const SECTORS: &str = include_str!("../../../registry/reference/sectors.csv");
const DECIDED: [&str; 4] = ["--decision", "12/QĐ-TLĐ", "--issued-on", "2026-01-05"];

/// The command that loads a file as a list, with whatever else it says.
fn load<'a>(list: &'a str, file: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["reference", "load", list, file], rest].concat()
}

/// What is otherwise is told before and after; what is wrong, by the line and column of the file.
pub async fn loads(office: &Office) {
    let more = FOUNDERS.replace("CDCS,5,", "CDCS,6,");
    assert_ne!(more, FOUNDERS);
    let file = office.file("founders.csv", &more);
    let dry_run = [&DECIDED[..], &["--dry-run"]].concat();
    for _ in 0..2 {
        let said = office.says(&load("minimum-founders", &file, &dry_run)).await.well();
        assert_eq!(
            said,
            "The list would be otherwise: 1 rule or code is new, 1 rule ended or holds otherwise, 0 \
             codes are called otherwise; nothing was written."
        );
    }
    let would = load("minimum-founders", &file, &[&dry_run[..], &["--json"]].concat());
    let would = office.says(&would).await.json();
    assert_eq!(would, serde_json::json!({ "added": 1, "ended": 1, "changed": 0 }));

    let bad = "type,minimum,valid_from,valid_to\nCDCS,none,,\nCDCX,5,2020-02-30,\n";
    let bad = office.file("bad_founders.csv", bad);
    for (language, all) in [
        (
            "en",
            [
                "bad_founders.csv was not loaded",
                "bad_founders.csv line 2, minimum: ",
                "bad_founders.csv line 3, type: ",
                "bad_founders.csv line 3, valid_from: ",
            ],
        ),
        (
            "vi",
            [
                "bad_founders.csv chưa được nạp",
                "bad_founders.csv dòng 2, minimum: ",
                "bad_founders.csv dòng 3, type: ",
                "bad_founders.csv dòng 3, valid_from: ",
            ],
        ),
    ] {
        let wrong = load("minimum-founders", &bad, &DECIDED);
        let said = office.says_in(language, &wrong).await.ill();
        for expected in all {
            assert!(said.contains(expected), "{said}");
        }
        assert!(!said.contains("csv["), "{said}");
        assert_plain(&said);
    }
    let stranger = [&DECIDED[..], &["--subject", "stranger"]].concat();
    let said = office.says(&load("minimum-founders", &file, &stranger)).await.ill();
    assert!(said.contains("held by: ADMINISTRATOR"), "{said}");
    let unborn = ["--decision", "13/QĐ-TLĐ", "--issued-on", "2999-01-05"];
    let said = office.says(&load("minimum-founders", &file, &unborn)).await.ill();
    assert!(said.contains("\n  --issued-on"), "{said}");

    let titled = [&DECIDED[..], &["--title", "Số người ít nhất"]].concat();
    let said = office.says_in("vi", &load("minimum-founders", &file, &titled)).await.well();
    assert_eq!(
        said,
        "Đã nạp danh mục: 1 quy định hoặc mã mới, 1 quy định hết hiệu lực hoặc áp dụng khác đi, 0 mã \
         được gọi khác đi."
    );
    renames(office, &file).await;
}

/// The decision that is known by now is named; sectors are called otherwise from its day on.
async fn renames(office: &Office, founders: &str) {
    let again = load("minimum-founders", founders, &[&DECIDED[..], &["--json"]].concat());
    let error: Json = serde_json::from_str(&office.says(&again).await.ill()).expect("a document");
    assert_eq!(error["error"]["reason"], "DECISION_EXISTS");
    let decision_id = error["error"]["metadata"]["decision_id"].as_str().expect("an id").to_owned();
    let known = ["--decision-id", &*decision_id];
    let said = office.says(&load("minimum-founders", founders, &known)).await.well();
    assert_eq!(said, "The list says so already: nothing changes.");

    let line = SECTORS.lines().find(|line| line.starts_with("NNN_CP,")).expect("a sector");
    let old = line.split(',').nth(2).expect("a name");
    let sectors = SECTORS.replace(line, &line.replacen(old, "Tên mới của khối", 1));
    let sectors = office.file("sectors.csv", sectors);
    let said = office.says(&load("sectors", &sectors, &known)).await.well();
    assert_eq!(
        said,
        "The list was loaded: 0 rules and codes are new, 0 rules ended or hold otherwise, 1 code is \
         called otherwise."
    );
    let listed = office.says(&["list", "sectors"]).await.well();
    assert!(listed.contains("Tên mới của khối"), "{listed}");
}

/// What can be counted from now on: tried, loaded under the decision that is known, listed.
pub async fn loads_indicators(office: &Office) {
    let heading = "code,name_vi,name_en,unit_vi,kind,numerator,denominator\n";
    let tet = "TET_HELPS,Chăm lo Tết,Helped at Tết,lượt,ADDITIVE,WELFARE_FOR[TET],\n";
    let file = office.file("tet.csv", format!("{heading}{tet}"));
    let load = |rest: &[&'static str]| -> Vec<String> {
        let fixed = ["indicators", "load", &file, "--in-force-from", "2026-01-01"];
        fixed.into_iter().chain(rest.iter().copied()).map(str::to_owned).collect()
    };
    let says = async |language: &str, asked: Vec<String>| {
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        office.says_in(language, &asked).await
    };
    let decided = ["--decision", "12/QĐ-TLĐ"];
    let tried = says("en", load(&[&decided[..], &["--dry-run"]].concat())).await.well();
    assert!(tried.contains("would be loaded; nothing was written."), "{tried}");
    let nothing = says("en", load(&["--decision", "99/QĐ-TLĐ"])).await.ill();
    assert!(nothing.contains("no document 99/QĐ-TLĐ"), "{nothing}");
    let loaded = says("vi", load(&decided)).await.well();
    assert!(loaded.contains("Đã nạp 1 chỉ tiêu."), "{loaded}");
    let again = says("en", load(&decided)).await.well();
    assert!(again.contains("as it is already") && again.contains("Nothing changes."), "{again}");
    let listed = office.says(&["indicators", "list", "--loaded"]).await.well();
    assert!(listed.contains("TET_HELPS@1") && !listed.contains("MBR_STOCK"), "{listed}");

    let wrong = office.file("wrong.csv", format!("{heading}{}", tet.replace("[TET]", "[TETT]")));
    let said = says(
        "en",
        ["indicators", "load", &wrong, "--in-force-from", "2026-01-01"]
            .into_iter()
            .chain(decided)
            .map(str::to_owned)
            .collect(),
    );
    let said = said.await.ill();
    assert!(said.contains("wrong.csv was not loaded"), "{said}");
    assert!(said.contains("wrong.csv line 2, numerator"), "{said}");
    assert_plain(&said);
    let listed = office.says(&["list", "industries"]).await.well();
    assert!(listed.contains("GIAO_DUC") && listed.contains("Education and training"), "{listed}");
}

#[test]
fn a_list_is_loaded_with_a_decision_only() {
    for (language, expected) in [("en", "--decision"), ("vi", "còn thiếu: ")] {
        let said = alone(language, &["reference", "load", "sectors", "sectors.csv"]).ill();
        assert!(said.contains(expected) && said.contains("--decision-id"), "{said}");
    }
    let said = alone("vi", &["reference", "load", "khac", "x.csv"]).ill();
    assert!(said.contains("không thể là \"khac\"") && said.contains("minimum-founders"), "{said}");
    let help = alone("vi", &["reference", "load", "--help"]).well();
    assert!(help.contains("minimum-founders (số người ít nhất để thành lập)"), "{help}");
}
