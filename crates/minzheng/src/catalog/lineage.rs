//! From data to what is decided with them, and back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::ir::{Need, Thing};
use minzheng_rules::lang::Outcome;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Lang, Words};

use super::Catalog;
use crate::error::Error;
use crate::verification::evidence::Evidence;
use crate::warning::Models;

/// A thing between a field and a decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Node {
    /// A resource or item.
    Resource(String),
    /// A field of it: `income_tax.amount`.
    Field(String, String),
    /// A fact: entity and id.
    Fact(String, String),
    /// A derived quantity.
    Formula(String),
    /// A condition of a programme: `dibao/income`.
    Condition(String),
    /// Whether a programme is had.
    Programme(String),
    /// What a programme pays.
    Amount(String),
    /// A warning model.
    Model(String),
}

impl Node {
    /// Its kind, in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Resource(_) => "resource",
            Self::Field(..) => "field",
            Self::Fact(..) => "fact",
            Self::Formula(_) => "formula",
            Self::Condition(_) => "condition",
            Self::Programme(_) => "programme",
            Self::Amount(_) => "amount",
            Self::Model(_) => "model",
        }
    }

    /// Its kind for people.
    pub const fn kind_words(&self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Resource(_) => ("资源", "resource"),
            Self::Field(..) => ("信息项", "field"),
            Self::Fact(..) => ("事实", "fact"),
            Self::Formula(_) => ("推算", "formula"),
            Self::Condition(_) => ("条件", "condition"),
            Self::Programme(_) => ("项目", "programme"),
            Self::Amount(_) => ("金额", "amount"),
            Self::Model(_) => ("预警模型", "model"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Its id, as a question names it: `income_tax.amount`, `person.wage`, `dibao.amount`.
    pub fn id(&self) -> String {
        match self {
            Self::Field(a, b) | Self::Fact(a, b) => format!("{a}.{b}"),
            Self::Amount(id) => format!("{id}.amount"),
            Self::Resource(id)
            | Self::Formula(id)
            | Self::Condition(id)
            | Self::Programme(id)
            | Self::Model(id) => id.clone(),
        }
    }
}

/// How one thing comes from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Via {
    /// A resource holds a field.
    Holds,
    /// Evidence of this precedence reads it; evidence of one precedence is added.
    Evidence(u8),
    /// Civil affairs' own resource says it.
    Supply,
    /// A rule or model reads it.
    Reads(Need),
}

impl Via {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Evidence(_) => "evidence",
            Self::Supply => "supplies",
            Self::Reads(Need::Value) => "reads",
            Self::Reads(Need::Presence) => "asks_whether_known",
        }
    }

    /// Whether what comes from it can be unknown for want of it.
    pub const fn can_silence(self) -> bool {
        !matches!(self, Self::Reads(Need::Presence))
    }
}

/// A thing that another comes from or that comes of it, with the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The thing.
    pub node: Node,
    /// How the step before it and it are tied.
    pub via: Via,
    /// The shortest way, from the thing asked about to this one, both included.
    pub path: Vec<Node>,
}

/// Where the rules are read: on a day, as known on a day, at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The day decided.
    pub on: NaiveDate,
    /// What was published by this day.
    pub known_on: NaiveDate,
    /// A place code; `None`: the rules without a place.
    pub place: Option<i64>,
}

impl When {
    /// A day, as known on it, without a place.
    pub const fn day(on: NaiveDate) -> Self {
        Self {
            on,
            known_on: on,
            place: None,
        }
    }
}

/// Which fields feed which facts, and which rules and models stand on those.
///
/// A resource that is withdrawn by the day feeds nothing.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::catalog::{Catalog, Lineage, Node, When};
/// use minzheng::packs::{self, BuiltIn};
///
/// let packs = packs::load(&BuiltIn::ALL, &[])?;
/// let day = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap_or_default();
/// let lineage = Lineage::new(&packs, &Catalog::load(&packs)?, When::day(day))?;
/// let readers = lineage.downstream(&Node::Resource("income_tax".into()));
/// assert!(readers.iter().any(|s| s.node == Node::Programme("dibao".into())));
/// let sources = lineage.upstream(&Node::Fact("person".into(), "tekun_recipient".into()));
/// assert!(sources.iter().any(|s| s.node == Node::Resource("tekun_person".into())));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    down: BTreeMap<Node, BTreeMap<Node, Via>>,
    up: BTreeMap<Node, BTreeMap<Node, Via>>,
    titles: BTreeMap<Node, Words>,
    pub(super) answered_by: BTreeMap<Node, Vec<String>>,
}

impl Lineage {
    /// The lineage of packs and their catalogue.
    ///
    /// # Errors
    /// Those of [`Evidence::load`] and of [`Models::load`].
    pub fn new(packs: &PackSet, catalog: &Catalog, when: When) -> Result<Self, Error> {
        let evidence = Evidence::load(packs, catalog)?;
        let mut out = Self {
            down: BTreeMap::new(),
            up: BTreeMap::new(),
            titles: BTreeMap::new(),
            answered_by: BTreeMap::new(),
        };
        out.data(catalog, &evidence, when.on);
        out.rules(packs, when);
        for model in Models::load(packs)?.all() {
            let node = Node::Model(model.id.clone());
            out.titles.insert(node.clone(), model.title.clone());
            for rule in model.population.iter().chain([&model.trigger]) {
                let rule = Node::Formula(rule.clone());
                out.tie(rule, node.clone(), Via::Reads(Need::Value));
            }
        }
        Ok(out)
    }

    fn tie(&mut self, from: Node, to: Node, via: Via) {
        let stronger = |known: &mut Via| *known = (*known).max(via);
        let edge = self.down.entry(from.clone()).or_default();
        edge.entry(to.clone()).and_modify(stronger).or_insert(via);
        let edge = self.up.entry(to).or_default();
        edge.entry(from).and_modify(stronger).or_insert(via);
    }

    fn data(&mut self, catalog: &Catalog, evidence: &[Evidence], on: NaiveDate) {
        let mut live = BTreeSet::new();
        for resource in catalog.resources() {
            let node = Node::Resource(resource.id.clone());
            self.titles.insert(node.clone(), resource.title.clone());
            for field in &resource.fields {
                let held = Node::Field(resource.id.clone(), field.id.clone());
                self.titles.insert(held.clone(), field.title.clone());
                self.tie(node.clone(), held, Via::Holds);
            }
            if !resource.lifecycle.is_active(on) {
                continue;
            }
            live.insert(resource.id.as_str());
            for supply in &resource.supplies {
                let fact = Node::Fact(supply.entity.clone(), supply.fact.clone());
                self.tie(node.clone(), fact.clone(), Via::Supply);
                for field in &supply.fields {
                    let held = Node::Field(resource.id.clone(), field.clone());
                    self.tie(held, fact.clone(), Via::Supply);
                }
            }
        }
        for row in evidence.iter().filter(|e| live.contains(e.item.as_str())) {
            let fact = Node::Fact(row.entity.clone(), row.fact.clone());
            let via = Via::Evidence(row.precedence);
            self.tie(Node::Resource(row.item.clone()), fact.clone(), via);
            for field in row.fields() {
                let held = Node::Field(row.item.clone(), field.to_owned());
                self.tie(held, fact.clone(), via);
            }
        }
    }

    fn rules(&mut self, packs: &PackSet, when: When) {
        let facts: Vec<_> = packs.facts().collect();
        let entities = packs.entities();
        let (formulas, programmes) = (packs.formulas(), packs.programmes());
        let conditions: BTreeSet<usize> = programmes
            .iter()
            .flat_map(|p| p.conditions.iter().copied())
            .collect();
        let named = |thing: Thing| -> Option<(Node, Words)> {
            match thing {
                Thing::Fact(index) => {
                    let fact = facts.get(index)?;
                    let entity = entities.get(fact.entity)?.id.clone();
                    Some((Node::Fact(entity, fact.id.clone()), fact.title.clone()))
                }
                Thing::Formula(index) => {
                    let formula = formulas.get(index)?;
                    let id = formula.id.clone();
                    let node = if conditions.contains(&index) {
                        Node::Condition(id)
                    } else {
                        Node::Formula(id)
                    };
                    Some((node, formula.title.clone()))
                }
                Thing::Outcome(index, which) => {
                    let programme = programmes.get(index)?;
                    let id = programme.id.clone();
                    let node = match which {
                        Outcome::Amount => Node::Amount(id),
                        Outcome::Qualifies | Outcome::Eligible => Node::Programme(id),
                    };
                    Some((node, programme.title.clone()))
                }
                Thing::Parameter(_) => None,
            }
        };
        for (index, fact) in facts.iter().enumerate() {
            if let Some((node, title)) = named(Thing::Fact(index)) {
                self.titles.insert(node.clone(), title);
                self.answered_by.insert(node, fact.answered_by.clone());
            }
        }
        let day = |date| Day::from_date(date).unwrap_or(Day::MIN);
        let reads = packs.reads(when.place, day(when.on), day(when.known_on));
        for reader in reads.readers() {
            let Some((node, title)) = named(reader) else {
                continue;
            };
            self.titles.insert(node.clone(), title);
            for (read, need) in reads.direct(reader) {
                if let Some((below, _)) = named(read)
                    && below != node
                {
                    self.tie(below, node.clone(), Via::Reads(need));
                }
            }
        }
    }

    /// The words of a thing.
    pub fn title(&self, node: &Node) -> Option<&Words> {
        self.titles.get(node)
    }

    /// The things with this id, in a fixed order: an id can be a resource's and a programme's.
    pub fn named(&self, id: &str) -> Vec<&Node> {
        self.titles.keys().filter(|n| n.id() == id).collect()
    }

    /// Every thing, in a fixed order.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.titles.keys()
    }

    /// What comes of a thing directly.
    pub fn next(&self, node: &Node) -> impl Iterator<Item = (&Node, Via)> {
        let next = self.down.get(node).into_iter().flatten();
        next.map(|(node, via)| (node, *via))
    }

    /// What a thing comes from directly.
    pub fn before(&self, node: &Node) -> impl Iterator<Item = (&Node, Via)> {
        let next = self.up.get(node).into_iter().flatten();
        next.map(|(node, via)| (node, *via))
    }

    /// Everything that comes of a thing, nearest first.
    pub fn downstream(&self, node: &Node) -> Vec<Step> {
        walk(&self.down, node)
    }

    /// Everything that a thing comes from, nearest first.
    pub fn upstream(&self, node: &Node) -> Vec<Step> {
        walk(&self.up, node)
    }
}

fn walk(edges: &BTreeMap<Node, BTreeMap<Node, Via>>, from: &Node) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    let mut seen = BTreeSet::from([from.clone()]);
    let mut queue = VecDeque::from([vec![from.clone()]]);
    while let Some(path) = queue.pop_front() {
        let next = path.last().and_then(|last| edges.get(last));
        for (node, via) in next.into_iter().flatten() {
            if seen.insert(node.clone()) {
                let mut longer = path.clone();
                longer.push(node.clone());
                out.push(Step {
                    node: node.clone(),
                    via: *via,
                    path: longer.clone(),
                });
                queue.push_back(longer);
            }
        }
    }
    out
}
