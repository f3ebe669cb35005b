//! The list of the catalogue in a file: CSV, or an Excel workbook.

use std::path::Path;

use crate::error::Error;
#[cfg(feature = "xlsx")]
use crate::files::unwritten;
use crate::files::{TextEncoding, read_sheet, refused, write_sheet};

/// A sheet of text cells, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// By which its cells are named: the name of the sheet of a workbook, the path of a CSV file.
    pub name: String,
    /// Its rows, the head first. Every row of the sheet is there, blank ones too, so that places stay what they are.
    pub rows: Vec<Vec<String>>,
}

/// Whether the name of a file says that it is a workbook.
///
/// ```
/// use minzheng_arrow::catalog::is_workbook;
/// assert!(is_workbook("清单.xlsx".as_ref()) && !is_workbook("list.csv".as_ref()));
/// ```
pub fn is_workbook(path: &Path) -> bool {
    let end = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    end.eq_ignore_ascii_case("xlsx")
}

/// Reads a list: a CSV file, or of a workbook (`.xlsx`) the sheet that is named, or the only one that is not hidden.
///
/// A workbook gives the rows that the same list gives as CSV, or an error: nothing of a cell is changed on the way. Of numbers only whole
/// ones in columns that take them, and days in columns of days, are read; see the guide.
///
/// # Errors
/// `E-FILE-READ`, `E-FILE-KIND`, `E-FILE-TEXT`, `E-FILE-CSV`; of workbooks `E-FILE-FORMAT`, `E-SHEET-SIZE`, `E-SHEET-NAME`, and by their cell
/// `E-SHEET-MERGED` and `E-LIST-DAMAGED`.
pub fn read_list(path: &Path, sheet: Option<&str>) -> Result<Sheet, Error> {
    #[cfg(feature = "xlsx")]
    if is_workbook(path) {
        return super::xlsx::read_file(path, sheet);
    }
    if sheet.is_some() {
        let message = "only a workbook has sheets";
        let help = "leave the name of the sheet out, or give a file that ends in .xlsx";
        return Err(refused("E-SHEET-NAME", path, message, help));
    }
    Ok(Sheet {
        name: path.display().to_string(),
        rows: read_sheet(path)?,
    })
}

/// Writes a list: as a workbook where the file is named so, else as CSV in this encoding.
///
/// ```
/// use minzheng::Engine;
/// use minzheng_arrow::TextEncoding;
/// use minzheng_arrow::catalog::{read_list, write_list};
///
/// let path = std::env::temp_dir().join(format!("minzheng-list-{}.csv", std::process::id()));
/// let rows = Engine::built_in()?.catalog()?.to_list();
/// write_list(&path, &rows, TextEncoding::Utf8Mark)?;
/// assert_eq!(read_list(&path, None)?.rows, rows);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `E-FILE-WRITE`, and `E-SHEET-SIZE` of what no workbook holds.
pub fn write_list(path: &Path, rows: &[Vec<String>], encoding: TextEncoding) -> Result<(), Error> {
    #[cfg(feature = "xlsx")]
    if is_workbook(path) {
        let bytes = super::xlsx::write(rows)?;
        return std::fs::write(path, bytes).map_err(|e| unwritten(path, &e));
    }
    #[cfg(not(feature = "xlsx"))]
    if is_workbook(path) {
        let message = "this build writes no Excel workbooks";
        let help = "name a file that ends in .csv, or build with the feature `xlsx`";
        return Err(refused("E-FILE-KIND", path, message, help));
    }
    write_sheet(path, rows, encoding)
}
