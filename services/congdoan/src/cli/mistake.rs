//! Mistakes in the arguments: told in the language and in the form that the arguments ask for, as far
//! as they can be understood.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::{Value as Json, json};

use super::vietnamese;
use crate::fault::{COMMAND_LINE_INVALID, DOMAIN};
use crate::language::Language;
use crate::output::line;

/// Whether these arguments ask for JSON, before they are understood.
pub fn asks_for_json(arguments: &[OsString]) -> bool {
    // What follows is another program's.
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

/// Says what clap has to say instead of a command line, and ends the process: help, which was asked
/// for, or what is wrong.
pub fn end(error: &clap::Error, language: Language, as_json: bool) -> ! {
    let vietnamese = language == Language::Vietnamese;
    if error.use_stderr() && as_json {
        eprintln!("{}", document(error, language));
    } else if error.use_stderr() && vietnamese {
        eprint!("{}", vietnamese::mistake(error));
    } else if error.kind() == ErrorKind::DisplayHelp && vietnamese {
        line(vietnamese::help(&error.render().to_string()).trim_end());
    } else {
        error.exit();
    }
    std::process::exit(error.exit_code());
}

/// A mistake as `--json` prints it.
fn document(error: &clap::Error, language: Language) -> Json {
    let text = match language {
        Language::Vietnamese => vietnamese::mistake(error),
        Language::English => error.render().to_string(),
    };
    let first = text.lines().next().unwrap_or_default();
    let message = match (error.kind(), language) {
        // What clap says then is the help.
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, Language::Vietnamese) => {
            "còn thiếu một lệnh"
        }
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, Language::English) => {
            "a command is missing"
        }
        _ => first.trim_start_matches("error: ").trim_start_matches("congdoan: "),
    };
    let arguments = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => vec![argument.clone()],
        Some(ContextValue::Strings(arguments)) => arguments.clone(),
        _ => Vec::new(),
    };
    let fields: Vec<Json> = arguments
        .iter()
        .map(|argument| {
            // `--limit <COUNT>` is the argument `--limit`.
            let field = argument.split(' ').next().unwrap_or(argument);
            json!({
                "field": field,
                "place": argument,
                "reason": COMMAND_LINE_INVALID,
                "message": message,
            })
        })
        .collect();
    json!({ "error": {
        "message": message,
        "text": text.trim_end(),
        "reason": COMMAND_LINE_INVALID,
        "domain": DOMAIN,
        "metadata": {},
        "fields": fields,
    } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command_in;

    #[test]
    fn a_mistake_is_a_document_where_one_is_asked_for() {
        let asks = |arguments: &[&str]| {
            asks_for_json(&arguments.iter().map(OsString::from).collect::<Vec<_>>())
        };
        assert!(asks(&["congdoan", "--json", "zzz"]) && asks(&["congdoan", "token", "--json"]));
        assert!(!asks(&["congdoan", "with-postgres", "--", "x", "--json"]));
        for language in [Language::English, Language::Vietnamese] {
            for (arguments, field) in [
                (&["congdoan", "plan", "show", "nope"][..], Some("<PLAN_ID>")),
                (&["congdoan", "search", "--limit", "x"], Some("--limit")),
                (&["congdoan", "report", "BA_DINH"], Some("--organisation")),
                (&["congdoan", "token"], Some("--subject")),
                (&["congdoan", "zzz"], None),
            ] {
                let mistaken = command_in(language).try_get_matches_from(arguments);
                let document = document(&mistaken.expect_err("a mistake"), language);
                let error = &document["error"];
                assert_eq!(error["reason"], COMMAND_LINE_INVALID);
                assert!(!error["message"].as_str().expect("a text").is_empty());
                let named = error["fields"][0]["field"].as_str();
                assert_eq!(named, field, "{document}");
            }
        }
    }
}
