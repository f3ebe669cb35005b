//! Keys of rows in one form, kept in bounded memory, and gone through in their order.
//!
//! A key is 128 bits: numbers, packed identity numbers and texts of up to 15 bytes as they are, longer texts and keys of several
//! fields mixed to 120 bits. At 10⁸ different keys the odds that any two of these come to the same are below 10⁻²⁰.

use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::files::{unread, unwritten};

/// What a field of a row holds, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Datum(u128);

/// Tags in the highest byte; below [`TEXT`] plus 15 the length of a text.
const NUMBER: u8 = 1;
const PACKED: u8 = 2;
const TEXT: u8 = 16;
const MIXED: u8 = 255;

/// What lies below the tag.
const BELOW: u128 = u128::MAX >> 8;

/// Odd, so that nothing is lost by multiplying with it.
const ODD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

impl Datum {
    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    fn tagged(tag: u8, below: u128) -> Self {
        Self(u128::from(tag).wrapping_shl(120) | (below & BELOW))
    }

    pub(super) fn number(number: i64) -> Self {
        Self::tagged(NUMBER, u128::from(number.cast_unsigned()))
    }

    /// A packed identity number.
    pub(super) fn packed(number: u64) -> Self {
        Self::tagged(PACKED, u128::from(number))
    }

    pub(super) fn text(text: &str) -> Self {
        let bytes = text.trim().as_bytes();
        let word = |some: &[u8]| {
            some.iter().fold(0_u128, |word, byte| {
                word.wrapping_shl(8) | u128::from(*byte)
            })
        };
        match u8::try_from(bytes.len()) {
            Ok(many @ 0..=15) => Self::tagged(TEXT.saturating_add(many), word(bytes)),
            _ => {
                let many = u128::try_from(bytes.len()).unwrap_or(0);
                let mixed = bytes.chunks(8).fold(many, |all, some| mix(all, word(some)));
                Self::tagged(MIXED, mixed)
            }
        }
    }

    /// Several as one; one is itself.
    pub(super) fn all(of: impl IntoIterator<Item = Self>) -> Self {
        let mut of = of.into_iter();
        let first = of.next().unwrap_or(Self::NONE);
        match of.next() {
            None => first,
            Some(second) => {
                let begin = mix(mix(0, first.0), second.0);
                Self::tagged(MIXED, of.fold(begin, |all, one| mix(all, one.0)))
            }
        }
    }
}

/// A number that depends on all bits of both.
fn mix(all: u128, one: u128) -> u128 {
    let mut out = (all ^ one).wrapping_mul(ODD);
    out ^= out >> 64;
    out = out.wrapping_mul(ODD);
    out ^ (out >> 59)
}

/// A key in a row. Rows of the other of two tables come behind those of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: Datum,
    pub(super) is_other: bool,
    pub(super) row: u64,
    pub(super) value: i64,
}

/// Bytes of an entry on disk.
const WIDTH: usize = 32;

/// The bit of the row that says it is of the other table.
const OTHER: u64 = 1 << 63;

impl Entry {
    fn to_bytes(self) -> [u8; WIDTH] {
        let row = if self.is_other {
            self.row | OTHER
        } else {
            self.row
        };
        let mut out = [0; WIDTH];
        let parts = self.key.0.to_le_bytes().into_iter();
        let parts = parts
            .chain(row.to_le_bytes())
            .chain(self.value.to_le_bytes());
        for (to, from) in out.iter_mut().zip(parts) {
            *to = from;
        }
        out
    }

    fn from_bytes(bytes: &[u8; WIDTH]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<16>()?;
        let (row, rest) = rest.split_first_chunk::<8>()?;
        let (value, _) = rest.split_first_chunk::<8>()?;
        let row = u64::from_le_bytes(*row);
        Some(Self {
            key: Datum(u128::from_le_bytes(*key)),
            is_other: row & OTHER != 0,
            row: row & !OTHER,
            value: i64::from_le_bytes(*value),
        })
    }
}

/// Where entries lie that memory has no room for.
#[derive(Debug)]
pub(super) struct Room {
    dir: PathBuf,
    next: AtomicU64,
    /// Entries that are kept in memory.
    most: usize,
}

/// Entries of one check in memory: 12 MB.
const MOST: usize = 1 << 18;

/// Runs that are merged at a time.
const FAN: usize = 64;

impl Room {
    pub(super) fn new(dir: &Path) -> Arc<Self> {
        Self::of(dir, MOST)
    }

    pub(super) fn of(dir: &Path, most: usize) -> Arc<Self> {
        Arc::new(Self {
            dir: dir.to_owned(),
            next: AtomicU64::new(0),
            most,
        })
    }

    fn write(&self, entries: impl Iterator<Item = Result<Entry, Error>>) -> Result<PathBuf, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("keys-{number:06}"));
        let file = File::create_new(&path).map_err(|e| unwritten(&path, &e))?;
        let mut file = BufWriter::new(file);
        for entry in entries {
            let bytes = entry?.to_bytes();
            file.write_all(&bytes).map_err(|e| unwritten(&path, &e))?;
        }
        file.flush().map_err(|e| unwritten(&path, &e))?;
        Ok(path)
    }
}

/// Entries in no order: put together in any order, they are the same.
#[derive(Debug, Default)]
pub(super) struct Keys {
    held: Vec<Entry>,
    runs: Vec<PathBuf>,
    room: Option<Arc<Room>>,
}

impl Keys {
    pub(super) const fn new(room: Option<Arc<Room>>) -> Self {
        Self {
            held: Vec::new(),
            runs: Vec::new(),
            room,
        }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.held.push(entry);
    }

    /// Takes those of others too.
    pub(super) fn merge(&mut self, mut other: Self) -> Result<(), Error> {
        self.held.append(&mut other.held);
        self.runs.append(&mut other.runs);
        self.spill()
    }

    /// Puts what is too much for memory on disk.
    fn spill(&mut self) -> Result<(), Error> {
        let Some(room) = self.room.clone().filter(|r| self.held.len() > r.most) else {
            return Ok(());
        };
        self.held.sort_unstable();
        let run = room.write(self.held.drain(..).map(Ok))?;
        self.runs.push(run);
        if self.runs.len() >= FAN {
            let longer = room.write(Merge::new(&self.runs, Vec::new())?)?;
            self.runs = vec![longer];
        }
        Ok(())
    }

    /// The entries in their order.
    pub(super) fn sorted(mut self) -> Result<Merge, Error> {
        self.held.sort_unstable();
        Merge::new(&self.runs, self.held)
    }
}

/// Sorted entries: what memory holds and what lies in runs, merged.
pub(super) struct Merge {
    held: std::vec::IntoIter<Entry>,
    heads: BinaryHeap<core::cmp::Reverse<(Entry, usize)>>,
    files: Vec<(PathBuf, BufReader<File>)>,
    is_broken: bool,
}

impl Merge {
    fn new(runs: &[PathBuf], held: Vec<Entry>) -> Result<Self, Error> {
        let mut out = Self {
            held: held.into_iter(),
            heads: BinaryHeap::new(),
            files: Vec::new(),
            is_broken: false,
        };
        for path in runs {
            let file = File::open(path).map_err(|e| unread(path, &e))?;
            out.files.push((path.clone(), BufReader::new(file)));
        }
        for at in 0..=out.files.len() {
            out.pull(at)?;
        }
        Ok(out)
    }

    /// Looks at the next of a run; behind the last run stands what memory holds.
    fn pull(&mut self, at: usize) -> Result<(), Error> {
        let next = match self.files.get_mut(at) {
            None => self.held.next(),
            Some((path, file)) => {
                let mut bytes = [0; WIDTH];
                match file.read_exact(&mut bytes) {
                    Ok(()) => Entry::from_bytes(&bytes),
                    Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => None,
                    Err(e) => return Err(unread(path, &e)),
                }
            }
        };
        if let Some(entry) = next {
            self.heads.push(core::cmp::Reverse((entry, at)));
        }
        Ok(())
    }
}

impl Drop for Merge {
    /// What was read is not needed any more.
    fn drop(&mut self) {
        for (path, file) in self.files.drain(..) {
            drop(file);
            // what cannot be taken away goes with its folder
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Iterator for Merge {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_broken {
            return None;
        }
        let core::cmp::Reverse((entry, at)) = self.heads.pop()?;
        if let Err(error) = self.pull(at) {
            self.is_broken = true;
            return Some(Err(error));
        }
        Some(Ok(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_one_key_and_what_is_not_is_none() {
        let long = "a text of more than fifteen bytes";
        let all = [
            Datum::NONE,
            Datum::text(""),
            Datum::text("a"),
            Datum::text("ab"),
            Datum::text("b"),
            Datum::text(long),
            Datum::text(&long.replace("bytes", "bytez")),
            Datum::number(0),
            Datum::number(-1),
            Datum::packed(1),
            Datum::number(1),
            Datum::all([Datum::number(1), Datum::number(2)]),
            Datum::all([Datum::number(2), Datum::number(1)]),
            Datum::all([Datum::number(1), Datum::number(2), Datum::NONE]),
        ];
        for (at, one) in all.iter().enumerate() {
            for (other, two) in all.iter().enumerate() {
                assert_eq!(one == two, at == other, "{at} {other}");
            }
        }
        assert_eq!(Datum::text(" ab "), Datum::text("ab"));
        assert_eq!(Datum::all([Datum::text("ab")]), Datum::text("ab"));
    }

    #[test]
    fn what_lies_on_disk_comes_back_in_order() {
        let dir = std::env::temp_dir().join(format!("minzheng-keys-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let room = Room::of(&dir, 3);
        let entry = |n: u64| Entry {
            key: Datum::number(i64::try_from(n % 7).unwrap()),
            is_other: n.is_multiple_of(2),
            row: n,
            value: -1,
        };
        let mut keys = Keys::new(Some(room));
        for n in 0..1_000 {
            let mut own = Keys::new(None);
            own.push(entry((n * 37) % 1_000));
            keys.merge(own).unwrap();
        }
        assert!(!keys.runs.is_empty() && keys.runs.len() < FAN);
        let back: Vec<Entry> = keys.sorted().unwrap().map(Result::unwrap).collect();
        let mut expected: Vec<Entry> = (0..1_000).map(entry).collect();
        expected.sort();
        assert_eq!(back, expected);
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
