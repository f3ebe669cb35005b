//! The cases that stand in packs for every model: a hit, a miss, the boundary, and what cannot be told.

use std::sync::Arc;

use minzheng_rules::facts::Document;
use minzheng_rules::pack::model::PackTest;

use super::model::{Model, Models};
use super::watch::{Outcome, Warnings};
use crate::Engine;
use crate::error::Error;

/// What a case shows of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseKind {
    /// Somebody is hit.
    Hit,
    /// Nobody is hit, and it can be told.
    Miss,
    /// A figure exactly at the line, or the last day: what comes out stands in `expect`.
    Boundary,
    /// A fact is missing: it cannot be told of somebody, and nobody is hit.
    Unknown,
}

impl CaseKind {
    /// All of them: every model has a case of each.
    pub const ALL: [Self; 4] = [Self::Hit, Self::Miss, Self::Boundary, Self::Unknown];

    /// The word after the model in the id of a case: `c01_dead_on_dibao-hit`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Boundary => "boundary",
            Self::Unknown => "unknown",
        }
    }
}

/// What came of the cases of one kind of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCase {
    /// Id of the model.
    pub model: String,
    /// What they show.
    pub kind: CaseKind,
    /// Ids of the cases: none where the packs have none.
    pub tests: Vec<String>,
    /// What went wrong, a line each; empty: nothing.
    pub wrong: Vec<String>,
}

impl ModelCase {
    /// Whether there is a case and all of them came out as they should.
    pub fn passed(&self) -> bool {
        !self.tests.is_empty() && self.wrong.is_empty()
    }
}

impl Engine {
    /// Runs the cases that stand in the packs for their models: for every model one line for each kind. They show what a model says,
    /// whether it is switched on or not.
    ///
    /// The id of a case is that of the model, a hyphen and the kind; more of one kind go on with another hyphen:
    /// `c01_dead_on_dibao-hit`, `c01_dead_on_dibao-miss-grace`.
    ///
    /// # Errors
    /// As [`Engine::models`].
    pub fn test_models(&self) -> Result<Vec<ModelCase>, Error> {
        let mut out = Vec::new();
        let models = Arc::new(self.models()?.switched_on());
        for model in models.all() {
            for kind in CaseKind::ALL {
                let name = format!("{}-{}", model.id, kind.word());
                let of = |test: &&PackTest| {
                    let rest = test.id.strip_prefix(&name);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
                };
                let mut case = ModelCase {
                    model: model.id.clone(),
                    kind,
                    tests: Vec::new(),
                    wrong: Vec::new(),
                };
                for test in self.packs().tests().iter().filter(of) {
                    case.tests.push(test.id.clone());
                    case.wrong
                        .extend(self.wrong_with(&models, model, kind, test));
                }
                out.push(case);
            }
        }
        Ok(out)
    }

    fn wrong_with(
        &self,
        models: &Arc<Models>,
        model: &Model,
        kind: CaseKind,
        test: &PackTest,
    ) -> Vec<String> {
        let checks = self.rules().run_test(test).into_iter();
        let mut wrong: Vec<String> = checks
            .filter(|c| !c.passed)
            .map(|c| {
                format!(
                    "{}: {}: wanted {}, found {}",
                    c.test, c.path, c.wanted, c.found
                )
            })
            .collect();
        let speaks = |path: &String| path.rsplit('.').next() == Some(model.trigger.as_str());
        if !test.expect.iter().any(|(path, _)| speaks(path)) {
            wrong.push(format!(
                "{}: `expect` does not speak of `{}`",
                test.id, model.trigger
            ));
        }
        let document = Document::from_table(&test.id, &test.document);
        let Ok(answer) = self.rules().assess(&document) else {
            return wrong;
        };
        let warnings = Warnings::new(answer, Arc::clone(models), Arc::default());
        let outcomes: Vec<Outcome> = warnings.of(&model.id).map(|w| w.outcome()).collect();
        let met = |outcome| outcomes.contains(&outcome);
        let is_so = match kind {
            CaseKind::Hit => met(Outcome::Hit),
            CaseKind::Miss => {
                !met(Outcome::Hit)
                    && !met(Outcome::Unknown)
                    && (met(Outcome::Miss) || met(Outcome::Outside))
            }
            CaseKind::Boundary => !met(Outcome::Unknown),
            CaseKind::Unknown => met(Outcome::Unknown) && !met(Outcome::Hit),
        };
        if !is_so {
            let found: Vec<&str> = outcomes.iter().map(|o| o.word()).collect();
            let found = found.join(", ");
            wrong.push(format!(
                "{}: a case of `{}` came out as {found}",
                test.id,
                kind.word()
            ));
        }
        wrong
    }
}
