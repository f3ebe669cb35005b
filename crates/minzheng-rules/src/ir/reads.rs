//! What the rules in force read of each other: the graph from facts and figures up to programmes.

use std::collections::{BTreeMap, BTreeSet};

use super::circles::{OutcomeRead, outcome_reads};
use crate::date::Day;
use crate::lang::{Outcome, TExpr, TOp};
use crate::pack::PackSet;

/// A thing that rules read, or that reads: the numbers are its place in the list of its kind in the [`PackSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A fact.
    Fact(usize),
    /// A figure or setting.
    Parameter(usize),
    /// A derived quantity; a condition of a programme is one.
    Formula(usize),
    /// An outcome of a programme.
    Outcome(usize, Outcome),
}

/// How a thing is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Only inside `has(…)` or `coalesce(…)`, or as a finding that may stand for a formula: the reader can be known
    /// without it.
    Presence,
    /// Its value: unknown, it can make the reader unknown.
    Value,
}

/// What the rules in force on a day at a place read of each other.
///
/// The graph says what a rule can depend on, for all cases together: for one case, logic may decide without a fact that
/// is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    of: BTreeMap<Thing, BTreeMap<Thing, Need>>,
}

impl Reads {
    /// The things that have a version in force, in a fixed order.
    pub fn readers(&self) -> impl Iterator<Item = Thing> {
        self.of.keys().copied()
    }

    /// What a thing reads itself, in a fixed order.
    pub fn direct(&self, reader: Thing) -> impl Iterator<Item = (Thing, Need)> {
        let reads = self.of.get(&reader);
        reads
            .into_iter()
            .flatten()
            .map(|(thing, need)| (*thing, *need))
    }

    /// The facts that a thing can depend on, on however long a way. A fact that is read only by presence somewhere on
    /// every way is so read.
    pub fn facts(&self, reader: Thing) -> BTreeMap<usize, Need> {
        let mut out: BTreeMap<usize, Need> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut next = vec![(reader, Need::Value)];
        while let Some((thing, way)) = next.pop() {
            if !seen.insert((thing, way)) {
                continue;
            }
            if let Thing::Fact(fact) = thing {
                let known = out.entry(fact).or_insert(way);
                *known = (*known).max(way);
            }
            for (below, need) in self.direct(thing) {
                next.push((below, need.min(way)));
            }
        }
        out
    }

    fn add(&mut self, reader: Thing, read: Thing, need: Need) {
        let known = self
            .of
            .entry(reader)
            .or_default()
            .entry(read)
            .or_insert(need);
        *known = (*known).max(need);
    }
}

impl PackSet {
    /// What the rules read of each other that are in force on `on` as known on `known_on`, for a place and those above it;
    /// `None`: the rules without a place.
    ///
    /// ```
    /// # use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
    /// # use minzheng_rules::date::Day;
    /// # use minzheng_rules::ir::{Need, Thing};
    /// # let text = "[pack]\nid = \"e\"\ntitle = { zh = \"例\", en = \"e\" }\npublisher = \"e\"\nversion = \"1\"\nlevel = \"nation\"\nplace = \"000000\"\nreviewed_on = 2026-01-01\n[[entity]]\nid = \"case\"\n[[fact]]\nid = \"stones\"\nentity = \"case\"\ntype = \"count\"\n[[formula]]\nid = \"heap\"\nentity = \"case\"\ntype = \"bool\"\nfrom = 2020-01-01\npublished = 2020-01-01\nstatus = \"invented\"\nexpr = \"stones > 2\"\n";
    /// # let packs = PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])]).map_err(|e| e.to_string())?;
    /// // the pack says: heap = stones > 2
    /// let day = Day::from_ymd(2026, 1, 1).ok_or("no day")?;
    /// let reads = packs.reads(None, day, day);
    /// assert_eq!(reads.facts(Thing::Formula(0)).get(&0), Some(&Need::Value));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reads(&self, place: Option<i64>, on: Day, known_on: Day) -> Reads {
        let chain = place.map_or_else(Vec::new, |code| self.places.chain(code));
        let mut reads = Reads::default();
        for (index, formula) in self.formulas.iter().enumerate() {
            let reader = Thing::Formula(index);
            let Some(rule) = Self::resolve(&formula.versions, &chain, on, known_on) else {
                continue;
            };
            reads.of.entry(reader).or_default();
            self.expression(&rule.value.typed, reader, Need::Value, &mut reads);
            if let Some(finding) = formula.finding {
                reads.add(reader, Thing::Fact(finding), Need::Presence);
            }
        }
        let holds = |span: &crate::pack::model::Dated<()>| {
            span.holds(on, known_on) && span.place.is_none_or(|p| chain.contains(&p))
        };
        for (index, programme) in self.programmes.iter().enumerate() {
            if !holds(&programme.span) {
                continue;
            }
            for (_, which) in Outcome::ALL {
                let reader = Thing::Outcome(index, which);
                reads.of.entry(reader).or_default();
                let mut see = |read| {
                    let thing = match read {
                        OutcomeRead::Formula(f) => Thing::Formula(f),
                        OutcomeRead::Outcome(p, which) => Thing::Outcome(p, which),
                        OutcomeRead::Fact(f) => Thing::Fact(f),
                    };
                    reads.add(reader, thing, Need::Value);
                };
                outcome_reads(self, index, which, |r| holds(&r.span), &mut see);
            }
        }
        reads
    }

    /// What the rules read of each other in any of their versions, whatever the day and the place; without the outcomes of
    /// programmes.
    pub fn reads_ever(&self) -> Reads {
        let mut reads = Reads::default();
        for (index, formula) in self.formulas.iter().enumerate() {
            let reader = Thing::Formula(index);
            reads.of.entry(reader).or_default();
            for rule in &formula.versions {
                self.expression(&rule.value.typed, reader, Need::Value, &mut reads);
            }
        }
        reads
    }

    fn expression(&self, e: &TExpr, reader: Thing, way: Need, reads: &mut Reads) {
        match &e.op {
            TOp::Fact(f) => reads.add(reader, Thing::Fact(*f), way),
            TOp::Formula(f) => reads.add(reader, Thing::Formula(*f), way),
            TOp::Outcome(p, which) => reads.add(reader, Thing::Outcome(*p, *which), way),
            TOp::Param(p, _) => {
                reads.add(reader, Thing::Parameter(*p), way);
                if let Some(fact) = self.parameters.get(*p).and_then(|p| p.place_fact) {
                    reads.add(reader, Thing::Fact(fact), way);
                }
            }
            TOp::Agg { child, .. } => {
                if let Some(fact) = self.entities.get(*child).and_then(|e| e.complete) {
                    reads.add(reader, Thing::Fact(fact), way);
                }
            }
            _ => {}
        }
        let below = match e.op {
            TOp::Has(_) | TOp::Coalesce(..) => Need::Presence,
            _ => way,
        };
        for child in e.children() {
            self.expression(child, reader, below, reads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{PackSource, SourceFile};

    const PACK: &str = r#"
[pack]
id = "example"
title = { zh = "例", en = "example" }
publisher = "an example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01

[[entity]]
id = "case"

[[fact]]
id = "a"
entity = "case"
type = "count"
[[fact]]
id = "b"
entity = "case"
type = "count"
[[fact]]
id = "c"
entity = "case"
type = "count"

[[formula]]
id = "sum"
entity = "case"
type = "count"
from = 2020-01-01
published = 2020-01-01
until = 2024-12-31
until_published = 2024-12-31
status = "invented"
expr = "a + b"

[[formula]]
id = "soft"
entity = "case"
type = "count"
from = 2020-01-01
published = 2020-01-01
status = "invented"
expr = "coalesce(c, 0) + coalesce(b, 0) + b"

[[programme]]
id = "help"
entity = "case"
order = 1
from = 2020-01-01
status = "invented"
title = { zh = "帮助", en = "help" }
[[programme.condition]]
id = "few"
from = 2020-01-01
published = 2020-01-01
status = "invented"
title = { zh = "少", en = "few" }
expr = "soft < 3"
"#;

    #[test]
    fn what_is_in_force_reads_by_value_or_by_presence() {
        let text = PACK;
        let set = PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])]);
        let set = set.map_err(|e| e.to_string()).unwrap();
        let day = |y| Day::from_ymd(y, 6, 1).unwrap();
        let fact = |id: &str| set.facts().position(|f| f.id == id).unwrap();
        let formula = |id: &str| set.formulas().iter().position(|f| f.id == id).unwrap();
        let then = set.reads(None, day(2024), day(2026));
        let sum = Thing::Formula(formula("sum"));
        assert_eq!(
            then.facts(sum),
            BTreeMap::from([(fact("a"), Need::Value), (fact("b"), Need::Value)])
        );
        let now = set.reads(None, day(2026), day(2026));
        assert!(now.readers().all(|t| t != sum), "not in force any more");
        // an official's finding may stand for a condition
        let finding = set.formula("help/few").and_then(|f| f.finding).unwrap();
        let expected = BTreeMap::from([
            (fact("b"), Need::Value),
            (fact("c"), Need::Presence),
            (finding, Need::Presence),
        ]);
        assert_eq!(now.facts(Thing::Outcome(0, Outcome::Eligible)), expected);
        let direct: Vec<(Thing, Need)> =
            now.direct(Thing::Outcome(0, Outcome::Qualifies)).collect();
        assert_eq!(direct, [(Thing::Formula(formula("help/few")), Need::Value)]);
    }
}
