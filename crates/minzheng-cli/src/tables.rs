//! What the commands over tables have in common: tables in, how far they are, and words for leagues and sums.

use std::collections::BTreeMap;
use std::fs;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng_arrow::{Contract, Format, ImportOptions, Mapping, Progress, RunInputs};
use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::Money;
use minzheng_rules::pack::PackSet;

use crate::Failure;
use crate::args::{TableFormat, TablesArgs};
use crate::output::{bold, dim, pick, table};

impl From<TableFormat> for Format {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Parquet => Self::Parquet,
            TableFormat::Ipc => Self::Ipc,
            TableFormat::Csv => Self::Csv,
        }
    }
}

/// The files of the tables.
pub(crate) fn inputs(asked: &TablesArgs) -> RunInputs {
    RunInputs {
        households: asked.households.clone(),
        people: asked.people.clone(),
        records: asked.records.clone(),
    }
}

/// How the tables are read.
pub(crate) fn import(asked: &TablesArgs, lang: Lang) -> Result<ImportOptions, Failure> {
    let mut options = ImportOptions {
        ignore_unknown: asked.ignore_unknown,
        ..ImportOptions::default()
    };
    if let Some(path) = &asked.mapping {
        let text = fs::read_to_string(path);
        let text =
            text.map_err(|e| Failure::Refused(format!("error[E-FILE]: {}: {e}", path.display())))?;
        options.mapping = Mapping::from_toml(&path.display().to_string(), &text)
            .map_err(|e| Failure::Refused(e.lines(lang)))?;
    }
    Ok(options)
}

/// How far a long command is: a bar on standard error, and only where that is a terminal.
pub(crate) struct Watch<'p> {
    bar: ProgressBar,
    contract: Contract<'p>,
    lang: Lang,
}

impl<'p> Watch<'p> {
    pub(crate) fn new(set: &'p PackSet, lang: Lang) -> Self {
        let bar = ProgressBar::new(0);
        let style = "{bar:40} {human_pos}/{human_len} {msg} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(pick(("户", "households"), lang));
        Self {
            bar,
            contract: Contract::new(set),
            lang,
        }
    }

    pub(crate) fn step(&mut self, step: Progress) {
        match step {
            Progress::Sorting { entity } => {
                let name = self.contract.tables().iter().find(|t| t.entity == entity);
                let name = name.map_or("", |t| t.name.as_str());
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
                self.bar.set_length(of);
                self.bar.set_position(households);
            }
            _ => {}
        }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A word on standard error.
fn say(line: &str) {
    use std::io::Write as _;
    // nobody is left to tell when standard error is closed
    let _ = writeln!(anstream::stderr(), "{line}");
}

pub(crate) fn day(day: Option<NaiveDate>) -> Result<Option<Day>, Failure> {
    let read = |day: NaiveDate| {
        Day::parse(&day.to_string()).ok_or_else(|| {
            Failure::Refused("error[E-DOC-DATE]: the day lies outside the years 1 to 9999".into())
        })
    };
    day.map(read).transpose()
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
