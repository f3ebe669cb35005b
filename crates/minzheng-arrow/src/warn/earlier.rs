//! The hits of a run beside those of the run before: new, going on, worse; and what became of those that are no hits any more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Date32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng::warning::reconcile::Class;
use minzheng::warning::{Level, Outcome};
use minzheng_rules::date::Day;

use super::hits::{Since, day32, dictionary, word};
use super::now::{Now, Word, key_type, keys};
use crate::error::{Error, at, fault};
use crate::import::Importer;
use crate::stream::beside::{Beside, Row};
use crate::stream::cursor::{Own, Taken};
use crate::stream::journal;
use crate::stream::summary::Summary;

/// Name of the table of what is no hit any more.
pub(super) const ENDED: &str = "ended";

/// Its words for what is said now.
const OUTCOMES: [Word; 6] = [
    Word::Said(Outcome::Miss),
    Word::Said(Outcome::Outside),
    Word::Said(Outcome::Unknown),
    Word::Said(Outcome::Off),
    Word::NotAsked,
    Word::Absent,
];

/// The columns of an earlier table behind the keys: the person and the first five must be there.
const COLUMNS: [&str; 10] = [
    "model",
    "direction",
    "level",
    "subject",
    "on",
    "place",
    "figure",
    "since",
    "last_on",
    "class",
];
const NEEDED: usize = 6;

/// The tables of the run before.
#[derive(Debug)]
pub(super) struct Before {
    /// Its hits, and what it could not tell of.
    pub(super) beside: Vec<Beside>,
    pub(super) schema: SchemaRef,
    /// The day of households that are not there any more.
    on: Option<Day>,
}

/// What was known of somebody.
#[derive(Debug)]
struct Was {
    person: Option<String>,
    model: String,
    /// `direction`, `level`, `subject`, as they were written.
    words: [String; 3],
    level: Level,
    place: String,
    figure: Option<i64>,
    since: Day,
    last: Day,
}

/// A hit of before that is none now.
struct Ended {
    household: Own,
    was: Was,
    place: Option<i64>,
    on: Option<Day>,
    word: Word,
}

impl Ended {
    /// Silence resolves nothing.
    const fn class(&self) -> Class {
        match self.word {
            Word::Said(Outcome::Miss | Outcome::Outside) => Class::Resolved,
            _ => Class::Awaiting,
        }
    }
}

/// A place as a number; `None` where it is none.
pub(super) fn place_of(text: &str) -> Option<i64> {
    text.get(..6)?.parse().ok()
}

impl Before {
    /// Opens the run before: its folder, or a table of its hits.
    pub(super) fn open(path: &Path, importer: &Importer<'_>) -> Result<Self, Error> {
        let (households, people) = (importer.key_columns(0), importer.key_columns(1));
        let missing = || fault(ENDED);
        let (home, _, home_type) = households.last().ok_or_else(missing)?;
        let (person, _, person_type) = people.last().ok_or_else(missing)?;
        let columns: Vec<&str> = core::iter::once(person.as_str()).chain(COLUMNS).collect();
        let open = |name: &'static str, path: &PathBuf| {
            Beside::open(name, path, (home, home_type), &columns, NEEDED)
        };
        let mut beside = Vec::new();
        let (hits, ended) = (path.join("alerts"), path.join(ENDED));
        if hits.is_dir() {
            journal::done(path)?;
            beside.push(open("before", &hits)?);
            if ended.is_dir() {
                beside.push(open("before_ended", &ended)?);
            }
        } else {
            beside.push(open("before", &path.to_owned())?);
        }
        let text = |name: &str, is_null: bool| Field::new(name, DataType::Utf8, is_null);
        let day = |name: &str, is_null: bool| Field::new(name, DataType::Date32, is_null);
        let fields = vec![
            Field::new(home, key_type(home_type), true),
            Field::new(person, key_type(person_type), true),
            text("model", false),
            text("direction", false),
            text("level", false),
            text("subject", false),
            text("place", true),
            day("on", true),
            word("class"),
            word("outcome"),
            day("since", false),
            day("last_on", false),
            Field::new("figure", DataType::Int64, true),
        ];
        Ok(Self {
            beside,
            schema: Arc::new(Schema::new(fields)),
            on: importer.options().on,
        })
    }

    /// What the hits are since then, and what became of the others; both are counted.
    pub(super) fn told(
        &self,
        now: &Now<'_>,
        figures: &[Option<i64>],
        taken: &[Taken],
        summary: &mut Summary,
    ) -> Result<(Since, RecordBatch), Error> {
        let mut were = Vec::new();
        for (number, beside) in self.beside.iter().enumerate() {
            for row in beside.rows(number, taken)? {
                if let Some(was) = Was::read(&row)? {
                    were.push((row.household, was));
                }
            }
        }
        let (mut since, mut ended) = (
            Since {
                class: vec![Class::New; now.hits.len()],
                since: now.hits.iter().map(|h| now.on(h.0)).collect(),
            },
            Vec::new(),
        );
        for (household, (case, were)) in now.households(were.into_iter()) {
            let mut left: BTreeMap<(String, Option<String>), Was> = BTreeMap::new();
            for was in were {
                let key = (was.model.clone(), was.person.clone());
                if left.insert(key, was).is_some() {
                    let message = "two hits of before are about one model, household and person";
                    return Err(at("E-ALERT-TWICE", "before", "", message, "keep one").into());
                }
            }
            for (at, hit) in case.into_iter().flat_map(|case| now.hits_of(case)) {
                let Some(asked) = now.model(hit) else {
                    continue;
                };
                let model = &asked.model;
                let place = now.imported.place(hit.0);
                let was = left.remove(&(model.id.clone(), now.person(hit)));
                let class = was.as_ref().map_or(Class::New, |was| {
                    let figure = figures.get(at).copied().flatten();
                    let is_further = match (&model.compares, figure, was.figure) {
                        (Some(c), Some(now), Some(then)) => c.side.is_further(now, then),
                        _ => false,
                    };
                    // the gravest level is the first
                    if model.level < was.level || is_further {
                        Class::Worse
                    } else {
                        Class::Continuing
                    }
                });
                summary.class(place, &model.id, class.word());
                if let Some(slot) = since.class.get_mut(at) {
                    *slot = class;
                }
                if let (Some(slot), Some(was)) = (since.since.get_mut(at), was) {
                    *slot = was.since;
                }
            }
            for was in left.into_values() {
                let (word, _) = now.word(case, &was.model, was.person.as_deref());
                let place = case.and_then(|case| now.imported.place(case));
                let one = Ended {
                    household: household.clone(),
                    place: place.or_else(|| place_of(&was.place)),
                    on: case.map(|case| now.on(case)).or(self.on),
                    was,
                    word,
                };
                summary.class(one.place, &one.was.model, one.class().word());
                ended.push(one);
            }
        }
        Ok((since, self.table(&ended)?))
    }

    fn table(&self, ended: &[Ended]) -> Result<RecordBatch, Error> {
        let households: Vec<String> = ended.iter().map(|e| e.household.key().words()).collect();
        let ty = |at: usize| self.schema.field(at).data_type();
        let text = |of: &dyn Fn(&Ended) -> Option<String>| {
            Arc::new(ended.iter().map(of).collect::<StringArray>())
        };
        let own = |at: usize| move |e: &Ended| e.was.words.get(at).cloned();
        let day = |of: &dyn Fn(&Ended) -> Option<Day>| {
            let days = ended.iter().map(|e| of(e).and_then(|d| day32(d.number())));
            Arc::new(days.collect::<Date32Array>())
        };
        let classes = [Class::Resolved.word(), Class::Awaiting.word()];
        let words = OUTCOMES.map(Word::word);
        let dictionary = |words: &[&str], of: &dyn Fn(&Ended) -> &'static str| {
            dictionary(words, ended.iter().map(|e| Some(of(e)))).map_err(|_| fault(ENDED))
        };
        let columns = vec![
            keys(households.iter().map(|k| Some(k.as_str())), ty(0)),
            keys(ended.iter().map(|e| e.was.person.as_deref()), ty(1)),
            text(&|e| Some(e.was.model.clone())),
            text(&own(0)),
            text(&own(1)),
            text(&own(2)),
            text(&|e| e.place.map(|code| format!("{code:06}"))),
            day(&|e| e.on),
            dictionary(&classes, &|e| e.class().word())?,
            dictionary(&words, &|e| e.word.word())?,
            day(&|e| Some(e.was.since)),
            day(&|e| Some(e.was.last)),
            Arc::new(ended.iter().map(|e| e.was.figure).collect::<Int64Array>()),
        ];
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|_| fault(ENDED))
    }
}

impl Was {
    /// Reads a row; `None`: it had ended already.
    fn read(row: &Row) -> Result<Option<Self>, Error> {
        // person, then the columns of COLUMNS
        let [
            person,
            model,
            direction,
            level,
            subject,
            on,
            place,
            figure,
            since,
            last,
            class,
        ] = core::array::from_fn(|at| row.cell(at));
        let bad = |column: &str, message: &str, help: &str| -> Error {
            at("E-ALERT-SHAPE", &row.place, column, message, help).into()
        };
        if class == Class::Resolved.word() {
            return Ok(None);
        }
        let day = |text: &str, column: &str| {
            let day = Day::parse(text);
            day.ok_or_else(|| bad(column, "not a day", "write it as 2026-07-01"))
        };
        let on = if last.is_empty() {
            day(on, "on")?
        } else {
            day(last, "last_on")?
        };
        let levels: Vec<&str> = Level::ALL.iter().map(|l| l.word()).collect();
        let known = format!("known: {}", levels.join(", "));
        let is_person = subject == "person";
        if is_person == person.is_empty() {
            let help =
                "a hit about a person has a key of the person, one about a household has none";
            return Err(bad(
                "subject",
                "the subject does not go with the keys",
                help,
            ));
        }
        Ok(Some(Self {
            person: is_person.then(|| person.to_owned()),
            model: model.to_owned(),
            words: [direction, level, subject].map(str::to_owned),
            level: Level::from_word(level).ok_or_else(|| bad("level", "no such level", &known))?,
            place: place.to_owned(),
            figure: match figure {
                "" => None,
                text => Some(text.parse().map_err(|_| {
                    bad(
                        "figure",
                        "not a whole number",
                        "write it in the smallest unit, fen for money",
                    )
                })?),
            },
            since: if since.is_empty() {
                on
            } else {
                day(since, "since")?
            },
            last: on,
        }))
    }
}
