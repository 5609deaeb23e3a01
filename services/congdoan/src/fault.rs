//! What goes wrong on this side of the line: no service refused, and yet a program is told why as
//! well as a person.

use std::fmt;

/// A reason, in the domain [`DOMAIN`], with what it says.
pub const REASONS: &[(&str, &str)] = &[
    (COMMAND_LINE_INVALID, "the command line is wrong; the fields are its arguments"),
    (FILE_INVALID, "a file is wrong; the fields have `line` and `column`"),
    (FILE_UNREADABLE, "a file that the command line names cannot be read"),
    (FILE_UNWRITABLE, "a file that the command line names cannot be written"),
    (FILE_EXISTS, "a file that was to be written is there already"),
    (SYSTEM_NOT_RUNNING, "no system runs with this data"),
    (GATEWAY_AWAY, "nobody answers at the gateway's address"),
    (ISSUER_AWAY, "nobody gives tokens at the issuer's address"),
    (DATABASE_AWAY, "the database cannot be reached, or does not let its owner in"),
    (DATABASE_OF_ANOTHER, "the database is that of another service, or of a newer program"),
    (ALREADY_BOOTSTRAPPED, "the register has organisations already"),
    (CODE_AMBIGUOUS, "several organisations bore the code"),
    (CODE_UNKNOWN, "no organisation in the caller's scope bears the code, or bore it then"),
    (CONFLICTS_FOUND, "the dry run found conflicts; the document lists them"),
    (FIGURES_INCOMPLETE, "the report is printed, and a figure in it is not complete"),
    (FIGURES_DIFFER, "the audit is done, and figures are not what is counted again"),
    (FAILED, "anything else; the text says it"),
];

/// The domain of these reasons.
pub const DOMAIN: &str = "cli.congdoan.vn";

macro_rules! reasons {
    ($($name:ident)*) => { $(
        #[doc = concat!("See [`REASONS`]: `", stringify!($name), "`.")]
        pub const $name: &str = stringify!($name);
    )* };
}

reasons! {
    COMMAND_LINE_INVALID FILE_INVALID FILE_UNREADABLE FILE_UNWRITABLE FILE_EXISTS
    SYSTEM_NOT_RUNNING GATEWAY_AWAY ISSUER_AWAY DATABASE_AWAY DATABASE_OF_ANOTHER
    ALREADY_BOOTSTRAPPED CODE_AMBIGUOUS CODE_UNKNOWN CONFLICTS_FOUND FIGURES_INCOMPLETE
    FIGURES_DIFFER FAILED
}

/// Something that is wrong here, in words, with its reason.
#[derive(Debug)]
pub struct Fault {
    /// One of [`REASONS`].
    pub reason: &'static str,
    /// In the language of this process.
    pub message: String,
    /// The argument at fault, where it is one.
    pub argument: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// Something that is wrong here.
pub fn fault(reason: &'static str, message: String) -> anyhow::Error {
    Fault { reason, message, argument: None }.into()
}

/// Something that is wrong with an argument, such as `--organisation`.
pub fn fault_of(reason: &'static str, argument: &str, message: String) -> anyhow::Error {
    Fault { reason, message, argument: Some(argument.to_owned()) }.into()
}
