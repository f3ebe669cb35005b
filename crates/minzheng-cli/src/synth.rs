//! The command that writes a synthetic province.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use minzheng::Lang;
use minzheng_arrow::TableFile;
use minzheng_arrow::synth::{Province, SynthOptions, SynthPart};
use minzheng_rules::date::Day;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::args::Synth;
use crate::output::pick;
use crate::{Failure, Outcome, input};

/// How the rows of a table lie in its file.
#[derive(Clone, Copy)]
struct Layout {
    packing: Compression,
    /// Rows in one row group: what a reader holds at a time, and a writer until they are whole.
    row_group: usize,
}

/// The layout of items: all of them are open at once, so each keeps little.
const ITEMS: Layout = Layout {
    packing: Compression::SNAPPY,
    row_group: 16_384,
};

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
    if !command.no_items {
        options.records = Some(command.others);
    }
    let province = Province::new(options)?;
    let mut tables = Tables::open(&command.out, !command.no_items)?;
    let bar = bar(command.people);
    for part in province {
        let part = part?;
        tables.write(&part)?;
        bar.inc(u64::try_from(part.people.num_rows()).unwrap_or(0));
    }
    bar.finish_and_clear();
    let mut text = String::new();
    for (path, rows) in tables.close()? {
        let words = pick(("行", "rows"), lang);
        let _ = writeln!(text, "{}  {rows} {words}", path.display());
    }
    Ok(text)
}

/// The files while they are written, in the order in which a part gives their rows.
struct Tables(Vec<Table>);

/// One file.
struct Table {
    path: PathBuf,
    writer: ArrowWriter<File>,
    rows: usize,
    /// Where the rows come by key once all are there: until then they lie in a file of their own.
    sorted: Option<PathBuf>,
}

impl Table {
    fn open(path: PathBuf, schema: SchemaRef, layout: Layout) -> Result<Self, Failure> {
        let properties = WriterProperties::builder()
            .set_compression(layout.packing)
            .set_max_row_group_row_count(Some(layout.row_group))
            // every number is another
            .set_column_dictionary_enabled("id_number".into(), false)
            .set_column_dictionary_enabled("record_no".into(), false)
            .build();
        let file = File::create(&path).map_err(|e| failure(&path, e))?;
        let writer =
            ArrowWriter::try_new(file, schema, Some(properties)).map_err(|e| failure(&path, e))?;
        Ok(Self {
            path,
            writer,
            rows: 0,
            sorted: None,
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        self.rows = self.rows.saturating_add(batch.num_rows());
        self.writer.write(batch).map_err(|e| failure(&self.path, e))
    }

    /// Ends the file; the name it has in the end, and its rows.
    fn close(self) -> Result<(PathBuf, usize), Failure> {
        let Self {
            path,
            writer,
            rows,
            sorted,
        } = self;
        writer.close().map_err(|e| failure(&path, e))?;
        let Some(end) = sorted else {
            return Ok((path, rows));
        };
        let runs = path.with_extension("runs");
        fs::create_dir_all(&runs).map_err(|e| failure(&runs, e))?;
        let table = TableFile::open(&path)?;
        let mut whole = Self::open(end, table.schema().clone(), ITEMS)?;
        for batch in minzheng_arrow::sorted(&table, "id_number", &runs)? {
            whole.write(&batch?)?;
        }
        fs::remove_dir_all(&runs).map_err(|e| failure(&runs, e))?;
        fs::remove_file(&path).map_err(|e| failure(&path, e))?;
        whole.close()
    }
}

impl Tables {
    fn open(out: &Path, with_items: bool) -> Result<Self, Failure> {
        let people = Layout {
            packing: Compression::ZSTD(ZstdLevel::default()),
            // about what other tools write
            row_group: 131_072,
        };
        let items = out.join("items");
        let folder = if with_items { &items } else { out };
        fs::create_dir_all(folder).map_err(|e| failure(folder, e))?;
        let mut tables = Vec::new();
        for (name, schema) in Province::schemas() {
            tables.push(Table::open(
                out.join(format!("{name}.parquet")),
                schema,
                people,
            )?);
        }
        if with_items {
            for item in Province::items() {
                let end = items.join(format!("{}.parquet", item.name));
                let path = if item.is_by_key {
                    items.join(format!("{}.unsorted.parquet", item.name))
                } else {
                    end.clone()
                };
                let mut table = Table::open(path, item.schema, ITEMS)?;
                table.sorted = item.is_by_key.then_some(end);
                tables.push(table);
            }
            let path = out.join("answers.parquet");
            tables.push(Table::open(path, Province::answers(), ITEMS)?);
        }
        Ok(Self(tables))
    }

    fn write(&mut self, part: &SynthPart) -> Result<(), Failure> {
        let own = [
            &part.households,
            &part.people,
            &part.obligors,
            &part.parents,
        ];
        let batches = own.into_iter().chain(&part.items).chain(&part.answers);
        for (table, batch) in self.0.iter_mut().zip(batches) {
            table.write(batch)?;
        }
        Ok(())
    }

    fn close(self) -> Result<Vec<(PathBuf, usize)>, Failure> {
        self.0.into_iter().map(Table::close).collect()
    }
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
