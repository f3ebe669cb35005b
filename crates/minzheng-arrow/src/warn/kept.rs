//! The host's alerts beside what the models say now: the same as [`reconcile`] of one household after the other.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{Date32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use minzheng::warning::alert::{Alert, Identity};
use minzheng::warning::due::Within;
use minzheng::warning::reconcile::{self, Answer, Reconciled, reconcile};
use minzheng::warning::suppress::Suppression;
use minzheng::warning::{Model, Outcome, Target, Warnings};
use minzheng_rules::date::Day;
use minzheng_rules::pack::model::Calendar;
use serde_json::{Value, json};

use super::alerts::{Asked, Hit};
use super::earlier::place_of;
use super::hits::day32;
use super::now::{Now, Word, key_type, keys};
use crate::error::{Error, at, fault};
use crate::import::Importer;
use crate::stream::beside::{Beside, Row};
use crate::stream::cursor::Taken;
use crate::stream::journal;
use crate::stream::summary::Summary;

/// Names of the tables.
pub(super) const KEPT: &str = "kept";
pub(super) const SUPPRESSED: &str = "suppressed";

/// The words under which hits are counted that became no alert.
const HELD: &str = "suppressed";
const LEFT_OUT: &str = "left_out";

/// The columns of suppressions behind the key of the household.
const HELD_COLUMNS: [&str; 8] = [
    "subject_id",
    "model",
    "id",
    "level",
    "from",
    "until",
    "reason",
    "by",
];

/// The host's alerts and suppressions.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) beside: Vec<Beside>,
    /// Numbers of the tables among those beside.
    alerts: Option<usize>,
    held: Option<usize>,
    pub(super) alerts_after: SchemaRef,
    pub(super) suppressed: SchemaRef,
    calendar: Calendar,
    /// The day of households that are not in the tables.
    on: Option<Day>,
}

/// What is remembered of a household.
enum Remembered {
    Alert(Alert),
    Held(Suppression),
}

/// A row of a table.
struct Out<T> {
    household: String,
    row: T,
}

impl Kept {
    pub(super) fn open(
        alerts: Option<&Path>,
        held: Option<&Path>,
        importer: &Importer<'_>,
    ) -> Result<Self, Error> {
        let households = importer.key_columns(0);
        let (home, _, ty) = households.last().ok_or_else(|| fault(KEPT))?;
        let mut beside = Vec::new();
        let alerts = match alerts {
            None => None,
            Some(path) => {
                if let Some(run) = path.parent().filter(|_| path.is_dir()) {
                    journal::done(run)?;
                }
                beside.push(Beside::open(KEPT, path, (home, ty), &["alert"], 1)?);
                Some(0)
            }
        };
        let held = match held {
            None => None,
            Some(path) => {
                let all = HELD_COLUMNS.len();
                let table = Beside::open("suppressions", path, (home, ty), &HELD_COLUMNS, all)?;
                beside.push(table);
                Some(beside.len().saturating_sub(1))
            }
        };
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let day = |name: &str| Field::new(name, DataType::Date32, false);
        let key = Field::new(home, key_type(ty), false);
        let kept = vec![
            key.clone(),
            text("subject_id"),
            text("model"),
            text("class"),
            text("state"),
            text("direction"),
            text("level"),
            text("place"),
            day("issued_on"),
            day("due"),
            text("alert"),
        ];
        let suppressed = vec![
            key,
            text("subject_id"),
            text("model"),
            text("level"),
            text("suppression"),
            day("until"),
        ];
        Ok(Self {
            beside,
            alerts,
            held,
            alerts_after: Arc::new(Schema::new(kept)),
            suppressed: Arc::new(Schema::new(suppressed)),
            calendar: importer.packs().calendar().clone(),
            on: importer.options().on,
        })
    }

    /// The alerts after this period and the hits that were held back; both are counted. `figures` are those of the hits, `warnings` evaluates a
    /// household with words.
    pub(super) fn told(
        &self,
        now: &Now<'_>,
        figures: &[Option<i64>],
        taken: &[Taken],
        warnings: impl Fn(usize) -> Warnings,
        summary: &mut Summary,
    ) -> Result<[RecordBatch; 2], Error> {
        let mut remembered = Vec::new();
        for row in self.rows(self.alerts, taken)? {
            let alert = alert(&row)?;
            remembered.push((row.household, Remembered::Alert(alert)));
        }
        for row in self.rows(self.held, taken)? {
            let held = suppression(&row)?;
            remembered.push((row.household, Remembered::Held(held)));
        }
        let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
        for (key, (case, own)) in now.households(remembered.into_iter()) {
            let household = key.key().words();
            let (mut alerts, mut held) = (Vec::new(), Vec::new());
            for one in own {
                match one {
                    Remembered::Alert(alert) => alerts.push(alert),
                    Remembered::Held(suppression) => held.push(suppression),
                }
            }
            let place = case.and_then(|case| now.imported.place(case));
            let mut answers = Vec::new();
            for (at, hit) in case.into_iter().flat_map(|case| now.hits_of(case)) {
                let Some(asked) = now.model(hit) else {
                    continue;
                };
                let of = identity(now, asked, hit, &household);
                let before = alerts.iter().find(|a| a.of == of);
                let figure = figures.get(at).copied().flatten();
                match said_hit(now, asked, hit, figure, before) {
                    Some(said) => answers.push(Answer {
                        of,
                        said: reconcile::Said::Hit(said),
                    }),
                    None => summary.class(place, &asked.model.id, LEFT_OUT),
                }
            }
            let mut words: Option<Warnings> = None;
            for alert in &alerts {
                let (words, make) = (&mut words, &warnings);
                let said = said_else(now, case, alert, move || {
                    let case = case?;
                    Some(&*words.get_or_insert_with(|| make(case)))
                });
                let of = alert.of.clone();
                answers.extend(said.map(|said| Answer { of, said }));
            }
            if alerts.is_empty() && answers.is_empty() {
                continue;
            }
            let Some(on) = self.day(now, case, &alerts) else {
                continue;
            };
            let done = reconcile(on, &self.calendar, &alerts, &answers, &held)?;
            count(&done, place, summary);
            let own = |row| Out {
                household: household.clone(),
                row,
            };
            kept.extend(done.alerts.into_iter().map(own));
            let own = |row| Out {
                household: household.clone(),
                row,
            };
            suppressed.extend(done.suppressed.into_iter().map(own));
        }
        Ok([self.kept_table(&kept)?, self.suppressed_table(&suppressed)?])
    }

    fn rows(&self, number: Option<usize>, taken: &[Taken]) -> Result<Vec<Row>, Error> {
        let beside = number.and_then(|n| Some((n, self.beside.get(n)?)));
        beside.map_or_else(|| Ok(Vec::new()), |(n, beside)| beside.rows(n, taken))
    }

    /// The day of the period: of a household that is not in the tables the day of all, else of what was last looked at, which changes
    /// nothing.
    fn day(&self, now: &Now<'_>, case: Option<usize>, alerts: &[Alert]) -> Option<NaiveDate> {
        let own = case.map(|case| now.on(case)).or(self.on);
        let last = || {
            let looked = alerts.iter().map(|a| {
                let step = a.history.last().map_or(a.looked_on, |s| s.on);
                a.looked_on.max(step)
            });
            looked.max()
        };
        own.map(Day::to_date).or_else(last)
    }

    fn kept_table(&self, rows: &[Out<reconcile::Reconcile>]) -> Result<RecordBatch, Error> {
        let homes = rows.iter().map(|r| Some(r.household.as_str()));
        let text = |of: &dyn Fn(&reconcile::Reconcile) -> String| {
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|r| of(&r.row)),
            ))
        };
        let day = |of: &dyn Fn(&Alert) -> NaiveDate| days(rows.iter().map(|r| of(&r.row.alert)));
        let columns = vec![
            keys(homes, self.alerts_after.field(0).data_type()),
            text(&|r| r.alert.of.subject.clone()),
            text(&|r| r.alert.of.model.clone()),
            text(&|r| r.class.word().to_owned()),
            text(&|r| r.alert.state.word().to_owned()),
            text(&|r| r.alert.direction.word().to_owned()),
            text(&|r| r.alert.level.word().to_owned()),
            text(&|r| r.alert.place.clone()),
            day(&|a| a.issued_on),
            day(&|a| a.due),
            text(&|r| json!(r.alert).to_string()),
        ];
        RecordBatch::try_new(Arc::clone(&self.alerts_after), columns).map_err(|_| fault(KEPT))
    }

    fn suppressed_table(&self, rows: &[Out<reconcile::Suppressed>]) -> Result<RecordBatch, Error> {
        let homes = rows.iter().map(|r| Some(r.household.as_str()));
        let text = |of: &dyn Fn(&reconcile::Suppressed) -> String| {
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|r| of(&r.row)),
            ))
        };
        let columns = vec![
            keys(homes, self.suppressed.field(0).data_type()),
            text(&|r| r.of.subject.clone()),
            text(&|r| r.of.model.clone()),
            text(&|r| r.level.word().to_owned()),
            text(&|r| r.suppression.clone()),
            days(rows.iter().map(|r| r.row.until)),
        ];
        RecordBatch::try_new(Arc::clone(&self.suppressed), columns).map_err(|_| fault(SUPPRESSED))
    }
}

fn days(days: impl Iterator<Item = NaiveDate>) -> Arc<Date32Array> {
    let number = |day| Day::from_date(day).and_then(|d| day32(d.number()));
    Arc::new(days.map(number).collect())
}

/// The alert of a row; it must be of the row's household.
fn alert(row: &Row) -> Result<Alert, Error> {
    let value: Value = serde_json::from_str(row.cell(0)).map_err(|_| {
        let help = "write the record as the library gave it";
        at(
            "E-ALERT-SHAPE",
            &row.place,
            "alert",
            "the cell is no JSON",
            help,
        )
    })?;
    let alert = Alert::from_json(&row.place, value)?;
    if alert.of.household != row.household.key().words() {
        let message = "the alert is of another household than its row";
        let help = "keep both columns together";
        return Err(at("E-ALERT-RECORD", &row.place, "alert", message, help).into());
    }
    Ok(alert)
}

fn suppression(row: &Row) -> Result<Suppression, Error> {
    let [subject, model, id, level, from, until, reason, by] =
        core::array::from_fn(|at| row.cell(at));
    let value = json!({
        "id": id,
        "of": { "household": row.household.key().words(), "model": model, "subject": subject },
        "level": level,
        "from": from,
        "until": until,
        "reason": reason,
        "by": by,
    });
    Suppression::from_json(&row.place, value)
}

/// Which suspicion a hit is.
fn identity(now: &Now<'_>, asked: &Asked, hit: Hit, household: &str) -> Identity {
    Identity {
        household: household.to_owned(),
        model: asked.model.id.clone(),
        subject: now.person(hit).unwrap_or_else(|| household.to_owned()),
    }
}

/// What a hit says; `None` where nobody could be given it: no place is known or no last day, and no alert says either.
fn said_hit(
    now: &Now<'_>,
    asked: &Asked,
    hit: Hit,
    figure: Option<i64>,
    before: Option<&Alert>,
) -> Option<reconcile::Hit> {
    let model: &Model = &asked.model;
    let place = now.imported.place(hit.0).map(|code| format!("{code:06}"));
    let on = now.on(hit.0).to_date();
    let due = now.number(asked.due, hit.0).and_then(Day::from_number);
    let due = due.map(Day::to_date);
    Some(reconcile::Hit {
        place: place.or_else(|| before.map(|a| a.place.clone()))?,
        direction: model.direction,
        level: model.level,
        within: Within::By(due.or_else(|| before.map(|a| a.due.max(on)))?),
        quiet_days: now
            .number(asked.quiet, hit.0)
            .and_then(|days| u16::try_from(days).ok()),
        figure: figure.zip(model.compares.as_ref()).map(|(value, c)| {
            let side = c.side;
            reconcile::Measured { value, side }
        }),
    })
}

/// What is said now of an alert that is no hit; `None`: it is one, or the model was not asked.
fn said_else<'w>(
    now: &Now<'_>,
    case: Option<usize>,
    alert: &Alert,
    words: impl FnOnce() -> Option<&'w Warnings>,
) -> Option<reconcile::Said> {
    let of = &alert.of;
    let is_household = now
        .asked(&of.model)
        .is_some_and(|(_, asked)| asked.model.target == Target::Household);
    let person = (!is_household).then_some(of.subject.as_str());
    let (word, row) = now.word(case, &of.model, person);
    match word {
        Word::Said(Outcome::Hit) | Word::NotAsked => None,
        Word::Said(Outcome::Miss) => Some(reconcile::Said::Miss {}),
        Word::Said(Outcome::Outside) => Some(reconcile::Said::Outside {}),
        Word::Said(Outcome::Off) => Some(reconcile::Said::Off {}),
        Word::Said(Outcome::Unknown) => {
            let asked = row.and_then(|row| Some((now.model(row)?, row)));
            let awaited = asked
                .zip(words())
                .map(|((asked, (case, _, row)), warnings)| {
                    let first = now.imported.rows(asked.entity, case).start;
                    awaited(warnings, &asked.model, row.saturating_sub(first))
                });
            Some(reconcile::Said::Unknown {
                awaited: awaited.unwrap_or_default(),
            })
        }
        // nobody looked at them: that is no answer
        Word::Absent => None,
    }
}

/// The items that could tell.
fn awaited(warnings: &Warnings, model: &Model, row: usize) -> Vec<String> {
    let missing = warnings.about(model, row).missing();
    let items = missing.iter().flat_map(|m| &m.answered_by);
    let mut out: Vec<String> = items
        .filter_map(|who| who.strip_prefix("item:"))
        .map(str::to_owned)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn count(done: &Reconciled, place: Option<i64>, summary: &mut Summary) {
    for one in &done.alerts {
        let place = place.or_else(|| place_of(&one.alert.place));
        summary.class(place, &one.alert.of.model, one.class.word());
    }
    for one in &done.suppressed {
        summary.class(place, &one.of.model, HELD);
    }
}
