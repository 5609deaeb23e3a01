//! A file that is sent, as it lies here while it is read: a workbook is read from its end, so that
//! it has to be here as a whole. It has no name, and goes with whoever holds it; and what lies in
//! it is sealed by a key that nobody keeps.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use anyhow::anyhow;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;

/// Bytes that are sealed together.
const BLOCK: usize = 64 * 1024;
/// What sealing adds.
const TAG: usize = 16;

/// A file that is being taken in.
pub struct Spool {
    file: File,
    key: LessSafeKey,
    blocks: u64,
    /// What is not sealed yet.
    tail: Vec<u8>,
}

impl Spool {
    /// One in which nothing is.
    pub fn empty() -> anyhow::Result<Self> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| anyhow!("the system has no randomness"))?;
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| anyhow!("no key can be made"))?;
        Ok(Self {
            file: tempfile::tempfile()?,
            key: LessSafeKey::new(key),
            blocks: 0,
            tail: Vec::with_capacity(BLOCK),
        })
    }

    /// Takes in more.
    pub fn push(&mut self, mut more: &[u8]) -> anyhow::Result<()> {
        while !more.is_empty() {
            let (now, later) = more.split_at(more.len().min(BLOCK - self.tail.len()));
            self.tail.extend_from_slice(now);
            more = later;
            if self.tail.len() == BLOCK {
                self.seal()?;
            }
        }
        Ok(())
    }

    fn seal(&mut self) -> anyhow::Result<()> {
        let mut block = std::mem::take(&mut self.tail);
        self.key
            .seal_in_place_append_tag(nonce(self.blocks), Aad::empty(), &mut block)
            .map_err(|_| anyhow!("a file cannot be sealed"))?;
        self.file.write_all_at(&block, self.blocks * (BLOCK + TAG) as u64)?;
        self.blocks += 1;
        block.clear();
        self.tail = block;
        Ok(())
    }

    /// All is in it: it can be read.
    pub fn whole(mut self) -> anyhow::Result<Opened> {
        let length = self.blocks * BLOCK as u64 + self.tail.len() as u64;
        self.seal()?;
        Ok(Opened { file: self.file, key: self.key, length, at: 0, block: None })
    }
}

/// No block is sealed twice, and no key is used for two files.
fn nonce(block: u64) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..8].copy_from_slice(&block.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// A file that was taken in.
pub struct Opened {
    file: File,
    key: LessSafeKey,
    length: u64,
    at: u64,
    /// The block that was read last, opened.
    block: Option<(u64, Vec<u8>)>,
}

impl Opened {
    /// The block of a number, opened.
    fn block(&mut self, number: u64) -> io::Result<&[u8]> {
        let block = match self.block.take() {
            Some((of, block)) if of == number => block,
            _ => self.open(number)?,
        };
        Ok(&self.block.insert((number, block)).1)
    }

    fn open(&self, number: u64) -> io::Result<Vec<u8>> {
        let left = self.length.saturating_sub(number * BLOCK as u64);
        let size = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
        let mut sealed = vec![0; size + TAG];
        self.file.read_exact_at(&mut sealed, number * (BLOCK + TAG) as u64)?;
        let opened = self.key.open_in_place(nonce(number), Aad::empty(), &mut sealed);
        let size = opened.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?.len();
        sealed.truncate(size);
        Ok(sealed)
    }
}

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || into.is_empty() {
            return Ok(0);
        }
        let (number, within) = (self.at / BLOCK as u64, self.at % BLOCK as u64);
        let within = usize::try_from(within).unwrap_or_default();
        let block = self.block(number)?;
        let some = &block[within..];
        let size = some.len().min(into.len());
        into[..size].copy_from_slice(&some[..size]);
        self.at += size as u64;
        Ok(size)
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spooled(bytes: &[u8]) -> Opened {
        let mut spool = Spool::empty().expect("a file");
        for some in bytes.chunks(10_007) {
            spool.push(some).expect("taken in");
        }
        spool.whole().expect("whole")
    }

    #[test]
    fn a_file_is_read_as_it_was_sent_from_wherever_one_looks() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 77] {
            let bytes: Vec<u8> = (0..length).map(|n| n.to_le_bytes()[0] ^ 0x5a).collect();
            let mut opened = spooled(&bytes);
            let mut read = Vec::new();
            opened.read_to_end(&mut read).expect("read");
            assert!(read == bytes, "{length}");
            assert_eq!(opened.seek(SeekFrom::End(0)).expect("found"), length as u64);
            for at in [0, length / 2, length.saturating_sub(3)] {
                opened.seek(SeekFrom::Start(at as u64)).expect("found");
                let mut some = Vec::new();
                opened.by_ref().take(5).read_to_end(&mut some).expect("read");
                assert_eq!(some, bytes[at..length.min(at + 5)], "{length} from {at}");
            }
        }
    }

    #[test]
    fn nothing_that_was_sent_stands_on_the_disk_and_what_was_changed_there_is_not_read() {
        let mut opened = spooled(&"Nguyễn Văn Số".repeat(10_000).into_bytes());
        let mut disk = vec![0; BLOCK];
        opened.file.read_exact_at(&mut disk, 0).expect("read");
        let name = "Nguyễn".as_bytes();
        assert!(!disk.windows(name.len()).any(|some| some == name));
        opened.file.write_all_at(b"x", 77).expect("changed");
        let error = opened.read(&mut [0; 10]).expect_err("not read");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
