//! The people of the tables: keys, households, and packed identity numbers.

use std::cmp::Ordering;

use minzheng::identity::ResidentNumber;

use super::matcher::NO_KEY;
use super::tally::Notes;
use crate::contract::Role;
use crate::error::Error;
use crate::files::{Pick, TableFile};
use crate::import::matched::MatchedTable;
use crate::import::{Key, KeyCells};

/// No row.
pub(super) const NO_ROW: u32 = u32::MAX;

/// A key that outlives its record batch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Id {
    Number(i64),
    Text(Box<str>),
}

impl Id {
    fn of(key: Key<'_>) -> Self {
        match key {
            Key::Number(number) => i64::try_from(number)
                .map_or_else(|_| Self::Text(number.to_string().into()), Self::Number),
            Key::Text(text) => Self::Text(text.into()),
        }
    }

    fn compare(&self, key: Key<'_>) -> Ordering {
        match (self, key) {
            (Self::Number(own), Key::Number(key)) => i128::from(*own).cmp(&key),
            (Self::Number(_), Key::Text(_)) => Ordering::Less,
            (Self::Text(_), Key::Number(_)) => Ordering::Greater,
            (Self::Text(own), Key::Text(key)) => (**own).cmp(key),
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

pub(super) fn row32(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(NO_ROW)
}

pub(super) fn ix(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// Reads some columns of a table: batches, with the keys of each column in the order asked for.
pub(super) fn indices(table: &MatchedTable, roles: &[Role]) -> Vec<Option<usize>> {
    let place = |role: &Role| table.columns.iter().position(|c| c.role == *role);
    let at = |role| place(role).and_then(|at| table.needed.get(at).copied());
    roles.iter().map(at).collect()
}

/// The columns as picks, rising, and where each then stands.
pub(super) fn picks(wanted: &[Option<usize>]) -> (Vec<Pick>, Vec<Option<usize>>) {
    let mut sorted: Vec<usize> = wanted.iter().flatten().copied().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let stands = wanted
        .iter()
        .map(|w| w.and_then(|w| sorted.binary_search(&w).ok()))
        .collect();
    let picks = sorted
        .into_iter()
        .map(|index| Pick { index, exact: true })
        .collect();
    (picks, stands)
}

/// Households and people by row.
#[derive(Debug, Default)]
pub(super) struct People {
    households: Vec<Id>,
    /// Rows of households in the order of their keys.
    order: Vec<u32>,
    /// Keys of people within their household.
    persons: Vec<Id>,
    /// Row of the household of each person.
    pub(super) home: Vec<u32>,
    /// People of household `i`: `members[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl People {
    /// Reads the keys of both tables; gives the packed identity numbers of the people too.
    pub(super) fn read(
        (households, homes): (&TableFile, &MatchedTable),
        (people, matched): (&TableFile, &MatchedTable),
        notes: &mut Notes,
    ) -> Result<(Self, Vec<u64>), Error> {
        let mut out = Self::default();
        let (wanted, at) = picks(&indices(homes, &[Role::Key]));
        for batch in households.read(&wanted, 0) {
            let batch = batch?;
            let column = at
                .first()
                .copied()
                .flatten()
                .and_then(|at| batch.columns().get(at));
            let keys = column.and_then(|c| KeyCells::of(c.as_ref()));
            for row in 0..batch.num_rows() {
                let key = keys.as_ref().and_then(|k| k.get(row));
                out.households
                    .push(key.map_or_else(|| Id::Text("".into()), Id::of));
            }
        }
        out.order = (0..row32(out.households.len())).collect();
        let ids = &out.households;
        out.order
            .sort_by(|a, b| ids.get(ix(*a)).cmp(&ids.get(ix(*b))));
        let keys = out.people(people, matched, notes)?;
        out.group();
        Ok((out, keys))
    }

    /// People by the rows of their households.
    #[cfg(test)]
    pub(super) fn of(home: Vec<u32>) -> Self {
        let many = home.iter().max().map_or(0, |h| ix(*h).saturating_add(1));
        let mut out = Self {
            households: (0..).map(Id::Number).take(many).collect(),
            persons: (0..).map(Id::Number).take(home.len()).collect(),
            home,
            ..Self::default()
        };
        out.group();
        out
    }

    fn people(
        &mut self,
        people: &TableFile,
        matched: &MatchedTable,
        notes: &mut Notes,
    ) -> Result<Vec<u64>, Error> {
        let roles = [Role::Household, Role::Key, Role::Identity];
        let (wanted, at) = picks(&indices(matched, &roles));
        let identity = matched.role(&Role::Identity).map_or("", |c| &*c.name);
        let mut keys = Vec::new();
        let (mut hint, mut number) = (0, 0_i64);
        for batch in people.read(&wanted, 0) {
            let batch = batch?;
            let cells: Vec<Option<KeyCells<'_>>> = at
                .iter()
                .map(|at| KeyCells::of(batch.columns().get((*at)?)?.as_ref()))
                .collect();
            let cell = |which: usize, row: usize| {
                cells
                    .get(which)
                    .and_then(|c| c.as_ref())
                    .and_then(|c| c.get(row))
            };
            for row in 0..batch.num_rows() {
                let home = cell(0, row).and_then(|key| self.household(key, hint));
                number = match home {
                    Some(home) if home == hint => number.saturating_add(1),
                    _ => 1,
                };
                hint = home.unwrap_or(hint);
                self.home.push(home.unwrap_or(NO_ROW));
                let own = cell(1, row).map_or(Id::Number(number), Id::of);
                self.persons.push(own);
                let person = row32(keys.len());
                if home.is_none() {
                    let message = "the household of the person is not in the table of households";
                    notes.row("people", person, "", "E-ROW-OF", message, String::new());
                }
                let parsed = match cell(2, row) {
                    Some(Key::Text(text)) => ResidentNumber::parse(text).map(Some),
                    _ => Ok(None),
                };
                keys.push(match parsed {
                    Ok(Some(number)) if home.is_some() => number.packed(),
                    Ok(_) => NO_KEY,
                    Err(error) => {
                        let words = self.words(person);
                        notes.row(
                            "people",
                            person,
                            identity,
                            error.code(),
                            error.to_string(),
                            words,
                        );
                        NO_KEY
                    }
                });
            }
        }
        Ok(keys)
    }

    fn group(&mut self) {
        let mut starts = vec![0_u32; self.households.len().saturating_add(1)];
        for home in self.home.iter().filter(|h| **h != NO_ROW) {
            if let Some(many) = starts.get_mut(ix(*home).saturating_add(1)) {
                *many = many.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for start in &mut starts {
            sum = sum.saturating_add(*start);
            *start = sum;
        }
        let mut next = starts.clone();
        self.members = vec![NO_ROW; ix(sum)];
        for (row, home) in (0_u32..).zip(&self.home) {
            let Some(at) = next.get_mut(ix(*home)) else {
                continue;
            };
            if let Some(place) = self.members.get_mut(ix(*at)) {
                *place = row;
            }
            *at = at.saturating_add(1);
        }
        self.starts = starts;
    }

    pub(super) const fn households(&self) -> usize {
        self.households.len()
    }

    pub(super) const fn len(&self) -> usize {
        self.persons.len()
    }

    /// The row of a household: looked for at the hint and behind it, then everywhere.
    pub(super) fn household(&self, key: Key<'_>, hint: u32) -> Option<u32> {
        for near in [hint, hint.saturating_add(1)] {
            let id = self.households.get(ix(near));
            if id.is_some_and(|id| id.compare(key) == Ordering::Equal) {
                return Some(near);
            }
        }
        let compare = |row: &u32| {
            let id = self.households.get(ix(*row));
            id.map_or(Ordering::Less, |id| id.compare(key))
        };
        let at = self.order.binary_search_by(compare).ok()?;
        self.order.get(at).copied()
    }

    /// The rows of a household's people.
    pub(super) fn members(&self, home: u32) -> &[u32] {
        let at = |home: usize| self.starts.get(home).copied().map(ix);
        let ends = at(ix(home)).zip(at(ix(home).saturating_add(1)));
        ends.and_then(|(from, to)| self.members.get(from..to))
            .unwrap_or_default()
    }

    /// The row of a person of a household.
    pub(super) fn person(&self, home: u32, key: Key<'_>) -> Option<u32> {
        let is = |row: &&u32| {
            let id = self.persons.get(ix(**row));
            id.is_some_and(|id| id.compare(key) == Ordering::Equal)
        };
        self.members(home).iter().find(is).copied()
    }

    /// The household of the person whose key these words are: `household/person`.
    pub(super) fn named(&self, words: &str) -> Option<u32> {
        let mut rows = 0..row32(self.len());
        let row = rows.find(|row| self.is_named(*row, words))?;
        self.home
            .get(ix(row))
            .copied()
            .filter(|home| *home != NO_ROW)
    }

    fn is_named(&self, person: u32, words: &str) -> bool {
        let own = self.persons.get(ix(person)).is_some_and(|own| match own {
            Id::Number(number) => words.ends_with(&format!("/{number}")),
            Id::Text(text) => words.ends_with(text.as_ref()),
        });
        own && self.words(person) == words
    }

    /// The key of a household in full.
    pub(super) fn home_words(&self, home: u32) -> String {
        self.households
            .get(ix(home))
            .map_or_else(String::new, Id::words)
    }

    /// The key of a person alone, in full.
    pub(super) fn person_words(&self, person: u32) -> String {
        self.persons
            .get(ix(person))
            .map_or_else(String::new, Id::words)
    }

    /// The key of a person in full: `household/person`.
    pub(super) fn words(&self, person: u32) -> String {
        let home = self.home.get(ix(person)).copied().unwrap_or(NO_ROW);
        format!("{}/{}", self.home_words(home), self.person_words(person))
    }
}
