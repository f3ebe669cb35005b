//! What packs say, checked and indexed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::date::Day;
use crate::lang::{TExpr, Type};
use crate::pack::Node;

/// Chinese and English words for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Chinese.
    #[serde(default)]
    pub zh: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Words {
    /// The words of a language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The language of words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Where a rule or figure comes from and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read in a public instrument, and cited.
    Law,
    /// A place's own figure.
    Local,
    /// Ours to tune.
    Operational,
    /// Believed, not confirmed: an answer that rests on it says so.
    Unconfirmed,
    /// Shown and compared with, never decided on.
    Reference,
    /// For demonstration and tests.
    Invented,
}

impl Status {
    /// The word in packs and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Local => "local",
            Self::Operational => "operational",
            Self::Unconfirmed => "unconfirmed",
            Self::Reference => "reference",
            Self::Invented => "invented",
        }
    }
}

/// Levels of government, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The state.
    Nation,
    /// A province.
    Province,
    /// A city or league.
    Prefecture,
    /// A county or banner.
    County,
    /// A township.
    Township,
}

impl Level {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nation => "nation",
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
        }
    }
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Origin {
    /// Index of the pack in the set.
    pub pack: usize,
    /// File, relative to the pack.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
}

/// An article of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cite {
    /// Id of the instrument.
    pub instrument: String,
    /// The article, as written; may be empty.
    pub article: String,
}

/// A legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Stable id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in English.
    pub title_en: String,
    /// Its number; empty where not known.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// When it became public.
    pub published: Option<Day>,
    /// When it took force.
    pub in_force: Option<Day>,
    /// Last day in force.
    pub until: Option<Day>,
    /// Ids of the instruments it replaces.
    pub replaces: Vec<String>,
    /// Which kind of copy was read: `official`, `unofficial`, or none.
    pub copy: Option<String>,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub origin: Origin,
}

/// Metadata of one pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackInfo {
    /// Stable id.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Who publishes it.
    pub publisher: String,
    /// Version of its rules.
    pub version: String,
    /// Whose level it speaks for.
    pub level: Level,
    /// The place it speaks for.
    pub place: i64,
    /// Ids of the packs below.
    pub extends: Vec<String>,
    /// Day a person last read the whole.
    pub reviewed_on: Day,
    /// SHA-256 of its files, in hexadecimal.
    pub digest: String,
}

/// A table of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Stable id.
    pub id: String,
    /// Words.
    pub title: Words,
    /// Index of the entity above; `None` for the root.
    pub parent: Option<usize>,
    /// The word expressions use for its rows.
    pub collection: String,
    /// Index of the fact of the parent that says the list is complete.
    pub complete: Option<usize>,
    /// Links to rows of other entities: name and entity.
    pub links: Vec<(String, usize)>,
}

/// One code of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Stable id.
    pub id: String,
    /// Words.
    pub words: Words,
}

/// A named list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// Stable id.
    pub id: String,
    /// Words.
    pub title: Words,
    /// The codes; a value is the index.
    pub codes: Vec<Code>,
    /// Where it is written; no file for a built-in list.
    pub origin: Origin,
}

/// A word of the vocabulary that is asked for or reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Stable id.
    pub id: String,
    /// Index of its entity.
    pub entity: usize,
    /// Its type.
    pub ty: Type,
    /// Lowest sensible value, in the engine's unit.
    pub low: Option<i64>,
    /// Highest sensible value.
    pub high: Option<i64>,
    /// Words.
    pub title: Words,
    /// The question to ask.
    pub question: Words,
    /// Who can answer; `item:…` is a catalogue item.
    pub answered_by: Vec<String>,
    /// public, internal, personal or sensitive.
    pub sensitivity: String,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub origin: Origin,
    /// Index of the formula or condition that this is the finding for, if it is one.
    pub(crate) finding: bool,
}

/// A row that holds for a time at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// The place; `None`: everywhere.
    pub place: Option<i64>,
    /// First day in force.
    pub from: Day,
    /// Last day in force, and the day that end was published.
    pub until: Option<(Day, Day)>,
    /// The day it was published.
    pub published: Day,
    /// Its standing.
    pub status: Status,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// Free words.
    pub note: Words,
    /// The day after which it must be looked at again.
    pub review_by: Option<Day>,
    /// Where it is written.
    pub origin: Origin,
    /// What holds.
    pub value: T,
}

impl<T> Dated<T> {
    /// Whether the row covers `on`, as known on `known_on`.
    pub fn holds(&self, on: Day, known_on: Day) -> bool {
        self.published <= known_on
            && self.from <= on
            && self
                .until
                .is_none_or(|(last, known)| known > known_on || on <= last)
    }

    /// Whether another row of the same place and publication holds on a day this one does: neither comes before.
    pub(crate) fn rivals(&self, other: &Self) -> bool {
        let last = |row: &Self| row.until.map_or(Day::MAX, |u| u.0);
        self.place == other.place
            && self.published == other.published
            && self.from <= last(other)
            && other.from <= last(self)
    }

    /// The same row with another value.
    pub(crate) fn map<U>(self, value: U) -> Dated<U> {
        Dated {
            place: self.place,
            from: self.from,
            until: self.until,
            published: self.published,
            status: self.status,
            cite: self.cite,
            note: self.note,
            review_by: self.review_by,
            origin: self.origin,
            value,
        }
    }
}

/// One cell of a parameter: its keys and its value in the engine's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// One number per key: a code's index, or the lower bound of a band.
    pub keys: Vec<i64>,
    /// The value in the engine's unit.
    pub value: i64,
    /// As published, where that differs (another period).
    pub published_as: Option<String>,
    /// The block of rows it was published in.
    pub block: usize,
}

/// A key of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// A code list, or count for a band.
    pub ty: Type,
}

/// Who may set values or give versions of a rule, from and until which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetBy {
    /// The level.
    pub level: Level,
    /// For rows that take force from this day.
    pub from: Option<Day>,
    /// For rows that take force until this day.
    pub until: Option<Day>,
}

impl SetBy {
    /// Whether it lets a pack of a level give what takes force on a day.
    pub fn allows(&self, level: Level, from: Day) -> bool {
        self.level == level
            && self.from.is_none_or(|first| from >= first)
            && self.until.is_none_or(|last| from <= last)
    }
}

/// A named, dated, placed figure or setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Dotted id.
    pub id: String,
    /// The type of its values.
    pub ty: Type,
    /// Words.
    pub title: Words,
    /// Its keys in order.
    pub keys: Vec<Key>,
    /// Index of the root fact that says where to look; `None`: one figure for all places.
    pub place_fact: Option<usize>,
    /// Who may set values beside its own pack.
    pub set_by: Vec<SetBy>,
    /// Who sets it, in words.
    pub setter: Words,
    /// Lowest sensible value.
    pub low: Option<i64>,
    /// Highest sensible value.
    pub high: Option<i64>,
    /// For a setting: the number of the reading in the list of ambiguities.
    pub ambiguity: Option<u32>,
    /// Whether it is a setting.
    pub is_setting: bool,
    /// Free words.
    pub note: Words,
    /// The ground of its declaration: who is to set it.
    pub cite: Vec<Cite>,
    /// The standing of that ground.
    pub status: Status,
    /// Its values.
    pub rows: Vec<Dated<Cell>>,
    /// Where it is written.
    pub origin: Origin,
}

/// An expression of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As written.
    pub text: Arc<str>,
    pub(crate) typed: Arc<TExpr>,
}

/// A derived quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// Stable id.
    pub id: String,
    /// Index of its entity.
    pub entity: usize,
    /// Its type.
    pub ty: Type,
    /// Words.
    pub title: Words,
    /// Index of the fact that holds an official's finding, where it may stand for the formula.
    pub finding: Option<usize>,
    /// Who may give versions beside its own pack.
    pub delegated: Vec<SetBy>,
    /// Its versions.
    pub versions: Vec<Dated<Rule>>,
    /// Where it is written.
    pub origin: Origin,
}

/// A condition of a programme: a formula of type bool with the programme's name before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Stable id.
    pub id: String,
    /// Index of its entity.
    pub entity: usize,
    /// Order of tests.
    pub order: i64,
    /// Words.
    pub title: Words,
    /// Indices of its conditions among the formulas.
    pub conditions: Vec<usize>,
    /// Index of the formula for the amount.
    pub amount: Option<usize>,
    /// Index of the formula for the first month of payment.
    pub first_month: Option<usize>,
    /// Index of the formula for the next review.
    pub review_date: Option<usize>,
    /// Index of the formula for the last day of validity.
    pub valid_until: Option<usize>,
    /// Indices of the formulas shown with the outcome.
    pub figures: Vec<usize>,
    /// When it is a programme.
    pub span: Dated<()>,
}

/// How two programmes stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// The first is tested first; who has it is not tested for the second.
    Precedes,
    /// Both may not be had; the second yields.
    Excludes,
    /// The person chooses.
    Choose,
    /// Only the higher amount is paid.
    HigherOf,
    /// The first pays what exceeds the second.
    TopsUp,
}

impl RelationKind {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Precedes => "precedes",
            Self::Excludes => "excludes",
            Self::Choose => "choose",
            Self::HigherOf => "higher_of",
            Self::TopsUp => "tops_up",
        }
    }
}

/// A relation between two programmes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its kind.
    pub kind: RelationKind,
    /// Index of the first programme.
    pub first: usize,
    /// Index of the second.
    pub second: usize,
    /// For `choose`: index of the code fact that names the choice.
    pub choice: Option<usize>,
    /// For `tops_up`: index of the formula of what is had already.
    pub less: Option<usize>,
    /// When and where it holds.
    pub span: Dated<()>,
}

/// A year of the working-day calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// Days off beside Saturday and Sunday.
    pub rest: Vec<Day>,
    /// Saturdays and Sundays that are worked.
    pub work: Vec<Day>,
    /// Its standing.
    pub status: Status,
    /// Its ground.
    pub cite: Vec<Cite>,
}

/// The working-day calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    pub(crate) years: BTreeMap<i32, CalendarYear>,
}

impl Calendar {
    /// The years that have data.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// Whether a day is worked; `None` where its year has no data.
    pub fn is_working_day(&self, day: Day) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        if year.work.binary_search(&day).is_ok() {
            return Some(true);
        }
        Some(day.weekday() < 5 && year.rest.binary_search(&day).is_err())
    }

    /// The day on which the `count`-th working day after `day` falls: the first day is not counted.
    /// `None` where a year on the way has no data, or `count` is negative or above 10,000.
    pub fn add_working_days(&self, day: Day, count: i64) -> Option<Day> {
        if !(0..=10_000).contains(&count) {
            return None;
        }
        let mut at = day;
        let mut left = count;
        while left > 0 {
            if at == Day::MAX {
                return None;
            }
            at = at.next();
            if self.is_working_day(at)? {
                left = left.saturating_sub(1);
            }
        }
        Some(at)
    }
}

/// A test that stands in a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackTest {
    /// Stable id.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The case, as a household file would give it.
    pub document: toml::Table,
    /// What must come out: path and word.
    pub expect: Vec<(String, toml::Value)>,
    /// Where it is written.
    pub origin: Origin,
}

/// A row of a section to which the engine gives no meaning: it is kept for the host that does, with its place and its
/// ground.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRow {
    /// The row as written.
    pub row: Node,
    /// The articles it cites, those of tables inside it too.
    pub cite: Vec<Cite>,
    /// Where it is written.
    pub origin: Origin,
}
