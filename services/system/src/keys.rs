//! The keys of a system, made once.

use std::path::Path;

use chassis::access::token;
use chassis::database::today;

/// Makes what is missing in a directory: the key pairs by which services believe each other,
/// the secret that seals tokens, membership's keys of personal data, and those that sign
/// cards and closings. What is there stays as it is.
pub fn make(directory: &Path) -> anyhow::Result<token::Keys> {
    let keys = token::keys_in(directory)?;
    membership::ground::keys::Config::in_folder(directory).create(today())?;
    membership::ground::card_keys::Config::in_folder(directory).create(today())?;
    reporting::Closings::in_folder(directory).create(today())?;
    Ok(keys)
}

/// Adds a data key to membership's, that seals from tomorrow on: by then every replica has read of it.
/// Answers its version.
pub fn rotate(directory: &Path) -> anyhow::Result<i32> {
    let tomorrow = today().next_day().unwrap_or_else(today);
    membership::ground::keys::Config::in_folder(directory).rotate(tomorrow)
}
