//! Rules that need each other, whatever versions are in force.

use std::collections::BTreeMap;

use crate::lang::{Outcome, TOp};
use crate::pack::PackSet;
use crate::pack::model::{Origin, Relation, RelationKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Formula(usize),
    Outcome(usize, Outcome),
}

/// Every circle found, as `a → b → a`, with the place of its first rule.
pub(crate) fn circles(set: &PackSet) -> Vec<(String, Origin)> {
    let mut walk = Walk {
        set,
        state: BTreeMap::new(),
        path: Vec::new(),
        found: Vec::new(),
    };
    for formula in 0..set.formulas.len() {
        walk.visit(Thing::Formula(formula), 0);
    }
    for programme in 0..set.programmes.len() {
        for (_, which) in Outcome::ALL {
            walk.visit(Thing::Outcome(programme, which), 0);
        }
    }
    walk.found
}

/// Deepest chain of rules that need each other.
const MAX_CHAIN: usize = 400;

struct Walk<'a> {
    set: &'a PackSet,
    state: BTreeMap<Thing, bool>,
    path: Vec<Thing>,
    found: Vec<(String, Origin)>,
}

impl Walk<'_> {
    fn visit(&mut self, thing: Thing, depth: usize) {
        match self.state.get(&thing) {
            Some(true) => return,
            Some(false) => {
                let start = self.path.iter().position(|t| *t == thing).unwrap_or(0);
                self.report(start);
                return;
            }
            None => {}
        }
        if depth > MAX_CHAIN {
            self.report(self.path.len().saturating_sub(8));
            return;
        }
        self.state.insert(thing, false);
        self.path.push(thing);
        for next in self.needs(thing) {
            self.visit(next, depth.saturating_add(1));
        }
        self.path.pop();
        self.state.insert(thing, true);
    }

    fn report(&mut self, start: usize) {
        let ring = self.path.get(start..).unwrap_or_default();
        let words: Vec<String> = ring
            .iter()
            .chain(ring.first())
            .map(|t| self.word(*t))
            .collect();
        let origin = ring
            .first()
            .map_or_else(Origin::default, |t| self.origin(*t));
        self.found.push((words.join(" → "), origin));
    }

    fn word(&self, thing: Thing) -> String {
        match thing {
            Thing::Formula(f) => self
                .set
                .formulas
                .get(f)
                .map_or_else(String::new, |f| f.id.clone()),
            Thing::Outcome(p, which) => {
                format!(
                    "{}.{}",
                    self.set.programmes.get(p).map_or("", |p| p.id.as_str()),
                    which.word()
                )
            }
        }
    }

    fn origin(&self, thing: Thing) -> Origin {
        match thing {
            Thing::Formula(f) => self.set.formulas.get(f).map(|f| f.origin.clone()),
            Thing::Outcome(p, _) => self.set.programmes.get(p).map(|p| p.span.origin.clone()),
        }
        .unwrap_or_default()
    }

    fn needs(&self, thing: Thing) -> Vec<Thing> {
        let mut out = Vec::new();
        match thing {
            Thing::Formula(f) => {
                for version in self
                    .set
                    .formulas
                    .get(f)
                    .map(|f| f.versions.as_slice())
                    .unwrap_or_default()
                {
                    version.value.typed.visit(&mut |e| match e.op {
                        TOp::Formula(other) => out.push(Thing::Formula(other)),
                        TOp::Outcome(p, which) => out.push(Thing::Outcome(p, which)),
                        _ => {}
                    });
                }
            }
            Thing::Outcome(p, which) => {
                let mut see = |read| match read {
                    OutcomeRead::Formula(f) => out.push(Thing::Formula(f)),
                    OutcomeRead::Outcome(p, which) => out.push(Thing::Outcome(p, which)),
                    OutcomeRead::Fact(_) => {}
                };
                outcome_reads(self.set, p, which, |_| true, &mut see);
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// What the outcome of a programme reads.
#[derive(Debug, Clone, Copy)]
pub(super) enum OutcomeRead {
    Formula(usize),
    Outcome(usize, Outcome),
    Fact(usize),
}

/// Everything that an outcome of a programme reads, by those relations that count.
pub(super) fn outcome_reads(
    set: &PackSet,
    p: usize,
    which: Outcome,
    counts: impl Fn(&Relation) -> bool,
    see: &mut impl FnMut(OutcomeRead),
) {
    let Some(programme) = set.programmes.get(p) else {
        return;
    };
    let amount = |p: usize| set.programmes.get(p).and_then(|p| p.amount);
    match which {
        Outcome::Qualifies => {
            for condition in &programme.conditions {
                see(OutcomeRead::Formula(*condition));
            }
        }
        Outcome::Eligible => see(OutcomeRead::Outcome(p, Outcome::Qualifies)),
        Outcome::Amount => {
            see(OutcomeRead::Outcome(p, Outcome::Eligible));
            if let Some(formula) = amount(p) {
                see(OutcomeRead::Formula(formula));
            }
        }
    }
    for relation in set.relations.iter().filter(|r| counts(r)) {
        let (first, second) = (relation.first == p, relation.second == p);
        let other = if first {
            relation.second
        } else {
            relation.first
        };
        match (relation.kind, which) {
            (RelationKind::Precedes | RelationKind::Excludes, Outcome::Eligible) if second => {
                see(OutcomeRead::Outcome(other, Outcome::Eligible));
            }
            (RelationKind::Choose, Outcome::Eligible) if first || second => {
                see(OutcomeRead::Outcome(other, Outcome::Qualifies));
                if let Some(fact) = relation.choice {
                    see(OutcomeRead::Fact(fact));
                }
            }
            (RelationKind::HigherOf, Outcome::Amount) if first || second => {
                see(OutcomeRead::Outcome(other, Outcome::Eligible));
                if let Some(formula) = amount(other) {
                    see(OutcomeRead::Formula(formula));
                }
            }
            (RelationKind::TopsUp, Outcome::Amount) if first => {
                if let Some(formula) = relation.less {
                    see(OutcomeRead::Formula(formula));
                }
            }
            _ => {}
        }
    }
}
