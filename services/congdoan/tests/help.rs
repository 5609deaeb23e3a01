//! The program as a newcomer meets it.

use std::process::Command;

fn said(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_congdoan"))
        .args(arguments)
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{arguments:?} ended with {}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn every_command_says_what_it_is_for() {
    let help = said(&["--help"]);
    for command in ["up", "demo", "bootstrap", "load", "plan", "report", "explain", "token"] {
        let line = help.lines().find(|line| line.trim_start().starts_with(command));
        let line = line.unwrap_or_else(|| panic!("{command} is not in {help}"));
        let meaning = line.trim_start().trim_start_matches(command).trim();
        assert!(!meaning.is_empty(), "{command} does not say what it is for");
        assert!(said(&[command, "--help"]).contains("Usage:"), "{command} has no help of its own");
    }
}

#[test]
fn the_help_of_a_load_names_every_column_of_its_files() {
    let help = said(&["load", "--help"]);
    for column in [
        "code",
        "name",
        "short_name",
        "type",
        "sector",
        "superior_code",
        "founded_on",
        "ended_on",
        "end_kind",
        "successor_code",
        "of",
        "from_on",
        "status",
    ] {
        let named =
            help.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column);
        assert!(named, "{column} is not in {help}");
    }
    assert!(help.contains("run again"), "it does not say how to go on");
}
