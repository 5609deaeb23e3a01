//! A packed file: its directory, and one part of it at a time.
//!
//! Readers of packed files take room for as many entries as the file says it has; here the
//! directory is read with a limit, and an entry is looked at only when its part is asked for. No part
//! is unpacked within another.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::limits::{Limits, RATIO_FROM};
use crate::refused::{Other, Refused, Stopped, TooMuch};

const DIRECTORY_ENDS: [u8; 4] = *b"PK\x05\x06";
const DIRECTORY_ENDS_64: [u8; 4] = *b"PK\x06\x06";
const LOCATES_64: [u8; 4] = *b"PK\x06\x07";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const PART: [u8; 4] = *b"PK\x03\x04";
/// A file ends with at most so many bytes of remarks.
const REMARKS: u64 = 65_535;

/// A packed file, by the names of its parts.
pub(super) struct Package<R> {
    source: R,
    limits: Limits,
    /// In lower case: names of parts are the same in any.
    entries: HashMap<String, Entry>,
}

/// What the directory says of a part; only where it begins and how much of the file it takes are
/// relied on.
#[derive(Clone, Copy)]
struct Entry {
    stored: bool,
    header_at: u64,
    packed: u64,
    checksum: u32,
}

impl<R: Read + Seek> Package<R> {
    pub(super) fn open(mut source: R, length: u64, limits: Limits) -> Result<Self, Refused> {
        let directory = directory(&mut source, length)?;
        if directory.bytes > limits.directory_bytes {
            return Err(Refused::TooMuch(TooMuch::Parts));
        }
        source.seek(SeekFrom::Start(directory.at))?;
        let mut bytes = Vec::new();
        source.by_ref().take(directory.bytes).read_to_end(&mut bytes)?;
        let mut entries = HashMap::new();
        let mut rest = bytes.as_slice();
        while rest.starts_with(&ENTRY) {
            if entries.len() >= limits.entries {
                return Err(Refused::TooMuch(TooMuch::Parts));
            }
            let (name, entry, length) = entry(rest)?;
            if let Some(entry) = entry {
                // Of two parts of one name programs read one or the other.
                if entries.insert(name, entry).is_some() {
                    return Err(Refused::Damaged("a part is there twice"));
                }
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(Self { source, limits, entries })
    }

    /// Whether it has a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_lowercase())
    }

    /// A part, unpacked as it is read.
    pub(super) fn part(&mut self, name: &str) -> Result<Part<&mut R>, Refused> {
        let entry = self.find(name)?;
        begin(&mut self.source, entry)?;
        Ok(Part::new(&mut self.source, entry, &self.limits))
    }

    /// A part, the last that is read.
    pub(super) fn into_part(mut self, name: &str) -> Result<Part<R>, Refused> {
        let entry = self.find(name)?;
        begin(&mut self.source, entry)?;
        Ok(Part::new(self.source, entry, &self.limits))
    }

    fn find(&self, name: &str) -> Result<Entry, Refused> {
        let entry = self.entries.get(&name.to_lowercase()).copied();
        entry.ok_or(Refused::Damaged("a part is missing"))
    }
}

/// Goes to where the bytes of a part begin.
fn begin(source: &mut (impl Read + Seek), entry: Entry) -> Result<(), Refused> {
    source.seek(SeekFrom::Start(entry.header_at))?;
    let mut header = [0; 30];
    source.read_exact(&mut header)?;
    if !header.starts_with(&PART) {
        return Err(Refused::Damaged("a part is not where it should be"));
    }
    let behind = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
    source.seek(SeekFrom::Current(behind))?;
    Ok(())
}

/// A part, unpacked as it is read: up to its limits, and compared with its checksum at its end.
pub(super) struct Part<S> {
    unpacking: Unpacking<S>,
    checksum: Crc,
    expected: u32,
    unpacked_limit: u64,
    ratio_limit: u64,
}

enum Unpacking<S> {
    Stored(Take<S>),
    Deflated(DeflateDecoder<Take<S>>),
}

impl<S: Read> Part<S> {
    fn new(source: S, entry: Entry, limits: &Limits) -> Self {
        let taken = source.take(entry.packed);
        Self {
            unpacking: match entry.stored {
                true => Unpacking::Stored(taken),
                false => Unpacking::Deflated(DeflateDecoder::new(taken)),
            },
            checksum: Crc::new(),
            expected: entry.checksum,
            unpacked_limit: limits.unpacked_bytes,
            ratio_limit: entry.packed.saturating_mul(limits.ratio).max(RATIO_FROM),
        }
    }
}

impl<S: Read> Read for Part<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.unpacking {
            Unpacking::Stored(bytes) => bytes.read(into)?,
            Unpacking::Deflated(bytes) => bytes.read(into)?,
        };
        self.checksum.update(&into[..read]);
        // It counts in 32 bits; the limit is below.
        let unpacked = u64::from(self.checksum.amount());
        if unpacked > self.unpacked_limit {
            return Err(Stopped::at(TooMuch::Unpacked));
        }
        if unpacked > self.ratio_limit {
            return Err(Stopped::at(TooMuch::Packed));
        }
        if read == 0 && !into.is_empty() && self.checksum.sum() != self.expected {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum differs"));
        }
        Ok(read)
    }
}

struct Directory {
    at: u64,
    bytes: u64,
}

/// Where the directory is: the end of the file says so.
fn directory(source: &mut (impl Read + Seek), length: u64) -> Result<Directory, Refused> {
    let from = length.saturating_sub(REMARKS + 22);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.by_ref().take(REMARKS + 22).read_to_end(&mut tail)?;
    let ends = tail
        .windows(22)
        .rposition(|window| window.starts_with(&DIRECTORY_ENDS))
        .ok_or(Refused::Damaged("the directory is missing"))?;
    let end = &tail[ends..];
    let (bytes, at) = (u32_at(end, 12), u32_at(end, 16));
    if bytes != u32::MAX && at != u32::MAX {
        return Ok(Directory { at: u64::from(at), bytes: u64::from(bytes) });
    }
    // Programs that write as they go say so in numbers of 64 bits.
    let locator = ends.checked_sub(20).and_then(|at| tail.get(at..ends));
    let locator = locator.filter(|locator| locator.starts_with(&LOCATES_64));
    let locator = locator.ok_or(Refused::Damaged("the directory is missing"))?;
    source.seek(SeekFrom::Start(u64_at(locator, 8)))?;
    let mut end = [0; 56];
    source.read_exact(&mut end)?;
    if !end.starts_with(&DIRECTORY_ENDS_64) {
        return Err(Refused::Damaged("the directory is missing"));
    }
    Ok(Directory { at: u64_at(&end, 48), bytes: u64_at(&end, 40) })
}

/// An entry of the directory: its name, what it says, and how long it is. What cannot be unpacked is
/// left out: it may be a part that nobody asks for.
fn entry(bytes: &[u8]) -> Result<(String, Option<Entry>, usize), Refused> {
    const CUT_OFF: Refused = Refused::Damaged("the directory is cut off");
    if bytes.len() < 46 {
        return Err(CUT_OFF);
    }
    let flags = u16_at(bytes, 8);
    let method = u16_at(bytes, 10);
    let (packed, unpacked, at) = (u32_at(bytes, 20), u32_at(bytes, 24), u32_at(bytes, 42));
    let sizes = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
    let [name, extra, _remarks] = sizes;
    let length = 46 + sizes.iter().sum::<usize>();
    if bytes.len() < length {
        return Err(CUT_OFF);
    }
    let extra = &bytes[46 + name..46 + name + extra];
    let name = String::from_utf8_lossy(&bytes[46..46 + name]).to_lowercase();
    let mut long = longer(extra).into_iter();
    let mut longer = |short: u32| match short {
        u32::MAX => long.next().ok_or(CUT_OFF),
        short => Ok(u64::from(short)),
    };
    // In this order, each only where it does not fit.
    let (_unpacked, packed, header_at) = (longer(unpacked)?, longer(packed)?, longer(at)?);
    let encrypted = flags & 1 != 0;
    let entry = Entry { stored: method == 0, header_at, packed, checksum: u32_at(bytes, 16) };
    Ok((name, matches!(method, 0 | 8).then_some(entry).filter(|_| !encrypted), length))
}

/// The numbers of 64 bits that an entry has beside it.
fn longer(mut extra: &[u8]) -> Vec<u64> {
    while extra.len() >= 4 {
        let (kind, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + size) else { break };
        if kind == 1 {
            return field.chunks_exact(8).map(|number| u64_at(number, 0)).collect();
        }
        extra = &extra[4 + size..];
    }
    Vec::new()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u64::from_le_bytes)
}

/// What a packed file without a workbook is.
pub(super) fn without_workbook<R: Read + Seek>(package: &Package<R>) -> Refused {
    let document = package.has("word/document.xml") || package.has("ppt/presentation.xml");
    Refused::Other(if document { Other::Document } else { Other::Packed })
}
