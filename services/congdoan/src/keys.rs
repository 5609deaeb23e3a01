//! `congdoan keys`: the keys of a system, made once.

use std::path::Path;

use chassis::access::token;
use chassis::database::today;

use crate::cli::Keys;
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::told::in_words;

/// Makes the keys in the directory that the command line names.
pub fn run(keys: Keys) -> anyhow::Result<()> {
    let directory = keys.directory.display();
    make(&keys.directory).map_err(|error| {
        in_words(
            error,
            tell!("không tạo được khóa ở {directory}", "cannot make the keys in {directory}"),
        )
    })?;
    if is_json() {
        print_json(&serde_json::json!({ "directory": directory.to_string() }));
    } else {
        line(&tell!("Các khóa nằm ở {directory}.", "The keys are in {directory}."));
    }
    Ok(())
}

/// Makes what is missing in a directory: the key pairs by which services believe each other,
/// the secret that seals tokens, and membership's keys of personal data. What is there
/// stays as it is.
pub fn make(directory: &Path) -> anyhow::Result<token::Keys> {
    let keys = token::keys_in(directory)?;
    membership::keys::Config::in_folder(directory).create(today())?;
    Ok(keys)
}
