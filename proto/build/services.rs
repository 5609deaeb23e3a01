//! Writes the table of services as code: see `src/services.rs`.

use std::fmt::Write;

/// A line of the table.
struct Line<'a> {
    name: &'a str,
    port: &'a str,
    has_database: bool,
    follows: Vec<&'a str>,
}

/// The services of this table, those who own a database, and those who sign tokens: the gateway
/// for end users, and whoever follows a feed for itself.
pub fn written(table: &str) -> Result<String, Box<dyn std::error::Error>> {
    let lines = table.lines().skip(1).map(line).collect::<Result<Vec<_>, _>>()?;
    let names = |of: fn(&Line<'_>) -> bool| -> Vec<&str> {
        lines.iter().filter(|line| of(line)).map(|line| line.name).collect()
    };
    let mut written = String::new();
    writeln!(written, "/// All of them.\npub const SERVICES: [Service; {}] = [", lines.len())?;
    for Line { name, port, has_database, follows } in &lines {
        writeln!(
            written,
            "Service {{ name: {name:?}, port: {port}, has_database: {has_database}, \
             follows: &{follows:?} }},"
        )?;
    }
    writeln!(written, "];")?;
    let owners = names(|line| line.has_database);
    let signers = names(|line| !line.has_database || !line.follows.is_empty());
    for (comment, constant, names) in [
        ("The names of all, in the order in which they start.", "NAMES", names(|_| true)),
        ("Those that own a database.", "OWNERS", owners.clone()),
        ("Those that sign internal tokens.", "SIGNERS", signers),
    ] {
        let many = names.len();
        writeln!(written, "/// {comment}\npub const {constant}: [&str; {many}] = {names:?};")?;
    }
    // Whoever owns something is called through the gateway.
    let variants: Vec<(String, &str)> = owners
        .iter()
        .map(|name| (format!("{}{}", name[..1].to_uppercase(), &name[1..]), *name))
        .collect();
    writeln!(
        written,
        "/// A service behind the gateway.
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
         pub enum Backend {{"
    )?;
    for (variant, name) in &variants {
        writeln!(written, "/// `congdoan.{name}.v1`.\n{variant},")?;
    }
    let all: Vec<String> = variants.iter().map(|(variant, _)| format!("Self::{variant}")).collect();
    writeln!(
        written,
        "}}
         impl Backend {{
             /// All of them.
             pub const ALL: [Self; {}] = [{}];
             /// The name in packages, tokens and refusals.
             pub fn name(self) -> &'static str {{ match self {{",
        all.len(),
        all.join(", ")
    )?;
    for (variant, name) in &variants {
        writeln!(written, "Self::{variant} => {name:?},")?;
    }
    writeln!(written, "}} }} }}")?;
    Ok(written)
}

fn line(line: &str) -> Result<Line<'_>, String> {
    let [name, port, database, follows] = line.split(',').collect::<Vec<_>>()[..] else {
        return Err(format!("services.csv: {line:?} has not four columns"));
    };
    let letters = name.len() > 1 && name.bytes().all(|letter| letter.is_ascii_lowercase());
    if !letters || port.parse::<u16>().is_err() || !["yes", "no"].contains(&database) {
        return Err(format!("services.csv: {line:?} is not: name, port, yes or no, names"));
    }
    let follows = follows.split_whitespace().collect();
    Ok(Line { name, port, has_database: database == "yes", follows })
}
