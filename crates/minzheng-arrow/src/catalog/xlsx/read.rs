//! A sheet of a workbook to rows.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx};
use minzheng::catalog::{List, ListCells};
use minzheng_rules::error::{Diagnostic, Diagnostics, nearest};

use super::MAX_CELLS;
use super::cell::{Held, held};
use crate::catalog::Sheet;
use crate::error::Error;
use crate::files::{broken, refused};

/// Columns of a sheet at most.
const COLUMNS: u32 = 1_024;
/// Rows of a sheet at most.
const ROWS: u32 = 1 << 20;

type Place = (u32, u32);
type Cells = BTreeMap<Place, Held>;
type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

pub(super) fn read(path: &Path, bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, Error> {
    let mut book: Workbook<'_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|_| broken(path, "Excel workbook"))?;
    let name = choose(path, &book, wanted)?;
    let mut cells = cells(path, &mut book, &name)?;
    let merged = book.merge_cells_by_sheet_name(&name);
    let merged = merged.map_err(|_| broken(path, "Excel workbook"))?;
    let mut findings = Diagnostics::new();
    spread(path, &name, &mut cells, &merged, &mut findings)?;
    let rows = rows(&name, &cells, &mut findings);
    if findings.has_errors() {
        findings.sort();
        return Err(findings.into());
    }
    Ok(Sheet { name, rows })
}

/// The sheet that is meant: nothing is guessed where there are several.
fn choose(path: &Path, book: &Workbook<'_>, wanted: Option<&str>) -> Result<String, Error> {
    let all: Vec<&calamine::Sheet> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .collect();
    if let Some(wanted) = wanted {
        if all.iter().any(|s| s.name == wanted) {
            return Ok(wanted.to_owned());
        }
        let message = format!("the workbook has no sheet `{wanted}`");
        let near = nearest(wanted, all.iter().map(|s| s.name.as_str()));
        let help = near.map_or_else(
            || format!("it has {}", named(&all)),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(refused("E-SHEET-NAME", path, message, &help));
    }
    let shown: Vec<&calamine::Sheet> = all
        .into_iter()
        .filter(|s| s.visible == SheetVisible::Visible)
        .collect();
    match shown.as_slice() {
        [one] => Ok(one.name.clone()),
        [] => {
            let help = "show the sheet that holds the list, or name it: --sheet NAME";
            let message = "the workbook has no sheet that is not hidden";
            Err(refused("E-SHEET-NAME", path, message, help))
        }
        several => {
            let message = format!("the workbook has several sheets: {}", named(several));
            let help = "name the one that holds the list: --sheet NAME";
            Err(refused("E-SHEET-NAME", path, message, help))
        }
    }
}

fn named(sheets: &[&calamine::Sheet]) -> String {
    let names: Vec<String> = sheets.iter().map(|s| format!("`{}`", s.name)).collect();
    names.join(", ")
}

/// The cells that are not blank.
fn cells(path: &Path, book: &mut Workbook<'_>, name: &str) -> Result<Cells, Error> {
    let bad = |_| broken(path, "Excel workbook");
    let is_1904 = book.has_1904_epoch();
    let mut cells = Cells::new();
    let mut put = |place: Place, held: Held| -> Result<(), Error> {
        let is_outside = place.0 >= ROWS || place.1 >= COLUMNS;
        if is_outside || cells.len() >= MAX_CELLS {
            return Err(too_large(path, name));
        }
        match cells.insert(place, held) {
            None => Ok(()),
            Some(_) => Err(broken(path, "Excel workbook")),
        }
    };
    let mut reader = book.worksheet_cells_reader(name).map_err(bad)?;
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(bad)? {
        let format = reader
            .styles()
            .get(style)
            .and_then(|s| s.number_format.as_ref());
        let format = format.map(|f| f.format_code.as_str());
        if let Some(held) = held(cell.get_value(), format, is_1904) {
            put(cell.get_position(), held)?;
        }
    }
    drop(reader);
    let mut reader = book.worksheet_cells_reader(name).map_err(bad)?;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(bad)? {
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            put(cell.pos, Held::Formula)?;
        }
    }
    Ok(cells)
}

fn too_large(path: &Path, name: &str) -> Error {
    let message = format!("the sheet `{name}` has more rows, columns or cells than a list has");
    let help = "take everything but the list out, or save the sheet as CSV";
    refused("E-SHEET-SIZE", path, message, help)
}

fn at(name: &str, (row, column): Place) -> String {
    let whole = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    List::address(name, whole(row), whole(column))
}

/// Gives every cell of a merged one what the person sees in it; one over several columns, or of the head, says nothing that a list can hold.
fn spread(
    path: &Path,
    name: &str,
    cells: &mut Cells,
    merged: &[Dimensions],
    findings: &mut Diagnostics,
) -> Result<(), Error> {
    let Some(last) = cells.keys().map(|(row, _)| *row).max() else {
        return Ok(());
    };
    let mut steps = 0_usize;
    for region in merged {
        let (top, left) = region.start;
        let (bottom, right) = (region.end.0.min(last), region.end.1);
        let Some(held) = cells.get(&region.start).cloned() else {
            continue;
        };
        let mut is_wrong = right != left || (top == 0 && region.end.0 > 0);
        for row in top.saturating_add(1)..=bottom {
            steps = steps.saturating_add(1);
            if steps > MAX_CELLS || cells.len() >= MAX_CELLS {
                return Err(too_large(path, name));
            }
            let old = cells.entry((row, left)).or_insert_with(|| held.clone());
            is_wrong |= *old != held;
        }
        if is_wrong {
            let message =
                "the cell is merged over columns, over the head, or over what another one holds";
            let help = "take the merging apart, and write what belongs into each cell";
            let found = Diagnostic::error("E-SHEET-MERGED", message);
            findings.push(found.path(at(name, region.start)).help(help));
        }
    }
    Ok(())
}

/// The rows up to the last one that holds something, each as wide as the widest.
fn rows(name: &str, cells: &Cells, findings: &mut Diagnostics) -> Vec<Vec<String>> {
    let mut heads: BTreeMap<u32, (String, Option<ListCells>)> = BTreeMap::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (place, held) in cells {
        let (row, column) = *place;
        let kind = heads.get(&column).and_then(|(_, kind)| kind.as_ref());
        let text = held.text(kind).unwrap_or_else(|(what, help)| {
            let of = heads.get(&column).map_or("", |(head, _)| head);
            let message = format!("`{of}` {what}");
            let found = Diagnostic::error("E-LIST-DAMAGED", message);
            findings.push(found.path(at(name, *place)).help(help));
            String::new()
        });
        if row == 0 {
            heads.insert(column, (text.clone(), List::cells(&text)));
        }
        let whole = |n: u32| usize::try_from(n).unwrap_or(0);
        let (row, column) = (whole(row), whole(column));
        if rows.len() <= row {
            rows.resize(row.saturating_add(1), Vec::new());
        }
        if let Some(line) = rows.get_mut(row) {
            line.resize(column, String::new());
            line.push(text);
        }
    }
    let widest = heads.keys().max().and_then(|c| usize::try_from(*c).ok());
    let widest = widest.map_or(0, |c| c.saturating_add(1));
    for line in rows.iter_mut().filter(|line| !line.is_empty()) {
        line.resize(line.len().max(widest), String::new());
    }
    rows
}
