//! What the tests of packs have seen: conditions, branches, figures.

use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};

use super::{Assessment, Engine};
use crate::facts::Document;
use crate::ir::Op;
use crate::pack::PackSet;
use crate::truth::Truth;

/// Which truth values were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Seen true.
    pub yes: bool,
    /// Seen false.
    pub no: bool,
    /// Seen unknown.
    pub unknown: bool,
}

impl Seen {
    fn mark(&mut self, truth: Truth) {
        match truth {
            Truth::True => self.yes = true,
            Truth::False => self.no = true,
            Truth::Unknown => self.unknown = true,
        }
    }

    /// Whether all three were seen.
    pub const fn all(self) -> bool {
        self.yes && self.no && self.unknown
    }

    /// The words of those that were not seen.
    fn lacks(self) -> String {
        let words = [
            (self.yes, "true"),
            (self.no, "false"),
            (self.unknown, "unknown"),
        ];
        words
            .iter()
            .filter(|(seen, _)| !seen)
            .map(|(_, w)| *w)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// One `?:` of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// The formula or condition.
    pub rule: String,
    /// Where the version stands: `pack/file:line`.
    pub origin: String,
    /// First and last byte in the expression.
    pub span: (usize, usize),
    /// The words of its test and branches, shortened.
    pub words: String,
}

/// What assessments have seen of the rules.
///
/// A condition is met when it was seen true, false and unknown, whichever of its versions was in force.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    cases: usize,
    refused: usize,
    conditions: BTreeMap<String, (Seen, bool)>,
    branches: BTreeMap<Branch, Seen>,
    parameters: BTreeMap<String, bool>,
}

impl Engine {
    /// Runs every test of the packs and records what it saw.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::new(self.packs());
        for test in self.packs().tests() {
            match self.assess(&Document::from_table(&test.id, &test.document)) {
                Ok(answer) => coverage.add(&answer),
                Err(_) => coverage.refused = coverage.refused.saturating_add(1),
            }
        }
        coverage
    }
}

impl Coverage {
    /// Nothing seen yet.
    pub fn new(set: &PackSet) -> Self {
        let conditions = set.formulas.iter().filter(|f| f.id.contains('/'));
        Self {
            cases: 0,
            refused: 0,
            conditions: conditions
                .map(|f| (f.id.clone(), (Seen::default(), false)))
                .collect(),
            branches: BTreeMap::new(),
            parameters: set
                .parameters
                .iter()
                .map(|p| (p.id.clone(), false))
                .collect(),
        }
    }

    /// Adds what one assessment saw.
    pub fn add(&mut self, answer: &Assessment) {
        self.cases = self.cases.saturating_add(1);
        let (set, plan) = (&answer.set, &answer.regime.plan);
        for programme in plan.programmes.iter().filter(|p| p.in_force) {
            let entity = set
                .programmes
                .get(programme.programme)
                .map_or(0, |p| p.entity);
            for (formula, node) in &programme.conditions {
                let Some(formula) = set.formulas.get(*formula) else {
                    continue;
                };
                let Some((seen, in_force)) = self.conditions.get_mut(&formula.id) else {
                    continue;
                };
                *in_force = true;
                for row in 0..answer.input.row_count(entity) {
                    seen.mark(answer.node_value(*node, entity, row).truth());
                }
            }
        }
        let mut figures: BTreeSet<usize> = BTreeSet::new();
        for (id, node) in (0_u32..).zip(&plan.nodes) {
            let rows = answer.input.row_count(node.row);
            match &node.op {
                Op::Param(parameter, _)
                    if (0..rows).any(|row| answer.node_value(id, node.row, row).is_known()) =>
                {
                    figures.insert(*parameter);
                }
                Op::If(test, _, _) => {
                    let Some((formula, version)) = node.rule else {
                        continue;
                    };
                    let Some(formula) = set.formulas.get(formula) else {
                        continue;
                    };
                    let Some(version) = formula.versions.get(version) else {
                        continue;
                    };
                    let text = node
                        .span
                        .of(&version.value.text)
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ");
                    let branch = Branch {
                        rule: formula.id.clone(),
                        origin: set.origin_words(&version.origin),
                        span: (node.span.start, node.span.end),
                        words: text.chars().take(60).collect(),
                    };
                    let seen = self.branches.entry(branch).or_default();
                    for row in 0..rows {
                        seen.mark(answer.node_value(*test, node.row, row).truth());
                    }
                }
                _ => {}
            }
        }
        for parameter in figures {
            if let Some(read) = set
                .parameters
                .get(parameter)
                .and_then(|p| self.parameters.get_mut(&p.id))
            {
                *read = true;
            }
        }
    }

    /// How many assessments were added.
    pub const fn cases(&self) -> usize {
        self.cases
    }

    /// How many tests were refused as input, and so saw nothing.
    pub const fn refused(&self) -> usize {
        self.refused
    }

    /// Every condition, as `PROGRAMME/CONDITION`, and what was seen of it.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, Seen)> {
        self.conditions
            .iter()
            .map(|(id, (seen, _))| (id.as_str(), *seen))
    }

    /// Every `?:` of a rule that was in force, and what was seen of its test.
    pub fn branches(&self) -> impl Iterator<Item = (&Branch, Seen)> {
        self.branches.iter().map(|(branch, seen)| (branch, *seen))
    }

    /// Every parameter, and whether a rule in force read a figure of it.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, bool)> {
        self.parameters
            .iter()
            .map(|(id, read)| (id.as_str(), *read))
    }

    /// The conditions that were not seen true, false and unknown, and what is lacking.
    pub fn unmet(&self) -> Vec<(String, String)> {
        let open = self.conditions.iter().filter(|(_, (seen, _))| !seen.all());
        open.map(|(id, (seen, in_force))| {
            let lacks = if *in_force {
                seen.lacks()
            } else {
                "never in force".to_owned()
            };
            (id.clone(), lacks)
        })
        .collect()
    }

    /// The branches of which only one side, or none, was taken.
    pub fn half_taken(&self) -> impl Iterator<Item = (&Branch, Seen)> {
        self.branches().filter(|(_, seen)| !(seen.yes && seen.no))
    }

    /// The parameters of which no figure was read.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.parameters()
            .filter(|(_, read)| !read)
            .map(|(id, _)| id)
    }

    /// The report: totals, then what is open, a line each.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let unmet = self.unmet();
        let half: Vec<_> = self.half_taken().collect();
        let unread: Vec<_> = self.unread().collect();
        let met = |all: usize, open: usize| all.saturating_sub(open);
        // writing to a string cannot fail
        let _ = writeln!(out, "cases      {} ({} refused)", self.cases, self.refused);
        let _ = writeln!(
            out,
            "conditions {} of {} seen true, false and unknown",
            met(self.conditions.len(), unmet.len()),
            self.conditions.len()
        );
        let _ = writeln!(
            out,
            "branches   {} of {} taken both ways",
            met(self.branches.len(), half.len()),
            self.branches.len()
        );
        let _ = writeln!(
            out,
            "parameters {} of {} read",
            met(self.parameters.len(), unread.len()),
            self.parameters.len()
        );
        for (id, lacks) in unmet {
            let _ = writeln!(out, "condition {id}: not seen: {lacks}");
        }
        for (branch, seen) in half {
            let side = match (seen.yes, seen.no) {
                (true, _) => "else never taken",
                (_, true) => "then never taken",
                _ => "test never known",
            };
            let _ = writeln!(
                out,
                "branch {} ({}): {side}: {}",
                branch.rule, branch.origin, branch.words
            );
        }
        for id in unread {
            let _ = writeln!(out, "parameter {id}: no figure read");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{PackSource, SourceFile};

    const PACK: &str = r#"
[pack]
id = "small"
title = { zh = "小包", en = "small pack" }
publisher = "example"
version = "1"
level = "nation"
place = "000000"
reviewed_on = 2026-01-01
[[entity]]
id = "case"
[[fact]]
id = "income"
entity = "case"
type = "money/month"
[[fact]]
id = "large"
entity = "case"
type = "bool"
[[parameter]]
id = "limit.small"
type = "money/month"
[[value]]
parameter = "limit.small"
from = 2020-01-01
status = "invented"
value = 100
[[parameter]]
id = "limit.large"
type = "money/month"
[[programme]]
id = "help"
entity = "case"
order = 1
from = 2020-01-01
[[programme.condition]]
id = "low"
from = 2020-01-01
expr = "income < (large ? limit.large : limit.small)"
[[programme.condition]]
id = "later"
from = 2030-01-01
expr = "large"
"#;

    const TESTS: &str = r#"
[[test]]
id = "below"
on = 2026-01-01
case = { income = "99/month", large = false }
expect = { "help.eligible" = "yes" }
[[test]]
id = "above"
on = 2026-01-01
case = { income = "100/month", large = false }
expect = { "help.eligible" = "no" }
"#;

    fn engine() -> Engine {
        let files = vec![
            SourceFile::new("pack.toml", PACK),
            SourceFile::new("tests.toml", TESTS),
        ];
        Engine::new(PackSet::load(&[PackSource::new(files)]).unwrap())
    }

    #[test]
    fn what_no_test_has_seen_is_said() {
        let coverage = engine().coverage();
        let unmet = [("help/later", "never in force"), ("help/low", "unknown")];
        assert_eq!(
            coverage.unmet(),
            unmet.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert_eq!(coverage.half_taken().count(), 1);
        assert_eq!(coverage.unread().collect::<Vec<_>>(), ["limit.large"]);
        assert!(
            coverage
                .to_text()
                .contains("condition help/low: not seen: unknown")
        );
        assert!(
            coverage
                .to_text()
                .contains("then never taken: (large ? limit.large : limit.small)")
        );
    }

    #[test]
    fn more_assessments_add_to_it() {
        let engine = engine();
        let mut coverage = engine.coverage();
        for case in [
            "on = 2026-01-01",
            "on = 2031-01-01\ncase = { large = true }",
            "on = 2031-01-01\ncase = { large = false }",
        ] {
            coverage.add(
                &engine
                    .assess(&Document::from_toml("case", case).unwrap())
                    .unwrap(),
            );
        }
        assert_eq!(
            coverage.unmet(),
            [("help/later".to_owned(), "unknown".to_owned())]
        );
        assert_eq!(coverage.half_taken().count(), 0);
        assert_eq!(coverage.cases(), 5);
        coverage.add(
            &engine
                .assess(&Document::from_toml("case", "on = 2031-01-01").unwrap())
                .unwrap(),
        );
        assert_eq!(coverage.unmet(), []);
    }
}
