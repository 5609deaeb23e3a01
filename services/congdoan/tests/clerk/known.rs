//! What a clerk is told of what is known, and of what is not.

use sqlx::{Connection, PgConnection};

use super::{Office, STEPS};

/// A draft of these steps under a decision of this number.
async fn drafts(office: &Office, number: &str, steps: &str) -> String {
    let decided = ["--issued-on", "2025-06-30", "--effective-on", "2025-07-01"];
    let create = [&["plan", "create", "Nháp", "--decision", number], &decided[..]].concat();
    let plan = office.says(&create).await.well();
    let steps = office.file("drafted.csv", steps);
    office.says(&["plan", "add", &plan, "--file", &steps]).await.well();
    plan
}

/// Of a plan that was not run dry as it is, no zero is told.
pub async fn reviews(office: &Office) {
    let plan = drafts(office, "3/QĐ-TLĐ", STEPS).await;
    let again = ["plan", "review", &plan];
    let said = office.says(&again).await.well();
    assert!(said.contains("was not run dry") && said.contains("line 3 END P-1"), "{said}");
    assert!(!said.contains("who continue"), "{said}");
    let said = office.says_in("vi", &again).await.well();
    assert!(said.contains("chưa được chạy thử") && !said.contains("tiếp tục"), "{said}");
    let known = office.says(&["plan", "review", &plan, "--json"]).await.json();
    assert_eq!((&known["dryRun"], known.get("membersWhoContinue")), (&"".into(), None));
    let said = office.says(&["plan", "conflicts", &plan]).await.well();
    assert!(said.contains("Run it dry first"), "{said}");

    office.says(&["plan", "dry-run", &plan]).await.well();
    let said = office.says(&again).await.well();
    assert!(said.contains("members who continue"), "{said}");
    let known = office.says(&["plan", "review", &plan, "--json"]).await.json();
    assert!(known["membersWhoContinue"].is_number() && known["dryRun"] != "", "{known}");
    assert_eq!(known["mendedSince"], false);

    // Three steps were tried, of which one is left: the others stand against nothing any more.
    let one: Vec<&str> = STEPS.lines().take(2).collect();
    let one = office.file("one_step.csv", format!("{}\n", one.join("\n")));
    office.says(&["plan", "mend", &plan, "--file", &one]).await.well();
    let said = office.says(&again).await.well();
    assert!(said.contains("Run it dry again") && !said.contains("who continue"), "{said}");
    let known = office.says(&["plan", "review", &plan, "--json"]).await.json();
    assert_eq!((&known["mendedSince"], known.get("quotasOpen")), (&true.into(), None));
    let shown = office.says(&["plan", "show", &plan, "--json"]).await.json();
    assert_eq!((&shown["plan"]["steps"], &shown["dryRun"]["steps"]), (&1.into(), &3.into()));
    let said = office.says(&["plan", "commit", &plan]).await.ill();
    assert!(said.contains("line 3: this step was taken out"), "{said}");
    let copy = office.says(&["plan", "copy", &plan]).await.well();
    let said = office.says(&["plan", "review", &copy]).await.well();
    assert!(said.contains("Run it dry first"), "{said}");
}

/// All that stands against a plan can be looked up, in words.
pub async fn lists_conflicts(office: &Office) {
    let steps = STEPS.replace("CD_XA,P,", "CD_XA,NOPE,");
    let plan = drafts(office, "4/QĐ-TLĐ", &steps).await;
    let tried = office.says(&["plan", "dry-run", &plan, "--json"]).await;
    let tried: serde_json::Value = serde_json::from_str(&tried.out).expect("JSON");
    assert_eq!(tried["more"], false);
    let error: serde_json::Value =
        serde_json::from_str(&office.says(&["plan", "dry-run", &plan, "--json"]).await.err)
            .expect("a document");
    assert_eq!(error["error"]["reason"], "CONFLICTS_FOUND");
    let found = &tried["dryRun"];
    let sum = |of: &str| -> i64 {
        found["counts"].as_array().into_iter().flatten().filter_map(|one| one[of].as_i64()).sum()
    };
    let (founded, ended) = (found["unitsFounded"].as_i64(), found["unitsEnded"].as_i64());
    assert_eq!((founded, ended), (Some(1), Some(2)));
    assert_eq!(sum("after"), sum("before") + 1 - 2);

    let refused = office.says(&["plan", "commit", &plan]).await.ill();
    assert!(refused.contains("line 2, superior: there is no such organisation"), "{refused}");
    assert!(refused.contains("(NOPE)") && refused.contains("plan conflicts"), "{refused}");
    assert!(!refused.contains("this step is refused"), "{refused}");
    let refused = office.says_in("vi", &["plan", "commit", &plan]).await.ill();
    assert!(refused.contains("dòng 2, superior: không có tổ chức này"), "{refused}");
    let said = office.says(&["plan", "conflicts", &plan]).await.well();
    assert!(said.contains("line 2, superior: conflict: there is no such"), "{said}");
    let listed = office.says(&["plan", "conflicts", &plan, "--json"]).await.json();
    let count = listed["conflicts"].as_array().map_or(0, Vec::len);
    assert!(count > 0 && said.contains(&format!("{count} conflict")), "{said}");
    let shown = office.says(&["plan", "show", &plan]).await.well();
    assert!(shown.contains(&format!("congdoan plan conflicts {plan}")), "{shown}");
}

/// A plan that is done or undone is not mended, though its file is what it was.
pub async fn mends_no_plan_that_is_closed(office: &Office) {
    let plan = drafts(office, "5/QĐ-TLĐ", STEPS).await;
    let steps = office.file("same.csv", STEPS);
    let mend = ["plan", "mend", &plan, "--file", &steps];
    let said = office.says(&mend).await.well();
    assert_eq!(said, "0 steps were removed, 0 replaced, 0 added.");
    office.says(&["plan", "dry-run", &plan]).await.well();
    office.says(&["plan", "commit", &plan]).await.well();
    assert!(office.says(&mend).await.ill().contains("PLAN_CLOSED"));
    let ended = office.says(&["search", "--within", "P", "--status", "ended"]).await.well();
    assert!(ended.contains("P-1-1"), "{ended}");
    office.says(&["plan", "undo", &plan]).await.well();
    assert!(office.says(&mend).await.ill().contains("PLAN_CLOSED"));
    let written = office.file("written.csv", "mine");
    let said = office.says(&["plan", "steps", &plan, "--file", &written]).await.ill();
    assert!(said.contains("is not overwritten"), "{said}");
    assert_eq!(std::fs::read_to_string(&written).expect("read"), "mine");
}

/// A cut is told as one, and not as the count.
pub async fn searches(office: &Office) {
    let mut many = String::from("code,name,type,sector,superior_code,founded_on\n");
    for n in 0..60 {
        many.push_str(&format!("N-{n},Công đoàn Nhiều {n},CDCS,HC,P-1,2015-01-01\n"));
    }
    let many = office.file("many.csv", many);
    office.says(&["load", &many]).await.well();
    let below = ["search", "--within", "P-1", "--limit"];
    let cut = office.says(&[&below[..], &["5"]].concat()).await.well();
    assert!(cut.ends_with("Only the first 5 organisations; there are more: --limit prints more."));
    let cut = office.says_in("vi", &[&below[..], &["5"]].concat()).await.well();
    assert!(cut.contains("Chỉ in 5 tổ chức đầu; còn nữa"), "{cut}");
    let all = office.says(&[&below[..], &["1000", "--json"]].concat()).await.json();
    let count = all["organisations"].as_array().map_or(0, Vec::len);
    assert!(count >= 60 && all["more"] == false, "{count}");
    for (limit, more) in [(count, false), (count - 1, true)] {
        let limit = limit.to_string();
        let cut = office.says(&[&below[..], &[&limit, "--json"]].concat()).await.json();
        assert_eq!(cut["more"], more, "{limit}");
    }
    let prefixed = office.says(&["search", "--code-prefix", "N-", "--limit", "7"]).await.well();
    assert!(prefixed.contains("Only the first 7"), "{prefixed}");

    let found = office.says(&["search", "cong doan nhieu"]).await.well();
    assert!(found.contains("Only the first 50") && found.contains("finds at most 50"), "{found}");
    let found = office.says(&["search", "cong doan nhieu", "--json"]).await.json();
    assert_eq!(found["more"], true);
    let found = office.says(&["search", "cong doan nhieu", "--limit", "3"]).await.well();
    assert!(found.contains("Only the first 3"), "{found}");
    let few = office.says(&["search", "huyen mot", "--json"]).await.json();
    assert_eq!(few["more"], false);
}

/// What is asked of a code that nobody bore, or that several did, is told to a program too.
pub async fn says_why_a_code_is_nobodys(office: &Office) {
    let year = ["--from", "2020-01-01", "--to", "2020-12-31", "--json"];
    for (code, reason) in [("D", "CODE_AMBIGUOUS"), ("NOBODY", "CODE_UNKNOWN")] {
        let ask = [&["explain", "MBR_STOCK", "--organisation", code], &year[..]].concat();
        let said = office.says(&ask).await.ill();
        let error: serde_json::Value = serde_json::from_str(&said).expect("a document");
        let error = &error["error"];
        assert_eq!(
            (&error["reason"], &error["fields"][0]["field"]),
            (&reason.into(), &"--organisation".into())
        );
    }
    for (language, expected) in
        [("en", "it is bootstrapped once"), ("vi", "chỉ lập Tổng Liên đoàn một lần")]
    {
        let again = office.says_in(language, &["bootstrap", "--subject", "me"]).await.ill();
        assert!(again.contains(expected), "{again}");
    }
    let again = office.says(&["bootstrap", "--subject", "me", "--json"]).await.ill();
    let error: serde_json::Value = serde_json::from_str(&again).expect("a document");
    assert_eq!(error["error"]["reason"], "ALREADY_BOOTSTRAPPED");
}

/// A report names what is wrong with what was asked as the command line has it.
pub async fn reports(office: &Office) {
    let ask = |rest: &[&'static str]| {
        let all = [&["report", "BA_DINH", "--organisation"], rest].concat();
        async move { office.says(&all).await }
    };
    let year = ["P", "--from", "2020-01-01", "--to", "2020-12-31"];
    let with = |parameter| [&year[..], &["--parameter", parameter]].concat();
    let said = ask(&["P", "--from", "2020-01-01", "--to", "2999-12-31"]).await.ill();
    assert!(said.contains("\n  --to") && !said.contains("as_of"), "{said}");
    let said = ask(&with("x=1")).await.ill();
    assert!(said.contains("--parameter x") && !said.contains("parameters["), "{said}");
    assert!(said.contains("decimals (1): How many decimals"), "{said}");
    let said = ask(&with("decimals=9")).await.ill();
    assert!(said.contains("--parameter decimals") && said.contains("from 0 to 4"), "{said}");
    let said = ask(&["", "--from", "2020-01-01", "--to", "2020-12-31"]).await.ill();
    assert!(said.contains("\n  --organisation") && !said.contains("\n  code"), "{said}");
    let said = office.says(&["plan", "list", "--organisation", ""]).await.ill();
    assert!(said.contains("--organisation") && !said.contains("codes["), "{said}");

    let early = ask(&["P", "--from", "2034-01-01", "--to", "2034-12-31"]).await;
    assert_eq!(early.code, Some(3), "{}", early.err);
    assert!(early.err.contains("has not begun") && !early.out.is_empty(), "{}", early.err);
    let early = ask(&["P", "--from", "2034-01-01", "--to", "2034-12-31", "--json"]).await;
    let error: serde_json::Value = serde_json::from_str(&early.err).expect("a document");
    assert_eq!(error["error"]["reason"], "FIGURES_INCOMPLETE");

    let listed = office.says(&["report", "--list"]).await.well();
    assert!(listed.contains("Results of a union's work"), "{listed}");
    assert!(listed.contains("How many decimals") && !listed.contains("Số chữ số"), "{listed}");
    let listed = office.says_in("vi", &["report", "--list"]).await.well();
    assert!(listed.contains("Số chữ số thập phân"), "{listed}");
}

/// Migrations of one service do not fit the database of another, and that is said.
pub async fn migrates(office: &Office) {
    let registry = office.system.database("registry").expect("a database").owner_url.clone();
    for (language, expected) in [
        ("en", "this is the database of registry, and not that of membership"),
        ("vi", "đây là cơ sở dữ liệu của registry, không phải của membership"),
    ] {
        let said = super::alone(language, &["migrate", "membership", "--database", &registry]);
        let said = said.ill();
        assert!(said.contains(expected), "{said}");
    }
    let said = super::alone("en", &["--json", "migrate", "membership", "--database", &registry]);
    let error: serde_json::Value = serde_json::from_str(&said.ill()).expect("a document");
    assert_eq!(error["error"]["reason"], "DATABASE_OF_ANOTHER");
    super::alone("en", &["migrate", "registry", "--database", &registry]).well();
}

/// An operator sees how far a service follows others, and helps it where it halted, only there.
pub async fn feeds(office: &Office) {
    let membership = office.system.database("membership").expect("a database").owner_url.clone();
    let of = ["--database", &*membership];
    let show = [&["feed", "show", "membership"], &of[..]].concat();
    assert!(super::alone("en", &show).well().contains("registry: followed up to position "));

    let change = "0190b2c4-0000-7000-8000-000000000007";
    let skip = ["feed", "skip", "membership", "--source", "registry", "--change", change];
    let skip = [&skip[..], &["--by", "vận hành", "--reason", "unreadable"], &of[..]].concat();
    for (language, expected) in [
        ("en", "membership has not halted at this change of registry's"),
        ("vi", "membership không dừng ở thay đổi này của registry"),
    ] {
        let said = super::alone(language, &skip).ill();
        assert!(said.contains(expected), "{said}");
    }
    let mut owner = PgConnection::connect(&membership).await.expect("connected");
    sqlx::query(
        "update feed.follower set halted = 'UNREADABLE at position 7: ' || $1, halted_at = now()
         where source = 'registry'",
    )
    .bind(change)
    .execute(&mut owner)
    .await
    .expect("halted");
    let said = super::alone("vi", &show).well();
    assert!(said.contains("dừng sau vị trí") && said.contains(change), "{said}");
    super::alone("en", &skip).well();
    let kept: (String, String, Option<String>) = sqlx::query_as(
        "select skipped_by, skipped.reason, halted from feed.skipped join feed.follower using (source)",
    )
    .fetch_one(&mut owner)
    .await
    .expect("read");
    assert_eq!(kept, ("vận hành".to_owned(), "unreadable".to_owned(), None));

    let epoch = "select epoch::text from feed.head";
    let before: String = sqlx::query_scalar(epoch).fetch_one(&mut owner).await.expect("read");
    let restored = [&["--json", "feed", "restored", "membership"], &of[..]].concat();
    let said: serde_json::Value =
        serde_json::from_str(&super::alone("en", &restored).well()).expect("a document");
    let after: String = sqlx::query_scalar(epoch).fetch_one(&mut owner).await.expect("read");
    assert_ne!(before, after);
    assert_eq!(said["epoch"], after);
}

/// An operator sees how far a rebuild is and what it found, and cancels one.
pub async fn rebuilds(office: &Office) {
    let reporting = office.system.database("reporting").expect("a database").owner_url.clone();
    let of = ["--database", &*reporting];
    let show = [&["rebuild", "show"], &of[..]].concat();
    assert!(super::alone("en", &show).well().contains("Nothing was ever rebuilt."));
    let mut owner = PgConnection::connect(&reporting).await.expect("connected");
    sqlx::raw_sql(
        "insert into rebuild (rebuild_id, begun_by, reason, registry_position, registry_head)
         values ('0190b2c4-0000-7000-8000-000000000009', 'vận hành', 'TICKET-9', 7, 12);
         insert into rebuild_difference values ('0190b2c4-0000-7000-8000-000000000009', 'fact', 3, 2, 0);
         insert into rebuild_counted values ('0190b2c4-0000-7000-8000-000000000009', 'MBR_EXITED', 5, -4)",
    )
    .execute(&mut owner)
    .await
    .expect("begun");
    let said = super::alone("en", &show).well();
    for expected in [
        "begun by vận hành: TICKET-9",
        "registry up to 7 of 12",
        "fact: 3 rows missing, 2 too many, 0 otherwise",
        "MBR_EXITED: 5 facts came or went, -4 in all",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(super::alone("vi", &show).well().contains("fact: thiếu 3, thừa 2, khác 0 dòng"));
    let nobody = [&["rebuild", "cancel", "--by", " "], &of[..]].concat();
    assert!(super::alone("en", &nobody).ill().contains("--by has 1 to 1000 letters"));
    let cancel = [&["--json", "rebuild", "cancel", "--by", "vận hành"], &of[..]].concat();
    let said: serde_json::Value =
        serde_json::from_str(&super::alone("en", &cancel).well()).expect("a document");
    assert_eq!(said["cancelled"], "0190b2c4-0000-7000-8000-000000000009");
    assert!(super::alone("vi", &show).well().contains("Đã hủy"));
    let said: serde_json::Value =
        serde_json::from_str(&super::alone("en", &cancel).well()).expect("a document");
    assert_eq!(said["cancelled"], serde_json::Value::Null);
}
