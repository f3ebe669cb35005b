//! Whose record it is: packed identity numbers to rows of people.
//!
//! One table of open addresses, built once; a slot is found by the highest bits of the key times an odd constant. Many keys at a
//! time are first dealt into 256 parts by the highest eight of these bits, so that one part of the table after the other is
//! looked at, and each stays near while it is. The order of the records of one person is kept.

/// What a key is multiplied by: odd, so that no two keys of 64 bits come to the same.
const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The parts that keys are dealt into.
const PARTS: usize = 256;

/// As many keys are dealt before they are looked up; fewer are looked up as they come.
const FEW: usize = 1 << 16;

/// So many at a time: what is dealt takes eight megabytes.
const MANY: usize = 1 << 19;

/// No key: a packed identity number is never zero.
pub const NO_KEY: u64 = 0;

/// A record and the person it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Place of the record among the keys that were looked up.
    pub record: u32,
    /// Row of the person.
    pub person: u32,
}

/// The people by their packed identity numbers.
///
/// ```
/// use minzheng_arrow::matching::{Hit, Matcher, NO_KEY, Scratch};
///
/// // the second and the fourth person have one number: it is nobody's
/// let matcher = Matcher::new(&[15_010_219_800_101_001, 7, NO_KEY, 7])?;
/// assert_eq!(matcher.twice(), [1, 3]);
/// let mut hits = Vec::new();
/// matcher.find(&[7, 15_010_219_800_101_001, NO_KEY, 9], &mut Scratch::default(), &mut hits);
/// assert_eq!(hits, [Hit { record: 1, person: 0 }]);
/// # Ok::<(), minzheng_arrow::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Keys by slot; [`NO_KEY`] where there is none.
    keys: Vec<u64>,
    /// Rows by slot.
    rows: Vec<u32>,
    /// How far the product is shifted to be a slot.
    shift: u32,
    twice: Vec<u32>,
}

/// A row that stands for "two people have this number".
const NOBODY: u32 = u32::MAX;

/// What looking up needs room for; used again from one call to the next.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    dealt: Vec<(u64, u32)>,
}

const fn product(key: u64) -> u64 {
    key.wrapping_mul(ODD)
}

fn ix(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Matcher {
    /// The people whose keys these are, in the order of their rows. A key that two rows have is nobody's: whose its records
    /// are cannot be told.
    ///
    /// # Errors
    /// `E-MATCH-SIZE` where there are more than 2³¹ people.
    pub fn new(people: &[u64]) -> Result<Self, crate::Error> {
        let most = usize::try_from(i32::MAX).unwrap_or(usize::MAX);
        if people.len() > most {
            let help = "match one part of the province after the other";
            let message = "more people than rows can be numbered";
            return Err(crate::error::at("E-MATCH-SIZE", "people", "", message, help).into());
        }
        // less than half of the slots are taken
        let slots = people
            .len()
            .max(PARTS)
            .saturating_mul(2)
            .next_power_of_two();
        let bits = slots.trailing_zeros();
        let mut out = Self {
            keys: vec![NO_KEY; slots],
            rows: vec![NOBODY; slots],
            shift: 64_u32.saturating_sub(bits),
            twice: Vec::new(),
        };
        for (row, key) in (0_u32..).zip(people) {
            if *key != NO_KEY {
                out.put(*key, row);
            }
        }
        if !out.twice.is_empty() {
            out.twice = (0_u32..)
                .zip(people)
                .filter(|(_, key)| **key != NO_KEY && out.slot(**key) == Some(NOBODY))
                .map(|(row, _)| row)
                .collect();
        }
        Ok(out)
    }

    fn put(&mut self, key: u64, row: u32) {
        let mut at = ix(product(key) >> self.shift);
        let mask = self.keys.len().saturating_sub(1);
        loop {
            let (Some(held), Some(of)) = (self.keys.get_mut(at), self.rows.get_mut(at)) else {
                return;
            };
            if *held == NO_KEY {
                (*held, *of) = (key, row);
                return;
            }
            if *held == key {
                *of = NOBODY;
                self.twice.push(row);
                return;
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    /// The row behind a key; [`NOBODY`] where two have it.
    #[inline]
    fn slot(&self, key: u64) -> Option<u32> {
        let mask = self.keys.len().wrapping_sub(1);
        let mut at = ix(product(key) >> self.shift);
        loop {
            let held = *self.keys.get(at & mask)?;
            if held == key {
                return self.rows.get(at & mask).copied();
            }
            if held == NO_KEY {
                return None;
            }
            at = at.wrapping_add(1);
        }
    }

    /// The row of the person with this key; none where there is nobody, or more than one.
    #[inline]
    pub fn row(&self, key: u64) -> Option<u32> {
        if key == NO_KEY {
            return None;
        }
        self.slot(key).filter(|row| *row != NOBODY)
    }

    /// Whether two people have this key.
    pub fn is_twice(&self, key: u64) -> bool {
        key != NO_KEY && self.slot(key) == Some(NOBODY)
    }

    /// The rows whose key another row has too, rising.
    pub fn twice(&self) -> &[u32] {
        &self.twice
    }

    /// Bytes that the table takes.
    pub fn bytes(&self) -> usize {
        let slot = size_of::<u64>().saturating_add(size_of::<u32>());
        self.keys.len().saturating_mul(slot)
    }

    /// The records that are somebody's, with whose they are. Records of one person stand in their order; those of different
    /// people may not.
    pub fn find(&self, keys: &[u64], scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        hits.clear();
        let mut first = 0_u32;
        for keys in keys.chunks(MANY) {
            if keys.len() < FEW {
                hits.extend((first..).zip(keys).filter_map(|(record, key)| {
                    Some(Hit {
                        record,
                        person: self.row(*key)?,
                    })
                }));
            } else {
                Self::deal(keys, first, &mut scratch.dealt);
                hits.extend(scratch.dealt.iter().filter_map(|(key, record)| {
                    Some(Hit {
                        record: *record,
                        person: self.row(*key)?,
                    })
                }));
            }
            first = first.saturating_add(u32::try_from(keys.len()).unwrap_or(u32::MAX));
        }
    }

    /// Keys with their places, part after part, within a part in their order.
    fn deal(keys: &[u64], first: u32, dealt: &mut Vec<(u64, u32)>) {
        let part = |key: u64| ix(product(key) >> 56);
        let mut next = [0_usize; PARTS];
        for key in keys {
            if let Some(many) = next.get_mut(part(*key)) {
                *many = many.wrapping_add(1);
            }
        }
        let mut sum = 0_usize;
        for many in &mut next {
            let own = *many;
            *many = sum;
            sum = sum.wrapping_add(own);
        }
        dealt.resize(keys.len(), (NO_KEY, 0));
        for (record, key) in (first..).zip(keys) {
            let Some(at) = next.get_mut(part(*key)) else {
                continue;
            };
            if let Some(place) = dealt.get_mut(*at) {
                *place = (*key, record);
            }
            *at = at.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn mixed(seed: u64) -> u64 {
        let z = seed.wrapping_mul(ODD);
        (z ^ (z >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 7
    }

    #[test]
    fn many_and_few_find_the_same_as_a_map() {
        let people: Vec<u64> = (1..5_000).map(|n| mixed(n % 4_900).max(1)).collect();
        let mut map: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for (row, key) in (0..).zip(&people) {
            map.entry(*key).or_default().push(row);
        }
        let matcher = Matcher::new(&people).unwrap();
        let mut twice: Vec<u32> = map
            .values()
            .filter(|r| r.len() > 1)
            .flatten()
            .copied()
            .collect();
        twice.sort_unstable();
        assert_eq!(matcher.twice(), twice);
        assert!(!twice.is_empty());
        let records: Vec<u64> = (0..150_000).map(|n| mixed(n % 20_000)).collect();
        let wanted: Vec<Hit> = (0..)
            .zip(&records)
            .filter_map(|(record, key)| match map.get(key).map(Vec::as_slice) {
                Some([person]) => Some(Hit {
                    record,
                    person: *person,
                }),
                _ => None,
            })
            .collect();
        assert!(wanted.len() > 10_000 && wanted.len() < 140_000);
        let mut hits = Vec::new();
        matcher.find(&records, &mut Scratch::default(), &mut hits);
        // of one person the order of the records is kept
        let mut before: BTreeMap<u32, u32> = BTreeMap::new();
        for hit in &hits {
            assert!(
                before
                    .insert(hit.person, hit.record)
                    .is_none_or(|b| b < hit.record)
            );
        }
        hits.sort_unstable();
        assert_eq!(hits, wanted);
        matcher.find(&records[..500], &mut Scratch::default(), &mut hits);
        let few: Vec<Hit> = wanted.into_iter().filter(|h| h.record < 500).collect();
        assert_eq!(hits, few);
    }

    #[test]
    fn nobody_is_found_among_nobody() {
        let matcher = Matcher::new(&[]).unwrap();
        let mut hits = Vec::new();
        matcher.find(&[NO_KEY, 1, u64::MAX], &mut Scratch::default(), &mut hits);
        assert_eq!(hits, []);
    }
}
