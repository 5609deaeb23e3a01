//! Configuration: documented defaults compiled in, then a file, then the environment.
//!
//! Each service has a struct, `#[serde(deny_unknown_fields)]` all the way down, so that a
//! misspelt key is an error at the start and not a surprise later; and a `defaults.toml` that
//! documents every key. Secrets are never values: a key names the file that holds them.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Environment, File, FileFormat};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The chassis' own defaults, by section.
const CHASSIS_DEFAULTS: &str = include_str!("defaults.toml");

/// Reads a service's configuration: `defaults_toml`; the file that `--config` or
/// `<PREFIX>_CONFIG` names; the environment, as `<PREFIX>__SECTION__KEY`.
pub fn load<T: DeserializeOwned>(defaults_toml: &str, prefix: &str) -> anyhow::Result<T> {
    let mut builder = defaults(defaults_toml)?;
    if let Some(path) = file(prefix)? {
        builder = builder.add_source(File::from(path.as_path()).format(FileFormat::Toml));
    }
    let environment = Environment::with_prefix(prefix).prefix_separator("__").separator("__");
    finish(builder.add_source(environment))
}

/// Reads a service's configuration from its defaults and a text in the place of file and
/// environment: for a process that runs several services, and for tests.
pub fn with<T: DeserializeOwned>(defaults_toml: &str, further_toml: &str) -> anyhow::Result<T> {
    let further = File::from_str(further_toml, FileFormat::Toml);
    finish(defaults(defaults_toml)?.add_source(further))
}

fn finish<T: DeserializeOwned>(builder: ConfigBuilder<DefaultState>) -> anyhow::Result<T> {
    builder
        .build()
        .context("read the configuration")?
        .try_deserialize()
        .context("understand the configuration")
}

/// The chassis' defaults of the sections that the service has, and over them its own.
fn defaults(defaults_toml: &str) -> anyhow::Result<ConfigBuilder<DefaultState>> {
    let own: toml::Table = defaults_toml.parse().context("read the compiled-in defaults")?;
    let mut chassis: toml::Table =
        CHASSIS_DEFAULTS.parse().context("read the chassis' compiled-in defaults")?;
    chassis.retain(|section, _| own.contains_key(section));
    let chassis = toml::to_string(&chassis).context("write the chassis' defaults")?;
    Ok(Config::builder()
        .add_source(File::from_str(&chassis, FileFormat::Toml))
        .add_source(File::from_str(defaults_toml, FileFormat::Toml)))
}

/// The file that the command line or, without one, the environment names.
fn file(prefix: &str) -> anyhow::Result<Option<PathBuf>> {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let Some(text) = argument.to_str() else {
            continue;
        };
        if text == "--config" {
            match arguments.next() {
                Some(path) => return Ok(Some(path.into())),
                None => bail!("--config needs the name of a file"),
            }
        }
        if let Some(path) = text.strip_prefix("--config=") {
            return Ok(Some(path.into()));
        }
    }
    Ok(std::env::var_os(format!("{prefix}_CONFIG")).map(PathBuf::from))
}

/// The name of a file that holds a secret. What it holds is read when it is needed and is in
/// no configuration that anybody prints.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    /// The secret in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The secret as text, without the line end that editors leave.
    pub fn read(&self) -> anyhow::Result<String> {
        let text = std::fs::read_to_string(&self.0)
            .with_context(|| format!("read the secret in {}", self.0.display()))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_string())
    }

    /// The secret as it stands.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        std::fs::read(&self.0).with_context(|| format!("read the secret in {}", self.0.display()))
    }
}

impl fmt::Debug for SecretFile {
    /// The file's name, which is no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretFile({})", self.0.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse\n").expect("written");
        let secret = SecretFile::at(path);
        assert!(!format!("{secret:?}").contains("horse"));
        assert_eq!(secret.read().expect("read"), "correct horse");
    }
}
