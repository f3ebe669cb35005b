//! What a workbook unpacks to, counted before anything of it is read.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use super::MAX_BYTES;
use crate::error::Error;
use crate::files::{broken, refused};

/// Parts of a workbook at most.
const PARTS: usize = 4_096;

/// Bytes of the table of styles at most: a style takes many times what it has in the file.
const STYLES: usize = 4 << 20;

pub(super) fn too_much(path: &Path) -> Error {
    let message = format!("the workbook holds more than {MAX_BYTES} bytes");
    let help = "leave pictures and other sheets out, or save the sheet as CSV";
    refused("E-SHEET-SIZE", path, message, help)
}

/// Unpacks every part and counts up to `most` bytes: what a part says of its own size may be untrue.
pub(super) fn check(path: &Path, bytes: &[u8], most: u64) -> Result<(), Error> {
    let bad = || broken(path, "Excel workbook");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| bad())?;
    if archive.len() > PARTS {
        return Err(too_much(path));
    }
    let mut left = most;
    let mut text = Vec::new();
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| bad())?;
        let name = part.name().map_err(|_| bad())?.to_ascii_lowercase();
        text.clear();
        part.take(left.saturating_add(1))
            .read_to_end(&mut text)
            .map_err(|_| bad())?;
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(size).ok_or_else(|| too_much(path))?;
        if name.ends_with("styles.xml") && text.len() > STYLES {
            return Err(too_much(path));
        }
        // as many texts as it says make room for themselves before the first of them is read
        if name.ends_with("sharedstrings.xml") && said(&text) > size {
            return Err(bad());
        }
    }
    Ok(())
}

/// How many texts the head of a table of texts says there are.
fn said(table: &[u8]) -> u64 {
    let plain: Vec<u8> = table.iter().copied().filter(|b| *b != 0).collect();
    let text = String::from_utf8_lossy(&plain);
    let head = text.split_once("<si").map_or(&*text, |(head, _)| head);
    let number = |rest: &str| -> u64 {
        let from = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        let digits: String = from.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return 0;
        }
        digits.parse().unwrap_or(u64::MAX)
    };
    let all = head.split("uniqueCount").skip(1).map(number);
    all.max().unwrap_or(0)
}
