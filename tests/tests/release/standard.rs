//! How contracts are written: buf's STANDARD rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use prost_reflect::prost::Message;
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet,
};

/// Where our contracts deliberately differ: the rule, what is excused, and why. `*` stands for
/// anything at the end.
const EXCUSED: &[(&str, &str, &str)] = &[
    (
        "RPC_RESPONSE_STANDARD_NAME",
        "congdoan.membership.v1.ExportService.DownloadExport: google.api.HttpBody",
        "a file: HTTP answers the bytes themselves, by the name that every transcoder knows",
    ),
    (
        "RPC_RESPONSE_STANDARD_NAME",
        "congdoan.reporting.v1.ReportService.RenderReport: google.api.HttpBody",
        "a file: HTTP answers the bytes themselves, by the name that every transcoder knows",
    ),
    (
        "RPC_RESPONSE_STANDARD_NAME",
        "congdoan.reporting.v1.ReportService.DownloadPrinting: google.api.HttpBody",
        "a file: HTTP answers the bytes themselves, by the name that every transcoder knows",
    ),
    (
        "RPC_RESPONSE_STANDARD_NAME",
        "congdoan.membership.v1.ImportService.ExportRefusedLines: google.api.HttpBody",
        "a file: HTTP answers the bytes themselves, by the name that every transcoder knows",
    ),
    (
        "RPC_REQUEST_RESPONSE_UNIQUE",
        "google.api.HttpBody",
        "a file is a file, whatever is in it, and says by itself what it is",
    ),
];

/// What breaks a rule: its name, and what.
type Found = Vec<(&'static str, String)>;

fn ours() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).expect("a set");
    let ours = set.file.into_iter().filter(|file| file.package().starts_with("congdoan"));
    let ours: Vec<_> = ours.collect();
    assert!(ours.len() > 30, "{} contracts", ours.len());
    ours
}

fn is_lower_snake(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let ends = name.starts_with('_') || name.ends_with('_') || name.contains("__");
    name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase()) && !ends
}

fn is_pascal(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
}

fn is_upper_snake(name: &str) -> bool {
    is_lower_snake(&name.to_ascii_lowercase()) && name == name.to_ascii_uppercase()
}

/// `OrganisationStatus` as its values begin: `ORGANISATION_STATUS_`.
fn prefix(name: &str) -> String {
    let mut prefix = String::new();
    for (n, letter) in name.chars().enumerate() {
        if n > 0 && letter.is_ascii_uppercase() {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    prefix + "_"
}

fn lint(files: &[FileDescriptorProto]) -> Found {
    let mut found = Found::new();
    // How often each message is what a method takes or answers.
    let mut spoken: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let (name, package) = (file.name(), file.package());
        let (folder, base) = name.rsplit_once('/').unwrap_or(("", name));
        if folder.replace('/', ".") != package {
            found.push(("PACKAGE_DIRECTORY_MATCH", format!("{name} is of {package}")));
        }
        if !package.split('.').all(is_lower_snake) {
            found.push(("PACKAGE_LOWER_SNAKE_CASE", package.to_owned()));
        }
        let version = package.rsplit('.').next().unwrap_or_default().strip_prefix('v');
        if !version.is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number > 0)) {
            found.push(("PACKAGE_VERSION_SUFFIX", package.to_owned()));
        }
        if !is_lower_snake(base.strip_suffix(".proto").unwrap_or_default()) {
            found.push(("FILE_LOWER_SNAKE_CASE", name.to_owned()));
        }
        if file.syntax() != "proto3" {
            found.push(("SYNTAX_SPECIFIED", name.to_owned()));
        }
        if !file.public_dependency.is_empty() {
            found.push(("IMPORT_NO_PUBLIC", name.to_owned()));
        }
        if !file.weak_dependency.is_empty() {
            found.push(("IMPORT_NO_WEAK", name.to_owned()));
        }
        for message in &file.message_type {
            messages(message, package, &mut found);
        }
        for kind in &file.enum_type {
            enums(kind, package, &mut found);
        }
        for extension in &file.extension {
            if !is_lower_snake(extension.name()) {
                found.push(("FIELD_LOWER_SNAKE_CASE", format!("{package}.{}", extension.name())));
            }
        }
        for service in &file.service {
            let full = format!("{package}.{}", service.name());
            if !is_pascal(service.name()) {
                found.push(("SERVICE_PASCAL_CASE", full.clone()));
            }
            if !service.name().ends_with("Service") {
                found.push(("SERVICE_SUFFIX", full.clone()));
            }
            for method in &service.method {
                let full = format!("{full}.{}", method.name());
                if !is_pascal(method.name()) {
                    found.push(("RPC_PASCAL_CASE", full.clone()));
                }
                for (spoken_of, suffix, rule) in [
                    (method.input_type(), "Request", "RPC_REQUEST_STANDARD_NAME"),
                    (method.output_type(), "Response", "RPC_RESPONSE_STANDARD_NAME"),
                ] {
                    let own = format!(".{package}.{}{suffix}", method.name());
                    let longer = format!(".{package}.{}{}{suffix}", service.name(), method.name());
                    if spoken_of != own && spoken_of != longer {
                        found.push((rule, format!("{full}: {}", &spoken_of[1..])));
                    }
                    *spoken.entry(spoken_of[1..].to_owned()).or_default() += 1;
                }
            }
        }
    }
    let often = spoken.into_iter().filter(|(_, times)| *times > 1);
    found.extend(often.map(|(message, _)| ("RPC_REQUEST_RESPONSE_UNIQUE", message)));
    found
}

fn messages(message: &DescriptorProto, scope: &str, found: &mut Found) {
    let full = format!("{scope}.{}", message.name());
    let is_map = message.options.as_ref().is_some_and(|options| options.map_entry());
    if !is_pascal(message.name()) {
        found.push(("MESSAGE_PASCAL_CASE", full.clone()));
    }
    for field in &message.field {
        if !is_lower_snake(field.name()) {
            found.push(("FIELD_LOWER_SNAKE_CASE", format!("{full}.{}", field.name())));
        }
    }
    for oneof in &message.oneof_decl {
        // An optional field is one of one, which the compiler names.
        let own = oneof.name().strip_prefix('_').unwrap_or(oneof.name());
        if !is_lower_snake(own) {
            found.push(("ONEOF_LOWER_SNAKE_CASE", format!("{full}.{}", oneof.name())));
        }
    }
    for nested in message.nested_type.iter().filter(|_| !is_map) {
        messages(nested, &full, found);
    }
    for nested in &message.enum_type {
        enums(nested, &full, found);
    }
}

fn enums(kind: &EnumDescriptorProto, scope: &str, found: &mut Found) {
    let full = format!("{scope}.{}", kind.name());
    let prefix = prefix(kind.name());
    if !is_pascal(kind.name()) {
        found.push(("ENUM_PASCAL_CASE", full.clone()));
    }
    if kind.options.as_ref().is_some_and(|options| options.allow_alias()) {
        found.push(("ENUM_NO_ALLOW_ALIAS", full.clone()));
    }
    for (n, value) in kind.value.iter().enumerate() {
        let value_name = format!("{full}.{}", value.name());
        if !is_upper_snake(value.name()) {
            found.push(("ENUM_VALUE_UPPER_SNAKE_CASE", value_name.clone()));
        }
        if !value.name().starts_with(&prefix) {
            found.push(("ENUM_VALUE_PREFIX", value_name.clone()));
        }
        if n == 0 && value.number() != 0 {
            found.push(("ENUM_FIRST_VALUE_ZERO", value_name.clone()));
        }
        if value.number() == 0 && value.name() != format!("{prefix}UNSPECIFIED") {
            found.push(("ENUM_ZERO_VALUE_SUFFIX", value_name));
        }
    }
}

#[test]
fn contracts_are_written_as_contracts_are() {
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for (rule, what) in lint(&ours()) {
        let excused = EXCUSED.iter().position(|(of, name, _)| {
            *of == rule
                && match name.strip_suffix('*') {
                    Some(begin) => what.starts_with(begin),
                    None => what == *name,
                }
        });
        match excused {
            Some(n) => {
                used.insert(n);
            }
            None => findings.push(format!("{rule}: {what}")),
        }
    }
    for (n, (rule, what, why)) in EXCUSED.iter().enumerate() {
        assert!(why.len() > 20, "{rule}: {what}: say why");
        if !used.contains(&n) {
            findings.push(format!("{rule}: {what} needs no excuse any more"));
        }
    }
    assert!(findings.is_empty(), "write it as others read it:\n{}", findings.join("\n"));
}

#[test]
fn an_import_is_there_for_something() {
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).expect("a set");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let mut findings = Vec::new();
    for file in set.file.iter().filter(|file| file.package().starts_with("congdoan")) {
        let text = std::fs::read_to_string(sources.join(file.name())).expect("its source");
        let code: String = text.lines().filter(|line| !line.trim().starts_with("//")).collect();
        for import in &file.dependency {
            let imported = set.file.iter().find(|it| it.name() == import).expect("imported");
            let messages = imported.message_type.iter().map(DescriptorProto::name);
            let enums = imported.enum_type.iter().map(EnumDescriptorProto::name);
            let extensions = imported.extension.iter().map(|extension| extension.name());
            let mut names = messages.chain(enums).chain(extensions);
            let named = |name: &str| {
                let bounded = |at: usize| {
                    let after = code[at + name.len()..].chars().next();
                    after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                };
                code.match_indices(name).any(|(at, _)| bounded(at))
            };
            if !names.any(named) {
                findings.push(format!("{} imports {import} for nothing", file.name()));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn what_is_written_otherwise_is_found() {
    let rules = |change: &dyn Fn(&mut Vec<FileDescriptorProto>)| -> BTreeSet<&'static str> {
        let mut files = ours();
        let before: BTreeSet<_> = lint(&files).into_iter().collect();
        change(&mut files);
        let after = lint(&files).into_iter().filter(|found| !before.contains(found));
        after.map(|(rule, _)| rule).collect()
    };
    let grants = |files: &mut Vec<FileDescriptorProto>| -> usize {
        files.iter().position(|file| file.name().ends_with("registry/v1/grant.proto")).expect("one")
    };
    let found = rules(&|files| {
        let n = grants(files);
        files[n].package = Some("congdoan.registry".into());
    });
    assert!(found.is_superset(&["PACKAGE_DIRECTORY_MATCH", "PACKAGE_VERSION_SUFFIX"].into()));
    let found = rules(&|files| {
        let n = grants(files);
        let service = &mut files[n].service[0];
        service.name = Some("Grants".into());
        service.method[0].output_type = service.method[1].output_type.clone();
        service.method[0].name = Some("makeGrant".into());
    });
    assert!(
        found.is_superset(
            &[
                "SERVICE_SUFFIX",
                "RPC_PASCAL_CASE",
                "RPC_RESPONSE_STANDARD_NAME",
                "RPC_REQUEST_RESPONSE_UNIQUE"
            ]
            .into()
        )
    );
    let found = rules(&|files| {
        let has_both = |file: &&mut FileDescriptorProto| {
            !file.enum_type.is_empty() && !file.message_type.is_empty()
        };
        let file = files.iter_mut().find(has_both).expect("one");
        file.enum_type[0].value[0].name = Some("None".into());
        file.enum_type[0].name = Some("Other_kind".into());
        file.message_type[0].field[0].name = Some("someField".into());
        file.message_type[0].name = Some("a_message".into());
    });
    let expected = [
        "ENUM_PASCAL_CASE",
        "ENUM_VALUE_UPPER_SNAKE_CASE",
        "ENUM_VALUE_PREFIX",
        "ENUM_ZERO_VALUE_SUFFIX",
        "FIELD_LOWER_SNAKE_CASE",
        "MESSAGE_PASCAL_CASE",
    ];
    assert!(found.is_superset(&expected.into()), "{found:?}");
}
