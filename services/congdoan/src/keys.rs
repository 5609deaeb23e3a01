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
    let version = keys.rotate.then(|| system::keys::rotate(&keys.directory)).transpose();
    let version = version.map_err(|error| {
        in_words(
            error,
            tell!(
                "không thêm được khóa dữ liệu ở {directory}",
                "cannot add a data key in {directory}"
            ),
        )
    })?;
    if is_json() {
        let directory = directory.to_string();
        print_json(&serde_json::json!({ "directory": directory, "data_key": version }));
        return Ok(());
    }
    line(&tell!("Các khóa nằm ở {directory}.", "The keys are in {directory}."));
    if let Some(version) = version {
        line(&tell!(
            "Khóa dữ liệu {version} được dùng từ ngày mai.",
            "Data key {version} seals from tomorrow on."
        ));
    }
    Ok(())
}
