//! The command that compares two sides over the tables of a province.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use minzheng::Lang;
use minzheng::report::{grouped, signed, yuan};
use minzheng_arrow::compare::{
    Change, CompareOptions, Comparison, ProgrammeShift, Shift, Side, compare,
};
use minzheng_arrow::{Error, Status};

use crate::args::Compare;
use crate::output::{dim, pick};
use crate::tables::{self, Bar};
use crate::{Failure, Outcome, input, output};

/// Conditions that the terminal shows; JSON and the page have all.
const SHOWN: usize = 12;

/// Compares and prints what changes.
pub(crate) fn run(asked: &Compare, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: Error| tables::told(&e, lang);
    let stop = tables::stop();
    let (given, sides) = (&asked.tables, &asked.sides);
    let (deciding, working) = (&asked.deciding, &asked.working);
    let engine = |own: &[PathBuf]| input::engine_over(packs, own);
    let (before, after) = (engine(&sides.before)?, engine(&sides.after)?);
    let known = |own: Option<NaiveDate>| tables::day(own.or(deciding.days.known_on));
    let side = |engine, on, known_on, figures: &[String]| -> Result<Side<'_>, Failure> {
        let side = Side::new(engine).on(tables::day(on)?).known_on(known_on);
        figures
            .iter()
            .try_fold(side, |side, text| side.figure(text))
            .map_err(told)
    };
    let was = side(
        before.rules(),
        sides.on_before,
        known(sides.known_before)?,
        &sides.set_before,
    )?;
    let is = side(
        after.rules(),
        sides.on_after,
        known(sides.known_after)?,
        &sides.set,
    )?;
    let options = CompareOptions {
        import: tables::import(given, deciding.days.on, lang)?,
        programmes: deciding.programmes.clone(),
        format: tables::format(working.format),
        encoding: tables::encoding(working.encoding),
        threads: working.threads,
        cancel: Some(&stop),
    };
    let bar = Bar::new(after.packs(), lang);
    let inputs = tables::inputs(given);
    let mut progress = |step| bar.step(step);
    let out = asked.out.as_deref();
    let comparison = compare(&was, &is, &inputs, out, &options, &mut progress).map_err(told)?;
    bar.end();
    if let Some(path) = &asked.html {
        fs::write(path, comparison.to_html(lang))
            .map_err(|e| Failure::Refused(format!("error[E-FILE]: {}: {e}", path.display())))?;
    }
    let text = if asked.json {
        output::json(&comparison.to_json())
    } else {
        words(&comparison, lang)
    };
    if asked.fail_changes && comparison.movers() > 0 {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// What changes by league and programme, the totals, and the conditions.
fn words(comparison: &Comparison, lang: Lang) -> String {
    let mut rows = vec![heads(lang)];
    for (code, league) in &comparison.leagues {
        let name = match (code.is_empty(), league.name.is_empty()) {
            (true, _) => pick(("未填", "not given"), lang).to_owned(),
            (false, true) => code.clone(),
            (false, false) => format!("{} ({code})", league.name),
        };
        let mut name = Some(name);
        for programme in &comparison.programmes {
            if let Some(shift) = programme.leagues.get(code).filter(|s| s.movers() > 0) {
                rows.push(row(name.take().unwrap_or_default(), programme, shift, lang));
            }
        }
    }
    let changed = comparison.leagues.keys().filter(|code| {
        let mut shifts = comparison
            .programmes
            .iter()
            .filter_map(|p| p.leagues.get(*code));
        shifts.any(|shift| shift.movers() > 0)
    });
    if changed.count() > 1 {
        let mut name = Some(pick(("合计", "all"), lang).to_owned());
        for programme in &comparison.programmes {
            let total = programme.total();
            if total.movers() > 0 {
                rows.push(row(
                    name.take().unwrap_or_default(),
                    programme,
                    &total,
                    lang,
                ));
            }
        }
    }
    let mut out = String::new();
    if rows.len() > 1 {
        out = tables::headed(&rows);
        out.push('\n');
        out.push_str(&causes(comparison, lang));
    } else {
        let none = ("没有任何结果发生变化。", "No outcome changes.");
        // writing to a string cannot fail
        let _ = writeln!(out, "{}", pick(none, lang));
    }
    let aside = [comparison.before.set_aside, comparison.after.set_aside];
    let aside = if aside[0] == aside[1] {
        aside[0].to_string()
    } else {
        format!("{} → {}", aside[0], aside[1])
    };
    let (households, people) = (comparison.households, comparison.people);
    let _ = writeln!(
        out,
        "{}",
        match lang {
            Lang::Zh => format!("共 {households} 户 {people} 人；{aside} 户因数据有误未作认定"),
            Lang::En => format!(
                "{households} households, {people} people; {aside} households not decided because of wrong rows"
            ),
        }
    );
    if !comparison.read_once {
        let note = (
            "两侧的事实、条件或认定日不同：各自读取了表",
            "facts, conditions or days differ between the sides: each read the tables by its own",
        );
        let _ = writeln!(out, "{}", dim(pick(note, lang)));
    }
    out
}

fn heads(lang: Lang) -> Vec<String> {
    let mut heads = vec![("盟市", "league"), ("项目", "programme")];
    heads.extend([("前符合", "before"), ("后符合", "after")]);
    heads.extend(Change::ALL.map(short));
    heads.extend([
        ("前资金", "budget"),
        ("后资金", "after"),
        ("差额", "difference"),
    ]);
    heads
        .into_iter()
        .map(|h| pick(h, lang).to_owned())
        .collect()
}

/// A change in a word that fits over a column.
const fn short(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Gained => ("新增", "gained"),
        Change::Lost => ("失去", "lost"),
        Change::Opened => ("变待定", "opened"),
        Change::Decided => ("变已定", "decided"),
        Change::Up => ("提高", "up"),
        Change::Down => ("降低", "down"),
        Change::Unclear => ("不明", "unclear"),
    }
}

fn row(league: String, programme: &ProgrammeShift, shift: &Shift, lang: Lang) -> Vec<String> {
    let mut row = vec![
        league,
        programme.title.of(lang).to_owned(),
        shift.rows_before(Status::Eligible).to_string(),
        shift.rows_after(Status::Eligible).to_string(),
    ];
    row.extend(Change::ALL.map(|c| shift.moved(c).rows.to_string()));
    let budgets = [
        (shift.before, programme.per_before.or(programme.per_after)),
        (shift.after, programme.per_after.or(programme.per_before)),
    ];
    row.extend(budgets.map(|(budget, per)| {
        let sum = per.map_or_else(String::new, |_| yuan(budget.amount));
        match (budget.unknown, lang) {
            (0, _) => sum,
            (many, Lang::Zh) => format!("{sum}（另 {many} 未知）"),
            (many, Lang::En) => format!("{sum} ({many} unknown)"),
        }
    }));
    row.push(match (programme.difference(shift), programme.per()) {
        (Some(fen), Some(per)) => format!("{} {}", signed(fen, yuan), pick(per.unit(), lang)),
        _ => String::new(),
    });
    row
}

/// The conditions that decided most changes.
fn causes(comparison: &Comparison, lang: Lang) -> String {
    let mut list = Vec::new();
    for programme in &comparison.programmes {
        list.extend(
            programme
                .causes
                .iter()
                .map(|(id, cause)| (programme, id, cause)),
        );
    }
    list.sort_by_key(|(_, _, cause)| core::cmp::Reverse(cause.total()));
    if list.is_empty() {
        return String::new();
    }
    let heads = [("项目", "programme"), ("由哪一条件", "by which condition")];
    let heads = heads.into_iter().chain(Change::OF_STATUS.map(short));
    let mut rows: Vec<Vec<String>> = vec![heads.map(|h| pick(h, lang).to_owned()).collect()];
    for (programme, id, cause) in list.iter().take(SHOWN) {
        let title = match cause.title.of(lang) {
            "" => (*id).clone(),
            title => format!("{title} ({id})"),
        };
        let counts = Change::OF_STATUS.map(|c| cause.rows(c));
        let mut row = vec![programme.title.of(lang).to_owned(), title];
        row.extend(counts.map(|n| grouped(i128::from(n))));
        rows.push(row);
    }
    let mut out = tables::headed(&rows);
    let more = list.len().saturating_sub(SHOWN);
    if more > 0 {
        let line = match lang {
            Lang::Zh => format!("另有 {more} 个条件，见 --json 或 --html"),
            Lang::En => format!("{more} more conditions: see --json or --html"),
        };
        let _ = writeln!(out, "{}", dim(&line));
    }
    out.push('\n');
    out
}
