//! Lists out and in again, and what is wrong with one.

use std::sync::LazyLock;

use minzheng_rules::pack::model::{Origin as Written, Words};
use minzheng_rules::pack::{PackSource, SourceFile};
use proptest::prelude::*;

use super::*;
use crate::Engine;
use crate::catalog::{Lifecycle, Openness, Resource, Retention};
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
sections = ["item", "resource"]
"#;

fn engine() -> &'static Engine {
    static LOADED: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());
    &LOADED
}

fn none() -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// The catalogue of a list in the place of the built-in one.
fn load(list: &List) -> Catalog {
    let files = vec![
        SourceFile::new("pack.toml", HEAD),
        SourceFile::new("catalog/list.toml", list.toml.clone()),
    ];
    let set = packs::load(&BuiltIn::ALL, &[PackSource::new(files)]).unwrap();
    Catalog::load(&set).unwrap()
}

/// Resources without the place they are written in.
fn bare(catalog: &Catalog, like: &Written) -> Vec<Resource> {
    let one = |r: &Resource| Resource {
        written: like.clone(),
        ..r.clone()
    };
    catalog.resources().iter().map(one).collect()
}

fn codes(rows: &[Vec<String>]) -> Vec<String> {
    let engine = engine();
    let below = engine.catalog().unwrap();
    let error = List::read("清单", rows, below, &none()).unwrap_err();
    let all = error.findings();
    all.map(|f| format!("{} {}", f.code(), f.path())).collect()
}

fn column(rows: &[Vec<String>], head: &str) -> usize {
    rows[0].iter().position(|h| h == head).unwrap()
}

#[test]
fn every_built_in_resource_comes_back_as_it_was() {
    let engine = engine();
    let catalog = engine.catalog().unwrap();
    let mut rows = catalog.to_list();
    let list = List::read("清单", &rows, catalog, &none()).unwrap();
    assert_eq!((list.filled, list.made, list.extensions.len()), (0, 0, 0));
    let like = &catalog.resources()[0].written;
    let back = load(&list);
    for (one, other) in bare(catalog, like).iter().zip(&bare(&back, like)) {
        assert_eq!(one, other);
    }
    assert_eq!(back.resources().len(), catalog.resources().len());
    assert_eq!(back.to_list(), rows);
    // repeated in every row, as another program writes it
    let last = column(&rows, "信息项名称");
    for at in 1..rows.len() {
        for cell in 0..last {
            let is_below = rows[at][column(&rows, "资源标识")].is_empty() || cell > 14;
            if at > 1 && rows[at][cell].is_empty() && is_below && rows[at][14].is_empty() {
                rows[at][cell] = rows[at - 1][cell].clone();
            }
        }
        if rows[at][14].is_empty() {
            rows[at][14] = rows[at - 1][14].clone();
        }
    }
    assert_eq!(
        List::read("清单", &rows, catalog, &none())
            .unwrap()
            .resources,
        161
    );
}

#[test]
fn columns_are_found_by_other_names_and_what_nobody_knows_is_kept() {
    let engine = engine();
    let catalog = engine.catalog().unwrap();
    let mut rows = catalog.to_list();
    let at = column(&rows, "信息资源名称");
    rows[0][at] = "资源名称".to_owned();
    rows[0].push("所属系统".to_owned());
    rows[1].push("一体化平台".to_owned());
    let list = List::read("清单", &rows, catalog, &none()).unwrap();
    assert_eq!(
        list.extensions,
        [Extension {
            cell: format!("清单!{}2", "AY"),
            head: "所属系统".to_owned(),
            text: "一体化平台".to_owned(),
        }]
    );
}

#[test]
fn a_wrong_cell_is_named_by_its_address() {
    let engine = engine();
    let good = engine.catalog().unwrap().to_list();
    let cases = [
        ("更新周期", "有时", "E-LIST-CELL"),
        ("信息资源提供方", "税务所", "E-LIST-NAME"),
        ("信息资源代码", "1.1E+17", "E-LIST-DAMAGED"),
        ("资源分级", "", "E-LIST-EMPTY"),
        ("信息项分级", "三", "E-LIST-CELL"),
        ("发布日期", "2026-02-30", "E-LIST-CELL"),
    ];
    for (head, text, code) in cases {
        let mut rows = good.clone();
        let at = column(&rows, head);
        rows[1][at] = text.to_owned();
        let expected = format!("{code} {}", address("清单", 1, at));
        assert_eq!(codes(&rows), [expected], "{head}");
    }
    let mut rows = good.clone();
    let at = column(&rows, "更新周期");
    rows[2][at] = "每年".to_owned();
    assert_eq!(
        codes(&rows),
        [format!("E-LIST-DIFFERS {}", address("清单", 2, at))]
    );
    let mut rows = good.clone();
    let at = column(&rows, "主键");
    for row in &mut rows {
        row.remove(at);
    }
    assert_eq!(codes(&rows), ["E-LIST-HEAD 清单!A1"]);
    let mut rows = good.clone();
    rows.push(good[1].clone());
    let twice = format!("E-LIST-TWICE {}", address("清单", good.len(), 0));
    assert!(codes(&rows).contains(&twice), "{:?}", codes(&rows));
}

#[test]
fn what_the_ministrys_columns_do_not_say_is_asked_for_and_filled_as_told() {
    let engine = engine();
    let catalog = engine.catalog().unwrap();
    let rows: Vec<Vec<String>> = [
        "信息资源代码,信息资源名称,信息资源提供方,共享类型,共享条件,更新周期,信息项名称,数据类型",
        "300003/00077,婚姻档案,民政厅,有条件共享,经授权,每月,公民身份号码,字符型",
        ",,,,,,登记日期,日期型D",
    ]
    .iter()
    .map(|line| line.split(',').map(str::to_owned).collect())
    .collect();
    let error = List::read("清单", &rows, catalog, &none()).unwrap_err();
    assert_eq!(error.code(), "E-LIST-HEAD");
    let fill = [
        ("来源状态", "推定"),
        ("记录对象", "事件"),
        ("主键", "公民身份号码"),
        ("记录次序", "按记录"),
        ("资源分级", "4"),
        ("信息项分级", "4"),
        ("个人信息", "一般"),
    ];
    let fill: BTreeMap<String, String> = fill
        .iter()
        .map(|(head, value)| ((*head).to_owned(), (*value).to_owned()))
        .collect();
    let list = List::read("清单", &rows, catalog, &fill).unwrap();
    assert_eq!((list.resources, list.items, list.made), (1, 0, 3));
    assert_eq!(list.filled, 8);
    assert!(list.toml.contains("key = \"f1\""), "{}", list.toml);
    let mut money = rows;
    money[2][7] = "货币型Y".to_owned();
    let error = List::read("清单", &money, catalog, &fill).unwrap_err();
    assert_eq!(error.code(), "E-LIST-EMPTY", "a letter says no period");
}

#[test]
fn columns_are_counted_as_spreadsheets_do() {
    let names = [
        (0, "A"),
        (25, "Z"),
        (26, "AA"),
        (51, "AZ"),
        (52, "BA"),
        (701, "ZZ"),
        (702, "AAA"),
    ];
    for (at, name) in names {
        assert_eq!(address("s", 0, at), format!("s!{name}1"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// What the built-in resources do not say comes back too.
    #[test]
    fn terms_come_back(
        zh in "[一-龥\"\\\\,，/a-z#]{1,12}",
        en in "[a-z\"\\\\,;:'=]{1,12}",
        years in proptest::option::of(1_u16..90),
        grace in proptest::option::of(0_u16..60),
        gone in proptest::bool::ANY,
    ) {
        let engine = engine();
        let mut catalog = engine.catalog().unwrap().clone();
        let words = Words { zh: zh.clone(), en };
        let first = catalog.resources.first_mut().unwrap();
        first.summary = words.clone();
        first.note = words.clone();
        first.openness = Some(Openness::Conditional(words.clone()));
        first.retention = Some(years.map_or(Retention::Permanent, Retention::Years));
        first.grace = grace;
        first.modes = crate::catalog::Mode::ALL.to_vec();
        first.formats = crate::catalog::Format::ALL.to_vec();
        first.published_on = chrono::NaiveDate::from_ymd_opt(2026, 2, 28);
        let last = catalog.resources.last_mut().unwrap();
        if gone {
            last.lifecycle = Lifecycle::Withdrawn {
                on: chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
                reason: words,
                successor: Some("income_tax".to_owned()),
            };
        }
        let list = List::read("清单", &catalog.to_list(), &catalog, &none()).unwrap();
        let like = &catalog.resources()[0].written;
        let back = load(&list);
        let (before, after) = (bare(&catalog, like), bare(&back, like));
        prop_assert_eq!(before.first(), after.first());
        prop_assert_eq!(before.last(), after.last());
    }
}
