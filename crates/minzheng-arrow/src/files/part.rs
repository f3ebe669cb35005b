//! A file that is written under a temporary name, made durable, and renamed when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::SchemaRef;
use sha2::{Digest, Sha256};

use super::{Format, TextEncoding, cells, parquet, unwritten};
use crate::error::{Error, fault};

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct WrittenFile {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// A digest in hexadecimal.
pub(crate) fn hex(digest: &[u8]) -> String {
    use core::fmt::Write as _;
    let mut out = String::new();
    for byte in digest {
        // writing to a string cannot fail
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Counts and digests what goes through.
#[derive(Debug)]
pub(super) struct Counted {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let many = self.file.write(data)?;
        self.digest.update(data.get(..many).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(u64::try_from(many).unwrap_or(0));
        Ok(many)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

enum Writer {
    Parquet(parquet::Writer),
    Ipc(FileWriter<Counted>),
    Stream(StreamWriter<Counted>),
    Csv(csv::Writer<Counted>, TextEncoding),
    Json(Counted),
    Text(Counted),
}

/// A file that is being written; without [`Part::finish`] it never gets its name.
pub(crate) struct Part {
    writer: Writer,
    temporary: PathBuf,
    path: PathBuf,
}

impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Part")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn packed() -> Result<IpcWriteOptions, Error> {
    IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::LZ4_FRAME))
        .map_err(|_| fault(""))
}

impl Part {
    fn start(path: &Path) -> Result<(Counted, PathBuf), Error> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let temporary = path.with_file_name(name);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(|e| unwritten(dir, &e))?;
        }
        let file = File::create(&temporary).map_err(|e| unwritten(&temporary, &e))?;
        let counted = Counted {
            file: BufWriter::with_capacity(64 << 10, file),
            digest: Sha256::new(),
            bytes: 0,
        };
        Ok((counted, temporary))
    }

    /// Begins a table.
    pub(crate) fn table(
        path: &Path,
        (format, encoding): (Format, TextEncoding),
        schema: &SchemaRef,
    ) -> Result<Self, Error> {
        let (mut file, temporary) = Self::start(path)?;
        let writer = match format {
            Format::Parquet => Writer::Parquet(parquet::Writer::begin(file, schema)?),
            Format::Ipc => {
                let new = FileWriter::try_new_with_options(file, schema, packed()?);
                Writer::Ipc(new.map_err(|_| fault(""))?)
            }
            Format::Csv => {
                if encoding == TextEncoding::Utf8Mark {
                    let mark = file.write_all("\u{feff}".as_bytes());
                    mark.map_err(|e| unwritten(&temporary, &e))?;
                }
                let mut writer = csv::Writer::from_writer(file);
                cells::head(&mut writer, schema, encoding).map_err(|_| fault(""))?;
                Writer::Csv(writer, encoding)
            }
            Format::Json => Writer::Json(file),
        };
        Ok(Self {
            writer,
            temporary,
            path: path.to_owned(),
        })
    }

    /// Begins a run of rows that is read again from front to back: an Arrow stream, whose dictionaries may change.
    pub(crate) fn run(path: &Path, schema: &SchemaRef) -> Result<Self, Error> {
        let (file, temporary) = Self::start(path)?;
        let new = StreamWriter::try_new_with_options(file, schema, packed()?);
        Ok(Self {
            writer: Writer::Stream(new.map_err(|_| fault(""))?),
            temporary,
            path: path.to_owned(),
        })
    }

    /// Begins a text.
    pub(crate) fn text(path: &Path) -> Result<Self, Error> {
        let (file, temporary) = Self::start(path)?;
        Ok(Self {
            writer: Writer::Text(file),
            temporary,
            path: path.to_owned(),
        })
    }

    fn failed(&self, error: impl core::fmt::Display) -> Error {
        unwritten(&self.temporary, &io::Error::other(error.to_string()))
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let done = match &mut self.writer {
            Writer::Parquet(writer) => writer.write(batch),
            Writer::Ipc(writer) => writer.write(batch).map_err(|e| e.to_string()),
            Writer::Stream(writer) => writer.write(batch).map_err(|e| e.to_string()),
            Writer::Csv(writer, encoding) => {
                cells::write(writer, batch, *encoding).map_err(|e| e.to_string())
            }
            Writer::Json(writer) => cells::json(writer, batch).map_err(|e| e.to_string()),
            Writer::Text(_) => Ok(()),
        };
        done.map_err(|e| self.failed(e))
    }

    /// Adds a line to a text.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Error> {
        let done = match &mut self.writer {
            Writer::Text(writer) => writeln!(writer, "{line}"),
            _ => Ok(()),
        };
        done.map_err(|e| self.failed(e))
    }

    /// Gives the file up and removes it, as far as that can be done.
    pub(crate) fn abandon(self) {
        let Self {
            writer, temporary, ..
        } = self;
        drop(writer);
        // a name that stays says by itself that it is not whole
        let _ = fs::remove_file(temporary);
    }

    /// Ends the file, makes it durable and gives it its name.
    pub(crate) fn finish(self) -> Result<WrittenFile, Error> {
        let Self {
            writer,
            temporary,
            path,
        } = self;
        let failed = |e: String| unwritten(&temporary, &io::Error::other(e));
        let mut counted = match writer {
            Writer::Parquet(writer) => writer.finish().map_err(failed)?,
            Writer::Ipc(writer) => writer.into_inner().map_err(|e| failed(e.to_string()))?,
            Writer::Stream(writer) => writer.into_inner().map_err(|e| failed(e.to_string()))?,
            Writer::Csv(writer, _) => writer.into_inner().map_err(|e| failed(e.to_string()))?,
            Writer::Json(writer) | Writer::Text(writer) => writer,
        };
        let synced = counted
            .flush()
            .and_then(|()| counted.file.get_ref().sync_all());
        synced.map_err(|e| unwritten(&temporary, &e))?;
        fs::rename(&temporary, &path).map_err(|e| unwritten(&path, &e))?;
        Ok(WrittenFile {
            bytes: counted.bytes,
            sha256: hex(&counted.digest.finalize()),
        })
    }
}

/// Makes the names in a folder durable. Some systems cannot open a folder; there names are as durable as their files.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), Error> {
    match File::open(dir) {
        Ok(folder) => folder.sync_all().map_err(|e| unwritten(dir, &e)),
        Err(_) => Ok(()),
    }
}
