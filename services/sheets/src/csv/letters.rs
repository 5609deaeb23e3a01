//! The letters of a text file: which code they are written in, and they themselves.

use std::io::Read;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};

use crate::refused::{Other, Refused};

/// So many bytes are read at once; and the code of the letters is judged by so many.
const CHUNK: u64 = 64 << 10;

/// A text file, read as letters.
///
/// What begins with a mark is what the mark says. Else, as long as there are only letters of ASCII,
/// nothing is decided; the first others decide: UTF-8 where they are valid in it, or else Windows-1258,
/// which is what Excel writes in Vietnam under the name "CSV".
pub(super) struct Letters<R> {
    source: R,
    decoder: Option<encoding_rs::Decoder>,
    begun: bool,
    chunk: Vec<u8>,
}

impl<R: Read> Letters<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, decoder: None, begun: false, chunk: Vec::new() }
    }

    /// Reads some more letters behind those that are there; false where there are no more.
    pub(super) fn read_on(&mut self, letters: &mut String) -> Result<bool, Refused> {
        self.chunk.clear();
        self.source.by_ref().take(CHUNK).read_to_end(&mut self.chunk)?;
        let ends = (self.chunk.len() as u64) < CHUNK;
        let mut chunk = self.chunk.as_slice();
        if !self.begun {
            self.begun = true;
            if let Some((code, mark)) = Encoding::for_bom(chunk) {
                self.decoder = Some(code.new_decoder_without_bom_handling());
                chunk = &chunk[mark..];
            } else if let Some(code) = unmarked_utf_16(chunk) {
                self.decoder = Some(code.new_decoder_without_bom_handling());
            }
        }
        if self.decoder.is_none() {
            let ascii = chunk.iter().position(|byte| !byte.is_ascii()).unwrap_or(chunk.len());
            if ascii < chunk.len() {
                self.decoder = Some(judged(chunk)?.new_decoder_without_bom_handling());
            }
        }
        let from = letters.len();
        match &mut self.decoder {
            None => letters.push_str(std::str::from_utf8(chunk).unwrap_or_default()),
            Some(decoder) => decode(decoder, chunk, ends, letters)?,
        }
        if letters[from..].contains('\0') {
            return Err(Refused::Other(Other::NoText));
        }
        Ok(!ends)
    }
}

/// Decodes a chunk; what is no letter is refused, and not replaced.
fn decode(
    decoder: &mut encoding_rs::Decoder,
    chunk: &[u8],
    ends: bool,
    letters: &mut String,
) -> Result<(), Refused> {
    let unreadable = || Refused::Letters { line: 0 };
    let room = decoder.max_utf8_buffer_length_without_replacement(chunk.len());
    letters.reserve(room.ok_or_else(unreadable)?);
    match decoder.decode_to_string_without_replacement(chunk, letters, ends) {
        (DecoderResult::InputEmpty, _) => Ok(()),
        (DecoderResult::Malformed(..) | DecoderResult::OutputFull, _) => Err(unreadable()),
    }
}

/// The code of letters that are not all of ASCII.
fn judged(chunk: &[u8]) -> Result<&'static Encoding, Refused> {
    match std::str::from_utf8(chunk) {
        Ok(_) => return Ok(UTF_8),
        // The last letter goes on in the next chunk.
        Err(error) if error.error_len().is_none() => return Ok(UTF_8),
        Err(_) => {}
    }
    // Mostly UTF-8, with a letter that is none: what it is meant to be cannot be known.
    let valid = chunk.utf8_chunks().flat_map(|part| part.valid().chars());
    let composed = valid.filter(|letter| !letter.is_ascii()).count();
    let invalid = chunk.utf8_chunks().filter(|part| !part.invalid().is_empty()).count();
    if composed > invalid {
        return Ok(UTF_8);
    }
    let mut ours = 0_usize;
    let mut of_others = 0_usize;
    for (at, byte) in chunk.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chunk.get(at));
        let beside = [before, chunk.get(at + 1)];
        let in_word = beside.iter().flatten().any(|byte| byte.is_ascii_alphabetic());
        match byte {
            // What TCVN3 has its vowels with tones on, and Windows-1258 signs that stand in no word.
            0xA1..=0xBF if in_word => of_others += 1,
            // What VNI writes đ and its tones with.
            0xD1 | 0xF1 | 0xD8 | 0xF8 | 0xCF | 0xEF | 0xDB | 0xFB => of_others += 1,
            0xC0..=0xFF => ours += 1,
            _ => {}
        }
    }
    // One word of a foreign name is no code page.
    if of_others > 2 && of_others * 4 > ours {
        return Err(Refused::Letters { line: 0 });
    }
    Ok(WINDOWS_1258)
}

/// UTF-16 that does not say so: every other byte of what is mostly ASCII is none.
fn unmarked_utf_16(chunk: &[u8]) -> Option<&'static Encoding> {
    let begins = &chunk[..chunk.len().min(1_024)];
    let zeros =
        |from: usize| begins.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = begins.len() / 5;
    match (even > many, odd > many) {
        (false, true) if even == 0 => Some(UTF_16LE),
        (true, false) if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, Refused> {
        let mut letters = Letters::new(bytes);
        let mut text = String::new();
        while letters.read_on(&mut text)? {}
        Ok(text)
    }

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_file_is_read_in_whatever_code_excel_wrote_it() {
        const TEXT: &str = "Họ và tên;Nguyễn Thị Đào\r\n";
        let plain = "\u{FEFF}".to_owned() + TEXT;
        for (what, bytes) in [
            ("UTF-8", TEXT.as_bytes().to_vec()),
            ("UTF-8 with its mark", plain.as_bytes().to_vec()),
            ("UTF-16 LE", utf_16(&plain, u16::to_le_bytes)),
            ("UTF-16 BE", utf_16(&plain, u16::to_be_bytes)),
            ("UTF-16 LE without a mark", utf_16(TEXT, u16::to_le_bytes)),
            ("UTF-16 BE without a mark", utf_16(TEXT, u16::to_be_bytes)),
        ] {
            assert_eq!(read(&bytes).expect(what), TEXT, "{what}");
        }
    }

    #[test]
    fn windows_1258_has_its_tones_behind_their_vowels() {
        let bytes = b"Ho\xF2 t\xEAn,Nguy\xEA\xDEn Thi\xF2 \xD0\xE0o\n";
        let text = crate::cell::composed(&read(bytes).expect("read"));
        assert_eq!(text, "Họ tên,Nguyễn Thị Đào");
    }

    #[test]
    fn letters_beyond_the_first_chunk_decide_as_well() {
        let mut bytes = vec![b'a'; 200_000];
        bytes.extend("ễ".as_bytes());
        assert!(read(&bytes).expect("read").ends_with("aễ"));
        // A letter that two chunks share.
        let mut bytes = vec![b'a'; usize::try_from(CHUNK).expect("small") - 1];
        bytes.extend("ễễ".as_bytes());
        assert!(read(&bytes).expect("read").ends_with("aễễ"));
    }

    #[test]
    fn old_fonts_and_no_texts_are_refused() {
        // TCVN3 and VNI, as fonts of the nineties have them.
        for bytes in [
            &b"H\xE4 v\xB5 t\xAAn,Nguy\xD4n V\xA8n B\xB8ch\nTr\xAD\xACng Th\xDE \xA7\xB5o\n"[..],
            b"Ho\xEF va\xF8 te\xE2n,Nguye\xE3n Va\xEAn \xD1a\xF8o\nTr\xF6\xF4ng Th\xF2 \xD1a\xF8o\n",
        ] {
            assert!(matches!(read(bytes), Err(Refused::Letters { .. })), "{bytes:?}");
        }
        assert!(matches!(read(b"a\0b\0\0\0"), Err(Refused::Other(Other::NoText))));
        let mut spoiled = "Đào,Tuấn,Hoà,Bình".as_bytes().to_vec();
        spoiled.push(0xFF);
        assert!(matches!(read(&spoiled), Err(Refused::Letters { .. })));
    }
}
