//! Bitmaps of 64-bit words, and the two of them that hold a truth.

/// Rows in a word, and lanes in a block.
pub(crate) const WORD: usize = 64;

/// How many words so many rows need.
pub(crate) const fn words(rows: usize) -> usize {
    rows.div_ceil(WORD)
}

/// The bits of the last word that stand for rows.
pub(crate) const fn tail(rows: usize) -> u64 {
    match rows % WORD {
        0 => u64::MAX,
        used => (1_u64 << used) - 1,
    }
}

/// Sets the bits that are set in some words, so many bits further on.
fn join(own: &mut [u64], bits: &[u64], shift: usize) {
    for (slot, word) in own.iter_mut().zip(bits) {
        *slot |= word << shift;
    }
    if shift > 0 {
        for (slot, word) in own.iter_mut().skip(1).zip(bits) {
            *slot |= word >> (WORD - shift);
        }
    }
}

/// A packed column of yes/no, one bit a row, lowest bit first; bits beyond the last row are zero.
///
/// ```
/// use minzheng_rules::columnar::Bitmap;
/// let bits: Bitmap = [true, false, true].into_iter().collect();
/// assert_eq!((bits.len(), bits.get(2), bits.get(3)), (3, true, false));
/// assert_eq!(bits.count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// So many rows, all `value`.
    pub fn filled(len: usize, value: bool) -> Self {
        let mut words = vec![if value { u64::MAX } else { 0 }; words(len)];
        if let Some(last) = words.last_mut() {
            *last &= tail(len);
        }
        Self { words, len }
    }

    /// From packed bytes, lowest bit first, as Arrow holds them: `len` bits from bit `offset` on. Bits that the bytes do not have are zero.
    pub fn from_bytes(bytes: &[u8], offset: usize, len: usize) -> Self {
        let shift = offset % 8;
        let bytes = bytes.get(offset / 8..).unwrap_or_default();
        let byte = |at: usize| u64::from(bytes.get(at).copied().unwrap_or(0));
        let word = |w: usize| {
            let base = w * 8;
            let whole = match bytes.get(base..base + 8).map(<[u8; 8]>::try_from) {
                Some(Ok(eight)) => u64::from_le_bytes(eight),
                _ => (0..8).fold(0, |word, i| word | byte(base + i) << (8 * i)),
            };
            if shift == 0 {
                whole
            } else {
                whole >> shift | byte(base + 8) << (WORD - shift)
            }
        };
        let mut words: Vec<u64> = (0..words(len)).map(word).collect();
        if let Some(last) = words.last_mut() {
            *last &= tail(len);
        }
        Self { words, len }
    }

    /// How many rows.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bit of a row; `false` beyond the end.
    pub fn get(&self, row: usize) -> bool {
        self.words
            .get(row / WORD)
            .is_some_and(|w| w >> (row % WORD) & 1 == 1)
    }

    /// How many rows are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// The bits of all rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = bool> + '_ {
        (0..self.len).map(|row| self.get(row))
    }

    /// The words, lowest row first.
    pub fn as_words(&self) -> &[u64] {
        &self.words
    }

    /// The same, given away.
    pub fn into_words(self) -> Vec<u64> {
        self.words
    }

    /// Adds a row.
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(WORD) {
            self.words.push(0);
        }
        let at = self.len;
        self.len += 1;
        if value {
            self.set(at);
        }
    }

    /// Sets the bit of a row that exists.
    pub(crate) fn set(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / WORD) {
            *word |= 1 << (row % WORD);
        }
    }

    /// Writes the first `rows` bits of some words from row `start` on, where no bit is set so far.
    pub(crate) fn write(&mut self, start: usize, bits: &[u64], rows: usize) {
        let (first, shift) = (start / WORD, start % WORD);
        let own = self.words.get_mut(first..).unwrap_or_default();
        let (whole, last) = bits.split_at(bits.len().min(rows / WORD));
        if shift == 0 {
            for (slot, word) in own.iter_mut().zip(whole) {
                *slot = *word;
            }
        } else {
            join(own, whole, shift);
        }
        if let (Some(last), true) = (last.first(), !rows.is_multiple_of(WORD)) {
            let own = own.get_mut(whole.len()..).unwrap_or_default();
            join(own, &[last & tail(rows)], shift);
        }
    }

    /// Adds the first `rows` bits of some words.
    pub(crate) fn extend_words(&mut self, more: &[u64], rows: usize) {
        let start = self.len;
        self.len += rows;
        self.words.resize(words(self.len), 0);
        self.write(start, more, rows);
    }

    /// Copies `rows` bits from row `start` on into words; bits beyond are zero.
    pub(crate) fn copy_range(&self, start: usize, rows: usize, out: &mut [u64]) {
        let (first, shift) = (start / WORD, start % WORD);
        let used = words(rows);
        let own = self.words.get(first..).unwrap_or_default();
        if shift == 0 {
            for (slot, word) in out.iter_mut().zip(own).take(used) {
                *slot = *word;
            }
        } else {
            let next = own.iter().skip(1).chain([&0]);
            for ((slot, word), next) in out.iter_mut().zip(own).zip(next).take(used) {
                *slot = word >> shift | next << (WORD - shift);
            }
        }
        if let Some(last) = used.checked_sub(1).and_then(|at| out.get_mut(at)) {
            *last &= tail(rows);
        }
    }

    /// `rows` bits from row `start` on, as they stand or in words that are written for it; bits beyond may be anything.
    #[inline(always)]
    pub(super) fn range<'a>(&'a self, start: usize, rows: usize, out: &'a mut [u64]) -> &'a [u64] {
        if start.is_multiple_of(WORD)
            && let Some(own) = self.words.get(start / WORD..start / WORD + words(rows))
        {
            return own;
        }
        self.copy_range(start, rows, out);
        out
    }

    /// The bits of some rows.
    pub(crate) fn pick(&self, rows: &[u32]) -> Self {
        let words = rows.chunks(WORD).map(|rows| {
            let bit = |row: &u32| self.words[*row as usize / WORD] >> (*row as usize % WORD) & 1;
            let bits = rows.iter().enumerate();
            bits.fold(0, |word, (lane, row)| word | bit(row) << lane)
        });
        Self {
            words: words.collect(),
            len: rows.len(),
        }
    }

    /// Whether any of `rows` bits from row `start` on is set.
    pub(crate) fn any_in(&self, start: usize, rows: usize) -> bool {
        let end = start + rows;
        (start / WORD..words(end)).any(|at| {
            let mut word = self.words.get(at).copied().unwrap_or(0);
            if at == start / WORD {
                word &= u64::MAX << (start % WORD);
            }
            if at + 1 == words(end) {
                word &= tail(end);
            }
            word != 0
        })
    }
}

impl FromIterator<bool> for Bitmap {
    fn from_iter<I: IntoIterator<Item = bool>>(rows: I) -> Self {
        let mut out = Self::default();
        rows.into_iter().for_each(|row| out.push(row));
        out
    }
}

/// A truth for every row of a chunk: is true, is false; neither: unknown. Both are zero beyond the last row.
#[derive(Debug, Clone, Default)]
pub(super) struct Truths {
    pub(super) t: Vec<u64>,
    pub(super) f: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_survive_every_offset_and_length() {
        let bytes: Vec<u8> = (0..40_u8).map(|i| i.wrapping_mul(37) ^ 0x5a).collect();
        let bit = |at: usize| bytes.get(at / 8).is_some_and(|b| b >> (at % 8) & 1 == 1);
        for offset in 0..70 {
            for len in [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 200] {
                let map = Bitmap::from_bytes(&bytes, offset, len);
                let want: Vec<bool> = (0..len).map(|i| bit(offset + i)).collect();
                assert_eq!(map.iter().collect::<Vec<_>>(), want, "{offset} {len}");
                let mut joined = Bitmap::filled(offset, true);
                joined.extend_words(map.as_words(), len);
                assert_eq!(joined.len(), offset + len);
                assert!(
                    joined.iter().skip(offset).eq(want.iter().copied()),
                    "{offset} {len}"
                );
                assert_eq!(joined.as_words().len(), words(joined.len()));
                let mut cut = vec![0; words(len)];
                joined.copy_range(offset, len, &mut cut);
                assert_eq!(cut, map.as_words(), "{offset} {len}");
                assert_eq!(
                    joined.any_in(offset, len),
                    want.contains(&true),
                    "{offset} {len}"
                );
            }
        }
    }
}
