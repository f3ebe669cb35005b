//! The catalogue in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use minzheng::catalog::{
    Board, Catalog, Cycle, Effect, Freshness, Impact, Left, Lineage, Node, Query, Resource,
    Sharing, When,
};
use minzheng::{Engine, Lang};
use minzheng_rules::pack::PackSet;
use serde_json::{Value, json};

use crate::output::{self, bold, dim, markdown_table, pick, table};

const SHARING: [(&str, (&str, &str)); 3] = [
    ("unconditional", ("无条件共享", "unconditional")),
    ("conditional", ("有条件共享", "conditional")),
    ("withheld", ("不予共享", "withheld")),
];

fn sharing(of: &Sharing, lang: Lang) -> &'static str {
    let word = SHARING.iter().find(|(word, _)| *word == of.word());
    word.map_or("", |(_, words)| pick(*words, lang))
}

const CYCLES: [(Cycle, (&str, &str)); 7] = [
    (Cycle::Realtime, ("实时", "as it happens")),
    (Cycle::Daily, ("每日", "daily")),
    (Cycle::Weekly, ("每周", "weekly")),
    (Cycle::Monthly, ("每月", "monthly")),
    (Cycle::Quarterly, ("每季度", "quarterly")),
    (Cycle::Yearly, ("每年", "yearly")),
    (Cycle::Irregular, ("不定期", "as it comes")),
];

fn cycle(of: Cycle, lang: Lang) -> &'static str {
    let word = CYCLES.iter().find(|(cycle, _)| *cycle == of);
    word.map_or("", |(_, words)| pick(*words, lang))
}

/// One line of a list.
fn line(catalog: &Catalog, of: &Resource, lang: Lang) -> Vec<String> {
    let owner = of
        .line
        .as_deref()
        .and_then(|l| catalog.line(l))
        .map(|l| &l.title);
    let owner = owner.or_else(|| catalog.provider(of).map(|p| &p.title));
    vec![
        of.id.clone(),
        of.title.of(lang).to_owned(),
        owner.map_or_else(String::new, |t| t.of(lang).to_owned()),
        cycle(of.cycle, lang).to_owned(),
        sharing(&of.sharing, lang).to_owned(),
        of.grade.level().to_string(),
        of.status.word().to_owned(),
    ]
}

const HEADS: [(&str, &str); 7] = [
    ("编号", "id"),
    ("名称", "title"),
    ("业务领域、部门", "line or department"),
    ("更新周期", "comes"),
    ("共享", "sharing"),
    ("分级", "grade"),
    ("来源", "status"),
];

pub(super) fn found(
    catalog: &Catalog,
    query: &Query<'_>,
    limit: Option<usize>,
    json: bool,
    lang: Lang,
) -> String {
    let hits = catalog.search(query);
    let facets = catalog.facets(hits.iter().map(|h| h.resource.as_str()));
    let shown = hits.iter().take(limit.unwrap_or(usize::MAX));
    if json {
        let rows = shown.map(|hit| {
            let title = catalog.resource(&hit.resource).map(|r| &r.title);
            json!({ "id": hit.resource, "title": title, "score": hit.score, "fields": hit.fields })
        });
        let rows: Vec<Value> = rows.collect();
        return output::json(&json!({ "total": hits.len(), "hits": rows, "facets": facets }));
    }
    if hits.is_empty() {
        let none = (
            "没有找到。可以少写几个词，或者用 `minzheng catalog list` 查看全部。\n",
            "Nothing fits. Try fewer words, or see all with `minzheng catalog list`.\n",
        );
        return pick(none, lang).to_owned();
    }
    let mut rows = vec![HEADS.iter().map(|h| pick(*h, lang).to_owned()).collect()];
    rows.extend(
        shown.filter_map(|hit| Some(line(catalog, catalog.resource(&hit.resource)?, lang))),
    );
    let count = rows.len().saturating_sub(1);
    let end = match lang {
        Lang::Zh => format!("{count}项，共{}项。", hits.len()),
        Lang::En => format!("{count} of {}.", hits.len()),
    };
    format!("{}{}\n", table(&rows), dim(&end))
}

pub(super) fn show(
    packs: &PackSet,
    catalog: &Catalog,
    of: &Resource,
    lineage: &Lineage,
    lang: Lang,
) -> String {
    let mut out = format!("{}\n", bold(&format!("{} ({})", of.title.of(lang), of.id)));
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut say = |head: (&str, &str), text: String| {
        if !text.is_empty() {
            rows.push(vec![pick(head, lang).to_owned(), text]);
        }
    };
    say(("摘要", "summary"), of.summary.of(lang).to_owned());
    say(
        ("代码", "code"),
        of.code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    );
    let provider = catalog.provider(of).map(|p| p.title.of(lang).to_owned());
    say(("提供方", "kept by"), provider.unwrap_or_default());
    let business = of.line.as_deref().and_then(|l| catalog.line(l));
    say(
        ("业务领域", "line"),
        business.map_or_else(String::new, |l| l.title.of(lang).to_owned()),
    );
    say(("更新周期", "comes"), cycle(of.cycle, lang).to_owned());
    let mut terms = sharing(&of.sharing, lang).to_owned();
    if let Sharing::Conditional(words) = &of.sharing {
        let _ = write!(terms, ": {}", words.of(lang));
    }
    say(("共享属性", "sharing"), terms);
    say(
        ("开放属性", "openness"),
        of.openness.as_ref().map_or("", |o| o.word()).to_owned(),
    );
    say(("分级", "grade"), of.grade.level().to_string());
    say(("个人信息", "personal"), of.personal.word().to_owned());
    let mut status = of.status.word().to_owned();
    if !of.seen.of(lang).is_empty() {
        let _ = write!(status, ": {}", of.seen.of(lang));
    }
    say(("来源", "status"), status);
    let inferred: Vec<&str> = of.inferred.iter().map(|i| i.word()).collect();
    say(("推定的内容", "seen nowhere"), inferred.join(", "));
    let ground: Vec<String> = of.cite.iter().map(|c| packs.cite_words(c)).collect();
    say(("依据", "ground"), ground.join("; "));
    say(("说明", "note"), of.note.of(lang).to_owned());
    out.push_str(&table(&rows));
    out.push('\n');
    let heads = [
        ("信息项", "field"),
        ("名称", "title"),
        ("类型", "type"),
        ("必填", "required"),
        ("分级", "grade"),
        ("数据元", "element"),
    ];
    let mut rows = vec![
        heads
            .iter()
            .map(|h| pick(*h, lang).to_owned())
            .collect::<Vec<_>>(),
    ];
    for field in &of.fields {
        let source = field.element.as_deref().and_then(|e| {
            let (at, _) = catalog.source_of(e)?;
            let is_source = at.id == of.id;
            let words = if is_source {
                pick(("数源", "its source"), lang)
            } else {
                at.title.of(lang)
            };
            Some(format!("{e} ({words})"))
        });
        rows.push(vec![
            field.id.clone(),
            field.title.of(lang).to_owned(),
            field.ty.to_string(),
            if field.required { "✓" } else { "" }.to_owned(),
            field.grade.level().to_string(),
            source.unwrap_or_default(),
        ]);
    }
    out.push_str(&table(&rows));
    let steps = lineage.downstream(&Node::Resource(of.id.clone()));
    for kind in ["fact", "condition", "programme", "amount", "model"] {
        let of_kind: Vec<&Node> = steps
            .iter()
            .map(|s| &s.node)
            .filter(|n| n.kind() == kind)
            .collect();
        if let Some(first) = of_kind.first() {
            let ids: Vec<String> = of_kind.iter().map(|n| n.id()).collect();
            let _ = write!(
                out,
                "\n{} ({}): {}\n",
                bold(first.kind_words(lang)),
                ids.len(),
                ids.join(", ")
            );
        }
    }
    out
}

fn way(path: &[Node]) -> String {
    path.iter().map(Node::id).collect::<Vec<_>>().join(" → ")
}

/// What a field, fact or rule comes from, and what comes of it.
pub(super) fn ways(lineage: &Lineage, id: &str, lang: Lang) -> Result<String, minzheng::Error> {
    let mut out = String::new();
    for node in lineage.find(id)? {
        let title = lineage.title(node).map_or("", |t| t.of(lang));
        let _ = writeln!(
            out,
            "{}",
            bold(&format!("{} {title} ({id})", node.kind_words(lang)))
        );
        let both = [
            (("来自", "comes from"), lineage.upstream(node)),
            (("用于", "is used by"), lineage.downstream(node)),
        ];
        for (head, steps) in both {
            let _ = writeln!(out, "{} ({})", pick(head, lang), steps.len());
            let rows: Vec<Vec<String>> = steps
                .iter()
                .map(|s| {
                    vec![
                        format!("  {}", s.node.kind_words(lang)),
                        s.node.id(),
                        dim(&way(&s.path)),
                    ]
                })
                .collect();
            out.push_str(&table(&rows));
        }
    }
    Ok(out)
}

const EFFECTS: [(Effect, (&str, &str)); 3] = [
    (
        Effect::Undetermined,
        (
            "无法判定：没有任何来源能够说明所需事实",
            "undetermined: nothing says a fact it needs",
        ),
    ),
    (
        Effect::Unverified,
        (
            "未经核实：所需事实只有申报或者认定，没有数据印证",
            "unverified: a fact it needs rests on a declaration or a finding alone",
        ),
    ),
    (
        Effect::Weakened,
        (
            "可能改变：只问所需事实是否已知",
            "weakened: it asks whether a fact is known, and can answer otherwise",
        ),
    ),
];

pub(super) fn quiet(impact: &Impact, steps: bool, lang: Lang) -> String {
    let mut out = format!(
        "{} {}\n",
        bold(pick(("失去", "Lost:"), lang)),
        impact.lost.join(", ")
    );
    let rows: Vec<Vec<String>> = impact
        .facts
        .iter()
        .map(|f| {
            let left = match &f.left {
                Left::Nothing => pick(("未知", "unknown"), lang).to_owned(),
                Left::Declared(by) => format!("{} {}", pick(("只有", "only"), lang), by.join(", ")),
                Left::Other(others) => format!(
                    "{} {}",
                    pick(("另有", "still from"), lang),
                    others.join(", ")
                ),
            };
            vec![f.fact.id(), f.title.of(lang).to_owned(), left]
        })
        .collect();
    let _ = writeln!(
        out,
        "\n{} ({})",
        bold(pick(("事实", "Facts"), lang)),
        rows.len()
    );
    out.push_str(&table(&rows));
    for (effect, words) in EFFECTS {
        let all: Vec<_> = impact.with(effect).collect();
        if all.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{} ({})", bold(pick(words, lang)), all.len());
        let rows = all
            .iter()
            .filter(|q| q.through().is_none() && (steps || q.node.kind() != "formula"));
        let rows: Vec<Vec<String>> = rows
            .map(|q| {
                let kind = q.node.kind_words(lang).to_owned();
                vec![
                    kind,
                    q.node.id(),
                    q.title.of(lang).to_owned(),
                    dim(&way(&q.path)),
                ]
            })
            .collect();
        out.push_str(&table(&rows));
        let mut others: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for q in &all {
            if let (Some(through), Node::Programme(id)) = (q.through(), &q.node) {
                others.entry(through).or_default().insert(id.clone());
            }
        }
        for (through, ids) in others {
            let ids: Vec<String> = ids.into_iter().collect();
            let _ = match lang {
                Lang::Zh => writeln!(out, "经由项目 {through} 的结果：{}", ids.join("、")),
                Lang::En => writeln!(out, "through the outcome of {through}: {}", ids.join(", ")),
            };
        }
    }
    if impact.quiet.is_empty() {
        out.push_str(pick(
            (
                "没有规则、项目或者模型受影响。\n",
                "No rule, programme or model goes quiet.\n",
            ),
            lang,
        ));
    }
    if !impact.elements.is_empty() {
        let head = pick(("失去数源的数据元", "Elements without their source"), lang);
        let _ = writeln!(out, "\n{}: {}", bold(head), impact.elements.join(", "));
    }
    out
}

pub(super) fn board_words(catalog: &Catalog, board: &Board, lang: Lang) -> String {
    let rows: Vec<Vec<String>> = board
        .lines
        .iter()
        .map(|l| {
            let state = match (l.state, lang) {
                (Freshness::Fresh, Lang::Zh) => "正常".to_owned(),
                (Freshness::Fresh, Lang::En) => "fresh".to_owned(),
                (Freshness::Due(until), Lang::Zh) => format!("应更新，至{until}"),
                (Freshness::Due(until), Lang::En) => format!("due, in time until {until}"),
                (Freshness::Late(days), Lang::Zh) => format!("迟{days}个工作日"),
                (Freshness::Late(days), Lang::En) => format!("late by {days} working days"),
                (Freshness::Never, Lang::Zh) => "从未到达".to_owned(),
                (Freshness::Never, Lang::En) => "never came".to_owned(),
            };
            let of = catalog.resource(&l.resource);
            vec![
                l.resource.clone(),
                of.map_or("", |r| r.title.of(lang)).to_owned(),
                of.map_or("", |r| cycle(r.cycle, lang)).to_owned(),
                l.last
                    .as_ref()
                    .map_or_else(String::new, |d| d.as_of.to_string()),
                l.next.map_or_else(String::new, |d| d.to_string()),
                state,
            ]
        })
        .collect();
    table(&rows)
}

/// The reference page: every resource by department or line, with its fields and what stands on it.
pub(super) fn reference(engine: &Engine, catalog: &Catalog, lang: Lang) -> String {
    let mut out = String::from(pick(
        (
            "# 数据资源目录\n\n由 `cargo xtask gen` 写出，请勿手改。\n",
            "# The built-in catalogue\n\nWritten by `cargo xtask gen`; do not edit.\n",
        ),
        lang,
    ));
    // what stands on a resource is said for the day the packs were looked over
    let reviewed = engine.packs().packs().iter().map(|p| p.reviewed_on).max();
    let lineage = reviewed.and_then(|day| engine.lineage(When::day(day.to_date())).ok());
    let heads = [
        ("编号", "id"),
        ("名称", "title"),
        ("来源", "status"),
        ("更新", "comes"),
        ("共享", "sharing"),
        ("分级", "grade"),
        ("信息项", "fields"),
        ("支持的事实", "facts on it"),
    ];
    let mut section = |title: &str, all: Vec<&Resource>| {
        if all.is_empty() {
            return;
        }
        let _ = write!(out, "\n## {title} ({})\n\n", all.len());
        let rows = all.into_iter().map(|r| {
            let fields: Vec<String> = r.fields.iter().map(|f| format!("`{}`", f.id)).collect();
            let next = lineage
                .as_ref()
                .map(|l| l.downstream(&Node::Resource(r.id.clone())));
            let facts: Vec<String> = next
                .into_iter()
                .flatten()
                .filter(|s| s.node.kind() == "fact")
                .map(|s| format!("`{}`", s.node.id()))
                .collect();
            vec![
                format!("`{}`", r.id),
                r.title.of(lang).to_owned(),
                r.status.word().to_owned(),
                cycle(r.cycle, lang).to_owned(),
                sharing(&r.sharing, lang).to_owned(),
                r.grade.level().to_string(),
                fields.join(" "),
                facts.join(" "),
            ]
        });
        out.push_str(&markdown_table(&heads, rows, lang));
    };
    section(
        pick(("33个数据项", "The 33 items"), lang),
        catalog.items().collect(),
    );
    for line in catalog.lines() {
        let is_its = |r: &&Resource| r.line.as_deref() == Some(line.id.as_str());
        section(line.title.of(lang), catalog.own().filter(is_its).collect());
    }
    out
}
