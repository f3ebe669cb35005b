//! Layouts of columns that are rare, and mean the same.

use std::sync::{Arc, LazyLock};

use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal32Array, Decimal64Array, Decimal128Array, Decimal256Array,
    DictionaryArray, Int64Array, NullArray, PrimitiveArray, RecordBatch, StringArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow_buffer::{NullBuffer, i256};
use arrow_schema::{Field, Schema};
use minzheng_arrow::{ImportOptions, Importer, Tables};
use minzheng_rules::columnar::Request;
use minzheng_rules::date::Day;
use minzheng_rules::scenario::Engine;

use super::{engine, everything};

/// Words by every width of key, unused words, a word twice, and nulls that are keys, words, or both.
fn words<K: ArrowDictionaryKeyType>(cells: &[Option<&str>]) -> ArrayRef {
    let mut all = vec![Some("rural"), None];
    all.extend(cells.iter().flatten().map(|word| Some(*word)));
    let key = |at: usize| K::default_value_of(at);
    let keys: Vec<Option<K::Native>> = cells
        .iter()
        .enumerate()
        .map(|(row, cell)| match (cell, row % 2) {
            (None, 0) => None,
            (None, _) => Some(key(1)),
            (Some(_), _) => all.iter().rposition(|w| w == cell).map(key),
        })
        .collect();
    let keys: PrimitiveArray<K> = keys.into_iter().collect();
    Arc::new(DictionaryArray::try_new(keys, Arc::new(StringArray::from(all))).unwrap())
}

trait KeyOf: ArrowDictionaryKeyType {
    fn default_value_of(at: usize) -> Self::Native;
}

impl<K: ArrowDictionaryKeyType> KeyOf for K {
    fn default_value_of(at: usize) -> Self::Native {
        use arrow_array::ArrowNativeTypeOp as _;
        (0..at).fold(Self::Native::ZERO, |sum, _| {
            sum.add_wrapping(Self::Native::ONE)
        })
    }
}

/// The same of a column that is given away.
fn given<A: Array + 'static>(table: usize, name: &'static str, column: Arc<A>) -> Vec<String> {
    let column: ArrayRef = column;
    outcomes(table, name, &column)
}

/// Every outcome of three households of one person, with one column in a given layout.
fn outcomes(table: usize, name: &'static str, column: &ArrayRef) -> Vec<String> {
    static ENGINE: LazyLock<Engine> = LazyLock::new(engine);
    let engine = &*ENGINE;
    let set = engine.packs();
    let text = |cells: &[&str]| -> ArrayRef { Arc::new(StringArray::from(cells.to_vec())) };
    let own = |at: usize, mut list: Vec<(&str, ArrayRef)>| {
        if at == table {
            list.retain(|(n, _)| *n != name && name.strip_suffix("_fen") != Some(*n));
            list.push((name, Arc::clone(column)));
        }
        let fields = list
            .iter()
            .map(|(n, a)| Field::new(*n, a.data_type().clone(), a.null_count() > 0));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        RecordBatch::try_new(schema, list.into_iter().map(|(_, a)| a).collect()).unwrap()
    };
    let ids = text(&["1", "2", "3"]);
    let households = own(
        0,
        vec![
            ("household_id", Arc::clone(&ids)),
            ("hukou", text(&["urban", "rural", "urban"])),
            ("registration_place", text(&["159921"; 3])),
            ("handling_place", text(&["159921"; 3])),
            ("members_complete", text(&["是"; 3])),
        ],
    );
    let people = own(
        1,
        vec![
            ("household_id", ids),
            ("relation", text(&["self"; 3])),
            ("registered_here", text(&["是"; 3])),
            ("birth", text(&["1950-01-01", "1990-02-28", "2015-12-31"])),
            ("wage", text(&["0", "1200.50", "90000"])),
        ],
    );
    let schemas = [
        ("households", households.schema()),
        ("people", people.schema()),
    ];
    let options = ImportOptions {
        on: Day::parse("2026-08-25"),
        ..ImportOptions::default()
    };
    let importer = Importer::new(set, &schemas, options).unwrap_or_else(|e| panic!("{name}: {e}"));
    let tables = Tables::new(&[(0, &[households], 0), (1, &[people], 0)]).unwrap();
    let imported = importer.read(&tables).unwrap();
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    let request = Request {
        outputs: everything(set),
        ..Request::default()
    };
    let columns = engine.columns(request).unwrap();
    let answer = imported.answer(&columns);
    let words = columns
        .outputs()
        .iter()
        .zip(&answer.columns)
        .flat_map(|(o, c)| {
            let word = |row| format!("{} {}", o.name, set.value_words(c.value(row), o.ty));
            (0..c.len()).map(word).collect::<Vec<_>>()
        });
    words.collect()
}

#[test]
fn dictionaries_of_every_width_say_what_text_says() {
    let cells = [Some("urban"), None, Some("rural")];
    let wanted = given(0, "hukou", Arc::new(StringArray::from(cells.to_vec())));
    let nothing = given(0, "hukou", Arc::new(NullArray::new(3)));
    assert_ne!(wanted, nothing);
    let all = [
        words::<Int8Type>(&cells),
        words::<Int16Type>(&cells),
        words::<Int32Type>(&cells),
        words::<Int64Type>(&cells),
        words::<UInt8Type>(&cells),
        words::<UInt16Type>(&cells),
        words::<UInt32Type>(&cells),
        words::<UInt64Type>(&cells),
    ];
    for column in all {
        assert_eq!(outcomes(0, "hukou", &column), wanted, "{column:?}");
    }
    // no words at all, and words that are null
    let keys = PrimitiveArray::<Int8Type>::from(vec![None, None, None]);
    let empty: [ArrayRef; 3] = [
        Arc::new(StringArray::from(Vec::<&str>::new())),
        Arc::new(StringArray::from(vec![None::<&str>; 2])),
        Arc::new(NullArray::new(1)),
    ];
    for words in empty {
        let column = DictionaryArray::try_new(keys.clone(), words).unwrap();
        assert_eq!(given(0, "hukou", Arc::new(column)), nothing);
    }
}

#[test]
fn midnights_of_every_unit_are_days() {
    let days = [Some(7_000_i64), None, Some(-9_000)];
    let plain = days.map(|d| d.map(|d| i32::try_from(d).unwrap()));
    let wanted = given(1, "birth", Arc::new(Date32Array::from(plain.to_vec())));
    let of = |ticks: i64| days.map(|d| d.map(|d| d * 86_400 * ticks)).to_vec();
    let all: [ArrayRef; 3] = [
        Arc::new(TimestampSecondArray::from(of(1))),
        Arc::new(TimestampMillisecondArray::from(of(1_000))),
        Arc::new(TimestampNanosecondArray::from(of(1_000_000_000))),
    ];
    for column in all {
        assert_eq!(outcomes(1, "birth", &column), wanted, "{column:?}");
    }
}

/// Twelve yuan, unknown, and nothing, whatever the scale; under the null stands anything.
#[test]
fn decimals_of_every_width_and_scale_are_the_same_amount() {
    let text = StringArray::from(vec![Some("1200"), None, Some("0")]);
    let wanted = given(1, "wage", Arc::new(text));
    let nulls = || Some(NullBuffer::from(vec![true, false, true]));
    for scale in [-2, 0, 1, 2, 4, 9, 18, 30, 35_i8] {
        let power = u32::from(scale.unsigned_abs());
        let ten = 10_i128.pow(power);
        let amount = if scale < 0 { 1_200 / ten } else { 1_200 * ten };
        let wide = vec![amount, i128::MAX, 0];
        let array = Decimal128Array::new(wide.into(), nulls());
        let array = array.with_precision_and_scale(38, scale).unwrap();
        assert_eq!(given(1, "wage", Arc::new(array)), wanted, "{scale}");
        let wide = vec![i256::from_i128(amount), i256::MIN, i256::ZERO];
        let array = Decimal256Array::new(wide.into(), nulls());
        let array = array.with_precision_and_scale(76, scale).unwrap();
        assert_eq!(given(1, "wage", Arc::new(array)), wanted, "{scale}");
        if let Ok(amount) = i64::try_from(amount)
            && scale <= 14
        {
            let array = Decimal64Array::new(vec![amount, i64::MIN, 0].into(), nulls());
            let array = array.with_precision_and_scale(18, scale).unwrap();
            assert_eq!(given(1, "wage", Arc::new(array)), wanted, "{scale}");
        }
        if let Ok(amount) = i32::try_from(amount)
            && scale <= 5
        {
            let array = Decimal32Array::new(vec![amount, i32::MIN, 0].into(), nulls());
            let array = array.with_precision_and_scale(9, scale).unwrap();
            assert_eq!(given(1, "wage", Arc::new(array)), wanted, "{scale}");
        }
    }
    let fen = Int64Array::new(vec![120_000, i64::MIN, 0].into(), nulls());
    assert_eq!(given(1, "wage_fen", Arc::new(fen)), wanted);
    let fen = UInt64Array::new(vec![120_000, u64::MAX, 0].into(), nulls());
    assert_eq!(given(1, "wage_fen", Arc::new(fen)), wanted);
}
