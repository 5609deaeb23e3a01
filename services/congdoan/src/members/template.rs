//! `congdoan members template`: a file to fill in.

use serde_json::json;
use sheets::writing::{self, Format};

use super::list::format_of;
use crate::cli::members::{Form, Template};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::told::write_file;

/// Writes the file.
pub fn run(template: &Template) -> anyhow::Result<()> {
    let format = if template.xlsx { Format::Xlsx } else { format_of(&template.file) };
    let form = match template.form {
        Form::Individual => writing::Form::Individual,
        Form::Collective => writing::Form::Collective,
    };
    write_file(&template.file, &writing::template(Vec::new(), format, form)?)?;
    let file = template.file.display();
    if is_json() {
        print_json(&json!({ "file": file.to_string() }));
    } else {
        line(&tell!("Đã ghi {file}.", "{file} was written."));
    }
    Ok(())
}
