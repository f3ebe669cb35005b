//! Bytes in an encoding as UTF-8, and watched on their way: what the reader of cells would take in silence is an error.

use core::fmt;
use std::io::{self, BufReader, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

/// Bytes of one row, at most: a quote that is not closed makes a row of everything after it.
const ROW: usize = 1 << 20;

/// Bytes that are decoded at a time.
const CHUNK: usize = 64 << 10;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A byte that is of no character, in this line.
    Bytes(u64),
    /// The character NUL, in this line.
    Nul(u64),
    /// A quote that is opened in this line is not closed.
    Quote(u64),
    /// The row that begins in this line is too long.
    Row(u64),
}

impl Flaw {
    /// The flaw in an error of a reader, if that is what it is.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Bytes(_) | Self::Nul(_) => "E-FILE-TEXT",
            Self::Quote(_) | Self::Row(_) => "E-FILE-CSV",
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Bytes(line) => format!("line {line}: the text is neither UTF-8 nor GB18030"),
            Self::Nul(line) => format!("line {line} holds the character NUL"),
            Self::Quote(line) => format!("line {line}: a quote is not closed"),
            Self::Row(line) => format!("line {line}: the row is longer than {ROW} bytes"),
        }
    }

    pub(super) const fn help(self) -> &'static str {
        match self {
            Self::Bytes(_) | Self::Nul(_) => "save it as UTF-8 or GB18030",
            Self::Quote(_) => "close it, or double a quote that belongs to the text",
            Self::Row(_) => "see whether a quote is not closed",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl core::error::Error for Flaw {}

impl From<Flaw> for io::Error {
    fn from(flaw: Flaw) -> Self {
        Self::new(io::ErrorKind::InvalidData, flaw)
    }
}

/// UTF-8 where the whole file is, else GB18030: most texts in GB18030 begin with lines that are both.
pub(super) fn encoding(mut from: impl Read) -> io::Result<&'static Encoding> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let (mut raw, mut out) = (
        vec![0; CHUNK],
        String::with_capacity(CHUNK.saturating_mul(2)),
    );
    loop {
        let many = from.read(&mut raw)?;
        let mut rest = raw.get(..many).unwrap_or_default();
        loop {
            out.clear();
            let (result, read) =
                decoder.decode_to_string_without_replacement(rest, &mut out, many == 0);
            rest = rest.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => return Ok(GB18030),
            }
        }
        if many == 0 {
            return Ok(UTF_8);
        }
    }
}

/// Where in a row a byte stands; the same as the reader of cells sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside quotes: it ends them, or is doubled.
    Quote,
}

/// Looks at the text on its way.
#[derive(Debug)]
struct Watch {
    at: At,
    line: u64,
    /// The line that the last quote was opened in.
    opened: u64,
    /// The line that the row began in, and its bytes so far.
    row: (u64, usize),
}

impl Watch {
    fn see(&mut self, text: &[u8]) -> Result<(), Flaw> {
        for byte in text {
            self.at = match (self.at, byte) {
                (_, 0) => return Err(Flaw::Nul(self.line)),
                (At::CellStart, b'"') => {
                    self.opened = self.line;
                    At::Quoted
                }
                (At::Quoted, b'"') => At::Quote,
                (At::Quoted, _) | (At::Quote, b'"') => At::Quoted,
                (_, b',' | b'\n' | b'\r') => At::CellStart,
                _ => At::Plain,
            };
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
            }
            if matches!(byte, b'\n' | b'\r') && self.at == At::CellStart {
                self.row = (self.line, 0);
            } else {
                self.row.1 = self.row.1.saturating_add(1);
                if self.row.1 > ROW {
                    return Err(Flaw::Row(self.row.0));
                }
            }
        }
        Ok(())
    }
}

/// Bytes in an encoding, as UTF-8. A mark of the encoding at the beginning is left out.
pub(super) struct Decoded<R> {
    from: BufReader<R>,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not yet decoded.
    rest: core::ops::Range<usize>,
    is_end: bool,
    /// The decoder has given its last; it must not be asked again, and a reader of a last line without an end does.
    is_done: bool,
    watch: Watch,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(from: R, encoding: &'static Encoding) -> Self {
        Self {
            from: BufReader::new(from),
            decoder: encoding.new_decoder(),
            raw: vec![0; CHUNK],
            rest: 0..0,
            is_end: false,
            is_done: false,
            watch: Watch {
                at: At::CellStart,
                line: 1,
                opened: 1,
                row: (1, 0),
            },
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.is_done {
            return match self.watch.at {
                At::Quoted => Err(Flaw::Quote(self.watch.opened).into()),
                _ => Ok(0),
            };
        }
        loop {
            if self.rest.is_empty() && !self.is_end {
                let many = self.from.read(&mut self.raw)?;
                self.rest = 0..many;
                self.is_end = many == 0;
            }
            let given = self.raw.get(self.rest.clone()).unwrap_or_default();
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(given, out, self.is_end);
            self.rest.start = self.rest.start.saturating_add(read);
            self.watch.see(out.get(..written).unwrap_or_default())?;
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(Flaw::Bytes(self.watch.line).into());
            }
            if self.is_end && written == 0 && self.watch.at == At::Quoted {
                return Err(Flaw::Quote(self.watch.opened).into());
            }
            self.is_done = self.is_end && result == DecoderResult::InputEmpty;
            if written > 0 || self.is_end || out.len() < 4 {
                return Ok(written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, Flaw> {
        let encoding = encoding(bytes).unwrap();
        let mut out = String::new();
        match Decoded::new(bytes, encoding).read_to_string(&mut out) {
            Ok(_) => Ok(out),
            Err(error) => Err(Flaw::of(&error).unwrap()),
        }
    }

    #[test]
    fn the_whole_text_tells_its_encoding() {
        assert_eq!(read("户号,a\n".as_bytes()).unwrap(), "户号,a\n");
        assert_eq!(read("\u{feff}户号\n".as_bytes()).unwrap(), "户号\n");
        // plain letters far into the file, and only then a character that is none of UTF-8
        let plain = "a,b\n1,2\n".repeat(20_000);
        let mut late = plain.clone().into_bytes();
        late.extend(GB18030.encode("城镇,镇").0.as_ref());
        assert_eq!(read(&late).unwrap(), format!("{plain}城镇,镇"));
    }

    #[test]
    fn whoever_asks_again_behind_the_end_is_told_that_it_is_the_end() {
        let mut text = Decoded::new(b"a,b\n1,2".as_slice(), UTF_8);
        let mut out = String::new();
        text.read_to_string(&mut out).unwrap();
        assert_eq!(out, "a,b\n1,2");
        assert_eq!(text.read(&mut [0; 8]).unwrap(), 0);
        assert_eq!(text.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn what_a_reader_of_cells_takes_in_silence_is_an_error_with_its_line() {
        assert_eq!(read(b"a,b\n1,\"2\n3,4\n"), Err(Flaw::Quote(2)));
        assert!(read(b"a,b\n1,\"2\"\"\n3\"\n").is_ok());
        assert!(read(b"a,b\n5\" pipe,2\n").is_ok());
        assert_eq!(read(b"a,b\n1,\0\n"), Err(Flaw::Nul(2)));
        assert_eq!(read(b"a,b\n1,2\n\xff,3\n"), Err(Flaw::Bytes(3)));
        let mut long = b"a\n\"".to_vec();
        long.resize(ROW + 10, b'x');
        assert_eq!(read(&long), Err(Flaw::Row(2)));
    }
}
