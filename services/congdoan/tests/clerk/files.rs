//! Members of a file are taken in, as a clerk does it: whoever was not comes back with the reason.

use std::fs;

use congdoan::organisation;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::{Header, Lines, Part};
use uuid::Uuid;

use super::{Office, assert_plain};

const LIST: &str = "\
DANH SÁCH ĐOÀN VIÊN;;;;;
STT;Họ và tên;Ngày sinh;Giới tính;Số CCCD;Ngày vào công đoàn;Quê quán
1;Lê Thị Một;31/5/1990;Nữ;999190000001;;Hà Nội
2;Lê Văn Hai;1985;Nam;999085000002;01/02/2020;
3;Lê Văn Ba;5/31/1990;Nam;999090000003;;
4;Lê Văn Tư;1986;Nam;;;
5;Lê Thị Năm;1980;Nữ;999180000005;01/02/2010;
;Người lập danh sách;;;;;
";

fn import<'a>(file: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let terms = ["members", "import", file, "--union", "P-1-1", "--effective-on", "2020-03-01"];
    [&terms[..], rest].concat()
}

/// A list is checked, taken in, corrected and taken in again; the same again changes nothing.
pub async fn imports(office: &Office) {
    let file = office.file("list.csv", LIST);
    let said = office.says(&import(&file, &["--validate-only"])).await;
    let (out, err) = (said.out.clone(), said.ill());
    assert!(out.contains("3 people would become members"), "{out}{err}");
    assert!(members(office).await.is_empty());
    let checked = office.folder.path().join("list.refused.csv");
    fs::remove_file(&checked).expect("who would not be taken is written down as well");

    for again in [false, true] {
        let said = office.says(&import(&file, &[])).await;
        let (out, err) = (said.out.clone(), said.ill());
        assert!(out.contains("3 people became members, 0 were members already."), "{out}{err}");
        assert!(out.contains("does not take these columns yet: Quê quán."), "{out}");
        assert!(out.contains("passed over: 8"), "{out}");
        assert_eq!(out.contains("4 lines were done before"), again, "{out}");
        let name = if again { "list.refused-2.csv" } else { "list.refused.csv" };
        assert!(
            err.contains("2 lines of list.csv could not be taken") && err.contains(name),
            "{err}"
        );
        assert_plain(&out);
        assert_eq!(members(office).await, ["Lê Thị Một", "Lê Văn Hai", "Lê Văn Tư"]);
    }

    let refused = fs::read_to_string(checked).expect("the refused lines");
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!(lines.len(), 3, "{refused}");
    assert!(lines[1].starts_with("3,Lê Văn Ba,5/31/1990,Nam,999090000003,,,5,"), "{refused}");
    assert!(lines[1].contains("the date is American"), "{refused}");
    assert!(lines[2].starts_with("5,Lê Thị Năm,1980,Nữ,999180000005,01/02/2010,,7,"), "{refused}");
    assert!(lines[2].contains("does not exist yet on that day"), "{refused}");

    let corrected = refused.replace("5/31/1990", "31/5/1990").replace("01/02/2010", "01/02/2016");
    let corrected = office.file("corrected.csv", corrected);
    let said = office.says(&import(&corrected, &[])).await.well();
    assert!(said.contains("2 people became members"), "{said}");
    assert_eq!(members(office).await.len(), 5);
}

/// Somebody of the name and birth of a member is asked about, and taken when it is said that she is
/// another.
pub async fn asks_about_namesakes(office: &Office) {
    let file = "Họ và tên,Năm sinh,Giới tính\nLê Văn Tư,1986,Nam\n";
    let file = office.file("namesake.csv", file);
    let said = office.says_in("vi", &import(&file, &[])).await.ill();
    assert!(said.contains("1 dòng của namesake.csv chưa được nhận"), "{said}");
    let refused = office.folder.path().join("namesake.refused.csv");
    let refused = fs::read_to_string(refused).expect("the refused lines");
    assert!(refused.contains("Là người khác") && refused.contains("đánh dấu x"), "{refused}");
    let marked = format!("{},x\n", refused.trim_end());
    let marked = office.file("marked.csv", marked);
    let said = office.says(&import(&marked, &["--json"])).await.json();
    assert_eq!((&said["admitted"], &said["candidates"]), (&1.into(), &0.into()), "{said}");
}

/// An import that broke off is gone on with, by its id.
pub async fn goes_on(office: &Office) {
    let list: String =
        (0..2_500).map(|n| format!("Phạm Văn {n},1990,Nam,9990910{n:05},P-1-2\n")).collect();
    let file =
        office.file("many.csv", format!("Họ tên,Năm sinh,Giới tính,CCCD,Mã công đoàn\n{list}"));
    let client = office.system.client("me").await.expect("connected");
    let union = organisation::today(&client, "P-1-2").await.expect("found").organisation_id;
    let id = Uuid::new_v4();
    let header = Header {
        request_id: id.to_string(),
        kind: pb::AdmissionKind::Admitted.into(),
        effective_on: Some(chassis::parse::civil(time::macros::date!(2020 - 03 - 01))),
        continues: true,
        ..Header::default()
    };
    let line = |n: usize| pb::ImportLine {
        person: Some(pb::PersonLine {
            name: format!("Phạm Văn {n}"),
            sex: pb::Sex::Male.into(),
            birth_year: 1990,
            identity_number: format!("9990910{n:05}"),
            ..pb::PersonLine::default()
        }),
        organisation_id: union.clone(),
        ..pb::ImportLine::default()
    };
    let lines = Part::Lines(Lines { lines: (0..700).map(line).collect() });
    let parts =
        [Part::Header(header), lines].map(|part| pb::ImportMembersRequest { part: Some(part) });
    let begun = client.imports().import_members(futures_util::stream::iter(parts)).await;
    assert_eq!(
        begun.expect("begun").into_inner().import.map(|import| import.lines_done),
        Some(700)
    );

    let id = id.to_string();
    let arguments =
        ["members", "import", &file, "--effective-on", "2020-03-01", "--request-id", &id];
    let said = office.says(&arguments).await.well();
    assert!(said.contains("700 lines were done before"), "{said}");
    assert!(said.contains("2500 people became members, 0 were"), "{said}");
}

/// Members are written to a file, whole or not at all, and never over another.
pub async fn exports(office: &Office) {
    let path = |name: &str| office.folder.path().join(name);
    for name in ["out.csv", "out.xlsx"] {
        let file = path(name).display().to_string();
        let asked = ["members", "export", &file, "--organisation", "P-1-2"];
        let said = office.says(&asked).await.well();
        assert!(said.contains("2500 members are in") && said.contains(name), "{said}");
        let said = office.says(&asked).await.ill();
        assert!(said.contains("is there already"), "{said}");
        assert!(!path(&format!("{name}.part")).exists());
    }
    let listed = fs::read_to_string(path("out.csv")).expect("the file");
    assert_eq!(listed.lines().count(), 2_501);
    assert!(!listed.contains("9990910"), "numbers are for whoever may read them");
    assert!(fs::read(path("out.xlsx")).expect("the file").starts_with(b"PK"));
    let file = path("numbers.csv").display().to_string();
    let asked = ["members", "export", &file, "--organisation", "P-1-2", "--with-identity"];
    office.says(&asked).await.ill();
    assert!(!path("numbers.csv").exists() && !path("numbers.csv.part").exists());
}

/// Who is a member of the first union, by name.
async fn members(office: &Office) -> Vec<String> {
    let client = office.system.client("me").await.expect("connected");
    let union = organisation::today(&client, "P-1-1").await.expect("found");
    let request = pb::ListMembersRequest {
        organisation_id: union.organisation_id,
        page_size: 500,
        ..Default::default()
    };
    let listed = client.memberships().list_members(request).await.expect("listed").into_inner();
    let mut names: Vec<String> = listed.members.into_iter().map(|member| member.name).collect();
    names.sort();
    names
}
