//! Tables in files: Parquet, Arrow IPC, CSV in UTF-8 and GB18030. Only the columns that are needed are read.

mod cells;
mod csv;
pub(crate) mod guard;
mod ipc;
mod memory;
#[cfg_attr(not(feature = "parquet"), path = "no_parquet.rs")]
mod parquet;
mod part;
mod sheet;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use encoding_rs::Encoding;
use minzheng_rules::error::Diagnostic;

use crate::error::{Error, fault};
pub(crate) use cells::rows as words_of;
use guard::{Guarded, guarded};
pub use memory::MemoryTable;
pub(crate) use part::{Part, WrittenFile, hex, sync_dir};
pub use sheet::{read_sheet, write_sheet};

/// Rows that a reader hands over at a time, at most.
const ROWS: usize = 8_192;

/// Rows in memory that are handed over at a time, at most: more than of a file, for parts that meet in one batch must be joined.
const HELD: usize = 65_536;

/// Bytes that a reader hands over at a time, about.
const BYTES: usize = 4 << 20;

/// How a table lies in a file.
///
/// ```
/// use std::path::Path;
/// use minzheng_arrow::Format;
/// assert_eq!(Format::of(Path::new("people.parquet"))?, Format::Parquet);
/// assert_eq!(Format::of(Path::new("people.xlsx")).unwrap_err().code(), "E-FILE-KIND");
/// # Ok::<(), minzheng_arrow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Apache Parquet: `.parquet`.
    #[default]
    Parquet,
    /// Arrow's own format, file or stream: `.arrow`, `.arrows`, `.ipc`, `.feather`.
    Ipc,
    /// Text with commas, the names of columns in its first line: `.csv`.
    Csv,
    /// JSON, an object a line, for other programs: `.jsonl`. Whole numbers and truths are such, money and days are text, what is null is
    /// null. It is written and not read.
    Json,
}

impl Format {
    /// The format that a file's name says.
    ///
    /// # Errors
    /// `E-FILE-KIND` where it says none of these.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let end = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        match end.to_ascii_lowercase().as_str() {
            "parquet" => Ok(Self::Parquet),
            "arrow" | "arrows" | "ipc" | "feather" => Ok(Self::Ipc),
            "csv" => Ok(Self::Csv),
            _ => Err(unknown_kind(path)),
        }
    }

    /// What such a file is called in messages.
    const fn word(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet file",
            Self::Ipc => "Arrow file",
            Self::Csv => "CSV file",
            Self::Json => "JSON file",
        }
    }

    /// How the names of files end that are written.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Ipc => "arrow",
            Self::Csv => "csv",
            Self::Json => "jsonl",
        }
    }
}

/// How the text of CSV files is written. Texts that are read tell it themselves.
///
/// ```
/// use minzheng_arrow::TextEncoding;
/// assert_eq!(TextEncoding::default(), TextEncoding::Utf8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a mark at the beginning, by which spreadsheets know it.
    Utf8Mark,
    /// GB18030, as spreadsheets in China have it.
    Gb18030,
}

impl TextEncoding {
    /// Its word: `utf-8`, `utf-8-bom`, `gb18030`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Mark => "utf-8-bom",
            Self::Gb18030 => "gb18030",
        }
    }
}

/// Something is wrong with a file.
pub(crate) fn refused(
    code: &'static str,
    path: &Path,
    message: impl Into<String>,
    help: &str,
) -> Error {
    Diagnostic::error(code, message)
        .path(path.display().to_string())
        .help(help)
        .into()
}

/// A file is of no kind that is read.
fn unknown_kind(path: &Path) -> Error {
    let message = "the name of the file does not say what it is";
    let help = "give a file that ends in .parquet, .arrow or .csv";
    refused("E-FILE-KIND", path, message, help)
}

/// A file cannot be opened or read.
pub(crate) fn unread(path: &Path, error: &std::io::Error) -> Error {
    let help = "see that the file is there and may be read";
    refused("E-FILE-READ", path, error.to_string(), help)
}

/// A file is not what its name says.
pub(crate) fn broken(path: &Path, what: &str) -> Error {
    let message = format!("the file is no {what}, or is damaged");
    refused("E-FILE-FORMAT", path, message, "write it again")
}

/// A file cannot be written.
pub(crate) fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    let help =
        "see that the folder may be written and the disk has room; then go on with `--resume`";
    refused("E-FILE-WRITE", path, error.to_string(), help)
}

/// A column that is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pick {
    /// Its index in the schema.
    pub(crate) index: usize,
    /// Whether it must come in the very type of the schema; text of others may come as a dictionary, decimals narrower.
    pub(crate) exact: bool,
}

/// Record batches of one file or more, in order.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, Error>> + Send>;

/// A table in a file, or in the files of a folder, in the order of their names.
///
/// ```
/// use minzheng_arrow::TableFile;
/// let missing = TableFile::open("no-such-folder/people.parquet".as_ref());
/// assert_eq!(missing.unwrap_err().code(), "E-FILE-READ");
/// ```
#[derive(Debug, Clone)]
pub struct TableFile {
    files: Vec<(PathBuf, Layout)>,
    /// Rows that are in memory; then there are no files.
    held: Option<Arc<[RecordBatch]>>,
    schema: SchemaRef,
}

/// How a table lies in a file, as far as its bytes tell.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Parquet,
    Ipc,
    Csv(&'static Encoding),
}

impl TableFile {
    /// Opens a table and reads its columns, not its rows.
    ///
    /// # Errors
    /// `E-FILE-READ`, `E-FILE-KIND`, `E-FILE-FORMAT`, `E-FILE-TEXT`, and `E-TABLE-SCHEMA` where the files of a folder have
    /// different columns.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut files = Vec::new();
        if path.is_dir() {
            for entry in fs::read_dir(path).map_err(|e| unread(path, &e))? {
                let file = entry.map_err(|e| unread(path, &e))?.path();
                if let Ok(format) = Format::of(&file) {
                    files.push((file, format));
                }
            }
            files.sort_by(|a, b| a.0.cmp(&b.0));
        } else {
            files.push((path.to_owned(), Format::of(path)?));
        }
        let mut schema: Option<SchemaRef> = None;
        let mut laid = Vec::new();
        for (file, format) in files {
            let (own, layout) = guarded(&file, format.word(), || {
                Ok(match format {
                    Format::Parquet => (parquet::schema(&file)?, Layout::Parquet),
                    Format::Ipc => (ipc::schema(&file)?, Layout::Ipc),
                    Format::Csv => {
                        let (own, encoding) = csv::schema(&file)?;
                        (own, Layout::Csv(encoding))
                    }
                    Format::Json => return Err(unknown_kind(&file)),
                })
            })?;
            if schema.as_ref().is_some_and(|s| s.fields() != own.fields()) {
                let message = "the files of the folder have different columns";
                let help = "write all parts with one schema";
                return Err(refused("E-TABLE-SCHEMA", &file, message, help));
            }
            schema.get_or_insert(own);
            laid.push((file, layout));
        }
        let Some(schema) = schema else {
            let message = "the folder holds no table";
            let help = "give a folder with files that end in .parquet, .arrow or .csv";
            return Err(refused("E-FILE-KIND", path, message, help));
        };
        Ok(Self {
            files: laid,
            held: None,
            schema,
        })
    }

    /// A table whose rows are in memory. They are not copied.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// use minzheng_arrow::TableFile;
    /// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1", "h2"]));
    /// let batch = RecordBatch::try_from_iter([("household_id", ids)])?;
    /// let table = TableFile::held(batch.schema(), vec![batch])?;
    /// assert_eq!((table.is_held(), table.files().count()), (true, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `E-TABLE-SCHEMA` where a batch has other columns.
    pub fn held(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Self, Error> {
        let is_same = |batch: &RecordBatch| {
            let (own, all) = (batch.schema(), schema.fields());
            let mut pairs = own.fields().iter().zip(all);
            own.fields().len() == all.len()
                && pairs.all(|(a, b)| a.name() == b.name() && a.data_type() == b.data_type())
        };
        if !batches.iter().all(is_same) {
            return Err(crate::import::other_columns());
        }
        Ok(Self {
            files: Vec::new(),
            held: Some(batches.into()),
            schema,
        })
    }

    /// Whether its rows are in memory.
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Its columns.
    pub const fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// About how many bytes a row of some columns takes in memory.
    pub(crate) fn row_bytes(&self, picks: &[Pick]) -> usize {
        let fields = picks
            .iter()
            .filter_map(|p| self.schema.fields().get(p.index));
        let bits: usize = fields
            .map(|f| match f.data_type() {
                DataType::Boolean => 1,
                ty => ty
                    .primitive_width()
                    .map_or(320, |w| w.min(8).saturating_mul(8)),
            })
            .sum();
        bits.div_ceil(8).max(1)
    }

    /// Its rows in batches, all columns, in the order of the file; an error ends them.
    ///
    /// ```
    /// use minzheng_arrow::TableFile;
    /// let path = std::env::temp_dir().join(format!("minzheng-rows-{}.csv", std::process::id()));
    /// std::fs::write(&path, "household_id,hukou\nh1,urban\nh2,rural\n")?;
    /// let rows = TableFile::open(&path)?.batches().map(|b| b.map(|b| b.num_rows()));
    /// assert_eq!(rows.sum::<Result<usize, _>>()?, 2);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, Error>> + use<> {
        let picks: Vec<Pick> = (0..self.schema.fields().len())
            .map(|index| Pick { index, exact: true })
            .collect();
        let mut is_end = false;
        self.read(&picks, 0).take_while(move |batch| {
            let goes_on = !is_end;
            is_end |= batch.is_err();
            goes_on
        })
    }

    /// Some columns of its rows as words, in the order asked for: numbers in digits, days as 2026-07-01, what is null as no word. It is for
    /// small tables of keys and codes that a person may as well have kept in a spreadsheet.
    ///
    /// ```
    /// use minzheng_arrow::TableFile;
    /// let path = std::env::temp_dir().join(format!("minzheng-words-{}.csv", std::process::id()));
    /// std::fs::write(&path, "model,place,code\na01,150123,enrolled\n")?;
    /// let rows: Vec<_> = TableFile::open(&path)?.words(&["code", "model"])?.collect::<Result<_, _>>()?;
    /// assert_eq!(rows, [["enrolled", "a01"]]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `E-TABLE-COLUMN` where a column is not there, `E-TABLE-FLOAT` where one holds floating-point numbers, `E-TABLE-TYPE` where one holds
    /// what has no words. The rows: as [`TableFile::batches`].
    pub fn words(
        &self,
        columns: &[&str],
    ) -> Result<impl Iterator<Item = Result<Vec<String>, Error>> + use<>, Error> {
        let path = self.files().next().unwrap_or(Path::new("")).to_owned();
        let mut picks = Vec::new();
        for name in columns {
            let Some(pick) = self.worded(name)? else {
                let message = format!("the column `{name}` is missing");
                let help = format!("it needs the columns {}", columns.join(", "));
                return Err(refused("E-TABLE-COLUMN", &path, message, &help));
            };
            picks.push(pick);
        }
        let order: Vec<usize> = picks.iter().map(|p| p.index).collect();
        picks.sort_by_key(|p| p.index);
        picks.dedup_by_key(|p| p.index);
        let at: Vec<usize> = order
            .iter()
            .filter_map(|index| picks.iter().position(|p| p.index == *index))
            .collect();
        let mut is_end = false;
        let batches = self.read(&picks, 0).take_while(move |batch| {
            let goes_on = !is_end;
            is_end |= batch.is_err();
            goes_on
        });
        Ok(batches.flat_map(move |batch| match batch {
            Err(error) => vec![Err(error)],
            Ok(batch) => cells::rows(&batch, &at).into_iter().map(Ok).collect(),
        }))
    }

    /// A column that is to be read as words; `None` where the table has none of this name.
    pub(crate) fn worded(&self, name: &str) -> Result<Option<Pick>, Error> {
        let Some((index, field)) = self.schema.column_with_name(name) else {
            return Ok(None);
        };
        if let Some((code, message)) = cells::wordless(field.data_type()) {
            let path = self.files().next().unwrap_or(Path::new("")).to_owned();
            let help = "write it as whole numbers or as text";
            let message = format!("the column `{name}` {message}");
            return Err(refused(code, &path, message, help));
        }
        Ok(Some(Pick { index, exact: true }))
    }

    /// Reads some columns, rising, after so many rows.
    pub(crate) fn read(&self, picks: &[Pick], skip: u64) -> Batches {
        if let Some(held) = &self.held {
            return rows_of(Arc::clone(held), picks, skip);
        }
        let most = BYTES.checked_div(self.row_bytes(picks)).unwrap_or(ROWS);
        let most = most.clamp(64, ROWS);
        let (picks, files): (Arc<[Pick]>, _) = (picks.into(), self.files.clone());
        let schema = Arc::clone(&self.schema);
        let mut left = skip;
        Box::new(files.into_iter().flat_map(move |(path, layout)| {
            let format = match layout {
                Layout::Parquet => Format::Parquet,
                Layout::Ipc => Format::Ipc,
                Layout::Csv(_) => Format::Csv,
            };
            let opened = guarded(&path, format.word(), || match layout {
                Layout::Parquet => parquet::read(path.clone(), &picks, &mut left, most),
                Layout::Ipc => ipc::read(path.clone(), &picks, &mut left, most),
                Layout::Csv(encoding) => {
                    csv::read(path.clone(), (&schema, encoding), &picks, &mut left, most)
                }
            });
            Guarded {
                from: Some(opened.unwrap_or_else(|error| Box::new(core::iter::once(Err(error))))),
                path,
                what: format.word(),
            }
        }))
    }
}

/// Some columns of rows in memory, after so many of them.
fn rows_of(held: Arc<[RecordBatch]>, picks: &[Pick], mut skip: u64) -> Batches {
    let indices: Vec<usize> = picks.iter().map(|p| p.index).collect();
    let projected = (0..held.len()).filter_map(move |at| match held.get(at)?.project(&indices) {
        Ok(batch) => after(batch, &mut skip).map(Ok),
        Err(_) => Some(Err(fault(""))),
    });
    Box::new(projected.flat_map(|batch| slices(batch, HELD)))
}

/// A batch in parts of so many rows; nothing is copied.
fn slices<E: Send + 'static>(
    batch: Result<RecordBatch, E>,
    most: usize,
) -> Box<dyn Iterator<Item = Result<RecordBatch, E>> + Send> {
    match batch {
        Err(error) => Box::new(core::iter::once(Err(error))),
        Ok(batch) => Box::new(
            (0..batch.num_rows())
                .step_by(most)
                .map(move |at| Ok(batch.slice(at, most.min(batch.num_rows().saturating_sub(at))))),
        ),
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|e| unread(path, &e))
}

/// Leaves rows out at the beginning: what is left of a batch, `None` where nothing is.
fn after(batch: RecordBatch, skip: &mut u64) -> Option<RecordBatch> {
    let rows = batch.num_rows();
    let gone = usize::try_from(*skip).unwrap_or(usize::MAX).min(rows);
    *skip = skip.saturating_sub(u64::try_from(gone).unwrap_or(u64::MAX));
    let left = rows.saturating_sub(gone);
    (left > 0).then(|| {
        if gone == 0 {
            batch
        } else {
            batch.slice(gone, left)
        }
    })
}
