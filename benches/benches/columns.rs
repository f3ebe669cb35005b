//! Columns: every programme over a sample of a province, and what one row costs.
#![expect(clippy::unwrap_used, reason = "a benchmark stops on a fault")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minzheng::packs::{BuiltIn, load};
use minzheng_rules::columnar::Request;
use minzheng_rules::date::Day;
use minzheng_rules::scenario::Engine;
use minzheng_testkit::tables::{Mix, random};

/// Random rows: all facts given, a few in a hundred unknown, one day, twelve banners.
fn mix() -> Mix {
    Mix {
        cases: 60_000,
        seed: 1,
        days: vec![Day::parse("2026-08-25").unwrap()],
        places: vec![159_921],
        unknown: 3,
        given: 100,
        findings: 0,
    }
}

fn programmes(c: &mut Criterion) {
    let engine = Engine::new(load(&BuiltIn::ALL, &[]).unwrap());
    let batch = random(engine.packs(), &mix()).unwrap();
    let columns = engine.columns(Request::default()).unwrap();
    let mut group = c.benchmark_group("columns");
    group.sample_size(10);
    group.throughput(Throughput::Elements(u64::try_from(batch.rows(1)).unwrap()));
    group.bench_function("all programmes, per person", |b| {
        b.iter(|| black_box(columns.run(black_box(&batch))));
    });
    group.finish();
}

criterion_group!(benches, programmes);
criterion_main!(benches);
