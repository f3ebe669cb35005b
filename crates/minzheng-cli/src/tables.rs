//! What every command over the tables of a province does: reads how they are given, and says how far it is.

use std::fs;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng_arrow::{Contract, Format, ImportOptions, Mapping, Progress, RunInputs};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;

use crate::Failure;
use crate::args::{TableFormat, TablesArgs};
use crate::output::pick;

/// The files that were given.
pub(crate) fn inputs(given: &TablesArgs) -> RunInputs {
    RunInputs {
        households: given.households.clone(),
        people: given.people.clone(),
        records: given.records.clone(),
    }
}

/// How they are read.
pub(crate) fn import(given: &TablesArgs, lang: Lang) -> Result<ImportOptions, Failure> {
    Ok(ImportOptions {
        on: day(given.on)?,
        mapping: mapping(given, lang)?,
        ignore_unknown: given.ignore_unknown,
        ..ImportOptions::default()
    })
}

/// How tables are written.
pub(crate) const fn format(format: TableFormat) -> Format {
    match format {
        TableFormat::Parquet => Format::Parquet,
        TableFormat::Ipc => Format::Ipc,
        TableFormat::Csv => Format::Csv,
    }
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

fn mapping(given: &TablesArgs, lang: Lang) -> Result<Mapping, Failure> {
    let Some(path) = &given.mapping else {
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
                let name = table.map_or("", |t| t.name.as_str());
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
fn say(line: &str) {
    use std::io::Write as _;
    // nobody is left to tell when standard error is closed
    let _ = writeln!(anstream::stderr(), "{line}");
}
