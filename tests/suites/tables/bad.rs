//! Tables with something wrong in them: each gives its code, and every good row its answer.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, Date32Array, Date64Array,
    Decimal128Array, Decimal256Array, DictionaryArray, Float32Array, Float64Array, Int8Array,
    Int32Array, Int64Array, ListArray, RecordBatch, RunArray, StringArray, Time32SecondArray,
    TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow_buffer::i256;
use arrow_schema::{Field, Schema, SchemaRef};
use minzheng::Lang;
use minzheng_arrow::{
    Effect, Error, ExportOptions, Exporter, Findings, ImportOptions, Imported, Importer, Mapping,
    Tables,
};
use minzheng_rules::columnar::Request;
use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::scenario::Engine;

use super::{engine, everything};

/// A table under construction: fields and arrays.
#[derive(Debug, Clone)]
struct Sheet(&'static str, Vec<(Field, ArrayRef)>);

impl Sheet {
    fn with(mut self, name: &str, array: ArrayRef) -> Self {
        let field = Field::new(name, array.data_type().clone(), true);
        match self.1.iter_mut().find(|(f, _)| f.name() == name) {
            Some(slot) => *slot = (field, array),
            None => self.1.push((field, array)),
        }
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.1.retain(|(f, _)| f.name() != name);
        self
    }

    fn meta(mut self, name: &str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let slot = self.1.iter_mut().find(|(f, _)| f.name() == name).unwrap();
        slot.0.set_metadata(pairs.collect());
        self
    }

    fn batch(&self) -> RecordBatch {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = self.1.iter().cloned().unzip();
        if fields.is_empty() {
            return RecordBatch::new_empty(Arc::new(Schema::empty()));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }
}

fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn some_text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn ints(cells: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(cells.to_vec()))
}

fn days(cells: &[i32]) -> ArrayRef {
    Arc::new(Date32Array::from(cells.to_vec()))
}

fn yuan(cells: &[i128]) -> ArrayRef {
    let array = Decimal128Array::from(cells.to_vec());
    Arc::new(array.with_precision_and_scale(18, 2).unwrap())
}

/// Three households: one person each too many or too few changes an answer.
fn good() -> [Sheet; 3] {
    let households = Sheet("households", Vec::new())
        .with(
            "household_id",
            text(&["150000001", "150000002", "150000003"]),
        )
        .with("on", days(&[20_690, 20_690, 20_690]))
        .with("hukou", text(&["urban", "rural", "城镇"]))
        .with("registration_place", text(&["159921", "159921", "159921"]))
        .with("handling_place", ints(&[159_921, 159_921, 159_921]))
        .with("deposits_fen", ints(&[0, 0, 0]))
        .with("houses", ints(&[0, 1, 0]))
        .with(
            "members_complete",
            Arc::new(BooleanArray::from(vec![true; 3])),
        );
    let people = Sheet("people", Vec::new())
        .with(
            "household_id",
            text(&[
                "150000001",
                "150000001",
                "150000002",
                "150000002",
                "150000003",
            ]),
        )
        .with("person_id", text(&["a", "b", "a", "b", "a"]))
        .with(
            "relation",
            text(&["self", "spouse", "self", "child", "self"]),
        )
        .with("birth", days(&[7_000, 7_500, 6_000, 16_000, -9_000]))
        .with("wage", yuan(&[120_000, 0, 2_400_000, 0, 0]))
        .with("registered_here", text(&["是", "true", "是", "1", "TRUE"]))
        .with("pension", text(&["0", "0", "0.00", "", "1200.50"]));
    let obligors = Sheet("obligors", Vec::new())
        .with("household_id", text(&["150000001", "150000002"]))
        .with("of", text(&["a", "a"]))
        .with("person", text(&["b", "a"]));
    [households, people, obligors]
}

fn schemas(sheets: &[Sheet]) -> Vec<(&str, SchemaRef)> {
    sheets.iter().map(|s| (s.0, s.batch().schema())).collect()
}

fn tables(sheets: &[Sheet]) -> Tables {
    let batches: Vec<RecordBatch> = sheets.iter().map(Sheet::batch).collect();
    let parts: Vec<_> = batches
        .iter()
        .enumerate()
        .map(|(e, b)| (e, core::slice::from_ref(b), 100))
        .collect();
    Tables::new(&parts).unwrap()
}

/// Every value of every household, by key.
fn outcomes(engine: &Engine, imported: &Imported<'_>) -> Vec<(String, Vec<String>)> {
    let set = engine.packs();
    let request = Request {
        outputs: everything(set),
        ..Request::default()
    };
    let columns = engine.columns(request).unwrap();
    let answer = imported.answer(&columns);
    let of = |case: usize| {
        let mut out = Vec::new();
        for (output, column) in columns.outputs().iter().zip(&answer.columns) {
            for row in imported.rows(output.entity, case) {
                let value = set.value_words(column.value(row), output.ty);
                let person = imported.keys.key(output.entity, row);
                out.push(format!("{person} {} {value}", output.name));
            }
        }
        out
    };
    (0..imported.batch.cases())
        .map(|case| (imported.keys.key(0, case), of(case)))
        .collect()
}

/// One bad row: what is changed, and the code, table, row, column and effect of the one finding it gives.
struct BadRow {
    change: fn([Sheet; 3]) -> [Sheet; 3],
    finding: (&'static str, &'static str, u64, &'static str, Effect),
}

fn bad_rows() -> Vec<BadRow> {
    use Effect::{Refused, SetAside, Unknown};
    fn homes(change: impl FnOnce(Sheet) -> Sheet, [h, p, o]: [Sheet; 3]) -> [Sheet; 3] {
        [change(h), p, o]
    }
    fn people(change: impl FnOnce(Sheet) -> Sheet, [h, p, o]: [Sheet; 3]) -> [Sheet; 3] {
        [h, change(p), o]
    }
    fn records(change: impl FnOnce(Sheet) -> Sheet, [h, p, o]: [Sheet; 3]) -> [Sheet; 3] {
        [h, p, change(o)]
    }
    fn all(change: impl FnOnce([Sheet; 3]) -> [Sheet; 3], all: [Sheet; 3]) -> [Sheet; 3] {
        change(all)
    }
    macro_rules! bad {
        ($($finding:expr, $which:ident $sheet:ident => $change:expr;)*) => {
            vec![$(BadRow { finding: $finding, change: |all| $which(|$sheet| $change, all) }),*]
        };
    }
    bad! {
        // keys and places of rows
        ("E-ROW-TWICE", "households", 102, "", Refused), homes t => {
            // the third household takes the key of the second, and its people go nowhere
            t.with("household_id", text(&["150000001", "150000002", "150000002"]))
        };
        ("E-ROW-KEY", "people", 103, "", Refused), people t => t.with("household_id", some_text(&[Some("150000001"), Some("150000001"), Some("150000002"), None, Some("150000003")]));
        ("E-ROW-KEY", "people", 103, "", Refused), people t => t.with("household_id", text(&["150000001", "150000001", "150000002", "", "150000003"]));
        ("E-ROW-KEY", "households", 101, "household_id", SetAside), all t => {
            let [h, p, o] = t;
            let ids = |many: &[usize]| { let known = ["150000001", "1.5E+17", "150000003"]; text(&many.iter().map(|at| known[*at]).collect::<Vec<_>>()) };
            // its two people and its obligor have the same key, and are findings of their own
            [h.with("household_id", ids(&[0, 1, 2])), p.with("household_id", ids(&[0, 0, 1, 1, 2])), o.with("household_id", ids(&[0, 1]))]
        };
        ("E-ROW-HOUSEHOLD", "people", 103, "", Refused), people t => t.with("household_id", text(&["150000001", "150000001", "150000002", "150000009", "150000003"]));
        ("E-ROW-TWICE", "people", 103, "person_id", SetAside), people t => t.with("person_id", text(&["a", "b", "a", "a", "a"]));
        ("E-ROW-KEY", "people", 103, "person_id", SetAside), people t => t.with("person_id", some_text(&[Some("a"), Some("b"), Some("a"), None, Some("a")]));
        ("E-ROW-OF", "obligors", 101, "of", SetAside), records t => t.with("of", text(&["a", "z"]));
        ("E-ROW-OF", "obligors", 101, "of", SetAside), records t => t.with("of", some_text(&[Some("a"), None]));
        ("E-ROW-LINK", "obligors", 101, "person", SetAside), records t => t.with("person", text(&["b", "z"]));
        ("E-ROW-HOUSEHOLD", "obligors", 101, "", Refused), records t => t.with("household_id", text(&["150000001", "7"]));
        // days
        ("E-ROW-DAY", "households", 101, "on", SetAside), homes t => t.with("on", Arc::new(Date32Array::from(vec![Some(20_690), None, Some(20_690)])));
        ("E-VALUE-DATE", "households", 101, "on", SetAside), homes t => t.with("on", text(&["2026-08-25", "2026-02-30", "20260825"]));
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => t.with("birth", text(&["1989-03-02", "1990-07-15", "1986-06-06", "gestern", "1945-05-12"]));
        ("E-VALUE-DATE", "people", 102, "birth", SetAside), people t => t.with("birth", days(&[7_000, 7_500, i32::MAX, 16_000, -9_000]));
        ("E-VALUE-DATE", "people", 102, "birth", SetAside), people t => t.with("birth", Arc::new(Int32Array::from(vec![19_890_302, 19_900_715, 19_860_631, 20_131_022, 19_450_512])));
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => t.with("birth", ints(&[19_890_302, 19_900_715, 19_860_606, -20_131_022, 19_450_512]));
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => t.with("birth", ints(&[19_890_302, 19_900_715, 19_860_606, 890_302, 19_450_512]));
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => {
            let second = |day: i64| day * 86_400;
            t.with("birth", Arc::new(TimestampSecondArray::from(vec![second(7_000), second(7_500), second(6_000), second(16_000) - 1, second(-9_000)])))
        };
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => {
            // what some tools write for a date that is none lies in the year 1677
            let ns = |day: i64| day * 86_400_000_000_000;
            t.with("birth", Arc::new(TimestampNanosecondArray::from(vec![ns(7_000), ns(7_500), ns(6_000), i64::MIN, ns(-9_000)])))
        };
        ("E-VALUE-DATE", "people", 103, "birth", SetAside), people t => {
            let ms = |day: i64| day * 86_400_000;
            t.with("birth", Arc::new(Date64Array::from(vec![ms(7_000), ms(7_500), ms(6_000), ms(16_000) + 1, ms(-9_000)])))
        };
        // codes and places
        ("E-VALUE-CODE", "households", 101, "hukou", SetAside), homes t => t.with("hukou", text(&["urban", "moon", "城镇"]));
        ("E-VALUE-CODE", "households", 101, "hukou", SetAside), homes t => {
            let words: DictionaryArray<Int32Type> = ["urban", "moon", "城镇"].into_iter().collect();
            t.with("hukou", Arc::new(words))
        };
        ("E-VALUE-PLACE", "households", 101, "registration_place", SetAside), homes t => t.with("registration_place", text(&["159921", "1599", "159921"]));
        ("E-VALUE-PLACE", "households", 101, "handling_place", SetAside), homes t => t.with("handling_place", ints(&[159_921, 1_599_210, 159_921]));
        // yes and no
        ("E-VALUE-TYPE", "people", 102, "registered_here", SetAside), people t => t.with("registered_here", text(&["是", "true", "maybe", "1", "TRUE"]));
        ("E-VALUE-TYPE", "people", 102, "registered_here", SetAside), people t => t.with("registered_here", Arc::new(Int8Array::from(vec![1, 1, 2, 1, 1])));
        // numbers
        ("E-VALUE-NUMBER", "people", 102, "pension", SetAside), people t => t.with("pension", text(&["0", "0", "0.001", "", "1200.50"]));
        ("E-VALUE-NUMBER", "people", 102, "pension", SetAside), people t => t.with("pension", text(&["0", "0", "1e3", "", "1200.50"]));
        ("E-VALUE-NUMBER", "people", 102, "pension", SetAside), people t => t.with("pension", text(&["0", "0", "1,200", "", "1200.50"]));
        ("E-VALUE-NUMBER", "people", 102, "pension", SetAside), people t => t.with("pension", text(&["0", "0", "99999999999999999999", "", "1200.50"]));
        ("E-VALUE-NUMBER", "people", 102, "wage", SetAside), people t => t.with("wage", yuan(&[120_000, 0, i128::MAX, 0, 0]));
        ("E-VALUE-NUMBER", "people", 102, "wage", SetAside), people t => {
            let mills = Decimal128Array::from(vec![1_200_000, 0, 24_000_001, 0, 0]);
            t.with("wage", Arc::new(mills.with_precision_and_scale(18, 3).unwrap()))
        };
        ("E-VALUE-NUMBER", "people", 102, "wage", SetAside), people t => {
            let fen = |v: i128| i256::from_i128(v);
            let wide = Decimal256Array::from(vec![fen(120_000), fen(0), i256::MAX, fen(0), fen(0)]);
            t.with("wage", Arc::new(wide.with_precision_and_scale(76, 2).unwrap()))
        };
        ("E-VALUE-NUMBER", "households", 101, "houses", SetAside), homes t => t.with("houses", Arc::new(UInt64Array::from(vec![0, u64::MAX, 0])));
        ("E-VALUE-NUMBER", "households", 101, "houses", SetAside), homes t => t.with("houses", text(&["0", "1.5", "0"]));
        ("E-FACT-RANGE", "people", 102, "wage", SetAside), people t => t.with("wage", yuan(&[120_000, 0, -1, 0, 0]));
        ("E-FACT-RANGE", "households", 101, "deposits_fen", SetAside), homes t => t.with("deposits_fen", ints(&[0, -5, 0]));
        ("W-FACT-RANGE", "people", 102, "wage", Unknown), people t => t.with("wage", yuan(&[120_000, 0, 99_999_999_999_999, 0, 0]));
        ("W-FACT-RANGE", "households", 101, "houses", Unknown), homes t => t.with("houses", ints(&[0, 101, 0]));
        // identity numbers: the person is still decided
        ("E-ID-CHECK", "people", 102, "id_number", Unknown), people t => t.with("id_number", some_text(&[None, None, Some("110105194912310021"), None, None]));
        ("E-ID-SPREADSHEET", "people", 102, "id_number", Unknown), people t => t.with("id_number", some_text(&[None, None, Some("1.10105E+17"), None, Some("")]));
        ("E-ID-LENGTH", "people", 103, "id_number", Unknown), people t => t.with("id_number", some_text(&[None, None, None, Some("1101051949"), None]));
        ("E-ID-BIRTH", "people", 103, "id_number", Unknown), people t => t.with("id_number", some_text(&[None, None, None, Some("110105194902310021"), None]));
        ("E-ID-CONTRADICTION", "people", 102, "birth", SetAside), people t => t.with("id_number", some_text(&[None, None, Some("11010519491231002X"), None, None]));
        // an official's finding that cannot be read is no finding that is absent
        ("E-VALUE-TYPE", "households", 101, "finding:dibao/property", SetAside), homes t => t.with("finding:dibao/property", some_text(&[None, Some("vielleicht"), None]));
    }
}

#[test]
fn every_bad_row_gives_its_code_and_no_good_row_is_lost() {
    let engine = engine();
    let set = engine.packs();
    let read = |sheets: [Sheet; 3]| {
        let importer = Importer::new(set, &schemas(&sheets), ImportOptions::default());
        let importer = importer.unwrap_or_else(|e| panic!("{e}"));
        let tables = tables(&sheets);
        let imported = importer.read(&tables).unwrap();
        let aside: Vec<bool> = (0..imported.batch.cases())
            .map(|c| imported.is_set_aside(c))
            .collect();
        (outcomes(&engine, &imported), aside, imported.findings)
    };
    let (wanted, aside, findings) = read(good());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(aside, [false; 3]);
    let decided = |all: &[String]| all.iter().filter(|v| !v.ends_with("undetermined")).count();
    let known: Vec<usize> = wanted.iter().map(|(_, all)| decided(all)).collect();
    assert!(known.iter().all(|n| *n > 20), "{known:?}");
    let bad = bad_rows();
    assert!(bad.len() >= 40, "{}", bad.len());
    for BadRow { change, finding } in bad {
        let (found, aside, findings) = read(change(good()));
        let (code, table, row, column, effect) = finding;
        let own = findings
            .iter()
            .find(|f| f.code == code)
            .unwrap_or_else(|| panic!("{finding:?}: {findings:?}"));
        assert_eq!(
            (&*own.table, own.row, &*own.column, own.effect),
            (table, row, column, effect),
            "{findings:?}"
        );
        assert!(!own.message.is_empty());
        let lost_home = code == "E-ROW-TWICE" && effect == Effect::Refused;
        let damaged_home = (code, table) == ("E-ROW-KEY", "households");
        let many = match (lost_home, damaged_home) {
            (true, _) => 2,
            (_, true) => 4,
            _ => 1,
        };
        assert_eq!(findings.count(), many, "{finding:?}: {findings:?}");
        // the first household never has anything to do with it; the third only where its key was taken
        assert_eq!(found[0], wanted[0], "{finding:?}");
        if !lost_home {
            assert_eq!(found[2], wanted[2], "{finding:?}");
        }
        let is_aside = effect == Effect::SetAside || lost_home;
        let expected: Vec<bool> = (0..found.len()).map(|case| case == 1 && is_aside).collect();
        assert_eq!(aside, expected, "{finding:?}");
        if is_aside {
            assert_eq!(decided(&found[1].1), 0, "{finding:?}: {:?}", found[1]);
        }
    }
}

/// A table that is refused: what is given, and the code and path of the first error.
struct BadTable {
    change: fn(Vec<Sheet>) -> Vec<Sheet>,
    options: fn() -> ImportOptions,
    code: &'static str,
    path: &'static str,
}

fn mapped(text: &str) -> ImportOptions {
    ImportOptions {
        mapping: Mapping::from_toml("mapping.toml", text).unwrap(),
        ..ImportOptions::default()
    }
}

fn bad_tables() -> Vec<BadTable> {
    macro_rules! bad {
        ($($code:expr, $path:expr, $all:ident => $change:expr $(, $options:expr)?;)*) => {
            vec![$(BadTable {
                code: $code,
                path: $path,
                change: |$all| $change,
                options: || { let options = ImportOptions::default(); $(let options = { let _ = options; $options };)? options },
            }),*]
        };
    }
    fn home(mut all: Vec<Sheet>, change: impl FnOnce(Sheet) -> Sheet) -> Vec<Sheet> {
        all[0] = change(all[0].clone());
        all
    }
    fn people(mut all: Vec<Sheet>, change: impl FnOnce(Sheet) -> Sheet) -> Vec<Sheet> {
        all[1] = change(all[1].clone());
        all
    }
    fn records(mut all: Vec<Sheet>, change: impl FnOnce(Sheet) -> Sheet) -> Vec<Sheet> {
        all[2] = change(all[2].clone());
        all
    }
    fn lists() -> ArrayRef {
        let one = || Some(vec![Some(1)]);
        let lists = (0..5).map(|_| one());
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))
    }
    fn run_ends() -> ArrayRef {
        let ends = Int32Array::from(vec![5]);
        Arc::new(RunArray::<Int32Type>::try_new(&ends, &Int64Array::from(vec![0])).unwrap())
    }
    fn floats() -> ArrayRef {
        Arc::new(Float64Array::from(vec![1.5; 5]))
    }
    let mut all = bad! {
        "E-TABLE-MISSING", "people", t => vec![t[0].clone()];
        "E-TABLE-MISSING", "households", t => vec![t[1].clone()];
        "E-TABLE-TWICE", "people", t => vec![t[0].clone(), t[1].clone(), t[1].clone()];
        "E-TABLE-NAME", "persons", t => vec![t[0].clone(), t[1].clone(), Sheet("persons", t[1].1.clone())];
        "E-TABLE-COLUMN", "households.household_id", t => home(t, |t| t.without("household_id"));
        "E-TABLE-COLUMN", "people.household_id", t => people(t, |t| t.without("household_id"));
        "E-TABLE-COLUMN", "obligors.of", t => records(t, |t| t.without("of"));
        "E-TABLE-DAY", "households.on", t => home(t, |t| t.without("on"));
        "E-TABLE-UNKNOWN", "people.wagee", t => people(t, |t| t.with("wagee", ints(&[0; 5])));
        "E-TABLE-UNKNOWN", "people.deposits", t => people(t, |t| t.with("deposits", text(&["0"; 5])));
        "E-TABLE-UNKNOWN", "households.finding:dibao/incomee", t => home(t, |t| t.with("finding:dibao/incomee", text(&["是"; 3])));
        "E-TABLE-UNKNOWN", "households.houses_fen", t => home(t, |t| t.with("houses_fen", ints(&[0; 3])));
        "E-TABLE-TWICE", "people.wage_fen", t => people(t, |t| t.with("wage_fen", ints(&[0; 5])));
        "E-TABLE-FLOAT", "people.wage", t => people(t, |t| t.with("wage", floats()));
        "E-TABLE-FLOAT", "people.birth", t => people(t, |t| t.with("birth", floats()));
        "E-TABLE-UNIT", "people.wage", t => people(t, |t| t.with("wage", ints(&[0; 5])));
        "E-TABLE-UNIT", "people.wage", t => people(t, |t| t.meta("wage", &[("unit", "jiao")]));
        "E-TABLE-UNIT", "people.wage", t => people(t, |t| t.meta("wage", &[("per", "week")]));
        "E-TABLE-UNIT", "households.deposits_fen", t => home(t, |t| t.meta("deposits_fen", &[("per", "month")]));
        "E-TABLE-UNIT", "households.deposits_fen", t => home(t, |t| t.meta("deposits_fen", &[("unit", "yuan")]));
        "E-TABLE-UNIT", "households.houses", t => home(t, |t| t.meta("houses", &[("unit", "yuan")]));
        "E-TABLE-UNIT", "people.person_id", t => people(t, |t| t.meta("person_id", &[("per", "year")]));
        "E-TABLE-TYPE", "people.birth", t => people(t, |t| t.with("birth", Arc::new(TimestampSecondArray::from(vec![0; 5]).with_timezone("+08:00"))));
        "E-TABLE-TYPE", "people.birth", t => people(t, |t| t.with("birth", Arc::new(Time32SecondArray::from(vec![0; 5]))));
        "E-TABLE-TYPE", "people.wage", t => people(t, |t| t.with("wage", Arc::new(TimestampSecondArray::from(vec![0; 5]))));
        "E-TABLE-TYPE", "people.wage", t => people(t, |t| t.with("wage", lists()));
        "E-TABLE-TYPE", "people.wage", t => people(t, |t| t.with("wage", run_ends()));
        "E-TABLE-TYPE", "people.pension", t => people(t, |t| t.with("pension", Arc::new(BinaryViewArray::from(vec![b"0".as_slice(); 5]))));
        "E-TABLE-TYPE", "households.household_id", t => home(t, |t| t.with("household_id", Arc::new(BinaryArray::from(vec![b"1".as_slice(); 3]))));
        "E-TABLE-FLOAT", "households.houses", t => home(t, |t| t.with("houses", Arc::new(Float64Array::from(vec![1.0; 3]))));
        "E-TABLE-FLOAT", "people.wage", t => people(t, |t| t.with("wage", Arc::new(Float32Array::from(vec![1.0; 5]))));
        "E-TABLE-COLUMN", "households.household_id", t => vec![Sheet("households", Vec::new()), t[1].clone()];
        "E-TABLE-TWICE", "people.pension", t => people(t, |mut t| { let twice = t.1.last().unwrap().clone(); t.1.push(twice); t });
        "E-TABLE-TYPE", "people.birth", t => people(t, |t| t.with("birth", Arc::new(BooleanArray::from(vec![true; 5]))));
        "E-TABLE-TYPE", "people.wage", t => people(t, |t| t.with("wage", days(&[0; 5])));
        "E-TABLE-TYPE", "people.wage", t => people(t, |t| t.with("wage", Arc::new(BinaryArray::from(vec![b"0".as_slice(); 5]))));
        "E-TABLE-TYPE", "people.registered_here", t => people(t, |t| t.with("registered_here", yuan(&[0; 5])));
        "E-TABLE-TYPE", "households.hukou", t => home(t, |t| t.with("hukou", ints(&[0; 3])));
        "E-TABLE-TYPE", "households.registration_place", t => home(t, |t| t.with("registration_place", yuan(&[0; 3])));
        "E-TABLE-TYPE", "people.id_number", t => people(t, |t| t.with("id_number", ints(&[110_105_194_912_310_021; 5])));
        "E-TABLE-TYPE", "people.household_id", t => people(t, |t| t.with("household_id", days(&[0; 5])));
        "E-TABLE-KEY", "people.household_id", t => people(t, |t| t.with("household_id", ints(&[0; 5])));
        "E-TABLE-KEY", "obligors.of", t => records(t, |t| t.with("of", ints(&[0; 2])));
        "E-TABLE-KEY", "obligors.person", t => records(t, |t| t.with("person", ints(&[0; 2])));
        "E-MAP-NAME", "persons", t => t, mapped("[persons]\nx = { fact = \"wage\" }");
        "E-MAP-NAME", "people.月工资", t => t, mapped("[people]\n\"月工资\" = { fact = \"wage\" }");
        "E-MAP-FACT", "people.pension", t => t, mapped("[people]\npension = { fact = \"wages\" }");
        "E-TABLE-TWICE", "people.pension", t => t, mapped("[people]\npension = { fact = \"wage\" }");
        "E-TABLE-UNIT", "people.wage", t => t, mapped("[people]\nwage = { unit = \"万元\" }");
    };
    all.push(BadTable {
        change: |t| t,
        options: || ImportOptions {
            status: FactStatus::Pending,
            ..ImportOptions::default()
        },
        code: "E-FACT-STATUS",
        path: "",
    });
    all
}

#[test]
fn every_bad_table_is_refused_with_its_code_and_place() {
    let engine = engine();
    let bad = bad_tables();
    assert!(bad.len() >= 40, "{}", bad.len());
    for bad in bad {
        let sheets = (bad.change)(good().to_vec());
        let error = Importer::new(engine.packs(), &schemas(&sheets), (bad.options)());
        let error = error
            .err()
            .unwrap_or_else(|| panic!("{} {}: nothing found", bad.code, bad.path));
        assert_eq!(
            (error.code(), error.path()),
            (bad.code, bad.path),
            "{error}"
        );
        assert!(
            error
                .message(Lang::En)
                .starts_with(|c: char| !c.is_uppercase())
        );
        assert_ne!(error.message(Lang::Zh), error.message(Lang::En), "{error}");
    }
}

/// All errors are found at once.
#[test]
fn everything_wrong_with_tables_is_said_at_once() {
    let engine = engine();
    let [h, p, o] = good();
    let sheets = [
        h.without("on"),
        p.with("wagee", ints(&[0; 5])),
        o.without("of"),
    ];
    let error =
        Importer::new(engine.packs(), &schemas(&sheets), ImportOptions::default()).unwrap_err();
    let found: Vec<_> = error.findings().map(|f| (f.code(), f.path())).collect();
    assert_eq!(
        found,
        [
            ("E-TABLE-UNKNOWN", "people.wagee"),
            ("E-TABLE-COLUMN", "obligors.of"),
            ("E-TABLE-DAY", "households.on"),
        ]
    );
    let wagee = error.findings().next().unwrap();
    assert_eq!(wagee.help(Lang::En), "did you mean `wage`?");
}

/// Parts that do not belong to the tables that were matched, and answers to other questions.
#[test]
fn a_part_of_another_shape_is_refused() {
    let engine = engine();
    let set = engine.packs();
    let importer = Importer::new(set, &schemas(&good()), ImportOptions::default()).unwrap();
    let code = |error: Error| (error.code(), error.path().to_owned());
    let read = |sheets: &[Sheet]| code(importer.read(&tables(sheets)).err().unwrap());
    let [h, p, o] = good();
    // whole yuan where decimals were announced would be read a hundred times too large or too small
    let ints_for_decimals = p.clone().with("wage", ints(&[0; 5]));
    assert_eq!(
        read(&[h.clone(), ints_for_decimals, o.clone()]),
        ("E-TABLE-TYPE", "people.wage".to_owned())
    );
    assert_eq!(
        read(&[h.clone(), p.clone().without("wage"), o.clone()]),
        ("E-TABLE-TYPE", "people.wage".to_owned())
    );
    assert_eq!(
        read(&[
            h.clone(),
            p.clone().with("household_id", ints(&[0; 5])),
            o.clone()
        ]),
        ("E-TABLE-TYPE", "people.household_id".to_owned())
    );
    // another unit in one part is no other type
    let monthly = p.clone().meta("wage", &[("per", "month")]);
    assert_eq!(
        read(&[h.clone(), monthly.clone(), o.clone()]),
        ("E-TABLE-UNIT", "people.wage".to_owned())
    );
    let mut swapped = p.clone();
    swapped.1.swap(0, 1);
    for other in [monthly, swapped] {
        let parts = [p.batch(), other.batch()];
        let joined = Tables::new(&[(1, &parts, 0)]).err().unwrap();
        assert_eq!(joined.code(), "E-TABLE-SCHEMA");
    }
    let one = [p.batch()];
    let twice = Tables::new(&[(1, &one, 0), (1, &one, 0)]).err().unwrap();
    assert_eq!(twice.code(), "E-TABLE-TWICE");
    let four = [
        h.clone(),
        p.clone(),
        o.clone(),
        Sheet("parents", o.1.clone()),
    ];
    assert_eq!(read(&four), ("E-TABLE-NAME", "parent".to_owned()));
    let parts = [p.batch(), p.clone().without("wage").batch()];
    let joined = Tables::new(&[(1, &parts, 0)]).err().unwrap();
    assert_eq!(joined.code(), "E-TABLE-SCHEMA");

    let exporter = |options: ExportOptions| Exporter::new(&importer, &options);
    let unknown = exporter(ExportOptions {
        programmes: vec!["dibaoo".to_owned()],
        ..ExportOptions::default()
    });
    let unknown = unknown.unwrap_err();
    assert_eq!(unknown.code(), "E-PROGRAMME-NAME");
    assert_eq!(unknown.help(Lang::En), "did you mean `dibao`?");
    let unknown = exporter(ExportOptions {
        formulas: vec!["counted_incom".to_owned()],
        ..ExportOptions::default()
    });
    assert_eq!(unknown.unwrap_err().code(), "E-OUTPUT-NAME");
    let exporter = exporter(ExportOptions::default()).unwrap();
    let tables = tables(&good());
    let imported = importer.read(&tables).unwrap();
    let other = engine
        .columns(Request {
            outputs: vec!["dibao.eligible".to_owned()],
            ..Request::default()
        })
        .unwrap();
    let refused = exporter
        .export(&other, &imported, &imported.answer(&other))
        .unwrap_err();
    assert_eq!(refused.code(), "E-TABLE-ANSWER");
}

/// A household with more rows than one may have is set aside; others are not.
#[test]
fn a_household_of_a_thousand_people_is_set_aside() {
    let engine = engine();
    let options = ImportOptions {
        most_rows: 1,
        on: Day::parse("2026-08-25"),
        ..ImportOptions::default()
    };
    let sheets = good();
    let importer = Importer::new(engine.packs(), &schemas(&sheets), options).unwrap();
    let tables = tables(&sheets);
    let imported = importer.read(&tables).unwrap();
    let codes: Vec<_> = imported.findings.iter().map(|f| (f.code, f.row)).collect();
    assert_eq!(codes, [("E-ROW-MANY", 100), ("E-ROW-MANY", 102)]);
    let aside: Vec<bool> = (0..3).map(|case| imported.is_set_aside(case)).collect();
    assert_eq!(aside, [true, true, false]);
    assert_eq!(imported.set_aside(), 2);
    assert_eq!(imported.batch.rows(1), 5);
}

/// A yearly amount that is no whole number of fen a month, and one that is.
#[test]
fn a_year_that_does_not_divide_into_months_is_a_finding() {
    let engine = engine();
    let set = engine.packs();
    let monthly = |f: &&minzheng_rules::pack::model::Fact| {
        f.entity == 1
            && f.ty == minzheng_rules::lang::Type::money(minzheng_rules::lang::Period::Month)
    };
    let fact = set.facts().find(monthly).unwrap().id.clone();
    let [h, p, o] = good();
    let p = p
        .with(&fact, yuan(&[12_00, 0, 12_01, 0, 0]))
        .meta(&fact, &[("per", "year")]);
    let sheets = [h, p, o];
    let importer = Importer::new(set, &schemas(&sheets), ImportOptions::default()).unwrap();
    let tables = tables(&sheets);
    let found = importer.read(&tables).unwrap().findings;
    let found: Vec<_> = found.iter().map(|f| (f.code, f.row, f.effect)).collect();
    assert_eq!(found, [("E-VALUE-UNIT", 102, Effect::SetAside)]);
}

/// Other names, other units, columns that are left out, and a day for all.
#[test]
fn a_mapping_gives_names_and_units() {
    let engine = engine();
    let set = engine.packs();
    let read = |sheets: &[Sheet], options: ImportOptions| {
        let importer =
            Importer::new(set, &schemas(sheets), options).unwrap_or_else(|e| panic!("{e}"));
        let tables = tables(sheets);
        let imported = importer.read(&tables).unwrap();
        assert!(imported.findings.is_empty(), "{:?}", imported.findings);
        outcomes(&engine, &imported)
    };
    let wanted = read(&good(), ImportOptions::default());
    let [h, p, o] = good();
    let ids = p.1[0].1.clone();
    let p = p
        .without("household_id")
        .without("wage")
        .with("户号", ids)
        .with("月工资", ints(&[100, 0, 2_000, 0, 0]))
        .with("备注", text(&["x"; 5]))
        .with("extra", Arc::new(Float64Array::from(vec![0.5; 5])));
    let options = ImportOptions {
        on: Day::from_number(20_690),
        ignore_unknown: true,
        ..mapped(
            "[people]\n\"户号\" = { column = \"household_id\" }\n\"备注\" = { ignore = true }\n\
             \"月工资\" = { fact = \"wage\", unit = \"yuan\", per = \"month\" }",
        )
    };
    assert_eq!(read(&[h.without("on"), p, o], options), wanted);
}

/// An identity number tells birth where it is not given, as it does for one household.
#[test]
fn an_identity_number_tells_birth() {
    let engine = engine();
    let set = engine.packs();
    let read = |people: Sheet| {
        let [h, _, o] = good();
        let sheets = [h, people, o];
        let importer = Importer::new(set, &schemas(&sheets), ImportOptions::default()).unwrap();
        let tables = tables(&sheets);
        let imported = importer.read(&tables).unwrap();
        assert!(imported.findings.is_empty(), "{:?}", imported.findings);
        outcomes(&engine, &imported)
    };
    let [_, p, _] = good();
    let numbers = some_text(&[
        Some("11010519491231002X"),
        None,
        Some("440524188001010014"),
        None,
        None,
    ]);
    let births = some_text(&[Some("1949-12-31"), None, Some("1880-01-01"), None, None]);
    let wanted = read(p.clone().with("birth", births));
    let told = p
        .clone()
        .without("birth")
        .with("id_number", Arc::clone(&numbers));
    assert_eq!(read(told), wanted);
    let half = some_text(&[None, None, Some("1880-01-01"), None, None]);
    let half = p.clone().with("birth", half).with("id_number", numbers);
    assert_eq!(read(half), wanted);
    assert_ne!(read(p), wanted);
}

/// No key stands whole in anything but the table of findings.
#[test]
fn keys_are_masked_but_in_the_table_of_findings() {
    let engine = engine();
    let set = engine.packs();
    let [h, p, o] = good();
    let home = "110105194912310021";
    let h = h.with("household_id", text(&["150000001", home, "150000003"]));
    let p = p
        .with(
            "household_id",
            text(&["150000001", "150000001", home, home, "150000003"]),
        )
        .with(
            "person_id",
            text(&["a", "b", "11010519491231002X", "b", "a"]),
        )
        .with(
            "id_number",
            some_text(&[None, None, Some(home), None, None]),
        )
        .with("pension", text(&["0", "0", "1e3", "", "1200.50"]));
    let sheets = [
        h,
        p,
        o.without("person")
            .with("household_id", text(&["150000001", "150000001"])),
    ];
    let importer = Importer::new(set, &schemas(&sheets), ImportOptions::default()).unwrap();
    let tables = tables(&sheets);
    let imported = importer.read(&tables).unwrap();
    assert_eq!(imported.findings.count(), 2);
    for finding in &imported.findings {
        assert_eq!(finding.key, format!("{home}/11010519491231002X"));
        assert_eq!(finding.masked(), "11**************21/11**************2X");
        let shown = format!("{finding} {finding:?} {:?}", imported.findings);
        assert!(!shown.contains("0105194912310"), "{shown}");
    }
    let table = imported.findings.to_batch().unwrap();
    assert_eq!(table.schema(), Findings::schema());
    assert_eq!(table.num_rows(), 2);
    assert_eq!(imported.keys.identity(), Some([0; 5].as_slice()));
}

/// Findings beyond the most that are kept are counted, and their households are still set aside.
#[test]
fn findings_beyond_the_most_are_counted() {
    let engine = engine();
    let [h, p, o] = good();
    let sheets = [h, p.with("pension", text(&["x"; 5])), o];
    let options = ImportOptions {
        most_findings: 2,
        ..ImportOptions::default()
    };
    let importer = Importer::new(engine.packs(), &schemas(&sheets), options).unwrap();
    let tables = tables(&sheets);
    let imported = importer.read(&tables).unwrap();
    assert_eq!(
        (imported.findings.iter().count(), imported.findings.count()),
        (2, 5)
    );
    assert_eq!(imported.set_aside(), 3);
}

/// Tables without rows, and people without keys of their own.
#[test]
fn empty_tables_and_numbered_people_are_read() {
    let engine = engine();
    let set = engine.packs();
    let [h, p, o] = good();
    let numbered = [
        h,
        p.without("person_id"),
        o.with("of", text(&["1", "1"]))
            .with("person", text(&["2", "2"])),
    ];
    let importer = Importer::new(set, &schemas(&numbered), ImportOptions::default()).unwrap();
    let whole = tables(&numbered);
    let imported = importer.read(&whole).unwrap();
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    let numbers: Vec<String> = (0..5).map(|row| imported.keys.key(1, row)).collect();
    assert_eq!(numbers, ["1", "2", "1", "2", "1"]);
    let empty: Vec<RecordBatch> = numbered.iter().map(|s| s.batch().slice(1, 0)).collect();
    let parts: Vec<_> = empty
        .iter()
        .enumerate()
        .map(|(e, b)| (e, core::slice::from_ref(b), 0))
        .collect();
    for parts in [parts.as_slice(), &[]] {
        let empty = Tables::new(parts).unwrap();
        let imported = importer.read(&empty).unwrap();
        assert_eq!((imported.batch.cases(), imported.findings.count()), (0, 0));
        let exporter = Exporter::new(&importer, &ExportOptions::default()).unwrap();
        let columns = engine.columns(exporter.request()).unwrap();
        let out = exporter.export(&columns, &imported, &imported.answer(&columns));
        let out = out.unwrap_or_else(|e| panic!("{e}"));
        assert!(out.iter().all(|b| b.num_rows() == 0));
    }
}
