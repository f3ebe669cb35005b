//! `minzheng warn tasks`, `overdue` and `shadow`: what is to be done about alerts, and what a new version would change.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use minzheng::warning::Level;
use minzheng::warning::alert::{Alert, Identity};
use minzheng::warning::due::Ladder;
use minzheng::warning::learn::{Flagged, Shadow};
use minzheng::warning::task::Tasks;
use minzheng::{Error, Lang};
use minzheng_arrow::TableFile;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::place::parse_code;
use serde_json::{Value, json};

use crate::output::{json as print_json, pick};
use crate::{Failure, Outcome, input, tables, warn_review};

/// What may be typed.
#[derive(Debug, Args)]
pub(crate) struct TasksArgs {
    /// Alerts: a table (.csv, .parquet, .arrow, or a folder of parts) with the record as JSON in the column `alert`, as `minzheng warn
    /// --alerts` writes it into OUT/kept; or a .json list of records
    #[arg(long, value_name = "PATH")]
    alerts: PathBuf,
    /// At most so many, the most urgent; 0: all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What may be typed.
#[derive(Debug, Args)]
pub(crate) struct OverdueArgs {
    /// Alerts: as for `minzheng warn tasks`
    #[arg(long, value_name = "PATH")]
    alerts: PathBuf,
    /// The day
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: NaiveDate,
    /// At most so many, the oldest; 0: all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What may be typed.
#[derive(Debug, Args)]
pub(crate) struct ShadowArgs {
    /// The hits of the old version: the folder of a run of `minzheng warn`, or a table of its hits
    #[arg(long, value_name = "PATH")]
    old: PathBuf,
    /// The hits of the new version over the same tables
    #[arg(long, value_name = "PATH")]
    new: PathBuf,
    /// Write a page with charts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is to be done, household by household.
pub(crate) fn tasks(asked: &TasksArgs, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let mut tasks = Tasks::default();
    each_alert(&asked.alerts, lang, |alert| {
        tasks.add(&alert);
        Ok(())
    })?;
    let mut list = tasks.finish();
    let all = list.len();
    cut(&mut list, asked.limit);
    if asked.json {
        return Ok(print_json(&json!({ "count": all, "tasks": list })));
    }
    let heads = [
        ("户", "household"),
        ("地区", "place"),
        ("等级", "level"),
        ("安全", "safety"),
        ("最迟办理日", "due"),
        ("疑点", "hits"),
        ("事项", "to do"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for task in &list {
        let safety = if task.safety {
            ("是", "yes")
        } else {
            ("", "")
        };
        let to_do = if task.only_to_close {
            ("只需办结", "only to close")
        } else {
            ("核查", "check")
        };
        rows.push(vec![
            task.household.clone(),
            place(engine.packs(), &task.place),
            task.level.words(lang).to_owned(),
            pick(safety, lang).to_owned(),
            task.due.to_string(),
            task.hits.to_string(),
            pick(to_do, lang).to_owned(),
        ]);
    }
    let last = match lang {
        Lang::Zh => format!("共 {all} 户有待办预警，列出 {} 户\n", list.len()),
        Lang::En => format!(
            "{all} households with something to do, {} listed\n",
            list.len()
        ),
    };
    Ok(format!("{}{last}", tables::headed(&rows)))
}

/// What is late, and who is told.
pub(crate) fn overdue(asked: &OverdueArgs, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let (set, ladder) = (engine.packs(), Ladder::load(engine.packs()).map_err(told)?);
    let mut list = Vec::new();
    each_alert(&asked.alerts, lang, |alert| {
        let late = ladder.overdue([&alert], asked.on, set.calendar());
        list.extend(late.map_err(told)?);
        Ok(())
    })?;
    list.sort_by(|a, b| (a.due, &a.alert).cmp(&(b.due, &b.alert)));
    let all = list.len();
    cut(&mut list, asked.limit);
    if asked.json {
        let out = json!({ "on": asked.on.to_string(), "count": all, "overdue": list });
        return Ok(print_json(&out));
    }
    let heads = [
        ("预警", "alert"),
        ("户", "household"),
        ("地区", "place"),
        ("状态", "state"),
        ("最迟办理日", "due"),
        ("逾期天数", "days late"),
        ("告知", "told"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for late in &list {
        let mut state = late.state.words(lang).to_owned();
        if late.resolved {
            state.push_str(pick(("（只需办结）", " (only to close)"), lang));
        }
        let who: Vec<&str> = late.told.iter().map(|t| t.words(lang)).collect();
        rows.push(vec![
            late.alert.clone(),
            late.household.clone(),
            place(set, &late.place),
            state,
            late.due.to_string(),
            late.days_late.to_string(),
            who.join(pick(("、", ", "), lang)),
        ]);
    }
    let last = match lang {
        Lang::Zh => format!("到期或逾期 {all} 件，列出 {} 件\n", list.len()),
        Lang::En => format!("{all} due or overdue, {} listed\n", list.len()),
    };
    Ok(format!("{}{last}", tables::headed(&rows)))
}

/// Two versions side by side.
pub(crate) fn shadow(asked: &ShadowArgs, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let places = engine.packs().places();
    let (old, new) = (flagged(&asked.old, lang)?, flagged(&asked.new, lang)?);
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let shadow = Shadow::between(&old, &new).map_err(told)?;
    if let Some(path) = &asked.html {
        fs::write(path, shadow.to_html(places, lang)).map_err(|e| input::refused(path, e))?;
    }
    if asked.json {
        return Ok(print_json(&shadow.to_json()));
    }
    Ok(warn_review::padded(&shadow.to_text(places, lang)))
}

fn cut<T>(list: &mut Vec<T>, limit: usize) {
    if limit > 0 {
        list.truncate(limit);
    }
}

/// A place by its name with its code.
fn place(set: &PackSet, code: &str) -> String {
    let known = parse_code(code).and_then(|number| set.places().get(number));
    known.map_or_else(|| code.to_owned(), |p| format!("{} {code}", p.name))
}

/// Reads records one by one.
fn each_alert(
    path: &Path,
    lang: Lang,
    mut each: impl FnMut(Alert) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let told = |e: Error| Failure::Refused(e.lines(lang));
    if path.extension().is_some_and(|end| end == "json") {
        let list: Vec<Value> = input::json(path)?;
        for (at, value) in list.into_iter().enumerate() {
            each(Alert::from_json(&format!("[{at}]"), value).map_err(told)?)?;
        }
        return Ok(());
    }
    let table = TableFile::open(path).map_err(told)?;
    let rows = table.words(&["alert"]).map_err(told)?;
    for (at, row) in rows.enumerate() {
        // the head is row 1, as spreadsheets count
        let name = format!("row {}.alert", at.saturating_add(2));
        let row = row.map_err(told)?;
        let text = row.first().map_or("", String::as_str);
        let value: Value = serde_json::from_str(text).map_err(|_| {
            let why = format!("{name}: the cell is no JSON");
            input::refused(path, why)
        })?;
        each(Alert::from_json(&name, value).map_err(told)?)?;
    }
    Ok(())
}

/// The hits of a run, or of a table of hits.
fn flagged(path: &Path, lang: Lang) -> Result<Vec<Flagged>, Failure> {
    const COLUMNS: [&str; 5] = ["household_id", "person_id", "model", "place", "level"];
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let hits = path.join("alerts");
    let table = TableFile::open(if hits.is_dir() { &hits } else { path }).map_err(told)?;
    let mut out = Vec::new();
    for (at, row) in table.words(&COLUMNS).map_err(told)?.enumerate() {
        let row = row.map_err(told)?;
        let cell = |at: usize| row.get(at).map_or("", String::as_str);
        let level = Level::from_word(cell(4)).ok_or_else(|| {
            let why = format!("row {}.level: no such level", at.saturating_add(2));
            input::refused(path, why)
        })?;
        let household = cell(0).to_owned();
        let subject = match cell(1) {
            "" => household.clone(),
            person => person.to_owned(),
        };
        out.push(Flagged {
            of: Identity {
                household,
                model: cell(2).to_owned(),
                subject,
            },
            place: cell(3).to_owned(),
            level,
        });
    }
    Ok(out)
}
