//! The models over one household: who is hit, who is not, for whom nobody can tell.

use std::sync::Arc;

use chrono::NaiveDate;
use minzheng_rules::explain::{Explanation, Kind, Missing, ProvisionalFact, Receipt};
use minzheng_rules::facts::RowRef;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Lang, Words};
use minzheng_rules::scenario::Assessment;
use minzheng_rules::truth::Truth;
use serde_json::{Value, json};

use super::model::{Model, Models, Named, Target, entity};
use super::sentence::Part;
use super::sources::Sources;
use crate::eligibility::Figure;

/// The schema of [`Warnings::to_json`].
pub(super) const SCHEMA: &str = "minzheng/warnings/1";

/// What a model says about a person or household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It points at them: a suspicion to check.
    Hit,
    /// Something is missing to tell: never the same as not pointing at them.
    Unknown,
    /// It does not point at them.
    Miss,
    /// They are not among those it looks at.
    Outside,
    /// The place has switched it off.
    Off,
}

impl Outcome {
    /// All, in this order.
    pub const ALL: [Self; 5] = [
        Self::Hit,
        Self::Unknown,
        Self::Miss,
        Self::Outside,
        Self::Off,
    ];

    /// The word in JSON and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Unknown => "unknown",
            Self::Miss => "miss",
            Self::Outside => "outside",
            Self::Off => "off",
        }
    }

    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Hit => ("命中", "hit"),
            Self::Unknown => ("无法判断", "cannot tell"),
            Self::Miss => ("未命中", "no hit"),
            Self::Outside => ("不在范围", "not looked at"),
            Self::Off => ("未启用", "switched off"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Of the truth of a population and a trigger.
    pub const fn of(population: Truth, trigger: Truth) -> Self {
        match (population, trigger) {
            (Truth::False, _) => Self::Outside,
            (_, Truth::False) => Self::Miss,
            (Truth::True, Truth::True) => Self::Hit,
            _ => Self::Unknown,
        }
    }
}

/// A value that a hit shows, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The value with its words.
    pub figure: Figure,
    /// How it stands: `declared`, `verified` …; empty for a formula.
    pub status: String,
    /// Who says so, as the case gives it, else as [`Sources`] do; empty where nobody is named, and for a formula.
    pub source: Words,
    /// The day of which that speaks.
    pub as_of: Option<NaiveDate>,
    /// The span of time it covers, as written.
    pub window: String,
}

/// A figure that was exceeded, with its ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The id of the parameter.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// The value as packs write it; `undetermined` where no pack holds one.
    pub value: String,
    /// The value in words.
    pub shown: Words,
    /// The place it holds for; empty: everywhere.
    pub place: String,
    /// Its standing.
    pub status: String,
    /// Its ground in words.
    pub cite: Vec<String>,
    /// Free words of its row: where it was published.
    pub note: Words,
}

/// What one model says about one person or household.
#[derive(Debug, Clone, Copy)]
pub struct Warning<'w> {
    of: &'w Warnings,
    model: &'w Model,
    at: RowRef,
    outcome: Outcome,
}

/// The models over one household.
#[derive(Debug, Clone)]
pub struct Warnings {
    answer: Assessment,
    models: Arc<Models>,
    sources: Arc<Sources>,
    place: Option<i64>,
}

impl Warnings {
    /// The models over a household that the engine of rules has evaluated; `sources` names who says facts that name nobody.
    pub fn new(answer: Assessment, models: Arc<Models>, sources: Arc<Sources>) -> Self {
        let set = answer.packs();
        let place = set
            .facts()
            .find(|f| f.entity == 0 && f.ty == minzheng_rules::lang::Type::Place);
        let given = place.and_then(|f| {
            answer
                .input()
                .given(set, &f.id, RowRef { entity: 0, row: 0 })
        });
        let place = given.and_then(|g| g.value.get());
        Self {
            answer,
            models,
            sources,
            place,
        }
    }

    /// The answer of the engine of rules below.
    pub const fn rules(&self) -> &Assessment {
        &self.answer
    }

    /// The day asked about.
    pub fn on(&self) -> NaiveDate {
        self.answer.input().on().to_date()
    }

    /// What every model says about every person or the household, model by model in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = Warning<'_>> {
        self.models.all().iter().flat_map(|model| self.rows(model))
    }

    /// The hits.
    pub fn hits(&self) -> impl Iterator<Item = Warning<'_>> {
        self.all().filter(|w| w.outcome == Outcome::Hit)
    }

    /// What one model says.
    pub fn of(&self, model: &str) -> impl Iterator<Item = Warning<'_>> {
        let found = self.models.get(model).ok();
        found.into_iter().flat_map(|model| self.rows(model))
    }

    fn rows<'w>(&'w self, model: &'w Model) -> impl Iterator<Item = Warning<'w>> {
        let entity = entity(self.answer.packs(), model.target).unwrap_or(0);
        let rows = 0..self.answer.input().row_count(entity);
        rows.map(move |row| self.about(model, row))
    }

    /// What one model says about one person by the place among the rows, or about the household.
    pub fn about<'w>(&'w self, model: &'w Model, row: usize) -> Warning<'w> {
        let set = self.answer.packs();
        let entity = entity(set, model.target).unwrap_or(0);
        let at = RowRef { entity, row };
        let on = self.answer.input().on();
        let outcome = if self.models.is_on(set.places(), model, self.place, on) {
            self.outcome(model, at)
        } else {
            Outcome::Off
        };
        Warning {
            of: self,
            model,
            at,
            outcome,
        }
    }

    /// Enough to run it again; its output is the digest of what every model reads for every row: populations and triggers.
    pub fn receipt(&self) -> Receipt {
        let rules = self.models.all().iter();
        let rules = rules.flat_map(|m| m.population.iter().chain([&m.trigger]));
        let rules: Vec<&str> = rules.map(String::as_str).collect();
        self.answer.receipt_of(&rules)
    }

    /// The JSON Schema of [`Warnings::to_json`].
    pub fn json_schema() -> Value {
        super::schema::schema()
    }

    fn outcome(&self, model: &Model, at: RowRef) -> Outcome {
        let truth = |id: &str| {
            let truth = self.answer.truth(id, self.row(at));
            truth.unwrap_or(Truth::Unknown)
        };
        let population = model.population.as_deref().map_or(Truth::True, truth);
        Outcome::of(population, truth(&model.trigger))
    }

    fn row(&self, at: RowRef) -> Option<&str> {
        (at.entity > 0).then(|| self.answer.input().row_id(at))
    }

    /// Hits and what cannot be told, as JSON, by [`Warnings::json_schema`]; the other outcomes are counted.
    pub fn to_json(&self) -> Value {
        self.json_of(self.all().collect())
    }

    /// The same of one model.
    pub fn to_json_of(&self, model: &str) -> Value {
        self.json_of(self.of(model).collect())
    }

    fn json_of(&self, all: Vec<Warning<'_>>) -> Value {
        let mut counts = Outcome::ALL.map(|o| (o, 0_u64));
        let (mut hits, mut unknown) = (Vec::new(), Vec::new());
        for warning in all {
            for (outcome, many) in &mut counts {
                *many = many.saturating_add(u64::from(*outcome == warning.outcome));
            }
            match warning.outcome {
                Outcome::Hit => hits.push(warning.to_json()),
                Outcome::Unknown => unknown.push(warning.to_json()),
                Outcome::Miss | Outcome::Outside | Outcome::Off => {}
            }
        }
        let counts = counts.into_iter();
        let counts = counts.map(|(outcome, many)| (outcome.word().to_owned(), json!(many)));
        let known_on = self.answer.input().known_on();
        let known_on = (known_on != minzheng_rules::date::Day::MAX).then(|| known_on.to_string());
        json!({
            "schema": SCHEMA,
            "on": self.on().to_string(),
            "known_on": known_on,
            "counts": counts.collect::<serde_json::Map<String, Value>>(),
            "hits": hits,
            "unknown": unknown,
            "receipt": self.receipt(),
        })
    }
}

impl<'w> Warning<'w> {
    /// The model.
    pub const fn model(&self) -> &'w Model {
        self.model
    }

    /// The id of the person, for a model of persons.
    pub fn person(&self) -> Option<&'w str> {
        self.of.row(self.at)
    }

    /// What the model says.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The sentence with its figures, sources and days; only of a hit does it say what is so.
    pub fn sentence(&self, lang: Lang) -> String {
        let is_known = |named: &Named| {
            let found = self.evidence_of(named);
            found.is_some_and(|found| found.figure.is_known())
        };
        let says = |named: &Named, part| self.says(named, part, lang);
        self.model.sentence.fill(lang, says, is_known)
    }

    /// What it shows as evidence.
    pub fn evidence(&self) -> Vec<Evidence> {
        let named = self.model.evidence.iter();
        named.filter_map(|n| self.evidence_of(n)).collect()
    }

    /// The figures that the model compares with, with their grounds.
    pub fn thresholds(&self) -> Vec<Threshold> {
        if self.model.thresholds.is_empty() {
            return Vec::new();
        }
        let explained = self.explanation();
        let mut out: Vec<Threshold> = Vec::new();
        for step in &explained.steps {
            let Some(def) = explained.definitions.get(step.of) else {
                continue;
            };
            if def.kind != Kind::Parameter || !self.model.thresholds.contains(&def.id) {
                continue;
            }
            let cite = def.cite.iter().filter_map(|at| explained.articles.get(*at));
            let found = Threshold {
                id: def.id.clone(),
                title: def.title.clone(),
                value: step.value.clone(),
                shown: step.shown.clone(),
                place: def.place.clone().unwrap_or_default(),
                status: def.status.clone(),
                cite: cite.cloned().collect(),
                note: def.note.clone(),
            };
            if !out.contains(&found) {
                out.push(found);
            }
        }
        out
    }

    /// The figure that is held against the model's line, in its smallest unit, fen for money; `None` where it is not known, or the model
    /// compares none.
    pub fn figure(&self) -> Option<i64> {
        let compared = self.model.compares.as_ref()?;
        self.evidence_of(&compared.figure)?.figure.number()
    }

    /// The last day to deal with it; `None` where a figure or the calendar of a year is missing.
    pub fn due(&self) -> Option<NaiveDate> {
        let handling = self.of.models.handling(self.model)?;
        self.formula(Target::Household, &handling.due)?.date()
    }

    /// For so many days a case that was found in order is left alone; `None` where no pack says.
    pub fn quiet_days(&self) -> Option<i64> {
        let handling = self.of.models.handling(self.model)?;
        self.formula(Target::Household, &handling.quiet)?.count()
    }

    /// What is missing to tell, most needed first; empty unless the outcome is unknown.
    pub fn missing(&self) -> Vec<Missing> {
        if self.outcome != Outcome::Unknown {
            return Vec::new();
        }
        self.of.answer.missing_of(&self.rules(), self.at.row)
    }

    /// The rules and figures it rests on that are believed and not confirmed.
    pub fn unconfirmed(&self) -> Vec<String> {
        self.of.answer.unconfirmed_of(&self.rules(), self.at.row)
    }

    /// The declared facts, not verified yet, that it rests on.
    pub fn provisional(&self) -> Vec<ProvisionalFact> {
        self.of.answer.provisional_of(&self.rules(), self.at.row)
    }

    /// Why: the rules of the model with every value behind them.
    pub fn explanation(&self) -> Explanation {
        let rules = self.rules();
        self.of.answer.explain_formulas(&rules, self.at.row)
    }

    /// The ids of the formulas that decide.
    fn rules(&self) -> Vec<&'w str> {
        let population = self.model.population.as_deref();
        population
            .into_iter()
            .chain([self.model.trigger.as_str()])
            .collect()
    }

    fn packs(&self) -> &'w PackSet {
        self.of.answer.packs()
    }

    /// The row of a target, seen from this one.
    fn row_of(&self, whose: Target) -> RowRef {
        if whose == self.model.target {
            self.at
        } else {
            RowRef { entity: 0, row: 0 }
        }
    }

    fn formula(&self, whose: Target, id: &str) -> Option<Figure> {
        let row = self.of.row(self.row_of(whose));
        let (value, ty) = self.of.answer.value(id, row)?;
        let title = self.packs().formula(id).map(|f| f.title.clone());
        Some(Figure::new(
            self.packs(),
            id,
            &title.unwrap_or_default(),
            value,
            ty,
        ))
    }

    fn evidence_of(&self, named: &Named) -> Option<Evidence> {
        let plain = |figure| Evidence {
            figure,
            status: String::new(),
            source: Words::default(),
            as_of: None,
            window: String::new(),
        };
        match named {
            Named::Formula(whose, id) => self.formula(*whose, id).map(plain),
            Named::Parameter(id) => {
                let (value, ty) = self.of.answer.parameter(id)?;
                let title = named.title(self.packs()).cloned().unwrap_or_default();
                Some(plain(Figure::new(self.packs(), id, &title, value, ty)))
            }
            Named::Fact(whose, id) => {
                let (packs, input) = (self.packs(), self.of.answer.input());
                let given = input.given(packs, id, self.row_of(*whose))?;
                let title = named.title(packs).cloned().unwrap_or_default();
                let figure = Figure::new(packs, id, &title, given.value, given.ty);
                let Some(from) = given.provenance else {
                    return Some(plain(figure));
                };
                let (source, as_of) = if from.source.is_empty() {
                    let sources = &self.of.sources;
                    let words = sources.of(*whose, id).cloned();
                    (words.unwrap_or_default(), sources.as_of())
                } else {
                    let words = Words {
                        zh: from.source.clone(),
                        en: from.source,
                    };
                    (words, None)
                };
                Some(Evidence {
                    status: from.status.word().to_owned(),
                    source,
                    as_of: from.as_of.map(minzheng_rules::date::Day::to_date).or(as_of),
                    window: from.window,
                    figure,
                })
            }
        }
    }

    /// The day of which a fact speaks; of a formula the earliest of the facts that it rests on, where every one has a day.
    fn as_of(&self, named: &Named) -> Option<NaiveDate> {
        let Named::Formula(whose, id) = named else {
            return self.evidence_of(named)?.as_of;
        };
        let answer = &self.of.answer;
        let day = |(fact, at): (&str, RowRef)| {
            let from = answer.input().given(self.packs(), fact, at)?.provenance?;
            let own = from.as_of.map(minzheng_rules::date::Day::to_date);
            let of_all = self.of.sources.as_of().filter(|_| from.source.is_empty());
            own.or(of_all)
        };
        let facts = answer.facts_of(&[id], self.row_of(*whose).row);
        let days: Option<Vec<NaiveDate>> = facts.into_iter().map(day).collect();
        days?.into_iter().min()
    }

    fn says(&self, named: &Named, part: Part, lang: Lang) -> String {
        let unsaid = |zh: &str, en: &str| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        let Some(found) = self.evidence_of(named) else {
            return unsaid("未知", "unknown");
        };
        match part {
            Part::Value => found.figure.shown(lang).to_owned(),
            Part::Source if found.source.zh.is_empty() => unsaid("来源未注明", "an unnamed source"),
            Part::Source => found.source.of(lang).to_owned(),
            Part::AsOf => self.as_of(named).map_or_else(
                || unsaid("日期未注明", "an unnamed day"),
                |day| day.to_string(),
            ),
        }
    }

    /// As JSON: of a hit its sentence, evidence, thresholds and days; of what cannot be told what is missing.
    pub fn to_json(&self) -> Value {
        let model = self.model;
        let mut out = json!({
            "model": model.id,
            "title": model.title,
            "group": model.group,
            "direction": model.direction.word(),
            "level": model.level.word(),
            "status": model.status.word(),
            "person": self.person(),
            "outcome": self.outcome.word(),
        });
        let Value::Object(fields) = &mut out else {
            return out;
        };
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        match self.outcome {
            Outcome::Hit => {
                put(
                    "sentence",
                    json!({ "zh": self.sentence(Lang::Zh), "en": self.sentence(Lang::En) }),
                );
                put(
                    "evidence",
                    self.evidence().iter().map(Evidence::to_json).collect(),
                );
                put(
                    "thresholds",
                    self.thresholds().iter().map(Threshold::to_json).collect(),
                );
                put("figure", json!(self.figure()));
                put("due", json!(self.due().map(|d| d.to_string())));
                put("quiet_days", json!(self.quiet_days()));
                put("provisional", json!(self.provisional()));
                put("unconfirmed", json!(self.unconfirmed()));
            }
            Outcome::Unknown => {
                put("missing", json!(self.missing()));
            }
            Outcome::Miss | Outcome::Outside | Outcome::Off => {}
        }
        out
    }
}

impl Evidence {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        let shown = |lang| self.figure.shown(lang);
        json!({
            "id": self.figure.id(),
            "title": self.figure.title(),
            "value": self.figure.word(),
            "shown": { "zh": shown(Lang::Zh), "en": shown(Lang::En) },
            "status": self.status,
            "source": self.source,
            "as_of": self.as_of.map(|d| d.to_string()),
            "window": self.window,
        })
    }
}

impl Threshold {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "value": self.value,
            "shown": self.shown,
            "place": self.place,
            "status": self.status,
            "cite": self.cite,
            "note": self.note,
        })
    }
}
