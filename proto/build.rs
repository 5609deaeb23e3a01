//! Compiles every contract under `congdoan/` with protox: no protoc on anybody's machine; and
//! writes the code that looks at what comes in (`build/walk.rs`), says what kind of question it
//! is (`build/question.rs`), and tabulates what is told of each reason (`build/reasons.rs`). The
//! table of services becomes code, too (`build/services.rs`).

#[path = "build/question.rs"]
mod question;
#[path = "build/reasons.rs"]
mod reasons;
#[path = "src/door/rule.rs"]
mod rule;
#[path = "build/services.rs"]
mod services;
#[path = "build/walk.rs"]
mod walk;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The table of the services.
const SERVICES: &str = "../services/services.csv";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=congdoan");
    println!("cargo:rerun-if-changed=google");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=src/door/rule.rs");
    println!("cargo:rerun-if-changed={SERVICES}");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut files = Vec::new();
    collect(Path::new("congdoan"), &mut files)?;
    files.sort();
    // In no contract's imports, but in the answers: a refusal and its details, so that a client
    // that knows nothing but reflection can read them.
    files.push("google/rpc/status.proto".into());
    files.push("google/rpc/error_details.proto".into());

    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    // The encoded set keeps custom options (google.api.http, permission); the one below
    // goes through prost-types and drops them, which code generation does not mind.
    let descriptors = compiler.encode_file_descriptor_set();
    fs::write(out.join("services.rs"), services::written(&fs::read_to_string(SERVICES)?)?)?;
    fs::write(out.join("questions.rs"), question::written(&descriptors)?)?;
    fs::write(out.join("walks.rs"), walk::written(&descriptors)?)?;
    fs::write(out.join("reasons.rs"), reasons::written(&descriptors)?)?;
    fs::write(out.join("descriptors.bin"), descriptors)?;

    tonic_prost_build::configure()
        .include_file("contracts.rs")
        .codec_path("crate::door::Codec")
        .compile_fds_with_config(compiler.file_descriptor_set(), {
            let mut config = prost_build::Config::new();
            // A message knows its full name, so that it can be packed into an Any; with the
            // host by which every reader of proto3 JSON knows it.
            // What is passed on as it came is not copied.
            config.bytes([".google.api.HttpBody"]);
            config.enable_type_names().type_name_domain(["."], "type.googleapis.com");
            config
        })?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ext| ext == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
