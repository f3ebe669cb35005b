//! What a warning model is: a row of a pack, typed.

use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cite, Lang, Origin, Words};
use minzheng_rules::pack::place::Places;
use serde_json::{Value, json};

use super::learn::Side;
use super::sentence::Sentence;
use crate::catalog::{Status, words};
use crate::error::{Error, Finding};

words! {
    /// What a hit says about aid (预警方向).
    Direction {
        /// 应保未保: somebody may need help who has none.
        Missed = "missed",
        /// 应退未退: somebody may no longer qualify.
        Overstay = "overstay",
        /// 错重: something was paid twice, wrongly or to the wrong person.
        Error = "error",
        /// 变化: something changed that has to be dealt with.
        Change = "change",
        /// 安全: somebody may be in danger.
        Safety = "safety",
    }
}

impl Direction {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Missed => ("应保未保", "may need help"),
            Self::Overstay => ("应退未退", "may no longer qualify"),
            Self::Error => ("错保重保", "error or duplicate"),
            Self::Change => ("动态变化", "change to deal with"),
            Self::Safety => ("安全", "safety"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

words! {
    /// How grave a hit is (预警等级), the gravest first.
    Level {
        /// 红色.
        Red = "red",
        /// 橙色.
        Orange = "orange",
        /// 黄色.
        Yellow = "yellow",
        /// 蓝色.
        Blue = "blue",
    }
}

impl Level {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Red => ("红色", "red"),
            Self::Orange => ("橙色", "orange"),
            Self::Yellow => ("黄色", "yellow"),
            Self::Blue => ("蓝色", "blue"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Whose rows a model looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Every household.
    Household,
    /// Every person.
    Person,
}

impl Target {
    /// The word in packs: the id of the entity.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Person => "person",
        }
    }
}

/// A thing that a row names and that has a value for a person or household.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A fact: whose, and its id.
    Fact(Target, String),
    /// A formula: whose, and its id.
    Formula(Target, String),
    /// A parameter without keys.
    Parameter(String),
}

impl Named {
    /// Its id in the packs.
    pub fn id(&self) -> &str {
        match self {
            Self::Fact(_, id) | Self::Formula(_, id) | Self::Parameter(id) => id,
        }
    }

    /// Its words in the packs.
    pub fn title<'p>(&self, packs: &'p PackSet) -> Option<&'p Words> {
        match self {
            Self::Fact(whose, id) => {
                let entity = entity(packs, *whose)?;
                let mut facts = packs.facts();
                facts
                    .find(|f| f.id == *id && f.entity == entity)
                    .map(|f| &f.title)
            }
            Self::Formula(_, id) => packs.formula(id).map(|f| &f.title),
            Self::Parameter(id) => packs.parameter(id).map(|p| &p.title),
        }
    }
}

/// The index of the entity of a target.
pub(crate) fn entity(packs: &PackSet, target: Target) -> Option<usize> {
    packs.entities().iter().position(|e| e.id == target.word())
}

/// A group of models (`[[warning.group]]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its words.
    pub title: Words,
}

/// How soon hits are dealt with, and how long a case that was found in order is left alone (`[[warning.handling]]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// Its id.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// The formula of the household that gives the last day, a date.
    pub due: String,
    /// The formula of the household that gives the days of quiet, from the day a case was closed as in order.
    pub quiet: String,
}

/// How often a model was right where somebody published it: so many suspected, so many confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// Cases that the model pointed at.
    pub suspected: u64,
    /// Of them those that were confirmed or acted on.
    pub confirmed: u64,
    /// Where it was published, and what was counted.
    pub seen: Words,
}

/// The figure that a model holds against its line, by which a hit is known to have got worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The figure: a fact or formula.
    pub figure: Named,
    /// On which side of the line it points at somebody.
    pub side: Side,
}

/// A place switches models on or off (`[[warning.switch]]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The models: ids.
    pub models: Vec<String>,
    /// Whether they are on.
    pub on: bool,
    /// The place, with those below it.
    pub place: i64,
    /// From this day on.
    pub from: Day,
    /// Until this day.
    pub until: Option<Day>,
    /// Why.
    pub reason: Words,
    /// Where it is written.
    pub written: Origin,
}

/// A warning model (`[[warning.model]]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its id: `c01_dead_on_dibao`.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// Id of its group.
    pub group: String,
    /// What a hit says about aid.
    pub direction: Direction,
    /// How grave a hit is.
    pub level: Level,
    /// Id of its handling.
    pub handling: String,
    /// Whose rows it looks at: those of its trigger.
    pub target: Target,
    /// The formula that says who is looked at; none: everybody.
    pub population: Option<String>,
    /// The formula that says who is hit.
    pub trigger: String,
    /// Ids of the parameters that a hit shows as what was exceeded.
    pub thresholds: Vec<String>,
    /// The figure that is held against a line; none where the model compares no figure.
    pub compares: Option<Compared>,
    /// What a hit shows: facts and formulas.
    pub evidence: Vec<Named>,
    /// What an officer reads about a hit.
    pub sentence: Sentence,
    /// What a hit means.
    pub meaning: Words,
    /// What it does not mean.
    pub not_meaning: Words,
    /// What it was most often where nothing was wrong.
    pub false_alarms: Vec<Words>,
    /// Whether such a model was seen published.
    pub status: Status,
    /// Where.
    pub seen: Words,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// How often it was right elsewhere.
    pub prior: Option<Prior>,
    /// Whether it runs where no place says otherwise.
    pub enabled: bool,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: Origin,
}

impl Model {
    /// The row as JSON, with its ground in words.
    pub fn to_json(&self, packs: &PackSet) -> Value {
        let named = |n: &Named| json!({ "id": n.id(), "title": n.title(packs) });
        let evidence: Vec<Value> = self.evidence.iter().map(named).collect();
        let threshold =
            |id: &String| json!({ "id": id, "title": packs.parameter(id).map(|p| &p.title) });
        let thresholds: Vec<Value> = self.thresholds.iter().map(threshold).collect();
        let cite: Vec<String> = self.cite.iter().map(|c| packs.cite_words(c)).collect();
        let compares = |c: &Compared| json!({ "figure": c.figure.id(), "side": c.side });
        let prior = |p: &Prior| json!({ "suspected": p.suspected, "confirmed": p.confirmed, "seen": p.seen });
        json!({
            "id": self.id,
            "title": self.title,
            "group": self.group,
            "direction": self.direction.word(),
            "level": self.level.word(),
            "handling": self.handling,
            "target": self.target.word(),
            "population": self.population,
            "trigger": self.trigger,
            "thresholds": thresholds,
            "compares": self.compares.as_ref().map(compares),
            "evidence": evidence,
            "sentence": self.sentence.written(),
            "meaning": self.meaning,
            "not_meaning": self.not_meaning,
            "false_alarms": self.false_alarms,
            "status": self.status.word(),
            "seen": self.seen,
            "cite": cite,
            "prior": self.prior.as_ref().map(prior),
            "enabled": self.enabled,
            "note": self.note,
            "written": packs.origin_words(&self.written),
        })
    }
}

/// The models of packs, with their groups, handlings and switches.
///
/// ```
/// use minzheng::Engine;
/// use minzheng::warning::Direction;
///
/// let engine = Engine::built_in()?;
/// let model = engine.models()?.get("c01_dead_on_dibao")?;
/// assert_eq!(model.direction, Direction::Overstay);
/// assert_eq!(engine.models()?.get("c01_dead_on_dibbao").unwrap_err().code(), "E-WARNING-NONE");
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    pub(super) list: Vec<Model>,
    pub(super) groups: Vec<Group>,
    pub(super) handlings: Vec<Handling>,
    pub(super) switches: Vec<Switch>,
}

impl Models {
    /// All models, by id.
    pub fn all(&self) -> &[Model] {
        &self.list
    }

    /// The groups, by id.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The handlings, by id.
    pub fn handlings(&self) -> &[Handling] {
        &self.handlings
    }

    /// The handling of a model.
    pub fn handling(&self, model: &Model) -> Option<&Handling> {
        self.handlings.iter().find(|h| h.id == model.handling)
    }

    /// The model with this id.
    ///
    /// # Errors
    /// `E-WARNING-NONE`, with the nearest name.
    pub fn get(&self, id: &str) -> Result<&Model, Error> {
        let found = self.list.iter().find(|m| m.id == id);
        found.ok_or_else(|| {
            none(
                "there is no such model",
                id,
                self.list.iter().map(|m| m.id.as_str()),
            )
        })
    }

    /// All rows as JSON, schema `minzheng/models/1`.
    pub fn to_json(&self, packs: &PackSet) -> Value {
        let groups = self.groups.iter();
        let groups: Vec<Value> = groups
            .map(|g| json!({ "id": g.id, "title": g.title }))
            .collect();
        let handlings = self
            .handlings
            .iter()
            .map(|h| json!({ "id": h.id, "title": h.title, "due": h.due, "quiet": h.quiet }));
        let handlings: Vec<Value> = handlings.collect();
        let switches = self.switches.iter().map(|s| {
            json!({
                "models": s.models,
                "on": s.on,
                "place": format!("{:06}", s.place),
                "from": s.from.to_string(),
                "until": s.until.map(|d| d.to_string()),
                "reason": s.reason,
                "written": packs.origin_words(&s.written),
            })
        });
        let switches: Vec<Value> = switches.collect();
        let models: Vec<Value> = self.list.iter().map(|m| m.to_json(packs)).collect();
        json!({
            "schema": "minzheng/models/1",
            "groups": groups,
            "handlings": handlings,
            "switches": switches,
            "models": models,
        })
    }

    /// The group with this id.
    ///
    /// # Errors
    /// `E-WARNING-NONE`, with the nearest name.
    pub fn group(&self, id: &str) -> Result<&Group, Error> {
        let found = self.groups.iter().find(|g| g.id == id);
        found.ok_or_else(|| {
            none(
                "there is no such group",
                id,
                self.groups.iter().map(|g| g.id.as_str()),
            )
        })
    }

    /// The same with every model switched on everywhere.
    pub(super) fn switched_on(&self) -> Self {
        let mut out = self.clone();
        out.switches.clear();
        for model in &mut out.list {
            model.enabled = true;
        }
        out
    }

    /// Whether some place switches a model.
    pub fn is_switched(&self, model: &Model) -> bool {
        self.switches.iter().any(|s| s.models.contains(&model.id))
    }

    /// Whether a model runs at a place on a day: the nearest place that has a switch says so, of its switches the one that began
    /// last; without one the model's own row.
    pub fn is_on(&self, places: &Places, model: &Model, place: Option<i64>, on: Day) -> bool {
        let chain = place.map_or_else(Vec::new, |code| places.chain(code));
        let holds = |s: &&Switch| {
            s.from <= on && s.until.is_none_or(|last| on <= last) && s.models.contains(&model.id)
        };
        chain
            .iter()
            .find_map(|place| {
                let here = self.switches.iter().filter(|s| s.place == *place);
                here.filter(holds).max_by_key(|s| s.from)
            })
            .map_or(model.enabled, |switch| switch.on)
    }
}

fn none<'n>(message: &str, id: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let near = minzheng_rules::error::nearest(id, known);
    let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    Error::one(Finding::new("E-WARNING-NONE", message, help))
}
