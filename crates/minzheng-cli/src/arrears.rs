//! The command about arrears.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minzheng::eligibility::{Arrears, ArrearsQuestion, ArrearsTally, Months};
use minzheng::{Engine, Lang, Money};
use minzheng_arrow::{ArrearsOptions, ArrearsSummary, arrears as work_out};
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;

use crate::args::{Backwards, Case, TablesArgs};
use crate::output::{bold, pick};
use crate::run::{name, overlays};
use crate::tables::{self, Bar, amount, headed, league_name, wrong_rows};
use crate::{Failure, Outcome, input, output};

/// Sums of months: yuan that are paid once.
const SUM: Type = Type::Money {
    period: Period::Once,
    scale: 0,
};

/// Works out what is owed and prints it.
pub(crate) fn run(asked: &Backwards, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let engine = input::engine(packs)?;
    let question = ArrearsQuestion {
        programmes: asked.programmes.clone(),
        known_before: asked.known_before,
        known_after: asked.known_after,
        figures: overlays(&engine, &asked.set, lang)?,
        paid_throughout: asked.paid_throughout,
        ..ArrearsQuestion::new(Months::between(asked.from, asked.to).map_err(told)?)
    };
    let (text, total) = match (&asked.file, &asked.tables) {
        (Some(file), _) => {
            let case = Case {
                file: file.clone(),
                // each month puts its own day in its place
                on: Some(asked.from),
                known_on: None,
                place: None,
            };
            let household = input::household(&case, lang)?;
            let found = engine.arrears(&household, &question).map_err(told)?;
            let text = if asked.json {
                output::json(&found.to_json())
            } else {
                of_household(&found, lang)
            };
            (text, found.tally())
        }
        (None, Some(tables)) => {
            let found = over_tables(asked, tables, &engine, question, lang)?;
            let text = if asked.json {
                output::json(&found.to_json())
            } else {
                by_league(&found, engine.packs(), lang)
            };
            (text, found.total())
        }
        (None, None) => return Err(Failure::Refused("error[E-FILE]: no household".to_owned())),
    };
    if asked.fail_undetermined && total.months_unknown > 0 {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

fn over_tables(
    asked: &Backwards,
    given: &TablesArgs,
    engine: &Engine,
    question: ArrearsQuestion,
    lang: Lang,
) -> Result<ArrearsSummary, Failure> {
    let stop = tables::stop();
    let options = ArrearsOptions {
        import: tables::import(given, None, lang)?,
        format: asked
            .out
            .is_some()
            .then(|| tables::format(asked.working.format)),
        encoding: tables::encoding(asked.working.encoding),
        threads: asked.working.threads,
        cancel: Some(&stop),
        ..ArrearsOptions::new(question)
    };
    let bar = Bar::new(engine.packs(), lang);
    let work = |out: &Path| {
        let mut progress = |step| bar.step(step);
        work_out(
            engine.rules(),
            &tables::inputs(given),
            out,
            &options,
            &mut progress,
        )
    };
    let found = match &asked.out {
        Some(out) => work(out),
        None => {
            let folder = own_folder()?;
            let found = work(&folder);
            // an empty folder that stays does no harm
            let _ = std::fs::remove_dir(&folder);
            found
        }
    };
    bar.end();
    found.map_err(|e| tables::told(&e, lang))
}

/// A new folder that nobody else can read: tables in another order are sorted in it, and they hold personal data.
fn own_folder() -> Result<PathBuf, Failure> {
    let own = format!("minzheng-arrears-{}", std::process::id());
    let folder = std::env::temp_dir().join(own);
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(&folder);
    made.map_err(|e| {
        let help = "give --out, a folder to work in";
        Failure::Refused(format!("error[E-FILE]: {}: {e} ({help})", folder.display()))
    })?;
    Ok(folder)
}

/// Yuan in words, or that they are undetermined.
fn yuan(fen: Option<Money>, lang: Lang) -> String {
    fen.map_or_else(
        || pick(("待定", "undetermined"), lang).to_owned(),
        |fen| fen.to_string(),
    )
}

/// Programme by programme, month by month.
fn of_household(found: &Arrears, lang: Lang) -> String {
    let heads = [
        ("项目", "programme"),
        ("人员", "person"),
        ("月份", "month"),
        ("之前", "before"),
        ("之后", "after"),
        ("差额", "difference"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for row in found.rows() {
        let nothing = Some(Money::from_fen(0));
        // who has nothing in any month, before and after, needs no line
        let is_nothing = |m: &minzheng::eligibility::MonthOfArrears| {
            m.before() == nothing && m.after() == nothing
        };
        if row.months().iter().all(is_nothing) {
            continue;
        }
        let mut title = name(row.title().of(lang), row.programme());
        let mut person = row.person().unwrap_or_default().to_owned();
        for month in row.months() {
            rows.push(vec![
                std::mem::take(&mut title),
                std::mem::take(&mut person),
                month.month().format("%Y-%m").to_string(),
                yuan(month.before(), lang),
                yuan(month.after(), lang),
                yuan(month.difference(), lang),
            ]);
        }
    }
    let mut out = if rows.len() > 1 {
        headed(&rows)
    } else {
        String::new()
    };
    out.push_str(&totals(&found.tally(), lang));
    out
}

/// The three sums that are never set off against each other.
fn totals(tally: &ArrearsTally, lang: Lang) -> String {
    let mut out = String::new();
    let mut line = |title: (&str, &str), sum: Option<i128>, months: u64| {
        let sum = sum.map_or_else(String::new, |fen| format!(" {}", amount(fen, SUM, lang)));
        let months = match lang {
            Lang::Zh => format!("{months} 个月次"),
            Lang::En => format!("{months} months of rows"),
        };
        let _ = writeln!(out, "{}{sum} ({months})", bold(pick(title, lang)));
    };
    line(("应补发", "owed:"), Some(tally.owed), tally.months_owed);
    line(
        ("已多发", "overpaid:"),
        Some(tally.overpaid),
        tally.months_overpaid,
    );
    line(("待定", "undetermined:"), None, tally.months_unknown);
    out
}

/// By league, programme and month, in the order of the packs.
fn by_league(found: &ArrearsSummary, set: &PackSet, lang: Lang) -> String {
    let heads = [
        ("盟市", "league"),
        ("项目", "programme"),
        ("月份", "month"),
        ("补发", "to pay"),
        ("应补发", "owed"),
        ("多发", "paid too much"),
        ("已多发", "overpaid"),
        ("待定", "undetermined"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for (code, league) in &found.leagues {
        let mut league_words = league_name(code, set, lang);
        for programme in set.programmes() {
            let Some(months) = league.programmes.get(&programme.id) else {
                continue;
            };
            let same = |t: &ArrearsTally| {
                t.months_owed == 0 && t.months_overpaid == 0 && t.months_unknown == 0
            };
            if months.values().all(same) {
                continue;
            }
            let mut title = name(programme.title.of(lang), &programme.id);
            for (month, tally) in months {
                rows.push(vec![
                    std::mem::take(&mut league_words),
                    std::mem::take(&mut title),
                    month.to_date().format("%Y-%m").to_string(),
                    tally.months_owed.to_string(),
                    amount(tally.owed, SUM, lang),
                    tally.months_overpaid.to_string(),
                    amount(tally.overpaid, SUM, lang),
                    tally.months_unknown.to_string(),
                ]);
            }
        }
    }
    let mut out = if rows.len() > 1 {
        headed(&rows)
    } else {
        String::new()
    };
    out.push_str(&totals(&found.total(), lang));
    let (households, people, set_aside) = found.counts();
    let _ = match lang {
        Lang::Zh => writeln!(
            out,
            "共 {households} 户 {people} 人；{set_aside} 户因数据有误，各月均为待定"
        ),
        Lang::En => writeln!(
            out,
            "{households} households, {people} people; {set_aside} households are undetermined in every month because of wrong rows"
        ),
    };
    out.push_str(&wrong_rows(&found.findings, lang));
    out
}
