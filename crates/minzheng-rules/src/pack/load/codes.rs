//! `[[codes]]`: the code lists, with the built-in list of roundings before them.

use super::file::Spot;
use super::{Loader, raw};
use crate::number::Rounding;
use crate::pack::model::{Code, CodeList, Origin, Words};

impl Loader<'_> {
    /// The list of roundings, the first of all lists.
    pub(super) fn roundings(&mut self) {
        let words = [
            ("四舍五入", "half up"),
            ("进位", "up"),
            ("舍去", "down"),
            ("须为整", "exact"),
        ];
        let codes = Rounding::ALL
            .into_iter()
            .zip(words)
            .map(|(rule, (zh, en))| Code {
                id: rule.word().to_owned(),
                words: Words {
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                },
            });
        let title = Words {
            zh: "取整方法".to_owned(),
            en: "rounding".to_owned(),
        };
        self.set.lists.push(CodeList {
            id: "rounding".to_owned(),
            title,
            codes: codes.collect(),
            origin: Origin::default(),
        });
    }

    pub(super) fn codes(&mut self, at: Spot<'_>, raw: &raw::Codes) {
        self.id(at, &raw.id);
        self.add_list(at, &raw.id, &raw.title, &raw.values);
    }

    pub(super) fn add_list(
        &mut self,
        at: Spot<'_>,
        id: &str,
        title: &Words,
        rows: &[raw::CodeRow],
    ) -> usize {
        if self.set.list_index(id).is_some() {
            self.findings.push(at.twice("code list", id));
        }
        let mut codes: Vec<Code> = Vec::new();
        for row in rows {
            if codes.iter().any(|c| c.id == row.id) {
                self.findings.push(at.twice("code", &row.id));
            }
            codes.push(Code {
                id: row.id.clone(),
                words: Words {
                    zh: row.zh.clone(),
                    en: row.en.clone(),
                },
            });
        }
        let index = self.set.lists.len();
        self.set.lists.push(CodeList {
            id: id.to_owned(),
            title: title.clone(),
            codes,
            origin: at.origin(),
        });
        index
    }
}
