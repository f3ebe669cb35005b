//! The command about a province.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng_arrow::{
    Clock, Contract, Error, ExportOptions, Format, ImportOptions, Mapping, Progress, RunInputs,
    RunOptions, Summary, TextEncoding, run as decide,
};
use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::Money;
use minzheng_rules::pack::PackSet;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use crate::args::{Encoding, Province, TableFormat};
use crate::clock::{self, Timings};
use crate::output::{bold, dim, pick, table};
use crate::{Failure, Outcome, STOPPED, input, output};

/// Decides the tables and prints what they come to.
pub(crate) fn run(asked: &Province, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: Error| match e.code() {
        "E-RUN-STOPPED" => Failure::Stopped(e.lines(lang)),
        _ => Failure::Refused(e.lines(lang)),
    };
    let engine = input::engine(packs)?;
    let rules = engine.rules();
    let stop = stop();
    let inputs = RunInputs {
        households: asked.households.clone(),
        people: asked.people.clone(),
        records: asked.records.clone(),
    };
    let options = RunOptions {
        import: ImportOptions {
            on: day(asked.on)?,
            mapping: mapping(asked).map_err(|e| match e {
                Wrong::File(failure) => failure,
                Wrong::Mapping(error) => told(error),
            })?,
            ignore_unknown: asked.ignore_unknown,
            ..ImportOptions::default()
        },
        export: ExportOptions {
            known_on: day(asked.known_on)?,
            programmes: asked.programmes.clone(),
            conditions: asked.conditions,
            reasons: asked.reasons,
            missing: asked.missing,
            formulas: formulas(asked, rules.packs()),
            overlays: Vec::new(),
        },
        format: match asked.format {
            TableFormat::Parquet => Format::Parquet,
            TableFormat::Ipc => Format::Ipc,
            TableFormat::Csv => Format::Csv,
        },
        encoding: match asked.encoding {
            Encoding::Utf8 => TextEncoding::Utf8,
            Encoding::Utf8Mark => TextEncoding::Utf8Mark,
            Encoding::Gb18030 => TextEncoding::Gb18030,
        },
        households_per_part: asked.part_households,
        threads: asked.threads,
        explain: asked.explain_sample,
        resume: asked.resume,
        dry: asked.dry_run,
        cancel: Some(&stop),
        clock: asked.timings.then(|| Clock::new(&clock::of_thread)),
    };
    // the bar draws to standard error, and only where that is a terminal
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg} {eta}")
    {
        bar.set_style(style);
    }
    bar.set_message(pick(("户", "households"), lang));
    let contract = Contract::new(rules.packs());
    let mut timings = Timings::default();
    let mut progress = |step: Progress| match step {
        Progress::Sorting { entity } => {
            let name = contract.tables().iter().find(|t| t.entity == entity);
            let name = name.map_or("", |t| t.name.as_str());
            let words = pick(
                (
                    "未按户排列，先在输出目录中排序",
                    "is not in the order of households and is sorted in the output folder first",
                ),
                lang,
            );
            say(&format!("{name}: {words}"));
        }
        Progress::Decided { households, of } => {
            bar.set_length(of);
            bar.set_position(households);
        }
        Progress::Spent { phase, time, rows } => timings.add(phase, time, rows),
        Progress::Part { part } if asked.stop_after_part == Some(part) => std::process::abort(),
        _ => {}
    };
    let decided = decide(rules, &inputs, &asked.out, &options, &mut progress);
    bar.finish_and_clear();
    let summary = decided.map_err(told)?;
    if asked.timings {
        say(timings.words(lang).trim_end());
    }
    let text = if asked.json {
        output::json(&json!(summary))
    } else {
        words(&summary, rules.packs(), lang)
    };
    if asked.fail_findings && !summary.findings.is_empty() {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// A flag that Ctrl-C and the request to end set: the run stops between two batches, and its folder can be gone on with. The
/// second time the program ends at once; that too loses nothing that is in the journal.
fn stop() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let second = register_conditional_shutdown(signal, i32::from(STOPPED), Arc::clone(&flag));
        // where a system refuses, the signal ends the program at once: that too loses nothing that is in the journal
        let _ = second.and_then(|_| register(signal, Arc::clone(&flag)));
    }
    flag
}

/// The formulas asked for: those by name, or every one.
fn formulas(asked: &Province, set: &PackSet) -> Vec<String> {
    if asked.formulas.iter().any(|id| id == "all") {
        return set.formulas().iter().map(|f| f.id.clone()).collect();
    }
    asked.formulas.clone()
}

/// A word on standard error.
fn say(line: &str) {
    use std::io::Write as _;
    // nobody is left to tell when standard error is closed
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Why a mapping is not read.
enum Wrong {
    File(Failure),
    Mapping(Error),
}

fn mapping(asked: &Province) -> Result<Mapping, Wrong> {
    let Some(path) = &asked.mapping else {
        return Ok(Mapping::default());
    };
    let text = fs::read_to_string(path).map_err(|e| {
        Wrong::File(Failure::Refused(format!(
            "error[E-FILE]: {}: {e}",
            path.display()
        )))
    })?;
    Mapping::from_toml(&path.display().to_string(), &text).map_err(Wrong::Mapping)
}

fn day(day: Option<NaiveDate>) -> Result<Option<Day>, Failure> {
    let read = |day: NaiveDate| {
        Day::parse(&day.to_string()).ok_or_else(|| {
            Failure::Refused("error[E-DOC-DATE]: the day lies outside the years 1 to 9999".into())
        })
    };
    day.map(read).transpose()
}

/// The table of outcomes by league and programme, in the order of the packs.
fn words(summary: &Summary, set: &PackSet, lang: Lang) -> String {
    let heads = [
        ("盟市", "league"),
        ("项目", "programme"),
        ("符合", "eligible"),
        ("不符合", "not eligible"),
        ("待定", "undetermined"),
        ("金额", "amount"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for (code, league) in &summary.leagues {
        let mut name = league_name(code, set, lang);
        for programme in set.programmes() {
            let Some(tally) = league.programmes.get(&programme.id) else {
                continue;
            };
            let decided = tally.eligible.saturating_add(tally.not_eligible);
            if decided.saturating_add(tally.undetermined) == 0 {
                continue;
            }
            let ty = programme
                .amount
                .and_then(|f| set.formulas().get(f))
                .map(|f| f.ty);
            rows.push(vec![
                std::mem::take(&mut name),
                programme.title.of(lang).to_owned(),
                tally.eligible.to_string(),
                tally.not_eligible.to_string(),
                tally.undetermined.to_string(),
                ty.map_or_else(String::new, |ty| amount(tally.amount, ty, lang)),
            ]);
        }
    }
    let mut out = table(&rows);
    if let Some(head) = out.find('\n') {
        let rest = out.split_off(head);
        out = format!("{}{rest}", bold(&out));
    }
    let _ = writeln!(
        out,
        "{}",
        match lang {
            Lang::Zh => format!(
                "共 {} 户 {} 人；{} 户因数据有误未作认定",
                summary.households, summary.people, summary.set_aside
            ),
            Lang::En => format!(
                "{} households, {} people; {} households not decided because of wrong rows",
                summary.households, summary.people, summary.set_aside
            ),
        }
    );
    if !summary.findings.is_empty() {
        let list: Vec<String> = summary
            .findings
            .iter()
            .map(|(code, many)| {
                let code = if code.is_empty() { "…" } else { code };
                format!("{code} {many}")
            })
            .collect();
        let title = pick(
            ("数据问题（见 findings）：", "wrong rows (see findings): "),
            lang,
        );
        let _ = writeln!(out, "{}", dim(&format!("{title}{}", list.join(", "))));
    }
    out
}

fn league_name(code: &str, set: &PackSet, lang: Lang) -> String {
    if code.is_empty() {
        return pick(("未填", "not given"), lang).to_owned();
    }
    let whole = code.parse::<i64>().ok().and_then(|c| c.checked_mul(100));
    let name = whole
        .filter(|c| set.places().get(*c).is_some())
        .map(|c| set.places().name(c));
    name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
}

fn amount(fen: i128, ty: Type, lang: Lang) -> String {
    let Ok(fen) = i64::try_from(fen) else {
        return "…".to_owned();
    };
    let period = match ty {
        Type::Money {
            period: Period::Month,
            ..
        } => pick(("元/月", "yuan/month"), lang),
        Type::Money {
            period: Period::Year,
            ..
        } => pick(("元/年", "yuan/year"), lang),
        _ => pick(("元", "yuan"), lang),
    };
    format!("{} {period}", Money::from_fen(fen))
}
