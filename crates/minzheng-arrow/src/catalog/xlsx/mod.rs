//! The list of the catalogue as an Excel workbook, both ways (feature `xlsx`).

mod bounds;
mod cell;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::path::Path;

use super::Sheet;
use crate::error::Error;
use crate::files::guard::guarded;
use crate::files::{refused, unread};

/// How many bytes a workbook has at most, in the file and unpacked.
pub const MAX_BYTES: u64 = 64 << 20;

/// How many cells a sheet has at most that are not blank.
pub const MAX_CELLS: usize = 1 << 20;

pub(super) fn read_file(path: &Path, sheet: Option<&str>) -> Result<Sheet, Error> {
    let size = std::fs::metadata(path).map_err(|e| unread(path, &e))?.len();
    if size > MAX_BYTES {
        return Err(bounds::too_much(path));
    }
    let bytes = std::fs::read(path).map_err(|e| unread(path, &e))?;
    read(path, &bytes, sheet)
}

/// Reads a sheet of a workbook; `path` only names it in errors.
///
/// ```
/// use std::path::Path;
/// use minzheng::Engine;
/// use minzheng_arrow::catalog::xlsx;
///
/// let rows = Engine::built_in()?.catalog()?.to_list();
/// let bytes = xlsx::write(&rows)?;
/// let sheet = xlsx::read(Path::new("list.xlsx"), &bytes, None)?;
/// assert_eq!((sheet.name.as_str(), sheet.rows == rows), ("数据资源清单", true));
/// # Ok::<(), minzheng_arrow::Error>(())
/// ```
///
/// # Errors
/// As [`read_list`](super::read_list), everything of the cells at once.
pub fn read(path: &Path, bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, Error> {
    // what older programs and those with a password write
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let message = "the workbook is one of the old format, or is locked by a password";
        let help = "save it as an Excel workbook (.xlsx) without a password";
        return Err(refused("E-FILE-FORMAT", path, message, help));
    }
    guarded(path, "Excel workbook", || {
        bounds::check(path, bytes, MAX_BYTES)?;
        read::read(path, bytes, sheet)
    })
}

/// The rows of the list as a workbook with one sheet: every cell is text, the head stays in sight, and cells of coded columns offer
/// their words. The same rows give the same bytes.
///
/// # Errors
/// `E-SHEET-SIZE` where there are more rows or columns, or more text in a cell, than a sheet holds.
pub fn write(rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    write::write(rows)
}
