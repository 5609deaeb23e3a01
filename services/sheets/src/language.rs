//! The two languages in which a file is answered.

/// A language in which something is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// tiếng Việt
    #[default]
    Vietnamese,
    /// English
    English,
}

/// A sentence in a language: `say!(language, "{n} dòng", "{n} lines")`.
macro_rules! say {
    ($language:expr, $vietnamese:literal, $english:literal $(, $argument:expr)* $(,)?) => {
        match $language {
            $crate::language::Language::Vietnamese => format!($vietnamese $(, $argument)*),
            $crate::language::Language::English => format!($english $(, $argument)*),
        }
    };
}
pub(crate) use say;
