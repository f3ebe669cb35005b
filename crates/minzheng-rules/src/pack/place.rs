//! Places as a tree by explicit parent links.

use std::collections::BTreeMap;

use super::model::{Level, Origin, Words};

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its six-digit code as a number.
    pub code: i64,
    /// Its name.
    pub name: String,
    /// The place above.
    pub parent: Option<i64>,
    /// Its level.
    pub level: Level,
    /// The place this code is read as.
    pub alias_of: Option<i64>,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub origin: Origin,
}

/// All places of a pack set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    by_code: BTreeMap<i64, Place>,
}

/// The root of every tree of places.
pub const NATION: i64 = 0;

/// How deep a tree of places may be.
const MAX_DEPTH: usize = 16;

impl Places {
    pub(crate) fn insert(&mut self, place: Place) -> Option<Place> {
        self.by_code.insert(place.code, place)
    }

    /// The place with this code.
    pub fn get(&self, code: i64) -> Option<&Place> {
        self.by_code.get(&code)
    }

    /// All places by code.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.by_code.values()
    }

    /// The code itself, or the place it is an alias of.
    pub fn resolve(&self, code: i64) -> i64 {
        self.get(code).and_then(|p| p.alias_of).unwrap_or(code)
    }

    /// The place above: by its link, else by the prefix of the code.
    pub fn parent(&self, code: i64) -> Option<i64> {
        if code == NATION {
            return None;
        }
        if let Some(place) = self.get(code) {
            return Some(place.parent.unwrap_or_else(|| by_prefix(code)));
        }
        Some(by_prefix(code))
    }

    /// The place and those above it, nearest first, the nation last.
    pub fn chain(&self, code: i64) -> Vec<i64> {
        let mut chain = vec![self.resolve(code)];
        while let Some(parent) = chain.last().and_then(|at| self.parent(*at)) {
            if chain.len() >= MAX_DEPTH || chain.contains(&parent) {
                break;
            }
            chain.push(parent);
        }
        if chain.last() != Some(&NATION) {
            chain.push(NATION);
        }
        chain
    }

    /// Whether `code` lies at or below `above`.
    pub fn is_within(&self, code: i64, above: i64) -> bool {
        self.chain(code).contains(&above)
    }

    /// The name, or the code in six digits where the place is not known.
    pub fn name(&self, code: i64) -> String {
        self.get(code)
            .map_or_else(|| format!("{code:06}"), |p| p.name.clone())
    }

    pub(crate) fn circles(&self) -> Vec<i64> {
        let reaches_root = |code: &&i64| {
            let mut at = **code;
            for _ in 0..MAX_DEPTH {
                match self.parent(at) {
                    Some(parent) => at = parent,
                    None => return true,
                }
            }
            false
        };
        self.by_code
            .keys()
            .filter(|code| !reaches_root(code))
            .copied()
            .collect()
    }
}

fn by_prefix(code: i64) -> i64 {
    let above = |unit: i64| {
        code.checked_rem(unit)
            .map_or(NATION, |rest| code.saturating_sub(rest))
    };
    let (prefecture, province) = (above(100), above(10_000));
    if code != prefecture {
        prefecture
    } else if code != province {
        province
    } else {
        NATION
    }
}

/// Reads a six-digit place code; a longer statistical code is read by its first six digits.
pub fn parse_code(text: &str) -> Option<i64> {
    let known = matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit());
    text.get(..6).filter(|_| known)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(code: i64, parent: Option<i64>) -> Place {
        Place {
            code,
            name: code.to_string(),
            parent,
            level: Level::County,
            alias_of: None,
            note: Words::default(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn links_win_over_prefixes() {
        let mut places = Places::default();
        places.insert(place(150_781, Some(150_000)));
        assert_eq!(places.chain(150_781), [150_781, 150_000, 0]);
        assert_eq!(places.chain(150_702), [150_702, 150_700, 150_000, 0]);
    }

    #[test]
    fn circles_are_found_and_do_not_hang() {
        let mut places = Places::default();
        places.insert(place(1, Some(2)));
        places.insert(place(2, Some(1)));
        assert_eq!(places.circles(), [1, 2]);
        assert!(places.chain(1).len() <= MAX_DEPTH + 1);
    }
}
