//! The help of the command line, and what is said of mistakes in it, in Vietnamese.

mod pages;
mod texts;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use self::pages::{AFTER, MORE};
use self::texts::{ARGUMENTS, COMMANDS, OF_CLAP, VALUES};

const TEMPLATE: &str = "{about-with-newline}\nCách dùng: {usage}\n\n{all-args}{after-help}";

/// What clap wrote, in Vietnamese throughout.
pub fn help(text: &str) -> String {
    OF_CLAP.iter().fold(text.to_owned(), |text, (english, ours)| text.replace(english, ours))
}

/// The command line with its help in Vietnamese.
pub fn translated(command: Command) -> Command {
    in_vietnamese(command, "")
}

fn in_vietnamese(command: Command, path: &str) -> Command {
    let about = COMMANDS.iter().find(|(of, _)| *of == path).map(|(_, about)| *about);
    let more = MORE.iter().find(|(of, _)| *of == path).map(|(_, more)| *more);
    let mut place = 0;
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH")
        .disable_help_flag(true)
        .mut_args(|argument| {
            let help = meaning(path, argument.get_id().as_str());
            let positional = argument.is_positional();
            let argument =
                argument.help_heading(if positional { "Đối số" } else { "Tùy chọn" });
            // In the order in which they are written, and not by their names.
            let argument = if positional {
                place += 1;
                argument.display_order(place)
            } else {
                argument
            };
            if let (Some(help), Some(values)) = (help, values(&argument)) {
                let help = format!("{help}. Có thể là: {values}");
                return argument.hide_possible_values(true).help(help).long_help(Resettable::Reset);
            }
            match help {
                Some(help) => argument.help(help).long_help(Resettable::Reset),
                None => argument,
            }
        })
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("In trợ giúp")
                .help_heading("Tùy chọn"),
        );
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help("In phiên bản")
                .help_heading("Tùy chọn"),
        );
    }
    if let Some(about) = about {
        let short = about.lines().next().unwrap_or(about).to_owned();
        command = command.about(short).long_about(more.unwrap_or(about).to_owned());
    }
    let after = match AFTER.iter().find(|(of, _)| *of == path) {
        Some((_, after)) => Some((*after).to_owned()),
        None => command.get_after_help().map(|after| {
            after.to_string().replace("Examples:", "Ví dụ:").replace("Example:", "Ví dụ:")
        }),
    };
    if let Some(after) = after {
        command = command.after_help(after);
    }
    let below: Vec<String> =
        command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in below {
        let path = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(&name, |below| in_vietnamese(below, &path));
    }
    command
}

/// What an argument means: of this command, or everywhere.
fn meaning(path: &str, id: &str) -> Option<&'static str> {
    let own = format!("{path} {id}");
    let known = |of: &str| ARGUMENTS.iter().find(|(name, _)| *name == of).map(|(_, help)| *help);
    known(&own).or_else(|| known(id))
}

/// The values of an argument that need words; nothing where they are known by their names.
fn values(argument: &Arg) -> Option<String> {
    let (_, words) = VALUES.iter().find(|(of, _)| argument.get_id() == *of)?;
    let values: Vec<String> =
        words.iter().map(|(value, means)| format!("{value} ({means})")).collect();
    Some(values.join(", "))
}

/// A mistake in the arguments.
pub fn mistake(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return help(&error.render().to_string());
    }
    let said = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (argument, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("còn thiếu: {argument}"),
        ErrorKind::MissingSubcommand => "còn thiếu một lệnh".to_owned(),
        ErrorKind::UnknownArgument => format!("không có tùy chọn nào là {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("không có lệnh nào là {}", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} phải có giá trị"),
        ErrorKind::InvalidValue => format!("{argument} không thể là \"{value}\""),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!(": {why}"));
            format!("{argument} không thể là \"{value}\"{}", why.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => {
            let prior = said(ContextKind::PriorArg);
            if prior == argument {
                format!("{argument} chỉ được ghi một lần")
            } else {
                format!("{argument} không đi cùng {prior}")
            }
        }
        ErrorKind::TooManyValues => format!("{argument} không nhận \"{value}\""),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} chưa đủ giá trị")
        }
        ErrorKind::NoEquals => format!("{argument} phải ghi với dấu ="),
        ErrorKind::InvalidUtf8 => "đối số không phải UTF-8".to_owned(),
        _ => format!("{error}"),
    };
    let mut told = format!("congdoan: {what}");
    let valid = said(ContextKind::ValidValue);
    if !valid.is_empty() {
        told.push_str(&format!("\n  có thể là: {valid}"));
    }
    for suggested in
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
    {
        let suggested = said(suggested);
        if !suggested.is_empty() {
            told.push_str(&format!("\n  có phải là: {suggested}?"));
        }
    }
    let usage = said(ContextKind::Usage);
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        let usage = help(usage);
        told.push_str(&format!("\n\nCách dùng: {usage}"));
    }
    told.push_str("\n\nXem thêm với --help.\n");
    told
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// Commands and arguments that are told in no Vietnamese.
    fn untranslated(command: &Command, path: &str) -> Vec<String> {
        let mut missing = Vec::new();
        if !COMMANDS.iter().any(|(of, _)| *of == path) {
            missing.push(path.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if meaning(path, id).is_none() {
                missing.push(format!("{path}: {id}"));
            }
        }
        for below in command.get_subcommands() {
            let name = below.get_name();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
            missing.extend(untranslated(below, &path));
        }
        missing
    }

    #[test]
    fn every_command_and_every_argument_has_its_help_in_vietnamese() {
        assert_eq!(untranslated(&Cli::command(), ""), [""; 0]);
    }

    #[test]
    fn nothing_is_translated_that_is_not_there() {
        let mut known = Vec::new();
        fn collect(command: &Command, path: &str, known: &mut Vec<String>) {
            known.push(path.to_owned());
            for argument in command.get_arguments() {
                let id = argument.get_id().to_string();
                known.push(format!("{path} {id}"));
                known.push(id);
            }
            for below in command.get_subcommands() {
                let name = below.get_name();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
                collect(below, &path, known);
            }
        }
        collect(&Cli::command(), "", &mut known);
        let made = ["help", "version"];
        for (name, _) in COMMANDS.iter().chain(ARGUMENTS).chain(MORE).chain(AFTER) {
            assert!(known.iter().any(|one| one == name) || made.contains(name), "{name}");
        }
    }

    /// Arguments of a command and of those below it, each with its path and its help in English.
    fn explained(command: &Command, path: &str, all: &mut Vec<(String, Arg)>) {
        for argument in command.get_arguments() {
            all.push((path.to_owned(), argument.clone()));
        }
        for below in command.get_subcommands() {
            let name = below.get_name();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
            explained(below, &path, all);
        }
    }

    /// What a help says that is no word of a language: other options, commands, numbers.
    fn facts(help: &str) -> Vec<&str> {
        let mut facts: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        let words = help.split(|c: char| c.is_whitespace() || ".,;:()".contains(c));
        facts.extend(words.filter(|word| {
            word.starts_with("--") || word.starts_with(|c: char| c.is_ascii_digit())
        }));
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    #[test]
    fn both_helps_say_the_same_of_defaults_other_options_and_numbers() {
        let mut all = Vec::new();
        explained(&Cli::command(), "", &mut all);
        assert!(all.len() > 80, "only {} arguments were found", all.len());
        let mut differing = Vec::new();
        for (path, argument) in all {
            let id = argument.get_id().as_str();
            let english = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let long = argument.get_long_help().map(ToString::to_string);
            let english = long.unwrap_or(english);
            let ours = meaning(&path, id).unwrap_or_default();
            let defaults = (english.contains("default"), ours.contains("mặc định"));
            if defaults.0 != defaults.1 || (argument.is_required_set() && defaults.1) {
                differing.push(format!("{path} {id}, default: {english} | {ours}"));
            }
            if facts(&english) != facts(ours) {
                differing.push(format!("{path} {id}, facts: {english} | {ours}"));
            }
            for value in argument.get_possible_values() {
                let known = VALUES.iter().filter(|(of, _)| *of == id).flat_map(|(_, all)| *all);
                let known = known.into_iter().any(|(name, _)| *name == value.get_name());
                if value.get_help().is_some() != known {
                    differing.push(format!("{path} {id}, value {}", value.get_name()));
                }
            }
        }
        assert!(differing.is_empty(), "{}", differing.join("\n"));
    }

    #[test]
    fn help_is_in_vietnamese_throughout_and_in_the_order_of_what_is_written() {
        let english = [
            "[OPTIONS]",
            "[COMMAND]",
            "ossible values",
            "[default",
            "[env",
            "Print",
            "Usage",
            "It ",
        ];
        let mut all = vec![String::new()];
        fn paths(command: &Command, path: &str, all: &mut Vec<String>) {
            for below in command.get_subcommands() {
                let path = format!("{path} {}", below.get_name());
                all.push(path.clone());
                paths(below, &path, all);
            }
        }
        paths(&Cli::command(), "", &mut all);
        for path in all {
            for flag in ["-h", "--help"] {
                let arguments =
                    ["congdoan"].into_iter().chain(path.split_whitespace()).chain([flag]);
                let error = translated(Cli::command()).try_get_matches_from(arguments);
                let said = help(&error.expect_err("help").render().to_string());
                let found = english.iter().find(|word| said.contains(**word));
                assert_eq!(found, None, "congdoan {path} {flag}: {said}");
            }
        }
        let of = |arguments: &[&str]| {
            let error = translated(Cli::command()).try_get_matches_from(arguments);
            help(&error.expect_err("help").render().to_string())
        };
        for command in ["remove", "replace"] {
            let said = of(&["congdoan", "plan", command, "--help"]);
            let listed = said.split("Đối số:").nth(1).expect("arguments are listed");
            assert!(listed.find("<PLAN_ID>") < listed.find("<LINES>"), "{said}");
        }
        let said = of(&["congdoan", "help"]);
        assert!(said.contains("Cách dùng:") && said.contains("Tìm tổ chức"), "{said}");
        let said = of(&["congdoan", "help", "plan", "steps"]);
        assert!(said.contains("Ghi ra tệp này"), "{said}");
    }

    #[test]
    fn a_mistake_is_told_in_vietnamese() {
        let mistake = |arguments: &[&str]| {
            let error =
                translated(Cli::command()).try_get_matches_from(arguments).expect_err("a mistake");
            super::mistake(&error)
        };
        for (arguments, expected) in [
            (&["congdoan", "lod"][..], "không có lệnh nào là lod\n  có phải là: load?"),
            (&["congdoan", "load"], "còn thiếu: <FILE.csv>"),
            (&["congdoan", "load", "x", "--hitsory", "y"], "không có tùy chọn nào là --hitsory"),
            (
                &["congdoan", "search", "x", "--status", "gone"],
                "không thể là \"gone\"\n  có thể là: active",
            ),
            (
                &["congdoan", "search", "x", "--as-of", "31/12/2020"],
                "không thể là \"31/12/2020\": ",
            ),
            (&["congdoan", "token"], "còn thiếu: --subject"),
            (&["congdoan", "search", "--code-prefix", "A", "B"], "không đi cùng"),
        ] {
            let told = mistake(arguments);
            assert!(told.contains(expected), "{arguments:?}: {told}");
            assert!(!told.contains("error") && !told.contains("Usage"), "{told}");
        }
    }
}
