//! What is told of a reason is whole, or is not compiled; and the comments of the methods name
//! the reasons that there are.

#[path = "../build/reasons.rs"]
mod reasons;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use prost_reflect::DescriptorPool;
use proto::reason::{all, code_name, named, names};

/// What is written of a contract of its own, which says this of its only reason.
fn written(domain: &str, said: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let contract = format!(
        r#"
        syntax = "proto3";
        package congdoan.made.v1;
        import "congdoan/refusal/v1/told.proto";
        enum Reason {{
          {domain}
          REASON_UNSPECIFIED = 0;
          REASON_NAME_TAKEN = 1 {said};
        }}
        "#
    );
    fs::write(folder.path().join("made.proto"), contract).expect("written");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiler = protox::Compiler::new([folder.path(), own]).expect("folders");
    compiler.include_imports(true).open_file("made.proto").expect("a contract");
    reasons::written(&compiler.encode_file_descriptor_set()).map_err(|error| error.to_string())
}

const DOMAIN: &str = r#"option (congdoan.refusal.v1.domain) = "made.congdoan.vn";"#;

fn told(said: &str) -> Result<String, String> {
    written(DOMAIN, &format!("[(congdoan.refusal.v1.told) = {{ {said} }}]"))
}

#[test]
fn a_reason_with_its_code_and_its_sentences_is_written() {
    let made = told(r#"code: "ALREADY_EXISTS" vi: "Đã có tên {name}." en: "{name} is taken""#);
    let made = made.expect("written");
    for part in ["tonic::Code::AlreadyExists", "Đã có tên {name}.", "made.congdoan.vn"] {
        assert!(made.contains(part), "{part} is not in {made}");
    }
}

#[test]
fn a_reason_without_its_code_or_a_sentence_is_refused() {
    for (said, fault) in [
        (r#"vi: "Đã có." en: "taken""#, "NAME_TAKEN has no code of a refusal"),
        (r#"code: "OK" vi: "Đã có." en: "taken""#, "NAME_TAKEN has no code of a refusal"),
        (r#"code: "ABORTED" en: "taken""#, "NAME_TAKEN says nothing in `vi`"),
        (r#"code: "ABORTED" vi: "Đã có." en: " ""#, "NAME_TAKEN says nothing in `en`"),
        (
            r#"code: "ABORTED" vi: "Đã có." en: "taken" brief { vi: "đã có" }"#,
            "NAME_TAKEN says nothing in `en`",
        ),
        (
            r#"code: "ABORTED" vi: "Đã có." en: "taken" instead { vi: "Có." en: "yes" }"#,
            "NAME_TAKEN says something else nowhere",
        ),
        (
            r#"code: "ABORTED" vi: "Đã có {tên}." en: "taken""#,
            "NAME_TAKEN: what stands at \"{tên}.\" is no name of the metadata",
        ),
    ] {
        let refused = told(said).expect_err(said);
        assert!(refused.contains(fault), "{said}: {refused}");
    }
    let refused = written(DOMAIN, "").expect_err("refused");
    assert_eq!(refused, "NAME_TAKEN has no code and no sentences");
    let said = r#"[(congdoan.refusal.v1.told) = { code: "ABORTED" vi: "Có." en: "yes" }]"#;
    let refused = written("", said).expect_err("refused");
    assert_eq!(refused, "congdoan.made.v1.Reason has no domain");
}

fn contracts() -> DescriptorPool {
    DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts are whole")
}

/// What a client may expect of a method stands where it reads of the method.
#[test]
fn every_method_names_what_it_refuses_with() {
    let methods = named::methods(&contracts());
    assert!(methods.len() > 120, "only {} methods were found", methods.len());
    let mut findings = Vec::new();
    for (path, method) in methods {
        if !method.says {
            findings.push(format!("{path} has no \"Errors:\""));
        }
        for name in method.unknown {
            findings.push(format!("{path}: there is no reason {name}"));
        }
        for name in method.miscoded {
            findings.push(format!("{path}: {name} stands after another code than its own"));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_reason_is_named_by_a_method_or_may_be_that_of_any_call() {
    let methods = named::methods(&contracts());
    let named: BTreeSet<_> = methods.into_values().flat_map(|method| method.reasons).collect();
    let mut findings = Vec::new();
    for reasons in all() {
        for told in reasons.told.iter().filter(|told| !told.general) {
            if !named.contains(&(reasons.domain, told.reason)) {
                findings.push(format!("{}: {}", reasons.package, told.reason));
            }
        }
    }
    let advice = "say it under \"Errors:\" of the methods that refuse so:";
    assert!(findings.is_empty(), "{advice}\n{}", findings.join("\n"));
}

/// The worked example in the comment of a reason has all that its sentences tell.
#[test]
fn every_name_in_a_sentence_is_in_the_example() {
    let pool = contracts();
    let mut found = 0;
    for reasons in all() {
        let path = format!("{}.Reason", reasons.package);
        let values = pool.get_enum_by_name(&path).expect("an enumeration");
        let file = values.parent_file();
        let info = file.file_descriptor_proto().source_code_info.as_ref().expect("comments");
        for told in reasons.told {
            let value = values.get_value_by_name(&format!("REASON_{}", told.reason));
            let value = value.expect("a value");
            let location = info.location.iter().find(|location| location.path == value.path());
            let comment = location.map_or("", |location| location.leading_comments());
            for name in names(told.vi) {
                found += 1;
                let quoted = format!("\"{name}\":");
                assert!(comment.contains(&quoted), "{}: no example of {name}", told.reason);
            }
        }
    }
    assert!(found > 40, "only {found} names were found");
}

const PAGE: &str = "../docs/reasons.md";
/// Writes the page anew instead of holding it to the contracts.
const WRITE: &str = "CONGDOAN_WRITE_DOCS";

/// All reasons on one page: what is told of each, and which methods name it.
fn page() -> String {
    let methods = named::methods(&contracts());
    let mut page = String::from(
        "# Why a call is refused\n\n\
         Written from the contracts (`proto/congdoan/*/v1/reason.proto`) by\n\
         `CONGDOAN_WRITE_DOCS=1 cargo test -p proto --test reasons`; a test holds it to them. How a\n\
         reason is added is told in [adding-a-refusal-reason.md](adding-a-refusal-reason.md), and\n\
         what each means, with an example, in its contract.\n\n\
         A name in braces stands for what the metadata of the refusal has under it. What is said\n\
         instead where the metadata tells more follows its condition.\n",
    );
    for reasons in all() {
        page.push_str(&format!("\n## {} (`{}`)\n\n", reasons.domain, reasons.package));
        page.push_str("| Reason | Code | Sentences | Named by |\n| --- | --- | --- | --- |\n");
        for told in reasons.told {
            let mut said = format!("{}<br>{}", told.vi, told.en);
            for instead in told.instead {
                let value = if instead.value.is_empty() { "…" } else { instead.value };
                let condition = format!("`{}` = `{value}`", instead.key);
                said.push_str(&format!("<br>{condition}: {}<br>{}", instead.vi, instead.en));
            }
            let mut by: Vec<&str> = methods
                .iter()
                .filter(|(_, method)| method.reasons.contains(&(reasons.domain, told.reason)))
                .filter_map(|(path, _)| path.rsplit('/').next())
                .collect();
            by.sort_unstable();
            let by = match told.general {
                true => "any call".to_string(),
                false => by.join(", "),
            };
            let code = code_name(told.code);
            page.push_str(&format!("| `{}` | {code} | {said} | {by} |\n", told.reason));
        }
    }
    page
}

#[test]
fn the_page_of_reasons_is_what_the_contracts_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = page();
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &page).expect("written");
    }
    let kept = fs::read_to_string(&path).expect("docs/reasons.md");
    assert!(
        kept == page,
        "docs/reasons.md is not what the contracts say: {WRITE}=1 writes it anew"
    );
}
