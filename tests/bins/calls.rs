//! Random JSON calls and Rust's answers to them, one a line each, for the tests of every other language.
//!
//! `cargo run -p minzheng-tests --bin calls -- --count 2000 --seed 1 --out target/calls` writes `calls.jsonl` and `answers.jsonl`.
//! `published.jsonl` beside them has the published cases and questions: the words of a case are turned into a household here alone.
//! `households.arrow` and `people.arrow` are the small province of the examples, `decided-…` what Rust decides of them.
//! Half the households are consistent ones, half say anything, so that refusals are compared too. Same count and seed, same bytes.

mod tables;

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use minzheng::packs::BuiltIn;
use minzheng::{Engine, api};
use minzheng_testkit::households::{any_table, household, without};
use minzheng_testkit::published::{self, pack_of, readings};
use minzheng_testkit::repo_root;
use minzheng_testkit::tables::Stream;
use minzheng_testkit::vectors::of_table;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Numbers on a tape: enough for every fact of a case that may say anything.
const TAPE: usize = 600;

/// Most calls decide; the others take their turn.
const OTHERS: &[&str] = &["missing", "warn", "explain", "simulate"];

/// Of so many calls one is another call than `assess`.
const TURN: u64 = 10;

#[derive(Debug)]
struct Arguments {
    count: u64,
    seed: u64,
    out: PathBuf,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut read = Arguments {
        count: 2_000,
        seed: 1,
        out: PathBuf::from("target/calls"),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        match word.as_str() {
            "--count" => read.count = value.parse()?,
            "--seed" => read.seed = value.parse()?,
            "--out" => read.out = PathBuf::from(value),
            _ => return Err(format!("no argument {word}; there are --count --seed --out").into()),
        }
    }
    Ok(read)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    create_dir_all(&arguments.out)?;
    let mut calls = BufWriter::new(File::create(arguments.out.join("calls.jsonl"))?);
    let mut answers = BufWriter::new(File::create(arguments.out.join("answers.jsonl"))?);
    let engine = Engine::built_in()?;
    tables::write(&engine, &arguments.out)?;
    let mut numbers = Stream::new(arguments.seed);
    let seed: Vec<u8> = (0..4)
        .flat_map(|_| numbers.number().to_le_bytes())
        .collect();
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed),
    );
    let consistent = (
        household(),
        prop::collection::vec(prop::bool::weighted(0.1), 97),
    );
    for index in 0..arguments.count {
        let table = if index % 2 == 0 {
            let (full, gone) = consistent
                .new_tree(&mut runner)
                .map_err(|reason| reason.to_string())?
                .current();
            without(&full, &gone).table()
        } else {
            let tape: Vec<u32> = (0..TAPE)
                .map(|_| u32::try_from(numbers.number() >> 32).unwrap_or(0))
                .collect();
            any_table(engine.packs(), &tape)
        };
        let call = call(index, &mut numbers, &of_table(&table)).to_string();
        writeln!(calls, "{call}")?;
        writeln!(answers, "{}", api::call_with(&engine, &call))?;
    }
    calls.flush()?;
    answers.flush()?;
    write_published(&arguments.out)
}

/// The vectors of `tests/vectors/published`, one a line: of a case the call with Rust's answer by the national pack, of a question on who
/// may set a figure the pack with the codes that refuse it.
fn write_published(out: &Path) -> Result<(), Box<dyn Error>> {
    let engine = Engine::with_packs(&[BuiltIn::Nation], &[])?;
    let mut lines = BufWriter::new(File::create(out.join("published.jsonl"))?);
    let read = |name: &str| -> Result<Vec<Value>, Box<dyn Error>> {
        let path = repo_root().join(format!("tests/vectors/published/{name}.json"));
        Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
    };
    for case in ["cases", "quiz", "words"]
        .map(read)
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?
        .concat()
    {
        for reading in readings(&case) {
            let household = published::household(engine.rules(), &case, reading.as_deref())?;
            let call = json!({ "call": "assess", "household": household }).to_string();
            let answer = api::call_with(&engine, &call);
            let line =
                json!({ "id": case.get("id"), "reading": reading, "call": call, "answer": answer });
            writeln!(lines, "{line}")?;
        }
    }
    for question in read("packs")? {
        let (pack, codes) = (pack_of(&question)?, question.pointer("/expect/codes"));
        writeln!(
            lines,
            "{}",
            json!({ "id": question.get("id"), "pack": pack, "codes": codes })
        )?;
    }
    Ok(lines.flush()?)
}

fn call(index: u64, numbers: &mut Stream, household: &Value) -> Value {
    let name = match index % TURN {
        0 | 1 => numbers.one(OTHERS),
        _ => "assess",
    };
    match name {
        "simulate" => json!({
            "call": name,
            "household": household,
            "set": [{ "parameter": "standard.dibao", "key": { "hukou": "urban" }, "value": "900/month" }],
        }),
        _ => json!({ "call": name, "household": household }),
    }
}
