//! What a person should look at in a catalogue that loads.

use std::collections::BTreeSet;

use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;
use serde_json::{Value, json};

use super::{Catalog, FieldType, Grade, Lifecycle, Openness, Origin, Personal, Resource};
use crate::error::Error;
use crate::verification::evidence::Evidence;

/// How much a remark matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It is wrong, as far as a rule can tell.
    Warning,
    /// Something is not said.
    Info,
}

impl Weight {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A stable code: `L-CATALOG-…`.
    pub code: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// The resource, or resource and field.
    pub path: String,
    /// What it is.
    pub words: Words,
}

impl Remark {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        json!({ "code": self.code, "weight": self.weight.word(), "path": self.path, "message": self.words })
    }
}

/// The least grade of a field that names a person, and of one that the law calls sensitive.
const NAMES_ONE: u8 = 3;

struct Check<'c> {
    catalog: &'c Catalog,
    out: Vec<Remark>,
}

impl Catalog {
    /// What should be looked at: the grave first, then in the order of the catalogue. What is wrong beyond doubt does not
    /// load at all.
    ///
    /// | code | when |
    /// |---|---|
    /// | `L-CATALOG-GRADE` | a field that names a person, or a sensitive one, is graded below 3 |
    /// | `L-CATALOG-OPEN` | it is open to everybody and holds personal information |
    /// | `L-CATALOG-ELEMENT` | an identity number is no element, an element has no copy, or its authority comes less often than a copy |
    /// | `L-CATALOG-UNUSED` | an item that no evidence reads, and no note says why; a department or a line without a resource |
    /// | `L-CATALOG-SUCCESSOR` | it was withdrawn and nothing takes its place, or what does is withdrawn itself |
    /// | `L-CATALOG-UNSAID` | its summary, openness, ways, forms or retention are not said |
    ///
    /// # Errors
    /// Those of [`Evidence::load`].
    pub fn check(&self, packs: &PackSet) -> Result<Vec<Remark>, Error> {
        let evidence = Evidence::load(packs, self)?;
        let mut check = Check {
            catalog: self,
            out: Vec::new(),
        };
        for resource in self.resources() {
            check.grades(resource);
            check.use_of(resource, &evidence);
            check.life(resource);
            check.unsaid(resource);
        }
        check.elements();
        check.owners();
        let mut out = check.out;
        out.sort_by_key(|r| r.weight);
        Ok(out)
    }
}

impl Check<'_> {
    fn say(&mut self, code: &'static str, weight: Weight, path: String, zh: &str, en: &str) {
        let words = Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        self.out.push(Remark {
            code,
            weight,
            path,
            words,
        });
    }

    fn grades(&mut self, of: &Resource) {
        for field in &of.fields {
            let names_one = field.ty == FieldType::IdNumber || field.sensitive;
            if names_one && Some(field.grade) < Grade::new(NAMES_ONE) {
                let path = format!("{}.{}", of.id, field.id);
                let (zh, en) = (
                    "身份标识或者敏感信息项的分级低于3级",
                    "it names a person or is sensitive, and its grade is below 3",
                );
                self.say("L-CATALOG-GRADE", Weight::Warning, path, zh, en);
            }
            if field.ty == FieldType::IdNumber && field.element.is_none() {
                let path = format!("{}.{}", of.id, field.id);
                let (zh, en) = (
                    "公民身份号码没有对应数据元",
                    "an identity number that names no element",
                );
                self.say("L-CATALOG-ELEMENT", Weight::Info, path, zh, en);
            }
        }
        if of.openness == Some(Openness::Open) && of.personal != Personal::Not {
            let (zh, en) = (
                "含有个人信息而向社会开放",
                "open to everybody, with personal information in it",
            );
            self.say("L-CATALOG-OPEN", Weight::Warning, of.id.clone(), zh, en);
        }
    }

    fn use_of(&mut self, of: &Resource, evidence: &[Evidence]) {
        let is_item = matches!(of.origin, Origin::Obtained { .. });
        let silent = of.note.zh.is_empty() && of.note.en.is_empty();
        if is_item && silent && evidence.iter().all(|e| e.item != of.id) {
            let (zh, en) = (
                "没有事实以这一数据项为依据，也没有说明原因",
                "no fact rests on this item, and no note says why",
            );
            self.say("L-CATALOG-UNUSED", Weight::Warning, of.id.clone(), zh, en);
        }
    }

    fn life(&mut self, of: &Resource) {
        let Lifecycle::Withdrawn { successor, .. } = &of.lifecycle else {
            return;
        };
        let next = successor
            .as_deref()
            .and_then(|id| self.catalog.resource(id));
        if !next.is_some_and(|r| r.lifecycle == Lifecycle::Active) {
            let (zh, en) = (
                "已撤销而没有在用的接续资源",
                "withdrawn, and nothing that is kept takes its place",
            );
            self.say(
                "L-CATALOG-SUCCESSOR",
                Weight::Warning,
                of.id.clone(),
                zh,
                en,
            );
        }
    }

    fn unsaid(&mut self, of: &Resource) {
        let parts = [
            (of.summary.zh.is_empty(), "摘要", "summary"),
            (of.openness.is_none(), "开放属性", "openness"),
            (of.modes.is_empty(), "共享方式", "ways"),
            (of.formats.is_empty(), "格式", "forms"),
            (of.retention.is_none(), "保存期限", "retention"),
        ];
        let missing: Vec<_> = parts.into_iter().filter(|p| p.0).collect();
        if missing.is_empty() {
            return;
        }
        let zh: Vec<&str> = missing.iter().map(|p| p.1).collect();
        let en: Vec<&str> = missing.iter().map(|p| p.2).collect();
        let (zh, en) = (
            format!("未注明：{}", zh.join("、")),
            format!("not said: {}", en.join(", ")),
        );
        self.say("L-CATALOG-UNSAID", Weight::Info, of.id.clone(), &zh, &en);
    }

    fn elements(&mut self) {
        let catalog = self.catalog;
        for element in catalog.elements() {
            let Some((source, _)) = catalog.source_of(&element.id) else {
                continue;
            };
            let has = |r: &&Resource| {
                let holds = |f: &super::Field| f.element.as_deref() == Some(element.id.as_str());
                r.id != source.id && r.fields.iter().any(holds)
            };
            let copies: Vec<&Resource> = catalog.resources().iter().filter(has).collect();
            if copies.is_empty() {
                let (zh, en) = (
                    "数据元没有其他资源使用",
                    "an element that no other resource holds",
                );
                self.say(
                    "L-CATALOG-ELEMENT",
                    Weight::Info,
                    element.id.clone(),
                    zh,
                    en,
                );
            }
            if let Some(copy) = copies.iter().find(|c| c.cycle < source.cycle) {
                let zh = format!("数源`{}`的更新周期慢于`{}`", source.id, copy.id);
                let en = format!(
                    "its authority `{}` comes less often than `{}`",
                    source.id, copy.id
                );
                self.say(
                    "L-CATALOG-ELEMENT",
                    Weight::Info,
                    element.id.clone(),
                    &zh,
                    &en,
                );
            }
        }
    }

    fn owners(&mut self) {
        let catalog = self.catalog;
        let resources = catalog.resources().iter();
        let bodies: BTreeSet<&str> = resources
            .clone()
            .filter_map(|r| r.provider.as_deref())
            .collect();
        let lines: BTreeSet<&str> = resources.filter_map(|r| r.line.as_deref()).collect();
        let all = catalog.departments().iter().chain(catalog.keepers());
        let unused = all
            .map(|d| &d.id)
            .filter(|id| !bodies.contains(id.as_str()));
        let empty = catalog.lines().iter().map(|l| &l.id);
        let empty = empty.filter(|id| !lines.contains(id.as_str()));
        let ids: Vec<String> = unused.chain(empty).cloned().collect();
        for id in ids {
            let (zh, en) = ("没有任何资源", "nothing belongs to it");
            self.say("L-CATALOG-UNUSED", Weight::Info, id, zh, en);
        }
    }
}
