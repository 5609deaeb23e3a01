//! The reasons that the contracts name: what each method's comment says under "Errors:", read off
//! the descriptors.
//!
//! A comment names reasons after their code (`NOT_FOUND with ORGANISATION_UNKNOWN; …`), and may
//! refer to another method of its service, whose reasons are its own as well (`as
//! RenameOrganisation's`), or to a message, whose comments name some (the reasons of
//! `PersonLine`). A method of the gateway may refer to one of any service, to which it goes. Reasons
//! that any call may be refused for are declared as `general`, and need not be named.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::{Reasons, Told, all, code_name};

/// What a method says that it refuses with.
#[derive(Clone, Debug, Default)]
pub struct Method {
    /// The comment says something under "Errors:".
    pub says: bool,
    /// By domain and name.
    pub reasons: BTreeSet<(&'static str, &'static str)>,
    /// What looks like a reason and is none.
    pub unknown: Vec<String>,
    /// Reasons that stand after another code than their own.
    pub miscoded: Vec<String>,
}

impl Method {
    /// Whether a refusal for this reason is what the contract says.
    pub fn names(&self, domain: &str, reason: &str) -> bool {
        let general = super::find(domain, reason).is_some_and(|told| told.general);
        general || self.reasons.iter().any(|named| *named == (domain, reason))
    }
}

/// All methods of our services, by their paths: `/congdoan.registry.v1.PlanService/GetPlan`.
pub fn methods(pool: &DescriptorPool) -> BTreeMap<String, Method> {
    let comments = Comments::read(pool);
    let ours = pool.services().filter(|service| package_of(service.package_name()).is_some());
    let methods: Vec<MethodDescriptor> =
        ours.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let errors: HashMap<(String, String), &str> = methods
        .iter()
        .filter_map(|method| {
            let package = method.parent_service().package_name().to_string();
            Some(((package, method.name().to_string()), comments.errors(method)?))
        })
        .collect();
    let described = |method: &MethodDescriptor| {
        let service = method.parent_service();
        let mut described = Method::default();
        let mut seen = HashSet::new();
        let own = (service.package_name().to_string(), method.name().to_string());
        let mut next = vec![own.clone()];
        while let Some(key) = next.pop() {
            let Some(said) = errors.get(&key).filter(|_| seen.insert(key.clone())) else {
                continue;
            };
            let package = key.0.as_str();
            let read = read(package, said);
            described.reasons.extend(read.reasons);
            // What is wrong with another's comment is said of the other.
            if key == own {
                described.says = true;
                described.unknown = read.unknown;
                described.miscoded = read.miscoded;
            }
            for word in words(said).filter(|word| word.starts_with(char::is_uppercase)) {
                let of_others = all().iter().map(|reasons| reasons.package);
                let packages =
                    [package].into_iter().chain(of_others.filter(|_| package == GATEWAY));
                next.extend(packages.map(|package| (package.to_string(), word.to_string())));
                described.reasons.extend(comments.in_message(pool, package, word));
            }
        }
        (format!("/{}/{}", service.full_name(), method.name()), described)
    };
    methods.iter().map(described).collect()
}

/// The reasons that a comment names, whichever it is.
fn read(package: &str, said: &str) -> Method {
    let mut read = Method { says: true, ..Method::default() };
    for clause in said.split([';', '.']) {
        let mut code = None;
        let mut words = words(clause).peekable();
        while let Some(word) = words.next() {
            if is_code(word) && words.peek() == Some(&"with") {
                code = Some(word);
                continue;
            }
            // What comes then has the code of the whole.
            if word == "whose" {
                code = None;
            }
            let Some((domain, told)) = reason_of(package, word) else {
                if word.contains('_') && is_shouted(word) && !is_code(word) {
                    read.unknown.push(word.to_string());
                }
                continue;
            };
            read.reasons.insert((domain, told.reason));
            if code.is_some_and(|code| code != code_name(told.code)) {
                read.miscoded.push(word.to_string());
            }
        }
    }
    read
}

/// The package's own reasons first; the gateway passes on what the others refuse.
fn reason_of(package: &str, name: &str) -> Option<(&'static str, &'static Told)> {
    let own = package_of(package);
    let shared = package_of("congdoan.refusal.v1");
    let any = all().iter().filter(|_| package == GATEWAY);
    own.into_iter().chain(shared).chain(any).find_map(|reasons| {
        let told = reasons.told.iter().find(|told| told.reason == name)?;
        Some((reasons.domain, told))
    })
}

const GATEWAY: &str = "congdoan.gateway.v1";

/// The reasons of a package; of one that has none of its own, those of every service.
fn package_of(package: &str) -> Option<&'static Reasons> {
    let find = |package: &str| all().iter().find(|reasons| reasons.package == package);
    find(package)
        .or_else(|| find("congdoan.refusal.v1").filter(|_| package.starts_with("congdoan.")))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(move |letter| !is_word(letter)).filter(|word| !word.is_empty())
}

fn is_shouted(word: &str) -> bool {
    word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_')
}

fn is_code(word: &str) -> bool {
    CODES.iter().any(|code| code_name(*code) == word)
}

/// The codes of refusals: what else a call may end with has no reason.
const CODES: [tonic::Code; 12] = {
    use tonic::Code::{
        Aborted, AlreadyExists, DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound,
        OutOfRange, PermissionDenied, ResourceExhausted, Unauthenticated, Unavailable,
        Unimplemented,
    };
    [
        InvalidArgument,
        DeadlineExceeded,
        NotFound,
        AlreadyExists,
        PermissionDenied,
        ResourceExhausted,
        FailedPrecondition,
        Aborted,
        OutOfRange,
        Unimplemented,
        Unavailable,
        Unauthenticated,
    ]
};

/// The comments of all files, by file and path.
struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    fn read(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let Some(info) = &file.file_descriptor_proto().source_code_info else { continue };
            for location in &info.location {
                let Some(comment) = &location.leading_comments else { continue };
                let key = (file.name().to_string(), location.path.clone());
                comments.insert(key, comment.clone());
            }
        }
        Self(comments)
    }

    /// What a method's comment says under "Errors:", to its end.
    fn errors(&self, method: &MethodDescriptor) -> Option<&str> {
        let file = method.parent_file().name().to_string();
        let comment = self.0.get(&(file, method.path().to_vec()))?;
        let begin = ["Errors:", "Errors,"].iter().find_map(|begin| comment.find(begin))?;
        Some(&comment[begin..])
    }

    /// The reasons that a message of the package names, of itself and of its fields.
    fn in_message(
        &self,
        pool: &DescriptorPool,
        package: &str,
        name: &str,
    ) -> BTreeSet<(&'static str, &'static str)> {
        let mut reasons = BTreeSet::new();
        let Some(message) = pool.get_message_by_name(&format!("{package}.{name}")) else {
            return reasons;
        };
        let file = message.parent_file().name().to_string();
        for ((of, path), comment) in &self.0 {
            if *of == file && path.starts_with(message.path()) {
                reasons.extend(read(package, comment).reasons);
            }
        }
        reasons
    }
}
