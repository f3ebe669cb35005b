//! The list of the catalogue as a workbook: any bytes are rows or an error, what is read is a list or refused at its cells, and what was
//! read once reads the same after it is written.
//!
//! The bytes are the sheet of a workbook where they begin with `<`, else the whole file.
#![no_main]

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use minzheng::Engine;
use minzheng::catalog::{Catalog, List};
use minzheng_arrow::catalog::xlsx;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let catalog = Engine::built_in().and_then(|engine| engine.catalog().cloned());
    match catalog {
        Ok(catalog) => catalog,
        Err(findings) => panic!("{findings}"),
    }
});

/// The reader of workbooks may panic on a damaged file, and the library makes an error of it: such a panic is no failure. One that leaves
/// the library still is.
static CONTAINED: LazyLock<()> = LazyLock::new(|| std::panic::set_hook(Box::new(|_| {})));

const PARTS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// A workbook around a sheet.
fn around(sheet: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = PARTS.map(|(name, text)| (name, text.as_bytes()));
    for (name, bytes) in parts
        .into_iter()
        .chain([("xl/worksheets/sheet1.xml", sheet)])
    {
        zip.start_file(name, SimpleFileOptions::default()).ok()?;
        zip.write_all(bytes).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

fuzz_target!(|bytes: &[u8]| {
    *CONTAINED;
    let path = Path::new("list.xlsx");
    let made = bytes.starts_with(b"<").then(|| around(bytes)).flatten();
    let sheet = match xlsx::read(path, made.as_deref().unwrap_or(bytes), None) {
        Ok(sheet) => sheet,
        Err(error) => return assert!(error.code().starts_with("E-")),
    };
    if let Err(error) = List::read(&sheet.name, &sheet.rows, &CATALOG, &BTreeMap::new()) {
        assert!(error.code().starts_with("E-"));
    }
    // a text that is longer than a cell holds is refused
    if let Ok(bytes) = xlsx::write(&sheet.rows) {
        match xlsx::read(path, &bytes, None) {
            Ok(again) => assert_eq!(again.rows, sheet.rows, "a cell changed on the way"),
            Err(error) => panic!("{error}"),
        }
    }
});
