//! The language in which the command line speaks: one throughout, a person's choice.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::ValueEnum;

/// A language that the command line and the services speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// tiếng Việt
    #[value(name = "vi")]
    Vietnamese,
    /// English
    #[value(name = "en")]
    English,
}

static CHOSEN: OnceLock<Language> = OnceLock::new();

impl Language {
    /// As `accept-language` names it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// What the terminal is set to, as POSIX says it; English where it is set to neither.
    pub fn of_terminal() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|variable| std::env::var(variable).ok().filter(|value| !value.is_empty()));
        match set {
            Some(language) if language.starts_with("vi") => Self::Vietnamese,
            _ => Self::English,
        }
    }

    /// What these arguments ask for, before they are understood: mistakes in them are told in
    /// the language as well.
    pub fn of_arguments(arguments: &[OsString]) -> Option<Self> {
        let texts: Vec<&str> = arguments
            .iter()
            .filter_map(|argument| argument.to_str())
            // What follows is another program's.
            .take_while(|argument| *argument != "--")
            .collect();
        let separate = texts.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1]);
        let joined = texts.iter().filter_map(|text| text.strip_prefix("--lang="));
        separate.chain(joined).find_map(|given| Self::from_str(given, false).ok())
    }
}

/// Decides the language of this process; whoever decides first, decides.
pub fn choose(language: Language) {
    CHOSEN.get_or_init(|| language);
}

/// The language of this process: what was chosen, or else what the terminal is set to.
pub fn current() -> Language {
    *CHOSEN.get_or_init(Language::of_terminal)
}

/// A text in the language of this process: `tell!("{n} dòng", "{n} lines")`.
macro_rules! tell {
    ($vietnamese:literal, $english:literal $(, $argument:expr)* $(,)?) => {
        match $crate::language::current() {
            $crate::language::Language::Vietnamese => format!($vietnamese $(, $argument)*),
            $crate::language::Language::English => format!($english $(, $argument)*),
        }
    };
}
pub(crate) use tell;

/// So many, in English: `1 line`, `2 lines`.
pub(crate) fn counted(count: impl Into<i64>, one: &str, many: &str) -> String {
    let count = count.into();
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_read_before_the_rest() {
        let of = |texts: &[&str]| {
            Language::of_arguments(&texts.iter().map(OsString::from).collect::<Vec<_>>())
        };
        assert_eq!(of(&["congdoan", "--lang", "vi", "lood"]), Some(Language::Vietnamese));
        assert_eq!(of(&["congdoan", "load", "--lang=en"]), Some(Language::English));
        assert_eq!(of(&["congdoan", "load", "--lang", "fr"]), None);
        assert_eq!(of(&["congdoan", "with-postgres", "--", "x", "--lang", "vi"]), None);
    }

    #[test]
    fn one_is_one() {
        assert_eq!(
            (counted(1, "line", "lines"), counted(0, "line", "lines")),
            ("1 line".into(), "0 lines".into())
        );
    }
}
