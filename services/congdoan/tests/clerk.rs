//! The command line as a clerk meets it, in both languages, against a real system.

#[path = "clerk/files.rs"]
mod files;
#[path = "clerk/known.rs"]
mod known;
#[path = "clerk/mistakes.rs"]
mod mistakes;
#[path = "clerk/references.rs"]
mod references;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use congdoan::organisation;
use congdoan::running::{Held, Noted, Running};
use proto::membership::v1::{AdmissionKind, AdmitMembersRequest, PersonLine, Sex};
use serde_json::Value as Json;
use system::{Options, System};
use tempfile::TempDir;
use time::macros::date;
use uuid::Uuid;

/// A system, and the directory by which commands find it.
struct Office {
    folder: TempDir,
    noted: Option<Noted>,
    system: System,
}

/// What a command said, and how it ended.
struct Said {
    out: String,
    err: String,
    well: bool,
    code: Option<i32>,
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let (out, err) = (text(output.stdout), text(output.stderr));
        Self { out, err, well: output.status.success(), code: output.status.code() }
    }

    /// All of it, where it went well.
    fn well(self) -> String {
        assert!(self.well, "{}", self.err);
        self.out.trim_end().to_owned()
    }

    /// What it complains of.
    fn ill(self) -> String {
        assert!(!self.well, "{}", self.out);
        self.err.trim_end().to_owned()
    }

    fn json(self) -> Json {
        serde_json::from_str(&self.well()).expect("JSON")
    }
}

const TREE: &str = "code,name,type,sector,superior_code,founded_on\n\
    P,Liên đoàn Lao động tỉnh Thử,LDLD_TINH,,TLD,2015-01-01\n\
    P-1,Liên đoàn Lao động huyện Một,LDLD_HUYEN,,P,2015-01-01\n\
    P-1-1,Công đoàn cơ sở Một,CDCS,NNN_CP,P-1,2015-01-01\n\
    P-1-2,Công đoàn cơ sở Hai,CDCS,NNN_CP,P-1,2015-01-01\n";

const STEPS: &str = "kind,unit,name,type,superior,end_kind,successor,members_outcome,rehome_to,subordinates_to\n\
    FOUND,P-X,Công đoàn xã Thử,CD_XA,P,,,,,\n\
    END,P-1,,,,TERMINATED,P-X,REHOMED,P-X,P-X\n\
    END,P-1-1,,,,MERGED,P-1-2,REHOMED,P-1-2,\n";

impl Office {
    async fn open() -> Self {
        let system = System::start(Options::test()).await.expect("started");
        let folder = tempfile::tempdir().expect("a folder");
        let owner_url = &system.database("registry").expect("a database").owner_url;
        system.bootstrap("me").await.expect("bootstrapped");
        let held = Held::take(&folder.path().join("data")).expect("held");
        let running = Running {
            gateway: system.gateway(),
            issuer: system.issuer().issuer().to_owned(),
            registry_owner_url: owner_url.clone(),
            administrator: Some("me".to_owned()),
            process_id: std::process::id(),
        };
        let noted = running.note(held).expect("noted");
        Self { folder, noted: Some(noted), system }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, content).expect("written");
        file.to_string_lossy().into_owned()
    }

    /// Says a command, in English.
    async fn says(&self, arguments: &[&str]) -> Said {
        self.says_in("en", arguments).await
    }

    async fn says_in(&self, language: &str, arguments: &[&str]) -> Said {
        let data = self.data();
        let mut command = program(language, arguments);
        command.arg("--data").arg(&data);
        tokio::task::spawn_blocking(move || Said::of(command.output().expect("ran")))
            .await
            .expect("waited")
    }

    /// Admits somebody to a union, and answers her id.
    async fn admits(&self, code: &str) -> String {
        let client = self.system.client("me").await.expect("connected");
        let union = organisation::today(&client, code).await.expect("found");
        let line = PersonLine {
            name: "Nguyễn Thị Thử".to_owned(),
            identity_number: "999085000001".to_owned(),
            sex: Sex::Male.into(),
            birth_year: 1985,
            ..PersonLine::default()
        };
        let request = AdmitMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: union.organisation_id,
            kind: AdmissionKind::Admitted.into(),
            effective_on: Some(chassis::parse::civil(date!(2020 - 01 - 01))),
            lines: vec![line],
            ..AdmitMembersRequest::default()
        };
        let admitted = client.memberships().admit_members(request).await.expect("admitted");
        admitted.into_inner().members.remove(0).person_id
    }

    async fn close(mut self) {
        drop(self.noted.take());
        self.system.stop().await.expect("stopped");
    }
}

fn program(language: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_congdoan"));
    command.args(["--lang", language]).args(arguments);
    for variable in ["CONGDOAN_TOKEN", "CONGDOAN_GATEWAY", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(variable);
    }
    command
}

fn alone(language: &str, arguments: &[&str]) -> Said {
    Said::of(program(language, arguments).output().expect("ran"))
}

/// Words of programmers, which no clerk should read.
fn assert_plain(said: &str) {
    for word in
        ["byte", "utf8", "Utf8", "os error", "deserialize", "codec", "line 0", "dòng 0", "panicked"]
    {
        assert!(!said.contains(word), "{word} in: {said}");
    }
}

#[test]
fn bad_files_are_told_by_line_and_in_one_language() {
    let folder = tempfile::tempdir().expect("a folder");
    let heading = "code,name,type,sector,superior_code,founded_on\n";
    let line = "A,Một,CDCS,HC,P,2015-01-01\n";
    let bad: &[(&[u8], &str, &str)] = &[
        (b"", "the file is empty", "tệp trống"),
        (heading.as_bytes(), "no line below the heading", "không có dòng nào"),
        (
            b"code;nmae\nA;B\n",
            "line 1: there is no column \"nmae\"",
            "dòng 1: không có cột nào tên \"nmae\"",
        ),
        (b"code,name\nA,B\n", "line 1: the column type is missing", "dòng 1: thiếu cột type"),
        (b"\xFF\xFEc\x00", "line 1: its letters cannot be read", "dòng 1: chữ không đọc được"),
        (
            b"code,name,type,superior_code,founded_on\nA,M\xE9t,CDCS,P,2015-01-01\n",
            "line 2: its letters",
            "dòng 2: chữ",
        ),
    ];
    let rows = [
        (
            "A,Một,CDCS,HC,P\n",
            "line 3: it has 5 cells, and the heading has 6 columns",
            "dòng 3: có 5 ô",
        ),
        (
            "B,Hai,CDCS,HC,P,01/02/2015\n",
            "line 3: founded_on: \"01/02/2015\" is no day",
            "dòng 3: founded_on: \"01/02/2015\" không phải",
        ),
        (
            "B,Hai,CDCS,HC,P,2015-02-30\n",
            "line 3: founded_on: \"2015-02-30\" is no day",
            "dòng 3: founded_on",
        ),
        ("B,Hai,CDCS,HC,P,\n", "line 3: founded_on is empty", "dòng 3: founded_on còn trống"),
        (
            "B,\"Hai,CDCS,HC,P,2015-01-01\nC,Ba,CDCS,HC,P,2015-01-01\n",
            "line 3: the quotation mark",
            "dòng 3: dấu ngoặc kép",
        ),
    ];
    let rows = rows.map(|(row, en, vi)| (format!("{heading}{line}{row}").into_bytes(), en, vi));
    let all = bad.iter().map(|(content, en, vi)| (content.to_vec(), *en, *vi)).chain(rows);
    for (content, en, vi) in all {
        let file = folder.path().join("tree.csv");
        fs::write(&file, content).expect("written");
        let file = file.to_string_lossy();
        for (language, expected) in [("en", en), ("vi", vi)] {
            let said = alone(language, &["load", &file]).ill();
            assert!(said.contains(expected), "{said}");
            assert_plain(&said);
        }
    }
    let missing = folder.path().join("gone.csv");
    let missing = missing.to_string_lossy();
    assert!(alone("en", &["load", &missing]).ill().contains("cannot read"));
    assert!(alone("vi", &["load", &missing]).ill().contains("không đọc được"));
    assert_plain(&alone("vi", &["load", &missing]).ill());
}

#[test]
fn whoever_starts_a_second_system_is_told_of_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let held = Held::take(&data).expect("held");
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data", &data.to_string_lossy()];
    let said = alone("en", &arguments).ill();
    assert!(said.contains("is starting or stopping"), "{said}");
    let noted = Running {
        gateway: "http://127.0.0.1:8080".to_owned(),
        issuer: "http://127.0.0.1:1".to_owned(),
        registry_owner_url: String::new(),
        administrator: None,
        process_id: 4711,
    }
    .note(held)
    .expect("noted");
    for (language, expected) in [("en", "the system already runs"), ("vi", "hệ thống đã chạy")]
    {
        let said = alone(language, &arguments).ill();
        assert!(said.contains(expected) && said.contains("http://127.0.0.1:8080"), "{said}");
        assert!(said.contains("4711") && !said.contains("postmaster"), "{said}");
    }
    // Nobody has bootstrapped it: the advice is the command that works for this directory.
    let said = alone("en", &["search", "x", "--data", &data.to_string_lossy()]).ill();
    let advice = format!("bootstrap --subject me --data {}", data.display());
    assert!(said.contains(&advice) && said.contains(env!("CARGO_BIN_EXE_congdoan")), "{said}");
    drop(noted);
    assert!(Held::take(&data).is_ok(), "whoever comes after it may have the directory");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = alone("en", &["up", "--listen", &address, "--data", &data.to_string_lossy()]).ill();
    assert!(said.contains("another program uses the address"), "{said}");
}

#[test]
fn nobody_at_home_is_told_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = folder.path().join("nowhere");
    let nowhere = nowhere.to_string_lossy();
    for (language, expected) in
        [("en", "no system runs"), ("vi", "không có hệ thống nào đang chạy")]
    {
        let said = alone(language, &["search", "x", "--data", &nowhere]).ill();
        assert!(said.contains(expected), "{said}");
        let elsewhere = ["search", "x", "--gateway", "http://127.0.0.1:1", "--token", "x"];
        assert_plain(&alone(language, &elsewhere).ill());
    }
}

#[test]
fn shells_complete_what_is_typed() {
    for shell in ["bash", "zsh", "fish"] {
        let script = alone("en", &["completion", shell]).well();
        for word in ["search", "completion", "dry-run"] {
            assert!(script.contains(word), "{word} is not in the script of {shell}");
        }
    }
}

#[test]
fn help_is_in_the_language_that_was_asked_for() {
    let help = alone("vi", &["--help"]).well();
    assert!(help.contains("Cách dùng:") && help.contains("Tìm tổ chức"), "{help}");
    assert!(!help.contains("Usage:"), "{help}");
    for command in ["load", "plan", "search", "up"] {
        let help = alone("vi", &[command, "--help"]).well();
        assert!(help.contains("Cách dùng:") && help.contains("In trợ giúp"), "{help}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_loads_looks_up_and_plans() {
    let office = Office::open().await;
    loads(&office).await;
    looks_up(&office).await;
    plans(&office).await;
    asks_which(&office).await;
    known::reviews(&office).await;
    known::lists_conflicts(&office).await;
    known::mends_no_plan_that_is_closed(&office).await;
    known::searches(&office).await;
    known::reports(&office).await;
    known::says_why_a_code_is_nobodys(&office).await;
    references::loads(&office).await;
    references::loads_indicators(&office).await;
    known::migrates(&office).await;
    known::rebuilds(&office).await;
    // Last: whoever follows membership has to be rebuilt after it.
    known::feeds(&office).await;
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_takes_members_in_from_files() {
    let office = Office::open().await;
    let tree = office.file("tree.csv", TREE);
    office.says(&["load", &tree]).await.well();
    files::imports(&office).await;
    files::asks_about_namesakes(&office).await;
    files::goes_on(&office).await;
    files::exports(&office).await;
    office.close().await;
}

/// Loads a tree, after what was wrong with it was told by the lines of the file.
async fn loads(office: &Office) {
    let bad =
        TREE.replace("CDCS,NNN_CP,P-1,2015-01-01\nP-1-2", "CDCS,NNN_CP,P-9,2015-01-01\nP-1-2");
    let bad = office.file("bad.csv", bad.replace("Hai,CDCS,NNN_CP", "Hai,CDCX,NNN_CP"));
    let said = office.says(&["load", &bad]).await.ill();
    for expected in
        ["2 lines are refused", "bad.csv line 4, superior_code: ", "bad.csv line 5, type: "]
    {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!said.contains("again") && !said.contains("lines["), "{said}");
    let said = office.says_in("vi", &["load", &bad]).await.ill();
    for expected in
        ["chưa được nạp", "2 dòng không hợp lệ", "bad.csv dòng 4, superior_code: Không có tổ chức"]
    {
        assert!(said.contains(expected), "{said}");
    }
    let one = office.file("one.csv", TREE.replace("Hai,CDCS,NNN_CP", "Hai,CDCS,NNN_XX"));
    let said = office.says(&["load", &one]).await.ill();
    assert!(said.contains("1 line is refused"), "{said}");

    // A refused token is no reason to run the same again.
    let tree = office.file("tree.csv", TREE);
    let gateway = office.system.gateway();
    for (language, expected) in [("en", "another access token"), ("vi", "mã truy cập mới")] {
        let said = office
            .says_in(language, &["load", &tree, "--gateway", &gateway, "--token", "stale"])
            .await
            .ill();
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("again to go on") && !said.contains("chạy lại"), "{said}");
    }
    let said = office.says(&["load", &tree, "--subject", "stranger"]).await.ill();
    assert!(said.contains("held by: ADMINISTRATOR"), "{said}");

    let history = "of,from_on,name\n\nP-1-1,2016-01-01,Công đoàn Một\nP-1-1,2014-01-01,Sớm quá\n";
    let history = office.file("changes.csv", history);
    let said = office.says(&["load", &tree, "--history", &history]).await.ill();
    assert!(said.contains("changes.csv line 4, from_on: "), "{said}");

    let would = office.says(&["load", &tree, "--validate-only"]).await.well();
    assert_eq!(would, "4 organisations would be loaded; nothing was written.");
    assert_eq!(office.says(&["load", &tree]).await.well(), "4 organisations were loaded.");
    let again = office.says_in("vi", &["load", &tree]).await.well();
    assert_eq!(again, "4 tổ chức đã được nạp từ trước, theo đúng tệp này.");
    let again = office.says(&["load", &tree, "--json"]).await.json();
    assert_eq!((&again["organisations"], &again["loadedBefore"]), (&4.into(), &true.into()));
}

async fn looks_up(office: &Office) {
    // In the older way of Unicode, as some keyboards type it.
    let found = office.says(&["search", "huye\u{323}\u{302}n mo\u{323}\u{302}t"]).await.well();
    assert!(found.contains("P-1 ") && found.contains("Liên đoàn Lao động huyện Một"), "{found}");
    let found = office.says(&["search", "cong doan co so", "--json"]).await.json();
    assert_eq!(found["organisations"].as_array().map(Vec::len), Some(2));
    let listed =
        office.says_in("vi", &["search", "--within", "P-1", "--type", "CDCS"]).await.well();
    assert!(listed.contains("hoạt động") && listed.ends_with("2 tổ chức."), "{listed}");
    let none = office.says(&["search", "zzzz"]).await.well();
    assert_eq!(none, "Nothing was found.");
    let unknown = office.says_in("vi", &["search", "--commune", "Nơi khác"]).await.ill();
    assert!(unknown.contains("--commune") && unknown.contains("COMMUNE_UNKNOWN"), "{unknown}");

    let types = office.says(&["list", "types"]).await.well();
    assert!(types.contains("CDCS") && types.contains("LDLD_HUYEN"), "{types}");
    let sectors = office.says(&["list", "sectors"]).await.well();
    assert!(sectors.contains("NNN_CP"), "{sectors}");
    let roles = office.says(&["list", "roles"]).await.well();
    assert!(roles.contains("IDENTITY_OFFICER") && roles.contains("identity numbers"), "{roles}");
    let who = office.says(&["list", "roles", "--permission", "membership.identity.read", "--json"]);
    assert_eq!(who.await.json()["roles"][0]["code"], "IDENTITY_OFFICER");
    let indicators = office.says_in("vi", &["list", "indicators"]).await.well();
    assert!(indicators.contains("MBR_ADMITTED"), "{indicators}");

    // Whoever may not read the number learns who may.
    let person = office.admits("P-1-1").await;
    let shown = office.says(&["member", &person]).await.well();
    assert!(shown.contains("Nguyễn Thị Thử  1985") && shown.contains("P-1-1 Công đoàn"), "{shown}");
    assert!(shown.contains("shown to the role IDENTITY_OFFICER only"), "{shown}");
    assert!(!shown.contains("999085000001"), "{shown}");
    let shown = office.says_in("vi", &["member", &person]).await.well();
    assert!(shown.contains("chỉ hiện cho vai trò IDENTITY_OFFICER"), "{shown}");

    let error = office.says(&["search", "--commune", "nowhere", "--json"]).await.ill();
    let error: Json = serde_json::from_str(&error).expect("JSON");
    assert_eq!(error["error"]["reason"], "COMMUNE_UNKNOWN");
    assert_eq!(error["error"]["fields"][0]["place"], "--commune");
}

async fn plans(office: &Office) {
    let create = ["plan", "create", "Sắp xếp", "--effective-on", "2025-07-01"];
    let decided = ["--decision", "1/QĐ-TLĐ", "--issued-on", "2025-06-27"];
    let plan = office.says(&[&create[..], &decided[..]].concat()).await.well();

    let bad = office.file("bad_steps.csv", STEPS.replace("END,P-1,", "ENDE,P-1,"));
    let said = office.says(&["plan", "add", &plan, "--file", &bad]).await.ill();
    assert!(said.contains("line 3: kind is FOUND, END"), "{said}");
    let bad = office.file("bad_steps.csv", STEPS.replace("CD_XA,P,", "CD_XA,,"));
    let said = office.says(&["plan", "add", &plan, "--file", &bad]).await.ill();
    assert!(said.contains("1 line is refused") && said.contains("line 2, superior: "), "{said}");

    // The code of another district, and one that stands below itself.
    let first = STEPS.replace("P-1-2,REHOMED,P-1-2", "P-1-1,REHOMED,P-1-1");
    let steps = office.file("steps.csv", format!("{first}HAND_OVER,P-1-2,,,P-9,,,,,\n"));
    let said = office.says(&["plan", "add", &plan, "--file", &steps]).await.well();
    assert_eq!(said, "4 steps were added; the last line is 5.");
    let tried = office.says(&["plan", "dry-run", &plan]).await;
    for expected in [
        "line 4, successor: conflict: whoever takes over does not exist on that day (P-1-1)",
        "line 5, superior: conflict: there is no such organisation",
        "(P-9)",
    ] {
        assert!(tried.out.contains(expected), "{}", tried.out);
    }
    assert!(tried.ill().contains("mend the file"));
    let tried = office.says_in("vi", &["plan", "dry-run", &plan]).await;
    assert!(tried.out.contains("dòng 4, successor: vướng mắc: đơn vị tiếp nhận"), "{}", tried.out);
    assert!(!tried.out.contains("units"), "{}", tried.out);

    let steps = office.file("steps.csv", STEPS);
    let said = office.says(&["plan", "mend", &plan, "--file", &steps]).await.well();
    assert_eq!(said, "1 step was removed, 1 replaced, 0 added.");
    let shown = office.says(&["plan", "show", &plan]).await.well();
    assert!(shown.contains("mended since that dry run"), "{shown}");
    office.says(&["plan", "dry-run", &plan]).await.well();

    // What the register learns meanwhile outdates the plan: told by the line of the file.
    let more = office.file(
        "more.csv",
        "code,name,type,sector,superior_code,founded_on\nP-1-3,Công đoàn Ba,CDCS,HC,P-1,2015-01-01\n",
    );
    office.says(&["load", &more]).await.well();
    let said = office.says(&["plan", "commit", &plan]).await.ill();
    assert!(said.contains("PLAN_OUTDATED") && said.contains("\n  line 3"), "{said}");
    assert!(!said.contains("steps["), "{said}");
    let tried = office.says(&["plan", "dry-run", &plan, "--json"]).await.json();
    assert_eq!(tried["dryRun"]["unitsEnded"], 2);
    let done = office.says_in("vi", &["plan", "commit", &plan]).await.well();
    assert!(done.starts_with("Đã thành lập 1 đơn vị, kết thúc 2"), "{done}");
    let closed = office.says(&["plan", "remove", &plan, "3"]).await.ill();
    assert!(closed.contains("PLAN_CLOSED") && closed.contains("PLAN_ID"), "{closed}");
    for (language, expected) in [("en", "it is no id"), ("vi", "đây không phải định danh")]
    {
        let said = office.says_in(language, &["plan", "show", "abc"]).await.ill();
        assert!(said.contains(expected) && !said.contains("invalid length"), "{said}");
    }
    // A decision that is known already is named, so that the plan can rest on it.
    let twice = office.says(&[&create[..], &decided[..]].concat()).await.ill();
    assert!(twice.contains("--decision-id may name it"), "{twice}");
    office.says(&["plan", "undo", &plan]).await.well();

    // Once more under its real decision, less one step.
    let real = office.says(&[
        "plan",
        "create",
        "Nháp",
        "--decision",
        "2/QĐ-TLĐ",
        "--issued-on",
        "2025-06-30",
        "--effective-on",
        "2025-07-01",
    ]);
    let real = real.await.well();
    let known = office.says(&["plan", "show", &real, "--json"]).await.json();
    let decision = known["plan"]["decisionId"].as_str().expect("an id").to_owned();
    let copy = office.says(&["plan", "copy", &plan, "--decision-id", &decision]).await.well();
    let again = office.says(&["plan", "show", &copy, "--json"]).await.json();
    assert_eq!(
        (&again["plan"]["steps"], &again["plan"]["decisionId"]),
        (&3.into(), &decision.into())
    );
    let said = office.says(&["plan", "remove", &copy, "4", "9"]).await.ill();
    assert!(said.contains("line 9") && said.contains("STEP_UNKNOWN"), "{said}");
    let said = office.says_in("vi", &["plan", "remove", &copy, "4"]).await.well();
    assert_eq!(said, "Đã bỏ 1 bước; còn 2 bước.");
    let written = office.says(&["plan", "steps", &copy]).await.well();
    assert!(written.starts_with("kind,unit") && written.lines().count() == 3, "{written}");
    let steps = office.file("steps.csv", STEPS.replace("Công đoàn xã Thử", "Công đoàn xã Thật"));
    let said = office.says(&["plan", "replace", &copy, "2", "--file", &steps]).await.well();
    assert_eq!(said, "1 step was replaced.");
    let listed = office.says(&["plan", "list"]).await.well();
    assert!(listed.contains("undone") && listed.contains("draft"), "{listed}");

    let early = office.says(&[
        "plan",
        "create",
        "X",
        "--decision",
        "9/QĐ",
        "--issued-on",
        "2099-01-01",
        "--effective-on",
        "2099-01-01",
    ]);
    let early = early.await.ill();
    assert!(early.contains("--issued-on") || early.contains("--effective-on"), "{early}");
}

/// A code that two units bore in the period: nobody is preferred.
async fn asks_which(office: &Office) {
    let tree = "code,name,type,sector,superior_code,founded_on,ended_on,end_kind,successor_code\n\
        D,Liên đoàn cũ,LDLD_HUYEN,,P,2015-01-01,2020-07-01,MERGED,D\n\
        D-1,Công đoàn xưa,CDCS,HC,D,2015-01-01,2020-01-01,DISSOLVED,\n\
        D,Liên đoàn mới,LDLD_HUYEN,,P,2020-07-01,,,\n";
    let tree = office.file("twice.csv", tree);
    office.says(&["load", &tree]).await.well();
    let ask = |from: &'static str, to: &'static str| {
        ["explain", "MBR_STOCK", "--organisation", "D", "--from", from, "--to", to]
    };
    for (language, expected) in [("en", "say which"), ("vi", "hãy ghi rõ")] {
        let said = office.says_in(language, &ask("2020-01-01", "2020-12-31")).await.ill();
        assert!(said.contains(expected), "{said}");
        for name in ["Liên đoàn cũ", "2020-06-30", "Liên đoàn mới", "2020-07-01"] {
            assert!(said.contains(name), "{said}");
        }
    }
    let said = office.says(&ask("2020-01-01", "2020-06-30")).await.well();
    assert!(said.starts_with("Liên đoàn cũ"), "{said}");
    let said = office.says(&ask("2020-07-01", "2020-12-31")).await.well();
    assert!(said.starts_with("Liên đoàn mới"), "{said}");
    let id = office.says(&ask("2020-01-01", "2020-12-31")).await.ill();
    let id = id.lines().find(|line| line.contains("Liên đoàn cũ")).expect("named");
    let id = id.split_whitespace().next().expect("an id").to_owned();
    let ask = [
        "explain",
        "MBR_STOCK",
        "--organisation",
        &id,
        "--from",
        "2020-01-01",
        "--to",
        "2020-12-31",
    ];
    let said = office.says(&ask).await.well();
    assert!(said.starts_with("Liên đoàn cũ"), "{said}");
    // Whoever bore it that day is meant by a search, too.
    for text in [None, Some("xua")] {
        let asked = ["--within", "D", "--as-of", "2016-01-01"];
        let asked: Vec<&str> = ["search"].into_iter().chain(text).chain(asked).collect();
        let below = office.says(&asked).await.well();
        assert!(below.contains("Công đoàn xưa"), "{below}");
    }
    let nobody = office.says(&["search", "--within", "D", "--as-of", "2010-01-01"]).await.ill();
    assert!(nobody.contains("bore the code D on 2010-01-01"), "{nobody}");
    let none = office
        .says(&[
            "report",
            "BA_DINH",
            "--organisation",
            "NOBODY",
            "--from",
            "2020-01-01",
            "--to",
            "2020-12-31",
        ])
        .await
        .ill();
    assert!(none.contains("no organisation in your scope bore the code NOBODY"), "{none}");
}
