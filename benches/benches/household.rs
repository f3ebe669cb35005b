//! One household: decided, explained, asked what if; the cost of a node; and the start from nothing.
#![expect(clippy::unwrap_used, reason = "a benchmark stops on a fault")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minzheng::packs::{BuiltIn, load, load_with_tests};
use minzheng_rules::facts::{Document, Input};
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_rules::scenario::Engine;
use minzheng_rules::truth::Truth;

/// National and demo packs, and the household of three of the pack test `dibao-gap`.
fn ready() -> (Engine, Input) {
    let engine = Engine::new(load_with_tests(&[BuiltIn::Nation, BuiltIn::Demo], &[]).unwrap());
    let test = engine
        .packs()
        .tests()
        .iter()
        .find(|t| t.id == "dibao-gap")
        .unwrap();
    let input = engine
        .packs()
        .bind(&Document::from_table("household.toml", &test.document))
        .unwrap();
    assert_eq!(input.row_count(1), 3, "the bar is for a household of three");
    (engine, input)
}

fn household(c: &mut Criterion) {
    let (engine, input) = ready();
    let mut group = c.benchmark_group("household of 3, all programmes");
    group.bench_function("outcomes only", |b| {
        b.iter(|| black_box(engine.decide(black_box(&input))));
    });
    group.bench_function("explanation data kept", |b| {
        b.iter(|| black_box(engine.evaluate(black_box(&input))));
    });
    let answer = engine.evaluate(&input);
    group.bench_function("explanation as JSON", |b| {
        b.iter(|| black_box(serde_json::to_string(&answer.explain()).unwrap()));
    });
    group.bench_function("missing facts", |b| b.iter(|| black_box(answer.missing())));
    group.finish();
}

/// How often the rule of [`nodes`] is repeated: chains deeper than about 200 are not decided on demand.
const LINKS: u64 = 100;

/// Every link is five nodes: a fact, a sum with the link before, the formula that names it, a comparison of it, and the condition that
/// names that. No condition fails, so all are needed, once each.
fn nodes(c: &mut Criterion) {
    let words = r#"title = { zh = "甲", en = "a" }"#;
    let mut pack = format!(
        "[pack]\nid = 'chain'\n{words}\npublisher = 'bench'\nversion = '1'\nlevel = 'nation'\nplace = '000000'\n\
         reviewed_on = 2026-01-01\n[[entity]]\nid = 'case'\n\
         [[programme]]\nid = 'help'\nentity = 'case'\norder = 1\nfrom = 2020-01-01\nstatus = 'invented'\n{words}\n"
    );
    let since = "from = 2020-01-01\npublished = 2020-01-01\nstatus = 'invented'";
    for link in 0..LINKS {
        writeln!(
            pack,
            "[[programme.condition]]\nid = 'low_{link}'\n{since}\n{words}\nexpr = 'sum_{link} < yuan(1000000)'"
        )
        .unwrap();
    }
    let mut case = String::from("on = 2026-01-01\n[case]\n");
    for link in 0..LINKS {
        let before = link
            .checked_sub(1)
            .map_or_else(String::new, |before| format!("sum_{before} + "));
        writeln!(
            pack,
            "[[fact]]\nid = 'fact_{link}'\nentity = 'case'\ntype = 'money'\n{words}\n\
             [[formula]]\nid = 'sum_{link}'\nentity = 'case'\ntype = 'money'\n{since}\nexpr = '{before}fact_{link}'"
        )
        .unwrap();
        writeln!(case, "fact_{link} = '12.50'").unwrap();
    }
    let pack = PackSource::new(vec![SourceFile::new("pack.toml", pack)]);
    let engine = Engine::new(PackSet::load(&[pack]).unwrap());
    let document = Document::from_toml("case.toml", &case).unwrap();
    let input = engine.packs().bind(&document).unwrap();
    assert_eq!(engine.decide(&input), [Truth::True], "every link counts");
    let mut group = c.benchmark_group("a chain of nodes");
    group.throughput(Throughput::Elements(5 * LINKS));
    group.bench_function("outcomes only", |b| {
        b.iter(|| black_box(engine.decide(black_box(&input))));
    });
    group.bench_function("explanation data kept", |b| {
        b.iter(|| black_box(engine.evaluate(black_box(&input))));
    });
    group.finish();
}

fn what_if(c: &mut Criterion) {
    let (engine, input) = ready();
    let overlay = engine
        .packs()
        .overlay_from_words("standard.dibao", "900", &[])
        .unwrap();
    c.bench_function("what-if: one figure", |b| {
        b.iter(|| {
            let mut changed = input.clone();
            changed.add_overlays([overlay.clone()]);
            black_box(engine.evaluate(&changed))
        });
    });
}

fn cold_start(c: &mut Criterion) {
    let mut group = c.benchmark_group("cold start");
    group.sample_size(20);
    group.bench_function("load, check and link all built-in packs", |b| {
        b.iter(|| {
            let engine = Engine::new(load(&BuiltIn::ALL, &[]).unwrap());
            let text = "on = 2026-09-01\n[household]\nregistration_place = \"159921\"";
            black_box(
                engine
                    .assess(&Document::from_toml("empty.toml", text).unwrap())
                    .unwrap(),
            )
        });
    });
    group.finish();
}

criterion_group!(benches, household, nodes, what_if, cold_start);
criterion_main!(benches);
