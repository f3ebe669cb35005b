//! The files that a verification writes: each under another name until all of them are whole.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;

use super::adopt::{Adopting, Samples, Table};
use super::differences::Differences;
use super::people::NO_ROW;
use super::run::{VerifyOptions, VerifyStep, tell};
use super::tally::{FactTally, Notes, VerifySummary};
use crate::contract::Mapping;
use crate::error::{Error, Findings, fault};
use crate::files::{Part, TableFile, sync_dir, unwritten};
use crate::stream::Phase;
use crate::stream::spent::{Spent, Watch};
use crate::stream::work::each;

/// The file that says that a folder is whole.
const SUMMARY: &str = "summary.json";

/// The differences that are written at a time.
const ROWS: usize = 8_192;

/// The files of one verification.
pub(super) struct Outputs<'a> {
    out: &'a Path,
    options: &'a VerifyOptions<'a>,
    parts: Vec<Part>,
    differences: Part,
    held: Differences,
    samples: Samples,
}

impl<'a> Outputs<'a> {
    /// Begins them. From now on the folder is not whole.
    pub(super) fn begin(out: &'a Path, options: &'a VerifyOptions<'a>) -> Result<Self, Error> {
        let summary = out.join(SUMMARY);
        match fs::remove_file(&summary) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(unwritten(&summary, &e)),
            _ => {}
        }
        let path = named(out, "differences", options);
        let ends = (options.format, options.encoding);
        Ok(Self {
            out,
            options,
            parts: Vec::new(),
            differences: Part::table(&path, ends, &Differences::schema())?,
            held: Differences::default(),
            samples: Samples::default(),
        })
    }

    /// Adopts a table and writes it, some batches at a time.
    pub(super) fn adopt(
        &mut self,
        adopting: &Adopting<'_>,
        table: &Table<'_>,
        file: &TableFile,
        (notes, summary): (&mut Notes, &mut VerifySummary),
        watch: Watch<'_>,
        progress: &mut dyn FnMut(VerifyStep),
    ) -> Result<(), Error> {
        let (out, options) = (self.out, self.options);
        let ends = (options.format, options.encoding);
        let mut rows_out = Part::table(&named(out, table.name, options), ends, &table.schema)?;
        let path = named(&out.join("status"), table.name, options);
        let mut states_out = Part::table(&path, ends, &table.states)?;
        let mut tallies = vec![FactTally::default(); table.spoken.len()];
        let (mut batches, mut first) = (file.batches(), 0_usize);
        loop {
            options.go_on()?;
            let most = options.threads.max(1);
            let (wave, read) = watch.over(|| {
                let wave = batches.by_ref().take(most);
                wave.collect::<Result<Vec<RecordBatch>, Error>>()
            });
            let before = first;
            let wave: Vec<_> = wave?
                .into_iter()
                .map(|batch| {
                    let from = first;
                    first = first.saturating_add(batch.num_rows());
                    (from, batch)
                })
                .collect();
            if wave.is_empty() {
                break;
            }
            let mut spent = Spent::one(Phase::Read, read);
            let done = each(wave, options.threads, |(from, batch)| {
                let (adopted, time) = watch.over(|| adopting.batch(table, &batch, from));
                Ok((adopted?, time))
            })?;
            for (adopted, time) in done {
                spent.add(&Spent::one(Phase::Adopt, time));
                let (written, time) = watch.over(|| {
                    rows_out.write(&adopted.rows)?;
                    states_out.write(&adopted.states)?;
                    self.held.append(adopted.differences);
                    self.flush(ROWS)
                });
                written?;
                spent.add(&Spent::one(Phase::Write, time));
                for (own, more) in tallies.iter_mut().zip(&adopted.tallies) {
                    own.add(more);
                }
                notes.add(adopted.notes);
                self.samples.add(adopted.samples, options.explain.sample);
            }
            let more = first.saturating_sub(before);
            tell(spent, u64::try_from(more).unwrap_or(0), progress);
            progress(VerifyStep::Adopted {
                table: table.name,
                rows: u64::try_from(first).unwrap_or(u64::MAX),
            });
        }
        self.parts.extend([rows_out, states_out]);
        let rows = u64::try_from(first).unwrap_or(u64::MAX);
        let of_home = table.entity == 0;
        *(if of_home {
            &mut summary.households
        } else {
            &mut summary.people
        }) = rows;
        let id = adopting
            .set
            .entities()
            .get(table.entity)
            .map_or("", |e| e.id.as_str());
        for (spoken, tally) in table.spoken.iter().zip(tallies) {
            summary
                .facts
                .insert(format!("{id}.{}", spoken.fact.id), tally);
        }
        Ok(())
    }

    /// The households that were met as samples.
    pub(super) fn samples(&mut self) -> BTreeSet<u32> {
        let mut homes = core::mem::take(&mut self.samples).homes();
        homes.remove(&NO_ROW);
        homes
    }

    /// Writes the differences that are held, once there are so many.
    fn flush(&mut self, least: usize) -> Result<(), Error> {
        if self.held.len() < least {
            return Ok(());
        }
        let batch = core::mem::take(&mut self.held).batch(Differences::schema())?;
        self.differences.write(&batch)
    }

    /// Ends every file, gives each its name, and says that the folder is whole.
    pub(super) fn finish(
        mut self,
        findings: &Findings,
        mapping: &Mapping,
        summary: &VerifySummary,
    ) -> Result<(), Error> {
        self.flush(0)?;
        let ends = (self.options.format, self.options.encoding);
        let path = named(self.out, "findings", self.options);
        let mut list = Part::table(&path, ends, &Findings::schema())?;
        list.write(&findings.to_batch()?)?;
        let words = serde_json::to_string_pretty(summary).map_err(|_| fault(SUMMARY))?;
        let mut whole = Part::text(&self.out.join(SUMMARY))?;
        whole.line(&words)?;
        if self.options.mapping != Mapping::default() {
            let mut text = Part::text(&self.out.join("mapping.toml"))?;
            text.line(mapping.to_toml().trim_end())?;
            self.parts.push(text);
        }
        for part in self.parts.into_iter().chain([self.differences, list]) {
            part.finish()?;
        }
        sync_dir(&self.out.join("status"))?;
        sync_dir(self.out)?;
        whole.finish()?;
        sync_dir(self.out)
    }
}

fn named(folder: &Path, table: &str, options: &VerifyOptions<'_>) -> PathBuf {
    folder.join(format!("{table}.{}", options.format.extension()))
}
