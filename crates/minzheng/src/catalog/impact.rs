//! What goes quiet when data do not come any more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minzheng_rules::pack::model::Words;
use serde_json::{Value, json};

use super::{Catalog, Lineage, Node, Via};
use crate::error::{Error, Finding};

/// What is left of a fact without the lost resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Nothing says it: it is unknown.
    Nothing,
    /// Only a person can say it, and nothing confirms what was said: these, as `applicant`.
    Declared(Vec<String>),
    /// These resources still say it.
    Other(Vec<String>),
}

impl Left {
    /// One word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Declared(_) => "declared",
            Self::Other(_) => "other_source",
        }
    }
}

/// What a loss does to a rule or model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It needs a fact that nothing says any more: undetermined, unless it is decided without.
    Undetermined,
    /// It needs a fact that only a declaration says: provisional, and undetermined where nobody declares.
    Unverified,
    /// It only asks whether the fact is known: its answer can be another one.
    Weakened,
}

impl Effect {
    /// All, the gravest first.
    pub const ALL: [Self; 3] = [Self::Undetermined, Self::Unverified, Self::Weakened];

    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Undetermined => "undetermined",
            Self::Unverified => "unverified",
            Self::Weakened => "weakened",
        }
    }
}

/// A fact that a lost resource said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactLost {
    /// The fact.
    pub fact: Node,
    /// Its words.
    pub title: Words,
    /// The lost resources that said it.
    pub lost: Vec<String>,
    /// What is left.
    pub left: Left,
}

/// A rule, programme or model that stands on what was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// Which.
    pub node: Node,
    /// Its words.
    pub title: Words,
    /// What the loss does to it.
    pub effect: Effect,
    /// Why: the shortest way from a lost resource over a fact to it; one through the outcome of another programme only
    /// where there is no other.
    pub path: Vec<Node>,
}

impl Quiet {
    /// The other programme whose outcome it reads, where that is the only reason: `None` where its own rules read what
    /// was lost.
    pub fn through(&self) -> Option<&str> {
        let own = match &self.node {
            Node::Programme(id) | Node::Amount(id) => id.as_str(),
            _ => "",
        };
        self.path.iter().find_map(|node| match node {
            Node::Programme(id) | Node::Amount(id) if id != own => Some(id.as_str()),
            _ => None,
        })
    }
}

/// What goes quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The lost resources.
    pub lost: Vec<String>,
    /// The facts they said, those without another source first.
    pub facts: Vec<FactLost>,
    /// The rules, programmes and models: the gravest first, of one gravity those that read what was lost by their own
    /// rules first, then by kind and id.
    pub quiet: Vec<Quiet>,
    /// The elements whose one authority is lost.
    pub elements: Vec<String>,
}

impl Impact {
    /// What goes quiet without these resources, withdrawn or late: a record that is late is unknown as one that does not
    /// come.
    ///
    /// A fact is lost where no source of it is whole: evidence of one precedence is added, so that one lost item breaks
    /// all of it, and evidence of another precedence or a resource of our own takes its place.
    ///
    /// # Errors
    /// `E-CATALOG-NONE` for an id that is no resource.
    pub fn of(catalog: &Catalog, lineage: &Lineage, lost: &[&str]) -> Result<Self, Error> {
        let mut gone = BTreeSet::new();
        for id in lost {
            if catalog.resource(id).is_none() {
                return Err(catalog.no_resource(id));
            }
            gone.insert((*id).to_owned());
        }
        let facts = facts(lineage, &gone);
        let quiet = quiet(lineage, &facts);
        let elements = catalog.elements().iter();
        let elements = elements.filter(|e| gone.contains(&e.resource));
        Ok(Self {
            elements: elements.map(|e| e.id.clone()).collect(),
            lost: gone.into_iter().collect(),
            facts,
            quiet,
        })
    }

    /// What of one effect is quiet.
    pub fn with(&self, effect: Effect) -> impl Iterator<Item = &Quiet> {
        self.quiet.iter().filter(move |q| q.effect == effect)
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let node = |n: &Node| json!({ "kind": n.kind(), "id": n.id() });
        let facts = self.facts.iter().map(|f| {
            let left = match &f.left {
                Left::Nothing => &Vec::new(),
                Left::Declared(by) | Left::Other(by) => by,
            };
            json!({ "fact": f.fact.id(), "title": f.title, "lost": f.lost, "left": f.left.word(), "by": left })
        });
        let quiet = self.quiet.iter().map(|q| {
            json!({
                "kind": q.node.kind(), "id": q.node.id(), "title": q.title, "effect": q.effect.word(), "through": q.through(),
                "path": q.path.iter().map(node).collect::<Vec<_>>(),
            })
        });
        json!({
            "lost": self.lost,
            "facts": facts.collect::<Vec<_>>(),
            "quiet": quiet.collect::<Vec<_>>(),
            "elements": self.elements,
        })
    }
}

impl Catalog {
    /// The error that no resource has this id, with the nearest one.
    pub fn no_resource(&self, id: &str) -> Error {
        let known = self.resources().iter().map(|r| r.id.as_str());
        let help = minzheng_rules::error::nearest(id, known).map_or_else(
            || "list them with `minzheng catalog list`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let shown: String = id.chars().take(40).collect();
        let message = format!("there is no resource `{shown}`");
        Error::one(Finding::new("E-CATALOG-NONE", message, help))
    }
}

/// The facts that lost resources said, and what is left of each.
fn facts(lineage: &Lineage, gone: &BTreeSet<String>) -> Vec<FactLost> {
    let mut out = Vec::new();
    for node in lineage.nodes().filter(|n| matches!(n, Node::Fact(..))) {
        // evidence of one precedence goes together; what we keep ourselves stands alone
        let mut sources: BTreeMap<(Option<u8>, &str), Vec<&str>> = BTreeMap::new();
        let mut lost = Vec::new();
        for (from, via) in lineage.before(node) {
            let Node::Resource(id) = from else {
                continue;
            };
            let key = match via {
                Via::Evidence(precedence) => (Some(precedence), ""),
                _ => (None, id.as_str()),
            };
            sources.entry(key).or_default().push(id);
            if gone.contains(id) {
                lost.push(id.clone());
            }
        }
        if lost.is_empty() {
            continue;
        }
        let whole = sources
            .into_values()
            .filter(|together| together.iter().all(|id| !gone.contains(*id)));
        let others: Vec<String> = whole.flatten().map(str::to_owned).collect();
        let people: Vec<String> = lineage
            .answered_by
            .get(node)
            .into_iter()
            .flatten()
            .filter(|who| !who.starts_with("item:"))
            .cloned()
            .collect();
        let left = match (others.is_empty(), people.is_empty()) {
            (false, _) => Left::Other(others),
            (true, false) => Left::Declared(people),
            (true, true) => Left::Nothing,
        };
        out.push(FactLost {
            fact: node.clone(),
            title: lineage.title(node).cloned().unwrap_or_default(),
            lost,
            left,
        });
    }
    let rank = |left: &Left| match left {
        Left::Nothing => 0_u8,
        Left::Declared(_) => 1,
        Left::Other(_) => 2,
    };
    out.sort_by_key(|f| rank(&f.left));
    out
}

/// What reads them, each once, by the gravest effect.
fn quiet(lineage: &Lineage, facts: &[FactLost]) -> Vec<Quiet> {
    let mut met: BTreeMap<Node, (Effect, Vec<Node>)> = BTreeMap::new();
    for effect in Effect::ALL {
        let starts = facts.iter().filter(|f| match effect {
            Effect::Undetermined => f.left == Left::Nothing,
            Effect::Unverified => matches!(f.left, Left::Declared(_)),
            Effect::Weakened => !matches!(f.left, Left::Other(_)),
        });
        // those that are reached by rules alone come before those that are reached through a programme
        let mut queue: VecDeque<Vec<Node>> = starts
            .map(|f| {
                let source = f.lost.first().cloned().unwrap_or_default();
                vec![Node::Resource(source), f.fact.clone()]
            })
            .collect();
        let mut later: VecDeque<Vec<Node>> = VecDeque::new();
        let mut seen = BTreeSet::new();
        while let Some(path) = queue.pop_front().or_else(|| later.pop_front()) {
            let Some(last) = path.last() else { continue };
            if path.len() > 2 {
                if !seen.insert(last.clone()) {
                    continue;
                }
                met.entry(last.clone())
                    .or_insert_with(|| (effect, path.clone()));
            }
            let is_outcome = matches!(last, Node::Programme(_) | Node::Amount(_));
            for (node, via) in lineage.next(last) {
                if seen.contains(node) || (effect != Effect::Weakened && !via.can_silence()) {
                    continue;
                }
                let mut longer = path.clone();
                longer.push(node.clone());
                let is_own =
                    matches!((last, node), (Node::Programme(a), Node::Amount(b)) if a == b);
                if is_outcome && !is_own {
                    later.push_back(longer);
                } else {
                    queue.push_back(longer);
                }
            }
        }
    }
    let mut out: Vec<Quiet> = met
        .into_iter()
        .map(|(node, (effect, path))| Quiet {
            title: lineage.title(&node).cloned().unwrap_or_default(),
            node,
            effect,
            path,
        })
        .collect();
    out.sort_by_key(|q| (q.effect, q.through().is_some()));
    out
}
