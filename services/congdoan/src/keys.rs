//! `congdoan keys`: the keys of a system, made once.

use crate::cli::Keys;
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::told::in_words;

/// Makes the keys in the directory that the command line names.
pub fn run(keys: Keys) -> anyhow::Result<()> {
    let directory = keys.directory.display();
    system::keys::make(&keys.directory).map_err(|error| {
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
