//! Files that are answered: what they are called, and how they are written piece by piece.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chassis::refusal::Refusal;
use proto::google::api::HttpBody;
use proto::membership::v1 as pb;
use sheets::writing::Format;
use tonic::Response;
use tonic::metadata::MetadataValue;

use crate::ground::refused::Refused;

/// Bytes of one piece.
pub const PIECE: usize = 256 * 1024;

/// In what form a file is asked for.
pub fn format(asked: i32) -> Result<Format, Refusal> {
    match pb::FileFormat::try_from(asked) {
        Ok(pb::FileFormat::Csv) => Ok(Format::Csv),
        Ok(pb::FileFormat::Xlsx) => Ok(Format::Xlsx),
        Ok(pb::FileFormat::Unspecified) => Err(chassis::parse::required("format")),
        Err(_) => Err(Refused::EnumValueUnknown { field: "format".to_string() }.into()),
    }
}

/// `membership.v1.FileFormat`.
pub fn number(format: Format) -> i16 {
    match format {
        Format::Csv => 1,
        Format::Xlsx => 2,
    }
}

/// The form that has a number.
pub fn numbered(number: i16) -> anyhow::Result<Format> {
    match number {
        1 => Ok(Format::Csv),
        2 => Ok(Format::Xlsx),
        other => anyhow::bail!("no form of a file has the number {other}"),
    }
}

/// What a file is, as HTTP names it.
pub fn content_type(format: Format) -> &'static str {
    match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

/// The first piece of an answer says what all of it is.
pub fn first(format: Format, data: Bytes) -> HttpBody {
    HttpBody { content_type: content_type(format).to_string(), ..piece(data) }
}

/// A piece that follows.
pub fn piece(data: Bytes) -> HttpBody {
    HttpBody { content_type: String::new(), data, extensions: Vec::new() }
}

/// Says what the file of an answer is called, without its ending.
pub fn named<T>(response: &mut Response<T>, name: &str, format: Format) {
    let ending = match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
    };
    let said = format!("attachment; filename=\"{name}.{ending}\"");
    if let Ok(said) = MetadataValue::try_from(said) {
        response.metadata_mut().insert("content-disposition", said);
    }
}

/// What was written of a file and not taken yet. Clones are the same.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next whole piece, if there is one.
    pub fn take(&self) -> Option<Vec<u8>> {
        let mut bytes = self.bytes();
        if bytes.len() < PIECE {
            return None;
        }
        let rest = bytes.split_off(PIECE);
        Some(std::mem::replace(&mut *bytes, rest))
    }

    /// What is left when all is written.
    pub fn take_rest(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes())
    }
}

impl Write for Written {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_out_in_pieces_and_whole() {
        let written = Written::default();
        let mut writes = written.clone();
        let (mut all, mut taken) = (Vec::new(), Vec::new());
        for n in 0..10_u8 {
            let more = vec![n; PIECE / 3];
            all.extend_from_slice(&more);
            writes.write_all(&more).expect("written");
            while let Some(piece) = written.take() {
                assert_eq!(piece.len(), PIECE);
                taken.extend(piece);
            }
        }
        let rest = written.take_rest();
        assert!(!rest.is_empty() && rest.len() < PIECE);
        taken.extend(rest);
        assert!(taken == all && written.take_rest().is_empty());
    }
}
