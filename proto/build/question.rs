//! Writes which of three kinds each question is: see `src/door/question.rs`.

use std::collections::BTreeMap;
use std::fmt::Write;

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

use crate::walk;

/// The kind of every message that asks something, and of the headers of streams.
pub fn written(descriptors: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let pool = DescriptorPool::decode(descriptors)?;
    let mut asked = BTreeMap::new();
    let services = pool.services().filter(|service| service.full_name().starts_with(walk::OURS));
    for method in services.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        if method.is_client_streaming() {
            // The parts of a stream; of these the header says who acts.
            for field in method.input().fields() {
                if let Kind::Message(part) = field.kind()
                    && has(&part, ["request_id", "validate_only"])?
                {
                    asked.insert(part.full_name().to_string(), part);
                }
            }
        } else if method.input().full_name().starts_with(walk::OURS) {
            asked.insert(method.input().full_name().to_string(), method.input());
        }
    }
    let mut written = String::new();
    for message in asked.values() {
        let path = walk::path(message);
        let acts = has(message, ["request_id", "validate_only"])?;
        let pages = has(message, ["page_size", "page_token"])?;
        match (acts, pages) {
            (true, true) => return Err(format!("{path}: acts, and asks for a page").into()),
            (true, false) => writeln!(
                written,
                "impl super::Write for {path} {{
                     fn request_id(&self) -> &str {{ &self.request_id }}
                     fn validate_only(&self) -> bool {{ self.validate_only }}
                 }}"
            )?,
            (false, true) => writeln!(
                written,
                "impl super::List for {path} {{
                     fn take_page(&mut self) -> (String, i32) {{
                         let token = std::mem::take(&mut self.page_token);
                         (token, std::mem::take(&mut self.page_size))
                     }}
                 }}"
            )?,
            (false, false) => writeln!(written, "impl super::Read for {path} {{}}")?,
        }
    }
    Ok(written)
}

/// Whether a message has both fields; one without the other is a mistake in the contract.
fn has(message: &MessageDescriptor, fields: [&str; 2]) -> Result<bool, String> {
    match fields.map(|field| message.get_field_by_name(field).is_some()) {
        [true, true] => Ok(true),
        [false, false] => Ok(false),
        _ => Err(format!("{}: only one of {} and {}", message.full_name(), fields[0], fields[1])),
    }
}
