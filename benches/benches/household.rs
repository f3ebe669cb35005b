//! One household: decided, explained, asked what if; and the start from nothing.
#![expect(clippy::unwrap_used, reason = "a benchmark stops on a fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use minzheng::packs::{BuiltIn, load, load_with_tests};
use minzheng_rules::facts::{Document, Input};
use minzheng_rules::scenario::Engine;

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

criterion_group!(benches, household, what_if, cold_start);
criterion_main!(benches);
