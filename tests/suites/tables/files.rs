//! Tables in damaged files: whatever their bytes, an answer or an error.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Int64Array, RecordBatch, StringArray,
};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use minzheng_arrow::TableFile;
use minzheng_testkit::repo_root;
use parquet::arrow::ArrowWriter;

/// A small table with text, words, whole numbers, decimals and nulls.
fn table() -> RecordBatch {
    let text: ArrayRef = Arc::new(StringArray::from(vec![Some("h1"), None, Some("户三")]));
    let words: DictionaryArray<Int32Type> =
        [Some("urban"), None, Some("urban")].into_iter().collect();
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(-3)]));
    let yuan = Decimal128Array::from(vec![Some(1_250), None, Some(0)]);
    let yuan: ArrayRef = Arc::new(yuan.with_precision_and_scale(18, 2).unwrap());
    RecordBatch::try_from_iter([
        ("household_id", text),
        ("hukou", Arc::new(words)),
        ("houses", whole),
        ("wage", yuan),
    ])
    .unwrap()
}

fn folder() -> PathBuf {
    let folder = repo_root().join("target/test-files");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Rows read, or the code of the error.
fn read(path: &Path) -> Result<usize, &'static str> {
    let file = TableFile::open(path).map_err(|e| e.code())?;
    let mut rows = 0;
    for batch in file.batches() {
        let batch = batch.map_err(|e| e.code())?;
        assert_eq!(batch.schema().fields().len(), file.schema().fields().len());
        rows += batch.num_rows();
    }
    Ok(rows)
}

/// Damages a file byte by byte, and cuts it: how many damaged files were refused.
fn damage(name: &str, bytes: &[u8]) -> usize {
    let path = folder().join(name);
    fs::write(&path, bytes).unwrap();
    assert_eq!(read(&path), Ok(3), "{name}");
    let mut refused = 0;
    let mut outcome = |bytes: &[u8], what: &str| {
        fs::write(&path, bytes).unwrap();
        let found = catch_unwind(AssertUnwindSafe(|| read(&path)));
        match found.unwrap_or_else(|_| panic!("{name}: {what} panics")) {
            Ok(_) => {}
            Err(code) => {
                assert!(
                    code.starts_with("E-FILE-") || code == "E-TABLE-SCHEMA",
                    "{name}: {what}: {code}"
                );
                refused += 1;
            }
        }
    };
    for at in 0..bytes.len() {
        let flip = [0x01, 0x80, 0xff][at % 3];
        let mut bad = bytes.to_vec();
        bad[at] ^= flip;
        outcome(&bad, &format!("byte {at} with {flip:#x}"));
    }
    for end in (0..bytes.len()).step_by(11) {
        outcome(&bytes[..end], &format!("cut at {end}"));
    }
    fs::remove_file(&path).unwrap();
    refused
}

#[test]
fn a_damaged_parquet_file_never_panics() {
    let mut bytes = Vec::new();
    let table = table();
    let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).unwrap();
    writer.write(&table).unwrap();
    writer.close().unwrap();
    let refused = damage("damaged.parquet", &bytes);
    assert!(refused > 300, "{refused} of {} refused", bytes.len());
}

#[test]
fn a_damaged_arrow_file_never_panics() {
    let mut bytes = Vec::new();
    let table = table();
    let mut writer = FileWriter::try_new(&mut bytes, &table.schema()).unwrap();
    writer.write(&table).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let refused = damage("damaged.arrow", &bytes);
    assert!(refused > 300, "{refused} of {} refused", bytes.len());
}

#[test]
fn a_damaged_arrow_stream_never_panics() {
    let mut bytes = Vec::new();
    let table = table();
    let mut writer = StreamWriter::try_new(&mut bytes, &table.schema()).unwrap();
    writer.write(&table).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let refused = damage("damaged.arrows", &bytes);
    assert!(refused > 200, "{refused} of {} refused", bytes.len());
}

#[test]
fn a_damaged_csv_file_never_panics() {
    let text = "household_id,hukou,备注\n1,urban,\"a, \"\"b\"\"\"\n2,rural,\r\n3,,户三\n";
    let refused = damage("damaged.csv", text.as_bytes());
    assert!(refused > 20, "{refused} of {} refused", text.len());
}

#[test]
fn text_that_cannot_be_read_is_refused_with_its_line() {
    let path = folder().join("bad-text.csv");
    for (bytes, code, line) in [
        (&b"a,b\n1,2\n3\n"[..], "E-FILE-CSV", "line 3"),
        (b"a,b\n1,2,3\n", "E-FILE-CSV", "line 2"),
        (b"a,b\n1,\"2\n3,4\n5,6\n", "E-FILE-CSV", "line 2"),
        (b"a,b\n1,2\0\n", "E-FILE-TEXT", "line 2"),
        (b"a,b\n1,2\n\xff\xff,4\n", "E-FILE-TEXT", "line 3"),
        (b"", "E-FILE-CSV", "empty"),
        (b"\n\n", "E-FILE-CSV", "empty"),
        (b"\xef\xbb\xbf", "E-FILE-CSV", "empty"),
    ] {
        fs::write(&path, bytes).unwrap();
        let file = TableFile::open(&path);
        let error = file.and_then(|f| f.batches().collect::<Result<Vec<_>, _>>().map(|_| ()));
        let error = error.err().unwrap_or_else(|| panic!("{bytes:?} is read"));
        assert_eq!(error.code(), code, "{bytes:?}: {error}");
        assert!(error.to_string().contains(line), "{bytes:?}: {error}");
    }
    // marks, line ends and names as other programs write them
    let marked = "\u{feff}household_id, hukou ,,\r\n\"1\",\"城\r\n镇\",,\r\n\r\n2,,,x\r\n";
    let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [marked.as_bytes(), &utf16] {
        fs::write(&path, bytes).unwrap();
        let file = TableFile::open(&path).unwrap_or_else(|e| panic!("{e}"));
        let names: Vec<&str> = file
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().as_str())
            .collect();
        assert_eq!(names, ["household_id", "hukou", "column 3", "column 4"]);
        assert_eq!(read(&path), Ok(2));
    }
    fs::remove_file(&path).unwrap();
}
