//! Tests that stand in packs.

use super::Engine;
use crate::facts::Document;
use crate::facts::scalar::{Scalar, read_figure};
use crate::lang::Type;
use crate::pack::model::PackTest;
use crate::scalar::V;

/// What came of one expectation of a pack test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The test.
    pub test: String,
    /// What was asked.
    pub path: String,
    /// The word wanted.
    pub wanted: String,
    /// The word found, or why nothing was.
    pub found: String,
    /// Whether they agree.
    pub passed: bool,
}

impl Engine {
    /// Runs every test of the packs; one [`Check`] per expectation, in the order of the packs.
    pub fn run_tests(&self) -> Vec<Check> {
        self.packs()
            .tests()
            .iter()
            .flat_map(|test| self.run_test(test))
            .collect()
    }

    /// Runs one test.
    pub fn run_test(&self, test: &PackTest) -> Vec<Check> {
        let document = Document::from_table(&test.id, &test.document);
        let answer = self.assess(&document);
        let mut out = Vec::new();
        for (path, wanted) in &test.expect {
            let (found, passed) = match &answer {
                Err(findings) => (
                    findings
                        .first()
                        .map_or_else(String::new, ToString::to_string),
                    false,
                ),
                Ok(answer) => match self.expected(answer, path, wanted) {
                    Ok((found, passed)) => (found, passed),
                    Err(why) => (why, false),
                },
            };
            out.push(Check {
                test: test.id.clone(),
                path: path.clone(),
                wanted: plain(wanted),
                found,
                passed,
            });
        }
        out
    }

    fn expected(
        &self,
        answer: &super::Assessment,
        path: &str,
        wanted: &toml::Value,
    ) -> Result<(String, bool), String> {
        let (row, id) = match path.split_once('.') {
            Some((entity, rest)) if self.packs().entity_index(entity).is_some_and(|e| e > 0) => {
                let (row, id) = rest.split_once('.').ok_or("the path ends after the row")?;
                (Some(row), id)
            }
            _ => (None, path),
        };
        let (value, ty) = answer
            .value(id, row)
            .ok_or_else(|| format!("nothing is called `{path}`"))?;
        let found = self.packs().value_words(value, ty);
        let want = match wanted {
            toml::Value::String(word) if word == "undetermined" => {
                return Ok((found, !value.is_known()));
            }
            toml::Value::String(word) if ty == Type::Bool => match word.as_str() {
                "yes" => V::TRUE,
                "no" => V::FALSE,
                _ => return Err("a yes/no value is yes, no or undetermined".to_owned()),
            },
            toml::Value::Boolean(b) if ty == Type::Bool => V::known(i64::from(*b)),
            other => {
                let shown = if ty == Type::Shown {
                    Type::money(crate::lang::Period::Once)
                } else {
                    ty
                };
                let read = read_figure(self.packs(), shown, Scalar::from(other), None)
                    .map_err(|b| b.message)?;
                V::known(read.value)
            }
        };
        Ok((found, value == want))
    }
}

fn plain(value: &toml::Value) -> String {
    value
        .as_str()
        .map_or_else(|| format!("{value:?}"), str::to_owned)
}
