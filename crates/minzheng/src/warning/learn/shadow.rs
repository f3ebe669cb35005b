//! A new version of a model beside the old, over the same tables: who changes, and where.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::Level;
use super::super::alert::{Identity, place};
use crate::error::{Error, Finding};
use crate::records;

/// A hit of one of the two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flagged {
    /// Which suspicion.
    pub of: Identity,
    /// The place: a division code of 6, 9 or 12 digits.
    pub place: String,
    /// How grave.
    pub level: Level,
}

impl Flagged {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`, `E-ALERT-ID`, `E-VALUE-PLACE`.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        let read: Self = records::read(value, path, "E-ALERT-SHAPE")?;
        if let Some(found) = read.of.wrong(&format!("{path}.of")) {
            return Err(Error::one(found));
        }
        place(&read.place, &format!("{path}.place"))?;
        Ok(read)
    }
}

/// Counts of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shift {
    /// Hits of the old version.
    pub old: u64,
    /// Hits of the new version.
    pub new: u64,
    /// Hits of both.
    pub both: u64,
    /// Hits of the new version alone.
    pub gained: u64,
    /// Hits of the old version alone.
    pub lost: u64,
    /// Hits of both that are graver now.
    pub graver: u64,
    /// Hits of both that are less grave now.
    pub milder: u64,
}

impl Shift {
    fn join(&mut self, other: &Self) {
        let pairs = [
            (&mut self.old, other.old),
            (&mut self.new, other.new),
            (&mut self.both, other.both),
            (&mut self.gained, other.gained),
            (&mut self.lost, other.lost),
            (&mut self.graver, other.graver),
            (&mut self.milder, other.milder),
        ];
        for (here, there) in pairs {
            *here = here.saturating_add(there);
        }
    }
}

/// Two versions over the same tables.
///
/// ```
/// use minzheng::warning::Level;
/// use minzheng::warning::alert::Identity;
/// use minzheng::warning::learn::{Flagged, Shadow};
///
/// let hit = |household: &str| Flagged {
///     of: Identity { household: household.into(), model: "a01".into(), subject: "p1".into() },
///     place: "150123".into(), level: Level::Yellow,
/// };
/// let shadow = Shadow::between(&[hit("h1"), hit("h2")], &[hit("h2"), hit("h3"), hit("h4")])?;
/// let there = shadow.places()["150123"];
/// assert_eq!((there.both, there.gained, there.lost), (1, 2, 1));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shadow {
    places: BTreeMap<String, Shift>,
    gained: Vec<Identity>,
    lost: Vec<Identity>,
}

impl Shadow {
    /// The difference. A hit of both counts at the place where the new version has it.
    ///
    /// # Errors
    /// `E-ALERT-TWICE` where a version has two hits for one model, subject and household.
    pub fn between(old: &[Flagged], new: &[Flagged]) -> Result<Self, Error> {
        let old = by_identity(old, "old")?;
        let new = by_identity(new, "new")?;
        let mut out = Self::default();
        for (of, was) in &old {
            if !new.contains_key(of) {
                let shift = out.places.entry(was.place.clone()).or_default();
                shift.join(&Shift {
                    old: 1,
                    lost: 1,
                    ..Shift::default()
                });
                out.lost.push((*of).clone());
            }
        }
        for (of, is) in &new {
            let shift = out.places.entry(is.place.clone()).or_default();
            let one = match old.get(of) {
                None => {
                    out.gained.push((*of).clone());
                    Shift {
                        new: 1,
                        gained: 1,
                        ..Shift::default()
                    }
                }
                // the gravest level is the first
                Some(was) => Shift {
                    old: 1,
                    new: 1,
                    both: 1,
                    graver: u64::from(is.level < was.level),
                    milder: u64::from(is.level > was.level),
                    ..Shift::default()
                },
            };
            shift.join(&one);
        }
        Ok(out)
    }

    /// Joins two parts that have no household in common.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (place, shift) in &other.places {
            self.places.entry(place.clone()).or_default().join(shift);
        }
        self.gained.extend(other.gained);
        self.gained.sort();
        self.lost.extend(other.lost);
        self.lost.sort();
        self
    }

    /// The counts by place.
    pub const fn places(&self) -> &BTreeMap<String, Shift> {
        &self.places
    }

    /// All counts.
    pub fn total(&self) -> Shift {
        let mut out = Shift::default();
        self.places.values().for_each(|shift| out.join(shift));
        out
    }

    /// Hits of the new version alone.
    pub fn gained(&self) -> &[Identity] {
        &self.gained
    }

    /// Hits of the old version alone.
    pub fn lost(&self) -> &[Identity] {
        &self.lost
    }

    /// As JSON, schema `minzheng/shadow/1`.
    pub fn to_json(&self) -> Value {
        let places = self.places.iter();
        json!({
            "schema": "minzheng/shadow/1",
            "places": places.map(|(place, shift)| (place.clone(), json!(shift))).collect::<serde_json::Map<_, _>>(),
            "total": self.total(),
            "gained": self.gained,
            "lost": self.lost,
        })
    }
}

fn by_identity<'f>(
    list: &'f [Flagged],
    name: &str,
) -> Result<BTreeMap<&'f Identity, &'f Flagged>, Error> {
    let mut out = BTreeMap::new();
    for (at, hit) in list.iter().enumerate() {
        if out.insert(&hit.of, hit).is_some() {
            let message = "two hits are about one model, subject and household";
            let found = Finding::new("E-ALERT-TWICE", message, "keep one");
            return Err(Error::one(found.path_is(format!("{name}[{at}]"))));
        }
    }
    Ok(out)
}
