//! The files that a verification writes: each under another name until all of them are whole.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::adopt::{Adopting, Samples, Table};
use super::differences::Differences;
use super::people::NO_ROW;
use super::run::{VerifyOptions, VerifyStep, tell};
use super::tally::{FactTally, Notes, VerifySummary};
use crate::contract::Mapping;
use crate::error::{Error, Findings, fault};
use crate::files::{Part, TableFile, sync_dir, unwritten};
use crate::stream::spent::{Spent, Watch};
use crate::stream::work::each;
use crate::stream::{Keep, Phase};

/// The file that says that a folder is whole.
const SUMMARY: &str = "summary.json";

/// The differences that are written at a time.
const ROWS: usize = 8_192;

/// Where the tables of one verification go.
enum To<'k> {
    /// Into the files of a folder: the folder, those that are done, the differences.
    Folder(PathBuf, Vec<Part>, Box<Part>),
    /// To the caller.
    Caller(&'k mut Keep<'k>),
}

/// A table that is being made.
enum Open {
    File(Box<Part>),
    Handed(String),
}

/// What one verification puts out.
pub(super) struct Outputs<'a, 'k> {
    to: To<'k>,
    options: &'a VerifyOptions<'a>,
    held: Differences,
    samples: Samples,
}

impl<'a, 'k> Outputs<'a, 'k> {
    /// Hands everything to the caller.
    pub(super) fn handed_to(keep: &'k mut Keep<'k>, options: &'a VerifyOptions<'a>) -> Self {
        Self {
            to: To::Caller(keep),
            options,
            held: Differences::default(),
            samples: Samples::default(),
        }
    }

    /// Begins the files of a folder. From now on it is not whole.
    pub(super) fn begin(out: &Path, options: &'a VerifyOptions<'a>) -> Result<Self, Error> {
        let summary = out.join(SUMMARY);
        match fs::remove_file(&summary) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(unwritten(&summary, &e)),
            _ => {}
        }
        let path = named(out, "differences", options);
        let ends = (options.format, options.encoding);
        let differences = Part::table(&path, ends, &Differences::schema())?;
        Ok(Self {
            to: To::Folder(out.to_owned(), Vec::new(), Box::new(differences)),
            options,
            held: Differences::default(),
            samples: Samples::default(),
        })
    }

    /// Begins a table.
    fn open(&mut self, name: &str, schema: &SchemaRef) -> Result<Open, Error> {
        let options = self.options;
        Ok(match &mut self.to {
            To::Folder(out, ..) => {
                let ends = (options.format, options.encoding);
                Open::File(Box::new(Part::table(
                    &named(out, name, options),
                    ends,
                    schema,
                )?))
            }
            To::Caller(keep) => {
                keep(name, RecordBatch::new_empty(Arc::clone(schema)));
                Open::Handed(name.to_owned())
            }
        })
    }

    /// Adds rows to a table.
    fn put(&mut self, table: &mut Open, rows: RecordBatch) -> Result<(), Error> {
        match (table, &mut self.to) {
            (Open::File(part), _) => part.write(&rows)?,
            (Open::Handed(name), To::Caller(keep)) => keep(name, rows),
            (Open::Handed(_), To::Folder(..)) => {}
        }
        Ok(())
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
        let options = self.options;
        let mut rows_out = self.open(table.name, &table.schema)?;
        let mut states_out = self.open(&format!("status/{}", table.name), &table.states)?;
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
                    self.put(&mut rows_out, adopted.rows)?;
                    self.put(&mut states_out, adopted.states)?;
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
        if let To::Folder(_, parts, _) = &mut self.to {
            for open in [rows_out, states_out] {
                if let Open::File(part) = open {
                    parts.push(*part);
                }
            }
        }
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
        match &mut self.to {
            To::Folder(_, _, differences) => differences.write(&batch)?,
            To::Caller(keep) => keep("differences", batch),
        }
        Ok(())
    }

    /// Ends every file, gives each its name, and says that the folder is whole.
    pub(super) fn finish(
        mut self,
        findings: &Findings,
        mapping: &Mapping,
        summary: &VerifySummary,
    ) -> Result<(), Error> {
        self.flush(0)?;
        let (out, mut parts, differences) = match self.to {
            To::Folder(out, parts, differences) => (out, parts, differences),
            To::Caller(keep) => {
                keep("findings", findings.to_batch()?);
                return Ok(());
            }
        };
        let ends = (self.options.format, self.options.encoding);
        let path = named(&out, "findings", self.options);
        let mut list = Part::table(&path, ends, &Findings::schema())?;
        list.write(&findings.to_batch()?)?;
        let words = serde_json::to_string_pretty(summary).map_err(|_| fault(SUMMARY))?;
        let mut whole = Part::text(&out.join(SUMMARY))?;
        whole.line(&words)?;
        if self.options.mapping != Mapping::default() {
            let mut text = Part::text(&out.join("mapping.toml"))?;
            text.line(mapping.to_toml().trim_end())?;
            parts.push(text);
        }
        for part in parts.into_iter().chain([*differences, list]) {
            part.finish()?;
        }
        sync_dir(&out.join("status"))?;
        sync_dir(&out)?;
        whole.finish()?;
        sync_dir(&out)
    }
}

fn named(folder: &Path, table: &str, options: &VerifyOptions<'_>) -> PathBuf {
    folder.join(format!("{table}.{}", options.format.extension()))
}
