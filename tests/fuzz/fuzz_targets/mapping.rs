//! Mappings: any text gives names and units to columns, or is refused with a code.
#![no_main]

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use libfuzzer_sys::fuzz_target;
use minzheng::packs::BuiltIn;
use minzheng_arrow::{ImportOptions, Importer, Mapping};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;

static PACKS: LazyLock<PackSet> =
    LazyLock::new(|| match minzheng::packs::load(&BuiltIn::ALL, &[]) {
        Ok(set) => set,
        Err(findings) => panic!("{findings}"),
    });

fn schema(columns: &[(&str, DataType)]) -> SchemaRef {
    let field = |(name, ty): &(&str, DataType)| Field::new(*name, ty.clone(), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let mapping = match Mapping::from_toml("mapping.toml", text) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert_eq!(error.code(), "E-MAP-TOML");
            return;
        }
    };
    let households = schema(&[("household_id", DataType::Utf8), ("户号", DataType::Utf8)]);
    let people = schema(&[
        ("户号", DataType::Utf8),
        ("月工资", DataType::Int64),
        ("备注", DataType::Float64),
    ]);
    let options = ImportOptions {
        on: Day::from_number(20_690),
        mapping,
        ..ImportOptions::default()
    };
    let schemas = [("households", households), ("people", people)];
    if let Err(error) = Importer::new(&PACKS, &schemas, options) {
        assert!(error.code().starts_with("E-"));
    }
});
