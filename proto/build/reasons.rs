//! Reads off the contracts what is told of each reason, and writes it as tables of this crate:
//! see `src/reason.rs`.

use std::fmt::Write;

use prost_reflect::{DescriptorPool, DynamicMessage, EnumDescriptor, Value};

/// The package of the contracts that are ours.
const OURS: &str = "congdoan.";
/// What the enumeration of a package is called, and how its values begin.
const NAME: &str = "Reason";
const PREFIX: &str = "REASON_";

/// The status codes of a refusal, as google.rpc.Code names them and as tonic does.
const CODES: [(&str, &str); 12] = [
    ("INVALID_ARGUMENT", "InvalidArgument"),
    ("DEADLINE_EXCEEDED", "DeadlineExceeded"),
    ("NOT_FOUND", "NotFound"),
    ("ALREADY_EXISTS", "AlreadyExists"),
    ("PERMISSION_DENIED", "PermissionDenied"),
    ("RESOURCE_EXHAUSTED", "ResourceExhausted"),
    ("FAILED_PRECONDITION", "FailedPrecondition"),
    ("ABORTED", "Aborted"),
    ("OUT_OF_RANGE", "OutOfRange"),
    ("UNIMPLEMENTED", "Unimplemented"),
    ("UNAVAILABLE", "Unavailable"),
    ("UNAUTHENTICATED", "Unauthenticated"),
];

/// The tables of all reasons, with what finds the row of each.
pub fn written(descriptors: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let pool = DescriptorPool::decode(descriptors)?;
    let (mut tables, mut all) = (String::new(), String::new());
    let mut faults = Vec::new();
    for reasons in reasons(&pool) {
        let package = reasons.package_name();
        let table = package.trim_start_matches(OURS).replace('.', "_").to_uppercase();
        let domain = domain(&reasons, &mut faults);
        let rows: Vec<(String, String)> =
            values(&reasons).map(|(name, told)| row(&name, told, &mut faults)).collect();
        let count = rows.len();
        writeln!(tables, "static {table}: [Told; {count}] = [")?;
        for (_, told) in &rows {
            writeln!(tables, "    {told},")?;
        }
        writeln!(tables, "];")?;
        let path = package.split('.').fold("crate::contracts".to_string(), |mut path, part| {
            path.push_str("::");
            path.push_str(part);
            path
        });
        writeln!(tables, "impl Reason for {path}::{NAME} {{")?;
        writeln!(tables, "    const DOMAIN: &'static str = {domain:?};")?;
        writeln!(tables, "    fn told(self) -> &'static Told {{")?;
        writeln!(tables, "        match self {{")?;
        writeln!(tables, "            Self::Unspecified => &NONE,")?;
        for (row, (name, _)) in rows.iter().enumerate() {
            let variant = camel(name);
            writeln!(tables, "            Self::{variant} => &{table}[{row}],")?;
        }
        writeln!(tables, "        }}\n    }}\n}}")?;
        writeln!(
            all,
            "    Reasons {{ package: {package:?}, domain: {domain:?}, told: &{table} }},"
        )?;
    }
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    writeln!(tables, "pub(super) static ALL: &[Reasons] = &[\n{all}];")?;
    Ok(tables)
}

fn reasons(pool: &DescriptorPool) -> impl Iterator<Item = EnumDescriptor> {
    let ours = |values: &EnumDescriptor| values.package_name().starts_with(OURS);
    pool.all_enums().filter(move |values| ours(values) && values.name() == NAME)
}

fn domain(reasons: &EnumDescriptor, faults: &mut Vec<String>) -> String {
    let option = reasons.parent_pool().get_extension_by_name("congdoan.refusal.v1.domain");
    let options = reasons.options();
    let domain = option.map(|option| options.get_extension(&option).into_owned());
    match domain.as_ref().and_then(Value::as_str).filter(|domain| !domain.is_empty()) {
        Some(domain) => domain.to_string(),
        None => {
            faults.push(format!("{} has no domain", reasons.full_name()));
            String::new()
        }
    }
}

/// Each reason without its prefix, and what is told of it.
fn values(reasons: &EnumDescriptor) -> impl Iterator<Item = (String, Option<DynamicMessage>)> {
    let option = reasons.parent_pool().get_extension_by_name("congdoan.refusal.v1.told");
    let values: Vec<_> = reasons.values().filter(|value| value.number() != 0).collect();
    values.into_iter().map(move |value| {
        let options = value.options();
        let told = option
            .as_ref()
            .filter(|option| options.has_extension(option))
            .and_then(|option| options.get_extension(option).as_message().cloned());
        (value.name().trim_start_matches(PREFIX).to_string(), told)
    })
}

/// The row of a reason, with its name.
fn row(name: &str, told: Option<DynamicMessage>, faults: &mut Vec<String>) -> (String, String) {
    let Some(told) = told else {
        faults.push(format!("{name} has no code and no sentences"));
        return (name.to_string(), String::new());
    };
    let code = text(&told, "code");
    let Some((_, code)) = CODES.iter().find(|(known, _)| *known == code) else {
        faults.push(format!("{name} has no code of a refusal: {code:?}"));
        return (name.to_string(), String::new());
    };
    let (vi, en) = sentences(name, &told, faults);
    let instead: Vec<String> = messages(&told, "instead")
        .iter()
        .map(|instead| {
            let (key, value) = (text(instead, "key"), text(instead, "value"));
            if key.is_empty() {
                faults.push(format!("{name} says something else nowhere"));
            }
            let (vi, en) = sentences(name, instead, faults);
            format!("Instead {{ key: {key:?}, value: {value:?}, vi: {vi:?}, en: {en:?} }}")
        })
        .collect();
    let brief = match told.has_field_by_name("brief").then(|| told.get_field_by_name("brief")) {
        Some(Some(brief)) => {
            let brief = brief.as_message().map(|brief| sentences(name, brief, faults));
            let (vi, en) = brief.unwrap_or_default();
            format!("Some(Brief {{ vi: {vi:?}, en: {en:?} }})")
        }
        _ => "None".to_string(),
    };
    let get = |field: &str| told.get_field_by_name(field).map(|value| value.into_owned());
    let general = get("general").and_then(|value| value.as_bool()).unwrap_or_default();
    let after = get("retry_after_ms").and_then(|value| value.as_i32()).unwrap_or_default();
    let retry_after = match after {
        0 => "None".to_string(),
        after => format!("Some(std::time::Duration::from_millis({after}))"),
    };
    let instead = instead.join(", ");
    let row = format!(
        "Told {{ reason: {name:?}, code: tonic::Code::{code}, vi: {vi:?}, en: {en:?}, \
         instead: &[{instead}], brief: {brief}, general: {general}, retry_after: {retry_after} }}"
    );
    (name.to_string(), row)
}

/// What is said in Vietnamese and in English.
fn sentences(name: &str, said: &DynamicMessage, faults: &mut Vec<String>) -> (String, String) {
    for language in ["vi", "en"] {
        let sentence = text(said, language);
        if sentence.trim().is_empty() {
            faults.push(format!("{name} says nothing in `{language}`"));
        }
        if let Some(wrong) = misplaced(&sentence) {
            faults.push(format!("{name}: what stands at {wrong:?} is no name of the metadata"));
        }
    }
    (text(said, "vi"), text(said, "en"))
}

/// Where a brace does not hold a name.
fn misplaced(sentence: &str) -> Option<&str> {
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        let within = rest[at..].strip_prefix('{').and_then(|within| within.split_once('}'));
        match within {
            Some((name, after)) if is_name(name) => rest = after,
            _ => return Some(&rest[at..]),
        }
    }
    None
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
}

fn text(message: &DynamicMessage, field: &str) -> String {
    let value = message.get_field_by_name(field);
    value.and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
}

fn messages(message: &DynamicMessage, field: &str) -> Vec<DynamicMessage> {
    let value = message.get_field_by_name(field);
    let list = value.as_ref().and_then(|value| value.as_list()).unwrap_or_default();
    list.iter().filter_map(|value| value.as_message().cloned()).collect()
}

/// `NAME_TAKEN` as `NameTaken`.
fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        let first: String = letters.next().into_iter().collect();
        first + &letters.as_str().to_lowercase()
    });
    words.collect()
}
