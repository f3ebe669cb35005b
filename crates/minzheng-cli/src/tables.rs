//! What every command over the tables of a province does: reads how they are given, and says how far it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng::report::yuan;
use minzheng_arrow::compare::Per;
use minzheng_arrow::{
    Clock, Contract, Error, Format, ImportOptions, Mapping, Progress, RunInputs, RunOptions,
    Summary, TextEncoding,
};
use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use crate::args::{Encoding, Parts, TableFormat, TablesArgs, Working};
use crate::clock;
use crate::output::{bold, dim, pick, table};
use crate::{Failure, STOPPED};

/// The files that were given.
pub(crate) fn inputs(given: &TablesArgs) -> RunInputs {
    RunInputs {
        households: given.households.clone(),
        people: given.people.clone(),
        records: given.records.clone(),
    }
}

/// How they are read.
pub(crate) fn import(
    given: &TablesArgs,
    on: Option<NaiveDate>,
    lang: Lang,
) -> Result<ImportOptions, Failure> {
    Ok(ImportOptions {
        on: day(on)?,
        mapping: mapping(given.mapping.as_deref(), lang)?,
        ignore_unknown: given.ignore_unknown,
        ..ImportOptions::default()
    })
}

/// How a run goes: how it works, and how its parts are written.
pub(crate) fn options<'c>(
    working: &Working,
    parts: &Parts,
    stop: &'c AtomicBool,
) -> RunOptions<'c> {
    RunOptions {
        format: format(working.format),
        encoding: encoding(working.encoding),
        households_per_part: parts.part_households,
        threads: working.threads,
        explain: parts.explain_sample,
        resume: parts.resume,
        dry: parts.dry_run,
        cancel: Some(stop),
        clock: parts.timings.then(|| Clock::new(&clock::of_thread)),
        ..RunOptions::default()
    }
}

/// How tables are written.
pub(crate) const fn format(format: TableFormat) -> Format {
    match format {
        TableFormat::Parquet => Format::Parquet,
        TableFormat::Ipc => Format::Ipc,
        TableFormat::Csv => Format::Csv,
        TableFormat::Jsonl => Format::Json,
    }
}

/// How their text is written, where that is CSV.
pub(crate) const fn encoding(encoding: Encoding) -> TextEncoding {
    match encoding {
        Encoding::Utf8 => TextEncoding::Utf8,
        Encoding::Utf8Mark => TextEncoding::Utf8Mark,
        Encoding::Gb18030 => TextEncoding::Gb18030,
    }
}

/// How a command over tables fails: stopped, or refused.
pub(crate) fn told(error: &Error, lang: Lang) -> Failure {
    match error.code() {
        "E-RUN-STOPPED" => Failure::Stopped(error.lines(lang)),
        _ => Failure::Refused(error.lines(lang)),
    }
}

/// A flag that Ctrl-C and the request to end set: the command stops between two batches, and what can be gone on with is whole. The
/// second time the program ends at once; that too loses nothing that is in the journal.
pub(crate) fn stop() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let second = register_conditional_shutdown(signal, i32::from(STOPPED), Arc::clone(&flag));
        // where a system refuses, the signal ends the program at once: that too loses nothing that is in the journal
        let _ = second.and_then(|_| register(signal, Arc::clone(&flag)));
    }
    flag
}

/// A day of the engine.
pub(crate) fn day(day: Option<NaiveDate>) -> Result<Option<Day>, Failure> {
    let read = |day: NaiveDate| {
        Day::from_date(day).ok_or_else(|| {
            Failure::Refused("error[E-DOC-DATE]: the day lies outside the years 1 to 9999".into())
        })
    };
    day.map(read).transpose()
}

/// The file with other names and units of columns.
pub(crate) fn mapping(path: Option<&Path>, lang: Lang) -> Result<Mapping, Failure> {
    let Some(path) = path else {
        return Ok(Mapping::default());
    };
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::Refused(format!("error[E-FILE]: {name}: {e}")))?;
    Mapping::from_toml(&name, &text).map_err(|e| Failure::Refused(e.lines(lang)))
}

/// How far a long command is. It draws to standard error, and only where that is a terminal.
pub(crate) struct Bar<'p> {
    drawn: ProgressBar,
    contract: Contract<'p>,
    lang: Lang,
}

impl<'p> Bar<'p> {
    /// A bar that counts households.
    pub(crate) fn new(packs: &'p PackSet, lang: Lang) -> Self {
        let drawn = ProgressBar::new(0);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg} {eta}")
        {
            drawn.set_style(style);
        }
        drawn.set_message(pick(("户", "households"), lang));
        Self {
            drawn,
            contract: Contract::new(packs),
            lang,
        }
    }

    /// Shows a step.
    pub(crate) fn step(&self, step: Progress) {
        match step {
            Progress::Sorting { entity } => {
                let table = self.contract.tables().iter().find(|t| t.entity == entity);
                let of_before = pick(("上期的表", "a table of the period before"), self.lang);
                let name = table.map_or(of_before, |t| t.name.as_str());
                let words = pick(
                    (
                        "未按户排列，先在输出目录中排序",
                        "is not in the order of households and is sorted in the output folder first",
                    ),
                    self.lang,
                );
                say(&format!("{name}: {words}"));
            }
            Progress::Decided { households, of } => {
                self.drawn.set_length(of);
                self.drawn.set_position(households);
            }
            _ => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.drawn.finish_and_clear();
    }
}

/// A word on standard error.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    // nobody is left to tell when standard error is closed
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Words on standard output, of a command that fails all the same.
pub(crate) fn print(text: &str) {
    use std::io::Write as _;
    // a reader that stops early, as `head`, is no failure
    let _ = anstream::stdout().lock().write_all(text.as_bytes());
}

/// A table whose first row is bold.
pub(crate) fn headed(rows: &[Vec<String>]) -> String {
    let mut out = table(rows);
    if let Some(head) = out.find('\n') {
        let rest = out.split_off(head);
        out = format!("{}{rest}", bold(&out));
    }
    out
}

/// How many households and people there were, and how many households were set aside; `not` says what was not done with these.
pub(crate) fn in_all(summary: &Summary, not: (&str, &str), lang: Lang) -> String {
    let Summary {
        households,
        people,
        set_aside,
        ..
    } = summary;
    let not = pick(not, lang);
    match lang {
        Lang::Zh => format!("共 {households} 户 {people} 人；{set_aside} 户因数据有误{not}\n"),
        Lang::En => format!(
            "{households} households, {people} people; {set_aside} households {not} because of wrong rows\n"
        ),
    }
}

/// How many rows are wrong, by code; nothing where none is.
pub(crate) fn wrong_rows(findings: &BTreeMap<String, u64>, lang: Lang) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let list: Vec<String> = findings
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
    format!("{}\n", dim(&format!("{title}{}", list.join(", "))))
}

/// The name of a league by its four digits.
pub(crate) fn league_name(code: &str, set: &PackSet, lang: Lang) -> String {
    if code.is_empty() {
        return pick(("未填", "not given"), lang).to_owned();
    }
    let whole = code.parse::<i64>().ok().and_then(|c| c.checked_mul(100));
    let name = whole
        .filter(|c| set.places().get(*c).is_some())
        .map(|c| set.places().name(c));
    name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
}

/// A sum in the period of its type.
pub(crate) fn amount(fen: i128, ty: Type, lang: Lang) -> String {
    let unit = match ty {
        Type::Money {
            period: Period::Month,
            ..
        } => Per::Month,
        Type::Money {
            period: Period::Year,
            ..
        } => Per::Year,
        _ => Per::Once,
    };
    format!("{} {}", yuan(fen), pick(unit.unit(), lang))
}
