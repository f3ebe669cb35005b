//! The scalar engine over a population: the definition, household by household, that every faster engine must agree with.

use std::fs;

use arrow_array::RecordBatch;
use minzheng::packs::{self, BuiltIn};
use minzheng_rules::date::Day;
use minzheng_rules::facts::Document;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_rules::scenario::Engine;
use serde_json::{Map, Value, json};

use crate::columns::{NEITHER, NOTHING, whole};
use crate::data::Population;
use crate::manifest::{self, Bench};

/// The pack of a bench: `packs/BENCH`, or those that are built in.
///
/// # Errors
/// What is wrong with the folder or the pack.
pub fn pack(bench: &Bench) -> Result<PackSet, String> {
    if bench.built_in {
        return packs::load(&BuiltIn::ALL, &[]).map_err(|findings| findings.to_string());
    }
    let folder = manifest::folder().join("packs").join(&bench.id);
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        let text = fs::read_to_string(entry.path()).map_err(told)?;
        files.push(SourceFile::new(
            entry.file_name().to_string_lossy().into_owned(),
            text,
        ));
    }
    PackSet::load(&[PackSource::new(files)]).map_err(|findings| findings.to_string())
}

/// Each formula for every household: the lowest value still possible, or what is known; [`NOTHING`] where there is none, for a truth
/// [`NEITHER`].
///
/// A column of the population gives the fact of its name; `on` gives the day decided.
///
/// # Errors
/// A column that does not fit its fact; what the engine finds wrong.
pub fn answers(
    set: PackSet,
    population: &Population,
    formulas: &[&String],
    lowest: bool,
) -> Result<Vec<Vec<i64>>, String> {
    let engine = Engine::new(set);
    let roots = facts(engine.packs(), 0, &population.households)?;
    let people = facts(engine.packs(), 1, &population.members)?;
    let root = engine.packs().entities().first();
    let root = root.ok_or("a pack without an entity")?.id.clone();
    let on = whole(&population.households, "on")?;
    let mut out = vec![Vec::with_capacity(on.len()); formulas.len()];
    for (row, day) in on.into_iter().enumerate() {
        let members = population.offsets.get(row..=row + 1);
        let members: Vec<Value> = members
            .map_or(0..0, |ends| ends[0]..ends[1])
            .map(|member| {
                let mut person = object(&people, member as usize);
                person.insert("id".to_owned(), json!(format!("p{member}")));
                Value::Object(person)
            })
            .collect();
        let mut document = json!({
            "on": date(day)?,
            "default_status": "verified",
        });
        document[root.as_str()] = Value::Object(object(&roots, row));
        if !people.is_empty() {
            document["person"] = Value::Array(members);
        }
        let document = Document::from_value("bench", document);
        let answer = engine
            .assess(&document.map_err(|finding| format!("household {row}: {finding}"))?)
            .map_err(|findings| format!("household {row}: {findings}"))?;
        for (values, id) in out.iter_mut().zip(formulas) {
            // of the household, or of the only person in it
            let only = format!("p{row}");
            let found = answer.value(id, None);
            let (value, ty) = found
                .or_else(|| answer.value(id, Some(&only)))
                .ok_or_else(|| format!("no formula `{id}` of the household"))?;
            values.push(match ty {
                _ if lowest || value.is_known() => value.lo,
                Type::Bool => NEITHER,
                _ => NOTHING,
            });
        }
    }
    Ok(out)
}

/// A fact, and how its document is written, for every row.
type Written = (String, Vec<Value>);

/// The columns that are facts of the entity, written as a document writes them; null where missing.
fn facts(set: &PackSet, entity: usize, table: &RecordBatch) -> Result<Vec<Written>, String> {
    let mut out = Vec::new();
    let given = |id: &str| table.column_by_name(id).is_some();
    for fact in set
        .facts()
        .filter(|fact| fact.entity == entity && given(&fact.id))
    {
        let values = whole(table, &fact.id)?;
        let write = |value: i64| match (value, fact.ty) {
            (NOTHING, _) | (NEITHER, Type::Bool) => Ok(Value::Null),
            (value, Type::Bool) => Ok(json!(value == 1)),
            (value, Type::Count) => Ok(json!(value)),
            (value, Type::Date) => date(value).map(Value::String),
            (value, Type::Place) => Ok(json!(value.to_string())),
            (value, Type::Code(list)) => set
                .code_lists()
                .get(list)
                .and_then(|list| list.codes.get(value as usize))
                .map(|code| json!(code.id))
                .ok_or_else(|| format!("`{}` has no code {value}", fact.id)),
            (value, Type::Money { period, .. }) => {
                let yuan = format!("{}.{:02}", value / 100, value % 100);
                match period {
                    Period::Month => Ok(json!({ "value": yuan, "per": "month" })),
                    Period::Year => Ok(json!({ "value": yuan, "per": "year" })),
                    Period::Once | Period::Any => Ok(json!(yuan)),
                }
            }
            _ => Err(format!("`{}` is of a type without columns", fact.id)),
        };
        let values = values
            .into_iter()
            .map(write)
            .collect::<Result<_, String>>()?;
        out.push((fact.id.clone(), values));
    }
    Ok(out)
}

fn object(facts: &[Written], row: usize) -> Map<String, Value> {
    facts
        .iter()
        .filter(|(_, values)| !values[row].is_null())
        .map(|(name, values)| (name.clone(), values[row].clone()))
        .collect()
}

fn date(day: i64) -> Result<String, String> {
    Day::from_number(day)
        .map(|day| day.to_string())
        .ok_or_else(|| format!("{day} is no day"))
}
