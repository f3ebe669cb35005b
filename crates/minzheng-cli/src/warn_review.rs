//! `minzheng warn review`: what models were right about.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::warning::alert::Alert;
use minzheng::warning::learn::{Case, CaseColumns, Readings, Review, Side, Thresholds};
use minzheng::{Error, Lang};
use minzheng_arrow::TableFile;
use minzheng_rules::pack::model::Level;
use serde_json::Value;

use crate::{Failure, Outcome, input, output, tables};

/// Rows between two looks at the bar.
const ROWS: usize = 4_096;

/// What may be typed.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// Alerts: a table (.csv, .parquet, .arrow) with the columns above, or a .json list of alerts or of such rows
    #[arg(long, value_name = "FILE")]
    alerts: PathBuf,
    /// Which places the rows are gathered by
    #[arg(long, value_enum, default_value_t = By::League)]
    by: By,
    /// Only this model
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// What this threshold would have done, in the unit of the column `figure` (fen for money); may be given again
    #[arg(long, value_name = "NUMBER", requires_all = ["model", "side"], allow_hyphen_values = true)]
    threshold: Vec<i64>,
    /// On which side of the threshold the model points at somebody
    #[arg(long, value_enum, requires = "threshold")]
    side: Option<OnSide>,
    /// Write a page with charts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which places the rows are gathered by.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Leagues and cities
    League,
    /// Banners, counties and districts
    County,
    /// As the table has them
    Place,
}

/// On which side of a threshold.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnSide {
    /// The figure is greater
    Above,
    /// It is greater or equal
    AtLeast,
    /// It is smaller
    Below,
    /// It is smaller or equal
    AtMost,
}

/// What the rows come to.
struct Counted<'r> {
    review: Review,
    tried: Option<Thresholds>,
    readings: &'r Readings,
    model: Option<&'r str>,
}

impl Counted<'_> {
    fn add(&mut self, case: &Case) {
        if self.model.is_some_and(|model| model != case.model) {
            return;
        }
        self.review.add(case);
        if let Some(tried) = &mut self.tried {
            tried.add(case, self.readings);
        }
    }
}

/// Counts, and prints the report.
pub(crate) fn run(asked: &ReviewArgs, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let engine = input::engine(packs)?;
    let places = engine.packs().places();
    let readings = Readings::load(engine.packs()).map_err(told)?;
    let models = engine.models().map_err(told)?;
    let side = asked.side.map(|side| match side {
        OnSide::Above => Side::Above,
        OnSide::AtLeast => Side::AtLeast,
        OnSide::Below => Side::Below,
        OnSide::AtMost => Side::AtMost,
    });
    let mut counted = Counted {
        review: Review::default(),
        tried: side.map(|side| Thresholds::new(side, asked.threshold.iter().copied())),
        readings: &readings,
        model: asked.model.as_deref(),
    };
    let is_json = asked.alerts.extension().is_some_and(|end| end == "json");
    if is_json {
        of_json(&asked.alerts, &mut counted, lang)?;
    } else {
        of_table(&asked.alerts, &mut counted, lang)?;
    }
    let level = match asked.by {
        By::League => Some(Level::Prefecture),
        By::County => Some(Level::County),
        By::Place => None,
    };
    let review = match level {
        Some(level) => counted.review.at_level(places, level),
        None => counted.review,
    };
    if let Some(path) = &asked.html {
        let page = match &counted.tried {
            Some(tried) => tried.to_html(lang),
            None => review.to_html(&readings, models, places, lang),
        };
        fs::write(path, page).map_err(|e| input::refused(path, e))?;
    }
    if asked.json {
        return Ok(output::json(&match &counted.tried {
            Some(tried) => tried.to_json(),
            None => review.to_json(&readings),
        }));
    }
    Ok(padded(&match &counted.tried {
        Some(tried) => tried.to_text(lang),
        None => review.to_text(&readings, models, places, lang),
    }))
}

/// Rows whose cells are apart by tabs, padded; other lines as they are.
pub(crate) fn padded(text: &str) -> String {
    let (mut out, mut rows) = (String::new(), Vec::new());
    for line in text.lines().chain([""]) {
        if line.contains('\t') {
            rows.push(line.split('\t').map(str::to_owned).collect());
            continue;
        }
        if !rows.is_empty() {
            out.push_str(&tables::headed(&rows));
            rows.clear();
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn of_json(path: &Path, counted: &mut Counted<'_>, lang: Lang) -> Result<(), Failure> {
    let list: Vec<Value> = input::json(path)?;
    for (at, value) in list.into_iter().enumerate() {
        let place = format!("[{at}]");
        let case = if value.get("of").is_some() {
            Alert::from_json(&place, value).map(|alert| Case::of(&alert))
        } else {
            Case::from_json(&place, value)
        };
        counted.add(&case.map_err(|e| Failure::Refused(e.lines(lang)))?);
    }
    Ok(())
}

/// Reads a table row by row.
fn of_table(path: &Path, counted: &mut Counted<'_>, lang: Lang) -> Result<(), Failure> {
    let told = |e: Error| tables::told(&e, lang);
    let table = TableFile::open(path).map_err(told)?;
    let there = |name: &&str| table.schema().column_with_name(name).is_some();
    let names: Vec<&str> = CaseColumns::ALL.into_iter().filter(there).collect();
    let head: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let columns = CaseColumns::of(&head).map_err(told)?;
    // the bar draws to standard error, and only where that is a terminal
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {elapsed}") {
        bar.set_style(style);
    }
    for (at, row) in table.words(&names).map_err(told)?.enumerate() {
        // the head is row 1, as spreadsheets count
        let case = columns.row(&row.map_err(told)?, at.saturating_add(2));
        counted.add(&case.map_err(told)?);
        if at.is_multiple_of(ROWS) {
            bar.inc(u64::try_from(ROWS).unwrap_or(0));
        }
    }
    bar.finish_and_clear();
    Ok(())
}
