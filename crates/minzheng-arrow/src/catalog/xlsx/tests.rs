//! Workbooks as people and programs make them: the same rows, or an error at the cell.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use minzheng::Engine;
use minzheng::catalog::{List, ListCells};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{bounds, read, write};
use crate::TextEncoding;
use crate::catalog::{read_list, write_list};
use crate::error::Error;

fn engine() -> &'static Engine {
    static LOADED: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());
    &LOADED
}

fn rows_of(bytes: &[u8]) -> Result<Vec<Vec<String>>, Error> {
    read(Path::new("list.xlsx"), bytes, None).map(|sheet| sheet.rows)
}

/// Code and place of all that is wrong.
fn wrong(bytes: &[u8]) -> Vec<String> {
    let error = rows_of(bytes).unwrap_err();
    let all = error.findings();
    all.map(|f| format!("{} {}", f.code(), f.path())).collect()
}

/// A workbook with one sheet under some heads.
fn made(heads: &[&str], fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_string(0, column, *head).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

/// A workbook with a part that is changed; without `with`, one that is left out.
fn patched(bytes: &[u8], part: &str, with: impl Fn(String) -> Option<String>) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let text = if name == part { with(text) } else { Some(text) };
        if let Some(text) = text {
            new.start_file(name, SimpleFileOptions::default()).unwrap();
            new.write_all(text.as_bytes()).unwrap();
        }
    }
    new.finish().unwrap().into_inner()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn the_list_comes_back_cell_by_cell_through_both_forms() {
    let catalog = engine().catalog().unwrap();
    let rows = catalog.to_list();
    let bytes = write(&rows).unwrap();
    assert_eq!(bytes, write(&rows).unwrap(), "no clock in a workbook");
    let sheet = read(Path::new("list.xlsx"), &bytes, Some("数据资源清单")).unwrap();
    assert_eq!(sheet.rows, rows);
    let list = List::read(&sheet.name, &sheet.rows, catalog, &BTreeMap::new()).unwrap();
    assert_eq!((list.resources, list.made, list.filled), (161, 0, 0));
    let folder = std::env::temp_dir().join(format!("minzheng-xlsx-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("list.csv");
    write_list(&path, &sheet.rows, TextEncoding::Gb18030).unwrap();
    let again = read_list(&path, None).unwrap().rows;
    assert_eq!(write(&again).unwrap(), bytes);
    assert_eq!(
        read_list(&path, Some("清单")).unwrap_err().code(),
        "E-SHEET-NAME"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_person_can_fill_it_in() {
    let bytes = write(&engine().catalog().unwrap().to_list()).unwrap();
    let mut parts = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    let mut part = parts.by_name(SHEET).unwrap();
    part.read_to_string(&mut text).unwrap();
    assert!(text.contains("state=\"frozen\""), "the head stays in sight");
    let words = "\"无条件共享,有条件共享,不予共享\"";
    assert!(text.contains(words) && text.contains("\"是,否\""));
    let coded = engine().catalog().unwrap().to_list().swap_remove(0);
    let offers = |head: &String| {
        matches!(
            List::cells(head),
            Some(ListCells::Words(_) | ListCells::Truth)
        )
    };
    let coded = coded.iter().filter(|head| offers(head)).count();
    assert_eq!(coded, 11);
    assert_eq!(text.matches("<dataValidation ").count(), coded);
}

#[test]
fn cells_of_other_kinds_are_exact_text_or_an_error_at_the_cell() {
    let heads = [
        "信息资源代码",
        "资源分级",
        "发布日期",
        "是否必填",
        "备注",
        "所属系统",
    ];
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let padded = Format::new().set_num_format("00000");
    let good = made(&heads, |s| {
        s.write_string(1, 0, "00045").unwrap();
        s.write_number(1, 1, 3.0).unwrap();
        let day = ExcelDateTime::from_ymd(2026, 7, 1).unwrap();
        s.write_datetime_with_format(1, 2, &day, &date).unwrap();
        s.write_boolean(1, 3, true).unwrap();
        s.write_string(1, 4, "第一行\n第二行 _x0041_ <&>").unwrap();
        s.write_number(1, 5, 0.1).unwrap();
        s.write_formula(2, 4, Formula::new("A2&B2").set_result("甲 45"))
            .unwrap();
        s.write_number(2, 3, 0.0).unwrap();
        // what only has a format is blank
        s.write_blank(9, 2, &date).unwrap();
    });
    let expected = vec![
        heads.map(str::to_owned).to_vec(),
        [
            "00045",
            "3",
            "2026-07-01",
            "是",
            "第一行\n第二行 _x0041_ <&>",
            "0.1",
        ]
        .map(str::to_owned)
        .to_vec(),
        ["", "", "", "0", "甲 45", ""].map(str::to_owned).to_vec(),
    ];
    assert_eq!(rows_of(&good).unwrap(), expected);
    let bad = made(&heads, |s| {
        s.write_number(1, 0, 45.0).unwrap();
        s.write_number(2, 0, 1.500_003e17).unwrap();
        s.write_number(1, 1, 2.5).unwrap();
        s.write_number_with_format(2, 1, 3.0, &padded).unwrap();
        s.write_number(3, 1, -1.0).unwrap();
        s.write_number(1, 2, 46_204.0).unwrap();
        s.write_number_with_format(2, 2, 46_204.5, &date).unwrap();
        s.write_number_with_format(3, 2, 60.0, &date).unwrap();
        s.write_boolean(1, 4, false).unwrap();
        s.write_number_with_format(2, 4, 46_204.0, &date).unwrap();
        s.write_formula(3, 4, Formula::new("1/0").set_result("#DIV/0!"))
            .unwrap();
        s.write_number(1, 5, 1.500_003e17).unwrap();
        s.write_number_with_format(2, 5, 45.0, &padded).unwrap();
    });
    let cells = [
        "A2", "A3", "B2", "B3", "B4", "C2", "C3", "C4", "E2", "E3", "E4", "F2", "F3",
    ];
    let mut expected = cells.map(|c| format!("E-LIST-DAMAGED Sheet1!{c}")).to_vec();
    let mut found = wrong(&bad);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_formula_without_its_value_is_no_blank() {
    let bytes = made(&["备注"], |s| {
        s.write_formula(1, 0, "B2").unwrap();
    });
    let bytes = patched(&bytes, SHEET, |text| {
        assert!(text.contains("<v>0</v>"), "{text}");
        Some(text.replace("<v>0</v>", ""))
    });
    assert_eq!(wrong(&bytes), ["E-LIST-DAMAGED Sheet1!A2"]);
}

#[test]
fn days_are_counted_from_where_the_workbook_says() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let bytes = made(&["发布日期"], |s| {
        s.write_number_with_format(1, 0, 44_742.0, &date).unwrap();
    });
    let bytes = patched(&bytes, "xl/workbook.xml", |text| {
        let other = text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
        assert_ne!(other, text);
        Some(other)
    });
    assert_eq!(rows_of(&bytes).unwrap()[1], ["2026-07-01"]);
}

#[test]
fn merged_cells_say_to_each_row_what_is_seen() {
    let heads = ["信息资源提供方", "信息资源名称", "信息项名称"];
    let plain = Format::new();
    let bytes = made(&heads, |s| {
        s.merge_range(1, 0, 3, 0, "民政厅", &plain).unwrap();
        s.merge_range(1, 1, 2, 1, "低保对象", &plain).unwrap();
        s.write_string(3, 1, "特困人员").unwrap();
        for (row, name) in [(1, "甲"), (2, "乙"), (3, "丙")] {
            s.write_string(row, 2, name).unwrap();
        }
        // nothing follows: an empty merged cell far below is no row
        s.merge_range(20, 0, 30, 0, "", &plain).unwrap();
    });
    let rows = rows_of(&bytes).unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[3],
        ["民政厅", "特困人员", "丙"],
        "not lost for the second resource"
    );
    assert_eq!(rows[2], ["民政厅", "低保对象", "乙"]);
    let across = made(&heads, |s| {
        s.merge_range(1, 0, 1, 1, "民政厅", &plain).unwrap();
    });
    assert_eq!(wrong(&across), ["E-SHEET-MERGED Sheet1!A2"]);
    let head = made(&[], |s| {
        s.merge_range(0, 0, 0, 2, "某省清单", &plain).unwrap();
    });
    assert_eq!(wrong(&head), ["E-SHEET-MERGED Sheet1!A1"]);
}

#[test]
fn one_of_several_sheets_is_named() {
    let mut book = Workbook::new();
    for name in ["说明", "清单"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.write_string(0, 0, name).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let path = Path::new("list.xlsx");
    let error = read(path, &bytes, None).unwrap_err();
    assert_eq!(error.code(), "E-SHEET-NAME");
    assert!(error.to_string().contains("`说明`, `清单`"), "{error}");
    assert_eq!(read(path, &bytes, Some("清单")).unwrap().rows, [["清单"]]);
    let error = read(path, &bytes, Some("清单1")).unwrap_err();
    assert!(error.to_string().contains("`清单`?"), "{error}");
    // one that is hidden is not asked about
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "备注").unwrap();
    book.add_worksheet().set_hidden(true);
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(read(path, &bytes, None).unwrap().name, "Sheet1");
}

#[test]
fn what_is_no_workbook_is_refused() {
    let good = made(&["备注"], |s| {
        s.write_string(1, 0, "一").unwrap();
    });
    let code = |bytes: &[u8]| rows_of(bytes).unwrap_err().code().to_owned();
    assert_eq!(code(b"a,b\n1,2\n"), "E-FILE-FORMAT");
    assert_eq!(code(b""), "E-FILE-FORMAT");
    assert_eq!(code(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]), "E-FILE-FORMAT");
    for cut in (1..good.len()).step_by(97) {
        assert_eq!(code(good.get(..cut).unwrap()), "E-FILE-FORMAT", "{cut}");
    }
    for part in [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"] {
        let gone = patched(&good, part, |_| None);
        assert!(rows_of(&gone).is_err(), "{part}");
    }
    let twice = patched(&good, SHEET, |text| {
        Some(text.replace("r=\"A2\"", "r=\"A1\""))
    });
    assert_eq!(code(&twice), "E-FILE-FORMAT", "a cell is there once");
}

#[test]
fn what_would_fill_the_memory_is_refused_before() {
    let good = made(&["备注"], |s| {
        s.write_string(1, 0, "一").unwrap();
    });
    let code = |bytes: &[u8]| rows_of(bytes).unwrap_err().code().to_owned();
    let bomb = patched(&good, "docProps/app.xml", |_| Some(" ".repeat(1 << 20)));
    assert!(bomb.len() < 1 << 14, "{}", bomb.len());
    let path = Path::new("list.xlsx");
    assert!(bounds::check(path, &bomb, 2 << 20).is_ok());
    let error = bounds::check(path, &bomb, 1 << 20).unwrap_err();
    assert_eq!(error.code(), "E-SHEET-SIZE");
    let far = patched(&good, SHEET, |text| {
        Some(text.replace("r=\"A2\"", "r=\"XFD1048576\""))
    });
    assert_eq!(code(&far), "E-SHEET-SIZE");
    let many = patched(&good, "xl/sharedStrings.xml", |text| {
        let other = text.replace("uniqueCount=\"2\"", "uniqueCount=\"99999999999\"");
        assert_ne!(other, text);
        Some(other)
    });
    assert_eq!(code(&many), "E-FILE-FORMAT");
    let styles = patched(&good, "xl/styles.xml", |text| {
        let cut = text.replace(
            "</cellXfs>",
            &format!("{}</cellXfs>", "<xf/>".repeat(1 << 20)),
        );
        assert_ne!(cut, text);
        Some(cut)
    });
    assert_eq!(code(&styles), "E-SHEET-SIZE");
    let merged = patched(&good, SHEET, |text| {
        let cells = "<mergeCell ref=\"A2:A1048576\"/>".repeat(3);
        let text = text.replace(
            "</sheetData>",
            &format!("</sheetData><mergeCells>{cells}</mergeCells>"),
        );
        Some(text)
    });
    assert_eq!(
        rows_of(&merged).unwrap().len(),
        2,
        "no row that nobody wrote"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever text stands in a cell, it comes back.
    #[test]
    fn text_comes_back(cells in proptest::collection::vec("[ -~一-龥，\n\t_x0-9]{0,24}", 3)) {
        let trimmed: Vec<String> = cells.iter().map(|c| c.trim().to_owned()).collect();
        let mut rows = vec![["备注", "所属系统", "来源"].map(str::to_owned).to_vec()];
        rows.push(cells);
        let read = rows_of(&write(&rows).unwrap()).unwrap();
        match read.get(1) {
            Some(row) => prop_assert_eq!(row, &trimmed),
            None => prop_assert!(trimmed.iter().all(String::is_empty)),
        }
    }
}
