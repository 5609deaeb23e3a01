//! Refusals are data, failures are secrets.
//!
//! A [`Refusal`] says what was wrong with the request, in Vietnamese and in English, with a
//! reason that the contract documents. A failure is our own trouble: its cause stays in our
//! log, and the caller reads "internal error".

mod written;

use std::fmt;
use std::time::Duration;

use proto::refusal::v1::Reason;
use tonic::{Code, Status};

/// Domain of the reasons that every service shares (`congdoan.refusal.v1.Reason`).
pub const DOMAIN: &str = "congdoan.vn";

/// The language of the texts in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// vi-VN, the default.
    #[default]
    Vietnamese,
    /// en-US.
    English,
}

impl Language {
    /// Reads an `accept-language` header: the first of `vi` and `en` that it names.
    pub fn accepted(header: Option<&str>) -> Self {
        header
            .into_iter()
            .flat_map(|value| value.split(','))
            .find_map(|range| {
                let range = range.trim().to_ascii_lowercase();
                if range.starts_with("vi") {
                    Some(Language::Vietnamese)
                } else if range.starts_with("en") {
                    Some(Language::English)
                } else {
                    None
                }
            })
            .unwrap_or_default()
    }

    fn tag(self) -> &'static str {
        match self {
            Language::Vietnamese => "vi-VN",
            Language::English => "en-US",
        }
    }
}

tokio::task_local! {
    /// The language that the call being answered asked for; set by [`crate::serve`].
    pub static LANGUAGE: Language;
}

/// One text in the two languages that the contract promises.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    vi: String,
    en: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Violation {
    field: String,
    reason: &'static str,
    text: Text,
}

/// Why a request was refused: never our trouble, always something that the caller can mend.
///
/// One word wide: refusals travel in the results of everything that parses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Box<Content>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Content {
    code: Code,
    domain: &'static str,
    reason: &'static str,
    text: Text,
    metadata: Vec<(&'static str, String)>,
    violations: Vec<Violation>,
    /// Fields at fault that were counted and are not among the violations.
    more: usize,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal for a reason of `domain`, written without the enum's prefix, as `NAME_TAKEN`.
    pub fn new(
        code: Code,
        domain: &'static str,
        reason: &'static str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self(Box::new(Content {
            code,
            domain,
            reason,
            text: Text { vi: vi.into(), en: en.into() },
            metadata: Vec::new(),
            violations: Vec::new(),
            more: 0,
            retry_after: None,
        }))
    }

    /// A refusal for one of the reasons that every service shares.
    pub fn shared(
        code: Code,
        reason: Reason,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::new(code, DOMAIN, short_name(reason.as_str_name()), vi, en)
    }

    /// Names the field at fault, for example `lines[12].identity_number`.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.violations.push(Violation {
            field: field.into(),
            reason: self.0.reason,
            text: self.0.text.clone(),
        });
        self
    }

    /// Adds a field at fault for a reason of its own: many bad lines, one refusal.
    pub fn violation(
        mut self,
        field: impl Into<String>,
        reason: &'static str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        self.0.violations.push(Violation {
            field: field.into(),
            reason,
            text: Text { vi: vi.into(), en: en.into() },
        });
        self
    }

    /// Takes over the fields at fault of another refusal: every bad line of a file at once.
    pub fn and(mut self, other: Refusal) -> Self {
        self.0.violations.extend(other.0.violations);
        self.0.more += other.0.more;
        self
    }

    /// So many more fields are at fault, which nobody names.
    pub fn and_more(mut self, more: usize) -> Self {
        self.0.more += more;
        self
    }

    /// Adds a number or a code to the ErrorInfo. Never personal data.
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.0.metadata.push((key, value.into()));
        self
    }

    /// Says that the same call may succeed later.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// The reason, as in ErrorInfo.
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// The status code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The fields at fault, in the order in which they were named.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.violations.iter().map(|violation| violation.field.as_str())
    }

    /// The status, in the language of the call that is being answered.
    pub fn status(&self) -> Status {
        self.status_in(LANGUAGE.try_with(|language| *language).unwrap_or_default())
    }

    /// The status, in the given language, within what clients read of an answer's headers.
    pub fn status_in(&self, language: Language) -> Status {
        written::status(&self.0, language)
    }
}

/// A reason's name without the enum's prefix.
pub fn short_name(name: &'static str) -> &'static str {
    name.strip_prefix("REASON_").unwrap_or(name)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason, self.0.text.en)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.status()
    }
}

/// Why an act or a read did not happen.
#[derive(Debug)]
pub enum Failure {
    /// The request's fault: answered with its reason.
    Refused(Refusal),
    /// Our own: logged where it is answered, and answered without its cause.
    Failed(anyhow::Error),
}

impl Failure {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Failure::Refused(refusal) => Some(refusal),
            Failure::Failed(_) => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(refusal) => refusal.fmt(f),
            Failure::Failed(cause) => write!(f, "{}", Causes(cause)),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(cause: anyhow::Error) -> Self {
        Failure::Failed(cause)
    }
}

impl From<prost::DecodeError> for Failure {
    fn from(cause: prost::DecodeError) -> Self {
        Failure::Failed(anyhow::Error::new(cause).context("decode what was stored or received"))
    }
}

// What PostgreSQL says when two transactions crossed; the caller may simply repeat.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const QUERY_CANCELED: &str = "57014";

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|cause| cause.code()).as_deref() {
            Some(SERIALIZATION_FAILURE | DEADLOCK_DETECTED | LOCK_NOT_AVAILABLE) => {
                conflicting_act().into()
            }
            Some(QUERY_CANCELED) => deadline_exceeded().into(),
            _ => Failure::Failed(anyhow::Error::new(error)),
        }
    }
}

fn conflicting_act() -> Refusal {
    Refusal::shared(
        Code::Aborted,
        Reason::ConflictingAct,
        "Một nghiệp vụ khác vừa thay đổi cùng dữ liệu; hãy thử lại.",
        "another act changed the same data at the same time; repeat the call",
    )
    .retry_after(Duration::from_millis(50))
}

/// The refusal of a call whose time is over.
pub fn deadline_exceeded() -> Refusal {
    Refusal::shared(
        Code::DeadlineExceeded,
        Reason::DeadlineExceeded,
        "Đã hết thời hạn của yêu cầu.",
        "the deadline of the call is over",
    )
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.status(),
            Failure::Failed(cause) => {
                tracing::error!(cause = %Causes(&cause), "the call failed");
                Status::internal("internal error")
            }
        }
    }
}

/// The chain of causes in one line. A database error tells its code and its constraint, not
/// its message, in which PostgreSQL quotes values.
struct Causes<'a>(&'a anyhow::Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, cause) in self.0.chain().enumerate() {
            if depth > 0 {
                f.write_str(": ")?;
            }
            match cause.downcast_ref::<sqlx::Error>() {
                Some(sqlx::Error::Database(database)) => {
                    let postgres = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
                    write!(
                        f,
                        "PostgreSQL refused with {} (table {}, constraint {}, routine {})",
                        database.code().as_deref().unwrap_or("no code"),
                        database.table().unwrap_or("unknown"),
                        database.constraint().unwrap_or("none"),
                        postgres.and_then(|error| error.routine()).unwrap_or("unknown"),
                    )?;
                    return Ok(());
                }
                _ => write!(f, "{cause}")?,
            }
        }
        Ok(())
    }
}

/// Translates the schema's own name for a rule into the refusal that callers know.
pub trait OnConstraint<T> {
    /// If the statement broke the constraint `name`, refuses with what `refusal` makes.
    fn on_constraint<R: Into<Failure>>(
        self,
        name: &str,
        refusal: impl FnOnce() -> R,
    ) -> Result<T, Failure>;
}

impl<T, E> OnConstraint<T> for Result<T, E>
where
    E: Into<Failure>,
{
    fn on_constraint<R: Into<Failure>>(
        self,
        name: &str,
        refusal: impl FnOnce() -> R,
    ) -> Result<T, Failure> {
        self.map_err(|error| match error.into() {
            Failure::Failed(cause) if broke(&cause, name) => refusal().into(),
            other => other,
        })
    }
}

fn broke(cause: &anyhow::Error, name: &str) -> bool {
    matches!(
        cause.downcast_ref::<sqlx::Error>(),
        Some(sqlx::Error::Database(error)) if error.constraint() == Some(name)
    )
}
