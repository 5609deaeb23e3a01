//! Refusals are data, failures are secrets.
//!
//! A [`Refusal`] says what was wrong with the request: a reason, and what belongs to it. The code
//! and the sentences of a reason, in Vietnamese and in English, are in its contract
//! ([`proto::reason`]). A failure is our own trouble: its cause stays in our log, and the caller
//! reads "internal error".

mod content;
mod list;
mod lost;
pub mod testing;
mod written;

use std::fmt;
use std::time::Duration;

use content::{Content, Violation};
pub use content::{LANGUAGE, Language};
pub use list::Given;
pub use lost::{is_lost, of_database};
use proto::reason;
use proto::refusal::v1::Reason;
use tonic::Code;
pub use tonic::Status;

/// Why a request was refused: never our trouble, always something that the caller can mend.
///
/// One word wide: refusals travel in the results of everything that parses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Box<Content>);

impl Refusal {
    /// A refusal for this reason, of whichever contract.
    pub fn of<R: reason::Reason>(reason: R) -> Self {
        let told = reason.told();
        Self(Box::new(Content {
            domain: R::DOMAIN,
            told,
            metadata: Vec::new(),
            violations: Vec::new(),
            more: 0,
            retry_after: told.retry_after,
        }))
    }

    /// Names the field at fault, for example `lines[12].identity_number`.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        let told = self.0.told;
        let field = field.into();
        self.0.violations.push(Violation { field, told, metadata: None, about: None });
        self
    }

    /// What was wrong, of a line of a list: `value` becomes `lines[12].value`.
    pub fn within(mut self, line: &str) -> Self {
        for violation in &mut self.0.violations {
            violation.field = format!("{line}.{}", violation.field);
        }
        self
    }

    /// Adds a field at fault for a reason of its own, told in the few words that its contract has
    /// for it, with what it is about: one of many.
    pub fn briefly<R: reason::Reason>(
        mut self,
        field: impl Into<String>,
        reason: R,
        about: String,
    ) -> Self {
        let (field, told) = (field.into(), reason.told());
        self.0.violations.push(Violation { field, told, metadata: None, about: Some(about) });
        self
    }

    /// Takes over the fields at fault of another refusal: every bad line of a file at once.
    pub fn and(mut self, other: Refusal) -> Self {
        let Content { metadata, violations, more, .. } = *other.0;
        self.0.violations.extend(violations.into_iter().map(|violation| Violation {
            metadata: violation.metadata.or_else(|| Some(metadata.clone())),
            ..violation
        }));
        self.0.more += more;
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

    /// Says when the same call may succeed, where that is known better than by the contract.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// The reason, as in ErrorInfo.
    pub fn reason(&self) -> &'static str {
        self.0.told.reason
    }

    /// The status code.
    pub fn code(&self) -> Code {
        self.0.told.code
    }

    /// Whether nothing was wrong with what was asked: an act was in the way, the time was over, or
    /// the database was away. The same may succeed a moment later.
    pub fn passes(&self) -> bool {
        matches!(self.code(), Code::Aborted | Code::DeadlineExceeded | Code::Unavailable)
    }

    /// The fields at fault, in the order in which they were named.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.violations.iter().map(|violation| violation.field.as_str())
    }

    /// What is wrong, as a sentence in this language.
    pub fn sentence(&self, language: Language) -> String {
        self.0.text(language).into_owned()
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

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.told.reason, self.0.text(Language::English))
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

/// The refusal of an act that crossed with another: it may be repeated.
pub fn conflicting_act() -> Refusal {
    Refusal::of(Reason::ConflictingAct)
}

/// The refusal of a call whose time is over.
pub fn deadline_exceeded() -> Refusal {
    Refusal::of(Reason::DeadlineExceeded)
}

/// No place or connection within the time allowed is overload, not failure: the call was not begun.
pub fn overloaded() -> Refusal {
    Refusal::of(Reason::Overloaded)
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.status(),
            Failure::Failed(cause) if of_database(&cause).is_some_and(is_lost) => {
                tracing::warn!(cause = %Causes(&cause), "the database was lost");
                Refusal::of(Reason::DatabaseLost).status()
            }
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
