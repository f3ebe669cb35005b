//! `[[test]]`: the cases that stand in a pack with what must come out.

use super::Loader;
use super::file::Spot;
use crate::pack::model::PackTest;

impl Loader<'_> {
    pub(super) fn test(&mut self, at: Spot<'_>, raw: &toml::Table) {
        let mut table = raw.clone();
        let mut word = |key: &str| {
            table
                .remove(key)
                .and_then(|v| v.as_str().map(str::to_owned))
        };
        let (Some(id), title) = (word("id"), word("title")) else {
            self.findings
                .push(at.finding("E-PACK-TEST", "the test has no `id`"));
            return;
        };
        let expect = match table.remove("expect") {
            Some(toml::Value::Table(expect)) if !expect.is_empty() => expect.into_iter().collect(),
            _ => {
                let message = format!("the test `{id}` expects nothing");
                self.findings.push(at.finding("E-PACK-TEST", message));
                return;
            }
        };
        if self.set.tests.iter().any(|t| t.id == id) {
            self.findings.push(at.twice("test", &id));
        }
        self.set.tests.push(PackTest {
            id,
            title: title.unwrap_or_default(),
            document: table,
            expect,
            origin: at.origin(),
        });
    }
}
