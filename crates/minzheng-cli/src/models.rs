//! The warning models: list, show, test.

use std::fmt::Write as _;
use std::path::PathBuf;

use minzheng::warning::{Model, Models, Named, Target};
use minzheng::{Engine, Lang};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Words;

use crate::args::ModelsCommand;
use crate::output::{bold, json, markdown_table, pick, table};
use crate::{Failure, Outcome, input, params};

/// Does what was asked.
pub(crate) fn run(command: ModelsCommand, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    match command {
        ModelsCommand::List {
            group,
            json: as_json,
            markdown,
        } => {
            let engine = input::engine(packs)?;
            let models = engine.models().map_err(told)?;
            if let Some(id) = &group {
                models.group(id).map_err(told)?;
            }
            let wanted = |m: &&Model| group.as_ref().is_none_or(|g| m.group == *g);
            let list: Vec<&Model> = models.all().iter().filter(wanted).collect();
            Ok(if as_json {
                json(&models.to_json(engine.packs()))
            } else if markdown {
                reference(&engine, models, &list, lang)
            } else {
                lines(models, &list, lang)
            })
        }
        ModelsCommand::Show {
            model,
            json: as_json,
        } => {
            let engine = input::engine(packs)?;
            let models = engine.models().map_err(told)?;
            let found = models.get(&model).map_err(told)?;
            Ok(if as_json {
                json(&found.to_json(engine.packs()))
            } else {
                let (head, mut rows) = told_in_rows(&engine, models, found, lang);
                let written = engine.packs().origin_words(&found.written);
                rows.push(vec![pick(("所在", "written in"), lang).to_owned(), written]);
                format!("{}\n{}", bold(&head), table(&rows))
            })
        }
        ModelsCommand::Test { model } => {
            let engine = input::engine_with_tests(packs)?;
            if let Some(id) = &model {
                engine.models().map_err(told)?.get(id).map_err(told)?;
            }
            test(&engine, model.as_deref(), lang)
        }
    }
}

fn both(words: &Words, lang: Lang) -> String {
    let (own, other) = match lang {
        Lang::Zh => (&words.zh, &words.en),
        Lang::En => (&words.en, &words.zh),
    };
    format!("{own} ({other})")
}

/// One line a model.
fn lines(models: &Models, list: &[&Model], lang: Lang) -> String {
    let heads = [
        ("模型", "model"),
        ("名称", "title"),
        ("方向", "direction"),
        ("等级", "level"),
        ("对象", "of"),
        ("来源", "seen"),
        ("启用", "on"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for model in list {
        rows.push(vec![
            model.id.clone(),
            model.title.of(lang).to_owned(),
            model.direction.words(lang).to_owned(),
            model.level.words(lang).to_owned(),
            target(model.target, lang).to_owned(),
            seen(model, lang).to_owned(),
            is_on(model.enabled, lang).to_owned(),
        ]);
    }
    let mut out = table(&rows);
    let _ = writeln!(
        out,
        "{}",
        match lang {
            Lang::Zh => format!("共 {} 个模型，{} 个组", list.len(), models.groups().len()),
            Lang::En => format!("{} models, {} groups", list.len(), models.groups().len()),
        }
    );
    out
}

const fn target(target: Target, lang: Lang) -> &'static str {
    match target {
        Target::Household => pick(("家庭", "households"), lang),
        Target::Person => pick(("个人", "people"), lang),
    }
}

fn seen(model: &Model, lang: Lang) -> &'static str {
    let words = match model.status.word() {
        "published" => ("已公布", "published"),
        "part_inferred" => ("部分推定", "part inferred"),
        _ => ("推定", "inferred"),
    };
    pick(words, lang)
}

const fn is_on(enabled: bool, lang: Lang) -> &'static str {
    if enabled {
        pick(("是", "yes"), lang)
    } else {
        pick(("否", "no"), lang)
    }
}

/// Everything about a model: a heading and rows of a key and words.
fn told_in_rows(
    engine: &Engine,
    models: &Models,
    model: &Model,
    lang: Lang,
) -> (String, Vec<Vec<String>>) {
    let set = engine.packs();
    let l = |zh, en| pick((zh, en), lang).to_owned();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut put = |key: String, text: String| {
        if !text.is_empty() {
            rows.push(vec![key, text]);
        }
    };
    let group = models.groups().iter().find(|g| g.id == model.group);
    let group = group.map_or(model.group.as_str(), |g| g.title.of(lang));
    put(l("组", "group"), group.to_owned());
    put(
        l("方向", "direction"),
        model.direction.words(lang).to_owned(),
    );
    put(l("等级", "level"), model.level.words(lang).to_owned());
    if let Some(handling) = models.handling(model) {
        let words = format!(
            "{} (`{}`, `{}`)",
            handling.title.of(lang),
            handling.due,
            handling.quiet
        );
        put(l("办理", "handling"), words);
    }
    if let Some(population) = &model.population {
        put(l("范围", "population"), rule(set, population, lang));
    } else {
        put(l("范围", "population"), l("全部", "everybody"));
    }
    put(l("触发", "trigger"), rule(set, &model.trigger, lang));
    for id in &model.thresholds {
        put(l("预警线", "threshold"), threshold(set, id, lang));
    }
    if let Some(compared) = &model.compares {
        let figure = evidence(engine, &compared.figure, lang);
        let words = format!("{figure} {}", compared.side.sign());
        put(l("比较数值", "figure compared"), words);
    }
    for named in &model.evidence {
        put(l("依据数据", "evidence"), evidence(engine, named, lang));
    }
    put(
        l("说明", "sentence"),
        model.sentence.written().of(lang).to_owned(),
    );
    put(l("含义", "a hit means"), model.meaning.of(lang).to_owned());
    put(
        l("不等于", "it does not mean"),
        model.not_meaning.of(lang).to_owned(),
    );
    for words in &model.false_alarms {
        put(l("常见误报", "false alarm"), words.of(lang).to_owned());
    }
    put(l("来源状态", "status"), seen(model, lang).to_owned());
    put(l("见于", "seen"), model.seen.of(lang).to_owned());
    let cite: Vec<String> = model.cite.iter().map(|c| set.cite_words(c)).collect();
    put(l("依据", "ground"), cite.join(pick(("；", "; "), lang)));
    if let Some(prior) = &model.prior {
        let words = format!(
            "{}/{}: {}",
            prior.confirmed,
            prior.suspected,
            prior.seen.of(lang)
        );
        put(l("公布的准确数", "published precision"), words);
    }
    if !model.enabled {
        put(
            l("启用", "on"),
            l("默认不启用", "off unless a place or --only asks for it"),
        );
    }
    put(l("备注", "note"), model.note.of(lang).to_owned());
    (format!("{} {}", model.id, both(&model.title, lang)), rows)
}

/// A formula with the rule of its newest version.
fn rule(set: &PackSet, id: &str, lang: Lang) -> String {
    let Some(formula) = set.formula(id) else {
        return id.to_owned();
    };
    let newest = formula
        .versions
        .iter()
        .max_by_key(|v| (v.from, v.published));
    let text = newest.map_or_else(String::new, |v| {
        let words: Vec<&str> = v.value.text.split_whitespace().collect();
        words.join(" ")
    });
    format!("{} (`{id}`): `{text}`", formula.title.of(lang))
}

/// A parameter with its values.
fn threshold(set: &PackSet, id: &str, lang: Lang) -> String {
    let Some(parameter) = set.parameter(id) else {
        return id.to_owned();
    };
    let mut values = Vec::new();
    for row in &parameter.rows {
        let place = row.place.map_or_else(
            || pick(("默认", "default"), lang).to_owned(),
            |code| set.places().name(code),
        );
        let keys = params::keys(set, parameter, &row.value);
        let keys = if keys.is_empty() {
            keys
        } else {
            format!(" {keys}")
        };
        let mut ground: Vec<String> = row.cite.iter().map(|c| set.cite_words(c)).collect();
        let note = row.note.of(lang);
        if !note.is_empty() {
            ground.push(note.to_owned());
        }
        values.push(format!(
            "{place}{keys} {} {} [{}] {}",
            params::value(set, parameter, &row.value, lang),
            row.from,
            row.status.word(),
            ground.join("; ")
        ));
    }
    if values.is_empty() {
        let setter = parameter.setter.of(lang);
        values.push(match lang {
            Lang::Zh => format!("没有数值，由{setter}确定"),
            Lang::En => format!("no value; set by {setter}"),
        });
    }
    let title = parameter.title.of(lang);
    format!("{title} (`{id}`): {}", values.join(" | "))
}

/// A fact with the items that say it, or a formula.
fn evidence(engine: &Engine, named: &Named, lang: Lang) -> String {
    let set = engine.packs();
    let title = named.title(set).map_or("", |w| w.of(lang));
    let mut out = format!("{title} (`{}`)", named.id());
    if let (Named::Fact(whose, id), Ok(basis)) = (named, engine.basis()) {
        let rows = basis.evidence.iter();
        let rows = rows.filter(|e| e.entity == whose.word() && e.fact == *id);
        let items: Vec<String> = rows
            .map(|e| {
                let title = basis
                    .catalog
                    .resource(&e.item)
                    .map_or("", |r| r.title.of(lang));
                format!("{title} {}", e.window.word())
            })
            .collect();
        if !items.is_empty() {
            let _ = write!(out, ": {}", items.join("; "));
        }
    }
    out
}

/// Every model as Markdown, by group.
fn reference(engine: &Engine, models: &Models, list: &[&Model], lang: Lang) -> String {
    let title = pick(("预警模型", "Warning models"), lang);
    let mut out = format!("# {title}\n\n");
    let lead = match lang {
        Lang::Zh => format!(
            "由 `minzheng models list --markdown` 生成，不要手工修改。共 {} 个模型。命中只是疑点，由人核实；每个模型都是规则包中的一行。\n",
            list.len()
        ),
        Lang::En => format!(
            "Written by `minzheng models list --markdown`; do not edit. {} models. A hit is a suspicion for a person to check; every \
             model is a row of a pack ([adding one](../guide/adding-a-model.md)).\n",
            list.len()
        ),
    };
    out.push_str(&lead);
    for group in models.groups() {
        let own: Vec<&&Model> = list.iter().filter(|m| m.group == group.id).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {}\n", both(&group.title, lang));
        for model in own {
            let (head, rows) = told_in_rows(engine, models, model, lang);
            let (id, words) = head.split_once(' ').unwrap_or((head.as_str(), ""));
            let table = markdown_table(&[("", ""), ("", "")], rows, lang);
            let _ = write!(out, "\n### `{id}` {words}\n\n{table}");
        }
    }
    out
}

/// Runs the cases of the models.
fn test(engine: &Engine, only: Option<&str>, lang: Lang) -> Outcome {
    let cases = engine
        .test_models()
        .map_err(|e| Failure::Refused(e.lines(lang)))?;
    let of = |model: &str| only.is_none_or(|id| id == model);
    let (mut out, mut failed, mut run) = (String::new(), 0_usize, 0_usize);
    for case in cases.iter().filter(|c| of(&c.model)) {
        run = run.saturating_add(case.tests.len());
        if case.passed() {
            continue;
        }
        failed = failed.saturating_add(1);
        if case.tests.is_empty() {
            let _ = match lang {
                Lang::Zh => writeln!(out, "{}-{}: 没有这样的用例", case.model, case.kind.word()),
                Lang::En => writeln!(
                    out,
                    "{}-{}: there is no such case",
                    case.model,
                    case.kind.word()
                ),
            };
        }
        for line in &case.wrong {
            let _ = writeln!(out, "{line}");
        }
    }
    let models = cases.iter().filter(|c| of(&c.model)).count().div_euclid(4);
    let last = match lang {
        Lang::Zh => format!("{models} 个模型，{run} 个用例，{failed} 处不符"),
        Lang::En => format!("{models} models, {run} cases, {failed} not as they should be"),
    };
    out.push_str(&last);
    out.push('\n');
    if failed > 0 {
        return Err(Failure::Refused(out.trim_end().to_owned()));
    }
    Ok(out)
}
