//! What every source said of every person: a word a person and item.

use std::collections::BTreeMap;

use minzheng::verification::AnswerStatus;
use minzheng_rules::date::Day;

use super::people::{People, ix};
use super::run::VerifyOptions;
use super::tally::Notes;
use crate::error::{Error, at};
use crate::files::{Pick, TableFile};
use crate::import::cells::{Want, read};
use crate::import::{Key, KeyCells};

/// Bits of a word that hold the status; the others number the day.
const STATUS: u32 = 3;

/// The columns of the table of answers.
const COLUMNS: [&str; 5] = ["household_id", "person_id", "item", "status", "as_of"];

/// Answers by item and person.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By item, then person; 0 is no answer.
    words: BTreeMap<String, Vec<u16>>,
    days: Vec<Day>,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) status: AnswerStatus,
    pub(super) as_of: Option<Day>,
}

fn status_at(number: u16) -> Option<AnswerStatus> {
    let at = usize::from(number).checked_sub(1)?;
    AnswerStatus::ALL.get(at).map(|(_, status)| *status)
}

/// The status that a word says; `None`: no answer.
pub(super) fn status_of(word: u16) -> Option<AnswerStatus> {
    status_at(word & 7)
}

/// The word with another status and the day that it had.
pub(super) fn with_status(word: u16, status: AnswerStatus) -> u16 {
    (word & !7) | number_of(status)
}

fn number_of(status: AnswerStatus) -> u16 {
    let at = AnswerStatus::ALL.iter().position(|(_, s)| *s == status);
    at.and_then(|at| u16::try_from(at.saturating_add(1)).ok())
        .unwrap_or(0)
}

impl Answers {
    /// Reads the table of answers: `household_id`, `person_id`, `item`, `status`, `as_of`.
    pub(super) fn read(
        table: &TableFile,
        people: &People,
        items: &[String],
        options: &VerifyOptions<'_>,
        notes: &mut Notes,
    ) -> Result<Self, Error> {
        let mut out = Self::default();
        let mut wanted = Vec::new();
        for name in COLUMNS {
            let Some((index, _)) = table.schema().column_with_name(name) else {
                let help = "the table has household_id, person_id, item, status, as_of";
                return Err(at(
                    "E-TABLE-COLUMN",
                    "answers",
                    name,
                    "the column is missing",
                    help,
                )
                .into());
            };
            wanted.push(Some(index));
        }
        let (picks, stands): (Vec<Pick>, _) = super::people::picks(&wanted);
        let (mut home, mut first) = (0, 0_u64);
        // words by the place of the item; of one that has not answered none
        let mut all: Vec<Vec<u16>> = vec![Vec::new(); items.len()];
        let mut near = 0_usize;
        for batch in table.read(&picks, 0) {
            options.go_on()?;
            let batch = batch?;
            let column = |which: usize| {
                let at = stands.get(which).copied().flatten();
                at.and_then(|at| batch.columns().get(at))
            };
            let mut keys = Vec::new();
            for (which, name) in COLUMNS.iter().enumerate().take(4) {
                let cells = column(which).and_then(|c| KeyCells::of(c.as_ref()));
                let Some(cells) = cells else {
                    let help = "write keys as text or whole numbers, items and statuses as text";
                    return Err(at(
                        "E-TABLE-TYPE",
                        "answers",
                        name,
                        "the column is of another type",
                        help,
                    )
                    .into());
                };
                keys.push(cells);
            }
            let day = column(4).and_then(|c| read(c.as_ref(), &Want::Date));
            let Some(day) = day else {
                let help = "write days";
                return Err(at(
                    "E-TABLE-TYPE",
                    "answers",
                    "as_of",
                    "the column is of another type",
                    help,
                )
                .into());
            };
            for row in 0..batch.num_rows() {
                let number = first.saturating_add(u64::try_from(row).unwrap_or(0));
                let cell = |which: usize| keys.get(which).and_then(|k| k.get(row));
                let known = cell(0)
                    .and_then(|key| people.household(key, home))
                    .and_then(|found| {
                        home = found;
                        people.person(found, cell(1)?)
                    });
                let Some(person) = known else {
                    let message = "the answer is about nobody in the tables";
                    notes.row(
                        "answers",
                        number,
                        "person_id",
                        "E-ANSWER-PERSON",
                        message,
                        String::new(),
                    );
                    continue;
                };
                // the answers about a person stand item after item
                let is = |at: &usize, word: &str| items.get(*at).is_some_and(|i| *i == word);
                let item = match cell(2) {
                    Some(Key::Text(word)) => [near.saturating_add(1), near]
                        .into_iter()
                        .chain(0..items.len())
                        .find(|at| is(at, word)),
                    _ => None,
                };
                let words = item.and_then(|at| Some((at, all.get_mut(at)?)));
                let Some((item, words)) = words else {
                    let message = "the catalogue has no such item";
                    notes.row(
                        "answers",
                        number,
                        "item",
                        "E-ANSWER-ITEM",
                        message,
                        people.words(person),
                    );
                    continue;
                };
                let status = match cell(3) {
                    Some(Key::Text(word)) => AnswerStatus::ALL
                        .iter()
                        .find(|(w, _)| *w == word)
                        .map(|(_, s)| *s),
                    _ => None,
                };
                let as_of = day.number(row).and_then(Day::from_number);
                let speaks = matches!(status, Some(AnswerStatus::Hit | AnswerStatus::None));
                let (status, as_of) = match status {
                    Some(status) if !speaks || as_of.is_some() => (status, as_of),
                    _ => {
                        let message = "no known status, or an answer without its day";
                        notes.row(
                            "answers",
                            number,
                            "status",
                            "E-ANSWER-STATUS",
                            message,
                            people.words(person),
                        );
                        (AnswerStatus::Pending, None)
                    }
                };
                near = item;
                if words.is_empty() {
                    words.resize(people.len(), 0);
                }
                let Some(place) = words.get_mut(ix(person)) else {
                    continue;
                };
                if *place == 0 {
                    *place = out.word(Said { status, as_of });
                    continue;
                }
                let message = "the item has answered about the person already";
                let key = people.words(person);
                notes.row("answers", number, "", "E-ANSWER-TWICE", message, key);
                *place = number_of(AnswerStatus::Unavailable);
            }
            first = first.saturating_add(u64::try_from(batch.num_rows()).unwrap_or(0));
        }
        let asked = items.iter().zip(all).filter(|(_, words)| !words.is_empty());
        out.words = asked.map(|(item, words)| (item.clone(), words)).collect();
        Ok(out)
    }

    fn word(&mut self, said: Said) -> u16 {
        let day = match said.as_of {
            None => 0,
            Some(day) => {
                let known = self.days.iter().position(|d| *d == day);
                let at = known.unwrap_or_else(|| {
                    self.days.push(day);
                    self.days.len().saturating_sub(1)
                });
                match u16::try_from(at.saturating_add(1)) {
                    Ok(day) if day < 1 << 13 => day,
                    // more days than a source can speak as of: its answers are not used
                    _ => return number_of(AnswerStatus::Unavailable),
                }
            }
        };
        number_of(said.status) | (day << STATUS)
    }

    /// Whether an item was asked: it has answered about somebody, or its table is there.
    pub(super) fn is_asked(&self, item: &str) -> bool {
        self.words.contains_key(item)
    }

    /// The words of an item, to be set right; none said yet where it has not answered.
    pub(super) fn take(&mut self, item: &str, people: usize) -> Vec<u16> {
        self.words.remove(item).unwrap_or_else(|| vec![0; people])
    }

    /// The words of an item that was asked.
    pub(super) fn give(&mut self, item: &str, words: Vec<u16>) {
        self.words.insert(item.to_owned(), words);
    }

    /// The items that were asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    pub(super) fn bytes(&self) -> usize {
        let words = self.words.values().map(|w| w.len().saturating_mul(2));
        words.fold(0, usize::saturating_add)
    }

    /// The words of an item, by person.
    pub(super) fn of(&self, item: &str) -> &[u16] {
        self.words.get(item).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a word says; `None`: no answer.
    pub(super) fn said(&self, word: u16) -> Option<Said> {
        let status = status_of(word)?;
        let as_of = usize::from(word >> STATUS).checked_sub(1);
        let as_of = as_of.and_then(|at| self.days.get(at).copied());
        Some(Said { status, as_of })
    }
}
