//! A closing is verified from files alone: no system runs here.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use chassis::config::SecretFile;
use chassis::database::today;
use chassis::parse::civil;
use chassis::signing::{SigningKeys, create};
use congdoan::output::json;
use proto::reporting::v1 as pb;
use reporting::closing::chain::sign;
use reporting::closing::wire::{key, verify_export};
use time::macros::date;

/// A closing of two cells, signed.
fn export(keys: &SigningKeys) -> pb::ClosingExport {
    let cell = |place, line: &str, name: &str| pb::ClosingCell {
        place,
        indicator: "MBR_STOCK".to_owned(),
        line: line.to_owned(),
        name: name.to_owned(),
        value: 16,
        denominator: 0,
    };
    let closing = pb::Closing {
        closing_id: "0197c0de-5c1e-7a30-9b1f-3f0a9d2c41b7".to_owned(),
        organisation_id: "0197c0de-5c1e-7a30-9b1f-3f0a9d2c41b8".to_owned(),
        organisation_name: "LĐLĐ quận Ba Đình".to_owned(),
        period: Some(pb::Period {
            from_on: Some(civil(date!(2020 - 12 - 01))),
            through_on: Some(civil(date!(2021 - 11 - 30))),
        }),
        revision: 1,
        tree_on: Some(civil(date!(2021 - 11 - 30))),
        cells: 2,
        actor: "officer".to_owned(),
        ..pb::Closing::default()
    };
    let cells = vec![cell(1, "TOTAL", ""), cell(2, "ITSELF", "trực tiếp")];
    let mut export = pb::ClosingExport { closing: Some(closing), cells };
    let digest = verify_export(&export, &[]).digest;
    let signed = sign(keys, today(), &digest).expect("signed");
    let closing = export.closing.as_mut().expect("a closing");
    (closing.digest, closing.key_id, closing.signature) = (digest, signed.key_id, signed.signature);
    export
}

fn verify(export: &Path, keys: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_congdoan"));
    command.args(["--lang", "en", "closing", "verify"]).arg(export).arg("--keys").arg(keys);
    command.output().expect("the program starts")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_exported_closing_is_verified_without_a_network_and_a_changed_cell_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let opened = |name: &str| {
        create(&at(name), today()).expect("created");
        SigningKeys::open(&SecretFile::at(at(name)), today()).expect("opened")
    };
    let (keys, others) = (opened("keys.toml"), opened("others.toml"));
    let published = |keys: &SigningKeys| {
        let keys = keys.published().into_iter().map(key).collect();
        json(&pb::ListClosingKeysResponse { keys }).expect("JSON").to_string()
    };
    fs::write(at("keys.json"), published(&keys)).expect("written");
    fs::write(at("others.json"), published(&others)).expect("written");
    let text = json(&export(&keys)).expect("JSON").to_string();
    fs::write(at("closing.json"), &text).expect("written");

    let verified = verify(&at("closing.json"), &at("keys.json"));
    assert!(verified.status.success(), "{}", words(&verified.stderr));
    assert!(words(&verified.stdout).contains("LĐLĐ quận Ba Đình, revision 1"));

    let changed = text.replacen("\"16\"", "\"17\"", 1);
    assert_ne!(changed, text);
    fs::write(at("changed.json"), changed).expect("written");
    let refused = verify(&at("changed.json"), &at("keys.json"));
    assert!(!refused.status.success());
    assert!(words(&refused.stderr).contains("The chain does not hold"));

    let refused = verify(&at("closing.json"), &at("others.json"));
    assert!(!refused.status.success());
    assert!(words(&refused.stderr).contains("The signature is of no key"));
}
