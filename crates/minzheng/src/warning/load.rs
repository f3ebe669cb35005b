//! Rows of packs to models.

use std::collections::BTreeSet;

use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostics, nearest};
use minzheng_rules::ir::{Reads, Thing};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Formula, HostRow, Origin, Words};
use serde::Deserialize;
use toml::value::Datetime;

use super::learn::Side;
use super::model::{
    Compared, Direction, Group, Handling, Level, Model, Models, Named, Prior, Switch, Target,
    entity,
};
use super::sentence::{self, Sentence};
use crate::catalog::Status;
use crate::error::Error;
use crate::packs::rows::{finding, is_word, own_place, read, unknown};

/// The code of a key that is unknown, missing, or of another kind.
const SHAPE: &str = "E-WARNING-SHAPE";
/// The code of an id that is none, or stands twice.
const ID: &str = "E-WARNING-ID";
/// The code of a name that nothing has.
const NAME: &str = "E-WARNING-NAME";
/// The code of a thing of the wrong type, or of the wrong rows.
const TYPE: &str = "E-WARNING-TYPE";
/// The code of words that are missing.
const WORDS: &str = "E-WARNING-WORDS";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: String,
    title: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHandling {
    id: String,
    title: Words,
    due: String,
    quiet: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrior {
    suspected: u64,
    confirmed: u64,
    seen: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCompared {
    figure: String,
    side: Side,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    id: String,
    title: Words,
    group: String,
    direction: Direction,
    level: Level,
    handling: String,
    population: Option<String>,
    trigger: Option<String>,
    #[serde(default)]
    thresholds: Vec<String>,
    compares: Option<RawCompared>,
    evidence: Vec<String>,
    sentence: Words,
    meaning: Words,
    not_meaning: Words,
    false_alarms: Vec<Words>,
    status: Status,
    #[serde(default)]
    seen: Words,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    prior: Option<RawPrior>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    note: Words,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSwitch {
    #[serde(default)]
    models: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    on: bool,
    place: String,
    from: Datetime,
    until: Option<Datetime>,
    reason: Words,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
}

impl Models {
    /// Reads the rows of packs and checks them against facts, formulas and parameters.
    ///
    /// # Errors
    /// Everything that is wrong at once, each with file and line: `E-WARNING-SHAPE`, `E-WARNING-ID`, `E-WARNING-NAME`,
    /// `E-WARNING-TYPE`, `E-WARNING-WORDS`, `E-WARNING-SENTENCE`, `E-WARNING-THRESHOLD`, `E-WARNING-STATUS`,
    /// `E-WARNING-PRIOR`, `E-WARNING-SWITCH`.
    pub fn load(packs: &PackSet) -> Result<Self, Error> {
        let mut loader = Loader {
            packs,
            reads: packs.reads_ever(),
            findings: Diagnostics::new(),
        };
        let mut models = Self {
            groups: loader.groups(),
            handlings: loader.handlings(),
            list: Vec::new(),
            switches: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for row in packs.host_rows("warning.model") {
            if let Some(model) = loader.model(row, &models) {
                loader.once(&mut seen, &model.id, "model", &row.origin);
                models.list.push(model);
            }
        }
        models.list.sort_by(|a, b| a.id.cmp(&b.id));
        for row in packs.host_rows("warning.switch") {
            let switch = loader.switch(row, &models);
            models.switches.extend(switch);
        }
        let mut findings = loader.findings;
        if findings.has_errors() {
            findings.sort();
            return Err(findings.into());
        }
        Ok(models)
    }
}

struct Loader<'p> {
    packs: &'p PackSet,
    /// What any version of a rule reads.
    reads: Reads,
    findings: Diagnostics,
}

impl<'p> Loader<'p> {
    fn read<T: serde::de::DeserializeOwned>(&mut self, row: &HostRow) -> Option<T> {
        match read(row, SHAPE) {
            Ok(raw) => Some(raw),
            Err(found) => {
                self.findings.push(found);
                None
            }
        }
    }

    fn say(&mut self, at: &Origin, code: &'static str, message: String, help: &str) {
        self.findings.push(finding(at, code, message).help(help));
    }

    fn id(&mut self, at: &Origin, id: &str) {
        if !is_word(id) {
            let help = "small letters, digits and underscores, beginning with a letter";
            self.say(at, ID, format!("`{id}` is not an id"), help);
        }
    }

    fn once(&mut self, seen: &mut BTreeSet<String>, id: &str, what: &str, at: &Origin) {
        if !seen.insert(id.to_owned()) {
            let help = "each id stands once";
            self.say(at, ID, format!("a {what} `{id}` stands twice"), help);
        }
    }

    fn words(&mut self, at: &Origin, of: &str, key: &str, words: &Words) {
        if words.zh.trim().is_empty() || words.en.trim().is_empty() {
            let message = format!("`{of}` has no `{key}` in both languages");
            let help = format!("write {key} = {{ zh = \"…\", en = \"…\" }}");
            self.say(at, WORDS, message, &help);
        }
    }

    fn groups(&mut self) -> Vec<Group> {
        let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
        for row in self.packs.host_rows("warning.group") {
            let Some(raw) = self.read::<RawGroup>(row) else {
                continue;
            };
            self.id(&row.origin, &raw.id);
            self.once(&mut seen, &raw.id, "group", &row.origin);
            self.words(&row.origin, &raw.id, "title", &raw.title);
            out.push(Group {
                id: raw.id,
                title: raw.title,
            });
        }
        out.sort_by(|a, b| a.id.cmp(&b.id));
        out
    }

    fn handlings(&mut self) -> Vec<Handling> {
        let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
        for row in self.packs.host_rows("warning.handling") {
            let Some(raw) = self.read::<RawHandling>(row) else {
                continue;
            };
            let at = &row.origin;
            self.id(at, &raw.id);
            self.once(&mut seen, &raw.id, "handling", at);
            self.words(at, &raw.id, "title", &raw.title);
            for (name, ty, word) in [
                (&raw.due, Type::Date, "date"),
                (&raw.quiet, Type::Days, "days"),
            ] {
                if let Some(formula) = self.formula(at, name)
                    && (formula.ty != ty || self.target(formula) != Some(Target::Household))
                {
                    let message = format!("`{name}` is no formula of households that gives {word}");
                    let help =
                        "`due` is a date, as add_working_days(on, …), and `quiet` a number of days";
                    self.say(at, TYPE, message, help);
                }
            }
            out.push(Handling {
                id: raw.id,
                title: raw.title,
                due: raw.due,
                quiet: raw.quiet,
            });
        }
        out.sort_by(|a, b| a.id.cmp(&b.id));
        out
    }

    fn formula(&mut self, at: &Origin, id: &str) -> Option<&'p Formula> {
        let packs = self.packs;
        let found = packs.formula(id);
        if found.is_none() {
            let known = packs.formulas().iter().map(|f| f.id.as_str());
            self.findings.push(unknown(at, NAME, "formula", id, known));
        }
        found
    }

    fn target(&self, formula: &Formula) -> Option<Target> {
        [Target::Household, Target::Person]
            .into_iter()
            .find(|t| entity(self.packs, *t) == Some(formula.entity))
    }

    fn one_of<'n>(
        &mut self,
        at: &Origin,
        what: &str,
        id: &str,
        mut known: impl Iterator<Item = &'n str> + Clone,
    ) {
        if !known.clone().any(|k| k == id) {
            let found = unknown(at, NAME, what, id, known.by_ref());
            self.findings.push(found);
        }
    }

    fn model(&mut self, row: &HostRow, known: &Models) -> Option<Model> {
        let raw = self.read::<RawModel>(row)?;
        let at = &row.origin;
        self.id(at, &raw.id);
        let groups = known.groups.iter().map(|g| g.id.as_str());
        self.one_of(at, "group", &raw.group, groups);
        let handlings = known.handlings.iter().map(|h| h.id.as_str());
        self.one_of(at, "handling", &raw.handling, handlings);
        for (key, words) in [
            ("title", &raw.title),
            ("meaning", &raw.meaning),
            ("not_meaning", &raw.not_meaning),
            ("sentence", &raw.sentence),
        ] {
            self.words(at, &raw.id, key, words);
        }
        if raw.false_alarms.is_empty() {
            let message = format!("`{}` names no false alarm", raw.id);
            self.say(
                at,
                WORDS,
                message,
                "say what a hit most often was where nothing was wrong",
            );
        }
        for words in &raw.false_alarms {
            self.words(at, &raw.id, "false_alarms", words);
        }
        self.status(at, &raw);
        self.prior(at, &raw);
        let trigger = raw.trigger.clone().unwrap_or_else(|| raw.id.clone());
        let target = self.truth(at, &raw.id, &trigger)?;
        if let Some(population) = &raw.population
            && let Some(own) = self.truth(at, &raw.id, population)
            && own != target
        {
            let message = format!(
                "`{population}` is of {}s and `{trigger}` of {}s",
                own.word(),
                target.word()
            );
            let help =
                "population and trigger are of the same rows; `household.…` reads the row above";
            self.say(at, TYPE, message, help);
        }
        self.thresholds(at, &raw, &trigger);
        let compares = raw.compares.as_ref();
        let compares = compares.and_then(|c| self.compared(at, target, c));
        let mut evidence = Vec::new();
        for name in &raw.evidence {
            match self.named(target, name) {
                Ok(Named::Parameter(_)) => {
                    let message =
                        format!("`{name}` is a parameter, and evidence is a fact or formula");
                    self.say(at, TYPE, message, "name it among the `thresholds`");
                }
                Ok(found) => evidence.push(found),
                Err((message, help)) => self.say(at, NAME, message, &help),
            }
        }
        if raw.evidence.is_empty() {
            let message = format!("`{}` shows no evidence", raw.id);
            self.say(at, NAME, message, "name the facts that a hit rests on");
        }
        let sentence = self.sentence(at, target, &raw.sentence)?;
        Some(Model {
            id: raw.id,
            title: raw.title,
            group: raw.group,
            direction: raw.direction,
            level: raw.level,
            handling: raw.handling,
            target,
            population: raw.population,
            trigger,
            thresholds: raw.thresholds,
            compares,
            evidence,
            sentence,
            meaning: raw.meaning,
            not_meaning: raw.not_meaning,
            false_alarms: raw.false_alarms,
            status: raw.status,
            seen: raw.seen,
            cite: row.cite.clone(),
            prior: raw.prior.map(|p| Prior {
                suspected: p.suspected,
                confirmed: p.confirmed,
                seen: p.seen,
            }),
            enabled: raw.enabled,
            note: raw.note,
            written: at.clone(),
        })
    }

    /// What was seen published says where; what was not, does not.
    fn status(&mut self, at: &Origin, raw: &RawModel) {
        let says = !raw.seen.zh.is_empty() && !raw.seen.en.is_empty();
        let silent = raw.seen.zh.is_empty() && raw.seen.en.is_empty();
        let (is_good, help) = match raw.status {
            Status::Inferred => (silent, "leave `seen` out, or write another status"),
            _ => (
                says,
                "write seen = { zh = \"…\", en = \"…\" } with the place and the day",
            ),
        };
        if !is_good {
            let message = format!(
                "`{}` is `{}`, and `seen` does not go with it",
                raw.id,
                raw.status.word()
            );
            self.say(at, "E-WARNING-STATUS", message, help);
        }
    }

    fn prior(&mut self, at: &Origin, raw: &RawModel) {
        let Some(prior) = &raw.prior else { return };
        self.words(at, &raw.id, "prior.seen", &prior.seen);
        if prior.suspected == 0 || prior.confirmed > prior.suspected {
            let message = format!(
                "of {} suspected, {} confirmed cannot be",
                prior.suspected, prior.confirmed
            );
            self.say(
                at,
                "E-WARNING-PRIOR",
                message,
                "write both as they were published",
            );
        }
    }

    /// A formula that says yes or no of persons or households.
    fn truth(&mut self, at: &Origin, model: &str, name: &str) -> Option<Target> {
        let formula = self.formula(at, name)?;
        let target = self.target(formula);
        if formula.ty != Type::Bool || target.is_none() {
            let message = format!(
                "`{name}`, named by `{model}`, does not say yes or no of persons or households"
            );
            let help = "write type = \"bool\" and entity = \"person\" or \"household\"";
            self.say(at, TYPE, message, help);
            return None;
        }
        target
    }

    /// Thresholds are read by the model, and the figures that its own rules read are thresholds.
    fn thresholds(&mut self, at: &Origin, raw: &RawModel, trigger: &str) {
        const CODE: &str = "E-WARNING-THRESHOLD";
        let packs = self.packs;
        let index = |id: &str| packs.formulas().iter().position(|f| f.id == id);
        let rules = raw.population.as_deref().into_iter().chain([trigger]);
        let mut next: Vec<Thing> = rules.filter_map(index).map(Thing::Formula).collect();
        let mut reached: BTreeSet<Thing> = BTreeSet::new();
        while let Some(thing) = next.pop() {
            if reached.insert(thing) {
                next.extend(self.reads.direct(thing).map(|(below, _)| below));
            }
        }
        for id in &raw.thresholds {
            let parameters = packs.parameters();
            let Some(at_index) = parameters.iter().position(|p| p.id == *id) else {
                let known = parameters.iter().map(|p| p.id.as_str());
                self.findings
                    .push(unknown(at, NAME, "parameter", id, known));
                continue;
            };
            if !reached.contains(&Thing::Parameter(at_index)) {
                let message = format!("no version of `{trigger}` reads the threshold `{id}`");
                self.say(at, CODE, message, "read it in the rule, or leave it out");
            }
        }
        let own = index(trigger).map(Thing::Formula);
        for (thing, _) in own.into_iter().flat_map(|own| self.reads.direct(own)) {
            let Thing::Parameter(parameter) = thing else {
                continue;
            };
            let Some(def) = packs.parameters().get(parameter) else {
                continue;
            };
            if !def.is_setting && !raw.thresholds.contains(&def.id) {
                let message = format!(
                    "`{trigger}` reads `{}`, which is no threshold of `{}`",
                    def.id, raw.id
                );
                let help = "name it among the `thresholds`: a hit shows what was exceeded";
                self.findings.push(finding(at, CODE, message).help(help));
            }
        }
    }

    /// The figure that is held against a line: a number, so that one month can be held against the one before.
    fn compared(&mut self, at: &Origin, target: Target, raw: &RawCompared) -> Option<Compared> {
        let name = &raw.figure;
        let figure = match self.named(target, name) {
            Ok(found) => found,
            Err((message, help)) => {
                self.say(at, NAME, message, &help);
                return None;
            }
        };
        let ty = match &figure {
            Named::Fact(whose, id) => {
                let entity = entity(self.packs, *whose);
                let mut facts = self.packs.facts();
                let fact = facts.find(|f| f.id == *id && Some(f.entity) == entity);
                fact.map(|f| f.ty)
            }
            Named::Formula(_, id) => self.packs.formula(id).map(|f| f.ty),
            Named::Parameter(_) => None,
        };
        let is_number = matches!(
            ty,
            Some(Type::Money { .. } | Type::Count | Type::Ratio | Type::Days | Type::Months)
        );
        if !is_number {
            let message = format!("`{name}` is no number that could be further out next month");
            let help = "name a fact or formula that is a sum, a count, a ratio or a span of time";
            self.say(at, TYPE, message, help);
            return None;
        }
        Some(Compared {
            figure,
            side: raw.side,
        })
    }

    /// What a name means in rows of a target.
    fn named(&self, target: Target, name: &str) -> Result<Named, (String, String)> {
        let (whose, id) = match name.split_once('.') {
            Some((above, id)) if above == Target::Household.word() && target == Target::Person => {
                (Target::Household, id)
            }
            _ => (target, name),
        };
        let entity = entity(self.packs, whose);
        if let Some(formula) = self.packs.formula(id) {
            if Some(formula.entity) == entity {
                return Ok(Named::Formula(whose, id.to_owned()));
            }
        } else if let Some(parameter) = self.packs.parameter(id) {
            if parameter.keys.is_empty() {
                return Ok(Named::Parameter(id.to_owned()));
            }
            let message = format!("the parameter `{id}` has keys, and nothing says which");
            return Err((message, "name a formula that reads it".to_owned()));
        }
        let mut facts = self.packs.facts().filter(|f| Some(f.entity) == entity);
        match facts.find(|f| f.id == id) {
            Some(fact) if fact.ty == Type::Text => {
                let message = format!("`{name}` is text, and no rule and no sentence sees text");
                Err((message, "name another fact".to_owned()))
            }
            Some(_) => Ok(Named::Fact(whose, id.to_owned())),
            None => {
                let message = format!("a {} has no fact or formula `{name}`", target.word());
                let facts = self.packs.facts().filter(|f| Some(f.entity) == entity);
                let formulas = self.packs.formulas().iter();
                let formulas = formulas.filter(|f| Some(f.entity) == entity);
                let known = facts
                    .map(|f| f.id.as_str())
                    .chain(formulas.map(|f| f.id.as_str()));
                let near = nearest(id, known).map(|near| format!("did you mean `{near}`?"));
                let help = "facts of the household are named household.…".to_owned();
                Err((message, near.unwrap_or(help)))
            }
        }
    }

    fn sentence(&mut self, at: &Origin, target: Target, written: &Words) -> Option<Sentence> {
        const CODE: &str = "E-WARNING-SENTENCE";
        let named = |name: &str| self.named(target, name);
        let read = |text: &str| sentence::parse(text, &named);
        let (zh, en) = match (read(&written.zh), read(&written.en)) {
            (Ok(zh), Ok(en)) => (zh, en),
            (Err((message, help)), _) | (_, Err((message, help))) => {
                self.say(at, CODE, message, &help);
                return None;
            }
        };
        let out = Sentence {
            zh,
            en,
            written: written.clone(),
        };
        if out.figures().is_empty() {
            let help = "write at least one, as {died_on}: an officer acts on figures";
            self.say(at, CODE, "the sentence has no figure".to_owned(), help);
        }
        Some(out)
    }

    fn switch(&mut self, row: &HostRow, known: &Models) -> Option<Switch> {
        const CODE: &str = "E-WARNING-SWITCH";
        let raw = self.read::<RawSwitch>(row)?;
        let at = &row.origin;
        self.words(at, "a switch", "reason", &raw.reason);
        let models = known.list.iter().map(|m| m.id.as_str());
        let groups = known.groups.iter().map(|g| g.id.as_str());
        for id in &raw.models {
            self.one_of(at, "model", id, models.clone());
        }
        for id in &raw.groups {
            self.one_of(at, "group", id, groups.clone());
        }
        let mut ids: BTreeSet<String> = raw.models.iter().cloned().collect();
        let of_groups = known.list.iter().filter(|m| raw.groups.contains(&m.group));
        ids.extend(of_groups.map(|m| m.id.clone()));
        if ids.is_empty() {
            self.say(
                at,
                CODE,
                "it switches nothing".to_owned(),
                "name `models` or `groups`",
            );
        }
        let place = own_place(self.packs, row, &raw.place);
        let found = place.as_ref().err();
        let found = found.map(|(message, help)| finding(at, CODE, message.clone()).help(*help));
        let day = |d: &Datetime| Day::parse(&d.to_string());
        let (from, until) = (day(&raw.from), raw.until.as_ref().map(day));
        let found = found.or_else(|| {
            let ordered = match (from, until) {
                (Some(from), Some(Some(until))) => from <= until,
                (Some(_), None) => true,
                _ => false,
            };
            (!ordered).then(|| {
                finding(
                    at,
                    CODE,
                    "the days are no days, or the last is before the first",
                )
                .help("write from = 2026-07-01")
            })
        });
        if let Some(found) = found {
            self.findings.push(found);
            return None;
        }
        Some(Switch {
            models: ids.into_iter().collect(),
            on: raw.on,
            place: place.ok()?,
            from: from?,
            until: until.flatten(),
            reason: raw.reason,
            written: at.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
