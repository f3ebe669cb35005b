//! What of the evidence stands when another catalogue takes the place of the one it was written for.

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::pack::model::{HostRow, Origin, Words};
use serde_json::{Map, Value};

use super::Evidence;
use super::load::one;
use crate::catalog::{Edition, Resource};
use crate::error::Error;
use crate::packs::rows::standing;

/// The rows of evidence that stand over another catalogue, and those that do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The rows that stand, as rows of a pack.
    pub toml: String,
    /// How many these are.
    pub count: usize,
    /// The rows that do not, in the order of the packs.
    pub dropped: Vec<Dropped>,
}

/// A row of evidence that does not stand any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Id of the item.
    pub item: String,
    /// The field that is read; none where records are only counted.
    pub field: Option<String>,
    /// The fact with its entity: `person.wage`.
    pub fact: String,
    /// Its precedence.
    pub precedence: u8,
    /// Why.
    pub why: Lost,
    /// Where it is written.
    pub written: Origin,
}

impl Dropped {
    /// The code of the finding.
    pub const CODE: &'static str = "W-EVIDENCE-DROPPED";
}

/// Why a row of evidence does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lost {
    /// The catalogue has no such item.
    Item,
    /// The records of the item are of another kind of thing, or are found by another field.
    Key,
    /// The item has no such field.
    Field(String),
    /// The field is of another type or unit than the one it was written for: before and after.
    Type(String, String, String),
    /// It is added to the row of this item, which does not stand: what is left would be a part of the sum, taken for the whole.
    Part(String),
    /// Something else is wrong with it over the other catalogue.
    Other(String),
}

impl Lost {
    /// The reason in words.
    pub fn words(&self) -> Words {
        let (zh, en) = match self {
            Self::Item => (
                "清单中没有该数据项".to_owned(),
                "the list has no such item".to_owned(),
            ),
            Self::Key => (
                "数据项的记录对象或者主键不同".to_owned(),
                "its records are of another kind of thing, or have another key".to_owned(),
            ),
            Self::Field(id) => (
                format!("数据项没有信息项 `{id}`"),
                format!("the item has no field `{id}`"),
            ),
            Self::Type(id, before, after) => (
                format!("信息项 `{id}` 的类型由 `{before}` 变为 `{after}`"),
                format!("the field `{id}` was `{before}` and is `{after}`"),
            ),
            Self::Part(item) => (
                format!("与之相加的 `{item}` 不再成立，余下的不是全部"),
                format!("it is added to `{item}`, which does not stand: the rest is not the whole"),
            ),
            Self::Other(message) => (format!("不再成立：{message}"), message.clone()),
        };
        Words { zh, en }
    }
}

impl Kept {
    /// Asks every row of evidence that stands in the packs before whether its item, key and fields are still there, each of the same type,
    /// and whether it can be read over the packs after. Of rows that are added, all stand or none.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::catalog::Edition;
    /// use minzheng::verification::evidence::Kept;
    ///
    /// let engine = Engine::built_in()?;
    /// let same = Edition { packs: engine.packs(), catalog: engine.catalog()? };
    /// let kept = Kept::between(same, same)?;
    /// assert!(kept.count > 40 && kept.dropped.is_empty());
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// What [`Evidence::load`] says of the packs before.
    pub fn between(before: Edition<'_>, after: Edition<'_>) -> Result<Self, Error> {
        let rows: Vec<&HostRow> = standing(before.packs, "verification.evidence").collect();
        let all = Evidence::load(before.packs, before.catalog)?;
        let mut why: Vec<Option<Lost>> = all
            .iter()
            .zip(&rows)
            .map(|(evidence, row)| {
                lost(before, after, evidence).or_else(|| {
                    let read = one(after.packs, after.catalog, row);
                    read.err().map(|e| Lost::Other(e.message().to_owned()))
                })
            })
            .collect();
        let group = |e: &Evidence| (e.entity.clone(), e.fact.clone(), e.precedence);
        let mut broken = BTreeMap::new();
        for (evidence, why) in all.iter().zip(&why) {
            if why.is_some() {
                broken.entry(group(evidence)).or_insert(&evidence.item);
            }
        }
        for (evidence, why) in all.iter().zip(&mut why) {
            if why.is_none() {
                let part = broken.get(&group(evidence));
                *why = part.map(|item| Lost::Part((*item).clone()));
            }
        }
        let mut kept = Self {
            toml: String::new(),
            count: 0,
            dropped: Vec::new(),
        };
        for ((evidence, row), why) in all.iter().zip(rows).zip(why) {
            match why {
                None => {
                    kept.count = kept.count.saturating_add(1);
                    kept.toml.push_str(&written(row));
                }
                Some(why) => kept.dropped.push(Dropped {
                    item: evidence.item.clone(),
                    field: evidence.field.clone(),
                    fact: format!("{}.{}", evidence.entity, evidence.fact),
                    precedence: evidence.precedence,
                    why,
                    written: evidence.written.clone(),
                }),
            }
        }
        Ok(kept)
    }

    /// The facts that nothing says any more: no row of theirs stands.
    pub fn silent(&self, before: &[Evidence]) -> Vec<String> {
        let name = |e: &Evidence| format!("{}.{}", e.entity, e.fact);
        let dropped: BTreeSet<(String, u8)> = self
            .dropped
            .iter()
            .map(|d| (d.fact.clone(), d.precedence))
            .collect();
        let standing: BTreeSet<String> = before
            .iter()
            .filter(|e| !dropped.contains(&(name(e), e.precedence)))
            .map(name)
            .collect();
        let all: BTreeSet<String> = dropped.into_iter().map(|(fact, _)| fact).collect();
        all.difference(&standing).cloned().collect()
    }
}

/// What of the item is not as it was, as far as the row reads it.
fn lost(before: Edition<'_>, after: Edition<'_>, evidence: &Evidence) -> Option<Lost> {
    let old = before.catalog.resource(&evidence.item)?;
    let Some(new) = after.catalog.resource(&evidence.item) else {
        return Some(Lost::Item);
    };
    if old.subject != new.subject || old.key != new.key {
        return Some(Lost::Key);
    }
    let key = core::iter::once(old.key.as_str());
    key.chain(evidence.fields())
        .find_map(|id| changed(old, new, id))
}

fn changed(old: &Resource, new: &Resource, id: &str) -> Option<Lost> {
    let before = &old.field(id)?.ty;
    match new.field(id).map(|f| &f.ty) {
        None => Some(Lost::Field(id.to_owned())),
        Some(after) if after != before => Some(Lost::Type(
            id.to_owned(),
            before.to_string(),
            after.to_string(),
        )),
        Some(_) => None,
    }
}

/// A row as it was written.
fn written(row: &HostRow) -> String {
    // texts, numbers, truths, lists and tables of them: what a row of evidence is
    let table: Map<String, Value> = row.row.read().unwrap_or_default();
    crate::catalog::row_as_toml("verification.evidence", &table)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use minzheng_rules::pack::{PackSet, PackSource, SourceFile};

    use super::*;
    use crate::Engine;
    use crate::catalog::{Catalog, FieldType, List, Origin};
    use crate::packs::{self, BuiltIn};

    const HEAD: &str = r#"
[pack]
id = "list"
title = { zh = "清单", en = "list" }
publisher = "an example"
version = "1"
level = "province"
place = "150000"
extends = ["cn-15"]
reviewed_on = 2026-01-01
[[catalog.replaces]]
sections = ["item", "resource", "element", "evidence"]
"#;

    fn engine() -> &'static Engine {
        static LOADED: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());
        &LOADED
    }

    /// The packs with another list of items and some evidence.
    fn over(catalog: &Catalog, evidence: &str) -> (PackSet, Catalog) {
        let engine = engine();
        let below = engine.catalog().unwrap();
        let mut rows = catalog.to_list();
        let number = rows[0].iter().position(|h| h == "数据项序号").unwrap();
        let id = rows[0].iter().position(|h| h == "资源标识").unwrap();
        let mut is_item = true;
        rows.retain(|row| {
            if !row[id].is_empty() {
                is_item = !row[number].is_empty();
            }
            is_item
        });
        // elements are another matter
        let element = rows[0].iter().position(|h| h == "数据元").unwrap();
        for row in rows.iter_mut().skip(1) {
            row[element].clear();
        }
        let list = List::read("清单", &rows, below, &BTreeMap::new()).unwrap();
        let files = vec![
            SourceFile::new("pack.toml", HEAD),
            SourceFile::new("catalog/list.toml", list.toml),
            SourceFile::new("verification/evidence.toml", evidence),
        ];
        let set = packs::load(&BuiltIn::ALL, &[PackSource::new(files)]).unwrap();
        let own = Catalog::load(&set).unwrap();
        (set, own)
    }

    fn kept(change: impl FnOnce(&mut Vec<Resource>)) -> Kept {
        let engine = engine();
        let catalog = engine.catalog().unwrap();
        let before = Edition {
            packs: engine.packs(),
            catalog,
        };
        let mut other = catalog.clone();
        change(other.resources_mut());
        let (set, own) = over(&other, "");
        let after = Edition {
            packs: &set,
            catalog: &own,
        };
        let kept = Kept::between(before, after).unwrap();
        // what is kept is read, and says what it said
        let (set, own) = over(&other, &kept.toml);
        let read = Evidence::load(&set, &own).unwrap();
        let bare = |e: &Evidence| Evidence {
            written: read[0].written.clone(),
            ..e.clone()
        };
        let all = Evidence::load(engine.packs(), catalog).unwrap();
        let stands = |e: &&Evidence| {
            let name = format!("{}.{}", e.entity, e.fact);
            let is_it =
                |d: &Dropped| d.item == e.item && d.fact == name && d.precedence == e.precedence;
            !kept.dropped.iter().any(is_it)
        };
        let expected: Vec<Evidence> = all.iter().filter(stands).map(bare).collect();
        assert_eq!(read.iter().map(bare).collect::<Vec<_>>(), expected);
        assert_eq!(read.len(), kept.count);
        kept
    }

    fn named(kept: &Kept) -> Vec<(&str, &str, Lost)> {
        let all = kept.dropped.iter();
        all.map(|d| (d.item.as_str(), d.fact.as_str(), d.why.clone()))
            .collect()
    }

    #[test]
    fn rows_of_an_item_that_is_there_stand() {
        let all = kept(|_| {});
        let below = engine().catalog().unwrap();
        // the list has no resources of our own: what they say is gone, and nothing else
        let is_own = |d: &Dropped| below.resource(&d.item).unwrap().origin == Origin::Own;
        assert!(all.dropped.iter().all(is_own));
        let mut one = kept(|resources| resources.retain(|r| r.id != "disability_certificate"));
        assert_eq!(all.count - one.count, one.dropped.len() - all.dropped.len());
        one.dropped.retain(|d| !is_own(d));
        let facts: Vec<String> = one.dropped.iter().map(|d| d.fact.clone()).collect();
        for card in [
            "person.has_disability_card",
            "person.disability_kind",
            "person.disability_grade",
        ] {
            assert!(facts.iter().any(|f| f == card), "{card} of {facts:?}");
        }
        assert!(
            one.dropped
                .iter()
                .all(|d| d.item == "disability_certificate")
        );
        assert!(one.dropped.iter().all(|d| d.why == Lost::Item));
        let engine = engine();
        let evidence = Evidence::load(engine.packs(), engine.catalog().unwrap()).unwrap();
        // nobody else says what cards say
        assert_eq!(one.silent(&evidence).len(), facts.len());
    }

    #[test]
    fn a_part_of_a_sum_never_stands_for_the_whole() {
        let kept = kept(|resources| resources.retain(|r| r.id != "securities"));
        let named = named(&kept);
        let of = |item: &str| {
            let mut all = named
                .iter()
                .filter(|(i, fact, _)| *i == item && fact.ends_with(".own_financial_assets"));
            all.next().map(|(_, _, why)| why.clone())
        };
        assert_eq!(of("securities"), Some(Lost::Item), "{named:?}");
        let part = Some(Lost::Part("securities".to_owned()));
        assert_eq!(
            (of("bank_deposits"), of("commercial_insurance")),
            (part.clone(), part)
        );
        // what bank deposits say by themselves stands
        assert!(
            !named
                .iter()
                .any(|(i, fact, _)| *i == "bank_deposits" && fact.ends_with(".deposits"))
        );
    }

    #[test]
    fn a_field_of_another_unit_is_another_field() {
        let other = kept(|resources| {
            let tax = resources.iter_mut().find(|r| r.id == "income_tax").unwrap();
            let amount = tax.fields.iter_mut().find(|f| f.id == "amount").unwrap();
            assert!(matches!(amount.ty, FieldType::Money(_)));
            amount.ty = FieldType::Count;
        });
        let named = named(&other);
        assert!(
            named.iter().any(|(i, fact, why)| *i == "income_tax"
                && *fact == "person.wage"
                && matches!(why, Lost::Type(id, _, after) if id == "amount" && after == "count")),
            "{named:?}"
        );
        let gone = kept(|resources| {
            let tax = resources.iter_mut().find(|r| r.id == "income_tax").unwrap();
            tax.fields.retain(|f| f.id != "amount");
        });
        let field = Lost::Field("amount".to_owned());
        assert!(
            gone.dropped
                .iter()
                .any(|d| d.item == "income_tax" && d.why == field)
        );
        // the next source of the fact stands, and says so
        assert!(gone.toml.contains("item = \"social_insurance_paid\""));
    }

    #[test]
    fn every_reason_has_words() {
        let all = [
            Lost::Item,
            Lost::Key,
            Lost::Field("f".to_owned()),
            Lost::Type("f".to_owned(), "count".to_owned(), "bool".to_owned()),
            Lost::Part("i".to_owned()),
            Lost::Other("m".to_owned()),
        ];
        let words: BTreeSet<String> = all.iter().map(|l| l.words().en).collect();
        assert_eq!(words.len(), all.len());
    }
}
