//! Tables and one household at a time give the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, Int64Array,
    RecordBatch, StringArray,
};
use arrow_select::concat::concat_batches;
use minzheng::Engine;
use minzheng::catalog::{FieldType, Resource};
use minzheng::identity::ResidentNumber;
use minzheng::packs::{self, BuiltIn};
use minzheng::verification::adopt::Grade;
use minzheng::verification::collect::gather;
use minzheng::verification::evidence::{Evidence, How, Window};
use minzheng::verification::{Basis, Cell, Record, VerificationRequest};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::number::Rounding;
use minzheng_rules::pack::PackSet;
use minzheng_rules::scalar::V;
use serde_json::{Map, Value, json};

use super::people::People;
use super::source::{Against, fold_batch};
use super::*;
use crate::files::{Format, Part, TableFile, TextEncoding};
use crate::stream::spent::Watch;
use crate::synth::{Province, SynthOptions};

fn day() -> Day {
    Day::parse("2026-08-25").unwrap()
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn happens(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }
}

fn codes<'s>(set: &'s PackSet, ty: &FieldType) -> Vec<&'s str> {
    let FieldType::Code(list) = ty else {
        return Vec::new();
    };
    let list = set.code_lists().iter().find(|l| l.id == *list).unwrap();
    list.codes.iter().map(|c| c.id.as_str()).collect()
}

/// A value of a field: near the edges of windows, small and sometimes enormous, of few words.
fn cell(draw: &mut Draw, set: &PackSet, ty: &FieldType) -> Option<Cell> {
    if draw.happens(4) {
        return None;
    }
    let i = |n: u64| i64::try_from(n).unwrap();
    Some(match ty {
        FieldType::Date | FieldType::Month => {
            let months = day().first_of_month().add_months(-i(draw.below(22)) + 2);
            let at = months.add_days(i(draw.below(3)) - 1);
            let at = if draw.happens(10) { day() } else { at };
            Cell::Number(match ty {
                FieldType::Month => at.first_of_month().number(),
                _ => at.number(),
            })
        }
        FieldType::Money(_) if draw.happens(2) => Cell::Number(i64::MAX - i(draw.below(2))),
        FieldType::Money(_) | FieldType::Number { .. } => Cell::Number(i(draw.below(4) * 150)),
        FieldType::Bool => Cell::Number(i(draw.below(2))),
        FieldType::Code(_) => {
            let words = codes(set, ty);
            let at = usize::try_from(draw.below(u64::try_from(words.len()).unwrap())).unwrap();
            Cell::Code(i64::try_from(at).unwrap(), words[at].to_owned())
        }
        FieldType::Place => Cell::Number(150_100 + i(draw.below(2))),
        FieldType::Count | FieldType::Ratio => Cell::Number(i(draw.below(5))),
        _ => Cell::Text(format!("w{}", draw.below(3))),
    })
}

fn column(ty: &FieldType, cells: &[Option<Cell>]) -> ArrayRef {
    let numbers = || cells.iter().map(|c| c.as_ref().and_then(Cell::number));
    let small = |n: i64| i32::try_from(n).unwrap();
    match ty {
        FieldType::Date | FieldType::Month => {
            Arc::new(numbers().map(|n| n.map(small)).collect::<Date32Array>())
        }
        FieldType::Money(_) => Arc::new(numbers().collect::<Int64Array>()),
        FieldType::Number { .. } | FieldType::Ratio => {
            let places = if let FieldType::Number { places, .. } = ty {
                i8::try_from(*places).unwrap()
            } else {
                4
            };
            let wide: Decimal128Array = numbers().map(|n| n.map(i128::from)).collect();
            Arc::new(wide.with_precision_and_scale(18, places).unwrap())
        }
        FieldType::Bool => Arc::new(
            numbers()
                .map(|n| n.map(|n| n == 1))
                .collect::<BooleanArray>(),
        ),
        FieldType::Count | FieldType::Place => {
            Arc::new(numbers().map(|n| n.map(small)).collect::<Int32Array>())
        }
        _ => {
            let word = |c: &Option<Cell>| match c {
                Some(Cell::Code(_, id)) => Some(id.clone()),
                Some(Cell::Text(text)) => Some(text.clone()),
                _ => None,
            };
            Arc::new(cells.iter().map(word).collect::<StringArray>())
        }
    }
}

/// A row of the packs, and what else it might have been.
fn variants(row: &Evidence, draw: &mut Draw) -> Vec<Evidence> {
    let mut out = vec![row.clone()];
    let windows = [
        Window::Single,
        Window::CalendarYear,
        Window::Rolling12Months,
        Window::YearToDate,
        Window::Last6Months,
        Window::Last3Months,
        Window::LastMonth,
        Window::AsOf,
    ];
    let hows: &[How] = if row.field.is_some() {
        &[How::Sum, How::Max, How::Latest, How::MeanMonth]
    } else {
        &[How::Any, How::Count]
    };
    for how in hows {
        let mut other = row.clone();
        other.how = *how;
        other.window = windows[usize::try_from(draw.below(8)).unwrap()];
        other.rounding = draw.happens(60).then_some(Rounding::HalfUp);
        if draw.happens(30) {
            other.distinct = Some("record_no".to_owned());
        }
        out.push(other);
    }
    out
}

#[test]
fn folding_equals_the_definition() {
    let set = packs::load(&BuiltIn::ALL, &[]).unwrap();
    let basis = Basis::load(&set).unwrap();
    let mut draw = Draw(7);
    // ten households of two people; three records a person on average
    let home: Vec<u32> = (0..20).map(|p| p / 2).collect();
    let people = People::of(home.clone());
    let matcher = Matcher::new(&[]).unwrap();
    let against = Against {
        set: &set,
        people: &people,
        matcher: &matcher,
        day: day(),
        most_findings: 10,
        watch: Watch::new(None),
    };
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for written in &basis.evidence {
        let resource = basis.catalog.resource(&written.item).unwrap();
        let entity = |e: usize| set.entities()[e].id.as_str();
        let fact = set
            .facts()
            .find(|f| f.id == written.fact && entity(f.entity) == written.entity);
        let ty = fact.unwrap().ty;
        for row in variants(written, &mut draw) {
            let hits: Vec<Hit> = (0..60)
                .map(|record| Hit {
                    record,
                    person: u32::try_from(draw.below(20)).unwrap(),
                })
                .collect();
            let mut records: Vec<Record> = hits
                .iter()
                .map(|hit| Record {
                    person: hit.person.to_string(),
                    index: 0,
                    number: String::new(),
                    cells: BTreeMap::new(),
                })
                .collect();
            let mut columns = Vec::new();
            for field in &resource.fields {
                let cells: Vec<Option<Cell>> = hits
                    .iter()
                    .map(|_| cell(&mut draw, &set, &field.ty))
                    .collect();
                for (record, cell) in records.iter_mut().zip(&cells) {
                    if let Some(cell) = cell {
                        record.cells.insert(field.id.clone(), cell.clone());
                    }
                }
                let fen = if matches!(field.ty, FieldType::Money(_)) {
                    "_fen"
                } else {
                    ""
                };
                columns.push((format!("{}{fen}", field.id), column(&field.ty, &cells)));
            }
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            let found = fold_batch(&against, resource, &row, ty, &batch, &hits);
            let found: BTreeMap<u32, _> = found.into_iter().collect();
            let of_household = row.entity == "household";
            for slot in 0..if of_household { 10 } else { 20 } {
                let own = hits.iter().zip(&records).filter(|(hit, _)| {
                    let person = usize::try_from(hit.person).unwrap();
                    slot == if of_household {
                        home[person]
                    } else {
                        hit.person
                    }
                });
                let field = row
                    .field
                    .as_deref()
                    .map(|id| &resource.field(id).unwrap().ty);
                let wanted = gather(&row, field, ty, own.map(|(_, r)| r), day()).value;
                let got = found.get(&slot).copied();
                assert_eq!(
                    got.transpose(),
                    wanted,
                    "{} {} {:?} {:?}",
                    row.item,
                    row.fact,
                    row.how,
                    row.window
                );
                let kind = match &wanted {
                    Ok(None) => "none",
                    Ok(Some(_)) => "value",
                    Err(why) => why.code(),
                };
                *met.entry(kind).or_default() += 1;
            }
        }
    }
    for kind in [
        "none",
        "value",
        "overflow",
        "field_missing",
        "undated",
        "disagree",
        "several",
        "not_exact",
    ] {
        assert!(met.contains_key(kind), "{kind} never came up: {met:?}");
    }
}

/// What a column of a record says, as a verification file writes it.
fn written(set: &PackSet, field: &FieldType, array: &dyn Array, row: usize) -> Option<Value> {
    if array.is_null(row) {
        return None;
    }
    let text = |array: &dyn Array| match array.as_string_opt::<i32>() {
        Some(plain) => plain.value(row).to_owned(),
        None => {
            let coded = array.as_dictionary::<Int32Type>();
            let key = usize::try_from(coded.keys().value(row)).unwrap();
            coded.values().as_string::<i32>().value(key).to_owned()
        }
    };
    Some(match field {
        FieldType::Money(period) => {
            let value = array.as_primitive::<Int64Type>().value(row);
            json!(set.value_words(V::known(value), Type::money(*period)))
        }
        FieldType::Date | FieldType::Month => {
            let day =
                Day::from_number(array.as_primitive::<Date32Type>().value(row).into()).unwrap();
            json!(day.to_string())
        }
        FieldType::Count => json!(array.as_primitive::<Int32Type>().value(row)),
        FieldType::Place => json!(array.as_primitive::<Int32Type>().value(row).to_string()),
        FieldType::Number { .. } | FieldType::Ratio => {
            json!(array.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        FieldType::Bool => json!(array.as_boolean().value(row)),
        _ => json!(text(array)),
    })
}

/// The value of a column that was written, as the engine has it.
fn number(set: &PackSet, ty: Type, array: &dyn Array, row: usize) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        arrow_schema::DataType::Int64 => array.as_primitive::<Int64Type>().value(row),
        arrow_schema::DataType::Date32 => array.as_primitive::<Date32Type>().value(row).into(),
        arrow_schema::DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        arrow_schema::DataType::Boolean => array.as_boolean().value(row).into(),
        // a place is six digits
        arrow_schema::DataType::Utf8 => array.as_string::<i32>().value(row).parse().unwrap(),
        arrow_schema::DataType::Dictionary(..) => {
            let Type::Code(list) = ty else { panic!("{ty}") };
            let word = written(set, &FieldType::Text, array, row).unwrap();
            let codes = &set.code_lists()[list].codes;
            let at = codes.iter().position(|c| json!(c.id) == word).unwrap();
            i64::try_from(at).unwrap()
        }
        other => panic!("{other}"),
    })
}

fn whole(path: &std::path::Path) -> RecordBatch {
    let table = TableFile::open(path).unwrap();
    let batches: Vec<RecordBatch> = table.batches().map(Result::unwrap).collect();
    concat_batches(&batches[0].schema(), &batches).unwrap()
}

fn save(path: &std::path::Path, batch: &RecordBatch) {
    let ends = (Format::Parquet, TextEncoding::Utf8);
    let mut part = Part::table(path, ends, &batch.schema()).unwrap();
    part.write(batch).unwrap();
    part.finish().unwrap();
}

/// Records of a household's people, by item and person id, as a verification file has them.
type Records = BTreeMap<(String, i64, i64), Vec<Value>>;

fn records(
    set: &PackSet,
    items: &[(&Resource, RecordBatch)],
    people: &BTreeMap<u64, (i64, i64)>,
) -> Records {
    let mut out = Records::new();
    for (resource, batch) in items {
        let ids = batch
            .column_by_name("id_number")
            .unwrap()
            .as_string::<i32>()
            .clone();
        for row in 0..batch.num_rows() {
            // a number that is badly written and right is a number
            let number = ResidentNumber::parse(ids.value(row)).ok();
            let Some((home, person)) = number.and_then(|n| people.get(&n.packed())) else {
                continue;
            };
            let mut record = Map::new();
            for (field, array) in resource.fields.iter().zip(batch.columns()) {
                if let Some(value) = written(set, &field.ty, array.as_ref(), row) {
                    record.insert(field.id.clone(), value);
                }
            }
            out.entry((resource.id.clone(), *home, *person))
                .or_default()
                .push(Value::Object(record));
        }
    }
    out
}

/// The facts that evidence speaks of, as a row of a table declares them.
fn declared(
    set: &PackSet,
    basis: &Basis,
    entity: usize,
    batch: &RecordBatch,
    row: usize,
) -> Map<String, Value> {
    let id = &set.entities()[entity].id;
    let spoken = |fact: &str| {
        basis
            .evidence
            .iter()
            .any(|e| e.fact == fact && e.entity == *id)
    };
    let mut out = Map::new();
    for fact in set.facts().filter(|f| f.entity == entity && spoken(&f.id)) {
        let named = |name: &str| batch.column_by_name(name);
        let column = named(&format!("{}_fen", fact.id)).or_else(|| named(&fact.id));
        let Some(value) = column.and_then(|c| number(set, fact.ty, c.as_ref(), row)) else {
            continue;
        };
        let value = match fact.ty {
            Type::Bool => json!(value != 0),
            Type::Count | Type::Days | Type::Months => json!(value),
            ty => json!(set.value_words(V::known(value), ty)),
        };
        out.insert(fact.id.clone(), value);
    }
    out
}

/// A synthetic province in files, with errors of its own.
struct Files {
    dir: std::path::PathBuf,
    inputs: VerifyInputs,
    households: RecordBatch,
    people: RecordBatch,
    answers: RecordBatch,
    items: Vec<RecordBatch>,
}

impl Files {
    fn new(engine: &Engine, name: &str, people: u64, change: impl FnOnce(&mut Self)) -> Self {
        let set = engine.packs();
        let mut options = SynthOptions::new(set, people, 11, day());
        options.records = Some(1);
        let part = Province::new(options).unwrap().next().unwrap().unwrap();
        let dir = std::env::temp_dir().join(format!("minzheng-{name}-{}", std::process::id()));
        let inputs = VerifyInputs {
            households: dir.join("households.parquet"),
            people: dir.join("people.parquet"),
            items: dir.join("items"),
            answers: Some(dir.join("answers.parquet")),
        };
        let mut out = Self {
            dir,
            inputs,
            households: part.households,
            people: part.people,
            answers: part.answers.unwrap(),
            items: part.items,
        };
        change(&mut out);
        save(&out.inputs.households, &out.households);
        save(&out.inputs.people, &out.people);
        save(out.inputs.answers.as_ref().unwrap(), &out.answers);
        let basis = engine.basis().unwrap();
        for (resource, batch) in basis.catalog.items().zip(&out.items) {
            let name = format!("{}.parquet", resource.id);
            save(&out.inputs.items.join(name), batch);
        }
        out
    }

    fn verify(&self, engine: &Engine, out: &str, options: &VerifyOptions<'_>) -> Verified {
        let out = self.dir.join(out);
        verify(engine, &self.inputs, &out, options, &mut |_| {}).unwrap()
    }
}

/// Some answers say something else, or nothing at all.
fn stir(files: &mut Files) {
    let mut draw = Draw(5);
    let rows = files.answers.num_rows();
    let kept: BooleanArray = (0..rows).map(|_| Some(!draw.happens(5))).collect();
    let answers = arrow_select::filter::filter_record_batch(&files.answers, &kept).unwrap();
    let at = answers.schema().index_of("status").unwrap();
    let status = answers.column(at);
    let words = ["hit", "none", "pending", "refused", "unavailable"];
    let own: Vec<String> = (0..answers.num_rows())
        .map(|row| {
            let own = texts(status.as_ref(), row).unwrap();
            let as_of = answers.column_by_name("as_of").unwrap();
            if draw.happens(12) && as_of.is_valid(row) {
                words[usize::try_from(draw.below(5)).unwrap()].to_owned()
            } else {
                own
            }
        })
        .collect();
    let mut columns: Vec<(String, ArrayRef)> = answers
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .zip(answers.columns().to_vec())
        .collect();
    columns[at].1 = Arc::new(StringArray::from(own));
    files.answers = RecordBatch::try_from_iter(columns).unwrap();
    // the first two people have one number; the third a damaged one
    let at = files.people.schema().index_of("id_number").unwrap();
    let ids = files.people.column(at).as_string::<i32>();
    let mut ids: Vec<Option<String>> = ids.iter().map(|id| id.map(str::to_owned)).collect();
    ids[1] = ids[0].clone();
    ids[2] = Some("159901E+12".to_owned());
    let mut columns = files.people.columns().to_vec();
    columns[at] = Arc::new(StringArray::from(ids));
    // wages that were declared a fifth too high
    let at = files.people.schema().index_of("wage_fen").unwrap();
    let wages = columns[at].as_primitive::<Int64Type>();
    let wages: Int64Array = (0..)
        .zip(wages)
        .map(|(row, wage)| wage.map(|w| if row % 2 == 0 { w + w / 5 } else { w }))
        .collect();
    columns[at] = Arc::new(wages);
    files.people = RecordBatch::try_new(files.people.schema(), columns).unwrap();
    // records that come twice under one number, and cells that are not filled in
    for (at, item) in files.items.iter_mut().enumerate() {
        if at < 6 {
            let first = item.slice(0, item.num_rows().min(3));
            *item = concat_batches(&item.schema(), [&*item, &first]).unwrap();
        }
        let schema = item.schema();
        let columns = schema
            .fields()
            .iter()
            .zip(item.columns())
            .map(|(field, array)| {
                let gone = |_| {
                    draw.happens(
                        if matches!(field.name().as_str(), "id_number" | "record_no") {
                            0
                        } else {
                            4
                        },
                    )
                };
                let gone: BooleanArray = (0..array.len()).map(gone).map(Some).collect();
                let kept = arrow_select::nullif::nullif(array.as_ref(), &gone).unwrap();
                (field.name().clone(), kept, true)
            });
        *item = RecordBatch::try_from_iter_with_nullable(columns.collect::<Vec<_>>()).unwrap();
    }
}

fn texts(array: &dyn Array, row: usize) -> Option<String> {
    crate::import::KeyCells::of(array)?
        .get(row)
        .map(crate::import::Key::words)
}

#[test]
fn words_and_columns_agree_whatever_is_answered() {
    let engine = Engine::built_in().unwrap();
    let files = Files::new(&engine, "words", 110, stir);
    let options = VerifyOptions {
        explain: ToExplain {
            persons: Vec::new(),
            sample: usize::MAX,
        },
        ..VerifyOptions::new(day())
    };
    let verified = files.verify(&engine, "out", &options);
    assert_eq!(verified.explained.len(), files.households.num_rows());
    let (mut statuses, mut reasons, mut grades) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut contradicted = 0;
    for explained in &verified.explained {
        let verification = explained.verified.as_ref().unwrap();
        assert_eq!(explained.differing, [], "{}", explained.household);
        contradicted += explained.contradicted.len();
        for adoption in verification.adoptions() {
            *statuses.entry(adoption.status.word()).or_insert(0) += 1;
            *reasons.entry(adoption.reason.code()).or_insert(0) += 1;
            if let Some(difference) = adoption.difference {
                *grades.entry(difference.grade.word()).or_insert(0) += 1;
            }
        }
    }
    assert!(contradicted > 20, "{contradicted}");
    for (met, all) in [
        (
            &statuses,
            &["declared", "verified", "pending", "refused", "unavailable"][..],
        ),
        (
            &grades,
            &["same", "within_tolerance", "minor", "material", "existence"],
        ),
        (
            &reasons,
            &[
                "evidence_agrees",
                "evidence_within_tolerance",
                "evidence_differs",
                "evidence_alone",
                "no_record",
                "awaited",
                "unclear",
            ],
        ),
    ] {
        for word in all {
            assert!(met.contains_key(word), "{word} never came up: {met:?}");
        }
    }
    // every row of evidence took part
    let spoken: std::collections::BTreeSet<(String, String)> = verified
        .explained
        .iter()
        .flat_map(|e| e.verified.as_ref().unwrap().adoptions())
        .flat_map(|a| a.evidence.iter().map(|e| (e.item.clone(), a.fact.clone())))
        .collect();
    for row in &engine.basis().unwrap().evidence {
        assert!(
            spoken.contains(&(row.item.clone(), row.fact.clone())),
            "{} {}",
            row.item,
            row.fact
        );
    }
    std::fs::remove_dir_all(&files.dir).unwrap();
}

#[test]
fn threads_change_nothing_and_every_wrong_row_is_counted() {
    let engine = Engine::built_in().unwrap();
    let files = Files::new(&engine, "threads", 160, stir);
    let with = |out: &str, threads| {
        let options = VerifyOptions {
            threads,
            explain: ToExplain {
                persons: Vec::new(),
                sample: 1,
            },
            ..VerifyOptions::new(day())
        };
        files.verify(&engine, out, &options)
    };
    let (one, two) = (with("one", 1), with("two", 2));
    assert_eq!(one.summary, two.summary);
    let homes = |v: &Verified| {
        v.explained
            .iter()
            .map(|e| e.household.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(homes(&one), homes(&two));
    assert!(!one.explained.is_empty());
    for name in [
        "households.parquet",
        "people.parquet",
        "status/households.parquet",
        "status/people.parquet",
        "differences.parquet",
        "findings.parquet",
        "summary.json",
    ] {
        let read = |out: &str| std::fs::read(files.dir.join(out).join(name)).unwrap();
        assert!(read("one") == read("two"), "{name}");
    }
    counted(&engine, &files, &one);
    std::fs::remove_dir_all(&files.dir).unwrap();
}

/// Every number of the summary, counted again record by record.
fn counted(engine: &Engine, files: &Files, verified: &Verified) {
    let parse = |id: Option<String>| id.and_then(|id| ResidentNumber::parse(&id).ok());
    let ids = files.people.column_by_name("id_number").unwrap();
    let mut owners: BTreeMap<ResidentNumber, usize> = BTreeMap::new();
    let mut without = 0;
    for row in 0..files.people.num_rows() {
        match parse(texts(ids.as_ref(), row)) {
            Some(number) => *owners.entry(number).or_default() += 1,
            None => without += 1,
        }
    }
    assert_eq!(verified.summary.duplicate_people, 2);
    assert_eq!(verified.summary.unmatchable_people, without);
    let mut bad = 0;
    for (resource, batch) in engine.basis().unwrap().catalog.items().zip(&files.items) {
        let tally = &verified.summary.items[&resource.id];
        let ids = batch.column_by_name("id_number").unwrap();
        let own = batch.column_by_name("record_no").unwrap();
        let (mut matched, mut others, mut wrong, mut ambiguous) = (0, 0, 0, 0);
        let mut people = std::collections::BTreeSet::new();
        let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let number = parse(texts(ids.as_ref(), row));
            match number.map(|n| owners.get(&n).copied().unwrap_or(0)) {
                None => wrong += 1,
                Some(0) => others += 1,
                Some(1) => {
                    matched += 1;
                    people.extend(number);
                    *numbers
                        .entry(texts(own.as_ref(), row).unwrap())
                        .or_default() += 1;
                }
                Some(_) => ambiguous += 1,
            }
        }
        let twice: u64 = numbers.values().map(|n| n - 1).sum();
        let got = (
            tally.matched,
            tally.unmatched,
            tally.bad_keys,
            tally.ambiguous,
            tally.twice,
        );
        assert_eq!(
            got,
            (matched, others, wrong, ambiguous, twice),
            "{}",
            resource.id
        );
        assert_eq!(
            tally.people,
            u64::try_from(people.len()).unwrap(),
            "{}",
            resource.id
        );
        bad += wrong;
    }
    let found: u64 = verified
        .summary
        .findings
        .iter()
        .filter(|(code, _)| code.starts_with("E-ID-") || **code == "E-MATCH-KEY")
        .map(|(_, many)| *many)
        .sum();
    // the person whose own number is damaged stands beside the records
    assert_eq!(found, bad + 1);
}

#[test]
fn a_folder_is_whole_only_when_all_of_it_is() {
    let dir = std::env::temp_dir().join(format!("minzheng-whole-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("summary.json"), "{}").unwrap();
    let options = VerifyOptions::new(day());
    let outputs = outputs::Outputs::begin(&dir, &options).unwrap();
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&dir).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["differences.parquet.tmp"]);
    let (findings, mapping) = (crate::Findings::default(), crate::Mapping::default());
    outputs
        .finish(&findings, &mapping, &VerifySummary::default())
        .unwrap();
    assert_eq!(
        names(),
        ["differences.parquet", "findings.parquet", "summary.json"]
    );
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_province_is_verified_as_its_households_are() {
    let engine = Engine::built_in().unwrap();
    let (set, basis) = (engine.packs(), engine.basis().unwrap());
    let files = Files::new(&engine, "verify", 120, |_| {});
    let Files {
        dir,
        households,
        people,
        answers,
        ..
    } = &files;
    let items: Vec<(&Resource, RecordBatch)> =
        basis.catalog.items().zip(files.items.clone()).collect();
    let out = dir.join("out");
    let summary = files
        .verify(&engine, "out", &VerifyOptions::new(day()))
        .summary;
    assert_eq!(summary.items.len(), 33);
    let tables = [
        whole(&out.join("households.parquet")),
        whole(&out.join("people.parquet")),
    ];
    let states = [
        whole(&out.join("status/households.parquet")),
        whole(&out.join("status/people.parquet")),
    ];

    let numbers = |batch: &RecordBatch, name: &str| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .clone()
    };
    let (home_of, own) = (
        numbers(people, "household_id"),
        numbers(people, "person_id"),
    );
    let ids = people
        .column_by_name("id_number")
        .unwrap()
        .as_string::<i32>()
        .clone();
    let by_id = (0..people.num_rows())
        .filter(|r| ids.is_valid(*r))
        .filter_map(|r| {
            let number = ResidentNumber::parse(ids.value(r)).ok()?;
            Some((number.packed(), (home_of.value(r), own.value(r))))
        })
        .collect();
    let mut records = records(set, &items, &by_id);
    let (answer_home, answer_person) = (
        numbers(answers, "household_id"),
        numbers(answers, "person_id"),
    );
    let said = |name: &str, row: usize| {
        written(
            set,
            &FieldType::Text,
            answers.column_by_name(name).unwrap().as_ref(),
            row,
        )
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
    };
    let as_of = answers
        .column_by_name("as_of")
        .unwrap()
        .as_primitive::<Date32Type>()
        .clone();
    let (mut compared, mut taken) = (0, 0);
    let keys = numbers(households, "household_id");
    let differences = whole(&out.join("differences.parquet"));
    let mut grades: BTreeMap<(usize, usize, String), (String, String)> = (0..differences
        .num_rows())
        .map(|at| {
            let text = |name: &str| texts(differences.column_by_name(name).unwrap(), at);
            let row = text("row").unwrap().parse().unwrap();
            let entity = usize::from(text("person_id").is_some());
            let said = (text("grade").unwrap(), text("reason").unwrap());
            ((entity, row, text("fact").unwrap()), said)
        })
        .collect();
    for home in 0..households.num_rows() {
        let key = keys.value(home);
        let mut household = declared(set, basis, 0, households, home);
        household.insert("registration_place".to_owned(), json!("159921"));
        let rows: Vec<usize> = (0..people.num_rows())
            .filter(|r| home_of.value(*r) == key)
            .collect();
        let persons: Vec<Value> = rows
            .iter()
            .map(|row| {
                let mut person = declared(set, basis, 1, people, *row);
                person.insert("id".to_owned(), json!(format!("p{}", own.value(*row))));
                Value::Object(person)
            })
            .collect();
        let mut list = Vec::new();
        for row in (0..answers.num_rows()).filter(|r| answer_home.value(*r) == key) {
            let (item, person) = (said("item", row), answer_person.value(row));
            let own = records.remove(&(item.clone(), key, person));
            let mut status = said("status", row);
            // what came with a damaged number did not come
            if status == "hit" && own.is_none() {
                status = "unavailable".to_owned();
            }
            let mut answer =
                json!({"item": item, "person": format!("p{person}"), "status": status});
            if as_of.is_valid(row) {
                answer["as_of"] = json!(
                    Day::from_number(as_of.value(row).into())
                        .unwrap()
                        .to_string()
                );
            }
            if let Some(own) = own {
                answer["record"] = json!(own);
            }
            list.push(answer);
        }
        let first = persons[0]["id"].clone();
        let file = json!({
            "on": day().to_string(), "household": household, "person": persons, "answer": list,
            "request": {"id": "T", "authorizations": "elsewhere", "applicant": first, "requested_on": day().to_string()},
        });
        let request = VerificationRequest::from_value("t", file).unwrap();
        let verified = engine
            .verify(&request)
            .unwrap_or_else(|e| panic!("{}", e.lines(minzheng::Lang::En)));
        for adoption in verified.adoptions() {
            let (at, row) = match &adoption.person {
                None => (0, home),
                Some(id) => (
                    1,
                    *rows
                        .iter()
                        .find(|r| format!("p{}", own.value(**r)) == *id)
                        .unwrap(),
                ),
            };
            let named = |name: &str| tables[at].column_by_name(name);
            let column = named(&format!("{}_fen", adoption.fact))
                .or_else(|| named(&adoption.fact))
                .unwrap();
            let words = format!("{} of {at} {row}: {:?}", adoption.fact, adoption.reason);
            assert_eq!(
                number(set, adoption.ty, column.as_ref(), row),
                adoption.value,
                "{words}"
            );
            let state = states[at].column_by_name(&adoption.fact).unwrap();
            assert_eq!(
                written(set, &FieldType::Text, state.as_ref(), row),
                Some(json!(adoption.status.word())),
                "{words}"
            );
            let apart = adoption
                .difference
                .map(|d| d.grade)
                .filter(|g| *g != Grade::Same);
            let said = grades.remove(&(at, row, adoption.fact.clone()));
            let wanted = apart.map(|g| (g.word().to_owned(), adoption.reason.code().to_owned()));
            assert_eq!(said, wanted, "{words}");
            compared += 1;
            taken += usize::from(adoption.reason.is_evidence());
        }
    }
    assert!(compared > 2_000 && taken > 500, "{compared} {taken}");
    assert!(grades.is_empty(), "{grades:?}");
    std::fs::remove_dir_all(dir).unwrap();
}
