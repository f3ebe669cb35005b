//! Households as tables: every fact as text in the fact's own unit, then in any Arrow type.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal32Array, Decimal64Array,
    Decimal128Array, Decimal256Array, DictionaryArray, Int8Array, Int32Array, Int64Array,
    LargeStringArray, RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::i256;
use arrow_schema::{Field, Schema};
use arrow_select::take::take;
use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::parse_fixed;
use minzheng_rules::pack::PackSet;
use minzheng_testkit::tables::Stream;
use serde_json::{Map, Value};

/// How columns are laid out and in which order rows come.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout {
    /// As a CSV file gives them.
    Text,
    /// In the types that can carry them, another one every turn; shuffled: rows in any order, in slices of larger tables.
    Typed { turn: usize, shuffled: bool },
}

/// One table, as text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    pub(crate) columns: BTreeMap<String, Vec<Option<String>>>,
    pub(crate) rows: usize,
}

impl Grid {
    /// A table for every entity.
    pub(crate) fn empty(set: &PackSet) -> Vec<Self> {
        vec![Self::default(); set.entities().len()]
    }

    fn push(&mut self) {
        self.rows += 1;
        let rows = self.rows;
        self.columns.values_mut().for_each(|c| c.resize(rows, None));
    }

    fn put(&mut self, row: usize, column: &str, value: String) {
        let rows = self.rows;
        let cells = self.columns.entry(column.to_owned()).or_default();
        cells.resize(rows, None);
        cells[row] = Some(value);
    }

    pub(crate) fn batch(&self, set: &PackSet, entity: usize, layout: Layout) -> RecordBatch {
        let keys = [
            "household_id",
            "of",
            "person",
            "person_id",
            "obligor_id",
            "parent_id",
        ];
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        // keys that the tables cannot do without, also where there are no rows
        let mut columns = self.columns.clone();
        columns.entry("household_id".to_owned()).or_default();
        if entity > 1 {
            columns.entry("of".to_owned()).or_default();
        }
        for (at, (name, cells)) in columns.iter().enumerate() {
            let (name, array, metadata) = match layout {
                _ if keys.contains(&name.as_str()) => key(name, cells, layout),
                Layout::Text => (name.clone(), text(cells), BTreeMap::new()),
                Layout::Typed { turn, .. } => {
                    typed(name, type_of(set, entity, name), cells, at + turn)
                }
            };
            fields.push(
                Field::new(name, array.data_type().clone(), true)
                    .with_metadata(metadata.into_iter().collect()),
            );
            arrays.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema, arrays).unwrap();
        match layout {
            Layout::Typed {
                turn,
                shuffled: true,
            } => shuffle(&batch, turn, entity),
            _ => batch,
        }
    }
}

pub(crate) fn table_name(set: &PackSet, entity: usize) -> String {
    let contract = minzheng_arrow::Contract::new(set);
    contract.tables()[entity].name.clone()
}

/// Rows in another order, as a slice of a table with a stranger before and after.
fn shuffle(batch: &RecordBatch, turn: usize, entity: usize) -> RecordBatch {
    let seed = u64::try_from(turn * 10 + entity).unwrap();
    let mut stream = Stream::new(seed);
    let rows = u32::try_from(batch.num_rows()).unwrap();
    let mut order: Vec<u32> = (0..rows).collect();
    for at in (1..order.len()).rev() {
        let other = usize::try_from(stream.below(u64::try_from(at + 1).unwrap())).unwrap();
        order.swap(at, other);
    }
    if rows == 0 {
        return batch.clone();
    }
    let strange = [vec![0; 3], order, vec![0; 2]].concat();
    let strange = UInt32Array::from(strange);
    let arrays = batch
        .columns()
        .iter()
        .map(|a| take(a, &strange, None).unwrap());
    let all = RecordBatch::try_new(batch.schema(), arrays.collect()).unwrap();
    all.slice(3, batch.num_rows())
}

fn key(
    name: &str,
    cells: &[Option<String>],
    layout: Layout,
) -> (String, ArrayRef, BTreeMap<String, String>) {
    let texts = cells.iter().map(Option::as_deref);
    let array: ArrayRef = match layout {
        Layout::Typed { turn: 1, .. } => Arc::new(texts.collect::<StringViewArray>()),
        Layout::Typed { turn: 2, .. } => Arc::new(texts.collect::<LargeStringArray>()),
        Layout::Typed { turn: 3, .. } => Arc::new(texts.collect::<DictionaryArray<Int32Type>>()),
        _ => text(cells),
    };
    (name.to_owned(), array, BTreeMap::new())
}

fn text(cells: &[Option<String>]) -> ArrayRef {
    Arc::new(cells.iter().map(Option::as_deref).collect::<StringArray>())
}

fn type_of(set: &PackSet, entity: usize, name: &str) -> Type {
    if name == "on" {
        return Type::Date;
    }
    if let Some(formula) = name.strip_prefix("finding:") {
        return set.formula(formula).unwrap().ty;
    }
    let fact = set.facts().find(|f| f.entity == entity && f.id == name);
    fact.unwrap_or_else(|| panic!("no fact {name}")).ty
}

/// A column in one of the Arrow types that can carry it.
fn typed(
    name: &str,
    ty: Type,
    cells: &[Option<String>],
    turn: usize,
) -> (String, ArrayRef, BTreeMap<String, String>) {
    let numbers = |places: u32| -> Vec<Option<i64>> {
        let read = |t: &String| parse_fixed(t, places).unwrap();
        cells.iter().map(|c| c.as_ref().map(read)).collect()
    };
    let small = |list: &[Option<i64>]| {
        list.iter()
            .flatten()
            .all(|v| v.unsigned_abs() < 1_000_000_000)
    };
    let meta = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    let days = || -> Vec<Option<i32>> {
        let read = |t: &String| i32::try_from(Day::parse(t).unwrap().number()).unwrap();
        cells.iter().map(|c| c.as_ref().map(read)).collect()
    };
    let plain = |array: ArrayRef| (name.to_owned(), array, BTreeMap::new());
    match ty {
        Type::Bool => {
            let yes = cells.iter().map(|c| c.as_ref().map(|t| t == "是"));
            match turn % 2 {
                0 => plain(Arc::new(yes.collect::<BooleanArray>())),
                _ => plain(Arc::new(
                    yes.map(|y| y.map(i8::from)).collect::<Int8Array>(),
                )),
            }
        }
        Type::Money { period, .. } => {
            let fen = numbers(2);
            match turn % 8 {
                0 => (
                    format!("{name}_fen"),
                    Arc::new(Int64Array::from(fen)),
                    BTreeMap::new(),
                ),
                1 => {
                    let wide: Decimal128Array = fen.iter().map(|v| v.map(i128::from)).collect();
                    plain(Arc::new(wide.with_precision_and_scale(18, 2).unwrap()))
                }
                2 => {
                    let array: Decimal64Array = fen.into_iter().collect();
                    plain(Arc::new(array.with_precision_and_scale(18, 2).unwrap()))
                }
                3 if small(&fen) => {
                    let of = |v: i64| i32::try_from(v).unwrap();
                    let array: Decimal32Array = fen.iter().map(|v| v.map(of)).collect();
                    plain(Arc::new(array.with_precision_and_scale(9, 2).unwrap()))
                }
                4 => {
                    let of = |v: i64| i256::from_i128(i128::from(v) * 100_000);
                    let array: Decimal256Array = fen.iter().map(|v| v.map(of)).collect();
                    plain(Arc::new(array.with_precision_and_scale(50, 7).unwrap()))
                }
                5 if period == Period::Year && fen.iter().flatten().all(|v| v % 12 == 0) => {
                    let of = |v: i64| i128::from(v) / 12 * 100;
                    let array: Decimal128Array = fen.iter().map(|v| v.map(of)).collect();
                    let array = array.with_precision_and_scale(20, 4).unwrap();
                    (name.to_owned(), Arc::new(array), meta(&[("per", "month")]))
                }
                5 if period == Period::Month => {
                    let array: Int64Array = fen.iter().map(|v| v.map(|v| v * 12)).collect();
                    (
                        name.to_owned(),
                        Arc::new(array),
                        meta(&[("unit", "fen"), ("per", "year")]),
                    )
                }
                6 if fen.iter().flatten().all(|v| v % 100 == 0) => {
                    let array: Int64Array = fen.iter().map(|v| v.map(|v| v / 100)).collect();
                    (name.to_owned(), Arc::new(array), meta(&[("unit", "yuan")]))
                }
                _ => {
                    let dictionary: DictionaryArray<Int32Type> =
                        cells.iter().map(Option::as_deref).collect();
                    plain(Arc::new(dictionary))
                }
            }
        }
        Type::Date => match turn % 5 {
            0 => plain(Arc::new(Date32Array::from(days()))),
            1 => {
                let of = |v: i32| i64::from(v) * 86_400_000;
                plain(Arc::new(
                    days()
                        .into_iter()
                        .map(|v| v.map(of))
                        .collect::<Date64Array>(),
                ))
            }
            2 => {
                let of = |t: &String| t.replace('-', "").parse::<i32>().unwrap();
                let array: Int32Array = cells.iter().map(|c| c.as_ref().map(of)).collect();
                plain(Arc::new(array))
            }
            3 => {
                let of = |v: i32| i64::from(v) * 86_400_000_000;
                let moments = days().into_iter().map(|v| v.map(of));
                plain(Arc::new(moments.collect::<TimestampMicrosecondArray>()))
            }
            _ => {
                let compact: Vec<Option<String>> = cells
                    .iter()
                    .map(|c| c.as_ref().map(|t| t.replace('-', "")))
                    .collect();
                plain(text(&compact))
            }
        },
        Type::Code(_) => {
            let texts = cells.iter().map(Option::as_deref);
            match turn % 3 {
                0 => plain(Arc::new(texts.collect::<DictionaryArray<Int32Type>>())),
                1 => plain(Arc::new(texts.collect::<StringViewArray>())),
                _ => plain(Arc::new(texts.collect::<LargeStringArray>())),
            }
        }
        Type::Place => {
            let codes = numbers(0).into_iter();
            match turn % 2 {
                0 => plain(Arc::new(codes.collect::<Int64Array>())),
                _ => plain(Arc::new(
                    codes
                        .map(|v| v.map(|v| u32::try_from(v).unwrap()))
                        .collect::<UInt32Array>(),
                )),
            }
        }
        Type::Ratio => {
            let parts = numbers(4);
            match turn % 2 {
                0 => {
                    let array: Decimal128Array = parts.iter().map(|v| v.map(i128::from)).collect();
                    plain(Arc::new(array.with_precision_and_scale(10, 4).unwrap()))
                }
                _ => plain(text(cells)),
            }
        }
        _ => {
            let whole = numbers(0);
            let within = |most: i64| whole.iter().flatten().all(|v| (0..=most).contains(v));
            match turn % 6 {
                1 if within(255) => plain(Arc::new(
                    whole
                        .iter()
                        .map(|v| v.map(|v| u8::try_from(v).unwrap()))
                        .collect::<UInt8Array>(),
                )),
                2 if within(65_535) => plain(Arc::new(
                    whole
                        .iter()
                        .map(|v| v.map(|v| u16::try_from(v).unwrap()))
                        .collect::<UInt16Array>(),
                )),
                3 if within(1_000_000) => plain(Arc::new(
                    whole
                        .iter()
                        .map(|v| v.map(|v| i32::try_from(v).unwrap()))
                        .collect::<Int32Array>(),
                )),
                4 if within(1_000_000) => plain(Arc::new(
                    whole
                        .iter()
                        .map(|v| v.map(|v| u64::try_from(v).unwrap()))
                        .collect::<UInt64Array>(),
                )),
                5 => {
                    let array: Decimal128Array = whole
                        .iter()
                        .map(|v| v.map(|v| i128::from(v) * 10))
                        .collect();
                    plain(Arc::new(array.with_precision_and_scale(20, 1).unwrap()))
                }
                _ => plain(Arc::new(Int64Array::from(whole))),
            }
        }
    }
}

/// Adds a household, as a vector gives it.
pub(crate) fn add(set: &PackSet, grids: &mut [Grid], id: &str, input: &Value) {
    let input = input.as_object().unwrap();
    let mut ids: Vec<Vec<(String, usize)>> = vec![Vec::new(); set.entities().len()];
    for (entity, def) in set.entities().iter().enumerate() {
        let rows: Vec<Map<String, Value>> = match input.get(&def.id) {
            None if entity == 0 => vec![Map::new()],
            None => Vec::new(),
            Some(Value::Array(rows)) => rows
                .iter()
                .map(|r| r.as_object().unwrap().clone())
                .collect(),
            Some(row) => vec![row.as_object().unwrap().clone()],
        };
        let grid = &mut grids[entity];
        for (number, fields) in rows.iter().enumerate() {
            let row = grid.rows;
            grid.push();
            grid.put(row, "household_id", id.to_owned());
            if entity == 0 {
                grid.put(row, "on", input["on"].as_str().unwrap().to_owned());
            } else {
                let own = fields.get("id").and_then(Value::as_str);
                let own = own.map_or_else(|| (number + 1).to_string(), str::to_owned);
                grid.put(row, &format!("{}_id", def.id), own.clone());
                ids[entity].push((own, row));
            }
            for (name, value) in fields {
                let plain =
                    name == "id" || name == "of" || def.links.iter().any(|(l, _)| l == name);
                if name == "id" {
                    continue;
                }
                if plain {
                    grid.put(row, name, value.as_str().unwrap().to_owned());
                } else if let Some(text) = cell(type_of(set, entity, name), value) {
                    grid.put(row, name, text);
                }
            }
        }
    }
    for found in input
        .get("finding")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let of = found["of"].as_str().unwrap();
        let formula = set.formula(of).unwrap();
        let entity = formula.entity;
        let row = match found.get("row").and_then(Value::as_str) {
            None => grids[0].rows - 1,
            Some(row) => ids[entity].iter().find(|(own, _)| own == row).unwrap().1,
        };
        let mut value = found.clone();
        value
            .as_object_mut()
            .unwrap()
            .retain(|k, _| k == "value" || k == "per");
        if let Some(text) = cell(formula.ty, &value) {
            grids[entity].put(row, &format!("finding:{of}"), text);
        }
    }
}

/// A fact as a table gives it; `None`: unknown.
fn cell(ty: Type, value: &Value) -> Option<String> {
    let (value, per) = match value {
        Value::Object(parts) => match (
            parts.get("value"),
            parts.get("status").and_then(Value::as_str),
        ) {
            (Some(value), _) => (value.clone(), parts.get("per").and_then(Value::as_str)),
            (None, Some("none")) if ty == Type::Bool => (Value::Bool(false), None),
            (None, Some("none")) => return Some("0".to_owned()),
            (None, _) => return None,
        },
        plain => (plain.clone(), None),
    };
    let words = match &value {
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Type::Money { period, .. } = ty else {
        return Some(words);
    };
    let (amount, inline) = words
        .split_once('/')
        .map_or((words.as_str(), per), |(a, p)| (a, Some(p)));
    let fen = parse_fixed(amount, 2).unwrap();
    let fen = match (period, inline) {
        (Period::Year, Some("month")) => fen * 12,
        (Period::Month, Some("year")) => {
            assert_eq!(fen % 12, 0, "{words}");
            fen / 12
        }
        _ => fen,
    };
    let sign = if fen < 0 { "-" } else { "" };
    Some(format!(
        "{sign}{}.{:02}",
        fen.unsigned_abs() / 100,
        fen.unsigned_abs() % 100
    ))
}
