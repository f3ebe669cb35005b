//! Kernels: what one operation costs for one row, by chains of like operations over known and missing facts.
//!
//! The time of a bench is that of a whole run over a batch; its elements are rows × operations. Loading the facts and writing one
//! output is in it, so a chain is long beside them; the bench `load` is that alone.
#![expect(clippy::unwrap_used, reason = "a benchmark stops on a fault")]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "small numbers of the bench's own making"
)]

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use minzheng_rules::columnar::{Batch, Bitmap, Column, Dates, Request, Table, Values};
use minzheng_rules::date::Day;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_rules::scenario::Engine;

const CASES: usize = 60_000;
/// Members of every case.
const MEMBERS: usize = 2;
/// Operations of a chain.
const LINKS: usize = 16;

/// A kernel: its words, the expression that repeats it, how often, and whether over members.
struct Kernel {
    name: &'static str,
    expr: String,
    times: usize,
    members: bool,
}

/// The links of a chain, joined.
fn chain(links: usize, joint: &str, link: impl Fn(usize) -> String) -> String {
    (0..links).map(link).collect::<Vec<_>>().join(joint)
}

fn kernels() -> Vec<Kernel> {
    let row = |name, times, expr| Kernel {
        name,
        expr,
        times,
        members: false,
    };
    let below = |name, times, expr| Kernel {
        name,
        expr,
        times,
        members: true,
    };
    vec![
        row("load", 1, "a0".to_owned()),
        row("load, some missing", 1, "m0".to_owned()),
        row(
            "compare and and",
            LINKS,
            chain(LINKS, " && ", |i| format!("a0 < yuan({})", 90 - i)),
        ),
        row(
            "compare and and, some missing",
            LINKS,
            chain(LINKS, " && ", |i| format!("m0 < yuan({})", 90 - i)),
        ),
        row(
            "and",
            LINKS,
            chain(LINKS, " || ", |i| format!("(p{} && p{})", i % 4, 4 + i / 4)),
        ),
        row("add", LINKS, chain(LINKS, " + ", |i| format!("a{}", i % 8))),
        row(
            "add, some missing",
            LINKS,
            chain(LINKS, " + ", |i| format!("m{}", i % 8)),
        ),
        row(
            "subtract",
            LINKS,
            chain(LINKS, " - ", |i| format!("a{}", i % 8)),
        ),
        row(
            "multiply, proved",
            8,
            chain(8, " + ", |i| format!("a{i} * n")),
        ),
        row(
            "multiply, checked",
            8,
            chain(8, " + ", |i| format!("u{i} * n")),
        ),
        row(
            "divide by each row's own",
            8,
            chain(8, " + ", |i| format!("div_round(a{i}, n, down)")),
        ),
        row(
            "divide by a constant",
            8,
            chain(8, " + ", |i| format!("round_to(a{i}, yuan(1), up)")),
        ),
        row("figure by a key", 1, "standard.relief(kind)".to_owned()),
        below(
            "sum",
            8,
            chain(8, " + ", |i| format!("members.sum(m, m.b{i})")),
        ),
        below(
            "sum, some missing",
            8,
            chain(8, " + ", |i| format!("members.sum(m, m.c{i})")),
        ),
        below(
            "count",
            8,
            chain(8, " + ", |i| format!("members.count(m, m.q{i})")),
        ),
        below(
            "any",
            8,
            chain(8, " && ", |i| format!("members.exists(m, m.q{i})")),
        ),
        below(
            "highest",
            8,
            chain(8, " + ", |i| format!("members.max(m, m.b{i})")),
        ),
    ]
}

fn pack(kernels: &[Kernel]) -> PackSet {
    let words = r#"title = { zh = "甲", en = "a" }"#;
    let since = "from = 2020-01-01\npublished = 2020-01-01\nstatus = 'invented'";
    let mut text = format!(
        "[pack]\nid = 'kernels'\n{words}\npublisher = 'bench'\nversion = '1'\nlevel = 'nation'\nplace = '000000'\n\
         reviewed_on = 2026-01-01\n[[entity]]\nid = 'case'\n[[entity]]\nid = 'person'\nparent = 'case'\ncollection = 'members'\n\
         [[codes]]\nid = 'kind'\n{words}\nvalues = [{{ id = 'k0', zh = '一', en = 'one' }}, {{ id = 'k1', zh = '二', en = 'two' }}]\n\
         [[parameter]]\nid = 'standard.relief'\ntype = 'money'\n{words}\nkeys = ['kind']\nlow = 0\nhigh = 100\n\
         [[value]]\nparameter = 'standard.relief'\n{since}\nrows = [{{ kind = 'k0', value = '5.00' }}, {{ kind = 'k1', value = '7.00' }}]\n"
    );
    let mut fact = |id: &str, entity: &str, ty: &str, bounds: &str| {
        write!(
            text,
            "[[fact]]\nid = '{id}'\nentity = '{entity}'\ntype = '{ty}'\n{bounds}\n{words}\n"
        )
        .unwrap();
    };
    fact("kind", "case", "code:kind", "");
    fact("n", "case", "count", "low = 1\nhigh = 9");
    for i in 0..8 {
        for (letter, entity) in [
            ("a", "case"),
            ("m", "case"),
            ("b", "person"),
            ("c", "person"),
        ] {
            fact(
                &format!("{letter}{i}"),
                entity,
                "money",
                "low = 0\nhigh = 1000",
            );
        }
        fact(&format!("u{i}"), "case", "money", "");
        fact(&format!("p{i}"), "case", "bool", "");
        fact(&format!("q{i}"), "person", "bool", "");
    }
    for (at, kernel) in kernels.iter().enumerate() {
        let ty = if kernel.expr.contains("&&") {
            "bool"
        } else if kernel.expr.contains("count") {
            "count"
        } else {
            "money"
        };
        write!(
            text,
            "[[formula]]\nid = 'f{at}'\nentity = 'case'\ntype = '{ty}'\n{words}\n{since}\nexpr = \"{}\"\n",
            kernel.expr
        )
        .unwrap();
    }
    let source = PackSource::new(vec![SourceFile::new("pack.toml", text)]);
    PackSet::load(&[source])
        .map_err(|findings| findings.to_string())
        .unwrap()
}

/// Values that follow from the row and the fact.
fn batch(set: &PackSet) -> Batch<'static> {
    let offsets: Vec<u32> = (0..=CASES)
        .map(|case| u32::try_from(case * MEMBERS).unwrap())
        .collect();
    let tables = vec![
        Table {
            rows: CASES,
            ..Table::default()
        },
        Table {
            rows: CASES * MEMBERS,
            offsets: Cow::Owned(offsets),
            links: Vec::new(),
        },
    ];
    let on = Day::parse("2026-09-01").unwrap();
    let mut batch = Batch::new(set, tables, Dates::One(on)).unwrap();
    for (number, fact) in set.facts().enumerate() {
        let (entity, rows) = match fact.entity {
            0 => ("case", CASES),
            _ => ("person", CASES * MEMBERS),
        };
        let mixed = |row: usize| (row * 2_654_435_761 + number * 40_503) >> 7;
        let numbers = |range: usize, from: i64| -> Vec<i64> {
            (0..rows)
                .map(|row| from + i64::try_from(mixed(row) % range).unwrap())
                .collect()
        };
        let letter = fact.id.chars().next().unwrap_or_default();
        let values = match letter {
            'p' | 'q' => Values::Bool((0..rows).map(|row| mixed(row) % 5 == 0).collect()),
            'k' => Values::Large(Cow::Owned(numbers(2, 0))),
            'n' => Values::Large(Cow::Owned(numbers(9, 1))),
            // too large for a proof that the product fits
            'u' => Values::Large(Cow::Owned(numbers(9, i64::MAX / 3))),
            _ => Values::Large(Cow::Owned(numbers(99_999, 0))),
        };
        let missing = matches!(letter, 'm' | 'c');
        let known: Option<Bitmap> =
            missing.then(|| (0..rows).map(|row| mixed(row) % 20 != 0).collect());
        batch
            .set(set, entity, &fact.id, Column::new(values, known))
            .unwrap();
    }
    batch
}

fn kernel(c: &mut Criterion) {
    let kernels = kernels();
    let engine = Engine::new(pack(&kernels));
    let batch = batch(engine.packs());
    let mut group = c.benchmark_group("kernel, per row");
    group.sample_size(20);
    for (at, kernel) in kernels.iter().enumerate() {
        let request = Request {
            outputs: vec![format!("f{at}")],
            ..Request::default()
        };
        let columns = engine.columns(request).unwrap();
        let rows = if kernel.members {
            CASES * MEMBERS
        } else {
            CASES
        };
        group.throughput(Throughput::Elements(
            u64::try_from(rows * kernel.times).unwrap(),
        ));
        group.bench_function(kernel.name, |b| {
            b.iter(|| black_box(columns.run(black_box(&batch))));
        });
    }
    group.finish();
}

criterion_group!(benches, kernel);
criterion_main!(benches);
