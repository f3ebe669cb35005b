//! The command that writes a synthetic province.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng_arrow::synth::{Province, SynthOptions};
use minzheng_rules::date::Day;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::args::Synth;
use crate::output::pick;
use crate::{Failure, Outcome, input};

/// Rows in one row group, about what other tools write.
const ROW_GROUP: usize = 131_072;

/// The day decided where none is given: that of the examples.
const ON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 8, 25);

/// Writes the tables of a province.
pub(crate) fn run(command: &Synth, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let on = command.on.or(ON).and_then(Day::from_date);
    let on = on.ok_or_else(|| failure(&command.out, "the day lies outside the years 1 to 9999"))?;
    let mut options = SynthOptions::new(engine.packs(), command.people, command.seed, on);
    if let Some(places) = &command.places {
        options.places = places_of(places)?;
    }
    let province = Province::new(options)?;
    fs::create_dir_all(&command.out).map_err(|e| failure(&command.out, e))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let mut writers = Vec::new();
    for (name, schema) in Province::schemas() {
        let path = command.out.join(format!("{name}.parquet"));
        let file = File::create(&path).map_err(|e| failure(&path, e))?;
        let writer = ArrowWriter::try_new(file, schema, Some(properties.clone()))
            .map_err(|e| failure(&path, e))?;
        writers.push((path, writer, 0_usize));
    }
    let bar = bar(command.people);
    for part in province {
        let part = part?;
        for ((path, writer, rows), batch) in writers.iter_mut().zip([
            &part.households,
            &part.people,
            &part.obligors,
            &part.parents,
        ]) {
            writer.write(batch).map_err(|e| failure(path, e))?;
            *rows = rows.saturating_add(batch.num_rows());
        }
        bar.inc(u64::try_from(part.people.num_rows()).unwrap_or(0));
    }
    bar.finish_and_clear();
    let mut text = String::new();
    for (path, writer, rows) in writers {
        writer.close().map_err(|e| failure(&path, e))?;
        let words = pick(("行", "rows"), lang);
        let _ = writeln!(text, "{}  {rows} {words}", path.display());
    }
    Ok(text)
}

/// A bar on standard error; none where that is no terminal.
fn bar(people: u64) -> ProgressBar {
    let bar = ProgressBar::new(people);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn places_of(words: &str) -> Result<Vec<(i64, i64)>, Failure> {
    let one = |word: &str| {
        let (code, weight) = word.split_once('=').unwrap_or((word, "1"));
        Some((code.trim().parse().ok()?, weight.trim().parse().ok()?))
    };
    words
        .split(',')
        .map(|word| {
            one(word).ok_or_else(|| {
                Failure::Refused(
                    "error[E-SYNTH-PLACES]: not a place with a weight (write --places 159921=80,150802=20)"
                        .to_owned(),
                )
            })
        })
        .collect()
}

fn failure(path: &Path, why: impl core::fmt::Display) -> Failure {
    Failure::Refused(format!("error[E-FILE]: {}: {why}", path.display()))
}
