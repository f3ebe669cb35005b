//! The report: a table for readers, JSON for programs.

use std::fmt::Write as _;

use crate::compare::Comparison;
use crate::manifest::Per;

/// What the command prints of a bench and docs/performance.md shows.
#[must_use]
pub fn markdown(one: &Comparison) -> String {
    let mut out = String::new();
    // writing to a string does not fail
    let _ = table(&mut out, one);
    out.trim_end().to_owned()
}

fn table(out: &mut String, one: &Comparison) -> std::fmt::Result {
    let (rows, below, per) = match one.per {
        Per::Household => ("households", "people", "household"),
        Per::Person => ("households", "people", "person"),
        Per::Record => ("people", "records", "record"),
        Per::Alone => ("people", "", "person"),
    };
    let below = match below {
        "" => String::new(),
        below => format!("{} {below}, ", thousands(one.persons)),
    };
    writeln!(
        out,
        "**{}**: {} {rows}, {below}{} rounds\n",
        one.title,
        thousands(one.households),
        one.rounds
    )?;
    writeln!(
        out,
        "| engine | version | CPU time | for a {per} | answer |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for engine in &one.engines {
        let (all, each) = match (engine.cpu_ns, engine.each_ns) {
            (Some(all), Some(each)) => (format!("{:.0} ms", all / 1e6), format!("{each:.0} ns")),
            _ => ("–".to_owned(), "–".to_owned()),
        };
        let answer = match engine.wrong {
            0 => "the same".to_owned(),
            wrong => format!("{} {rows} otherwise", thousands(wrong)),
        };
        let (name, version) = (&engine.engine, &engine.version);
        writeln!(out, "| {name} | {version} | {all} | {each} | {answer} |")?;
    }
    writeln!(out)?;
    if !one.pairs.is_empty() {
        writeln!(
            out,
            "| | times as fast, median of the rounds | lowest to highest | bar |"
        )?;
        writeln!(out, "|---|---|---|---|")?;
    }
    for pair in &one.pairs {
        let bar = match (pair.at_least, pair.met()) {
            (Some(bar), Some(true)) => format!("≥ {bar}, met"),
            (Some(bar), _) => format!("≥ {bar}, missed"),
            _ => "–".to_owned(),
        };
        writeln!(
            out,
            "| {} against {} | {:.2} | {:.2} to {:.2} | {bar} |",
            pair.engine, pair.against, pair.median, pair.lowest, pair.highest
        )?;
    }
    writeln!(out)
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
