//! Rows to a workbook that a person can fill in.

use minzheng::catalog::{List, ListCells};
use minzheng_rules::error::Diagnostic;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};

use crate::error::Error;

/// The name of the sheet.
const NAME: &str = "数据资源清单";

/// Rows below the list that offer words too, so that more can be added.
const MORE: u32 = 2_000;

pub(super) fn write(rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let failed = |_: XlsxError| -> Error {
        let message = "a sheet holds no such list: too many rows or columns, or too long a text";
        let help = "write the list as CSV: --format list";
        Diagnostic::error("E-SHEET-SIZE", message).help(help).into()
    };
    let mut book = Workbook::new();
    // when it was made would make other bytes of the same list
    let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    fill(book.add_worksheet(), rows).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn fill(sheet: &mut Worksheet, rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let text = Format::new()
        .set_num_format("@")
        .set_align(FormatAlign::Top);
    let head = Format::new()
        .set_num_format("@")
        .set_bold()
        .set_background_color(Color::RGB(0x00dd_e6f0));
    // a head that the catalogue needs stands out
    let needed = head.clone().set_background_color(Color::RGB(0x00f6_dcb0));
    sheet.set_name(NAME)?;
    sheet.set_freeze_panes(1, 0)?;
    let heads = rows.first().map(Vec::as_slice).unwrap_or_default();
    for (column, name) in heads.iter().enumerate() {
        let column = u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?;
        sheet.set_column_format(column, &text)?;
        let kind = List::cells(name);
        let width: u32 = match kind {
            Some(ListCells::Text) | None => 170,
            Some(_) => 110,
        };
        sheet.set_column_width_pixels(column, width)?;
        let words = match kind {
            Some(ListCells::Words(words)) => words,
            Some(ListCells::Truth) => vec!["是", "否"],
            _ => continue,
        };
        let rule = DataValidation::new()
            .allow_list_strings(&words)?
            .set_error_title("清单")?
            .set_error_message("请从下拉列表中选择；不知道的留空。")?;
        let last = u32::try_from(rows.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
        sheet.add_data_validation(1, column, last.saturating_add(MORE), column, &rule)?;
    }
    for (row, cells) in rows.iter().enumerate() {
        let row = u32::try_from(row).map_err(|_| XlsxError::RowColumnLimitError)?;
        for (column, cell) in cells.iter().enumerate() {
            let column = u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?;
            let format = match row {
                0 if List::is_needed(cell) => &needed,
                0 => &head,
                _ => &text,
            };
            if !cell.is_empty() {
                sheet.write_string_with_format(row, column, cell, format)?;
            }
        }
    }
    let (last_row, last_column) = (rows.len().saturating_sub(1), heads.len().saturating_sub(1));
    if let (Ok(row), Ok(column)) = (u32::try_from(last_row), u16::try_from(last_column)) {
        sheet.ignore_error_range(
            0,
            0,
            row.saturating_add(MORE),
            column,
            rust_xlsxwriter::IgnoreError::NumberStoredAsText,
        )?;
        sheet.autofilter(0, 0, row, column)?;
    }
    Ok(())
}
